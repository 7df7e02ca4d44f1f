"""The worker: a process of its own that runs one learner's cells and then answers calls to their functions.

Everything on this side is the learner's to break: it holds no solution, no check and no other submission, and nothing
that it says is believed beyond the numbers in it.
"""

import importlib
import os
from collections.abc import Callable
from typing import IO, Any

from dlcourse.checks import notebook as notebook_checks
from dlcourse.checks.calls import Answer
from dlcourse.checks.limits import Limits
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.cells import Notebook
from dlcourse.grading.isolation.resources import limit_resources
from dlcourse.grading.protocol import BadMessage, receive, send


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


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer the grader's requests until it closes the pipe: the notebook's own names, called as in a notebook."""
    notebook = Notebook()
    names = LocalBackend(notebook)
    work: dict[str, Callable[..., dict[str, Any]]] = {
        "cell": notebook.run,
        "call": lambda **asked: vars(names.call(**asked, seconds=0.0)),  # the grader is the one who looks at the clock
        "value": lambda name: vars(names.value(name)),
    }
    own = os.getpid()
    while True:
        try:
            request = receive(requests)
        except EOFError:
            return
        reply = work[request.pop("do")](**request)
        if os.getpid() != own:  # a child that the learner's code forked has come back here: the parent answers
            os._exit(0)
        try:
            send(replies, reply)
        except BadMessage as error:
            send(replies, vars(Answer(error="TooLarge", message=str(error))))


def warm_up() -> None:
    """Import what every notebook needs, and put the course's own `check` out of the way."""
    import dlcourse.checks

    importlib.import_module("IPython.core.inputtransformer2")
    dlcourse.checks.exercise = notebook_checks.exercise = Silent  # type: ignore[assignment]


def serve_on(channel: int) -> None:
    """Serve the grader at the other end of a socket."""
    with os.fdopen(os.dup(channel), "rb") as requests, os.fdopen(channel, "wb") as replies:
        serve(requests, replies)


def main() -> None:
    """A worker that was started, not forked: take the limits from the first message, then serve."""
    requests, replies = private_pipes()
    warm_up()
    limit_resources(Limits(**receive(requests)), others=0)
    serve(requests, replies)
    os._exit(0)  # at once: threads and exit hooks that the learner left behind are not waited for


if __name__ == "__main__":
    main()
