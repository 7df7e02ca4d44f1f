"""Public checks of 08_minibatch_momentum: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Wrong, expect, question


q1 = question("q1", "Mini-batches, completed", functions=["minibatches"], forbid=["dlcourse.data.batches"])
X_ROWS = np.array([[0.5, -1.0], [1.5, -2.0], [2.5, -3.0], [3.5, -4.0], [4.5, -5.0], [5.5, -6.0], [6.5, -7.0]])
Y_ROWS = np.array([10, 11, 12, 13, 14, 15, 16])


def parts_of(answer):
    """The batches of an answer, a list of pairs."""
    parts = list(answer)
    for part in parts:
        expect(part).parts(2)
    return parts


def expect_batches(student, solution, *given):
    """How many batches, then one by one."""
    mine, right = parts_of(student.minibatches(*given)), parts_of(solution.minibatches(*given))
    expect(len(mine)).equal(len(right), because="that is the number of batches")
    for k, (got, expected) in enumerate(zip(mine, right, strict=True)):
        expect(got).equal(expected, because=f"in batch {k} (counted from 0), whose values are examples and targets")


@q1.check("seven examples", points=2, each=[("batches of three, the last one short", 3), ("all in one batch", 7)])
def seven_examples(student, solution, case):
    expect_batches(student, solution, X_ROWS, Y_ROWS, case[1], np.random.default_rng(1))


@q1.check("six examples, batches of two, another seed")
def six_examples(student, solution):
    expect_batches(student, solution, X_ROWS[:6], Y_ROWS[:6], 2, np.random.default_rng(2))


q2 = question("q2", "How noisy is a batch?", functions=["batch_variance", "batch_needed"])
G = np.array([[1.0, -2.0, 0.5], [3.0, 0.4, -1.0], [-0.7, 2.2, 4.0], [2.5, 1.1, -3.3], [0.3, -0.6, 1.9]])


@q2.check("with replacement")
def variance_with(student, solution):
    expect(student.batch_variance(G, 1, True)).close_to(solution.batch_variance(G, 1, True))
    expect(student.batch_variance(G, 4, True)).close_to(solution.batch_variance(G, 4, True))


@q2.check("without replacement")
def variance_without(student, solution):
    expect(student.batch_variance(G, 2, False)).close_to(solution.batch_variance(G, 2, False))
    expect(student.batch_variance(G, 5, False)).close_to(solution.batch_variance(G, 5, False))


@q2.check("the batch size that is needed")
def size_needed(student, solution):
    for target in (1.3, 2.9, 40.0):
        expect(student.batch_needed(G, target)).close_to(solution.batch_needed(G, target))


q3 = question("q3", "Three momentum steps", functions=["velocity_step", "average_step", "buffer_step"])
W = np.array([[0.7, -1.2, 2.0], [1.6, 0.3, -0.4]])
M = np.array([[0.5, 0.9, -1.4], [-0.6, 1.1, 2.3]])
STEP = np.array([[1.3, -0.8, 0.6], [-2.1, 1.7, 0.9]])


@q3.check("one step", points=2, each=["velocity_step", "average_step"])
def one_step(student, solution, case):
    answer = expect(getattr(student, case)(W, M, STEP, 0.3, 0.35)).parts(2)
    expect(answer).close_to(getattr(solution, case)(W, M, STEP, 0.3, 0.35))


@q3.check("PyTorch's buffer", points=2, each=[("the first step", None), ("a later step", M)])
def one_buffer_step(student, solution, case):
    answer = expect(student.buffer_step(W, case[1], STEP, 0.3, 0.35, 0.25)).parts(2)
    expect(answer).close_to(solution.buffer_step(W, case[1], STEP, 0.3, 0.35, 0.25))


q4 = question("q4", "The conversion", functions=["convert"], values=["step_lengths", "same_path"])
NAMES = ("mini_batches", "rate_drops", "momentum_rises", "l2", "clipping", "dampening", "nesterov")


@q4.check("six step lengths")
def lengths(student, solution):
    values = student.step_lengths
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple) or len(values) != 6 or any(type(v) not in (int, float) for v in values):
        raise Wrong("write a list of six numbers")
    expect([float(v) for v in values]).close_to(solution.step_lengths, rtol=1e-3)


@q4.check("from each to each", each=["velocity", "average", "pytorch"])
def each_to_each(student, solution, case):
    for wanted in ("velocity", "average", "pytorch"):
        right = solution.convert(0.06, 0.3, case, wanted)
        expect(student.convert(0.06, 0.3, case, wanted)).close_to(right, because=f"from {case} to {wanted}")


@q4.check("the set same_path")
def paths_that_stay(student, solution):
    names = student.same_path
    if not isinstance(names, set | list | tuple) or not all(isinstance(name, str) for name in names):
        raise Wrong('write a set of names in quotation marks: {"l2", "nesterov"}')
    if strange := sorted(set(names) - set(NAMES)):
        raise Wrong(f"{strange[0]!r} is not one of the seven names")
    expect(set(names)).equal(set(solution.same_path), because="let the two run side by side, case by case")


q5 = question("q5", "Nesterov's step, twice", functions=["nesterov_step", "lookahead_step"])
H = np.array([[3.0, 0.8, -0.4], [0.8, 1.6, 0.5], [-0.4, 0.5, 0.7]])
BEST = np.array([0.6, -1.1, 2.3])
START = np.array([1.5, -2.0, 0.7])
MEMORY = np.array([0.4, 1.3, -0.9])


def bowl_gradient(point):
    """Of a quadratic loss whose lowest point is BEST."""
    return H @ (point - BEST)


def curved_gradient(point):
    """Of a loss that is no quadratic."""
    return H @ np.tanh(point) + 0.3 * point


@q5.check("one step", points=2, each=["nesterov_step", "lookahead_step"])
def one_nesterov_step(student, solution, case):
    answer = expect(getattr(student, case)(START, MEMORY, bowl_gradient, 0.15, 0.8)).parts(2)
    expect(answer).close_to(getattr(solution, case)(START, MEMORY, bowl_gradient, 0.15, 0.8))


@q5.check("a loss that is no quadratic", each=["nesterov_step", "lookahead_step"])
def one_curved_step(student, solution, case):
    answer = expect(getattr(student, case)(START, MEMORY, curved_gradient, 0.25, 0.6)).parts(2)
    expect(answer).close_to(getattr(solution, case)(START, MEMORY, curved_gradient, 0.25, 0.6))


q6 = question("q6", "Repair PyTorch's SGD", functions=["sgd"], forbid=["dlcourse.optim.SGD"])
PYTORCH = {
    "dampening": (
        {"momentum": 0.9, "dampening": 0.4, "nesterov": False, "weight_decay": 0.0},
        [
            [1.3690000000, -1.9240000000, 0.7965000000], [1.1836240000, -1.8119515000, 0.9365115000],
            [0.9649844140, -1.6704888265, 1.1088378690], [0.7347579756, -1.5066811506, 1.3018831512],
            [0.5132089087, -1.3279959858, 1.5043016720], [0.3175494704, -1.1422170691, 1.7055664523],
            [0.1607565307, -0.9572943087, 1.8964317087], [0.0509070411, -0.7811183300, 2.0692738666],
            [-0.0089610069, -0.6212271463, 2.2183047170], [-0.0205066514, -0.4844656845, 2.3396589584],
        ],
    ),
    "Nesterov": (
        {"momentum": 0.8, "dampening": 0.0, "nesterov": True, "weight_decay": 0.0},
        [
            [1.2642000000, -1.8632000000, 0.8737000000], [1.0046296000, -1.6882981000, 1.0835721000],
            [0.7643917468, -1.4941721293, 1.3033172178], [0.5695083650, -1.2981275359, 1.5132601592],
            [0.4308373753, -1.1150629415, 1.7001763341], [0.3476541321, -0.9566611198, 1.8565827428],
            [0.3117731508, -0.8308314878, 1.9797187366], [0.3113793728, -0.7415327825, 2.0704051299],
            [0.3340675355, -0.6890027429, 2.1319244785], [0.3688873034, -0.6703376359, 2.1690188879],
        ],
    ),
    "weight decay": (
        {"momentum": 0.9, "dampening": 0.0, "nesterov": False, "weight_decay": 0.3},
        [
            [1.3465000000, -1.8940000000, 0.7860000000], [1.0776575000, -1.6986800000, 0.9393800000],
            [0.7446205625, -1.4346082000, 1.1354731500], [0.4021187169, -1.1253274523, 1.3469409437],
            [0.0994693846, -0.7963269436, 1.5470904716], [-0.1265325758, -0.4737314633, 1.7127680843],
            [-0.2558518449, -0.1826489411, 1.8265521667], [-0.2861866317, 0.0547472479, 1.8780794191],
            [-0.2308954472, 0.2211983092, 1.8644575614], [-0.1145944134, 0.3061148039, 1.7898271448],
        ],
    ),
    "no momentum": (
        {"momentum": 0.0, "dampening": 0.5, "nesterov": False, "weight_decay": 0.2},
        [
            [1.3540000000, -1.9040000000, 0.7895000000], [1.2293100000, -1.8130375000, 0.8696525000],
            [1.1225349500, -1.7272778375, 0.9414302750], [1.0308490770, -1.6467599870, 1.0056985576],
            [0.9518975953, -1.5714280152, 1.0632281037], [0.8837156627, -1.5011561002, 1.1147064913],
            [0.8246615305, -1.4357683400, 1.1607479150], [0.7733613776, -1.3750543485, 1.2019016979],
            [0.7286637650, -1.3187814547, 1.2386597078], [0.6896020150, -1.2667041671, 1.2714628326],
        ],
    ),
}  # fmt: skip


@q6.check("ten steps, as PyTorch takes them", points=4, each=list(PYTORCH))
def ten_steps(student, case):
    settings, places = PYTORCH[case]
    path = student.sgd(bowl_gradient, START, 0.05, **settings, steps=10)
    expect(path).close_to(np.array([START, *places]), atol=2e-9)


q7 = question("q7", "A fair race", functions=["fair_race"])
RATES = np.array([0.01, 0.1, 1.0, 10.0])
TUNING = np.array(
    [
        [[2.1, 2.0, 2.3], [1.2, 1.1, 1.3], [0.5, 0.7, 0.6], [0.1, np.inf, 0.2]],
        [[1.4, 1.5, 1.3], [0.3, 0.6, 1.2], [0.55, 0.58, 1.1], [np.inf, np.inf, np.inf]],
        [[1.1, 0.8, 0.9], [0.6, 1.4, 0.65], [1.2, 0.2, 4.6], [5.0, 4.0, np.inf]],
    ]
)
RACE = np.array(
    [
        [[2.2, 2.0, 1.9, 2.1, 2.4], [1.0, 1.3, 1.1, 1.2, 1.4], [0.7, 0.5, 0.9, 0.6, 2.9], [0.05, 0.2, np.inf, 0.1, 0.15]],
        [[1.3, 1.6, 1.2, 1.4, 1.5], [0.4, 0.45, 0.3, 2.0, 0.5], [0.8, 0.95, 0.6, 0.75, 0.65], [np.inf] * 5],
        [[1.0, 0.7, 0.9, 0.8, 1.2], [0.35, 0.4, 0.3, 0.6, 0.4], [0.3, 0.5, 0.25, 0.35, 0.28], [4.0, 6.0, 3.0, np.inf, 5.0]],
    ]
)  # fmt: skip


@q7.check("the rates that are chosen")
def rates_chosen(student, solution):
    chosen, _, _ = expect(student.fair_race(RATES, TUNING, RACE)).parts(3)
    expect(chosen).close_to(solution.fair_race(RATES, TUNING, RACE)[0])


@q7.check("the scores")
def race_scores(student, solution):
    _, scores, _ = expect(student.fair_race(RATES, TUNING, RACE)).parts(3)
    expect(scores).close_to(solution.fair_race(RATES, TUNING, RACE)[1])


@q7.check("the winner", each=[("three optimizers", 3), ("the first two", 2)])
def race_winner(student, solution, case):
    given = (RATES, TUNING[: case[1]], RACE[: case[1]])
    answer = expect(student.fair_race(*given)).parts(3)
    expect(answer).close_to(solution.fair_race(*given))
