"""A syntax tree as nested tuples in which the names that an answer binds itself can be told from all others."""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

#: A node: its kind and its parts, or a word alone.
Form: TypeAlias = "str | tuple[Form, ...]"
#: Where a node keeps a name that its writer chose, or may have chosen.
NAMED: Mapping[type[ast.AST], str] = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
}
#: Statements that name a piece of code, which may stand anywhere.
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Fields that say nothing of their own.
SILENT = ("ctx", "kind", "type_comment", "type_params")


class Own(str):
    """A name that the answer itself binds: what it is called was up to its writer."""


def key(node: ast.AST, name: str) -> str:
    """How the name in a node stands among an answer's own names: `self.x` and `x` are two."""
    return f".{name}" if isinstance(node, ast.Attribute) else name


def form(node: ast.AST, own: Collection[str]) -> Form:
    """A node as nested tuples; the statements that stand inside of a statement are left out: they are lines of their own.

    >>> form(ast.parse("y = f(x)").body[0], {"y"})
    ('Assign', ('Name', 'y'), ('Call', ('Name', 'f'), ('Name', 'x')))
    """
    if isinstance(node, ast.Constant):
        return ("Constant", repr(node.value))
    parts: list[Form] = [type(node).__name__]
    for field, value in ast.iter_fields(node):
        if field == NAMED.get(type(node)) and value is not None:
            parts.append(Own(key(node, value)) if key(node, value) in own else value)
        elif field not in SILENT:
            several = value if isinstance(value, list) else [value]
            parts += [form(part, own) for part in several if isinstance(part, ast.AST) and not is_line(part)]
            parts += [part for part in several if isinstance(part, str)]
    return parts[0] if len(parts) == 1 else tuple(parts)


def is_line(node: ast.AST) -> bool:
    """Whether a node is a statement, or the head of one's branch."""
    return isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case)


def spelt(form: Form, names: dict[str, str]) -> str:
    """A form as text; each own name is numbered when it is first met, unless `names` holds it.

    >>> spelt(("Assign", ("Name", Own("y")), ("Name", Own("x"))), {})
    '(Assign (Name $0) (Name $1))'
    """
    if isinstance(form, Own):
        return names.setdefault(form, f"${len(names)}")
    if isinstance(form, str):
        return form
    return f"({' '.join([spelt(part, names) for part in form])})"


def bound(tree: ast.AST) -> Iterator[str]:
    """The names that a tree gives to something, as they come, attributes with a dot in front."""
    for node in in_order(tree):
        field = NAMED.get(type(node))
        if field and getattr(node, field) and isinstance(getattr(node, "ctx", ast.Store()), ast.Store):
            yield key(node, getattr(node, field))


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, as they are read."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)
