"""Public checks of 06_unstable_gradients: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Wrong, expect, question


q1 = question("q1", "Gradient norms, completed", functions=["gradient_norms"])
X = np.array([[1.2, -0.6], [0.4, 1.5], [-0.9, 0.7]])
WEIGHTS = [
    np.array([[0.5, -0.8, 0.3, 1.1], [0.9, 0.4, -0.7, 0.2]]),
    np.array([[0.6, -0.3, 0.8, 0.1, -0.9], [1.2, 0.5, -0.4, 0.7, 0.3], [-0.2, 0.9, 0.6, -1.1, 0.4], [0.8, -0.5, 0.2, 0.9, -0.6]]),
    np.array([[0.7, -0.4, 1.0], [-0.9, 0.6, 0.2], [0.3, 1.1, -0.5], [0.8, -0.2, 0.4], [-0.6, 0.5, 0.9]]),
]  # fmt: skip
DELTA = np.array([[0.3, -0.5, 0.2], [-0.4, 0.1, 0.6], [0.7, 0.25, -0.35]])


@q1.check("three layers", points=1.5)
def norms_of_three(student, solution):
    expect(student.gradient_norms(X, WEIGHTS, DELTA)).close_to(solution.gradient_norms(X, WEIGHTS, DELTA))


@q1.check("two layers, and one", each=[("two", 2), ("one", 1)])
def norms_of_fewer(student, solution, case):
    _, count = case
    last = DELTA @ np.array([[0.5, -1.0, 0.2, 0.6, 0.9], [0.7, 0.3, -0.8, 0.4, -0.2], [0.1, 0.6, 0.9, -0.5, 0.8]])
    delta = last if count == 2 else last[:, :4]
    expect(student.gradient_norms(X, WEIGHTS[:count], delta)).close_to(
        solution.gradient_norms(X, WEIGHTS[:count], delta)
    )


q2 = question("q2", "What can be left of delta", functions=["delta_bounds"], values=["layers_needed"])


@q2.check("four layers", each=[("slope 0.25", 0.25), ("slope 0.8", 0.8)])
def bounds_of_four(student, solution, case):
    _, slope = case
    weights = [*WEIGHTS, np.array([[1.3, -0.4], [0.6, 2.1], [-0.8, 0.5]])]
    expect(student.delta_bounds(weights, slope)).close_to(solution.delta_bounds(weights, slope))


@q2.check("one layer")
def bound_of_one(student, solution):
    expect(student.delta_bounds(WEIGHTS[:1], 0.25)).close_to(solution.delta_bounds(WEIGHTS[:1], 0.25))


@q2.check("the prediction layers_needed")
def prediction_of_depth(student, solution):
    count = student.layers_needed
    if isinstance(count, bool) or not isinstance(count, int | float):
        raise Wrong("write a whole number")
    if count != solution.layers_needed:
        raise Wrong(f"not {count:g}: what is the factor of one layer, and how many factors are there between L layers?")


q3 = question(
    "q3",
    "Clip by value",
    functions=["clip_by_value", "turned"],
    forbid=["dlcourse.clip_grad_value_"],
)
GRADIENTS = [
    np.array([[3.0, -0.5, 1.25], [-4.0, 0.8, -1.5]]),
    np.array([0.4, -2.0, 6.0, 1.1]),
    np.array([[0.9], [-1.7]]),
]
OTHERS = [np.array([[1.0, 0.7, -2.0], [-1.5, 0.3, 0.6]]), np.array([2.5, -0.2, 0.9, 1.4]), np.array([[-0.6], [0.5]])]


@q3.check("clipped")
def values_clipped(student, solution):
    expect(student.clip_by_value(GRADIENTS, 1.25)).close_to(solution.clip_by_value(GRADIENTS, 1.25))


@q3.check("the angle between two gradients", each=["acute", "obtuse"])
def angle_of_two(student, solution, case):
    after = OTHERS if case == "acute" else [-1.5 * OTHERS[0], 0.3 * OTHERS[1], OTHERS[2]]
    expect(student.turned(GRADIENTS, after)).close_to(solution.turned(GRADIENTS, after))


@q3.check("no angle between a gradient and a shorter one", no_overflow=True)
def angle_of_none(student):
    for k in range(1, 31):  # among so many, rounding pushes some cosines above 1
        g = [np.sin(np.arange(1.0, 4.0) * k), np.cos(np.arange(2.0) + k)[:, np.newaxis]]
        shorter = [part / (k + 2.0) for part in g]
        expect(student.turned(g, shorter)).close_to(0.0, atol=1e-4)


q4 = question("q4", "Clip by global norm", functions=["clip_by_norm"], forbid=["dlcourse.clip_grad_norm_"])
SHORT = [0.05 * g for g in GRADIENTS]  # their norm is 0.45
TINY = [4e-7 * g for g in GRADIENTS]  # 3.6e-6: here the 1e-6 shows


def judge(student, solution, gradients, max_norm, atol=None):
    """Compare the norm, then the clipped gradients."""
    clipped, norm = expect(student.clip_by_norm(gradients, max_norm)).parts(2)
    right, right_norm = solution.clip_by_norm(gradients, max_norm)
    expect(norm).close_to(right_norm, atol=atol, because="this is the norm that you return")
    expect(clipped).close_to(right, atol=atol)


@q4.check("a gradient that is too long")
def too_long(student, solution):
    judge(student, solution, GRADIENTS, 2.5)


@q4.check("a gradient that is short enough")
def short_enough(student, solution):
    judge(student, solution, SHORT, 2.5)


@q4.check("PyTorch's 1e-6")
def tiny(student, solution):
    judge(student, solution, TINY, 1.5e-6, atol=1e-13)


@q4.check("all gradients 0", no_overflow=True)
def nothing_to_clip(student, solution):
    judge(student, solution, [np.zeros((2, 3)), np.zeros(2), np.zeros((2, 1))], 1.0)


q5 = question(
    "q5",
    "A residual block",
    functions=["residual", "residual_backward"],
    forbid=["dlcourse.Residual"],
)
X_BLOCK = np.array([[1.1, -0.4, 0.7], [0.3, 0.9, -1.2], [-0.8, 0.5, 0.2], [0.6, -1.0, -0.3]])
BLOCK = (
    np.array([[0.5, -0.7], [0.9, 0.3], [-0.4, 1.2]]),
    np.array([0.2, -0.35]),
    np.array([[0.8, -0.6, 1.1], [0.4, 0.7, -0.9]]),
    np.array([0.15, -0.25, 0.4]),
)
DY_BLOCK = np.array([[0.6, -0.9, 0.3], [1.2, 0.4, -0.7], [-0.5, 0.8, 1.4], [0.35, -1.3, 0.25]])
PARTS = [("dx", 0), ("dW1", 1), ("db1", 2), ("dW2", 3), ("db2", 4)]


def sent_back(who, x, block, dy):
    """What residual_backward answers, from the cache that its own forward left."""
    _, cache = expect(who.residual(x, *block)).parts(2)
    return expect(who.residual_backward(dy, cache)).parts(5)


@q5.check("the value y")
def block_value(student, solution):
    y, _ = expect(student.residual(X_BLOCK, *BLOCK)).parts(2)
    expect(y).close_to(solution.residual(X_BLOCK, *BLOCK)[0])


@q5.check("the gradients", points=2.5, each=PARTS)
def block_gradients(student, solution, case):
    _, part = case
    got = sent_back(student, X_BLOCK, BLOCK, DY_BLOCK)
    expect(got[part]).close_to(sent_back(solution, X_BLOCK, BLOCK, DY_BLOCK)[part])


q6 = question("q6", "Back through an unrolled network", functions=["factors"], values=["fates"])
WORDS = ("vanishes", "stays", "explodes")
MATRICES = {
    "three by three": (np.array([[0.6, -0.9, 0.4], [0.7, 0.3, -0.5], [0.2, 1.1, 0.8]]), np.array([1.5, -0.7, 0.4]), 5),
    "it grows first": (np.array([[0.7, 3.0], [0.0, 0.6]]), np.array([0.2, 1.6]), 8),
    "no step at all": (np.array([[0.7, 3.0], [0.0, 0.6]]), np.array([0.2, 1.6]), 0),
}


@q6.check("three networks", points=2, each=list(MATRICES))
def factors_of_three(student, solution, case):
    expect(student.factors(*MATRICES[case])).close_to(solution.factors(*MATRICES[case]))


@q6.check("the five fates")
def five_fates(student, solution):
    words = student.fates
    if not isinstance(words, tuple | list) or len(words) != 5 or not all(word in WORDS for word in words):
        raise Wrong(f"write a list of five words, each one of {', '.join(WORDS)}")
    hits = sum(word == right for word, right in zip(words, solution.fates, strict=True))
    if hits < 5:
        raise Wrong(f"{hits} of the five are right")


q7 = question("q7", "Repair the way back through time", functions=["through_time"])
X_TIME = np.array([[0.9, -0.5], [0.3, 1.2], [-0.7, 0.4], [1.1, 0.6]])
IN_TIME = np.array([[0.5, -0.8, 0.3], [0.4, 0.7, -0.6]])
W_TIME = np.array([[0.6, 0.9, -0.3], [-0.5, 0.4, 0.8], [0.7, -0.2, 0.5]])
DH_TIME = np.array([1.3, -0.6, 0.8])


@q7.check("two steps", each=[("dW_in", 0), ("dW", 1)])
def two_steps(student, solution, case):
    _, part = case
    given = (X_TIME[:2], IN_TIME, W_TIME, DH_TIME)
    got = expect(student.through_time(*given)).parts(2)
    expect(got[part]).close_to(solution.through_time(*given)[part])


@q7.check("four steps", points=2, each=[("dW_in", 0), ("dW", 1)])
def four_steps(student, solution, case):
    _, part = case
    given = (X_TIME, IN_TIME, W_TIME, DH_TIME)
    got = expect(student.through_time(*given)).parts(2)
    expect(got[part]).close_to(solution.through_time(*given)[part])
