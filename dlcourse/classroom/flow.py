"""Many jobs at once: as many under way as there is room for, and not one more read from the disk."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice

from dlcourse.classroom.job import Job
from dlcourse.classroom.record import Record

UnderWay = dict["Future[Record]", Job]
#: Seconds without any news after which it is asked again how much room there is.
LOOK = 5.0


def flow(
    work: Iterator[Job], submit: Callable[[Job], "Future[Record]"], room: Callable[[], int], under_way: UnderWay
) -> "Iterator[tuple[Future[Record], Job]]":
    """Submit the work, and give each future with its job when it is done; what is not done yet stands in `under_way`.

    A job may be put there once more, with a new future. `room` says how many jobs there may be, always one or more.
    """
    while True:
        for job in islice(work, max(0, room() - len(under_way))):
            under_way[submit(job)] = job
        if not under_way:
            return
        for future in wait(under_way, timeout=LOOK, return_when=FIRST_COMPLETED).done:
            yield future, under_way.pop(future)
