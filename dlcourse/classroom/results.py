"""What grading leaves behind: one record a submission, and the tables and pages made from all records.

A record is written whole the moment its submission is done, so neither a later one nor a stopped run can cost it.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from dlcourse.checks.report import points
from dlcourse.classroom.gradebook.standing import Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.report.feedback import feedback
from dlcourse.files import write_whole

GRADES = ["student_id", "assignment", "status", "score", "max_score", "isolation", "seconds"]
QUESTIONS = ["student_id", "assignment", "question", "score", "max_score", "status", "mistake"]
#: What would begin a new row, or hide what stands in this one.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def file_name(student: str) -> str:
    """A file's name for a student: the id itself, or its beginning and a hash where a file system could not hold it."""
    readable = as_text(student)
    if readable == student and len(student.encode()) <= 180:
        return student
    return f"{readable[:40]}-{hashlib.sha256(readable.encode()).hexdigest()[:12]}"


def as_text(string: str) -> str:
    r"""A string as text that can be written: halves of characters, as in an error's message or a name on disk, spelt out.

    >>> as_text("M\udcfcller")
    'M\\udcfcller'
    """
    return string.encode(errors="backslashreplace").decode()


def save(folder: Path, record: Record) -> None:
    """Keep a record."""
    write_whole(folder / "records" / record.assignment / f"{file_name(record.student)}.json", record.to_json())


def load_all(folder: Path) -> list[Record]:
    """All records of a folder of results, in order of student and assignment."""
    found = [Record.from_json(path.read_text(encoding="utf-8")) for path in (folder / "records").glob("*/*.json")]
    return sorted(found, key=lambda record: (record.student, record.assignment))


def publish(folder: Path) -> None:
    """Write the tables and the pages of feedback from all records."""
    records = load_all(folder)
    write_whole(folder / "grades.csv", table(GRADES, map(grade_row, records)))
    write_whole(
        folder / "questions.csv", table(QUESTIONS, (row for record in records for row in question_rows(record)))
    )
    for student, own in groupby(records, key=lambda record: record.student):
        page = feedback(Person(student), [untouched(record) for record in own])
        write_whole(folder / "feedback" / f"{file_name(student)}.html", as_text(page))


def untouched(record: Record) -> Standing:
    """What counts as long as nothing but the record is known."""
    questions = tuple(
        QuestionStanding(
            question.id, question.title, question.score, question.max_score, question.status, question.mistake
        )
        for question in record.questions
    )
    return Standing(Person(record.student), record.assignment, record, 1, questions, Lateness(), record.max_score)


def grade_row(record: Record) -> list[str]:
    """A row of grades.csv."""
    totals = [points(record.score), points(record.max_score)]
    return [record.student, record.assignment, record.status, *totals, record.isolation, f"{record.seconds:.2f}"]


def question_rows(record: Record) -> list[list[str]]:
    """A submission's rows of questions.csv."""
    return [
        [record.student, record.assignment, q.id, points(q.score), points(q.max_score), q.status, q.mistake]
        for q in record.questions
    ]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, a line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([table_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def table_cell(cell: str) -> str:
    r"""A cell on one line, control characters spelt out; what a spreadsheet would take for a formula gets a quote in front.

    >>> print(table_cell("=1+1"), table_cell("ada\r\nbob,100"))
    '=1+1 ada\r\nbob,100
    """
    line = CONTROL.sub(lambda found: repr(found[0])[1:-1], as_text(cell))
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
