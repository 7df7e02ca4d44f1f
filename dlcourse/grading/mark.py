"""Marking one submission: its cells run in a worker, its functions are called from there, the verdicts are ours."""

import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlcourse.checks.calls import Answer
from dlcourse.checks.limits import Limits
from dlcourse.checks.plain import squeezed
from dlcourse.checks.question import Question
from dlcourse.checks.run import QuestionResult, run_question
from dlcourse.grading.excess import name_excess
from dlcourse.grading.exercise import GradedExercise
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.sandbox import Worker, WorkerDied, WorkerTimedOut
from dlcourse.grading.submission import Malformed, SubmittedNotebook

#: After this many time-outs or deaths in one function it is not called again: it has shown what it does.
PATIENCE = 2
#: What is known of a worker that is gone without a word.
ENDED = "ended Python itself (with a call such as `exit`, or by closing its files)"


@dataclass(frozen=True)
class CellNote:
    """What went wrong in a cell."""

    cell: int
    message: str


@dataclass(frozen=True)
class Marked:
    """The outcome of one submission: `graded`, or `timeout` or `crashed` where that befell it; points count all the same."""

    status: str
    questions: tuple[QuestionResult, ...]
    notes: tuple[CellNote, ...]


class OutOfTime(Exception):
    """The submission has used up its time."""


class WorkerBackend:
    """A learner's names in a worker; a worker that dies or hangs is started again without the cell that did it."""

    def __init__(
        self, notebook: SubmittedNotebook, exercise: GradedExercise, limits: Limits, level: Level = PROCESS
    ) -> None:
        self._cells = [cell for cell in notebook.cells if cell.is_run]
        self._binds = {question.id: list(question.names) for question in exercise.questions}
        self._stubs = exercise.stubs
        self._limits, self._level, self._modules = limits, level, exercise.modules
        self._until = time.monotonic() + limits.total_seconds
        self._worker: Worker | None = None
        self._lost: defaultdict[str, list[Answer]] = defaultdict(list)
        self.notes: dict[int, str] = {}
        self.events: set[str] = set()

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, no_overflow: bool, seconds: float
    ) -> Answer:
        """Call the learner's function in the worker."""
        return self._ask(
            name, {"do": "call", "name": name, "args": args, "kwargs": kwargs, "no_overflow": no_overflow}, seconds
        )

    def value(self, name: str) -> Answer:
        """Read the learner's value in the worker."""
        return self._ask(name, {"do": "value", "name": name}, 5.0)

    def _ask(self, name: str, request: dict[str, Any], seconds: float) -> Answer:
        if len(lost := self._lost[name]) >= PATIENCE:
            return lost[-1]
        try:
            reply = self._running().ask(request, min(seconds, self._left()))
            message = name_excess(str(reply["message"])[:1000], self._limits)
            return Answer(reply["value"], str(reply["error"])[:80], message)
        except OutOfTime:
            self.events.add("timeout")
            total = f"{self._limits.total_seconds:g} seconds"
            return Answer(error="TimedOut", message=f"the whole submission ran longer than {total} and was stopped")
        except WorkerTimedOut:
            event, error = "timeout", "TimedOut"
            message = f"`{name}` took longer than {seconds:g} seconds and was stopped: is there a loop that never ends?"
        except WorkerDied as death:
            event, error, message = "crashed", "Died", f"`{name}` {str(death) or ENDED}"
        except (KeyError, TypeError):
            event, error, message = "crashed", "Died", f"`{name}` did not answer as a function does"
        self.close()
        self.events.add(event)
        lost.append(Answer(error=error, message=message))
        return lost[-1]

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def _running(self) -> Worker:
        while self._worker is None:
            if not self._left():
                raise OutOfTime
            self._worker = self._start()
        return self._worker

    def _start(self) -> Worker | None:
        """A worker that has run the cells, or None where one of them broke it: it is left out from then on."""
        worker = Worker(self._limits, self._level, self._modules)
        for cell in self._cells:
            untouched = squeezed(cell.source) in self._stubs
            binds = [] if untouched else self._binds.get(cell.question, [])
            request = {
                "do": "cell",
                "label": f"cell {cell.number}",
                "source": cell.source,
                "binds": binds,
                "output_chars": self._limits.output_chars,
            }
            try:
                reply = worker.ask(request, min(self._limits.cell_seconds, self._left()))
            except WorkerTimedOut:
                event, trouble = "timeout", f"ran longer than {self._limits.cell_seconds:g} seconds and was stopped"
            except WorkerDied as death:
                event, trouble = "crashed", str(death) or ENDED
            else:
                self._note(cell.number, str(reply.get("error") or "")[:1000])
                if reply.get("cut"):
                    self._note(cell.number, f"printed more than {self._limits.output_chars} characters")
                continue
            self.events.add(event)
            self.notes[cell.number] = f"{trouble}; it was left out"
            self._cells.remove(cell)
            return None
        return worker

    def _note(self, cell: int, message: str) -> None:
        """Keep what there is to say about a cell, once for all workers that run it."""
        if message:
            self.notes[cell] = name_excess(message, self._limits)

    def run_cells(self) -> None:
        """Run all cells now, as far as the time goes."""
        with contextlib.suppress(OutOfTime):
            self._running()

    def close(self) -> None:
        """End the worker."""
        if self._worker:
            self._worker.close()
            self._worker = None


def mark(
    notebook: SubmittedNotebook,
    exercise: GradedExercise,
    *,
    seed: int,
    limits: Limits | None = None,
    level: Level = PROCESS,
) -> Marked:
    """Run a notebook's cells, and every check of every question on what they define; `limits` override the exercise's."""
    require_exercise(notebook, exercise)
    backend = WorkerBackend(notebook, exercise, limits or exercise.limits, level)
    try:
        backend.run_cells()
        results = tuple(run_question(question, backend, exercise.oracle, seed) for question in exercise.questions)
    finally:
        backend.close()
    status = next((event for event in ("timeout", "crashed") if event in backend.events), "graded")
    notes = sorted(backend.notes.items())
    return Marked(status, results, tuple(CellNote(*note) for note in notes if "NotImplementedError" not in note[1]))


def require_exercise(notebook: SubmittedNotebook, exercise: GradedExercise) -> None:
    """Refuse the notebook of another exercise."""
    if notebook.exercise and notebook.exercise != exercise.name:
        raise Malformed(f"this is a notebook of exercise {notebook.exercise}, not of {exercise.name}")
    ids = {question.id for question in exercise.questions}
    names = re.compile("|".join(rf"\b{name}\b" for question in exercise.questions for name in question.names))
    if not any(cell.question in ids or names.search(cell.source) for cell in notebook.cells):
        raise Malformed(f"the notebook holds none of the questions of {exercise.name}: is it another exercise's?")


def without_hidden(questions: Sequence[Question]) -> list[Question]:
    """The questions with their public checks only."""
    return [
        replace(question, checks=[check for check in question.checks if not check.hidden]) for question in questions
    ]
