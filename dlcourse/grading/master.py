"""From master to student notebook: which cells are answers, which are checks, and what a student finds in their place.

A master is written as text (`solutions/source/NN_name.py`). An answer cell carries `question="q1"` and marks what a
student writes with `### BEGIN SOLUTION` and `### END SOLUTION`. Each region becomes a stub; where a block
`### BEGIN STUDENT` (commented-out code) follows it, as in a question about a bug, that code stands there instead.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dlcourse.checks.plain import squeezed
from dlcourse.checks.question import Question

Notebook = dict[str, Any]
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
REGION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION[^\n]*\n(?P<solution>.*?)^[ \t]*### END SOLUTION[^\n]*(?:\n|\Z)"
    r"(?:[ \t]*### BEGIN STUDENT[^\n]*\n(?P<given>.*?)^[ \t]*### END STUDENT[^\n]*(?:\n|\Z))?",
    re.DOTALL | re.MULTILINE,
)
HEADING = re.compile(r"^#+ (?P<id>q\w+)\b.*\((?P<points>[\d.]+) points?\)", re.MULTILINE)
CHECK = re.compile(r"check\(\"(?P<id>[\w-]+)\"\)")
NBGRADER = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}


class MasterError(ValueError):
    """A master notebook that cannot be released; the message names the cell."""


def annotate(master: Notebook, name: str, questions: Sequence[Question]) -> None:
    """Write nbgrader's metadata (schema 3) on the answer and check cells of a master, and its name on the notebook.

    A check cell is worth what its public checks are: in nbgrader nothing else runs, so nothing else can be earned there.
    """
    worth = {question.id: question.public_points for question in questions}
    answers: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    master["metadata"]["dlcourse"] = {"exercise": name}
    for number, cell in enumerate(master["cells"], 1):
        source = "".join(cell["source"])
        asked = cell["metadata"].pop("question", None)
        check = CHECK.fullmatch(source.strip())
        if ("### BEGIN SOLUTION" in source) != (asked is not None):
            raise MasterError(f'{name}, cell {number}: `question="..."` and `### BEGIN SOLUTION` go together')
        if asked or check:
            id = str(asked) if asked else str(check and check["id"])
            if id not in worth:
                raise MasterError(
                    f"{name}, cell {number}: there are no checks for {id!r} (there are {', '.join(worth)})"
                )
            counter = answers if asked else checks
            counter[id] += 1
            number_of = f"-{counter[id]}" if counter[id] > 1 else ""
            cell["metadata"]["nbgrader"] = (
                NBGRADER | {"grade_id": f"{id}{number_of}", "solution": True}
                if asked
                else NBGRADER
                | {"grade_id": f"{id}-check{number_of}", "grade": True, "locked": True, "points": worth[id]}
            )
    for id in worth:
        if not answers[id] or checks[id] != 1:
            raise MasterError(
                f'{name}: {id} needs an answer cell and exactly one cell `check("{id}")`, it has {answers[id]} and {checks[id]}'
            )


def student_notebook(master: Notebook) -> Notebook:
    """What a student gets: the master without solutions and outputs."""
    cells = []
    for cell in master["cells"]:
        cell = {**cell, "source": strip("".join(cell["source"])).splitlines(keepends=True)}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        cells.append(cell)
    kept = {key: value for key, value in master["metadata"].items() if key != "widgets"}
    return {**master, "cells": cells, "metadata": kept}


def strip(source: str) -> str:
    r"""A cell's source with each solution replaced by a stub, or by the code that students are given.

    >>> print(strip("def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"))
    def f(x):
        # YOUR CODE HERE
        raise NotImplementedError()
    """

    def replacement(region: re.Match[str]) -> str:
        indent, given = region["indent"], region["given"]
        return uncommented(given) if given else "".join(f"{indent}{line}\n" for line in STUB.splitlines())

    stripped = REGION.sub(replacement, source)
    if re.search(r"### (BEGIN|END) (SOLUTION|STUDENT)", stripped):
        raise MasterError(
            f"a region is not closed, or a STUDENT block does not follow a SOLUTION: {stripped.strip().splitlines()[0]!r}"
        )
    return stripped.rstrip("\n")


def uncommented(block: str) -> str:
    """A block of commented-out code as code."""
    return "".join(re.sub(r"^(\s*)# ?", r"\1", line) + "\n" for line in block.splitlines())


def given_of(master: Notebook) -> list[str]:
    """The code that students are given in place of a solution."""
    regions = (region for cell in master["cells"] for region in REGION.finditer("".join(cell["source"])))
    return [uncommented(region["given"]) for region in regions if region["given"]]


def stubs_of(master: Notebook) -> list[str]:
    """The answer cells as students get them, in the form that `squeezed` gives."""
    return [
        squeezed(strip("".join(cell["source"])))
        for cell in master["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    ]


def solutions_of(master: Notebook) -> list[str]:
    """The text of every solution region."""
    return [region["solution"] for cell in master["cells"] for region in REGION.finditer("".join(cell["source"]))]


def promised_points(master: Notebook) -> dict[str, float]:
    """The points that a student reads in the heading of each question: `## q1 · Title (3 points)`."""
    prose = ["".join(cell["source"]) for cell in master["cells"] if cell["cell_type"] == "markdown"]
    return {found["id"]: float(found["points"]) for text in prose for found in HEADING.finditer(text)}
