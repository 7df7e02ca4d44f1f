"""A small course of one exercise, sound in every respect, for tests to spoil."""

import json
from pathlib import Path

import pytest

from dlcourse.checks.question import read_questions
from dlcourse.grading.master import annotate

NAME = "90_twice"

CHECKS = '''
"""All checks of the exercise."""

import numpy as np

from dlcourse.checks import expect, question

INPUTS = np.array([1.0, -2.0, 3.0])
SECRET = 17.0

q1 = question("q1", "Twice", functions=["twice"])


@q1.check("three numbers", points=2)
def three(student, solution):
    expect(student.twice(INPUTS)).close_to(solution.twice(INPUTS))


@q1.check("random numbers", hidden=True)
def random_numbers(student, solution, rng):
    x = rng.normal(size=5) + SECRET
    expect(student.twice(x)).close_to(solution.twice(x))


@q1.mistake("That is the square.")
def square(x):
    return x * x * np.ones_like(x)


@q1.mistake("That is the half.")
def half(x):
    return x / 2.0 + np.zeros_like(x)


@q1.mistake("The sign is lost.")
def unsigned(x):
    return 2.0 * np.abs(x) + np.zeros_like(x)


@q1.alternative
def shifted(x):
    return np.left_shift(np.ones(3, int), 1)[0] * x


@q1.alternative
def added(x):
    return np.add(x, x) + np.zeros_like(x)
'''

CELLS = [
    ("code", "import numpy as np\nfrom dlcourse.checks import exercise\ncheck = exercise('90_twice')", {}),
    ("markdown", "## q1 · Twice (3 points)\nGive twice of each entry of x.", {}),
    ("code", "def twice(x):\n    ### BEGIN SOLUTION\n    doubled_entries = x + x\n    return doubled_entries\n    ### END SOLUTION", {"question": "q1"}),
    ("code", 'check("q1")', {}),
    ("code", "print('not run when it is graded')\nraise RuntimeError", {"tags": ["demo"]}),
    ("code", "check()", {}),
]  # fmt: skip


class Course:
    """A checkout with one exercise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.checks = root / "solutions" / "checks" / f"{NAME}.py"
        self.master = root / "solutions" / f"{NAME}.ipynb"
        self.checks.parent.mkdir(parents=True)
        self.checks.write_text(CHECKS)
        self.cells = list(CELLS)
        self.write_master()

    def write_master(self) -> None:
        cells = [
            {"cell_type": kind, "id": f"cell-{i}", "metadata": dict(metadata), "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for i, (kind, source, metadata) in enumerate(self.cells)
        ]
        master = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        annotate(master, NAME, read_questions(self.checks))
        self.master.write_text(json.dumps(master))

    def spoil_checks(self, old: str, new: str) -> None:
        text = self.checks.read_text()
        assert old in text
        self.checks.write_text(text.replace(old, new))
        self.write_master()

    def spoil_cell(self, i: int, old: str, new: str) -> None:
        kind, source, metadata = self.cells[i]
        assert old in source
        self.cells[i] = (kind, source.replace(old, new), metadata)
        self.write_master()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)
