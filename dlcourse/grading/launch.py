"""Starting workers: forked from a warm template on Linux, a new Python each elsewhere."""

import atexit
import os
import sys
from typing import IO, Protocol

from dlcourse.checks.limits import Limits
from dlcourse.grading.forked import Template
from dlcourse.grading.isolation.levels import PROCESS, Level, NoIsolation
from dlcourse.grading.spawned import Spawned

#: The templates of this process, by what they are for; each lives as long as this process.
TEMPLATES: dict[tuple[Level, tuple[str, ...]], Template] = {}


class Running(Protocol):
    """A worker's process, as the grader holds it."""

    @property
    def requests(self) -> IO[bytes]:
        """Where to write requests."""

    @property
    def replies(self) -> IO[bytes]:
        """Where to read replies."""

    def end(self) -> str:
        """End it with everything it started; what it had died of by itself, in words, or nothing."""

    def close(self) -> None:
        """Give back what it used."""


def launch(level: Level, limits: Limits, modules: tuple[str, ...] = ()) -> Running:
    """A worker at a level of isolation; `NoIsolation` where that cannot be had. Never one at a lower level."""
    if not fork_is_possible():
        if level != PROCESS:
            raise NoIsolation(f"level {level.name} needs Linux")
        return Spawned(limits)
    key = (level, modules)
    if key in TEMPLATES and not TEMPLATES[key].is_running:
        TEMPLATES.pop(key).close()
    if key not in TEMPLATES:
        TEMPLATES[key] = Template(level, ("matplotlib.pyplot", *modules))
    return TEMPLATES[key].fork(limits)


def fork_is_possible() -> bool:
    """Whether this system can fork a process and watch over it: Linux does both."""
    return sys.platform == "linux" and hasattr(os, "fork")


@atexit.register
def close_templates() -> None:
    """End all templates."""
    while TEMPLATES:
        TEMPLATES.popitem()[1].close()
