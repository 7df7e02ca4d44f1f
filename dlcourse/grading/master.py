"""From master to student notebook: which cells are answers, which are checks, and what a student finds in their place.

A master is written as text (`solutions/source/NN_name.py`). An answer cell carries `question="q1"` and marks what a
student writes with `### BEGIN SOLUTION` and `### END SOLUTION`. Each region becomes a stub; where a block
`### BEGIN STUDENT` (commented-out code) follows it, as in a question about a bug, that code stands there instead. The
answer to a question that a person marks may stand in a Markdown cell, between the same lines.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dlcourse.checks.plain import squeezed
from dlcourse.checks.question import Question

Notebook = dict[str, Any]
#: What stands in place of a solution, by the type of its cell: nbgrader's own words.
STUBS = {"code": "# YOUR CODE HERE\nraise NotImplementedError()", "markdown": "YOUR ANSWER HERE"}
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
    """Write nbgrader's metadata (schema 3) on the answer and check cells of a master, and its name on the notebook."""
    worth = {question.id: question.points for question in questions}
    by_hand = {question.id for question in questions if question.manual}
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
            if asked and cell["cell_type"] != "code" and id not in by_hand:
                raise MasterError(
                    f"{name}, cell {number}: {id} is checked, and its answer is no code: give it manual=..."
                )
            counter = answers if asked else checks
            counter[id] += 1
            number_of = f"-{counter[id]}" if counter[id] > 1 else ""
            graded = {"grade": True, "points": worth[id]}
            if asked:
                role = {"grade_id": f"{id}{number_of}", "solution": True} | (graded if id in by_hand else {})
            else:
                role = {"grade_id": f"{id}-check{number_of}", "locked": True} | ({} if id in by_hand else graded)
            cell["metadata"]["nbgrader"] = NBGRADER | role
    for id in worth:
        if id in by_hand and answers[id] != 1:
            raise MasterError(
                f"{name}: {id} is marked by a person and needs exactly one answer cell, it has {answers[id]}"
            )
        if id not in by_hand and (not answers[id] or checks[id] != 1):
            raise MasterError(
                f'{name}: {id} needs an answer cell and exactly one cell `check("{id}")`, it has {answers[id]} and {checks[id]}'
            )


def student_notebook(master: Notebook) -> Notebook:
    """What a student gets: the master without solutions and outputs."""
    cells = []
    for cell in master["cells"]:
        cell = {**cell, "source": strip(*typed(cell)).splitlines(keepends=True)}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        cells.append(cell)
    kept = {key: value for key, value in master["metadata"].items() if key != "widgets"}
    return {**master, "cells": cells, "metadata": kept}


def typed(cell: Notebook) -> tuple[str, str]:
    """A cell's source, and what takes the place of a solution in it."""
    return "".join(cell["source"]), STUBS.get(cell["cell_type"], "")


def strip(source: str, stub: str = STUBS["code"]) -> str:
    r"""A cell's source with each solution replaced by a stub, or by the code that students are given.

    >>> print(strip("def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"))
    def f(x):
        # YOUR CODE HERE
        raise NotImplementedError()
    """

    def replacement(region: re.Match[str]) -> str:
        indent, given = region["indent"], region["given"]
        return uncommented(given) if given else "".join(f"{indent}{line}\n" for line in stub.splitlines())

    stripped = REGION.sub(replacement, source)
    if re.search(r"### (BEGIN|END) (SOLUTION|STUDENT)", stripped):
        raise MasterError(
            f"a region is not closed, or a STUDENT block does not follow a SOLUTION: {stripped.strip().splitlines()[0]!r}"
        )
    return stripped.rstrip("\n")


def solved(source: str) -> str:
    r"""An answer cell with its solution, without the marks around it.

    >>> solved("def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION")
    'def f(x):\n    return 2 * x'
    """
    return REGION.sub(lambda region: region["solution"], source).rstrip("\n")


def uncommented(block: str) -> str:
    """A block of commented-out code as code."""
    return "".join(re.sub(r"^(\s*)# ?", r"\1", line) + "\n" for line in block.splitlines())


def regions_of(master: Notebook, kind: str) -> list[re.Match[str]]:
    """The solution regions in cells of a kind, `code` or `markdown`."""
    sources = ("".join(cell["source"]) for cell in master["cells"] if cell["cell_type"] == kind)
    return [region for source in sources for region in REGION.finditer(source)]


def given_of(master: Notebook, kind: str = "code") -> list[str]:
    """What students are given in place of a solution."""
    return [uncommented(region["given"]) for region in regions_of(master, kind) if region["given"]]


def stubs_of(master: Notebook) -> list[str]:
    """The answer cells as students get them, in the form that `squeezed` gives."""
    return [
        squeezed(strip(*typed(cell)))
        for cell in master["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    ]


def solutions_of(master: Notebook, kind: str = "code") -> list[str]:
    """The text of every solution region."""
    return [region["solution"] for region in regions_of(master, kind)]


def promised_points(master: Notebook) -> dict[str, float]:
    """The points that a student reads in the heading of each question: `## q1 · Title (3 points)`."""
    prose = ["".join(cell["source"]) for cell in master["cells"] if cell["cell_type"] == "markdown"]
    return {found["id"]: float(found["points"]) for text in prose for found in HEADING.finditer(text)}
