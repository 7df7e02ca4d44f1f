"""The formats of `dlcourse export`, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dlcourse.classroom.exports.canvas import canvas
from dlcourse.classroom.exports.everything import everything
from dlcourse.classroom.exports.export import Export
from dlcourse.classroom.exports.moodle import moodle
from dlcourse.classroom.exports.nbgrader import nbgrader
from dlcourse.classroom.exports.sheet import Sheet
from dlcourse.classroom.exports.tables import assignments, questions
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.grading.exercise import UsageError


@dataclass(frozen=True)
class Format:
    """How an export is made: from standings alone, or with a platform's own file and column as well."""

    suffix: str
    make: Callable[[Sequence[Standing]], Export] | None = None
    fill: Callable[[Sequence[Standing], Sheet | None, str], Export] | None = None


FORMATS = {
    "questions": Format(".csv", questions),
    "assignments": Format(".csv", assignments),
    "nbgrader": Format(".csv", nbgrader),
    "canvas": Format(".csv", fill=canvas),
    "moodle": Format(".csv", fill=moodle),
    "json": Format(".json", everything),
}


def exported(
    standings: Sequence[Standing],
    format: str,
    *,
    assignment: str | None = None,
    like: Sheet | None = None,
    column: str = "",
) -> Export:
    """Standings in a format, of one assignment or of all."""
    if format not in FORMATS:
        raise UsageError(f"no format is called {format!r}: there are {', '.join(FORMATS)}")
    chosen = [standing for standing in standings if assignment in (None, standing.assignment)]
    if not chosen:
        known = ", ".join(sorted({standing.assignment for standing in standings})) or "none"
        raise UsageError(f"there are no results of {assignment or 'any assignment'}: there are results of {known}")
    how = FORMATS[format]
    if how.fill:
        return how.fill(chosen, like, column)
    if like or column:
        raise UsageError(f"{format} fills in no file of anyone's: leave --like and --column out")
    assert how.make
    return how.make(chosen)
