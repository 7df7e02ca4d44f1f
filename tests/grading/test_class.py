"""The whole class, graded in one call: one outcome each, and nobody's touches another's."""

import shutil

import pytest
from classroom import EXERCISE, ROOT, everyone, records, rows

from dlcourse.classroom.grade import grade_folder
from dlcourse.grading.exercise import load_full
from dlcourse.grading.probe import choose

QUESTIONS = frozenset(question.id for question in load_full(ROOT / "solutions", EXERCISE).questions)
CLASS = everyone(QUESTIONS)
pytestmark = pytest.mark.xdist_group("class")


@pytest.mark.parametrize("student", CLASS, ids=lambda student: student.name)
def test_each_submission_ends_with_its_outcome(student, grades):
    assert grades[student.name]["status"] == student.status


@pytest.mark.parametrize("student", [s for s in CLASS if s.lost is not None], ids=lambda student: student.name)
def test_points_are_lost_only_where_an_answer_is_wrong(student, by_question):
    own = [row for row in by_question if row["student_id"] == student.name]
    assert {row["question"] for row in own if row["score"] != row["max_score"]} == student.lost


@pytest.mark.parametrize("student", [s for s in CLASS if s.message], ids=lambda student: student.name)
def test_what_cannot_be_read_is_explained_to_the_student(student, graded_class):
    assert student.message in (graded_class / "results" / "feedback" / f"{student.name}.html").read_text(
        encoding="utf-8"
    )


def test_a_submission_that_cannot_be_read_still_shows_what_it_could_have_earned(grades):
    assert grades["broken"]["max_score"] == grades["perfect"]["max_score"] != "0"


def test_the_untouched_exercise_earns_nothing(grades):
    assert grades["untouched"]["score"] == "0"


def test_the_isolation_level_stands_on_every_result(grades):
    assert {row["isolation"] for row in grades.values()} == {choose(trusted=True).name}


def test_every_student_gets_a_page(graded_class):
    pages = {path.stem for path in (graded_class / "results" / "feedback").glob("*.html")}
    assert pages == {student.name for student in CLASS}


def test_a_hidden_check_tells_a_student_nothing_of_its_inputs(graded_class):
    hidden = [
        check.message
        for record in records(graded_class / "results")
        for question in record.questions
        for check in question.checks
        if check.hidden and check.status in ("failed", "partial")
    ]
    assert set(hidden) == {"a hidden check: its inputs are not shown"}


def test_grading_again_gives_the_same_results_but_for_the_time(graded_class, tmp_path):
    some, out = tmp_path / "submitted", tmp_path / "results"
    for name in ("perfect", "half-done", "exit-in-function", "in-place", "broken"):
        shutil.copytree(graded_class / "submitted" / name, some / name)

    def grade():
        grade_folder(some, out, ROOT / "solutions", jobs=1)
        untimed = [{**row, "seconds": ""} for row in rows(out / "grades.csv")]
        return untimed, rows(out / "questions.csv")

    assert grade() == grade()


def test_results_of_an_earlier_run_stay_when_others_are_graded(graded_class, tmp_path):
    out = tmp_path / "results"
    for name in ("perfect", "broken"):
        shutil.copytree(graded_class / "submitted" / name, tmp_path / name / name)
        grade_folder(tmp_path / name, out, ROOT / "solutions", jobs=1)
    assert [row["student_id"] for row in rows(out / "grades.csv")] == ["broken", "perfect"]
