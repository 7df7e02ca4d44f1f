"""dlcourse release: from `solutions/` to `exercises/`, with nothing in between but numbers.

A student gets the notebook without its solutions, the public checks as code, and a file of recorded numbers: what the
solution answers in each public check, and what each known mistake answers.
"""

import ast
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dlcourse.checks.oracle import record
from dlcourse.checks.plain import squeezed
from dlcourse.checks.source import needed_by, role
from dlcourse.course import KEPT
from dlcourse.files import write_whole
from dlcourse.grading.exercise import UsageError, exercise_names, load_full, master_names
from dlcourse.grading.master import Notebook, student_notebook
from dlcourse.grading.submission import parse_notebook

#: Recorded numbers are rounded, so that another processor's last bit changes no file; checks compare to 1e-7.
DIGITS = 12


def released(root: Path, name: str) -> dict[Path, str]:
    """The files of one exercise as release writes them, by their path."""
    solutions, exercises = root / "solutions", root / "exercises"
    exercise = load_full(solutions, name)
    master: Notebook = json.loads((solutions / f"{name}.ipynb").read_text(encoding="utf-8"))
    checks = (solutions / "checks" / f"{name}.py").read_text(encoding="utf-8")
    recorded = record(exercise.questions, master_names(solutions / f"{name}.ipynb"))
    student = parse_notebook(json.dumps(student_notebook(master)).encode())
    for id, entry in recorded.items():
        entry["stubs"] = [squeezed(cell.source) for cell in student.answer_cells(id)]
    return {
        exercises / f"{name}.ipynb": json.dumps(student_notebook(master), indent=1, sort_keys=True, ensure_ascii=False)
        + "\n",
        exercises / "checks" / f"{name}.py": public_checks(checks, name),
        exercises / "checks" / f"{name}.json": one_line_a_case(recorded),
    }


def release(root: Path, *, check: bool = False) -> list[str]:
    """Write every exercise; the paths that changed. With `check`, write nothing and only say which would change."""
    names = exercise_names(root / "solutions")
    if not names:
        raise UsageError(f"{root / 'solutions' / 'checks'} holds no checks: run this in a checkout of the course")
    files = {path: text for name in names for path, text in released(root, name).items()}
    changed = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stray = [path for path in owned_files(root / "exercises") if path not in files]
    if not check:
        for path in changed:
            write_whole(path, files[path])
        for path in stray:
            path.unlink()
    return [str(path.relative_to(root)) for path in changed + stray]


def owned_files(exercises: Path) -> list[Path]:
    """The files of `exercises/` that release is the only one to write."""
    found = (
        path for pattern in ("*.ipynb", "checks/*.py", "checks/*.json") for path in sorted(exercises.glob(pattern))
    )
    return [path for path in found if KEPT not in path.name]


def public_checks(source: str, name: str) -> str:
    """The part of a file of checks that students get: questions, public checks, and what those need, as it was written."""
    tree, lines = ast.parse(source), source.splitlines()
    withheld = {"mistake", "alternative"}
    kept = [node for node in tree.body if role(node) in ("limits", "question", "public")]
    others = [node for node in tree.body if role(node) == "other"]
    helpers = needed_by(kept, others)
    if unread := {role(node) for node in tree.body} - {"limits", "question", "public", "hidden", "other", *withheld}:
        raise UsageError(f"{name}: release cannot read {sorted(unread)} in its checks")
    blocks = []
    for node in (node for node in tree.body if node in kept or node in helpers):
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "\n".join(lines[start - 1 : node.end_lineno])
        blocks.append((isinstance(node, ast.Import | ast.ImportFrom), isinstance(node, ast.FunctionDef), text))
    return (
        f'"""Public checks of {name}: made by `dlcourse release` from the author\'s file, which holds more."""\n\n'
        + joined(blocks)
    )


def joined(blocks: Iterable[tuple[bool, bool, str]]) -> str:
    """Top-level blocks with the blank lines between them that code has."""
    text, before = "", (True, False)
    for is_import, is_function, block in blocks:
        gap = "\n\n\n" if is_function or before[1] or (before[0] and not is_import) else "\n"
        text += (gap if text else "") + block
        before = (is_import, is_function)
    return text + "\n"


def one_line_a_case(recorded: dict[str, Any]) -> str:
    """The recording as JSON that a diff can show: one line for each run of a check."""
    lines = []
    for id, entry in recorded.items():
        cases = ",\n".join(f"   {json.dumps(key)}: {json.dumps(rounded(case))}" for key, case in entry["cases"].items())
        head = "".join(f"  {json.dumps(key)}: {json.dumps(entry[key])},\n" for key in ("hidden", "hints", "stubs"))
        lines.append(f' {json.dumps(id)}: {{\n{head}  "cases": {{\n{cases}\n  }}\n }}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def rounded(data: Any) -> Any:
    """JSON data with its numbers rounded to `DIGITS` significant digits."""
    if isinstance(data, float):
        return float(f"{data:.{DIGITS}g}")
    if isinstance(data, dict):
        return {key: rounded(value) for key, value in data.items()}
    return [rounded(item) for item in data] if isinstance(data, list) else data
