# %% [markdown]
# # Exercise 01: The perceptron
#
# You build a neuron, the rule by which it learns, and a network that does what no neuron can. Nothing here needs more
# than NumPy and a clear head.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | two step functions, from a text with gaps | 3 | 6 |
# | q2 | a neuron that answers a whole batch | 3 | 8 |
# | q3 | the perceptron rule | 6 | 16 |
# | q4 | a learning rule that somebody broke | 4 | 12 |
# | q5 | XOR from gates, and "exactly one" for any number of inputs | 6 | 16 |
# | q6 | one layer that equals two | 3 | 8 |
# | q7 | who can learn it, and after how many mistakes? | 4 | 14 |
#
# Read [lesson 01](../lessons/01_perceptron.ipynb) first. The questions do not depend on each other: leave one out,
# and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After some checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("01_perceptron")

# %%
import dlcourse as dl
from dlcourse.viz import planes

# %% [markdown]
# ## Four rules for all questions
#
# 1. **A row is an example.** `X` has the shape (N, D): N examples, D inputs. A single neuron has weights `w` (D,) and
#    a bias `b`, a number. A layer of M neurons has `W` (D, M) and `b` (M,): each neuron is a column.
# 2. **step(0) = 1 and sign(0) = 0.**
# 3. **z, h, y:** the weighted sum, the neuron's answer, the answer that is wanted.
# 4. **Leave the arguments as they are.** Make new arrays; a check fails if your function changes the ones it was given.

# %% [markdown]
# ## q1 · Two steps, completed (3 points)
#
# $$
# \mathrm{step}(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases}
# \qquad
# \mathrm{sign}(z) = \begin{cases} 1 & z > 0 \\ 0 & z = 0 \\ -1 & z < 0 \end{cases}
# $$
#
# The functions are written; some of their lines have gaps. Fill in each `...`, then delete the lines
# `raise NotImplementedError()`. `np.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere.
#
# - `unit_step(z)` and `sign(z)`: `z` an array of any shape. Each returns an array of numbers of that shape.
# - Build them from comparisons. The library's own step and sign are out of reach here.
#
# **Example.** For `z = [-2, 0, 0.5]`, `unit_step(z)` is `[0, 1, 1]` and `sign(z)` is `[-1, 0, 1]`.


# %% question="q1"
def unit_step(z):
    """1 where z >= 0, else 0.   z any shape -> the same shape"""
    ### BEGIN SOLUTION
    return np.where(z >= 0, 1.0, 0.0)
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gap below is filled
    # return np.where(..., 1.0, 0.0)
    ### END STUDENT


def sign(z):
    """1 where z > 0, -1 where z < 0, 0 where z = 0.   z any shape -> the same shape"""
    ### BEGIN SOLUTION
    # 1. where is z positive?
    positive = np.where(z > 0, 1.0, 0.0)
    # 2. where is it negative?
    negative = np.where(z < 0, 1.0, 0.0)
    # 3. put the two together
    return positive - negative
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. where is z positive?
    # positive = np.where(..., 1.0, 0.0)
    # # 2. where is it negative?
    # negative = np.where(..., 1.0, 0.0)
    # # 3. put the two together
    # return ...
    ### END STUDENT


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A condition on an array, such as `z > 3`, gives True or False for each entry. Ask of each function: what happens at
# exactly 0?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# For `unit_step`, 0 belongs to the ones: use a comparison that holds at 0. For `sign`, 0 belongs to neither side: use
# two comparisons that both fail there.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# In `sign`, `positive` holds a 1 at every positive entry and `negative` a 1 at every negative one. You want +1 for the
# first and -1 for the second: one subtraction.
#
# </details>

# %% [markdown]
# ## q2 · One neuron, a whole batch (3 points)
#
# $$z_n = \sum_{i=1}^{D} x_{ni}\, w_i + b, \qquad h_n = \mathrm{step}(z_n)$$
#
# - `neuron(X, w, b)`: `X` (N, D), `w` (D,), `b` a number. Returns two arrays, `z` (N,) and `h` (N,).
#
# **Example.** Three examples with two inputs, `w = [2, -1]` and `b = 1`:
#
# ```
# X = [[1, 1],     z = [2, -1, 0]     h = [1, 0, 1]
#      [0, 2],
#      [1, 3]]
# ```


# %% question="q2"
def neuron(X, w, b):
    """Weighted sums and answers of one neuron.   X (N, D), w (D,), b a number -> z (N,), h (N,)"""
    # 1. the weighted sums
    # 2. the answers
    ### BEGIN SOLUTION
    z = X @ w + b
    h = np.where(z >= 0, 1.0, 0.0)
    return z, h
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Each row of X meets the same weights. First multiply and add up along the row, then add the bias, last the step.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The product `@` of a matrix (N, D) and a vector (D,) adds up exactly the right things and leaves N numbers. The bias
# is one number: NumPy adds it to all of them.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# z is X times w (with `@`), plus b. h is 1 where z is at least 0, and 0 elsewhere: `np.where` again, or
# `dl.F.unit_step(z)[0]`. Return both, z first.
#
# </details>

# %% [markdown]
# Two hundred pictures of a handwritten 0 or 1, and the plainest neuron: every pixel of the middle columns votes for 1,
# every other pixel for 0.

# %% tags=["demo"]
X_digits, y_digits = dl.data.digits()  # 64 pixels each, 8 rows of 8
X_01, y_01 = X_digits[y_digits < 2][:200], y_digits[y_digits < 2][:200]
votes = np.tile([-1, -1, -1, 1, 1, -1, -1, -1], 8)
_, h_01 = neuron(X_01, votes, b=3.0)
print(f"{np.mean(h_01 == y_01):.0%} of 200 pictures are right, and nothing was learned yet")

# %% [markdown]
# ## q3 · The perceptron rule (6 points)
#
# Begin with all weights and the bias at 0. Then, `epochs` times, go through the examples from first to last. For each
# one compute z and the answer h with the weights *as they are now*. If h is not y:
#
# $$w \leftarrow w + \eta\,(y - h)\,x, \qquad b \leftarrow b + \eta\,(y - h)$$
#
# - `train_perceptron(X, y, epochs, lr=1.0)`: `X` (N, D), `y` (N,) of zeros and ones. `lr` is the learning rate η.
# - Returns three things: `w` (D,), `b` (a number), and `mistakes`, a list of `epochs` whole numbers: how many answers
#   were wrong in the first epoch, in the second, and so on.
#
# **Example.** One input, two examples, `X = [[1], [2]]`, `y = [0, 1]`:
#
# | epoch | x | z | h | y | w, b afterwards |
# |---|---|---|---|---|---|
# | 1 | 1 | 0 | 1 | 0 | -1, -1 |
# | 1 | 2 | -3 | 0 | 1 | 1, 0 |
# | 2 | 1 | 1 | 1 | 0 | 0, -1 |
# | 2 | 2 | -1 | 0 | 1 | 2, 0 |
#
# So `train_perceptron(X, y, epochs=2)` returns `w = [2]`, `b = 0`, `mistakes = [2, 2]`.


# %% question="q3"
def train_perceptron(X, y, epochs, lr=1.0):
    """The perceptron rule, from zero.   X (N, D), y (N,) -> w (D,), b a number, mistakes: a list, one number per epoch"""
    # 1. start at zero
    # 2. one example at a time, in the given order
    # 3. answer
    # 4. move after a mistake only
    ### BEGIN SOLUTION
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for x, target in zip(X, y, strict=True):
            error = target - (x @ w + b >= 0)
            w = w + lr * error * x
            b = b + lr * error
            wrong += abs(error)
        mistakes.append(wrong)
    return w, b, mistakes
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You need two loops, one inside the other: epochs outside, examples inside. What must exist before the outer loop?
# What must be set back to 0 at the start of each epoch, and what must not?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# `for x, target in zip(X, y):` gives one row of X and its y at a time. Compute z with the present w and b, then h.
# y - h is 1, 0 or -1: it tells whether there was a mistake and in which direction to move. Write
# `w = w + ...` rather than `w += ...`: it makes a new array.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Before all loops: w is D zeros, b is 0, mistakes an empty list. Each epoch starts with a counter at 0 and ends by
# appending the counter to the list. Inside, if the answer is wrong: w grows by lr times (y - h) times the row, b grows
# by lr times (y - h), the counter by 1.
#
# </details>

# %% [markdown]
# Your rule learns to tell a 3 from an 8, and is tried on digits that it has never seen. Predict: how many mistakes
# will the tenth epoch have?

# %% tags=["demo"]
(X_train, y_train), (X_held, y_held) = dl.data.digits("train"), dl.data.digits("held_back")
train, held = np.isin(y_train, (3, 8)), np.isin(y_held, (3, 8))
w, b, mistakes = train_perceptron(X_train[train], (y_train[train] == 8).astype(float), epochs=10)
right = (X_held[held] @ w + b >= 0) == (y_held[held] == 8)
print(f"mistakes per epoch, of {train.sum()}: {np.array(mistakes).astype(int)}")
print(f"{right.sum()} of {held.sum()} unseen digits are right")

# %% [markdown]
# ## q4 · Repair a learner (4 points)
#
# Many books use the targets -1 and 1. The answer is then sign(z), and every z that does not have the sign of its
# target t is a mistake; z = 0 has no sign, so it is a mistake for both. After a mistake
#
# $$w \leftarrow w + t\,x, \qquad b \leftarrow b + t .$$
#
# The function below was handed to you with a note: *"It should stop after the first epoch without mistakes and say how
# many epochs it ran, that last one included. It does stop. At once. With weights of zero."*
#
# Find what is wrong and repair it. There is more than one bug.
#
# - `settle(X, t, max_epochs)`: `X` (N, D), `t` (N,) of -1 and 1. Starts at zero, takes the examples in their order.
# - Returns `w` (D,), `b` (a number) and the number of epochs that it ran: at most `max_epochs`, even if there are
#   still mistakes.
#
# **Example.** One input, two examples, `X = [[0], [2]]`, `t = [-1, 1]`:
#
# | epoch | x | z | t | mistake? | w, b afterwards |
# |---|---|---|---|---|---|
# | 1 | 0 | 0 | -1 | yes | 0, -1 |
# | 1 | 2 | -1 | 1 | yes | 2, 0 |
# | 2 | 0 | 0 | -1 | yes | 2, -1 |
# | 2 | 2 | 3 | 1 | no | 2, -1 |
# | 3 | 0, 2 | -1, 3 | | no | 2, -1 |
#
# So it returns `w = [2]`, `b = -1` and 3. With `max_epochs=1` it returns `w = [2]`, `b = 0` and 1.


# %% question="q4"
def settle(X, t, max_epochs):
    """The perceptron rule until an epoch has no mistake.   X (N, D), t (N,) of -1 and 1 -> w (D,), b, epochs"""
    ### BEGIN SOLUTION
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(max_epochs):
        clean = True
        for x, target in zip(X, t, strict=True):
            z = x @ w + b
            if target * z <= 0:
                w = w + target * x
                b = b + target
                clean = False
        if clean:
            return w, b, epoch + 1
    return w, b, max_epochs
    ### END SOLUTION
    ### BEGIN STUDENT
    # w, b = np.zeros(X.shape[1]), 0.0
    # for epoch in range(max_epochs):
    #     clean = True
    #     for x, target in zip(X, t, strict=True):
    #         z = x @ w + b
    #         if target * z < 0:
    #             w = w + target * x
    #             b = b + target * b
    #             clean = False
    #     if clean:
    #         return w, b, epoch
    # return w, b, max_epochs
    ### END STUDENT


# %% [markdown]
# See for yourself first: what does it return for the example?

# %% tags=["demo"]
w, b, epochs = settle(np.array([[0.0], [2.0]]), np.array([-1, 1]), max_epochs=20)
print(f"w = {w}, b = {b}, after {epochs} epochs")

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Play the first example by hand: w and b are 0. What is z? Is it a mistake by the rule above, and by the code? Once it
# learns, look at b, and last at the number of epochs.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# target times z is positive if the signs agree, and only then. At the start it is 0. The bias is a weight whose input
# is always 1: compare its line with the line of w. `range` counts from 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# A mistake is a product that is not above 0. The bias grows by the target itself. When the first clean epoch is number
# 0 of the loop, one epoch has run.
#
# </details>

# %% [markdown]
# ## q5 · XOR, and exactly one (6 points)
#
# **First part.** XOR is AND of OR and NAND. You are given three neurons by name, and wire them up in two layers: OR
# and NAND look at the inputs, AND looks at *their* answers.
#
# - `xor(X, gates)`: `X` (N, 2); `gates` is a dictionary, `gates["AND"]` a pair of weights (2,) and a bias, and
#   likewise `gates["OR"]` and `gates["NAND"]`. Their numbers differ from check to check.
# - Returns the hidden layer's answers `H` (N, 2), column 0 from OR and column 1 from NAND, and the network's answers
#   `h` (N,).
#
# **Example.** For the four rows 00, 01, 10, 11 it returns `H = [[0, 1], [1, 1], [1, 1], [1, 0]]` and
# `h = [0, 1, 1, 0]`, whatever weights the gates have. Between the four corners the answers depend on them.
#
# **Second part.** Write the weights yourself: a network of two layers, with *two* hidden neurons, that answers 1 if
# exactly one of its D inputs is 1. All inputs are 0 or 1. For D = 2 this is XOR.
#
# - `exactly_one(D)`: returns `W1` (D, 2), `b1` (2,), `W2` (2, 1), `b2` (1,). The network is
#   $h = \mathrm{step}(\mathrm{step}(X W_1 + b_1)\, W_2 + b_2)$.
#
# **Example.** With the answer to D = 3, the rows 000, 010, 110, 111 get 0, 1, 0, 0.


# %% question="q5"
def xor(X, gates):
    """XOR from gates.   X (N, 2), gates: name -> (w (2,), b) -> H (N, 2), h (N,)"""
    # 1. the hidden layer: one column per gate
    # 2. the output looks at the hidden answers
    ### BEGIN SOLUTION
    (w_or, b_or), (w_nand, b_nand), (w_and, b_and) = gates["OR"], gates["NAND"], gates["AND"]
    sums = np.column_stack([X @ w_or + b_or, X @ w_nand + b_nand])
    H = np.where(sums >= 0, 1.0, 0.0)
    h = np.where(H @ w_and + b_and >= 0, 1.0, 0.0)
    return H, h
    ### END SOLUTION


def exactly_one(D):
    """Weights of a network that finds exactly one 1 among D inputs.   -> W1 (D, 2), b1 (2,), W2 (2, 1), b2 (1,)"""
    ### BEGIN SOLUTION
    W1 = np.ones((D, 2))
    b1 = np.array([-1, -2])
    W2 = np.array([[1], [-1]])
    b2 = np.array([-1])
    return W1, b1, W2, b2
    ### END SOLUTION


# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# First part: take `gates["OR"]` apart into w and b, and treat it as the neuron of q2. Second part: what can a neuron
# know about the inputs if all its weights are 1? What distinguishes exactly one from none, and from two or more?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# First part: the two hidden answers, side by side, are the *input* of AND: an array (N, 2). Second part: let one
# hidden neuron answer "at least one" and the other "at least two". For which pair of answers should the output say 1?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# First part: `np.column_stack([a, b])` puts two arrays (N,) side by side; apply AND's weights to it with `@`, and the
# step once more. Second part: with all weights 1 a neuron's sum is the number of ones plus its bias; choose each bias
# between two whole numbers. The output rewards the first neuron, punishes the second, and needs a bias so that 0 - 0
# stays silent.
#
# </details>

# %% [markdown]
# The plane as your network sees it, with two sets of gates. The corners agree, the space between them does not.

# %% tags=["demo"]
plain = {"AND": ([1, 1], -1.5), "OR": ([1, 1], -0.5), "NAND": ([-1, -1], 1.5)}
tilted = {"AND": ([1, 2], -2.5), "OR": ([3, 1], -0.8), "NAND": ([-1, -3], 3.5)}
rows, wanted = dl.data.gate("XOR")
pictures = {"plain gates": plain, "tilted gates": tilted}
planes({title: (lambda P, gates=gates: xor(P, gates)[1], rows, wanted) for title, gates in pictures.items()})

# %% [markdown]
# ## q6 · Two linear layers are one (3 points)
#
# Without a step between them, two layers compute $(X W_1 + b_1) W_2 + b_2$. There is one layer, $X W + b$, that gives
# the same numbers for every X.
#
# - `collapse(W1, b1, W2, b2)`: shapes (D, K), (K,), (K, M), (M,). Returns `W` (D, M) and `b` (M,).
#
# **Example.** One input, two hidden neurons, one output:
#
# ```
# W1 = [[2, -1]]    b1 = [1, 3]    W2 = [[1],    b2 = [5]        W = [[-2]]    b = [18]
#                                        [4]]
# ```


# %% question="q6"
def collapse(W1, b1, W2, b2):
    """One layer that equals two.   W1 (D, K), b1 (K,), W2 (K, M), b2 (M,) -> W (D, M), b (M,)"""
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Multiply out the brackets on paper. Keep the order of the factors: matrices do not commute.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# You get three terms. One contains X; what multiplies X is W. The other two do not contain X: together they are b. Do
# their shapes fit?
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# W is the product of the two weight matrices, first layer first. b is the first bias, sent through the second layer as
# any hidden vector would be: times W2, plus b2.
#
# </details>

# %% [markdown]
# A network of the library, 64 inputs wide, and the one layer that replaces it.

# %% tags=["demo"]
rng = np.random.default_rng(0)
deep = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Identity(), dl.Linear(32, 10, rng=rng))
W, b = collapse(deep[0].weight.value, deep[0].bias.value, deep[2].weight.value, deep[2].bias.value)
difference = np.abs(X_digits @ W + b - deep(X_digits)).max()
print(f"{sum(p.value.size for p in deep.parameters())} parameters against {W.size + b.size}: ", end="")
print("the same outputs" if difference < 1e-12 else f"up to {difference:.2g} apart")

# %% [markdown]
# ## q7 · Who can learn it, and after how many mistakes? (4 points)
#
# **First part.** Ten logic functions. Which of them can **one** neuron with a step compute? Those, and no others, are
# the ones that the perceptron rule learns. Write the set of their names, such as `{"nor", "xnor"}`.
#
# | name | inputs | answers 1 if |
# |---|---|---|
# | `nor` | 2 | none is 1 |
# | `implies` | 2 | x1 is 0, or x2 is 1 |
# | `xnor` | 2 | both are equal |
# | `copy` | 3 | x1 is 1, whatever the others are |
# | `majority` | 3 | at least two are 1 |
# | `exactly_one` | 3 | exactly one is 1 |
# | `odd` | 3 | the number of ones is odd |
# | `veto` | 3 | x1 or x2 is 1, and x3 is 0 |
# | `not_all_equal` | 3 | there are ones and zeros |
# | `two_pairs` | 4 | x1 and x2 are 1, or x3 and x4 are 1 |
#
# **Second part.** Five examples. The neuron $2 x_1 + x_2 - 2$ answers all of them right:
#
# | x1 | x2 | y |
# |---|---|---|
# | 3 | 1 | 1 |
# | 2 | 0 | 1 |
# | 0 | 0 | 0 |
# | -2 | 2 | 0 |
# | 1 | -3 | 0 |
#
# The perceptron rule starts at zero, with rate 1. With this neuron as the separating one, what is the largest number
# of mistakes that Novikoff's theorem allows? `most_mistakes` is a whole number. Think of the scale: the theorem's $u$
# has length 1.

# %% question="q7"
### BEGIN SOLUTION
learnable = {"nor", "implies", "copy", "majority", "veto"}
most_mistakes = 24
### END SOLUTION
### BEGIN STUDENT
# learnable = ...
# most_mistakes = ...
### END STUDENT

# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# First part: for each function, look for weights and a bias. Give an input that speaks for 1 a positive weight, one
# that speaks against it a negative one, one that does not matter 0. Does an input ever change sides, speaking for 1 in
# one row and against it in another? Second part: write down R and the margin, each with the 1 appended.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# First part: a neuron cannot count up and down again: if more ones first help and then harm, no line does it. Where no
# input changes sides, try to add up the rows' inequalities as the lesson did for XOR. Second part: the length of
# (2, 1, -2) is 3. So the margin of an example is |2 x1 + x2 - 2| / 3; the theorem takes the smallest of the five.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# First part: for `two_pairs`, add up the sums of the rows 1100 and 0011, and of the rows 1010 and 0101. Second part:
# the longest (x1, x2, 1) has the length root 11. Square the quotient. A number of mistakes is whole, and at most that.
#
# </details>

# %% [markdown]
# ## The library, with your step
#
# Last, a network of the library: two layers that find exactly one 1 among four inputs. Inside the `with` block every
# `UnitStep` layer calls *your* `unit_step`; the weights come from your `exactly_one`.

# %% tags=["demo"]
rng = np.random.default_rng(0)
net = dl.Sequential(dl.Linear(4, 2, rng=rng), dl.UnitStep(), dl.Linear(2, 1, rng=rng), dl.UnitStep())
net[0].weight.value, net[0].bias.value, net[2].weight.value, net[2].bias.value = exactly_one(4)
rows = np.array([[0, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 1], [1, 1, 1, 1]], dtype=float)
with dl.swap(unit_step=lambda z: (unit_step(z), (z,))):  # the library wants a value and a cache
    for row, answer in zip(rows, net(rows), strict=True):
        print(f"{row.astype(int)} -> {answer[0]:.0f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
