"""Inside nbgrader a check's output is what nbgrader reads points off, and nothing else costs any."""

import sys

import pytest

from dlcourse.checks.nbgrader import EXECUTION
from dlcourse.checks.notebook import PublicChecks

CHECKS = """
from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])

@q1.check("each", points=2.5, each=[1, 2, 3])
def each(student, solution, case): expect(student.twice(case)).equal(2 * case)
"""


def complaining(x):
    print("careful", file=sys.stderr)
    return 2 * x


ANSWERS = {"right": lambda x: 2 * x, "right once": lambda x: 2, "wrong": lambda x: x, "complaining": complaining}


@pytest.fixture
def check(tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text(CHECKS)
    checks = PublicChecks("tiny", path)
    return lambda answer: checks("q1", namespace={"twice": ANSWERS[answer]})


@pytest.mark.parametrize("execution", ["autograde", "validate"])
@pytest.mark.parametrize(
    ("answer", "points"), [("right", 2.5), ("right once", 0.833333333), ("wrong", 0), ("complaining", 2.5)]
)
def test_the_text_of_a_check_is_its_number_of_points(check, monkeypatch, execution, answer, points):
    monkeypatch.setenv(EXECUTION, execution)
    assert float(repr(check(answer))) == points


def test_the_page_for_the_student_shows_the_whole_report(check, monkeypatch):
    outside = check("wrong")._repr_html_()
    monkeypatch.setenv(EXECUTION, "autograde")
    assert check("wrong")._repr_html_() == outside


def test_what_a_function_writes_to_stderr_costs_nothing(check, monkeypatch, capsys):
    monkeypatch.setenv(EXECUTION, "autograde")
    check("complaining")
    assert capsys.readouterr().err == ""


def test_elsewhere_a_check_is_read_in_words_and_stderr_is_seen(check, monkeypatch, capsys):
    monkeypatch.delenv(EXECUTION, raising=False)
    assert repr(check("complaining")).startswith("q1  Twice: 2.5 of 2.5 points")
    assert "careful" in capsys.readouterr().err
