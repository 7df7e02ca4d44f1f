"""Public checks of 11_overfitting: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Wrong, expect, question


q1 = question("q1", "Bias, variance and noise, completed", functions=["decompose"])
H = np.array(
    [[1.3, -0.6, 2.4, 0.9], [0.2, 0.5, 1.7, 3.1], [2.6, -1.9, 2.2, 1.4], [1.1, 0.8, -0.3, 2.5], [0.4, -1.2, 3.6, -0.7]]
)
TRUTH = np.array([0.3, -1.4, 2.9, 0.5])
PARTS = ("bias²", "variance", "noise and the whole error")


@q1.check("each part", points=3, each=[(name, k) for k, name in enumerate(PARTS)])
def each_part(student, solution, case):
    _, k = case
    parts = expect(student.decompose(H, TRUTH, 0.7)).parts(4)
    right = solution.decompose(H, TRUTH, 0.7)
    expect(parts[k]).close_to(right[k])
    if k == 2:
        expect(parts[3]).close_to(right[3], because="that is the fourth number, all parts together")


q2 = question(
    "q2",
    "A stratified split",
    functions=["stratified_split"],
    forbid=[
        "dlcourse.data.splits.train_test_split",
        "dlcourse.data.splits.train_val_test_split",
        "sklearn.model_selection.train_test_split",
    ],
)
Y_LABELS = np.array([5, 2, 2, 9, 2, 5, 2, 2, 5, 2, 9, 5, 2, 2, 5, 9, 2, 5, 2, 9, 5, 2])


@q2.check("every row in one part, every class by its share")
def shares_kept(student, solution):
    given = (Y_LABELS, 0.3, 0.2)
    parts = expect(student.stratified_split(*given, np.random.default_rng(1))).parts(3)
    right = solution.stratified_split(*given, np.random.default_rng(1))
    for name, mine, expected in zip(("training", "validation", "test"), parts, right, strict=True):
        rows = np.asarray(mine)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not ((rows >= 0) & (rows < 22)).all():
            raise Wrong(f"the {name} part must be a list of row numbers from 0 to 21")
        counts = np.array([np.sum(Y_LABELS[rows] == k) for k in (2, 5, 9)])
        expect(counts).equal(
            np.array([np.sum(Y_LABELS[expected] == k) for k in (2, 5, 9)]),
            because=f"so many rows of classes 2, 5 and 9 belong into the {name} part",
        )
    expect(np.sort(np.concatenate([np.asarray(part) for part in parts]))).equal(np.arange(22))


@q2.check(
    "these very rows", points=2, each=[("shares 0.3 and 0.2", 0.3, 0.2, 1), ("shares 0.25 and 0.25", 0.25, 0.25, 6)]
)
def very_rows(student, solution, case):
    _, val_share, test_share, seed = case
    given = (Y_LABELS, val_share, test_share)
    parts = expect(student.stratified_split(*given, np.random.default_rng(seed))).parts(3)
    right = solution.stratified_split(*given, np.random.default_rng(seed))
    for name, mine, expected in zip(("training", "validation", "test"), parts, right, strict=True):
        expect(np.asarray(mine)).equal(expected, because=f"those are the rows of the {name} part")


q3 = question(
    "q3", "Early stopping", functions=["early_stop"], forbid=["dlcourse.train.callbacks.EarlyStopping.__call__"]
)
CURVES = {
    "a loss that falls, recovers and rises": [
        ([2.0, 1.4, 1.1, 1.3, 1.0, 1.2, 1.15, 1.1, 0.4], patience, 0.0, False) for patience in (1, 2, 3, 9)
    ],
    "ties": [([3.0, 2.0, 2.5, 2.0, 2.0, 2.2, 1.0], patience, 0.0, False) for patience in (3, 4)],
    "gains that are too small": [
        ([5.0, 4.0, 3.9, 3.8, 4.0, 4.5, 4.4, 4.3, 2.0], 3, 0.25, False),
        ([5.0, 4.9, 6.0, 5.5, 5.45, 5.4, 5.3], 3, 0.25, False),
        ([5.0, 4.75, 4.5, 4.25, 4.2, 4.19, 4.17], 2, 0.25, False),
    ],
    "an accuracy": [([0.5, 0.7, 0.65, 0.72, 0.9, 0.8, 0.85, 0.89], patience, 0.05, True) for patience in (2, 3)],
}


@q3.check("curves", points=4, each=list(CURVES))
def curves(student, solution, case):
    for values, patience, min_delta, higher in CURVES[case]:
        given = (values, patience, min_delta, higher)
        answer = expect(student.early_stop(*given)).parts(2)
        expect(answer).equal(
            solution.early_stop(*given),
            because=f"the last epoch and the best one, for {values}, patience {patience}, min_delta {min_delta:g}",
        )


q4 = question(
    "q4",
    "L1 and L2",
    functions=["penalty", "penalty_gradient", "proximal_l1", "ridge"],
    forbid=[f"dlcourse.regularizers.ElasticNet.{name}" for name in ("penalty", "add_gradient", "proximal")],
)
W = np.array([[0.7, -1.2, 0.0], [1.6, 0.05, -0.3]])
X_ROWS = np.array([[1.3, -0.4], [0.2, 2.1], [-1.7, 0.6], [0.9, 1.5], [-0.3, -1.1]])
Y_ROWS = np.array([1.2, -0.7, 0.4, 2.3, -1.6])


@q4.check("the penalty")
def penalties(student, solution):
    for l1, l2 in ((0.3, 0.0), (0.0, 0.4), (0.5, 0.25)):
        expect(student.penalty(W, l1, l2)).close_to(solution.penalty(W, l1, l2), because=f"with l1 = {l1}, l2 = {l2}")


@q4.check("its gradient")
def penalty_gradients(student, solution):
    for l1, l2 in ((0.3, 0.0), (0.0, 0.4), (0.5, 0.25)):
        right = solution.penalty_gradient(W, l1, l2)
        expect(student.penalty_gradient(W, l1, l2)).close_to(right, because=f"with l1 = {l1}, l2 = {l2}")


@q4.check("the proximal step")
def proximal_steps(student, solution):
    for lr, l1 in ((0.4, 0.6), (0.1, 3.0), (2.0, 0.2)):
        expect(student.proximal_l1(W, lr, l1)).close_to(
            solution.proximal_l1(W, lr, l1), because=f"with lr {lr}, l1 {l1}"
        )


@q4.check("ridge")
def ridge_weights(student, solution):
    for l2 in (0.3, 0.8):
        expect(student.ridge(X_ROWS, Y_ROWS, l2)).close_to(solution.ridge(X_ROWS, Y_ROWS, l2))


q5 = question("q5", "Repair a report that is too good", functions=["report"])
X_REPORT = np.array(
    [
        [4.3, 0.8, -1.6, 1.5, 2.2, 3.1],
        [0.6, -0.4, -1.6, 0.5, 2.2, 2.3],
        [-0.1, 1.0, -1.4, 0.9, -1.7, 2.4],
        [2.1, 1.6, -1.3, 0.3, -1.0, 3.2],
        [-2.0, 1.5, -2.3, 0.6, 3.7, 1.7],
        [0.8, 1.0, -1.8, 0.4, 0.8, 6.6],
        [3.3, 1.2, -1.6, 1.3, 1.7, 0.0],
        [2.4, 0.8, -0.7, 0.7, 3.2, -0.7],
        [2.0, 0.0, -2.3, 1.3, -2.2, 1.5],
        [0.0, 1.1, -1.6, -0.5, 1.9, 0.5],
        [5.5, 1.6, -1.2, -0.6, 4.5, 2.0],
        [-1.2, 1.1, -1.0, -0.1, 2.8, 1.2],
    ]
)
Y_REPORT = np.array([1.0, 2.3, 1.7, 3.6, 1.5, 3.0, 1.2, 0.3, 3.3, 0.5, -0.6, 1.1])
ROWS = (np.array([0, 1, 2, 5, 8, 9]), np.array([7, 10, 11]), np.array([3, 4, 6]))
LAMS = [0.02, 0.2, 0.7, 2.0]


@q5.check("the features")
def features_selected(student, solution):
    features, _, _ = expect(student.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS)).parts(3)
    expect(features).equal(solution.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS)[0])


@q5.check("the chosen lambda")
def lambda_chosen(student, solution):
    _, lam, _ = expect(student.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS)).parts(3)
    expect(lam).close_to(solution.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS)[1])


@q5.check("the whole report")
def whole_report(student, solution):
    answer = expect(student.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS)).parts(3)
    expect(answer).close_to(solution.report(X_REPORT, Y_REPORT, *ROWS, 2, LAMS))


q6 = question("q6", "On paper", values=["on_paper", "lowers"])
CHANGES = (
    "more_examples", "higher_degree", "larger_lambda", "longer_training", "less_patience", "average_of_ten", "exact_targets",
    "smaller_price",
)  # fmt: skip
KINDS = ("bias", "variance", "noise")


@q6.check("six numbers", points=2)
def numbers(student, solution):
    values = student.on_paper
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple) or len(values) != 6 or any(type(v) not in (int, float) for v in values):
        raise Wrong("write a list of six numbers")
    expect([float(v) for v in values]).close_to(solution.on_paper, rtol=2e-3)


@q6.check("what each change lowers", points=2)
def verdicts(student, solution):
    answer = student.lowers
    if not isinstance(answer, dict) or set(answer) != set(CHANGES):
        raise Wrong('write a dictionary with the eight names of the table: {"more_examples": "...", ...}')
    if strange := [value for value in answer.values() if value not in KINDS]:
        raise Wrong(f'{strange[0]!r} is none of "bias", "variance", "noise"')
    right = solution.lowers
    wrong = [name for name in CHANGES if answer[name] != right[name]]
    try:
        expect(answer).equal(right)
    except Wrong:
        raise Wrong(f"{len(wrong)} of the eight are wrong: ask of each what it does to the mean fit") from None


q7 = question(
    "q7",
    "Cross-validation",
    functions=["cross_validate"],
    forbid=["sklearn.model_selection.cross_val_score", "sklearn.model_selection.cross_val_predict"],
)
X_POINTS = np.array([-1.0, -0.8, -0.55, -0.4, -0.1, 0.05, 0.3, 0.45, 0.7, 0.85, 1.0])
Y_POINTS = np.array([0.1, -0.3, -0.8, -0.8, 0.1, -0.1, 0.7, 0.7, 0.8, 0.7, -0.1])
FOLDS = np.array([2, 0, 1, 2, 5, 0, 2, 1, 0, 2, 2])  # four folds of 3, 2, 5 and 1


@q7.check("the errors", points=2, each=[("degrees 1, 2, 3", (1, 2, 3)), ("degrees 4, 0", (4, 0))])
def errors_of_degrees(student, solution, case):
    given = (X_POINTS, Y_POINTS, list(case[1]), FOLDS)
    errors, _ = expect(student.cross_validate(*given)).parts(2)
    expect(errors).close_to(solution.cross_validate(*given)[0])


@q7.check("errors and the best degree")
def best_degree(student, solution):
    for degrees in ([5, 3, 1, 2], [2, 4, 0], [3, 3, 1]):
        given = (X_POINTS, Y_POINTS, degrees, FOLDS)
        answer = expect(student.cross_validate(*given)).parts(2)
        expect(answer).close_to(solution.cross_validate(*given), because=f"for the degrees {degrees}")
