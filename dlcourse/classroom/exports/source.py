"""Where an export's standings come from: the gradebook of a folder of results."""

from collections.abc import Sequence
from pathlib import Path

from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.grading.exercise import UsageError


def standings_in(results: Path) -> Sequence[Standing]:
    """What counts, by student and assignment, as a folder of results has it."""
    with Gradebook(results / FILE) as book:
        standings = book.standings()
    if not standings:
        raise UsageError(f"{results} holds no results yet: run `dlcourse grade ... --out {results}` first")
    return standings
