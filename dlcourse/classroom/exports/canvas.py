"""Canvas: its gradebook as CSV, as it exports and imports it.

Canvas reads the columns by place: `Student` first, then `ID`, perhaps `SIS User ID`, `SIS Login ID` and others, then
`Section`; behind that, a column an assignment, called by its title or `title (12345)`. A row `Points Possible` stands above
the students; where it says `(read only)`, Canvas takes nothing back.
"""

import re
from collections.abc import Sequence

from dlcourse.checks.report import points
from dlcourse.classroom.exports.export import Export, assignments_of, by_student, has_score, notes_on
from dlcourse.classroom.exports.sheet import Sheet, number_in
from dlcourse.classroom.exports.who import match
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.results import table
from dlcourse.grading.exercise import UsageError

HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
IDENTIFIERS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
FIRST = ("Student", "Student Name", "LastName")
POINTS_POSSIBLE = "Points Possible"
#: Excused, and not assigned to this student: a person's decision, which no score may undo.
DECIDED = ("EX", "N/A")
TITLE = re.compile(r"(?P<title>.*?)\s*(?:\(\d+\))?")
FORMULA = ("=", "+", "-", "@")


def canvas(standings: Sequence[Standing], like: Sheet | None = None, column: str = "") -> Export:
    """Canvas's gradebook with our scores: the one that was downloaded, filled in, or one made from the roster.

    `column` is the assignment's title in Canvas, where it is not ours. The downloaded file is the surer way: in a file that
    is made, students are known to Canvas by their login alone, which must be our id.
    """
    if column and len(assignments_of(standings)) != 1:
        raise UsageError("--column names one assignment's column: say which assignment with --assignment NAME")
    return filled(standings, like, column) if like else made(standings, column)


def filled(standings: Sequence[Standing], sheet: Sheet, column: str) -> Export:
    """The downloaded gradebook with the columns of our assignments filled in."""
    if sheet.header[0] not in FIRST or sheet.column("ID") is None:
        raise UsageError(
            f"{sheet.name} is no gradebook of Canvas (its first columns are {', '.join(sheet.header[:3])}): in Canvas, "
            "open Grades, then Export, and give that file"
        )
    places = columns_of(sheet, assignments_of(standings), column)
    rows = {row: [sheet.cell(row, title) for title in IDENTIFIERS] for row in range(len(sheet.rows))}
    students = {row: names for row, names in rows.items() if any(names)}
    own = by_student(standings)
    matches = match([found[0].person for found in own.values()], students)
    notes = matches.notes(sheet.name, lambda row: sheet.rows[row][0])
    for name, place in places.items():
        notes += limits(sheet, place, name, standings)
        for row, student in matches.students.items():
            notes += fill(sheet, row, place, next((s for s in own[student] if s.assignment == name), None))
    left_out = [name for name in assignments_of(standings) if name not in places]
    if left_out:
        notes.append(f"{sheet.name} has no column for {', '.join(left_out)}: not in this file")
    return Export(sheet.to_text(), (*notes_on(standings), *notes))


def columns_of(sheet: Sheet, assignments: Sequence[str], column: str) -> dict[str, int]:
    """The place of each assignment's column, by its name or by `column`; an error where none of them has one."""
    ends = sheet.column("Section")
    first = 1 + ends if ends is not None else len(IDENTIFIERS)
    titles = {place: title_of(sheet.header[place]) for place in range(first, len(sheet.header))}
    found: dict[str, int] = {}
    for name in assignments:
        wanted = title_of(column or name)
        fitting = [place for place, title in titles.items() if title == wanted]
        if len(fitting) > 1:
            raise UsageError(f"{sheet.name} has {len(fitting)} columns called {column or name!r}: rename one in Canvas")
        if fitting:
            found[name] = fitting[0]
    if not found:
        there = ", ".join(repr(sheet.header[place]) for place in titles) or "none"
        raise UsageError(
            f"{sheet.name} has no column called {column or ', '.join(assignments)!r} (it has {there}): name the one to fill "
            "with --column TITLE and --assignment NAME"
        )
    return found


def title_of(header: str) -> str:
    """An assignment's title in the form in which two are compared, without the number that Canvas adds.

    >>> title_of("05_activations (12345)") == title_of("05_Activations")
    True
    """
    return TITLE.fullmatch(header.strip())["title"].casefold()  # type: ignore[index]


def limits(sheet: Sheet, place: int, name: str, standings: Sequence[Standing]) -> list[str]:
    """Refuse a column that Canvas takes nothing back from; a note where Canvas counts other points than we do."""
    ours = max((standing.max_score for standing in standings if standing.assignment == name), default=0.0)
    for row in range(len(sheet.rows)):
        if sheet.rows[row][0].strip() != POINTS_POSSIBLE:
            continue
        said = sheet.rows[row][place] if place < len(sheet.rows[row]) else ""
        if "read only" in said:
            raise UsageError(
                f"{sheet.header[place]!r} is a column that Canvas works out itself: name another one with --column TITLE"
            )
        theirs = number_in(said)
        if theirs is not None and abs(theirs - ours) > 0.005:
            return [
                f"{name}: Canvas counts out of {points(theirs)} points, we out of {points(ours)}: change it in Canvas"
            ]
    return []


def fill(sheet: Sheet, row: int, place: int, standing: Standing | None) -> list[str]:
    """Put a score into its cell, unless there is none, or a person has decided there; a note in that case."""
    if standing is None or not has_score(standing):
        return []
    there = sheet.rows[row][place].strip() if place < len(sheet.rows[row]) else ""
    if there in DECIDED:
        return [f"{standing.person.id}: {sheet.header[place]} says {there} in Canvas, and stays so"]
    sheet.put(row, place, points(standing.score))
    return []


def made(standings: Sequence[Standing], column: str) -> Export:
    """A gradebook from the roster. Canvas makes an assignment of every column that it does not know."""
    names = assignments_of(standings)
    most = {name: max(s.max_score for s in standings if s.assignment == name) for name in names}
    rows = [[f"    {POINTS_POSSIBLE}", *[""] * (len(HEADER) - 1), *(points(most[name]) for name in names)]]
    for student, own in by_student(standings).items():
        person = own[0].person
        name = f"{person.last_name}, {person.first_name}".strip(", ") or person.id
        scores = {s.assignment: points(s.score) for s in own if has_score(s)}
        rows.append([name, "", "", student, "", *(scores.get(each, "") for each in names)])
    odd = [student for student in by_student(standings) if student.startswith(FORMULA)]
    notes = [f"a spreadsheet would take these ids for formulas, so they got a quote in front, and Canvas will not know them "
             f"(fill in a downloaded gradebook instead, with --like): {', '.join(odd)}"] if odd else []  # fmt: skip
    return Export(table([*HEADER, *([column] if column else names)], rows), (*notes_on(standings), *notes))
