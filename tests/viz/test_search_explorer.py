"""The search explorer: runs that can be made again, equal budgets, a goal that hands reach, and words for what is drawn."""

import numpy as np
import pytest

from dlcourse.tuning.space import decode, grid
from dlcourse.viz import SearchExplorer, search, search_runs
from dlcourse.viz.search import BELOW, best_so_far, overtaken
from dlcourse.viz.search_runs import (
    BUDGET,
    GUESSING,
    HIDDEN,
    LANDSCAPE,
    METHODS,
    PEAKS,
    RUNS,
    SCHEDULES,
    SEEDS,
    SPACE,
    STEPS,
    objective,
    runs,
    schedule,
)

WARMUP = "warm-up, then cosine"
THERE = {"method": "random", "trials": 13, "schedule": WARMUP, "peak": float(PEAKS[7])}
ROUNDED = {"rtol": 6e-3}  # three digits are kept


@pytest.fixture
def explorer():
    return SearchExplorer()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_the_same_budget_in_every_run(method):
    assert runs().trials[method].shape == (RUNS, BUDGET, 3)


def test_all_tables_are_whole():
    assert runs().landscape.shape == (len(LANDSCAPE["hidden"]), len(LANDSCAPE["lr"]))
    assert {name: table.shape for name, table in runs().schedules.items()} == dict.fromkeys(
        SCHEDULES, (len(PEAKS), SEEDS)
    )
    assert runs().rates.shape == runs().losses.shape


def test_a_trial_of_the_file_can_be_made_again():
    # Trained from the rounded rate, so a little more may differ than the last digit.
    for lr, hidden, value in runs().trials["random"][0, :4]:
        assert objective(lr, int(hidden), seed=0) == pytest.approx(value, rel=0.02)


def test_the_grid_of_the_file_is_the_library_s():
    points = [decode(SPACE, codes) for codes in grid(SPACE, BUDGET)]
    np.testing.assert_allclose(
        runs().trials["grid"][3, :, :2], [[point["lr"], point["hidden"]] for point in points], **ROUNDED
    )


def test_a_random_search_made_anew_tries_the_points_of_the_file(monkeypatch):
    monkeypatch.setattr(search_runs, "objective", lambda lr, hidden, seed: 1.0)  # random search does not look
    tried = np.array(search_runs.searched("random", 5))
    np.testing.assert_allclose(tried[:, :2], runs().trials["random"][5, :, :2], **ROUNDED)


def test_a_schedule_of_the_file_can_be_made_again():
    value = search_runs.after_schedule("cyclic", PEAKS[4], seed=1)
    assert value == pytest.approx(runs().schedules["cyclic"][4, 1], rel=6e-3)


def test_the_landscape_can_be_made_again():
    mean = np.mean([objective(LANDSCAPE["lr"][15], 16, seed) for seed in range(SEEDS)])
    assert mean == pytest.approx(runs().landscape[list(LANDSCAPE["hidden"]).index(16), 15], rel=6e-3)


def test_an_exploded_training_counts_as_guessing():
    assert objective(10.0, HIDDEN, seed=0) == GUESSING


def test_nothing_is_worse_than_guessing():
    assert max(table[..., 2].max() for table in runs().trials.values()) <= GUESSING


def test_the_file_keeps_three_digits_and_ends_with_a_newline():
    assert search_runs.written({"a": [0.123456, 12345.0]}) == '{"a":[0.123,12300.0]}\n'


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_reaches_its_peak_and_not_more(name):
    rates = [schedule(name, 0.4)(t) for t in range(STEPS)]
    assert max(rates) == pytest.approx(0.4)


def test_best_so_far_never_rises():
    assert all(np.all(np.diff(best_so_far(method), axis=1) <= 0) for method in METHODS)


def test_random_search_overtakes_the_whole_grid_at_the_trials_that_the_lesson_names():
    assert overtaken("random") == 13
    mean, whole = best_so_far("random").mean(axis=0), best_so_far("grid")[:, -1].mean()
    assert mean[12] < whole <= mean[11]


def test_the_goal_is_reached_by_moves_on_the_controls(explorer):
    explorer.control["method"].value = "random"
    for trials in range(5, 14):
        explorer.control["trials"].value = trials
        assert not explorer.finished
    explorer.control["schedule"].value = WARMUP
    assert not explorer.finished
    for peak in PEAKS[5:8]:
        explorer.control["peak"].value = float(peak)
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(
    "setting",
    [
        {"trials": 12},
        {"trials": 14},
        {"method": "tpe"},
        {"method": "grid"},
        {"schedule": "constant"},
        {"peak": float(PEAKS[4])},
    ],
)
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not SearchExplorer(**THERE | setting).finished


def test_which_of_the_searches_is_shown_does_not_matter_to_the_goal():
    assert SearchExplorer(**THERE, run=9).finished


def test_no_constant_rate_reaches_the_goal_s_loss():
    assert runs().schedules["constant"].mean(axis=1).min() > BELOW


def test_several_schedules_reach_the_goal_s_loss():
    assert {name for name in SCHEDULES if runs().schedules[name].mean(axis=1).min() < BELOW} == {WARMUP, "cyclic"}


def test_the_words_name_what_is_drawn():
    words = SearchExplorer(**THERE, run=2).words
    for part in ("Random search 2 after 13 of 36 trials", "13 different rates", "0.446", "0.456", "peak 0.57", "0.165"):
        assert part in words


def test_a_half_finished_grid_has_tried_few_rates():
    assert "It has tried 3 different rates and 6 different widths" in SearchExplorer(method="grid", trials=18).words


def test_the_picture_shows_every_trial_once(explorer):
    explorer.control["method"].value = "random"
    for trials in (1, 17, BUDGET):
        explorer.control["trials"].value = trials
        assert sum(len(line.get_xdata()) for line in (explorer.dots, explorer.lost)) == trials


def test_the_star_stands_at_the_lowest_loss():
    shown = SearchExplorer(method="gp", trials=30, run=4)
    trials = runs().trials["gp"][3, :30]
    assert (shown.star.get_xdata()[0], shown.star.get_ydata()[0]) == tuple(trials[trials[:, 2].argmin(), :2])


def test_moving_a_control_leaves_the_background_alone(explorer):
    background = explorer.background
    for name, value in (
        ("trials", 30),
        ("method", "genetic"),
        ("run", 7),
        ("schedule", "cyclic"),
        ("peak", float(PEAKS[9])),
    ):
        explorer.control[name].value = value
    assert explorer.background is background


def test_the_projections_mark_every_rate_that_was_tried():
    picture = search.projections({"grid": [[0.5, 0.0], [0.5, 1.0]]}, [0.0, 1.0], [2.0, 0.0])
    assert list(picture.axes[0].lines[1].get_xdata()) == [0.5]
    assert list(picture.axes[0].lines[1].get_ydata()) == [1.0]
