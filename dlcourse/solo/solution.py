"""The solution of a question with what there is to learn from it: other right ways, and what often goes wrong."""

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlcourse.checks.question import Question, Variant, read_questions
from dlcourse.grading.master import solved
from dlcourse.solo.cells import is_answer, question_of, source_of


@dataclass(frozen=True)
class Alternative:
    """Another right answer: what its author calls it, what it stands for, and its code."""

    name: str
    of: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class Solution:
    """The answer cells of a question as the course solves them, other right answers, and hints on known mistakes."""

    code: tuple[str, ...]
    also_right: tuple[Alternative, ...]
    often_wrong: tuple[str, ...]


def read_solution(master: Path, question: str) -> Solution:
    """The solution of a question, from a master notebook and the file of all checks beside it."""
    cells = json.loads(master.read_bytes())["cells"]
    code = tuple(solved(source_of(cell)) for cell in cells if is_answer(cell) and question_of(cell) == question)
    checks = master.parent / "checks" / f"{master.stem}.py"
    asked = next((q for q in read_questions(checks) if q.id == question), None) if checks.is_file() else None
    if asked is None:
        return Solution(code, (), ())
    return Solution(code, alternatives(asked, checks.read_text(encoding="utf-8")), often_wrong(asked))


def alternatives(question: Question, checks: str) -> tuple[Alternative, ...]:
    """The other right answers of a question, with their code out of the file of checks."""
    defined = {node.name: node for node in ast.parse(checks).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return tuple(
        Alternative(v.name.replace("_", " "), v.of, ast.get_source_segment(checks, defined[v.name]) or "")
        for v in question.alternatives
        if v.name in defined
    )


def often_wrong(question: Question) -> tuple[str, ...]:
    """The hints on a question's known mistakes; where it asks for several things, on each of them in turn."""
    rounds = [[m.of for m in question.mistakes[:i]].count(mistake.of) for i, mistake in enumerate(question.mistakes)]
    in_turn = sorted(zip(rounds, question.mistakes, strict=True), key=lambda pair: pair[0])
    return tuple(f"{about(question.names, mistake)}{mistake.hint}" for _, mistake in in_turn)


def about(names: Sequence[str], mistake: Variant) -> str:
    """The beginning of a sentence on a mistake that concerns only some of what is asked for."""
    return "" if set(mistake.of) == set(names) else ", ".join(f"`{name}`" for name in mistake.of) + ": "
