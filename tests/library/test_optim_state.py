"""Optimizers that are saved, resumed, and grow with their network."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dlcourse.layers import Linear, ReLU, Sequential, Tanh
from dlcourse.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop
from dlcourse.parameter import Parameter

KINDS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "SGD": (SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    "Adagrad": (Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    "RMSprop": (RMSprop, {"momentum": 0.9, "centered": True}),
    "Adadelta": (Adadelta, {}),
    "Adam": (Adam, {"amsgrad": True, "weight_decay": 0.1}),
    "AdamW": (AdamW, {"lr": 0.1}),
}
SHAPES = [(3, 2), (2,), (), (4,)]
each_kind = pytest.mark.parametrize("kind", list(KINDS))


def parameters() -> list[Parameter]:
    rng = np.random.default_rng(0)
    return [Parameter(rng.normal(size=shape)) for shape in SHAPES]


def make(kind: str, ps: list[Parameter]) -> Optimizer:
    optimizer, options = KINDS[kind]
    return optimizer(ps, **options)


def feed(optimizer: Optimizer, ps: list[Parameter], step: int) -> None:
    rng = np.random.default_rng(100 + step)
    for p in ps:
        p.grad = rng.normal(size=p.value.shape)
    optimizer.step()


def values(ps: list[Parameter]) -> np.ndarray:
    return np.concatenate([p.value.ravel() for p in ps])


def resume(kind: str, ps: list[Parameter], optimizer: Optimizer) -> tuple[list[Parameter], Optimizer]:
    """A second machine that has the first one's numbers only."""
    twins = [Parameter(p.value, p.requires_grad) for p in ps]
    twin = make(kind, twins)
    twin.load_state_dict(optimizer.state_dict())
    return twins, twin


@each_kind
def test_training_resumed_from_a_state_goes_on_bit_by_bit(kind: str) -> None:
    ps = parameters()
    optimizer = make(kind, ps)
    for step in range(5):
        feed(optimizer, ps, step)
    twins, twin = resume(kind, ps, optimizer)
    for step in range(5, 10):
        feed(optimizer, ps, step)
        feed(twin, twins, step)
    assert_array_equal(values(ps), values(twins))


@each_kind
@given(frozen=st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=5), saved=st.integers(0, 4))
@settings(max_examples=20, deadline=None)
def test_it_does_so_whatever_was_frozen_and_thawed_before(kind: str, frozen: list[set[int]], saved: int) -> None:
    ps = parameters()
    optimizer = make(kind, ps)
    runs = [(ps, optimizer)]
    for step, chosen in enumerate(frozen):
        if step == saved:
            runs.append(resume(kind, ps, optimizer))
        for qs, machine in runs:
            for i, p in enumerate(qs):
                p.requires_grad = i not in chosen
            feed(machine, qs, step)
    assert_array_equal(values(runs[0][0]), values(runs[-1][0]))


@each_kind
@given(frozen=st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_a_frozen_parameter_never_changes_by_a_bit(kind: str, frozen: list[set[int]]) -> None:
    ps = parameters()
    optimizer = make(kind, ps)
    for step, chosen in enumerate(frozen):
        for i, p in enumerate(ps):
            p.requires_grad = i not in chosen
        before = [p.value.copy() for p in ps]
        feed(optimizer, ps, step)
        for i in chosen:
            assert_array_equal(ps[i].value, before[i])


@each_kind
def test_a_state_survives_a_file_of_arrays(kind: str) -> None:
    ps = parameters()
    optimizer = make(kind, ps)
    feed(optimizer, ps, 0)
    file = io.BytesIO()
    np.savez(file, **optimizer.state_dict())
    file.seek(0)
    twins = [Parameter(p.value) for p in ps]
    twin = make(kind, twins)
    twin.load_state_dict(dict(np.load(file)))
    feed(optimizer, ps, 1)
    feed(twin, twins, 1)
    assert_array_equal(values(ps), values(twins))


@each_kind
def test_a_state_is_a_copy_that_later_steps_leave_alone(kind: str) -> None:
    ps = parameters()
    optimizer = make(kind, ps)
    feed(optimizer, ps, 0)
    state = optimizer.state_dict()
    kept = {key: np.array(value) for key, value in state.items()}
    feed(optimizer, ps, 1)
    for key, value in kept.items():
        assert_array_equal(state[key], value)


def test_a_state_holds_the_rate_that_a_schedule_has_set() -> None:
    optimizer, twin = SGD(parameters(), lr=0.1), SGD(parameters(), lr=0.1)
    optimizer.lr = 0.02
    twin.load_state_dict(optimizer.state_dict())
    assert twin.lr == 0.02


def test_a_state_names_parameters_by_their_place() -> None:
    optimizer = SGD([Parameter([[1.0, 2.0]])], lr=0.1, momentum=0.9)
    optimizer.parameters[0].grad = [[3.0, 4.0]]
    optimizer.step()
    state = optimizer.state_dict()
    assert_array_equal(state.pop("0.velocity"), [[3, 4]])
    assert state == {"lr": 0.1, "0.steps": 1}


def test_a_state_keeps_the_dtype_of_the_parameters() -> None:
    p = Parameter(np.ones(2, dtype=np.float32))
    optimizer = Adam([p])
    optimizer.step()
    assert optimizer.state_dict()["0.m"].dtype == np.float32


def stepped(kind: str = "Adam", ps: list[Parameter] | None = None) -> Optimizer:
    optimizer = make(kind, ps or parameters())
    optimizer.step()
    return optimizer


def test_the_state_of_another_kind_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"AdamW got a state with another '0.v_max': expected one of AdamW, with the same"
    ):
        make("AdamW", parameters()).load_state_dict(stepped("Adam").state_dict())


def test_the_state_of_more_parameters_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"Adam got a state with another '3.m': expected one of Adam.*for 3 parameters"
    ):
        make("Adam", parameters()[:3]).load_state_dict(stepped("Adam").state_dict())


def test_the_state_of_another_shape_is_refused() -> None:
    state = stepped("Adam").state_dict() | {"1.m": np.zeros(3)}
    with pytest.raises(
        ValueError, match=r"Adam got a state whose '1.m' has shape \(3,\): expected \(2,\), the shape of"
    ):
        make("Adam", parameters()).load_state_dict(state)


def test_a_state_with_a_part_missing_is_refused() -> None:
    state = stepped("Adam").state_dict()
    del state["2.v"]
    with pytest.raises(ValueError, match=r"Adam got a state with no '2\.v'"):
        make("Adam", parameters()).load_state_dict(state)


def test_a_refused_state_changes_nothing() -> None:
    ps, twins = parameters(), parameters()
    optimizer, untouched = stepped("Adam", ps), stepped("Adam", twins)
    with pytest.raises(ValueError, match="Adam got a state"):
        optimizer.load_state_dict({"lr": 5.0, "7.steps": 3})
    feed(optimizer, ps, 0)
    feed(untouched, twins, 0)
    assert_array_equal(values(ps), values(twins))


# --- Growing ---------------------------------------------------------------------------------------------------------


@each_kind
def test_parameters_that_join_leave_the_others_memory_as_it_was(kind: str) -> None:
    ps, twins, new = parameters(), parameters(), Parameter(np.ones(3))
    optimizer, alone = make(kind, ps), make(kind, twins)
    for step in range(2):
        feed(optimizer, ps, step)
        feed(alone, twins, step)
    optimizer.add_parameters([new])
    feed(optimizer, [*ps, new], 2)
    feed(alone, twins, 2)
    assert_array_equal(values(ps), values(twins))


@each_kind
def test_a_parameter_that_joins_starts_afresh(kind: str) -> None:
    ps, new, twin = parameters(), Parameter(np.ones(3)), Parameter(np.ones(3))
    optimizer = make(kind, ps)
    feed(optimizer, ps, 0)
    optimizer.add_parameters([new])
    fresh = make(kind, [twin])
    new.grad = twin.grad = np.array([1.0, -2.0, 0.5])
    optimizer.step()
    fresh.step()
    assert_array_equal(new.value, twin.value)


@each_kind
def test_a_network_that_grows_in_its_middle_trains_on_with_frozen_layers_as_they_were(kind: str) -> None:
    rng = np.random.default_rng(0)
    first, last = Linear(3, 4, rng=rng), Linear(4, 2, rng=rng)
    optimizer = make(kind, Sequential(first, ReLU(), last).parameters())
    X = rng.normal(size=(5, 3))
    middle = Linear(4, 4, rng=rng)
    for p in first.parameters():
        p.requires_grad = False
    net = Sequential(first, ReLU(), middle, Tanh(), last)
    optimizer.add_parameters(middle.parameters())
    before = {name: p.value.copy() for name, p in net.named_parameters().items()}
    for _ in range(3):
        optimizer.zero_grad()
        net.backward(net(X))
        optimizer.step()
    moved = {name for name, p in net.named_parameters().items() if not np.array_equal(p.value, before[name])}
    assert moved == {"2.weight", "2.bias", "4.weight", "4.bias"}


def test_a_parameter_that_is_there_already_cannot_join() -> None:
    ps = parameters()
    with pytest.raises(ValueError, match="SGD got the same Parameter twice: pass each one once"):
        SGD(ps, lr=0.1).add_parameters([ps[0]])
