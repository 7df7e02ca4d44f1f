"""Several hand-ins of one student at one assignment: numbered in their order, or said to have none."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from dlcourse.classroom.intake.forms import grouped
from dlcourse.classroom.intake.students import Students
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.intake.times import Times
from dlcourse.classroom.intake.works import SURE, TIMES_FILE, Work


def numbered(works: Iterable[Work], students: Students, times: Times) -> list[Submission]:
    """The attempts of each student at each assignment, numbered; `times` say better than any file when they came."""
    submissions = []
    pairs = [(students.id_of(work.place.who), work) for work in works]
    for group in grouped(pairs, lambda pair: (pair[0], pair[1].assignment)):
        student, assignment = group[0][0], group[0][1].assignment
        attempts, left_out = in_order([work for _, work in group])
        if left_out:
            students.notes.append(f"{student}, {assignment}: {left_out}")
        told = timed(attempts, times.get((student, assignment), ()))
        submissions += [
            Submission(student, assignment, work.path, work.status, work.problem, number, work.when, work.time_from)
            for number, work in enumerate(told, 1)
        ]
    return submissions


def timed(attempts: Sequence[Work], times: Sequence[datetime]) -> list[Work]:
    """The attempts with the times that somebody noted down; where these are fewer, they are those of the last attempts."""
    if attempts[0].status == "missing":
        return list(attempts)
    told = dict(zip(reversed(range(len(attempts))), reversed(times), strict=False))
    return [replace(work, when=told[i], time_from=TIMES_FILE) if i in told else work for i, work in enumerate(attempts)]


def in_order(works: Sequence[Work]) -> tuple[list[Work], str]:
    """The attempts, first to last, and what had to be left out.

    They follow their times of submission where these are sure, else the marks in their names. Without either, the same
    file twice is one attempt, and what is no notebook yields to the only one that is; anything else is malformed.
    """
    present = [work for work in works if work.status != "missing"] or list(works[:1])
    if found := sorted_attempts(present):
        return found, ""
    told_apart = list({content(work): work for work in reversed(present)}.values())[::-1]
    if found := sorted_attempts(told_apart):
        return found, ""
    notebooks = [work for work in told_apart if work.path]
    names = ", ".join(sorted({work.shown for work in told_apart}))
    if found := sorted_attempts(notebooks):
        return found, f"of {names}, only what is a notebook counts"
    problem = f"several hand-ins ({names}), and neither their names nor their times say which came first"
    return [replace(told_apart[0], path=None, status="malformed", problem=problem, when=None, time_from="")], ""


def sorted_attempts(works: Sequence[Work]) -> list[Work]:
    """The works by time or by mark; nothing where two of them would come at once."""
    if len(works) < 2:
        return list(works)
    times = [work.when.timestamp() for work in works if work.when and work.time_from in SURE]
    if len(set(times)) == len(works):
        return [work for _, work in sorted(zip(times, works, strict=True), key=lambda pair: pair[0])]
    orders = [(work.place.order, *work.named[1]) for work in works]
    comparable = len({work.named[0] for work in works}) == 1 or len({order[0] for order in orders}) == len(works)
    if comparable and len(set(orders)) == len(works):
        return [work for _, work in sorted(zip(orders, works, strict=True), key=lambda pair: pair[0])]
    return []


def content(work: Work) -> str:
    """What tells a work from its copies."""
    return hashlib.sha256(work.path.read_bytes()).hexdigest() if work.path else work.shown
