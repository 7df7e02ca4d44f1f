"""The history: who changed what, when and why, from what to what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dlcourse.classroom.gradebook.difference import changes
from dlcourse.classroom.gradebook.rows import Entered, Entry
from dlcourse.classroom.record import Record

#: What has changed where a part of a fingerprint has.
PARTS = ("what was handed in", "the exercise or its checks", "seed, limits or version")


@dataclass(frozen=True)
class Event:
    """One change: `what` is `graded`, `regraded`, `override`, `mark`, or one of the last two `taken back`.

    `question` is empty where it is about the whole assignment. `old` and `new` are scores; None is none.
    """

    when: datetime
    who: str
    what: str
    student: str
    assignment: str
    question: str
    old: float | None
    new: float | None
    why: str


def history(entries: Iterable[Entry], by_hand: Iterable[Entered]) -> list[Event]:
    """All that happened, oldest first; `entries` come by student, assignment and attempt, in each in order of time."""
    found = [event_by_hand(entered) for entered in by_hand]
    for _, attempt in groupby(entries, key=lambda entry: attempt_of(entry.record)):
        found += events_of_attempt(attempt)
    return sorted(found, key=lambda event: event.when)


def attempt_of(record: Record) -> tuple[str, str, int]:
    """What is graded again."""
    return record.student, record.assignment, record.attempt


def events_of_attempt(entries: Iterable[Entry]) -> Iterator[Event]:
    """The first result of an attempt, and every later one in which it differs from the one before."""
    before: Record | None = None
    for entry in entries:
        now = entry.record
        place = (now.student, now.assignment)
        if before is None:
            first = said([entry.why, now.status, f"attempt {now.attempt}" if now.attempt > 1 else ""])
            yield Event(entry.when, entry.who, "graded", *place, "", None, now.score, first)
        else:
            reasons = [entry.why or entry.command, *what_differs(before, now)]
            for change in changes(before, now):
                why = said([change.note, *reasons])
                yield Event(entry.when, entry.who, "regraded", *place, change.question, change.old, change.new, why)
        before = now


def what_differs(old: Record, new: Record) -> list[str]:
    """What has changed between two results, as far as their fingerprints say."""
    one, other = old.fingerprint.split(), new.fingerprint.split()
    if len(one) != len(PARTS) or len(other) != len(PARTS):
        return []
    return [said for said, a, b in zip(PARTS, one, other, strict=True) if a != b]


def event_by_hand(entered: Entered) -> Event:
    """A change by hand."""
    change = entered.change
    what = f"{change.kind} taken back" if entered.taken_back else change.kind
    new = None if entered.taken_back else change.score
    return Event(
        change.when, change.who, what, change.student, change.assignment, change.question, entered.old, new, change.why
    )


def said(parts: Iterable[str]) -> str:
    """What there is to say, in one line."""
    return "; ".join(filter(None, parts))
