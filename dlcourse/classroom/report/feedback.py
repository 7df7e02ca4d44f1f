"""The page that a student gets, and the list of all pages for the instructor."""

from collections.abc import Iterator, Sequence

from dlcourse.checks.run import CheckResult
from dlcourse.classroom.gradebook.standing import ByHand, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.report.pages import several, template

#: What a check is until a person has judged the answer: the page says that in a sentence of its own.
AWAITS_MARK = "awaits mark"
#: How the reason for an outcome begins.
OUTCOMES = {
    "malformed": "This submission could not be read",
    "missing": "No submission was found",
    "crashed": "The code ended Python while it was graded",
    "timeout": "The code ran out of time while it was graded",
}


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


def index(pages: Sequence[tuple[str, Sequence[Standing]]]) -> str:
    """A list of all students with links to their pages, for the instructor; of each the page's address and what counts."""
    assignments = sorted({standing.assignment for _, standings in pages for standing in standings})
    rows = [
        (address, {standing.assignment: standing for standing in standings})
        for address, standings in pages
        if standings
    ]
    return template("feedback_index.html").render(assignments=assignments, rows=rows)


def told(standing: Standing) -> Iterator[tuple[QuestionStanding, Sequence[CheckResult]]]:
    """Each question that counts, with what grading found in it."""
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
