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
# # 12 Dropout and sparsity
#
# **Switch units off by chance so that none can rely on a few others; then learn through few of them, and keep only those that were needed.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import DropoutExplorer, dropout, plots

# %%
dropout.thinned()

# %% [markdown]
# *Figure: one network under three masks, and whole. Crosses are dropped units; weights are solid where positive, dashed where negative. The output z is 3.85, 0.12 and 5.22 under the masks, and 3.68 in evaluation.*
#
# After this lesson you can
#
# - write dropout forward and backward, inverted and classic, for training and evaluation;
# - show that both modes agree in mean, and say where that is only nearly true;
# - measure what dropout does to the gap between training and validation, and where it hurts;
# - learn through the k largest deltas only, prune units that are seldom updated, and count the work that is saved.
#
# **Needs:** lessons 01 to 11. **Time:** 70 minutes. **p is the probability to drop**, a [convention](00_start_here.ipynb) and PyTorch's; Srivastava et al. (2014) write p for the probability to keep.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 05) The same digit goes through a ReLU network twice. Are the same hidden outputs 0?</summary>
#
# Yes. The input decides which units rest.
# </details>
# <details><summary>2. (Lesson 08) What does "a batch's gradient is unbiased" mean?</summary>
#
# Its mean over all batches is the gradient of the whole set. Single ones scatter around it.
# </details>
# <details><summary>3. (Lesson 11) Which accuracy chooses a hyperparameter: training, validation or test?</summary>
#
# Validation. Training rewards memorising; the test is for one look at the end.
# </details>

# %% [markdown]
# ## 1. A network that learns its errors by heart
#
# We train on 200 digits, 40 of them with a wrong label, as happens in real collections. The network is wide: 128 hidden units, 9,610 weights and biases. (Its two dropout layers have p = 0 and do nothing yet.) **Predict:** how many of the 40 wrong labels will it learn?

# %%
X, y = dl.data.digits()  # (1797, 64), (1797,)


def few_digits(seed, wrong=40):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(y))
    train, val = order[:200], order[200:1000]
    labels = y[train]
    labels[:wrong] = (labels[:wrong] + rng.integers(1, 10, wrong)) % 10  # any digit but the right one
    return X[train], labels, X[val], y[val]


def wide_net(p_input, p_hidden, rng, activation=dl.ReLU):
    first, second = dl.Dropout(p_input, rng=rng), dl.Dropout(p_hidden, rng=rng)
    return dl.Sequential(first, dl.Linear(64, 128, rng=rng), activation(), second, dl.Linear(128, 10, rng=rng))


def train(net, X_train, y_train, rng, **options):
    settings = {"epochs": 60, "batch_size": 100, "rng": rng, "progress": False, **options}
    return dl.fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=0.02), X_train, y_train, **settings)


X_train, y_train, X_val, y_val = few_digits(seed=0)
rng = np.random.default_rng(0)
net = wide_net(0, 0, rng)
history = train(net, X_train, y_train, rng, validation=(X_val, y_val))
learned = np.sum(dl.predict(net, X_train[:40]) == y_train[:40])
best = np.argmax(history.val_accuracy)
print(f"wrong labels learned: {learned} of 40")
print(f"accuracy: training {dl.accuracy(net, X_train, y_train):.1%}, validation {dl.accuracy(net, X_val, y_val):.1%}")
print(f"best validation: {history.val_accuracy[best]:.1%}, after epoch {best + 1}")
curves = {"training": history.accuracy, "validation": history.val_accuracy}
title, reference = "It learns the errors too", {"share of right labels": 0.8}
plots.lines(np.arange(1, 61), curves, title=title, xlabel="epoch", ylabel="accuracy", reference=reference)

# %% [markdown]
# *Figure: accuracy per epoch. Training climbs through 80 %, the share of right labels, to 100 %. Validation peaks early and falls.*
#
# All 40. The suspicion (Hinton et al. 2012): hidden units form little groups that fit one example and nothing else; they are **co-adapted**. Early stopping (lesson 11) is one cure. Here is another: never let a unit know who else will be there.

# %% [markdown]
# ## 2. Dropout
#
# In training every unit is dropped with probability p. One that stays is multiplied by $1/(1-p)$, to make up for those that are missing:
#
# $$y = x * \frac{\text{keep}}{1-p} \;\text{ in training}, \qquad y = x \;\text{ in evaluation}, \qquad \text{keep} = 0 \text{ with probability } p, \text{ else } 1$$
#
# This is **inverted** dropout. Both x and keep have the shape (batch, units): every *example* has its own mask (Srivastava et al. 2014, section 5.1), so a mini-batch sees many **thinned networks**, which share one set of weights.


# %%
def dropout_forward(x, p, training, rng):
    if not training:
        return x, (1.0,)
    keep = rng.random(x.shape) >= p  # 1. a coin for every entry
    scale = keep / (1 - p)  # 2. what stays makes up for what is missing
    return x * scale, (scale,)  # 3. keep what backward needs


def dropout_backward(dy, cache):
    (scale,) = cache  # 4. take it out again
    return dy * scale  # 5. the chain rule


x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])  # two equal examples
y_train_mode, cache = dropout_forward(x, 0.5, True, np.random.default_rng(0))
library, _ = dl.F.dropout(x, 0.5, True, rng=np.random.default_rng(0))
print("training\n", y_train_mode)
print("as the library:", np.array_equal(y_train_mode, library))
print("dx for dy = 1\n", dropout_backward(np.ones_like(x), cache))

# %% [markdown]
# Look at `dx`: what forward dropped gets no gradient, what it kept gets one, scaled alike. **Predict:** a colleague draws a *new* mask in backward. "On average it is the same," he says. Is it?

# %%
rng = np.random.default_rng(1)
x, W, target = np.ones((4000, 6)), rng.normal(size=(6, 1)), 1.0  # one example under 4000 masks
y_dropped, cache = dropout_forward(x, 0.5, True, rng)
delta = y_dropped @ W - target  # (4000, 1): of half the squared error
dy = delta @ W.T
_, another = dropout_forward(x, 0.5, True, rng)
h = 1e-6
for unit in range(3):
    moved = (x + h * np.eye(6)[unit]) * cache[0] @ W - target
    numerical = np.mean((moved**2 - delta**2) / (2 * h))
    same, new = (dropout_backward(dy, mask)[:, unit].mean() for mask in (cache, another))
    print(f"unit {unit}: mean slope, measured {numerical:6.3f}   same mask {same:6.3f}   new mask {new:6.3f}")

# %% [markdown]
# Not even on average: dy depends on who was there, so mask and dy belong together.
#
# **Your turn: classic dropout**, as first published. Training multiplies by keep alone; evaluation, where all units are there, multiplies by $1-p$. One line is wrong on purpose.


# %%
def classic_dropout(x, p, training, rng):
    if not training:
        return x, (1.0,)  # repair me
    scale = (rng.random(x.shape) >= p).astype(float)
    return x * scale, (scale,)


mine, _ = classic_dropout(np.ones(3), 0.2, False, None)
library, _ = dl.F.classic_dropout(np.ones(3), 0.2, False, rng=np.random.default_rng(0))
print("evaluation:", "right" if np.allclose(mine, library) else f"not yet, {mine[0]} where {library[0]} is expected")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `return x * (1 - p), (1 - p,)`. Multiplying by p tempts: that is the share that is missing.
# </details>
#
# ## 3. Both modes agree in mean
#
# A coin keeps x with probability 1 - p. So the mean over many masks is
#
# $$\text{inverted: } p\cdot 0 + (1-p)\cdot\frac{x}{1-p} = x, \qquad \text{classic: } p\cdot 0 + (1-p)\cdot x = (1-p)\,x$$
#
# which is what evaluation computes. A linear layer behind it adds such terms, and the mean of a sum is the sum of the means, so its z agrees as well. A bend in between breaks this: the mean of max(0, z) is not max(0, mean of z). Then one scaled pass is only an **approximate average** of all thinned networks. **Predict:** compare the mean output of 1,000 thinned networks with the one scaled pass, for a linear network and for a ReLU network. Does the distance (root mean square, in units of the outputs' own spread) go to 0?

# %%
masks, distances = 1000, {}
X_train, y_train, X_val, y_val = few_digits(seed=0, wrong=0)
X_few, y_few = X_val[:100], y_val[:100]
for name, activation in {"linear": dl.Identity, "ReLU": dl.ReLU}.items():
    rng = np.random.default_rng(0)
    net = wide_net(0.2, 0.5, rng, activation)
    train(net, X_train, y_train, rng)
    scaled = net.eval()(X_few)  # (100, 10) logits
    thinned = np.array([net.train()(X_few) for _ in range(masks)])  # (1000, 100, 10)
    mean = np.cumsum(thinned, axis=0) / np.arange(1, masks + 1)[:, np.newaxis, np.newaxis]
    distances[name] = np.sqrt(np.mean((mean - scaled) ** 2, axis=(1, 2))) / scaled.std()
    single = np.mean(thinned[:100].argmax(axis=2) == y_few)
    both = [np.mean(logits.argmax(axis=1) == y_few) for logits in (mean[-1], scaled)]
    print(f"{name:6} distance {distances[name][0]:.3f} with 1 mask, {distances[name][-1]:.3f} with {masks}")
    print(
        f"       accuracy of one thinned network {single:.0%}, of their mean {both[0]:.0%}, of one scaled pass {both[1]:.0%}"
    )
distances["1 / root of masks"] = distances["linear"][0] / np.sqrt(np.arange(1, masks + 1))
title, ylabel = "Mean of thinned networks against one scaled pass", "distance (spread of outputs = 1)"
axes = {"xlabel": "masks averaged", "ylabel": ylabel, "xscale": "log", "yscale": "log"}
plots.lines(np.arange(1, masks + 1), distances, title=title, **axes)

# %% [markdown]
# *Figure: distance against number of masks, both logarithmic. The linear network follows the straight line 1/√masks down. The ReLU network leaves it and levels off.*
#
# Linear: what is left is chance, and goes away. ReLU: a small distance stays. For the answers it matters little: the committee of 1,000 has three digits of a hundred more right here, for a thousand times the work.
#
# ## 4. Try it
#
# **Predict**, before you touch anything: with p hidden = 0.5 and *no* scaling at all, how far is evaluation from the mean?
#
# **Play** until the goal line says that you reached it. Then set p input to 0.3 and draw 4,000 masks: does the difference go away? Now make the network linear.

# %%
DropoutExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, a small network under one mask. Middle, a histogram of its output z over all masks so far, with their mean (dashed) and evaluation (solid). Right, training and validation accuracy on the 200 digits of section 1, the gap at the chosen p, and the 80 % of right labels (dotted).*
#
# **Explain:**

# %%
for convention, p_input, activation in [
    ("no scaling", 0.0, "ReLU"), ("inverted", 0.0, "ReLU"), ("classic", 0.0, "ReLU"),
    ("inverted", 0.3, "ReLU"), ("inverted", 0.3, "linear (none)"),
]:  # fmt: skip
    z, evaluation = dropout.passes(p_input, 0.5, convention, activation)
    print(f"{convention:10} p input {p_input}, {activation[:6]:6}: ", end="")
    print(f"mean z {z.mean():.2f}, evaluation {evaluation:.2f}, {abs(z.mean() - evaluation) / evaluation:.1%} apart")

# %% [markdown]
# Without scaling, evaluation sums twice as much as training did in the mean. Either convention repairs that. Libraries take the inverted one: evaluation then has nothing to do. Behind dropped inputs ReLU's 20 % stay; the linear network's 2 % are chance.

# %% [markdown]
# ## 5. What p does to the gap
#
# Section 1 again with five seeds (five choices of digits), then the same with *right* labels. **Predict** for both: which p is best, and where does it hurt?


# %%
def score(p_input, p_hidden, seed, wrong):
    X_train, y_train, X_val, y_val = few_digits(seed, wrong)
    rng = np.random.default_rng(seed)
    net = wide_net(p_input, p_hidden, rng)
    train(net, X_train, y_train, rng)
    return net, dl.accuracy(net, X_train, y_train), dl.accuracy(net, X_val, y_val)


settings = [(0, 0), (0, 0.5), (0, 0.8), (0, 0.95), (0.2, 0.5)]
nets, curves, base = {}, {}, None
for wrong in (40, 0):
    print(f"{wrong} wrong labels of 200: mean of 5 seeds +- standard deviation; gain: against the same seed at p = 0")
    for p_input, p_hidden in settings:
        runs = [score(p_input, p_hidden, seed, wrong) for seed in range(5)]
        nets[wrong, p_input, p_hidden] = [run[0] for run in runs]
        trained, val = 100 * np.array([run[1:] for run in runs]).T
        base = val if p_hidden == 0 else base
        print(f"  p {p_input:3} and {p_hidden:4}: training {trained.mean():5.1f}   ", end="")
        print(f"validation {val.mean():4.1f} +- {val.std(ddof=1):4.1f}   ", end="")
        print(f"gain {np.mean(val - base):5.1f} +- {np.std(val - base, ddof=1):4.1f}")
        if p_input == 0:
            for name, values in (("training", trained), ("validation", val)):
                curves.setdefault(f"{name}, {wrong} wrong", []).append(values.mean() / 100)
title, p_axis = "The gap closes; then both fall", [p for p_input, p in settings if p_input == 0]
plots.lines(p_axis, curves, title=title, xlabel="p hidden (p input = 0)", ylabel="accuracy")

# %% [markdown]
# *Figure: accuracy against p. With 40 wrong labels training falls from 100 % towards the 80 % that are right, while validation rises from 76 to 86 % at p = 0.8; at 0.95 both collapse. With right labels validation is flat, and falls at 0.95.*
#
# Three findings.
#
# - **With wrong labels dropout helps a lot**: 10 points. The gap closes from both sides; but the aim is high validation, not a small gap.
# - **With right labels it does next to nothing**: a point at best, of a gap of 7. Not every gap is memorised errors; 200 digits do not show every handwriting.
# - **Too much hurts.** At 0.95 six units are left on average, too few to learn what they see in 60 epochs.
#
# Common starts are **0.1 to 0.2 at the input**, where what is lost is lost for all units, and **0.3 to 0.5 at hidden layers**. Choose by validation. And early stopping alone reached 85 % in section 1 (one seed): a cheap rival.
#
# And the suspicion of section 1? Take the trained networks, remove random hidden units, scale up the rest, and see who suffers.

# %%
rng = np.random.default_rng(0)
for p_hidden in (0, 0.5, 0.8):
    accuracies = {share: [] for share in (0.0, 0.5, 0.8)}
    for seed, net in enumerate(nets[40, 0, p_hidden]):
        _, _, X_val, y_val = few_digits(seed)
        hidden = net.layers[2](net.layers[1](X_val))  # (800, 128)
        for share, values in accuracies.items():
            for _ in range(10):
                there = (rng.random(128) >= share) / (1 - share)  # one mask for all: these units are gone
                values.append(np.mean(net.layers[4](hidden * there).argmax(axis=1) == y_val))
    print(f"trained with p = {p_hidden:3}: ", end="")
    print(",  ".join(f"{share:.0%} removed {np.mean(values):.1%}" for share, values in accuracies.items()))

# %% [markdown]
# Half the units gone cost 20 points without dropout, 8 after p = 0.5, and 5 after p = 0.8. Units trained with dropout rely far less on particular others.

# %% [markdown]
# ## 6. Minimal effort: learn through few units
#
# Most entries of a delta are small. Need they all go back? **Minimal-effort backpropagation** (meProp, Sun et al. 2017) keeps in each row of $\delta$ the k largest in size, of equals the leftmost, and sets the others to 0. Forward stays whole. An example then changes only k columns of $W$:
#
# $$\hat\delta = \mathrm{top}_k(\delta), \qquad dW = x^T \hat\delta, \qquad dx = \hat\delta\, W^T$$


# %%
def top_k(delta, k):
    largest = np.argsort(-np.abs(delta), axis=1, kind="stable")[:, :k]  # 1. places; stable: equals stay in order
    sparse = np.zeros_like(delta)  # 2. nothing goes back
    rows = np.arange(len(delta))[:, np.newaxis]
    sparse[rows, largest] = delta[rows, largest]  # 3. but the largest
    return sparse


delta = np.array([[0.1, -3.0, 2.0, 0.5], [1.0, -1.0, 1.0, 0.2]])
print(top_k(delta, 2))
print("as the library:", np.array_equal(top_k(delta, 2), dl.top_k(delta, 2)))

rng = np.random.default_rng(0)
net, loss = dl.Sequential(dl.Linear(64, 256, rng=rng), dl.ReLU(), dl.Linear(256, 10, rng=rng)), dl.CrossEntropyLoss()
for batch_size in (1, 32):
    with dl.swap(linear_backward=dl.meprop(k=10)):
        loss.forward(net(X[:batch_size]), y[:batch_size])
        for parameter in net.parameters():
            parameter.zero_grad()
        net.backward(loss.backward())
    units = np.any(net[0].weight.grad != 0, axis=0)  # (256,): whose weights get a gradient
    print(f"k = 10, batch of {batch_size:2}: {units.mean():.1%} of the hidden units are updated")

# %% [markdown]
# One example updates 4 % of the hidden units' weights; those of a batch choose different units and together update more. This is no dropout: nothing is random, and nothing is missing forward.
#
# We count multiplications per example and do not time them: NumPy multiplies the zeros too. Going back through a layer with D inputs costs D·k for dW and D·k for dx (the first layer needs no dx). **Predict:** how small may k be among 256 units?


# %%
def split(seed):
    return dl.data.train_test_split(X, y, rng=np.random.default_rng(seed))  # X and y of 1348, and of 449 to validate


def new_net(width, rng):
    return dl.Sequential(dl.Linear(64, width, rng=rng), dl.ReLU(), dl.Linear(width, 10, rng=rng))


def learn(net, k, epochs, rng, parts):
    X_train, X_val, y_train, y_val = parts
    optimizer = dl.SGD(net.parameters(), lr=0.1, momentum=0.9)
    with dl.swap(linear_backward=dl.meprop(k)):
        dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=epochs, rng=rng, progress=False)
    return dl.accuracy(net, X_val, y_val)


def work(width, k):  # multiplications per example: forward, backward
    hidden, output = min(k, width), min(k, 10)
    return 64 * width + width * 10, 64 * hidden + 2 * width * output


full = None
print("means of 3 splits; change: against k = 256 on the same split, +- standard deviation")
for k in (256, 32, 10, 2):
    runs = np.zeros(3)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        runs[seed] = learn(new_net(256, rng), k, 10, rng, split(seed))
    full = runs if k == 256 else full
    forward, backward = work(256, k)
    change = 100 * (runs - full)
    print(f"k = {k:3}: accuracy {runs.mean():.1%}, change {change.mean():4.1f} +- {change.std(ddof=1):.1f}   ", end="")
    print(f"backward {backward:6,} ({backward / work(256, 256)[1]:4.0%})   forward {forward:,}")

# %% [markdown]
# At k = 10 backward costs a quarter, and accuracy falls by about two points. (At k = 2 the output layer learns through two of its ten units, too.) The papers report small gains, on larger sets; we see none. Forward costs what it did, so a whole step costs 61 %. (Finding the k largest takes comparisons, which we did not count.)
#
# ## 7. Keep only what was needed
#
# A unit whose delta is hardly ever among the k largest is hardly ever *updated*. **meSimp** (Sun et al., arXiv 1711.06528) counts that, removes units below a threshold (here 5 % of the examples), goes on training, and repeats. A removed unit takes along its column of the weights before and its row of the weights behind: smaller matrices, forward and backward. The units that stay compute what they did. **Predict:** 256 units, k = 10, three rounds of four epochs. How many stay? And is activity a better guide than a lottery?

# %%
table = {}


def note(what, net, parts):
    _, X_val, _, y_val = parts
    table.setdefault(what, []).append((net[0].out_features, dl.accuracy(net, X_val, y_val)))


for seed in range(3):
    rng, parts = np.random.default_rng(seed), split(seed)
    net = new_net(256, rng)
    for part in range(3):
        learn(net, 10, 4, rng, parts)
        activity = dl.backward_activity(net, loss, parts[0], parts[2], k=10)  # [(256,)]: shares of the examples
        small = dl.prune(net, activity, threshold=0.05)
        if part == 0:
            by_lot = dl.prune(net, [rng.permutation(256) < small[0].out_features])
            note("1 after four epochs", net, parts)
            note("2 then pruned by activity", small, parts)
            note("3 or as many by lot", by_lot, parts)
        net = small
    learn(net, 10, 4, rng, parts)
    learn(by_lot, 10, 12, rng, parts)
    note("4 by activity, 16 epochs in all", net, parts)
    note("5 by lot, 16 epochs in all", by_lot, parts)
    for what, width in (("6 as narrow from the start, k = all", net[0].out_features), ("7 all 256, k = all", 256)):
        fresh = new_net(width, rng)
        learn(fresh, 256, 16, rng, parts)
        note(what, fresh, parts)

print("means of 3 splits +- standard deviation; forward: multiplications per example")
for what, values in sorted(table.items()):
    widths, accuracies = np.array(values).T
    forward, _ = work(widths.mean(), 10)
    print(f"{what:35} {widths.mean():3.0f} units   forward {forward:6,.0f}   ", end="")
    print(f"accuracy {accuracies.mean():.1%} +- {accuracies.std(ddof=1):.1%}")

# %% [markdown]
# A fifth of the units and of the work, one point less (rows 4 and 7). Right after the cut, activity is by far the better guide (2 and 3). After twelve more epochs the lottery is less than a point behind, and a network as narrow from the start is level (4 to 6). So the counts find units that *this* network can spare, and here no more than that.
#
# ### Four kinds of zero
#
# | | who decides | where | when |
# |---|---|---|---|
# | ReLU (lesson 05) | the input | forward, hence backward | training and evaluation |
# | dropout | chance | forward, and the same ones backward | training |
# | meProp | the size of the delta | backward | training |
# | pruning | a count over many examples | unit and weights are gone | from then on |
#
# ReLU's sparsity is not dropout: the same input silences the same units, so others can rely on them.

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. A colleague forgets net.eval() before the test. What happens?</summary>
#
# Units are still dropped: answers scatter, and accuracy falls to that of one thinned network. "The mean is right, so it does not matter" tempts; a single pass is not the mean.
# </details>
# <details><summary>2. Inverted dropout with p = 0.8. A unit that stays has the output 2. What goes on?</summary>
#
# 2 / 0.2 = 10. Multiplying by 1/p tempts: that is right only for p = 0.5.
# </details>
# <details><summary>3. The paper says p = 0.8 for the input. What do you write in PyTorch?</summary>
#
# `nn.Dropout(0.2)`. The paper's p keeps, PyTorch's drops.
# </details>
# <details><summary>4. Training accuracy is 70 %, validation 69 %. Would more dropout help?</summary>
#
# No. There is no gap to close: the network underfits. Dropout would take away more.
# </details>
# <details><summary>5. meProp with k = 10 of 256 makes a step 25 times cheaper. True?</summary>
#
# No. Forward and the output layer stay whole; section 6 counts 61 % of the multiplications of a step. 10 of 256 is the share of one factor only.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below, or the section named, tests it.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | at test time the outputs are scaled | the first paper does | classic scales then, by 1 - p; inverted scales in training, by 1/(1 - p), p < 1 | section 2 |
# | 2 | a drop ratio p, 0 ≤ p ≤ 1, is the paper's p | same letter | the paper's p *keeps*; at p = 1 nothing is left to scale | Srivastava et al. 2014 |
# | 3 | 50 % of the units are dropped | that is the mean | each has its own coin; the number varies | the cell below |
# | 4 | each mini-batch sees one thinned network | one forward pass | each example has a mask of its own | Srivastava et al. 2014, section 5.1 |
# | 5 | the learned network *is* the average of all networks | true for a linear one | approximately, once it bends | section 3 |
# | 6 | dropout prevents overfitting | it often helps | it may do nothing, and too much hurts | section 5 |
# | 7 | "dropout (minimal-effort backpropagation)" | both set entries to 0 | meProp: deterministic top k of delta, backward only | Sun et al. 2017 |
# | 8 | under 5 % of the weights are updated in a pass | true for one example | a batch updates more, unless all its examples share one choice of units, as the paper's "unified" form has it | section 6, Sun et al. 2017 |
# | 9 | meProp makes networks 9 times smaller | one paper follows the other | that is meSimp, which drops units seldom updated (section 7: 5 times) | Sun et al., arXiv 1711.06528 |
# | 10 | ReLU has the dropout effect | both give zeros | the input decides, in evaluation too | lesson 05 |

# %%
ones, rng = np.ones((1000, 128)), np.random.default_rng(0)
y_inverted, _ = dl.F.dropout(ones, 0.2, rng=rng)
y_classic, _ = dl.F.classic_dropout(ones, 0.2, rng=rng)
whole = [op(ones, 0.2, False, rng=rng)[0][0, 0] for op in (dl.F.dropout, dl.F.classic_dropout)]
print(f"1 inverted: training up to {y_inverted.max()}, evaluation {whole[0]};", end=" ")
print(f"classic: training up to {y_classic.max()}, evaluation {whole[1]}")
print(f"2 p = 0.2 as drop probability: {np.mean(y_classic == 0):.1%} dropped; as keep probability it would be 80%")
counts = (dl.F.dropout(ones, 0.5, rng=rng)[0] == 0).sum(axis=1)
print(f"3 dropped of 128 at p = 0.5: from {counts.min()} to {counts.max()}, mean {counts.mean():.1f}")
print(f"4 different masks in a batch of 1000: {len(np.unique(y_classic, axis=0))}")
delta = rng.normal(size=(1, 128))
print("7 twice the same zeros: top_k", np.array_equal(dl.top_k(delta, 5), dl.top_k(delta, 5)), end=", ")
print("dropout", np.array_equal(*(dl.F.dropout(delta, 0.5, rng=rng)[0] == 0 for _ in range(2))))
print("10 twice the same zeros: ReLU", np.array_equal(*(dl.F.relu(delta)[0] == 0 for _ in range(2))))

# %% [markdown]
# ## Summary
#
# 1. A wide network on few digits learns even wrong labels; dropout makes that hard.
# 2. Every example has its own mask, and backward uses forward's.
# 3. Inverted: 1/(1-p) in training. Classic: 1-p in evaluation. p drops.
# 4. Both modes agree in mean; behind a bend only nearly.
# 5. Dropout helps where there is something to unlearn, and hurts where p is too large: validation decides.
# 6. meProp sends back the k largest deltas: less work backward, none less forward.
# 7. Pruning by activity makes smaller matrices, and needs training afterwards.
#
# ## PyTorch bridge
#
# ```python
# net = nn.Sequential(nn.Dropout(0.2), nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
# net.train()                                        # masks; inverted scaling
# net.eval()                                         # whole; nothing to scale
# F.dropout(x, p=0.5, training=net.training)         # its default is training=True: always say it
# torch.topk(delta.abs(), k, dim=1)                  # the k largest of each row: values and places
# ```
#
# PyTorch accepts p = 1 and returns zeros; ours refuses it.
#
# ## Further reading
#
# - Hinton, Srivastava, Krizhevsky, Sutskever, Salakhutdinov 2012, *Improving Neural Networks by Preventing Co-adaptation of Feature Detectors*
# - Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*
# - Baldi, Sadowski 2013, *Understanding Dropout*
# - Sun, Ren, Ma, Wang 2017, *meProp: Sparsified Back Propagation for Accelerated Deep Learning with Reduced Overfitting*
# - Sun, Ren, Ma, Wei, Li, Wang 2017, *Training Simplification and Model Simplification for Deep Learning: A Minimal Effort Back Propagation Method*, arXiv 1711.06528
#
# **Now build it yourself:** [exercise 12](../exercises/12_dropout_sparsity.ipynb).
