"""Marking a class by hand: one answer after the other, without names unless they are asked for."""

from collections.abc import Sequence
from contextlib import suppress

import typer
from rich.console import Console
from rich.text import Text

from dlcourse.checks.report import points
from dlcourse.classroom.gradebook.book import Gradebook
from dlcourse.classroom.gradebook.counted import Awaiting
from dlcourse.classroom.gradebook.named import require_range
from dlcourse.classroom.gradebook.rows import By
from dlcourse.cli.shared import harmless
from dlcourse.grading.exercise import UsageError


def show_awaiting(found: Sequence[Awaiting], console: Console, *, names: bool) -> None:
    """Each answer that awaits a mark, with its text."""
    for number, one in enumerate(found, 1):
        show_answer(one, f"{number} of {len(found)}", console, names=names)
    console.print(f"{len(found)} answer{' awaits' if len(found) == 1 else 's await'} a mark", highlight=False)


def show_answer(one: Awaiting, number: str, console: Console, *, names: bool) -> None:
    """An answer, and what is to be had for it."""
    whose = f"   {one.student}" if names else ""
    title = f"{number}   {one.assignment} {one.question} · {one.title} ({points(one.max_score)} points){whose}"
    console.print(Text(f"\n{harmless(title)}", style="bold"), soft_wrap=True)
    console.print(
        Text(harmless(one.answer) or "(the answer's cell was not found: look into the notebook)"), soft_wrap=True
    )
    if one.earlier:
        was = f"An earlier answer of theirs got {points(one.earlier.score)}: {one.earlier.why}"
        console.print(Text(harmless(was), style="dim"), soft_wrap=True)


def mark_in_turn(book: Gradebook, found: Sequence[Awaiting], by: By, console: Console, *, names: bool) -> set[str]:
    """Ask for a score and a comment for each answer, and keep each at once; the students whose answers were marked."""
    marked: set[str] = set()
    with suppress(typer.Abort, EOFError, KeyboardInterrupt):
        for number, one in enumerate(found, 1):
            show_answer(one, f"{number} of {len(found)}", console, names=names)
            if not mark_one(book, one, by, console):
                continue
            marked.add(one.student)
    left = len(found) - len(marked)
    console.print(f"\n{len(marked)} marked and kept, {left} left; the same call goes on with those", highlight=False)
    return marked


def mark_one(book: Gradebook, one: Awaiting, by: By, console: Console) -> bool:
    """Ask until there is a score that can be given; nothing typed leaves the answer for later, `q` stops."""
    while typed := typer.prompt(f"Score (0 to {points(one.max_score)}; Enter: later, q: stop)", "", show_default=False):
        if typed.strip().lower() == "q":
            raise typer.Abort
        try:
            score = float(typed.replace(",", "."))
            require_range(score, one.max_score, one.question, beyond=False)
            comment = typer.prompt("Comment", "", show_default=False)
            book.mark(one.student, one.assignment, one.question, score, By(by.who, by.command, comment))
            return True
        except ValueError:
            console.print(Text(f"{typed!r} is no number"))
        except UsageError as error:
            console.print(Text(str(error)))
    return False
