"""Marking one submission: its cells run in a worker, its functions are called from there, the verdicts are ours."""

import contextlib
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlcourse.checks.calls import Answer
from dlcourse.checks.question import Question
from dlcourse.checks.run import Oracle, QuestionResult, run_question
from dlcourse.grading.sandbox import Limits, Worker, WorkerDied, WorkerTimedOut
from dlcourse.grading.submission import Cell, Malformed, SubmittedNotebook

CHECK_CALL = re.compile(r"\s*check\(.*\)\s*", re.DOTALL)
#: After this many time-outs or deaths in one function it is not called again: it has shown what it does.
PATIENCE = 2


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

    def __init__(self, cells: Sequence[Cell], binds: dict[str, list[str]], limits: Limits) -> None:
        self._cells = list(cells)
        self._binds = binds
        self._limits = limits
        self._until = time.monotonic() + limits.total_seconds
        self._worker: Worker | None = None
        self._bad: Counter[str] = Counter()
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
        if self._bad[name] >= PATIENCE:
            return Answer(
                error="TimedOut" if "timeout" in self.events else "Died",
                message=f"`{name}` was stopped in earlier checks and not called again",
            )
        try:
            reply = self._running().ask(request, min(seconds, self._left()))
            return Answer(reply["value"], str(reply["error"])[:80], str(reply["message"])[:1000])
        except OutOfTime:
            self.events.add("timeout")
            return Answer(
                error="TimedOut",
                message=f"the whole submission ran longer than {self._limits.total_seconds:g} seconds and was stopped",
            )
        except WorkerTimedOut:
            message = f"`{name}` took longer than {seconds:g} seconds and was stopped: is there a loop that never ends?"
            return self._lost("timeout", name, Answer(error="TimedOut", message=message))
        except WorkerDied:
            message = f"`{name}` ended Python itself (out of memory, or a call such as `exit`)"
            return self._lost("crashed", name, Answer(error="Died", message=message))
        except (KeyError, TypeError):
            return self._lost(
                "crashed", name, Answer(error="Died", message=f"`{name}` did not answer as a function does")
            )

    def _lost(self, event: str, name: str, answer: Answer) -> Answer:
        self.events.add(event)
        self._bad[name] += 1
        self.close()
        return answer

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
        worker = Worker(self._limits)
        for cell in self._cells:
            request = {
                "do": "cell",
                "label": f"cell {cell.number}",
                "source": cell.source,
                "binds": self._binds.get(question_of(cell), []),
            }
            try:
                reply = worker.ask(request, min(self._limits.cell_seconds, self._left()))
            except WorkerTimedOut:
                event, message = (
                    "timeout",
                    f"ran longer than {self._limits.cell_seconds:g} seconds and was stopped; it was left out",
                )
            except WorkerDied:
                event, message = (
                    "crashed",
                    "ended Python itself (out of memory, or a call such as `exit`); it was left out",
                )
            else:
                if error := str(reply.get("error") or ""):
                    self.notes[cell.number] = error[:1000]
                continue
            self.events.add(event)
            self.notes[cell.number] = message
            self._cells.remove(cell)
            return None
        return worker

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
    exercise: str,
    questions: Sequence[Question],
    oracle: Oracle,
    *,
    seed: int,
    limits: Limits,
) -> Marked:
    """Run a notebook's cells and every check of every question on what they define."""
    require_exercise(notebook, exercise, questions)
    cells = [
        cell
        for cell in notebook.cells
        if "demo" not in cell.tags and not CHECK_CALL.fullmatch(cell.source) and cell.source.strip()
    ]
    backend = WorkerBackend(cells, {q.id: list(q.names) for q in questions}, limits)
    try:
        backend.run_cells()
        results = tuple(run_question(question, backend, oracle, seed) for question in questions)
    finally:
        backend.close()
    status = next((event for event in ("timeout", "crashed") if event in backend.events), "graded")
    notes = tuple(
        CellNote(number, message)
        for number, message in sorted(backend.notes.items())
        if "NotImplementedError" not in message
    )
    return Marked(status, results, notes)


def question_of(cell: Cell) -> str:
    """The question a cell answers, by the id it was released under: `q1`, and `q1-2` for a second cell."""
    return re.sub(r"-\d+$", "", cell.grade_id)


def require_exercise(notebook: SubmittedNotebook, exercise: str, questions: Sequence[Question]) -> None:
    """Refuse the notebook of another exercise."""
    if notebook.exercise and notebook.exercise != exercise:
        raise Malformed(f"this is a notebook of exercise {notebook.exercise}, not of {exercise}")
    names = {name for question in questions for name in question.names}
    ids = {question.id for question in questions}
    if not any(
        question_of(cell) in ids or any(re.search(rf"\b{name}\b", cell.source) for name in names)
        for cell in notebook.cells
    ):
        raise Malformed(f"the notebook holds none of the questions of {exercise}: is it another exercise's?")


def without_hidden(questions: Sequence[Question]) -> list[Question]:
    """The questions with their public checks only."""
    return [
        replace(question, checks=[check for check in question.checks if not check.hidden]) for question in questions
    ]
