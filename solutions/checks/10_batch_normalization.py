"""Exercise 10, batch normalisation: what each answer must do, and the mistakes that learners really make."""

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question

#: What the library has of what is asked for here: it is there to compare with, and not in an answer.
OURS = [
    "dlcourse.functional.batch_norm",
    "dlcourse.functional.batch_norm_backward",
    "dlcourse.functional.running_statistics",
    "dlcourse.functional.layer_norm",
    "dlcourse.functional.layer_norm_backward",
    "dlcourse.functional.normalization.normalize",
    "dlcourse.functional.normalization.normalize_backward",
]
#: Five examples, three units.
X = np.array([[1.3, -0.4, 6.0], [0.2, 2.9, 5.1], [-2.6, 1.1, 7.7], [3.4, -1.8, 4.2], [0.9, 0.5, 9.3]])
GAMMA, BETA = np.array([1.7, 0.6, -1.2]), np.array([0.3, -0.8, 2.5])
DY = np.array([[0.8, -1.3, 0.4], [-2.1, 0.6, 1.9], [0.7, 2.2, -0.9], [1.6, -0.3, 0.2], [-0.5, 1.4, 2.6]])


def with_cache(answer):
    """The y and the three parts of the cache of a forward pass, all in one tuple."""
    y, cache = expect(answer).parts(2)
    return (y, *expect(cache).parts(3))


# --- q1: forward in training -------------------------------------------------------------------------------------------

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


@q1.check("other batches", hidden=True)
def forward_elsewhere(student, solution, rng):
    for N, D in ((2, 4), (9, 2), (6, 6)):
        given = rng.normal(3, 2, (N, D)), rng.normal(size=D), rng.normal(size=D), rng.uniform(0.001, 0.1)
        expect(with_cache(student.batch_norm(*given))).close_to(with_cache(solution.batch_norm(*given)))


def normalised(x, gamma, beta, mean, spread):
    """With statistics of one's own choice."""
    x_hat = np.divide(np.subtract(x, mean), spread)
    return beta + x_hat * gamma, (x_hat, spread, gamma)


@q1.mistake(
    "You normalise each example over its own units: that is layer normalisation. Here each unit is normalised over the "
    "examples: down the columns, axis 0."
)
def rows_normalised(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, x.mean(1, keepdims=True), np.sqrt(eps + x.var(1, keepdims=True)))


@q1.mistake(
    "You took one mean and one variance of all numbers together. Every unit has its own: take them along axis 0."
)
def one_mean_for_all(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x), np.sqrt(eps + np.var(x)))


@q1.mistake(
    "Your variance is divided by N - 1. That one is for the running statistics; the batch itself is normalised with 1/N."
)
def unbiased_for_the_batch(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), np.sqrt(eps + np.var(x, 0, ddof=1)))


@q1.mistake("You divide by the variance. Divide by its root, the deviation, or the outputs' deviation is not 1.")
def divided_by_the_variance(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), eps + np.var(x, 0))


@q1.mistake("eps belongs under the root, added to the variance. You add it to the root.")
def eps_outside(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), eps + np.std(x, 0))


@q1.mistake("eps is missing: a constant unit is divided by 0.")
def eps_forgotten(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), np.std(x, 0))


@q1.mistake("Your eps is always 1e-5. That is only the default: use the argument.")
def eps_hard_coded(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), np.sqrt(1e-5 + np.var(x, 0)))


@q1.mistake("gamma multiplies the bracket with beta inside. It scales x_hat alone; beta is added after it.")
def beta_scaled_too(x, gamma, beta, eps=1e-5):
    spread = np.sqrt(eps + np.var(x, 0))
    x_hat = (x - np.mean(x, 0)) / spread
    return (x_hat + beta) * gamma, (x_hat, spread, gamma)


@q1.mistake("gamma and beta have changed places: gamma scales, beta shifts.")
def gamma_and_beta_swapped(x, gamma, beta, eps=1e-5):
    y, (x_hat, spread, _) = normalised(x, beta, gamma, np.mean(x, 0), np.sqrt(eps + np.var(x, 0)))
    return y, (x_hat, spread, gamma)


@q1.mistake("The mean is not subtracted: your x_hat has the right deviation, but not mean 0.")
def not_centred(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, 0.0, np.sqrt(eps + np.var(x, 0)))


@q1.mistake(
    "Your variance is the mean of x squared. That is only right where the mean is 0: subtract the mean before squaring."
)
def mean_square_for_variance(x, gamma, beta, eps=1e-5):
    return normalised(x, gamma, beta, np.mean(x, 0), np.sqrt(eps + np.mean(x**2, 0)))


@q1.alternative
def by_moments(x, gamma, beta, eps=1e-5):
    mean = x.sum(0) / len(x)
    std = (np.einsum("nd,nd->d", x - mean, x - mean) / len(x) + eps) ** 0.5
    scale = gamma / std
    return x * scale + (beta - mean * scale), ((x - mean) / std, std, gamma)


@q1.alternative
def unit_by_unit(x, gamma, beta, eps=1e-5):
    std = np.array([(np.var(column) + eps) ** 0.5 for column in x.T])
    x_hat = np.column_stack([(column - column.mean()) / s for column, s in zip(x.T, std, strict=True)])
    return x_hat * gamma + beta, [x_hat, std, gamma]


# --- q2: training and evaluation ---------------------------------------------------------------------------------------

q2 = question("q2", "Training, evaluation, and what is kept", functions=["batch_norm_layer"], forbid=OURS)
KEPT = (np.array([0.4, -1.1, 3.0]), np.array([2.2, 0.7, 5.5]))
#: torch.nn.BatchNorm1d (PyTorch 2.13.0, float64, momentum 0.1, eps 1e-5) on three batches: weight, bias, what it kept.
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


@q2.check("other batches, one after the other", points=0.5, hidden=True)
def kept_elsewhere(student, solution, rng):
    D, momentum = 4, rng.uniform(0.05, 0.5)
    mine = right = rng.normal(size=D), rng.uniform(0.5, 2, D)
    gamma, beta = rng.normal(size=D), rng.normal(size=D)
    for N, training in ((3, True), (7, True), (2, False), (2, True), (1, False)):
        x = rng.normal(2, 3, (N, D))
        y, *mine = expect(student.batch_norm_layer(x, *mine, gamma, beta, training, momentum)).parts(3)
        y_right, *right = solution.batch_norm_layer(x, *right, gamma, beta, training, momentum)
        expect((y, *mine)).close_to((y_right, *right))


def layer(
    x,
    kept_mean,
    kept_var,
    gamma,
    beta,
    training,
    momentum=0.1,
    eps=1e-5,
    *,
    ddof=1,
    batch_ddof=0,
    share=lambda momentum: momentum,
    root=False,
    own=lambda training: training,
    renews=lambda training: training,
    renewed_first=False,
    refuses=lambda training, N: training and N == 1,
):
    """The layer, with one thing that can be wrong."""
    if refuses(training, len(x)):
        raise ValueError("a single example")
    mean, var = np.mean(x, 0), np.var(x, 0, ddof=batch_ddof) if len(x) > 1 or not batch_ddof else np.zeros(x.shape[1])
    before = (kept_mean, kept_var)
    if renews(training):
        new = np.var(x, 0, ddof=ddof) if len(x) > ddof else np.zeros(x.shape[1])
        kept_mean = kept_mean + share(momentum) * (mean - kept_mean)
        kept_var = kept_var + share(momentum) * ((np.sqrt(new) if root else new) - kept_var)
    middle, spread = (mean, var) if own(training) else (kept_mean, kept_var) if renewed_first else before
    return (x - middle) / np.sqrt(spread + eps) * gamma + beta, kept_mean, kept_var


@q2.mistake(
    "Your running variance is divided by N. What is kept estimates the variance of all data: it is the unbiased one, times "
    "N / (N - 1)."
)
def biased_variance_kept(*given):
    return layer(*given, ddof=0)


@q2.mistake(
    "The batch is normalised with the unbiased variance. That one is only kept; the batch itself is divided by the root of "
    "its own variance, with 1/N."
)
def unbiased_for_both(*given):
    return layer(*given, batch_ddof=1)


@q2.mistake(
    "momentum is the weight of the *new* value here, as in PyTorch: the old one keeps 1 - momentum. In an optimizer it is the "
    "other way round."
)
def momentum_of_the_old(*given):
    return layer(*given, share=lambda momentum: 1 - momentum)


@q2.mistake("Your momentum is always 0.1. That is only the default: use the argument.")
def momentum_hard_coded(*given):
    return layer(*given, share=lambda momentum: 0.1)


@q2.mistake("You keep the deviation. Kept is the variance; its root is taken when it is used.")
def deviation_kept(*given):
    return layer(*given, root=True)


@q2.mistake(
    "In evaluation you still normalise by the batch: then an answer depends on the examples that come along. Use the running "
    "statistics."
)
def batch_in_evaluation(*given):
    return layer(*given, own=lambda training: True)


@q2.mistake(
    "In training you normalise by the running statistics. They are for evaluation: the batch is normalised by its own."
)
def running_in_training(*given):
    return layer(*given, own=lambda training: False, renewed_first=True)


@q2.mistake("Your running statistics never move: training has to renew them, or evaluation has nothing to go by.")
def never_renewed(*given):
    return layer(*given, renews=lambda training: False)


@q2.mistake("The two modes have changed places: `training` is True where the batch's own statistics count.")
def modes_swapped(*given):
    return layer(
        *given,
        own=lambda training: not training,
        renews=lambda training: not training,
        refuses=lambda training, N: False,
    )


@q2.mistake("Evaluation changes your running statistics. It looks at them, and leaves them as they are.")
def renewed_in_evaluation(*given):
    return layer(*given, renews=lambda training: True)


@q2.mistake(
    "One example passes in training, and comes out at beta whatever it is: nothing can be learned from it. Refuse it."
)
def one_example_passes(*given):
    return layer(*given, refuses=lambda training, N: False)


@q2.mistake("You refuse one example in evaluation as well. There the running statistics normalise it without trouble.")
def one_example_refused_always(*given):
    return layer(*given, refuses=lambda training, N: N == 1)


@q2.alternative
def by_two_branches(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    if not training:
        scale = gamma / np.sqrt(running_var + eps)
        return x * scale + (beta - running_mean * scale), running_mean, running_var
    if x.shape[0] < 2:
        raise ValueError("more than one, please")
    mean = x.mean(axis=0)
    squares = ((x - mean) ** 2).sum(axis=0)
    y = gamma * ((x - mean) / (squares / len(x) + eps) ** 0.5) + beta
    return (
        y,
        running_mean + momentum * (mean - running_mean),
        running_var + momentum * (squares / (len(x) - 1) - running_var),
    )


@q2.alternative
def by_numpy_s_ddof(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    kept = [running_mean, running_var]
    if training:
        if not np.prod(x.shape) > x.shape[1]:
            raise ValueError("a batch of one")
        now = [np.mean(x, axis=0), np.var(x, axis=0, ddof=1)]
        kept = [
            np.average([old, new], axis=0, weights=[1 - momentum, momentum]) for old, new in zip(kept, now, strict=True)
        ]
        mean, var = now[0], np.var(x, axis=0)
    else:
        mean, var = kept
    return gamma * (x - mean) * (var + eps) ** -0.5 + beta, *kept


q2.equivalent("batch_norm_layer: N == 1 -> N <= 1", because="There is no batch without examples.")
q2.equivalent(
    "batch_norm_layer: ValueError('one example has no spread: expected more than one value per unit in training') -> "
    "ValueError('')",
    because="The message is the learner's own.",
)

# --- q3: backward ------------------------------------------------------------------------------------------------------

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


@q3.check("other batches, by central differences", points=2, hidden=True, each=[3, 8])
def gradients_elsewhere(student, solution, case, rng):
    x, dy, gamma = rng.normal(2, 3, (case, 4)), rng.normal(size=(case, 4)), rng.normal(size=4)
    dx, dgamma, dbeta = expect(student.batch_norm_backward(dy, cache_of(x, gamma, 0.01))).parts(3)
    measured, h = np.zeros_like(x), 1e-5
    for index in np.ndindex(x.shape):
        for sign in (1, -1):
            moved = x.copy()
            moved[index] += sign * h
            measured[index] += sign * np.sum(dy * F.batch_norm(moved, gamma, np.zeros(4), eps=0.01)[0]) / (2 * h)
    expect(dx).close_to(measured, rtol=1e-5, atol=1e-6)
    expect((dx, dgamma, dbeta)).close_to(solution.batch_norm_backward(dy, cache_of(x, gamma, 0.01)))


def way_back(dy, cache, *, shift=1.0, stretch=1.0, scaled=True, mean=np.mean, over=1, axis=0, total=np.sum, of=None):
    """A backward pass with some of its mistakes."""
    x_hat, std, gamma = cache
    g = dy * gamma if scaled else dy
    by_mean, by_spread = (mean(a, axis=axis, keepdims=True) for a in (g, x_hat * g))
    dx = (g - shift * by_mean - stretch * by_spread * x_hat) / std**over
    return dx, total(dy * x_hat if of is None else of(dy, x_hat, cache), 0), total(dy, 0)


@q3.mistake(
    "You treated mean and deviation as constants. Every x_i moves both, and by them all outputs of its unit: two terms are "
    "missing in dx."
)
def statistics_held_constant(dy, cache):
    return way_back(dy, cache, shift=0.0, stretch=0.0)


@q3.mistake("The way by the mean is missing in dx: subtract the mean of g over the batch.")
def mean_held_constant(dy, cache):
    return way_back(dy, cache, shift=0.0)


@q3.mistake("The way by the deviation is missing in dx: subtract x_hat times the mean of g x_hat.")
def deviation_held_constant(dy, cache):
    return way_back(dy, cache, stretch=0.0)


@q3.mistake("The way by the deviation comes in with the wrong sign: a larger deviation makes x_hat smaller.")
def stretch_added(dy, cache):
    return way_back(dy, cache, stretch=-1.0)


@q3.mistake("The way by the mean comes in with the wrong sign: the mean is subtracted from every x.")
def shift_added(dy, cache):
    return way_back(dy, cache, shift=-1.0)


@q3.mistake("gamma does not reach your dx: what arrives at x_hat is dy times gamma.")
def gamma_left_out(dy, cache):
    return way_back(dy, cache, scaled=False)


@q3.mistake("The bars in dx are means over the batch, and yours are sums: a factor N too much.")
def sums_for_means(dy, cache):
    return way_back(dy, cache, mean=np.sum)


@q3.mistake("Your means in dx go along the rows. They are over the batch, for each unit alone: axis 0.")
def along_the_rows(dy, cache):
    return way_back(dy, cache, axis=1)


@q3.mistake("Your means in dx are taken over all units together. Each unit has its own: along axis 0.")
def over_all_units(dy, cache):
    return way_back(dy, cache, axis=None)


@q3.mistake("Your dx is divided by the variance. It is the deviation that x was divided by.")
def over_the_variance(dy, cache):
    return way_back(dy, cache, over=2)


@q3.mistake("dgamma and dbeta are means in your answer. All examples use the one gamma, so their gradients add up.")
def means_for_sums(dy, cache):
    return way_back(dy, cache, total=np.mean)


@q3.mistake("Your dgamma equals dbeta. gamma multiplies x_hat: its gradient is the sum of dy times x_hat.")
def dgamma_without_x_hat(dy, cache):
    return way_back(dy, cache, of=lambda dy, x_hat, cache: dy)


@q3.mistake("Your dgamma holds gamma itself once more. The slope of gamma x_hat with respect to gamma is x_hat.")
def dgamma_with_gamma(dy, cache):
    return way_back(dy, cache, of=lambda dy, x_hat, cache: dy * x_hat * cache[2])


@q3.alternative
def by_the_paper_s_steps(dy, cache):
    x_hat, std, gamma = cache
    m, centred = len(dy), x_hat * std
    d_hat = dy * gamma
    d_var = (d_hat * centred).sum(axis=0) * -0.5 / std**3
    d_mean = -d_hat.sum(axis=0) / std + d_var * -2 * centred.mean(axis=0)
    return d_hat / std + d_var * 2 * centred / m + d_mean / m, np.einsum("nd,nd->d", dy, x_hat), dy.sum(axis=0)


@q3.alternative
def by_jacobians(dy, cache):
    x_hat, std, gamma = cache
    m = len(dy)
    columns = []
    for d in range(dy.shape[1]):
        jacobian = (np.eye(m) - 1 / m - np.outer(x_hat[:, d], x_hat[:, d]) / m) * gamma[d] / std[d]
        columns.append(jacobian @ dy[:, d])
    return np.array(columns).T, np.diag(x_hat.T @ dy), np.ones(m) @ dy


# --- q4: a gradient check ----------------------------------------------------------------------------------------------

q4 = question(
    "q4",
    "A gradient check",
    functions=["worst_errors"],
    values=["seen"],
    forbid=["dlcourse.numerical_gradient", "dlcourse.gradcheck", "dlcourse.gradcheck_network"],
)
BROKEN = ("no_shift", "no_stretch", "held_constant", "no_gamma", "sign_of_dx", "dgamma_mean", "dbeta_mean")
#: What is added to right gradients: which of the three, index, how much.
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


@q4.check("other planted errors", hidden=True)
def errors_elsewhere(student, solution, rng):
    x, dy, gamma, beta = rng.normal(1, 2, (4, 2)), rng.normal(size=(4, 2)), rng.normal(size=2), rng.normal(size=2)
    bugs = [(0, (int(rng.integers(4)), 1), 0.3), (1, (0,), -0.2), (2, (1,), rng.choice([-0.1, 0.1]))]
    given = (forward_pass, planted(bugs), x, gamma, beta, dy)
    expect_errors(student.worst_errors(*given), solution.worst_errors(*given))


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


def measured_errors(
    forward,
    backward,
    x,
    gamma,
    beta,
    dy,
    h=1e-5,
    *,
    over=2.0,
    one_side=False,
    back=True,
    fold=max,
    error=abs,
    seen_dy=None,
):
    """Distances between claimed and measured slopes, with one thing that can be wrong."""
    inputs = [np.array(a) for a in (x, gamma, beta)]
    weights = dy if seen_dy is None else seen_dy(dy)
    claims = backward(weights, forward(*inputs)[1])
    errors = []
    for a, claimed in zip(inputs, claims, strict=True):
        found = []
        for index in np.ndindex(a.shape):
            here = a[index]
            a[index] = here + h
            up = (weights * forward(*inputs)[0]).sum()
            a[index] = here if one_side else here - h
            down = (weights * forward(*inputs)[0]).sum()
            if back:
                a[index] = here
            found.append(error(claimed[index] - (up - down) / (over * h)))
        errors.append(fold(found))
    return tuple(errors)


@q4.mistake(
    "Your measured slopes are twice as large as they should be: the two points are 2h apart.", of="worst_errors"
)
def divided_by_h(*given):
    return measured_errors(*given, over=1.0)


@q4.mistake("This is the difference of one side. Step to both sides: its error is far smaller.", of="worst_errors")
def one_sided(*given):
    return measured_errors(*given, over=1.0, one_side=True)


@q4.mistake(
    "An entry that was moved is not put back, so every measurement starts at a place farther away.", of="worst_errors"
)
def not_put_back(*given):
    return measured_errors(*given, back=False)


@q4.mistake(
    "You look for the largest claimed minus measured. A gradient that is too *small* is wrong as well: |...|.",
    of="worst_errors",
)
def without_absolute_value(*given):
    return measured_errors(*given, error=float)


@q4.mistake("You average the distances. One wrong entry is to be seen: take the largest.", of="worst_errors")
def averaged(*given):
    return measured_errors(*given, fold=np.mean)


@q4.mistake("You add the distances up. Asked for is the largest one.", of="worst_errors")
def added_up(*given):
    return measured_errors(*given, fold=sum)


@q4.mistake(
    "You weighted all outputs by 1 and called backward with ones. With batch normalisation such a check is nearly blind: use "
    "the dy that is given, in both places.",
    of="worst_errors",
)
def all_ones(*given):
    return measured_errors(*given, seen_dy=np.ones_like)


@q4.mistake(
    "backward gets the dy that is given, but your L is the plain sum of y. Weight every output with its dy.",
    of="worst_errors",
)
def plain_sum(forward, backward, x, gamma, beta, dy, h=1e-5):
    return measured_errors(forward, lambda ones, cache: backward(dy, cache), x, gamma, beta, np.ones_like(dy), h)


@q4.mistake("Your step is always 1e-5. That is only the default: use the argument h.", of="worst_errors")
def step_hard_coded(forward, backward, x, gamma, beta, dy, h=1e-5):
    return measured_errors(forward, backward, x, gamma, beta, dy)


@q4.mistake(
    "You count bugs in dx as found that are not. With dy = 1 the right dx is 0: what is 0 with the bug as well is not found.",
    of="seen",
)
def all_of_dx():
    return {"no_shift", "no_stretch", "held_constant", "no_gamma", "sign_of_dx", "dbeta_mean"}


@q4.mistake(
    "Without the stretch term dx is still 0 at dy = 1, because x_hat has mean 0. Without the shift term it is not.",
    of="seen",
)
def stretch_for_shift():
    return {"no_stretch", "held_constant", "dbeta_mean"}


@q4.mistake(
    "A mean in place of the sum is found for dbeta, which is 5, and not for dgamma: at dy = 1 it is the sum of x_hat.",
    of="seen",
)
def both_means():
    return {"no_shift", "held_constant", "dgamma_mean", "dbeta_mean"}


@q4.mistake(
    "The check is nearly blind, but not entirely: dbeta is not 0, and neither is dx without its shift.", of="seen"
)
def nothing_seen():
    return set()


@q4.mistake("The check is not as good as that: at dy = 1 the right dx and the right dgamma are both 0.", of="seen")
def everything_seen():
    return set(BROKEN)


@q4.alternative(of=("worst_errors", "seen"))
def by_the_table():
    return measured_errors, ["dbeta_mean", "held_constant", "no_shift"]


@q4.alternative(of="worst_errors")
def array_by_array(forward, backward, x, gamma, beta, dy, h=1e-5):
    inputs = (x, gamma, beta)
    claims = backward(dy, forward(x, gamma, beta)[1])

    def value(k, moved):
        return float(np.vdot(dy, forward(*inputs[:k], moved, *inputs[k + 1 :])[0]))

    worst = []
    for k, a in enumerate(inputs):
        steps = h * np.eye(a.size).reshape(-1, *a.shape)
        slopes = [(value(k, a + step) - value(k, a - step)) / h / 2 for step in steps]
        worst.append(np.abs(np.ravel(claims[k]) - slopes).max())
    return np.array(worst)


q4.equivalent("worst_errors: ends[1] -> ends[-1]", because="There are two ends.")
q4.equivalent("worst_errors: tuple(errors) -> errors", because="Three numbers in a list are accepted as well.")

# --- q5: folding -------------------------------------------------------------------------------------------------------

q5 = question("q5", "Folding, to both sides", functions=["fold", "fold_ahead"])
#: A square W, where rows and columns can be taken for one another without an error, and one that is not square.
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


@q5.check("the outputs of other layers", hidden=True, each=["fold", "fold_ahead"])
def folded_elsewhere(student, solution, case, rng):
    x, W, b = rng.normal(size=(6, 4)), rng.normal(size=(4, 5)), rng.normal(size=5)
    D = 5 if case == "fold" else 4
    norm = rng.normal(size=D), rng.normal(size=D), rng.normal(size=D), rng.uniform(0.1, 3, D)
    if case == "fold":
        W_new, b_new = expect(student.fold(W, b, *norm)).parts(2)
        right = F.batch_norm(x @ W + b, *norm)[0]
    else:
        W_new, b_new = expect(student.fold_ahead(*norm, W, b)).parts(2)
        right = F.batch_norm(x, *norm)[0] @ W + b
    expect(W_new).close_to(getattr(solution, case)(*((W, b, *norm) if case == "fold" else (*norm, W, b)))[0])
    expect(x @ np.asarray(W_new) + b_new).close_to(right)


def behind(W, b, gamma, beta, mean, var, eps=1e-5, *, rows=False, root=np.sqrt, old=1.0, middle=1.0, shift=1.0):
    """Folded behind, with some of its mistakes."""
    factor = gamma / root(eps + var)
    return (
        W * factor[:, None] if rows and len(W) == len(factor) else W * factor,
        factor * (old * b - middle * mean) + shift * beta,
    )


@q5.mistake(
    "Your fold scales the rows of W. Unit j of the layer is *column* j of W: its scale belongs there.", of="fold"
)
def fold_rows(*given):
    return behind(*given, rows=True)


@q5.mistake("You divide by the variance. The deviation is its root, with eps inside.", of="fold")
def fold_by_variance(*given):
    return behind(*given, root=lambda v: v)


@q5.mistake("The old bias is lost: it goes through batch normalisation like everything else.", of="fold")
def fold_without_bias(*given):
    return behind(*given, old=0.0)


@q5.mistake("The running mean is lost: it is subtracted from what the layer gives.", of="fold")
def fold_without_mean(*given):
    return behind(*given, middle=0.0)


@q5.mistake("The running mean is added in your answer. Batch normalisation subtracts it.", of="fold")
def fold_mean_added(*given):
    return behind(*given, middle=-1.0)


@q5.mistake("beta is lost: it is added at the very end.", of="fold")
def fold_without_beta(*given):
    return behind(*given, shift=0.0)


@q5.mistake(
    "The old bias is kept as it is. It comes *before* batch normalisation, so it is scaled with everything else.",
    of="fold",
)
def fold_bias_unscaled(W, b, gamma, beta, mean, var, eps=1e-5):
    factor = gamma / np.sqrt(eps + var)
    return W * factor, beta - mean * factor + b


@q5.mistake("eps does not come in: it stands under the root in evaluation, too.", of="fold")
def fold_without_eps(W, b, gamma, beta, mean, var, eps=1e-5):
    return behind(W, b, gamma, beta, mean, var, 0.0)


def ahead(gamma, beta, mean, var, W, b, eps=1e-5, *, columns=False, through=True, old=1.0, sign=-1.0, half=True):
    """Folded ahead, with some of its mistakes."""
    factor = gamma / np.sqrt(eps + var)
    moved = beta + sign * mean * factor
    new_b = old * b + (np.dot(moved, W) if through else moved.sum())
    return (W * factor if columns and W.shape[1] == len(factor) else (W.T * factor).T), new_b


@q5.mistake(
    "Your fold_ahead scales the columns of W. What is normalised are the *inputs*, and input i meets row i of W.",
    of="fold_ahead",
)
def ahead_columns(*given):
    return ahead(*given, columns=True)


@q5.mistake(
    "The shifts are added up as they are. They are added to the inputs, so each goes through its weights: shift @ W.",
    of="fold_ahead",
)
def ahead_not_through(*given):
    return ahead(*given, through=False)


@q5.mistake("The layer's own bias is lost.", of="fold_ahead")
def ahead_without_bias(*given):
    return ahead(*given, old=0.0)


@q5.mistake("The running mean is added in your fold_ahead. Batch normalisation subtracts it.", of="fold_ahead")
def ahead_mean_added(*given):
    return ahead(*given, sign=1.0)


@q5.mistake(
    "You scaled W first and sent the shift through the *scaled* W, so its scale counts twice. beta and the scaled mean meet the "
    "old W.",
    of="fold_ahead",
)
def ahead_scaled_twice(gamma, beta, mean, var, W, b, eps=1e-5):
    factor = gamma / np.sqrt(eps + var)
    W = (W.T * factor).T
    return W, np.dot(beta - mean * factor, W) + b


@q5.alternative(of=("fold", "fold_ahead"))
def by_diagonal_matrices():
    def parts(gamma, beta, mean, var, eps):
        D = np.diag(gamma) @ np.diag((var + eps) ** -0.5)
        return D, beta - mean @ D

    def fold(W, b, gamma, beta, running_mean, running_var, eps=1e-5):
        D, shift = parts(gamma, beta, running_mean, running_var, eps)
        return W @ D, b @ D + shift

    def fold_ahead(gamma, beta, running_mean, running_var, W, b, eps=1e-5):
        D, shift = parts(gamma, beta, running_mean, running_var, eps)
        return D @ W, np.einsum("i,ij->j", shift, W) + b

    return fold, fold_ahead


@q5.alternative(of=("fold", "fold_ahead"))
def by_asking_the_network():
    def read_off(network, inputs):
        """A linear map shows its bias at 0 and its rows at the unit vectors."""
        b = network(np.zeros((1, inputs)))[0]
        return network(np.eye(inputs)) - b, b

    def fold(W, b, gamma, beta, running_mean, running_var, eps=1e-5):
        s = np.sqrt(running_var + eps)
        return read_off(lambda x: gamma * (x @ W + b - running_mean) / s + beta, len(W))

    def fold_ahead(gamma, beta, running_mean, running_var, W, b, eps=1e-5):
        s = np.sqrt(running_var + eps)
        return read_off(lambda x: (gamma * (x - running_mean) / s + beta) @ W + b, len(W))

    return fold, fold_ahead


# --- q6: a broken layer for images ---------------------------------------------------------------------------------------

q6 = question("q6", "Repair a layer for images", functions=["batch_norm_images"], forbid=OURS)
PIXELS = np.array(
    [
        1.2, -0.4, 3.1, 0.7, 2.6, -1.9, 0.3, 4.4, -2.2, 1.8, 0.9, -0.6, 2.1, 5.0, -1.3, 0.2, 3.7, -2.8, 1.5, 0.1, 2.9, -0.8,
        4.1, 1.1, -3.3, 0.6, 2.4, 1.9, -1.1, 0.5, 3.4, -0.2, 2.2, 4.9, -2.5, 1.4, 0.8, -1.6, 2.7, 3.9, -0.9, 1.7, 0.4, -2.1,
        3.2, 5.3, -0.3, 2.8, 1.6, -1.4, 0.0, 4.6, -3.0, 2.3,
    ]
)  # fmt: skip
#: Two images of three channels and 3 x 3 places; of two channels and 2 x 3; one of three channels and 2 x 4.
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


@q6.check("other images, training and evaluation in turn", hidden=True)
def images_elsewhere(student, solution, rng):
    C = 3
    mine = right = rng.normal(size=C), rng.uniform(0.5, 2, C)
    gamma, beta = rng.normal(size=C), rng.normal(size=C)
    for N, training in ((4, True), (1, True), (2, False)):
        x = rng.normal(1, 2, (N, C, 2, 3))
        y, *mine = expect(student.batch_norm_images(x, *mine, gamma, beta, training)).parts(3)
        y_right, *right = solution.batch_norm_images(x, *right, gamma, beta, training)
        expect((y, *mine)).close_to((y_right, *right))


def image_layer(
    x, kept_mean, kept_var, gamma, beta, training, momentum=0.1, eps=1e-5, *,
    by_channel=True, values="all", new=True, own=False, axes=(0, 2, 3),
):  # fmt: skip
    """The layer for images with some of its bugs."""
    N, _, H, W = x.shape
    mean, var = np.mean(x, axes), np.var(x, axes)
    middle, spread = (mean, var) if training or own else (kept_mean, kept_var)
    if training:
        count = {"all": N * H * W, "examples": N, "places": H * W, "biased": np.inf, "everything": x.size}[values]
        unbiased = var * (1 / (1 - 1 / count) if count > 1 else np.inf)
        share = momentum if new else 1 - momentum
        kept_mean, kept_var = kept_mean + share * (mean - kept_mean), kept_var + share * (unbiased - kept_var)
    x_hat = (x.swapaxes(1, 3) - middle) / np.sqrt(spread + eps)
    y = (x_hat * gamma + beta).swapaxes(1, 3) if by_channel else x_hat.swapaxes(1, 3) * gamma + beta
    return y, kept_mean, kept_var


@q6.mistake(
    "One bug remains, in y: gamma and beta are laid along the width of the images. Give them the shape (C, 1, 1)."
)
def channels_left(*given):
    return image_layer(*given, by_channel=False)


@q6.mistake(
    "One bug remains, in the running variance: m counts the examples only. Every place brings a value to its channel."
)
def count_left(*given):
    return image_layer(*given, values="examples")


@q6.mistake("One bug remains, in the running statistics: momentum is the weight of the new value.")
def momentum_left(*given):
    return image_layer(*given, new=False)


@q6.mistake("One bug remains: in evaluation the batch still normalises itself. The running statistics should.")
def evaluation_left(*given):
    return image_layer(*given, own=True)


@q6.mistake("Two bugs remain, both in the running statistics: the weight of the new value, and what m counts.")
def both_of_the_statistics_left(*given):
    return image_layer(*given, values="examples", new=False)


@q6.mistake("Your m counts the places of one image. All examples bring values as well: N times H times W.")
def places_counted(*given):
    return image_layer(*given, values="places")


@q6.mistake(
    "Your m counts the entries of all channels. A channel's variance is made of its own N times H times W values."
)
def everything_counted(*given):
    return image_layer(*given, values="everything")


@q6.mistake("Your running variance is the biased one. What is kept is divided by the number of values less one.")
def biased_kept(*given):
    return image_layer(*given, values="biased")


@q6.mistake(
    "y in training is right now. Next: which of old and new gets the share momentum, and how many values m counts."
)
def channels_repaired(*given):
    return image_layer(*given, values="examples", new=False, own=True)


@q6.mistake(
    "Nothing is repaired yet. Begin with y in training: gamma and beta of shape (C,) are laid along the last axis of the "
    "images, and should go by channel."
)
def as_given(*given):
    return image_layer(*given, by_channel=False, values="examples", new=False, own=True)


@q6.alternative
def by_rows_of_places(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    rows = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])  # (N H W, C)
    mean, var = running_mean, running_var
    if training:
        mean, var = rows.mean(axis=0), rows.var(axis=0)
        running_mean = running_mean + momentum * (mean - running_mean)
        running_var = running_var + momentum * (np.var(rows, axis=0, ddof=1) - running_var)
    scale = gamma / np.sqrt(var + eps)
    y = rows * scale + (beta - mean * scale)
    return np.moveaxis(y.reshape(len(x), *x.shape[2:], -1), -1, 1), running_mean, running_var


@q6.alternative
def channel_by_channel(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    y, means, variances = np.empty(x.shape), list(running_mean), list(running_var)
    for c in range(x.shape[1]):
        values = x[:, c]
        mean, var = (values.mean(), values.var()) if training else (means[c], variances[c])
        y[:, c] = gamma[c] * (values - mean) / (var + eps) ** 0.5 + beta[c]
        if training:
            means[c] = momentum * mean + (1 - momentum) * means[c]
            variances[c] = momentum * values.var(ddof=1) + (1 - momentum) * variances[c]
    return y, np.array(means), np.array(variances)


q6.equivalent(
    "batch_norm_images: x.size / x.shape[1] -> x.size // x.shape[1]",
    because="The number of entries is a multiple of the number of channels.",
)

# --- q7: what changes nothing --------------------------------------------------------------------------------------------

q7 = question("q7", "What changes nothing", values=["unchanged", "four_numbers"])
CHANGES = (
    "bias_plus_3", "all_times_5", "one_unit_times_5", "all_times_minus_1", "inputs_plus_1", "one_example_times_5",
    "another_order", "everyone_twice", "one_example_less",
)  # fmt: skip
STAY = {"bias_plus_3", "all_times_5", "one_unit_times_5", "inputs_plus_1", "another_order"}


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


@q7.mistake("Negating z is no stretch by a *positive* factor: every normalised value changes its sign.", of="unchanged")
def sign_forgiven():
    return STAY | {"all_times_minus_1", "everyone_twice"}


@q7.mistake(
    "One example's inputs times 5 move its own z, and with it the mean and the deviation of all. Only what happens to the whole "
    "column alike is forgiven.",
    of="unchanged",
)
def one_example_forgiven():
    return STAY | {"one_example_times_5", "everyone_twice"}


@q7.mistake(
    "Each unit is normalised alone, so one unit's factor is forgiven as well as a factor of all.", of="unchanged"
)
def one_unit_not_forgiven():
    return (STAY | {"everyone_twice"}) - {"one_unit_times_5"}


@q7.mistake(
    "If every input grows by 1, unit j's z grows by the sum of its weights, for all examples alike: a common shift.",
    of="unchanged",
)
def inputs_not_forgiven():
    return (STAY | {"everyone_twice"}) - {"inputs_plus_1"}


@q7.mistake(
    "If everyone stands there twice, mean and variance stay: both are means over the batch, divided by m. (Only the *running* "
    "variance changes a little.)",
    of="unchanged",
)
def twice_not_forgiven():
    return set(STAY)


@q7.mistake(
    "In training each example's output depends on the others: without one of them, mean and variance are different.",
    of="unchanged",
)
def company_forgotten():
    return STAY | {"everyone_twice", "one_example_less"}


@q7.mistake(
    "The first number: a normalised value can be far above 1, but not without limit. One that runs away takes the mean and the "
    "deviation along, so that it cannot get beyond a certain root.",
    of="four_numbers",
)
def at_most_one():
    return [1.0, 0.2, 0.04, 32 / 33]


@q7.mistake(
    "The first number: the root of m is nearly right. If one value is t, the others are -t/16 on average, and their squares count, "
    "too.",
    of="four_numbers",
)
def root_of_m():
    return [17**0.5, 0.2, 0.04, 32 / 33]


@q7.mistake(
    "The second number: the output is the same, but the gradient is not. Larger weights need a larger step for the same turn, so "
    "each unit of step does less.",
    of="four_numbers",
)
def gradient_as_before():
    return [4.0, 1.0, 0.2, 32 / 33]


@q7.mistake(
    "The second number is turned round: the larger the weights, the *less* a push on one of them turns them.",
    of="four_numbers",
)
def gradient_grows():
    return [4.0, 5.0, 1.0, 32 / 33]


@q7.mistake("The third number: the step shrinks, and W is five times as long as well. Both count.", of="four_numbers")
def length_of_w_forgotten():
    return [4.0, 0.2, 0.2, 32 / 33]


@q7.mistake(
    "The fourth number: the variance divided by m stays, but the kept one is multiplied by m/(m - 1), and m has doubled.",
    of="four_numbers",
)
def kept_variance_as_before():
    return [4.0, 0.2, 0.04, 1.0]


@q7.mistake(
    "The fourth number is turned round: m/(m - 1) comes nearer to 1 as m grows, so the kept variance falls.",
    of="four_numbers",
)
def kept_variance_grows():
    return [4.0, 0.2, 0.04, 33 / 32]


@q7.alternative(of=("unchanged", "four_numbers"))
def as_fractions():
    return sorted(STAY | {"everyone_twice"}), (4, 1 / 5, 1 / 25, 0.9697)


@q7.alternative(of=("unchanged", "four_numbers"))
def as_an_array():
    return (*STAY, "everyone_twice"), np.array([np.sqrt(16), 0.2, 0.2**2, 34 * 16 / 33 / 17])
