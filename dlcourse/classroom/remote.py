"""A worker of a cluster: what a job finds on a machine that is not ours.

It grades one submission at a time, and tries first what keeps submissions in on its machine. A worker that cannot hold
the level that a job asks for refuses the job, and no job ever runs at a lower level.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

import dlcourse
from dlcourse.classroom.bundle import Bundle
from dlcourse.classroom.job import Job, grade
from dlcourse.classroom.record import Record
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation.levels import KERNEL, PROCESS
from dlcourse.grading.probe import choose, require_known

#: One thread for everything: a template ends with the thread that started it, and Dask's own threads come and go.
GRADER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grader")


class Refused(Exception):
    """A worker that cannot grade a job as it is asked: its address, and why."""


def least(required: str | None, *, trusted: bool) -> str:
    """The level that a worker must hold: the one that is required, or one at which the kernel keeps submissions in.

    `process` keeps them from nothing, so it is only for those who say that they trust them.

    >>> least(None, trusted=False), least("full", trusted=False), least(None, trusted=True)
    ('kernel', 'full', 'process')
    """
    require_known(required)
    if required not in (None, PROCESS.name):
        return str(required)
    return PROCESS.name if trusted else KERNEL.name


def grade_there(job: Job, bundle: Bundle | None, version: str) -> Record:
    """The record of a job, made on this worker; `Refused` where it cannot be made as it is asked."""
    from distributed import get_worker

    here = get_worker().address
    if version != dlcourse.__version__:
        raise Refused(here, f"it has dlcourse {dlcourse.__version__}, not {version}")
    try:
        level = GRADER.submit(held, job.level).result()
    except UsageError as error:
        raise Refused(here, str(error)) from None
    return GRADER.submit(grade, replace(job, bundle=bundle, level=level)).result()


@lru_cache
def held(level: str) -> str:
    """The strongest level that holds on this machine, tried once a process; `UsageError` where it is below this one."""
    return (choose(trusted=True) if level == PROCESS.name else choose(level)).name
