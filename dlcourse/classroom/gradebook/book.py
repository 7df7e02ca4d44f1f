"""The gradebook: what is kept of a class, what counts, and what a person may change."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dlcourse.classroom.gradebook.counted import Counted
from dlcourse.classroom.gradebook.counting import answer_hash, in_force, is_manual
from dlcourse.classroom.gradebook.named import named_assignment, named_question, named_student, require_range
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.gradebook.sheet import Line
from dlcourse.classroom.gradebook.standing import ByHand, Standing
from dlcourse.classroom.text import as_text
from dlcourse.grading.exercise import UsageError

#: The gradebook in a folder of results.
FILE = "gradebook.db"


class Gradebook(Counted):
    """What is kept of a class, what counts, and what a person may change.

    with Gradebook(results / "gradebook.db") as book:
        book.override("ada", "05_activations", "q1", 2.5, By(why="the question was misprinted"))
        standings = book.standings()
    """

    def override(
        self, student: str, assignment: str, question: str, score: float, by: By, *, beyond: bool = False
    ) -> ByHand:
        """Let another score count than grading found, in a question or (where `question` is empty) in all; `by` says why."""
        standing, question = self.place(student, assignment, question)
        old, worth = score_in(standing, question), self.worth_of(standing, question)
        require_range(score, worth, question or standing.assignment, beyond=beyond)
        change = self._change("override", question, "", standing, score, by)
        self.set_by_hand(change, old)
        return change

    def mark(
        self, student: str, assignment: str, question: str, score: float, by: By, *, beyond: bool = False
    ) -> ByHand:
        """Mark an answer that only a person can judge; `by` says why: that is the comment for the student."""
        change, old = self._mark(student, assignment, question, score, by, beyond)
        self.set_by_hand(change, old)
        return change

    def mark_sheet(
        self, assignment: str, question: str, sheet: Sequence[Line], by: By, *, beyond: bool = False
    ) -> set[str]:
        """Mark answers to one question: all that a sheet says, or nothing where a line does not fit; the students marked."""
        found: dict[str, tuple[ByHand, float | None]] = {}
        for line in sheet:
            try:
                said = By(by.who, by.command, line.comment or by.why)
                change, old = self._mark(line.student, assignment, question, line.score, said, beyond)
            except UsageError as error:
                raise UsageError(f"line {line.number} of the sheet: {error}; nothing was marked") from None
            if change.student in found:
                raise UsageError(
                    f"line {line.number} of the sheet: {change.student} has a line above; nothing was marked"
                )
            found[change.student] = (change, old)
        held = in_force(self.changes_by_hand())
        for change, old in found.values():
            same = held.get((change.student, change.assignment), {}).get(("mark", change.question, change.answer))
            if same is None or replace(same, when=change.when, who=change.who) != change:
                self.set_by_hand(change, old)
        return set(found)

    def _mark(
        self, student: str, assignment: str, question: str, score: float, by: By, beyond: bool
    ) -> tuple[ByHand, float | None]:
        standing, question = self.place(student, assignment, question)
        found = next((result for result in standing.record.questions if result.id == question), None)
        if found is None or not is_manual(found):
            raise UsageError(
                f"{question or 'the whole'} of {standing.assignment} is not marked by a person here: "
                "to change what grading found, use `dlcourse override`"
            )
        require_range(score, found.max_score, question, beyond=beyond)
        old = None if is_awaiting(standing, question) else score_in(standing, question)
        return self._change("mark", question, answer_hash(standing.record, question), standing, score, by), old

    def withdraw(self, student: str, assignment: str, question: str, by: By, kind: str = "override") -> ByHand:
        """Take back an override, or a mark; what grading found counts again. The change that was taken back."""
        standing, question = self.place(student, assignment, question)
        own = in_force(self.changes_by_hand()).get((as_text(standing.record.student), standing.assignment), {})
        place = (kind, question, answer_hash(standing.record, question) if kind == "mark" else "")
        if place not in own:
            raise UsageError(
                f"{student} has no {kind} in {question or 'the total'} of {standing.assignment}: there is nothing to take back"
            )
        self.set_by_hand(self._change(*place, standing, 0.0, by), own[place].score, taken_back=True)
        return own[place]

    def _change(self, kind: str, question: str, answer: str, standing: Standing, score: float, by: By) -> ByHand:
        if not math.isfinite(score):
            raise UsageError(f"{score} is no score: give a number")
        student, now = as_text(standing.record.student), datetime.now(UTC)
        return ByHand(kind, student, standing.assignment, question, score, by.why, by.name, now, answer)

    def named(self, student: str = "", assignment: str = "", question: str = "") -> tuple[str, str, str]:
        """The student, assignment and question that were typed, as far as they were; UsageError where there is none such."""
        pairs, people = self.pairs(), self.people()
        id = named_student(student, {student for student, _ in pairs} | set(people), people) if student else ""
        name = named_assignment(assignment, {assignment for _, assignment in pairs}) if assignment else ""
        asked = named_question(question, [known.id for known in self.questions(name)]) if question else ""
        return id, name, asked

    def place(self, student: str, assignment: str, question: str) -> tuple[Standing, str]:
        """The standing that was named, and the question's id (empty for all of it); UsageError where there is none."""
        id, name, asked = self.named(student, assignment, question)
        standing = next((one for one in self.each_standing([id]) if one.assignment == name), None)
        if standing is None:
            raise UsageError(f"{id} has handed in nothing for {name} and is on no roster: there is nothing to change")
        return standing, asked

    def worth_of(self, standing: Standing, question: str) -> float:
        """What a question is worth, or (where `question` is empty) all of them."""
        known = {one.id: one.max_score for one in (*self.questions(standing.assignment), *standing.record.questions)}
        return known[question] if question else standing.max_score


def score_in(standing: Standing, question: str) -> float:
    """What counts now in a question, or in all."""
    if not question:
        return standing.raw_score
    return next((one.score for one in standing.questions if one.id == question), 0.0)


def is_awaiting(standing: Standing, question: str) -> bool:
    """Whether nobody has marked the question yet."""
    return any(one.awaits_mark for one in standing.questions if one.id == question)
