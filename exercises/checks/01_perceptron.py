"""Public checks of 01_perceptron: made by `dlcourse release` from the author's file, which holds more."""

from itertools import product
import numpy as np
from dlcourse.checks import Wrong, expect, question


q1 = question(
    "q1",
    "Two steps, completed",
    functions=["unit_step", "sign"],
    forbid=["dlcourse.functional.unit_step", "dlcourse.functional.sign"],
)
Z = np.array([[-2.5, 0.0, 0.4], [3.0, -0.3, 1.0]])


@q1.check("unit_step, also at 0")
def unit_step_values(student, solution):
    expect(student.unit_step(Z)).close_to(solution.unit_step(Z))


@q1.check("sign, also at 0")
def sign_values(student, solution):
    expect(student.sign(Z)).close_to(solution.sign(Z))


q2 = question("q2", "One neuron, a whole batch", functions=["neuron"])
X3 = np.array([[1.0, -2.0, 0.5], [0.5, 3.0, -1.0], [2.0, 1.0, 3.0], [-1.5, 0.5, 2.0], [0.0, 1.5, 1.0]])
W3 = np.array([2.0, -0.5, -1.25])


@q2.check("the sums z")
def neuron_sums(student, solution):
    z, _ = expect(student.neuron(X3, W3, 0.75)).parts(2)
    expect(z).close_to(solution.neuron(X3, W3, 0.75)[0])


@q2.check("the answers h, also where z = 0")
def neuron_answers(student, solution):
    for b in (0.75, 0.25):  # the second example's z is -0.25 + b + 0.0, the third's 0 at b = 0.25
        _, h = expect(student.neuron(X3, W3, b)).parts(2)
        expect(h).close_to(solution.neuron(X3, W3, b)[1])


q3 = question("q3", "The perceptron rule", functions=["train_perceptron"])
X_SET = np.array([[-1.5, -0.5], [2.5, 0.0], [2.0, 1.5], [-2.5, -2.0], [-3.0, 0.5], [1.0, 0.0]])
Y_SET = np.array([0, 1, 0, 0, 0, 1])
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {"AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}


def trained(who, X, y, *settings):
    """Weights and bias, and the mistakes as an array."""
    w, b, mistakes = expect(who.train_perceptron(X, y, *settings)).parts(3)
    return w, b, np.asarray(mistakes)


@q3.check("w and b after one epoch")
def weights_after_one(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 1)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 1)[:2])


@q3.check("w and b after five epochs")
def weights_after_five(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 5)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 5)[:2])


@q3.check("mistakes per epoch", each=["AND", "XOR"])
def mistakes_per_epoch(student, solution, case):
    *_, mistakes = trained(student, CORNERS, TABLES[case], 8)
    expect(mistakes).close_to(trained(solution, CORNERS, TABLES[case], 8)[2])


@q3.check("another learning rate")
def another_rate(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 3, 0.25)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 3, 0.25)[:2])


q4 = question("q4", "Repair a learner", functions=["settle"])
SETS = {
    "six examples": (X_SET, 2 * Y_SET - 1),
    "four examples": (np.array([[3.0, 1.0], [-2.0, -2.0], [-2.5, 1.0], [-2.5, -1.0]]), np.array([1, 1, -1, -1])),
}


@q4.check("w and b when it has settled", each=SETS)
def settled_weights(student, solution, case):
    w, b, _ = expect(student.settle(*SETS[case], 40)).parts(3)
    expect((w, b)).close_to(solution.settle(*SETS[case], 40)[:2])


@q4.check("the number of epochs", each=SETS)
def settled_epochs(student, solution, case):
    *_, epochs = expect(student.settle(*SETS[case], 40)).parts(3)
    expect(epochs).close_to(solution.settle(*SETS[case], 40)[2])


@q4.check("XOR, which never settles")
def never_settled(student, solution):
    t = 2 * TABLES["XOR"] - 1
    expect(student.settle(CORNERS, t, 7)).close_to(solution.settle(CORNERS, t, 7))


q5 = question("q5", "XOR, and exactly one", functions=["xor", "exactly_one"])
GATES = {
    "upright": {"AND": ([1.0, 1.0], -1.5), "OR": ([1.0, 1.0], -0.5), "NAND": ([-1.0, -1.0], 1.5)},
    "tilted": {"AND": ([0.5, 2.0], -2.5), "OR": ([3.0, 1.0], -1.0), "NAND": ([-1.0, -2.0], 2.0)},
}
GATES = {name: {gate: (np.array(w), b) for gate, (w, b) in gates.items()} for name, gates in GATES.items()}
BETWEEN = np.array([[0.5, 0.25], [0.25, 0.5], [1.0, 0.5], [0.75, 1.0], [-0.5, 1.5], [0.25, 0.25], [1.5, 0.25]])


@q5.check("XOR on the four corners", each=["upright", "tilted"])
def xor_corners(student, solution, case):
    H, h = expect(student.xor(CORNERS, GATES[case])).parts(2)
    expect((H, h)).close_to(solution.xor(CORNERS, GATES[case]))


@q5.check("XOR between the corners", each=["upright", "tilted"])
def xor_between(student, solution, case):
    H, h = expect(student.xor(BETWEEN, GATES[case])).parts(2)
    expect((H, h)).close_to(solution.xor(BETWEEN, GATES[case]))


def rows_of(D):
    """All rows of D zeros and ones, (2^D, D)."""
    return np.array(list(product([0.0, 1.0], repeat=D)))


def answers_of(layers, D):
    """What the two-layer network with these weights and biases answers to all rows; shapes must be as promised."""
    shapes = ((D, 2), (2,), (2, 1), (1,))
    arrays = [np.asarray(part, dtype=float) for part in expect(layers).parts(4)]
    for name, array, shape in zip(("W1", "b1", "W2", "b2"), arrays, shapes, strict=True):
        if array.shape != shape:
            raise Wrong(f"{name} has the shape {array.shape}, expected {shape}")
    W1, b1, W2, b2 = arrays
    hidden = np.heaviside(rows_of(D) @ W1 + b1, 1)
    return np.heaviside(hidden @ W2 + b2, 1)[:, 0]


@q5.check("exactly one of D", points=2, each=[("D = 2", 2), ("D = 3", 3), ("D = 5", 5)])
def exactly_one_answers(student, case):
    _, D = case
    h = answers_of(student.exactly_one(D), D)
    expect(h).equal((rows_of(D).sum(axis=1) == 1) * 1.0, because="the rows are in the order 00...0 to 11...1")


q6 = question("q6", "Two linear layers are one", functions=["collapse"])
TWO_LAYERS = (
    np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]]),
    np.array([0.5, -1.0, 2.0]),
    np.array([[2.0, -1.0, 0.5], [0.5, 3.0, 1.0], [-1.5, 1.0, 4.0]]),
    np.array([1.0, -3.0, 0.25]),
)


@q6.check("the weights W")
def collapsed_weights(student, solution):
    W, _ = expect(student.collapse(*TWO_LAYERS)).parts(2)
    expect(W).close_to(solution.collapse(*TWO_LAYERS)[0])


@q6.check("the bias b")
def collapsed_bias(student, solution):
    _, b = expect(student.collapse(*TWO_LAYERS)).parts(2)
    expect(b).close_to(solution.collapse(*TWO_LAYERS)[1])


q7 = question("q7", "Who can learn it, and after how many mistakes?", values=["learnable", "most_mistakes"])
NAMES = (
    "nor", "implies", "xnor", "copy", "majority", "exactly_one", "odd", "veto", "not_all_equal", "two_pairs",
)  # fmt: skip


@q7.check("the set learnable", points=2)
def learnable_set(student, solution):
    names = student.learnable
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"nor", "xnor"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the ten names")
    expect(set(names)).equal(solution.learnable)


@q7.check("the number most_mistakes", points=2)
def bound_of_novikoff(student, solution):
    try:
        expect(student.most_mistakes).equal(solution.most_mistakes)
    except Wrong:  # its message would hold the answer
        raise Wrong("this is not the whole number that R and the margin of these five examples give") from None
