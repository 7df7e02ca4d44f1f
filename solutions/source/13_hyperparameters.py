# %% [markdown]
# # Exercise 13: Hyperparameters
#
# You write the parts of a search and of a schedule: two samplers, the log-uniform draw, three schedules, the choice of a
# rate from a range test, one generation of a genetic search. Then the library trains on digits with them.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | a grid and a random sampler, from a text with gaps | 4 | 8 |
# | q2 | the log-uniform draw, and four predictions | 4 | 10 |
# | q3 | cosine, cyclic and warm-up | 4 | 12 |
# | q4 | a rate from a range test | 4 | 12 |
# | q5 | one generation of a genetic search | 5 | 14 |
# | q6 | growing with frozen layers, which somebody broke | 4 | 10 |
# | q7 | how many trials, and who has peeked? | 5 | 14 |
#
# Read [lesson 13](../lessons/13_hyperparameters.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("13_hyperparameters")

# %%
import dlcourse as dl

# %% [markdown]
# ## Three rules for all questions
#
# 1. **Chance comes from `rng`**, a `np.random.Generator` that you are given. Never make one of your own, and never use
#    `np.random.rand` and the like. *Which* numbers you draw is up to you: the checks look at how thousands of draws are
#    spread, and that one seed gives one answer.
# 2. **Lower is better:** all losses are validation losses.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong.
#
# The next cell is no question. It loads digits and writes a small training, to try your functions on.


# %% tags=["demo"]
X, y = dl.data.digits()
X_train, X_val, _, y_train, y_val, _ = dl.data.train_val_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_val = dl.data.standardise(X_train, X_val)
loss = dl.CrossEntropyLoss()


def digit_net(hidden, rng):
    """64 pixels, one hidden layer, ten classes."""
    return dl.Sequential(dl.Linear(64, hidden, rng=rng), dl.ReLU(), dl.Linear(hidden, 10, rng=rng))


def validation_loss(lr, hidden=32, seed=0, **options):
    """Three epochs of 300 digits, then the validation loss; an exploded run is no better than guessing."""
    rng = np.random.default_rng(seed)
    net = digit_net(hidden, rng)
    optimizer, few = dl.SGD(net.parameters(), lr=lr), (X_train[:300], y_train[:300])
    dl.fit(net, loss, optimizer, *few, epochs=3, rng=rng, progress=False, **options)
    return min(loss(net(X_val), y_val), np.log(10))


# %% [markdown]
# ## q1 · Two samplers, completed (4 points)
#
# - `grid_points(values)`: `values` is a list of D arrays, the values to try of each hyperparameter. Returns all
#   combinations, one per row; the *last* hyperparameter turns fastest.
# - `random_points(low, high, budget, rng)`: `low` and `high` of shape (D,). Returns `budget` rows (budget, D); in column d
#   all numbers from `low[d]` to `high[d]` are equally likely, whatever stands in the other columns.
#
# **Example.** `grid_points([np.array([1, 2]), np.array([5, 6, 7])])` has the rows `[1, 5]`, `[1, 6]`, `[1, 7]`, `[2, 5]`,
# `[2, 6]`, `[2, 7]`.
#
# Fill in each `...`, then delete the lines `raise NotImplementedError()`.


# %% question="q1"
def grid_points(values):
    """All combinations.   list of D arrays -> (trials, D)"""
    ### BEGIN SOLUTION
    # 1. every combination: one array of D axes for each hyperparameter
    axes = np.meshgrid(*values, indexing="ij")
    # 2. one row per trial
    return np.stack([axis.ravel() for axis in axes], axis=1)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. every combination: one array of D axes for each hyperparameter
    # axes = np.meshgrid(*values, indexing=...)  # "xy" or "ij"? Look the two up with help(np.meshgrid)
    # # 2. one row per trial
    # return np.stack([... for axis in axes], axis=...)
    ### END STUDENT


def random_points(low, high, budget, rng):
    """Every trial on its own.   low (D,), high (D,) -> (budget, D)"""
    ### BEGIN SOLUTION
    # 1. a place from 0 to 1 on every ruler of every trial
    u = rng.random((budget, len(low)))
    # 2. what stands there
    return low + u * (high - low)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. a place from 0 to 1 on every ruler of every trial
    # u = rng.random(...)
    # # 2. what stands there
    # return ...
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# In the grid, row and column of an array of D axes say which values meet. For the random points, think of a ruler per
# hyperparameter: 0 stands at `low`, 1 at `high`.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# With the indexing that keeps the order of the hyperparameters, flattening an array row by row makes the last one turn
# fastest. The random numbers need one place per trial *and* per hyperparameter: a shape of two numbers.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Flatten each array with `ravel`, and stack the flat arrays as columns. A random point is `low` plus the place times the
# length of the ruler; NumPy stretches `low` and the length over all rows.
#
# </details>

# %% [markdown]
# **Now they search:** 16 trials each, the logarithm of the rate and the hidden units. Which finds the lower loss, and how
# many different rates did it try?

# %% tags=["demo"]
low, high = np.array([-3.0, 4.0]), np.array([1.0, 48.0])
plans = {"grid": grid_points([np.linspace(a, b, 4) for a, b in zip(low, high, strict=True)])}
plans["random"] = random_points(low, high, 16, np.random.default_rng(0))
for name, points in plans.items():
    best = min(validation_loss(10**decade, round(hidden)) for decade, hidden in points)
    print(f"{name:6} {len(np.unique(points[:, 0])):2} rates, best loss {best:.3f}")

# %% [markdown]
# ## q2 · Draw orders of magnitude (4 points)
#
# - `log_uniform(low, high, size, rng)`: `size` numbers from `low` to `high`, of which every *factor* gets its fair share:
#   as many between 0.001 and 0.01 as between 0.1 and 1.
# - `place(x, low, high)`: where `x` (an array) stands on that ruler, 0 at `low`, 1 at `high`, evenly in the logarithm. It is
#   also the share of draws below `x`.
#
# **Example.** `place(np.array([0.01, 0.1, 10]), 0.01, 100)` is `[0, 0.25, 0.75]`.


# %% question="q2"
def log_uniform(low, high, size, rng):
    """Numbers whose logarithm is uniform.   0 < low < high -> (size,)"""
    ### BEGIN SOLUTION
    return low * (high / low) ** rng.random(size)
    ### END SOLUTION


def place(x, low, high):
    """Where x stands on the logarithmic ruler from low (0) to high (1).   x of any shape -> the same shape"""
    ### BEGIN SOLUTION
    return np.log(x / low) / np.log(high / low)
    ### END SOLUTION


# %% [markdown]
# **Predict, on paper.** Rates are drawn between 0.0001 and 1. Write a list of four numbers, `predicted`, right to two
# digits or better:
#
# 1. drawn *evenly*, the share above 0.1;
# 2. drawn *log-uniformly*, the share above 0.1;
# 3. drawn *evenly*, the median (half of the draws lie below it);
# 4. drawn *log-uniformly*, the median.

# %% question="q2"
### BEGIN SOLUTION
predicted = [0.9, 0.25, 0.5, 0.01]
### END SOLUTION
### BEGIN STUDENT
# predicted = ...
### END STUDENT

# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Draw evenly on another scale, then go back. For the predictions, count decades: how many lie between 0.0001 and 1?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The logarithm of the result is uniform between log(low) and log(high). Which logarithm you take does not matter, if the
# way back undoes it. `place` goes the other way: from a number to its share of the ruler.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Draw u from 0 to 1; the result is `low` times the ratio of high to low, raised to the power u. Solve that for u to get
# `place`. The median stands at u = 0.5.
#
# </details>

# %% [markdown]
# Ten random rates of each kind, sorted. Which list would you rather try?

# %% tags=["demo"]
draws = {"even": np.random.default_rng(0).uniform(1e-4, 1, 10)}
draws["log-uniform"] = log_uniform(1e-4, 1, 10, np.random.default_rng(0))
for name, rates in draws.items():
    print(f"{name:11}", *(f"{rate:.4f}" for rate in sorted(rates)))

# %% [markdown]
# ## q3 · Three schedules (4 points)
#
# `t` is the number of the step, a whole number 0, 1, 2, ... Return one number, the rate.
#
# - `cosine_rate(t, initial, lowest, T)`: half a cosine wave, `initial` at t = 0, `lowest` at t = T, half-way between the two
#   at T/2.
# - `cyclic_rate(t, base, top, up, down)`: a straight line from `base` to `top` in `up` steps, a straight line back in `down`
#   steps, over and over.
# - `warmup_rate(t, peak, share, warmup, T)`: a straight line from `share * peak` at t = 0 to `peak` at t = `warmup`; then
#   half a cosine wave from `peak` down to 0, which ends at t = T.
#
# | call | rate |
# |---|---|
# | `cosine_rate(5, 0.5, 0.1, 10)` | 0.3 |
# | `cyclic_rate(2, 0.1, 0.9, 4, 8)` | 0.5, half-way up |
# | `cyclic_rate(20, 0.1, 0.9, 4, 8)` | 0.5, half-way down in the second cycle |
# | `warmup_rate(2, 0.8, 0.25, 4, 20)` | 0.5 |
# | `warmup_rate(12, 0.8, 0.25, 4, 20)` | 0.4, in the middle of the wave |


# %% question="q3"
def cosine_rate(t, initial, lowest, T):
    """Half a cosine wave from initial to lowest in T steps.   -> number"""
    ### BEGIN SOLUTION
    return lowest + (initial - lowest) * (1 + np.cos(np.pi * t / T)) / 2
    ### END SOLUTION


def cyclic_rate(t, base, top, up, down):
    """Up and down between two rates.   -> number"""
    # 1. where in the cycle
    # 2. how far from base to top, as a share
    # 3. the rate
    ### BEGIN SOLUTION
    step = t % (up + down)
    share = step / up if step < up else (up + down - step) / down
    return base + (top - base) * share
    ### END SOLUTION


def warmup_rate(t, peak, share, warmup, T):
    """A ramp, then half a cosine wave down to 0.   -> number"""
    ### BEGIN SOLUTION
    if t < warmup:
        return peak * (share + (1 - share) * t / warmup)
    return peak * (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Every one of them is "lower end plus a share of the way to the upper end". Find the share, a number from 0 to 1.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The cosine of a number from 0 to pi runs from 1 to -1; add 1 and halve. For the cycle, first ask for the rest of t after
# whole cycles; a cycle has up + down steps, and the two sides are divided by different lengths. The wave after the warm-up
# has its own time, which is 0 when it begins.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `t % (up + down)` is the step within the cycle. Below `up` the share is that step by `up`; after it, the steps that are
# left in the cycle by `down`. In the wave, replace t by t - warmup and T by T - warmup.
#
# </details>

# %% [markdown]
# Your schedules train: any class with a method `lr(t)` is one. The rate 1.2 is too large to be kept all the time.


# %% tags=["demo"]
class Mine(dl.Schedule):
    """A schedule made of a function of t."""

    def __init__(self, function):
        self.function = function

    def lr(self, t):
        """The rate at step t."""
        return self.function(t)


yours = {
    "constant": lambda t: 1.2,
    "cosine": lambda t: cosine_rate(t, 1.2, 0.0, 30),
    "cyclic": lambda t: cyclic_rate(t, 0.1, 1.2, 5, 10),
    "warm-up": lambda t: warmup_rate(t, 1.2, 0.1, 8, 30),
}
for name, function in yours.items():
    losses = [validation_loss(1.2, seed=seed, schedule=Mine(function), schedule_by="step") for seed in range(5)]
    print(f"{name:8} mean loss of five trainings {np.mean(losses):.3f}")

# %% [markdown]
# ## q4 · A rate from a range test (4 points)
#
# A range test noted the loss at each of S rising rates.
#
# - `smoothed(losses, window)`: `window` is odd. Entry i is the mean of the `window` losses around i: as many before it as
#   after it. At the two ends, take those that are there.
# - `pick_rate(rates, losses, window)`: smooth the losses; take their slope over the *natural logarithm* of the rates by
#   `np.gradient(curve, np.log(rates))`; return the rate of the steepest fall **on the way to the lowest smoothed loss**, that
#   place included. What comes after it does not count: there a run that was thrown out may be coming back.
#
# **Example.** `smoothed(np.array([0, 3, 0, 0]), 3)` is `[1.5, 1, 1, 0]`.


# %% question="q4"
def smoothed(losses, window):
    """A centred mean, cut off at both ends.   losses (S,), window odd -> (S,)"""
    ### BEGIN SOLUTION
    half = window // 2
    return np.array([losses[max(i - half, 0) : i + half + 1].mean() for i in range(len(losses))])
    ### END SOLUTION


def pick_rate(rates, losses, window):
    """The rate at which the smoothed loss falls fastest.   rates (S,), losses (S,) -> number"""
    # 1. smooth
    # 2. slope over the logarithm of the rate
    # 3. up to the lowest place only
    # 4. the rate there
    ### BEGIN SOLUTION
    curve = smoothed(losses, window)
    slope = np.gradient(curve, np.log(rates))
    return rates[slope[: curve.argmin() + 1].argmin()]
    ### END SOLUTION


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A steep fall is a slope far below 0. Draw a curve that falls, explodes and falls again, and mark what may be chosen.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Half of the window lies on each side: `window // 2`. A slice that begins below 0 counts from the end of the array, so stop
# it at 0; one that ends beyond the array takes what is there. In `pick_rate`, cut the slopes, not the losses, behind the
# lowest smoothed loss.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For each i: the mean of `losses` from i - half (or 0) to i + half, that entry included. Then `argmin` of the curve is the
# lowest place; `argmin` of the slopes up to it, itself included, is the place of the rate.
#
# </details>

# %% [markdown]
# A range test of a real network, judged by you. Train at your rate, at a tenth of it, at ten times.

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = digit_net(32, rng)
run = dl.range_test(net, loss, X_train, y_train, low=1e-3, high=10, batch_size=16, rng=rng)
rate = pick_rate(run.rates, run.losses, 11)
print(f"your rate {rate:.3f}, the library's {run.suggestion:.3f}")
for factor in (0.1, 1, 10):
    print(f"{factor:4} times your rate: loss {validation_loss(factor * rate):.3f}")

# %% [markdown]
# ## q5 · One generation (5 points)
#
# A population has P individuals, each a row of D places from 0 to 1. All chance is given to you as numbers, so your answer is
# exact.
#
# - `tournament(losses, rivals)`: `losses` (P,); `rivals` (M, K) holds M tournaments of K numbers of individuals. Returns the M
#   winners' numbers: in each row the one of the lowest loss, of equals the first that is named.
# - `crossover(mothers, fathers, from_mother)`: all of shape (P, D), the last one True or False. A child takes a place from its
#   mother where `from_mother` is True, from its father elsewhere.
# - `mutate(children, changed, fresh)`: where `changed` is True, the new place is that of `fresh`.
# - `generation(population, losses, rivals, from_mother, changed, fresh)`: `rivals` is (2P, K). The winners of the *first* P
#   tournaments are the mothers of children 0 to P - 1, those of the *last* P their fathers. Cross, mutate, and last of all put
#   the best individual of the old population, unchanged, in the place of child 0. Returns (P, D).
#
# **Example.** Three individuals of losses `[0.5, 0.2, 0.9]`: `tournament(losses, [[0, 2], [1, 0]])` is `[0, 1]`.


# %% question="q5"
def tournament(losses, rivals):
    """Who wins each tournament.   losses (P,), rivals (M, K) -> (M,)"""
    ### BEGIN SOLUTION
    return rivals[np.arange(len(rivals)), losses[rivals].argmin(axis=1)]
    ### END SOLUTION


def crossover(mothers, fathers, from_mother):
    """Each place from one of two parents.   (P, D) three times -> (P, D)"""
    ### BEGIN SOLUTION
    return np.where(from_mother, mothers, fathers)
    ### END SOLUTION


def mutate(children, changed, fresh):
    """Some places anew.   (P, D) three times -> (P, D)"""
    ### BEGIN SOLUTION
    return np.where(changed, fresh, children)
    ### END SOLUTION


def generation(population, losses, rivals, from_mother, changed, fresh):
    """The next population.   population (P, D), losses (P,), rivals (2P, K), the others (P, D) -> (P, D)"""
    # 1. tournaments choose the parents
    # 2. crossover
    # 3. mutation
    # 4. the best survives
    ### BEGIN SOLUTION
    P = len(population)
    parents = population[tournament(losses, rivals)]
    children = crossover(parents[:P], parents[P:], from_mother)
    children = mutate(children, changed, fresh)
    children[0] = population[losses.argmin()]
    return children
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A tournament has three kinds of numbers: individuals, their losses, and places within a row of rivals. Keep them apart. The
# others choose between two arrays, entry by entry.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `losses[rivals]` has the shape of `rivals`. The place of its smallest entry in each row is not yet the winner: the winner
# stands at that place of the row of `rivals`. `np.where` chooses between two arrays. Survival comes last, or mutation could
# spoil it.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Index `rivals` with the row numbers 0 to M - 1 and the places of the smallest losses. Parents are the rows of the population
# at the winners' numbers; split them in the middle. `np.where` returns a new array, so you may write the best individual into
# row 0 of it.
#
# </details>

# %% [markdown]
# Eight generations of eight, on real trainings. Mutation is all that can bring in a new rate.

# %% tags=["demo"]
rng = np.random.default_rng(0)
population = rng.random((8, 2))  # the rate's place, from 0.001 to 10, and that of the hidden units, from 4 to 64
for number in range(8):
    losses = np.array([validation_loss(10 ** (4 * u - 3), round(4 * 16**v)) for u, v in population])
    if number % 2 == 0:
        print(f"generation {number}: best {losses.min():.3f}, median {np.median(losses):.3f}")
    chance = rng.integers(8, size=(16, 2)), rng.random((8, 2)) < 0.5, rng.random((8, 2)) < 0.15, rng.random((8, 2))
    population = generation(population, losses, *chance)

# %% [markdown]
# ## q6 · Repair progressive growing (4 points)
#
# The two functions below were handed to you with a note: *"I grow my network and freeze what it has learned. I set the
# gradients of frozen layers to 0, so nothing can happen to them. Yet they drift, and the new layer makes everything worse."*
#
# Weights are a list of arrays, one per layer, the output layer last; `frozen` is a list of True and False of the same length.
#
# - `grown(weights, frozen, new)`: one layer deeper. The array `new` comes right *before* the output layer. What stood before
#   it is frozen from now on; the new layer and the output learn. Returns the new list of weights and the new list of frozen.
# - `momentum_step(weights, gradients, velocities, frozen, lr, mu, decay)`: one step of SGD with velocity
#   $v \leftarrow \mu v - \alpha (g + \lambda w)$, $w \leftarrow w + v$. A frozen layer keeps its weights *and* its velocity,
#   as they are. Returns the new list of weights and the new list of velocities.
#
# | call | returns |
# |---|---|
# | `grown([A, B], [False, False], C)` | `[A, C, B]`, `[True, False, False]` |
# | `momentum_step([1.0, 1.0], [2.0, 2.0], [0.5, 0.5], [True, False], 0.1, 0.9, 0)` | `[1, 1.25]`, `[0.5, 0.25]` |


# %% question="q6"
def grown(weights, frozen, new):
    """One layer deeper.   lists of L -> lists of L + 1"""
    ### BEGIN SOLUTION
    earlier = weights[:-1]
    return [*earlier, new, weights[-1]], [True] * len(earlier) + [False, False]
    ### END SOLUTION
    ### BEGIN STUDENT
    # return [*weights, new], [True] * len(weights) + [False]
    ### END STUDENT


def momentum_step(weights, gradients, velocities, frozen, lr, mu, decay):
    """One step of every layer that is not frozen.   lists of L -> lists of L"""
    ### BEGIN SOLUTION
    moved, kept = [], []
    for w, g, v, still in zip(weights, gradients, velocities, frozen, strict=True):
        if not still:
            v = mu * v - lr * (g + decay * w)
            w = w + v
        moved.append(w)
        kept.append(v)
    return moved, kept
    ### END SOLUTION
    ### BEGIN STUDENT
    # moved, kept = [], []
    # for w, g, v, still in zip(weights, gradients, velocities, frozen, strict=True):
    #     g = 0 * g if still else g
    #     v = mu * v - lr * (g + decay * w)
    #     moved.append(w + v)
    #     kept.append(v)
    # return moved, kept
    ### END STUDENT


# %% [markdown]
# See for yourself first: does layer 0, which is frozen, stay at 1?

# %% tags=["demo"]
weights, velocities = [1.0, 1.0], [0.5, 0.5]
for _ in range(3):
    weights, velocities = momentum_step(weights, [0.0, 0.0], velocities, [True, False], 0.1, 0.9, 0.2)
    print("weights", np.round(weights, 3), " velocities", np.round(velocities, 3))
print("layers from input to output:", *grown(["first", "output"], [False, False], "new"))

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A gradient of 0 is one of three things that move a weight. Which are the other two? And which layer must fit to the number
# of classes?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The velocity remembers earlier gradients, and weight decay pulls without any. So a frozen layer must not take part in the
# step at all. In `grown`, the output stays last and goes on learning, since the features that it gets are new.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Compute the new v and w only under `if not still`, and append w and v in any case. `weights[:-1]` is everything before the
# output: as many True, then two False.
#
# </details>

# %% [markdown]
# The library does the same. A trained network grows; after five more epochs the first layer is the same to the last bit.

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = digit_net(16, rng)
for stage in range(3):
    if stage:
        net = dl.grow(net, dl.Linear(16, 16, rng=rng), dl.ReLU())
        before = net[0].weight.value.copy()
    optimizer = dl.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-3)
    dl.fit(net, loss, optimizer, X_train, y_train, epochs=5, rng=rng, progress=False)
    same = f", first layer unchanged: {np.array_equal(net[0].weight.value, before)}" if stage else ""
    print(f"{stage + 1} hidden layers: validation accuracy {dl.accuracy(net, X_val, y_val):.1%}{same}")

# %% [markdown]
# ## q7 · How many trials, and who has peeked? (5 points)
#
# **First part.** `trials_needed(share, certainty)`: a share of the space, say 0.05, is good enough. After how many random
# trials is the probability that *at least one* of them lies there at least `certainty`? Return the smallest whole number.
#
# **Second part.** You have made N random trials and kept their losses. What would the *best of n* be, on average, if n trials
# were drawn from these N, each equally likely and with replacement? `expected_best(losses, n)` returns that number, computed and
# not simulated. It is the curve "best so far" of a typical random search, from one search (Dodge et al. 2019).
#
# | call | answer |
# |---|---|
# | `trials_needed(0.5, 0.8)` | 3, since 1 - 0.5³ = 0.875 and 1 - 0.5² = 0.75 |
# | `expected_best([3, 1], 1)` | 2 |
# | `expected_best([3, 1], 2)` | 1.5: the best is 3 only if 3 is drawn twice |


# %% question="q7"
def trials_needed(share, certainty):
    """Random trials until one is in the good share with this certainty.   two numbers from 0 to 1 -> whole number"""
    ### BEGIN SOLUTION
    trials = 1
    while 1 - (1 - share) ** trials < certainty:
        trials += 1
    return trials
    ### END SOLUTION


def expected_best(losses, n):
    """The mean of the lowest of n draws with replacement.   losses (N,) -> number"""
    ### BEGIN SOLUTION
    N = len(losses)
    at_least = (np.arange(N, -1, -1) / N) ** n
    return np.sum(np.sort(losses) * (at_least[:-1] - at_least[1:]))
    ### END SOLUTION


# %% [markdown]
# **Third part.** Eight people report an accuracy on a test set. Whose number is better than what they may expect of new data,
# because the test set took part in a choice or in the preparation? Write a set of names, `peeked`.
#
# | name | what was done |
# |---|---|
# | `"scaled_together"` | all examples were standardised by the mean and deviation of the whole set, then split |
# | `"scaled_in_folds"` | in cross-validation, each fold was standardised by its own training part; the test set by the training set's |
# | `"best_epoch"` | the test loss was measured after each epoch, and the weights of its lowest value restored |
# | `"early_stopping"` | training stopped when the validation loss rose; one test at the end |
# | `"best_seed"` | five seeds were trained, and the best of their five test accuracies reported |
# | `"mean_of_seeds"` | five seeds were trained, and the mean of their five test accuracies reported |
# | `"second_search"` | the test disappointed, so the space was widened and searched again; then the test once more |
# | `"trained_on_both"` | the winner of the search was trained anew on training and validation set together; one test |

# %% question="q7"
### BEGIN SOLUTION
peeked = {"scaled_together", "best_epoch", "best_seed", "second_search"}
### END SOLUTION
### BEGIN STUDENT
# peeked = ...
### END STUDENT

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Ask the opposite: what is the probability that *none* of n trials is good? And that *all* of n draws are at least as large as
# some loss? For the set, look for a decision, or a number used in training, that would change if other examples were in the
# test set.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# None of n: multiply n times. Sort the losses; all n draws are among the i-th smallest or the larger ones with probability
# ((N - i)/N)^n, where i counts from 0. The best *is* the i-th one if that happens, and the same for i + 1 does not.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Count n up until 1 minus that product reaches the certainty. For the second part: each sorted loss times the difference of two
# neighbouring probabilities, added up. For n = 1 it must be the mean of all losses.
#
# </details>

# %% [markdown]
# From 40 real trials, drawn log-uniformly: what a search of n trials may expect.

# %% tags=["demo"]
rng = np.random.default_rng(0)
losses = np.array([validation_loss(10 ** rng.uniform(-3, 1), int(rng.integers(4, 65))) for _ in range(40)])
for n in (1, 2, 5, 10, 20, 40):
    print(f"best of {n:2} trials: {expected_best(losses, n):.3f} on average")
print("to meet the best 5 % with certainty 0.95:", trials_needed(0.05, 0.95), "trials")

# %% [markdown]
# ## All together
#
# Your draw, your schedule and your judgement of the range test find a training; then the library trains on all 1078 digits.

# %% tags=["demo"]
rng = np.random.default_rng(0)
rates = log_uniform(1e-3, 10, 12, rng)
widths = np.round(random_points(np.array([4.0]), np.array([64.0]), 12, rng)[:, 0]).astype(int)
results = [(validation_loss(lr, hidden), lr, hidden) for lr, hidden in zip(rates, widths, strict=True)]
value, lr, hidden = min(results)
print(f"random search of 12: loss {value:.3f} at rate {lr:.3f} with {hidden} units")
net = digit_net(hidden, np.random.default_rng(1))
run = dl.range_test(net, loss, X_train, y_train, low=1e-3, high=10, batch_size=16, rng=np.random.default_rng(1))
peak = pick_rate(run.rates, run.losses, 11)
plan = Mine(lambda t: warmup_rate(t, peak, 0.1, 68, 340))
optimizer = dl.SGD(net.parameters(), lr=peak)
options = {"schedule": plan, "schedule_by": "step", "batch_size": 16, "progress": False}
dl.fit(net, loss, optimizer, X_train, y_train, epochs=5, rng=np.random.default_rng(1), **options)
print(
    f"range test {peak:.3f}, warm-up and cosine, five epochs: validation accuracy {dl.accuracy(net, X_val, y_val):.1%}"
)

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
