"""To begin afresh: a question's cells, or all of an exercise's, as they were given out; what was there is kept aside.

Only the course's own cells are put back. Cells that the learner added stay where they are.
"""

import copy
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from dlcourse.course import KEPT
from dlcourse.files import write_whole
from dlcourse.grading.exercise import UsageError
from dlcourse.solo.cells import Document, is_answer, names_in, question_of, read_document, source_of, text_of
from dlcourse.solo.given import Given
from dlcourse.solo.pairing import KEYS, pair, shared


@dataclass(frozen=True)
class Reset:
    """What became of it: where the present version is kept (None if nothing had to be changed), and what else to say."""

    kept: Path | None = None
    notes: tuple[str, ...] = ()


def reset(notebook: Path, given: Given, question: str | None = None) -> Reset:
    """Put a question (or, without one, everything the course gave) back; UsageError where the notebook is unreadable."""
    document = read_document(notebook, given.name)
    work = Work(document, given)
    changed = [work.put_back(i) for i in (given.of_question(question) if question else range(len(given.cells)))]
    if not any(changed):
        return Reset(notes=work.bystanders(question))
    work.mark()
    try:
        kept = keep_aside(notebook)
        write_whole(notebook, text_of(document))
    except PermissionError:
        raise
    except OSError as error:
        raise UsageError(f"{notebook} cannot be written ({error.strerror}); it is as it was") from None
    return Reset(kept, (*work.notes, *work.bystanders(question)))


class Work:
    """A learner's notebook beside what was given; `notes` collects what was not as expected."""

    def __init__(self, document: Document, given: Given) -> None:
        self._cells: list[Document] = document["cells"]
        self._with_ids = document.get("nbformat_minor", 0) >= 5
        self._given = given.cells
        self._become = {i: self._cells[j] for i, j in pair(given.cells, self._cells).items()}
        self.notes: list[str] = []

    def put_back(self, i: int) -> bool:
        """Make one cell what it was when it was given out, or bring it back; whether that changed anything."""
        given = self._given[i]
        if i not in self._become:
            self._become[i] = self._insert(i)
            if question_of(given):
                self.notes.append(f"Gone and brought back: {self._which(i)}, as {self._place(i)}.")
            return True
        own = self._become[i]
        if source_of(own) == source_of(given) and not own.get("outputs"):
            return False
        if not any(key(given) and key(given) == key(own) for key in KEYS):
            names = said(shared(given, own))
            self.notes.append(
                f"The notebook has lost its marks; {self._place(i)} defines {names}, so it was taken for {self._which(i)}."
            )
        self._mourn(i)
        own["source"] = given["source"]
        if given["cell_type"] == "code":
            own |= {"outputs": [], "execution_count": None}
        return True

    def mark(self) -> None:
        """Give the course's cells back the marks that they may have lost."""
        for i, cell in self._become.items():
            if mark := self._given[i]["metadata"].get("nbgrader"):
                metadata = cell.get("metadata")
                cell["metadata"] = (metadata if isinstance(metadata, dict) else {}) | {"nbgrader": mark}

    def bystanders(self, question: str | None) -> tuple[str, ...]:
        """Sentences on cells of the learner's that define what the question asks for: they still count."""
        asked = [cell for cell in self._given if is_answer(cell) and question in (None, question_of(cell))]
        names = {name for cell in asked for name in names_in(source_of(cell))}
        known = [id(cell) for cell in self._become.values()]
        return tuple(
            f"Cell {place} is yours and defines {said(theirs)} as well: it was left as it is."
            for place, cell in enumerate(self._cells, 1)
            if id(cell) not in known
            and cell.get("cell_type") == "code"
            and (theirs := names_in(source_of(cell)) & names)
        )

    def _insert(self, i: int) -> Document:
        """A given cell, put behind the one it was given behind, as far as that is still there."""
        cell = copy.deepcopy(self._given[i])
        taken = {other.get("id") for other in self._cells}
        while cell.get("id") in taken:
            cell["id"] += "-again"
        if not self._with_ids:
            cell.pop("id", None)
        above = [self._become[k] for k in range(i) if k in self._become]
        self._cells.insert(1 + self._index(above[-1]) if above else 0, cell)
        return cell

    def _mourn(self, i: int) -> None:
        """Say what else stands in a cell: the answer to another question, whose own cell is gone."""
        for k, other in enumerate(self._given):
            if k not in self._become and is_answer(other) and (theirs := shared(other, self._become[i])):
                self.notes.append(
                    f"{self._place(i).capitalize()} held {said(theirs)} of {question_of(other)} as well: find it in the kept version."
                )

    def _which(self, i: int) -> str:
        question = question_of(self._given[i])
        return f"the answer to {question}" if is_answer(self._given[i]) else f'`check("{question}")`'

    def _place(self, i: int) -> str:
        return f"cell {1 + self._index(self._become[i])}"

    def _index(self, cell: Document) -> int:
        return next(j for j, other in enumerate(self._cells) if other is cell)


def said(names: set[str]) -> str:
    """Names in a sentence."""
    return ", ".join(f"`{name}`" for name in sorted(names))


def keep_aside(notebook: Path) -> Path:
    """Copy a notebook to the first free name beside it, and say which."""
    data = notebook.read_bytes()
    for n in count(1):
        path = notebook.with_name(f"{notebook.stem}{KEPT}{n if n > 1 else ''}{notebook.suffix}")
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        return path
    raise AssertionError("a free name is found, or the disk is full")
