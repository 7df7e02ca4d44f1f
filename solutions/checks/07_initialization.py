"""Exercise 07, weight initialisation: what each answer must do, and the mistakes that learners really make."""

from itertools import pairwise
from math import log

import numpy as np

from dlcourse import functional as F
from dlcourse import init
from dlcourse.checks import Wrong, expect, question

OURS = [
    f"dlcourse.init.{name}"
    for name in (
        "lecun_normal",
        "lecun_uniform",
        "xavier_normal",
        "xavier_uniform",
        "kaiming_normal",
        "kaiming_uniform",
    )
]

# --- q1: fans ----------------------------------------------------------------------------------------------------------

q1 = question("q1", "Fans, completed", functions=["fans"], forbid=["dlcourse.init.fans"])


@q1.check("a dense layer")
def fans_dense(student, solution):
    expect(student.fans((7, 3))).close_to(solution.fans((7, 3)))


@q1.check("a kernel")
def fans_kernel(student, solution):
    expect(student.fans((5, 2, 3, 4))).close_to(solution.fans((5, 2, 3, 4)))


@q1.check("other shapes", hidden=True, each=["a dense layer", "a kernel"])
def fans_elsewhere(student, solution, case, rng):
    shape = tuple(rng.choice(np.arange(2, 12), 2 if case == "a dense layer" else 4, replace=False).tolist())
    expect(student.fans(shape)).close_to(solution.fans(shape))


@q1.mistake("The window is missing: one output of a kernel adds up over all places of its window, in every channel.")
def window_forgotten(shape):
    return shape if len(shape) == 2 else (shape[1], shape[0])


@q1.mistake("For the kernel the fans are swapped: its shape is (out, in, kh, kw), with the channels that go out first.")
def kernel_swapped(shape):
    return shape if len(shape) == 2 else (shape[0] * shape[2] * shape[3], shape[1] * shape[2] * shape[3])


@q1.mistake(
    "For the dense layer the fans are swapped. (out, in) is PyTorch's order; here z = x W, and a weight is (in, out)."
)
def dense_swapped(shape):
    return shape[::-1] if len(shape) == 2 else (shape[1] * shape[2] * shape[3], shape[0] * shape[2] * shape[3])


@q1.mistake("The places of a window are counted by height *times* width, not by height plus width.")
def window_by_sum(shape):
    return shape if len(shape) == 2 else (shape[1] * (shape[2] + shape[3]), shape[0] * (shape[2] + shape[3]))


@q1.mistake("Your window is square, kh times kh. This one has a width of its own.")
def window_square(shape):
    return shape if len(shape) == 2 else (shape[1] * shape[2] ** 2, shape[0] * shape[2] ** 2)


@q1.mistake("Your fan_out lacks the window: one input place lies in as many windows as a window has places.")
def window_in_one_fan(shape):
    return shape if len(shape) == 2 else (shape[1] * shape[2] * shape[3], shape[0])


@q1.mistake("You read the kernel as a dense weight. Its shape is (out, in, kh, kw), and its window counts, too.")
def kernel_as_dense(shape):
    return shape[:2]


@q1.alternative
def fans_by_size(shape):
    W = np.empty(shape)
    return (W[:, 0].size, W[0].size) if W.ndim == 2 else (W[0].size, W[:, 0].size)


@q1.alternative
def fans_by_product(shape):
    first, second, *window = shape
    places = int(np.prod(window))
    return (second * places, first * places) if window else (first, second)


q1.equivalent("fans: len(shape) == 2 -> len(shape) <= 2", because="No weight has fewer than two axes.")
q1.equivalent(
    "fans: (channels_out, channels_in, height, width) -> (channels_out, channels_in, width, height)",
    because="Height and width are only multiplied with each other.",
)


# --- q2: six schemes ---------------------------------------------------------------------------------------------------

SCHEMES = ["lecun_normal", "lecun_uniform", "xavier_normal", "xavier_uniform", "kaiming_normal", "kaiming_uniform"]
q2 = question("q2", "Six schemes", functions=SCHEMES, forbid=[*OURS, "dlcourse.init.kaiming_std"])
DENSE, KERNEL = (100, 400), (120, 20, 3, 5)
#: The deviations that these two shapes ask for, as numbers.
SD = {"lecun": (0.1, 0.0577350), "xavier": (0.0632456, 0.0308607), "kaiming": (0.1414214, 0.0816497)}


def snapped(ratio):
    """A ratio on a grid with steps of 9.3 %: what chance does to a measured deviation stays within a step."""
    return round(1.093 ** round(log(ratio) / log(1.093)), 3) if 1e-6 < ratio < 1e6 else 0.0


def facts(draw, shape, sd, kind):
    """What can be said of weights with certainty, though they are random.

    With n weights chance moves a measured sd by a part of 1 / sqrt(2 n), for a uniform distribution by less; the mean by
    1 / sqrt(n) of the sd. Every shape here has n > 15,000: 0.58 % and 0.8 %. An sd counts as right up to 4.5 % away (7 times
    what chance does), a mean up to 5 % of the sd (6 times), the share within one sd up to 0.05 off 0.68 or 0.58 (7 times). The
    largest of n uniform numbers is below 99.5 % of its bound with probability 0.995**n < 1e-32. The mildest wrong formula
    (He by fan_out where Xavier is asked, fans 1 : 4) is off by 11 %.
    """
    W, again, other = (np.asarray(draw(shape, rng=np.random.default_rng(seed))) for seed in (5, 5, 6))
    if W.shape != shape:
        raise Wrong(f"the shape is {W.shape}, expected {shape}")
    size = float(np.mean(W * W)) ** 0.5
    found = {
        "the sd over the right one (in steps of 9 %)": snapped(size / sd),
        "the mean over the right sd": abs(round(float(W.mean()) / sd, 1)),
        "the share within one sd (0.7 normal, 0.6 uniform)": round(float(np.mean(np.abs(W) < size)), 1),
        "same generator, same weights": bool(np.array_equal(W, again)),
        "another generator, other weights": not np.array_equal(W, other),
    }
    if kind == "uniform":  # how far a normal one reaches is chance
        largest = float(np.abs(W).max()) / (sd * 3**0.5) if 0.55 < np.mean(np.abs(W) < size) < 0.65 else 0.0
        found["the largest weight over the bound"] = round(largest, 2)
    return found, f"these are weights {shape} with sd {size:.4g} and {np.abs(W).max():.4g} for the largest"


def right(kind):
    """The facts of right weights."""
    shares = {"normal": 0.7, "uniform": 0.6}
    found = {
        "the sd over the right one (in steps of 9 %)": 1.0,
        "the mean over the right sd": 0.0,
        "the share within one sd (0.7 normal, 0.6 uniform)": shares[kind],
        "same generator, same weights": True,
        "another generator, other weights": True,
    }
    return found | ({"the largest weight over the bound": 1.0} if kind == "uniform" else {})


@q2.check("a dense layer (100, 400) and a kernel (120, 20, 3, 5)", points=3, each=SCHEMES)
def schemes_here(student, solution, case):
    name, kind = case.split("_")
    draw = getattr(student, case)
    for shape, sd in zip((DENSE, KERNEL), SD[name], strict=True):
        found, told = facts(draw, shape, sd, kind)
        expect(found).close_to(right(kind), because=told)


@q2.check("other layers, wider and narrower", points=3, hidden=True, each=SCHEMES)
def schemes_elsewhere(student, solution, case, rng):
    name, kind = case.split("_")
    draw = getattr(student, case)
    # One fan is 2 to 4 times the other: no two schemes lie within 11 % of each other.
    few, times = int(rng.integers(100, 140)), int(rng.integers(2, 5))
    channels = int(rng.integers(26, 34))
    for shape in ((few, few * times), (few * times, few), (channels * times, channels, 2, 5)):
        fan_in, fan_out = init.fans(shape)
        variance = {"lecun": 1 / fan_in, "xavier": 2 / (fan_in + fan_out), "kaiming": 2 / fan_in}[name]
        found, _ = facts(draw, shape, variance**0.5, kind)
        expect(found).close_to(right(kind))


@q2.mistake("You hand the variance to `rng.normal`, which wants the sd: a root is missing.", of="lecun_normal")
def lecun_variance_for_sd(shape, *, rng):
    return rng.normal(0, 1 / init.fans(shape)[0], shape)


@q2.mistake(
    "You took the first number of the shape. For a kernel, (out, in, kh, kw), that is no fan at all: `init.fans(shape)` knows "
    "both kinds.",
    of="lecun_normal",
)
def lecun_by_first_axis(shape, *, rng):
    return rng.normal(0, shape[0] ** -0.5, shape)


@q2.mistake(
    "Your generator is your own, so every call gives the same weights. Draw from the `rng` that you were given.",
    of="lecun_normal",
)
def lecun_own_seed(shape, *, rng):
    return np.random.default_rng(0).normal(0, init.fans(shape)[0] ** -0.5, shape)


@q2.mistake("This is normal with the right sd. Asked for is a uniform distribution.", of="lecun_uniform")
def lecun_not_uniform(shape, *, rng):
    return rng.normal(0, init.fans(shape)[0] ** -0.5, shape)


@q2.mistake(
    "You took the sd for the bound. A uniform distribution between -r and r has the variance r²/3: the bound is larger than "
    "the sd.",
    of="lecun_uniform",
)
def lecun_sd_for_bound(shape, *, rng):
    r = init.fans(shape)[0] ** -0.5
    return rng.uniform(-r, r, shape)


@q2.mistake("The bound is ±3 over the root of fan_in: the 3 has to stand below the root as well.", of="lecun_uniform")
def lecun_three_outside(shape, *, rng):
    r = 3 * init.fans(shape)[0] ** -0.5
    return rng.uniform(-r, r, shape)


@q2.mistake(
    "Your weights lie between 0 and the bound, so their mean is not 0. A sum of positive weights cannot stay small: draw "
    "between -r and r.",
    of="lecun_uniform",
)
def lecun_one_sided(shape, *, rng):
    return rng.uniform(0, (3 / init.fans(shape)[0]) ** 0.5, shape)


@q2.mistake("This is LeCun's variance, 1 / fan_in. Xavier looks at both fans.", of="xavier_normal")
def xavier_as_lecun(shape, *, rng):
    return rng.normal(0, init.fans(shape)[0] ** -0.5, shape)


@q2.mistake("You divide by the *sum* of the fans. One over their mean is twice as much.", of="xavier_normal")
def xavier_by_sum(shape, *, rng):
    return rng.normal(0, sum(init.fans(shape)) ** -0.5, shape)


@q2.mistake(
    "The 6 belongs to the uniform bound, where it is 3 times 2. The sd of the normal one has a 2.", of="xavier_normal"
)
def xavier_six_in_normal(shape, *, rng):
    return rng.normal(0, (6 / sum(init.fans(shape))) ** 0.5, shape)


@q2.mistake("You hand the variance to `rng.normal`, which wants the sd: a root is missing.", of="xavier_normal")
def xavier_variance_for_sd(shape, *, rng):
    return rng.normal(0, 2 / sum(init.fans(shape)), shape)


@q2.mistake(
    "You took the sd for the bound. A uniform distribution between -r and r has the variance r²/3, so the bound is the root "
    "of 3 times larger than the sd.",
    of="xavier_uniform",
)
def xavier_sd_for_bound(shape, *, rng):
    r = (2 / sum(init.fans(shape))) ** 0.5
    return rng.uniform(-r, r, shape)


@q2.mistake("The root covers the 6 alone. It has to cover the whole fraction.", of="xavier_uniform")
def xavier_short_root(shape, *, rng):
    r = 6**0.5 / sum(init.fans(shape))
    return rng.uniform(-r, r, shape)


@q2.mistake("This is He's bound: fan_in alone. Xavier's has the sum of both fans below the line.", of="xavier_uniform")
def xavier_as_he(shape, *, rng):
    r = (6 / init.fans(shape)[0]) ** 0.5
    return rng.uniform(-r, r, shape)


@q2.mistake(
    "Half of it is missing: this is LeCun's variance. ReLU removes half of the mean square, so He doubles.",
    of="kaiming_normal",
)
def he_as_lecun(shape, *, rng):
    return rng.normal(0, init.fans(shape)[0] ** -0.5, shape)


@q2.mistake("This is Xavier's sd, with both fans. He's has fan_in alone.", of="kaiming_normal")
def he_as_xavier(shape, *, rng):
    return rng.normal(0, (2 / sum(init.fans(shape))) ** 0.5, shape)


@q2.mistake(
    "You used fan_out. That keeps the gradient on its way back; asked for is fan_in, which keeps the signal on its way forward.",
    of="kaiming_normal",
)
def he_by_fan_out(shape, *, rng):
    return rng.normal(0, (2 / init.fans(shape)[1]) ** 0.5, shape)


@q2.mistake("You hand the variance to `rng.normal`, which wants the sd: a root is missing.", of="kaiming_normal")
def he_variance_for_sd(shape, *, rng):
    return rng.normal(0, 2 / init.fans(shape)[0], shape)


@q2.mistake(
    "The scale is right, but chance does not come from the `rng` that you were given: the same generator must give the same "
    "weights again.",
    of="kaiming_normal",
)
def he_from_elsewhere(shape, *, rng):
    return np.random.default_rng().normal(0, (2 / init.fans(shape)[0]) ** 0.5, shape)


@q2.mistake("The root covers the 2 alone. It has to cover the whole fraction, fan_in as well.", of="kaiming_normal")
def he_short_root(shape, *, rng):
    return rng.normal(0, 2**0.5 / init.fans(shape)[0], shape)


@q2.mistake(
    "You took the sd for the bound. A uniform distribution between -r and r has the variance r²/3, so the bound is the root "
    "of 3 times larger than the sd.",
    of="kaiming_uniform",
)
def he_sd_for_bound(shape, *, rng):
    r = (2 / init.fans(shape)[0]) ** 0.5
    return rng.uniform(-r, r, shape)


@q2.mistake(
    "The root covers the 6 alone, as some notes print it. It has to cover fan_in as well.", of="kaiming_uniform"
)
def he_uniform_short_root(shape, *, rng):
    r = 6**0.5 / init.fans(shape)[0]
    return rng.uniform(-r, r, shape)


@q2.mistake(
    "One end has fan_in and the other fan_out, as some notes print it. Then the mean is not 0: both ends have fan_in.",
    of="kaiming_uniform",
)
def he_two_fans(shape, *, rng):
    fan_in, fan_out = init.fans(shape)
    return rng.uniform(-((6 / fan_in) ** 0.5), (6 / fan_out) ** 0.5, shape)


@q2.mistake(
    "You used fan_out. That keeps the gradient on its way back; asked for is fan_in, which keeps the signal on its way forward.",
    of="kaiming_uniform",
)
def he_uniform_by_fan_out(shape, *, rng):
    r = (6 / init.fans(shape)[1]) ** 0.5
    return rng.uniform(-r, r, shape)


@q2.mistake(
    "This is LeCun's bound. ReLU removes half of the mean square, so He's variance is twice LeCun's.",
    of="kaiming_uniform",
)
def he_uniform_as_lecun(shape, *, rng):
    r = (3 / init.fans(shape)[0]) ** 0.5
    return rng.uniform(-r, r, shape)


@q2.alternative(of=("lecun_normal", "xavier_normal", "kaiming_normal"))
def normals_by_scaling():
    def scheme(top, both):
        def draw(shape, *, rng):
            a, b = init.fans(shape)
            return rng.standard_normal(shape) * np.sqrt(top) / np.sqrt(a + b if both else a)

        return draw

    return scheme(1, False), scheme(2, True), scheme(2, False)


@q2.alternative(of=("lecun_uniform", "xavier_uniform", "kaiming_uniform"))
def uniforms_by_scaling():
    def scheme(variance):
        def draw(shape, *, rng):
            return (2 * rng.random(shape) - 1) * (3 * variance(*init.fans(shape))) ** 0.5

        return draw

    return (
        scheme(lambda a, b: 1 / a),
        scheme(lambda a, b: 1 / ((a + b) / 2)),
        scheme(lambda a, b: init.gain("relu") ** 2 / a),
    )


q2.equivalent(
    "xavier_normal: (fan_in, fan_out) -> (fan_out, fan_in)",
    "xavier_uniform: (fan_in, fan_out) -> (fan_out, fan_in)",
    because="Only the sum of the fans counts.",
)


# --- q3: orthogonal weights --------------------------------------------------------------------------------------------

q3 = question("q3", "Orthogonal weights", functions=["orthogonal"], forbid=["dlcourse.init.orthogonal"])
DRAWS = 200


def angles(student, shape, gain, seed=3):
    """Length and angles of the columns of a tall matrix, of the rows of a wide one."""
    W, other = (np.asarray(student.orthogonal(shape, gain, rng=np.random.default_rng(s))) for s in (seed, seed + 1))
    expect(W.shape).equal(shape, because="this is about the shape of the matrix")
    columns = W if shape[0] >= shape[1] else W.T
    products = columns.T @ columns
    lengths = np.sqrt(np.diag(products))
    return {
        "their mean length over gain (in steps of 9 %)": snapped(float(lengths.mean()) / gain),
        "all of the same length": bool(np.allclose(lengths, lengths[0])),
        "at right angles": bool(np.abs(products - np.diag(np.diag(products))).max() < 1e-9 * gain**2),
        "another generator, another matrix": not np.allclose(W, other),
    }


ANGLES = {
    "their mean length over gain (in steps of 9 %)": 1.0,
    "all of the same length": True,
    "at right angles": True,
    "another generator, another matrix": True,
}


@q3.check("a tall and a wide matrix", points=2, each=[("columns of (7, 4)", (7, 4)), ("rows of (4, 7)", (4, 7))])
def orthogonal_here(student, solution, case):
    expect(angles(student, case[1], 2.5)).close_to(ANGLES)


@q3.check("all as likely")
def orthogonal_signs(student, solution):
    # Among 200 draws an entry is positive in 100, give or take 7: 60 and 140 are more than five times that away.
    rng = np.random.default_rng(11)
    seen = [
        np.asarray(student.orthogonal((3, 2), rng=np.random.default_rng(int(s)))) for s in rng.integers(0, 2**31, DRAWS)
    ]
    share = np.mean([W > 0 for W in seen], axis=0)
    fair = (np.abs(share - 0.5) < 0.2) * 1.0
    expect(fair).equal(
        np.ones((3, 2)), because="of 200 matrices (3, 2), 1 says that an entry is positive in about half"
    )


@q3.check("other shapes", hidden=True)
def orthogonal_elsewhere(student, solution, rng):
    short, gain = int(rng.integers(2, 6)), float(rng.uniform(1.5, 3))
    for shape in ((short + 3, short), (short, short + 2), (short, short)):
        expect(angles(student, shape, gain, int(rng.integers(10**6)))).close_to(ANGLES)


@q3.mistake("The gain is missing: the whole matrix is multiplied by it.")
def gain_forgotten(shape, gain=1.0, *, rng):
    return init.orthogonal(shape, rng=rng)


@q3.mistake("The gain divides. It multiplies, to make up for what an activation takes.")
def gain_divides(shape, gain=1.0, *, rng):
    return init.orthogonal(shape, 1 / gain, rng=rng)


@q3.mistake(
    "Step 3 is missing: each matrix is orthogonal, but some entries have always the same sign. Multiply the columns of q by "
    "the signs of r's diagonal."
)
def signs_forgotten(shape, gain=1.0, *, rng):
    q, _ = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    return gain * (q if shape[0] == len(q) else q.T)


@q3.mistake(
    "Your matrix is made of uniform, positive numbers, so the first column of q always points the same way. Begin with "
    "standard normal ones."
)
def from_uniform(shape, gain=1.0, *, rng):
    q, r = np.linalg.qr(rng.random((max(shape), min(shape))))
    q *= np.where(np.diag(r) < 0, -1, 1)
    return gain * (q if shape[0] == len(q) else q.T)


@q3.mistake(
    "The columns have the right length, but stand at any angle: you divided each by its own length. `np.linalg.qr` makes "
    "them orthogonal as well."
)
def only_normalised(shape, gain=1.0, *, rng):
    a = rng.standard_normal((max(shape), min(shape)))
    a = gain * a / np.linalg.norm(a, axis=0)
    return a if shape[0] == len(a) else a.T


@q3.mistake(
    "This is right for a tall shape. For a wide one q comes out square: begin with the longer side down, and turn the result."
)
def wide_not_turned(shape, gain=1.0, *, rng):
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return gain * q * np.where(np.diag(r) < 0, -1, 1)


@q3.mistake("This is the identity, which is orthogonal, and the same each time. The matrix is to be random.")
def identity(shape, gain=1.0, *, rng):
    return gain * np.eye(*shape)


@q3.alternative
def by_gram_schmidt(shape, gain=1.0, *, rng):
    found = []
    for _ in range(min(shape)):
        v = rng.standard_normal(max(shape))
        for _twice in range(2):
            for u in found:
                v = v - (v @ u) * u
        found.append(v / np.sqrt(v @ v))
    rows = gain * np.array(found)
    return rows if shape[0] < shape[1] else rows.T


@q3.alternative
def by_singular_vectors(shape, gain=1.0, *, rng):
    u, _, vt = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
    return u @ vt * gain


q3.equivalent(
    "orthogonal: rows < columns -> rows <= columns",
    because="The transpose of a square random orthogonal matrix is a random orthogonal matrix, each as likely as before.",
)


q3.equivalent(
    "orthogonal: q * np.sign(np.diag(r)) -> q / np.sign(np.diag(r))",
    because="To multiply by 1 or -1 and to divide by it are the same.",
)
q3.equivalent(
    "orthogonal: np.diag(r) -> np.diag(a)",
    because="q does not change when a column of a changes its sign, and this entry does, as r's does: both are fair coins.",
)


# --- q4: prediction ----------------------------------------------------------------------------------------------------

q4 = question("q4", "Predict the signal", functions=["predict"], values=["left_after_eleven"])
WIDTHS, VARIANCES = [5, 8, 3, 10, 6], [0.3, 0.07, 0.9, 0.25]
BOTH = ["relu", "identity"]


@q4.check("a network of four layers", points=2, each=[("ReLU", "relu"), ("no activation", "identity")])
def predict_here(student, solution, case):
    got = expect(student.predict(WIDTHS, VARIANCES, case[1])).parts(2)
    expect([np.asarray(part) for part in got]).close_to(
        list(solution.predict(WIDTHS, VARIANCES, case[1])),
        because="value 1 is the sd of z, value 2 of dz, layer by layer",
    )


@q4.check("the value left_after_eleven")
def eleven(student, solution):
    value, wanted = student.left_after_eleven, solution.left_after_eleven
    if not isinstance(value, int | float):
        raise Wrong("write a number, such as 0.25")
    if abs(value / wanted - 1) > 6e-3:  # three digits are enough; the sentence does not give the number away
        expect(value).true(f"{value:.3g} is too {'large' if value > wanted else 'small'}")


@q4.check("other networks", points=2, hidden=True, each=[("one layer", 1), ("three layers", 3), ("six layers", 6)])
def predict_elsewhere(student, solution, case, rng):
    widths = rng.permutation(np.arange(2, 40))[: case[1] + 1].tolist()
    variances = rng.uniform(0.05, 0.5, case[1]).tolist()
    for activation in BOTH:
        got = expect(student.predict(widths, variances, activation)).parts(2)
        expect([np.asarray(part) for part in got]).close_to(list(solution.predict(widths, variances, activation)))


def both_ways(widths, variances, fan, fan_back, kept, first=1.0):
    """What the mistakes below share: variances by products along the layers."""
    there, back = [first * fan(0) * variances[0]], [1.0]
    for k in range(1, len(variances)):
        there.append(there[-1] * kept * fan(k) * variances[k])
    for k in range(len(variances) - 1, 0, -1):
        back.append(back[-1] * kept * fan_back(k) * variances[k])
    return np.array(there), np.array(back[::-1])


def half_of(activation):
    """The share of the mean square that is left."""
    return {"relu": 0.5}.get(activation, 1.0)


@q4.mistake("ReLU's half is missing: it sets one side of z to 0, and with it half of the squares.", of="predict")
def half_forgotten(widths, variances, activation):
    there, back = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], 1.0)
    return there**0.5, back**0.5


@q4.mistake(
    "You took the half of the *sd*. ReLU keeps half of the mean square; of the sd that is the root of a half.",
    of="predict",
)
def half_of_the_sd(widths, variances, activation):
    there, back = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], half_of(activation) ** 2)
    return there**0.5, back**0.5


@q4.mistake(
    "The first layer is half of what it should be: no activation stands before it, the inputs arrive whole.",
    of="predict",
)
def half_at_the_inputs(widths, variances, activation):
    kept = half_of(activation)
    there, back = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], kept, first=kept)
    return there**0.5, back**0.5


@q4.mistake("These are the variances. Asked for is the sd: take the root at the end.", of="predict")
def variances_returned(widths, variances, activation):
    return both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], half_of(activation))


@q4.mistake(
    "Backward you multiply by fan_in. A gradient dx_i adds up over the units that input i feeds: that is fan_out.",
    of="predict",
)
def fan_in_backward(widths, variances, activation):
    there, back = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k], half_of(activation))
    return there**0.5, back**0.5


@q4.mistake("Forward you multiply by fan_out. A weighted sum has one term per *input*: fan_in.", of="predict")
def fan_out_forward(widths, variances, activation):
    there, back = both_ways(widths, variances, lambda k: widths[k + 1], lambda k: widths[k + 1], half_of(activation))
    return there**0.5, back**0.5


@q4.mistake("dz comes in the order of the way back. Asked for is layer 1 first, in both arrays.", of="predict")
def last_layer_first(widths, variances, activation):
    there, back = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], half_of(activation))
    return there**0.5, back[::-1] ** 0.5


@q4.mistake("You square the variances: they are no deviations.", of="predict")
def variances_as_sd(widths, variances, activation):
    squared = [v * v for v in variances]
    there, back = both_ways(widths, squared, lambda k: widths[k], lambda k: widths[k + 1], half_of(activation))
    return there**0.5, back**0.5


@q4.mistake(
    "Backward you take the weights of the layer itself. dz of layer l comes through the weights of the layer *after* it, "
    "l + 1.",
    of="predict",
)
def own_weights_backward(widths, variances, activation):
    there, _ = both_ways(widths, variances, lambda k: widths[k], lambda k: widths[k + 1], half_of(activation))
    back = [1.0]
    for k in range(len(variances) - 2, -1, -1):
        back.append(back[-1] * half_of(activation) * widths[k + 1] * variances[k])
    return there**0.5, np.array(back[::-1]) ** 0.5


@q4.mistake("This is what is left of the *variance*. The sd is its root.", of="left_after_eleven")
def eleven_as_variance():
    return 6.0**-10


@q4.mistake(
    "You took the half alone. The weights have a third of the variance that would keep a signal without ReLU.",
    of="left_after_eleven",
)
def eleven_half_alone():
    return 2.0**-5


@q4.mistake("You took the third alone: ReLU's half comes on top.", of="left_after_eleven")
def eleven_third_alone():
    return 3.0**-5


@q4.mistake("That is one step too many: between eleven layers there are ten.", of="left_after_eleven")
def eleven_steps():
    return 6.0**-5.5


@q4.mistake(
    "You took the bound for the sd. Then the variance of a weight would be 1/300; a uniform one has a third of its bound "
    "squared. (And this is the variance of z, not its sd.)",
    of="left_after_eleven",
)
def eleven_bound_for_sd():
    return 2.0**-10


@q4.alternative(of="predict")
def predict_by_products(widths, variances, activation):
    n, v = np.array(widths, dtype=float), np.array(variances)
    kept = np.where(np.arange(len(v)) > 0, half_of(activation), 1.0)
    back = (n[1:] * v * kept)[1:]
    return np.sqrt(np.cumprod(n[:-1] * v * kept)), np.sqrt(np.append(np.cumprod(back[::-1])[::-1], 1.0))


@q4.alternative(of="predict")
def predict_in_deviations(widths, variances, activation):
    root = 0.5**0.5 if activation == "relu" else 1.0
    there, back, x, dz = [], [1.0], 1.0, 1.0
    for n, v in zip(widths, variances, strict=False):
        there.append(x * (n * v) ** 0.5)
        x = there[-1] * root
    for n, v in list(zip(widths[1:], variances, strict=True))[:0:-1]:
        dz = dz * root * (n * v) ** 0.5
        back = [dz, *back]
    return there, back


@q4.alternative(of="left_after_eleven")
def eleven_rounded():
    return 0.000129


q4.equivalent(
    "predict: activation == 'relu' -> activation >= 'relu'",
    because="Of the two names that there are, only 'relu' does not come before 'relu' in the alphabet.",
)
q4.equivalent(
    "predict: (forward, backward) -> (backward, forward)",
    "predict: (np.ones(layers), np.ones(layers)) -> (np.zeros(layers), np.ones(layers))",
    because="Both begin alike, and every entry of forward is written before it is read.",
)


# --- q5: twins ---------------------------------------------------------------------------------------------------------

q5 = question("q5", "Twins", functions=["different_units"], values=["still_twins"])
#: Three inputs, eight units, two outputs. Units 0 and 5 are twins; 1 differs from them in an incoming weight, 2 and 7 in the
#: bias, 3, 4 and 6 in an outgoing weight: what is left out of the comparison shows in the number.
W1_TWINS = np.array([[0.5] * 8, [-0.2] * 8, [0.7, 0.4, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]])
B1_TWINS = np.array([0.1, 0.1, -0.3, 0.1, 0.1, 0.1, 0.1, 0.6])
W2_TWINS = np.array([[0.6, 0.6, 0.6, 0.6, 1.3, 0.6, 0.2, 0.6], [-0.9, -0.9, -0.9, 0.8, -0.9, -0.9, -0.9, -0.9]]).T


@q5.check("eight units, two of them twins", each=[("as they are", 0.0), ("one moved by 4e-10", 4e-10)])
def twins_here(student, solution, case):
    moved = W1_TWINS.copy()
    moved[0, 5] += case[1]
    expect(student.different_units(moved, B1_TWINS, W2_TWINS)).equal(
        solution.different_units(W1_TWINS, B1_TWINS, W2_TWINS)
    )


@q5.check("units that differ little, in one number each")
def twins_near(student, solution):
    near = W1_TWINS.copy()
    near[1, 0] -= 1e-4
    expect(student.different_units(near, B1_TWINS, W2_TWINS)).equal(solution.different_units(near, B1_TWINS, W2_TWINS))
    third = B1_TWINS + 4e-9 * (np.arange(8) == 5)
    expect(student.different_units(W1_TWINS, third, W2_TWINS)).equal(
        solution.different_units(W1_TWINS, third, W2_TWINS)
    )


@q5.check("the set still_twins")
def twins_set(student):
    letters = student.still_twins
    if not isinstance(letters, set | list | tuple) or not all(isinstance(letter, str) for letter in letters):
        raise Wrong('write a set of letters in quotation marks: {"A", "D"}')
    if strange := sorted(set(letters) - set("ABCDEF")):
        raise Wrong(f"{strange[0]!r} is not one of the six letters")
    expect(set(letters))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 2)), np.arange(12) % 3
    flat, flat2 = np.full((2, 4), 0.3), np.full((4, 3), 0.3)
    wild, wild2 = rng.normal(size=(2, 4)), rng.normal(size=(4, 3))
    nets = {
        "A": (0 * flat, np.zeros(4), 0 * flat2),
        "B": (flat, np.zeros(4), flat2),
        "C": (flat, np.zeros(4), wild2),
        "D": (wild, np.zeros(4), 0 * flat2),
        "E": (flat, rng.normal(size=4), flat2),
        "F": (wild[:, :1] + 0 * flat, np.zeros(4), wild2[:1] + 0 * flat2),
    }
    apart = {}
    for name, (W1, b1, W2) in nets.items():
        b2 = np.zeros(3)
        for _ in range(50):
            h = np.tanh(x @ W1 + b1)
            _, keep = F.cross_entropy(h @ W2 + b2, y)
            d2 = F.cross_entropy_backward(keep)
            d1 = (1 - h**2) * (d2 @ W2.T)
            W1, b1, W2, b2 = W1 - x.T @ d1, b1 - d1.sum(axis=0), W2 - h.T @ d2, b2 - d2.sum(axis=0)
        apart[name] = max(np.ptp(W1, axis=1).max(), np.ptp(b1), np.ptp(W2, axis=0).max())
    if loud := [name for name in sorted(letters) if apart[name] > 1e-9]:
        expect(sorted(letters)).true(
            f"{loud[0]} does not belong to it: trained for 50 steps, its units differ by up to {apart[loud[0]]:.2g}"
        )
    if missed := [name for name in nets if name not in letters and apart[name] <= 1e-9]:
        expect(sorted(letters)).true(f"what stands there is right, but {len(missed)} more belong to it")


@q5.check("other networks", hidden=True)
def twins_elsewhere(student, solution, rng):
    for d, k in ((2, 4), (5, 1)):
        kinds = int(rng.integers(2, 6))
        W1, b1, W2 = rng.normal(size=(d, kinds)), rng.normal(size=kinds), rng.normal(size=(kinds, k))
        W1, W2 = W1[:, [0] * kinds], W2[[0] * kinds]  # they differ in the bias alone
        who = rng.permutation(np.concatenate([np.arange(kinds), rng.integers(0, kinds, 4)]))
        expect(student.different_units(W1[:, who], b1[who], W2[who])).equal(
            solution.different_units(W1[:, who], b1[who], W2[who])
        )
        W1 = rng.normal(size=W1.shape)
        expect(student.different_units(W1[:, who], 0 * b1[who], W2[who])).equal(
            solution.different_units(W1[:, who], 0 * b1[who], W2[who])
        )


@q5.mistake(
    "You compare the incoming weights alone. Units with different biases or outgoing weights learn different things.",
    of="different_units",
)
def only_incoming(W1, b1, W2):
    return len({tuple(unit) for unit in np.round(W1.T, 9).tolist()})


@q5.mistake("The biases are left out of the comparison: they belong to a unit as its weights do.", of="different_units")
def bias_left_out(W1, b1, W2):
    return len({tuple(unit) for unit in np.round(np.hstack([W1.T, W2]), 9).tolist()})


@q5.mistake(
    "The outgoing weights are left out. The delta of a unit comes back through them, so units that differ there do not stay "
    "equal.",
    of="different_units",
)
def outgoing_left_out(W1, b1, W2):
    return len({tuple(unit) for unit in np.round(np.hstack([W1.T, b1[:, None]]), 9).tolist()})


@q5.mistake("You count the units that have no twin. Two twins count as one unit, not as none.", of="different_units")
def twins_count_for_nothing(W1, b1, W2):
    units = [tuple(unit) for unit in np.round(np.hstack([W1.T, b1[:, None], W2]), 9).tolist()]
    return sum(units.count(unit) == 1 for unit in units)


@q5.mistake(
    "You compare the last digits of floating-point numbers. Two ways of adding up may differ there: what is closer than 1e-9 "
    "counts as equal.",
    of="different_units",
)
def to_the_last_digit(W1, b1, W2):
    return len({tuple(unit) for unit in np.hstack([W1.T, b1[:, None], W2]).tolist()})


@q5.mistake(
    "Your comparison is too generous: `np.allclose` forgives differences up to 1e-5 of the number unless you tell it otherwise. "
    "Only what is closer than 1e-9 counts as equal.",
    of="different_units",
)
def forgiven_too_much(W1, b1, W2):
    found = []
    for unit in np.hstack([W1.T, b1[:, None], W2]):
        if not any(np.allclose(unit, other) for other in found):
            found.append(unit)
    return len(found)


@q5.mistake("You count how many can be left out, H minus the number that is asked for.", of="different_units")
def copies_counted(W1, b1, W2):
    return len(b1) - len({tuple(unit) for unit in np.round(np.hstack([W1.T, b1[:, None], W2]), 9).tolist()})


@q5.mistake(
    "You took the networks with one number everywhere. Twins need no equal weights within a unit, only equal *units*: look at "
    "F.",
    of="still_twins",
)
def one_number_everywhere():
    return {"A", "B"}


@q5.mistake(
    "You looked at W1 alone. In C the outgoing weights differ, and the deltas with them: the first step pulls the units apart.",
    of="still_twins",
)
def equal_incoming():
    return {"A", "B", "C", "F"}


@q5.mistake(
    "You took the networks in which all of W1 is equal. But a unit has a bias and outgoing weights as well: in C and E these "
    "tell the units apart.",
    of="still_twins",
)
def equal_numbers_in_w1():
    return {"A", "B", "C", "E"}


@q5.mistake(
    "You took the zeros for the trouble. With random W1 and W2 = 0 (D) the first step moves only W2, by different amounts, and "
    "then all units learn.",
    of="still_twins",
)
def zeros_somewhere():
    return {"A", "D"}


@q5.mistake(
    "You left out A. Its hidden units do not learn at all, and so they stay what they are: equal.", of="still_twins"
)
def zeros_do_not_count():
    return {"B", "F"}


@q5.alternative(of="different_units")
def pair_by_pair(W1, b1, W2):
    found = []
    for unit in zip(W1.T, b1, W2, strict=True):
        flat = np.concatenate([np.ravel(part) for part in unit])
        if not any(np.abs(flat - other).max() < 1e-9 for other in found):
            found.append(flat)
    return len(found)


@q5.alternative(of="different_units")
def by_distances(W1, b1, W2):
    units = np.vstack([W1, b1, W2.T])
    near = np.abs(units[:, :, None] - units[:, None, :]).max(axis=0) < 1e-9
    return int((np.argmax(near, axis=1) == np.arange(near.shape[0])).sum())


@q5.alternative(of="still_twins")
def twins_as_a_list():
    return ["F", "A", "B"]


q5.equivalent(
    "different_units: [W1.T, b1, W2] -> [b1, W1.T, W2]",
    "different_units: [W1.T, b1, W2] -> [W1.T, W2, b1]",
    because="The order in which a unit's numbers stand does not decide which units are equal.",
)


# --- q6: a broken start ------------------------------------------------------------------------------------------------

q6 = question(
    "q6",
    "Repair a start",
    functions=["start"],
    forbid=["dlcourse.init.kaiming_normal", "dlcourse.init.kaiming_uniform"],
)
PLAN = [60, 240, 240, 100, 140]
PLAN_SD = [0.1825742, 0.0912871, 0.0912871, 0.1414214]


def started(who, widths, seed):
    """Weights and biases as lists of arrays, of the right shapes."""
    weights, biases = expect(who.start(widths, rng=np.random.default_rng(seed))).parts(2)
    shapes = [np.shape(W) for W in weights], [np.shape(b) for b in biases]
    wanted = list(pairwise(widths)), [(n,) for n in widths[1:]]
    if shapes != wanted:
        raise Wrong(f"the shapes are {shapes[0]} and {shapes[1]}, expected {wanted[0]} and {wanted[1]}")
    return [np.asarray(W) for W in weights], [np.asarray(b) for b in biases]


@q6.check("the size of the weights")
def start_sizes(student, solution):
    # 14,000 weights and more in each layer: chance moves an sd by 0.6 %, a right one may be 4.5 % off.
    weights, _ = started(student, PLAN, 1)
    expect([snapped(float(W.std()) / sd) for W, sd in zip(weights, PLAN_SD, strict=True)]).equal(
        [1.0] * 4, because="the sd of each layer's weights over the right one, in steps of 9 %"
    )


@q6.check("the biases")
def start_biases(student, solution):
    _, biases = started(student, PLAN, 1)
    expect(biases).equal([np.zeros(n) for n in PLAN[1:]])


@q6.check("other draws from other generators")
def start_chance(student, solution):
    (one, _), (same, _), (other, _) = (started(student, [3, 4, 4, 4], seed) for seed in (1, 1, 2))
    expect(
        {
            "same generator, same weights": all(map(np.array_equal, one, same)),
            "another generator, other weights": not any(map(np.array_equal, one, other)),
            "two layers of one shape differ": not np.array_equal(one[1], one[2]),
        }
    ).equal(
        {
            "same generator, same weights": True,
            "another generator, other weights": True,
            "two layers of one shape differ": True,
        }
    )


@q6.check("another network", hidden=True)
def start_elsewhere(student, solution, rng):
    widths = rng.permutation([80, 120, 180, 270]).tolist()  # neighbours differ by a half at least, sd by 22 %
    widths.append(widths[-1])
    weights, biases = started(student, widths, int(rng.integers(10**6)))
    ratios = [snapped(float(W.std()) * (n / 2) ** 0.5) for W, n in zip(weights, widths, strict=False)]
    means = [abs(round(float(W.mean()) * (n / 2) ** 0.5, 1)) for W, n in zip(weights, widths, strict=False)]
    expect([ratios, means]).equal([[1.0] * 4, [0.0] * 4])
    expect(biases).equal([np.zeros(n) for n in widths[1:]])


def given(widths, rng, sd, bias=0.0, fresh=False):
    """What the mistakes below share."""
    weights, biases = [], []
    for a, b in pairwise(widths):
        generator = np.random.default_rng(0) if fresh else rng
        weights.append(sd(a, b) * generator.standard_normal((a, b)))
        biases.append(np.full(b, bias))
    return weights, biases


@q6.mistake("The second argument of `rng.normal` is the sd, not the variance: a root is missing.")
def start_variance_for_sd(widths, *, rng):
    return given(widths, rng, lambda a, b: 2 / a)


@q6.mistake("The root is there, but over fan_out. What keeps a signal on its way forward is fan_in.")
def start_by_fan_out(widths, *, rng):
    return given(widths, rng, lambda a, b: (2 / b) ** 0.5)


@q6.mistake(
    "The weights are right now. The biases still start at 1: a bias needs no chance, and no push, so it starts at 0."
)
def start_with_ones(widths, *, rng):
    return given(widths, rng, lambda a, b: (2 / a) ** 0.5, 1.0)


@q6.mistake(
    "The sizes are right now. But a generator is still made anew for each layer, so chance begins again at the same place each "
    "time."
)
def start_own_generator(widths, *, rng):
    return given(widths, rng, lambda a, b: (2 / a) ** 0.5, fresh=True)


@q6.mistake(
    "Now the generator is made once, before the loop: layers differ, but the one that you are handed is still not used."
)
def start_one_own_generator(widths, *, rng):
    return given(widths, np.random.default_rng(0), lambda a, b: (2 / a) ** 0.5)


@q6.mistake("This is Xavier's sd, with both fans. Asked for is He's, by fan_in.")
def start_as_xavier(widths, *, rng):
    return given(widths, rng, lambda a, b: (2 / (a + b)) ** 0.5)


@q6.mistake("Half of the variance is missing: 1 / fan_in is LeCun's. ReLU removes a half, so He doubles it.")
def start_as_lecun(widths, *, rng):
    return given(widths, rng, lambda a, b: a**-0.5)


@q6.mistake(
    "This is still the function that you were given, in size, in its biases and in its generator. Follow the note, complaint by "
    "complaint."
)
def as_given(widths, *, rng):
    return given(widths, rng, lambda a, b: 2 / b, 1.0, fresh=True)


@q6.alternative
def start_by_scaling(widths, *, rng):
    pairs = list(pairwise(widths))
    return [rng.standard_normal(pair) / (pair[0] / 2) ** 0.5 for pair in pairs], [0.0 * np.arange(b) for _, b in pairs]


@q6.alternative
def start_from_the_back(widths, *, rng):
    weights = []
    for k in reversed(range(len(widths) - 1)):
        weights.insert(0, rng.normal(0.0, init.gain("relu") / widths[k] ** 0.5, widths[k : k + 2]))
    return weights, list(map(np.zeros, widths[1:]))


# --- q7: calibration ---------------------------------------------------------------------------------------------------

q7 = question("q7", "Measure instead of calculating", functions=["calibrate"])
X_BATCH = np.array([[0.9, -0.4, 1.7], [-1.2, 0.8, 0.3], [0.5, 2.1, -0.6], [1.4, -0.7, -1.1]])
LAYERS = [
    np.array([[0.3, -0.8], [0.5, 0.4], [-0.2, 0.7]]),
    np.array([[1.5, -0.3, 0.8, 0.2], [0.4, 2.2, -0.6, 1.1]]),
    np.array([[0.05, -0.02], [0.04, 0.03], [-0.01, 0.06], [0.02, -0.05]]),
]


def relu(z):
    return z * (z > 0)


def leaky(z):
    return z * (0.1 + 0.9 * (z > 0))


def shifted(z):
    return np.tanh(z) + 0.5


BENDS = {"ReLU": relu, "leaky ReLU": leaky, "tanh + 0.5": shifted}


@q7.check("three layers", points=2, each=["ReLU", "tanh + 0.5"])
def calibrate_here(student, solution, case):
    got = expect(student.calibrate(LAYERS, X_BATCH, BENDS[case])).parts(3)
    expect(list(got)).close_to(list(solution.calibrate(LAYERS, X_BATCH, BENDS[case])), because="one array per layer")


@q7.check("other networks", points=2, hidden=True, each=[("leaky ReLU", 1), ("leaky ReLU", 4), ("tanh + 0.5", 5)])
def calibrate_elsewhere(student, solution, case, rng):
    name, layers = case
    widths = rng.integers(3, 7, layers + 1)
    weights = [rng.normal(0, rng.uniform(0.1, 3), shape) for shape in pairwise(widths.tolist())]
    x = rng.normal(0.3, 1, (9, int(widths[0])))
    got = expect(student.calibrate(weights, x, BENDS[name])).parts(layers)
    expect(list(got)).close_to(list(solution.calibrate(weights, x, BENDS[name])))


def walk(weights, x, f, size, onward):
    """What the mistakes below share: scale a layer, go on."""
    made = []
    for W in weights:
        z = np.dot(x, W)
        s = size(z)
        made.append(W / s)
        x = onward(z, s, f)
    return made


def root(z, **options):
    return np.mean(np.square(z), **options) ** 0.5


@q7.mistake(
    "Your next layer gets what the *old* weights gave. It will stand behind the new ones: go on with the scaled z."
)
def old_signal_onward(weights, x, f):
    return walk(weights, x, f, root, lambda z, s, f: f(z))


@q7.mistake("You divide by the mean square. The weights enter z once, not squared: divide by its root.")
def by_mean_square(weights, x, f):
    return walk(weights, x, f, lambda z: root(z) ** 2, lambda z, s, f: f(z / s))


@q7.mistake("You scale each unit by its own number, with a mean along axis 0. Asked for is one number per layer.")
def unit_by_unit(weights, x, f):
    return walk(weights, x, f, lambda z: root(z, axis=0), lambda z, s, f: f(z / s))


@q7.mistake("You subtract the mean of z first, as `np.std` does. Asked for is the mean square.")
def by_std(weights, x, f):
    return walk(weights, x, f, np.std, lambda z, s, f: f(z / s))


@q7.mistake("You measure behind the activation. Asked for is the mean square of z, before f.")
def behind_the_activation(weights, x, f):
    return walk(weights, x, f, lambda z: root(f(z)), lambda z, s, f: f(z / s))


@q7.mistake("The activation is missing between the layers: the next one gets f(z), not z.")
def activation_forgotten(weights, x, f):
    return walk(weights, x, f, root, lambda z, s, f: z / s)


@q7.mistake(
    "You scaled the weights themselves to a mean square of 1. It is z that should have it: measure the product."
)
def weights_measured(weights, x, f):
    return [W / root(W) for W in weights]


@q7.mistake("You multiply where you should divide: a z that is too large needs smaller weights.")
def multiplied(weights, x, f):
    return walk(weights, x, f, lambda z: 1 / root(z), lambda z, s, f: f(z / s))


@q7.alternative
def by_norms(weights, x, f):
    made = []
    for W in weights:
        entering = x
        for earlier in made:
            entering = f(entering.dot(earlier))
        z = entering.dot(W)
        made.append(W * (z.size**0.5 / np.linalg.norm(z)))
    return made


@q7.alternative
def in_two_passes(weights, x, f):
    if not weights:
        return []
    first, *rest = weights
    new = first * np.mean((x @ first) ** 2) ** -0.5
    return [new, *in_two_passes(rest, f(x @ new), f)]
