"""Help by and by: each call tells a little more of a question, hint by hint, and the solution comes last.

How far a question is revealed is remembered in the course folder.
"""

from dataclasses import dataclass
from pathlib import Path

from dlcourse.solo.given import Given
from dlcourse.solo.hints import Hint, hints
from dlcourse.solo.memory import Memory
from dlcourse.solo.solution import Solution, read_solution


@dataclass(frozen=True)
class Revealed:
    """What a call shows, and what the next one would: words for it, or nothing when all is told.

    `withheld` says that the solution was asked for and is not held here.
    """

    hints: tuple[Hint, ...]
    solution: Solution | None
    next: str
    withheld: bool = False


def reveal(
    folder: Path, given: Given, question: str, master: Path | None, *, all: bool = False, from_start: bool = False
) -> Revealed:
    """The next piece of help on a question, or `all` there is, or the first piece once more."""
    found = hints(given, question)
    steps = len(found) + 1  # the last one is the solution
    memory = Memory(folder, "revealed")
    seen = 0 if from_start else told(memory, given.name, question)
    first, last = (1, steps) if all else (min(seen + 1, steps),) * 2
    remember(memory, given.name, question, last)
    held = read_solution(master, question) if last == steps and master else None
    ending = "the solution" if master else "where the solution is"
    following = [*(hint.label for hint in found), ending, ""][last]
    return Revealed(tuple(found[first - 1 : last]), held, following, withheld=last == steps and held is None)


def told(memory: Memory, name: str, question: str) -> int:
    """How many pieces of help on a question have been shown."""
    of_exercise = memory.read().get(name)
    count = of_exercise.get(question) if isinstance(of_exercise, dict) else 0
    return count if isinstance(count, int) and count > 0 else 0


def remember(memory: Memory, name: str, question: str, count: int) -> None:
    """Keep how many pieces have been shown now."""
    data = memory.read()
    of_exercise = data.get(name)
    data[name] = (of_exercise if isinstance(of_exercise, dict) else {}) | {question: count}
    memory.write(data)
