"""The author's commands: `release` and `verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcourse.cli.shared import find_root

if TYPE_CHECKING:
    from dlcourse.authoring.verify import Proof


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
            "by hand" if q.manual else f"{row.full:g}",
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
