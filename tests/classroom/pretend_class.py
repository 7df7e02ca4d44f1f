"""A class that was never graded: standings from a seed, with answers that people might have written on their own."""

import ast
import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import AnswerText, Record
from dlcourse.grading.mark import CellNote

DUE = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
HIDDEN_SAYS = "a hidden check: its inputs are not shown"


@dataclass(frozen=True)
class Asked:
    """A question: how hard it is, its known mistakes (name, hint, what the check says), and ways of writing an answer.

    In a way, `«a|b»` is one or the other, and `@x` a name for x of the writer's own.
    """

    id: str
    title: str
    points: int
    hard: float
    tells: float
    mistakes: tuple[tuple[str, str, str], ...]
    ways: tuple[str, ...]


NAMES = {
    "z": ("z", "x", "inputs", "a", "score"),
    "y": ("y", "out", "result", "res", "value"),
    "g": ("g", "gate", "s", "sig", "sigma"),
    "d": ("d", "slope", "local", "derivative", "dydz"),
    "k": ("k", "mask", "positive", "on", "active"),
    "t": ("t", "total", "acc", "summed", "tmp"),
}
QUESTIONS = (
    Asked(
        "q1",
        "SiLU, completed",
        5,
        -1.0,
        1.2,
        (
            (
                "gate_without_beta",
                "Your gate is the sigmoid of z. It should be the sigmoid of `beta * z`.",
                "`silu(z, 2.5)`: entry [0] is -0.0719, expected -0.000182",
            ),
            (
                "gate_alone",
                "You returned the gate alone. SiLU is the input times its gate.",
                "`silu(z)`: entry [0] is 0.018, expected -0.0719",
            ),
        ),
        (
            "def silu(@z, beta=1.0):\n    «# the gate\n    |»@g = «1 / (1 + np.exp(-beta * @z))|F.sigmoid(@z * beta)[0]|expit(beta * @z)»\n    «@y = @z * @g\n    return @y, (@z, @g, beta)|return @g * @z, (@z, @g, beta)»\n\ndef silu_backward(dy, cache):\n    @z, @g, beta = cache\n    «@d = @g + beta * @z * @g * (1 - @g)|@d = @g * (1 + beta * @z * (1 - @g))|@t = @g * (1 - @g)\n    @d = @g + @z * beta * @t»\n    return «dy * @d|@d * dy»",
            "def silu(@z, beta=1.0):\n    @g, _ = F.sigmoid(beta * @z)\n    @y = «@g * @z|np.multiply(@z, @g)»\n    cache = (@z, @g, beta)\n    return @y, cache\n\ndef silu_backward(dy, cache):\n    @z, @g, beta = cache\n    @t = «beta * @g * (1 - @g)|beta * (@g - @g ** 2)»\n    @d = @g + @z * @t\n    dz = dy * @d\n    return dz",
        ),
    ),
    Asked(
        "q2",
        "Leaky ReLU, ELU and tanh",
        6,
        -0.4,
        1.5,
        (
            (
                "slope_at_the_output",
                "You took the slope at the output. The chain rule takes it at the input `z`.",
                "`elu_backward(dy, cache)`: entry [1] is 0.37, expected 0.27",
            ),
        ),
        (
            "def leaky_relu(@z, negative_slope=0.01):\n    «return np.where(@z > 0, @z, negative_slope * @z), (@z, negative_slope)|@k = @z > 0\n    @y = @k * @z + ~@k * negative_slope * @z\n    return @y, (@z, negative_slope)|@y = np.maximum(@z, 0) + negative_slope * np.minimum(@z, 0)\n    return @y, (@z, negative_slope)»\n\ndef leaky_relu_backward(dy, cache):\n    @z, negative_slope = cache\n    «return dy * np.where(@z > 0, 1, negative_slope)|@d = np.ones_like(@z)\n    @d[@z <= 0] = negative_slope\n    return dy * @d»",
            "def leaky_relu(@z, negative_slope=0.01):\n    @y = @z.copy()\n    @y[@z < 0] «*= negative_slope|= negative_slope * @z[@z < 0]»\n    return @y, (@z, negative_slope)\n\ndef leaky_relu_backward(dy, cache):\n    @z, @t = cache\n    @d = «np.where(@z > 0, 1.0, @t)|(@z > 0) + @t * (@z <= 0)»\n    return @d * dy",
        ),
    ),
    Asked(
        "q3",
        "PReLU, whose slope is learnt",
        4,
        0.2,
        1.6,
        (
            (
                "sum_over_units",
                "You summed over the units. Each slope is shared by all examples: sum over axis 0.",
                "`prelu_backward(dy, cache)`: shape (3,), expected (4,)",
            ),
            (
                "positive_part",
                "The slope `a` acts where z is negative; you summed where it is positive.",
                "`prelu_backward(dy, cache)[1]`: entry [0] is 2.1, expected -0.7",
            ),
        ),
        (
            "def prelu_backward(dy, cache):\n    @z, a = cache\n    @k = @z > 0\n    dz = «np.where(@k, dy, a * dy)|dy * np.where(@k, 1, a)»\n    da = «(dy * np.where(@k, 0, @z)).sum(axis=0)|np.sum(dy * @z * ~@k, axis=0)|(dy * np.minimum(@z, 0)).sum(0)»\n    return dz, da",
        ),
    ),
    Asked(
        "q4",
        "Maxout, and who won",
        4,
        0.5,
        1.0,
        (
            (
                "every_tie",
                "At a tie every piece got the gradient; one winner does.",
                "`maxout_backward`: sum is 4, expected 2",
            ),
        ),
        (
            "def maxout_backward(dy, cache):\n    @k, n = cache\n    «@d = np.zeros(dy.shape + (n,))\n    np.put_along_axis(@d, @k[..., None], dy[..., None], 2)\n    return @d|return dy[:, :, None] * (@k[:, :, None] == np.arange(n))|@d = np.eye(n)[@k]\n    return @d * dy[..., np.newaxis]»",
        ),
    ),
    Asked(
        "q5",
        "The mean, in one line",
        2,
        -2.0,
        0.5,
        (("median", "That is the median.", "`mean(x)`: 2, expected 2.5"),),
        ("def mean(@z):\n    return «np.mean(@z)|@z.mean()|sum(@z) / len(@z)|np.average(@z)»",),
    ),
    Asked(
        "q6",
        "A softplus that never overflows, and its way back",
        4,
        1.1,
        1.3,
        (
            (
                "overflow",
                "`np.exp(z)` overflows for large z. Take the maximum out first.",
                "`softplus(z)`: entry [5] is inf, expected 1000",
            ),
        ),
        (
            "def softplus(@z):\n    «return np.logaddexp(0, @z), (@z,)|@y = np.maximum(@z, 0) + np.log1p(np.exp(-np.abs(@z)))\n    return @y, (@z,)|@y = np.where(@z > 0, @z + np.log1p(np.exp(-np.abs(@z))), np.log1p(np.exp(np.minimum(@z, 0))))\n    return @y, (@z,)»\n\ndef softplus_backward(dy, cache):\n    (@z,) = cache\n    @d«, _|» = F.sigmoid(@z)«|[0]»\n    return dy * @d",
        ),
    ),
    Asked(
        "q7",
        "Which activations are never negative",
        2,
        -0.2,
        -0.1,
        (("softplus_left_out", "softplus is a logarithm of more than 1.", "`never_negative`: softplus is missing"),),
        (
            'never_negative = {«"relu", "sigmoid"|"sigmoid", "relu"», "softplus", "softmax", «"relu6", "unit_step"|"unit_step", "relu6"»}',
        ),
    ),
    Asked(
        "q8",
        "In your own words: why does the slope of a unit matter?",
        3,
        0.0,
        0.8,
        (),
        ('why = "because «it|the slope» scales what goes back"',),
    ),
)
MAX_SCORE = float(sum(asked.points for asked in QUESTIONS))


def own_words(way: str, rng: random.Random) -> str:
    """One way to write an answer, with a writer's own choices and names."""
    while found := re.search("«([^«»]*)»", way):
        way = way[: found.start()] + rng.choice(found[1].split("|")) + way[found.end() :]
    for slot, names in NAMES.items():
        way = way.replace(f"@{slot}", rng.choice(names))
    return way


class Habits(ast.NodeTransformer):
    """How somebody writes who thinks on their own: steps of their own, constants and calls as they like them, a slip."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.steps = rng, []
        self.step, self.slip, self.floats = rng.choice((0.02, 0.1, 0.3)), 0.03, rng.random() < 0.2
        self.names = rng.choice(("tmp{}", "part{}", "step_{}", "h{}"))

    def visit_Constant(self, node):
        return ast.Constant(float(node.value)) if self.floats and type(node.value) is int and node.value < 2 else node

    def visit_Subscript(self, node):
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if self.rng.random() < self.slip:
            node.op = self.rng.choice((ast.Add(), ast.Sub(), ast.Mult(), ast.Div()))
        return self.as_step(node)

    def visit_Call(self, node):
        self.generic_visit(node)
        return self.as_step(node)

    def as_step(self, node):
        if self.rng.random() >= self.step:
            return node
        name = self.names.format(self.rng.randrange(100))
        self.steps.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())

    def statement(self, node):
        self.steps = []
        node = self.generic_visit(node)
        return [*self.steps, node]

    visit_Return = visit_Assign = statement


def habitual(source: str, rng: random.Random) -> str:
    """An answer as somebody with habits would write it."""
    return ast.unparse(ast.fix_missing_locations(Habits(rng).visit(ast.parse(source))))


def disguised(source: str) -> str:
    """A copy whose names, order of functions, comments, prints and white space are others."""
    for i, name in enumerate(
        sorted({name for names in NAMES.values() for name in names} | {"cache", "dy", "beta", "dz"})
    ):
        source = re.sub(rf"(?<![\w.\"]){name}(?![\w\"(])", f"mine{i}", source)
    functions = re.split(r"\n\n(?=def )", source)
    return "\n\n\n".join(
        re.sub(r"(def .*:)\n", r'\1\n    """My own."""\n    print("here")  # to see\n', text)
        for text in reversed(functions)
    )


def answered(asked: Asked, ability: float, rng: random.Random) -> QuestionResult:
    """What checking an answer finds: two public checks and a hidden one, or that a person has to judge it."""
    if not asked.mistakes:
        waits = CheckResult("marked by a person", "marked by a person", asked.points, 0.0, "awaits mark", "", False)
        return QuestionResult(asked.id, asked.title, (waits,))
    left = rng.random() < 0.05 + 0.1 * (asked.hard > 0.4)
    right = [rng.random() < 1 / (1 + 2.7 ** (-asked.tells * (ability - asked.hard) - 0.7)) for _ in range(3)]
    mistake = rng.choice((*asked.mistakes, ("", "", f"`{asked.id}(x)`: entry [0] is 3, expected 1")))
    worth = asked.points / 4
    checks = []
    for i, (title, points) in enumerate((("the value", worth), ("the gradient", worth), ("other inputs", 2 * worth))):
        hidden = i == 2
        status = "not attempted" if left else "passed" if right[i] else "failed"
        told = ("" if status != "failed" else HIDDEN_SAYS if hidden else mistake[2], hidden)
        named = mistake[:2] if status == "failed" else ("", "")
        checks.append(CheckResult(title, title, points, points * (status == "passed"), status, *told, *named))
    return QuestionResult(asked.id, asked.title, tuple(checks))


ENDINGS = (
    ("timeout", "", CellNote(9, "ran longer than 30 seconds and was stopped; it was left out")),
    (
        "crashed",
        "",
        CellNote(4, "ended Python itself (with a call such as `exit`, or by closing its files); it was left out"),
    ),
    (
        "malformed",
        "the file is not a notebook: its JSON cannot be read (was it cut short, or saved by another program?)",
        None,
    ),
    ("missing", "nothing was handed in", None),
)


def student(number: int, rng: random.Random, assignment: str) -> Standing:
    """One student's standing; every twentieth ends otherwise than graded."""
    person = Person(f"student-{number:03}")
    status, message, note = rng.choice(ENDINGS) if rng.random() < 0.08 else ("graded", "", None)
    ability = rng.gauss(0, 1)
    results = (
        tuple(answered(asked, ability, rng) for asked in QUESTIONS)
        if status in ("graded", "timeout", "crashed")
        else ()
    )
    sources = tuple(AnswerText(a.id, habitual(own_words(rng.choice(a.ways), rng), rng)) for a in QUESTIONS if results)
    days = max(0, round(rng.gauss(-1, 1.5)))
    handed_in = None if status == "missing" else DUE + timedelta(days=days, hours=-rng.randrange(1, 20))
    record = Record(
        person.id, assignment, status, results, (note,) if note else (), message, MAX_SCORE, "kernel", 7,
        60.0 if status == "timeout" else rng.lognormvariate(-1.5, 0.6) if results else 0.01,
        submitted=handed_in, time_from="Moodle", answers=sources,
    )  # fmt: skip
    return standing(person, record, rng, days if handed_in else 0)


def changed(kind: str, question: str, score: float, why: str) -> ByHand:
    return ByHand(kind, "a student", "an assignment", question, score, why, "the-instructor", DUE)


def standing(person: Person, record: Record, rng: random.Random, days: int) -> Standing:
    """What counts: of the last question a person judges most answers, and now and then sets another score."""
    questions = []
    for result in record.questions:
        by_hand, waits = None, False
        if result.id == "q8":
            waits = rng.random() < 0.02
            by_hand = None if waits else changed("mark", result.id, float(rng.randrange(4)), "Says what, not why.")
        elif rng.random() < 0.004:
            by_hand = changed("override", result.id, result.max_score, "Right; the check was too strict.")
        score = by_hand.score if by_hand else 0.0 if waits else result.score
        questions.append(
            QuestionStanding(
                result.id, result.title, score, result.max_score, result.status, result.mistake, by_hand, waits
            )
        )
    late = Lateness(DUE, days, min(days, 1), 2.0 * max(0, days - 1))
    return Standing(
        person, record.assignment, record, rng.choice((1, 1, 1, 2, 3)), tuple(questions), late, record.max_score
    )


def pretend_class(students: int = 300, seed: int = 7, assignment: str = "05_activations") -> list[Standing]:
    """The standings of a class in an assignment."""
    rng = random.Random(f"{seed} {assignment}")
    return [student(i + 1, rng, assignment) for i in range(students)]


def copied(
    standings: list[Standing], giver: int, taker: int, questions: str = "q1 q2 q3 q4 q5 q6 q7"
) -> list[Standing]:
    """The class once one student has handed in another's answers to these questions, disguised."""
    given = {answer.question: disguised(answer.source) for answer in standings[giver].record.answers}
    own = standings[taker]
    answers = tuple(
        AnswerText(answer.question, given[answer.question] if answer.question in questions.split() else answer.source)
        for answer in own.record.answers
    )
    changed = replace(own, record=replace(own.record, answers=answers))
    return [*standings[:taker], changed, *standings[taker + 1 :]]


def with_answers(standings: list[Standing]) -> list[int]:
    """Who has handed in something that could be read, by their place in the class."""
    return [i for i, standing in enumerate(standings) if standing.record.answers]
