"""The roster: who is in the class, read from a table of one's own, of nbgrader, Canvas's gradebook or Moodle's worksheet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlcourse.classroom.intake.table import STUDENT_COLUMNS, Table, read_table
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

FIRST = ("first name", "firstname", "given name", "given names", "forename")
LAST = ("last name", "lastname", "surname", "family name", "familyname")
NAME = ("name", "full name", "fullname", "student name", "display name")
EMAIL = ("email", "e mail", "email address", "e mail address", "mail")
#: Identifiers of learning platforms that a table may have beside the id.
OTHERS = ("canvas id", "lms user id", "sis user id", "sis id", "sis login id", "username", "user name", "login")
#: Rows of Canvas's gradebook that are nobody: the maximum, and the student whom Canvas makes up for its preview.
NOBODY = re.compile(r"\s*(points possible|student,\s*test|test student)\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class Form:
    """A table that a program exports: the columns by which it is known, and which of them hold what.

    `id` is the first that is there and filled. `others` are told apart from it, though one may be the same.
    """

    known_by: tuple[str, ...]
    id: tuple[str, ...]
    name: tuple[str, ...]
    others: tuple[str, ...]


CANVAS = Form(
    ("student", "id", "section"),
    ("sis login id", "sis user id", "id"),
    ("student",),
    ("id", "sis user id", "sis login id"),
)
MOODLE = Form(
    ("identifier", "full name"),
    ("username", "id number", "email address", "identifier"),
    ("full name",),
    ("identifier", "id number", "username"),
)
OWN = Form((), STUDENT_COLUMNS, NAME, OTHERS)


def read_roster(path: Path) -> dict[str, Person]:
    """Everybody in a roster by their id. UsageError where a row has no id, or two rows have the same."""
    table = read_table(path)
    form = next(form for form in (CANVAS, MOODLE, OWN) if set(form.known_by) <= set(table.columns))
    table.column("student's id", form.id)
    people: dict[str, Person] = {}
    rows: dict[str, int] = {}
    for number, person in people_in(table, form):
        if person.id in people:
            raise UsageError(f"{path.name}: rows {rows[person.id]} and {number} have the same id, {person.id!r}")
        people[person.id], rows[person.id] = person, number
    if not people:
        raise UsageError(f"{path.name} names no students")
    return people


def people_in(table: Table, form: Form) -> Iterator[tuple[int, Person]]:
    """The person in each row, with the row's number."""
    ids = [column for column in form.id if column in table.columns]
    if form is OWN:
        ids = ids[:1]
    name, first, last, email = (table.find(names) for names in (form.name, FIRST, LAST, EMAIL))
    for number, row in table.rows:
        named = row.get(name, "")
        if NOBODY.fullmatch(named) or (form is CANVAS and not row["id"]):
            continue
        given, family = (row[first], row[last]) if first and last else split(named)
        identity = next((row[column] for column in ids if row[column]), "")
        if not identity:
            raise UsageError(f"{table.source}, row {number}: there is no {ids[0]!r} for {named or 'this student'}")
        address = row.get(email, "") or next((row[c] for c in ids if "@" in row[c]), "")
        others = [row[column] for column in form.others if column in table.columns]
        if form is MOODLE:
            others += participant(row["identifier"])
        told = tuple(dict.fromkeys(filter(None, (*others, address))))
        yield number, Person(identity, family, given, address, told)


def participant(identifier: str) -> list[str]:
    """A participant's number as Moodle's file names have it, whatever language the worksheet is in.

    >>> participant("Teilnehmer/in12345")
    ['Participant 12345']
    """
    digits = re.search(r"\d+$", identifier)
    return [f"Participant {digits[0]}"] if digits else []


def split(name: str) -> tuple[str, str]:
    """First and last name of a full one.

    >>> split("Zimmer, Ada Lou"), split("Ada Lou Zimmer")
    (('Ada Lou', 'Zimmer'), ('Ada Lou', 'Zimmer'))
    """
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()
