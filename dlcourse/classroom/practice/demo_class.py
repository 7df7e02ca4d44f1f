"""The practice class as files: what an instructor finds on the evening, and beside it what grading must make of it."""

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from dlcourse.checks.report import points
from dlcourse.classroom.practice.answers import Answers
from dlcourse.classroom.practice.exercise_class import ExerciseClass
from dlcourse.classroom.practice.forms import FORMS, table
from dlcourse.classroom.practice.handed_in import HandedIn
from dlcourse.classroom.practice.times import due_file, due_of
from dlcourse.files import write_whole
from dlcourse.grading.exercise import UsageError, exercise_names

WHAT_IS_IN_IT = "what-is-in-it.csv"
COLUMNS = ("student_id", "assignment", "kind", "what", "attempts", "days_late", "status", "lowest", "highest")


def demo_class(
    solutions: Path, exercises: Sequence[str], students: int, *, seed: int = 0, like: str = "nbgrader"
) -> tuple[dict[str, bytes], list[HandedIn]]:
    """The files of a class by their path, and the work that they hold. The same seed gives the same bytes.

    UsageError where there is no such exercise, or no such form.
    """
    if like not in FORMS:
        raise UsageError(f"no class comes like {like!r}: say one of {', '.join(FORMS)}")
    width = max(3, len(str(students)))
    names = [f"student-{i:0{width}}" for i in range(1, students + 1)]
    abilities = dict(zip(names, generator(seed, "abilities").normal(size=students).tolist(), strict=True))
    course = exercise_names(solutions)
    due = {name: due_of(course.index(name) if name in course else 0) for name in exercises}
    works: list[HandedIn] = []
    for name in exercises:
        works += ExerciseClass(Answers(solutions, name), abilities, due[name], generator(seed, name)).all_work()
    extended = {name: [w.student for w in works if w.assignment == name and w.timing.extended] for name in exercises}
    files = dict(FORMS[like](names, works))
    files["due.toml"] = due_file(due, extended).encode()
    files[WHAT_IS_IN_IT] = table([COLUMNS, *map(row, works)])
    return files, works


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose: one exercise more changes nothing in the others."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def row(work: HandedIn) -> Sequence[object]:
    """A student's row of what is in it."""
    low, high = work.score
    return (
        work.student,
        work.assignment,
        work.kind,
        work.what,
        len(work.files),
        work.timing.days_late,
        work.status,
        points(low),
        points(high),
    )


def write_class(out: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write the files of a class. UsageError where the folder holds something already: it could be a real class."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already: give --out the name of a new folder")
    for name, content in files:
        write_whole(out / name, content)
