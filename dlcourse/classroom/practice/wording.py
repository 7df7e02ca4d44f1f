"""The same answer in other words: by steps of a student's own, or a friend's answer with its names changed."""

import ast
from collections.abc import Callable, Iterator

import numpy as np

#: What students call that which they compute on the way, and that which they return.
STEPS = (
    "tmp",
    "part",
    "a",
    "b",
    "res",
    "first",
    "second",
    "inner",
    "t1",
    "t2",
    "val",
    "piece",
    "helper",
    "mid",
    "term",
)
ENDS = ("out", "result", "answer", "ret", "final")
#: What stands instead of a name that a friend used.
OTHERS = ("foo", "thing", "mine", "value1", "value2", "q", "w2", "inp", "outp", "arr", "num", "s1", "s2", "cc", "dd")
#: A student rewrites so many statements of a function at most.
MOST = 3
#: Calls that may as well be made a line earlier.
PURE = {"np", "abs", "len", "min", "max", "sum", "float", "int"}


def own_words(cell: str, rng: np.random.Generator) -> str:
    r"""A cell whose functions compute the same by steps of a student's own.

    >>> print(own_words("def f(x):\n    return 2 * x + 1", np.random.default_rng(0)))
    def f(x):
        ret = 2 * x + 1
        return ret
    """
    return rewritten(cell, lambda function: with_steps(function, rng))


def other_names(cell: str, rng: np.random.Generator) -> str:
    r"""A cell whose functions call their own variables something else.

    >>> print(other_names("def f(x):\n    y = 2 * x\n    return y", np.random.default_rng(0)))
    def f(x):
        mine = 2 * x
        return mine
    """
    return rewritten(cell, lambda function: with_other_names(function, rng))


def rewritten(cell: str, change: Callable[[ast.FunctionDef], None]) -> str:
    """A cell with its functions and methods changed; all other lines stay as they were."""
    lines = cell.splitlines()
    for node in reversed(ast.parse(cell).body):
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        functions = [part for part in inside if isinstance(part, ast.FunctionDef)]
        for function in functions:
            change(function)
        if functions and not getattr(node, "decorator_list", []):
            lines[node.lineno - 1 : node.end_lineno] = ast.unparse(ast.fix_missing_locations(node)).splitlines()
    return "\n".join(lines)


def with_steps(function: ast.FunctionDef, rng: np.random.Generator) -> None:
    """Give names to some of what a function computes in passing."""
    taken = names_in(function)
    places = [
        (block, line) for block in blocks(function) for line in block if isinstance(line, ast.Assign | ast.Return)
    ]
    for i in rng.permutation(len(places))[: 1 + rng.integers(MOST)]:
        block, line = places[i]
        words = ENDS if isinstance(line, ast.Return) and rng.random() < 0.5 else STEPS
        free = [word for word in words if word not in taken]
        value = line.value if words is ENDS else None if line.value is None else a_part(line.value, rng)
        if not free or value is None or isinstance(value, ast.Name | ast.Constant | ast.Tuple):
            continue
        name = free[rng.integers(len(free))]
        taken.add(name)
        step = ast.Assign([ast.Name(name, ast.Store())], value, lineno=line.lineno)
        block[block.index(line)] = Put(value, name).visit(line)
        block.insert(block.index(line), step)


def a_part(value: ast.expr, rng: np.random.Generator) -> ast.expr | None:
    """Some part of an expression that can be computed before all others; nothing where there is none."""
    found = [part for part in within(value) if isinstance(part, ast.BinOp | ast.Call) and is_pure(part)]
    return found[rng.integers(len(found))] if found else None


def within(value: ast.expr) -> Iterator[ast.expr]:
    """The expressions inside of one that are computed once whenever it is."""
    match value:
        case ast.BinOp(left=left, right=right):
            inside = [left, right]
        case ast.UnaryOp(operand=operand):
            inside = [operand]
        case ast.Call(args=args) | ast.Tuple(elts=args):
            inside = [arg for arg in args if not isinstance(arg, ast.Starred)]
        case _:
            inside = []
    for part in inside:
        yield part
        yield from within(part)


def is_pure(part: ast.expr) -> bool:
    """Whether an expression calls nothing but arithmetic."""
    calls = [node.func for node in ast.walk(part) if isinstance(node, ast.Call)]
    return all(ast.unparse(called).split(".")[0] in PURE for called in calls) and "random" not in ast.unparse(part)


class Put(ast.NodeTransformer):
    """Puts a name in the place of an expression."""

    def __init__(self, value: ast.expr, name: str) -> None:
        self._value, self._name = value, name

    def visit(self, node: ast.AST) -> ast.AST:
        """A node, or the name instead."""
        return ast.Name(self._name, ast.Load()) if node is self._value else self.generic_visit(node)


def with_other_names(function: ast.FunctionDef, rng: np.random.Generator) -> None:
    """Call a function's own variables something else, all of them; its arguments keep their names."""
    taken, kept = names_in(function), {part.arg for part in ast.walk(function) if isinstance(part, ast.arg)}
    if any(isinstance(part, ast.Global | ast.Nonlocal | ast.ClassDef) for part in ast.walk(function)):
        return
    variables = [part for part in ast.walk(function) if isinstance(part, ast.Name)]
    own = sorted({part.id for part in variables if isinstance(part.ctx, ast.Store)} - kept)
    words = [str(word) for word in rng.permutation(OTHERS) if word not in taken]
    new = dict(zip(own, words, strict=False))
    for variable in variables:
        variable.id = new.get(variable.id, variable.id)


def names_in(function: ast.FunctionDef) -> set[str]:
    """All names that a function mentions."""
    nodes = list(ast.walk(function))
    found = {part.id for part in nodes if isinstance(part, ast.Name)}
    found |= {part.name for part in nodes if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return found | {part.arg for part in nodes if isinstance(part, ast.arg)}


def blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    """Every list of statements in a function, those of functions in it included."""
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            if isinstance(block := getattr(node, name, None), list):
                yield block
