"""The worker: a process of its own that runs one learner's cells and then answers calls to their functions.

Everything on this side is the learner's to break: it holds no solution, no check and no other submission, and nothing
that it says is believed beyond the numbers in it.
"""

import os
from collections.abc import Callable
from typing import IO, Any

from dlcourse.checks import notebook as notebook_checks
from dlcourse.checks.calls import Answer
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.cells import Notebook
from dlcourse.grading.protocol import BadMessage, receive, send


def limit_resources(limits: dict[str, int]) -> None:
    """Cap memory, CPU seconds, file sizes and core dumps, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has none: the grader's wall clock still holds
        return
    caps = {"memory": resource.RLIMIT_AS, "cpu": resource.RLIMIT_CPU, "file_size": resource.RLIMIT_FSIZE}
    for name, limit in caps.items():
        resource.setrlimit(limit, (limits[name], limits[name]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The grader's two pipes, moved away from stdin and stdout, which from now on lead nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return requests, replies


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
    while True:
        try:
            request = receive(requests)
        except EOFError:
            return
        reply = work[request.pop("do")](**request)
        try:
            send(replies, reply)
        except BadMessage as error:
            send(replies, vars(Answer(error="TooLarge", message=str(error))))


def main() -> None:
    """Take the limits from the first message, then serve."""
    import dlcourse.checks

    requests, replies = private_pipes()
    dlcourse.checks.exercise = notebook_checks.exercise = Silent  # type: ignore[assignment]
    limit_resources(receive(requests))
    serve(requests, replies)
    os._exit(0)  # at once: threads and exit hooks that the learner left behind are not waited for


if __name__ == "__main__":
    main()
