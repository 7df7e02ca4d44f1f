"""Every layer, and networks of them: what backward says is what central differences find."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from layer_cases import LAYERS, rng, seeds, spread
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import functional as F
from dlcourse import layers
from dlcourse.gradcheck import gradcheck, gradcheck_layer, gradcheck_network
from dlcourse.hooks import capture, swap
from dlcourse.layers import (
    RNN,
    BatchNorm1d,
    Dropout,
    Layer,
    Linear,
    Maxout,
    Sequential,
    Sign,
    Staircase,
    Tanh,
    UnitStep,
)
from dlcourse.losses import CrossEntropyLoss

every_layer = pytest.mark.parametrize("name", list(LAYERS))


def layer_and_input(name: str, seed: int = 0, dtype: Any = np.float64) -> tuple[Layer, np.ndarray]:
    make, shape = LAYERS[name]
    return make(dtype), spread(shape, rng(seed)).astype(dtype)


def test_every_layer_with_a_slope_is_tested_here() -> None:
    flat = {UnitStep, Sign, Staircase}  # no slope to check: what they return is tested with the activations
    abstract = {layers.Layer, layers.Activation}
    everything = {getattr(layers, name) for name in layers.__all__}
    assert {type(make(np.float64)) for make, _ in LAYERS.values()} == everything - flat - abstract


def near_a_kink(layer: Layer, x: np.ndarray) -> bool:
    """Whether a small step could carry a unit across a kink that lies behind the layer's weights; see spread for the others."""
    layer(x)
    if isinstance(layer, Maxout):
        z = np.sort((x @ layer.weight.value + layer.bias.value).reshape(-1, layer.pieces))
        return bool((z[:, -1] - z[:, -2]).min() < 1e-3)
    if isinstance(layer, RNN) and layer.nonlinearity == "relu":
        return any(np.abs(z).min() < 1e-3 for (z,) in layer.cache[2])
    return False


@every_layer
@careful
@given(seed=seeds)
def test_backward_is_the_derivative_of_forward(name: str, seed: int) -> None:
    layer, x = layer_and_input(name, seed)
    assume(not near_a_kink(layer, x))
    check = gradcheck_layer(layer, x)
    assert check, check


@every_layer
def test_float32_in_means_float32_throughout(name: str) -> None:
    layer, x = layer_and_input(name, dtype=np.float32)
    y = layer(x)
    dx = layer.backward(y)
    arrays = [a for p in layer.parameters() for a in (p.value, p.grad)]
    assert {a.dtype for a in (y, dx, *arrays)} == {np.dtype(np.float32)}


@every_layer
def test_gradients_add_up_over_two_passes(name: str) -> None:
    layer, x = layer_and_input(name)
    layer.eval()
    y = layer(x)
    layer.backward(y)
    once = [p.grad.copy() for p in layer.parameters()]
    layer(x)
    layer.backward(y)
    for p, gradient in zip(layer.parameters(), once, strict=True):
        assert_allclose(p.grad, 2 * gradient)


@every_layer
def test_a_pass_changes_neither_the_input_nor_the_gradient_it_is_given(name: str) -> None:
    layer, x = layer_and_input(name)
    before = x.copy()
    y = layer(x)
    dy = np.ones_like(y)
    layer.backward(dy)
    assert_array_equal(x, before)
    assert_array_equal(dy, np.ones_like(y))


@every_layer
def test_text_is_refused_and_the_layer_is_named(name: str) -> None:
    layer, _ = layer_and_input(name)
    kind = type(layer).__name__ if name != "Sequential" else "Conv2d"
    with pytest.raises(TypeError, match=rf"^{kind}.* got an array of dtype <U1: expected numbers"):
        layer(np.array([["a"]]))


@every_layer
def test_backward_before_forward_says_so(name: str) -> None:
    layer, x = layer_and_input(name)
    with pytest.raises(RuntimeError, match="has nothing to go back through: call forward before backward"):
        layer.backward(x)


@every_layer
def test_every_layer_inside_can_be_watched(name: str) -> None:
    layer, x = layer_and_input(name)
    with capture(layer) as record:
        dx = layer.backward(layer(x))
    assert_array_equal(record[0].input, x)
    for row in record:
        assert row.input is not None
        assert row.dx is not None
        assert row.dx.shape == row.input.shape
    assert dx.shape == x.shape


SWAPS = {
    "BatchNorm1d": "batch_norm",
    "LayerNorm": "layer_norm",
    "Dropout": "dropout",
    "Dropout classic": "classic_dropout",
    "Conv2d": "conv2d",
    "MaxPool2d": "max_pool2d",
    "Flatten": "flatten",
    "RNN": "rnn",
    "GELU": "gelu",
    "SELU": "selu",
}


@pytest.mark.parametrize(("name", "op"), list(SWAPS.items()))
def test_a_learners_function_takes_the_place_of_the_librarys(name: str, op: str) -> None:
    layer, x = layer_and_input(name)
    with swap(**{op: lambda *args, **kwargs: (np.array(42.0), ())}):
        assert layer(x) == 42


@pytest.mark.parametrize(("name", "op"), list(SWAPS.items()))
def test_a_learners_backward_takes_the_place_of_the_librarys(name: str, op: str) -> None:
    layer, x = layer_and_input(name)
    count = {"BatchNorm1d": 3, "LayerNorm": 3, "Conv2d": 3, "RNN": 5}.get(name, 1)
    with swap(**{f"{op}_backward": lambda dy, cache, *rest: 42.0 if count == 1 else (42.0,) * count}):
        layer(x)
        assert layer.backward(x) == 42


# --- The checker itself ----------------------------------------------------------------------------------------------


def dropping_net() -> Sequential:
    g = rng()
    return Sequential(Linear(3, 4, rng=g), BatchNorm1d(4), Tanh(), Dropout(0.5, rng=rng(1)), Linear(4, 2, rng=g))


X, LABELS = rng(2).normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])


def test_a_network_with_dropout_and_batch_norm_passes_in_training() -> None:
    assert gradcheck_network(dropping_net(), CrossEntropyLoss(), X, LABELS)


def test_checking_leaves_weights_gradients_statistics_and_coins_as_they_were() -> None:
    net, twin = dropping_net(), dropping_net()
    net.parameters()[0].grad += 3
    gradcheck_network(net, CrossEntropyLoss(), X, LABELS)
    gradcheck_layer(net, X)
    assert_array_equal(net.parameters()[0].grad, np.full((3, 4), 3.0))
    for name, array in twin.state_dict().items():
        assert_array_equal(net.state_dict()[name], array)
    assert_array_equal(net(X), twin(X))


def test_everything_is_put_back_after_an_error_too() -> None:
    net = dropping_net()
    before = net.state_dict()
    with pytest.raises(ValueError, match="got label 2 for 2 classes"):
        gradcheck_network(net, CrossEntropyLoss(), X, LABELS + 1)
    assert_array_equal(net.state_dict()["1.running_mean"], before["1.running_mean"])


@pytest.mark.parametrize(
    ("op", "planted", "worst"),
    [
        ("layer_norm", lambda dx, dgamma, dbeta: (dx, dgamma, dbeta + 1), "bias"),
        ("layer_norm", lambda dx, dgamma, dbeta: (dx + 1, dgamma, dbeta), "dx"),
    ],
    ids=["bias", "dx"],
)
def test_a_wrong_layer_fails_and_what_is_wrong_is_named(op: str, planted: Any, worst: str) -> None:
    right = getattr(F, f"{op}_backward")
    layer, x = layer_and_input("LayerNorm")
    with swap(**{f"{op}_backward": lambda dy, cache: planted(*right(dy, cache))}):
        check = gradcheck_layer(layer, x)
    assert not check
    assert check.name == worst
    assert_allclose(check.error, 1, rtol=1e-6)


def test_a_float32_layer_is_refused() -> None:
    layer, x = layer_and_input("Linear", dtype=np.float32)
    with pytest.raises(TypeError, match="gradcheck got a network that is not float64"):
        gradcheck_layer(layer, x)


def test_an_op_with_words_and_sizes_among_its_inputs_can_be_checked() -> None:
    assert gradcheck(F.max_pool2d, F.max_pool2d_backward, spread((1, 2, 4, 4), rng()), 2)
    g = rng()
    shapes = (2, 3, 3), (3, 4), (4, 4), (4,), (2, 4)
    assert gradcheck(F.rnn, F.rnn_backward, *(g.normal(size=s) for s in shapes), "identity")


def test_relative_error_compares_with_the_larger_of_the_two() -> None:
    check = gradcheck(lambda x: (x**2, (x,)), lambda dy, cache: dy * cache[0], [1.0])
    assert_allclose(check.relative_error, 0.5)


def test_relative_error_of_two_zeros_is_zero() -> None:
    check = gradcheck(lambda x: (0 * x, ()), lambda dy, cache: 0 * dy, [1.0])
    assert check.relative_error == 0
