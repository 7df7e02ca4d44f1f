"""A worker that is a new Python: for systems without fork, and slower than a fork by most of a second."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict

from dlcourse.checks.limits import Limits
from dlcourse.grading.isolation.surroundings import clean_environment
from dlcourse.grading.protocol import send


class Spawned:
    """A process of its own with a folder of its own: level `process`, and no more."""

    def __init__(self, limits: Limits) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="dlcourse-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "dlcourse.grading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env=clean_environment(self._scratch.name),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests, self.replies = self._process.stdin, self._process.stdout
        with contextlib.suppress(OSError):
            send(self.requests, asdict(limits))

    def end(self) -> str:
        """End it with its process group; what it had died of is not known here."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        return ""

    def close(self) -> None:
        """Give back the pipes and the folder."""
        for pipe in (self.requests, self.replies):
            with contextlib.suppress(OSError):
                pipe.close()
        self._scratch.cleanup()
