"""Finding a student: from what a file or a folder is called to a person of the roster."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dlcourse.classroom.person import Person


@dataclass(frozen=True)
class Who:
    """A student as a form of hand-in names them: an id to go by, the number of a learning platform, a name."""

    id: str
    number: str = ""
    name: str = ""


class Register:
    """The people of a roster, by everything that they may be called."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        everybody = people.values()
        self._ids = {person.id: [person] for person in everybody}
        self._folded = grouped((folded(person.id), person) for person in everybody)
        self._others = grouped((folded(other), person) for person in everybody for other in person.others)
        self._names = grouped((name, person) for person in everybody for name in names_of(person))

    def find(self, who: Who) -> list[Person]:
        """Whom this may be: one person, several of that name, or nobody. A platform's number says more than a name."""
        by_id = (self._ids.get(who.id), self._folded.get(folded(who.id)), self._others.get(folded(who.id)))
        by_number = (self._others.get(folded(who.number)),)
        found = [*(by_number if who.number else by_id), self._names.get(squeezed(who.name or who.id))]
        return next((people for people in found if people and len(people) == 1), next(filter(None, found), []))


def grouped(pairs: Iterable[tuple[str, Person]]) -> dict[str, list[Person]]:
    """People by a key that several may share."""
    groups: dict[str, list[Person]] = {}
    for key, person in pairs:
        if person not in (group := groups.setdefault(key, [])):
            group.append(person)
    return groups


def folded(text: str) -> str:
    """A text in which capitals and ways to write an accent make no difference."""
    return unicodedata.normalize("NFC", text.casefold())


def squeezed(name: str) -> str:
    """The letters and digits of a name, as Canvas runs them together, without accents.

    >>> squeezed("Müller-Lang, Ada")
    'mullerlangada'
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold())))


def names_of(person: Person) -> set[str]:
    """A person's name in either order; nothing where it is not known."""
    return {squeezed(person.last_name + person.first_name), squeezed(person.first_name + person.last_name)} - {""}
