"""The submissions that an instructor should look at: what ended badly, what was slow, who is missing or waits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record

#: Outcomes that are not the end of a run as it should be.
BAD = ("timeout", "crashed", "malformed")
SLOWEST = 10


def failed(standings: Sequence[Standing]) -> Mapping[tuple[str, str], Sequence[Person]]:
    """By outcome and reason: whose submissions ended badly."""
    found: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for standing in standings:
        if standing.record.status in BAD:
            found[standing.record.status, reason(standing.record)].append(standing.person)
    return dict(sorted(found.items(), key=lambda item: (BAD.index(item[0][0]), -len(item[1]), item[0])))


def slowest(standings: Sequence[Standing]) -> list[Standing]:
    """The submissions that took longest to grade, the slowest first."""
    found = [standing for standing in standings if standing.record.questions]
    return sorted(found, key=lambda standing: (-standing.record.seconds, standing.person.id))[:SLOWEST]


def reason(record: Record) -> str:
    """Why a submission ended as it did: what grading says of it, of the cell that it left out, or of the check that was stopped."""
    said = [
        record.message,
        *(f"cell {note.cell} {note.message}" for note in record.notes if note.message.endswith("left out")),
        *(
            f"{question.id}, {check.title}: {check.message}"
            for question in record.questions
            for check in question.checks
            if check.status in ("timeout", "error") and check.message
        ),
        *(f"cell {note.cell}: {note.message}" for note in record.notes),
    ]
    return next((text for text in said if text), "no reason was given")
