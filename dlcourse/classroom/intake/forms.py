"""The forms in which work arrives, told apart by looking: entries become places, each holding what one student handed in.

| form | looks like |
|---|---|
| nbgrader's tree | `STUDENT/ASSIGNMENT/*.ipynb`, an attempt each in `STUDENT/ASSIGNMENT/attempt-2/` |
| nbgrader's exchange | `STUDENT+ASSIGNMENT+TIME+RANDOM/*.ipynb` |
| a folder each | `STUDENT/*.ipynb` |
| flat | `STUDENT.ipynb` |
| Canvas's download | `lastfirst_[LATE_]USER_FILE_name.ipynb` |
| Moodle's download | `Full Name_NUMBER_assignsubmission_file_/name.ipynb`, or with `_` for `/` |
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TypeVar

from dlcourse.classroom.intake.entries import Entry
from dlcourse.classroom.intake.members import archive_stem
from dlcourse.classroom.intake.names import Named, attempt, canvas, inbound, moodle, unmarked
from dlcourse.classroom.intake.register import Who
from dlcourse.classroom.intake.times import time_in_name
from dlcourse.grading.exercise import UsageError

#: What lies beside flat notebooks and is nobody's work: rosters, times, notes.
AROUND = {".csv", ".tsv", ".toml", ".md", ".log", ".json", ".yml", ".yaml", ".ini"}

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """What one student handed in at once: the files, whose, of which assignment where the form says so.

    `order` and `when` tell attempts apart; `shown` is how the place is named to people.
    """

    who: Who
    assignment: str
    files: tuple[Entry, ...]
    shown: str
    platform: str = ""
    order: int = 0
    when: datetime | None = None
    late: bool = False


def places_in(
    entries: Sequence[Entry], source: str, known: Collection[str], zone: tzinfo | None
) -> tuple[list[Place], list[Entry]]:
    """The places among entries, and the entries that are nobody's. UsageError where two forms are mixed."""
    entries = unwrapped(entries, known)
    top = [entry for entry in entries if len(entry.parts) == 1 and not entry.is_folder]
    inside = [entry for entry in entries if len(entry.parts) > 1 or entry.is_folder]
    named = [(entry, moodle(entry.parts[0]) or canvas(entry.parts[0])) for entry in top]
    flat = [entry for entry, name in named if not name]
    trees = {entry.parts[0] for entry in inside if not moodle(entry.parts[0])}
    if trees and any(map(is_work, flat)):
        raise UsageError(
            f"{source} holds both notebooks and folders with notebooks: grade the two apart, or move one of them out"
        )
    if trees:  # a link where a student's folder should be is that student's; a loose file is nobody's
        loose = [entry for entry in flat if not entry.problem or entry.suffix]
        inside += [entry for entry in flat if entry not in loose]
    else:
        loose = [entry for entry in flat if entry.suffix in AROUND]
        named += [(entry, flat_name(entry)) for entry in flat if entry not in loose]
    files = [(replace(entry, called=name.original), name) for entry, name in named if name]
    found = [*from_platforms(files, inside), *from_exchange(inside, zone), *from_tree(inside, zone)]
    return found, loose


def unwrapped(entries: Sequence[Entry], known: Collection[str]) -> Sequence[Entry]:
    """The entries without a folder around them all, such as `submitted/` in an archive."""
    tops = {entry.parts[0] for entry in entries}
    if len(tops) != 1 or any(len(entry.parts) == 1 for entry in entries) or moodle(entries[0].parts[0]):
        return entries
    below = [replace(entry, parts=entry.parts[1:]) for entry in entries]
    return unwrapped(below, known) if is_class(below, known) else entries


def is_class(below: Sequence[Entry], known: Collection[str]) -> bool:
    """Whether what lies in the only folder is a class, not the work of one student."""
    if any(moodle(entry.parts[0]) or (len(entry.parts) == 1 and canvas(entry.parts[0])) for entry in below):
        return True
    files = [entry for entry in below if len(entry.parts) == 1 and not entry.is_folder and entry.suffix not in AROUND]
    if files:
        return len(files) > 1 and not {unmarked(entry.name.rpartition(".")[0])[0] for entry in files} & set(known)
    if {entry.parts[0] for entry in below} & set(known):
        return False
    notebooks = [entry for entry in below if entry.suffix == ".ipynb" and len(entry.parts) > 2]
    return any(attempt(entry.parts[1]) is None and not time_in_name(entry.parts[1], None) for entry in notebooks)


def flat_name(entry: Entry) -> Named:
    """A flat file is named by its student."""
    stem = archive_stem(entry.name) or entry.name.rpartition(".")[0] or entry.name
    return Named(Who(nfc(unmarked(stem)[0])), entry.name)


def from_platforms(files: Iterable[tuple[Entry, Named]], inside: Iterable[Entry]) -> list[Place]:
    """The places of flat files, of Canvas's and of Moodle's downloads: all files of one student are one place."""
    named = [*files, *((entry, name) for entry in inside if (name := moodle(entry.parts[0])))]
    groups = grouped(named, lambda pair: pair[1].who.id)
    return [
        Place(
            group[0][1].who,
            "",
            contents(entry for entry, _ in group),
            group[0][0].parts[0],
            group[0][1].platform,
            late=any(name.late for _, name in group),
        )
        for group in groups
    ]


def from_exchange(inside: Iterable[Entry], zone: tzinfo | None) -> list[Place]:
    """The places of nbgrader's exchange, each with its time."""
    found = []
    for group in grouped(inside, lambda entry: entry.parts[0]):
        if named := inbound(group[0].parts[0], zone):
            student, assignment, when = named
            found.append(Place(Who(nfc(student)), assignment, contents(group), group[0].parts[0], when=when))
    return found


def from_tree(inside: Iterable[Entry], zone: tzinfo | None) -> list[Place]:
    """The places of a tree: what lies in a folder of an assignment, or of one attempt, or beside the assignments."""
    found = []
    of_students = (entry for entry in inside if not moodle(entry.parts[0]) and not inbound(entry.parts[0], zone))
    for own in grouped(of_students, lambda entry: entry.parts[0]):
        student = own[0].parts[0]
        beside = [entry for entry in own if is_beside(entry)]
        deeper = [entry for entry in own if len(entry.parts) > 1 and not is_beside(entry)]
        if any(is_work(entry) for entry in beside) or not deeper:
            found.append(Place(Who(nfc(student)), "", contents(beside), student))
        for group in grouped(deeper, lambda entry: entry.parts[: 2 + is_attempt(entry, zone)]):
            folder = group[0].parts[: 2 + is_attempt(group[0], zone)]
            when, number = time_in_name(folder[-1], zone), attempt(folder[-1]) if len(folder) > 2 else None
            files = contents(group)
            found.append(Place(Who(nfc(student)), folder[1], files, "/".join(folder), order=number or 0, when=when))
    return found


def is_beside(entry: Entry) -> bool:
    """Whether a file lies directly in a student's folder. What cannot be read and has no ending stands for an assignment."""
    return (
        len(entry.parts) < 3
        and not entry.is_folder
        and (len(entry.parts) == 1 or not entry.problem or bool(entry.suffix))
    )


def is_work(entry: Entry) -> bool:
    """Whether a file may be what was to be handed in."""
    return entry.suffix == ".ipynb" or bool(archive_stem(entry.name))


def is_attempt(entry: Entry, zone: tzinfo | None) -> bool:
    """Whether the third name on the way to an entry is the folder of one attempt."""
    is_inside = len(entry.parts) > 3 or (len(entry.parts) == 3 and entry.is_folder)
    return is_inside and (attempt(entry.parts[2]) is not None or time_in_name(entry.parts[2], zone) is not None)


def contents(group: Iterable[Entry]) -> tuple[Entry, ...]:
    """The files of a place."""
    return tuple(entry for entry in group if not entry.is_folder)


def grouped(things: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    """Things with one key together, in order of their first."""
    groups: dict[object, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return list(groups.values())


def nfc(name: str) -> str:
    """A name in the way to write accents that everybody's tables use."""
    return unicodedata.normalize("NFC", name)
