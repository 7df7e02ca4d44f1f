"""Public checks of 07_initialization: made by `dlcourse release` from the author's file, which holds more."""

from itertools import pairwise
from math import log
import numpy as np
from dlcourse import functional as F
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
q1 = question("q1", "Fans, completed", functions=["fans"], forbid=["dlcourse.init.fans"])


@q1.check("a dense layer")
def fans_dense(student, solution):
    expect(student.fans((7, 3))).close_to(solution.fans((7, 3)))


@q1.check("a kernel")
def fans_kernel(student, solution):
    expect(student.fans((5, 2, 3, 4))).close_to(solution.fans((5, 2, 3, 4)))


SCHEMES = ["lecun_normal", "lecun_uniform", "xavier_normal", "xavier_uniform", "kaiming_normal", "kaiming_uniform"]
q2 = question("q2", "Six schemes", functions=SCHEMES, forbid=[*OURS, "dlcourse.init.kaiming_std"])
DENSE, KERNEL = (100, 400), (120, 20, 3, 5)
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


q4 = question("q4", "Predict the signal", functions=["predict"], values=["left_after_eleven"])
WIDTHS, VARIANCES = [5, 8, 3, 10, 6], [0.3, 0.07, 0.9, 0.25]


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


q5 = question("q5", "Twins", functions=["different_units"], values=["still_twins"])
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
