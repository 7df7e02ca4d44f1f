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
# # 14 Handwritten digits, end to end
#
# **Take real data from the first look to one honest number, with a network made of your own functions, and look inside it.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import DigitPadExplorer, PlaygroundExplorer, digit_plots, plots

# %%
digit_plots.uncrumpled()

# %% [markdown]
# *Figure: digits that a network has not seen, drawn where they lie. At its input 1, 4, 5 and 9 are mixed; after its first hidden layer they form groups, and after its second the groups have moved apart. You will make this picture yourself.*
#
# After this lesson you can
#
# - set a baseline, assemble a network from your own functions, and check its gradients;
# - find a fault with four measurements, each of which sees what the others miss;
# - tune on validation data, look at the test set once, and say how sure the number is;
# - show what each layer does to the data, and which digits are confused, and why;
# - get the same numbers from PyTorch and scikit-learn.
#
# **Needs:** lessons 01 to 13. **Time:** 90 minutes.

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 02) A classifier with K classes knows nothing and gives each the same probability. What is its cross-entropy?</summary>
#
# ln K. For ten digits that is 2.30.
# </details>
# <details><summary>2. (Lesson 11) What may you do with the test set while you choose a model?</summary>
#
# Nothing. Choices are made on validation data.
# </details>
# <details><summary>3. (Lesson 05) Why does no activation stand after the last layer of a classifier?</summary>
#
# The loss contains the softmax. It takes logits, any numbers.
# </details>

# %% [markdown]
# ## 1. Look at the data
#
# 1797 digits, 8 × 8 pixels from 0 (paper) to 1 (ink), written by 13 people (Alpaydin and Kaynak 1998). We cut 60-20-20: to learn from, to choose by, and to judge by, once. All 13 are very likely in all three parts, so our number holds for *their* hands; for a stranger's expect less.

# %%
X, y = dl.data.digits()  # (1797, 64), (1797,)
parts = dl.data.train_val_test_split(X, y, rng=np.random.default_rng(0))
X_train, X_val, X_test, y_train, y_val, y_test = parts
print("train", X_train.shape, "validation", X_val.shape, "test", X_test.shape)
print("examples of 0 to 9 in training:", np.bincount(y_train))
first = np.concatenate([np.flatnonzero(y_train == k)[:3] for k in range(10)]).reshape(10, 3).T.ravel()
captions = [str(k) for k in y_train[first]]
digit_plots.pictures(X_train[first], captions, title="Three of each, with their labels")

# %% [markdown]
# *Figure: thirty digits with their labels. Some are hard for you, too.*
#
# The classes are about equally large, so accuracy is a fair measure. Look for wrong labels, empty pictures, sorted rows.
#
# ## 2. Baseline first
#
# A number means something beside a simpler one. **Predict:** how many of 360 validation digits does each get: the commonest class always; softmax regression; the label of the nearest training picture?

# %%
from sklearn.neighbors import KNeighborsClassifier


def train(net, X, y, lr=0.003, epochs=15, batch_size=32, **options):
    rng, loss, optimizer = np.random.default_rng(0), dl.CrossEntropyLoss(), dl.Adam(net.parameters(), lr=lr)
    options = {"rng": rng, "progress": False, **options}
    return dl.fit(net, loss, optimizer, X, y, epochs=epochs, batch_size=batch_size, **options)


def show(name, hits):
    error = np.sqrt(hits.mean() * (1 - hits.mean()) / len(hits))  # standard error of a share
    print(f"{name:20} {hits.mean():.3f} ± {error:.3f}")


softmax_regression = dl.Linear(64, 10, rng=np.random.default_rng(0))
train(softmax_regression, X_train, y_train)
neighbour = KNeighborsClassifier(1).fit(X_train, y_train)
show("majority class", y_val == np.bincount(y_train).argmax())
show("softmax regression", y_val == dl.predict(softmax_regression, X_val))
show("nearest neighbour", y_val == neighbour.predict(X_val))

# %% [markdown]
# The nearest neighbour is hard to beat here; better to know that before you build anything. (It keeps all training pictures, and compares with each.) After ± stands the standard error: differences of that size may be luck.
#
# ## 3. Assemble: your functions, the library's loop
#
# Lessons 02 to 05 built these pairs. `dl.swap` puts yours in the library's place. $z = xW + b$, $y = \max(z, 0)$, and the cross-entropy with its delta $(h - y)/N$, where $h$ is the softmax of the logits and $y$ one-hot.


# %%
def linear(x, W, b):
    return x @ W + b, (x, W)


def linear_backward(dz, cache, need_dx=True):
    x, W = cache
    return (dz @ W.T if need_dx else None), x.T @ dz, dz.sum(axis=0)


def relu(z):
    return np.maximum(z, 0), (z,)


def relu_backward(dy, cache):
    (z,) = cache
    return dy * (z > 0)


def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)  # no overflow
    log_h = z - np.log(np.exp(z).sum(axis=1, keepdims=True))  # (N, K)
    return -log_h[np.arange(len(z)), labels].mean(), (np.exp(log_h), labels)


def cross_entropy_backward(cache):
    h, labels = cache
    return (h - np.eye(h.shape[1])[labels]) / len(h)


# %%
mine = {f.__name__: f for f in (linear, linear_backward, relu, relu_backward, cross_entropy, cross_entropy_backward)}


def network(seed=1):
    rng = np.random.default_rng(seed)
    return dl.Sequential(
        dl.Linear(64, 64, rng=rng), dl.ReLU(), dl.Linear(64, 32, rng=rng), dl.ReLU(), dl.Linear(32, 10, rng=rng)
    )


with dl.swap(**mine):
    check = dl.gradcheck_network(network(), dl.CrossEntropyLoss(), X_train[:5], y_train[:5])
    net = network()
    train(net, X_train, y_train)
print("all", sum(p.value.size for p in net.parameters()), "gradients agree with central differences:", bool(check))
print("the library's functions give the same predictions: ", end="")
by_library = network()
train(by_library, X_train, y_train)
print(np.array_equal(dl.predict(net, X_val), dl.predict(by_library, X_val)))
show("our network", y_val == dl.predict(net, X_val))

# %% [markdown]
# ## 4. When it does not learn: a recipe
#
# Four measurements, cheapest first.
#
# 1. **Loss at the start.** It should be about $\ln K = 2.30$. Far above: the logits are too large.
# 2. **Overfit one batch.** Twenty examples, many steps: the loss should go to 0. If not, something is wrong in the chain from logits to update, or the steps are too small.
# 3. **Update-to-weight ratio**, $\lVert \Delta W \rVert / \lVert W \rVert$ per step. About 0.001 is a rule of thumb (CS231n course notes); off by 100 is a sign, off by 5 is not.
# 4. **Look at the data**, as it enters the network, with its labels.
#
# **Predict:** four nets below have one fault each. Which measurement finds which? Is there one that no number of the first three finds?


# %%
def examine(name, net, lr=0.003, labels=y_train):
    loss, start_weights = dl.CrossEntropyLoss(), net.state_dict()
    start = loss(net(X_train), labels)
    one_batch = train(net, X_train[:20], labels[:20], lr, epochs=200).loss[-1]
    net.load_state_dict(start_weights)
    history = train(net, X_train, labels, lr, epochs=10, record_gradients=True)
    ratio = history.update_ratio[next(iter(history.update_ratio))][-1]  # of the first layer's weights
    accuracy = dl.accuracy(net, X_val, y_val)
    print(f"{name:22} {start:6.2f} {one_batch:10.3f} {ratio:11.5f} {accuracy:10.2f}")


large = network()
for p in large.parameters():
    p.value = 8 * p.value
shuffled = np.random.default_rng(1).permutation(y_train)
print("                        start  one batch       ratio  validation")
examine("healthy", network())
examine("weights 8 times", large)
examine("softmax before loss", dl.Sequential(network(), dl.Softmax()))
examine("rate 0.000003", network(), lr=3e-6)
examine("labels out of order", network(), labels=shuffled)
print(f"ln 10 = {np.log(10):.3f}; the best loss behind a softmax: -ln(e/(e + 9)) = {-np.log(np.e / (np.e + 9)):.3f}")

# %% [markdown]
# - **Large weights** show at the start, and in no other of the three.
# - **Softmax twice** starts perfectly. One batch stops near 1.46: behind a softmax, logits lie between 0 and 1, and no loss is lower. It even reaches a good accuracy, which is why this fault lives long.
# - **The tiny rate** shows in the ratio. The batch does not fit either, but that alone does not tell why.
# - **Labels out of order** pass all three: ln 10 at the start, one batch learnt by heart, a sane ratio. Only a look shows it:

# %%
title = "What the fourth net was given"
digit_plots.pictures(X_train[:10], [f'"{k}"' for k in shuffled[:10]], title=title)

# %% [markdown]
# *Figure: ten digits with labels that do not belong to them.*
#
# So look at the data *behind* the shuffling, the split and the augmentation, where the network gets it.
#
# ## 5. Tune on validation only
#
# Two rates, with and without noise on the pixels, new for every batch. All four train for at most 60 epochs, stop when the validation loss has not improved for 10, and go back to their best weights. The validation *loss* decides: it moves with every example, accuracy only with those that flip.


# %%
def noisy(X, rng):
    return dl.data.add_noise(X, 0.15, rng=rng)


tried = {}
for lr in (0.001, 0.003):
    for augment in (None, noisy):
        stop, candidate = dl.EarlyStopping(patience=10), network()
        options = {"validation": (X_val, y_val), "callbacks": [stop], "augment": augment}
        with dl.swap(**mine):
            history = train(candidate, X_train, y_train, lr, epochs=60, **options)
        tried[stop.best] = candidate, history
        print(f"rate {lr}, {'noise' if augment else 'plain'}: best after epoch {1 + stop.best_epoch:2}, ", end="")
        print(f"validation loss {stop.best:.3f}, accuracy {dl.accuracy(candidate, X_val, y_val):.3f}")
net, history = tried[min(tried)]  # the choice is made: no more tuning from here on
curves = {"training, with noise": history.loss, "validation": history.val_loss}
title = "The chosen training"
plots.lines(np.arange(1, 1 + len(history.loss)), curves, title=title, xlabel="epoch", ylabel="loss", yscale="log")

# %% [markdown]
# *Figure: loss per epoch, on a log axis. Training and validation fall together, then validation levels off while training falls on.*
#
# The accuracies lie within a standard error or two of each other: with 360 examples we cannot rank them finely, and need not.
#
# ## 6. Inside: the crumpled sheet
#
# Picture each class as a sheet of paper in 64 dimensions, all crumpled into one ball. A network uncrumples: layer by layer it stretches, folds and moves, until a flat cut parts the classes. To see it, we project each layer's outputs on the plane in which they vary most. That is principal component analysis (PCA): centre the rows, and take the first two right singular vectors.
#
# **Predict:** the plane knows no labels. If we give each point to the class whose mean is nearest *in the plane*, does the accuracy rise with every layer?


# %%
def plane(H):
    centred = H - H.mean(axis=0)
    _, s, Vt = np.linalg.svd(centred, full_matrices=False)
    return centred @ Vt[:2].T, (s[:2] ** 2).sum() / (s**2).sum()  # (N, 2), share of the variance


def nearest_mean(P, y):
    classes = np.unique(y)
    means = np.stack([P[y == k].mean(axis=0) for k in classes])  # (classes, D)
    distance = ((P[:, np.newaxis] - means) ** 2).sum(axis=2)
    return np.mean(classes[distance.argmin(axis=1)] == y)


def spread(H, y):  # within classes, as a share of all
    within = sum(((H[y == k] - H[y == k].mean(axis=0)) ** 2).sum() for k in np.unique(y))
    return within / ((H - H.mean(axis=0)) ** 2).sum()


four = np.isin(y_val, (1, 4, 5, 9))
with dl.capture(net) as record:
    net(X_val)
layers = {"input": X_val, "hidden 1": record[1].output, "hidden 2": record[3].output, "logits": record[4].output}
panels = {}
for name, H in layers.items():
    panels[name], share = plane(H[four])
    near = nearest_mean(panels[name], y_val[four])
    print(f"{name:8}  plane: {share:.0%} of the variance, nearest mean {near:.2f};", end="  ")
    print(f"all ten digits: spread within classes {spread(H, y_val):.2f}")
digit_plots.clouds(panels, y_val[four])

# %% [markdown]
# *Figure: validation digits 1, 4, 5 and 9 in the plane of each layer. Mixed at the input, in groups from the first hidden layer on.*
#
# The spread within classes falls with every layer, as a share of all spread. The accuracy in the plane rises, and falls at the logits: the plane is only a shadow, and points that overlap in it may be far apart in another direction.
#
# ### What does a single unit respond to?
#
# A unit of the first layer sees pixels: its weights are a picture. Deeper units see no pixels, but we can average the ten digits that excite them most.

# %%
rows, captions = [], []
for name in ("hidden 1", "hidden 2", "logits"):
    H = layers[name]
    busiest = np.arange(10) if name == "logits" else H.var(axis=0).argsort()[::-1][:10]
    for unit in busiest:
        top = H[:, unit].argsort()[::-1][:10]
        rows.append(X_val[top].mean(axis=0) - X_val.mean(axis=0))
        captions.append(" ".join(str(k) for k in np.unique(y_val[top])))
    own = np.mean([len(caption.split()) for caption in captions[-10:]])
    print(f"{name}: the ten favourites of a unit come from {own:.1f} digits on average")
weights = net[0].weight.value[:, layers["hidden 1"].var(axis=0).argsort()[::-1][:10]].T
titles = [*(f"w: {c}" for c in captions[:10]), *captions]
digit_plots.pictures(np.vstack([weights, *rows]), titles, title="Ten units of each layer", signed=True)

# %% [markdown]
# *Figure: first row, incoming weights of ten first-layer units (blue pulls up, orange with a dot down). Then, for ten units of hidden 1, hidden 2 and the logits, their ten favourite digits' mean minus the mean of all digits. Captions name the digits among the favourites.*
#
# First-layer weights look like strokes in noise; a unit's favourites say more. "Deeper units are choosier" is not what we find: the favourites of hidden 2 come from more digits than those of hidden 1. Only the logits have one digit each, because the loss demands it. Classes are read from all units together; no hidden unit has to mean anything by itself.
#
# ## 7. Try it
#
# **Predict:** how many of the 1024 cells of a drawing must change until a network that is sure of a digit reads another? And if every validation digit moves by one pixel (4 cells), what is left of the accuracy?
#
# **Play** until the goal line says that you reached it. Then draw your own digits, and shift them.

# %%
DigitPadExplorer(net)

# %% [markdown]
# *Figure: an interactive panel. Left, a drawing and the 8 × 8 pixels that the network gets; middle, the probabilities of the ten digits; right, the hidden units.*
#
# **Explain:**

# %%
framed = np.pad(X_val.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))  # (360, 10, 10): a margin of paper
for name, top, left in [("where it was", 1, 1), ("left", 1, 2), ("right", 1, 0), ("up", 2, 1), ("down", 0, 1)]:
    moved = framed[:, top : top + 8, left : left + 8].reshape(-1, 64)
    show(name, y_val == dl.predict(net, moved))

# %% [markdown]
# A dense layer has separate weights for every pixel, and has to learn each place anew. Moved copies in training teach it (the exercise); convolution has it built in.
#
# ## 8. One look at the test set
#
# All choices are made. **Predict:** accuracy, and the pair of digits that is confused most.

# %%
predicted = dl.predict(net, X_test)
show("our network, test", y_test == predicted)
show("nearest neighbour", y_test == neighbour.predict(X_test))
show("softmax regression", y_test == dl.predict(softmax_regression, X_test))
counts = dl.metrics.confusion_matrix(y_test, predicted)  # (10, 10): true digit, called
pairs = np.triu(counts + counts.T, k=1)  # both directions together
for place in pairs.ravel().argsort(kind="stable")[::-1][:3]:
    a, b = divmod(place, 10)
    print(f"{a} and {b}: {pairs[a, b]} mistakes ({a} called {b}: {counts[a, b]}, {b} called {a}: {counts[b, a]})")
precision = dl.metrics.precision(y_test, predicted, average=None)
recall = dl.metrics.recall(y_test, predicted, average=None)
print("lowest precision:", precision.argmin(), f"({precision.min():.2f})", " lowest recall:", recall.argmin(), end=" ")
print(f"({recall.min():.2f})")
digit_plots.confusion(counts)

# %% [markdown]
# *Figure: the confusion matrix, true digit by row, answer by column. Nearly all counts stand on the diagonal.*
#
# Better than softmax regression; the nearest neighbour is within the standard error. Four of the seven mistakes are 4s. Seven are too few to rank pairs: two mistakes and one mistake are no difference. Look at every one. Would you have known?

# %%
h = dl.F.softmax(net(X_test))[0]  # (359, 10)
wrong = np.flatnonzero(predicted != y_test)
captions = [f"{y_test[n]} → {predicted[n]}\n{h[n, predicted[n]]:.0%}" for n in wrong]
print(
    f"mean confidence when right {h.max(axis=1)[predicted == y_test].mean():.2f}, when wrong {h[wrong].max(axis=1).mean():.2f}"
)
digit_plots.pictures(X_test[wrong], captions, title="Every mistake: true → answer, and its probability")

# %% [markdown]
# *Figure: the mistakes with true digit, answer and the answer's probability.*
#
# Error analysis asks of each: label wrong, picture unreadable, or network wrong? Only the last kind is worth more training. If what you see here changes your model, this test set is spent: you need new digits for an honest number.
#
# ## 9. Three libraries, one curve
#
# Same weights, same batches, plain SGD at rate 0.5. **Predict:** by how much do PyTorch, scikit-learn and your functions differ after 102 steps?

# %%
net, loss, rng, ours = network(), dl.CrossEntropyLoss(), np.random.default_rng(2), []
optimizer = dl.SGD(net.parameters(), lr=0.5)
with dl.swap(**mine):
    for _ in range(6):
        for X_batch, y_batch in dl.data.batches(X_train, y_train, 64, rng=rng):
            ours.append(loss(net(X_batch), y_batch))
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
stored = dl.data.framework_curves()  # recorded, so that you need no PyTorch
for name, curve in stored.items():
    apart = np.abs(curve - ours).max()
    print(f"{name}: last loss {curve[-1]:.12f}, ours {ours[-1]:.12f}, never more than 1e-12 apart: {apart < 1e-12}")
title = "The same network, three times"
plots.lines(np.arange(1, 103), {"yours": ours, **stored}, title=title, xlabel="step", ylabel="loss of the batch")

# %% [markdown]
# *Figure: three curves that lie on one another.*
#
# There is no secret in a framework: it computes what you wrote, faster on large nets, with the backward pass written for you.
#
# ## 10. A playground
#
# **Predict:** how many units does one hidden layer need for rings? For spirals?
#
# **Play** until the goal line says that you reached it. Much of the course is in it, and a way back to the same start, so that one change at a time can be judged.

# %%
PlaygroundExplorer()

# %% [markdown]
# *Figure: an interactive panel. The decision surface of a small network, what its hidden units respond to, its weights, and training and test loss.*
#
# **Explain:**

# %%
for name, make in [("rings", dl.data.rings), ("spirals", dl.data.spirals)]:
    X_flat, y_flat = make(300, rng=np.random.default_rng(0))
    for hidden in (1, 2, 3, 4, 8):
        accuracy = []
        for start in (0, 1):
            rng = np.random.default_rng(start)
            small = dl.Sequential(dl.Linear(2, hidden, rng=rng), dl.Tanh(), dl.Linear(hidden, 2, rng=rng))
            train(small, X_flat, y_flat, lr=0.1, epochs=60)
            accuracy.append(dl.accuracy(small, X_flat, y_flat))
        print(f"{name}, {hidden} hidden units: accuracy from two starts {accuracy[0]:.2f} and {accuracy[1]:.2f}")

# %% [markdown]
# Three lines make a triangle, and that encloses a ring. The spirals need four, and luck; with eight, no luck.
#
# ## Check yourself
#
# <details><summary>1. The loss starts at 2.30 and one batch can be learnt by heart. Is the code right?</summary>
#
# Not proven. Labels out of order pass both. "All tests passed" tempts; each test excludes one kind of fault.
# </details>
# <details><summary>2. Of two nets one has 97.2 % on 360 validation digits, the other 96.9 %. Which is better?</summary>
#
# You cannot tell: one digit is 0.28 %, and the standard error is 0.9 %. Take the simpler, or the lower loss.
# </details>
# <details><summary>3. You see the test mistakes, add noise, and the test accuracy rises. May you report it?</summary>
#
# Not as a test accuracy: you chose by it. It has become validation data.
# </details>
# <details><summary>4. In the plane of hidden layer 2 two digits overlap. Does the network confuse them?</summary>
#
# Not necessarily. The plane shows two directions of 32, chosen for variance, not for classes.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | learning curves: training and *test* error; keep the model with the best test accuracy | it is the number that counts | choose on validation, test once: the best of many looks better than it is | Cawley & Talbot 2010 |
# | 2 | every layer parts the classes better | pictures with colours suggest it | spread within classes fell here; the nearest mean need not follow | section 6 |
# | 3 | hidden units stand for strokes, then for digits | so it is drawn in many notes | partly: see the favourites; directions that no single unit shows mean as much | Szegedy et al. 2014 |
# | 4 | a high softmax output means that the answer is right | it is called a probability | mistakes are confident as well | Guo et al. 2017 |
# | 5 | a neural network beats simple methods | it does on large sets | measure the baseline | section 2 |

# %%
rng = np.random.default_rng(0)
guesses = rng.integers(10, size=(500, len(y_test)))  # 500 "models" that roll dice
looks = (guesses == y_test).mean(axis=1)
print(f"1 the best of 500 dice, by the test set: {looks.max():.3f}; on new digits it has 0.100")
means = [f"{nearest_mean(H, y_val):.3f}" for H in layers.values()]
print("2 nearest class mean in all dimensions, layer by layer:", *means)
H = layers["hidden 2"]
turned = H @ np.linalg.qr(rng.normal(size=(32, 32)))[0]  # random directions in place of units
for name, Z in [("units", H), ("random directions", turned)]:
    favourites = [len(np.unique(y_val[column.argsort()[::-1][:10]])) for column in Z.T]
    print(f"3 {name} of hidden 2: ten favourites from {np.mean(favourites):.1f} digits")
print(f"4 the most confident mistake: {h[wrong].max():.2f}")

# %% [markdown]
# ## Summary
#
# 1. Look at the data, cut it in three, and measure a baseline.
# 2. Check gradients once, then trust them.
# 3. Loss at the start, one batch, update ratio, a look at the data: each finds what the others miss.
# 4. Choose by validation loss; know the standard error; open the test set once.
# 5. Layers bring a class's examples together. A plane shows a shadow of it.
# 6. Accuracy says how many, the confusion matrix says which, and the pictures say why.
# 7. Frameworks give the same numbers as your own functions.
#
# ## PyTorch bridge
#
# ```python
# net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
# loss, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=0.003)
# for X_batch, y_batch in loader:                   # a DataLoader, shuffled
#     optimizer.zero_grad(); loss(net(X_batch), y_batch).backward(); optimizer.step()
# net[0].register_forward_hook(keep)                # what dl.capture does
# ```
#
# ## Further reading
#
# - Alpaydin, Kaynak 1998, *Cascading Classifiers* (the digits)
# - Cawley, Talbot 2010, *On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation*
# - Szegedy et al. 2014, *Intriguing Properties of Neural Networks*
# - Zeiler, Fergus 2014, *Visualizing and Understanding Convolutional Networks*
# - Guo, Pleiss, Sun, Weinberger 2017, *On Calibration of Modern Neural Networks*
# - CS231n course notes, *Neural Networks Part 3* (update ratios and other sanity checks)
#
# **Now build it yourself:** [exercise 14](../exercises/14_capstone.ipynb).
