"""The four levels of isolation, strongest first, and which of them this machine really has."""

from dataclasses import dataclass

#: No kernel has a later Landlock than this yet; tests ask for an earlier one.
LATEST = 99


class NoIsolation(Exception):
    """A level that cannot be had here; the message says why."""


@dataclass(frozen=True)
class Level:
    """A level: whether bubblewrap's namespaces enclose the worker, and whether Landlock and the system call filter do."""

    name: str
    namespaces: bool
    kernel: bool
    landlock: int = LATEST


FULL = Level("full", namespaces=True, kernel=True)
KERNEL = Level("kernel", namespaces=False, kernel=True)
NAMESPACES = Level("namespaces", namespaces=True, kernel=False)
PROCESS = Level("process", namespaces=False, kernel=False)

LEVELS = {level.name: level for level in (FULL, KERNEL, NAMESPACES, PROCESS)}
