"""The grader's end of a worker: starts it, asks it, and ends it with everything it started."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlcourse.grading.protocol import BadMessage, receive, send

#: How well a worker is kept from the rest of the machine. A process of its own, with limits, and a clean environment.
ISOLATION = "process"


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory: int = 2 * 2**30
    cpu: int = 120
    file_size: int = 64 * 2**20
    cell_seconds: float = 10.0
    total_seconds: float = 120.0


class WorkerTimedOut(Exception):
    """No reply in time; the worker is gone."""


class WorkerDied(Exception):
    """The worker ended, or stopped speaking the protocol."""


class Worker:
    """One worker process in a temporary folder of its own."""

    def __init__(self, limits: Limits) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="dlcourse-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "dlcourse.grading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env=clean_environment(Path(self._scratch.name)),
            start_new_session=True,
        )
        self._thread = ThreadPoolExecutor(max_workers=1)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._replies = self._process.stdin, self._process.stdout
        with contextlib.suppress(OSError):
            send(self._requests, asdict(limits))

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and give its reply; `WorkerTimedOut` after `seconds`, `WorkerDied` if there can be none."""
        future = self._thread.submit(self._exchange, request)
        try:
            return future.result(timeout=seconds)
        except FutureTimeout:
            self.close()
            raise WorkerTimedOut from None
        except (EOFError, OSError, BadMessage) as error:
            self.close()
            raise WorkerDied(str(error)) from None

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        send(self._requests, request)
        return receive(self._replies)

    def close(self) -> None:
        """End the worker and all its children; remove its folder."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        self._thread.shutdown(wait=True)
        for pipe in (self._requests, self._replies):
            with contextlib.suppress(OSError):
                pipe.close()
        self._scratch.cleanup()


def clean_environment(scratch: Path) -> dict[str, str]:
    """Nothing of the grader's own environment but what Python needs to start; one thread, no screen, no home."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    folders = {name: str(scratch) for name in ("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "IPYTHONDIR")}
    return {**kept, **threads, **folders, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
