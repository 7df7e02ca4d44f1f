"""A file of checks as its author wrote it: what each statement is, and what it needs of the others."""

import ast
from collections.abc import Iterable, Sequence

from dlcourse.checks.limits import sets_limits


def role(node: ast.stmt) -> str:
    """What a top-level statement of a file of checks is: limits, question, public, hidden, mistake, alternative or other."""
    if sets_limits(node):
        return "limits"
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).split(".")[-1] == "question"
    ):
        return "question"
    for decorator in getattr(node, "decorator_list", []):
        call = decorator if isinstance(decorator, ast.Call) else None
        what = ast.unparse(call.func if call else decorator).split(".")[-1]
        if what == "check":
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in (call.keywords if call else [])}
            return "hidden" if options.get("hidden", "False") == "True" else "public"
        if what in {"mistake", "alternative"}:
            return what
    return "other"


def words(node: ast.AST) -> set[str]:
    """The names that a piece of code uses."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def defines(node: ast.stmt) -> set[str]:
    """The names that a top-level statement brings in."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def needed_by(kept: Iterable[ast.stmt], others: Sequence[ast.stmt]) -> list[ast.stmt]:
    r"""Those of the other statements that these cannot do without, what those need in turn included.

    >>> first, *others = ast.parse("y = f(2)\ndef f(x): return a * x\na = 3\nb = 4").body
    >>> [ast.unparse(node) for node in needed_by([first], others)]
    ['def f(x):\n    return a * x', 'a = 3']
    """
    needed = {word for node in kept for word in words(node)}
    helpers: list[ast.stmt] = []
    while fresh := [node for node in others if node not in helpers and defines(node) & needed]:
        helpers += fresh
        needed |= {word for node in fresh for word in words(node)}
    return helpers
