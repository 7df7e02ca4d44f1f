"""Marking one submission: its cells run in a worker, its functions are called from there, the verdicts are ours."""

import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlcourse.checks.expect import BrokenExercise
from dlcourse.checks.limits import Limits
from dlcourse.checks.objects import Answer, CallBack
from dlcourse.checks.operations import Request
from dlcourse.checks.plain import squeezed
from dlcourse.checks.question import Question
from dlcourse.checks.run import QuestionResult, run_questions
from dlcourse.grading.excess import name_excess
from dlcourse.grading.exercise import GradedExercise
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.manual import looked_at
from dlcourse.grading.sandbox import Unfit, Worker, WorkerDied, WorkerTimedOut
from dlcourse.grading.submission import Malformed, SubmittedNotebook

#: Seconds for importing what a question forbids, and for taking it out of reach.
SEALING = 60.0
#: After this many time-outs or deaths in one function it is not called again: it has shown what it does.
PATIENCE = 2
#: A pattern that is found nowhere.
NOTHING = r"(?!)"
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
    """A learner's names in a worker; a worker that dies or hangs is started again without the cell that did it.

    What a question forbids is free in the cells and sealed for its calls: each set of forbidden names has a worker of its
    own, which runs the cells anew.
    """

    def __init__(
        self, notebook: SubmittedNotebook, exercise: GradedExercise, limits: Limits, level: Level = PROCESS
    ) -> None:
        self._cells = [cell for cell in notebook.cells if cell.is_run]
        self._binds = {question.id: list(question.names) for question in exercise.questions}
        self._stubs = exercise.stubs
        self._limits, self._level, self._modules = limits, level, exercise.modules
        self._until = time.monotonic() + limits.total_seconds
        self._worker: Worker | None = None
        self._forbidden: tuple[str, ...] = ()
        self._cells_took: float | None = None
        self._lost: defaultdict[str, list[Answer]] = defaultdict(list)
        self.notes: dict[int, str] = {}
        self.events: set[str] = set()

    def ask(self, request: Request, call_back: CallBack) -> Answer:
        """Ask for it in the worker."""
        name = request.asked.removesuffix("(...)")
        if len(lost := self._lost[name]) >= PATIENCE:
            return lost[-1]
        message = {
            "do": request.operation,
            "name": request.of,
            "args": request.args,
            "kwargs": request.kwargs,
            "no_overflow": request.no_overflow,
        }
        try:
            worker = self._running(request.forbid)
            reply = worker.ask(message, min(request.seconds, self._left()), call_back)
            said = name_excess(str(reply["message"])[:1000], self._limits)
            return Answer(reply["value"], str(reply["error"])[:80], said)
        except OutOfTime:
            self.events.add("timeout")
            total = f"{self._limits.total_seconds:g} seconds"
            return Answer(error="TimedOut", message=f"the whole submission ran longer than {total} and was stopped")
        except WorkerTimedOut:
            event, error = "timeout", "TimedOut"
            told = f"took longer than {request.seconds:g} seconds and was stopped: is there a loop that never ends?"
        except (Unfit, KeyError, TypeError):
            event, error, told = "crashed", "Died", "did not answer as a function does"
        except WorkerDied as death:
            event, error, told = "crashed", "Died", str(death) or ENDED
        self.close()
        self.events.add(event)
        lost.append(Answer(error=error, message=f"`{name}` {told}"))
        return lost[-1]

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def _running(self, forbidden: tuple[str, ...]) -> Worker:
        if forbidden != self._forbidden:
            self.close()
            self._forbidden = forbidden
            self._until += self._cells_took or 0.0  # running the cells once more is our affair
        while self._worker is None:
            if not self._left():
                raise OutOfTime
            start = time.monotonic()
            self._worker = self._start()
            if self._worker and self._cells_took is None:
                self._cells_took = time.monotonic() - start
        return self._worker

    def _start(self) -> Worker | None:
        """A worker that has run the cells, or None where one of them broke it: it is left out from then on."""
        worker = self._worker = Worker(self._limits, self._level, self._modules)  # `close` ends it, whatever comes
        if self._forbidden:
            self._prepare(worker)
        for cell in self._cells:
            untouched = squeezed(cell.source) in self._stubs
            repair = untouched and "NotImplementedError" not in cell.source
            request = {
                "do": "cell",
                "label": f"cell {cell.number}",
                "source": cell.source,
                "binds": [] if untouched else self._binds.get(cell.question, []),
                "given": [name for names in self._binds.values() for name in names] if repair else [],
                "output_chars": self._limits.output_chars,
            }
            try:
                reply = worker.ask(request, min(self._limits.cell_seconds, self._left()))
                self._note(cell.number, reply)
                continue
            except WorkerTimedOut:
                event, trouble = "timeout", f"ran longer than {self._limits.cell_seconds:g} seconds and was stopped"
            except (Unfit, KeyError):
                event, trouble = "crashed", "wrote to the grader in a cell's place"
            except WorkerDied as death:
                event, trouble = "crashed", str(death) or ENDED
            worker.close()
            self.events.add(event)
            self.notes[cell.number] = f"{trouble}; it was left out"
            self._cells.remove(cell)
            return None
        if self._forbidden:
            worker.ask({"do": "seal"}, SEALING)
        return worker

    def _prepare(self, worker: Worker) -> None:
        """Let a worker look up what is forbidden, before a learner's code can stand in for it."""
        try:
            worker.ask({"do": "prepare", "names": self._forbidden}, SEALING)
        except (WorkerDied, WorkerTimedOut):
            worker.close()
            names = ", ".join(self._forbidden)
            raise BrokenExercise(
                f"what a question forbids ({names}) cannot be looked up: run `dlcourse verify`"
            ) from None

    def _note(self, cell: int, reply: dict[str, Any]) -> None:
        """Keep what there is to say about a cell that has run for the first time.

        When it runs again, a hidden check may have been asked: the cell could tell what that was about.
        """
        said = [name_excess(str(reply["error"])[:1000], self._limits), str(reply["said"])[:1000]]
        if reply["cut"]:
            said.append(f"it printed more than {self._limits.output_chars} characters")
        if self._cells_took is None and any(said):
            self.notes[cell] = "; ".join(part for part in said if part)

    def run_cells(self) -> None:
        """Run all cells now, as far as the time goes."""
        with contextlib.suppress(OutOfTime):
            self._running(())

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
        groups = {
            question.forbid: [q for q in exercise.questions if q.forbid == question.forbid]
            for question in exercise.questions
        }
        found = {
            result.id: result
            for forbidden in sorted(groups, key=len)
            for result in run_questions(groups[forbidden], backend, exercise.oracle, seed)
        }
        results = tuple(
            looked_at(question, notebook, exercise.stubs) if question.manual else found[question.id]
            for question in exercise.questions
        )
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
    names = [rf"\b{name}\b" for question in exercise.questions for name in question.names]
    named = re.compile("|".join(names) or NOTHING)
    known = any(cell.question in ids for cell in (*notebook.cells, *notebook.texts))
    if not known and not any(named.search(cell.source) for cell in notebook.cells):
        raise Malformed(f"the notebook holds none of the questions of {exercise.name}: is it another exercise's?")


def without_hidden(questions: Sequence[Question]) -> list[Question]:
    """The questions with their public checks only."""
    return [
        replace(question, checks=[check for check in question.checks if not check.hidden]) for question in questions
    ]
