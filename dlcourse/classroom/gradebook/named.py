"""What a person types for a student, an assignment or a question, and a score; and what to say where it fits nothing."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from dlcourse.checks.report import points
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError


def named_student(typed: str, students: Iterable[str], people: Mapping[str, Person]) -> str:
    """The id of the student who was typed: the id itself, or another identifier or the address that the roster knows."""
    known = sorted(students)
    if typed in known:
        return typed
    found = [id for id, person in people.items() if typed in (*person.others, person.email)]
    return found[0] if len(found) == 1 else nearest("student", typed, known)


def named_assignment(typed: str, assignments: Iterable[str]) -> str:
    """The assignment that was typed: its name, or as much of its beginning as no other shares."""
    known = sorted(assignments)
    found = [name for name in known if name == typed] or [name for name in known if typed and name.startswith(typed)]
    return found[0] if len(found) == 1 else nearest("assignment", typed, known)


def named_question(typed: str, questions: Iterable[str]) -> str:
    """The question that was typed, `q3` or `3`."""
    known = list(questions)
    return next((word for word in (typed, f"q{typed}") if word in known), "") or nearest("question", typed, known)


def nearest(kind: str, typed: str, known: list[str]) -> str:
    """Refuse what fits nothing, with what is nearest to it.

    >>> nearest("student", "adda", ["ada", "bob"])
    Traceback (most recent call last):
        ...
    dlcourse.grading.exercise.UsageError: no student 'adda' here: nearest to it are ada
    """
    close = get_close_matches(typed, known, n=3, cutoff=0.5)
    if close:
        raise UsageError(f"no {kind} {typed!r} here: nearest to it are {', '.join(close)}")
    few = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
    raise UsageError(f"no {kind} {typed!r} here: there are {few or 'none yet'}")


def require_range(score: float, max_score: float, what: str, *, beyond: bool) -> None:
    """Refuse a score that nobody can have earned, unless it is meant so."""
    if not beyond and not 0 <= score <= max_score:
        raise UsageError(
            f"{points(score)} is not between 0 and {points(max_score)}, what {what} is worth: say --beyond if it is meant so"
        )
