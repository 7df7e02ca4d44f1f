"""Write it yourself: what a question forbids is out of reach while an answer runs, and only then.

`forbid=["dlcourse.functional.sigmoid", "scipy.special.expit"]` names what an answer may not call. How an answer got hold
of it makes no difference, because it is not names that are blocked. A Python function keeps its place everywhere and
gets other code, which raises `Forbidden`; so do all functions that were made of the same lines, such as those of a
module that was loaded again. A function written in C cannot be changed, so every reference to it is replaced.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from importlib import import_module
from os.path import realpath
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from dlcourse.checks.references import Place, look, places_of

#: The file name of code that blocks.
BLOCKING = "<forbidden>"


class Forbidden(Exception):
    """An answer calls what its question asks the learner to write; the message is the forbidden name."""


class NoSuchName(ValueError):
    """A forbidden name that does not exist in its module: the author's error."""


class Target(NamedTuple):
    """A forbidden name and what it stands for: Python functions, or things whose references must be replaced."""

    name: str
    functions: tuple[FunctionType, ...]
    things: tuple[Any, ...]

    @classmethod
    def of(cls, name: str, thing: Any) -> "Target":
        """What a name stands for, taken apart."""
        functions = tuple(functions_of(thing))
        return cls(name, functions, () if functions else tuple(unwrapped(thing)))


def find(names: Sequence[str]) -> tuple[Target, ...]:
    """What these names stand for, their modules imported; what is not installed is left out. `NoSuchName` if one is wrong."""
    found = ((name, resolve(name)) for name in names)
    return tuple(Target.of(name, thing) for name, thing in found if thing is not None)


def resolve(name: str) -> Any:
    """What a full name stands for; None where its package is not installed.

    >>> resolve("math.sqrt"), resolve("no_such_package.sigmoid")
    (<built-in function sqrt>, None)
    """
    path, *parts = name.split(".")
    try:
        thing: Any = import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        return None
    for part in parts:
        path = f"{path}.{part}"
        try:
            thing = getattr(thing, part) if hasattr(thing, part) else import_module(path)
        except ImportError:
            raise NoSuchName(f"forbid names {name}, but there is no {path}") from None
    if isinstance(thing, ModuleType) or not callable(thing):
        raise NoSuchName(f"forbid names {name}, which cannot be called: name functions or classes")
    return thing


def unwrapped(thing: Any) -> Iterator[Any]:
    """A thing and what it wraps, from the outside in."""
    seen: list[Any] = []
    while thing is not None and not any(thing is other for other in seen):
        seen.append(thing)
        yield thing
        thing = getattr(thing, "__func__", None) or getattr(thing, "__wrapped__", None)


def functions_of(thing: Any) -> Iterator[FunctionType]:
    """The Python functions that run when a thing is used: a class's own ones, the innermost of a wrapped function."""
    if isinstance(thing, type):
        for part in vars(thing).values():
            pieces = (part.fget, part.fset) if isinstance(part, property) else (part,)
            for piece in pieces:
                if isinstance(piece, FunctionType | MethodType | staticmethod | classmethod):
                    yield from functions_of(piece)
        return
    *_, innermost = unwrapped(thing)
    if isinstance(innermost, FunctionType):
        yield innermost


def plan(targets: Sequence[Target], stand_in: Callable[[str, Any], Any]) -> list[Place]:
    """The places to change so that nothing that these targets stand for can be called."""
    by_lines = {lines(function.__code__): name for name, functions, _ in targets for function in functions}
    alone = {id(function): name for name, functions, _ in targets for function in functions}
    known = {code for code in by_lines if is_a_files_own(code)}
    qualnames = {qualname for _, qualname in known}
    places = []
    gc.unfreeze()
    for function in [thing for thing in gc.get_objects() if type(thing) is FunctionType]:
        code = function.__code__
        of = alone.get(id(function))
        if of is None and code.co_qualname in qualnames and lines(code) in known:
            of = by_lines[lines(code)]
        if of is not None:
            places.append(Place(partial(setattr, function, "__code__"), code, blocking_code(of, code)))
    named = [(name, thing) for name, _, things in targets for thing in things]
    return places + (places_of_things(named, stand_in) if named else [])


def places_of_things(named: Sequence[tuple[str, Any]], stand_in: Callable[[str, Any], Any]) -> list[Place]:
    """The places to change so that none of these things, each with its forbidden name, can be reached."""
    scene = look()
    parts, _, _ = scene
    ufuncs = {id(part): part for part in parts if type(part) is np.ufunc}.values()
    likenesses = [(name, ufunc) for name, thing in named for ufunc in ufuncs if is_like(ufunc, thing)]
    swap = {id(thing): stand_in(name, thing) for name, thing in (*likenesses, *named)}
    things = [thing for _, thing in (*likenesses, *named)]
    (any_name,) = {name for name, _ in named} if len({name for name, _ in named}) == 1 else {""}
    return places_of(scene, things, swap, lambda holder: stand_in(any_name, holder), ignore=StandIn)


def is_like(ufunc: np.ufunc, thing: Any) -> bool:
    """Whether a ufunc is the same as a thing, loaded again, or calls it for each entry.

    The collector does not look into a ufunc: what `np.frompyfunc` made is known by its name alone.
    """
    if ufunc.__name__ == f"{getattr(thing, '__name__', '?')} (vectorized)":
        return True
    return type(thing) is np.ufunc and (ufunc.__name__, ufunc.__doc__) == (thing.__name__, thing.__doc__)


def lines(code: CodeType) -> tuple[str, str]:
    """Which lines of which file some code was made of."""
    return real(code.co_filename), code.co_qualname


real = lru_cache(maxsize=None)(realpath)


def is_a_files_own(code: tuple[str, str]) -> bool:
    """Whether file and name tell a function apart: not so for generated code, nor for the inside of a decorator."""
    return not code[0].rpartition("/")[2].startswith("<") and "<locals>" not in code[1]


def blocking_code(name: str, code: CodeType) -> CodeType:
    """Code that takes the place of other code, takes any arguments, and raises `Forbidden`."""
    free = ", ".join(code.co_freevars)
    source = (
        f"def outer({free}):\n def {code.co_name if code.co_name.isidentifier() else 'blocked'}(*args, **kwargs):\n"
    )
    source += f"  forbidden = 'Forbidden'\n  raise forbidden('name')\n  {free}\n"
    module = compile(source, BLOCKING, "exec")
    outer = next(part for part in module.co_consts if isinstance(part, CodeType))
    inner = next(part for part in outer.co_consts if isinstance(part, CodeType))
    put = {"Forbidden": Forbidden, "name": name}
    # Nothing is looked up when it runs: the class and the name are constants of the code.
    constants = tuple(put.get(part, part) if isinstance(part, str) else part for part in inner.co_consts)
    return inner.replace(co_consts=constants)


class StandIn:
    """What stands where a forbidden C function stood; it has that function, to hand calls on while not `blocking`."""

    __slots__ = ("_blocking", "_name", "_thing")

    def __init__(self, name: str, thing: Any = None, blocking: Callable[[], bool] = lambda: True) -> None:
        self._name, self._thing, self._blocking = name, thing, blocking

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse, or hand on."""
        if self._blocking():
            raise Forbidden(self._name)
        return self._thing(*args, **kwargs)

    def __iter__(self) -> Any:
        if self._blocking():
            raise Forbidden(self._name)
        return iter(self._thing)

    def __getitem__(self, key: Any) -> Any:
        if self._blocking():
            raise Forbidden(self._name)
        return self._thing[key]

    def __next__(self) -> Any:
        if self._blocking():
            raise Forbidden(self._name)
        return next(self._thing)

    def __getattr__(self, name: str) -> Any:
        if self._blocking():
            raise AttributeError(name) if name.startswith("__") else Forbidden(self._name)
        return getattr(self._thing, name)


class Blocked:
    """A world in which these names cannot be called; everything is put back when the learner's code has run."""

    def __init__(self, names: Sequence[str]) -> None:
        self._is_on = False
        self._places = plan(find(names), lambda name, thing: StandIn(name, thing, lambda: self._is_on))

    @contextmanager
    def _switched(self, on: bool) -> Iterator[None]:
        self._switch(on)
        try:
            yield
        finally:
            self._switch(not on)

    def _switch(self, on: bool) -> None:
        self._is_on = on
        for put, old, new in self._places if on else reversed(self._places):
            put(new if on else old)

    def theirs(self) -> AbstractContextManager[None]:
        """What is forbidden is out of reach."""
        return self._switched(True)

    def ours(self) -> AbstractContextManager[None]:
        """A check's own function may use it."""
        return self._switched(False)
