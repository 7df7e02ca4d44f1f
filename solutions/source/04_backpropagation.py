# %% [markdown]
# # Exercise 04: Backpropagation
#
# You write the functions that carry a gradient backward, join them to a network, take a step, and catch wrong gradients
# with measured ones. At the end your own three functions train a digit reader, in place of the library's.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | a dense layer, there and back, from a text with gaps | 4 | 8 |
# | q2 | the slope of tanh, and the Jacobian of softmax | 4 | 12 |
# | q3 | the three output deltas | 5 | 14 |
# | q4 | all gradients of a 2-5-2 network, and a prediction | 5 | 16 |
# | q5 | one training step, for any number of layers | 4 | 16 |
# | q6 | a gradient checker | 4 | 14 |
# | q7 | a backward pass that somebody broke | 4 | 12 |
#
# Read [lesson 04](../lessons/04_backpropagation.ipynb) first. The questions do not depend on each other: leave one out,
# and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. Cells below some checks put your functions to
# work. They need your answer: skip them if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("04_backpropagation")

# %%
import dlcourse as dl
from dlcourse import functional as F

# %% [markdown]
# ## Five rules for all questions
#
# 1. **Names.** `s` is a weighted sum, `x` what leaves a unit, `h` the output of the last layer, `y` the target. `delta`
#    is dJ/ds.
# 2. **Shapes.** A batch has one row per example: `x` is (N, D), a weight matrix `W` is (D, M), a bias `b` is (M,). A
#    gradient has the shape of what it belongs to.
# 3. **J is the mean over the N examples.** So each output delta carries a factor 1/N, and what follows only adds up.
# 4. **Write it yourself.** What a question asks you to build, its answer may not borrow from the library, under whatever
#    name. The check says so where it happens. Everything else is allowed: `F.softmax` in q2, for instance.
# 5. **No overflow.** In checks called "no overflow" a warning of NumPy about an overflow or an invalid value counts as
#    wrong, even when the numbers come out right.

# %% [markdown]
# ## q1 · A dense layer, completed (4 points)
#
# $$s = x W + b \qquad\qquad \frac{\partial J}{\partial x} = \delta\, W^T \qquad \frac{\partial J}{\partial W} = x^T \delta
# \qquad \frac{\partial J}{\partial b} = \text{sum of the rows of } \delta$$
#
# The function is written; some of its lines have gaps. Fill in each `...`, then delete the lines
# `raise NotImplementedError()`.
#
# - `linear(x, W, b)`: `x` (N, D), `W` (D, M), `b` (M,). Returns `s` (N, M) and the cache `(x, W)`.
# - `linear_backward(delta, cache, need_dx=True)`: `delta` (N, M). Returns `dx` (N, D), `dW` (D, M), `db` (M,). The first
#   layer of a network has nobody to hand `dx` to: with `need_dx=False`, return `None` in its place.
#
# **Example.** Two examples, two inputs, one unit:
#
# ```
# x = [[1, 2],    W = [[10],    b = [0.5]    s = [[30.5],
#      [3, 4]]         [ 1]]                      [34.5]]
#
# delta = [[1],   dx = [[10, 1],    dW = [[ 7],    db = [3]
#          [2]]         [20, 2]]          [10]]
# ```


# %% question="q1"
def linear(x, W, b):
    """Weighted sums.   x (N, D), W (D, M), b (M,) -> s (N, M), cache (x, W)"""
    ### BEGIN SOLUTION
    # 1. the weighted sums
    s = x @ W + b
    # 2. keep what backward needs
    cache = (x, W)
    return s, cache
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the weighted sums
    # s = ...
    # # 2. keep what backward needs
    # cache = (x, W)
    # return s, cache
    ### END STUDENT


def linear_backward(delta, cache, need_dx=True):
    """The way back through the sums.   delta (N, M) -> dx (N, D) or None, dW (D, M), db (M,)"""
    ### BEGIN SOLUTION
    # 3. take it out again
    x, W = cache
    # 4. the gradients of this layer, added over the examples
    dW = x.T @ delta
    db = delta.sum(axis=0)
    # 5. what the layer before gets
    dx = delta @ W.T if need_dx else None
    return dx, dW, db
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 3. take it out again
    # x, W = cache
    # # 4. the gradients of this layer, added over the examples
    # dW = ...
    # db = ...
    # # 5. what the layer before gets
    # dx = ... if need_dx else None
    # return dx, dW, db
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the shapes of `x`, `W` and `delta` beside each other. A matrix product `A @ B` needs the last length of A to be
# the first of B. For each gradient only one order, with one transpose, gives the right shape.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `dW` must be (D, M): turn x (N, D) so that its N meets the N of delta. `dx` must be (N, D): turn W so that its M meets
# the M of delta. The bias is used by every example, so it collects from all rows.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The product for `dW` begins with the transpose of `x`, the one for `dx` ends with the transpose of `W`. For `db`, a
# sum along axis 0.
#
# </details>

# %% [markdown]
# ## q2 · Two slopes (4 points)
#
# A tanh unit depends on its own sum alone, so one slope per unit is enough. Every softmax output depends on *all* sums of
# the layer, so its slopes are a matrix, the Jacobian:
#
# $$x = \tanh s:\ \ \frac{dx}{ds} = 1 - x^2 \qquad\qquad h = \mathrm{softmax}(s):\ \
# \frac{\partial h_k}{\partial s_j} = h_k\,([k = j] - h_j)$$
#
# where $[k = j]$ is 1 if $k = j$, else 0.
#
# - `tanh_backward(dx, cache)`: `dx` is dJ/dx, any shape; the cache is `(x,)`, the *output* of tanh. Returns dJ/ds.
# - `softmax_jacobian(s)`: `s` (K,), the sums of one example. Returns the matrix (K, K) with
#   $\partial h_k / \partial s_j$ in row k and column j. No overflow.
#
# **Example.** e^(ln 3) = 3, so `s = [ln 3, 0]` gives `h = [0.75, 0.25]`.
#
# | call | answer |
# |---|---|
# | `tanh_backward(dx, (x,))`, x = [0, 0.6], dx = [1, 10] | [1, 6.4] |
# | `softmax_jacobian([ln 3, 0])` | [[0.1875, -0.1875], [-0.1875, 0.1875]] |


# %% question="q2"
def tanh_backward(dx, cache):
    """The way back through tanh.   dx any shape, cache (x,) with the output x -> dJ/ds like dx"""
    # 1. take it out again
    # 2. the local slope
    # 3. the chain rule
    ### BEGIN SOLUTION
    (x,) = cache
    slope = 1 - x**2
    return dx * slope
    ### END SOLUTION


def softmax_jacobian(s):
    """All slopes of softmax.   s (K,) -> (K, K), row k and column j hold dh_k/ds_j"""
    # 1. the probabilities
    # 2. the slopes
    ### BEGIN SOLUTION
    h, _ = F.softmax(s)
    return np.diag(h) - np.outer(h, h)
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For tanh, the cache holds the output already, so no tanh is left to compute. For the Jacobian, first get h
# (`F.softmax(s)` returns a pair; h is its first half), then fill a matrix by the formula.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Two loops, over k and j, are a fine beginning. Without loops: the part with h_k h_j is an outer product, and the part
# with [k = j] stands on the diagonal alone.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `np.diag` turns a vector into a matrix with that diagonal; `np.outer` of a vector with itself gives all products.
# Which of the two do you subtract from which?
#
# </details>

# %% [markdown]
# The rows of the Jacobian sum to 0: raise all sums alike, and no probability moves. The columns do as well: what one
# probability gains, the others lose.

# %% tags=["demo"]
jacobian = softmax_jacobian(np.array([2.0, 1.0, 0.1]))
print(jacobian.round(3))
print("sums of the rows:", (jacobian.sum(axis=1).round(12) + 0.0), "columns:", (jacobian.sum(axis=0).round(12) + 0.0))

# %% [markdown]
# ## q3 · Three output deltas (5 points)
#
# Here the way back begins. Each function returns $\delta = \partial J / \partial s$ of the output layer, with the shape
# of its first argument.
#
# | function | output | J |
# |---|---|---|
# | `squared_error_delta(s, y)`: `s`, `y` (N, K) | h = tanh(s) | $\frac{1}{2N} \sum_n \sum_k (h_{nk} - y_{nk})^2$ |
# | `binary_delta(s, y)`: `s`, `y` (N, 1) | h = sigmoid(s) | $-\frac1N \sum_n [\, y_n \log h_n + (1 - y_n) \log (1 - h_n)]$ |
# | `softmax_cross_entropy_backward(cache)`: cache = `(h, y)`, both (N, K) | h = softmax(s) | $-\frac1N \sum_n \sum_k y_{nk} \log h_{nk}$ |
#
# The third gets the finished probabilities, as the library's loss keeps them; `y` has one-hot rows. No overflow.
#
# **Example.** tanh(ln 2) = 0.6 and sigmoid(ln 3) = 0.75. All with N = 2:
#
# | call | answer |
# |---|---|
# | `squared_error_delta([[ln 2], [0]], [[1], [1]])` | [[-0.128], [-0.5]] |
# | `binary_delta([[ln 3], [0]], [[1], [0]])` | [[-0.125], [0.25]] |
# | `softmax_cross_entropy_backward(([[0.75, 0.25], [0.5, 0.5]], [[0, 1], [1, 0]]))` | [[0.375, -0.375], [-0.25, 0.25]] |


# %% question="q3"
def squared_error_delta(s, y):
    """dJ/ds for tanh outputs and half the squared error.   s, y (N, K) -> (N, K)"""
    ### BEGIN SOLUTION
    h = np.tanh(s)
    return (1 - h**2) * (h - y) / len(s)
    ### END SOLUTION


def binary_delta(s, y):
    """dJ/ds for a sigmoid output and binary cross-entropy.   s, y (N, 1) -> (N, 1)"""
    ### BEGIN SOLUTION
    h, _ = F.sigmoid(s)
    return (h - y) / len(s)
    ### END SOLUTION


def softmax_cross_entropy_backward(cache):
    """dJ/ds for softmax outputs and cross-entropy.   cache (h, y), both (N, K) -> (N, K)"""
    ### BEGIN SOLUTION
    h, y = cache
    return (h - y) / len(h)
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Look at the table in section 5 of the lesson. In two of the three rows the slope of the activation cancels against the
# derivative of the loss. In which one does it stay?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Compute h from s first (the third function has it already). Then h - y. The sums over n in J are divided by N, the
# number of rows; so is each delta. N is not the number of entries.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `len(s)` is N. For the first function multiply by one minus the square of h. For the second, `F.sigmoid(s)` returns a
# pair and never overflows.
#
# </details>

# %% [markdown]
# ## q4 · All gradients of a 2-5-2 network (5 points)
#
# $$s_1 = x W_1 + b_1 \quad x_1 = \tanh s_1 \quad s_2 = x_1 W_2 + b_2 \quad h = \mathrm{softmax}(s_2) \quad
# J = -\frac1N \sum_n \sum_k y_{nk} \log h_{nk}$$
#
# Write both passes. Any number of inputs D, hidden units H and classes K must do.
#
# - `gradients(x, y, W1, b1, W2, b2)`: `x` (N, D), `y` (N, K) with one-hot rows. Returns `dW1, db1, dW2, db2`.
#
# Write the way back yourself, without the library's `..._backward` functions and without `dl.Tensor`.
#
# **Example.** One example, one input, one hidden unit, two classes. x_1 = tanh(ln 2) = 0.6, h = [0.75, 0.25]:
#
# ```
# x = [[1]],  y = [[0, 1]],  W1 = [[ln 2]],  b1 = [0],  W2 = [[1, 0]],  b2 = [ln 3 - 0.6, 0]
#
# dW1 = [[0.48]]    db1 = [0.48]    dW2 = [[0.45, -0.45]]    db2 = [0.75, -0.75]
# ```


# %% question="q4"
def gradients(x, y, W1, b1, W2, b2):
    """Forward and back.   x (N, D), y (N, K), W1 (D, H), b1 (H,), W2 (H, K), b2 (K,) -> dW1, db1, dW2, db2"""
    # 1. weighted sums of the hidden layer
    # 2. its outputs
    # 3. weighted sums of the output layer
    # 4. probabilities
    # 5. delta of the output layer
    # 6. its gradients, summed over the rows
    # 7. back through the weights
    # 8. back through tanh
    # 9. the first layer's gradients
    ### BEGIN SOLUTION
    x1 = np.tanh(x @ W1 + b1)
    h, _ = F.softmax(x1 @ W2 + b2)
    delta2 = (h - y) / len(x)
    second = x1.T @ delta2, delta2.sum(axis=0)
    delta1 = (1 - x1**2) * (delta2 @ W2.T)
    first = x.T @ delta1, delta1.sum(axis=0)
    return *first, *second
    ### END SOLUTION


# %% [markdown]
# **Predict.** A network of this kind has six hidden units and three classes. Row j of W2 holds the weights from hidden
# unit j to the outputs:
#
# ```
# W2 = [[ 0.5,  0.5,  0.5],     unit 0
#       [ 0.4, -0.4,  0.0],     unit 1
#       [ 0.0,  0.0,  0.0],     unit 2
#       [ 0.7,  0.0,  0.7],     unit 3
#       [-1.0, -1.0, -1.0],     unit 4
#       [ 0.2,  0.4,  0.6]]     unit 5
# ```
#
# Which units get a delta of exactly 0 on *every* example, whatever the other weights are? Write a set of numbers, such
# as `{1, 5}`.

# %% question="q4"
### BEGIN SOLUTION
silent_units = {0, 2, 4}
### END SOLUTION
### BEGIN STUDENT
# silent_units = ...
### END STUDENT

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Follow the nine steps; they are those of section 6 of the lesson. Keep x1 and h: the way back needs them. For the
# prediction, write down the formula for the delta of a hidden unit. What do the output deltas of one example sum to?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The output delta is that of softmax with cross-entropy, divided by N. The hidden delta is that delta times the
# transpose of W2, times the slope of tanh, which you can write with x1. Each matrix of weights gets the transpose of its
# layer's input times its layer's delta.
#
# For the prediction: h sums to 1, and so does y.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The slope, one minus the square of x1, multiplies entry by entry (`*`); the weights multiply and add up (`@`). The
# biases get sums along axis 0. A hidden unit's delta is 0 when
# its weights, times three output deltas that sum to 0, sum to 0 whichever deltas these are.
#
# </details>

# %% [markdown]
# ## q5 · One training step (4 points)
#
# Forward, backward, update: for a network with *any* number of layers. All hidden layers are tanh, the last is softmax
# with cross-entropy, J is the mean over the batch.
#
# - `train_step(x, y, weights, biases, lr)`: `weights` and `biases` are lists with one array a layer, from the first to
#   the last; `y` (N, K) has one-hot rows.
# - Returns `loss, new_weights, new_biases`: J *before* the step, and two new lists. Each new array is the old one minus
#   `lr` times its gradient, **all at the old weights**. Leave the old lists as they are.
#
# **Example.** One layer, `x = [[2]]`, `y = [[0, 1]]`, `weights = [[[0, 0]]]`, `biases = [[0, 0]]`, `lr = 0.1`. Both
# probabilities are 0.5, so the loss is ln 2, the delta [0.5, -0.5], and after the step the weights are [[-0.1, 0.1]], the
# biases [-0.05, 0.05].


# %% question="q5"
def train_step(x, y, weights, biases, lr):
    """One step of gradient descent.   lists of W and b -> loss before it, new list of W, new list of b"""
    # 1. forward through the hidden layers, keeping the output of every layer
    # 2. the output layer, and the loss
    # 3. delta of the output layer
    # 4. from the last layer to the first: gradients, new arrays, and the delta of the layer before
    ### BEGIN SOLUTION
    outputs = [x]
    for layer in range(len(weights) - 1):
        outputs.append(np.tanh(outputs[layer] @ weights[layer] + biases[layer]))
    loss, cache = F.cross_entropy(outputs[-1] @ weights[-1] + biases[-1], y)
    delta = F.cross_entropy_backward(cache)
    new = []
    for x_in, W, b in list(zip(outputs, weights, biases, strict=True))[::-1]:
        new.insert(0, (W - lr * x_in.T @ delta, b - lr * delta.sum(axis=0)))
        delta = (1 - x_in**2) * (delta @ W.T)
    return loss, [W for W, _ in new], [b for _, b in new]
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Going forward, collect a list: x, the output of the first hidden layer, of the second, and so on. Its entry number l is
# then the *input* of layer l (counted from 0). Going back, walk through the layers in reverse.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `F.cross_entropy(s, y)` returns the loss and a cache; `F.cross_entropy_backward(cache)` the delta of the last layer. In
# the loop going back: with the delta of layer l, make the new W and b of layer l from their gradients. Then, unless l is
# 0, compute the delta of layer l - 1, with the *old* W of layer l.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `for layer in reversed(range(len(weights)))`. The gradient of its weights is the transpose of the kept entry `layer`,
# times delta. The next delta is delta times the transpose of `weights[layer]`, times one minus the square of the kept
# entry `layer`: that entry is the output of the layer before.
#
# </details>

# %% [markdown]
# Two spirals, four layers, and nothing but your function. It needs your answer: skip it if you skip the question.

# %% tags=["demo"]
from itertools import pairwise

rng = np.random.default_rng(0)
X_spirals, y_spirals = dl.data.spirals(300, classes=3, rng=rng)
sizes = [2, 24, 24, 24, 3]
weights = [rng.normal(0, 1 / np.sqrt(n), (n, m)) for n, m in pairwise(sizes)]
biases = [np.zeros(m) for m in sizes[1:]]
for step in range(1501):
    loss, weights, biases = train_step(X_spirals, F.one_hot(y_spirals, 3), weights, biases, lr=0.5)
    if step % 500 == 0:
        print(f"step {step:4}: loss {loss:.3f}")

# %% [markdown]
# ## q6 · A gradient checker (4 points)
#
# Somebody hands you gradients. Measure them. The network is that of q4; its parameters and the claimed gradients come as
# dictionaries with the keys `"W1"`, `"b1"`, `"W2"`, `"b2"`. The loss is given:


# %%
def cost(x, y, parameters):
    """J of the 2-5-2 kind of network.   parameters {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)} -> float"""
    x1 = np.tanh(x @ parameters["W1"] + parameters["b1"])
    loss, _ = F.cross_entropy(x1 @ parameters["W2"] + parameters["b2"], y)
    return loss


# %% [markdown]
# - `worst_entry(x, y, parameters, claimed, h=1e-5)`: for every entry w of every parameter, measure the slope by the
#   central difference
#
# $$\frac{J(w + h) - J(w - h)}{2h}$$
#
# - Find the entry where claimed and measured slope lie farthest apart. Return `name, index, error`: the key, the index as
#   a tuple (`(0, 3)` in a matrix, `(3,)` in a bias), and the distance, a number above 0.
# - If no error is larger than 1e-6, return `None`: the gradients agree.
#
# Write the differences yourself, without `dl.numerical_gradient` or `dl.gradcheck`. Move one entry at a time, and put it
# back.
#
# **Example.** All gradients right, but 0.1 was added to `claimed["b2"][1]`: the answer is `("b2", (1,), 0.1)`.


# %% question="q6"
def worst_entry(x, y, parameters, claimed, h=1e-5):
    """Where a claimed gradient is farthest from the measured one -> name, index, error; or None if all agree"""
    ### BEGIN SOLUTION
    errors = {}
    for name, values in parameters.items():
        for index in np.ndindex(values.shape):
            nudge = np.zeros(values.shape)
            nudge[index] = h
            above = cost(x, y, parameters | {name: values + nudge})
            below = cost(x, y, parameters | {name: values - nudge})
            errors[name, index] = abs(claimed[name][index] - (above - below) / (2 * h))
    name, index = max(errors, key=errors.get)
    error = errors[name, index]
    return (name, index, error) if error > 1e-6 else None
    ### END SOLUTION


# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# One loop over the names, one over the entries, and a record of the worst so far. `np.ndindex(array.shape)` runs through
# all indices of an array, as tuples, whatever its number of axes.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# For each entry, make a copy of the parameter, change this entry by +h, and compute the cost with the copy in place of
# the original; then the same with -h. A copy leaves nothing to put back. `parameters | {name: changed}` is a new
# dictionary with one array exchanged.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The error of an entry is the absolute value of claimed minus measured. If it is larger than the record, the record
# becomes (name, index, error). At the end compare the record's error with 1e-6.
#
# </details>

# %% [markdown]
# A planted bug: the bias gradient of the first layer is a mean instead of a sum. What does your checker say?

# %% tags=["demo"]
rng = np.random.default_rng(0)
shapes = {"W1": (2, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)}
parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
x_demo, y_demo = rng.normal(size=(6, 2)), F.one_hot(rng.integers(0, 2, 6), 2)
s1, keep1 = F.linear(x_demo, parameters["W1"], parameters["b1"])
x1, keep_tanh = F.tanh(s1)
s2, keep2 = F.linear(x1, parameters["W2"], parameters["b2"])
_, keep_loss = F.cross_entropy(s2, y_demo)
dx1, dW2, db2 = F.linear_backward(F.cross_entropy_backward(keep_loss), keep2)
delta1 = F.tanh_backward(dx1, keep_tanh)
_, dW1, db1 = F.linear_backward(delta1, keep1)
print("right:  ", worst_entry(x_demo, y_demo, parameters, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}))
name, index, error = worst_entry(
    x_demo, y_demo, parameters, {"W1": dW1, "b1": delta1.mean(axis=0), "W2": dW2, "b2": db2}
)
print(f"planted: {name}{list(index)} is off by {error:.3f}")

# %% [markdown]
# ## q7 · Repair a backward pass (4 points)
#
# A network that predicts numbers: ReLU in the hidden layer, a linear output, and
#
# $$s_1 = x W_1 + b_1 \quad x_1 = \max(s_1, 0) \quad h = x_1 W_2 + b_2 \quad J = \frac{1}{2N} \sum_n \sum_k (h_{nk} - y_{nk})^2$$
#
# The function below was handed to you with a note: *"The loss went up, until I trained with a negative learning rate. It
# learns now, but a larger batch needs a smaller rate, and the first layer jumps about."*
#
# Find what is wrong and repair it. There is more than one bug. The forward pass is right.
#
# - `backward(x, y, W1, b1, W2, b2)`: `x` (N, D), `y` (N, K). Returns `dW1, db1, dW2, db2`. At the kink, s = 0, the slope
#   of ReLU is 0, as in PyTorch.
#
# **Example.** Two examples, one input, two hidden units, one output. A right function answers:
#
# ```
# x = [[1],    y = [[1],    W1 = [[2, -1]],    b1 = [0, 0]    W2 = [[1],    b2 = [0]
#      [2]]         [1]]                                            [1]]
#
# h = [[2],    dW1 = [[3.5, 0]]    db1 = [2, 0]    dW2 = [[7],    db2 = [2]
#      [4]]                                               [0]]
# ```


# %% question="q7"
def backward(x, y, W1, b1, W2, b2):
    """Gradients of a ReLU network with half the squared error -> dW1, db1, dW2, db2"""
    s1, _ = F.linear(x, W1, b1)
    x1, _ = F.relu(s1)
    h, _ = F.linear(x1, W2, b2)
    ### BEGIN SOLUTION
    delta2 = (h - y) / len(x)
    dW2 = x1.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = (s1 > 0) * (delta2 @ W2.T)
    ### END SOLUTION
    ### BEGIN STUDENT
    # delta2 = y - h
    # dW2 = x1.T @ delta2
    # db2 = delta2.sum(axis=0)
    # delta1 = x1 * (delta2 @ W2.T)
    ### END STUDENT
    dW1 = x.T @ delta1
    db1 = delta1.sum(axis=0)
    return dW1, db1, dW2, db2


# %% [markdown]
# See for yourself first: which gradients of the example are wrong?

# %% tags=["demo"]
x_table, y_table = np.array([[1.0], [2.0]]), np.array([[1.0], [1.0]])
answers = backward(x_table, y_table, np.array([[2.0, -1.0]]), np.zeros(2), np.ones((2, 1)), np.zeros(1))
for name, gradient in zip(("dW1", "db1", "dW2", "db2"), answers, strict=True):
    print(name, gradient.tolist())

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Take the note apart: a loss that goes up, a rate that depends on the size of the batch, a first layer that jumps. Each
# points to one fault, and two of them sit in one line.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Derive delta2 from J: what is the derivative of (h - y)^2 / (2N) with respect to h? Then compare the factor in delta1
# with the *slope* of ReLU. Is x1 a slope?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# In delta2, turn the difference round and divide by `len(x)`. The slope of ReLU is 1 where `s1 > 0` and 0 elsewhere; a
# comparison gives just that, and NumPy multiplies with True and False as with 1 and 0.
#
# </details>

# %% [markdown]
# ## The machine is yours
#
# Inside the `with` block the library calls *your* `linear_backward` (q1), `tanh_backward` (q2) and
# `softmax_cross_entropy_backward` (q3; the library's name for it is `cross_entropy_backward`). Nothing else computes a
# gradient. First the check, then the training, beside the library's own. The cell needs your answers to q1, q2 and q3.

# %% tags=["demo"]
X_digits, y_digits = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X_digits, y_digits, rng=np.random.default_rng(0))
mine = {
    "linear_backward": linear_backward,
    "tanh_backward": tanh_backward,
    "cross_entropy_backward": softmax_cross_entropy_backward,
}


def train_digits():
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng))
    check_digits = dl.gradcheck_network(net, dl.CrossEntropyLoss(), X_train[:4], y_train[:4])
    optimizer = dl.SGD(net.parameters(), lr=0.3)
    history = dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=15, rng=rng, progress=False)
    print(f"    gradients agree: {bool(check_digits)}, loss {history.loss[0]:.3f} to {history.loss[-1]:.3f}")
    print(f"    {dl.accuracy(net, X_test, y_test):.1%} of {len(y_test)} unseen digits")


print("with the library's functions")
train_digits()
print("with yours")
with dl.swap(**mine):
    train_digits()

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
