"""An exercise of one question in a folder, and a class that answers it: what a grader is given, and little of it."""

import json
from dataclasses import replace
from pathlib import Path

from tiny import code_cell

from dlcourse.checks.limits import Limits
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.job import Job, Terms
from dlcourse.classroom.record import Record

NAME = "90_twice"
CHECKS = """
import os, pathlib, signal
from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])

@q1.check("a number")
def number(student, solution):
    expect(student.twice(3.0)).close_to(solution.twice(3.0))

@q1.check("numbers", hidden=True)
def numbers(student, solution, rng):
    z = rng.normal(size=5)
    expect(student.twice(z)).close_to(solution.twice(z))

@q1.mistake("This is the square.")
def square(z): return z * z
"""
RIGHT, WRONG = "def twice(z): return 2 * z", "def twice(z): return z * z"
#: Says by its name that it runs: at every level another process can see that, and it can do nothing else there.
LOOPS = """
import ctypes
ctypes.CDLL(None).prctl(15, b"looping")
while True: pass
"""
LIMITS = Limits(cell_seconds=60.0)


def notebook(*sources: str) -> bytes:
    """A notebook whose first cell answers the question."""
    cells = [code_cell(source, "" if i else "q1") for i, source in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": {}}).encode()


def solutions_in(folder: Path, checks: str = CHECKS) -> Path:
    """The folder of solutions, written."""
    solutions = folder / "solutions"
    (solutions / "checks").mkdir(parents=True)
    (solutions / "checks" / f"{NAME}.py").write_text(checks)
    (solutions / f"{NAME}.ipynb").write_bytes(notebook(RIGHT))
    return solutions


def handed_in(folder: Path, *answers: str) -> list[Submission]:
    """Submissions with these answers, in a flat folder: student-000, student-001 and so on."""
    folder.mkdir(exist_ok=True)
    found = []
    for i, answer in enumerate(answers):
        path = folder / f"student-{i:03}.ipynb"
        path.write_bytes(notebook(answer))
        found.append(Submission(path.stem, NAME, path))
    return found


def jobs_in(folder: Path, *answers: str, checks: str = CHECKS, **terms: object) -> list[Job]:
    """Jobs of grading these answers."""
    whole = Terms(solutions_in(folder, checks), limits=LIMITS, **terms)
    return [whole.job(submission) for submission in handed_in(folder / "submitted", *answers)]


def untimed(records: list[Record]) -> list[Record]:
    """What must be the same wherever a class is graded: everything but the time, in order of students."""
    return sorted((replace(record, seconds=0.0) for record in records), key=lambda record: record.student)
