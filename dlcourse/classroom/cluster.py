"""An existing Dask cluster: the same jobs, on machines that share no files with this one.

A worker that dies loses nothing: Dask gives its jobs to another. A worker that refuses a job (`remote.py` says when) gets
no more of them. The exercise is sent once and then passed from worker to worker.
"""

import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import dlcourse
from dlcourse.classroom.bundle import Bundle
from dlcourse.classroom.flow import LOOK, Promise, flow
from dlcourse.classroom.job import Job, crashed
from dlcourse.classroom.record import Record
from dlcourse.classroom.remote import Refused, grade_there
from dlcourse.grading.exercise import UsageError

if TYPE_CHECKING:
    import distributed

#: Seconds in which a scheduler must answer, seconds until it has a worker, seconds that it may be without any later on.
ANSWER, FIRST, PATIENCE = 5.0, 5.0, 60.0
ADDRESS = re.compile(r"((tcp|tls|ucx|wss?)://)?([^\s/:]+|\[[0-9a-f:]+\]):[0-9]+")
#: A notebook may have 50 MB of pictures: nothing to warn of.
SETTINGS = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
KILLED = (
    "the Dask workers that graded this were killed, again and again, at last when nothing else was graded: most likely "
    "their memory was used up"
)


def on_cluster(address: str, work: Iterable[Job]) -> Iterator[Record]:
    """The records of all jobs. One that takes workers down with it gets a second chance alone, so that no other pays."""
    with connected(address) as cluster:
        lost: list[Job] = []
        yield from cluster.records(iter(work), lost)
        for job in lost:
            again: list[Job] = []
            yield from cluster.records(iter([job]), again)
            yield from (crashed(job, KILLED) for job in again)


@contextmanager
def connected(address: str) -> "Iterator[Cluster]":
    """A connection to a scheduler that has workers. When it is closed, the scheduler calls off what is under way."""
    if not ADDRESS.fullmatch(address):
        raise UsageError(f"{address!r} is no address: give the one that `dask scheduler` prints, tcp://HOST:8786")
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs Dask, which is not installed here: pip install 'dlcourse[cluster]'") from None
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what goes wrong is told below, in a sentence
    with dask.config.set(SETTINGS):
        try:
            client = Client(address, timeout=ANSWER)
        except OSError as error:
            raise UsageError(f"no Dask scheduler answers at {address} ({error}): does it run there?") from None
        with client:
            try:
                client.wait_for_workers(1, timeout=FIRST)
            except TimeoutError:
                raise UsageError(
                    f"the Dask scheduler at {address} has no workers: start them with `dask worker {address} --nthreads 1`"
                ) from None
            yield Cluster(client, address)


class Cluster:
    """The workers that are there, and what is known of them."""

    def __init__(self, client: "distributed.Client", address: str) -> None:
        self._client, self._address = client, address
        self._exercises: dict[str, distributed.Future[Bundle]] = {}
        self._refusals: dict[str, str] = {}
        self._seen = time.monotonic()

    def records(self, work: Iterator[Job], lost: list[Job]) -> Iterator[Record]:
        """The records of all jobs but those that too many workers have died of: they are put with the lost."""
        from distributed import CancelledError, KilledWorker

        under_way: dict[Promise, Job] = {}
        for promise, job in flow(work, self.submit, self.room, self.finished, under_way):
            try:
                yield promise.result()
            except Refused as refusal:
                self.leave_out(*refusal.args)
                under_way[self.submit(job)] = job
            except KilledWorker:
                lost.append(job)
            except (CancelledError, OSError):
                raise self.gone() from None
            except Exception as error:  # it did not come as far as the submission
                raise UsageError(
                    f"the workers of {self._address} cannot grade ({type(error).__name__}: {error}): the scheduler and "
                    f"each worker need dlcourse {dlcourse.__version__}, in an environment like this one"
                ) from None

    def submit(self, job: Job) -> Promise:
        """The job, under way, where no worker has refused one if that can be."""
        exercise = job.bundle and self.exercise(job.bundle)
        there: dict[str, object] = {}
        if self._refusals:
            there = {"workers": sorted(self.workers() - self._refusals.keys()), "allow_other_workers": True}
        asked = replace(job, bundle=None), exercise, dlcourse.__version__
        promise: Promise = self._client.submit(grade_there, *asked, pure=False, **there)
        return promise

    def finished(self, promises: Collection[Promise]) -> Collection[Promise]:
        """Those that are done, when one is."""
        from distributed import CancelledError, wait

        try:
            done: Collection[Promise] = wait([*promises], timeout=LOOK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return ()
        except CancelledError:
            raise self.gone() from None
        return done

    def exercise(self, bundle: Bundle) -> "distributed.Future[Bundle]":
        """The exercise, somewhere in the cluster: a result that is made again when the workers that have it are gone."""
        if bundle.digest not in self._exercises:
            key = f"dlcourse-{bundle.name}-{bundle.digest}"
            self._exercises[bundle.digest] = self._client.submit(replace, bundle, key=key)
        return self._exercises[bundle.digest]

    def room(self) -> int:
        """How many jobs may be under way: one in work and one at hand for each worker."""
        workers = self.workers()
        if workers:
            self._seen = time.monotonic()
        elif time.monotonic() > self._seen + PATIENCE:
            raise UsageError(
                f"the Dask scheduler at {self._address} has had no workers for {PATIENCE:g} seconds: start some, and "
                "grade again; what is finished is kept"
            )
        return 2 * max(1, len(workers))

    def workers(self) -> set[str]:
        """The addresses of those that are there now."""
        try:
            return set(self._client.nthreads())
        except OSError:
            raise self.gone() from None

    def leave_out(self, worker: str, reason: str) -> None:
        """Give this worker no more jobs; `UsageError` where no other is left."""
        self._refusals[worker] = reason
        if self.workers() <= self._refusals.keys():
            raise UsageError(f"no worker of {self._address} can grade this: {worker}: {reason}")

    def gone(self) -> UsageError:
        """What there is to say when the scheduler is gone."""
        return UsageError(f"the Dask scheduler at {self._address} is gone: grade again; what is finished is kept")
