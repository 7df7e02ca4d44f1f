"""An answer without all that may differ where the thought is the same: names, comments, prints, the order of factors.

What cannot be parsed is taken line by line, and a line that is no Python by itself as the words that it holds.
"""

import ast
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from dlcourse.classroom.report.form import DEFINITIONS, NAMED, Own, form, is_line, key, spelt

#: Characters of an answer that are looked at: a long one is long for what it prints, not for what it thinks.
LONGEST = 20_000
#: Levels of a tree that are walked through.
DEEPEST = 100
#: What the parser says of a text that it does not understand, or that is nested too deeply for it.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
WORD = re.compile(r"\.?[^\W\d]\w*|\d[\w.]*|[^\w\s]")


@dataclass(frozen=True)
class Normal:
    """An answer as it is compared: modules, and lines that no parser takes; `own` are the names that it binds itself."""

    pieces: tuple[ast.Module | str, ...]
    own: frozenset[str]


def normal(source: str) -> Normal:
    """An answer as it is compared."""
    pieces = tuple(parsed(source[:LONGEST]))
    trees = [piece for piece in pieces if isinstance(piece, ast.Module)]
    own = frozenset(name for tree in trees for name in bound(tree))
    tidy = Tidy(own, frozenset(name for tree in trees for name in brought(tree)))
    return Normal(tuple(piece if isinstance(piece, str) else tidy.visit(piece) for piece in pieces), own)


def normalised(source: str) -> str:
    r"""An answer as text that is the same for all that differ in names, comments, annotations, prints or white space.

    >>> normalised("def twice(number: float):  # easy" + chr(10) + "    return number * 2")
    'def g1(v1):\n    return 2 * v1'
    """
    answer = normal(source)
    names: dict[str, str] = {}
    return "\n".join(text for piece in answer.pieces if (text := written(piece, answer.own, names))).strip()


def parsed(source: str) -> Iterator[ast.Module | str]:
    """An answer's tree; where it has none, the tree of each line that has one, and the others as they stand."""
    try:
        yield tree_of(source)
        return
    except UNREADABLE:
        lines = [line.strip() for line in source.splitlines() if line.strip() and line.strip()[0] not in "#%!"]
    for line in lines:
        try:
            yield tree_of(f"{line} pass" if line.endswith(":") else line)
        except UNREADABLE:
            yield line


def tree_of(source: str) -> ast.Module:
    """The tree of a text; `RecursionError` where it is too deep to be walked through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on a wrong escape in a string, which is not our affair
        tree = ast.parse(source)
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise RecursionError
    return tree


def bound(tree: ast.AST) -> Iterator[str]:
    """The names that a tree gives to something, as they come, attributes with a dot in front."""
    for node in in_order(tree):
        field = NAMED.get(type(node))
        if field and getattr(node, field) and isinstance(getattr(node, "ctx", ast.Store()), ast.Store):
            yield key(node, getattr(node, field))


def brought(tree: ast.AST) -> Iterator[str]:
    """The names that a tree imports one by one, as in `from numpy import exp`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


class Tidy(ast.NodeTransformer):
    """Takes from a tree what says nothing about the thought, and puts in order what may stand in any."""

    def __init__(self, own: Collection[str], imported: Collection[str]) -> None:
        self._own, self._imported = own, imported
        self._alike = self._by_place = dict.fromkeys(own, "$")

    def _drop(self, node: ast.AST) -> None:
        return None

    visit_Import = visit_ImportFrom = visit_Global = visit_Nonlocal = visit_Pass = _drop

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Functions and classes come last, in an order that does not depend on names."""
        self.generic_visit(node)
        node.body.sort(key=lambda statement: self._lines(statement) if isinstance(statement, DEFINITIONS) else "")
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Docstrings, values that nobody uses, and prints."""
        printed = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
        if isinstance(node.value, ast.Constant | ast.Name) or (printed and node.value.func.id == "print"):  # type: ignore[attr-defined]
            return None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """An argument without its type."""
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function without the type of its answer."""
        node.returns = None
        outside, places = self._by_place, enumerate(dict.fromkeys(bound(node)))
        self._by_place = self._alike | {name: f"${place:04}" for place, name in places}
        self.generic_visit(node)
        self._by_place = outside
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """A value without its type."""
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value, lineno=node.lineno))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """What was imported by itself reads as what is taken from its library."""
        return taken(node.id) if node.id in self._imported and node.id not in self._own else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """What is taken from a library, whatever that was imported as."""
        self.generic_visit(node)
        library = isinstance(node.value, ast.Name) and node.value.id not in self._own
        return taken(node.attr) if library else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Terms and factors in an order of their own, which does not depend on names."""
        self.generic_visit(node)
        if not isinstance(node.op, COMMUTATIVE):
            return node
        first, *others = sorted(operands(node, type(node.op)), key=self._order)
        whole: ast.expr = first
        for other in others:
            whole = ast.BinOp(whole, node.op, other)
        return whole

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a > b` as `b < a`."""
        self.generic_visit(node)
        turned = TURNED.get(type(node.ops[0])) if len(node.ops) == 1 else None
        return ast.Compare(node.comparators[0], [turned()], [node.left]) if turned else node

    def _lines(self, node: ast.AST) -> str:
        return "\n".join(spelt(form(line, self._own), self._alike) for line in ast.walk(node) if is_line(line))

    def _order(self, node: ast.AST) -> tuple[str, str]:
        """Among operands: by what they are made of, and if that is the same, by which of their names the function binds first."""
        made_of = form(node, self._own)
        return spelt(made_of, self._alike), spelt(made_of, self._by_place)


def taken(name: str) -> ast.Name:
    """Something of a library's."""
    return ast.Name(f"lib.{name.removeprefix('lib.')}", ast.Load())


def operands(node: ast.AST, operator: type[ast.operator]) -> Iterator[Any]:
    """The terms of a sum of sums, the factors of a product of products."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        yield from operands(node.left, operator)
        yield from operands(node.right, operator)
    else:
        yield node


def words(line: str, own: Collection[str]) -> tuple[str, ...]:
    """The words of a line that is no Python."""
    return tuple(Own(word) if word in own else word for word in WORD.findall(line))


def written(piece: ast.Module | str, own: Collection[str], names: dict[str, str]) -> str:
    """A piece as text; its own names are numbered as they come, those that a function binds in each function anew."""
    if isinstance(piece, str):
        return " ".join(number(word, "g", names) if word in own else word for word in words(piece, own))
    for statement in piece.body:
        inside = frozenset(bound(statement)) - {getattr(statement, "name", "")}
        local = inside if isinstance(statement, DEFINITIONS) else frozenset()
        of_function: dict[str, str] = {}
        for node in in_order(statement):
            field = NAMED.get(type(node))
            if field and getattr(node, field) and (name := key(node, getattr(node, field))) in own:
                setattr(node, field, number(name, "v", of_function) if name in local else number(name, "g", names))
    return ast.unparse(piece)


def number(name: str, letter: str, names: dict[str, str]) -> str:
    """The number of a name."""
    return names.setdefault(name, f"{letter}{len(names) + 1}")


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, as they are read."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)
