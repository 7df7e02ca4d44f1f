"""The forms in which a class arrives: each platform's names for files, its list of students, its way to say when."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from dlcourse.classroom.practice.handed_in import HandedIn

#: Files by their path in the folder of the class.
Files = Mapping[str, bytes]
#: What learning platforms count from.
CANVAS_USER, CANVAS_FILE, MOODLE_USER = 4001, 90001, 70001


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def archive(members: Iterable[tuple[str, bytes, datetime]]) -> bytes:
    """A zip archive, the same bytes for the same members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content, when in members:
            file.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def number_of(student: str) -> str:
    """What stands behind the dash.

    >>> number_of("student-017")
    '017'
    """
    return student.rpartition("-")[2]


def nbgrader(students: Sequence[str], works: Sequence[HandedIn]) -> Files:
    """`submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb` and `timestamp.txt`; of several attempts each has a folder."""
    files = {"roster.csv": roster(students)}
    for work in works:
        for attempt, (content, when) in enumerate(zip(work.files, work.timing.attempts, strict=True), 1):
            place = PurePosixPath("submitted", work.student, work.assignment)
            place = place / f"attempt-{attempt}" if len(work.files) > 1 else place
            files[f"{place}/{work.assignment}.ipynb"] = content
            files[f"{place}/timestamp.txt"] = f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n".encode()
    return files


def flat(students: Sequence[str], works: Sequence[HandedIn]) -> Files:
    """`ASSIGNMENT/STUDENT.ipynb`, the last attempts alone."""
    files = {"roster.csv": roster(students), "times.csv": times(works, last_only=True)}
    return files | {f"{work.assignment}/{work.student}.ipynb": work.files[-1] for work in works if work.files}


def canvas(students: Sequence[str], works: Sequence[HandedIn]) -> Files:
    """Canvas's download of each assignment, and its gradebook for a roster."""
    users = {student: CANVAS_USER + i for i, student in enumerate(students)}
    rows = [(f"{number_of(s)}, Student", users[s], s, s, "Section 1") for s in students]
    heading = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    files = {"roster.csv": table([heading, ("    Points Possible", "", "", "", ""), *rows]), "times.csv": times(works)}
    for name, own in by_assignment(works).items():
        members: list[tuple[str, bytes, datetime]] = []
        for work in own:
            late = "LATE_" if work.timing.days_late else ""
            for attempt, (content, when) in enumerate(zip(work.files, work.timing.attempts, strict=True)):
                again = f"-{attempt}" if attempt else ""
                front = f"{number_of(work.student)}student_{late}{users[work.student]}_{CANVAS_FILE + len(members)}"
                members.append((f"{front}_{name}{again}.ipynb", content, when))
        files[f"{name}/submissions.zip"] = archive(members)
    return files


def moodle(students: Sequence[str], works: Sequence[HandedIn]) -> Files:
    """Moodle's download of each assignment, which holds last attempts alone, and its worksheet for a roster."""
    users = {student: MOODLE_USER + i for i, student in enumerate(students)}
    rows = [(f"Participant {users[s]}", f"Student {number_of(s)}", s, "", "") for s in students]
    heading = ("Identifier", "Full name", "ID number", "Status", "Grade")
    files = {"roster.csv": table([heading, *rows]), "times.csv": times(works, last_only=True)}
    for name, own in by_assignment(works).items():
        members = [
            (
                f"Student {number_of(work.student)}_{users[work.student]}_assignsubmission_file_/{name}.ipynb",
                work.files[-1],
                work.timing.attempts[-1],
            )
            for work in own
            if work.files
        ]
        files[f"{name}/submissions.zip"] = archive(members)
    return files


def roster(students: Sequence[str]) -> bytes:
    """A list of students as nbgrader has it."""
    return table([("student_id", "last_name", "first_name"), *((s, number_of(s), "Student") for s in students)])


def times(works: Iterable[HandedIn], *, last_only: bool = False) -> bytes:
    """When what was handed in, a row for each attempt; platforms show that and do not put it into their archives."""
    rows = [
        (work.student, work.assignment, f"{when:%Y-%m-%d %H:%M:%S} UTC")
        for work in works
        for when in work.timing.attempts[-1 if last_only else 0 :]
    ]
    return table([("student_id", "assignment", "time"), *rows])


def by_assignment(works: Iterable[HandedIn]) -> dict[str, list[HandedIn]]:
    """The works of each exercise."""
    found: dict[str, list[HandedIn]] = {}
    for work in works:
        found.setdefault(work.assignment, []).append(work)
    return found


FORMS: Mapping[str, Callable[[Sequence[str], Sequence[HandedIn]], Files]] = {
    "nbgrader": nbgrader,
    "canvas": canvas,
    "moodle": moodle,
    "flat": flat,
}
