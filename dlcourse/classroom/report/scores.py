"""How an assignment went: how many submissions ended how, and how the points are spread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from dlcourse.classroom.gradebook.standing import Standing

BINS = 10


@dataclass(frozen=True)
class Scores:
    """The points of `count` submissions: in the middle half of them from `low` to `high`; `bins` counts tenths of `worth`."""

    count: int
    worth: float
    least: float
    low: float
    median: float
    high: float
    most: float
    mean: float
    bins: tuple[int, ...]


#: What is counted, in words that stand beside the number, and what it holds for.
COUNTS: Mapping[str, Callable[[Standing], bool]] = {
    "handed in": lambda standing: standing.record.status != "missing",
    "graded": lambda standing: standing.record.status == "graded",
    "timeout": lambda standing: standing.record.status == "timeout",
    "crashed": lambda standing: standing.record.status == "crashed",
    "malformed": lambda standing: standing.record.status == "malformed",
    "missing": lambda standing: standing.record.status == "missing",
    "late": lambda standing: standing.lateness.days > 0,
    "awaiting a mark": lambda standing: any(question.awaits_mark for question in standing.questions),
    "changed by hand": lambda standing: any(
        change and change.kind == "override"
        for change in (standing.by_hand, *(question.by_hand for question in standing.questions))
    ),
}


def counts(standings: Sequence[Standing]) -> dict[str, int]:
    """How many submissions ended how, or need a look."""
    return {name: sum(map(holds, standings)) for name, holds in COUNTS.items()}


def has_score(standing: Standing) -> bool:
    """Whether the points say something: nothing was handed in or nothing could be read where they do not."""
    return bool(standing.by_hand or standing.questions)


def scores(standings: Sequence[Standing]) -> Scores | None:
    """The spread of the points that count, or None where nobody has any."""
    having = [standing for standing in standings if has_score(standing)]
    if not having:
        return None
    found = sorted(standing.score for standing in having)
    low, median, high = quantiles(found * 2 if len(found) == 1 else found, n=4, method="inclusive")
    tenths = [bin_of(standing.score, standing.max_score) for standing in having]
    bins = tuple(tenths.count(i) for i in range(BINS))
    worth = max(standing.max_score for standing in having)
    return Scores(len(found), worth, found[0], low, median, high, found[-1], fmean(found), bins)


def bin_of(score: float, worth: float) -> int:
    """The tenth of all points that a score lies in; full points and more belong to the last.

    >>> bin_of(0, 10), bin_of(9.9, 10), bin_of(10, 10), bin_of(3, 10)
    (0, 9, 9, 3)
    """
    return min(BINS - 1, max(0, int(BINS * score / worth + 1e-9))) if worth else BINS - 1
