import sys
import threading
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import data
from dlcourse.functional.arrays import Array
from dlcourse.hooks import swap
from dlcourse.layers import Identity, Layer, Linear, ReLU, Sequential, Sigmoid, Softmax
from dlcourse.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from dlcourse.optim import SGD, Adam
from dlcourse.train import History, accuracy, evaluate, fit, predict

X, Y = data.moons(120, rng=np.random.default_rng(0))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def make_net(outputs: int = 2, dtype: type = np.float64) -> Sequential:
    g = rng(2)
    return Sequential(Linear(2, 8, rng=g, dtype=dtype), ReLU(), Linear(8, outputs, rng=g, dtype=dtype))


def train(net: Layer, y: Array = Y, loss: Any = None, lr: float = 0.03, **kwargs: Any) -> History:
    settings: dict[str, Any] = {"epochs": 3, "rng": rng(), "progress": False}
    return fit(net, loss or CrossEntropyLoss(), Adam(net.parameters(), lr=lr), X, y, **(settings | kwargs))


# --- What fit does ---------------------------------------------------------------------------------------------------


def test_fit_learns_the_moons() -> None:
    net = make_net()
    train(net, epochs=40)
    assert accuracy(net, X, Y) > 0.9


def test_fit_learns_digits() -> None:
    g = rng()
    X_train, X_test, y_train, y_test = data.train_test_split(*data.digits(), rng=g)
    net = Sequential(Linear(64, 32, rng=g), ReLU(), Linear(32, 10, rng=g))
    fit(net, CrossEntropyLoss(), Adam(net.parameters(), lr=0.01), X_train, y_train, epochs=10, rng=g, progress=False)
    assert accuracy(net, X_test, y_test) > 0.93


def test_fit_learns_one_logit() -> None:
    net = make_net(outputs=1)
    train(net, Y[:, None], BCEWithLogitsLoss(), epochs=80)
    assert accuracy(net, X, Y) > 0.9


def test_fit_learns_a_regression() -> None:
    net = Sequential(Linear(2, 1, rng=rng()))
    train(net, X @ [[2.0], [-1.0]] + 0.5, MSELoss(), epochs=60, lr=0.1)
    assert_allclose(net[0].weight.value, [[2], [-1]], atol=1e-3)


def test_fit_is_the_loop_that_a_lesson_writes() -> None:
    net, twin = make_net(), make_net()
    train(net, epochs=2, batch_size=50)
    loss, optimizer, g = CrossEntropyLoss(), Adam(twin.parameters(), lr=0.03), rng()
    for _ in range(2):
        for X_batch, y_batch in data.batches(X, Y, 50, rng=g):
            loss.forward(twin.forward(X_batch), y_batch)
            optimizer.zero_grad()
            twin.backward(loss.backward())
            optimizer.step()
    for p, q in zip(net.parameters(), twin.parameters(), strict=True):
        assert_array_equal(p.value, q.value)


def test_the_same_seed_gives_the_same_history() -> None:
    one, other = train(make_net()), train(make_net())
    assert one.curves() == other.curves()


def test_another_seed_gives_another_history() -> None:
    assert train(make_net()).loss != train(make_net(), rng=rng(9)).loss


def test_a_float32_network_is_trained_in_float32_whatever_the_data() -> None:
    seen = set()

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            seen.add(x.dtype)
            return super().forward(x)

        def backward(self, dy: Array) -> Array:
            seen.add(dy.dtype)
            return super().backward(dy)

    net = Sequential(Spy(), Linear(2, 2, rng=rng(), dtype=np.float32), Spy())
    train(net, validation=(X, Y))
    assert seen == {np.dtype(np.float32)}


def test_fit_trains_with_the_learners_function() -> None:
    calls = []

    def mine(dz: Array, cache: Any, need_dx: bool = True) -> Any:
        calls.append(need_dx)
        x, W = cache
        return dz @ W.T, x.T @ dz, dz.sum(axis=0)

    net, twin = make_net(), make_net()
    with swap(linear_backward=mine):
        train(net, epochs=1, batch_size=60)
    train(twin, epochs=1, batch_size=60)
    assert calls == [True, False] * 2
    assert_array_equal(net[0].weight.value, twin[0].weight.value)


def test_fit_asks_for_dx_of_the_input_again_when_it_is_done() -> None:
    net = make_net()
    train(net)
    assert net.backward(net(X)).shape == X.shape


def test_fit_leaves_the_data_alone() -> None:
    X_before, y_before = X.copy(), Y.copy()
    train(make_net())
    assert_array_equal(X, X_before)
    assert_array_equal(Y, y_before)


def test_whole_numbers_and_lists_will_do_as_data() -> None:
    net = Sequential(Linear(1, 2, rng=rng()))
    history = fit(
        net, CrossEntropyLoss(), SGD(net.parameters(), lr=0.1), [[0], [1]], [0, 1], epochs=1, rng=rng(), progress=False
    )
    assert len(history.loss) == 1


def test_layers_train_in_training_mode_and_are_validated_in_evaluation_mode() -> None:
    modes = []

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            modes.append(self.training)
            return super().forward(x)

    net = Sequential(Linear(2, 2, rng=rng()), Spy()).eval()
    train(net, epochs=2, batch_size=120, validation=(X, Y))
    assert modes == [True, False] * 2


# --- History ---------------------------------------------------------------------------------------------------------


def test_history_has_one_number_per_epoch() -> None:
    history = train(make_net(), epochs=5, validation=(X, Y))
    assert [len(values) for values in history.curves().values()] == [5] * 4
    assert list(history.curves()) == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_without_validation_its_lists_stay_empty() -> None:
    history = train(make_net())
    assert (history.val_loss, history.val_accuracy) == ([], [])


def test_real_valued_targets_have_no_accuracy() -> None:
    history = train(make_net(outputs=1), X[:, :1], MSELoss(), validation=(X, X[:, :1]))
    assert (history.accuracy, history.val_accuracy) == ([], [])
    assert len(history.val_loss) == 3


def test_loss_and_accuracy_are_means_over_examples_not_over_batches() -> None:
    net, frozen = make_net(), make_net()
    history = train(net, epochs=1, batch_size=100, lr=0.0)
    scores = evaluate(frozen, CrossEntropyLoss(), X, Y)
    assert_allclose([history.loss[0], history.accuracy[0]], [scores["loss"], scores["accuracy"]])


def test_validation_is_measured_after_the_epoch() -> None:
    net = make_net()
    history = train(net, validation=(X, Y))
    assert history.val_accuracy[-1] == accuracy(net, X, Y)
    assert history.val_loss[-1] == evaluate(net, CrossEntropyLoss(), X, Y)["loss"]


def test_history_holds_plain_floats() -> None:
    history = train(make_net(), validation=(X, Y))
    assert {type(v) for values in history.curves().values() for v in values} == {float}


def test_repr_of_a_history_has_first_and_last_values_and_no_times() -> None:
    history = History([2.5, 0.5], [0.1, 0.9], [2.0, 1.0], [0.2, 0.8], seconds=1.5)
    assert repr(history) == (
        "History(epochs=2, loss 2.5 -> 0.5, accuracy 0.1 -> 0.9, val_loss 2 -> 1, val_accuracy 0.2 -> 0.8)"
    )


def test_history_knows_how_long_it_took() -> None:
    assert train(make_net()).seconds > 0


def test_no_epochs_make_an_empty_history() -> None:
    assert repr(train(make_net(), epochs=0)) == "History(epochs=0)"


# --- Stopping --------------------------------------------------------------------------------------------------------


def test_a_callback_sees_epoch_network_and_history_after_each_epoch() -> None:
    net, seen = make_net(), []
    train(net, callbacks=[lambda epoch, n, history: seen.append((epoch, n is net, len(history.loss)))])
    assert seen == [(0, True, 1), (1, True, 2), (2, True, 3)]


def test_a_callback_that_returns_true_ends_the_training() -> None:
    assert len(train(make_net(), epochs=9, callbacks=[lambda epoch, net, history: epoch == 3]).loss) == 4


def test_every_callback_is_called_even_in_the_last_epoch() -> None:
    seen = []
    train(make_net(), callbacks=[lambda *_: True, lambda epoch, *_: seen.append(epoch)])
    assert seen == [0]


class Interrupt(Identity):
    """A learner's hand on the stop button, in the forward pass of the given number."""

    def __init__(self, after: int) -> None:
        self.left = after

    def forward(self, x: Array) -> Array:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().forward(x)


def test_an_interrupt_in_mid_epoch_returns_the_epochs_so_far() -> None:
    net = Sequential(Interrupt(after=5), Linear(2, 2, rng=rng()))
    history = train(net, epochs=9, batch_size=60, validation=(X, Y))
    assert [len(values) for values in history.curves().values()] == [1] * 4
    assert net.needs_input_grad


def test_an_interrupt_in_a_callback_returns_the_epochs_so_far() -> None:
    def press_stop(epoch: int, net: Layer, history: History) -> None:
        if epoch == 1:
            raise KeyboardInterrupt

    assert len(train(make_net(), epochs=9, callbacks=[press_stop]).loss) == 2


# --- A lost run ------------------------------------------------------------------------------------------------------


def test_a_loss_that_is_not_finite_stops_at_its_step_and_names_the_layer() -> None:
    class Poison(Identity):
        def forward(self, x: Array) -> Array:
            self.calls = getattr(self, "calls", 0) + 1
            return super().forward(x * (np.nan if self.calls >= 4 else 1.0))

    net = Sequential(Linear(2, 3, rng=rng()), Poison(), Linear(3, 2, rng=rng()))
    message = r"the loss became nan at step 4: layer 1, Poison\(\), is the first whose output is not finite; try a smaller lr \(lr=0.03\)"
    with pytest.raises(FloatingPointError, match=message):
        train(net, epochs=9, batch_size=60)


def test_steps_are_counted_across_epochs() -> None:
    class Poison(Identity):
        def forward(self, x: Array) -> Array:
            self.calls = getattr(self, "calls", 0) + 1
            return super().forward(x * (np.inf if self.calls >= 6 else 1.0))

    with pytest.raises(FloatingPointError, match="at step 6: layer 1"):
        train(Sequential(Linear(2, 2, rng=rng()), Poison()), X, MSELoss(), epochs=9, batch_size=60)


def test_a_rate_that_is_far_too_large_ends_in_one_clear_error_without_warnings() -> None:
    net = Sequential(Linear(2, 8, rng=rng()), ReLU(), Linear(8, 1, rng=rng()))
    with pytest.raises(FloatingPointError, match=r"the loss became (inf|nan) at step \d+: .*; try a smaller lr"):
        fit(net, MSELoss(), SGD(net.parameters(), lr=1e6), X, Y[:, None], epochs=50, rng=rng(), progress=False)


def test_a_loss_that_overflows_by_itself_is_named_so() -> None:
    net = Sequential(Linear(2, 1, rng=rng(), dtype=np.float32))
    with pytest.raises(
        FloatingPointError, match="at step 1: every layer's output is finite, so the loss itself overflowed"
    ):
        fit(
            net,
            MSELoss(),
            SGD(net.parameters(), lr=0.1),
            X,
            np.full((120, 1), 1e30),
            epochs=1,
            rng=rng(),
            progress=False,
        )


def test_data_with_holes_are_refused_before_the_first_step() -> None:
    holes = X.copy()
    holes[3] = np.nan
    net = make_net()
    with pytest.raises(
        ValueError, match="fit got 2 entries of X that are nan or inf: replace them or leave their rows out"
    ):
        fit(net, CrossEntropyLoss(), SGD(net.parameters(), lr=0.1), holes, Y, epochs=1, rng=rng())


def test_the_optimizer_of_another_network_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"fit got an optimizer of another network: make it anew, with this net.parameters\(\)"
    ):
        fit(make_net(), CrossEntropyLoss(), SGD(make_net().parameters(), lr=0.1), X, Y, epochs=1, rng=rng())


@pytest.mark.parametrize("part", ["net", "loss", "optimizer"])
def test_a_class_in_place_of_an_object_is_refused(part: str) -> None:
    net = make_net()
    parts: dict[str, Any] = {"net": net, "loss": MSELoss(), "optimizer": SGD(net.parameters(), lr=0.1)}
    name = type(parts[part]).__name__
    parts[part] = type(parts[part])
    with pytest.raises(TypeError, match=rf"fit got the class {name}: expected an object, such as {name}\(...\)"):
        fit(**parts, X=X, y=Y, epochs=1, rng=rng())


def test_no_examples_are_refused() -> None:
    net = make_net()
    with pytest.raises(ValueError, match=r"fit got no examples: X has shape \(0, 2\)"):
        fit(net, CrossEntropyLoss(), SGD(net.parameters(), lr=0.1), X[:0], Y[:0], epochs=1, rng=rng())


def test_examples_without_targets_are_refused() -> None:
    with pytest.raises(ValueError, match="fit got 120 examples and 7 targets: expected as many of each"):
        train(make_net(), Y[:7])


def test_validation_examples_without_targets_are_refused_before_the_first_epoch() -> None:
    with pytest.raises(ValueError, match=r"fit \(validation\) got 120 examples and 7 targets"):
        train(make_net(), validation=(X, Y[:7]))


# --- The bar ---------------------------------------------------------------------------------------------------------


def test_the_bar_shows_epochs_and_scores(capsys: pytest.CaptureFixture[str]) -> None:
    history = train(make_net(), progress=True)
    shown = capsys.readouterr().err
    assert "3/3" in shown
    assert f"loss={history.loss[-1]:.3g}" in shown


@pytest.mark.parametrize("progress", [False, "auto"])
def test_the_bar_is_silent_on_request_and_where_nobody_watches(
    progress: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    train(make_net(), progress=progress)
    assert capsys.readouterr().err == ""


def test_the_bar_shows_by_itself_in_a_notebook(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    train(make_net(), progress="auto")
    assert "3/3" in capsys.readouterr().err


def test_the_bar_starts_no_thread(capsys: pytest.CaptureFixture[str]) -> None:
    before = threading.active_count()
    train(make_net(), progress=True)
    assert threading.active_count() == before


# --- predict, accuracy -----------------------------------------------------------------------------------------------


def test_predict_picks_the_largest_of_several_outputs() -> None:
    assert_array_equal(predict(Identity(), [[0.1, 0.9, 0.0], [3.0, 2.0, 1.0]]), [1, 0])


def test_predict_reads_a_single_output_as_a_logit() -> None:
    assert_array_equal(predict(Identity(), [[0.3], [-0.3]]), [1, 0])


def test_predict_reads_a_single_output_of_a_sigmoid_as_a_probability() -> None:
    assert_array_equal(predict(Sequential(Identity(), Sigmoid()), [[0.3], [-0.3]]), [1, 0])


def test_predict_is_the_same_with_and_without_softmax() -> None:
    z = rng().normal(size=(9, 3))
    assert_array_equal(predict(Softmax(), z), predict(Identity(), z))


def test_predict_works_in_evaluation_mode_and_restores_training() -> None:
    modes = []

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            modes.append(self.training)
            return super().forward(x)

    spy = Spy()
    predict(spy, [[1.0]])
    assert modes == [False]
    assert spy.training


@pytest.mark.parametrize("y", [[1, 0, 0], [[1], [0], [0]]], ids=["row", "column"])
def test_accuracy_is_the_share_of_right_labels(y: Any) -> None:
    assert accuracy(Identity(), [[0.3], [-0.3], [0.4]], y) == 2 / 3


def test_accuracy_refuses_labels_that_are_not_one_per_example() -> None:
    with pytest.raises(ValueError, match=r"accuracy got y of shape \(2, 3\): expected \(2,\) integer labels"):
        accuracy(Identity(), np.zeros((2, 3)), np.eye(2, 3))
