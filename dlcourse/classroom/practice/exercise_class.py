"""One exercise, handed in by a whole class: who does what is drawn, and everybody's work is made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import cycle

import numpy as np

from dlcourse.classroom.practice.answers import Answers, Way
from dlcourse.classroom.practice.handed_in import HandedIn, Work
from dlcourse.classroom.practice.malice import MALICE
from dlcourse.classroom.practice.mess import KEPT, MESS, Accident
from dlcourse.classroom.practice.odds import Odds
from dlcourse.classroom.practice.times import Timing, timing
from dlcourse.classroom.practice.wording import other_names, own_words

#: The shares of a class that are not ordinary: from 17 students on there is one of each.
SHARES = {"nothing": 0.03, "copy": 0.03, "messy": 0.12, "malicious": 0.04}
#: So many of the answers are in the student's own words.
OWN_WORDS = 0.8


class ExerciseClass:
    """What the students with these abilities hand in at one exercise."""

    def __init__(
        self, answers: Answers, abilities: Mapping[str, float], due: datetime, rng: np.random.Generator
    ) -> None:
        self._answers, self._abilities, self._due, self._rng = answers, abilities, due, rng
        self._questions = {question.id: question for question in answers.questions}
        self._odds = Odds(answers, rng)
        self._accidents = {"messy": in_turn(MESS, rng), "malicious": in_turn(MALICE, rng)}

    def all_work(self) -> list[HandedIn]:
        """Everybody's work, in the order of the students."""
        kinds, works = self._kinds(), dict[str, Work]()
        done = {s: HandedIn(s, self._answers.name, "nothing", "handed in nothing") for s in self._abilities}
        for student in (student for student, kind in kinds.items() if kind not in ("nothing", "copy")):
            works[student] = self._own(student)
            done[student] = self._handed_in(student, kinds[student], works[student])
        friends = [student for student in works if kinds[student] == "ordinary"]
        for student in (student for student, kind in kinds.items() if kind == "copy"):
            friend = friends[self._rng.integers(len(friends))]
            done[student] = self._handed_in(student, "copy", self._copied(works[friend]), f"copied from {friend}")
        return list(done.values())

    def _kinds(self) -> dict[str, str]:
        """Who is of which kind."""
        students = [str(student) for student in self._rng.permutation(list(self._abilities))]
        drawn = [kind for kind, share in SHARES.items() for _ in range(round(share * len(students)))]
        kinds = dict(zip(students, drawn + ["ordinary"] * len(students), strict=False))
        return {student: kinds[student] for student in self._abilities}

    def _own(self, student: str) -> Work:
        """A student's answers, most of them in words of their own."""
        ability = self._abilities[student]
        ways = {id: self._odds.way(question, ability, self._rng) for id, question in self._questions.items()}
        return Work(self._answers, ways, {id: self._worded(id, way) for id, way in ways.items()})

    def _worded(self, id: str, way: Way) -> tuple[str, ...]:
        own = self._is_code(id, way) and self._rng.random() < OWN_WORDS
        return tuple(own_words(cell, self._rng) if own else cell for cell in way.cells)

    def _copied(self, theirs: Work) -> Work:
        """A friend's answers with other names for their variables."""
        cells = {
            id: tuple(other_names(cell, self._rng) if self._is_code(id, theirs.ways[id]) else cell for cell in own)
            for id, own in theirs.cells.items()
        }
        return Work(self._answers, theirs.ways, cells)

    def _is_code(self, id: str, way: Way) -> bool:
        """Whether a student has written code there."""
        return way.kind != "untouched" and not self._questions[id].manual

    def _handed_in(self, student: str, kind: str, work: Work, what: str = "") -> HandedIn:
        """A work with all that happens to it on its way."""
        when = timing(self._due, self._rng)
        files, told = [work.file], [what, work.words]
        if kind == "ordinary":
            files = [*self._begun(work, len(when.attempts)), *files]
        elif kind in self._accidents and (asked := self._target(work)):
            accident = next(self._accidents[kind])
            work.meets(accident, asked)
            files = [accident.spoil(work.file) if accident.spoil else work.file]
            told.insert(0, accident.name + (f" ({asked})" if accident.answer != KEPT else ""))
        words = "; ".join(filter(None, told)) or "all right"
        times = Timing(when.attempts[-len(files) :], when.days_late, when.extended)
        return HandedIn(student, self._answers.name, kind, words, tuple(files), times, work.status, work.score)

    def _begun(self, work: Work, attempts: int) -> Iterator[bytes]:
        """The files of all attempts but the last: each has a few answers more."""
        for attempt in range(1, attempts):
            left = list(work.ways)[attempt * len(work.ways) // attempts :]
            untouched = {id: self._answers.ways[id][1] for id in left}
            cells = {id: way.cells for id, way in untouched.items()}
            yield Work(self._answers, {**work.ways, **untouched}, {**work.cells, **cells}).file

    def _target(self, work: Work) -> str:
        """The question that an accident is about: one with a function, answered right if possible; nothing if there is none."""
        functions = [id for id, question in self._questions.items() if question.functions]
        chosen = [id for id in functions if work.ways[id].kind == "right"] or functions
        return chosen[self._rng.integers(len(chosen))] if chosen else ""


def in_turn(accidents: Sequence[Accident], rng: np.random.Generator) -> Iterator[Accident]:
    """Accidents one after the other, in any order, and from the beginning when all have happened."""
    return cycle([accidents[i] for i in rng.permutation(len(accidents))])
