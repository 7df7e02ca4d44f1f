"""Taking from a syntax tree what says nothing about the thought, and putting in order what may stand in any."""

import ast
from collections.abc import Collection, Iterator
from typing import Any

from dlcourse.classroom.report.form import DEFINITIONS, bound, form, is_line, spelt

COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


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
