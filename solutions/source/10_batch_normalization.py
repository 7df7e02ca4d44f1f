# %% [markdown]
# # Exercise 10: Batch normalisation
#
# You write a batch-norm layer whole: forward, in training and in evaluation, with running statistics that equal PyTorch's,
# and backward, with a gradient check that cannot be fooled. Then you fold it away, repair one for images, and the library
# trains on digits with yours.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | forward in training, from a text with gaps | 3 | 8 |
# | q2 | training, evaluation and what is kept between them | 5 | 15 |
# | q3 | backward | 5 | 15 |
# | q4 | a gradient check, and what it must not be asked | 4 | 15 |
# | q5 | folding, to both sides | 4 | 12 |
# | q6 | a layer for images, which somebody broke | 5 | 15 |
# | q7 | what changes nothing | 4 | 12 |
#
# Read [lesson 10](../lessons/10_batch_normalization.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("10_batch_normalization")

# %%
import dlcourse as dl

F = dl.F

# %% [markdown]
# ## Three rules for all questions
#
# 1. **x has one row per example and one column per unit**, shape (N, D); images are (N, C, H, W). gamma, beta, means and
#    variances have one entry per unit or channel.
# 2. **Every formula is yours to write.** `F.batch_norm` and its relatives are there to compare with, not to call.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong: `x = x - mean` makes a
#    new array, `x -= mean` changes the old one.
#
# The next cell is no question. It loads digits, to try your functions on.


# %% tags=["demo"]
X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_test = dl.data.standardise(X_train, X_test)
X_train, y_train = X_train[:1344], y_train[:1344]  # 21 batches of 64, none of them short

# %% [markdown]
# ## q1 · Forward in training, completed (3 points)
#
# For each unit alone, over the batch:
#
# $$\mu = \frac1m \sum_i x_i, \qquad v = \frac1m \sum_i (x_i - \mu)^2, \qquad \hat x_i = \frac{x_i - \mu}{\sqrt{v + \varepsilon}}, \qquad y_i = \gamma\,\hat x_i + \beta$$
#
# - `batch_norm(x, gamma, beta, eps)`: `x` (N, D), `gamma` and `beta` (D,), `eps` a number. Returns `y` (N, D) and the cache
#   `(x_hat, std, gamma)`, where `std` is the root of v + ε.
#
# **Example.** With two units, gamma = [1, 3], beta = [0, 2] and an eps of nearly 0:
#
# ```
# x = [[1, 5],     mean = [3, 5]     x_hat = [[-1, 0],     y = [[-1, 2],
#      [5, 5]]     std  = [2, 0]              [ 1, 0]]          [ 1, 2]]
# ```
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`.


# %% question="q1"
def batch_norm(x, gamma, beta, eps=1e-5):
    """Normalise each unit over the batch.   x (N, D), gamma (D,), beta (D,) -> y (N, D), cache (x_hat, std, gamma)"""
    ### BEGIN SOLUTION
    # 1. one mean per unit: (D,)
    mean = x.mean(axis=0)
    # 2. one variance per unit, divided by the number of examples: (D,)
    var = ((x - mean) ** 2).mean(axis=0)
    # 3. the deviation, with eps
    std = np.sqrt(var + eps)
    # 4. normalise: (N, D)
    x_hat = (x - mean) / std
    # 5. scale and shift
    y = gamma * x_hat + beta
    return y, (x_hat, std, gamma)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. one mean per unit: (D,)
    # mean = ...
    # # 2. one variance per unit, divided by the number of examples: (D,)
    # var = ...
    # # 3. the deviation, with eps
    # std = ...
    # # 4. normalise: (N, D)
    # x_hat = ...
    # # 5. scale and shift
    # y = ...
    # return y, (x_hat, std, gamma)
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Every unit is a column. "Over the batch" means: down the column.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `x.mean(axis=0)` gives one number per column, and `x - mean` subtracts it from every row. The variance is the mean of the
# squared differences. eps is added to the variance, under the root.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# var: subtract the mean, square, take the mean along axis 0. std: `np.sqrt` of var plus eps. x_hat: the differences divided
# by std. y: gamma times x_hat, plus beta.
#
# </details>

# %% [markdown]
# Real units are far from mean 0 and deviation 1. Predict: what are mean and deviation after your function?

# %% tags=["demo"]
z = X_train[:64] @ dl.init.normal((64, 3), std=2.0, rng=np.random.default_rng(0)) + np.array([0.0, 50.0, -3.0])
y_demo, _ = batch_norm(z, np.array([1.0, 2.0, 0.1]), np.array([0.0, 0.0, 7.0]))
print("before: mean", z.mean(axis=0).round(2), " deviation", z.std(axis=0).round(2))
print("after:  mean", y_demo.mean(axis=0).round(2) + 0.0, " deviation", y_demo.std(axis=0).round(2))

# %% [markdown]
# ## q2 · Training, evaluation, and what is kept (5 points)
#
# One function for both modes. Its arguments stand in the order of `torch.nn.functional.batch_norm`, which changes the
# running statistics in place; yours returns new ones.
#
# - `batch_norm_layer(x, running_mean, running_var, gamma, beta, training, momentum, eps)`: `x` (N, D), `training` True or
#   False, the others as you know them. Returns `y`, the new `running_mean` and the new `running_var`.
# - **In training** the batch is normalised by its own mean and variance (divided by N). Both running statistics move the
#   share `momentum` of the way towards the batch's mean and its *unbiased* variance (divided by N - 1).
# - **In evaluation** the running statistics normalise, and stay as they are.
# - In training one example alone is refused, as PyTorch does: `raise ValueError("...")` with a message of your own. In
#   evaluation one example is fine.
#
# **Example.** One unit, x = [[0], [2]], running_mean = [0], running_var = [1], gamma = [1], beta = [0], momentum = 0.1, eps of
# nearly 0:
#
# | training | y | running_mean | running_var |
# |---|---|---|---|
# | True | [[-1], [1]] | [0.1] | [1.1] |
# | False | [[0], [2]] | [0] | [1] |


# %% question="q2"
def batch_norm_layer(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    """Both modes of batch normalisation.   x (N, D), the others (D,) -> y (N, D), running_mean (D,), running_var (D,)"""
    # 1. what normalises in this mode
    # 2. what is kept
    # 3. normalise, scale and shift
    ### BEGIN SOLUTION
    mean, var = running_mean, running_var
    if training:
        N = len(x)
        if N == 1:
            raise ValueError("one example has no spread: expected more than one value per unit in training")
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * N / (N - 1)
    y = gamma * (x - mean) / np.sqrt(var + eps) + beta
    return y, running_mean, running_var
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# There are two variances in training: one normalises the batch, the other one is kept. And there are two pairs of
# statistics: decide by the mode which one normalises.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# "Move the share momentum of the way": the old value keeps the share 1 - momentum, the new one gets the share momentum. The
# unbiased variance is the other one times N / (N - 1).
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Begin with mean and var as the running ones. `if training:` refuse a batch of one; replace both by the batch's own,
# `x.mean(axis=0)` and `x.var(axis=0)`; then renew both running ones. Behind the `if`, normalise with mean and var, whichever
# they are now.
#
# </details>

# %% [markdown]
# Ten batches from data of mean 5 and variance 9. Predict: where are the running statistics then, and how much of their start
# is left?

# %% tags=["demo"]
rng = np.random.default_rng(0)
kept = np.zeros(1), np.ones(1)
for _ in range(10):
    _, *kept = batch_norm_layer(rng.normal(5, 3, size=(64, 1)), *kept, np.ones(1), np.zeros(1), True)
print(f"running mean {kept[0][0]:.2f}, running variance {kept[1][0]:.2f}; of the start {0.9**10:.0%} is left")

# %% [markdown]
# ## q3 · The way back (5 points)
#
# The gradients in training, from `dy` (N, D). All means are over the batch, for each unit alone:
#
# $$d\beta = \sum_i dy_i, \qquad d\gamma = \sum_i dy_i\, \hat x_i, \qquad g = \gamma\, dy, \qquad dx_i = \frac{1}{\text{std}} \big( g_i - \overline{g} - \hat x_i\, \overline{g \hat x} \big)$$
#
# - `batch_norm_backward(dy, cache)`: the cache is `(x_hat, std, gamma)` of shapes (N, D), (D,), (D,). Returns `dx` (N, D),
#   `dgamma` (D,) and `dbeta` (D,).
#
# **Example.** One unit, x_hat = [[-1], [1]], std = [2], gamma = [3]: a stretch and a shift of two values is all there is, so
# for *every* dy the answer dx is [[0], [0]]. With dy = [[5], [1]], dgamma = [-4] and dbeta = [6].


# %% question="q3"
def batch_norm_backward(dy, cache):
    """Back through scale, deviation and mean.   dy (N, D) -> dx (N, D), dgamma (D,), dbeta (D,)"""
    # 1. the parameters' gradients
    # 2. what arrives at x_hat
    # 3. to 5. take out what shifts and what stretches
    ### BEGIN SOLUTION
    x_hat, std, gamma = cache
    dbeta = dy.sum(axis=0)
    dgamma = (dy * x_hat).sum(axis=0)
    g = gamma * dy
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / std
    return dx, dgamma, dbeta
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two gradients are sums over the batch, because one gamma and one beta serve all examples. dx has three parts: what comes
# directly, and what comes by the mean and by the deviation.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The two bars are means along axis 0, of g and of g times x_hat: one number per unit. The second one is then multiplied by
# x_hat again, which gives each example its own share.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# g is gamma times dy. From it subtract its own mean along axis 0, and x_hat times the mean of g times x_hat; divide what is left
# by std. dbeta is `dy.sum(axis=0)`; for dgamma, multiply dy by x_hat first.
#
# </details>

# %% tags=["demo"]
rng = np.random.default_rng(0)
x_demo, dy_demo = rng.normal(3, 2, size=(6, 2)), rng.normal(size=(6, 2))
_, (x_hat, std, gamma, _) = F.batch_norm(x_demo, [1.5, -0.5], [0.0, 0.0])
dx, dgamma, dbeta = batch_norm_backward(dy_demo, (x_hat, std[0], gamma))
for d in (0, 1):
    print(f"unit {d}: dx adds up to {dx[:, d].sum():.0e}, dx times x_hat to {np.vdot(dx[:, d], x_hat[:, d]):.0e}")
print("so no shift of all inputs is asked for, and no stretch")

# %% [markdown]
# ## q4 · A gradient check (4 points)
#
# Is a backward pass right? With numbers `dy` of your choice, look at the one number
#
# $$L = \sum_{n,d} dy_{nd}\; y_{nd}$$
#
# Its slopes are exactly what backward answers for this `dy`. So measure them: move one entry of x, gamma or beta by h up, then
# by h down, and take the difference of L divided by 2h.
#
# **First part.** `worst_errors(forward, backward, x, gamma, beta, dy, h)`: `forward(x, gamma, beta)` gives `y` and a cache,
# `backward(dy, cache)` gives `dx`, `dgamma`, `dbeta`. Returns three numbers: for each of the three gradients the largest
# distance |backward - measured| over its entries.
#
# **Example.** `forward` gives y = gamma x + beta, and `backward` forgot to sum, so that its dbeta is dy's first row. For x =
# [[1], [2]], gamma = [3], beta = [0], dy = [[1], [4]], the right dbeta is 5, and the errors are 0, 0 and 4.


# %% question="q4"
def worst_errors(forward, backward, x, gamma, beta, dy, h=1e-5):
    """How far three gradients are off.   x (N, D), gamma (D,), beta (D,), dy (N, D) -> three numbers"""
    # 1. what backward claims
    # 2. what central differences measure, entry by entry
    # 3. the largest distance for each input
    ### BEGIN SOLUTION
    inputs = [x, gamma, beta]
    _, cache = forward(*inputs)
    errors = []
    for k, claimed in enumerate(backward(dy, cache)):
        worst = 0.0
        for index in np.ndindex(inputs[k].shape):
            ends = []
            for step in (h, -h):
                moved = [a.copy() for a in inputs]
                moved[k][index] += step
                ends.append(np.sum(dy * forward(*moved)[0]))
            measured = (ends[0] - ends[1]) / (2 * h)
            worst = max(worst, abs(claimed[index] - measured))
        errors.append(worst)
    return tuple(errors)
    ### END SOLUTION


# %% [markdown]
# **Second part.** Somebody checks batch normalisation with `dy` equal to 1 everywhere: "the loss is the sum of the outputs, that
# is the simplest". Seven backward passes are broken, each in one place:
#
# | name | what is wrong |
# |---|---|
# | `"no_shift"` | the term $\overline g$ is missing in dx |
# | `"no_stretch"` | the term $\hat x_i\, \overline{g \hat x}$ is missing in dx |
# | `"held_constant"` | both terms are missing in dx |
# | `"no_gamma"` | dx is computed with dy in place of g |
# | `"sign_of_dx"` | dx is negated |
# | `"dgamma_mean"` | dgamma is a mean over the batch in place of the sum |
# | `"dbeta_mean"` | dbeta is a mean over the batch in place of the sum |
#
# Which of them does that check find? gamma is 2 in every unit, N is 5, rounding does not count. Write a set of names, `seen`.

# %% question="q4"
### BEGIN SOLUTION
seen = {"no_shift", "held_constant", "dbeta_mean"}
### END SOLUTION
### BEGIN STUDENT
# seen = ...
### END STUDENT

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You wrote such a checker in exercise 04; here L is given, and there are three inputs. For the set, first find what the
# *right* answers are when every dy is 1.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Move entries on copies, one at a time, and put them back, or take a new copy each time. `np.ndindex(a.shape)` goes through
# all indices of an array of any shape.
#
# For the set: x_hat has mean 0. So with dy = 1 the sum of the outputs is N times beta, whatever x and gamma are.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For each of the three inputs and each of its indices: copy all inputs, add h at that index, and compute the sum of dy times
# y; the same with h subtracted; divide the difference by 2h. Keep the largest |claimed - measured|.
#
# For the set: the right dx and dgamma are 0, the right dbeta is 5. A bug is found where it makes something else of that.
#
# </details>

# %% tags=["demo"]
rng = np.random.default_rng(0)
given = rng.normal(3, 2, size=(5, 2)), np.array([2.0, 2.0]), np.zeros(2)


def held_constant(dy, cache):
    _, dgamma, dbeta = F.batch_norm_backward(dy, cache)
    return cache[2] * dy / cache[1], dgamma, dbeta


for name, backward in {"the library": F.batch_norm_backward, "held_constant": held_constant}.items():
    errors = worst_errors(F.batch_norm, backward, *given, rng.normal(size=(5, 2)))
    print(f"{name:13} off by at most", " ".join(f"{error:.0e}" for error in errors))

# %% [markdown]
# ## q5 · Folding, to both sides (4 points)
#
# In evaluation, batch normalisation multiplies each unit by a constant and adds a constant. A linear layer beside it can take
# that over.
#
# - `fold(W, b, gamma, beta, running_mean, running_var, eps)`: batch normalisation stands *behind* the linear layer. `W` (D, M),
#   `b` (M,), the others (M,). Returns `W_new` (D, M) and `b_new` (M,), such that `x @ W_new + b_new` equals the normalised
#   `x @ W + b`.
# - `fold_ahead(gamma, beta, running_mean, running_var, W, b, eps)`: batch normalisation stands *before* the linear layer, as it
#   does where it follows an activation. Here gamma, beta and the statistics are (D,). Returns `W_new` and `b_new`, such that
#   `x @ W_new + b_new` equals `x_normalised @ W + b`.
#
# **Example.** With D = M = 1, W = [[3]], b = [1], gamma = [4], beta = [5], running_mean = [7], running_var = [4], eps nearly 0:
# `fold` gives [[6]] and [-7]; `fold_ahead` gives [[6]] and [-26].


# %% question="q5"
def fold(W, b, gamma, beta, running_mean, running_var, eps=1e-5):
    """Linear, then batch normalisation, in one layer.   W (D, M), the others (M,) -> (D, M), (M,)"""
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(running_var + eps)
    return W * scale, (b - running_mean) * scale + beta
    ### END SOLUTION


def fold_ahead(gamma, beta, running_mean, running_var, W, b, eps=1e-5):
    """Batch normalisation, then linear, in one layer.   W (D, M), b (M,), the others (D,) -> (D, M), (M,)"""
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(running_var + eps)
    shift = beta - running_mean * scale
    return W * scale[:, np.newaxis], shift @ W + b
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the normalised value as scale times value plus shift, with one scale and one shift per unit. Then put the linear layer
# in, before it or behind it, and sort what belongs to x.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# scale is gamma divided by the deviation; shift is beta minus the mean times scale. Behind the layer, unit j's scale belongs to
# *column* j of W. Before the layer, input i's scale belongs to *row* i of W, and all shifts go through W into the bias.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `fold`: W times scale; b minus the mean, times scale, plus beta. `fold_ahead`: W times scale as a column,
# `scale[:, np.newaxis]`; shift @ W plus b.
#
# </details>

# %% [markdown]
# A trained layer of digits, folded. Predict: by how much do the outputs differ?

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.BatchNorm1d(32), dl.ReLU(), dl.Linear(32, 10, rng=rng))
optimizer = dl.SGD(net.parameters(), lr=0.5)
dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=5, batch_size=64, rng=rng, progress=False)
linear, norm = net.eval()[0], net[1]
of_norm = norm.weight.value, norm.bias.value, norm.running_mean, norm.running_var
W_new, b_new = fold(linear.weight.value, linear.bias.value, *of_norm)
print("outputs agree to twelve decimals:", np.allclose(X_test @ W_new + b_new, norm(linear(X_test)), atol=1e-12))

# %% [markdown]
# ## q6 · Repair a layer for images (5 points)
#
# The function below was handed to you with a note: *"I made it from the one for (N, D). On 3 × 3 images with three channels it
# runs, on all others it stops with an error. Training goes well, evaluation is much worse, and PyTorch has other running
# statistics."*
#
# For images `x` (N, C, H, W), a channel shares mean, variance, gamma and beta over all examples and all places. Find what is
# wrong and repair it. There is more than one bug. This is what a right function does:
#
# - y has gamma and beta of its own *channel* at every place.
# - Running statistics move the share `momentum` of the way; the variance that is kept is divided by the number of values less
#   one.
# - In evaluation the running statistics normalise, and stay as they are.
#
# - `batch_norm_images(x, running_mean, running_var, gamma, beta, training, momentum, eps)`: `x` (N, C, H, W), the others (C,) or
#   numbers. Returns `y` (N, C, H, W), the new `running_mean` (C,) and the new `running_var` (C,).


# %% question="q6"
def batch_norm_images(x, running_mean, running_var, gamma, beta, training, momentum=0.1, eps=1e-5):
    """Batch normalisation of images.   x (N, C, H, W), the others (C,) -> y like x, running_mean (C,), running_var (C,)"""
    ### BEGIN SOLUTION
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        m = x.size / x.shape[1]
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    mean, std, gamma, beta = (a[:, np.newaxis, np.newaxis] for a in (mean, np.sqrt(var + eps), gamma, beta))
    return gamma * (x - mean) / std + beta, running_mean, running_var
    ### END SOLUTION
    ### BEGIN STUDENT
    # mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    # if training:
    #     m = len(x)
    #     running_mean = momentum * running_mean + (1 - momentum) * mean
    #     running_var = momentum * running_var + (1 - momentum) * var * m / (m - 1)
    # std = np.sqrt(var + eps)
    # x_hat = (x - mean.reshape(-1, 1, 1)) / std.reshape(-1, 1, 1)
    # return gamma * x_hat + beta, running_mean, running_var
    ### END STUDENT


# %% [markdown]
# See for yourself first. Each channel should have its own beta as mean, and its own |gamma| as deviation.

# %% tags=["demo"]
images = np.random.default_rng(0).normal(4, 2, size=(2, 3, 3, 3))
state = np.zeros(3), np.ones(3), np.array([1.0, 2.0, 3.0]), np.array([0.0, 10.0, 20.0])
y_images, new_mean, new_var = batch_norm_images(images, *state, True)
print(
    "means of the channels",
    y_images.mean(axis=(0, 2, 3)).round(2) + 0.0,
    " deviations",
    y_images.std(axis=(0, 2, 3)).round(2),
)
library = dl.BatchNorm2d(3)
library(images)
print("running statistics", new_mean.round(3), new_var.round(3))
print("the library's     ", library.running_mean.round(3), library.running_var.round(3))

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go through the three sentences above and find the line of code that should do it. The statistics of the batch are right; what
# is done with them is not.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# An array of shape (C,) that meets (N, C, H, W) is laid along the *last* axis. How many values does one channel have in the
# batch? Which of old and new gets the share momentum? And what normalises when `training` is False?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Start from the running statistics, and replace mean and var by the batch's inside `if training:`. There, m is N times H times
# W, the old value keeps 1 - momentum, the new one gets momentum. In the last line gamma and beta need `.reshape(-1, 1, 1)`, as
# mean and std have it.
#
# </details>

# %% [markdown]
# ## q7 · What changes nothing (4 points)
#
# A linear layer, z = x W + b, then batch normalisation **in training**, ε too small to matter. W is (8, 5), the batch has 17
# examples, nothing is constant, and each change below is made alone, before the forward pass.
#
# **First part.** After which changes does *every example of the batch keep its output*? Write a set of names, `unchanged`.
#
# | name | what changes |
# |---|---|
# | `"bias_plus_3"` | 3 is added to each entry of b |
# | `"all_times_5"` | W and b are multiplied by 5 |
# | `"one_unit_times_5"` | one column of W and its entry of b are multiplied by 5 |
# | `"all_times_minus_1"` | W and b are negated |
# | `"inputs_plus_1"` | 1 is added to every input of every example |
# | `"one_example_times_5"` | the inputs of one example are multiplied by 5 |
# | `"another_order"` | the examples come in another order |
# | `"everyone_twice"` | each example stands in the batch twice |
# | `"one_example_less"` | one example is left out |

# %% question="q7"
### BEGIN SOLUTION
unchanged = {"bias_plus_3", "all_times_5", "one_unit_times_5", "inputs_plus_1", "another_order", "everyone_twice"}
### END SOLUTION
### BEGIN STUDENT
# unchanged = ...
### END STUDENT

# %% [markdown]
# **Second part.** Write a list of four numbers, `four_numbers`:
#
# 1. Gamma is 1 and beta 0. What is the largest output that one of the 17 examples can have?
# 2. W and b are multiplied by 5. By which factor does the gradient of W change, with the same dy?
# 3. Then one step of plain gradient descent at the same rate: by which factor does its length *relative to the length of W*
#    change?
# 4. Each example stands in the batch twice, so m is 34. By which factor does the variance that goes into running_var change?

# %% question="q7"
### BEGIN SOLUTION
four_numbers = [4.0, 0.2, 0.04, (34 / 33) / (17 / 16)]
### END SOLUTION
### BEGIN STUDENT
# four_numbers = ...
### END STUDENT

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Ask of each change what it does to one unit's column of z. Batch normalisation forgives two things, for each unit alone.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# A common shift and a common *positive* factor are forgiven; what happens to one example alone is not. The variance of the batch
# is a mean: does it notice that everyone stands there twice?
#
# For the numbers: x_hat has sum 0 and sum of squares m. Suppose that 16 examples are equal and one is not. For the gradient, the
# output as a function of W does not change when W is stretched: so how must its slope?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# If one value is t and each of the others -t/16, the squares add up to t² + t²/16, and that is 17. For 2 and 3: f(5 W) = f(W),
# differentiated with respect to W, gives 5 f'(5 W) = f'(W); and W itself is five times as long. For 4: the variance divided by m
# stays, and the factor m/(m - 1) is another.
#
# </details>

# %% tags=["demo"]
rng = np.random.default_rng(0)
x_demo, W, dy_demo = rng.normal(size=(17, 8)), rng.normal(size=(8, 5)), rng.normal(size=(17, 5))
for factor in (1, 5):
    _, cache = F.batch_norm(x_demo @ (factor * W), np.ones(5), np.zeros(5), eps=1e-12)
    dW = x_demo.T @ F.batch_norm_backward(dy_demo, cache)[0]
    size = np.linalg.norm(dW), np.linalg.norm(dW) / np.linalg.norm(factor * W)
    print(f"weights times {factor}: gradient of length {size[0]:.4f}, relative to the weights {size[1]:.4f}")

# %% [markdown]
# ## All together
#
# The library trains on digits with your forward pass, your evaluation and your backward pass, beside the library alone. It needs
# q1, q2 and q3.


# %% tags=["demo"]
def for_the_library(x, gamma, beta, mean=None, var=None, eps=1e-5):
    """Its arguments, your functions."""
    if mean is None:
        return batch_norm(x, gamma, beta, eps)
    y, _, _ = batch_norm_layer(x, mean, var, gamma, beta, False, eps=eps)
    return y, None


def train_digits():
    rng = np.random.default_rng(0)
    layers = []
    for inputs in (64, 32, 32):
        layers += [dl.Linear(inputs, 32, rng=rng), dl.BatchNorm1d(32), dl.ReLU()]
    net = dl.Sequential(*layers, dl.Linear(32, 10, rng=rng))
    optimizer = dl.SGD(net.parameters(), lr=0.5)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=5, batch_size=64, rng=rng, progress=False)
    return dl.accuracy(net.eval(), X_test, y_test), net[0].weight.value[20, 0]


with dl.swap(batch_norm=for_the_library, batch_norm_backward=batch_norm_backward):
    yours = train_digits()
for name, (accuracy, weight) in {"yours": yours, "the library": train_digits()}.items():
    print(f"{name:11}: {accuracy:.1%} of {len(y_test)} unseen digits, one of its weights {weight:.9f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
