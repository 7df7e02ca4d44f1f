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
# # 11 Overfitting
#
# **Tell learning from memorising, take an error apart into bias, variance and noise, and restrain a model that is too big.**

# %%
import numpy as np
from numpy.polynomial.legendre import legvander

import dlcourse as dl
from dlcourse.viz import FitExplorer, fit, plots

# %%
fit.many_fits()

# %% [markdown]
# *Figure: four polynomial degrees, each fitted to 20 training sets (thin lines). Degrees 1 and 3 miss the truth in the same way every time. Degree 6 follows it. Degree 20 is right on average and wild each single time.*
#
# After this lesson you can
#
# - split data so that the last number you report is true, and find the leak where it is not;
# - measure bias², variance and noise over many training sets, and find the bottom of the U;
# - read learning curves, and stop early with a rule that says what happens at a tie;
# - write L1 and L2, and say which of them gives zeros, when.
#
# **Needs:** lessons 01 to 10. **Time:** 75 minutes. What a variance divides by is a [convention](00_start_here.ipynb).

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 02) One example in twenty is positive. What accuracy does "always no" reach, and what may a small random test set lack?</summary>
#
# 95 %. It may lack positives altogether.
# </details>
# <details><summary>2. (Lesson 03) Whose mean and deviation standardise the test set?</summary>
#
# The training set's.
# </details>
# <details><summary>3. (Lesson 08) What does <code>weight_decay</code> λ add to the gradient in PyTorch's SGD?</summary>
#
# λ w.
# </details>

# %% [markdown]
# ## 1. Memorising is not learning
#
# A network with 19,210 weights gets 200 digits. Then it gets the same 200 images with labels thrown by dice. **Predict:** how many of the dice does it get right?

# %%
digits, labels = dl.data.digits()
parts = dl.data.train_val_test_split(digits, labels, 0.2, 0.2, rng=np.random.default_rng(0))
X_train, X_val, X_test, y_train, y_val, y_test = parts  # 1078, 360 and 359 examples


def train(X, y, epochs, **settings):
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 256, rng=rng), dl.ReLU(), dl.Linear(256, 10, rng=rng))
    optimizer = dl.Adam(net.parameters(), lr=0.003)
    history = dl.fit(net, dl.CrossEntropyLoss(), optimizer, X, y, epochs=epochs, rng=rng, progress=False, **settings)
    return net, history


dice = np.random.default_rng(2).integers(10, size=200)
for name, y in [("true labels", y_train[:200]), ("dice", dice)]:
    net, _ = train(X_train[:200], y, epochs=100)
    seen, new = dl.accuracy(net, X_train[:200], y), dl.accuracy(net, X_val, y_val)
    print(f"{name:11}: {seen:.0%} of the examples it saw, {new:.0%} of new digits")

# %% [markdown]
# All of them, although there was nothing to learn. So a training error of 0 says nothing about new examples: it can be **memorising** as well as **generalising** (Zhang et al. 2017 did this to ImageNet).
#
# One cure is more data. **Predict:** how many labels does it take to halve the error that 100 leave?

# %%
sizes, curves = [25, 50, 100, 200, 400, 800], {"training": [], "validation": []}
for size in sizes:
    net, _ = train(X_train[:size], y_train[:size], epochs=-(-16000 // size))  # 500 steps of 32 for all
    curves["training"].append(1 - dl.accuracy(net, X_train[:size], y_train[:size]))
    curves["validation"].append(1 - dl.accuracy(net, X_val, y_val))
    print(f"{size:3} labels, {size * 30 / 3600:.1f} hours at 30 seconds each: {curves['validation'][-1]:.1%} wrong")
title, ylabel = "A large net needs many labels", "share that is wrong"
plots.lines(sizes, curves, title=title, xlabel="labelled examples", ylabel=ylabel)

# %% [markdown]
# *Figure: error against the number of examples. The training error stays at 0; the validation error falls from a third to a few per cent.*
#
# Labels cost hours, and each further gain costs more of them. The other cures restrain the model. The usual recipe: **start too big, then restrain.** (You buy trousers a size too large, and a belt.)

# %% [markdown]
# ## 2. Exercises, mock exam, final exam
#
# | part | like | serves to | looked at |
# |---|---|---|---|
# | training | exercises with answers | fit the weights | all the time |
# | validation | mock exam | choose: size, restraint, when to stop | often |
# | test | final exam | judge | once, at the end |
#
# Common shares are 60-20-20 and 50-25-25. **Stratified** means that each class is split in these shares.

# %%
for val, test in [(0.2, 0.2), (0.25, 0.25)]:
    cut = dl.data.train_val_test_split(digits, labels, val, test, rng=np.random.default_rng(1))
    nines = [int(np.sum(part == 9)) for part in cut[3:]]
    print(f"{1 - val - test:.0%} {val:.0%} {test:.0%}: sizes {[len(part) for part in cut[:3]]}, nines {nines}")

# %% [markdown]
# A **leak** lets something of the judge's data into the choices. **Predict** three scores. The honest ones are 50 %, 72 % and 50 %.
#
# 1. the features are pure noise; of 2000 the 50 that differ most between two classes are chosen *before* the split;
# 2. digits are standardised before the split (30 train a nearest neighbour);
# 3. of 500 guessers the best *on the test set* is reported.


# %%
def nearest(X, y, X_new):  # the label of the nearest training example
    return y[((X**2).sum(axis=1) - 2 * X_new @ X.T).argmin(axis=1)]


select, scale = {"leak": [], "honest": []}, {"leak": [], "honest": []}
for seed in range(20):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(60, 2000)), np.arange(60) % 2
    A, B, y_A, y_B = dl.data.train_test_split(X, y, 0.5, rng=rng)
    for name, (S, t) in {"leak": (X, y), "honest": (A, y_A)}.items():
        difference = np.abs(S[t == 0].mean(axis=0) - S[t == 1].mean(axis=0))
        k = difference.argsort()[-50:]
        select[name].append(np.mean(nearest(A[:, k], y_A, B[:, k]) == y_B))
    A, B, y_A, y_B = dl.data.train_test_split(digits, labels, 1 - 30 / 1797, rng=np.random.default_rng(seed))
    for name, S in {"leak": digits, "honest": A}.items():
        to_units = dl.data.Standardiser(S)
        scale[name].append(np.mean(nearest(to_units(A), y_A, to_units(B)) == y_B))
for what, scores in [("selected features", select), ("standardised digits", scale)]:
    print(f"{what:19}: before the split {np.mean(scores['leak']):.0%}, after it {np.mean(scores['honest']):.0%}")
guesses = np.random.default_rng(0).random((500, 2, 100)) < 0.5  # 500 guessers, two tests of 100 questions
first, second = guesses[guesses[:, 0].sum(axis=1).argmax()].mean(axis=1)
print(f"the best of 500 guessers: {first:.0%} on the test that chose it, {second:.0%} on another")

# %% [markdown]
# Whatever looks at data, a mean or a choice, is part of the training. **Split first.** (`dl.data.standardise(X_train, X_val, X_test)` measures the first set only.)

# %% [markdown]
# ## 3. Bias, variance, noise
#
# Now a problem whose truth we know: $y = f(x) + \varepsilon$, where the noise ε has variance $\sigma^2$ and $f$ is no polynomial. A fit $h$ of degree d has d + 1 weights. We write it with Legendre polynomials instead of powers: the same fits, but numbers that a computer can solve for. **Predict:** at which degree is the training error lowest? And the validation error?


# %%
def f(x):
    return np.sin(3 * x) + np.cos(5 * x) / 2


sigma, x, x_new = 0.3, np.linspace(-1, 1, 30), np.linspace(-1, 1, 201)
rng = np.random.default_rng(5)
y, y_new = f(x) + sigma * rng.normal(size=30), f(x_new) + sigma * rng.normal(size=201)
degrees, curves = np.arange(1, 21), {"training": [], "validation": []}
for degree in degrees:
    w = np.linalg.lstsq(legvander(x, degree), y, rcond=None)[0]  # (degree + 1,)
    curves["training"].append(np.mean((legvander(x, degree) @ w - y) ** 2))
    curves["validation"].append(np.mean((legvander(x_new, degree) @ w - y_new) ** 2))
powers = np.hstack([np.ones((30, 1)), dl.data.powers(x[:, np.newaxis], 20)])
print(f"condition number: powers {np.linalg.cond(powers):.0e}, Legendre {np.linalg.cond(legvander(x, 20)):.0f}")
for name, curve in curves.items():
    print(f"{name:10} error: degree 3 {curve[2]:.3f}, degree 20 {curve[19]:.3f}, lowest at {np.argmin(curve) + 1}")

# %% [markdown]
# Degree 3 *underfits*, degree 20 *overfits*. Why? Fit many training sets: $h_s$ is the fit to set $s$, $\bar h$ the mean of all fits. Then
#
# $$h_s - y = \underbrace{(\bar h - f)}_{\text{bias}} + \underbrace{(h_s - \bar h)}_{\text{variance}} - \underbrace{\varepsilon}_{\text{noise}}$$
#
# Square and average. The products average to 0, because ε is new and $h_s - \bar h$ has mean 0, and there remains
#
# $$\text{MSE} = \text{bias}^2 + \text{variance} + \sigma^2$$
#
# **Predict:** which part is large at degree 3, which at 20? And how low can the best model come?


# %%
def decompose(h, f):
    """h (sets, points): a fit per row.   f (points,)"""
    mean = h.mean(axis=0)  # 1. the mean fit: (points,)
    bias2 = np.mean((mean - f) ** 2)  # 2. how far it is from the truth
    variance = np.mean(h.var(axis=0))  # 3. how far single fits are from it (ddof 0)
    return bias2, variance


def fits(degree, x, targets):  # one fit per row of targets, at the new places: (sets, 201)
    weights = np.linalg.lstsq(legvander(x, degree), targets.T, rcond=None)[0]  # (degree + 1, sets)
    return (legvander(x_new, degree) @ weights).T


ensemble = f(x) + sigma * rng.normal(size=(200, 30))  # 200 training sets
fresh = f(x_new) + sigma * rng.normal(size=(200, 201))  # new targets for each
curves = {"bias²": [], "variance": [], "MSE": []}
for degree in degrees:
    h = fits(degree, x, ensemble)
    bias2, variance = decompose(h, f(x_new))
    mse = bias2 + variance + sigma**2
    for curve, value in zip(curves.values(), (bias2, variance, mse), strict=True):
        curve.append(value)
    if degree in (3, 6, 20):
        exact = np.isclose(np.mean((h - f(x_new)) ** 2), bias2 + variance, rtol=1e-12)
        print(f"degree {degree:2}: {bias2:.4f} + {variance:.4f} + {sigma**2:.2f} = {mse:.3f}, ", end="")
        print(f"measured {np.mean((h - fresh) ** 2):.3f}; without noise equal to 12 digits: {exact}")
for noise in (0.1, 0.3, 0.6):  # a fit is linear in y, so its variance grows with the noise's square
    total = np.array(curves["bias²"]) + np.array(curves["variance"]) * (noise / sigma) ** 2
    print(f"noise {noise}: bottom of the U at degree {degrees[total.argmin()]}")
more = np.linspace(-1, 1, 60)
_, variance = decompose(fits(20, more, f(more) + sigma * rng.normal(size=(200, 60))), f(x_new))
print(f"degree 20 on 60 points: variance {variance:.3f}")
title, ylabel = "The classical U", "mean squared error"
plots.lines(degrees, curves, title=title, xlabel="degree", ylabel=ylabel, yscale="log", reference={"noise": sigma**2})

# %% [markdown]
# *Figure: bias² falls with the degree, variance rises. Their sum with the noise is a U with a flat bottom near degree 6, never below the noise.*
#
# Bias is a model's fault, variance its luck, noise nobody's. More noise asks for a simpler model; more data lowers the variance and allows a larger one. (The bias² at degree 20 is hardly bias: a mean of 200 fits still wavers, by variance/200.)

# %% [markdown]
# ## 4. Why "classical"
#
# The U ends where the model fits every example. What lies beyond? A network of width M has random first-layer weights; the last layer is fitted to 100 digits by least squares, with the *smallest* weights among the perfect fits. **Predict:** what happens at M = 100, and at 1600?

# %%
few, one_hot = X_train[:100], np.eye(10)[y_train[:100]]
widths, curves = [10, 20, 40, 60, 80, 100, 120, 160, 240, 400, 800, 1600], {"training": [], "new digits": []}
V = np.random.default_rng(0).normal(size=(64, 1600))
for M in widths:
    hidden, hidden_new = (np.maximum(0, (X - 0.3) @ V[:, :M]) for X in (few, X_val))  # 0.3: the mean of a pixel
    W = np.linalg.lstsq(hidden, one_hot, rcond=None)[0]  # (M, 10)
    wrong = np.mean((hidden @ W).argmax(axis=1) != y_train[:100])
    wrong_new = np.mean((hidden_new @ W).argmax(axis=1) != y_val)
    curves["training"].append(wrong)
    curves["new digits"].append(wrong_new)
    if M in (40, 100, 1600):
        print(f"width {M:4}: wrong in training {wrong:.0%}, on new digits {wrong_new:.0%}")
title, ylabel = "Double descent", "share that is wrong"
plots.lines(widths, curves, title=title, xlabel="width M", ylabel=ylabel, xscale="log")

# %% [markdown]
# *Figure: the error on new digits falls to width 40, climbs to a peak at 100, and falls again, lower than ever. The training error is 0 from width 60 on.*
#
# At M = 100 the targets are met exactly for the first time, in one way only, and that one is wild. Beyond, there are many ways, and the smallest is smooth. Belkin et al. (2019) named this **double descent**. So size alone does not overfit; a hidden restraint, smallness, was at work.

# %% [markdown]
# ## 5. Stop in time
#
# Training itself is a size. Take degree 20 and descend from w = 0 at rate η. Each step multiplies the error of w by $I - \eta H$, with $H$ the matrix of curvatures (lesson 03's factor, for all axes at once); t steps multiply it by the t-th power. The trace of $I - (I-\eta H)^t$ counts how many weights have been learned: the **effective capacity**. (Column k is divided by k + 1, so steep polynomials start small and come late.) **Predict:** what shape has the error against the number of steps?

# %%
A, A_new = (legvander(points, 20) / np.arange(1, 22) for points in (x, x_new))
H = 2 / 30 * A.T @ A  # (21, 21)
eta, perfect = 1 / np.linalg.eigvalsh(H)[-1], np.linalg.lstsq(A, ensemble.T, rcond=None)[0]  # (21, 200)
steps, curves = 10 ** np.arange(1, 8), {"bias²": [], "variance": [], "MSE": []}
for t in steps:
    learned = np.eye(21) - np.linalg.matrix_power(np.eye(21) - eta * H, t)
    bias2, variance = decompose((A_new @ learned @ perfect).T, f(x_new))
    for curve, value in zip(curves.values(), (bias2, variance, bias2 + variance + sigma**2), strict=True):
        curve.append(value)
    print(f"{t:8} steps: effective capacity {np.trace(learned):4.1f}, MSE {curves['MSE'][-1]:.3f}")
title, ylabel = "More training acts like a higher degree", "mean squared error"
options = {"xscale": "log", "yscale": "log", "reference": {"noise": sigma**2}}
plots.lines(steps, curves, title=title, xlabel="steps", ylabel=ylabel, **options)

# %% [markdown]
# *Figure: the same U with steps for degrees: bias² falls, variance rises, the bottom lies near 1000 steps.*
#
# More training *acts like* a higher degree, and stopping early like a lower one. Where to stop, the validation set says: **early stopping** waits `patience` epochs for a better validation value, then puts the best weights back. **Learning curves** show training and validation error against epochs (or, as in section 1, against examples). Here a fifth of 300 labels is wrong, as with hasty labelling.

# %%
few, given = X_train[:300], y_train[:300].copy()
rng = np.random.default_rng(1)
wrong = rng.permutation(300)[:60]
given[wrong] = (given[wrong] + rng.integers(1, 10, size=60)) % 10

_, history = train(few, given, epochs=60, validation=(X_val, y_val))
stop = dl.EarlyStopping(patience=10)
net, stopped = train(few, given, epochs=60, validation=(X_val, y_val), callbacks=[stop])
given_back = dl.evaluate(net, dl.CrossEntropyLoss(), X_val, y_val)["loss"]
print(stop)
print(f"{len(stopped.loss)} epochs run, validation loss of the weights given back {given_back:.4f}")
print(f"without stopping, after 60 epochs: {history.val_loss[-1]:.4f}")
curves = {"training": history.loss, "validation": history.val_loss}
title = "Learning curves: the gap opens"
plots.lines(np.arange(60), curves, title=title, xlabel="epoch", ylabel="cross-entropy")

# %% [markdown]
# *Figure: training loss falls on, from above, because some of its labels are wrong. Validation loss falls, wavers near its lowest value, then rises.*
#
# The rule, in full (Prechelt 1998 compares several):
#
# - **better** means strictly below the best so far (for an accuracy: above). A tie is not better, so of equals the first is kept;
# - at each better epoch keep a copy of the weights;
# - stop when the last `patience` epochs were not better; put the **best weights** back.
#
# **Your turn.** A well-known table ends with "stop when accuracy stops improving". Replay it. One line below gets ties wrong: repair it.

# %%
table = {15: (85, 80), 16: (87, 82), 17: (90, 85), 18: (95, 83), 19: (97, 78), 20: (98, 75)}  # epoch: train, validation


def early_stop(values, patience):
    best, best_epoch = -np.inf, -1
    for epoch, value in enumerate(values):
        if value >= best:  # 1. better? repair me
            best, best_epoch = value, epoch  # 2. keep it (and the weights)
        if epoch - best_epoch >= patience:  # 3. patience is at its end
            break
    return epoch, best_epoch


def library(values, patience):
    stop, seen = dl.EarlyStopping(patience, monitor="val_accuracy", restore_best=False), dl.History()
    for epoch, value in enumerate(values):
        seen.val_accuracy.append(value)
        if stop(epoch, dl.Identity(), seen):
            break
    return epoch, stop.best_epoch


values = [validation for _, validation in table.values()]
for patience in (1, 2, 3, 10):
    end, best = (15 + epoch for epoch in library(values, patience))
    print(f"patience {patience:2}: ends after epoch {end} ({table[end][1]} %), keeps epoch {best} ({table[best][1]} %)")
ties = [80, 85, 85, 83, 84, 90]
print("ties:", "right" if early_stop(ties, 3) == library(ties, 3) else "not yet: of equals the first is kept")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `value > best`. With `>=` a flat curve never uses up its patience.
# </details>
#
# With patience 10 the table ends first. "Stops improving" leaves open how long you wait, what a tie is, and which weights you keep: without the best ones, patience 3 hands you 75 %.

# %% [markdown]
# ## 6. L1 and L2
#
# Large weights make wild fits. So put a price λ on them (θ is any weight):
#
# | | cost | its gradient | pull | effect |
# |---|---|---|---|---|
# | L2 (ridge) | loss $+ \lambda \sum \theta^2$ | $2\lambda\theta$ | fades near 0 | all weights small, none 0 |
# | L1 (lasso) | loss $+ \lambda \sum \lvert\theta\rvert$ | $\lambda\,\mathrm{sign}\,\theta$ | the same everywhere | some weights 0 |
#
# Biases are usually left out. L1's gradient is a *subgradient*, for |θ| has a kink at 0, where we take sign 0 = 0. The alternative is the **proximal** step: descend on the loss alone, then $\theta \leftarrow \mathrm{sign}\,\theta \cdot \max(\lvert\theta\rvert - \eta\lambda, 0)$. **Predict**, for ten features of diabetes patients: which of L2, L1 by subgradient, L1 by proximal steps ends with exact zeros? And which `weight_decay` of PyTorch equals L2 with λ = 0.1?

# %%
X, y = (dl.data.standardise(part) for part in dl.data.diabetes())  # (442, 10), (442, 1)
N, lam, lr = len(X), 0.1, 0.05


def gradient(w):
    return 2 / N * X.T @ (X @ w - y)


def descend(regularizer=None, proximal=False, weight_decay=0.0):
    p = dl.Parameter(np.zeros((10, 1)))
    optimizer = dl.SGD([p], lr=lr, weight_decay=weight_decay)
    for _ in range(4000):
        p.grad = gradient(p.value)
        if regularizer and not proximal:
            regularizer.add_gradient([p])
        optimizer.step()
        if proximal:
            regularizer.proximal([p], lr=lr)
    return p.value.ravel()


results = {
    "L2": descend(dl.L2(lam)),
    "L1 by subgradient": descend(dl.L1(lam)),
    "L1 proximal": descend(dl.L1(lam), True),
}
for name, w in results.items():
    print(f"{name:17} {np.sum(w == 0)} zeros, smallest {np.abs(w).min():.4f}:", w.round(3) + 0.0)
closed = np.linalg.solve(X.T @ X / N + lam * np.eye(10), X.T @ y / N).ravel()
print("L2, closed form, the same:", np.allclose(results["L2"], closed, atol=1e-6), end="; ")
print("weight_decay = 2 lambda, the same:", np.allclose(descend(weight_decay=2 * lam), results["L2"]))

# %% [markdown]
# A subgradient step of fixed length jumps over 0 and back: it **hovers**. The proximal step stops *at* 0. The weight decay is 0.2. L2's closed form exists for linear regression only. Its equality with weight decay holds for plain SGD only ([lesson 08](08_minibatch_momentum.ipynb)).
#
# Back to the network with the wrong labels. **Predict:** which restraint wins? We choose by validation, then look at the test set, once.

# %%
restraints = {"none": {}, "early stopping": {"callbacks": [dl.EarlyStopping(patience=10)]}}
restraints |= {f"L2, {lam}": {"regularizer": dl.L2(lam)} for lam in (0.001, 0.01, 0.03)}
restraints |= {f"L1, {lam}": {"regularizer": dl.L1(lam)} for lam in (0.0003, 0.001, 0.003)}
nets = {}
for name, settings in restraints.items():
    net, _ = train(few, given, epochs=60, validation=(X_val, y_val), **settings)
    nets[name], norm = net, np.linalg.norm(net[0].weight.value)
    print(
        f"{name:14} training {dl.accuracy(net, few, given):.1%}, validation {dl.accuracy(net, X_val, y_val):.1%}, ",
        end="",
    )
    print(f"norm of the first weights {norm:.1f}")
chosen = max(nets, key=lambda name: dl.accuracy(nets[name], X_val, y_val))
print(f"chosen: {chosen}; test accuracy, looked at once: {dl.accuracy(nets[chosen], X_test, y_test):.1%}")

# %% [markdown]
# Every kind of restraint helps, if its strength fits. About 80 % in training is all that can be got without memorising wrong labels. And the test score is lower than the validation score that won: the winner was also lucky.

# %% [markdown]
# ## 7. Try it
#
# The polynomial again, trained for up to ten million steps. Early stopping looks at 8 of the 29 validation points at a time, so it sees a jumpy curve; patience counts looks.
#
# **Predict**, before you touch anything. Can degree 20 beat the best unrestrained degree? What does patience 1 do to the bias?
#
# **Play** until the goal line says that you reached it. Then change the training set.

# %%
FitExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, one training set with its fit; middle, training and validation error against steps, with what early stopping saw and kept; right, noise, bias² and variance stacked for each degree, over 200 training sets.*
#
# **Explain:**

# %%
free = [fit.run(degree, 0.3, 0.0, fit.NEVER, 1).error for degree in degrees]
print(f"training set 1, unrestrained: lowest {min(free):.3f} at degree {np.argmin(free) + 1}, degree 20 {free[-1]:.3f}")
by_lam = {lam: fit.run(20, 0.3, lam, fit.NEVER, 1).error for lam in (1e-5, 1e-4, 3e-4, 1e-3, 1e-2)}
by_patience = {patience: fit.run(20, 0.3, 0.0, patience, 1).error for patience in (1, 3, 5, 12)}
for name, errors in [("lambda", by_lam), ("patience", by_patience)]:
    print(f"degree 20 by {name}: ", ", ".join(f"{value:g}: {error:.3f}" for value, error in errors.items()))
print("bias^2 at patience 1: {:.3f}, variance {:.3f}".format(*fit.decompositions(0.3, 0.0, 1)[19]))
ratios = []
for number in range(1, 21):
    best = min(fit.run(degree, 0.3, 0.0, fit.NEVER, number).error for degree in degrees)
    ratios.append(min(fit.run(20, 0.3, lam, fit.NEVER, number).error for lam in fit.STRENGTHS) / best)
print(f"20 training sets: restrained, degree 20 beats the best degree {np.sum(np.array(ratios) < 1)} times;", end=" ")
print(f"median of its error: {np.median(ratios):.2f} times the best degree's")

# %% [markdown]
# Nearly as good as the best size, without knowing it. Too little patience stops before the bias is gone; none at all keeps all the variance.

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. Training error 1 %, validation error 15 %. Will more epochs help? More data?</summary>
#
# A large gap is variance: more data or restraint helps. More epochs tempt because the training error is not 0 yet; they raise capacity.
# </details>
# <details><summary>2. Both errors are 15 %, and nearly equal. What now?</summary>
#
# Either bias (take a larger model, train longer) or noise (nothing helps). "More data" tempts; it lowers variance, of which there is little.
# </details>
# <details><summary>3. You compare ten values of λ on the test set and report the best. What is wrong?</summary>
#
# The test set chose, so it has become a validation set, and its score is too good.
# </details>
# <details><summary>4. L1 by SGD gave no exact zero. Is the code wrong?</summary>
#
# No. Subgradient steps hover; take the proximal step.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. Rows 2, 3, 6, 8 and 9 were tested in sections 2, 5, 6, 4 and 5.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | MSE = bias² + variance | noise is not the model's | plus $\sigma^2$ | Geman et al. 1992 |
# | 2 | learning curves: training and *test* error | any unseen set is called test | training and validation; test once | section 2 |
# | 3 | stop when accuracy stops improving | one clean table | patience, ties, best weights | Prechelt 1998 |
# | 4 | high variance = passes through most points | degree 20 does | it means fits differ between training sets | Geman et al. 1992 |
# | 5 | L2 has an analytical solution | it has in regression | linear regression only | Hoerl & Kennard 1970 |
# | 6 | L1 gives zeros | its minimum has them | by a proximal step; subgradients hover | Tibshirani 1996, Parikh & Boyd 2014 |
# | 7 | weight decay λ is $\lambda\sum\theta^2$ | both are called L2 | PyTorch adds $\lambda\theta$: half of $2\lambda\theta$ | PyTorch's documentation |
# | 8 | test error is U-shaped | below the interpolation point it is | it can fall again | Belkin et al. 2019 |
# | 9 | more training *is* a higher degree | the same U | it acts like one: the capacity is effective | section 5 |

# %%
h = fits(6, x, ensemble)
bias2, variance = decompose(h, f(x_new))
print(f"1 degree 6: MSE measured {np.mean((h - fresh) ** 2):.3f}, bias² + variance {bias2 + variance:.3f}")
weights = np.linalg.lstsq(legvander(x, 20), ensemble.T, rcond=None)[0]
near = np.mean(np.abs((legvander(x, 20) @ weights).T - ensemble) < 0.1)
_, variance = decompose(fits(20, x, ensemble), f(x_new))
print(f"4 degree 20: variance {variance:.2f}, within 0.1 of only {near:.0%} of its training points")
above = (y > 0).astype(float)
ridge = np.linalg.solve(X.T @ X / N + 0.1 * np.eye(10), X.T @ (above - 0.5) / N)
slope = X.T @ (1 / (1 + np.exp(-X @ ridge)) - above) / N + 0.2 * ridge
print(f"5 slope of the L2 logistic cost at ridge's solution: {np.linalg.norm(slope):.2f}, not 0")
apart = np.abs(results["L2"] - descend(weight_decay=0.1)).max()
print(f"7 L2(0.1) against weight_decay=0.1: weights up to {apart:.3f} apart")

# %% [markdown]
# ## Summary
#
# 1. A training error of 0 can be memory. Only new examples tell.
# 2. Split first; choose on validation; look at the test set once.
# 3. MSE = bias² + variance + σ²: too simple, too changeable, and nobody's fault.
# 4. The U is classical: beyond the perfect fit the error can fall again.
# 5. Steps are capacity too. Stop early, keep the best weights, and say what a tie is.
# 6. L2 keeps weights small; L1 with a proximal step makes zeros.
# 7. Start too big, then restrain.
#
# ## PyTorch bridge
#
# ```python
# train, val, test = torch.utils.data.random_split(data, [0.6, 0.2, 0.2])        # not stratified
# torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=2 * lam)                # lam * sum(w**2), biases included
# cost = loss(net(X), y) + lam * sum(p.abs().sum() for p in net.parameters())    # L1
# best = copy.deepcopy(net.state_dict())                                         # when the validation loss is better
# net.load_state_dict(best)                                                      # when patience has ended
# ```
#
# ## Further reading
#
# - Hoerl, Kennard 1970, *Ridge Regression: Biased Estimation for Nonorthogonal Problems*; Tibshirani 1996, *Regression Shrinkage and Selection via the Lasso*
# - Geman, Bienenstock, Doursat 1992, *Neural Networks and the Bias/Variance Dilemma*
# - Prechelt 1998, *Early Stopping, but When?*
# - Parikh, Boyd 2014, *Proximal Algorithms*
# - Zhang et al. 2017, *Understanding Deep Learning Requires Rethinking Generalization*
# - Belkin, Hsu, Ma, Mandal 2019, *Reconciling Modern Machine-Learning Practice and the Classical Bias-Variance Trade-Off*
#
# **Now build it yourself:** [exercise 11](../exercises/11_overfitting.ipynb).
