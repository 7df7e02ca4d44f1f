"""`dlcourse demo-class`: a class to rehearse with."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dlcourse.cli.shared import find_root


def demo_class(
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    students: Annotated[int, typer.Option(min=1, max=10_000, help="How many there are.")] = 300,
    exercise: Annotated[list[str] | None, typer.Option(help="An exercise (may be repeated).")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another class.")] = 0,
    like: Annotated[str, typer.Option(help="In which form it arrives: nbgrader, canvas, moodle or flat.")] = "nbgrader",
    solutions: Annotated[
        Path | None, typer.Option(help="The folder of solutions (found in a checkout of the course).")
    ] = None,
) -> None:
    """Make a class to rehearse with: good and weak, late, messy and malicious students, from a seed."""
    from dlcourse.classroom.practice.demo_class import WHAT_IS_IN_IT, write_class
    from dlcourse.classroom.practice.demo_class import demo_class as make

    where, names = solutions or find_root() / "solutions", exercise or ["05_activations"]
    files, works = make(where, names, students, seed=seed, like=like)
    write_class(out, files.items())
    kinds = Counter(work.kind for work in works)
    counts = ", ".join(f"{kinds[kind]} {word}" for kind, word in WORDS.items() if kinds[kind])
    typer.echo(f"{len(works)} pieces of work at {', '.join(names)}: {counts}")
    late, again = sum(work.timing.days_late > 0 for work in works), sum(len(work.files) > 1 for work in works)
    typer.echo(f"{late} are late, {again} came more than once. What grading must find: {out / WHAT_IS_IN_IT}")


#: What a kind of work is called in a sentence.
WORDS = {
    "ordinary": "ordinary",
    "copy": "copied from a friend",
    "messy": "messy",
    "malicious": "malicious",
    "nothing": "not handed in",
}
