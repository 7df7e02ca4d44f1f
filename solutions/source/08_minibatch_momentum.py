# %% [markdown]
# # Exercise 08: Batches and momentum
#
# You cut a training set into batches, predict their noise, and write every step that goes by the name of momentum, until
# your numbers are PyTorch's. Then the library trains on digits with your batches and your steps.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | mini-batches, from a text with gaps | 4 | 8 |
# | q2 | the noise of a batch's gradient | 4 | 12 |
# | q3 | three momentum steps | 5 | 12 |
# | q4 | their conversion, on paper and in code | 4 | 14 |
# | q5 | Nesterov's step, twice | 4 | 12 |
# | q6 | PyTorch's SGD, which somebody broke | 5 | 14 |
# | q7 | the verdict of a fair race | 4 | 12 |
#
# Read [lesson 08](../lessons/08_minibatch_momentum.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("08_minibatch_momentum")

# %%
import dlcourse as dl

# %% [markdown]
# ## Three rules for all questions
#
# 1. **w are weights, g is a gradient, lr a learning rate.** w and g are arrays of one shape, whatever it is.
# 2. **A step returns two things**, the new weights and the new memory. Both are computed from the *old* ones.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong: `v = mu * v` makes a
#    new array, `v *= mu` changes the old one.
#
# The next cell is no question. It loads the petals of the lesson (h = w1 length + w2, mean squared error) and real digits,
# to try your functions on.


# %% tags=["demo"]
flowers, _ = dl.data.iris()
A, width = np.column_stack([flowers[:, 2], np.ones(150)]), flowers[:, 3]  # (150, 2), (150,)


def petal_gradient(w):
    """The gradient of all 150 flowers."""
    return 2 / 150 * A.T @ (A @ w - width)


X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_test = dl.data.standardise(X_train, X_test)

# %% [markdown]
# ## q1 · Mini-batches, completed (4 points)
#
# One epoch: every example once, in a new order, `batch_size` at a time. The last batch takes what is left.
#
# - `minibatches(X, y, batch_size, rng)`: `X` of shape (N, D), `y` (N,), a whole number, and a random generator. Returns a
#   list of pairs `(X_batch, y_batch)`.
# - Ask the generator once: `rng.permutation(N)` gives the numbers 0 to N - 1 in random order. That order counts.
#
# **Example.** With five examples, batches of two, and a generator that gives the order 3, 0, 4, 1, 2, the batches hold the
# rows `[3, 0]`, `[4, 1]`, `[2]`.
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`.


# %% question="q1"
def minibatches(X, y, batch_size, rng):
    """One epoch in batches.   X (N, D), y (N,) -> list of pairs (B, D), (B,)"""
    ### BEGIN SOLUTION
    # 1. shuffle the row numbers
    order = rng.permutation(len(X))
    parts = []
    # 2. cut: every place where a batch starts
    for start in range(0, len(X), batch_size):
        # 3. the rows of this batch
        rows = order[start : start + batch_size]
        # 4. examples with their own targets
        parts.append((X[rows], y[rows]))
    return parts
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. shuffle the row numbers
    # order = ...
    # parts = []
    # # 2. cut: every place where a batch starts
    # for start in ...:
    #     # 3. the rows of this batch
    #     rows = order[start:...]  # up to where?
    #     # 4. examples with their own targets
    #     parts.append((..., ...))
    # return parts
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Shuffle numbers, not data: with one list of row numbers you pick the rows of X and the entries of y, and they stay
# together.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Batches start at 0, batch_size, twice batch_size and so on, as long as that is below N: `range` can count in such steps.
# A slice that ends beyond the end of an array takes what is there.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `rows` is the slice of `order` from start to start plus batch_size. `X[rows]` picks those rows in that order, and `y` is
# indexed in the same way.
#
# </details>

# %% [markdown]
# **Now it trains:** two epochs of softmax regression on digits, at one rate. Predict: which batch size ends lowest?

# %% tags=["demo"]
for batch_size in (1348, 128, 16):
    rng = np.random.default_rng(0)
    net, loss = dl.Linear(64, 10, rng=rng), dl.CrossEntropyLoss()
    optimizer, updates = dl.SGD(net.parameters(), lr=0.1), 0
    for _ in range(2):
        for X_batch, y_batch in minibatches(X_train, y_train, batch_size, rng):
            loss.forward(net(X_batch), y_batch)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
            updates += 1
    print(f"batches of {batch_size:4}: {updates:3} updates, loss {loss(net(X_train), y_train):.3f}")

# %% [markdown]
# ## q2 · How noisy is a batch? (4 points)
#
# `G` (N, D) holds one gradient per example. A batch of size B takes the mean of B rows. How far is it from the mean of all
# rows? Its variance, the expected *squared distance*, is
#
# $$\frac{\sigma^2}{B} \text{ with replacement}, \qquad \frac{\sigma^2}{B}\cdot\frac{N-B}{N-1} \text{ without}, \qquad \sigma^2 = \frac1N\sum_n \lVert g_n - \bar g\rVert^2$$
#
# where $\bar g$ is the mean of all rows, and $\lVert\cdot\rVert^2$ adds the squares of all D entries.
#
# - `batch_variance(G, batch_size, replacement)`: `replacement` is True or False. Returns one number.
# - `batch_needed(G, target)`: the smallest batch size whose variance, *with* replacement, is at most `target`. Returns a
#   whole number.
#
# **Example.** `G = [[1, 0], [3, 0], [2, 3]]` has the mean [2, 1]. The squared distances are 2, 2 and 4, so σ² = 8/3.
#
# | call | answer |
# |---|---|
# | `batch_variance(G, 2, True)` | 4/3 |
# | `batch_variance(G, 2, False)` | 2/3 |
# | `batch_needed(G, 0.5)` | 6, because σ²/5 is still 0.533 |


# %% question="q2"
def batch_variance(G, batch_size, replacement):
    """Expected squared distance of a batch's gradient from the whole set's.   G (N, D) -> number"""
    # 1. how far the single gradients are from their mean
    # 2. what is left of it in a batch
    ### BEGIN SOLUTION
    N = len(G)
    sigma2 = np.mean(np.sum((G - G.mean(axis=0)) ** 2, axis=1))
    variance = sigma2 / batch_size
    return variance if replacement else variance * (N - batch_size) / (N - 1)
    ### END SOLUTION


def batch_needed(G, target):
    """The smallest batch, drawn with replacement, of variance at most target.   G (N, D) -> whole number"""
    ### BEGIN SOLUTION
    return int(np.ceil(batch_variance(G, 1, True) / target))
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# First σ², from all rows; then one division. For `batch_needed`, solve σ²/B = target for B, and think about which way to
# round.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Subtract the mean *row* from every row, square, add up along each row, and take the mean of these N numbers. N divides,
# not N - 1: these are all the examples there are. A batch that is a little too small misses the target, so round up.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `G.mean(axis=0)` is the mean row; `.sum(axis=1)` of the squared differences gives the squared distances. Without
# replacement multiply by (N - B) and divide by (N - 1). `np.ceil` rounds up, `int` makes a whole number of it.
#
# </details>

# %% [markdown]
# Measured and predicted, on the petals. Cutting a shuffled set draws without replacement.

# %% tags=["demo"]
G = 2 * (A @ np.zeros(2) - width)[:, np.newaxis] * A  # (150, 2)
rng = np.random.default_rng(0)
for B in (5, 25, 75):
    batch_gradients = np.array(
        [G[rng.permutation(150)[i : i + B]].mean(axis=0) for _ in range(400) for i in range(0, 150, B)]
    )
    measured = np.mean(np.sum((batch_gradients - G.mean(axis=0)) ** 2, axis=1))
    print(f"B = {B:2}: measured {measured:6.3f}, your formula {batch_variance(G, B, False):6.3f}")
print("with replacement, a variance of 1 needs", batch_needed(G, 1.0), "examples")

# %% [markdown]
# ## q3 · Three momentum steps (5 points)
#
# | | memory | weights |
# |---|---|---|
# | velocity | $v \leftarrow \mu v - \alpha g$ | $w \leftarrow w + v$ |
# | average | $a \leftarrow \beta a + (1-\beta) g$ | $w \leftarrow w - \eta a$ |
# | PyTorch's buffer | $b \leftarrow \mu b + (1-\tau) g$ | $w \leftarrow w - \gamma b$ |
#
# τ is the `dampening`. Before the first step PyTorch has no buffer; the first step takes $b = g$, undamped.
#
# - `velocity_step(w, v, g, lr, mu)`: returns the new `w` and the new `v`.
# - `average_step(w, a, g, lr, beta)`: returns the new `w` and the new `a`.
# - `buffer_step(w, b, g, lr, mu, dampening)`: `b` is `None` before the first step. Returns the new `w` and the new `b`.
#
# **Example.** With w = 1 and g = 2:
#
# | call | w | memory |
# |---|---|---|
# | `velocity_step(w, -0.5, g, 0.1, 0.9)` | 0.35 | -0.65 |
# | `average_step(w, 5, g, 0.1, 0.9)` | 0.53 | 4.7 |
# | `buffer_step(w, 5, g, 0.1, 0.9, 0.5)` | 0.45 | 5.5 |
# | `buffer_step(w, None, g, 0.1, 0.9, 0.5)` | 0.8 | 2 |


# %% question="q3"
def velocity_step(w, v, g, lr, mu):
    """One step with a velocity.   w, v, g of one shape -> w, v"""
    # 1. the memory
    # 2. the weights
    ### BEGIN SOLUTION
    v = mu * v - lr * g
    return w + v, v
    ### END SOLUTION


def average_step(w, a, g, lr, beta):
    """One step with an average of gradients.   w, a, g of one shape -> w, a"""
    # 1. the memory
    # 2. the weights
    ### BEGIN SOLUTION
    a = beta * a + (1 - beta) * g
    return w - lr * a, a
    ### END SOLUTION


def buffer_step(w, b, g, lr, mu, dampening):
    """One step with PyTorch's buffer.   w, g of one shape, b like them or None -> w, b"""
    # 1. the memory
    # 2. the weights
    ### BEGIN SOLUTION
    b = g if b is None else mu * b + (1 - dampening) * g
    return w - lr * b, b
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two lines each, in the order of the table: first the memory, from the old memory and the gradient; then the weights, with
# the *new* memory.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The velocity has the rate and the minus sign inside, so the weights only add it. The other two keep gradients, so the
# weights subtract the rate times the memory. Ask `if b is None` before you multiply b by anything.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# New v: mu times v, minus lr times g; return w plus the new v, and the new v. New a: beta times a, plus what beta leaves
# to 1, times g. New b: g itself if there is none yet, else mu times b plus (1 - dampening) times g.
#
# </details>

# %% [markdown]
# One valley, three recipes, 60 steps. The last line has the number of the first, not its path.

# %% tags=["demo"]
w = {"velocity at 0.02": np.zeros(2), "PyTorch at 0.02": np.zeros(2), "average at 0.2": np.zeros(2)}
w["average at 0.02"] = np.zeros(2)
memory = dict.fromkeys(w, np.zeros(2))
for _ in range(60):
    for name in w:
        given = (w[name], memory[name], petal_gradient(w[name]), float(name.split()[-1]), 0.9)
        if name.startswith("PyTorch"):
            w[name], memory[name] = buffer_step(*given, 0.0)
        else:
            w[name], memory[name] = (velocity_step if name.startswith("velocity") else average_step)(*given)
for name, place in w.items():
    print(f"{name:16} {place.round(6)}")

# %% [markdown]
# ## q4 · The conversion (4 points)
#
# **First part, on paper.** The gradient is g = 2 at every step, the rate is 0.1, μ = β = 0.9, and all memories start at
# nothing. How far does w move, as a positive number? Write a list of six numbers, `step_lengths`:
#
# - 1 to 3: the *first* step of the velocity, of the average, and of PyTorch's buffer with dampening 0.9;
# - 4 to 6: the step after *very many* steps, of the same three.

# %% question="q4"
### BEGIN SOLUTION
step_lengths = [0.2, 0.02, 0.2, 2.0, 0.2, 0.2]
### END SOLUTION
### BEGIN STUDENT
# step_lengths = ...
### END STUDENT

# %% [markdown]
# **Second part.** `convert(lr, momentum, given, wanted)`: `given` and `wanted` are each one of `"velocity"`, `"average"`,
# `"pytorch"` (dampening 0). The convention `given` runs at rate `lr`. Return the rate at which `wanted` takes the same
# path; `momentum` is μ or β, the same for both.
#
# **Example.** `convert(0.5, 0.75, "average", "pytorch")` is 0.125.


# %% question="q4"
def convert(lr, momentum, given, wanted):
    """The rate at which another convention takes the same path.   two numbers, two names -> number"""
    ### BEGIN SOLUTION
    of_gradient = lr * (1 - momentum) if given == "average" else lr
    return of_gradient / (1 - momentum) if wanted == "average" else of_gradient
    ### END SOLUTION


# %% [markdown]
# **Third part.** The velocity and PyTorch's buffer run side by side, from the same weights, memories at nothing, both at
# rate α with momentum μ. Each line changes one thing for *both*, except where it says otherwise. In which cases do the
# weights stay the same in all steps? Write a set of names, `same_path`.
#
# | name | what changes |
# |---|---|
# | `"mini_batches"` | the gradients come from the same random batches |
# | `"rate_drops"` | the rate is divided by 10 after 50 steps |
# | `"momentum_rises"` | μ is 0.5 for 50 steps, then 0.9 |
# | `"l2"` | λ w is added to every gradient |
# | `"clipping"` | every gradient is shortened to length 1 |
# | `"dampening"` | PyTorch alone gets dampening = μ, and the rate α/(1 - μ) for it |
# | `"nesterov"` | both use Nesterov: the velocity looks ahead from w, PyTorch shows what it stores |

# %% question="q4"
### BEGIN SOLUTION
same_path = {"mini_batches", "momentum_rises", "l2", "clipping"}
### END SOLUTION
### BEGIN STUDENT
# same_path = ...
### END STUDENT

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the paper part, write down one step, then ask which memory stays as it is from step to step: m = 0.9 m + something.
# For the last part, suppose v = -α b holds before a step. Does it hold after it?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# If v = 0.9 v - 0.2 for ever, then 0.1 v = -0.2. The average of many equal gradients is that gradient. PyTorch's first step
# is undamped. For `convert`: what one gradient moves at once is lr g in two conventions, and lr (1 - β) g in the third.
#
# For the set: the velocity has the *old* rate inside. What happens to a gradient before it reaches the two memories is the
# same for both.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `convert` in two steps: from `given` to what one gradient moves at once (times 1 - momentum if it is the average), and
# from there to `wanted` (divided by 1 - momentum if that is the average). For each name of the set you can let two short
# loops run side by side and compare.
#
# </details>

# %% [markdown]
# ## q5 · Nesterov's step, twice (4 points)
#
# First form, the weights and a velocity:
#
# $$v \leftarrow \mu v - \alpha\, \nabla L(w + \mu v), \qquad w \leftarrow w + v$$
#
# Second form, as PyTorch has it. It stores the look-ahead point θ = w + μ v and a buffer b with v = -α b:
#
# $$g = \nabla L(\theta), \qquad b \leftarrow \mu b + g, \qquad \theta \leftarrow \theta - \alpha\,(g + \mu b)$$
#
# - `nesterov_step(w, v, gradient, lr, mu)`: `gradient` is a function; `gradient(point)` gives the gradient at any point.
#   Returns the new `w` and the new `v`.
# - `lookahead_step(theta, b, gradient, lr, mu)`: returns the new `theta` and the new `b`.
#
# **Example.** With `gradient(point) = 4 * point`, lr = 0.1 and mu = 0.8:
#
# | call | returns |
# |---|---|
# | `nesterov_step(1.0, -0.5, ...)` | 0.36 and -0.64 |
# | `lookahead_step(0.6, 5.0, ...)` | -0.152 and 6.4 |
#
# The two are one step: 0.6 = 1 + 0.8 · (-0.5), and -0.152 = 0.36 + 0.8 · (-0.64).


# %% question="q5"
def nesterov_step(w, v, gradient, lr, mu):
    """One step, the gradient taken ahead.   w, v of one shape -> w, v"""
    # 1. the slope where momentum leads
    # 2. the memory
    # 3. the weights
    ### BEGIN SOLUTION
    g = gradient(w + mu * v)
    v = mu * v - lr * g
    return w + v, v
    ### END SOLUTION


def lookahead_step(theta, b, gradient, lr, mu):
    """The same step, for the point that lies ahead.   theta, b of one shape -> theta, b"""
    # 1. the slope where you are
    # 2. the memory
    # 3. the point ahead of the next weights
    ### BEGIN SOLUTION
    g = gradient(theta)
    b = mu * b + g
    return theta - lr * (g + mu * b), b
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# In the first form the gradient is taken at one place and the step starts from another. In the second form there is only
# one place, and the step is longer.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Looking ahead is for the gradient only: w moves by v from where it was. In the second form the buffer is renewed first,
# and the *new* b goes into the step.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# g is `gradient` of w plus mu times v. Then as with plain momentum. Second: g is `gradient` of theta; the new b is mu times
# b plus g; the new theta is theta minus lr times the sum of g and mu times the new b.
#
# </details>

# %% tags=["demo"]
w, v, theta, b = (np.zeros(2) for _ in range(4))
for t in range(4):
    print(f"step {t}: w {w.round(4)}  w + mu v {(w + 0.9 * v).round(4)}  theta {theta.round(4)}")
    w, v = nesterov_step(w, v, petal_gradient, 0.02, 0.9)
    theta, b = lookahead_step(theta, b, petal_gradient, 0.02, 0.9)

# %% [markdown]
# ## q6 · Repair PyTorch's SGD (5 points)
#
# The function below was handed to you with a note: *"Plain SGD and plain momentum agree with PyTorch to the last digit. With
# any other setting my numbers are different, from the first or the second step on."*
#
# Find what is wrong and repair it. There is a bug for each line of this table. It shows what PyTorch 2.13.0 gives for
# `gradient(w) = w`, the start 1 and lr 0.1:
#
# | settings | after 1, 2, 3 steps |
# |---|---|
# | momentum 0.9, dampening 0.5 | 0.9, 0.765, 0.60525 |
# | momentum 0.9, nesterov | 0.81, 0.5751, 0.327321 |
# | momentum 0.9, weight decay 0.5 | 0.85, 0.5875, 0.263125 |
# | momentum 0, dampening 0.5 | 0.9, 0.81, 0.729 |
#
# In words, from PyTorch's documentation: weight decay λ adds λ w to the gradient, before anything else. Without momentum
# there is no buffer, and dampening has no say. The first buffer is the gradient itself. Nesterov steps along g + μ b.
#
# - `sgd(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps)`: `gradient(w)` is a function, `w` (D,) the
#   start, `nesterov` True or False. Returns all places, an array of shape (steps + 1, D).


# %% question="q6"
def sgd(gradient, w, lr, momentum, dampening, nesterov, weight_decay, steps):
    """Every place that PyTorch's SGD visits.   w (D,) -> (steps + 1, D)"""
    ### BEGIN SOLUTION
    path, b = [w], None
    for _ in range(steps):
        g = gradient(w) + weight_decay * w
        if momentum == 0:
            step = g
        else:
            b = g if b is None else momentum * b + (1 - dampening) * g
            step = g + momentum * b if nesterov else b
        w = w - lr * step
        path.append(w)
    return np.array(path)
    ### END SOLUTION
    ### BEGIN STUDENT
    # path, b = [w], np.zeros_like(w)
    # for _ in range(steps):
    #     g = gradient(w)
    #     b = momentum * b + (1 - dampening) * g
    #     step = b + momentum * g if nesterov else b
    #     w = (1 - lr * weight_decay) * w - lr * step
    #     path.append(w)
    # return np.array(path)
    ### END STUDENT


# %% [markdown]
# See for yourself first: how far is it from the table?

# %% tags=["demo"]
settings = {"dampening": (0.9, 0.5, False, 0), "nesterov": (0.9, 0, True, 0), "weight decay": (0.9, 0, False, 0.5)}
for name, case in {**settings, "no momentum": (0, 0.5, False, 0)}.items():
    print(f"{name:12}", sgd(lambda w: w, np.array([1.0]), 0.1, *case, steps=3).ravel().round(6))

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go through the four sentences "in words" and look for the line of code that says the same. Each bug has one row of the
# table, so repair one at a time and look again.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Shrinking w by itself is true weight decay; PyTorch's SGD puts λ w into g, where the buffer remembers it. A buffer that
# starts at zeros damps the first gradient: start from `None`. In Nesterov's step, which of the two is multiplied by μ?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# First line of the loop: g is the gradient plus weight_decay times w. Then: if momentum is 0, step along g. Otherwise b is
# g if it is None, else momentum times b plus (1 - dampening) times g; and the step is g plus momentum times b with Nesterov,
# b without. Last, w minus lr times the step.
#
# </details>

# %% [markdown]
# All settings at once, on the petals, beside the library.

# %% tags=["demo"]
for momentum, dampening, nesterov, weight_decay in [(0.9, 0.3, False, 0.1), (0.9, 0.0, True, 0.1)]:
    p = dl.Parameter(np.zeros(2))
    library = dl.SGD([p], 0.02, momentum, dampening, nesterov, weight_decay)
    for _ in range(10):
        p.grad = petal_gradient(p.value)
        library.step()
    mine = sgd(petal_gradient, np.zeros(2), 0.02, momentum, dampening, nesterov, weight_decay, steps=10)[-1]
    print("yours", mine.round(9), " the library", p.value.round(9))

# %% [markdown]
# ## q7 · A fair race (4 points)
#
# Somebody trained K optimizers at R learning rates each, with S seeds to tune on and T other seeds to race with, and wrote
# down the last losses. A run that diverged has the loss `inf`. You are the judge.
#
# - Each optimizer gets **its own rate**: the one whose *mean* loss over the **tuning** seeds is lowest.
# - Its score is the *median* of its **race** losses at that rate.
# - The winner has the lowest score.
#
# `fair_race(rates, tuning, race)`: `rates` (R,), `tuning` (K, R, S), `race` (K, R, T). Returns three things: the rates that
# were chosen (K,), the scores (K,), and the number of the winner, counted from 0.
#
# **Example.** Two optimizers, two rates, two seeds each:
#
# ```
# rates = [0.1, 1]
# tuning = [[[4, 6], [2, 2]],     optimizer 0: means 5 and 2, so its rate is 1
#           [[3, 3], [1, inf]]]   optimizer 1: one run at rate 1 diverged, so its rate is 0.1
# race =   [[[4, 4], [3, 5]],     scores: 4 for optimizer 0, at its rate 1
#           [[2, 4], [0, 1]]]             3 for optimizer 1, at its rate 0.1
#
# fair_race(rates, tuning, race) -> [1, 0.1], [4, 3], 1
# ```


# %% question="q7"
def fair_race(rates, tuning, race):
    """Each optimizer at its own tuned rate.   rates (R,), tuning (K, R, S), race (K, R, T) -> (K,), (K,), number"""
    ### BEGIN SOLUTION
    own = tuning.mean(axis=2).argmin(axis=1)
    scores = np.median(race[np.arange(len(race)), own], axis=1)
    return rates[own], scores, scores.argmin()
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Decide the rates from `tuning` alone. Only then look at `race`, and there only at the chosen rates: who also looks at the
# others, or tunes on the race, gives the lucky ones an advantage.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The mean over seeds leaves a table (K, R); the place of the smallest entry in each *row* is that optimizer's choice. A loss
# of inf makes a mean inf, and that is as it should be. Then pick `race[k, choice]` for each k.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `own` is `argmin(axis=1)` of `tuning.mean(axis=2)`. A loop over k collects `np.median(race[k, own[k]])`. Return rates[own],
# the array of scores, and the argmin of the scores.
#
# </details>

# %% [markdown]
# You judge a real race: a hidden layer of 16 units, two epochs of digits in batches of 64. Predict the order.

# %% tags=["demo"]
racers = {"plain": {}, "momentum": {"momentum": 0.9}, "Nesterov": {"momentum": 0.9, "nesterov": True}}
rates = np.array([0.1, 0.4, 1.6])


def last_loss(settings, lr, seed):
    rng, loss = np.random.default_rng(seed), dl.CrossEntropyLoss()
    net = dl.Sequential(dl.Linear(64, 16, rng=rng), dl.Tanh(), dl.Linear(16, 10, rng=rng))
    optimizer = dl.SGD(net.parameters(), lr=lr, **settings)
    dl.fit(net, loss, optimizer, X_train, y_train, epochs=2, batch_size=64, rng=rng, progress=False)
    return loss(net(X_train), y_train)


tuning, race = (
    np.array([[[last_loss(settings, lr, seed) for seed in seeds] for lr in rates] for settings in racers.values()])
    for seeds in ((0, 1), (2, 3, 4))
)
chosen, scores, winner = fair_race(rates, tuning, race)
for name, lr, score in zip(racers, chosen, scores, strict=True):
    print(f"{name:8} at its own rate {lr}: {score:.4f}")
print("the winner:", list(racers)[winner])

# %% [markdown]
# ## All together
#
# The library's loop with your batches and your PyTorch step, beside the library alone. A new optimizer needs one method:
# `update` gets the weights, their gradient, the number of the step, and a memory, and changes weights and memory in place.


# %% tags=["demo"]
class MyMomentum(dl.optim.Optimizer):
    """Gradient descent with the learner's own buffer."""

    def remembers(self):
        """A buffer that starts at zeros."""
        return {"buffer": 0.0}

    def update(self, w, g, t, memory):
        """One step."""
        b = None if t == 1 else memory["buffer"]
        w[:], memory["buffer"][:] = buffer_step(w, b, g, self.lr, 0.9, 0.0)


def train_digits(make_optimizer, cut):
    rng = np.random.default_rng(0)
    net, loss = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng)), dl.CrossEntropyLoss()
    optimizer = make_optimizer(net.parameters())
    for _ in range(5):
        for X_batch, y_batch in cut(X_train, y_train, 64, rng):
            loss.forward(net(X_batch), y_batch)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
    return dl.accuracy(net, X_test, y_test), net[0].weight.value[20, 0]


def library_cut(X, y, batch_size, rng):
    return dl.data.batches(X, y, batch_size, rng=rng)


makers = {
    "yours": (lambda p: MyMomentum(p, lr=0.2), minibatches),
    "the library": (lambda p: dl.SGD(p, lr=0.2, momentum=0.9), library_cut),
}
for name, (make_optimizer, cut) in makers.items():
    accuracy, weight = train_digits(make_optimizer, cut)
    print(f"{name:11}: {accuracy:.1%} of {len(y_test)} unseen digits, one of its weights {weight:.9f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
