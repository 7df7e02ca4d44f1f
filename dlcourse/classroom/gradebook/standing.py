"""What counts: a student's standing in an assignment, computed from results, changes by hand and the due date."""

from dataclasses import dataclass
from datetime import datetime

from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record


@dataclass(frozen=True)
class ByHand:
    """A score that a person set: an `override` of what grading found, or the `mark` of an answer that only people can judge.

    `question` is empty where it is about the whole assignment.
    """

    kind: str
    student: str
    assignment: str
    question: str
    score: float
    why: str
    who: str
    when: datetime


@dataclass(frozen=True)
class QuestionStanding:
    """What counts in one question; `awaits_mark` while nobody has judged an answer that only people can."""

    id: str
    title: str
    score: float
    max_score: float
    status: str
    mistake: str = ""
    by_hand: ByHand | None = None
    awaits_mark: bool = False


@dataclass(frozen=True)
class Lateness:
    """How late a submission came: days begun after its due date, how many of them were free, and the points that it costs.

    `note` says what is not plain from the numbers: that nobody knows the time, or that it came when all was closed.
    """

    due: datetime | None = None
    days: int = 0
    free_days: int = 0
    penalty: float = 0.0
    note: str = ""


@dataclass(frozen=True)
class Standing:
    """What counts for one student in one assignment: `record` is the attempt that counts, of `attempts`."""

    person: Person
    assignment: str
    record: Record
    attempts: int
    questions: tuple[QuestionStanding, ...]
    lateness: Lateness
    max_score: float
    by_hand: ByHand | None = None

    @property
    def raw_score(self) -> float:
        """Points before anything is taken off for being late."""
        if self.by_hand:
            return self.by_hand.score
        return round(sum(question.score for question in self.questions), 9)

    @property
    def score(self) -> float:
        """The points that count. A total that a person set is final: nothing is taken off it."""
        return self.raw_score if self.by_hand else max(0.0, round(self.raw_score - self.lateness.penalty, 9))
