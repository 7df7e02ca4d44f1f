"""Public checks of 14_capstone: made by `dlcourse release` from the author's file, which holds more."""

from functools import cache
import numpy as np
import dlcourse as dl
from dlcourse.checks import Wrong, expect, question


q1 = question(
    "q1",
    "Loss and gradients, completed",
    functions=["loss_and_gradients"],
    forbid=[
        "dlcourse.functional.cross_entropy",
        "dlcourse.functional.cross_entropy_backward",
        "dlcourse.functional.linear_backward",
        "dlcourse.functional.relu_backward",
    ],
)
PARAMETERS = (
    np.array([[0.6, -0.9, 0.3, 0.8], [-0.4, 0.7, 1.1, -0.5], [0.9, 0.2, -0.8, 0.4]]),
    np.array([0.1, 0.0, 0.3, -0.2]),
    np.array(
        [
            [0.5, -0.7, 0.2, 0.9, -0.3],
            [-0.6, 0.4, 0.8, -0.2, 0.7],
            [0.3, 1.2, -0.5, 0.6, -0.9],
            [1.1, -0.4, 0.1, -0.8, 0.5],
        ]
    ),
    np.array([0.2, -0.1, 0.4, -0.3, 0.6]),
)
X_SIX = np.array([[1.2, -0.7, 0.5], [0.3, 1.4, -0.6], [-0.8, 0.9, 1.7], [2.1, 0.4, -1.3], [0, 0, 0], [0.7, -1.6, 0.2]])
Y_SIX = np.array([3, 0, 4, 3, 1, 2])


@q1.check("the loss")
def whole_loss(student, solution):
    loss, _ = expect(student.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)).parts(2)
    expect(loss).close_to(solution.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)[0])


@q1.check("the gradients", each=[("of the second layer", 2), ("of the first layer", 0)])
def whole_gradients(student, solution, case):
    _, gradients = expect(student.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)).parts(2)
    own, right = expect(gradients).parts(4), solution.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)[1]
    expect(own[case[1] : case[1] + 2]).close_to(tuple(right[case[1] : case[1] + 2]))


@q1.check("no overflow", no_overflow=True, each=[("logits of 3000", 1000.0, 0.0), ("logits of -800", 0.0, -800.0)])
def large_logits(student, solution, case):
    W1, b1, W2, b2 = PARAMETERS
    large = (W1, b1, case[1] * W2, b2 + case[2] * np.array([0, 1, 0, 1, 1]))
    loss, gradients = expect(student.loss_and_gradients(large, X_SIX, Y_SIX)).parts(2)
    right = solution.loss_and_gradients(large, X_SIX, Y_SIX)
    expect(loss).close_to(right[0])
    expect(expect(gradients).parts(4)[3]).close_to(right[1][3])


q1.equivalent(
    "loss_and_gradients: np.arange(len(X)) -> np.arange(len(y))",
    *(
        f"loss_and_gradients: delta2 / len(X) -> delta2 / len({name})"
        for name in ("y", "rows", "z1", "x1", "z2", "log_h", "delta2")
    ),
    because="All of these have one row, or one entry, for each example.",
)
q2 = question("q2", "Three measurements", functions=["start_ratio", "update_ratios", "diagnose"])
Z_FIVE = np.array(
    [[0.3, -1.2, 2.0, 0.1], [1.5, 0.2, -0.4, 0.7], [-0.6, 0.9, 1.1, -2.2], [0.4, 0.8, -1.0, 0.3], [2.2, 0, 1, 0.5]]
)
Y_FIVE = np.array([2, 1, 0, 1, 0])
BEFORE = [
    np.array([[1.0, -2.0, 0.5], [3.0, 0.4, -1.0]]),
    np.array([5.0, 6.0, 7.0]),
    np.array([[2.5], [-1.1], [0.8]]),
    np.array([0.3]),
]
AFTER = [
    np.array([[1.1, -2.3, 0.5], [3.2, 0.1, -0.7]]),
    np.array([5.5, 5.0, 7.7]),
    np.array([[2.1], [-1.3], [1.5]]),
    np.array([0.9]),
]
LINES = [
    ("healthy", 1.02, 0.03, 0.002),
    ("large at the start", 5.0, 0.02, 0.002),
    ("large at the start, tiny steps", 3.0, 2.0, 1e-7),
    ("tiny steps", 1.1, 2.2, 1e-6),
    ("huge steps", 1.1, 2.2, 0.5),
    ("one batch does not fit", 0.97, 1.46, 0.003),
]


@q2.check("the start ratio")
def ratio_at_start(student, solution):
    expect(student.start_ratio(Z_FIVE, Y_FIVE)).close_to(solution.start_ratio(Z_FIVE, Y_FIVE))


@q2.check("the update ratios")
def ratios_of_updates(student, solution):
    answer = student.update_ratios(BEFORE, AFTER)
    expect(list(answer) if isinstance(answer, tuple | np.ndarray) else answer).close_to(
        solution.update_ratios(BEFORE, AFTER)
    )


@q2.check("the diagnosis, line by line", each=LINES)
def line_by_line(student, solution, case):
    expect(student.diagnose(*case[1:])).equal(solution.diagnose(*case[1:]))


q3 = question(
    "q3", "Pictures that move", functions=["shift"], forbid=["dlcourse.data.shift_images", "scipy.ndimage.shift"]
)
X_PICTURES = (np.arange(5 * 64).reshape(5, 64) * 37 % 97 + 2) / 100


def expect_moved(student, solution, X, down, right):
    """The moved pictures, named by the first that is wrong."""
    got, expected = student.shift(X, down, right), solution.shift(X, down, right)
    expect(got).close_to(expected, because="the first number is the picture, the second the pixel, 8 to a row")


@q3.check("moves by one pixel", points=2, each=[("down", 1, 0), ("up", -1, 0), ("right", 0, 1), ("left", 0, -1)])
def moves_by_one(student, solution, case):
    _, down, right = case
    expect_moved(student, solution, X_PICTURES[:2], np.full(2, down), np.full(2, right))


@q3.check("each picture by its own pixels")
def own_moves(student, solution):
    expect_moved(student, solution, X_PICTURES, np.array([2, 0, -3, 7, -7]), np.array([-1, 0, 4, 7, -7]))


q3.equivalent(
    *(f"shift: (len(X), 8, 8) -> (len({name}), 8, 8)" for name in ("down", "right", "framed")),
    *(f"shift: range(len(X)) -> range(len({name}))" for name in ("down", "right", "framed", "moved")),
    because="All of these have one entry for each picture.",
)
q4 = question("q4", "Repair a training loop", functions=["fit_and_keep_best"])


def few_points(seed, N, M):
    """A small start, a training set, and validation points that are partly labelled at random, so that it overfits."""
    rng = np.random.default_rng(seed)
    X, X_val = rng.normal(size=(N, 2)), rng.normal(size=(M, 2))
    y, y_val = (np.where(Z[:, 0] > 0.2, 2, (Z[:, 1] > 0).astype(int)) for Z in (X, X_val))
    y_val[::3] = rng.integers(3, size=len(y_val[::3]))
    start = tuple(rng.normal(0, 0.6, shape) for shape in ((2, 4), (4,), (4, 3), (3,)))
    return start, X, y, X_val, y_val


def fitted(who, seed, settings, N=14):
    """What one loop returns."""
    return expect(who.fit_and_keep_best(*few_points(seed, N, 9), *settings, np.random.default_rng(seed))).parts(3)


SETTINGS = {"patience": (0.3, 4, 40, 3), "all epochs": (0.1, 7, 5, 9)}
SEED = 40


@q4.check("the validation losses")
def loop_losses(student, solution):
    for settings in SETTINGS.values():
        expect(list(fitted(student, SEED, settings)[1])).close_to(list(fitted(solution, SEED, settings)[1]))


@q4.check("the best epoch, and where it stops")
def loop_stop(student, solution):
    _, losses, best_epoch = fitted(student, SEED, SETTINGS["patience"])
    _, right, right_epoch = fitted(solution, SEED, SETTINGS["patience"])
    expect(len(losses)).equal(len(right), because="that is the number of epochs")
    expect(best_epoch).equal(right_epoch)


@q4.check("the best weights")
def loop_weights(student, solution):
    best = expect(fitted(student, SEED, SETTINGS["patience"])[0]).parts(4)
    expect(best).close_to(tuple(fitted(solution, SEED, SETTINGS["patience"])[0]))


q5 = question(
    "q5", "Read disturbed digits", functions=["train"], forbid=["dlcourse.data.digits", "sklearn.datasets.load_digits"]
)
DISTURBED, PLAIN = 0.60, 0.70  # to be read: of disturbed digits, and of plain ones after 500 sorted examples
GUESSING = 0.3  # at most so many are read by a network that has learnt nothing


@cache
def digits(part):
    """The digits to learn from, or those held back."""
    return dl.data.digits(part)


def disturbed(X, rng):
    """Each picture moved by up to one and a half pixels, turned by up to 15 degrees, and written with another pen."""
    N, framed = len(X), np.pad(np.reshape(X, (len(X), 8, 8)), ((0, 0), (4, 4), (4, 4)))
    angle, pen = np.deg2rad(rng.uniform(-15, 15, (N, 1, 1))), rng.uniform(0.6, 1.6, (N, 1, 1))
    down, right = rng.uniform(-1.5, 1.5, (2, N, 1, 1))
    up, across = np.meshgrid(np.arange(8) - 3.5, np.arange(8) - 3.5, indexing="ij")
    row = np.cos(angle) * up - np.sin(angle) * across - down + 7.5  # where each pixel of the new picture comes from
    column = np.sin(angle) * up + np.cos(angle) * across - right + 7.5
    i, j, n = np.floor(row).astype(int), np.floor(column).astype(int), np.arange(N)[:, np.newaxis, np.newaxis]
    i, j, a, b = np.clip(i, 0, 14), np.clip(j, 0, 14), row - i, column - j
    mixed = (1 - a) * ((1 - b) * framed[n, i, j] + b * framed[n, i, j + 1])
    mixed += a * ((1 - b) * framed[n, i + 1, j] + b * framed[n, i + 1, j + 1])
    return np.clip(mixed, 0, 1).reshape(N, 64) ** np.repeat(1 / pen[:, 0], 64, axis=1)


def labels_of(answer, count):
    """An answer of `predict`, if it is one label for each picture."""
    if not isinstance(answer, np.ndarray | list) or np.shape(answer) != (count,):
        shape = f"has the shape {np.shape(answer)}" if isinstance(answer, np.ndarray | list) else "is no array"
        expect(False).true(f"`predict` must return one label for each picture, shape ({count},); the answer {shape}")
    return np.asarray(answer)


def expect_read(predict, X, y):
    """At least the share that is asked for is read of these disturbed digits."""
    share = float(np.mean(labels_of(predict(X), len(X)) == y))
    expect(share > GUESSING).true(f"it reads {share:.0%} of the disturbed digits, hardly more than a guess would")
    expect(share >= DISTURBED).true(f"it reads {share:.0%} of the disturbed digits, at least {DISTURBED:.0%} are asked")


@q5.check("the form of the answer, and no luck in it", seconds=20)
def form_of_the_answer(student):
    X, y = digits("train")
    predict, again = (student.train(X[:150], y[:150], np.random.default_rng(1)) for _ in range(2))
    asked = np.random.default_rng(2).uniform(0, 1, (200, 64)) * X[200:400]
    together = labels_of(predict(asked), 200)
    parts = np.concatenate(
        [labels_of(predict(asked[i : i + 1]), 1) for i in range(3)] + [labels_of(predict(asked[3:9]), 6)]
    )
    same = bool(np.array_equal(together[:9], parts))
    expect(same).true("a picture gets another label when it is asked about alone, or together with others")
    repeated = bool(np.array_equal(together, labels_of(again(asked), 200)))
    expect(repeated).true("two trainings with the same data and the same seed give different networks")


@q5.check("plain digits, after 500 examples sorted by digit", seconds=20)
def sorted_rows(student):
    X, y = digits("train")
    rows = np.argsort(y[:500], kind="stable")
    predict = student.train(X[:500][rows], y[:500][rows], np.random.default_rng(3))
    share = float(np.mean(labels_of(predict(X[500:]), 938) == y[500:]))
    expect(share >= PLAIN).true(f"it reads {share:.0%} of the plain digits, at least {PLAIN:.0%} are asked")


@q5.check("disturbed digits", points=2, seconds=20)
def disturbed_digits(student):
    X, y = digits("train")
    predict = student.train(X[:1100], y[:1100], np.random.default_rng(4))
    expect_read(predict, disturbed(X[1100:], np.random.default_rng(5)), y[1100:])


q6 = question(
    "q6",
    "The report",
    functions=["report"],
    forbid=[
        "dlcourse.metrics.confusion_matrix",
        "dlcourse.metrics.precision",
        "dlcourse.metrics.recall",
        "sklearn.metrics.confusion_matrix",
        "sklearn.metrics.precision_recall_fscore_support",
        "sklearn.metrics.classification_report",
    ],
)
Y_TRUE = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 2, 3, 5, 7, 7, 7, 3, 3])
Y_PRED = np.array([0, 0, 1, 3, 3, 1, 1, 0, 2, 1, 2, 4, 3, 2, 2, 2, 2, 3, 5, 3, 3, 7, 7, 7])


def expect_reported(student, solution, which, *given):
    """One part of the report."""
    own, right = expect(student.report(*given)).parts(3)[which], solution.report(*given)[which]
    if which == 2:
        own = (
            [tuple(pair) if isinstance(pair, list) else pair for pair in own] if isinstance(own, list | tuple) else own
        )
        right = [tuple(pair) for pair in right]
        expect(own).equal(right, because="each is (smaller digit, larger digit, mistakes), most mistakes first")
    else:
        expect(own).close_to(right)


@q6.check("precision and recall", each=[("precision", 0), ("recall", 1)])
def shares(student, solution, case):
    expect_reported(student, solution, case[1], Y_TRUE, Y_PRED, 8)


@q6.check(
    "the most confused pairs", points=2, each=[("three of several", slice(None)), ("fewer than three", slice(0, 5))]
)
def confused(student, solution, case):
    expect_reported(student, solution, 2, Y_TRUE[case[1]], Y_PRED[case[1]], 8)


q7 = question("q7", "How sure is the number?", functions=["accuracy_with_error", "clearly_better"], values=["honest"])
NAMES = (
    "best_epoch", "val_epoch", "scaled_first", "train_scale", "copies_first", "copies_after", "many_tests", "many_vals",
    "refit", "relabelled",
)  # fmt: skip


def answers(only_first, only_second, both, neither):
    """True labels and two networks' answers, with so many examples of each kind."""
    N = only_first + only_second + both + neither
    y = np.arange(N) * 7 % 10
    first, second, n = y.copy(), y.copy(), np.arange(N)
    first[((n >= only_first) & (n < only_first + only_second)) | (n >= N - neither)] += 5  # wrong, above or below
    second[n < only_first] += 5
    second[n >= N - neither] += 2
    return y, first % 10, second % 10


@q7.check("accuracy and its error")
def error_of_a_share(student, solution):
    for given in (answers(5, 2, 20, 3), answers(2, 9, 3, 16)):
        for answer in given[1:]:
            expect(student.accuracy_with_error(given[0], answer)).close_to(
                solution.accuracy_with_error(given[0], answer)
            )


@q7.check(
    "two networks on the same examples",
    each=[
        ("the first is better", 9, 1), ("the second is better", 1, 9), ("neither, 8 against 2", 8, 2),
        ("neither, exactly on the edge", 7, 9), ("few disagree, all one way", 5, 0),
        ("never different", 0, 0), ("neither, 5 against 3", 5, 3),
    ],
)  # fmt: skip
def two_networks(student, solution, case):
    given = answers(case[1], case[2], 11, 6)
    expect(student.clearly_better(*given)).equal(solution.clearly_better(*given))


@q7.check("the set honest")
def honest_set(student, solution):
    names = student.honest
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"refit", "many_vals"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the ten names")
    expect(set(names)).equal(set(solution.honest), because="ask of each what the test digits had a part in")
