"""What counts: which attempt, and in each of its questions what grading found or what a person has set instead."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dlcourse.checks.run import AWAITS_MARK, QuestionResult
from dlcourse.classroom.gradebook.due import DueDates
from dlcourse.classroom.gradebook.lateness import HandedIn, lateness
from dlcourse.classroom.gradebook.rows import Entered
from dlcourse.classroom.gradebook.standing import ByHand, QuestionStanding
from dlcourse.classroom.record import Record

#: The name of the one check of a question that a person marks.
BY_A_PERSON = "marked by a person"
#: Which of several attempts counts.
POLICIES = ("last", "best")

#: What holds by hand in one assignment of one student: by kind, question and (of a mark) the answer's hash.
Hands = Mapping[tuple[str, str, str], ByHand]


def in_force(changes: Iterable[Entered]) -> dict[tuple[str, str], dict[tuple[str, str, str], ByHand]]:
    """The changes by hand that hold, by student and assignment: the last of each kind in each place, unless taken back."""
    found: dict[tuple[str, str], dict[tuple[str, str, str], ByHand]] = {}
    for entered in changes:
        change = entered.change
        place = found.setdefault((change.student, change.assignment), {})
        place.pop((change.kind, change.question, change.answer), None)
        if not entered.taken_back:
            place[change.kind, change.question, change.answer] = change
    return found


def attempt_that_counts(attempts: Sequence[Record], policy: str, hands: Hands, due: DueDates) -> Record:
    """The attempt that counts, of those in the order in which they were handed in.

    The best is the one that is worth most when all of it is marked and its days are paid for; of equals, the first. A note
    that something is missing yields to anything that was handed in.
    """
    real = [record for record in attempts if record.status != "missing"] or attempts
    if policy != "best":
        return real[-1]
    return max(real, key=lambda record: worth(record, hands) - penalty(record, due))


def penalty(record: Record, due: DueDates) -> float:
    """What an attempt would lose for its days if none were free: these are given to what counts, and so cannot choose it."""
    without = replace(due, late_days=0, extra_late_days={})
    return lateness(without, record.student, {record.assignment: handed_in(record)})[record.assignment].penalty


def handed_in(record: Record) -> HandedIn:
    """What lateness depends on."""
    return HandedIn(record.submitted, record.max_score)


def worth(record: Record, hands: Hands) -> float:
    """The points of an attempt; an answer that nobody has marked yet could be worth them all."""
    questions = standings_of(record, hands, ())
    return sum(question.max_score if question.awaits_mark else question.score for question in questions)


def standings_of(record: Record, hands: Hands, known: Sequence[QuestionResult]) -> tuple[QuestionStanding, ...]:
    """What counts in each question; `known` are the assignment's questions, where a person overrides what has no result."""
    found = [question_standing(question, record, hands) for question in record.questions]
    absent = [
        QuestionStanding(question.id, question.title, hand.score, question.max_score, record.status, by_hand=hand)
        for question in known
        if question.id not in {one.id for one in record.questions}
        and (hand := hands.get(("override", question.id, "")))
    ]
    return (*found, *absent)


def question_standing(question: QuestionResult, record: Record, hands: Hands) -> QuestionStanding:
    """What counts in one question: an override, else the mark of this very answer, else what grading found."""
    standing = QuestionStanding(
        question.id, question.title, question.score, question.max_score, question.status, question.mistake
    )
    if override := hands.get(("override", question.id, "")):
        return replace(standing, score=override.score, by_hand=override)
    if not is_manual(question):
        return standing
    if mark := hands.get(("mark", question.id, answer_hash(record, question.id))):
        return replace(standing, score=mark.score, status="marked", by_hand=mark)
    awaits = any(check.status == AWAITS_MARK for check in question.checks)
    return replace(standing, status=AWAITS_MARK if awaits else question.status, awaits_mark=awaits)


def is_manual(question: QuestionResult) -> bool:
    """Whether a person marks a question."""
    return any(check.name == BY_A_PERSON for check in question.checks)


def earlier_mark(hands: Hands, question: str) -> ByHand | None:
    """The last mark that a student has in a question, of whichever answer."""
    return next(
        (hand for hand in reversed([*hands.values()]) if (hand.kind, hand.question) == ("mark", question)), None
    )


def answer_to(record: Record, question: str) -> str:
    """What a student wrote as the answer to a question."""
    return next((answer.source for answer in record.answers if answer.question == question), "")


def answer_hash(record: Record, question: str) -> str:
    """By what an answer is known: a mark belongs to the answer that was read, not to one handed in later."""
    text = answer_to(record, question).strip()
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]
