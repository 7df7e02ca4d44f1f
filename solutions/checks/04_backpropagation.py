"""Exercise 04, backpropagation: what each answer must do, and the mistakes that learners really make."""

from itertools import pairwise

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question
from dlcourse.layers import Linear, Sequential, Tanh
from dlcourse.losses import CrossEntropyLoss

#: Four examples, three inputs, two units: no two lengths are equal, so a wrong transpose shows.
X = np.array([[1.5, -0.5, 2.0], [0.3, 1.2, -1.0], [-2.0, 0.7, 0.4], [0.8, -1.1, -0.6]])
W = np.array([[0.4, -1.3], [0.9, 0.2], [-0.7, 1.6]])
B = np.array([0.25, -0.75])
DELTA = np.array([[0.5, -1.0], [2.0, 0.3], [-0.4, 1.5], [0.6, -0.2]])

# --- q1: a dense layer -------------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "A dense layer, completed",
    functions=["linear", "linear_backward"],
    forbid=["dlcourse.functional.linear", "dlcourse.functional.linear_backward"],
)


def back_through_linear(who, x, w, b, delta, *need_dx):
    """What linear_backward answers, from the cache that its own linear left."""
    _, cache = expect(who.linear(x, w, b)).parts(2)
    return expect(who.linear_backward(delta, cache, *need_dx)).parts(3)


@q1.check("the weighted sums s")
def linear_values(student, solution):
    s, _ = expect(student.linear(X, W, B)).parts(2)
    expect(s).close_to(solution.linear(X, W, B)[0])


@q1.check("the gradients", points=1.5, each=[("dx", 0), ("dW", 1), ("db", 2)])
def linear_gradients(student, solution, case):
    _, part = case
    got = back_through_linear(student, X, W, B, DELTA)
    expect(got[part]).close_to(back_through_linear(solution, X, W, B, DELTA)[part])


@q1.check("no dx where nobody needs it", points=0.5)
def linear_first_layer(student, solution):
    got = back_through_linear(student, X, W, B, DELTA, False)
    expect(got).close_to(back_through_linear(solution, X, W, B, DELTA, False))


@q1.check("other layers, a batch of one among them", hidden=True, each=[1, 5])
def linear_elsewhere(student, solution, case, rng):
    x, w, b, delta = (rng.normal(size=shape) for shape in ((case, 2), (2, 4), 4, (case, 4)))
    s, _ = expect(student.linear(x, w, b)).parts(2)
    expect(s).close_to(solution.linear(x, w, b)[0])
    expect(back_through_linear(student, x, w, b, delta)).close_to(back_through_linear(solution, x, w, b, delta))


@q1.mistake("The bias is missing: every unit adds its own b to its weighted sum.", of="linear")
def bias_forgotten(x, W, b):
    return x @ W, (x, W)


@q1.mistake("The bias is subtracted. A threshold would be; a bias is added.", of="linear")
def bias_as_threshold(x, W, b):
    return x @ W - b, (x, W)


@q1.mistake(
    "Your db is the mean over the examples. The loss has divided by N already, inside delta: what remains is a sum.",
    of="linear_backward",
)
def db_by_mean(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(x.T, delta), np.mean(delta, axis=0)


@q1.mistake(
    "Your db still has a row for each example. One bias serves the whole batch, so its gradient is the sum of the rows.",
    of="linear_backward",
)
def db_not_summed(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(x.T, delta), delta


@q1.mistake(
    "Your db has one number per example. It should have one per unit: add along the examples, which are axis 0.",
    of="linear_backward",
)
def db_along_the_units(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(x.T, delta), np.sum(delta, axis=1)


@q1.mistake(
    "Your db is a single number: `sum()` without an axis adds up everything. Each unit has a bias of its own.",
    of="linear_backward",
)
def db_one_for_all(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(x.T, delta), np.sum(delta)


@q1.mistake(
    "Your dW is divided by the number of examples. The loss has done that already, inside delta.", of="linear_backward"
)
def dW_by_mean(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(x.T, delta) / len(x), np.sum(delta, axis=0)


@q1.mistake("Your dW is turned: a gradient has the shape of what it belongs to, here (D, M).", of="linear_backward")
def dW_turned(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) if need_dx else None, np.dot(delta.T, x), np.sum(delta, axis=0)


@q1.mistake(
    "Your dx is multiplied by x. The slope of s with respect to x is W alone; x is the slope with respect to W.",
    of="linear_backward",
)
def dx_times_x(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T) * x if need_dx else None, np.dot(x.T, delta), np.sum(delta, axis=0)


@q1.mistake("Your dx comes although need_dx is False: then None belongs in its place.", of="linear_backward")
def dx_always(delta, cache, need_dx=True):
    x, w = cache
    return np.dot(delta, w.T), np.dot(x.T, delta), np.sum(delta, axis=0)


@q1.alternative(of=("linear", "linear_backward"))
def dense_by_einsum():
    def forward(x, W, b):
        return np.einsum("nd,dm->nm", x, W) + b, {"x": x, "W": W}

    def back(delta, cache, need_dx=True):
        dx = np.einsum("nm,dm->nd", delta, cache["W"]) if need_dx else None
        return dx, np.einsum("nd,nm->dm", cache["x"], delta), np.einsum("nm->m", delta)

    return forward, back


@q1.alternative(of="linear_backward")
def dense_by_bias_as_weight(delta, cache, need_dx=True):
    x, w = cache
    longer = np.column_stack([x, np.ones(len(x))])  # a bias is the weight of an input that is always 1
    both = longer.T.dot(delta)
    return (w.dot(delta.T).T if need_dx else None), both[:-1], both[-1]


# --- q2: two slopes ----------------------------------------------------------------------------------------------------

q2 = question(
    "q2",
    "Two slopes",
    functions=["tanh_backward", "softmax_jacobian"],
    forbid=["dlcourse.functional.tanh_backward", "dlcourse.functional.softmax_backward"],
)
OUTPUT = np.array([[0.9, -0.3, 0.5], [-0.8, 0.2, 0.65]])
DX = np.array([[2.0, -1.0, 0.7], [1.5, 3.0, -0.4]])
LOGITS = np.array([2.0, -0.5, 0.3, 1.1])


@q2.check("the way back through tanh")
def tanh_slopes(student, solution):
    expect(student.tanh_backward(DX, (OUTPUT,))).close_to(solution.tanh_backward(DX, (OUTPUT,)))


@q2.check("the Jacobian of softmax")
def jacobian_values(student, solution):
    expect(student.softmax_jacobian(LOGITS)).close_to(solution.softmax_jacobian(LOGITS))


@q2.check("no overflow at s = 1000", no_overflow=True)
def jacobian_large(student, solution):
    s = np.array([1000.0, 998.5, -1000.0])
    expect(student.softmax_jacobian(s)).close_to(solution.softmax_jacobian(s))


@q2.check("other sums, two classes and more", hidden=True, no_overflow=True, each=[2, 5])
def slopes_elsewhere(student, solution, case, rng):
    s, dx = rng.normal(0, 2, case), rng.normal(size=(3, case))
    x = np.tanh(rng.normal(size=(3, case)))
    expect(student.softmax_jacobian(s)).close_to(solution.softmax_jacobian(s))
    expect(student.softmax_jacobian(400 * s)).close_to(solution.softmax_jacobian(400 * s))
    expect(student.tanh_backward(dx, (x,))).close_to(solution.tanh_backward(dx, (x,)))


@q2.mistake(
    "This is 1 - x, as some notes print it. At an output of -0.8 it gives a slope of 1.8, yet tanh is never steeper than "
    "1: something must be squared.",
    of="tanh_backward",
)
def tanh_unsquared(dx, cache):
    return dx * (1 - cache[0])


@q2.mistake("You apply tanh once more: the cache holds its output already.", of="tanh_backward")
def tanh_twice(dx, cache):
    return dx * (1 - np.tanh(cache[0]) ** 2)


@q2.mistake("This is x (1 - x), the slope of the sigmoid. tanh has another.", of="tanh_backward")
def tanh_as_sigmoid(dx, cache):
    return dx * cache[0] * (1 - cache[0])


@q2.mistake(
    "This is the local slope itself. Backward must pass on the gradient that arrived: dx has to come in.",
    of="tanh_backward",
)
def tanh_without_dx(dx, cache):
    return 1 - np.square(cache[0])


@q2.mistake("You multiply by the output. The chain rule wants the slope of tanh there, 1 - x^2.", of="tanh_backward")
def tanh_value_for_slope(dx, cache):
    return dx * cache[0]


@q2.mistake(
    "Off the diagonal stand zeros. That would be right for an activation that looks at its own sum alone; raise one sum of "
    "a softmax, and *all* probabilities move.",
    of="softmax_jacobian",
)
def jacobian_diagonal_only(s):
    p, _ = F.softmax(s)
    return np.diag(p * (1 - p))


@q2.mistake(
    "This is a vector, the diagonal of the Jacobian. The whole matrix is asked for: every output with every sum.",
    of="softmax_jacobian",
)
def jacobian_as_vector(s):
    p, _ = F.softmax(s)
    return p * (1 - p)


@q2.mistake(
    "Off the diagonal the sign is wrong: raise one sum, and the *other* probabilities fall.", of="softmax_jacobian"
)
def jacobian_plus(s):
    p, _ = F.softmax(s)
    return np.where(np.eye(len(p)) > 0, p * (1 - p), np.outer(p, p))


@q2.mistake(
    "All signs are turned round: on the diagonal a Jacobian of softmax is positive, since raising a sum raises its own "
    "probability.",
    of="softmax_jacobian",
)
def jacobian_negative(s):
    p, _ = F.softmax(s)
    return np.outer(p, p) - np.diag(p)


@q2.mistake("On the diagonal a term is missing: for k = j the formula says h_k (1 - h_k).", of="softmax_jacobian")
def jacobian_without_diagonal(s):
    p, _ = F.softmax(s)
    return -np.outer(p, p)


@q2.mistake(
    "A factor h_k is missing in every row. This is the Jacobian of log h; that of h itself has the factor in front.",
    of="softmax_jacobian",
)
def jacobian_of_the_log(s):
    p, _ = F.softmax(s)
    return np.eye(len(p)) - p


@q2.mistake(
    "In each row the factor in front must be that row's own h_k. Yours changes along the row: h has to stand as a column, "
    "h[:, np.newaxis].",
    of="softmax_jacobian",
)
def jacobian_factor_along_the_row(s):
    p, _ = F.softmax(s)
    return p * (np.eye(len(p)) - p)


@q2.mistake(
    "The numbers are right, but e^1000 is infinite. Subtract the largest sum first, or take F.softmax, which does.",
    of="softmax_jacobian",
)
def jacobian_overflows(s):
    e = np.exp(s)
    p = e / np.sum(e)
    return np.diag(p) - np.outer(p, p)


@q2.alternative(of="tanh_backward")
def tanh_by_factors(dx, cache):
    return dx * (1 + cache[0]) * (1 - cache[0])


@q2.alternative(of="softmax_jacobian")
def jacobian_by_loops(s):
    e = np.exp(s - np.max(s))
    p = (e / np.sum(e)).tolist()
    return np.array([[p[k] * ((k == j) - p[j]) for j in range(len(p))] for k in range(len(p))])


@q2.alternative(of="softmax_jacobian")
def jacobian_by_rows(s):
    p = F.softmax(s)[0]
    return p[:, None] * (np.eye(p.size) - p[None, :])


# --- q3: three output deltas -------------------------------------------------------------------------------------------

q3 = question(
    "q3",
    "Three output deltas",
    functions=["squared_error_delta", "binary_delta", "softmax_cross_entropy_backward"],
    forbid=[
        "dlcourse.functional.tanh_backward",
        "dlcourse.functional.half_squared_error_backward",
        "dlcourse.functional.binary_cross_entropy_with_logits_backward",
        "dlcourse.functional.cross_entropy_backward",
    ],
)
#: Four examples, three outputs: N, 2N and the number of entries all differ.
S_TANH = np.array([[0.6, -1.1, 0.35], [0.25, 0.9, -0.7], [-0.4, 1.7, 1.2], [0.15, -0.55, 0.8]])
Y_TANH = np.array([[0.8, 0.3, -0.6], [-0.5, 0.1, 0.45], [0.4, -0.9, 0.2], [-0.3, 0.7, 0.95]])
S_BINARY = np.array([[-2.0], [0.4], [1.3], [-0.7], [2.2]])
Y_BINARY = np.array([[1.0], [0.0], [1.0], [0.0], [0.0]])
H_CLASSES = np.array([[0.6, 0.3, 0.1], [0.25, 0.35, 0.4], [0.1, 0.2, 0.7], [0.5, 0.15, 0.35]])
Y_CLASSES = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
DELTAS = [("squared error", "squared_error_delta"), ("binary", "binary_delta")]
GIVEN = {"squared_error_delta": (S_TANH, Y_TANH), "binary_delta": (S_BINARY, Y_BINARY)}


@q3.check("tanh with squared error, sigmoid with binary cross-entropy", points=2, each=DELTAS)
def deltas_from_sums(student, solution, case):
    _, name = case
    expect(getattr(student, name)(*GIVEN[name])).close_to(getattr(solution, name)(*GIVEN[name]))


@q3.check("softmax with cross-entropy")
def deltas_of_classes(student, solution):
    cache = (H_CLASSES, Y_CLASSES)
    expect(student.softmax_cross_entropy_backward(cache)).close_to(solution.softmax_cross_entropy_backward(cache))


@q3.check("no overflow at s = -1000 and s = 1000", each=DELTAS, no_overflow=True)
def deltas_large(student, solution, case):
    _, name = case
    s, y = np.array([[-1000.0], [1000.0], [-800.0]]), np.array([[1.0], [0.5], [0.25]])
    expect(getattr(student, name)(s, y)).close_to(getattr(solution, name)(s, y))


@q3.check("other batches, a batch of one among them", hidden=True, no_overflow=True, each=[1, 6])
def deltas_elsewhere(student, solution, case, rng):
    s, y = rng.normal(0, 1.5, (case, 3)), rng.normal(size=(case, 3))
    expect(student.squared_error_delta(s, y)).close_to(solution.squared_error_delta(s, y))
    s, y = rng.normal(0, 3, (case, 1)), rng.integers(0, 2, (case, 1)) * 1.0
    expect(student.binary_delta(s, y)).close_to(solution.binary_delta(s, y))
    cache = F.softmax(rng.normal(size=(case, 4)))[0], F.one_hot(rng.integers(0, 4, case), 4)
    expect(student.softmax_cross_entropy_backward(cache)).close_to(solution.softmax_cross_entropy_backward(cache))


@q3.mistake(
    "The slope of tanh is missing. It cancels for the two cross-entropies; with squared error it stays.",
    of="squared_error_delta",
)
def squared_without_slope(s, y):
    return (np.tanh(s) - y) / len(y)


@q3.mistake("The factor 1/N is missing: J is a mean over the examples.", of="squared_error_delta")
def squared_not_divided(s, y):
    out = np.tanh(s)
    return (1 - out**2) * (out - y)


@q3.mistake(
    "You divide by the number of *entries*. J divides by the number of examples, N; over the outputs it sums.",
    of="squared_error_delta",
)
def squared_by_entries(s, y):
    out = np.tanh(s)
    return (1 - out**2) * (out - y) / s.size


@q3.mistake("A factor 2 too many: the half in J cancels the 2 of the derivative.", of="squared_error_delta")
def squared_doubled(s, y):
    out = np.tanh(s)
    return 2 * (1 - out**2) * (out - y) / len(y)


@q3.mistake(
    "Half of what it should be: the derivative of the square brings a 2 that cancels the half in J.",
    of="squared_error_delta",
)
def squared_halved(s, y):
    out = np.tanh(s)
    return (1 - out**2) * (out - y) / (2 * len(y))


@q3.mistake(
    "The sign is turned round. That is the direction in which to move; the gradient points the other way: h - y.",
    of="squared_error_delta",
)
def squared_turned(s, y):
    out = np.tanh(s)
    return (1 - out**2) * (y - out) / len(y)


@q3.mistake("Your slope is 1 - s^2. It is written with the output: 1 - h^2, h = tanh(s).", of="squared_error_delta")
def squared_slope_of_s(s, y):
    return (1 - s**2) * (np.tanh(s) - y) / len(y)


@q3.mistake("You compare the sum s with the target. First comes the output, tanh(s).", of="squared_error_delta")
def squared_linear_output(s, y):
    return (1 - np.tanh(s) ** 2) * (s - y) / len(y)


@q3.mistake(
    "You kept the slope h (1 - h). Divide it out: the derivative of binary cross-entropy has h (1 - h) below the line.",
    of="binary_delta",
)
def binary_with_slope(s, y):
    out, _ = F.sigmoid(s)
    return out * (1 - out) * (out - y) / len(y)


@q3.mistake("The factor 1/N is missing: J is a mean over the examples.", of="binary_delta")
def binary_not_divided(s, y):
    return F.sigmoid(s)[0] - y


@q3.mistake("You compare the sum s with the target. First comes the output, sigmoid(s).", of="binary_delta")
def binary_linear_output(s, y):
    return (s - y) / len(y)


@q3.mistake("The sign is turned round: the gradient is h - y.", of="binary_delta")
def binary_turned(s, y):
    return (y - F.sigmoid(s)[0]) / len(y)


@q3.mistake(
    "The formula is right, but 1 / (1 + e^-s) raises e to 1000. F.sigmoid gives the same and never does.",
    of="binary_delta",
)
def binary_overflows(s, y):
    return (1 / (1 + np.exp(-s)) - y) / len(y)


@q3.mistake(
    "This is the derivative of J with respect to h. Its product with the Jacobian of softmax is the delta, and it is "
    "shorter.",
    of="softmax_cross_entropy_backward",
)
def classes_before_the_jacobian(cache):
    p, y = cache
    return -y / p / len(p)


@q3.mistake(
    "You used h (1 - h) as if it were the whole slope of softmax. It is the diagonal of the Jacobian; with the rest, all "
    "classes are corrected and not the right one alone.",
    of="softmax_cross_entropy_backward",
)
def classes_by_the_diagonal(cache):
    p, y = cache
    return -y * (1 - p) / len(p)


@q3.mistake(
    "The factor 1/N is missing: J is a mean over the examples.",
    of="softmax_cross_entropy_backward",
)
def classes_not_divided(cache):
    return cache[0] - cache[1]


@q3.mistake(
    "You divide by the number of *entries*. J divides by the number of examples, N; over the classes it sums.",
    of="softmax_cross_entropy_backward",
)
def classes_by_entries(cache):
    p, y = cache
    return (p - y) / p.size


@q3.mistake("The sign is turned round: the gradient is h - y.", of="softmax_cross_entropy_backward")
def classes_turned(cache):
    p, y = cache
    return (y - p) / len(p)


@q3.alternative(of=("squared_error_delta", "binary_delta"))
def deltas_by_other_formulas():
    def squared(s, y):
        e = np.exp(-2 * np.abs(s))
        out = np.sign(s) * (1 - e) / (1 + e)
        return 4 * e / (1 + e) ** 2 * (out - y) / s.shape[0]

    def binary(s, y):
        return (0.5 + 0.5 * np.tanh(0.5 * s) - y) / s.shape[0]

    return squared, binary


@q3.alternative(of="softmax_cross_entropy_backward")
def classes_by_the_whole_jacobian(cache):
    p, y = cache
    rows = [(np.diag(a) - np.outer(a, a)) @ (-b / a) for a, b in zip(p, y, strict=True)]
    return np.array(rows) / p.shape[0]


q3.equivalent(
    "squared_error_delta: len(s) -> len(y)",
    "squared_error_delta: len(s) -> len(h)",
    "binary_delta: len(s) -> len(y)",
    "binary_delta: len(s) -> len(h)",
    "softmax_cross_entropy_backward: len(h) -> len(y)",
    because="Sums, outputs and targets have one row per example each: all have the length N.",
)


# --- q4: all gradients -------------------------------------------------------------------------------------------------

q4 = question(
    "q4",
    "All gradients of a 2-5-2 network",
    functions=["gradients"],
    values=["silent_units"],
    forbid=[
        "dlcourse.functional.linear_backward",
        "dlcourse.functional.tanh_backward",
        "dlcourse.functional.softmax_backward",
        "dlcourse.functional.cross_entropy_backward",
        "dlcourse.Tensor.backward",
        "dlcourse.numerical_gradient",
    ],
)
X_NET = np.array([[1.2, -0.7], [0.4, 1.5], [-1.3, 0.6], [0.9, 0.2]])
Y_NET = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
W1_NET = np.array([[0.7, -0.4, 0.3, -0.9, 0.5], [-0.2, 0.8, 1.1, -0.6, 0.4]])
B1_NET = np.array([0.1, -0.2, 0.35, 0.25, -0.15])
W2_NET = np.array([[0.8, -0.3], [-0.6, 0.45], [0.7, -0.2], [0.4, 0.55], [-0.25, 0.9]])
B2_NET = np.array([0.15, -0.05])
NET = (W1_NET, B1_NET, W2_NET, B2_NET)
PARTS = [("dW1", 0), ("db1", 1), ("dW2", 2), ("db2", 3)]
W2_SILENT = np.array(
    [[0.5, 0.5, 0.5], [0.4, -0.4, 0.0], [0.0, 0.0, 0.0], [0.7, 0.0, 0.7], [-1.0, -1.0, -1.0], [0.2, 0.4, 0.6]]
)


@q4.check("one example", each=PARTS)
def gradients_of_one(student, solution, case):
    _, part = case
    got = expect(student.gradients(X_NET[:1], Y_NET[:1], *NET)).parts(4)
    expect(got[part]).close_to(solution.gradients(X_NET[:1], Y_NET[:1], *NET)[part])


@q4.check("a batch of four", points=2, each=PARTS)
def gradients_of_a_batch(student, solution, case):
    _, part = case
    got = expect(student.gradients(X_NET, Y_NET, *NET)).parts(4)
    expect(got[part]).close_to(solution.gradients(X_NET, Y_NET, *NET)[part])


@q4.check("the set silent_units")
def silent_set(student):
    units = student.silent_units
    if not isinstance(units, set | list | tuple) or not all(type(unit) is int for unit in units):
        raise Wrong("write a set of whole numbers: {1, 5}")
    if strange := sorted(set(units) - set(range(6))):
        raise Wrong(f"there is no unit {strange[0]}: the six are counted from 0")
    x1 = np.tanh(np.random.default_rng(0).normal(size=(50, 6)))
    _, keep = F.cross_entropy(x1 @ W2_SILENT, np.arange(50) % 3)
    arriving, _, _ = F.linear_backward(F.cross_entropy_backward(keep), (x1, W2_SILENT))
    largest = np.abs(arriving).max(axis=0)
    if loud := [unit for unit in sorted(units) if largest[unit] > 1e-12]:
        raise Wrong(
            f"unit {loud[0]} does get a delta: on 50 random examples up to {largest[loud[0]]:.2g} arrives there"
        )
    if missed := [unit for unit in range(6) if unit not in units and largest[unit] <= 1e-12]:
        raise Wrong(f"what stands there is right, but {len(missed)} more belong to it")


@q4.check("other widths", hidden=True, each=[(1, 3, 4, 5), (6, 4, 3, 2), (5, 2, 6, 3)])
def gradients_elsewhere(student, solution, case, rng):
    n, d, hidden, k = case
    x, y = rng.normal(size=(n, d)), F.one_hot(rng.integers(0, k, n), k)
    net = tuple(rng.normal(size=shape) for shape in ((d, hidden), hidden, (hidden, k), k))
    expect(student.gradients(x, y, *net)).close_to(solution.gradients(x, y, *net))


def passes(x, y, W1, b1, W2, b2):
    """What the mistakes below share: a right forward pass."""
    a = np.tanh(np.dot(x, W1) + b1)
    p, _ = F.softmax(np.dot(a, W2) + b2)
    return a, p


def collected(x, a, d1, d2):
    """Gradients from deltas."""
    return np.dot(x.T, d1), np.sum(d1, axis=0), np.dot(a.T, d2), np.sum(d2, axis=0)


@q4.mistake(
    "The slope of tanh is missing on the way to the hidden layer. What arrives through the weights is dJ/dx_1; delta_1 is "
    "dJ/ds_1.",
    of="gradients",
)
def hidden_slope_forgotten(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    return collected(x, a, np.dot(d2, W2.T), d2)


@q4.mistake(
    "Your slope of tanh is 1 - s^2. It is written with the output: 1 - x_1^2.",
    of="gradients",
)
def hidden_slope_of_the_sum(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    return collected(x, a, (1 - (np.dot(x, W1) + b1) ** 2) * np.dot(d2, W2.T), d2)


@q4.mistake("Your slope of tanh is 1 - x_1, without the square.", of="gradients")
def hidden_slope_unsquared(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    return collected(x, a, (1 - a) * np.dot(d2, W2.T), d2)


@q4.mistake(
    "Only one path is followed back to the hidden layer. Each hidden unit reaches every output: add over all of them.",
    of="gradients",
)
def one_path_back(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    return collected(x, a, (1 - a**2) * np.dot(d2[:, :1], W2[:, :1].T), d2)


@q4.mistake(
    "The factor 1/N is missing: J is a mean over the examples. With one example it does not show.", of="gradients"
)
def gradients_not_divided(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = p - y
    return collected(x, a, (1 - a**2) * np.dot(d2, W2.T), d2)


@q4.mistake(
    "Your bias gradients are divided by N twice: delta holds the 1/N already, so its rows are added up, not averaged.",
    of="gradients",
)
def biases_by_mean(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    d1 = (1 - a**2) * np.dot(d2, W2.T)
    return np.dot(x.T, d1), np.mean(d1, axis=0), np.dot(a.T, d2), np.mean(d2, axis=0)


@q4.mistake("The sign is turned round: the output delta is h - y.", of="gradients")
def gradients_turned(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (y - p) / len(y)
    return collected(x, a, (1 - a**2) * np.dot(d2, W2.T), d2)


@q4.mistake(
    "You multiplied the output delta by h (1 - h). For softmax with cross-entropy no slope is left: h - y is all.",
    of="gradients",
)
def output_slope_too_many(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = p * (1 - p) * (p - y) / len(y)
    return collected(x, a, (1 - a**2) * np.dot(d2, W2.T), d2)


@q4.mistake("The gradients come in the order of the way back. Asked for is dW1, db1, dW2, db2.", of="gradients")
def last_layer_first(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    d2 = (p - y) / len(y)
    parts = collected(x, a, (1 - a**2) * np.dot(d2, W2.T), d2)
    return parts[2:] + parts[:2]


@q4.mistake("The biases are missing in your forward pass: each layer adds its own.", of="gradients")
def forward_without_biases(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, 0, W2, 0)
    d2 = (p - y) / len(y)
    return collected(x, a, (1 - a**2) * np.dot(d2, W2.T), d2)


@q4.mistake(
    "A unit without outgoing weights is one case. But weights of another kind let nothing through, either: what do the "
    "output deltas of one example sum to?",
    of="silent_units",
)
def only_the_zeros():
    return {2}


@q4.mistake(
    "You took the rows that sum to 0. What counts is the sum of weight *times delta*, and it is the deltas that sum to 0.",
    of="silent_units",
)
def rows_that_sum_to_zero():
    return {1, 2}


@q4.mistake(
    "You took the rows in which some weight is 0. One zero closes one path; the others stay open.", of="silent_units"
)
def rows_with_a_zero():
    return {1, 2, 3}


@q4.mistake("You have seen that equal weights let nothing through. That is so whatever their sign.", of="silent_units")
def equal_and_positive():
    return {0, 2}


@q4.alternative(of="gradients")
def by_einsum(x, y, W1, b1, W2, b2):
    a, p = passes(x, y, W1, b1, W2, b2)
    error, n = p - y, x.shape[0]
    hidden = np.einsum("nh,nk,hk->nh", 1 - np.square(a), error, W2)
    first = np.einsum("nd,nh->dh", x, hidden) / n, np.einsum("nh->h", hidden) / n
    return first + (np.einsum("nh,nk->hk", a, error) / n, np.einsum("nk->k", error) / n)


@q4.alternative(of="gradients")
def example_by_example(x, y, W1, b1, W2, b2):
    totals = [np.zeros(array.shape) for array in (W1, b1, W2, b2)]
    for x_n, y_n in zip(x, y, strict=True):
        a = np.tanh(x_n @ W1 + b1)
        e = np.exp(a @ W2 + b2)
        d2 = e / e.sum() - y_n
        d1 = W2 @ d2 / np.cosh(np.arctanh(a)) ** 2
        for total, part in zip(totals, (np.outer(x_n, d1), d1, np.outer(a, d2), d2), strict=True):
            total += part / len(x)
    return tuple(totals)


@q4.alternative(of="silent_units")
def silent_as_a_list():
    return [0, 2, 4]


q4.equivalent(
    "gradients: len(x) -> len(y)",
    "gradients: len(x) -> len(x1)",
    "gradients: len(x) -> len(h)",
    because="Inputs, hidden outputs, probabilities and targets have one row per example each.",
)


# --- q5: one training step ---------------------------------------------------------------------------------------------

q5 = question("q5", "One training step", functions=["train_step"])
LAYERS = {"one layer": [2, 3], "two layers": [2, 4, 3], "four layers": [2, 4, 5, 2, 3]}
Y_STEP = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def a_network(sizes, rng):
    """Weights and biases of random numbers."""
    pairs = list(pairwise(sizes))
    return [rng.normal(0, 0.8, pair) for pair in pairs], [rng.normal(0, 0.5, m) for _, m in pairs]


@q5.check("the loss before the step", each=["one layer", "four layers"])
def step_loss(student, solution, case):
    given = (X_NET, Y_STEP, *a_network(LAYERS[case], np.random.default_rng(4)), 0.3)
    loss, _, _ = expect(student.train_step(*given)).parts(3)
    expect(loss).close_to(solution.train_step(*given)[0])


@q5.check("the new weights and biases", points=2, each=list(LAYERS))
def step_parameters(student, solution, case):
    given = (X_NET, Y_STEP, *a_network(LAYERS[case], np.random.default_rng(4)), 0.3)
    _, weights, biases = expect(student.train_step(*given)).parts(3)
    _, right_weights, right_biases = solution.train_step(*given)
    expect([weights, biases]).close_to([right_weights, right_biases])


@q5.check("other networks, one example among the batches", hidden=True, each=[(1, [3, 2]), (5, [3, 4, 4, 2])])
def step_elsewhere(student, solution, case, rng):
    n, sizes = case
    x, y = rng.normal(size=(n, 3)), F.one_hot(rng.integers(0, 2, n), 2)
    given = (x, y, *a_network(sizes, rng), rng.uniform(0.05, 1))
    expect(student.train_step(*given)).close_to(solution.train_step(*given))


def a_step(
    x, y, weights, biases, lr, *, updated_first=False, slope=lambda a: 1 - a**2, scale=1, bias=np.sum, last=False
):
    """A training step with one thing that can be wrong."""
    outputs = [x]
    for w, b in list(zip(weights, biases, strict=True))[:-1]:
        outputs.append(np.tanh(np.dot(outputs[-1], w) + b))
    loss, cache = F.cross_entropy(np.dot(outputs[-1], weights[-1]) + biases[-1], y)
    delta, new_w, new_b = scale * F.cross_entropy_backward(cache), [], []
    for a, w, b in list(zip(outputs, weights, biases, strict=True))[::-1]:
        still = last and new_w
        new_w.insert(0, w if still else w - lr * np.dot(a.T, delta))
        new_b.insert(0, b if still else b - lr * bias(delta, axis=0))
        delta = np.dot(delta, (new_w[0] if updated_first else w).T) * slope(a)
    return loss, new_w, new_b


@q5.mistake(
    "You send delta back through weights that were updated already. All gradients of a step are taken at the old weights.",
)
def weights_updated_first(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, updated_first=True)


@q5.mistake("You step uphill: the gradient points to a larger loss, so it is subtracted.")
def uphill(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, -lr)


@q5.mistake("The slope of tanh is missing between the layers.")
def step_without_slope(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, slope=np.ones_like)


@q5.mistake("Your slope of tanh is 1 - x, without the square.")
def step_slope_unsquared(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, slope=lambda a: 1 - a)


@q5.mistake("You step by the sum over the examples. J is their mean: divide the output delta by N.")
def step_by_the_sum(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, scale=len(x))


@q5.mistake("Your biases step by a mean over the rows. The 1/N is in delta already; add the rows up.")
def step_biases_by_mean(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, bias=np.mean)


@q5.mistake("Only the last layer has moved. Send its delta on, and give every layer its step.")
def last_layer_only(x, y, weights, biases, lr):
    return a_step(x, y, weights, biases, lr, last=True)


@q5.mistake("The biases have not moved. Each has a gradient as well: the sum of the rows of its layer's delta.")
def biases_stand_still(x, y, weights, biases, lr):
    loss, moved, _ = a_step(x, y, weights, biases, lr)
    return loss, moved, biases


@q5.mistake("These are the gradients. The new values are asked for: the old ones minus lr times the gradients.")
def gradients_returned(x, y, weights, biases, lr):
    loss, moved, shifted = a_step(x, y, weights, biases, 1.0)
    one, other = ([a - b for a, b in zip(*pair, strict=True)] for pair in ((weights, moved), (biases, shifted)))
    return loss, one, other


@q5.mistake("This is the loss *after* the step. Asked for is the one that the forward pass gave.")
def loss_afterwards(x, y, weights, biases, lr):
    _, moved, shifted = a_step(x, y, weights, biases, lr)
    return a_step(x, y, moved, shifted, lr)[0], moved, shifted


@q5.alternative
def step_by_the_library(x, y, weights, biases, lr):
    dice = np.random.default_rng(1)
    layers = [layer for w in weights for layer in (Linear(*w.shape, rng=dice), Tanh())][:-1]
    net, loss = Sequential(*layers), CrossEntropyLoss()
    for layer, w, b in zip(layers[::2], weights, biases, strict=True):
        layer.weight.value, layer.bias.value = w, b
    before = loss.forward(net(x), y)
    from_the_loss = loss.backward()
    net.backward(from_the_loss)
    moved = [[p.value - lr * p.grad for p in net.parameters()][i::2] for i in (0, 1)]
    return before, moved[0], moved[1]


@q5.alternative
def step_by_recursion(x, y, weights, biases, lr):
    def below(a, left):
        """The loss, dJ/da, and the new arrays of the layers that are left."""
        (w, b), *rest = left
        s = a @ w + b
        if rest:
            out = np.tanh(s)
            loss, d_out, new = below(out, rest)
            delta = d_out / np.cosh(s) ** 2
        else:
            e = np.exp(s - s.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss, delta, new = -np.mean(np.log(p[y > 0.5])), (p - y) / len(y), []
        return loss, delta @ w.T, [(w - lr * a.T @ delta, b - lr * delta.sum(axis=0)), *new]

    loss, _, new = below(x, list(zip(weights, biases, strict=True)))
    return loss, [w for w, _ in new], [b for _, b in new]


q5.equivalent("train_step: len(weights) -> len(biases)", because="Every layer has one array of each.")
q5.equivalent(
    "train_step: zip(outputs, weights, biases, strict=True) -> zip(outputs, weights, biases)",
    "train_step: strict=True -> strict=False",
    because="The three lists have one entry a layer; strict only guards against a slip.",
)


# --- q6: a gradient checker --------------------------------------------------------------------------------------------

q6 = question(
    "q6",
    "A gradient checker",
    functions=["worst_entry"],
    forbid=["dlcourse.numerical_gradient", "dlcourse.gradcheck", "dlcourse.gradcheck_network"],
)
SMALL = {
    "W1": np.array([[0.6, -0.8, 1.1], [-0.3, 0.5, 0.9]]),
    "b1": np.array([0.2, -0.4, 0.1]),
    "W2": np.array([[0.7, -0.5], [-0.9, 0.4], [1.2, -0.6]]),
    "b2": np.array([0.3, -0.1]),
}
#: Wrong entries: name, index, what is added to the right gradient.
PLANTED = {
    "a weight of the first layer": [("W1", (1, 2), 0.07)],
    "a bias of the last layer, too small": [("b2", (0,), -0.05)],
    "two wrong entries: the worse one counts": [("b1", (1,), 0.02), ("W2", (2, 1), -0.06), ("W2", (0, 0), 0.03)],
}


def right_gradients(x, y, parameters):
    """The gradients by the library's layers."""
    rng = np.random.default_rng(0)
    (d, hidden), (_, k) = parameters["W1"].shape, parameters["W2"].shape
    net, loss = Sequential(Linear(d, hidden, rng=rng), Tanh(), Linear(hidden, k, rng=rng)), CrossEntropyLoss()
    for parameter, value in zip(net.parameters(), parameters.values(), strict=True):
        parameter.value = value
    loss.forward(net(x), y)
    net.backward(loss.backward())
    return {name: p.grad.copy() for name, p in zip(parameters, net.parameters(), strict=True)}


def planted(x, y, parameters, bugs):
    """Right gradients, with something added to some entries."""
    claimed = right_gradients(x, y, parameters)
    for name, index, wrong in bugs:
        claimed[name][index] += wrong
    return claimed


@q6.check("planted bugs", points=1.5, each=list(PLANTED))
def bug_found(student, solution, case):
    given = (X_NET, Y_NET, SMALL, planted(X_NET, Y_NET, SMALL, PLANTED[case]))
    expect(student.worst_entry(*given)).close_to(solution.worst_entry(*given))


@q6.check("another step h", points=0.5)
def bug_found_with_h(student, solution):
    given = (X_NET, Y_NET, SMALL, planted(X_NET, Y_NET, SMALL, [("W1", (0, 0), 0.04)]), 0.05)
    expect(student.worst_entry(*given)).close_to(solution.worst_entry(*given))


@q6.check(
    "None where all agree, or nearly", each=[("all agree", 0.0), ("just below 1e-6", 9.95e-7), ("just above", 1.005e-6)]
)
def nothing_found(student, solution, case):
    _, wrong = case
    given = (X_NET, Y_NET, SMALL, planted(X_NET, Y_NET, SMALL, [("W2", (1, 0), wrong)]))
    expect(student.worst_entry(*given)).close_to(solution.worst_entry(*given))


@q6.check("other networks, other bugs", hidden=True, each=["W1", "b1", "W2", "b2"])
def bug_found_elsewhere(student, solution, case, rng):
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 3), "b2": (3,)}
    parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    x, y = rng.normal(size=(5, 3)), F.one_hot(rng.integers(0, 3, 5), 3)
    index = tuple(int(rng.integers(n)) for n in shapes[case])
    bugs = [(case, index, 0.1 * rng.choice([-1, 1])), ("W2" if case == "W1" else "W1", (0, 2), -0.05)]
    given = (x, y, parameters, planted(x, y, parameters, bugs))
    expect(student.worst_entry(*given)).close_to(solution.worst_entry(*given))


def loss_of(x, y, parameters):
    """The loss, as the exercise gives it."""
    a = np.tanh(np.dot(x, parameters["W1"]) + parameters["b1"])
    return F.cross_entropy(np.dot(a, parameters["W2"]) + parameters["b2"], y)[0]


def measured(x, y, parameters, h, *, one_side=False, put_back=True, all_at_once=False, over=2.0):
    """Measured slopes by (name, index), with one thing that can be wrong."""
    moved, slopes = {name: value.copy() for name, value in parameters.items()}, {}
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            where = ... if all_at_once else index
            here = moved[name][where].copy() if all_at_once else moved[name][index]
            moved[name][where] = here + h
            up = loss_of(x, y, moved)
            moved[name][where] = here if one_side else here - h
            down = loss_of(x, y, moved)
            if put_back:
                moved[name][where] = here
            slopes[name, index] = (up - down) / (h if one_side else over * h)
    return slopes


def farthest(claimed, slopes, error=lambda c, m: abs(c - m)):
    """The entry with the largest error."""
    errors = {(name, index): error(claimed[name][index], slope) for (name, index), slope in slopes.items()}
    name, index = max(errors, key=errors.get)
    return (name, index, errors[name, index]) if errors[name, index] > 1e-6 else None


@q6.mistake("This is the difference of one side, J(w + h) - J(w). Step to both sides: its error is far smaller.")
def checked_on_one_side(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h, one_side=True))


@q6.mistake("Your measured slopes are twice as large as they should be: the two points are 2h apart.")
def divided_by_h(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h, over=1.0))


@q6.mistake(
    "An entry that was moved is not put back, so each measurement starts at a place farther away. Work on a copy."
)
def not_put_back(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h, put_back=False))


@q6.mistake("You move a whole array at once. That measures the sum of its slopes: move one entry at a time.")
def whole_array_moved(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h, all_at_once=True))


@q6.mistake("You look for the largest claimed minus measured. A gradient that is too *small* is wrong as well: |...|.")
def without_absolute_value(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h), lambda c, m: c - m)


@q6.mistake("You compare relative errors. They are useful, too; asked for here is the distance |claimed - measured|.")
def relative_errors(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h), lambda c, m: abs(c - m) / max(abs(c), abs(m), 1e-12))


@q6.mistake("You stop at the first wrong entry. Another may be worse: go through all of them, and keep a record.")
def first_wrong_entry(x, y, parameters, claimed, h=1e-5):
    slopes = measured(x, y, parameters, h)
    found = (farthest(claimed, {place: slope}) for place, slope in slopes.items())
    return next((entry for entry in found if entry), None)


@q6.mistake("The index is a flat number. Asked for is a tuple: one number for each axis, (2, 1) or (0,).")
def flat_index(x, y, parameters, claimed, h=1e-5):
    found = farthest(claimed, measured(x, y, parameters, h))
    if found is None:
        return None
    name, index, error = found
    return name, int(np.ravel_multi_index(index, claimed[name].shape)), error


@q6.mistake("Your step is always 1e-5. That is only the default: use the argument h.")
def step_hard_coded(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, 1e-5))


@q6.mistake("You name an entry even where all agree. Below 1e-6 the rest is rounding: return None.")
def never_none(x, y, parameters, claimed, h=1e-5):
    slopes = measured(x, y, parameters, h)
    return max(((*place, abs(claimed[place[0]][place[1]] - m)) for place, m in slopes.items()), key=lambda e: e[2])


@q6.alternative
def by_a_table(x, y, parameters, claimed, h=1e-5):
    return farthest(claimed, measured(x, y, parameters, h))


@q6.alternative
def array_by_array(x, y, parameters, claimed, h=1e-5):
    found = []
    for name, values in parameters.items():
        flat, slopes = values.ravel(), []
        for i in range(flat.size):
            both = [np.where(np.arange(flat.size) == i, flat + step, flat).reshape(values.shape) for step in (h, -h)]
            slopes.append(
                (loss_of(x, y, parameters | {name: both[0]}) - loss_of(x, y, parameters | {name: both[1]})) / h / 2
            )
        errors = np.abs(claimed[name] - np.reshape(slopes, values.shape))
        where = np.unravel_index(errors.argmax(), errors.shape)
        found.append([name, list(where), errors[where]])
    worst = max(found, key=lambda entry: entry[2])
    return worst if worst[2] > 1e-6 else None


q6.equivalent(
    "worst_entry: error > 1e-06 -> error >= 1e-06",
    because="A measured error is never 1e-6 to the last of its digits.",
)


# --- q7: a broken backward pass ----------------------------------------------------------------------------------------

q7 = question("q7", "Repair a backward pass", functions=["backward"])
Y_NUMBERS = np.array([[0.4, -1.2], [1.1, 0.3], [-0.8, 0.9], [0.2, 1.4]])
#: Units that are on for some examples and off for others.
RELU_NET = (W1_NET, np.array([0.3, -0.45, 0.2, 0.5, -0.6]), W2_NET, B2_NET)


@q7.check("a batch of four", points=2, each=PARTS)
def backward_of_a_batch(student, solution, case):
    _, part = case
    got = expect(student.backward(X_NET, Y_NUMBERS, *RELU_NET)).parts(4)
    expect(got[part]).close_to(solution.backward(X_NET, Y_NUMBERS, *RELU_NET)[part])


@q7.check("one example, one unit at the kink")
def backward_of_one(student, solution):
    given = (np.array([[0.0, 1.0]]), Y_NUMBERS[1:2], W1_NET, np.array([0.3, -0.45, -1.1, 0.75, -0.6]), W2_NET, B2_NET)
    expect(student.backward(*given)).close_to(solution.backward(*given))


@q7.check("other widths", hidden=True, each=[2, 5])
def backward_elsewhere(student, solution, case, rng):
    x, y = rng.normal(size=(case, 3)), rng.normal(size=(case, 2))
    net = tuple(rng.normal(size=shape) for shape in ((3, 6), 6, (6, 2), 2))
    expect(student.backward(x, y, *net)).close_to(solution.backward(x, y, *net))


def relu_gradients(x, y, W1, b1, W2, b2, *, sign=1, divided=True, slope=lambda s: 1.0 * (s > 0), bias=np.sum):
    """A backward pass with some of its bugs."""
    s = np.dot(x, W1) + b1
    a = np.maximum(s, 0)
    d2 = sign * (np.dot(a, W2) + b2 - y) / (len(y) if divided else 1)
    d1 = slope(s) * np.dot(d2, W2.T)
    return np.dot(x.T, d1), bias(d1, axis=0), np.dot(a.T, d2), bias(d2, axis=0)


def relu(s):
    """The value, where a slope is wanted."""
    return np.maximum(s, 0)


@q7.mistake("Nothing is repaired yet. Begin with the sign of delta2: the derivative of (h - y)^2 with respect to h.")
def as_given(*given):
    return relu_gradients(*given, sign=-1, divided=False, slope=relu)


@q7.mistake("The sign is right now. Two bugs remain: J is a mean over N, and delta1 needs ReLU's slope, not its value.")
def sign_repaired(*given):
    return relu_gradients(*given, divided=False, slope=relu)


@q7.mistake("The 1/N is right now. Two bugs remain: the sign of delta2, and the slope of ReLU in delta1.")
def mean_repaired(*given):
    return relu_gradients(*given, sign=-1, slope=relu)


@q7.mistake("The slope of ReLU is right now. Two bugs remain, both in delta2.")
def slope_repaired(*given):
    return relu_gradients(*given, sign=-1, divided=False)


@q7.mistake("delta2 is right now. One bug remains: delta1 is multiplied by ReLU's value, and it wants the slope.")
def slope_left(*given):
    return relu_gradients(*given, slope=relu)


@q7.mistake("One bug remains: J is a mean over the N examples.")
def mean_left(*given):
    return relu_gradients(*given, divided=False)


@q7.mistake("One bug remains: the sign. The derivative of (h - y)^2 / 2 with respect to h is h - y.")
def sign_left(*given):
    return relu_gradients(*given, sign=-1)


@q7.mistake(
    "Your slope of ReLU is 1 everywhere: x1 is never negative, so `x1 >= 0` always holds. Which units are on is a question "
    "to s1.",
)
def slope_one_everywhere(*given):
    return relu_gradients(*given, slope=np.ones_like)


@q7.mistake("Everything is right but at s = 0. There ReLU's slope is taken as 0: compare with > and not with >=.")
def slope_one_at_the_kink(*given):
    return relu_gradients(*given, slope=lambda s: 1.0 * (s >= 0))


@q7.mistake(
    "You put the 1/N into the weights' gradients and the biases' means. With delta2 divided, biases are sums again."
)
def biases_averaged(*given):
    return relu_gradients(*given, bias=np.mean)


@q7.alternative
def repaired_by_where(x, y, W1, b1, W2, b2):
    s = x @ W1 + b1
    error = np.where(s > 0, s, 0) @ W2 + b2 - y
    arriving = np.where(s > 0, error @ W2.T, 0)
    n = x.shape[0]
    return x.T @ arriving / n, arriving.mean(axis=0), np.maximum(s, 0).T @ error / n, error.mean(axis=0)


@q7.alternative
def repaired_by_the_library(x, y, W1, b1, W2, b2):
    s, keep1 = F.linear(x, W1, b1)
    a, keep_relu = F.relu(s)
    out, keep2 = F.linear(a, W2, b2)
    _, keep = F.half_squared_error(out, y)
    da, dW2, db2 = F.linear_backward(F.half_squared_error_backward(keep), keep2)
    first = F.linear_backward(F.relu_backward(da, keep_relu), keep1)
    return first[1], first[2], dW2, db2


q7.equivalent(
    "backward: len(x) -> len(y)",
    "backward: len(x) -> len(s1)",
    "backward: len(x) -> len(x1)",
    "backward: len(x) -> len(h)",
    because="Inputs, sums, outputs and targets have one row per example each.",
)
q7.equivalent("backward: s1 > 0 -> x1 > 0", because="ReLU's output is above 0 exactly where its sum is.")
