"""An answer without all that may differ where the thought is the same: names, comments, prints, the order of factors.

What cannot be parsed is taken line by line, and a line that is no Python by itself as the words that it holds.
"""

import ast
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dlcourse.classroom.report.form import DEFINITIONS, NAMED, Own, bound, in_order, key
from dlcourse.classroom.report.tidy import Tidy

#: Characters of an answer that are looked at: a long one is long for what it prints, not for what it thinks.
LONGEST = 20_000
#: Levels of a tree that are walked through, and bits of a number that Python will write in decimals.
DEEPEST, LARGEST = 100, 10_000
#: What the parser says of a text that it does not understand, or that is nested too deeply for it.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
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
    """The tree of a text; `RecursionError` or `ValueError` where it is too deep, or a number in it too long, to be written."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on a wrong escape in a string, which is not our affair
        tree = ast.parse(source)
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        if any(
            isinstance(value := getattr(node, "value", None), int) and value.bit_length() > LARGEST for node in level
        ):
            raise ValueError
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise RecursionError
    return tree


def brought(tree: ast.AST) -> Iterator[str]:
    """The names that a tree imports one by one, as in `from numpy import exp`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


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
