# %% [markdown]
# # Exercise 14: Handwritten digits, end to end
#
# The last one. You assemble a whole network, measure what is wrong when it does not learn, teach it that a moved digit is
# the same digit, keep its best weights, and report what it does with numbers that you computed. In q5 your network reads
# digits that it has never seen, moved, turned and written with another pen.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | loss and gradients of a whole network, from a text with gaps | 4 | 12 |
# | q2 | three measurements, and what they say | 4 | 12 |
# | q3 | pictures that move and do not wrap around | 4 | 12 |
# | q4 | a training loop that somebody broke | 4 | 15 |
# | q5 | a network that reads disturbed digits | 6 | 25 |
# | q6 | the report: precision, recall, confused pairs | 4 | 12 |
# | q7 | how sure is the number? | 4 | 12 |
#
# Read [lesson 14](../lessons/14_capstone.ipynb) first. The questions do not depend on each other: leave one out, and come
# back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below it: it
# says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A few more
# checks, with other numbers, run when the exercise is graded. After most checks a cell puts your functions to work. It
# needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("14_capstone")

# %%
from functools import partial

import dlcourse as dl

fit = partial(dl.fit, progress=False)  # the library's training loop, without its bar

# %% [markdown]
# ## Three rules for all questions
#
# 1. **A picture is a row** of 64 numbers from 0 (paper) to 1 (ink): the top row of pixels first, each from left to right.
#    `X` is (N, 64), labels `y` are (N,), whole numbers from 0 to 9.
# 2. **Parameters** of the network with one hidden layer are a tuple `(W1, b1, W2, b2)`, with weights `(in, out)`.
# 3. **Leave what you are given as it is.** A function that changes its arguments in place is wrong.
#
# The next cell is no question. It holds digits to try things on, and the library's version of q1, for later questions.


# %%
def network_loss(parameters, X, y):
    """Loss and gradients by the library's layers.   (W1, b1, W2, b2), X (N, D), y (N,) -> number, list of four"""
    rng, (D, H), K = np.random.default_rng(0), parameters[0].shape, len(parameters[3])
    net, loss = dl.Sequential(dl.Linear(D, H, rng=rng), dl.ReLU(), dl.Linear(H, K, rng=rng)), dl.CrossEntropyLoss()
    for own, given in zip(net.parameters(), parameters, strict=True):
        own.value = given
    value = loss.forward(net(X), y)
    net.backward(loss.backward())
    return value, [own.grad.copy() for own in net.parameters()]


# %% tags=["demo"]
X_digits, y_digits = dl.data.digits("train")
X_train, X_val, y_train, y_val = dl.data.train_test_split(X_digits, y_digits, rng=np.random.default_rng(0))

# %% [markdown]
# ## q1 · Loss and gradients, completed (4 points)
#
# All of lessons 02 to 05 in one function: a hidden layer with ReLU, logits, the mean cross-entropy, and the way back.
#
# $$z_1 = X W_1 + b_1, \quad x_1 = \max(z_1, 0), \quad z_2 = x_1 W_2 + b_2, \quad h = \text{softmax}(z_2), \quad L = -\frac1N \sum_n \ln h_{n, y_n}$$
#
# - `loss_and_gradients(parameters, X, y)`: `parameters` is `(W1, b1, W2, b2)` of shapes (D, H), (H,), (H, K), (K,); `X`
#   (N, D), `y` (N,). Returns the loss, a number, and a tuple of four gradients in the same order.
# - The slope of ReLU at 0 is 0. No overflow, however large the logits are.
#
# **Example.** With all parameters 0 and K = 2 the loss is ln 2. For `X = [[1, 2], [3, 4]]` and `y = [0, 1]` all four
# gradients are 0; for `y = [0, 0]` the gradient of b2 is [-0.5, 0.5].
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`.


# %% question="q1"
def loss_and_gradients(parameters, X, y):
    """A whole network, there and back.   (W1, b1, W2, b2), X (N, D), y (N,) -> loss, (dW1, db1, dW2, db2)"""
    ### BEGIN SOLUTION
    W1, b1, W2, b2 = parameters
    rows = np.arange(len(X))
    # 1. forward: two layers
    z1 = X @ W1 + b1
    x1 = np.maximum(z1, 0)
    z2 = x1 @ W2 + b2
    # 2. the loss, from logits that cannot overflow
    z2 = z2 - z2.max(axis=1, keepdims=True)
    log_h = z2 - np.log(np.exp(z2).sum(axis=1, keepdims=True))
    loss = -log_h[rows, y].mean()
    # 3. the delta of the output: (h - one-hot) / N
    delta2 = np.exp(log_h)
    delta2[rows, y] -= 1
    delta2 = delta2 / len(X)
    # 4. the second layer's gradients, and the delta of the hidden layer
    dW2 = x1.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * (z1 > 0)
    # 5. the first layer's gradients
    dW1 = X.T @ delta1
    db1 = delta1.sum(axis=0)
    return loss, (dW1, db1, dW2, db2)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # W1, b1, W2, b2 = parameters
    # rows = np.arange(len(X))
    # # 1. forward: two layers
    # z1 = ...
    # x1 = ...
    # z2 = ...
    # # 2. the loss, from logits that cannot overflow
    # z2 = z2 - ...  # something that leaves the softmax as it is
    # log_h = ...  # the logarithm of the softmax, without a logarithm of 0
    # loss = ...
    # # 3. the delta of the output: (h - one-hot) / N
    # delta2 = np.exp(log_h)
    # delta2[rows, y] -= 1
    # delta2 = delta2 / len(X)
    # # 4. the second layer's gradients, and the delta of the hidden layer
    # dW2 = ...
    # db2 = ...
    # delta1 = ...  # back through W2, then through the ReLU
    # # 5. the first layer's gradients
    # dW1 = ...
    # db1 = ...
    # return loss, (dW1, db1, dW2, db2)
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the shapes beside each line: X (N, D), z1 (N, H), z2 (N, K), delta2 (N, K), delta1 (N, H). A gradient has the shape
# of what it belongs to, and that nearly always leaves one way to multiply.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Subtracting each row's largest logit leaves the softmax as it is and makes every exponent at most 0. The logarithm of the
# softmax is the logit minus the logarithm of the sum of exponentials of its row. On the way back the hidden layer's delta
# is what arrives through W2, times the ReLU's slope, which is 1 where z1 is above 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `log_h` is z2 minus `np.log` of the sum along axis 1 of `np.exp(z2)`, with `keepdims=True`. The loss is minus the mean of
# `log_h[rows, y]`. dW2 is x1 transposed times delta2, db2 the sum of delta2's rows; the first layer is the same with X and
# delta1.
#
# </details>

# %% [markdown]
# **Now it trains:** plain descent on 1078 digits, 300 steps, with your function alone.

# %% tags=["demo"]
rng = np.random.default_rng(0)
parameters = [rng.normal(0, 0.2, (64, 32)), np.zeros(32), rng.normal(0, 0.2, (32, 10)), np.zeros(10)]
for step in range(301):
    loss, gradients = loss_and_gradients(tuple(parameters), X_train, y_train)
    if step % 100 == 0:
        print(f"step {step:3}: loss {loss:.4f}")
    parameters = [p - 0.5 * g for p, g in zip(parameters, gradients, strict=True)]

# %% [markdown]
# ## q2 · Three measurements (4 points)
#
# The recipe of the lesson, as functions.
#
# - `start_ratio(z, y)`: `z` (N, K) are the logits of an untrained network, `y` (N,) labels. Returns its mean cross-entropy
#   divided by the loss of equal probabilities, ln K. `dl.F.cross_entropy(z, y)` is free to use; it returns the loss and a
#   cache.
# - `update_ratios(before, after)`: two lists with the network's parameters, before and after one step. Returns a list with
#   $\lVert W_{after} - W_{before} \rVert / \lVert W_{before} \rVert$ of every weight *matrix*, in order; biases, which have
#   one axis, are left out. The norm is the root of the sum of all squared entries.
# - `diagnose(start, one_batch, ratio)`: three numbers: a start ratio, the loss that is left after fitting one batch, and an
#   update ratio. Returns the *first* line that applies:
#
# | if | answer |
# |---|---|
# | `start` is above 2 | `"logits too large"` |
# | `ratio` is below 0.00001 | `"steps too small"` |
# | `ratio` is above 0.1 | `"steps too large"` |
# | `one_batch` is above 0.1 | `"broken chain"` |
# | none of these | `"look at the data"` |
#
# **Example.** `start_ratio` of equal logits is 1. With `before = [[[3, 4]], [1]]` (a 1 × 2 matrix and a bias) and
# `after = [[[3, 4.5]], [2]]`, `update_ratios` gives `[0.1]`. `diagnose(1.0, 1.5, 0.001)` is `"broken chain"`.


# %% question="q2"
def start_ratio(z, y):
    """Loss at the start, as a multiple of knowing nothing.   z (N, K), y (N,) -> number"""
    ### BEGIN SOLUTION
    loss, _ = dl.F.cross_entropy(z, y)
    return loss / np.log(z.shape[1])
    ### END SOLUTION


def update_ratios(before, after):
    """How far one step moved each weight matrix, relative to its size.   two lists of arrays -> list of numbers"""
    ### BEGIN SOLUTION
    ratios = []
    for i, old in enumerate(before):
        if old.ndim == 2:
            ratios.append(np.linalg.norm(after[i] - old) / np.linalg.norm(old))
    return ratios
    ### END SOLUTION


def diagnose(start, one_batch, ratio):
    """What three measurements say.   three numbers -> text"""
    ### BEGIN SOLUTION
    if start > 2:
        return "logits too large"
    if ratio < 0.00001:
        return "steps too small"
    if ratio > 0.1:
        return "steps too large"
    if one_batch > 0.1:
        return "broken chain"
    return "look at the data"
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The table is a chain of questions: as soon as one is answered with yes, the others are not asked. A tiny step cannot fit
# one batch either, so the ratio is asked before the batch.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# K is the number of columns of z, not the largest label. `np.linalg.norm(a)` of a matrix is the root of the sum of its
# squares. An array's `ndim` says how many axes it has.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Divide the first value of `dl.F.cross_entropy` by `np.log(z.shape[1])`. For the ratios, go through both lists together with
# `zip`, keep those with `ndim == 2`, and divide the norm of the difference by the norm of the old one. For `diagnose`, four
# `if` with a `return` each, and a last `return`.
#
# </details>

# %% [markdown]
# Four networks, each with one fault. Your functions find them.

# %% tags=["demo"]
faults = {
    "healthy": (1.0, 0.003, y_train),
    "large weights": (8.0, 0.003, y_train),
    "tiny rate": (1.0, 1e-7, y_train),
    "labels out of order": (1.0, 0.003, np.random.default_rng(1).permutation(y_train)),
}
for name, (scale, lr, labels) in faults.items():
    rng, loss = np.random.default_rng(1), dl.CrossEntropyLoss()
    net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.ReLU(), dl.Linear(32, 10, rng=rng))
    for p in net.parameters():
        p.value = scale * p.value
    start = start_ratio(net(X_train), labels)
    optimizer = dl.Adam(net.parameters(), lr=lr)
    history = fit(net, loss, optimizer, X_train[:20], labels[:20], epochs=300, rng=rng)
    before = [p.value.copy() for p in net.parameters()]
    fit(net, loss, optimizer, X_train[:32], labels[:32], epochs=1, rng=rng)
    ratio = update_ratios(before, [p.value for p in net.parameters()])[0]
    print(f"{name:20} start {start:5.2f}, one batch {history.loss[-1]:.3f}, ratio {ratio:.1e}: ", end="")
    print(diagnose(start, history.loss[-1], ratio))

# %% [markdown]
# ## q3 · Pictures that move (4 points)
#
# A digit that is moved by a pixel is the same digit, but to a dense network it is news. Moved copies in training teach it.
# What leaves the picture is gone, and what comes in is paper, 0: nothing comes back on the other side.
#
# - `shift(X, down, right)`: `X` (N, 64), and two arrays (N,) of whole numbers from -7 to 7, one for each picture; negative
#   ones move up and left. Returns (N, 64).
#
# **Example.** One picture with ink 0.5 in row 0, column 1, that is in `X[0, 1]`, and ink 1 in row 7, column 7, in
# `X[0, 63]`. `shift(X, [2], [3])` has 0.5 in row 2, column 4, that is in entry 20, and 0 elsewhere.


# %% question="q3"
def shift(X, down, right):
    """Each picture moved by its own pixels; paper comes in.   X (N, 64), down (N,), right (N,) -> (N, 64)"""
    ### BEGIN SOLUTION
    framed = np.pad(X.reshape(-1, 8, 8), ((0, 0), (7, 7), (7, 7)))
    moved = np.empty((len(X), 8, 8))
    for n in range(len(X)):
        top, left = 7 - down[n], 7 - right[n]
        moved[n] = framed[n, top : top + 8, left : left + 8]
    return moved.reshape(-1, 64)
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Make pictures of the rows with `reshape`, move, and make rows again. A loop over the pictures is fine. Think of a window
# of 8 × 8 pixels that is laid on a larger sheet with the picture in its middle: where must the window go, so that the
# picture seems to move down?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `np.pad` puts paper around pictures: no rows of it before and after axis 0, seven on either side of axes 1 and 2. A window that starts at row 7
# and column 7 shows it unmoved. To move the picture down by d, the window goes *up* by d.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# For each n: take rows from 7 - down[n] on, eight of them, and columns from 7 - right[n] on, eight of them, of the padded
# picture n. Collect the windows in an array (N, 8, 8) and reshape it to (N, 64).
#
# </details>

# %% [markdown]
# What does a move cost a network that never saw one, and one that did?


# %% tags=["demo"]
def moved_by_one(X, rng):
    return shift(X, *rng.integers(-1, 2, (2, len(X))))


for name, augment in {"as they are": None, "moved copies": moved_by_one}.items():
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 64, rng=rng), dl.ReLU(), dl.Linear(64, 10, rng=rng))
    optimizer = dl.Adam(net.parameters(), lr=0.008)
    fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=12, rng=rng, augment=augment)
    elsewhere = moved_by_one(X_val, np.random.default_rng(5))
    print(f"trained on digits {name:12}: {dl.accuracy(net, X_val, y_val):.3f} in place, ", end="")
    print(f"{dl.accuracy(net, elsewhere, y_val):.3f} moved")

# %% [markdown]
# ## q4 · Repair a training loop (4 points)
#
# A colleague wrote this loop: mini-batches, a validation loss after each epoch, a stop when it has not improved for
# `patience` epochs, and the best weights at the end. Her note says: *"It runs. But the weights that come back are never the
# best ones, the validation loss looks too good, training hardly works when I give it mini-batches, and it stops one epoch
# late."* There is more than one bug. Find them all.
#
# What it should do:
#
# - `fit_and_keep_best(parameters, X, y, X_val, y_val, lr, batch_size, epochs, patience, rng)`. Each epoch asks
#   `rng.permutation(N)` once and cuts that order into batches; the last may be short. Each batch takes one step of plain
#   gradient descent, with `network_loss` from above.
# - After each epoch the loss on the *validation* set is noted. An epoch is better only if its loss is *below* all before.
# - It stops after the first epoch that is `patience` epochs later than the best one, or after `epochs`.
# - It returns three things: the parameters as they were after the best epoch (a list of four arrays), the list of validation
#   losses, and the number of the best epoch, counted from 0. The parameters that it is given stay as they are.


# %% question="q4"
def fit_and_keep_best(parameters, X, y, X_val, y_val, lr, batch_size, epochs, patience, rng):
    """Train, watch, stop, and go back to the best.   -> best parameters, validation losses, best epoch"""
    ### BEGIN SOLUTION
    parameters = [p.copy() for p in parameters]
    best, best_epoch, losses = [], -1, []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            _, gradients = network_loss(parameters, X[rows], y[rows])
            for k in range(4):
                parameters[k] -= lr * gradients[k]
        loss, _ = network_loss(parameters, X_val, y_val)
        if loss < min(losses, default=np.inf):
            best, best_epoch = [p.copy() for p in parameters], epoch
        losses.append(loss)
        if epoch - best_epoch >= patience:
            break
    return best, losses, best_epoch
    ### END SOLUTION
    ### BEGIN STUDENT
    # parameters = list(parameters)
    # best, best_epoch, losses = [], -1, []
    # for epoch in range(epochs):
    #     order = rng.permutation(len(X))
    #     for start in range(0, len(X), batch_size):
    #         rows = order[start : start + batch_size]
    #         _, gradients = network_loss(parameters, X[rows], y[start : start + batch_size])
    #         for k in range(4):
    #             parameters[k] -= lr * gradients[k]
    #     loss, _ = network_loss(parameters, X, y)
    #     if loss < min(losses, default=np.inf):
    #         best, best_epoch = parameters, epoch
    #     losses.append(loss)
    #     if epoch - best_epoch > patience:
    #         break
    # return best, losses, best_epoch
    ### END STUDENT


# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Take her four complaints one at a time, and a fifth that she did not notice: what happens to the arrays that *she* passed
# in? Two of the bugs have the same root: a name is no copy.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `parameters[k] -= ...` changes an array in place, and every list that holds this array sees the change: the caller's list, and `best`.
# Each example must keep its own label when the rows are shuffled. The validation loss needs other data than the training.
# Count epochs by hand with patience 1: best epoch 3, epoch 4 is worse. Should there be an epoch 5?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Copy every array at the start and again when an epoch is the best: a list of `p.copy()`. Index `y` with the same `rows` as
# `X`. Compute the loss on `X_val, y_val`. Stop when `epoch - best_epoch` has *reached* patience.
#
# </details>

# %% tags=["demo"]
rng = np.random.default_rng(0)
begin = [rng.normal(0, 0.2, (64, 32)), np.zeros(32), rng.normal(0, 0.2, (32, 10)), np.zeros(10)]
few, labels = X_train[:200], y_train[:200]  # little data: it overfits
best, losses, best_epoch = fit_and_keep_best(begin, few, labels, X_val, y_val, 0.5, 32, 200, 15, rng)
print(f"{len(losses)} epochs, best after epoch {best_epoch}: validation loss {losses[best_epoch]:.4f}")
print(f"the weights that came back have {network_loss(best, X_val, y_val)[0]:.4f}, the last had {losses[-1]:.4f}")

# %% [markdown]
# ## q5 · Read disturbed digits (6 points)
#
# Now all of the course is yours: any network, any optimizer, any trick. Your network will be judged on digits that it did
# not train on, each *disturbed*: moved by up to one and a half pixels in any direction, turned by up to 15 degrees, and
# written with a thinner or a thicker pen. Of those it must read **60 %**; a network that was trained as in the lesson reads
# 40 %. And after learning from 500 plain examples whose rows are *sorted by digit*, it must read **70 %** of plain digits.
#
# - `train(X, y, rng)`: `X` (N, 64) and `y` (N,) to learn from, and a generator, from which all randomness must come: the
#   same seed gives the same network. Returns a function `predict`.
# - `predict(X_new)`: pictures (M, 64) of which your network knows nothing else. Returns labels, whole numbers of shape (M,).
#   The label of a picture must not depend on which others are asked about at the same time.
# - Your data are `X` and `y`: loading digits inside `train` is forbidden. One training may take 20 seconds. One takes a
#   small part of that.
#
# `fit` of this notebook is the library's `dl.fit`; its option `augment` takes a function `augment(X, rng)` that is called
# on every batch. `dl.data.shift_images` and `dl.data.add_noise` are free to use here, and so is whatever you wrote.


# %% question="q5"
def train(X, y, rng):
    """Learn to read digits.   X (N, 64), y (N,) -> predict: X_new (M, 64) -> labels (M,)"""

    ### BEGIN SOLUTION
    def moved(X, rng):
        return dl.data.shift_images(X, rng=rng)

    net = dl.Sequential(dl.Linear(64, 128, rng=rng), dl.ReLU(), dl.Linear(128, 10, rng=rng))
    loss, optimizer = dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.02)
    fit(net, loss, optimizer, X, y, epochs=12, batch_size=64, augment=moved, rng=rng)
    return lambda X_new: dl.predict(net, X_new)
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Begin with a plain network, one hidden layer and Adam, and run the check: it says how much is missing. A network that
# reads 96 % of digits in place reads few that have moved. What could it be shown in training?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Change every batch a little, differently each time: the option `augment` of `fit`. Moving by a pixel helps most. With
# changing data a network can take more units and more epochs before it overfits: about 100 units and 10 to 20 epochs. If
# you write your own loop, shuffle in every epoch, and shuffle examples and labels together.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Inside `train`, define `moved(X, rng)`, which returns `dl.data.shift_images(X, 1, rng=rng)`. Build
# a network with a hidden layer of 100 units and a ReLU. Call `fit` with the cross-entropy, `dl.Adam` at rate 0.01, 15
# epochs, `augment=moved` and `rng=rng`. Return a function that calls `dl.predict`.
#
# </details>

# %% [markdown]
# Your network on digits that it has not seen, in place and moved.

# %% tags=["demo"]
predict = train(X_train, y_train, np.random.default_rng(0))
print(f"in place {np.mean(predict(X_val) == y_val):.3f}")
for pixels in (1, 2):
    elsewhere = dl.data.shift_images(X_val, pixels, rng=np.random.default_rng(pixels))
    print(f"moved by up to {pixels} {np.mean(predict(elsewhere) == y_val):.3f}")

# %% [markdown]
# ## q6 · The report (4 points)
#
# A report is computed, never typed: then it is right when the model changes.
#
# - `report(y_true, y_pred, K)`: labels (N,) from 0 to K - 1, true and answered. Returns three things:
#   - `precision` (K,): of those *called* k, the share that is k;
#   - `recall` (K,): of those that *are* k, the share that is called k;
#   - `pairs`: the most confused pairs, a list of at most three tuples `(a, b, mistakes)` with a < b. `mistakes` counts both
#     directions, a called b and b called a. Most mistakes first; of equals the one with the smaller a, then the smaller b.
#     Pairs without a mistake are left out.
# - A share of nothing is 0. The library and scikit-learn have such reports; write your own.
#
# **Example.** `y_true = [0, 0, 1, 1, 2]`, `y_pred = [0, 1, 1, 0, 0]`, K = 4:
#
# ```
# precision = [1/3, 1/2, 0, 0]     recall = [1/2, 1/2, 0, 0]     pairs = [(0, 1, 2), (0, 2, 1)]
# ```


# %% question="q6"
def report(y_true, y_pred, K):
    """What a classifier does, class by class.   y_true (N,), y_pred (N,) -> precision (K,), recall (K,), pairs"""
    # 1. count: how often is each class called each class?
    # 2. precision and recall
    # 3. the most confused pairs
    ### BEGIN SOLUTION
    counts = np.zeros((K, K), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    hits = np.diag(counts)
    precision = hits / np.maximum(counts.sum(axis=0), 1)
    recall = hits / np.maximum(counts.sum(axis=1), 1)
    both = counts + counts.T
    pairs = [(a, b, int(both[a, b])) for a in range(K) for b in range(a + 1, K) if both[a, b]]
    pairs.sort(key=lambda pair: -pair[2])
    return precision, recall, pairs[:3]
    ### END SOLUTION


# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Everything follows from one table (K, K): row = true class, column = answer. The diagonal holds the hits. A column holds
# all that were called k, a row all that are k.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Fill the table with a loop over the examples, or with `np.add.at`: adding 1 to an array indexed by two arrays counts each
# pair only once, however often it comes. To divide by 0 nowhere, divide by at least 1: the hits are 0 there anyway. The table plus
# its transpose has both directions of a pair.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Precision: the diagonal divided by the sums along axis 0, or by 1 where such a sum is 0; recall the same with axis 1. Make a list of (a, b, mistakes)
# with two loops, b from a + 1 on; sort it by minus the mistakes: Python's sort keeps the order of equals. Return the first
# three.
#
# </details>

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.ReLU(), dl.Linear(32, 10, rng=rng))
fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.005), X_train, y_train, epochs=10, rng=rng)
precision, recall, pairs = report(y_val, dl.predict(net, X_val), 10)
print("digit precision recall")
for k in range(10):
    print(f"{k:5} {precision[k]:9.2f} {recall[k]:6.2f}")
print("most confused:", ", ".join(f"{a} and {b} ({n} times)" for a, b, n in pairs))

# %% [markdown]
# ## q7 · How sure is the number? (4 points)
#
# **First part.** A test set is a sample, too. With N examples and accuracy a, the standard error of a is
# $\sqrt{a (1 - a) / N}$.
#
# - `accuracy_with_error(y_true, y_pred)`: returns two numbers, the accuracy and its standard error.
#
# **Second part.** Two networks answer the *same* examples. Those that both have right, or both wrong, say nothing about
# which is better. Let b be the number that only the first has right, and c the number that only the second has right. If
# both were equally good, each of these b + c would fall on either side like a coin, and b - c would vary around 0 with a
# deviation of $\sqrt{b + c}$ (the idea of McNemar's test, 1947).
#
# - `clearly_better(y_true, first, second)`: three arrays (N,). Returns 1 if b - c is *above* $2\sqrt{b + c}$, 2 if c - b is,
#   and 0 if neither is.
#
# **Example.** If only the first is right on 9 examples and only the second on 1, then 8 is above $2\sqrt{10} = 6.3$: the
# answer is 1. With 7 and 3 it is 0.


# %% question="q7"
def accuracy_with_error(y_true, y_pred):
    """Accuracy and its standard error.   y_true (N,), y_pred (N,) -> two numbers"""
    ### BEGIN SOLUTION
    accuracy = np.mean(y_true == y_pred)
    return accuracy, np.sqrt(accuracy * (1 - accuracy) / len(y_true))
    ### END SOLUTION


def clearly_better(y_true, first, second):
    """Which of two is better beyond doubt, on the same examples.   three arrays (N,) -> 1, 2 or 0"""
    ### BEGIN SOLUTION
    b = np.sum((first == y_true) & (second != y_true))
    c = np.sum((second == y_true) & (first != y_true))
    if abs(b - c) <= 2 * np.sqrt(b + c):
        return 0
    return 1 if b > c else 2
    ### END SOLUTION


# %% [markdown]
# **Third part.** Ten colleagues report the accuracy of their network on a test set. Whose number is an honest estimate for
# new digits of the same kind? Write a set of names, `honest`.
#
# | name | what was done |
# |---|---|
# | `"best_epoch"` | kept the weights of the epoch with the best *test* accuracy |
# | `"val_epoch"` | kept the weights of the epoch with the best *validation* loss, tested once |
# | `"scaled_first"` | subtracted the mean of *all* digits, then split |
# | `"train_scale"` | split, then subtracted the *training* set's mean everywhere |
# | `"copies_first"` | made moved copies of every digit, then split at random |
# | `"copies_after"` | split, then made moved copies of the training digits |
# | `"many_tests"` | trained 40 networks, reported the highest of their test accuracies |
# | `"many_vals"` | trained 40 networks, chose by validation, tested the chosen one once |
# | `"refit"` | chose by validation, trained anew on training *and* validation digits, tested once |
# | `"relabelled"` | looked at the test mistakes and left out those that people could not read either |

# %% question="q7"
### BEGIN SOLUTION
honest = {"val_epoch", "train_scale", "copies_after", "many_vals", "refit"}
### END SOLUTION
### BEGIN STUDENT
# honest = ...
### END STUDENT

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For the set, ask of each: did anything that depends on the test digits, or their labels, shape the network or the choice of
# the number? For the second part, write b and c as counts of examples for which two things hold at once.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `first == y_true` is an array of True and False; `&` joins two of them, entry by entry. A copy of a test digit in training
# is a look at the test. So is a mean that contains it, even if the harm is small. Validation data may be learnt from once
# the choice is made.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# The accuracy is the mean of `y_true == y_pred`. b is the sum of "first equals y_true" `&` "second differs from it", each
# in brackets; c the same with the two exchanged. Compare b - c, then c - b, with 2 times the root of b + c. Five of the ten names are honest.
#
# </details>

# %% tags=["demo"]
answers = {}
for hidden in (8, 32, 64):
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, hidden, rng=rng), dl.ReLU(), dl.Linear(hidden, 10, rng=rng))
    fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.005), X_train, y_train, epochs=15, rng=rng)
    answers[hidden] = dl.predict(net, X_val)
    accuracy, error = accuracy_with_error(y_val, answers[hidden])
    print(f"{hidden:2} units: {accuracy:.3f} ± {error:.3f}")
for one, other in [(8, 32), (32, 64)]:
    verdict = clearly_better(y_val, answers[one], answers[other])
    print(f"{one} against {other} units:", ["no clear difference", f"{one} is better", f"{other} is better"][verdict])

# %% [markdown]
# ## All together: one look at the test set
#
# Your loss and gradients, your moves, your loop and your report, on the digits that this notebook has held back until now.
# You have seen the validation digits often. **Predict** the accuracy on these before you run the cell, and run it once.

# %% tags=["demo"]
X_held, y_held = dl.data.digits("held_back")
rng = np.random.default_rng(0)
begin = [rng.normal(0, 0.2, (64, 64)), np.zeros(64), rng.normal(0, 0.2, (64, 10)), np.zeros(10)]
offsets = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
copies = [shift(X_train, np.full(len(X_train), d), np.full(len(X_train), r)) for d, r in offsets]
X_more, y_more = np.concatenate(copies), np.tile(y_train, len(offsets))
best, losses, best_epoch = fit_and_keep_best(begin, X_more, y_more, X_val, y_val, 0.2, 32, 12, 3, rng)
W1, b1, W2, b2 = best
_, mine = loss_and_gradients(best, X_held[:50], y_held[:50])
_, library = network_loss(best, X_held[:50], y_held[:50])
print("your gradients are the library's:", all(np.allclose(a, b) for a, b in zip(mine, library, strict=True)))
answer = (np.maximum(X_held @ W1 + b1, 0) @ W2 + b2).argmax(axis=1)
accuracy, error = accuracy_with_error(y_held, answer)
print(f"{len(losses)} epochs, the best was {best_epoch}; on the held-back digits {accuracy:.3f} ± {error:.3f}")
print("most confused:", ", ".join(f"{a} and {b} ({n})" for a, b, n in report(y_held, answer, 10)[2]))

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come on
# top.

# %%
check()
