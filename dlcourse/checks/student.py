"""The `student` and `solution` that a check sees: functions to call by name, wherever the code behind them runs."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from dlcourse.checks.callbacks import CALLED_BACK, Callbacks
from dlcourse.checks.calls import NOT_ANSWERED, Open, World, answer_to
from dlcourse.checks.expect import BrokenExercise, Leaning, Wrong, note
from dlcourse.checks.forbid import Blocked
from dlcourse.checks.objects import Answer, CallBack, Lost, Objects
from dlcourse.checks.operations import Request, pass_on
from dlcourse.checks.plain import Opaque
from dlcourse.checks.proxy import Function, bare, held
from dlcourse.checks.question import Question

#: What a name stands for while its answer is, to the letter, what was handed out to be repaired.
AS_GIVEN = object()


class NoAnswer(Exception):
    """A call that brought no value to judge; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.message)
        self.answer = answer


class Backend(Protocol):
    """Where a learner's code runs: in this process (a notebook) or in a worker (grading)."""

    def ask(self, request: Request, call_back: CallBack) -> Answer:
        """Do what is asked; meanwhile functions of the check's that travelled there are asked for by `call_back`."""


class Names(Protocol):
    """Where names are looked up: a dictionary, or a notebook."""

    def __contains__(self, name: object, /) -> bool:
        """Whether the name is defined."""

    def __getitem__(self, name: str, /) -> Any:
        """What it stands for."""


class LocalBackend:
    """Names in this process: a notebook's own variables, or a master's functions with a known mistake among them.

    What a question forbids is blocked while a call runs, unless `forbidding` is off: an author's own mistakes may use it.
    """

    def __init__(self, namespace: Names, *, forbidding: bool = True) -> None:
        self.namespace = namespace
        self._forbidding = forbidding
        self._worlds: dict[tuple[str, ...], World] = {}
        self._world: World = Open()
        self._objects = Objects(outside=lambda: self._world.ours())

    def ask(self, request: Request, call_back: CallBack) -> Answer:
        """Do it on copies of the arguments. Nobody stops it: a learner can interrupt their own kernel."""
        self._world = self._world_without(request.forbid)
        return answer_in(self.namespace, request, self._objects, self._world, call_back)

    def _world_without(self, names: tuple[str, ...]) -> World:
        if not names or not self._forbidding:
            return Open()
        if names not in self._worlds:
            self._worlds[names] = Blocked(names)
        return self._worlds[names]


def answer_in(names: Names, request: Request, objects: Objects, world: World, call_back: CallBack) -> Answer:
    """The answer to a request for a name or a kept object."""
    of = request.of
    if isinstance(of, str):
        if of not in names:
            return not_defined(of)
        if names[of] is ... or names[of] is AS_GIVEN:
            return not_defined(of, names[of])
        if request.operation == "call" and not callable(names[of]):
            return Answer(error="TypeError", message=f"`{of}` is not a function")
        find: Callable[[], Any] = partial(names.__getitem__, of)
    else:
        try:
            find = partial(pass_on, objects.restore(of))
        except Lost as error:
            return Answer(error="Lost", message=str(error))
    objects.call_back = call_back
    try:
        return answer_to(request, find, objects, world)
    finally:
        objects.call_back = None


def not_defined(name: str, thing: Any = None) -> Answer:
    """The answer that stands for a name nobody has given a meaning yet."""
    if thing is ...:
        return Answer(error="NotDefined", message=f"`{name}` is still `...`: write your answer in its place")
    if thing is AS_GIVEN:
        return Answer(error="NotDefined", message=f"`{name}` is still as it was given out")
    return Answer(
        error="NotDefined", message=f"`{name}` is not defined yet: run the cell that defines it, then check again"
    )


class Student:
    """A learner's names, as a check sees them: `student.relu(z)` calls, `student.slope` reads a value.

    What a class makes, or a generator gives, is used as in plain Python: `opt = student.Adam(lr=0.1)`, `opt.step(grad)`.
    """

    def __init__(
        self, question: Question, backend: Backend, *, no_overflow: bool = False, seconds: float = 2.0
    ) -> None:
        self._question = question
        self._backend = backend
        self._limits = {"no_overflow": no_overflow, "seconds": seconds}
        self._callbacks = Callbacks(self._ask)
        self.asked = ""

    def __getattr__(self, name: str) -> Any:
        if name in self._question.functions:
            return Function(name, self._ask)
        if name in self._question.values:
            value = self._ask("value", name, name, (), {})
            note(value)
            return value
        raise AttributeError(f"{self._question.id} names no `{name}`: it asks for {', '.join(self._question.names)}")

    def _ask(self, operation: str, of: str | Opaque, label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if CALLED_BACK.get():
            raise BrokenExercise(
                f"a function that a check passes on asks for `{label}`: let it compute on its arguments alone"
            )
        sent, named = self._callbacks.outgoing(args), self._callbacks.outgoing(kwargs)
        request = Request(operation, bare(of), label, sent, named, forbid=self._question.forbid, **self._limits)  # type: ignore[arg-type]
        self._callbacks.begin()
        answer = self._backend.ask(request, self._callbacks.answer)
        self._callbacks.end()
        self.asked = request.asked
        if not answer.error:
            return held(answer.value, operation, of, self._ask, request.asked)
        if answer.error in NOT_ANSWERED:
            raise NoAnswer(answer)
        note(Opaque(f"{request.asked} raised {answer.error}", -1))
        if answer.error == "Forbidden":
            raise Leaning(leaning(request, answer.message))
        raise WRONG.get(answer.error, Wrong)(answer.message)


#: Errors that arrive as what they are, too: `hasattr`, `list`, and a check that expects a ValueError go by their kind.
KINDS = (AttributeError, IndexError, KeyError, OverflowError, RuntimeError, TypeError, ValueError, ZeroDivisionError)
WRONG = {kind.__name__: type(f"Wrong{kind.__name__}", (Wrong, kind), {"__str__": Wrong.__str__}) for kind in KINDS}


def leaning(request: Request, name: str) -> str:
    """The sentence about an answer that calls what it should do itself; `name` comes from the learner's side."""
    what = name if name in request.forbid else " or ".join(request.forbid)
    return f"`{request.asked.removesuffix('(...)')}` calls {what}: this question asks you to write it yourself"
