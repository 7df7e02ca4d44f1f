from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import init

SHAPE = (400, 200)  # fan_in 400, fan_out 200: 80 000 draws, so a deviation is known to about 0.25 %
BOUNDS = {
    init.uniform: 1.0,
    init.xavier_uniform: sqrt(6 / 600),
    init.kaiming_uniform: sqrt(6 / 400),
    init.lecun_uniform: sqrt(3 / 400),
}
DEVIATIONS = {
    init.normal: 1.0,
    init.xavier_normal: sqrt(2 / 600),
    init.kaiming_normal: sqrt(2 / 400),
    init.lecun_normal: sqrt(1 / 400),
    init.xavier_uniform: sqrt(2 / 600),
    init.kaiming_uniform: sqrt(2 / 400),
    init.lecun_uniform: sqrt(1 / 400),
}
RANDOM = list(BOUNDS | DEVIATIONS)


def name(f: Callable) -> str:
    return f.__name__


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("f", list(BOUNDS), ids=name)
def test_uniform_draws_reach_their_bound_and_stay_within(f: Callable) -> None:
    assert_allclose(abs(f(SHAPE, rng=rng())).max(), BOUNDS[f], rtol=1e-3)


@pytest.mark.parametrize("f", list(DEVIATIONS), ids=name)
def test_draws_have_their_standard_deviation(f: Callable) -> None:
    assert_allclose(f(SHAPE, rng=rng()).std(), DEVIATIONS[f], rtol=0.02)


@pytest.mark.parametrize("f", list(DEVIATIONS), ids=name)
def test_draws_are_centred_at_zero(f: Callable) -> None:
    assert abs(f(SHAPE, rng=rng()).mean()) < 0.02 * DEVIATIONS[f]


def test_normal_takes_a_mean_and_a_deviation() -> None:
    draws = init.normal(SHAPE, 3.0, 0.01, rng=rng())
    assert_allclose([draws.mean(), draws.std()], [3.0, 0.01], rtol=0.02)


def test_uniform_takes_both_ends() -> None:
    draws = init.uniform(SHAPE, -2.0, 5.0, rng=rng())
    assert_allclose([draws.min(), draws.max()], [-2.0, 5.0], atol=1e-3)


@pytest.mark.parametrize("f", [init.xavier_uniform, init.xavier_normal], ids=name)
def test_gain_scales_xavier(f: Callable) -> None:
    assert_allclose(f(SHAPE, 5 / 3, rng=rng()), 5 / 3 * f(SHAPE, rng=rng()))


@pytest.mark.parametrize("f", [init.kaiming_uniform, init.kaiming_normal], ids=name)
def test_the_slope_left_of_zero_scales_kaiming(f: Callable) -> None:
    assert_allclose(f(SHAPE, 2.0, rng=rng()), f(SHAPE, rng=rng()) / sqrt(5))


@pytest.mark.parametrize("f", RANDOM, ids=name)
def test_the_same_seed_draws_the_same_weights(f: Callable) -> None:
    assert_array_equal(f((3, 2), rng=rng()), f((3, 2), rng=rng()))


@pytest.mark.parametrize("f", RANDOM, ids=name)
def test_a_float32_network_starts_where_its_float64_twin_does(f: Callable) -> None:
    single = f((3, 2), rng=rng(), dtype=np.float32)
    assert single.dtype == np.float32
    assert_array_equal(single, f((3, 2), rng=rng()).astype(np.float32))


@pytest.mark.parametrize("f", RANDOM, ids=name)
def test_a_bare_seed_is_refused(f: Callable) -> None:
    with pytest.raises(
        TypeError, match=r"got rng=0: expected a np.random.Generator, such as np.random.default_rng\(0\)"
    ):
        f((3, 2), rng=0)


def test_zeros_and_constant_need_no_chance() -> None:
    assert_array_equal(init.zeros((2,), dtype=np.float32), np.zeros(2, dtype=np.float32))
    assert_array_equal(init.constant((2,), 0.5), [0.5, 0.5])


def test_zeros_and_constant_serve_where_an_initializer_is_wanted() -> None:
    assert_array_equal(
        init.zeros((2,), rng=rng(), dtype=np.float64) + init.constant((2,), rng=rng(), dtype=np.float64), [1, 1]
    )


def test_fans_of_a_dense_weight_are_its_two_sides() -> None:
    assert init.fans((64, 32)) == (64, 32)


def test_fans_of_a_kernel_count_its_window() -> None:
    assert init.fans((8, 3, 5, 7)) == (3 * 35, 8 * 35)


def test_a_bias_has_no_fans() -> None:
    with pytest.raises(ValueError, match=r"a weight of shape \(3,\) has no fan-in: expected \(in, out\)"):
        init.fans((3,))
