"""Sealing: what a question forbids is taken out of a worker for good, and does not come back from disk.

In a notebook a block is lifted after each call. A worker that is to answer for such a question has no other use, so
nothing is kept by which the block could be undone; and audit hooks, which Python never removes, refuse what would bring
a fresh copy (the module's lines run again, its library loaded again, another program) or give our own functions other
code.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from dlcourse.checks.forbid import BLOCKING, Forbidden, StandIn, Target, find, plan

#: The start of another program, or of another interpreter in this one: there nothing would be sealed.
PROGRAMS = frozenset(
    ["subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn"]
    + ["cpython.PyInterpreterState_New"]
)
#: What a function runs, and with what: to change that is to undo a block.
CODE = frozenset(["__code__", "__defaults__", "__kwdefaults__"])
#: Where our own code stands: nobody gives a function of these folders other code while cells run.
OURS = tuple(str(Path(__file__).parents[1] / folder) + os.sep for folder in ("checks", "grading"))
#: Something is read in that could be a forbidden module.
LOADING = frozenset(["import", "ctypes.dlopen"])

#: A file by its device and number, whatever it is called.
File = tuple[int, int]


def prepare(names: Sequence[str]) -> tuple[Target, ...]:
    """What these names stand for, before any of a learner's code has run; from now on our own code stays as it is."""
    sys.addaudithook(lock())
    return find(names)


def lock() -> Any:
    """An audit hook that keeps a function that is blocked, and one of ours, as it is."""

    def hook(
        event: str,
        args: Any,
        code: Any = CODE,
        ours: Any = OURS,
        blocking: Any = BLOCKING,
        denied: Any = PermissionError,
    ) -> None:
        if event == "object.__setattr__" and args[1] in code:
            path = args[0].__code__.co_filename
            if path == blocking or path.startswith(ours):
                raise denied(
                    "this function stays as it is while a question is graded that asks you to write it yourself"
                )

    return hook


def seal(targets: Sequence[Target]) -> None:
    """Take these targets out of this process for good."""
    files = tuple((file, target[0]) for target in targets for file in files_of(target))
    forget_variables([thing for _, _, things in targets for thing in things])
    for put, _, new in plan(targets, lambda name, thing: StandIn(name)):
        with suppress(Exception):  # what cannot be changed (a read-only array of objects) cannot stop the rest
            put(new)
    sys.addaudithook(guard(files))


def forget_variables(things: Sequence[Any]) -> None:
    """Empty the variables of calls that are over and are remembered, in a traceback, with one of these in them."""
    looked_for = {id(thing) for thing in things}
    for frame in [thing for thing in gc.get_objects() if type(thing) is FrameType]:
        if any(id(part) in looked_for for part in gc.get_referents(frame)):
            with suppress(RuntimeError):  # it is still running
                frame.clear()


def files_of(target: Target) -> set[File]:
    """The files that a forbidden thing comes from: where its lines stand, and where modules have it from."""
    _, functions, all_things = target
    things = {id(thing) for thing in all_things}
    paths = [function.__code__.co_filename for function in functions]
    for module in [thing for thing in list(sys.modules.values()) if isinstance(thing, ModuleType)] if things else []:
        if any(id(value) in things for value in list(vars(module).values())):
            paths.append(getattr(module, "__file__", None) or "")
    return {number for number in map(number_of, paths) if number}


def number_of(path: str) -> File | None:
    """What tells a file from all others; None if there is no such file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def guard(files: tuple[tuple[File, str], ...]) -> Any:
    """An audit hook that refuses what would bring a forbidden thing back.

    Whatever it uses is a default of an argument: it looks no name up that a learner's code could have changed.
    """

    def hook(
        event: str,
        args: Any,
        files: Any = files,
        stat: Any = os.stat,
        lost: Any = (OSError, ValueError, TypeError),
        error: Any = Forbidden,
        denied: Any = PermissionError,
        programs: Any = PROGRAMS,
        loading: Any = LOADING,
    ) -> None:
        if event == "exec" or event == "function.__new__":
            path = args[0].co_filename
        elif event in loading:
            path = args[1] if event == "import" else args[0]
        elif event in programs:
            raise denied("no other program is started where an answer may not use what others have written")
        elif event == "object.__setattr__" and args[1] == "__code__":
            path = args[2].co_filename
        else:
            return
        try:
            found = stat(path)
        except lost:
            return
        for number, name in files:
            if number == (found.st_dev, found.st_ino):
                raise error(name)

    return hook
