"""A worker is a process of its own: what it may use, what it sees, and what is left of it."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from dlcourse.checks.limits import Limits
from dlcourse.grading.sandbox import Worker, WorkerDied, WorkerTimedOut

CALL = {"do": "call", "name": "f", "args": (), "kwargs": {}, "no_overflow": False}


@pytest.fixture
def start():
    workers = []

    def make(source, **limits):
        worker = Worker(Limits(**limits))
        workers.append(worker)
        assert worker.ask({"do": "cell", "label": "cell 1", "source": source, "binds": []}, 20)["error"] == ""
        return worker

    yield make
    for worker in workers:
        worker.close()


def test_a_call_travels_there_and_back(start):
    worker = start("def f(z, scale=1.0): return scale * z")
    reply = worker.ask({**CALL, "args": (np.arange(3.0),), "kwargs": {"scale": 2.0}}, 5)
    assert np.array_equal(reply["value"], [0.0, 2.0, 4.0])


def test_an_object_can_be_handed_back(start):
    worker = start("def f(c=None): return (lambda: 42) if c is None else c()")
    cache = worker.ask(CALL, 5)["value"]
    assert worker.ask({**CALL, "args": (cache,)}, 5)["value"] == 42


def test_a_loop_without_end_is_ended(start):
    worker = start("def f():\n    while True: pass")
    with pytest.raises(WorkerTimedOut):
        worker.ask(CALL, 0.3)


def test_a_worker_that_ends_itself_is_noticed(start):
    worker = start("import os\ndef f(): os._exit(0)")
    with pytest.raises(WorkerDied):
        worker.ask(CALL, 5)


def test_memory_is_capped(start):
    worker = start("import numpy as np\ndef f(): return np.ones(10**9).sum()", memory_mb=1024)
    assert worker.ask(CALL, 20)["error"].endswith("MemoryError")


def test_a_file_cannot_grow_beyond_its_cap(start):
    worker = start("def f():\n    with open('big', 'wb') as file: file.write(b'x' * 10**7)", file_mb=1)
    assert worker.ask(CALL, 20)["error"] == "OSError"


@pytest.mark.parametrize("name", ["HOME", "TMPDIR"])
def test_folders_in_its_environment_are_its_own_scratch(start, name):
    worker = start(f"import os\ndef f(): return os.path.samefile(os.environ[{name!r}], '.')")
    assert worker.ask(CALL, 5)["value"] is True


def test_the_graders_environment_is_not_there(start, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "42")
    worker = start("import os\ndef f(): return 'SECRET_OF_THE_GRADER' in os.environ")
    assert worker.ask(CALL, 5)["value"] is False


def test_its_folder_is_gone_when_it_ends():
    worker = Worker(Limits())
    folder = Path(worker._running._scratch.name)
    worker.close()
    assert not folder.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_children_end_with_it(start):
    worker = start(
        "import os, time\ndef f():\n    child = os.fork()\n    if child == 0:\n        while True: time.sleep(1)\n    return child"
    )
    child = worker.ask(CALL, 5)["value"]
    worker.close()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{child}/stat").read_text().split()[2]
        except FileNotFoundError:
            return
        if state == "Z":
            return
    pytest.fail("the child is still there")


def test_printing_without_end_does_not_block_it(start):
    worker = start("def f():\n    for _ in range(10**5): print('x' * 100)\n    return 1")
    assert worker.ask(CALL, 20)["value"] == 1


def test_writing_to_standard_output_does_not_reach_the_protocol(start):
    worker = start("import os\ndef f():\n    os.write(1, b'forged')\n    return 1")
    assert worker.ask(CALL, 5)["value"] == 1


def test_an_answer_too_large_is_an_error_of_the_answer(start):
    worker = start("import numpy as np\ndef f(): return np.zeros(40_000_000)")
    assert worker.ask(CALL, 20)["error"] == "TooLarge"
