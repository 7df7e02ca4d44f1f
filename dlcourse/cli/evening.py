"""How grading a class is told in a terminal: how far it is, what came of it, and what it changed."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from dlcourse.checks.report import points
from dlcourse.classroom.grade import Outcome
from dlcourse.classroom.gradebook.difference import Change
from dlcourse.classroom.gradebook.history import Event
from dlcourse.classroom.gradebook.rows import Known
from dlcourse.classroom.record import Record
from dlcourse.cli.shared import harmless

#: So many changes are shown; all of them stand in changes.csv.
SHOWN = 20
NOTHING_CHANGED = "Nothing changed: every score that was known is as it was."
NOTHING_TO_DO = "Nothing changed: all of it was graded before (--regrade grades it anew)."
#: Where nobody watches a bar: a line each time that another such part of the class is done.
PARTS = 10


class Meter:
    """How far the grading is: a bar in a terminal, now and then a line where the output goes into a file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._outcomes: Counter[str] = Counter()
        self._start = time.monotonic()
        columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("", total=None)
        self.done = self.total = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, record: Record, done: int, total: int) -> None:
        """Hear of a submission that is done."""
        before, self.done, self.total = self.done, done, total
        self._outcomes[record.status] += 1
        said = pace(done, total, time.monotonic() - self._start, self._outcomes)
        self._bar.update(self._task, completed=done, total=total, description=said)
        if not self._console.is_terminal and PARTS * before // total < PARTS * done // total:
            self._console.print(f"{done} of {total}: {said}", highlight=False, soft_wrap=True)


def pace(done: int, total: int, seconds: float, outcomes: Mapping[str, int]) -> str:
    """Rate, time left and counts by outcome.

    >>> pace(30, 300, 10.0, {"graded": 28, "timeout": 2})
    '3.0 a second, 1 min 30 s left; 28 graded, 2 timeout'
    """
    rate = done / max(seconds, 1e-3)
    counts = ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items()))
    return f"{rate:.1f} a second, {duration((total - done) / rate)} left; {counts}"


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(12), duration(90), duration(7300)
    ('12 s', '1 min 30 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_outcome(outcome: Outcome, out: Path, console: Console) -> None:
    """A row for each outcome, what has changed, and where to find the rest."""
    known = list(outcome.results.values())
    console.print(summary(known), highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("outcome")
    for heading in ("submissions", "graded now", "median score", "slowest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for status in sorted({one.status for one in known}):
        own = {place: one for place, one in outcome.results.items() if one.status == status}
        slowest = max(one.seconds for one in own.values())
        new = len(outcome.new.intersection(own))
        table.add_row(status, str(len(own)), str(new), middle(own.values()), f"{slowest:.1f} s")
    console.print(table)
    show_difference(outcome, out, console)


def summary(known: Sequence[Known]) -> str:
    """How many submissions ended how, and the middle score of those that could be read."""
    counts = Counter(one.status for one in known)
    parts = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    score = middle(one for one in known if one.status not in ("malformed", "missing"))
    count = f"{len(known)} submission{'' if len(known) == 1 else 's'}"
    return f"{count}: {parts}{f'; median score {score}' if score else ''}"


def middle(known: Iterable[Known]) -> str:
    """The middle score, in per cent of what is to be had; nothing where there is none."""
    scores = [100 * one.score / one.max_score for one in known if one.max_score]
    return f"{median(scores):.0f} %" if scores else ""


def show_difference(outcome: Outcome, out: Path, console: Console) -> None:
    """What grading has changed, the largest changes first."""
    found = outcome.difference if outcome.new else []
    if not found:
        if outcome.is_again:
            console.print(NOTHING_CHANGED if outcome.new else NOTHING_TO_DO, highlight=False, soft_wrap=True)
        return
    several = "1 score is" if len(found) == 1 else f"{len(found)} scores are"
    console.print(f"\n{several} not what the last run found:", highlight=False)
    console.print(table_of(found[:SHOWN]))
    if len(found) > SHOWN:
        console.print(f"and {len(found) - SHOWN} more: {out / 'changes.csv'}", highlight=False, soft_wrap=True)


def table_of(found: Sequence[Change]) -> Table:
    """Changes as a table."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("student", "assignment", "question"):
        table.add_column(heading, overflow="fold")
    for heading in ("old", "new"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for change in found:
        names = (Text(harmless(name)) for name in (change.student, change.assignment, change.question or "all"))
        table.add_row(*names, score_text(change.old), score_text(change.new), Text(change.note))
    return table


def history_lines(found: Sequence[Event]) -> list[str]:
    """A history, a line each, times by this machine's clock."""
    rows = [
        (
            f"{event.when.astimezone():%Y-%m-%d %H:%M}",
            event.who,
            event.what,
            harmless(" ".join(filter(None, [event.student, event.assignment, event.question]))),
            f"{score_text(event.old)} → {score_text(event.new)}",
            harmless(event.why).replace("\n", " "),
        )
        for event in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def score_text(score: float | None) -> str:
    """A score, or a dash for none."""
    return "–" if score is None else points(score)
