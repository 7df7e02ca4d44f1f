"""The batch-norm explorer: its points are the library's numbers, its races are real runs, and hands reach its goal."""

import numpy as np
import pytest

import dlcourse as dl
from dlcourse.viz import BatchNormExplorer, batch_norm
from dlcourse.viz.batch_norm import EVALUATION, LEARNED, RATES, TRAINING, highest, losses

THERE = {"e": 5.5, "gamma": 2.5, "beta": 1.5, "rate": 3.2}


@pytest.fixture
def explorer():
    return BatchNormExplorer()


def test_in_training_the_normalised_points_have_mean_0_and_deviation_1(explorer):
    assert explorer.numbers.x_hat.mean() == pytest.approx(0, abs=1e-12)
    assert explorer.numbers.x_hat.std() == pytest.approx(1, abs=1e-5)


def test_in_training_a_common_factor_changes_no_output(explorer):
    before = explorer.numbers.y
    explorer.control["times"].value = 2
    np.testing.assert_allclose(explorer.numbers.y, before, atol=1e-5)


def test_all_points_times_0_come_out_at_beta():
    np.testing.assert_allclose(BatchNormExplorer(times=0, beta=1.2).numbers.y, 1.2)


def test_in_evaluation_a_point_that_moves_leaves_the_others_alone():
    explorer = BatchNormExplorer(mode=EVALUATION)
    before = explorer.numbers.y
    explorer.control["e"].value = 8
    np.testing.assert_array_equal(explorer.numbers.y[:-1], before[:-1])
    assert explorer.numbers.y[-1] != before[-1]


def test_evaluation_uses_what_many_batches_leave_behind():
    layer, first = dl.BatchNorm1d(1, momentum=None), np.array([-1.75, -0.25, 1.25, 2.75, 0.5])[:, np.newaxis]
    for _ in range(3):
        layer(first)
    shown = BatchNormExplorer(mode=EVALUATION).numbers.y
    np.testing.assert_allclose(shown, layer.eval()(first)[:, 0])


def test_a_point_that_runs_away_stays_below_the_root_of_m_minus_1():
    x_hat = BatchNormExplorer(e=8).numbers.x_hat
    assert 1.7 < x_hat.max() < np.sqrt(5 - 1)


def test_the_goal_is_reached_by_moves_on_the_sliders(explorer):
    for name, value in THERE.items():
        assert not explorer.finished
        explorer.control[name].value = value
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(
    "setting",
    [{"e": 5}, {"gamma": 2.4}, {"beta": 1.3}, {"rate": 1.6}, {"rate": 6.4}, {"mode": EVALUATION}, {"times": 0.9}],
)
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not BatchNormExplorer(**THERE | setting).finished


def test_the_rates_in_the_words_of_success_are_those_that_were_measured():
    assert (highest(True), highest(False)) == (3.2, 0.4)
    assert "3.2 with batch normalisation, at 0.4 at most without" in BatchNormExplorer.success


@pytest.mark.parametrize("normalise", [False, True])
def test_the_highest_rate_is_no_close_call(normalise):
    ends = {rate: losses(rate, normalise)[-1] for rate in RATES}
    assert ends[highest(normalise)] < 0.8 * LEARNED
    assert ends[2 * highest(normalise)] > 2 * LEARNED


def test_each_at_its_best_rate_the_plain_network_ends_lower():
    best = [min(losses(rate, normalise)[-1] for rate in RATES) for normalise in (False, True)]
    assert best[0] < best[1]


def test_the_readout_says_what_is_lost():
    assert "ends at 2.3 without and at 0.16 with batch normalisation" in BatchNormExplorer(rate=3.2).words
    assert batch_norm.ending(np.inf) == "lost"


def test_the_readout_names_whose_statistics_are_used(explorer):
    assert "Mean 0.5, standard deviation 1.5. This batch's statistics" in explorer.words
    explorer.control["mode"].value = EVALUATION
    assert "Kept mean 0.5, standard deviation 1.68. The kept statistics" in explorer.words
    explorer.control["mode"].value = TRAINING
    assert "This batch's" in explorer.words


def test_every_rate_has_a_panel_with_both_curves():
    axes = batch_norm.rising_rates().axes
    assert [ax.get_title() for ax in axes] == [f"rate {rate:g}" for rate in RATES]
    assert all(len(ax.lines) == 2 for ax in axes)


def test_each_way_of_normalising_shades_one_group():
    shaded = [int(ax.collections[0].get_array().sum()) for ax in batch_norm.shared_statistics().axes]
    assert shaded == [4, 4 * 9, 6]
