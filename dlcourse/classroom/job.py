"""A job: one submission with all that grading it takes, so that it comes to the same wherever it is done.

What is graded, and by what, travels as bytes; the record is made of the job alone. So equal jobs have equal
fingerprints, and a fingerprint says without any grading whether a record that we have still holds.
"""

import json
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import dlcourse
from dlcourse.checks.limits import Limits
from dlcourse.classroom.bundle import Bundle, digest_of, packed, unpacked
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.record import AnswerText, Record
from dlcourse.grading.exercise import GradedExercise, UsageError
from dlcourse.grading.isolation.levels import LEVELS, PROCESS
from dlcourse.grading.mark import Marked, mark
from dlcourse.grading.seeds import seed_of
from dlcourse.grading.submission import Malformed, SubmittedNotebook, parse_notebook, read_file

#: Characters of an answer that a record keeps.
MAX_ANSWER = 20_000


@dataclass(frozen=True)
class Job:
    """One submission to grade. Without a notebook or a bundle, the submission itself says how it has ended, and why.

    `level` names the isolation to run it at; `limits` override the exercise's.
    """

    submission: Submission
    notebook: bytes | None
    bundle: Bundle | None
    seed: int
    level: str = PROCESS.name
    limits: Limits | None = None


@dataclass(frozen=True)
class Terms:
    """What a class is graded by: the same for everyone. `variants` draws hidden inputs from each student's own id."""

    solutions: Path
    private: Path | None = None
    level: str = PROCESS.name
    limits: Limits | None = None
    variants: bool = False
    _bundles: dict[str, Bundle] = field(default_factory=dict, init=False, repr=False, compare=False)

    def job(self, submission: Submission) -> Job:
        """The job of grading a submission. A file that cannot be graded is refused here, before it travels."""
        seed = seed_of(submission.assignment, submission.student if self.variants else None)
        bundle = notebook = None
        try:
            bundle = self.bundle(submission.assignment)
            notebook = read_file(submission.path) if submission.path else None
        except (Malformed, UsageError) as error:
            submission = replace(submission, status="malformed", problem=str(error))
        return Job(replace(submission, path=None), notebook, bundle, seed, self.level, self.limits)

    def bundle(self, name: str) -> Bundle:
        """The exercise of a name, as it was when it was first asked for; `UsageError` where there is none."""
        if name not in self._bundles:
            self._bundles[name] = packed(self.solutions, name, self.private)
        return self._bundles[name]


def fingerprint(job: Job) -> str:
    """The hash of all that the result of a job depends on: equal fingerprints, equal results."""
    limits = asdict(job.limits) if job.limits else None
    rest = [dlcourse.__version__, job.seed, limits, job.submission.status, job.submission.problem]
    exercise = job.bundle.digest.encode() if job.bundle else None
    return digest_of([job.notebook, exercise, json.dumps(rest).encode()])


def grade(job: Job) -> Record:
    """The record of one submission."""
    start, said = time.perf_counter(), job.submission
    marked, message = Marked(said.status, (), ()), said.problem
    answers: tuple[AnswerText, ...] = ()
    try:
        if job.bundle and job.notebook is not None:
            exercise, notebook = unpacked(job.bundle), parse_notebook(job.notebook)
            answers = answers_in(notebook, exercise)
            marked = mark(notebook, exercise, seed=job.seed, limits=job.limits, level=LEVELS[job.level])
    except Malformed as error:
        marked, message = Marked("malformed", (), ()), str(error)
    except Exception as error:  # a fault of ours or of the exercise's author: it must not cost others their grades
        why = f"the grader itself failed here ({type(error).__name__}: {error}); nothing was decided"
        marked, message = Marked("crashed", (), ()), why
    return replace(record_of(job, marked, message), answers=answers, seconds=time.perf_counter() - start)


def crashed(job: Job, message: str) -> Record:
    """The record of a submission that brings down whatever grades it."""
    return record_of(job, Marked("crashed", (), ()), message)


def record_of(job: Job, marked: Marked, message: str) -> Record:
    """What was found of a job, with what is known of every job."""
    said = job.submission
    worth, private = worth_and_private(job)
    return Record(
        said.student,
        said.assignment,
        marked.status,
        marked.questions,
        marked.notes,
        message,
        worth,
        job.level,
        job.seed,
        0.0,
        private,
        said.attempt,
        said.submitted,
        said.time_from,
        fingerprint(job),
    )


def worth_and_private(job: Job) -> tuple[float, str]:
    """The points that a job's exercise gives, and the trace of its private checks; nothing where it cannot be loaded."""
    try:
        exercise = unpacked(job.bundle) if job.bundle else None
    except Exception:  # it has been told as the outcome of the job
        exercise = None
    return (sum(question.points for question in exercise.questions), exercise.private) if exercise else (0.0, "")


def answers_in(notebook: SubmittedNotebook, exercise: GradedExercise) -> tuple[AnswerText, ...]:
    """What stands in the answer cells of each question, code or prose, in the order of the notebook."""
    asked = {question.id for question in exercise.questions}
    cells = [cell for cell in notebook.cells if cell.question in asked]
    cells += [cell for cell in notebook.texts if cell.question]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for cell in sorted(cells, key=lambda cell: cell.number):
        found[cell.question].append(cell.source)
    return tuple(AnswerText(question, "\n\n".join(texts)[:MAX_ANSWER]) for question, texts in found.items())
