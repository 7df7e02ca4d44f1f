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
# # 10 Batch normalisation
#
# **Give every unit the same mean and spread on every batch, derive the way back, and measure what that buys and what it costs.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import BatchNormExplorer, batch_norm, plots

# %%
batch_norm.rising_rates()

# %% [markdown]
# *Figure: training loss of one network at eight learning rates. Up to 0.4 the curve without batch normalisation ends lower; from 0.8 on it fails. With it the network trains up to 3.2.*
#
# After this lesson you can
#
# - write batch normalisation forward and backward, and derive each step;
# - keep running statistics, right to PyTorch's last digit;
# - say what it buys, what it costs, and which explanation is disputed;
# - choose its axes, and fold it away when training is over.
#
# **Needs:** lessons 01 to 08. **Time:** 75 minutes. Where ε stands is a [convention](00_start_here.ipynb); ours is PyTorch's.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 07) All weights of a deep ReLU network are three times He's. What happens to the signal?</summary>
#
# It triples in every layer: 81 times as large after four.
# </details>
# <details><summary>2. (Lesson 03) Why are inputs standardised before training?</summary>
#
# Columns of unequal mean and scale make a long valley, which allows only small rates.
# </details>
# <details><summary>3. (Lesson 04) A value reaches the loss over several paths. What is its gradient?</summary>
#
# The sum over the paths; along each, the local slopes multiply.
# </details>

# %% [markdown]
# ## 1. Every layer inherits the scale of the last
#
# You standardise the inputs of layer 1. Layer 4 gets whatever the first three make of them. He's weights (lesson 07) keep the scale, at the start. **Predict:** the first weights are a third, or three times, of He's. What is the loss after six epochs?

# %%
X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_test = dl.data.standardise(X_train, X_test)
X_train, y_train = X_train[:1344], y_train[:1344]  # 21 batches of 64; section 6 says why none may be short


def network(rng, blocks=(), scale=1.0):
    layers = []
    for inputs in (64, 32, 32, 32):
        linear = dl.Linear(inputs, 32, init=dl.init.kaiming_normal, rng=rng)
        linear.weight.value = scale * linear.weight.value
        layers += [linear, *[block() for block in blocks], dl.ReLU()]
    return dl.Sequential(*layers, dl.Linear(32, 10, rng=rng))


def train(net, rng, lr, X=X_train, y=y_train, epochs=6, **options):
    loss, optimizer = dl.CrossEntropyLoss(), dl.SGD(net.parameters(), lr=lr)
    settings = {"epochs": epochs, "batch_size": 64, "rng": rng, "progress": False}
    try:
        return dl.fit(net, loss, optimizer, X, y, **settings | options).loss[-1]
    except FloatingPointError:  # the loss became nan
        return np.inf


for scale in (0.1, 0.3, 1.0, 3.0):
    rng = np.random.default_rng(0)
    net = network(rng, scale=scale)
    with dl.capture(net) as record:
        net(X_train)
    spread = [float(f"{record[f'ReLU{k}'].input.std():.2g}") for k in (1, 2, 3, 4)]
    print(f"{scale} times He: sd of z in layers 1 to 4 {spread}, loss at the end {train(net, rng, lr=0.3):.2f}")

# %% [markdown]
# Chance is $\ln 10 = 2.30$. Only the right scale learns well. So why not standardise *inside* the network, on every batch?

# %% [markdown]
# ## 2. Normalise, then let the layer choose
#
# Let $x_1, \dots, x_m$ be the values of **one unit** on the $m$ examples of a batch. In a network they are usually its weighted sums $z$. Every unit has its own
#
# $$\mu = \frac1m \sum_i x_i, \qquad v = \frac1m \sum_i (x_i - \mu)^2, \qquad \hat x_i = \frac{x_i - \mu}{\sqrt{v + \varepsilon}}, \qquad y_i = \gamma\,\hat x_i + \beta$$
#
# $\hat x$ (`x_hat`) has mean 0 and variance 1. The small $\varepsilon$ (10⁻⁵) keeps a constant unit from division by 0. **Gamma** and **beta** are learned, one of each per unit: they set the output's deviation and mean. **Predict:** which γ and β undo the normalisation?


# %%
def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)  # 1. one mean per unit: (D,)
    var = ((x - mean) ** 2).mean(axis=0)  # 2. one variance per unit, divided by m
    std = np.sqrt(var + eps)  # 3. eps inside the root
    x_hat = (x - mean) / std  # 4. normalise: (N, D)
    y = gamma * x_hat + beta  # 5. scale and shift
    return y, (x_hat, std, gamma)


F, rng = dl.F, np.random.default_rng(0)
x = rng.normal([5.0, -2.0, 0.0], [3.0, 0.1, 1.0], size=(6, 3))  # (N, D): six examples, three units
gamma, beta = np.array([1.0, 2.0, 0.5]), np.array([0.0, 0.0, -1.0])
y, (x_hat, std, _) = batch_norm_forward(x, gamma, beta)
print("x_hat: mean", x_hat.mean(axis=0).round(6) + 0.0, " sd", x_hat.std(axis=0).round(4))
print("y:     mean", y.mean(axis=0).round(6) + 0.0, " sd", y.std(axis=0).round(4))
print("as the library:", np.allclose(y, F.batch_norm(x, gamma, beta)[0]))
undone, _ = batch_norm_forward(x, gamma=std, beta=x.mean(axis=0))
print("gamma = std, beta = mean gives x back:", np.allclose(undone, x))
moved, _ = batch_norm_forward(7 * x + 100, gamma, beta)
print(f"7 x + 100 instead of x changes y by at most {np.abs(moved - y).max():.1e}")
print("a constant unit:", batch_norm_forward(np.full((6, 1), 4.0), np.ones(1), np.zeros(1))[0].ravel())

# %% [markdown]
# (The second unit's variance is only about 0.01, so ε shows there.)
#
# So a **bias** in the linear layer before is subtracted again: leave it out. And the **size of the weights** before cancels: ten times as large, they give the same output.

# %% [markdown]
# ## 3. The way back
#
# Given $dy_i = \partial L/\partial y_i$, we want $dx_i = \partial L/\partial x_i$. A push on one $x_i$ moves mean and deviation, and so *all* outputs of the unit.

# %%
batch_norm.three_ways()

# %% [markdown]
# *Figure: x leads to c = x - mean, to x_hat = c / s, to y. Side ways lead by the mean and by s, where all examples meet.*
#
# Go backward, arrow by arrow. Write $c_i = x_i - \mu$ and $s = \sqrt{\frac1m\sum_j c_j^2 + \varepsilon}$; $\overline{a}$ is the mean of $a_i$ over the batch.
#
# 1. $\beta$ is added to every $y_i$, and $\gamma$ multiplies $\hat x_i$. So $d\beta = \sum_i dy_i$ and $d\gamma = \sum_i dy_i\,\hat x_i$.
# 2. $\hat x_i$ gets $g_i = \gamma\, dy_i$.
# 3. $s$ divides every $c_i$, and $\partial\hat x_i/\partial s = -c_i/s^2 = -\hat x_i/s$. Sum over all: $ds = -\frac1s \sum_i g_i \hat x_i = -\frac ms\, \overline{g \hat x}$.
# 4. $c_i$ acts directly, with slope $1/s$, and through $s$, with slope $\partial s/\partial c_i = c_i/(m s) = \hat x_i/m$. Two paths, added: $dc_i = \frac1s\,(g_i - \hat x_i\, \overline{g \hat x})$.
# 5. $x_i$ acts on its own $c_i$ with slope 1, and through $\mu$ on every $c_j$ with slope $-\frac1m$: $dx_i = dc_i - \overline{dc}$. Since $\hat x$ has mean 0, $\overline{dc} = \overline{g}/s$.
#
# $$dx_i = \frac1s \big(\, g_i - \overline{g} - \hat x_i\, \overline{g \hat x} \,\big)$$
#
# **Read it:** shifting all $x_i$ together, or stretching them, changes no output, and the formula takes these two parts out of $g$. **Predict:** what is $dx$ if every $dy_i$ is 1?


# %%
def batch_norm_backward(dy, cache):
    x_hat, std, gamma = cache
    dbeta = dy.sum(axis=0)  # 1. the parameters' gradients: (D,)
    dgamma = (dy * x_hat).sum(axis=0)
    g = gamma * dy  # 2. what arrives at x_hat: (N, D)
    dc = (g - x_hat * (g * x_hat).mean(axis=0)) / std  # 3. and 4. directly, and by way of s
    dx = dc - dc.mean(axis=0)  # 5. directly, and by way of the mean
    return dx, dgamma, dbeta


def statistics_held_constant(dy, cache):  # tempting, and wrong
    _, dgamma, dbeta = batch_norm_backward(dy, cache)
    return cache[2] * dy / cache[1], dgamma, dbeta


print(dl.gradcheck(batch_norm_forward, batch_norm_backward, x, gamma, beta))
print(dl.gradcheck(batch_norm_forward, statistics_held_constant, x, gamma, beta))
dx, _, _ = batch_norm_backward(np.ones((6, 3)), (x_hat, std, gamma))
print(f"dx for dy = 1 throughout: at most {np.abs(dx).max():.0e}")
dy = rng.normal(size=(6, 3))
ways = [batch_norm_backward(dy, batch_norm_forward(factor * x, gamma, beta)[1])[0] for factor in (1, 2)]
print(f"2 x instead of x: dx is {np.linalg.norm(ways[1][:, 0]) / np.linalg.norm(ways[0][:, 0]):.2f} times as long")

# %% [markdown]
# A gradient check with equal `dy` would see nothing here; `gradcheck` weights every output differently.

# %% [markdown]
# ## 4. Training is not evaluation
#
# In training the examples of a batch see one another. That must not decide whether your digit is a 3 or an 8. So evaluation uses **kept** statistics, renewed on every training batch:
#
# $$\text{running} \leftarrow (1 - \text{momentum}) \cdot \text{running} + \text{momentum} \cdot \text{batch}$$
#
# Three details, as PyTorch has them:
#
# - `momentum` = 0.1 is the weight of the *new* value, unlike an optimizer's momentum.
# - The batch is normalised with $v$, divided by $m$. The **running** variance estimates that of all data, so it takes $v \cdot \frac{m}{m-1}$, which is unbiased (Ioffe & Szegedy 2015, Alg. 2).
# - They start at mean 0 and variance 1.
#
# **Your turn.** One line is wrong on purpose: repair it.


# %%
def running_statistics(x, running_mean, running_var, momentum=0.1):
    mean = x.mean(axis=0)  # 1. of this batch
    var = ((x - mean) ** 2).mean(axis=0)  # 2. divided by m
    for_keeping = var  # 3. repair me
    running_mean = (1 - momentum) * running_mean + momentum * mean  # 4. move a tenth of the way
    running_var = (1 - momentum) * running_var + momentum * for_keeping
    return running_mean, running_var


first = np.array([[2.0, -1.0], [0.5, 3.0], [4.0, 1.0], [1.5, -2.0]])
second = np.array([[1.0, 0.0], [3.0, 2.5], [-1.0, 1.0], [2.0, 4.0]])
kept, layer = (np.zeros(2), np.ones(2)), dl.BatchNorm1d(2)
for batch in (first, second):
    kept = running_statistics(batch, *kept)
    layer(batch)
pytorch = [0.305, 0.21], [1.296666666667, 1.55875]  # PyTorch 2.13.0
for name, numbers in {"yours": kept, "library": (layer.running_mean, layer.running_var)}.items():
    same = np.allclose(numbers, pytorch, rtol=0, atol=1e-12)
    print(
        f"{name:8}", "PyTorch's numbers" if same else "not yet: your running variance is too small", numbers[1].round(6)
    )

rng, curves = np.random.default_rng(1), {"kept with m": [1.0], "kept with m - 1": [1.0]}
for _ in range(400):
    batch = rng.normal(0, 2, size=(4, 1))  # the variance of all data is 4
    for ddof, curve in enumerate(curves.values()):
        curve.append(0.98 * curve[-1] + 0.02 * batch.var(ddof=ddof))  # momentum 0.02 for a calm curve
title, reference = "Batches of 4: what the running variance settles at", {"variance of all data": 4.0}
plots.lines(np.arange(401), curves, title=title, xlabel="batch", ylabel="running variance", reference=reference)

# %% [markdown]
# *Figure: both curves rise from 1. Kept with m, the variance settles near 3, a quarter too low; with m - 1, near 4.*
#
# <details><summary>Answer</summary>
#
# `for_keeping = var * len(x) / (len(x) - 1)`. Keeping `var` tempts: the batch itself is normalised with it.
# </details>
#
# **A batch of one. Predict:** one example with two units, in training; then in evaluation; then one image of 3 × 3 places.

# %%
attempts = {
    "training, (1, 2)": (dl.BatchNorm1d(2), np.ones((1, 2))),
    "evaluation, (1, 2)": (layer.eval(), np.ones((1, 2))),
    "training, (1, 2, 3, 3)": (dl.BatchNorm2d(2), np.arange(18.0).reshape(1, 2, 3, 3)),
}
for name, (tried, batch) in attempts.items():
    try:
        print(f"{name:22} fine, the first entry is {tried(batch).flat[0]:.6f}")
    except ValueError as error:
        print(f"{name:22} {type(error).__name__}: {error}")

# %% [markdown]
# PyTorch stops too: "Expected more than 1 value per channel when training". One image brings nine values per channel.

# %% [markdown]
# ## 5. Try it
#
# Left, five points of one unit; right, the network of the first picture. **Predict**, before you touch anything: point e moves up and up. How far can its normalised value get? Which lines move, in training and in evaluation?
#
# **Play** until the goal line says that you reached it. Then try gamma below 0, and all points times 0.

# %%
BatchNormExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, lines from the inputs x to x_hat and to the outputs y; middle, the loss at the chosen rate with and without batch normalisation; right, the last loss at every rate.*
#
# **Explain:**

# %%
others = np.array([-1.75, -0.25, 1.25, 2.75])
for e in (0.5, 8.0, 100.0, 1e6):
    x_hat, _ = F.batch_norm(np.append(others, e)[:, np.newaxis], [1.0], [0.0])
    print(f"e at {e:9}: normalised {x_hat[-1, 0]:6.3f}, the others {x_hat[:-1, 0].round(2)}")
last = [batch_norm.losses(rate, normalise)[-1] for normalise in (False, True) for rate in batch_norm.RATES]
for name, row in zip(("without", "with"), np.reshape(last, (2, -1)), strict=True):
    print(f"{name:8}", "  ".join(f"{rate:g}: {value:.2f}" for rate, value in zip(batch_norm.RATES, row, strict=True)))

# %% [markdown]
# At most $\sqrt{m - 1} = 2$: a point that runs away takes mean and deviation along, and squeezes the others together. In evaluation the others stay.

# %% [markdown]
# ## 6. What it buys, and what it costs
#
# **Learning rate.** Each loss above is the median of three runs. Without, rates up to 0.4 train; with, up to 3.2. But each at its *best* rate, the plain network ends lower, at 0.04 against 0.06: here the gain is tolerance, not speed.
#
# **Initialisation. Predict:** which of section 1's scales train now?

# %%
scales = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
ends = {"without": [], "with batch normalisation": []}
for name, blocks in zip(ends, ([], [lambda: dl.BatchNorm1d(32)]), strict=True):
    for scale in scales:
        rng = np.random.default_rng(0)
        ends[name].append(train(network(rng, blocks, scale), rng, lr=0.3))
    print(f"{name:25}", np.round(ends[name], 2))
title, xlabel = "Where the weights start", "scale of the first weights, in He's"
shown = {name: np.minimum(losses, 3) for name, losses in ends.items()}  # a lost run is drawn at 3
plots.lines(scales, shown, title=title, xlabel=xlabel, ylabel="loss after six epochs", xscale="log")

# %% [markdown]
# *Figure: last loss against the scale of the weights. Without, a narrow valley at 1. With, low up to 1, then up to 0.9.*
#
# The scale cancels in the output, not in the update: doubled weights get half the gradient (section 3), so one step turns them four times less.
#
# **Regularisation.** A digit's output depends on its random company: noise, in training only. **Predict:** how much less of it with four times the batch? And what does it do for a network that knows 320 digits by heart?

# %%
rng = np.random.default_rng(0)
norm = [lambda: dl.BatchNorm1d(32)]
net = network(rng, norm)
train(net, rng, lr=0.3, epochs=2)
for B in (8, 32, 128):
    companies = [np.vstack([X_test[:1], X_train[rng.choice(1344, B - 1, replace=False)]]) for _ in range(200)]
    outputs = np.array([net.train()(company)[0] for company in companies])
    print(f"one digit in batches of {B:3}: its outputs vary by {outputs.std(axis=0).mean():.2f}")
loss = dl.CrossEntropyLoss()
for name, blocks in {"without": [], "with": norm}.items():
    rows = []
    for seed in (0, 1, 2):
        rng = np.random.default_rng(seed)
        net, few = network(rng, blocks), rng.permutation(1344)[:320]
        train(net, rng, 0.1, X_train[few], y_train[few], epochs=30, batch_size=32)
        net.eval()
        known, new = loss(net(X_train[few]), y_train[few]), loss(net(X_test), y_test)
        rows.append([known, new, dl.accuracy(net, X_test, y_test)])
    known, new, accuracy = np.mean(rows, axis=0)
    print(f"{name:8} loss on known digits {known:.3f}, on new ones {new:.2f}, accuracy on new ones {accuracy:.3f}")

# %% [markdown]
# About half, as for every mean. The loss on new digits falls, accuracy hardly rises, and nobody chose how strong the effect is: it comes with the batch size. Lesson 12 has a tool for the purpose.
#
# **Before or after the activation?** Ioffe & Szegedy put it before. And **a short last batch**, four examples after 21 full ones: **predict** what these do.

# %%
orders = {"before ReLU": [dl.BatchNorm1d, dl.ReLU], "after ReLU": [dl.ReLU, dl.BatchNorm1d]}
four_more = np.vstack([X_train, X_train[:4]]), np.append(y_train, y_train[:4])  # 21 batches of 64, and one of 4
cases = {name: (order, X_train, y_train) for name, order in orders.items()}
cases["before ReLU, last batch of 4"] = (orders["before ReLU"], *four_more)
for name, (order, X_, y_) in cases.items():
    results = []
    for seed in (0, 1, 2):
        rng, layers = np.random.default_rng(seed), []
        for inputs in (64, 32, 32, 32):
            layers.append(dl.Linear(inputs, 32, init=dl.init.kaiming_normal, rng=rng))
            layers += [kind(32) if kind is dl.BatchNorm1d else kind() for kind in order]
        net = dl.Sequential(*layers, dl.Linear(32, 10, rng=rng))
        results.append([train(net, rng, 0.8, X_, y_), dl.accuracy(net.eval(), X_test, y_test)])
    print(f"{name:28} losses {np.round(results, 2)[:, 0]}, accuracy on new digits {np.round(results, 3)[:, 1]}")

# %% [markdown]
# The order made no clear difference here; both are in use. But four examples spoil much: their gradient is noisy, and in the running statistics they weigh a tenth, last before evaluation. PyTorch's `DataLoader` leaves them out with `drop_last=True`.

# %% [markdown]
# ## 7. Why does it work? A disputed story
#
# Ioffe & Szegedy named a cause: **internal covariate shift**. While layer 3 learns, the layers before it change, so its inputs keep moving; holding them still should help. Santurkar et al. (2018) put the movement *back*, behind the normalisation. In our version `Jitter` gives every unit a new random shift and scale in each step. **Predict:** at rate 0.8, which of the three networks trains?


# %%
class Jitter(dl.layers.Layer):
    def __init__(self, rng):
        self.rng = rng

    def forward(self, x):
        self.scale = np.exp(self.rng.normal(0, 0.25, x.shape[1]))
        return self.scale * x + self.rng.normal(0, 0.5, x.shape[1])

    def backward(self, dy):
        return self.scale * dy


def watch(net):  # after each step: the means of what enters the third ReLU, for 256 fixed digits
    with dl.capture(net) as record:
        net(X_train[:256])
    z = record["ReLU3"].input
    seen.append(z.mean(axis=0) / z.std())  # (32,)


noise = np.random.default_rng(9)
jitter = [*norm, lambda: Jitter(noise)]
for name, blocks in {"without": [], "normalised": norm, "normalised, then moved": jitter}.items():
    ends, shifts = [], []
    for seed in (0, 1, 2):
        rng, seen = np.random.default_rng(seed), []
        ends.append(train(network(rng, blocks), rng, lr=0.8, after_step=[watch]))
        shifts += [np.abs(np.diff(seen, axis=0)).mean(axis=1)]
    print(f"{name:23} shift per step {np.median(shifts):.3f} sd   last losses {np.round(ends, 2)}")

# %% [markdown]
# Normalising does hold the inputs still. But with six times the movement of the plain network, the third one trains where that one fails. So stillness is not what makes the high rate possible; nor is the movement free, for the loss ends higher.
#
# Another explanation (Santurkar et al. 2018): the slope stays **valid for longer steps**. Test it: take both networks at a similar loss, step down the slope, and look at the new loss and, in brackets, at the change of the gradient in lengths of the old one.


# %%
def slope(net):
    for parameter in net.parameters():
        parameter.zero_grad()
    value = loss.forward(net(X_train[:256]), y_train[:256])
    net.backward(loss.backward())
    return value, [parameter.grad.copy() for parameter in net.parameters()]


def length(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def low_enough(epoch, net, history):
    return history.loss[-1] < 0.8


for name, blocks in {"without": [], "with": norm}.items():
    rng = np.random.default_rng(0)
    net = network(rng, blocks)
    train(net, rng, lr=0.1, epochs=20, callbacks=[low_enough])
    value, g = slope(net)
    places, row = [parameter.value.copy() for parameter in net.parameters()], []
    for step in (0.1, 0.4, 1.6):
        for parameter, place, part in zip(net.parameters(), places, g, strict=True):
            parameter.value = place - step * part
        new, g_new = slope(net)
        change = length([b - a for a, b in zip(g, g_new, strict=True)]) / length(g)
        row.append(f"{step}: {new:5.2f} ({change:4.1f})")
    print(f"{name:8} from loss {value:.2f}, after a step of " + "   ".join(row))

# %% [markdown]
# Without, a step of 0.4 already leads uphill; with, even 1.6 leads down. This agrees with that explanation. One network proves no theory.

# %% [markdown]
# ## 8. Which numbers share a mean?
#
# In a fully connected layer $m = N$. A convolution uses one kernel at all places, so its **channel** has one μ, γ and β, and $m = N \cdot H \cdot W$.
#
# **Recurrent networks** use one layer at every time step, on inputs of another distribution each time. Normalising the hidden-to-hidden part did not help (Laurent et al. 2016), until every step got statistics of its own (Cooijmans et al. 2017). **Layer normalisation** (Ba et al. 2016) goes another way: mean and variance over the units of *one* example. No company, no running statistics, any batch size.

# %%
rng = np.random.default_rng(0)
images = rng.normal(3, 2, size=(4, 2, 5, 5))  # (N, C, H, W)
normalised = dl.BatchNorm2d(2)(images)
print("BatchNorm2d, means of its channels:", normalised.mean(axis=(0, 2, 3)).round(9) + 0.0)
flat = images.transpose(0, 2, 3, 1).reshape(-1, 2)  # every place a row: (100, 2)
again = dl.BatchNorm1d(2)(flat).reshape(4, 5, 5, 2).transpose(0, 3, 1, 2)
print("BatchNorm1d on N H W rows gives the same:", np.allclose(again, normalised))
x = rng.normal(size=(4, 6))
print("LayerNorm, one example alone or in company:", np.allclose(dl.LayerNorm(6)(x)[:1], dl.LayerNorm(6)(x[:1])))
W, U, h = rng.normal(0, 0.2, (32, 32)), rng.normal(0, 0.5, (8, 32)), np.zeros((64, 32))
spreads = []
for _ in range(6):
    spreads.append((h @ W).std(axis=0).mean())  # the hidden-to-hidden part over a batch of 64
    h = np.tanh(rng.normal(size=(64, 8)) @ U + h @ W)
print("sd of the hidden-to-hidden part at steps 1 to 6:", np.round(spreads, 2))
batch_norm.shared_statistics()

# %% [markdown]
# *Figure: grids with a row per example. BatchNorm1d shares a mean down a column; BatchNorm2d over a channel, all its places included; LayerNorm along a row.*
#
# ## 9. Folding it away
#
# In evaluation mean and variance are constants. So the layer is linear, and two linear layers collapse into one (lesson 01):
#
# $$\gamma\,\frac{(xW + b) - \mu}{s} + \beta \;=\; x\,\underbrace{\Big(W\,\frac{\gamma}{s}\Big)}_{W'} + \underbrace{(b - \mu)\,\frac{\gamma}{s} + \beta}_{b'} \qquad\text{with } s = \sqrt{\text{running var} + \varepsilon}$$
#
# $\gamma/s$ has one entry per unit, so it scales the *columns* of W. **Predict:** by how much do the outputs change?

# %%
rng = np.random.default_rng(0)
net = network(rng, norm)
train(net, rng, lr=0.4)
layers, folded = list(net.eval()), []
for layer in layers:
    if isinstance(layer, dl.BatchNorm1d):
        linear = folded[-1]
        scale = layer.weight.value / np.sqrt(layer.running_var + layer.eps)  # (D,)
        linear.weight.value = linear.weight.value * scale
        linear.bias.value = (linear.bias.value - layer.running_mean) * scale + layer.bias.value
    elif isinstance(layer, dl.Linear):
        folded.append(dl.Linear(*layer.weight.value.shape, rng=rng))
        folded[-1].weight.value, folded[-1].bias.value = layer.weight.value, layer.bias.value
    else:
        folded.append(layer)
difference = np.abs(dl.Sequential(*folded)(X_test) - net(X_test)).max()
print(f"{len(layers)} layers become {len(folded)}; outputs agree to twelve decimals: {difference < 1e-12}")

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. Batch 1 has mean 4 and variance 9 (divided by m = 10). What do mean and variance run to, from 0 and 1?</summary>
#
# 0.4, and 0.9 · 1 + 0.1 · 10 = 1.9. "1.8" tempts: it forgets m/(m - 1).
# </details>
# <details><summary>2. Your accuracy is 97 % in training mode and 10 % after <code>eval()</code>. Where do you look?</summary>
#
# At the running statistics: too few batches, or a short last one. The weights are the same in both modes.
# </details>
# <details><summary>3. A linear layer's bias stands before batch normalisation. What is its gradient?</summary>
#
# 0: a common shift changes no output. "Small" tempts.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. Rows 1, 2 and 3 were tested in sections 4, 7 and 8, row 9 in section 2; the cell tests the others.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | one variance | one symbol | batch: 1/m; running: m/(m - 1) times that | Ioffe & Szegedy 2015, Alg. 2 |
# | 2 | it works because it reduces internal covariate shift | the paper's title | the effect is real, that explanation is disputed | Santurkar et al. 2018 |
# | 3 | any layer, recurrent too | the formula does not object | hidden-to-hidden did not help; it needs statistics per step | Laurent et al. 2016, Cooijmans et al. 2017 |
# | 4 | mean and variance of the batch | loosely said | of each unit (or channel), over the batch | Ioffe & Szegedy 2015 |
# | 5 | each mini-batch is normalised by its own statistics | true in training | kept ones in evaluation | Ioffe & Szegedy 2015 |
# | 6 | activations become normally distributed | two senses of *normal* | only mean and variance change; the shape stays | section 2 |
# | 7 | momentum 0.9 keeps 0.9 of the old | so in other libraries | PyTorch's 0.1 is the weight of the new | PyTorch's documentation |
# | 8 | fewer epochs | true of deep nets, of high rates | not on our small net, each at its own rate | section 6 |
# | 9 | a regulariser like L2, L1, dropout | the gap does shrink | a side effect of noise; and before it, the size that L2 shrinks cancels | van Laarhoven 2017 |

# %%
x = np.random.default_rng(0).normal([5.0, -2.0], 1.0, size=(100, 2))
print("4 one mean for all numbers leaves the units at means", ((x - x.mean()) / x.std()).mean(axis=0).round(2))
answers = {"training": [], "evaluation": []}
for mode, rng in ((m, np.random.default_rng(s)) for m in answers for s in (0, 1)):
    order, labels = rng.permutation(448), np.zeros(448, int)
    net.train(mode == "training")
    for rows in order.reshape(-1, 8):
        labels[rows] = net(X_test[rows]).argmax(axis=1)
    answers[mode].append(labels)
for mode, (one, other) in answers.items():
    print(f"5 in {mode}: {np.mean(one != other):.1%} of the digits get another label in another company of 8")
x = np.random.default_rng(0).exponential(size=(10_000, 1))
x_hat, _ = F.batch_norm(x, [1.0], [0.0])
skewness = [np.mean(((a - a.mean()) / a.std()) ** 3) for a in (x, x_hat)]
print(f"6 skewness before {skewness[0]:.2f}, after {skewness[1]:.2f}; of a normal distribution 0")
print(f"7 after ten batches the start still weighs {0.9**10:.2f} at PyTorch's 0.1, {0.1**10:.0e} at 0.9")
epochs = [1 + np.argmax(batch_norm.losses(*case) < 0.25) for case in ((0.4, False), (0.8, True))]
print(f"8 epochs to a loss of 0.25, each at its best rate: without {epochs[0]}, with {epochs[1]}")

# %% [markdown]
# ## Summary
#
# 1. Per unit: subtract the batch's mean, divide by its deviation, then γ and β.
# 2. Mean and deviation are paths, too: backward takes common shift and stretch out of $g$.
# 3. Evaluation uses running statistics: momentum weighs the new value, variance takes m/(m - 1).
# 4. One value per channel cannot be normalised in training; short batches hurt.
# 5. It bought tolerance for rates and initial scales, and some regularisation.
# 6. Why it works is disputed: moved inputs did not stop it; the slope holds for longer steps.
# 7. Images share a mean per channel; layer normalisation needs no batch.
# 8. After training it folds into the linear layer before it.
#
# ## PyTorch bridge
#
# ```python
# nn.Sequential(nn.Linear(64, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU())   # eps=1e-5, momentum=0.1
# net.train(); net.eval()                         # the batch's statistics; running_mean and running_var
# nn.BatchNorm2d(16), nn.LayerNorm(32)            # weight is gamma, bias is beta
# DataLoader(dataset, batch_size=64, shuffle=True, drop_last=True)
# torch.nn.utils.fusion.fuse_linear_bn_eval(linear, norm)
# ```
#
# ## Further reading
#
# - Ioffe, Szegedy 2015, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*
# - Ba, Kiros, Hinton 2016, *Layer Normalization*
# - Laurent, Pereyra, Brakel, Zhang, Bengio 2016, *Batch Normalized Recurrent Neural Networks*; Cooijmans et al. 2017, *Recurrent Batch Normalization*
# - van Laarhoven 2017, *L2 Regularization versus Batch and Weight Normalization*
# - Santurkar, Tsipras, Ilyas, Madry 2018, *How Does Batch Normalization Help Optimization?*
# - Bjorck, Gomes, Selman, Weinberger 2018, *Understanding Batch Normalization*
#
# **Now build it yourself:** [exercise 10](../exercises/10_batch_normalization.ipynb).
