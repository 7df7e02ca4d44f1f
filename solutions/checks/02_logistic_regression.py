"""Exercise 02, logistic regression and its metrics: what each answer must do, and the mistakes that learners really make."""

import numpy as np

from dlcourse.checks import Wrong, expect, question

# --- q1: sigmoid -------------------------------------------------------------------------------------------------------

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


@q1.check("other logits, small and large", hidden=True, no_overflow=True)
def sigmoid_elsewhere(student, solution, rng):
    z = np.concatenate([rng.normal(0, 3, (4, 3)), rng.choice([-1, 1], (2, 3)) * rng.uniform(300, 1000, (2, 3))])
    expect(student.sigmoid(z)).close_to(solution.sigmoid(z))


@q1.mistake(
    "This is the first formula everywhere. For z far below 0 it raises e to a large positive power. Use e from step 1 on "
    "both sides."
)
def textbook(z):
    return 1 / (1 + np.exp(-z))


@q1.mistake(
    "This is the second formula everywhere. For z far above 0 it divides infinity by infinity. Use e from step 1 on both "
    "sides."
)
def textbook_turned_around(z):
    return np.exp(z) / (np.exp(z) + 1)


@q1.mistake(
    "Both formulas stand in your answer, each on its own side. But `np.where` computes both of its branches for every "
    "entry, e^1000 among them: only an exponent that is never positive is safe."
)
def both_branches_computed(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (np.exp(z) + 1))


@q1.mistake("Your curve falls: at z = 4.5 it is nearly 0. Left and right have changed places.")
def sides_swapped(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e / (1 + e), 1 / (1 + e))


@q1.mistake(
    "Left of 0 the curve rises again, like a mirror image: there the numerator is not 1. Look at the second formula."
)
def mirrored(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@q1.mistake("Left of 0 you return e itself, e^z. At z = 0 the pieces do not meet: a denominator is missing.")
def left_without_denominator(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e)


@q1.mistake(
    "This is the slope of the sigmoid, h (1 - h): it is largest at 0 and falls on both sides. The question asks for h."
)
def slope_for_value(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


@q1.mistake("You made a decision, 0 or 1. The question asks for the probability before the decision.")
def decided(z):
    return (z >= 0).astype(float)


@q1.mistake(
    "Clipping z stops the overflow and changes the answer: outside your limits every logit gets the same probability. "
    "Nothing has to be cut off here."
)
def clipped_at_four(z):
    return 1 / (1 + np.exp(-np.clip(z, -4, 4)))


@q1.alternative
def by_tanh(z):
    return (1 + np.tanh(0.5 * z)) / 2


@q1.alternative
def by_logaddexp(z):
    return np.exp(-np.logaddexp(0, -z))


@q1.alternative
def one_side_at_a_time(z):
    h = np.empty(z.shape)
    low = z < 0
    h[low] = np.exp(z[low]) / (np.exp(z[low]) + 1)
    h[~low] = 1 / (np.exp(-z[~low]) + 1)
    return h


q1.equivalent("sigmoid: z >= 0 -> z > 0", because="at z = 0, e is 1 and both pieces are 1/2")


# --- q2: softmax and log-sum-exp ---------------------------------------------------------------------------------------

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


@q2.check("other rows, small and large", each=BOTH, hidden=True, no_overflow=True)
def rows_elsewhere(student, solution, case, rng):
    (name,) = case
    for rows, classes in ((5, 3), (1, 4), (3, 1)):
        z = rng.normal(0, 2, (rows, classes)) + rng.choice([-900, 0, 900], (rows, 1))
        expect(getattr(student, name)(z)).close_to(getattr(solution, name)(z))


@q2.mistake(
    "You subtract one maximum, that of the whole array. A row far below it becomes e^-2000 = 0 throughout, and its "
    "shares 0/0. Each row needs its own.",
    of="softmax",
)
def softmax_one_maximum(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)


@q2.mistake(
    "Your softmax raises e to the power 1000. Subtract each row's largest logit first: it cancels in the quotient.",
    of="softmax",
)
def softmax_unshifted(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@q2.mistake(
    "All entries of your softmax together sum to 1. Each row should: it is an example of its own.", of="softmax"
)
def softmax_of_the_whole(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@q2.mistake("The columns of your softmax sum to 1. The classes lie along axis 1, so each row should.", of="softmax")
def softmax_of_columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


@q2.mistake(
    "You divide by the largest exponential, so the largest entry of each row is 1. Divide by the row's sum.",
    of="softmax",
)
def softmax_by_the_largest(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


@q2.mistake(
    "These are shares of the logits themselves; they can be negative. The shares are those of the exponentials.",
    of="softmax",
)
def softmax_without_exp(z):
    return z / z.sum(axis=1, keepdims=True)


@q2.mistake(
    "For log-sum-exp you subtract one maximum, that of the whole array. A row far below it becomes e^-2000 = 0 "
    "throughout, and its logarithm minus infinity.",
    of="log_sum_exp",
)
def lse_one_maximum(z):
    return z.max() + np.log(np.exp(z - z.max()).sum(axis=1))


@q2.mistake("Your log-sum-exp raises e to the power 1000. Subtract each row's largest logit first.", of="log_sum_exp")
def lse_unshifted(z):
    return np.log(np.exp(z).sum(axis=1))


@q2.mistake(
    "You subtracted the maximum and did not add it again. In softmax it cancels, in log-sum-exp it does not.",
    of="log_sum_exp",
)
def lse_not_put_back(z):
    return np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1))


@q2.mistake(
    "The logarithm of a sum is not the sum of the logarithms: that would be the sum of the logits.", of="log_sum_exp"
)
def lse_log_inside(z):
    return z.sum(axis=1)


@q2.mistake(
    "This is the largest logit. Log-sum-exp lies above it: the other classes count a little, too.", of="log_sum_exp"
)
def lse_hard_maximum(z):
    return z.max(axis=1)


@q2.mistake("Your log-sum-exp has one number per class. Sum along axis 1, which gives one per row.", of="log_sum_exp")
def lse_of_columns(z):
    return z.max(axis=0) + np.log(np.exp(z - z.max(axis=0)).sum(axis=0))


@q2.mistake(
    "Your log-sum-exp averages the exponentials. It is the logarithm of their sum: yours is log K too low.",
    of="log_sum_exp",
)
def lse_of_the_mean(z):
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).mean(axis=1))


@q2.alternative(of=("softmax", "log_sum_exp"))
def by_pairwise_logaddexp():
    def lse(z):
        return np.logaddexp.reduce(z, axis=1)

    return lambda z: np.exp(z - lse(z).reshape(-1, 1)), lse


@q2.alternative(of=("softmax", "log_sum_exp"))
def row_by_row():
    def shares(row):
        return [1 / np.exp(np.minimum(row - own, 700)).sum() for own in row]

    def lse(row):
        rest = np.sort(row)[:-1]
        return row.max() + np.log1p(np.exp(rest - row.max()).sum())

    return lambda z: np.array([shares(row) for row in z]), lambda z: np.array([lse(row) for row in z])


q2.equivalent(
    "softmax: z.max(axis=1, keepdims=True) -> z.max(axis=-1, keepdims=True)",
    "softmax: e.sum(axis=1, keepdims=True) -> e.sum(axis=-1, keepdims=True)",
    "log_sum_exp: z.max(axis=1) -> z.max(axis=-1)",
    "log_sum_exp: e.sum(axis=1) -> e.sum(axis=-1)",
    because="the arrays of this question have two axes, so the last is axis 1",
)


# --- q3: binary cross-entropy ------------------------------------------------------------------------------------------

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


@q3.check("other logits, small and large", hidden=True, no_overflow=True)
def bce_elsewhere(student, solution, rng):
    z = np.concatenate([rng.normal(0, 2, 7), rng.choice([-1, 1], 4) * rng.uniform(30, 1000, 4)])
    for y in (rng.integers(0, 2, 11) * 1.0, rng.random(11)):
        expect(student.bce_with_logits(z, y)).close_to(solution.bce_with_logits(z, y))
        expect(student.bce_with_logits(z[:7], y[:7])).close_to(solution.bce_with_logits(z[:7], y[:7]))


def held_likely(z):
    return np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))


@q3.mistake(
    "The formula is right, but e is raised to a large positive power on one side of 0. Take the large part out of the "
    "logarithm by hand."
)
def exponent_left_large(z, y):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


@q3.mistake(
    "You go by way of h. At z = 40 the float h is exactly 1, and log(1 - h) is minus infinity: put the sigmoid into the "
    "logarithms on paper first."
)
def by_way_of_h(z, y):
    h = held_likely(z)
    return -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))


@q3.mistake(
    "You keep h away from 0 and 1 by a tiny number. That caps the loss near 16 or 35, where the truth may be 1000, and "
    "hides the worst mistakes."
)
def clipped_at_a_float(z, y):
    h = np.clip(held_likely(z), 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))


@q3.mistake(
    "You keep h away from 0 and 1 by a small number. That caps the loss near 16, where the truth may be 1000, and hides "
    "the worst mistakes."
)
def clipped(z, y):
    h = np.clip(held_likely(z), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))


@q3.mistake("This is the sum over the examples. The loss is their mean, so that it does not grow with the batch.")
def summed(z, y):
    return np.sum(np.logaddexp(0, z) - y * z)


@q3.mistake("You return one loss per entry. The question asks for their mean, one number.")
def not_reduced(z, y):
    return np.logaddexp(0, z) - y * z


@q3.mistake("Only the truths of 1 cost something in your answer. Where y is 0, the term (1 - y) log(1 - h) counts.")
def only_the_ones(z, y):
    return np.mean(y * np.logaddexp(0, -z))


@q3.mistake("Your loss is negative. The logarithm of a probability is below 0, so the surprise is *minus* that.")
def sign_lost(z, y):
    return -np.mean(np.logaddexp(0, z) - y * z)


@q3.mistake("Truth and logit pull the wrong way: a sure right answer costs much. The roles of y and 1 - y are swapped.")
def classes_swapped(z, y):
    return np.mean(np.logaddexp(0, z) - (1 - y) * z)


@q3.mistake(
    "You used max(z, 0) - y z and left out the logarithm. That is right for large |z| only: at z = 0 an answer costs ln 2."
)
def hinge(z, y):
    return np.mean(np.maximum(z, 0) - y * z)


@q3.mistake("Look up what log1p adds by itself: at z = 0 your loss is ln 3, and right is ln 2.")
def one_too_many(z, y):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(1 + np.exp(-np.abs(z))))


@q3.mistake("This is the squared error of h. It never exceeds 1, however sure and wrong the answer is.")
def squared_error(z, y):
    return np.mean((held_likely(z) - y) ** 2)


@q3.mistake("Your logarithm has base 2, which counts in bits. Here all logarithms are natural: np.log.")
def in_bits(z, y):
    return np.mean(np.logaddexp(0, z) - y * z) / np.log(2)


@q3.alternative
def by_two_logaddexps(z, y):
    return np.average(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


@q3.alternative
def entry_by_entry(z, y):
    total = 0.0
    for a, t in zip(z.ravel().tolist(), y.ravel().tolist(), strict=True):
        tail = np.log(1 + np.exp(-abs(a)))
        total += t * (tail + max(-a, 0.0)) + (1 - t) * (tail + max(a, 0.0))
    return total / z.size


# --- q4: a broken cross-entropy ----------------------------------------------------------------------------------------

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


@q4.check("other batches, small and large logits", hidden=True, no_overflow=True)
def ce_elsewhere(student, solution, rng):
    z, c = rng.normal(0, 2, (7, 4)), rng.integers(0, 4, 7)
    expect(student.cross_entropy(z, c)).close_to(solution.cross_entropy(z, c))
    z = z + rng.choice([-800, 0, 800], (7, 1)) + rng.choice([0, 500], (7, 4))
    expect(student.cross_entropy(z, c)).close_to(solution.cross_entropy(z, c))


@q4.mistake(
    "Nothing overflows upwards any more. But far below its maximum an entry of h becomes 0, and its logarithm minus "
    "infinity: subtract logarithms instead of dividing."
)
def logarithm_of_zero(z, c):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.mean(np.log(e[range(len(c)), c] / e.sum(axis=1)))


@q4.mistake(
    "Right but for the logits, from which you subtract one maximum for all rows. A row far below it becomes 0 "
    "throughout: each row needs its own."
)
def one_maximum(z, c):
    below = z - z.max()
    return np.mean(np.log(np.exp(below).sum(axis=1)) - below[range(len(c)), c])


@q4.mistake(
    "Two bugs are gone, the overflow is left. Subtracting each row's maximum is half of it; then do not take the "
    "logarithm of a quotient that may be 0."
)
def still_overflowing(z, c):
    e = np.exp(z)
    return -np.mean(np.log(e[range(len(c)), c] / e.sum(axis=1)))


@q4.mistake(
    "The rows of h are right now. But you average over N times N numbers: every row is asked about every other row's "
    "class. Pick one number per row."
)
def every_row_every_class(z, c):
    e = np.exp(z)
    h = e / e.sum(axis=1, keepdims=True)
    return -np.log(h[:, c]).mean()


@q4.mistake(
    "You pick the right entries now. But the columns of h sum to 1, and the rows should: each example has its own "
    "probabilities."
)
def columns_for_rows(z, c):
    e = np.exp(z)
    h = e / e.sum(axis=0)
    return -np.mean(np.log(h[np.arange(len(c)), c]))


@q4.mistake("Nothing is repaired yet. Begin with all logits 0: which sums of h are 1, those of rows or of columns?")
def as_it_was_given(z, c):
    e = np.exp(z)
    h = e / e.sum(axis=0)
    return -np.log(h[:, c]).mean()


@q4.mistake(
    "A small number inside the logarithm stops the infinity and changes the answer: an answer that is sure and wrong "
    "by 1000 costs 1000."
)
def small_number_added(z, c):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.mean(np.log(e[range(len(c)), c] / e.sum(axis=1) + 1e-12))


@q4.mistake("You add up the examples' surprises. The loss is their mean: ln K must not grow with the batch.")
def summed_over_the_batch(z, c):
    return np.sum(np.logaddexp.reduce(z, axis=1) - z[range(len(c)), c])


@q4.mistake("You divide by the number of all entries, N times K. There are N surprises, one per example.")
def mean_over_all_entries(z, c):
    return np.sum(np.logaddexp.reduce(z, axis=1) - z[range(len(c)), c]) / z.size


@q4.mistake("Your loss is negative. The surprise is *minus* the logarithm of the probability.")
def minus_lost(z, c):
    return np.mean(z[range(len(c)), c] - np.logaddexp.reduce(z, axis=1))


@q4.alternative
def by_logaddexp_reduce(z, c):
    return np.mean(np.logaddexp.reduce(z, axis=1) - np.take_along_axis(z, c[:, None], axis=1)[:, 0])


@q4.alternative
def by_one_hot(z, c):
    truth = np.eye(z.shape[1])[c]
    margins = z - (truth * z).sum(axis=1)[:, None]  # how far each logit lies above the true one's
    top = margins.max(axis=1)
    return float(sum(top + np.log(np.exp(margins - top[:, None]).sum(axis=1))) / len(z))


q4.equivalent(
    "cross_entropy: z.max(axis=1, keepdims=True) -> z.max(axis=-1, keepdims=True)",
    "cross_entropy: np.exp(below).sum(axis=1, keepdims=True) -> np.exp(below).sum(axis=-1, keepdims=True)",
    because="the arrays of this question have two axes, so the last is axis 1",
)
q4.equivalent(
    "cross_entropy: len(c) -> len(z)",
    "cross_entropy: len(c) -> len(below)",
    "cross_entropy: len(c) -> len(log_h)",
    because="there is one true class per row of the logits",
)


# --- q5: four shares ---------------------------------------------------------------------------------------------------

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


@q5.check("other truths, other calls", hidden=True, each=["often 1", "seldom 1", "a class is missing"])
def shares_elsewhere(student, solution, case, rng):
    y_true, y_pred = (rng.random((2, 40)) < (0.8 if case == "often 1" else 0.15)).astype(int)
    if case == "a class is missing":
        y_true = np.full(40, rng.integers(0, 2))
        y_pred = y_pred * rng.integers(0, 2)
    expect(student.scores(y_true, y_pred)).close_to(solution.scores(y_true, y_pred))


def counted(y_true, y_pred):
    pairs = [(1, 1), (0, 1), (1, 0), (0, 0)]  # TP, FP, FN, TN
    return [int(np.sum((y_true == t) & (y_pred == p))) for t, p in pairs]


def part(a, b):
    return a / b if b else 0.0


@q5.mistake(
    "Precision and recall are swapped. Precision divides by those that were *called* 1, recall by those that *are* 1."
)
def precision_for_recall(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return part(tp, tp + fn), part(tp, tp + fp), part(tn, tn + fp), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake(
    "Your specificity is the share of zeros that were called 1 by mistake. It is the other share: those left alone."
)
def false_alarms_for_specificity(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return part(tp, tp + fp), part(tp, tp + fn), part(fp, tn + fp), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake(
    "Your specificity divides by those that were called 0. It is the recall of class 0: divide by those that are 0."
)
def precision_of_zero_for_specificity(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return part(tp, tp + fp), part(tp, tp + fn), part(tn, tn + fn), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake("Your F1 is the plain mean of precision and recall. The harmonic mean stays near the worse of the two.")
def plain_mean(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    p, r = part(tp, tp + fp), part(tp, tp + fn)
    return p, r, part(tn, tn + fp), (p + r) / 2


@q5.mistake("Your F1 lacks its factor 2: with precision and recall both 1 it would be 1/2.")
def factor_lost(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return part(tp, tp + fp), part(tp, tp + fn), part(tn, tn + fp), part(tp, 2 * tp + fp + fn)


@q5.mistake("Your precision is the accuracy: the share of all examples that are right. Look only at those called 1.")
def accuracy_for_precision(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return part(tp + tn, len(y_true)), part(tp, tp + fn), part(tn, tn + fp), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake("You treat class 0 as the one to be found. TP counts the examples that are 1 and are called 1.")
def zero_as_positive(y_true, y_pred):
    tp, fp, fn, tn = counted(1 - y_true, 1 - y_pred)
    return part(tp, tp + fp), part(tp, tp + fn), part(tn, tn + fp), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake("The calls came first in your counting. The truth is the first argument.")
def arguments_swapped(y_true, y_pred):
    tp, fp, fn, tn = counted(y_pred, y_true)
    return part(tp, tp + fp), part(tp, tp + fn), part(tn, tn + fp), part(2 * tp, 2 * tp + fp + fn)


@q5.mistake("With something to count all is right. But 0/0 is nan: when there is nothing to divide by, return 0.")
def nan_of_nothing(y_true, y_pred):
    tp, fp, fn, tn = (np.float64(count) for count in counted(y_true, y_pred))
    return tp / (tp + fp), tp / (tp + fn), tn / (tn + fp), 2 * tp / (2 * tp + fp + fn)


@q5.mistake("Precision and recall are 0 both, and your F1 divides by their sum. Use its form with the counts.")
def f1_of_zeros(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    p, r = np.float64(part(tp, tp + fp)), np.float64(part(tp, tp + fn))
    return p, r, part(tn, tn + fp), 2 * p * r / (p + r)


@q5.mistake("You count a share of nothing as 1. Nobody went wrong there, but nobody was right either: our rule is 0.")
def nothing_is_perfect(y_true, y_pred):
    tp, fp, fn, tn = counted(y_true, y_pred)
    return tuple(
        a / b if b else 1.0 for a, b in ((tp, tp + fp), (tp, tp + fn), (tn, tn + fp), (2 * tp, 2 * tp + fp + fn))
    )


@q5.alternative
def by_conditional_means(y_true, y_pred):
    def mean(values):
        return float(values.mean()) if values.size else 0.0

    p, r = mean(y_true[y_pred == 1]), mean(y_pred[y_true == 1])
    return p, r, mean(1 - y_pred[y_true == 0]), 2 / (1 / p + 1 / r) if p and r else 0


@q5.alternative
def by_bincount(y_true, y_pred):
    table = np.bincount(2 * y_true + y_pred, minlength=4).reshape(2, 2)
    called, there = table.sum(axis=0), table.sum(axis=1)
    top = np.array([table[1, 1], table[1, 1], table[0, 0], 2 * table[1, 1]])
    bottom = np.array([called[1], there[1], there[0], called[1] + there[1]])
    return list(top / np.maximum(bottom, 1))


q5.equivalent(
    "scores: y_true == 1 -> y_true >= 1",
    "scores: y_pred == 1 -> y_pred >= 1",
    because="labels are 0 or 1",
)


# --- q6: ROC -----------------------------------------------------------------------------------------------------------

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


@q6.check("other scores, and the area below their curves", points=2, hidden=True, each=["no ties", "many ties"])
def roc_elsewhere(student, solution, case, rng):
    y = rng.permutation(np.repeat([0, 1], [8, 5]))
    score = rng.normal(size=13) + 0.8 * y
    if case == "many ties":
        score = np.round(score)
    fpr, tpr = solution.roc_points(y, score)
    expect(student.roc_points(y, score)).close_to((fpr, tpr))
    expect(student.area(fpr, tpr)).close_to(solution.area(fpr, tpr))


def counted_rates(y_true, score, stops):
    calls = np.array([score >= t for t in stops]).reshape(len(stops), -1)
    return calls @ (1 - y_true) / np.sum(1 - y_true), calls @ y_true / np.sum(y_true)


@q6.mistake(
    "You make a point per example. Equal scores must pass together, or the order of the examples decides where the "
    "curve runs: one point per *different* score.",
    of="roc_points",
)
def example_by_example(y_true, score):
    y = y_true[np.argsort(-score, kind="stable")]
    return np.append(0, np.cumsum(1 - y) / np.sum(1 - y)), np.append(0, np.cumsum(y) / np.sum(y))


@q6.mistake("Your curve does not begin at (0, 0), where nobody is called. Put that point in front.", of="roc_points")
def without_the_start(y_true, score):
    return counted_rates(y_true, score, np.unique(score)[::-1])


@q6.mistake(
    "Your curve runs backwards, from (1, 1) down. The threshold falls: start with the largest score.", of="roc_points"
)
def threshold_rises(y_true, score):
    fpr, tpr = counted_rates(y_true, score, np.unique(score))
    return np.append(fpr, 0), np.append(tpr, 0)


@q6.mistake(
    "You call those whose score lies *above* the threshold. The one at the threshold is called as well: at least, >=.",
    of="roc_points",
)
def strictly_above(y_true, score):
    stops = np.unique(score)[::-1]
    fpr, tpr = (np.append(0, [np.mean(score[y_true == k] > t) for t in stops]) for k in (0, 1))
    return fpr, tpr


@q6.mistake(
    "The two rates are swapped: fpr is about the zeros and comes first, tpr is about the ones.", of="roc_points"
)
def rates_swapped(y_true, score):
    fpr, tpr = counted_rates(y_true, score, np.append(np.inf, np.unique(score)[::-1]))
    return tpr, fpr


@q6.mistake(
    "You divide by the number of all examples, so the curve does not reach (1, 1). Each rate is a share of its own class.",
    of="roc_points",
)
def shares_of_all(y_true, score):
    fpr, tpr = counted_rates(y_true, score, np.append(np.inf, np.unique(score)[::-1]))
    return fpr * np.mean(y_true == 0), tpr * np.mean(y_true)


@q6.mistake(
    "These are counts. Divide the false positives by the number of zeros, the true positives by that of ones.",
    of="roc_points",
)
def counts_for_rates(y_true, score):
    fpr, tpr = counted_rates(y_true, score, np.append(np.inf, np.unique(score)[::-1]))
    return fpr * np.sum(y_true == 0), tpr * np.sum(y_true == 1)


@q6.mistake(
    "You use a fixed grid of thresholds from 0 to 1. Scores may be any numbers, and the curve turns only at the scores "
    "there are: use those.",
    of="roc_points",
)
def fixed_grid(y_true, score):
    return counted_rates(y_true, score, np.linspace(1, 0, 11))


@q6.mistake(
    "You left out the points between which the curve runs straight. The curve is the same, but this question keeps "
    "every stop (drop_intermediate=False).",
    of="roc_points",
)
def straight_points_dropped(y_true, score):
    fpr, tpr = counted_rates(y_true, score, np.append(np.inf, np.unique(score)[::-1]))
    turns = np.abs(np.diff(fpr)[1:] * np.diff(tpr)[:-1] - np.diff(fpr)[:-1] * np.diff(tpr)[1:]) > 1e-12
    kept = np.concatenate([[True], turns, [True]])
    return fpr[kept], tpr[kept]


@q6.mistake(
    "Your pieces are rectangles with the right-hand height: the area is too large. Take the mean of both.", of="area"
)
def area_right_heights(fpr, tpr):
    return np.sum(np.diff(fpr) * tpr[1:])


@q6.mistake(
    "Your pieces are rectangles with the left-hand height: the area is too small. Take the mean of both.", of="area"
)
def area_left_heights(fpr, tpr):
    return np.sum(np.diff(fpr) * tpr[:-1])


@q6.mistake(
    "You averaged the heights. The points do not lie evenly: each height counts by the width of its piece.", of="area"
)
def area_mean_height(fpr, tpr):
    return np.mean(tpr)


@q6.mistake("You added the two heights of each piece without halving the sum.", of="area")
def area_doubled(fpr, tpr):
    return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]))


@q6.mistake(
    "This is the area beside the curve, with widths and heights exchanged. fpr runs along the axis below.", of="area"
)
def area_of_the_other_side(fpr, tpr):
    return np.sum(np.diff(tpr) * (fpr[1:] + fpr[:-1]) / 2)


@q6.alternative(of=("roc_points", "area"))
def sorted_and_cumulated():
    def points(y_true, score):
        order = np.argsort(score, kind="stable")[::-1]
        y, s = y_true[order], score[order]
        last = np.append(s[1:] != s[:-1], True)
        tp, fp = np.cumsum(y)[last], np.cumsum(1 - y)[last]
        return np.concatenate([[0], fp / fp[-1]]), np.concatenate([[0], tp / tp[-1]])

    def under(fpr, tpr):
        return float(np.trapezoid(tpr, fpr))

    return points, under


@q6.alternative(of=("roc_points", "area"))
def stop_by_stop():
    def points(y_true, score):
        fpr, tpr = [0.0], [0.0]
        zeros, ones = score[y_true == 0], score[y_true == 1]
        for stop in sorted(set(score.tolist()), reverse=True):
            fpr.append(sum(zeros >= stop) / len(zeros))
            tpr.append(sum(ones >= stop) / len(ones))
        return np.array(fpr), np.array(tpr)

    def under(fpr, tpr):
        return fpr[-1] * tpr[-1] - sum(
            (fpr[i] + fpr[i - 1]) / 2 * (tpr[i] - tpr[i - 1]) for i in range(1, len(fpr))
        )  # the whole box less what lies above

    return points, under


q6.equivalent(
    "roc_points: y_true == 0 -> y_true <= 0",
    "roc_points: y_true == 1 -> y_true >= 1",
    because="labels are 0 or 1",
)
q6.equivalent(
    "roc_points: called[:, y_true == 0].mean(axis=1) -> called[:, y_true == 0].mean(axis=-1)",
    "roc_points: called[:, y_true == 1].mean(axis=1) -> called[:, y_true == 1].mean(axis=-1)",
    because="`called` has two axes, so the last is axis 1",
)


# --- q7: from the clinic to a screening --------------------------------------------------------------------------------

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


@q7.check("other classifiers, other people", hidden=True)
def precision_anywhere(student, solution, rng):
    for recall, specificity, share in rng.uniform(0.05, 0.95, (6, 3)).tolist():
        expect(student.precision_among(recall, specificity, share)).close_to(
            solution.precision_among(recall, specificity, share)
        )
    expect(student.precision_among(0.0, 1.0, 0.2)).close_to(solution.precision_among(0.0, 1.0, 0.2))


@q7.mistake(
    "These two are right, and one is missing. It is made of nothing but these two, taken at every threshold.",
    of="unchanged",
)
def only_the_two_rates():
    return {"recall", "specificity"}


@q7.mistake(
    "One does not belong. Accuracy counts both classes together, so the larger one outvotes the smaller.",
    of="unchanged",
)
def accuracy_as_well():
    return {"accuracy", "recall", "specificity", "auc"}


@q7.mistake(
    "F1 contains precision, and precision counts false alarms, of which there are 20 times as many now.", of="unchanged"
)
def f1_as_well():
    return {"recall", "specificity", "f1", "auc"}


@q7.mistake(
    "Precision and recall are often named in one breath, but only one of them looks at one class alone.", of="unchanged"
)
def precision_and_recall():
    return {"precision", "recall"}


@q7.mistake(
    "You say that nothing changes because the classifier is the same. But some of the six depend on the people as well.",
    of="unchanged",
)
def nothing_changes():
    return set(SIX)


@q7.mistake(
    "The share of the ill does not enter your answer, so it is right only where half of the people are ill.",
    of="precision_among",
)
def half_are_ill(recall, specificity, share):
    return recall / (recall + 1 - specificity) if recall else 0.0


@q7.mistake(
    "This is the recall: of the ill, the share that is called. Asked is the opposite: of the called, the share that is ill.",
    of="precision_among",
)
def recall_for_precision(recall, specificity, share):
    return recall


@q7.mistake(
    "Your mistakes are the healthy who are left alone. Those called by mistake are the rest: 1 - specificity.",
    of="precision_among",
)
def alarms_by_specificity(recall, specificity, share):
    found = recall * share
    return found / (found + specificity * (1 - share)) if found else 0.0


@q7.mistake(
    "You take the false alarms as a share of all people. Only the healthy can be called by mistake, and they are "
    "1 - share of the people.",
    of="precision_among",
)
def alarms_among_all(recall, specificity, share):
    found = recall * share
    return found / (found + 1 - specificity) if found else 0.0


@q7.mistake(
    "This is the share of all people who are ill and called. Divide it by the share who are called.",
    of="precision_among",
)
def found_among_all(recall, specificity, share):
    return recall * share


@q7.mistake("If nobody is called you divide 0 by 0. Return 0 there.", of="precision_among")
def nobody_called_is_an_error(recall, specificity, share):
    found, alarms = recall * share, (1 - specificity) * (1 - share)
    return found / (found + alarms)


@q7.mistake(
    "You take everyone who is called to be found out rightly or wrongly in equal parts of the two classes: the ill and "
    "the healthy have changed their shares.",
    of="precision_among",
)
def shares_swapped(recall, specificity, share):
    found = recall * (1 - share)
    return found / (found + (1 - specificity) * share) if found else 0.0


@q7.alternative(of="unchanged")
def as_a_tuple():
    return ("auc", "specificity", "recall")


@q7.alternative(of="precision_among")
def by_odds(recall, specificity, share):
    if recall == 0 or share == 0:
        return 0
    return 1 / (1 + (1 - specificity) / recall * (1 / share - 1))


@q7.alternative(of="precision_among")
def by_a_million_people(recall, specificity, share):
    ill = 1e6 * share
    called = ill * recall + (1e6 - ill) * (1 - specificity)
    return 1 - (1e6 - ill) * (1 - specificity) / called if called else 0.0
