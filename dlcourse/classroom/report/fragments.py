"""The fragments of an answer: its lines, what they are put together from, and each two lines that follow one another.

Names are numbered within a fragment, so that a line more or less in one place leaves the fragments of all others as they
are, and functions may stand in any order.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from dlcourse.classroom.report.form import DEFINITIONS, Form, form, spelt
from dlcourse.classroom.report.normalise import normal, words

#: Words below which a part of a line says nothing.
SMALLEST = 6
BRANCHES = ("body", "orelse", "handlers", "cases", "finalbody")


def fragments(source: str) -> frozenset[str]:
    """The fragments of an answer, each as a text that is the same for everyone who wrote it under any names.

    >>> fragments("def f(a): return 2 * a") == fragments("def twice(x):  # x + x" + chr(10) + "    return x * 2")
    True
    """
    answer = normal(source)
    lines: list[Any] = []
    texts: list[list[Any]] = [lines]
    for piece in answer.pieces:
        lines += [piece] if isinstance(piece, str) else flat(piece.body, texts)
    return frozenset(found for text in texts for found in of_text(text, answer.own))


def flat(statements: list[Any], texts: list[list[Any]]) -> Iterator[Any]:
    """Statements, and those inside of them, as lines one below the other; functions and classes become `texts` of their own."""
    for statement in statements:
        if isinstance(statement, DEFINITIONS):
            texts.append([statement, *flat(statement.body, texts)])
            continue
        yield statement
        for branch in BRANCHES:
            yield from flat(getattr(statement, branch, []), texts)


def of_text(lines: list[Any], own: Collection[str]) -> Iterator[str]:
    """The fragments of lines that stand below one another."""
    forms: list[Form] = [words(line, own) if isinstance(line, str) else form(line, own) for line in lines]
    for line in forms:
        yield from (spelt(part, {}) for part in parts(line))
    for two in pairwise(forms):
        yield spelt(two, {})


def parts(form: Form) -> Iterator[Form]:
    """A form and all that it is put together from, down to what says nothing."""
    if isinstance(form, tuple) and size(form) >= SMALLEST:
        yield form
        for part in form:
            yield from parts(part)


def size(form: Form) -> int:
    """How many words there are in a form."""
    return 1 if isinstance(form, str) else sum(map(size, form))
