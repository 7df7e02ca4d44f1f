"""Exercise 01, the perceptron: what each answer must do, and the mistakes that learners really make."""

from itertools import product

import numpy as np

from dlcourse.checks import Wrong, expect, question

# --- q1: steps ---------------------------------------------------------------------------------------------------------

q1 = question(
    "q1",
    "Two steps, completed",
    functions=["unit_step", "sign"],
    forbid=["dlcourse.functional.unit_step", "dlcourse.functional.sign"],
)
#: Two rows of three: below 0, at 0 and above it.
Z = np.array([[-2.5, 0.0, 0.4], [3.0, -0.3, 1.0]])


@q1.check("unit_step, also at 0")
def unit_step_values(student, solution):
    expect(student.unit_step(Z)).close_to(solution.unit_step(Z))


@q1.check("sign, also at 0")
def sign_values(student, solution):
    expect(student.sign(Z)).close_to(solution.sign(Z))


@q1.check("other arrays", hidden=True, each=["unit_step", "sign"])
def steps_elsewhere(student, solution, case, rng):
    for z in (rng.normal(0, 3, 9), rng.integers(-1, 2, (4, 2, 3)) * 1.0):
        expect(getattr(student, case)(z)).close_to(getattr(solution, case)(z))


@q1.mistake("Everything is right but at z = 0: step(0) = 1, so the comparison must hold there.", of="unit_step")
def silent_at_zero(z):
    return np.where(z > 0, 1.0, 0.0)


@q1.mistake(
    "Your step goes from -1 to 1. That is the sign's range; the unit step stays at 0 on the left.", of="unit_step"
)
def step_from_minus_one(z):
    return np.where(z >= 0, 1.0, -1.0)


@q1.mistake("Your step falls: it answers 1 on the left of 0. Turn the comparison round.", of="unit_step")
def falling_step(z):
    return np.where(z <= 0, 1.0, 0.0)


@q1.mistake("Your step passes z on where it is positive. A step answers 1 there, however large z is.", of="unit_step")
def step_that_passes(z):
    return np.where(z >= 0, z, 0.0)


@q1.mistake("sign(0) is 0, and yours is 1: zero counts as positive in one of your comparisons.", of="sign")
def zero_is_positive(z):
    return np.where(z >= 0, 1.0, 0.0) - np.where(z < 0, 1.0, 0.0)


@q1.mistake("sign(0) is 0, and yours is -1: zero counts as negative in one of your comparisons.", of="sign")
def zero_is_negative(z):
    return np.where(z > 0, 1.0, 0.0) - np.where(z <= 0, 1.0, 0.0)


@q1.mistake("Your sign never gets below 0. Subtract where z is negative; adding gives 1 on both sides.", of="sign")
def sides_added(z):
    return np.where(z != 0, 1.0, 0.0)


@q1.mistake("Your sign is the wrong way round: it answers -1 for positive z.", of="sign")
def sign_turned(z):
    return np.where(z < 0, 1.0, 0.0) - np.where(z > 0, 1.0, 0.0)


@q1.alternative(of=("unit_step", "sign"))
def by_comparison():
    return lambda z: (z >= 0).astype(float), lambda z: (z > 0).astype(float) - (z < 0).astype(float)


@q1.alternative(of=("unit_step", "sign"))
def by_clipping():
    def sign(z):
        large = np.clip(z * 1e300, -1, 1)
        return np.floor(large) + np.ceil(large) - np.trunc(large)

    return lambda z: 1.0 - (z < 0), sign


q1.equivalent(
    "unit_step: np.where(z >= 0, 1.0, 0.0) -> np.where(1.0, z >= 0, 0.0)",
    "sign: np.where(z > 0, 1.0, 0.0) -> np.where(1.0, z > 0, 0.0)",
    "sign: np.where(z < 0, 1.0, 0.0) -> np.where(1.0, z < 0, 0.0)",
    because="Where 1.0, always, it gives the condition, and beside 0.0 that becomes 1.0 or 0.0.",
)


# --- q2: a neuron ------------------------------------------------------------------------------------------------------

q2 = question("q2", "One neuron, a whole batch", functions=["neuron"])
#: Five examples, three inputs; with W3 and b = 0.5 the sums are negative, 0 (twice) and positive.
X3 = np.array([[1.0, -2.0, 0.5], [0.5, 3.0, -1.0], [2.0, 1.0, 3.0], [-1.5, 0.5, 2.0], [0.0, 1.5, 1.0]])
W3 = np.array([2.0, -0.5, -1.25])


@q2.check("the sums z")
def neuron_sums(student, solution):
    z, _ = expect(student.neuron(X3, W3, 0.75)).parts(2)
    expect(z).close_to(solution.neuron(X3, W3, 0.75)[0])


@q2.check("the answers h, also where z = 0")
def neuron_answers(student, solution):
    for b in (0.75, 0.25):  # the second example's z is -0.25 + b + 0.0, the third's 0 at b = 0.25
        _, h = expect(student.neuron(X3, W3, b)).parts(2)
        expect(h).close_to(solution.neuron(X3, W3, b)[1])


@q2.check(
    "other batches, a single input and a single example among them", hidden=True, each=["5 x 4", "6 x 1", "1 x 3"]
)
def neuron_elsewhere(student, solution, case, rng):
    rows, inputs = (int(part) for part in case.split(" x "))
    X, w, b = rng.integers(-3, 4, (rows, inputs)) * 0.5, rng.integers(-3, 4, inputs) * 0.5, 0.25 * rng.integers(-4, 5)
    answer = expect(student.neuron(X, w, b)).parts(2)
    expect(answer).close_to(solution.neuron(X, w, b))


def step(z):
    """The unit step."""
    return (z >= 0) * 1.0


@q2.mistake("The bias is missing from your sums.")
def no_bias(X, w, b):
    return X @ w, step(X @ w)


@q2.mistake("You add the bias to every input before the weights. It joins once, after the weighted sum.")
def bias_on_the_inputs(X, w, b):
    z = (X + b) @ w
    return z, step(z)


@q2.mistake("Your bias has the wrong sign. The sum is w x + b here; some books subtract a threshold instead.")
def bias_as_threshold(X, w, b):
    z = X @ w - b
    return z, step(z)


@q2.mistake("You average over the inputs. A neuron adds its weighted inputs up, however many there are.")
def mean_of_inputs(X, w, b):
    z = (X * w).mean(axis=1) + b
    return z, step(z)


@q2.mistake("You add up along the examples. Each example keeps its own sum: add along its row, axis 1.")
def summed_over_examples(X, w, b):
    z = (X * w).sum(axis=0) + b
    return z, step(z)


@q2.mistake("The products are right, but nobody added them up: z still has a column per input.")
def not_summed(X, w, b):
    z = X * w + b
    return z, step(z)


@q2.mistake("The sums are right. At z = 0 the answer is 1: the comparison must hold there.")
def neuron_silent_at_zero(X, w, b):
    z = X @ w + b
    return z, (z > 0) * 1.0


@q2.mistake("The sums are right. Your answers are those of the sign, -1 to 1; a unit step gives 0 or 1.")
def neuron_with_sign(X, w, b):
    z = X @ w + b
    return z, np.sign(z)


@q2.mistake("You returned the answers alone. Two things are asked for: `return z, h`.")
def answers_alone(X, w, b):
    return step(X @ w + b)


@q2.mistake("z and h have changed places: return the sums first.")
def parts_swapped(X, w, b):
    z = X @ w + b
    return step(z), z


@q2.alternative
def with_the_bias_as_weight(X, w, b):
    ones = np.ones((len(X), 1))
    z = np.hstack([X, ones]) @ np.append(w, b)
    return z, np.heaviside(z, 1)


@q2.alternative
def row_by_row(X, w, b):
    z = [sum(float(x) * float(v) for x, v in zip(row, w, strict=True)) + b for row in X]
    return np.array(z), np.array([0 if s < 0 else 1 for s in z])


q2.equivalent(
    "neuron: np.where(z >= 0, 1.0, 0.0) -> np.where(1.0, z >= 0, 0.0)",
    because="Where 1.0, always, it gives the condition, and beside 0.0 that becomes 1.0 or 0.0.",
)


# --- q3: the perceptron rule -------------------------------------------------------------------------------------------

q3 = question("q3", "The perceptron rule", functions=["train_perceptron"])
#: Six examples, two inputs, parted by a line, which the rule finds after six epochs.
X_SET = np.array([[-1.5, -0.5], [2.5, 0.0], [2.0, 1.5], [-2.5, -2.0], [-3.0, 0.5], [1.0, 0.0]])
Y_SET = np.array([0, 1, 0, 0, 0, 1])
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {"AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}


def trained(who, X, y, *settings):
    """Weights and bias, and the mistakes as an array."""
    w, b, mistakes = expect(who.train_perceptron(X, y, *settings)).parts(3)
    return w, b, np.asarray(mistakes)


@q3.check("w and b after one epoch")
def weights_after_one(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 1)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 1)[:2])


@q3.check("w and b after five epochs")
def weights_after_five(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 5)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 5)[:2])


@q3.check("mistakes per epoch", each=["AND", "XOR"])
def mistakes_per_epoch(student, solution, case):
    *_, mistakes = trained(student, CORNERS, TABLES[case], 8)
    expect(mistakes).close_to(trained(solution, CORNERS, TABLES[case], 8)[2])


@q3.check("another learning rate")
def another_rate(student, solution):
    w, b, _ = trained(student, X_SET, Y_SET, 3, 0.25)
    expect((w, b)).close_to(trained(solution, X_SET, Y_SET, 3, 0.25)[:2])


@q3.check("other sets", points=2, hidden=True, each=["two inputs", "five inputs", "one input", "not separable"])
def trained_elsewhere(student, solution, case, rng):
    inputs = {"five inputs": 5, "one input": 1}.get(case, 2)
    X = rng.integers(-6, 7, (9, inputs)) * 0.5  # halves: every order of adding gives the same sum
    y = (X @ (np.arange(inputs) - 0.7) > 0.3).astype(int)
    if case == "not separable":
        X, y = np.vstack([X, X[:1]]), np.append(y, 1 - y[0])
    answer = trained(student, X, y, 12, 0.5)
    expect(answer).close_to(trained(solution, X, y, 12, 0.5))


def run(X, y, epochs, lr, *, answer=lambda z: z >= 0, change=None, count=None):
    """The rule with a part exchanged; `change` maps (x, y, h) to what w and b gain."""
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    gain = change or (lambda x, y, h: (lr * (y - h) * x, lr * (y - h)))
    for _ in range(epochs):
        mistakes.append(0)
        for x, t in zip(X, y, strict=True):
            h = float(answer(x @ w + b))
            mistakes[-1] += h != t
            dw, db = gain(x, t, h)
            w, b = w + dw, b + db
    return w, b, [int(m) for m in mistakes] if count is None else count(mistakes)


@q3.mistake(
    "All answers of an epoch come from its first weights. The rule answers each example with the weights "
    "of that moment."
)
def answers_of_the_epochs_start(X, y, epochs, lr=1.0):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        e = y - (X @ w + b >= 0)
        w, b = w + lr * e @ X, b + lr * e.sum()
        mistakes.append(int(np.abs(e).sum()))
    return w, b, mistakes


@q3.mistake("Your bias never moves. It learns like a weight whose input is always 1.")
def bias_stays(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * (t - h) * x, 0.0))


@q3.mistake("You move away from the answer that is wanted: the difference is y - h, and yours is h - y.")
def wrong_way(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * (h - t) * x, lr * (h - t)))


@q3.mistake(
    "You add y x for every example, right or wrong. The rule multiplies by y - h, which is 0 for a right answer."
)
def moves_always(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * t * x, lr * t))


@q3.mistake("You learn only where 1 was wanted. An answer of 1 where 0 was wanted is a mistake as well: y - h = -1.")
def learns_upwards_only(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * max(t - h, 0) * x, lr * max(t - h, 0)))


@q3.mistake("Every weight moves by the same amount. Each input has its share: multiply y - h by x.")
def input_forgotten(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * (t - h) * np.ones_like(x), lr * (t - h)))


@q3.mistake("At z = 0 the answer is 1. Yours is 0 there, so the very first example goes another way.")
def answers_zero_at_zero(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, answer=lambda z: z > 0)


@q3.mistake("The learning rate does not reach your bias. It scales both moves.")
def bias_without_rate(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: (lr * (t - h) * x, t - h))


@q3.mistake("The learning rate does not reach your weights. It scales both moves.")
def weights_without_rate(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, change=lambda x, t, h: ((t - h) * x, lr * (t - h)))


@q3.mistake("The argument lr is never used: both moves are those of learning rate 1.")
def rate_ignored(X, y, epochs, lr=1.0):
    return run(X, y, epochs, 1.0)


@q3.mistake("Your counts grow from epoch to epoch, because the counter is never set back to 0.")
def counts_add_up(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, count=lambda m: [int(k) for k in np.cumsum(m)])


@q3.mistake("One number came back for the mistakes, their total. Count each epoch for itself, in a list.")
def total_alone(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, count=lambda m: int(sum(m)))


@q3.mistake(
    "Your list ends with the first epoch that has no mistake. Here all `epochs` epochs run, and a 0 "
    "stands for each clean one."
)
def stops_early(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, count=lambda m: m[: m.index(0) + 1] if 0 in m else m)


@q3.mistake("You count the mistakes after the epoch, with its last weights. Count each answer when it is given.")
def counted_afterwards(X, y, epochs, lr=1.0):
    ends = [run(X, y, k + 1, lr)[:2] for k in range(epochs)]
    return *ends[-1], [int(np.sum((X @ w + b >= 0) != y)) for w, b in ends]


@q3.mistake("Only one epoch ran: your `return` stands inside the loop over the epochs. Move it to the left.")
def returns_too_early(X, y, epochs, lr=1.0):
    return run(X, y, 1, lr)


@q3.mistake("Your neuron answers with a sign, -1 to 1, and the targets are 0 and 1. Answer with the unit step.")
def answers_with_the_sign(X, y, epochs, lr=1.0):
    return run(X, y, epochs, lr, answer=np.sign)


@q3.mistake("Every epoch starts from zero again. Set w and b to 0 once, before all epochs.")
def begins_anew(X, y, epochs, lr=1.0):
    w, b, mistakes = run(X, y, 1, lr)
    return w, b, mistakes * epochs


@q3.alternative
def bias_inside(X, y, epochs, lr=1.0):
    X1 = np.column_stack([X, np.ones(len(X))])
    v, mistakes = np.zeros(X1.shape[1]), np.zeros(epochs, dtype=int)
    for epoch in range(epochs):
        for n in range(len(y)):
            h = np.heaviside(v @ X1[n], 1)
            if h != y[n]:
                v = v + lr * (y[n] - h) * X1[n]
                mistakes[epoch] += 1
    return v[:-1], float(v[-1]), mistakes


@q3.alternative
def by_signed_examples(X, y, epochs, lr=1.0):
    w, b, mistakes = [0.0] * X.shape[1], 0.0, []
    for _ in range(epochs):
        count = 0
        for row, t in zip(X.tolist(), y.tolist(), strict=True):
            z = sum(a * v for a, v in zip(row, w, strict=True)) + b
            if t and z < 0:
                w, b, count = [v + lr * a for v, a in zip(w, row, strict=True)], b + lr, count + 1
            elif not t and z >= 0:
                w, b, count = [v - lr * a for v, a in zip(w, row, strict=True)], b - lr, count + 1
        mistakes.append(count)
    return np.array(w), b, tuple(mistakes)


q3.equivalent("train_perceptron: X.shape[1] -> X.shape[-1]", because="X has two axes, so axis 1 is the last one.")
q3.equivalent(
    "train_perceptron: zip(X, y, strict=True) -> zip(X, y)",
    "train_perceptron: strict=True -> strict=False",
    because="X and y are equally long; strict only guards against sets that are not.",
)


# --- q4: a broken learner ----------------------------------------------------------------------------------------------

q4 = question("q4", "Repair a learner", functions=["settle"])
#: The set of q3, and one that a neuron without bias settles on, too, after other epochs.
SETS = {
    "six examples": (X_SET, 2 * Y_SET - 1),
    "four examples": (np.array([[3.0, 1.0], [-2.0, -2.0], [-2.5, 1.0], [-2.5, -1.0]]), np.array([1, 1, -1, -1])),
}


@q4.check("w and b when it has settled", each=SETS)
def settled_weights(student, solution, case):
    w, b, _ = expect(student.settle(*SETS[case], 40)).parts(3)
    expect((w, b)).close_to(solution.settle(*SETS[case], 40)[:2])


@q4.check("the number of epochs", each=SETS)
def settled_epochs(student, solution, case):
    *_, epochs = expect(student.settle(*SETS[case], 40)).parts(3)
    expect(epochs).close_to(solution.settle(*SETS[case], 40)[2])


@q4.check("XOR, which never settles")
def never_settled(student, solution):
    t = 2 * TABLES["XOR"] - 1
    expect(student.settle(CORNERS, t, 7)).close_to(solution.settle(CORNERS, t, 7))


@q4.check("other sets", hidden=True, each=["three inputs", "one input", "one epoch"])
def settled_elsewhere(student, solution, case, rng):
    inputs = {"three inputs": 3, "one input": 1}.get(case, 2)
    X = rng.integers(-6, 7, (8, inputs)) * 0.5
    t = np.where(X @ (np.arange(inputs) - 0.7) > 0.3, 1, -1)
    given = (X, t, 1 if case == "one epoch" else 60)
    expect(student.settle(*given)).close_to(solution.settle(*given))


def walk(X, t, limit, *, wrong=lambda t, z: t * z <= 0, size=1.0, bias=lambda b, t: b + t, shift=1, keep=False):
    """The learner with a part exchanged."""
    w, b, count = np.zeros(X.shape[1]), 0.0, 0
    for epoch in range(limit):
        count = count if keep else 0
        for x, target in zip(X, t, strict=True):
            if wrong(target, x @ w + b):
                w, b, count = w + size * target * x, bias(b, target), count + 1
        if count == 0:
            return w, b, epoch + shift
    return w, b, limit


@q4.mistake(
    "It still stops at once: at the start z = 0, which is a mistake for both targets. Your comparison must hold there."
)
def zero_still_passes(X, t, max_epochs):
    return walk(X, t, max_epochs, wrong=lambda t, z: t * z < 0)


@q4.mistake("It learns now, but look at the bias: the code multiplies it by something that is 0, and adds that.")
def bias_still_stuck(X, t, max_epochs):
    return walk(X, t, max_epochs, bias=lambda b, t: b + t * b)


@q4.mistake("w and b are right. `epoch` counts from 0: after the first pass of the loop one epoch has run.")
def one_epoch_short(X, t, max_epochs):
    return walk(X, t, max_epochs, shift=0)


@q4.mistake(
    "The comparison and the weights are right now. The bias still never moves, and the epochs are still one short."
)
def two_bugs_left(X, t, max_epochs):
    return walk(X, t, max_epochs, bias=lambda b, t: b + t * b, shift=0)


@q4.mistake(
    "At z = 0 you let the target 1 pass, as the unit step does. Here z = 0 has no sign, so it is a mistake for both."
)
def zero_counts_as_one(X, t, max_epochs):
    return walk(X, t, max_epochs, wrong=lambda t, z: t != (1 if z >= 0 else -1))


@q4.mistake("Your moves are twice too long. t - sign(z) is 2 or -2 after a plain mistake; the rule adds t x.")
def moves_twice_as_long(X, t, max_epochs):
    return walk(X, t, max_epochs, size=2.0, bias=lambda b, t: b + 2 * t)


@q4.mistake("It always runs to the end: `clean` must be True again at the start of every epoch.")
def clean_never_again(X, t, max_epochs):
    return walk(X, t, max_epochs, keep=True)


@q4.mistake(
    "Your bias grows after every mistake, whatever the target. It must follow the target's sign, as the weights do."
)
def bias_only_grows(X, t, max_epochs):
    return walk(X, t, max_epochs, bias=lambda b, t: b + 1)


@q4.alternative
def settle_with_one_vector(X, t, max_epochs):
    V = np.column_stack([X, np.ones(len(X))]) * np.asarray(t)[:, np.newaxis]
    u, epochs, clean = np.zeros(V.shape[1]), 0, False
    while not clean and epochs < max_epochs:
        epochs, clean = epochs + 1, True
        for v in V:
            if not v @ u > 0:
                u, clean = u + v, False
    return u[:-1], u[-1], epochs


@q4.alternative
def settle_by_sign(X, t, max_epochs):
    w, b, epoch, clean = np.zeros(X.shape[1]), 0, 0, False
    while not clean and epoch < max_epochs:
        epoch, clean = epoch + 1, True
        for n in range(len(X)):
            if np.sign(np.dot(X[n], w) + b) != t[n]:
                w, b, clean = w + t[n] * X[n], b + t[n], False
    return w, b, epoch


q4.equivalent("settle: X.shape[1] -> X.shape[-1]", because="X has two axes, so axis 1 is the last one.")
q4.equivalent(
    "settle: zip(X, t, strict=True) -> zip(X, t)",
    "settle: strict=True -> strict=False",
    because="X and t are equally long; strict only guards against sets that are not.",
)


# --- q5: XOR and exactly one -------------------------------------------------------------------------------------------

q5 = question("q5", "XOR, and exactly one", functions=["xor", "exactly_one"])
#: Two sets of gates that agree on the corners and not between them; some sums are exactly 0.
GATES = {
    "upright": {"AND": ([1.0, 1.0], -1.5), "OR": ([1.0, 1.0], -0.5), "NAND": ([-1.0, -1.0], 1.5)},
    "tilted": {"AND": ([0.5, 2.0], -2.5), "OR": ([3.0, 1.0], -1.0), "NAND": ([-1.0, -2.0], 2.0)},
}
GATES = {name: {gate: (np.array(w), b) for gate, (w, b) in gates.items()} for name, gates in GATES.items()}
BETWEEN = np.array([[0.5, 0.25], [0.25, 0.5], [1.0, 0.5], [0.75, 1.0], [-0.5, 1.5], [0.25, 0.25], [1.5, 0.25]])


@q5.check("XOR on the four corners", each=["upright", "tilted"])
def xor_corners(student, solution, case):
    H, h = expect(student.xor(CORNERS, GATES[case])).parts(2)
    expect((H, h)).close_to(solution.xor(CORNERS, GATES[case]))


@q5.check("XOR between the corners", each=["upright", "tilted"])
def xor_between(student, solution, case):
    H, h = expect(student.xor(BETWEEN, GATES[case])).parts(2)
    expect((H, h)).close_to(solution.xor(BETWEEN, GATES[case]))


def rows_of(D):
    """All rows of D zeros and ones, (2^D, D)."""
    return np.array(list(product([0.0, 1.0], repeat=D)))


def answers_of(layers, D):
    """What the two-layer network with these weights and biases answers to all rows; shapes must be as promised."""
    shapes = ((D, 2), (2,), (2, 1), (1,))
    arrays = [np.asarray(part, dtype=float) for part in expect(layers).parts(4)]
    for name, array, shape in zip(("W1", "b1", "W2", "b2"), arrays, shapes, strict=True):
        if array.shape != shape:
            raise Wrong(f"{name} has the shape {array.shape}, expected {shape}")
    W1, b1, W2, b2 = arrays
    hidden = np.heaviside(rows_of(D) @ W1 + b1, 1)
    return np.heaviside(hidden @ W2 + b2, 1)[:, 0]


@q5.check("exactly one of D", points=2, each=[("D = 2", 2), ("D = 3", 3), ("D = 5", 5)])
def exactly_one_answers(student, case):
    _, D = case
    h = answers_of(student.exactly_one(D), D)
    expect(h).equal((rows_of(D).sum(axis=1) == 1) * 1.0, because="the rows are in the order 00...0 to 11...1")


@q5.check("other gates", hidden=True)
def xor_elsewhere(student, solution, rng):
    scale = rng.uniform(0.5, 2, 3)
    gates = {name: (scale[k] * w, scale[k] * b) for k, (name, (w, b)) in enumerate(GATES["tilted"].items())}
    X = rng.uniform(-0.5, 1.5, (12, 2))
    expect(student.xor(X, gates)).close_to(solution.xor(X, gates))


@q5.check("exactly one of more inputs, and of one", hidden=True, each=[("D = 1", 1), ("D = 7", 7)])
def exactly_one_elsewhere(student, case):
    _, D = case
    expect(answers_of(student.exactly_one(D), D)).equal((rows_of(D).sum(axis=1) == 1) * 1.0)


def wired(X, gates, *, hidden=("OR", "NAND"), output="AND", bend=step, last=step):
    """Two layers of named gates, with a part exchanged."""
    H = np.stack([bend(X @ gates[name][0] + gates[name][1]) for name in hidden], axis=1)
    w, b = gates[output]
    return H, last(H @ w + b)


@q5.mistake(
    "There is no step behind your hidden layer: AND looks at sums instead of answers, and the two layers collapse.",
    of="xor",
)
def hidden_without_step(X, gates):
    return wired(X, gates, bend=lambda z: z)


@q5.mistake("Your hidden answers are right. The last sum still has to go through the step.", of="xor")
def output_without_step(X, gates):
    return wired(X, gates, last=lambda z: z)


@q5.mistake("Your hidden answers are right. AND has to look at them, and yours looks at the inputs X again.", of="xor")
def output_sees_the_inputs(X, gates):
    H, _ = wired(X, gates)
    return H, step(X @ gates["AND"][0] + gates["AND"][1])


@q5.mistake("The columns of H have changed places: OR is column 0, NAND column 1.", of="xor")
def columns_swapped(X, gates):
    return wired(X, gates, hidden=("NAND", "OR"))


@q5.mistake(
    "Your hidden layer holds OR and AND. The third gate must be told when *not both* are 1: that is NAND.", of="xor"
)
def and_in_the_hidden_layer(X, gates):
    return wired(X, gates, hidden=("OR", "AND"))


@q5.mistake("Your hidden answers are right, but either of them is enough for your output. Both must be 1.", of="xor")
def output_is_or(X, gates):
    return wired(X, gates, output="OR")


@q5.mistake("The hidden weights stand in rows. In X @ W each neuron's weights are a column.", of="xor")
def gates_in_rows(X, gates):
    W = np.stack([gates["OR"][0], gates["NAND"][0]])
    H = step(X @ W + np.array([gates["OR"][1], gates["NAND"][1]]))
    return H, step(H @ gates["AND"][0] + gates["AND"][1])


@q5.mistake("At z = 0 your neurons answer 0. step(0) is 1.", of="xor")
def xor_silent_at_zero(X, gates):
    return wired(X, gates, bend=lambda z: (z > 0) * 1.0, last=lambda z: (z > 0) * 1.0)


@q5.mistake(
    "Your network fires for at least one. The second hidden neuron must be able to veto: give it a negative weight.",
    of="exactly_one",
)
def at_least_one(D):
    return np.ones((D, 2)), np.array([-0.5, -1.5]), np.ones((2, 1)), np.array([-0.5])


@q5.mistake(
    "All zeros get a 1: with hidden answers 0 and 0 the last sum is its bias, and step(0) = 1. Make that "
    "bias negative.",
    of="exactly_one",
)
def fires_at_nothing(D):
    return np.ones((D, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-1.0]]), np.array([0.0])


@q5.mistake(
    "Your output fires if both hidden neurons do, so for two or more: the very rows that it should refuse.",
    of="exactly_one",
)
def at_least_two(D):
    return np.ones((D, 2)), np.array([-0.5, -1.5]), np.ones((2, 1)), np.array([-1.5])


@q5.mistake(
    "Your second neuron fires only when *all* inputs are 1. That is right for D = 2; in general it is at least two.",
    of="exactly_one",
)
def veto_by_all(D):
    return np.ones((D, 2)), np.array([-0.5, 0.5 - D]), np.array([[1.0], [-1.0]]), np.array([-0.5])


@q5.mistake(
    "These are the four rows' weights of XOR for D = 2 alone: other inputs have weight 0. All D inputs "
    "must count alike.",
    of="exactly_one",
)
def first_two_inputs(D):
    W1 = np.zeros((D, 2))
    W1[:2] = 1.0
    return W1, np.array([-0.5, -1.5]), np.array([[1.0], [-1.0]]), np.array([-0.5])


@q5.mistake(
    'Your biases are whole numbers, and step(0) = 1: "at least one" fires from z = 0 on. Put each bias '
    "between two counts.",
    of="exactly_one",
)
def biases_one_off(D):
    return np.ones((D, 2)), np.array([0.0, -1.0]), np.array([[1.0], [-1.0]]), np.array([-0.5])


@q5.alternative(of=("xor", "exactly_one"))
def gate_by_gate():
    def xor(X, gates):
        def answer(name, X):
            w, b = gates[name]
            return np.array([1.0 if w[0] * p + w[1] * q + b >= 0 else 0.0 for p, q in X])

        H = np.vstack([answer("OR", X), answer("NAND", X)]).T
        return H, answer("AND", H)

    def exactly_one(D):  # at least one, and at most one
        return np.tile([1.0, -1.0], (D, 1)), np.array([-0.75, 1.25]), np.array([[1.0], [1.0]]), np.array([-2.0])

    return xor, exactly_one


@q5.alternative(of="exactly_one")
def with_other_scales(D):
    return np.full((D, 2), [3.0, 0.5]), np.array([-2.0, -0.8]), np.array([[2.0], [-5.0]]), np.array([-1.0])


q5.equivalent(
    "xor: np.where(sums >= 0, 1.0, 0.0) -> np.where(1.0, sums >= 0, 0.0)",
    "xor: np.where(H @ w_and + b_and >= 0, 1.0, 0.0) -> np.where(1.0, H @ w_and + b_and >= 0, 0.0)",
    because="Where 1.0, always, it gives the condition, and beside 0.0 that becomes 1.0 or 0.0.",
)


q5.equivalent(
    "exactly_one: np.array([-1, -2]) -> [-1, -2]",
    "exactly_one: np.array([[1], [-1]]) -> [[1], [-1]]",
    "exactly_one: np.array([-1]) -> [-1]",
    because="A list of the same numbers is the same answer: the check makes an array of it, as the library does.",
)
q5.equivalent(
    "exactly_one: [[1], [-1]] -> [[1], [-2]]",
    because="At two or more the last sum is 1 - 2 - 1 instead of 1 - 1 - 1: below 0 both times.",
)


# --- q6: two layers are one --------------------------------------------------------------------------------------------

q6 = question("q6", "Two linear layers are one", functions=["collapse"])
#: Two inputs, three hidden, three outputs: as many hidden as outputs, so that wrong orders have a shape, too.
TWO_LAYERS = (
    np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]]),
    np.array([0.5, -1.0, 2.0]),
    np.array([[2.0, -1.0, 0.5], [0.5, 3.0, 1.0], [-1.5, 1.0, 4.0]]),
    np.array([1.0, -3.0, 0.25]),
)


@q6.check("the weights W")
def collapsed_weights(student, solution):
    W, _ = expect(student.collapse(*TWO_LAYERS)).parts(2)
    expect(W).close_to(solution.collapse(*TWO_LAYERS)[0])


@q6.check("the bias b")
def collapsed_bias(student, solution):
    _, b = expect(student.collapse(*TWO_LAYERS)).parts(2)
    expect(b).close_to(solution.collapse(*TWO_LAYERS)[1])


@q6.check("other shapes", hidden=True, each=["4-2-3", "1-5-2", "3-3-1"])
def collapsed_elsewhere(student, solution, case, rng):
    D, K, M = (int(part) for part in case.split("-"))
    given = rng.normal(size=(D, K)), rng.normal(size=K), rng.normal(size=(K, M)), rng.normal(size=M)
    answer = expect(student.collapse(*given)).parts(2)
    expect(answer).close_to(solution.collapse(*given))


@q6.mistake("Your bias is b2 alone. The first layer's bias does not vanish: it travels through the second layer.")
def first_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b2.copy()


@q6.mistake("You add the two biases. The first one stands inside the bracket that is multiplied by W2.")
def biases_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@q6.mistake("Your bias is the first one sent through the second layer. b2 has to be added after that.")
def second_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@q6.mistake("W2 multiplies both of your biases. b2 stands outside the bracket: it is added as it is.")
def both_biases_multiplied(W1, b1, W2, b2):
    return W1 @ W2, (b1 + b2) @ W2


@q6.mistake("Your bias is W2 @ b1 + b2. Examples are rows here, so the vector stands on the left: b1 @ W2.")
def matrix_on_the_left(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


@q6.mistake("You transposed the second weight matrix. With weights of shape (in, out) the product needs none.")
def second_transposed(W1, b1, W2, b2):
    return W1 @ W2.T, b1 @ W2.T + b2


@q6.mistake("W and b have changed places: return the weights first.")
def returned_backwards(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


@q6.alternative
def as_one_product(W1, b1, W2, b2):
    both = np.vstack([W1, b1]) @ W2
    return both[:-1], both[-1] + b2


@q6.alternative
def by_trying_inputs(W1, b1, W2, b2):
    """The answer to zero is the bias; the answers to unit vectors, less the bias, are the rows of W."""
    D = len(W1)
    trials = np.vstack([np.zeros(D), np.eye(D)])
    out = (trials @ W1 + b1) @ W2 + b2
    return out[1:] - out[0], out[0]


# --- q7: who can learn it ----------------------------------------------------------------------------------------------

q7 = question("q7", "Who can learn it, and after how many mistakes?", values=["learnable", "most_mistakes"])
NAMES = (
    "nor", "implies", "xnor", "copy", "majority", "exactly_one", "odd", "veto", "not_all_equal", "two_pairs",
)  # fmt: skip


@q7.check("the set learnable", points=2)
def learnable_set(student, solution):
    names = student.learnable
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"nor", "xnor"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the ten names")
    expect(set(names)).equal(solution.learnable)


@q7.check("the number most_mistakes", points=2)
def bound_of_novikoff(student, solution):
    try:
        expect(student.most_mistakes).equal(solution.most_mistakes)
    except Wrong:  # its message would hold the answer
        raise Wrong("this is not the whole number that R and the margin of these five examples give") from None


@q7.mistake("`veto` can be done: give x3 a negative weight that outweighs both others.", of="learnable")
def without_veto():
    return {"nor", "implies", "copy", "majority"}


@q7.mistake(
    "Your set holds what needs only positive weights. A weight may be negative: that is how an input speaks for 0.",
    of="learnable",
)
def positive_weights_only():
    return {"copy", "majority"}


@q7.mistake(
    "`two_pairs` looks harmless, because no input ever speaks for 0. Add up the sums of 1100 and 0011, "
    "and those of 1010 and 0101.",
    of="learnable",
)
def monotone_is_enough():
    return {"nor", "implies", "copy", "majority", "veto", "two_pairs"}


@q7.mistake(
    "Counting is not enough: for `exactly_one` the first 1 must raise the sum over 0 and the second "
    "bring it down again.",
    of="learnable",
)
def exactly_one_by_counting():
    return {"nor", "implies", "copy", "majority", "veto", "exactly_one"}


@q7.mistake("These are the ones that no single neuron computes: the question asks for the others.", of="learnable")
def the_others():
    return {"xnor", "exactly_one", "odd", "not_all_equal", "two_pairs"}


@q7.mistake(
    "XNOR is XOR with the answers exchanged. The same line would separate both, so neither has one.", of="learnable"
)
def xnor_is_not_xor():
    return {"nor", "implies", "xnor", "copy", "majority", "veto"}


@q7.mistake("This is R divided by the margin. The theorem squares the quotient.", of="most_mistakes")
def not_squared_quotient():
    return 4


@q7.mistake("u must have length 1, and (2, 1, -2) has length 3: divide its margin by that.", of="most_mistakes")
def u_not_scaled():
    return 2


@q7.mistake("R is the length of the longest example *with the 1 appended*: root 11, not root 10.", of="most_mistakes")
def one_not_appended():
    return 22


@q7.mistake("24.75 is a bound, and mistakes are whole: 25 would be above it.", of="most_mistakes")
def rounded_up():
    return 25


@q7.mistake(
    "A number of mistakes is whole. What is the largest whole number that the bound allows?", of="most_mistakes"
)
def not_whole():
    return 24.75


@q7.mistake(
    "You scaled by the length of (2, 1) alone. The bias is part of u: its length is that of (2, 1, -2).",
    of="most_mistakes",
)
def bias_not_scaled():
    return 13


@q7.alternative(of="learnable")
def as_a_list():
    return ["veto", "nor", "majority", "copy", "implies"]


@q7.alternative(of="most_mistakes")
def computed():
    X1 = np.array([[3, 1, 1], [2, 0, 1], [0, 0, 1], [-2, 2, 1], [1, -3, 1]])
    t, u = np.array([1, 1, -1, -1, -1]), np.array([2, 1, -2]) / 3
    return int((X1**2).sum(axis=1).max() / (t * (X1 @ u)).min() ** 2)
