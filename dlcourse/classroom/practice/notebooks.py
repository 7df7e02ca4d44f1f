"""Notebooks as JSON, and what people do to them between the hand-out and the hand-in."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]


def source_of(cell: Cell) -> str:
    """What is written in a cell."""
    return "".join(cell["source"])


def grade_id(cell: Cell) -> str:
    """The id that nbgrader knows a cell by, or nothing."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def answer_cells(notebook: Notebook, question: str) -> list[Cell]:
    """The cells that were given out for a question's answer: `q1`, and `q1-2` for a second one."""
    marked = [(cell, grade_id(cell).split("-")) for cell in notebook["cells"]]
    return [cell for cell, (id, *more) in marked if id == question and "check" not in more]


def written(notebook: Notebook, answers: Mapping[str, Sequence[str]]) -> Notebook:
    """A copy of a notebook with these sources in the cells of each question."""
    own = copy.deepcopy(notebook)
    for question, sources in answers.items():
        for cell, source in zip(answer_cells(own, question), sources, strict=True):
            cell["source"] = source.splitlines(keepends=True)
    return own


def add_behind(notebook: Notebook, question: str, code: str) -> None:
    """Write more code into the answer to a question, below what stands there."""
    cell = answer_cells(notebook, question)[-1]
    cell["source"] = f"{source_of(cell)}\n{code}"


def add_cell(notebook: Notebook, code: str, place: int = 2) -> None:
    """Put a cell of a student's own into a notebook, behind the first ones, which import."""
    own = {"cell_type": "code", "id": f"own-{len(notebook['cells'])}", "metadata": {}, "source": code}
    notebook["cells"].insert(place, own | {"outputs": [], "execution_count": None})


def delete_answer(notebook: Notebook, question: str) -> None:
    """Delete the cells of a question's answer."""
    gone = [id(cell) for cell in answer_cells(notebook, question)]
    notebook["cells"] = [cell for cell in notebook["cells"] if id(cell) not in gone]


def lose_ids(notebook: Notebook) -> None:
    """Lose what nbgrader knows cells by, as some editors do."""
    for cell in notebook["cells"]:
        cell["metadata"].pop("nbgrader", None)
