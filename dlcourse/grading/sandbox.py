"""The grader's end of a worker: asks it, with a limit of time, and ends it."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from dlcourse.checks.limits import Limits
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.launch import launch
from dlcourse.grading.protocol import BadMessage, receive, send


class WorkerTimedOut(Exception):
    """No reply in time; the worker is gone."""


class WorkerDied(Exception):
    """The worker ended, or stopped speaking the protocol."""


class Worker:
    """One worker, at a level of isolation, with `modules` imported beforehand."""

    def __init__(self, limits: Limits, level: Level = PROCESS, modules: tuple[str, ...] = ()) -> None:
        self._running = launch(level, limits, modules)
        self._requests, self._replies = self._running.requests, self._running.replies
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._is_open = True

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and give its reply; `WorkerTimedOut` after `seconds`, `WorkerDied` if there can be none."""
        future = self._thread.submit(self._exchange, request)
        try:
            return future.result(timeout=seconds)
        except FutureTimeout:
            self.close()
            raise WorkerTimedOut from None
        except (EOFError, OSError, BadMessage) as error:
            raise WorkerDied(self.close() or ("" if isinstance(error, EOFError | OSError) else str(error))) from None

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        send(self._requests, request)
        return receive(self._replies)

    def close(self) -> str:
        """End the worker and all its children; what it had died of by itself, or nothing."""
        if not self._is_open:
            return ""
        self._is_open = False
        cause = self._running.end()
        self._thread.shutdown(wait=True)
        self._running.close()
        return cause
