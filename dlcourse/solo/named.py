"""What a learner names: a folder, an exercise in it, a question of that. As little typing as is unambiguous will do."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlcourse.course import MANIFEST, default_folder
from dlcourse.grading.exercise import UsageError, exercise_names
from dlcourse.grading.submission import Malformed, read_notebook

#: How a typed word may stand for the name of an exercise; the first of these that fits any name decides.
WAYS: tuple[Callable[[str, str], bool], ...] = (
    lambda typed, name: name == typed,
    lambda typed, name: typed.isdecimal() and number(name) == int(typed),
    lambda typed, name: bool(typed) and name.startswith(typed),
)


@dataclass(frozen=True)
class Named:
    """An exercise in a course folder, and the notebook in which the learner works on it."""

    folder: Path
    name: str
    notebook: Path


def find_folder(folder: Path | None) -> Path:
    """The course that `folder` (or the present one) is, or lies in; UsageError where there is none."""
    if folder is None:
        return course_around(Path.cwd()) or default_folder(Path.cwd())
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: make it with `dlcourse start {folder}`")
    if course := course_around(folder.resolve()):
        return course
    raise UsageError(f"{folder} is not a course folder: make one with `dlcourse start my-course`")


def course_around(place: Path) -> Path | None:
    """The nearest folder, going up from `place`, that `start` made or that holds exercises as `start` lays them out."""
    above = (place, *place.parents)
    return next((f for f in above if (f / MANIFEST).is_file() or (f / "exercises" / "checks").is_dir()), None)


def find_exercise(typed: str) -> Named:
    """The exercise that was typed: its name, its number, the beginning of its name, or the path of a notebook."""
    if typed.endswith(".ipynb"):
        return exercise_at(Path(typed))
    folder = find_folder(None)
    name = matching(typed, exercise_names(folder / "exercises"))
    return Named(folder, name, folder / "exercises" / f"{name}.ipynb")


def exercise_at(notebook: Path) -> Named:
    """The exercise that a notebook says it is; one that cannot be read goes by its file's name."""
    if not notebook.is_file():
        raise UsageError(
            f"{notebook} is not there: give the path of a notebook, or the number of an exercise, such as 05"
        )
    folder = course_around(notebook.resolve().parent)
    if folder is None:
        raise UsageError(f"{notebook} does not lie in a course folder: make one with `dlcourse start my-course`")
    try:
        name = read_notebook(notebook).exercise
    except Malformed:
        name = ""
    return Named(folder, name or notebook.stem.split(".")[0], notebook)


def matching(typed: str, names: Sequence[str]) -> str:
    """The one name that a typed word stands for.

    >>> matching("5", ["01_perceptron", "05_activations", "15_attention"])
    '05_activations'
    >>> matching("0", ["01_perceptron", "05_activations"])
    Traceback (most recent call last):
        ...
    dlcourse.grading.exercise.UsageError: '0' could be 01_perceptron or 05_activations: type a little more
    """
    found = next((fit for way in WAYS if (fit := [name for name in names if way(typed, name)])), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{typed!r} could be {' or '.join(found)}: type a little more")
    raise UsageError(
        f"no exercise begins with {typed!r}: there are {', '.join(names) or 'none in this folder'} "
        "(the exercise comes first, then the question: 05 q3)"
    )


def number(name: str) -> int | None:
    """The number that an exercise's name begins with."""
    digits = name.split("_")[0]
    return int(digits) if digits.isdecimal() else None


def which_question(typed: str, exercise: str, questions: Sequence[str]) -> str:
    """The question that was typed, `q3` or `3`.

    >>> which_question("Q3", "05_activations", ["q1", "q2", "q3"])
    'q3'
    """
    for word in (typed.casefold(), f"q{typed}"):
        if word in questions:
            return word
    raise UsageError(f"{exercise} has no question {typed!r}: it has {', '.join(questions)}")


def near(path: Path) -> str:
    """A path as one would type it here."""
    whole = Path(os.path.abspath(path))
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(path)
