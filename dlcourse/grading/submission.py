"""Reading a submitted notebook. It may be anything: what is not a notebook is refused in one sentence."""

import codecs
import json
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

CHECK_CALL = re.compile(r"\s*check\(.*\)\s*", re.DOTALL)
MAX_BYTES = 50 * 2**20
#: Brackets, braces and commas, each of which may stand for a value: 50 MB of `[],` would become a gigabyte of lists.
MAX_VALUES = 3_000_000
MAX_CELLS = 2_000
#: Characters of one cell: what a message to a worker can hold, whatever the alphabet.
MAX_SOURCE = 1_000_000
MAX_NAME = 200


class Malformed(ValueError):
    """A file that is not a readable notebook, or not of this exercise; the message is for student and instructor."""


@dataclass(frozen=True)
class Cell:
    """A cell: its place among all cells (from 1), its source, the id it was released under, and its tags."""

    number: int
    source: str
    grade_id: str
    tags: frozenset[str]

    @property
    def question(self) -> str:
        """The question it answers, by the id it was released under: `q1`, and `q1-2` for a second cell."""
        return re.sub(r"-\d+$", "", self.grade_id)

    @property
    def is_run(self) -> bool:
        """Whether it runs when the notebook is graded: demonstrations and the learner's own checks do not."""
        return bool(self.source.strip()) and "demo" not in self.tags and not CHECK_CALL.fullmatch(self.source)


@dataclass(frozen=True)
class SubmittedNotebook:
    """The code cells of a notebook, the exercise it says it is, and the cells that answer a question in prose."""

    cells: tuple[Cell, ...]
    exercise: str
    texts: tuple[Cell, ...] = ()


def read_notebook(path: Path) -> SubmittedNotebook:
    """The notebook in a file, or `Malformed` with the reason."""
    return parse_notebook(read_file(path))


def read_file(path: Path) -> bytes:
    """What a file holds, or `Malformed` where it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Malformed(
                f"the file has {size / 2**20:.0f} MB; at most {MAX_BYTES / 2**20:.0f} MB are read (clear the outputs)"
            )
        return path.read_bytes()
    except OSError as error:
        raise Malformed(f"the file cannot be read ({error.strerror})") from None


def parse_notebook(data: bytes) -> SubmittedNotebook:
    """The notebook in these bytes, of any version since nbformat 2, or `Malformed` with the reason."""
    if not data.strip():
        raise Malformed("the file is empty")
    if sum(map(data.count, (b"[", b"{", b","))) > MAX_VALUES:
        raise Malformed(f"the notebook holds more than {MAX_VALUES:,} values: clear the outputs and hand it in again")
    text = decoded(data)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed(
            "the file is not a notebook: its JSON cannot be read (was it cut short, or saved by another program?)"
        ) from None
    cells = all_cells(document)
    if len(cells) > MAX_CELLS:
        raise Malformed(f"the notebook has {len(cells)} cells; at most {MAX_CELLS} are read")
    code = [_cell(i, cell) for i, cell in enumerate(cells, 1) if _get(cell, "cell_type") == "code"]
    texts = [_prose(i, cell) for i, cell in enumerate(cells, 1) if _answers_in_prose(cell)]
    return SubmittedNotebook(tuple(code), _text(document, "metadata", "dlcourse", "exercise"), tuple(texts))


def decoded(data: bytes) -> str:
    """The text of a file, which must be UTF-8; a byte order mark does no harm."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"{\0", b"\0{")):
        raise Malformed("the file is in UTF-16, and a notebook is in UTF-8: save it as UTF-8 and hand it in again")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.lstrip().startswith(b"{"):
            raise Malformed(
                f"byte {error.start + 1} of the file is not UTF-8: save the notebook as UTF-8 and hand it in again"
            ) from None
        raise Malformed("the file is not a notebook: its JSON cannot be read (it is not even text)") from None


def all_cells(document: Any) -> list[Any]:
    """The cells of a notebook; before nbformat 4 they stand on worksheets."""
    sheets = _get(document, "worksheets")
    pages = [document, *(sheets if isinstance(sheets, list) else [])]
    found = [cells for page in pages if isinstance(cells := _get(page, "cells"), list)]
    if not found:
        raise Malformed("the file is JSON, but not a notebook: it has no list of cells")
    return list(chain.from_iterable(found))


def _cell(number: int, cell: Any) -> Cell:
    source = _source(cell)
    if source is None:
        raise Malformed(f"cell {number} has no readable source")
    if len(source) > MAX_SOURCE:
        raise Malformed(f"cell {number} holds {len(source):,} characters of code; at most {MAX_SOURCE:,} are read")
    tags = _get(cell, "metadata", "tags")
    names = frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()
    return Cell(number, source, _text(cell, "metadata", "nbgrader", "grade_id"), names)


def _answers_in_prose(cell: Any) -> bool:
    return _get(cell, "cell_type") == "markdown" and _get(cell, "metadata", "nbgrader", "solution") is True


def _prose(number: int, cell: Any) -> Cell:
    """A cell that nothing runs: a picture pasted into it, or a broken source, costs nobody the rest."""
    return Cell(
        number, (_source(cell) or "")[:MAX_SOURCE], _text(cell, "metadata", "nbgrader", "grade_id"), frozenset()
    )


def _source(cell: Any) -> str | None:
    source = next((_get(cell, key) for key in ("source", "input") if _get(cell, key) is not None), "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source if isinstance(source, str) else None


def _text(thing: Any, *keys: str) -> str:
    value = _get(thing, *keys)
    return value[:MAX_NAME] if isinstance(value, str) else ""


def _get(thing: Any, *keys: str) -> Any:
    for key in keys:
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing
