"""The learner's side of what travels: the objects that a check holds handles of, and the functions that it was given."""

import builtins
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.checks.plain import Callback, Dice, Opaque, plain


@dataclass(frozen=True)
class Answer:
    """What came of a call: a value, or the kind of error and a sentence about it.

    `error` is the exception's name, or one of the words in `NOT_ANSWERED` where there was no answer to judge.
    """

    value: Any = None
    error: str = ""
    message: str = ""


#: Asks for a function of the check's, by its number: what it answers to these arguments.
CallBack = Callable[[int, Any, Any], Answer]


class Lost(LookupError):
    """An object that is not kept here: the Python that it lived in has ended."""


class Objects:
    """Things kept under numbers, from `first` on; `call_back` is there while a check is waiting for an answer."""

    def __init__(self, first: int = 0, outside: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._first = first
        self._things: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._functions: dict[int, Callable[..., Any]] = {}
        self._outside = outside
        self.call_back: CallBack | None = None

    def keep(self, thing: Any) -> Opaque:
        """What stands for a thing: the same for the same thing."""
        number = self._numbers.setdefault(id(thing), self._first + len(self._things))
        if number == self._first + len(self._things):
            self._things.append(thing)
        return Opaque(f"{type(thing).__name__}"[:80], number)

    def restore(self, value: Any) -> Any:
        """A copy of plain data, with the things themselves in place of what stands for them."""
        match value:
            case Opaque():
                return self._thing(value.opaque_handle)
            case Callback():
                return self._functions.setdefault(value.handle, self._function(value))
            case Dice():
                return value.generator()
            case np.ndarray():
                return value.copy()
            case dict():
                return {self.restore(key): self.restore(item) for key, item in value.items()}
            case tuple() | list() | set():
                return type(value)(map(self.restore, value))
            case slice():
                return slice(self.restore(value.start), self.restore(value.stop), self.restore(value.step))
        return value

    def _thing(self, number: int) -> Any:
        if not 0 <= number - self._first < len(self._things):
            raise Lost("an object from before is gone: the Python that it lived in has ended")
        return self._things[number - self._first]

    def _function(self, callback: Callback) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            with self._outside():
                if self.call_back is None:
                    raise RuntimeError(f"`{callback.name}` can be called while a check waits for an answer, not later")
                answer = self.call_back(callback.handle, plain(args, self.keep), plain(kwargs, self.keep))
                if answer.error:
                    raise raised(answer)
                return self.restore(answer.value)

        function.__name__ = function.__qualname__ = callback.name
        return function


def raised(answer: Answer) -> Exception:
    """The exception that a function of the check's raised: of the same kind, with the same message."""
    kind = getattr(builtins, answer.error, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(answer.message)
        except TypeError:  # some kinds want more than a message
            pass
    return RuntimeError(f"{answer.error}: {answer.message}")
