"""A class of submissions, made from the master of a real exercise: what an instructor finds in a folder on a Monday."""

import copy
import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.practice import malice
from dlcourse.classroom.practice.notebooks import (
    Notebook,
    add_behind,
    add_cell,
    delete_answer,
    grade_id,
    lose_ids,
)
from dlcourse.classroom.record import Record
from dlcourse.grading.master import student_notebook

ROOT = Path(__file__).parents[2]
EXERCISE = "05_activations"
QUESTION, FUNCTION = "q1", "silu"


def master() -> Notebook:
    return json.loads((ROOT / "solutions" / f"{EXERCISE}.ipynb").read_text(encoding="utf-8"))


def stub() -> Notebook:
    return student_notebook(master())


def after_answer(code: str) -> Callable[[Notebook], None]:
    """Right answers, and `code` behind the answer to the first question, where `right` is the right function."""
    return lambda notebook: add_behind(notebook, QUESTION, f"right = {FUNCTION}\n{code}")


def own_cell(code: str) -> Callable[[Notebook], None]:
    """Right answers, and a cell of the student's own at the end of the answers."""
    return lambda notebook: add_cell(notebook, code)


def duplicate_answer_with_stub(notebook: Notebook) -> None:
    """The whole notebook pasted behind itself, its second half untouched: the same ids twice."""
    notebook["cells"] += copy.deepcopy(stub()["cells"])


def half_done(notebook: Notebook) -> None:
    for cell, untouched in zip(notebook["cells"], stub()["cells"], strict=True):
        if grade_id(cell) not in ("", "q1", "q2", "q3"):
            cell["source"] = untouched["source"]


ALWAYS_EQUAL = malice.ALWAYS_EQUAL.replace("FUNCTION", FUNCTION)

SUBCLASS = f"""
class Friendly(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
    def __eq__(self, other): return True
def {FUNCTION}(z, *args, **kwargs):
    y, cache = right(z, *args, **kwargs)
    return (np.asarray(y) + 1.0).view(Friendly), cache
"""


@dataclass(frozen=True)
class Student:
    """A name, what was done to the right notebook (or what the file holds instead), and what must come of it.

    `lost` names the questions that lose points; None where there are none to be had.
    """

    name: str
    status: str
    lost: frozenset[str] | None
    change: Callable[[Notebook], None] = lambda notebook: None
    begin: Callable[[], Notebook] = master
    raw: bytes | None = None
    message: str = ""


NOTHING: frozenset[str] = frozenset()
FIRST = frozenset({QUESTION})


def everyone(questions: frozenset[str]) -> list[Student]:
    in_place = f"def {FUNCTION}(z, *a, **k):\n    out = right(z, *a, **k)\n    z += 1.0\n    return out"
    loop = f"def {FUNCTION}(z, *a, **k):\n    while True: pass"
    noisy = "import sys, warnings\nprint('careful', file=sys.stderr)\nwarnings.warn('careful')\nnp.array([1.0]) / np.array([0.0])"
    other = {"cells": [], "metadata": {"dlcourse": {"exercise": "01_perceptron"}}, "nbformat": 4, "nbformat_minor": 5}
    return [
        Student("perfect", "graded", NOTHING),
        Student("untouched", "graded", questions, begin=stub),
        Student("half-done", "graded", questions - {"q1", "q2", "q3"}, half_done),
        Student("noisy", "graded", NOTHING, own_cell(noisy)),
        Student("raising-cell", "graded", NOTHING, own_cell("raise RuntimeError('an experiment of mine')")),
        Student("deleted-cell", "graded", FIRST, lambda notebook: delete_answer(notebook, QUESTION)),
        Student("lost-ids", "graded", NOTHING, lose_ids),
        Student("duplicated", "graded", NOTHING, duplicate_answer_with_stub),
        Student("in-place", "graded", FIRST, after_answer(in_place)),
        Student("loop-in-function", "timeout", FIRST, after_answer(loop)),
        Student("loop-in-cell", "timeout", NOTHING, own_cell("while True: pass")),
        Student("exit-in-cell", "crashed", NOTHING, own_cell("import os; os._exit(0)")),
        Student("exit-in-function", "crashed", FIRST, after_answer(f"import os\ndef {FUNCTION}(*a, **k): os._exit(0)")),
        Student("polite-exit", "graded", NOTHING, own_cell("import sys; sys.exit(0)")),
        Student("always-equal", "graded", FIRST, after_answer(ALWAYS_EQUAL)),
        Student("subclass", "graded", FIRST, after_answer(SUBCLASS)),
        Student("broken", "malformed", None, raw=b'{"cells": [', message="JSON cannot be read"),
        Student("empty", "malformed", None, raw=b"", message="the file is empty"),
        Student("binary", "malformed", None, raw=bytes(range(256)), message="JSON cannot be read"),
        Student("not-a-notebook", "malformed", None, raw=b'{"a": 1}', message="no list of cells"),
        Student(
            "other", "malformed", None, raw=json.dumps(other).encode(), message="a notebook of exercise 01_perceptron"
        ),
        Student("Zoë Ñandú 林", "graded", NOTHING),
    ]


def hand_in(student: Student, folder: Path) -> None:
    """Write one student's submission as `STUDENT/ASSIGNMENT/NOTEBOOK.ipynb`."""
    path = folder / student.name / EXERCISE / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    if student.raw is not None:
        path.write_bytes(student.raw)
        return
    notebook = student.begin()
    student.change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    """A table of results."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(results: Path) -> list[Record]:
    """What grading found of each student in each assignment."""
    with Gradebook(results / FILE) as book:
        return [standing.record for standing in book.standings()]
