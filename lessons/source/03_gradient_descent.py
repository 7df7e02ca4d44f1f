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
# # 03 Loss, gradient descent, learning rate
#
# **Say in one number how wrong a model is, follow its slope downhill, and know before the first step how far a step may go.**

# %%
import numpy as np

import dlcourse as dl
from dlcourse.viz import DescentExplorer, descent, plots

# %%
descent.four_rates()

# %% [markdown]
# *Figure: the same valley four times. From the square, dots mark eight steps downhill. At rate 0.1 they creep, at 0.7 they arrive, at 1.8 they jump from side to side and still sink, at 2.1 they climb out.*
#
# After this lesson you can
#
# - choose a loss that cannot be cheated, and write its slope;
# - find weights by gradient descent, by hand and with the library's loop;
# - compute the largest stable learning rate, and name what a rate does;
# - say where descent gets stuck, and what standardising the inputs changes.
#
# **Needs:** lessons 01 and 02. **Time:** 60 minutes. Our losses are means: a [convention](00_start_here.ipynb).

# %% [markdown]
# ## Warm-up
#
# Answer from memory, then unfold.
#
# <details><summary>1. (Lesson 01) When does the perceptron's learning rule change the weights, and does it care how wrong the answer was?</summary>
#
# Only at a mistake, and no: a near miss and a gross error lead to the same step. Today's steps do care.
# </details>
# <details><summary>2. (Lesson 01) XOR needs two layers. Why did we set their weights by hand?</summary>
#
# Because the learning rule knows no target for a hidden neuron. Slopes will reach there (lesson 04).
# </details>
# <details><summary>3. (Lesson 02) Which loss belongs to a yes-or-no answer, and what is its slope in z?</summary>
#
# Binary cross-entropy; $h - y$, the probability minus the truth.
# </details>

# %% [markdown]
# ## 1. How wrong is a model?
#
# Iris flowers: can we tell a petal's width from its length? A line predicts $h_n = w x_n + b$ for flower n; its **error** is $h_n - y_n$. Here are four lines. **Predict:** which has the smallest mean error?

# %%
flowers, _ = dl.data.iris()
x, y = flowers[:, 2], flowers[:, 3]  # petal length and width in cm: (150,), (150,)

lines = {
    "sensible": (0.416, -0.364),
    "flat": (0.0, y.mean()),
    "falling": (-0.5, y.mean() + 0.5 * x.mean()),
    "absurd": (0.0, -100.0),
}
for name, (w, b) in lines.items():
    error = w * x + b - y  # (150,)
    print(f"{name:9} mean error {error.mean().round(2) + 0.0:8.2f}   mean squared error {np.mean(error**2):9.3f}")

# %% [markdown]
# Signed errors cancel: *every* line through the middle of the data has mean error 0, and the "smallest" is minus infinity. Squares do not cancel. The **mean squared error** (MSE):
#
# $$L = \frac{1}{N}\sum_{n=1}^{N} (h_n - y_n)^2$$
#
# Strictly, one example has a *loss*, and the mean over the training set is the *cost*. Most people, and we, say loss for both, and write $L$.
#
# ## 2. Which way is down?
#
# Keep one weight: $h = w x$. (A petal of no length has no width.) Then $L(w)$ is a hill, and you stand on it in fog. You feel only the ground under your feet.
#
# | on the hill | in the model |
# |---|---|
# | where you stand | the weight $w$ |
# | your height | the loss $L(w)$ |
# | the slope under your feet | the derivative $dL/dw$ |
# | how far you step | learning rate $\eta$ (eta) times slope |
#
# Differentiate $(w x_n - y_n)^2$ by $w$ and take the mean:
#
# $$\frac{dL}{dw} = \frac{1}{N}\sum_n 2\,(w x_n - y_n)\,x_n$$
#
# To check it without calculus, move $w$ a little up and a little down. This is a **central difference**:
#
# $$\frac{dL}{dw} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\varepsilon}$$


# %%
def loss(w):
    return np.mean((w * x - y) ** 2)


def slope(w):
    return np.mean(2 * (w * x - y) * x)


eps = 1e-5
for w in (0.0, 0.7):
    central = (loss(w + eps) - loss(w - eps)) / (2 * eps)
    print(f"w = {w}: loss {loss(w):.3f}, slope {slope(w):7.3f}, central difference {central:7.3f}", end=", ")
    print(f"library {dl.numerical_gradient(loss, w):7.3f}")

# %% [markdown]
# A negative slope says: the loss falls to the right, so $w$ must rise. A positive slope: $w$ must fall. One minus sign does both. **Gradient descent**:
#
# $$w \leftarrow w - \eta\,\frac{dL}{dw}$$
#
# The slope is taken at the *old* weight: it is the only place you know. **Worked:**


# %%
def gradient_descent(slope, w, lr, steps):
    path = [w]
    for _ in range(steps):
        g = slope(w)  # 1. the slope where you stand
        w = w - lr * g  # 2. a step against it
        path.append(w)  # 3. remember the way
    return np.array(path)  # (steps + 1, ...): the start, then one weight per step


paths = {}
for start in (0.0, 0.7):
    path = gradient_descent(slope, start, lr=0.01, steps=12)
    paths[f"slope {slope(start):+.1f} at the start"] = path
    print(f"from {start}: {path[:4].round(3)} ... {path[-1]:.4f}, loss {loss(path[-1]):.4f}")
descent.walks(loss, paths, xlabel="weight w", ylabel="mean squared error")

# %% [markdown]
# *Figure: the loss is a parabola over w. From the left the dots move right, from the right they move left, and both come together at the lowest point, near w = 0.34. Steps get shorter because the slope does.*

# %% [markdown]
# ## 3. How far may a step go?
#
# This loss is a parabola. Its second derivative, the **curvature** $c = \frac{2}{N}\sum_n x_n^2$, is the same everywhere. So if $w^*$ is the best weight, the slope is $c\,(w - w^*)$, and one step does this to the distance:
#
# $$w_{\text{new}} - w^* = (1 - \eta c)\,(w - w^*)$$
#
# Every step multiplies the distance by the same factor $r = 1 - \eta c$.
#
# | factor $r$ | rate $\eta$ | we call it |
# |---|---|---|
# | from 0 on, and at most 1 % left after ten steps ($r^{10} \le 0.01$) | $1/c$ or somewhat less | **good** |
# | closer to 1 | far below $1/c$ | **slow** |
# | between -1 and 0 | between $1/c$ and $2/c$ | **oscillating**: each step overshoots, the distance shrinks |
# | -1 or less | $2/c$ or more | **diverging** |
#
# So descent is stable for $\eta < 2/c$. **Predict**, before you run it: the sum of all $x_n^2$ is about 2583, and N = 150. Where is the limit?
#
# **Your turn.** One line of the forecast is wrong on purpose: repair it.

# %%
c = 2 * np.mean(x**2)
best = np.mean(x * y) / np.mean(x**2)  # where the slope is 0
print(f"sum of squares {np.sum(x**2):.0f}, curvature {c:.2f}, best weight {best:.4f}, limit 2/c = {2 / c:.4f}")


def forecast(start, lr, steps):
    factor = 1.0  # the factor of one step: repair me
    return best + factor**steps * (start - best)


walked = gradient_descent(slope, 0.0, lr=0.02, steps=5)[-1]
print("forecast:", "right" if np.isclose(forecast(0.0, 0.02, 5), walked) else "not yet, it predicts no motion at all")

distances = {}
for share in (0.05, 0.5, 1.9, 2.1):
    lr = share / c
    path = gradient_descent(slope, 0.0, lr, steps=40)
    distances[f"{share:g}/c = {lr:.4f}"] = np.abs(path - best)
    print(f"rate {lr:.4f}: factor {1 - share:5.2f}, distances {(path[:4] - best).round(3)} ... {path[-1] - best:.1e}")
title, ylabel = "Every step multiplies the distance", "distance to the best weight"
plots.lines(np.arange(41), distances, title=title, xlabel="step", ylabel=ylabel, yscale="log", ylim=(1e-14, 1e3))

# %% [markdown]
# *Figure: distance against step on a log axis: four straight lines. At 0.5/c it drops steeply, at 0.05/c and 1.9/c slowly, and at 2.1/c it rises.*
#
# <details><summary>Answer</summary>
#
# `factor = 1 - lr * c`. Leaving out `lr` tempts: the curvature is the valley's, the rate is yours.
# </details>
#
# ## 4. Try it
#
# **Predict**, before you touch anything. The parabola below has curvature 4. At which rate does it begin to diverge? What will 0.45, 0.02, 0.55 and 0.2 do?
#
# *Two valleys*, in the menu, follows the lower of two parabolas: a narrow valley on the left (curvature 8, floor at 0.5) and a wide one on the right (curvature 2, floor at 0). The lowest point of all is the **global minimum**; a point that is lower only than what lies around it is a **local minimum**. You start at -2, in the narrow one. Which rates will get you out?
#
# **Play** until the goal line says that you reached it. The right picture runs *all* rates from your start; the dashed line is the limit.

# %%
DescentExplorer()

# %% [markdown]
# *Figure: an interactive panel. Left, the chosen curve or contours with the path, a square at its start; middle, the loss above the lowest, step by step on a log axis; right, the loss after the last step for every learning rate, with the limit 2/curvature dashed.*
#
# **Explain:**


# %%
def two_valleys_slope(w):
    narrow, wide = 4 * (w + 1.5) ** 2 + 0.5, (w - 1.5) ** 2
    return np.where(narrow < wide, 8 * (w + 1.5), 2 * (w - 1.5))  # the lower one counts


for lr in (0.45, 0.02, 0.55, 0.2):
    path = gradient_descent(lambda w: 4 * w, 1.5, lr, steps=10)
    print(f"parabola, rate {lr}: factor {1 - 4 * lr:5.2f}, {path[:4].round(2)} ... {path[-1]:.4f}")
for lr in (0.05, 0.24, 0.26, 0.4):
    path = gradient_descent(two_valleys_slope, -2.0, lr, steps=40)
    print(f"two valleys, rate {lr}: {path[:5].round(2)} ... {path[-1]:.2f}")

starts = np.linspace(-3, 3, 61)
ends = gradient_descent(two_valleys_slope, starts, lr=0.1, steps=100)[-1]  # all starts at once
print(f"at rate 0.1, {np.mean(np.isclose(ends, 1.5)):.0%} of the starts from -3 to 3 reach the global minimum")

# %% [markdown]
# Below the narrow valley's limit, 2/8 = 0.25, every rate leads from -2 into the local minimum, however patient you are. Above it the narrow valley throws you out, and the wide one, stable up to 2/2 = 1, catches you. That is luck, not a method: here the better valley happens to be the wide one. **Gradient descent promises no global minimum**; the start decides, and the rate.
#
# ## 5. Where the ground is flat
#
# Descent stops where the slope is 0, and crawls where it is tiny.
#
# - A **saddle** is a minimum along one weight and a maximum along another. With many weights, points of slope 0 are more often saddles than minima, argue Dauphin et al. (2014).
# - A **plateau** is far from any minimum, and almost flat.
#
# **Predict:** exactly on a saddle's ridge descent stays. How many steps does it lose when it starts a millionth beside it?


# %%
def saddle_slope(w):  # of L = 2 w1^2 + (w2^2 - 1)^2 / 2: saddle at (0, 0), minima at (0, 1) and (0, -1)
    return np.array([4 * w[0], 2 * w[1] * (w[1] ** 2 - 1)])


def plateau_slope(w):  # of L = 2 (1 - exp(-w^2)): minimum at 0
    return 4 * w * np.exp(-(w**2))


for beside in (0.0, 1e-6, 0.1):
    path = gradient_descent(saddle_slope, np.array([1.0, beside]), lr=0.1, steps=200)
    near = np.abs(path[:, 1]) > 0.99
    print(f"saddle, {beside:g} beside the ridge:", f"{near.argmax()} steps to a minimum" if near.any() else "stays")
for start in (1.5, 2.0, 2.5, 3.0):
    path = gradient_descent(plateau_slope, start, lr=0.2, steps=2000)
    steps = np.argmax(np.abs(path) < 0.01)
    print(f"plateau from {start}: slope {plateau_slope(start):.4f}, {steps} steps to the minimum")

# %% [markdown]
# A small slope does not mean a small loss, nor that you have arrived. Both surfaces are in the explorer's menu.
#
# ## 6. Two weights, two curvatures
#
# With many weights there is a slope for each. Together they are the **gradient**: an array of the *same shape as the weights*, whatever that is (a **tensor** is an array with any number of axes). Against the gradient the loss falls fastest.
#
# Bring the bias back, as the weight of an input that is always 1. With rows $(x_n, 1)$ in $A$:
#
# $$L = \frac{1}{N}\sum_n \big((A w)_n - y_n\big)^2, \qquad \frac{dL}{dw} = \frac{2}{N} A^T (A w - y), \qquad H = \frac{2}{N} A^T A$$
#
# $H$, the derivative of the gradient, is the **Hessian**: it holds the curvatures. Its **eigenvalues** $\lambda$ are the curvatures along the valley's own axes, and each axis has its own factor $1 - \eta\lambda$. One rate must serve all: stable means $\eta < 2/\lambda_{\max}$, and then the flattest axis crawls. How badly, says the **condition number** $\kappa = \lambda_{\max}/\lambda_{\min}$.


# %%
def valley(A, y):
    N = len(A)
    curvatures = np.linalg.eigvalsh(2 / N * A.T @ A)  # in rising order
    lr = 1 / curvatures[-1]  # half the limit: the steepest axis arrives in one step
    goal = np.linalg.lstsq(A, y, rcond=None)[0]  # the exact answer, to compare with
    path = gradient_descent(lambda w: 2 / N * A.T @ (A @ w - y), np.zeros(2), lr, steps=600)
    left = np.linalg.norm(path - goal, axis=1) / np.linalg.norm(goal)  # distance left, as a share
    print(f"curvatures {curvatures.round(2)}, condition number {curvatures[-1] / curvatures[0]:.1f}")
    print(f"limit 2/{curvatures[-1]:.2f} = {2 / curvatures[-1]:.3f}; flattest factor {1 - lr * curvatures[0]:.4f}")
    print(f"at rate {lr:.3f}: {np.argmax(left < 0.01)} steps until 1 % of the distance is left")
    return (lambda w: np.mean((A @ w - y) ** 2)), path, goal


panels = {"length in cm": valley(np.column_stack([x, np.ones(150)]), y)}
descent.valleys(panels)

# %% [markdown]
# *Figure: contours of the loss over weight w1 and bias w2 form a long, slanted valley. One step falls to its floor; all others creep along it to the star.*
#
# The two columns are to blame: lengths around 4, never negative, beside ones. **Standardise** the length: subtract its mean, divide by its standard deviation. **Predict:** what happens to $\kappa$, to the limit, to the steps?

# %%
panels["length standardised"] = valley(np.column_stack([dl.data.standardise(x[:, np.newaxis]), np.ones(150)]), y)
descent.valleys(panels)

# %% [markdown]
# *Figure: left the long valley again. Right the contours are circles, and one step leads straight to the star.*
#
# Mean 0 makes the columns orthogonal, deviation 1 makes their curvatures equal: $H = 2I$.
#
# ## 7. A classifier learns
#
# Lesson 02 *gave* you the weights (0.9, 0.2) and -17 that tell malignant tumours by radius and texture. They were fitted to every second tumour. Now you find them. With slope $h - y$ in each $z$, and $z = X w + b$:
#
# $$\frac{dL}{dw} = \frac{1}{N} X^T (h - y), \qquad \frac{dL}{db} = \frac{1}{N}\sum_n (h_n - y_n)$$
#
# The Hessian changes from place to place now. But the sigmoid is nowhere steeper than 1/4, so no curvature exceeds the $\lambda_{\max}$ of $\frac{1}{4N}A^TA$: a rate below $2/\lambda_{\max}$ is safe everywhere.
#
# Mean and deviation come from the **training set**, and the test set is scaled by the *same* numbers. Anything learned from the test set, even its mean, would be a leak. **Predict:** how many steps will each version need?

# %%
X, y = dl.data.breast_cancer()
X, y = X[:, :2], 1.0 - y  # radius and texture; 1 = malignant
X_train, y_train, X_test, y_test = X[1::2], y[1::2], X[::2], y[::2]  # (284, 2), (284,), (285, 2), (285,)
scale = dl.data.Standardiser(X_train)


def gradients(X, y, w, b):
    h = dl.F.sigmoid(X @ w + b)[0]  # (N,)
    return X.T @ (h - y) / len(y), np.mean(h - y)  # (2,), ()


losses, weights = {}, {}
for name, inputs in [("as measured", X_train), ("standardised", scale(X_train))]:
    A = np.column_stack([inputs, np.ones(len(inputs))])
    curvatures = np.linalg.eigvalsh(A.T @ A / (4 * len(A)))
    lr = 1.8 / curvatures[-1]
    w, b, losses[name] = np.zeros(2), 0.0, []
    for _ in range(300):
        losses[name].append(dl.BCEWithLogitsLoss()(inputs @ w + b, y_train))
        dw, db = gradients(inputs, y_train, w, b)  # both at the old weights
        w, b = w - lr * dw, b - lr * db
    weights[name] = w, b
    print(
        f"{name:12}: condition number {curvatures[-1] / curvatures[0]:7.1f}, limit {2 / curvatures[-1]:.4f}", end=", "
    )
    print(f"loss after 10 steps {losses[name][10]:.3f}, after 299 {losses[name][-1]:.3f}")
print("means of the scaled test set, not quite 0:", scale(X_test).mean(axis=0).round(3))
title = "Logistic regression, each at 0.9 of its limit"
plots.lines(np.arange(300), losses, title=title, xlabel="step", ylabel="binary cross-entropy")

# %% [markdown]
# *Figure: loss against step. Standardised, the loss drops to 0.31 within ten steps and stays; as measured it creeps from 0.69 to 0.63.*
#
# Translated back to the original units, are these the weights of lesson 02? Since $x' = (x - m)/s$, divide each weight by $s$, and take $\sum w m$ off the bias.

# %%
w_scaled, b_scaled = weights["standardised"]
w = w_scaled / scale.std
b = b_scaled - w @ scale.mean
print(f"found: w = {w.round(3)}, b = {b:.3f}; given in lesson 02: [0.9 0.2], -17")
print(f"right on {np.mean((X_test @ w + b > 0) == y_test):.1%} of the tumours that lesson 02 judged")
check = dl.numerical_gradient(lambda w: dl.BCEWithLogitsLoss()(X_train @ w + b, y_train), w)
print("its gradient by central differences:", check.round(6) + 0.0)

# %% [markdown]
# ## 8. The training loop
#
# The library takes the same steps, for any network. Its loop has five lines, and the rest of this course changes only what is inside them. Instead of all examples, each step may see a **batch** of them (lesson 08 asks how large).
#
# - An **iteration** is one update of the weights: one batch.
# - An **epoch** is one pass over all examples: $\lceil N / \text{batch size} \rceil$ iterations.
#
# **Predict:** 284 examples, batches of 32. How many iterations has an epoch?

# %%
inputs, targets = scale(X_train), y_train[:, np.newaxis]  # (284, 2), (284, 1)


def loop(batch_size, epochs, lr):
    rng = np.random.default_rng(0)
    net, bce = dl.Linear(2, 1, rng=rng), dl.BCEWithLogitsLoss()
    net.weight.value, net.bias.value = np.zeros((2, 1)), np.zeros(1)  # start where we did
    optimizer, iterations = dl.SGD(net.parameters(), lr=lr), 0
    for _ in range(epochs):
        for X_batch, y_batch in dl.data.batches(inputs, targets, batch_size, rng=rng):  # 1. batch
            z = net(X_batch)  # 2. forward
            bce.forward(z, y_batch)  # 3. loss
            optimizer.zero_grad()
            net.backward(bce.backward())  # 4. backward: the gradients
            optimizer.step()  # 5. update
            iterations += 1
    return net, iterations


net, _ = loop(batch_size=284, epochs=300, lr=lr)  # the rate of the standardised run
same = np.allclose(net.weight.value.ravel(), w_scaled) and np.isclose(net.bias.value[0], b_scaled)
print("whole set as one batch, the weights found by hand:", same)
for batch_size in (284, 32, 1):
    net, iterations = loop(batch_size, epochs=5, lr=0.1)
    value = dl.BCEWithLogitsLoss()(net(inputs), targets)
    print(f"batches of {batch_size:3}: 5 epochs = {iterations:4} iterations, loss {value:.4f}")

rng = np.random.default_rng(0)
net = dl.Linear(2, 1, rng=rng)
optimizer, bce = dl.SGD(net.parameters(), lr=0.1), dl.BCEWithLogitsLoss()
print(dl.fit(net, bce, optimizer, inputs, targets, epochs=20, batch_size=32, rng=rng, progress=False))

# %% [markdown]
# `dl.fit` is that loop, with a history of losses. `zero_grad` is needed because `backward` *adds* to what it finds.
#
# **And without a Hessian?** In a large network nobody computes $\lambda_{\max}$. Try rates a factor of 3 apart, and take the largest at which the loss falls steadily (lesson 13 automates it).

# %% [markdown]
# ## Check yourself
#
# <details><summary>1. The loss grows from step to step. Is the model too simple?</summary>
#
# No, the rate is too large: a simple model's loss stops falling, it does not climb. "The model is bad" tempts because the loss is.
# </details>
# <details><summary>2. A loss has curvatures 1 and 100. You use half the limit. What is left of the distance along the flat axis after one step?</summary>
#
# η = 1/100, so 0.99 of it. "Half" tempts: that would need a rate near the flat axis's own scale.
# </details>
# <details><summary>3. Does the gradient point away from the minimum?</summary>
#
# Only where the contours are circles. In a long valley it points across. "Steepest" tempts us to hear "shortest way".
# </details>
# <details><summary>4. You double the batch size. What happens to the number of iterations per epoch?</summary>
#
# It halves. An epoch still sees every example once.
# </details>
# <details><summary>5. You standardise training and test set together, before splitting. What is wrong?</summary>
#
# The test set has had a say in the means: a leak. It tempts because the numbers look tidier.
# </details>

# %% [markdown]
# ## Notes versus papers
#
# Lecture notes often say the following. The cell below tests it.
#
# | | often written | why it tempts | what holds | source |
# |---|---|---|---|---|
# | 1 | loss $= \sum (y - \hat y)$ | "error" sounds like a difference | signed errors cancel: square them, or take the absolute value | section 1 |
# | 2 | $w_{new} = w - \eta\,\frac{dL}{dw_{new}}$, or $\frac{dw}{dw_{old}}$ | letters slip | $dL/dw$ at the *old* weight | section 2 |
# | 3 | gradient descent reaches the global minimum | drawings have one valley | no guarantee on a non-convex loss | section 4 |
# | 4 | small rates get trapped in local minima, large rates do not converge | half true each | from -2 every rate stable there is trapped; too large means above $2/\lambda_{\max}$, nothing else | LeCun et al. 1998 |
# | 5 | sums or means of the loss, without saying which | same minimum | the sum's slope is N times larger, its limit N times smaller | section 3 |
# | 6 | SGD takes one record per epoch | one record per *something* | one per iteration; an epoch is a full pass | section 8 |
# | 7 | the gradient says how much a weight is to blame for the loss | large slope, large effect | it is a local sensitivity: nearly 0 on a plateau, where the loss is largest | section 5 |

# %%
x, y = flowers[:, 2], flowers[:, 3]
w, b = lines["falling"]
print(f"1 mean error of the falling line: {np.mean(w * x + b - y).round(2) + 0.0:.2f}")
w_new = 0.0 - 0.01 * slope(0.0)
print(f"2 slope at the old weight {slope(0.0):.2f}, at the new one {slope(w_new):.2f}: another step")
print(f"3 two valleys, rate 0.1: {np.mean(~np.isclose(ends, 1.5)):.0%} of the starts miss the global minimum")
trapped = [gradient_descent(two_valleys_slope, -2.0, lr, 200)[-1] for lr in np.arange(1, 25) / 100]
print(f"4 rates 0.01 to 0.24 from -2: all trapped {np.allclose(trapped, -1.5, atol=0.01)};", end=" ")
print(f"rate 0.9 from -2: ends at {gradient_descent(two_valleys_slope, -2.0, 0.9, 200)[-1]:.2f}")
print(f"5 limit of the mean {2 / c:.4f}, of the sum {2 / (c * 150):.6f}")
print(
    f"6 batches of one: an epoch of 284 examples is {len(list(dl.data.batches(X_train, y_train, 1, rng=rng)))} updates"
)
print(f"7 plateau at w = 3: loss {2 * (1 - np.exp(-9)):.4f} of at most 2, slope {plateau_slope(3.0):.4f}")

# %% [markdown]
# ## Summary
#
# 1. A loss says how wrong a model is; square the errors, or they cancel.
# 2. The slope says which way is up. Step against it, from the old weights.
# 3. On a parabola each step multiplies the distance by $1 - \eta c$: stable below $2/c$.
# 4. With many weights the largest curvature sets the limit, the smallest the speed.
# 5. Descent finds *a* low place. Start and rate decide which.
# 6. Standardise, by the training set's numbers: the valley gets rounder.
# 7. Batch, forward, loss, backward, update: one iteration. A full pass is an epoch.
#
# ## PyTorch bridge
#
# ```python
# net, bce = torch.nn.Linear(2, 1), torch.nn.BCEWithLogitsLoss()
# optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
# for X_batch, y_batch in loader:                # a torch.utils.data.DataLoader
#     loss = bce(net(X_batch), y_batch)
#     optimizer.zero_grad(); loss.backward(); optimizer.step()
# ```
#
# ## Further reading
#
# - Cauchy 1847, *Méthode générale pour la résolution des systèmes d'équations simultanées*
# - LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*
# - Dauphin et al. 2014, *Identifying and Attacking the Saddle Point Problem in High-Dimensional Non-Convex Optimization*
# - Goodfellow, Bengio, Courville 2016, *Deep Learning*, the chapters on numerical computation and optimization
#
# **Now build it yourself:** [exercise 03](../exercises/03_gradient_descent.ipynb).
