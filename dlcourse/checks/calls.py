"""One call of a learner's function, made the same way in a notebook and in the grader's worker.

The function gets copies of its arguments, so nothing it writes into them harms a check; NumPy's warnings count only
where a check says so; and whatever happens becomes data: an `Answer`.
"""

import linecache
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import CodeType
from typing import Any, Literal, Protocol

import numpy as np

from dlcourse.checks.forbid import Forbidden
from dlcourse.checks.objects import Answer, Objects
from dlcourse.checks.operations import OPERATIONS, Request
from dlcourse.checks.plain import NotPlain, plain

#: Why a call brought no answer: not written yet, ran out of time, ended Python itself.
NOT_ANSWERED = {
    "NotImplementedError": "not attempted",
    "NotDefined": "not attempted",
    "TimedOut": "timeout",
    "Died": "error",
}


class World(Protocol):
    """What stands around a learner's code while it runs: what it may not call, what it has changed of Python."""

    def theirs(self) -> AbstractContextManager[None]:
        """Entered for as long as the learner's code runs."""

    def ours(self) -> AbstractContextManager[None]:
        """Entered inside of that, for as long as it waits for a function of the check's."""


class Open:
    """Nothing stands around it."""

    def theirs(self) -> AbstractContextManager[None]:
        """Nothing is done."""
        return nullcontext()

    def ours(self) -> AbstractContextManager[None]:
        """Nothing is done."""
        return nullcontext()


def answer_to(request: Request, find: Callable[[], Any], objects: Objects, world: World) -> Answer:
    """Do what is asked with the learner's thing that `find` gives, on copies of the arguments; say what came of it."""
    trouble: Literal["raise", "ignore"] = "raise" if request.no_overflow else "ignore"
    try:
        args, kwargs = objects.restore(request.args), objects.restore(request.kwargs)
        with warnings.catch_warnings(), np.errstate(over=trouble, divide=trouble, invalid=trouble, under="ignore"):
            warnings.simplefilter("ignore")
            with world.theirs():
                value = OPERATIONS[request.operation].do(find(), *args, **kwargs)
        if (changed := changed_argument(find(), args, request.args)) is not None:
            return Answer(
                error="ChangedInput",
                message=f"it changes its input {changed} in place; work on a copy (an array's `.copy()`)",
            )
        return Answer(plain(value, objects.keep))
    except NotPlain as error:
        return Answer(error="NotPlain", message=str(error))
    except Forbidden as error:
        return Answer(error="Forbidden", message=str(error))
    except NotImplementedError:
        return Answer(error="NotImplementedError")
    except FloatingPointError as error:
        return Answer(
            error="FloatingPointError", message=f"{describe_error(error)} (in this check NumPy's warnings count)"
        )
    except TypeError as error:
        if has_gap(find()):
            return Answer(error="NotImplementedError", message=f"a gap `...` is still open ({describe_error(error)})")
        return Answer(error="TypeError", message=describe_error(error))
    except (Exception, SystemExit) as error:
        return Answer(error=type(error).__name__, message=describe_error(error))


def has_gap(thing: Any) -> bool:
    """Whether `...` stands in a function: once it has failed, for a gap rather than for all other axes."""
    code, _ = code_of(thing)
    return code is not None and ... in code.co_consts


def changed_argument(thing: Any, after: Sequence[Any], before: Sequence[Any]) -> str | None:
    """The name of the first argument whose arrays the call has changed."""
    for i, (a, b) in enumerate(zip(after, before, strict=True)):
        if not unchanged(a, b):
            code, bound = code_of(thing)
            names = code.co_varnames[bound:] if code is not None else ()
            return names[i] if i < len(names) else f"number {i + 1}"
    return None


def unchanged(after: Any, before: Any) -> bool:
    """Whether all arrays of an argument, in lists, tuples and dicts as well, hold what they held before.

    >>> unchanged([np.ones(2), "a"], [np.ones(2), "b"]), unchanged({"g": [np.ones(2)]}, {"g": [np.zeros(2)]})
    (True, False)
    """
    if isinstance(before, np.ndarray | list | tuple | dict) and type(after) is not type(before):
        return False
    if isinstance(before, np.ndarray):
        return bool((after.dtype, after.shape, after.tobytes()) == (before.dtype, before.shape, before.tobytes()))
    if isinstance(before, list | tuple):
        return len(after) == len(before) and all(map(unchanged, after, before))
    if isinstance(before, dict):
        return after.keys() == before.keys() and all(unchanged(after[key], before[key]) for key in before)
    return True


def code_of(thing: Any) -> tuple[CodeType | None, int]:
    """The code that runs when a thing is called, and how many of its arguments are bound already: `self`, or none.

    >>> code_of(lambda x: x)[1], code_of(Objects().keep)[1], code_of(len)
    (0, 1, (None, 0))
    """
    try:
        called = getattr(thing, "__init__") if isinstance(thing, type) else thing  # noqa: B009  (mypy)
        called = called if hasattr(called, "__code__") else type(called).__call__
        bound = int(isinstance(thing, type) or called is not thing or hasattr(thing, "__self__"))
        code = getattr(called, "__code__", None)
    except Exception:  # the thing is the learner's: looking at it may fail in any way
        return None, 0
    return (code, bound) if isinstance(code, CodeType) else (None, 0)


def describe_error(error: BaseException) -> str:
    """The error in one line, with the line of the learner's code that it came from.

    >>> describe_error(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    try:
        said = str(error)
    except Exception:  # its class may be the learner's own
        said = ""
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    if isinstance(error, SyntaxError):
        return f"{text} [{(error.text or '').strip()}]" if error.text else text
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_cell(f.filename)]
    if not frames:
        return text
    line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip() or (frames[-1].line or "")
    return f"{text}, in line {frames[-1].lineno} of {frames[-1].name}: `{line}`" if line else text


def is_cell(filename: str) -> bool:
    """Whether a file name is that of a notebook's cell, in IPython, in a browser's kernel, or in the grader's worker."""
    return filename.startswith(("<", "cell ")) or "ipykernel" in filename
