"""The `student` and `solution` that a check sees: functions to call by name, wherever the code behind them runs."""

from collections.abc import Callable
from typing import Any, Protocol

from dlcourse.checks.calls import NOT_ANSWERED, Answer, Keeper, call
from dlcourse.checks.expect import Wrong, note
from dlcourse.checks.plain import Opaque, plain
from dlcourse.checks.question import Question


class NoAnswer(Exception):
    """A call that brought no value to judge; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.message)
        self.answer = answer


class Backend(Protocol):
    """Where a learner's code runs: in this process (a notebook) or in a worker (grading)."""

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, no_overflow: bool, seconds: float
    ) -> Answer:
        """Call the learner's function `name`."""

    def value(self, name: str) -> Answer:
        """The learner's value `name`."""


class Names(Protocol):
    """Where names are looked up: a dictionary, or a notebook."""

    def __contains__(self, name: object, /) -> bool:
        """Whether the name is defined."""

    def __getitem__(self, name: str, /) -> Any:
        """What it stands for."""


class LocalBackend:
    """Names in this process: a notebook's own variables, or a master's functions with a known mistake among them."""

    def __init__(self, namespace: Names) -> None:
        self.namespace = namespace
        self.keep = Keeper()

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, no_overflow: bool, seconds: float
    ) -> Answer:
        """Call the function on copies of its arguments. Nobody stops it: a learner can interrupt their own kernel."""
        if name not in self.namespace:
            return not_defined(name)
        if not callable(self.namespace[name]):
            return Answer(error="TypeError", message=f"`{name}` is not a function")
        own_args, own_kwargs = (restore(copy_of(given), self.keep.things) for given in (args, kwargs))
        return call(self.namespace[name], own_args, own_kwargs, self.keep, no_overflow)

    def value(self, name: str) -> Answer:
        """The value, as plain data."""
        if name not in self.namespace:
            return not_defined(name)
        thing = self.namespace[name]
        if thing is ...:
            return not_defined(name, thing)
        return call(lambda: thing, (), {}, self.keep, no_overflow=False)


def not_defined(name: str, thing: Any = None) -> Answer:
    """The answer that stands for a name nobody has given a meaning yet."""
    if thing is ...:
        return Answer(error="NotDefined", message=f"`{name}` is still `...`: write your answer in its place")
    return Answer(
        error="NotDefined", message=f"`{name}` is not defined yet: run the cell that defines it, then check again"
    )


def copy_of(value: Any) -> Any:
    """A deep copy of plain data, objects left as they are."""
    return plain(value, keep=lambda thing: 0)


def restore(value: Any, things: list[Any]) -> Any:
    """Plain data with each `Opaque` replaced by the object it stands for."""
    if isinstance(value, Opaque):
        return things[value.handle]
    if isinstance(value, dict):
        return {restore(k, things): restore(v, things) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(restore(item, things) for item in value)
    return value


class Student:
    """A learner's names, as a check sees them: `student.relu(z)` calls, `student.slope` reads a value."""

    def __init__(
        self, question: Question, backend: Backend, *, no_overflow: bool = False, seconds: float = 2.0
    ) -> None:
        self._question = question
        self._backend = backend
        self._limits = {"no_overflow": no_overflow, "seconds": seconds}
        self.asked = ""

    def __getattr__(self, name: str) -> Any:
        if name in self._question.functions:
            return self._function(name)
        if name in self._question.values:
            value = self._judge(name, self._backend.value(name))
            note(value)
            return value
        raise AttributeError(f"{self._question.id} names no `{name}`: it asks for {', '.join(self._question.names)}")

    def _function(self, name: str) -> Callable[..., Any]:
        def ask(*args: Any, **kwargs: Any) -> Any:
            return self._judge(f"{name}(...)", self._backend.call(name, args, kwargs, **self._limits))  # type: ignore[arg-type]

        return ask

    def _judge(self, asked: str, answer: Answer) -> Any:
        self.asked = asked
        if not answer.error:
            return answer.value
        if answer.error in NOT_ANSWERED:
            raise NoAnswer(answer)
        note(Opaque(f"{asked} raised {answer.error}", -1))
        raise Wrong(answer.message)
