"""The threshold explorer: right counts, honest edges, a goal that can be reached."""

import warnings
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics as sk

from dlcourse.viz import ThresholdExplorer
from dlcourse.viz.threshold import ROUNDING, SETTINGS, best_precision, probability_map, roc_picture, tumours

BEST = 0.33


@pytest.fixture
def explorer():
    return ThresholdExplorer()


def rounded(h, rounding):
    return {"not at all": h, "to 0.1": np.round(h, 1), "to 0.25": np.round(h * 4) / 4}[rounding]


@pytest.mark.parametrize(("threshold", "copies", "rounding"), list(product((0.0, 0.3, 1.0), (1, 20), ROUNDING)))
def test_the_numbers_are_scikit_learns_at_the_ends_of_every_control(threshold, copies, rounding):
    h, y = tumours()
    explorer = ThresholdExplorer(threshold=threshold, copies=copies, rounding=rounding)
    n, h = explorer.numbers, rounded(h, rounding)
    called, weight = (h >= threshold).astype(int), np.where(y == 1, 1, copies)
    same = {"sample_weight": weight, "zero_division": 0}
    assert n.recall == pytest.approx(sk.recall_score(y, called, **same))
    assert n.precision == pytest.approx(sk.precision_score(y, called, **same))
    assert n.specificity == pytest.approx(sk.recall_score(y, called, pos_label=0, **same))
    assert n.f1_score == pytest.approx(sk.f1_score(y, called, **same))
    assert n.area == pytest.approx(sk.roc_auc_score(y, h, sample_weight=weight))
    np.testing.assert_array_equal(n.matrix, sk.confusion_matrix(y, called, sample_weight=weight))
    assert bytes(explorer.picture.value).startswith(b"\xff\xd8\xff")
    assert "failed" not in explorer.status.value


@pytest.mark.parametrize("copies", [1, 20])
def test_the_goal_is_reached_by_moving_the_threshold(explorer, copies):
    explorer.control["copies"].value = copies
    assert "Goal:" in explorer.status.value
    explorer.control["threshold"].value = BEST
    assert "Goal reached." in explorer.status.value


def settings_that_reach_the_goal(explorer, rounding):
    states = [SimpleNamespace(threshold=t, copies=1, rounding=rounding) for t in SETTINGS]
    return [state.threshold for state in states if explorer.reached(state, explorer.compute(state))]


def test_one_setting_of_the_slider_alone_reaches_the_goal(explorer):
    assert settings_that_reach_the_goal(explorer, "not at all") == [pytest.approx(BEST)]


@pytest.mark.parametrize("rounding", [name for name in ROUNDING if name != "not at all"])
def test_rounded_scores_do_not_reach_the_goal(explorer, rounding):
    assert settings_that_reach_the_goal(explorer, rounding) == []


def test_the_success_says_how_many_are_missed():
    n = ThresholdExplorer(threshold=BEST).numbers
    assert n.matrix[1, 0] == 5
    assert "Five malignant tumours" in ThresholdExplorer.success
    assert best_precision(1) == n.precision


def test_a_rare_class_moves_precision_and_leaves_the_roc_curve(explorer):
    before = explorer.numbers
    explorer.control["copies"].value = 20
    after = explorer.numbers
    np.testing.assert_allclose(after.fpr, before.fpr)
    assert (after.recall, after.specificity) == pytest.approx((before.recall, before.specificity))
    assert after.precision < before.precision / 2


def test_the_dots_lie_on_their_curves(explorer):
    for t in (0.0, 0.2, BEST, 0.5, 0.9):
        explorer.control["threshold"].value = t
        n = explorer.numbers
        (x, y), (r, p) = (np.ravel(dot.get_data()) for dot in explorer.dots)
        assert np.hypot(n.fpr - x, n.tpr - y).min() < 1e-9
        assert np.hypot(n.r - r, n.p - p).min() < 1e-9


def test_a_threshold_on_a_rounded_score_calls_it():
    n = ThresholdExplorer(threshold=0.3, rounding="to 0.1").numbers
    h, _ = tumours()
    assert n.matrix[:, 1].sum() == np.sum(np.round(h * 10) >= 3)


def test_nobody_called_is_said_and_is_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words = ThresholdExplorer(threshold=1).words
    assert "0 are found and 102 missed" in words
    assert "precision 0.000 (nobody is called: 0 of 0 counts as 0)" in words


def test_the_words_say_what_the_controls_say():
    words = ThresholdExplorer(threshold=0.25, copies=20, rounding="to 0.25").words
    assert words.startswith("Threshold 0.25, scores rounded to 0.25: of 102 malignant tumours")
    assert "of 3660 benign ones (each counted 20 times)" in words
    assert "2.7% are malignant" in words


def test_the_matrix_is_written_as_it_was_counted(explorer):
    assert [[explorer.counts[i, j].get_text() for j in (0, 1)] for i in (0, 1)] == [["173", "10"], ["11", "91"]]


def test_the_grey_area_begins_at_the_threshold(explorer):
    explorer.control["threshold"].value = 0.8
    assert (explorer.called.get_x(), explorer.called.get_width()) == pytest.approx((0.8, 0.2))
    assert list(explorer.line.get_xdata()) == [0.8, 0.8]


def test_a_probability_map_names_its_classes_and_its_levels():
    X, y = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])
    names = {"classes": ("no", "yes"), "title": "Half", "xlabel": "x1", "ylabel": "x2"}
    picture = probability_map(lambda points: 1 / (1 + np.exp(2 - 4 * points[:, 0])), X, y, **names)
    assert picture.words() == "Figure: Half (x2 against x1: h = 0.5, h = 0.05 and 0.95, no, yes)"
    assert picture.png() == picture.png()


def test_roc_curves_differ_in_more_than_colour():
    picture = roc_picture({"one": ([0, 1], [0, 1]), "two": ([0, 0, 1], [0, 1, 1])}, title="Two")
    one, two = picture.axes[0].get_lines()[:2]
    assert (one.get_linestyle(), one.get_marker()) != (two.get_linestyle(), two.get_marker())
    assert "one, two, chance" in picture.words()
