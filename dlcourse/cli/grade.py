"""`dlcourse grade`: a folder of submissions, each with an outcome."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcourse.cli.shared import find_root

if TYPE_CHECKING:
    from rich.progress import Progress

    from dlcourse.classroom.record import Record


def grade(
    submissions: Annotated[Path, typer.Argument(help="STUDENT/ASSIGNMENT/*.ipynb, or STUDENT.ipynb with --exercise.")],
    out: Annotated[Path, typer.Option(help="The folder for grades.csv, questions.csv and feedback/.")],
    exercise: Annotated[
        str | None, typer.Option(help="Grade only this exercise; needed for flat STUDENT.ipynb.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions graded at a time (one a processor core).")
    ] = None,
    solutions: Annotated[
        Path | None, typer.Option(help="The folder of solutions (found in a checkout of the course).")
    ] = None,
    require_isolation: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Refuse below this level: full, kernel, namespaces, process.")
    ] = None,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Run them even where nothing keeps them from your files.")
    ] = False,
    private: Annotated[
        Path | None, typer.Option(help="A folder of your own hidden checks, NN_name.py, on top of the public ones.")
    ] = None,
    variants: Annotated[
        bool, typer.Option("--variants", help="Draw hidden inputs from each student's id, not one set for all.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler: tcp://HOST:8786."),
    ] = None,
) -> None:
    """Grade a folder of submissions. Exit code 0 when every submission got an outcome, whatever its score."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from dlcourse.classroom.grade import grade_folder
    from dlcourse.classroom.pool import cluster
    from dlcourse.classroom.remote import least
    from dlcourse.grading.isolation.levels import LEVELS
    from dlcourse.grading.probe import choose

    console = Console(stderr=True)
    if dask:
        level = LEVELS[least(require_isolation, trusted=trust_submissions)]
        console.print(f"Isolation: at least {level.name}, on each worker of {dask}", highlight=False)
    else:
        level = choose(require_isolation, trusted=trust_submissions)
        console.print(f"Isolation: {level.name}", highlight=False)
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    progress = Progress(*columns, console=console, transient=True)
    with told_when_stopped(progress), progress:
        task = progress.add_task("", total=None)

        def on_done(record: "Record", done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description=record.student)

        records = grade_folder(
            submissions,
            out,
            solutions or find_root() / "solutions",
            exercise=exercise,
            level=level,
            jobs=jobs,
            private=private,
            variants=variants,
            where=cluster(dask) if dask else None,
            on_done=on_done,
        )
    typer.echo(summary(records))
    typer.echo(
        f"Grades: {out / 'grades.csv'}   by question: {out / 'questions.csv'}   feedback: {out / 'feedback'}{'/'}"
    )


@contextmanager
def told_when_stopped(progress: "Progress") -> Iterator[None]:
    """Answer a Ctrl-C with how far the work has come."""
    try:
        yield
    except KeyboardInterrupt:
        done = sum(int(task.completed) for task in progress.tasks)
        typer.echo(f"Stopped: {done} graded and kept; the same command goes on with the rest", err=True)
        raise typer.Exit(130) from None


def summary(records: list["Record"]) -> str:
    """How many submissions ended how, and the middle score of those that could be read."""
    from statistics import median

    outcomes = Counter(record.status for record in records)
    parts = ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items()))
    scores = [100 * record.score / record.max_score for record in records if record.questions]
    middle = f"; median score {median(scores):.0f} %" if scores else ""
    return f"{len(records)} submission{'' if len(records) == 1 else 's'}: {parts}{middle}"
