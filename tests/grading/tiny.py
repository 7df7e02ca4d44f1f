"""An exercise of two short questions, and notebooks that answer it: enough to see what an attack does to the rest."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from dlcourse.checks import expect, question
from dlcourse.checks.limits import Limits
from dlcourse.checks.oracle import LiveOracle
from dlcourse.grading.exercise import GradedExercise
from dlcourse.grading.submission import SubmittedNotebook, parse_notebook

#: What only the grader knows; no submission may ever print it.
SECRET = "the-hidden-number-is-0.8414709848"

twice = question("q1", "Twice", functions=["twice"])
thrice = question("q2", "Thrice", functions=["thrice"])


@twice.check("three numbers", seconds=1.0)
def three_numbers(student, solution):
    z = np.array([1.0, -2.0, 0.5])
    expect(student.twice(z)).close_to(solution.twice(z))


@twice.check("other numbers", hidden=True, seconds=1.0)
def other_numbers(student, solution, rng):
    assert SECRET
    z = rng.normal(size=(3, 4))
    expect(student.twice(z)).close_to(solution.twice(z))


@thrice.check("three numbers")
def three_times(student, solution):
    z = np.array([1.0, -2.0, 0.5])
    expect(student.thrice(z)).close_to(solution.thrice(z))


#: Short enough for a test, long enough for an honest cell on a busy machine.
LIMITS = Limits(
    cell_seconds=1.5, total_seconds=20.0, memory_mb=1024, file_mb=2, scratch_mb=8, scratch_files=500, answer_mb=8
)
SOLUTION = LiveOracle({"twice": lambda z: 2 * z, "thrice": lambda z: 3 * z})
TINY = GradedExercise("tiny", [twice, thrice], SOLUTION, frozenset(), LIMITS)
RIGHT = {"q1": "import numpy as np\ndef twice(z): return 2 * z", "q2": "def thrice(z): return 3 * z"}


def tiny(**limits: Any) -> GradedExercise:
    """The exercise with other limits."""
    return replace(TINY, limits=replace(LIMITS, **limits))


def notebook(before: str = "", q1: str = RIGHT["q1"], between: str = "", q2: str = RIGHT["q2"]) -> SubmittedNotebook:
    """A notebook with answers to both questions, and cells of the student's own before and between them."""
    cells = [(before, ""), (q1, "q1"), (between, ""), (q2, "q2")]
    return parse_notebook(json.dumps({"cells": [code_cell(*cell) for cell in cells if cell[0]]}).encode())


def code_cell(source: str, grade_id: str) -> dict[str, Any]:
    """A code cell as Jupyter stores it."""
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": grade_id}} if grade_id else {}}
