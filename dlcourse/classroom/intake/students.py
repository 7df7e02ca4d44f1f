"""Whose is it: every student by one id, whatever the form calls them, and those whom the roster does not know by name."""

from collections.abc import Mapping
from datetime import datetime

from dlcourse.classroom.intake.forms import nfc
from dlcourse.classroom.intake.register import Register, Who
from dlcourse.classroom.intake.times import Times
from dlcourse.classroom.person import Person


class Students:
    """Students as the roster knows them; without one, as they are called. `notes` say what is not certain."""

    def __init__(self, roster: Mapping[str, Person] | None) -> None:
        self._has_roster = roster is not None
        self._register = Register(roster or {})
        self.strangers: set[str] = set()
        self.notes: list[str] = []

    def id_of(self, who: Who) -> str:
        """The id of a student who handed something in; of a stranger, the id that stands in the form."""
        found = self._register.find(who)
        if len(found) == 1:
            return found[0].id
        if self._has_roster:
            self.strangers.add(who.id)
        if found:
            names = " or ".join(sorted(person.id for person in found))
            self.notes.append(f"{who.id} may be {names}: add the platform's own number of students to the roster")
        return who.id

    def told(self, times: Times) -> dict[tuple[str, str], tuple[datetime, ...]]:
        """The times by the ids that submissions get."""
        found: dict[tuple[str, str], tuple[datetime, ...]] = {}
        for (student, assignment), when in times.items():
            people = self._register.find(Who(nfc(student)))
            key = people[0].id if len(people) == 1 else nfc(student), assignment
            found[key] = tuple(sorted((*found.get(key, ()), *when)))
        return found
