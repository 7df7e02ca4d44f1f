"""Standings as a gradebook gives them, made by hand, for tests of what is made of them."""

from datetime import UTC, datetime
from typing import Any

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.grading.mark import CellNote

ASSIGNMENT = "05_activations"
DUE = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
HANDED_IN = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def check(points: float, score: float, **fields: Any) -> CheckResult:
    """The result of one check; what is not said follows from its points."""
    status = "passed" if score == points else "failed"
    told = {"name": "values", "title": "values", "status": status, "message": "", "hidden": False}
    return CheckResult(points=points, score=score, **told | fields)


def question(id: str, *checks: CheckResult) -> QuestionResult:
    return QuestionResult(id, f"Title of {id}", checks)


#: A public check and a hidden one in the first question, one check in the second.
QUESTIONS = (
    question("q1", check(2, 1.5), check(1, 0, name="later", title="later", hidden=True)),
    question("q2", check(4, 4)),
)


def record(student: str, questions: tuple[QuestionResult, ...] = QUESTIONS, **fields: Any) -> Record:
    told = {"assignment": ASSIGNMENT, "status": "graded", "notes": (), "message": "", "max_score": 7.0}
    rest = {"isolation": "kernel", "seed": 1, "seconds": 0.25, "submitted": HANDED_IN}
    return Record(student=student, questions=questions, **told | rest | fields)


def standing(
    student: str | Person,
    results: tuple[QuestionResult, ...] = QUESTIONS,
    *,
    assignment: str = ASSIGNMENT,
    **fields: Any,
) -> Standing:
    """A standing in which nobody has changed anything, except as `fields` say."""
    person = student if isinstance(student, Person) else Person(student)
    found = record(person.id, results, assignment=assignment)
    counted = tuple(QuestionStanding(q.id, q.title, q.score, q.max_score, q.status, q.mistake) for q in results)
    told = {"record": found, "attempts": 1, "questions": counted, "lateness": Lateness(), "max_score": 7.0}
    return Standing(person=person, assignment=assignment, **told | fields)


def missing(student: str | Person, assignment: str = ASSIGNMENT) -> Standing:
    """Somebody who is named in the roster, and has handed in nothing."""
    person = student if isinstance(student, Person) else Person(student)
    nothing = record(person.id, (), assignment=assignment, status="missing", submitted=None)
    return standing(person, (), assignment=assignment, record=nothing, attempts=0)


def override(score: float, question: str = "") -> ByHand:
    return ByHand("override", "student-001", ASSIGNMENT, question, score, "misprint", "instructor", HANDED_IN)


NOTE = CellNote(3, "ZeroDivisionError: division by zero")
