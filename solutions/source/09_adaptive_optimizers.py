# %% [markdown]
# # Exercise 09: Adaptive optimizers
#
# You write the steps that give each weight a rate of its own, to PyTorch's last digit. Then your own Adam trains a
# network on digits, in the library's loop.
#
# | | you build | points | minutes |
# |---|---|---|---|
# | q1 | AdaGrad, from a text with gaps, and its effective rate | 4 | 8 |
# | q2 | RMSProp and AdaDelta | 5 | 14 |
# | q3 | Adam and AMSGrad | 5 | 16 |
# | q4 | predictions on paper | 4 | 12 |
# | q5 | six anonymous logs to put names to | 3 | 8 |
# | q6 | an AdamW that somebody broke | 4 | 12 |
# | q7 | how many steps a rule needs to get somewhere | 4 | 12 |
#
# Read [lesson 09](../lessons/09_adaptive_optimizers.ipynb) first. The questions do not depend on each other: leave one
# out, and come back to it.
#
# **How it works.** Write your code in place of `raise NotImplementedError()`. Then run the cell `check("q1")` below
# it: it says what is right, shows the first wrong entry, and often names the mistake. Check as often as you like. A
# few more checks, with other numbers, run when the exercise is graded. After some checks a cell puts your functions to
# work. It needs your answer: skip it if you skip the question.

# %%
import numpy as np

from dlcourse.checks import exercise

check = exercise("09_adaptive_optimizers")

# %%
import dlcourse as dl

# %% [markdown]
# ## Four rules for all questions
#
# 1. **A step returns new weights and its memory.** `w, G = adagrad_step(w, g, G)`: the memory that you return goes into
#    the next call. It starts as zeros.
# 2. **Everything is entry by entry.** `w`, `g` and each array of memory have one shape, whatever it is.
# 3. **Conventions are PyTorch's:** the present gradient is added before the root is taken, and ε stands where the
#    question says. The checks called "ten steps" hold you against numbers that PyTorch 2.13.0 gave.
# 4. **Leave what you are given as it is.** `w = w - step` makes a new array, `w -= step` changes the old one, which is
#    wrong here.

# %% [markdown]
# ## q1 · AdaGrad, completed (4 points)
#
# $$G \leftarrow G + g^2, \qquad w \leftarrow w - \frac{\eta}{\sqrt{G} + \varepsilon}\,g$$
#
# Fill in each `...`, then delete the line `raise NotImplementedError()`. Then write the second function.
#
# - `adagrad_step(w, g, G, lr=0.01, eps=1e-10)`: returns the new `w` and the new `G`.
# - `effective_rate(gradients, lr=0.01, eps=1e-10)`: `gradients` (t, D) holds the gradients of the steps 1 to t of D
#   weights, a row for each step. Returns (D,): the fraction above, as it stood in step t.
#
# **Example.** `w = [1, 1]`, `g = [3, -0.5]`, `G = [16, 0]`, `lr = 0.1` gives `w = [0.94, 1.1]` and `G = [25, 0.25]`.
# `effective_rate([[4, 0], [3, -0.5]], lr=0.1)` is `[0.02, 0.2]`.


# %% question="q1"
def adagrad_step(w, g, G, lr=0.01, eps=1e-10):
    """One step of AdaGrad.   w, g, G of one shape -> new w, new G"""
    ### BEGIN SOLUTION
    # 1. the present gradient is added first
    G = G + g**2
    # 2. a rate for each weight
    rate = lr / (np.sqrt(G) + eps)
    # 3. step
    w = w - rate * g
    return w, G
    ### END SOLUTION
    ### BEGIN STUDENT
    # raise NotImplementedError()  # delete this line when the gaps below are filled
    # # 1. the present gradient is added first
    # G = ...
    # # 2. a rate for each weight
    # rate = ...
    # # 3. step
    # w = ...
    # return w, G
    ### END STUDENT


def effective_rate(gradients, lr=0.01, eps=1e-10):
    """The rate of each weight in the last of these steps.   gradients (t, D) -> (D,)"""
    ### BEGIN SOLUTION
    return lr / (np.sqrt((gradients**2).sum(axis=0)) + eps)
    ### END SOLUTION


# %%
check("q1")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# G collects squares, one sum for each weight, and never forgets. The rate of a weight is lr divided by something that
# grows with its own gradients alone.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Add the square of the present gradient before you take the root; add eps to the root, not to what is under it. For
# `effective_rate` the steps lie along axis 0.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# `rate` is lr over the bracket (root of the new G, plus eps). Subtract rate times g. The second function squares all
# gradients, adds them up along axis 0, and puts that sum in the place of G.
#
# </details>

# %% [markdown]
# A rare word and a frequent one, 2000 steps. Predict: whose rate is larger, and how many times?

# %% tags=["demo"]
rng = np.random.default_rng(0)
occurs = rng.random((2000, 2)) < [0.5, 0.005]
for t in (20, 200, 2000):
    print(f"after {t:4} steps:", effective_rate(occurs[:t] * 1.0, lr=0.1).round(4))

# %% [markdown]
# ## q2 · RMSProp and AdaDelta (5 points)
#
# RMSProp, with ε outside the root:
#
# $$v \leftarrow \alpha v + (1-\alpha)\,g^2, \qquad w \leftarrow w - \frac{\eta}{\sqrt{v} + \varepsilon}\,g$$
#
# AdaDelta, with ε inside both roots; $d$ uses the $u$ of the steps before, and $u$ averages $d^2$, without η:
#
# $$v \leftarrow \rho v + (1-\rho)\,g^2, \quad d = \frac{\sqrt{u+\varepsilon}}{\sqrt{v+\varepsilon}}\,g, \quad u \leftarrow \rho u + (1-\rho)\,d^2, \quad w \leftarrow w - \eta\,d$$
#
# - `rmsprop_step(w, g, v, lr=0.01, alpha=0.99, eps=1e-8)` returns the new `w` and `v`.
# - `adadelta_step(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6)` returns the new `w`, `v` and `u`.
#
# **Example.** With `w = [1]`, `g = [2]`, `v = [0]`:
#
# | call | w | v | u |
# |---|---|---|---|
# | `rmsprop_step(w, g, v, lr=0.1, alpha=0.75)` | 0.8 | 1 | |
# | `adadelta_step(w, g, v, u, rho=0.75, eps=3)`, u = [1] | -1 | 1 | 1.75 |


# %% question="q2"
def rmsprop_step(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    """One step of RMSProp.   w, g, v of one shape -> new w, new v"""
    # 1. recent squared gradients
    # 2. a rate for each weight
    # 3. step
    ### BEGIN SOLUTION
    v = alpha * v + (1 - alpha) * g**2
    rate = lr / (np.sqrt(v) + eps)
    return w - rate * g, v
    ### END SOLUTION


def adadelta_step(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    """One step of AdaDelta.   w, g, v, u of one shape -> new w, new v, new u"""
    # 1. recent squared gradients
    # 2. the step, with the u of the steps before
    # 3. recent squared steps
    # 4. step
    ### BEGIN SOLUTION
    v = rho * v + (1 - rho) * g**2
    d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    u = rho * u + (1 - rho) * d**2
    return w - lr * d, v, u
    ### END SOLUTION


# %%
check("q2")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Both keep a running mean: a share of what was, and the rest of what is new. The shares add up to 1. Follow the
# formulas from left to right; their order matters.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# RMSProp differs from AdaGrad in one line. In AdaDelta the two roots each have their own eps inside; then the new mean u
# is made of d squared, and only at the very end lr comes in.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# A running mean of x: rho times the old mean plus (1 - rho) times x. For AdaDelta: new v, then d = root of (u + eps)
# over root of (new v + eps), times g; then new u; then w minus lr times d. Return three things.
#
# </details>

# %% [markdown]
# The gradient is 1 for 50 steps, then 0.1. Predict: which of the two takes longer steps at the end, and why?

# %% tags=["demo"]
rms = ada = np.zeros(1)
v_rms = v_ada = u_ada = np.zeros(1)
for t in range(1, 101):
    g = np.array([1.0 if t <= 50 else 0.1])
    before = rms, ada
    rms, v_rms = rmsprop_step(rms, g, v_rms, lr=0.01, alpha=0.9)
    ada, v_ada, u_ada = adadelta_step(ada, g, v_ada, u_ada)
    if t in (1, 50, 51, 100):
        print(f"step {t:3}: RMSProp {(before[0] - rms)[0]:.4f}, AdaDelta {(before[1] - ada)[0]:.4f}")

# %% [markdown]
# ## q3 · Adam and AMSGrad (5 points)
#
# Adam, with ε outside the root (Kingma & Ba 2015, Algorithm 1). $t$ is the number of this step, from 1:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)g, \quad v \leftarrow \beta_2 v + (1-\beta_2)g^2, \quad \hat m = \frac{m}{1-\beta_1^t}, \quad \hat v = \frac{v}{1-\beta_2^t}, \quad w \leftarrow w - \frac{\eta\,\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# AMSGrad keeps the largest $v$ so far, entry by entry, and divides by *its* root. PyTorch takes the largest of the
# **uncorrected** $v$, and corrects it with the present $t$:
#
# $$v_{\max} \leftarrow \max(v_{\max}, v), \qquad \hat v = \frac{v_{\max}}{1-\beta_2^t}$$
#
# - `adam_step(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8)` returns the new `w`, `m` and `v`.
# - `amsgrad_step(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8)` returns the new `w`, `m`, `v` and `v_max`.
#
# The memory that you return is *uncorrected*.
#
# **Example.** `w = [1]`, `g = [2]`, all memory `[0]`, `t = 1`, `lr = 0.1`, `betas = (0.5, 0.75)`: m = 1, v = 1, corrected
# 2 and 4, so w = 1 - 0.1 · 2/2 = 0.9. The same for AMSGrad with `v_max = [3]`: corrected 12, so w = 0.9423.


# %% question="q3"
def adam_step(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    """One step of Adam, t = 1, 2, ...   w, g, m, v of one shape -> new w, new m, new v"""
    # 1. recent gradients
    # 2. recent squares
    # 3. correct both for their start at 0
    # 4. step
    ### BEGIN SOLUTION
    beta1, beta2 = betas
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
    ### END SOLUTION


def amsgrad_step(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    """One step of AMSGrad, t = 1, 2, ...   all arrays of one shape -> new w, new m, new v, new v_max"""
    # 1. recent gradients
    # 2. recent squares, and the largest so far
    # 3. correct for the start at 0
    # 4. step
    ### BEGIN SOLUTION
    beta1, beta2 = betas
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, v_max
    ### END SOLUTION


# %%
check("q3")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two running means, as in q2: one of g, one of its square. Both start at 0 and are therefore too small; dividing by
# 1 - beta^t makes up for it. In the first step the corrected m is g itself.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Keep two names apart: `m` and `v` are what you return, `m_hat` and `v_hat` what you step with. The power is t, the
# number of the step, so `beta1**t`. For AMSGrad, `np.maximum` compares two arrays entry by entry; the running mean v
# itself goes on as before.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# m_hat is m over (1 minus beta1 to the power t), v_hat likewise with beta2. The step is lr times m_hat over (root of
# v_hat, plus eps). AMSGrad: after the new v comes the new v_max, and v_hat is made of v_max.
#
# </details>

# %% [markdown]
# The example from the lesson, with your functions: the gradient is 4 in every third step, else -1, and the rate falls.

# %% tags=["demo"]
betas = (0.0, 1 / 17)
w_adam, w_ams, zero = np.zeros(1), np.zeros(1), np.zeros(1)
adam_memory, ams_memory = (zero, zero), (zero, zero, zero)
for t in range(1, 3001):
    g = np.array([4.0 if t % 3 == 1 else -1.0])
    w_adam, *adam_memory = adam_step(w_adam, g, *adam_memory, t, 0.5 / np.sqrt(t), betas)
    w_ams, *ams_memory = amsgrad_step(w_ams, g, *ams_memory, t, 0.5 / np.sqrt(t), betas)
    w_adam, w_ams = np.clip(w_adam, -1, 1), np.clip(w_ams, -1, 1)
print(f"after 3000 steps: Adam {w_adam[0]:.2f}, AMSGrad {w_ams[0]:.2f}; the best place is -1")

# %% [markdown]
# ## q4 · On paper (4 points)
#
# No code is needed: think, and write values. A fraction such as `3 / 7` or a root such as `0.1 * 5**0.5` will do, or
# three digits. ε counts as 0, and all memory starts at 0.
#
# 1. `first_changes`: four numbers. The first gradient of a weight is g = -35, the rate is 0.02. By how much does the
#    first step *change* the weight (new minus old)? With AdaGrad; with RMSProp at α = 0.96; with Adam; with Adam
#    *without* bias correction, at β₁ = 0.9, β₂ = 0.999.
# 2. `rates`: two numbers. AdaGrad at η = 0.6 after nine steps. The gradient of weight A was 4 in all nine. That of
#    weight B was 1 in four of them, and 0 in five. What are their effective rates?
# 3. `decayed`: two numbers. A weight is 3, and the loss does not depend on it: its g is always 0. η = 0.1,
#    `weight_decay` = 0.5. Where is the weight after the first step of Adam with L2? And of AdamW?
# 4. `worst_step`: with β₁ = 0.8, β₂ = 0.99 and a constant gradient, at which t is uncorrected Adam's step longest? (A
#    few lines of code are welcome.)

# %% question="q4"
### BEGIN SOLUTION
first_changes = (0.02, 0.1, 0.02, 0.02 * 10**0.5)
rates = (0.05, 0.3)
decayed = (2.9, 2.85)
worst_step = 6
### END SOLUTION
### BEGIN STUDENT
# first_changes = ...
# rates = ...
# decayed = ...
# worst_step = ...
### END STUDENT

# %%
check("q4")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Put the numbers into the formulas of q1 to q3. In a first step most of g cancels; keep an eye on its sign. For the
# third, write down which g enters Adam's means.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# AdaGrad: g over the root of g squared. RMSProp has a factor (1 - α) under the root. Uncorrected Adam has (1 - β₁) above
# and (1 - β₂) under the root. With L2, the gradient that Adam sees is 0 + λw, whatever its size: what does Adam make of
# a first gradient? With AdamW, its g is 0, and w shrinks by ηλw.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# After t equal gradients m is (1 - β₁^t) g and v is (1 - β₂^t) g². So the length, in rates, is (1 - β₁^t) over the root of
# (1 - β₂^t): compute it for t from 1 to 50 and take the place of the largest. Mind that places are counted from 0.
#
# </details>

# %% [markdown]
# ## q5 · Six anonymous logs (3 points)
#
# Six optimizers got the same gradients: for weight w1 they were 4, 4, 4, 4, then 0 and 0; for weight w2 a hundredth of
# that. All had the rate 0.1, but for AdaDelta, which had 1. These are the lengths of their six steps:
#
# | log | w1, steps 1 to 6 | w2, steps 1 to 6 |
# |---|---|---|
# | A | 1.000, 0.709, 0.580, 0.504, 0, 0 | the same |
# | B | 0.400, 0.760, 1.084, 1.376, 1.238, 1.114 | a hundredth |
# | C | 0.100, 0.100, 0.100, 0.100, 0.085, 0.073 | the same |
# | D | 0.100, 0.071, 0.058, 0.050, 0, 0 | the same |
# | E | 0.316, 0.425, 0.495, 0.544, 0.490, 0.441 | the same |
# | F | 0.003, 0.003, 0.003, 0.003, 0, 0 | nearly the same |
#
# Write their names in the order A to F, as a list of six of these seven:
#
# `"SGD"`, `"momentum"`, `"AdaGrad"`, `"RMSProp"`, `"AdaDelta"`, `"Adam"`, `"Adam without correction"`
#
# Four to five right names earn half of the points.

# %% question="q5"
### BEGIN SOLUTION
names = ["RMSProp", "momentum", "Adam", "AdaGrad", "Adam without correction", "AdaDelta"]
### END SOLUTION
### BEGIN STUDENT
# names = ...
### END STUDENT

# %%
check("q5")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three questions to each log. Does the size of the gradient show in the steps? How long is the first step, compared with
# the rate? Does the weight still move when its gradient has become 0?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# Who moves on without a gradient keeps a memory of *gradients*; who stops keeps at most one of squares. Where w1 and w2
# take equal steps, the size of g was divided out.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Steps like 1, 1/√2, 1/√3, 1/2 belong to a sum of squares. A first step of ten rates has 1 - 0.99 under the root; one of
# 3.16 rates has 0.1 above and the root of 0.001 below; one of 1 rate is corrected. Steps that begin tiny have no rate.
#
# </details>

# %% [markdown]
# ## q6 · Repair an AdamW (4 points)
#
# AdamW first shrinks the weights, $w \leftarrow (1 - \eta\lambda)\,w$, then takes Adam's step with the gradient as it
# came (Loshchilov & Hutter 2019).
#
# The function below was handed to you with a note: *"It trains. But with weight decay on, the weights that matter least
# shrink fastest, and λ hardly matters. The first steps look too short. And with a large eps the numbers are not
# PyTorch's, even without any decay."*
#
# Find what is wrong and repair it. There are three bugs. This is what a right function answers, from memory `[0]`:
#
# | call | w | m | v |
# |---|---|---|---|
# | `adamw_step([1], [2], [0], [0], 1, lr=0.1, betas=(0.5, 0.75), eps=0, weight_decay=0)` | 0.9 | 1 | 1 |
# | the same with `weight_decay=0.5` | 0.85 | 1 | 1 |
# | the same with `weight_decay=0.5, eps=2` | 0.9 | 1 | 1 |
#
# - `adamw_step(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)` returns the new `w`, `m`, `v`.


# %% question="q6"
def adamw_step(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    """One step of AdamW, t = 1, 2, ...   w, g, m, v of one shape -> new w, new m, new v"""
    ### BEGIN SOLUTION
    # 1. shrink the weights
    w = w - lr * weight_decay * w
    # 2. recent gradients and squares
    m = betas[0] * m + (1 - betas[0]) * g
    v = betas[1] * v + (1 - betas[1]) * g**2
    # 3. correct both for their start at 0
    m_hat = m / (1 - betas[0] ** t)
    v_hat = v / (1 - betas[1] ** t)
    # 4. step
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
    ### END SOLUTION
    ### BEGIN STUDENT
    # # 1. shrink the weights
    # g = g + weight_decay * w
    # # 2. recent gradients and squares
    # m = betas[0] * m + (1 - betas[0]) * g
    # v = betas[1] * v + (1 - betas[1]) * g**2
    # # 3. correct both for their start at 0
    # m_hat = m
    # v_hat = v / (1 - betas[1] ** t)
    # # 4. step
    # return w - lr * m_hat / np.sqrt(v_hat + eps), m, v
    ### END STUDENT


# %% [markdown]
# See for yourself first: which lines of the table are wrong?

# %% tags=["demo"]
one, two, zero = np.ones(1), np.full(1, 2.0), np.zeros(1)
for decay, eps in ((0.0, 0.0), (0.5, 0.0), (0.5, 2.0)):
    print(f"weight_decay={decay}, eps={eps}:", *adamw_step(one, two, zero, zero, 1, 0.1, (0.5, 0.75), eps, decay))

# %%
check("q6")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three symptoms, three bugs. Weights that matter least shrink fastest: by what is the decay divided? First steps too
# short: look at step 3. A large eps: where does it stand?
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# The given step 1 is L2: the decay enters the gradient, and with it both means. Decoupled decay touches w alone, before
# the step. m starts at 0 as v does, so it needs its own correction. Adam adds eps to the root.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# Step 1 subtracts lr times weight_decay times w from w, and leaves g alone. m_hat is m over (1 minus the first beta to
# the power t). In step 4, close the root before eps is added.
#
# </details>

# %% [markdown]
# Gradients of pure noise, of size 0.1 and 10: with your repair both weights decay alike.

# %% tags=["demo"]
rng, w, m, v = np.random.default_rng(0), np.ones(2), np.zeros(2), np.zeros(2)
for t in range(1, 1001):
    w, m, v = adamw_step(w, rng.normal(size=2) * [0.1, 10], m, v, t, lr=0.001, weight_decay=0.5)
print("after 1000 steps", w.round(2), " decay alone would leave", round((1 - 0.001 * 0.5) ** 1000, 2))

# %% [markdown]
# ## q7 · How many steps to get there? (4 points)
#
# A weight has to travel a distance. Its gradient has the same value g in every step, and you do not know it. ε counts as
# 0, the memory starts at 0.
#
# - `adagrad_steps(distance, lr)`: the smallest number of AdaGrad steps that together reach at least `distance`.
# - `rmsprop_steps(distance, lr, alpha)`: the same for RMSProp.
#
# `distance` and `lr` are numbers above 0, `alpha` lies between 0 and 1. Return whole numbers. First work out, on paper,
# how long step t is.
#
# **Example.** `adagrad_steps(0.25, 0.1)` is 4: the steps 0.1, 0.0707, 0.0577, 0.05 add up to 0.278, and three of them to
# 0.228. `rmsprop_steps(0.25, 0.1, 0.75)` is 2: the first step is 0.2 long, the second 0.1512.


# %% question="q7"
def adagrad_steps(distance, lr):
    """How many steps AdaGrad needs under a constant gradient.   two numbers -> whole number"""
    ### BEGIN SOLUTION
    travelled, t = 0.0, 0
    while travelled < distance:
        t += 1
        travelled += lr / np.sqrt(t)
    return t
    ### END SOLUTION


def rmsprop_steps(distance, lr, alpha):
    """How many steps RMSProp needs under a constant gradient.   three numbers -> whole number"""
    ### BEGIN SOLUTION
    travelled, t = 0.0, 0
    while travelled < distance:
        t += 1
        travelled += lr / np.sqrt(1 - alpha**t)
    return t
    ### END SOLUTION


# %%
check("q7")

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Take any g, say 7, and compute the first three steps of AdaGrad by hand. g cancels. Then add up steps until the distance
# is reached.
#
# </details>
# <details><summary>Hint 2: the next step</summary>
#
# After t equal gradients AdaGrad's G is t g². RMSProp's v is a share of g²: it starts at 1 - α, and what is missing to 1
# shrinks by the factor α in every step.
#
# </details>
# <details><summary>Hint 3: almost code</summary>
#
# AdaGrad's step t is lr over the root of t, RMSProp's lr over the root of (1 minus alpha to the power t). A while loop:
# as long as the sum is less than distance, count one up and add the next step.
#
# </details>

# %% [markdown]
# At rate 0.01: a way of 1, of 2, of 4. Predict: twice the way, how many times the steps?

# %% tags=["demo"]
for distance in (1.0, 2.0, 4.0):
    print(
        f"distance {distance}: AdaGrad {adagrad_steps(distance, 0.01)}, RMSProp {rmsprop_steps(distance, 0.01, 0.99)} steps"
    )

# %% [markdown]
# ## All together
#
# The library's loop with your steps. A new optimizer needs one method: `update` gets the weights, their gradient, the
# number of the step, and a memory, and changes weights and memory in place. Predict: to which digit will it agree with
# the library?


# %% tags=["demo"]
class MyAdam(dl.optim.Optimizer):
    """The learner's own step in the library's clothes."""

    def remembers(self):
        """Both means start at zeros."""
        return {"m": 0.0, "v": 0.0}

    def update(self, w, g, t, memory):
        """One step."""
        w[:], memory["m"][:], memory["v"][:] = adam_step(w, g, memory["m"], memory["v"], t, self.lr)


class MyAdaGrad(dl.optim.Optimizer):
    """The same for AdaGrad."""

    def remembers(self):
        """The sum starts at zeros."""
        return {"G": 0.0}

    def update(self, w, g, t, memory):
        """One step."""
        w[:], memory["G"][:] = adagrad_step(w, g, memory["G"], self.lr)


X, y = dl.data.digits()
X_train, X_test, y_train, y_test = dl.data.train_test_split(X, y, rng=np.random.default_rng(0))
makers = {
    "your Adam": lambda p: MyAdam(p, lr=0.01),
    "the library's": lambda p: dl.Adam(p, lr=0.01),
    "your AdaGrad": lambda p: MyAdaGrad(p, lr=0.1),
    "the library's AdaGrad": lambda p: dl.Adagrad(p, lr=0.1),
}
for name, make in makers.items():
    rng = np.random.default_rng(0)
    net = dl.Sequential(dl.Linear(64, 32, rng=rng), dl.Tanh(), dl.Linear(32, 10, rng=rng))
    optimizer = make(net.parameters())
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, X_train, y_train, epochs=4, rng=rng, progress=False)
    weight, accuracy = net[0].weight.value[20, 0], dl.accuracy(net, X_test, y_test)
    print(f"{name:21}: {accuracy:.1%} of {len(y_test)} unseen digits, one of its weights {weight:.9f}")

# %% [markdown]
# ## Your score
#
# All questions once more, as the grader counts them. The checks that run only at grading are named; their points come
# on top.

# %%
check()
