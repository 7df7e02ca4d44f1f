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
# # 05 Activation functions
#
# **Choose the bend between two linear layers, write its forward and backward pass, and measure what it does to a network.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import ActivationExplorer, gallery, plots

# %%
gallery()

# %% [markdown]
# *Figure: fifteen activation functions with value (solid) and slope (dashed), by family: straight, stepped, straight with a kink, smooth. ReLU6 bends again at z = 6, outside this window.*
#
# After this lesson you can
#
# - say what fails with a linear, a stepped and a saturating activation, and show it;
# - write an activation as a forward and backward pair;
# - measure lost slope, zig-zag, dead units and speed of convergence instead of quoting them;
# - choose an activation for a hidden layer and for an output.
#
# **Needs:** lessons 01 to 04. **Time:** 60 minutes. Values at kinks are a [convention](00_start_here.ipynb); ours is PyTorch's. Initialisation is given (lesson 07 explains it).

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 01) Which of AND, OR, NAND, XOR can one step neuron not compute, and why?</summary>
#
# XOR. No straight line separates its classes.
# </details>
# <details><summary>2. (Lesson 03) A loss has curvature 4 everywhere. At which learning rates does gradient descent converge?</summary>
#
# Below 2/4 = 0.5.
# </details>
# <details><summary>3. (Lesson 04) Where does the activation's derivative stand in the delta of a hidden layer?</summary>
#
# $\delta_l = g'(z_l) * (\delta_{l+1} W_{l+1}^T)$: one factor per unit, so one factor per layer on every path.
# </details>

# %% [markdown]
# ## 1. What fails without the right bend
#
# An inner ring is class 0, an outer ring class 1. Four networks have the same three hidden layers of 16 units, the same starting weights and the same learning rate. Only the activation differs. **Predict:** which will separate the rings?

# %%
X_rings, y_rings = dl.data.rings(400, rng=np.random.default_rng(0))  # (400, 2), (400,)


def network(activation, sizes, seed):
    rng = np.random.default_rng(seed)
    layers = []
    for i in range(len(sizes) - 1):
        layers += [dl.Linear(sizes[i], sizes[i + 1], rng=rng), activation()]
    return dl.Sequential(*layers[:-1])  # no activation after the last Linear


def train(net, X, y, lr, epochs, seed=0):
    rng, optimizer = np.random.default_rng(seed), dl.SGD(net.parameters(), lr=lr)
    return dl.fit(net, dl.CrossEntropyLoss(), optimizer, X, y, epochs=epochs, rng=rng, progress=False)


nets = {}
for activation in (dl.Identity, dl.UnitStep, dl.Sigmoid, dl.ReLU):
    name = activation.__name__
    net = nets[name] = network(activation, [2, 16, 16, 16, 2], seed=1)
    before = net[0].weight.value.copy()
    train(net, X_rings, y_rings, lr=0.3, epochs=60)
    moved = np.abs(net[0].weight.value - before).max()
    accuracy = dl.accuracy(net, X_rings, y_rings)
    print(f"{name:9} accuracy {accuracy:.2f}   first layer moved by at most {moved:.1e}")

plots.decision_regions(nets, X_rings, y_rings)

# %% [markdown]
# *Figure: the plane as each network divides it. Identity cuts off a corner with a straight line, UnitStep finds ragged patches, Sigmoid gives everything to one class, ReLU encloses the inner ring.*
#
# Three failures, three reasons.
#
# - **Identity.** A stack of linear layers is one linear layer (the cell below multiplies it out): it can only draw a straight line. Linear units are useful at a regression output, where nothing follows that could collapse with them.
# - **UnitStep.** Its derivative is 0 wherever it exists, so the first layer moved by exactly 0. What it got right, the last layer learned from random features.
# - **Sigmoid.** It bends, and it has a slope, yet the first layer hardly moved. Section 3 says why.

# %%
net = nets["Identity"]
W = net[0].weight.value @ net[2].weight.value @ net[4].weight.value @ net[6].weight.value
b = net(np.zeros((1, 2)))
same = np.allclose(X_rings @ W + b, net(X_rings), atol=1e-12)
print(f"W: {W.shape}, b: {b.shape}, the same outputs as all four layers: {same}")

# %% [markdown]
# | family | members | slope | use |
# |---|---|---|---|
# | linear | identity, $a z + b$ | constant | regression output; processing between a sum and its activation |
# | step | unit step, sign, staircase | 0 | perceptron, logic gates; not trainable by gradients |
# | piecewise linear | ReLU, leaky ReLU, PReLU, ReLU6, Maxout | constant on each piece | most hidden layers |
# | smooth | sigmoid, tanh, softplus, ELU, SiLU, softmax | changes everywhere | outputs, gates, some hidden layers |

# %% [markdown]
# ## 2. An activation is a pair
#
# We write $z$ for what enters and $y$ for what leaves (lecture notes: $s$ and $x$). The library keeps all pairs in `dl.F`. **tanh**, worked:
#
# $$y = \tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}}, \qquad \frac{dy}{dz} = 1 - y^2$$


# %%
def tanh(z):
    y = np.tanh(z)  # 1. the value
    return y, (y,)  # 2. keep what backward needs


def tanh_backward(dy, cache):
    (y,) = cache  # 3. take it out again
    slope = 1 - y**2  # 4. the local slope, here from the output
    return dy * slope  # 5. the chain rule


F = dl.F
z = np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0])
y, cache = tanh(z)
slope = tanh_backward(np.ones(5), cache)  # with dy = 1, backward gives the slope itself
print("y    ", y.round(3))
print("slope", slope.round(3))
print("same as the library:", np.array_equal(slope, F.tanh_backward(np.ones(5), F.tanh(z)[1])))

# %% [markdown]
# **Sigmoid** squashes to (0, 1): $\sigma(z) = 1/(1 + e^{-z})$, $\sigma' = y(1 - y)$ with the *output* y. It is tanh, shrunk and shifted: $\sigma(z) = (1 + \tanh(z/2))/2$. Both **saturate**: far from 0 the curve is flat and its slope is nearly 0.

# %%
z = np.array([0.0, 2.0, 6.0])
y, cache = F.sigmoid(z)
print("y    ", y.round(4), "  by tanh:", ((1 + np.tanh(z / 2)) / 2).round(4))
print("slope", F.sigmoid_backward(np.ones(3), cache).round(4), "  y (1 - y):", (y * (1 - y)).round(4))

# %% [markdown]
# **Your turn: leaky ReLU.** $y = z$ for $z > 0$ and $0.01 z$ otherwise (some notes take 0.1). Steps 1 and 4 are wrong on purpose: repair them. In the exercise you start from an empty cell.


# %%
def leaky_relu(z):
    y = z  # 1. the value: repair me
    return y, (z,)  # 2. keep what backward needs


def leaky_relu_backward(dy, cache):
    (z,) = cache  # 3. take it out again
    slope = np.ones_like(z)  # 4. the local slope: repair me
    return dy * slope  # 5. the chain rule


y, cache = leaky_relu(np.array([-2.0, -0.5, 3.0]))
slope = leaky_relu_backward(np.ones(3), cache)
print("value:", "right" if np.allclose(y, [-0.02, -0.005, 3]) else "not yet, left of 0 it is tiny")
print("slope:", "right" if np.allclose(slope, [0.01, 0.01, 1]) else "not yet, left of 0 it is not 1")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `y = np.where(z > 0, z, 0.01 * z)` and `slope = np.where(z > 0, 1.0, 0.01)`. Writing `0.01 * z` for the slope tempts: that is the value.
# </details>

# %% [markdown]
# ## 3. Slopes multiply
#
# On its way back, the gradient meets one slope $f'(z)$ per layer (and one weight matrix; lesson 06). Suppose every layer sits at the same z.
#
# **Predict**, before you touch anything: sigmoid is steepest at z = 0. After how many layers is less than a millionth of the gradient left? 10, 20 or 30?
#
# **Play** until the goal line says that you reached it. Then try ReLU at z = -1, and leaky ReLU there.

# %%
ActivationExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the chosen function with its tangent at z; middle, its slope; right, the product of slopes over 1 to 30 layers, on a log axis with a shelf for exactly 0. Grey marks saturation.*
#
# **Explain:**


# %%
def slope_of(op, z, *parameter):
    _, cache = op(np.array([float(z)]), *parameter)
    backward = getattr(F, op.__name__ + "_backward")  # F.tanh -> F.tanh_backward
    return backward(np.ones(1), cache)[0]


depth = np.arange(1, 31)
first = depth[0.25**depth < 1e-6][0]
print(f"sigmoid at 0: below 1e-6 from depth {first} on, 0.25^{first} = {0.25**first:.1e}")
for op, z in [(F.tanh, 0), (F.tanh, 1.5), (F.relu, 1), (F.relu, -1), (F.leaky_relu, -1)]:
    slope = slope_of(op, z)
    print(f"{op.__name__:10} at z = {z:4}: slope {slope:.4f}, after ten layers {slope**10:.1e}")


def backpropagate(net, X, y):
    loss = dl.CrossEntropyLoss()
    for parameter in net.parameters():
        parameter.zero_grad()
    loss.forward(net(X), y)
    net.backward(loss.backward())


for activation in (dl.Sigmoid, dl.ReLU):
    net = network(activation, [2, 16, 16, 16, 2], seed=1)
    backpropagate(net, X_rings, y_rings)
    norms = [f"{np.linalg.norm(net[i].weight.grad):.0e}" for i in (0, 2, 4, 6)]
    print(f"{activation.__name__:8} gradient norms, first to last layer: {', '.join(norms)}")

# %% [markdown]
# This is why the sigmoid network of section 1 stood still: its first layer got almost no gradient. Sigmoid loses at least three quarters per layer, wherever z lies. Tanh loses nothing at 0 and plenty in saturation. ReLU passes everything or nothing. Leaky ReLU passes one hundredth on its left side: never 0, but a path through ten such units is as good as lost.

# %% [markdown]
# ## 4. Zero-centred outputs
#
# A unit's weight gradient is $\partial L/\partial w_i = x_i \delta$. Sigmoid outputs are all positive. If the $x_i$ come from sigmoids, then for *one example* every entry has the sign of $\delta$: all weights of the unit go up together or down together. A *batch* sums over examples whose $\delta$ differ, and there signs can mix.

# %%
rng = np.random.default_rng(3)
z = rng.normal(size=(200, 8))  # 200 examples, 8 units that feed one unit of the next layer
delta = rng.normal(size=(200, 1))  # that unit's delta, one per example
delta -= delta.mean()  # its bias fits already: the sum of the deltas is 0
for op in (F.sigmoid, F.tanh):
    x, _ = op(z)
    one_example = np.sign(x * delta)  # (200, 8): a gradient per row
    batch = np.sign(x.T @ delta).ravel().astype(int)  # (8,)
    same = np.mean(np.abs(one_example.sum(axis=1)) == 8)
    print(f"{op.__name__:8} one sign throughout: {same:4.0%} of single examples; the batch: {batch}")

# %% [markdown]
# Now descend with two weights, where the best are (1, -1): one must rise, the other fall. The straight way is 1.4 long.

# %%
best = np.array([1.0, -1.0])
signals = np.random.default_rng(0).normal(size=(200, 2))


def descend(X, batch_size, lr=0.5, steps=150):
    rng, w, path = np.random.default_rng(1), np.zeros(2), [np.zeros(2)]
    for _ in range(steps):
        x = X[rng.choice(len(X), batch_size, replace=False)]
        delta = x @ (w - best)  # (batch_size,): a linear unit with half squared error
        w = w - lr * x.T @ delta / batch_size
        path.append(w)
    return np.array(path)


grid = {}
for name, op in [("sigmoid inputs", F.sigmoid), ("tanh inputs", F.tanh)]:
    x, _ = op(signals)
    one, whole = descend(x, 1), descend(x, 200)
    steps = np.diff(one, axis=0)
    length, together = np.linalg.norm(steps, axis=1).sum(), np.mean(steps.prod(axis=1) > 0)
    print(f"{name}: path of length {length:.1f}, both weights moved the same way in {together:.0%} of steps")
    tracks = {"one example a step": one, "whole batch a step": whole}
    grid[name] = (lambda w, x=x: np.mean((x @ (w - best)) ** 2) / 2, tracks)
plots.paths(grid, goal=best)

# %% [markdown]
# *Figure: two contour plots with descent paths from (0, 0) to the star at (1, -1). With sigmoid inputs the single-example path zig-zags up-right and down-left across a narrow valley; the batch path runs along it in small steps. With tanh inputs the contours are round and both paths are short.*
#
# The zig-zag belongs to small batches. But look at the contours: positive inputs also stretch the valley, which slows the whole batch too. Zero-centred outputs help with both.

# %% [markdown]
# ## 5. ReLU: quick, sparse, mortal
#
# $$\mathrm{ReLU}(z) = \max(0, z), \qquad \mathrm{ReLU}'(z) = 1 \text{ if } z > 0 \text{ else } 0$$
#
# It costs one comparison, its slope never shrinks on the right, and its kink is all the bend a network needs. Three claims are made about it; we measure each on real digits.
#
# ### Does it converge faster?
#
# A fair race gives every runner its own learning rate, tuned on seeds that the race does not use. We count epochs to 97 % training accuracy. **Predict:** how many times faster than tanh is ReLU?

# %%
X, y = dl.data.digits()  # X: (1797, 64), y: (1797,)
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
rates, epochs = (0.1, 0.3, 1.0, 3.0, 10.0), 20


def race(activation, lr, seed):
    return train(network(activation, [64, 64, 64, 10], seed), X_train, y_train, lr, epochs, seed)


def epochs_needed(history):
    return next((k + 1 for k, a in enumerate(history.accuracy) if a >= 0.97), epochs + 1)


needed, losses = {}, {}
for activation in (dl.Sigmoid, dl.Tanh, dl.ReLU):
    name = activation.__name__
    tuning = {lr: np.mean([epochs_needed(race(activation, lr, seed)) for seed in (0, 1)]) for lr in rates}
    lr = min(tuning, key=tuning.get)
    runs = [race(activation, lr, seed) for seed in range(10, 15)]
    needed[name] = np.median([epochs_needed(run) for run in runs])
    losses[f"{name}, lr {lr}"] = np.median([run.loss for run in runs], axis=0)
    table = "  ".join(f"{rate}: {n if n <= epochs else 'never'}" for rate, n in tuning.items())
    print(f"{name:8} tuning  {table}")
    print(f"         race at {lr}: median {needed[name]:g} epochs")
for name in ("Sigmoid", "Tanh"):
    print(f"{name} needs {needed[name] / needed['ReLU']:.1f} times as many epochs as ReLU")
title, ylabel = "Each activation at its own best rate", "training loss (median of 5 runs)"
plots.lines(np.arange(1, epochs + 1), losses, title=title, xlabel="epoch", ylabel=ylabel, yscale="log")

# %% [markdown]
# *Figure: training loss against epoch on a log scale. Sigmoid falls last and stays above; Tanh and ReLU fall together.*
#
# Honest conclusion for *this* network: ReLU beats sigmoid clearly and tanh not at all. At ReLU's rate, sigmoid never arrives: comparing at one shared rate would have told a far more dramatic, and unfair, story. Depth changes the picture too (lesson 06).
#
# ### Is it sparse, and is that dropout?

# %%
relu_net = network(dl.ReLU, [64, 100, 10], seed=1)
train(relu_net, X_train, y_train, lr=0.1, epochs=15)


def hidden(net, X):
    return net[1](net[0](X))  # (examples, 100)


h = hidden(relu_net, X_test)
again = hidden(relu_net, X_test)
print(f"zeros among hidden outputs: {np.mean(h == 0):.0%}; the same zeros again: {np.array_equal(h, again)}")
active = np.array([(h[y_test == k] > 0).mean(axis=0) for k in range(10)])  # (10 digits, 100 units)
unit = np.ptp(active, axis=0).argmax()
for k in (active[:, unit].argmax(), active[:, unit].argmin()):
    print(f"unit {unit} is active on {active[k, unit]:.0%} of the {k}s")

# %% [markdown]
# Sparse, yes. But the *input* decides which units rest, and the same input silences the same units, in training and in test. Dropout (lesson 12) silences units by chance, in training only.
#
# ### How many units die?
#
# A ReLU unit is **dead** if its pre-activation is at or below 0 on *every* training example: its output and its gradients are 0, so no step brings it back. We train five epochs at a high rate, then ten at a sane one, and after each epoch count the units whose weight gradient over the whole training set is exactly 0.

# %%
cases = {
    "ReLU, 0.1 throughout": (dl.ReLU, 0.1),
    "ReLU, 1.0 then 0.1": (dl.ReLU, 1.0),
    "ReLU, 1.5 then 0.1": (dl.ReLU, 1.5),
    "Leaky ReLU, 1.5 then 0.1": (dl.LeakyReLU, 1.5),
}
dead = {name: [] for name in cases}
for name, (activation, high) in cases.items():
    net = network(activation, [64, 100, 10], seed=1)
    for epoch in range(15):
        train(net, X_train, y_train, lr=high if epoch < 5 else 0.1, epochs=1, seed=epoch)
        backpropagate(net, X_train, y_train)
        dead[name].append(int(np.all(net[0].weight.grad == 0, axis=0).sum()))
    silent = np.all(hidden(net, X_train) <= 0, axis=0).sum()
    print(f"{name:25} no gradient {dead[name][-1]:2}   never positive {silent:2}   ", end="")
    print(f"test accuracy {dl.accuracy(net, X_test, y_test):.2f}")
title, ylabel = "Units that receive no gradient", "units of 100"
plots.lines(np.arange(1, 16), dead, title=title, xlabel="epoch", ylabel=ylabel)

# %% [markdown]
# *Figure: units without gradient per epoch. ReLU at 0.1 stays at 0; at 1.0 about a third die, at 1.5 nearly all; none come back at the sane rate. Leaky ReLU stays at 0.*
#
# The learning rate kills, death is final, and a network can lose many units and still do well. Leaky units can be silenced too (never positive), but a hundredth of the gradient still arrives, and the network recovers.

# %% [markdown]
# ## 6. The whole family
#
# A semicolon separates right from left: "1 ; 0.01" means 1 for $z > 0$, else 0.01. $y$ is the output; "nearer" compares its mean with ReLU's.
#
# | | value | slope | range | zero-centred | cost | used for | weakness |
# |---|---|---|---|---|---|---|---|
# | identity | $z$ | $1$ | all | yes | nothing | regression output | no bend |
# | unit step | $1$ if $z \ge 0$ else $0$ | $0$ | 0, 1 | no | comparison | perceptron | no gradient |
# | sign | $-1, 0, 1$ | $0$ | -1, 0, 1 | yes | comparison | perceptron | no gradient |
# | staircase | $\lfloor z \rfloor$ | $0$ | whole numbers | nearly | rounding | quantising | no gradient |
# | sigmoid | $1/(1+e^{-z})$ | $y(1-y) \le 1/4$ | (0, 1) | no | exp | binary output, gates | saturates on both sides |
# | tanh | $\tanh z$ | $1-y^2 \le 1$ | (-1, 1) | yes | exp | small and recurrent nets | saturates on both sides |
# | ReLU | $z$ ; $0$ | $1$ ; $0$ | [0, ∞) | no | comparison | hidden layers, CNNs | dead units |
# | leaky ReLU | $z$ ; $0.01z$ | $1$ ; $0.01$ | all | nearer | comparison | where ReLUs die | left slope tiny |
# | PReLU | $z$ ; $az$ | $1$ ; $a$ | all if $a>0$ | nearer | comparison | large vision nets | more to learn |
# | ReLU6 | $\min(\max(z,0),6)$ | $1$ in (0, 6), else $0$ | [0, 6] | no | comparisons | low-precision devices | saturates on both sides |
# | Maxout | largest of $k$ lines | the winner's | all | can be | $k$ linear layers | with dropout | $k$ times the weights |
# | softplus | $\ln(1+e^z)$ | $\sigma(z)$ | (0, ∞) | no | exp, log | positive outputs | never 0 |
# | ELU | $z$ ; $\alpha(e^z-1)$ | $1$ ; $\alpha e^z$ | (-α, ∞) | nearer | exp | deep nets | saturates on the left |
# | SiLU (Swish) | $z\,\sigma(\beta z)$ | $\sigma + \beta z \sigma(1-\sigma)$ | from -0.28 at β = 1 | nearer | exp | some deep nets | slope turns negative |
# | softmax | $e^{z_k}/\sum_j e^{z_j}$ | $y_i([i{=}j] - y_j)$ | (0, 1), sum 1 | no | $K$ exps | $K$-class output | saturates |
#
# Two entries deserve numbers. **PReLU** learns its slope: $\partial L/\partial a = \sum_{z \le 0} \frac{\partial L}{\partial y} z$, summed over every entry that shares $a$. **Softplus** is the smooth ReLU whose derivative is exactly sigmoid.

# %%
z, a = np.array([[-2.0, 1.0], [-1.0, -3.0]]), np.array(0.25)
dy = np.array([[1.0, 5.0], [2.0, -1.0]])
y, cache = F.prelu(z, a)
dz, da = F.prelu_backward(dy, cache)
h = 1e-6
central = np.sum(dy * (F.prelu(z, a + h)[0] - F.prelu(z, a - h)[0])) / (2 * h)
by_hand = 1 * -2 + 2 * -1 + -1 * -3  # dy z, over the entries with z <= 0
print(f"da = {da}, by hand {by_hand}, central difference {central:.6f}")

z = np.linspace(-1000, 1000, 2001)
slope = F.softplus_backward(np.ones_like(z), F.softplus(z)[1])
print("softplus' = sigmoid:", np.allclose(slope, F.sigmoid(z)[0]))

# %% [markdown]
# **Choosing for a hidden layer.** Start with ReLU. If units die, lower the learning rate first; then try leaky ReLU or ELU. Tanh suits small networks and recurrent ones. Whatever you compare, tune the rate for each.
#
# **Choosing for the output** is not a matter of taste: the target decides, and the loss follows.
#
# | target | last activation | loss | delta at the output (mean over N) |
# |---|---|---|---|
# | any number | identity | half squared error | $(h - y)/N$ |
# | yes or no | sigmoid | binary cross-entropy | $(h - y)/N$ |
# | one of K classes | softmax | cross-entropy | $(h - y)/N$ |
#
# `BCEWithLogitsLoss` and `CrossEntropyLoss` contain the sigmoid and the softmax: end those networks with a plain `Linear`.

# %% [markdown]
# ## Optional: Maxout and temperature
#
# A **Maxout** unit takes the larger of two (or more) linear functions. It generalises ReLU, leaky ReLU and the absolute value, for twice the parameters. **Temperature** divides the logits before softmax: small T sharpens, large T flattens.

# %%
z = np.array([-2.0, -1.0, 3.0])
for a, name in [(0.0, "ReLU"), (0.01, "leaky ReLU"), (-1.0, "absolute value")]:
    lines = np.stack([z, a * z], axis=-1)[:, np.newaxis]  # (3 examples, 1 unit, 2 pieces)
    print(f"max(z, {a:5} z) = {F.maxout(lines)[0].ravel() + 0.0}   {name}")
rng = np.random.default_rng(0)
for layer in (dl.Linear(64, 32, rng=rng), dl.Maxout(64, 32, pieces=2, rng=rng)):
    print(layer, sum(p.value.size for p in layer.parameters()), "parameters")
for T in (0.5, 1.0, 5.0):
    print(f"T = {T}: softmax of [2, 1, 0.1] =", F.softmax(np.array([2.0, 1.0, 0.1]), T)[0].round(3))

# %% [markdown]
# ## Optional: beyond the notes
#
# **GELU** is $z\,\Phi(z)$ with the normal distribution function $\Phi$; transformers use it. **SELU** is a scaled ELU whose two constants keep standard normal inputs at mean 0 and variance 1.

# %%
from math import erf

z = np.linspace(-6, 6, 1201)
gelu = z * (1 + np.vectorize(erf)(z / np.sqrt(2))) / 2
print(f"GELU against SiLU with beta = 1.702: at most {np.abs(gelu - F.silu(z, 1.702)[0]).max():.2f} apart")
selu = 1.0507 * F.elu(np.random.default_rng(0).normal(size=1_000_000), 1.6733)[0]
print(f"SELU of standard normal inputs: mean {selu.mean():.3f}, variance {selu.var():.3f}")

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. All weights of a ReLU unit are negative. Is it dead?</summary>
#
# Not for that reason. Negative inputs or a positive bias can make its pre-activation positive. "Negative weights" tempts because it names the wrong sign: dead means z ≤ 0 on every training example.
# </details>
# <details><summary>2. Leaky ReLU has no zero slope. Does that cure vanishing gradients?</summary>
#
# No. Ten left sides leave 0.01^10 = 1e-20. It cures *death*, which is about one unit, not about depth.
# </details>
# <details><summary>3. All inputs of a unit are positive. Do all its weights move the same way in every step?</summary>
#
# With one example per step, yes. With a batch, not necessarily: the sum mixes deltas of both signs.
# </details>
# <details><summary>4. Tanh has slope 1 at 0. Why do deep tanh networks still lose gradient?</summary>
#
# Because units do not stay at 0. "The maximum is 1, so nothing is lost" confuses the best case with the typical one. Weights multiply as well.
# </details>
# <details><summary>5. Someone puts a ReLU after the last layer of a classifier, before the cross-entropy. What happens?</summary>
#
# Negative logits all become 0 and pass no gradient, so those classes cannot be corrected. End with a plain linear layer.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below tests what can be tested here.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | $\sigma'$ runs from 0 to 1; $\sigma' = x(1-x)$ | that is $\sigma$'s range; input and output share a letter | at most 1/4; $y(1-y)$ with the output $y$ | calculus |
# | 2 | $\tanh' = 1 - \tanh z$, undefined at 0 | a lost square; ReLU's kink | $1 - \tanh^2 z$, smooth everywhere | calculus |
# | 3 | leaky ReLU is 0.01 for $z \le 0$ | its slope is | $0.01 z$ | Maas et al. 2013 |
# | 4 | ELU is smooth for every α | drawn with α = 1 | its slope jumps at 0 unless α = 1 | Clevert et al. 2016, Barron 2017 |
# | 5 | Swish' $= \sigma + z\sigma'(1-\sigma)$ | $\sigma'$ and $\sigma(1-\sigma)$ mixed | $\sigma + z\sigma(1-\sigma)$ | Ramachandran et al. 2017 |
# | 6 | Swish's gradient always flows; twice as good | it is smooth | slope 0 at z = -1.278, negative left of it; no such factor is known | Ramachandran et al. 2017 |
# | 7 | ReLU6 clips the gradient | it clips something | it clips the activation at 6 | Krizhevsky 2010 |
# | 8 | PReLU: $az$ on the right; $\max(az, z)$; larger slopes towards the output | sides swapped; true for a ≤ 1 | $a$ on the left; max only for $a \le 1$; larger slopes in the *first* layer | He et al. 2015 |
# | 9 | negative weights kill a ReLU | sign of $w$ for sign of $z$ | $z \le 0$ on every training example | section 5 |
# | 10 | $f'(0)$ is 0, is 1, is undefined | each is someone's choice | a convention; PyTorch: ReLU 0, leaky ReLU its slope, ELU α | PyTorch documentation |
# | 11 | positive inputs: all weight gradients share a sign | true of one example | a batch mixes (section 4) | LeCun et al. 1998 |
# | 12 | edges make step and straight-line functions hard to train | ReLU has an edge and trains; a line has none | slope 0 almost everywhere is the trouble (section 1) | section 1 |
# | 13 | ReLU is 6 times faster than tanh | a famous figure | one network on CIFAR-10; see our race | Krizhevsky et al. 2012 |
# | 14 | 40 % of a network can be dead | a quoted half-sentence | "as much as 40 %", *if the learning rate is too high*; see our count | CS231n notes |
# | 15 | sigmoid's large slope explodes gradients, ReLU's small range prevents it | both words sound right | $\sigma' \le 1/4$; ReLU is unbounded; products explode (lesson 06) | Pascanu et al. 2013 |

# %%
z = np.linspace(-6, 6, 12001)
_, cache = F.sigmoid(z)
print(" 1 largest sigmoid slope:", F.sigmoid_backward(np.ones_like(z), cache).max())
print(f" 2 tanh slope at 0: {slope_of(F.tanh, 0)}, at 1: {slope_of(F.tanh, 1):.3f}")
print(f"   1 - tanh(1) would be {1 - np.tanh(1):.3f}")
print(" 3 leaky ReLU at -5:", F.leaky_relu(np.array([-5.0]))[0])
for alpha in (1.0, 0.5):
    left, right = slope_of(F.elu, -1e-9, alpha), slope_of(F.elu, 1e-9, alpha)
    print(f" 4 ELU with alpha {alpha}: slope {left:.2f} left of 0, {right:.2f} right of it")

h = 1e-6
above, below = F.silu(np.array([1 + h, 1 - h]))[0]
y = F.sigmoid(np.array(1.0))[0]
print(f" 5 SiLU slope at 1, measured: {(above - below) / (2 * h):.4f}")
print(f"   right formula {y + y * (1 - y):.4f}, often written {y + y * (1 - y) * (1 - y):.4f}")
_, cache = F.silu(z)
slope = F.silu_backward(np.ones_like(z), cache)
print(f" 6 SiLU slope at -3: {slope_of(F.silu, -3):.3f}, crosses 0 at {z[np.argmax(slope >= 0)]:.3f}")
print(" 7 ReLU6 at 5.9 and 6.1: value", F.relu6(np.array([5.9, 6.1]))[0])
print("   slope", slope_of(F.relu6, 5.9), slope_of(F.relu6, 6.1))
print(" 8 PReLU with a = 2 at -1:", F.prelu(np.array([-1.0]), np.array(2.0))[0], "but max(-2, -1) = -1")

x = np.abs(np.random.default_rng(0).normal(size=(1000, 2)))  # positive inputs
for w, b in [(-1, 10), (1, -10)]:
    print(f" 9 weights {w:2}, bias {b:3}: active on {np.mean(x @ [w, w] + b > 0):.0%} of examples")
print("10 slope at 0: ReLU", slope_of(F.relu, 0), "leaky ReLU", slope_of(F.leaky_relu, 0), end=" ")
print("ELU with alpha 2:", slope_of(F.elu, 0, 2.0))
print(f"13 tanh needed {needed['Tanh'] / needed['ReLU']:.1f} times ReLU's epochs")
print("14 dead of 100, in the order of section 5:", [count[-1] for count in dead.values()])
print("15 ReLU of a million:", F.relu(np.array([1e6]))[0])

# %% [markdown]
# ## Summary
#
# 1. Without a bend, layers collapse into one. Without a slope, they do not learn.
# 2. An activation is a pair: a value with a cache, and dy times the local slope.
# 3. Slopes multiply over depth: sigmoid keeps at most a quarter per layer.
# 4. Positive outputs tie the signs of one example's gradients and stretch the valley.
# 5. ReLU is cheap and keeps slope 1; its dead units stay dead. The learning rate is what kills them.
# 6. Leaky ReLU, PReLU, ELU and SiLU let something through on the left.
# 7. The output activation follows from the target.
# 8. Compare activations only at their own tuned rates.
#
# ## PyTorch bridge
#
# ```python
# from torch import nn
# net = nn.Sequential(nn.Linear(64, 100), nn.LeakyReLU(0.01), nn.Linear(100, 10))
# loss = nn.CrossEntropyLoss()           # softmax inside, as here
# nn.PReLU(init=0.25), nn.ELU(alpha=1.0), nn.ReLU6(), nn.Softplus(), nn.GELU(), nn.SELU()
# nn.SiLU()                              # beta is fixed at 1
# ```
#
# ## Further reading
#
# - LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*
# - Nair, Hinton 2010, *Rectified Linear Units Improve Restricted Boltzmann Machines*; Krizhevsky 2010, *Convolutional Deep Belief Networks on CIFAR-10*
# - Glorot, Bordes, Bengio 2011, *Deep Sparse Rectifier Neural Networks*
# - Krizhevsky, Sutskever, Hinton 2012, *ImageNet Classification with Deep Convolutional Neural Networks*
# - Pascanu, Mikolov, Bengio 2013, *On the Difficulty of Training Recurrent Neural Networks*
# - Maas, Hannun, Ng 2013, *Rectifier Nonlinearities Improve Neural Network Acoustic Models*
# - Goodfellow et al. 2013, *Maxout Networks*
# - He et al. 2015, *Delving Deep into Rectifiers*
# - Clevert, Unterthiner, Hochreiter 2016, *Fast and Accurate Deep Network Learning by Exponential Linear Units*; Barron 2017, *Continuously Differentiable Exponential Linear Units*
# - Ramachandran, Zoph, Le 2017, *Searching for Activation Functions*
# - Hendrycks, Gimpel 2016, *Gaussian Error Linear Units*; Klambauer et al. 2017, *Self-Normalizing Neural Networks*
#
# **Now build it yourself:** [exercise 05](../exercises/05_activations.ipynb).
