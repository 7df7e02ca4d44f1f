"""One call of a learner's function, made the same way in a notebook and in the grader's worker.

The function gets copies of its arguments, so nothing it writes into them harms a check; NumPy's warnings count only
where a check says so; and whatever happens becomes data: an `Answer`.
"""

import copy
import linecache
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dlcourse.checks.plain import NotPlain, plain


@dataclass(frozen=True)
class Answer:
    """What came of a call: a value, or the kind of error and a sentence about it.

    `error` is the exception's name, or one of the words in `NOT_ANSWERED` where there was no answer to judge.
    """

    value: Any = None
    error: str = ""
    message: str = ""


#: Why a call brought no answer: not written yet, ran out of time, ended Python itself.
NOT_ANSWERED = {
    "NotImplementedError": "not attempted",
    "NotDefined": "not attempted",
    "TimedOut": "timeout",
    "Died": "error",
}


def call(function: Callable[..., Any], args: Any, kwargs: Any, keep: Callable[[Any], int], no_overflow: bool) -> Answer:
    """Call a learner's function on copies of the arguments, and say what came of it."""
    given = copy.deepcopy((args, kwargs))
    trouble: Literal["raise", "ignore"] = "raise" if no_overflow else "ignore"
    try:
        with warnings.catch_warnings(), np.errstate(over=trouble, divide=trouble, invalid=trouble, under="ignore"):
            warnings.simplefilter("ignore")
            value = function(*args, **kwargs)
        if (changed := changed_argument(function, args, given[0])) is not None:
            return Answer(
                error="ChangedInput",
                message=f"it changes its input {changed} in place; work on a copy (`{changed}.copy()`)",
            )
        return Answer(plain(value, keep))
    except NotPlain as error:
        return Answer(error="NotPlain", message=str(error))
    except NotImplementedError:
        return Answer(error="NotImplementedError")
    except FloatingPointError as error:
        return Answer(
            error="FloatingPointError", message=f"{describe_error(error)} (in this check NumPy's warnings count)"
        )
    except TypeError as error:
        if has_gap(function):
            return Answer(error="NotImplementedError", message=f"a gap `...` is still open ({describe_error(error)})")
        return Answer(error="TypeError", message=describe_error(error))
    except (Exception, SystemExit) as error:
        return Answer(error=type(error).__name__, message=describe_error(error))


def has_gap(function: Callable[..., Any]) -> bool:
    """Whether `...` stands in a function: once it has failed, for a gap rather than for all other axes."""
    return ... in getattr(getattr(function, "__code__", None), "co_consts", ())


def changed_argument(function: Callable[..., Any], after: Any, before: Any) -> str | None:
    """The name of the first array argument whose entries the call has changed."""
    for i, (a, b) in enumerate(zip(after, before, strict=True)):
        if isinstance(a, np.ndarray) and not (
            a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        ):
            names = getattr(getattr(function, "__code__", None), "co_varnames", ())
            return names[i] if i < len(names) else f"number {i + 1}"
    return None


def describe_error(error: BaseException) -> str:
    """The error in one line, with the line of the learner's code that it came from.

    >>> describe_error(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
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


class Keeper:
    """Objects that travel as a handle: `Keeper()(thing)` stores it, `restore` puts it back in place of its `Opaque`."""

    def __init__(self) -> None:
        self.things: list[Any] = []

    def __call__(self, thing: Any) -> int:
        """Store a thing; its number."""
        self.things.append(thing)
        return len(self.things) - 1
