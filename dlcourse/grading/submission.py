"""Reading a submitted notebook. It may be anything: what is not a notebook is refused in one sentence."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECK_CALL = re.compile(r"\s*check\(.*\)\s*", re.DOTALL)
MAX_BYTES = 50 * 2**20
MAX_CELLS = 2_000


class Malformed(ValueError):
    """A file that is not a readable notebook, or not of this exercise; the message is for student and instructor."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells (from 1), its source, the id it was released under, and its tags."""

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
    """The code cells of a notebook, and the exercise it says it is."""

    cells: tuple[Cell, ...]
    exercise: str


def read_notebook(path: Path) -> SubmittedNotebook:
    """The notebook in a file, or `Malformed` with the reason."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Malformed(
                f"the file has {size / 2**20:.0f} MB; at most {MAX_BYTES / 2**20:.0f} MB are read (clear the outputs)"
            )
        return parse_notebook(path.read_bytes())
    except OSError as error:
        raise Malformed(f"the file cannot be read ({error.strerror})") from None


def parse_notebook(data: bytes) -> SubmittedNotebook:
    """The notebook in these bytes, or `Malformed` with the reason."""
    if not data.strip():
        raise Malformed("the file is empty")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Malformed(
            "the file is not a notebook: its JSON cannot be read (was it cut short, or saved by another program?)"
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise Malformed("the file is JSON, but not a notebook: it has no list of cells")
    if len(document["cells"]) > MAX_CELLS:
        raise Malformed(f"the notebook has {len(document['cells'])} cells; at most {MAX_CELLS} are read")
    cells = [_cell(i, cell) for i, cell in enumerate(document["cells"], 1) if _get(cell, "cell_type") == "code"]
    return SubmittedNotebook(tuple(cells), str(_get(document, "metadata", "dlcourse", "exercise") or ""))


def _cell(number: int, cell: Any) -> Cell:
    source = _get(cell, "source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Malformed(f"cell {number} has no readable source")
    tags = _get(cell, "metadata", "tags")
    names = frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()
    return Cell(number, source, str(_get(cell, "metadata", "nbgrader", "grade_id") or ""), names)


def _get(thing: Any, *keys: str) -> Any:
    for key in keys:
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing
