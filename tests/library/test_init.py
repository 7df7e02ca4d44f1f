from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import init
from dlcourse.layers import Linear

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
RANDOM = [*(BOUNDS | DEVIATIONS), init.orthogonal]


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


@pytest.mark.parametrize("shape", [(3,), (), (0, 3), (3, 0), (4, 0, 3, 3)], ids=str)
def test_a_bias_or_an_empty_weight_has_no_fans(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"a weight of shape .* has no fan-in: expected \(in, out\), or \(out, in, height"
    ):
        init.fans(shape)


@pytest.mark.parametrize("f", [init.kaiming_uniform, init.kaiming_normal], ids=name)
def test_kaiming_may_look_at_the_way_back(f: Callable) -> None:
    assert_allclose(f(SHAPE, mode="fan_out", rng=rng()), f(SHAPE, rng=rng()) * sqrt(2))


@pytest.mark.parametrize("f", [init.kaiming_uniform, init.kaiming_normal], ids=name)
def test_kaiming_takes_a_nonlinearity(f: Callable) -> None:
    assert_allclose(f(SHAPE, nonlinearity="tanh", rng=rng()), f(SHAPE, rng=rng()) * (5 / 3) / sqrt(2))


@pytest.mark.parametrize("f", [init.kaiming_uniform, init.kaiming_normal], ids=name)
def test_a_fan_that_there_is_not_is_refused(f: Callable) -> None:
    with pytest.raises(ValueError, match="got mode='fan_avg': expected 'fan_in' or 'fan_out'"):
        f(SHAPE, mode="fan_avg", rng=rng())


@pytest.mark.parametrize(
    "f", [init.kaiming_uniform, init.kaiming_normal, init.lecun_uniform, init.lecun_normal], ids=name
)
def test_a_kernel_is_drawn_by_its_fan_in(f: Callable) -> None:
    assert_allclose(f((160, 10, 3, 3), rng=rng()).std(), f((90, 160), rng=rng()).std(), rtol=0.02)


def test_gains_are_the_known_ones() -> None:
    gains = {name: init.gain(name) for name in ("linear", "sigmoid", "tanh", "relu", "selu")}
    assert gains == {"linear": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": sqrt(2), "selu": 3 / 4}


def test_a_leaky_relu_is_between_a_relu_and_a_line() -> None:
    assert init.gain("leaky_relu", 0.0) == init.gain("relu")
    assert init.gain("leaky_relu", 1.0) == init.gain("linear")
    assert_allclose(init.gain("leaky_relu"), sqrt(2 / (1 + 0.01**2)))


def test_the_gain_of_relu_keeps_the_mean_square_through_depth() -> None:
    generator, x = rng(), rng().normal(size=(100, 200))
    for _ in range(20):
        x = np.maximum(x @ init.normal((200, 200), std=init.gain("relu") / sqrt(200), rng=generator), 0)
    assert 0.2 < (x**2).mean() < 5  # without it: 2^-20


def test_an_unknown_nonlinearity_is_refused() -> None:
    with pytest.raises(ValueError, match="gain got nonlinearity='swish': expected one of linear, sigmoid, tanh, relu"):
        init.gain("swish")


# --- Orthogonal ------------------------------------------------------------------------------------------------------

sides = st.integers(1, 12)


@given(sides, sides, st.floats(0.1, 10), st.integers(0, 2**32 - 1))
def test_the_shorter_side_is_orthonormal(rows: int, columns: int, gain: float, seed: int) -> None:
    W = init.orthogonal((rows, columns), gain, rng=np.random.default_rng(seed))
    product = W.T @ W if rows >= columns else W @ W.T
    assert_allclose(product, gain**2 * np.eye(min(rows, columns)), atol=1e-12 * gain**2)


@given(sides, st.integers(0, 2**32 - 1))
def test_a_square_one_keeps_every_length(side: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    W, x = init.orthogonal((side, side), rng=generator), generator.normal(size=(5, side))
    assert_allclose(np.linalg.norm(x @ W, axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)


def test_an_orthogonal_kernel_is_one_as_a_matrix() -> None:
    K = init.orthogonal((8, 3, 2, 2), rng=rng())
    assert_allclose(K.reshape(8, 12) @ K.reshape(8, 12).T, np.eye(8), atol=1e-12)


def test_orthogonal_matrices_favour_no_sign() -> None:
    generator = rng()
    first = [init.orthogonal((3, 3), rng=generator)[0, 0] for _ in range(500)]
    assert abs(np.mean(first)) < 0.1


def test_orthogonal_serves_as_the_start_of_a_layer() -> None:
    W = Linear(6, 4, init=init.orthogonal, rng=rng(), dtype=np.float32).weight.value
    assert_allclose(W.T @ W, np.eye(4), atol=1e-6)


def test_a_vector_cannot_be_orthogonal() -> None:
    with pytest.raises(ValueError, match=r"a weight of shape \(3,\) has no fan-in"):
        init.orthogonal((3,), rng=rng())
