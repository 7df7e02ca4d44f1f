"""Public checks of 02_logistic_regression: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Wrong, expect, question


q1 = question(
    "q1",
    "A sigmoid that never overflows",
    functions=["sigmoid"],
    forbid=["dlcourse.functional.sigmoid", "scipy.special.expit"],
)
Z = np.array([[-3.5, -1.2, -0.3, 0.0], [0.4, 1.1, 2.0, 4.5]])
FAR = [("z down to -1000", -1000.0, -750.0, -38.0, 0.5), ("z up to 1000", -0.5, 38.0, 750.0, 1000.0)]


@q1.check("values between -4 and 5")
def sigmoid_values(student, solution):
    expect(student.sigmoid(Z)).close_to(solution.sigmoid(Z))


@q1.check("no overflow", each=FAR, no_overflow=True)
def sigmoid_far(student, solution, case):
    z = np.array(case[1:])
    expect(student.sigmoid(z)).close_to(solution.sigmoid(z))


q2 = question(
    "q2",
    "Softmax and log-sum-exp",
    functions=["softmax", "log_sum_exp"],
    forbid=["dlcourse.functional.softmax", "scipy.special.softmax", "scipy.special.logsumexp"],
)
ROWS = np.array([[2.0, 1.0, 0.1, -1.0], [0.5, -2.0, 0.5, 1.5], [-1.0, -1.5, 2.2, 0.3]])
HIGH = np.array([[1000.0, 998.5, 999.0], [760.0, 759.0, 761.5]])
HIGH_AND_LOW = np.array([[1000.0, 3.0, 999.0], [-1000.0, -1001.0, -1000.5]])
BOTH = [("softmax",), ("log_sum_exp",)]
FAR_ROWS = [
    ("softmax, rows near 1000", "softmax", HIGH),
    ("softmax, rows near 1000 and near -1000", "softmax", HIGH_AND_LOW),
    ("log_sum_exp, rows near 1000", "log_sum_exp", HIGH),
    ("log_sum_exp, rows near 1000 and near -1000", "log_sum_exp", HIGH_AND_LOW),
]


@q2.check("moderate logits", each=BOTH)
def rows_values(student, solution, case):
    (name,) = case
    expect(getattr(student, name)(ROWS)).close_to(getattr(solution, name)(ROWS))


@q2.check("no overflow", points=2, each=FAR_ROWS, no_overflow=True)
def rows_far(student, solution, case):
    _, name, z = case
    expect(getattr(student, name)(z)).close_to(getattr(solution, name)(z))


q3 = question(
    "q3",
    "Binary cross-entropy from logits",
    functions=["bce_with_logits"],
    forbid=["dlcourse.functional.binary_cross_entropy_with_logits"],
)
Z_YES_NO = np.array([-2.5, -0.7, 0.3, 1.1, 3.0, 0.6])
YES_NO = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
SOFT = np.array([[0.1, 0.75, 0.5], [1.0, 0.2, 0.35]])
SURE_AND_WRONG = [
    ("z = 40, and the truth is 0", [40.0, -2.0, 45.0], [0.0, 1.0, 0.0]),
    ("z = 1000 and z = -1000", [1000.0, -1000.0, 40.0, -40.0, 800.0, -60.0], [0.0, 1.0, 0.0, 0.0, 1.0, 1.0]),
]


@q3.check("truths of 0 and 1")
def bce_values(student, solution):
    expect(student.bce_with_logits(Z_YES_NO, YES_NO)).close_to(solution.bce_with_logits(Z_YES_NO, YES_NO))


@q3.check("truths between 0 and 1, shape (2, 3)")
def bce_soft(student, solution):
    z = Z_YES_NO.reshape(2, 3)
    expect(student.bce_with_logits(z, SOFT)).close_to(solution.bce_with_logits(z, SOFT))


@q3.check("no overflow, sure and wrong", each=SURE_AND_WRONG, no_overflow=True)
def bce_large(student, solution, case):
    z, y = np.array(case[1]), np.array(case[2])
    expect(student.bce_with_logits(z, y)).close_to(solution.bce_with_logits(z, y))


q4 = question("q4", "Repair a cross-entropy", functions=["cross_entropy"], forbid=["dlcourse.functional.cross_entropy"])
LOGITS, CLASSES = (
    np.array([[2.0, -1.0, 0.4], [0.3, 0.9, -2.0], [-0.5, 1.5, 0.7], [1.2, 0.1, 0.8]]),
    np.array([2, 0, 1, 2]),
)
FAR_APART = [  # a name, the logits, the true classes
    ("all near 1000", [[1000.0, 1003.0], [999.0, 998.5], [1001.0, 1001.5]], [1, 0, 0]),
    ("sure and wrong", [[0.0, -800.0], [0.0, -0.5], [-1000.0, 0.0]], [1, 1, 0]),
    ("one row near -1000", [[2.0, 0.5], [-1000.0, -998.0], [0.0, 1.0]], [0, 0, 1]),
]


@q4.check("an untrained network: ln K, whatever the batch size")
def ce_untrained(student, solution):
    for rows in (2, 5):
        z, c = np.zeros((rows, 3)), np.arange(rows) % 3
        expect(student.cross_entropy(z, c)).close_to(solution.cross_entropy(z, c))


@q4.check("four examples, three classes")
def ce_values(student, solution):
    expect(student.cross_entropy(LOGITS, CLASSES)).close_to(solution.cross_entropy(LOGITS, CLASSES))


@q4.check("no overflow", each=FAR_APART, no_overflow=True)
def ce_far(student, solution, case):
    z, c = np.array(case[1]), np.array(case[2])
    expect(student.cross_entropy(z, c)).close_to(solution.cross_entropy(z, c))


q5 = question(
    "q5",
    "Four shares, also of nothing",
    functions=["scores"],
    forbid=[f"dlcourse.metrics.{name}" for name in ("precision", "recall", "specificity", "f1_score")],
)
SHARES = ("precision", "recall", "specificity", "F1")
Y_TRUE = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0])  # 8 ones, 9 zeros
Y_PRED = np.array([1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0])  # TP 5, FP 3, FN 3, TN 6
Y_PRED_2 = np.array([1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0])  # TP 3, FP 1, FN 5, TN 8
NOTHING = [  # a name, the truth, the calls
    ("nobody is called", [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]),
    ("nobody is 1", [0, 0, 0, 0, 0], [1, 0, 0, 1, 0]),
    ("nobody is 0", [1, 1, 1, 1, 1], [1, 0, 0, 1, 0]),
    ("nobody is 1 or called", [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
]


@q5.check("seventeen examples", points=2, each=[(name, i) for i, name in enumerate(SHARES)])
def shares_of_something(student, solution, case):
    _, i = case
    for y_pred in (Y_PRED, Y_PRED_2):
        expect(expect(student.scores(Y_TRUE, y_pred)).parts(4)[i]).close_to(solution.scores(Y_TRUE, y_pred)[i])


@q5.check("a share of nothing is 0", points=2, each=NOTHING)
def shares_of_nothing(student, solution, case):
    _, y_true, y_pred = case
    y_true, y_pred = np.array(y_true), np.array(y_pred)
    for name, got, right in zip(
        SHARES, expect(student.scores(y_true, y_pred)).parts(4), solution.scores(y_true, y_pred), strict=True
    ):
        expect(got).close_to(right, because=f"this is the {name}")


q6 = question(
    "q6",
    "ROC points and area",
    functions=["roc_points", "area"],
    forbid=["dlcourse.metrics.roc_curve", "dlcourse.metrics.auc", "sklearn.metrics.roc_curve", "sklearn.metrics.auc"],
)
Y_ROC = np.array([0, 1, 0, 1, 1, 0, 0])
DISTINCT = np.array([0.2, 1.4, 0.7, 0.4, 2.1, -0.6, 1.1])
TIES = [
    ("two ties", [0.4, 0.9, 0.4, 0.4, 0.7, 0.1, 0.7]),
    ("scores of 0 and 1", [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]),
    ("all the same", [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]),
]
FPR, TPR = np.array([0.0, 0.1, 0.1, 0.35, 0.8, 1.0]), np.array([0.0, 0.2, 0.5, 0.6, 0.9, 1.0])


@q6.check("the points, all scores different", each=["fpr", "tpr"])
def roc_distinct(student, solution, case):
    i = ("fpr", "tpr").index(case)
    expect(expect(student.roc_points(Y_ROC, DISTINCT)).parts(2)[i]).close_to(solution.roc_points(Y_ROC, DISTINCT)[i])


@q6.check("the points, some scores equal", points=2, each=TIES)
def roc_ties(student, solution, case):
    score = np.array(case[1])
    expect(student.roc_points(Y_ROC, score)).close_to(solution.roc_points(Y_ROC, score))


@q6.check("the area below a given curve")
def area_given(student, solution):
    expect(student.area(FPR, TPR)).close_to(solution.area(FPR, TPR))


q7 = question("q7", "From the clinic to a screening", functions=["precision_among"], values=["unchanged"])
SIX = ("accuracy", "precision", "recall", "specificity", "f1", "auc")
BEFORE = np.array([[90, 10], [4, 16]])  # TN, FP; FN, TP


@q7.check("the set unchanged")
def unchanged_set(student):
    names = student.unchanged
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"accuracy", "f1"}')
    if strange := sorted(set(names) - set(SIX)):
        raise Wrong(f"{strange[0]!r} is not one of the six names")
    after = BEFORE * [[20], [1]]
    values = {name: [figure(name, counts) for counts in (BEFORE, after)] for name in SIX}
    if moved := [name for name in SIX if name in names and not np.isclose(*values[name])]:
        was, now = values[moved[0]]
        raise Wrong(f"{moved[0]} does change: with TN 90, FP 10, FN 4, TP 16 it goes from {was:.3f} to {now:.3f}")
    if missed := [name for name in SIX if name not in names and np.isclose(*values[name])]:
        raise Wrong(f"what stands there is right, but {len(missed)} of the six names still belong to it")


def figure(name, counts):
    """One of the six numbers, from a matrix of counts; auc is that of the curve through its one point."""
    from dlcourse import metrics

    truth, calls = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    weight = counts.ravel()
    if name == "auc":
        return metrics.auc(*metrics.roc_curve(truth, calls, sample_weight=weight)[:2])
    return getattr(metrics, {"f1": "f1_score"}.get(name, name))(truth, calls, sample_weight=weight)


@q7.check(
    "the precision among other people", each=[("a rare illness", 0.85, 0.9, 0.02), ("a common one", 0.7, 0.35, 0.4)]
)
def precision_elsewhere(student, solution, case):
    _, recall, specificity, share = case
    expect(student.precision_among(recall, specificity, share)).close_to(
        solution.precision_among(recall, specificity, share)
    )


@q7.check(
    "nobody called, nobody ill, nobody well",
    each=[("nobody called", 0.0, 1.0, 0.3), ("nobody ill", 0.9, 1.0, 0.0), ("nobody well", 0.6, 0.8, 1.0)],
)
def precision_at_the_ends(student, solution, case):
    _, recall, specificity, share = case
    expect(student.precision_among(recall, specificity, share)).close_to(
        solution.precision_among(recall, specificity, share)
    )
