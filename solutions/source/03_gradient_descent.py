# %% [markdown]
# # Exercise 03: Loss, gradient descent, learning rate
#
# You write a loss and its gradient, walk downhill with them, and compute how far a step may go. Then the library trains
# with your loss, at a rate just below and just above your limit.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | mean squared error and its gradient, from a text with gaps | 3 | 6 |
# | q2 | a gradient without calculus | 4 | 12 |
# | q3 | gradient descent, the whole way down | 5 | 12 |
# | q4 | the largest stable learning rate | 4 | 10 |
# | q5 | four predictions on paper | 4 | 10 |
# | q6 | a training loop that somebody broke | 4 | 12 |
# | q7 | which starts reach the global minimum | 4 | 12 |
#
# Read [lesson 03](../lessons/03_gradient_descent.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After each check a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("03_gradient_descent")

# %%
import dlcourse as dl
from dlcourse import functional as F

# %% [markdown]
# ## Three rules for all questions
#
# 1. **w or W are weights, h is a prediction, y the truth, lr the learning rate.** A gradient has the shape of what it
#    is the gradient of.
# 2. **Every loss is a mean**, not a sum.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong: `w = w - step`
#    makes a new array, `w -= step` changes the old one.

# %% [markdown]
# ## q1 · Mean squared error and its gradient (3 points)
#
# The mean runs over *all* entries, as in PyTorch:
#
# $$L = \frac{1}{NM}\sum_{n=1}^{N}\sum_{m=1}^{M} (h_{nm} - y_{nm})^2$$
#
# The gradient says how L changes with each entry of h. Fill in each `...`, then delete the lines
# `raise NotImplementedError()`.
#
# - `mse(h, y)`: two arrays of shape (N, M). Returns one number.
# - `mse_gradient(h, y)`: the same arrays. Returns dL/dh, of shape (N, M).
#
# **Example.** `h = [[3, 1]]`, `y = [[1, 2]]`: the errors are [[2, -1]], the loss is (4 + 1)/2 = 2.5, the gradient
# [[2, -1]].


# %% question="q1"
def mse(h, y):
    """Mean squared error.   h, y (N, M) -> one number"""
    ### BEGIN SOLUTION
    # 1. the errors, positive where the prediction is too large
    error = h - y
    # 2. squared, so that they cannot cancel, and averaged
    return np.mean(error**2)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the errors, positive where the prediction is too large
    # error = ...
    # # 2. squared, so that they cannot cancel, and averaged
    # return ...
    ### END STUDENT


def mse_gradient(h, y):
    """How the mean squared error changes with each prediction.   h, y (N, M) -> (N, M)"""
    ### BEGIN SOLUTION
    # 1. the errors once more
    error = h - y
    # 2. the derivative of each entry's own square, as its share of the mean
    return 2 * error / error.size
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the errors once more
    # error = ...
    # # 2. the derivative of each entry's own square, as its share of the mean
    # return ...
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# `np.mean` without an axis takes the mean over everything. For the gradient, move one prediction in your mind: only its
# own term of the sum changes.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The derivative of a square is twice what is squared, times the derivative of what is squared: here 1, because h stands
# in it with a plus. The mean divides by how many entries there are, and the gradient inherits that.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The gradient is twice the error divided by the number of all entries, N times M. An array knows that number: its
# `.size`.
#
# </details>

# %% [markdown]
# **Now it trains.** Inside the `with` block the library's loop uses your two functions. It predicts how far diabetes has
# gone after a year, in deviations from the mean.


# %% tags=["demo"]
def my_mse(h, y):
    return mse(h, y), (h, y)  # the loss, and what the way back needs


def my_mse_backward(kept):
    return mse_gradient(*kept)


X_diabetes, y_diabetes = (dl.data.standardise(part) for part in dl.data.diabetes())  # (442, 10), (442, 1)
rng = np.random.default_rng(0)
line = dl.Linear(10, 1, rng=rng)
optimizer = dl.SGD(line.parameters(), lr=0.05)
with dl.swap(mse_loss=my_mse, mse_loss_backward=my_mse_backward):
    history = dl.fit(line, dl.MSELoss(), optimizer, X_diabetes, y_diabetes, epochs=8, rng=rng, progress=False)
print("always saying the mean costs 1; your loss by epoch:", np.round(history.loss, 3))

# %% [markdown]
# ## q2 · A gradient without calculus (4 points)
#
# Take one entry of the weights, move it up by eps and down by eps, and compare the losses:
#
# $$\frac{\partial L}{\partial W_{ij}} \approx \frac{L(W + \varepsilon E_{ij}) - L(W - \varepsilon E_{ij})}{2\varepsilon}$$
#
# $E_{ij}$ has a 1 at (i, j) and 0 elsewhere. Do that for every entry. The next cell is given: the loss of M logistic
# regressions side by side.


# %%
def cost(W, X, y):
    """Mean binary cross-entropy.   W (D, M), X (N, D), y (N, M) of 0 and 1 -> one number"""
    z = X @ W
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


# %% [markdown]
# - `numerical_gradient(W, X, y, eps)`: `W` of shape (D, M), the numbers float. Returns the central differences of
#   `cost`, of shape (D, M). Use the eps that you are given, also when it is large.
#
# **Example.** `W = [[0]]`, `X = [[2]]`, `y = [[1]]`, `eps = 0.5`: z is 1 and -1, so the losses are 0.3133 and 1.3133,
# and the answer is `[[-1.0]]`.


# %% question="q2"
def numerical_gradient(W, X, y, eps):
    """The gradient of cost in W by central differences.   W (D, M) -> (D, M)"""
    # 1. room for the answer
    # 2. for every entry: move it up, move it down, compare
    ### BEGIN SOLUTION
    gradient = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        step = np.zeros(W.shape)
        step[i] = eps
        gradient[i] = (cost(W + step, X, y) - cost(W - step, X, y)) / (2 * eps)
    return gradient
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two nested loops over rows and columns, or one over `np.ndindex(W.shape)`, which gives every index (i, j) in turn. Each
# entry needs two calls of `cost`.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# For each entry begin with a fresh array of zeros, put eps in that one place, and add it to W or subtract it from W.
# That leaves W itself alone. The distance between the two places is 2 eps.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Inside the loop: `step` is zeros of W's shape with eps at (i, j). The answer's entry is the cost at W plus step, minus
# the cost at W minus step, all of it divided by twice eps: mind the brackets.
#
# </details>

# %% [markdown]
# How good is it? The exact gradient is known: X transposed times (h - y), divided by N M. Predict: which eps is best?

# %% tags=["demo"]
rng = np.random.default_rng(0)
W_try, X_try = rng.normal(size=(3, 2)), rng.normal(size=(20, 3))
y_try = rng.integers(0, 2, (20, 2)) * 1.0
exact = X_try.T @ (F.sigmoid(X_try @ W_try)[0] - y_try) / y_try.size
for eps in (1.0, 1e-2, 1e-5, 1e-9, 1e-13):
    print(f"eps {eps:g}: off by at most {np.abs(numerical_gradient(W_try, X_try, y_try, eps) - exact).max():.0e}")

# %% [markdown]
# Large steps leave the tangent, tiny ones drown in rounding.
#
# ## q3 · Gradient descent, the whole way down (5 points)
#
# A linear model predicts h = X w. With the mean squared error,
#
# $$\frac{dL}{dw} = \frac{2}{N} X^T (X w - y), \qquad w \leftarrow w - \eta\,\frac{dL}{dw}$$
#
# - `descend(X, y, w, lr, steps)`: `X` of shape (N, D), `y` (N,), the start `w` (D,), a number `lr`, and how many steps.
#   Returns the whole trajectory, an array of shape (steps + 1, D): the start, then the weights after each step.
#
# **Example.** `X = [[1, 0], [0, 2]]`, `y = [1, 2]`, `w = [0, 0]`, `lr = 0.25`, `steps = 2`:
#
# ```
# [[0,      0     ],
#  [0.25,   1     ],
#  [0.4375, 1     ]]
# ```


# %% question="q3"
def descend(X, y, w, lr, steps):
    """Every place that gradient descent visits.   X (N, D), y (N,), w (D,) -> (steps + 1, D)"""
    # 1. the slope where you stand
    # 2. a step against it
    # 3. remember the way
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        gradient = 2 / len(y) * X.T @ (X @ w - y)
        w = w - lr * gradient
        path.append(w)
    return np.array(path)
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Keep a list. It begins with the start. In a loop of `steps` rounds, compute the gradient at the present weights, make
# the new weights, and append them. At the end, `np.array` makes one array of the list.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The errors are X times w minus y, N of them. X transposed times the errors gives D numbers; 2/N stands in front. All
# entries of w move at once, by the gradient at the *old* w.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# In each round: `gradient` is 2 / len(y) times X.T @ (the errors). The new w is w minus lr times gradient, written
# with `=`, so that the old array, which stands in your list already, stays as it was.
#
# </details>

# %% [markdown]
# Petal width from petal length, once more. Watch the loss at three rates.

# %% tags=["demo"]
flowers, _ = dl.data.iris()
X_petals, y_petals = np.column_stack([flowers[:, 2], np.ones(150)]), flowers[:, 3]
for lr in (0.005, 0.05, 0.06):
    path = descend(X_petals, y_petals, np.zeros(2), lr, 30)
    losses = np.mean((path @ X_petals.T - y_petals) ** 2, axis=1)
    print(f"rate {lr}: loss {losses[0]:.3f}, {losses[1]:.3f}, {losses[2]:.3f} ... {losses[-1]:.3f}")

# %% [markdown]
# ## q4 · The largest stable learning rate (4 points)
#
# Near a minimum, every smooth loss is nearly a quadratic, $L(w) = \frac12 w^T H w$. The Hessian H holds its curvatures:
# their values along the valley's own axes are the eigenvalues of H.
#
# - `mse_hessian(X)`: `X` of shape (N, D). Returns H of the loss of q3, $H = \frac{2}{N} X^T X$, of shape (D, D).
# - `stability(H)`: `H` symmetric, of shape (D, D), all eigenvalues above 0. Returns two numbers: the limit below which a
#   learning rate is stable, and the condition number $\kappa$, at least 1. `np.linalg.eigvalsh(H)` gives the eigenvalues
#   of a symmetric matrix in rising order.
#
# **Example.** `X = [[1, 0], [0, 2]]` gives `H = [[1, 0], [0, 4]]`. For that H, `stability` returns 0.5 and 4.


# %% question="q4"
def mse_hessian(X):
    """The curvatures of the mean squared error of a linear model.   X (N, D) -> (D, D)"""
    ### BEGIN SOLUTION
    return 2 / len(X) * X.T @ X
    ### END SOLUTION


def stability(H):
    """The largest stable rate and the condition number of a quadratic.   H (D, D) -> two numbers"""
    ### BEGIN SOLUTION
    curvatures = np.linalg.eigvalsh(H)
    return 2 / curvatures[-1], curvatures[-1] / curvatures[0]
    ### END SOLUTION


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Along an axis with curvature c, each step multiplies the distance by 1 - lr c. It must stay between -1 and 1 on *every*
# axis. Which axis is the first to break that?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The steepest. So the limit is 2 divided by the largest eigenvalue. The entries on the diagonal of H are the curvatures
# along w1, w2 and so on, and a slanted valley is steeper in between. The condition number compares the steepest axis
# with the flattest.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Eigenvalues in rising order: the last is the largest, the first the smallest. Return 2 over the last, and the last over
# the first.
#
# </details>

# %% [markdown]
# What does standardising do to the ten measurements of wine and their price in steps? Predict whether the limit rises or
# falls.

# %% tags=["demo"]
X_wine, _ = dl.data.wine()
for name, inputs in [("as measured", X_wine), ("standardised", dl.data.standardise(X_wine))]:
    limit, condition = stability(mse_hessian(np.column_stack([inputs, np.ones(len(inputs))])))
    print(f"wine, {name:12}: limit {limit:.2g}, condition number {condition:.2g}")

# %% [markdown]
# ## q5 · Four predictions on paper (4 points)
#
# No code here: think, and write values. A fraction such as `3 / 7` will do, or three digits. The loss of the first three
# is
#
# $$L(w) = 3\,(w - 2)^2 + 1$$
#
# 1. `rates`: two numbers, the limit below which a learning rate is stable, and the rate that reaches the minimum in one
#    step. (What is the curvature of L?)
# 2. `w_after_three`: you start at w = 4 and take three steps at rate 0.25. Where are you?
# 3. `regimes`: a list of four words, for the rates 0.3, 0.02, 0.35 and 0.12, in this order. The words are `"slow"`,
#    `"good"`, `"oscillating"`, `"diverging"`, as in section 3 of the lesson: good leaves at most 1 % of the distance after
#    ten steps, without jumping across.
# 4. `iterations`: a training set has 1000 examples, the batch size is 64 and the last short batch is used as well. How
#    many updates do 5 epochs make?

# %% question="q5"
### BEGIN SOLUTION
rates = (1 / 3, 1 / 6)
w_after_three = 1.75
regimes = ["oscillating", "slow", "diverging", "good"]
iterations = 80
### END SOLUTION
### BEGIN STUDENT
# rates = ...
# w_after_three = ...
# regimes = ...
# iterations = ...
### END STUDENT

# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The curvature is the second derivative. One number, the factor 1 - rate times curvature, answers the first three. For
# the last, count the batches of one epoch.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The first derivative is 6 (w - 2). Differentiate once more. A factor of 0 reaches the minimum at once, a factor of -1
# is the limit. For the second: multiply the distance from the minimum, which is 2 at the start, three times. An epoch
# has as many iterations as there are batches, a short one included.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# At rate 0.25 the factor is 1 - 0.25 times 6. For the regimes, compute the four factors: below -1, below 0, between 0
# and 0.63 (whose tenth power is about 0.01), or above. 1000 / 64 is a little more than 15.
#
# </details>

# %% [markdown]
# ## q6 · Repair a training loop (4 points)
#
# Logistic regression, trained by batches: for every epoch, for every batch in the order of the examples, one step. The
# loss of a batch is its *mean* binary cross-entropy, and with h = sigmoid(X w + b)
#
# $$\frac{dL}{dw} = \frac{1}{B} X^T (h - y), \qquad \frac{dL}{db} = \frac{1}{B} \sum_n (h_n - y_n)$$
#
# where B is the number of examples in *this* batch.
#
# The loop below was handed to you with a note: *"The loss goes up. I turned a sign around, then it went down, but my
# weights still are not the library's. With small batches it learns far too slowly. And even with one large batch, b is
# off by a little."*
#
# Find what is wrong and repair it. There are three bugs. This is what a right function answers:
#
# | X | y | call | w | b |
# |---|---|---|---|---|
# | `[[1], [3]]` | `[1, 1]` | `lr=0.5, epochs=1, batch_size=2` | `[0.5]` | 0.25 |
# | `[[1], [3]]` | `[1, 1]` | `lr=0.5, epochs=1, batch_size=1` | `[0.6534]` | 0.3845 |
#
# - `train(X, y, lr, epochs, batch_size)`: `X` (N, D), `y` (N,) of 0 and 1. The weights start at 0. The last batch may be
#   short. Returns `w` (D,) and `b`, a number. `F.sigmoid` is allowed; it returns a pair, the value first.


# %% question="q6"
def train(X, y, lr, epochs, batch_size):
    """Logistic regression by batches in order.   X (N, D), y (N,) -> w (D,), b a number"""
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            # 1. batch
            X_batch, y_batch = X[start : start + batch_size], y[start : start + batch_size]
            ### BEGIN SOLUTION
            # 2. forward
            h, _ = F.sigmoid(X_batch @ w + b)
            # 3. loss and 4. backward: its slope in each z, then in w and b
            delta = (h - y_batch) / len(y_batch)
            # 5. update
            w = w - lr * X_batch.T @ delta
            b = b - lr * delta.sum()
            ### END SOLUTION
            ### BEGIN STUDENT
            # # 2. forward
            # h, _ = F.sigmoid(X_batch @ w + b)
            # # 3. loss and 4. backward, 5. update: first w ...
            # delta = (h - y_batch) / len(y)
            # w = w + lr * X_batch.T @ delta
            # # ... then b
            # h, _ = F.sigmoid(X_batch @ w + b)
            # delta = (h - y_batch) / len(y)
            # b = b - lr * delta.sum()
            ### END STUDENT
    return w, b


# %% [markdown]
# See for yourself first: how far is it from the table?

# %% tags=["demo"]
for batch_size in (2, 1):
    w, b = train(np.array([[1.0], [3.0]]), np.array([1.0, 1.0]), 0.5, 1, batch_size)
    print(f"batches of {batch_size}: w = {w.round(4)}, b = {b:.4f}")

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three symptoms, three bugs. The loss rises: look at the signs. Small batches learn slowly: what is the mean taken over?
# And b: at which weights is its slope computed?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Both updates are steps *against* the slope. The mean of a batch divides by the batch's own number of examples, not by
# the whole set's. And one iteration has one forward pass: both slopes belong to the weights that the batch met.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Divide by `len(y_batch)`, which is right for the short last batch as well. Compute h and delta once, use them for both
# updates, and subtract in both.
#
# </details>

# %% [markdown]
# The tumours of lessons 02 and 03: the library's loop beside yours, from the same start.

# %% tags=["demo"]
X_tumours, y_tumours = dl.data.breast_cancer()
X_tumours, y_tumours = dl.data.standardise(X_tumours[1::2, :2]), 1.0 - y_tumours[1::2]
w, b = train(X_tumours, y_tumours, lr=0.5, epochs=10, batch_size=32)
net, bce = dl.Linear(2, 1, rng=np.random.default_rng(0)), dl.BCEWithLogitsLoss()
net.weight.value, net.bias.value = np.zeros((2, 1)), np.zeros(1)
optimizer = dl.SGD(net.parameters(), lr=0.5)
for _ in range(10):
    for X_batch, y_batch in dl.data.batches(X_tumours, y_tumours[:, np.newaxis], 32, shuffle=False):
        bce.forward(net(X_batch), y_batch)
        optimizer.zero_grad()
        net.backward(bce.backward())
        optimizer.step()
print("yours:      ", w.round(4), round(float(b), 4))
print("the library:", net.weight.value.ravel().round(4), net.bias.value[0].round(4))

# %% [markdown]
# ## q7 · Which starts arrive? (4 points)
#
# The next cell is given: a curve with two valleys. The floor of the left one, at `W_BEST`, is the lower: the global
# minimum.


# %%
def curve(w):
    """A loss with two valleys.   w any shape -> like w"""
    return w**4 / 4 - 3 * w**2 / 2 + w / 2


def curve_slope(w):
    """Its derivative.   w any shape -> like w"""
    return w**3 - 3 * w + 0.5


W_BEST = -1.81003793  # where the slope is 0

# %% [markdown]
# - `arrives(starts, lr, steps, tol)`: `starts` of shape (S,), the numbers float. From each start take exactly `steps`
#   steps of gradient descent at the rate `lr`. Returns an array of S truth values: True where the *last* place is at most
#   `tol` away from `W_BEST`.
#
# A rate may be so large that a path is thrown far out: that is False, too.
#
# **Example.** `arrives(np.array([-1.0, 0.0, 1.0]), 0.1, 50, 0.01)` is `[True, True, False]`: from 1 the path ends in the
# right valley. With `steps = 2` nobody has arrived yet.


# %% question="q7"
def arrives(starts, lr, steps, tol):
    """From which starts descent ends at the global minimum.   starts (S,) -> (S,) of True and False"""
    ### BEGIN SOLUTION
    w = starts
    for _ in range(steps):
        w = w - lr * curve_slope(w)
    return np.abs(w - W_BEST) <= tol
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Do not reason about where the ridge lies: a large rate jumps over it. Walk, and look where you are at the end.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `curve_slope` takes whole arrays, so all starts can walk at once: one loop over the steps, none over the starts. Only
# the last place counts, and the distance has no sign.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Let w be the starts. Repeat `steps` times: the new w is w minus lr times the slope at w. Return whether the absolute
# value of w minus W_BEST is at most tol.
#
# </details>

# %% [markdown]
# At its floor the right valley has curvature 5.1, the left one 6.8. Predict: what happens at rate 0.32, which is stable in
# the right valley (below 2/5.1 = 0.39) and not in the left one (above 2/6.8 = 0.29)?

# %% tags=["demo"]
starts = np.linspace(-3, 3, 121)
for lr in (0.01, 0.1, 0.25, 0.32):
    print(f"rate {lr}: {arrives(starts, lr, 300, 0.01).mean():.0%} of the starts reach the global minimum")

# %% [markdown]
# ## All together
#
# Your limit, your loss, the library's loop: petals once more, 40 epochs with all 150 as one batch. Which rate will be too
# much?

# %% tags=["demo"]
limit, condition = stability(mse_hessian(X_petals))
print(f"limit {limit:.4f}, condition number {condition:.0f}")
for share in (0.5, 0.99, 1.05):
    rng = np.random.default_rng(0)
    line = dl.Linear(1, 1, rng=rng)
    optimizer = dl.SGD(line.parameters(), lr=share * limit)
    with dl.swap(mse_loss=my_mse, mse_loss_backward=my_mse_backward):
        settings = {"epochs": 40, "batch_size": 150, "rng": rng, "progress": False}
        history = dl.fit(line, dl.MSELoss(), optimizer, X_petals[:, :1], y_petals[:, np.newaxis], **settings)
    print(f"at {share} of it: loss {history.loss[0]:.3f} -> {history.loss[-1]:.3f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
