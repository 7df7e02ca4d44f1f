"""All the ways in which a class answers an exercise, and what each is worth: found by running its checks, once a way."""

import ast
import contextlib
import io
import json
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dlcourse.checks.oracle import LiveOracle
from dlcourse.checks.question import Question
from dlcourse.checks.run import QuestionResult, run_question
from dlcourse.checks.source import defines, words
from dlcourse.checks.student import LocalBackend
from dlcourse.classroom.practice.notebooks import Notebook, answer_cells, source_of
from dlcourse.classroom.practice.variants import Variants
from dlcourse.grading.exercise import load_full
from dlcourse.grading.master import solved, student_notebook
from dlcourse.grading.seeds import seed_of

#: What is written where a person marks, by someone who does not know.
GUESSES = (
    "I am not sure. I think it has to do with the learning rate.",
    "It works better because there are more neurons.",
    "See the plot above.",
)


@dataclass(frozen=True)
class Way:
    """A way to answer a question: what stands in its answer cells. `kind` is `right`, `alternative`, `mistake` or `untouched`."""

    kind: str
    name: str
    cells: tuple[str, ...]


class Answers:
    """An exercise with everything that the students of a class write into it."""

    def __init__(self, solutions: Path, name: str) -> None:
        self.name = name
        self._exercise = load_full(solutions, name)
        self._master: Notebook = json.loads((solutions / f"{name}.ipynb").read_text(encoding="utf-8"))
        self._variants = Variants((solutions / "checks" / f"{name}.py").read_text(encoding="utf-8"))
        self._results: dict[tuple[str, str, str], QuestionResult] = {}
        self.questions = list(self._exercise.questions)

    @cached_property
    def given(self) -> Notebook:
        """The notebook as students get it."""
        return student_notebook(self._master)

    @cached_property
    def ways(self) -> dict[str, list[Way]]:
        """The ways to answer each question, the solution first and the untouched cell second."""
        return {question.id: self._ways(question) for question in self.questions}

    def _ways(self, question: Question) -> list[Way]:
        right = tuple(solved(source_of(cell)) for cell in answer_cells(self._master, question.id))
        untouched = tuple(source_of(cell) for cell in answer_cells(self.given, question.id))
        found = [Way("right", "", right), Way("untouched", "", untouched)]
        if question.manual:
            return found + [Way("mistake", f"guess {i}", (guess,)) for i, guess in enumerate(GUESSES, 1)]
        variants = [("alternative", v) for v in question.alternatives] + [("mistake", v) for v in question.mistakes]
        return found + [
            Way(kind, v.name, tuple(self._variants.put(v, right, question.values, self._brought)))
            for kind, v in variants
            if v.name in self._variants
        ]

    @cached_property
    def _brought(self) -> set[str]:
        """The names that cells outside of all answers bring in."""
        answers = [cell for question in self.questions for cell in answer_cells(self._master, question.id)]
        cells = [cell for cell in self._master["cells"] if cell["cell_type"] == "code" and cell not in answers]
        return {name for cell in cells for line in ast.parse(source_of(cell)).body for name in defines(line)}

    @cached_property
    def leaning(self) -> dict[str, set[str]]:
        """For each question those whose own answers use what it defines: if it is not the solution's, they may fail."""
        coded = [question for question in self.questions if not question.manual]
        used = {q.id: {word for cell in self.ways[q.id][0].cells for word in words(ast.parse(cell))} for q in coded}
        return {
            question.id: {id for id, names in used.items() if id != question.id and names & set(question.names)}
            for question in self.questions
        }

    def is_sound(self, question: Question, way: Way) -> bool:
        """Whether a way comes out as what it is called; not every mistake still does when it stands in a notebook.

        One that calls what the question forbids gets a sentence about that instead.
        """
        if question.manual or way.kind in ("right", "untouched"):
            return True
        if any(calls(name, cell) for name in question.forbid for cell in way.cells):
            return False
        result = self.result(question, way)
        full = result.score == result.max_score
        return full if way.kind == "alternative" else not full and result.mistake == way.name

    def result(self, question: Question, way: Way) -> QuestionResult:
        """What grading finds in a question that is answered in a way, the others as the solution has them."""
        key = (question.id, way.kind, way.name)
        if key not in self._results:
            oracle = self._exercise.oracle
            assert isinstance(oracle, LiveOracle)
            names = {name: thing for name, thing in oracle.namespace.items() if name not in question.names}
            for cell in way.cells if not question.manual else ():
                run(cell, names)
            backend = LocalBackend(names, forbidding=False)
            self._results[key] = run_question(question, backend, oracle, seed_of(self.name))
        return self._results[key]


def calls(name: str, cell: str) -> bool:
    """Whether code in a cell takes this from a library, by its last name.

    >>> calls("dlcourse.functional.tanh", "y, _ = F.tanh(z)"), calls("dlcourse.functional.tanh", "y = np.tanh(z)")
    (True, False)
    """
    library, _, last = name.rpartition(".")
    taken = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Attribute) and node.attr == last]
    return any((ast.unparse(node.value).split(".")[0] == "np") == library.startswith("numpy") for node in taken)


def run(cell: str, names: dict[str, Any]) -> None:
    """Run a cell as grading does: what it prints, warns of and raises is passed over."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        exec(compile(cell, "<answer>", "exec"), names)
