"""Exercise 11, overfitting: what each answer must do, and the mistakes that learners really make."""

from itertools import product

import numpy as np
from numpy.polynomial.legendre import legvander

from dlcourse.checks import Wrong, expect, question

# --- q1: bias, variance, noise -----------------------------------------------------------------------------------------

q1 = question("q1", "Bias, variance and noise, completed", functions=["decompose"])
#: Five fits at four points; the mean fit lies above the truth at some points and below it at others.
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


@q1.check("other ensembles, and their error on new targets", hidden=True)
def decompose_elsewhere(student, solution, rng):
    h, f, sigma = rng.normal(size=(3, 6)) + 1, rng.normal(size=6), rng.uniform(0.2, 2)
    parts = expect(student.decompose(h, f, sigma)).parts(4)
    expect(parts).close_to(solution.decompose(h, f, sigma))
    expect(parts[3]).close_to(np.mean((h - f) ** 2) + sigma**2)


def put_together(bias2, variance, noise):
    """The four numbers."""
    return bias2, variance, noise, bias2 + variance + noise


@q1.mistake(
    "Your bias is averaged over the points before it is squared, so that +1 here and -1 there cancel. Square first, then "
    "average."
)
def averaged_before_squaring(h, f, sigma):
    return put_together(np.mean(h.mean(axis=0) - f) ** 2, h.var(axis=0).mean(), sigma**2)


@q1.mistake(
    "Your bias² is the error of the single fits: it has the variance inside. Compare the *mean* fit with the truth."
)
def bias_of_single_fits(h, f, sigma):
    return put_together(np.mean((h - f) ** 2), h.var(axis=0).mean(), sigma**2)


@q1.mistake("Your variance is measured from the truth, so it has the bias² inside. Measure it from the mean fit.")
def variance_from_the_truth(h, f, sigma):
    return put_together(np.mean((h.mean(axis=0) - f) ** 2), np.mean((h - f) ** 2), sigma**2)


@q1.mistake(
    "Your variance divides by S - 1. Rule 1 says N, that is S fits here; only then do the parts add up exactly."
)
def sample_variance(h, f, sigma):
    return put_together(np.mean((h.mean(axis=0) - f) ** 2), h.var(axis=0, ddof=1).mean(), sigma**2)


@q1.mistake(
    "You used one mean for all points. The mean fit has a value of its own at every point: average over axis 0 only."
)
def one_mean_for_all(h, f, sigma):
    return put_together(np.mean((h.mean() - f) ** 2), h.var(), sigma**2)


@q1.mistake(
    "Your variance is taken along each fit, over the points. It says how a curve bends, not how fits differ: use axis 0."
)
def variance_along_the_fit(h, f, sigma):
    return put_together(np.mean((h.mean(axis=0) - f) ** 2), h.var(axis=1).mean(), sigma**2)


@q1.mistake("The noise is sigma² here: sigma is a deviation, and the error is made of squares.")
def noise_not_squared(h, f, sigma):
    return put_together(np.mean((h.mean(axis=0) - f) ** 2), h.var(axis=0).mean(), sigma)


@q1.mistake("Your error is bias² + variance, as many notes have it. New targets have noise as well: add sigma².")
def noise_left_out(h, f, sigma):
    bias2, variance = np.mean((h.mean(axis=0) - f) ** 2), h.var(axis=0).mean()
    return bias2, variance, sigma**2, bias2 + variance


@q1.mistake("Your bias is not squared: the first number is the mean size of the bias, |mean fit - f|.")
def bias_not_squared(h, f, sigma):
    return put_together(np.mean(np.abs(h.mean(axis=0) - f)), h.var(axis=0).mean(), sigma**2)


@q1.mistake("Your variance is a deviation: the root does not belong there.")
def deviation_for_variance(h, f, sigma):
    return put_together(np.mean((h.mean(axis=0) - f) ** 2), h.std(axis=0).mean(), sigma**2)


@q1.mistake("These are sums over the points. Every part is a mean over them.")
def summed_over_points(h, f, sigma):
    return put_together(np.sum((h.mean(axis=0) - f) ** 2), h.var(axis=0).sum(), sigma**2)


@q1.alternative
def by_the_whole_error(h, f, sigma):
    squares = np.mean(h**2, axis=0) - np.mean(h, axis=0) ** 2
    whole = np.mean((h - f) ** 2)
    return whole - squares.mean(), squares.mean(), sigma * sigma, whole + sigma * sigma


@q1.alternative
def point_by_point(h, f, sigma):
    bias2 = variance = 0.0
    for column, truth in zip(h.T, f, strict=True):
        middle = sum(column) / len(column)
        bias2 += (middle - truth) ** 2 / len(f)
        variance += sum((value - middle) ** 2 for value in column) / h.size
    return [bias2, variance, sigma**2, bias2 + variance + sigma**2]


# --- q2: a stratified split --------------------------------------------------------------------------------------------

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
#: Eleven of class 2, seven of class 5, four of class 9, mixed.
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


@q2.check("other labels", hidden=True)
def split_elsewhere(student, solution, rng):
    for shares in ((0.227, 0.136), (0.136, 0.227)):  # of 11 rows 2.497 and 1.496: the nearest are 2 and 1
        y = np.repeat([4, 1], [11, 7])
        parts = expect(student.stratified_split(y, *shares, np.random.default_rng(0))).parts(3)
        expect([np.asarray(part) for part in parts]).equal(
            list(solution.stratified_split(y, *shares, np.random.default_rng(0)))
        )
    for shares in ((0.2, 0.2), (0.1, 0.45)):
        y, seed = rng.permutation(np.repeat([-3, 0, 8, 11], rng.integers(5, 12, 4))), int(rng.integers(1000))
        parts = expect(student.stratified_split(y, *shares, np.random.default_rng(seed))).parts(3)
        expect([np.asarray(part) for part in parts]).equal(
            list(solution.stratified_split(y, *shares, np.random.default_rng(seed)))
        )


def dealt(
    y, val_share, test_share, rng, *, shuffle=True, count=lambda share, n: int(share * n + 0.5), order="tv", rest=False
):
    """The rule with one thing changed: what the mistakes are made of."""
    parts = {"train": [], "v": [], "t": []}
    for k in np.unique(y):
        rows = np.flatnonzero(y == k)
        rows = rng.permutation(rows) if shuffle else rows
        a = count(test_share, len(rows))
        b = count(val_share, len(rows) - (a if rest else 0))
        sizes = {"t": a, "v": b}
        start = 0
        for part in order:
            parts[part].append(rows[start : start + sizes[part]])
            start += sizes[part]
        parts["train"].append(rows[start:])
    return tuple(np.sort(np.concatenate(part)) for part in parts.values())


@q2.mistake(
    "This split is not stratified: all rows are shuffled together, and a small class can be missing from a part. Shuffle and "
    "deal out class by class."
)
def not_stratified(y, val_share, test_share, rng):
    rows = rng.permutation(len(y))
    a, b = int(test_share * len(y) + 0.5), int(val_share * len(y) + 0.5)
    return np.sort(rows[a + b :]), np.sort(rows[a : a + b]), np.sort(rows[:a])


@q2.mistake(
    "Your validation share is taken from what the test set has left. Both shares are shares of all n rows of the class."
)
def share_of_the_rest(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, rng, rest=True)


@q2.mistake(
    "Nothing is shuffled: the first rows of each class go to the test. Data are often stored in some order, by day or by "
    "hospital."
)
def not_shuffled(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, rng, shuffle=False)


@q2.mistake("You rounded the sizes down. Add 0.5 before `int`, as the task says, to round to the nearest.")
def rounded_down(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, rng, count=lambda share, n: int(share * n))


@q2.mistake("You gave out the validation rows first. The first rows of the shuffled class go to the test set.")
def validation_first(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, rng, order="vt")


@q2.mistake(
    "A leak: your validation rows are taken from the start of the class again, so rows of the test are among them. Begin the "
    "second slice where the first ends."
)
def overlapping(y, val_share, test_share, rng):
    train, val, test = [], [], []
    for k in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == k))
        a, b = int(test_share * len(rows) + 0.5), int(val_share * len(rows) + 0.5)
        test, val, train = [*test, *rows[:a]], [*val, *rows[:b]], [*train, *rows[max(a, b) :]]
    return np.sort(train), np.sort(val), np.sort(test)


@q2.mistake("A leak: the training part holds all rows, those of the other two as well.")
def training_on_everything(y, val_share, test_share, rng):
    _, val, test = dealt(y, val_share, test_share, rng)
    return np.arange(len(y)), val, test


@q2.mistake(
    "You made a generator of your own, with a fixed seed: then every split is the same one. Use the one that is given."
)
def own_generator(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, np.random.default_rng(0))


@q2.mistake("Your parts come in the order test, validation, training. They are returned as training, validation, test.")
def returned_in_reverse(y, val_share, test_share, rng):
    return dealt(y, val_share, test_share, rng)[::-1]


@q2.mistake("The right rows, in the order in which they were dealt. Sort each part, so that there is one right answer.")
def not_sorted(y, val_share, test_share, rng):
    parts = ([], [], [])
    for k in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == k))
        a, b = int(test_share * len(rows) + 0.5), int(val_share * len(rows) + 0.5)
        for part, some in zip(parts, (rows[a + b :], rows[a : a + b], rows[:a]), strict=True):
            part.extend(some)
    return tuple(np.array(part) for part in parts)


@q2.mistake("These are places within the shuffled class, not row numbers of y: index the class's rows with them.")
def places_within_the_class(y, val_share, test_share, rng):
    parts = ([], [], [])
    for k in np.unique(y):
        rows = rng.permutation(int(np.sum(y == k)))
        a, b = int(test_share * len(rows) + 0.5), int(val_share * len(rows) + 0.5)
        for part, some in zip(parts, (rows[a + b :], rows[a : a + b], rows[:a]), strict=True):
            part.extend(some)
    return tuple(np.sort(part) for part in parts)


@q2.alternative
def by_marks(y, val_share, test_share, rng):
    part = np.zeros(len(y), dtype=int)
    for k in sorted(set(y.tolist())):
        rows = rng.permutation(np.nonzero(y == k)[0])
        n = rows.size
        a, b = round(test_share * n + 1e-9), round(val_share * n + 1e-9)
        part[rows[:a]], part[rows[a : a + b]] = 2, 1
    return tuple(np.flatnonzero(part == which) for which in range(3))


@q2.alternative
def by_split(y, val_share, test_share, rng):
    dealt_out = []
    for k in np.unique(y):
        rows = rng.permutation([row for row, label in enumerate(y) if label == k])
        a = int(np.floor(test_share * len(rows) + 0.5))
        dealt_out.append(np.split(rows, [a, a + int(np.floor(val_share * len(rows) + 0.5))]))
    test, val, train = (np.sort(np.concatenate(part)) for part in zip(*dealt_out, strict=True))
    return [train, val, test]


q2.equivalent(
    "stratified_split: (train, val, test) -> (val, train, test)",
    "stratified_split: (train, val, test) -> (train, test, val)",
    because="All three names get an empty list.",
)

# --- q3: early stopping ------------------------------------------------------------------------------------------------

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


@q3.check("other curves", hidden=True)
def curves_elsewhere(student, solution, rng):
    for higher, patience, min_delta in product((False, True), (1, 2, 4, 30), (0.0, 0.5)):
        values = (rng.integers(-6, 7, 12) / 4 + rng.choice([-1, 1]) * np.linspace(0, 2, 12)).tolist()
        given = (values, patience, min_delta, higher)
        expect(expect(student.early_stop(*given)).parts(2)).equal(solution.early_stop(*given))
    expect(expect(student.early_stop([-4.0], 1, 0.5, True)).parts(2)).equal((0, 0))


def followed(values, patience, min_delta, higher, *, better=None, out=lambda bad, patience: bad >= patience):
    """The rule with one thing changed: what the mistakes are made of."""
    better = better or (lambda score, best, min_delta: score > best + min_delta)
    best, best_epoch = -np.inf, 0
    for epoch, value in enumerate(values):
        score = value if higher else -value
        if better(score, best, min_delta):
            best, best_epoch = score, epoch
        if out(epoch - best_epoch, patience):
            break
    return epoch, best_epoch


@q3.mistake("A tie counts as better in your rule. Equal to the best is no progress: of equals the first is kept.")
def ties_count(values, patience, min_delta, higher_is_better):
    return followed(
        values, patience, min_delta, higher_is_better, better=lambda score, best, delta: score >= best + delta
    )


@q3.mistake(
    "You wait one epoch too long: stop as soon as `epoch - best_epoch` has *reached* patience, not when it is beyond."
)
def one_epoch_too_long(values, patience, min_delta, higher_is_better):
    return followed(values, patience, min_delta, higher_is_better, out=lambda bad, patience: bad > patience)


@q3.mistake(
    "You compare with the epoch before. A value that recovers a little is not better than the best: compare with the best so "
    "far."
)
def compared_with_the_last(values, patience, min_delta, higher_is_better):
    best_epoch, before = 0, -np.inf
    for epoch, value in enumerate(values):
        score = value if higher_is_better else -value
        if score > before + min_delta:
            best_epoch = epoch
        before = score
        if epoch - best_epoch >= patience:
            break
    return epoch, best_epoch


@q3.mistake(
    "You looked at the whole list for the best epoch. When training stops, nobody knows the values that would have come."
)
def saw_the_future(values, patience, min_delta, higher_is_better):
    best = int(np.argmax(values) if higher_is_better else np.argmin(values))
    return min(best + patience, len(values) - 1), best


@q3.mistake("You kept the weights of the last epoch. Early stopping goes back to the best ones.")
def last_weights_kept(values, patience, min_delta, higher_is_better):
    epoch, _ = followed(values, patience, min_delta, higher_is_better)
    return epoch, epoch


@q3.mistake("You count all epochs that were not better. Patience begins anew with each better epoch.")
def patience_never_renewed(values, patience, min_delta, higher_is_better):
    best, best_epoch, bad = -np.inf, 0, 0
    for epoch, value in enumerate(values):
        score = value if higher_is_better else -value
        if score > best + min_delta:
            best, best_epoch = score, epoch
        else:
            bad += 1
        if bad >= patience:
            break
    return epoch, best_epoch


@q3.mistake("`min_delta` has no say in your rule: a gain must be larger than it to count.")
def min_delta_ignored(values, patience, min_delta, higher_is_better):
    return followed(values, patience, 0.0, higher_is_better)


@q3.mistake("`min_delta` works the wrong way round: it makes it easier to be better, where it should make it harder.")
def min_delta_the_wrong_way(values, patience, min_delta, higher_is_better):
    return followed(values, patience, -min_delta, higher_is_better)


@q3.mistake(
    "`higher_is_better` has no say in your rule, or the opposite one: an accuracy is followed as if it were a loss."
)
def direction_ignored(values, patience, min_delta, higher_is_better):
    return followed(values, patience, min_delta, False)


@q3.mistake("You took every curve for an accuracy: unless `higher_is_better`, a lower value is the better one.")
def all_are_accuracies(values, patience, min_delta, higher_is_better):
    return followed(values, patience, min_delta, True)


@q3.mistake("You count epochs from 1. The first value belongs to epoch 0.")
def counted_from_one(values, patience, min_delta, higher_is_better):
    return tuple(epoch + 1 for epoch in followed(values, patience, min_delta, higher_is_better))


@q3.mistake(
    "You move the best along with every small gain, also those that are too small to count. The best so far is the last value "
    "that *was* better by more than min_delta."
)
def best_moves_with_small_gains(values, patience, min_delta, higher_is_better):
    best, best_epoch = -np.inf, 0
    for epoch, value in enumerate(values):
        score = value if higher_is_better else -value
        if score > best + min_delta:
            best_epoch = epoch
        best = max(best, score)
        if epoch - best_epoch >= patience:
            break
    return epoch, best_epoch


@q3.alternative
def with_a_counter(values, patience, min_delta, higher_is_better):
    best, kept, waited = values[0], 0, 0
    for epoch in range(1, len(values)):
        gain = values[epoch] - best if higher_is_better else best - values[epoch]
        if gain > min_delta:
            best, kept, waited = values[epoch], epoch, 0
        else:
            waited += 1
        if waited == patience:
            return epoch, kept
    return len(values) - 1, kept


@q3.alternative
def jumping_from_best_to_best(values, patience, min_delta, higher_is_better):
    scores = np.array(values) if higher_is_better else -np.array(values)
    kept = 0
    while True:
        ahead = np.flatnonzero(scores[kept + 1 : kept + patience + 1] > scores[kept] + min_delta)
        if not len(ahead):
            return [min(kept + patience, len(scores) - 1), kept]
        kept += 1 + int(ahead[0])


q3.equivalent(
    "early_stop: (-np.inf, 0) -> (-np.inf, 1)",
    "early_stop: (-np.inf, 0) -> (-np.inf, -1)",
    "early_stop: (-np.inf, 0) -> (-np.inf, 2)",
    because="The first value is always better, and sets the best epoch to 0.",
)
q3.equivalent(
    "early_stop: epoch - best_epoch >= patience -> epoch - best_epoch == patience",
    because="The difference grows by one an epoch, so it meets patience before it is beyond.",
)

# --- q4: L1 and L2 -----------------------------------------------------------------------------------------------------

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


@q4.check("other weights", hidden=True)
def prices_elsewhere(student, solution, rng):
    w, (lr, l1, l2) = rng.normal(size=(3, 4)), rng.uniform(0.1, 0.9, 3)
    expect(student.penalty(w, l1, l2)).close_to(solution.penalty(w, l1, l2))
    expect(student.penalty_gradient(w, l1, l2)).close_to(solution.penalty_gradient(w, l1, l2))
    expect(student.proximal_l1(w, lr, l1)).close_to(solution.proximal_l1(w, lr, l1))
    X, y = rng.normal(size=(7, 3)), rng.normal(size=7)
    best = student.ridge(X, y, l2)
    expect(best).close_to(solution.ridge(X, y, l2))


@q4.mistake(
    "Your L2 penalty has a half. That is another convention, whose gradient is lambda w; here it is lambda w² as written.",
    of="penalty",
)
def half_in_the_penalty(w, l1, l2):
    return l1 * np.sum(np.abs(w)) + l2 / 2 * np.sum(w * w)


@q4.mistake("Your L2 penalty is the length of w. Ridge takes the squared length: no root.", of="penalty")
def length_not_squared(w, l1, l2):
    return l1 * np.sum(np.abs(w)) + l2 * np.sqrt(np.sum(w * w))


@q4.mistake("You averaged over the weights. The penalties are sums: more weights cost more.", of="penalty")
def mean_over_weights(w, l1, l2):
    return l1 * np.mean(np.abs(w)) + l2 * np.mean(w * w)


@q4.mistake("Your L1 penalty adds the weights with their signs, so they cancel: take their sizes.", of="penalty")
def signs_left_in(w, l1, l2):
    return l1 * np.sum(w) + l2 * np.sum(w * w)


@q4.mistake("l1 and l2 have changed places in your penalty.", of="penalty")
def prices_swapped(w, l1, l2):
    return l2 * np.sum(np.abs(w)) + l1 * np.sum(w * w)


@q4.mistake(
    "Your L2 gradient is lambda w. That is what PyTorch's weight_decay adds; the derivative of lambda w² is 2 lambda w.",
    of="penalty_gradient",
)
def as_weight_decay(w, l1, l2):
    return l1 * np.sign(w) + l2 * w


@q4.mistake(
    "Your L1 gradient grows with the weight. |w| is straight: its slope is the sign of w, however large w is.",
    of="penalty_gradient",
)
def l1_slope_grows(w, l1, l2):
    return l1 * np.abs(w) + 2 * l2 * w


@q4.mistake("Your L1 gradient is +l1 everywhere. Left of 0 the slope of |w| is -1.", of="penalty_gradient")
def l1_slope_without_sign(w, l1, l2):
    return l1 * np.ones_like(w) + 2 * l2 * w


@q4.mistake("At w = 0 your L1 gradient is not 0. The task says sign(0) = 0.", of="penalty_gradient")
def slope_at_zero(w, l1, l2):
    return l1 * np.where(w >= 0, 1.0, -1.0) + 2 * l2 * w


@q4.mistake(
    "The gradient points uphill on the price; you returned the step downhill. Leave the minus to the optimizer.",
    of="penalty_gradient",
)
def gradient_downhill(w, l1, l2):
    return -l1 * np.sign(w) - 2 * l2 * w


@q4.mistake(
    "Small weights run past 0 and come out on the other side: that is the subgradient step, which hovers. Stop at 0.",
    of="proximal_l1",
)
def past_zero(w, lr, l1):
    return w - lr * l1 * np.sign(w)


@q4.mistake("The rate is missing: an entry moves by lr * l1.", of="proximal_l1")
def rate_missing(w, lr, l1):
    return np.sign(w) * np.maximum(np.abs(w) - l1, 0)


@q4.mistake(
    "Large weights keep their size in your step. That is hard thresholding; here *every* weight moves towards 0.",
    of="proximal_l1",
)
def hard_threshold(w, lr, l1):
    return np.where(np.abs(w) > lr * l1, w, 0.0)


@q4.mistake(
    "Negative weights became 0, or lost their sign. The size shrinks; the sign stays.",
    of="proximal_l1",
)
def negatives_lost(w, lr, l1):
    return np.maximum(w - lr * l1, 0)


@q4.mistake(
    "All weights shrink by one factor: that is what L2 does, and it makes no zeros. L1 subtracts the same from every size.",
    of="proximal_l1",
)
def shrunk_by_a_factor(w, lr, l1):
    return w / (1 + 2 * lr * l1)


@q4.mistake(
    "Your loss is a sum here: XᵀX without the division by N. With a mean loss both XᵀX and Xᵀy are divided by N, and the price "
    "is not.",
    of="ridge",
)
def summed_loss(X, y, l2):
    return np.linalg.solve(X.T @ X + l2 * np.eye(X.shape[1]), X.T @ y)


@q4.mistake(
    "A factor 2 is on one side only. The gradient has a 2 in the loss *and* in the price, and they cancel.", of="ridge"
)
def two_on_one_side(X, y, l2):
    return np.linalg.solve(X.T @ X / len(X) + 2 * l2 * np.eye(X.shape[1]), X.T @ y / len(X))


@q4.mistake("The price has no say in your weights: this is plain least squares.", of="ridge")
def no_price(X, y, l2):
    return np.linalg.lstsq(X, y, rcond=None)[0]


@q4.mistake("l2 was added to *every* entry of XᵀX/N. It belongs on the diagonal: l2 times the identity.", of="ridge")
def everywhere(X, y, l2):
    return np.linalg.solve(X.T @ X / len(X) + l2, X.T @ y / len(X))


@q4.mistake("The sign of the price is wrong: it is added to XᵀX/N, which makes weights smaller.", of="ridge")
def price_subtracted(X, y, l2):
    return np.linalg.solve(X.T @ X / len(X) - l2 * np.eye(X.shape[1]), X.T @ y / len(X))


@q4.alternative(of=("penalty", "penalty_gradient", "proximal_l1", "ridge"))
def by_norms_and_rows_added():
    def penalty(w, l1, l2):
        flat = np.ravel(w)
        return l1 * np.linalg.norm(flat, 1) + l2 * np.linalg.norm(flat) ** 2

    def penalty_gradient(w, l1, l2):
        return l1 * ((w > 0) * 1.0 - (w < 0)) + l2 * w + l2 * w

    def proximal_l1(w, lr, l1):
        return w - np.clip(w, -lr * l1, lr * l1)

    def ridge(X, y, l2):
        N, D = X.shape
        rows = np.vstack([X, np.sqrt(N * l2) * np.eye(D)])  # the price as D more examples with target 0
        return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(D)]), rcond=None)[0]

    return penalty, penalty_gradient, proximal_l1, ridge


@q4.alternative(of=("penalty", "penalty_gradient", "proximal_l1", "ridge"))
def entry_by_entry():
    def penalty(w, l1, l2):
        return sum(l1 * abs(value) + l2 * value**2 for value in w.ravel())

    def penalty_gradient(w, l1, l2):
        return np.where(w == 0, 0, l1 * w / np.where(w == 0, 1, np.abs(w))) + 2 * w * l2

    def proximal_l1(w, lr, l1):
        return np.where(w > lr * l1, w - lr * l1, np.where(w < -lr * l1, w + lr * l1, 0))

    def ridge(X, y, l2):
        e, U = np.linalg.eigh(X.T @ X)
        return U @ (U.T @ (X.T @ y) / (e + len(y) * l2))

    return penalty, penalty_gradient, proximal_l1, ridge


q4.equivalent(
    "ridge: X.T @ X / len(X) -> X.T @ X / len(y)",
    "ridge: X.T @ y / len(X) -> X.T @ y / len(y)",
    because="There are as many targets as examples.",
)
q4.equivalent("ridge: X.shape[1] -> X.shape[-1]", because="X has two axes, so the last is axis 1.")

# --- q5: a report that is too good -------------------------------------------------------------------------------------

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


@q5.check("no look at the rows of the test, whatever stands there", hidden=True)
def report_elsewhere(student, solution, rng):
    X, y, rows = rng.normal(size=(24, 8)) * rng.uniform(0.5, 3, 8), rng.normal(size=24), rng.permutation(24)
    y = y + X[:, 1] - X[:, 5] + 3
    parts = (rows[:14], rows[14:19], rows[19:])
    answers = []
    for _ in range(2):
        answer = expect(student.report(X, y, *parts, 3, LAMS)).parts(3)
        expect(answer).close_to(solution.report(X, y, *parts, 3, LAMS))
        answers.append(answer)
        y = y.copy()
        X, y[parts[2]] = np.where(np.isin(np.arange(24), parts[2])[:, np.newaxis], 10 * X + 5, X), -4 * y[parts[2]]
    expect(answers[1][0]).equal(answers[0][0])
    expect(answers[1][1]).equal(answers[0][1])


def rebuilt(scale=False, select=False, choose=False):
    """The repaired function, with some of its leaks left in: what the mistakes are made of."""

    def report(X, y, train, val, test, k, lams):
        seen = X if scale else X[train]
        X = (X - seen.mean(axis=0)) / seen.std(axis=0)
        rows = np.arange(len(X)) if select else train
        features = np.sort(np.argsort(np.abs(y[rows] @ X[rows]))[-k:])
        A, judges = X[:, features], []
        for lam in lams:
            hessian = A[train].T @ A[train] + len(train) * lam * np.eye(k)
            errors = (A @ np.linalg.solve(hessian, A[train].T @ y[train]) + y[train].mean() - y) ** 2
            judges.append((errors[test if choose else val].mean(), errors[test].mean()))
        best = int(np.argmin([judge for judge, _ in judges]))
        return features, lams[best], judges[best][1]

    return report


def leak_left(hint, **leaks):
    """A mistake: the repaired function with these leaks."""

    def add(function):
        report = rebuilt(**leaks)
        report.__name__ = function.__name__
        q5.mistake(hint)(report)
        return function

    return add


@leak_left("Nothing has changed yet: this is the function as it was given.", scale=True, select=True, choose=True)
def as_given(): ...


@leak_left(
    "Two leaks are closed. Left: the mean and the deviation are measured on all rows, those of the test among them.",
    scale=True,
)
def scaled_by_all(): ...


@leak_left(
    "Two leaks are closed. Left: the features are selected by all rows, so the test rows help to choose what they will judge.",
    select=True,
)
def selected_by_all(): ...


@leak_left(
    "Two leaks are closed. Left: lambda is chosen by the test error. The one that chooses must not be the one that judges.",
    choose=True,
)
def chosen_by_the_test(): ...


@leak_left(
    "One leak is closed, the choice of lambda. Two are left: what standardises, and what selects, still sees all rows.",
    scale=True,
    select=True,
)
def only_the_choice_mended(): ...


@leak_left(
    "One leak is closed, the selection. Two are left: all rows still standardise, and the test still chooses lambda.",
    scale=True,
    choose=True,
)
def only_the_selection_mended(): ...


@leak_left(
    "One leak is closed, the standardising. Two are left: all rows still select, and the test still chooses lambda.",
    select=True,
    choose=True,
)
def only_the_scale_mended(): ...


@q5.mistake(
    "You standardised every part by its own mean and deviation. Then one number means different things in different parts: "
    "all parts take the training rows' units."
)
def each_part_by_its_own(X, y, train, val, test, k, lams):
    X = X.copy()
    for rows in (train, val, test):
        X[rows] = (X[rows] - X[rows].mean(axis=0)) / X[rows].std(axis=0)
    features = np.sort(np.argsort(np.abs(y[train] @ X[train]))[-k:])
    A, judges = X[:, features], []
    for lam in lams:
        hessian = A[train].T @ A[train] + len(train) * lam * np.eye(k)
        errors = (A @ np.linalg.solve(hessian, A[train].T @ y[train]) + y[train].mean() - y) ** 2
        judges.append((errors[val].mean(), errors[test].mean()))
    best = int(np.argmin([judge for judge, _ in judges]))
    return features, lams[best], judges[best][1]


@q5.mistake(
    "You report the validation error of the winner. It won because that error was low: report the one on the test."
)
def validation_reported(X, y, train, val, test, k, lams):
    features, lam, _ = rebuilt()(X, y, train, val, test, k, lams)
    _, _, error = rebuilt()(X, y, train, val, val, k, lams)
    return features, lam, error


@q5.alternative
def cut_into_parts_first(X, y, train, val, test, k, lams):
    (A, b), (B, c), (C, d) = ((X[rows], y[rows]) for rows in (train, val, test))
    mean, deviation, middle = A.mean(axis=0), A.std(axis=0), b.mean()
    A, B, C = ((part - mean) / deviation for part in (A, B, C))
    features = sorted(range(X.shape[1]), key=lambda j: -abs(np.cov(A[:, j], b)[0, 1]))[:k]
    features = np.array(sorted(features))
    A, B, C = A[:, features], B[:, features], C[:, features]
    found = []
    for lam in lams:
        rows = np.vstack([A, np.sqrt(len(A) * lam) * np.eye(k)])
        w = np.linalg.lstsq(rows, np.concatenate([b - middle, np.zeros(k)]), rcond=None)[0]
        found.append((np.mean((B @ w + middle - c) ** 2), lam, np.mean((C @ w + middle - d) ** 2)))
    _, lam, error = min(found, key=lambda row: row[0])
    return features, lam, error


@q5.alternative
def by_eigenvectors(X, y, train, val, test, k, lams):
    mean = sum(X[i] for i in train) / len(train)
    X = (X - mean) / np.sqrt(np.mean((X[train] - mean) ** 2, axis=0))
    middle = np.mean(y[train])
    score = ((y[train] - middle) @ X[train]) ** 2
    features = np.flatnonzero(score >= np.sort(score)[-k])
    A = X[:, features]
    e, U = np.linalg.eigh(A[train].T @ A[train] / len(train))
    c = U.T @ A[train].T @ (y[train] - middle) / len(train)
    h = A @ U @ (c[:, np.newaxis] / (e[:, np.newaxis] + np.array(lams))) + middle  # (N, lams)
    squares = (h - y[:, np.newaxis]) ** 2
    best = squares[val].mean(axis=0).argmin()
    return [features, lams[best], squares[test, best].mean()]


q5.equivalent("report: (A, errors, test_errors) -> (A, test_errors, errors)", because="Both names get an empty list.")
q5.equivalent(
    "report: np.mean(squares[val]) -> np.sum(squares[val])",
    because="All lambdas are judged by the same rows: the order of sums and means is one.",
)
q5.equivalent("report: int(np.argmin(errors)) -> np.argmin(errors)", because="A list takes either as an index.")

# --- q6: on paper ------------------------------------------------------------------------------------------------------

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


@q6.mistake(
    "The second number divides by 2. Rule 1 says that a variance divides by the number of fits, 3.", of="on_paper"
)
def sample_variance_on_paper():
    return [1.0, 7.0, 12.0, 0.06, 0.3, 0.0]


@q6.mistake("The third number lacks the noise: new targets have it as well.", of="on_paper")
def noise_forgotten_on_paper():
    return [1.0, 14 / 3, 17 / 3, 0.06, 0.3, 0.0]


@q6.mistake("In the third number the noise is not squared: its deviation is 2, its variance 4.", of="on_paper")
def noise_not_squared_on_paper():
    return [1.0, 14 / 3, 23 / 3, 0.06, 0.3, 0.0]


@q6.mistake(
    "PyTorch's weight_decay adds lambda w, and the gradient of lambda w² is 2 lambda w: what number makes them equal?",
    of="on_paper",
)
def weight_decay_as_lambda():
    return [1.0, 14 / 3, 29 / 3, 0.03, 0.3, 0.0]


@q6.mistake("You halved lambda for weight_decay. It is the other way round: 2 lambda w must come out.", of="on_paper")
def weight_decay_halved():
    return [1.0, 14 / 3, 29 / 3, 0.015, 0.3, 0.0]


@q6.mistake(
    "The last weight ran past 0. The proximal step stops there: that is how exact zeros come about.", of="on_paper"
)
def past_zero_on_paper():
    return [1.0, 14 / 3, 29 / 3, 0.06, 0.3, 0.1]


@q6.mistake("The second number is measured from the truth, 5. Variance is measured from the mean fit.", of="on_paper")
def variance_from_the_truth_on_paper():
    return [1.0, 17 / 3, 32 / 3, 0.06, 0.3, 0.0]


def with_changes(**wrong):
    """The right table, made from what each change does, with some entries wrong."""
    bends_more = ("higher_degree", "longer_training", "smaller_price")
    table = {name: "bias" if name in bends_more else "variance" for name in CHANGES}
    return table | {"exact_targets": "noise"} | wrong


@q6.mistake(
    "A price does not help the mean fit to the truth: it pulls it away. What it lowers is how much fits differ.",
    of="lowers",
)
def price_lowers_bias():
    return with_changes(larger_lambda="bias", smaller_price="variance")


@q6.mistake(
    "More examples do not teach degree 1 to bend: the mean fit of many sets stays where it was. What becomes smaller?",
    of="lowers",
)
def data_lowers_bias():
    return with_changes(more_examples="bias")


@q6.mistake(
    "An average over ten networks has the *same* mean fit as one network. What their differences do is cancel.",
    of="lowers",
)
def averaging_lowers_bias():
    return with_changes(average_of_ten="bias")


@q6.mistake(
    "More examples or an average do not lower the noise. Noise is what remains of the error when f is known exactly.",
    of="lowers",
)
def data_lowers_noise():
    return with_changes(more_examples="noise", average_of_ten="noise")


@q6.mistake(
    "Training has it the wrong way round: more steps act like a higher degree, and stopping early like a lower one.",
    of="lowers",
)
def steps_the_wrong_way():
    return with_changes(longer_training="variance", less_patience="bias")


@q6.mistake(
    "Bias and variance have changed places throughout. Bias is what a model that is too simple has.", of="lowers"
)
def all_turned_around():
    other = {"bias": "variance", "variance": "bias", "noise": "noise"}
    return {name: other[kind] for name, kind in with_changes().items()}


@q6.mistake(
    "The targets of the test do not touch the training: the fits stay as they are, with their bias and variance.",
    of="lowers",
)
def targets_lower_variance():
    return with_changes(exact_targets="variance")


@q6.alternative(of=("on_paper", "lowers"))
def rounded():
    return (1, 4.667, 9.667, 0.06, 0.3, 0), with_changes()


@q6.alternative(of=("on_paper", "lowers"))
def computed():
    fits = np.array([2.0, 3.0, 7.0])
    bias2, variance = (fits.mean() - 5) ** 2, fits.var()
    weights = [np.sign(w) * max(abs(w) - 0.2, 0) for w in (0.5, -0.1)]
    by_kind = {
        "variance": ("average_of_ten", "less_patience", "larger_lambda", "more_examples"),
        "bias": ("smaller_price", "longer_training", "higher_degree"),
        "noise": ("exact_targets",),
    }
    lowers = {name: kind for kind, names in by_kind.items() for name in names}
    return np.array([bias2, variance, bias2 + variance + 4, 2 * 0.03, *weights]), lowers


# --- q7: cross-validation ----------------------------------------------------------------------------------------------

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


@q7.check("other points", hidden=True)
def cross_validate_elsewhere(student, solution, rng):
    x, fold = np.sort(rng.uniform(-1, 1, 17)), rng.permutation(17) % 4 * 3 - 1
    given = (x, np.sin(4 * x) + rng.normal(size=17) / 3, [1, 6, 2, 4, 3], fold)
    expect(expect(student.cross_validate(*given)).parts(2)).close_to(solution.cross_validate(*given))
    line = (x, 2 - 3 * x, [1, 2], fold)  # both fit: the errors are 0 but for rounding
    expect(expect(student.cross_validate(*line)).parts(2)[0]).close_to(np.zeros(2))


def predicted(x, y, degree, fit_on, predict):
    """Squared errors on some rows of a fit on others."""
    w = np.linalg.lstsq(legvander(x[fit_on], degree), y[fit_on], rcond=None)[0]
    return (legvander(x[predict], degree) @ w - y[predict]) ** 2


def judged(degrees, errors):
    """The errors, and the degree of the lowest."""
    return np.array(errors), degrees[int(np.argmin(errors))]


@q7.mistake(
    "These are training errors: the fits saw the examples that they are judged by. Leave the fold out when you fit."
)
def fitted_on_everything(x, y, degrees, fold):
    everything = np.ones(len(x), dtype=bool)
    return judged(degrees, [predicted(x, y, degree, everything, everything).mean() for degree in degrees])


@q7.mistake(
    "Turned around: you fit on one fold and judge on all others. Fit on the many, judge on the fold that was left out."
)
def turned_around(x, y, degrees, fold):
    errors = []
    for degree in degrees:
        squares = [predicted(x, y, degree, fold == k, fold != k) for k in np.unique(fold)]
        errors.append(np.concatenate(squares).mean())
    return judged(degrees, errors)


@q7.mistake(
    "You averaged each fold, then the folds. They differ in size, so examples of small folds count more: average over all N "
    "examples."
)
def mean_of_means(x, y, degrees, fold):
    folds = np.unique(fold)
    return judged(degrees, [np.mean([predicted(x, y, d, fold != k, fold == k).mean() for k in folds]) for d in degrees])


@q7.mistake("These are sums of squared errors. Divide by the number of examples.")
def summed(x, y, degrees, fold):
    folds = np.unique(fold)
    return judged(degrees, [sum(predicted(x, y, d, fold != k, fold == k).sum() for k in folds) for d in degrees])


@q7.mistake("You took only one fold for judging. Every fold has its turn, so that every example judges once.")
def first_fold_only(x, y, degrees, fold):
    k = fold.min()
    return judged(degrees, [predicted(x, y, degree, fold != k, fold == k).mean() for degree in degrees])


@q7.mistake(
    "You took the fold numbers for 0, 1, 2 and so on. They can be any whole numbers: `np.unique(fold)` lists them."
)
def folds_counted(x, y, degrees, fold):
    errors = []
    for degree in degrees:
        squares = np.zeros(len(x))
        for k in range(len(np.unique(fold))):
            squares[fold == k] = predicted(x, y, degree, fold != k, fold == k) if (fold == k).any() else 0
        errors.append(squares.mean())
    return judged(degrees, errors)


@q7.mistake("The second answer is a place in the list. The degree itself was asked for: use the place as an index.")
def place_for_degree(x, y, degrees, fold):
    folds = np.unique(fold)
    errors = [np.concatenate([predicted(x, y, d, fold != k, fold == k) for k in folds]).mean() for d in degrees]
    return np.array(errors), int(np.argmin(errors))


@q7.mistake("You chose the degree with the highest error.")
def highest_error(x, y, degrees, fold):
    folds = np.unique(fold)
    errors = [np.concatenate([predicted(x, y, d, fold != k, fold == k) for k in folds]).mean() for d in degrees]
    return np.array(errors), degrees[int(np.argmax(errors))]


@q7.mistake("These are root mean squared errors. No root was asked for.")
def rooted(x, y, degrees, fold):
    folds = np.unique(fold)
    return judged(
        degrees,
        [np.sqrt(np.concatenate([predicted(x, y, d, fold != k, fold == k) for k in folds]).mean()) for d in degrees],
    )


@q7.alternative
def example_by_example(x, y, degrees, fold):
    errors = []
    for degree in degrees:
        total = 0.0
        for i in range(len(x)):
            others = fold != fold[i]
            w = np.linalg.pinv(legvander(x[others], degree)) @ y[others]
            total += (legvander(x[i], degree).ravel() @ w - y[i]) ** 2
        errors.append(total / len(x))
    best = min(range(len(degrees)), key=lambda place: errors[place])
    return np.array(errors), degrees[best]


@q7.alternative
def by_the_hat_matrix(x, y, degrees, fold):
    """With H = A A^+, the errors of a fold left out are (I - H_kk)^-1 r_k: one fit a degree is enough."""
    errors = []
    for degree in degrees:
        A = legvander(x, degree)
        H = A @ np.linalg.pinv(A)
        left = y - H @ y
        squares = []
        for k in np.unique(fold):
            out = np.flatnonzero(fold == k)
            squares.extend(np.linalg.solve(np.eye(len(out)) - H[np.ix_(out, out)], left[out]) ** 2)
        errors.append(sum(squares) / len(y))
    return np.asarray(errors), degrees[errors.index(min(errors))]


q7.equivalent("cross_validate: np.zeros -> np.ones", because="Every entry is overwritten: each example is in a fold.")
q7.equivalent(
    "cross_validate: len(x) -> len(y)",
    "cross_validate: len(x) -> len(fold)",
    because="x, y and fold are of one length.",
)
q7.equivalent(
    "cross_validate: np.unique(fold) -> fold", because="A fold that comes again gives the same squares again."
)
q7.equivalent(
    "cross_validate: np.linalg.lstsq(legvander(x[~out], degree), y[~out], rcond=None) -> "
    "np.linalg.lstsq(legvander(x[~out], degree), y[~out])",
    because="None is the default, and where it is not, these fits are far from its limit.",
)
q7.equivalent(
    "cross_validate: degrees[int(np.argmin(errors))] -> degrees[np.argmin(errors)]",
    because="A list takes either as an index.",
)
