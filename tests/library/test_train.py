import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import data
from dlcourse.functional.arrays import Array
from dlcourse.hooks import swap
from dlcourse.init import zeros
from dlcourse.layers import BatchNorm1d, Identity, Layer, Linear, ReLU, Sequential, Sigmoid, Softmax
from dlcourse.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from dlcourse.optim import SGD, Adam, clip_grad_norm_
from dlcourse.regularizers import L1, L2
from dlcourse.schedules import BatchSizeSchedule, ExponentialLR, ReduceLROnPlateau, StepLR
from dlcourse.train import EarlyStopping, History, accuracy, evaluate, fit, outputs, predict

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


def test_an_interrupt_still_finishes_the_callbacks() -> None:
    net, stop = make_net(), EarlyStopping(patience=9)

    def press_stop(epoch: int, net: Layer, history: History) -> None:
        if epoch == 2:
            net[0].weight.value = np.zeros((2, 8))
            raise KeyboardInterrupt

    history = train(net, epochs=9, validation=(X, Y), callbacks=[stop, press_stop])
    assert evaluate(net, CrossEntropyLoss(), X, Y)["loss"] == min(history.val_loss)


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


def test_targets_with_holes_are_refused_before_the_first_step() -> None:
    targets = X[:, :1].copy()
    targets[7] = np.inf
    with pytest.raises(ValueError, match="fit got 1 entries of y that are nan or inf"):
        train(make_net(outputs=1), targets, MSELoss())


@pytest.mark.parametrize("epochs", [-1, 2.5, "many"])
def test_epochs_that_cannot_be_counted_are_refused(epochs: Any) -> None:
    with pytest.raises(ValueError, match=f"fit got epochs={epochs!r}: expected a whole number of at least 0"):
        train(make_net(), epochs=epochs)


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


def test_a_gradient_that_overflows_moves_nothing() -> None:
    class Steep(Identity):
        def backward(self, dy: Array) -> Array:
            return dy * np.inf

    net = Sequential(Linear(2, 2, rng=rng()), Steep())
    before = net[0].weight.value.copy()
    with pytest.raises(FloatingPointError, match="Adam got a gradient with nan or inf, of parameter 0"):
        train(net)
    assert_array_equal(net[0].weight.value, before)


# --- Around the step -------------------------------------------------------------------------------------------------


def test_a_schedule_sets_the_rate_before_each_epoch() -> None:
    history = train(make_net(), epochs=4, schedule=StepLR(0.5, step_size=2))
    assert_allclose(history.lr, [0.5, 0.5, 0.05, 0.05])


def test_a_schedule_by_step_goes_on_counting_through_the_epochs() -> None:
    rates: list[float] = []
    net = make_net()
    optimizer = SGD(net.parameters(), lr=9.0)
    fit(
        net,
        CrossEntropyLoss(),
        optimizer,
        X,
        Y,
        epochs=2,
        batch_size=40,
        rng=rng(),
        schedule=ExponentialLR(1.0, gamma=0.5),
        schedule_by="step",
        after_step=[lambda net: rates.append(optimizer.lr)],
        progress=False,
    )
    assert rates == [1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125]


@pytest.mark.parametrize(
    ("settings", "cut_after"), [({"validation": (X, Y)}, 3), ({}, 3)], ids=["validation loss", "training loss"]
)
def test_a_plateau_is_seen_in_the_loss(settings: dict[str, Any], cut_after: int) -> None:
    plateau = ReduceLROnPlateau(1e-300, patience=1, eps=0.0, factor=0.5)  # a rate that changes nothing: all is plateau
    history = train(make_net(), epochs=6, batch_size=120, schedule=plateau, **settings)
    assert [lr == 1e-300 for lr in history.lr].index(False) == cut_after


def test_a_plateau_of_mode_max_watches_the_accuracy() -> None:
    net = make_net()
    plateau = ReduceLROnPlateau(1e-300, mode="max", patience=1)
    history = train(net, epochs=3, validation=(X, Y), schedule=plateau)
    assert plateau.best == history.val_accuracy[0]


@pytest.mark.parametrize(("schedule", "by"), [(ReduceLROnPlateau(0.1), "step"), (StepLR(0.1, 1), "batch")])
def test_a_schedule_by_what_it_cannot_count_is_refused(schedule: Any, by: Any) -> None:
    with pytest.raises(ValueError, match=f"fit got schedule_by='{by}' for .*: expected 'epoch', or 'step'"):
        train(make_net(), schedule=schedule, schedule_by=by)


def test_a_regularizer_adds_its_gradient_to_the_weights_and_leaves_the_biases() -> None:
    net, twin = make_net(), make_net()
    train(net, epochs=1, batch_size=120, regularizer=L2(0.1))
    loss, optimizer = CrossEntropyLoss(), Adam(twin.parameters(), lr=0.03)
    X_batch, y_batch = next(data.batches(X, Y, 120, rng=rng()))
    loss.forward(twin.forward(X_batch), y_batch)
    twin.backward(loss.backward())
    for layer in (twin[0], twin[2]):
        layer.weight.grad += 0.2 * layer.weight.value
    optimizer.step()
    for p, q in zip(net.parameters(), twin.parameters(), strict=True):
        assert_array_equal(p.value, q.value)


def test_losses_are_told_without_the_price_of_the_weights() -> None:
    plain, priced = (train(make_net(), epochs=1, batch_size=120, regularizer=r) for r in (None, L2(1.0)))
    assert plain.loss == priced.loss


def test_before_the_step_gradients_can_be_clipped() -> None:
    lengths: list[float] = []
    train(
        make_net(),
        before_step=[
            lambda net: clip_grad_norm_(net.parameters(), 0.01),
            lambda net: lengths.append(float(np.sqrt(sum((p.grad**2).sum() for p in net.parameters())))),
        ],
    )
    assert max(lengths) <= 0.01 * (1 + 1e-12)


def test_the_regularizer_comes_before_what_clips() -> None:
    def clip(net: Layer) -> None:
        for p in net.parameters():
            p.zero_grad()

    net, twin = make_net(), make_net()
    train(net, regularizer=L2(1.0), before_step=[clip])
    assert_array_equal(net[0].weight.value, twin[0].weight.value)


def test_after_the_step_weights_can_be_set_to_exact_zeros() -> None:
    net = make_net()
    penalty = L1(0.5)
    train(net, after_step=[lambda net: penalty.proximal([net[0].weight], lr=0.03)])
    assert (net[0].weight.value == 0).any()


def test_every_batch_is_augmented_with_the_rng_of_the_training() -> None:
    seen = []

    def augment(X: Array, g: np.random.Generator) -> Array:
        changed = X + g.normal(size=X.shape)
        seen.append(changed)
        return changed

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            assert_array_equal(x, seen[-1])
            return super().forward(x)

    train(Sequential(Spy(), Linear(2, 2, rng=rng())), epochs=2, batch_size=60, augment=augment)
    assert len(seen) == 4


def test_an_augmented_batch_stays_in_the_dtype_of_the_network() -> None:
    seen = set()

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            seen.add(x.dtype)
            return super().forward(x)

    net = Sequential(Spy(), Linear(2, 2, rng=rng(), dtype=np.float32))
    train(net, augment=lambda X, g: X + g.normal(size=X.shape))
    assert seen == {np.dtype(np.float32)}


def test_augmenting_into_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"augment returned an array of shape \(2,\): expected \(32, 2\)"):
        train(make_net(), augment=lambda X, g: X[0])


def test_the_batch_may_grow_with_the_epochs() -> None:
    history = train(make_net(), epochs=3, batch_size=BatchSizeSchedule(30, step_size=1, factor=2))
    assert history.steps == 4 + 2 + 1


# --- Gradients on record ---------------------------------------------------------------------------------------------


def test_nothing_is_recorded_unasked() -> None:
    history = train(make_net())
    assert (history.gradient_norm, history.update_ratio) == ({}, {})


def test_the_record_has_one_number_per_parameter_and_epoch() -> None:
    history = train(make_net(), epochs=4, record_gradients=True)
    for lists in (history.gradient_norm, history.update_ratio):
        assert {name: len(values) for name, values in lists.items()} == dict.fromkeys(make_net().named_parameters(), 4)


def test_recording_changes_no_number_of_the_training() -> None:
    assert train(make_net(), record_gradients=True).loss == train(make_net()).loss


def test_the_record_of_one_step_is_the_gradient_and_the_step() -> None:
    net, twin = make_net(), make_net()
    optimizer = SGD(net.parameters(), lr=0.5)
    settings: dict[str, Any] = {"epochs": 1, "batch_size": 120, "rng": rng(), "progress": False}
    history = fit(net, CrossEntropyLoss(), optimizer, X, Y, record_gradients=True, **settings)
    before, after = twin[0].weight.value, net[0].weight.value
    moved = np.linalg.norm(after - before)
    assert_allclose(history.gradient_norm["0.weight"], moved / 0.5)
    assert_allclose(history.update_ratio["0.weight"], moved / np.linalg.norm(before))


def test_a_parameter_that_starts_at_zero_has_a_finite_ratio() -> None:
    net = Sequential(Linear(2, 2, init=zeros, rng=rng()))
    history = train(net, epochs=1, batch_size=120, record_gradients=True)
    assert history.update_ratio["0.bias"] == [0.0]


# --- Early stopping --------------------------------------------------------------------------------------------------


def early_stop(values: list[float], **settings: Any) -> tuple[EarlyStopping, int]:
    """The callback after these validation values, and how many epochs it took."""
    stop = EarlyStopping(**{"restore_best": False, **settings})
    name = settings.get("monitor", "val_loss")
    for epoch in range(len(values)):
        if stop(epoch, Identity(), History(**{name: values[: epoch + 1]})):
            break
    return stop, epoch + 1


@pytest.mark.parametrize(
    ("values", "settings", "epochs", "best_epoch"),
    [
        ([5, 4, 3, 2, 1], {"patience": 1}, 5, 4),
        ([5, 4, 6, 7, 1], {"patience": 2}, 4, 1),
        ([5, 4, 6, 3, 7, 7, 7], {"patience": 2}, 6, 3),
        ([5, 4, 4, 4, 4], {"patience": 2}, 4, 1),
        ([5.0, 4.95, 4.9, 4.85], {"patience": 2, "min_delta": 0.1}, 3, 0),
        ([0.5, 0.7, 0.6, 0.7, 0.9], {"patience": 2, "monitor": "val_accuracy"}, 4, 1),
        ([np.nan, np.nan, 1.0], {"patience": 2, "monitor": "loss"}, 2, -1),
    ],
    ids=["falls", "rises", "recovers once", "ties", "min_delta", "accuracy", "never a number"],
)
def test_patience_counts_epochs_since_the_best(
    values: list[float], settings: Any, epochs: int, best_epoch: int
) -> None:
    stop, took = early_stop(values, **settings)
    assert (took, stop.best_epoch) == (epochs, best_epoch)


def test_the_best_weights_come_back_when_patience_ends() -> None:
    net, stop = make_net(), EarlyStopping(patience=3)
    history = train(net, epochs=500, lr=0.3, validation=(X[::3], Y[::3]), callbacks=[stop])
    assert len(history.loss) == stop.best_epoch + 4 < 500
    assert evaluate(net, CrossEntropyLoss(), X[::3], Y[::3])["loss"] == stop.best == min(history.val_loss)


def test_the_best_weights_come_back_when_the_epochs_end() -> None:
    def spoil(epoch: int, net: Layer, history: History) -> None:
        net[0].weight.value = np.zeros((2, 8))

    net, stop = make_net(), EarlyStopping(patience=500)
    history = train(net, epochs=5, validation=(X[::3], Y[::3]), callbacks=[stop, spoil])
    assert evaluate(net, CrossEntropyLoss(), X[::3], Y[::3])["loss"] == min(history.val_loss)


def test_running_statistics_come_back_with_the_weights() -> None:
    g = rng(2)
    net = Sequential(Linear(2, 8, rng=g), BatchNorm1d(8), ReLU(), Linear(8, 2, rng=g))
    history = train(net, epochs=20, lr=0.3, validation=(X, Y), callbacks=[EarlyStopping(patience=50)])
    assert evaluate(net, CrossEntropyLoss(), X, Y)["loss"] == min(history.val_loss) < history.val_loss[-1]


def test_without_restore_best_the_last_weights_stay() -> None:
    net, stop = make_net(), EarlyStopping(patience=500, restore_best=False)
    history = train(net, epochs=20, lr=0.3, validation=(X, Y), callbacks=[stop])
    assert evaluate(net, CrossEntropyLoss(), X, Y)["loss"] == history.val_loss[-1]


def test_early_stopping_begins_anew_with_every_fit() -> None:
    stop = EarlyStopping(patience=2, monitor="loss")
    train(make_net(), callbacks=[stop])
    best = stop.best
    train(make_net(), lr=0.0, epochs=1, callbacks=[stop])
    assert stop.best > best


def test_early_stopping_without_validation_says_what_to_pass() -> None:
    with pytest.raises(ValueError, match=r"EarlyStopping watches val_loss, and fit has none: pass validation="):
        train(make_net(), callbacks=[EarlyStopping()])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"patience": 0}, "EarlyStopping got patience=0: expected a whole number of at least 1"),
        ({"min_delta": -1.0}, "EarlyStopping got min_delta=-1.0: expected a number of at least 0"),
        ({"monitor": "f1"}, "EarlyStopping got monitor='f1': expected one of loss, accuracy, val_loss, val_accuracy"),
    ],
)
def test_early_stopping_refuses_what_makes_no_sense(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**settings)


def test_repr_of_early_stopping_tells_what_it_found() -> None:
    assert repr(early_stop([0.5, 0.25, 0.75], patience=9)[0]) == (
        "EarlyStopping(patience=9, best val_loss 0.25 after epoch 1)"
    )


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


def test_the_environment_can_silence_every_bar() -> None:
    code = "from dlcourse.train.progress import progress_bar; bar = progress_bar(True, 3); bar.update(); bar.close()"
    shown = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | extra, capture_output=True, text=True, check=True
        ).stderr
        for extra in ({"TQDM_DISABLE": "1"}, {})
    ]
    assert (shown[0], "1/3" in shown[1]) == ("", True)


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


def test_many_examples_are_asked_in_parts_and_answered_as_one() -> None:
    sizes = []

    class Spy(Identity):
        def forward(self, x: Array) -> Array:
            sizes.append(len(x))
            return super().forward(x)

    x = np.arange(10000.0).reshape(-1, 1)
    assert_array_equal(outputs(Spy(), x), x)
    assert sum(sizes) == 10000 > max(sizes)


def test_accuracy_refuses_labels_that_are_not_one_per_example() -> None:
    with pytest.raises(ValueError, match=r"accuracy got y of shape \(2, 3\): expected \(2,\) integer labels"):
        accuracy(Identity(), np.zeros((2, 3)), np.eye(2, 3))
