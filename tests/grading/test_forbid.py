"""Write it yourself, in grading: what is forbidden is out of reach by every way, and nothing else is."""

import numpy as np
import pytest
from leaning import FORBIDDEN, HONEST, LIBRARY, SCIPY, UNDOING, WAYS
from places import asks, graded, names_of, recorded

from dlcourse.checks import expect, question
from dlcourse.checks.oracle import LiveOracle
from dlcourse.checks.run import QuestionResult
from dlcourse.grading import mark

Z = np.array([-1.0, 0.5, 2.0])


def judge(student):
    expect(student.answer(Z)).close_to(1 / (1 + np.exp(-Z)))


def result_of(cells, forbid=FORBIDDEN, check=judge) -> QuestionResult:
    return graded(cells, [asks("answer", forbid=forbid)(check)]).questions[0]


@pytest.mark.parametrize("way", [*WAYS, *UNDOING])
def test_an_answer_that_leans_on_what_is_forbidden_earns_nothing_and_is_told(way):
    cells, name = (WAYS | UNDOING)[way]
    (check,) = result_of(cells).checks
    says = f"`answer` calls {name}: this question asks you to write it yourself" if name else "`answer(...)`: "
    assert (check.status, check.score, check.message[: len(says)]) == ("failed", 0.0, says)


@pytest.mark.parametrize("way", UNDOING)
def test_each_way_of_undoing_works_where_nothing_is_forbidden(way):
    cells, _ = UNDOING[way]
    assert result_of(cells, forbid=()).checks[0].message == ""


@pytest.mark.parametrize("way", HONEST)
def test_an_answer_that_does_not_lean_on_it_is_right(way):
    assert result_of(HONEST[way]).checks[0].message == ""


def test_it_may_be_called_for_a_question_that_does_not_forbid_it():
    free = question("q2", "Free", functions=["answer"])
    free.check("the check")(judge)
    cells = ["from scipy.special import expit as answer"]
    results = graded(cells, [asks("answer", forbid=[SCIPY])(judge), free]).questions
    assert [(result.id, result.status) for result in results] == [("q1", "failed"), ("q2", "passed")]


def test_questions_that_forbid_the_same_share_a_worker(monkeypatch):
    started = []
    make = mark.Worker
    monkeypatch.setattr(mark, "Worker", lambda *args: started.append(make(*args)) or started[-1])
    asked = [question(f"q{i}", "Title", functions=["answer"], forbid=[LIBRARY] if i % 2 else []) for i in range(6)]
    for one in asked:
        one.check("the check")(judge)
    marked = graded(HONEST["its own"], asked)
    assert ([result.status for result in marked.questions], len(started)) == (["passed"] * 6, 2)


CLASSES = {
    "dlcourse.layers.Sigmoid": ["import dlcourse as dl", "layer = dl.Sigmoid()", "def answer(z): return layer.forward(z[None])[0]"],
    "sklearn.preprocessing.StandardScaler": ["from sklearn.preprocessing import StandardScaler as S", "def answer(z): return S().fit_transform(z[:, None])"],
    "numpy.convolve": ["import numpy as np", "f = np.convolve\ndef answer(z): return f(z, z)"],
    "numpy.dot": ["import numpy as np", "def answer(z): return np.dot(z, z)"],
    "math.exp": ["import math", "from math import exp\ndef answer(z): return exp(z[0])"],
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_classes_and_functions_of_every_make_can_be_forbidden(name):
    for forbid, says in (([name], f"`answer` calls {name}"), ([], "")):
        result = result_of(CLASSES[name], forbid, lambda student: student.answer(Z))
        assert result.checks[0].message[: len(says) or None] == says


def test_methods_that_call_it_are_named():
    source = "from scipy.special import expit\nclass Gate:\n    def forward(self, z): return expit(z)"
    asked = asks("Gate", forbid=[SCIPY])(lambda student: student.Gate().forward(Z))
    assert (
        graded([source], [asked]).questions[0].checks[0].message.startswith("`Gate(...).forward` calls scipy.special")
    )


def test_a_generator_that_calls_it_later_is_caught():
    source = "from scipy.special import expit\ndef answer(z):\n    yield 0.0\n    yield expit(z)"
    assert (
        "calls scipy.special.expit"
        in result_of([source], check=lambda student: list(student.answer(Z))).checks[0].message
    )


def test_a_function_of_the_checks_may_call_it():
    def use(student):
        from scipy.special import expit

        expect(student.answer(expit, 0.0)).equal(0.5)

    assert result_of(["def answer(f, z): return f(z)"], check=use).status == "passed"


def test_a_hidden_check_says_so_too_and_nothing_else():
    asked = asks("answer", forbid=[SCIPY], hidden=True)(judge)
    source = "from dlcourse.checks.forbid import Forbidden\ndef answer(z): raise Forbidden(str(z))"
    (check,) = graded([source], [asked]).questions[0].checks
    assert check.message == "`answer` calls scipy.special.expit: this question asks you to write it yourself"


def test_it_is_not_taken_for_a_known_mistake_that_calls_it_as_well():
    @asks("answer", forbid=[SCIPY])
    def asked(student, solution):
        expect(student.answer(Z)).close_to(solution.answer(Z))

    @asked.mistake("That is the derivative.")
    def derivative(z):
        from scipy.special import expit

        return expit(z) * (1 - expit(z))

    oracle = LiveOracle(names_of(HONEST["its own"][1]))
    leaning = "from scipy.special import expit\ndef answer(z): return expit(z) * (1 - expit(z))"
    by_hand = "import numpy as np\ndef answer(z): return np.exp(-z) / (1 + np.exp(-z)) ** 2"
    told = [graded([source], [asked], oracle).questions[0].mistake for source in (leaning, by_hand)]
    assert told == ["", "derivative"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("scipy.special.exbit", "there is no scipy.special.exbit"), ("scipy.special", "cannot be called")],
)
def test_a_name_that_forbids_nothing_is_refused_at_release(name, says):
    with pytest.raises(ValueError, match=f"q1: forbid names {name}.*{says}"):
        recorded(asks("answer", forbid=[name])(judge), HONEST["its own"][1])


def test_a_name_that_is_not_installed_is_left_out():
    assert result_of(HONEST["its own"], ["torch_of_another_world.sigmoid"]).status == "passed"
