# %% [markdown]
# # Exercise 06: Vanishing and exploding gradients
#
# You measure gradients layer by layer, bound what a layer can do to them, and write the two repairs that every deep
# learning library has: clipping and the residual block. At the end your own clipping brings a network through that goes
# to NaN without it.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | the gradient norm of every layer, from a text with gaps | 4 | 8 |
# | q2 | a bound on what is left of delta, and a prediction | 4 | 12 |
# | q3 | clipping by value, and the angle by which it turns a gradient | 4 | 10 |
# | q4 | clipping by global norm, as PyTorch does it | 5 | 12 |
# | q5 | a residual block, there and back | 5 | 16 |
# | q6 | a delta on its way through an unrolled network, and a prediction | 4 | 14 |
# | q7 | a way back through time that somebody broke | 4 | 14 |
#
# Read [lesson 06](../lessons/06_unstable_gradients.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. Cells below some checks put your functions to
# work. They need your answer: skip them if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("06_unstable_gradients")

# %%
import dlcourse as dl

# %% [markdown]
# ## Five rules for all questions
#
# 1. **Names.** `z` is a weighted sum, `x` what goes into a layer, `delta` is dL/dz. A batch has one row per example.
# 2. **Norm** means length: the root of the sum of all squared entries, of a vector, of a matrix, or of a whole list of
#    arrays. `np.linalg.norm(A)` gives it for one array.
# 3. **Layers are counted from the first to the last**, in arguments and in answers. Most of the work goes from the last
#    to the first: turn your list round at the end.
# 4. **Leave what you are given as it is.** Return new arrays: who compares before and after needs both.
# 5. **Write it yourself.** What a question asks you to build, its answer may not borrow from the library. The check says
#    so where it happens.

# %% [markdown]
# ## q1 · Gradient norms, completed (4 points)
#
# A network of L weight matrices without biases, tanh between them:
#
# $$z_1 = x\,W_1 \qquad z_l = \tanh(z_{l-1})\, W_l \qquad\qquad dW_l = x_{l-1}^T\, \delta_l \qquad
# \delta_{l-1} = \tanh'(z_{l-1}) * (\delta_l W_l^T)$$
#
# where $x_{l-1}$ is what goes into layer l. The slope of tanh, written with its output x, is $1 - x^2$.
#
# The function is written; some of its lines have gaps. Fill in each `...`, then delete the line
# `raise NotImplementedError()`.
#
# - `gradient_norms(x, weights, delta)`: `x` (N, D), a list of matrices, and `delta`, the delta of the *last* layer.
#   Returns an array (L,): the norm of every $dW_l$, first layer first.
#
# **Example.** One example, two layers of one unit, tanh(ln 2) = 0.6:
#
# ```
# x = [[1]],  weights = [[[ln 2]], [[5]]],  delta = [[2]]
#
# dW_2 = 0.6 * 2 = 1.2,  delta_1 = 0.64 * (2 * 5) = 6.4,  dW_1 = 1 * 6.4      ->  [6.4, 1.2]
# ```


# %% question="q1"
def gradient_norms(x, weights, delta):
    """The norm of every dW.   x (N, D), list of L matrices, delta of the last layer (N, K) -> (L,)"""
    ### BEGIN SOLUTION
    # 1. forward: what goes into every layer
    inputs = [x]
    for W in weights[:-1]:
        z = inputs[-1] @ W
        inputs.append(np.tanh(z))
    # 2. from the last layer to the first
    norms = []
    for x_in, W in zip(inputs[::-1], weights[::-1], strict=True):
        # 3. this layer's gradient, and its norm
        dW = x_in.T @ delta
        norms.append(np.linalg.norm(dW))
        # 4. the delta of the layer before
        delta = (1 - x_in**2) * (delta @ W.T)
    # 5. first layer first
    return np.array(norms[::-1])
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. forward: what goes into every layer
    # inputs = [x]
    # for W in weights[:-1]:
    #     z = ... @ W
    #     inputs.append(...)
    # # 2. from the last layer to the first
    # norms = []
    # for x_in, W in zip(inputs[::-1], weights[::-1], strict=True):
    #     # 3. this layer's gradient, and its norm
    #     dW = x_in.T @ ...
    #     norms.append(...)
    #     # 4. the delta of the layer before
    #     delta = ... * (delta @ W.T)
    # # 5. first layer first
    # return np.array(...)
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Going forward, each new entry of `inputs` is made from the one before it. Going back, the two formulas on the right
# above are steps 3 and 4, with `x_in` for the layer's input.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The weighted sums are those of the last entry of `inputs`; the next entry is their tanh. In step 4, `x_in` is the output
# of a tanh, so you can write the slope with it. (For the first layer step 4 computes something that nobody uses.)
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `inputs[-1]` is the last entry. `dW` ends in `delta`; `np.linalg.norm` gives its length. In front of the product in step
# 4 stands one minus the square of `x_in`. The list was filled backward: `[::-1]` turns it round.
#
# </details>

# %% [markdown]
# Twelve layers at three weight scales. Which one would you train?

# %% tags=["demo"]
X_digits, y_digits = dl.data.digits()
for scale in (0.5, 1.0, 2.0):
    rng = np.random.default_rng(0)
    shapes = [(64, 32)] + 10 * [(32, 32)] + [(32, 10)]
    weights = [rng.normal(0, scale / np.sqrt(n), (n, m)) for n, m in shapes]
    delta = (0.1 - dl.F.one_hot(y_digits, 10)) / len(y_digits)  # of a network that finds all classes equally likely
    norms = gradient_norms(X_digits, weights, delta)
    print(f"scale {scale}: first layer {norms[0]:.1e}, middle {norms[6]:.1e}, last {norms[-1]:.1e}")

# %% [markdown]
# ## q2 · What can be left of delta (4 points)
#
# Going back one layer, delta is multiplied by slopes of at most $\gamma$, and stretched by $W^T$, at most by the largest
# singular value $s(W)$ (`np.linalg.norm(W, 2)`):
#
# $$\|\delta_{l-1}\| \le \gamma\, s(W_l)\, \|\delta_l\|$$
#
# - `delta_bounds(weights, slope)`: a list of L matrices and the number $\gamma$. Returns an array (L,): for every layer l,
#   the largest that $\|\delta_l\| / \|\delta_L\|$ can be. So the last entry is 1, and $W_1$ plays no part.
#
# **Example.** A diagonal matrix stretches by its largest entry:
#
# ```
# weights = [any 2 x 2 matrix, diag(3, 1), diag(2, 8)],  slope = 0.25
#
# bounds = [1.5, 2, 1]        2 = 0.25 * 8,  1.5 = 0.25 * 3 * 2
# ```


# %% question="q2"
def delta_bounds(weights, slope):
    """How large the norm of each delta can be, as part of the last one's.   list of L matrices -> (L,)"""
    # 1. the last layer
    # 2. from the last layer to the second: one more factor for the layer before
    # 3. first layer first
    ### BEGIN SOLUTION
    bounds = [1.0]
    for W in weights[:0:-1]:
        bounds.append(bounds[-1] * slope * np.linalg.norm(W, 2))
    return np.array(bounds[::-1])
    ### END SOLUTION


# %% [markdown]
# **Predict.** In a sigmoid network every weight matrix has the largest singular value 1.6. What is the smallest number of
# layers L at which the bound for the first layer falls below 1e-6? Use the largest slope of sigmoid. Work it out on paper
# or with a few lines; write down the number.

# %% question="q2"
### BEGIN SOLUTION
layers_needed = 17
### END SOLUTION
### BEGIN STUDENT
# layers_needed = ...
### END STUDENT

# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Begin at the end: the last bound is 1. Each layer further to the front has the bound of the layer after it, times one
# more factor.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The factor that leads from layer l to layer l - 1 is the slope times the largest singular value of $W_l$. Going through
# the list backward, you need the last matrix first, and the first matrix not at all.
#
# For the prediction: how many factors stand between the delta of layer L and the delta of layer 1? How large is each?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `for W in reversed(weights[1:])` runs from the last matrix to the second. Append the last entry of your list times the
# factor; at the end turn the list round.
#
# Each factor is a quarter of 1.6, and there is one fewer than layers.
#
# </details>

# %% [markdown]
# ## q3 · Clip by value, and measure the turn (4 points)
#
# Clipping by value treats each entry on its own: what is larger than the limit becomes the limit, what is smaller than
# minus the limit becomes minus the limit. That changes the direction of the gradient. How much?
#
# - `clip_by_value(gradients, limit)`: a list of arrays of any shapes. Returns a new list of arrays of the same shapes.
# - `turned(before, after)`: two lists of arrays of the same shapes. Returns the angle between them in **degrees**, a
#   number from 0 to 180, with each list taken as *one* long vector:
#
# $$\cos \alpha = \frac{a \cdot b}{\|a\|\,\|b\|}$$
#
# Rounding can push the cosine a hair above 1, where `np.arccos` gives NaN: take care of that.
#
# **Example.**
#
# | call | answer |
# |---|---|
# | `clip_by_value([[3, -0.5], [[-7]]], 2.0)` | [[2, -0.5], [[-2]]] |
# | `turned([[1], [0]], [[5], [5]])` | 45 |


# %% question="q3"
def clip_by_value(gradients, limit):
    """Every entry between -limit and limit.   list of arrays -> new list of arrays"""
    ### BEGIN SOLUTION
    return [np.maximum(-limit, np.minimum(g, limit)) for g in gradients]
    ### END SOLUTION


def turned(before, after):
    """The angle in degrees between two lists of arrays, each taken as one vector -> a number from 0 to 180"""
    # 1. two long vectors
    # 2. the cosine of the angle, at most 1
    # 3. the angle, in degrees
    ### BEGIN SOLUTION
    a, b = (np.concatenate([np.ravel(g) for g in gradients]) for gradients in (before, after))
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return np.degrees(np.arccos(np.minimum(cosine, 1.0)))
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the first function, a list comprehension with one NumPy call per array. For the second, put all entries of a list
# end to end, and only then compute.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.clip`, or `np.minimum` and `np.maximum`, limit entries. `np.ravel(g)` makes any array flat, `np.concatenate` joins a
# list of flat arrays. Then one dot product and two norms give the cosine.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# With the vectors `a` and `b`: divide `a @ b` by the product of their norms, take the smaller of that and 1, then
# `np.arccos`, which answers in radians, and `np.degrees`.
#
# </details>

# %% [markdown]
# ## q4 · Clip by global norm (5 points)
#
# All gradients together are one vector g. Where it is longer than `max_norm`, shorten it; keep its direction. PyTorch's
# `clip_grad_norm_` multiplies every gradient by
#
# $$\min\!\left(1,\ \frac{\text{max\_norm}}{\|g\| + 10^{-6}}\right)$$
#
# - `clip_by_norm(gradients, max_norm)`: a list of arrays of any shapes. Returns `clipped, norm`: a new list of arrays,
#   and $\|g\|$ as it was *before* clipping.
#
# Match PyTorch, with its 1e-6. No warning may arise, also where all gradients are 0.
#
# **Example.**
#
# | call | clipped | norm |
# |---|---|---|
# | `clip_by_norm([[3], [[4]]], 1.0)` | [[0.6], [[0.8]]] (nearly) | 5 |
# | `clip_by_norm([[0.3], [[0.4]]], 1.0)` | [[0.3], [[0.4]]] | 0.5 |


# %% question="q4"
def clip_by_norm(gradients, max_norm):
    """All gradients as one vector, at most max_norm long.   list of arrays -> new list, norm before"""
    # 1. one norm for all arrays
    # 2. one coefficient, at most 1
    # 3. every gradient times the coefficient
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    coefficient = np.minimum(1.0, max_norm / (norm + 1e-6))
    return [coefficient * g for g in gradients], norm
    ### END SOLUTION


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The word that matters is *global*: one norm and one coefficient for the whole list. Arrays that are small themselves get
# shortened as well, if the whole is too long.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Add up the squares of all entries of all arrays, and take one root at the end. Then the formula above gives the
# coefficient.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `np.sum(g**2)` is the sum of squares of one array; a `sum(... for g in gradients)` around it adds up all of them. The
# coefficient is the smaller of 1 and max_norm over (norm plus 1e-6). Return the list of coefficient times g, and the
# norm.
#
# </details>

# %% [markdown]
# ## q5 · A residual block (5 points)
#
# Two layers with a way around them:
#
# $$h = \tanh(x W_1 + b_1) \qquad\qquad y = x + h\, W_2 + b_2$$
#
# - `residual(x, W1, b1, W2, b2)`: `x` (N, D), `W1` (D, H), `b1` (H,), `W2` (H, D), `b2` (D,). Returns `y` (N, D) and the
#   cache `(x, h, W1, W2)`.
# - `residual_backward(dy, cache)`: `dy` (N, D), that is dL/dy. Returns `dx, dW1, db1, dW2, db2`, each with the shape of
#   what it belongs to.
#
# **Example.** One example, one number, one hidden unit, tanh(ln 2) = 0.6:
#
# ```
# x = [[1]],  W1 = [[ln 2]],  b1 = [0],  W2 = [[5]],  b2 = [0.5]      y = [[1 + 3 + 0.5]]
#
# dy = [[2]]    dW2 = [[1.2]]   db2 = [2]   dW1 = [[6.4]]   db1 = [6.4]   dx = [[2 + 6.4 ln 2]]
# ```


# %% question="q5"
def residual(x, W1, b1, W2, b2):
    """y = x + tanh(x W1 + b1) W2 + b2.   x (N, D) -> y (N, D), cache (x, h, W1, W2)"""
    # 1. through the layers
    # 2. and around them
    ### BEGIN SOLUTION
    h = np.tanh(x @ W1 + b1)
    y = x + h @ W2 + b2
    return y, (x, h, W1, W2)
    ### END SOLUTION


def residual_backward(dy, cache):
    """The way back.   dy (N, D) -> dx (N, D), dW1 (D, H), db1 (H,), dW2 (H, D), db2 (D,)"""
    # 3. the second layer's gradients
    # 4. back through the second layer, and through tanh
    # 5. the first layer's gradients
    # 6. back through the first layer, and around both
    ### BEGIN SOLUTION
    x, h, W1, W2 = cache
    dW2, db2 = h.T @ dy, dy.sum(axis=0)
    delta = (1 - h**2) * (dy @ W2.T)
    dW1, db1 = x.T @ delta, delta.sum(axis=0)
    dx = dy + delta @ W1.T
    return dx, dW1, db1, dW2, db2
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# x reaches y by two paths. Over paths, slopes add (lesson 04): `dx` has two parts. W2 and b2 lie on one path only.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# y is a sum, so dy arrives unchanged at each of its terms: at x, at h W2, and at b2. From h W2 on it is the way back
# through two ordinary layers.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `dW2` is the transpose of h times dy; `db2` adds up the rows of dy. Delta is one minus h squared, times (entry by entry)
# the product of dy and the transpose of W2. `dW1` and `db1` come from x and delta in the same way. The part of `dx`
# through the layers is delta times the transpose of W1; the other part is dy itself.
#
# </details>

# %% [markdown]
# Forty of your blocks, and forty of the same layers without the way around.

# %% tags=["demo"]
rng = np.random.default_rng(0)
blocks = [(rng.normal(0, 0.1, (16, 16)), np.zeros(16), rng.normal(0, 0.1, (16, 16)), np.zeros(16)) for _ in range(40)]
for name, around in (("residual", 1), ("plain", 0)):
    x, caches = rng.normal(size=(8, 16)), []
    for parameters in blocks:
        y, cache = residual(x, *parameters)
        x = y - (1 - around) * x  # for the plain network, take x out again
        caches.append(cache)
    start = dx = rng.normal(size=(8, 16))
    for cache in reversed(caches):
        dx = residual_backward(dx, cache)[0] - (1 - around) * dx
    print(f"{name:8}: {np.linalg.norm(dx) / np.linalg.norm(start):.1e} of the gradient arrives")

# %% [markdown]
# ## q6 · Back through an unrolled network (4 points)
#
# A linear recurrent network, $h_t = x_t W_{in} + h_{t-1} W$. Going back one step in time, a delta (a row of H numbers) is
# multiplied by $W^T$:
#
# $$\delta_{t-1} = \delta_t\, W^T$$
#
# - `factors(W, delta, steps)`: `W` (H, H), `delta` (H,), a whole number. Returns an array (steps + 1,): the norm of the
#   delta after 0, 1, 2, ... steps back, divided by the norm at the start. So the first entry is 1.
#
# **Example.** `factors([[0.5, 4], [0, 0.5]], [0, 1], 2)`: the delta becomes [4, 0.5], then [4, 0.25], so the answer is
# [1, 4.031, 4.008].


# %% question="q6"
def factors(W, delta, steps):
    """What a delta is multiplied by on its way back.   W (H, H), delta (H,) -> (steps + 1,)"""
    # 1. the norm at the start
    # 2. step by step: a new delta, and its norm
    # 3. as parts of the first
    ### BEGIN SOLUTION
    norms = [np.linalg.norm(delta)]
    for _ in range(steps):
        delta = delta @ W.T
        norms.append(np.linalg.norm(delta))
    return np.array(norms) / norms[0]
    ### END SOLUTION


# %% [markdown]
# **Predict.** Five such networks have these matrices:
#
# ```
# A = [[0.9, 7.0],    B = [[0.0, 2.0],    C = [[ 0.6, 0.8],    D = [[0.6, 0.6],    E = [[ 0.5, 0.7],
#      [0.0, 0.8]]         [0.6, 0.0]]         [-0.8, 0.6]]         [0.6, 0.6]]         [-0.7, 0.5]]
# ```
#
# What happens **in the end**, after very many steps, to a delta that has a part in every direction? Write a list of five
# words, in this order, each one of `"vanishes"`, `"stays"` (within bounds, but not to 0) or `"explodes"`. Try it on paper
# first. Remember that an eigenvalue can be a complex number; what counts is its absolute value.

# %% question="q6"
### BEGIN SOLUTION
fates = ["vanishes", "explodes", "stays", "explodes", "vanishes"]
### END SOLUTION
### BEGIN STUDENT
# fates = ...
### END STUDENT

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the function, a loop of `steps` rounds that keeps the delta and a list of norms. For the prediction, the spectral
# radius decides; neither single entries nor the first steps do.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# A delta is a row, so it is multiplied from the right, by the transpose. Keep the norm before the first step as well.
#
# The eigenvalues of a triangular matrix stand on its diagonal. For any other 2 x 2 matrix they solve
# λ² - (sum of the diagonal) λ + determinant = 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# In each round: delta becomes delta times `W.T`, and its norm joins the list. At the end divide all by the first.
#
# `np.abs(np.linalg.eigvals(W)).max()` is the spectral radius: compare it with 1. Or let your function take 200 steps.
#
# </details>

# %% [markdown]
# ## q7 · Repair the way back through time (4 points)
#
# A recurrent network reads one sequence and only its last state counts:
#
# $$h_t = \tanh(x_t W_{in} + h_{t-1} W), \quad t = 1 \ldots T, \quad h_0 = 0$$
#
# Going back, $dh_t$ is dL/dh_t, and it starts with $dh_T$, which is given. At every step,
# $\delta_t = (1 - h_t^2) * dh_t$. One pair of matrices serves all steps, so each step *adds* to their gradients:
# $dW_{in} = \sum_t x_t^T \delta_t$, $dW = \sum_t h_{t-1}^T \delta_t$. And $dh_{t-1} = \delta_t W^T$.
#
# The function below was handed to you with a note: *"The gradient check passes for sequences of length 1. For longer ones
# nothing is right."*
#
# Find what is wrong and repair it. There is more than one bug. The forward pass is right.
#
# - `through_time(x, W_in, W, dh)`: `x` (T, D), `W_in` (D, H), `W` (H, H), `dh` (H,). Returns `dW_in` (D, H) and
#   `dW` (H, H).
#
# **Example.** Two steps, all sizes 1, tanh(ln 2) = 0.6. A right function answers:
#
# ```
# x = [[ln 2], [0]],  W_in = [[1]],  W = [[ln 2 / 0.6]],  dh = [5]        h_1 = 0.6,  h_2 = 0.6
#
# dW = [[1.92]]        dW_in = [[1.64]] (rounded)
# ```


# %% question="q7"
def through_time(x, W_in, W, dh):
    """Gradients of a tanh recurrence by its last state.   x (T, D), dh (H,) -> dW_in (D, H), dW (H, H)"""
    h = [np.zeros(len(W))]
    for t in range(1, len(x) + 1):
        h.append(np.tanh(x[t - 1] @ W_in + h[t - 1] @ W))  # step t reads x[t - 1], and h[t] is the state after it
    dW_in, dW = np.zeros(W_in.shape), np.zeros(W.shape)
    ### BEGIN SOLUTION
    for t in range(len(x), 0, -1):
        delta = (1 - h[t] ** 2) * dh
        dW_in += np.outer(x[t - 1], delta)
        dW += np.outer(h[t - 1], delta)
        dh = delta @ W.T
    ### END SOLUTION
    ### BEGIN STUDENT
    # delta = (1 - h[-1] ** 2) * dh
    # for t in range(len(x), 0, -1):
    #     dW_in = np.outer(x[t - 1], delta)
    #     dW = np.outer(h[t - 1], delta)
    #     delta = delta @ W
    ### END STUDENT
    return dW_in, dW


# %% [markdown]
# See for yourself first: what does it answer to the example?

# %% tags=["demo"]
x_two, dh_two = np.array([[np.log(2)], [0.0]]), np.array([5.0])
dW_in, dW = through_time(x_two, np.array([[1.0]]), np.array([[np.log(2) / 0.6]]), dh_two)
print("dW_in", dW_in.round(2).tolist(), "  dW", dW.round(2).tolist())

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# With one step the loop runs once. Everything that goes wrong later must concern a *second* round: what is kept from the
# first, and what is handed on to it.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Compare line by line with the four formulas. How often is each gradient written? Where is the slope of tanh at step t?
# And which way round must W stand, going back?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The line for delta belongs inside the loop, with `h[t]`, and takes the `dh` of this step. Both gradients want `+=`. The
# last line makes the next `dh`: delta times the transpose of W.
#
# </details>

# %% [markdown]
# ## Your clipping at work
#
# The network of lesson 06 that goes to NaN within a few steps: 20 layers of ReLU, weights too large. Between backward and
# step, *your* `clip_by_norm` (q4) takes every gradient in hand. The cell needs your answers to q3 and q4.

# %% tags=["demo"]
X_train, _, y_train, _ = dl.data.train_test_split(X_digits, y_digits, rng=np.random.default_rng(0))
seen = []


def clip(net):
    gradients = [p.grad.copy() for p in net.parameters()]
    clipped, norm = clip_by_norm(gradients, 1.0)
    for p, g in zip(net.parameters(), clipped, strict=True):
        p.grad = g
    seen.append((norm, turned(gradients, clipped), turned(gradients, clip_by_value(gradients, 0.01))))


def large(shape, **options):
    return 1.8 * dl.init.lecun_normal(shape, **options)


for name, hooks in {"without": [], "with": [clip]}.items():
    rng = np.random.default_rng(1)
    layers = [dl.Linear(64, 32, init=large, rng=rng)]
    for outputs in 18 * [32] + [10]:
        layers += [dl.ReLU(), dl.Linear(32, outputs, init=large, rng=rng)]
    net = dl.Sequential(*layers)
    options = {"epochs": 10, "batch_size": 32, "rng": rng, "before_step": hooks, "progress": False}
    try:
        history = dl.fit(net, dl.CrossEntropyLoss(), dl.SGD(net.parameters(), lr=0.1), X_train, y_train, **options)
        print(f"{name}: training loss {history.loss[0]:.0f} in the first epoch, {history.loss[-1]:.0f} in the last")
    except FloatingPointError as lost:
        print(f"{name}: {lost}")
norms, angles, by_value = np.array(seen).T
print(f"norm before clipping, first step: {norms[0]:.0f}")
print(f"turned by norm: at most {angles.max():.1f} degrees; by value, first step: it would be {by_value[0]:.0f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
