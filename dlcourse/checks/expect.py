"""expect(answer): what a check demands of an answer, in words a learner can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from dlcourse.checks.compare import difference, show
from dlcourse.checks.plain import plain

#: Where the answers that are judged are noted down; each run of a check has its own list.
JUDGED: ContextVar[list[Any] | None] = ContextVar("JUDGED", default=None)


class Wrong(AssertionError):
    """An answer that is not what was expected; the message says where it departs."""

    def __str__(self) -> str:
        return " ".join(map(str, self.args))


class Leaning(Wrong):
    """An answer that calls what its question asks the learner to write; the message names it, and no input."""


class BrokenExercise(RuntimeError):
    """The exercise itself is at fault, not an answer: nobody's points may depend on it."""


class Partial(Exception):
    """Raised by a check that is worth a part of its points: `raise Partial(0.5, "right up to the sign")`."""

    def __init__(self, fraction: float, message: str) -> None:
        if not 0 < fraction < 1:
            raise ValueError(
                f"Partial({fraction}): a part lies between 0 and 1; return for all, raise Wrong for nothing"
            )
        super().__init__(message)
        self.fraction = fraction


@contextmanager
def judging() -> Iterator[list[Any]]:
    """Collect every answer that is judged in the block: what a check looks at, and nothing that it merely passes on."""
    judged: list[Any] = []
    token = JUDGED.set(judged)
    try:
        yield judged
    finally:
        JUDGED.reset(token)


def note(answer: Any) -> None:
    """Write down an answer as judged."""
    judged = JUDGED.get()
    if judged is not None:
        judged.append(answer)


class expect:
    """An answer about to be judged.

    >>> expect(0.5).close_to(0.5)
    >>> expect(0.5).close_to(0.25, because="the slope at 0 is a quarter")
    Traceback (most recent call last):
        ...
    dlcourse.checks.expect.Wrong: the answer is 0.5, expected 0.25 (off by 0.25): the slope at 0 is a quarter
    """

    def __init__(self, answer: Any) -> None:
        self.answer = plain(answer, lambda thing: thing)

    def close_to(
        self, expected: Any, *, rtol: float | None = None, atol: float | None = None, because: str = ""
    ) -> None:
        """Equal to `expected` within the tolerance of `difference`; `because` ends the sentence when it is not."""
        note(self.answer)
        if wrong := difference(self.answer, expected, rtol, atol):
            raise Wrong(f"{wrong}: {because}" if because else wrong)

    def equal(self, expected: Any, *, because: str = "") -> None:
        """Equal to `expected` to the last digit."""
        self.close_to(expected, rtol=0.0, atol=0.0, because=because)

    def parts(self, count: int) -> tuple[Any, ...]:
        """The answer's `count` values, for an answer that must be a tuple: `y, cache = expect(answer).parts(2)`."""
        if isinstance(self.answer, tuple | list) and len(self.answer) == count:
            return tuple(self.answer)
        note(self.answer)
        if not isinstance(self.answer, tuple | list):
            raise Wrong(f"the answer is {show(self.answer)}, expected {count} values: `return a, b` gives two")
        raise Wrong(f"the answer has {len(self.answer)} values, expected {count}")

    def true(self, sentence: str) -> None:
        """The answer is True; `sentence` says what is the matter when it is not."""
        note(self.answer)
        if self.answer is not True:
            raise Wrong(sentence)
