"""Who answers what how: a student's ability against a question's difficulty, and mistakes that many make before others.

The odds of a right answer are those of the Rasch model, a little steeper. Of what is not right, some is left untouched, the
later the question and the weaker the student the more; the rest is a known mistake, the common ones first.
"""

from collections.abc import Iterable

import numpy as np

from dlcourse.checks.question import Question
from dlcourse.classroom.practice.answers import Answers, Way

#: How much a step of ability changes the odds of a right answer; the ability at which the first and the last question is even.
STEEPNESS, FIRST, LAST = 1.4, -1.9, 0.0
#: Of the right answers so many are written in another way than the solution is.
OTHERWISE = 0.3


class Odds:
    """How a class answers one exercise; what is hard in it, and which mistakes are common, is drawn once."""

    def __init__(self, answers: Answers, rng: np.random.Generator) -> None:
        self._answers = answers
        count = len(answers.questions)
        self._even = dict(zip(answers.ways, np.linspace(FIRST, LAST, count) + rng.normal(0, 0.35, count), strict=True))
        self._ways = {id: shuffled(ways, rng) for id, ways in answers.ways.items()}

    def way(self, question: Question, ability: float, rng: np.random.Generator) -> Way:
        """How a student answers a question."""
        even, ways = self._even[question.id], self._ways[question.id]
        right = rng.random() < share(STEEPNESS * (ability - even))
        if right:
            kinds = ("alternative", "right") if rng.random() < OTHERWISE else ("right",)
        else:
            left = rng.random() < share(0.6 * (even - FIRST) - 0.9 * ability - 2.0)
            kinds = ("untouched",) if left else ("mistake", "untouched")
        return next(way for kind in kinds for way in self._of_kind(question, ways, kind, rng))

    def _of_kind(self, question: Question, ways: list[Way], kind: str, rng: np.random.Generator) -> Iterable[Way]:
        """The ways of a kind in an order drawn by how common they are, one after the other half, a third, a fourth..."""
        found = [way for way in ways if way.kind == kind]
        common = 1.0 / (1.0 + np.arange(len(found)))
        order = rng.choice(len(found), len(found), replace=False, p=common / common.sum()) if found else ()
        return (found[i] for i in order if self._answers.is_sound(question, found[i]))


def share(odds: float) -> float:
    """The share that belongs to the logarithm of some odds."""
    return float(1 / (1 + np.exp(-odds)))


def shuffled(ways: Iterable[Way], rng: np.random.Generator) -> list[Way]:
    """The ways in any order: which are common is nobody's choice."""
    listed = list(ways)
    return [listed[i] for i in rng.permutation(len(listed))]
