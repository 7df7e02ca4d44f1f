"""A grader that is killed, at whatever moment, has lost nothing that was finished, and the next one goes on from there."""

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from classroom import records, rows
from twice import RIGHT, WRONG, handed_in, solutions_in

from dlcourse.classroom.grade import grade_folder
from dlcourse.classroom.gradebook.book import FILE

pytestmark = pytest.mark.xdist_group("killed")

#: A grader as a process of its own: folder of submissions, results, solutions, and how many it grades at a time.
GRADER = """
import sys
from pathlib import Path
from dlcourse.classroom.grade import grade_folder
if __name__ == "__main__":
    submissions, out, solutions = map(Path, sys.argv[1:4])
    grade_folder(submissions, out, solutions, exercise="90_twice", jobs=int(sys.argv[4]))
"""
ANSWERS = (RIGHT, WRONG, "def twice(z): return z[None, 'a']", "import os\ndef twice(z): os._exit(0)")
STUDENTS, KILLS = 12, 20


class Killed:
    """A class whose graders are killed: what was lost each time, and what was left. A run that got through begins anew."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.solutions = solutions_in(folder)
        handed_in(folder / "submitted", *(ANSWERS * STUDENTS)[:STUDENTS])
        (folder / "grader.py").write_text(GRADER)
        self.results = [folder / "results-0"]
        self.kills = 0
        self.lost: list[str] = []
        self.unsound: list[str] = []

    def grader(self) -> "subprocess.Popen[bytes]":
        jobs = self.random.choice([1, 1, 2])
        command = [self.folder / "grader.py", self.folder / "submitted", self.results[-1], self.solutions, jobs]
        return subprocess.Popen([sys.executable, *map(str, command)])

    def kill_one(self) -> None:
        """Start a grader, kill it some results and a moment later, and look at what is left."""
        out, more = self.results[-1], self.random.randrange(4)
        before, moment = len(kept(out)), self.random.uniform(0, 0.04 if more else 1.2)
        with self.grader() as grader:
            while not ended_within(grader, 0.01) and len(kept(out)) < before + more:
                pass
            ended_within(grader, moment)
            seen = kept(out)
            grader.kill()
        self.lost += [text for text in seen if text not in kept(out)]
        self.unsound += faults(out)
        self.kills += grader.returncode < 0
        if grader.returncode == 0:
            self.results.append(self.folder / f"results-{len(self.results)}")

    def finish(self, out: Path) -> None:
        """Let a grader do what is left to do."""
        grade_folder(self.folder / "submitted", out, self.solutions, exercise="90_twice", jobs=1)


def kept(out: Path) -> list[str]:
    """The results in a gradebook, as they were written."""
    return asked(out, "SELECT record FROM results ORDER BY id")


def faults(out: Path) -> list[str]:
    """What SQLite finds wrong with a gradebook."""
    return [said for said in asked(out, "PRAGMA integrity_check") if said != "ok"]


def asked(out: Path, query: str) -> list[str]:
    """The answers of a gradebook; none where a grader has not come as far as its tables."""
    if not (out / FILE).exists():
        return []
    with closing(sqlite3.connect(out / FILE)) as db:
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return [text for (text,) in db.execute(query)] if tables else []


def ended_within(grader: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether a grader ends by itself in so short a time."""
    try:
        grader.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A class whose grader was killed twenty times, and then left alone for as long as it took."""
    killed = Killed(tmp_path_factory.mktemp("killed"), seed=7)
    while killed.kills < KILLS:
        killed.kill_one()
    for out in (*killed.results, killed.folder / "whole"):
        killed.finish(out)
    return killed


def same_as_whole(killed, look):
    """Whether something is the same in every folder of results as in that of the run that nobody interrupted."""
    return [look(out) == look(killed.folder / "whole") for out in killed.results]


def test_no_result_that_was_finished_is_lost(killed):
    assert killed.lost == []


def test_the_gradebook_is_sound_after_every_kill(killed):
    assert killed.unsound == []


def test_no_submission_is_graded_twice(killed):
    students = [[json.loads(text)["student"] for text in kept(out)] for out in killed.results]
    assert [len(set(names)) == len(names) == STUDENTS for names in students] == [True] * len(killed.results)


def test_what_stands_in_the_end_is_what_an_uninterrupted_run_finds(killed):
    def found(out):
        return [replace(record, seconds=0.0) for record in records(out)]

    assert same_as_whole(killed, found) == [True] * len(killed.results)


def test_the_tables_are_those_of_an_uninterrupted_run_but_for_seconds(killed):
    def tables(out):
        untimed = [{**row, "seconds": ""} for row in rows(out / "grades.csv")]
        return untimed, rows(out / "questions.csv"), rows(out / "changes.csv")

    assert same_as_whole(killed, tables) == [True] * len(killed.results)
