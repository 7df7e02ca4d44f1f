"""Public checks of 03_gradient_descent: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Wrong, expect, question


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
