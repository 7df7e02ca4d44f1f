"""One function and two checks: the smallest exercise worth grading, in our format and in nbgrader's, and a class that did it."""

import itertools
import json
from pathlib import Path
from typing import Any

NAME = "trivial"
ANSWERS = {
    "right": "def triangle(n):\n    return n * (n + 1) // 2",
    "a loop": "def triangle(n):\n    total = 0\n    for i in range(1, n + 1):\n        total += i\n    return total",
    "off by one": "def triangle(n):\n    return sum(range(n))",
    "not attempted": "def triangle(n):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
}
CHECKS = '''
"""Triangular numbers."""

from dlcourse.checks import expect, question

q1 = question("q1", "Triangular numbers", functions=["triangle"])


@q1.check("the first ten", points=1)
def first_ten(student, solution):
    for n in range(1, 11):
        expect(student.triangle(n)).equal(solution.triangle(n))


@q1.check("larger ones", points=1, hidden=True)
def larger(student, solution, rng):
    for n in rng.integers(100, 1000, 5).tolist():
        expect(student.triangle(n)).equal(solution.triangle(n))


@q1.mistake("The sum ends with n, and `range(n)` ends before it.")
def ends_early(n):
    return sum(range(n))


@q1.mistake("This is the square of n.")
def square(n):
    return n * n


@q1.mistake("n of them, each n + 1, are twice the sum.")
def not_halved(n):
    return n * (n + 1)
'''
#: nbgrader's two checks: asserts in the student's own process.
ASSERTS = {
    "test-first-ten": "assert [triangle(n) for n in range(1, 11)] == [1, 3, 6, 10, 15, 21, 28, 36, 45, 55]",
    "test-larger": "### BEGIN HIDDEN TESTS\nassert triangle(100) == 5050\nassert triangle(999) == 499500\n### END HIDDEN TESTS",
}
FLAGS = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def code(id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    metadata = {"nbgrader": FLAGS | {"grade_id": id} | nbgrader} if nbgrader else {}
    return {
        "cell_type": "code",
        "id": id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
    about = {"kernelspec": KERNEL, "language_info": {"name": "python"}, **metadata}
    return json.dumps({"cells": list(cells), "metadata": about, "nbformat": 4, "nbformat_minor": 5})


def ours(answer: str) -> str:
    """The notebook with an answer, in our format."""
    set_up = code("setup", f'from dlcourse.checks import exercise\n\ncheck = exercise("{NAME}")')
    check = code("q1-check", 'check("q1")', grade=True, locked=True, points=2)
    return notebook(set_up, code("q1", answer, solution=True), check, dlcourse={"exercise": NAME})


def theirs(answer: str) -> str:
    """The notebook with an answer, in nbgrader's format."""
    tests = [code(id, source, grade=True, locked=True, points=1) for id, source in ASSERTS.items()]
    return notebook(code("q1", answer, solution=True), *tests)


def write_solutions(folder: Path) -> None:
    """The exercise, as an author of ours has it."""
    solution = ANSWERS["right"].replace("    return", "    ### BEGIN SOLUTION\n    return") + "\n    ### END SOLUTION"
    write(folder / f"{NAME}.ipynb", ours(solution))
    write(folder / "checks" / f"{NAME}.py", CHECKS)


def write_class(folder: Path, students: int, made: Any) -> None:
    """What a class handed in, `STUDENT/ASSIGNMENT/NOTEBOOK.ipynb`: the answers in turn."""
    for i, answer in zip(range(students), itertools.cycle(ANSWERS.values()), strict=False):
        write(folder / f"student-{i:04}" / NAME / f"{NAME}.ipynb", made(answer))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
