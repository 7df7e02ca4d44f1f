# %% [markdown]
# # Exercise 05: Activation functions
#
# You write the functions that bend a network, and the slopes that let it learn. Then your own code trains a real network,
# in place of the library's, and measures what happens inside.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | SiLU, from a text with gaps | 4 | 8 |
# | q2 | leaky ReLU, ELU and tanh, safe at z = -1000 and z = 1000 | 6 | 14 |
# | q3 | PReLU, and the gradient of its slopes | 4 | 10 |
# | q4 | Maxout | 4 | 10 |
# | q5 | a counter of dead units | 3 | 8 |
# | q6 | a softplus that somebody broke | 4 | 10 |
# | q7 | which outputs are never negative, and what that does to gradients | 4 | 14 |
#
# Read [lesson 05](../lessons/05_activations.ipynb) first. The questions do not depend on each other: leave one out,
# and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After each check a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("05_activations")

# %%
import dlcourse as dl
from dlcourse import functional as F

# %% [markdown]
# ## Five rules for all questions
#
# 1. **A function is a pair.** `y, cache = f(z)` goes forward; the cache is a tuple of what the way back will need.
#    `dz = f_backward(dy, cache)` goes back.
# 2. **`dy` is dL/dy**, the gradient that arrives from the layer after. `dz` is dL/dz, with the shape of `z`. The
#    chain rule joins them: `dz = dy * f'(z)`.
# 3. **At a kink the left piece counts.** f'(0) is what the formula for `z <= 0` gives. PyTorch does the same.
# 4. **No overflow.** The checks called "no overflow" use z between -1000 and 1000. There a warning of NumPy about an
#    overflow or an invalid value counts as wrong, even when the numbers come out right.
# 5. **Write it yourself.** The library has what you are asked for, as `F.silu`, `F.maxout` and so on. Play with them
#    as you like; an answer that calls them gets a sentence instead of points. `F.sigmoid` is free to use.
#
# The next cell is no question. It loads real digits and defines `train_digits`, which you use to try your functions
# out.

# %% tags=["demo"]
X_digits, y_digits = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X_digits, y_digits, rng=np.random.default_rng(0))


def train_digits(activation, epochs=8, lr=0.01):
    """Train a 64-32-10 network with this activation layer, print how well it does, and return it."""
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 32, rng=rng), activation, dl.Linear(32, 10, rng=rng))
    optimizer = dl.Adam(net.parameters(), lr=lr)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=epochs, rng=rng, progress=False)
    print(f"{activation}: {dl.accuracy(net, X_test, y_test):.1%} of {len(y_test)} unseen digits")
    return net


net = train_digits(dl.ReLU())

# %% [markdown]
# ## q1 · SiLU, completed (4 points)
#
# SiLU, also called Swish, is the input times its own gate:
#
# $$y = z\,\sigma(\beta z), \qquad \frac{dy}{dz} = \sigma(\beta z) + z\,\frac{d\sigma(\beta z)}{dz}$$
#
# The function is written; some of its lines have gaps. Fill in each `...`, then delete the lines
# `raise NotImplementedError()`.
#
# - `silu(z, beta=1.0)`: `z` of any shape, `beta` a number. Returns `y` (shape of `z`) and the cache
#   `(z, gate, beta)`.
# - `silu_backward(dy, cache)`: returns `dz` (shape of `z`).
#
# **Example.** With `beta = ln 3` and `z = 1` the gate is `1 / (1 + 1/3) = 0.75`.
#
# | z | beta | y | dy | dz |
# |---|---|---|---|---|
# | 0 | ln 3 | 0 | 1 | 0.5 |
# | 1 | ln 3 | 0.75 | 2 | 1.912 |


# %% question="q1"
def silu(z, beta=1.0):
    """SiLU (Swish): y = z sigma(beta z).   z any shape -> y like z, cache (z, gate, beta)"""
    ### BEGIN SOLUTION
    # 1. the value
    gate, _ = F.sigmoid(beta * z)
    y = z * gate
    # 2. keep what backward needs
    cache = (z, gate, beta)
    return y, cache
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the value
    # gate, _ = F.sigmoid(...)  # of what? (it returns a pair; `_` takes the cache, which you do not need)
    # y = ...
    # # 2. keep what backward needs
    # cache = (z, gate, beta)
    # return y, cache
    ### END STUDENT


def silu_backward(dy, cache):
    """The way back through SiLU.   dy like y -> dz like z"""
    ### BEGIN SOLUTION
    # 3. take it out again
    z, gate, beta = cache
    # 4. the local slope
    gate_slope = beta * gate * (1 - gate)
    slope = gate + z * gate_slope
    # 5. the chain rule
    dz = dy * slope
    return dz
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 3. take it out again
    # z, gate, beta = cache
    # # 4. the local slope
    # gate_slope = ...  # the derivative of the gate with respect to z
    # slope = ...
    # # 5. the chain rule
    # dz = ...
    # return dz
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Forward needs one product. Backward needs two rules of calculus: the product rule for z times gate, and the chain
# rule for the gate, because the gate looks at beta z and not at z.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The sigmoid's derivative, written with its own output s, is s (1 - s). You want the derivative with respect to z, so
# multiply it by the inner derivative of beta z. Then put it into the formula of dy/dz above.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# gate_slope is a product of three: beta, the gate, and what is missing from the gate to 1. The slope is the gate,
# plus z times gate_slope. In step 5 the gradient that arrived comes in.
#
# </details>

# %% [markdown]
# **Now it trains.** Inside the `with` block the library calls your two functions instead of its own.

# %% tags=["demo"]
with dl.swap(silu=silu, silu_backward=silu_backward):
    train_digits(dl.SiLU())
    train_digits(dl.SiLU(beta=3.0))

# %% [markdown]
# ## q2 · Leaky ReLU, ELU and tanh (6 points)
#
# Three pairs from a blank page.
#
# $$
# \text{leaky}(z) = \begin{cases} z & z > 0 \\ s\,z & z \le 0 \end{cases}
# \qquad
# \text{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^{z} - 1) & z \le 0 \end{cases}
# \qquad
# \tanh(z)
# $$
#
# - `leaky_relu(z, negative_slope=0.01)`, where s is `negative_slope`, with cache `(z, negative_slope)`.
# - `elu(z, alpha=1.0)` with cache `(z, alpha)`. No overflow, forward and backward.
# - `tanh(z)` with cache `(y,)`: its output alone. `np.tanh` is allowed.
# - Each has its `..._backward(dy, cache)`, which returns `dz`.
#
# `z`, `y`, `dy`, `dz` have the same shape, whatever it is. NumPy works on whole arrays: you need no loop.
#
# **Example.** e^(-ln 2) = 1/2 makes these easy to check by hand.
#
# | call | y | dy | dz |
# |---|---|---|---|
# | `leaky_relu(z, 0.1)`, z = [-2, 3] | [-0.2, 3] | [10, 10] | [1, 10] |
# | `elu(z, 2.0)`, z = [-ln 2, 3] | [-1, 3] | [5, 5] | [5, 5] |
# | `tanh(z)`, z = [0, ln 2] | [0, 0.6] | [1, 10] | [1, 6.4] |


# %% question="q2"
def leaky_relu(z, negative_slope=0.01):
    """y = z where z > 0, else negative_slope z.   z any shape -> y like z, cache (z, negative_slope)"""
    # 1. the value
    # 2. keep what backward needs
    ### BEGIN SOLUTION
    y = np.where(z > 0, z, negative_slope * z)
    return y, (z, negative_slope)
    ### END SOLUTION


def leaky_relu_backward(dy, cache):
    """The way back through leaky ReLU.   dy like y -> dz like z"""
    # 3. take it out again
    # 4. the local slope
    # 5. the chain rule
    ### BEGIN SOLUTION
    z, negative_slope = cache
    slope = np.where(z > 0, 1, negative_slope)
    return dy * slope
    ### END SOLUTION


def elu(z, alpha=1.0):
    """y = z where z > 0, else alpha (e^z - 1).   z any shape -> y like z, cache (z, alpha)"""
    # 1. the value
    # 2. keep what backward needs
    ### BEGIN SOLUTION
    e = np.exp(np.minimum(z, 0))
    y = np.where(z > 0, z, alpha * (e - 1))
    return y, (z, alpha)
    ### END SOLUTION


def elu_backward(dy, cache):
    """The way back through ELU.   dy like y -> dz like z"""
    # 3. take it out again
    # 4. the local slope
    # 5. the chain rule
    ### BEGIN SOLUTION
    z, alpha = cache
    e = np.exp(np.minimum(z, 0))
    slope = np.where(z > 0, 1, alpha * e)
    return dy * slope
    ### END SOLUTION


def tanh(z):
    """y = tanh(z).   z any shape -> y like z, cache (y,)"""
    # 1. the value
    # 2. keep what backward needs
    ### BEGIN SOLUTION
    y = np.tanh(z)
    return y, (y,)
    ### END SOLUTION


def tanh_backward(dy, cache):
    """The way back through tanh.   dy like y -> dz like z"""
    # 3. take it out again
    # 4. the local slope
    # 5. the chain rule
    ### BEGIN SOLUTION
    (y,) = cache
    slope = 1 - y**2
    return dy * slope
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two of the functions are made of two pieces: `np.where(condition, a, b)` takes `a` where the condition holds and `b`
# elsewhere. Their slopes are made of two pieces, too. For tanh, ask what its derivative looks like when you know the
# *output* already.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Left of 0 the slope of leaky ReLU is negative_slope, and the slope of ELU is alpha e^z. The slope of tanh is one
# minus the square of its output.
#
# About the overflow: `np.where` computes both pieces for *all* entries and then throws half of them away. e^1000 is
# among the ones thrown away, but the warning comes all the same. So change the exponent, not the result: for z > 0
# any harmless number will do.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For ELU, let `left` be the smaller of z and 0, entry by entry (`np.minimum`). Then use e to the power `left` instead
# of e to the power z, forward and backward. All three backward functions end in the same way: the arriving gradient
# times the slope.
#
# </details>

# %% tags=["demo"]
mine = {
    "leaky_relu": leaky_relu, "leaky_relu_backward": leaky_relu_backward,
    "elu": elu, "elu_backward": elu_backward,
    "tanh": tanh, "tanh_backward": tanh_backward,
}  # fmt: skip
with dl.swap(**mine):
    for activation in (dl.LeakyReLU(0.1), dl.ELU(), dl.Tanh()):
        train_digits(activation)

# %% [markdown]
# ## q3 · PReLU, whose slope learns (4 points)
#
# PReLU is a leaky ReLU whose slope is a parameter: each unit has its own, and gradient descent finds it (He et al.,
# 2015).
#
# $$y_{nm} = \begin{cases} z_{nm} & z_{nm} > 0 \\ a_m\, z_{nm} & z_{nm} \le 0 \end{cases}$$
#
# So backward has two answers. `dz` goes on to the layer before. `da` says how the loss changes with each slope; the
# optimizer uses it, as it uses `dW`.
#
# - `prelu(z, a)`: `z` of shape (N, M), `a` of shape (M,), any numbers. Returns `y` (N, M) and the cache `(z, a)`.
# - `prelu_backward(dy, cache)`: `dy` of shape (N, M). Returns `dz, da` of shapes (N, M) and (M,).
#
# **Example.** Two examples, two units:
#
# ```
# z = [[-2,  1],     a = [0.5, 2]     y = [[-1,  1],
#      [-4, -1]]                           [-2, -2]]
#
# dy = [[1,  1],     dz = [[0.5,  1],     da = [-6, -10]
#       [1, 10]]           [0.5, 20]]
# ```


# %% question="q3"
def prelu(z, a):
    """y = z where z > 0, else a z.   z (N, M), a (M,) -> y (N, M), cache (z, a)"""
    # 1. the value
    # 2. keep what backward needs
    ### BEGIN SOLUTION
    y = np.where(z > 0, z, a * z)
    return y, (z, a)
    ### END SOLUTION


def prelu_backward(dy, cache):
    """The way back through PReLU.   dy (N, M) -> dz (N, M), da (M,)"""
    # 3. take it out again
    # 4. the local slope
    # 5. the chain rule
    # 6. slope and chain rule once more, for the parameter a
    ### BEGIN SOLUTION
    z, a = cache
    slope = np.where(z > 0, 1, a)
    dz = dy * slope
    slope_in_a = np.where(z > 0, 0, z)
    da = (dy * slope_in_a).sum(axis=0)
    return dz, da
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For `dz`, hold a still and differentiate y with respect to z. For `da`, hold z still and differentiate y with
# respect to a. Both times there are two pieces.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Where z > 0 the output is z, whatever a is. Where z <= 0 the output is a z, and its derivative with respect to a is
# z. Now look at the shapes: the chain rule gives one number for each example and unit, (N, M), but `da` has the shape
# (M,). One slope is used by all N examples, and a parameter that is used in many places collects the gradient of all
# of them.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Make an array (N, M) that holds z where z is not positive and 0 elsewhere. Multiply it by dy. Add up its rows: a sum
# along axis 0. Return both answers, dz first.
#
# </details>

# %% [markdown]
# Every slope starts at 0.25. Where do yours go?

# %% tags=["demo"]
with dl.swap(prelu=prelu, prelu_backward=prelu_backward):
    net = train_digits(dl.PReLU(num_parameters=32))
slopes = net[1].weight.value
print(f"slopes after training: from {slopes.min():.2f} to {slopes.max():.2f}, median {np.median(slopes):.2f}")

# %% [markdown]
# ## q4 · Maxout (4 points)
#
# A Maxout unit has k linear pieces and answers with the largest (Goodfellow et al., 2013). With two pieces it can be
# a ReLU, a leaky ReLU or
# |z|; with more it bends more often. It pays with k times the weights.
#
# The pieces of a unit are computed already. Your pair picks the winner and sends the gradient back to it.
#
# - `maxout(z)`: `z` of shape (N, M, k), that is N examples, M units, k pieces. Returns `y` (N, M) and the cache
#   `(winner, k)`, where `winner` (N, M) holds the number of the largest piece, from 0 to k - 1.
# - `maxout_backward(dy, cache)`: `dy` (N, M). Returns `dz` (N, M, k).
# - **Of equal pieces the first one wins** and takes the whole gradient.
#
# **Example.** One example, two units, three pieces. In the second unit pieces 1 and 2 are equal.
#
# ```
# z = [[[2, -1, 0], [1, 3, 3]]]     y = [[2, 3]]     winner = [[0, 1]]
#
# dy = [[10, 20]]                   dz = [[[10, 0, 0], [0, 20, 0]]]
# ```


# %% question="q4"
def maxout(z):
    """The largest piece of each unit.   z (N, M, k) -> y (N, M), cache (winner, k) with winner (N, M)"""
    # 1. the value
    # 2. keep what backward needs
    ### BEGIN SOLUTION
    y = z.max(axis=2)
    winner = z.argmax(axis=2)
    return y, (winner, z.shape[2])
    ### END SOLUTION


def maxout_backward(dy, cache):
    """The gradient goes to the winners.   dy (N, M) -> dz (N, M, k)"""
    # 3. take it out again
    # 4. the local slope
    # 5. the chain rule
    ### BEGIN SOLUTION
    winner, k = cache
    slope = winner[:, :, np.newaxis] == np.arange(k)
    return dy[:, :, np.newaxis] * slope
    ### END SOLUTION


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The output equals the winning piece. So its slope with respect to that piece is 1, and 0 with respect to every
# other. `np.argmax` says where the largest entry is, and it takes the first of equal ones.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# You need an array of shape (N, M, k) with a 1 at each winner. Compare each piece's number, 0 to k - 1, with the
# unit's winner. To compare (N, M) with (k,), give the first a third axis of length 1: `winner[:, :, np.newaxis]`.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `numbers = np.arange(k)` has the shape (k,). The comparison `==` of the winners with a third axis and these numbers
# gives (N, M, k), True where a piece has won. Give dy a third axis in the same way, and multiply.
#
# </details>

# %% [markdown]
# Two moons and eight Maxout units. No other bend is in this network.

# %% tags=["demo"]
rng = np.random.default_rng(1)
X_moons, y_moons = dl.data.moons(400, rng=rng)
net = dl.Sequential(dl.Maxout(2, 8, pieces=2, rng=rng), dl.Linear(8, 2, rng=rng))
optimizer = dl.Adam(net.parameters(), lr=0.03)
with dl.swap(maxout=maxout, maxout_backward=maxout_backward):
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_moons, y_moons, epochs=30, rng=rng, progress=False)
    print(f"{net[0]}: {dl.accuracy(net, X_moons, y_moons):.1%} of the moons' points are right")

# %% [markdown]
# ## q5 · Counting the dead (3 points)
#
# A ReLU unit is **dead** when its output is 0 on *every* training example. Then no gradient passes through it, on any
# example, and its weights stay as they are.
#
# A training set rarely fits into one batch. So your function gets a list of batches.
#
# - `dead_fraction(z_batches)`: a list of arrays, each of shape (rows, M). They hold the *inputs* z of one ReLU layer
#   with M units. Each row is an example. Batches may differ in their number of rows.
# - Returns one number between 0 and 1: the share of the M units that are never active.
# - `z = 0` is not active: the output is 0, and so is the derivative that we use there.
#
# **Example.** Three units, two batches:
#
# ```
# [[-1,  2, -3],        [[-1, -4, 0.5]]
#  [-2, -1, -1]]
# ```
#
# Unit 0 is dead. Unit 1 fires once in the first batch, unit 2 once in the second. The answer is 1/3.


# %% question="q5"
def dead_fraction(z_batches):
    """The share of units that no example activates.   list of z (rows, M) -> number from 0 to 1"""
    ### BEGIN SOLUTION
    ever_active = np.zeros(z_batches[0].shape[1], dtype=bool)
    for z in z_batches:
        ever_active |= (z > 0).any(axis=0)
    return np.mean(~ever_active)
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# "Never" is a statement about all examples in all batches. Find out for each unit whether it was *ever* active;
# decide about the dead at the very end.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `z > 0` is True where a unit is active. Along which axis do the examples lie? `.any(axis=...)` along it gives M
# answers, one for each unit. A second batch can turn an answer from False to True, never back: that is a logical
# "or".
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Start with an array of M times False. In a loop over the batches, "or" it (`|`) with the answers of each batch. What
# is still False afterwards is dead; the mean of an array of True and False is a share.
#
# </details>

# %% [markdown]
# How many units does training kill? At the start nearly all are alive. Predict: what does a tenfold learning rate do
# to the number of dead units, and to the accuracy?

# %% tags=["demo"]
for lr, epochs in ((0.01, 0), (0.01, 8), (0.1, 8), (0.3, 8)):
    net = train_digits(dl.ReLU(), epochs=epochs, lr=lr)
    z_batches = [net[0](X_batch) for X_batch, _ in dl.data.batches(X_train, y_train, 100, shuffle=False)]
    print(f"    {epochs} epochs at learning rate {lr}: {dead_fraction(z_batches):.0%} of 32 units are dead")

# %% [markdown]
# ## q6 · Repair a softplus (4 points)
#
# Softplus is a smooth ReLU: $y = \ln(1 + e^{z})$. Its slope is the sigmoid of z.
#
# The pair below was handed to you with a note: *"I used log1p because it is more precise. It runs, and the network
# even learns a little. But the values look too high, the slopes too steep, and on data that is not standardised the
# loss becomes nan."*
#
# Find what is wrong and repair it. There is more than one bug. This is what right functions answer:
#
# | z | y | dy | dz |
# |---|---|---|---|
# | 0 | ln 2 = 0.6931 | 1 | 0.5 |
# | ln 3 | ln 4 = 1.3863 | 2 | 1.5 |
# | 1000 | 1000 | 1 | 1 |
# | -1000 | 0 | 1 | 0 |
#
# - `softplus(z)`: `z` of any shape. Returns `y` and a cache that your backward understands.
# - `softplus_backward(dy, cache)`: returns `dz`. No overflow in either of them. `F.sigmoid` is allowed.


# %% question="q6"
def softplus(z):
    """y = log(1 + e^z).   z any shape -> y like z, cache"""
    ### BEGIN SOLUTION
    y = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return y, (z,)
    ### END SOLUTION
    ### BEGIN STUDENT
    # y = np.log1p(1 + np.exp(z))
    # return y, (y,)
    ### END STUDENT


def softplus_backward(dy, cache):
    """The way back through softplus: the slope is the sigmoid.   dy like y -> dz like z"""
    ### BEGIN SOLUTION
    (z,) = cache
    slope, _ = F.sigmoid(z)
    return dy * slope
    ### END SOLUTION
    ### BEGIN STUDENT
    # (y,) = cache
    # slope = np.exp(y) / (1 + np.exp(y))
    # return dy * slope
    ### END STUDENT


# %% [markdown]
# See for yourself first: which lines of the table are wrong?

# %% tags=["demo"]
y_table, cache_table = softplus(np.array([0.0, np.log(3), 1000.0, -1000.0]))
print("y ", y_table)
print("dz", softplus_backward(np.array([1.0, 2.0, 1.0, 1.0]), cache_table))

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Look at one symptom after the other. At z = 0 the given code answers ln 3 = 1.0986: which number too many went into
# the logarithm? Then look at the slope: it should be a sigmoid, but of what? The overflow comes last.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.log1p(u)` is ln(1 + u): it adds the 1 itself. The derivative of softplus is the sigmoid of the *input*, so the
# cache has to hold the input.
#
# For the overflow, take e^z out of the logarithm where z is large: ln(1 + e^z) = z + ln(1 + e^-z). For negative z the
# first form is harmless, for positive z the second.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Both forms in one line: the larger of z and 0, plus log1p of e to the power minus |z|. In backward, take the first
# half of what `F.sigmoid` returns for the input, times dy.
#
# </details>

# %% tags=["demo"]
with dl.swap(softplus=softplus, softplus_backward=softplus_backward):
    train_digits(dl.Softplus())

# %% [markdown]
# ## q7 · Never negative (4 points)
#
# The output of one layer is the input `x` of the next. Take a linear layer with inputs `x` (N, D) and deltas `dz` (N,
# M). Example n alone asks for the weight change
#
# $$dW_{dj} = x_{nd}\; dz_{nj}$$
#
# Unit j has D weights, the column j of dW. If no input is negative, then all entries of that column have the sign of
# $dz_{nj}$: this one example can push the unit's weights all up or all down, but not some up and some down. The
# batch's gradient is the *sum* over n. Is that of one sign, too? Many notes say so. You find out.
#
# **First part.** Which of these thirteen functions have an output that is **never negative**, for any z? Decide
# first, then measure.
#
# `identity`, `unit_step`, `sign`, `staircase`, `sigmoid`, `tanh`, `relu`, `leaky_relu`, `relu6`, `elu`, `silu`,
# `softplus`, `softmax`
#
# They are the library's, with their default settings: `F.elu(z)[0]` is ELU's output. `staircase` rounds down. Write a
# set of names, such as `{"identity", "tanh"}`.

# %% question="q7"
### BEGIN SOLUTION
never_negative = {"unit_step", "sigmoid", "relu", "relu6", "softplus", "softmax"}
### END SOLUTION
### BEGIN STUDENT
# never_negative = ...
### END STUDENT

# %% [markdown]
# **Second part.** Write `sign_shares(x, dz)`, for any `x` (N, D) and `dz` (N, M). It returns two numbers between 0
# and 1:
#
# - `single`: for each of the N M pairs of an example and a unit, look at the D gradients that this example *alone*
#   asks of the unit's weights. In which share of the pairs do they have one sign?
# - `batch`: for each of the M units, look at the D gradients of the *whole batch*, the sum over the examples. In
#   which share of the units do they have one sign?
#
# "One sign" means: no two of the D entries are of opposite sign. A zero agrees with everything.
#
# **Example.** Two examples, two inputs, two units:
#
# ```
# x = [[1, 2],     dz = [[ 1, 1],     example 0 alone: [[1, 1],    example 1 alone: [[-3, 3],    batch: [[-2, 4],
#      [3, 0]]           [-1, 1]]                       [2, 2]]                      [ 0, 0]]            [ 2, 2]]
# ```
#
# All four columns of the single examples are of one sign: `single = 1`. In the batch's sum, the first column holds -2
# and 2: `batch = 0.5`.


# %% question="q7"
def sign_shares(x, dz):
    """How often weight gradients have one sign.   x (N, D), dz (N, M) -> single, batch, from 0 to 1"""
    ### BEGIN SOLUTION
    alone = x[:, :, np.newaxis] * dz[:, np.newaxis, :]  # (N, D, M)
    together = x.T @ dz  # (D, M)
    single = ~((alone > 0).any(axis=1) & (alone < 0).any(axis=1))
    batch = ~((together > 0).any(axis=0) & (together < 0).any(axis=0))
    return single.mean(), batch.mean()
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the first part, try each function on inputs from -6 to 6 and look at the smallest output. For the second part, a
# column is mixed when it holds a positive entry *and* a negative one. Count the columns that are not mixed.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Begin with two loops, over the examples and the units: the gradients of one pair are the row `x[n]` times the number
# `dz[n, j]`. For the batch, the gradient of the weights is the one you know from the linear layer: x transposed times
# dz, of shape (D, M). Unit j is its column j.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Write a helper that takes the D gradients of one unit and says whether both `(g > 0).any()` and `(g < 0).any()`
# hold; "one sign" is its opposite. `single` is its mean over N M pairs, `batch` its mean over the M columns.
#
# </details>

# %% [markdown]
# Two networks at the start of training, one batch of 32 digits. How often do the gradients of the second layer have one
# sign, for single examples and for their sum?

# %% tags=["demo"]
loss = dl.CrossEntropyLoss()
for activation in (dl.Sigmoid(), dl.Tanh()):
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 8, rng=rng), activation, dl.Linear(8, 10, rng=rng))
    with dl.capture(net) as record:
        loss.forward(net(X_train[:32]), y_train[:32])
        net.backward(loss.backward())
    single, batch = sign_shares(record["Linear2"].input, record["Linear2"].dy)
    print(f"{activation}: one sign for {single:.0%} of single examples, {batch:.0%} of units in the batch")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
