"""Public checks of 10_batch_normalization: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question


OURS = [
    "dlcourse.functional.batch_norm",
    "dlcourse.functional.batch_norm_backward",
    "dlcourse.functional.running_statistics",
    "dlcourse.functional.layer_norm",
    "dlcourse.functional.layer_norm_backward",
    "dlcourse.functional.normalization.normalize",
    "dlcourse.functional.normalization.normalize_backward",
]
X = np.array([[1.3, -0.4, 6.0], [0.2, 2.9, 5.1], [-2.6, 1.1, 7.7], [3.4, -1.8, 4.2], [0.9, 0.5, 9.3]])
GAMMA, BETA = np.array([1.7, 0.6, -1.2]), np.array([0.3, -0.8, 2.5])
DY = np.array([[0.8, -1.3, 0.4], [-2.1, 0.6, 1.9], [0.7, 2.2, -0.9], [1.6, -0.3, 0.2], [-0.5, 1.4, 2.6]])


def with_cache(answer):
    """The y and the three parts of the cache of a forward pass, all in one tuple."""
    y, cache = expect(answer).parts(2)
    return (y, *expect(cache).parts(3))


q1 = question("q1", "Forward in training, completed", functions=["batch_norm"], forbid=OURS)
PLAIN, OWN = ("gamma = 1, beta = 0", np.ones(3), np.zeros(3)), ("a gamma and a beta for each unit", GAMMA, BETA)


@q1.check("y and the cache", each=[PLAIN, OWN])
def forward_values(student, solution, case):
    _, gamma, beta = case
    expect(with_cache(student.batch_norm(X, gamma, beta))).close_to(with_cache(solution.batch_norm(X, gamma, beta)))


@q1.check("a large eps, and a constant unit")
def forward_eps(student, solution):
    constant = np.where([False, True, False], 4.0, X)
    expect(with_cache(student.batch_norm(X, GAMMA, BETA, 0.7))).close_to(
        with_cache(solution.batch_norm(X, GAMMA, BETA, 0.7))
    )
    expect(with_cache(student.batch_norm(constant, GAMMA, BETA, 0.01))).close_to(
        with_cache(solution.batch_norm(constant, GAMMA, BETA, 0.01))
    )


q2 = question("q2", "Training, evaluation, and what is kept", functions=["batch_norm_layer"], forbid=OURS)
KEPT = (np.array([0.4, -1.1, 3.0]), np.array([2.2, 0.7, 5.5]))
BATCHES = np.array(
    [
        [[1.2, -0.7, 3.1], [0.4, 2.5, -1.6], [-2.3, 0.9, 0.8], [3.7, -1.1, 2.2]],
        [[0.6, 1.8, -0.4], [2.9, -0.2, 1.3], [-1.5, 0.7, 4.6], [0.1, -2.4, 0.5]],
        [[-0.8, 3.3, 1.1], [1.9, 0.6, -2.7], [2.4, -1.3, 0.2], [-3.1, 1.4, 1.5]],
    ]
)
WEIGHT, BIAS = np.array([1.7, 0.6, -1.2]), np.array([0.3, -0.8, 0.5])
PYTORCH = {
    "mean": [[0.075, 0.04, 0.1125], [0.12, 0.0335, 0.25125], [0.118, 0.13015, 0.228625]],
    "var": [
        [1.511, 1.170666666667, 1.319583333333],
        [1.690816666667, 1.371183333333, 1.662958333333],
        [2.174401666667, 1.597398333333, 1.856245833333],
    ],
    "last y": [
        [-0.39153575413, 0.035978361381, -0.285522259831],
        [1.683071508261, -0.94538754111, 2.491207588874],
        [2.067258038333, -1.635978361381, 0.372124283283],
        [-2.158793792464, -0.65461245889, -0.577809612326],
    ],
    "evaluation": [
        [1.547398729454, -1.194094024401, -2.029019891106],
        [0.625107617104, 0.32503008339, 2.110597361325],
        [-2.487624887079, -0.434531970505, -0.0032497463],
        [4.429558455549, -1.383984537875, -1.236327225747],
    ],
}


@q2.check("y in training")
def y_in_training(student, solution):
    given = (X, *KEPT, GAMMA, BETA, True, 0.3, 0.05)
    y, _, _ = expect(student.batch_norm_layer(*given)).parts(3)
    expect(y).close_to(solution.batch_norm_layer(*given)[0])


@q2.check("what training keeps", each=[("the mean", 1), ("the variance", 2)])
def kept_in_training(student, solution, case):
    _, part = case
    for momentum in (0.3, 0.85):
        given = (X, *KEPT, GAMMA, BETA, True, momentum, 0.05)
        answer = expect(student.batch_norm_layer(*given)).parts(3)
        expect(answer[part]).close_to(solution.batch_norm_layer(*given)[part])


@q2.check("three batches and an evaluation, with PyTorch's numbers")
def as_pytorch(student):
    state = np.zeros(3), np.ones(3)
    for batch, mean, var in zip(BATCHES, PYTORCH["mean"], PYTORCH["var"], strict=True):
        y, *state = expect(student.batch_norm_layer(batch, *state, WEIGHT, BIAS, True)).parts(3)
        expect(state).close_to([np.array(mean), np.array(var)])
    expect(y).close_to(np.array(PYTORCH["last y"]))
    y, *_ = expect(student.batch_norm_layer(BATCHES[0], *state, WEIGHT, BIAS, False)).parts(3)
    expect(y).close_to(np.array(PYTORCH["evaluation"]))


@q2.check("evaluation", each=[("five examples", 5), ("one example", 1)])
def in_evaluation(student, solution, case):
    given = (X[: case[1]], *KEPT, GAMMA, BETA, False, 0.3, 0.05)
    expect(student.batch_norm_layer(*given)).close_to(solution.batch_norm_layer(*given))


@q2.check("in training one example is refused with a ValueError", points=0.5)
def one_example_refused(student):
    try:
        answer = student.batch_norm_layer(X[:1], *KEPT, GAMMA, BETA, True)
    except ValueError:
        return
    expect(answer).true("one example has no spread to be normalised by: raise a ValueError")


q3 = question("q3", "The way back", functions=["batch_norm_backward"], forbid=OURS)


def cache_of(x, gamma, eps=1e-5):
    """The cache that a forward pass leaves: x_hat, std, gamma."""
    _, (x_hat, std, _, _) = F.batch_norm(x, gamma, np.zeros(x.shape[1]), eps=eps)
    return x_hat, std[0], gamma


@q3.check("the parameters' gradients", points=1, each=[("dgamma", 1), ("dbeta", 2)])
def parameter_gradients(student, solution, case):
    _, part = case
    cache = cache_of(X, GAMMA)
    answer = expect(student.batch_norm_backward(DY, cache)).parts(3)
    expect(answer[part]).close_to(solution.batch_norm_backward(DY, cache)[part])


@q3.check("dx", points=2, each=[("gamma = 1", np.ones(3)), ("any gamma", GAMMA)])
def input_gradients(student, solution, case):
    _, gamma = case
    cache = cache_of(X, gamma)
    dx, _, _ = expect(student.batch_norm_backward(DY, cache)).parts(3)
    expect(dx).close_to(solution.batch_norm_backward(DY, cache)[0])


q4 = question(
    "q4",
    "A gradient check",
    functions=["worst_errors"],
    values=["seen"],
    forbid=["dlcourse.numerical_gradient", "dlcourse.gradcheck", "dlcourse.gradcheck_network"],
)
BROKEN = ("no_shift", "no_stretch", "held_constant", "no_gamma", "sign_of_dx", "dgamma_mean", "dbeta_mean")
PLANTED = {
    "nothing is wrong": [],
    "one entry of dx, too small": [(0, (3, 1), -0.07)],
    "all three": [(0, (0, 2), 0.03), (0, (2, 0), -0.05), (1, (1,), -0.2), (2, (0,), 0.09), (2, (2,), 0.04)],
}


def forward_pass(x, gamma, beta):
    """The library's, with an eps that is to be felt."""
    return F.batch_norm(x, gamma, beta, eps=0.2)


def planted(bugs):
    """A backward pass whose gradients are off where the bugs say so."""

    def backward(dy, cache):
        gradients = [np.array(g) for g in F.batch_norm_backward(dy, tuple(cache))]
        for part, index, wrong in bugs:
            gradients[part][index] += wrong
        return tuple(gradients)

    return backward


@q4.check("planted errors", points=1.5, each=list(PLANTED))
def errors_found(student, solution, case):
    given = (forward_pass, planted(PLANTED[case]), X, GAMMA, BETA, DY)
    expect_errors(student.worst_errors(*given), solution.worst_errors(*given))


@q4.check("another step h, and a forward that is no batch norm", points=0.5)
def errors_with_h(student, solution):
    given = (powers, powers_backward, X, GAMMA, BETA, DY, 0.1)
    expect_errors(student.worst_errors(*given), solution.worst_errors(*given))


@q4.check("the set seen")
def set_seen(student, solution):
    expect_names(student.seen, solution.seen, BROKEN, "for each of the seven, work out its answer at dy = 1")


def expect_errors(answer, right):
    """Three numbers, in a tuple, a list or an array; what is rounding in one way to compute them is so in another."""
    three = expect(tuple(answer) if isinstance(answer, np.ndarray) else answer).parts(3)
    expect(three).close_to(right, rtol=1e-5, atol=1e-6)


def powers(x, gamma, beta):
    """y = gamma x^4 + beta^4: how far its central differences are off depends on x and beta."""
    return gamma * x**4 + beta**4, (x, gamma, beta)


def powers_backward(dy, cache):
    """Right gradients of the powers."""
    x, gamma, beta = cache
    return dy * gamma * 4 * x**3, np.sum(dy * x**4, axis=0), dy.sum(axis=0) * 4 * beta**3


def expect_names(names, right, allowed, because):
    """A set of names, and which."""
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong(f'write a set of names in quotation marks: {{"{allowed[0]}", "{allowed[1]}"}}')
    if strange := sorted(set(names) - set(allowed)):
        raise Wrong(f"{strange[0]!r} is not one of the {len(allowed)} names")
    expect(set(names)).equal(set(right), because=because)


q5 = question("q5", "Folding, to both sides", functions=["fold", "fold_ahead"])
SQUARE = np.array([[0.8, -1.3, 0.5], [1.9, 0.4, -0.7], [-0.6, 2.1, 1.2]])
WIDE = np.array([[0.7, -0.9, 1.4], [2.2, 0.3, -1.1]])
B = np.array([0.9, -1.7, 0.2])
NORM = (GAMMA, BETA, np.array([1.1, -0.4, 2.3]), np.array([0.6, 2.9, 1.4]))


@q5.check("batch norm behind the layer", points=1.5, each=[("W is (3, 3)", SQUARE), ("W is (2, 3)", WIDE)])
def folded_behind(student, solution, case):
    for eps in (1e-5, 0.3):
        expect(student.fold(case[1], B, *NORM, eps)).close_to(solution.fold(case[1], B, *NORM, eps))


@q5.check("batch norm before the layer", points=1.5, each=[("W is (3, 3)", SQUARE), ("W is (3, 2)", WIDE.T)])
def folded_ahead(student, solution, case):
    b = B[: case[1].shape[1]]
    for eps in (1e-5, 0.3):
        expect(student.fold_ahead(*NORM, case[1], b, eps)).close_to(solution.fold_ahead(*NORM, case[1], b, eps))


q6 = question("q6", "Repair a layer for images", functions=["batch_norm_images"], forbid=OURS)
PIXELS = np.array(
    [
        1.2, -0.4, 3.1, 0.7, 2.6, -1.9, 0.3, 4.4, -2.2, 1.8, 0.9, -0.6, 2.1, 5.0, -1.3, 0.2, 3.7, -2.8, 1.5, 0.1, 2.9, -0.8,
        4.1, 1.1, -3.3, 0.6, 2.4, 1.9, -1.1, 0.5, 3.4, -0.2, 2.2, 4.9, -2.5, 1.4, 0.8, -1.6, 2.7, 3.9, -0.9, 1.7, 0.4, -2.1,
        3.2, 5.3, -0.3, 2.8, 1.6, -1.4, 0.0, 4.6, -3.0, 2.3,
    ]
)  # fmt: skip
IMAGES = {
    "3 channels, 3 x 3": PIXELS.reshape(2, 3, 3, 3),
    "2 channels, 2 x 3": PIXELS[:24].reshape(2, 2, 2, 3),
    "a single image, 2 x 4": PIXELS[20:44].reshape(1, 3, 2, 4),
}


def given_for(x, training, momentum=0.1, eps=1e-5):
    """All arguments, with as many entries as x has channels."""
    C = x.shape[1]
    state = np.array([0.4, -1.1, 2.0])[:C], np.array([2.2, 0.7, 4.5])[:C]
    return x, *state, np.array([1.7, 0.6, -1.2])[:C], np.array([0.3, -0.8, 2.5])[:C], training, momentum, eps


@q6.check("y in training", points=1.5, each=list(IMAGES))
def images_in_training(student, solution, case):
    given = given_for(IMAGES[case], True, 0.3, 0.05)
    y, _, _ = expect(student.batch_norm_images(*given)).parts(3)
    expect(y).close_to(solution.batch_norm_images(*given)[0])


@q6.check("what training keeps", points=1.5, each=list(IMAGES))
def images_kept(student, solution, case):
    given = given_for(IMAGES[case], True, 0.3, 0.05)
    _, *kept = expect(student.batch_norm_images(*given)).parts(3)
    expect(kept).close_to(list(solution.batch_norm_images(*given)[1:]))


@q6.check("evaluation", each=["3 channels, 3 x 3", "2 channels, 2 x 3"])
def images_in_evaluation(student, solution, case):
    given = given_for(IMAGES[case], False, 0.3, 0.05)
    expect(student.batch_norm_images(*given)).close_to(solution.batch_norm_images(*given))


q7 = question("q7", "What changes nothing", values=["unchanged", "four_numbers"])
CHANGES = (
    "bias_plus_3", "all_times_5", "one_unit_times_5", "all_times_minus_1", "inputs_plus_1", "one_example_times_5",
    "another_order", "everyone_twice", "one_example_less",
)  # fmt: skip


@q7.check("the set unchanged", points=2)
def set_unchanged(student, solution):
    expect_names(student.unchanged, solution.unchanged, CHANGES, "ask what each change does to one unit's column of z")


@q7.check("the four numbers", points=2, each=[(f"number {k + 1}", k) for k in range(4)])
def numbers_right(student, solution, case):
    name, k = case
    values = student.four_numbers
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple) or len(values) != 4 or any(type(v) not in (int, float) for v in values):
        raise Wrong("write a list of four numbers")
    try:
        expect(float(values[k])).close_to(solution.four_numbers[k], rtol=1e-3)
    except Wrong:  # its message would hold the answer
        raise Wrong(f"{name} is not right") from None
