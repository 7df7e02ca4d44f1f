"""Public checks of 09_adaptive_optimizers: made by `dlcourse release` from the author's file, which holds more."""

import numpy as np
from dlcourse.checks import Partial, Wrong, expect, question


HESSIAN = np.array([[2.0, -0.6, 0.3], [-0.6, 1.5, 0.2], [0.3, 0.2, 0.9]])
LINEAR = np.array([0.5, -1.2, 0.8])
START = np.array([1.4, -2.0, 0.75])
W = np.array([[0.8, -1.5, 2.2], [-0.4, 0.3, 1.7]])
GRADIENT = np.array([[0.6, -3.0, 0.05], [-1.2, 0.9, 2.5]])
ONCE = np.array([[0.5, 2.0, 0.3], [0.02, 1.4, 0.7]])  # memory of squares
TWICE = np.array([[0.3, 0.08, 1.6], [0.9, 0.2, 0.04]])  # more of it
MEAN = np.array([[-0.7, 1.1, 0.4], [0.25, -0.6, 1.3]])  # memory of gradients
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


q1 = question(
    "q1",
    "AdaGrad, completed",
    functions=["adagrad_step", "effective_rate"],
    forbid=["dlcourse.optim.Adagrad"],
)
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


q2 = question(
    "q2",
    "RMSProp and AdaDelta",
    functions=["rmsprop_step", "adadelta_step"],
    forbid=["dlcourse.optim.RMSprop", "dlcourse.optim.Adadelta"],
)
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


q3 = question(
    "q3",
    "Adam and AMSGrad",
    functions=["adam_step", "amsgrad_step"],
    forbid=["dlcourse.optim.Adam", "dlcourse.optim.AdamW"],
)
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


q6 = question("q6", "Repair an AdamW", functions=["adamw_step"], forbid=["dlcourse.optim.Adam", "dlcourse.optim.AdamW"])
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


for name in ("adagrad_steps", "rmsprop_steps"):
    q7.equivalent(f"{name}: (travelled, t) -> (t, travelled)", because="Both start at zero.")
    q7.equivalent(f"{name}: (0.0, 0) -> (0, 0.0)", because="A count that starts at 0.0 is the same number.")
    q7.equivalent(
        f"{name}: travelled < distance -> travelled <= distance",
        because="No way of the checks ends at the distance to the last bit.",
    )
