"""Exercise 12, dropout and sparsity: what each answer must do, and the mistakes that learners really make.

Where an answer throws coins of its own, a check looks only at what holds for all coins. The numbers of entries are such that
chance fails a right answer less than once in 10^13 runs: by Hoeffding's inequality the mean of n independent values, each in a
range of width 1, is off by more than t with a probability of at most 2 exp(-2 n t^2), and with n = 40,000 and t = 0.02 that is
2.5e-14.
"""

from itertools import pairwise

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question
from dlcourse.layers import Layer

OURS = [f"dlcourse.functional.{name}{half}" for name in ("dropout", "classic_dropout") for half in ("", "_backward")]
#: Three examples, four units; no zeros, so that a 0 in an answer was dropped.
X = np.array([[1.5, -2.0, 0.7, 4.0], [-1.2, 3.0, 2.5, -0.4], [0.9, 1.1, -3.5, 2.2]])
DY = np.array([[0.3, 1.7, -0.6, 2.0], [1.4, -0.8, 0.5, 1.0], [-2.1, 0.4, 1.3, -0.9]])
#: 200 examples of 200 units: every entry between 1 and 2, all different.
MANY = np.linspace(1, 2, 40_000).reshape(200, 200)


def factors(y, x):
    """What entries were multiplied by, as a text: the different values from small to large."""
    if not isinstance(y, np.ndarray) or y.shape != x.shape:
        shown = f"an array of shape {y.shape}" if isinstance(y, np.ndarray) else f"of type {type(y).__name__}"
        raise Wrong(f"the answer is {shown}, expected an array of shape {x.shape}")
    found = np.unique(np.round(y / x, 9))
    if len(found) > 3:
        raise Wrong(
            f"entries are multiplied by {len(found):,} different numbers, from {found[0]:.3g} to {found[-1]:.3g}"
        )
    return " or ".join(f"{factor:.6g}" for factor in found)


def expect_own_coins(y):
    """Every entry has a coin of its own.

    With 200 coins a row and p between 0.2 and 0.8, two equal rows, or equal counts in all rows, come less than once in 10^20 runs.
    """
    mask = y != 0
    different = "that is how many different {} the mask of a batch of 200 examples and 200 units has"
    expect(len(np.unique(mask, axis=0))).equal(200, because=different.format("rows"))
    expect(np.unique(mask, axis=1).shape[1]).equal(200, because=different.format("columns"))
    counts = len(set(np.sum(mask, axis=1).tolist()))
    expect(counts > 3).true("every example loses the same number of units; with coins of their own the number varies")


# --- q1: inverted dropout ----------------------------------------------------------------------------------------------

q1 = question("q1", "Inverted dropout, completed", functions=["dropout", "dropout_backward"], forbid=OURS)


def there_and_back(who, x, dy, p, training, seed):
    """y and dx, through the answer's own cache."""
    y, cache = expect(who.dropout(x, p, training, np.random.default_rng(seed))).parts(2)
    return y, who.dropout_backward(dy, cache)


@q1.check("training, forward", each=[("p = 0.2", 0.2), ("p = 0.6", 0.6)])
def training_forward(student, solution, case):
    y, _ = expect(student.dropout(X, case[1], True, np.random.default_rng(4))).parts(2)
    expect(y).close_to(solution.dropout(X, case[1], True, np.random.default_rng(4))[0])


@q1.check("training, there and back")
def training_backward(student, solution):
    expect(there_and_back(student, X, DY, 0.6, True, 4)).close_to(there_and_back(solution, X, DY, 0.6, True, 4))


@q1.check("evaluation, there and back")
def evaluation_both(student, solution):
    expect(there_and_back(student, X, DY, 0.6, False, 4)).close_to(there_and_back(solution, X, DY, 0.6, False, 4))


@q1.check("other p, other shapes", hidden=True)
def dropout_elsewhere(student, solution, rng):
    for shape in [(7,), (5, 6), (2, 3, 4)]:
        x, dy, p, seed = rng.normal(size=shape), rng.normal(size=shape), rng.uniform(0.1, 0.9), int(rng.integers(1000))
        for probability, training in ((p, True), (0.0, True), (p, False)):
            given = x, dy, probability, training, seed
            expect(there_and_back(student, *given)).close_to(there_and_back(solution, *given))


@q1.mistake(
    "Training drops, but does not scale: that is classic dropout. Inverted dropout divides what stays by the probability to "
    "stay.",
    of="dropout",
)
def not_scaled(x, p, training, rng):
    scale = 1.0 * (rng.random(x.shape) >= p) if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "What stays is divided by p, the probability to be dropped. Divide by the probability to stay: they agree only at p = 0.5.",
    of="dropout",
)
def divided_by_p(x, p, training, rng):
    scale = (rng.random(x.shape) >= p) / p if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "What stays is multiplied by 1 - p, so it gets smaller still. It has to make up for what is missing: divide.",
    of="dropout",
)
def multiplied_by_what_stays(x, p, training, rng):
    scale = (rng.random(x.shape) >= p) * (1 - p) if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "Your p keeps, as in the paper of 2014. Here, as in PyTorch, p drops: an entry stays where its coin is at least p.",
    of="dropout",
)
def p_keeps(x, p, training, rng):
    scale = (rng.random(x.shape) < p) / p if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "Kept and dropped have changed places: you keep where the coin is below p, which happens with probability p.",
    of="dropout",
)
def comparison_turned(x, p, training, rng):
    scale = (rng.random(x.shape) < p) / (1 - p) if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "All examples of your batch share one mask. Every entry of x has its own coin: draw as many as x has entries.",
    of="dropout",
)
def one_mask_for_all(x, p, training, rng):
    scale = np.broadcast_to(rng.random(x.shape[-1]) >= p, x.shape) / (1 - p) if training else 1.0
    return x * scale, (scale,)


@q1.mistake(
    "In evaluation you multiply by 1 - p. Inverted dropout has scaled in training already; doing both is once too often.",
    of="dropout",
)
def scaled_twice(x, p, training, rng):
    scale = (rng.random(x.shape) >= p) / (1 - p) if training else 1 - p
    return x * scale, (scale,)


@q1.mistake("Your evaluation drops as well. There all units are used.", of="dropout")
def dropped_in_evaluation(x, p, training, rng):
    scale = (rng.random(x.shape) >= p) / (1 - p)
    return x * scale, (scale,)


@q1.mistake(
    "Backward drops the right entries and does not scale the others. y = x * scale has the slope scale.",
    of="dropout_backward",
)
def slope_not_scaled(dy, cache):
    return dy * (cache[0] != 0)


@q1.mistake(
    "In evaluation forward leaves x alone, but the cache still holds a mask, so backward drops. Put the scale of evaluation there.",
    of=("dropout", "dropout_backward"),
)
def mask_left_in_evaluation():
    def forward(x, p, training, rng):
        keep = rng.random(x.shape) >= p
        return x * keep / (1 - p) if training else x, (keep / (1 - p),)

    return forward, lambda dy, cache: dy * cache[0]


@q1.mistake(
    "In evaluation forward leaves x alone, but the cache still holds keep, so backward drops; and in training it does not "
    "scale. What forward multiplies by belongs into the cache, in both modes.",
    of=("dropout", "dropout_backward"),
)
def keep_in_the_cache():
    def forward(x, p, training, rng):
        keep = rng.random(x.shape) >= p
        return x * keep / (1 - p) if training else x, (keep,)

    return forward, lambda dy, cache: dy * cache[0]


@q1.mistake(
    "Backward hands dy on as it came. What forward dropped had no part in the loss, and what it kept was scaled.",
    of="dropout_backward",
)
def dy_unchanged(dy, cache):
    return dy


@q1.mistake("Backward divides by the scale. The slope of y = x * scale is the scale itself.", of="dropout_backward")
def divided_by_the_scale(dy, cache):
    scale = cache[0] * np.ones_like(dy)
    return np.where(scale > 0, dy / np.where(scale > 0, scale, 1), 0)


@q1.alternative(of=("dropout", "dropout_backward"))
def by_assignment():
    def forward(x, p, training, rng):
        y = x.copy()
        if not training:
            return y, None
        dropped = rng.random(x.shape) < p
        y[dropped] = 0
        return y / (1 - p), (dropped, p)

    def backward(dy, cache):
        if cache is None:
            return dy.copy()
        dropped, p = cache
        return np.where(dropped, 0, dy / (1 - p))

    return forward, backward


@q1.alternative(of=("dropout", "dropout_backward"))
def by_floor():
    def forward(x, p, training, rng):
        rate = float(training) * p
        coins = rng.random(x.shape) if training else np.ones_like(x)
        scale = np.floor(coins - rate + 1 if training else coins) / (1 - rate)
        return np.multiply(x, scale), {"scale": scale}

    return forward, lambda dy, cache: np.multiply(cache["scale"], dy)


q1.equivalent(
    "dropout: rng.random(x.shape) >= p -> rng.random(x.shape) > p",
    because="A coin hits p to the last of its 53 bits once in 10^16 times.",
)

# --- q2: classic dropout -----------------------------------------------------------------------------------------------

q2 = question("q2", "Classic dropout, your own coins", functions=["classic_dropout"], forbid=OURS)


@q2.check("what is kept, and how much of it is dropped")
def kept_or_dropped(student):
    y = student.classic_dropout(MANY, 0.3, True, np.random.default_rng(5))
    expect(factors(y, MANY)).equal("0 or 1", because="that is what entries are multiplied by in training")
    expect(round(float(np.mean(y == 0)), 1)).close_to(0.3, because="that is the share of entries dropped at p = 0.3")


@q2.check("a coin for every entry, from the generator that is given")
def coins_of_their_own(student):
    first, second, other = (student.classic_dropout(MANY, 0.3, True, np.random.default_rng(s)) for s in (5, 5, 6))
    factors(first, MANY)
    expect_own_coins(first)
    expect(bool(np.array_equal(first, second))).true(
        "two equal generators give two masks: draw from rng, and only from rng"
    )
    expect(not np.array_equal(first, other)).true("generators of different seeds give the same mask: draw from rng")


@q2.check("evaluation")
def classic_evaluation(student, solution):
    y = student.classic_dropout(X, 0.3, False, np.random.default_rng(5))
    right = factors(solution.classic_dropout(X, 0.3, False, np.random.default_rng(5)), X)
    expect(factors(y, X)).equal(right, because="that is what entries are multiplied by in evaluation, at p = 0.3")


@q2.check("in mean, training is evaluation", hidden=True)
def classic_in_mean(student, rng):
    x, p = rng.uniform(1, 2, 4) * rng.choice([-1, 1], 4), rng.uniform(0.1, 0.8)
    masks = student.classic_dropout(np.tile(x, (40_000, 1)), p, True, rng)
    expect(masks.shape).equal((40_000, 4))
    evaluation = student.classic_dropout(x[np.newaxis], p, False, rng)
    expect(masks.mean(axis=0) / x).close_to(np.full(4, 1 - p), rtol=0, atol=0.02)
    expect(evaluation).close_to((1 - p) * x[np.newaxis])


@q2.mistake(
    "Evaluation does not scale. There all units are present, so sums behind this layer are larger than any in training."
)
def evaluation_not_scaled(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) if training else x


@q2.mistake(
    "Training scales what stays: that is inverted dropout. The classic one leaves it as it is, and scales in evaluation."
)
def inverted_training(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


@q2.mistake("Evaluation multiplies by p, the share that is dropped. In the mean the share 1 - p was there.")
def evaluation_by_p(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) if training else p * x


@q2.mistake("You drop with probability 1 - p. Here p is the probability to drop.")
def keeps_with_p(x, p, training, rng):
    return x * (rng.random(x.shape) < p) if training else p * x


@q2.mistake("Evaluation divides by 1 - p. In training less was there than now, so the outputs have to shrink.")
def evaluation_divides(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) if training else x / (1 - p)


@q2.mistake("Evaluation drops as well. There all units are used, scaled.")
def evaluation_drops(x, p, training, rng):
    return x * (rng.random(x.shape) >= p)


@q2.mistake("One mask serves all examples: they lose the same units. Each example needs coins of its own.")
def shared_by_examples(x, p, training, rng):
    return x * (rng.random(x.shape[1]) >= p) if training else (1 - p) * x


@q2.mistake("One coin decides for a whole example, so all of its units go or stay together. Each entry needs its own.")
def shared_by_units(x, p, training, rng):
    return x * (rng.random((len(x), 1)) >= p) if training else (1 - p) * x


@q2.mistake(
    "You drop exactly the share p of every example. Then one unit's staying depends on the others'. Let each decide for itself."
)
def exactly_the_share(x, p, training, rng):
    if not training:
        return (1 - p) * x
    ranks = rng.random(x.shape).argsort(axis=1).argsort(axis=1)
    return x * (ranks >= round(p * x.shape[1]))


@q2.mistake(
    "You made a generator of your own, with a fixed seed: then every pass drops the same entries. Draw from the one given."
)
def seed_of_your_own(x, p, training, rng):
    return x * (np.random.default_rng(0).random(x.shape) >= p) if training else (1 - p) * x


@q2.alternative
def by_binomial(x, p, training, rng):
    return x * rng.binomial(1, 1 - p, x.shape) if training else x - p * x


@q2.alternative
def entry_by_entry(x, p, training, rng):
    y = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        share = (1.0 if rng.uniform() > p else 0.0) if training else 1 - p
        y[place] = share * x[place]
    return y


@q2.alternative
def by_choice(x, p, training, rng):
    if training:
        return np.where(rng.choice([True, False], size=x.shape, p=[p, 1 - p]), 0.0, x)
    return x - x * p


q2.equivalent(
    "classic_dropout: rng.random(x.shape) >= p -> rng.random(x.shape) > p",
    because="A coin hits p to the last of its 53 bits once in 10^16 times.",
)

# --- q3: a test of "in mean" -------------------------------------------------------------------------------------------

q3 = question("q3", 'A test of "in mean"', functions=["mean_test", "draws_needed"])
#: By name, what a suspect does in training and in evaluation.
SUSPECTS = {
    "inverted": (F.dropout, F.dropout),
    "classic": (F.classic_dropout, F.classic_dropout),
    "scaled in both modes": (F.dropout, F.classic_dropout),
    "scaled in none": (F.classic_dropout, F.dropout),
}
X_COURT = np.array([[1.5, -2.0, 0.7], [-1.2, 3.0, 2.5]])


def suspect(name, p, seed):
    """A layer that throws a new mask at every call in training."""
    rng, (in_training, in_evaluation) = np.random.default_rng(seed), SUSPECTS[name]

    def layer(x, training):
        return (in_training if training else in_evaluation)(x, p, training, rng=rng)[0]

    return layer


@q3.check("four suspects", points=2, each=[(name, name) for name in SUSPECTS])
def four_suspects(student, solution, case):
    right = solution.mean_test(suspect(case[1], 0.3, 7), X_COURT, 40)
    expect(student.mean_test(suspect(case[1], 0.3, 7), X_COURT, 40)).close_to(right)


@q3.check("how many masks")
def masks_needed(student, solution):
    for given in ((1.3, 0.2, 0.11), (-2.5, 0.7, 0.3), (0.8, 0.4, 0.05)):
        expect(student.draws_needed(*given)).close_to(
            solution.draws_needed(*given), because=f"for x, p, error = {given}"
        )


@q3.check("other suspects", hidden=True)
def other_suspects(student, solution, rng):
    for name in SUSPECTS:
        x, p, seed = rng.normal(size=(3, 2)), rng.uniform(0.3, 0.6), int(rng.integers(1000))
        right = solution.mean_test(suspect(name, p, seed), x, 60)
        expect(student.mean_test(suspect(name, p, seed), x, 60)).close_to(right)
    given = rng.uniform(0.5, 3), rng.uniform(0.1, 0.9), rng.uniform(0.01, 0.2)
    expect(student.draws_needed(*given)).close_to(solution.draws_needed(*given))


def under_masks(layer, x, draws):
    """The outputs of that many passes in training.   (draws, N, M)"""
    return np.stack([layer(x, True) for _ in range(draws)])


@q3.mistake(
    "This is the distance itself. Is it large? Divide each entry's by its standard error first.", of="mean_test"
)
def not_in_standard_errors(layer, x, draws):
    return np.max(np.abs(np.mean(under_masks(layer, x, draws), axis=0) - layer(x, False)))


@q3.mistake(
    "You divide by the standard deviation of single outputs. The mean over n of them scatters less: by the root of n.",
    of="mean_test",
)
def in_standard_deviations(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y, axis=0) - layer(x, False)) / np.std(y, axis=0, ddof=1))


@q3.mistake(
    "Your standard error divides by n. The variance of a mean falls with n, so its root falls with the root of n.",
    of="mean_test",
)
def divided_by_n(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y, axis=0) - layer(x, False)) / np.std(y, axis=0, ddof=1) * draws)


@q3.mistake("The standard deviation is taken with ddof=0. The question asks for ddof=1.", of="mean_test")
def ddof_0(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y, axis=0) - layer(x, False)) / np.std(y, axis=0) * np.sqrt(draws))


@q3.mistake("You divide by the variance. The standard error is made of the standard deviation.", of="mean_test")
def by_the_variance(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y, axis=0) - layer(x, False)) / np.var(y, axis=0, ddof=1) * np.sqrt(draws))


@q3.mistake(
    "This is the largest signed difference: an entry whose mean is far too *small* passes unseen. Take the size.",
    of="mean_test",
)
def signed_difference(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max((np.mean(y, axis=0) - layer(x, False)) / np.std(y, axis=0, ddof=1) * np.sqrt(draws))


@q3.mistake(
    "This is the mean over the entries. The question asks for the largest: one bad entry is enough.", of="mean_test"
)
def averaged_over_entries(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.mean(np.abs(np.mean(y, axis=0) - layer(x, False)) / np.std(y, axis=0, ddof=1) * np.sqrt(draws))


@q3.mistake(
    "You compare with x itself. That is right for inverted dropout only: ask the layer what evaluation gives.",
    of="mean_test",
)
def compared_with_x(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y, axis=0) - x) / np.std(y, axis=0, ddof=1) * np.sqrt(draws))


@q3.mistake(
    "Mean and standard deviation are taken over all entries together. Each entry has its own: go along the axis of the calls.",
    of="mean_test",
)
def all_entries_together(layer, x, draws):
    y = under_masks(layer, x, draws)
    return np.max(np.abs(np.mean(y) - layer(x, False)) / np.std(y, ddof=1) * np.sqrt(draws))


@q3.mistake(
    "This is the variance of *classic* dropout, x² p (1 - p). Inverted dropout makes what stays larger, and the variance too.",
    of="draws_needed",
)
def classic_variance(x, p, error):
    return int(np.ceil(x * x * p * (1 - p) / error**2))


@q3.mistake("You took the mean of y² for the variance. The square of the mean of y has to come off.", of="draws_needed")
def mean_square(x, p, error):
    return int(np.ceil(x * x / (1 - p) / error**2))


@q3.mistake("You divide by error, not by its square: n is variance over error².", of="draws_needed")
def error_not_squared(x, p, error):
    return int(np.ceil(x * x * p / (1 - p) / error))


@q3.mistake("You rounded down: with one mask fewer the error is still too large.", of="draws_needed")
def rounded_down(x, p, error):
    return int(x * x * p / (1 - p) / error**2)


@q3.mistake("Masks come in whole numbers: round up.", of="draws_needed")
def not_rounded(x, p, error):
    return x * x * p / (1 - p) / error**2


@q3.mistake(
    "You rounded to the nearest whole number. Below the exact value the error is too large: round up.",
    of="draws_needed",
)
def rounded_to_nearest(x, p, error):
    return round(x * x * p / (1 - p) / error**2)


@q3.mistake("p and 1 - p have changed places: with p near 0 hardly anything scatters.", of="draws_needed")
def odds_turned(x, p, error):
    return int(np.ceil(x * x * (1 - p) / p / error**2))


@q3.mistake(
    "x comes in with its square: twice the input, twice the standard deviation, four times the masks.",
    of="draws_needed",
)
def x_not_squared(x, p, error):
    return int(np.ceil(abs(x) * p / (1 - p) / error**2))


@q3.alternative(of=("mean_test", "draws_needed"))
def running_sums():
    def test(layer, x, draws):
        total, squares = np.zeros(x.shape), np.zeros(x.shape)
        for _ in range(draws):
            y = layer(x, True)
            total, squares = total + y, squares + y * y
        variance = (squares - total**2 / draws) / (draws - 1)
        return (abs(total / draws - layer(x, False)) / (variance / draws) ** 0.5).max()

    def needed(x, p, error):
        second = (1 - p) * (x / (1 - p)) ** 2
        return -int(-(second - x**2) // error**2)

    return test, needed


@q3.alternative(of=("mean_test", "draws_needed"))
def entry_after_entry():
    def test(layer, x, draws):
        whole, outputs = layer(x, False), [layer(x, True) for _ in range(draws)]
        scores = []
        for place in np.ndindex(x.shape):
            values = [y[place] for y in outputs]
            mean = sum(values) / draws
            spread = sum((v - mean) ** 2 for v in values) / (draws - 1)
            scores.append(abs(mean - whole[place]) / np.sqrt(spread / draws))
        return max(scores)

    def needed(x, p, error):
        return np.ceil(p * (x / error) ** 2 / (1 - p))

    return test, needed


q3.equivalent(
    "draws_needed: int(np.ceil(variance / error ** 2)) -> np.ceil(variance / error ** 2)",
    because="A whole number is accepted as a float as well.",
)

# --- q4: a broken layer ------------------------------------------------------------------------------------------------

q4 = question("q4", "Repair a dropout layer", functions=["MyDropout"], forbid=OURS)


@q4.check("training: what is kept, and how much is dropped")
def layer_values(student):
    y = student.MyDropout(0.2, np.random.default_rng(8)).forward(MANY)
    expect(factors(y, MANY)).equal("0 or 1.25", because="that is what outputs are multiplied by at p = 0.2")
    expect(round(float(np.mean(y == 0)), 1)).close_to(0.2, because="that is the share of entries dropped at p = 0.2")


@q4.check("training: a coin for every entry, in every pass")
def layer_coins(student):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    first, second = layer.forward(MANY), layer.forward(MANY)
    factors(first, MANY)
    expect_own_coins(first)
    expect(not np.array_equal(first, second)).true(
        "a second pass in training has the same mask as the first: draw anew"
    )


@q4.check("training: backward")
def layer_backward(student):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    y, dx = layer.forward(MANY), layer.backward(MANY[::-1])
    expect(factors(dx, MANY[::-1])).equal("0 or 1.25", because="that is what dy is multiplied by at p = 0.2")
    expect(bool(np.array_equal(y == 0, dx == 0))).true(
        "backward drops other entries than forward did: dx must be 0 where y was, and only there"
    )


@q4.check("evaluation, after a training pass", each=["forward", "backward"])
def layer_evaluation(student, case):
    layer = student.MyDropout(0.2, np.random.default_rng(8))
    layer.forward(MANY)
    layer.training = False
    y = layer.forward(MANY)
    answer = y if case == "forward" else layer.backward(MANY)
    expect(factors(answer, MANY)).equal("1", because="evaluation leaves everything as it is")


@q4.check("in mean, training is evaluation", hidden=True)
def layer_in_mean(student, rng):
    x, p = rng.uniform(1, 2, 4) * rng.choice([-1, 1], 4), rng.uniform(0.1, 0.4)
    layer = student.MyDropout(p, rng)
    y, dx = layer.forward(np.tile(x, (40_000, 1))), layer.backward(np.ones((40_000, 4)))
    expect(y.shape).equal((40_000, 4))
    # each entry lies between 0 and x/(1-p), so the range by which Hoeffding's t is multiplied is 1/(1-p) < 1.7
    expect(y.mean(axis=0) / x).close_to(np.ones(4), rtol=0, atol=0.02 / (1 - p))
    expect(dx * x).close_to(y)


class Part(Layer):
    """A right layer in pieces, of which a mistake takes one out."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.factor = 1.0

    def mask(self, x):
        return self.rng.random(x.shape) >= self.p

    def forward(self, x):
        self.factor = self.mask(x) / (1 - self.p) if self.training else 1.0
        return x * self.factor

    def backward(self, dy):
        return dy * self.factor


@q4.mistake("What stays is divided by p. It has to be the probability to stay: 1 becomes 1.25 at p = 0.2.")
class ScaledByP(Part):
    def forward(self, x):
        self.factor = self.mask(x) / self.p if self.training else 1.0
        return x * self.factor


@q4.mistake("Backward drops what forward dropped, but does not scale what stays. y = x * scale has the slope scale.")
class BackwardNotScaled(Part):
    def backward(self, dy):
        return dy * (self.factor != 0)


@q4.mistake("What stays is not scaled, and neither is evaluation: then the two do not agree in mean.")
class NeverScaled(Part):
    def forward(self, x):
        self.factor = 1.0 * self.mask(x) if self.training else 1.0
        return x * self.factor


@q4.mistake("All examples of the batch still lose the same units: draw coins for the whole shape of x.")
class OneRowOfCoins(Part):
    def mask(self, x):
        return np.broadcast_to(self.rng.random(x.shape[1]) >= self.p, x.shape)


@q4.mistake("Backward still draws a new mask. It must use the one that forward threw: keep it in the layer.")
class NewMaskBackward(Part):
    def backward(self, dy):
        return dy * self.mask(dy) / (1 - self.p) if self.training else dy


@q4.mistake("Backward drops nothing: units that forward had dropped still get a gradient.")
class NothingBackward(Part):
    def backward(self, dy):
        return dy


@q4.mistake(
    "After a pass in evaluation, backward still uses the mask of the training pass before. Store a scale in both modes."
)
class StaleMask(Part):
    def forward(self, x):
        if not self.training:
            return x
        return Part.forward(self, x)


@q4.mistake("With training = False it still drops: ask self.training before you throw coins.")
class AlwaysTraining(Part):
    def forward(self, x):
        self.factor = self.mask(x) / (1 - self.p)
        return x * self.factor


@q4.mistake("In evaluation it multiplies by 1 - p. Training has scaled already; both is once too often.")
class ScaledInBoth(Part):
    def forward(self, x):
        self.factor = self.mask(x) / (1 - self.p) if self.training else 1 - self.p
        return x * self.factor


@q4.mistake("The mask is drawn once and used for ever: a second pass must throw new coins.")
class OneMaskForEver(Part):
    def mask(self, x):
        self.first = getattr(self, "first", None)
        self.first = self.rng.random(x.shape) >= self.p if self.first is None else self.first
        return self.first


@q4.alternative
class ByChoice(Part):
    def forward(self, x):
        p = self.p if self.training else 0.0
        self.gone, self.stretch = self.rng.uniform(size=np.shape(x)) < p, 1 / (1 - p)
        return np.where(self.gone, 0.0, x * self.stretch)

    def backward(self, dy):
        dx = dy * self.stretch
        dx[self.gone] = 0.0
        return dx


@q4.alternative
class ByTwoWays(Part):
    def forward(self, x):
        self.stays = self.rng.binomial(1, 1 - self.p, x.shape) if self.training else None
        return self.backward(x)

    def backward(self, dy):
        return dy.copy() if self.stays is None else self.stays * dy / (1 - self.p)


q4.equivalent(
    "MyDropout.forward: self.rng.random(x.shape) >= self.p -> self.rng.random(x.shape) > self.p",
    because="A coin hits p to the last of its 53 bits once in 10^16 times.",
)

# --- q5: top k ---------------------------------------------------------------------------------------------------------

q5 = question(
    "q5",
    "Through k units only",
    functions=["top_k", "meprop_backward"],
    forbid=["dlcourse.sparsity.top_k", "dlcourse.sparsity.meprop", "dlcourse.functional.linear_backward"],
)
#: Five examples, six units; the largest sizes are of both signs, and no two sizes of a row are equal.
DELTA = np.array(
    [
        [0.1, -3.0, 2.0, 0.5, -0.7, 1.2],
        [-1.0, 0.6, 4.0, -5.0, 0.2, 3.0],
        [0.9, 0.8, -0.2, 0.3, -1.1, 0.4],
        [-2.2, -2.5, -0.1, -1.7, -0.3, -2.9],
        [7.0, 0.0, -6.0, 5.5, 8.5, -9.0],
    ]
)
#: 40 units, many of one size: only a sort that leaves equals in order finds the leftmost.
TIED = np.array([[(-1) ** (n * m // 3) * (1 + (n + m * m) % 3) for m in range(40)] for n in (1, 2)], dtype=float)
X_IN = np.array([[1.2, -0.7], [0.4, 2.1], [-1.6, 0.3], [0.8, -1.9], [2.4, 1.5]])
W_IN = np.array([[0.5, -1.1, 0.9, 1.4, -0.3, 0.7], [-0.8, 0.6, 1.7, -0.2, 1.3, -1.5]])


@q5.check("top k, all sizes different", each=[("k = 1", 1), ("k = 4", 4)])
def sizes_differ(student, solution, case):
    expect(student.top_k(DELTA, case[1])).close_to(solution.top_k(DELTA, case[1]))


@q5.check("top k, with equal sizes, and with k beyond the row", each=[("k = 7", 7), ("k = 20", 20), ("k = 50", 50)])
def sizes_tie(student, solution, case):
    right = solution.top_k(TIED, case[1])
    expect(student.top_k(TIED, case[1])).close_to(right, because="of equal sizes the leftmost goes first")


@q5.check("backward through k units", each=[("dx", 0), ("dW", 1), ("db", 2)])
def through_k(student, solution, case):
    parts = expect(student.meprop_backward(DELTA, (X_IN, W_IN), 2)).parts(3)
    expect(parts[case[1]]).close_to(solution.meprop_backward(DELTA, (X_IN, W_IN), 2)[case[1]], because=f"in {case[0]}")


@q5.check("other deltas", hidden=True)
def other_deltas(student, solution, rng):
    for k in (1, 3, 9):
        delta = rng.integers(-3, 4, (6, 8)) * 0.5
        expect(student.top_k(delta, k)).close_to(solution.top_k(delta, k))
        dz, x, W = rng.normal(size=(4, 7)), rng.normal(size=(4, 3)), rng.normal(size=(3, 7))
        expect(student.meprop_backward(dz, (x, W), k)).close_to(solution.meprop_backward(dz, (x, W), k))


def sparse_rows(delta, k, size=np.abs):
    """Of each row the k entries that are largest by `size`."""
    places = np.argsort(-size(delta), axis=1, kind="stable")[:, :k]
    return delta * np.array([[m in row for m in range(delta.shape[1])] for row in places])


@q5.mistake(
    "You keep the largest *signed* entries, so a delta of -5 loses to one of 1. Size is without the sign.", of="top_k"
)
def largest_signed(delta, k):
    return sparse_rows(delta, k, size=lambda d: d)


@q5.mistake(
    "These are the smallest entries. Sorting goes upwards: sort the negative sizes, or take the other end.", of="top_k"
)
def smallest(delta, k):
    return sparse_rows(delta, k, size=lambda d: -np.abs(d))


@q5.mistake("The right entries, without their signs. What stays goes back as it was.", of="top_k")
def signs_lost(delta, k):
    return np.abs(sparse_rows(delta, k))


@q5.mistake("You keep k entries of the whole array. Each row, that is each example, keeps its own k.", of="top_k")
def of_the_whole_array(delta, k):
    return sparse_rows(delta.reshape(1, -1), k).reshape(delta.shape)


@q5.mistake("You keep k entries of each column. Rows are examples, and each of them keeps k units.", of="top_k")
def of_each_column(delta, k):
    return sparse_rows(delta.T, k).T


@q5.mistake(
    "Of equal sizes you keep them all, so that some rows keep more than k. Only the leftmost of them goes first.",
    of="top_k",
)
def all_of_equals(delta, k):
    kth = np.sort(np.abs(delta), axis=1)[:, ::-1][:, min(k, delta.shape[1]) - 1][:, np.newaxis]
    return np.where(np.abs(delta) >= kth, delta, 0.0)


@q5.mistake(
    "Of equal sizes you keep the rightmost. A list that is sorted upwards and read from its end turns equals around.",
    of="top_k",
)
def rightmost_of_equals(delta, k):
    return sparse_rows(delta[:, ::-1], k)[:, ::-1]


@q5.mistake("This is a mask of ones. Multiply it by delta.", of="top_k")
def a_mask(delta, k):
    return (sparse_rows(delta, k) != 0).astype(float)


@q5.mistake("Where the k largest stood you left zeros, and kept the rest. It is the other way round.", of="top_k")
def the_rest(delta, k):
    return delta - sparse_rows(delta, k)


@q5.mistake(
    "You kept the same units for all examples, those that are largest in the sum over the batch. Each row chooses its own.",
    of="top_k",
)
def one_choice_for_all(delta, k):
    places = np.argsort(-np.abs(delta).sum(axis=0), kind="stable")[:k]
    return delta * np.isin(np.arange(delta.shape[1]), places)


@q5.mistake("db is made of all of dz. The bias, too, learns from the k largest only.", of="meprop_backward")
def db_in_full(dz, cache, k):
    x, W = cache
    sparse = sparse_rows(dz, k)
    return sparse @ W.T, x.T @ sparse, dz.sum(axis=0)


@q5.mistake("dx is made of all of dz. Only the k largest go on to the layer before.", of="meprop_backward")
def dx_in_full(dz, cache, k):
    x, W = cache
    sparse = sparse_rows(dz, k)
    return dz @ W.T, x.T @ sparse, sparse.sum(axis=0)


@q5.mistake("All of dz goes back: this is ordinary backpropagation.", of="meprop_backward")
def everything_back(dz, cache, k):
    x, W = cache
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


@q5.mistake(
    "You computed dW in full and then kept the largest of its entries. The saving is gone by then: make dz sparse first.",
    of="meprop_backward",
)
def gradient_sparsified(dz, cache, k):
    x, W = cache
    return dz @ W.T, sparse_rows(x.T @ dz, k), dz.sum(axis=0)


@q5.mistake(
    "db is the mean over the examples. dz has been divided by N in the loss already: sum the rows.",
    of="meprop_backward",
)
def db_averaged(dz, cache, k):
    x, W = cache
    sparse = sparse_rows(dz, k)
    return sparse @ W.T, x.T @ sparse, sparse.mean(axis=0)


@q5.alternative(of=("top_k", "meprop_backward"))
def by_ranks():
    def keep(delta, k):
        ranks = np.argsort(np.argsort(-np.abs(delta), axis=1, kind="stable"), axis=1, kind="stable")
        return np.where(ranks < k, delta, 0.0)

    def backward(dz, cache, k):
        x, W = cache
        d = keep(dz, k)
        return np.einsum("nm,dm->nd", d, W), np.einsum("nd,nm->dm", x, d), np.einsum("nm->m", d)

    return keep, backward


@q5.alternative(of=("top_k", "meprop_backward"))
def one_after_another():
    def keep(delta, k):
        left, kept = np.abs(delta), np.zeros(delta.shape)
        rows = np.arange(len(delta))
        for _ in range(min(k, delta.shape[1])):
            best = left.argmax(axis=1)
            kept[rows, best] = delta[rows, best]
            left[rows, best] = -1
        return kept

    def backward(dz, cache, k):
        (x, W), dW, dx, db = cache, 0, [], 0
        for x_n, d in zip(x, keep(dz, k), strict=True):
            dW, db = dW + np.outer(x_n, d), db + d
            dx.append(W @ d)
        return np.array(dx), dW, db

    return keep, backward


# --- q6: pruning -------------------------------------------------------------------------------------------------------

q6 = question("q6", "Cut, and keep the outputs", functions=["cut", "cut_constant"], forbid=["dlcourse.sparsity.prune"])
#: Three inputs, five hidden units, two outputs. On X_CUT units 1 and 3 are constant (0 and 0.75, whose mean is exact), the others change.
W1_CUT = np.array([[0.7, -1.1, 1.3, 0.0, -0.5], [-0.4, 0.9, 0.8, 0.0, 1.6], [1.2, -0.3, -0.6, 0.0, 0.9]])
B1_CUT = np.array([0.2, -0.4, 1.1, 0.75, -0.3])
W2_CUT = np.array([[1.4, -0.6], [0.3, 2.2], [-1.7, 0.5], [0.8, -1.3], [0.6, 1.9]])
B2_CUT = np.array([0.35, -0.75])
X_CUT = np.array([[0.5, 1.0, 0.2], [1.4, 0.3, 0.9], [0.1, 0.6, 1.7], [2.0, 1.2, 0.4]])
ACTIVITY = np.array([0.6, 0.0, 0.25, 0.3, 1.0])


@q6.check("units above the threshold", each=[("0", 0.0), ("0.25, which one unit has exactly", 0.25)])
def above_the_threshold(student, solution, case):
    answer = expect(student.cut(W1_CUT, B1_CUT, W2_CUT, ACTIVITY, case[1])).parts(3)
    expect(answer).close_to(solution.cut(W1_CUT, B1_CUT, W2_CUT, ACTIVITY, case[1]))


@q6.check("constant units", each=[("the smaller weights", slice(0, 3)), ("the new b2", slice(3, 4))])
def constant_units(student, solution, case):
    given = W1_CUT, B1_CUT, W2_CUT, B2_CUT, X_CUT
    answer = expect(student.cut_constant(*given)).parts(4)
    expect(answer[case[1]]).close_to(solution.cut_constant(*given)[case[1]])


@q6.check("the outputs stay what they were")
def outputs_stay(student):
    W1, b1, W2, b2 = expect(student.cut_constant(W1_CUT, B1_CUT, W2_CUT, B2_CUT, X_CUT)).parts(4)
    before = F.relu(X_CUT @ W1_CUT + B1_CUT)[0] @ W2_CUT + B2_CUT
    after = F.relu(X_CUT @ W1 + b1)[0] @ W2 + b2
    expect(len(b1)).equal(3, because="that is how many units change on these examples")
    expect(after).close_to(before, because="these are the outputs z of the smaller network")


@q6.check("other networks", hidden=True)
def other_networks(student, solution, rng):
    W1, b1, W2, b2 = rng.normal(size=(4, 9)), rng.normal(size=9), rng.normal(size=(9, 3)), rng.normal(size=3)
    X = rng.normal(size=(12, 4))
    b1[[2, 7]], W1[:, [4, 5]], b1[[4, 5]] = -100, 0, (0.75, -0.75)
    expect(student.cut_constant(W1, b1, W2, b2, X)).close_to(solution.cut_constant(W1, b1, W2, b2, X))
    activity = rng.uniform(size=9)
    given = W1, b1, W2, activity, activity[3]
    expect(student.cut(*given)).close_to(solution.cut(*given))


def take(W1, b1, W2, stays):
    """The units that stay."""
    return W1[:, stays], b1[stays], W2[stays]


def hidden_of(W1, b1, X):
    """What the hidden units give, and which of them are constant."""
    h = np.maximum(X @ W1 + b1, 0)
    return h, np.ptp(h, axis=0) == 0


@q6.mistake("A unit whose activity *is* the threshold stays in your answer. It has to be above.", of="cut")
def at_the_threshold(W1, b1, W2, activity, threshold):
    return take(W1, b1, W2, activity >= threshold)


@q6.mistake("You kept the inactive units and cut the active ones.", of="cut")
def the_wrong_ones(W1, b1, W2, activity, threshold):
    return take(W1, b1, W2, activity <= threshold)


@q6.mistake(
    "The weights of the cut units are 0, but they are still there: nothing has become smaller. Take the columns and rows out.",
    of="cut",
)
def set_to_zero(W1, b1, W2, activity, threshold):
    stays = activity > threshold
    return W1 * stays, b1 * stays, W2 * stays[:, np.newaxis]


@q6.mistake(
    "W2 is as it was: the cut units' rows have to go, or the shapes no longer fit.",
    of="cut",
)
def rows_left_behind(W1, b1, W2, activity, threshold):
    stays = activity > threshold
    return W1[:, stays], b1[stays], W2


@q6.mistake(
    "The biases of the cut units are still there. A unit owns a column of W1, an entry of b1 and a row of W2.", of="cut"
)
def biases_left_behind(W1, b1, W2, activity, threshold):
    stays = activity > threshold
    return W1[:, stays], b1, W2[stays]


@q6.mistake(
    "The units that stay are sorted by activity. They keep their order: others may know them by their place.", of="cut"
)
def sorted_by_activity(W1, b1, W2, activity, threshold):
    order = [j for j in np.argsort(-activity) if activity[j] > threshold]
    return take(W1, b1, W2, order)


@q6.mistake(
    "Only the dead units are gone. A unit that always gives the same number, not 0, can go as well: b2 takes over.",
    of="cut_constant",
)
def only_the_dead(W1, b1, W2, b2, X):
    h, _ = hidden_of(W1, b1, X)
    return *take(W1, b1, W2, h.max(axis=0) > 0), b2


@q6.mistake(
    "The right units are gone, and b2 is as it was: what the constant units added to z is missing now.",
    of="cut_constant",
)
def bias_not_moved(W1, b1, W2, b2, X):
    _, constant = hidden_of(W1, b1, X)
    return *take(W1, b1, W2, ~constant), b2


@q6.mistake(
    "b2 took over the *sum* of the constants over all examples. Each z gets the constant once.", of="cut_constant"
)
def summed_over_examples(W1, b1, W2, b2, X):
    h, constant = hidden_of(W1, b1, X)
    return *take(W1, b1, W2, ~constant), b2 + h.sum(axis=0)[constant] @ W2[constant]


@q6.mistake(
    "b2 took over the units' weights, but not times what the units give: a unit that gives c adds c times its row of W2.",
    of="cut_constant",
)
def weights_without_the_constant(W1, b1, W2, b2, X):
    _, constant = hidden_of(W1, b1, X)
    return *take(W1, b1, W2, ~constant), b2 + W2[constant].sum(axis=0)


@q6.mistake(
    "You looked at z1 before the ReLU. A dead unit's z1 changes from example to example; its output does not.",
    of="cut_constant",
)
def before_the_relu(W1, b1, W2, b2, X):
    z1 = X @ W1 + b1
    constant = np.ptp(z1, axis=0) == 0
    return *take(W1, b1, W2, ~constant), b2 + np.maximum(z1[0, constant], 0) @ W2[constant]


@q6.mistake("b2 took over the mean of *all* hidden units. The ones that stay add theirs already.", of="cut_constant")
def all_means_moved(W1, b1, W2, b2, X):
    h, constant = hidden_of(W1, b1, X)
    return *take(W1, b1, W2, ~constant), b2 + h.mean(axis=0) @ W2


@q6.alternative(of=("cut", "cut_constant"))
def by_places():
    def chosen(W1, b1, W2, activity, threshold):
        places = np.flatnonzero(activity > threshold)
        return W1.take(places, axis=1), b1.take(places), W2.take(places, axis=0)

    def constant(W1, b1, W2, b2, X):
        h = np.where(X @ W1 + b1 > 0, X @ W1 + b1, 0.0)
        changes = (h != h[:1]).any(axis=0)
        return *chosen(W1, b1, W2, changes, 0), b2 + (h[-1] * ~changes) @ W2

    return chosen, constant


@q6.alternative(of=("cut", "cut_constant"))
def by_deleting():
    def chosen(W1, b1, W2, activity, threshold):
        gone = [j for j, share in enumerate(activity) if not share > threshold]
        return np.delete(W1, gone, axis=1), np.delete(b1, gone), np.delete(W2, gone, axis=0)

    def constant(W1, b1, W2, b2, X):
        h, new = (X @ W1 + b1).clip(min=0), b2.copy()
        gone = [j for j in range(len(b1)) if np.all(h[:, j] == h[0, j])]
        for j in gone:
            new = new + h[0, j] * W2[j]
        return np.delete(W1, gone, 1), np.delete(b1, gone), np.delete(W2, gone, 0), new

    return chosen, constant


q6.equivalent(
    "cut_constant: h.max(axis=0) == h.min(axis=0) -> h.max(axis=0) <= h.min(axis=0)",
    because="The largest is never below the smallest.",
)
q6.equivalent(
    "cut_constant: h[0, constant] -> h[1, constant]",
    "cut_constant: h[0, constant] -> h[2, constant]",
    "cut_constant: h[0, constant] -> h[-1, constant]",
    because="What is the same on every row stands in any row.",
)

# --- q7: work, and where the mean is exact -----------------------------------------------------------------------------

q7 = question("q7", "What it costs, and where the mean is exact", functions=["work"], values=["exact"])
NAMES = ("last_layer", "first_layer", "no_bend", "probabilities", "on_the_output", "always_on", "same_mask")


@q7.check("work", each=[("k = 4", ((5, 7, 4, 3), 4)), ("k = 1", ((6, 2, 9), 1)), ("k = 50", ((5, 7, 4, 3), 50))])
def work_of(student, solution, case):
    expect(student.work(*case[1])).close_to(solution.work(*case[1]))


@q7.check("the set exact", points=2)
def exact_set(student, solution):
    names = student.exact
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"no_bend", "same_mask"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the seven names")
    expect(set(names)).equal(set(solution.exact), because="simulate it: two units and all their masks are enough")


@q7.check("work of other networks", hidden=True)
def work_elsewhere(student, solution, rng):
    for depth in (1, 2, 5):
        sizes, k = tuple(rng.integers(2, 40, depth + 1).tolist()), int(rng.integers(1, 30))
        expect(student.work(sizes, k)).close_to(solution.work(sizes, k))


def count(sizes, k, dW, dx, first=0):
    """Forward multiplications, and those backward for dW(D, M, k), dx(D, M, k)."""
    pairs = list(pairwise(sizes))
    return sum(D * M for D, M in pairs), sum(
        dW(D, M, k) + (dx(D, M, k) if i or first else 0) for i, (D, M) in enumerate(pairs)
    )


def few(D, M, k):
    """Through k units, or all where there are fewer."""
    return D * min(k, M)


def whole(D, M, k):
    """Through all units."""
    return D * M


@q7.mistake("The first layer pays for dx in your count. Nobody needs the gradient of the inputs.", of="work")
def first_dx_counted(sizes, k):
    return count(sizes, k, few, few, first=1)


@q7.mistake("Only dW is counted backward. Every layer but the first also sends dx back.", of="work")
def dx_forgotten(sizes, k):
    return count(sizes, k, few, lambda D, M, k: 0)


@q7.mistake("Your dx costs D M. The k largest deltas save on both products.", of="work")
def dx_in_full_counted(sizes, k):
    return count(sizes, k, few, whole)


@q7.mistake("A layer with fewer than k units cannot use k of them: take the smaller of k and M.", of="work")
def more_than_there_are(sizes, k):
    return count(sizes, k, lambda D, M, k: D * k, lambda D, M, k: D * k)


@q7.mistake("Backward does not get cheaper in your count: only k of the M units count there.", of="work")
def nothing_saved(sizes, k):
    return count(sizes, k, whole, whole)


@q7.mistake("Forward got cheaper in your count. meProp leaves the forward pass as it is.", of="work")
def forward_saved(sizes, k):
    _, backward = count(sizes, k, few, few)
    return sum(few(D, M, k) for D, M in pairwise(sizes)), backward


@q7.mistake("You keep k of the D *inputs* of a layer. The deltas belong to its M units.", of="work")
def inputs_counted(sizes, k):
    return count(sizes, k, lambda D, M, k: min(k, D) * M, lambda D, M, k: min(k, D) * M)


@q7.mistake(
    "One does not belong: behind dropped inputs a ReLU bends, and the mean of max(0, z) is not max(0, mean of z).",
    of="exact",
)
def relu_overlooked():
    return {"last_layer", "first_layer", "no_bend", "on_the_output", "always_on"}


@q7.mistake("Softmax bends as well: the mean of probabilities is not the softmax of the mean z.", of="exact")
def softmax_overlooked():
    return {"last_layer", "no_bend", "probabilities", "on_the_output", "always_on"}


@q7.mistake(
    "Two masks that are drawn apart multiply in mean, but one mask used twice is still that mask, scaled twice: keep/(1-p)², "
    "whose mean is 1/(1-p).",
    of="exact",
)
def same_mask_overlooked():
    return {"last_layer", "no_bend", "on_the_output", "always_on", "same_mask"}


@q7.mistake(
    "You left out every network with a ReLU. It matters where it stands: what comes before the dropout is the same under every "
    "mask.",
    of="exact",
)
def every_relu_feared():
    return {"no_bend"}


@q7.mistake(
    "One is missing: a ReLU whose z is positive under every mask never bends, so it is a straight line there.",
    of="exact",
)
def bend_never_reached():
    return {"last_layer", "no_bend", "on_the_output"}


@q7.mistake(
    "One is missing: two masks that are drawn apart are independent, so their product has the product of the means.",
    of="exact",
)
def two_masks_feared():
    return {"last_layer", "on_the_output", "always_on"}


@q7.mistake("These are the ones for which the two are *not* equal.", of="exact")
def the_others():
    return {"first_layer", "probabilities", "same_mask"}


@q7.alternative(of=("work", "exact"))
def with_arrays():
    def counted(sizes, k):
        D, M = np.array(sizes[:-1]), np.array(sizes[1:])
        one = D * np.minimum(M, k)
        return int((D * M).sum()), int(2 * one.sum() - one[0])

    return counted, ["always_on", "last_layer", "no_bend", "on_the_output"]


@q7.alternative(of="work")
def layer_after_layer(sizes, k):
    forward, backward = sizes[0] * sizes[1], sizes[0] * min(k, sizes[1])
    for D, M in list(pairwise(sizes))[1:]:
        forward, backward = forward + D * M, backward + D * min(k, M) + D * min(k, M)
    return [forward, backward]


q7.equivalent("work: layer == 1 -> layer <= 1", because="The first layer is number 1; none comes before it.")
