"""The commands on a gradebook: `override`, `mark`, `history`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcourse.cli.shared import AS_NAME, Stop

if TYPE_CHECKING:
    from dlcourse.classroom.gradebook.book import Gradebook
    from dlcourse.classroom.gradebook.standing import ByHand

RESULTS = Annotated[Path, typer.Argument(help="The folder of results that `dlcourse grade` wrote.")]
BEYOND = Annotated[bool, typer.Option("--beyond", help="Allow a score below 0 or above what is to be had.")]


def override(
    results: RESULTS,
    student: Annotated[str, typer.Argument(help="The student's id.")],
    assignment: Annotated[str, typer.Argument(help="The assignment, or the beginning of its name.")],
    question: Annotated[str | None, typer.Argument(help="Such as q3; the whole assignment if left out.")] = None,
    score: Annotated[float | None, typer.Option(help="The score that counts from now on.")] = None,
    why: Annotated[str | None, typer.Option(help="The reason, for the history and for the student.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the override back.")] = False,
    beyond: BEYOND = False,
    as_name: AS_NAME = None,
) -> None:
    """Let another score count than grading found, or take that back. It stays when all is graded anew."""
    from dlcourse.classroom.gradebook.rows import By

    if (score is None) != withdraw:
        raise Stop("say --score and the score that is to count, or --withdraw to take an override back")
    if not (why or "").strip():
        raise Stop("say --why: an override without a reason helps nobody a year from now")
    by, asked = By(as_name or "", why=why or ""), question or ""
    with opened(results) as book:
        if score is None:
            done = book.withdraw(student, assignment, asked, by)
        else:
            done = book.override(student, assignment, asked, score, by, beyond=beyond)
        tell(book, results, done)


def mark(
    results: RESULTS,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STUDENT] [ASSIGNMENT] [QUESTION]", help="One answer, a question of all, or all there is."
        ),
    ] = None,
    score: Annotated[float | None, typer.Option(help="The score of one student's answer.")] = None,
    comment: Annotated[str, typer.Option(help="A comment for the student.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the mark of one student's answer back.")] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Marks of a question from a CSV file: student,score,comment.")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="Show the answers and ask nothing.")] = False,
    show_names: Annotated[bool, typer.Option("--names", help="Say whose answer it is.")] = False,
    beyond: BEYOND = False,
    as_name: AS_NAME = None,
) -> None:
    """Mark answers that only a person can judge.

    With nothing, or an ASSIGNMENT: what awaits a mark. With ASSIGNMENT QUESTION: one answer after the other, to be stopped
    and taken up at any time. With STUDENT ASSIGNMENT QUESTION and --score: that one answer.
    """
    from rich.console import Console

    from dlcourse.classroom.gradebook.rows import By
    from dlcourse.classroom.gradebook.sheet import read_sheet
    from dlcourse.classroom.results import publish
    from dlcourse.cli.marking import mark_in_turn, show_awaiting

    typed, by = places(names or []), By(as_name or "", why=comment)
    with opened(results) as book:
        if typed[0] and (score is not None or withdraw):
            done = book.withdraw(*typed, by, "mark") if score is None else book.mark(*typed, score, by, beyond=beyond)
            tell(book, results, done)
            return
        if score is not None or withdraw:
            raise Stop("say whose answer it is: dlcourse mark RESULTS STUDENT ASSIGNMENT QUESTION --score 3")
        student, assignment, question = book.named(*typed)
        if csv:
            marked = book.mark_sheet(assignment, question, read_sheet(csv), by, beyond=beyond)
            typer.echo(f"{len(marked)} answers marked")
        else:
            found = book.awaiting(student, assignment, question)
            if list_only or student or not question:
                show_awaiting(found, Console(), names=show_names)
                return
            marked = mark_in_turn(book, found, by, Console(), names=show_names)
        publish(book, results, marked)


def places(names: list[str]) -> tuple[str, str, str]:
    """The student, the assignment and the question among the names that were typed."""
    match names:
        case []:
            return "", "", ""
        case [assignment]:
            return "", assignment, ""
        case [assignment, question]:
            return "", assignment, question
        case [student, assignment, question]:
            return student, assignment, question
    raise Stop(f"{len(names)} names are too many: give at most STUDENT ASSIGNMENT QUESTION")


def history(
    results: RESULTS,
    student: Annotated[str | None, typer.Argument(help="Only what concerns this student.")] = None,
    assignment: Annotated[str | None, typer.Argument(help="Only what concerns this assignment.")] = None,
) -> None:
    """Show who changed what, when and why: every result that differs from the last, every override and mark."""
    from dlcourse.cli.evening import history_lines

    with opened(results) as book:
        id, name, _ = book.named(student or "", assignment or "")
        typer.echo("\n".join(history_lines(book.history(id or None, name or None))))


def opened(results: Path) -> "Gradebook":
    """The gradebook in a folder of results."""
    from dlcourse.classroom.gradebook.book import FILE, Gradebook

    return Gradebook(results / FILE)


def tell(book: "Gradebook", results: Path, change: "ByHand") -> None:
    """Say what counts after a change by hand, and write it into the tables and the student's page."""
    from dlcourse.checks.report import points
    from dlcourse.classroom.results import publish

    publish(book, results, {change.student})
    (standing,) = (one for one in book.each_standing([change.student]) if one.assignment == change.assignment)
    said = [
        f"{one.id} {points(one.score)} of {points(one.max_score)}"
        for one in standing.questions
        if one.id == change.question
    ]
    total = f"{points(standing.score)} of {points(standing.max_score)} points"
    typer.echo(", ".join([f"{change.student}, {change.assignment}", *said, f"together {total}"]))
