"""`dlcourse grade`: what a class handed in, each submission with an outcome."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcourse.cli.shared import AS_NAME, Stop, find_root, harmless

if TYPE_CHECKING:
    from rich.console import Console

    from dlcourse.classroom.intake.collect import Collected

FEW = 5


def grade(
    submissions: Annotated[
        list[Path], typer.Argument(help="Folders, downloads of Canvas or Moodle, archives, single notebooks.")
    ],
    out: Annotated[Path, typer.Option(help="The folder for the gradebook, tables and feedback.")],
    exercise: Annotated[
        str | None, typer.Option(help="Grade only this exercise; needed where the notebooks do not say it.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who is in the class, CSV: who is missing is named.")
    ] = None,
    due: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Due dates, what a late day costs, extensions, TOML.")
    ] = None,
    times: Annotated[
        Path | None, typer.Option(metavar="FILE", help="When it was handed in, CSV: student, assignment, time.")
    ] = None,
    attempts: Annotated[
        str,
        typer.Option(metavar="WHICH", help="Which of several attempts counts from now on: last (at first) or best."),
    ] = "",
    student: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this student's (may be repeated); or whose a single notebook is."),
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade anew what was graded before, and show what differs.")
    ] = False,
    why: Annotated[str | None, typer.Option(help="The reason, for the history.")] = None,
    as_name: AS_NAME = None,
    private: Annotated[
        Path | None, typer.Option(help="A folder of your own hidden checks, NN_name.py, on top of the public ones.")
    ] = None,
    variants: Annotated[
        bool, typer.Option("--variants", help="Draw hidden inputs from each student's id, not one set for all.")
    ] = False,
    solutions: Annotated[
        Path | None, typer.Option(help="The folder of solutions (found in a checkout of the course).")
    ] = None,
    require_isolation: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Refuse below this level: full, kernel, namespaces, process.")
    ] = None,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Run them even where nothing keeps them from your files.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions graded at a time (one a processor core).")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler: tcp://HOST:8786."),
    ] = None,
) -> None:
    """Grade what was handed in. Exit code 0 when every submission got an outcome, whatever its score."""
    from rich.console import Console

    from dlcourse.classroom.grade import Rules, grade_submissions
    from dlcourse.classroom.gradebook.due import DueDates, read_due
    from dlcourse.classroom.gradebook.rows import By
    from dlcourse.classroom.intake.collect import collect
    from dlcourse.classroom.intake.roster import read_roster
    from dlcourse.classroom.intake.times import read_times
    from dlcourse.classroom.pool import cluster
    from dlcourse.classroom.remote import least
    from dlcourse.cli.evening import Meter, show_outcome
    from dlcourse.grading.exercise import exercise_names
    from dlcourse.grading.isolation.levels import LEVELS
    from dlcourse.grading.probe import choose

    console, root = Console(stderr=True), solutions or find_root() / "solutions"
    require_apart(submissions, out)
    people, dates = read_roster(roster) if roster else None, read_due(due) if due else DueDates()
    single = len(submissions) == 1 and submissions[0].suffix == ".ipynb"
    owner = student[0] if student and len(student) == 1 and single else None
    collected = collect(
        submissions,
        into=out / "collected",
        exercise=exercise,
        roster=people,
        times=read_times(times) if times else None,
        student=owner,
        known=exercise_names(root),
        zone=dates.zone,
    )
    tell(collected, dates.unknown_students(people) if people else [], console)
    if dask:
        level = LEVELS[least(require_isolation, trusted=trust_submissions)]
        console.print(f"Isolation: at least {level.name}, on each worker of {dask}", highlight=False)
    else:
        level = choose(require_isolation, trusted=trust_submissions)
        console.print(f"Isolation: {level.name}", highlight=False)
    rules = Rules(
        root,
        level=level,
        jobs=jobs,
        private=private,
        variants=variants,
        attempts=attempts,
        regrade=regrade,
        students=frozenset(student or ()) if not owner else frozenset(),
        people=people,
        due=due.read_text(encoding="utf-8") if due else "",
        where=cluster(dask) if dask else None,
    )
    by = By(as_name or "", without_folders(sys.argv[1:]), why or "")
    with Meter(console) as meter:
        try:
            outcome = grade_submissions(collected.submissions, out, rules, by=by, on_done=meter)
        except KeyboardInterrupt:
            typer.echo(f"Stopped: {meter.done} graded and kept; the same command goes on with the rest", err=True)
            raise typer.Exit(130) from None
    show_outcome(outcome, out, Console())
    typer.echo(
        f"Grades: {out / 'grades.csv'}   by question: {out / 'questions.csv'}   feedback: {out / 'feedback'}{'/'}"
    )


def require_apart(submissions: list[Path], out: Path) -> None:
    """Refuse results that would lie among the submissions: the next run would take them for a student's."""
    for place in submissions:
        if place.is_dir() and (place.resolve() == out.resolve() or place.resolve() in out.resolve().parents):
            raise Stop(f"--out {out} lies in {place}, among the submissions: name a folder beside it")


def tell(collected: "Collected", unknown: list[str], console: "Console") -> None:
    """Say what was collected, and what a person should look at; who is missing stands in the tables."""
    from dlcourse.classroom.intake.account import account, doubts

    console.print(f"Collected: {harmless(account(collected))}", highlight=False, markup=False, soft_wrap=True)
    lines = [line for line in doubts(collected) if not line.startswith(("missing", "not readable"))]
    lines += [f"due dates name {student!r}, who is not on the roster" for student in unknown]
    for line in lines[:FEW]:
        console.print(f"  {harmless(line)}", highlight=False, markup=False, soft_wrap=True)
    if len(lines) > FEW:
        console.print(f"  and {len(lines) - FEW} more: `dlcourse collect` lists them all", highlight=False)


def without_folders(arguments: list[str]) -> str:
    """A command line to keep: what was asked for, without the places where things lie on this machine.

    >>> without_folders(["grade", "../spring/submitted", "--out=evening/results", "--regrade"])
    'dlcourse grade submitted --out=results --regrade'
    """
    return " ".join(["dlcourse", *(re.sub(r"[^\s=]*[/\\]", "", argument) for argument in arguments)])
