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
# # 00 Start here
#
# **How to use the course, whether your installation works, and the symbols, shapes and conventions that all lessons share.**
#
# You need Python (loops, functions), a little NumPy (arrays, slices, `@`), and school calculus (what a derivative is). Nothing about neural networks. Read this page once, in 20 minutes; come back when a symbol or a word escapes you.

# %% [markdown]
# ## 1. How a lesson works
#
# A lesson is made of cells. Put the cursor into one and press **Shift + Enter** to run it; the next one is then selected. Run the cells in order, from the top.
#
# 1. **Warm-up.** Three questions on earlier lessons. Answer from memory before you unfold the answer: recalling is what makes it stay.
# 2. **Predict.** Where you read this word, say your answer, or write it down, *before* you run the cell below. A wrong prediction teaches most.
# 3. **Play.** Each lesson has an explorer: move every slider. A line above the picture says what to reach, and when you have.
# 4. **Your turn.** A piece of code is wrong on purpose. Repair it and run the cell again.
# 5. **Notes versus papers.** What lecture notes often say, tested by a cell, beside what the papers say.
# 6. **The exercise.** You write the lesson's algorithms yourself. A cell such as `check("q1")` says what is right, shows the first wrong entry, and often names the mistake. There are three levels of hints. Take them in order, and only when stuck for ten minutes.
#
# If things look odd, choose *Kernel*, then *Restart Kernel and Run All Cells*. Nothing that you wrote is lost by that.

# %% [markdown]
# ## 2. Does everything work?
#
# **Predict:** can this computer train a network that reads handwritten digits in a few seconds? Run the cell.

# %%
import sys

import numpy as np

import dlcourse as dl

python = sys.version_info >= (3, 11)
print("Python 3.11 or newer:     ", "ok" if python else f"no, this is {sys.version.split()[0]}: install a newer one")

X, y = dl.data.digits()  # 1797 pictures of 8 x 8 pixels, and what they show
rng = np.random.default_rng(0)
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=rng)
net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng))
optimizer = dl.Adam(net.parameters(), lr=0.01)
dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=15, rng=rng, progress=False)
learned = dl.accuracy(net, X_test, y_test) > 0.95
print("a network learns digits:  ", "ok" if learned else "no: install dlcourse again")

right = dl.gradcheck_network(net, dl.CrossEntropyLoss(), X_test[:5], y_test[:5])
print("its gradients are right:  ", "ok" if right else "no: install dlcourse again")

# %% [markdown]
# Now a picture, and a slider. Click on the slider, then press the arrow keys.

# %%
from dlcourse.viz import ActivationExplorer

ActivationExplorer()

# %% [markdown]
# *Figure: the explorer of lesson 05. Three curves with a marked point, and below the picture a line that says in words what it shows.*
#
# - The picture follows the slider: all is well.
# - There is a picture, but no slider: run the cell (Shift + Enter). An unrun page shows a still picture.
# - A message about widgets instead: stop JupyterLab and type `dlcourse doctor` in a terminal. It says what is wrong and how to mend it.

# %% [markdown]
# ## 3. The road
#
# | | lesson | minutes (lesson + exercise) | afterwards you can |
# |---|---|---|---|
# | | **A neuron learns** | | |
# | 01 | [The perceptron](01_perceptron.ipynb) | 60 + 80 | let a neuron learn from its mistakes, and say what it never can |
# | 02 | [Logistic regression and its metrics](02_logistic_regression.ipynb) | 60 + 80 | turn scores into probabilities, and judge them |
# | 03 | [Loss, gradient descent, learning rate](03_gradient_descent.ipynb) | 60 + 75 | descend, and compute the largest rate that is stable |
# | 04 | [Backpropagation](04_backpropagation.ipynb) | 90 + 90 | derive, write and check all gradients of a network |
# | | **Deep networks that train** | | |
# | 05 | [Activation functions](05_activations.ipynb) | 60 + 75 | choose the bend between two layers |
# | 06 | [Vanishing and exploding gradients](06_unstable_gradients.ipynb) | 75 + 85 | find out why a deep network does not learn, and cure it |
# | 07 | [Weight initialisation](07_initialization.ipynb) | 60 + 80 | predict the signal in every layer before training |
# | 08 | [Batches and momentum](08_minibatch_momentum.ipynb) | 75 + 85 | convert any recipe for momentum into any other |
# | 09 | [Adaptive optimizers](09_adaptive_optimizers.ipynb) | 75 + 85 | give each weight its own rate, and run a fair race |
# | 10 | [Batch normalisation](10_batch_normalization.ipynb) | 75 + 90 | normalise inside a network, and say what that buys |
# | | **Networks that generalise** | | |
# | 11 | [Overfitting](11_overfitting.ipynb) | 75 + 85 | split without a leak, measure bias and variance, stop in time |
# | 12 | [Dropout and sparsity](12_dropout_sparsity.ipynb) | 70 + 85 | restrain a network by chance, and do without most of its work |
# | 13 | [Hyperparameters](13_hyperparameters.ipynb) | 75 + 80 | spend a budget of trainings well, and change the rate on the way |
# | 14 | [Handwritten digits, end to end](14_capstone.ipynb) | 90 + 100 | take real data from the first look to one honest number |
#
# Each lesson says which earlier ones it needs. Your functions from one exercise are never needed in another: you may leave an exercise half done and go on.
#
# **Three ways to go.** *Thorough:* a lesson and its exercise a week. *Quick:* the lessons 03, 04, 05, 08 and 11 in a weekend, with the first three questions of each exercise. *You know PyTorch already:* begin with the section "Notes versus papers" of any lesson, and read upwards from what surprises you.

# %% [markdown]
# ## 4. Symbols
#
# | symbol | in code | what it is |
# |---|---|---|
# | $x$ | `x`, `X` | input; $x_l$ is what leaves layer $l$, and $x_0$ the input |
# | $W, b$ | `W`, `b` | weights and biases of a layer |
# | $z$ (in lesson 04: $s$) | `z`, `s` | weighted sum, $z = x W + b$ |
# | $f, g$ | `F.relu`, ... | activation function; $f'$ is its derivative, its slope |
# | $h$ | `h` | what the network answers |
# | $y$ | `y` | the target, what it should answer. In a function such as `y, cache = F.tanh(z)`: what leaves it |
# | $L$ (in lesson 04: $J$) | `loss` | loss, the mean over the examples |
# | $\delta_l$ | `delta`, `dz` | $\partial L / \partial z_l$ |
# | $dW$, $dx$ | `dW`, `dx` | $\partial L / \partial W$, $\partial L / \partial x$: the same shape as W, as x |
# | $\eta$, $\alpha$ | `lr` | learning rate |
# | $\mu$, $\beta$ | `momentum`, `betas` | share of the past that is kept |
# | $\lambda$ | `weight_decay` | strength of a penalty; as $\lambda_{\max}$, a curvature |
# | $\sigma$ | `F.sigmoid` | the sigmoid; as $\sigma^2$, a variance |
# | $*$ | `*` | entry by entry; a product of matrices has no sign in formulas and `@` in code |
#
# ## 5. Shapes
#
# N is the number of examples in what is given (in a batch: B), D the number of inputs, M of units, K of classes. Examples are rows.
#
# | what | shape | |
# |---|---|---|
# | a batch of inputs | `(N, D)` | a picture for a convolution: `(N, channels, height, width)` |
# | weights of a dense layer | `(in, out)` = `(D, M)` | so $z = xW + b$ reads as it is written. PyTorch stores `(out, in)` |
# | a convolution's kernel | `(out, in, kh, kw)` | as PyTorch stores it |
# | biases | `(M,)` | one for each unit |
# | labels | `(N,)` whole numbers 0 to K - 1 | or rows with a single 1: `(N, K)`, one-hot |
# | a recurrent input | `(N, time, D)` | |

# %%
F = dl.F
x, W, b = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), np.zeros(2)
z, cache = F.linear(x, W, b)
dx, dW, db = F.linear_backward(np.ones((5, 2)), cache)
print("z", z.shape, "  dx", dx.shape, "  dW", dW.shape, "  db", db.shape)

# %% [markdown]
# ## 6. Conventions
#
# Books differ here, and no choice is "the" right one. Ours are PyTorch's. The cell below shows each.
#
# | | convention | where |
# |---|---|---|
# | 1 | **Mean losses.** A loss is the mean over the examples, not their sum, so its gradient has the same scale for any batch size. | 03, 04, 08 |
# | 2 | **Value at a kink.** The derivative of ReLU at 0 is taken as 0, of leaky ReLU as its slope, of ELU as alpha. The unit step is 1 at 0, sign is 0 there. | 01, 05 |
# | 3 | **p drops.** In dropout p is the probability to be *dropped*, $0 \le p < 1$. (The first paper writes p for keeping.) | 12 |
# | 4 | **ddof.** A variance of a batch, or of all there is, divides by n (`ddof=0`). Only where a formula says so, as for the running variance of batch normalisation, it divides by n - 1. | 10, 11 |
# | 5 | **Epsilon.** A small number that keeps a division from failing. It stands outside the root in Adam, RMSprop and Adagrad, inside in Adadelta and in batch normalisation. | 09, 10 |
# | 6 | **log is the natural logarithm**, and a network that guesses among K classes has the loss ln K. | 02, 06 |
# | 7 | **Chance is handed in.** Whatever draws random numbers takes `rng`, made by `np.random.default_rng(seed)`. The same seed gives the same numbers. | all |
#
# Numerical tests and gradient checks stay away from kinks: there, two right methods may differ.

# %%
scores, labels = np.zeros((4, 10)), np.array([3, 1, 4, 1])
once, _ = F.cross_entropy(scores, labels)
twice, _ = F.cross_entropy(np.vstack([scores, scores]), np.tile(labels, 2))
print(f"1 loss of four examples {once:.4f}, of the same eight {twice:.4f}")
kink = np.zeros(1)
print("2", end=" ")
for op in ("relu", "leaky_relu", "elu"):
    _, cache = getattr(F, op)(kink)
    print(f"{op}'(0) = {getattr(F, f'{op}_backward')(np.ones(1), cache)[0]:g}", end="; ")
print(f"step(0) = {F.unit_step(kink)[0][0]:g}; sign(0) = {F.sign(kink)[0][0]:g}")
dropped = dl.Dropout(0.2, rng=rng)(np.ones((1000, 100)))
print(f"3 p = 0.2: {np.mean(dropped == 0):.2f} are 0, the others {dropped.max():.2f}, the mean {dropped.mean():.2f}")
few = np.array([1.0, 2.0, 6.0])
print(f"4 variance of 1, 2, 6: {few.var():.3f}, with ddof=1 {few.var(ddof=1):.3f}")
g, eps = 1e-4, 1e-2
print(f"5 g = {g}, eps = {eps}: outside the root g/(√g² + eps) = {g / (np.sqrt(g**2) + eps):.4f},", end=" ")
print(f"inside g/√(g² + eps) = {g / np.sqrt(g**2 + eps):.4f}")
print(f"6 ln 10 = {np.log(10):.4f}")
print("7", np.random.default_rng(7).integers(100, size=5), "again", np.random.default_rng(7).integers(100, size=5))

# %% [markdown]
# ## 7. Words
#
# The number says which lesson explains it.
#
# | word | what it means | |
# |---|---|---|
# | activation function | the bend that follows a weighted sum | 01, 05 |
# | autodiff | gradients by a program that records what it computes | 04 |
# | backpropagation | all gradients in one pass from the loss to the input | 04 |
# | batch | the examples that one update sees | 08 |
# | bias | the number that a neuron adds to its weighted sum. In statistics: the error of the mean prediction | 01, 11 |
# | cache | what a forward pass keeps for its backward pass | 04 |
# | conditioning | how much steeper a valley is across than along | 03 |
# | convex | curved upwards everywhere, so that every minimum is the lowest | 03 |
# | cross-entropy | the loss of predicted probabilities: minus the log of what the right class got | 02 |
# | curvature | how fast the slope changes | 03 |
# | dead unit | a ReLU that is 0 on every training example | 05 |
# | decision boundary | where the answer changes | 01 |
# | delta | derivative of the loss with respect to a weighted sum | 04 |
# | epoch | one pass through all training examples | 03, 08 |
# | fan-in, fan-out | terms in a unit's sum; units that an input feeds | 07 |
# | forward, backward pass | from input to loss; from loss to gradients | 04 |
# | gradient | the vector of all partial derivatives; points uphill | 03 |
# | gradient check | comparing backpropagation with differences of the loss | 04 |
# | hidden layer | a layer that is neither input nor output | 01 |
# | iteration | one update | 08 |
# | Jacobian | the matrix of the derivatives of every output with respect to every input | 04 |
# | label | the right class of an example | 02 |
# | learning rate | how far a step goes, as a multiple of the gradient | 03 |
# | logit | a score before sigmoid or softmax | 02 |
# | momentum | steps that remember earlier steps | 08 |
# | norm | the length of a vector | 06 |
# | one-hot | a label as a row with a single 1 | 02 |
# | overfitting | learning the examples instead of the rule | 11 |
# | perceptron | a neuron with a step; also its learning rule | 01 |
# | precision, recall | of what was called positive, how much is; of what is positive, how much was found | 02 |
# | residual block | layers with a path around them | 06 |
# | ROC, AUC | recall against false alarms at all thresholds; the area below | 02 |
# | saddle point | slope 0, up in one direction and down in another | 03 |
# | saturation | where an activation is so flat that hardly any slope is left | 05 |
# | separable | classes that a straight line, or plane, divides without mistakes | 01 |
# | softmax | K scores into K probabilities | 02 |
# | spectral radius | the largest absolute value of a matrix's eigenvalues | 06 |
# | standardise | mean 0 and variance 1, by the training set's numbers | 03 |
# | vanishing, exploding gradient | a product over many layers that goes to 0, or out of bounds | 06 |
# | variance rule | the variance of weights that keeps a signal as large as it was | 07 |

# %% [markdown]
# ## 8. When you are stuck
#
# - **A check says "not yet".** Read the line with "expected": it shows the first wrong entry. Try the function on the small example of the question, by hand.
# - **Shapes do not fit.** Print `.shape` of everything in the line. Examples are rows, weights are `(in, out)`.
# - **A network does not learn.** Print the loss of the first steps. ln K? It guesses. Rising? Make the rate smaller. NaN? Much smaller.
# - **You do not understand a section.** Run its cell with other numbers, and predict each time.
# - **You want the solution.** In a terminal, `dlcourse reveal 05 q3` gives a hint on question 3 of exercise 05, and with each further call more. Open hint 3 first, and sleep on it. A solution that you have read feels known; one that you have found is.
#
# **Begin:** [lesson 01, the perceptron](01_perceptron.ipynb).
