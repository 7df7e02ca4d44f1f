"""Which level of isolation is in force: the strongest that holds, never one below the level that was asked for."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from classroom import EXERCISE, ROOT
from tiny import TINY

from dlcourse.classroom.grade import grade_folder
from dlcourse.grading import launch, probe
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation import namespaces, seccomp, surroundings
from dlcourse.grading.isolation.landlock import supported_abi
from dlcourse.grading.isolation.levels import FULL, KERNEL, LEVELS, NAMESPACES, PROCESS, NoIsolation
from dlcourse.grading.sandbox import Worker

NAMES = list(LEVELS)


def holding(*names: str):
    """What `probe` says on a machine where only these levels hold."""
    return lambda level: "" if level.name in names else f"no {level.name} here"


@pytest.mark.parametrize("strongest", NAMES[:3])
def test_the_strongest_level_that_holds_is_taken(strongest, monkeypatch):
    monkeypatch.setattr(probe, "probe", holding(*NAMES[NAMES.index(strongest) :]))
    assert probe.choose().name == strongest


def test_without_any_level_grading_refuses_and_says_why(monkeypatch):
    monkeypatch.setattr(probe, "probe", holding())
    with pytest.raises(UsageError, match=r"no full here; no kernel here; no namespaces here.*--trust-submissions"):
        probe.choose()


def test_whoever_trusts_the_submissions_may_go_without(monkeypatch):
    monkeypatch.setattr(probe, "probe", holding())
    assert probe.choose(trusted=True) == PROCESS


def test_trust_does_not_lower_a_level_that_can_be_had(monkeypatch):
    monkeypatch.setattr(probe, "probe", holding("kernel"))
    assert probe.choose(trusted=True) == KERNEL


@pytest.mark.parametrize("trusted", [True, False])
def test_a_required_level_is_never_undercut(trusted, monkeypatch):
    monkeypatch.setattr(probe, "probe", holding("namespaces", "process"))
    with pytest.raises(UsageError, match="no kernel here"):
        probe.choose("kernel", trusted=trusted)


def test_a_level_that_does_not_exist_is_named(monkeypatch):
    with pytest.raises(UsageError, match=r"'strict'.*full, kernel, namespaces, process"):
        probe.choose("strict")


def test_a_level_that_an_attack_gets_through_does_not_count(monkeypatch):
    assert "a submission reads files, writes files" in probe.probe(replace(PROCESS, name="kernel"))


def test_a_level_at_which_honest_work_fails_does_not_count(monkeypatch):
    monkeypatch.setattr(probe, "HONEST", "import a_module_that_nobody_has")
    assert "a normal job does not run" in probe.probe(PROCESS)


@pytest.mark.parametrize("level", [FULL, KERNEL], ids=lambda level: level.name)
def test_a_worker_that_cannot_be_enclosed_does_not_start(level, monkeypatch):
    """A fence that fails must leave no worker, rather than one at a lower level."""
    monkeypatch.setattr(surroundings, "readable", lambda: ("/no/such/folder",))
    monkeypatch.setattr("dlcourse.grading.forked.readable", lambda: ("/no/such/folder",))
    monkeypatch.setattr(launch, "TEMPLATES", {})
    with pytest.raises(NoIsolation, match=f"no worker at level {level.name}"):
        Worker(TINY.limits, level)
    launch.close_templates()


@pytest.mark.parametrize("level", [FULL, NAMESPACES], ids=lambda level: level.name)
def test_without_bubblewrap_its_levels_say_so(level, monkeypatch):
    monkeypatch.setattr(launch, "TEMPLATES", {})
    monkeypatch.setenv("PATH", "")
    assert probe.probe(level) == f"level {level.name} needs bubblewrap, which is not installed"


def test_a_kernel_without_landlock_has_no_level_of_that_name():
    assert "this kernel has no Landlock" in probe.probe(replace(KERNEL, landlock=0))


def test_without_fork_a_worker_is_a_new_python(monkeypatch):
    monkeypatch.delattr(os, "fork")
    worker = Worker(TINY.limits)
    try:
        assert probe.run(worker, "print(6 * 7)")["output"] == "42\n"
    finally:
        worker.close()


def test_without_fork_no_level_above_process_is_promised(monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(NoIsolation, match="level kernel needs Linux"):
        Worker(TINY.limits, KERNEL)


def test_a_learner_without_fork_can_check_a_notebook():
    code = "import os; del os.fork; import sys; from dlcourse.cli import main; sys.argv[0] = 'dlcourse'; main()"
    notebook = ROOT / "exercises" / f"{EXERCISE}.ipynb"
    done = subprocess.run([sys.executable, "-c", code, "check", notebook], capture_output=True, text=True)
    assert "not attempted" in done.stdout, done.stderr


def test_submissions_that_other_submissions_could_read_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "readable", lambda: (str(tmp_path),))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="which submissions can read: move it"):
        grade_folder(tmp_path / "in", tmp_path / "out", ROOT / "solutions", exercise=EXERCISE, level=KERNEL)


def test_neither_solutions_nor_tests_lie_where_submissions_can_read():
    assert surroundings.exposed([ROOT / "solutions", ROOT / "tests", Path.home()]) is None


@pytest.fixture
def two():
    """Two workers at the strongest level, at once."""
    level = probe.choose(trusted=True)
    workers = [Worker(TINY.limits, level) for _ in range(2)]
    yield workers
    for worker in workers:
        worker.close()


@pytest.mark.parametrize(
    ("left", "look"),
    [
        ("open('note', 'w').write('x')", "import os; print(os.listdir('.'))"),
        ("import tempfile; open(tempfile.gettempdir() + '/note', 'w').write('x')", "import os, tempfile; print(os.listdir(tempfile.gettempdir()))"),
        ("import numpy; numpy.note = 1", "import numpy; print(['note'] if hasattr(numpy, 'note') else [])"),
        ("import os; os.environ['note'] = 'x'", "import os; print([n for n in os.environ if n == 'note'])"),
    ],
    ids=["in its folder", "in the temporary folder", "in a module", "in the environment"],
)  # fmt: skip
def test_what_one_submission_leaves_another_does_not_find(two, left, look):
    probe.run(two[0], left)
    assert probe.run(two[1], look)["output"] == "[]\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give every submission a user of its own")
def test_no_two_submissions_run_as_the_same_user(two):
    users = [probe.run(worker, "import os; print(os.getuid())")["output"] for worker in two]
    assert users[0] != users[1]


def test_a_template_that_is_gone_is_replaced():
    Worker(TINY.limits).close()
    template = launch.TEMPLATES[(PROCESS, ())]
    template._process.kill()
    template._process.wait()
    Worker(TINY.limits).close()
    assert launch.TEMPLATES[(PROCESS, ())] is not template


def test_the_filter_knows_every_call_by_name_or_number():
    """A call that this libseccomp cannot name would be let through in silence."""
    import pyseccomp

    groups = (
        seccomp.ATTRIBUTES,
        seccomp.NETWORK,
        seccomp.SURROUNDINGS,
        seccomp.OTHERS,
        seccomp.LASTING,
        seccomp.KERNEL,
    )
    unknown = [name for names in groups for name in names.split()
               if name not in seccomp.NUMBERS and pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) == -1]  # fmt: skip
    assert unknown == []


def test_this_machine_runs_the_strongest_level_that_it_could():
    """Where the kernel has Landlock, `kernel` must hold: if it does not, the fences are broken, not the machine."""
    if not supported_abi(99):
        pytest.skip("this kernel has no Landlock")
    assert probe.probe(KERNEL) == ""


@pytest.mark.parametrize("level", LEVELS.values(), ids=lambda level: level.name)
def test_a_notebook_may_write_where_programs_expect_to(level):
    if level != PROCESS and (reason := probe.probe(level)):
        pytest.skip(reason)
    worker = Worker(TINY.limits, level)
    try:
        code = "import tempfile, numpy as np; np.save(tempfile.gettempdir() + '/x.npy', [1.0]); np.save('y.npy', [1.0]); print('saved')"
        assert probe.run(worker, code)["output"] == "saved\n"
    finally:
        worker.close()


def test_python_in_the_temporary_folder_stays_readable(monkeypatch):
    """A checkout under /tmp has its virtual environment there: nothing may be mounted over it."""
    monkeypatch.setattr(surroundings, "readable", lambda: (f"{namespaces.TEMPORARY}/course/environment", "/usr"))
    command = namespaces.enclosed(["python"], surroundings.readable())
    assert [place for option, place in pairwise(command) if option == "--tmpfs"] == [namespaces.SCRATCH]
    assert (namespaces.SCRATCH, namespaces.TEMPORARY) not in pairwise(command)
