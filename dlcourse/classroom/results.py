"""What grading leaves behind: one record a submission, and the tables and pages made from all records.

A record is written whole the moment its submission is done, so neither a later one nor a stopped run can cost it.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dlcourse.checks.report import SIGNS, code_spans, for_reading, points
from dlcourse.classroom.record import Record
from dlcourse.files import write_whole

if TYPE_CHECKING:
    import jinja2

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
        write_whole(folder / "feedback" / f"{file_name(student)}.html", feedback(student, list(own)))


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


def feedback(student: str, records: Sequence[Record]) -> str:
    """The page that a student gets: every assignment, every question, what was wrong and which mistake it looks like."""
    return as_text(page().render(student=student, records=records))


@cache
def page() -> "jinja2.Template":
    """The template of a page of feedback, read once: that takes longer than filling in a hundred."""
    import jinja2
    import markupsafe

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dlcourse.classroom"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["points"] = points
    environment.filters["code_spans"] = lambda text: markupsafe.Markup(code_spans(text))
    environment.globals |= {"signs": SIGNS, "for_reading": for_reading}
    return environment.get_template("feedback.html")
