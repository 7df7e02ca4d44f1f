"""Where jobs are graded: in this process, in several of this machine, or on a Dask cluster. The records are the same."""

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial

from dlcourse.classroom.cluster import on_cluster
from dlcourse.classroom.job import Job, grade
from dlcourse.classroom.processes import by_processes
from dlcourse.classroom.record import Record

#: A place to grade in. It reads the work as it has room for it, and gives each record when it is done.
Where = Callable[[Iterable[Job]], Iterator[Record]]


def local(jobs: int) -> Where:
    """So many processes of this machine; this very process where one is enough."""
    return partial(map, grade) if jobs == 1 else partial(by_processes, jobs)


def cluster(address: str) -> Where:
    """The workers of the Dask scheduler at an address."""
    return partial(on_cluster, address)


def outcomes(work: Iterable[Job], where: Where) -> Generator[Record, None, None]:
    """The records, as they are finished. To close this iterator is to end what is under way, at once.

    `UsageError` where the place cannot be used, or cannot be used any longer.
    """
    yield from where(work)
