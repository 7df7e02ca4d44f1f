"""First-order mutations: the single small changes that turn right code into code that is probably wrong.

`MUTATIONS` is a table: for each kind of node of Python's syntax tree, the rules that give other nodes for its place.
"""

import ast
import builtins
from collections.abc import Callable, Collection, Iterator
from typing import Any

#: Operators that may stand for one another.
OPERATORS: tuple[tuple[type[ast.AST], ...], ...] = (
    (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod),
    (ast.Mult, ast.MatMult),
    (ast.BitAnd, ast.BitOr, ast.BitXor),
    (ast.LShift, ast.RShift),
    (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.And, ast.Or),
)
#: Functions and methods, by their last name, that may stand for one another.
FUNCTIONS = (
    ("maximum", "minimum"), ("fmax", "fmin"), ("max", "min"), ("amax", "amin"), ("argmax", "argmin"),
    ("sum", "mean"), ("mean", "median"), ("sum", "prod"), ("cumsum", "cumprod"), ("std", "var"), ("any", "all"),
    ("sin", "cos"), ("sinh", "cosh", "tanh"), ("exp", "expm1"), ("log", "log1p"), ("log2", "log10"), ("sqrt", "square"),
    ("abs", "sign"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("floor", "ceil"), ("hstack", "vstack"),
    ("logical_and", "logical_or"), ("concatenate", "stack"),
)  # fmt: skip
#: Functions that give the same whichever way round their arguments stand.
SYMMETRIC = {"maximum", "minimum", "max", "min", "add", "multiply", "logaddexp", "hypot", "isclose", "array_equal"}
#: Functions whose arguments may be one too many or one too few.
COUNTS = {"range", "arange"}
AXES = (0, 1, -1, None)
#: What has variables of its own.
SCOPES = (ast.FunctionDef, ast.Lambda)

Rule = Callable[[Any], Iterator[ast.AST]]


def other_operators(kind: ast.AST) -> Iterator[Any]:
    """The operators that may stand for this one."""
    for family in OPERATORS:
        if type(kind) in family:
            yield from (other() for other in family if other is not type(kind))


def binary(node: ast.BinOp) -> Iterator[ast.AST]:
    """Another operator between two terms, or one term alone."""
    for op in other_operators(node.op):
        yield ast.BinOp(node.left, op, node.right)
    yield node.left
    yield node.right


def comparison(node: ast.Compare) -> Iterator[ast.AST]:
    """Another comparison in each place of a chain."""
    for i, kind in enumerate(node.ops):
        for op in other_operators(kind):
            yield ast.Compare(node.left, [*node.ops[:i], op, *node.ops[i + 1 :]], node.comparators)


def connective(node: ast.BoolOp) -> Iterator[ast.AST]:
    """`and` for `or`, or one of the operands left out."""
    for op in other_operators(node.op):
        yield ast.BoolOp(op, node.values)
    for i in range(len(node.values)):
        left = node.values[:i] + node.values[i + 1 :]
        yield ast.BoolOp(node.op, left) if len(left) > 1 else left[0]


def unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    """Minus, `not` and `~` left out."""
    yield node.operand


def constant(node: ast.Constant) -> Iterator[ast.AST]:
    """Another truth value, a number nearby or a telling one, no text."""
    value = node.value
    others: tuple[Any, ...] = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int):
        others = (0, 1, -1, 2, value + 1, value - 1)
    elif isinstance(value, float):
        others = (0.0, 1.0, -value, 2 * value, 0.5 * value, 1.01 * value)
    elif isinstance(value, str):
        others = ("",)
    yield from (ast.Constant(other) for other in dict.fromkeys(others) if other != value)


def call(node: ast.Call) -> Iterator[ast.AST]:
    """Neighbouring arguments swapped, an option left out, a count off by one, or the call itself left out."""
    name, args = last_name(node.func), node.args
    for i in range(len(args) - 1):
        if name not in SYMMETRIC:
            yield ast.Call(node.func, swapped(args, i), node.keywords)
    for i, keyword in enumerate(node.keywords):
        if not is_axis(keyword):
            yield ast.Call(node.func, args, node.keywords[:i] + node.keywords[i + 1 :])
    if name in COUNTS:
        for i, arg in enumerate(args):
            yield from (ast.Call(node.func, [*args[:i], off, *args[i + 1 :]], node.keywords) for off in off_by_one(arg))
    if len(args) == 1 and not isinstance(args[0], ast.Starred):
        yield args[0]
    if isinstance(node.func, ast.Attribute) and not args:
        yield node.func.value


def option(node: ast.keyword) -> Iterator[ast.AST]:
    """Another axis."""
    if is_axis(node):
        yield from (
            ast.keyword(node.arg, ast.Constant(axis))
            for axis in AXES
            if ast.unparse(node.value) != ast.unparse(ast.Constant(axis))
        )


def attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    """A related function, or the transpose left out."""
    yield from (ast.Attribute(node.value, other, node.ctx) for other in related(node.attr))
    if node.attr == "T":
        yield node.value


def name(node: ast.Name) -> Iterator[ast.AST]:
    """A related function of Python's own."""
    if isinstance(node.ctx, ast.Load):
        yield from (ast.Name(other, node.ctx) for other in related(node.id) if hasattr(builtins, other))


def subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    """An index off by one; a number is changed as a constant."""
    if isinstance(node.slice, ast.Name | ast.BinOp):
        yield from (ast.Subscript(node.value, off, node.ctx) for off in off_by_one(node.slice))


def slices(node: ast.Slice) -> Iterator[ast.AST]:
    """A slice that begins or ends one entry off."""
    for low in [ast.Constant(1)] if node.lower is None else off_by_one(node.lower):
        yield ast.Slice(low, node.upper, node.step)
    for high in [ast.Constant(-1)] if node.upper is None else off_by_one(node.upper):
        yield ast.Slice(node.lower, high, node.step)


def display(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    """An item left out, or neighbours swapped, where their order counts."""
    rest = [] if isinstance(node, ast.Set) else [node.ctx]
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and len(node.elts) > 1:
        yield from (type(node)(node.elts[:i] + node.elts[i + 1 :], *rest) for i in range(len(node.elts)))
    if not isinstance(node, ast.Set):
        yield from (type(node)(swapped(node.elts, i), *rest) for i in range(len(node.elts) - 1))


def dictionary(node: ast.Dict) -> Iterator[ast.AST]:
    """An entry left out."""
    for i in range(len(node.keys)):
        yield ast.Dict(node.keys[:i] + node.keys[i + 1 :], node.values[:i] + node.values[i + 1 :])


def condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """A condition the other way round."""
    fields = dict(ast.iter_fields(node))
    yield type(node)(**{**fields, "test": ast.UnaryOp(ast.Not(), node.test)})


def update(node: ast.AugAssign) -> Iterator[ast.AST]:
    """`x += y` with another operator, and as `x = y`."""
    yield from (ast.AugAssign(node.target, op, node.value) for op in other_operators(node.op))
    yield ast.Assign([node.target], node.value)


def jump(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    """`break` for `continue`."""
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def statement(node: ast.stmt) -> Iterator[ast.AST]:
    """The statement left out, but for a string that documents."""
    if not is_documentation(node):
        yield ast.Pass()


#: Which rules apply to a node: those of its own kind, and those of the kinds it belongs to.
MUTATIONS: dict[type[ast.AST], Rule] = {
    ast.BinOp: binary,
    ast.Compare: comparison,
    ast.BoolOp: connective,
    ast.UnaryOp: unary,
    ast.Constant: constant,
    ast.Call: call,
    ast.keyword: option,
    ast.Attribute: attribute,
    ast.Name: name,
    ast.Subscript: subscript,
    ast.Slice: slices,
    ast.Tuple: display,
    ast.List: display,
    ast.Set: display,
    ast.Dict: dictionary,
    ast.If: condition,
    ast.While: condition,
    ast.IfExp: condition,
    ast.AugAssign: update,
    ast.Break: jump,
    ast.Continue: jump,
    ast.stmt: statement,
}


def mutations(node: ast.AST, scope: Collection[str] = ()) -> Iterator[ast.AST]:
    """Every node that a rule puts in the place of this one; a variable of `scope` is taken for each other one, too.

    >>> [ast.unparse(other) for other in mutations(ast.parse("a @ b", mode="eval").body)]
    ['a * b', 'a', 'b']
    """
    for kind, rule in MUTATIONS.items():
        if isinstance(node, kind):
            yield from rule(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope:
        yield from (ast.Name(other, node.ctx) for other in scope if other != node.id)


def variables(function: ast.AST) -> list[str]:
    """The arguments and variables of a function, in order, without those of functions inside it."""
    own: dict[str, None] = {}
    left = list(ast.iter_child_nodes(function))
    while left:
        part = left.pop(0)
        if isinstance(part, ast.arg):
            own[part.arg] = None
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            own[part.id] = None
        if not isinstance(part, SCOPES):
            left[:0] = ast.iter_child_nodes(part)
    return list(own)


def is_settled(node: ast.AST) -> bool:
    """Whether what is inside this node is no place for mutations: text that documents, formats, an axis as a whole."""
    is_whole = isinstance(node, ast.keyword) and is_axis(node)
    return is_whole or isinstance(node, ast.JoinedStr) or is_documentation(node)


def is_documentation(node: ast.AST) -> bool:
    """Whether a statement is a string that documents."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_axis(keyword: ast.keyword) -> bool:
    """Whether an option is an axis written as a number."""
    return keyword.arg == "axis" and not any(isinstance(part, ast.Name) for part in ast.walk(keyword.value))


def related(function: str) -> Iterator[str]:
    """The functions that may stand for this one, by name."""
    for family in FUNCTIONS:
        if function in family:
            yield from (other for other in family if other != function)


def last_name(function: ast.expr) -> str:
    """`exp` of `np.exp`; nothing where a function is not called by a name."""
    return ast.unparse(function).rpartition(".")[2]


def off_by_one(index: ast.expr) -> Iterator[ast.expr]:
    """An index, one further and one less; a number is changed as a constant."""
    if not isinstance(index, ast.Constant):
        yield from (ast.BinOp(index, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub()))


def swapped(items: list[ast.expr], i: int) -> list[ast.expr]:
    """The items with the one at `i` and its neighbour swapped."""
    return [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
