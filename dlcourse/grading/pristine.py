"""Python as it was before a learner's code ran: what they change in a module's names counts for their code alone.

`np.array = None`, a `len` of their own: in a notebook that is their affair, and in a worker as well. But there the
machinery that reads requests and turns answers into data runs in the same Python, so their changes are put away while
it works, and put back while their code does.
"""

import builtins
import contextlib
import gc
import io
import json
import linecache
import operator
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

#: The modules whose names our side looks up while a learner's code is loaded; our own are added.
MODULES = (builtins, contextlib, gc, io, json, json.decoder, json.encoder, linecache, np, struct, traceback)
GONE = object()


class Pristine:
    """The world of a worker: a learner's changes to these modules are there while their code runs, and only then."""

    def __init__(self) -> None:
        own = [
            module for name, module in sys.modules.items() if name.startswith(("dlcourse.checks", "dlcourse.grading"))
        ]
        self._kept = [(vars(module), dict(vars(module))) for module in (*MODULES, *own)]
        self._changed: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def theirs(self) -> "Span":
        """Their changes are there."""
        return Span(self.put_theirs, self.put_ours)

    def ours(self) -> "Span":
        """Their changes are away."""
        return Span(self.put_ours, self.put_theirs)

    def put_theirs(self) -> None:
        """Put their changes back."""
        for names, changed in self._changed:
            for name, thing in changed.items():
                if thing is GONE:
                    del names[name]
                else:
                    names[name] = thing

    def put_ours(self, gone: Any = GONE, all: Any = all, map: Any = map, same: Any = operator.is_) -> None:
        """Put their changes away. No built-in function is looked up here: any of them may be one of theirs."""
        all_changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
        for names, kept in self._kept:
            if all(map(same, map(names.get, kept), kept.values())):
                continue
            changed = {}
            for name, thing in kept.items():
                if names.get(name, gone) is not thing:
                    changed[name] = names.get(name, gone)
            all_changed.append((names, changed))
            names.update(kept)
        self._changed = all_changed


class Span:
    """A stretch of time, with something to do at its beginning and at its end."""

    __slots__ = ("_begin", "_end")

    def __init__(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._begin, self._end = begin, end

    def __enter__(self) -> None:
        self._begin()

    def __exit__(self, *error: object) -> None:
        self._end()
