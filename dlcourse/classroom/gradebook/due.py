"""Due dates: a file in TOML that says until when what is handed in, what a day costs, and who has more time.

```toml
timezone = "Europe/Berlin"
late_days = 4                             # free days of each student over the whole course

[05_activations]
due = 2026-11-02T23:59:00
grace = 15                                # minutes
penalty_per_day = 0.1                     # of the maximum score
latest = 2026-11-09T23:59:00              # nothing counts that comes after

[05_activations.extensions]
student-007 = 2026-11-05T23:59:00

[extra_late_days]
student-007 = 2
```
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from dlcourse.classroom.intake.times import parse_time, zone_called
from dlcourse.grading.exercise import UsageError

TOP = ("timezone", "late_days", "extra_late_days")
OF_ASSIGNMENT = ("due", "grace", "penalty_per_day", "latest", "extensions")


@dataclass(frozen=True)
class DueDate:
    """When an assignment is due, and what a day costs after that, as a part of its maximum score.

    `latest` is when it is closed; an extension is a student's own due date, and closes no earlier.
    """

    due: datetime
    grace: timedelta = timedelta()
    penalty_per_day: float = 0.0
    latest: datetime | None = None
    extensions: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, student: str) -> datetime:
        """The due date of one student."""
        return later(self.due, self.extensions.get(student, self.due))

    def closes(self, student: str) -> datetime | None:
        """When nothing counts any more for one student, if ever."""
        return later(self.latest, self.of(student)) if self.latest else None


@dataclass(frozen=True)
class DueDates:
    """The due dates of a course, by assignment, and the days that a student may be late for nothing."""

    assignments: Mapping[str, DueDate] = field(default_factory=dict)
    late_days: int = 0
    extra_late_days: Mapping[str, int] = field(default_factory=dict)
    zone: tzinfo | None = None

    def free_days(self, student: str) -> int:
        """A student's free days over the whole course."""
        return self.late_days + self.extra_late_days.get(student, 0)

    def unknown_students(self, known: Collection[str]) -> list[str]:
        """Whom the file gives more time, though nobody is called so: a typing error, most likely."""
        named = {student for one in self.assignments.values() for student in one.extensions} | {*self.extra_late_days}
        return sorted(named - set(known))


def later(one: datetime, other: datetime) -> datetime:
    """The later of two times, whatever their zones."""
    return max(one, other, key=datetime.timestamp)


def read_due(path: Path) -> DueDates:
    """The due dates in a file. UsageError names the key and the line of what cannot be."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return Reader(path.name, text, tomllib.loads(text)).due_dates()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not written as TOML: {error}") from None


class Reader:
    """A parsed file, with its text to find the line of what is wrong in it."""

    def __init__(self, name: str, text: str, data: Mapping[str, Any]) -> None:
        self._name, self._text, self._data = name, text, data
        self._zone: tzinfo | None = None

    def due_dates(self) -> DueDates:
        """Everything that the file says."""
        if "timezone" in self._data:
            self._zone = self._read(("timezone",), self._zone_in)
        assignments = {key: self._due_date(key) for key in self._data if key not in TOP}
        late_days = self._read(("late_days",), whole_number, 0)
        return DueDates(assignments, late_days, self._each(("extra_late_days",), whole_number), self._zone)

    def _due_date(self, name: str) -> DueDate:
        table = self._data[name]
        if not isinstance(table, dict):
            raise self._wrong((name,), f"is neither one of {', '.join(TOP)} nor the table of an assignment")
        for key in table:
            if key not in OF_ASSIGNMENT:
                raise self._wrong((name, key), f"is none of {', '.join(OF_ASSIGNMENT)}")
        if "due" not in table:
            raise self._wrong((name,), "has no due date: add due = 2026-11-02T23:59:00")
        due = self._read((name, "due"), self._time)
        minutes = self._read((name, "grace"), amount, 0)
        found = DueDate(
            due,
            timedelta(minutes=minutes),
            self._read((name, "penalty_per_day"), part, 0.0),
            self._read((name, "latest"), self._time, None),
            self._each((name, "extensions"), self._time),
        )
        not_before = [(name, "latest")] if found.latest else []
        for keys in [*not_before, *((name, "extensions", student) for student in found.extensions)]:
            if self._read(keys, self._time).timestamp() < due.timestamp():
                raise self._wrong(keys, "is before the due date")
        return found

    def _each(self, keys: tuple[str, ...], read: Callable[[Any], Any]) -> dict[str, Any]:
        """The entries of a table of students."""
        table = self._value(keys, {})
        if not isinstance(table, dict):
            raise self._wrong(keys, f"is no table: write [{'.'.join(keys)}] and a line for each student below")
        return {student: self._read((*keys, student), read) for student in table}

    def _read(self, keys: tuple[str, ...], read: Callable[[Any], Any], default: Any = ...) -> Any:
        value = self._value(keys, default)
        try:
            return value if value is default else read(value)
        except ValueError as error:
            raise self._wrong(keys, str(error)) from None

    def _value(self, keys: tuple[str, ...], default: Any) -> Any:
        value: Any = self._data
        for key in keys:
            value = value.get(key, default) if value is not default else default
        return value

    def _time(self, value: Any) -> datetime:
        """A time, by the clock of the course's zone, so that a day later is the same time of day."""
        if isinstance(value, str):
            value = parse_time(value, self._zone_or_refuse())
        if not isinstance(value, datetime):
            raise ValueError(f"is {value}: write a date and a time of day, such as 2026-11-02T23:59:00")
        try:
            return value.astimezone(self._zone) if value.tzinfo else value.replace(tzinfo=self._zone_or_refuse())
        except OverflowError:
            raise ValueError(f"is {value}, which is no time of a course") from None

    def _zone_or_refuse(self) -> tzinfo:
        if self._zone is None:
            raise ValueError('has no time zone: write timezone = "Europe/Berlin" at the top of the file')
        return self._zone

    def _zone_in(self, value: Any) -> tzinfo:
        return zone_called(str(value))

    def _wrong(self, keys: tuple[str, ...], what: str) -> UsageError:
        return UsageError(f"{self._name}, line {line_of(self._text, keys)}: {'.'.join(keys)} {what}")


def whole_number(value: Any) -> int:
    """A number of days."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"is {value}: write a whole number, 0 or more")
    return value


def amount(value: Any) -> float:
    """A number of minutes, which a course can wait."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 60 * 24 * 366:
        raise ValueError(f"is {value}: write a number of minutes, 0 or more")
    return value


def part(value: Any) -> float:
    """A part of the maximum score."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(f"is {value}: write a part of the maximum score between 0 and 1, such as 0.1 for a tenth")
    return float(value)


def line_of(text: str, keys: tuple[str, ...]) -> int:
    r"""The line of a file in TOML where a key stands, or the one that comes nearest.

    >>> line_of('late_days = 4\n[x.extensions]\nada = 3', ("x", "extensions", "ada"))
    3
    """
    best, table = (-1, 1), path_of({})
    for number, line in enumerate(text.splitlines(), 1):
        try:
            path = path_of(tomllib.loads(line))
        except tomllib.TOMLDecodeError:
            continue  # one line of a longer value
        if line.lstrip().startswith("["):
            table, path = path, ()
        here = (*table, *path)
        if here and here == keys[: len(here)] and len(here) > best[0]:
            best = (len(here), number)
    return best[1]


def path_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys on the way down, as long as there is but one."""
    value: Any = data
    path = []
    while isinstance(value, dict) and len(value) == 1:
        ((key, value),) = value.items()
        path.append(key)
    return tuple(path)
