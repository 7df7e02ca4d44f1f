import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful, central_difference, weights

from dlcourse import functional as F

sides = st.integers(1, 4)


@st.composite
def linear_inputs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n, d, m = draw(sides), draw(sides), draw(sides)
    x, W, b = (draw(arrays(np.float64, shape, elements=weights)) for shape in ((n, d), (d, m), (m,)))
    return x, W, b


@pytest.mark.parametrize("i", [0, 1, 2], ids=["x", "W", "b"])
@careful
@given(inputs=linear_inputs())
def test_backward_is_the_derivative_of_forward(i: int, inputs: tuple[np.ndarray, ...]) -> None:
    z, cache = F.linear(*inputs)
    dz = np.random.default_rng(1).normal(size=z.shape)
    expected = central_difference(lambda a: np.sum(dz * F.linear(*inputs[:i], a, *inputs[i + 1 :])[0]), inputs[i])
    assert_allclose(F.linear_backward(dz, cache)[i], expected, rtol=1e-5, atol=1e-7)


@careful
@given(inputs=linear_inputs())
def test_no_input_is_changed(inputs: tuple[np.ndarray, ...]) -> None:
    before = [a.copy() for a in inputs]
    z, cache = F.linear(*inputs)
    F.linear_backward(z, cache)
    for a, b in zip(inputs, before, strict=True):
        assert_array_equal(a, b)


def test_worked_example() -> None:
    z, _ = F.linear([[1.0, 2.0]], [[1.0, 0.0], [0.0, 10.0]], [0.5, 0.25])
    assert_array_equal(z, [[1.5, 20.25]])


def test_float32_stays_float32() -> None:
    x, W, b = (np.ones(shape, dtype=np.float32) for shape in ((5, 2), (2, 3), (3,)))
    z, cache = F.linear(x, W, b)
    assert {a.dtype for a in (z, *F.linear_backward(z, cache))} == {np.dtype(np.float32)}


def test_whole_numbers_are_computed_as_float64() -> None:
    assert F.linear([[1, 2]], [[3], [4]], [0.5])[0].item() == 11.5


def test_lists_will_do_and_backward_follows() -> None:
    _, cache = F.linear([[1, 2]], [[3], [4]], [0.5])
    dx, _, _ = F.linear_backward(np.ones((1, 1)), cache)
    assert_array_equal(dx, [[3, 4]])


def test_dx_is_left_out_on_request() -> None:
    z, cache = F.linear(np.ones((5, 2)), np.ones((2, 3)), np.ones(3))
    dx, dW, db = F.linear_backward(z, cache, need_dx=False)
    assert dx is None
    assert (dW.shape, db.shape) == ((2, 3), (3,))
