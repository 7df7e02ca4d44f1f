"""A user for each submission: where the grader may choose one, no two submissions run as the same."""

import os
from collections.abc import Iterable
from pathlib import Path

from dlcourse.grading.isolation import libc


def may_change_user() -> bool:
    """Whether this process is root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def user_of(process: int) -> int:
    """A user number that belongs to nobody: another for each process number, and one that this container can have.

    >>> user_of(17) != user_of(18)
    True
    """
    highest = max(int(line.split()[0]) + int(line.split()[2]) for line in user_map())
    first, count = (2**30, 2**22) if highest > 2**31 else (highest // 2, highest // 2 - 2)
    return first + process % count


def user_map() -> list[str]:
    """The ranges of users that exist here, a line each: first, first outside, how many."""
    return Path("/proc/self/uid_map").read_text().splitlines()


def tasks_of(user: int) -> int:
    """How many processes and threads of a user are running."""
    return sum(_tasks(folder) for folder in Path("/proc").glob("[0-9]*") if _owner(folder) == user)


def _owner(folder: Path) -> int:
    try:
        return folder.stat().st_uid
    except OSError:  # it has ended meanwhile
        return -1


def _tasks(folder: Path) -> int:
    try:
        return sum(1 for _ in (folder / "task").iterdir())
    except OSError:
        return 0


def reachable_by_anyone(paths: Iterable[str]) -> bool:
    """Whether every folder on the way to these paths lets every user through."""
    ways = {parent for path in paths for parent in (Path(path), *Path(path).parents)}
    return all(way.stat().st_mode & 0o001 for way in ways if way.is_dir())


def become(user: int, *, readable: Iterable[str]) -> None:
    """Be that user from now on, with no privilege; but where their way to Python is closed, they may still read."""
    kept = () if reachable_by_anyone(readable) else (libc.CAP_DAC_READ_SEARCH,)
    libc.keep_capabilities_across_setuid()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    libc.keep_only(kept)
