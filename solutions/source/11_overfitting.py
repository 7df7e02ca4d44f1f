# %% [markdown]
# # Exercise 11: Overfitting
#
# You take errors apart, split data without a leak, stop a training at the right epoch, and write the prices that keep
# weights small. Then the library trains digits with your split, your stopping rule and your price.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | bias², variance and noise, from a text with gaps | 4 | 8 |
# | q2 | a stratified split | 4 | 12 |
# | q3 | early stopping on given curves | 5 | 12 |
# | q4 | L1 and L2: penalty, gradient, proximal step, closed form | 5 | 14 |
# | q5 | a report that is too good, which you repair | 4 | 14 |
# | q6 | numbers and verdicts, on paper | 4 | 12 |
# | q7 | cross-validation | 4 | 14 |
#
# Read [lesson 11](../lessons/11_overfitting.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("11_overfitting")

# %%
from numpy.polynomial.legendre import legvander

import dlcourse as dl

# %% [markdown]
# ## Three rules for all questions
#
# 1. **Deviations and variances divide by N** (ddof = 0), as `std` and `var` of NumPy do.
# 2. **λ is the price as written:** $\lambda\sum\lvert w\rvert$ and $\lambda\sum w^2$. Losses are means over examples.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong.
#
# The next cell is no question. It makes the training sets of the lesson and loads digits, to try your functions on.


# %% tags=["demo"]
def f(x):
    """The truth of the lesson."""
    return np.sin(3 * x) + np.cos(5 * x) / 2


rng, sigma = np.random.default_rng(5), 0.3
x, x_new = np.linspace(-1, 1, 30), np.linspace(-1, 1, 201)
ensemble = f(x) + sigma * rng.normal(size=(200, 30))  # 200 training sets
digits, labels = dl.data.digits()

# %% [markdown]
# ## q1 · Bias, variance and noise, completed (4 points)
#
# `h` (S, T) holds the predictions of S fits, one per training set, at T points. `f` (T,) is the truth there, `sigma` the
# deviation of the noise. Take the error apart; every part is a mean over the T points.
#
# - `decompose(h, f, sigma)` returns four numbers: bias², variance, noise, and the expected mean squared error on new
#   targets.
#
# **Example.** Two fits at two points, sigma = 2:
#
# | | point 0 | point 1 |
# |---|---|---|
# | h | 1 and 3 | 5 and 5 |
# | mean fit | 2 | 5 |
# | f | 2 | 2 |
#
# bias² = (0 + 9)/2 = 4.5, variance = (1 + 0)/2 = 0.5, noise = 4, error = 9.
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`.


# %% question="q1"
def decompose(h, f, sigma):
    """What an error is made of.   h (S, T), f (T,), sigma a number -> bias2, variance, noise, mse"""
    ### BEGIN SOLUTION
    # 1. the mean fit
    mean = h.mean(axis=0)
    # 2. how far it is from the truth
    bias2 = np.mean((mean - f) ** 2)
    # 3. how far single fits are from it
    variance = np.mean((h - mean) ** 2)
    # 4. what nobody can predict
    noise = sigma**2
    # 5. all together
    mse = bias2 + variance + noise
    return bias2, variance, noise, mse
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the mean fit
    # mean = ...  # shape (T,)
    # # 2. how far it is from the truth
    # bias2 = ...
    # # 3. how far single fits are from it
    # variance = ...
    # # 4. what nobody can predict
    # noise = ...
    # # 5. all together
    # mse = ...
    # return bias2, variance, noise, mse
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The mean fit averages over training sets, point by point. Bias compares it with the truth, variance compares each fit with
# it. Only then do you average over points.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Square before you average over points: a bias of +1 here and -1 there is a bias. sigma is a deviation; the error is made
# of squares.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `h.mean(axis=0)` is the mean fit. bias2 is `np.mean` of the squared differences mean - f; variance is `np.mean` of the
# squared differences h - mean, or of `h.var(axis=0)`. The noise is sigma squared.
#
# </details>

# %% tags=["demo"]
for degree in (3, 6, 20):
    weights = np.linalg.lstsq(legvander(x, degree), ensemble.T, rcond=None)[0]
    parts = decompose((legvander(x_new, degree) @ weights).T, f(x_new), sigma)
    print(f"degree {degree:2}: bias² {parts[0]:.4f} + variance {parts[1]:.4f} + noise {parts[2]:.2f} = {parts[3]:.3f}")

# %% [markdown]
# ## q2 · A stratified split (4 points)
#
# Three parts, each class in each of them by its share.
#
# - `stratified_split(y, val_share, test_share, rng)`: `y` (N,) holds whole-number labels, not always 0, 1, 2. Returns three
#   arrays of *row numbers*, each in increasing order: training, validation, test.
#
# So that there is one right answer, go through the classes in increasing order, and for each of them
#
# 1. take the numbers of its rows, in increasing order, and shuffle them once: `rng.permutation(rows)`;
# 2. with n rows, give the first `int(test_share * n + 0.5)` to the test set;
# 3. give the next `int(val_share * n + 0.5)` to the validation set, and the rest to training.
#
# Both shares are shares of *all* n rows. (Adding 0.5 before `int` rounds to the nearest.)
#
# **Example.** `y = [7, 4, 7, 4, 7, 7]`, shares 0.25 and 0.25. Class 4 has rows 1, 3: one for the test, one for validation,
# none left. Class 7 has rows 0, 2, 4, 5: one, one, and two for training.


# %% question="q2"
def stratified_split(y, val_share, test_share, rng):
    """Rows for training, validation and test, class by class.   y (N,) -> three arrays of row numbers"""
    # For each class, in increasing order:
    #   1. its rows, shuffled
    #   2. how many for the test, how many for validation
    #   3. deal them out
    # At last, put the rows of each part in order
    ### BEGIN SOLUTION
    train, val, test = [], [], []
    for k in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == k))
        n_test = int(test_share * len(rows) + 0.5)
        n_val = int(val_share * len(rows) + 0.5)
        test.extend(rows[:n_test])
        val.extend(rows[n_test : n_test + n_val])
        train.extend(rows[n_test + n_val :])
    return np.sort(train), np.sort(val), np.sort(test)
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A loop over classes, three lists that grow. Work with row numbers, never with the labels themselves.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.unique(y)` gives the classes in order, `np.flatnonzero(y == k)` the rows of class k. After the shuffle, three slices
# that touch but do not overlap.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# With a = int(test_share n + 0.5) and b = int(val_share n + 0.5): `rows[:a]` to the test, `rows[a : a + b]` to validation,
# `rows[a + b :]` to training. `np.concatenate` joins what the classes gave, `np.sort` orders it.
#
# </details>

# %% [markdown]
# Digits, 60-20-20. Split first, then standardise by the training rows alone.

# %% tags=["demo"]
train, val, test = stratified_split(labels, 0.2, 0.2, np.random.default_rng(0))
X_train, X_val, X_test = dl.data.standardise(digits[train], digits[val], digits[test])
print("sizes", [len(rows) for rows in (train, val, test)])
print("nines", [int(np.sum(labels[rows] == 9)) for rows in (train, val, test)])

# %% [markdown]
# ## q3 · Early stopping (5 points)
#
# Given is one validation value per epoch, counted from 0. The rule:
#
# - A value is **better** if it is *below* the best so far by *more than* `min_delta`. If `higher_is_better`, it must be
#   *above* it by more than `min_delta`. The first value is always better. Equal is not better.
# - The best so far is the last value that was better, and nothing else.
# - After each epoch: if `epoch - best_epoch` is at least `patience`, stop.
#
# - `early_stop(values, patience, min_delta, higher_is_better)` returns two whole numbers: the last epoch that was run, and
#   the epoch whose weights are kept. If patience never ends, the last epoch is the last of the list.
#
# **Example.** `values = [9, 5, 6, 5, 4]`, min_delta 0, lower is better:
#
# | patience | returns | why |
# |---|---|---|
# | 1 | 2, 1 | epoch 2 is not better: stop |
# | 2 | 3, 1 | epoch 3 equals the best, which is not better |
# | 3 | 4, 4 | epoch 4 comes in time |


# %% question="q3"
def early_stop(values, patience, min_delta, higher_is_better):
    """Where training stops and what it keeps.   list of numbers -> last epoch, best epoch"""
    # 1. better?
    # 2. keep it
    # 3. patience at its end?
    ### BEGIN SOLUTION
    best, best_epoch = -np.inf, 0
    for epoch, value in enumerate(values):
        score = value if higher_is_better else -value
        if score > best + min_delta:
            best, best_epoch = score, epoch
        if epoch - best_epoch >= patience:
            break
    return epoch, best_epoch
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You may not look ahead: go through the values one by one, with two things in memory, the best value and its epoch.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Multiplied by -1, "lower is better" becomes "higher is better". Start with a best that everything beats: `-np.inf`. Both
# tests belong into every round of the loop.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For each epoch: score is the value, or minus the value if lower is better. If score > best + min_delta, remember score and
# epoch. If epoch - best_epoch >= patience, `break`. Return epoch and best_epoch.
#
# </details>

# %% [markdown]
# A real curve: 200 digits, a large network. Where would you have stopped?

# %% tags=["demo"]
X, y = dl.data.digits()
X, X_unseen, y, y_unseen = dl.data.train_test_split(X, y, 0.5, rng=np.random.default_rng(0))
rng = np.random.default_rng(1)
net = dl.Sequential(dl.Linear(64, 256, rng=rng), dl.ReLU(), dl.Linear(256, 10, rng=rng))
settings = {"epochs": 40, "rng": rng, "validation": (X_unseen, y_unseen), "progress": False}
history = dl.fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.01), X[:200], y[:200], **settings)
for patience in (1, 3, 10):
    end, kept = early_stop(history.val_loss, patience, 0.0, False)
    print(
        f"patience {patience:2}: {end + 1:2} epochs run, loss {history.val_loss[kept]:.4f} kept from epoch {kept}",
        end="",
    )
    print(f", without going back {history.val_loss[end]:.4f}")

# %% [markdown]
# ## q4 · L1 and L2 (5 points)
#
# - `penalty(w, l1, l2)` returns $l_1 \sum \lvert w\rvert + l_2 \sum w^2$, one number.
# - `penalty_gradient(w, l1, l2)` returns its gradient, in the shape of `w`, with sign(0) = 0.
# - `proximal_l1(w, lr, l1)`: every entry moves by `lr * l1` towards 0, and stops there. Returns the new `w`.
# - `ridge(X, y, l2)`: the weights that minimise $\frac1N \lVert Xw - y\rVert^2 + l_2 \sum w^2$, exactly. `X` (N, D), `y`
#   (N,). Returns (D,). There is no bias.
#
# **Example.** `w = [3, -4, 0, 0.25]`, l1 = 0.5, l2 = 0.1:
#
# | call | returns |
# |---|---|
# | `penalty(w, 0.5, 0.1)` | 6.13125 |
# | `penalty_gradient(w, 0.5, 0.1)` | [1.1, -1.3, 0, 0.55] |
# | `proximal_l1(w, 0.8, 0.5)` | [2.6, -3.6, 0, 0] |
# | `ridge([[2], [4]], [1, 3], 0.5)` | [0.66667] |


# %% question="q4"
def penalty(w, l1, l2):
    """The price of weights.   w any shape -> number"""
    ### BEGIN SOLUTION
    return l1 * np.abs(w).sum() + l2 * (w**2).sum()
    ### END SOLUTION


def penalty_gradient(w, l1, l2):
    """The gradient of the price.   w any shape -> like w"""
    ### BEGIN SOLUTION
    return l1 * np.sign(w) + 2 * l2 * w
    ### END SOLUTION


def proximal_l1(w, lr, l1):
    """A step towards 0 that stops there.   w any shape -> like w"""
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - lr * l1, 0)
    ### END SOLUTION


def ridge(X, y, l2):
    """Where the gradient of the whole cost is 0.   X (N, D), y (N,) -> (D,)"""
    ### BEGIN SOLUTION
    return np.linalg.solve(X.T @ X / len(X) + l2 * np.eye(X.shape[1]), X.T @ y / len(X))
    ### END SOLUTION


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The first three are one line each. For `ridge`, write down the gradient of the whole cost, set it to 0, and collect what
# stands before w.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The derivative of |w| is the sign of w, that of w² is 2 w. In the proximal step the *size* of an entry shrinks, never
# below 0, and the sign stays. The gradient of ridge's cost is 2/N Xᵀ(Xw - y) + 2 l2 w.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Proximal: sign of w times the maximum of |w| - lr l1 and 0. Ridge: (XᵀX/N + l2 I) w = Xᵀy/N, where I is
# `np.eye(X.shape[1])`; `np.linalg.solve(left, right)` finds w.
#
# </details>

# %% [markdown]
# Ten features of diabetes patients, three restraints of one strength: look for the zeros.

# %% tags=["demo"]
A, progress = (dl.data.standardise(part) for part in dl.data.diabetes())
progress = progress.ravel()
hovering, proximal = np.zeros(10), np.zeros(10)
for _ in range(2000):
    slope = 2 / len(A) * A.T @ (A @ hovering - progress)
    hovering = hovering - 0.05 * (slope + penalty_gradient(hovering, 0.1, 0.0))
    slope = 2 / len(A) * A.T @ (A @ proximal - progress)
    proximal = proximal_l1(proximal - 0.05 * slope, 0.05, 0.1)
for name, w in {
    "L1, subgradient": hovering,
    "L1, proximal": proximal,
    "L2, closed form": ridge(A, progress, 0.1),
}.items():
    print(f"{name:15} {np.sum(w == 0)} zeros, penalty {penalty(w, 0.1, 0.0):.4f}:", w.round(3) + 0.0)

# %% [markdown]
# ## q5 · Repair a report that is too good (4 points)
#
# The function below was handed to you with a note: *"My errors on the test set are excellent. At the customer's they are
# not."* Three steps of it look where they may not. What it is meant to do:
#
# 1. **Standardise** every feature by the mean and deviation of the *training* rows.
# 2. **Select** the `k` features whose sum of x y over the *training* rows is largest in size (with standardised x this
#    compares covariances). Keep their numbers in increasing order.
# 3. **Fit** ridge weights for every λ of `lams` on the training rows; the prediction is x w plus the training rows' mean of
#    y. Choose the λ of the lowest mean squared error on the *validation* rows.
# 4. **Report** the mean squared error of that λ on the *test* rows.
#
# - `report(X, y, train, val, test, k, lams)`: `X` (N, D), `y` (N,), three arrays of row numbers, a whole number, a list.
#   Returns the selected features (k,), the chosen λ, and the test error.


# %% question="q5"
def report(X, y, train, val, test, k, lams):
    """Select, choose and judge, each on its own rows.   -> features (k,), lam, test error"""
    ### BEGIN SOLUTION
    X = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    score = np.abs(X[train].T @ y[train])
    features = np.sort(np.argsort(score)[-k:])
    A, errors, test_errors = X[:, features], [], []
    for lam in lams:
        left = A[train].T @ A[train] / len(train) + lam * np.eye(k)
        w = np.linalg.solve(left, A[train].T @ y[train] / len(train))
        squares = (A @ w + y[train].mean() - y) ** 2
        errors.append(np.mean(squares[val]))
        test_errors.append(np.mean(squares[test]))
    best = int(np.argmin(errors))
    return features, lams[best], test_errors[best]
    ### END SOLUTION
    ### BEGIN STUDENT
    # X = (X - X.mean(axis=0)) / X.std(axis=0)
    # score = np.abs(X.T @ y)
    # features = np.sort(np.argsort(score)[-k:])
    # A, errors, test_errors = X[:, features], [], []
    # for lam in lams:
    #     left = A[train].T @ A[train] / len(train) + lam * np.eye(k)
    #     w = np.linalg.solve(left, A[train].T @ y[train] / len(train))
    #     squares = (A @ w + y[train].mean() - y) ** 2
    #     errors.append(np.mean(squares[test]))
    #     test_errors.append(np.mean(squares[test]))
    # best = int(np.argmin(errors))
    # return features, lams[best], test_errors[best]
    ### END STUDENT


# %% [markdown]
# See for yourself first: 40 rows, 300 features of pure noise. No honest model is better here than the mean, whose error is
# about 1.

# %% tags=["demo"]
errors = []
for seed in range(50):
    rng = np.random.default_rng(seed)
    noise, target = rng.normal(size=(40, 300)), rng.normal(size=40)
    rows = rng.permutation(40)
    _, _, error = report(noise, target, rows[:20], rows[20:30], rows[30:], 5, [0.01, 0.1, 1.0, 10.0])
    errors.append(error)
print(f"mean test error of 50 reports on noise: {np.mean(errors):.2f}")

# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go through the four steps of the list and ask of each line: which rows does it see? Three lines see more, or others, than
# the list allows.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Means, deviations and covariances are learned from data as weights are: from training rows. Whatever picks λ must not be
# what judges it, so each λ needs two errors.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Line 1: `X[train]` inside mean and std. Line 2: `X[train]` and `y[train]`. In the loop, `errors` is what chooses: the mean of
# `squares[val]`. `test_errors` only reports.
#
# </details>

# %% [markdown]
# ## q6 · On paper (4 points)
#
# **First part.** Write a list of six numbers, `on_paper`.
#
# - 1 and 2: three fits predict 2, 3 and 7 at a point where the truth is 5. The bias² there, and the variance.
# - 3: the noise has deviation 2. The expected squared error there, on a new target.
# - 4: you trained with the price $\lambda\sum w^2$, λ = 0.03. The `weight_decay` of PyTorch's SGD that takes the same steps.
# - 5 and 6: a weight of 0.5, and one of -0.1, after a proximal L1 step with rate 0.1 and λ = 2.

# %% question="q6"
### BEGIN SOLUTION
on_paper = [1.0, 14 / 3, 29 / 3, 0.06, 0.3, 0.0]
### END SOLUTION
### BEGIN STUDENT
# on_paper = ...
### END STUDENT

# %% [markdown]
# **Second part.** Each of these changes lowers mainly one part of the error. Write a dictionary `lowers` that gives
# `"bias"`, `"variance"` or `"noise"` for each name.
#
# | name | what is changed |
# |---|---|
# | `"more_examples"` | ten times as many training examples |
# | `"higher_degree"` | degree 5 instead of 2, fitted by least squares |
# | `"larger_lambda"` | λ of L2 from 0 to 0.01, at degree 20 |
# | `"longer_training"` | 1000 steps instead of 10 |
# | `"less_patience"` | patience 5 instead of 500 |
# | `"average_of_ten"` | the mean prediction of ten networks, each trained on a set of its own |
# | `"exact_targets"` | the targets *of the test* are measured ten times as exactly; training stays as it is |
# | `"smaller_price"` | λ of L1 from 1 to 0.001 |

# %% question="q6"
### BEGIN SOLUTION
lowers = {
    "more_examples": "variance",
    "higher_degree": "bias",
    "larger_lambda": "variance",
    "longer_training": "bias",
    "less_patience": "variance",
    "average_of_ten": "variance",
    "exact_targets": "noise",
    "smaller_price": "bias",
}
### END SOLUTION
### BEGIN STUDENT
# lowers = ...  # {"more_examples": "...", and so on}
### END STUDENT

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Bias: what the *mean* fit misses. Variance: how much a fit changes when the training set does. Noise: what remains when
# you know f exactly.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The mean of the three fits is 4. For the table, ask of each change: may the model bend more (bias falls), or depend less
# on its training set (variance falls)?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Variance: the mean of 2², 1² and 3². The error: the sum of three parts, one of them 2². The gradient of λ w² is 2 λ w. A
# proximal step moves by rate times λ = 0.2, at most as far as 0.
#
# </details>

# %% [markdown]
# ## q7 · Cross-validation (4 points)
#
# With 30 examples a validation set of 6 is a poor judge. **Cross-validation** lets every example judge once: cut the set
# into *folds*; for each fold, fit on all *other* examples, and predict this fold. In the end every example has one
# prediction by a model that never saw it.
#
# - `cross_validate(x, y, degrees, fold)`: `x`, `y` (N,); `degrees` a list; `fold` (N,) says for each example to which fold
#   it belongs. Returns two things: the error of each degree, as an array, and the best degree.
# - A fit of degree d is `np.linalg.lstsq(legvander(x, d), y, rcond=None)[0]`; its predictions are `legvander(x, d) @ w`.
# - The error of a degree is the mean of the squared errors over all N *examples*. (Folds may differ in size.)
# - The best degree has the lowest error; of equals the one that stands first in the list.
#
# **Example.** Degree 0 predicts the mean. With y = [1, 2, 6] and fold = [0, 0, 1], example 2 is predicted by 1.5, examples 0
# and 1 by 6. The error is (25 + 16 + 20.25)/3.


# %% question="q7"
def cross_validate(x, y, degrees, fold):
    """Every example judged by fits that never saw it.   x, y, fold (N,) -> errors (len(degrees),), best degree"""
    ### BEGIN SOLUTION
    errors = []
    for degree in degrees:
        squares = np.zeros(len(x))
        for k in np.unique(fold):
            out = fold == k
            w = np.linalg.lstsq(legvander(x[~out], degree), y[~out], rcond=None)[0]
            squares[out] = (legvander(x[out], degree) @ w - y[out]) ** 2
        errors.append(squares.mean())
    return np.array(errors), degrees[int(np.argmin(errors))]
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two loops: over degrees, and within it over folds. Collect squared errors example by example; the mean comes last.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `out = fold == k` marks the examples of a fold, `~out` all others. Fit on `~out`, predict `out`. An array of N zeros takes
# the squared errors at the right places.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Inside: w from `lstsq` with x and y taken at `~out`; its predictions at `x[out]` minus `y[out]`, squared, go to
# `squares[out]`. After the inner loop take the mean. The best degree stands where argmin of the errors points.
#
# </details>

# %% [markdown]
# You choose for five training sets of the lesson. The bottom of the U, known from 200 of them, is at degree 6.

# %% tags=["demo"]
choices = list(range(1, 13))
for number in range(5):
    fold = np.random.default_rng(number).permutation(30) % 5
    errors, degree = cross_validate(x, ensemble[number], choices, fold)
    print(f"training set {number}: degree {degree}, estimated error {errors.min():.3f}")

# %% [markdown]
# ## All together
#
# Digits, a fifth of the training labels wrong. The library's loop, your split, your price on the weights, and your rule as a
# callback. Choose by validation; look at the test once.


# %% tags=["demo"]
class MyPrice:
    """What fit asks of a regularizer."""

    def __init__(self, l1, l2):
        self.l1, self.l2 = l1, l2

    def add_gradient(self, parameters):
        """Between backward and step."""
        for p in parameters:
            p.grad += penalty_gradient(p.value, self.l1, self.l2)


class MyStopping(dl.Callback):
    """Keeps the best weights, by the learner's own rule."""

    def __call__(self, epoch, net, history):
        """After each epoch: is this the best one? Is patience at its end?"""
        _, best = early_stop(history.val_loss, 10, 0.0, False)
        if best == epoch:
            self.weights = net.state_dict()
        return epoch - best >= 10

    def finish(self, net):
        """Back to the best."""
        net.load_state_dict(self.weights)


rows, val, test = stratified_split(labels, 0.2, 0.2, np.random.default_rng(0))
rows = rows[::4]  # few examples
rng = np.random.default_rng(0)
given = np.where(rng.random(len(rows)) < 0.2, rng.integers(10, size=len(rows)), labels[rows])


def train_digits(**restraint):
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 256, rng=rng), dl.ReLU(), dl.Linear(256, 10, rng=rng))
    settings = {"epochs": 60, "rng": rng, "validation": (digits[val], labels[val]), "progress": False}
    dl.fit(
        net, dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.003), digits[rows], given, **settings, **restraint
    )
    return net, dl.accuracy(net, digits[val], labels[val])


restraints = {"no restraint": {}, "your early stopping": {"callbacks": [MyStopping()]}}
restraints["your L2, 0.01"] = {"regularizer": MyPrice(0.0, 0.01)}
restraints["your L1, 0.001"] = {"regularizer": MyPrice(0.001, 0.0)}
results = {name: train_digits(**restraint) for name, restraint in restraints.items()}
for name, (_, accuracy) in results.items():
    print(f"{name:19}: {accuracy:.1%} of the validation digits")
chosen = max(results, key=lambda name: results[name][1])
print(f"chosen: {chosen}, {dl.accuracy(results[chosen][0], digits[test], labels[test]):.1%} of the test digits")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
