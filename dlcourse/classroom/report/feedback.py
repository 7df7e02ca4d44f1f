"""The page that a student gets, and the list of all pages for the instructor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dlcourse.checks.report import points
from dlcourse.checks.run import AWAITS_MARK, CheckResult
from dlcourse.classroom.gradebook.standing import ByHand, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.report.pages import several, template

#: How the reason for an outcome begins.
OUTCOMES = {
    "malformed": "This submission could not be read",
    "missing": "No submission was found",
    "crashed": "The code ended Python while it was graded",
    "timeout": "The code ran out of time while it was graded",
}


@dataclass(frozen=True)
class Listed:
    """A student in the list of all pages: the page's address, and by assignment what counts."""

    address: str
    person: Person
    points: Mapping[str, str]


def feedback(person: Person, standings: Sequence[Standing], *, named: bool = False) -> str:
    """The page on all of a student's assignments: what counts and why, what was wrong and which mistake it looks like.

    Hidden checks are named and never shown; who set a score by hand is said only where `named`.
    """
    return template("feedback.html").render(
        person=person,
        standings=standings,
        named=named,
        told=told,
        set_by_hand=set_by_hand,
        arithmetic=arithmetic,
        late=late,
        outcomes=OUTCOMES,
    )


def listed_as(address: str, standings: Sequence[Standing]) -> Listed:
    """A student, whose page has this address, as the list of all pages names them."""
    return Listed(address, standings[0].person, {standing.assignment: in_short(standing) for standing in standings})


def in_short(standing: Standing) -> str:
    """What counts, with a star while it is not final, or the outcome where there are no points."""
    if not (standing.questions or standing.by_hand):
        return standing.record.status
    return f"{points(standing.score)}{'*' if any(question.awaits_mark for question in standing.questions) else ''}"


def index(students: Sequence[Listed]) -> str:
    """The list of all students with links to their pages, for the instructor."""
    assignments = sorted({assignment for student in students for assignment in student.points})
    return template("feedback_index.html").render(assignments=assignments, students=students)


def told(standing: Standing) -> Iterator[tuple[QuestionStanding, Sequence[CheckResult]]]:
    """Each question that counts, with what grading found in it; that a person marks it is said in a sentence of its own."""
    found = {question.id: question.checks for question in standing.record.questions}
    for question in standing.questions:
        yield question, [check for check in found.get(question.id, ()) if check.status != AWAITS_MARK]


def set_by_hand(change: ByHand, named: bool) -> str:
    """Why a person set a score."""
    by = f" by {change.who}" if named and change.who else ""
    return f"{'Marked' if change.kind == 'mark' else 'Set by hand'}{by}{f': {change.why}' if change.why else ''}"


def late(standing: Standing) -> str:
    """How late a submission came and what it costs, or nothing for one in time."""
    lateness = standing.lateness
    if not lateness.days:
        return ""
    free = f", {lateness.free_days} of {'it' if lateness.days == 1 else 'them'} free" if lateness.free_days else ""
    cost = f"{several(lateness.penalty, 'point')} taken off" if lateness.penalty else "no points taken off"
    if standing.by_hand:
        cost = "nothing is taken off a total that was set by hand"
    return f"{several(lateness.days, 'day')} late{free}: {cost}"


def arithmetic(standing: Standing) -> str:
    """How the points that count come about, where that is not plain."""
    taken = 0.0 if standing.by_hand else standing.lateness.penalty
    if not taken:
        return ""
    return f"{several(standing.raw_score, 'point')} earned, {several(taken, 'point')} taken off for being late"
