import copy
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.layers import Linear, PReLU, ReLU, Sequential
from dlcourse.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop
from dlcourse.parameter import Parameter

# --- The textbook, one array at a time, with a fresh array for every intermediate ------------------------------------


Textbook = Iterator[np.ndarray]


def sgd(
    w: np.ndarray, lr: float, momentum: float = 0, dampening: float = 0, nesterov: bool = False, weight_decay: float = 0
) -> Textbook:
    v = None
    while True:
        g = yield w
        g = g + weight_decay * w
        v = g if v is None else momentum * v + (1 - dampening) * g
        step = g + momentum * v if nesterov else v
        w = w - lr * (step if momentum else g)


def adagrad(
    w: np.ndarray,
    lr: float = 0.01,
    lr_decay: float = 0,
    weight_decay: float = 0,
    initial_accumulator_value: float = 0,
    eps: float = 1e-10,
) -> Textbook:
    squares, t = np.full_like(w, initial_accumulator_value), 0
    while True:
        g = yield w
        g = g + weight_decay * w
        squares = squares + g**2
        w = w - lr / (1 + t * lr_decay) * g / (np.sqrt(squares) + eps)
        t += 1


def rmsprop(
    w: np.ndarray,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum: float = 0,
    centered: bool = False,
) -> Textbook:
    square, mean, b = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    while True:
        g = yield w
        g = g + weight_decay * w
        square = alpha * square + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        b = momentum * b + g / (np.sqrt(square - centered * mean**2) + eps)
        w = w - lr * b


def adadelta(w: np.ndarray, lr: float = 1, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0) -> Textbook:
    square, step = np.zeros_like(w), np.zeros_like(w)
    while True:
        g = yield w
        g = g + weight_decay * w
        square = rho * square + (1 - rho) * g**2
        d = np.sqrt((step + eps) / (square + eps)) * g
        step = rho * step + (1 - rho) * d**2
        w = w - lr * d


def adam(
    w: np.ndarray,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    amsgrad: bool = False,
    decoupled: bool = False,
) -> Textbook:
    m, v, v_max, t = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w), 0
    while True:
        g = yield w
        if decoupled:
            w = w - lr * weight_decay * w
        else:
            g = g + weight_decay * w
        t += 1
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        v_max = np.maximum(v_max, v)
        m_hat, v_hat = m / (1 - betas[0] ** t), (v_max if amsgrad else v) / (1 - betas[1] ** t)
        w = w - lr * m_hat / (np.sqrt(v_hat) + eps)


def adamw(w: np.ndarray, weight_decay: float = 0.01, **settings: Any) -> Textbook:
    return adam(w, weight_decay=weight_decay, decoupled=True, **settings)


CASES: list[tuple[type[Optimizer], Callable, dict[str, Any]]] = [
    (SGD, sgd, {"lr": 0.1}),
    (SGD, sgd, {"lr": 0.1, "weight_decay": 0.3}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9, "dampening": 0.4}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.3}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9, "dampening": 0.9, "weight_decay": 0.3}),
    (Adagrad, adagrad, {}),
    (Adagrad, adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.3}),
    (RMSprop, rmsprop, {}),
    (RMSprop, rmsprop, {"lr": 0.1, "alpha": 0.9, "momentum": 0.5, "weight_decay": 0.3}),
    (RMSprop, rmsprop, {"lr": 0.1, "centered": True, "eps": 0.1}),
    (Adadelta, adadelta, {}),
    (Adadelta, adadelta, {"lr": 0.5, "rho": 0.5, "eps": 1e-3, "weight_decay": 0.3}),
    (Adam, adam, {}),
    (Adam, adam, {"lr": 0.1, "betas": (0.5, 0.7)}),
    (Adam, adam, {"lr": 0.1, "betas": (0.0, 0.0)}),
    (Adam, adam, {"lr": 0.1, "eps": 0.1}),
    (Adam, adam, {"lr": 0.1, "weight_decay": 0.3}),
    (Adam, adam, {"lr": 0.1, "amsgrad": True, "betas": (0.9, 0.5)}),
    (AdamW, adamw, {}),
    (AdamW, adamw, {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True}),
]
every_case = pytest.mark.parametrize(
    ("optimizer", "textbook", "settings"), CASES, ids=lambda x: getattr(x, "__name__", str(x))
)
KINDS = {
    "SGD": lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
    "Adagrad": lambda p: Adagrad(p, lr=0.1, weight_decay=0.1),
    "RMSprop": lambda p: RMSprop(p, lr=0.1, momentum=0.9, centered=True, weight_decay=0.1),
    "Adadelta": lambda p: Adadelta(p, weight_decay=0.1),
    "Adam": lambda p: Adam(p, lr=0.1, amsgrad=True, weight_decay=0.1),
    "AdamW": lambda p: AdamW(p, lr=0.1, weight_decay=0.1),
}
each_kind = pytest.mark.parametrize("make", list(KINDS.values()), ids=list(KINDS))

SHAPES = [(3, 2), (2,), (2, 4), ()]


def parameters(dtype: type = np.float64) -> list[Parameter]:
    rng = np.random.default_rng(0)
    return [Parameter(rng.normal(size=shape).astype(dtype)) for shape in SHAPES]


def gradients(step: int) -> list[np.ndarray]:
    rng = np.random.default_rng(100 + step)
    return [rng.normal(size=shape) for shape in SHAPES]


def feed(optimizer: Optimizer, ps: list[Parameter], step: int) -> None:
    for p, g in zip(ps, gradients(step), strict=True):
        p.grad = g
    optimizer.step()


@every_case
def test_thirty_steps_are_the_textbooks(
    optimizer: type[Optimizer], textbook: Callable, settings: dict[str, Any]
) -> None:
    ps = parameters()
    books = [textbook(p.value.copy(), **settings) for p in ps]
    for book in books:
        next(book)
    machine = optimizer(ps, **settings)
    for step in range(30):
        feed(machine, ps, step)
        expected = [book.send(g) for book, g in zip(books, gradients(step), strict=True)]
    for p, w in zip(ps, expected, strict=True):
        assert_allclose(p.value, w, rtol=1e-12, atol=1e-14)


@every_case
def test_float32_stays_float32_and_close_to_the_textbook(
    optimizer: type[Optimizer], textbook: Callable, settings: dict[str, Any]
) -> None:
    ps = parameters(np.float32)
    book = textbook(ps[0].value.astype(np.float64), **settings)
    next(book)
    machine = optimizer(ps, **settings)
    for step in range(10):
        feed(machine, ps, step)
        expected = book.send(gradients(step)[0])
    assert ps[0].value.dtype == np.float32
    assert_allclose(ps[0].value, expected, rtol=2e-4, atol=1e-5)


@every_case
def test_gradients_are_left_as_they_are(
    optimizer: type[Optimizer], textbook: Callable, settings: dict[str, Any]
) -> None:
    ps = parameters()
    machine = optimizer(ps, **settings)
    for step in range(2):
        feed(machine, ps, step)
    for p, g in zip(ps, gradients(1), strict=True):
        assert_array_equal(p.grad, g)


@every_case
def test_parameters_are_changed_in_place(
    optimizer: type[Optimizer], textbook: Callable, settings: dict[str, Any]
) -> None:
    net = Sequential(Linear(3, 2, rng=np.random.default_rng(0)), PReLU())
    window = net[0].weight.value
    machine = optimizer(net.parameters(), **settings)
    net.backward(net(np.ones((4, 3))))
    machine.step()
    assert net[0].weight.value is window


def test_the_first_step_of_adam_is_lr_whatever_the_size_of_the_gradient() -> None:
    p = Parameter([0.0, 0.0, 0.0])
    p.grad = [1e-3, -1.0, 1e6]
    Adam([p], lr=0.1).step()
    assert_allclose(p.value, [-0.1, 0.1, -0.1], rtol=1e-4)


@each_kind
def test_a_step_allocates_nothing_of_the_networks_size(make: Callable) -> None:
    p = Parameter(np.ones(2_000_000))
    optimizer = make([p])
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.1 * p.value.nbytes


@each_kind
def test_a_vector_longer_than_a_block_moves_as_its_parts_would(make: Callable) -> None:
    rng = np.random.default_rng(0)
    w, grads = rng.normal(size=70_001), rng.normal(size=(2, 70_001))
    whole, parts = Parameter(w), [Parameter(part) for part in np.split(w, [10, 50_000])]
    together, apart = make([whole]), [make([p]) for p in parts]
    for g in grads:
        whole.grad = g
        together.step()
        for p, optimizer, share in zip(parts, apart, np.split(g, [10, 50_000]), strict=True):
            p.grad = share
            optimizer.step()
    assert_array_equal(whole.value, np.concatenate([p.value for p in parts]))


@each_kind
def test_no_gradient_and_no_decay_is_no_step(make: Callable) -> None:
    p = Parameter([1.0, -2.0])
    optimizer = make([p])
    optimizer.weight_decay = 0.0
    for _ in range(3):
        optimizer.step()
    assert_array_equal(p.value, [1, -2])


@pytest.mark.parametrize("kind", [SGD, Adagrad, RMSprop, Adadelta, Adam])
def test_maximize_climbs_what_it_would_have_descended(kind: type[Optimizer]) -> None:
    up, down = Parameter([1.0, -2.0, 0.0]), Parameter([1.0, -2.0, 0.0])
    climber, walker = kind([up], lr=0.1, maximize=True), kind([down], lr=0.1)
    for g in ([1.0, 2.0, 0.0], [-3.0, 1.0, 4.0]):
        up.grad, down.grad = g, np.negative(g)
        climber.step()
        walker.step()
    assert_array_equal(up.value, down.value)


def test_weight_decay_shrinks_weights_even_where_one_climbs() -> None:
    p = Parameter([1.0])
    AdamW([p], lr=0.1, weight_decay=0.5, maximize=True).step()
    assert_allclose(p.value, [0.95])


def test_decoupled_decay_shrinks_every_weight_alike_and_decay_through_adam_does_not() -> None:
    shrunk = {}
    for kind in (Adam, AdamW):
        with_decay, without = Parameter([1.0, 1.0]), Parameter([1.0, 1.0])
        pair = kind([with_decay], lr=0.01, weight_decay=0.1), kind([without], lr=0.01, weight_decay=0.0)
        for _ in range(20):
            for p, optimizer in zip((with_decay, without), pair, strict=True):
                p.grad = [0.01, 100.0]
                optimizer.step()
        shrunk[kind] = without.value - with_decay.value
    assert_allclose(shrunk[AdamW][0], shrunk[AdamW][1], rtol=1e-6)
    assert shrunk[Adam][1] < 1e-3 * shrunk[AdamW][1]


def test_centred_rmsprop_stays_finite_when_rounding_makes_the_variance_negative() -> None:
    p = Parameter([0.0])
    optimizer = RMSprop([p], lr=1e-3, alpha=0.5, centered=True)
    for _ in range(100):
        p.grad = [0.1]
        optimizer.step()
    assert np.isfinite(p.value).all()


@each_kind
@pytest.mark.parametrize(("dtype", "huge"), [(np.float64, 1e200), (np.float32, 1e30)], ids=["float64", "float32"])
def test_a_gradient_whose_square_overflows_makes_neither_nan_nor_noise(
    make: Callable, dtype: type, huge: float
) -> None:
    p = Parameter(np.zeros(2, dtype=dtype))
    optimizer = make([p])
    optimizer.centered = False
    for g in ([huge, 1.0], [1.0, 1.0]):
        p.grad = g
        optimizer.step()
    assert np.isfinite(p.value).all()


@each_kind
def test_zero_grad_clears_every_gradient(make: Callable) -> None:
    ps = parameters()
    ps[1].requires_grad = False
    optimizer = make(ps)
    for p in ps:
        p.grad += 1
    optimizer.zero_grad()
    assert all((p.grad == 0).all() for p in ps)


@each_kind
def test_the_rate_may_be_changed_between_steps(make: Callable) -> None:
    ps = parameters()
    optimizer = make(ps)
    before = [p.value.copy() for p in ps]
    optimizer.lr = 0.0
    feed(optimizer, ps, 0)
    assert all((p.value == b).all() for p, b in zip(ps, before, strict=True))


# --- Freezing --------------------------------------------------------------------------------------------------------


@each_kind
def test_a_frozen_parameter_does_not_move(make: Callable) -> None:
    ps = parameters()
    ps[1].requires_grad = False
    before = ps[1].value.copy()
    optimizer = make(ps)
    feed(optimizer, ps, 0)
    assert_array_equal(ps[1].value, before)


@each_kind
def test_a_parameter_frozen_in_mid_training_stops_at_once(make: Callable) -> None:
    ps = parameters()
    optimizer = make(ps)
    feed(optimizer, ps, 0)
    ps[1].requires_grad = False
    before = ps[1].value.copy()
    feed(optimizer, ps, 1)
    assert_array_equal(ps[1].value, before)


@each_kind
def test_freezing_one_parameter_changes_nothing_for_the_others(make: Callable) -> None:
    ps, twins = parameters(), parameters()
    optimizer, untouched = make(ps), make(twins)
    for step in range(3):
        feed(optimizer, ps, step)
        feed(untouched, twins, step)
        ps[1].requires_grad = False
    for i in (0, 2, 3):
        assert_array_equal(ps[i].value, twins[i].value)


@each_kind
def test_a_frozen_parameter_leaves_the_vector_and_its_memory(make: Callable) -> None:
    ps = parameters()
    optimizer = make(ps)
    feed(optimizer, ps, 0)
    ps[2].requires_grad = False
    feed(optimizer, ps, 1)
    (group,) = optimizer.groups
    assert group.parameters == [ps[0], ps[1], ps[3]]
    assert {v.size for v in group.memory.values()} == {6 + 2 + 1}


@each_kind
def test_a_thawed_parameter_starts_afresh_with_its_own_count_of_steps(make: Callable) -> None:
    ps = parameters()
    optimizer = make(ps)
    feed(optimizer, ps, 0)
    ps[1].requires_grad = False
    feed(optimizer, ps, 1)
    ps[1].requires_grad = True
    (alone,) = copy.deepcopy([ps[1]])
    feed(optimizer, ps, 2)
    fresh = make([alone])
    alone.grad = gradients(2)[1]
    fresh.step()
    assert_array_equal(ps[1].value, alone.value)


@each_kind
def test_all_parameters_may_be_frozen(make: Callable) -> None:
    ps = parameters()
    optimizer = make(ps)
    for p in ps:
        p.requires_grad = False
    before = [p.value.copy() for p in ps]
    feed(optimizer, ps, 0)
    assert all((p.value == b).all() for p, b in zip(ps, before, strict=True))


@each_kind
def test_freezing_does_not_cut_a_network_off_from_its_optimizer(make: Callable) -> None:
    rng = np.random.default_rng(0)
    net = Sequential(Linear(3, 4, rng=rng), ReLU(), Linear(4, 4, rng=rng), ReLU(), Linear(4, 2, rng=rng))
    optimizer = make(net.parameters())
    net[2].weight.requires_grad = False
    x = np.ones((5, 3))
    before = net(x)
    net.backward(before)
    optimizer.step()
    assert not np.allclose(net(x), before)


@each_kind
def test_a_window_onto_a_weight_taken_after_the_optimizer_is_made_stays_true(make: Callable) -> None:
    layer = Linear(3, 2, rng=np.random.default_rng(0))
    optimizer = make(layer.parameters())
    window = layer.weight.value
    layer.backward(layer(np.ones((4, 3))))
    optimizer.step()
    assert_array_equal(window, layer.weight.value)


# --- Several optimizers, copies --------------------------------------------------------------------------------------


@each_kind
def test_an_optimizer_made_anew_for_the_same_network_leaves_the_first_one_working(make: Callable) -> None:
    ps, twins = parameters(), parameters()
    first, _ = make(ps), make(list(reversed(ps)))
    feed(_, ps, 0)
    for p, twin in zip(ps, twins, strict=True):
        twin.value = p.value
    feed(first, ps, 1)
    feed(make(twins), twins, 1)
    for p, twin in zip(ps, twins, strict=True):
        assert_array_equal(p.value, twin.value)


@each_kind
def test_two_optimizers_may_share_a_network_between_them(make: Callable) -> None:
    ps, twins = parameters(), parameters()
    odd, even, whole = make(ps[1::2]), make(ps[0::2]), make(twins)
    for step in range(3):
        for p, g in zip(ps, gradients(step), strict=True):
            p.grad = g
        odd.step()
        even.step()
        feed(whole, twins, step)
    for p, twin in zip(ps, twins, strict=True):
        assert_array_equal(p.value, twin.value)


def test_an_optimizer_and_its_network_copied_together_stay_together() -> None:
    rng = np.random.default_rng(0)
    net = Sequential(Linear(3, 2, rng=rng))
    optimizer = Adam(net.parameters(), lr=0.1)
    net.backward(net(np.ones((4, 3))))
    twin, twins_optimizer = copy.deepcopy((net, optimizer))
    optimizer.step()
    twins_optimizer.step()
    assert_array_equal(twin[0].weight.value, net[0].weight.value)


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_no_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"SGD got no parameters: pass net.parameters\(\) of a network that has some"):
        SGD(Sequential(ReLU()).parameters(), lr=0.1)


def test_a_network_in_place_of_its_parameters_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Adam got ReLU\(\) where a Parameter was expected: pass net.parameters\(\)"):
        Adam(Sequential(ReLU()))  # type: ignore[arg-type]


def test_a_parameter_given_twice_is_refused() -> None:
    p = Parameter([1.0])
    with pytest.raises(ValueError, match="SGD got the same Parameter twice"):
        SGD([p, p], lr=0.1)


@pytest.mark.parametrize(
    ("optimizer", "settings", "message"),
    [
        (SGD, {"lr": -0.1}, "SGD got lr=-0.1: expected a number of at least 0"),
        (SGD, {"lr": 0.1, "momentum": -1}, "SGD got momentum=-1: expected a number of at least 0"),
        (SGD, {"lr": 0.1, "weight_decay": -1}, "SGD got weight_decay=-1: expected a number of at least 0"),
        (SGD, {"lr": 0.1, "nesterov": True}, "SGD got nesterov=True: expected momentum > 0 and dampening = 0 with it"),
        (SGD, {"lr": 0.1, "nesterov": True, "momentum": 0.9, "dampening": 0.1}, "SGD got nesterov=True"),
        (Adam, {"lr": float("nan")}, "Adam got lr=nan"),
        (
            Adam,
            {"betas": (0.9, 1.0)},
            r"Adam got betas=\(0.9, 1.0\): expected two numbers from 0 up to, not including, 1",
        ),
        (Adam, {"betas": 0.9}, "Adam got betas=0.9: expected two numbers"),
        (Adam, {"betas": (0.9, 0.99, 0.999)}, "Adam got betas="),
        (Adam, {"betas": (-0.1, 0.9)}, "Adam got betas="),
        (Adam, {"eps": 0.0}, "Adam got eps=0.0: expected a number above 0, since a gradient of 0 would make it 0 / 0"),
        (AdamW, {"lr": -1}, "AdamW got lr=-1: expected a number of at least 0"),
        (SGD, {"lr": float("inf")}, "SGD got lr=inf"),
        (SGD, {"lr": 0.1, "dampening": float("nan")}, "SGD got dampening=nan: expected a number"),
        (Adagrad, {"lr_decay": -1}, "Adagrad got lr_decay=-1: expected a number of at least 0"),
        (Adagrad, {"initial_accumulator_value": -1}, "Adagrad got initial_accumulator_value=-1"),
        (Adagrad, {"eps": 0}, "Adagrad got eps=0: expected a number above 0"),
        (RMSprop, {"alpha": 1.0}, "RMSprop got alpha=1.0: expected a number from 0 up to, not including, 1"),
        (RMSprop, {"eps": 0}, "RMSprop got eps=0: expected a number above 0"),
        (RMSprop, {"momentum": -1}, "RMSprop got momentum=-1: expected a number of at least 0"),
        (Adadelta, {"rho": 1.1}, "Adadelta got rho=1.1: expected a number from 0 to 1"),
        (Adadelta, {"eps": 0}, "Adadelta got eps=0: expected a number above 0, or no step would ever be taken"),
        (Adam, {"weight_decay": -1}, "Adam got weight_decay=-1: expected a number of at least 0"),
    ],
    ids=str,
)
def test_a_setting_that_makes_no_sense_is_refused(
    optimizer: type[Optimizer], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        optimizer([Parameter([1.0])], **settings)


def test_an_optimizer_of_ones_own_must_say_how_it_updates() -> None:
    class Empty(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty needs an update\(self, w, g, t, memory\) method"):
        Empty([Parameter([1.0])], lr=0.1).step()


def test_repr_shows_the_rate() -> None:
    assert repr(SGD([Parameter([1.0])], lr=0.1)) == "SGD(lr=0.1)"


@each_kind
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_refused_by_name_and_moves_nothing(make: Callable, bad: float) -> None:
    ps = parameters()
    optimizer = make(ps)
    feed(optimizer, ps, 0)
    before, state = [p.value.copy() for p in ps], optimizer.state_dict()
    ps[2].grad[1, 1] = bad
    message = rf"{type(optimizer).__name__} got a gradient with nan or inf, of parameter 2, shape \(2, 4\): no parameter was moved"
    with pytest.raises(FloatingPointError, match=message):
        optimizer.step()
    for p, w in zip(ps, before, strict=True):
        assert_array_equal(p.value, w)
    assert optimizer.state_dict().keys() == state.keys()


def test_a_frozen_parameters_gradient_may_be_anything() -> None:
    ps = parameters()
    ps[1].requires_grad = False
    ps[1].grad += np.nan
    SGD(ps, lr=0.1).step()
    assert np.isfinite(ps[1].value).all()
