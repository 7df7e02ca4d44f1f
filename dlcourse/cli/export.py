"""`dlcourse export`, `gradescope`, `workflow`: what goes to other people's programs."""

from pathlib import Path
from typing import Annotated

import typer

from dlcourse.cli.shared import find_root


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


def gradescope(
    exercise: Annotated[str, typer.Argument(help="Its number (05), or the beginning of its name.")],
    out: Annotated[
        Path | None, typer.Option(help="The archive to write (EXERCISE-gradescope.zip if left out).")
    ] = None,
    private: Annotated[
        Path | None, typer.Option(help="A folder of your own hidden checks, NN_name.py, on top of the public ones.")
    ] = None,
    hidden: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help="Students see hidden checks: visible, after_due_date, after_published, hidden."
        ),
    ] = "after_published",
    solutions: Annotated[
        Path | None, typer.Option(help="The folder of solutions (found in a checkout of the course).")
    ] = None,
) -> None:
    """Make an autograder archive for Gradescope. It holds the solution and all checks of one exercise: keep it to yourself."""
    from dlcourse.classroom.exports.archive import archive
    from dlcourse.files import write_whole
    from dlcourse.grading.exercise import exercise_names, load_full
    from dlcourse.solo.named import matching

    folder = solutions or find_root() / "solutions"
    name = matching(exercise, exercise_names(folder))
    path = out or Path(f"{name}-gradescope.zip")
    write_whole(path, archive(folder, name, private, hidden))
    worth = sum(question.points for question in load_full(folder, name, private).questions)
    typer.echo(
        f"Written: {path}. In Gradescope, give the assignment {worth:g} points and upload it under Configure Autograder."
    )


def workflow(
    exercise: Annotated[str, typer.Argument(help="Its number (05), or the beginning of its name.")],
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path(".github/workflows/dlcourse.yml"),
) -> None:
    """Make a GitHub Actions workflow that runs an exercise's public checks in a student's repository, on every push."""
    from dlcourse.classroom.exports.workflow import workflow as text_of
    from dlcourse.course import find_material
    from dlcourse.files import write_whole
    from dlcourse.grading.exercise import UsageError, exercise_names
    from dlcourse.solo.named import matching

    places = (Path("exercises"), find_material() / "exercises")
    text = text_of(matching(exercise, sorted({name for place in places for name in exercise_names(place)})))
    if out.exists() and out.read_text(encoding="utf-8", errors="replace") != text:
        raise UsageError(f"{out} is there already and says something else: delete it, or give --out another name")
    write_whole(out, text)
    typer.echo(
        f"Written: {out}. Commit it to the repository that students work in, with their exercises/ beside .github/."
    )
