"""An exercise as bytes: a job brings it along, and so needs no folder of ours in the place where it is graded."""

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from dlcourse.grading.exercise import GradedExercise, UsageError, added_checks, files_of, load_full
from dlcourse.grading.isolation.levels import NoIsolation
from dlcourse.grading.isolation.surroundings import exposed
from dlcourse.grading.private import PrivateError


@dataclass(frozen=True)
class Bundle:
    """An exercise: its name, its master notebook, its checks, and the private checks where there are any."""

    name: str
    master: bytes
    checks: bytes
    private: bytes | None = None

    @cached_property
    def digest(self) -> str:
        """The hash of all of it."""
        return digest_of([self.name.encode(), self.master, self.checks, self.private])


def packed(solutions: Path, name: str, private: Path | None = None) -> Bundle:
    """The exercise of a name, with the private checks that a folder has for it; `UsageError` where there is none."""
    master, checks = files_of(solutions, name)
    try:
        own = added_checks(solutions, name, private)
    except PrivateError as error:
        raise UsageError(str(error)) from None
    return Bundle(name, master.read_bytes(), checks.read_bytes(), own.path.read_bytes() if own else None)


@lru_cache(maxsize=16)
def unpacked(bundle: Bundle) -> GradedExercise:
    """The exercise, ready to grade with: made once a process.

    Its files lie on the disk while they are read, for this user alone, and no longer: whatever ends this process later,
    no solution is left behind.
    """
    with tempfile.TemporaryDirectory(prefix="dlcourse-") as name:
        solutions, private = Path(name, "solutions"), Path(name, "private")
        if found := exposed([solutions]):
            raise NoIsolation(
                f"{found[1]} holds the temporary folder, and submissions can read it: set TMPDIR to another"
            )
        write(solutions / f"{bundle.name}.ipynb", bundle.master)
        write(solutions / "checks" / f"{bundle.name}.py", bundle.checks)
        if bundle.private is None:
            return load_full(solutions, bundle.name)
        write(private / f"{bundle.name}.py", bundle.private)
        return load_full(solutions, bundle.name, private)


def write(path: Path, data: bytes) -> None:
    """Write a file, with the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def digest_of(parts: Iterable[bytes | None]) -> str:
    """The hash of some texts in their order: not the same for another division, or for an empty one in place of none.

    >>> digest_of([b"ab", b"c"]) == digest_of([b"a", b"bc"])
    False
    >>> digest_of([b"", None]) == digest_of([None, b""])
    False
    """
    each = ["none" if part is None else hashlib.sha256(part).hexdigest() for part in parts]
    return hashlib.sha256(" ".join(each).encode()).hexdigest()
