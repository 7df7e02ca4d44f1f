"""A job: what it carries, what of it is kept, and what its fingerprint depends on."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tiny import code_cell
from twice import CHECKS, NAME, RIGHT, WRONG, handed_in, notebook, solutions_in

import dlcourse
from dlcourse.checks.limits import Limits
from dlcourse.classroom.bundle import packed, unpacked
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.job import MAX_ANSWER, Terms, fingerprint, grade
from dlcourse.grading import submission as submissions
from dlcourse.grading.isolation import surroundings
from dlcourse.grading.submission import Malformed, parse_notebook, read_notebook

PRIVATE = """
from dlcourse.checks import expect, question
q1 = question("q1", "Twice", functions=["twice"])
@q1.check("numbers", hidden=True)
def own(student, solution): expect(student.twice(7.0)).close_to(solution.twice(7.0))
"""


@pytest.fixture(scope="module")
def terms(tmp_path_factory):
    return Terms(solutions_in(tmp_path_factory.mktemp("course")))


@pytest.fixture(scope="module")
def submission(tmp_path_factory):
    return handed_in(tmp_path_factory.mktemp("submitted"), RIGHT)[0]


@pytest.fixture(scope="module")
def job(terms, submission):
    return terms.job(submission)


def test_the_record_says_which_attempt_it_is_and_when_it_came(terms, submission):
    late = datetime(2026, 3, 1, 12, tzinfo=UTC)
    record = grade(terms.job(replace(submission, attempt=3, submitted=late, time_from="canvas")))
    assert (record.attempt, record.submitted, record.time_from) == (3, late, "canvas")


def test_the_record_holds_the_fingerprint_that_the_job_had_before(job):
    assert grade(job).fingerprint == fingerprint(job)


def with_private(job, folder):
    (folder / "private").mkdir()
    (folder / "private" / f"{NAME}.py").write_text(PRIVATE)
    return replace(job, bundle=packed(solutions_in(folder), NAME, folder / "private"))


def with_other_checks(job, folder):
    return replace(job, bundle=packed(solutions_in(folder, CHECKS + "# changed"), NAME))


#: What a result depends on, each changed by itself.
CHANGES = {
    "the notebook": lambda job, folder: replace(job, notebook=notebook(WRONG)),
    "the checks": with_other_checks,
    "private checks": with_private,
    "the seed": lambda job, folder: replace(job, seed=job.seed + 1),
    "the limits": lambda job, folder: replace(job, limits=Limits(cell_seconds=3)),
    "how it was handed in": lambda job, folder: replace(job, submission=replace(job.submission, problem="two of them")),
    "no notebook": lambda job, folder: replace(job, notebook=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_job_has_another_fingerprint(job, change, tmp_path):
    assert fingerprint(CHANGES[change](job, tmp_path)) != fingerprint(job)


def test_another_version_of_the_grader_has_another_fingerprint(job, monkeypatch):
    before = fingerprint(job)
    monkeypatch.setattr(dlcourse, "__version__", "99.0")
    assert fingerprint(job) != before


def test_equal_files_in_other_folders_have_the_same_fingerprint(job, tmp_path):
    elsewhere = Terms(solutions_in(tmp_path)).job(handed_in(tmp_path / "submitted", RIGHT)[0])
    assert fingerprint(elsewhere) == fingerprint(job)


def test_a_fingerprint_does_not_depend_on_the_level_of_isolation(job):
    assert fingerprint(replace(job, level="full")) == fingerprint(job)


def test_a_file_that_is_too_large_is_refused_before_it_travels_as_reading_it_would_be(terms, submission, monkeypatch):
    monkeypatch.setattr(submissions, "MAX_BYTES", 10)
    with pytest.raises(Malformed) as refused:
        read_notebook(submission.path)
    job = terms.job(submission)
    assert (job.notebook, job.submission.status, job.submission.problem) == (None, "malformed", str(refused.value))


def test_an_exercise_that_does_not_exist_is_named(terms, submission):
    record = grade(terms.job(replace(submission, assignment="91_thrice")))
    assert (record.status, "no exercise called '91_thrice'" in record.message) == ("malformed", True)


@pytest.mark.parametrize("status", ["missing", "malformed"])
def test_what_intake_has_decided_stands(terms, status):
    record = grade(terms.job(Submission("ada", NAME, None, status, "for a reason")))
    assert (record.status, record.message, record.max_score) == (status, "for a reason", 2.0)


def test_a_fault_of_the_exercise_is_not_the_students(job):
    broken = replace(job.bundle, checks=b"no Python")
    record = grade(replace(job, bundle=broken))
    assert (record.status, "the grader itself failed here (SyntaxError" in record.message) == ("crashed", True)


def test_no_file_of_an_exercise_stays_on_the_disk(job, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    unpacked(replace(job.bundle, checks=job.bundle.checks + b"# anew"))
    assert list(tmp_path.iterdir()) == []


def test_while_it_is_read_an_exercise_is_for_the_graders_user_alone(job, tmp_path):
    looks = (
        f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(oct(pathlib.Path(__file__).parents[2].stat().st_mode))"
    )
    unpacked(replace(job.bundle, checks=job.bundle.checks + looks.encode()))
    assert (tmp_path / "seen").read_text() == "0o40700"


def test_an_exercise_is_not_unpacked_where_submissions_can_read(job, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(surroundings, "readable", lambda: (str(tmp_path),))
    record = grade(replace(job, bundle=replace(job.bundle, checks=job.bundle.checks + b"# again")))
    assert (record.status, "submissions can read it: set TMPDIR" in record.message) == ("crashed", True)


def prose(text, grade_id):
    about = {"grade_id": grade_id, "solution": True}
    return {"cell_type": "markdown", "source": text, "metadata": {"nbgrader": about}}


def answers_to(job, *cells):
    record = grade(replace(job, notebook=json.dumps({"cells": cells, "metadata": {}}).encode()))
    return {answer.question: answer.source for answer in record.answers}


def test_a_record_keeps_each_answer_with_all_its_cells(job):
    cells = code_cell(RIGHT, "q1"), code_cell("own = 1", ""), code_cell("helper = 2", "q1-2"), prose("Because.", "q1-3")
    assert answers_to(job, *cells) == {"q1": f"{RIGHT}\n\nhelper = 2\n\nBecause."}


def test_a_text_that_answers_no_question_is_not_kept(job):
    assert answers_to(job, code_cell(RIGHT, "q1"), prose("Why?", "q7")) == {"q1": RIGHT}


def test_a_long_answer_is_cut(job):
    assert len(answers_to(job, code_cell(f"{RIGHT}\n" + "#" * MAX_ANSWER, "q1"))["q1"]) == MAX_ANSWER


@pytest.mark.parametrize("source", [17, ["a", 1], "x" * 2_000_000], ids=["a number", "not only text", "a picture"])
def test_prose_that_cannot_be_read_does_not_cost_the_code(source):
    document = {"cells": [prose(source, "q1-2"), code_cell(RIGHT, "q1")], "metadata": {}}
    assert parse_notebook(json.dumps(document).encode()).cells[0].source == RIGHT
