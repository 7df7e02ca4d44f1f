"""A table that a learning platform has given out and wants back with grades in it: every cell that is not filled in stays.

What such a platform wrote is copied as it was, names that a spreadsheet would take for formulas included: it must know its
own students again. Only what we put in ourselves is ours to make harmless.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from dlcourse.grading.exercise import UsageError

BOM = "\ufeff"


@dataclass
class Sheet:
    """A table as it was read; `name` is its file's, for messages."""

    name: str
    header: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    mark: str = ""
    newline: str = "\n"

    def column(self, title: str) -> int | None:
        """The place of the column with this title, in capitals or not; None where there is none."""
        titles = [cell.strip().casefold() for cell in self.header]
        wanted = title.strip().casefold()
        return titles.index(wanted) if wanted in titles else None

    def cell(self, row: int, title: str) -> str:
        """What stands in a row under a title; nothing where there is no such column, or the row ends before it."""
        place = self.column(title)
        return self.rows[row][place].strip() if place is not None and place < len(self.rows[row]) else ""

    def put(self, row: int, place: int, text: str) -> None:
        """Fill in a cell."""
        cells = self.rows[row]
        cells += [""] * (place + 1 - len(cells))
        cells[place] = text

    def to_text(self) -> str:
        """The table, in the form in which it came."""
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerows([self.header, *self.rows])
        return self.mark + text.getvalue()


def read_sheet(path: Path) -> Sheet:
    """The table in a file; the character between its cells is the one that makes most columns of its first line."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}): give the file that you downloaded from the platform"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8: download it again, or save it as CSV in UTF-8") from None
    mark = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    delimiter = max(",;\t", key=lambda each: len(next(csv.reader(io.StringIO(text, newline=""), delimiter=each), [])))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise UsageError(f"{path} cannot be read as CSV ({error}): download it again") from None
    if not lines:
        raise UsageError(f"{path} is empty: download it again")
    newline = "\r\n" if "\r\n" in text else "\n"
    return Sheet(path.name, lines[0], lines[1:], delimiter, mark, newline)


def number_in(cell: str) -> float | None:
    """The number in a cell, with a point or a comma; None where there is none.

    >>> number_in("30,00"), number_in("(read only)")
    (30.0, None)
    """
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None
