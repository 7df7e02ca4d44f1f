"""Mutants of a solution: its answer cells with one small change each, which the question's checks must reject.

Where they do not, either a check is missing, or the change makes no difference and the author says why.
"""

import ast
import contextlib
import io
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

from dlcourse.authoring.mutations import SCOPES, is_settled, mutations, variables
from dlcourse.checks.question import Check, Question
from dlcourse.checks.run import Oracle, cases, run_case
from dlcourse.checks.source import defines
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.master import REGION
from dlcourse.grading.submission import Cell, SubmittedNotebook

#: CPU seconds that a mutant may take: a right solution's checks take at most one together, so this one hangs.
PATIENCE = 1.0
#: These say little alone: a sentence about them begins with what they stand in.
SMALL = (ast.Constant, ast.Name, ast.Slice)


@dataclass(frozen=True)
class Mutant:
    """A changed solution: the answer cells of a question as code, and the change in words.

    `views` holds the change as seen from the changed piece, from what that stands in, and so on up to its statement.
    """

    where: str
    place: str
    views: tuple[str, ...]
    code: tuple[CodeType, ...]

    @property
    def sentence(self) -> str:
        """The change, by which an author refers to it: `silu: z * gate -> z + gate`."""
        return f"{self.where}: {self.views[0]}" if self.where else self.views[0]


@dataclass(frozen=True)
class Place:
    """Where a node stands in a tree: its parent's field, the functions around it, and the innermost one's variables.

    `around` holds the node and its ancestors up to the statement.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    where: str
    scope: Sequence[str]
    around: tuple[ast.AST, ...]

    def put(self, node: ast.AST) -> None:
        """Put a node here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def answer_cells(master: SubmittedNotebook, question: Question) -> list[Cell]:
    """The cells of a master that answer a question."""
    return [cell for cell in master.cells if cell.question == question.id]


def names_around(master: SubmittedNotebook, question: Question, names: Mapping[str, Any]) -> dict[str, Any]:
    """The master's names without those that the answer to a question makes: what a mutant leaves out is not there."""
    lines = [line for cell in answer_cells(master, question) for line in ast.parse(cell.source).body]
    made = {name for line in lines for name in defines(line)}
    return {name: thing for name, thing in names.items() if name not in made}


def mutants_of(master: SubmittedNotebook, question: Question) -> list[Mutant]:
    """Every mutant of a question's answer cells whose code is another than the solution's and than any other mutant's."""
    cells = answer_cells(master, question)
    trees = [ast.parse(cell.source) for cell in cells]
    codes = [compiled(tree) for tree in trees]
    found: list[Mutant] = []
    for i, (cell, tree) in enumerate(zip(cells, trees, strict=True)):
        seen = {essence(codes[i])}
        for place in places(tree, regions(cell)):
            for mutant in mutants_at(place, tree, cell):
                if (key := essence(mutant.code[0])) not in seen:
                    seen.add(key)
                    found.append(replace(mutant, code=(*codes[:i], *mutant.code, *codes[i + 1 :])))
    return told_apart(found)


def mutants_at(place: Place, tree: ast.Module, cell: Cell) -> Iterator[Mutant]:
    """The mutants that have something else in one place."""
    line = getattr(place.node, "lineno", 0)
    indices = [node.slice for node in place.around if isinstance(node, ast.Subscript)]
    chain = [node for node in place.around if not isinstance(node, SMALL) and node not in indices]
    before = [first_line(node) for node in chain]
    for other in mutations(place.node, place.scope):
        ast.fix_missing_locations(ast.copy_location(other, place.node))
        place.put(other)
        after = [first_line(other if node is place.node else node) for node in chain]
        with contextlib.suppress(SyntaxError, ValueError):  # what Python itself refuses needs no check
            views = tuple(f"{old} -> {new}" for old, new in zip(before, after, strict=True) if old != new)
            place_name = f"cell {cell.number}, line {line}"
            yield Mutant(place.where, place_name, views or (f"{before[0]} -> {after[0]}",), (compiled(tree),))
        place.put(place.node)


def places(tree: ast.Module, inside: Sequence[range]) -> Iterator[Place]:
    """Every place of a tree on these lines where something else may stand."""

    def below(parent: ast.AST, where: str, scope: Sequence[str], around: tuple[ast.AST, ...]) -> Iterator[Place]:
        for field, index, node in children(parent):
            chain = (node,) if isinstance(node, ast.stmt) else (node, *around)
            if any(getattr(node, "lineno", 0) in lines and getattr(node, "end_lineno", 0) in lines for lines in inside):
                yield Place(node, parent, field, index, where, scope, chain)
            if not is_settled(node):
                name = getattr(node, "name", "") if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
                own = variables(node) if isinstance(node, SCOPES) else scope
                yield from below(node, f"{where}.{name}".strip("."), own, chain)

    return below(tree, "", (), ())


def children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """The nodes below a node that do something, each with the field it stands in and its index there."""
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns", "decorator_list"):
            several = enumerate(value) if isinstance(value, list) else [(None, value)]
            yield from ((field, i, child) for i, child in several if isinstance(child, ast.AST))


def regions(cell: Cell) -> list[range]:
    """The lines of a cell, from 1, that are its solution."""
    return [
        range(*(1 + cell.source.count("\n", 0, at) for at in region.span("solution")))
        for region in REGION.finditer(cell.source)
    ]


def first_line(node: ast.AST) -> str:
    """A piece of code in a line."""
    return ast.unparse(node).splitlines()[0]


def compiled(tree: ast.Module) -> CodeType:
    """A tree as code; what Python warns of in a mutant is no news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, "<answer>", "exec")


def essence(code: CodeType) -> tuple[Any, ...]:
    """What makes two pieces of code do the same, wherever they stand."""
    constants = tuple(essence(c) if isinstance(c, CodeType) else (type(c), repr(c)) for c in code.co_consts)
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars


def told_apart(mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants, each described as briefly as tells it apart: two alike show more of what stands around the change."""
    while True:
        often = Counter(mutant.sentence for mutant in mutants)
        wider = [replace(m, views=m.views[1:]) if often[m.sentence] > 1 and m.views[1:] else m for m in mutants]
        if wider == mutants:
            return wider
        mutants = wider


def accepting_seeds(
    mutant: Mutant, question: Question, names: Mapping[str, Any], oracle: Oracle, seeds: Sequence[int]
) -> list[int]:
    """The seeds with which every check accepts a mutant; one that raises or hangs is accepted no more."""
    accepting = []
    with contextlib.suppress(Exception, SystemExit, Hanging), contextlib.redirect_stdout(io.StringIO()):
        with deadline(PATIENCE):
            backend = LocalBackend(
                run(mutant, names), forbidding=False
            )  # a change of the solution leans on nothing new
        for seed in seeds:
            with deadline(PATIENCE):
                check = rejecting_check(question, backend, oracle, seed)
            if check is None:
                accepting.append(seed)
            elif "rng" not in check.arguments:  # its inputs are the same with every seed
                break
    return accepting


def rejecting_check(question: Question, backend: LocalBackend, oracle: Oracle, seed: int) -> Check | None:
    """The first check of a question that is not content."""
    runs = (case for check in question.checks for case in cases(check))
    return next((c.check for c in runs if run_case(question, c, backend, oracle, seed)[0].status != "passed"), None)


def run(mutant: Mutant, names: Mapping[str, Any]) -> dict[str, Any]:
    """These names and what the mutant's cells make of them."""
    own = dict(names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for code in mutant.code:
            exec(code, own)
    return own


class Hanging(BaseException):
    """A mutant that takes too long."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `Hanging` when the block has used up its CPU seconds, where Python itself is what takes long.

    Windows has no such timer, nor has a thread: there a mutant that hangs must be interrupted by hand.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise Hanging

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)  # and again, for a mutant that catches everything
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
