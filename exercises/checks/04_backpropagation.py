"""Public checks of 04_backpropagation: made by `dlcourse release` from the author's file, which holds more."""

from itertools import pairwise
import numpy as np
from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question
from dlcourse.layers import Linear, Sequential, Tanh
from dlcourse.losses import CrossEntropyLoss


X = np.array([[1.5, -0.5, 2.0], [0.3, 1.2, -1.0], [-2.0, 0.7, 0.4], [0.8, -1.1, -0.6]])
W = np.array([[0.4, -1.3], [0.9, 0.2], [-0.7, 1.6]])
B = np.array([0.25, -0.75])
DELTA = np.array([[0.5, -1.0], [2.0, 0.3], [-0.4, 1.5], [0.6, -0.2]])
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


q7 = question("q7", "Repair a backward pass", functions=["backward"])
Y_NUMBERS = np.array([[0.4, -1.2], [1.1, 0.3], [-0.8, 0.9], [0.2, 1.4]])
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
