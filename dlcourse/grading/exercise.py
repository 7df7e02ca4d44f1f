"""An exercise as the grader holds it: its questions, and the oracle that knows the right answers."""

import ast
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcourse.checks.limits import Limits, read_limits
from dlcourse.checks.notebook import find_checks
from dlcourse.checks.oracle import LiveOracle, read_recorded
from dlcourse.checks.question import Question, read_questions
from dlcourse.checks.run import Oracle
from dlcourse.grading.master import promised_points, stubs_of
from dlcourse.grading.private import PrivateChecks, PrivateError, private_checks
from dlcourse.grading.submission import read_notebook


class UsageError(Exception):
    """A call that cannot be carried out; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class GradedExercise:
    """A name, the questions in order, where right answers come from, and the answer cells as they were given out.

    `limits` are what a submission may use; `modules` is what the solution imports, for the worker to have it ready;
    `private` names the private checks among the questions', with a hash of their file.
    """

    name: str
    questions: Sequence[Question]
    oracle: Oracle
    stubs: frozenset[str]
    limits: Limits = field(default_factory=Limits)
    modules: tuple[str, ...] = ()
    private: str = ""


def load_full(solutions: Path, name: str, private: Path | None = None) -> GradedExercise:
    """The exercise with its hidden checks and its solution, for an instructor; `private` is a folder of further checks."""
    master, checks = files_of(solutions, name)
    notebook, source = json.loads(master.read_text(encoding="utf-8")), checks.read_text(encoding="utf-8")
    questions, trace = read_questions(checks), ""
    try:
        if own := added_checks(solutions, name, private):
            questions, trace = own.added_to(questions, promised_points(notebook)), own.trace
    except PrivateError as error:
        raise UsageError(str(error)) from None
    oracle, stubs = LiveOracle(master_names(master)), frozenset(stubs_of(notebook))
    return GradedExercise(name, questions, oracle, stubs, read_limits(source), imports_of(master), trace)


def files_of(solutions: Path, name: str) -> tuple[Path, Path]:
    """The master notebook of an exercise, and the file of all its checks."""
    master, checks = solutions / f"{name}.ipynb", solutions / "checks" / f"{name}.py"
    for path in (master, checks):
        if not path.is_file():
            known = ", ".join(exercise_names(solutions)) or "none"
            raise UsageError(
                f"no exercise called {name!r} in {solutions}: {path.name} is missing there (exercises found: {known})"
            )
    return master, checks


def added_checks(solutions: Path, name: str, private: Path | None) -> PrivateChecks | None:
    """The private checks of an exercise, None where there are none; `PrivateError` where the folder is wrong."""
    return private_checks(private, name, exercise_names(solutions)) if private else None


def load_public(notebook: Path, name: str) -> GradedExercise:
    """The exercise as a learner has it: public checks, and recorded numbers for the solution."""
    try:
        checks = find_checks(name, notebook.resolve().parent)
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    recorded = checks.with_suffix(".json")
    if not recorded.is_file():
        raise UsageError(
            f"{recorded.name} is missing beside {checks.name}: get both from the course again (`dlcourse start`)"
        )
    oracle = read_recorded(recorded)
    limits = read_limits(checks.read_text(encoding="utf-8"))
    return GradedExercise(name, read_questions(checks), oracle, oracle.stubs(), limits)


def exercise_names(solutions: Path) -> list[str]:
    """The exercises that a folder of solutions holds."""
    return sorted(path.stem for path in (solutions / "checks").glob("*.py"))


def master_names(master: Path) -> dict[str, Any]:
    """What the cells of a master notebook define: the course's own code, run in this process."""
    names: dict[str, Any] = {"__name__": "solution"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in read_notebook(master).cells:
            if not cell.is_run:
                continue
            label = f"{master.name}, cell {cell.number}"
            exec(compile(without_set_up(ast.parse(cell.source)), label, "exec"), names)
    return names


def without_set_up(cell: ast.Module) -> ast.Module:
    """The cell without `check = exercise(...)`, which looks for checks beside the notebook at hand."""
    cell.body = [line for line in cell.body if "exercise(" not in ast.unparse(line) or not isinstance(line, ast.Assign)]
    return cell


def imports_of(master: Path) -> tuple[str, ...]:
    """The modules that the cells of a master notebook import, and what might be one."""
    found = set()
    for cell in read_notebook(master).cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return tuple(sorted(found))
