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
# # 08 Batches and momentum
#
# **Step after a handful of examples, let steps in one direction add up, and turn any recipe for momentum into any other.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import MomentumExplorer, momentum, plots

# %%
momentum.five_paths()

# %% [markdown]
# *Figure: the long valley of lesson 03 five times, 50 steps from the square, each path at its own tuned rate. With all 150 flowers a step it zig-zags, with 32 it wavers, with one it stumbles; all stay far from the star. Momentum and Nesterov arrive.*
#
# After this lesson you can
#
# - cut a training set into batches, and predict how noisy their gradients are;
# - write momentum in three conventions, convert the rates, and say where no rate will do;
# - write Nesterov's step twice, and get PyTorch's numbers;
# - compare optimizers fairly, and tell L2 from weight decay.
#
# **Needs:** lessons 01 to 07. **Time:** 75 minutes. Our losses are means: a [convention](00_start_here.ipynb).

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 03) A valley has curvatures 36 and 0.34. You use half the largest stable rate. What is left of the error along the flat axis after one step?</summary>
#
# The rate is 1/36, so 1 - 0.34/36 = 0.99 of it.
# </details>
# <details><summary>2. (Lesson 04) The loss is a mean over the batch. How does the batch's gradient follow from its examples' gradients?</summary>
#
# It is their mean.
# </details>
# <details><summary>3. (Lesson 06) Clipping by the global norm changes what about a gradient, and what not?</summary>
#
# Its length; the direction stays.
# </details>

# %% [markdown]
# ## 1. How many examples before a step?
#
# | | examples per update, $B$ | updates per epoch | rows kept for the way back | noise |
# |---|---|---|---|---|
# | batch gradient descent (GD) | all $N$ | 1 | $N$ | none |
# | stochastic gradient descent (SGD) | 1 | $N$ | 1 | most |
# | mini-batch SGD | often 32 or 64 | $\lceil N/B \rceil$ | $B$ | between |
#
# An **iteration** sees one *batch*; an **epoch**, a full pass, always computes N example gradients. (PyTorch calls the update rule `SGD`, whatever the batch size.) **Predict:** 1348 digits, two epochs, each size at its own best rate. Which loss is lowest?

# %%
X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_test = dl.data.standardise(X_train, X_test)  # (1348, 64), (449, 64)


def train(make_net, batch_size, epochs, lr, seed, **settings):
    rng, loss = np.random.default_rng(seed), dl.CrossEntropyLoss()
    net = make_net(rng)
    optimizer = dl.SGD(net.parameters(), lr=lr, **settings)
    dl.fit(net, loss, optimizer, X_train, y_train, epochs=epochs, batch_size=batch_size, rng=rng, progress=False)
    return loss(net(X_train), y_train)


def softmax_regression(rng):
    return dl.Linear(64, 10, rng=rng)


for batch_size in (1348, 32, 1):
    tuning = {lr: train(softmax_regression, batch_size, 2, lr, seed=0) for lr in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)}
    lr = min(tuning, key=tuning.get)
    raced = train(softmax_regression, batch_size, 2, lr, seed=1)
    updates = 2 * -(-len(X_train) // batch_size)  # rounded up: the last batch may be short
    print(f"B = {batch_size:4}: {updates:4} updates at their best rate {lr:5}, loss {raced:.3f}")

# %% [markdown]
# GD spent as many gradients on only two steps. SGD and mini-batches tie, but mini-batches need a thirtieth of the updates, and processors, graphics cards above all, multiply 32 rows side by side. So 32 or 64 is typical.
#
# The best rate grew with the batch. Sections 2 and 3 say why.

# %% [markdown]
# ## 2. A batch is a poll
#
# Shuffle once an epoch, then cut: every example once, the last batch short. (In unshuffled data one class may fill whole batches.)


# %%
def batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))  # 1. shuffle the row numbers
    for start in range(0, len(X), batch_size):  # 2. cut
        rows = order[start : start + batch_size]  # 3. the last may be short
        yield X[rows], y[rows]  # 4. examples with their own targets


flowers, _ = dl.data.iris()
A, y = np.column_stack([flowers[:, 2], np.ones(150)]), flowers[:, 3]  # petal length and 1: (150, 2); width: (150,)
mine = list(batches(A, y, 32, np.random.default_rng(0)))
library = dl.data.batches(A, y, 32, rng=np.random.default_rng(0))
print("sizes:", [len(y_batch) for _, y_batch in mine])
print("every flower once:", np.array_equal(np.sort(np.concatenate([b for _, b in mine])), np.sort(y)))
print("as the library:", all(np.array_equal(a, b) for (a, _), (b, _) in zip(mine, library, strict=True)))

# %% [markdown]
# Let $g_n$ be the gradient of example $n$ alone, and $g$ their mean, the gradient of the whole set. A batch's gradient $g_B$ is the mean over a random few. Every example is equally likely, so on average $g_B$ is $g$: it is **unbiased**. Its **variance**, the mean squared distance from $g$, is
#
# $$\frac{\sigma^2}{B} \;\text{ drawn with replacement}, \qquad \frac{\sigma^2}{B}\cdot\frac{N-B}{N-1} \;\text{ without}, \qquad \sigma^2 = \frac1N\sum_n \lVert g_n - g\rVert^2$$
#
# Cutting a shuffled set draws *without* replacement; its second factor (the finite-population factor) makes a batch of all N exact. **Predict:** how many times more examples halve the *typical* error, the root of the variance?

# %%
w = np.zeros(2)
single = 2 * (A @ w - y)[:, np.newaxis] * A  # (150, 2): a gradient per flower
whole = single.mean(axis=0)  # (2,)
sigma2 = np.mean(np.sum((single - whole) ** 2, axis=1))
rng, sizes, N = np.random.default_rng(1), np.array([1, 4, 16, 64, 128]), 150
measured = {"with replacement": [], "without": []}
for B in sizes:
    again = rng.integers(N, size=(4000, B))  # 4000 batches
    once = rng.random((4000, N)).argsort(axis=1)[:, :B]
    for name, rows in zip(measured, (again, once), strict=True):
        g = single[rows].mean(axis=1)  # (4000, 2)
        measured[name].append(np.mean(np.sum((g - whole) ** 2, axis=1)))
polled = single[rng.integers(N, size=(4000, 16))].mean(axis=(0, 1))
print("gradient", whole.round(2), " mean over 4000 batches", polled.round(2))
for B, a, b in zip(sizes, *measured.values(), strict=True):
    theory = sigma2 / B, sigma2 / B * (N - B) / (N - 1)
    print(f"B = {B:3}: with {a:6.2f}, formula {theory[0]:6.2f};   without {b:6.2f}, formula {theory[1]:6.2f}")
curves = {"sigma^2 / B": sigma2 / sizes, **measured}
title, ylabel = "Four times the examples, a quarter of the variance", "variance of the gradient"
plots.lines(sizes, curves, title=title, xlabel="batch size B", ylabel=ylabel, xscale="log", yscale="log")

# %% [markdown]
# *Figure: variance against batch size, both logarithmic. With replacement it follows the line σ²/B; without, it bends below as B nears 150.*
#
# Four times: precision is expensive. (The short batch weighs its 22 flowers by 1/22 instead of 1/32. PyTorch can leave it out: `drop_last=True`.)

# %% [markdown]
# ## 3. Noise, rate and batch size
#
# At the best weights the mean gradient is 0. Single ones are not. **Predict:** SGD starts *at* the best weights, with a constant rate. Does it stay?


# %%
def excess(w):  # how far the loss lies above the lowest
    return np.mean((A @ (w - best)) ** 2)


def hover(batch_size, lr, mu=0.0, steps=6000):
    rng, w, v, heights = np.random.default_rng(0), best, np.zeros(2), []
    while len(heights) < steps:
        for A_batch, y_batch in batches(A, y, batch_size, rng):
            g = 2 / len(y_batch) * A_batch.T @ (A_batch @ w - y_batch)
            v = mu * v - lr * g  # with mu = 0 this is plain descent; the last section uses mu
            w = w + v
            heights.append(excess(w))
    return np.mean(heights[steps // 2 :])


best = np.linalg.lstsq(A, y, rcond=None)[0]
for batch_size, lr in [(1, 0.002), (1, 0.001), (4, 0.002), (4, 0.008), (150, 0.008)]:
    print(f"B = {batch_size:3}, rate {lr}: hovers {hover(batch_size, lr):.4f} above the lowest loss")

# %% [markdown]
# It hovers, higher at larger rates, lower with larger batches: batch 4 at four times the rate is about as high as batch 1. So **larger batches allow larger rates** (Goyal et al. 2017 scaled both together), up to $2/\lambda_{\max}$. With a mean loss the gradient's *scale* does not depend on B; the best rate still does. To settle, let the rate fall over time, or the batch grow (lesson 13).

# %% [markdown]
# ## 4. Momentum
#
# No batch size cures a long valley: a rate that is safe for curvature 36 is tiny for 0.34. Look at the zig-zag in the first picture: across the valley steps cancel, along it they all point one way. So remember them. The **velocity** $v$ keeps a share $\mu$ (mu, the **momentum**, often 0.9) of itself, and each gradient pushes it:
#
# $$v \leftarrow \mu v - \alpha\, g, \qquad w \leftarrow w + v$$
#
# **Predict:** the gradient is 1 at every step, α = 1, μ = 0.9. How long do the steps get? And if it flips between 1 and -1?


# %%
def with_momentum(gradient, w, lr, mu, steps):
    v, path = np.zeros_like(w), [w]
    for _ in range(steps):
        g = gradient(w)  # 1. the slope where you stand
        v = mu * v - lr * g  # 2. keep a share of the last step, add a push
        w = w + v  # 3. move
        path.append(w)
    return np.array(path)


steady = np.diff(with_momentum(lambda w: 1.0, np.array(0.0), 1.0, 0.9, 100))
signs = iter([1.0, -1.0] * 50)
flipping = np.diff(with_momentum(lambda w: next(signs), np.array(0.0), 1.0, 0.9, 100))
print(f"steady gradient: steps {steady[:3].round(2)} ... {steady[-1]:.2f};  flipping: ... {flipping[-1]:.2f}")

# %% [markdown]
# Now the valley, where plain descent at its best rate takes 243 steps. **Predict:** how many with momentum 0.8?

# %%
curvatures, axes = np.linalg.eigh(2 / 150 * A.T @ A)  # (2,), and the valley's axes as columns: (2, 2)
rate = 2 / curvatures.sum()  # the best without momentum: both axes shrink alike
print("curvatures", curvatures.round(2))


def gradient(w):
    return 2 / 150 * A.T @ (A @ w - y)


def arrival(path):  # from here on at most 1 % of the distance is left
    left = np.linalg.norm(path - best, axis=1) / np.linalg.norm(best)
    return 1 + np.flatnonzero(left > 0.01)[-1]


flat = {}
for mu, lr in [(0.0, rate), (0.8, 0.045), (0.95, 0.02)]:
    path = with_momentum(gradient, np.zeros(2), lr, mu, steps=600)
    error = (path - best) @ axes[:, 0] * np.sign(axes[0, 0])  # along the flat axis
    flat[f"momentum {mu}, rate {lr:.3f}"] = error[:121]
    print(f"momentum {mu}: 1 % left from step {arrival(path)} on; farthest past the middle: {max(0, error.max()):.3f}")
for share in (0.99, 1.01):
    path = with_momentum(gradient, np.zeros(2), share * 2 * (1 + 0.8) / curvatures[1], 0.8, steps=600)
    print(f"momentum 0.8 at {share} of its limit:", "arrives" if np.allclose(path[-1], best) else "is thrown out")
title, ylabel = "Momentum hurries along the flat axis, and runs past", "error along the flat axis"
plots.lines(np.arange(121), flat, title=title, xlabel="step", ylabel=ylabel, reference={"best weights": 0.0})

# %% [markdown]
# *Figure: error along the flat axis against step. Without momentum it creeps from -0.45 and is still at -0.04 after 120 steps. With 0.8 it is at 0 after 35. With 0.95 it swings past the middle and back.*
#
# A steady gradient is amplified $1/(1-\mu)$ times, a flipping one damped to $1/(1+\mu)$. For a curvature λ momentum is stable below $2(1+\mu)/\lambda$, further than plain descent. Too much **overshoots**: the velocity is still large where the slope is 0.

# %% [markdown]
# ## 5. One name, three recipes
#
# | convention | memory | step |
# |---|---|---|
# | velocity (Polyak 1964; Sutskever et al. 2013) | $v \leftarrow \mu v - \alpha g$ | $w \leftarrow w + v$ |
# | average (many notes, with β = 0.95) | $a \leftarrow \beta a + (1-\beta) g$ | $w \leftarrow w - \eta a$ |
# | PyTorch's buffer, dampening τ | $b \leftarrow \mu b + (1-\tau) g$, the first time $b = g$ | $w \leftarrow w - \gamma b$ |
#
# Take μ = β, τ = 0, start from 0, and compare line by line: $v = -\alpha b$ and $a = (1-\beta) b$. So all three walk **the same path** if
#
# $$\alpha = \gamma = (1-\beta)\,\eta$$
#
# **Your turn.** Repair the average's rate.


# %%
def velocity(w, v, g, lr, mu):
    v = mu * v - lr * g
    return w + v, v


def average(w, a, g, lr, beta):
    a = beta * a + (1 - beta) * g
    return w - lr * a, a


def buffer(w, b, g, lr, mu, share=1.0):  # share is 1 - dampening
    b = mu * b + share * g
    return w - lr * b, b


def walk(step, rates, mu=0.95):
    w = memory = np.zeros(2)
    path = [w]
    for lr in rates:
        w, memory = step(w, memory, gradient(w), lr, mu)
        path.append(w)
    return np.array(path)


alpha, beta = 0.02, 0.95
eta = alpha  # repair me
path = walk(velocity, [alpha] * 100)
apart = np.abs(walk(average, [eta] * 100) - path).max()
print("average:", "the same path" if apart < 1e-12 else f"not yet, up to {apart:.2f} away: its steps are too short")
print("PyTorch's buffer at 0.02, the same path:", np.allclose(walk(buffer, [alpha] * 100), path))

# %% [markdown]
# <details><summary>Answer</summary>
#
# `eta = alpha / (1 - beta)`, twenty times as much. Keeping the number tempts: both are "the learning rate".
# </details>
#
# **Where no conversion helps.** (1) *A changing rate.* The velocity has old rates inside; the others apply today's to all they remember. (2) *Dampening = β* looks like the average, but the first gradient is undamped. **Predict:** when the rate drops to a tenth, which path brakes at once?

# %%
falling = np.repeat([0.02, 0.002], [10, 10])  # the rate drops after 10 steps
paths = {name: walk(step, falling) for name, step in [("velocity", velocity), ("PyTorch", buffer)]}
print("average at 0.4, the path above:", np.allclose(walk(average, [0.4] * 100), path))
same = np.allclose(walk(average, falling / 0.05), paths["PyTorch"])
print("falling rate: average, converted step by step, walks PyTorch's path:", same)
for name, places in paths.items():
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    print(f"{name:8}: step 10 is {steps[9]:.3f} long, step 11 {steps[10]:.3f}; at the end {places[-1].round(3)}")

a = b = np.zeros(1)
for t in range(1, 4):  # the same gradient, 1, three times
    _, a = average(0.0, a, np.ones(1), 1.0, 0.95)
    _, b = buffer(0.0, b, np.ones(1), 1.0, 0.95, share=1.0 if t == 1 else 0.05)
    print(f"step {t}: average {a[0]:.4f}, dampened buffer {b[0]:.4f}, difference {b[0] - a[0]:.4f} = 0.95^{t}")

# %% [markdown]
# The velocity coasts on. The dampened buffer starts 20 times too far, and forgets that like $\beta^t$.

# %% [markdown]
# ## 6. Nesterov looks ahead
#
# Momentum will carry you by $\mu v$ anyway. So take the gradient *there*:
#
# $$v \leftarrow \mu v - \alpha\, \nabla L(w + \mu v), \qquad w \leftarrow w + v$$
#
# Where the look-ahead has passed the floor, its slope already says "back". PyTorch stores the look-ahead point $\theta = w + \mu v$ itself (the rewriting is in Bengio et al. 2013). With $v = -\gamma b$ the two lines above become
#
# $$g = \nabla L(\theta), \qquad b \leftarrow \mu b + g, \qquad \theta \leftarrow \theta - \gamma\,(g + \mu b)$$
#
# **Predict:** are the numbers that PyTorch prints the $w$ of the first form?


# %%
def nesterov(w, lr, mu, steps):
    v, ahead = np.zeros(2), [w]
    for _ in range(steps):
        g = gradient(w + mu * v)  # 1. the slope where momentum leads
        v = mu * v - lr * g  # 2. and 3. as before
        w = w + v
        ahead.append(w + mu * v)
    return w, np.array(ahead)


def library(**settings):
    p = dl.Parameter(np.zeros(2))
    optimizer, path = dl.SGD([p], lr=0.02, momentum=0.9, **settings), [p.value.copy()]
    for _ in range(10):
        p.grad = gradient(p.value)
        optimizer.step()
        path.append(p.value.copy())
    return np.array(path)


w, ahead = nesterov(np.zeros(2), 0.02, 0.9, steps=10)
print("w", w.round(6), "  w + mu v", ahead[-1].round(6))
print("library, all ten look-ahead points:", np.allclose(library(nesterov=True), ahead))
pytorch = {  # PyTorch 2.13.0 after these ten steps
    "momentum": ({}, [0.550575648642, -0.000179153195]),
    "dampening": ({"dampening": 0.9}, [0.693802521385, 0.122043269592]),
    "nesterov": ({"nesterov": True}, [0.348546786215, -0.058562532653]),
}
for name, (settings, numbers) in pytorch.items():
    print(
        f"{name:9} {numbers}, the library the same: {np.allclose(library(**settings)[-1], numbers, rtol=0, atol=1e-11)}"
    )

# %% [markdown]
# No: PyTorch shows look-ahead points. Where $v$ dies out, both forms end at the same place.
#
# ## 7. Try it
#
# **Predict**, before you touch anything. Momentum 0.8 at rate 0.045 arrives in 39 steps. What does the average do at the *same* number? Which number brings the path back?
#
# **Play** until the goal line says that you reached it. Then try Nesterov, and batches of one.

# %%
MomentumExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the path between the petals' contours, from the square to the star; middle, the error along the flat and the steep axis; right, the share of the distance that is left, beside plain descent at its best rate.*
#
# **Explain:**

# %%
for name, step, lr in [("velocity", velocity, 0.045), ("average", average, 0.045), ("average", average, 0.225)]:
    print(f"{name} at {lr}: 1 % left from step {arrival(walk(step, [lr] * 2000, mu=0.8))} on")
for mu, lr in [(0.8, 0.035), (0.9, 0.03)]:
    _, ahead = nesterov(np.zeros(2), lr, mu, 600)
    print(f"Nesterov {mu} at {lr}: from step {arrival(ahead)} on; momentum there: ", end="")
    print(f"from step {arrival(with_momentum(gradient, np.zeros(2), lr, mu, 600))} on")

# %% [markdown]
# Nesterov reacts a step earlier. That tames large momentum, and costs a little where nothing overshoots.
#
# ## 8. A fair race
#
# Six times faster: that was a long valley without noise. **Predict** for a network on digits, batches of 64, five epochs.


# %%
def hidden_layer(rng):
    return dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng))


rates = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
racers = {"plain": {}, "momentum": {"momentum": 0.9}, "Nesterov": {"momentum": 0.9, "nesterov": True}}
for name, settings in racers.items():
    tuning = {lr: np.mean([train(hidden_layer, 64, 5, lr, seed, **settings) for seed in (0, 1)]) for lr in rates}
    lr = min(tuning, key=tuning.get)
    runs = [train(hidden_layer, 64, 5, lr, seed, **settings) for seed in range(10, 17)]
    print(f"{name:8} loss at the shared rate 0.1: {tuning[0.1]:.3f}   at its own, {lr}: ", end="")
    print(f"median {np.median(runs):.3f}, from {min(runs):.3f} to {max(runs):.3f}")

# %% [markdown]
# At one shared rate momentum looks eleven times better, but there its steps are ten times as long. Each at its own rate, less than a factor of two is left, and the ranges overlap. Plain descent's best rate is near momentum's $\alpha/(1-\mu) = 4$. With noisy batches momentum is mostly a larger rate in disguise (Shallue et al. 2019 report the like for small batches). Hence: **compare optimizers each at its own tuned rate, tuned on other seeds** (Choi et al. 2019).

# %% [markdown]
# ## 9. L2 and weight decay
#
# Two ways to keep weights small (lesson 11 says why):
#
# - **L2:** add $\frac\lambda2 \lVert w\rVert^2$ to the loss; its gradient is $g + \lambda w$. This is `weight_decay` in `SGD` and `Adam`.
# - **Weight decay:** leave the gradient alone and shrink the weights themselves: $w \leftarrow (1 - \alpha\lambda)\,w$, then the step.
#
# For plain SGD they are equal: $w - \alpha(g + \lambda w) = (1-\alpha\lambda)w - \alpha g$. **Predict:** with momentum? With Adam (lesson 09)?


# %%
def after_20(optimizer_class, lr, l2=0.0, decay=0.0, **settings):
    p = dl.Parameter(np.array([2.0, -1.0]))
    optimizer = optimizer_class([p], lr=lr, weight_decay=l2, **settings)
    for _ in range(20):
        p.grad = gradient(p.value)
        p.value = (1 - lr * decay) * p.value
        optimizer.step()
    return p.value


for name, case in {"SGD": (dl.SGD, 0.02), "Adam": (dl.Adam, 0.1), "SGD, momentum 0.9": (dl.SGD, 0.02)}.items():
    settings = {"momentum": 0.9} if "momentum" in name else {}
    one, other = after_20(*case, l2=0.5, **settings), after_20(*case, decay=0.5, **settings)
    print(f"{name:17} L2 {one.round(4)}   weight decay {other.round(4)}   equal: {np.allclose(one, other)}")

# %% [markdown]
# Inside the gradient, the penalty enters the memory and is rescaled with it: equal only for plain SGD (Loshchilov & Hutter 2019). `AdamW` is Adam with true weight decay.

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. Batch size 64 instead of 16: what happens to the gradient's variance, and to the updates per epoch?</summary>
#
# Both fall to a quarter. "Half" tempts: that is the typical error.
# </details>
# <details><summary>2. A colleague's code averages with β = 0.9 and lr 1.0. Which lr gives your PyTorch code the same path?</summary>
#
# 0.1 = (1 - 0.9) · 1.0. Copying 1.0 tempts, and takes steps ten times too long.
# </details>
# <details><summary>3. Does momentum reach the minimum sooner whatever its value?</summary>
#
# No. At 0.95 it swung past and came later than at 0.8.
# </details>
# <details><summary>4. SGD's loss goes up in some iterations. Is the rate too large?</summary>
#
# Not necessarily: one batch's downhill can be another's uphill. Look at the epoch's mean.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below tests it; rows 4, 5 and 9 were tested in sections 5 and 9.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | SGD takes one record for one epoch; mini-batch, one batch for one epoch | one record per *something* | one per iteration; an epoch is a full pass | section 1 |
# | 2 | loss $\sum (y - \hat y)^2$ for GD, $\frac1K\sum(y_i - \hat y_i)$ for mini-batches | same minimum; a lost square | say sum or mean; a sum's gradient grows with B; signed errors cancel | section 3 |
# | 3 | batch step $b_2 \leftarrow b_2 - \alpha\,\delta_2$ with $\delta_2$ of shape (M, 2) | right for one example | sum the rows; with a mean loss $\delta = (h-y)/M$ | lesson 04 |
# | 4 | momentum has one formula | each note shows one | three; velocity = PyTorch's buffer only at a constant rate; the average needs $\alpha/(1-\beta)$ | Sutskever et al. 2013, PyTorch's documentation |
# | 5 | dampening = β gives the average | the formulas agree from step 2 on | the first step is undamped | PyTorch's documentation |
# | 6 | averaging reduces the noise | the average itself is smoother | at rates with equal progress it hovers as high as plain SGD | section 3 |
# | 7 | $v_t$ uses $\partial L/\partial w_t$, and $w_t$ is what $v_t$ makes | letters slip | the gradient at the *old* weights | section 4 |
# | 8 | Nesterov: the gradient at the present point | PyTorch's code reads so | at $w + \mu v$, and PyTorch stores that point | Sutskever et al. 2013, Bengio et al. 2013 |
# | 9 | L2 is weight decay | true for plain SGD | neither with momentum nor with Adam | Loshchilov & Hutter 2019 |
# | 10 | GD needs memory for all records at once | it needs all gradients | sum the gradients of parts, then step | section 1 |

# %%
print("1 an epoch of 150 flowers:", {B: len(list(batches(A, y, B, rng))) for B in (1, 32, 150)}, "updates")
error = A @ np.zeros(2) - y
for B in (50, 150):
    rows = slice(None, None, 150 // B)  # every third flower, or all
    total = 2 * A[rows].T @ error[rows]
    print(f"2 B = {B:3}: first entry of the sum's gradient {total[0]:8.1f}, of the mean's {total[0] / B:.2f}")
delta = np.ones((3, 2)) / 3
print("3 b - delta has shape", (np.zeros(2) - delta).shape, " b - sum of rows", (np.zeros(2) - delta.sum(axis=0)).shape)
print(f"6 plain SGD at 0.002 hovers at {hover(1, 0.002):.4f}, momentum 0.9 at 0.0002 at {hover(1, 0.0002, mu=0.9):.4f}")
w_new = walk(velocity, [0.02])[1]
print("7 gradient at the old weights", gradient(np.zeros(2)).round(2), " at the new ones", gradient(w_new).round(2))
present = walk(velocity, [0.02] * 10, mu=0.9)[-1]
print(
    "8 ten steps by the present slope",
    present.round(3) + 0.0,
    " by the slope ahead",
    nesterov(np.zeros(2), 0.02, 0.9, 10)[0].round(3),
)
parts = sum(2 / 150 * A[i : i + 50].T @ (A[i : i + 50] @ w - y[i : i + 50]) for i in (0, 50, 100))
print("10 gradient summed over three parts:", np.allclose(parts, gradient(w)))

# %% [markdown]
# ## Summary
#
# 1. One iteration sees one batch; an epoch sees every example once.
# 2. A batch's gradient is unbiased; with replacement its variance is σ²/B.
# 3. At a constant rate SGD hovers; larger batches allow larger rates.
# 4. Momentum amplifies steady gradients, damps flipping ones, and can overshoot.
# 5. Velocity, average and buffer walk one path if α = γ = (1 - β) η and the rate is constant.
# 6. Nesterov takes the gradient at $w + \mu v$; PyTorch stores that point.
# 7. Compare optimizers each at its own tuned rate.
# 8. L2 is weight decay for plain SGD only.
#
# ## PyTorch bridge
#
# ```python
# loader = torch.utils.data.DataLoader(dataset, batch_size=32, shuffle=True)   # drop_last=False
# optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)          # PyTorch's buffer
# torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)       # stores the look-ahead point
# torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=1e-4)                 # L2
# torch.optim.AdamW(net.parameters(), weight_decay=0.01)                       # weight decay
# ```
#
# ## Further reading
#
# - Robbins, Monro 1951, *A Stochastic Approximation Method*
# - Polyak 1964, *Some Methods of Speeding Up the Convergence of Iteration Methods*
# - Sutskever, Martens, Dahl, Hinton 2013, *On the Importance of Initialization and Momentum in Deep Learning*
# - Bengio, Boulanger-Lewandowski, Pascanu 2013, *Advances in Optimizing Recurrent Networks*
# - Goh 2017, *Why Momentum Really Works*
# - Goyal et al. 2017, *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*
# - Choi et al. 2019, *On Empirical Comparisons of Optimizers for Deep Learning*; Shallue et al. 2019, *Measuring the Effects of Data Parallelism on Neural Network Training*
# - Loshchilov, Hutter 2019, *Decoupled Weight Decay Regularization*
#
# **Now build it yourself:** [exercise 08](../exercises/08_minibatch_momentum.ipynb).
