"""The command line: `dlcourse start | lab | check | progress | reset | reveal | grade | release | verify`."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dlcourse.authoring.verify import Proof
    from dlcourse.grading.results import Record

app = typer.Typer(
    help="dlcourse: a course on training neural networks, and its autograder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Stop(Exception):
    """The end of a command that cannot go on; the message is for the person who called."""


def main() -> None:
    """Run a command; what is wrong with a call is one sentence on stderr and exit code 2."""
    from dlcourse.course import CourseError
    from dlcourse.grading.exercise import UsageError

    try:
        app()
    except (UsageError, CourseError, Stop) as error:
        print(f"dlcourse: {error}", file=sys.stderr)
        sys.exit(2)
    except PermissionError as error:
        print(f"dlcourse: no permission to write or read {error.filename}", file=sys.stderr)
        sys.exit(2)


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="The folder to make, or one made earlier, to bring up to date.")],
) -> None:
    """Make a folder of your own with all lessons and exercises. Your edits are never overwritten."""
    from dlcourse.course import start as start_course

    typer.echo(start_course(folder))


@app.command()
def lab(
    folder: Annotated[Path | None, typer.Argument(help="The folder to open (this one if left out).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to serve on.")] = None,
) -> None:
    """Open JupyterLab on the course. Without a screen, print its address."""
    from dlcourse.lab import lab as open_lab

    raise typer.Exit(open_lab(folder, port=port))


@app.command()
def check(notebook: Annotated[Path, typer.Argument(help="Your notebook of an exercise.")]) -> None:
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
    assert isinstance(exercise.oracle, RecordedOracle)
    report = Report(
        marked.questions, {question.id: exercise.oracle.hidden(question) for question in exercise.questions}
    )
    for note in marked.notes:
        typer.echo(f"Cell {note.cell}: {note.message}")
    typer.echo(repr(report))
    raise typer.Exit(0 if report.score == report.max_score else 1)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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
) -> None:
    """Grade a folder of submissions. Exit code 0 when every submission got an outcome, whatever its score."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from dlcourse.grading.grade import grade_folder
    from dlcourse.grading.probe import choose

    console = Console(stderr=True)
    level = choose(require_isolation, trusted=trust_submissions)
    console.print(f"Isolation: {level.name}", highlight=False)
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
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
            on_done=on_done,
        )
    typer.echo(summary(records))
    typer.echo(
        f"Grades: {out / 'grades.csv'}   by question: {out / 'questions.csv'}   feedback: {out / 'feedback'}{'/'}"
    )


def summary(records: list["Record"]) -> str:
    """How many submissions ended how, and the middle score of those that could be read."""
    from statistics import median

    outcomes = Counter(record.status for record in records)
    parts = ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items()))
    scores = [100 * record.score / record.max_score for record in records if record.questions]
    middle = f"; median score {median(scores):.0f} %" if scores else ""
    return f"{len(records)} submission{'' if len(records) == 1 else 's'}: {parts}{middle}"


@app.command()
def release(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if something would change.")
    ] = False,
) -> None:
    """Make exercises/ from solutions/. That is: stubs, public checks, recorded numbers."""
    from dlcourse.authoring.processor import follow, is_followed
    from dlcourse.authoring.release import release as write_release

    if not is_followed():
        raise typer.Exit(follow())

    changed = write_release(find_root(), check=check)
    for path in changed:
        typer.echo(f"{'differs' if check else 'written'}  {path}")
    if not changed:
        typer.echo("exercises/ is what release writes")
    raise typer.Exit(1 if check and changed else 0)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Exercises to prove (all if left out).")] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants/--no-mutants", help="Try small changes of the solution, or leave that out.")
    ] = True,
    private: Annotated[
        Path | None, typer.Option(help="A folder of your own hidden checks, NN_name.py, on top of the public ones.")
    ] = None,
) -> None:
    """Prove exercises sound: solution full, untouched zero, mistakes told by their hints, mutants rejected, no leak. Exit code 1 if not."""
    from dlcourse.authoring.verify import verify as prove
    from dlcourse.grading.exercise import exercise_names

    root, sound = find_root(), True
    for name in names or exercise_names(root / "solutions"):
        proof = prove(root, name, private=private, mutants=mutants)
        print_proof(proof)
        sound = sound and not proof.all_faults
    raise typer.Exit(0 if sound else 1)


def print_proof(proof: "Proof") -> None:
    """One table an exercise, one row a question, and what to mend below."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    table = Table(title=proof.name, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("question")
    for heading in ("points", "checks", "solved", "stub", "mistakes", "alternatives", "mutants", "ms"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in proof.rows:
        q = row.question
        cells = (
            f"{q.points:g}",
            f"{len(q.checks)}",
            f"{row.full:g}",
            f"{row.untouched:g}",
            f"{row.mistakes}/{len(q.mistakes)}",
            f"{row.alternatives}/{len(q.alternatives)}",
            f"{row.rejected}+{row.equivalent}/{row.mutants}" if row.mutants else "not tried",
            f"{1000 * row.seconds:.0f}",
        )
        table.add_row(f"{q.id} {q.title}", *cells)
    console.print(table)
    console.print("mutants: rejected + equivalent / all; ms: all checks of the question once", style="dim")
    for fault in proof.all_faults:
        console.print(f"[bold]mend[/bold] {escape(fault)}", highlight=False, soft_wrap=True)
    console.print("sound" if not proof.all_faults else f"{len(proof.all_faults)} to mend", style="bold")


def find_root() -> Path:
    """The checkout of the course: this folder, one above it, or the one that this installation is linked to."""
    from dlcourse.course import find_checkout

    if root := find_checkout(Path.cwd()):
        return root
    raise Stop(
        f"{Path.cwd()} is not in a checkout of the course (no solutions/checks here or above): go there, or say --solutions DIR"
    )


if __name__ == "__main__":
    main()
