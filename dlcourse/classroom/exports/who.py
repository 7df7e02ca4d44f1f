"""Who is who: our students and the rows of a learning platform, matched by what identifies both, and never by guessing."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from dlcourse.classroom.person import Person


@dataclass(frozen=True)
class Matches:
    """By row: the student. Then the students that no row has, the rows that are nobody's, and the rows that are unclear."""

    students: Mapping[int, str]
    without_row: tuple[str, ...]
    nobodys: tuple[int, ...]
    unclear: tuple[int, ...]

    def notes(self, file: str, label: Callable[[int], str]) -> list[str]:
        """Everybody who could not be matched, by name; `label` says what a row is called."""
        found = {
            "these students have no row in it, so their scores are not in this file": self.without_row,
            "these rows are nobody's whom we know, and stay as they were": map(label, self.nobodys),
            "whose rows these are is not clear, so they stay as they were": map(label, self.unclear),
        }
        named = {what: "; ".join(names) for what, names in found.items()}
        return [f"{file}: {what}: {names}" for what, names in named.items() if names]


def match(people: Iterable[Person], rows: Mapping[int, Collection[str]]) -> Matches:
    """Match students with rows, of which each says what identifies it; by id, address and the platform's own identifiers.

    Where one row could be two students, or two rows one student, neither is matched: a grade given to the wrong person
    is worse than one that is missing.
    """
    owners: dict[str, set[str]] = {}
    for person in people:
        for name in (person.id, person.email, *person.others):
            if name.strip():
                owners.setdefault(key(name), set()).add(person.id)
    candidates = {
        row: set().union(*(owners.get(key(name), set()) for name in names if name.strip()))
        for row, names in rows.items()
    }
    claims = Counter(student for found in candidates.values() for student in found)
    sure = {
        row: student
        for row, found in candidates.items()
        if len(found) == 1
        for student in found
        if claims[student] == 1
    }
    everyone = dict.fromkeys(student for found in owners.values() for student in found)
    return Matches(
        sure,
        tuple(sorted(student for student in everyone if student not in sure.values())),
        tuple(row for row, found in candidates.items() if not found),
        tuple(row for row, found in candidates.items() if found and row not in sure),
    )


def key(name: str) -> str:
    """An identifier in the form in which two of them are compared.

    >>> key(" Ada@Example.org ") == key("ada@example.org")
    True
    """
    return unicodedata.normalize("NFC", name.strip()).casefold()
