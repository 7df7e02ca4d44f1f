"""Many jobs at once: as many under way as there is room for, and not one more read from the disk."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Protocol, TypeVar

from dlcourse.classroom.job import Job
from dlcourse.classroom.record import Record

#: Seconds without any news after which it is asked again how much room there is.
LOOK = 5.0


class Promise(Protocol):
    """A record that is being made: a future, of Python's own or of Dask's."""

    def result(self) -> Record:
        """The record, or the error that came in its place."""


P = TypeVar("P", bound=Promise)


def flow(
    work: Iterator[Job],
    submit: Callable[[Job], P],
    room: Callable[[], int],
    finished: Callable[[Collection[P]], Collection[P]],
    under_way: dict[P, Job],
) -> Iterator[tuple[P, Job]]:
    """Submit the work, and give each promise with its job when it is done; what is not done yet stands in `under_way`.

    A job may be put there once more, with a new promise. `room` says how many jobs there may be, always one or more;
    `finished` waits until some promises are, for `LOOK` seconds at most.
    """
    while True:
        for job in islice(work, max(0, room() - len(under_way))):
            under_way[submit(job)] = job
        if not under_way:
            return
        for promise in finished(under_way.keys()):
            yield promise, under_way.pop(promise)
