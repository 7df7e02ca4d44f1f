"""Lateness: how many days after its due date something came, which of them were free, and what the others cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dlcourse.classroom.gradebook.due import DueDate, DueDates
from dlcourse.classroom.gradebook.standing import Lateness


@dataclass(frozen=True)
class HandedIn:
    """What lateness depends on: when a submission came (None where nobody knows), and what it could be worth."""

    submitted: datetime | None
    max_score: float


def lateness(due: DueDates, student: str, handed_in: Mapping[str, HandedIn]) -> dict[str, Lateness]:
    """How late each of a student's submissions is; what is missing is not late, and has no place in `handed_in`.

    Free days go to the assignments in order of their due dates (those of the class: an extension changes no order), and
    only where a day costs something. A submission that came when all was closed loses everything and takes no free day.
    """
    found = {name: Lateness() for name in handed_in}
    left = due.free_days(student)
    known = [name for name in handed_in if name in due.assignments]
    for name in sorted(known, key=lambda name: (due.assignments[name].due.timestamp(), name)):
        found[name] = of_one(due.assignments[name], student, handed_in[name], left)
        left -= found[name].free_days
    return found


def of_one(due: DueDate, student: str, handed_in: HandedIn, free: int) -> Lateness:
    """How late one submission is, with `free` days left."""
    on_time, worth = Lateness(due.of(student)), handed_in.max_score
    if handed_in.submitted is None:
        return replace(on_time, note="nobody knows when it was handed in: it counts as in time")
    days = days_late(due.of(student), due.grace, handed_in.submitted)
    closed = due.closes(student)
    if closed and handed_in.submitted.timestamp() > (in_utc(closed) + due.grace).timestamp():
        note = f"handed in after {closed:%Y-%m-%d %H:%M}, when nothing counted any more"
        return replace(on_time, days=days, penalty=worth, note=note)
    spent = min(days, free) if due.penalty_per_day else 0
    penalty = min(worth, round(due.penalty_per_day * worth * (days - spent), 9))
    return replace(on_time, days=days, free_days=spent, penalty=penalty)


def days_late(due: datetime, grace: timedelta, submitted: datetime) -> int:
    """The days begun after a due date and the minutes of grace. A day later is the same time of day, in summer and winter.

    >>> from zoneinfo import ZoneInfo
    >>> due = datetime(2026, 10, 24, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> days_late(due, timedelta(), datetime(2026, 10, 25, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")))  # 25 hours
    1
    """
    handed_in = submitted.astimezone(UTC)
    days = max(0, (handed_in - grace - in_utc(due)).days - 1)
    while handed_in > in_utc(due + timedelta(days=days)) + grace:
        days += 1
    return days


def in_utc(moment: datetime) -> datetime:
    """A time in UTC: two of one zone would be compared by their clocks, and these run back once a year."""
    return moment.astimezone(UTC)
