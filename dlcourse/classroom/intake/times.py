"""Points in time as people and programs write them; each comes back with its distance from UTC, so that any two compare.

>>> print(parse_time("2015-02-02 15:58:23.948203 America/Los_Angeles"))
2015-02-02 15:58:23.948203-08:00
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from dlcourse.classroom.intake.table import STUDENT_COLUMNS, read_table
from dlcourse.grading.exercise import UsageError

#: Abbreviations that mean one thing only in mail (RFC 822) and in Europe; `%Z` writes them into timestamp.txt.
HOURS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
HOURS |= {"UTC": 0, "UCT": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
OFFSET = re.compile(r"[+-]\d\d:?\d\d")
#: A date and a time of day within a name: `2016-01-30-15-00-00`, `2015-02-02 15_58_23.948203 UTC`.
IN_NAME = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\d)[T_ -](\d\d)[-:_.]?(\d\d)(?:[-:_.]?(\d\d)(?:\.\d+)?)?(?:[ _]?(Z|UTC|GMT|[+-]\d\d:?\d\d))?(?!\d)"
)
#: Who handed in what, when: by student and assignment, in order.
Times = Mapping[tuple[str, str], tuple[datetime, ...]]


def parse_time(text: str, zone: tzinfo | None = UTC) -> datetime:
    """A time with its offset; without a zone in the text it is by the clock of `zone` (None: of this machine).

    ValueError where it is no date with a time of day.
    """
    words = text.strip()
    clock, _, last = words.rpartition(" ")
    if clock and OFFSET.fullmatch(last):
        words = clock + last
    elif clock and last[:1].isalpha():
        words, zone = clock, zone_called(last)
    if ":" not in words:
        raise ValueError(f"{text!r} is no date with a time of day")
    try:
        return in_zone(datetime.fromisoformat(words), zone)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is no date with a time of day, such as 2026-03-01 18:30 Europe/Berlin") from None


def zone_called(name: str) -> tzinfo:
    """A time zone by its name; ValueError where there is none of that name."""
    if name.upper() in HOURS:
        return timezone(timedelta(hours=HOURS[name.upper()]))
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone, such as Europe/Berlin") from None


def in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """A moment with its offset from UTC, which a zone's own rules would make ambiguous in comparisons."""
    aware = moment if moment.tzinfo else moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
    offset = aware.utcoffset()
    assert offset is not None
    return aware.astimezone(timezone(offset))


def time_in_name(name: str, zone: tzinfo | None) -> datetime | None:
    """The time that a folder's name holds, if it does."""
    found = IN_NAME.search(name)
    if not found:
        return None
    day, hour, minute, second, offset = found.groups()
    try:
        return parse_time(f"{day} {hour}:{minute}:{second or '00'} {offset or ''}", zone)
    except ValueError:
        return None


def read_times(path: Path, zone: tzinfo | None = None) -> dict[tuple[str, str], tuple[datetime, ...]]:
    """A table of student, assignment and time, a row for each attempt. UsageError names the row that cannot be read."""
    found: dict[tuple[str, str], list[datetime]] = {}
    table = read_table(path)
    student = table.column("student", STUDENT_COLUMNS)
    assignment = table.column("assignment", ("assignment", "exercise"))
    time = table.column("time", ("time", "timestamp", "submitted", "submission time", "submitted at", "date"))
    for number, row in table.rows:
        try:
            found.setdefault((row[student], row[assignment]), []).append(parse_time(row[time], zone))
        except ValueError as error:
            raise UsageError(f"{path.name}, row {number}: {error}") from None
    return {key: tuple(sorted(times)) for key, times in found.items()}
