"""Exercise 09, adaptive optimizers: what each answer must do, and the mistakes that learners really make."""

import numpy as np

from dlcourse.checks import Partial, Wrong, expect, question

#: A bowl of three weights; `slope_at` is its gradient. Squares, roots and signs of all entries differ.
HESSIAN = np.array([[2.0, -0.6, 0.3], [-0.6, 1.5, 0.2], [0.3, 0.2, 0.9]])
LINEAR = np.array([0.5, -1.2, 0.8])
START = np.array([1.4, -2.0, 0.75])
W = np.array([[0.8, -1.5, 2.2], [-0.4, 0.3, 1.7]])
GRADIENT = np.array([[0.6, -3.0, 0.05], [-1.2, 0.9, 2.5]])
ONCE = np.array([[0.5, 2.0, 0.3], [0.02, 1.4, 0.7]])  # memory of squares
TWICE = np.array([[0.3, 0.08, 1.6], [0.9, 0.2, 0.04]])  # more of it
MEAN = np.array([[-0.7, 1.1, 0.4], [0.25, -0.6, 1.3]])  # memory of gradients
#: How many arrays of memory each step has, and whether it asks for t.
KINDS = {
    "adagrad_step": (1, False),
    "rmsprop_step": (1, False),
    "adadelta_step": (2, False),
    "adam_step": (2, True),
    "amsgrad_step": (3, True),
    "adamw_step": (2, True),
}


def slope_at(w):
    """The bowl's gradient; an answer of another shape has none."""
    if np.shape(w) != (3,):
        raise Wrong(f"the new weights have the shape {np.shape(w)}, expected (3,)")
    return HESSIAN @ w - LINEAR


def walked(who, name, settings):
    """Ten steps on the bowl, each with the memory that the one before returned.   -> (10, 3)"""
    count, needs_t = KINDS[name]
    w, memory, path = START, [np.zeros(3)] * count, []
    for t in range(1, 11):
        number = (t,) if needs_t else ()
        w, *memory = expect(getattr(who, name)(w, slope_at(w), *memory, *number, **settings)).parts(count + 1)
        path.append(w)
    return np.array(path)


def stepped(who, name, *given, **settings):
    """All that one step returns, as a tuple of the right length."""
    return expect(getattr(who, name)(*given, **settings)).parts(KINDS[name][0] + 1)


# --- q1: AdaGrad -------------------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "AdaGrad, completed",
    functions=["adagrad_step", "effective_rate"],
    forbid=["dlcourse.optim.Adagrad"],
)
#: Ten steps of torch.optim.Adagrad (PyTorch 2.13.0, float64) on the bowl, with its defaults and with other settings.
ADAGRAD = {
    "the defaults": (
        {},
        [
            [1.3900000000, -1.9900000000, 0.7600000000], [1.3829508637, -1.9829618170, 0.7667857060],
            [1.3772062868, -1.9772315255, 0.7721809865], [1.3722386517, -1.9722797488, 0.7767547629],
            [1.3678009371, -1.9678587942, 0.7807701384], [1.3637542528, -1.9638294471, 0.7843739934],
            [1.3600114005, -1.9601043287, 0.7876581222], [1.3565134154, -1.9566243635, 0.7906844079],
            [1.3532182297, -1.9533474112, 0.7934969086], [1.3500945888, -1.9502421673, 0.7961283127],
        ],
    ),
    "other settings": (
        {"lr": 0.4, "eps": 0.05},
        [
            [1.0052980132, -1.6078740157, 1.0209677419], [0.7685136241, -1.3942119960, 0.8173252709],
            [0.6042381069, -1.2476554471, 1.0107608379], [0.4751312768, -1.1483739455, 0.9410418893],
            [0.3742663578, -1.0756959436, 1.0075047361], [0.2912579572, -1.0248903142, 1.0010658300],
            [0.2230425497, -0.9887491218, 1.0284946432], [0.1656789406, -0.9643152321, 1.0370495636],
            [0.1172572433, -0.9483123209, 1.0532052091], [0.0758832358, -0.9388173475, 1.0640651326],
        ],
    ),
}  # fmt: skip
GRADIENTS = np.array([[0.5, -1.2, 0.0], [1.5, 0.4, 0.0], [-2.0, 0.9, 0.0], [0.7, -0.1, 0.3]])


@q1.check("one step", each=[("the first, from zeros", 0.0), ("a later one", 1.0)])
def adagrad_once(student, solution, case):
    given = (W, GRADIENT, case[1] * ONCE, 0.3, 0.2)
    expect(stepped(student, "adagrad_step", *given)).close_to(stepped(solution, "adagrad_step", *given))


@q1.check("ten steps, as PyTorch takes them", each=list(ADAGRAD))
def adagrad_ten(student, case):
    settings, places = ADAGRAD[case]
    expect(walked(student, "adagrad_step", settings)).close_to(np.array(places), atol=2e-9)


@q1.check("the effective rate after four steps", each=[("eps 0.25", 0.25), ("eps 1e-10", 1e-10)])
def rate_after_four(student, solution, case):
    expect(student.effective_rate(GRADIENTS, 0.3, case[1])).close_to(solution.effective_rate(GRADIENTS, 0.3, case[1]))


@q1.check("other gradients", hidden=True, each=["adagrad_step", "effective_rate"])
def adagrad_elsewhere(student, solution, case, rng):
    lr, eps = rng.uniform(0.05, 0.5, 2)
    if case == "adagrad_step":
        given = (*rng.normal(size=(2, 4)), rng.uniform(0, 2, 4))
        for settings in ({}, {"lr": lr, "eps": eps}):
            expect(stepped(student, case, *given, **settings)).close_to(stepped(solution, case, *given, **settings))
    else:
        for gradients in (rng.normal(size=(1, 5)), rng.normal(size=(6, 2))):
            expect(student.effective_rate(gradients)).close_to(solution.effective_rate(gradients))
            expect(student.effective_rate(gradients, lr, eps)).close_to(solution.effective_rate(gradients, lr, eps))


@q1.mistake(
    "You divide by the root of the *old* sum. From zeros the first step is then g / eps long: add the present square first.",
    of="adagrad_step",
)
def adagrad_old_sum(w, g, G, lr=0.01, eps=1e-10):
    return w - lr * np.divide(g, np.sqrt(G) + eps), G + np.square(g)


@q1.mistake("eps stands under the root in your step. Here it is added to the root.", of="adagrad_step")
def adagrad_eps_inside(w, g, G, lr=0.01, eps=1e-10):
    G = G + np.square(g)
    return w - lr * np.divide(g, np.sqrt(G + eps)), G


@q1.mistake(
    "The root is missing: you divide by the sum of squares itself. Then large gradients take *shorter* steps than small ones.",
    of="adagrad_step",
)
def adagrad_without_root(w, g, G, lr=0.01, eps=1e-10):
    G = G + np.square(g)
    return w - lr * np.divide(g, G + eps), G


@q1.mistake("You add up |g|, not its square; under the root that is something else.", of="adagrad_step")
def adagrad_of_sizes(w, g, G, lr=0.01, eps=1e-10):
    G = G + np.abs(g)
    return w - lr * np.divide(g, np.sqrt(G) + eps), G


@q1.mistake(
    "The step is right, but you return the old G, so the next step knows nothing of this one.", of="adagrad_step"
)
def adagrad_forgetful(w, g, G, lr=0.01, eps=1e-10):
    return w - lr * np.divide(g, np.sqrt(G + np.square(g)) + eps), G


@q1.mistake("You climb: the step is taken against the gradient.", of="adagrad_step")
def adagrad_uphill(w, g, G, lr=0.01, eps=1e-10):
    G = G + np.square(g)
    return w + lr * np.divide(g, np.sqrt(G) + eps), G


@q1.mistake(
    "All weights share one sum: you added up the squares of the whole array. AdaGrad has a sum for each weight.",
    of="adagrad_step",
)
def adagrad_one_for_all(w, g, G, lr=0.01, eps=1e-10):
    G = G + np.sum(np.square(g))
    return w - lr * np.divide(g, np.sqrt(G) + eps), G


@q1.mistake("You took the mean of the squares. AdaGrad has their sum: that is why its rates die.", of="effective_rate")
def rate_by_mean(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.sqrt(np.mean(np.square(gradients), axis=0)) + eps)


@q1.mistake("The root is missing.", of="effective_rate")
def rate_without_root(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.sum(np.square(gradients), axis=0) + eps)


@q1.mistake(
    "The last gradient is left out. It is in the sum already when step t divides by its root.", of="effective_rate"
)
def rate_before_the_last(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.sqrt(np.sum(np.square(gradients[:-1]), axis=0)) + eps)


@q1.mistake(
    "This is lr over the root of t, the rate for gradients of size 1. Each weight's own gradients decide.",
    of="effective_rate",
)
def rate_by_time(gradients, lr=0.01, eps=1e-10):
    return np.full(gradients.shape[1], lr / (np.sqrt(len(gradients)) + eps))


@q1.mistake(
    "This is the whole step: the rate times the last gradient. The rate alone is asked for.", of="effective_rate"
)
def rate_times_gradient(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr * gradients[-1], np.sqrt(np.sum(np.square(gradients), axis=0)) + eps)


@q1.mistake("You squared the sum of the gradients. Square first: opposite signs must not cancel.", of="effective_rate")
def rate_of_cancelled(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.abs(np.sum(gradients, axis=0)) + eps)


@q1.mistake(
    "The bracket closes too early: you took each gradient's root before adding up, which gives the sum of |g|.",
    of="effective_rate",
)
def rate_root_too_early(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.sum(np.abs(gradients), axis=0) + eps)


@q1.mistake("You added along the weights. The steps lie along axis 0.", of="effective_rate")
def rate_along_weights(gradients, lr=0.01, eps=1e-10):
    return np.divide(lr, np.sqrt(np.sum(np.square(gradients), axis=1)) + eps)


@q1.alternative(of=("adagrad_step", "effective_rate"))
def adagrad_by_lengths():
    def step(w, g, G, lr=0.01, eps=1e-10):
        length = np.hypot(np.sqrt(G), g)
        return w - lr * g / (length + eps), length**2

    return step, lambda gradients, lr=0.01, eps=1e-10: lr / (np.linalg.norm(gradients, axis=0) + eps)


@q1.alternative(of=("adagrad_step", "effective_rate"))
def adagrad_entry_by_entry():
    def step(w, g, G, lr=0.01, eps=1e-10):
        total = [a + b * b for a, b in zip(G.flat, g.flat, strict=True)]
        moved = [a - lr / (s**0.5 + eps) * b for a, b, s in zip(w.flat, g.flat, total, strict=True)]
        return np.reshape(moved, w.shape), np.reshape(total, w.shape)

    def rate(gradients, lr=0.01, eps=1e-10):
        G = np.zeros(gradients.shape[1])
        for row in gradients:
            G = G + row * row
        return [lr / (s**0.5 + eps) for s in G] @ np.eye(len(G))

    return step, rate


# --- q2: RMSProp and AdaDelta ------------------------------------------------------------------------------------------

q2 = question(
    "q2",
    "RMSProp and AdaDelta",
    functions=["rmsprop_step", "adadelta_step"],
    forbid=["dlcourse.optim.RMSprop", "dlcourse.optim.Adadelta"],
)
#: Ten steps of torch.optim.RMSprop and torch.optim.Adadelta.
AVERAGING = {
    "RMSProp, the defaults": (
        "rmsprop_step",
        {},
        [
            [1.3000000027, -1.9000000040, 0.8499999048], [1.2313939168, -1.8326069401, 0.8732723926],
            [1.1765518345, -1.7791039060, 0.8836552941], [1.1298473545, -1.7337844404, 0.8907130041],
            [1.0886639620, -1.6940286564, 0.8964798297], [1.0515402671, -1.6583774955, 0.9015295699],
            [1.0175639539, -1.6259199847, 0.9060920786], [0.9861208999, -1.5960424068, 0.9102900386],
            [0.9567745641, -1.5683081325, 0.9142007935], [0.9292015761, -1.5423934750, 0.9178776735],
        ],
    ),
    "RMSProp, other settings": (
        "rmsprop_step",
        {"lr": 0.05, "alpha": 0.9, "eps": 0.02},
        [
            [1.2445258614, -1.8458027007, 0.8486769481], [1.1371225107, -1.7415583176, 0.8788112677],
            [1.0503518984, -1.6583813561, 0.8944901338], [0.9756312806, -1.5875653892, 0.9059300161],
            [0.9090154108, -1.5251756548, 0.9156126575], [0.8483263703, -1.4690599895, 0.9243046713],
            [0.7922223656, -1.4179030985, 0.9323369124], [0.7398136905, -1.3708418643, 0.9398950929],
            [0.6904787368, -1.3272819918, 0.9470994538], [0.6437660741, -1.2868005107, 0.9540343103],
        ],
    ),
    "AdaDelta, the defaults": (
        "adadelta_step",
        {},
        [
            [1.3968377235, -1.9968377249, 0.7531608445], [1.3935963018, -1.9935977984, 0.7563660400],
            [1.3903027027, -1.9903077701, 0.7595748048], [1.3869702235, -1.9869812506, 0.7627665145],
            [1.3836067652, -1.9836263348, 0.7659289245], [1.3802175532, -1.9802483783, 0.7690541273],
            [1.3768062941, -1.9768511780, 0.7721367725], [1.3733757492, -1.9734375598, 0.7751731534],
            [1.3699280523, -1.9700097039, 0.7781606867], [1.3664648997, -1.9665693397, 0.7810975916],
        ],
    ),
    "AdaDelta, other settings": (
        "adadelta_step",
        {"lr": 1.5, "rho": 0.8, "eps": 0.01},
        [
            [1.0651924905, -1.6659341167, 0.8925645890], [0.7545836084, -1.3733777038, 0.9080600130],
            [0.4978007685, -1.1558929887, 0.9543193450], [0.3002050097, -1.0195859880, 0.9886874164],
            [0.1550892417, -0.9486206621, 1.0246763626], [0.0503034266, -0.9219075100, 1.0561505761],
            [-0.0254704172, -0.9214475900, 1.0842994577], [-0.0810521653, -0.9348617083, 1.1084235632],
            [-0.1226093444, -0.9542952158, 1.1290197335], [-0.1542831793, -0.9750659340, 1.1463394267],
        ],
    ),
}  # fmt: skip


@q2.check("one step of RMSProp", each=[("the first, from zeros", 0.0), ("a later one", 1.0)])
def rmsprop_once(student, solution, case):
    given = (W, GRADIENT, case[1] * ONCE, 0.3, 0.4, 0.2)
    expect(stepped(student, "rmsprop_step", *given)).close_to(stepped(solution, "rmsprop_step", *given))


@q2.check("one step of AdaDelta", each=[("the first, from zeros", 0.0), ("a later one", 1.0)])
def adadelta_once(student, solution, case):
    given = (W, GRADIENT, case[1] * ONCE, case[1] * TWICE, 1.6, 0.4, 0.2)
    expect(stepped(student, "adadelta_step", *given)).close_to(stepped(solution, "adadelta_step", *given))


@q2.check("ten steps, as PyTorch takes them", points=2, each=list(AVERAGING))
def averaging_ten(student, case):
    name, settings, places = AVERAGING[case]
    expect(walked(student, name, settings)).close_to(np.array(places), atol=2e-9)


@q2.check("other gradients", hidden=True, each=[("rmsprop_step", "alpha"), ("adadelta_step", "rho")])
def averaging_elsewhere(student, solution, case, rng):
    name, share = case
    given = (*rng.normal(size=(2, 5)), *rng.uniform(0, 2, (KINDS[name][0], 5)))
    lr, keep, eps = rng.uniform([0.05, 0.5, 0.05], [0.5, 0.95, 0.5])
    for settings in ({}, {"lr": lr, share: keep, "eps": eps}):
        expect(stepped(student, name, *given, **settings)).close_to(stepped(solution, name, *given, **settings))


@q2.mistake(
    "This is AdaGrad's sum. A running mean keeps the share alpha of v and adds (1 - alpha) of the new.",
    of="rmsprop_step",
)
def rmsprop_sum(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = v + np.square(g)
    return w - lr * np.divide(g, np.sqrt(v) + eps), v


@q2.mistake(
    "The new square comes in full, so the shares add up to more than 1 and v grows too large: it gets the share 1 - alpha.",
    of="rmsprop_step",
)
def rmsprop_new_in_full(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = alpha * v + np.square(g)
    return w - lr * np.divide(g, np.sqrt(v) + eps), v


@q2.mistake("The shares have changed places: alpha, the larger one, belongs to the old mean.", of="rmsprop_step")
def rmsprop_shares_swapped(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = (1 - alpha) * v + alpha * np.square(g)
    return w - lr * np.divide(g, np.sqrt(v) + eps), v


@q2.mistake("You divide by the root of the old mean. The present square comes in first.", of="rmsprop_step")
def rmsprop_old_mean(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    return w - lr * np.divide(g, np.sqrt(v) + eps), alpha * v + (1 - alpha) * np.square(g)


@q2.mistake("eps stands under the root. In PyTorch's RMSProp it is added to the root.", of="rmsprop_step")
def rmsprop_eps_inside(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = alpha * v + (1 - alpha) * np.square(g)
    return w - lr * np.divide(g, np.sqrt(v + eps)), v


@q2.mistake(
    "The mean is one of g, not of its square: it may even be negative, and has no root then.", of="rmsprop_step"
)
def rmsprop_mean_of_g(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = alpha * v + (1 - alpha) * g
    return w - lr * np.divide(g, np.sqrt(np.abs(v)) + eps), v


@q2.mistake("The root is missing from your step.", of="rmsprop_step")
def rmsprop_without_root(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
    v = alpha * v + (1 - alpha) * np.square(g)
    return w - lr * np.divide(g, v + eps), v


@q2.mistake(
    "Your step uses the *new* u. d is needed to make the new u, so the step can only know the u of the steps before.",
    of="adadelta_step",
)
def adadelta_new_u(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    u = rho * u + (1 - rho) * np.divide(np.square(g) * (u + eps), v + eps)
    return w - lr * np.divide(np.sqrt(u + eps) * g, np.sqrt(v + eps)), v, u


@q2.mistake("eps stands outside your roots. AdaDelta's stands inside both.", of="adadelta_step")
def adadelta_eps_outside(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    d = np.divide((np.sqrt(u) + eps) * g, np.sqrt(v) + eps)
    return w - lr * d, v, rho * u + (1 - rho) * np.square(d)


@q2.mistake("Above the line eps is missing: from zeros no step is ever taken, because u stays 0.", of="adadelta_step")
def adadelta_never_starts(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    d = np.divide(np.sqrt(u) * g, np.sqrt(v + eps))
    return w - lr * d, v, rho * u + (1 - rho) * np.square(d)


@q2.mistake(
    "Your u averages the steps with the rate in them. It averages d; the rate comes in at the very end.",
    of="adadelta_step",
)
def adadelta_rate_in_u(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    d = lr * np.divide(np.sqrt(u + eps) * g, np.sqrt(v + eps))
    return w - d, v, rho * u + (1 - rho) * np.square(d)


@q2.mistake(
    "Your u averages d itself. Its *square* is wanted: steps of both signs must not cancel.", of="adadelta_step"
)
def adadelta_mean_of_d(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    d = np.divide(np.sqrt(np.abs(u) + eps) * g, np.sqrt(v + eps))
    return w - lr * d, v, rho * u + (1 - rho) * d


@q2.mistake(
    "This is RMSProp with AdaDelta's name: the root of u + eps is missing above the line. It stands where a rate would.",
    of="adadelta_step",
)
def adadelta_as_rmsprop(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * v + (1 - rho) * np.square(g)
    d = np.divide(g, np.sqrt(v + eps))
    return w - lr * d, v, rho * u + (1 - rho) * np.square(d)


@q2.alternative(of=("rmsprop_step", "adadelta_step"))
def averaging_by_differences():
    def rmsprop(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
        v = v + (1 - alpha) * (g * g - v)
        return w - lr * g / (v**0.5 + eps), v

    def adadelta(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
        v = v + (1 - rho) * (g * g - v)
        ratio = (u + eps) / (v + eps)
        return w - lr * np.sqrt(ratio) * g, v, u + (1 - rho) * (ratio * g * g - u)

    return rmsprop, adadelta


@q2.alternative(of=("rmsprop_step", "adadelta_step"))
def averaging_with_weights():
    def mean(old, new, share):
        return np.average([old, new], axis=0, weights=[share, 1 - share])

    def rmsprop(w, g, v, lr=0.01, alpha=0.99, eps=1e-8):
        v = mean(v, np.abs(g) ** 2, alpha)
        return [w - g * (lr / (np.sqrt(v) + eps)), v]

    def adadelta(w, g, v, u, lr=1.0, rho=0.9, eps=1e-6):
        v = mean(v, g * g, rho)
        size = np.exp(0.5 * (np.log(u + eps) - np.log(v + eps))) * np.abs(g)
        return [w - lr * np.sign(g) * size, v, mean(u, size * size, rho)]

    return rmsprop, adadelta


# --- q3: Adam and AMSGrad ----------------------------------------------------------------------------------------------

q3 = question(
    "q3",
    "Adam and AMSGrad",
    functions=["adam_step", "amsgrad_step"],
    forbid=["dlcourse.optim.Adam", "dlcourse.optim.AdamW"],
)
#: Ten steps of torch.optim.Adam, without and with amsgrad=True.
ADAM = {
    "Adam, the defaults": (
        "adam_step",
        {},
        [
            [1.3990000000, -1.9990000000, 0.7509999999], [1.3980000162, -1.9980000242, 0.7519997931],
            [1.3970000592, -1.9970000887, 0.7529992403], [1.3960001398, -1.9960002095, 0.7539982012],
            [1.3950002686, -1.9950004026, 0.7549965352], [1.3940004561, -1.9940006837, 0.7559941013],
            [1.3930007127, -1.9930010684, 0.7569907588], [1.3920010487, -1.9920015722, 0.7579863677],
            [1.3910014742, -1.9910022102, 0.7589807883], [1.3900019991, -1.9900029974, 0.7599738824],
        ],
    ),
    "Adam, other settings": (
        "adam_step",
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 0.03},
        [
            [1.3007989348, -1.9011904762, 0.8277777778], [1.2019515627, -1.8029413393, 0.8928932017],
            [1.1037155793, -1.7056534531, 0.9360633645], [1.0063866931, -1.6097651205, 0.9543125198],
            [0.9103026773, -1.5157488863, 0.9539394494], [0.8158383600, -1.4241174532, 0.9440345881],
            [0.7233966361, -1.3354324810, 0.9330489840], [0.6333977734, -1.2503125184, 0.9277285935],
            [0.5462675759, -1.1694378100, 0.9317147384], [0.4624267680, -1.0935470024, 0.9449644968],
        ],
    ),
    "AMSGrad, the defaults": (
        "amsgrad_step",
        {},
        [
            [1.3990000000, -1.9990000000, 0.7509999999], [1.3980000162, -1.9980000242, 0.7519997931],
            [1.3970000592, -1.9970000887, 0.7529992403], [1.3960001398, -1.9960002095, 0.7539982012],
            [1.3950002686, -1.9950004026, 0.7549965352], [1.3940004561, -1.9940006837, 0.7559941013],
            [1.3930007127, -1.9930010684, 0.7569907588], [1.3920010487, -1.9920015722, 0.7579863677],
            [1.3910014742, -1.9910022102, 0.7589807883], [1.3900019991, -1.9900029974, 0.7599738824],
        ],
    ),
    "AMSGrad, other settings": (
        "amsgrad_step",
        {"lr": 0.2, "betas": (0.8, 0.7), "eps": 0.03},
        [
            [1.2015978695, -1.8023809524, 0.9055555556], [1.0028819287, -1.6046933149, 0.9749143051],
            [0.8036365832, -1.4070012015, 0.9731675591], [0.6108110513, -1.2231396843, 0.9468628227],
            [0.4326531418, -1.0610686384, 0.9336904989], [0.2737259147, -0.9249617868, 0.9489122326],
            [0.1360789796, -0.8165114405, 0.9878954033], [0.0200651335, -0.7356478474, 1.0357465176],
            [-0.0750626989, -0.6809923065, 1.0774214419], [-0.1507288309, -0.6502003929, 1.1043324626],
        ],
    ),
}  # fmt: skip
TWO = ["adam_step", "amsgrad_step"]


def memory_of(name, size=1.0):
    """Memory to start from: m and squares, as many as the step has."""
    return [size * MEAN, size * ONCE, size * TWICE][: KINDS[name][0]]


@q3.check("bias correction: the first step, t = 1", each=TWO)
def adam_first(student, solution, case):
    given = (W, GRADIENT, *memory_of(case, 0.0), 1, 0.3, (0.8, 0.95), 0.2)
    expect(stepped(student, case, *given)).close_to(stepped(solution, case, *given))


@q3.check("a later step, t = 4", each=TWO)
def adam_later(student, solution, case):
    given = (W, GRADIENT, *memory_of(case), 4, 0.3, (0.4, 0.3), 0.2)
    expect(stepped(student, case, *given)).close_to(stepped(solution, case, *given))


@q3.check("ten steps, as PyTorch takes them", points=2, each=list(ADAM))
def adam_ten(student, case):
    name, settings, places = ADAM[case]
    expect(walked(student, name, settings)).close_to(np.array(places), atol=2e-9)


@q3.check("other gradients, other steps", hidden=True, each=TWO)
def adam_elsewhere(student, solution, case, rng):
    squares = rng.uniform(0, 2, (KINDS[case][0] - 1, 6))
    given = (*rng.normal(size=(3, 6)), *squares, int(rng.integers(2, 30)))
    lr, beta1, beta2, eps = rng.uniform([0.05, 0.5, 0.5, 0.05], [0.5, 0.95, 0.95, 0.5])
    for settings in ({}, {"lr": lr, "betas": (beta1, beta2), "eps": eps}):
        expect(stepped(student, case, *given, **settings)).close_to(stepped(solution, case, *given, **settings))


def adam_like(w, g, m, v, t, lr, betas, eps, *, first=None, second=None, inside=False, old=False):
    """Adam with other divisors, or another place for eps.   -> new w, new m, new v"""
    one, two = betas
    new_m, new_v = one * m + (1 - one) * g, two * v + (1 - two) * np.square(g)
    m_hat = (m if old else new_m) / (1 - one**t if first is None else first)
    v_hat = (v if old else new_v) / (1 - two**t if second is None else second)
    below = np.sqrt(v_hat + eps) if inside else np.sqrt(v_hat) + eps
    return w - lr * np.divide(m_hat, below), new_m, new_v


@q3.mistake(
    "No bias correction: at t = 1 your step is (1 - beta1) / sqrt(1 - beta2) times as long as it should be.",
    of="adam_step",
)
def adam_uncorrected(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, first=1.0, second=1.0)


@q3.mistake("m is corrected and v is not. Both start at 0, and both are too small at first.", of="adam_step")
def adam_only_m(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, second=1.0)


@q3.mistake("v is corrected and m is not. Both start at 0, and both are too small at first.", of="adam_step")
def adam_only_v(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, first=1.0)


@q3.mistake(
    "Right at t = 1 and wrong later: you divide by 1 - beta in every step. The correction fades: 1 - beta to the power t.",
    of="adam_step",
)
def adam_without_power(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, first=1 - betas[0], second=1 - betas[1])


@q3.mistake("Your power is t + 1. The first step is t = 1 already: the power is t.", of="adam_step")
def adam_power_too_large(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, first=1 - betas[0] ** (t + 1), second=1 - betas[1] ** (t + 1))


@q3.mistake("Both corrections use beta1. v has its own share, beta2, and so its own correction.", of="adam_step")
def adam_one_beta(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, second=1 - betas[0] ** t)


@q3.mistake("The betas have changed places: the first belongs to m, the second to v.", of="adam_step")
def adam_betas_swapped(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas[::-1], eps)


@q3.mistake("eps stands under the root. Adam adds it to the root of v_hat.", of="adam_step")
def adam_eps_inside(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return adam_like(w, g, m, v, t, lr, betas, eps, inside=True)


@q3.mistake(
    "You return the *corrected* means, so the next step corrects them once more. The memory stays as it is; only the step "
    "uses the corrected ones.",
    of="adam_step",
)
def adam_corrected_memory(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    new, m, v = adam_like(w, g, m, v, t, lr, betas, eps)
    return new, m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)


@q3.mistake("Your v averages g, as some notes print it. It averages the square of g.", of="adam_step")
def adam_v_without_square(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    one, two = betas
    m, v = one * m + (1 - one) * g, two * v + (1 - two) * g
    return w - lr * np.divide(m / (1 - one**t), np.sqrt(np.abs(v) / (1 - two**t)) + eps), m, v


@q3.mistake("Your v averages the square of m. It averages the square of the gradient itself.", of="adam_step")
def adam_square_of_m(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    one, two = betas
    m = one * m + (1 - one) * g
    v = two * v + (1 - two) * np.square(m)
    return w - lr * np.divide(m / (1 - one**t), np.sqrt(v / (1 - two**t)) + eps), m, v


def amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, largest, keep=lambda v, v_max: v):
    """AMSGrad; `largest` (new v, old v_max, correction) gives the new v_max and what is divided by; `keep` the v returned."""
    one, two = betas
    m, v = one * m + (1 - one) * g, two * v + (1 - two) * np.square(g)
    v_max, v_hat = largest(v, v_max, 1 - two**t)
    return w - lr * np.divide(m / (1 - one**t), np.sqrt(v_hat) + eps), m, keep(v, v_max), v_max


def of_raw(v, v_max, correction):
    """PyTorch's: the largest uncorrected v, corrected."""
    v_max = np.fmax(v_max, v)
    return v_max, v_max / correction


@q3.mistake(
    "You keep v_max and do not step with it: this is plain Adam. The root is taken of v_max, corrected.",
    of="amsgrad_step",
)
def amsgrad_without_effect(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, lambda v, old, c: (np.fmax(old, v), v / c))


@q3.mistake(
    "Your v_max is the largest of the *corrected* v. PyTorch takes the largest first and corrects it with the present t.",
    of="amsgrad_step",
)
def amsgrad_largest_corrected(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    def largest(v, old, c):
        return np.fmax(old, v / c), np.fmax(old, v / c)

    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, largest)


@q3.mistake(
    "v_max is not corrected. Its first entries are as much too small as v's.",
    of="amsgrad_step",
)
def amsgrad_uncorrected(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, lambda v, old, c: (np.fmax(old, v), np.fmax(old, v)))


@q3.mistake(
    "You return v_max in the place of v. The running mean goes on by itself; only the step looks at the largest.",
    of="amsgrad_step",
)
def amsgrad_mean_overwritten(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, of_raw, keep=lambda v, v_max: v_max)


@q3.mistake(
    "All weights share one largest number. `np.maximum` compares two arrays entry by entry; `np.max` finds one number.",
    of="amsgrad_step",
)
def amsgrad_one_for_all(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    def largest(v, old, c):
        new = np.full_like(v, np.max([old, v]))
        return new, new / c

    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, largest)


@q3.mistake("You took the smaller of the two: then steps could only grow.", of="amsgrad_step")
def amsgrad_smallest(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    return amsgrad_like(w, g, m, v, v_max, t, lr, betas, eps, lambda v, old, c: (np.fmin(old, v), np.fmin(old, v) / c))


@q3.mistake("Your v_max is compared with the *old* v. The present square has to be in it first.", of="amsgrad_step")
def amsgrad_of_the_old(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    old_v = v
    return amsgrad_like(
        w, g, m, v, v_max, t, lr, betas, eps, lambda v, old, c: (np.fmax(old, old_v), np.fmax(old, old_v) / c)
    )


@q3.alternative(of=("adam_step", "amsgrad_step"))
def adam_with_one_factor():
    def moved(w, m, squares, t, lr, betas, eps):
        c = (1 - betas[1] ** t) ** 0.5
        return w - lr * c / (1 - betas[0] ** t) * m / (np.sqrt(squares) + c * eps)

    def adam(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        m, v = m + (1 - betas[0]) * (g - m), v + (1 - betas[1]) * (g * g - v)
        return moved(w, m, v, t, lr, betas, eps), m, v

    def amsgrad(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        m, v = m + (1 - betas[0]) * (g - m), v + (1 - betas[1]) * (g * g - v)
        v_max = np.where(v > v_max, v, v_max)
        return moved(w, m, v_max, t, lr, betas, eps), m, v, v_max

    return adam, amsgrad


@q3.alternative(of=("adam_step", "amsgrad_step"))
def adam_by_logarithms():
    def grown(beta, t):
        return -np.expm1(t * np.log(beta))

    def adam(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        m, v = (
            np.average([old, x], axis=0, weights=[b, 1 - b])
            for old, x, b in zip((m, v), (g, g * g), betas, strict=True)
        )
        root = np.sqrt(v) / np.sqrt(grown(betas[1], t))
        return [w - lr / grown(betas[0], t) * m / (root + eps), m, v]

    def amsgrad(w, g, m, v, v_max, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        _, m, v = adam(w, g, m, v, t, lr, betas, eps)
        v_max = np.stack([v, v_max]).max(axis=0)
        root = np.sqrt(v_max / grown(betas[1], t))
        return [w - lr / grown(betas[0], t) * m / (root + eps), m, v, v_max]

    return adam, amsgrad


# --- q4: on paper ------------------------------------------------------------------------------------------------------

q4 = question("q4", "On paper", values=["first_changes", "rates", "decayed", "worst_step"])


def as_numbers(answer, count):
    """An answer as a list of numbers."""
    numbers = list(answer) if isinstance(answer, tuple | list) else [answer]
    if isinstance(answer, np.ndarray):
        numbers = answer.ravel().tolist()
    if len(numbers) != count or not all(
        isinstance(x, int | float | np.number) and not isinstance(x, bool) for x in numbers
    ):
        raise Wrong("write a number" if count == 1 else f"write {count} numbers, with commas between them")
    return [float(x) for x in numbers]


def expect_numbers(answer, expected, labels, advice):
    """All numbers to three digits; the first wrong one is named, and what to look at."""
    for label, got, right in zip(
        labels, as_numbers(answer, len(labels)), as_numbers(expected, len(labels)), strict=True
    ):
        if not np.isclose(got, right, rtol=3e-3, atol=0):
            raise Wrong(f"{label}: not {got:.4g}; {advice}")


@q4.check("the first changes")
def paper_changes(student, solution):
    labels = ("AdaGrad", "RMSProp", "Adam", "Adam without correction")
    expect_numbers(student.first_changes, solution.first_changes, labels, "put g into its formula, with its sign")


@q4.check("AdaGrad's rates")
def paper_rates(student, solution):
    expect_numbers(student.rates, solution.rates, ("weight A", "weight B"), "add up its squares first")


@q4.check("the decayed weight")
def paper_decay(student, solution):
    labels = ("Adam with L2", "AdamW")
    expect_numbers(
        student.decayed, solution.decayed, labels, "which gradient does Adam get, and what does it make of it?"
    )


@q4.check("the worst step")
def paper_worst(student, solution):
    expect_numbers(student.worst_step, solution.worst_step, ("t",), "compute the lengths for t = 1, 2, 3 and so on")


@q4.mistake("The signs: g is negative, so the weight goes *up*.", of="first_changes")
def changes_downwards():
    return (-0.02, -0.1, -0.02, -0.0632)


@q4.mistake(
    "This is the rate times g, plain descent's step. The adaptive rules divide the size of g out.", of="first_changes"
)
def changes_of_plain_descent():
    return (0.7, 0.7, 0.7, 0.7)


@q4.mistake(
    "RMSProp's first mean is only a share 1 - α = 0.04 of g²: its root makes the step longer.", of="first_changes"
)
def changes_rms_corrected():
    return (0.02, 0.02, 0.02, 0.0632)


@q4.mistake(
    "Uncorrected, m is a tenth of g, but v is a thousandth of g squared: its root is smaller by 31.6. The step gets longer.",
    of="first_changes",
)
def changes_uncorrected_small():
    return (0.02, 0.1, 0.02, 0.002)


@q4.mistake(
    "One rate is right for AdaGrad and for Adam. The other two divide by the root of a mean that starts at 0, uncorrected.",
    of="first_changes",
)
def changes_all_one_rate():
    return (0.02, 0.02, 0.02, 0.02)


@q4.mistake("These divide by the sum of squares. Take its root.", of="rates")
def rates_without_root():
    return (0.6 / 144, 0.15)


@q4.mistake("These divide by the root of the number of steps alone. For weight A each square is 16.", of="rates")
def rates_by_time():
    return (0.2, 0.2)


@q4.mistake("You divided by the sum of the gradients, not by the root of the sum of their squares.", of="rates")
def rates_of_sums():
    return (0.6 / 36, 0.15)


@q4.mistake("Weight B: a gradient of 0 adds nothing to its sum. Four squares of 1 make 4.", of="rates")
def rates_zeros_counted():
    return (0.05, 0.2)


@q4.mistake(
    "With L2 the gradient that Adam sees is λw, and Adam's first step is one rate long, however small the gradient.",
    of="decayed",
)
def decayed_alike():
    return (2.85, 2.85)


@q4.mistake("AdamW shrinks by η λ w, not by λ w.", of="decayed")
def decayed_without_rate():
    return (2.9, 1.5)


@q4.mistake("The two have changed places.", of="decayed")
def decayed_swapped():
    return (2.85, 2.9)


@q4.mistake("With a gradient of 0 the weight is not safe: that is what decay is for.", of="decayed")
def decayed_not():
    return (3.0, 3.0)


@q4.mistake("12 is the answer at β₁ = 0.9, β₂ = 0.999. Here the betas are others.", of="worst_step")
def worst_of_the_defaults():
    return 12


@q4.mistake("Python counts places from 0, steps count from 1.", of="worst_step")
def worst_counted_from_zero():
    return 5


@q4.mistake("The first step is not the longest: m fills up faster than v does.", of="worst_step")
def worst_at_once():
    return 1


@q4.mistake("This is how long the longest step is, in rates. Asked for is its t.", of="worst_step")
def worst_as_length():
    return 3.05


@q4.alternative(of=("first_changes", "rates", "decayed", "worst_step"))
def three_digits():
    return [0.02, 0.1, 0.02, 0.0632], [0.05, 0.3], [2.9, 2.85], 6


@q4.alternative(of=("first_changes", "rates", "decayed", "worst_step"))
def by_steps():
    g, lr = -35.0, 0.02
    t = np.arange(1, 51)
    lengths = (1 - 0.8**t) / np.sqrt(1 - 0.99**t)
    return (
        (-lr * g / abs(g), -lr * g / (0.04 * g * g) ** 0.5, -lr * g / abs(g), -lr * 0.1 * g / (0.001 * g * g) ** 0.5),
        np.array([0.6 / (9 * 16) ** 0.5, 0.6 / 4**0.5]),
        (3 - 0.1, 3 * (1 - 0.1 * 0.5)),
        float(t[np.argmax(lengths)]),
    )


# --- q5: six logs ------------------------------------------------------------------------------------------------------

q5 = question("q5", "Six anonymous logs", values=["names"])
SEVEN = ("SGD", "momentum", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "Adam without correction")


@q5.check("the six names", points=3)
def six_names(student, solution):
    given = student.names
    words = [" ".join(name.split()).lower() for name in given] if is_list_of_text(given) else []
    if len(words) != 6 or not set(words) <= {name.lower() for name in SEVEN}:
        raise Wrong(f"write a list of six names, in the order A to F, each one of {', '.join(SEVEN)}")
    hits = sum(word == right.lower() for word, right in zip(words, solution.names, strict=True))
    if hits == 6:
        return
    if hits >= 4:
        raise Partial(0.5, f"{hits} of the six are right: ask the three questions of hint 1 to each log")
    raise Wrong(f"{hits} of the six are right: ask the three questions of hint 1 to each log")


def is_list_of_text(given):
    """A list or tuple of strings."""
    return isinstance(given, tuple | list) and all(isinstance(name, str) for name in given)


@q5.mistake(
    "Logs A and D are swapped. Both fall like 1 over the root of t; RMSProp's mean starts at a hundredth of g squared, so its "
    "first step is ten rates long.",
    of="names",
)
def sum_and_mean_swapped():
    return ["AdaGrad", "momentum", "Adam", "RMSProp", "Adam without correction", "AdaDelta"]


@q5.mistake(
    "Logs C and E are swapped. Without the correction the first steps are too *long*: 3.16 rates, and growing.",
    of="names",
)
def corrected_and_not_swapped():
    return ["RMSProp", "momentum", "Adam without correction", "AdaGrad", "Adam", "AdaDelta"]


@q5.mistake(
    "Plain SGD remembers nothing: with a gradient of 0 it stands still, and with equal gradients its steps are equal. Log B "
    "grows, and rolls on.",
    of="names",
)
def rolling_taken_for_plain():
    return ["RMSProp", "SGD", "Adam", "AdaGrad", "Adam without correction", "AdaDelta"]


@q5.mistake(
    "Log C has equal steps for w1 and w2, though the gradients of w2 are a hundredth: plain SGD's would be a hundredth, too.",
    of="names",
)
def constant_taken_for_plain():
    return ["RMSProp", "momentum", "SGD", "AdaGrad", "Adam without correction", "AdaDelta"]


@q5.mistake(
    "Log F starts tiny: that is who has no rate. Ten rates at the start, in log A, is someone else.", of="names"
)
def no_rate_taken_for_ten():
    return ["AdaDelta", "momentum", "Adam", "AdaGrad", "Adam without correction", "RMSProp"]


@q5.alternative(of="names")
def names_in_a_tuple():
    return ("rmsprop", "momentum", "adam", "adagrad", "adam without correction", "adadelta")


@q5.alternative(of="names")
def names_by_their_marks():
    moves_on = {"B": "momentum", "C": "Adam", "E": "Adam without correction"}
    stops = {"A": "RMSProp", "D": "AdaGrad", "F": "AdaDelta"}
    return [(moves_on | stops)[log] for log in "ABCDEF"]


# --- q6: a broken AdamW ------------------------------------------------------------------------------------------------

q6 = question("q6", "Repair an AdamW", functions=["adamw_step"], forbid=["dlcourse.optim.Adam", "dlcourse.optim.AdamW"])
#: Ten steps of torch.optim.AdamW.
ADAMW = {
    "the defaults": (
        {},
        [
            [1.3989860000, -1.9989800000, 0.7509924999], [1.3979720266, -1.9979600348, 0.7519847851],
            [1.3969580907, -1.9969401207, 0.7529767174], [1.3959442032, -1.9959202741, 0.7539681580],
            [1.3949303749, -1.9949005111, 0.7549589675], [1.3939166166, -1.9938808477, 0.7559490064],
            [1.3929029388, -1.9928612998, 0.7569381353], [1.3918893520, -1.9918418832, 0.7579262155],
            [1.3908758664, -1.9908226131, 0.7589131089], [1.3898624922, -1.9898035047, 0.7598986785],
        ],
    ),
    "other settings": (
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 0.03, "weight_decay": 0.4},
        [
            [1.2447989348, -1.8211904762, 0.7977777778], [1.0964985511, -1.6506237220, 0.8384958543],
            [0.9553287548, -1.4888290025, 0.8704942911], [0.8215662466, -1.3364740427, 0.8929207248],
            [0.6955321980, -1.1943696100, 0.9063799420], [0.5775849642, -1.0634615229, 0.9129827229],
            [0.4681055348, -0.9448010435, 0.9157269330], [0.3674745426, -0.8394821691, 0.9176183382],
            [0.2760412679, -0.7485366645, 0.9209412162], [0.1940868689, -0.6727890814, 0.9269179786],
        ],
    ),
}  # fmt: skip


@q6.check("one step", points=2, each=[("the first, from zeros", 1, 0.0), ("the fifth", 5, 1.0)])
def adamw_once(student, solution, case):
    _, t, size = case
    given = (W, GRADIENT, size * MEAN, size * ONCE, t, 0.3, (0.4, 0.3), 0.2, 0.7)
    expect(stepped(student, "adamw_step", *given)).close_to(stepped(solution, "adamw_step", *given))


@q6.check("ten steps, as PyTorch takes them", each=list(ADAMW))
def adamw_ten(student, case):
    settings, places = ADAMW[case]
    expect(walked(student, "adamw_step", settings)).close_to(np.array(places), atol=2e-9)


@q6.check("other gradients, other steps", hidden=True)
def adamw_elsewhere(student, solution, rng):
    given = (*rng.normal(size=(3, 6)), rng.uniform(0, 2, 6), int(rng.integers(2, 30)))
    lr, beta1, beta2, eps, decay = rng.uniform([0.05, 0.5, 0.5, 0.05, 0.1], [0.5, 0.95, 0.95, 0.5, 0.9])
    for settings in ({}, {"lr": lr, "betas": (beta1, beta2), "eps": eps, "weight_decay": decay}):
        expect(stepped(student, "adamw_step", *given, **settings)).close_to(
            stepped(solution, "adamw_step", *given, **settings)
        )


def adamw_like(w, g, m, v, t, lr, betas, eps, decay, *, l2=False, first=None, inside=False, shrink=None):
    """AdamW with some of its bugs; `shrink` (w, lr, decay) gives the weights that the step starts from."""
    before = w if l2 else (1 - lr * decay) * w if shrink is None else shrink(w, lr, decay)
    return adam_like(before, g + decay * w if l2 else g, m, v, t, lr, betas, eps, first=first, inside=inside)


def mended(l2, uncorrected, inside):
    """What a learner has who left these bugs in."""

    def step(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        first = 1.0 if uncorrected else None
        return adamw_like(w, g, m, v, t, lr, betas, eps, weight_decay, l2=l2, first=first, inside=inside)

    return step


@q6.mistake("Nothing is repaired yet. Begin with step 1: the decay must not enter the gradient.")
def adamw_as_given(*given, **settings):
    return mended(True, True, True)(*given, **settings)


@q6.mistake("The decay is right now. Two bugs remain: m is not corrected, and eps stands under the root.")
def adamw_decay_mended(*given, **settings):
    return mended(False, True, True)(*given, **settings)


@q6.mistake("m is corrected now. Two bugs remain: the decay enters the gradient, and eps stands under the root.")
def adamw_correction_mended(*given, **settings):
    return mended(True, False, True)(*given, **settings)


@q6.mistake("eps is in its place now. Two bugs remain: the decay enters the gradient, and m is not corrected.")
def adamw_eps_mended(*given, **settings):
    return mended(True, True, False)(*given, **settings)


@q6.mistake("One bug remains, the decay: yours is L2, which Adam divides by the root of v_hat. Let it shrink w itself.")
def adamw_decay_left(*given, **settings):
    return mended(True, False, False)(*given, **settings)


@q6.mistake("One bug remains: m starts at 0 as v does, and is used uncorrected.")
def adamw_correction_left(*given, **settings):
    return mended(False, True, False)(*given, **settings)


@q6.mistake("One bug remains: eps stands under the root.")
def adamw_eps_left(*given, **settings):
    return mended(False, False, True)(*given, **settings)


@q6.mistake("You shrink w by weight_decay alone. The rate belongs to it: w - lr * weight_decay * w.")
def adamw_decay_without_rate(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return adamw_like(w, g, m, v, t, lr, betas, eps, weight_decay, shrink=lambda w, lr, decay: (1 - decay) * w)


@q6.mistake("Your weights grow: decay makes them smaller.")
def adamw_growing(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return adamw_like(w, g, m, v, t, lr, betas, eps, weight_decay, shrink=lambda w, lr, decay: (1 + lr * decay) * w)


@q6.mistake("There is no decay left: weight_decay has to do something.")
def adamw_without_decay(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return adamw_like(w, g, m, v, t, lr, betas, eps, 0.0)


@q6.mistake("You shrink after the step, so the step is shrunk as well. PyTorch shrinks the weights first.")
def adamw_shrunk_after(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    new, m, v = adamw_like(w, g, m, v, t, lr, betas, eps, 0.0)
    return (1 - lr * weight_decay) * new, m, v


@q6.alternative
def adamw_shrunk_in_the_last_line(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    m, v = m + (1 - betas[0]) * (g - m), v + (1 - betas[1]) * (g * g - v)
    c = np.sqrt(1 - betas[1] ** t)
    return w - lr * (weight_decay * w + c / (1 - betas[0] ** t) * m / (np.sqrt(v) + c * eps)), m, v


@q6.alternative
def adamw_entry_by_entry(w, g, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    (one, two), rows = betas, []
    for a, b, c, d in zip(w.ravel().tolist(), g.ravel().tolist(), m.ravel().tolist(), v.ravel().tolist(), strict=True):
        c, d = one * c + (1 - one) * b, two * d + (1 - two) * b * b
        step = c / (1 - one**t) / ((d / (1 - two**t)) ** 0.5 + eps)
        rows.append([a * (1 - lr * weight_decay) - lr * step, c, d])
    return tuple(np.reshape(column, w.shape) for column in zip(*rows, strict=True))


q6.equivalent(
    "adamw_step: betas[1] * v -> betas[-1] * v",
    "adamw_step: 1 - betas[1] -> 1 - betas[-1]",
    "adamw_step: betas[1] ** t -> betas[-1] ** t",
    because="There are two betas: the second is the last.",
)


# --- q7: how many steps ------------------------------------------------------------------------------------------------

q7 = question("q7", "How many steps to get there?", functions=["adagrad_steps", "rmsprop_steps"])


@q7.check("AdaGrad", points=1.5, each=[("a short way", 0.9, 0.2), ("a long way", 3.1, 0.1), ("one step", 0.7, 0.8)])
def adagrad_way(student, solution, case):
    expect(student.adagrad_steps(*case[1:])).equal(solution.adagrad_steps(*case[1:]))


@q7.check(
    "RMSProp",
    points=1.5,
    each=[("a short way", 0.6, 0.05, 0.9), ("a long way", 4.0, 0.02, 0.99), ("one step", 0.3, 0.2, 0.7)],
)
def rmsprop_way(student, solution, case):
    expect(student.rmsprop_steps(*case[1:])).equal(solution.rmsprop_steps(*case[1:]))


@q7.check("other ways", hidden=True, each=["adagrad_steps", "rmsprop_steps"])
def ways_elsewhere(student, solution, case, rng):
    for _ in range(4):
        lr, alpha = rng.uniform(0.02, 0.3), rng.uniform(0.5, 0.99)
        given = (rng.uniform(0.2, 2), lr) if case == "adagrad_steps" else (rng.uniform(0.2, 2), lr, alpha)
        expect(getattr(student, case)(*given)).equal(getattr(solution, case)(*given))


def steps_until(distance, length):
    """The smallest t at which length(1) + ... + length(t) is at least the distance."""
    return int(np.argmax(np.add.accumulate([length(k) for k in range(1, 2000)]) >= distance)) + 1


@q7.mistake(
    "You let every step be lr long. AdaGrad's steps get shorter: its sum grows with every gradient.", of="adagrad_steps"
)
def adagrad_constant(distance, lr):
    return int(np.ceil(distance / lr))


@q7.mistake(
    "Your steps shrink like 1/t. G is t g², and the root of it is taken: they shrink like 1/√t.", of="adagrad_steps"
)
def adagrad_without_a_root(distance, lr):
    total, t = 0.0, 0
    while total < distance and t < 5000:
        t += 1
        total += lr / t
    return t


@q7.mistake("One too many: the step that reaches the distance is counted, and no further one.", of="adagrad_steps")
def adagrad_one_more(distance, lr):
    return steps_until(distance, lambda k: lr * k**-0.5) + 1


@q7.mistake("One too few: you counted the steps that stay short of the distance.", of="adagrad_steps")
def adagrad_one_less(distance, lr):
    return steps_until(distance, lambda k: lr * k**-0.5) - 1


@q7.mistake(
    "You took all steps to be as long as the last one, lr/√t. The earlier ones were longer: add them up.",
    of="adagrad_steps",
)
def adagrad_last_for_all(distance, lr):
    return int(np.ceil((distance / lr) ** 2))


@q7.mistake("The sum of 1/√t is only about 2√t. For a whole number of steps, add them up.", of="adagrad_steps")
def adagrad_by_the_integral(distance, lr):
    return max(1, int(np.ceil((distance / (2 * lr)) ** 2)))


@q7.mistake(
    "You let every step be lr long. RMSProp's mean starts at 0 and is not corrected: its first steps are longer.",
    of="rmsprop_steps",
)
def rmsprop_constant(distance, lr, alpha):
    return int(np.ceil(distance / lr))


@q7.mistake(
    "You let every step be as long as the first, lr over the root of 1 - alpha. The mean fills up, and steps get shorter.",
    of="rmsprop_steps",
)
def rmsprop_first_for_all(distance, lr, alpha):
    return int(np.ceil(distance * (1 - alpha) ** 0.5 / lr))


@q7.mistake("The root is missing from your steps.", of="rmsprop_steps")
def rmsprop_way_without_root(distance, lr, alpha):
    return steps_until(distance, lambda k: lr / (1 - alpha**k))


@q7.mistake("Your mean starts full: you divide by the root of alpha to the power t.", of="rmsprop_steps")
def rmsprop_emptying(distance, lr, alpha):
    return steps_until(distance, lambda k: lr * alpha ** (-k / 2))


@q7.mistake("One too many: the step that reaches the distance is counted, and no further one.", of="rmsprop_steps")
def rmsprop_one_more(distance, lr, alpha):
    return steps_until(distance, lambda k: lr * (1 - alpha**k) ** -0.5) + 1


@q7.mistake("One too few: you counted the steps that stay short of the distance.", of="rmsprop_steps")
def rmsprop_one_less(distance, lr, alpha):
    return steps_until(distance, lambda k: lr * (1 - alpha**k) ** -0.5) - 1


@q7.alternative(of=("adagrad_steps", "rmsprop_steps"))
def by_the_rules_themselves():
    def count(distance, lr, keep, share, g=7.0):
        memory, travelled, t = 0.0, 0.0, 0
        while travelled < distance:
            memory = keep * memory + share * g * g
            travelled, t = travelled + lr * g / memory**0.5, t + 1
        return t

    return (
        lambda distance, lr: count(distance, lr, 1.0, 1.0),
        lambda distance, lr, alpha: count(distance, lr, alpha, 1 - alpha),
    )


@q7.alternative(of=("adagrad_steps", "rmsprop_steps"))
def by_cumulative_sums():
    t = np.arange(1, 20_001)

    def first(lengths, distance):
        return np.searchsorted(np.cumsum(lengths), distance) + 1

    return (
        lambda distance, lr: first(lr * t**-0.5, distance),
        lambda distance, lr, alpha: int(first(lr / np.sqrt(-np.expm1(t * np.log(alpha))), distance)),
    )


for name in ("adagrad_steps", "rmsprop_steps"):
    q7.equivalent(f"{name}: (travelled, t) -> (t, travelled)", because="Both start at zero.")
    q7.equivalent(f"{name}: (0.0, 0) -> (0, 0.0)", because="A count that starts at 0.0 is the same number.")
    q7.equivalent(
        f"{name}: travelled < distance -> travelled <= distance",
        because="No way of the checks ends at the distance to the last bit.",
    )
