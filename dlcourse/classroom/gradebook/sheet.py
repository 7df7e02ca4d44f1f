"""A sheet of marks: `student,score,comment` as CSV, as one fills it in with a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlcourse.grading.exercise import UsageError


@dataclass(frozen=True)
class Line:
    """A line of the sheet, by its number: the mark of one student's answer."""

    number: int
    student: str
    score: float
    comment: str


def read_sheet(path: Path) -> list[Line]:
    """The marks in a sheet; lines without a score are left out. UsageError names the first line that says none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as CSV ({error}): save it as UTF-8 with commas") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    if absent := {"student", "score"} - {name.strip() for name in rows.fieldnames or ()}:
        raise UsageError(
            f"{path} has no column {' and no column '.join(sorted(absent))}: it needs student, score, comment"
        )
    return list(lines(path, rows))


def lines(path: Path, rows: "csv.DictReader[str]") -> Iterator[Line]:
    """The lines that hold a score."""
    for row in rows:
        cells = {
            name.strip(): (cell or "").strip() for name, cell in row.items() if name and not isinstance(cell, list)
        }
        if not cells.get("score"):
            continue
        try:
            score = float(cells["score"].replace(",", "."))
        except ValueError:
            raise UsageError(f"{path}, line {rows.line_num}: {cells['score']!r} is no score: give a number") from None
        yield Line(rows.line_num, cells.get("student", ""), score, cells.get("comment", ""))
