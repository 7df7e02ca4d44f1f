import copy

import numpy as np
import pytest
from layer_cases import rng
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import functional as F
from dlcourse.layers import Dropout, Linear, Sequential

MODES = {"inverted": F.dropout, "classic": F.classic_dropout}
both = pytest.mark.parametrize("mode", list(MODES))


def test_inverted_dropout_drops_or_scales_up() -> None:
    y, _ = F.dropout(np.ones(1000), 0.2, rng=rng())
    assert set(np.unique(y)) == {0.0, 1.25}


def test_classic_dropout_drops_or_keeps() -> None:
    y, _ = F.classic_dropout(np.ones(1000), 0.2, rng=rng())
    assert set(np.unique(y)) == {0.0, 1.0}


@both
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped_is_p(mode: str, p: float) -> None:
    y, _ = MODES[mode](np.ones(100_000), p, rng=rng())
    assert_allclose((y == 0).mean(), p, atol=0.005)


@both
@pytest.mark.parametrize("p", [0.0, 0.3, 0.8])
def test_the_mean_over_many_masks_is_what_evaluation_computes(mode: str, p: float) -> None:
    x, g = np.array([1.0, -2.0, 3.0]), rng()
    mean = np.mean([MODES[mode](x, p, rng=g)[0] for _ in range(20_000)], axis=0)
    assert_allclose(mean, MODES[mode](x, p, training=False, rng=g)[0], rtol=0.05)


@both
def test_backward_lets_through_what_forward_let_through(mode: str) -> None:
    y, cache = MODES[mode](np.ones((50, 4)), 0.4, rng=rng())
    assert_array_equal(getattr(F, f"{MODES[mode].__name__}_backward")(np.ones((50, 4)), cache), y)


@both
def test_backward_in_evaluation_is_the_derivative(mode: str) -> None:
    x = np.array([1.0, 2.0])
    y, cache = MODES[mode](x, 0.4, training=False, rng=rng())
    assert_allclose(getattr(F, f"{MODES[mode].__name__}_backward")(np.ones(2), cache), y / x)


@both
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
def test_output_and_gradient_have_the_dtype_of_the_input(mode: str, dtype: type, training: bool) -> None:
    y, cache = MODES[mode](np.ones(5, dtype=dtype), 0.3, training, rng=rng())
    dx = getattr(F, f"{MODES[mode].__name__}_backward")(np.ones(5, dtype=dtype), cache)
    assert (y.dtype, dx.dtype) == (dtype, dtype)


@both
def test_no_input_is_changed_and_none_is_handed_back(mode: str) -> None:
    x = np.ones(5)
    for training in (True, False):
        y, _ = MODES[mode](x, 0.3, training, rng=rng())
        y += 1
    assert_array_equal(x, np.ones(5))


@both
def test_large_inputs_stay_finite(mode: str) -> None:
    x = np.array([-1000.0, 0.0, 1000.0] * 20)
    assert np.isfinite(MODES[mode](x, 0.999, rng=rng())[0]).all()


def test_a_float32_network_drops_what_its_float64_twin_does() -> None:
    masks = [F.classic_dropout(np.ones(100, dtype=t), 0.5, rng=rng())[0] for t in (np.float32, np.float64)]
    assert_array_equal(*masks)


@both
@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, np.nan])
def test_a_p_outside_0_to_1_is_refused(mode: str, p: float) -> None:
    name = MODES[mode].__name__
    with pytest.raises(
        ValueError, match=rf"^{name} got p={p:g}: expected the probability to drop, from 0 up to, not including, 1"
    ):
        MODES[mode](np.ones(3), p, rng=rng())


def test_the_layer_refuses_such_a_p_when_it_is_made() -> None:
    with pytest.raises(ValueError, match=r"^Dropout got p=1: expected the probability to drop"):
        Dropout(1.0, rng=rng())


def test_a_bare_seed_is_refused() -> None:
    with pytest.raises(TypeError, match=r"got rng=0: expected a np.random.Generator"):
        Dropout(0.5, rng=0)  # type: ignore[arg-type]


def test_a_mode_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Dropout got mode='inverse': expected one of 'inverted', 'classic'"):
        Dropout(0.5, "inverse", rng=rng())


def test_every_pass_and_every_example_gets_a_mask_of_its_own() -> None:
    layer, x = Dropout(0.5, rng=rng()), np.ones((2, 64))
    first, second = layer(x), layer(x)
    assert (first != second).any()
    assert (first[0] != first[1]).any()


def test_the_same_seed_drops_the_same_units() -> None:
    x = np.ones((5, 5))
    assert_array_equal(Dropout(0.5, rng=rng())(x), Dropout(0.5, rng=rng())(x))


def test_evaluation_draws_no_numbers() -> None:
    g, twin = rng(), rng()
    Dropout(0.5, rng=g).eval()(np.ones(5))
    assert g.random() == twin.random()


def test_both_modes_agree_in_training_up_to_the_scale() -> None:
    x = rng(1).normal(size=(4, 5))
    inverted, classic = (Dropout(0.2, mode, rng=rng())(x) for mode in ("inverted", "classic"))
    assert_allclose(inverted * 0.8, classic)


def test_eval_of_a_network_reaches_its_dropout() -> None:
    net = Sequential(Dropout(0.9, rng=rng()), Sequential(Dropout(0.9, rng=rng())))
    assert_array_equal(net.eval()(np.ones((3, 4))), np.ones((3, 4)))


def test_a_copied_network_throws_the_same_coins_apart_from_the_original() -> None:
    net = Sequential(Linear(3, 3, rng=rng()), Dropout(0.5, rng=rng()))
    twin, x = copy.deepcopy(net), np.ones((5, 3))
    assert_array_equal(net(x), twin(x))


def test_repr_shows_p_and_an_unusual_mode() -> None:
    assert [repr(Dropout(0.25, mode, rng=rng())) for mode in MODES] == [
        "Dropout(p=0.25)",
        "Dropout(p=0.25, mode='classic')",
    ]
