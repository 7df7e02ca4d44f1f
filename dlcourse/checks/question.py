"""What an author writes: questions, their checks, and the mistakes that learners really make.

A file of checks reads as a list of questions. Each check is a function of a `student` (the learner's functions), a
`solution` (the master's) and, when hidden, an `rng`; it calls the first, compares with the second, and returns.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", "Check", "Variant")
ARGUMENTS = {"student", "solution", "rng", "case"}


@dataclass(frozen=True)
class Check:
    """One demand on the answers of a question: worth points, perhaps hidden, never longer than `seconds`.

    `each` runs the check once per case (its argument `case`) and shares the points out evenly. `no_overflow` makes
    NumPy's overflow, division and invalid-value warnings failures; they never count otherwise.
    """

    name: str
    function: Callable[..., None]
    points: float
    hidden: bool
    seconds: float
    no_overflow: bool
    each: tuple[Any, ...]

    @property
    def arguments(self) -> set[str]:
        """The names of what the check's function asks for."""
        return set(inspect.signature(self.function).parameters)


@dataclass(frozen=True)
class Variant:
    """Another implementation of some of a question's names: a known mistake with its hint, or a correct alternative."""

    name: str
    of: tuple[str, ...]
    function: Callable[..., Any]
    hint: str = ""

    def answers(self, values: Sequence[str]) -> dict[str, Any]:
        """What stands in the learner's place: one function, a value, or several made together by calling `function`."""
        if len(self.of) > 1:
            return dict(zip(self.of, self.function(), strict=True))
        (name,) = self.of
        return {name: self.function() if name in values else self.function}


@dataclass
class Question:
    """A question: the names a learner defines for it, and the checks, mistakes and alternatives that belong to it.

    `forbid` names what an answer may not call: the library's own version of what the question asks to write.
    """

    id: str
    title: str
    functions: tuple[str, ...]
    values: tuple[str, ...]
    forbid: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    mistakes: list[Variant] = field(default_factory=list)
    alternatives: list[Variant] = field(default_factory=list)
    equivalents: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a learner defines for this question."""
        return self.functions + self.values

    @property
    def points(self) -> float:
        """What the question is worth: the sum of its checks."""
        return sum(check.points for check in self.checks)

    @property
    def public_points(self) -> float:
        """What can be had without its hidden checks, in the very digits that a result has."""
        return round(sum(check.points for check in self.checks if not check.hidden), 9)

    def check(
        self,
        name: str,
        *,
        points: float = 1,
        hidden: bool = False,
        seconds: float = 2.0,
        no_overflow: bool = False,
        each: Iterable[Any] = (None,),
    ) -> Callable[[F], F]:
        """Add the decorated function as a check called `name`."""

        def add(function: F) -> F:
            check = Check(name, function, points, hidden, seconds, no_overflow, tuple(each))
            if unknown := check.arguments - ARGUMENTS:
                raise ValueError(
                    f"{self.id}, check {name!r}: unknown argument {sorted(unknown)}; a check may ask for {sorted(ARGUMENTS)}"
                )
            if "rng" in check.arguments and not hidden:
                raise ValueError(
                    f"{self.id}, check {name!r} is public and asks for rng: public inputs are fixed, so that answers can be recorded"
                )
            if ("case" in check.arguments) != (check.each != (None,)):
                raise ValueError(f"{self.id}, check {name!r}: `each=` and the argument `case` go together")
            if not points > 0 or not check.each:
                raise ValueError(f"{self.id}, check {name!r}: points must be positive and `each` must not be empty")
            if any(other.name == name for other in self.checks):
                raise ValueError(f"{self.id} has two checks called {name!r}")
            self.checks.append(check)
            return function

        return add

    def mistake(self, hint: str, *, of: str | tuple[str, ...] = "") -> Callable[[F], F]:
        """Add the decorated function as a known mistake: every answer that equals its answer gets the hint."""
        return self._add(self.mistakes, of, hint)

    def alternative(self, function: F | None = None, *, of: str | tuple[str, ...] = "") -> Any:
        """Add the decorated function as another correct implementation, which the checks must accept."""
        add = self._add(self.alternatives, of, "")
        return add if function is None else add(function)

    def equivalent(self, *changes: str, because: str) -> None:
        """Changes of the solution that make no difference, each as `dlcourse verify` prints it, and the reason why.

        `q1.equivalent("relu: z > 0 -> z >= 0", because="at z = 0 both pieces are 0")`
        """
        if not changes or not because.strip():
            raise ValueError(f"{self.id}: name the change that makes no difference, and say why with because=...")
        for change in changes:
            if change in self.equivalents:
                raise ValueError(f"{self.id} lists the change {change!r} twice")
            self.equivalents[change] = because

    def with_private(self, private: "Question") -> "Question":
        """The question with what a private one of the same id adds; of two checks or variants with one name the private counts."""
        return replace(
            self,
            checks=by_name(self.checks, private.checks),
            mistakes=by_name(self.mistakes, private.mistakes),
            alternatives=by_name(self.alternatives, private.alternatives),
            equivalents=self.equivalents | private.equivalents,
        )

    def _add(self, where: list[Variant], of: str | tuple[str, ...], hint: str) -> Callable[[F], F]:
        def add(function: F) -> F:
            names = (of,) if isinstance(of, str) and of else tuple(of) or self.names
            if not set(names) <= set(self.names) or (not of and len(self.names) > 1):
                raise ValueError(
                    f"{self.id}, {function.__name__}: say which of {list(self.names)} it stands for with of=..."
                )
            where.append(Variant(function.__name__, names, function, hint))
            return function

        return add


def by_name(public: Iterable[N], private: Iterable[N]) -> list[N]:
    """All of both, in order; of two with one name the private one."""
    return list(({thing.name: thing for thing in public} | {thing.name: thing for thing in private}).values())


def question(
    id: str, title: str, *, functions: Sequence[str] = (), values: Sequence[str] = (), forbid: Sequence[str] = ()
) -> Question:
    """A question of an exercise: what the learner defines for it, by name, and what their answers may not call.

    `functions` may name classes: `opt = student.Adam(lr=0.1)` makes an object to work with.

    >>> q = question("q1", "Twice", functions=["twice"])
    >>> @q.check("three")
    ... def three(student, solution): ...
    >>> q.points
    1
    """
    if not functions and not values:
        raise ValueError(f"{id}: name at least one function or value that the learner defines")
    return Question(id, title, tuple(functions), tuple(values), tuple(forbid))


def read_questions(path: Path) -> list[Question]:
    """The questions of a file of checks, in the order they stand there."""
    namespace: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    found = [thing for thing in namespace.values() if isinstance(thing, Question)]
    if not found:
        raise ValueError(f"{path.name} defines no question")
    return found
