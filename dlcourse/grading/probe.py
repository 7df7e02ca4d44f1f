"""Which levels of isolation this machine has: tried with an attack and a normal job, not believed.

A program that is installed may not be allowed to do its work (bubblewrap in most containers), and a kernel may lack
what its version promises. So a level counts when a worker at that level does honest work and all of `ATTACK` fails.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dlcourse.checks.limits import Limits
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation.levels import LEVELS, PROCESS, Level, NoIsolation
from dlcourse.grading.sandbox import Worker, WorkerDied, WorkerTimedOut

HONEST = """
import threading, numpy as np
np.save("own.npy", np.arange(5.0))
thread = threading.Thread(target=lambda: None)
thread.start(); thread.join()
print(np.load("own.npy") @ np.ones(5))
"""
#: Each line tries one thing that no submission may do; what succeeds is printed.
ATTACK = """
import os, socket
def attempt(name, deed):
    try: deed()
    except BaseException: return
    print(name)
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x", ("127.0.0.1", {udp}))
    raise OSError  # sent to nobody is harmless: the prober looks at what arrived
attempt("reads files", lambda: open({file!r}).read())
attempt("writes files", lambda: open({file!r}, "w").write("gone"))
attempt("deletes files", lambda: os.remove({file!r}))
attempt("changes the rights of files", lambda: os.chmod({file!r}, 0o777))
attempt("connects to the network", lambda: socket.create_connection(("127.0.0.1", {tcp}), timeout=1))
attempt("sends to the network", send)
attempt("ends other processes", lambda: os.kill({victim}, 9))
"""
CANARY = "canary"
#: Enough for either of the two on a busy machine.
SECONDS = 20.0


@dataclass(frozen=True)
class Canaries:
    """A file, two sockets and a process that are there to be attacked."""

    file: Path
    tcp: socket.socket
    udp: socket.socket
    victim: "subprocess.Popen[bytes]"

    @property
    def attack(self) -> str:
        """The attack on them, as a cell."""
        ports = {"tcp": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1]}
        return ATTACK.format(file=str(self.file), victim=self.victim.pid, **ports)

    def harmed(self) -> list[str]:
        """What has been done to them."""
        try:
            arrived = self.udp.recv(16)
        except BlockingIOError:
            arrived = b""
        signs = {
            "harms files": not self.file.exists() or self.file.read_text() != CANARY,
            "ends other processes": self.victim.poll() is not None,
            "sends to the network": bool(arrived),
        }
        return [sign for sign, seen in signs.items() if seen]


@contextmanager
def canaries() -> Iterator[Canaries]:
    """Canaries that nothing but isolation protects: whoever can reach them may read, write and end them."""
    with (
        tempfile.TemporaryDirectory(prefix="dlcourse-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as victim,
    ):
        os.chmod(folder, 0o777)
        file = Path(folder) / "file"
        file.write_text(CANARY)
        file.chmod(0o666)
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        try:
            yield Canaries(file, tcp, udp, victim)
        finally:
            victim.kill()


def probe(level: Level) -> str:
    """Why a level cannot be had on this machine; nothing where it can."""
    try:
        worker = Worker(Limits(), level)
    except NoIsolation as error:
        return str(error)
    with canaries() as place:
        try:
            honest, attack = (run(worker, source) for source in (HONEST, place.attack))
        except (WorkerDied, WorkerTimedOut) as error:
            return f"at level {level.name} a normal job does not run ({error})"
        finally:
            worker.close()
        broken = [*attack["output"].splitlines(), *place.harmed()]
    if honest["output"] != "10.0\n":
        return f"at level {level.name} a normal job does not run ({honest['error']})"
    return f"level {level.name} does not hold here: a submission {', '.join(broken)}" if broken else ""


def run(worker: Worker, source: str) -> dict[str, str]:
    """What a cell prints, and its error."""
    return worker.ask({"do": "cell", "label": "cell 1", "source": source, "binds": []}, SECONDS)


def choose(required: str | None = None, *, trusted: bool = False) -> Level:
    """The strongest level that holds here, and at least the one that is required.

    Without any of the first three, submissions are run only for someone who says that they trust them.
    """
    require_known(required)
    wanted = list(LEVELS.values())
    wanted = wanted[: wanted.index(LEVELS[required]) + 1] if required else wanted[:-1]
    reasons = []
    for level in wanted:
        if not (reason := probe(level)):
            return level
        reasons.append(reason)
    if trusted and not required:
        return PROCESS
    raise UsageError(
        f"submissions cannot be kept from this machine's files and network here: {'; '.join(reasons)}. "
        "On Linux, `apt install bubblewrap` may help; see SECURITY.md. To run them all the same, because you trust "
        "every one of them, say --trust-submissions"
    )


def require_known(level: str | None) -> None:
    """Refuse the name of a level that does not exist."""
    if level not in (None, *LEVELS):
        raise UsageError(f"no level of isolation is called {level!r}: the levels are {', '.join(LEVELS)}")
