"""Results as grading leaves them, made by hand, and a gradebook that holds some."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.record import AnswerText, Record

ASSIGNMENT = "05_activations"
ME = By("teacher", why="because")


def question(id: str, score: float, points: float = 4.0, status: str = "") -> QuestionResult:
    """A question with one check."""
    status = status or ("passed" if score == points else "failed")
    return QuestionResult(id, f"Title of {id}", (CheckResult("c", "c", points, score, status, "", False),))


def by_a_person(id: str = "q3", points: float = 3.0, status: str = "awaits mark") -> QuestionResult:
    """A question that a person marks."""
    check = CheckResult("marked by a person", "marked by a person", points, 0.0, status, "", False)
    return QuestionResult(id, f"Title of {id}", (check,))


def result(student: str = "ada", q1: float = 4.0, q2: float = 2.0, text: str = "", **fields: Any) -> Record:
    """A result: two questions of four points each and, where there is a text, a third that a person marks."""
    questions = (question("q1", q1), question("q2", q2), *([by_a_person()] if text else []))
    told = {"assignment": ASSIGNMENT, "status": "graded", "questions": questions, "notes": (), "message": ""}
    rest = {"max_score": sum(one.max_score for one in questions), "isolation": "kernel", "seed": 1, "seconds": 0.25}
    rest |= {"fingerprint": "1", "answers": (AnswerText("q3", text),) if text else ()}
    return Record(**{"student": student, **told, **rest, **fields})


def unreadable(student: str = "ada", **fields: Any) -> Record:
    """The result of a submission that could not be read."""
    return result(student, **{"questions": (), "status": "malformed", "max_score": 8.0, **fields})


def keep(book: Gradebook, *records: Record, by: By = ME) -> None:
    """A run that found these."""
    run = book.begin(by)
    for record in records:
        book.add(run, record)
    book.end(run)


@contextmanager
def gradebook(folder: Path, *records: Record) -> Iterator[Gradebook]:
    """The gradebook in a folder; with these results more, where there are any."""
    with Gradebook(folder / FILE, create=True) as book:
        if records:
            keep(book, *records)
        yield book
