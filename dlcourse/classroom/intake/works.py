"""From a place to the notebook in it: which file counts, which exercise it is of, or the reason why there is none."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dlcourse.classroom.intake.entries import Entry
from dlcourse.classroom.intake.forms import Place, grouped
from dlcourse.classroom.intake.names import unmarked
from dlcourse.classroom.intake.times import parse_time
from dlcourse.grading.submission import Malformed, read_notebook

TIMESTAMP = "timestamp.txt"
#: A name that can be an exercise's, and leads nowhere as part of a path.
PLAIN = re.compile(r"\w[\w-]{0,99}")
#: Where a time of submission is known from, the surest first; the last two may be the dates of a download.
TIMES_FILE, TIMESTAMP_FILE, FOLDER_NAME, ARCHIVE_DATE, FILE_DATE = (
    "times file",
    "timestamp.txt",
    "folder name",
    "archive",
    "file",
)
SURE = {TIMES_FILE, TIMESTAMP_FILE, FOLDER_NAME}


@dataclass(frozen=True)
class Work:
    """One attempt as it was found; `named` is the file's name without its marks of attempts, and the marks."""

    place: Place
    assignment: str
    path: Path | None
    shown: str
    status: str = ""
    problem: str = ""
    named: tuple[str, tuple[int, int]] = ("", (0, 0))
    when: datetime | None = None
    time_from: str = ""


def works_in(place: Place, exercise: str | None, known: Collection[str]) -> list[Work]:
    """The work in a place: a notebook of each exercise, or several where their names tell which came first."""
    files = [entry for entry in place.files if entry.name != TIMESTAMP]
    notebooks = [entry for entry in files if entry.suffix == ".ipynb"]
    assignment = place.assignment or exercise or ""
    if not notebooks:
        return [nothing(place, assignment, files)]
    highest = min(len(entry.parts) for entry in notebooks)
    notebooks = [entry for entry in notebooks if len(entry.parts) == highest]
    if assignment:
        return of_exercise(place, assignment, notebooks)
    said = [(says(entry, known), entry) for entry in notebooks]
    groups = grouped(said, lambda pair: pair[0])
    return [work for group in groups for work in of_exercise(place, group[0][0], [entry for _, entry in group])]


def nothing(place: Place, assignment: str, files: Sequence[Entry]) -> Work:
    """A place without a notebook: it is empty, or holds something else."""
    if not files:
        return Work(place, assignment, None, place.shown, "missing", "the folder holds no notebook")
    problems = [entry.problem for entry in files if entry.problem]
    names = ", ".join(entry.name for entry in files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
    problem = problems[0] if problems else f"no notebook was handed in, but {names}"
    return Work(place, assignment, None, place.shown, "malformed", problem)


def of_exercise(place: Place, assignment: str, notebooks: Sequence[Entry]) -> list[Work]:
    """The notebook that counts among several of one exercise, or all where they are attempts one after the other."""
    chosen = (
        [entry for entry in notebooks if base(entry, place, assignment)[0] == assignment]
        or [entry for entry in notebooks if len(notebooks) > 1 and assignment and says(entry, [assignment])]
        or notebooks
    )
    orders = [base(entry, place, assignment) for entry in chosen]
    if len(chosen) > 1 and (len({name for name, _ in orders}) > 1 or len(set(orders)) < len(orders)):
        names = ", ".join(sorted(entry.name for entry in chosen))
        reason = f"and none is called {assignment}.ipynb" if orders[0][0] != assignment else "of one name"
        problem = f"the folder holds several notebooks ({names}) {reason}"
        return [Work(place, assignment, None, place.shown, "malformed", problem)]
    return [
        Work(
            place,
            assignment,
            entry.path,
            entry.shown,
            "malformed" if entry.problem else "",
            entry.problem,
            (name, order),
            *date_of(place, entry),
        )
        for entry, (name, order) in zip(chosen, orders, strict=True)
    ]


def base(entry: Entry, place: Place, assignment: str) -> tuple[str, tuple[int, int]]:
    """A notebook's name without marks of attempts, and the marks; `lab-1` has none where the exercise is called so."""
    stem = entry.name.rpartition(".")[0]
    return (stem, (0, 0)) if stem == assignment else unmarked(stem, place.platform)


def says(entry: Entry, known: Collection[str]) -> str:
    """The exercise that a notebook says it is of, or that its name says; only one that is known, or nothing.

    A student may have written anything into a notebook. Where no exercises are known, a plain name is believed.
    """
    if entry.path:
        try:
            exercise = read_notebook(entry.path).exercise
            if exercise in known if known else PLAIN.fullmatch(exercise):
                return exercise
        except Malformed:
            pass  # grading says what is wrong with it
    stem = entry.name.rpartition(".")[0]
    names = (stem, unmarked(stem)[0], unmarked(stem, "Canvas")[0])
    return next((name for name in names if name in known), "")


def date_of(place: Place, entry: Entry) -> tuple[datetime | None, str]:
    """When a notebook was handed in, as far as its place knows, and where that is known from."""
    trouble = ""
    for stamp in (file for file in place.files if file.name == TIMESTAMP and file.path):
        assert stamp.path is not None
        try:
            return parse_time(stamp.path.read_text(encoding="utf-8-sig")[:100]), TIMESTAMP_FILE
        except (OSError, ValueError):
            trouble = f"; {TIMESTAMP} cannot be read"
    if place.when:
        return place.when, FOLDER_NAME
    return entry.when, (ARCHIVE_DATE if entry.from_archive else FILE_DATE) + trouble if entry.when else ""
