"""`dlcourse export`, `gradescope`, `workflow`: what goes to other people's programs."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    results: Annotated[Path, typer.Argument(help="The folder of results.")],
    format: Annotated[str, typer.Argument(help="questions, assignments, nbgrader, canvas, moodle or json.")],
    assignment: Annotated[str | None, typer.Option(help="Only this assignment.")] = None,
    like: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The platform's own file, downloaded, to fill in (canvas, moodle)."),
    ] = None,
    column: Annotated[
        str, typer.Option(metavar="TITLE", help="The column to fill in, where it is not called like the assignment.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write (one in RESULTS/exports if left out).")] = None,
) -> None:
    """Write scores for a learning platform or a spreadsheet. Who could not be matched is named on stderr."""
    from dlcourse.classroom.exports.formats import FORMATS, exported
    from dlcourse.classroom.exports.sheet import read_sheet
    from dlcourse.classroom.exports.source import standings_in
    from dlcourse.files import write_whole
    from dlcourse.grading.exercise import UsageError

    standings = standings_in(results)
    made = exported(standings, format, assignment=assignment, like=read_sheet(like) if like else None, column=column)
    of = f"-{assignment}" if assignment else ""
    path = out or results / "exports" / f"{format}{of}{FORMATS[format].suffix}"
    if like and path.resolve() == like.resolve():
        raise UsageError(f"{path} is the file that was downloaded, and stays as it is: give --out another name")
    write_whole(path, made.text)
    for note in made.notes:
        typer.echo(note, err=True)
    typer.echo(f"Written: {path}")
