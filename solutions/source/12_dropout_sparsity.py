# %% [markdown]
# # Exercise 12: Dropout and sparsity
#
# You switch units off by chance, prove that training and evaluation agree in mean, send back the largest deltas only, and
# cut out the units that nobody needs. Then networks train with your functions.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | inverted dropout, from a text with gaps | 4 | 8 |
# | q2 | classic dropout, with coins of your own | 4 | 10 |
# | q3 | a test of "in mean", and how many masks it takes | 4 | 14 |
# | q4 | a dropout layer that somebody broke | 5 | 14 |
# | q5 | top k, and a backward pass through k units | 4 | 12 |
# | q6 | pruning that leaves all outputs as they were | 4 | 12 |
# | q7 | what it costs, and where the mean is exact | 4 | 14 |
#
# Read [lesson 12](../lessons/12_dropout_sparsity.ipynb) first. The questions do not depend on each other: leave one out,
# and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("12_dropout_sparsity")

# %%
import dlcourse as dl

# %% [markdown]
# ## Four rules for all questions
#
# 1. **p is the probability to drop**, from 0 up to, not including, 1.
# 2. **x has one example per row**, (N, M), and every entry has its own coin.
# 3. **`rng` is a generator.** Draw from the one that you are given, never from one of your own.
# 4. **Leave what you are given as it is**, and write it yourself: an answer that calls the library's dropout or top k gets
#    a sentence instead of points.
#
# The next cell is no question. It loads 200 digits, 40 of them with a wrong label, as in the lesson, and trains on them.


# %% tags=["demo"]
X_all, y_all = dl.data.digits()
order = np.random.default_rng(0).permutation(len(y_all))
X_train, y_train, X_val, y_val = X_all[order[:200]], y_all[order[:200]], X_all[order[200:]], y_all[order[200:]]
y_train[:40] = (y_train[:40] + np.random.default_rng(1).integers(1, 10, 40)) % 10


def train_digits(layer):
    """Train a 64-128-10 network with this layer behind the hidden units, and print how well it does."""
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 128, rng=rng), dl.ReLU(), layer, dl.Linear(128, 10, rng=rng))
    optimizer = dl.Adam(net.parameters(), lr=0.02)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=60, batch_size=100, rng=rng, progress=False)
    trained, validated = dl.accuracy(net, X_train, y_train), dl.accuracy(net, X_val, y_val)
    print(f"{layer}: training {trained:.1%}, validation {validated:.1%}")


train_digits(dl.Identity())

# %% [markdown]
# ## q1 · Inverted dropout, completed (4 points)
#
# $$y = x * \text{scale}, \qquad \text{scale} = \frac{\text{keep}}{1-p} \text{ in training}, \quad 1 \text{ in evaluation}$$
#
# - `dropout(x, p, training, rng)`: `x` of any shape, `training` True or False. Returns `y` (shape of `x`) and the cache
#   `(scale,)`. In training draw once: `rng.random(shape)` gives coins between 0 and 1. **An entry stays where its coin is
#   at least p.**
# - `dropout_backward(dy, cache)`: returns `dx` (shape of `x`).
#
# **Example.** p = 0.2 and the coins 0.9, 0.1, 0.5:
#
# | | x | y | dy | dx |
# |---|---|---|---|---|
# | training | [4, 4, 8] | [5, 0, 10] | [1, 1, 4] | [1.25, 0, 5] |
# | evaluation | [4, 4, 8] | [4, 4, 8] | [1, 1, 4] | [1, 1, 4] |
#
# Fill in each `...`, then delete the lines `raise NotImplementedError()`.


# %% question="q1"
def dropout(x, p, training, rng):
    """Inverted dropout.   x any shape -> y like x, cache (scale,)"""
    ### BEGIN SOLUTION
    if not training:
        return x, (1.0,)
    # 1. a coin for every entry
    keep = rng.random(x.shape) >= p
    # 2. what stays makes up for what is missing
    scale = keep / (1 - p)
    # 3. keep what backward needs
    return x * scale, (scale,)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # if not training:
    #     return ..., (...,)
    # # 1. a coin for every entry
    # keep = rng.random(...) >= ...
    # # 2. what stays makes up for what is missing
    # scale = ...
    # # 3. keep what backward needs
    # return x * scale, (scale,)
    ### END STUDENT


def dropout_backward(dy, cache):
    """The way back through dropout.   dy like y -> dx like x"""
    ### BEGIN SOLUTION
    # 4. take it out again
    (scale,) = cache
    # 5. the chain rule
    return dy * scale
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 4. take it out again
    # (scale,) = cache
    # # 5. the chain rule
    # return ...
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# y is x times a number, entry by entry. So its slope is that number, and backward multiplies by the same one. What is the
# number in evaluation, where nothing is done?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Every entry needs a coin, so there are as many as x has entries, in the same shape. An entry that stays is divided by the
# probability to stay. In Python True counts as 1 and False as 0, so `keep` can be divided.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Evaluation returns x and the cache `(1.0,)`. Ask for coins of shape `x.shape` and compare them with p. scale is keep over
# (1 - p). Backward is dy times scale.
#
# </details>

# %% [markdown]
# **Now it trains.** Inside the `with` block the library calls your two functions instead of its own.

# %% tags=["demo"]
with dl.swap(dropout=dropout, dropout_backward=dropout_backward):
    for p in (0.0, 0.5, 0.8):
        train_digits(dl.Dropout(p, rng=np.random.default_rng(0)))

# %% [markdown]
# ## q2 · Classic dropout, your own coins (4 points)
#
# As first published: in training an entry is dropped with probability p and otherwise left as it is; in evaluation every
# entry is multiplied by the probability to stay.
#
# - `classic_dropout(x, p, training, rng)`: `x` (N, M). Returns y (N, M) alone, no cache.
#
# **Draw from `rng` as you like.** The checks cannot know your coins. They look at what must hold for all of them: which
# values occur, how many entries are dropped of 40,000 (so many that chance moves the share by less than 0.02), and whether
# each entry has a coin of its own.
#
# **Example.** With p = 0.2, evaluation turns [10, 5] into [8, 4]. Training gives [10, 5], [10, 0], [0, 5] or [0, 0].


# %% question="q2"
def classic_dropout(x, p, training, rng):
    """Classic dropout.   x (N, M) -> y (N, M)"""
    ### BEGIN SOLUTION
    if not training:
        return (1 - p) * x
    return x * (rng.random(x.shape) >= p)
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two cases, as in q1. This time training does not scale, so evaluation must.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `rng.random(x.shape)` gives a number between 0 and 1 for every entry. It is below p with probability p: those entries are
# dropped. Exactly p of the entries? No: each decides for itself.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Evaluation: x times (1 - p). Training: x times the comparison of your random numbers with p, which is True (1) where they
# are at least p.
#
# </details>

# %% tags=["demo"]
example = np.tile([10.0, 5.0, -2.0], (40_000, 1))
rng = np.random.default_rng(0)
print("mean over 40,000 masks", classic_dropout(example, 0.2, True, rng).mean(axis=0).round(2))
print("evaluation            ", classic_dropout(example[:1], 0.2, False, rng)[0])

# %% [markdown]
# ## q3 · A test of "in mean" (4 points)
#
# Somebody hands you a layer and says: training and evaluation agree in mean. You test it. `layer(x, True)` gives the output
# in training, under a new mask at every call; `layer(x, False)` gives the output in evaluation.
#
# The mean over finitely many masks is never quite the evaluation. How far may it be off by chance? If an entry's outputs
# have the standard deviation s, the mean over n of them has the **standard error** $s/\sqrt n$, and more than five of those
# are too many.
#
# - `mean_test(layer, x, draws)`: call `layer(x, True)` `draws` times. For each entry take the distance of the mean from
#   `layer(x, False)`, divided by the entry's standard error (with `ddof=1`). Return the **largest** of these, one number.
# - `draws_needed(x, p, error)`: one number x goes through *inverted* dropout. How many masks until the standard error is at
#   most `error`? Work out the variance of y on paper first: y is $x/(1-p)$ with probability $1-p$, else 0. Returns a whole
#   number.
#
# **Example.** If the two calls for an x of one entry give 2 and 6, and evaluation gives 5, then the mean is 4, the standard
# deviation √8, the standard error 2, and `mean_test` gives 0.5. And `draws_needed(3, 0.5, 0.5)` is 36.


# %% question="q3"
def mean_test(layer, x, draws):
    """The largest distance between mean and evaluation, in standard errors.   x (N, M) -> number"""
    # 1. the outputs under many masks
    # 2. how far their mean may be off
    # 3. how far it is
    ### BEGIN SOLUTION
    outputs = np.array([layer(x, True) for _ in range(draws)])
    standard_error = outputs.std(axis=0, ddof=1) / np.sqrt(draws)
    distance = np.abs(outputs.mean(axis=0) - layer(x, False))
    return np.max(distance / standard_error)
    ### END SOLUTION


def draws_needed(x, p, error):
    """Masks until the mean of inverted dropout has this standard error.   three numbers -> whole number"""
    ### BEGIN SOLUTION
    variance = x**2 * p / (1 - p)
    return int(np.ceil(variance / error**2))
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Collect the outputs in one array with an axis more, one entry of that axis per call. Mean and standard deviation then go
# along this axis. For the second function: the variance is the mean of y² minus the square of the mean of y.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.array` of a list of `draws` arrays has the shape (draws, N, M), so it is axis 0. The mean of y² is
# (1 - p) · x²/(1 - p)², and the mean of y is x. Then solve variance/n = error² for n, and round up.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# standard error: `.std` of the outputs along axis 0, with ddof=1, over the root of draws. Distance: the absolute difference of
# the mean along axis 0 and `layer(x, False)`. Return the maximum of their quotient. The variance comes out as x² p / (1 - p).
#
# </details>

# %% [markdown]
# Four layers before your court. And a whole network: one scaled pass is nearly the mean of all thinned networks, but your
# test has sharp eyes.

# %% tags=["demo"]
rng = np.random.default_rng(0)
inverted, classic, relu = dl.F.dropout, dl.F.classic_dropout, dl.F.relu
x_court = rng.uniform(1, 2, (3, 4))
W1, W2 = rng.normal(size=(4, 8)), rng.uniform(size=(8, 2))
suspects = {
    "inverted": lambda x, training: inverted(x, 0.3, training, rng=rng)[0],
    "classic": lambda x, training: classic(x, 0.3, training, rng=rng)[0],
    "scaled in both modes": lambda x, training: (inverted if training else classic)(x, 0.3, training, rng=rng)[0],
    "scaled in none": lambda x, training: (classic if training else inverted)(x, 0.3, training, rng=rng)[0],
    "a ReLU network": lambda x, training: relu(inverted(x, 0.3, training, rng=rng)[0] @ W1)[0] @ W2,
}
for name, layer in suspects.items():
    worst = mean_test(layer, x_court, 2000)
    print(f"{name:20} {worst:6.1f} standard errors: {'agrees' if worst < 5 else 'does not agree'}")
print("masks for a standard error of 0.01 at x = 1, p = 0.75:", draws_needed(1, 0.75, 0.01))

# %% [markdown]
# ## q4 · Repair a dropout layer (5 points)
#
# The layer below was handed to you with a note: *"It should do inverted dropout. The network trains, a little, but the
# accuracy is different every time I measure it, and the gradient check fails."*
#
# Find what is wrong and repair it. There is more than one bug. These are the symptoms:
#
# - with p = 0.2 an output of 1 becomes 5;
# - in a batch, all examples lose the same units;
# - with `training = False` it still drops;
# - `backward` gives a gradient to units that `forward` had dropped.
#
# `MyDropout(p, rng)` is a layer like the library's: `layer.training` is True or False, `layer.forward(x)` takes x (N, M) and
# gives y, `layer.backward(dy)` gives dx for the *last* forward pass, in whichever mode that was. Draw from `rng` as you like.


# %% question="q4"
class MyDropout(dl.Layer):
    """Inverted dropout as a layer."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    ### BEGIN SOLUTION
    def forward(self, x):
        self.scale = 1.0
        if self.training:
            self.scale = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.scale

    def backward(self, dy):
        return dy * self.scale

    ### END SOLUTION
    ### BEGIN STUDENT
    # def forward(self, x):
    #     scale = (self.rng.random(x.shape[1]) >= self.p) / self.p
    #     return x * scale

    # def backward(self, dy):
    #     scale = (self.rng.random(dy.shape[1]) >= self.p) / self.p
    #     return dy * scale
    ### END STUDENT


# %% [markdown]
# See for yourself first: which symptoms do you find?

# %% tags=["demo"]
sick = MyDropout(0.2, np.random.default_rng(0))
print("training forward\n", sick.forward(np.ones((2, 8))))
print("training backward\n", sick.backward(np.ones((2, 8))))
sick.training = False
print("evaluation\n", sick.forward(np.ones((2, 8))))

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Take one symptom after the other. The layer is an object: what forward puts into `self.something` is still there when
# backward comes.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# A coin for every entry needs the whole shape of x. What stays is divided by the probability to *stay*. In evaluation the
# scale is 1, and backward must know that too, even if a training pass went before: store a scale in both modes.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# In forward: if `self.training`, `self.scale` is the comparison of `self.rng.random(x.shape)` with p, over (1 - p); else
# `self.scale` is 1. Return x times it. backward returns dy times `self.scale` and draws nothing.
#
# </details>

# %% tags=["demo"]
train_digits(MyDropout(0.8, np.random.default_rng(0)))

# %% [markdown]
# ## q5 · Through k units only (4 points)
#
# Minimal-effort backpropagation (Sun et al. 2017): in each row of delta only the k entries of largest size go back.
#
# - `top_k(delta, k)`: `delta` (N, M). Returns an array (N, M) that holds those entries where they were, with their signs,
#   and 0 elsewhere. **Of equal sizes the leftmost goes first.** If k is M or more, everything stays.
# - `meprop_backward(dz, cache, k)`: `dz` (N, M), the cache is `(x, W)` with x (N, D) and W (D, M). Returns `dx` (N, D), `dW`
#   (D, M), `db` (M,) of the linear layer z = x W + b, through the k largest entries of each row of dz alone.
#
# **Example.** `top_k([[1, -3, 2], [2, 1, -2]], 1)` is `[[0, -3, 0], [2, 0, 0]]`.
#
# NumPy's `argsort` leaves equals in their order only if you ask for it: `kind="stable"`.


# %% question="q5"
def top_k(delta, k):
    """Of each row the k entries of largest size, of equals the leftmost.   delta (N, M) -> (N, M)"""
    # 1. the places of the largest
    # 2. nothing goes back
    # 3. but the largest
    ### BEGIN SOLUTION
    sparse = np.zeros_like(delta)
    for n, row in enumerate(delta):
        largest = sorted(range(len(row)), key=lambda place: -abs(row[place]))[:k]
        sparse[n, largest] = row[largest]
    return sparse
    ### END SOLUTION


def meprop_backward(dz, cache, k):
    """The way back through a linear layer, k units a row.   dz (N, M) -> dx (N, D), dW (D, M), db (M,)"""
    ### BEGIN SOLUTION
    x, W = cache
    sparse = top_k(dz, k)
    return sparse @ W.T, x.T @ sparse, sparse.sum(axis=0)
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Row by row: in which places do the k largest sizes stand? Size means without the sign, but what stays keeps its sign.
# For the backward pass, make dz sparse first. Everything after that is the linear layer that you know.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Sorting finds the smallest first, so sort the *negative* sizes, and take the first k places. Python's `sorted` and
# `argsort` with `kind="stable"` leave equals as they stood. A condition like "at least as large as the k-th" keeps too many
# where sizes are equal.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Start from zeros. For each row n: the places are `np.argsort(-np.abs(row), kind="stable")[:k]`; copy the row's entries at
# these places. Backward: with sparse in place of dz, dx is sparse W^T, dW is x^T sparse, db is the sum of its rows.
#
# </details>

# %% [markdown]
# The library trains through your 32 or ten of 256 units, beside all of them. One run each: chance moves them by a few points.

# %% tags=["demo"]
for k in (256, 32, 10):
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 256, rng=rng), dl.ReLU(), dl.Linear(256, 10, rng=rng))
    optimizer, rows = dl.SGD(net.parameters(), lr=0.1, momentum=0.9), order[:1348]
    with dl.swap(linear_backward=lambda dz, cache, need_dx=True, k=k: meprop_backward(dz, cache, k)):
        dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_all[rows], y_all[rows], epochs=10, rng=rng, progress=False)
    print(f"k = {k:3}: {dl.accuracy(net, X_all[order[1348:]], y_all[order[1348:]]):.1%} of 449 unseen digits")

# %% [markdown]
# ## q6 · Cut, and keep the outputs (4 points)
#
# A network with one hidden layer: $h = \max(0, X W_1 + b_1)$, $z = h W_2 + b_2$. A hidden unit is a column of W1, an entry
# of b1 and a row of W2.
#
# - `cut(W1, b1, W2, activity, threshold)`: `W1` (D, H), `b1` (H,), `W2` (H, K); `activity` (H,) says how active each unit
#   was. Units whose activity is **above** the threshold stay, in their order. Returns the smaller W1, b1, W2.
#
# A dead unit (h = 0 on every example) can go without a trace. And what of a unit that gives the *same number*, not 0, on
# every example? It can go as well, if something else takes over what it did.
#
# - `cut_constant(W1, b1, W2, b2, X)`: `b2` (K,), `X` (N, D). Takes out **every** hidden unit whose h is the same on all rows
#   of X, so that z stays what it was on all of them. Returns the smaller W1, b1, W2, and b2.
#
# **Example.** One input, two units, one output; the second unit ignores its input and always gives 3:
#
# ```
# W1 = [[1, 0]]   b1 = [0, 3]   W2 = [[2],      b2 = [1]     X = [[5], [7]]     z = [[23], [27]]
#                                     [4]]
#
# cut_constant(W1, b1, W2, b2, X) -> [[1]], [0], [[2]], [13]
# ```


# %% question="q6"
def cut(W1, b1, W2, activity, threshold):
    """Only the units above the threshold.   W1 (D, H), b1 (H,), W2 (H, K), activity (H,) -> smaller W1, b1, W2"""
    ### BEGIN SOLUTION
    stays = activity > threshold
    return W1[:, stays], b1[stays], W2[stays]
    ### END SOLUTION


def cut_constant(W1, b1, W2, b2, X):
    """Without the units that give one number for all rows of X.   -> smaller W1, b1, W2, and b2 (K,)"""
    # 1. what the hidden units give
    # 2. which of them change
    # 3. cut the others; what takes over?
    ### BEGIN SOLUTION
    h = np.maximum(X @ W1 + b1, 0)
    constant = h.max(axis=0) == h.min(axis=0)
    stays = ~constant
    return W1[:, stays], b1[stays], W2[stays], b2 + h[0, constant] @ W2[constant]
    ### END SOLUTION


# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# An array of True and False picks rows or columns: `A[:, keep]` takes columns, `A[keep]` rows. Which axis of W1 counts the
# hidden units, and which of W2? For the second function, write z as a sum over hidden units. What does a constant unit add
# to z, and which part of the network adds the same number to z on every example?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# A unit that always gives c adds c times its row of W2 to every z. So does a bias. Find the units whose largest and smallest
# h over the examples are equal; dead ones are among them, with c = 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# h is (N, H). constant: `h.max(axis=0)` equals `h.min(axis=0)`. Their values stand in any row, such as `h[0, constant]`; the
# new b2 is b2 plus these values times (matrix product) the rows `W2[constant]`. The others stay.
#
# </details>

# %% [markdown]
# A network that was trained far too fast, so that many units died. What is left of it, and does it answer as before?

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = dl.Sequential(dl.Linear(64, 100, rng=rng), dl.ReLU(), dl.Linear(100, 10, rng=rng))
dl.fit(
    net, dl.CrossEntropyLoss(), dl.SGD(net.parameters(), lr=1.5), X_train, y_train, epochs=5, rng=rng, progress=False
)
before = net(X_train)
weights = [net[0].weight.value, net[0].bias.value, net[2].weight.value, net[2].bias.value]
W1_small, b1_small, W2_small, b2_small = cut_constant(*weights, X_train)
after = dl.F.relu(X_train @ W1_small + b1_small)[0] @ W2_small + b2_small
print(f"{len(b1_small)} of 100 units are left; outputs differ by at most {np.abs(after - before).max():.0e}")

# %% [markdown]
# ## q7 · What it costs, and where the mean is exact (4 points)
#
# **First part.** `work(sizes, k)`: a network of linear layers with `sizes[0]` inputs, then layers of `sizes[1]`, `sizes[2]`
# ... units, learns by minimal-effort backpropagation. Count the multiplications of its weight matrices for one example, and
# return two whole numbers:
#
# - forward: D · M for a layer with D inputs and M units;
# - backward: the same for dW and once more for dx, except that only k of the M units count (all, if there are fewer), and
#   that the first layer needs no dx.
#
# **Example.** `work((64, 256, 10), 256)` is `(18944, 21504)`; with k = 10 it is `(18944, 5760)`.


# %% question="q7"
def work(sizes, k):
    """Multiplications for one example.   sizes of input and layers, k -> forward, backward"""
    ### BEGIN SOLUTION
    forward = backward = 0
    for layer in range(1, len(sizes)):
        D, M = sizes[layer - 1], sizes[layer]
        forward += D * M
        backward += D * min(k, M) * (1 if layer == 1 else 2)
    return forward, backward
    ### END SOLUTION


# %% [markdown]
# **Second part.** For each network, compare the mean of its output over *all* masks with its one pass in evaluation
# (inverted dropout, p = 0.5, weights as you like). For which are the two **exactly** equal, whatever the weights? Write a set
# of names, `exact`.
#
# | name | the network |
# |---|---|
# | `"last_layer"` | linear, ReLU, dropout, linear |
# | `"first_layer"` | dropout, linear, ReLU, linear |
# | `"no_bend"` | dropout, linear, dropout, linear |
# | `"probabilities"` | dropout, linear, softmax |
# | `"on_the_output"` | linear, ReLU, linear, dropout |
# | `"always_on"` | dropout, linear, ReLU, linear, and all z before the ReLU are positive under every mask |
# | `"same_mask"` | dropout, then the same mask once more |

# %% question="q7"
### BEGIN SOLUTION
exact = {"last_layer", "no_bend", "on_the_output", "always_on"}
### END SOLUTION
### BEGIN STUDENT
# exact = ...
### END STUDENT

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go through the layers one after the other. For the set: follow the mean through the network, and ask at each step whether
# "the mean of what comes out" is "what comes out of the mean". Where in doubt, simulate: two units and four masks are enough.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `min(k, M)` units count. Every layer pays for dW, every layer but the first for dx. For the set: a linear layer passes the
# mean on exactly, a bend does not, unless it is used on one straight side only. Two masks that are drawn apart multiply in
# mean; one mask twice gives keep/(1-p)², whose mean is not 1.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Loop over the pairs (sizes[0], sizes[1]), (sizes[1], sizes[2]) and so on. Add D M to forward, D min(k, M) to backward, and
# D min(k, M) once more from the second pair on. For the set: softmax bends, ReLU bends at 0, and everything that comes
# *before* the dropout does not matter.
#
# </details>

# %% tags=["demo"]
whole_forward, whole_backward = work((784, 500, 500, 10), 500)
for k in (500, 80, 20):
    forward, backward = work((784, 500, 500, 10), k)
    share = (forward + backward) / (whole_forward + whole_backward)
    print(f"784-500-500-10, k = {k:3}: backward {backward / whole_backward:4.0%}, the whole step {share:.0%}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
