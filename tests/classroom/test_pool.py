"""A class in several processes: the same records as in one, and no process that dies costs more than its own submission."""

import os
import shutil
import tempfile
from contextlib import closing

import psutil
import pytest
from twice import CHECKS, LOOPS, RIGHT, WRONG, jobs_in, untimed

from dlcourse.classroom.pool import local, outcomes

pytestmark = pytest.mark.xdist_group("pool")
#: A check that ends the grader's own process, as the kernel does when memory is used up.
DEADLY = CHECKS.replace('student.twice(3.0))', 'alive(student.twice(3.0)))') + """
def alive(answer):
    mark = pathlib.Path({mark!r})
    if answer in (13.0, 14.0) and not (answer == 14.0 and mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
"""  # fmt: skip
ALWAYS, ONCE = "def twice(z): return 13.0", "def twice(z): return 14.0"


@pytest.fixture(scope="module")
def with_deaths(tmp_path_factory):
    """The records of a class, in two processes; one submission ends its process each time, another the first time."""
    folder = tmp_path_factory.mktemp("deaths")
    answers = [RIGHT, WRONG, ALWAYS, RIGHT, ONCE, RIGHT]
    work = jobs_in(folder, *answers, checks=DEADLY.replace("{mark!r}", repr(str(folder / "mark"))))
    return untimed(list(outcomes(work, local(2))))


def test_a_submission_whose_process_is_killed_twice_ends_as_crashed_with_a_sentence(with_deaths):
    assert (with_deaths[2].status, "was killed, twice" in with_deaths[2].message) == ("crashed", True)


def test_it_still_shows_what_it_could_have_earned(with_deaths):
    assert with_deaths[2].max_score == with_deaths[0].max_score == 2.0


def test_a_submission_whose_process_is_killed_once_is_graded(with_deaths):
    assert with_deaths[4].status == "graded"


def test_the_others_are_graded_as_if_nothing_had_happened(with_deaths):
    others = [(record.status, record.score) for i, record in enumerate(with_deaths) if i not in (2, 4)]
    assert others == [("graded", 2.0), ("graded", 0.0), ("graded", 2.0), ("graded", 2.0)]


def test_several_processes_find_what_one_finds_even_when_all_files_are_gone(tmp_path):
    work = jobs_in(tmp_path, RIGHT, WRONG, "def twice(z): return 1 / 0")
    shutil.rmtree(tmp_path / "solutions")
    shutil.rmtree(tmp_path / "submitted")
    here, there = (untimed(list(outcomes(work, local(jobs)))) for jobs in (1, 2))
    assert here == there
    assert [record.score for record in here] == [2.0, 0.0, 0.0]


def test_work_is_read_only_as_there_is_room_for_it(tmp_path):
    read = []
    work = (read.append(job) or job for job in jobs_in(tmp_path, *[RIGHT] * 9))
    with closing(outcomes(work, local(2))) as records:
        next(records)
        assert len(read) < 9


def cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """What is left when somebody takes one record and no more, while another submission loops."""
    folder, scratch = tmp_path_factory.mktemp("stopped"), tmp_path_factory.mktemp("scratch")
    os.chmod(scratch, 0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        before = psutil.Process().children(recursive=True)
        with closing(outcomes(jobs_in(folder, LOOPS, RIGHT), local(2))) as records:
            next(records)
            begun = set(psutil.Process().children(recursive=True)) - {*before}
    begun = [
        process for process in begun if "resource_tracker" not in "".join(cmdline(process))
    ]  # Python's own: it stays
    _, running = psutil.wait_procs(begun, timeout=20)
    return {"processes": running, "files": [*scratch.iterdir()]}


@pytest.mark.parametrize("what", ["processes", "files"])
def test_whoever_stops_early_leaves_nothing_behind(what, stopped):
    assert stopped[what] == []
