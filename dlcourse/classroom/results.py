"""What one reads of a gradebook: tables, and a page for each student. They are made anew from what counts, never edited."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from dlcourse.checks.report import points
from dlcourse.classroom.gradebook.book import Gradebook
from dlcourse.classroom.gradebook.difference import Change
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.report.feedback import Listed, feedback, index, listed_as
from dlcourse.classroom.text import as_text, file_name
from dlcourse.files import write_whole

GRADES = (
    *("student_id", "assignment", "status", "score", "max_score", "isolation", "seconds"),
    *("attempt", "attempts", "submitted", "late_days", "free_days", "penalty", "raw_score", "by_hand", "awaits_mark"),
    *("last_name", "first_name"),
)
QUESTIONS = (
    *("student_id", "assignment", "question", "score", "max_score", "status", "mistake"),
    *("title", "by_hand", "why"),
)
CHANGES = ("student_id", "assignment", "question", "old", "new", "note")
Row = Sequence[str | float]
NUMBER = re.compile(r"-?\d+(\.\d+)?")
#: What would begin a new row, or hide what stands in this one.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def publish(book: Gradebook, folder: Path, students: Collection[str] | None = None) -> None:
    """Write the tables and the pages of feedback of what counts; `students` limits the pages to theirs."""
    grades: list[Row] = []
    questions: list[Row] = []
    listed: list[Listed] = []
    for _, own in groupby(book.each_standing(), key=lambda standing: standing.record.student):
        standings = list(own)
        grades += map(grade_row, standings)
        questions += [row for standing in standings for row in question_rows(standing)]
        address = f"feedback/{file_name(standings[0].record.student)}.html"
        listed.append(listed_as(address, standings))
        if students is None or as_text(standings[0].record.student) in students:
            write_whole(folder / address, as_text(feedback(standings[0].person, standings)))
    write_whole(folder / "feedback.html", as_text(index(listed)))
    write_whole(folder / "grades.csv", table(GRADES, grades))
    write_whole(folder / "questions.csv", table(QUESTIONS, questions))
    write_whole(folder / "changes.csv", table(CHANGES, map(change_row, book.difference())))


def grade_row(standing: Standing) -> Row:
    """A row of grades.csv."""
    record, late, person = standing.record, standing.lateness, standing.person
    by_hand = ["total"] if standing.by_hand else [question.id for question in standing.questions if question.by_hand]
    return [
        record.student,
        standing.assignment,
        record.status,
        standing.score,
        standing.max_score,
        record.isolation,
        f"{record.seconds:.2f}",
        str(record.attempt if standing.attempts else ""),
        str(standing.attempts),
        record.submitted.isoformat() if record.submitted else "",
        str(late.days),
        str(late.free_days),
        late.penalty,
        standing.raw_score,
        " ".join(by_hand),
        " ".join(question.id for question in standing.questions if question.awaits_mark),
        person.last_name,
        person.first_name,
    ]


def question_rows(standing: Standing) -> list[Row]:
    """A submission's rows of questions.csv."""
    return [
        [
            standing.record.student,
            standing.assignment,
            question.id,
            question.score,
            question.max_score,
            question.status,
            question.mistake,
            question.title,
            question.by_hand.kind if question.by_hand else "",
            question.by_hand.why if question.by_hand else "",
        ]
        for question in standing.questions
    ]


def change_row(change: Change) -> Row:
    """A row of changes.csv."""
    scores = ["" if score is None else score for score in (change.old, change.new)]
    return [change.student, change.assignment, change.question, *scores, change.note]


def table(header: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV, a line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([table_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def table_cell(cell: str | float) -> str:
    r"""A cell on one line, control characters spelt out; what a spreadsheet would take for a formula gets a quote in front.

    A number is points, and no formula, also where it is negative and a text already.

    >>> print(table_cell("=1+1"), table_cell("ada\r\nbob,100"), table_cell("-1.5"))
    '=1+1 ada\r\nbob,100 -1.5
    """
    if not isinstance(cell, str):
        return points(cell)
    line = CONTROL.sub(lambda found: repr(found[0])[1:-1], as_text(cell))
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) and not NUMBER.fullmatch(line) else line
