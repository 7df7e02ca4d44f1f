"""What a check may ask of a learner's code: a table of operations, each as Python does it and as a sentence writes it."""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dlcourse.checks.plain import Opaque


@dataclass(frozen=True)
class Operation:
    """What is done with a thing and its arguments, and how that is written: `{0}` is the thing, `{1}` an argument."""

    do: Callable[..., Any]
    written: str


@dataclass(frozen=True)
class Request:
    """One operation on a name or an object of the learner's, in plain data.

    `label` is what a sentence calls the thing; `forbid` names what its code may not call meanwhile.
    """

    operation: str
    of: str | Opaque
    label: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    no_overflow: bool = False
    seconds: float = 2.0
    forbid: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """What is asked, as a sentence writes it.

        >>> Request("attribute", "Adam", "Adam(...)", ("lr",)).asked
        'Adam(...).lr'
        """
        return OPERATIONS[self.operation].written.format(self.label, *self.args[:1])


def call(thing: Any, *args: Any, **kwargs: Any) -> Any:
    """The thing's answer to these arguments."""
    return thing(*args, **kwargs)


def pass_on(thing: Any) -> Any:
    """The thing itself."""
    return thing


def pull(iterator: Iterable[Any]) -> tuple[Any, ...]:
    """The next item as a tuple of one; an empty tuple at the end.

    >>> numbers = iter([7])
    >>> pull(numbers), pull(numbers)
    ((7,), ())
    """
    for item in iterator:
        return (item,)
    return ()


#: Arithmetic, by the method that Python looks for; the others of a pair have the thing on the right.
ARITHMETIC = {
    "add": (operator.add, "+"),
    "sub": (operator.sub, "-"),
    "mul": (operator.mul, "*"),
    "truediv": (operator.truediv, "/"),
    "pow": (operator.pow, "**"),
    "matmul": (operator.matmul, "@"),
}


def turned(do: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same operator with its sides exchanged."""
    return lambda thing, other: do(other, thing)


OPERATIONS = {
    "call": Operation(call, "{0}(...)"),
    "value": Operation(pass_on, "{0}"),
    "attribute": Operation(getattr, "{0}.{1}"),
    "set": Operation(setattr, "{0}.{1} = ..."),
    "item": Operation(operator.getitem, "{0}[...]"),
    "set item": Operation(operator.setitem, "{0}[...] = ..."),
    "length": Operation(len, "len({0})"),
    "truth": Operation(bool, "bool({0})"),
    "iterate": Operation(iter, "{0}"),
    "next": Operation(pull, "next({0})"),
    "__neg__": Operation(operator.neg, "-{0}"),
    **{f"__{name}__": Operation(do, f"{{0}} {sign} ...") for name, (do, sign) in ARITHMETIC.items()},
    **{f"__r{name}__": Operation(turned(do), f"... {sign} {{0}}") for name, (do, sign) in ARITHMETIC.items()},
}
