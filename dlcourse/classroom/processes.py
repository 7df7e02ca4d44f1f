"""Processes of this machine that grade, and that end with this one, whatever they do and however it ends.

Each holds one end of a line on which nothing is ever said. The other end is here; when it is let go, by this program's
hand or because it was killed, they end at once. What they have started ends with them: a template when nobody can send
it orders any longer, a worker when its keeper hears no more from the grader.
"""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection

from dlcourse.classroom.flow import LOOK, flow
from dlcourse.classroom.job import Job, crashed, grade
from dlcourse.classroom.record import Record

KILLED = (
    "the process that graded this was killed, twice, and the second time it graded nothing else: most likely the "
    "machine's memory was used up"
)


def by_processes(count: int, work: Iterable[Job]) -> Iterator[Record]:
    """The records of all jobs. One whose process is killed costs nobody else anything, and gets a second chance alone."""
    rest = iter(work)
    while suspects := (yield from until_one_is_killed(rest, count, room=2 * count)):
        one_by_one = iter(suspects)
        while guilty := (yield from until_one_is_killed(one_by_one, count=1, room=1)):
            yield crashed(guilty[0], KILLED)


def until_one_is_killed(work: Iterator[Job], count: int, room: int) -> Generator[Record, None, list[Job]]:
    """Grade until all is done, or a process is gone: then all of them are, and the jobs that were under way remain."""
    under_way: dict[Future[Record], Job] = {}
    with processes(count) as pool:
        for future, job in flow(work, lambda job: submitted(pool, job), lambda: room, finished, under_way):
            try:
                yield future.result()
            except BrokenProcessPool:
                return [job, *under_way.values()]
    return []


def submitted(pool: ProcessPoolExecutor, job: Job) -> "Future[Record]":
    """The job, under way. The exercise goes along each time: on one machine that takes a tenth of a millisecond."""
    with interrupts_held():
        try:
            return pool.submit(grade, job)
        except BrokenProcessPool as error:
            failed: Future[Record] = Future()
            failed.set_exception(error)
            return failed


def finished(futures: "Collection[Future[Record]]") -> "set[Future[Record]]":
    """Those that are done, when one is."""
    return wait(futures, timeout=LOOK, return_when=FIRST_COMPLETED).done


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes; spawned, so that nothing of the caller's leaks into them. Leaving early ends them at once."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    with theirs, tempfile.TemporaryDirectory(prefix="dlcourse-", ignore_cleanup_errors=True) as home:
        os.chmod(home, 0o711)  # submissions may pass through to the folder that is theirs, and look at nothing else
        pool = ProcessPoolExecutor(count, context, initializer=settle, initargs=(theirs, home))
        try:
            yield pool
            pool.shutdown()
        finally:
            ours.close()
            pool.shutdown(cancel_futures=True)


def settle(line: "Connection[None, None]", home: str) -> None:
    """What a process does first: end when the line does, keep all files in one folder, leave Ctrl-C to the grader."""
    threading.Thread(target=end_with, args=[line], daemon=True).start()
    tempfile.tempdir = home
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def end_with(line: "Connection[None, None]") -> None:
    """End this process when the other end of the line is gone."""
    line.poll(None)
    os._exit(1)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """A Ctrl-C waits meanwhile. Processes that are started here begin with this, and so are not hit before they `settle`."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
