"""`check("q1")` in a notebook: the public checks, run on the learner's own variables in the learner's own process."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlcourse.checks import nbgrader
from dlcourse.checks.oracle import LiveOracle, RecordedOracle, read_recorded
from dlcourse.checks.question import Question, read_questions
from dlcourse.checks.report import Report
from dlcourse.checks.run import run_question
from dlcourse.checks.student import LocalBackend


def find_checks(name: str, start: Path) -> Path:
    """The file of an exercise's checks: in `checks/` beside the notebook or above it, else as installed."""
    package = Path(__file__).parent.parent
    above = [place for folder in start.parents[:3] for place in (folder, folder / "exercises")]
    installed = [package / "material" / "exercises", package.parent / "exercises"]
    for folder in (start, start / "exercises", *above, *installed):
        if (path := folder / "checks" / f"{name}.py").is_file():
            return path
    raise FileNotFoundError(
        f"no checks for an exercise called {name!r} near {start.name or start}: "
        "open the notebook inside the folder that `dlcourse start` made, where exercises/checks holds them"
    )


class PublicChecks:
    """The public checks of one exercise: call it with a question's id, or with nothing for all of them."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.questions = {question.id: question for question in read_questions(path)}
        recorded = path.with_suffix(".json")
        #: An author's folder holds checks with no recording: there the notebook at hand is the solution.
        self.oracle: RecordedOracle | None = read_recorded(recorded) if recorded.is_file() else None

    def __call__(self, id: str | None = None, *, namespace: Mapping[str, Any] | None = None) -> Report:
        """Run the checks of one question, or of all, on the variables of the notebook that calls."""
        names = namespace if namespace is not None else sys._getframe(1).f_globals
        oracle = self.oracle or LiveOracle(names)
        chosen = list(self.questions.values()) if id is None else [self._question(id)]
        with nbgrader.quiet():
            results = [run_question(question, LocalBackend(names), oracle) for question in chosen]
        hidden = {q.id: self.oracle.hidden(q) for q in chosen} if self.oracle else {}
        return nbgrader.kind_of_report()(results, hidden)

    def _question(self, id: str) -> Question:
        if id not in self.questions:
            raise ValueError(f"{self.name} has no question {id!r}: it has {', '.join(self.questions)}")
        return self.questions[id]

    def __repr__(self) -> str:
        return f'checks of {self.name}: check("{next(iter(self.questions))}") runs one question\'s, check() all of them'


def exercise(name: str) -> PublicChecks:
    """The checks of the exercise called `name`, for its notebook.

    `check = exercise("05_activations")`, then `check("q1")` says what is right, what is wrong, and which mistake it
    looks like; `check()` runs everything and adds up the points.
    """
    return PublicChecks(name, find_checks(name, Path.cwd()))
