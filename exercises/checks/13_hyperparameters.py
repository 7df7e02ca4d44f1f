"""Public checks of 13_hyperparameters: made by `dlcourse release` from the author's file, which holds more."""

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


q1 = question(
    "q1",
    "Two samplers, completed",
    functions=["grid_points", "random_points"],
    forbid=["dlcourse.tuning.space.grid", "dlcourse.tuning.space.random_point", "dlcourse.tuning.space.point_at"],
)
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


q4 = question(
    "q4",
    "A rate from a range test",
    functions=["smoothed", "pick_rate"],
    forbid=["dlcourse.lr_finder.smooth", "dlcourse.lr_finder.steepest"],
)
RATES = np.array([0.0012, 0.003, 0.0055, 0.011, 0.025, 0.05, 0.13, 0.2, 0.48, 0.9, 2.1, 3.7, 9.0])
NOISY = np.array([2.31, 2.36, 2.28, 2.33, 0.3, 2.25, 1.9, 1.55, 0.95, 0.7, 3.9, 9.5, 1.6])
UNEVEN, SPIKE = np.array([0.001, 0.01, 0.1, 1.0, 2.0]), np.array([2.3, 2.0, 1.0, 9.0, 3.0])
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
