import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import functional as F
from dlcourse import init
from dlcourse.layers import GELU, SELU, Linear


def exact(x: np.ndarray) -> np.ndarray:
    return np.array([math.erf(number) for number in x])


@careful
@given(x=arrays(np.float64, 50, elements=st.floats(-10, 10)))
def test_erf_is_exact_to_the_last_digits_of_float64(x: np.ndarray) -> None:
    assert_allclose(F.erf(x), exact(x), rtol=5e-16)


def test_erf_is_exact_at_and_between_all_points_of_its_table() -> None:
    x = np.linspace(-6.5, 6.5, 13 * 1024 + 1)
    assert_allclose(F.erf(x), exact(x), rtol=5e-16)


def test_erf_of_float32_is_exact_to_the_last_digits_of_float32() -> None:
    x = np.linspace(-5, 5, 2001, dtype=np.float32)
    y = F.erf(x)
    assert y.dtype == np.float32
    assert_allclose(y, exact(x), rtol=3e-7)


def test_erf_of_a_tiny_number_keeps_its_digits() -> None:
    assert_allclose(F.erf([1e-300, -1e-300]), [2e-300 / math.sqrt(math.pi), -2e-300 / math.sqrt(math.pi)])


def test_erf_of_nan_is_nan_and_of_infinity_one() -> None:
    assert_array_equal(F.erf([np.nan, np.inf, -np.inf]), [np.nan, 1, -1])


@careful
@given(z=arrays(np.float64, 20, elements=st.floats(-8, 8)))
def test_the_tanh_form_is_near_to_the_exact_one(z: np.ndarray) -> None:
    assert_allclose(F.gelu(z, "tanh")[0], F.gelu(z)[0], atol=5e-4)


def test_gelu_of_the_negative_is_what_is_missing() -> None:
    z = np.linspace(-5, 5, 101)
    assert_allclose(F.gelu(z)[0] - F.gelu(-z)[0], z, atol=1e-15)


def test_gelu_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gelu got approximate='sigmoid': expected one of 'none', 'tanh'"):
        GELU("sigmoid")


def test_selu_keeps_mean_0_and_variance_1_through_thirty_layers() -> None:
    g = np.random.default_rng(0)
    x = g.normal(size=(500, 200))
    for _ in range(30):
        x = SELU()(Linear(200, 200, init=init.lecun_normal, rng=g)(x))
    assert abs(x.mean()) < 0.1
    assert 0.8 < x.std() < 1.2


def test_selu_is_continuous_at_zero_and_its_slope_is_not() -> None:
    z = np.array([-1e-9, 0.0, 1e-9])
    y, cache = F.selu(z)
    assert_allclose(y, np.zeros(3), atol=2e-9)
    assert_allclose(F.selu_backward(np.ones(3), cache), [1.7581, 1.7581, 1.0507], rtol=1e-4)
