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
# # 07 Weight initialisation
#
# **Derive how large the first weights must be, predict the signal in every layer, and measure that it comes true.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import InitializationExplorer, initialization

# %%
initialization.four_starts()

# %% [markdown]
# *Figure: outputs of 20 tanh layers before training; darker where more lie. Two starts fade to 0, one narrows slowly, one is pressed against -1 and 1.*
#
# After this lesson you can
#
# - recognise a network whose units are twins, and say why;
# - derive the variance that keeps a signal alive, forward and backward;
# - draw weights by LeCun, Xavier, He, orthogonal, for dense layers and convolutions;
# - predict the signal in layer 20.
#
# **Needs:** lessons 01 to 06. **Time:** 60 minutes.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 06) A gradient meets two factors in every layer on its way back. Which?</summary>
#
# The slope $f'(z)$ and the weights $W^T$. Their product, over all layers, vanishes or explodes.
# </details>
# <details><summary>2. (Lesson 04) Two hidden units have the same incoming and the same outgoing weights. What do you know of their gradients?</summary>
#
# Equal: the same outputs going forward, the same delta coming back.
# </details>
# <details><summary>3. (Lesson 03) What are mean and variance of a standardised input column?</summary>
#
# 0 and 1, so its mean square is 1 as well.
# </details>

# %% [markdown]
# ## 1. Six starts, one network
#
# Twenty layers with ReLU read digits. Only the first weights differ: $N(0, 0.01^2)$ is normal with mean 0 and sd 0.01, $U(\pm r)$ uniform between $-r$ and $r$; the other names come in section 5. Adam (lesson 09) is a kind optimizer, with a step size for each weight. **Predict:** how many of the six learn something in eight epochs?

# %%
from functools import partial

F, init = dl.F, dl.init
X, y = dl.data.digits()  # X: (1797, 64), y: (1797,)
starts = {
    "zeros": init.zeros,
    "N(0, 0.01²)": partial(init.normal, std=0.01),
    "N(0, 1)": init.normal,
    "U(±1/√fan_in)": None,  # what dl.Linear and PyTorch do by default
    "Xavier uniform": init.xavier_uniform,
    "He normal": init.kaiming_normal,
}


def network(start, sizes, activation, seed=0):
    rng, layers = np.random.default_rng(seed), []
    for i in range(len(sizes) - 1):
        layers += [dl.Linear(sizes[i], sizes[i + 1], init=start, rng=rng), activation()]
    return dl.Sequential(*layers[:-1])  # no activation after the last Linear


for name, start in starts.items():
    net, loss = network(start, [64] + [48] * 19 + [10], dl.ReLU), dl.CrossEntropyLoss()
    before, optimizer = loss.forward(net(X), y), dl.Adam(net.parameters(), lr=2e-3)
    dl.fit(net, loss, optimizer, X, y, epochs=8, batch_size=64, rng=np.random.default_rng(1), progress=False)
    print(f"{name:15} loss at the start {before:7.1e}   accuracy after training {dl.accuracy(net, X, y):.2f}")

# %% [markdown]
# Three still guess (0.10), one starts at an absurd loss, one is slow. Lecture notes want weights *small, not equal, of good variance*. What does that mean in numbers?

# %% [markdown]
# ## 2. Not equal: the symmetry problem
#
# If all weights of each layer are equal, its units compute the same output and get the same gradient: they are twins, and no step tells them apart. **Predict** for a 64-8-10 network that starts at 0: with which activations does nothing but the output bias move?

# %%
tens = np.concatenate([np.flatnonzero(y == k)[:170] for k in range(10)])  # 170 of each digit: balanced
cases = {  # start, activation, rows, batch size
    "0, ReLU": (init.zeros, dl.ReLU, slice(None), 32),
    "0, tanh": (init.zeros, dl.Tanh, slice(None), 32),
    "0, sigmoid": (init.zeros, dl.Sigmoid, slice(None), 32),
    "0, sigmoid, whole balanced batch": (init.zeros, dl.Sigmoid, tens, 1700),
    "0.1, ReLU": (partial(init.constant, value=0.1), dl.ReLU, slice(None), 32),
    "Xavier, tanh": (init.xavier_uniform, dl.Tanh, slice(None), 32),
}
trained = {}
for name, (start, activation, rows, batch_size) in cases.items():
    net = trained[name] = network(start, [64, 8, 10], activation)
    before = [parameter.value.copy() for parameter in net.parameters()]
    optimizer, rng = dl.SGD(net.parameters(), lr=0.5), np.random.default_rng(0)
    options = {"epochs": 10, "batch_size": batch_size, "rng": rng, "progress": False}
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X[rows], y[rows], **options)
    moved = [np.abs(p.value - b).max() > 1e-9 for p, b in zip(net.parameters(), before, strict=True)]
    names = [n for n, m in zip(("W1", "b1", "W2", "b2"), moved, strict=True) if m]
    different = np.unique(net[0].weight.value.round(9), axis=1).shape[1]
    print(f"{name:33} moved: {' '.join(names) or 'nothing':12} different hidden units: {different}", end="")
    print(f"   accuracy {dl.accuracy(net, X, y):.2f}")

# %% [markdown]
# - **ReLU, tanh.** $f(0) = 0$, so the hidden outputs are 0, and $dW_2 = x_1^T \delta_2 = 0$. All $W_2$ are 0, so $\delta_1 = 0$. Only $b_2$ learns: how frequent the classes are.
# - **Sigmoid.** $f(0) = \frac12$, so $dW_2$ is half the sum of $\delta_2$ over the batch, the same for each unit. The network learns, with eight copies of one unit. If a full batch has balanced classes, that sum is 0, and nothing moves at all.
# - **0.1.** Equal, so twins again.
#
# Chance is the cure. Biases may start at 0.

# %%
shown = {"zeros": "0, sigmoid", "Xavier": "Xavier, tanh"}
rows = {name: trained[case][0].weight.value for name, case in shown.items()}  # (64, 8) each
initialization.unit_pictures(rows, side=8)

# %% [markdown]
# *Figure: the incoming weights of the eight units after training. From zeros, one picture eight times; from Xavier's start, eight pictures.*

# %% [markdown]
# ## 3. Good variance, going forward
#
# $E[a]$ is the mean of a random number $a$, $\mathrm{Var}(a) = E[a^2] - E[a]^2$. With mean 0, the variance is the **mean square** $E[a^2]$; its root is the standard deviation (sd). A weighted sum $z_j = \sum_i x_i w_{ij}$ has **fan_in** terms, one per input. The weights are independent, with mean 0 and one variance, $\mathrm{Var}(w)$; biases are 0.
#
# **One product.** Where $w$ and $x$ are independent (one tells nothing of the other), the mean of a product is the product of the means:
#
# $$E[wx] = E[w]\,E[x] = 0, \qquad \mathrm{Var}(wx) = E[w^2 x^2] = E[w^2]\,E[x^2] = \mathrm{Var}(w)\,E[x^2]$$
#
# Only $w$ needs mean 0; $x$ may be positive, as after ReLU.
#
# **The sum.** $z$ has mean 0, too, so $\mathrm{Var}(z) = E[z^2]$. Multiply the sum out: fan_in squares, as above, and cross terms, whose mean $E[w_{ij}]\,E[w_{kj}]\,E[x_i x_k]$ is 0. So the variances add:
#
# $$\mathrm{Var}(z) = \text{fan\_in} \cdot \mathrm{Var}(w) \cdot E[x^2]$$
#
# **The half that ReLU removes.** $z$ and $-z$ are equally likely, so either side holds half of the squares. ReLU sets one side to 0: $E[\mathrm{ReLU}(z)^2] = \frac12 \mathrm{Var}(z)$.
#
# **The next layer** has this as its $E[x^2]$:
#
# $$\mathrm{Var}(z_{l+1}) = \underbrace{\text{fan\_in} \cdot \mathrm{Var}(w) \cdot \tfrac12}_{\text{one factor per layer}} \cdot \mathrm{Var}(z_l)$$
#
# The factor must be 1: $\mathrm{Var}(w) = 2/\text{fan\_in}$, sd $\sqrt{2/\text{fan\_in}}$ (He et al. 2015, eq. 10). Without a bend the half is missing: $\mathrm{Var}(w) = 1/\text{fan\_in}$. **Predict:** with that smaller variance, what is left of the sd after 20 ReLU layers?


# %%
def sd(a):
    return np.sqrt(np.mean(a**2))


rng = np.random.default_rng(0)
w, x = rng.normal(0, 0.5, 10**6), rng.uniform(0, 1, 10**6)  # E[x] = 1/2, E[x²] = 1/3
print(f"product: Var(wx) {np.var(w * x):.4f}, rule {0.25 / 3:.4f}")
x, W = rng.uniform(0, 1, (50, 256)), rng.normal(0, 0.5, (256, 20000))
z = x @ W  # (50, 20000), fan_in = 256
print(f"sum:     Var(z) {np.mean(z**2):.2f}, rule {256 * 0.25 / 3:.2f}")
print(f"ReLU:    keeps {np.mean(np.maximum(z, 0) ** 2) / np.mean(z**2):.2f} of the mean square")
for factor in (2, 1):
    ends = []
    for _ in range(10):  # ten networks
        z = rng.normal(size=(100, 256))  # layer 1
        for _ in range(19):
            z = np.maximum(z, 0) @ rng.normal(0, np.sqrt(factor / 256), (256, 256))
        ends.append(sd(z))
    print(f"Var(w) = {factor}/256, sd in layer 20: rule {(factor / 2) ** (19 / 2):.4f}, ", end="")
    print(f"ten networks {sd(np.array(ends)):.4f}, from {min(ends):.4f} to {max(ends):.4f}")

# %% [markdown]
# The rule is about a mean over draws. In *one* network chance multiplies, too.

# %% [markdown]
# ## 4. And going backward
#
# $dx_i = \sum_j w_{ij}\, dz_j$ has **fan_out** terms, one per unit that input $i$ feeds. The same two steps give $\mathrm{Var}(dx) = \text{fan\_out} \cdot \mathrm{Var}(w) \cdot \mathrm{Var}(dz)$. ReLU's slope lets half of it pass (we treat slope and gradient as independent; measuring will tell):
#
# $$\mathrm{Var}(dz_l) = \text{fan\_out} \cdot \mathrm{Var}(w) \cdot \tfrac12 \cdot \mathrm{Var}(dz_{l+1})$$
#
# Here the factor is 1 for $\mathrm{Var}(w) = 2/\text{fan\_out}$. Both wishes agree in a square layer only.
#
# - **Glorot and Bengio (2010)** compromise with the mean of both fans: $\mathrm{Var}(w) = 2/(\text{fan\_in} + \text{fan\_out})$, for tanh-like units with slope about 1, hence no half.
# - **He et al. (2015)** fulfil one wish. With the forward one, the backward factors are $\text{fan\_out}/\text{fan\_in}$. A layer's fan_out is the next one's fan_in, so their product cancels to last width over first, however deep.
#
# **Predict:** 20 layers narrow from 400 units to 100. What does the forward choice do to the gradient's sd?


# %%
def measure(start, activation, widths, examples=50, seed=0):
    """One network: sd of z and of dz, layer by layer."""
    net = network(start, widths, activation, seed)
    rng = np.random.default_rng(seed + 1)
    with dl.capture(net) as record:  # keeps what passes through each layer (lesson 04)
        out = net(rng.normal(size=(examples, widths[0])))
        net.backward(rng.normal(size=out.shape))
    linear = [layer for layer in record if layer.name.startswith("Linear")]
    return np.array([sd(layer.output) for layer in linear]), np.array([sd(layer.dy) for layer in linear])


widths = [400 - 15 * k for k in range(21)]  # 400, 385, ..., 100: twenty layers
choices = {
    "2 / fan_in": partial(init.kaiming_normal, mode="fan_in"),
    "2 / fan_out": partial(init.kaiming_normal, mode="fan_out"),
    "4 / (fan_in + fan_out)": partial(init.xavier_normal, gain=np.sqrt(2)),
}
for name, start in choices.items():
    forward, backward = measure(start, dl.ReLU, widths)
    print(f"Var(w) = {name:23} forward x {forward[-1] / forward[0]:.2f}   backward x {backward[0] / backward[-1]:.2f}")
print(f"rule for 2 / fan_in: backward x {np.sqrt(widths[-1] / widths[1]):.2f}, for 2 / fan_out: forward x ", end="")
print(f"{np.sqrt(widths[1] / widths[-1]):.2f}")

# %% [markdown]
# A factor of 2 over all layers is harmless. A missing 2 in the numerator counts in every layer.

# %% [markdown]
# ## 5. From a variance to weights
#
# A uniform number between $-r$ and $r$ has mean square $\frac{1}{2r}\int_{-r}^{r} a^2\,da = \frac{r^2}{3}$. So $r = \sqrt{3\,\mathrm{Var}(w)}$: hence the 6 in the formulas.
#
# | start | Var(w) | normal: sd | uniform: bound r | made for | in `dl.init` |
# |---|---|---|---|---|---|
# | LeCun | $1/\text{fan\_in}$ | $\sqrt{1/\text{fan\_in}}$ | $\sqrt{3/\text{fan\_in}}$ | no bend, SELU | `lecun_normal`, `lecun_uniform` |
# | Xavier, Glorot | $2/(\text{fan\_in}+\text{fan\_out})$ | $\sqrt{2/(\text{fan\_in}+\text{fan\_out})}$ | $\sqrt{6/(\text{fan\_in}+\text{fan\_out})}$ (eq. 16) | tanh-like | `xavier_normal`, `xavier_uniform` |
# | He, Kaiming | $2/\text{fan\_in}$ | $\sqrt{2/\text{fan\_in}}$ | $\sqrt{6/\text{fan\_in}}$ | ReLU | `kaiming_normal`, `kaiming_uniform` |
# | common heuristic | $1/(3\,\text{fan\_in})$ | | $1/\sqrt{\text{fan\_in}}$ (Glorot and Bengio 2010, eq. 1) | habit | default of `dl.Linear` |
#
# A **gain** multiplies the sd, to make up for what an activation takes: `init.gain("relu")` is $\sqrt2$, leaky ReLU with slope $a$ needs $\sqrt{2/(1 + a^2)}$, tanh's 5/3 and SELU's 3/4 are PyTorch's constants. He uniform, worked:


# %%
def he_uniform(shape, *, rng):
    fan_in, _ = init.fans(shape)  # 1. the fans: (fan_in, fan_out)
    variance = 2 / fan_in  # 2. the variance that keeps the signal
    r = np.sqrt(3 * variance)  # 3. the bound of a uniform distribution with this variance
    return rng.uniform(-r, r, shape)  # 4. draw


shape = (300, 100)  # (in, out)
mine, library = (
    he_uniform(shape, rng=np.random.default_rng(0)),
    init.kaiming_uniform(shape, rng=np.random.default_rng(0)),
)
print("the same numbers as the library:", np.allclose(mine, library))
expected = {"lecun": 1 / 300, "xavier": 2 / 400, "kaiming": 2 / 300}
for name, variance in expected.items():
    for kind, r in (("normal", np.inf), ("uniform", np.sqrt(3 * variance))):
        scheme = f"{name}_{kind}"
        W = getattr(init, scheme)(shape, rng=rng)
        measured, largest = sd(W), np.abs(W).max()
        print(f"{scheme:15} sd {measured:.4f}, rule {np.sqrt(variance):.4f}   largest {largest:.4f}, bound {r:.4f}")

# %% [markdown]
# **Your turn: Xavier uniform.** Steps 2 and 3 are wrong on purpose: repair them.


# %%
def my_xavier_uniform(shape, *, rng):
    fan_in, fan_out = init.fans(shape)  # 1. the fans
    variance = 1 / (fan_in + fan_out)  # 2. the variance: repair me
    r = np.sqrt(variance)  # 3. the bound: repair me
    return rng.uniform(-r, r, shape)  # 4. draw


ratio = np.mean(my_xavier_uniform(shape, rng=np.random.default_rng(0)) ** 2) * 400 / 2
print("right" if abs(ratio - 1) < 0.03 else f"not yet: the variance is {ratio:.2f} times what it should be")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `variance = 2 / (fan_in + fan_out)` and `r = np.sqrt(3 * variance)`. Taking the sd for the bound tempts: both are widths.
# </details>

# %% [markdown]
# ## 6. Six starts, three activations, twenty layers
#
# Any activation $f$ has its own number where ReLU has the half:
#
# $$\mathrm{Var}(z_{l+1}) = \text{fan\_in} \cdot \mathrm{Var}(w) \cdot E[f(z_l)^2] \qquad \mathrm{Var}(dz_l) = \text{fan\_out} \cdot \mathrm{Var}(w) \cdot E[f'(z_l)^2] \cdot \mathrm{Var}(dz_{l+1})$$
#
# A sum of many terms is distributed nearly as a bell curve, and a mean over a bell curve is a mean over its equally likely values (Poole et al. 2016).

# %%
from statistics import NormalDist

bell = np.array([NormalDist().inv_cdf((i + 0.5) / 2000) for i in range(2000)])  # (2000,), mean 0
bell /= sd(bell)  # and sd 1


def rule(op, spread, depth=20):
    """sd of z and of dz by the variance rule; spread = fan_in Var(w), here the same as fan_out Var(w)."""
    forward, slopes, x_square = [], [], 1.0
    for _ in range(depth):
        forward.append(spread * x_square)  # Var(z)
        y, cache = getattr(F, op)(np.sqrt(forward[-1]) * bell)
        slope = getattr(F, f"{op}_backward")(np.ones(2000), cache)
        x_square = np.mean(y**2)
        slopes.append(np.mean(slope**2))
    backward = [1.0]  # behind the last layer, then down
    for slope in slopes[-2::-1]:
        backward.insert(0, spread * slope * backward[0])
    return np.sqrt(forward), np.sqrt(backward)


z, dz = rule("relu", 2.0)
print(f"ReLU, spread 2: sd of z from {z[0]:.3f} to {z[-1]:.3f}, of dz from {dz[-1]:.3f} to {dz[0]:.3f}")

# %% [markdown]
# At width 256 (orthogonal: section 8), **predict:** which activation loses its gradient from every sensible start?

# %%
schemes = {  # start, and 256 Var(w)
    "N(0, 0.01²)": (partial(init.normal, std=0.01), 256 * 0.01**2),
    "N(0, 1)": (init.normal, 256),
    "U(±1/√fan_in)": (partial(init.uniform, low=-1 / 16, high=1 / 16), 1 / 3),
    "Xavier uniform": (init.xavier_uniform, 1),
    "He normal": (init.kaiming_normal, 2),
    "orthogonal": (init.orthogonal, 1),
}
grid = {}
for activation in (dl.ReLU, dl.Tanh, dl.Sigmoid):
    title, rows = activation.__name__, {}
    for name, (start, spread) in schemes.items():
        (z, dz), (z_rule, dz_rule) = measure(start, activation, [256] * 21), rule(activation.op, spread)
        rows[name] = z_rule, z, dz_rule, dz
    grid[title] = rows
    pairs = [pair for z_rule, z, dz_rule, dz in rows.values() for pair in ((z_rule, z), (dz_rule, dz))]
    apart = max(np.abs(np.log(measured / ruled)).max() for ruled, measured in pairs)
    print(f"{title:7} rule and network differ at most by a factor {np.exp(apart):.1f};", end=" ")
    print(f"from He's start dz in layer 1 is {rows['He normal'][3][0]:.0e}")
initialization.signals(grid, limits=(1e-9, 1e6))

# %% [markdown]
# *Figure: sd per layer on log axes; lines are the rule, marks the network. ReLU: straight lines, only He's is level. Tanh: N(0, 1) is level forward and explodes backward. Sigmoid: forward all settle, backward all fall but N(0, 1).*
#
# - **ReLU** has one factor per layer; only $2/\text{fan\_in}$ makes it 1.
# - **Tanh** squeezes large signals, so forward N(0, 1) looks healthy.
# - **Sigmoid** outputs are near ½, so nothing dies forward. Backward even He loses nine decades: no formula here makes sigmoid deep.

# %% [markdown]
# ## 7. Turn the gain
#
# LeCun normal times gain has the sd $\text{gain}/\sqrt{\text{fan\_in}}$; He's gain is $\sqrt2$. **Predict:** do 1.3 and 1.55 also keep the sd within a factor of 2 over 20 ReLU layers?
#
# **Play** until you reach the goal. Then try tanh at gain 1.67, with 30 layers.

# %%
InitializationExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the outputs of each layer; middle, the sd of z and dz with the rule as lines; right, the shares of outputs and of units with slope near 0.*
#
# **Explain:**

# %%
for g in (1.3, np.sqrt(2), 1.55):
    z, dz = measure(partial(init.normal, std=g / 16), dl.ReLU, [256] * 21)
    print(f"ReLU, gain {g:.2f}: forward x {z[-1] / z[0]:.2f}, backward x {dz[0] / dz[-1]:.2f}", end="")
    print(f", rule x {(g**2 / 2) ** 9.5:.2f}")
z, dz = rule("tanh", (5 / 3) ** 2, depth=60)
print(f"tanh, gain 5/3: sd of z in layers 1, 5, 20, 60: {z[[0, 4, 19, 59]].round(2)}")
print(f"    backward x {dz[20] / dz[21]:.2f} per layer: x {dz[0] / dz[19]:.1f} over 20, x {dz[0] / dz[59]:.0f} over 60")
last = [F.relu(rng.normal(size=(32, 256)))[0]]
for _ in range(19):
    last.append(np.maximum(last[-1] @ init.kaiming_normal((256, 256), rng=rng), 0))
dead = [f"{np.mean(np.all(x == 0, axis=0)):.0%}" for x in (last[0], last[9], last[19])]
print(f"He, ReLU: units silent on all of 32 examples in layers 1, 10, 20: {', '.join(dead)}")

# %% [markdown]
# Nineteen small factors make a large one. With tanh at 5/3 the forward signal settles, the gradient drifts. And He keeps the *size* of a signal; examples still grow alike with depth, and more units are silent on all of them.

# %% [markdown]
# ## 8. Orthogonal matrices
#
# A square $W$ is orthogonal if $W W^T = I$. Then $\|xW\|^2 = x W W^T x^T = \|x\|^2$: lengths stay, exactly, not on average (Saxe et al. 2014). **Predict:** does that survive a ReLU, or a layer from 256 units to 64?


# %%
def length(a):
    return np.linalg.norm(a, axis=1)


x, square = rng.normal(size=(500, 256)), init.orthogonal((256, 256), rng=rng)
linear, gaussian = x, x
for _ in range(30):
    linear = linear @ init.orthogonal((256, 256), rng=rng)
    gaussian = gaussian @ init.lecun_normal((256, 256), rng=rng)
results = {
    "square": x @ square,
    "30 square layers": linear,
    "30 layers N(0, 1/256)": gaussian,
    "square, then ReLU": np.maximum(x @ square, 0),
    "from 256 to 64": x @ init.orthogonal((256, 64), rng=rng),
}
for name, out in results.items():
    kept = length(out) / length(x)
    print(f"{name:22} length x {kept.mean():.3f}, from {kept.min():.3f} to {kept.max():.3f}")

# %% [markdown]
# Neither. It holds for a *linear* square map (or one that widens). ReLU needs the gain $\sqrt2$ here, too.

# %% [markdown]
# ## 9. Fans of a convolution
#
# A kernel has the shape `(out, in, kh, kw)`. One output sums a window of kh x kw places in all `in` channels; one input feeds as many places in all `out` channels:
#
# $$\text{fan\_in} = \text{in} \cdot kh \cdot kw, \qquad \text{fan\_out} = \text{out} \cdot kh \cdot kw$$

# %%
kernel = (8, 3, 5, 4)  # 8 channels out, 3 in, window 5 x 4
print(f"fans of {kernel}: {init.fans(kernel)}; of a dense weight (64, 32): {init.fans((64, 32))}")
images = rng.normal(size=(50, 3, 16, 16))
for name, start in [("window counted", init.lecun_normal), ("channels only", partial(init.normal, std=np.sqrt(1 / 3)))]:
    z = dl.Conv2d(3, 8, (5, 4), init=start, rng=rng)(images)
    print(f"{name:15} Var(z) = {np.mean(z**2):.2f}")

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. All weights start at 0.5, all biases at different random values. Are the hidden units twins?</summary>
#
# No: different biases, different outputs. "Equal weights, so twins" forgets that a unit is weights *and* bias.
# </details>
# <details><summary>2. A layer has 1000 inputs and 10 outputs, ReLU follows. Which sd by He?</summary>
#
# $\sqrt{2/1000} = 0.045$. $2/1000$ is the variance, $\sqrt{2/10}$ the backward wish.
# </details>
# <details><summary>3. Uniform weights between -0.1 and 0.1: which variance?</summary>
#
# $0.01/3$. $0.01$ tempts, but the bound is not the sd.
# </details>
# <details><summary>4. Thirty tanh layers show a healthy sd of z in every layer. Is the start good?</summary>
#
# Not proved: saturated layers look so, too. Measure backward.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | uniform: $\pm 1/\text{fan\_in}$ | a lost root | $\pm 1/\sqrt{\text{fan\_in}}$, the common heuristic | Glorot and Bengio 2010, eq. 1 |
# | 2 | Xavier: $\pm\sigma/\sqrt{\cdot}$, sd $\sqrt{G/\cdot}$ or $\sqrt{6/\cdot}$; for sigmoid | a 6 misread, and carried over | 6 in the bound, 2 in the sd; derived for symmetric units like tanh | Glorot and Bengio 2010, eq. 16 |
# | 3 | He uniform: $\sqrt6/\text{fan\_in}$; or $-\sqrt{6/\text{fan\_in}}$ to $\sqrt{6/\text{fan\_out}}$ | the root ends too early; two fans, two ends | $\pm\sqrt{6/\text{fan\_in}}$, from sd $\sqrt{2/\text{fan\_in}}$ | He et al. 2015, eq. 10 |
# | 4 | LeCun is for convolutions | LeCun made them known | variance $1/\text{fan\_in}$, any layer; the companion of SELU | LeCun et al. 1998, Klambauer et al. 2017 |
# | 5 | orthogonal weights leave the magnitude alone | true of one case | of a *linear* square map | Saxe et al. 2014 |
# | 6 | "random uniform: $N(0, 1)$" | copied from the line above | a uniform distribution is flat, and bounded | section 5 |
# | 7 | zeros: all neurons learn the same | true with sigmoid | ReLU, tanh: nothing learns but the output bias | section 2 |
# | 8 | PyTorch's Linear starts with He | the call is named `kaiming_uniform_` | with $a = \sqrt5$: $U(\pm1/\sqrt{\text{fan\_in}})$, a sixth of He's variance | PyTorch documentation |
# | 9 | small weights: $N(0, 1)$; $N(0, 10^{-2})$ | is $10^{-2}$ sd or variance? | say sd 0.01; deep nets stall with it | He et al. 2015, section 2.2 |
# | 10 | equal weights kill the non-linearity | something is lost | units stay non-linear, and are identical | section 2 |

# %%
per_layer = {"1/fan_in": 1 / 256, "1/√fan_in": 1 / 16}
print(" 1 sd kept per layer, no bend: ", {k: round(float(np.sqrt(256 * r**2 / 3)), 3) for k, r in per_layer.items()})
W = rng.normal(0, np.sqrt(6 / 400), shape)
print(f" 2 normal with a 6: Var(w) is {np.mean(W**2) / (2 / 400):.1f} times Xavier's; ", end="")
print(f"sigmoid from Xavier: dz x {grid['Sigmoid']['Xavier uniform'][3][0]:.0e} over 20 layers")
W = rng.uniform(-np.sqrt(6 / 300), np.sqrt(6 / 100), shape)
print(f" 3 two fans: mean of the weights {W.mean():.3f}, it must be 0; root of 6 alone: ", end="")
print(f"Var(w) is {(6 / 300**2 / 3) / (2 / 300):.4f} times He's")
x = rng.normal(size=(1000, 300))
print(f" 4 LeCun in a dense layer: Var(z) = {np.mean((x @ init.lecun_normal(shape, rng=rng)) ** 2):.2f}")
kept = length(results["square, then ReLU"]) / length(rng.normal(size=(500, 256)))
print(f" 5 after a ReLU: length x {kept.mean():.2f}")
for name, draws in {"uniform(-1, 1)": rng.uniform(-1, 1, 10**5), "normal(0, 1)": rng.normal(size=10**5)}.items():
    print(f" 6 {name:14}: variance {draws.var():.2f}, largest {np.abs(draws).max():.1f}")
print(" 7 accuracy from zeros:", {k[3:]: round(dl.accuracy(trained[k], X, y), 2) for k in list(cases)[:3]})
default = dl.Linear(300, 100, rng=rng).weight.value
print(f" 8 default over He: {default.var() / (2 / 300):.3f} of the variance")
by_sd, by_variance = np.sqrt(256 * 0.01**2 / 2), np.sqrt(256 * 0.01 / 2)
print(f" 9 sd 0.01 keeps {by_sd:.2f} of z per ReLU layer of 256 units, variance 0.01 keeps {by_variance:.2f}")
twins, a, b = trained["0, sigmoid"], X[:50], X[50:100]
bent = np.abs(twins((a + b) / 2) - (twins(a) + twins(b)) / 2).max()
print(f"10 eight twins: the output for a mean is off the mean of the outputs by {bent:.2f}; a straight line has 0")

# %% [markdown]
# ## Summary
#
# 1. Equal units stay equal; random weights tell them apart.
# 2. $\mathrm{Var}(z) = \text{fan\_in} \cdot \mathrm{Var}(w) \cdot E[x^2]$; backward the same with fan_out.
# 3. ReLU keeps half of the mean square: He, $2/\text{fan\_in}$. Tanh-like units: Xavier, $2/(\text{fan\_in}+\text{fan\_out})$.
# 4. A uniform bound is $\sqrt3$ times the sd.
# 5. A factor per layer becomes a power over depth.
# 6. Forward alone deceives; measure both ways.
# 7. Orthogonal maps keep lengths while they are linear and do not narrow.
# 8. A kernel's fans count its window.
#
# ## PyTorch bridge
#
# ```python
# from torch import nn
# nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # in place; weight is (out, in) there
# nn.init.xavier_uniform_(layer.weight, gain=nn.init.calculate_gain("tanh"))
# nn.init.orthogonal_(layer.weight)
# nn.init.zeros_(layer.bias)
# ```
#
# ## Further reading
#
# - LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*
# - Glorot, Bengio 2010, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*
# - Saxe, McClelland, Ganguli 2014, *Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks*
# - He, Zhang, Ren, Sun 2015, *Delving Deep into Rectifiers*
# - Mishkin, Matas 2016, *All You Need Is a Good Init* (in the exercise)
# - Poole et al. 2016, *Exponential Expressivity in Deep Neural Networks through Transient Chaos*
# - Klambauer et al. 2017, *Self-Normalizing Neural Networks*
#
# **Now build it yourself:** [exercise 07](../exercises/07_initialization.ipynb).
