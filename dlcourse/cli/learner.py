"""The learner's commands: `start`, `lab`, `check`, `progress`, `reset`, `reveal`."""

from pathlib import Path
from typing import Annotated

import typer

from dlcourse.cli.shared import Stop


def start(
    folder: Annotated[Path, typer.Argument(help="The folder to make, or one made earlier, to bring up to date.")],
) -> None:
    """Make a folder of your own with all lessons and exercises. Your edits are never overwritten."""
    from dlcourse.course import start as start_course

    typer.echo(start_course(folder))


def lab(
    folder: Annotated[Path | None, typer.Argument(help="The folder to open (this one if left out).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to serve on; 0 for any that is free.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Start even if something looks wrong.")] = False,
) -> None:
    """Open JupyterLab on the course, where you left off. Without a screen, print its address."""
    from dlcourse.lab import lab as open_lab

    raise typer.Exit(open_lab(folder, port=port, anyway=anyway))


def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook of an exercise.")],
    result: Annotated[Path | None, typer.Option(help="Write Classroom 50's result.json as well.")] = None,
) -> None:
    """Run the public checks on your notebook. Exit code 1 while something is not right yet."""
    from dlcourse.checks.oracle import RecordedOracle
    from dlcourse.checks.report import Report
    from dlcourse.grading.exercise import load_public
    from dlcourse.grading.mark import mark
    from dlcourse.grading.submission import Malformed, read_notebook

    try:
        work = read_notebook(notebook)
        exercise = load_public(notebook, work.exercise or notebook.stem)
        marked = mark(work, exercise, seed=0)
    except Malformed as error:
        raise Stop(f"{notebook.name}: {error}") from None
    if result:
        from dlcourse.classroom.exports.classroom50 import write_result

        write_result(result, exercise.name, marked.questions)
    assert isinstance(exercise.oracle, RecordedOracle)
    report = Report(
        marked.questions, {question.id: exercise.oracle.hidden(question) for question in exercise.questions}
    )
    for note in marked.notes:
        typer.echo(f"Cell {note.cell}: {note.message}")
    typer.echo(repr(report))
    raise typer.Exit(0 if report.score == report.max_score else 1)


def progress(
    folder: Annotated[Path | None, typer.Argument(help="Your course folder (this one if left out).")] = None,
    again: Annotated[bool, typer.Option("--again", help="Check everything anew, also what has not changed.")] = False,
) -> None:
    """Show what is done in your course folder, by the public checks, and what comes next."""
    from rich.console import Console

    from dlcourse.solo.given import find_installation
    from dlcourse.solo.named import find_folder
    from dlcourse.solo.progress import Progress
    from dlcourse.solo.shown import show_progress

    course = find_folder(folder)
    with Console(stderr=True).status("Looking through the exercises") as status:
        looking = Progress(course, find_installation(), again, lambda name: status.update(f"Checking {name}"))
        rows = looking.rows()
    show_progress(rows, Console())


EXERCISE = Annotated[str, typer.Argument(help="Its number (05), the beginning of its name, or a notebook's path.")]


def reset(
    exercise: EXERCISE,
    question: Annotated[str | None, typer.Argument(help="Such as q3; the whole exercise if left out.")] = None,
) -> None:
    """Begin a question, or an exercise, afresh. What you had is kept beside it; cells that you added stay."""
    from rich.console import Console

    from dlcourse.solo.given import find_installation
    from dlcourse.solo.named import find_exercise, which_question
    from dlcourse.solo.reset import reset as put_back
    from dlcourse.solo.shown import show_reset

    named = find_exercise(exercise)
    given = find_installation().given(named.name, apart_from=named.notebook)
    if given is None:
        raise Stop(f"this installation holds no other copy of {named.name} to go back to: install the course again")
    asked = which_question(question, named.name, given.questions) if question else None
    show_reset(put_back(named.notebook, given, asked), named, asked, Console())


def reveal(
    exercise: EXERCISE,
    question: Annotated[str, typer.Argument(help="Such as q3.")],
    all: Annotated[bool, typer.Option("--all", help="All hints and the solution at once.")] = False,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the first hint again.")] = False,
) -> None:
    """Get help on a question: the first hint, with the next call the second, and last the solution."""
    from rich.console import Console

    from dlcourse.solo.given import find_installation
    from dlcourse.solo.named import find_exercise, which_question
    from dlcourse.solo.reveal import reveal as reveal_next
    from dlcourse.solo.shown import show_revealed

    named, installation = find_exercise(exercise), find_installation()
    given = installation.given(named.name)
    if given is None:
        raise Stop(f"this installation knows no exercise {named.name!r}, and so no hints on it")
    asked = which_question(question, named.name, given.questions)
    master = installation.master(named.name)
    told = reveal_next(named.folder, given, asked, master, all=all, from_start=from_start)
    show_revealed(told, given, asked, Console())
