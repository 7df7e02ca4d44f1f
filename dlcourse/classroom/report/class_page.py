"""The class report: one page on every assignment, which asks nothing of any other file or host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlcourse.classroom.gradebook.standing import Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.report.difficulty import QuestionFigures, difficulty
from dlcourse.classroom.report.misconceptions import Misconception, misconceptions
from dlcourse.classroom.report.names import Names, Numbers
from dlcourse.classroom.report.normalise import normalised
from dlcourse.classroom.report.pages import template
from dlcourse.classroom.report.scores import Scores, counts, scores
from dlcourse.classroom.report.similarity import FEWEST, Similarity, similarity
from dlcourse.classroom.report.trouble import failed, slowest

#: How much of a long list stands open on the page.
MISTAKES, GROUPS, PAIRS = 12, 30, 3
#: A correlation with the rest below which a question deserves a look.
DOUBTFUL = 0.1


@dataclass(frozen=True)
class Part:
    """What the page says of one assignment; `alike` is None where students are not to be named."""

    assignment: str
    standings: Sequence[Standing]
    counts: dict[str, int]
    graded: int
    scores: Scores | None
    questions: Sequence[QuestionFigures]
    mistakes: Sequence[Misconception]
    failed: Mapping[tuple[str, str], Sequence[Person]]
    slowest: Sequence[Standing]
    missing: Sequence[Person]
    late: Sequence[Standing]
    awaiting: Sequence[tuple[Person, str]]
    alike: Similarity | None


def class_report(standings: Sequence[Standing], *, anonymous: bool = False) -> str:
    """The page on these standings; an `anonymous` one has numbers for students and no word on whose answers are alike."""
    everyone = {standing.person.id: standing.person for standing in standings}
    assignments = dict.fromkeys(standing.assignment for standing in standings)
    own = {name: [standing for standing in standings if standing.assignment == name] for name in sorted(assignments)}
    return template("report.html").render(
        parts=[part(name, found, anonymous=anonymous) for name, found in own.items()],
        students=len(everyone),
        names=Numbers(everyone.values()) if anonymous else Names(),
        people={standing.record.student: standing.person for standing in standings},
        normalised=normalised,
        shares=shares,
        doubtful=DOUBTFUL,
        fewest=FEWEST,
        open_mistakes=MISTAKES,
        open_groups=GROUPS,
        open_pairs=PAIRS,
    )


def part(assignment: str, standings: Sequence[Standing], *, anonymous: bool) -> Part:
    """What the page says of one assignment."""
    return Part(
        assignment,
        standings,
        counts(standings),
        sum(bool(standing.record.questions) for standing in standings),
        scores(standings),
        difficulty(standings),
        misconceptions(standings),
        failed(standings),
        slowest(standings),
        [standing.person for standing in standings if standing.record.status == "missing"],
        sorted(
            (standing for standing in standings if standing.lateness.days > 0),
            key=lambda standing: (-standing.lateness.days, standing.person.id),
        ),
        [
            (standing.person, question.id)
            for standing in standings
            for question in standing.questions
            if question.awaits_mark
        ],
        None if anonymous else similarity([standing.record for standing in standings]),
    )


def shares(found: Scores) -> list[str]:
    """Where least, low, median, high and most lie between nothing and all points, in percent of the way."""
    places = (found.least, found.low, found.median, found.high, found.most)
    return [f"{100 * min(1.0, max(0.0, place / found.worth if found.worth else 1.0)):.2f}" for place in places]
