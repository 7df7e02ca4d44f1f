# %% [markdown]
# # Exercise 02: Logistic regression and its metrics
#
# You write the functions that turn a sum into a probability, the losses that judge it, and the counts that judge a
# classifier. Your losses then watch the library learn, and your counts say what it learned.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | a sigmoid that never overflows, from a text with gaps | 3 | 6 |
# | q2 | softmax and log-sum-exp | 4 | 10 |
# | q3 | binary cross-entropy from logits | 4 | 10 |
# | q4 | a cross-entropy that somebody broke | 4 | 12 |
# | q5 | precision, recall, specificity and F1, also of nothing | 5 | 12 |
# | q6 | ROC points and the area below them, with ties | 6 | 16 |
# | q7 | what a rare class changes, and what it does not | 4 | 12 |
#
# Read [lesson 02](../lessons/02_logistic_regression.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After each check a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.
#
# **Write it yourself.** The library, SciPy and scikit-learn have most of what is asked for here. Compare with them as you
# like; an answer that calls them gets a sentence instead of points.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("02_logistic_regression")

# %%
import dlcourse as dl
from dlcourse import functional as F

# %% [markdown]
# ## Three rules for all questions
#
# 1. **z is a logit**, the weighted sum before sigmoid or softmax. **h** is a probability, **y** the truth.
# 2. **No overflow.** The checks called "no overflow" use logits between -1000 and 1000. There a warning of NumPy about
#    an overflow, a division by zero or an invalid value counts as wrong, even when the numbers come out right.
# 3. **Write it yourself.** You may call the library's functions to compare, not as your answer.
#
# The next cell is no question. It loads the tumours of the lesson with their given weights.

# %% tags=["demo"]
X, y = dl.data.breast_cancer()
X, y = X[::2, :2], 1 - y[::2]  # X: (285, 2) radius and texture, y: (285,) with 1 = malignant
z = X @ np.array([0.9, 0.2]) - 17.0  # (285,): one logit per tumour
print(f"{len(y)} tumours, {y.sum()} of them malignant; logits from {z.min():.1f} to {z.max():.1f}")

# %% [markdown]
# ## q1 · A sigmoid that never overflows (3 points)
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{e^{z} + 1}$$
#
# Both forms are the same function. Each raises e to a large positive power on one side of 0, and on the other side it
# does not. So take each where it is harmless. Fill in each `...`, then delete the line `raise NotImplementedError()`.
#
# - `sigmoid(z)`: `z` an array of any shape. Returns `h`, like `z`.
#
# **Example.** e^(ln 3) = 3, so `sigmoid([-ln 3, 0, ln 3])` is `[0.25, 0.5, 0.75]`.


# %% question="q1"
def sigmoid(z):
    """h = 1 / (1 + e^-z).   z any shape -> h like z"""
    ### BEGIN SOLUTION
    # 1. an exponential whose exponent is never positive
    e = np.exp(-np.abs(z))
    # 2. the value where z >= 0, written with e
    right = 1 / (1 + e)
    # 3. the value where z < 0, written with e
    left = e / (1 + e)
    return np.where(z >= 0, right, left)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. an exponential whose exponent is never positive
    # e = np.exp(...)
    # # 2. the value where z >= 0, written with e
    # right = ...
    # # 3. the value where z < 0, written with e
    # left = ...
    # return np.where(z >= 0, right, left)
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The exponent should be -z on the right of 0 and z on the left. Which one function of z is both?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Minus the absolute value. So on the right, your e is e^-z, and on the left it is e^z. Now read the two formulas above
# again, one for each side.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Both pieces have the denominator 1 + e. On the right the numerator is 1, on the left it is e.
#
# </details>

# %% tags=["demo"]
h = sigmoid(z)
print("least, middle and most suspicious tumour:", np.quantile(h, [0, 0.5, 1]).round(4))

# %% [markdown]
# ## q2 · Softmax and log-sum-exp (4 points)
#
# $$h_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad \mathrm{lse}(z) = \log \sum_j e^{z_j}$$
#
# Each row of `z` is an example, each column a class. No row may spoil another: the checks put a row of logits near
# 1000 above a row near -1000.
#
# - `softmax(z)`: `z` of shape (N, K). Returns `h` (N, K), whose rows sum to 1.
# - `log_sum_exp(z)`: `z` of shape (N, K). Returns one number per row, shape (N,).
#
# **Example.**
#
# ```
# z = [[0,    ln 3],     softmax(z) = [[0.25, 0.75],     log_sum_exp(z) = [ln 4,
#      [1000, 1000]]                   [0.5,  0.5 ]]                       1000 + ln 2]
# ```


# %% question="q2"
def softmax(z):
    """Each row's shares of its exponentials.   z (N, K) -> h (N, K)"""
    # 1. each row's largest logit
    # 2. no exponent is positive now
    # 3. each row's share of its sum
    ### BEGIN SOLUTION
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


def log_sum_exp(z):
    """The logarithm of each row's sum of exponentials.   z (N, K) -> (N,)"""
    # 1. each row's largest logit
    # 2. no exponent is positive now
    # 3. the logarithm of each row's sum, and back what step 2 took away
    ### BEGIN SOLUTION
    top = z.max(axis=1)
    e = np.exp(z - top[:, np.newaxis])
    return top + np.log(e.sum(axis=1))
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Subtracting one number from all logits of a row does not change the softmax. It does change log-sum-exp, by exactly
# that number. Which number makes all exponents harmless?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Each row's own maximum: (N, K) shrinks to (N,) along axis 1. To subtract it from (N, K) it must have the shape
# (N, 1): `keepdims=True` keeps the axis. A maximum over *all* rows would push the low rows down to e^-2000 = 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For softmax, divide e by its sum along axis 1, again with `keepdims=True`. For log-sum-exp, take the logarithm of
# the sum along axis 1 and add each row's maximum.
#
# </details>

# %% tags=["demo"]
print("softmax of [2, 1, 0.1]:", softmax(np.array([[2.0, 1.0, 0.1]])).round(3))
print("two classes, logits z and 0:", softmax(np.column_stack([z, 0 * z]))[:3, 0].round(4))
print("the sigmoid of z:           ", F.sigmoid(z)[0][:3].round(4))

# %% [markdown]
# ## q3 · Binary cross-entropy from logits (4 points)
#
# With $h = \sigma(z)$ the loss is
#
# $$L = -\frac{1}{N}\sum_n \big[\, y_n \log h_n + (1 - y_n) \log (1 - h_n) \,\big]$$
#
# Compute it from `z` without losing anything on the way: an answer of z = 1000 to a truth of 0 costs 1000, not
# infinity and not 34.5.
#
# - `bce_with_logits(z, y)`: `z` and `y` of one shape; each `y` is a number from 0 to 1, mostly 0 or 1. Returns one
#   number, the mean over all entries.
#
# **Example.** `z = [0, ln 3]`, `y = [1, 0]`: h = [0.5, 0.75], so the loss is (ln 2 + ln 4) / 2 = 1.0397.


# %% question="q3"
def bce_with_logits(z, y):
    """The mean surprise at a yes or no.   z, y of one shape -> one number"""
    ### BEGIN SOLUTION
    surprise = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    return surprise.mean()
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# At z = 40 the float h is exactly 1, and log(1 - h) cannot be saved any more. So do not compute h at all: put the
# formula of the sigmoid into the two logarithms, on paper.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# -log h is log(1 + e^-z), and -log(1 - h) is log(1 + e^z). The second is z more than the first, so the loss of one
# entry is log(1 + e^z) - y z. One of the exponentials is large now.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# log(1 + e^z) is the larger of z and 0, plus `np.log1p` of e to the power minus |z|. `np.logaddexp(0, z)` is the same.
# Subtract y z, and take the mean.
#
# </details>

# %% [markdown]
# **Now it judges.** The library trains the two weights (how, lesson 03 tells); the losses printed are computed by you.

# %% tags=["demo"]
library_bce = F.binary_cross_entropy_with_logits


def my_bce(z, y):
    return bce_with_logits(z, y), library_bce(z, y)[1]  # your loss, and the library's cache for its way back


X_scaled, rng = (X - X.mean(axis=0)) / X.std(axis=0), np.random.default_rng(0)
neuron = dl.Sequential(dl.Linear(2, 1, rng=rng))
optimizer, loss = dl.SGD(neuron.parameters(), lr=0.3), dl.BCEWithLogitsLoss()
with dl.swap(binary_cross_entropy_with_logits=my_bce):
    history = dl.fit(neuron, loss, optimizer, X_scaled, y[:, np.newaxis], epochs=12, rng=rng, progress=False)
print("your loss, epoch by epoch:", np.round(history.loss, 3))

# %% [markdown]
# ## q4 · Repair a cross-entropy (4 points)
#
# The loss of a classifier with K classes is the mean surprise at the true class:
#
# $$L = -\frac{1}{N}\sum_n \log h_{n,c_n}, \qquad h = \mathrm{softmax}(z) \text{ of each row}$$
#
# The function below was handed to you with a note: *"An untrained network of 3 classes should begin near log 3 =
# 1.0986. Mine begins elsewhere, and where depends on the batch size. Later the loss becomes nan."*
#
# Find what is wrong and repair it. There are three bugs. This is what a right function answers:
#
# | z | c | loss |
# |---|---|---|
# | `[[0, 0, 0], [0, 0, 0]]` | `[0, 2]` | ln 3 = 1.0986 |
# | `[[0, ln 3], [ln 3, 0]]` | `[1, 1]` | (ln 4/3 + ln 4) / 2 = 0.8370 |
# | `[[1000, 0], [0, 0]]` | `[1, 0]` | (1000 + ln 2) / 2 = 500.3466 |
#
# - `cross_entropy(z, c)`: `z` (N, K); `c` (N,) integers, the true classes. Returns one number. No overflow.


# %% question="q4"
def cross_entropy(z, c):
    """The mean surprise at the true class.   z (N, K), c (N,) integers -> one number"""
    ### BEGIN SOLUTION
    below = z - z.max(axis=1, keepdims=True)
    log_h = below - np.log(np.exp(below).sum(axis=1, keepdims=True))
    true_ones = log_h[np.arange(len(c)), c]
    return -true_ones.mean()
    ### END SOLUTION
    ### BEGIN STUDENT
    # e = np.exp(z)
    # h = e / e.sum(axis=0)
    # true_ones = h[:, c]
    # return -np.log(true_ones).mean()
    ### END STUDENT


# %% [markdown]
# See for yourself first. The last line of the table makes NumPy warn, so this cell tries the two others.

# %% tags=["demo"]
print(f"{cross_entropy(np.zeros((2, 3)), np.array([0, 2])):.4f}, expected 1.0986")
print(f"{cross_entropy(np.log([[1.0, 3.0], [3.0, 1.0]]), np.array([1, 1])):.4f}, expected 0.8370")

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Print the shape of each intermediate for the first line of the table, and the sums of the rows of `h`. Two things
# are not as they should be. The overflow comes last.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Each *row* of h must sum to 1. And `h[:, c]` takes *every* row's column c[0], then every row's column c[1]: an array
# (N, N). You want row 0 with c[0], row 1 with c[1], and so on: N numbers.
#
# For the overflow, do not take the logarithm of a quotient that may be 0: the logarithm of h is the logit minus the
# row's log-sum-exp.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Subtract each row's maximum from z. From that subtract the logarithm of the row's sum of exponentials, with the axis
# kept. Then index with two arrays: the row numbers 0 to N - 1, and c.
#
# </details>

# %% tags=["demo"]
library_cross_entropy = F.cross_entropy


def my_cross_entropy(z, c):
    return cross_entropy(z, c), library_cross_entropy(z, c)[1]


X_digits, c_digits = dl.data.digits()
rng = np.random.default_rng(0)
net = dl.Sequential(dl.Linear(64, 10, rng=rng))
optimizer, loss = dl.SGD(net.parameters(), lr=0.3), dl.CrossEntropyLoss()
with dl.swap(cross_entropy=my_cross_entropy):
    history = dl.fit(net, loss, optimizer, X_digits, c_digits, epochs=6, rng=rng, progress=False)
print(f"ten digits: a guess costs log 10 = {np.log(10):.3f}; your loss by epoch: {np.round(history.loss, 3)}")

# %% [markdown]
# ## q5 · Four shares, also of nothing (5 points)
#
# | | |
# |---|---|
# | precision | of those called 1, the share that is 1 |
# | recall | of those that are 1, the share that is called 1 |
# | specificity | of those that are 0, the share that is called 0 |
# | F1 | the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN) |
#
# **A share of nothing is 0**, as with scikit-learn's `zero_division=0`.
#
# - `scores(y_true, y_pred)`: two arrays (N,) of 0 and 1, truth first. Returns four numbers: precision, recall,
#   specificity, F1.
#
# **Example.**
#
# | y_true | y_pred | precision | recall | specificity | F1 |
# |---|---|---|---|---|---|
# | `[1, 1, 1, 0, 0, 0]` | `[1, 1, 0, 1, 0, 0]` | 2/3 | 2/3 | 2/3 | 2/3 |
# | `[1, 1, 1, 1, 0]` | `[1, 0, 0, 0, 0]` | 1 | 1/4 | 1 | 2/5 |
# | `[1, 1]` | `[0, 0]` | 0 (0/0) | 0 (0/2) | 0 (0/0) | 0 (0/2) |


# %% question="q5"
def scores(y_true, y_pred):
    """Precision, recall, specificity, F1.   y_true, y_pred (N,) of 0 and 1 -> four numbers"""
    # 1. the four counts
    # 2. the four shares; a share of nothing is 0
    ### BEGIN SOLUTION
    y_true, y_pred = y_true == 1, y_pred == 1
    tp, fp = np.sum(y_true & y_pred), np.sum(~y_true & y_pred)
    fn, tn = np.sum(y_true & ~y_pred), np.sum(~y_true & ~y_pred)

    def share(part, rest):
        return part / (part + rest) if part else 0.0

    return share(tp, fp), share(tp, fn), share(tn, fp), share(2 * tp, fp + fn)
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Count first: how many examples are 1 and called 1, 0 and called 1, 1 and called 0, 0 and called 0? Every share is a
# fraction made of these four.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `(y_true == 1) & (y_pred == 1)` is True where both hold, and `np.sum` counts the True. Precision divides TP by all
# that were called: TP + FP. Recall divides by all that are there, specificity looks at the zeros alone.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Write a helper that divides a count by another and returns 0 when the other is 0, and use it four times. For F1 take
# the form with the counts: it needs no precision and no recall, which might be shares of nothing.
#
# </details>

# %% tags=["demo"]
for t in (0.1, 0.33, 0.5, 0.9, 1.0):
    shares = scores(y, (F.sigmoid(z)[0] >= t).astype(int))
    print(f"t = {t:4}: precision {shares[0]:.3f}, recall {shares[1]:.3f}, ", end="")
    print(f"specificity {shares[2]:.3f}, F1 {shares[3]:.3f}")

# %% [markdown]
# ## q6 · ROC points and area (6 points)
#
# Lower the threshold from infinity past one score after another. At each stop, call 1 whoever scores *at least* the
# threshold, and note two shares: how many of the zeros are called (the false positive rate, `fpr`) and how many of the
# ones (the true positive rate, `tpr`).
#
# - `roc_points(y_true, score)`: `y_true` (N,) of 0 and 1, with both in it; `score` (N,), any numbers. Returns the
#   arrays `fpr`, `tpr`, both of shape (T + 1,), where T is the number of *different* scores. (`np.array(numbers)` makes
#   an array of a list.) The first point is (0, 0): nobody is called. The last is (1, 1). Examples with equal scores are
#   called together, at one stop. Keep every stop, also those on a straight line, as scikit-learn's
#   `roc_curve(..., drop_intermediate=False)` does.
# - `area(fpr, tpr)`: the area under any such curve, whose points are joined by straight lines. Each piece is a
#   trapezoid: its width times the mean of its two heights. `fpr` rises.
#
# **Example.**
#
# ```
# y_true = [0,   1,   0,   1  ]     fpr = [0, 0,   0.5, 1]
# score  = [0.1, 0.4, 0.4, 0.8]     tpr = [0, 0.5, 1,   1]     area = 0.875
# ```


# %% question="q6"
def roc_points(y_true, score):
    """The ROC curve's points.   y_true, score (N,) -> fpr, tpr (T + 1,)"""
    ### BEGIN SOLUTION
    falling = np.unique(score)[::-1]
    called = score >= falling[:, np.newaxis]
    fpr = called[:, y_true == 0].mean(axis=1)
    tpr = called[:, y_true == 1].mean(axis=1)
    return np.append(0, fpr), np.append(0, tpr)
    ### END SOLUTION


def area(fpr, tpr):
    """The area under a curve of straight pieces.   fpr, tpr (P,), fpr rising -> one number"""
    ### BEGIN SOLUTION
    widths = np.diff(fpr)
    heights = (tpr[1:] + tpr[:-1]) / 2
    return widths @ heights
    ### END SOLUTION


# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Do not walk over examples, walk over thresholds. There are as many stops as there are different scores. At each one,
# ask two questions about the examples called so far.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.unique(score)` gives the different scores, rising; `[::-1]` turns an array around. For one threshold,
# `score >= threshold` says who is called. Among the zeros, `y_true == 0`, the mean of that is the share. Put a 0 in
# front of both lists at the end.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# A loop over the falling thresholds that appends two means to two lists is a fine answer, if you turn the lists into
# arrays at the end. For the area, `np.diff` gives the widths; the two heights of each piece are `tpr` without its first entry and `tpr` without its last.
#
# </details>

# %% tags=["demo"]
fpr, tpr = roc_points(y, z)
print(f"{len(fpr)} points, area {area(fpr, tpr):.4f}")
wins = z[y == 1][:, np.newaxis] - z[y == 0]  # every pair of a malignant and a benign tumour
print(f"pairs that the scores rank rightly, ties half: {np.mean(wins > 0) + np.mean(wins == 0) / 2:.4f}")
coarse = roc_points(y, np.round(F.sigmoid(z)[0]))
print(f"scores rounded to 0 or 1: {len(coarse[0])} points, area {area(*coarse):.4f}")

# %% [markdown]
# ## q7 · From the clinic to a screening (4 points)
#
# A classifier was tested in a clinic, where many patients are ill. Now it is used on everyone. Suppose that the
# healthy people outside are like those in the clinic, only more: each healthy person of the test counts 20 times. The
# threshold stays where it is.
#
# **First part.** Which of these six numbers stay as they were, whatever the classifier? Think of the counts that each
# is made of.
#
# `accuracy`, `precision`, `recall`, `specificity`, `f1`, `auc`
#
# Write a set of names, such as `{"accuracy", "f1"}`.

# %% question="q7"
### BEGIN SOLUTION
unchanged = {"recall", "specificity", "auc"}
### END SOLUTION
### BEGIN STUDENT
# unchanged = ...
### END STUDENT

# %% [markdown]
# **Second part.** What is the precision among other people? Of those people, the share `share` is ill.
#
# - `precision_among(recall, specificity, share)`: three numbers from 0 to 1. Returns one number: of those whom the
#   classifier calls ill, the share that is ill. If it calls nobody at all, return 0.
#
# **Example.** Recall 0.9, specificity 0.9. Among people of whom half are ill, the answer is 0.9. If 1 in 100 is ill,
# then of 1000 people 10 are ill and 9 of these are found, but 99 healthy ones are called, too: the answer is 9/108,
# or 0.0833.


# %% question="q7"
def precision_among(recall, specificity, share):
    """The precision where this share is ill.   three numbers from 0 to 1 -> one number"""
    ### BEGIN SOLUTION
    found = recall * share
    alarms = (1 - specificity) * (1 - share)
    return found / (found + alarms) if found else 0.0
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the first part, multiply FP and TN by 20 in each formula and see whether the 20 cancels. For the second part,
# imagine 1000 people, as the example does.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Recall looks at the ill alone, specificity at the healthy alone. The points of a ROC curve are made of these two. In
# the second part, the ill are `share` of the people and recall of them are called; who else is called?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The healthy are 1 - share of the people, and of them 1 - specificity are called by mistake. The answer is the found
# divided by the found plus the mistakes, unless both are 0.
#
# </details>

# %% [markdown]
# The classifier of the lesson, at the threshold of its explorer's goal. Predict the last line before you run it.

# %% tags=["demo"]
for share in (0.358, 0.1, 0.027, 0.001):
    print(f"{share:.1%} ill: precision {precision_among(0.951, 0.847, share):.3f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
