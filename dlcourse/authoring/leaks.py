"""Leaks: pieces of a solution, of a known mistake or of an alternative that stand in what students get.

A piece is looked for in two forms. As text, without white space, anywhere: in code, comments, prose, outputs, metadata
and recorded strings. And as a syntax tree whose names are numbered, so that renaming a variable does not hide it,
wherever a student's file holds code: a cell, a line of a comment, a string, some words between backticks.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dlcourse.authoring.mutations import is_documentation
from dlcourse.checks.plain import squeezed
from dlcourse.checks.source import role
from dlcourse.grading.master import Notebook, given_of, solutions_of

#: Lines shorter than this, such as `return y, (z,)`, say too little to give a solution away.
TELLING = 16
#: Trees with fewer nodes than this, names not counted, say too little: many write `np.exp(z) + 1`, an expression of five.
TELLING_EXPRESSION, TELLING_STATEMENT = 6, 5
#: Their first line says little: what is inside them tells.
QUIET = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
#: What makes a tree no larger: names, and how they are used.
WEIGHTLESS = (
    *(ast.Name, ast.expr_context, ast.arguments, ast.arg),
    *(ast.Module, ast.Expr, ast.Import, ast.ImportFrom, ast.alias),
)
#: What stands before code in prose: `- x = 1`, `# x = 1`, `>>> x = 1`, `1. x = 1`.
MARKUP = re.compile(r"^\s*(?:[-*#>|]+|\d+\.)?\s*")
#: The end of a sentence: a model answer is told by its sentences, however their lines are broken.
SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")
SPANS = re.compile(r"```[^\n]*\n(?P<block>.*?)```|(?P<ticks>`+)(?P<span>.+?)(?P=ticks)", re.DOTALL)


@dataclass
class Pieces:
    """The telling pieces of some code, as text and as trees with numbered names; each with a line that shows it."""

    texts: dict[str, str] = field(default_factory=dict)
    trees: dict[str, str] = field(default_factory=dict)

    def add(self, tree: ast.Module) -> None:
        """Add every telling statement, pair of statements and expression."""
        for node in parts(tree):
            shown = "; ".join(map(first_line, node.body if isinstance(node, ast.Module) else [node]))
            if isinstance(node, ast.stmt) and len(shown) >= TELLING and not isinstance(node, QUIET):
                self.texts.setdefault(comparable(shown), shown)
            if weight(node) >= (TELLING_EXPRESSION if isinstance(node, ast.expr) else TELLING_STATEMENT):
                self.trees.setdefault(numbered(node), shown)

    def add_prose(self, text: str) -> None:
        """Add every telling sentence."""
        for sentence in SENTENCE.split(text):
            if len(comparable(sentence)) >= TELLING:
                self.texts.setdefault(comparable(sentence), " ".join(sentence.split()))

    def without(self, others: "Pieces") -> "Pieces":
        """The pieces that are not among others."""
        return Pieces(
            {text: shown for text, shown in self.texts.items() if text not in others.texts},
            {tree: shown for tree, shown in self.trees.items() if tree not in others.trees},
        )


@dataclass(frozen=True)
class Read:
    """What a student can read in a file: all of it as one comparable text, and the code in it."""

    text: str
    code: Pieces

    def leaks(self, pieces: Pieces) -> list[str]:
        """The withheld pieces that stand here, each shown by a line, the widest ones only."""
        found = {shown for text, shown in pieces.texts.items() if text in self.text or text in self.code.texts}
        found |= {shown for tree, shown in pieces.trees.items() if tree in self.code.trees}
        return sorted(piece for piece in found if not any(piece != other and piece in other for other in found))


def leaks(master: Notebook, checks: Iterable[str], files: Mapping[str, str]) -> list[str]:
    """A sentence for each withheld piece that stands in a student's file.

    `checks` are the texts of files of checks; `files` holds what students get, by name. What the master gives them on
    purpose, in a STUDENT block, is no leak.
    """
    given = Pieces()
    for block in given_of(master):
        given.add(parse_region(block))
    for block in given_of(master, "markdown"):
        given.add_prose(block)
    got = {name: read(name, text) for name, text in files.items()}
    return [
        f"a piece of {whose} stands in {name}, as it is or with other names: {piece}"
        for whose, pieces in withheld(master, checks)
        for name, content in got.items()
        for piece in content.leaks(pieces.without(given))
    ]


def withheld(master: Notebook, checks: Iterable[str]) -> Iterator[tuple[str, Pieces]]:
    """What students must not get, and whose it is."""
    solution = Pieces()
    for region in solutions_of(master):
        solution.add(parse_region(region))
    for region in solutions_of(master, "markdown"):
        solution.add_prose(region)
    yield "the solution", solution
    for text in checks:
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and role(node) in ("mistake", "alternative"):
                variant = Pieces()
                variant.add(ast.Module(node.body, []))
                yield repr(node.name), variant


def read(name: str, text: str) -> Read:
    """What a student can read in a file; a string in code is read as a text of its own."""
    texts = [text] if name.endswith(".py") else list(all_strings(json.loads(text)))
    code, seen = Pieces(), set[str]()
    for piece in texts:  # grows on the way
        for candidate in candidates(piece):
            if candidate not in seen and (tree := parsed(candidate)) is not None:
                code.add(tree)
                texts += sorted(strings_of(tree) - seen)
            seen.add(candidate)
    return Read(comparable("\n".join(texts)), code)


def all_strings(data: Any) -> Iterator[str]:
    """Every string in JSON data, keys too; a list of strings, such as the lines of a cell, as one."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list) and data and all(isinstance(item, str) for item in data):
        yield "".join(data)
    elif isinstance(data, list | dict):
        yield from data if isinstance(data, dict) else ()
        for item in data.values() if isinstance(data, dict) else data:
            yield from all_strings(item)


def strings_of(tree: ast.AST) -> set[str]:
    """The strings in some code."""
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def candidates(text: str) -> Iterator[str]:
    """What may be code in a text: all of it, what stands between backticks, each line without the markup before it."""
    yield text
    yield from (found["block"] or found["span"] for found in SPANS.finditer(text))
    yield from (MARKUP.sub("", line) for line in text.splitlines())


def parsed(text: str) -> ast.Module | None:
    """Some text as code, if that is what it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def parse_region(text: str) -> ast.Module:
    """A solution region, which may stand inside a function, as code."""
    indented = "\n".join(f"    {line}" for line in text.splitlines())
    return ast.parse(f"def region():\n    pass\n{indented}" if not text[:1].isspace() else f"def region():\n{text}")


def parts(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, pair of neighbouring statements (as a module) and expression; no strings that document."""
    for node in ast.walk(tree):
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(block, list):
                yield from (
                    ast.Module([*pair], []) for pair in pairwise(line for line in block if not is_documentation(line))
                )
        if isinstance(node, ast.stmt | ast.expr) and not is_documentation(node):
            yield node


def weight(tree: ast.AST) -> int:
    """The number of a tree's nodes, names not counted."""
    return sum(not isinstance(node, WEIGHTLESS) for node in ast.walk(tree))


def numbered(tree: ast.AST) -> str:
    """A tree in one line, its names numbered in the order in which they appear; in a set, order does not count.

    >>> numbered(ast.parse("y = z * z")) == numbered(ast.parse("out = x * x")) != numbered(ast.parse("y = z * y"))
    True
    """
    numbers: dict[str, int] = {}

    def show(part: Any) -> str:
        match part:
            case ast.Name(id=name) | ast.arg(arg=name):
                return f"#{numbers.setdefault(name, len(numbers))}"
            case ast.Set(elts=items):
                return f"Set{sorted(map(show, items))}"
            case ast.FunctionDef(args=args, body=body):
                return f"FunctionDef({show(args)}, {show(body)})"
            case ast.AST():
                fields = (value for name, value in ast.iter_fields(part) if name not in ("ctx", "kind", "type_comment"))
                return f"{type(part).__name__}({', '.join(map(show, fields))})"
            case list():
                return f"[{', '.join(map(show, part))}]"
        return repr(part)

    return show(tree)


def first_line(node: ast.AST) -> str:
    """The first line of some code, in one normal form."""
    return ast.unparse(node).splitlines()[0]


def comparable(text: str) -> str:
    """Text without white space, with one kind of quotation mark."""
    return squeezed(text).replace('"', "'")
