"""How progress, a reset and help are said in a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from dlcourse.checks.report import points
from dlcourse.solo.given import Given
from dlcourse.solo.named import Named, near
from dlcourse.solo.progress import BEGUN, DONE, NOT_BEGUN, Row, next_step
from dlcourse.solo.reset import Reset
from dlcourse.solo.reveal import Revealed
from dlcourse.solo.solution import Solution

STYLES = {DONE: "green", BEGUN: "yellow", NOT_BEGUN: "dim"}
#: So many known mistakes are listed; the others are told by the checks when they happen.
MISTAKES = 5


def show_progress(rows: Sequence[Row], console: Console) -> None:
    """A row an exercise, all together below, and one line on what comes next."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_footer=True)
    readable = [row for row in rows if not row.trouble]
    right, asked = sum(row.right for row in readable), sum(len(row.questions) for row in readable)
    score, worth = sum(row.score for row in readable), sum(row.points for row in readable)
    table.add_column("exercise", "together", no_wrap=True)
    table.add_column("right", f"{right}/{asked}", justify="right", no_wrap=True)
    table.add_column("points", f"{points(score)}/{points(worth)}", justify="right", no_wrap=True)
    table.add_column("state")
    for row in rows:
        counts = ("", "") if row.trouble else (f"{row.right}/{len(row.questions)}", of_points(row))
        style = "red" if row.trouble else STYLES[row.state]
        table.add_row(row.name, *counts, Text(row.words, style=style))
    console.print(table)
    plain("points by the public checks; hidden ones come on top when an exercise is graded", console, "dim")
    console.print(what_next(rows), highlight=False, markup=False, soft_wrap=True)


def of_points(row: Row) -> str:
    """Points earned, of those to be had."""
    return f"{points(row.score)}/{points(row.points)}"


def what_next(rows: Sequence[Row]) -> str:
    """The line below the table."""
    step = next_step(rows)
    if step:
        first = f"{near(step.lesson)}, then " if step.lesson else ""
        return f"Next: {first}{step.question} in {near(step.notebook)}"
    if troubled := [row.name for row in rows if row.trouble]:
        return f"Next: what the table says of {' and '.join(troubled)}; all else is done."
    return "All is done: every question is right."


def show_reset(done: Reset, exercise: Named, question: str | None, console: Console) -> None:
    """What was put back, and where to find what was there."""
    what = f"{question} in {near(exercise.notebook)}" if question else near(exercise.notebook)
    if done.kept is None:
        lines = [f"{what} is as it was given: nothing to put back."]
    else:
        lines = [f"{what} is as it was given again. What you had is in {near(done.kept)}."]
    lines += done.notes
    if done.kept:
        lines.append("Is it open in JupyterLab? Then choose File > Reload Notebook from Disk there before you go on.")
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


def show_revealed(told: Revealed, given: Given, question: str, console: Console) -> None:
    """The pieces of help that a call brings, and how to get the next."""
    heading(f"{given.name}, {question}: {given.title(question)}", console)
    for hint in told.hints:
        heading(f"\n{hint.label}", console)
        console.print(Padding(Markdown(hint.text), (0, 0, 0, 2)))
    if told.solution:
        show_solution(told.solution, console)
    if told.withheld:
        plain(
            "\nThe solution is not part of this installation: your instructor has it. "
            "A checkout of the course's repository holds it too.",
            console,
        )
    if told.next:
        plain(f"\nThe same call once more shows {lowered(told.next)}.", console, "dim")
    else:
        plain("\nThat is all. To begin with the first hint again:", console, "dim")
        plain(f"  dlcourse reveal {given.name} {question} --from-start", console, "dim")


def show_solution(solution: Solution, console: Console) -> None:
    """The answer cells, other right ways, and what often goes wrong."""
    heading("\nSolution", console)
    for code in solution.code:
        show_code(code, console)
    for other in solution.also_right:
        heading(f"Also right: {other.name} ({', '.join(other.of)})", console)
        show_code(other.code, console)
    if solution.often_wrong:
        heading("Often wrong", console)
        console.print(Markdown("\n".join(f"- {hint}" for hint in solution.often_wrong[:MISTAKES])))
        if more := len(solution.often_wrong) - MISTAKES:
            plain(f"\nThe checks know {more} more." if more > 0 else "", console)


def show_code(code: str, console: Console) -> None:
    """Code that can be copied: its lines are neither filled up nor cut."""
    highlighted = Syntax(code, "python", theme="ansi_dark", background_color="default").highlight(code)
    highlighted.rstrip()
    console.print(highlighted, soft_wrap=True)
    console.print()


def heading(text: str, console: Console) -> None:
    """A line in bold."""
    plain(text, console, "bold")


def plain(text: str, console: Console, style: str = "") -> None:
    """Text as it is."""
    console.print(text, style=style, highlight=False, markup=False)


def lowered(label: str) -> str:
    """A fold's label inside a sentence: `hint 2`."""
    return label.split(":")[0].lower()
