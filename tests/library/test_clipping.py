from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.optim import clip_grad_norm_, clip_grad_value_
from dlcourse.parameter import Parameter

gradients = st.lists(
    arrays(float, array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e6, 1e6)), min_size=1, max_size=3
)
limits = st.floats(1e-3, 1e6)


def with_gradients(*grads: Any) -> list[Parameter]:
    ps = [Parameter(np.zeros(np.shape(g))) for g in grads]
    for p, g in zip(ps, grads, strict=True):
        p.grad = g
    return ps


@given(gradients, limits)
def test_no_entry_is_larger_than_the_value_and_the_rest_stays(grads: list[np.ndarray], limit: float) -> None:
    ps = with_gradients(*grads)
    clip_grad_value_(ps, limit)
    for p, g in zip(ps, grads, strict=True):
        assert_array_equal(p.grad, np.clip(g, -limit, limit))


@given(gradients, limits)
def test_the_norm_over_all_parameters_is_no_larger_than_the_limit(grads: list[np.ndarray], limit: float) -> None:
    ps = with_gradients(*grads)
    clip_grad_norm_(ps, limit)
    assert sqrt(sum((p.grad**2).sum() for p in ps)) <= limit * (1 + 1e-9)


@given(gradients, limits)
def test_the_direction_is_kept(grads: list[np.ndarray], limit: float) -> None:
    ps = with_gradients(*grads)
    norm = clip_grad_norm_(ps, limit)
    for p, g in zip(ps, grads, strict=True):
        assert_allclose(p.grad, g * min(1, limit / norm if norm else 1), rtol=1e-9, atol=1e-300)


@given(gradients)
def test_the_norm_before_clipping_is_returned(grads: list[np.ndarray]) -> None:
    expected = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    assert_allclose(clip_grad_norm_(with_gradients(*grads), 1.0), expected, rtol=1e-9, atol=1e-150)


def test_a_short_gradient_is_left_bit_by_bit() -> None:
    (p,) = with_gradients([0.1, 0.7])
    clip_grad_norm_([p], 1.0)
    assert_array_equal(p.grad, [0.1, 0.7])


def test_no_gradient_at_all_has_norm_0() -> None:
    assert clip_grad_norm_(with_gradients([0.0, 0.0]), 1.0) == 0.0


def test_no_parameters_have_norm_0() -> None:
    assert clip_grad_norm_([], 1.0) == 0.0


@pytest.mark.parametrize(("dtype", "size"), [(np.float64, 1e200), (np.float32, 1e30), (np.float64, 1e-200)], ids=str)
def test_a_norm_whose_square_overflows_or_vanishes_is_right(dtype: type, size: float) -> None:
    p = Parameter(np.zeros(2, dtype=dtype))
    p.grad = np.array([3, 4]) * size
    assert_allclose(clip_grad_norm_([p], 5e-201), 5 * size, rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_float32_stays_float32(clip: Any) -> None:
    p = Parameter(np.zeros(2, dtype=np.float32))
    p.grad = [3.0, 4.0]
    clip([p], 1.0)
    assert p.grad.dtype == np.float32


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_frozen_parameters_are_left_out(clip: Any) -> None:
    p, frozen = with_gradients([0.3], [100.0])
    frozen.requires_grad = False
    clip([p, frozen], 1.0)
    assert_array_equal([*p.grad, *frozen.grad], [0.3, 100])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_a_gradient_that_is_not_finite_is_refused(clip: Any, bad: float) -> None:
    message = rf"{clip.__name__} got a gradient of shape \(2,\) with nan or inf: try a smaller lr"
    with pytest.raises(FloatingPointError, match=message):
        clip(with_gradients([1.0, bad]), 1.0)


@pytest.mark.parametrize("limit", [0.0, -1.0, np.nan])
def test_a_limit_that_is_not_positive_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match=f"clip_grad_norm_ got max_norm={limit}: expected a number above 0"):
        clip_grad_norm_(with_gradients([1.0]), limit)
    with pytest.raises(ValueError, match=f"clip_grad_value_ got clip_value={limit}: expected a number above 0"):
        clip_grad_value_(with_gradients([1.0]), limit)
