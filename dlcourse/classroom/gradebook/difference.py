"""The difference between two results of one student: which scores grading found anew, and what stands over them by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlcourse.checks.report import points
from dlcourse.classroom.gradebook.counting import Hands
from dlcourse.classroom.record import Record


@dataclass(frozen=True)
class Change:
    """A score that grading found anew: of a question, or (where `question` is empty) of the whole submission.

    `old` or `new` is None where the one or the other had no such question. `note` says what else has changed.
    """

    student: str
    assignment: str
    question: str
    old: float | None
    new: float | None
    note: str = ""

    @property
    def size(self) -> float:
        """By how many points."""
        return abs((self.new or 0.0) - (self.old or 0.0))


def changes(old: Record, new: Record) -> list[Change]:
    """What differs between two results: each question's score, and the whole where outcomes or attempts differ."""
    place = (new.student, new.assignment)
    before, after = ({question.id: question.score for question in record.questions} for record in (old, new))
    found = [
        Change(*place, id, before.get(id), after.get(id))
        for id in {**before, **after}
        if before and after and before.get(id) != after.get(id)
    ]
    notes = [
        f"{was} → {now}"
        for was, now in ((old.status, new.status), (f"attempt {old.attempt}", f"attempt {new.attempt}"))
        if was != now
    ]
    if notes or (not found and old.score != new.score):
        found.insert(0, Change(*place, "", old.score, new.score, "; ".join(notes)))
    return found


def with_hands(change: Change, hands: Hands) -> Change:
    """A change with the override that stands over it, which goes on to count."""
    over = [
        hand for question in dict.fromkeys([change.question, ""]) if (hand := hands.get(("override", question, "")))
    ]
    said = [f"the override {points(hand.score)} counts{'' if hand.question else ' for all'}" for hand in over]
    return replace(change, note="; ".join(filter(None, [change.note, *said])))


def largest_first(found: Sequence[Change]) -> list[Change]:
    """Changes in the order in which one wants to look at them."""
    return sorted(found, key=lambda change: (-change.size, change.student, change.assignment, change.question))
