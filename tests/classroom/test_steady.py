"""Grading one submission after the other leaves nothing behind: what a hundred cost, a thousand cost ten times."""

import gc
import json
import tempfile
import tracemalloc

import psutil
import pytest
from tiny import code_cell

from dlcourse.checks.limits import Limits
from dlcourse.classroom.grade import grade_folder
from dlcourse.grading.probe import choose

pytestmark = pytest.mark.xdist_group("steady")

CHECKS = """
from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])

@q1.check("a number")
def number(student, solution):
    expect(student.twice(3.0)).close_to(solution.twice(3.0))

@q1.check("an array", hidden=True)
def array(student, solution, rng):
    z = rng.normal(size=(50, 50))
    expect(student.twice(z)).close_to(solution.twice(z))

@q1.mistake("This is the square.")
def square(z): return z * z
"""
#: Every way in which a submission ends but a time-out, which takes time.
ANSWERS = {
    "right": "def twice(z): return 2 * z",
    "a known mistake": "def twice(z): return z * z",
    "an error": "def twice(z): return z[None, 'a']",
    "keeps much": "import numpy as np\nkept = np.ones(10**6)\ndef twice(z): return lambda: kept",
    "ends Python": "import os\ndef twice(z): os._exit(0)",
    "leaves a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=[99], daemon=True).start()\ndef twice(z): return 2 * z",
    "not a notebook": "",
}
WARM_UP, ROUNDS = 2, 7


def notebook(answer):
    return json.dumps({"cells": [code_cell(answer, "q1")] if answer else None, "metadata": {}})


def grade_all(folder, measure):
    """Grade a class; what was measured after each submission."""
    (folder / "solutions" / "checks").mkdir(parents=True)
    (folder / "solutions" / "checks" / "tiny.py").write_text(CHECKS)
    (folder / "solutions" / "tiny.ipynb").write_text(notebook(ANSWERS["right"]))
    for i, answer in enumerate(list(ANSWERS.values()) * (WARM_UP + ROUNDS)):
        path = folder / "submitted" / f"student-{i:03}" / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(answer))
    seen = []
    level = choose(trusted=True)
    options = {"level": level, "jobs": 1, "variants": True, "on_done": lambda *_: seen.append(measure())}
    grade_folder(folder / "submitted", folder / "results", folder / "solutions", limits=Limits(), **options)
    return seen


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Everything that could pile up, after each submission."""
    folder, own = tmp_path_factory.mktemp("steady"), psutil.Process()
    scratch = tmp_path_factory.mktemp("scratch")

    def measure():
        gc.collect()
        return {
            "memory": tracemalloc.get_traced_memory()[0],
            "open files": own.num_fds() if psutil.POSIX else own.num_handles(),
            "threads": own.num_threads(),
            "processes": len(own.children(recursive=True)),
            "temporary folders": len(list(scratch.iterdir())),
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        tracemalloc.start()
        try:
            return grade_all(folder, measure)
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("what", ["open files", "threads", "processes", "temporary folders"])
def test_no_submission_leaves_anything_behind(measured, what):
    first, last = (max(seen[what] for seen in part) for part in (measured[: -len(ANSWERS)], measured[-len(ANSWERS) :]))
    assert last <= first


def test_memory_does_not_grow_by_more_than_the_records(measured):
    steady = [seen["memory"] for seen in measured[WARM_UP * len(ANSWERS) :]]
    each = (min(steady[-len(ANSWERS) :]) - min(steady[: len(ANSWERS)])) / (len(steady) - len(ANSWERS))
    assert each < 10_000  # a record has about five thousand bytes; an answer has a hundred times as many
