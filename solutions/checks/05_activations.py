"""Exercise 05, activation functions: what each answer must do, and the mistakes that learners really make."""

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question

Z = np.array([-4.0, -1.3, -0.2, 0.4, 1.0, 2.5])
DY = np.array([1.0, -2.0, 0.5, 3.0, -1.5, 2.0])
LARGE = np.array([-1000.0, -720.0, -40.0, 40.0, 720.0, 1000.0])
#: What the library has of what is asked for here: it is there to play with, and not in an answer.
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


# --- q1: SiLU ----------------------------------------------------------------------------------------------------------

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


@q1.check("other batches, other betas", hidden=True, no_overflow=True)
def silu_elsewhere(student, solution, rng):
    z, dy, beta = rng.normal(0, 3, (4, 5)), rng.normal(size=(4, 5)), rng.uniform(0.3, 4)
    expect(value(student, "silu", z)).close_to(value(solution, "silu", z))
    expect(value(student, "silu", z, beta)).close_to(value(solution, "silu", z, beta))
    expect(sent_back(student, "silu", z, dy)).close_to(sent_back(solution, "silu", z, dy))
    expect(sent_back(student, "silu", z, dy, beta)).close_to(sent_back(solution, "silu", z, dy, beta))


@q1.mistake(
    "Your gate is the sigmoid of z. It should be the sigmoid of beta times z: beta sets how sharply the gate opens.",
    of="silu",
)
def gate_without_beta(z, beta=1.0):
    g, _ = F.sigmoid(z)
    return z * g, (z, g, beta)


@q1.mistake(
    "You returned the gate alone, so the output stays between 0 and 1. SiLU is the input times its gate.", of="silu"
)
def gate_alone(z, beta=1.0):
    g, _ = F.sigmoid(beta * z)
    return g, (z, g, beta)


@q1.mistake(
    "This gate raises e to a positive power when z is far below 0. F.sigmoid gives the same value and never does.",
    of="silu",
)
def gate_by_the_textbook(z, beta=1.0):
    g = 1 / (1 + np.exp(-beta * z))
    return z * g, (z, g, beta)


@q1.mistake(
    "You treated the gate as a constant. It depends on z too, so the product rule gives a second term.",
    of="silu_backward",
)
def gate_held_constant(dy, cache):
    return cache[1] * dy


@q1.mistake(
    "Your second term lacks a factor. The gate is a function of beta z, so its chain rule brings out one more beta.",
    of="silu_backward",
)
def beta_lost_in_chain_rule(dy, cache):
    x, g, _ = cache
    return dy * (g + x * g * (1 - g))


@q1.mistake(
    "This is the formula `sigma + x sigma' (1 - sigma)` that some notes print. sigma' already contains the factor "
    "1 - sigma, so here it stands twice.",
    of="silu_backward",
)
def factor_counted_twice(dy, cache):
    x, g, b = cache
    return dy * (g + b * x * g * (1 - g) ** 2)


@q1.mistake(
    "This is the local slope f'(z) itself. Backward must pass on the gradient that arrived: dy has to come in.",
    of="silu_backward",
)
def silu_without_dy(dy, cache):
    x, g, b = cache
    return g + b * x * g * (1 - g)


@q1.alternative(of=("silu", "silu_backward"))
def silu_by_tanh():
    def forward(z, beta=1.0):
        return 0.5 * z * (1 + np.tanh(0.5 * beta * z)), {"z": z, "beta": beta}

    def backward(dy, cache):
        t = np.tanh(0.5 * cache["beta"] * cache["z"])
        return 0.5 * dy * ((1 + t) + 0.5 * cache["beta"] * cache["z"] * (1 - t) * (1 + t))

    return forward, backward


@q1.alternative(of="silu_backward")
def silu_slope_from_the_output(dy, cache):
    x, g, b = cache
    by = b * x * g
    return dy * by + dy * g * (1 - by)


# --- q2: three pairs ---------------------------------------------------------------------------------------------------

q2 = question(
    "q2",
    "Leaky ReLU, ELU and tanh",
    functions=["leaky_relu", "leaky_relu_backward", "elu", "elu_backward", "tanh", "tanh_backward"],
    forbid=OURS,
)
#: A pair's name, and settings to try after its defaults.
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


@q2.check("other batches, other settings", points=1.5, each=PAIRS, hidden=True, no_overflow=True)
def pair_elsewhere(student, solution, case, rng):
    name, *settings = case
    z = np.concatenate([rng.normal(0, 2, (3, 4)), rng.choice([-1, 1], (2, 4)) * rng.uniform(500, 1000, (2, 4))])
    z[0, 0] = 0.0
    dy = rng.normal(size=z.shape)
    for chosen in ([], [rng.uniform(0.05, 3) for _ in settings]):
        expect(value(student, name, z, *chosen)).close_to(value(solution, name, z, *chosen))
        expect(sent_back(student, name, z, dy, *chosen)).close_to(sent_back(solution, name, z, dy, *chosen))


@q2.mistake(
    "Left of 0 your leaky ReLU is flat: it answers with the slope itself. A slope has to multiply something.",
    of="leaky_relu",
)
def leaky_constant(z, negative_slope=0.01):
    return np.where(z > 0, z, negative_slope), (z, negative_slope)


@q2.mistake(
    "Your leaky ReLU always leaks 0.01. That is only the default: use the argument negative_slope.", of="leaky_relu"
)
def leaky_hard_coded(z, negative_slope=0.01):
    return np.where(z > 0, z, 0.01 * z), (z, negative_slope)


@q2.mistake(
    "This is the derivative of a plain ReLU: nothing comes back where z is negative. A leaky unit leaks backward, too.",
    of="leaky_relu_backward",
)
def leaky_backward_of_relu(dy, cache):
    return dy * (cache[0] > 0)


@q2.mistake(
    "The two pieces have changed sides: the small slope belongs to the negative inputs.", of="leaky_relu_backward"
)
def leaky_sides_swapped(dy, cache):
    return np.where(cache[0] > 0, cache[1] * dy, dy)


@q2.mistake(
    "Everything is right but at z = 0. There the left piece counts, as in PyTorch: compare with > and not with >=.",
    of="leaky_relu_backward",
)
def leaky_kink_from_the_right(dy, cache):
    return np.where(cache[0] >= 0, dy, cache[1] * dy)


@q2.mistake("alpha does not reach your ELU's value: far to the left it should level off at -alpha.", of="elu")
def elu_without_alpha(z, alpha=1.0):
    return np.maximum(z, 0) + np.expm1(np.minimum(z, 0)), (z, alpha)


@q2.mistake(
    "Check the brackets: alpha multiplies the whole of e^z - 1. Otherwise the two pieces do not meet at 0.", of="elu"
)
def elu_bracket(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0)) - 1), (z, alpha)


@q2.mistake(
    "`np.where` computes both of its branches for every entry, so e^1000 is computed although it is not used. "
    "Make the exponent harmless before exp sees it.",
    of="elu",
)
def elu_overflows(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1)), (z, alpha)


@q2.mistake(
    "Your ELU's slope overflows: `np.where` computes both of its branches for every entry, e^1000 among them. "
    "Make the exponent harmless before exp sees it.",
    of="elu_backward",
)
def elu_slope_overflows(dy, cache):
    x, a = cache
    return dy * np.where(x > 0, 1, a * np.exp(x))


@q2.mistake(
    "alpha is missing from your ELU's slope. The constant factor of a function stays a factor of its derivative.",
    of="elu_backward",
)
def elu_slope_without_alpha(dy, cache):
    return dy * np.exp(np.minimum(cache[0], 0))


@q2.mistake(
    "Left of 0 you multiply by ELU's value, which is negative; ELU rises everywhere. The -1 is a constant: what is its "
    "derivative?",
    of="elu_backward",
)
def elu_value_for_slope(dy, cache):
    x, a = cache
    return dy * np.where(x > 0, 1, a * np.expm1(np.minimum(x, 0)))


@q2.mistake(
    "This is the definition, and at z = 1000 it divides infinity by infinity. np.tanh gives the same value and never does.",
    of="tanh",
)
def tanh_by_its_definition(z):
    up, down = np.exp(z), np.exp(-z)
    y = (up - down) / (up + down)
    return y, (y,)


@q2.mistake(
    "This is 1 - tanh, as some notes print it. At z = -4 it gives a slope of 2, yet tanh is almost flat there: "
    "something must be squared.",
    of="tanh_backward",
)
def tanh_not_squared(dy, cache):
    return dy * (1 - cache[0])


@q2.mistake(
    "You apply tanh twice: the cache holds the output y, which is a tanh already.",
    of="tanh_backward",
)
def tanh_twice(dy, cache):
    return dy * (1 - np.tanh(cache[0]) ** 2)


@q2.mistake(
    "You squared the input z. The 1 - (...)^2 form is written in terms of the output, y = tanh(z).",
    of=("tanh", "tanh_backward"),
)
def tanh_slope_from_the_input():
    return lambda z: (np.tanh(z), (z,)), lambda dy, cache: dy * (1 - cache[0] ** 2)


@q2.mistake(
    "This is y (1 - y), the slope of the sigmoid. tanh lies between -1 and 1 and has another formula.",
    of="tanh_backward",
)
def tanh_slope_of_sigmoid(dy, cache):
    return dy * cache[0] * (1 - cache[0])


@q2.mistake(
    "This is the local slope f'(z) itself. Backward must pass on the gradient that arrived: dy has to come in.",
    of=("leaky_relu_backward", "elu_backward", "tanh_backward"),
)
def slopes_without_dy():
    return (
        lambda dy, cache: np.where(cache[0] > 0, 1.0, cache[1]),
        lambda dy, cache: np.where(cache[0] > 0, 1.0, cache[1] * np.exp(np.minimum(cache[0], 0))),
        lambda dy, cache: 1 - cache[0] ** 2,
    )


@q2.alternative(of=("leaky_relu", "leaky_relu_backward", "elu", "elu_backward"))
def pieces_added_up():
    def leaky(z, negative_slope=0.01):
        return np.maximum(z, 0) + negative_slope * np.minimum(z, 0), np.where(z > 0, 1.0, negative_slope)

    def elu(z, alpha=1.0):
        left = alpha * np.expm1(np.minimum(z, 0))
        return np.maximum(z, 0) + left, (z > 0, left + alpha)

    return leaky, lambda dy, slope: dy * slope, elu, lambda dy, cache: np.where(cache[0], dy, dy * cache[1])


@q2.alternative(of=("elu", "elu_backward"))
def elu_by_masks():
    def forward(z, alpha=1.0):
        left = z <= 0
        out = np.array(z, dtype=float)
        out[left] = alpha * (np.exp(z[left]) - 1)
        return out, [left, out, alpha]

    def backward(dy, cache):
        left, out, alpha = cache
        dz = np.array(dy, dtype=float)
        dz[left] *= out[left] + alpha
        return dz

    return forward, backward


@q2.alternative(of=("tanh", "tanh_backward"))
def tanh_by_sigmoid():
    return lambda z: (2 * F.sigmoid(2 * z)[0] - 1, F.sigmoid(2 * z)[0]), lambda dy, s: 4 * dy * s * (1 - s)


q2.equivalent(
    "leaky_relu: z > 0 -> z >= 0",
    "elu: z > 0 -> z >= 0",
    because="At z = 0 both pieces give 0: the value has no jump there, only its slope has.",
)
q2.equivalent(
    "elu: np.minimum(z, 0) -> np.minimum(z, 1)",
    "elu: np.minimum(z, 0) -> np.minimum(z, 2)",
    "elu_backward: np.minimum(z, 0) -> np.minimum(z, 1)",
    "elu_backward: np.minimum(z, 0) -> np.minimum(z, 2)",
    because="For z <= 0 the smaller one is z as before; for z > 0 the exponential is thrown away, and e^2 is no overflow.",
)


# --- q3: PReLU ---------------------------------------------------------------------------------------------------------

q3 = question("q3", "PReLU, whose slope learns", functions=["prelu", "prelu_backward"], forbid=OURS)
#: Four examples, three units; slopes below 0, below 1 and above 1.
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


@q3.check("other batches, a batch of one among them", hidden=True, each=[1, 4, 6])
def prelu_elsewhere(student, solution, case, rng):
    z, dy, a = rng.normal(size=(case, 4)), rng.normal(size=(case, 4)), rng.uniform(-1, 2, 4)
    expect(value(student, "prelu", z, a)).close_to(value(solution, "prelu", z, a))
    answer = expect(sent_back(student, "prelu", z, dy, a)).parts(2)
    expect(answer).close_to(sent_back(solution, "prelu", z, dy, a))


@q3.mistake(
    "The larger of z and a z is the right one only while a is at most 1. A learned slope may pass 1: choose by the "
    "sign of z.",
    of="prelu",
)
def larger_of_both(z, a):
    return np.maximum(z, a * z), (z, a)


@q3.mistake("The slopes stand on the wrong side: a belongs to the negative inputs.", of="prelu")
def slope_on_the_right(z, a):
    return np.where(z > 0, a * z, z), (z, a)


@q3.mistake(
    "Your dz is that of a plain ReLU: where z is negative the slope is a, not 0.",
    of="prelu_backward",
)
def prelu_dz_of_relu(dy, cache):
    x, _ = cache
    return dy * (x > 0), np.sum(dy * np.minimum(x, 0), axis=0)


@q3.mistake(
    "Your da still has a row for each example. One slope serves the whole batch, so what every example asks of it "
    "adds up: da has the shape of a.",
    of="prelu_backward",
)
def not_summed(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), dy * np.minimum(x, 0)


@q3.mistake(
    "You took the mean over the batch. A gradient is the sum over all the places where the slope is used; the loss has "
    "already divided by the batch size, inside dy.",
    of="prelu_backward",
)
def mean_for_sum(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.mean(dy * np.minimum(x, 0), axis=0)


@q3.mistake(
    "You summed along the wrong axis, over the units of each example. Sum over the examples: that is axis 0.",
    of="prelu_backward",
)
def summed_over_units(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(dy * np.minimum(x, 0), axis=1)


@q3.mistake(
    "You added everything up to one number. Each unit has a slope of its own, so units must stay apart.",
    of="prelu_backward",
)
def one_slope_for_all(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(dy * np.minimum(x, 0))


@q3.mistake(
    "You collected da where z is positive. There the output is z whatever a is, so a has no influence: look at the "
    "other side.",
    of="prelu_backward",
)
def da_from_the_wrong_side(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(dy * np.maximum(x, 0), axis=0)


@q3.mistake(
    "Your da contains a itself. Differentiate a z with respect to a: the factor that is left is z.",
    of="prelu_backward",
)
def da_keeps_a(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(dy * slope * np.minimum(x, 0), axis=0)


@q3.mistake(
    "You added up dy alone. How strongly a moves the output depends on z: differentiate a z with respect to a.",
    of="prelu_backward",
)
def da_lacks_z(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(dy * (x <= 0), axis=0)


@q3.mistake(
    "Your da does not depend on dy: this is how y moves with a, not how the loss does.",
    of="prelu_backward",
)
def da_lacks_dy(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, slope * dy), np.sum(np.minimum(x, 0), axis=0)


@q3.mistake("The two answers have changed places: first dz, then da.", of="prelu_backward")
def answers_swapped(dy, cache):
    x, slope = cache
    return np.sum(dy * np.minimum(x, 0), axis=0), np.where(x > 0, dy, slope * dy)


@q3.alternative(of=("prelu", "prelu_backward"))
def prelu_unit_by_unit():
    def forward(z, a):
        columns = [[v if v > 0 else slope * v for v in column] for column, slope in zip(z.T, a, strict=True)]
        return np.array(columns).T, {"z": z, "a": a}

    def backward(dy, cache):
        dz, da = np.empty(dy.shape), np.zeros(cache["a"].shape)
        for (n, m), v in np.ndenumerate(cache["z"]):
            dz[n, m] = dy[n, m] if v > 0 else cache["a"][m] * dy[n, m]
            da[m] += 0 if v > 0 else dy[n, m] * v
        return dz, da

    return forward, backward


@q3.alternative(of=("prelu", "prelu_backward"))
def prelu_by_slopes():
    def forward(z, a):
        slope = np.where(z > 0, 1.0, a)
        return slope * z, [slope, z * (z < 0)]

    return forward, lambda dy, cache: (cache[0] * dy, np.einsum("nm,nm->m", dy, cache[1]))


q3.equivalent("prelu: z > 0 -> z >= 0", because="At z = 0 both pieces give 0.")
q3.equivalent(
    "prelu_backward: np.where(z > 0, 0, z) -> np.where(z >= 0, 0, z)",
    because="At z = 0 the piece on the left, z, is 0 as well.",
)


# --- q4: Maxout --------------------------------------------------------------------------------------------------------

q4 = question("q4", "Maxout", functions=["maxout", "maxout_backward"], forbid=OURS)
#: Three examples, two units, four pieces; no two pieces of a unit are equal.
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


@q4.check("other shapes", hidden=True, each=[(1, 3, 2), (5, 4, 3), (3, 3, 3)])
def maxout_elsewhere(student, solution, case, rng):
    z, dy = rng.integers(-3, 4, case) * 1.5, rng.normal(size=case[:2])
    expect(value(student, "maxout", z)).close_to(value(solution, "maxout", z))
    expect(sent_back(student, "maxout", z, dy)).close_to(sent_back(solution, "maxout", z, dy))


@q4.mistake(
    "You took the largest along the wrong axis: you compared units with each other. A unit's pieces lie along the "
    "last axis.",
    of="maxout",
)
def largest_unit(z):
    return np.max(z, axis=1), (np.argmax(z, axis=2), z.shape[2])


@q4.mistake("You returned which piece wins. The output is how large that piece is.", of="maxout")
def number_of_the_winner(z):
    best = np.argmax(z, axis=2)
    return best, (best, z.shape[2])


@q4.mistake(
    "`z[:, :, winner]` does not pair entries: for every example and unit it takes what won anywhere, so two axes too many "
    "come out. You need no index here: the value of the winner is the largest value.",
    of="maxout",
)
def values_of_all_winners(z):
    best = np.argmax(z, axis=2)
    return z[:, :, best], (best, z.shape[2])


@q4.mistake(
    "This is the mean of the pieces, which is linear again: no bend is left. The largest piece alone counts.",
    of="maxout",
)
def mean_of_the_pieces(z):
    return np.mean(z, axis=2), (np.argmax(z, axis=2), z.shape[2])


@q4.mistake(
    "Every piece got the gradient. A piece that lost did not touch the output, so nothing goes back to it.",
    of="maxout_backward",
)
def gradient_for_all_pieces(dy, cache):
    return np.repeat(dy[:, :, None], cache[1], axis=2)


@q4.mistake(
    "There is a 1 at each winner, but dy is missing: the winner receives the gradient that arrived at its unit.",
    of="maxout_backward",
)
def maxout_without_dy(dy, cache):
    return 1.0 * (cache[0][:, :, None] == np.arange(cache[1]))


@q4.mistake(
    "`dz[:, :, winner]` does not pair entries: for every example and unit it writes to all the pieces that won anywhere. "
    "Compare the piece's number with the winner instead, or index examples and units, too.",
    of="maxout_backward",
)
def winners_of_all_units(dy, cache):
    dz = np.zeros((*dy.shape, cache[1]))
    dz[:, :, cache[0]] = dy[:, :, None, None]
    return dz


@q4.mistake(
    "Where pieces are equal you paid each of them the full gradient, so more goes back than arrived. Only the first "
    "takes it.",
    of=("maxout", "maxout_backward"),
)
def all_equal_pieces_paid():
    return lambda z: (
        np.max(z, axis=2),
        (z,),
    ), lambda dy, cache: dy[:, :, None] * (cache[0] == np.max(cache[0], axis=2, keepdims=True))


@q4.mistake(
    "Where pieces are equal you share the gradient among them. That is a fair choice, but not the one asked for: the "
    "first takes it all.",
    of=("maxout", "maxout_backward"),
)
def equal_pieces_share():
    def backward(dy, cache):
        won = cache[0] == np.max(cache[0], axis=2, keepdims=True)
        return dy[:, :, None] * won / np.sum(won, axis=2, keepdims=True)

    return lambda z: (np.max(z, axis=2), (z,)), backward


@q4.alternative(of=("maxout", "maxout_backward"))
def maxout_by_one_hot():
    def forward(z):
        chosen = np.eye(z.shape[2])[np.argmax(z, axis=2)]
        return np.sum(chosen * z, axis=2), chosen

    return forward, lambda dy, chosen: np.einsum("nm,nmk->nmk", dy, chosen)


@q4.alternative(of=("maxout", "maxout_backward"))
def maxout_put_along():
    def forward(z):
        best = np.argmax(z, axis=-1, keepdims=True)
        return np.take_along_axis(z, best, axis=-1)[..., 0], {"best": best, "shape": z.shape}

    def backward(dy, cache):
        dz = np.zeros(cache["shape"])
        np.put_along_axis(dz, cache["best"], dy[..., None], axis=-1)
        return dz

    return forward, backward


@q4.alternative(of=("maxout", "maxout_backward"))
def maxout_piece_by_piece():
    def forward(z):
        y, best = z[:, :, 0].copy(), np.zeros(z.shape[:2], dtype=int)
        for j in range(1, z.shape[2]):
            better = z[:, :, j] > y
            y[better], best[better] = z[:, :, j][better], j
        return y, (best, z.shape[2])

    def backward(dy, cache):
        return np.stack([np.where(cache[0] == j, dy, 0.0) for j in range(cache[1])], axis=2)

    return forward, backward


q4.equivalent(
    "maxout: z.max(axis=2) -> z.max(axis=-1)",
    "maxout: z.argmax(axis=2) -> z.argmax(axis=-1)",
    "maxout: z.shape[2] -> z.shape[-1]",
    because="z has three axes, so axis 2 is the last one.",
)


# --- q5: dead units ----------------------------------------------------------------------------------------------------

q5 = question("q5", "Counting the dead", functions=["dead_fraction"])
#: Five examples, eight units. Dead: units 0 (0 at best) and 4. The last example wakes nobody.
ONE_BATCH = np.array(
    [
        [-1.0, 2.0, -3.0, -1.0, -2.0, 4.0, -0.5, -2.0],
        [-2.0, 1.0, 0.5, 0.2, -1.0, 2.0, -0.5, 3.0],
        [0.0, 3.0, -1.0, -3.0, -4.0, 1.0, -0.5, -1.0],
        [-0.5, 2.0, -2.0, -1.0, -0.1, 5.0, 9.0, -2.0],
        [-3.0, -1.0, -1.0, -2.0, -1.0, -3.0, -0.5, -6.0],
    ]
)
#: Of seven units, 0 and 1 are dead; others are silent in some of the batches only.
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


@q5.check("other layers", hidden=True, each=["small batches", "units on the edge", "all dead", "none dead"])
def dead_elsewhere(student, solution, case, rng):
    z = [rng.normal(size=(rows, 12)) - rng.uniform(0, 3, 12) for rows in (4, 1, 3)]
    if case == "units on the edge":
        z = [np.where(rng.random(12) < 0.4, np.minimum(np.round(part), 0), part) for part in z]
    elif case != "small batches":
        z = [np.abs(part) * (-1 if case == "all dead" else 1) for part in z]
    expect(student.dead_fraction(z)).close_to(solution.dead_fraction(z))


@q5.mistake(
    "z_batches is a list of arrays, and a list cannot be compared with 0. Take the batches out of it one at a time, or "
    "join them to one array."
)
def list_taken_for_an_array(z_batches):
    return np.mean(np.all(z_batches <= 0, axis=0))


@q5.mistake(
    "This is the share of zeros among all outputs. A unit that is silent on most examples is sparse, not dead: dead "
    "means silent on every one."
)
def share_of_zeros(z_batches):
    return np.mean(np.concatenate(z_batches) <= 0)


@q5.mistake(
    "You counted examples on which every unit is silent. Turn it around: units that are silent on every example. "
    "The examples lie along axis 0."
)
def dead_examples(z_batches):
    return np.mean(np.all(np.concatenate(z_batches) <= 0, axis=1))


@q5.mistake(
    "You asked whether a unit is inactive on average. One example that wakes it is enough to keep it learning, however "
    "negative the others are."
)
def dead_on_average(z_batches):
    return np.mean(np.mean(np.concatenate(z_batches), axis=0) <= 0)


@q5.mistake(
    "You counted as dead whatever is silent throughout one of the batches. The next batch may wake it: look at all of "
    "them before you judge."
)
def dead_in_any_batch(z_batches):
    return np.mean(np.any([np.all(z <= 0, axis=0) for z in z_batches], axis=0))


@q5.mistake(
    "You averaged the batches' shares. A unit may be silent in one batch and awake in another: combine the units first, "
    "take the share at the end."
)
def batch_shares_averaged(z_batches):
    return np.mean([np.mean(np.all(z <= 0, axis=0)) for z in z_batches])


@q5.mistake("Only one batch decides your answer, the last. Collect what you learn of the units in all of them.")
def last_batch_only(z_batches):
    return np.mean(np.all(z_batches[-1] <= 0, axis=0))


@q5.mistake(
    "You count a unit at exactly z = 0 as awake. Its output is 0 there, and ReLU's derivative at 0 is taken as 0, too."
)
def zero_counts_as_awake(z_batches):
    return np.mean(np.all(np.concatenate(z_batches) < 0, axis=0))


@q5.mistake("This is the share of living units: the dead are the rest.")
def share_of_the_living(z_batches):
    return np.mean(np.any(np.concatenate(z_batches) > 0, axis=0))


@q5.mistake("This is the number of dead units. A fraction lies between 0 and 1.")
def number_of_the_dead(z_batches):
    return np.sum(np.all(np.concatenate(z_batches) <= 0, axis=0))


@q5.alternative
def highest_so_far(z_batches):
    highest = np.full(z_batches[0].shape[1], -np.inf)
    for z in z_batches:
        highest = np.maximum(highest, z.max(axis=0))
    return float((highest <= 0).sum() / highest.size)


@q5.alternative
def unit_by_unit(z_batches):
    units = list(zip(*(row for z in z_batches for row in z.tolist()), strict=True))
    return sum(max(unit) <= 0 for unit in units) / len(units)


q5.equivalent(
    "dead_fraction: z_batches[0] -> z_batches[-1]",
    because="All batches come from one layer: the last has as many units as the first.",
)
q5.equivalent(
    "dead_fraction: z_batches[0].shape[1] -> z_batches[0].shape[-1]",
    because="A batch has two axes, so axis 1 is the last one.",
)


# --- q6: a broken softplus ---------------------------------------------------------------------------------------------

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


@q6.check("other inputs, small and large", hidden=True, no_overflow=True)
def softplus_elsewhere(student, solution, rng):
    z = np.concatenate([rng.normal(0, 4, (4, 5)), rng.choice([-1, 1], (3, 5)) * rng.uniform(5, 900, (3, 5))])
    dy = rng.normal(size=z.shape)
    expect(value(student, "softplus", z)).close_to(value(solution, "softplus", z))
    expect(sent_back(student, "softplus", z, dy)).close_to(sent_back(solution, "softplus", z, dy))


@q6.mistake(
    "In your slope, e is raised to a large positive power and becomes infinite. F.sigmoid is the same function without "
    "that.",
    of="softplus_backward",
)
def softplus_slope_still_overflows(dy, cache):
    e = np.exp(cache[0])
    return dy * (e / (1 + e))


@q6.mistake(
    "e^1000 is infinite. Rewrite the formula so that e is never raised to a positive power, not even in the branch of an "
    "`np.where` that is thrown away.",
    of="softplus",
)
def softplus_still_overflows(z):
    return np.log1p(np.exp(z)), (z,)


@q6.mistake(
    "Clipping z stops the overflow and changes the answer: softplus(1000) is 1000, and yours stays at the clip.",
    of="softplus",
)
def softplus_clipped(z):
    return np.log1p(np.exp(np.clip(z, -30, 30))), (z,)


@q6.mistake(
    "This is even in z: it falls again on the right. With e^-|z| in place of e^z, the part that grows, max(z, 0), has to "
    "be added.",
    of="softplus",
)
def softplus_without_the_ramp(z):
    return np.log1p(np.exp(-np.abs(z))), (z,)


@q6.mistake(
    "At z = 0 it gives ln 3 = 1.0986, and right is ln 2 = 0.6931. Look up what log1p adds by itself.", of="softplus"
)
def softplus_given_value(z):
    return np.log1p(1 + np.exp(z)), (z,)


@q6.mistake(
    "The large values are right now, but at z = 0 it still gives ln 3, not ln 2. Look up what log1p adds by itself.",
    of="softplus",
)
def softplus_one_too_many(z):
    return np.maximum(z, 0) + np.log1p(1 + np.exp(-np.abs(z))), (z,)


@q6.mistake(
    "F.sigmoid returns a pair, its value and its cache. Take the value out before you multiply.", of="softplus_backward"
)
def softplus_pair_not_opened(dy, cache):
    return dy * F.sigmoid(cache[0])


@q6.mistake(
    "Your slope is the sigmoid of the output. Which of the two, z or y, does the derivative of softplus take?",
    of=("softplus", "softplus_backward"),
)
def softplus_slope_at_the_output():
    return lambda z: (np.logaddexp(z, 0), (np.logaddexp(z, 0),)), lambda dy, cache: dy * F.sigmoid(cache[0])[0]


@q6.mistake(
    "This is the slope of the sigmoid. The slope of softplus is the sigmoid itself: you differentiated once too often.",
    of="softplus_backward",
)
def softplus_differentiated_twice(dy, cache):
    g, _ = F.sigmoid(cache[0])
    return dy * g * (1 - g)


@q6.alternative(of=("softplus", "softplus_backward"))
def softplus_by_logaddexp():
    return lambda z: (np.logaddexp(0, z), z), lambda dy, z: 0.5 * dy * (1 + np.tanh(0.5 * z))


@q6.alternative(of=("softplus", "softplus_backward"))
def softplus_with_a_threshold():
    def forward(z):
        small = np.minimum(z, 20.0)
        return np.where(z > 20, z, np.log(1 + np.exp(small))), {"z": z}

    def backward(dy, cache):
        e = np.exp(-np.abs(cache["z"]))
        return np.where(cache["z"] > 0, dy, dy * e) / (1 + e)

    return forward, backward


# --- q7: one sign ------------------------------------------------------------------------------------------------------

q7 = question("q7", "Never negative", functions=["sign_shares"], values=["never_negative"])
NAMES = (
    "identity", "unit_step", "sign", "staircase", "sigmoid", "tanh", "relu", "leaky_relu", "relu6", "elu", "silu",
    "softplus", "softmax",
)  # fmt: skip
#: Five examples, three inputs, eight units; zeros, and both signs, in the examples and in their sum.
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


@q7.check("other layers", hidden=True, each=["signs mixed", "never negative", "one example"])
def signs_elsewhere(student, solution, case, rng):
    # Halves and small whole numbers: every order of adding them gives the same sum, to the last bit.
    x, dz = rng.integers(-1, 3, (4, 3)) * 1.0, rng.integers(-2, 3, (4, 15)) * 0.5
    if case == "never negative":
        x = np.abs(x)
    if case == "one example":
        x, dz = x[:1], dz[:1]
    expect(student.sign_shares(x, dz)).close_to(solution.sign_shares(x, dz))


@q7.mistake(
    "These are the ones that are always above 0. An output of exactly 0 is not negative, either: it pushes no weight, but "
    "never the other way.",
    of="never_negative",
)
def always_positive():
    return {"sigmoid", "softplus", "softmax"}


@q7.mistake(
    "You took the whole ReLU family. Leaky ReLU and ELU were invented to let something negative through.",
    of="never_negative",
)
def relu_family():
    return {"unit_step", "sigmoid", "relu", "leaky_relu", "relu6", "elu", "silu", "softplus", "softmax"}


@q7.mistake(
    "One does not belong: SiLU looks like a smooth ReLU, but dips below 0 left of the origin.", of="never_negative"
)
def silu_as_smooth_relu():
    return {"unit_step", "sigmoid", "relu", "relu6", "silu", "softplus", "softmax"}


@q7.mistake(
    "These are the bounded ones. Bounded is something else: tanh has bounds on both sides of 0, and ReLU has no upper "
    "one.",
    of="never_negative",
)
def bounded():
    return {"unit_step", "sign", "sigmoid", "tanh", "relu6", "softmax"}


@q7.mistake(
    "These never fall: their *slope* is never negative. The question is about the output, which becomes the input x of "
    "the next layer.",
    of="never_negative",
)
def never_falling():
    return set(NAMES) - {"silu", "softmax"}


@q7.mistake(
    "A zero counts as a disagreement in your answer. It moves the weight in no direction, so it agrees with everything.",
    of="sign_shares",
)
def zeros_disagree(x, dz):
    def share(g):
        return np.mean(np.all(g > 0, axis=-2) | np.all(g < 0, axis=-2))

    return share(np.einsum("nd,nm->ndm", x, dz)), share(np.einsum("nd,nm->dm", x, dz))


@q7.mistake(
    "You count only gradients without a negative entry. All entries negative is one sign as well.", of="sign_shares"
)
def only_upwards(x, dz):
    return np.mean(np.all(np.einsum("nd,nm->ndm", x, dz) >= 0, axis=1)), np.mean(np.all(x.T @ dz >= 0, axis=0))


@q7.mistake(
    "You compare the weights that leave one input, across the units. Compare those that enter one unit: they are a "
    "column of dW.",
    of="sign_shares",
)
def rows_for_columns(x, dz):
    def share(g):
        return np.mean(np.all(g >= 0, axis=-1) | np.all(g <= 0, axis=-1))

    return share(np.einsum("nd,nm->ndm", x, dz)), share(np.einsum("nd,nm->dm", x, dz))


@q7.mistake(
    "For the batch you ask whether each of its examples is of one sign. Examples that each are may still pull in opposite "
    "directions: add their gradients first.",
    of="sign_shares",
)
def batch_without_the_sum(x, dz):
    g = np.einsum("nd,nm->ndm", x, dz)
    one = np.all(g >= 0, axis=1) | np.all(g <= 0, axis=1)
    return np.mean(one), np.mean(np.all(one, axis=0))


@q7.mistake(
    "For the batch you multiply the average input by the average delta. A sum of products is not the product of the sums.",
    of="sign_shares",
)
def product_of_averages(x, dz):
    g, mean = np.einsum("nd,nm->ndm", x, dz), np.outer(np.mean(x, axis=0), np.mean(dz, axis=0))
    single, batch = (np.all(h >= 0, axis=-2) | np.all(h <= 0, axis=-2) for h in (g, mean))
    return np.mean(single), np.mean(batch)


@q7.mistake(
    "For one example you look at the inputs alone. Where delta is 0 the gradient is 0, whatever the inputs are.",
    of="sign_shares",
)
def inputs_alone(x, dz):
    dW = np.einsum("nd,nm->dm", x, dz)
    batch = np.all(dW >= 0, axis=0) | np.all(dW <= 0, axis=0)
    return np.mean(np.all(x >= 0, axis=1) | np.all(x <= 0, axis=1)), np.mean(batch)


@q7.mistake("These are the shares with mixed signs: you were asked for the others.", of="sign_shares")
def shares_of_the_mixed(x, dz):
    def share(g):
        return np.mean(np.any(g > 0, axis=-2) & np.any(g < 0, axis=-2))

    return share(np.einsum("nd,nm->ndm", x, dz)), share(np.einsum("nd,nm->dm", x, dz))


@q7.alternative(of="never_negative")
def measured():
    z = np.linspace(-20, 20, 81)
    return [name for name in NAMES if np.all(F.__dict__[name](z)[0] >= 0)]


@q7.alternative(of="sign_shares")
def example_by_example(x, dz):
    def one_sign(column):
        return not ((column > 0).any() and (column < 0).any())

    pairs = [one_sign(x_n * d) for x_n, row in zip(x, dz, strict=True) for d in row]
    total = sum(np.outer(x_n, row) for x_n, row in zip(x, dz, strict=True))
    return sum(pairs) / len(pairs), sum(map(one_sign, total.T)) / dz.shape[1]


@q7.alternative(of="sign_shares")
def by_extremes(x, dz):
    products = x[:, :, None] * dz[:, None, :]
    low, high = products.min(axis=1), products.max(axis=1)
    dW = products.sum(axis=0)
    return float((low * high >= 0).mean()), float((dW.min(axis=0) * dW.max(axis=0) >= 0).mean())


q7.equivalent(
    "sign_shares: x[:, :, np.newaxis] * dz[:, np.newaxis, :] -> x[:, :, np.newaxis] @ dz[:, np.newaxis, :]",
    because="A column (D, 1) times a row (1, M) is the same table of products, entry by entry or as matrices.",
)
q7.equivalent(
    "sign_shares: dz[:, np.newaxis, :] -> dz[:, np.newaxis]",
    because="An axis that no index is given for is taken whole.",
)
