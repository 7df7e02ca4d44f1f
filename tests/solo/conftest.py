"""A small course of two exercises, given to a learner by `start`."""

import json
from pathlib import Path

import pytest

from dlcourse.authoring.release import release
from dlcourse.checks.question import read_questions
from dlcourse.course import start
from dlcourse.grading.master import annotate
from dlcourse.solo.given import Installation
from dlcourse.solo.progress import Progress

CHECKS = """
from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])


@q1.check("three", points=2, seconds=0.5)
def three(student, solution):
    expect(student.twice(3.0)).close_to(solution.twice(3.0))


@q1.check("drawn numbers", hidden=True)
def drawn(student, solution, rng):
    x = rng.normal()
    expect(student.twice(x)).close_to(solution.twice(x))


@q1.mistake("That is the square.")
def square(x):
    return x * x


@q1.alternative
def by_a_sum(x):
    return x + x


q2 = question("q2", "Half, and a word", functions=["half"], values=["word"])


@q2.check("half of three")
def half_of_three(student, solution):
    expect(student.half(3.0)).close_to(solution.half(3.0))


@q2.check("the word")
def the_word(student, solution):
    expect(student.word).equal(solution.word)


@q2.mistake("The quarter is half of the half.", of="half")
def quarter(x):
    return x / 4


@q2.mistake("No, the other one.", of="word")
def other_word():
    return "no"
"""
HINTS = "\n".join(
    f"<details><summary>Hint {n}: {label}</summary>\n\n{{0}}, {label}.\n\n</details>"
    for n, label in enumerate(("direction", "the next step", "almost code"), 1)
)
CELLS = [
    ("markdown", "# An exercise", {}),
    ("code", "from dlcourse.checks import exercise\ncheck = exercise('{name}')", {}),
    ("markdown", "## q1 · Twice (3 points)", {}),
    ("code", "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION", {"question": "q1"}),
    ("code", 'check("q1")', {}),
    ("markdown", HINTS.format("twice"), {}),
    ("markdown", "## q2 · Half, and a word (2 points)", {}),
    ("code", "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION", {"question": "q2"}),
    ("code", "### BEGIN SOLUTION\nword = 'yes'\n### END SOLUTION\n### BEGIN STUDENT\n# word = ...\n### END STUDENT", {"question": "q2"}),
    ("code", 'check("q2")', {}),
    ("markdown", HINTS.format("half"), {}),
    ("code", "print(twice(2))", {"tags": ["demo"]}),
]  # fmt: skip
#: Code of right answers, by the mark of their cells.
RIGHT = {"q1": "def twice(x):\n    return 2 * x", "q2": "def half(x):\n    return x / 2", "q2-2": "word = 'yes'"}
FIRST, SECOND = "01_first", "02_second"


class Notebook:
    """A learner's notebook, to be worked in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def cells(self) -> list[dict]:
        return json.loads(self.path.read_bytes())["cells"]

    @property
    def sources(self) -> list[str]:
        return ["".join(cell["source"]) for cell in self.cells]

    def change(self, how) -> None:
        """Let `how` change the list of cells."""
        document = json.loads(self.path.read_bytes())
        document["cells"] = how(document["cells"]) or document["cells"]
        self.path.write_text(json.dumps(document))

    def answer(self, **answers: str) -> None:
        """Write into answer cells: answer(q1="...", q2_2="...")."""

        def write(cells) -> None:
            for mark, code in answers.items():
                self.find(cells, mark.replace("_", "-"))["source"] = code

        self.change(write)

    def solve(self) -> None:
        self.answer(**{mark.replace("-", "_"): code for mark, code in RIGHT.items()})

    def source(self, mark: str) -> str:
        return "".join(self.find(self.cells, mark)["source"])

    @staticmethod
    def find(cells, mark: str) -> dict:
        return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == mark)

    @staticmethod
    def own(code: str) -> dict:
        """A cell of the learner's."""
        return {
            "cell_type": "code",
            "id": "own",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": code,
        }


class School:
    """The checkout, and a learner's folder in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "my-course"
        self.installation = Installation(root, root / "solutions")
        self.first, self.second = (Notebook(self.folder / "exercises" / f"{name}.ipynb") for name in (FIRST, SECOND))
        self.ran: list[str] = []

    def given(self, name: str = FIRST):
        return self.installation.given(name)

    def progress(self, **options):
        self.ran.clear()
        return Progress(self.folder, self.installation, on_run=self.ran.append, **options).rows()

    @property
    def memory(self) -> Path:
        return self.folder / ".dlcourse" / "progress.json"


def write_exercise(root: Path, name: str) -> None:
    checks = root / "solutions" / "checks" / f"{name}.py"
    checks.parent.mkdir(parents=True, exist_ok=True)
    checks.write_text(CHECKS)
    cells = [
        {"cell_type": kind, "id": f"c{i}", "metadata": dict(metadata), "source": source.replace("{name}", name)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for i, (kind, source, metadata) in enumerate(CELLS)
    ]
    master = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    annotate(master, name, read_questions(checks))
    (root / "solutions" / f"{name}.ipynb").write_text(json.dumps(master))
    (root / "lessons").mkdir(exist_ok=True)
    (root / "lessons" / f"{name}.ipynb").write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4}))


@pytest.fixture
def school(tmp_path: Path) -> School:
    for name in (FIRST, SECOND):
        write_exercise(tmp_path, name)
    release(tmp_path)
    start(tmp_path / "my-course", tmp_path)
    return School(tmp_path)
