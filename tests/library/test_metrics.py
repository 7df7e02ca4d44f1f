"""The numbers are scikit-learn's, wherever scikit-learn has them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful
from sklearn import metrics as theirs
from sklearn.utils.class_weight import compute_class_weight

from dlcourse import metrics

#: From one example up: many draws leave a class empty, uncalled, or both.
two_classes = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(1, 3)), min_size=1, max_size=12)
four_classes = st.lists(st.tuples(*[st.sampled_from([-1, 0, 2, 7])] * 2, st.integers(1, 3)), min_size=1, max_size=12)
#: Few values, so that ties are the rule; both classes are there.
scored = st.lists(st.tuples(st.integers(0, 1), st.integers(-2, 2), st.integers(0, 3)), max_size=12).map(
    lambda rows: [(0, 0, 1), (1, 1, 1), *rows]
)

PAIRS: dict[str, tuple[Callable, Callable]] = {
    "precision": (metrics.precision, theirs.precision_score),
    "recall": (metrics.recall, theirs.recall_score),
    "f1_score": (metrics.f1_score, theirs.f1_score),
}
every_share = pytest.mark.parametrize("name", list(PAIRS))


def columns(rows: list[tuple[int, ...]]) -> Any:
    return (np.array(column) for column in zip(*rows, strict=True))


# --- Counts ----------------------------------------------------------------------------------------------------------


@careful
@given(rows=four_classes)
def test_the_confusion_matrix_is_scikit_learns(rows: list) -> None:
    y, called, weight = columns(rows)
    ours = metrics.confusion_matrix(y, called, labels=[7, 2, 0, -1, 5], sample_weight=weight)
    assert_array_equal(ours, theirs.confusion_matrix(y, called, labels=[7, 2, 0, -1, 5], sample_weight=weight))


def test_labels_that_do_not_appear_get_no_row_unless_asked_for() -> None:
    assert_array_equal(metrics.confusion_matrix([5, 2], [2, 2]), [[1, 0], [1, 0]])
    assert_array_equal(metrics.confusion_matrix([2], [2], labels=[2, 5]), [[1, 0], [0, 0]])


def test_the_confusion_matrix_counts_in_whole_numbers() -> None:
    assert metrics.confusion_matrix([0, 1], [0, 0]).dtype == np.int64


def test_names_are_labels_too() -> None:
    assert_array_equal(metrics.confusion_matrix(["cat", "dog", "dog"], ["dog", "dog", "cat"]), [[0, 1], [1, 1]])


@careful
@given(rows=four_classes)
def test_accuracy_is_scikit_learns(rows: list) -> None:
    y, called, weight = columns(rows)
    assert_allclose(metrics.accuracy(y, called), theirs.accuracy_score(y, called))
    assert_allclose(
        metrics.accuracy(y, called, sample_weight=weight), theirs.accuracy_score(y, called, sample_weight=weight)
    )


@every_share
@careful
@given(rows=two_classes)
def test_shares_of_two_classes_are_scikit_learns_empty_classes_included(name: str, rows: list) -> None:
    ours, reference = PAIRS[name]
    y, called, weight = columns(rows)
    assert_allclose(ours(y, called), reference(y, called, zero_division=0))
    assert_allclose(ours(y, called, sample_weight=weight), reference(y, called, zero_division=0, sample_weight=weight))


@every_share
@pytest.mark.parametrize("average", ["macro", "weighted", "micro", None])
@careful
@given(rows=four_classes)
def test_shares_of_many_classes_are_scikit_learns(name: str, average: Any, rows: list) -> None:
    ours, reference = PAIRS[name]
    y, called, weight = columns(rows)
    expected = reference(y, called, average=average, zero_division=0, sample_weight=weight)
    assert_allclose(ours(y, called, average=average, sample_weight=weight), expected)


@careful
@given(rows=two_classes)
def test_specificity_is_the_recall_of_the_other_class(rows: list) -> None:
    y, called, _ = columns(rows)
    assert_allclose(metrics.specificity(y, called), theirs.recall_score(y, called, pos_label=0, zero_division=0))


def test_specificity_of_many_classes_is_one_class_against_the_rest() -> None:
    y, called = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 0, 2])
    one_by_one = [metrics.specificity(y == k, called == k) for k in range(3)]
    assert_allclose(metrics.specificity(y, called, average=None), one_by_one)


@careful
@given(rows=two_classes)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(rows: list) -> None:
    y, called, _ = columns(rows)
    p, r = metrics.precision(y, called), metrics.recall(y, called)
    assert_allclose(metrics.f1_score(y, called), 2 * p * r / (p + r) if p + r else 0)


def test_minus_one_and_one_are_two_classes() -> None:
    assert metrics.precision([-1, 1, 1], [1, 1, -1]) == 0.5


def test_yes_and_no_are_two_classes() -> None:
    assert metrics.recall([False, True, True], [True, True, False]) == 0.5


def test_a_single_number_is_a_plain_float() -> None:
    numbers = [f([0, 1], [1, 1]) for f in (metrics.accuracy, metrics.precision, metrics.specificity, metrics.f1_score)]
    assert {type(number) for number in numbers} == {float}


# --- Curves ----------------------------------------------------------------------------------------------------------


@careful
@given(rows=scored)
def test_the_roc_curve_is_scikit_learns_ties_included(rows: list) -> None:
    y, score, _ = columns(rows)
    for ours, expected in zip(
        metrics.roc_curve(y, score), theirs.roc_curve(y, score, drop_intermediate=False), strict=True
    ):
        assert_allclose(ours, expected)


@careful
@given(rows=scored)
def test_the_weighted_roc_curve_is_scikit_learns(rows: list) -> None:
    y, score, weight = columns(rows)
    expected = theirs.roc_curve(y, score, drop_intermediate=False, sample_weight=weight)
    for ours, reference in zip(metrics.roc_curve(y, score, sample_weight=weight), expected, strict=True):
        assert_allclose(ours, reference)


@careful
@given(rows=scored)
def test_the_precision_recall_curve_is_scikit_learns(rows: list) -> None:
    y, score, weight = columns(rows)
    expected = theirs.precision_recall_curve(y, score, sample_weight=weight)
    for ours, reference in zip(metrics.precision_recall_curve(y, score, sample_weight=weight), expected, strict=True):
        assert_allclose(ours, reference)


@careful
@given(rows=scored)
def test_areas_are_scikit_learns(rows: list) -> None:
    y, score, weight = columns(rows)
    fpr, tpr, _ = metrics.roc_curve(y, score, sample_weight=weight)
    assert_allclose(metrics.auc(fpr, tpr), theirs.roc_auc_score(y, score, sample_weight=weight))
    assert_allclose(
        metrics.average_precision(y, score, sample_weight=weight),
        theirs.average_precision_score(y, score, sample_weight=weight),
    )


@careful
@given(rows=scored)
def test_the_area_under_roc_is_the_chance_to_score_higher(rows: list) -> None:
    y, score, _ = columns(rows)
    gap = score[y == 1][:, np.newaxis] - score[y == 0]
    fpr, tpr, _ = metrics.roc_curve(y, score)
    assert_allclose(metrics.auc(fpr, tpr), np.mean((gap > 0) + 0.5 * (gap == 0)))


def test_equal_scores_pass_the_threshold_together() -> None:
    fpr, tpr, thresholds = metrics.roc_curve([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])
    assert_array_equal([fpr, tpr, thresholds], [[0, 1], [0, 1], [np.inf, 0.5]])


def test_scores_in_bytes_do_not_wrap_around() -> None:
    assert metrics.roc_curve([0, 1], np.array([0, 200], dtype=np.uint8))[2].tolist() == [np.inf, 200, 0]


def test_area_of_a_curve_from_right_to_left_is_positive() -> None:
    assert metrics.auc([1, 0], [0.5, 0.5]) == 0.5


# --- Class weights ---------------------------------------------------------------------------------------------------


@careful
@given(y=st.lists(st.sampled_from([0, 1, 5]), min_size=1, max_size=12))
def test_class_weights_are_scikit_learns_balanced_ones(y: list[int]) -> None:
    expected = compute_class_weight("balanced", classes=np.unique(y), y=np.array(y))
    assert_allclose(metrics.class_weights(y), expected)


def test_with_class_weights_every_class_counts_the_same() -> None:
    y = np.array([0] * 90 + [1] * 10)
    assert_allclose(metrics.accuracy(y, np.zeros(100, int), sample_weight=metrics.class_weights(y)[y]), 0.5)


# --- Errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.accuracy([0, 1], [0]), r"accuracy got arrays of shape \(2,\) and \(1,\): expected \(N,\)"),
        (lambda: metrics.precision([[0], [1]], [[0], [1]]), r"precision got arrays of shape \(2, 1\) and \(2, 1\)"),
        (
            lambda: metrics.recall([0, 1], [0, 1], sample_weight=[1]),
            r"recall got arrays of shape \(2,\) and \(2,\) and \(1,\)",
        ),
        (lambda: metrics.confusion_matrix([], []), "confusion_matrix got no examples: expected at least one"),
        (
            lambda: metrics.confusion_matrix([0, 3], [0, 0], labels=[0, 1]),
            r"confusion_matrix got the label 3: expected one of \[0, 1\]",
        ),
        (
            lambda: metrics.f1_score([0, 1, 2], [0, 1, 1]),
            r"f1_score got the labels \[0, 1, 2\]: expected two classes, one of them 1; with other classes, pass average='macro'",
        ),
        (lambda: metrics.precision([2, 3], [2, 3]), r"precision got the labels \[2, 3\]"),
        (
            lambda: metrics.recall([0, 1], [0, 1], average="mean"),
            "recall got average='mean': expected 'binary', 'macro'",
        ),
        (
            lambda: metrics.roc_curve([0, 1, 2], [1, 2, 3]),
            r"roc_curve got the labels \[0, 1, 2\]: expected two classes",
        ),
        (
            lambda: metrics.roc_curve([1, 1], [1, 2]),
            "roc_curve got examples of one class only: expected some of class 1",
        ),
        (
            lambda: metrics.precision_recall_curve([0, 0], [1, 2]),
            "precision_recall_curve got examples of one class only",
        ),
        (lambda: metrics.roc_curve([0, 1], [np.nan, 2]), "roc_curve got 1 scores that are nan or inf"),
        (lambda: metrics.roc_curve([0, 1], [1.0]), r"roc_curve got arrays of shape \(2,\) and \(1,\)"),
        (lambda: metrics.auc([0, 1, 0.5], [0, 1, 1]), "auc got x that rises and falls"),
        (lambda: metrics.auc([0], [1]), r"auc got x of shape \(1,\) and y of shape \(1,\): expected \(T,\) twice"),
        (lambda: metrics.class_weights([]), r"class_weights got y of shape \(0,\): expected \(N,\) labels"),
    ],
)
def test_a_mistake_gets_one_clear_sentence(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
