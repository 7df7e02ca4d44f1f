"""Public checks of 05_activations: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question


Z = np.array([-4.0, -1.3, -0.2, 0.4, 1.0, 2.5])
DY = np.array([1.0, -2.0, 0.5, 3.0, -1.5, 2.0])
LARGE = np.array([-1000.0, -720.0, -40.0, 40.0, 720.0, 1000.0])
OURS = [
    f"dlcourse.functional.{name}{half}"
    for name in ("silu", "leaky_relu", "elu", "tanh", "prelu", "maxout", "softplus")
    for half in ("", "_backward")
]


def value(who, name, z, *settings):
    """The y of a pair's forward half."""
    y, _ = expect(getattr(who, name)(z, *settings)).parts(2)
    return y


def sent_back(who, name, z, dy, *settings):
    """What the pair sends back, from the cache that its own forward half left."""
    _, cache = expect(getattr(who, name)(z, *settings)).parts(2)
    return getattr(who, f"{name}_backward")(dy, cache)


q1 = question("q1", "SiLU, completed", functions=["silu", "silu_backward"], forbid=OURS)


@q1.check("the value y", each=[("beta = 1", 1.0), ("beta = 2.5", 2.5)])
def silu_values(student, solution, case):
    _, beta = case
    expect(value(student, "silu", Z, beta)).close_to(value(solution, "silu", Z, beta))


@q1.check("the gradient dz", each=[("beta = 1", 1.0), ("beta = 2.5", 2.5)])
def silu_gradients(student, solution, case):
    _, beta = case
    expect(sent_back(student, "silu", Z, DY, beta)).close_to(sent_back(solution, "silu", Z, DY, beta))


@q1.check("no overflow at z = -1000 and z = 1000", no_overflow=True)
def silu_large(student, solution):
    expect(value(student, "silu", LARGE)).close_to(value(solution, "silu", LARGE))
    expect(sent_back(student, "silu", LARGE, DY)).close_to(sent_back(solution, "silu", LARGE, DY))


q2 = question(
    "q2",
    "Leaky ReLU, ELU and tanh",
    functions=["leaky_relu", "leaky_relu_backward", "elu", "elu_backward", "tanh", "tanh_backward"],
    forbid=OURS,
)
PAIRS = [("leaky_relu", 0.1), ("elu", 1.5), ("tanh",)]
WITH_KINK = np.array([-4.0, -1.3, -0.2, 0.0, 1.0, 2.5])


@q2.check("the value y", points=1.5, each=PAIRS)
def pair_values(student, solution, case):
    name, *settings = case
    expect(value(student, name, Z)).close_to(value(solution, name, Z))
    expect(value(student, name, Z, *settings)).close_to(value(solution, name, Z, *settings))


@q2.check("the gradient dz, also at z = 0", points=1.5, each=PAIRS)
def pair_gradients(student, solution, case):
    name, *settings = case
    for chosen in (settings, [-setting for setting in settings]):
        expect(sent_back(student, name, WITH_KINK, DY, *chosen)).close_to(
            sent_back(solution, name, WITH_KINK, DY, *chosen)
        )


@q2.check("no overflow at z = -1000 and z = 1000", points=1.5, each=PAIRS, no_overflow=True)
def pair_large(student, solution, case):
    name, *settings = case
    expect(value(student, name, LARGE, *settings)).close_to(value(solution, name, LARGE, *settings))
    expect(sent_back(student, name, LARGE, DY, *settings)).close_to(sent_back(solution, name, LARGE, DY, *settings))


q3 = question("q3", "PReLU, whose slope learns", functions=["prelu", "prelu_backward"], forbid=OURS)
Z_PRELU = np.array([[-2.0, 1.0, -0.5], [3.0, -1.0, 0.0], [-1.0, 0.5, 2.0], [-4.0, -2.5, -3.0]])
A_PRELU = np.array([0.25, -0.5, 1.5])
DY_PRELU = np.array([[1.0, 2.0, -1.0], [-3.0, 0.5, 4.0], [2.0, -1.0, 1.0], [0.5, 3.0, -2.0]])


@q3.check("the value y, with slopes below 0 and above 1 as well")
def prelu_values(student, solution):
    expect(value(student, "prelu", Z_PRELU, A_PRELU)).close_to(value(solution, "prelu", Z_PRELU, A_PRELU))


@q3.check("the inputs' gradient dz")
def prelu_inputs(student, solution):
    dz, _ = expect(sent_back(student, "prelu", Z_PRELU, DY_PRELU, A_PRELU)).parts(2)
    expect(dz).close_to(sent_back(solution, "prelu", Z_PRELU, DY_PRELU, A_PRELU)[0])


@q3.check("the slopes' gradient da")
def prelu_slopes(student, solution):
    _, da = expect(sent_back(student, "prelu", Z_PRELU, DY_PRELU, A_PRELU)).parts(2)
    expect(da).close_to(sent_back(solution, "prelu", Z_PRELU, DY_PRELU, A_PRELU)[1])


q4 = question("q4", "Maxout", functions=["maxout", "maxout_backward"], forbid=OURS)
Z_MAXOUT = np.array(
    [
        [[1.0, -2.0, 0.5, 0.0], [-1.0, -3.0, -0.5, -2.0]],
        [[2.0, 4.0, -1.0, 3.5], [0.2, 0.1, 0.0, 0.3]],
        [[-5.0, -4.0, -6.0, -7.0], [1.5, 0.5, 2.5, -2.0]],
    ]
)
TIED = np.array([[[0.0, 3.0, 3.0], [1.0, 1.0, 1.0]], [[2.0, 2.0, -1.0], [-4.0, 0.0, 0.0]]])


@q4.check("the value y")
def maxout_values(student, solution):
    expect(value(student, "maxout", Z_MAXOUT)).close_to(value(solution, "maxout", Z_MAXOUT))


@q4.check("the gradient dz")
def maxout_gradients(student, solution):
    dy = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 4.0]])
    expect(sent_back(student, "maxout", Z_MAXOUT, dy)).close_to(sent_back(solution, "maxout", Z_MAXOUT, dy))


@q4.check("the gradient dz where pieces are equal")
def maxout_ties(student, solution):
    dy = np.array([[6.0, -3.0], [2.0, 4.0]])
    expect(sent_back(student, "maxout", TIED, dy)).close_to(
        sent_back(solution, "maxout", TIED, dy), because="of equal pieces the first one takes the gradient"
    )


q5 = question("q5", "Counting the dead", functions=["dead_fraction"])
ONE_BATCH = np.array(
    [
        [-1.0, 2.0, -3.0, -1.0, -2.0, 4.0, -0.5, -2.0],
        [-2.0, 1.0, 0.5, 0.2, -1.0, 2.0, -0.5, 3.0],
        [0.0, 3.0, -1.0, -3.0, -4.0, 1.0, -0.5, -1.0],
        [-0.5, 2.0, -2.0, -1.0, -0.1, 5.0, 9.0, -2.0],
        [-3.0, -1.0, -1.0, -2.0, -1.0, -3.0, -0.5, -6.0],
    ]
)
BATCHES = [
    np.array([[-4, -3, 2, 2, 0, -3, 2], [0, -4, -2, -3, -3, 1, 4], [-4, -4, -1, 0, -3, -2, 0]], dtype=float),
    np.array([[-4, -1, 1, -3, -3, -2, -1], [-2, -4, -3, -1, 1, 0, -2]], dtype=float),
    np.array([[-4, -4, 0, 2, 1, 1, 3]], dtype=float),
]


@q5.check("one batch")
def dead_in_one_batch(student, solution):
    expect(student.dead_fraction([ONE_BATCH])).close_to(solution.dead_fraction([ONE_BATCH]))


@q5.check("a training set in three batches")
def dead_in_three_batches(student, solution):
    expect(student.dead_fraction(BATCHES)).close_to(solution.dead_fraction(BATCHES))


q6 = question("q6", "Repair a softplus", functions=["softplus", "softplus_backward"], forbid=OURS)


@q6.check("the value y")
def softplus_values(student, solution):
    expect(value(student, "softplus", Z)).close_to(value(solution, "softplus", Z))


@q6.check("the gradient dz")
def softplus_gradients(student, solution):
    expect(sent_back(student, "softplus", Z, DY)).close_to(sent_back(solution, "softplus", Z, DY))


@q6.check(
    "no overflow at z = -1000 and z = 1000", no_overflow=True, each=[("y", "softplus"), ("dz", "softplus_backward")]
)
def softplus_large(student, solution, case):
    answer = value if case[1] == "softplus" else sent_back
    given = [LARGE] if answer is value else [LARGE, DY]
    expect(answer(student, "softplus", *given)).close_to(answer(solution, "softplus", *given))


q7 = question("q7", "Never negative", functions=["sign_shares"], values=["never_negative"])
NAMES = (
    "identity", "unit_step", "sign", "staircase", "sigmoid", "tanh", "relu", "leaky_relu", "relu6", "elu", "silu",
    "softplus", "softmax",
)  # fmt: skip
X_SIGNS = np.array([[1, 1, 1], [-1, 2, 1], [0, 1, 2], [1, 1, 0], [0, -1, 1]], dtype=float)
DZ_SIGNS = np.array(
    [
        [1.0, -1.0, 0.5, 0.0, 0.5, 1.0, 1.0, -0.5],
        [0.0, 0.0, 0.5, 0.0, -0.5, -0.5, 1.0, 0.5],
        [0.5, 0.5, 0.5, 0.5, 0.5, -0.5, 0.0, 0.5],
        [1.0, 0.0, 1.0, 0.5, 0.5, -1.0, 0.5, 1.0],
        [-0.5, 0.0, 0.5, 0.0, 0.5, -1.0, 0.5, 0.5],
    ]
)


@q7.check("the set never_negative")
def never_negative_set(student):
    names = student.never_negative
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"identity", "tanh"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the thirteen names")
    z = np.linspace(-6, 6, 25)
    lowest = {name: getattr(F, name)(z)[0].min() for name in NAMES}
    if below := [name for name in NAMES if name in names and lowest[name] < 0]:
        raise Wrong(f"{below[0]} does go below 0: between z = -6 and z = 6 it falls to {lowest[below[0]]:.3g}")
    if missed := [name for name in NAMES if name not in names and lowest[name] >= 0]:
        raise Wrong(f"what stands there is right, but {len(missed)} of the thirteen names still belong to it")


@q7.check("one example at a time")
def signs_single(student, solution):
    single, _ = expect(student.sign_shares(X_SIGNS, DZ_SIGNS)).parts(2)
    expect(single).close_to(solution.sign_shares(X_SIGNS, DZ_SIGNS)[0])


@q7.check("the whole batch")
def signs_batch(student, solution):
    _, batch = expect(student.sign_shares(X_SIGNS, DZ_SIGNS)).parts(2)
    expect(batch).close_to(solution.sign_shares(X_SIGNS, DZ_SIGNS)[1])
