"""Tables and JSON of what counts."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_standings import DUE, NOTE, missing, override, question, record, standing

import dlcourse.classroom.exports
from dlcourse.classroom.exports.everything import everything, read_everything
from dlcourse.classroom.exports.formats import FORMATS, exported
from dlcourse.classroom.exports.nbgrader import COLUMNS, nbgrader
from dlcourse.classroom.exports.tables import assignments, questions
from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.gradebook.standing import Lateness, QuestionStanding
from dlcourse.classroom.person import Person
from dlcourse.cli import app
from dlcourse.grading.exercise import UsageError

SCHEMA = json.loads((Path(dlcourse.classroom.exports.__file__).parent / "standings.schema.json").read_text())
ONE = Person("student-001", "Ñandú", "Zoë", "one@example.org", ("Participant 11", "s0001"))
LATE = Lateness(DUE, days=1, penalty=2.0)
AWAITING = QuestionStanding("q9", "Why?", 0.0, 2.0, "not attempted", awaits_mark=True)


def rows(export):
    return list(csv.DictReader(io.StringIO(export.text, newline="")))


# --- wide tables ------------------------------------------------------------------------------------------------------


def test_each_question_has_a_column_and_each_student_a_row():
    one, two = rows(questions([standing(ONE), standing("student-002")]))
    assert (one["05_activations/q1"], one["05_activations/q2"], two["student_id"]) == ("1.5", "4", "student-002")


def test_questions_of_several_assignments_stand_side_by_side():
    (row,) = rows(questions([standing("student-001"), standing("student-001", assignment="06_other")]))
    assert list(row)[4:] == ["05_activations/q1", "05_activations/q2", "06_other/q1", "06_other/q2"]


def test_a_question_that_awaits_a_mark_is_an_empty_cell_and_is_named():
    made = questions([standing("student-001", questions=(AWAITING,))])
    assert (rows(made)[0]["05_activations/q9"], "student-001" in made.notes[0]) == ("", True)


def test_assignments_are_added_up_with_late_days_taken_off():
    late = standing("student-001", lateness=LATE)
    (row,) = rows(assignments([late, standing("student-001", assignment="06_other")]))
    assert (row["05_activations"], row["06_other"], row["total"]) == ("3.5", "5.5", "9")


def test_who_handed_in_nothing_has_no_score_and_is_named():
    made = assignments([missing("student-001"), standing("student-002")])
    assert (rows(made)[0]["05_activations"], "student-001" in made.notes[0]) == ("", True)


def test_a_score_that_a_person_gave_counts_though_nothing_was_handed_in():
    (row,) = rows(assignments([replace(missing("student-001"), by_hand=override(6.0))]))
    assert row["05_activations"] == "6"


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=12), st.text(max_size=12))
def test_no_name_makes_a_formula_or_a_second_row(last, first):
    for make in (questions, assignments, nbgrader):
        (row,) = rows(make([standing(Person("student-001", last, first))]))
        assert not any((cell or "").startswith(("=", "+", "-", "@")) for cell in row.values())


# --- nbgrader's table -------------------------------------------------------------------------------------------------


def test_nbgraders_table_has_nbgraders_columns_and_numbers():
    (row,) = rows(nbgrader([standing(ONE, lateness=LATE)]))
    assert list(row) == COLUMNS
    assert list(row.values()) == [
        "05_activations", "2026-03-02 22:59:00", "2026-03-03 10:00:00", "student-001", "Ñandú", "Zoë", "one@example.org",
        "5.5", "2.0", "3.5", "7.0",
    ]  # fmt: skip


def test_in_nbgraders_table_who_handed_in_nothing_has_zeros_and_no_timestamp():
    (row,) = rows(nbgrader([missing("student-001")]))
    assert (row["timestamp"], row["raw_score"], row["score"]) == ("", "0.0", "0.0")


@pytest.mark.parametrize("by_hand", [None, override(6.5)])
def test_in_nbgraders_table_score_is_raw_score_less_penalty(by_hand):
    (row,) = rows(nbgrader([standing("student-001", lateness=LATE, by_hand=by_hand)]))
    assert float(row["score"]) == float(row["raw_score"]) - float(row["late_submission_penalty"])


# --- JSON -------------------------------------------------------------------------------------------------------------

CASES = {
    "plain": standing(ONE),
    "late": standing("student-001", lateness=LATE),
    "missing": missing("student-001"),
    "all by hand": standing("student-001", by_hand=override(6.5)),
    "one by hand": standing("student-001", questions=(replace(AWAITING, by_hand=override(1, "q9")),)),
    "with notes": standing(
        "student-001", record=record("student-001", notes=(NOTE,), status="timeout", message="\udcff")
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_everything_comes_back_from_json_as_it_was(case):
    assert read_everything(everything([CASES[case]]).text) == [CASES[case]]


@pytest.mark.parametrize("case", CASES)
def test_json_is_what_its_schema_says(case):
    jsonschema.validate(json.loads(everything([CASES[case]]).text), SCHEMA, jsonschema.Draft202012Validator)


def test_the_schema_knows_every_field_of_a_standing():
    (written,) = json.loads(everything([CASES["one by hand"]]).text)["standings"]
    assert set(written) == set(SCHEMA["$defs"]["standing"]["properties"])


def test_json_of_something_else_is_refused():
    with pytest.raises(ValueError, match="no export of standings"):
        read_everything('{"schema": "other/v1"}')


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    with Gradebook(folder / FILE, create=True) as book:
        run = book.begin(By("tests"))
        for student in ("student-001", "student-002"):
            book.add(run, record(student))
    return folder


def dlcourse(*arguments):
    from typer.testing import CliRunner

    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_command_writes_into_the_folder_of_results(results):
    done = dlcourse("export", results, "assignments")
    assert (done.exit_code, (results / "exports" / "assignments.csv").read_text().count("5.5,5.5")) == (0, 2)


def test_the_command_writes_where_it_is_told_to(results, tmp_path):
    dlcourse("export", results, "json", "--out", tmp_path / "all.json")
    assert len(read_everything((tmp_path / "all.json").read_text())) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["excel"], "no format is called 'excel': there are questions, assignments"),
        (
            ["questions", "--assignment", "99_none"],
            "there are no results of 99_none: there are results of 05_activations",
        ),
        (["questions", "--column", "X"], "leave --like and --column out"),
        (["canvas", "--like", "nowhere.csv"], "nowhere.csv cannot be read"),
        (["moodle"], "Download grading worksheet"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(results, arguments, says):
    done = dlcourse("export", results, *arguments)
    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)


def test_results_that_are_not_there_are_an_error_that_names_the_folder(tmp_path):
    assert "holds no gradebook.db" in str(dlcourse("export", tmp_path, "json").exception)


def test_every_format_is_named_in_the_commands_help():
    assert [name for name in FORMATS if name not in dlcourse("export", "--help").output] == []


def test_an_assignment_can_be_chosen():
    both = [standing("student-001"), standing("student-001", (question("q1"),), assignment="06_other")]
    (row,) = rows(exported(both, "assignments", assignment="06_other"))
    assert list(row)[4:] == ["06_other", "total"]
