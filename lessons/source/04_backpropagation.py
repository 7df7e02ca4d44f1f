# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Backpropagation
#
# **Find the slope of the loss for every weight in one pass backward, and prove that it is right.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import BackpropExplorer, backprop, plots

# %%
backprop.network()

# %% [markdown]
# *Figure: two inputs, five hidden units, two outputs. Every unit shows its weighted sum s, its output x (h at the end) and its delta; every edge shows its weight w and, below it, the gradient dW. You will compute all of these numbers.*
#
# After this lesson you can
#
# - work out the gradient of any weight by hand, path by path and by deltas;
# - say why the delta rule is right, and derive it for three output layers;
# - write forward and backward passes for one example and for a batch, with every shape;
# - find a wrong gradient that the loss curve does not show;
# - say what a framework does for you, and what it costs.
#
# **Needs:** lessons 01 to 03. **Time:** 90 minutes, in two sittings: sections 1 to 4, then the rest.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 03) The slope of the loss for a weight w is -0.3. Which way does gradient descent move it?</summary>
#
# Up: w ← w - η · (-0.3).
# </details>
# <details><summary>2. (Lesson 02) Softmax turns [2, 1, 0.1] into [0.659, 0.242, 0.099]. The first class is right. What is the cross-entropy?</summary>
#
# -log 0.659 = 0.417. Only the probability of the right class counts.
# </details>
# <details><summary>3. (Lesson 01) Why does a network need a bend between two linear layers?</summary>
#
# Without it they collapse into one: (x W₁) W₂ = x (W₁ W₂).
# </details>

# %% [markdown]
# ## 1. The slow way
#
# Lesson 03 measured a slope without calculus: move a weight up by a small ε, then down by ε, and compare the losses. Let us train a digit reader that way. It has 64 inputs, 32 tanh units and 10 outputs.
#
# **Predict:** how many forward passes does one gradient of the first weight matrix take?

# %%
F, rng = dl.F, np.random.default_rng(0)
X, y = dl.data.digits()
X, y = X[:32], y[:32]  # X: (32, 64), y: (32,)
W1, b1 = rng.normal(0, 0.1, (64, 32)), np.zeros(32)
W2, b2 = rng.normal(0, 0.1, (32, 10)), np.zeros(10)
passes = 0


def cost(W1):
    global passes
    passes += 1
    x1, _ = F.tanh(X @ W1 + b1)  # (32, 32)
    return F.cross_entropy(x1 @ W2 + b2, y)[0]


slow = dl.numerical_gradient(cost, W1)  # (64, 32), like W1
print(f"{W1.size} weights: {passes} forward passes for one step of gradient descent")

# %% [markdown]
# Two passes per weight. The same matrix, by what this lesson teaches: one pass forward, one pass back.

# %%
s1, keep_linear1 = F.linear(X, W1, b1)  # forward: each function gives its value, and what backward will need
x1, keep_tanh = F.tanh(s1)
s2, keep_linear2 = F.linear(x1, W2, b2)
J, keep_loss = F.cross_entropy(s2, y)

ds2 = F.cross_entropy_backward(keep_loss)  # backward: the same functions in reverse order
dx1, dW2, db2 = F.linear_backward(ds2, keep_linear2)
ds1 = F.tanh_backward(dx1, keep_tanh)
_, fast, db1 = F.linear_backward(ds1, keep_linear1)
print(f"all {fast.size} slopes agree to nine decimals: {np.abs(fast - slow).max() < 1e-9}")

# %% [markdown]
# And `dW2`, `db2`, `db1` came along. This is **backpropagation**. What do the four lines compute?

# %% [markdown]
# ## 2. One path, by hand
#
# One input, one hidden neuron, one output neuron. We write $s$ for a weighted sum, $x$ for what leaves the neuron, both with the number of the layer, and $J$ for the loss:
#
# $$s_1 = w_1 x_0 + b_1, \quad x_1 = \tanh s_1, \quad s_2 = w_2 x_1 + b_2, \quad x_2 = \tanh s_2, \quad J = \tfrac12 (x_2 - y)^2$$
#
# (In the library's code s is `z`, and what an activation gives is `y`.) Take $x_0 = 2$, $w_1 = 0.3$, $w_2 = 0.8$, and biases such that $x_1 = 0.5$ and the output is $x_2 = 0.6$. It should be $y = 1$, so $J = \frac12 \cdot 0.4^2 = 0.08$. **Predict:** should $w_1$ grow or shrink?
#
# Push $w_1$ up a little. Then $s_1$ moves $x_0 = 2$ times as much; $x_1$ moves $\tanh'(s_1)$ times that, and so on. Each step has its **local slope**:
#
# | step | slope | here |
# |---|---|---|
# | $w_1 \to s_1$ | $x_0$ | 2 |
# | $s_1 \to x_1$ | $1 - x_1^2$ | $1 - 0.25 = 0.75$ |
# | $x_1 \to s_2$ | $w_2$ | 0.8 |
# | $s_2 \to x_2$ | $1 - x_2^2$ | $1 - 0.36 = 0.64$ |
# | $x_2 \to J$ | $x_2 - y$ | -0.4 |
#
# The **chain rule**: slopes along a path multiply. Do it from the right, on paper, before you run the cell:
# $-0.4$; times $0.64$ is $-0.256$; times $0.8$ is $-0.2048$; times $0.75$ is $-0.1536$; times $2$ is $-0.3072$.
#
# The slope is negative: $w_1$ should grow. Two of these products get a name. **Delta** is the slope of $J$ with respect to a neuron's weighted sum: $\delta_2 = -0.256$, $\delta_1 = -0.1536$. Each gives a weight's gradient when multiplied by what the weight multiplies: $dJ/dw_2 = x_1 \delta_2 = -0.128$ and $dJ/dw_1 = x_0 \delta_1 = -0.3072$. A bias multiplies 1, so $dJ/db = \delta$.
#
# > **Two slopes to remember.** $\tanh' s = 1 - x^2$ with $x = \tanh s$. $\mathrm{ReLU}'(s)$ is 1 for $s > 0$, else 0. Lesson 05 treats more.

# %%
x_0, w_1, w_2, target = 2.0, 0.3, 0.8, 1.0
b_1, b_2 = np.arctanh(0.5) - w_1 * x_0, np.arctanh(0.6) - w_2 * 0.5  # for round numbers


def output_loss(w_1, w_2):
    return 0.5 * (np.tanh(w_2 * np.tanh(w_1 * x_0 + b_1) + b_2) - target) ** 2


s_1 = w_1 * x_0 + b_1  # forward
x_1 = np.tanh(s_1)
s_2 = w_2 * x_1 + b_2
x_2 = np.tanh(s_2)
delta_2 = (1 - x_2**2) * (x_2 - target)  # backward
delta_1 = (1 - x_1**2) * w_2 * delta_2
eps = 1e-6
by_difference = (output_loss(w_1 + eps, w_2) - output_loss(w_1 - eps, w_2)) / (2 * eps)
print(f"x_2 = {x_2:.1f}, J = {output_loss(w_1, w_2):.2f}, delta_2 = {delta_2:.4f}, delta_1 = {delta_1:.4f}")
print(f"dJ/dw_2 = {x_1 * delta_2:.4f}, dJ/dw_1 = {x_0 * delta_1:.4f}, by central difference {by_difference:.4f}")
values = {"$w_1$": w_1, "$s_1$": s_1, "$x_1$": x_1, "$s_2$": s_2, "$x_2$": x_2, "$J$": output_loss(w_1, w_2)}
backprop.chain(values, [x_0, 1 - x_1**2, w_2, 1 - x_2**2, x_2 - target])

# %% [markdown]
# *Figure: the path from w₁ to J. Above, the values going forward; on the arrows, the local slopes; below, the gradients going back: -0.3072, -0.1536, -0.2048, -0.256, -0.4, 1.*

# %% [markdown]
# ## 3. Many paths
#
# Real layers branch. Here are one input, two hidden layers of two, one output $h$, and $J = \frac12 (h - y)^2$. Layer $l$ has the activation $g_l$ with slope $g_l'$, and $w^{(l)}_{ij}$ leads from unit $i$ to unit $j$ of layer $l$; we count units from 0, as arrays do, and layers in brackets, so that they are not read as powers. Layers may bend differently: here $g_1$ is tanh, $g_2$ the sigmoid, the output is linear. (In practice one kind serves all hidden layers.)
#
# Weight by weight, from the back:
#
# $$\frac{\partial J}{\partial w^{(3)}_{j0}} = x^{(2)}_j\,(h - y) \qquad\qquad \frac{\partial J}{\partial w^{(2)}_{ij}} = x^{(1)}_i\; g_2'(s^{(2)}_j)\, w^{(3)}_{j0}\,(h - y)$$
#
# One path each. But a push on $w^{(1)}_{00}$ moves hidden unit 0, and that moves *both* units of the next layer. Where paths meet again, their effects add:
#
# $$\frac{\partial J}{\partial w^{(1)}_{00}} = x^{(0)}_0\, g_1'(s^{(1)}_0) \big[\, \underbrace{w^{(2)}_{00}\, g_2'(s^{(2)}_0)\, w^{(3)}_{00}}_{\text{by unit 0}} + \underbrace{w^{(2)}_{01}\, g_2'(s^{(2)}_1)\, w^{(3)}_{10}}_{\text{by unit 1}} \big]\, (h - y)$$
#
# **Predict:** the two paths below push in opposite directions. What happens if you follow only the first?

# %%
x0 = np.array([[1.5]])  # (1, 1): one example, one input
W1, W2, W3 = np.array([[0.4, -0.7]]), np.array([[1.2, 2.0], [0.5, -0.3]]), np.array([[0.9], [-0.8]])
target = np.array([[1.0]])


def three_layers(W1):
    x1 = np.tanh(x0 @ W1)  # (1, 2)
    x2, _ = F.sigmoid(x1 @ W2)  # (1, 2)
    return x1, x2, x2 @ W3  # the output: (1, 1)


x1, x2, h = three_layers(W1)
slope1, slope2, error = 1 - x1**2, x2 * (1 - x2), (h - target).item()
last = [x2[0, j] * error for j in range(2)]  # of W3
middle = [[x1[0, i] * slope2[0, j] * W3[j, 0] * error for j in range(2)] for i in range(2)]  # of W2
paths = [x0[0, 0] * slope1[0, 0] * W2[0, j] * slope2[0, j] * W3[j, 0] * error for j in range(2)]  # of W1[0, 0]
central = dl.numerical_gradient(lambda W: 0.5 * np.sum((three_layers(W)[2] - target) ** 2), W1)
print(f"by unit 0: {paths[0]:+.4f}, by unit 1: {paths[1]:+.4f}")
print(f"their sum: {sum(paths):+.4f}, central difference: {central[0, 0]:+.4f}")

# %% [markdown]
# Following one path gets even the sign wrong. But writing all paths out is hopeless: every layer of width 10 multiplies their number by 10.

# %%
layers = np.arange(1, 11)
counts = {"paths from one first-layer weight": 10.0 ** (layers - 1), "deltas, one per unit": 10.0 * layers}
title = "Width 10: count paths, or count units"
plots.lines(layers, counts, title=title, xlabel="hidden layers", ylabel="how many", yscale="log")

# %% [markdown]
# *Figure: the number of paths rises to a billion at ten hidden layers, the number of deltas to one hundred.*

# %% [markdown]
# ## 4. Deltas
#
# The bracket above belongs to hidden unit 0, not to one weight: every weight that ends in this unit has it. So compute it once per unit and keep it:
#
# $$\delta^{(l)}_j := \frac{\partial J}{\partial s^{(l)}_j}$$
#
# **Weights.** $w^{(l)}_{ij}$ acts on $J$ only through $s^{(l)}_j = \sum_i x^{(l-1)}_i w^{(l)}_{ij} + b^{(l)}_j$, so $\partial J / \partial w^{(l)}_{ij} = x^{(l-1)}_i\, \delta^{(l)}_j$ and $\partial J / \partial b^{(l)}_j = \delta^{(l)}_j$.
#
# **Deltas**, from the last layer to the first:
#
# $$\delta^{(L)}_j = g_L'(s^{(L)}_j)\, \frac{\partial J}{\partial h_j}, \qquad \delta^{(l)}_i = g_l'(s^{(l)}_i) \sum_j w^{(l+1)}_{ij}\, \delta^{(l+1)}_j$$
#
# **Why it is right**, by induction backward. *Start:* the output $h_j = g_L(s^{(L)}_j)$ is one step from $J$; that is the chain rule for one path. *Step:* suppose the numbers of layer $l+1$ are the true slopes. $s^{(l)}_i$ acts on $J$ only through $x^{(l)}_i = g_l(s^{(l)}_i)$, and that only through the sums $s^{(l+1)}_j$ of the next layer. Over each $j$ the slope is $g_l'(s^{(l)}_i)\, w^{(l+1)}_{ij}$ times $\delta^{(l+1)}_j$, and all $j$ add up: the formula. So layer $l$ is right as well, and with it every layer down to 1. Nothing in the argument asks the layers to bend alike.
#
# For whole layers (a row per example) the sums are matrix products; $*$ multiplies entry by entry:
#
# $$\delta_l = g_l'(s_l) * (\delta_{l+1} W_{l+1}^T), \qquad \frac{\partial J}{\partial W_l} = x_{l-1}^T\, \delta_l, \qquad \frac{\partial J}{\partial b_l} = \text{sum of the rows of } \delta_l$$

# %%
delta3 = h - target  # (1, 1)
delta2 = slope2 * (delta3 @ W3.T)  # (1, 2) = (1, 2) * (1, 1) @ (1, 2)
delta1 = slope1 * (delta2 @ W2.T)  # (1, 2) = (1, 2) * (1, 2) @ (2, 2)
dW3, dW2, dW1 = x2.T @ delta3, x1.T @ delta2, x0.T @ delta1  # shaped like W3, W2, W1
print("dW1 by deltas", dW1.round(4), " by central differences", central.round(4))
print("dW2 and dW3 as weight by weight:", np.allclose(dW2, middle) and np.allclose(dW3.ravel(), last))

# %% [markdown]
# ## 5. Where it begins: the output layer
#
# | output | last activation | loss of one example | $\delta_L$ |
# |---|---|---|---|
# | a number | any $g$ | $\frac12 (h - y)^2$ | $g'(s)\,(h - y)$ |
# | yes or no | sigmoid | $-y \log h - (1 - y) \log (1 - h)$ | $h - y$ |
# | one of $K$ | softmax | $-\sum_k y_k \log h_k$ | $h - y$ |
#
# **Row 1** is the start of the induction with $\partial J/\partial h = h - y$.
#
# **Row 2.** $\frac{\partial J}{\partial h} = -\frac{y}{h} + \frac{1 - y}{1 - h} = \frac{h - y}{h (1 - h)}$, and $\sigma'(s) = h(1 - h)$. The product is $h - y$.
#
# **Row 3.** In a softmax *every* output depends on every sum: the slopes are a matrix, the **Jacobian**. From $h_k = e^{s_k} / \sum_m e^{s_m}$ and the quotient rule,
#
# $$\frac{\partial h_k}{\partial s_j} = h_k\,([k = j] - h_j)$$
#
# where $[k = j]$ is 1 if $k = j$, else 0. With $\partial J / \partial h_k = -y_k / h_k$, and adding over all $k$ that $s_j$ reaches:
#
# $$\delta_j = \sum_k -\frac{y_k}{h_k}\, h_k\,([k = j] - h_j) = -y_j + h_j \sum_k y_k = h_j - y_j$$
#
# because the targets $y_k$ of one example sum to 1.

# %%
h, _ = F.softmax(np.array([2.0, 1.0, 0.1]))  # (3,)
y_one = np.array([0.0, 1.0, 0.0])  # (3,): class 1 is right
jacobian = np.diag(h) - np.outer(h, h)  # (3, 3): row k, column j
print("Jacobian:", *jacobian.round(3), sep="\n")
print("gradient times Jacobian:", ((-y_one / h) @ jacobian).round(3))
print("h - y:                  ", (h - y_one).round(3))

# %% [markdown]
# The fractions cancel, and with them the flat ends of the curve. **Predict:** a sigmoid output says 0.002 ($s = -6$) where 1 is right. Which loss asks for the larger correction, squared error or binary cross-entropy?

# %%
s = np.linspace(-8, 8, 65)
h, _ = F.sigmoid(s)
deltas = {"binary cross-entropy: h - y": h - 1, "squared error: h (1 - h) (h - y)": h * (1 - h) * (h - 1)}
for name, delta in deltas.items():
    print(f"{name:33} at s = -6: {delta[s == -6].item():.4f}")
title, xlabel = "What a sigmoid output with target 1 sends back", "weighted sum s"
plots.lines(s, deltas, title=title, xlabel=xlabel, ylabel="delta")

# %% [markdown]
# *Figure: delta against s. With cross-entropy it goes from -1 on the left to 0 on the right. With squared error it is near 0 at both ends, also on the left, where the output is wrong.*
#
# Where the output is most wrong, squared error corrects least. That is why the loss belongs to the activation.

# %% [markdown]
# ## 6. The 2-5-2 network, every shape
#
# The network of the first figure: $s_1 = x_0 W_1 + b_1$, $x_1 = \tanh s_1$, $s_2 = x_1 W_2 + b_2$, $h = \mathrm{softmax}(s_2)$. First one example, then a batch of $N$ (lecture notes: $M$).
#
# | array | shape, one example | shape, batch | backward, same shape |
# |---|---|---|---|
# | $x_0$ | (1, 2) | (N, 2) | not needed |
# | $W_1$, $b_1$ | (2, 5), (5,) | the same | `dW1`, `db1` |
# | $s_1$, $x_1$ | (1, 5) | (N, 5) | `delta1`, `dx1` |
# | $W_2$, $b_2$ | (5, 2), (2,) | the same | `dW2`, `db2` |
# | $s_2$, $h$ | (1, 2) | (N, 2) | `delta2` |

# %%
W1 = np.array([[0.8, -0.5, 0.3, -1.1, 0.6], [-0.4, 0.9, 1.2, -0.6, 0.5]])
W2 = np.array([[0.9, -0.3], [-0.6, 0.5], [0.7, -0.2], [0.4, 0.4], [-0.2, 0.8]])
b1, b2 = np.array([0.1, -0.2, 0.3, 0.2, -0.1]), np.array([0.1, -0.1])


def forward(x0, W1, b1, W2, b2):
    s1 = x0 @ W1 + b1  # 1. weighted sums of the hidden layer
    x1 = np.tanh(s1)  # 2. its outputs
    s2 = x1 @ W2 + b2  # 3. weighted sums of the output layer
    h, _ = F.softmax(s2)  # 4. probabilities
    return x1, h


def backward(x0, y, x1, h, W2):
    N = len(x0)
    delta2 = (h - y) / N  # 5. delta of the output layer; J is the mean over the batch
    dW2, db2 = x1.T @ delta2, delta2.sum(axis=0)  # 6. its gradients, summed over the rows
    dx1 = delta2 @ W2.T  # 7. back through the weights
    delta1 = (1 - x1**2) * dx1  # 8. back through tanh
    dW1, db1 = x0.T @ delta1, delta1.sum(axis=0)  # 9. the first layer's gradients
    return dW1, db1, dW2, db2


# %%
x_one, y_one = np.array([[1.5, -1.0]]), np.array([[0.0, 1.0]])  # (1, 2), (1, 2)
x1, h = forward(x_one, W1, b1, W2, b2)
one = backward(x_one, y_one, x1, h, W2)
print("h", h.round(3), " J", -np.log(h[0, 1]).round(3))
for name, gradient in zip(("dW1", "db1", "dW2", "db2"), one, strict=True):
    print(name, gradient.shape, *(gradient.round(3) + 0.0).tolist())

# %% [markdown]
# Compare with the first figure. A batch needs no new line: each example has its row, and `x.T @ delta` adds over the rows. Step 5 divides by $N$, so the sums become means. Check it against the examples one by one, and against the library:

# %%
x_batch, labels = np.array([[1.5, -1.0], [-0.5, 1.0], [1.0, 0.5]]), np.array([1, 0, 0])  # (3, 2), (3,)
y_batch = F.one_hot(labels, 2)  # (3, 2)
x1, h = forward(x_batch, W1, b1, W2, b2)
batch = backward(x_batch, y_batch, x1, h, W2)
singly = []
for n in range(3):
    x_n, y_n = x_batch[n : n + 1], y_batch[n : n + 1]  # slices keep the row: (1, 2)
    singly.append(backward(x_n, y_n, *forward(x_n, W1, b1, W2, b2), W2))
for name, gradient, *parts in zip(("dW1", "db1", "dW2", "db2"), batch, *singly, strict=True):
    print(f"{name} of the batch is the mean of {len(parts)}: {np.allclose(gradient, np.mean(parts, axis=0))}")

net = dl.Sequential(dl.Linear(2, 5, rng=rng), dl.Tanh(), dl.Linear(5, 2, rng=rng))
for parameter, value in zip(net.parameters(), (W1, b1, W2, b2), strict=True):
    parameter.value = value
loss = dl.CrossEntropyLoss()
loss.forward(net(x_batch), labels)
net.backward(loss.backward())
print("library:", all(np.allclose(p.grad, g) for p, g in zip(net.parameters(), batch, strict=True)))

# %% [markdown]
# **Your turn.** The linear layer alone, as a pair. Steps 6 and 7 are wrong on purpose: repair them, with the shapes as your guide.


# %%
def linear_backward(dz, cache):
    x, W = cache  # x: (N, D), W: (D, M); dz, our delta: (N, M)
    dW, db = np.zeros_like(W), dz  # 6. its gradients: repair me, (D, M) and (M,)
    dx = np.zeros_like(x)  # 7. back through the weights: repair me, (N, D)
    return dx, dW, db


dz, keep = np.array([[1.0], [2.0]]), (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.ones((3, 1)))
for name, mine, right in zip(("dx", "dW", "db"), linear_backward(dz, keep), F.linear_backward(dz, keep), strict=True):
    fits = mine.shape == right.shape and np.allclose(mine, right)
    print(name, "right" if fits else f"not yet: expected shape {right.shape}, and other numbers")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `dW = x.T @ dz`, `db = dz.sum(axis=0)`, `dx = dz @ W.T`. Where a product is unclear, only one order and one transpose fit the shapes. A mean in place of the sum tempts: the loss has divided by N already.
# </details>

# %% [markdown]
# ## 7. Walk it yourself
#
# The explorer holds this network and the three examples. It fills only with numbers that *you* type: two decimals, or a calculation such as `0.5*0.8 + 0.1` or `tanh(0.4)`, then Enter. A wrong value gets a hint, a second one the numbers to use.
#
# **Predict** first: in the first figure hidden unit 3 has a delta of 0. Is that so in every example, or by chance? Look at the two weights on its right before you decide.
#
# **Play** until the goal line says that you reached it. Then walk the path by hidden 3 in another example.

# %%
BackpropExplorer()

# %% [markdown]
# *Figure: an interactive panel with the 2-5-2 network. Dotted grey edges carry nothing yet, thin blue ones have passed a signal, dashed black ones are needed now, thick orange ones have their gradient. A frame marks the unit whose value is asked for.*
#
# **Explain:**

# %%
x_many, labels_many = rng.normal(size=(1000, 2)), rng.integers(0, 2, 1000)
x1, h = forward(x_many, W1, b1, W2, b2)
delta2 = h - F.one_hot(labels_many, 2)
delta1 = (1 - x1**2) * (delta2 @ W2.T)
print("largest |delta| of each hidden unit in 1000 examples:", np.abs(delta1).max(axis=0).round(2))
print("its two weights are equal:", W2[3], " and the two output deltas cancel:", delta2[0].round(3))
stepped = W2 - 0.5 * x1.T @ delta2 / 1000
print("after one step its weights are", stepped[3].round(3))

# %% [markdown]
# Unit 3 raises both outputs alike, and softmax ignores what raises all alike. Its *outgoing* gradients are $x \delta$, though, and those differ: one step, and the unit takes part.

# %% [markdown]
# ## 8. A bug that the loss curve does not show
#
# Two backward functions were "improved". One takes the *mean* over the rows for `db`. One uses $1 - x$ as the slope of tanh, as some notes print it. **Predict:** which of them stops the network from learning?


# %%
def mean_bias(dz, cache, need_dx=True):
    x, W = cache
    return (dz @ W.T if need_dx else None), x.T @ dz, dz.mean(axis=0)


def unsquared(dy, cache):
    (y,) = cache
    return dy * (1 - y)


X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))


def digit_net(seed=0):
    rng = np.random.default_rng(seed)
    return dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng))


def train(net, epochs=15):
    optimizer, rng = dl.SGD(net.parameters(), lr=0.3), np.random.default_rng(1)
    return dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=epochs, rng=rng, progress=False)


bugs = {"right": {}, "db by mean": {"linear_backward": mean_bias}, "slope 1 - x": {"tanh_backward": unsquared}}
curves = {}
for name, bug in bugs.items():
    net = digit_net()
    with dl.swap(**bug):  # the library now uses our function
        curves[name] = train(net).loss
    print(f"{name:12} test accuracy {dl.accuracy(net, X_test, y_test):.1%}")
plots.lines(np.arange(1, 16), curves, title="Two of these are wrong", xlabel="epoch", ylabel="training loss")

# %% [markdown]
# *Figure: training loss against epoch. The curves of "right" and "db by mean" lie on each other; "slope 1 - x" falls more slowly, but it falls.*
#
# Neither. A wrong gradient often still points downhill, so training *works*. The slow way of section 1 tells: compare each function, and then the whole network, with central differences.

# %%
rng = np.random.default_rng(0)
x_try, W_try, b_try = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), np.zeros(2)
print("mean_bias:", dl.gradcheck(F.linear, mean_bias, x_try, W_try, b_try))
print("unsquared:", dl.gradcheck(F.tanh, unsquared, np.array([0.3, -1.2])))
print("the whole network:")
for name, bug in bugs.items():
    with dl.swap(**bug):
        check = dl.gradcheck_network(digit_net(), dl.CrossEntropyLoss(), X[:4], y[:4])
    verdict = "agrees" if check else f"worst in {check.name}, off by {check.relative_error:.0%}"
    print(f"    {name:12} {verdict}")

# %% [markdown]
# Rules for a check that can be trusted: float64; a small network and few examples; random weights (zeros hide terms); every parameter; no kink nearby (at ReLU's, left and right differ). And an ε (the library's argument `h`) neither large nor tiny:

# %%
steps = 10.0 ** np.arange(-1, -12, -1)
true = batch[0][0, 0]  # dW1[0, 0] of the batch in section 6


def batch_loss(w):
    moved = W1.copy()
    moved[0, 0] = w
    return F.cross_entropy(np.tanh(x_batch @ moved + b1) @ W2 + b2, labels)[0]


w = W1[0, 0]
one_side = [abs((batch_loss(w + eps) - batch_loss(w)) / eps - true) for eps in steps]
both_sides = [abs((batch_loss(w + eps) - batch_loss(w - eps)) / (2 * eps) - true) for eps in steps]
print(f"best step, both sides: {steps[np.argmin(both_sides)]:.0e}, error {min(both_sides):.0e}")
print(f"best step, one side:   {steps[np.argmin(one_side)]:.0e}, error {min(one_side):.0e}")
errors, title = {"one side": one_side, "both sides": both_sides}, "Error of a measured slope"
plots.lines(steps, errors, title=title, xlabel="step ε", ylabel="error", xscale="log", yscale="log")

# %% [markdown]
# *Figure: error against ε, both axes logarithmic: two V shapes. From the right the error falls as ε (one side) or ε² (both sides). Towards the left it rises again: the two losses agree in nearly all digits, and rounding is what remains.*

# %% [markdown]
# ## 9. Automatic differentiation
#
# Every line of `backward` follows from a line of `forward`. So a program can write it. `dl.Tensor` does: each operation computes its value and notes on a **tape** where it came from, with a function (a *pullback*) that sends a gradient back.

# %%
import inspect

from dlcourse.autodiff import tape

print(inspect.getsource(dl.Tensor.tanh))
print(inspect.getsource(dl.Tensor.backward))
p1, c1, p2, c2 = (dl.Tensor(array) for array in (W1, b1, W2, b2))
s2 = (x_batch @ p1 + c1).tanh() @ p2 + c2  # forward only
h = s2.exp() / s2.exp().sum(axis=1, keepdims=True)
J = -(h.log() * y_batch).sum() / 3
J.backward()
same = all(np.allclose(t.grad, g) for t, g in zip((p1, c1, p2, c2), batch, strict=True))
print(f"{len(tape(J))} lines on the tape; the gradients of section 6: {same}")

# %% [markdown]
# `backward` reads the tape from its end, so each gradient is complete before it is passed on; `unbroadcast` undoes NumPy's stretching (for a bias: the sum of the rows). The whole is `dlcourse/autodiff.py`: about ninety lines of code, and no backward pass written for any network. PyTorch does the same with hundreds of operations. It adds GPUs, a cross-entropy that never overflows (ours divides and takes a log), memory freed during the way back, an error if a kept array was changed in place, `no_grad`, and gradients of gradients. It does not choose a learning rate, and it does not know whether your *loss* is the one you meant.

# %% [markdown]
# ## 10. What it costs
#
# A layer from $D$ to $M$ units multiplies $N D M$ times going forward. Backward has two such products, `x.T @ dz` and `dz @ W.T`; the first layer needs only the first. So a gradient of *all* weights costs less than three forward passes, whatever their number.


# %%
from itertools import pairwise


def multiplications(sizes, N):
    layers = [N * a * b for a, b in pairwise(sizes)]
    return sum(layers), 2 * sum(layers) - layers[0]


widths, costs = np.array([8, 16, 32, 64, 128, 256]), {"forward and backward": [], "central differences": []}
for width in widths.tolist():
    sizes = [64, width, width, 10]
    there, back = multiplications(sizes, N=32)
    weights = sum((a + 1) * b for a, b in pairwise(sizes))
    costs["forward and backward"].append(there + back)
    costs["central differences"].append(2 * weights * there)
    if width in (32, 256):
        kept = [N * sum(sizes) for N in (32, 1024)]
        times = 2 * weights * there / (there + back)
        print(f"{sizes}, {weights:,} weights: backward costs {back / there:.2f} times forward")
        print(f"    central differences cost {times:,.0f} times as much as both together")
        print(f"    kept for the way back: {kept[0]:,} numbers for 32 examples, {kept[1]:,} for 1024")
layers = 50
again = layers * (layers + 1) // 2
print(f"{layers} layers forward: {layers} layer passes if all is kept, {again} if all is thrown away")
title, ylabel = "One gradient of a 64-width-width-10 network", "multiplications, 32 examples"
plots.lines(widths, costs, title=title, xlabel="width", ylabel=ylabel, xscale="log", yscale="log")

# %% [markdown]
# *Figure: multiplications against width. Central differences lie thousands of times above forward and backward, and rise faster.*
#
# The price is **memory**. $x_{l-1}$ is a factor of $dW_l$, and $x_l$ (or $s_l$) is needed for $g_l'$, so every intermediate stays until the way back has passed it: $N$ rows per layer. That, not the weights, is what fills a GPU when the batch grows. Throw them away, and each layer must be computed again from the start. One can keep every few layers and recompute between them (Chen et al. 2016).

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. All weights of one layer are 0, biases too, tanh everywhere. Which gradients of the layer before are not 0?</summary>
#
# None: $\delta_l$ contains the factor $W_{l+1}^T$. "The loss is not 0, so something must come back" tempts, but it comes back *through* the weights.
# </details>
# <details><summary>2. You doubled all examples of a batch (each stands there twice). The loss is a mean. What happens to dW?</summary>
#
# Nothing. Twice the rows, each with half the delta. "Twice" is right for a loss that is a sum.
# </details>
# <details><summary>3. Is delta = h - y for every output layer?</summary>
#
# No. It holds for the matching pairs. Sigmoid with squared error keeps the factor h (1 - h).
# </details>
# <details><summary>4. A hidden unit has x = 0. Does its delta vanish?</summary>
#
# No, tanh is steepest there. The gradients of its *outgoing* weights vanish, since they are x times delta.
# </details>
# <details><summary>5. The gradient check passes. Is the network right?</summary>
#
# Backward fits forward. If forward computes the wrong thing, backward differentiates the wrong thing, correctly.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | the chain rule with one path, for a net with many | the picture shows one | the sum over all paths | section 3 |
# | 2 | backpropagation adjusts the weights; each of its steps is a descent step | one loop does both | it computes gradients; the optimizer moves | Rumelhart et al. 1986 |
# | 3 | the gradient is the weight's share of the error | "contribution" | a local slope; slopes do not add up to the error | section 2 |
# | 4 | $w_{new} = w_{old} - \eta\, \partial L / \partial w_{new}$ | an index slipped | slopes at the old weights, also in the deltas | Rumelhart et al. 1986 |
# | 5 | $b_2 \leftarrow b_2 - \alpha \delta_2$ with $\delta_2$ of shape (M, 2) | right for M = 1 | sum over the rows; NumPy broadcasts the wrong line without complaint | section 6 |
# | 6 | $\delta_2 = h - y$ for a batch, whatever the loss | right for a sum | a mean has $(h - y)/N$ | section 6 |
# | 7 | softmax' $= p (1 - p)$ | true on the diagonal | a Jacobian; without the rest, only the right class is corrected | Bridle 1990 |
# | 8 | tanh' $= 1 - \tanh$ | a lost square | $1 - \tanh^2$ | section 8 |
# | 9 | ReLU'(0) = 1 | the piece for s ≥ 0 | a convention; PyTorch takes 0 | PyTorch documentation |
# | 10 | $J = (y - \hat y)^2$ with delta $g'(s)(\hat y - y)$ | half or not | without the half there is a 2 | calculus |

# %%
print(f" 1 one path {paths[0]:+.4f}, all {sum(paths):+.4f}")
net, loss = digit_net(), dl.CrossEntropyLoss()
before = [p.value.copy() for p in net.parameters()]
loss.forward(net(X[:32]), y[:32])
net.backward(loss.backward())
unchanged = all(np.array_equal(p.value, v) for p, v in zip(net.parameters(), before, strict=True))
print(" 2 weights after backward unchanged:", unchanged)
share = w_1 * x_0 * delta_1 + w_2 * x_1 * delta_2 + (b_1 * delta_1 + b_2 * delta_2)
print(f" 3 one path: J = 0.08, but weights times gradients add up to {share:.3f}")
early = backward(x_batch, y_batch, *forward(x_batch, W1, b1, W2, b2), W2 - 0.5 * batch[2])[0]
gap, size = np.abs(early - batch[0]).max(), np.abs(batch[0]).max()
print(f" 4 dW1 with W2 already updated at rate 0.5: off by up to {gap:.3f} of {size:.3f}")
x1, h = forward(x_batch, W1, b1, W2, b2)
print(" 5 b2", b2.shape, "minus delta2", (h - y_batch).shape, "gives", (b2 - (h - y_batch)).shape)
by_difference = dl.numerical_gradient(lambda b: F.cross_entropy(x1 @ W2 + b, labels)[0], b2)
print(f" 6 db2 by h - y: {(h - y_batch).sum(axis=0).round(3)}, measured {by_difference.round(3)}")
p, y_one = F.softmax(np.array([2.0, 1.0, 0.1]))[0], np.array([0.0, 1.0, 0.0])
print(" 7 p (1 - p) gives", (p * (1 - p) * -y_one / p).round(3) + 0.0, "right", (p - y_one).round(3))
print(f" 8 at s = -1: 1 - tanh = {1 - np.tanh(-1):.3f}, the slope is {1 - np.tanh(-1) ** 2:.3f}")
print(" 9 ReLU slope at 0:", F.relu_backward(np.ones(1), F.relu(np.zeros(1))[1]))
slope = dl.numerical_gradient(lambda out: float((out - 1) ** 2), np.array(0.6))
print(f"10 slope of (x - 1)^2 at 0.6: {slope:.1f}, with the half {0.6 - 1:.1f}")

# %% [markdown]
# ## Summary
#
# 1. Slopes along a path multiply; over paths they add.
# 2. Delta is the slope of the loss with respect to a weighted sum, one per unit, computed from the last layer to the first.
# 3. $\delta_l = g_l'(s_l) * (\delta_{l+1} W_{l+1}^T)$, $dW_l = x_{l-1}^T \delta_l$, $db_l$ = sum of the rows.
# 4. Matching output and loss: $\delta_L = (h - y)/N$.
# 5. A gradient has the shape of what it belongs to.
# 6. A wrong gradient can train. Check against central differences, in float64.
# 7. All gradients cost less than three forward passes, and the memory of every intermediate.
# 8. Backpropagation computes; the optimizer moves.
#
# ## PyTorch bridge
#
# ```python
# import torch
# net = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2))
# loss = torch.nn.functional.cross_entropy(net(x), labels)
# loss.backward()                        # fills p.grad; weight is (out, in) there: our dW transposed
# torch.autograd.gradcheck(f, inputs)    # central differences, float64, as here
# ```
#
# ## Further reading
#
# - Rumelhart, Hinton, Williams 1986, *Learning Representations by Back-Propagating Errors*
# - Linnainmaa 1976, *Taylor Expansion of the Accumulated Rounding Error*; Werbos 1974, *Beyond Regression*: the same idea, earlier
# - Bridle 1990, *Probabilistic Interpretation of Feedforward Classification Network Outputs*
# - LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*
# - Griewank, Walther 2008, *Evaluating Derivatives*: cost and memory, proved
# - Chen, Xu, Zhang, Guestrin 2016, *Training Deep Nets with Sublinear Memory Cost*
# - Baydin, Pearlmutter, Radul, Siskind 2018, *Automatic Differentiation in Machine Learning: a Survey*
#
# **Now build it yourself:** [exercise 04](../exercises/04_backpropagation.ipynb).
