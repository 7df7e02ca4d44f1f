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
# # 06 Vanishing and exploding gradients
#
# **Measure what is left of a gradient after twenty layers, say why, and choose the cure that fits.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import GradientFlowExplorer, descent, gradient_flow, plots

# %%
gradient_flow.fates()

# %% [markdown]
# *Figure: the norm of delta in networks of 30 layers, log scale. From right to left, one climbs above a million, one stays level, one falls below 1e-17.*
#
# After this lesson you can
#
# - measure gradients layer by layer, and bound what a layer can do to them;
# - say what a spectral radius tells about a recurrent network, and what not;
# - write a residual block and both kinds of clipping;
# - choose a cure, and name the ones that do not help.
#
# **Needs:** lessons 03 to 05. **Time:** 75 minutes. Sections 6 and 9 preview lessons 07, 10 and 13.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 03) A loss has curvature 8. Descent takes rate 0.3. What happens?</summary>
#
# It diverges: the limit is 2/8 = 0.25.
# </details>
# <details><summary>2. (Lesson 04) What carries delta from layer l+1 to layer l?</summary>
#
# $\delta_l = g'(z_l) * (\delta_{l+1} W_{l+1}^T)$. Then $dW_l = x_{l-1}^T \delta_l$.
# </details>
# <details><summary>3. (Lesson 05) What is the largest slope of sigmoid, and of tanh?</summary>
#
# 1/4 and 1, both at z = 0.
# </details>

# %% [markdown]
# ## 1. The frozen layers
#
# A digit reader has 20 layers of weights with sigmoids between them; another has 3. **Predict:** how far, relative to its size, will the deep one's first weight matrix move in ten epochs?

# %%
X, y = dl.data.digits()  # X: (1797, 64), y: (1797,)
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))


# The options serve later sections.
def deep(activation, layers=20, scale=None, normalise=False, residual=False, seed=1):
    def fitting(shape, **options):
        return scale * dl.init.lecun_normal(shape, **options)  # normal, standard deviation scale / sqrt(fan_in)

    rng, init = np.random.default_rng(seed), fitting if scale else None  # None: the library's default, as PyTorch's
    net = [dl.Linear(64, 32, init=init, rng=rng)]
    for _ in range(layers - 2):
        block = [dl.BatchNorm1d(32)] * normalise + [activation(), dl.Linear(32, 32, init=init, rng=rng)]
        net += [dl.Residual(*block)] if residual else block
    return dl.Sequential(*net, activation(), dl.Linear(32, 10, init=init, rng=rng))


def train(net, lr, epochs=10, **options):
    optimizer, rng = dl.SGD(net.parameters(), lr=lr), np.random.default_rng(0)
    options = {"batch_size": 32, "progress": False, **options}
    return dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=epochs, rng=rng, **options)


# %%
for layers in (3, 20):
    for lr in (1.0, 3.0):
        net = deep(dl.Sigmoid, layers)
        before = [p.value.copy() for p in net.parameters()]
        loss = train(net, lr).loss[-1]
        moved = [np.linalg.norm(p.value - v) / np.linalg.norm(v) for p, v in zip(net.parameters(), before, strict=True)]
        print(f"{layers:2} layers, rate {lr}: loss {loss:.2f}, accuracy {dl.accuracy(net, X_test, y_test):.2f}", end="")
        print(f"   first weights moved {moved[0]:.0e}, last {moved[-2]:.0e}")
print(f"guessing costs ln 10 = {np.log(10):.2f}")
curve = {"20 layers of sigmoids, rate 3.0": moved[::2]}  # every other parameter is a bias
title, ylabel = "How far ten epochs moved each layer", "move / size of the weights"
plots.lines(np.arange(1, 21), curve, title=title, xlabel="layer (1 is the first)", ylabel=ylabel, yscale="log")

# %% [markdown]
# *Figure: relative movement per layer, log scale. The last layer moved by its own size; towards the first the movement falls in a nearly straight line, below 1e-13.*
#
# The deep network guesses. Its last layers move, its first ones stay where chance put them; a rate that moves layer 1 would throw layer 20 away.

# %% [markdown]
# ## 2. A product, layer by layer
#
# Going back one layer, delta meets two factors: the weights and the slope,
#
# $$\delta_l = g'(z_l) * (\delta_{l+1} W_{l+1}^T), \qquad dW_l = x_{l-1}^T\, \delta_l$$
#
# The **norm** $\|\delta\|$ is its length: the root of the sum of all squared entries. Slopes of at most $\gamma$ leave at most $\gamma$ of it. $W^T$ stretches it by at most $s(W)$, the largest **singular value** of $W$ (`np.linalg.norm(W, 2)`). So
#
# $$\|\delta_l\| \le \gamma\, s(W_{l+1})\, \|\delta_{l+1}\| \qquad\text{and}\qquad \|\delta_1\| \le \|\delta_L\| \prod_{l=2}^{L} \gamma\, s(W_l)$$
#
# with $\gamma$ = 1/4 for sigmoid, 1 for tanh and ReLU. **Predict:** is this bound close?


# %%
def arriving(net, X, y):
    loss = dl.CrossEntropyLoss()
    with dl.capture(net) as record:  # keeps what passes through every layer
        loss.forward(net(X), y)
        net.backward(loss.backward())
    deltas = [np.linalg.norm(row.dy) for row in record if row.name.startswith("Linear")]
    return np.array(deltas) / deltas[-1]  # (layers,): as parts of the last one


def bound(net, gamma):
    weights = [layer.weight.value for layer in net if isinstance(layer, dl.Linear)]
    steps = [gamma * np.linalg.norm(W, 2) for W in weights[1:]]
    return np.append(np.cumprod(steps[::-1])[::-1], 1.0)


curves = {}
for name, activation, gamma in [("sigmoid", dl.Sigmoid, 0.25), ("tanh", dl.Tanh, 1.0)]:
    net = deep(activation)
    curves[f"{name}, measured"], curves[f"{name}, bound"] = arriving(net, X_train, y_train), bound(net, gamma)
    first = {kind: curves[f"{name}, {kind}"][0] for kind in ("measured", "bound")}
    print(f"{name}: at layer 1 {first['measured']:.0e}, bound {first['bound']:.0e};", end=" ")
    print(f"a layer {first['measured'] ** (1 / 19):.2f}, bound {first['bound'] ** (1 / 19):.2f}")
title, ylabel = "What is left of delta", "norm of delta, last layer = 1"
plots.lines(np.arange(1, 21), curves, title=title, xlabel="layer", ylabel=ylabel, yscale="log")

# %% [markdown]
# *Figure: four nearly straight lines, log scale. Measured sigmoid falls below 1e-16, its bound to 1e-11; measured tanh to 1e-5, and its bound rises.*
#
# A bound tells what *cannot* happen; a typical delta is stretched by less than $s$. And both factors count: tanh, with slopes near 1, vanishes here too, because these weights are small.

# %% [markdown]
# ## 3. Play
#
# The same kind of network, without biases, 64 units wide. **Weight scale** is the weights' standard deviation times the root of the number of inputs of a unit (its **fan-in**).
#
# **Predict**, before you touch anything: with plain ReLU and 30 layers, which weight scale keeps delta within one **decade** (a factor of ten): 1, 1.4 or 2? Can any scale save sigmoid?
#
# **Play** until the goal line says that you reached it. (Sections 6 and 7 explain the two check boxes.) Then clip a gradient that explodes, and compare both pictures.

# %%
GradientFlowExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the norm of delta per layer as part of the last one's; right, the norm of each dW, dashed before clipping. A green band marks one decade below the largest.*
#
# **Explain:**


# %%
def spread(*setting):
    deltas = gradient_flow.flow(*setting).deltas
    return deltas.max() / deltas.min()


scales = np.arange(2, 81) / 20
for activation in ("Sigmoid", "Tanh", "ReLU"):
    level = [scale for scale in scales if spread(activation, scale, 30) <= 10]
    print(f"{activation:8} plain: {f'level at scales {min(level)} to {max(level)}' if level else 'level at no scale'}")
for name, cure in {"residual": (True, False), "normalised": (False, True)}.items():
    print(f"Sigmoid, {name}, scale 1: spread {spread('Sigmoid', 1.0, 30, *cure):.1f}")
gradients, deltas = gradient_flow.flow("ReLU", 0.5, 30)
sizes = gradient_flow.norms(gradients)
print(f"ReLU, scale 0.5: delta spreads over {deltas.max() / deltas.min():.0e}, ", end="")
print(f"dW over {sizes.max() / sizes.min():.1f}, at a size of {sizes.max():.0e}")

# %% [markdown]
# The last line is a trap: signals shrink forward as deltas shrink backward, so $dW = x^T \delta$ is equally tiny everywhere. Look at deltas, and at sizes. (Clipping changes dW alone: delta is there before.)

# %% [markdown]
# ## 4. Exploding
#
# Now scales above those limits. **Predict:** which network reaches NaN ("not a number"), ReLU or tanh?


# %%
def losses(net, lr, steps=60):
    loss, optimizer, rng, seen = dl.CrossEntropyLoss(), dl.SGD(net.parameters(), lr=lr), np.random.default_rng(0), []
    with np.errstate(over="ignore", invalid="ignore"):  # overflow is the point here
        while len(seen) < steps and np.all(np.isfinite(seen)):
            batch = rng.choice(len(X_train), 64, replace=False)
            seen.append(loss.forward(net(X_train[batch]), y_train[batch]))
            if np.isfinite(seen[-1]):
                optimizer.zero_grad()
                net.backward(loss.backward())
                optimizer.step()
    return seen


print("ReLU, scale 1.8, rate 0.03:", ", ".join(f"{value:.3g}" for value in losses(deep(dl.ReLU, scale=1.8), 0.03)))
curves = {f"tanh, scale {scale}": losses(deep(dl.Tanh, scale=scale), 0.1) for scale in (3.0, 1.0)}
for name, values in curves.items():
    print(f"{name}: last ten losses about {np.mean(values[-10:]):.1f},", end=" ")
    print(f"from {min(values):.0f} to {max(values):.0f} on the way")
title = "Exploding gradients without NaN"
plots.lines(
    np.arange(1, 61), curves, title=title, xlabel="step", ylabel="loss of the batch", reference={"ln 10": np.log(10)}
)

# %% [markdown]
# *Figure: loss per step. Tanh at scale 3 starts high, jumps up and down, and settles at guessing, ln 10. At scale 1 it falls, unevenly.*
#
# ReLU passes on whatever it gets, until numbers overflow. Tanh outputs stay below 1, so nothing overflows, but the steps are too long: the loss **oscillates**, and ends at guessing. Exploding need not mean NaN.

# %% [markdown]
# ## 5. One matrix, used again and again
#
# A **recurrent** network reads a sequence and keeps a state: $h_t = g(x_t W_{in} + h_{t-1} W)$. Unrolled in time it is a deep network whose layers share *one* $W$. If $g$ is linear, $g(z) = z$, a delta that travels $k$ steps back is multiplied by $W^T$ a full $k$ times. The **spectral radius** $\rho$ is the largest absolute value of $W$'s eigenvalues.
#
# **Predict:** two matrices have $\rho = 0.9$. Must both gradients shrink from the first step on?

# %%
F = dl.F
rotation = np.array([[np.cos(0.5), np.sin(0.5)], [-np.sin(0.5), np.cos(0.5)]])
matrices = {f"{radius} x rotation": radius * rotation for radius in (0.9, 1.0, 1.1)}
matrices["[[0.9, 5], [0, 0.7]]"] = np.array([[0.9, 5.0], [0.0, 0.7]])


def back_in_time(W, nonlinearity, steps=60):
    x, dh = np.zeros((1, steps + 1, 2)), np.zeros((1, steps + 1, 2))  # one sequence of two numbers a step
    dh[0, -1] = [0.0, 1.0]  # the loss looks at the last state alone
    _, cache = F.rnn(x, np.eye(2), W, np.zeros(2), h0=np.array([[0.5, -0.5]]), nonlinearity=nonlinearity)
    dx, *_ = F.rnn_backward(dh, cache)  # dx_t is delta_t here, since W_in is the identity
    return np.linalg.norm(dx[0, ::-1], axis=1)  # (steps + 1,): 0, 1, 2 ... steps back


grid = {"linear": "identity", "tanh": "tanh"}
for title, g in grid.items():
    grid[title] = {name: back_in_time(W, g) for name, W in matrices.items()}
for name, W in matrices.items():
    radius, factor = np.abs(np.linalg.eigvals(W)).max(), grid["linear"][name]
    print(f"{name:20} radius {radius:.1f}, largest singular value {np.linalg.norm(W, 2):.1f}:", end=" ")
    print(f"factor up to {factor.max():.3g} on the way, {factor[-1]:.3g} after 60 steps")
print("diag(1.1, 0.5), same delta:", f"{back_in_time(np.diag([1.1, 0.5]), 'identity')[-1]:.0e} after 60 steps")
gradient_flow.powers(grid, xlabel="steps back in time", ylabel="norm of delta")

# %% [markdown]
# *Figure: two panels, log scale. Linear: the rotations give straight lines down, level and up; the fourth matrix climbs tenfold, then falls. Tanh: 1.1 x rotation sinks, then stays level; 1.0 x rotation sinks slowly.*
#
# In the **linear** case (Pascanu et al. 2013):
#
# - $\rho < 1$ is sufficient to vanish, *eventually*. Norms can grow first if $W$ is **non-normal** ($W^T W \ne W W^T$), as the fourth matrix is.
# - $\rho > 1$ is necessary to explode, that is, to grow like a power. It is not sufficient: under `diag(1.1, 0.5)` a delta in the second direction dies.
#
# **Tanh** adds slopes of at most 1. Then a largest *singular value* below 1 is what makes every step shrink. Here saturation tames 1.1.
#
# $dW$ *sums* over the steps, $dW = \sum_t h_{t-1}^T \delta_t$. Where delta vanishes, the near past drowns the far past: the network learns, but short memories.

# %% [markdown]
# ## 6. Four cures for the frozen network
#
# Back to 20 layers. Four changes, alone and together: another activation; other weights (lesson 07); **normalisation**, which gives each unit mean 0 and variance 1 over the batch (lesson 10); **residual** paths around each hidden layer (section 7). **Predict:** which suffice alone?

# %%
cures = {
    "none (sigmoid)": (dl.Sigmoid, {}),
    "activation: ReLU": (dl.ReLU, {}),
    "weights: scale 1": (dl.Sigmoid, {"scale": 1.0}),
    "normalisation": (dl.Sigmoid, {"normalise": True}),
    "residual paths": (dl.Sigmoid, {"residual": True}),
    "all four": (dl.ReLU, {"scale": 1.4, "normalise": True, "residual": True}),
    "ReLU, scale 1.4": (dl.ReLU, {"scale": 1.4}),
}
curves = {name: arriving(deep(activation, **change), X_train, y_train) for name, (activation, change) in cures.items()}
print(f"ReLU, scale 1.4: {curves.pop('ReLU, scale 1.4')[0]:.1f} of delta arrives")
title, ylabel = "One cure at a time", "norm of delta, last layer = 1"
plots.lines(np.arange(1, 21), curves, title=title, xlabel="layer", ylabel=ylabel, yscale="log")

# %% [markdown]
# *Figure: norm of delta per layer. Without a cure it falls to 1e-16, with other weights to 1e-12, with ReLU to 1e-7. With normalisation or residual paths it stays level; with all four it grows about tenfold.*

# %%
# Each at the best of the rates 0.01, 0.03, 0.1, 0.3, 1 and 3, tried beforehand on the seeds 1 to 3.
rates = dict.fromkeys(cures, 1.0) | {"normalisation": 0.1, "all four": 0.1, "ReLU, scale 1.4": 0.03}
curves = {}
for name, (activation, change) in cures.items():
    curves[name] = train(deep(activation, **change), rates[name], epochs=8).loss
    end = curves[name][-1]
    verdict = "guesses" if end > 2.2 else "learns slowly" if end > 1 else "learns"  # ln 10 is 2.3
    print(f"{name:17} rate {rates[name]:<4}: {verdict}")
for name in ("activation: ReLU", "weights: scale 1"):
    curves.pop(name)  # they lie on the curve of "none"
title, ylabel = "Trained, each at its own rate", "training loss"
plots.lines(np.arange(1, 9), curves, title=title, xlabel="epoch", ylabel=ylabel, ylim=(0, 3.9))

# %% [markdown]
# *Figure: training loss per epoch. "None" stays at 2.3; normalisation, and ReLU at scale 1.4, fall slowly; residual paths and all four fall to nearly 0.*
#
# Activation alone, or weights alone, do not suffice: the two factors of section 2 must fit each other (last line). Normalisation and residual paths each carry the gradient alone. All four together train best.

# %% [markdown]
# ## 7. A way around
#
# A **residual block** adds its input to what its layers make of it. Going back, one path multiplies nothing:
#
# $$y = x + f(x), \qquad dx = dy + (\text{what comes back through } f)$$
#
# **Predict:** thirty blocks with weights near 0. How much of dy is left?


# %%
def block(x, W, b):
    z, keep_linear = F.linear(x, W, b)  # 1. through the layers
    f, keep_tanh = F.tanh(z)
    return x + f, (keep_linear, keep_tanh)  # 2. and around them


def block_backward(dy, cache):
    keep_linear, keep_tanh = cache
    dz = F.tanh_backward(dy, keep_tanh)  # 3. back through the layers
    dx, dW, db = F.linear_backward(dz, keep_linear)
    return dy + dx, dW, db  # 4. and around them


rng = np.random.default_rng(0)
x, dy = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))  # (N, D); y must have the shape of x
library = dl.Residual(dl.Linear(3, 3, rng=rng), dl.Tanh())
linear = library[0]
y_block, cache = block(x, linear.weight.value, linear.bias.value)
print("value as the library's:   ", np.allclose(y_block, library(x)))
print("gradient as the library's:", np.allclose(block_backward(dy, cache)[0], library.backward(dy)))
for name, W in {"small weights": 0.01 * np.eye(3), "large weights": 0.5 * np.eye(3)}.items():
    grown = dy
    for _ in range(30):  # thirty such blocks at x = 0, where tanh has slope 1
        grown = grown + grown @ W.T
    print(f"{name}: after 30 blocks {np.linalg.norm(grown) / np.linalg.norm(dy):.3g} times dy")

# %% [markdown]
# A block stretches by at most $1 + \gamma s$, and leaves at least $1 - \gamma s$. Small weights inside cannot make it vanish; large ones still make it *explode*.

# %% [markdown]
# ## 8. Clipping
#
# A gradient can be shortened before the step, in two ways, with a limit $c$:
#
# - **by value:** every entry on its own, $g \leftarrow \min(\max(g, -c), c)$;
# - **by global norm** (Pascanu et al. 2013): *all* gradients as one vector, $g \leftarrow g \cdot \min(1, c / \|g\|)$.
#
# PyTorch's `clip_grad_norm_` takes $\min(1, c / (\|g\| + 10^{-6}))$; ours leaves out the $10^{-6}$. Neither ever lengthens. **Your turn:** step 2 is wrong on purpose. Repair it.


# %%
def clip_norm(gradients, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))  # 1. one norm for all
    coefficient = c / norm  # 2. repair me: this lengthens short gradients
    return [coefficient * g for g in gradients]  # 3. one factor for all


def angle(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


print("long: ", clip_norm([np.array([3.0, -4.0])], 1.0)[0])
print("short:", "right" if np.allclose(clip_norm([np.array([0.3])], 1.0)[0], 0.3) else "not yet, 0.3 needs no clipping")
g = np.array([3.0, 1.5])
ways = {"by value": np.clip(g, -1.0, 1.0), "by norm": g / np.linalg.norm(g)}
for name, vector in ways.items():
    print(f"[3, 1.5] {name}: {vector.round(2)}, turned by {angle(g, vector):.0f} degrees")
print(f"1e-6 at norm 5: PyTorch's coefficient {1 / (5 + 1e-6):.8f}, ours {1 / 5:.8f}")
gradient_flow.arrows(g, ways, limit=1.0)

# %% [markdown]
# *Figure: the gradient [3, 1.5] as an arrow. Clipped by value it points into the corner of a square; clipped by norm it ends on a circle, in the old direction.*
#
# <details><summary>Answer</summary>
#
# `coefficient = min(1.0, c / norm)`. A norm for each array tempts: then each shrinks by a factor of its own, and the common direction is lost.
# </details>
#
# Now the network that went to NaN. **Predict:** does clipping by value turn the gradient of 20 layers much?


# %%
def flat(net):
    return np.concatenate([p.grad.ravel() for p in net.parameters()])


for name, clip, limit in [("by value", dl.clip_grad_value_, 0.01), ("by norm", dl.clip_grad_norm_, 1.0)]:
    net, loss = deep(dl.ReLU, scale=1.8), dl.CrossEntropyLoss()
    loss.forward(net(X_train), y_train)
    net.backward(loss.backward())
    before = flat(net)
    clip(net.parameters(), limit)  # between backward and step
    print(f"norm {np.linalg.norm(before):.0f}, clipped {name} to {limit}:", end=" ")
    print(f"norm {np.linalg.norm(flat(net)):.1f}, turned by {angle(before, flat(net)):.0f} degrees")

# %% [markdown]
# Where does NaN come from? Take the simplest deep network, one weight used ten times: $L(w) = \frac12 (w^{10} - \frac12)^2$, a plain that ends at a **cliff**. **Predict:** where does an unclipped step from $w = 1.3$ land?


# %%
def cliff(w):
    return 0.5 * (w**10 - 0.5) ** 2


def slide(w, lr, c=np.inf, steps=25):
    path = [np.float64(w)]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            slope = (path[-1] ** 10 - 0.5) * 10 * path[-1] ** 9
            path.append(path[-1] - lr * np.clip(slope, -c, c))  # one weight: by value and by norm are the same
    return np.array(path)


paths = {
    "rate 0.05": slide(1.3, 0.05),
    "rate 0.001": slide(1.3, 0.001),
    "rate 0.05, clipped to 1": slide(1.3, 0.05, 1.0),
}
for name, path in paths.items():
    print(f"{name}: {', '.join(f'{w:.3g}' for w in path[:5])} ... {path[-1]:.3g}")
paths.pop("rate 0.05")  # no picture is wide enough
descent.walks(lambda w: np.log10(cliff(w) + 1e-3), paths, xlabel="weight w", ylabel="log10(loss + 0.001)")

# %% [markdown]
# *Figure: the loss over w, flat on the left, a dip at 0.93, a steep rise on the right. Unclipped, the first step flies over the dip to the plain, and stays there. Clipped, the path walks down into the dip.*
#
# One long step, and the weight overflows, or sits on a plain where the gradient has vanished. Clipping keeps it near. Gradients that are too *small* it leaves alone.

# %% [markdown]
# ## 9. The learning rate
#
# A schedule (lesson 13) changes the step, not the gradient. **Warm-up** begins with a tiny rate. **Predict:** at rate 0.1 the exploding network is lost within a few steps. What brings it through: warm-up, clipping, or only both?

# %%
helpers = {
    "neither": {},
    "warm-up": {"schedule": dl.LinearLR(0.1, start_factor=0.01, total_iters=200), "schedule_by": "step"},
    "clipping": {"before_step": [lambda net: dl.clip_grad_norm_(net.parameters(), 1.0)]},
}
helpers["both"] = helpers["warm-up"] | helpers["clipping"]
curves = {}
for name, options in helpers.items():
    try:
        curves[name] = train(deep(dl.ReLU, scale=1.8), 0.1, epochs=8, **options).loss
        print(f"{name:8}: comes through, and ends better than guessing: {curves[name][-1] < 2.2}")
    except FloatingPointError as lost:
        print(f"{name:8}: {lost}")
print("clipping ends below warm-up:", curves["clipping"][-1] < curves["warm-up"][-1])
title, ylabel = "A network that explodes, brought through", "training loss"
plots.lines(np.arange(1, 9), curves, title=title, xlabel="epoch", ylabel=ylabel)

# %% [markdown]
# *Figure: training loss per epoch for warm-up, clipping and both. All three fall; clipping alone ends lowest. "Neither" has no curve.*
#
# Either brings it through. Clipping learns faster here: it shortens only what is too long.
#
# | trouble | helps | does not help |
# |---|---|---|
# | vanishing | activation *and* weights, normalisation, residual paths | clipping, a larger rate |
# | exploding in every step | smaller weights, normalisation, a lower rate | tanh in place of ReLU (section 4) |
# | exploding now and then | clipping, warm-up | |

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. A gradient has norm 0.2. You clip by global norm to 1. What is its norm now?</summary>
#
# 0.2. "1" tempts if you read clipping as *scaling to*.
# </details>
# <details><summary>2. Sigmoid's slope is at most 1/4. Can a sigmoid network explode?</summary>
#
# Yes, if its weights are large enough (the next cell finds how large). "At most 1/4" is one factor of two.
# </details>
# <details><summary>3. A linear recurrent network has radius 0.95. Is every gradient over 10 steps smaller than it began?</summary>
#
# Not if its matrix is non-normal. "Below 1 shrinks" is right in the end only.
# </details>
# <details><summary>4. All gradients of a network lie within one decade. Will it train?</summary>
#
# Not necessarily: they may all be tiny, or huge.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | exploding comes from activations with large derivatives, such as sigmoid | "derivative" is in the product | sigmoid's is at most 1/4; of the three it explodes *last* | Pascanu et al. 2013 |
# | 2 | ReLU's smaller output range keeps it from exploding | it cuts off half | unbounded; tanh and sigmoid are bounded | section 4 |
# | 3 | $\sigma'$ lies between 0 and 1; $\sigma' = x(1 - x)$; $\tanh' = 1 - \tanh$ | range, input and a square mixed up | at most 1/4; $x(1-x)$ with the *output* $x$; $1 - \tanh^2$ | calculus |
# | 4 | sigmoid leaves a quarter per layer | $0.25^{10}$ is easy to compute | a quarter *at most*, times what the weights do | section 2 |
# | 5 | radius above 1 explodes, below 1 vanishes | true of a single number | above 1 is necessary, not sufficient; below 1 vanishes eventually (linear case) | Pascanu et al. 2013 |
# | 6 | clipping sets a maximum threshold for gradients | true by value | by norm keeps the direction, by value turns it | Pascanu et al. 2013 |
# | 7 | ReLU6 clips the gradient | it clips something | it clips the *activation* at 6 | Krizhevsky 2010 |
# | 8 | clipping cures vanishing and exploding | named in one breath | it never lengthens | section 8 |
# | 9 | with exploding gradients the weights zig-zag on top of the hill | one picture of many | or they overflow, or land on a plain | section 8 |
# | 10 | schedules keep gradients from becoming large | the run survives | they shorten the step | section 9 |
# | 11 | residual networks were a cure for vanishing gradients | they are one | He et al. met *degradation*: deeper was worse although normalisation kept the gradients healthy | He et al. 2016 |

# %%
for activation in ("ReLU", "Tanh", "Sigmoid"):
    deltas = {scale: gradient_flow.flow(activation, scale, 30).deltas for scale in np.arange(10, 121) / 10}
    grows = [scale for scale, delta in deltas.items() if delta[0] > delta[-1]]
    print(f" 1 {activation:7} over 30 layers delta grows from weight scale {grows[0]:.1f} on")
print(
    " 2 of z = 1000:", ", ".join(f"{op.__name__} {op(np.array([1e3]))[0][0]:g}" for op in (F.relu, F.tanh, F.sigmoid))
)
z = np.array([0.0, 2.0])
x, cache = F.sigmoid(z)
print(" 3 sigmoid' at 0 and 2:", F.sigmoid_backward(np.ones(2), cache).round(3), end="  ")
print("x (1 - x) of the output:", (x * (1 - x)).round(3), " of the input:", z * (1 - z))
print(f"   tanh' at -1: {1 - np.tanh(-1) ** 2:.3f}, 1 - tanh would be {1 - np.tanh(-1):.3f}")
deltas = gradient_flow.flow("Sigmoid", 1.0, 11).deltas
print(f" 4 ten sigmoids at scale 1 leave {deltas[0] / deltas[-1]:.1e}; 0.25^10 = {0.25**10:.1e}")
growing, dying = (back_in_time(W, "identity") for W in (matrices["[[0.9, 5], [0, 0.7]]"], np.diag([1.1, 0.5])))
print(f" 5 radius 0.9: a factor of {growing[5]:.1f} after 5 steps; radius 1.1: {dying[5]:.2f}")
_, cache = F.relu6(np.array([5.9]))
print(" 7 ReLU6 at z = 5.9 passes on of a gradient of 1000:", F.relu6_backward(np.array([1000.0]), cache)[0])
print(
    f" 9 from the cliff of section 8 to w = {slide(1.3, 0.05)[-1]} at one rate, {slide(1.3, 0.001)[-1]:.2f} at another"
)

# %% [markdown]
# ## Summary
#
# 1. Per layer, delta is multiplied by weights and slopes; over layers, these factors multiply.
# 2. One layer stretches delta by at most $\gamma\, s(W)$.
# 3. Below 1 per layer the first layers freeze; above 1 steps oscillate or overflow.
# 4. A recurrent network uses one matrix many times: radius below 1 vanishes eventually, above 1 is necessary to explode (linear case).
# 5. Activation and weights must fit together. Normalisation and residual paths carry a gradient by themselves.
# 6. A residual block passes dy on unchanged, and adds what comes through its layers.
# 7. Clip by global norm: shorter, same direction. It does nothing against vanishing.
# 8. Look at every layer's gradient before you change anything.
#
# ## PyTorch bridge
#
# ```python
# norms = {name: p.grad.norm() for name, p in net.named_parameters()}
# total = torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)   # returns the norm before clipping
# torch.nn.utils.clip_grad_value_(net.parameters(), clip_value=0.01)
# y = x + block(x)                                                         # a residual path
# torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.01, total_iters=200)
# ```
#
# Both clip in place, between `loss.backward()` and `optimizer.step()`.
#
# ## Further reading
#
# - Bengio, Simard, Frasconi 1994, *Learning Long-Term Dependencies with Gradient Descent is Difficult*
# - Hochreiter, Schmidhuber 1997, *Long Short-Term Memory*: a recurrent network with a path on which nothing is multiplied
# - Glorot, Bengio 2010, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*
# - Krizhevsky 2010, *Convolutional Deep Belief Networks on CIFAR-10*
# - Pascanu, Mikolov, Bengio 2013, *On the Difficulty of Training Recurrent Neural Networks*
# - Ioffe, Szegedy 2015, *Batch Normalization*
# - He, Zhang, Ren, Sun 2016, *Deep Residual Learning for Image Recognition*
# - Zhang, He, Sra, Jadbabaie 2020, *Why Gradient Clipping Accelerates Training*
#
# **Now build it yourself:** [exercise 06](../exercises/06_unstable_gradients.ipynb).
