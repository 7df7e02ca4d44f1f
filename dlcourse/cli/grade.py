"""`dlcourse grade`: a folder of submissions, each with an outcome."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from dlcourse.cli.shared import AS_NAME, find_root


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
    attempts: Annotated[
        str,
        typer.Option(metavar="WHICH", help="Which of several attempts counts from now on: last (at first) or best."),
    ] = "",
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade anew what was graded before, and show what differs.")
    ] = False,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this student's submissions (may be repeated).")
    ] = None,
    why: Annotated[str | None, typer.Option(help="The reason, for the history.")] = None,
    as_name: AS_NAME = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler: tcp://HOST:8786."),
    ] = None,
) -> None:
    """Grade a folder of submissions. Exit code 0 when every submission got an outcome, whatever its score."""
    from rich.console import Console

    from dlcourse.classroom.grade import grade_folder
    from dlcourse.classroom.gradebook.rows import By
    from dlcourse.classroom.pool import cluster
    from dlcourse.classroom.remote import least
    from dlcourse.cli.evening import Meter, show_outcome
    from dlcourse.grading.isolation.levels import LEVELS
    from dlcourse.grading.probe import choose

    console = Console(stderr=True)
    if dask:
        level = LEVELS[least(require_isolation, trusted=trust_submissions)]
        console.print(f"Isolation: at least {level.name}, on each worker of {dask}", highlight=False)
    else:
        level = choose(require_isolation, trusted=trust_submissions)
        console.print(f"Isolation: {level.name}", highlight=False)
    with Meter(console) as meter:
        try:
            outcome = grade_folder(
                submissions,
                out,
                solutions or find_root() / "solutions",
                exercise=exercise,
                by=By(as_name or "", without_folders(sys.argv[1:]), why or ""),
                level=level,
                jobs=jobs,
                private=private,
                variants=variants,
                attempts=attempts,
                regrade=regrade,
                students=frozenset(student or ()),
                where=cluster(dask) if dask else None,
                on_done=meter,
            )
        except KeyboardInterrupt:
            typer.echo(f"Stopped: {meter.done} graded and kept; the same command goes on with the rest", err=True)
            raise typer.Exit(130) from None
    show_outcome(outcome, out, Console())
    typer.echo(
        f"Grades: {out / 'grades.csv'}   by question: {out / 'questions.csv'}   feedback: {out / 'feedback'}{'/'}"
    )


def without_folders(arguments: list[str]) -> str:
    """A command line to keep: what was asked for, without the places where things lie on this machine.

    >>> without_folders(["grade", "/home/ada/submitted", "--out=/tmp/results", "--regrade"])
    'dlcourse grade submitted --out=results --regrade'
    """
    return " ".join(["dlcourse", *(re.sub(r"[^\s=]*[/\\]", "", argument) for argument in arguments)])
