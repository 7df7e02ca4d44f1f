import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import data
from dlcourse.functional.linear import linear, linear_backward
from dlcourse.hooks import swap
from dlcourse.layers import Dropout, Identity, Linear, Maxout, PReLU, ReLU, Residual, Sequential, Sigmoid, Softmax, Tanh
from dlcourse.losses import CrossEntropyLoss, MSELoss
from dlcourse.optim import Adam
from dlcourse.sparsity import backward_activity, forward_activity, meprop, prune, top_k

deltas = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-10, 10))

# --- Top k -----------------------------------------------------------------------------------------------------------


@given(deltas, st.integers(1, 8))
def test_each_row_keeps_at_most_k_entries_and_they_are_what_they_were(delta: np.ndarray, k: int) -> None:
    kept = top_k(delta, k)
    assert ((kept == delta) | (kept == 0)).all()
    assert ((kept != 0).sum(axis=1) <= k).all()


@given(deltas, st.integers(1, 8))
def test_nothing_that_is_dropped_is_larger_than_what_is_kept(delta: np.ndarray, k: int) -> None:
    for row, kept in zip(delta, top_k(delta, k), strict=True):
        dropped = abs(row[kept == 0]).max(initial=0)
        assert dropped <= abs(kept[kept != 0]).min(initial=np.inf) or dropped == 0


@given(arrays(np.int8, (3, 7), elements=st.integers(-2, 2)), st.integers(1, 8))
def test_of_equals_the_leftmost_stays(delta: np.ndarray, k: int) -> None:
    for row, kept in zip(delta, top_k(delta, k), strict=True):
        best = sorted(range(7), key=lambda i: (-abs(int(row[i])), i))[:k]
        expected = np.array([row[i] if i in best else 0 for i in range(7)])
        assert_array_equal(kept, expected)


@pytest.mark.parametrize("k", [3, 100])
def test_k_as_large_as_the_row_keeps_everything(k: int) -> None:
    assert_array_equal(top_k([[1.0, -2.0, 0.5]], k), [[1, -2, 0.5]])


def test_infinite_entries_are_the_largest() -> None:
    assert_array_equal(top_k([[1.0, -np.inf, np.inf, 2.0]], 1), [[0, -np.inf, 0, 0]])


def test_delta_itself_is_left_as_it_is() -> None:
    delta = np.array([[1.0, 2.0]])
    top_k(delta, 1)
    assert_array_equal(delta, [[1, 2]])


def test_float32_stays_float32() -> None:
    assert top_k(np.ones((2, 3), dtype=np.float32), 1).dtype == np.float32


@pytest.mark.parametrize(
    ("delta", "k", "message"),
    [
        ([1.0, 2.0], 1, r"top_k got delta of shape \(2,\): expected \(N, M\)"),
        ([[1.0, 2.0]], 0, "top_k got k=0: expected at least 1"),
        ([[1.0, np.nan]], 1, "top_k got a delta that holds nan"),
    ],
)
def test_what_cannot_be_ranked_is_refused(delta: Any, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        top_k(delta, k)


# --- meProp ----------------------------------------------------------------------------------------------------------


def test_meprop_is_the_linear_backward_of_the_sparse_delta() -> None:
    rng = np.random.default_rng(0)
    x, W, dz = rng.normal(size=(5, 3)), rng.normal(size=(3, 8)), rng.normal(size=(5, 8))
    _, cache = linear(x, W, np.zeros(8))
    for ours, expected in zip(meprop(2)(dz, cache), linear_backward(top_k(dz, 2), cache), strict=True):
        assert_array_equal(ours, expected)


def test_meprop_with_k_of_the_width_is_backprop() -> None:
    rng = np.random.default_rng(0)
    cache, dz = (rng.normal(size=(5, 3)), rng.normal(size=(3, 8))), rng.normal(size=(5, 8))
    for ours, expected in zip(meprop(8)(dz, cache), linear_backward(dz, cache), strict=True):
        assert_array_equal(ours, expected)


def test_meprop_spares_the_first_layer_its_dx_too() -> None:
    assert meprop(1)(np.ones((2, 3)), (np.ones((2, 4)), np.ones((4, 3))), False)[0] is None


def test_meprop_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="meprop got k=0: expected at least 1"):
        meprop(0)


def trained(k: int | None) -> tuple[Sequential, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X, y = data.moons(200, rng=rng)
    net, loss = Sequential(Linear(2, 32, rng=rng), ReLU(), Linear(32, 2, rng=rng)), CrossEntropyLoss()
    optimizer = Adam(net.parameters(), lr=0.03)
    with swap(**({} if k is None else {"linear_backward": meprop(k)})):
        for _ in range(150):
            loss.forward(net(X), y)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
    return net, X, y


def test_a_network_learns_by_a_few_deltas_of_each_example() -> None:
    net, X, y = trained(k=4)
    assert (net(X).argmax(axis=1) == y).mean() > 0.95


# --- Activity --------------------------------------------------------------------------------------------------------


def small_net(*activations: Any) -> Sequential:
    rng = np.random.default_rng(1)
    first, second = activations or (ReLU(), ReLU())
    return Sequential(Linear(3, 6, rng=rng), first, Linear(6, 5, rng=rng), second, Linear(5, 2, rng=rng))


X = np.random.default_rng(2).normal(size=(40, 3))


def test_activity_is_the_share_of_examples_with_an_output_other_than_zero() -> None:
    net = small_net()
    first, second = forward_activity(net, X)
    hidden = np.maximum(X @ net[0].weight.value + net[0].bias.value, 0)
    assert_array_equal(first, (hidden > 0).mean(axis=0))
    assert second.shape == (5,)


def test_units_that_are_never_zero_are_always_active() -> None:
    assert all((shares == 1).all() for shares in forward_activity(small_net(Sigmoid(), Tanh()), X))


def test_a_network_without_hidden_units_has_no_activity() -> None:
    assert forward_activity(Sequential(Linear(3, 2, rng=np.random.default_rng(0)), Softmax()), X) == []


@pytest.mark.parametrize("k", [1, 3, 6])
def test_backward_activity_counts_how_often_a_delta_is_among_the_largest(k: int) -> None:
    net, loss = small_net(), MSELoss()
    first, second = backward_activity(net, loss, X, np.zeros((40, 2)), k=k)
    loss.forward(net(X), np.zeros((40, 2)))
    delta = top_k(net[3].backward(net[4].backward(loss.backward())), k)
    assert_array_equal(second, (delta != 0).mean(axis=0))
    delta = top_k(net[1].backward(net[2].backward(delta)), k)
    assert_array_equal(first, (delta != 0).mean(axis=0))


@pytest.mark.parametrize(
    "measure",
    [lambda net: forward_activity(net, X), lambda net: backward_activity(net, MSELoss(), X, np.zeros((40, 2)), k=2)],
    ids=["forward", "backward"],
)
def test_measuring_leaves_the_network_as_it_was(measure: Any) -> None:
    net = small_net()
    before = copy.deepcopy(net)
    measure(net)
    assert net.training
    for p, q in zip(net.parameters(), before.parameters(), strict=True):
        assert_array_equal(p.value, q.value)
        assert_array_equal(p.grad, q.grad)


def test_data_that_holds_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="forward_activity got an X that holds nan or inf"):
        forward_activity(small_net(), np.full((2, 3), np.nan))


# --- Pruning ---------------------------------------------------------------------------------------------------------


def kill(net: Sequential, layer: int, units: list[int]) -> None:
    net[layer].bias.value[units] = -1000.0


@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 4)))
@settings(max_examples=30, deadline=None)
def test_without_its_dead_units_a_network_answers_as_before(dead_first: set[int], dead_second: set[int]) -> None:
    net = small_net()
    kill(net, 0, list(dead_first))
    kill(net, 2, list(dead_second))
    small = prune(net, forward_activity(net, X))
    assert_allclose(small(X), net(X), rtol=1e-12, atol=1e-14)


def test_the_matrices_really_shrink() -> None:
    net = small_net()
    kill(net, 0, [1, 4])
    kill(net, 2, [0])
    activity = [np.array([1, 0, 1, 1, 0, 1]), np.array([0, 1, 1, 1, 1])]
    shapes = [p.value.shape for p in prune(net, activity).parameters()]
    assert shapes == [(3, 4), (4,), (4, 4), (4,), (4, 2), (2,)]


def test_the_units_that_stay_compute_what_they_did() -> None:
    net = small_net()
    small = prune(net, [[1, 0, 1, 0, 1, 1], [1, 1, 1, 1, 1]], threshold=0.5)
    assert_allclose(small[1](small[0](X)), net[1](net[0](X))[:, [0, 2, 4, 5]], rtol=1e-12)


def test_the_threshold_must_be_exceeded() -> None:
    net = small_net()
    assert prune(net, [[0.2, 0.3, 0.4, 0.5, 0.6, 0.7], np.ones(5)], threshold=0.4)[0].out_features == 3


def test_a_layer_keeps_its_most_active_unit_whatever_the_threshold() -> None:
    small = prune(small_net(), [[0.1, 0.3, 0.2, 0.3, 0, 0], np.zeros(5)], threshold=0.9)
    assert_array_equal(small[0].weight.value, small_net()[0].weight.value[:, [1]])
    assert small[2].out_features == 1


def test_the_network_that_is_pruned_stays_as_it_was() -> None:
    net = small_net()
    before = copy.deepcopy(net)
    small = prune(net, [[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0]])
    small[0].weight.value += 1.0
    for p, q in zip(net.parameters(), before.parameters(), strict=True):
        assert_array_equal(p.value, q.value)


def test_a_slope_per_unit_shrinks_with_its_units() -> None:
    slopes = PReLU(6)
    slopes.weight.value = np.linspace(0.1, 0.6, 6)
    net = small_net(slopes, PReLU())
    small = prune(net, [[1, 0, 1, 0, 0, 0], np.ones(5)])
    assert_allclose(small[1].weight.value, [0.1, 0.3])
    assert_allclose(small[1](small[0](X)), net[1](net[0](X))[:, [0, 2]], rtol=1e-12)


def test_layers_without_bias_frozen_parameters_float32_and_mode_are_kept() -> None:
    rng = np.random.default_rng(0)
    net = Sequential(
        Linear(3, 4, bias=False, rng=rng, dtype=np.float32), ReLU(), Linear(4, 2, rng=rng, dtype=np.float32)
    ).eval()
    net[0].weight.requires_grad = False
    small = prune(net, [[1, 0, 1, 1]])
    assert small[0].bias is None
    assert [p.requires_grad for p in small.parameters()] == [False, True, True]
    assert {p.value.dtype for p in small.parameters()} == {np.dtype(np.float32)}
    assert not small.training


def test_a_network_inside_a_network_is_pruned_too() -> None:
    net = small_net()
    nested = Sequential(Sequential(*net.layers[:3]), *net.layers[3:])
    activity = [[1, 0, 1, 1, 1, 0], [1, 1, 1, 0, 1]]
    assert_array_equal(prune(nested, activity)(X), prune(net, activity)(X))


def test_dropout_between_the_layers_is_no_hindrance() -> None:
    net = small_net(Sequential(ReLU(), Dropout(0.5, rng=np.random.default_rng(0))), ReLU()).eval()
    kill(net, 0, [2])
    assert_allclose(prune(net, forward_activity(net, X))(X), net(X), rtol=1e-12)


def test_layers_before_the_first_and_after_the_last_linear_stay() -> None:
    net = Sequential(Identity(), PReLU(3), *small_net().layers, Softmax())
    small = prune(net, [[1, 1, 1, 1, 1, 0], np.ones(5)])
    assert [type(layer) for layer in small] == [type(layer) for layer in net]
    assert small[1].num_parameters == 3


def test_a_pruned_network_can_be_trained() -> None:
    net, X, y = trained(k=4)
    small = prune(net, backward_activity(net, CrossEntropyLoss(), X, y, k=4), threshold=0.05)
    loss, optimizer = CrossEntropyLoss(), Adam(small.parameters(), lr=0.01)
    before = loss.forward(small(X), y)
    for _ in range(20):
        loss.forward(small(X), y)
        optimizer.zero_grad()
        small.backward(loss.backward())
        optimizer.step()
    assert small[0].out_features < 32
    assert loss.forward(small(X), y) < before


@pytest.mark.parametrize(
    ("activity", "message"),
    [
        (
            [np.ones(6)],
            r"prune got activity of shapes \[\(6,\)\]: expected \[\(6,\), \(5,\)\], one number for each hidden unit",
        ),
        ([np.ones(5), np.ones(6)], r"prune got activity of shapes \[\(5,\), \(6,\)\]: expected \[\(6,\), \(5,\)\]"),
    ],
    ids=["too few", "swapped"],
)
def test_activity_of_another_network_is_refused(activity: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prune(small_net(), activity)


@pytest.mark.parametrize(
    "layer",
    [Softmax(), Maxout(6, 6, rng=np.random.default_rng(0)), Residual(ReLU())],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_that_mix_units_are_refused(layer: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"(?s)got {type(layer).__name__}.* between Linears: expected layers that treat each unit by"
    ):
        prune(small_net(layer, ReLU()), [np.ones(6), np.ones(5)])


def test_a_single_layer_is_refused() -> None:
    with pytest.raises(TypeError, match=r"got Linear\(3, 2\): expected a Sequential of Linear and activation layers"):
        prune(Linear(3, 2, rng=np.random.default_rng(0)), [])  # type: ignore[arg-type]


def test_a_network_without_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="got a network without a Linear"):
        forward_activity(Sequential(ReLU()), X)
