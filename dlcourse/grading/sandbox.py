"""The grader's end of a worker: asks it, with a limit of time, and ends it."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextvars import copy_context
from typing import Any

from dlcourse.checks.limits import Limits
from dlcourse.checks.objects import Answer, CallBack
from dlcourse.grading.isolation.levels import PROCESS, Level
from dlcourse.grading.launch import launch
from dlcourse.grading.protocol import BadMessage, receive, send


class WorkerTimedOut(Exception):
    """No reply in time; the worker is gone."""


class WorkerDied(Exception):
    """The worker ended, or stopped speaking the protocol."""


class Unfit(WorkerDied):
    """The worker said something that is no reply to what it was asked."""


class Worker:
    """One worker, at a level of isolation, with `modules` imported beforehand."""

    def __init__(self, limits: Limits, level: Level = PROCESS, modules: tuple[str, ...] = ()) -> None:
        self._running = launch(level, limits, modules)
        self._requests, self._replies = self._running.requests, self._running.replies
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._most = limits.answer_mb * 2**20
        self._is_open = True

    def ask(self, request: dict[str, Any], seconds: float, call_back: CallBack | None = None) -> dict[str, Any]:
        """Send a request and give its reply; `WorkerTimedOut` after `seconds`, `WorkerDied` if there can be none.

        `call_back` answers what the worker asks meanwhile of the functions that it was given.
        """
        future = self._thread.submit(copy_context().run, self._exchange, request, call_back)
        try:
            return future.result(timeout=seconds)
        except FutureTimeout:
            self.close()
            raise WorkerTimedOut from None
        except (EOFError, OSError, BadMessage) as error:
            raise WorkerDied(self.close() or ("" if isinstance(error, EOFError | OSError) else str(error))) from None

    def _exchange(self, request: dict[str, Any], call_back: CallBack | None) -> dict[str, Any]:
        """Send a request, answer calls back, and give the reply: the one that knows the request's token."""
        token = secrets.token_hex(8)
        send(self._requests, {**request, "token": token})
        while True:
            try:
                reply = receive(self._replies, self._most)
            except BadMessage as error:
                raise Unfit(str(error)) from None
            if reply.pop("token", None) != token:
                raise Unfit("a reply that nobody asked for")
            if "callback" not in reply:
                return reply
            if call_back is None:
                raise Unfit("a call back where no function was given")
            answer = call_back(reply["callback"], reply.get("args"), reply.get("kwargs"))
            try:
                send(self._requests, {**vars(answer), "token": token})
            except BadMessage as error:
                send(self._requests, {**vars(Answer(error="ValueError", message=str(error))), "token": token})

    def close(self) -> str:
        """End the worker and all its children; what it had died of by itself, or nothing."""
        if not self._is_open:
            return ""
        self._is_open = False
        cause = self._running.end()
        self._thread.shutdown(wait=True)
        self._running.close()
        return cause
