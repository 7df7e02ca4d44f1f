"""An export: a file for somebody else's program, and what its reader has to know that does not stand in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dlcourse.classroom.gradebook.standing import Standing


@dataclass(frozen=True)
class Export:
    """The text of a file, and notes on it for the instructor: who is not in it, and why."""

    text: str
    notes: tuple[str, ...] = ()


def has_score(standing: Standing) -> bool:
    """Whether there is a score to pass on: something was handed in, or a person has set one."""
    by_hand = standing.by_hand or any(question.by_hand for question in standing.questions)
    return standing.record.status != "missing" or bool(by_hand)


def assignments_of(standings: Iterable[Standing]) -> list[str]:
    """The assignments, in order."""
    return sorted({standing.assignment for standing in standings})


def by_student(standings: Iterable[Standing]) -> dict[str, list[Standing]]:
    """Each student's standings, students in order."""
    found: dict[str, list[Standing]] = {}
    for standing in sorted(standings, key=lambda standing: standing.person.id):
        found.setdefault(standing.person.id, []).append(standing)
    return found


def notes_on(standings: Sequence[Standing]) -> tuple[str, ...]:
    """What to know about any table of scores: who handed in nothing, and which answers nobody has judged yet."""
    awaiting = "an answer still awaits a mark by hand (dlcourse mark), and counts as 0 in totals"
    return (
        *named("nothing handed in, and so no score", standings, lambda standing: not has_score(standing)),
        *named(awaiting, standings, lambda standing: any(question.awaits_mark for question in standing.questions)),
    )


def named(what: str, standings: Iterable[Standing], chosen: Callable[[Standing], bool]) -> list[str]:
    """A note that names the chosen standings' students, by assignment; none where nobody is chosen."""
    found: dict[str, list[str]] = {}
    for standing in filter(chosen, standings):
        found.setdefault(standing.assignment, []).append(standing.person.id)
    return [f"{assignment}: {what}: {', '.join(students)}" for assignment, students in sorted(found.items())]
