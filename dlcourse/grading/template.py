"""The warm template: a process that has everything imported already, and forks a worker for each submission.

    grader --(orders)--> template --fork--> keeper --fork--> worker

A fork costs milliseconds where a start costs most of a second. The keeper runs none of the learner's code. It stands
outside of the fences, waits for the worker's end or the grader's word, ends everything that the worker started, and
says how it ended. The template itself stays as it was: no submission can leave anything behind in it.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from dlcourse.checks.limits import Limits
from dlcourse.grading import worker
from dlcourse.grading.isolation import libc, namespaces, privileges
from dlcourse.grading.isolation.enclose import enclose
from dlcourse.grading.isolation.levels import Level

#: How often the keeper looks at the disk where no file system of fixed size does it.
LOOK = 0.1
#: What a worker says first, when everything stands that keeps it in.
READY = b"ready\n"


@dataclass(frozen=True)
class Order:
    """What the grader asks of the template: one worker, so enclosed, with these limits."""

    level: Level
    limits: Limits
    readable: tuple[str, ...]
    scratch: str

    def to_json(self) -> bytes:
        """The order as a message."""
        return json.dumps({**vars(self), "level": vars(self.level), "limits": vars(self.limits)}).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Order":
        """The order in a message."""
        fields = json.loads(data)
        level, limits = Level(**fields["level"]), Limits(**fields["limits"])
        return cls(level, limits, tuple(fields["readable"]), fields["scratch"])


def main() -> None:
    """Warm up, then carry out orders until the grader is gone."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        with contextlib.suppress(Exception):  # what is not installed here, a learner cannot import either
            importlib.import_module(name)
    worker.warm_up()
    gc.collect()
    gc.freeze()  # the collector then leaves these pages alone, and forks go on sharing them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended keepers leave no trace
    while True:
        message, descriptors, _, _ = socket.recv_fds(orders, 2**16, 2)
        if not message:
            return
        if os.fork() == 0:
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                keep(Order.from_json(message), *descriptors)
            except BaseException as error:
                refuse(descriptors[0], error)
        for descriptor in descriptors:
            os.close(descriptor)


def keep(order: Order, channel: int, grader: int) -> None:
    """The keeper: fork the worker, wait, end what is left of it, tell the grader how it came to its end."""
    user = privileges.user_of(os.getpid()) if privileges.may_change_user() else None
    if order.level.namespaces:
        namespaces.leave_shared(order.limits.scratch_mb, order.limits.scratch_files)
    else:
        libc.adopt_orphans()
    if user is not None:
        os.chown(order.scratch, user, user)
    child = os.fork()
    if child == 0:
        os.close(grader)
        work(order, channel, user)
    os.close(channel)
    with contextlib.suppress(OSError):  # a grader that is gone already is the watch's affair
        os.write(grader, f"{child}\n".encode())
    told = json.dumps(watch(order, child, grader, user)).encode()
    with contextlib.suppress(OSError):
        os.write(grader, told)
    os._exit(0)


def work(order: Order, channel: int, user: int | None) -> None:
    """The worker: enclosed, then serving. It never returns."""
    try:
        os.setsid()  # a signal to its process group then meets nobody else
        worker.leave_open_only(channel)
        enclose(order.level, order.limits, order.readable, order.scratch, user)
        os.write(channel, READY)
    except BaseException as error:
        refuse(channel, error)
    with contextlib.suppress(BaseException):
        worker.serve_on(channel, order.limits)
    os._exit(0)


def refuse(channel: int, error: BaseException) -> NoReturn:
    """Say what went wrong before any of the learner's code ran, and end."""
    os.write(channel, f"{type(error).__name__}: {error}\n".encode())
    os._exit(1)


def watch(order: Order, child: int, grader: int, user: int | None) -> dict[str, Any]:
    """Wait until the worker ends, the grader says so, or the disk is full; then end all of it."""
    end, reason = os.pidfd_open(child), ""
    waiting = select.poll()
    waiting.register(end, select.POLLIN)
    waiting.register(grader, select.POLLIN)
    while not waiting.poll(None if order.level.namespaces else 1000 * LOOK):
        if over := over_scratch(order.scratch, order.limits):
            reason = over
            break
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not order.level.namespaces:  # with them, the kernel ends what the first process of a namespace leaves behind
        end_descendants(user)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "reason": reason}


def end_descendants(user: int | None) -> None:
    """Kill every process that the worker left behind. All of them are this process's children by now, or will be."""
    while True:
        for child in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if user is not None:
            kill_all_of(user)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def children() -> list[int]:
    """The children of this process."""
    return [int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def kill_all_of(user: int) -> None:
    """Kill everything that runs as a user, at once: no fork can be quicker."""
    helper = os.fork()
    if helper == 0:
        with contextlib.suppress(OSError):
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(helper, 0)


def over_scratch(folder: str, limits: Limits) -> str:
    """Which limit of the disk is exceeded, in words; nothing while none is."""
    size = count = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(place, name)).st_blocks * 512
        count += len(names) + 1
        if size > limits.scratch_mb * 2**20:
            return f"wrote more than {limits.scratch_mb} MB of files"
        if count > limits.scratch_files:
            return f"wrote more than {limits.scratch_files} files"
    return ""


if __name__ == "__main__":
    main()
