"""Exercise 13, hyperparameters: what each answer must do, and the mistakes that learners really make.

Random answers are judged by how thousands of draws are spread, told to the nearest tenth. A share that should be 0.2 is told
otherwise only outside of 0.15 to 0.25; for N independent draws the probability of that is at most 2 exp(-0.0073 N) (Chernoff),
for the 6000 draws of a check below 2e-19. So no seed fails a right answer, whatever it draws in which order.
"""

from itertools import pairwise, product

import numpy as np

from dlcourse.checks import Wrong, expect, question

DRAWS = 6000


def tenths(shares):
    """Shares to the nearest tenth."""
    return [round(float(share), 1) for share in shares]


def of_shape(answer, *shape):
    """An answer as an array of this shape."""
    expect(tuple(np.shape(answer))).equal(shape, because="that is the shape")
    return np.asarray(answer, dtype=float)


def expect_obedient(draw):
    """One seed, one answer; another seed, another. `draw` is called with a generator."""
    once, again, other = (np.asarray(draw(np.random.default_rng(seed))) for seed in (7, 7, 8))
    expect(np.array_equal(once, again)).true("the same seed gave two different answers: draw from `rng` alone")
    expect(not np.array_equal(once, other)).true("another seed gave the same answer: draw from the `rng` you are given")


def expect_inside(points, low, high):
    """No draw outside of its range."""
    expect(bool(np.all(points >= low) and np.all(points <= high))).true("some draws lie outside of the range")


# --- q1: two samplers --------------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "Two samplers, completed",
    functions=["grid_points", "random_points"],
    forbid=["dlcourse.tuning.space.grid", "dlcourse.tuning.space.random_point", "dlcourse.tuning.space.point_at"],
)
#: Shares of draws below a range, in each fifth of it, above it.
EVEN = [0.0, 0.2, 0.2, 0.2, 0.2, 0.2, 0.0]
VALUES = [np.array([0.5, 1.5]), np.array([10.0, 20.0, 30.0]), np.array([-1.0, -2.0, -3.0, -4.0])]
LOW, HIGH = np.array([-2.0, 1.0, 10.0]), np.array([3.0, 1.5, 40.0])


def shares_of(draws, edges):
    """Which share of the draws lies below the edges, in each interval between them, and above."""
    return tenths(np.histogram(draws, [-np.inf, *edges, np.inf])[0] / len(draws))


def expect_even(points, low, high):
    """Every fifth of each range equally often, and nothing outside."""
    for d, column in enumerate(points.T):
        expect(shares_of(column, np.linspace(low[d], high[d], 6))).close_to(
            EVEN, because=f"column {d}: shares below its range, in each fifth of it, above it, to the nearest tenth"
        )
    expect_inside(points, low, high)


def together(points, low, high):
    """The share of rows that lie low in every column at once, so low that independent columns give a fifth."""
    return tenths([np.mean(np.all(points < low + 0.2 ** (1 / len(low)) * (high - low), axis=1))])


@q1.check("the grid", each=[("two and three values", 2), ("three hyperparameters", 3)])
def grid_rows(student, solution, case):
    expect(student.grid_points(VALUES[: case[1]])).close_to(solution.grid_points(VALUES[: case[1]]))


@q1.check("every fifth of each range equally often")
def evenly_spread(student):
    points = of_shape(student.random_points(LOW, HIGH, DRAWS, np.random.default_rng(1)), DRAWS, 3)
    expect_even(points, LOW, HIGH)


@q1.check("columns that know nothing of each other; the given generator")
def independent(student):
    points = of_shape(student.random_points(LOW, HIGH, DRAWS, np.random.default_rng(2)), DRAWS, 3)
    expect(together(points, LOW, HIGH)).close_to(
        [0.2], because="the share of rows that lie in the lower 58 % of all three ranges at once, to the nearest tenth"
    )
    expect_obedient(lambda rng: student.random_points(LOW, HIGH, 5, rng))


@q1.check("other spaces", hidden=True)
def samplers_elsewhere(student, solution, rng):
    values = [rng.normal(size=n) for n in (3, 1, 2, 4)]
    expect(student.grid_points(values)).close_to(solution.grid_points(values))
    low = rng.uniform(-5, 5, 2)
    high = low + rng.uniform(0.5, 9, 2)
    points = of_shape(student.random_points(low, high, DRAWS, np.random.default_rng(rng.integers(10**6))), DRAWS, 2)
    expect_even(points, low, high)
    expect(together(points, low, high)).close_to([0.2])


@q1.mistake(
    "The first two hyperparameters have changed places in your rows' order: meshgrid's usual indexing is made for x and y of a "
    "picture. Ask for the other one.",
    of="grid_points",
)
def picture_indexing(values):
    return np.stack([axis.ravel() for axis in np.meshgrid(*values)], axis=1)


@q1.mistake(
    "Each row holds all values of one hyperparameter. A row should be one trial: stack along the other axis.",
    of="grid_points",
)
def rows_for_columns(values):
    return np.stack([axis.ravel() for axis in np.meshgrid(*values, indexing="ij")], axis=0)


@q1.mistake(
    "All trials are there, but the *first* hyperparameter turns fastest. Asked for is the last.", of="grid_points"
)
def first_turns_fastest(values):
    return np.stack([axis.ravel(order="F") for axis in np.meshgrid(*values, indexing="ij")], axis=1)


@q1.mistake(
    "You paired the values, first with first, second with second. A grid has *every* combination.", of="grid_points"
)
def only_paired(values):
    count = min(map(len, values))
    return np.column_stack([value[:count] for value in values])


@q1.mistake(
    "One place per trial is shared by all hyperparameters, so the points lie on a line. Draw one per trial and hyperparameter.",
    of="random_points",
)
def on_the_diagonal(low, high, budget, rng):
    return low + rng.random((budget, 1)) * (high - low)


@q1.mistake("The places run from 0 to 1, and so do your points: stretch them to the ranges.", of="random_points")
def not_stretched(low, high, budget, rng):
    return rng.random((budget, len(low)))


@q1.mistake(
    "You multiplied the place by `high`, not by the length of the range: the points reach beyond it.",
    of="random_points",
)
def length_forgotten(low, high, budget, rng):
    return low + rng.random((budget, len(low))) * high


@q1.mistake(
    "You draw whole numbers, so most of each range is never tried. Draw from all numbers between 0 and 1.",
    of="random_points",
)
def whole_numbers(low, high, budget, rng):
    return low + rng.integers(0, 2, (budget, len(low))) * (high - low)


@q1.mistake(
    "You drew from a normal distribution: the middle comes too often, and some draws fall outside.", of="random_points"
)
def normal_for_uniform(low, high, budget, rng):
    return rng.normal((low + high) / 2, (high - low) / 4, (budget, len(low)))


@q1.mistake(
    "You made a generator of your own, so every search makes the same trials. Use the one that is given.",
    of="random_points",
)
def own_generator(low, high, budget, rng):
    return np.random.default_rng(0).uniform(low, high, (budget, len(low)))


@q1.alternative(of=("grid_points", "random_points"))
def by_product():
    def points(low, high, budget, rng):
        return np.column_stack([rng.uniform(a, b, budget) for a, b in zip(low, high, strict=True)])

    return lambda values: np.array(list(product(*values))), points


@q1.alternative(of=("grid_points", "random_points"))
def by_index():
    def rows(values):
        where = np.indices([len(value) for value in values]).reshape(len(values), -1)
        return np.array([value[places] for value, places in zip(values, where, strict=True)]).T

    def points(low, high, budget, rng):
        u = 1 - rng.random((len(low), budget)).T
        return u * low + (1 - u) * high

    return rows, points


q1.equivalent("grid_points: axis=1 -> axis=-1", because="What is stacked is flat, so the new axis 1 is the last one.")
q1.equivalent("random_points: len(low) -> len(high)", because="Both ends have one number for each hyperparameter.")

# --- q2: orders of magnitude -------------------------------------------------------------------------------------------

q2 = question(
    "q2",
    "Draw orders of magnitude",
    functions=["log_uniform", "place"],
    values=["predicted"],
    forbid=[
        "scipy.stats.loguniform",
        "scipy.stats.reciprocal",
        "dlcourse.tuning.space.Number.at",
        "dlcourse.tuning.space.Number.place",
    ],
)


@q2.check("as many draws in every factor", each=[("five decades", 1e-4, 10.0), ("five small factors", 2.0, 5.0)])
def factors(student, case):
    _, low, high = case
    draws = of_shape(student.log_uniform(low, high, DRAWS, np.random.default_rng(3)), DRAWS)
    expect(shares_of(draws, np.geomspace(low, high, 6))).close_to(
        EVEN, because="shares below the range, in each of its five factors, above it, to the nearest tenth"
    )
    expect_inside(draws, low * (1 - 1e-9), high * (1 + 1e-9))
    expect_obedient(lambda rng: student.log_uniform(low, high, 5, rng))


@q2.check("places on the ruler")
def places(student, solution):
    x = np.array([[0.02, 0.5, 3.0], [7.0, 40.0, 0.3]])
    expect(student.place(x, 0.02, 60.0)).close_to(solution.place(x, 0.02, 60.0))


@q2.check("four predictions")
def predictions(student, solution):
    values = student.predicted
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple) or len(values) != 4 or any(type(v) not in (int, float) for v in values):
        raise Wrong("write a list of four numbers")
    expect([float(v) for v in values]).close_to(solution.predicted, rtol=2e-3)


@q2.check("other ranges", hidden=True)
def ranges_elsewhere(student, solution, rng):
    low = 10.0 ** rng.uniform(-6, -1)
    high = low * 10.0 ** rng.uniform(1.5, 6)
    draws = of_shape(student.log_uniform(low, high, DRAWS, np.random.default_rng(rng.integers(10**6))), DRAWS)
    expect(shares_of(draws, np.geomspace(low, high, 6))).close_to(EVEN)
    x = np.geomspace(low, high, 7) * rng.uniform(0.5, 2, 7)
    expect(student.place(x, low, high)).close_to(solution.place(x, low, high))


@q2.mistake(
    "This is drawn evenly, so nearly all of it lies in the highest factor. Draw the logarithm evenly, and go back.",
    of="log_uniform",
)
def drawn_evenly(low, high, size, rng):
    return rng.uniform(low, high, size)


@q2.mistake("These are the logarithms. The last step is missing: go back to numbers.", of="log_uniform")
def logarithms_returned(low, high, size, rng):
    return rng.uniform(np.log(low), np.log(high), size)


@q2.mistake(
    "Two logarithms are mixed: you took base 10 one way and e the other. The way back must undo the way there.",
    of="log_uniform",
)
def bases_mixed(low, high, size, rng):
    return np.exp(rng.uniform(np.log10(low), np.log10(high), size))


@q2.mistake(
    "You multiplied by `high` to the power u. The ruler's length is the *ratio* of high to low.", of="log_uniform"
)
def power_of_high(low, high, size, rng):
    return low * high ** rng.random(size)


@q2.mistake(
    "One random number decides all draws, so they are evenly spaced or equal. Draw `size` of them.", of="log_uniform"
)
def one_draw_for_all(low, high, size, rng):
    return np.full(size, low * (high / low) ** rng.random())


@q2.mistake(
    "Your numbers come from a fixed ladder of powers of ten: a draw should reach everything between.", of="log_uniform"
)
def powers_of_ten_only(low, high, size, rng):
    return 10.0 ** rng.integers(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1, size)


@q2.mistake("You made a generator of your own: then every search draws the same rates.", of="log_uniform")
def own_generator_again(low, high, size, rng):
    return low * (high / low) ** np.random.default_rng(0).random(size)


@q2.mistake("This is the place on an *even* ruler. Here equal factors are equal lengths.", of="place")
def even_place(x, low, high):
    return (x - low) / (high - low)


@q2.mistake(
    "The ruler does not begin at `low`: subtract its logarithm, or divide by it before you take the logarithm.",
    of="place",
)
def place_from_one(x, low, high):
    return np.log(x) / np.log(high / low)


@q2.mistake("You counted from the other end: 0 should stand at `low`.", of="place")
def place_from_the_top(x, low, high):
    return np.log(high / x) / np.log(high / low)


@q2.mistake(
    "This is the logarithm of the ratio x/low, in factors of e. Divide by the length of the whole ruler.", of="place"
)
def place_not_divided(x, low, high):
    return np.log(x / low)


@q2.mistake(
    "Your even draw is a log-uniform one: above 0.1 there are nine tenths of the numbers between 0 and 1.",
    of="predicted",
)
def all_log_uniform():
    return [0.25, 0.25, 0.01, 0.01]


@q2.mistake(
    "Your log-uniform draw is an even one. Count decades from 0.0001 to 1: how many, and how many lie above 0.1?",
    of="predicted",
)
def all_even():
    return [0.9, 0.9, 0.5, 0.5]


@q2.mistake(
    "From 0.0001 to 1 it is four decades, not five: the exponents -4 and 0 are the ends. So is the middle exponent -2.",
    of="predicted",
)
def five_decades_counted():
    return [0.9, 0.2, 0.5, 0.01]


@q2.mistake("The medians have changed places: half of the even draws lie below the middle, 0.5.", of="predicted")
def medians_swapped():
    return [0.9, 0.25, 0.01, 0.5]


@q2.alternative(of=("log_uniform", "place", "predicted"))
def by_exponents():
    def draw(low, high, size, rng):
        return 10 ** rng.uniform(np.log10(low), np.log10(high), size=size)

    def place(x, low, high):
        a, b = np.log10([low, high])
        return (np.log10(x) - a) / (b - a)

    return draw, place, (0.90009, 1 / 4, 0.50005, 1e-2)


@q2.alternative(of=("log_uniform", "place"))
def from_the_upper_end():
    def draw(low, high, size, rng):
        return np.array([np.exp(np.log(high) - rng.random() * np.log(high / low)) for _ in range(size)])

    return draw, lambda x, low, high: 1 - np.log2(high / x) / np.log2(high / low)


# --- q3: schedules -----------------------------------------------------------------------------------------------------

q3 = question(
    "q3",
    "Three schedules",
    functions=["cosine_rate", "cyclic_rate", "warmup_rate"],
    forbid=[f"dlcourse.schedules.{name}.lr" for name in ("CosineAnnealingLR", "CyclicLR", "LinearLR", "SequentialLR")],
)


@q3.check("cosine")
def cosine_values(student, solution):
    for t in (0, 3, 7, 10, 13):
        expect(student.cosine_rate(t, 0.7, 0.05, 13)).close_to(
            solution.cosine_rate(t, 0.7, 0.05, 13), because=f"at t = {t} of 13, from 0.7 to 0.05"
        )


@q3.check("cyclic", each=[("the first cycle", 0), ("the fourth cycle", 24)])
def cyclic_values(student, solution, case):
    for t in range(case[1], case[1] + 9):
        right = solution.cyclic_rate(t, 0.2, 1.3, 3, 5)
        expect(student.cyclic_rate(t, 0.2, 1.3, 3, 5)).close_to(
            right, because=f"at t = {t}, between 0.2 and 1.3, 3 steps up and 5 down"
        )


@q3.check("warm-up")
def warmup_values(student, solution):
    for t in (0, 1, 3, 4, 5, 9, 16, 19):
        right = solution.warmup_rate(t, 0.6, 0.3, 4, 19)
        expect(student.warmup_rate(t, 0.6, 0.3, 4, 19)).close_to(
            right, because=f"at t = {t}, peak 0.6, share 0.3, warm-up of 4 steps, T = 19"
        )


@q3.check("other schedules", hidden=True)
def schedules_elsewhere(student, solution, rng):
    low, high = np.sort(rng.uniform(0.01, 2, 2)).tolist()
    T, up, down, warmup = (int(rng.integers(a, b)) for a, b in ((20, 40), (2, 9), (2, 9), (3, 12)))
    share = float(rng.uniform(0.05, 0.9))
    for t in (0, 1, *rng.integers(2, T, 6).tolist(), warmup, T):
        expect(student.cosine_rate(t, high, low, T)).close_to(solution.cosine_rate(t, high, low, T))
        expect(student.cyclic_rate(t, low, high, up, down)).close_to(solution.cyclic_rate(t, low, high, up, down))
        given = (t, high, share, warmup, T)
        expect(student.warmup_rate(*given)).close_to(solution.warmup_rate(*given))


def wave(done):
    """Half a cosine wave from 1 to 0."""
    return 0.5 + 0.5 * np.cos(np.pi * done)


@q3.mistake("Your wave ends at 0. It should end at the lowest rate, and swing only above it.", of="cosine_rate")
def lowest_forgotten(t, initial, lowest, T):
    return initial * wave(t / T)


@q3.mistake(
    "The wave has the height of `initial` and the lowest rate is added on top: it begins too high.", of="cosine_rate"
)
def lowest_on_top(t, initial, lowest, T):
    return lowest + initial * wave(t / T)


@q3.mistake("This is a whole wave, down and up again, in T steps. Half of one was asked for.", of="cosine_rate")
def whole_wave(t, initial, lowest, T):
    return lowest + (initial - lowest) * wave(2 * t / T)


@q3.mistake(
    "A quarter of a wave: cos from 0 to pi/2. It falls fastest at its end; the half wave is slow at both ends.",
    of="cosine_rate",
)
def quarter_wave(t, initial, lowest, T):
    return lowest + (initial - lowest) * np.cos(np.pi * t / T / 2)


@q3.mistake(
    "Your cosine counts in degrees or without pi: the half wave ends where its argument is pi.", of="cosine_rate"
)
def without_pi(t, initial, lowest, T):
    return lowest + (initial - lowest) * (1 + np.cos(t / T)) / 2


@q3.mistake("This is a straight line down.", of="cosine_rate")
def straight_down(t, initial, lowest, T):
    return initial + (lowest - initial) * t / T


@q3.mistake("A whole cycle takes up + down steps; yours has begun anew before it came down.", of="cyclic_rate")
def saw_without_a_way_down(t, base, top, up, down):
    return base + (top - base) * (t % up) / up


@q3.mistake("The way down is divided by `up`. It has a length of its own.", of="cyclic_rate")
def down_as_long_as_up(t, base, top, up, down):
    step = t % (up + down)
    return base + (top - base) * (step / up if step < up else max(0.0, 2 - step / up))


@q3.mistake("Yours goes down from the top first. A cycle begins at `base`.", of="cyclic_rate")
def down_first(t, base, top, up, down):
    step = t % (up + down)
    share = step / down if step < down else (up + down - step) / up
    return top - (top - base) * share


@q3.mistake(
    "The first cycle is right; afterwards the rate stays low. Take the rest of t after whole cycles.", of="cyclic_rate"
)
def one_cycle_only(t, base, top, up, down):
    share = t / up if t < up else max(0.0, (up + down - t) / down)
    return base + (top - base) * share


@q3.mistake(
    "Your cycle rises to base + top: the height of the triangle is the difference of the two.", of="cyclic_rate"
)
def too_high(t, base, top, up, down):
    step = t % (up + down)
    return base + top * (step / up if step < up else (up + down - step) / down)


@q3.mistake(
    "The ramp begins at 0. It begins at `share` of the peak, and covers what is left of the way.", of="warmup_rate"
)
def ramp_from_zero(t, peak, share, warmup, T):
    return peak * (t / warmup if t < warmup else wave((t - warmup) / (T - warmup)))


@q3.mistake(
    "The wave's time goes on from the warm-up, so the rate jumps down behind the ramp. Let it begin at 0 there.",
    of="warmup_rate",
)
def wave_begun_early(t, peak, share, warmup, T):
    return peak * (share + (1 - share) * t / warmup if t < warmup else wave(t / T))


@q3.mistake(
    "The wave begins anew after the warm-up, but takes T steps from there: at T it has not come down.", of="warmup_rate"
)
def wave_too_long(t, peak, share, warmup, T):
    return peak * (share + (1 - share) * t / warmup if t < warmup else wave((t - warmup) / T))


@q3.mistake(
    "The ramp climbs by the whole peak on top of its start, and passes it. What is left to climb is 1 - share.",
    of="warmup_rate",
)
def ramp_too_steep(t, peak, share, warmup, T):
    return peak * (share + t / warmup if t < warmup else wave((t - warmup) / (T - warmup)))


@q3.mistake("`share` is a share of the peak, not a rate: the ramp begins at share times peak.", of="warmup_rate")
def share_as_a_rate(t, peak, share, warmup, T):
    return share + (peak - share) * t / warmup if t < warmup else peak * wave((t - warmup) / (T - warmup))


@q3.alternative(of=("cosine_rate", "cyclic_rate", "warmup_rate"))
def by_squares_and_interpolation():
    def cosine(t, initial, lowest, T):
        sine = np.sin(np.pi * t / (2 * T))
        return initial + (lowest - initial) * sine**2

    def cyclic(t, base, top, up, down):
        return float(np.interp(t, [0, up, up + down], [base, top, base], period=up + down))

    def warmup_then(t, peak, share, warmup, T):
        ramp = np.interp(t, [0, warmup], [share, 1])
        return peak * ramp * np.cos(np.pi * max(t - warmup, 0) / (T - warmup) / 2) ** 2

    return cosine, cyclic, warmup_then


@q3.alternative(of=("cosine_rate", "cyclic_rate", "warmup_rate"))
def by_smaller_side():
    def cosine(t, initial, lowest, T):
        return (initial + lowest) / 2 + (initial - lowest) / 2 * np.cos(t * np.pi / T)

    def cyclic(t, base, top, up, down):
        while t >= up + down:
            t -= up + down
        return base + min(t / up, (up + down - t) / down) * (top - base)

    def warmup_then(t, peak, share, warmup, T):
        if t <= warmup:
            return peak - peak * (1 - share) * (warmup - t) / warmup
        return cosine(t - warmup, peak, 0.0, T - warmup)

    return cosine, cyclic, warmup_then


q3.equivalent("cyclic_rate: step < up -> step <= up", because="At the top both sides give 1.")
q3.equivalent("warmup_rate: t < warmup -> t <= warmup", because="Ramp and wave meet at the peak.")

# --- q4: the range test ------------------------------------------------------------------------------------------------

q4 = question(
    "q4",
    "A rate from a range test",
    functions=["smoothed", "pick_rate"],
    forbid=["dlcourse.lr_finder.smooth", "dlcourse.lr_finder.steepest"],
)
RATES = np.array([0.0012, 0.003, 0.0055, 0.011, 0.025, 0.05, 0.13, 0.2, 0.48, 0.9, 2.1, 3.7, 9.0])
#: It falls, a single batch dives, it explodes, and comes back from far above.
NOISY = np.array([2.31, 2.36, 2.28, 2.33, 0.3, 2.25, 1.9, 1.55, 0.95, 0.7, 3.9, 9.5, 1.6])
#: One huge loss behind the lowest, between uneven rates: there the slope that NumPy takes is steeply negative.
UNEVEN, SPIKE = np.array([0.001, 0.01, 0.1, 1.0, 2.0]), np.array([2.3, 2.0, 1.0, 9.0, 3.0])
#: The steepest slope stands at the lowest place itself.
STRAIGHT = np.array([2.3, 2.25, 2.2, 2.1, 2.0, 1.85, 1.7, 1.5, 1.25, 0.95, 0.2])


@q4.check("smoothing", each=[("a window of three", 3), ("a window of five", 5)])
def smooth_curve(student, solution, case):
    expect(student.smoothed(NOISY, case[1])).close_to(solution.smoothed(NOISY, case[1]))


@q4.check("the rate", points=2, each=[("a run that comes back", 13), ("a run that was stopped at its lowest", 11)])
def picked_rate(student, solution, case):
    losses = NOISY if case[1] == 13 else STRAIGHT
    for window in (1, 3, 5):
        right = solution.pick_rate(RATES[: case[1]], losses, window)
        expect(student.pick_rate(RATES[: case[1]], losses, window)).close_to(
            right, because=f"with a window of {window}"
        )
    expect(student.pick_rate(UNEVEN, SPIKE, 1)).close_to(solution.pick_rate(UNEVEN, SPIKE, 1))


@q4.check("other runs", hidden=True)
def runs_elsewhere(student, solution, rng):
    rates = np.geomspace(1e-4, 10, 40) * rng.uniform(0.9, 1.1, 40)
    fall = 2.3 - 2 / (1 + np.exp(-2 * (np.log(rates) - rng.uniform(-4, -1))))
    losses = fall + rng.uniform(0, 0.2, 40) + np.where(np.arange(40) > 33, rng.uniform(2, 9, 40), 0)
    losses[-1] = 0.6
    for window in (1, 5, 9):
        expect(student.smoothed(losses, window)).close_to(solution.smoothed(losses, window))
        expect(student.pick_rate(rates, losses, window)).close_to(solution.pick_rate(rates, losses, window))


def means(losses, window, before=None):
    """The mean around each entry, with `before` entries on its left."""
    left = window // 2 if before is None else before
    return np.array([np.mean(losses[max(0, i - left) : i - left + window]) for i in range(len(losses))])


def judged(rates, losses, window, by=np.log, curve=means, up_to_lowest=True, ahead=1):
    """A judgement of a range test, with one of its steps changed."""
    smooth_losses = curve(losses, window)
    slope = np.gradient(smooth_losses, by(rates))
    last = int(np.argmin(smooth_losses)) + ahead if up_to_lowest else len(slope)
    return rates[int(np.argmin(slope[:last]))]


@q4.mistake(
    "You look back only: the mean of the last `window` losses lags behind. Take as many after i as before it.",
    of="smoothed",
)
def looks_back(losses, window):
    return means(losses, window, before=window - 1)


@q4.mistake(
    "At the ends you divide by the whole window although fewer losses are there, as if zeros followed.", of="smoothed"
)
def zeros_at_the_ends(losses, window):
    return np.convolve(losses, np.ones(window) / window, mode="same")


@q4.mistake("The ends are missing: every loss should get its smoothed value, so the length stays.", of="smoothed")
def ends_cut_off(losses, window):
    return np.convolve(losses, np.ones(window) / window, mode="valid")


@q4.mistake("A slice ends *before* its second number, so the last loss of each window is left out.", of="smoothed")
def one_short(losses, window):
    half = window // 2
    return np.array([np.mean(losses[max(i - half, 0) : max(i + half, 1)]) for i in range(len(losses))])


@q4.mistake(
    "You took the window on *each* side, twice as much as asked for. Half of it lies on each side.", of="smoothed"
)
def window_on_each_side(losses, window):
    return np.array([np.mean(losses[max(i - window, 0) : i + window + 1]) for i in range(len(losses))])


@q4.mistake("This is the median of each window. The mean was asked for.", of="smoothed")
def medians(losses, window):
    half = window // 2
    return np.array([np.median(losses[max(i - half, 0) : i + half + 1]) for i in range(len(losses))])


@q4.mistake(
    "You took the rate of the lowest loss. There it is about to explode: the steepest fall lies before it.",
    of="pick_rate",
)
def rate_of_the_lowest(rates, losses, window):
    return rates[int(np.argmin(means(losses, window)))]


@q4.mistake(
    "Your slope is taken over the rate itself. On that axis everything happens in the first tenth: use its logarithm.",
    of="pick_rate",
)
def over_the_rate(rates, losses, window):
    return judged(rates, losses, window, by=np.asarray)


@q4.mistake("Your slope is taken per step. The rates given are not evenly spaced: use their logarithm.", of="pick_rate")
def per_step(rates, losses, window):
    return judged(rates, losses, window, by=lambda rates: np.arange(len(rates)))


@q4.mistake(
    "You chose a fall behind the lowest point: there the run comes back from an explosion. Look only up to the lowest.",
    of="pick_rate",
)
def coming_back(rates, losses, window):
    return judged(rates, losses, window, up_to_lowest=False)


@q4.mistake("You forgot to smooth: a single lucky batch decides.", of="pick_rate")
def unsmoothed(rates, losses, window):
    return judged(rates, losses, 1)


@q4.mistake("This is the steepest *rise*. A fall is a negative slope.", of="pick_rate")
def steepest_rise(rates, losses, window):
    return judged(rates, -np.asarray(losses), window, up_to_lowest=False)


@q4.mistake("The place was asked for as a rate: use it as an index.", of="pick_rate")
def place_for_rate(rates, losses, window):
    return int(np.flatnonzero(rates == judged(rates, losses, window))[0])


@q4.mistake("You left the lowest place itself out. It may be the steepest, too.", of="pick_rate")
def lowest_left_out(rates, losses, window):
    return judged(rates, losses, window, ahead=0)


@q4.alternative(of=("smoothed", "pick_rate"))
def by_sums():
    def smooth_losses(losses, window):
        total, half, S = np.concatenate([[0.0], np.cumsum(losses)]), window // 2, len(losses)
        first, last = np.maximum(np.arange(S) - half, 0), np.minimum(np.arange(S) + half + 1, S)
        return (total[last] - total[first]) / (last - first)

    def pick(rates, losses, window):
        curve = smooth_losses(losses, window)
        slope = np.where(np.arange(len(curve)) > np.argmin(curve), np.inf, np.gradient(curve, np.log(rates)))
        return float(rates[np.argmin(slope)])

    return smooth_losses, pick


@q4.alternative(of=("smoothed", "pick_rate"))
def by_convolution():
    def smooth_losses(losses, window):
        kernel = np.ones(window)
        padded, there = np.pad(losses, window // 2), np.pad(np.ones(len(losses)), window // 2)
        return np.convolve(padded, kernel, "valid") / np.convolve(there, kernel, "valid")

    def pick(rates, losses, window):
        curve = smooth_losses(losses, window)
        slopes = list(np.gradient(curve, np.log(rates)))[: list(curve).index(min(curve)) + 1]
        return rates[slopes.index(min(slopes))]

    return smooth_losses, pick


# --- q5: one generation ------------------------------------------------------------------------------------------------

q5 = question("q5", "One generation", functions=["tournament", "crossover", "mutate", "generation"])
POPULATION = np.array(
    [[0.11, 0.62, 0.33], [0.84, 0.25, 0.56], [0.47, 0.78, 0.09], [0.95, 0.16, 0.71], [0.28, 0.39, 0.53]]
)
LOSSES = np.array([0.9, 0.4, 0.7, 0.2, 0.7])
RIVALS = np.array(
    [[0, 2, 4], [1, 0, 2], [4, 2, 0], [1, 0, 3], [2, 4, 0], [0, 0, 0], [4, 1, 1], [2, 0, 4], [1, 3, 0], [4, 0, 2]]
)
FROM_MOTHER = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0], [1, 0, 0]], dtype=bool)
CHANGED = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 1]], dtype=bool)
FRESH = np.array([[0.01, 0.02, 0.03], [0.04, 0.05, 0.06], [0.07, 0.08, 0.1], [0.12, 0.13, 0.14], [0.15, 0.17, 0.18]])
FATHERS = np.array([[0.51, 0.52, 0.54], [0.55, 0.57, 0.58], [0.59, 0.6, 0.61], [0.63, 0.64, 0.65], [0.66, 0.67, 0.68]])


@q5.check("tournaments")
def winners(student, solution):
    expect(student.tournament(LOSSES, RIVALS)).equal(solution.tournament(LOSSES, RIVALS))


@q5.check("crossover and mutation", each=["crossover", "mutate"])
def entry_by_entry(student, solution, case):
    given = (POPULATION, FATHERS, FROM_MOTHER) if case == "crossover" else (POPULATION, CHANGED, FRESH)
    expect(getattr(student, case)(*given)).equal(getattr(solution, case)(*given))


@q5.check("a whole generation", points=2, each=[("five individuals", 5), ("four of them, and no mutation", 4)])
def whole_generation(student, solution, case):
    P = case[1]
    rivals = np.minimum(RIVALS[: 2 * P, :2], P - 1)
    given = (POPULATION[:P], LOSSES[:P], rivals, FROM_MOTHER[:P], CHANGED[:P] & (P == 5), FRESH[:P])
    expect(student.generation(*given)).equal(solution.generation(*given))


@q5.check("other populations", hidden=True)
def populations_elsewhere(student, solution, rng):
    P, D, K = 6, 4, 3
    population, fathers, fresh = rng.random((3, P, D))
    losses, rivals = rng.integers(0, 4, P) / 8 + 0.125, rng.integers(P, size=(2 * P, K))
    masks = rng.random((2, P, D)) < np.array([0.5, 0.3])[:, np.newaxis, np.newaxis]
    expect(student.tournament(losses, rivals)).equal(solution.tournament(losses, rivals))
    expect(student.crossover(population, fathers, masks[0])).equal(solution.crossover(population, fathers, masks[0]))
    expect(student.mutate(population, masks[1], fresh)).equal(solution.mutate(population, masks[1], fresh))
    given = (population, losses, rivals, *masks, fresh)
    expect(student.generation(*given)).equal(solution.generation(*given))


def who_wins(losses, rivals, sign=1):
    """The number of the best of each row."""
    return np.array([min(row, key=lambda i: sign * losses[i]) for row in rivals.tolist()])


def bred(population, losses, rivals, from_mother, changed, fresh, best="last", order="halves"):
    """A generation with one of its steps changed."""
    P, won = len(population), who_wins(losses, rivals)
    mothers, fathers = (won[:P], won[P:]) if order == "halves" else (won[::2], won[1::2])
    children = np.where(from_mother, population[mothers], population[fathers])
    if best == "first":
        children[0] = population[np.argmin(losses)]
    children = np.where(changed, fresh, children)
    if best == "last":
        children[0] = population[np.argmin(losses)]
    return children


@q5.mistake(
    "These are places within the rows of rivals, not numbers of individuals: look up who stands there.", of="tournament"
)
def places_in_the_row(losses, rivals):
    return np.argmin(np.asarray(losses)[rivals], axis=1)


@q5.mistake("The highest loss wins your tournaments. Lower is better.", of="tournament")
def worst_wins(losses, rivals):
    return who_wins(losses, rivals, sign=-1)


@q5.mistake(
    "You compared the individuals' numbers, not their losses: the smallest number in a row is no merit.",
    of="tournament",
)
def smallest_number(losses, rivals):
    return np.min(rivals, axis=1)


@q5.mistake("These are the winners' losses. Asked for are their numbers.", of="tournament")
def losses_of_the_winners(losses, rivals):
    return np.min(np.asarray(losses)[rivals], axis=1)


@q5.mistake("You sought one winner per column. A tournament is a row of `rivals`.", of="tournament")
def column_by_column(losses, rivals):
    return who_wins(losses, np.asarray(rivals).T)


@q5.mistake("Mother and father have changed places: True means from the mother.", of="crossover")
def parents_swapped(mothers, fathers, from_mother):
    return np.where(from_mother, fathers, mothers)


@q5.mistake("You mixed the parents to an average. A child takes each place whole, from one of the two.", of="crossover")
def parents_averaged(mothers, fathers, from_mother):
    return (np.asarray(mothers) + fathers) / 2


@q5.mistake(
    "Whole rows come from one parent, decided by the first entry of the mask. Each *place* has its own entry.",
    of="crossover",
)
def whole_rows(mothers, fathers, from_mother):
    return np.where(np.asarray(from_mother)[:, :1], mothers, fathers)


@q5.mistake("The mask is turned around: you renewed what should stay, and kept what should change.", of="mutate")
def mask_turned(children, changed, fresh):
    return np.where(changed, children, fresh)


@q5.mistake(
    "You added the fresh numbers to the old ones, so places can leave 0 to 1. A mutation replaces.", of="mutate"
)
def fresh_added(children, changed, fresh):
    return np.asarray(children) + np.where(changed, fresh, 0.0)


@q5.mistake("One changed place renews the whole row. Only the places that are True change.", of="mutate")
def rows_renewed(children, changed, fresh):
    return np.where(np.any(changed, axis=1, keepdims=True), fresh, children)


@q5.mistake("The best of the old population is lost: put it, unchanged, in the place of child 0.", of="generation")
def nobody_survives(population, losses, rivals, from_mother, changed, fresh):
    return bred(population, losses, rivals, from_mother, changed, fresh, best="nobody")


@q5.mistake(
    "The best individual was put in before the mutation, which then changed it. Let it survive last of all.",
    of="generation",
)
def survivor_mutated(population, losses, rivals, from_mother, changed, fresh):
    return bred(population, losses, rivals, from_mother, changed, fresh, best="first")


@q5.mistake(
    "You paired neighbouring tournaments. The first P name the mothers, the last P the fathers.", of="generation"
)
def neighbours_paired(population, losses, rivals, from_mother, changed, fresh):
    return bred(population, losses, rivals, from_mother, changed, fresh, order="neighbours")


@q5.mistake("Your children do not change: the mutation has no effect on them.", of="generation")
def no_mutation(population, losses, rivals, from_mother, changed, fresh):
    return bred(population, losses, rivals, from_mother, np.zeros_like(changed), fresh)


@q5.mistake(
    "No tournament decides: the first P rows are crossed as they stand. Parents are the *winners'* rows.",
    of="generation",
)
def no_selection(population, losses, rivals, from_mother, changed, fresh):
    firsts = np.repeat(np.asarray(rivals)[:, :1], 2, axis=1)
    return bred(population, losses, firsts, from_mother, changed, fresh)


@q5.mistake("The worst individual survived. The best has the lowest loss.", of="generation")
def worst_survives(population, losses, rivals, from_mother, changed, fresh):
    children = bred(population, losses, rivals, from_mother, changed, fresh)
    children[0] = population[np.argmax(losses)]
    return children


@q5.alternative(of=("tournament", "crossover", "mutate", "generation"))
def row_by_row():
    def play(losses, rivals):
        return np.array([row[np.argmin([losses[i] for i in row])] for row in rivals])

    def cross(mothers, fathers, from_mother):
        return fathers + np.zeros_like(fathers) if not from_mother.any() else np.choose(from_mother, [fathers, mothers])

    def renew(children, changed, fresh):
        made = children.copy()
        made[changed] = fresh[changed]
        return made

    def breed(population, losses, rivals, from_mother, changed, fresh):
        won, P, rows = play(losses, rivals), len(population), [population[losses.argmin()]]
        for k in range(1, P):
            child = np.where(from_mother[k], population[won[k]], population[won[k + P]])
            rows.append(np.where(changed[k], fresh[k], child))
        return np.array(rows)

    return play, cross, renew, breed


@q5.alternative(of=("tournament", "crossover", "mutate", "generation"))
def by_take_along_axis():
    def play(losses, rivals):
        order = np.argsort(np.take(losses, rivals), axis=1, kind="stable")[:, :1]
        return np.take_along_axis(rivals, order, axis=1)[:, 0]

    def pick(one, other, mask):
        chosen = np.array(other)
        np.copyto(chosen, one, where=mask)
        return chosen

    def breed(population, losses, rivals, from_mother, changed, fresh):
        mothers, fathers = np.split(population[play(losses, rivals)], 2)
        survivor = np.arange(len(population))[:, np.newaxis] == 0
        children = pick(fresh, pick(mothers, fathers, from_mother), changed)
        return pick(
            np.broadcast_to(population[np.argsort(losses, kind="stable")[0]], children.shape),
            children,
            survivor & np.ones_like(changed),
        )

    return play, pick, lambda children, changed, fresh: pick(fresh, children, changed), breed


q5.equivalent("tournament: axis=1 -> axis=-1", because="Rivals have two axes, so the last is axis 1.")
q5.equivalent(
    "generation: len(population) -> len(losses)",
    "generation: len(population) -> len(from_mother)",
    "generation: len(population) -> len(changed)",
    "generation: len(population) -> len(fresh)",
    because="All of them have one entry or row for each individual.",
)

# --- q6: growing -------------------------------------------------------------------------------------------------------

q6 = question(
    "q6", "Repair progressive growing", functions=["grown", "momentum_step"], forbid=["dlcourse.tuning.growing.grow"]
)
LAYERS = [
    np.array([[1.2, -0.7, 0.4], [0.3, 2.1, -1.6]]),
    np.array([[0.9, -1.1], [0.6, 1.4], [-0.8, 0.5]]),
    np.array([[1.7], [-0.2]]),
]
GRADIENTS = [
    np.array([[0.5, 1.1, -0.6], [2.0, -0.4, 0.7]]),
    np.array([[-1.3, 0.8], [0.2, 1.9], [0.1, -0.9]]),
    np.array([[0.4], [1.5]]),
]
VELOCITIES = [
    np.array([[0.2, -0.3, 0.6], [0.1, 0.8, -0.5]]),
    np.array([[0.7, 0.3], [-0.6, 0.9], [1.1, -0.1]]),
    np.array([[-0.4], [0.25]]),
]
NEW = np.array([[0.45, -0.35], [0.15, 0.65]])


@q6.check("one layer deeper")
def one_deeper(student, solution):
    for count, frozen in ((3, [True, False, False]), (2, [False, False])):
        weights, still = expect(student.grown(LAYERS[-count:], frozen, NEW)).parts(2)
        right, right_still = solution.grown(LAYERS[-count:], frozen, NEW)
        answer = [list(weights), [bool(flag) for flag in still]]
        expect(answer).equal(
            [right, right_still], because="value 0 is the list of layers, value 1 says which are frozen"
        )


@q6.check(
    "what is frozen stays, the others learn",
    points=2,
    each=[("with momentum", 0.9, 0.0), ("with weight decay", 0.6, 0.3)],
)
def frozen_stays(student, solution, case):
    _, mu, decay = case
    velocities = VELOCITIES if decay == 0 else [0 * v for v in VELOCITIES]
    given = (LAYERS, GRADIENTS, velocities, [True, False, True], 0.15, mu, decay)
    answer = expect(student.momentum_step(*given)).parts(2)
    expect([list(part) for part in answer]).close_to([list(part) for part in solution.momentum_step(*given)])


@q6.check("five steps, and deeper networks", hidden=True)
def growing_elsewhere(student, solution, rng):
    sizes = rng.integers(2, 5, 6)
    weights = [rng.normal(size=shape) for shape in pairwise(sizes)]
    new = rng.normal(size=(sizes[-2], sizes[-2]))
    mine, still = expect(student.grown(weights, [True] * 3 + [False] * 2, new)).parts(2)
    right, frozen = solution.grown(weights, [True] * 3 + [False] * 2, new)
    expect(list(mine)).equal(right)
    expect([bool(flag) for flag in still]).equal(frozen)
    velocities = [rng.normal(size=w.shape) for w in right]
    frozen = [False, *(bool(flag) for flag in rng.permutation([True] * 3 + [False] * 2))]
    state = expected = (right, velocities)
    settings = (rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.9), rng.uniform(0.05, 0.4))
    for _ in range(5):
        gradients = [rng.normal(size=w.shape) for w in right]
        answer = expect(student.momentum_step(state[0], gradients, state[1], frozen, *settings)).parts(2)
        state = tuple(list(part) for part in answer)
        expected = tuple(solution.momentum_step(expected[0], gradients, expected[1], frozen, *settings))
        expect([list(part) for part in state]).close_to([list(part) for part in expected])


def moved(weights, gradients, velocities, frozen, lr, mu, decay, rule):
    """Every layer by a rule: rule(w, g, v, still, lr, mu, decay) -> w, v."""
    pairs = [rule(*layer, lr, mu, decay) for layer in zip(weights, gradients, velocities, frozen, strict=True)]
    return [w for w, _ in pairs], [v for _, v in pairs]


@q6.mistake(
    "The new layer still stands behind the output. It belongs before it, whose size fits the classes.", of="grown"
)
def behind_the_output(weights, frozen, new):
    return [*weights, new], [*[True] * (len(weights) - 1), False, False]


@q6.mistake("The output is frozen as well. The features that it gets are new, so it must go on learning.", of="grown")
def output_frozen(weights, frozen, new):
    return [*weights[:-1], new, weights[-1]], [*[True] * (len(weights) - 1), False, True]


@q6.mistake("The new layer is frozen: then nobody learns what it is there for.", of="grown")
def new_layer_frozen(weights, frozen, new):
    return [*weights[:-1], new, weights[-1]], [*[True] * len(weights), False]


@q6.mistake(
    "The earlier layers keep their old flags. From now on all of them are frozen, whatever they were.", of="grown"
)
def old_flags_kept(weights, frozen, new):
    return [*weights[:-1], new, weights[-1]], [*frozen[:-1], False, False]


@q6.mistake("The new layer came first, before the input's. It goes right before the output.", of="grown")
def before_the_first(weights, frozen, new):
    return [new, *weights], [False, *[True] * (len(weights) - 1), False]


@q6.mistake("Nothing has changed in `grown` yet: this is how it was given.", of="grown")
def grown_as_given(weights, frozen, new):
    return weights + [new], [True for _ in weights] + [False]


@q6.mistake(
    "The frozen layer still coasts on its velocity. A gradient of 0 leaves what the velocity remembers.",
    of="momentum_step",
)
def still_coasting(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        v = mu * v - (0 if still else lr * (g + decay * w))
        return w + v, v

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.mistake(
    "The frozen weights stay, but their velocity fades or grows. When they are thawed, it should be what it was.",
    of="momentum_step",
)
def velocity_goes_on(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        v = mu * v - lr * ((0 if still else g) + decay * w)
        return (w if still else w + v), v

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.mistake("The frozen weights stay, but you set their velocity to 0. It should be kept as it is.", of="momentum_step")
def velocity_cleared(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        v = 0 * v if still else mu * v - lr * (g + decay * w)
        return w + v, v

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.mistake(
    "Frozen and learning have changed places: the layers that should learn stay as they are.", of="momentum_step"
)
def flags_turned(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        new = mu * v - lr * (g + decay * w)
        return (w + new, new) if still else (w, v)

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.mistake("Weight decay still shrinks the frozen layer: it pulls without any gradient.", of="momentum_step")
def still_decaying(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        if still:
            return w - lr * decay * w, v
        v = mu * v - lr * (g + decay * w)
        return w + v, v

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.mistake("The frozen layers are missing from your lists. They stay in the network, as they are.", of="momentum_step")
def frozen_left_out(weights, gradients, velocities, frozen, lr, mu, decay):
    left = [layer[:3] for layer in zip(weights, gradients, velocities, frozen, strict=True) if not layer[3]]
    speeds = [mu * v - lr * (g + decay * w) for w, g, v in left]
    return [w + v for (w, _, _), v in zip(left, speeds, strict=True)], speeds


@q6.mistake("Nothing has changed in `momentum_step` yet: this is how it was given.", of="momentum_step")
def step_as_given(weights, gradients, velocities, frozen, lr, mu, decay):
    def rule(w, g, v, still, lr, mu, decay):
        v = mu * v - lr * ((1 - still) * g + decay * w)
        return w + v, v

    return moved(weights, gradients, velocities, frozen, lr, mu, decay, rule)


@q6.alternative(of=("grown", "momentum_step"))
def with_copies():
    def deeper(weights, frozen, new):
        weights = list(weights)
        weights.insert(len(weights) - 1, new)
        return weights, [i < len(weights) - 2 for i in range(len(weights))]

    def step(weights, gradients, velocities, frozen, lr, mu, decay):
        weights, velocities = list(weights), list(velocities)
        for i, still in enumerate(frozen):
            if still:
                continue
            velocities[i] = mu * velocities[i] - lr * gradients[i] - lr * decay * weights[i]
            weights[i] = weights[i] + velocities[i]
        return weights, velocities

    return deeper, step


@q6.alternative(of=("grown", "momentum_step"))
def in_comprehensions():
    def deeper(weights, frozen, new):
        *earlier, output = weights
        return tuple(earlier) + (new, output), tuple(True for _ in earlier) + (False, False)

    def step(weights, gradients, velocities, frozen, lr, mu, decay):
        rows = range(len(weights))
        kept = [
            velocities[i] if frozen[i] else velocities[i] * mu - (gradients[i] + weights[i] * decay) * lr for i in rows
        ]
        return [weights[i] if frozen[i] else kept[i] + weights[i] for i in rows], kept

    return deeper, step


q6.equivalent("momentum_step: moved, kept = ([], []) -> kept, moved = ([], [])", because="Both are new empty lists.")
q6.equivalent(
    "momentum_step: zip(weights, gradients, velocities, frozen, strict=True) -> zip(weights, gradients, velocities, frozen)",
    "momentum_step: strict=True -> strict=False",
    because="All lists have one entry for each layer.",
)

# --- q7: how many trials, and who has peeked -------------------------------------------------------------------------------

q7 = question(
    "q7", "How many trials, and who has peeked?", functions=["trials_needed", "expected_best"], values=["peeked"]
)
NAMES = (
    "scaled_together", "scaled_in_folds", "best_epoch", "early_stopping", "best_seed", "mean_of_seeds", "second_search",
    "trained_on_both",
)  # fmt: skip
TRIED = np.array([0.9, 0.55, 2.3, 0.74, 1.2, 0.31, 0.31])


@q7.check("how many trials")
def how_many(student, solution):
    for share, certainty in ((0.05, 0.95), (0.3, 0.6), (0.9, 0.5), (0.02, 0.2), (0.5, 0.75)):
        right = solution.trials_needed(share, certainty)
        expect(student.trials_needed(share, certainty)).close_to(right, because=f"share {share}, certainty {certainty}")


@q7.check("the expected best")
def best_of_n(student, solution):
    for n in (5, 2, 1):
        expect(student.expected_best(TRIED, n)).close_to(solution.expected_best(TRIED, n), because=f"the best of {n}")


@q7.check("the set peeked", points=2)
def who_peeked(student, solution):
    names = student.peeked
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"best_epoch", "best_seed"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the eight names")
    expect(set(names)).equal(set(solution.peeked), because="ask of each whether the test set had a say before the end")


@q7.check("other searches", hidden=True)
def searches_elsewhere(student, solution, rng):
    for share, certainty in zip(rng.uniform(0.03, 0.7, 4), rng.uniform(0.1, 0.95, 4), strict=True):
        right = solution.trials_needed(float(share), float(certainty))
        expect(student.trials_needed(float(share), float(certainty))).close_to(right)
    losses = rng.uniform(0.2, 2.3, 4)
    for n in (1, 3):
        best = np.mean([min(drawn) for drawn in product(losses.tolist(), repeat=n)])  # every possible draw, counted out
        expect(student.expected_best(losses, n)).close_to(best)


@q7.mistake(
    "You rounded to the nearest whole number, or down: then the certainty is not reached. Take the next whole number.",
    of="trials_needed",
)
def trials_rounded(share, certainty):
    return round(np.log(1 - certainty) / np.log(1 - share) - 0.5)


@q7.mistake(
    "You divided the certainty by the share. Trials overlap: ten trials of probability 0.1 do not make 1.",
    of="trials_needed",
)
def shares_added(share, certainty):
    return int(np.ceil(certainty / share))


@q7.mistake(
    "You asked for *all* trials to be good. At least one is enough: look at the probability that none is.",
    of="trials_needed",
)
def all_good(share, certainty):
    return int(np.ceil(np.log(certainty) / np.log(share)))


@q7.mistake("This is 1/share, the mean waiting time. It forgets how certain you want to be.", of="trials_needed")
def waiting_time(share, certainty):
    return int(np.ceil(1 / share))


@q7.mistake("This is one trial too many: the count before it reaches the certainty already.", of="trials_needed")
def one_too_many(share, certainty):
    return int(np.ceil(np.log(1 - certainty) / np.log(1 - share))) + 1


@q7.mistake("A whole number of trials was asked for: round up.", of="trials_needed")
def trials_not_rounded(share, certainty):
    return np.log(1 - certainty) / np.log(1 - share)


@q7.mistake("This is the lowest of all N losses. With n draws it is not always among them.", of="expected_best")
def lowest_of_all(losses, n):
    return np.min(losses)


@q7.mistake(
    "This is the mean of the n lowest losses. Draws fall anywhere, and only the best of them counts.",
    of="expected_best",
)
def mean_of_the_lowest(losses, n):
    return np.mean(np.sort(losses)[:n])


@q7.mistake(
    "You took the first n trials as they stand. Asked for is the mean over all ways to draw n.", of="expected_best"
)
def first_n(losses, n):
    return np.min(losses[:n])


@q7.mistake(
    "This is the expected *highest* of n draws: the large powers must go to the low losses.", of="expected_best"
)
def expected_worst(losses, n):
    steps = (np.arange(len(losses) + 1) / len(losses)) ** n
    return np.sort(losses) @ np.diff(steps)


@q7.mistake(
    "You drew without replacement, so the same trial never comes twice. In the question it may.", of="expected_best"
)
def without_replacement(losses, n):
    left, N, ordered = 1.0, len(losses), np.sort(losses)
    total = 0.0
    for i, value in enumerate(ordered.tolist()):
        hit = left * min(1.0, n / (N - i))
        total, left = total + hit * value, left - hit
    return total


@q7.mistake(
    "You simulated: the answer is near, but not exact. It can be computed from the sorted losses.", of="expected_best"
)
def simulated(losses, n):
    return np.mean(np.min(np.random.default_rng(0).choice(losses, (2000, n)), axis=1))


@q7.mistake("You forgot to sort: which loss is the i-th smallest?", of="expected_best")
def unsorted(losses, n):
    powers = (np.arange(len(losses), -1, -1) / len(losses)) ** n
    return np.asarray(losses) @ -np.diff(powers)


@q7.mistake("Not all who use the test set at the end have peeked: a mean over seeds chooses nothing.", of="peeked")
def mean_taken_for_peeking():
    return {"scaled_together", "best_epoch", "best_seed", "mean_of_seeds", "second_search"}


@q7.mistake("Scaling is a leak, too: the mean of all examples knows the test set before the end.", of="peeked")
def scaling_overlooked():
    return {"best_epoch", "best_seed", "second_search"}


@q7.mistake("One more has peeked: who widens the space because of the test result lets the test choose.", of="peeked")
def second_search_overlooked():
    return {"scaled_together", "best_epoch", "best_seed"}


@q7.mistake("The validation set is there to choose by. Early stopping on it leaves the test set alone.", of="peeked")
def validation_feared():
    return {"scaled_together", "best_epoch", "early_stopping", "best_seed", "second_search"}


@q7.mistake(
    "Training anew on training and validation set together is fine: the choice is made, and the test set stayed out.",
    of="peeked",
)
def both_feared():
    return {"scaled_together", "best_epoch", "best_seed", "second_search", "trained_on_both"}


@q7.mistake("A seed can be chosen, too: the best of five test accuracies is the luckiest one.", of="peeked")
def seeds_overlooked():
    return {"scaled_together", "best_epoch", "second_search"}


@q7.mistake("These are the ones who have *not* peeked.", of="peeked")
def honest_ones():
    return {"scaled_in_folds", "early_stopping", "mean_of_seeds", "trained_on_both"}


@q7.alternative(of=("trials_needed", "expected_best", "peeked"))
def by_logarithms():
    def needed(share, certainty):
        return int(np.ceil(np.log1p(-certainty) / np.log1p(-share)))

    def best(losses, n):
        ordered, N = sorted(losses), len(losses)
        gaps = [b - a for a, b in pairwise(ordered)]
        return ordered[0] + sum(gap * (1 - (i + 1) / N) ** n for i, gap in enumerate(gaps))

    return needed, best, ["second_search", "scaled_together", "best_seed", "best_epoch"]


@q7.alternative(of=("trials_needed", "expected_best"))
def by_recursion():
    def needed(share, certainty):
        none, trials = 1.0, 0
        while none > 1 - certainty:
            none, trials = none * (1 - share), trials + 1
        return max(trials, 1)

    def best(losses, n):
        distinct = np.unique(losses)
        chances = np.array([np.mean(losses >= value) ** n for value in distinct] + [0.0])
        return float(np.sum(distinct * (chances[:-1] - chances[1:])))

    return needed, best


q7.equivalent(
    "trials_needed: trials = 1 -> trials = 0",
    "trials_needed: trials = 1 -> trials = -1",
    because="No trials, or fewer, reach no certainty above 0: the count goes on to 1.",
)
q7.equivalent(
    "expected_best: np.sort(losses) * (at_least[:-1] - at_least[1:]) -> np.sort(losses) @ (at_least[:-1] - at_least[1:])",
    because="This is the sum of the products already, and the sum of one number is that number.",
)
