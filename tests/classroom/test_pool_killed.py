"""A grader that is killed, or stopped by Ctrl-C, leaves no process behind, at any level, whatever a submission is doing."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import twice
from twice import CHECKS, LOOPS, RIGHT, handed_in, solutions_in

from dlcourse.grading.isolation.levels import LEVELS, PROCESS
from dlcourse.grading.probe import probe

pytestmark = [
    pytest.mark.xdist_group("pool"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process whose parent is gone"),
]
#: Adopts what a killed grader leaves, so that none gets out of sight; waits until as many submissions loop as there are
#: graders, kills those, waits until nothing is left, and prints what is there after all.
WATCH = """
import json, subprocess, sys, time
import psutil
from dlcourse.grading.isolation import libc

def alive(looping=False):
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE and (process.name() == "looping" or not looping):
                yield process
        except psutil.NoSuchProcess:
            pass

def wait_until(true):
    until = time.monotonic() + 90
    while not true() and time.monotonic() < until:
        time.sleep(0.02)

libc.adopt_orphans()
graders = [subprocess.Popen([sys.executable, *command]) for command in json.load(sys.stdin)]
wait_until(lambda: len([*alive(looping=True)]) == len(graders))
seen = len([*alive(looping=True)])
for grader in graders:
    grader.kill()
wait_until(lambda: not [*alive()])
print(json.dumps({"looped": seen, "left": [" ".join(process.cmdline()) for process in alive()]}))
"""
#: A grader without anything around it.
GRADER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from twice import LOOPS, RIGHT, jobs_in
from dlcourse.classroom.pool import local, outcomes
if __name__ == "__main__":
    for record in outcomes(jobs_in(Path(sys.argv[2]), RIGHT, LOOPS, level=sys.argv[3]), local(int(sys.argv[4]))):
        pass
"""


@pytest.mark.parametrize(
    ("level", "jobs"), [*((name, 2) for name in LEVELS), (PROCESS.name, 1)], ids=lambda value: str(value)
)
def test_a_grader_that_is_killed_leaves_no_process_behind(level, jobs, tmp_path):
    if level != PROCESS.name and (reason := probe(LEVELS[level])):
        pytest.skip(reason)
    command = ["-c", GRADER, str(Path(twice.__file__).parent), str(tmp_path), level, str(jobs)]
    done = subprocess.run([sys.executable, "-c", WATCH], input=json.dumps([command]), capture_output=True, text=True)
    assert json.loads(done.stdout) == {"looped": 1, "left": []}, done.stderr


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def interrupted(request, tmp_path_factory):
    """`dlcourse grade`, and a Ctrl-C while one submission loops and at least two are done."""
    folder = tmp_path_factory.mktemp("interrupted")
    solutions_in(folder, CHECKS + "\nfrom dlcourse.checks.limits import Limits\nlimits = Limits(cell_seconds=100)\n")
    handed_in(folder / "submitted", RIGHT, RIGHT, RIGHT, LOOPS)
    options = ["--exercise", twice.NAME, "--solutions", "solutions", "--out", "results", "--jobs", str(request.param)]
    command = [sys.executable, "-m", "dlcourse.cli", "grade", "submitted", *options, "--trust-submissions"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    how = {"cwd": folder, "start_new_session": True, "preexec_fn": as_in_a_terminal, **pipes}
    without_bubblewrap = {**os.environ, "PATH": ""}  # whose namespaces would end everything by themselves
    with subprocess.Popen(command, env=without_bubblewrap, **how) as process:
        grader, until = psutil.Process(process.pid), time.monotonic() + 60
        while not (begun := loops_among(grader)) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all in the foreground
        start = time.monotonic()
        said = process.communicate()
        return {"code": process.returncode, "said": said, "seconds": time.monotonic() - start,
                "left": psutil.wait_procs(begun, timeout=20)[1], "folder": folder}  # fmt: skip


def as_in_a_terminal():
    """Hear Ctrl-C, also where these tests run in the background: a shell lets such a program ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def loops_among(grader):
    """All that the grader has started, once a submission loops."""
    begun = grader.children(recursive=True)
    try:
        return begun if any(process.name() == "looping" for process in begun) else []
    except psutil.NoSuchProcess:
        return []


def test_ctrl_c_ends_with_code_130(interrupted):
    assert interrupted["code"] == 130, interrupted["said"]


def test_ctrl_c_is_answered_in_one_sentence(interrupted):
    said = "".join(interrupted["said"]).strip().splitlines()
    assert re.fullmatch(r"Stopped: \d graded and kept; .*", said[-1]), said
    assert "Traceback" not in "".join(said)


def test_ctrl_c_does_not_wait_for_a_submission_that_loops(interrupted):
    assert interrupted["seconds"] < 30  # the submission had a hundred


def test_ctrl_c_keeps_what_is_finished(interrupted):
    done = int(re.search(r"Stopped: (\d)", "".join(interrupted["said"]))[1])
    with open(interrupted["folder"] / "results" / "grades.csv", encoding="utf-8") as table:
        assert [row["score"] for row in csv.DictReader(table)] == ["2"] * done
    assert done >= 2


def test_ctrl_c_leaves_no_process_behind(interrupted):
    assert interrupted["left"] == []
