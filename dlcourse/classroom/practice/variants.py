"""Putting a known mistake, or another right answer, where a student would have written it: into the answer cells."""

import ast
import re
from collections.abc import Collection, Sequence

from dlcourse.checks.question import Variant
from dlcourse.checks.source import defines, needed_by, role, words


class Variants:
    """The mistakes and alternatives of a file of checks, as source."""

    def __init__(self, checks: str) -> None:
        self._checks = checks
        body = ast.parse(checks).body
        self._helpers = [node for node in body if role(node) == "other"]
        self._nodes = {
            node.name: node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and role(node) in ("mistake", "alternative")
        }

    def __contains__(self, name: object) -> bool:
        """Whether a variant stands there as a definition of its own."""
        return name in self._nodes

    def put(self, variant: Variant, cells: Sequence[str], values: Collection[str], known: Collection[str]) -> list[str]:
        """The answer cells with a variant in them; `known` are the names that the notebook brings along.

        A function takes the place of the one it stands for. What is made of several together, or is a value, comes last.
        """
        node = self._nodes[variant.name]
        needs = self._needs(node, known)
        if len(variant.of) == 1 and not set(variant.of) & set(values):
            (name,) = variant.of
            renamed = re.sub(rf"\b{variant.name}\b", name, self._text(node))
            changed = [replaced(cell, name, joined(needs, renamed)) for cell in cells]
            return changed if changed != list(cells) else [*cells[:-1], joined([cells[-1]], *needs, renamed)]
        made = f"{', '.join(variant.of)} = {variant.name}()"
        return [*cells[:-1], joined([cells[-1]], *needs, self._text(node), made)]

    def _needs(self, node: ast.stmt, known: Collection[str]) -> list[str]:
        """The source of what a variant cannot do without, in the order in which it stands in the file of checks."""
        asked = ast.parse("\n".join(sorted(free_names(node) - set(known)))).body
        needed = needed_by(asked, [helper for helper in self._helpers if not defines(helper) <= set(known)])
        return [self._text(helper) for helper in self._helpers if helper in needed]

    def _text(self, node: ast.stmt) -> str:
        """A statement as it was written, without its decorators."""
        return ast.get_source_segment(self._checks, node) or ""


def joined(before: Sequence[str], *pieces: str) -> str:
    """Pieces of a cell, two blank lines between them."""
    return "\n\n\n".join([*before, *pieces])


def replaced(cell: str, name: str, code: str) -> str:
    r"""A cell with other code in the place of what it defines under a name.

    >>> replaced("a = 1\ndef f(x):\n    return x\nb = 2", "f", "def f(x):\n    return -x")
    'a = 1\ndef f(x):\n    return -x\nb = 2'
    """
    lines = cell.splitlines()
    for node in ast.parse(cell).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            lines[node.lineno - 1 : node.end_lineno] = code.splitlines()
            break
    return "\n".join(lines)


def free_names(node: ast.stmt) -> set[str]:
    """The names that a definition takes from around it."""
    inside = [part for part in ast.walk(node) if part is not node]
    bound = {part.arg for part in inside if isinstance(part, ast.arg)}
    bound |= {part.id for part in inside if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    bound |= {part.name for part in inside if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    body = ast.Module([*node.body, *getattr(node, "bases", [])], [])  # type: ignore[attr-defined]
    defaults = [part for part in ast.walk(getattr(node, "args", body)) if isinstance(part, ast.expr)]
    return words(body).union(*map(words, defaults)) - bound
