"""How a page names students: as they are called, or by numbers for showing it in class."""

import hashlib
import re
from collections.abc import Iterable

from dlcourse.classroom.person import Person

#: Characters from which on an identifier is looked for in what submissions say: a shorter one is a word or a number.
LONG_ENOUGH = 3


class Names:
    """The students of a class by name."""

    anonymous = False

    def of(self, person: Person) -> str:
        """What a student is called on the page: the id, and the full name where the roster gives one.

        >>> Names().of(Person("s1", "Lovelace", "Ada"))
        's1 (Ada Lovelace)'
        """
        return person.id if person.name == person.id else f"{person.id} ({person.name})"

    def within(self, text: str) -> str:
        """A text that may name students, as it may be shown."""
        return text


class Numbers(Names):
    """The students of a class by numbers that say nothing about their order in a list; the same class gets the same ones."""

    anonymous = True

    def __init__(self, people: Iterable[Person]) -> None:
        known = {person.id: person for person in people}
        class_ = "\n".join(sorted(known))
        shuffled = sorted(known, key=lambda id: hashlib.sha256(f"{id}\n{class_}".encode(errors="replace")).digest())
        self._number = {id: f"student {number}" for number, id in enumerate(shuffled, 1)}
        called = {
            name: self._number[person.id]
            for person in known.values()
            for name in (person.id, person.name, person.email, *person.others, person.first_name, person.last_name)
            if len(name) >= LONG_ENOUGH and not (name.isdigit() and len(name) < 2 * LONG_ENOUGH)
        }
        longest_first = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
        self._called = called
        self._known = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)" if called else r"(?!)")

    def of(self, person: Person) -> str:
        """A student's number."""
        return self._number[person.id]

    def within(self, text: str) -> str:
        """A text in which every student that it names is a number.

        >>> ada = Person("ada-l")
        >>> Numbers([ada]).within("ada-l/05_activations is a link")
        'student 1/05_activations is a link'
        """
        return self._known.sub(lambda found: self._called[found[0]], text)
