"""`dlcourse report`: what an instructor looks at once a class is graded."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    results: Annotated[Path, typer.Argument(help="The folder that `dlcourse grade` wrote.")],
    assignment: Annotated[str | None, typer.Option(help="Only this assignment, by the beginning of its name.")] = None,
    out: Annotated[Path | None, typer.Option(help="The page to write (report.html in RESULTS if left out).")] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Numbers for students, and no answers: for showing it in class.")
    ] = False,
) -> None:
    """Write one page on a class: points, hard questions, common mistakes, what to look at, and whose answers are alike."""
    from dlcourse.classroom.gradebook.book import FILE, Gradebook
    from dlcourse.classroom.gradebook.named import named_assignment
    from dlcourse.classroom.report.class_page import class_report
    from dlcourse.classroom.text import as_text
    from dlcourse.files import write_whole

    with Gradebook(results / FILE) as book:
        standings = book.standings()
    if assignment is not None:
        asked = named_assignment(assignment, {standing.assignment for standing in standings})
        standings = [standing for standing in standings if standing.assignment == asked]
    name = "report-anonymous.html" if anonymous else "report.html"
    page = (out / name if out.is_dir() else out) if out else results / name
    write_whole(page, as_text(class_report(standings, anonymous=anonymous)))
    typer.echo(f"Report: {page}")
