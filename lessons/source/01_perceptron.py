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
# # 01 The perceptron
#
# **Build the smallest network there is, let it learn from its mistakes, find what it can never learn, and mend that with a second layer.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import PerceptronExplorer, gallery, gate_gallery, neuron_sketch, planes, plots

# %%
gate_gallery()

# %% [markdown]
# *Figure: four logic gates. Circles want the answer 0, squares 1; in the striped area the network answers 1. One line does for AND, OR and NAND; XOR needs a band between two.*
#
# After this lesson you can
#
# - compute a neuron's answers for a batch, and say what its weights and bias do to its line;
# - train it with the perceptron rule, and bound its mistakes;
# - show that no neuron computes XOR, and build two layers that do;
# - tell what a network can represent from what it learns.
#
# **Needs:** dot products, matrices, a little NumPy. **Time:** 60 minutes. How the course works, its symbols and conventions: [start here](00_start_here.ipynb).

# %% [markdown]
# ## Warm-up
#
# From school. Answer from memory, then unfold.
#
# <details><summary>1. What is the dot product of (2, -1) and (3, 4)?</summary>
#
# 2 · 3 + (-1) · 4 = 2.
# </details>
# <details><summary>2. X has the shape (5, 3), W the shape (3, 2). What is the shape of X @ W?</summary>
#
# (5, 2): each entry adds up 3 products.
# </details>
# <details><summary>3. Do (1, 1) and (0, 1) lie on the same side of the line x1 + x2 - 1.5 = 0?</summary>
#
# No: the left-hand side is 0.5 at (1, 1) and -0.5 at (0, 1).
# </details>

# %% [markdown]
# ## 1. One measurement is not enough
#
# Fifty irises are setosa, fifty versicolor. We know length and width of a sepal of each. The plainest rule is a threshold on one of them. **Predict:** how many of the 100 flowers will the best threshold get right?

# %%
X_iris, kind = dl.data.iris()  # (150, 4) in cm, (150,)
X, y = X_iris[kind < 2, :2], kind[kind < 2]  # X: (100, 2) sepal length, width; y: 0 setosa, 1 versicolor
regions = {}
for j, name, sign in [(0, "length", 1), (1, "width", -1)]:
    cuts = np.unique(X[:, j])
    right = [np.sum((sign * X[:, j] >= sign * cut) == y) for cut in cuts]
    cut = cuts[np.argmax(right)]
    print(f"best threshold on the {name}: {cut} cm, {max(right)} of 100 flowers right")
    regions[f"{name}: {cut} cm"] = lambda P, j=j, sign=sign, cut=cut: sign * P[:, j] >= sign * cut
plots.decision_regions(regions, X, y)

# %% [markdown]
# *Figure: the flowers by sepal length (x1) and width (x2), in cm, cut by a vertical and by a horizontal line. Both leave flowers on the wrong side.*
#
# A slanted line could part the two clouds. It weighs both measurements.

# %% [markdown]
# ## 2. A neuron
#
# A **neuron** multiplies each input by a **weight**, adds a **bias**, and passes the sum through an **activation**. For D inputs:
#
# $$z = \sum_{i=1}^{D} x_i w_i + b, \qquad h = \mathrm{step}(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases}$$
#
# $z$ is the weighted sum, $h$ the answer; $y$ will be the answer that is wanted. With this **unit step** the neuron is a **perceptron** (Rosenblatt 1958). That step(0) = 1 is our convention. A batch takes one product: each row of `X` is an example.


# %%
def unit_step(z):
    return np.where(z >= 0, 1.0, 0.0)


def neuron(X, w, b):
    z = X @ w + b  # X: (N, D), w: (D,), b: a number -> z: (N,)
    return unit_step(z)  # h: (N,)


w, b = np.array([1.0, -1.0]), -1.55  # a guess: long and narrow sepals are versicolor
print(f"the guess: {np.sum(neuron(X, w, b) == y)} of 100 flowers right")

layer = dl.Linear(2, 1, rng=np.random.default_rng(0))  # the library: D inputs, one neuron
layer.weight.value, layer.bias.value = w[:, np.newaxis], np.array([b])
library = dl.Sequential(layer, dl.UnitStep())(X)  # (100, 1)
print("the same answers from the library:", np.array_equal(library[:, 0], neuron(X, w, b)))
neuron_sketch()

# %% [markdown]
# *Figure: x1, x2 and a constant 1, times w1, w2 and b, add up to z; the activation makes h of it.*
#
# The answer changes where $z = 0$: a straight line. The weights stand on it at right angles and point to the side of 1. A larger bias makes that side larger.
#
# ### Activations so far

# %%
z = np.array([-1.5, 0.0, 0.5, 2.5])
for op in (dl.F.unit_step, dl.F.sign, dl.F.staircase, dl.F.identity):
    h, _ = op(z)  # each returns its value, and something for later lessons
    print(f"{op.__name__:9} of {z} is {h}")
gallery("Unit step", "Sign", "Staircase", "Identity")

# %% [markdown]
# *Figure: unit step, sign and staircase jump and are level elsewhere; the identity is a straight line. Dashed: the slope, for lesson 03.*
#
# | activation | answers | where |
# |---|---|---|
# | unit step | 0 or 1 | yes or no |
# | sign | -1, 0 or 1; sign(0) = 0 | for or against |
# | staircase | the whole number below z | rounding to levels |
# | identity | z itself; $a z$ and $a z + c$ are **linear** too | an output that is a quantity, as in regression; a stage between the sum and another activation |

# %% [markdown]
# ## 3. Gates
#
# Let the inputs be 0 or 1. **AND** answers 1 if both are 1, **OR** if at least one is, **NAND** is the opposite of AND, **XOR** answers 1 if exactly one is 1. AND, worked: with both weights 1, $z$ is the number of ones plus $b$. It must be negative for one and positive for two: $b = -1.5$.
#
# **Your turn.** OR and NAND below are wrong on purpose. Repair their weights and biases.

# %%
gates = {
    "AND": (np.array([1.0, 1.0]), -1.5),
    "OR": (np.array([1.0, 1.0]), -1.5),  # repair me
    "NAND": (np.array([1.0, 1.0]), 1.5),  # repair me
}
for name, (w, b) in gates.items():
    rows, wanted = dl.data.gate(name)  # rows: (4, 2), wanted: (4,)
    h = neuron(rows, w, b).astype(int)
    print(f"{name:4} of 00, 01, 10, 11: {h}", "right" if np.array_equal(h, wanted) else f"not yet, wanted {wanted}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# OR: $b = -0.5$, so that a single one is enough. NAND: every sign of AND changed, weights (-1, -1) and $b = 1.5$. Changing the bias alone tempts, but with positive weights more ones never mean "no".
# </details>

# %% [markdown]
# ## 4. Learning from mistakes
#
# Take the examples one after another. Where the answer is right, change nothing. Where it is wrong, move the weights:
#
# $$w \leftarrow w + \eta\,(y - h)\,x, \qquad b \leftarrow b + \eta\,(y - h)$$
#
# $\eta$, the **learning rate** (`lr` in code), scales the move. Why it helps: this example's sum changes by $\eta (y - h)(x \cdot x + 1)$, so it rises if 1 was wanted and falls if 0 was. One run through all examples is an **epoch**.


# %%
def learn(X, y, epochs, lr=1.0):
    w, b = np.zeros(X.shape[1]), 0.0  # 1. start at zero
    path, mistakes = [np.append(w, b)], []  # every (w, b) so far; mistakes per epoch
    for _ in range(epochs):
        mistakes.append(0)
        for x, wanted in zip(X, y, strict=True):  # 2. one example at a time, in the given order
            h = unit_step(np.sum(x * w) + b)  # 3. answer: the sum of the formula, and the step
            if h != wanted:  # 4. move after a mistake only
                w = w + lr * (wanted - h) * x
                b = b + lr * (wanted - h)
                mistakes[-1] += 1
                path.append(np.append(w, b))
    return w, b, mistakes, np.array(path)


rows, wanted = dl.data.gate("AND")
w, b, mistakes, path = learn(rows, wanted, epochs=8)
print("w1, w2, b after each of the first mistakes:", *path[:5].astype(int).tolist())
print("mistakes per epoch:", mistakes)
print(f"learned: w = {w}, b = {b}, answers {neuron(rows, w, b)}")

# %% [markdown]
# Follow it by hand. At (0, 0), $z = 0$ and $h = 1$, wrong: $b$ falls to -1. Then (0, 1) and (1, 0) are right and (1, 1) is wrong: weights and bias rise by 1. After an epoch without mistakes nothing moves any more: the neuron has **settled**.
#
# **Predict**, before you touch anything: on XOR, will the mistakes per epoch fall to 2, to 1, or to 0?
#
# **Play** until the goal line says that you reached it. (Tab reaches every control; arrow keys move sliders; the space bar presses buttons.)

# %%
PerceptronExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the four rows as points, the neuron's line, its weights as an arrow, wrong rows ringed. Middle, the truth table. Right, wrong rows after each learning step.*
#
# **Explain:**

# %%
curves = {}
for name in ("AND", "OR", "NAND", "XOR"):
    rows, wanted = dl.data.gate(name)
    w, b, curves[name], path = learn(rows, wanted, epochs=10)
after_epoch = path[np.cumsum(curves["XOR"])].astype(int)  # the loop ended with XOR
print("XOR, w1, w2, b after epochs 1 to 5:", *after_epoch[:5].tolist())
print("XOR, w1, w2, b after mistakes 4 and 8:", *path[[4, 8]].astype(int).tolist())
title, ylabel = "Three gates settle, XOR never does", "mistakes in the epoch (of 4)"
plots.lines(np.arange(1, 11), curves, title=title, xlabel="epoch", ylabel=ylabel, yticks=range(5))

# %% [markdown]
# *Figure: mistakes per epoch. AND, OR and NAND fall to 0; XOR climbs to 4 and stays.*
#
# After epoch 3 the weights are those after epoch 2, and the rule rolls no dice: it goes round for ever. In the explorer, step 8 leads back to where step 4 had led.
#
# Nor would other weights help. XOR demands
#
# $$b < 0, \qquad w_1 + b \ge 0, \qquad w_2 + b \ge 0, \qquad w_1 + w_2 + b < 0 .$$
#
# The two in the middle add up to $w_1 + w_2 + 2b \ge 0$, the outer two to $w_1 + w_2 + 2b < 0$. Both cannot be. XOR is **not separable**: no line parts its ones from its zeros.

# %% [markdown]
# ## 5. How many mistakes at most?
#
# If some line separates, the rule settles. Append a 1 to each input, and the bias becomes one more weight: $\tilde x = (x, 1)$, $\tilde w = (w, b)$. Let $t = 2y - 1$, so -1 or 1, and $\eta = 1$.
#
# - $R$ is the length of the longest $\tilde x$.
# - $u$ is a neuron that answers all examples right, its weights and bias as one vector, scaled to length 1.
# - $\gamma$, its **margin**, says how narrowly: $t\,(u \cdot \tilde x) \ge \gamma > 0$ for every example.
#
# **Theorem** (Novikoff 1962). Started at zero, the rule makes at most $(R/\gamma)^2$ mistakes, in any order and however long it runs.
#
# *Why.* A mistake adds $t \tilde x$ to $\tilde w$. That raises $\tilde w \cdot u$ by at least $\gamma$. It raises $\|\tilde w\|^2$ by $2 t\,(\tilde w \cdot \tilde x) + \|\tilde x\|^2 \le 0 + R^2$, because a mistake means $t\,(\tilde w \cdot \tilde x) \le 0$. After $k$ mistakes
#
# $$k\gamma \;\le\; \tilde w \cdot u \;\le\; \|\tilde w\| \;\le\; R\sqrt{k}, \qquad \text{hence} \quad k \le (R/\gamma)^2 .$$
#
# Every such $u$ gives a valid bound; we take the best of 720 lines. **Predict:** does it matter if all flowers are shifted so that their mean is 0?


# %%
def best_line(X, y):
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    W = np.stack([np.cos(angles), np.sin(angles)])  # (2, 720): a direction per column
    sums = X @ W  # (100, 720)
    b = -(sums[y == 1].min(axis=0) + sums[y == 0].max(axis=0)) / 2  # halfway between the classes
    U = np.vstack([W, b]) / np.sqrt(1 + b**2)  # (3, 720), length 1
    X1 = np.column_stack([X, np.ones(len(X))])  # (100, 3): a 1 appended
    margins = ((2 * y - 1)[:, np.newaxis] * (X1 @ U)).min(axis=0)
    R = np.linalg.norm(X1, axis=1).max()
    return R, margins.max(), U[:, margins.argmax()]


X_centred = X - X.mean(axis=0)
for name, data in [("as measured", X), ("mean 0", X_centred)]:
    R, gamma, u = best_line(data, y)
    w, b, mistakes, path = learn(data, y, epochs=800)
    print(f"{name:11}: R {R:.2f}, gamma {gamma:.3f}: at most {int((R / gamma) ** 2)} mistakes; ", end="")
    print(f"counted {sum(mistakes)} in {mistakes.index(0)} epochs, {np.sum(neuron(data, w, b) == y)} right")

R, gamma, u = best_line(X, y)
path_of_flowers = learn(X, y, epochs=800)[3]  # (mistakes + 1, 3)
k = np.arange(len(path_of_flowers))
length, along_u = np.linalg.norm(path_of_flowers, axis=1), path_of_flowers @ u
curves = {"R √k": R * np.sqrt(k), "length of w": length, "w · u": along_u, "k γ": k * gamma}
print("the curves never cross:", np.all(np.diff(list(curves.values()), axis=0) <= 1e-9))
plots.lines(k, curves, title="Squeezed between a line and a root", xlabel="mistakes k", ylabel="size")

# %% [markdown]
# *Figure: four rising curves in the order of the proof. Line and root meet at k = (R/γ)²; the mistakes must end before.*
#
# The bound holds and is far from tight: it is about the worst case. Centring shrinks $R$ and widens $\gamma$: the same flowers, about 400 times fewer mistakes. The theorem does *not* say that the line is a good one:

# %%
R, gamma, u = best_line(X_centred, y)
regions, margins = {}, []
for seed in (3, 4):
    order = np.random.default_rng(seed).permutation(100)
    w, b, mistakes, _ = learn(X_centred[order], y[order], epochs=10)
    margins.append(np.min((2 * y - 1) * (X_centred @ w + b)) / np.linalg.norm(np.append(w, b)))
    print(f"order {seed}: {sum(mistakes):2} mistakes, margin {margins[-1]:.3f}")
    regions[f"order {seed}"] = lambda P, w=w, b=b: neuron(P, w, b)
print(f"best of 720 lines: margin {gamma:.3f}")
regions["best of 720"] = lambda P: neuron(P, u[:2], u[2])
plots.decision_regions(regions, X_centred, y)

# %% [markdown]
# *Figure: the centred flowers and three lines that part them: two learned, each close to some flower, and the best of 720.*

# %% [markdown]
# ## 6. XOR by two layers
#
# XOR is AND of OR and NAND. Two neurons form a **hidden layer**; its answers are the inputs of a third. Each neuron of a layer is a *column* of its weight matrix, with a bias of its own:
#
# $$H = \mathrm{step}(X W_1 + b_1), \qquad h = \mathrm{step}(H W_2 + b_2)$$
#
# **Predict** the four rows of $H$ before you run the cell.

# %%
W1 = np.array([[1.0, -1.0],
               [1.0, -1.0]])  # (2 inputs, 2 hidden): column 0 is OR, column 1 is NAND  # fmt: skip
b1 = np.array([-0.5, 1.5])  # (2,)
W2 = np.array([[1.0], [1.0]])  # (2 hidden, 1 output): AND
b2 = np.array([-1.5])  # (1,)


def two_layers(X):
    H = unit_step(X @ W1 + b1)  # (N, 2)
    return unit_step(H @ W2 + b2)[:, 0]  # (N,)


rows, wanted = dl.data.gate("XOR")
H = unit_step(rows @ W1 + b1)
for x, hidden, h, target in zip(rows, H, two_layers(rows), wanted, strict=True):
    print(f"x {x}   hidden {hidden}   answer {h}   wanted {target}")
grid = {
    "h1: OR": (lambda P: neuron(P, W1[:, 0], b1[0]), rows, wanted),
    "h2: NAND": (lambda P: neuron(P, W1[:, 1], b1[1]), rows, wanted),
    "AND of h1, h2": (lambda P: neuron(P, W2[:, 0], b2[0]), H, wanted, "h"),
    "both layers": (two_layers, rows, wanted),
}
planes(grid)

# %% [markdown]
# *Figure: OR and NAND cut the plane once each. On the plane of the hidden answers, both rows that want 1 fall on (1, 1), and one line parts them from the rest. Together they make a band.*
#
# The hidden layer moved the points until a line could part them: the idea of every network in this course.
#
# ### Why the step must stand between
#
# Leave it out, and
#
# $$(X W_1 + b_1) W_2 + b_2 = X \underbrace{(W_1 W_2)}_{W} + \underbrace{(b_1 W_2 + b_2)}_{b}$$
#
# One layer again; and so for a stack of a hundred.

# %%
rng = np.random.default_rng(0)
A1, a1, A2, a2 = rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=(6, 3)), rng.normal(size=3)
x = rng.normal(size=(5, 4))  # five examples: 4 inputs, 6 hidden, 3 outputs
W, b = A1 @ A2, a1 @ A2 + a2  # (4, 3), (3,)
print("two linear layers equal one:", np.allclose((x @ A1 + a1) @ A2 + a2, x @ W + b))
print(f"parameters: {A1.size + a1.size + A2.size + a2.size} in two layers, {W.size + b.size} in the one they equal")
with_step = unit_step(x @ A1 + a1) @ A2 + a2
print("with a step between:", np.allclose(with_step, x @ W + b))

# %% [markdown]
# ## 7. What networks can represent, and what they learn
#
# **Any logic function.** Each row that wants a 1 gets a hidden neuron that fires for it alone: weight 1 where the row has a 1, -1 where it has a 0, bias 0.5 minus the number of ones. The output is OR. We build all functions of two and three inputs, and count how many a single neuron computes.


# %%
def logic_network(rows, wanted):
    picked = rows[wanted == 1]  # (hidden, D): one neuron per row that wants a 1
    W1, b1 = (2 * picked - 1).T, 0.5 - picked.sum(axis=1)
    return unit_step(unit_step(rows @ W1 + b1) @ np.ones(len(picked)) - 0.5)


for D in (2, 3):
    rows = np.stack(np.meshgrid(*[[0, 1]] * D), axis=-1).reshape(-1, D)  # (2^D, D)
    tables = np.stack(np.meshgrid(*[[0, 1]] * len(rows)), axis=-1).reshape(-1, len(rows))  # all functions
    built = sum(np.array_equal(logic_network(rows, wanted), wanted) for wanted in tables)
    # a single neuron: all whole weights from -2 to 2 and biases from -6 to 6
    weights = np.stack(np.meshgrid(*[range(-2, 3)] * D), axis=-1).reshape(-1, D).T  # (D, 5^D)
    single = {tuple(answers) for b in range(-6, 7) for answers in unit_step(rows @ weights + b).T}
    print(f"{D} inputs: {len(tables)} functions, {built} by two layers, {len(single)} by a single neuron")

# %% [markdown]
# The price: up to $2^D$ hidden neurons.
#
# **Any continuous function.** On a closed, bounded region, one hidden layer and a linear output come as close as you like to it, if neurons enough are there (Cybenko 1989 for continuous sigmoid-shaped activations; Hornik 1991 for all that are continuous, bounded and not constant). With steps and one input you can see it: each neuron adds a stair.


# %%
def stairs(f, neurons):
    x = np.linspace(0, 1, neurons + 1)
    b1 = -(x[:-1] + x[1:]) / 2  # neuron k fires halfway from one sample to the next
    w2 = np.diff(f(x))  # and adds the difference
    return lambda t: unit_step(t[:, np.newaxis] + b1) @ w2 + f(0.0)


def f(t):
    return np.sin(2 * np.pi * t)


t = np.linspace(0, 1, 2001)
for neurons in (10, 20, 40, 80):
    print(f"{neurons} neurons: at most {np.abs(stairs(f, neurons)(t) - f(t)).max():.3f} off between 0 and 1")
print(f"80 neurons: {np.abs(stairs(f, 80)(np.array([1.25])) - f(1.25))[0]:.3f} off at t = 1.25")
curves = {"f": f(t), "10 neurons": stairs(f, 10)(t), "40 neurons": stairs(f, 40)(t)}
plots.lines(t, curves, title="One hidden layer of steps climbs a sine", xlabel="t", ylabel="output")

# %% [markdown]
# *Figure: a sine; a coarse staircase of 10 neurons around it, a fine one of 40 close to it.*
#
# Such theorems say that weights **exist**: not how many neurons it takes, not what happens outside the region, and not that a rule *finds* them. We knew $f$ and wrote ours down. The perceptron rule cannot train a hidden neuron: nobody says which answer is wanted of *it*.
#
# So draw the hidden weights by chance, keep them, and train the output neuron alone. Two hidden neurons are enough for XOR, as we know. **Predict:** in how many of 100 draws?

# %%
rows, wanted = dl.data.gate("XOR")
for hidden in (2, 4, 8, 16, 32):
    solved = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        H = unit_step(rows @ rng.normal(size=(2, hidden)) + rng.normal(size=hidden))  # (4, hidden)
        solved += learn(H, wanted, epochs=50)[2][-1] == 0
    print(f"{hidden:2} hidden neurons, fixed at random: XOR learned in {solved} of 100 draws")

# %% [markdown]
# Representable is not learned. Training the hidden weights takes an activation with a slope, and the chain rule: lessons 03 and 04.
#
# ## 8. Where this road leads
#
# The same neuron, wired in three ways:
#
# | network | wiring | in this course |
# |---|---|---|
# | dense | every input reaches every neuron of the layer | everywhere |
# | convolutional | few weights, the same ones at every place of a picture | fans in lesson 07; `dl.Conv2d` |
# | recurrent | the same weights at every time step, and the last answer as a further input | lesson 06; `dl.RNN` |

# %%
rng = np.random.default_rng(0)
for layer in (dl.Linear(28 * 28, 100, rng=rng), dl.Conv2d(1, 8, 3, rng=rng), dl.RNN(28, 100, rng=rng)):
    print(f"{sum(p.value.size for p in layer.parameters()):6} parameters for a 28 x 28 picture: {layer}")

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. You double w and b of a perceptron. What happens to its answers, and to its line?</summary>
#
# Nothing: the sign of z stays. "The line moves" tempts because the numbers change, but their ratios do not.
# </details>
# <details><summary>2. An example is answered right, but only barely. What does the rule do?</summary>
#
# Nothing: $y - h = 0$. "It moves the line away" tempts because that would be wise, but the rule does not look at how large z is.
# </details>
# <details><summary>3. After 500 epochs your perceptron still makes mistakes. Is the data not separable?</summary>
#
# You cannot tell: our flowers as measured took 720. "500 must be enough" tempts, but the bound depends on a margin that you do not know.
# </details>
# <details><summary>4. A network has ten layers and identity activations. How many lines can it combine?</summary>
#
# One. "Ten layers, ten lines" confuses layers with bends: without a bend between them they collapse.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# What lecture notes often say; the cell below tests what can be tested.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | the perceptron was the first neural network | the first that many meet | networks of threshold neurons came earlier, with fixed weights; Rosenblatt's *learned* | McCulloch & Pitts 1943, Rosenblatt 1958 |
# | 2 | every layer has its own bias | one letter $b$ per layer | every *neuron* has one: $b$ is a vector | section 6 |
# | 3 | the perceptron rule always converges | true for AND and OR | only on separable data; on XOR it circles | Novikoff 1962 |
# | 4 | it finds the best line | it stops at a perfect one | it stops at the first; the order decides which | section 5 |
# | 5 | a smaller learning rate learns more carefully | true of other rules (lesson 03) | from zero, $\eta$ only scales $w$ and $b$: same mistakes | the proof |
# | 6 | $(R/\gamma)^2$ bounds the epochs | loops count epochs | it bounds mistakes; once none is left, so are the epochs | Novikoff 1962 |
# | 7 | neural networks cannot do XOR | said of a famous book | *one* neuron cannot; two layers can | Minsky & Papert 1969 |
# | 8 | steps are hard to train because of their edge | the picture shows an edge | slope 0 everywhere else is the trouble; a straight line has no edge at all | lesson 05 |
# | 9 | a perceptron is a neuron with any activation | the word is used so | with a step; with a sigmoid it is logistic regression (lesson 02) | Rosenblatt 1958 |
# | 10 | a large enough network *learns* any function | "can approximate" is read as "will" | the weights exist; see the draws of section 7 | Cybenko 1989, Hornik 1991 |

# %%
print(" 2 bias of a layer of three neurons:", dl.Linear(4, 3, rng=np.random.default_rng(0)).bias.value.shape)
print(" 3 mistakes on XOR in epochs 991 to 1000:", learn(*dl.data.gate("XOR"), epochs=1000)[2][-10:])
print(f" 4 margins of two orders: {np.round(margins, 3)}, of the best line found {gamma:.3f}")
for lr in (0.125, 1.0, 8.0):
    w, b, mistakes, _ = learn(*dl.data.gate("AND"), epochs=6, lr=lr)
    print(f" 5 lr {lr:5}: mistakes {mistakes}, w {w}, b {b}")
print(f" 6 flowers as measured: {len(path_of_flowers) - 1} mistakes within 800 epochs")
print(" 7 XOR by two layers:", two_layers(dl.data.gate("XOR")[0]))
_, cache = dl.F.unit_step(np.linspace(-3, 3, 7))
print(" 8 slopes of the unit step:", dl.F.unit_step_backward(np.ones(7), cache))

# %% [markdown]
# ## Summary
#
# 1. A neuron is a weighted sum, a bias and an activation; with a step it cuts space by a line.
# 2. Weights stand at right angles to the line, the bias moves it.
# 3. The rule $w \leftarrow w + \eta (y - h) x$ moves after mistakes only.
# 4. On separable data it makes at most $(R/\gamma)^2$ mistakes; on XOR it never settles.
# 5. A hidden layer moves the points until a line can part them.
# 6. Linear layers with nothing between them are one linear layer.
# 7. Hidden neurons enough can represent any continuous function; finding the weights is another matter.
#
# ## PyTorch bridge
#
# ```python
# import torch
# from torch import nn
# layer = nn.Linear(2, 1)                 # its weight has the shape (out, in); ours is (in, out)
# z = layer(X)                            # X: (N, 2)
# h = torch.heaviside(z, torch.ones(()))  # step(0) = 1
# ```
#
# ## Further reading
#
# - McCulloch, Pitts 1943, *A Logical Calculus of the Ideas Immanent in Nervous Activity*
# - Rosenblatt 1958, *The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain*
# - Novikoff 1962, *On Convergence Proofs on Perceptrons*
# - Minsky, Papert 1969, *Perceptrons*
# - Cybenko 1989, *Approximation by Superpositions of a Sigmoidal Function*
# - Hornik 1991, *Approximation Capabilities of Multilayer Feedforward Networks*
#
# **Now build it yourself:** [exercise 01](../exercises/01_perceptron.ipynb).
