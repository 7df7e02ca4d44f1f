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
# # 02 Logistic regression and its metrics
#
# **Let a neuron say how sure it is, give it a loss that fits, and count its mistakes in ways that do not flatter.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import ThresholdExplorer, plots, threshold

# %%
X, y = dl.data.breast_cancer()  # X: (569, 30), y: (569,)
X, y = X[::2, :2], 1 - y[::2]  # X: (285, 2) radius and texture, y: (285,); the set calls benign 1, we malignant
w, b = np.array([0.9, 0.2]), -17.0  # given; lesson 03 shows how such weights are found
names = {"classes": ("benign", "malignant"), "xlabel": "mean radius", "ylabel": "mean texture"}
threshold.probability_map(lambda X: dl.F.sigmoid(X @ w + b)[0], X, y, title="How likely is malignant?", **names)

# %% [markdown]
# *Figure: 285 breast tumours by radius and texture of their cell nuclei. Let h be the probability of malignant: a sure blue on the left fades through white at h = 0.5 to a sure orange on the right. Most benign tumours lie left, most malignant ones right; the white band holds both.*
#
# After this lesson you can
#
# - write sigmoid, softmax and their losses so that no finite input breaks them;
# - count precision, recall, specificity and F1, also when there is nothing to count;
# - choose a threshold for a purpose, and read ROC and precision-recall curves;
# - tell which of these numbers change when one class becomes rare.
#
# **Needs:** lesson 01. **Time:** 60 minutes. The weights are given: they were fitted to every second tumour and rounded, and we judge them on the other half. Features and halves were picked, after looking at both, for a clear example: do not take the numbers for a fair test (lesson 11).

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 01) A step neuron has weights (1, 1) and bias -1.5. Which gate is it?</summary>
#
# AND. Only the input (1, 1) brings the sum above 0.
# </details>
# <details><summary>2. (Lesson 01) How far does the perceptron rule move the weights for an example that is right already?</summary>
#
# Not at all, however close the call was.
# </details>
# <details><summary>3. (School) What are log 1, log(ab), and log of a number near 0?</summary>
#
# 0; log a + log b; a large negative number. All logs here are natural.
# </details>

# %% [markdown]
# ## 1. A step cannot say "perhaps"
#
# The neuron of lesson 01 computes a **weighted sum** $z = x \cdot w + b$ and calls a tumour malignant (**class 1**, also *positive*) if $z \ge 0$, else benign (**class 0**, *negative*). **Predict:** what share is right if we call *everyone* benign?

# %%
z = X @ w + b  # (285,)
called = (z >= 0).astype(int)  # the unit step
missed = (y == 1) & (called == 0)
print(f"the neuron is right on {np.mean(called == y):.0%} of tumours")
print(f"calling everyone benign is right on {np.mean(y == 0):.0%}")
print(f"{missed.sum()} of {y.sum()} malignant tumours are missed, {np.sum(z[missed] > -1)} of them with z above -1")
print("the step's answer to z = -0.01 and to z = -7:", np.heaviside([-0.01, -7.0], 1))

# %% [markdown]
# Two pains. Most of the missed lie close to the line, and the step hides it: a hair's breadth and a mile get the same answer. And **accuracy**, the share of right answers, praises a rule that finds no cancer at all, the more so the rarer cancer is. Sections 2 to 4 cure the first pain, sections 5 to 7 the second.

# %% [markdown]
# ## 2. From a sum to a probability
#
# Replace the step by a **sigmoid**, and the perceptron becomes **logistic regression**:
#
# $$h = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad z = \log\frac{h}{1-h}$$
#
# We read $h$ as the probability of class 1. Solved for $z$, on the right, it says that $z$ is the logarithm of the odds $h/(1-h)$: a **logit**.
#
# As written, it computes $e^{1000}$ at z = -1000, which no float holds. Where $z < 0$, multiply top and bottom by $e^{z}$: then no exponent is positive. **Worked:**


# %%
def textbook_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid(z):
    e = np.exp(-np.abs(z))  # 1. an exponent that is never positive
    return np.where(z >= 0, 1, e) / (1 + e)  # 2. 1/(1+e) on the right, e/(1+e) on the left


far = np.array([-1000.0, -7.0, -0.01, 0.0, 7.0, 1000.0])
try:
    with np.errstate(over="raise"):
        textbook_sigmoid(far)
except FloatingPointError as error:
    print("textbook:", error)
print("stable:  ", sigmoid(far).round(4))
print("same as the library:", np.array_equal(sigmoid(far), dl.F.sigmoid(far)[0]))
h = sigmoid(z)  # (285,): the probability that each tumour is malignant
print("log odds give z back:", np.allclose(np.log(h / (1 - h)), z))

axis = np.linspace(-8, 8, 161)
curves = {"unit step": np.where(axis < 0, 0.0, 1.0), "sigmoid": sigmoid(axis)}
plots.lines(axis, curves, title="Two answers to the same sum", xlabel="weighted sum z", ylabel="output")

# %% [markdown]
# *Figure: the step jumps from 0 to 1 at z = 0; the sigmoid climbs smoothly between the same two levels and passes 0.5 at z = 0.*
#
# The line $h = 0.5$ is the perceptron's. New are the shades on both sides.

# %% [markdown]
# ## 3. The loss of a yes or no
#
# How wrong is a probability? Let $y$ be the truth, 0 or 1. The neuron gave it probability $h$ if $y = 1$, else $1 - h$. Minus the log of that is the **surprise**; its mean over N examples is the **binary cross-entropy** (BCE):
#
# $$L = -\frac{1}{N}\sum_{n=1}^{N}\big[\,y_n \log h_n + (1 - y_n)\log(1 - h_n)\,\big]$$
#
# But at z = 40 the float $h$ is exactly 1, and $\log(1 - h)$ is lost. So put in $h = \sigma(z)$ by hand first: $-\log h = \log(1 + e^{-z})$ and $-\log(1-h) = z + \log(1+e^{-z})$. Together, with no positive exponent:
#
# $$\ell(z, y) = \max(z, 0) - y\,z + \log(1 + e^{-|z|})$$


# %%
def bce(z, y):
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))  # log1p(e) is log(1 + e)


with np.errstate(divide="ignore"):
    print("z = 40, y = 0 by way of h:", -np.log(1 - sigmoid(np.array(40.0))), "  from z:", bce(40.0, 0))
same = np.isclose(bce(z, y).mean(), dl.BCEWithLogitsLoss()(z, y))
print(f"tumours: {bce(z, y).mean():.4f}, the library gives the same: {same}")
print(f"always saying h = 0.5: log 2 = {np.log(2):.4f}")

loss = {"cross-entropy": bce(axis, 1), "squared error": (sigmoid(axis) - 1) ** 2}
for name, curve in loss.items():
    print(f"{name:13} slope at z = -8: {(curve[1] - curve[0]) / (axis[1] - axis[0]):.4f}")
plots.lines(axis, loss, title="Two losses when the truth is 1", xlabel="weighted sum z", ylabel="loss")

# %% [markdown]
# *Figure: both losses fall to 0 on the right. On the left, where the answer is badly wrong, cross-entropy rises like a straight line; squared error flattens out at 1.*
#
# Learning follows the slope (lesson 03). Where the neuron is sure and wrong, squared error has almost none; cross-entropy keeps -1. Its slope in z is $h - y$ (lesson 04 derives it).

# %% [markdown]
# ## 4. K classes: softmax
#
# For K classes take K logits $z_k$ per example and turn them into K probabilities:
#
# $$h_k = \frac{e^{z_k}}{\sum_{j} e^{z_j}}$$
#
# The same number added to all $z_k$ cancels. So subtract the largest: then no exponent is positive.
#
# **Your turn.** Steps 1 and 3 are wrong on purpose: repair them. In the exercise you start from an empty cell.


# %%
def softmax(z):  # z: (N, K)
    top = 0.0  # 1. each row's largest logit: repair me
    e = np.exp(z - top)  # 2. no exponent is positive now
    return e / e.sum()  # 3. each row's share of its sum: repair me


with np.errstate(over="ignore", invalid="ignore"):
    rows = softmax(np.array([[2.0, 1.0, 0.1], [3.0, 3.0, 3.0]]))
    large = softmax(np.array([[1000.0, 1000.0]]))
print("rows: ", "right" if np.allclose(rows[0], [0.659, 0.242, 0.099], atol=5e-4) else "not yet, each should sum to 1")
print("large:", "right" if np.allclose(large, 0.5) else "not yet, e to the power 1000 is in it")
print("the library's first row:", dl.F.softmax(np.array([[2.0, 1.0, 0.1]]))[0].round(3))

# %% [markdown]
# <details><summary>Answer</summary>
#
# `top = z.max(axis=1, keepdims=True)` and `e / e.sum(axis=1, keepdims=True)`. `z.max()` tempts: one maximum for all rows. It does not overflow, but a row far below it becomes 0/0.
# </details>
#
# The loss is again the surprise at the truth. If the truth is class $c$, then
#
# $$-\log h_c = \underbrace{\log \textstyle\sum_j e^{z_j}}_{\text{log-sum-exp}} - z_c, \qquad \log \textstyle\sum_j e^{z_j} = m + \log \textstyle\sum_j e^{z_j - m}, \quad m = \max_j z_j$$
#
# The mean over the examples is the **categorical cross-entropy**. With rows $y_n$ that hold a 1 at the true class and 0 elsewhere (**one-hot**), it reads $-\frac{1}{N}\sum_n\sum_k y_{nk}\log h_{nk}$.

# %%
logits = np.array([[2.0, 1.0, 0.1], [1000.0, 990.0, 0.0]])  # (2, 3)
c = np.array([0, 1])  # (2,): the true classes
m = logits.max(axis=1)
log_sum_exp = m + np.log(np.exp(logits - m[:, np.newaxis]).sum(axis=1))
surprise = log_sum_exp - logits[[0, 1], c]
print("surprise per example:", surprise.round(3))
print("mean", surprise.mean().round(4), "  library", round(dl.CrossEntropyLoss()(logits, c), 4))
two = dl.F.softmax(np.column_stack([z, np.zeros_like(z)]))[0][:, 0]
print("softmax of (z, 0) is the sigmoid of z:", np.allclose(two, h))

# %% [markdown]
# | target | output | loss | in the library |
# |---|---|---|---|
# | any number | identity, $h = z$ | half squared error, $\frac{1}{2N}\sum_n (h_n - y_n)^2$ | `F.half_squared_error` |
# | yes or no | sigmoid | binary cross-entropy | `BCEWithLogitsLoss` |
# | one of K | softmax | categorical cross-entropy | `CrossEntropyLoss` |
#
# The last two take logits: sigmoid and softmax are inside.

# %% [markdown]
# ## 5. Counting right and wrong
#
# A decision needs a **threshold** t: call 1 where $h \ge t$. Then four things can happen. A malignant tumour is found (**TP**, true positive) or missed (**FN**, false negative); a benign one is called by mistake (**FP**) or left alone (**TN**). The **confusion matrix** holds the four counts, one row per true class. Each share asks its own question:
#
# | | share | question |
# |---|---|---|
# | precision P | TP / (TP + FP) | of those called, how many are right? |
# | recall R (sensitivity) | TP / (TP + FN) | of the malignant, how many are found? |
# | specificity | TN / (TN + FP) | of the benign, how many are left alone? |
# | F1 | 2PR / (P + R) = 2TP / (2TP + FP + FN) | are precision *and* recall good? |

# %%
M = dl.metrics
(tn, fp), (fn, tp) = M.confusion_matrix(y, called)  # t = 0.5, the same as z >= 0
precision, recall, specificity = tp / (tp + fp), tp / (tp + fn), tn / (tn + fp)
f1 = 2 * precision * recall / (precision + recall)
print(M.confusion_matrix(y, called))
print(f"precision {precision:.3f}, recall {recall:.3f}, specificity {specificity:.3f}, F1 {f1:.3f}")
print("the library's F1:", round(M.f1_score(y, called), 3))
print(f"P = 1, R = 0.02: plain mean {(1 + 0.02) / 2:.2f}, harmonic mean F1 {2 * 1 * 0.02 / (1 + 0.02):.2f}")

# %% [markdown]
# F1 is the **harmonic mean**: it stays near the worse of the two.
#
# **Nothing to count.** If nobody is called, precision is 0/0. scikit-learn then answers 0, silently if you pass `zero_division=0`. We do the same: *a share of nothing is 0*. It has no specificity; that is the recall of class 0.

# %%
from sklearn import metrics as sk

cases = {
    "nobody called": ([1, 1, 0, 0], [0, 0, 0, 0]),
    "nobody positive": ([0, 0, 0, 0], [1, 0, 0, 0]),
    "neither of them": ([0, 0, 0, 0], [0, 0, 0, 0]),
    "nobody negative": ([1, 1, 1, 1], [1, 1, 1, 0]),
}
print("                P     R     spec  F1    as scikit-learn")
for name, (truth, calls) in cases.items():
    ours = [M.precision(truth, calls), M.recall(truth, calls), M.specificity(truth, calls), M.f1_score(truth, calls)]
    silent = {"zero_division": 0}
    theirs = [sk.precision_score(truth, calls, **silent), sk.recall_score(truth, calls, **silent)]
    theirs += [sk.recall_score(truth, calls, pos_label=0, **silent), sk.f1_score(truth, calls, **silent)]
    print(f"{name:16}" + "  ".join(f"{share:.2f}" for share in ours), " ", np.allclose(ours, theirs))

# %% [markdown]
# ## 6. Move the threshold
#
# Nothing forces t = 0.5. Over all thresholds, the **ROC curve** (receiver operating characteristic) shows recall against the share of false alarms, $1 - {}$specificity; the **precision-recall curve** shows precision against recall.
#
# **Predict**, before you touch anything: at t = 0.5 recall is 0.89 and precision 0.90. You want a recall of 0.95 or more. What is the best precision left: about 0.9, 0.8 or 0.6?
#
# **Play** until the goal line says that you reached it. Then predict again: count each benign tumour 20 times, as in a screening. Which of the two curves moves?

# %%
ThresholdExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, histograms of both classes' scores with the movable threshold, above the confusion matrix; middle, the ROC curve; right, the precision-recall curve. Dots mark the threshold, dashed lines a recall of 0.95, dotted lines chance.*
#
# **Explain:**

# %%
settings = np.arange(101) / 100
reached = {t: M.precision(y, (h >= t).astype(int)) for t in settings if M.recall(y, (h >= t).astype(int)) >= 0.95}
best = max(reached, key=reached.get)
print(f"recall >= 0.95: best precision {reached[best]:.3f}, at t = {best}")
for t in (0.49, 0.5, 1.0):
    calls = (h >= t).astype(int)
    print(f"t = {t}: {calls.sum()} called, precision {M.precision(y, calls):.4f}, recall {M.recall(y, calls):.3f}")
p, r, _ = sk.precision_recall_curve(y, h)
print("scikit-learn's curve ends at precision", p[-1], "and recall", r[-1])

# %% [markdown]
# As t rises, recall can only fall. Precision wavers: from 0.49 to 0.5 a true call is lost and no false one. At t = 1 nobody is called: there scikit-learn's `precision_recall_curve` ends at precision 1, by convention, although `precision_score` says 0. (We chose t on the tumours that judge it, which flatters: lesson 11.)
#
# The **area under the ROC curve (AUC)** is the chance that a random malignant tumour scores above a random benign one, a tie counting half (Hanley and McNeil 1982): 1 is perfect, 0.5 is a coin. To draw the curve, lower the threshold past one score after another. **Predict:** what if scores are equal?


# %%
def example_by_example(y, order):  # tempting, and wrong with ties: one point per example
    y = np.array(y)[order]
    return np.append(0, np.cumsum(1 - y) / np.sum(1 - y)), np.append(0, np.cumsum(y) / np.sum(y))


truth, score = np.array([1, 0, 1, 0, 1, 0]), np.array([0.9, 0.7, 0.7, 0.7, 0.4, 0.2])
fpr, tpr, thresholds = M.roc_curve(truth, score)
rocs = {"tied scores together": (fpr, tpr)}
for name, luck in [("positives first", 1 - truth), ("negatives first", truth)]:
    rocs[name] = example_by_example(truth, np.lexsort([luck, -score]))  # falling scores, then luck
for name, curve in rocs.items():
    print(f"{name:20} AUC {M.auc(*curve):.4f}")
wins = score[truth == 1][:, np.newaxis] - score[truth == 0]  # (3, 3): every pair
print(f"pairs won, ties half {np.mean(wins > 0) + np.mean(wins == 0) / 2:.4f}")
print(f"scikit-learn         {sk.roc_auc_score(truth, score):.4f}")
theirs = sk.roc_curve(truth, score, drop_intermediate=False)
print("our points are scikit-learn's:", all(map(np.array_equal, (fpr, tpr, thresholds), theirs)))
threshold.roc_picture(rocs, title="Six examples, three of them tied")

# %% [markdown]
# *Figure: three ROC curves. Where the three equal scores pass, the right one takes a straight slope; the two others turn corners above and below it.*
#
# No threshold can part equal scores, so they **move together**. Otherwise the order of rows in a file decides the AUC. With one class only there is no AUC: scikit-learn answers nan and warns, our library raises an error.

# %%
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it says: only one class is present
    print("scikit-learn:", sk.roc_auc_score([1, 1, 1], [0.2, 0.5, 0.9]))
try:
    M.roc_curve([1, 1, 1], [0.2, 0.5, 0.9])
except ValueError as error:
    print("our library: ", error)

# %% [markdown]
# ## 7. When one class is rare
#
# Now the screening in numbers.

# %%
curves = {}
for copies in (1, 20):
    weight = np.where(y == 1, 1, copies)
    share = np.average(y, weights=weight)
    p, r, _ = M.precision_recall_curve(y, h, sample_weight=weight)
    fpr, tpr, _ = M.roc_curve(y, h, sample_weight=weight)
    at = [f(y, h >= 0.33, sample_weight=weight) for f in (M.recall, M.specificity, M.precision)]
    print(f"{share:5.1%} malignant: all benign is right on {1 - share:.1%}   AUC {M.auc(fpr, tpr):.3f}")
    print("      at t = 0.33: recall {:.3f}, specificity {:.3f}, precision {:.3f}".format(*at))
    curves[f"{share:.1%} malignant"] = p
title = "The ROC curve has not moved; this one has"
plots.lines(r, curves, title=title, xlabel="recall", ylabel="precision", ylim=(-0.03, 1.03))

# %% [markdown]
# *Figure: precision against recall. At 35.8 % malignant it stays high until recall is near 1; at 2.7 % it lies far below and falls steeply.*
#
# Recall and specificity each look at *one* class, so the ROC curve cannot see how rare it is. Precision mixes both. Where positives are rare, look at the precision-recall curve too (Saito and Rehmsmeier 2015).
#
# **Class weights** act on the loss. If class k has $N_k$ of N examples, the weight $N / (K N_k)$ for each lets all classes count the same. What would training make of it? Shift all logits by a number s and look for the best.

# %%
shifts = np.arange(-60, 41) / 10
weight = np.where(y == 1, 1, 20)  # the screening
balanced = weight * M.class_weights(np.repeat(y, weight))[y]
losses = {
    name: [np.average(bce(z + s, y), weights=each) for s in shifts]
    for name, each in [("as it is", weight), ("class weights", balanced)]
}
for name, curve in losses.items():
    s = shifts[np.argmin(curve)]
    print(f"{name:13}: best shift {s:4.1f}, then at t = 0.5 recall {M.recall(y, z + s >= 0):.3f}", end=", ")
    print(f"precision {M.precision(y, z + s >= 0, sample_weight=weight):.3f}")
title, ylabel = "Where the loss is least", "binary cross-entropy"
plots.lines(shifts, losses, title=title, xlabel="shift s of all logits", ylabel=ylabel)

# %% [markdown]
# *Figure: two valleys. As it is, the loss is least far left of 0; with class weights, near 0.*
#
# Unweighted, the rare class is called rarely. Class weights win recall and pay with precision, as a lower threshold does. A shift keeps the order of the scores, and so the AUC; but weighted scores are no longer probabilities.

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. A filter is right on 99 % of mails. Is it good?</summary>
#
# Unknown. If 99 % of mails are harmless, so is a filter that never calls any. "99 % is high" forgets the base rate.
# </details>
# <details><summary>2. You lower the threshold. Which of recall, specificity and precision cannot rise?</summary>
#
# Specificity. Recall cannot fall. "Precision" tempts because it mostly falls, but it may rise.
# </details>
# <details><summary>3. Someone feeds sigmoid outputs into <code>BCEWithLogitsLoss</code>. What goes wrong?</summary>
#
# The sigmoid acts twice. Inputs in (0, 1) become probabilities from 0.5 to 0.73, so class 0 can never be held likely. It tempts because nothing fails.
# </details>
# <details><summary>4. A model gives everyone the score 0.3. Its AUC?</summary>
#
# 0.5: every pair is a tie. "0" tempts because it finds nobody at t = 0.5, but the AUC knows no threshold.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below tests it.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | logistic regression is a perceptron with a sigmoid | same sum, same line | true of the answers; the loss differs, and with it the learning: right answers still push | Rosenblatt 1958, Cox 1958 |
# | 2 | cross-entropy $-\frac{1}{M}\sum_{i}^{M}\sum_k^{M}\sum_k^K$ | sums copied twice | one sum over examples, one over classes; M times too large otherwise | section 4 |
# | 3 | $-\sum_k y_k \log h(x)$ | the index is dropped | $\log h_k(x)$: the probability of *that* class | section 4 |
# | 4 | the cost is $\sum (y - \hat y)^2$, for classes too | it works for regression | almost no slope where the answer is sure and wrong | section 3 |
# | 5 | if the output is 1 the neuron is activated | the step of lesson 01 | $h$ lies between 0 and 1; a threshold decides | section 5 |
# | 6 | precision is "accurate" | the words are neighbours in everyday language | precision, accuracy and recall are three numbers | section 5 |
# | 7 | F1 is the mean of precision and recall | it is a mean | the harmonic one | van Rijsbergen 1979 |
# | 8 | softmax gives the class probabilities | they sum to 1 | they may be far too sure: ten times the logits, same decisions | Guo et al. 2017 |
# | 9 | a high AUC is enough | one number for all thresholds | it does not see how rare a class is | Saito and Rehmsmeier 2015 |

# %%
right = called == y
print(
    f"1 same decisions: {np.array_equal(h >= 0.5, z >= 0)}; pushed by the perceptron rule: {np.sum(~right)} examples,"
)
print(
    f"  by h - y: {np.sum(np.abs(h - y) > 1e-6)} of {len(y)}, also when right, by {np.abs(h - y)[right].mean():.2f} on average"
)
one_hot = np.eye(3)[c]
log_h = logits - log_sum_exp[:, np.newaxis]
once = -np.sum(one_hot * log_h) / 2
print(f"2 once {once:.4f}, summed twice over M = 2: {2 * once:.4f}")
print("3 y_k log h_k, k by k:", (-one_hot[0] * log_h[0]).round(3) + 0.0, "; the other log h_k:", -log_h[0, 1:].round(3))
slope = sigmoid(-8.0) - 1  # of cross-entropy at z = -8, y = 1
print(f"4 slope at z = -8: cross-entropy {slope:.4f}", end=", ")
print(f"squared error {2 * slope * sigmoid(-8.0) * (1 - sigmoid(-8.0)):.4f}")
print(f"5 largest h of all tumours: {h.max():.6f}; equal to 1: {np.sum(h == 1)}")
print(f"6 precision {precision:.3f}, accuracy {right.mean():.3f}, recall {recall:.3f}")
R, _, P = at  # the screening of section 7
print(f"7 plain mean of {P:.3f} and {R:.3f}: {(P + R) / 2:.3f}, F1 {2 * P * R / (P + R):.3f}")
print(f"8 logits times ten: same decisions {np.array_equal(10 * z >= 0, z >= 0)}, ", end="")
print(f"loss {bce(z, y).mean():.3f} -> {bce(10 * z, y).mean():.3f}")
print(f"9 screening: AUC {M.auc(fpr, tpr):.3f}, and yet of those called at t = 0.33 only {P:.1%} are malignant")

# %% [markdown]
# ## Summary
#
# 1. Sigmoid turns a weighted sum into a probability; the sum is its log odds.
# 2. Cross-entropy is the surprise at the truth. Compute it from logits.
# 3. Softmax does the same for K classes; subtract the largest logit first.
# 4. Four counts; precision, recall and specificity are shares of them. A share of nothing is 0.
# 5. The threshold is yours: it trades recall for precision.
# 6. Tied scores move together; AUC is the chance to rank a pair rightly.
# 7. ROC does not see rarity; precision does.
# 8. Class weights make the rare class count, and unmake the probabilities.
#
# ## PyTorch bridge
#
# ```python
# from torch import nn, sigmoid, tensor
# neuron = nn.Linear(2, 1)                             # weight (out, in), ours (in, out)
# h = sigmoid(neuron(x))                               # to decide
# loss = nn.BCEWithLogitsLoss()(neuron(x), y)          # to train; y (N, 1), floats
# nn.BCEWithLogitsLoss(pos_weight=tensor([20.0]))      # weights class 1
# nn.CrossEntropyLoss(weight=weights)                  # divides by the sum of weights
# ```
#
# ## Further reading
#
# - Cox 1958, *The Regression Analysis of Binary Sequences*; Rosenblatt 1958, *The Perceptron*
# - van Rijsbergen 1979, *Information Retrieval*
# - Hanley, McNeil 1982, *The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve*
# - King, Zeng 2001, *Logistic Regression in Rare Events Data*
# - Saito, Rehmsmeier 2015, *The Precision-Recall Plot Is More Informative than the ROC Plot When Evaluating Binary Classifiers on Imbalanced Datasets*
# - Guo et al. 2017, *On Calibration of Modern Neural Networks*
#
# **Now build it yourself:** [exercise 02](../exercises/02_logistic_regression.ipynb).
