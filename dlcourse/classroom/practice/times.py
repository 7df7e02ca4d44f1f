"""When a class hands in: most of it in the last hours, some of it late, a few with an extension, several more than once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

import numpy as np

#: The first exercise is due then, each further one a week later.
FIRST_DUE = datetime(2026, 11, 2, 23, 59, tzinfo=UTC)
PENALTY = 0.1
EXTENSION = timedelta(days=3)
#: What share of a class is how late, in days; all others are in time.
LATE = (
    (0.03, "extension", (0.1, 2.9)),
    (0.07, "late", (0.01, 0.9)),
    (0.02, "late", (1.1, 3.9)),
    (0.01, "late", (8.1, 11.0)),
)
#: The share of a class that hands in a second time, and again.
AGAIN = 0.12


@dataclass(frozen=True)
class Timing:
    """The times of one student's attempts, the last one's days behind its due date, and whether they had an extension."""

    attempts: tuple[datetime, ...]
    days_late: int = 0
    extended: bool = False


def due_of(number: int) -> datetime:
    """When an exercise is due, by its place in the course."""
    return FIRST_DUE + number * timedelta(weeks=1)


def timing(due: datetime, rng: np.random.Generator) -> Timing:
    """When one student hands in."""
    drawn, last, extended = rng.random(), due - timedelta(hours=float(rng.exponential(14.0))), False
    for share, kind, (least, most) in LATE:
        if 0 <= drawn < share:
            last, extended = due + timedelta(days=float(rng.uniform(least, most))), kind == "extension"
        drawn -= share
    times = [last]
    while rng.random() < AGAIN and len(times) < 3:
        times.insert(0, times[0] - timedelta(hours=float(rng.uniform(1.0, 30.0))))
    behind = (last - due) / timedelta(days=1)
    late = 0 if extended else max(0, ceil(behind))
    return Timing(tuple(time.replace(microsecond=0) for time in times), late, extended)


def due_file(due: Mapping[str, datetime], extended: Mapping[str, Sequence[str]]) -> str:
    """The file of due dates: until when, what a day costs, who has more time."""
    lines = ['timezone = "UTC"']
    for name, until in due.items():
        lines += [
            "",
            f"[{name}]",
            f"due = {until:%Y-%m-%dT%H:%M:%S}",
            f"penalty_per_day = {PENALTY}  # of the maximum score",
        ]
        if extended.get(name):
            lines += ["", f"[{name}.extensions]"]
            lines += [f"{student} = {until + EXTENSION:%Y-%m-%dT%H:%M:%S}" for student in extended[name]]
    return "\n".join(lines) + "\n"
