"""A question that a person marks: from the author's text to the record that waits for a mark."""

import json
from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from dlcourse.authoring.release import release, released
from dlcourse.authoring.verify import verify
from dlcourse.checks.notebook import PublicChecks
from dlcourse.checks.question import question
from dlcourse.cli import app
from dlcourse.grading.exercise import load_full
from dlcourse.grading.mark import mark
from dlcourse.grading.master import MasterError
from dlcourse.grading.submission import parse_notebook

NAME = "90_twice"
ANSWER = "Twice a negative number lies further below zero. Nothing else happens to its sign."
CELL = f"### BEGIN SOLUTION\n{ANSWER}\n### END SOLUTION"
HEADING = "## q2 · What does doubling do to the sign? (4 points)"
QUESTION = '\n\nq2 = question("q2", "What does doubling do to the sign?", manual=4)\n'
#: What stands in the answer cell, and what grading says of the question.
HANDED_IN = {
    ANSWER: "awaits mark",
    "Ich weiß es nicht — 符号?": "awaits mark",
    "YOUR ANSWER HERE\n\nIt stays.": "awaits mark",
    "YOUR ANSWER HERE": "not attempted",
    " YOUR  ANSWER HERE\n": "not attempted",
    "": "not attempted",
    " \n\t": "not attempted",
}


@pytest.fixture
def course(course):
    """The course with a second question, answered in a cell of text."""
    course.checks.write_text(course.checks.read_text() + QUESTION)
    course.cells += [("markdown", HEADING, {}), ("markdown", CELL, {"question": "q2"}), ("code", 'check("q2")', {})]
    course.write_master()
    return course


def marked(course, change=lambda cell, cells: None):
    """The results of the master, with its second answer changed."""
    notebook = json.loads(course.master.read_text())
    change(text_answer(notebook), notebook["cells"])
    exercise = load_full(course.root / "solutions", NAME)
    return mark(parse_notebook(json.dumps(notebook).encode()), exercise, seed=0)


def text_answer(notebook):
    (cell,) = (c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "q2")
    return cell


def faults(course):
    return "\n".join(verify(course.root, NAME).all_faults)


def test_an_exercise_with_a_text_to_mark_is_sound(course):
    assert faults(course) == ""


@pytest.mark.parametrize(("text", "status"), HANDED_IN.items())
def test_a_text_awaits_its_mark_unless_nothing_was_written(course, text, status):
    result = marked(course, lambda cell, cells: cell.update(source=text)).questions[1]
    assert (result.status, result.score, result.max_score) == (status, 0, 4)


def test_the_record_holds_one_line_that_says_who_marks(course):
    (check,) = marked(course).questions[1].checks
    expected = {"name": "marked by a person", "title": "marked by a person: 4 points", "points": 4, "score": 0}
    expected |= {"status": "awaits mark", "message": "", "hidden": False, "mistake": "", "hint": ""}
    assert asdict(check) == expected


def test_the_other_questions_keep_their_points(course):
    assert marked(course).questions[0].score == 3


def test_an_answer_that_lost_its_mark_is_found_by_the_id_of_its_cell(course):
    def lose(cell, cells):
        cell.update(metadata={}, id="q2", source="YOUR ANSWER HERE")

    assert marked(course, lose).questions[1].status == "not attempted"


def test_an_answer_cell_that_is_gone_must_be_looked_for(course):
    (check,) = marked(course, lambda cell, cells: cells.remove(cell)).questions[1].checks
    assert (check.status, "look whether the answer stands elsewhere" in check.message) == ("awaits mark", True)


def test_the_second_of_two_answer_cells_counts_as_well(course):
    def twice(cell, cells):
        cells.append(cell | {"source": "My second thought."})
        cell["source"] = "YOUR ANSWER HERE"

    assert marked(course, twice).questions[1].status == "awaits mark"


def test_what_the_cells_hold_can_be_read(course):
    notebook = parse_notebook(course.master.read_bytes())
    assert [cell.source for cell in notebook.answer_cells("q2")] == [CELL]


def test_an_answer_may_be_code(course):
    course.cells[-2] = ("code", "### BEGIN SOLUTION\nplan = 'double it'\n### END SOLUTION", {"question": "q2"})
    course.write_master()
    files = {path.name: text for path, text in released(course.root, NAME).items()}
    stub = parse_notebook(files[f"{NAME}.ipynb"].encode())
    assert (faults(course), marked(course).questions[1].status) == ("", "awaits mark")
    assert mark(stub, load_full(course.root / "solutions", NAME), seed=0).questions[1].status == "not attempted"


# --- what is given out -------------------------------------------------------------------------------------------------


def test_students_get_nbgraders_words_in_place_of_the_answer(course):
    release(course.root)
    cell = text_answer(json.loads((course.root / "exercises" / f"{NAME}.ipynb").read_text()))
    assert "".join(cell["source"]) == "YOUR ANSWER HERE"


def test_the_answer_cell_is_one_that_nbgrader_asks_a_person_to_grade(course):
    mark_of = text_answer(json.loads(course.master.read_text()))["metadata"]["nbgrader"]
    expected = {"grade": True, "solution": True, "locked": False, "task": False, "points": 4}
    assert mark_of == expected | {"schema_version": 3, "grade_id": "q2"}


def test_its_points_stand_in_one_cell_only(course):
    cells = json.loads(course.master.read_text())["cells"]
    marks = [c["metadata"]["nbgrader"] for c in cells if "nbgrader" in c["metadata"]]
    assert [mark["points"] for mark in marks if mark["grade_id"].startswith("q2") and "points" in mark] == [4]


def test_students_may_be_given_a_form_to_fill_in(course):
    form = "\n### BEGIN STUDENT\n# | sign | after doubling it |\n# |---|---|\n### END STUDENT"
    course.cells[7] = ("markdown", CELL + form, {"question": "q2"})
    course.write_master()
    release(course.root)
    cell = text_answer(json.loads((course.root / "exercises" / f"{NAME}.ipynb").read_text()))
    assert ("".join(cell["source"]), faults(course)) == ("| sign | after doubling it |\n|---|---|", "")


def test_the_model_answer_is_nowhere(course):
    release(course.root)
    given_out = "".join(path.read_text() for path in (course.root / "exercises").rglob("*.*"))
    assert "further below zero" not in given_out


def test_a_sentence_of_the_model_answer_in_the_text_is_found_however_its_lines_are_broken(course):
    course.spoil_cell(1, "Give twice", "Twice a negative number\nlies further below zero. Give twice")
    assert "a piece of the solution stands in 90_twice.ipynb" in faults(course)


# --- what an author may get wrong --------------------------------------------------------------------------------------


def test_a_heading_that_promises_other_points_is_found(course):
    course.spoil_cell(6, "(4 points)", "(5 points)")
    assert "q2 is worth 4 points, but its heading says 5" in faults(course)


@pytest.mark.parametrize("count", [0, 2])
def test_one_cell_holds_the_answer(course, count):
    course.cells = course.cells[:7] + [("markdown", CELL, {"question": "q2"})] * count
    with pytest.raises(MasterError, match="needs exactly one answer cell"):
        course.write_master()


def test_a_question_with_checks_is_not_answered_by_text(course):
    course.cells[2] = ("markdown", CELL, {"question": "q1"})
    with pytest.raises(MasterError, match="its answer is no code"):
        course.write_master()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"manual": 4, "functions": ["f"]}, "take functions, values and forbid out of it"),
        ({"manual": -1}, "must be the points that a person may give"),
        ({}, "name at least one function or value"),
    ],
)
def test_a_question_that_cannot_be_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        question("q9", "Why?", **options)


def test_a_question_that_a_person_marks_takes_no_check():
    with pytest.raises(ValueError, match="q9 is marked by a person"):
        question("q9", "Why?", manual=2).check("a check")


# --- what a learner reads ----------------------------------------------------------------------------------------------


def test_the_notebook_says_who_marks(course):
    release(course.root)
    report = PublicChecks(NAME, course.root / "exercises" / "checks" / f"{NAME}.py")("q2", namespace={})
    assert repr(report) == "q2  What does doubling do to the sign?\n  ✎ marked by a person: 4 points"
    assert "marked by a person: 4 points" in report._repr_html_()


def check(course, text):
    """What `dlcourse check` says of right code and this text, and its exit code."""
    release(course.root)
    notebook = json.loads(course.master.read_text())
    text_answer(notebook)["source"] = text
    path = course.root / "exercises" / f"{NAME}.ipynb"
    path.write_text(json.dumps(notebook))
    done = CliRunner().invoke(app, ["check", str(path)])
    return done.output, done.exit_code


def test_the_terminal_says_who_marks_and_counts_those_points_apart(course):
    said, code = check(course, ANSWER)
    assert ("  ✎ marked by a person: 4 points" in said, code) == (True, 0)
    assert "Together: 2 of 2 points; 4 more are given by a person" in said


def test_the_terminal_says_where_to_write(course):
    said, code = check(course, "YOUR ANSWER HERE")
    assert ("○ not attempted: write your answer in place of `YOUR ANSWER HERE`" in said, code) == (True, 1)
