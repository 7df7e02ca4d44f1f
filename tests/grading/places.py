"""One answer and one check, in the two places where checks run: a learner's own process, and the grader's worker."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcourse.checks import question
from dlcourse.checks.limits import Limits
from dlcourse.checks.oracle import LiveOracle, RecordedOracle, record
from dlcourse.checks.question import Question
from dlcourse.checks.run import Oracle, QuestionResult, run_question
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.exercise import GradedExercise
from dlcourse.grading.mark import Marked, mark
from dlcourse.grading.submission import Cell, SubmittedNotebook

PLACES = ("notebook", "grading")
LIMITS = Limits(cell_seconds=10.0, total_seconds=60.0)


def asks(*functions: str, forbid: Sequence[str] = (), **options: Any) -> Callable[[Callable[..., None]], Question]:
    """A question with one check: the decorated function."""

    def make(check: Callable[..., None]) -> Question:
        asked = question("q1", "Title", functions=functions, forbid=forbid)
        asked.check("the check", **options)(check)
        return asked

    return make


def names_of(*cells: str) -> dict[str, Any]:
    """What cells define."""
    names: dict[str, Any] = {"np": np, "__name__": "__main__"}
    for i, cell in enumerate(cells, 1):
        exec(compile(cell, f"cell {i}", "exec"), names)
    return names


def graded(cells: Sequence[str], questions: Sequence[Question], oracle: Oracle | None = None, seed: int = 0) -> Marked:
    """What the grader makes of these cells."""
    notebook = SubmittedNotebook(tuple(Cell(i, cell, "", frozenset()) for i, cell in enumerate(cells, 1)), "90_test")
    exercise = GradedExercise("90_test", questions, oracle or LiveOracle({}), frozenset())
    return mark(notebook, exercise, seed=seed, limits=LIMITS)


def result_of(place: str, asked: Question, *cells: str, solution: str = "") -> QuestionResult:
    """What a place makes of an answer; `solution` is the master's source."""
    cells = ("import numpy as np", *cells)
    oracle = LiveOracle(names_of(solution))
    if place == "notebook":
        return run_question(asked, LocalBackend(names_of(*cells)), oracle)
    return graded(cells, [asked], oracle).questions[0]


def recorded(asked: Question, solution: str) -> RecordedOracle:
    """The oracle that a learner has, as release writes it."""
    return RecordedOracle(json.loads(json.dumps(record([asked], names_of(solution)))))
