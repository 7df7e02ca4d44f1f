import copy
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import data
from dlcourse.layers import Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss, MSELoss
from dlcourse.lr_finder import range_test, smooth, steepest
from dlcourse.optim import SGD, Adam


def moons() -> tuple[Sequential, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X, y = data.moons(200, rng=rng)
    return Sequential(Linear(2, 32, rng=rng), ReLU(), Linear(32, 2, rng=rng)), X, y


def run(**settings: Any) -> Any:
    net, X, y = moons()
    settings = {"low": 1e-4, "high": 1e3, "steps": 60, "rng": np.random.default_rng(1)} | settings
    return range_test(net, CrossEntropyLoss(), X, y, **settings)


def test_rates_grow_by_equal_factors_from_low_to_high() -> None:
    rates, _, _ = run(low=1e-4, high=1e-2, steps=5)
    assert_allclose(rates, [1e-4, 10**-3.5, 1e-3, 10**-2.5, 1e-2])


def test_there_is_a_loss_for_each_rate() -> None:
    rates, losses, _ = run()
    assert rates.shape == losses.shape


def test_it_ends_when_the_loss_explodes() -> None:
    rates, losses, _ = run()
    assert len(rates) < 60
    assert np.isfinite(losses).all()


def test_the_suggestion_is_one_of_the_rates_and_trains_the_network() -> None:
    rates, _, suggestion = run()
    assert suggestion in rates
    assert 0.05 < suggestion < 5


def test_the_network_and_the_loss_stay_as_they_were() -> None:
    net, X, y = moons()
    net.eval()
    net[0].weight.requires_grad = False
    net[0].weight.grad += 3.0
    before = copy.deepcopy(net)
    range_test(net, CrossEntropyLoss(), X, y, rng=np.random.default_rng(1))
    for p, q in zip(net.parameters(), before.parameters(), strict=True):
        assert_array_equal(p.value, q.value)
        assert_array_equal(p.grad, q.grad)
    assert not net.training


def test_frozen_layers_stay_frozen_in_the_test() -> None:
    net, X, y = moons()
    for p in net[0].parameters():
        p.requires_grad = False
    inside: list[Any] = []

    def optimizer(parameters: list[Any], lr: float) -> SGD:
        inside.extend(parameters)
        return SGD(parameters, lr)

    range_test(net, CrossEntropyLoss(), X, y, rng=np.random.default_rng(1), optimizer=optimizer)
    moved = [not np.array_equal(p.value, q.value) for p, q in zip(inside, net.parameters(), strict=True)]
    assert moved == [False, False, True, True]


def test_the_same_seed_finds_the_same_rate() -> None:
    assert run().suggestion == run().suggestion


def test_another_optimizer_may_take_the_steps() -> None:
    assert run(optimizer=Adam).suggestion < run().suggestion


def test_a_function_serves_as_optimizer() -> None:
    by_function = run(optimizer=lambda parameters, lr: Adam(parameters, lr, betas=(0.9, 0.999)))
    assert_array_equal(by_function.losses, run(optimizer=Adam).losses)


def test_an_overflow_on_the_way_is_no_warning() -> None:
    net, X, _ = moons()
    with pytest.raises(ValueError, match="the loss never fell"):
        range_test(net, MSELoss(), X, X, low=1e-3, high=1e300, rng=np.random.default_rng(0))


def test_a_loss_that_is_not_finite_from_the_start_is_refused() -> None:
    net, X, _ = moons()
    with pytest.raises(ValueError, match="range_test got a loss of nan before the first step: look for nan or huge"):
        range_test(net, MSELoss(), X * np.nan, X, rng=np.random.default_rng(0))


def test_a_range_that_starts_too_high_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the loss never fell between lr=1e\+06 and .*: start from a smaller low"):
        run(low=1e6, high=1e9)


def test_a_recovery_after_the_explosion_is_not_taken_for_progress() -> None:
    assert steepest([1e-3, 1e-2, 1e-1, 1.0, 10.0], [1.0, 0.9, 0.8, 3.0, 0.85], window=1) < 1.0


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, 1.0), (1.0, np.inf)])
def test_ends_that_leave_no_range_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=f"range_test got low={low}, high={high}: expected 0 < low < high"):
        run(low=low, high=high)


def test_too_few_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="range_test got steps=2: expected at least 3"):
        run(steps=2)


# --- The steepest slope ----------------------------------------------------------------------------------------------


def test_the_steepest_slope_is_measured_over_the_logarithm() -> None:
    rates = np.geomspace(1e-5, 10, 61)
    losses = 1 - 1 / (1 + np.exp(-3 * np.log(rates / 0.03)))
    assert_allclose(steepest(rates, losses), 0.03, rtol=0.15)


def test_noise_is_smoothed_away() -> None:
    rates = np.geomspace(1e-5, 10, 101)
    losses = 1 - 1 / (1 + np.exp(-3 * np.log(rates / 0.03)))
    noisy = losses + 0.03 * np.random.default_rng(0).normal(size=101)
    assert_allclose(np.log10(steepest(rates, noisy, window=15)), np.log10(0.03), atol=0.5)


def test_a_loss_that_never_falls_has_no_steepest_slope() -> None:
    with pytest.raises(ValueError, match=r"the loss never fell between lr=0.1 and lr=1000: start from a smaller low"):
        steepest([0.1, 10, 1000], [1, 2, 3], window=1)


@pytest.mark.parametrize(("rates", "losses"), [([], []), ([1.0, 2.0], [1.0]), ([[1.0, 2.0]], [[2.0, 1.0]])])
def test_curves_that_do_not_match_are_refused(rates: Any, losses: Any) -> None:
    with pytest.raises(ValueError, match="steepest got rates"):
        steepest(rates, losses)


def test_a_window_of_one_smooths_nothing() -> None:
    assert_array_equal(smooth([3, 1, 2], window=1), [3, 1, 2])


def test_a_straight_line_stays_one_inside() -> None:
    assert_allclose(smooth(np.arange(10), window=5)[2:-2], np.arange(10)[2:-2])


@pytest.mark.parametrize("window", [0, -1, 4])
def test_a_window_without_a_middle_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match=f"smooth got window={window}: expected an odd number"):
        smooth([1, 2, 3], window)
