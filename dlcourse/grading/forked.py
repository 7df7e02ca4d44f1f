"""The grader's end of the warm template: where workers come from on Linux."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from dlcourse.checks.limits import Limits
from dlcourse.grading.isolation import namespaces
from dlcourse.grading.isolation.levels import Level, NoIsolation
from dlcourse.grading.isolation.surroundings import clean_environment, readable
from dlcourse.grading.template import READY, Order

#: How long a worker may take until it says that it is enclosed; the first one waits for all imports.
START = 120.0
#: What puts up the kernel's fences: imported once, before the first fork.
FENCES = ("landlockpy", "pyseccomp")
#: How long the keeper may take to end what a worker started.
END = 30.0
#: What a process died of, for a student's feedback.
DEATHS = {
    signal.SIGXCPU: "used more than {cpu_seconds} seconds of processor time",
    signal.SIGKILL: "was killed (for its use of memory or processor time, or by itself)",
    signal.SIGSEGV: "crashed Python (a segmentation fault)",
    signal.SIGABRT: "crashed Python (it called abort)",
    signal.SIGBUS: "crashed Python (a bus error)",
    signal.SIGFPE: "crashed Python (an arithmetic fault)",
    signal.SIGILL: "crashed Python (an illegal instruction)",
}


class Template:
    """A warm Python at one level of isolation, with `modules` imported; `fork` gives a worker in milliseconds."""

    def __init__(self, level: Level, modules: Sequence[str]) -> None:
        if level.namespaces and not namespaces.installed():
            raise NoIsolation(f"level {level.name} needs bubblewrap, which is not installed")
        self.level = level
        self._home = tempfile.TemporaryDirectory(prefix="dlcourse-", ignore_cleanup_errors=True)
        home = namespaces.SCRATCH if level.namespaces else self._home.name
        self._orders, theirs = socket.socketpair()
        command = [sys.executable, "-I", "-m", "dlcourse.grading.template", str(theirs.fileno()), *FENCES, *modules]
        if level.namespaces:
            command = namespaces.enclosed(command, readable())
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the template)
        with theirs:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                cwd=self._home.name,
                env=clean_environment(home),
                start_new_session=True,  # a Ctrl-C for the grader is not for those who end what submissions started
            )

    def fork(self, limits: Limits) -> "Forked":
        """A worker, enclosed and ready; `NoIsolation` where it could not be enclosed, and then none is there."""
        scratch = tempfile.TemporaryDirectory(prefix="dlcourse-", ignore_cleanup_errors=True)
        inside = namespaces.SCRATCH if self.level.namespaces else scratch.name
        order = Order(self.level, limits, readable(), inside)
        channel, theirs = socket.socketpair()
        keeper, keepers = socket.socketpair()
        worker = Forked(self.level, limits, channel, keeper, scratch)
        try:
            with theirs, keepers:
                socket.send_fds(self._orders, [order.to_json()], [theirs.fileno(), keepers.fileno()])
            worker.wait_until_enclosed()
        except (OSError, NoIsolation) as error:
            worker.end()
            worker.close()
            raise NoIsolation(f"no worker at level {self.level.name}: {self._complaint() or error}") from None
        return worker

    def _complaint(self) -> str:
        """What the template said when it could not go on."""
        if self._process.poll() is None:
            return ""
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with code {self._process.returncode}"

    @property
    def is_running(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the template: the end of its orders is its sign."""
        self._orders.close()
        try:
            self._process.wait(END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()
        self._home.cleanup()


class Forked:
    """One worker: a channel to it, and a line to its keeper."""

    def __init__(
        self,
        level: Level,
        limits: Limits,
        channel: socket.socket,
        keeper: socket.socket,
        scratch: "tempfile.TemporaryDirectory[str]",
    ) -> None:
        self._level, self._limits, self._channel, self._keeper = level, limits, channel, keeper
        self._scratch = scratch
        self.requests, self.replies = channel.makefile("wb"), channel.makefile("rb")

    def wait_until_enclosed(self) -> None:
        """Return when it says so; `NoIsolation` with its reason otherwise."""
        self._channel.settimeout(START)
        try:
            said = self.replies.readline(10_000)
        except TimeoutError:
            raise NoIsolation(f"no sign of life in {START:g} seconds") from None
        finally:
            self._channel.settimeout(None)
        if said != READY:
            raise NoIsolation(said.decode(errors="replace").strip() or "it ended before it was ready")

    def end(self) -> str:
        """End it with everything it started; what it had died of by itself, in words, or nothing."""
        with contextlib.suppress(OSError):
            self._keeper.shutdown(socket.SHUT_WR)
        pid, _, told = self._last_words().partition(b"\n")
        if not told and pid and not self._level.namespaces:  # someone killed the keeper, so that its part is ours
            with contextlib.suppress(OSError), open(os.pidfd_open(int(pid)), "rb") as process:
                os.killpg(int(pid), signal.SIGKILL)
                select.select([process], [], [], END)  # it can be read from when the process has ended
        end = json.loads(told or b'{"signal": 0, "reason": ""}')
        return end["reason"] or DEATHS.get(end["signal"], "").format(**vars(self._limits))

    def _last_words(self) -> bytes:
        """What the keeper wrote: the worker's process number at the start, how it ended at the end."""
        self._keeper.settimeout(END)
        words = b""
        with contextlib.suppress(OSError):
            while piece := self._keeper.recv(2**12):
                words += piece
        return words

    def close(self) -> None:
        """Give back the sockets and the folder."""
        for pipe in (self.requests, self.replies, self._channel, self._keeper):
            with contextlib.suppress(OSError):
                pipe.close()
        self._scratch.cleanup()
