"""Naming the limit that an error speaks of: Python says that memory is out, a learner wants to know how much there was."""

from dlcourse.checks.limits import Limits

#: What an error says when a limit is hit, and what the limit is.
EXCESSES = {
    "MemoryError": "{memory_mb} MB of memory",
    "Unable to allocate": "{memory_mb} MB of memory",
    "[Errno 11]": "{processes} process{es} and {threads} threads",
    "can't start new thread": "{processes} process{es} and {threads} threads",
    "[Errno 24]": "{open_files} open files",
    "[Errno 27]": "files of {file_mb} MB",
    "[Errno 28]": "{scratch_mb} MB of files in all, and {scratch_files} files",
}


def name_excess(message: str, limits: Limits) -> str:
    """The message, with the limit that it is about.

    >>> name_excess("MemoryError", Limits(memory_mb=512))
    'MemoryError (a submission may use 512 MB of memory)'
    >>> name_excess("ValueError: no", Limits())
    'ValueError: no'
    """
    for sign, limit in EXCESSES.items():
        if sign in message:
            allowed = limit.format(**vars(limits), es="" if limits.processes == 1 else "es")
            return f"{message} (a submission may use {allowed})"
    return message
