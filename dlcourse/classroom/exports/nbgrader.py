"""The table that `nbgrader export` writes, column for column, for whatever reads that already."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dlcourse.classroom.exports.export import Export, has_score, notes_on
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.results import table

COLUMNS = [
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
]


def nbgrader(standings: Sequence[Standing]) -> Export:
    """A row for each student and assignment. As in nbgrader, who handed in nothing has a row of zeros and no timestamp."""
    ordered = sorted(standings, key=lambda standing: (standing.assignment, standing.person.id))
    return Export(table(COLUMNS, map(row, ordered)), notes_on(standings))


def row(standing: Standing) -> list[str]:
    """One row; a total that a person has set stands without a penalty, since nothing is taken off it."""
    person = standing.person
    penalty = round(standing.raw_score - standing.score, 9)
    numbers = (standing.raw_score, penalty, standing.score) if has_score(standing) else (0.0, 0.0, 0.0)
    return [
        standing.assignment,
        moment(standing.lateness.due),
        moment(standing.record.submitted),
        *(person.id, person.last_name, person.first_name, person.email),
        *(number(value) for value in (*numbers, standing.max_score)),
    ]


def number(value: float) -> str:
    """A number as nbgrader writes it: with a point, and all digits that it has.

    >>> number(3), number(2.5)
    ('3.0', '2.5')
    """
    return str(round(float(value), 9))


def moment(time: datetime | None) -> str:
    """A moment as nbgrader writes it: in UTC, without saying so.

    >>> moment(datetime.fromisoformat("2026-03-02T23:59:00+01:00"))
    '2026-03-02 22:59:00'
    """
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if time else ""
