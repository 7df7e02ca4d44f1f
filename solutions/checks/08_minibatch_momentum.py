"""Exercise 08, batches and momentum: what each answer must do, and the mistakes that learners really make."""

from itertools import product

import numpy as np

from dlcourse.checks import Wrong, expect, question

# --- q1: mini-batches --------------------------------------------------------------------------------------------------

q1 = question("q1", "Mini-batches, completed", functions=["minibatches"], forbid=["dlcourse.data.batches"])
#: Seven examples; every entry tells its row, and so does every target.
X_ROWS = np.array([[0.5, -1.0], [1.5, -2.0], [2.5, -3.0], [3.5, -4.0], [4.5, -5.0], [5.5, -6.0], [6.5, -7.0]])
Y_ROWS = np.array([10, 11, 12, 13, 14, 15, 16])


def parts_of(answer):
    """The batches of an answer, a list of pairs."""
    parts = list(answer)
    for part in parts:
        expect(part).parts(2)
    return parts


def expect_batches(student, solution, *given):
    """How many batches, then one by one."""
    mine, right = parts_of(student.minibatches(*given)), parts_of(solution.minibatches(*given))
    expect(len(mine)).equal(len(right), because="that is the number of batches")
    for k, (got, expected) in enumerate(zip(mine, right, strict=True)):
        expect(got).equal(expected, because=f"in batch {k} (counted from 0), whose values are examples and targets")


@q1.check("seven examples", points=2, each=[("batches of three, the last one short", 3), ("all in one batch", 7)])
def seven_examples(student, solution, case):
    expect_batches(student, solution, X_ROWS, Y_ROWS, case[1], np.random.default_rng(1))


@q1.check("six examples, batches of two, another seed")
def six_examples(student, solution):
    expect_batches(student, solution, X_ROWS[:6], Y_ROWS[:6], 2, np.random.default_rng(2))


@q1.check("every example once, with its own target", hidden=True)
def batches_elsewhere(student, solution, rng):
    N = 11
    X, y = rng.normal(size=(N, 3)), np.arange(N) + 100
    for batch_size in (1, 4, 20):
        seed = int(rng.integers(1000))
        parts = parts_of(student.minibatches(X, y, batch_size, np.random.default_rng(seed)))
        met = np.concatenate([np.ravel(targets) for _, targets in parts])
        expect(np.sort(met)).equal(y)
        expect(np.concatenate([rows for rows, _ in parts])).equal(X[(met - 100).astype(int)])
        expect_batches(student, solution, X, y, batch_size, np.random.default_rng(seed))


@q1.mistake(
    "The targets no longer belong to their examples: X is taken in the shuffled order, y is not. Index both with the same "
    "rows."
)
def targets_left_behind(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    starts = range(0, len(X), batch_size)
    return [(X[order[i : i + batch_size]], y[i : i + batch_size]) for i in starts]


@q1.mistake(
    "X and y are shuffled apart, each by its own permutation, so targets and examples no longer belong together. Shuffle "
    "once."
)
def shuffled_apart(X, y, batch_size, rng):
    one, other = rng.permutation(len(X)), rng.permutation(len(X))
    return [(X[one[i : i + batch_size]], y[other[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


@q1.mistake("Nothing is shuffled: the examples come in the order in which they are stored. Cut `order`, not the rows.")
def stored_order(X, y, batch_size, rng):
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@q1.mistake(
    "You made a generator of your own, with a fixed seed: then every epoch has the same order. Use the one that is given."
)
def own_generator(X, y, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


@q1.mistake("The last, short batch is missing: its examples are never learned from in this epoch.")
def short_batch_dropped(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    full = len(X) // batch_size * batch_size
    return [(X[rows], y[rows]) for rows in order[:full].reshape(-1, batch_size)]


@q1.mistake(
    "The last batch was filled up with examples that had their turn already. It takes what is left, and may be short."
)
def last_batch_filled_up(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    rows = np.resize(order, -(-len(X) // batch_size) * batch_size).reshape(-1, batch_size)
    return [(X[r], y[r]) for r in rows]


@q1.mistake(
    "You drew the rows with replacement: some examples come twice, others not at all. A permutation has each number once."
)
def drawn_with_replacement(X, y, batch_size, rng):
    order = rng.integers(len(X), size=len(X))
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


@q1.mistake(
    "Every batch is drawn anew from all examples, so one of them can come in two batches and another in none. Shuffle once "
    "an epoch, then cut."
)
def every_batch_shuffled_anew(X, y, batch_size, rng):
    parts = []
    for i in range(0, len(X), batch_size):
        rows = rng.permutation(len(X))[: min(batch_size, len(X) - i)]
        parts.append((X[rows], y[rows]))
    return parts


@q1.mistake(
    "A batch starts at every single row, so the batches overlap. `range` has a third argument: how far to count on."
)
def overlapping(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(len(X))]


@q1.mistake("Each batch lacks its last example: a slice ends *before* its second number, so no - 1 is needed.")
def one_example_short(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    starts = range(0, len(X), batch_size)
    return [(X[order[i : i + batch_size - 1]], y[order[i : i + batch_size - 1]]) for i in starts]


@q1.alternative
def shuffled_first(X, y, batch_size, rng):
    order = np.arange(len(y))
    rng.shuffle(order)
    X, y = X.take(order, axis=0), y.take(order)
    while len(y):
        yield X[:batch_size], y[:batch_size]
        X, y = X[batch_size:], y[batch_size:]


@q1.alternative
def split_at(X, y, batch_size, rng):
    cuts = np.arange(batch_size, len(X), batch_size)
    return [[X[rows], y[rows]] for rows in np.split(rng.permutation(len(X)), cuts)]


q1.equivalent(
    "minibatches: rng.permutation(len(X)) -> rng.permutation(len(y))",
    "minibatches: range(0, len(X), batch_size) -> range(0, len(y), batch_size)",
    "minibatches: range(0, len(X), batch_size) -> range(0, len(order), batch_size)",
    because="There are as many targets and row numbers as examples.",
)

# --- q2: the noise of a batch ------------------------------------------------------------------------------------------

q2 = question("q2", "How noisy is a batch?", functions=["batch_variance", "batch_needed"])
G = np.array([[1.0, -2.0, 0.5], [3.0, 0.4, -1.0], [-0.7, 2.2, 4.0], [2.5, 1.1, -3.3], [0.3, -0.6, 1.9]])


@q2.check("with replacement")
def variance_with(student, solution):
    expect(student.batch_variance(G, 1, True)).close_to(solution.batch_variance(G, 1, True))
    expect(student.batch_variance(G, 4, True)).close_to(solution.batch_variance(G, 4, True))


@q2.check("without replacement")
def variance_without(student, solution):
    expect(student.batch_variance(G, 2, False)).close_to(solution.batch_variance(G, 2, False))
    expect(student.batch_variance(G, 5, False)).close_to(solution.batch_variance(G, 5, False))


@q2.check("the batch size that is needed")
def size_needed(student, solution):
    for target in (1.3, 2.9, 40.0):
        expect(student.batch_needed(G, target)).close_to(solution.batch_needed(G, target))


@q2.check("every batch of a small set, counted out", hidden=True)
def counted_out(student, solution, rng):
    g = rng.normal(size=(4, 2)) + rng.normal(size=2)
    everything = np.array(list(product(range(4), repeat=3)))  # (64, 3): all ordered batches of three
    once = np.array([rows for rows in everything if len(set(rows)) == 3])
    for rows, replacement in ((everything, True), (once, False)):
        away = g[rows].mean(axis=1) - g.mean(axis=0)
        expect(student.batch_variance(g, 3, replacement)).close_to(np.mean(np.sum(away**2, axis=1)))
    target = rng.uniform(0.1, 0.5)
    expect(student.batch_needed(g, target)).close_to(solution.batch_needed(g, target))


def squared_distances(G):
    """Of each row from the mean row."""
    away = G - np.mean(G, axis=0)
    return np.einsum("nd,nd->n", away, away)


def left_of(variance, N, batch_size, replacement):
    """What a batch leaves of the variance of one."""
    return variance / batch_size * (1 if replacement else (N - batch_size) / (N - 1))


@q2.mistake(
    "You divided by the root of the batch size. That is how the typical *error* shrinks; its square, the variance, shrinks "
    "with B itself.",
    of="batch_variance",
)
def by_the_root(G, batch_size, replacement):
    return left_of(np.mean(squared_distances(G)), len(G), batch_size, replacement) * np.sqrt(batch_size)


@q2.mistake("This is the root, the typical error. The variance is the squared distance.", of="batch_variance")
def typical_error(G, batch_size, replacement):
    return np.sqrt(left_of(np.mean(squared_distances(G)), len(G), batch_size, replacement))


@q2.mistake(
    "You divided the squares by N - 1. That is for estimating from a sample; these are all the examples there are, so it "
    "is N.",
    of="batch_variance",
)
def sample_variance(G, batch_size, replacement):
    return left_of(np.sum(squared_distances(G)) / (len(G) - 1), len(G), batch_size, replacement)


@q2.mistake(
    "You averaged over the D entries as well. The squared distance adds them up: each entry brings its own noise.",
    of="batch_variance",
)
def averaged_over_entries(G, batch_size, replacement):
    return left_of(np.mean(squared_distances(G)) / G.shape[1], len(G), batch_size, replacement)


@q2.mistake(
    "These are squared lengths of the gradients, not squared distances from their mean: subtract the mean row first.",
    of="batch_variance",
)
def not_centred(G, batch_size, replacement):
    return left_of(np.mean(np.sum(G * G, axis=1)), len(G), batch_size, replacement)


@q2.mistake(
    "You subtracted each row's own mean. The mean gradient is taken over the examples: along axis 0.",
    of="batch_variance",
)
def mean_along_the_row(G, batch_size, replacement):
    away = G - np.mean(G, axis=1, keepdims=True)
    return left_of(np.mean(np.sum(away**2, axis=1)), len(G), batch_size, replacement)


@q2.mistake(
    "You took the variance of all numbers of the table together, around one mean. Each entry of the gradient has a mean of "
    "its own: take it along axis 0.",
    of="batch_variance",
)
def one_mean_for_all(G, batch_size, replacement):
    return left_of(G.var(), len(G), batch_size, replacement)


@q2.mistake("This is the sum over all examples. The variance is their mean.", of="batch_variance")
def summed_over_examples(G, batch_size, replacement):
    return left_of(np.sum(squared_distances(G)), len(G), batch_size, replacement)


@q2.mistake(
    "Without replacement nothing has changed in your answer. A batch of all N is exact: its variance is 0.",
    of="batch_variance",
)
def factor_forgotten(G, batch_size, replacement):
    return np.mean(squared_distances(G)) / batch_size


@q2.mistake(
    "The two cases have changed places: the factor belongs to drawing *without* replacement.", of="batch_variance"
)
def cases_swapped(G, batch_size, replacement):
    return left_of(np.mean(squared_distances(G)), len(G), batch_size, not replacement)


@q2.mistake(
    "Without replacement your factor is (N - B)/N. With N - 1 below, a batch of one is as noisy as one example, as it "
    "must be.",
    of="batch_variance",
)
def factor_over_n(G, batch_size, replacement):
    variance = np.mean(squared_distances(G)) / batch_size
    return variance if replacement else variance * (len(G) - batch_size) / len(G)


@q2.mistake("You rounded down: that batch is a little too small, and its variance above the target.", of="batch_needed")
def rounded_down(G, target):
    return int(np.mean(squared_distances(G)) / target)


@q2.mistake(
    "You rounded to the nearest whole number. Below the exact value the target is missed: round up.", of="batch_needed"
)
def rounded_to_nearest(G, target):
    return round(np.mean(squared_distances(G)) / target)


@q2.mistake("A batch has a whole number of examples: round up.", of="batch_needed")
def not_rounded(G, target):
    return np.mean(squared_distances(G)) / target


@q2.mistake(
    "The variance falls with B, not with its root: no square is needed to get B from the target.", of="batch_needed"
)
def squared_ratio(G, target):
    return int(np.ceil((np.mean(squared_distances(G)) / target) ** 2))


@q2.alternative(of=("batch_variance", "batch_needed"))
def from_the_entries_variances():
    def variance(G, batch_size, replacement):
        one = float(G.var(axis=0).sum())
        N = G.shape[0]
        return one / batch_size if replacement else one * (N / batch_size - 1) / (N - 1)

    def needed(G, target):
        B = 1
        while variance(G, B, True) > target:
            B += 1
        return B

    return variance, needed


@q2.alternative(of=("batch_variance", "batch_needed"))
def example_by_example():
    def distance2(G):
        mean = sum(G) / len(G)
        return sum(((row - mean) ** 2).sum() for row in G) / len(G)

    def variance(G, batch_size, replacement):
        shrink = 1 if replacement else 1 - (batch_size - 1) / (len(G) - 1)
        return distance2(G) * shrink / batch_size

    return variance, lambda G, target: -int(-distance2(G) // target)


q2.equivalent("batch_variance: axis=1 -> axis=-1", because="G has two axes, so the last is axis 1.")
q2.equivalent(
    "batch_needed: int(np.ceil(batch_variance(G, 1, True) / target)) -> np.ceil(batch_variance(G, 1, True) / target)",
    because="A whole number is accepted as a float as well.",
)
q2.equivalent(
    "batch_needed: batch_variance(G, 1, True) -> batch_variance(G, True, 1)",
    because="True and 1 are equal, and each serves as the other.",
)
q2.equivalent(
    "batch_needed: batch_variance(G, 1, True) -> batch_variance(G, 1, False)",
    because="A batch of one is drawn in the same way with and without replacement.",
)

# --- q3: three momentum steps ------------------------------------------------------------------------------------------

q3 = question("q3", "Three momentum steps", functions=["velocity_step", "average_step", "buffer_step"])
W = np.array([[0.7, -1.2, 2.0], [1.6, 0.3, -0.4]])
M = np.array([[0.5, 0.9, -1.4], [-0.6, 1.1, 2.3]])
STEP = np.array([[1.3, -0.8, 0.6], [-2.1, 1.7, 0.9]])


@q3.check("one step", points=2, each=["velocity_step", "average_step"])
def one_step(student, solution, case):
    answer = expect(getattr(student, case)(W, M, STEP, 0.3, 0.35)).parts(2)
    expect(answer).close_to(getattr(solution, case)(W, M, STEP, 0.3, 0.35))


@q3.check("PyTorch's buffer", points=2, each=[("the first step", None), ("a later step", M)])
def one_buffer_step(student, solution, case):
    answer = expect(student.buffer_step(W, case[1], STEP, 0.3, 0.35, 0.25)).parts(2)
    expect(answer).close_to(solution.buffer_step(W, case[1], STEP, 0.3, 0.35, 0.25))


@q3.check("six steps in a row", hidden=True, each=["velocity_step", "average_step", "buffer_step"])
def six_steps(student, solution, case, rng):
    extra = [rng.uniform(0.1, 0.9)] if case == "buffer_step" else []
    start = rng.normal(size=4), None if extra else np.zeros(4)
    settings = [rng.uniform(0.05, 0.5), rng.uniform(0.5, 0.95), *extra]
    (w, m), (w_right, m_right) = start, start
    for _ in range(6):
        g = rng.normal(size=4)
        w, m = expect(getattr(student, case)(w, m, g, *settings)).parts(2)
        w_right, m_right = getattr(solution, case)(w_right, m_right, g, *settings)
        expect((w, m)).close_to((w_right, m_right))


@q3.mistake("Your velocity climbs: the gradient pushes it downhill, with a minus.", of="velocity_step")
def velocity_uphill(w, v, g, lr, mu):
    v = mu * v + lr * g
    return w + v, v


@q3.mistake(
    "You subtracted the velocity. It has its minus inside already, so w adds it.",
    of="velocity_step",
)
def velocity_subtracted(w, v, g, lr, mu):
    v = mu * v - lr * g
    return w - v, v


@q3.mistake("The rate comes in twice: the velocity has it inside already, so w adds v as it is.", of="velocity_step")
def rate_twice(w, v, g, lr, mu):
    v = mu * v - lr * g
    return w + lr * v, v


@q3.mistake("The weights move by the *old* velocity. Renew it first, then move.", of="velocity_step")
def old_velocity(w, v, g, lr, mu):
    return w + v, mu * v - lr * g


@q3.mistake(
    "The whole bracket is multiplied by mu. Only the old velocity is: the new push comes in full.", of="velocity_step"
)
def push_damped(w, v, g, lr, mu):
    v = mu * (v - lr * g)
    return w + v, v


@q3.mistake("This is PyTorch's buffer at the rate lr. The velocity keeps the rate inside.", of="velocity_step")
def buffer_for_velocity(w, v, g, lr, mu):
    v = mu * v + g
    return w - lr * v, v


@q3.mistake("beta and 1 - beta have changed places: the old average keeps the share beta.", of="average_step")
def shares_swapped(w, a, g, lr, beta):
    a = (1 - beta) * a + beta * g
    return w - lr * a, a


@q3.mistake(
    "The gradient comes in full, so this is PyTorch's buffer. In an average the shares add up to 1.", of="average_step"
)
def shares_above_one(w, a, g, lr, beta):
    a = beta * a + g
    return w - lr * a, a


@q3.mistake(
    "The weights step along the gradient, and the average is only kept. Step along the average.", of="average_step"
)
def average_unused(w, a, g, lr, beta):
    return w - lr * g, beta * a + (1 - beta) * g


@q3.mistake("The weights step along the *old* average. Renew it first.", of="average_step")
def old_average(w, a, g, lr, beta):
    return w - lr * a, beta * a + (1 - beta) * g


@q3.mistake("The average is added to the weights: it is made of gradients, which point uphill.", of="average_step")
def average_uphill(w, a, g, lr, beta):
    a = beta * a + (1 - beta) * g
    return w + lr * a, a


@q3.mistake(
    "The rate is already inside your average, and it comes in again when w moves. The average keeps bare gradients.",
    of="average_step",
)
def rate_in_the_average(w, a, g, lr, beta):
    a = beta * a + (1 - beta) * lr * g
    return w - lr * a, a


@q3.mistake(
    "Your first step is dampened: you took a buffer of zeros where there was none. PyTorch's first buffer is g itself.",
    of="buffer_step",
)
def first_step_dampened(w, b, g, lr, mu, dampening):
    b = mu * (0 if b is None else b) + (1 - dampening) * g
    return w - lr * b, b


@q3.mistake("You multiplied the gradient by the dampening. What is left is 1 minus it.", of="buffer_step")
def dampening_for_the_rest(w, b, g, lr, mu, dampening):
    b = g if b is None else mu * b + dampening * g
    return w - lr * b, b


@q3.mistake(
    "The dampening has no effect: from the second step on it takes its share off the gradient.", of="buffer_step"
)
def dampening_forgotten(w, b, g, lr, mu, dampening):
    b = g if b is None else mu * b + g
    return w - lr * b, b


@q3.mistake(
    "Your gradient's share is 1 - mu, as in the average. PyTorch's dampening is a setting of its own.", of="buffer_step"
)
def average_for_buffer(w, b, g, lr, mu, dampening):
    b = g if b is None else mu * b + (1 - mu) * g
    return w - lr * b, b


@q3.mistake("The weights step along the *old* buffer. Renew it first.", of="buffer_step")
def old_buffer(w, b, g, lr, mu, dampening):
    return (w - lr * g, g) if b is None else (w - lr * b, mu * b + (1 - dampening) * g)


@q3.mistake("The buffer is added to the weights: it is made of gradients, which point uphill.", of="buffer_step")
def buffer_uphill(w, b, g, lr, mu, dampening):
    b = g if b is None else mu * b + (1 - dampening) * g
    return w + lr * b, b


@q3.alternative(of=("velocity_step", "average_step", "buffer_step"))
def one_for_all():
    def step(w, m, g, keep, take, move):
        m = np.multiply(keep, m) + take * g
        return w + move * m, m

    def buffer(w, b, g, lr, mu, dampening):
        return step(w, 0.0, g, mu, 1, -lr) if b is None else step(w, b, g, mu, 1 - dampening, -lr)

    return (
        lambda w, v, g, lr, mu: step(w, v, g, mu, -lr, 1),
        lambda w, a, g, lr, beta: step(w, a, g, beta, 1 - beta, -lr),
        buffer,
    )


@q3.alternative(of=("velocity_step", "average_step"))
def rearranged():
    def velocity(w, v, g, lr, mu):
        new = w - lr * g + mu * v
        return new, new - w

    def average(w, a, g, lr, beta):
        a = a + (1 - beta) * (g - a)
        return w - a * lr, a

    return velocity, average


# --- q4: the conversion ------------------------------------------------------------------------------------------------

q4 = question("q4", "The conversion", functions=["convert"], values=["step_lengths", "same_path"])
NAMES = ("mini_batches", "rate_drops", "momentum_rises", "l2", "clipping", "dampening", "nesterov")


@q4.check("six step lengths")
def lengths(student, solution):
    values = student.step_lengths
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple) or len(values) != 6 or any(type(v) not in (int, float) for v in values):
        raise Wrong("write a list of six numbers")
    expect([float(v) for v in values]).close_to(solution.step_lengths, rtol=1e-3)


@q4.check("from each to each", each=["velocity", "average", "pytorch"])
def each_to_each(student, solution, case):
    for wanted in ("velocity", "average", "pytorch"):
        right = solution.convert(0.06, 0.3, case, wanted)
        expect(student.convert(0.06, 0.3, case, wanted)).close_to(right, because=f"from {case} to {wanted}")


@q4.check("the set same_path")
def paths_that_stay(student, solution):
    names = student.same_path
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"l2", "nesterov"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the seven names")
    expect(set(names)).equal(set(solution.same_path), because="let the two run side by side, case by case")


@q4.check("other rates", hidden=True)
def converted_elsewhere(student, solution, rng):
    for given, wanted in product(("velocity", "average", "pytorch"), repeat=2):
        lr, momentum = rng.uniform(0.01, 2), rng.uniform(0.1, 0.99)
        expect(student.convert(lr, momentum, given, wanted)).close_to(solution.convert(lr, momentum, given, wanted))


@q4.mistake(
    "The dampened first step is not the average's: PyTorch takes the first gradient as it is.", of="step_lengths"
)
def first_step_as_the_average():
    return [0.2, 0.02, 0.02, 2.0, 0.2, 0.2]


@q4.mistake(
    "You gave the velocity its first step for ever. Equal gradients add up: v = 0.9 v - 0.2 comes to rest only at ten times "
    "that.",
    of="step_lengths",
)
def nothing_adds_up():
    return [0.2, 0.02, 0.2, 0.2, 0.2, 0.2]


@q4.mistake(
    "The average does not grow tenfold beyond the gradient: the average of many equal gradients is that gradient.",
    of="step_lengths",
)
def everything_adds_up():
    return [0.2, 0.02, 0.2, 2.0, 2.0, 2.0]


@q4.mistake(
    "You forgot that the average's first step has only the share 1 - beta of the gradient: it starts from nothing.",
    of="step_lengths",
)
def average_starts_in_full():
    return [0.2, 0.2, 0.2, 2.0, 0.2, 0.2]


@q4.mistake(
    "These are the memories' sizes times nothing: a step is the rate times them. The rate is 0.1.", of="step_lengths"
)
def rate_left_out():
    return [2.0, 0.2, 2.0, 20.0, 2.0, 2.0]


@q4.mistake("Turned around: the average needs the *larger* rate, because it makes each gradient smaller.", of="convert")
def turned_around(lr, momentum, given, wanted):
    to = {"velocity": 1, "pytorch": 1, "average": 1 - momentum}
    return lr * to[wanted] / to[given]


@q4.mistake("You multiplied and divided by momentum itself. The gradient's share is 1 - momentum.", of="convert")
def momentum_for_the_rest(lr, momentum, given, wanted):
    share = {"velocity": 1, "pytorch": 1, "average": momentum}
    return lr * share[given] / share[wanted]


@q4.mistake(
    "You look only at `wanted`. A rate that is given for the average means less per gradient than one given for the others.",
    of="convert",
)
def given_overlooked(lr, momentum, given, wanted):
    return lr / (1 - momentum) if wanted == "average" else lr


@q4.mistake("You look only at `given`. What the other convention needs depends on `wanted` as well.", of="convert")
def wanted_overlooked(lr, momentum, given, wanted):
    return lr * (1 - momentum) if given == "average" else lr


@q4.mistake(
    "PyTorch's buffer with dampening 0 takes gradients in full: it keeps the velocity's rate. Only the average differs.",
    of="convert",
)
def pytorch_as_average(lr, momentum, given, wanted):
    share = {"velocity": 1, "pytorch": 1 - momentum, "average": 1 - momentum}
    return lr * share[given] / share[wanted]


@q4.mistake(
    "The same number means another path: the average takes only the share 1 - beta of each gradient.", of="convert"
)
def number_kept(lr, momentum, given, wanted):
    return lr


@q4.mistake(
    "Not when the rate drops: the velocity has the old rate inside and coasts on, PyTorch applies the new one to all it "
    "remembers.",
    of="same_path",
)
def rate_taken_for_harmless():
    return {"mini_batches", "rate_drops", "momentum_rises", "l2", "clipping"}


@q4.mistake(
    "Noise does not part them. Both get the same gradients, however random, and v = -lr b holds after each.",
    of="same_path",
)
def noise_feared():
    return {"momentum_rises", "l2", "clipping"}


@q4.mistake(
    "A changing momentum does not part these two: both multiply their memory by the same mu. (The average would be parted.)",
    of="same_path",
)
def momentum_feared():
    return {"mini_batches", "l2", "clipping"}


@q4.mistake(
    "Dampening = momentum is not quite the average: PyTorch's first step is undamped, so from then on the paths are apart.",
    of="same_path",
)
def dampening_taken_for_average():
    return {"mini_batches", "momentum_rises", "l2", "clipping", "dampening"}


@q4.mistake(
    "With Nesterov PyTorch stores and shows the look-ahead point w + mu v, and the velocity shows w.", of="same_path"
)
def nesterov_taken_for_equal():
    return {"mini_batches", "momentum_rises", "l2", "clipping", "nesterov"}


@q4.mistake(
    "What happens to a gradient before it reaches the memories is the same for both: an added lambda w, or a shortening.",
    of="same_path",
)
def changes_feared():
    return {"mini_batches", "momentum_rises"}


@q4.alternative(of=("convert", "step_lengths", "same_path"))
def by_a_table():
    share = {"velocity": lambda mu: 1.0, "pytorch": lambda mu: 1.0, "average": lambda mu: 1 - mu}

    def convert(lr, momentum, given, wanted):
        return lr * share[given](momentum) / share[wanted](momentum)

    return convert, (1 / 5, 1 / 50, 1 / 5, 2, 1 / 5, 1 / 5), ["clipping", "l2", "mini_batches", "momentum_rises"]


@q4.alternative(of=("convert", "step_lengths"))
def by_powers():
    def convert(lr, momentum, given, wanted):
        return lr * (1 - momentum) ** ((given == "average") - (wanted == "average"))

    return convert, np.array([0.2, 0.02, 0.2, 2.0, 0.2, 0.2])


q4.equivalent(
    "convert: given == 'average' -> given <= 'average'",
    "convert: wanted == 'average' -> wanted <= 'average'",
    because="None of the three names stands before this one in the alphabet.",
)

# --- q5: Nesterov ------------------------------------------------------------------------------------------------------

q5 = question("q5", "Nesterov's step, twice", functions=["nesterov_step", "lookahead_step"])
H = np.array([[3.0, 0.8, -0.4], [0.8, 1.6, 0.5], [-0.4, 0.5, 0.7]])
BEST = np.array([0.6, -1.1, 2.3])
START = np.array([1.5, -2.0, 0.7])
MEMORY = np.array([0.4, 1.3, -0.9])


def bowl_gradient(point):
    """Of a quadratic loss whose lowest point is BEST."""
    return H @ (point - BEST)


def curved_gradient(point):
    """Of a loss that is no quadratic."""
    return H @ np.tanh(point) + 0.3 * point


@q5.check("one step", points=2, each=["nesterov_step", "lookahead_step"])
def one_nesterov_step(student, solution, case):
    answer = expect(getattr(student, case)(START, MEMORY, bowl_gradient, 0.15, 0.8)).parts(2)
    expect(answer).close_to(getattr(solution, case)(START, MEMORY, bowl_gradient, 0.15, 0.8))


@q5.check("a loss that is no quadratic", each=["nesterov_step", "lookahead_step"])
def one_curved_step(student, solution, case):
    answer = expect(getattr(student, case)(START, MEMORY, curved_gradient, 0.25, 0.6)).parts(2)
    expect(answer).close_to(getattr(solution, case)(START, MEMORY, curved_gradient, 0.25, 0.6))


@q5.check("eight steps of both forms, which stay together", hidden=True)
def eight_steps(student, solution, rng):
    lr, mu, w = rng.uniform(0.05, 0.15), rng.uniform(0.6, 0.95), rng.normal(size=3)
    theta, v, b = w, np.zeros(3), np.zeros(3)
    w_right, v_right = w, v
    for _ in range(8):
        w, v = expect(student.nesterov_step(w, v, curved_gradient, lr, mu)).parts(2)
        theta, b = expect(student.lookahead_step(theta, b, curved_gradient, lr, mu)).parts(2)
        w_right, v_right = solution.nesterov_step(w_right, v_right, curved_gradient, lr, mu)
        expect((w, v)).close_to((w_right, v_right))
        expect((theta, b)).close_to((w_right + mu * v_right, -v_right / lr))


@q5.mistake(
    "Your gradient is taken at w: that is plain momentum. Nesterov takes it where momentum leads, at w + mu v.",
    of="nesterov_step",
)
def gradient_at_the_present_point(w, v, gradient, lr, mu):
    v = mu * v - lr * gradient(w)
    return w + v, v


@q5.mistake("You look ahead by v. Momentum will carry you by mu v.", of="nesterov_step")
def ahead_by_the_whole_velocity(w, v, gradient, lr, mu):
    v = mu * v - lr * gradient(w + v)
    return w + v, v


@q5.mistake("You look back: the velocity is added to w, it has its minus inside.", of="nesterov_step")
def looking_back(w, v, gradient, lr, mu):
    v = mu * v - lr * gradient(w - mu * v)
    return w + v, v


@q5.mistake(
    "The step starts from the look-ahead point. Looking ahead is for the gradient only: w moves by v from where it was.",
    of="nesterov_step",
)
def step_from_the_look_ahead(w, v, gradient, lr, mu):
    ahead = w + mu * v
    v = mu * v - lr * gradient(ahead)
    return ahead + v, v


@q5.mistake(
    "You went to the look-ahead point and took one gradient step from there, but the new velocity lacks mu v: the next "
    "step will have forgotten everything.",
    of="nesterov_step",
)
def velocity_forgotten(w, v, gradient, lr, mu):
    push = -lr * gradient(w + mu * v)
    return w + mu * v + push, push


@q5.mistake(
    "This returns the look-ahead point of the *next* step, as PyTorch stores it. The first form returns w itself.",
    of="nesterov_step",
)
def look_ahead_returned(w, v, gradient, lr, mu):
    v = mu * v - lr * gradient(w + mu * v)
    return w + v + mu * v, v


@q5.mistake(
    "This is plain momentum, or g plus mu times the *old* buffer, which is the same. Renew b first; then the step is g plus mu "
    "times the new b.",
    of="lookahead_step",
)
def plain_buffer(theta, b, gradient, lr, mu):
    b = mu * b + gradient(theta)
    return theta - lr * b, b


@q5.mistake("mu belongs to the buffer, and not to the gradient: g + mu b.", of="lookahead_step")
def momentum_on_the_gradient(theta, b, gradient, lr, mu):
    g = gradient(theta)
    b = mu * b + g
    return theta - lr * (mu * g + b), b


@q5.mistake(
    "The buffer in the step lacks its mu: it stands for what the *next* step will carry along.", of="lookahead_step"
)
def step_without_momentum(theta, b, gradient, lr, mu):
    g = gradient(theta)
    b = mu * b + g
    return theta - lr * (g + b), b


@q5.mistake("theta is the look-ahead point already: you look ahead twice.", of="lookahead_step")
def ahead_twice(theta, b, gradient, lr, mu):
    g = gradient(theta - lr * mu * b)
    b = mu * b + g
    return theta - lr * (g + mu * b), b


@q5.alternative(of=("nesterov_step", "lookahead_step"))
def each_by_the_other():
    def lookahead(theta, b, gradient, lr, mu):
        g = gradient(theta)
        return theta - lr * ((1 + mu) * g + mu**2 * b), g + mu * b

    def nesterov(w, v, gradient, lr, mu):
        slope = gradient(mu * v + w)
        new = w + mu * v - lr * slope
        return new, new - w

    return nesterov, lookahead


@q5.alternative(of="lookahead_step")
def back_to_the_weights(theta, b, gradient, lr, mu):
    w, v = theta + mu * lr * b, -lr * b
    v_new = mu * v - lr * gradient(theta)
    return w + v_new + mu * v_new, v_new / -lr


# --- q6: a broken SGD --------------------------------------------------------------------------------------------------

q6 = question("q6", "Repair PyTorch's SGD", functions=["sgd"], forbid=["dlcourse.optim.SGD"])
#: Ten steps of torch.optim.SGD (PyTorch 2.13.0, float64) along `bowl_gradient` from START at lr 0.05.
PYTORCH = {
    "dampening": (
        {"momentum": 0.9, "dampening": 0.4, "nesterov": False, "weight_decay": 0.0},
        [
            [1.3690000000, -1.9240000000, 0.7965000000], [1.1836240000, -1.8119515000, 0.9365115000],
            [0.9649844140, -1.6704888265, 1.1088378690], [0.7347579756, -1.5066811506, 1.3018831512],
            [0.5132089087, -1.3279959858, 1.5043016720], [0.3175494704, -1.1422170691, 1.7055664523],
            [0.1607565307, -0.9572943087, 1.8964317087], [0.0509070411, -0.7811183300, 2.0692738666],
            [-0.0089610069, -0.6212271463, 2.2183047170], [-0.0205066514, -0.4844656845, 2.3396589584],
        ],
    ),
    "Nesterov": (
        {"momentum": 0.8, "dampening": 0.0, "nesterov": True, "weight_decay": 0.0},
        [
            [1.2642000000, -1.8632000000, 0.8737000000], [1.0046296000, -1.6882981000, 1.0835721000],
            [0.7643917468, -1.4941721293, 1.3033172178], [0.5695083650, -1.2981275359, 1.5132601592],
            [0.4308373753, -1.1150629415, 1.7001763341], [0.3476541321, -0.9566611198, 1.8565827428],
            [0.3117731508, -0.8308314878, 1.9797187366], [0.3113793728, -0.7415327825, 2.0704051299],
            [0.3340675355, -0.6890027429, 2.1319244785], [0.3688873034, -0.6703376359, 2.1690188879],
        ],
    ),
    "weight decay": (
        {"momentum": 0.9, "dampening": 0.0, "nesterov": False, "weight_decay": 0.3},
        [
            [1.3465000000, -1.8940000000, 0.7860000000], [1.0776575000, -1.6986800000, 0.9393800000],
            [0.7446205625, -1.4346082000, 1.1354731500], [0.4021187169, -1.1253274523, 1.3469409437],
            [0.0994693846, -0.7963269436, 1.5470904716], [-0.1265325758, -0.4737314633, 1.7127680843],
            [-0.2558518449, -0.1826489411, 1.8265521667], [-0.2861866317, 0.0547472479, 1.8780794191],
            [-0.2308954472, 0.2211983092, 1.8644575614], [-0.1145944134, 0.3061148039, 1.7898271448],
        ],
    ),
    "no momentum": (
        {"momentum": 0.0, "dampening": 0.5, "nesterov": False, "weight_decay": 0.2},
        [
            [1.3540000000, -1.9040000000, 0.7895000000], [1.2293100000, -1.8130375000, 0.8696525000],
            [1.1225349500, -1.7272778375, 0.9414302750], [1.0308490770, -1.6467599870, 1.0056985576],
            [0.9518975953, -1.5714280152, 1.0632281037], [0.8837156627, -1.5011561002, 1.1147064913],
            [0.8246615305, -1.4357683400, 1.1607479150], [0.7733613776, -1.3750543485, 1.2019016979],
            [0.7286637650, -1.3187814547, 1.2386597078], [0.6896020150, -1.2667041671, 1.2714628326],
        ],
    ),
}  # fmt: skip


@q6.check("ten steps, as PyTorch takes them", points=4, each=list(PYTORCH))
def ten_steps(student, case):
    settings, places = PYTORCH[case]
    path = student.sgd(bowl_gradient, START, 0.05, **settings, steps=10)
    expect(path).close_to(np.array([START, *places]), atol=2e-9)


@q6.check("other settings", hidden=True, each=["dampening and weight decay", "Nesterov and weight decay", "no step"])
def sgd_elsewhere(student, solution, case, rng):
    lr, momentum, other, decay = rng.uniform([0.02, 0.5, 0.2, 0.1], [0.1, 0.9, 0.8, 0.5])
    nesterov, steps = case.startswith("Nesterov"), 0 if case == "no step" else 6
    given = (curved_gradient, rng.normal(size=3), lr, momentum, 0.0 if nesterov else other, nesterov, decay, steps)
    if case == "no step":  # and one without momentum, whose dampening has no say
        plain = (*given[:3], 0.0, other, False, decay, 4)
        expect(student.sgd(*plain)).close_to(solution.sgd(*plain))
    expect(student.sgd(*given)).close_to(solution.sgd(*given))


def rebuilt(decay="L2", start="undamped", order="g + mu b", idle=True):
    """The repaired function, with some of its bugs left in: what the mistakes are made of."""

    def sgd(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
        path, b = [w], None
        for _ in range(steps):
            g = gradient(w) + (weight_decay * w if decay == "L2" else 0)
            first = b is None
            if momentum or not idle:
                damp = 1 - dampening
                b = np.zeros_like(w) if first else b
                b = g if first and start == "undamped" else momentum * b + damp * g
                step = b if not nesterov else g + momentum * b if order == "g + mu b" else b + momentum * g
            else:
                step = g
            w = (w * (1 - lr * weight_decay) if decay == "shrink" else w) - lr * step
            path.append(w)
        return np.array(path)

    return sgd


def bug_left(hint, **bugs):
    """A mistake: the repaired function with these bugs."""

    def add(function):
        sgd = rebuilt(**bugs)
        sgd.__name__ = function.__name__
        q6.mistake(hint)(sgd)
        return function

    return add


@bug_left(
    "Weight decay still shrinks w by itself. In PyTorch's SGD it adds lambda w to the gradient, which the buffer remembers: "
    "equal only without momentum.",
    decay="shrink",
)
def decay_by_itself(): ...


@bug_left(
    "The first step is still dampened: the first buffer is the gradient itself, so start from None.", start="zeros"
)
def start_from_zeros(): ...


@bug_left("In Nesterov's step mu still multiplies the gradient. It belongs to the buffer: g + mu b.", order="b")
def mu_on_the_gradient(): ...


@bug_left("Without momentum there is no buffer: dampening must have no say there, at any step.", idle=False)
def dampening_without_momentum(): ...


@bug_left("Weight decay is gone altogether: lambda w has to be added to the gradient.", decay="none")
def decay_gone(): ...


@bug_left(
    "The dampening is right. Next: weight decay still shrinks w by itself, and the buffer never hears of it. Without momentum "
    "dampening still has a say, and Nesterov's sum has mu in the wrong place.",
    decay="shrink", order="b", idle=False,
)  # fmt: skip
def only_the_start_mended(): ...


@bug_left(
    "Weight decay is right. Still wrong: the first buffer, Nesterov's sum, and dampening without momentum.",
    start="zeros", order="b", idle=False,
)  # fmt: skip
def only_the_decay_mended(): ...


@bug_left(
    "Nesterov's sum is right. Still wrong: the first buffer, weight decay, and dampening without momentum.",
    decay="shrink", start="zeros", idle=False,
)  # fmt: skip
def only_nesterov_mended(): ...


@bug_left(
    "Nothing has changed yet: this is the function as it was given.",
    decay="shrink",
    start="zeros",
    order="b",
    idle=False,
)
def as_given(): ...


@q6.mistake("The start is missing: the places begin with where you were before the first step.")
def start_left_out(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
    return rebuilt()(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps)[1:]


@q6.mistake("Weight decay is *subtracted* from the gradient, so the weights grow. It is added: g + lambda w.")
def decay_with_the_wrong_sign(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
    return rebuilt()(gradient, w, lr, momentum, dampening, nesterov, -weight_decay, steps)


@q6.alternative
def with_a_velocity(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
    path, v = [w], None
    for _ in range(steps):
        push = -lr * (gradient(w) + weight_decay * w)
        share = 1 if v is None or not momentum else 1 - dampening
        v = (0 if v is None else momentum * v) + share * push
        w = w + (push + momentum * v if nesterov else v)
        path.append(w)
    return np.stack(path)


@q6.alternative
def room_made_first(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
    path = np.empty((steps + 1, len(w)))
    path[0], b = w, 0.0
    for t in range(steps):
        g = np.add(gradient(path[t]), weight_decay * path[t])
        b = momentum * b + g * (1 - dampening if t and momentum else 1)
        path[t + 1] = path[t] - lr * g - lr * momentum * b if nesterov else path[t] - lr * b
    return path


q6.equivalent("sgd: momentum == 0 -> momentum <= 0", because="A momentum is not negative.")

# --- q7: a fair race ---------------------------------------------------------------------------------------------------

q7 = question("q7", "A fair race", functions=["fair_race"])
RATES = np.array([0.01, 0.1, 1.0, 10.0])
#: Three optimizers, four rates, three seeds each; some runs diverged.
TUNING = np.array(
    [
        [[2.1, 2.0, 2.3], [1.2, 1.1, 1.3], [0.5, 0.7, 0.6], [0.1, np.inf, 0.2]],
        [[1.4, 1.5, 1.3], [0.3, 0.6, 1.2], [0.55, 0.58, 1.1], [np.inf, np.inf, np.inf]],
        [[1.1, 0.8, 0.9], [0.6, 1.4, 0.65], [1.2, 0.2, 4.6], [5.0, 4.0, np.inf]],
    ]
)
#: The same optimizers and rates, five other seeds.
RACE = np.array(
    [
        [[2.2, 2.0, 1.9, 2.1, 2.4], [1.0, 1.3, 1.1, 1.2, 1.4], [0.7, 0.5, 0.9, 0.6, 2.9], [0.05, 0.2, np.inf, 0.1, 0.15]],
        [[1.3, 1.6, 1.2, 1.4, 1.5], [0.4, 0.45, 0.3, 2.0, 0.5], [0.8, 0.95, 0.6, 0.75, 0.65], [np.inf] * 5],
        [[1.0, 0.7, 0.9, 0.8, 1.2], [0.35, 0.4, 0.3, 0.6, 0.4], [0.3, 0.5, 0.25, 0.35, 0.28], [4.0, 6.0, 3.0, np.inf, 5.0]],
    ]
)  # fmt: skip


@q7.check("the rates that are chosen")
def rates_chosen(student, solution):
    chosen, _, _ = expect(student.fair_race(RATES, TUNING, RACE)).parts(3)
    expect(chosen).close_to(solution.fair_race(RATES, TUNING, RACE)[0])


@q7.check("the scores")
def race_scores(student, solution):
    _, scores, _ = expect(student.fair_race(RATES, TUNING, RACE)).parts(3)
    expect(scores).close_to(solution.fair_race(RATES, TUNING, RACE)[1])


@q7.check("the winner", each=[("three optimizers", 3), ("the first two", 2)])
def race_winner(student, solution, case):
    given = (RATES, TUNING[: case[1]], RACE[: case[1]])
    answer = expect(student.fair_race(*given)).parts(3)
    expect(answer).close_to(solution.fair_race(*given))


@q7.check("other races", hidden=True, each=[("nobody diverged", 0.0), ("some diverged", 0.15)])
def race_elsewhere(student, solution, case, rng):
    rates = np.sort(rng.uniform(0.01, 2, 5))
    tuning, race = rng.uniform(0.1, 3, (4, 5, 3)), rng.uniform(0.1, 3, (4, 5, 7))
    tuning[rng.random(tuning.shape) < case[1]] = np.inf
    tuning[:, 2] = rng.uniform(0.1, 3, (4, 3))  # at one rate nobody diverges
    answer = expect(student.fair_race(rates, tuning, race)).parts(3)
    expect(answer).close_to(solution.fair_race(rates, tuning, race))


def judged(rates, own, race, score=np.median):
    """Scores at the chosen places, and the winner."""
    scores = np.array([score(race[k, place]) for k, place in enumerate(own)])
    return rates[own], scores, int(np.argmin(scores))


@q7.mistake(
    "All share one rate, the one that is best for them together. That is the unfair race: each has its own best rate."
)
def one_rate_for_all(rates, tuning, race):
    shared = np.argmin(tuning.mean(axis=2).sum(axis=0))
    return judged(rates, np.full(len(race), shared), race)


@q7.mistake("All run at the rate that is best for optimizer 0. Each has its own.")
def rate_of_the_first(rates, tuning, race):
    return judged(rates, np.full(len(race), np.argmin(tuning[0].mean(axis=1))), race)


@q7.mistake(
    "You tuned on the race itself: the rate was chosen by the very seeds that judge it. Choose by `tuning` alone."
)
def tuned_on_the_race(rates, tuning, race):
    return judged(rates, race.mean(axis=2).argmin(axis=1), race)


@q7.mistake(
    "You chose by the luckiest seed. A rate at which one run diverges and another is lucky is no good rate: take the mean."
)
def luckiest_seed(rates, tuning, race):
    return judged(rates, tuning.min(axis=2).argmin(axis=1), race)


@q7.mistake(
    "You chose the rate by the median over the tuning seeds. The mean was asked for: it hears of every failure."
)
def tuned_by_the_median(rates, tuning, race):
    return judged(rates, np.median(tuning, axis=2).argmin(axis=1), race)


@q7.mistake(
    "You left the diverged runs out of the mean. They are the strongest reason against a rate: inf must count as inf."
)
def failures_left_out(rates, tuning, race):
    kept = np.isfinite(tuning)
    means = np.where(kept, tuning, 0).sum(axis=2) / np.maximum(kept.sum(axis=2), 1)
    return judged(rates, np.where(kept.any(axis=2), means, np.inf).argmin(axis=1), race)


@q7.mistake("The scores are means of the race losses. Asked for is the median, which one bad run does not move much.")
def scored_by_the_mean(rates, tuning, race):
    return judged(rates, tuning.mean(axis=2).argmin(axis=1), race, np.mean)


@q7.mistake("The scores are each optimizer's best race, not its typical one: take the median over the seeds.")
def scored_by_the_best_run(rates, tuning, race):
    return judged(rates, tuning.mean(axis=2).argmin(axis=1), race, np.min)


@q7.mistake("The scores are the losses of tuning. They are too good, for the rate was chosen by them: score on `race`.")
def scored_on_tuning(rates, tuning, race):
    return judged(rates, tuning.mean(axis=2).argmin(axis=1), tuning)


@q7.mistake(
    "The first answer holds the places of the rates. The rates themselves were asked for: use the places as an index."
)
def places_for_rates(rates, tuning, race):
    own = tuning.mean(axis=2).argmin(axis=1)
    return own, *judged(rates, own, race)[1:]


@q7.mistake("The winner has the lowest loss. You named the one with the highest.")
def loser_named(rates, tuning, race):
    chosen, scores, _ = judged(rates, tuning.mean(axis=2).argmin(axis=1), race)
    return chosen, scores, int(np.argmax(scores))


@q7.alternative
def optimizer_by_optimizer(rates, tuning, race):
    chosen, scores = [], []
    for table, runs in zip(tuning, race, strict=True):
        means = [sum(row) / len(row) for row in table]
        best = means.index(min(means))
        chosen.append(rates[best])
        ranked = sorted(runs[best])
        middle = len(ranked) // 2
        scores.append(ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2)
    return np.array(chosen), np.array(scores), scores.index(min(scores))


@q7.alternative
def by_take_along_axis(rates, tuning, race):
    own = np.argmin(np.sum(tuning, axis=-1), axis=-1)
    runs = np.take_along_axis(race, own[:, np.newaxis, np.newaxis], axis=1)[:, 0]
    scores = np.quantile(runs, 0.5, axis=1)
    return np.take(rates, own), scores, np.argsort(scores, kind="stable")[0]


q7.equivalent(
    "fair_race: tuning.mean -> tuning.sum", because="All rates have as many seeds: the order of sums and means is one."
)
q7.equivalent(
    "fair_race: axis=2 -> axis=-1",
    "fair_race: tuning.mean(axis=2).argmin(axis=1) -> tuning.mean(axis=2).argmin(axis=-1)",
    "fair_race: np.median(race[np.arange(len(race)), own], axis=1) -> np.median(race[np.arange(len(race)), own], axis=-1)",
    because="Each time it is the last axis.",
)
q7.equivalent(
    "fair_race: len(race) -> len(tuning)",
    "fair_race: len(race) -> len(own)",
    because="All three have one row for each optimizer.",
)
