"""Public checks of 12_dropout_sparsity: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question


OURS = [f"dlcourse.functional.{name}{half}" for name in ("dropout", "classic_dropout") for half in ("", "_backward")]
X = np.array([[1.5, -2.0, 0.7, 4.0], [-1.2, 3.0, 2.5, -0.4], [0.9, 1.1, -3.5, 2.2]])
DY = np.array([[0.3, 1.7, -0.6, 2.0], [1.4, -0.8, 0.5, 1.0], [-2.1, 0.4, 1.3, -0.9]])
MANY = np.linspace(1, 2, 40_000).reshape(200, 200)


def factors(y, x):
    """What entries were multiplied by, as a text: the different values from small to large."""
    if not isinstance(y, np.ndarray) or y.shape != x.shape:
        shown = f"an array of shape {y.shape}" if isinstance(y, np.ndarray) else f"of type {type(y).__name__}"
        raise Wrong(f"the answer is {shown}, expected an array of shape {x.shape}")
    found = np.unique(np.round(y / x, 9))
    if len(found) > 3:
        raise Wrong(
            f"entries are multiplied by {len(found):,} different numbers, from {found[0]:.3g} to {found[-1]:.3g}"
        )
    return " or ".join(f"{factor:.6g}" for factor in found)


def expect_own_coins(y):
    """Every entry has a coin of its own.

    With 200 coins a row and p between 0.2 and 0.8, two equal rows, or equal counts in all rows, come less than once in 10^20 runs.
    """
    mask = y != 0
    different = "that is how many different {} the mask of a batch of 200 examples and 200 units has"
    expect(len(np.unique(mask, axis=0))).equal(200, because=different.format("rows"))
    expect(np.unique(mask, axis=1).shape[1]).equal(200, because=different.format("columns"))
    counts = len(set(np.sum(mask, axis=1).tolist()))
    expect(counts > 3).true("every example loses the same number of units; with coins of their own the number varies")


q1 = question("q1", "Inverted dropout, completed", functions=["dropout", "dropout_backward"], forbid=OURS)


def there_and_back(who, x, dy, p, training, seed):
    """y and dx, through the answer's own cache."""
    y, cache = expect(who.dropout(x, p, training, np.random.default_rng(seed))).parts(2)
    return y, who.dropout_backward(dy, cache)


@q1.check("training, forward", each=[("p = 0.2", 0.2), ("p = 0.6", 0.6)])
def training_forward(student, solution, case):
    y, _ = expect(student.dropout(X, case[1], True, np.random.default_rng(4))).parts(2)
    expect(y).close_to(solution.dropout(X, case[1], True, np.random.default_rng(4))[0])


@q1.check("training, there and back")
def training_backward(student, solution):
    expect(there_and_back(student, X, DY, 0.6, True, 4)).close_to(there_and_back(solution, X, DY, 0.6, True, 4))


@q1.check("evaluation, there and back")
def evaluation_both(student, solution):
    expect(there_and_back(student, X, DY, 0.6, False, 4)).close_to(there_and_back(solution, X, DY, 0.6, False, 4))


q2 = question("q2", "Classic dropout, your own coins", functions=["classic_dropout"], forbid=OURS)


@q2.check("what is kept, and how much of it is dropped")
def kept_or_dropped(student):
    y = student.classic_dropout(MANY, 0.3, True, np.random.default_rng(5))
    expect(factors(y, MANY)).equal("0 or 1", because="that is what entries are multiplied by in training")
    expect(round(float(np.mean(y == 0)), 1)).close_to(0.3, because="that is the share of entries dropped at p = 0.3")


@q2.check("a coin for every entry, from the generator that is given")
def coins_of_their_own(student):
    first, second, other = (student.classic_dropout(MANY, 0.3, True, np.random.default_rng(s)) for s in (5, 5, 6))
    factors(first, MANY)
    expect_own_coins(first)
    expect(bool(np.array_equal(first, second))).true(
        "two equal generators give two masks: draw from rng, and only from rng"
    )
    expect(not np.array_equal(first, other)).true("generators of different seeds give the same mask: draw from rng")


@q2.check("evaluation")
def classic_evaluation(student, solution):
    y = student.classic_dropout(X, 0.3, False, np.random.default_rng(5))
    right = factors(solution.classic_dropout(X, 0.3, False, np.random.default_rng(5)), X)
    expect(factors(y, X)).equal(right, because="that is what entries are multiplied by in evaluation, at p = 0.3")


q3 = question("q3", 'A test of "in mean"', functions=["mean_test", "draws_needed"])
SUSPECTS = {
    "inverted": (F.dropout, F.dropout),
    "classic": (F.classic_dropout, F.classic_dropout),
    "scaled in both modes": (F.dropout, F.classic_dropout),
    "scaled in none": (F.classic_dropout, F.dropout),
}
X_COURT = np.array([[1.5, -2.0, 0.7], [-1.2, 3.0, 2.5]])


def suspect(name, p, seed):
    """A layer that throws a new mask at every call in training."""
    rng, (in_training, in_evaluation) = np.random.default_rng(seed), SUSPECTS[name]

    def layer(x, training):
        return (in_training if training else in_evaluation)(x, p, training, rng=rng)[0]

    return layer


@q3.check("four suspects", points=2, each=[(name, name) for name in SUSPECTS])
def four_suspects(student, solution, case):
    right = solution.mean_test(suspect(case[1], 0.3, 7), X_COURT, 40)
    expect(student.mean_test(suspect(case[1], 0.3, 7), X_COURT, 40)).close_to(right)


@q3.check("how many masks")
def masks_needed(student, solution):
    for given in ((1.3, 0.2, 0.11), (-2.5, 0.7, 0.3), (0.8, 0.4, 0.05)):
        expect(student.draws_needed(*given)).close_to(
            solution.draws_needed(*given), because=f"for x, p, error = {given}"
        )


q4 = question("q4", "Repair a dropout layer", functions=["MyDropout"], forbid=OURS)


@q4.check("training: what is kept, and how much is dropped")
def layer_values(student):
    y = student.MyDropout(0.2, np.random.default_rng(8)).forward(MANY)
    expect(factors(y, MANY)).equal("0 or 1.25", because="that is what outputs are multiplied by at p = 0.2")
    expect(round(float(np.mean(y == 0)), 1)).close_to(0.2, because="that is the share of entries dropped at p = 0.2")


@q4.check("training: a coin for every entry, in every pass")
def layer_coins(student):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    first, second = layer.forward(MANY), layer.forward(MANY)
    factors(first, MANY)
    expect_own_coins(first)
    expect(not np.array_equal(first, second)).true(
        "a second pass in training has the same mask as the first: draw anew"
    )


@q4.check("training: backward")
def layer_backward(student):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    y, dx = layer.forward(MANY), layer.backward(MANY[::-1])
    expect(factors(dx, MANY[::-1])).equal("0 or 1.25", because="that is what dy is multiplied by at p = 0.2")
    expect(bool(np.array_equal(y == 0, dx == 0))).true(
        "backward drops other entries than forward did: dx must be 0 where y was, and only there"
    )


@q4.check("evaluation, after a training pass", each=["forward", "backward"])
def layer_evaluation(student, case):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    layer.forward(MANY)
    layer.training = False
    y = layer.forward(MANY)
    answer = y if case == "forward" else layer.backward(MANY)
    expect(factors(answer, MANY)).equal("1", because="evaluation leaves everything as it is")


q5 = question(
    "q5",
    "Through k units only",
    functions=["top_k", "meprop_backward"],
    forbid=["dlcourse.sparsity.top_k", "dlcourse.sparsity.meprop", "dlcourse.functional.linear_backward"],
)
DELTA = np.array(
    [
        [0.1, -3.0, 2.0, 0.5, -0.7, 1.2],
        [-1.0, 0.6, 4.0, -5.0, 0.2, 3.0],
        [0.9, 0.8, -0.2, 0.3, -1.1, 0.4],
        [-2.2, -2.5, -0.1, -1.7, -0.3, -2.9],
        [7.0, 0.0, -6.0, 5.5, 8.5, -9.0],
    ]
)
TIED = np.array([[(-1) ** (n * m // 3) * (1 + (n + m * m) % 3) for m in range(40)] for n in (1, 2)], dtype=float)
X_IN = np.array([[1.2, -0.7], [0.4, 2.1], [-1.6, 0.3], [0.8, -1.9], [2.4, 1.5]])
W_IN = np.array([[0.5, -1.1, 0.9, 1.4, -0.3, 0.7], [-0.8, 0.6, 1.7, -0.2, 1.3, -1.5]])


@q5.check("top k, all sizes different", each=[("k = 1", 1), ("k = 4", 4)])
def sizes_differ(student, solution, case):
    expect(student.top_k(DELTA, case[1])).close_to(solution.top_k(DELTA, case[1]))


@q5.check("top k, with equal sizes, and with k beyond the row", each=[("k = 7", 7), ("k = 20", 20), ("k = 50", 50)])
def sizes_tie(student, solution, case):
    right = solution.top_k(TIED, case[1])
    expect(student.top_k(TIED, case[1])).close_to(right, because="of equal sizes the leftmost goes first")


@q5.check("backward through k units", each=[("dx", 0), ("dW", 1), ("db", 2)])
def through_k(student, solution, case):
    parts = expect(student.meprop_backward(DELTA, (X_IN, W_IN), 2)).parts(3)
    expect(parts[case[1]]).close_to(solution.meprop_backward(DELTA, (X_IN, W_IN), 2)[case[1]], because=f"in {case[0]}")


q6 = question("q6", "Cut, and keep the outputs", functions=["cut", "cut_constant"], forbid=["dlcourse.sparsity.prune"])
W1_CUT = np.array([[0.7, -1.1, 1.3, 0.0, -0.5], [-0.4, 0.9, 0.8, 0.0, 1.6], [1.2, -0.3, -0.6, 0.0, 0.9]])
B1_CUT = np.array([0.2, -0.4, 1.1, 0.75, -0.3])
W2_CUT = np.array([[1.4, -0.6], [0.3, 2.2], [-1.7, 0.5], [0.8, -1.3], [0.6, 1.9]])
B2_CUT = np.array([0.35, -0.75])
X_CUT = np.array([[0.5, 1.0, 0.2], [1.4, 0.3, 0.9], [0.1, 0.6, 1.7], [2.0, 1.2, 0.4]])
ACTIVITY = np.array([0.6, 0.0, 0.25, 0.3, 1.0])


@q6.check("units above the threshold", each=[("0", 0.0), ("0.25, which one unit has exactly", 0.25)])
def above_the_threshold(student, solution, case):
    answer = expect(student.cut(W1_CUT, B1_CUT, W2_CUT, ACTIVITY, case[1])).parts(3)
    expect(answer).close_to(solution.cut(W1_CUT, B1_CUT, W2_CUT, ACTIVITY, case[1]))


@q6.check("constant units", each=[("the smaller weights", slice(0, 3)), ("the new b2", slice(3, 4))])
def constant_units(student, solution, case):
    given = W1_CUT, B1_CUT, W2_CUT, B2_CUT, X_CUT
    answer = expect(student.cut_constant(*given)).parts(4)
    expect(answer[case[1]]).close_to(solution.cut_constant(*given)[case[1]])


@q6.check("the outputs stay what they were")
def outputs_stay(student):
    W1, b1, W2, b2 = expect(student.cut_constant(W1_CUT, B1_CUT, W2_CUT, B2_CUT, X_CUT)).parts(4)
    before = F.relu(X_CUT @ W1_CUT + B1_CUT)[0] @ W2_CUT + B2_CUT
    after = F.relu(X_CUT @ W1 + b1)[0] @ W2 + b2
    expect(len(b1)).equal(3, because="that is how many units change on these examples")
    expect(after).close_to(before, because="these are the outputs z of the smaller network")


q7 = question("q7", "What it costs, and where the mean is exact", functions=["work"], values=["exact"])
NAMES = ("last_layer", "first_layer", "no_bend", "probabilities", "on_the_output", "always_on", "same_mask")


@q7.check("work", each=[("k = 4", ((5, 7, 4, 3), 4)), ("k = 1", ((6, 2, 9), 1)), ("k = 50", ((5, 7, 4, 3), 50))])
def work_of(student, solution, case):
    expect(student.work(*case[1])).close_to(solution.work(*case[1]))


@q7.check("the set exact", points=2)
def exact_set(student, solution):
    names = student.exact
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"no_bend", "same_mask"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the seven names")
    expect(set(names)).equal(set(solution.exact), because="simulate it: two units and all their masks are enough")
