"""What a student of the practice class hands in, and what grading must make of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from dlcourse.checks.question import Question
from dlcourse.classroom.practice.answers import Answers, Way
from dlcourse.classroom.practice.mess import KEPT, LESS, LOST, Accident
from dlcourse.classroom.practice.notebooks import Notebook, answer_cells, written
from dlcourse.classroom.practice.times import Timing

#: The least and the most points.
Range = tuple[float, float]


@dataclass(frozen=True)
class HandedIn:
    """One student's work at one exercise: the files of all attempts (the last one counts), what it is, what must come of it.

    `kind` is `ordinary`, `copy`, `messy`, `malicious` or `nothing`.
    """

    student: str
    assignment: str
    kind: str
    what: str
    files: tuple[bytes, ...] = ()
    timing: Timing = field(default_factory=lambda: Timing(()))
    status: str = "missing"
    score: Range = (0.0, 0.0)


class Work:
    """A notebook that a student has written, and the range of points that each question must get."""

    def __init__(self, answers: Answers, ways: Mapping[str, Way], cells: Mapping[str, tuple[str, ...]]) -> None:
        self._answers, self._questions = answers, {question.id: question for question in answers.questions}
        self.ways, self.cells = ways, cells
        self.notebook: Notebook = written(answers.given, cells)
        self.status = "graded"
        self._ranges: dict[str, Range] = {}
        for id, way in ways.items():
            score = answers.result(self._questions[id], way).score if way.kind != "untouched" else 0.0
            self._ranges[id] = (score, score)
        for id, way in ways.items():
            if way.kind != "right":
                self._shake(id)

    def _shake(self, id: str) -> None:
        """What a question defines is not the solution's: those that lean on it may get anything."""
        for other in self._answers.leaning[id]:
            self._ranges[other] = (0.0, self._questions[other].points)

    @property
    def score(self) -> Range:
        """The range of all points together."""
        lows, highs = zip(*self._ranges.values(), strict=True)
        return (round(sum(lows), 9), round(sum(highs), 9))

    @property
    def words(self) -> str:
        """What stands in it, question by question, where it is not the solution."""
        named = {"untouched": "untouched", "alternative": "right in another way"}
        return "; ".join(
            f"{id} {named.get(way.kind, way.name)}" for id, way in self.ways.items() if way.kind != "right"
        )

    def meets(self, accident: Accident, id: str) -> None:
        """Let something happen to the answer to a question, or to the notebook around it."""
        question = self._questions[id]
        if accident.change:
            accident.change(self.notebook, id, question.functions[0])
        self.status = accident.status
        if accident.status == "malformed":
            self._ranges = dict.fromkeys(self._ranges, (0.0, 0.0))
        if accident.answer == KEPT:
            return
        whole = accident.answer == LOST and len(answer_cells(self._answers.given, id)) == 1
        most = question.points - (least_share(question) if accident.answer == LESS else 0.0)
        self._ranges[id] = (0.0, 0.0 if whole else most)
        self._shake(id)

    @property
    def file(self) -> bytes:
        """The notebook as a file."""
        return (json.dumps(self.notebook, indent=1, ensure_ascii=False) + "\n").encode()


def least_share(question: Question) -> float:
    """The fewest points that one run of a check gives."""
    return min(check.points / len(check.each) for check in question.checks)
