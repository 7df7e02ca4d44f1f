"""`dlcourse collect`: a look at what was handed in, before anything is graded."""

from pathlib import Path
from typing import Annotated

import typer

from dlcourse.cli.shared import find_root


def collect(
    submissions: Annotated[
        list[Path], typer.Argument(help="Folders, downloads of Canvas or Moodle, archives, single notebooks.")
    ],
    into: Annotated[Path, typer.Option(help="The folder for what archives hold.")] = Path("results/collected"),
    exercise: Annotated[str | None, typer.Option(help="The exercise, where the notebooks do not say it.")] = None,
    roster: Annotated[Path | None, typer.Option(help="Who is in the class, CSV: who is missing is named.")] = None,
    times: Annotated[Path | None, typer.Option(help="When it was handed in, CSV: student, assignment, time.")] = None,
    student: Annotated[str | None, typer.Option(metavar="ID", help="Whose a single notebook is.")] = None,
) -> None:
    """List what was handed in, by whom, when, and what cannot be read. Nothing is graded. Exit code 1 if anything is in doubt."""
    from dlcourse.classroom.intake.account import account, doubts
    from dlcourse.classroom.intake.collect import collect as collect_all
    from dlcourse.classroom.intake.roster import read_roster
    from dlcourse.classroom.intake.times import read_times
    from dlcourse.grading.exercise import exercise_names

    collected = collect_all(
        submissions,
        into=into,
        exercise=exercise,
        roster=read_roster(roster) if roster else None,
        times=read_times(times) if times else None,
        student=student,
        known=exercise_names(find_root() / "solutions"),
    )
    typer.echo(account(collected))
    found = doubts(collected)
    for line in found:
        typer.echo(line)
    raise typer.Exit(1 if found else 0)
