"""The misconceptions of a class: which known mistakes its answers show, and how often."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dlcourse.checks.run import CheckResult
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.person import Person


@dataclass(frozen=True)
class Misconception:
    """A known mistake, who made it, and as an `example` what a public check said of the first of their answers."""

    question: str
    title: str
    name: str
    hint: str
    example: str
    people: tuple[Person, ...]


def misconceptions(standings: Sequence[Standing]) -> list[Misconception]:
    """The known mistakes that were recognised in an assignment, the commonest first."""
    seen: dict[tuple[str, str], list[tuple[Person, CheckResult]]] = defaultdict(list)
    titles: dict[str, str] = {}
    for standing in standings:
        for question in standing.record.questions:
            titles.setdefault(question.id, question.title)
            for check in question.checks:
                if check.mistake:
                    seen[question.id, check.mistake].append((standing.person, check))
    found = [
        Misconception(
            id,
            titles[id],
            name,
            next((check.hint for _, check in checks if check.hint), ""),
            next((check.message for _, check in checks if check.message and not check.hidden), ""),
            tuple({person.id: person for person, _ in checks}.values()),
        )
        for (id, name), checks in seen.items()
    ]
    return sorted(found, key=lambda mistake: (-len(mistake.people), mistake.question, mistake.name))
