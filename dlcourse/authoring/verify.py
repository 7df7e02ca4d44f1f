"""dlcourse verify: the proof that an exercise is sound, before any student meets it."""

import ast
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcourse.authoring.release import released
from dlcourse.checks.oracle import RecordedOracle
from dlcourse.checks.question import Question, Variant
from dlcourse.checks.run import Oracle, QuestionResult, run_question
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.exercise import GradedExercise, load_full, master_names
from dlcourse.grading.mark import mark, without_hidden
from dlcourse.grading.master import given_of, solutions_of, student_notebook
from dlcourse.grading.submission import parse_notebook, read_notebook

SEEDS = range(10)
MISTAKES, ALTERNATIVES = 3, 2
#: All checks of a question together may take this long, so that a learner never waits for an answer.
SECONDS = 1.0
#: Lines shorter than this, such as `return y, (z,)`, say too little to give a solution away.
TELLING = 16


@dataclass
class Row:
    """What was found of one question: counts for the table, and a sentence for each fault."""

    question: Question
    full: float = 0.0
    untouched: float = 0.0
    mistakes: int = 0
    alternatives: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """What was found of one exercise; it is sound when there is no fault."""

    name: str
    rows: list[Row]
    faults: list[str]

    @property
    def all_faults(self) -> list[str]:
        """Every fault, named by question."""
        return self.faults + [f"{row.question.id}: {fault}" for row in self.rows for fault in row.faults]


def verify(root: Path, name: str) -> Proof:
    """Prove one exercise: solution full, untouched zero, each mistake told by its own hint, alternatives accepted, no leak."""
    solutions = root / "solutions"
    exercise, master_path = load_full(solutions, name), solutions / f"{name}.ipynb"
    files = {path.name: text for path, text in released(root, name).items()}
    names = master_names(master_path)
    public = RecordedOracle(json.loads(files[f"{name}.json"]))
    rows = [prove(question, names, exercise.oracle, public) for question in exercise.questions]

    full = mark(read_notebook(master_path), exercise, seed=0)
    stub = mark(parse_notebook(files[f"{name}.ipynb"].encode()), exercise, seed=0)
    for row, whole, untouched in zip(rows, full.questions, stub.questions, strict=True):
        row.full, row.untouched = whole.score, untouched.score
        row.faults += [
            f"the solution misses {check.title!r} in the grader ({check.message})"
            for check in whole.checks
            if check.status != "passed"
        ]
        if row.untouched:
            earned = ", ".join(repr(check.title) for check in untouched.checks if check.score)
            row.faults.append(f"the untouched exercise earns points in {earned}: make that check fail for it")
    faults = [f"the solution's cell {note.cell} fails in the grader: {note.message}" for note in full.notes]
    master = json.loads(master_path.read_text(encoding="utf-8"))
    faults += headings_at_odds(master, exercise)
    faults += leaks(master, (solutions / "checks" / f"{name}.py").read_text(encoding="utf-8"), files)
    return Proof(name, rows, faults)


def prove(question: Question, names: Mapping[str, Any], live: Oracle, public: RecordedOracle) -> Row:
    """What can be shown of one question without the notebook around it."""
    row = Row(question)
    shown = without_hidden([question])[0]
    start = time.perf_counter()
    run_question(question, LocalBackend(names), live)
    row.seconds = time.perf_counter() - start
    if row.seconds > SECONDS:
        row.faults.append(f"its checks take {row.seconds:.2f} s together, at most {SECONDS:g}: use smaller inputs")
    if len(question.mistakes) < MISTAKES or len(question.alternatives) < ALTERNATIVES:
        found = f"{len(question.mistakes)} known mistakes and {len(question.alternatives)} alternatives"
        row.faults.append(f"it lists {found}; at least {MISTAKES} and {ALTERNATIVES} make a question sound")
    for seed in SEEDS:
        lost = run_question(question, LocalBackend(names), live, seed)
        row.faults += [
            f"with seed {seed} the solution misses {c.title!r} ({c.message})"
            for c in lost.checks
            if c.status != "passed"
        ]
    for mistake in question.mistakes:
        backend = LocalBackend(with_variant(names, question, mistake))
        faults = mistake_faults(mistake, run_question(question, backend, live), run_question(shown, backend, public))
        row.faults += faults
        row.mistakes += not faults
    for alternative in question.alternatives:
        backend = LocalBackend(with_variant(names, question, alternative))
        runs = [run_question(question, backend, live, seed) for seed in SEEDS]
        missed = [check for run in runs for check in run.checks if check.status != "passed"]
        if missed:
            row.faults.append(f"the alternative {alternative.name!r} misses {missed[0].name!r} ({missed[0].message})")
        row.alternatives += not missed
    return row


def with_variant(names: Mapping[str, Any], question: Question, variant: Variant) -> dict[str, Any]:
    """The solution's names, with a mistake or an alternative in their place."""
    return {**names, **variant.answers(question.values)}


def mistake_faults(mistake: Variant, graded: QuestionResult, shown: QuestionResult) -> list[str]:
    """A mistake must lose points, in a public check, and be told by its own hint in the notebook and in the grader."""
    if graded.score == graded.max_score:
        return [f"the checks let the mistake {mistake.name!r} pass: add a check that it fails"]
    if shown.score == shown.max_score:
        return [f"no public check shows the mistake {mistake.name!r}: a learner could not find it"]
    told = {"in the grader": graded.mistake, "in the notebook": shown.mistake}
    return [
        f"the mistake {mistake.name!r} is taken for {name or 'no known mistake'!r} {where}: add a public input where they differ"
        for where, name in told.items()
        if name != mistake.name
    ]


def headings_at_odds(master: dict[str, Any], exercise: GradedExercise) -> list[str]:
    """Headings must promise the points that the checks give: `## q1 · Title (3 points)`."""
    text = "\n".join("".join(cell["source"]) for cell in master["cells"] if cell["cell_type"] == "markdown")
    promised = {
        id: float(points) for id, points in re.findall(r"^#+ (q\w+)\b.*\(([\d.]+) points?\)", text, re.MULTILINE)
    }
    return [
        f"{question.id} is worth {question.points:g} points, but its heading says {promised.get(question.id, 'nothing')}"
        for question in exercise.questions
        if promised.get(question.id) != question.points
    ]


def leaks(master: dict[str, Any], checks: str, files: Mapping[str, str]) -> list[str]:
    """Telling lines of a solution, a mistake or an alternative that stand in what students get."""
    given = student_notebook(master)
    code = ["".join(cell["source"]) for cell in given["cells"] if cell["cell_type"] == "code"]
    prose = "\n".join("".join(cell["source"]) for cell in given["cells"] if cell["cell_type"] != "code")
    public = {line for name, text in files.items() if name.endswith(".py") for line in telling_lines(ast.parse(text))}
    public |= {line for source in code for line in telling_lines(ast.parse(source))}
    withheld = {
        line: "the solution" for region in solutions_of(master) for line in telling_lines(parse_region(region))
    } | {
        line: f"{node.name!r}"
        for node in ast.parse(checks).body
        if isinstance(node, ast.FunctionDef)
        and any(word in ast.unparse(d) for d in node.decorator_list for word in (".mistake", ".alternative"))
        for line in telling_lines(ast.Module(node.body, []))
    }
    meant = {line for block in given_of(master) for line in telling_lines(parse_region(block))}
    squeezed = re.sub(r"\s+", "", prose)
    return [
        f"a line of {whose} stands in exercises/: {line}"
        for line, whose in withheld.items()
        if line not in meant and (line in public or re.sub(r"\s+", "", line) in squeezed)
    ]


def parse_region(text: str) -> ast.Module:
    """A solution region, which may stand inside a function, as code."""
    indented = "\n".join(f"    {line}" for line in text.splitlines())
    return ast.parse(f"def region():\n    pass\n{indented}" if not text[:1].isspace() else f"def region():\n{text}")


def telling_lines(tree: ast.AST) -> set[str]:
    """The statements of some code that are long enough to say something, in one normal form; no docstrings, no imports."""
    lines: set[str] = set()
    for node in statements(tree):
        line = ast.unparse(node).splitlines()[0]
        if len(line) >= TELLING and not isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            lines.add(line)
    return lines


def statements(tree: ast.AST) -> Iterable[ast.stmt]:
    """All statements of some code but the strings that document it."""
    return (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
