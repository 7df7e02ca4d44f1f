"""What is done: for each exercise of a course folder how many questions are right, and what comes next.

Each notebook is checked as `dlcourse check` does it, by the public checks in a worker. What came of it is remembered until
its code or its checks change; a notebook that holds nothing of the learner's yet is not run at all.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcourse import __version__
from dlcourse.checks.plain import squeezed
from dlcourse.grading.exercise import UsageError, exercise_names, load_public
from dlcourse.grading.submission import Malformed, SubmittedNotebook, read_notebook
from dlcourse.solo.cells import source_of
from dlcourse.solo.given import Installation
from dlcourse.solo.memory import Memory
from dlcourse.solo.named import near

NOT_BEGUN, BEGUN, DONE = "not begun", "begun", "done"
#: What to say of work that did not run to its end; `dlcourse check` says more.
STOPPED = {"timeout": "begun; some of it ran too long and was stopped", "crashed": "begun; some of it ended Python"}


@dataclass(frozen=True)
class Answered:
    """What the public checks found of one question."""

    id: str
    status: str
    score: float
    points: float


@dataclass(frozen=True)
class Row:
    """One exercise; `trouble` is the sentence on work that cannot be read or checked, and then there are no questions."""

    name: str
    notebook: Path
    lesson: Path
    questions: tuple[Answered, ...] = ()
    ended: str = "graded"
    trouble: str = ""

    @property
    def right(self) -> int:
        """How many questions are right."""
        return sum(question.status == "passed" for question in self.questions)

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(question.score for question in self.questions)

    @property
    def points(self) -> float:
        """Points to be had."""
        return sum(question.points for question in self.questions)

    @property
    def state(self) -> str:
        """`not begun`, `begun` or `done`."""
        if all(question.status == "not attempted" for question in self.questions):
            return NOT_BEGUN
        return DONE if self.right == len(self.questions) else BEGUN

    @property
    def words(self) -> str:
        """The state, or what is the matter."""
        return self.trouble or (STOPPED.get(self.ended, BEGUN) if self.state == BEGUN else self.state)


@dataclass(frozen=True)
class Next:
    """What to do next: a question in a notebook, after a lesson if the exercise has not been begun."""

    question: str
    notebook: Path
    lesson: Path | None


@dataclass
class Progress:
    """The exercises of a course folder, looked at one by one; `on_run` hears of each that is being run."""

    folder: Path
    installation: Installation
    again: bool = False
    on_run: Callable[[str], None] = field(default=lambda name: None)

    def rows(self) -> list[Row]:
        """A row an exercise; UsageError where the folder holds none."""
        names = exercise_names(self.folder / "exercises")
        if not names:
            raise UsageError(f"{self.folder} holds no exercises: bring them with `dlcourse start {self.folder}`")
        memory = Memory(self.folder, "progress")
        known = {} if self.again else memory.read()
        try:
            return [self.row(name, known) for name in names]
        finally:
            with contextlib.suppress(OSError):  # a folder that cannot be written to is looked through anew each time
                memory.write(known)

    def row(self, name: str, known: dict[str, Any]) -> Row:
        """One exercise, from what is `known` if nothing has changed."""
        notebook, lesson = self.folder / "exercises" / f"{name}.ipynb", self.folder / "lessons" / f"{name}.ipynb"
        blank = Row(name, notebook, lesson)
        if not notebook.is_file():
            return failed(blank, f"not there: `dlcourse start {near(self.folder)}` brings it back")
        try:
            work = read_notebook(notebook)
            now = digest(work, notebook.parent / "checks" / name)
            if (remembered := recalled(known.get(name), now)) is None:
                remembered = self.checked(work, notebook, name)
                known[name] = {"digest": now, "ended": remembered[0], "questions": [vars(q) for q in remembered[1]]}
        except (Malformed, UsageError) as error:
            return failed(blank, str(error))
        except Exception as error:  # checks are Python, and may have been edited: the other rows must not be lost
            return failed(blank, f"its checks cannot be run ({type(error).__name__}: {error})")
        return Row(name, notebook, lesson, questions=remembered[1], ended=remembered[0])

    def checked(self, work: SubmittedNotebook, notebook: Path, name: str) -> tuple[str, tuple[Answered, ...]]:
        """How the checks of a notebook ended, and what they found."""
        exercise = load_public(notebook, name)
        if self.untouched(work, notebook, name):
            worth = [(q.id, q.points) for q in exercise.questions if q.checks]
            return "graded", tuple(Answered(id, "not attempted", 0.0, points) for id, points in worth)
        from dlcourse.grading.mark import mark

        self.on_run(name)
        marked = mark(work, exercise, seed=0)
        checked = {question.id for question in exercise.questions if question.checks}
        results = [result for result in marked.questions if result.checks and result.id in checked]
        return marked.status, tuple(Answered(r.id, r.status, r.score, r.max_score) for r in results)

    def untouched(self, work: SubmittedNotebook, notebook: Path, name: str) -> bool:
        """Whether all code in a notebook is the course's."""
        given = self.installation.given(name, apart_from=notebook)
        if given is None or work.exercise not in ("", name):
            return False
        theirs = {squeezed(source_of(cell)) for cell in given.cells}
        return all(squeezed(cell.source) in theirs for cell in work.cells if cell.is_run)


def failed(row: Row, trouble: str) -> Row:
    """The row of an exercise that there is nothing more to say of."""
    return Row(row.name, row.notebook, row.lesson, trouble=trouble)


def digest(work: SubmittedNotebook, checks: Path) -> str:
    """What the result of checking hangs on: the cells as the grader reads them, and the files of checks."""
    cells = [[cell.number, cell.source, cell.grade_id, sorted(cell.tags)] for cell in work.cells]
    found = hashlib.sha256(json.dumps([__version__, work.exercise, cells]).encode())
    for suffix in (".py", ".json"):
        file = checks.with_suffix(suffix)
        found.update(hashlib.sha256(file.read_bytes() if file.is_file() else b"").digest())
    return found.hexdigest()


def recalled(entry: Any, digest: str) -> tuple[str, tuple[Answered, ...]] | None:
    """What is remembered of an exercise, if it is of this very content and can be read."""
    try:
        if entry["digest"] != digest:
            return None
        questions = [(q["id"], q["status"], float(q["score"]), float(q["points"])) for q in entry["questions"]]
        return str(entry["ended"]), tuple(Answered(str(q[0]), str(q[1]), q[2], q[3]) for q in questions)
    except (KeyError, TypeError, ValueError):
        return None


def next_step(rows: Sequence[Row]) -> Next | None:
    """The first question that is not right yet: of the exercises that are begun, else of the others; None if all is done."""
    left = [row for row in rows if not row.trouble and row.state != DONE]
    if not left:
        return None
    row = min(left, key=lambda row: row.state != BEGUN)
    question = next(question for question in row.questions if question.status != "passed")
    return Next(question.id, row.notebook, row.lesson if row.state == NOT_BEGUN and row.lesson.is_file() else None)
