"""Grading a folder: every submission gets an outcome, whatever it holds, and none can touch another's."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from dlcourse.checks.limits import Limits
from dlcourse.classroom.intake.folder import find_submissions
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.job import Terms
from dlcourse.classroom.pool import Where, local, outcomes
from dlcourse.classroom.record import Record
from dlcourse.classroom.results import publish, save
from dlcourse.grading.exercise import UsageError, exercise_names, load_full
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.isolation.surroundings import exposed


def grade_folder(
    submissions: Path,
    out: Path,
    solutions: Path,
    *,
    exercise: str | None = None,
    level: Level = PROCESS,
    jobs: int | None = None,
    limits: Limits | None = None,
    private: Path | None = None,
    variants: bool = False,
    where: Where | None = None,
    on_done: Callable[[Record, int, int], None] = lambda record, done, total: None,
) -> list[Record]:
    """Grade all submissions in a folder; keep a record of each in `out`, and write the tables and pages at the end.

    Submissions run at a `level` of isolation that `probe.choose` found to hold here. `limits` override the exercise's.
    `private` is a folder of further checks; with `variants` each student's hidden inputs are drawn from their own id.
    Records of other assignments that `out` holds already stay as they are. `on_done` hears of each record. `where` is a
    place to grade in, if not `jobs` processes of this machine.
    """
    found = find_submissions(submissions, exercise)
    require_exercises(found, solutions, private)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: results need a folder of their own")
    if out.resolve() == submissions.resolve():
        raise UsageError("results and submissions cannot share one folder: give --out another name")
    require_hidden(level, submissions, out, solutions, *([private] if private else []))
    terms = Terms(solutions, private, level.name, limits, variants)
    place = where or local(jobs or min(os.cpu_count() or 1, len(found)))
    records: list[Record] = []
    try:
        with closing(outcomes(map(terms.job, found), place)) as done:
            for record in done:
                save(out, record)
                records.append(record)
                on_done(record, len(records), len(found))
    finally:
        if records:
            publish(out)
    return sorted(records, key=lambda record: (record.student, record.assignment))


def require_exercises(found: Sequence[Submission], solutions: Path, private: Path | None) -> None:
    """Refuse before any work is done where no assignment has an exercise of its name, or private checks do not fit theirs.

    The call is wrong then, not the students.
    """
    known = exercise_names(solutions)
    asked = {submission.assignment for submission in found}
    if not asked & set(known):
        names = ", ".join(known) or "none"
        raise UsageError(
            f"no exercise called {min(asked)!r} in {solutions} (found there: {names}); name the folder of solutions with --solutions DIR"
        )
    for name in sorted(asked & set(known)) if private else ():
        load_full(solutions, name, private)


def require_hidden(level: Level, *paths: Path) -> None:
    """Refuse to grade what a submission could read: it may read Python and its packages, so nothing may lie in there."""
    found = exposed(paths) if level != PROCESS else None
    if found:
        path, folder = found
        raise UsageError(f"{path} lies in {folder}, which submissions can read: move it to another place")
