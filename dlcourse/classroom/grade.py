"""The evening's loop: every submission gets an outcome, whatever it holds, and what is known already is not found out again.

A result is in the gradebook, for good, the moment it is there. So a run that is killed has lost nothing that was finished,
the same call again goes on where it stopped, and once all is done it changes nothing.
"""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dlcourse.checks.limits import Limits
from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.counted import POLICY
from dlcourse.classroom.gradebook.counting import POLICIES
from dlcourse.classroom.gradebook.database import sole_grader
from dlcourse.classroom.gradebook.difference import Change
from dlcourse.classroom.gradebook.named import named_student
from dlcourse.classroom.gradebook.rows import By, Known
from dlcourse.classroom.intake.collect import collect
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.job import Terms, fingerprint
from dlcourse.classroom.person import Person
from dlcourse.classroom.pool import Where, local, outcomes
from dlcourse.classroom.record import Record
from dlcourse.classroom.results import publish
from dlcourse.classroom.text import as_text
from dlcourse.grading.exercise import UsageError, exercise_names, load_full
from dlcourse.grading.isolation.levels import LEVELS, PROCESS, Level
from dlcourse.grading.isolation.surroundings import exposed

Attempt = tuple[str, str, int]
OnDone = Callable[[Record, int, int], None]


@dataclass(frozen=True)
class Rules:
    """How a class is graded.

    Submissions run at a `level` of isolation that `probe.choose` found to hold here. `limits` override the exercise's.
    `private` is a folder of further checks; with `variants` each student's hidden inputs are drawn from their own id.
    `regrade` grades anew what is known already, and `students` limits all of it to some. `attempts` says which of several
    counts, the `last` or the `best`; `people` is the roster and `due` the text of a file of due dates: what an earlier call
    named of these three goes on to hold. `where` is the place to grade in: processes of this machine if left out.
    """

    solutions: Path
    level: Level = PROCESS
    jobs: int | None = None
    limits: Limits | None = None
    private: Path | None = None
    variants: bool = False
    attempts: str = ""
    regrade: bool = False
    students: frozenset[str] = frozenset()
    people: Mapping[str, Person] | None = None
    due: str = ""
    where: Where | None = None

    def __post_init__(self) -> None:
        if self.attempts not in ("", *POLICIES):
            raise UsageError(f"{self.attempts!r} says not which attempt counts: say {' or '.join(POLICIES)}")

    def terms(self) -> Terms:
        """What a job is made by."""
        return Terms(self.solutions, self.private, self.level.name, self.limits, self.variants)


@dataclass(frozen=True)
class Outcome:
    """What came of it: the results of all submissions in short, which of them are new, and what they changed.

    `is_again` says that there was something before that could have changed.
    """

    results: dict[Attempt, Known]
    new: frozenset[Attempt]
    difference: list[Change]
    is_again: bool


def nobody_listens(record: Record, done: int, total: int) -> None:
    """What to do when a submission is done: nothing."""


def grade_folder(
    submissions: Path,
    out: Path,
    solutions: Path,
    *,
    exercise: str | None = None,
    by: By | None = None,
    on_done: OnDone = nobody_listens,
    **rules: Any,
) -> Outcome:
    """Grade all submissions in a folder, by `Rules` of these names; results go to the folder `out`."""
    if out.resolve() == submissions.resolve():
        raise UsageError("results and submissions cannot share one folder: give --out another name")
    known = exercise_names(solutions)
    found = collect([submissions], into=out / "collected", exercise=exercise, known=known).submissions
    return grade_submissions(found, out, Rules(solutions, **rules), by=by, on_done=on_done)


def grade_submissions(
    submissions: Sequence[Submission],
    out: Path,
    rules: Rules,
    *,
    by: By | None = None,
    on_done: OnDone = nobody_listens,
) -> Outcome:
    """Grade submissions as far as their results are not known; keep each in the gradebook, then write tables and pages.

    Results of others that `out` holds already stay as they are. `on_done` hears of each that is graded now.
    """
    require_exercises(submissions, rules.solutions, rules.private)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: results need a folder of their own")
    folders = {submission.path.parent for submission in submissions if submission.path}
    require_hidden(rules.level, *sorted(folders), out, rules.solutions, *([rules.private] if rules.private else []))
    wanted = of_students(submissions, rules.students)
    with sole_grader(out), Gradebook(out / FILE, create=True) as book:
        return graded(book, wanted, out, rules, by or By(), on_done)


def graded(
    book: Gradebook, submissions: Sequence[Submission], out: Path, rules: Rules, by: By, on_done: OnDone
) -> Outcome:
    """Bring a gradebook up to date with these submissions."""
    if rules.people is not None:
        book.enrol(rules.people, by)
    if rules.due:
        book.set_due(rules.due, by)
    for assignment in sorted({submission.assignment for submission in submissions} if rules.attempts else ()):
        book.set(assignment, POLICY, rules.attempts, by)
    known, terms = book.known(), rules.terms()
    can_count = that_can_count(submissions, book.settings(POLICY))
    found = [one for one in can_count if one.status != "missing" or not has_work(known, one)]
    todo = [one for one in found if rules.regrade or not is_known(known.get(attempt(one)), one, terms)]
    new = {attempt(one) for one in todo}
    run = book.begin(by) if todo else book.unfinished()
    try:
        with closing(results(todo, terms, rules)) as records:
            for done, record in enumerate(records, 1):
                book.add(run, record)
                on_done(record, done, len(todo))
        retimed = [one for one in found if attempt(one) not in new and is_retimed(known[attempt(one)], one)]
        if retimed:
            run = run or book.begin(by)
            retime(book, run, retimed)
        if run:
            book.end(run)
    finally:
        publish(book, out)
    now = book.known()
    return Outcome({attempt(one): now[attempt(one)] for one in found}, frozenset(new), book.difference(), bool(known))


def results(submissions: Sequence[Submission], terms: Terms, rules: Rules) -> Generator[Record, None, None]:
    """The records of submissions, as they are finished."""
    where = rules.where or local(rules.jobs or max(1, min(os.cpu_count() or 1, len(submissions))))
    yield from outcomes(map(terms.job, submissions), where)


def that_can_count(submissions: Sequence[Submission], policies: Mapping[str, str]) -> list[Submission]:
    """Of several attempts all, where the best counts, otherwise the last."""
    last = {(one.student, one.assignment): one for one in sorted(submissions, key=lambda one: one.attempt)}
    return [
        one
        for one in submissions
        if policies.get(as_text(one.assignment)) == "best" or last[one.student, one.assignment] is one
    ]


def of_students(submissions: Sequence[Submission], students: frozenset[str]) -> list[Submission]:
    """The submissions of some students, or (where none is named) of all."""
    known = {as_text(one.student) for one in submissions}
    wanted = {named_student(student, known, {}) for student in students} or known
    return [one for one in submissions if as_text(one.student) in wanted]


def attempt(submission: Submission) -> Attempt:
    """By what the gradebook knows it."""
    return as_text(submission.student), as_text(submission.assignment), submission.attempt


def has_work(known: dict[Attempt, Known], submission: Submission) -> bool:
    """Whether something was handed in earlier: a folder in which it is missing now does not take it away."""
    student, assignment, _ = attempt(submission)
    return any(place[:2] == (student, assignment) and one.status != "missing" for place, one in known.items())


def is_known(known: Known | None, submission: Submission, terms: Terms) -> bool:
    """Whether a result says all that grading again would: of the very same, at this level of isolation or a stronger one."""
    if known is None or known.isolation not in LEVELS:
        return False
    order = list(LEVELS)
    strong_enough = order.index(known.isolation) <= order.index(terms.level)
    return strong_enough and known.fingerprint == fingerprint(terms.job(submission))


def is_retimed(known: Known, submission: Submission) -> bool:
    """Whether a known result has another time of handing in."""
    return submission.submitted is not None and known.submitted != submission.submitted.isoformat()


def retime(book: Gradebook, run: int, submissions: Sequence[Submission]) -> None:
    """Keep known results once more with another time of handing in."""
    for one in submissions:
        (record,) = (old for old in book.attempts(*attempt(one)[:2]) if old.attempt == one.attempt)
        book.add(run, replace(record, submitted=one.submitted, time_from=one.time_from))


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
