"""Metrics: how good is a classifier, and good at what?

Every one of them counts. Of the examples of one class, some are found (TP) and some are missed (FN); of all the others, some are
called by mistake (FP) and some are left alone (TN):

    precision   = TP / (TP + FP)      of those called, how many are right?
    recall      = TP / (TP + FN)      of those there are, how many are found?
    specificity = TN / (TN + FP)      of the others, how many are left alone?

y_true and y_pred are one label per example, true first, as in scikit-learn, whose numbers these are. A share of nothing is 0
(scikit-learn's zero_division=0). sample_weight counts an example as that many.
"""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike

#: Over which classes: class 1 alone, each on its own, their plain mean, their mean by size, or all counts thrown together.
Average: TypeAlias = Literal["binary", "macro", "weighted", "micro"] | None


def confusion_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, *, labels: ArrayLike | None = None, sample_weight: ArrayLike | None = None
) -> Array:
    """How often each true class (row) was called each class (column).   -> (K, K), the K labels in order

    Without labels, they are those that appear. A label that is not among those given is a ValueError.

    >>> confusion_matrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 0])
    array([[1, 1],
           [1, 2]])
    """
    y_true, y_pred, weight = _pairs("confusion_matrix", y_true, y_pred, sample_weight)
    classes = np.unique(np.concatenate([y_true, y_pred])) if labels is None else np.asarray(labels)
    for y in (y_true, y_pred):
        if not np.isin(y, classes).all():
            stranger = y[~np.isin(y, classes)].tolist()[0]
            raise ValueError(f"confusion_matrix got the label {stranger!r}: expected one of {classes.tolist()}")
    order = np.argsort(classes)
    true, called = (order[np.searchsorted(classes, y, sorter=order)] for y in (y_true, y_pred))
    counts = np.zeros((len(classes), len(classes)), dtype=weight.dtype)
    np.add.at(counts, (true, called), weight)
    return counts


def accuracy(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """The share of examples that got their own label: (TP + TN) / N for two classes.

    >>> accuracy([0, 0, 1, 1], [0, 1, 1, 1])
    0.75
    """
    y_true, y_pred, weight = _pairs("accuracy", y_true, y_pred, sample_weight)
    return float(_ratio(weight[y_true == y_pred].sum(), weight.sum()))


def precision(
    y_true: ArrayLike, y_pred: ArrayLike, *, average: Average = "binary", sample_weight: ArrayLike | None = None
) -> Array | float:
    """Of those called, how many are right?   TP / (TP + FP)

    average="binary" is about class 1; with more classes, None gives one number per class, and "macro", "weighted" and "micro" one
    for all: their plain mean, their mean by size, or the ratio of all counts together.

    >>> precision([0, 0, 1, 1, 1], [0, 1, 1, 1, 0]), precision([0, 1], [0, 0])
    (0.6666666666666666, 0.0)
    """
    n = _counts("precision", y_true, y_pred, average, sample_weight)
    return _averaged(_ratio(n.tp, n.tp + n.fp), n.tp + n.fn, average)


def recall(
    y_true: ArrayLike, y_pred: ArrayLike, *, average: Average = "binary", sample_weight: ArrayLike | None = None
) -> Array | float:
    """Of those there are, how many are found?   TP / (TP + FN); also sensitivity, true positive rate. average: see precision

    >>> recall([0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 0]), recall([0, 0], [0, 1])
    (0.75, 0.0)
    """
    n = _counts("recall", y_true, y_pred, average, sample_weight)
    return _averaged(_ratio(n.tp, n.tp + n.fn), n.tp + n.fn, average)


def specificity(
    y_true: ArrayLike, y_pred: ArrayLike, *, average: Average = "binary", sample_weight: ArrayLike | None = None
) -> Array | float:
    """Of the others, how many are left alone?   TN / (TN + FP); also true negative rate. average: see precision

    >>> specificity([0, 0, 0, 0, 1], [0, 1, 0, 0, 1]), specificity([1, 1], [0, 1])
    (0.75, 0.0)
    """
    n = _counts("specificity", y_true, y_pred, average, sample_weight)
    return _averaged(_ratio(n.tn, n.tn + n.fp), n.tp + n.fn, average)


def f1_score(
    y_true: ArrayLike, y_pred: ArrayLike, *, average: Average = "binary", sample_weight: ArrayLike | None = None
) -> Array | float:
    """The harmonic mean of precision P and recall R: good only where both are.   2 P R / (P + R) = 2 TP / (2 TP + FP + FN)

    (van Rijsbergen, 1979.) average: see precision

    >>> f1_score([0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0])
    0.6666666666666666
    """
    n = _counts("f1_score", y_true, y_pred, average, sample_weight)
    return _averaged(_ratio(2 * n.tp, 2 * n.tp + n.fp + n.fn), n.tp + n.fn, average)


def roc_curve(
    y_true: ArrayLike, score: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> tuple[Array, Array, Array]:
    """Lower the threshold past one score after another: how many of the others, and how many of class 1, are called by then?

    score (N,), larger for class 1 -> false positive rate, true positive rate, thresholds (T,), falling from inf: nobody is called.
    Equal scores pass the threshold together. As scikit-learn's roc_curve(drop_intermediate=False).

    >>> fpr, tpr, thresholds = roc_curve([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
    >>> fpr, tpr, thresholds
    (array([0. , 0. , 0.5, 1. ]), array([0. , 0.5, 1. , 1. ]), array([inf, 0.8, 0.4, 0.1]))
    """
    fp, tp, thresholds = _falling_threshold("roc_curve", y_true, score, sample_weight)
    fp, tp = np.append(0, fp), np.append(0, tp)
    return fp / fp[-1], tp / tp[-1], np.append(np.inf, thresholds)


def precision_recall_curve(
    y_true: ArrayLike, score: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> tuple[Array, Array, Array]:
    """Precision and recall as the threshold rises: what more caution buys, and what it costs.

    score (N,), larger for class 1 -> precision (T + 1,), recall (T + 1,), thresholds (T,); the last point, 1 and 0, has no
    threshold: nobody is called. Tells more than the ROC curve where class 1 is rare (Saito and Rehmsmeier, 2015).

    >>> p, r, thresholds = precision_recall_curve([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
    >>> p.round(2), r, thresholds
    (array([0.5 , 0.67, 1.  , 1.  ]), array([1. , 1. , 0.5, 0. ]), array([0.1, 0.4, 0.8]))
    """
    fp, tp, thresholds = _falling_threshold("precision_recall_curve", y_true, score, sample_weight)
    return np.append(_ratio(tp, tp + fp)[::-1], 1), np.append((tp / tp[-1])[::-1], 0), thresholds[::-1]


def auc(x: ArrayLike, y: ArrayLike) -> float:
    """The area under a curve of straight pieces; x must not turn back.   sum_i (x_i+1 - x_i) (y_i + y_i+1) / 2

    Of a ROC curve: the chance that an example of class 1 scores above one of class 0, ties counting half (Hanley and McNeil, 1982).

    >>> fpr, tpr, _ = roc_curve([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
    >>> auc(fpr, tpr)
    0.875
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2:
        raise ValueError(f"auc got x of shape {x.shape} and y of shape {y.shape}: expected (T,) twice, T at least 2")
    step = np.diff(x)
    if (step < 0).any() and (step > 0).any():
        raise ValueError("auc got x that rises and falls: expected the points in the order of x")
    return float(abs(np.sum(step * (y[1:] + y[:-1]) / 2)))


def average_precision(y_true: ArrayLike, score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """The area under the precision-recall curve, by steps: sum_i (R_i - R_i-1) P_i. Straight pieces would flatter.

    >>> round(average_precision([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8]), 4)
    0.8333
    """
    p, r, _ = precision_recall_curve(y_true, score, sample_weight=sample_weight)
    return float(-np.sum(np.diff(r) * p[:-1]))


def class_weights(y: ArrayLike) -> Array:
    """One weight per class that lets each class count the same: w_k = N / (K N_k).   y (N,) labels -> (K,)

    As scikit-learn's class_weight="balanced" (King and Zeng, 2001). class_weights(y)[y] is a sample_weight where the labels are 0
    to K - 1.

    >>> class_weights([0, 0, 0, 1])
    array([0.66666667, 2.        ])
    """
    y = np.asarray(y)
    if y.ndim != 1 or len(y) == 0:
        raise ValueError(f"class_weights got y of shape {y.shape}: expected (N,) labels, N at least 1")
    counts = np.unique(y, return_counts=True)[1]
    weights: Array = len(y) / (len(counts) * counts)
    return weights


def _pairs(op: str, y_true: ArrayLike, other: ArrayLike, sample_weight: ArrayLike | None) -> tuple[Array, Array, Array]:
    y_true, other = np.asarray(y_true), np.asarray(other)
    weight = np.ones(len(y_true), dtype=np.int64) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if y_true.ndim != 1 or not y_true.shape == other.shape == weight.shape:
        shapes = " and ".join(str(a.shape) for a in (y_true, other, weight)[: 2 if sample_weight is None else 3])
        raise ValueError(f"{op} got arrays of shape {shapes}: expected (N,), one entry per example, in each")
    if len(y_true) == 0:
        raise ValueError(f"{op} got no examples: expected at least one")
    return y_true, other, weight


class _Counts(NamedTuple):
    """One number each where average is about one class, or all together; else one per class (K,)."""

    tp: Array
    fp: Array
    fn: Array
    tn: Array


def _counts(
    op: str, y_true: ArrayLike, y_pred: ArrayLike, average: Average, sample_weight: ArrayLike | None
) -> _Counts:
    if average not in ("binary", "macro", "weighted", "micro", None):
        raise ValueError(f"{op} got average={average!r}: expected 'binary', 'macro', 'weighted', 'micro' or None")
    y_true, y_pred, _ = _pairs(op, y_true, y_pred, sample_weight)
    labels = None
    if average == "binary":
        y_true, y_pred = _is_class_1(op, y_true, y_pred)
        labels = [False, True]
    matrix = confusion_matrix(y_true, y_pred, labels=labels, sample_weight=sample_weight)
    tp, called, there = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    counts = _Counts(tp, called - tp, there - tp, matrix.sum() - called - there + tp)
    if average == "binary":
        return _Counts(*(count[1] for count in counts))
    return _Counts(*(count.sum() for count in counts)) if average == "micro" else counts


def _is_class_1(op: str, *labels: Array) -> tuple[Array, ...]:
    classes = np.unique(np.concatenate(labels)).tolist()
    if len(classes) > 2 or (len(classes) == 2 and 1 not in classes):
        hint = "" if op.endswith("curve") else "; with other classes, pass average='macro', 'weighted', 'micro' or None"
        raise ValueError(f"{op} got the labels {classes}: expected two classes, one of them 1{hint}")
    return tuple(y == 1 for y in labels)


def _ratio(part: Array, whole: Array) -> Array:
    """Part / whole, and 0 where the whole is nothing."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole != 0)


def _averaged(values: Array, sizes: Array, average: Average) -> Array | float:
    if average is None:
        return values
    if average == "weighted":
        return float(_ratio((values * sizes).sum(), sizes.sum()))
    return float(values.mean())


def _falling_threshold(
    op: str, y_true: ArrayLike, score: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[Array, Array, Array]:
    """The counts FP and TP of those who score at least each threshold, for every score there is, falling."""
    y, scores, weight = _pairs(op, y_true, np.asarray(score, dtype=np.float64), sample_weight)
    (positive,) = _is_class_1(op, y)
    if bad := np.count_nonzero(~np.isfinite(scores)):
        raise ValueError(f"{op} got {bad} scores that are nan or inf: expected numbers")
    falling = np.argsort(-scores, kind="stable")
    falling = falling[weight[falling] != 0]
    positive, scores, weight = positive[falling], scores[falling], weight[falling]
    if positive.all() or not positive.any():
        raise ValueError(f"{op} got examples of one class only: expected some of class 1 and some of the other")
    last_of_equals = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    fp, tp = np.cumsum(weight * ~positive)[last_of_equals], np.cumsum(weight * positive)[last_of_equals]
    return fp, tp, scores[last_of_equals]
