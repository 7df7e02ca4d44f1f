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
# # 09 Adaptive optimizers
#
# **Give every weight a learning rate of its own, in five ways, and find out when that pays.**

# %%
from itertools import pairwise

import numpy as np

import dlcourse as dl
from dlcourse.viz import RaceExplorer, plots, race

# %%
race.two_ravines()

# %% [markdown]
# *Figure: twenty steps of six optimizers, each at its own tuned rate. In the ravine along the axes AdaGrad and RMSProp have arrived at the star, and Adam circles it. In the same ravine, turned, none has.*
#
# After this lesson you can
#
# - write AdaGrad, RMSProp, AdaDelta and Adam, and get PyTorch's numbers;
# - say what their conventions (bias correction, the place of ε, new or old squares) do to the first steps;
# - tell decoupled weight decay from L2;
# - run a fair race, and say what it shows.
#
# **Needs:** lessons 01 to 08. **Time:** 75 minutes. Where ε stands is a [convention](00_start_here.ipynb); ours is PyTorch's.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 08) A running average starts at 0: a ← 0.9 a + 0.1 g. The gradient is always 1. What is a after the first step?</summary>
#
# 0.1, though every g was 1. An average that starts at 0 begins too small.
# </details>
# <details><summary>2. (Lesson 03) Curvatures 1 and 0.01. Which rates are stable, and how much error is left on the flat axis after one step at rate 1?</summary>
#
# Below 2. There 1 - 0.01 = 99 % is left.
# </details>
# <details><summary>3. (Lesson 06) Why are the gradients of a deep network's layers of different size?</summary>
#
# Slopes and weights multiply on the way back, so early layers may get far less.
# </details>

# %% [markdown]
# ## 1. One rate for unequal weights
#
# How many hours does it take to answer a mail? The word *invoice* stands in every second of 800 mails and costs 1 hour; *lawsuit* stands in four and costs 3. A linear model has a weight for each word. **Predict:** plain gradient descent, at its best rate. How many steps until both weights are right to 1 %?

# %%
i, rng = np.arange(800), np.random.default_rng(0)
A = np.column_stack([i % 2 == 0, i % 400 < 2]).astype(float)  # (800, 2): invoice, lawsuit
hours = A @ [1.0, 3.0] + rng.normal(0, 0.1, 800)  # (800,)
best = np.linalg.lstsq(A, hours, rcond=None)[0]


def gradient(w):
    return 2 / 800 * A.T @ (A @ w - hours)  # (2,), of the mean squared error


def walk(step, gradient, w, memory, steps, **settings):
    path = [w]
    for _ in range(steps):
        w, *memory = step(w, gradient(w), *memory, **settings)  # a step returns new weights and its memory
        path.append(w)
    return np.array(path)  # (steps + 1, 2)


def plain(w, g, lr):
    return (w - lr * g,)  # no memory


def arrival(path):
    far = np.any(np.abs(path - best) > 0.01 * np.abs(best), axis=1)
    return 1 + np.flatnonzero(far)[-1]


curvatures = np.linalg.eigvalsh(2 / 800 * A.T @ A)
slow = path = walk(plain, gradient, np.zeros(2), (), 1000, lr=2 / curvatures.sum())  # both axes shrink alike
print("best weights", best.round(3), " curvatures", curvatures.round(3))
print(
    "first gradient", gradient(np.zeros(2)).round(3), " after 50 steps", path[50].round(3), " arrives:", arrival(path)
)

# %% [markdown]
# Rare words get small gradients, so their weights lag. Standardising would help *here* (lesson 03). Inside a network nobody standardises, and layers differ too. So let the optimizer measure each weight's gradients.
#
# ## 2. AdaGrad: divide by what you have seen
#
# Add up the squares of each weight's gradients, and divide by the root (Duchi et al. 2011). Everything is entry by entry:
#
# $$G \leftarrow G + g^2, \qquad w \leftarrow w - \frac{\eta}{\sqrt G + \varepsilon}\,g$$
#
# $\varepsilon$ (epsilon) only prevents 0/0. The fraction is the weight's **effective rate**: large past gradients make it small, small ones leave it large. **Predict:** the gradients above differ about thirtyfold. By how much do the two *first steps* differ?


# %%
def adagrad(w, g, G, lr=0.01, eps=1e-10):
    G = G + g**2  # 1. the present gradient is added first
    rate = lr / (np.sqrt(G) + eps)  # 2. a rate for each weight
    return w - rate * g, G  # 3. step


path = walk(adagrad, gradient, np.zeros(2), (0.0,), 300, lr=0.5)
print("places:", *path[:4].round(3), " arrives:", arrival(path))


def library(optimizer_class, gradient, w, steps, **settings):
    p = dl.Parameter(w)
    optimizer, path = optimizer_class([p], **settings), [w]
    for _ in range(steps):
        p.grad = gradient(p.value)
        optimizer.step()
        path.append(p.value.copy())
    return np.array(path)


print("library:", np.allclose(path, library(dl.Adagrad, gradient, np.zeros(2), 300, lr=0.5)))


def loss(w):
    return np.mean((A @ w - hours) ** 2)


tracks = {"plain descent": slow, "AdaGrad": path}
plots.paths({name: (loss, {"60 steps": track[:61]}) for name, track in tracks.items()}, goal=best)

# %% [markdown]
# *Figure: contours of a long upright valley over the weights of invoice (w1) and lawsuit (w2). Plain descent jumps from wall to wall; AdaGrad leaves along the diagonal and arrives.*
#
# Both first steps are $\eta$ long: the size of g cancels. Multiply a weight's gradients by any number, and (but for ε) AdaGrad walks the same path.
#
# The price: $G$ only grows. With a constant gradient $G = t g^2$, so after $t$ steps the effective rate is $\eta / (|g|\sqrt t)$ and a step is $\eta/\sqrt t$. **Predict:** η = 0.01, and the goal is 1 away. How many steps?

# %%
for g in (2.0, 0.1):
    G = 100 * g**2  # after 100 steps
    print(f"g = {g}: effective rate after 100 steps {0.01 / np.sqrt(G):.4f}, step {0.01 / np.sqrt(G) * g:.4f}")
travelled = np.cumsum(0.01 / np.sqrt(np.arange(1, 10_001)))
print(f"way after 100 steps {travelled[99]:.3f}; 1 is reached at step {np.argmax(travelled >= 1) + 1}")

# %% [markdown]
# With a constant length it would be 100. The rate never becomes 0, but on long runs it is as good as **dead**.
#
# ## 3. RMSProp forgets
#
# Replace the sum by a running mean (Tieleman & Hinton 2012, a lecture). We follow the papers and call it $v$; *it is no velocity any more*:
#
# $$v \leftarrow \alpha v + (1 - \alpha)\,g^2, \qquad w \leftarrow w - \frac{\eta}{\sqrt v + \varepsilon}\,g$$
#
# α is 0.9 or 0.99 (PyTorch). **Predict:** v starts at 0. How long is the first step at α = 0.99? **Your turn:** step 1 is wrong on purpose. Repair it.


# %%
def rmsprop(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = v + g**2  # 1. AdaGrad's sum: repair me
    rate = lr / (np.sqrt(v) + eps)  # 2. a rate for each weight
    return w - rate * g, v  # 3. step


right = library(dl.RMSprop, gradient, np.zeros(2), 60, lr=0.05)
same = np.allclose(walk(rmsprop, gradient, np.zeros(2), (0.0,), 60, lr=0.05), right)
print("rmsprop:", "right" if same else "not yet: step 1 forgets nothing")
print("first step, in rates:", ((right[1] - right[0]) / 0.05).round(3), " arrives:", arrival(right))

# %% [markdown]
# <details><summary>Answer</summary>
#
# `v = alpha * v + (1 - alpha) * g**2`. Leaving out `(1 - alpha)` tempts: v then grows 100 times too large.
# </details>
#
# The first step is $1/\sqrt{1 - \alpha} = 10$ rates long: the warm-up's average, too small at first, stands in a denominator.
#
# ## 4. AdaDelta: no rate at all
#
# $g/\sqrt v$ has no units, so $\eta$ must carry the units of w. Zeiler (2012) takes them from the steps themselves: a second running mean, $u$, of *squared steps*.
#
# $$v \leftarrow \rho v + (1-\rho) g^2, \quad d = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\,g, \quad u \leftarrow \rho u + (1-\rho) d^2, \quad w \leftarrow w - d$$
#
# Here ε stands *inside* the roots: it gets the first step going. **Predict:** ρ = 0.9, ε = 1e-6. About how long is it?


# %%
def adadelta(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * g**2  # 1. recent squared gradients
    d = np.sqrt(u + eps) / np.sqrt(v + eps) * g  # 2. the step, with the u of the steps before
    u = rho * u + (1 - rho) * d**2  # 3. recent squared steps
    return w - lr * d, v, u  # 4. lr = 1 is the paper's rule; PyTorch adds it


path = walk(adadelta, gradient, np.zeros(2), (0.0, 0.0), 1000)
print("first step", path[1].round(5), " after 10", path[10].round(4), " arrives:", arrival(path))
print("library:", np.allclose(path, library(dl.Adadelta, gradient, np.zeros(2), 1000)))

# %% [markdown]
# $\sqrt{10^{-6}/0.1} = 0.003$. Then steps grow by themselves, slowly.
#
# ## 5. Adam: direction from one mean, size from another
#
# Kingma & Ba (2015, Algorithm 1) put a running mean $m$ of gradients (lesson 08's average) on top, and correct both means for their start at 0:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)g, \quad v \leftarrow \beta_2 v + (1-\beta_2)g^2, \quad \hat m = \frac{m}{1-\beta_1^t}, \quad \hat v = \frac{v}{1-\beta_2^t}, \quad w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# Why these divisors? With a constant gradient, $m = (1-\beta_1^t)\,g$ and $v = (1-\beta_2^t)\,g^2$ after $t$ steps. **Predict:** β₁ = 0.9, β₂ = 0.999. *Without* the correction, are the first steps too short or too long?


# %%
def adam(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, correct=True):
    t = t + 1  # the number of this step, from 1
    m = betas[0] * m + (1 - betas[0]) * g  # 1. recent gradients
    v = betas[1] * v + (1 - betas[1]) * g**2  # 2. recent squares
    m_hat = m / (1 - betas[0] ** t) if correct else m  # 3. correct both for their start at 0
    v_hat = v / (1 - betas[1] ** t) if correct else v
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, t  # 4. step


path = walk(adam, gradient, np.zeros(2), (0.0, 0.0, 0), 300, lr=0.3)
print("library:", np.allclose(path, library(dl.Adam, gradient, np.zeros(2), 300, lr=0.3)), " arrives:", arrival(path))
t = np.arange(1, 5001)
excess = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)  # uncorrected step over corrected step, constant gradient
worst = excess.argmax()
print(
    f"too long without correction: step 1 {excess[0]:.2f} times, step {t[worst]} {excess[worst]:.2f} times (the most),"
)
print(f"step 100 {excess[99]:.2f} times, step 1000 {excess[999]:.2f} times")

# %% [markdown]
# Too **long**: m starts ten times too small, but $\sqrt v$ thirty times. All rules at once, with a constant gradient (any size) and each at rate 1:


# %%
def push(w):
    return np.array([3.0])  # the same gradient everywhere


start = np.zeros(1)
paths = {
    "AdaGrad": library(dl.Adagrad, push, start, 60, lr=1.0),
    "RMSProp": library(dl.RMSprop, push, start, 60, lr=1.0),
    "AdaDelta": library(dl.Adadelta, push, start, 60),
    "Adam": library(dl.Adam, push, start, 60, lr=1.0),
    "Adam, uncorrected": walk(adam, push, start, (0.0, 0.0, 0), 60, lr=1.0, correct=False),
}
lengths = {name: -np.diff(path[:, 0]) for name, path in paths.items()}
for name, length in lengths.items():
    print(f"{name:17} steps 1, 2, 12, 60: {length[[0, 1, 11, 59]].round(4)}")
race.step_lengths(lengths)

# %% [markdown]
# *Figure: step length against t on a log axis. Adam stays at 1. Uncorrected it starts at 3.2, rises to 6.6 and falls. RMSProp starts at 10 and falls towards 1, AdaGrad starts at 1 and falls as 1/√t. AdaDelta starts at 0.003 and grows.*
#
# ## 6. Conventions, side by side
#
# | | squares | corrected? | ε | typical constants |
# |---|---|---|---|---|
# | AdaGrad | sum | no | outside the root, 1e-10 | η = 0.01 |
# | RMSProp | mean, α = 0.99 (or 0.9) | no | outside, 1e-8 | η = 0.01 |
# | AdaDelta | mean, ρ = 0.9 | no | inside both roots, 1e-6 | η = 1 |
# | Adam | mean, β₂ = 0.999 | yes | outside, 1e-8 | β₁ = 0.9, η = 0.001 |
#
# These are PyTorch's. In all of them the present $g^2$ is added *before* the root is taken. **Predict:** η = 0.01 and g = 0.5. How long is AdaGrad's first step if you divide by the root of the *old* sum, with an ε of 1e-8 inside it?

# %%
pytorch = {  # PyTorch 2.13.0: the mails' weights after ten steps from 0
    "Adagrad": (adagrad, (0.0,), {"lr": 0.5}, [0.996052899948, 1.942038939917]),
    "RMSprop": (rmsprop, (0.0,), {"lr": 0.1}, [0.994094647468, 2.809226406979]),
    "Adadelta": (adadelta, (0.0, 0.0), {"lr": 1.0}, [0.033403809444, 0.033459732928]),
    "Adam": (adam, (0.0, 0.0, 0), {"lr": 0.3}, [1.358711833755, 2.682774909344]),
}
for name, (step, memory, settings, numbers) in pytorch.items():
    ours = walk(step, gradient, np.zeros(2), memory, 10, **settings)[-1]
    theirs = library(getattr(dl, name), gradient, np.zeros(2), 10, **settings)[-1]
    same = [np.allclose(end, numbers, rtol=0, atol=1e-10) for end in (ours, theirs)]
    print(f"{name:8} {numbers}   this page: {same[0]}, library: {same[1]}")
print(
    "first step with the old sum:", 0.01 / np.sqrt(0 + 1e-8) * 0.5, " with the new one:", 0.01 / np.sqrt(0.5**2) * 0.5
)

# %% [markdown]
# (RMSProp says False until you have repaired it.)
#
# ## 7. Two repairs
#
# **AMSGrad.** After a rare, large gradient $v$ soon shrinks, so the small ones that follow take larger steps. An example after Reddi et al. (2018): the gradient is 4 in every third step, else -1, and w stays between -1 and 1. The mean gradient is positive, so w should fall to -1. AMSGrad keeps the largest $v$ so far. **Predict:** where does Adam end?

# %%
for amsgrad in (False, True):
    p = dl.Parameter(np.zeros(1))
    optimizer = dl.Adam([p], lr=0.5, betas=(0.0, 1 / 17), amsgrad=amsgrad)
    for t in range(1, 3001):
        p.grad = np.array([4.0 if t % 3 == 1 else -1.0])
        optimizer.lr = 0.5 / np.sqrt(t)  # a falling rate
        optimizer.step()
        p.value = np.clip(p.value, -1, 1)
    print(f"amsgrad={amsgrad}: after 3000 steps w = {p.value[0]:.2f}")

# %% [markdown]
# Adam ends at the *worst* place (its betas were chosen for that).
#
# **AdamW.** Lesson 08: L2 adds $\lambda w$ to the gradient, weight decay shrinks w itself; in Adam they differ. Here is why: $\lambda w$ is divided by $\sqrt{\hat v}$ as well. **Predict:** two weights start at 1. Their gradients are pure noise, one of size 0.1, one of size 10. Which of them does L2 shrink?

# %%
for optimizer_class in (dl.Adam, dl.AdamW):
    rng, p = np.random.default_rng(0), dl.Parameter(np.ones(2))
    optimizer = optimizer_class([p], lr=0.001, weight_decay=0.5)
    for _ in range(1000):
        p.grad = rng.normal(size=2) * [0.1, 10]
        optimizer.step()
    print(f"{optimizer_class.__name__:5} weight_decay=0.5: {p.value.round(2)}")
print(f"decay alone: (1 - 0.001 * 0.5)^1000 = {(1 - 0.001 * 0.5) ** 1000:.2f}")
for weight_decay in (0.5, 0.0005):
    path = library(dl.Adam, np.zeros_like, np.ones(1), 20, lr=0.01, weight_decay=weight_decay)
    print(f"Adam, gradient 0, weight_decay={weight_decay}: after 20 steps w = {path[-1, 0]:.3f}")

# %% [markdown]
# With L2, weights of large gradients hardly decay. And where the loss has no gradient, λ cancels. **Decoupled** decay, AdamW (Loshchilov & Hutter 2019), first shrinks $w \leftarrow (1 - \eta\lambda)w$, every weight alike, then takes Adam's step with g as it came.
#
# ## 8. Try it
#
# In the explorer each optimizer has the rate that arrives soonest from *other* starts, without leaving the picture. (AdaDelta too; its own rule has rate 1.) "Arrived" means: the loss stays at most 0.01 above the lowest.
#
# **Predict**, before you touch anything. The ravine lies along the axes; you turn it, and the start with it. Which optimizers do not notice?
#
# **Play** until the goal line says that you reached it. Then try the other surfaces, and switch Adam's correction off.

# %%
RaceExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, six paths between contours; middle, the loss above the lowest for every step on a log axis; right, the squares that each adaptive optimizer has accumulated for w1 and w2.*
#
# **Explain:**


# %%
def buffer(w, g, b, lr):  # momentum of lesson 08, in PyTorch's form
    b = 0.9 * b + g
    return w - lr * b, b


for turn in (0, 10, 21, 22, 45):
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    axes = np.array([[c, -s], [s, c]])  # the ravine's axes as columns
    H = axes @ np.diag([0.1, 10]) @ axes.T
    start, arrived = axes @ [-2.6, 1.3], []
    for step, memory, lr in [
        (plain, (), 0.1),
        (buffer, (0.0,), 0.05),
        (adagrad, (0.0,), 2.0),
        (adam, (0.0, 0.0, 0), 1.0),
    ]:
        path = walk(step, lambda w, H=H: H @ w, start, memory, 200, lr=lr)
        losses = np.sum(path @ H * path, axis=1) / 2
        arrived.append(int(1 + np.flatnonzero(losses > 0.01)[-1]))
    print(f"turned by {turn:2}: plain {arrived[0]}, momentum {arrived[1]}, AdaGrad {arrived[2]}, Adam {arrived[3]}")

# %% [markdown]
# Plain descent and momentum follow the gradient *vector*, and that turns with the ravine. Adaptive methods scale each *weight*. They make a ravine along the axes round, and cannot help with a slanted one. (Adam's momentum still does.) Without noise AdaGrad has nothing to forget: Adam's averaging only makes it circle.
#
# ## 9. A fair race
#
# Digits, five epochs, batches of 64, one hidden layer. Each optimizer tries the same rates on seeds 0 and 1; the table shows mean training losses (99: diverged). **Predict:** who would win if all had to share the rate 0.01? 0.1? 1?

# %%
X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_test = dl.data.standardise(X_train, X_test)
shallow, deep = ([64, 32, 10], dl.Tanh), ([64, 32, 32, 32, 10], dl.ReLU)
racers = {
    "SGD": (dl.SGD, {}),
    "momentum": (dl.SGD, {"momentum": 0.9}),
    "AdaGrad": (dl.Adagrad, {}),
    "RMSProp": (dl.RMSprop, {}),
    "AdaDelta": (dl.Adadelta, {}),
    "Adam": (dl.Adam, {}),
}


def train(sizes, activation, name, lr, seed):
    rng, layers = np.random.default_rng(seed), []
    for a, b in pairwise(sizes):
        layers += [dl.Linear(a, b, rng=rng), activation()]
    net, loss, (optimizer_class, settings) = dl.Sequential(*layers[:-1]), dl.CrossEntropyLoss(), racers[name]
    optimizer = optimizer_class(net.parameters(), lr=lr, **settings)
    try:
        dl.fit(net, loss, optimizer, X_train, y_train, epochs=5, batch_size=64, rng=rng, progress=False)
    except FloatingPointError:
        return np.inf, 0.0  # diverged
    return loss(net(X_train), y_train), dl.accuracy(net, X_test, y_test)


def tune(network, rates):
    table = {name: [np.mean([train(*network, name, lr, s)[0] for s in (0, 1)]) for lr in rates[name]] for name in rates}
    for name, losses in table.items():
        tried = (f"{lr:g}: {min(loss, 99):.3f}" for lr, loss in zip(rates[name], losses, strict=True))
        print(f"{name:8}", "   ".join(tried))
    return {name: rates[name][int(np.argmin(losses))] for name, losses in table.items()}, table


everywhere = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
own, table = tune(shallow, dict.fromkeys(racers, everywhere))
for shared in (0.01, 0.1, 1.0):
    k = everywhere.index(shared)
    print(f"all at {shared}: the winner is {min(table, key=lambda name: table[name][k])}")

# %% [markdown]
# At a shared rate anybody can be made to win. So, as in lesson 08: each at its own (Choi et al. 2019), raced on seeds 10 to 16. A second network has three hidden ReLU layers and PyTorch's default start, too small for ReLU (lesson 07). Its rates are supplied, with the small table that chose them. **Predict:** who wins each race?

# %%
near = {
    "SGD": (0.1, 0.3, 1.0),
    "momentum": (0.03, 0.1, 0.3),
    "AdaGrad": (0.03, 0.1, 0.3),
    "RMSProp": (0.003, 0.01, 0.03),
    "AdaDelta": (1.0, 3.0, 10.0, 30.0),
    "Adam": (0.003, 0.01, 0.03),
}
races = {"one hidden layer": (shallow, own), "three hidden layers": (deep, tune(deep, near)[0])}
results = {}
for title, (network, chosen) in races.items():
    print(f"{title}: training loss, mean and standard deviation of 7 runs; mean test accuracy")
    results[title] = {}
    for name, lr in chosen.items():
        runs = np.array([train(*network, name, lr, seed) for seed in range(10, 17)])  # (7, 2)
        (loss, accuracy), (spread, _) = runs.mean(axis=0), runs.std(axis=0, ddof=1)
        print(f"    {name:8} at {lr:<4g}  {loss:.4f} ± {spread:.4f}   {accuracy:.1%}")
        results[title][name] = runs[:, 0]
race.finish(results, xlabel="training loss")

# %% [markdown]
# *Figure: every run as a mark, means as strokes, the loss on a log axis. With one hidden layer the six clouds overlap. With three, the four adaptive optimizers lie together near 0.03, momentum and SGD far to the right.*
#
# With one hidden layer nobody wins: the clouds overlap. With three, adaptive methods win clearly. AdaGrad, which "dies", has the lowest mean: five epochs are short. AdaDelta, which needs no rate, is 25 times better with one (first table, 1 against 30). All this holds for these networks, this budget, this coarse grid. Schmidt et al. (2021) compared fifteen optimizers on eight tasks: no winner; trying several at their defaults does about as well as tuning one.
#
# **Start with** Adam or AdamW at 0.001, try rates threefold up and down, and give SGD with momentum the same chance.

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. You multiply the loss by 100. Which optimizers take another path?</summary>
#
# SGD and momentum. The adaptive ones cancel the factor (but for ε). "All of them" tempts, since all gradients change.
# </details>
# <details><summary>2. A weight's gradient has been 0 so far. AdaGrad meets the first one, of size 1e-4. How long is the step?</summary>
#
# η: g / √(g²) = 1. "Tiny" tempts: that is SGD's answer.
# </details>
# <details><summary>3. Adam's loss jumps in the first twenty steps, then all is well. Which line of the code do you look at?</summary>
#
# The bias correction: without it these steps are 3 to 7 times too long.
# </details>
# <details><summary>4. You move from Adam(weight_decay=0.01) to AdamW(weight_decay=0.01). Is it the same amount of decay?</summary>
#
# No. The first is L2, divided by √v̂; the second shrinks every weight by η · 0.01 a step. Tune it anew.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below tests it.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | AdaDelta = RMSProp | both average squares | AdaDelta averages squared steps as well, and needs no rate | Zeiler 2012 |
# | 2 | $\eta/\sqrt{G_{t-1} + \varepsilon}$, the old sum | indices slip | the present g is added first | Duchi et al. 2011 |
# | 3 | Adam: $w - \eta\,m/\sqrt{v + \varepsilon}$ | one root, all inside | ε outside: inside, 1e-8 acts like 1e-4 | Kingma & Ba 2015 |
# | 4 | Adam: $v \leftarrow \beta_2 v + (1-\beta_2)\,g$ | a lost square | $g^2$ | Kingma & Ba 2015 |
# | 5 | no bias correction; without it the first steps are small | m starts small | too large: 3.16 times, then 6.57 times | section 5 |
# | 6 | Adam is the most efficient optimizer | it is the most used | it depends on task, tuning and budget | Schmidt et al. 2021 |
# | 7 | in a very deep network AdaGrad's sum gets so large that training stops | it does grow | with *steps*, not with layers; the rate falls like $1/\sqrt t$, never to 0 | sections 2, 9 |
# | 8 | adaptive methods need no tuned rate | they adapt something | Adam's loss changes fiftyfold between 0.03 and 0.3 | section 9 |
# | 9 | one learning rate, then compare | it looks fair | each its own | Choi et al. 2019 |
# | 10 | L2 is weight decay | true for plain SGD | not for Adam | Loshchilov & Hutter 2019 |

# %%
ends = {c: library(c, gradient, np.zeros(2), 10)[-1].round(3) for c in (dl.Adadelta, dl.RMSprop)}
print(" 1 ten steps at the defaults:", {c.__name__: end.tolist() for c, end in ends.items()})
sums = np.cumsum(np.array([0.5, 0.5, 0.5]) ** 2)
print(" 2 steps with the old sums", (0.01 * 0.5 / np.sqrt(np.append(0, sums[:-1]) + 1e-8)).round(4), end="")
print(", with the new ones", (0.01 * 0.5 / np.sqrt(sums)).round(4))
g = 1e-6
print(f" 3 g = {g}: first step {g / np.sqrt(g**2 + 1e-8):.3f} rates with 1e-8 inside, {g / (g + 1e-8):.3f} outside")
print(f" 4 g = -2: a mean of g is {0.001 * -2:.3f}, which has no root; a mean of g^2 is {0.001 * 4:.3f}")
print(f" 5 uncorrected steps: {excess[0]:.2f}, then up to {excess.max():.2f} times too long")
firsts = {title: min(runs, key=lambda name, runs=runs: runs[name].mean()) for title, runs in results.items()}
print(" 6 lowest mean loss:", firsts)
print(f" 7 AdaGrad's rate after a million steps, as a share of the first: {1 / np.sqrt(1_000_000):.3f};", end=" ")
print(f"three layers: AdaGrad {results['three hidden layers']['AdaGrad'].mean():.3f}")
print(f" 8 Adam, one layer: from {min(table['Adam']):.3f} to {max(table['Adam'][:4]):.3f} for rates 0.01 to 0.3")
print(
    " 9 at rate 0.03:",
    min(table, key=lambda name: table[name][1]),
    " at 3:",
    min(table, key=lambda name: table[name][5]),
)
p, q = (library(c, gradient, np.ones(2), 50, lr=0.1, weight_decay=0.5)[-1] for c in (dl.Adam, dl.AdamW))
print("10 mails, 50 steps: L2", p.round(3), " decoupled", q.round(3))

# %% [markdown]
# ## Summary
#
# 1. One rate cannot suit weights whose gradients differ. Divide each gradient by the root of its accumulated squares.
# 2. AdaGrad sums: first step η, constant gradient η/√t. On long runs it dies.
# 3. RMSProp averages. AdaDelta averages squared steps too, and needs no rate.
# 4. Adam adds a mean of gradients and corrects both for their start; uncorrected, early steps are up to 6.57 times too long.
# 5. Conventions change numbers: the present g first, ε inside or outside, corrected or not.
# 6. Decay belongs outside the division: AdamW.
# 7. Rates per weight straighten ravines along the axes, and no others.
# 8. Compare at own tuned rates, over several seeds. Sometimes nobody wins.
#
# ## PyTorch bridge
#
# ```python
# torch.optim.Adagrad(net.parameters(), lr=0.01)                       # eps=1e-10
# torch.optim.RMSprop(net.parameters(), lr=0.01, alpha=0.99)           # also momentum=, centered=
# torch.optim.Adadelta(net.parameters(), lr=1.0, rho=0.9, eps=1e-6)
# torch.optim.Adam(net.parameters(), lr=0.001, betas=(0.9, 0.999), amsgrad=False)   # weight_decay= is L2
# torch.optim.AdamW(net.parameters(), lr=0.001, weight_decay=0.01)     # decoupled
# ```
#
# ## Further reading
#
# - Duchi, Hazan, Singer 2011, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*
# - Tieleman, Hinton 2012, *Lecture 6.5: RMSProp*
# - Zeiler 2012, *ADADELTA: An Adaptive Learning Rate Method*
# - Kingma, Ba 2015, *Adam: A Method for Stochastic Optimization*
# - Reddi, Kale, Kumar 2018, *On the Convergence of Adam and Beyond*
# - Loshchilov, Hutter 2019, *Decoupled Weight Decay Regularization*
# - Choi et al. 2019, *On Empirical Comparisons of Optimizers for Deep Learning*
# - Schmidt, Schneider, Hennig 2021, *Descending through a Crowded Valley: Benchmarking Deep Learning Optimizers*
#
# **Now build it yourself:** [exercise 09](../exercises/09_adaptive_optimizers.ipynb).
