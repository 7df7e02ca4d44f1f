"""Exercise 03, loss, gradient descent, learning rate: what each answer must do, and the mistakes that learners really make."""

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question

# --- q1: mean squared error --------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "Mean squared error and its gradient",
    functions=["mse", "mse_gradient"],
    forbid=["dlcourse.functional.mse_loss", "dlcourse.functional.mse_loss_backward"],
)
H = np.array([[0.5, -1.2], [3.0, 0.4], [-0.7, 2.1]])
Y = np.array([[1.5, 0.3], [1.0, 0.9], [-2.0, 1.6]])


@q1.check("the loss")
def mse_value(student, solution):
    expect(student.mse(H, Y)).close_to(solution.mse(H, Y))


@q1.check("the gradient")
def mse_slope(student, solution):
    expect(student.mse_gradient(H, Y)).close_to(solution.mse_gradient(H, Y))


@q1.check("other shapes", hidden=True, each=["one column", "one row", "five outputs"])
def mse_elsewhere(student, solution, case, rng):
    shape = {"one column": (7, 1), "one row": (1, 4), "five outputs": (3, 5)}[case]
    h, y = rng.normal(0, 2, shape), rng.normal(0, 2, shape)
    expect(student.mse(h, y)).close_to(solution.mse(h, y))
    expect(student.mse_gradient(h, y)).close_to(solution.mse_gradient(h, y))


@q1.mistake(
    "You averaged the errors themselves. Positive and negative ones cancel, so a bad model can have a mean error of 0: "
    "square them first.",
    of="mse",
)
def errors_not_squared(h, y):
    return np.mean(h - y)


@q1.mistake(
    "You squared the mean error. By then the errors have cancelled: square first, average afterwards.", of="mse"
)
def squared_after_the_mean(h, y):
    return np.mean(h - y) ** 2


@q1.mistake("This is the sum of squares. The mean divides it by the number of entries.", of="mse")
def summed(h, y):
    return np.sum((h - y) ** 2)


@q1.mistake(
    "You divided by the number of examples N. Here the mean runs over all N M entries, as PyTorch's MSELoss has it.",
    of="mse",
)
def averaged_over_rows(h, y):
    return np.sum((h - y) ** 2) / len(h)


@q1.mistake("This is half of it. The half belongs to the half squared error, whose gradient then needs no 2.", of="mse")
def halved(h, y):
    return np.mean((h - y) ** 2) / 2


@q1.mistake(
    "This is the root of the mean squared error: a useful number, in the units of y, but not the one asked for.",
    of="mse",
)
def rooted(h, y):
    return np.sqrt(np.mean((h - y) ** 2))


@q1.mistake("The derivative of a square brings down a 2. It is missing from your gradient.", of="mse_gradient")
def two_forgotten(h, y):
    return (h - y) / np.size(h)


@q1.mistake(
    "Your gradient points the wrong way: where the prediction is too large, a larger one makes the loss grow, so the "
    "entry is positive. Truth minus prediction has the other sign.",
    of="mse_gradient",
)
def gradient_turned_around(h, y):
    return 2 * (y - h) / np.size(h)


@q1.mistake(
    "This is the gradient of the sum of squares. The loss is their mean, so the gradient is divided as well.",
    of="mse_gradient",
)
def gradient_of_the_sum(h, y):
    return 2 * (h - y)


@q1.mistake(
    "Your gradient divides by the number of examples N, but the mean runs over all N M entries.", of="mse_gradient"
)
def gradient_averaged_over_rows(h, y):
    return 2 * (h - y) / len(h)


@q1.mistake(
    "You averaged the gradient to one number. Each prediction has its own entry: the gradient has the shape of h.",
    of="mse_gradient",
)
def gradient_averaged(h, y):
    return np.mean(2 * (h - y))


@q1.alternative(of=("mse", "mse_gradient"))
def multiplied_out():
    return (
        lambda h, y: float(np.mean(h * h) - 2 * np.mean(h * y) + np.mean(y * y)),
        lambda h, y: (h - y) * (2 / (h.shape[0] * h.shape[1])),
    )


@q1.alternative(of=("mse", "mse_gradient"))
def entry_by_entry():
    def mse(h, y):
        return sum((a - b) ** 2 for a, b in zip(h.flat, y.flat, strict=True)) / h.size

    def gradient(h, y):
        pairs = zip(h.flat, y.flat, strict=True)
        return np.array([2 * (a - b) / h.size for a, b in pairs]).reshape(h.shape)

    return mse, gradient


q1.equivalent(
    "mse_gradient: error.size -> h.size",
    "mse_gradient: error.size -> y.size",
    because="predictions, truths and errors have one shape",
)


# --- q2: central differences -------------------------------------------------------------------------------------------

q2 = question(
    "q2",
    "A gradient without calculus",
    functions=["numerical_gradient"],
    forbid=["dlcourse.numerical_gradient", "dlcourse.gradcheck", "dlcourse.gradcheck_network"],
)
X_LOGISTIC = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7], [-2.0, 1.1, 0.4], [0.2, 0.9, 1.3]])
Y_LOGISTIC = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
W_LOGISTIC = np.array([[0.3, -0.8], [1.2, 0.5], [-0.4, 0.9]])


@q2.check("one logistic regression")
def one_column(student, solution):
    given = (W_LOGISTIC[:, :1], X_LOGISTIC, Y_LOGISTIC[:, :1], 1e-3)
    expect(student.numerical_gradient(*given)).close_to(solution.numerical_gradient(*given), rtol=1e-6)


@q2.check("two side by side")
def two_columns(student, solution):
    given = (W_LOGISTIC, X_LOGISTIC, Y_LOGISTIC, 1e-3)
    expect(student.numerical_gradient(*given)).close_to(solution.numerical_gradient(*given), rtol=1e-6)


@q2.check("a large eps")
def large_step(student, solution):
    given = (W_LOGISTIC, X_LOGISTIC, Y_LOGISTIC, 0.8)
    expect(student.numerical_gradient(*given)).close_to(solution.numerical_gradient(*given))


@q2.check("other weights, other eps", hidden=True, each=[("eps small", 1e-3), ("eps large", 0.5)])
def gradient_elsewhere(student, solution, case, rng):
    N, D, M = 5, 2, 4
    W, X, y = rng.normal(size=(D, M)), rng.normal(size=(N, D)), rng.integers(0, 2, (N, M)) * 1.0
    given = (W, X, y, case[1] * rng.uniform(0.8, 1.2))
    expect(student.numerical_gradient(*given)).close_to(solution.numerical_gradient(*given), rtol=1e-6)


def loss_of(W, X, y):
    """The cost that the exercise gives."""
    return np.mean(np.logaddexp(0, X @ W) - y * (X @ W))


def each_entry(W, difference):
    """difference(step) for every step of 1 along one entry."""
    answer = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        one = np.zeros(W.shape)
        one[i] = 1
        answer[i] = difference(one)
    return answer


@q2.mistake(
    "This is the forward difference: from W to W plus eps. Looking to both sides cancels the curvature and is far more "
    "precise."
)
def forward_difference(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W + eps * one, X, y) - loss_of(W, X, y)) / eps)


@q2.mistake("This is the backward difference: from W minus eps to W. Look to both sides.")
def backward_difference(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W, X, y) - loss_of(W - eps * one, X, y)) / eps)


@q2.mistake("From W minus eps to W plus eps is a way of 2 eps. You divided by eps, so all is twice too large.")
def divided_by_one_eps(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W + eps * one, X, y) - loss_of(W - eps * one, X, y)) / eps)


@q2.mistake("A bracket is missing: `a / 2 * eps` divides by 2 and then multiplies by eps.")
def bracket_forgotten(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W + eps * one, X, y) - loss_of(W - eps * one, X, y)) / 2 * eps)


@q2.mistake("The difference has the wrong sign: the cost further up comes first, the one further down is subtracted.")
def difference_turned_around(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W - eps * one, X, y) - loss_of(W + eps * one, X, y)) / (2 * eps))


@q2.mistake(
    "You moved all entries at once, so every entry of the answer is the sum of all slopes. Move one, and leave the others "
    "where they are."
)
def all_entries_at_once(W, X, y, eps):
    return np.full(W.shape, (loss_of(W + eps, X, y) - loss_of(W - eps, X, y)) / (2 * eps))


@q2.mistake(
    "You moved whole rows. The entries of a row belong to different regressions: each has a slope of its own. Loop over "
    "the columns as well."
)
def row_by_row(W, X, y, eps):
    answer = np.zeros(W.shape)
    for i in range(len(W)):
        step = np.zeros(W.shape)
        step[i] = eps
        answer[i] = (loss_of(W + step, X, y) - loss_of(W - step, X, y)) / (2 * eps)
    return answer


@q2.mistake(
    "The step is not taken back: after the first entry all that were moved before stay moved. Begin with a fresh array of "
    "zeros for each entry."
)
def steps_pile_up(W, X, y, eps):
    answer, step = np.zeros(W.shape), np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        step[i] = eps
        answer[i] = (loss_of(W + step, X, y) - loss_of(W - step, X, y)) / (2 * eps)
    return answer


@q2.mistake(
    "With eps = 0.8 your answer is that of a tiny step, or of the exact gradient. Use the eps that is given, however large."
)
def own_eps(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W + 1e-5 * one, X, y) - loss_of(W - 1e-5 * one, X, y)) / 2e-5)


@q2.mistake(
    "With eps = 0.8 your answer equals cost differences that were divided by a fixed 2e-3. The distance depends on eps."
)
def own_distance(W, X, y, eps):
    return each_entry(W, lambda one: (loss_of(W + eps * one, X, y) - loss_of(W - eps * one, X, y)) / 2e-3)


@q2.alternative
def two_loops(W, X, y, eps):
    answer = np.empty_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            up, down = W.copy(), W.copy()
            up[i, j] += eps
            down[i, j] -= eps
            answer[i, j] = 0.5 * (loss_of(up, X, y) - loss_of(down, X, y)) / eps
    return answer


@q2.alternative
def steps_from_the_identity(W, X, y, eps):
    steps = eps * np.eye(W.size).reshape(-1, *W.shape)
    slopes = [(loss_of(W + step, X, y) - loss_of(W - step, X, y)) / (2 * eps) for step in steps]
    return np.array(slopes).reshape(W.shape)


q2.equivalent(
    "numerical_gradient: gradient = np.zeros(W.shape) -> gradient = np.ones(W.shape)",
    because="every entry is written over",
)
q2.equivalent(
    "numerical_gradient: np.ndindex(W.shape) -> np.ndindex(gradient.shape)",
    "numerical_gradient: step = np.zeros(W.shape) -> step = np.zeros(gradient.shape)",
    because="the gradient has the shape of the weights",
)


# --- q3: gradient descent ----------------------------------------------------------------------------------------------

q3 = question("q3", "Gradient descent, the whole way down", functions=["descend"])
X_LINE = np.array([[1.0, 0.5, -0.3], [0.2, -1.4, 0.8], [-0.6, 0.9, 1.7], [1.3, 0.4, 0.6], [0.7, -0.2, 1.1]])
Y_LINE = np.array([1.2, -0.7, 2.5, 0.4, 1.9])
W_LINE = np.array([0.6, -0.4, 0.9])


@q3.check("one step", each=[("from zeros", 0.0), ("from elsewhere", 1.0)])
def first_step(student, solution, case):
    given = (X_LINE, Y_LINE, case[1] * W_LINE, 0.1, 1)
    expect(student.descend(*given)).close_to(solution.descend(*given))


@q3.check("the whole way", points=2, each=[("six steps", 0.15, 6), ("too large a rate", 0.9, 4)])
def whole_way(student, solution, case):
    given = (X_LINE, Y_LINE, W_LINE, *case[1:])
    expect(student.descend(*given)).close_to(solution.descend(*given))


@q3.check("no step at all: the start, of shape (1, D)")
def no_step(student, solution):
    given = (X_LINE, Y_LINE, W_LINE, 0.1, 0)
    expect(student.descend(*given)).close_to(solution.descend(*given))


@q3.check("other data", hidden=True)
def descent_elsewhere(student, solution, rng):
    N, D = 7, 4
    given = (rng.normal(size=(N, D)), rng.normal(size=N), rng.normal(size=D), rng.uniform(0.05, 0.2), 8)
    expect(student.descend(*given)).close_to(solution.descend(*given))


def walk(gradient, w, lr, steps):
    """Every place of a descent along gradient(w)."""
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)


@q3.mistake("You climb: the gradient points uphill, so it has to be subtracted.")
def uphill(X, y, w, lr, steps):
    return walk(lambda w: -2 / len(y) * X.T @ (X @ w - y), w, lr, steps)


@q3.mistake("Your steps are half as long as they should be: the 2 of the square's derivative is missing.")
def half_steps(X, y, w, lr, steps):
    return walk(lambda w: X.T @ (X @ w - y) / len(y), w, lr, steps)


@q3.mistake(
    "This is the gradient of the summed loss, N times as large. With a mean the steps do not grow with the number of "
    "examples."
)
def steps_of_the_sum(X, y, w, lr, steps):
    return walk(lambda w: 2 * X.T @ (X @ w - y), w, lr, steps)


@q3.mistake("You divided by the number of weights D. The mean is over the examples: N of them.")
def mean_over_weights(X, y, w, lr, steps):
    return walk(lambda w: 2 / len(w) * X.T @ (X @ w - y), w, lr, steps)


@q3.mistake("The start is missing: the trajectory begins where you were before the first step.")
def start_left_out(X, y, w, lr, steps):
    return walk(lambda w: 2 / len(y) * X.T @ (X @ w - y), w, lr, steps)[1:]


@q3.mistake("This is only where the descent ends. The whole way is asked for, one row for each place.")
def end_only(X, y, w, lr, steps):
    return walk(lambda w: 2 / len(y) * X.T @ (X @ w - y), w, lr, steps)[-1]


@q3.mistake("One step is missing: `steps` steps visit steps + 1 places, the start among them.")
def one_step_short(X, y, w, lr, steps):
    return walk(lambda w: 2 / len(y) * X.T @ (X @ w - y), w, lr, max(steps - 1, 0))


@q3.mistake(
    "The gradient is computed once, at the start, and used for every step. The slope changes as you walk: compute it anew "
    "each time."
)
def slope_never_renewed(X, y, w, lr, steps):
    first = 2 / len(y) * X.T @ (X @ w - y)
    return walk(lambda w: first, w, lr, steps)


@q3.mistake(
    "You move one weight and compute the next one's slope with the moved one. All slopes of a step are taken at the same "
    "place, the old weights."
)
def one_weight_at_a_time(X, y, w, lr, steps):
    path = [w]
    for _ in range(steps):
        w = w.copy()
        for d in range(len(w)):
            w[d] = w[d] - lr * 2 / len(y) * X[:, d] @ (X @ w - y)
        path.append(w)
    return np.array(path)


@q3.mistake(
    "All rows are the same: `-=` changes the one array that stands in your list again and again. Make a new one: `w = w - "
    "...`."
)
def one_array_throughout(X, y, w, lr, steps):
    return np.repeat(walk(lambda w: 2 / len(y) * X.T @ (X @ w - y), w, lr, steps)[-1:], steps + 1, axis=0)


@q3.mistake("You take a step for one example at a time. Here every step sees all N examples, and takes their mean.")
def one_example_a_step(X, y, w, lr, steps):
    path = [w]
    for t in range(steps):
        n = t % len(y)
        w = w - lr * 2 * X[n] * (X[n] @ w - y[n])
        path.append(w)
    return np.array(path)


@q3.alternative
def room_made_first(X, y, w, lr, steps):
    path = np.empty((steps + 1, len(w)))
    path[0] = w
    for t in range(steps):
        error = y - np.dot(X, path[t])
        path[t + 1] = path[t] + 2 * lr * np.mean(X * error[:, np.newaxis], axis=0)
    return path


@q3.alternative
def by_the_powers_of_one_step(X, y, w, lr, steps):
    H = 2 / len(y) * X.T @ X
    best = np.linalg.solve(H, 2 / len(y) * X.T @ y)
    step = np.eye(len(w)) - lr * H
    return np.array([best + np.linalg.matrix_power(step, t) @ (w - best) for t in range(steps + 1)])


q3.equivalent("descend: len(y) -> len(X)", because="there are as many truths as examples")


# --- q4: the largest stable rate ---------------------------------------------------------------------------------------

q4 = question(
    "q4",
    "The largest stable learning rate",
    functions=["mse_hessian", "stability"],
)
SLANTED = np.array([[3.0, 1.2, -0.5], [1.2, 2.0, 0.7], [-0.5, 0.7, 1.5]])
STRAIGHT = np.diag([5.0, 0.2, 1.3, 2.0])


@q4.check("the Hessian")
def hessian_values(student, solution):
    expect(student.mse_hessian(X_LINE)).close_to(solution.mse_hessian(X_LINE))


@q4.check("the limit", each=[("a straight valley", STRAIGHT), ("a slanted one", SLANTED)])
def limits(student, solution, case):
    limit, _ = expect(student.stability(case[1])).parts(2)
    expect(limit).close_to(solution.stability(case[1])[0])


@q4.check("the condition number", each=[("a straight valley", STRAIGHT), ("a slanted one", SLANTED)])
def conditions(student, solution, case):
    _, condition = expect(student.stability(case[1])).parts(2)
    expect(condition).close_to(solution.stability(case[1])[1])


@q4.check("other valleys", hidden=True)
def valleys_elsewhere(student, solution, rng):
    X = rng.normal(size=(6, 4)) * rng.uniform(0.5, 3, 4)
    H = X.T @ X + 0.1 * np.eye(4)
    expect(student.mse_hessian(X)).close_to(solution.mse_hessian(X))
    expect(student.stability(H)).close_to(solution.stability(H))


@q4.mistake("The 2 is missing: the loss is a square, and its second derivative brings down a 2.", of="mse_hessian")
def hessian_without_two(X):
    return X.T @ X / len(X)


@q4.mistake("This is the Hessian of the summed loss. For the mean it is divided by N.", of="mse_hessian")
def hessian_of_the_sum(X):
    return 2 * X.T @ X


@q4.mistake(
    "You multiplied the other way round: X X^T has one row per example. The Hessian has one row and one column per weight.",
    of="mse_hessian",
)
def examples_for_weights(X):
    return 2 / len(X) * X @ X.T


@q4.mistake("You divided by the number of weights D. The mean is over the N examples.", of="mse_hessian")
def hessian_by_weights(X):
    return 2 / X.shape[1] * X.T @ X


@q4.mistake(
    "This is 1 over the largest curvature: there the steepest axis arrives in one step. Stable is up to twice that.",
    of="stability",
)
def best_for_the_steepest(H):
    e = np.linalg.eigvalsh(H)
    return 1 / e[-1], e[-1] / e[0]


@q4.mistake(
    "You let the flattest axis set the limit. At that rate the steepest one has long begun to diverge.", of="stability"
)
def limit_of_the_flattest(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[0], e[-1] / e[0]


@q4.mistake(
    "You took the curvatures from the diagonal of H. That is right only where the valley lies along w1, w2 and so on. A "
    "slanted valley needs the eigenvalues.",
    of="stability",
)
def from_the_diagonal(H):
    d = np.diag(H)
    return 2 / d.max(), d.max() / d.min()


@q4.mistake(
    "You added all curvatures up. Each axis is stable or not by itself: only the largest counts.", of="stability"
)
def limit_of_the_trace(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e.sum(), e[-1] / e[0]


@q4.mistake("Your condition number is upside down: it is at least 1, the steepest over the flattest.", of="stability")
def condition_upside_down(H):
    e = np.linalg.eigvalsh(H)
    return 2 / e[-1], e[0] / e[-1]


@q4.mistake(
    "The limit alone is only half of the answer. Return two numbers: `return limit, condition`.", of="stability"
)
def condition_left_out(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


@q4.alternative(of=("mse_hessian", "stability"))
def example_by_example():
    def hessian(X):
        return np.mean([2 * np.outer(row, row) for row in X], axis=0)

    def stability(H):
        return 2 / np.linalg.norm(H, 2), np.linalg.cond(H)

    return hessian, stability


@q4.alternative(of="stability")
def by_singular_values(H):
    values = np.linalg.svd(H, compute_uv=False)
    return float(2 / values.max()), float(values.max() / values.min())


# --- q5: predictions ---------------------------------------------------------------------------------------------------

q5 = question("q5", "Four predictions on paper", values=["rates", "w_after_three", "regimes", "iterations"])
WORDS = ("slow", "good", "oscillating", "diverging")


def as_numbers(value, count):
    """A learner's value as `count` numbers."""
    values = list(value) if isinstance(value, tuple | list | np.ndarray) else [value]
    if len(values) != count or any(isinstance(v, bool) or not isinstance(v, int | float) for v in values):
        raise Wrong("write a number" if count == 1 else f"write {count} numbers in brackets, such as (0.1, 0.2)")
    return values


@q5.check("the limit, and the rate of one step")
def two_rates(student, solution):
    limit, at_once = as_numbers(student.rates, 2)
    right = as_numbers(solution.rates, 2)
    if not np.isclose(limit, right[0], rtol=3e-3):
        raise Wrong(f"{limit:.4g} is not the limit: what is 1 - rate times curvature there?")
    if not np.isclose(at_once, right[1], rtol=3e-3):
        raise Wrong(f"the limit is right; {at_once:.4g} does not reach the minimum in one step")


@q5.check("after three steps")
def third_step(student, solution):
    (w,) = as_numbers(student.w_after_three, 1)
    if not np.isclose(w, solution.w_after_three, rtol=3e-3):
        raise Wrong(f"not {w:.4g}: write down the distance from the minimum after each step, with its sign")


@q5.check("the four regimes")
def four_regimes(student, solution):
    words = student.regimes
    if not isinstance(words, tuple | list) or len(words) != 4 or not all(word in WORDS for word in words):
        raise Wrong(f"write a list of four words, each one of {', '.join(WORDS)}")
    hits = sum(word == right for word, right in zip(words, solution.regimes, strict=True))
    if hits < 4:
        raise Wrong(f"{hits} of the four are right: compute the factor of each rate")


@q5.check("the iterations of five epochs")
def updates(student, solution):
    (count,) = as_numbers(student.iterations, 1)
    if count != solution.iterations:
        raise Wrong(f"not {count:g}: how many batches does one epoch have?")


@q5.mistake(
    "You took 3, the number in front of the square, for the curvature. The curvature is the second derivative of L, twice "
    "that.",
    of="rates",
)
def curvature_three():
    return (2 / 3, 1 / 3)


@q5.mistake("The two have changed places: the limit is the larger one.", of="rates")
def rates_swapped():
    return (1 / 6, 1 / 3)


@q5.mistake(
    "The limit is not the rate that arrives at once: there the factor is -1, and the jump goes on forever.", of="rates"
)
def limit_twice():
    return (1 / 3, 1 / 3)


@q5.mistake("You computed the distance from the minimum. The minimum lies at 2: add it to get w.", of="w_after_three")
def distance_for_place():
    return -0.25


@q5.mistake("The factor is negative: three steps land on the other side of the minimum.", of="w_after_three")
def sign_lost():
    return 2.25


@q5.mistake("You multiplied w itself by the factor. What shrinks is the distance from the minimum.", of="w_after_three")
def weight_multiplied():
    return -0.5


@q5.mistake("This is where you are after two steps. One more.", of="w_after_three")
def two_steps():
    return 2.5


@q5.mistake("You walked with curvature 3. The derivative of 3 (w - 2)^2 is 6 (w - 2).", of="w_after_three")
def walked_with_curvature_three():
    return 2 + 2 * 0.25**3


@q5.mistake("You judged with curvature 3. Differentiate L twice: the curvature is 6.", of="regimes")
def judged_with_curvature_three():
    return ["good", "slow", "oscillating", "slow"]


@q5.mistake(
    "You took every jump across the minimum for divergence. At rate 0.3 the factor is -0.8: it jumps, and it shrinks.",
    of="regimes",
)
def jump_for_divergence():
    return ["diverging", "slow", "diverging", "good"]


@q5.mistake(
    "You took 0.02 for good. A small rate is safe, but 0.88 to the power 10 leaves 28 % of the distance.", of="regimes"
)
def safe_for_good():
    return ["oscillating", "good", "diverging", "good"]


@q5.mistake("5 is the number of epochs. Each of them makes one update per batch.", of="iterations")
def epochs_counted():
    return 5


@q5.mistake(
    "You left the short batch out. 15 full batches of 64 are 960 examples: 40 are left, a batch of their own.",
    of="iterations",
)
def short_batch_left_out():
    return 75


@q5.mistake("That is one epoch.", of="iterations")
def one_epoch():
    return 16


@q5.mistake("That would be batches of one: an update for every example of every epoch.", of="iterations")
def examples_counted():
    return 5000


@q5.mistake(
    "You filled the batches up across epochs: 5000 / 64, rounded up. Each epoch ends with its own short batch.",
    of="iterations",
)
def batches_across_epochs():
    return 79


@q5.alternative(of=("rates", "w_after_three", "regimes", "iterations"))
def three_digits():
    return [0.333, 0.167], 1.75, ("oscillating", "slow", "diverging", "good"), 80.0


@q5.alternative(of=("w_after_three", "iterations"))
def walked_and_counted():
    w = 4.0
    for _ in range(3):
        w -= 0.25 * 6 * (w - 2)
    return w, sum(1 for _ in range(5) for _ in range(0, 1000, 64))


# --- q6: a broken training loop ----------------------------------------------------------------------------------------

q6 = question("q6", "Repair a training loop", functions=["train"])
X_LOOP = np.array([[0.5, -1.0], [1.5, 0.3], [-2.0, 1.1], [0.2, 0.9], [-0.8, -0.4], [1.1, 1.6], [0.4, -1.7]])
Y_LOOP = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0])


def expect_weights(student, solution, *given):
    """w and b, compared."""
    expect(student.train(*given)).close_to(solution.train(*given))


@q6.check("all examples as one batch", each=[("one epoch", 1), ("three epochs", 3)])
def one_batch(student, solution, case):
    expect_weights(student, solution, X_LOOP, Y_LOOP, 0.5, case[1], 7)


@q6.check("batches of one")
def batches_of_one(student, solution):
    expect_weights(student, solution, X_LOOP, Y_LOOP, 0.3, 1, 1)


@q6.check("a short last batch")
def short_last_batch(student, solution):
    expect_weights(student, solution, X_LOOP, Y_LOOP, 0.4, 2, 3)


@q6.check("other data", hidden=True, each=[("batches that fit", 4), ("batches that do not", 5)])
def training_elsewhere(student, solution, case, rng):
    X, y = rng.normal(size=(8, 3)), rng.integers(0, 2, 8) * 1.0
    expect_weights(student, solution, X, y, rng.uniform(0.2, 0.6), 3, case[1])


def trained(X, y, lr, epochs, batch_size, step):
    """The loop with another step(w, b, X, y, lr): what the mistakes are made of."""
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            w, b = step(w, b, X[start : start + batch_size], y[start : start + batch_size])
    return w, b


def probability(X, w, b):
    return F.sigmoid(X @ w + b)[0]


@q6.mistake(
    "b is still off. Its slope is computed after w has moved: one iteration has one forward pass, and both slopes belong "
    "to the old weights."
)
def slope_at_the_new_weights(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        w = w - lr * X.T @ (probability(X, w, b) - y) / len(y)
        return w, b - lr * np.mean(probability(X, w, b) - y)

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake("w still climbs: the plus makes its loss grow. Both w and b step against their slopes.")
def still_uphill(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / len(y)
        return w + lr * X.T @ delta, b - lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake(
    "The steps are too short where batches are small: you divide by the number of all examples. A batch's mean divides by "
    "the batch's own."
)
def divided_by_all(X, y, lr, epochs, batch_size):
    N = len(y)

    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / N
        return w - lr * X.T @ delta, b - lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake("Right but for the short last batch: you divide by batch_size, and fewer examples than that are in it.")
def divided_by_the_batch_size(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / batch_size
        return w - lr * X.T @ delta, b - lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake(
    "One sign is turned around in delta and another in the update of b, so now w descends and b climbs. Leave delta as h "
    "- y and subtract twice."
)
def bias_uphill(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / len(y)
        return w - lr * X.T @ delta, b + lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake("Nothing is averaged: this is the step of the summed loss. Divide by the number of examples in the batch.")
def summed_over_the_batch(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        delta = probability(X, w, b) - y
        return w - lr * X.T @ delta, b - lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake(
    "Now w is right and b is divided twice: delta holds the 1/B already, so its sum, not its mean, is b's slope."
)
def bias_averaged_twice(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / len(y)
        return w - lr * X.T @ delta, b - lr * delta.mean()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake("This is the loop as it was given to you. Begin with the signs: w climbs, b descends.")
def as_given(X, y, lr, epochs, batch_size):
    N = len(y)

    def step(w, b, X, y):
        w = w + lr * X.T @ (probability(X, w, b) - y) / N
        return w, b - lr * np.sum(probability(X, w, b) - y) / N

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake("The division is mended. But w still climbs, and b's slope is still taken after w has moved.")
def only_the_division_mended(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        w = w + lr * X.T @ (probability(X, w, b) - y) / len(y)
        return w, b - lr * np.mean(probability(X, w, b) - y)

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake(
    "There is one forward pass now, as it should be. But w still climbs, and the division is still by all examples."
)
def only_the_order_mended(X, y, lr, epochs, batch_size):
    N = len(y)

    def step(w, b, X, y):
        delta = (probability(X, w, b) - y) / N
        return w + lr * X.T @ delta, b - lr * delta.sum()

    return trained(X, y, lr, epochs, batch_size, step)


@q6.mistake(
    "One of the three is mended, the sign. The weights still move before b's slope is taken, and the division is still by "
    "the number of all examples."
)
def only_the_sign_mended(X, y, lr, epochs, batch_size):
    N = len(y)

    def step(w, b, X, y):
        w = w - lr * X.T @ (probability(X, w, b) - y) / N
        return w, b - lr * np.sum(probability(X, w, b) - y) / N

    return trained(X, y, lr, epochs, batch_size, step)


@q6.alternative
def bias_as_a_weight(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        A = np.insert(X, 0, 1.0, axis=1)
        g = np.mean(A * (y - F.sigmoid(A @ np.append(b, w))[0])[:, np.newaxis], axis=0)
        return w + lr * g[1:], b + lr * g[0]

    return trained(X, y, lr, epochs, batch_size, step)


@q6.alternative
def by_the_library_s_loss(X, y, lr, epochs, batch_size):
    def step(w, b, X, y):
        _, cache = F.binary_cross_entropy_with_logits(X @ w + b, y)
        dz = F.binary_cross_entropy_with_logits_backward(cache)
        return w - lr * (dz @ X), float(b - lr * dz.sum())

    return trained(X, y, lr, epochs, batch_size, step)


q6.equivalent(
    "train: len(y_batch) -> len(X_batch)",
    "train: len(y_batch) -> len(h)",
    because="a batch has as many truths and predictions as examples",
)


# --- q7: two valleys ---------------------------------------------------------------------------------------------------

q7 = question("q7", "Which starts arrive?", functions=["arrives"])
STARTS = np.array([-3.0, -2.2, -1.8, -1.1, -0.2, 0.1, 0.3, 0.9, 2.1, 3.0])
WALKS = [
    ("a small rate", 0.1, 60, 0.01),
    ("a short walk", 0.05, 6, 0.024),
    ("a rate that jumps over the ridge", 0.25, 60, 0.01),
    ("a rate that is not stable in the left valley", 0.32, 61, 0.05),
]


@q7.check("ten starts", points=2, each=WALKS)
def ten_starts(student, solution, case):
    given = (STARTS, *case[1:])
    expect(student.arrives(*given)).close_to(solution.arrives(*given))


@q7.check("paths that are thrown out")
def far_away(student, solution):
    given = (np.array([-6.0, 5.0, -1.5, 4.0, 1.5]), 0.25, 4, 0.05)
    expect(student.arrives(*given)).close_to(solution.arrives(*given))


@q7.check("other starts, other rates", hidden=True, each=[("short walks", 5, 0.3), ("long walks", 80, 0.01)])
def starts_elsewhere(student, solution, case, rng):
    _, steps, tol = case
    given = (rng.uniform(-3, 3, 12), rng.uniform(0.03, 0.27), steps, tol * rng.uniform(0.8, 1.2))
    expect(student.arrives(*given)).close_to(solution.arrives(*given))


BEST, OTHER, RIDGE = -1.81003793, 1.64178353, 0.1682544


def ends(starts, lr, steps):
    """Where descent on the given curve ends."""
    for _ in range(steps):
        starts = starts - lr * (starts**3 - 3 * starts + 0.5)
    return starts


@q7.mistake(
    "You judged by the side of the ridge where a path starts. A large rate jumps over the ridge, and a short walk does "
    "not arrive at all: walk, and look."
)
def judged_by_the_side(starts, lr, steps, tol):
    return starts < RIDGE


@q7.mistake("You asked whether a path ever came near. Some come by and jump on: only the last place counts.")
def came_by(starts, lr, steps, tol):
    return np.any([np.abs(ends(starts, lr, t) - BEST) <= tol for t in range(steps + 1)], axis=0)


@q7.mistake("You left out the absolute value: everything left of W_BEST counts as arrived, however far away.")
def distance_with_a_sign(starts, lr, steps, tol):
    return ends(starts, lr, steps) - BEST <= tol


@q7.mistake("Your paths climb: the slope has to be subtracted.")
def climbing(starts, lr, steps, tol):
    return np.abs(ends(starts, -lr, steps) - BEST) <= tol


@q7.mistake("You took arriving in any valley for success. The right one is a local minimum, and higher.")
def any_valley(starts, lr, steps, tol):
    w = ends(starts, lr, steps)
    return (np.abs(w - BEST) <= tol) | (np.abs(w - OTHER) <= tol)


@q7.mistake(
    "You asked whether the slope is nearly 0 at the end. It is in both valleys, and on the ridge: where is the place?"
)
def flat_at_the_end(starts, lr, steps, tol):
    w = ends(starts, lr, steps)
    return np.abs(np.polyval([1, 0, -3, 0.5], w)) <= tol


@q7.mistake("These are the starts that do *not* arrive.")
def turned_around(starts, lr, steps, tol):
    return ~(np.abs(ends(starts, lr, steps) - BEST) <= tol)


@q7.mistake("These are the last places. The question is whether each lies at most tol from W_BEST: True or False.")
def places_for_answers(starts, lr, steps, tol):
    return ends(starts, lr, steps)


@q7.mistake("You gave one answer for all starts. Each has its own.")
def one_answer(starts, lr, steps, tol):
    return bool(np.all(np.abs(ends(starts, lr, steps) - BEST) <= tol))


@q7.alternative
def start_by_start(starts, lr, steps, tol):
    answers = []
    for w in starts:
        for _ in range(steps):
            w = w - lr * (w * (w * w - 3) + 0.5)
        answers.append(BEST - tol <= w <= BEST + tol)
    return np.array(answers)


@q7.alternative
def by_the_whole_path(starts, lr, steps, tol):
    path = np.empty((steps + 1, len(starts)))
    path[0] = starts
    for t in range(steps):
        path[t + 1] = path[t] - lr * np.polyval([1, 0, -3, 0.5], path[t])
    return np.isclose(path[-1], BEST, rtol=0, atol=tol)


q7.equivalent(
    "arrives: np.abs(w - W_BEST) <= tol -> np.abs(w - W_BEST) < tol",
    because="no walk of the checks ends at a distance of exactly tol",
)
