"""The record of one graded submission: everything that grading found out, as plain data that can be kept."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.grading.mark import CellNote

#: What the message of a record says where the grader itself failed.
UNDECIDED = "nothing was decided"


@dataclass(frozen=True)
class AnswerText:
    """What a student wrote as the answer to a question."""

    question: str
    source: str


@dataclass(frozen=True)
class Record:
    """The outcome of one submission: `graded`, `timeout`, `crashed`, `malformed` or `missing`, never just a number.

    `seed` and `private` trace it: what hidden inputs were drawn from, and the file of private checks that had a say.
    `fingerprint` is the hash of all that the result depends on: equal fingerprints, equal results. `submitted` is a time
    with its zone.
    """

    student: str
    assignment: str
    status: str
    questions: tuple[QuestionResult, ...]
    notes: tuple[CellNote, ...]
    message: str
    max_score: float
    isolation: str
    seed: int
    seconds: float
    private: str = ""
    attempt: int = 1
    submitted: datetime | None = None
    time_from: str = ""
    fingerprint: str = ""
    answers: tuple[AnswerText, ...] = ()

    @property
    def score(self) -> float:
        """Points earned."""
        return round(sum(question.score for question in self.questions), 9)

    @property
    def decided(self) -> bool:
        """Whether the outcome is the submission's own, and not a failure of the grader's, which is worth another try."""
        return self.status != "crashed" or UNDECIDED not in self.message

    def to_json(self) -> str:
        """The record as text that any file can hold."""
        return json.dumps({**asdict(self), "submitted": self.submitted and self.submitted.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The record in a text that `to_json` wrote."""
        data = json.loads(text)
        questions = tuple(
            QuestionResult(q["id"], q["title"], tuple(CheckResult(**check) for check in q["checks"]))
            for q in data.pop("questions")
        )
        submitted = data.pop("submitted")
        return cls(
            questions=questions,
            notes=tuple(CellNote(**note) for note in data.pop("notes")),
            answers=tuple(AnswerText(**answer) for answer in data.pop("answers")),
            submitted=datetime.fromisoformat(submitted) if submitted else None,
            **data,
        )
