"""What goes wrong with honest work on its way: each accident with what must become of the submission."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

from dlcourse.classroom.practice.notebooks import (
    Notebook,
    add_behind,
    add_cell,
    answer_cells,
    delete_answer,
    lose_ids,
    source_of,
)

#: What becomes of the points of the question that an accident is about.
KEPT, LOST, PERHAPS, LESS = "kept", "lost", "perhaps", "less"


@dataclass(frozen=True)
class Accident:
    """What happens to a notebook, or to the bytes of its file: the outcome it must have, and the fate of one question.

    `change` gets the notebook, the question, and one of its functions.
    """

    name: str
    change: Callable[[Notebook, str, str], None] | None = None
    spoil: Callable[[bytes], bytes] | None = None
    status: str = "graded"
    answer: str = KEPT


def cell_of_ones_own(name: str, code: str, status: str = "graded") -> Accident:
    """A cell that a student added."""
    return Accident(name, lambda notebook, *_: add_cell(notebook, code), status=status)


def below_the_answer(name: str, code: str, status: str = "graded", answer: str = LESS) -> Accident:
    """Code below an answer, in which `FUNCTION` stands for the function that was asked for."""

    def change(notebook: Notebook, question: str, function: str) -> None:
        add_behind(notebook, question, f"\n\n{code.replace('FUNCTION', function)}")

    return Accident(name, change, status=status, answer=answer)


def paste_behind_itself(notebook: Notebook, question: str, function: str) -> None:
    """The whole notebook once more behind itself: the same ids twice."""
    notebook["cells"] += copy.deepcopy(notebook["cells"])


def move_to_the_end(notebook: Notebook, question: str, function: str) -> None:
    """An answer below all others."""
    moved = answer_cells(notebook, question)
    delete_answer(notebook, question)
    notebook["cells"] += moved


def misspell(notebook: Notebook, question: str, function: str) -> None:
    """An answer under another name than the one that was asked for."""
    for cell in answer_cells(notebook, question):
        cell["source"] = source_of(cell).replace(f"def {function}(", f"def my_{function}(")


def say_another_exercise(data: bytes) -> bytes:
    """The notebook of last week in this week's place."""
    notebook = json.loads(data)
    notebook["metadata"]["dlcourse"] = {"exercise": "00_last_week"}
    return json.dumps(notebook).encode()


MESS = [
    Accident("all cells have lost their ids", lambda notebook, *_: lose_ids(notebook)),
    Accident("the whole notebook pasted below itself", paste_behind_itself),
    Accident("an answer moved to the end", move_to_the_end),
    Accident("an answer cell deleted", lambda notebook, question, *_: delete_answer(notebook, question), answer=LOST),
    Accident("a function under another name", misspell, answer=PERHAPS),
    below_the_answer("a bracket too many in an answer", "print((1 + 2)))", answer=LOST),
    below_the_answer("prints inside an answer", "for i in range(200):\n    print('now at', i, FUNCTION)", answer=KEPT),
    cell_of_ones_own("an experiment that raises", "import warnings\nwarnings.warn('careful')\nraise RuntimeError('why?')"),
    cell_of_ones_own("notes in other alphabets", "größe = 3  # Größe, μέγεθος, 大きさ, размер\nprint(f'{größe} → ✓ 林')"),
    cell_of_ones_own("installs and magics", "%matplotlib inline\n!pip install numpy\nname = input('who are you?')"),
    cell_of_ones_own("an exit from Python", "import sys\nsys.exit(0)"),
    Accident("a byte order mark in front", spoil=lambda data: b"\xef\xbb\xbf" + data),
    Accident("JSON that is cut off", spoil=lambda data: data[: len(data) // 2], status="malformed"),
    Accident("an empty file", spoil=lambda data: b"", status="malformed"),
    Accident("a PDF called .ipynb", spoil=lambda data: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + data[:900], status="malformed"),
    Accident("UTF-16", spoil=lambda data: data.decode().encode("utf-16"), status="malformed"),
    Accident("another exercise", spoil=say_another_exercise, status="malformed"),
]  # fmt: skip
