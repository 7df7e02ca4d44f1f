"""The ledger: what is written into the gradebook and read from it, row by row, before anybody asks what counts."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dlcourse import __version__
from dlcourse.classroom.gradebook.database import opened, writing
from dlcourse.classroom.gradebook.rows import By, Entered, Entry, Known
from dlcourse.classroom.gradebook.standing import ByHand
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.text import as_text

#: Behind every row there will be.
NOW = 2**62


class Ledger:
    """The rows of a gradebook. What a method adds is kept for good when it returns."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._db = opened(path, create=create)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(sqlite3.OperationalError):  # somebody else is writing
            self._db.execute("PRAGMA journal_mode = DELETE")  # the journal's empty file goes, too
        self._db.close()

    def _add(self, table: str, **values: Any) -> int:
        values = {"at": datetime.now(UTC).isoformat(), **values}
        places = ", ".join(f":{name}" for name in values)
        with writing(self._db):
            done = self._db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", values)
        return int(done.lastrowid or 0)

    def _rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(query, values).fetchall()

    def _one(self, query: str, **values: Any) -> Any:
        ((value,),) = self._rows(query, **values)
        return value

    # --- results

    def begin(self, by: By) -> int:
        """Begin a run of the grader; its number."""
        return self._add("runs", who=by.name, command=as_text(by.command), why=as_text(by.why), version=__version__)

    def add(self, run: int, record: Record) -> None:
        """Keep a result."""
        self._add(
            "results",
            run=run,
            student=as_text(record.student),
            assignment=as_text(record.assignment),
            attempt=record.attempt,
            status=record.status,
            score=record.score,
            max_score=record.max_score,
            seconds=record.seconds,
            submitted=record.submitted.isoformat() if record.submitted else "",
            isolation=record.isolation,
            fingerprint=record.fingerprint if record.decided else "",
            record=record.to_json(),
        )

    def end(self, run: int) -> None:
        """Note that a run came to its end: from here the next difference is counted."""
        self._add("ends", run=run, up_to=self._one("SELECT coalesce(max(id), 0) FROM results"))

    def unfinished(self) -> int:
        """The run that was stopped before its end, if no later one has come to an end; otherwise 0."""
        last = "SELECT coalesce(max(run), 0) FROM results WHERE id > (SELECT coalesce(max(up_to), 0) FROM ends)"
        return int(self._one(last))

    def before_last_run(self) -> int:
        """The last result that there was before the last run, with the stopped ones that it took up again."""
        ends = [end for (end,) in self._rows("SELECT DISTINCT up_to FROM ends ORDER BY up_to DESC LIMIT 2")]
        return int([*ends[0 if self.unfinished() else 1 :], 0][0])

    def known(self) -> dict[tuple[str, str, int], Known]:
        """The last result of each attempt, in short."""
        rows = self._rows(
            """SELECT student, assignment, attempt, status, score, max_score, seconds, submitted, isolation, fingerprint
            FROM results WHERE id IN (SELECT max(id) FROM results GROUP BY student, assignment, attempt)"""
        )
        return {(student, assignment, attempt): Known(*rest) for student, assignment, attempt, *rest in rows}

    def pairs(self, since: int = 0) -> set[tuple[str, str]]:
        """The students and assignments that have a result behind the row `since`."""
        rows = self._rows("SELECT DISTINCT student, assignment FROM results WHERE id > :since", since=since)
        return {(student, assignment) for student, assignment in rows}

    def attempts(self, student: str, assignment: str, up_to: int = NOW) -> list[Record]:
        """The last result of each attempt, the first attempt first; as it was when `up_to` was the last row."""
        rows = self._rows(
            """SELECT record FROM results WHERE id IN (SELECT max(id) FROM results
            WHERE student = :student AND assignment = :assignment AND id <= :up_to GROUP BY attempt) ORDER BY attempt""",
            student=student,
            assignment=assignment,
            up_to=up_to,
        )
        return [Record.from_json(text) for (text,) in rows]

    def newest(self, assignment: str) -> Iterator[Record]:
        """All results in an assignment, the newest first."""
        query = "SELECT record FROM results WHERE assignment = :name ORDER BY id DESC"
        for (text,) in self._db.execute(query, {"name": assignment}):
            yield Record.from_json(text)

    def worth(self, assignment: str) -> float:
        """What can be earned in an assignment, as the newest result knows it; 0 where none knows."""
        query = "SELECT max_score FROM results WHERE assignment = :name AND max_score > 0 ORDER BY id DESC LIMIT 1"
        return float(next(iter(self._rows(query, name=assignment)), (0.0,))[0])

    def entries(self, student: str | None = None, assignment: str | None = None) -> Iterator[Entry]:
        """All results, by student, assignment and attempt, in the order in which they came."""
        query = """SELECT record, results.at, who, why, command FROM results JOIN runs ON runs.id = run
            WHERE student = coalesce(:student, student) AND assignment = coalesce(:assignment, assignment)
            ORDER BY student, assignment, attempt, results.id"""
        for text, at, *rest in self._db.execute(query, {"student": student, "assignment": assignment}):
            yield Entry(Record.from_json(text), datetime.fromisoformat(at), *rest)

    # --- by hand

    def set_by_hand(self, change: ByHand, old: float | None, *, taken_back: bool = False) -> None:
        """Keep a score that a person set, or took back; `old` is what counted before. The time is the present one."""
        score = None if taken_back else change.score
        row = {**asdict(change), "who": as_text(change.who), "why": as_text(change.why), "score": score, "old": old}
        row.pop("when")
        self._add("by_hand", **row)

    def changes_by_hand(self, student: str | None = None, assignment: str | None = None) -> list[Entered]:
        """All changes by hand, in the order in which they came."""
        rows = self._rows(
            """SELECT kind, student, assignment, question, coalesce(score, 0), why, who, at, answer, score IS NULL, old
            FROM by_hand WHERE student = coalesce(:student, student) AND assignment = coalesce(:assignment, assignment)
            ORDER BY id""",
            student=student,
            assignment=assignment,
        )
        return [Entered(hand(*row[:9]), bool(row[9]), row[10]) for row in rows]

    # --- the roster, and what holds for an assignment

    def enrol(self, people: Mapping[str, Person], by: By) -> None:
        """Keep a roster; the last one counts. One that is the same as the last is not kept again."""
        if people != self.people():
            self._add("rosters", who=by.name, people=json.dumps([asdict(person) for person in people.values()]))

    def people(self) -> dict[str, Person]:
        """The roster: students by their id."""
        rows = self._rows("SELECT people FROM rosters ORDER BY id DESC LIMIT 1")
        listed = json.loads(rows[0][0]) if rows else []
        return {data["id"]: Person(**{**data, "others": tuple(data["others"])}) for data in listed}

    def set(self, assignment: str, name: str, value: str, by: By) -> None:
        """Keep what holds for an assignment; the last value counts. One that is the same as the last is not kept again."""
        if value != self.settings(name).get(as_text(assignment), ""):
            self._add("settings", who=by.name, assignment=as_text(assignment), name=name, value=value)

    def settings(self, name: str) -> dict[str, str]:
        """What holds, by assignment."""
        rows = self._rows("SELECT assignment, value FROM settings WHERE name = :name ORDER BY id", name=name)
        return dict(rows)  # of several rows the last counts


def hand(
    kind: str, student: str, assignment: str, question: str, score: float, why: str, who: str, at: str, answer: str
) -> ByHand:
    """The change by hand in a row."""
    return ByHand(kind, student, assignment, question, score, why, who, datetime.fromisoformat(at), answer)
