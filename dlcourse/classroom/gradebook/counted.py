"""What counts in a class, and what has changed: computed from the ledger, never stored."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dlcourse.checks.run import QuestionResult
from dlcourse.classroom.gradebook.counting import (
    answer_to,
    attempt_that_counts,
    earlier_mark,
    handed_in,
    in_force,
    standings_of,
)
from dlcourse.classroom.gradebook.difference import Change, changes, largest_first, with_hands
from dlcourse.classroom.gradebook.due import DueDates, Reader
from dlcourse.classroom.gradebook.history import Event, history
from dlcourse.classroom.gradebook.lateness import lateness
from dlcourse.classroom.gradebook.ledger import NOW, Ledger
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.text import as_text
from dlcourse.grading.exercise import UsageError

#: The settings that say which attempt counts and (for all assignments together) what is due when.
POLICY, DUE = "attempts", "due"


@dataclass(frozen=True)
class Awaiting:
    """An answer that awaits a person's mark; `earlier` is the mark of an answer that another one has replaced since."""

    student: str
    assignment: str
    question: str
    title: str
    max_score: float
    answer: str
    earlier: ByHand | None = None


class Counted(Ledger):
    """The ledger, and what counts by it."""

    def standings(self) -> list[Standing]:
        """What counts, in order of student and assignment; who is on the roster and handed in nothing is `missing`."""
        return list(self.each_standing())

    def each_standing(self, students: Collection[str] | None = None) -> Iterator[Standing]:
        """What counts, one after the other: of some students, or of all."""
        found, people = self.pairs(), self.people()
        known = {assignment: self.questions(assignment) for assignment in sorted({name for _, name in found})}
        worth = {assignment: self.worth(assignment) for assignment in known}  # 0 where there is no such exercise
        everyone = {student for student, _ in found} | set(people)
        hands, policies, due = in_force(self.changes_by_hand()), self.settings(POLICY), self.due()
        for student in sorted(everyone if students is None else everyone & set(students)):
            own = {assignment: hands.get((student, assignment), {}) for assignment in known}
            attempts = {assignment: self.attempts(student, assignment) for assignment in known}
            counted = {
                assignment: attempt_that_counts(
                    attempts[assignment], policies.get(assignment, ""), own[assignment], due
                )
                if attempts[assignment]
                else missing(student, assignment, worth[assignment])
                for assignment in known
                if attempts[assignment] or (student in people and worth[assignment])
            }
            there = {name: handed_in(record) for name, record in counted.items() if record.status != "missing"}
            late = lateness(due, student, there)
            for assignment, record in counted.items():
                yield Standing(
                    people.get(student, Person(record.student)),
                    assignment,
                    record,
                    max((one.attempt for one in attempts[assignment] if one.status != "missing"), default=0),
                    standings_of(record, own[assignment], known[assignment]),
                    late.get(assignment, Lateness()),
                    record.max_score,
                    own[assignment].get(("override", "", "")),
                )

    def set_due(self, text: str, by: By) -> None:
        """Let the due dates in the text of a file hold from now on; UsageError where it says none."""
        due_dates(text)
        self.set("", DUE, text, by)

    def due(self) -> DueDates:
        """The due dates that hold."""
        return due_dates(self.settings(DUE).get("", ""))

    def awaiting(self, student: str = "", assignment: str = "", question: str = "") -> list[Awaiting]:
        """The answers that await a person's mark, by assignment and question; equal answers stand together."""
        hands = in_force(self.changes_by_hand())
        found = [
            Awaiting(
                as_text(standing.record.student),
                standing.assignment,
                asked.id,
                asked.title,
                asked.max_score,
                answer_to(standing.record, asked.id),
                earlier_mark(hands.get((as_text(standing.record.student), standing.assignment), {}), asked.id),
            )
            for standing in self.each_standing([student] if student else None)
            for asked in standing.questions
            if asked.awaits_mark and assignment in ("", standing.assignment) and question in ("", asked.id)
        ]
        return sorted(found, key=lambda one: (one.assignment, one.question, one.answer))

    def questions(self, assignment: str) -> tuple[QuestionResult, ...]:
        """The questions of an assignment, as the newest result that has any knows them."""
        return next((record.questions for record in self.newest(assignment) if record.questions), ())

    def history(self, student: str | None = None, assignment: str | None = None) -> list[Event]:
        """All that happened, oldest first: of a student, of an assignment, or of all."""
        student, assignment = (name and as_text(name) for name in (student, assignment))
        return history(self.entries(student, assignment), self.changes_by_hand(student, assignment))

    def difference(self) -> list[Change]:
        """What the last run found otherwise than the one before it, the largest change first."""
        hands, policies, due = in_force(self.changes_by_hand()), self.settings(POLICY), self.due()
        before, found = self.before_last_run(), []
        for student, assignment in self.pairs(since=before):
            own = hands.get((student, assignment), {})
            old, new = (
                attempt_that_counts(records, policies.get(assignment, ""), own, due) if records else None
                for records in (self.attempts(student, assignment, up_to) for up_to in (before, NOW))
            )
            if old and new:
                found += [with_hands(change, own) for change in changes(old, new)]
        return largest_first(found)


def due_dates(text: str) -> DueDates:
    """The due dates in the text of a file."""
    try:
        return Reader("the file of due dates", text, tomllib.loads(text)).due_dates()
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the file of due dates is not written as TOML: {error}") from None


def missing(student: str, assignment: str, worth: float) -> Record:
    """The record of who handed in nothing."""
    return Record(student, assignment, "missing", (), (), "nothing was handed in", worth, "", 0, 0.0)
