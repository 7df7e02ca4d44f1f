"""The words of the doctor: a Visit is examined by Checks, each gives a Finding, and a Finding may hold Faults."""

import importlib.util
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Visit:
    """What a learner came with: the course folder, if there is one, and the port that JupyterLab is wished on."""

    folder: Path | None = None
    port: int | None = None


@dataclass(frozen=True)
class Fault:
    """A sentence on what is wrong, and how to mend it."""

    wrong: str
    mend: str


@dataclass(frozen=True)
class Finding:
    """What a check found, in a few words, and what is wrong with it."""

    found: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Check:
    """A check by its name. A quick one takes milliseconds, and without what it looks at the course does not work."""

    name: str
    look: Callable[[Visit], Finding]
    quick: bool = False

    def made(self, visit: Visit) -> Finding:
        """What the check finds. One that fails is itself a finding, and no reason to leave the others out.

        >>> Check("sum", lambda visit: 1 / 0).made(Visit()).faults[0].wrong
        'This could not be looked at (ZeroDivisionError: division by zero).'
        """
        try:
            return self.look(visit)
        except Exception as error:
            wrong = f"This could not be looked at ({type(error).__name__}: {error})."
            return Finding("unknown", (Fault(wrong, "install the course again, or ask with this line"),))


def command(*words: str) -> str:
    """A command as it is typed into this system's terminal.

    >>> command("rm", "my file")
    "rm 'my file'"
    """
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def pip_install(*wanted: str) -> str:
    """The command that installs packages for this very Python. An environment that uv made has no pip."""
    pip = [sys.executable, "-m", "pip", "install"]
    if importlib.util.find_spec("pip") is None:
        pip = ["uv", "pip", "install", "--python", sys.executable]
    return command(*pip, *wanted)
