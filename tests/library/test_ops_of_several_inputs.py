"""Normalisation, convolution, pooling and recurrence: derivatives, stability, dtypes and manners, for every case of the table."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layer_cases import OPS, Inputs, MultiOp, seeds
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import SINGLE_INPUT, careful, central_difference

from dlcourse import functional as F

every_op = pytest.mark.parametrize("op", OPS, ids=str)


def weigh(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape)


def away_from_the_kink(op: MultiOp, inputs: Inputs) -> bool:
    """True unless some unit of a ReLU sits so near to 0 that a small step would carry it across."""
    if inputs.settings.get("nonlinearity") != "relu":
        return True
    _, (_, _, caches, *_) = op.forward(*inputs.arrays, **inputs.settings)
    return all(np.abs(z).min() > 1e-3 for (z,) in caches)


@every_op
@careful
@given(data=st.data())
def test_backward_is_the_derivative_of_forward_for_every_input(op: MultiOp, data: st.DataObject) -> None:
    inputs = op.inputs(data)
    assume(away_from_the_kink(op, inputs))
    arrays, settings = inputs
    y, cache = op.forward(*arrays, **settings)
    dy = weigh(y.shape)
    gradients = op.backward(dy, cache)
    assert len(gradients) == len(arrays)
    for i, gradient in enumerate(gradients):
        expected = central_difference(
            lambda a, i=i: np.sum(dy * op.forward(*arrays[:i], a, *arrays[i + 1 :], **settings)[0]), arrays[i]
        )
        assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)


@every_op
@careful
@given(data=st.data())
def test_float32_gives_the_numbers_of_float64_in_float32(op: MultiOp, data: st.DataObject) -> None:
    arrays, settings = op.inputs(data)
    small = [a.astype(np.float32) for a in arrays]
    y, cache = op.forward(*(a.astype(np.float64) for a in small), **settings)
    y32, cache32 = op.forward(*small, **settings)
    dy = weigh(y.shape).astype(np.float32)
    for ours, exact in zip((y32, *op.backward(dy, cache32)), (y, *op.backward(dy, cache)), strict=True):
        assert ours.dtype == np.float32
        assert_allclose(ours, exact, rtol=1e-2, atol=1e-3)


@every_op
@careful
@given(data=st.data())
def test_no_input_is_changed_and_backward_can_be_called_twice(op: MultiOp, data: st.DataObject) -> None:
    arrays, settings = op.inputs(data)
    before = [a.copy() for a in arrays]
    y, cache = op.forward(*arrays, **settings)
    dy = weigh(y.shape)
    kept = dy.copy()
    for once, twice in zip(op.backward(dy, cache), op.backward(dy, cache), strict=True):
        assert_array_equal(once, twice)
    for a, b in zip((*arrays, dy), (*before, kept), strict=True):
        assert_array_equal(a, b)


@every_op
@careful
@given(data=st.data())
def test_outputs_are_arrays_of_their_own(op: MultiOp, data: st.DataObject) -> None:
    arrays, settings = op.inputs(data)
    y, _ = op.forward(*arrays, **settings)
    assert not any(np.shares_memory(y, a) for a in arrays)


@every_op
@pytest.mark.parametrize(("dtype", "size"), [(np.float64, 1000.0), (np.float32, 80.0)], ids=["float64", "float32"])
@careful
@given(data=st.data(), seed=seeds)
def test_nothing_overflows_on_large_inputs(
    op: MultiOp, dtype: type, size: float, data: st.DataObject, seed: int
) -> None:
    arrays, settings = op.inputs(data)
    signs = np.random.default_rng(seed).choice([-size, 0.0, size], arrays[0].shape)
    large = [a.astype(dtype) for a in (signs, *arrays[1:])]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, cache = op.forward(*large, **settings)
        gradients = op.backward(np.ones_like(y), cache)
    assert all(np.isfinite(a).all() for a in (y, *gradients))


@every_op
@careful
@given(data=st.data())
def test_a_constant_input_of_1000_stays_finite(op: MultiOp, data: st.DataObject) -> None:
    arrays, settings = op.inputs(data)
    y, cache = op.forward(np.full_like(arrays[0], 1000.0), *arrays[1:], **settings)
    assert all(np.isfinite(a).all() for a in (y, *op.backward(np.ones_like(y), cache)))


def test_every_pair_of_the_library_stands_in_a_table() -> None:
    tested = {op.name for op in SINGLE_INPUT} | {op.name for op in OPS}
    elsewhere = {
        *("prelu", "maxout", "dropout", "classic_dropout"),
        *("mse_loss", "half_squared_error", "binary_cross_entropy_with_logits", "cross_entropy"),
    }
    pairs = {name.removesuffix("_backward") for name in F.__all__ if name.endswith("_backward")}
    assert pairs == tested | elsewhere
