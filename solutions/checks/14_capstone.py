"""Exercise 14, the capstone: what each answer must do, and the mistakes that learners really make."""

from functools import cache

import numpy as np

import dlcourse as dl
from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question

# --- q1: a whole network -----------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "Loss and gradients, completed",
    functions=["loss_and_gradients"],
    forbid=[
        "dlcourse.functional.cross_entropy",
        "dlcourse.functional.cross_entropy_backward",
        "dlcourse.functional.linear_backward",
        "dlcourse.functional.relu_backward",
    ],
)
#: Three inputs, four hidden units, five classes, six examples; the fifth example meets the ReLU's kink in unit 1.
PARAMETERS = (
    np.array([[0.6, -0.9, 0.3, 0.8], [-0.4, 0.7, 1.1, -0.5], [0.9, 0.2, -0.8, 0.4]]),
    np.array([0.1, 0.0, 0.3, -0.2]),
    np.array(
        [
            [0.5, -0.7, 0.2, 0.9, -0.3],
            [-0.6, 0.4, 0.8, -0.2, 0.7],
            [0.3, 1.2, -0.5, 0.6, -0.9],
            [1.1, -0.4, 0.1, -0.8, 0.5],
        ]
    ),
    np.array([0.2, -0.1, 0.4, -0.3, 0.6]),
)
X_SIX = np.array([[1.2, -0.7, 0.5], [0.3, 1.4, -0.6], [-0.8, 0.9, 1.7], [2.1, 0.4, -1.3], [0, 0, 0], [0.7, -1.6, 0.2]])
Y_SIX = np.array([3, 0, 4, 3, 1, 2])


@q1.check("the loss")
def whole_loss(student, solution):
    loss, _ = expect(student.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)).parts(2)
    expect(loss).close_to(solution.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)[0])


@q1.check("the gradients", each=[("of the second layer", 2), ("of the first layer", 0)])
def whole_gradients(student, solution, case):
    _, gradients = expect(student.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)).parts(2)
    own, right = expect(gradients).parts(4), solution.loss_and_gradients(PARAMETERS, X_SIX, Y_SIX)[1]
    expect(own[case[1] : case[1] + 2]).close_to(tuple(right[case[1] : case[1] + 2]))


@q1.check("no overflow", no_overflow=True, each=[("logits of 3000", 1000.0, 0.0), ("logits of -800", 0.0, -800.0)])
def large_logits(student, solution, case):
    W1, b1, W2, b2 = PARAMETERS
    large = (W1, b1, case[1] * W2, b2 + case[2] * np.array([0, 1, 0, 1, 1]))
    loss, gradients = expect(student.loss_and_gradients(large, X_SIX, Y_SIX)).parts(2)
    right = solution.loss_and_gradients(large, X_SIX, Y_SIX)
    expect(loss).close_to(right[0])
    expect(expect(gradients).parts(4)[3]).close_to(right[1][3])


@q1.check("gradients against central differences, another network", hidden=True)
def against_differences(student, solution, rng):
    D, H, K, N, h = 4, 3, 6, 7, 1e-5
    shapes = ((D, H), (H,), (H, K), (K,))
    X, y = rng.normal(size=(N, D)), rng.integers(K, size=N)
    while True:  # stay away from kinks: there both sides differ
        parameters = [rng.normal(size=shape) for shape in shapes]
        if np.abs(X @ parameters[0] + parameters[1]).min() > 0.01:
            break
    loss, gradients = expect(student.loss_and_gradients(tuple(parameters), X, y)).parts(2)
    expect(loss).close_to(solution.loss_and_gradients(tuple(parameters), X, y)[0])
    gradients = expect(gradients).parts(4)
    for k, parameter in enumerate(parameters):
        numerical = np.zeros_like(parameter)
        for place in np.ndindex(parameter.shape):
            sides = []
            for step in (h, -h):
                moved = [p.copy() for p in parameters]
                moved[k][place] += step
                sides.append(solution.loss_and_gradients(tuple(moved), X, y)[0])
            numerical[place] = (sides[0] - sides[1]) / (2 * h)
        expect(gradients[k]).close_to(numerical, rtol=1e-5, atol=1e-7)


def whole(parameters, X, y, *, slope=None, delta=None, loss=None, db=None, through=None, shifted=True):
    """A network there and back, with one thing done otherwise."""
    W1, b1, W2, b2 = parameters
    s1 = X @ W1 + b1
    x1 = np.maximum(s1, 0)
    s2 = x1 @ W2 + b2
    top = s2.max(axis=1, keepdims=True) if shifted else 0
    e = np.exp(s2 - top)
    h = e / e.sum(axis=1, keepdims=True)
    target = np.eye(len(b2))[y]
    d2 = (delta or (lambda h, t: (h - t) / len(t)))(h, target)
    arrives = (through or (lambda d, W: d @ W.T))(d2, W2)
    d1 = arrives * (slope or (lambda s, d: s > 0))(s1, arrives)
    db = db or (lambda d: d.sum(axis=0))
    log_h = s2 - top - np.log(e.sum(axis=1, keepdims=True))
    cost = (loss or (lambda h, log_h, t: -np.mean(log_h[t == 1])))(h, log_h, target)
    return cost, (X.T @ d1, db(d1), x1.T @ d2, db(d2))


@q1.mistake("Your delta is not divided by N. The loss is a mean over the examples, so each of them counts for 1/N.")
def delta_not_averaged(parameters, X, y):
    return whole(parameters, X, y, delta=lambda h, t: h - t)


@q1.mistake("This is the sum of the examples' losses. The loss asked for is their mean.")
def summed_loss(parameters, X, y):
    return whole(parameters, X, y, loss=lambda h, log_h, t: -np.sum(log_h[t == 1]))


@q1.mistake("The sign of the loss is missing: the logarithm of a probability is negative, and the loss is positive.")
def sign_of_the_loss(parameters, X, y):
    return whole(parameters, X, y, loss=lambda h, log_h, t: np.mean(log_h[t == 1]))


@q1.mistake("You took the mean over all N times K entries. Only the true class of each example counts, so divide by N.")
def mean_over_entries(parameters, X, y):
    return whole(parameters, X, y, loss=lambda h, log_h, t: -np.mean(t * log_h))


@q1.mistake("The biases' gradients are means here. Delta holds the 1/N already: add its rows up.")
def bias_averaged(parameters, X, y):
    return whole(parameters, X, y, db=lambda d: d.mean(axis=0))


@q1.mistake("The way back leaves out the ReLU: a unit that was at 0 or below passes no gradient.")
def relu_forgotten(parameters, X, y):
    return whole(parameters, X, y, slope=lambda s, d: 1)


@q1.mistake(
    "You ask whether the *arriving* gradient is positive. The ReLU's slope depends on what came in on the way forward: z1."
)
def mask_of_the_gradient(parameters, X, y):
    return whole(parameters, X, y, slope=lambda s, d: d > 0)


@q1.mistake("You multiply by z1 where it is positive. That is the ReLU's value; its slope there is 1.")
def value_for_slope(parameters, X, y):
    return whole(parameters, X, y, slope=lambda s, d: np.maximum(s, 0))


@q1.mistake("At z1 = 0 your ReLU passes the gradient on. Its slope there is taken as 0, as PyTorch takes it.")
def slope_at_the_kink(parameters, X, y):
    return whole(parameters, X, y, slope=lambda s, d: s >= 0)


@q1.mistake("Your delta lacks the softmax: it is the one-hot row alone. Delta is h minus one-hot, divided by N.")
def delta_without_h(parameters, X, y):
    return whole(parameters, X, y, delta=lambda h, t: -t / len(t))


@q1.mistake("Delta has the wrong sign: it is what the network says minus what is true.")
def delta_turned(parameters, X, y):
    return whole(parameters, X, y, delta=lambda h, t: (t - h) / len(t))


@q1.mistake(
    "Large logits overflow. Subtract each row's largest logit first: the softmax stays as it is, and no exponent is above 0."
)
def overflowing(parameters, X, y):
    return whole(parameters, X, y, shifted=False)


@q1.mistake(
    "You take the logarithm of the softmax, which is 0 for a class that is far behind. Write it as the logit minus the "
    "logarithm of the sum: that never meets a 0."
)
def logarithm_of_zero(parameters, X, y):
    return whole(parameters, X, y, loss=lambda h, log_h, t: -np.mean(np.log(h[t == 1])))


@q1.alternative
def with_one_hot(parameters, X, y):
    W1, b1, W2, b2 = parameters
    hidden, N = X @ W1 + b1, X.shape[0]
    active = (hidden > 0).astype(float)
    x1 = hidden * active
    logits = x1 @ W2 + b2
    top = logits.max(axis=1)
    e = np.exp(logits - top[:, np.newaxis])
    total = e.sum(axis=1)
    loss = np.sum(np.log(total) + top - logits[range(N), y]) / N
    delta = (e / total[:, np.newaxis] - np.eye(len(b2))[y]) / N
    back = np.einsum("nk,hk->nh", delta, W2) * active
    return loss, [
        np.einsum("nd,nh->dh", X, back),
        np.ones(N) @ back,
        np.einsum("nh,nk->hk", x1, delta),
        np.ones(N) @ delta,
    ]


@q1.alternative
def example_by_example(parameters, X, y):
    W1, b1, W2, b2 = parameters
    total, sums = 0.0, [np.zeros_like(p) for p in parameters]
    for x, label in zip(X, y, strict=True):
        z1 = x @ W1 + b1
        x1 = np.where(z1 > 0, z1, 0)
        z2 = x1 @ W2 + b2
        log_h = z2 - np.logaddexp.reduce(z2)
        total -= log_h[label]
        d2 = np.exp(log_h) - (np.arange(len(b2)) == label)
        d1 = np.where(z1 > 0, W2 @ d2, 0)
        sums = [s + g for s, g in zip(sums, (np.outer(x, d1), d1, np.outer(x1, d2), d2), strict=True)]
    return total / len(X), tuple(s / len(X) for s in sums)


q1.equivalent(
    "loss_and_gradients: np.arange(len(X)) -> np.arange(len(y))",
    *(
        f"loss_and_gradients: delta2 / len(X) -> delta2 / len({name})"
        for name in ("y", "rows", "z1", "x1", "z2", "log_h", "delta2")
    ),
    because="All of these have one row, or one entry, for each example.",
)
q1.equivalent(
    "loss_and_gradients: z2.max(axis=1, keepdims=True) -> z2.max(axis=-1, keepdims=True)",
    "loss_and_gradients: np.exp(z2).sum(axis=1, keepdims=True) -> np.exp(z2).sum(axis=-1, keepdims=True)",
    because="Logits have two axes, so the last is axis 1.",
)
q1.equivalent(
    "loss_and_gradients: z1 > 0 -> x1 > 0", because="The ReLU's output is above 0 exactly where its input is."
)

# --- q2: three measurements --------------------------------------------------------------------------------------------

q2 = question("q2", "Three measurements", functions=["start_ratio", "update_ratios", "diagnose"])
Z_FIVE = np.array(
    [[0.3, -1.2, 2.0, 0.1], [1.5, 0.2, -0.4, 0.7], [-0.6, 0.9, 1.1, -2.2], [0.4, 0.8, -1.0, 0.3], [2.2, 0, 1, 0.5]]
)
Y_FIVE = np.array([2, 1, 0, 1, 0])
BEFORE = [
    np.array([[1.0, -2.0, 0.5], [3.0, 0.4, -1.0]]),
    np.array([5.0, 6.0, 7.0]),
    np.array([[2.5], [-1.1], [0.8]]),
    np.array([0.3]),
]
AFTER = [
    np.array([[1.1, -2.3, 0.5], [3.2, 0.1, -0.7]]),
    np.array([5.5, 5.0, 7.7]),
    np.array([[2.1], [-1.3], [1.5]]),
    np.array([0.9]),
]
LINES = [
    ("healthy", 1.02, 0.03, 0.002),
    ("large at the start", 5.0, 0.02, 0.002),
    ("large at the start, tiny steps", 3.0, 2.0, 1e-7),
    ("tiny steps", 1.1, 2.2, 1e-6),
    ("huge steps", 1.1, 2.2, 0.5),
    ("one batch does not fit", 0.97, 1.46, 0.003),
]
EDGES = [(2.0, 0.1, 0.1), (1.5, 0.1, 0.00001), (2.0, 0.11, 0.00001), (2.03, 0.0, 0.05), (1.0, 0.0, 0.000011)]
EDGES += [
    (1.0, 0.0, 0.0000099),
    (1.0, 0.0, 0.102),
    (1.0, 0.102, 0.05),
    (1.2, 0.07, 0.05),
    (1.2, 0.15, 0.08),
    (1.2, 0.6, 0.08),
    (1.0, 0.0, 0.1005),
    (1.0, 0.1005, 0.05),
]


@q2.check("the start ratio")
def ratio_at_start(student, solution):
    expect(student.start_ratio(Z_FIVE, Y_FIVE)).close_to(solution.start_ratio(Z_FIVE, Y_FIVE))


@q2.check("the update ratios")
def ratios_of_updates(student, solution):
    answer = student.update_ratios(BEFORE, AFTER)
    expect(list(answer) if isinstance(answer, tuple | np.ndarray) else answer).close_to(
        solution.update_ratios(BEFORE, AFTER)
    )


@q2.check("the diagnosis, line by line", each=LINES)
def line_by_line(student, solution, case):
    expect(student.diagnose(*case[1:])).equal(solution.diagnose(*case[1:]))


@q2.check("other numbers, also on the edge of the table", hidden=True, each=["start", "updates", "diagnosis"])
def other_measurements(student, solution, rng, case):
    if case == "start":
        z, y = rng.normal(0, 3, (8, 7)), rng.integers(5, size=8)
        expect(student.start_ratio(z, y)).close_to(solution.start_ratio(z, y))
    if case == "updates":
        before = [rng.normal(size=shape) for shape in ((3, 5), (5,), (5, 4), (4,), (4, 2))]
        after = [p + 0.1 * rng.normal(size=p.shape) for p in before]
        expect(list(student.update_ratios(before, after))).close_to(solution.update_ratios(before, after))
    if case == "diagnosis":
        for numbers in EDGES:
            expect(student.diagnose(*numbers)).equal(solution.diagnose(*numbers))


@q2.mistake("This is the loss itself. Divide it by ln K, the loss of a network that knows nothing.", of="start_ratio")
def loss_alone(z, y):
    return F.cross_entropy(z, y)[0]


@q2.mistake(
    "K is the number of classes, the columns of z. The largest label that happens to be in y can be smaller.",
    of="start_ratio",
)
def classes_from_labels(z, y):
    return F.cross_entropy(z, y)[0] / np.log(y.max() + 1)


@q2.mistake("You divided by ln N. What counts is the number of classes K, not of examples.", of="start_ratio")
def examples_for_classes(z, y):
    return F.cross_entropy(z, y)[0] / np.log(len(z))


@q2.mistake(
    "You subtracted ln K. A ratio is asked for: 1 means that the network begins as if it knew nothing.",
    of="start_ratio",
)
def difference_for_ratio(z, y):
    return F.cross_entropy(z, y)[0] - np.log(z.shape[1])


@q2.mistake(
    "The biases are in your list as well. Only matrices, arrays with two axes, are asked for.", of="update_ratios"
)
def biases_too(before, after):
    return [np.sqrt(np.sum((b - a) ** 2) / np.sum(a * a)) for a, b in zip(before, after, strict=True)]


@q2.mistake(
    "You compare the two sizes: that is how much the weights *grew*. A step can turn them without making them longer: take the "
    "norm of the difference.",
    of="update_ratios",
)
def growth(before, after):
    def norm(a):
        return np.sqrt(np.sum(a * a))

    return [abs(norm(b) - norm(a)) / norm(a) for a, b in zip(before, after, strict=True) if a.ndim > 1]


@q2.mistake("You divided by the size after the step. The ratio is to the size before.", of="update_ratios")
def relative_to_after(before, after):
    return [np.sqrt(np.sum((b - a) ** 2) / np.sum(b * b)) for a, b in zip(before, after, strict=True) if a.ndim > 1]


@q2.mistake(
    "These are squared ratios: the root is missing. A norm is the root of the sum of the squares.", of="update_ratios"
)
def squared_ratios(before, after):
    return [np.sum((b - a) ** 2) / np.sum(a * a) for a, b in zip(before, after, strict=True) if a.ndim > 1]


@q2.mistake(
    "You ask about the one batch before you ask about the steps. A network that takes tiny or huge steps fails it too; the "
    "table has the cause first.",
    of="diagnose",
)
def batch_first(start, one_batch, ratio):
    if start > 2:
        return "logits too large"
    if one_batch > 0.1:
        return "broken chain"
    return "steps too small" if ratio < 1e-5 else "steps too large" if ratio > 0.1 else "look at the data"


@q2.mistake(
    "You ask about the steps before the start. The first line of the table that applies is the answer.", of="diagnose"
)
def start_last(start, one_batch, ratio):
    steps = "steps too small" if ratio < 1e-5 else "steps too large" if ratio > 0.1 else ""
    return steps or ("logits too large" if start > 2 else "broken chain" if one_batch > 0.1 else "look at the data")


@q2.mistake(
    "Small and large steps have changed places: a ratio below 0.00001 means that the weights hardly move.",
    of="diagnose",
)
def steps_swapped(start, one_batch, ratio):
    if start > 2:
        return "logits too large"
    steps = "steps too large" if ratio < 1e-5 else "steps too small" if ratio > 0.1 else ""
    return steps or ("broken chain" if one_batch > 0.1 else "look at the data")


@q2.mistake(
    "A healthy network gets an empty answer. When nothing is found, the last line of the table applies.", of="diagnose"
)
def nothing_found(start, one_batch, ratio):
    if start > 2:
        return "logits too large"
    steps = "steps too small" if ratio < 1e-5 else "steps too large" if ratio > 0.1 else None
    return steps or ("broken chain" if one_batch > 0.1 else None)


@q2.alternative(of=("start_ratio", "update_ratios", "diagnose"))
def written_out():
    def start_ratio(z, y):
        log_sum = np.logaddexp.reduce(z, axis=1)
        return float(np.mean(log_sum - z[np.arange(len(z)), y]) / np.log(len(z[0])))

    def update_ratios(before, after):
        ratios = []
        for old, new in zip(before, after, strict=True):
            if len(old.shape) > 1:
                ratios.append(float(np.sqrt(((new - old) ** 2).sum()) / np.sqrt((old**2).sum())))
        return ratios

    def diagnose(start, one_batch, ratio):
        table = [
            (start > 2, "logits too large"),
            (ratio < 1e-5, "steps too small"),
            (ratio > 0.1, "steps too large"),
            (one_batch > 0.1, "broken chain"),
        ]
        return next((answer for applies, answer in table if applies), "look at the data")

    return start_ratio, update_ratios, diagnose


@q2.alternative(of=("start_ratio", "update_ratios", "diagnose"))
def by_base_k():
    def start_ratio(z, y):
        h = F.softmax(z)[0]
        return -np.mean(np.log(h[np.arange(len(y)), y])) / np.log(h.shape[1])

    def update_ratios(before, after):
        matrices = [(a, b) for a, b in zip(before, after, strict=True) if a.ndim == 2]
        return np.array([np.sqrt(np.vdot(b - a, b - a) / np.vdot(a, a)) for a, b in matrices])

    def diagnose(start, one_batch, ratio):
        answer = "broken chain" if one_batch > 0.1 else "look at the data"
        answer = "steps too small" if ratio < 1e-5 else "steps too large" if ratio > 0.1 else answer
        return "logits too large" if start > 2 else answer

    return start_ratio, update_ratios, diagnose


q2.equivalent("start_ratio: z.shape[1] -> z.shape[-1]", because="Logits have two axes, so the last is axis 1.")
q2.equivalent("update_ratios: old.ndim == 2 -> old.ndim >= 2", because="No parameter of a dense layer has three axes.")

# --- q3: pictures that move --------------------------------------------------------------------------------------------

q3 = question(
    "q3", "Pictures that move", functions=["shift"], forbid=["dlcourse.data.shift_images", "scipy.ndimage.shift"]
)
#: Five pictures without a zero, so that every pixel tells where it came from.
X_PICTURES = (np.arange(5 * 64).reshape(5, 64) * 37 % 97 + 2) / 100


def expect_moved(student, solution, X, down, right):
    """The moved pictures, named by the first that is wrong."""
    got, expected = student.shift(X, down, right), solution.shift(X, down, right)
    expect(got).close_to(expected, because="the first number is the picture, the second the pixel, 8 to a row")


@q3.check("moves by one pixel", points=2, each=[("down", 1, 0), ("up", -1, 0), ("right", 0, 1), ("left", 0, -1)])
def moves_by_one(student, solution, case):
    _, down, right = case
    expect_moved(student, solution, X_PICTURES[:2], np.full(2, down), np.full(2, right))


@q3.check("each picture by its own pixels")
def own_moves(student, solution):
    expect_moved(student, solution, X_PICTURES, np.array([2, 0, -3, 7, -7]), np.array([-1, 0, 4, 7, -7]))


@q3.check("many random moves", hidden=True)
def many_moves(student, solution, rng):
    X = rng.uniform(0.1, 1, (30, 64))
    down, right = rng.integers(-7, 8, (2, 30))
    expect_moved(student, solution, X, down, right)
    expect_moved(student, solution, X[:1], down[:1], right[:1])


def window(X, down, right, fill):
    """Pictures moved with loops; `fill` says what comes in, by row and column of where it would have come from."""
    moved = np.empty((len(X), 8, 8))
    for n, picture in enumerate(X.reshape(-1, 8, 8)):
        for i, j in np.ndindex(8, 8):
            a, b = i - down[n], j - right[n]
            moved[n, i, j] = picture[a, b] if 0 <= a < 8 and 0 <= b < 8 else fill(picture, a, b)
    return moved.reshape(len(X), 64)


@q3.mistake(
    "What leaves on one side comes back on the other: `np.roll` turns a picture into a ring. What comes in must be paper, 0."
)
def wrapped(X, down, right):
    return window(X, down, right, lambda picture, a, b: picture[a % 8, b % 8])


@q3.mistake("The edge is smeared: its pixels are repeated into the gap. What comes in must be paper, 0.")
def smeared(X, down, right):
    return window(X, down, right, lambda picture, a, b: picture[np.clip(a, 0, 7), np.clip(b, 0, 7)])


@q3.mistake("Everything moves the other way. If the window on the picture goes down, the picture in it goes up.")
def other_way(X, down, right):
    return window(X, -np.asarray(down), -np.asarray(right), lambda *gap: 0)


@q3.mistake("Down and right have changed places: the first axis of a picture counts rows, from the top.")
def axes_swapped(X, down, right):
    return window(X, right, down, lambda *gap: 0)


@q3.mistake("All pictures move by the pixels of the first one. `down` and `right` have an entry for each.")
def first_move_for_all(X, down, right):
    return window(X, np.full(len(X), down[0]), np.full(len(X), right[0]), lambda *gap: 0)


@q3.mistake(
    "You moved the row of 64 numbers, not the picture: what leaves a row of pixels on the right comes in on the left of the "
    "next. Reshape to 8 x 8 first."
)
def flat_move(X, down, right):
    framed = np.pad(X, ((0, 0), (64, 64)))
    return np.stack([row[64 - 8 * d - r : 128 - 8 * d - r] for row, d, r in zip(framed, down, right, strict=True)])


@q3.mistake("The pictures are right, and still 8 x 8. Return rows of 64 numbers: (N, 64).")
def not_flattened(X, down, right):
    return window(X, down, right, lambda *gap: 0).reshape(-1, 8, 8)


@q3.alternative
def rolled_and_cleared(X, down, right):
    moved = []
    for picture, d, r in zip(X.reshape(-1, 8, 8), down, right, strict=True):
        picture = np.roll(picture, (d, r), axis=(0, 1))
        rows, columns = np.arange(8) - d, np.arange(8) - r
        inside = np.outer((rows >= 0) & (rows < 8), (columns >= 0) & (columns < 8))
        moved.append(np.where(inside, picture, 0).ravel())
    return np.array(moved)


@q3.alternative
def by_matrices(X, down, right):
    pictures = X.reshape(-1, 8, 8)
    return np.stack(
        [np.eye(8, k=-d) @ p @ np.eye(8, k=r) for p, d, r in zip(pictures, down, right, strict=True)]
    ).reshape(-1, 64)


q3.equivalent(
    "shift: X.reshape(-1, 8, 8) -> X.reshape(-2, 8, 8)",
    "shift: moved.reshape(-1, 64) -> moved.reshape(-2, 64)",
    because="NumPy takes any negative length for the one that is to be found.",
)
q3.equivalent(
    "shift: (0, 0) -> (0, 1)", "shift: (0, 0) -> (0, 2)",
    because="An empty picture behind the last one is never looked at.",
)  # fmt: skip
q3.equivalent(
    "shift: ((0, 0), (7, 7), (7, 7)) -> ((0, 0), (7, 8), (7, 7))",
    "shift: ((0, 0), (7, 7), (7, 7)) -> ((0, 0), (7, 7), (7, 8))",
    because="No window reaches the eighth row below a picture, nor the eighth column to its right.",
)
q3.equivalent(
    *(f"shift: (len(X), 8, 8) -> (len({name}), 8, 8)" for name in ("down", "right", "framed")),
    *(f"shift: range(len(X)) -> range(len({name}))" for name in ("down", "right", "framed", "moved")),
    because="All of these have one entry for each picture.",
)

# --- q4: a broken loop -------------------------------------------------------------------------------------------------

q4 = question("q4", "Repair a training loop", functions=["fit_and_keep_best"])


def few_points(seed, N, M):
    """A small start, a training set, and validation points that are partly labelled at random, so that it overfits."""
    rng = np.random.default_rng(seed)
    X, X_val = rng.normal(size=(N, 2)), rng.normal(size=(M, 2))
    y, y_val = (np.where(Z[:, 0] > 0.2, 2, (Z[:, 1] > 0).astype(int)) for Z in (X, X_val))
    y_val[::3] = rng.integers(3, size=len(y_val[::3]))
    start = tuple(rng.normal(0, 0.6, shape) for shape in ((2, 4), (4,), (4, 3), (3,)))
    return start, X, y, X_val, y_val


def fitted(who, seed, settings, N=14):
    """What one loop returns."""
    return expect(who.fit_and_keep_best(*few_points(seed, N, 9), *settings, np.random.default_rng(seed))).parts(3)


#: Rate, batch size, epochs, patience. The first is best after epoch 7, with worse ones before it, and stops after epoch 10.
SETTINGS = {"patience": (0.3, 4, 40, 3), "all epochs": (0.1, 7, 5, 9)}
SEED = 40


@q4.check("the validation losses")
def loop_losses(student, solution):
    for settings in SETTINGS.values():
        expect(list(fitted(student, SEED, settings)[1])).close_to(list(fitted(solution, SEED, settings)[1]))


@q4.check("the best epoch, and where it stops")
def loop_stop(student, solution):
    _, losses, best_epoch = fitted(student, SEED, SETTINGS["patience"])
    _, right, right_epoch = fitted(solution, SEED, SETTINGS["patience"])
    expect(len(losses)).equal(len(right), because="that is the number of epochs")
    expect(best_epoch).equal(right_epoch)


@q4.check("the best weights")
def loop_weights(student, solution):
    best = expect(fitted(student, SEED, SETTINGS["patience"])[0]).parts(4)
    expect(best).close_to(tuple(fitted(solution, SEED, SETTINGS["patience"])[0]))


@q4.check("other data, and an epoch that only equals the best", hidden=True)
def loop_elsewhere(student, solution, rng):
    seed = int(rng.integers(1000))
    for settings, N in (((0.9, 5, 12, 3), 13), ((0.0, 4, 6, 2), 10), ((0.3, 1, 3, 1), 5)):
        best, losses, best_epoch = fitted(student, seed, settings, N)
        right = fitted(solution, seed, settings, N)
        expect(list(losses)).close_to(list(right[1]))
        expect(best_epoch).equal(right[2])
        expect(expect(best).parts(4)).close_to(tuple(right[0]))


def loop(
    parameters, X, y, X_val, y_val, lr, batch_size, epochs, patience, rng, *,
    own=True, judged=None, keep=True, last=False, late=0, ties=False, once=False, shuffle=True,
):  # fmt: skip
    """The loop with one thing done otherwise."""
    now, best, best_epoch, losses = [np.array(p) for p in parameters], [], -1, []
    order = rng.permutation(len(X)) if once else None
    for epoch in range(epochs):
        rows = order if once else rng.permutation(len(X)) if shuffle else np.arange(len(X))
        for i in range(0, len(X), batch_size):
            part = rows[i : i + batch_size]
            labels = y[part] if own else y[i : i + batch_size]
            now = [p - lr * g for p, g in zip(now, descent(now, X[part], labels)[1], strict=True)]
        loss = descent(now, *((X_val, y_val) if judged is None else (X, y)))[0]
        lowest = min(losses, default=np.inf)
        if loss < lowest or (ties and loss <= lowest):
            best, best_epoch = now, epoch
        losses.append(loss)
        if epoch - best_epoch >= patience + late:
            break
    return (best if keep and not last else now), losses, (len(losses) - 1 if last else best_epoch)


def descent(parameters, X, y):
    """The loss and its gradients."""
    return whole(parameters, X, y)


@q4.mistake("The rows are shuffled and their labels are not: index `y` with the same `rows` as `X`.")
def labels_in_old_order(*given):
    return loop(*given, own=False)


@q4.mistake("The validation loss is measured on the training set, so it never sees overfitting. Use `X_val, y_val`.")
def judged_by_training(*given):
    return loop(*given, judged="training")


@q4.mistake(
    "The weights that come back are the last ones. `best = parameters` makes a second name, not a copy, and the next step "
    "changes both: copy the arrays."
)
def best_is_an_alias(*given):
    return loop(*given, keep=False)


@q4.mistake("It stops one epoch late: stop as soon as the best epoch lies `patience` epochs back.")
def one_epoch_late(*given):
    return loop(*given, late=1)


@q4.mistake("It stops one epoch early: with patience 2, two epochs in a row may be no better before it stops.")
def one_epoch_early(*given):
    return loop(*given, late=-1)


@q4.mistake(
    "It goes back to the best weights, but calls the last epoch the best. Note the number when you copy the weights."
)
def last_epoch_called_best(*given):
    best, losses, _ = loop(*given)
    return best, losses, len(losses) - 1


@q4.mistake("The order is drawn once for all epochs. Draw a new one in each: `rng.permutation` inside the loop.")
def one_order_for_all(*given):
    return loop(*given, once=True)


@q4.mistake("The rows come in the order in which they are stored. `rng.permutation` gives the order for each epoch.")
def never_shuffled(*given):
    return loop(*given, shuffle=False)


@q4.alternative
def weights_by_epoch(parameters, X, y, X_val, y_val, lr, batch_size, epochs, patience, rng):
    now, history, losses = [p + 0 for p in parameters], [], []
    while len(losses) < epochs and len(losses) - 1 - (int(np.argmin(losses)) if losses else -1) < patience:
        shuffled = rng.permutation(len(X))
        for part in np.split(shuffled, range(batch_size, len(X), batch_size)):
            gradients = descent(now, X[part], y[part])[1]
            now = [p - lr * g for p, g in zip(now, gradients, strict=True)]
        history.append(now)
        losses.append(descent(now, X_val, y_val)[0])
    best_epoch = int(np.argmin(losses))
    return history[best_epoch], losses, best_epoch


@q4.alternative
def counting_down(parameters, X, y, X_val, y_val, lr, batch_size, epochs, patience, rng):
    now, best, best_epoch, losses, left = [1.0 * p for p in parameters], None, None, [], patience
    for epoch in range(epochs):
        order = rng.permutation(len(y))
        X_epoch, y_epoch = X[order], y[order]
        while len(y_epoch):
            gradients = descent(now, X_epoch[:batch_size], y_epoch[:batch_size])[1]
            for p, g in zip(now, gradients, strict=True):
                p -= lr * g
            X_epoch, y_epoch = X_epoch[batch_size:], y_epoch[batch_size:]
        losses.append(float(descent(now, X_val, y_val)[0]))
        if best is None or losses[-1] < losses[best_epoch]:
            best, best_epoch, left = [p.copy() for p in now], epoch, patience
        else:
            left -= 1
        if left == 0:
            break
    return tuple(best), np.array(losses), best_epoch


q4.equivalent(
    "fit_and_keep_best: (best, best_epoch, losses) -> (best_epoch, best, losses)",
    "fit_and_keep_best: ([], -1, []) -> (-1, [], [])",
    *(f"fit_and_keep_best: -1 -> {number}" for number in ("1", "-0", "-2")),
    because="The first epoch is below infinity, so it is always the best so far, and both are set before they are used.",
)
q4.equivalent(
    "fit_and_keep_best: rng.permutation(len(X)) -> rng.permutation(len(y))",
    "fit_and_keep_best: range(0, len(X), batch_size) -> range(0, len(y), batch_size)",
    "fit_and_keep_best: range(0, len(X), batch_size) -> range(0, len(order), batch_size)",
    because="There are as many labels and row numbers as examples.",
)
q4.equivalent(
    "fit_and_keep_best: range(0, len(X), batch_size) -> range(0, len(X) + 1, batch_size)",
    because="At most one more batch, which holds no rows: its gradients are 0, and so is its step.",
)
q4.equivalent(
    "fit_and_keep_best: epoch - best_epoch >= patience -> epoch - best_epoch == patience",
    because="The distance to the best epoch grows by one at a time, so it meets the patience exactly.",
)

# --- q5: disturbed digits ----------------------------------------------------------------------------------------------

q5 = question(
    "q5", "Read disturbed digits", functions=["train"], forbid=["dlcourse.data.digits", "sklearn.datasets.load_digits"]
)
DISTURBED, PLAIN = 0.60, 0.70  # to be read: of disturbed digits, and of plain ones after 500 sorted examples
GUESSING = 0.3  # at most so many are read by a network that has learnt nothing


@cache
def digits(part):
    """The digits to learn from, or those held back."""
    return dl.data.digits(part)


def disturbed(X, rng):
    """Each picture moved by up to one and a half pixels, turned by up to 15 degrees, and written with another pen."""
    N, framed = len(X), np.pad(np.reshape(X, (len(X), 8, 8)), ((0, 0), (4, 4), (4, 4)))
    angle, pen = np.deg2rad(rng.uniform(-15, 15, (N, 1, 1))), rng.uniform(0.6, 1.6, (N, 1, 1))
    down, right = rng.uniform(-1.5, 1.5, (2, N, 1, 1))
    up, across = np.meshgrid(np.arange(8) - 3.5, np.arange(8) - 3.5, indexing="ij")
    row = np.cos(angle) * up - np.sin(angle) * across - down + 7.5  # where each pixel of the new picture comes from
    column = np.sin(angle) * up + np.cos(angle) * across - right + 7.5
    i, j, n = np.floor(row).astype(int), np.floor(column).astype(int), np.arange(N)[:, np.newaxis, np.newaxis]
    i, j, a, b = np.clip(i, 0, 14), np.clip(j, 0, 14), row - i, column - j
    mixed = (1 - a) * ((1 - b) * framed[n, i, j] + b * framed[n, i, j + 1])
    mixed += a * ((1 - b) * framed[n, i + 1, j] + b * framed[n, i + 1, j + 1])
    return np.clip(mixed, 0, 1).reshape(N, 64) ** np.repeat(1 / pen[:, 0], 64, axis=1)


def labels_of(answer, count):
    """An answer of `predict`, if it is one label for each picture."""
    if not isinstance(answer, np.ndarray | list) or np.shape(answer) != (count,):
        shape = f"has the shape {np.shape(answer)}" if isinstance(answer, np.ndarray | list) else "is no array"
        expect(False).true(f"`predict` must return one label for each picture, shape ({count},); the answer {shape}")
    return np.asarray(answer)


def expect_read(predict, X, y):
    """At least the share that is asked for is read of these disturbed digits."""
    share = float(np.mean(labels_of(predict(X), len(X)) == y))
    expect(share > GUESSING).true(f"it reads {share:.0%} of the disturbed digits, hardly more than a guess would")
    expect(share >= DISTURBED).true(f"it reads {share:.0%} of the disturbed digits, at least {DISTURBED:.0%} are asked")


@q5.check("the form of the answer, and no luck in it", seconds=20)
def form_of_the_answer(student):
    X, y = digits("train")
    predict, again = (student.train(X[:150], y[:150], np.random.default_rng(1)) for _ in range(2))
    asked = np.random.default_rng(2).uniform(0, 1, (200, 64)) * X[200:400]
    together = labels_of(predict(asked), 200)
    parts = np.concatenate(
        [labels_of(predict(asked[i : i + 1]), 1) for i in range(3)] + [labels_of(predict(asked[3:9]), 6)]
    )
    same = bool(np.array_equal(together[:9], parts))
    expect(same).true("a picture gets another label when it is asked about alone, or together with others")
    repeated = bool(np.array_equal(together, labels_of(again(asked), 200)))
    expect(repeated).true("two trainings with the same data and the same seed give different networks")


@q5.check("plain digits, after 500 examples sorted by digit", seconds=20)
def sorted_rows(student):
    X, y = digits("train")
    rows = np.argsort(y[:500], kind="stable")
    predict = student.train(X[:500][rows], y[:500][rows], np.random.default_rng(3))
    share = float(np.mean(labels_of(predict(X[500:]), 938) == y[500:]))
    expect(share >= PLAIN).true(f"it reads {share:.0%} of the plain digits, at least {PLAIN:.0%} are asked")


@q5.check("disturbed digits", points=2, seconds=20)
def disturbed_digits(student):
    X, y = digits("train")
    predict = student.train(X[:1100], y[:1100], np.random.default_rng(4))
    expect_read(predict, disturbed(X[1100:], np.random.default_rng(5)), y[1100:])


@q5.check("held-back digits, disturbed in secret", points=2, hidden=True, seconds=20)
def held_back_digits(student, rng):
    X, y = digits("held_back")
    predict = student.train(*digits("train"), np.random.default_rng(int(rng.integers(1000))))
    expect_read(predict, disturbed(X, rng), y)


def reader(X, y, rng, *, augment="moves", epochs=12, lr=0.02, hidden=128, shuffle=True):
    """A network and its training, with one thing done otherwise; returns the network."""
    net = dl.Sequential(dl.Linear(64, hidden, rng=rng), dl.ReLU(), dl.Linear(hidden, 10, rng=rng))
    loss, optimizer = dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=lr)
    for _ in range(epochs):
        for X_batch, y_batch in dl.data.batches(X, y, 64, rng=rng, shuffle=shuffle):
            if augment == "moves":
                X_batch = dl.data.shift_images(X_batch, 1, rng=rng)
            loss.forward(net(X_batch), y_batch)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
    return net


@q5.mistake(
    "Your network reads digits where it saw them, and few that are disturbed: it has to meet moved digits in training. Change "
    "every batch a little, with the option `augment` of `fit`."
)
def digits_in_place(X, y, rng):
    net = reader(X, y, rng, augment=None)
    return lambda X_new: dl.predict(net, X_new)


@q5.mistake(
    "It learns well from mixed rows and badly from sorted ones: the examples are not shuffled. Where one digit fills whole "
    "batches, each batch makes the network forget the others."
)
def not_shuffled(X, y, rng):
    net = reader(X, y, rng, shuffle=False)
    return lambda X_new: dl.predict(net, X_new)


@q5.mistake(
    "It has learnt something, and not enough, disturbed or not: train longer, or take larger steps. Look at the loss of the "
    "training digits first."
)
def too_short(X, y, rng):
    net = reader(X, y, rng, epochs=2, lr=0.002)
    return lambda X_new: dl.predict(net, X_new)


@q5.mistake(
    "It reads no more than a guess would, plain digits included. When examples are shuffled, each must keep its own label: "
    "use the same order for both."
)
def labels_left_behind(X, y, rng):
    net = reader(X[rng.permutation(len(X))], y, rng, epochs=6)
    return lambda X_new: dl.predict(net, X_new)


@q5.mistake(
    "The label of a picture depends on the others in the question: `predict` computes a mean or deviation of what it is given, "
    "or a layer is still in training mode. Keep what you need from training."
)
def statistics_of_the_question(X, y, rng):
    net = reader(X - X.mean(axis=0), y, rng)
    return lambda X_new: dl.predict(net, X_new - X_new.mean(axis=0))


@q5.mistake(
    "Two trainings with one seed differ: some randomness does not come from `rng`. Layers, batches and moves all take it, and "
    "a generator made without a seed is new every time."
)
def generator_of_its_own(X, y, rng):
    net = reader(X, y, np.random.default_rng())
    return lambda X_new: dl.predict(net, X_new)


@q5.mistake("`predict` returns ten numbers for each picture. The label is the place of the largest: `argmax(axis=1)`.")
def logits_for_labels(X, y, rng):
    net = reader(X, y, rng, epochs=2)
    return lambda X_new: net(X_new)


@q5.alternative
def own_loop(X, y, rng):
    net = reader(X, y, rng, epochs=11)
    net.eval()
    return lambda X_new: [int(k) for k in net(X_new).argmax(axis=1)]


@q5.alternative
def copies_by_hand(X, y, rng):
    frames = np.pad(X.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    moves = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2), (0, 0), (2, 2), (0, 2), (2, 0)]
    many = np.concatenate([frames[:, i : i + 8, j : j + 8].reshape(-1, 64) for i, j in moves])
    W = [rng.normal(0, np.sqrt(2 / 64), (64, 64)), np.zeros(64), rng.normal(0, np.sqrt(2 / 64), (64, 10)), np.zeros(10)]
    V, labels = [np.zeros_like(p) for p in W], np.tile(y, len(moves))
    for epoch in range(3):
        order = rng.permutation(len(many))
        for i in range(0, len(many), 64):
            rows = order[i : i + 64]
            gradients = whole(tuple(W), many[rows], labels[rows])[1]
            V = [0.9 * v - 0.1 / (1 + epoch) * g for v, g in zip(V, gradients, strict=True)]
            W = [p + v for p, v in zip(W, V, strict=True)]
    return lambda X_new: (np.maximum(X_new @ W[0] + W[1], 0) @ W[2] + W[3]).argmax(axis=1)


q5.equivalent(
    "train: dl.Linear(128, 10, rng=rng) -> dl.Linear(128, 11, rng=rng)",
    because="An eleventh class that no example has soon gets no probability.",
)
q5.equivalent(
    *(f"train: lr=0.02 -> lr={lr}" for lr in ("0.04", "0.01", "0.0202")),
    *(f"train: epochs=12 -> epochs={epochs}" for epochs in (13, 11)),
    *(f"train: batch_size=64 -> batch_size={size}" for size in (65, 63)),
    "train: fit(net, loss, optimizer, X, y, epochs=12, batch_size=64, augment=moved, rng=rng) -> "
    "fit(net, loss, optimizer, X, y, epochs=12, augment=moved, rng=rng)",
    because="The question asks for what a network can read, not for these settings: with the changed one it reads enough as well.",
)

# --- q6: the report ----------------------------------------------------------------------------------------------------

q6 = question(
    "q6",
    "The report",
    functions=["report"],
    forbid=[
        "dlcourse.metrics.confusion_matrix",
        "dlcourse.metrics.precision",
        "dlcourse.metrics.recall",
        "sklearn.metrics.confusion_matrix",
        "sklearn.metrics.precision_recall_fscore_support",
        "sklearn.metrics.classification_report",
    ],
)
#: Eight classes: 4 is called once and wrongly, 5 once and rightly, 6 is never met nor called; the pairs (0, 1), (0, 3) and
#: (1, 2) have equally many mistakes.
Y_TRUE = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 2, 3, 5, 7, 7, 7, 3, 3])
Y_PRED = np.array([0, 0, 1, 3, 3, 1, 1, 0, 2, 1, 2, 4, 3, 2, 2, 2, 2, 3, 5, 3, 3, 7, 7, 7])


def expect_reported(student, solution, which, *given):
    """One part of the report."""
    own, right = expect(student.report(*given)).parts(3)[which], solution.report(*given)[which]
    if which == 2:
        own = (
            [tuple(pair) if isinstance(pair, list) else pair for pair in own] if isinstance(own, list | tuple) else own
        )
        right = [tuple(pair) for pair in right]
        expect(own).equal(right, because="each is (smaller digit, larger digit, mistakes), most mistakes first")
    else:
        expect(own).close_to(right)


@q6.check("precision and recall", each=[("precision", 0), ("recall", 1)])
def shares(student, solution, case):
    expect_reported(student, solution, case[1], Y_TRUE, Y_PRED, 8)


@q6.check(
    "the most confused pairs", points=2, each=[("three of several", slice(None)), ("fewer than three", slice(0, 5))]
)
def confused(student, solution, case):
    expect_reported(student, solution, 2, Y_TRUE[case[1]], Y_PRED[case[1]], 8)


@q6.check("other answers", hidden=True, each=["precision", "recall", "pairs"])
def reported_elsewhere(student, solution, rng, case):
    which = ["precision", "recall", "pairs"].index(case)
    for N, K in ((60, 5), (9, 7), (200, 10)):
        y = rng.integers(K, size=N)
        answer = np.where(rng.random(N) < 0.6, y, rng.integers(K, size=N))
        expect_reported(student, solution, which, y, answer, K)


def tabled(y_true, y_pred, K, *, rows=0, both=True, most=3, ties=None, order=True, zeros=False):
    """The report with one thing done otherwise."""
    table = np.array([[np.sum((y_true == a) & (y_pred == b)) for b in range(K)] for a in range(K)])
    called, there = np.maximum(table.sum(axis=rows), 1), np.maximum(table.sum(axis=1 - rows), 1)
    pairs = []
    for a in range(K):
        for b in range(a + 1, K):
            mistakes = int(table[a, b] + table[b, a]) if both else int(table[a, b])
            if mistakes or zeros:
                pairs.append((a, b, mistakes))
    if order:
        pairs = sorted(pairs, key=lambda pair: (-pair[2], *((-pair[0], -pair[1]) if ties else pair[:2])))
    return table.diagonal() / called, table.diagonal() / there, pairs[:most]


@q6.mistake(
    "Precision and recall have changed places. Precision asks about those that were *called* k, recall about those that "
    "*are* k."
)
def shares_swapped(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, rows=1)


@q6.mistake("You counted a called b and left out b called a. A pair is confused in both directions.")
def one_direction(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, both=False)


@q6.mistake(
    "Each direction is a pair of its own in your list. Put a called b and b called a together, and write the smaller first."
)
def directions_apart(y_true, y_pred, K):
    table = np.zeros((K, K), int)
    for t, p in zip(y_true, y_pred, strict=True):
        table[t, p] += 1
    pairs = [(a, b, int(table[a, b])) for a in range(K) for b in range(K) if a != b and table[a, b]]
    return *tabled(y_true, y_pred, K)[:2], sorted(pairs, key=lambda pair: -pair[2])[:3]


@q6.mistake("Of equally many mistakes, the pair with the *smaller* digits comes first. Your order is turned around.")
def ties_turned(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, ties="turned")


@q6.mistake("The pairs are not sorted by their mistakes: those with the smallest digits come first in your list.")
def not_sorted(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, order=False)


@q6.mistake("All confused pairs are in your list. At most three are asked for.")
def all_pairs(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, most=None)


@q6.mistake("Pairs without a mistake fill up your list. Leave them out, even if fewer than three remain.")
def filled_up(y_true, y_pred, K):
    return tabled(y_true, y_pred, K, zeros=True)


@q6.mistake(
    "Each combination counts once in your table, however often it comes: indexing with arrays and `+= 1` writes a place only "
    "once. `np.add.at` adds every time."
)
def counted_once(y_true, y_pred, K):
    table = np.zeros((K, K), int)
    table[y_true, y_pred] += 1
    hits, twice = np.diag(table), table + table.T
    pairs = [(a, b, int(twice[a, b])) for a in range(K) for b in range(a + 1, K) if twice[a, b]]
    pairs.sort(key=lambda pair: -pair[2])
    return hits / np.maximum(table.sum(0), 1), hits / np.maximum(table.sum(1), 1), pairs[:3]


@q6.mistake(
    "A share of nothing is nan in your answer. It is taken as 0: of a class that is never called, nothing is right."
)
def nothing_over_nothing(y_true, y_pred, K):
    precision, recall, pairs = tabled(y_true, y_pred, K)
    precision[~np.isin(np.arange(K), y_pred)] = np.nan
    recall[~np.isin(np.arange(K), y_true)] = np.nan
    return precision, recall, pairs


@q6.alternative
def class_by_class(y_true, y_pred, K):
    def share(hit, of):
        return float(hit) / float(of) if of else 0.0

    precision = [share(((y_true == k) & (y_pred == k)).sum(), (y_pred == k).sum()) for k in range(K)]
    recall = [share(((y_true == k) & (y_pred == k)).sum(), (y_true == k).sum()) for k in range(K)]
    found = {}
    for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True):
        if t != p:
            pair = (min(t, p), max(t, p))
            found[pair] = found.get(pair, 0) + 1
    ranked = sorted(found, key=lambda pair: (-found[pair], pair))
    return np.array(precision), np.array(recall), [(*pair, found[pair]) for pair in ranked[:3]]


@q6.alternative
def by_bincount(y_true, y_pred, K):
    table = np.bincount(K * y_true + y_pred, minlength=K * K).reshape(K, K)
    called, there, hits = table.sum(axis=0), table.sum(axis=1), table.trace() * 0 + table.diagonal()
    precision = np.divide(hits, called, out=np.zeros(K), where=called > 0)
    recall = np.divide(hits, there, out=np.zeros(K), where=there > 0)
    upper = np.triu(table + table.T, k=1)
    ranked = np.argsort(-upper.ravel(), kind="stable")[:3]
    return precision, recall, [(int(i // K), int(i % K), int(upper.ravel()[i])) for i in ranked if upper.ravel()[i]]


q6.equivalent(
    "report: np.zeros((K, K), dtype=int) -> np.zeros((K, K))",
    "report: int(both[a, b]) -> both[a, b]",
    because="A count may be a whole number of any type.",
)
q6.equivalent(
    "report: axis=1 -> axis=-1", "report: pair[2] -> pair[-1]", because="The last axis, or entry, is this one."
)
q6.equivalent(
    "report: int(both[a, b]) -> int(both[b, a])",
    "report:  for b in range(a + 1, K) if both[a, b] ->  for b in range(a + 1, K) if both[b, a]",
    because="A table plus its transpose is symmetric.",
)
q6.equivalent(
    "report: range(K) -> range(K + 1)", "report: range(K) -> range(K - 1)",
    because="The last class, and what comes after it, has no partner that is larger.",
)  # fmt: skip

# --- q7: how sure? -----------------------------------------------------------------------------------------------------

q7 = question("q7", "How sure is the number?", functions=["accuracy_with_error", "clearly_better"], values=["honest"])
NAMES = (
    "best_epoch", "val_epoch", "scaled_first", "train_scale", "copies_first", "copies_after", "many_tests", "many_vals",
    "refit", "relabelled",
)  # fmt: skip


def answers(only_first, only_second, both, neither):
    """True labels and two networks' answers, with so many examples of each kind."""
    N = only_first + only_second + both + neither
    y = np.arange(N) * 7 % 10
    first, second, n = y.copy(), y.copy(), np.arange(N)
    first[((n >= only_first) & (n < only_first + only_second)) | (n >= N - neither)] += 5  # wrong, above or below
    second[n < only_first] += 5
    second[n >= N - neither] += 2
    return y, first % 10, second % 10


@q7.check("accuracy and its error")
def error_of_a_share(student, solution):
    for given in (answers(5, 2, 20, 3), answers(2, 9, 3, 16)):
        for answer in given[1:]:
            expect(student.accuracy_with_error(given[0], answer)).close_to(
                solution.accuracy_with_error(given[0], answer)
            )


@q7.check(
    "two networks on the same examples",
    each=[
        ("the first is better", 9, 1), ("the second is better", 1, 9), ("neither, 8 against 2", 8, 2),
        ("neither, exactly on the edge", 7, 9), ("few disagree, all one way", 5, 0),
        ("never different", 0, 0), ("neither, 5 against 3", 5, 3),
    ],
)  # fmt: skip
def two_networks(student, solution, case):
    given = answers(case[1], case[2], 11, 6)
    expect(student.clearly_better(*given)).equal(solution.clearly_better(*given))


@q7.check("the set honest")
def honest_set(student, solution):
    names = student.honest
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"refit", "many_vals"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the ten names")
    expect(set(names)).equal(set(solution.honest), because="ask of each what the test digits had a part in")


@q7.check("other answers", hidden=True, each=["error", "edge", "random"])
def sure_elsewhere(student, solution, rng, case):
    if case == "error":
        y = rng.integers(10, size=50)
        answer = np.where(rng.random(50) < 0.8, y, (y + 1) % 10)
        expect(student.accuracy_with_error(y, answer)).close_to(solution.accuracy_with_error(y, answer))
    counts = [(3, 1), (10, 6), (6, 10), (4, 0), (0, 4), (0, 5), (8, 1), (1, 8)]
    if case == "random":
        counts = [tuple(int(k) for k in rng.integers(0, 16, 2)) for _ in range(12)]
    if case != "error":
        for b, c in counts:
            given = answers(b, c, int(rng.integers(40)), int(rng.integers(1, 9)))
            expect(student.clearly_better(*given)).equal(solution.clearly_better(*given))


@q7.mistake("The square root is missing: a (1 - a)/N is the variance.", of="accuracy_with_error")
def variance_for_error(y_true, y_pred):
    a = (y_true == y_pred).mean()
    return a, a * (1 - a) / len(y_true)


@q7.mistake(
    "You divided by N - 1, as for a sample of numbers. The formula for a share has N; at the sizes of test sets the two hardly "
    "differ.",
    of="accuracy_with_error",
)
def sample_deviation(y_true, y_pred):
    hits = y_true == y_pred
    return np.mean(hits), np.std(hits, ddof=1) / np.sqrt(len(hits))


@q7.mistake(
    "N is missing: this is the deviation of one example. Of a mean of N it is the root of N times smaller.",
    of="accuracy_with_error",
)
def deviation_of_one(y_true, y_pred):
    a = (y_true == y_pred).mean()
    return a, np.sqrt(a * (1 - a))


@q7.mistake(
    "N stands outside of the root. It belongs inside: a hundred times the examples, a tenth of the error.",
    of="accuracy_with_error",
)
def n_outside_the_root(y_true, y_pred):
    a = (y_true == y_pred).mean()
    return a, np.sqrt(a * (1 - a)) / len(y_true)


@q7.mistake(
    "This is the share of mistakes. Its standard error is the same, but the accuracy is what is left to 1.",
    of="accuracy_with_error",
)
def share_of_mistakes(y_true, y_pred):
    a = (y_true == y_pred).mean()
    return 1 - a, np.sqrt(a * (1 - a) / len(y_true))


@q7.mistake("The factor 2 is missing: one deviation is what luck does all the time.", of="clearly_better")
def one_deviation(y_true, first, second):
    b, c = ((first == y_true) & (second != y_true)).sum(), ((second == y_true) & (first != y_true)).sum()
    return 0 if abs(b - c) <= np.sqrt(b + c) else 1 if b > c else 2


@q7.mistake("The second network can never win in your answer: look at c - b as well.", of="clearly_better")
def only_the_first(y_true, first, second):
    b, c = ((first == y_true) & (second != y_true)).sum(), ((second == y_true) & (first != y_true)).sum()
    return 1 if b - c > 2 * np.sqrt(b + c) else 0


@q7.mistake(
    "The one with more right answers is better in your answer, by however little. Compare with 2 times the root of b + c.",
    of="clearly_better",
)
def any_difference(y_true, first, second):
    b, c = (first == y_true).sum(), (second == y_true).sum()
    return 1 if b > c else 2 if c > b else 0


@q7.mistake(
    "You took all right answers of each for b and c. Examples that both have right say nothing about which is better: leave "
    "them out.",
    of="clearly_better",
)
def agreements_counted(y_true, first, second):
    b, c = (first == y_true).sum(), (second == y_true).sum()
    return 0 if abs(b - c) <= 2 * np.sqrt(b + c) else 1 if b > c else 2


@q7.mistake("First and second have changed places.", of="clearly_better")
def networks_swapped(y_true, first, second):
    b, c = ((first == y_true) & (second != y_true)).sum(), ((second == y_true) & (first != y_true)).sum()
    return 0 if abs(b - c) <= 2 * np.sqrt(b + c) else 2 if b > c else 1


@q7.mistake(
    "A mean over all digits has the test digits in it: the network is scaled by what it will be tested on. Split first.",
    of="honest",
)
def scaling_taken_for_harmless():
    return {"val_epoch", "scaled_first", "train_scale", "copies_after", "many_vals", "refit"}


@q7.mistake(
    "With copies made before the split, a moved copy of a test digit is in the training set. That is nearly the digit itself.",
    of="honest",
)
def copies_taken_for_harmless():
    return {"val_epoch", "train_scale", "copies_first", "copies_after", "many_vals", "refit"}


@q7.mistake(
    "Training on validation digits is fine once the choice is made: it is the test set alone that must stay unseen.",
    of="honest",
)
def refit_feared():
    return {"val_epoch", "train_scale", "copies_after", "many_vals"}


@q7.mistake(
    "Choosing among many networks is fine as long as the validation digits choose. The test digits then see one network only.",
    of="honest",
)
def many_feared():
    return {"val_epoch", "train_scale", "copies_after", "refit"}


@q7.mistake(
    "Leaving out test digits after you have seen which ones went wrong makes the rest easier than new digits are.",
    of="honest",
)
def cleaning_taken_for_harmless():
    return {"val_epoch", "train_scale", "copies_after", "many_vals", "refit", "relabelled"}


@q7.mistake(
    "An epoch chosen by the test accuracy has the test set's luck in it, and the number is too high.", of="honest"
)
def test_epoch_taken_for_harmless():
    return {"best_epoch", "val_epoch", "train_scale", "copies_after", "many_vals", "refit"}


@q7.mistake("The highest of 40 test accuracies is the luckiest of 40: it is too high.", of="honest")
def many_tests_taken_for_harmless():
    return {"val_epoch", "train_scale", "copies_after", "many_tests", "many_vals", "refit"}


@q7.alternative(of=("accuracy_with_error", "clearly_better", "honest"))
def by_hits():
    def accuracy_with_error(y_true, y_pred):
        hits = [float(t == p) for t, p in zip(y_true, y_pred, strict=True)]
        return sum(hits) / len(hits), float(np.std(hits) / np.sqrt(len(hits)))

    def clearly_better(y_true, first, second):
        gain = (first == y_true).astype(int) - (second == y_true).astype(int)
        if gain.sum() ** 2 <= 4 * np.abs(gain).sum():
            return 0
        return 1 if gain.sum() > 0 else 2

    return accuracy_with_error, clearly_better, ["refit", "many_vals", "copies_after", "train_scale", "val_epoch"]


@q7.alternative(of=("accuracy_with_error", "clearly_better"))
def by_counting():
    def accuracy_with_error(y_true, y_pred):
        N = y_true.size
        right = np.count_nonzero(y_true == y_pred)
        return right / N, (right * (N - right)) ** 0.5 / N**1.5

    def clearly_better(y_true, first, second):
        b = sum(1 for t, f, s in zip(y_true, first, second, strict=True) if f == t and s != t)
        c = sum(1 for t, f, s in zip(y_true, first, second, strict=True) if s == t and f != t)
        limit = 2 * (b + c) ** 0.5
        return {(True, False): 1, (False, True): 2}.get((b - c > limit, c - b > limit), 0)

    return accuracy_with_error, clearly_better


q7.equivalent("accuracy_with_error: len(y_true) -> len(y_pred)", because="There are as many answers as labels.")
q7.equivalent(
    "clearly_better: second != y_true -> second != first",
    "clearly_better: first != y_true -> first != second",
    because="Where the one is right, differing from it and being wrong are the same.",
)
q7.equivalent("clearly_better: b > c -> b >= c", because="Equal counts have got their answer before.")
