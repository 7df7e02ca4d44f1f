"""Wide tables: a row a student, and a column for each question or each assignment."""

from collections.abc import Sequence

from dlcourse.checks.report import points
from dlcourse.classroom.exports.export import Export, assignments_of, by_student, has_score, notes_on
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.results import table

STUDENT = ["student_id", "last_name", "first_name", "email"]


def questions(standings: Sequence[Standing]) -> Export:
    """Points by question, in columns such as `05_activations/q1`; empty where there is nothing to judge, or nobody has yet."""
    columns = list(dict.fromkeys(column for standing in standings for column in by_column(standing)))
    ordered = sorted(columns, key=lambda column: column.split("/")[0])
    rows = []
    for own in by_student(standings).values():
        cells: dict[str, str] = {}
        for standing in own:
            cells |= by_column(standing)
        rows.append([*student(own[0].person), *(cells.get(column, "") for column in ordered)])
    return Export(table([*STUDENT, *ordered], rows), notes_on(standings))


def by_column(standing: Standing) -> dict[str, str]:
    """The points of one submission's questions, by the name of their column."""
    return {
        f"{standing.assignment}/{question.id}": "" if question.awaits_mark else points(question.score)
        for question in standing.questions
    }


def assignments(standings: Sequence[Standing]) -> Export:
    """Points by assignment and their sum, late days taken off; empty where nothing was handed in."""
    names = assignments_of(standings)
    rows = []
    for own in by_student(standings).values():
        scores = {standing.assignment: standing.score for standing in own if has_score(standing)}
        cells = [points(scores[name]) if name in scores else "" for name in names]
        rows.append([*student(own[0].person), *cells, points(sum(scores.values()))])
    return Export(table([*STUDENT, *names, "total"], rows), notes_on(standings))


def student(person: Person) -> list[str]:
    """The cells that say who a row is about."""
    return [person.id, person.last_name, person.first_name, person.email]
