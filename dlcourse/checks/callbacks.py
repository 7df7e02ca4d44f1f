"""Functions of a check's that a learner's code is given: a loss to differentiate, a schedule to follow.

What a check passes on leaves as plain data and stand-ins. A function stays here: the learner's code gets one that asks
for it, wherever it runs, and is answered in plain data.
"""

import itertools
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

from dlcourse.checks.expect import BrokenExercise, Partial, Wrong
from dlcourse.checks.objects import Answer
from dlcourse.checks.plain import Callback, Dice, Opaque, plain
from dlcourse.checks.proxy import Ask, Function, Proxy, bare

#: So often may one call ask for the functions it was given.
MAX_CALLBACKS = 100_000
#: What ends a check even if the learner's code catches it.
VERDICTS = (Wrong, Partial, BrokenExercise)
#: Whether a function of a check's is running for a learner's code.
CALLED_BACK: ContextVar[bool] = ContextVar("CALLED_BACK", default=False)

_numbers = itertools.count()


class Callbacks:
    """What one run of a check has passed on to one side; `ask` is how that side is asked for anything."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._functions: dict[int, Callable[..., Any]] = {}
        self._count = 0
        self._verdict: BaseException | None = None

    def outgoing(self, value: Any) -> Any:
        """A copy of what a check passes on, as it travels."""
        return plain(value, self._stand_in)

    def _stand_in(self, thing: Any) -> Any:
        if isinstance(thing, Proxy) and thing.proxy_ask != self._ask:
            raise BrokenExercise(
                f"a check passes {thing!r} to code it does not come from: between solution and answers only plain data "
                "travels"
            )
        if isinstance(thing, Opaque):
            return bare(thing)
        if isinstance(thing, Function) and thing.proxy_ask == self._ask:
            return self._stand_in(self._ask("value", thing.__name__, thing.__name__, (), {}))
        if isinstance(thing, np.random.Generator):
            return Dice.of(thing)
        if not callable(thing):
            raise BrokenExercise(
                f"a check passes on an object of type {type(thing).__name__}: numbers, strings, containers, arrays, "
                "functions, random generators and the learner's own objects can travel"
            )
        number = next(_numbers)
        self._functions[number] = thing
        return Callback(getattr(thing, "__name__", type(thing).__name__), number)

    def begin(self) -> None:
        """A new call begins: count from nothing."""
        self._count, self._verdict = 0, None

    def end(self) -> None:
        """The call has ended: raise what a function of the check's had to say about it."""
        if self._verdict is not None:
            raise self._verdict

    def answer(self, number: int, args: Any, kwargs: Any) -> Answer:
        """What the function of that number says to these arguments, which a stranger chose."""
        function = self._functions.get(number)
        self._count += 1
        if function is None or not isinstance(args, tuple | list) or not isinstance(kwargs, dict):
            return Answer(error="RuntimeError", message="this function belongs to a check that is over")
        if self._count > MAX_CALLBACKS:
            return Answer(error="RuntimeError", message=f"a function was called more than {MAX_CALLBACKS:,} times")
        inside = CALLED_BACK.set(True)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return Answer(self.outgoing(function(*args, **kwargs)))
        except VERDICTS as verdict:
            self._verdict = self._verdict or verdict
            return Answer(error="AssertionError", message="the check has seen enough")
        except Exception as error:
            (said,) = error.args if len(error.args) == 1 else (error,)
            return Answer(error=type(error).__name__, message=str(said))
        finally:
            CALLED_BACK.reset(inside)
