"""Which answers of a class are alike in what few others wrote.

A fragment that stands in `n` of the `N` different answers to a question counts log2(N / n) bits: nothing where it stands in
all. Answers that are the same count once, or what thirty students copied would pass for what everybody knows. The closeness
of two students is what they share in bits, times the share that this is of all they wrote, in each answer and again in all
together: a pair stands out by long answers that agree in unusual ways, and not by the one line that everybody finds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from dlcourse.classroom.record import Record
from dlcourse.classroom.report.fragments import fragments

Matrix = npt.NDArray[np.float64]
#: Students below whom nothing can be called unusual.
FEWEST = 8
#: The least closeness that is listed, and how many times the closeness to the nearest that is usual in the class.
#: Of 46 made-up classes of 20, 60 and 300, in which all had worked alone, 2 had a pair on the list; of 46 copies it had 46,
#: 45 where a third of the class had handed them in, and 43 where three answers of eight were copied.
LEAST, TIMES = 30.0, 4.5
#: The share of what two students wrote from which on an answer is shown as alike.
ALIKE = 0.5


@dataclass(frozen=True)
class AlikeAnswer:
    """A question that two students answered alike; `share` of what is unusual in the two answers stands in both."""

    question: str
    share: float
    one: str
    other: str


@dataclass(frozen=True)
class Pair:
    """Two submissions that are closer than others are, and the answers that make them so."""

    one: str
    other: str
    closeness: float
    answers: tuple[AlikeAnswer, ...]


@dataclass(frozen=True)
class Group:
    """Students who are linked by such pairs, the closest pair first."""

    students: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Similarity:
    """What was found among `compared` students; half of them are no closer than `usual` to anybody.

    Pairs are listed from a closeness of `bound` on.
    """

    compared: int
    usual: float
    bound: float
    groups: tuple[Group, ...]


def similarity(records: Sequence[Record]) -> Similarity:
    """The groups of submissions of one assignment that stand far above the rest in what they share."""
    students = sorted(record.student for record in records)
    written = answers(records)
    shares: dict[str, Matrix] = {}
    alike, whole = np.zeros((2, len(students), len(students)))
    for question, own in written.items():
        if len(own) >= FEWEST:
            shared, either = compared(own, students)
            shares[question] = share(shared, either)
            alike += shared * shares[question]
            whole += either
    closeness = (alike * share(alike, whole)).round(6)  # so that another processor's last digit puts nobody on the list
    usual = float(np.median(closeness.max(axis=1, initial=0.0))) if students else 0.0
    bound = max(LEAST, TIMES * usual)
    pairs = []
    for i, j in np.argwhere(np.triu(closeness, 1) >= bound).tolist():
        one, other = students[i], students[j]
        own_alike = tuple(
            AlikeAnswer(question, float(both[i, j]), written[question][one], written[question][other])
            for question, both in shares.items()
            if both[i, j] >= ALIKE
        )
        pairs.append(Pair(one, other, float(closeness[i, j]), own_alike))
    handed_in = {student for own in written.values() for student in own}
    return Similarity(len(handed_in), usual, bound, tuple(groups(sorted(pairs, key=lambda pair: -pair.closeness))))


def answers(records: Sequence[Record]) -> Mapping[str, Mapping[str, str]]:
    """By question and student: what was written, where something was."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for record in records:
        attempted = {question.id for question in record.questions if question.status != "not attempted"}
        for answer in record.answers:
            if answer.question in attempted and answer.source.strip():
                before = found[answer.question].get(record.student)
                found[answer.question][record.student] = f"{before}\n{answer.source}" if before else answer.source
    return {question: found[question] for question in sorted(found)}


def compared(own: Mapping[str, str], students: Sequence[str]) -> tuple[Matrix, Matrix]:
    """For each two students: the bits of the fragments that stand in both answers, and of those that stand in either."""
    known = {source: fragments(source) for source in sorted(set(own.values()))}
    different = set(known.values())
    spread = Counter(fragment for answer in different for fragment in answer)
    weight = {fragment: log2(len(different) / spread[fragment]) for fragment in sorted(spread)}
    writers = Counter(fragment for source in own.values() for fragment in known[source])
    column = {fragment: i for i, fragment in enumerate(f for f in weight if writers[f] > 1 and weight[f])}
    has, total = np.zeros((len(students), len(column))), np.zeros(len(students))
    for i, student in enumerate(students):
        found = known[own[student]] if student in own else frozenset()
        total[i] = sum(weight[fragment] for fragment in sorted(found))
        has[i, [column[fragment] for fragment in found if fragment in column]] = 1.0
    shared = (has * np.array([weight[fragment] for fragment in column])) @ has.T
    np.fill_diagonal(shared, 0.0)
    return shared, total[:, None] + total[None, :] - shared


def share(part: Matrix, whole: Matrix) -> Matrix:
    """A part of a whole; of nothing, nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def groups(pairs: Sequence[Pair]) -> Iterator[Group]:
    """The pairs by what links them: of three who wrote the same, each two are a pair, and the three are one group."""
    members: dict[str, set[str]] = {}
    for pair in pairs:
        both = members.setdefault(pair.one, {pair.one}) | members.setdefault(pair.other, {pair.other})
        members |= dict.fromkeys(both, both)
    for student in dict.fromkeys(pair.one for pair in pairs):
        if student in members:
            linked = members[student]
            yield Group(tuple(sorted(linked)), tuple(pair for pair in pairs if pair.one in linked))
            for each in linked:
                del members[each]
