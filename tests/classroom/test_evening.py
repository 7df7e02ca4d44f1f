"""Grading again: what is known is kept, what has changed is graded, and the difference is told."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from classroom import rows
from twice import LIMITS, NAME, RIGHT, WRONG, handed_in, notebook, solutions_in

from dlcourse.classroom import grade
from dlcourse.classroom.grade import Rules, grade_submissions
from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.database import sole_grader
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation.levels import KERNEL, PROCESS

pytestmark = pytest.mark.xdist_group("evening")


class Evening:
    """A small class, graded as often as one likes; the students that each call graded are kept in `graded`."""

    def __init__(self, folder: Path, *answers: str) -> None:
        self.solutions, self.out = solutions_in(folder), folder / "results"
        self.found = handed_in(folder / "submitted", *answers)
        self.graded: list[list[str]] = []

    def __call__(self, found=None, by=None, on_done=None, **rules):
        self.graded.append([])
        rules = Rules(self.solutions, jobs=1, limits=LIMITS, **rules)

        def done(record, *numbers):
            self.graded[-1].append(record.student)
            if on_done:
                on_done(record, *numbers)

        return grade_submissions(self.found if found is None else found, self.out, rules, by=by, on_done=done)

    def files(self):
        """All that can be read in the results, with what the gradebook holds."""
        with sqlite3.connect(self.out / FILE) as db:
            rows = [*db.iterdump()]
        db.close()
        return rows, {path: path.read_bytes() for path in self.out.rglob("*") if path.suffix in (".csv", ".html")}

    def grades(self):
        """By student, the row of grades.csv."""
        return {row["student_id"]: row for row in rows(self.out / "grades.csv")}


@pytest.fixture
def evening(tmp_path):
    evening = Evening(tmp_path, RIGHT, WRONG, RIGHT)
    evening()
    return evening


ALL = ["student-000", "student-001", "student-002"]


def test_grading_again_when_all_is_done_changes_nothing_at_all(evening):
    before = evening.files()
    outcome = evening()
    assert (evening.graded, outcome.new, evening.files()) == ([ALL, []], frozenset(), before)


def test_what_was_known_already_is_in_the_outcome_like_what_is_new(evening):
    assert [one.score for one in evening().results.values()] == [2.0, 0.0, 2.0]


def test_another_answer_is_graded_and_the_others_are_not(evening):
    evening.found[1].path.write_bytes(notebook(RIGHT))
    outcome = evening()
    assert evening.graded[1] == ["student-001"]
    assert [(one.student, one.question, one.old, one.new) for one in outcome.difference] == [
        ("student-001", "q1", 0.0, 2.0)
    ]


def test_other_checks_grade_everyone_anew(evening):
    path = evening.solutions / "checks" / f"{NAME}.py"
    path.write_text(
        path.read_text().replace("student.twice(3.0)", "student.twice(4.0)").replace("solution.twice(3.0)", "8")
    )
    outcome = evening()
    assert (evening.graded[1], outcome.difference) == (ALL, [])


def test_other_limits_and_other_seeds_grade_everyone_anew(evening):
    evening(variants=True)
    assert evening.graded[1] == ALL


def test_regrade_grades_everyone_anew_and_finds_the_same(evening):
    outcome = evening(regrade=True)
    assert (evening.graded[1], outcome.difference) == (ALL, [])


def test_regrade_of_one_student_leaves_the_others(evening):
    evening(regrade=True, students=frozenset({"student-001"}))
    assert evening.graded[1] == ["student-001"]


def test_an_unknown_student_is_refused_with_the_nearest(evening):
    with pytest.raises(UsageError, match="no student 'student-0001' here: nearest to it are student-00"):
        evening(students=frozenset({"student-0001"}))


def test_a_stronger_level_grades_anew_and_a_weaker_one_does_not(evening, monkeypatch):
    stronger = replace(KERNEL, kernel=False)  # in name alone: what it stands for is tried elsewhere
    monkeypatch.setitem(grade.LEVELS, "kernel", stronger)
    evening(level=stronger)
    evening(level=PROCESS)
    assert evening.graded == [ALL, ALL, []]


def test_what_the_grader_itself_failed_at_is_tried_again(evening, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("out of luck")

    evening.found = evening.found[:1]
    with monkeypatch.context() as patch:
        patch.setattr("dlcourse.classroom.job.mark", fails)
        evening(regrade=True)
    assert evening.grades()["student-000"]["status"] == "crashed"
    outcome = evening()
    assert [one.note for one in outcome.difference] == ["crashed → graded"]


def test_a_run_that_is_stopped_keeps_what_was_done_and_the_next_goes_on(tmp_path):
    def stop(record, done, total):
        if done == 2:
            raise KeyboardInterrupt

    evening = Evening(tmp_path, RIGHT, WRONG, RIGHT)
    with pytest.raises(KeyboardInterrupt):
        evening(on_done=stop)
    assert [*evening.grades()] == ALL[:2]
    evening()
    assert (evening.graded[1], [*evening.grades()]) == (ALL[2:], ALL)


def test_what_was_handed_in_earlier_is_not_missing_because_another_folder_lacks_it(evening):
    evening(
        [
            Submission("student-000", NAME, None, "missing", "nothing"),
            Submission("zoe", NAME, None, "missing", "nothing"),
        ]
    )
    assert {name: row["status"] for name, row in evening.grades().items()} == {
        **dict.fromkeys(ALL, "graded"),
        "zoe": "missing",
    }


def test_of_several_attempts_only_the_last_is_graded_unless_the_best_counts(evening):
    attempts = [replace(evening.found[i], student="student-000", attempt=i + 1) for i in range(3)]
    evening(attempts)
    evening(attempts, attempts="best")
    evening(attempts, regrade=True)
    assert [len(graded) for graded in evening.graded] == [3, 1, 1, 3]


def test_an_attempt_policy_that_nobody_knows_is_refused(evening):
    with pytest.raises(UsageError, match="say last or best"):
        evening(attempts="first")


def test_a_time_of_handing_in_that_becomes_known_later_is_kept_without_grading(evening):
    when = datetime(2026, 3, 5, 11, tzinfo=UTC)
    evening([replace(one, submitted=when, time_from="times.csv") for one in evening.found])
    assert (evening.graded[1], evening.grades()["student-001"]["submitted"]) == ([], when.isoformat())


def test_the_roster_and_the_due_dates_hold_until_others_come(evening):
    when = datetime(2026, 3, 5, 11, tzinfo=UTC)
    due = f"[{NAME}]\ndue = 2026-03-02T12:00:00Z\npenalty_per_day = 0.25\n"
    people = {name: Person(name, "Lovelace") for name in [*ALL, "zoe"]}
    evening([replace(one, submitted=when) for one in evening.found], people=people, due=due)
    evening()
    row = evening.grades()["student-000"]
    assert (row["late_days"], row["raw_score"], row["penalty"], row["score"]) == ("3", "2", "1.5", "0.5")
    assert (evening.grades()["zoe"]["status"], row["last_name"]) == ("missing", "Lovelace")


def test_an_override_shows_in_the_tables_and_survives_a_regrade(evening):
    with Gradebook(evening.out / FILE) as book:
        book.override("student-001", NAME, "q1", 1.5, By(why="misprint"))
    evening(regrade=True)
    (row,) = (row for row in rows(evening.out / "questions.csv") if row["student_id"] == "student-001")
    assert (evening.grades()["student-001"]["score"], row["score"], row["by_hand"], row["why"]) == (
        "1.5",
        "1.5",
        "override",
        "misprint",
    )


def test_a_text_that_was_handed_in_is_read_marked_and_counted(evening):
    checks = evening.solutions / "checks" / f"{NAME}.py"
    checks.write_text(checks.read_text() + '\nq2 = question("q2", "Say why", manual=3)\n')
    texts = {evening.solutions / f"{NAME}.ipynb": "Write here.", evening.found[0].path: "It doubles."}
    for path, text in texts.items():
        work = json.loads(path.read_text())
        work["cells"].append({**work["cells"][0], "cell_type": "markdown", "source": text})
        work["cells"][-1]["metadata"] = {"nbgrader": {"grade_id": "q2", "solution": True}}
        path.write_text(json.dumps(work))
    evening.found = evening.found[:1]
    evening()
    with Gradebook(evening.out / FILE) as book:
        (found,) = book.awaiting()
        book.mark("student-000", NAME, "q2", 2.5, By())
    evening(regrade=True)
    assert (found.answer, evening.grades()["student-000"]["score"]) == ("It doubles.", "4.5")


def test_changes_are_written_as_a_table(evening):
    evening.found[1].path.write_bytes(notebook(RIGHT))
    evening()
    assert rows(evening.out / "changes.csv") == [
        {"student_id": "student-001", "assignment": NAME, "question": "q1", "old": "0", "new": "2", "note": ""}
    ]


def test_the_history_knows_who_graded_with_what_reason(evening):
    evening.found[1].path.write_bytes(notebook(RIGHT))
    evening(by=By("ann", "dlcourse grade", "handed in by mail"))
    with Gradebook(evening.out / FILE) as book:
        last = book.history("student-001")[-1]
    assert (last.who, last.what, last.old, last.new) == ("ann", "regraded", 0.0, 2.0)
    assert last.why == "handed in by mail; what was handed in"


def test_two_graders_at_once_do_not_write_into_one_folder(evening):
    with sole_grader(evening.out), pytest.raises(UsageError, match="another `dlcourse grade` is writing to"):
        evening()


def test_a_file_that_is_no_gradebook_is_refused_and_left_as_it_is(tmp_path):
    evening = Evening(tmp_path, RIGHT)
    evening.out.mkdir()
    (evening.out / FILE).write_text(json.dumps({"a": 1}) * 1000)
    with pytest.raises(UsageError, match="cannot be opened as a gradebook"):
        evening()
    assert (evening.out / FILE).read_text().startswith('{"a"')
