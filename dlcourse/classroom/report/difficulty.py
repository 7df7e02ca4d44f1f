"""Which questions are hard, and which tell those who know the subject from those who do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean

from dlcourse.classroom.gradebook.standing import QuestionStanding, Standing
from dlcourse.classroom.report.scores import has_score

#: Submissions below which a correlation says nothing.
FEWEST = 10


@dataclass(frozen=True)
class QuestionFigures:
    """A question in a class: the mean `share` of its points that was earned, and how well it goes with all the others.

    `rest` is the correlation of its points with the sum of those of all other questions, or None, and then `why` says why.
    """

    id: str
    title: str
    worth: float
    count: int
    share: float
    full: int
    untouched: int
    rest: float | None
    why: str = ""


def difficulty(standings: Sequence[Standing]) -> list[QuestionFigures]:
    """The questions of an assignment, the hardest first; answers that await a mark are left out."""
    having = [standing for standing in standings if has_score(standing) and standing.questions]
    ids = dict.fromkeys(question.id for standing in having for question in standing.questions)
    found = [figures(id, having) for id in ids]
    return sorted((each for each in found if each), key=lambda each: (each.share, each.id))


def figures(id: str, standings: Sequence[Standing]) -> QuestionFigures | None:
    """A question's figures, or None where nobody has points in it that count."""
    judged = [
        (question, [other for other in standing.questions if other.id != id])
        for standing in standings
        for question in standing.questions
        if question.id == id and question.max_score and not question.awaits_mark
    ]
    if not judged:
        return None
    own = [question for question, _ in judged]
    rest, why = item_rest(judged)
    return QuestionFigures(
        id,
        own[0].title,
        own[0].max_score,
        len(own),
        fmean(question.score / question.max_score for question in own),
        sum(question.score >= question.max_score for question in own),
        sum(question.status == "not attempted" for question in own),
        rest,
        why,
    )


def item_rest(judged: Sequence[tuple[QuestionStanding, Sequence[QuestionStanding]]]) -> tuple[float | None, str]:
    """The correlation of a question's points with those of all others together, or the reason why there is none."""
    whole = [(q.score, sum(o.score for o in others)) for q, others in judged if not any(o.awaits_mark for o in others)]
    if len(whole) < FEWEST:
        return None, "too few submissions"
    try:
        return correlation(*zip(*whole, strict=True)), ""
    except StatisticsError:
        return None, "all have the same points"
