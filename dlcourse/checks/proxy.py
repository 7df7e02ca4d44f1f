"""A learner's functions and objects, as a check holds them: it writes `opt.step(grad)`, and the object stays with them.

A proxy is the check's own class. Whatever is done with it is asked of the learner's side, and comes back as plain data
or as another proxy; to whoever judges answers it is an `Opaque`, so an object that claims to equal everything gains
nothing. The solution's functions and objects are held in the same way.
"""

from collections.abc import Callable, Iterator
from typing import Any

from dlcourse.checks.compare import show
from dlcourse.checks.expect import Wrong
from dlcourse.checks.operations import ARITHMETIC
from dlcourse.checks.plain import MAX_ITEMS, Opaque

#: Asks for an operation on a name or an object: operation, thing, its label, arguments, keyword arguments.
Ask = Callable[[str, str | Opaque, str, tuple[Any, ...], dict[str, Any]], Any]


class Function:
    """A function or a class, by its name."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.__name__ = self.__qualname__ = name
        self.proxy_ask = ask

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.proxy_ask("call", self.__name__, self.__name__, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        refuse_special(name)
        return self.proxy_ask("attribute", self.__name__, self.__name__, (name,), {})


class Proxy(Opaque):
    """An object: attributes, items, calls, `len`, `bool`, `for` and `with` are asked of the one it stands for."""

    proxy_ask: Ask
    proxy_label: str

    def __init__(self, stands_for: Opaque, ask: Ask, label: str) -> None:
        super().__init__(stands_for.opaque_type, stands_for.opaque_handle)
        object.__setattr__(self, "proxy_ask", ask)
        object.__setattr__(self, "proxy_label", label)

    def __getattr__(self, name: str) -> Any:
        refuse_special(name)
        return self._asked("attribute", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._asked("set", name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._asked("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._asked("set item", key, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.proxy_ask("call", self, self.proxy_label, args, kwargs)

    def __len__(self) -> int:
        length = self._asked("length")
        if type(length) is not int or not 0 <= length <= MAX_ITEMS:
            raise Wrong(f"its length is {length}; a number from 0 to {MAX_ITEMS:,} is expected")
        return length

    def __bool__(self) -> bool:
        return self._asked("truth") is True

    def __iter__(self) -> Iterator[Any]:
        iterator = self._asked("iterate")
        if not isinstance(iterator, Proxy):
            raise Wrong("it cannot be iterated over")
        for _ in range(MAX_ITEMS):
            try:
                yield next(iterator)
            except StopIteration:
                return
        raise Wrong(f"it gives more than {MAX_ITEMS:,} items")

    def __next__(self) -> Any:
        match self._asked("next"):
            case (item,):
                return item
            case ():
                raise StopIteration
        raise Wrong("it cannot be iterated over")

    def __enter__(self) -> Any:
        return self._asked("attribute", "__enter__")()

    def __exit__(self, *error: object) -> None:
        self._asked("attribute", "__exit__")(None, None, None)

    def __repr__(self) -> str:
        return f"<{self.proxy_label}, an object of type {self.opaque_type}>"

    def _asked(self, operation: str, *args: Any) -> Any:
        return self.proxy_ask(operation, self, self.proxy_label, args, {})


class Operand(Proxy):
    """An object of a class that a question asks for, such as a `Tensor`, or what such an object gave: it has arithmetic.

    What arithmetic gives must be such an object again: in `abs(got - expected) < 1e-6` no object passes for a number.
    Answers of functions have none: in `got - expected` they would be told what is expected.
    """

    __array_ufunc__ = None  # an array on the left leaves the arithmetic to us


def _arithmetic(method: str) -> Callable[..., Any]:
    def ask(self: Operand, *others: Any) -> Any:
        answer = self.proxy_ask(method, self, self.proxy_label, others, {})
        if not isinstance(answer, Proxy):
            raise Wrong(f"the answer is {show(answer)}, expected an object of its class")
        return answer

    return ask


for _name in ("__neg__", *(f"__{r}{name}__" for name in ARITHMETIC for r in ("", "r"))):
    setattr(Operand, _name, _arithmetic(_name))


def held(value: Any, operation: str, of: str | Opaque, ask: Ask, label: str) -> Any:
    """An answer as a check holds it: proxies in place of what cannot be read, named by what was asked.

    A question names classes in CapWords: what comes of calling one is an operand.
    """
    made = operation == "call" and isinstance(of, str) and of[:1].isupper()
    kind = Operand if made or isinstance(of, Operand) else Proxy

    def hold(part: Any) -> Any:
        if isinstance(part, Opaque):
            return kind(part, ask, label)
        if isinstance(part, dict):
            return {hold(key): hold(item) for key, item in part.items()}
        return type(part)(map(hold, part)) if isinstance(part, tuple | list | set) else part

    return hold(value)


def bare(of: str | Opaque) -> str | Opaque:
    """A thing as it travels: its name, or what stands for it."""
    return Opaque(of.opaque_type, of.opaque_handle) if isinstance(of, Opaque) else of


def refuse_special(name: str) -> None:
    """Names with a meaning to Python or NumPy are not asked for: they would let an object speak for its numbers."""
    if name.startswith("__"):
        raise AttributeError(name)
