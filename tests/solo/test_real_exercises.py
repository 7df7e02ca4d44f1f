"""The three commands work on every exercise of the course."""

import json
from pathlib import Path

import pytest

from dlcourse.grading.exercise import exercise_names
from dlcourse.solo.given import Installation
from dlcourse.solo.hints import hints
from dlcourse.solo.reset import reset
from dlcourse.solo.solution import read_solution

ROOT = Path(__file__).parents[2]
COURSE = Installation(ROOT, ROOT / "solutions")
NAMES = exercise_names(ROOT / "solutions")
QUESTIONS = [(name, question) for name in NAMES for question in COURSE.given(name).questions]


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_a_question_has_three_hints_with_something_in_them(name, question):
    found = hints(COURSE.given(name), question)
    assert [hint.label.split(":")[0] for hint in found] == ["Hint 1", "Hint 2", "Hint 3"]
    assert all(len(hint.text) > 20 for hint in found)


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_a_question_has_a_title(name, question):
    assert len(COURSE.given(name).title(question)) > 3


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_a_solution_is_shown_without_marks_and_without_stubs(name, question):
    code = "\n".join(read_solution(ROOT / "solutions" / f"{name}.ipynb", question).code)
    assert (bool(code), "###" in code, "raise NotImplementedError()" in code) == (True, False, False)


@pytest.mark.parametrize("name", NAMES)
def test_there_is_more_to_learn_from_each_solution_than_its_code(name):
    solutions = [read_solution(ROOT / "solutions" / f"{name}.ipynb", q) for q in COURSE.given(name).questions]
    assert all(each.often_wrong and each.also_right and all(a.code for a in each.also_right) for each in solutions)


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_resetting_an_untouched_question_changes_nothing(tmp_path, name, question):
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes((ROOT / "exercises" / path.name).read_bytes())
    done = reset(path, COURSE.given(name), question)
    assert (done.kept, done.notes) == (None, ())
    assert path.read_bytes() == (ROOT / "exercises" / path.name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_resetting_the_solved_notebook_gives_the_exercise(tmp_path, name):
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes((ROOT / "solutions" / path.name).read_bytes())
    reset(path, COURSE.given(name))
    given = json.loads((ROOT / "exercises" / path.name).read_bytes())["cells"]
    assert [cell["source"] for cell in json.loads(path.read_bytes())["cells"]] == [cell["source"] for cell in given]
