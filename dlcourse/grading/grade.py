"""Grading a folder: every submission gets an outcome, whatever it holds, and none can touch another's."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dlcourse.checks.limits import Limits
from dlcourse.grading.exercise import GradedExercise, UsageError, exercise_names, load_full
from dlcourse.grading.folder import Submission, find_submissions
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.isolation.surroundings import exposed
from dlcourse.grading.mark import Marked, mark
from dlcourse.grading.results import Record, publish, save
from dlcourse.grading.seeds import seed_of
from dlcourse.grading.submission import Malformed, read_notebook


@dataclass(frozen=True)
class Job:
    """One submission to grade, as it travels to a process of the pool."""

    submission: Submission
    solutions: Path
    level: Level
    limits: Limits | None = None
    private: Path | None = None
    variants: bool = False


@lru_cache(maxsize=4)
def exercise_in(solutions: Path, name: str, private: Path | None) -> GradedExercise:
    """An exercise, loaded once a process."""
    return load_full(solutions, name, private)


def grade_one(job: Job) -> Record:
    """The record of one submission."""
    submission, start = job.submission, time.perf_counter()
    seed = seed_of(submission.assignment, submission.student if job.variants else None)

    marked, message, worth, private = Marked(submission.status, (), ()), submission.problem, 0.0, ""
    try:
        exercise = exercise_in(job.solutions, submission.assignment, job.private)
        private = exercise.private
        worth = sum(question.points for question in exercise.questions)
        if submission.path:
            notebook = read_notebook(submission.path)
            marked = mark(notebook, exercise, seed=seed, limits=job.limits, level=job.level)
    except (Malformed, UsageError) as error:
        marked, message = Marked("malformed", (), ()), str(error)
    except (
        Exception
    ) as error:  # a fault of ours or of the exercise's author: it must not cost the other students their grades
        marked, message = (
            Marked("crashed", (), ()),
            f"the grader itself failed here ({type(error).__name__}: {error}); nothing was decided",
        )
    seconds = time.perf_counter() - start
    return Record(
        submission.student,
        submission.assignment,
        marked.status,
        marked.questions,
        marked.notes,
        message,
        worth,
        job.level.name,
        seed,
        seconds,
        private,
    )


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
    on_done: Callable[[Record, int, int], None] = lambda record, done, total: None,
) -> list[Record]:
    """Grade all submissions in a folder; keep a record of each in `out`, and write the tables and pages at the end.

    Submissions run at a `level` of isolation that `probe.choose` found to hold here. `limits` override the exercise's.
    `private` is a folder of further checks; with `variants` each student's hidden inputs are drawn from their own id.
    Records of other assignments that `out` holds already stay as they are. `on_done` hears of each record.
    """
    found = find_submissions(submissions, exercise)
    require_exercises(found, solutions, private)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: results need a folder of their own")
    if out.resolve() == submissions.resolve():
        raise UsageError("results and submissions cannot share one folder: give --out another name")
    require_hidden(level, submissions, out, solutions, *([private] if private else []))
    work = [Job(submission, solutions, level, limits, private, variants) for submission in found]
    records: list[Record] = []
    try:
        for record in outcomes(work, jobs or min(os.cpu_count() or 1, len(work))):
            save(out, record)
            records.append(record)
            on_done(record, len(records), len(work))
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


def outcomes(work: Sequence[Job], jobs: int) -> Iterator[Record]:
    """The records, as they are finished."""
    if jobs == 1:
        yield from map(grade_one, work)
        return
    with local_pool(jobs) as pool:
        for future in as_completed([pool.submit(grade_one, job) for job in work]):
            yield future.result()


def local_pool(jobs: int) -> Executor:
    """Processes of this machine; spawned, so that nothing of the caller's leaks into them."""
    return ProcessPoolExecutor(max_workers=jobs, mp_context=multiprocessing.get_context("spawn"))
