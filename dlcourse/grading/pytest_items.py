"""A file of checks as pytest sees it: each run of a check is a test, and a failing test says what a learner reads."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from dlcourse.checks.report import text_lines
from dlcourse.checks.run import CheckResult, cases
from dlcourse.grading.exercise import GradedExercise, UsageError, load_full, load_public
from dlcourse.grading.isolation.levels import PROCESS
from dlcourse.grading.mark import Marked, mark
from dlcourse.grading.probe import choose
from dlcourse.grading.seeds import seed_of
from dlcourse.grading.submission import Malformed, read_notebook


class NotPassed(Exception):
    """A check that a submission does not pass; the message is what its learner is told."""


class ChecksFile(pytest.File):
    """The checks of one exercise, and the notebook that they judge."""

    @cached_property
    def exercise(self) -> GradedExercise:
        """The exercise: with its hidden checks and its solution, or as learners have it."""
        name, folder = self.path.stem, self.path.parent.parent
        if self.path.with_suffix(".json").is_file():
            return load_public(folder / f"{name}.ipynb", name)
        return load_full(folder, name)

    @cached_property
    def marked(self) -> Marked:
        """What the grader says of the submission; all of it is marked when the first test runs."""
        submission = self.config.getoption("submission")
        notebook = Path(submission) if submission else self.path.parent.parent / f"{self.path.stem}.ipynb"
        level = choose(trusted=True) if submission else PROCESS
        try:
            return mark(read_notebook(notebook), self.exercise, seed=seed_of(self.exercise.name), level=level)
        except Malformed as error:
            raise NotPassed(f"{notebook.name}: {error}") from None

    def collect(self) -> Iterator["CheckItem"]:
        """One test for each run of each check, in their order."""
        try:
            questions = self.exercise.questions
        except UsageError as error:
            raise self.CollectError(str(error)) from None
        for question in questions:
            runs = [case for check in question.checks for case in cases(check)]
            for number, case in enumerate(runs):
                name = f"{question.id} {question.title}: {case.title}"
                yield CheckItem.from_parent(self, name=name, question=question.id, number=number)


class CheckItem(pytest.Item):
    """One run of one check."""

    def __init__(self, *, question: str, number: int, **options: Any) -> None:
        super().__init__(**options)
        self._question, self._number = question, number

    @property
    def result(self) -> CheckResult:
        """What the grader found."""
        assert isinstance(self.parent, ChecksFile)
        (found,) = (result for result in self.parent.marked.questions if result.id == self._question)
        return found.checks[self._number]

    def runtest(self) -> None:
        """Fail with what a learner is told."""
        if self.result.status != "passed":
            assert isinstance(self.parent, ChecksFile)
            notes = [f"  cell {note.cell}: {note.message}" for note in self.parent.marked.notes]
            raise NotPassed("\n".join([*text_lines(self.result), *notes]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message alone: where in our code it was raised is nobody's concern."""
        if isinstance(excinfo.value, NotPassed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file and the name of the test."""
        return self.path, None, self.name
