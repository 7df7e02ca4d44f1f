"""The worker: a process of its own that runs one learner's cells and then answers calls to their functions.

Everything on this side is the learner's to break: it holds no solution, no check and no other submission, and nothing
that it says is believed beyond the numbers in it.
"""

import importlib
import os
import secrets
import sys
import threading
from os import _exit, getpid
from typing import IO, Any

from dlcourse.checks import notebook as notebook_checks
from dlcourse.checks.forbid import Target
from dlcourse.checks.limits import Limits
from dlcourse.checks.objects import Answer, Objects
from dlcourse.checks.operations import Request
from dlcourse.checks.student import answer_in
from dlcourse.grading.cells import Notebook
from dlcourse.grading.isolation.resources import limit_resources
from dlcourse.grading.pristine import Pristine
from dlcourse.grading.protocol import BadMessage, receive, send
from dlcourse.grading.seal import prepare, seal


def private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The grader's two pipes, moved away from stdin and stdout, which from now on lead nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    close_standard()
    return requests, replies


def close_standard() -> None:
    """Let standard input, output and error lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)


def leave_open_only(channel: int) -> None:
    """Close every file that this process has inherited but the one that leads to the grader."""
    close_standard()
    os.closerange(3, channel)
    os.closerange(channel + 1, 2**16)


class Silent:
    """Stands in for the public checks: a learner's own `check("q1")` cells cost nothing while their work is graded."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, id: str | None = None, **options: Any) -> None:
        """Say nothing."""


class Line:
    """The worker's end of the line to the grader: each reply carries the token of the request that it answers."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes], limits: Limits) -> None:
        self._requests, self._replies = requests, replies
        self._most = limits.answer_mb * 2**20
        self._token: Any = None
        self._process = getpid()
        self._asking = threading.Lock()

    def next(self) -> dict[str, Any]:
        """The next request; EOFError when there are no more."""
        request = receive(self._requests)
        self._token = request.pop("token", None)
        return request

    def reply(self, message: dict[str, Any]) -> None:
        """Answer the request."""
        self._end_of_child()
        try:
            send(self._replies, {**message, "token": self._token}, self._most)
        except BadMessage as error:
            send(self._replies, {**vars(Answer(error="TooLarge", message=str(error))), "token": self._token})

    def call_back(self, number: int, args: Any, kwargs: Any) -> Answer:
        """Ask for a function of the check's; a learner's code may do so from several threads."""
        self._end_of_child()
        with self._asking:
            send(self._replies, {"callback": number, "args": args, "kwargs": kwargs, "token": self._token})
            return Answer(**{name: part for name, part in receive(self._requests).items() if name != "token"})

    def _end_of_child(self) -> None:
        """End a child that a learner's code has forked and that has come back here: its parent answers."""
        if getpid() != self._process:
            _exit(0)


def serve(requests: IO[bytes], replies: IO[bytes], limits: Limits) -> None:
    """Answer the grader's requests until it closes the pipe: the notebook's own names, called as in a notebook."""
    line, world = Line(requests, replies, limits), Pristine()
    # Taken before any of the learner's code runs: what they make of modules and classes then changes nothing here.
    put_ours, take_out = world.put_ours, seal
    targets: tuple[Target, ...] = ()
    notebook, objects = Notebook(world), Objects(secrets.randbelow(2**31), world.ours)
    sys.path.append("")  # last, so that a notebook's own modules can be imported and none of Python's can be replaced
    while True:
        try:
            request = line.next()
        except EOFError:
            return
        match request.pop("do"):
            case "prepare":
                targets = prepare(**request)
                line.reply({})
            case "cell":
                line.reply({**notebook.run(**request)})
            case "seal":
                put_ours()
                take_out(targets)
                targets = ()
                line.reply({})
            case operation:
                of = request.pop("name")
                asked = Request(operation, of, str(of), **request)
                line.reply(vars(answer_in(notebook, asked, objects, world, line.call_back)))


def warm_up() -> None:
    """Import what every notebook needs, and put the course's own `check` out of the way."""
    import dlcourse.checks

    importlib.import_module("IPython.core.inputtransformer2")
    dlcourse.checks.exercise = notebook_checks.exercise = Silent  # type: ignore[assignment]


def serve_on(channel: int, limits: Limits) -> None:
    """Serve the grader at the other end of a socket."""
    with os.fdopen(os.dup(channel), "rb") as requests, os.fdopen(channel, "wb") as replies:
        serve(requests, replies, limits)


def main() -> None:
    """A worker that was started, not forked: take the limits from the first message, then serve."""
    requests, replies = private_pipes()
    warm_up()
    limits = Limits(**receive(requests))
    limit_resources(limits, others=None)
    serve(requests, replies, limits)
    os._exit(0)  # at once: threads and exit hooks that the learner left behind are not waited for


if __name__ == "__main__":
    main()
