"""Moodle: the grading worksheet of one assignment, downloaded, filled in and uploaded again.

Moodle finds a student by `Identifier` alone, and refuses a worksheet without `Grade` or `Last modified (grade)`; so every
column goes back as it came. It passes over grades above `Maximum Grade`, and rows whose grade it has locked.
"""

from collections.abc import Sequence

from dlcourse.checks.report import points
from dlcourse.classroom.exports.export import Export, assignments_of, by_student, has_score, notes_on
from dlcourse.classroom.exports.sheet import Sheet, number_in
from dlcourse.classroom.exports.who import match
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.grading.exercise import UsageError

REQUIRED = ("Identifier", "Grade", "Last modified (grade)")
IDENTIFIERS = ("Email address", "Username", "ID number")
FEEDBACK = "Feedback comments"
#: What stands before a student's number in the column of identifiers.
PARTICIPANT = "Participant"


def moodle(standings: Sequence[Standing], like: Sheet | None = None, column: str = "") -> Export:
    """The worksheet with our scores as grades, and the points of each question as feedback where nobody has written any."""
    if like is None:
        raise UsageError(
            "moodle needs the worksheet to fill in: in Moodle, open the assignment, Submissions, Download grading worksheet; "
            "then say --like FILE"
        )
    if len(names := assignments_of(standings)) != 1:
        raise UsageError(
            f"a worksheet of Moodle is about one assignment: say which with --assignment NAME ({', '.join(names)})"
        )
    missing = [title for title in REQUIRED if like.column(title) is None]
    if missing:
        raise UsageError(
            f"{like.name} has no column {missing[0]!r} (it has {', '.join(like.header)}): download the grading worksheet in "
            "English, with Offline grading worksheet turned on in the assignment's settings"
        )
    place, feedback = like.column(column or "Grade"), like.column(FEEDBACK)
    if place is None:
        raise UsageError(f"{like.name} has no column {column!r}: it has {', '.join(like.header)}")
    own = {student: found[0] for student, found in by_student(standings).items()}
    matches = match([standing.person for standing in own.values()], identified(like))
    notes = matches.notes(like.name, lambda row: like.cell(row, "Full name") or like.cell(row, "Identifier"))
    for row, student in matches.students.items():
        if not has_score(standing := own[student]):
            continue
        notes += trouble(like, row, standing)
        like.put(row, place, points(standing.score))
        if feedback is not None and not like.cell(row, FEEDBACK):
            like.put(row, feedback, in_words(standing))
    return Export(like.to_text(), (*notes_on(standings), *notes))


def identified(sheet: Sheet) -> dict[int, list[str]]:
    """What identifies each row: `Participant 1234` and the number in it, the address, and what else the site shows."""
    rows = {}
    for row in range(len(sheet.rows)):
        identifier = sheet.cell(row, "Identifier")
        names = [identifier, identifier.removeprefix(PARTICIPANT), *(sheet.cell(row, title) for title in IDENTIFIERS)]
        if any(names):
            rows[row] = names
    return rows


def trouble(sheet: Sheet, row: int, standing: Standing) -> list[str]:
    """Why Moodle will not take a grade, as far as the worksheet tells."""
    most, notes = number_in(sheet.cell(row, "Maximum Grade")), []
    if sheet.cell(row, "Grade can be changed") == "No":
        notes.append(f"{standing.person.id}: Moodle has locked this grade, and will pass over it")
    if most is not None and standing.score > most:
        notes.append(
            f"{standing.person.id}: {points(standing.score)} is more than Moodle's maximum of {points(most)}: raise it there"
        )
    return notes


def in_words(standing: Standing) -> str:
    """The points of each question, and what was taken off for being late.

    Only ids and numbers stand here: Moodle shows feedback as HTML, and nothing of a student's may end up in it.
    """
    parts = [
        f"{question.id}: {points(question.score)} of {points(question.max_score)}" for question in standing.questions
    ]
    if late := round(standing.raw_score - standing.score, 9):
        parts.append(f"late: {points(late)} taken off")
    return "; ".join(parts)
