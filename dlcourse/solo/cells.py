"""A notebook as a file holds it, cell by cell: read with care, since it may be anything, and written as Jupyter does."""

import json
import re
from pathlib import Path
from typing import Any

from dlcourse.grading.exercise import UsageError
from dlcourse.grading.submission import Malformed, decoded, parse_notebook

#: A notebook, or a cell of it, as JSON.
Document = dict[str, Any]
DEFINED = re.compile(r"^(?:(?:async +)?(?:def|class) +(\w+)|(\w+) *(?::[^=\n]+)?=(?!=))", re.MULTILINE)


def read_document(path: Path, exercise: str) -> Document:
    """The notebook of an exercise; UsageError with the reason where it cannot be changed without harm."""
    try:
        data = path.read_bytes()
        says = parse_notebook(data).exercise
        document: Document = json.loads(decoded(data))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}): `dlcourse start` brings back what is gone"
        ) from None
    except Malformed as error:
        raise UsageError(
            f"{path.name}: {error}; nothing was changed. To begin anew, rename it and run `dlcourse start` on your folder"
        ) from None
    if says not in ("", exercise):
        raise UsageError(f"{path.name} is a notebook of exercise {says}, not of {exercise}; nothing was changed")
    if "cells" not in document:
        raise UsageError(f"{path.name} is of an old format: open it in JupyterLab, save it, and try again")
    if broken := [i for i, cell in enumerate(document["cells"], 1) if not isinstance(cell, dict)]:
        raise UsageError(f"{path.name}: cell {broken[0]} is damaged; nothing was changed")
    return document


def text_of(document: Document) -> str:
    """A notebook as the text that Jupyter would save."""
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # half a character, spelt out as JSON spells it


def source_of(cell: Document) -> str:
    """What is written in a cell."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def mark_of(cell: Document) -> str:
    """The name under which the course gave out a cell that is graded: `q1`, `q1-2`, `q1-check`; nothing for others."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    mark = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return mark if isinstance(mark, str) else ""


def question_of(cell: Document) -> str:
    """The question that a cell answers or checks.

    >>> question_of({"metadata": {"nbgrader": {"grade_id": "q1-check"}}})
    'q1'
    """
    return mark_of(cell).split("-")[0]


def is_answer(cell: Document) -> bool:
    """Whether the course gave out a cell for an answer."""
    return bool(mark_of(cell)) and not re.search(r"-check\b", mark_of(cell))


def names_in(source: str) -> set[str]:
    r"""What code defines at its outermost level, even where it does not compile.

    >>> sorted(names_in("def f(x):\n    y = x\n    return y\nslope = (1 +"))
    ['f', 'slope']
    """
    return {found[1] or found[2] for found in DEFINED.finditer(source)}
