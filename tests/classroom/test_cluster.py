"""A Dask cluster on loopback: real processes, one of which is killed. Nothing is lost, and isolation holds on workers."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import psutil
import pytest
from twice import CHECKS, RIGHT, WRONG, jobs_in, untimed

import dlcourse
from dlcourse.classroom import cluster as clusters
from dlcourse.classroom.job import grade
from dlcourse.classroom.pool import cluster, local, outcomes
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation.levels import FULL, KERNEL, PROCESS
from dlcourse.grading.probe import choose, probe

pytestmark = [
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed"),
]
#: Looks for the scheduler, to which it could speak as any client does, and for the solution on the worker's machine.
ATTACK = """
import socket
deeds = [
    lambda: socket.create_connection(("127.0.0.1", {port}), timeout=1),
    lambda: socket.socket().connect(("127.0.0.1", {port})),
    lambda: open({solution!r}).read(),
]
got = []
for deed in deeds:
    try: got.append(deed())
    except OSError: pass
def twice(z): return 13.0 if got else 2 * z
"""
#: A check that ends the process that grades, for one answer.
DEADLY = CHECKS.replace("student.twice(3.0))", "alive(student.twice(3.0)))") + """
def alive(answer):
    if answer == 14.0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
"""  # fmt: skip
KILLS = "def twice(z): return 14.0"


class Loopback:
    """A scheduler on this machine, its workers, and a folder for their files; ports are whatever is free."""

    def __init__(self, folder):
        self._folder, self._processes, self._workers = folder, [], 0
        file, until = folder / "scheduler.json", time.monotonic() + 60
        # Two workers die of a job before Dask gives it up: the usual four would take twice as long.
        usual = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        self._start("scheduler", "--port", "0", "--scheduler-file", str(file), **usual)
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.02)
        self.address = json.loads(file.read_text())["address"]

    def _start(self, role, *arguments, **environment):
        quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--host", "127.0.0.1"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments, *quiet]
        environment = {**os.environ, **environment}
        self._processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment))

    def add_workers(self, count, **environment):
        """So many worker processes more, and one that starts them again when they die."""
        from distributed import Client

        self._workers += count
        amount = ["--nworkers", str(count), "--nthreads", "1", "--local-directory", str(self._folder)]
        self._start("worker", self.address, *amount, **environment)
        with Client(self.address) as client:
            client.wait_for_workers(self._workers, timeout=60)

    def busy_worker(self):
        """A worker process that has begun to grade: it has a template."""
        children = psutil.Process(self._processes[1].pid).children()
        return next(process for process in children if process.children())

    def close(self):
        """End it; an error where anything stays that it has started."""
        below = {child for own in self._processes for child in psutil.Process(own.pid).children(recursive=True)}
        for own in self._processes:
            own.terminate()
        for own in self._processes:
            own.wait(30)
        _, left = psutil.wait_procs(below, timeout=30)
        assert not left, [process.cmdline() for process in left]


@pytest.fixture(scope="module")
def loopback(tmp_path_factory):
    with closing(Loopback(tmp_path_factory.mktemp("dask"))) as here:
        here.add_workers(2)
        yield here


@pytest.fixture(scope="module")
def work(tmp_path_factory, loopback):
    """A class. The last submission but one attacks; the last ends whatever process grades it."""
    folder = tmp_path_factory.mktemp("class")
    attack = ATTACK.format(solution=str(folder / "solutions" / "90_twice.ipynb"), port=loopback.address.split(":")[-1])
    level = PROCESS.name if probe(KERNEL) else KERNEL.name
    return jobs_in(folder, *[RIGHT, WRONG] * 14, attack, KILLS, checks=DEADLY, level=level)


@pytest.fixture(scope="module")
def graded(work, loopback):
    """The records that the cluster gives, though one of its workers is killed after the first ones."""
    with closing(outcomes(work, cluster(loopback.address))) as records:
        found = [next(records), next(records)]
        loopback.busy_worker().send_signal(signal.SIGKILL)
        return untimed([*found, *records])


def test_a_worker_that_is_killed_loses_nothing(graded, work):
    assert [record.student for record in graded] == [job.submission.student for job in work]


def test_each_record_is_the_same_as_on_this_machine_alone(graded, work):
    here = [replace(job, level=choose(trusted=True).name) for job in work[:-1]]
    assert graded[:-1] == untimed(list(outcomes(here, local(1))))


def test_a_submission_that_ends_every_worker_ends_as_crashed_with_a_sentence(graded):
    assert (graded[-1].status, "the Dask workers that graded this were killed" in graded[-1].message) == (
        "crashed",
        True,
    )


def test_an_attack_from_a_worker_reaches_neither_scheduler_nor_solution(graded, work):
    if reason := probe(KERNEL):
        pytest.skip(reason)
    assert (graded[-2].status, graded[-2].score) == ("graded", 2.0)
    assert grade(replace(work[-2], level=PROCESS.name)).score == 0.0  # it does reach them where nothing keeps it in


def test_no_job_runs_on_a_worker_that_cannot_hold_its_level(work, loopback):
    if reason := probe(FULL):
        pytest.skip(reason)
    loopback.add_workers(1, PATH="")  # it finds no bubblewrap
    found = list(outcomes((replace(job, level=FULL.name) for job in work[:6]), cluster(loopback.address)))
    assert [record.isolation for record in found] == ["full"] * 6


def test_workers_with_another_version_are_refused_by_name(work, loopback, monkeypatch):
    monkeypatch.setattr(dlcourse, "__version__", "99.0")
    with pytest.raises(
        UsageError, match=r"no worker of tcp://.* can grade this: tcp://.*: it has dlcourse .*, not 99.0"
    ):
        list(outcomes(work[:1], cluster(loopback.address)))


def test_a_cluster_without_workers_is_refused_in_a_sentence(work, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "FIRST", 0.2)
    with closing(Loopback(tmp_path)) as alone, pytest.raises(UsageError, match="has no workers: start them"):
        list(outcomes(work[:1], cluster(alone.address)))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers at tcp://127.0.0.1:1"),
        ("my-cluster", "'my-cluster' is no address"),
    ],
)
def test_an_address_where_no_scheduler_is_gets_a_sentence(address, says, monkeypatch):
    monkeypatch.setattr(clusters, "ANSWER", 0.5)
    with pytest.raises(UsageError, match=says):
        list(outcomes([], cluster(address)))


def test_without_dask_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'dlcourse\[cluster\]'"):
        list(outcomes([], cluster("tcp://127.0.0.1:1")))
