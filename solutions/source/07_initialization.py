# %% [markdown]
# # Exercise 07: Weight initialisation
#
# You write the starts that deep networks live on, predict what becomes of a signal, find twins, and mend a start that kills
# its network. At the end twenty layers learn to read digits, from your weights.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | the fans of a layer and of a kernel, from a text with gaps | 3 | 6 |
# | q2 | LeCun, Xavier and He, normal and uniform | 6 | 14 |
# | q3 | orthogonal weights | 4 | 12 |
# | q4 | a prediction of the signal in every layer, both ways | 5 | 16 |
# | q5 | a counter of different units, and which networks keep their twins | 4 | 12 |
# | q6 | a start that somebody broke | 4 | 10 |
# | q7 | a start that measures instead of calculating | 4 | 12 |
#
# Read [lesson 07](../lessons/07_initialization.ipynb) first. The questions do not depend on each other: leave one out,
# and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. Cells below some checks put your functions to
# work. They need your answer: skip them if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("07_initialization")

# %%
from itertools import pairwise

import dlcourse as dl
from dlcourse import init

# %% [markdown]
# ## Four rules for all questions
#
# 1. **Shapes.** A dense weight is `(in, out)`, a kernel `(out, in, kh, kw)`.
# 2. **Chance comes from `rng`**, a `np.random.Generator` that your function is given: `rng.normal(mean, sd, shape)`,
#    `rng.uniform(low, high, shape)`. Never make your own: a learner must be able to draw the same weights again.
# 3. **The checks are statistical.** They draw some 40,000 weights and allow 4 % on the deviation. Chance misses by 0.4 %,
#    so a right answer passes whatever the draw, and a wrong formula never does.
# 4. **Write it yourself.** The library has most of this in `dl.init`. An answer that calls what its question asks you to
#    write gets a sentence instead of points. `init.fans(shape)` and `init.gain(name)` are free from q2 on.

# %% [markdown]
# ## q1 · Fans, completed (3 points)
#
# fan_in counts the products in one weighted sum, fan_out the sums that one input enters.
#
# - `fans(shape)`: `shape` is `(in, out)` or `(out, in, kh, kw)`. Returns `fan_in, fan_out`.
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`.
#
# **Example.** `fans((64, 32))` is `(64, 32)`. A kernel of shape `(2, 1, 1, 3)` slides a window of three places over one
# channel and feeds two: its fans are `(3, 6)`.


# %% question="q1"
def fans(shape):
    """The fans of a dense weight (in, out), or of a kernel (out, in, kh, kw) -> fan_in, fan_out"""
    ### BEGIN SOLUTION
    if len(shape) == 2:
        fan_in, fan_out = shape
    else:
        channels_out, channels_in, height, width = shape
        window = height * width
        fan_in = channels_in * window
        fan_out = channels_out * window
    return fan_in, fan_out
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # if len(shape) == 2:  # a dense weight
    #     fan_in, fan_out = ...
    # else:  # a kernel
    #     channels_out, channels_in, height, width = shape
    #     window = ...  # how many places
    #     fan_in = ...
    #     fan_out = ...
    # return fan_in, fan_out
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For a kernel, draw one output place, and a line to every input place that it looks at. How many lines end there?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# An output looks at a whole window, in every input channel. An input place lies in as many windows as a window has
# places, once for every output channel.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# A window of height 3 and width 5 has 15 places. Multiply this number once by the channels that come in, once by those
# that go out.
#
# </details>

# %% [markdown]
# ## q2 · Six schemes (6 points)
#
# | | variance | normal | uniform |
# |---|---|---|---|
# | LeCun | 1 over fan_in | `lecun_normal` | `lecun_uniform` |
# | Xavier (Glorot) | 1 over the mean of both fans | `xavier_normal` | `xavier_uniform` |
# | He (Kaiming), for ReLU | twice LeCun's | `kaiming_normal` | `kaiming_uniform` |
#
# Each takes `(shape, *, rng)` and returns an array of that shape, with mean 0 and this variance, for dense weights and for
# kernels.
#
# **Example.** For the shape `(8, 24)`: LeCun has the variance 1/8, Xavier 1/16, He 1/4. `xavier_uniform` draws between
# -0.433 and 0.433, because $0.433^2 / 3 = 1/16$.


# %% question="q2"
def lecun_normal(shape, *, rng):
    """N(0, sd^2) with LeCun's variance."""
    ### BEGIN SOLUTION
    fan_in, _ = init.fans(shape)
    return rng.normal(0, np.sqrt(1 / fan_in), shape)
    ### END SOLUTION


def lecun_uniform(shape, *, rng):
    """U(-r, r) with LeCun's variance."""
    ### BEGIN SOLUTION
    fan_in, _ = init.fans(shape)
    r = np.sqrt(3 / fan_in)
    return rng.uniform(-r, r, shape)
    ### END SOLUTION


def xavier_normal(shape, *, rng):
    """N(0, sd^2) with Xavier's variance."""
    ### BEGIN SOLUTION
    fan_in, fan_out = init.fans(shape)
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), shape)
    ### END SOLUTION


def xavier_uniform(shape, *, rng):
    """U(-r, r) with Xavier's variance."""
    ### BEGIN SOLUTION
    fan_in, fan_out = init.fans(shape)
    r = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r, shape)
    ### END SOLUTION


def kaiming_normal(shape, *, rng):
    """N(0, sd^2) with He's variance."""
    ### BEGIN SOLUTION
    fan_in, _ = init.fans(shape)
    return rng.normal(0, np.sqrt(2 / fan_in), shape)
    ### END SOLUTION


def kaiming_uniform(shape, *, rng):
    """U(-r, r) with He's variance."""
    ### BEGIN SOLUTION
    fan_in, _ = init.fans(shape)
    r = np.sqrt(6 / fan_in)
    return rng.uniform(-r, r, shape)
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# All six go the same way: fans, variance, width of the distribution, draw. `rng.normal` wants the sd, `rng.uniform` the two
# ends. Neither is the variance.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The sd is the root of the variance. A uniform distribution between -r and r has the variance r²/3: solve for r. "1 over
# the mean of both fans" can be written with their sum.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `init.fans(shape)` gives you both fans, as a pair. One over the mean of a and b is two over their sum. For a uniform,
# multiply the variance by three, then take the root: under the root of Xavier's bound stands a 6.
#
# </details>

# %% [markdown]
# Six starts of the layer (100, 400), measured:

# %% tags=["demo"]
for scheme in (lecun_normal, lecun_uniform, xavier_normal, xavier_uniform, kaiming_normal, kaiming_uniform):
    W = scheme((100, 400), rng=np.random.default_rng(0))
    print(f"{scheme.__name__:15} sd {W.std():.4f}, largest {np.abs(W).max():.4f}")

# %% [markdown]
# ## q3 · Orthogonal weights (4 points)
#
# A matrix whose columns have length 1 and stand at right angles: $W^T W = I$. If there are more columns than rows, that is
# impossible, and the *rows* do so: $W W^T = I$.
#
# - `orthogonal(shape, gain=1.0, *, rng)`: `shape` is `(in, out)`. Returns `gain` times such a matrix, each as likely as any
#   other.
#
# Follow the four steps. `np.linalg.qr(a)` splits a tall matrix into `q`, whose columns are what we want, and a
# triangular `r` with `a = q @ r`. Step 3 is needed because NumPy's `q` prefers some signs (Mezzadri 2007).
#
# **Example.** With `gain=2`, the three columns of `W = orthogonal((5, 3), 2.0, rng=rng)` have length 2, so `W.T @ W` is 4 on
# the diagonal and 0 elsewhere.


# %% question="q3"
def orthogonal(shape, gain=1.0, *, rng):
    """gain times a random matrix with orthonormal columns, or rows if these are fewer.   shape (in, out) -> (in, out)"""
    # 1. a matrix of standard normal numbers, with the longer side down
    # 2. its q and r
    # 3. each column of q times the sign of the number on r's diagonal
    # 4. turn it, if the shape is wide; times gain
    ### BEGIN SOLUTION
    rows, columns = shape
    a = rng.normal(size=(max(shape), min(shape)))
    q, r = np.linalg.qr(a)
    q = q * np.sign(np.diag(r))
    if rows < columns:
        q = q.T
    return gain * q
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Make the tall case work first, (7, 4). The wide one, (4, 7), is a tall one turned over.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The tall matrix has as many rows as the larger number of the shape, as many columns as the smaller one. For step 3,
# `np.diag(r)` is a vector with one number per column; a matrix times a vector with `*` multiplies column by column.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `rng.normal(size=...)` with `max(shape)` and `min(shape)`; `np.linalg.qr` gives two matrices; `np.sign` of the diagonal.
# At the end compare the two numbers of the shape, and take the transpose if the first is the smaller one.
#
# </details>

# %% [markdown]
# ## q4 · Predict the signal (5 points)
#
# A network has the widths $n_0, n_1, \dots, n_L$: layer $l$ leads from $n_{l-1}$ units to $n_l$, its weights have mean 0 and
# a variance of their own, its biases are 0. Between the layers stands ReLU or nothing. The inputs have mean square 1; so have
# the gradients that arrive at the last layer, $dz_L$.
#
# - `predict(widths, variances, activation)`: `widths` has L + 1 numbers, `variances` L, `activation` is `"relu"` or
#   `"identity"`. Returns two arrays (L,): the sd of $z_l$ and the sd of $dz_l$, for l = 1 to L.
#
# **Example.** Two layers, 4 to 8 to 2 units, variances 1 and 0.5, ReLU between them.
#
# | | layer 1 | layer 2 |
# |---|---|---|
# | variance of z | 4 · 1 · 1 = 4 | 8 · 0.5 · (half of 4) = 8 |
# | variance of dz | 2 · 0.5 · (half of 1) = 0.5 | 1 |
#
# so the answer is `[2, 2.828]` and `[0.707, 1]`.


# %% question="q4"
def predict(widths, variances, activation):
    """sd of z and of dz by the variance rule.   widths (L + 1), variances (L) -> (L,), (L,)"""
    # 1. the share of the mean square that the activation keeps
    # 2. forward, from the first layer to the last
    # 3. backward, from the last layer to the first
    # 4. from variances to sd
    ### BEGIN SOLUTION
    layers = len(variances)
    kept = 0.5 if activation == "relu" else 1
    forward, backward = np.ones(layers), np.ones(layers)
    square = 1
    for k in range(layers):
        forward[k] = widths[k] * variances[k] * square
        square = kept * forward[k]
    for k in range(layers - 1)[::-1]:
        backward[k] = widths[k + 2] * variances[k + 1] * kept * backward[k + 1]
    return np.sqrt(forward), np.sqrt(backward)
    ### END SOLUTION


# %% [markdown]
# **Predict** by hand, or with your function. Eleven layers of 300 units with ReLU start from the common heuristic,
# weights uniform between $-1/\sqrt{300}$ and $1/\sqrt{300}$. What is the sd of $z_{11}$, divided by that of $z_1$? Three
# digits are enough.

# %% question="q4"
### BEGIN SOLUTION
left_after_eleven = 6.0**-5
### END SOLUTION
### BEGIN STUDENT
# left_after_eleven = ...
### END STUDENT

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Calculate with variances throughout, and take roots at the end. Forward, a layer multiplies by its fan_in; backward, the
# step from layer l + 1 to layer l uses the weights of layer l + 1, and their fan_out.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Arrays count from 0: the layer with number k leads from `widths[k]` to `widths[k + 1]` and has `variances[k]`. The first
# layer gets the inputs as they are; every later one gets what the activation kept. Going back, dz of layer k comes through
# the weights of layer k + 1, then through the activation.
#
# For the value: which variance has a uniform distribution? By what is the variance of z multiplied from one layer to the
# next, and how many such steps are there between layers 1 and 11?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Forward: width times variance times a number that is 1 at first, and later half (or all) of the variance just found.
# Backward: begin with 1 at the end, and fill the array towards its front: the width two entries on, the variance one entry
# on, the kept share, the entry one on.
#
# For the value: a third for the variance, a half for ReLU, ten steps, and a root.
#
# </details>

# %% [markdown]
# Rule and network, for a network that narrows (He's variances):

# %% tags=["demo"]
widths = [300, 200, 200, 150, 100, 60]
by_rule, by_rule_back = predict(widths, [2 / n for n in widths[:-1]], "relu")
rng, layers = np.random.default_rng(0), []
for n, m in pairwise(widths):
    layers += [dl.Linear(n, m, init=init.kaiming_normal, rng=rng), dl.ReLU()]
net = dl.Sequential(*layers[:-1])
with dl.capture(net) as record:
    net.backward(rng.normal(size=net(rng.normal(size=(200, 300))).shape))
print("z:  rule    ", by_rule.round(2))
print("    network ", np.array([record[f"Linear{k}"].output.std() for k in range(1, 6)]).round(2))
print("dz: rule    ", by_rule_back.round(2))
print("    network ", np.array([record[f"Linear{k}"].dy.std() for k in range(1, 6)]).round(2))

# %% [markdown]
# ## q5 · Twins (4 points)
#
# Two hidden units are twins if their incoming weights, their biases and their outgoing weights are equal. Then they compute
# the same, and learn the same.
#
# - `different_units(W1, b1, W2)`: `W1` (D, H), `b1` (H,), `W2` (H, K). Returns how many *different* hidden units there are, a
#   number from 1 to H. Numbers that differ by less than 1e-9 count as equal.
#
# **Example.** Units 0 and 2 are twins, unit 1 differs from them in one outgoing weight: the answer is 2.
#
# ```
# W1 = [[1, 1, 1],    b1 = [0, 0, 0]    W2 = [[5, 6],
#       [2, 2, 2]]                            [5, 7],
#                                             [5, 6]]
# ```


# %% question="q5"
def different_units(W1, b1, W2):
    """How many hidden units differ.   W1 (D, H), b1 (H,), W2 (H, K) -> a number from 1 to H"""
    ### BEGIN SOLUTION
    units = np.column_stack([W1.T, b1, W2])
    return len(np.unique(units.round(9), axis=0))
    ### END SOLUTION


# %% [markdown]
# **Predict.** Six networks with two inputs, four tanh units and a softmax over three classes are trained by gradient descent
# with cross-entropy. "Random" means different numbers, biases are 0 where nothing is said.
#
# | | W1 (2, 4) | b1 (4,) | W2 (4, 3) |
# |---|---|---|---|
# | A | all 0 | | all 0 |
# | B | all 0.3 | | all 0.3 |
# | C | all 0.3 | | random |
# | D | random | | all 0 |
# | E | all 0.3 | random | all 0.3 |
# | F | four times the same random column | | four times the same random row |
#
# In which of them is there still only *one* different unit after 50 steps? Write a set of letters, such as `{"A", "D"}`.

# %% question="q5"
### BEGIN SOLUTION
still_twins = {"A", "B", "F"}
### END SOLUTION
### BEGIN STUDENT
# still_twins = ...
### END STUDENT

# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Put all numbers of one unit into one row: D + 1 + K of them. Then count different rows. For the prediction: ask of each
# network whether its units are twins *before* the first step.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The incoming weights of a unit are a column of W1, its outgoing ones a row of W2. `np.unique(table, axis=0)` leaves each
# row only once; rounding to 9 digits makes nearly equal numbers equal.
#
# For the prediction: a unit's delta contains its *outgoing* weights. Where these differ, equal incoming weights are pulled
# apart. And units that differ at all are no twins.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `np.column_stack([...])` joins the transpose of W1, b1 and W2, since all three have H rows. Count the rows of what
# `np.unique` leaves with `len`.
#
# </details>

# %% [markdown]
# A network of twins learns with eight units as with one. Here your function watches it:

# %% tags=["demo"]
X_digits, y_digits = dl.data.digits()
for name, start in {"all 0.1": lambda shape, rng, dtype: np.full(shape, 0.1), "He": init.kaiming_normal}.items():
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 8, init=start, rng=rng), dl.Tanh(), dl.Linear(8, 10, init=start, rng=rng))
    optimizer = dl.SGD(net.parameters(), lr=0.3)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_digits, y_digits, epochs=10, rng=rng, progress=False)
    W1, b1, W2 = (p.value for p in net.parameters()[:3])
    print(
        f"{name:8} different units {different_units(W1, b1, W2)}, accuracy {dl.accuracy(net, X_digits, y_digits):.2f}"
    )

# %% [markdown]
# ## q6 · Repair a start (4 points)
#
# He's start for a whole ReLU network:
#
# - `start(widths, *, rng)`: `widths` are $n_0, \dots, n_L$. Returns a list of L weights $(n_{l-1}, n_l)$, normal with He's
#   variance (fan_in), and a list of L biases $(n_l,)$, all 0.
#
# The function below was handed to you with a note: *"Whatever generator I hand in, I get the same weights, and two layers of
# one shape are the very same. The signal dies within a few layers, worst where a layer widens. And every unit is in a good
# mood from the beginning."*
#
# Find what is wrong and repair it. There is more than one bug.
#
# **Example.** `start([50, 200, 200], rng=rng)` gives weights of shapes (50, 200) and (200, 200), with sd 0.2 and 0.1.


# %% question="q6"
def start(widths, *, rng):
    """He's start.   widths (L + 1) -> L weights (n_in, n_out), L biases (n_out,)"""
    weights, biases = [], []
    ### BEGIN SOLUTION
    for fan_in, fan_out in pairwise(widths):
        weights.append(rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)))
        biases.append(np.zeros(fan_out))
    ### END SOLUTION
    ### BEGIN STUDENT
    # for fan_in, fan_out in pairwise(widths):
    #     rng = np.random.default_rng(0)
    #     weights.append(rng.normal(0, 2 / fan_out, (fan_in, fan_out)))
    #     biases.append(np.ones(fan_out))
    ### END STUDENT
    return weights, biases


# %% [markdown]
# See for yourself first: the sd of each layer's weights, and of its sums.

# %% tags=["demo"]
demo_weights, demo_biases = start([50, 200, 200, 200, 200], rng=np.random.default_rng(1))
x = np.random.default_rng(2).normal(size=(100, 50))
for W, b in zip(demo_weights, demo_biases, strict=True):
    z = x @ W + b
    print(f"{W.shape}: sd of W {W.std():.4f}, of z {z.std():.4f}, first weight {W[0, 0]:.4f}, first bias {b[0]}")
    x = np.maximum(z, 0)

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Take the note apart: it has four complaints. The first two have one cause.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Where does the generator come from that draws the weights? What does the second argument of `rng.normal` mean, and which
# fan keeps a signal on its way *forward*? With which bias should a unit start?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# One line goes away altogether. In the next one, replace the fan and take a root. The biases want `np.zeros`.
#
# </details>

# %% [markdown]
# ## q7 · Measure instead of calculating (4 points)
#
# No formula knows your data or your activation. But you can measure (after Mishkin and Matas 2016): send a batch through the
# network, and in each layer divide the weights by the sd of what comes out.
#
# - `calibrate(weights, x, f)`: `weights` is a list of L arrays $(n_{l-1}, n_l)$, `x` (N, n_0) a batch, `f` the activation, a
#   function from arrays to arrays. There are no biases. Returns a list of L new weights: each is the old one times a
#   positive number of its own, chosen such that, in the *new* network, every layer's $z_l$ has a mean square of 1 over all
#   examples and units.
# - $z_1 = x W_1$, and $z_{l+1} = f(z_l)\, W_{l+1}$. Leave the old list as it is.
#
# **Example.** `x = [[3], [4]]`, weights `[[[2]], [[-5]]]`, f = ReLU. The mean square of x W1 = [[6], [8]] is 50. So the new W1 is
# 2 / 7.071 = 0.2828, and z1 = [[0.849], [1.131]]. Now f(z1) W2 = [[-4.243], [-5.657]], of mean square 25: the new W2 is -1.


# %% question="q7"
def calibrate(weights, x, f):
    """Weights, scaled layer by layer until every z has a mean square of 1.   L weights, x (N, n_0) -> L weights"""
    ### BEGIN SOLUTION
    scaled = []
    for W in weights:
        z = x @ W
        size = np.sqrt(np.mean(z**2))
        scaled.append(W / size)
        x = f(z / size)
    return scaled
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Walk through the layers as a forward pass does, with one variable for what enters the present layer. Before you go on, this
# layer must be right.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# In each layer: the sums with the old weights, the root of their mean square, the new weights. What enters the next layer
# comes from the *new* sums, which are the old ones divided by the same number.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# One number per layer: `np.mean` without an axis. Do not subtract the mean of z; `np.std` would. Build the new list with
# `append`.
#
# </details>

# %% [markdown]
# ## Twenty layers, from your weights
#
# The network that could not learn in section 1 of the lesson, from four starts. Two of them are yours: `kaiming_normal` (q2),
# and `calibrate` (q7), which rescues the weights of N(0, 0.01²). It needs your answers to both.

# %% tags=["demo"]
from functools import partial

X_digits, y_digits = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X_digits, y_digits, rng=np.random.default_rng(0))
sizes = [64] + [48] * 19 + [10]


def deep(start):
    rng, layers = np.random.default_rng(0), []
    for n, m in pairwise(sizes):
        layers += [dl.Linear(n, m, init=start, rng=rng), dl.ReLU()]
    return dl.Sequential(*layers[:-1])


nets = {
    "U(±1/√fan_in)": deep(None),
    "N(0, 0.01²)": deep(partial(init.normal, std=0.01)),
    "your He": deep(lambda shape, rng, dtype: kaiming_normal(shape, rng=rng).astype(dtype)),
    "your calibration": deep(partial(init.normal, std=0.01)),
}
dense = [layer for layer in nets["your calibration"] if isinstance(layer, dl.Linear)]
for layer, W in zip(
    dense, calibrate([d.weight.value for d in dense], X_train, lambda z: np.maximum(z, 0)), strict=True
):
    layer.weight.value = W
for name, net in nets.items():
    optimizer, rng = dl.Adam(net.parameters(), lr=0.002), np.random.default_rng(1)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=12, batch_size=64, rng=rng, progress=False)
    print(f"{name:17} {dl.accuracy(net, X_test, y_test):.1%} of {len(y_test)} unseen digits")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
