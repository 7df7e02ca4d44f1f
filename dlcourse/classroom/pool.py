"""Many submissions at once: jobs that carry all they need, and the processes that take them."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dlcourse.checks.limits import Limits
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.record import Record
from dlcourse.grading.exercise import GradedExercise, UsageError, load_full
from dlcourse.grading.isolation.levels import Level
from dlcourse.grading.mark import Marked, mark
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
