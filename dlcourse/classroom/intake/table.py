"""Tables that other programs wrote: CSV in any of the usual encodings and delimiters, its columns found by their names."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlcourse.grading.exercise import UsageError

DELIMITERS = ",;\t|"
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
#: What the column with a student's id is called, the likeliest first.
STUDENT_COLUMNS: tuple[str, ...] = ("student id", "studentid", "id", "student", "login", "username", "user name")
STUDENT_COLUMNS += ("user id", "userid", "sis login id", "netid", "matriculation number", "student number", "id number")


@dataclass(frozen=True)
class Table:
    """The rows of a table, each with its number in the file and its cells by the simplified names of the columns."""

    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

    def column(self, what: str, names: Sequence[str]) -> str:
        """The first of these columns that is there, or UsageError."""
        found = self.find(names)
        if not found:
            raise UsageError(
                f"{self.source} has no column for the {what}: call one {names[0]!r} (found: {', '.join(self.columns)})"
            )
        return found

    def find(self, names: Sequence[str]) -> str:
        """The first of these columns that is there, or nothing."""
        return next((name for name in names if name in self.columns), "")


def read_table(path: Path) -> Table:
    """The table in a file. UsageError where there is none."""
    try:
        text = decoded(path.read_bytes())
        delimiter = max(DELIMITERS, key=text.lstrip().partition("\n")[0].count)
        lines = [
            (number, cells)
            for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1)
            if any(cell.strip() for cell in cells)
        ]
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
    except (UnicodeError, csv.Error) as error:
        raise UsageError(f"{path.name} is no table in CSV ({error}): save it as CSV in UTF-8") from None
    if not lines:
        raise UsageError(f"{path.name} is empty")
    columns = tuple(simplified(cell) for cell in lines[0][1])
    rows = tuple((number, cells_by_column(columns, cells)) for number, cells in lines[1:])
    return Table(path.name, columns, rows)


def cells_by_column(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row; of two columns with one name the first counts, and a row that is too short is filled up."""
    filled = [*cells, *[""] * (len(columns) - len(cells))]
    backwards = reversed([*zip(columns, filled, strict=False)])
    return {name: unicodedata.normalize("NFC", cell.strip()) for name, cell in backwards}


def decoded(data: bytes) -> str:
    """The text of a table: UTF-8, UTF-16 with its mark, or what spreadsheets on Windows write."""
    encoding = next((name for mark, name in ENCODINGS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252")


def simplified(name: str) -> str:
    """A column's name without what differs from program to program.

    >>> simplified(" SIS_Login-ID "), simplified("E-mail")
    ('sis login id', 'e mail')
    """
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())
