"""Running the cells of a notebook without a kernel: IPython's syntax, one namespace, nothing that needs a screen.

What cannot work while nobody is watching (`!pip install`, `input()`) is passed over with a sentence, and the cell goes
on. The rest works as it does in a notebook.
"""

import ast
import asyncio
import contextlib
import io
import linecache
import os
import sys
import types
from ast import parse
from collections.abc import Sequence
from inspect import CO_COROUTINE
from typing import Any

from dlcourse.checks.calls import World, describe_error
from dlcourse.checks.student import AS_GIVEN

MAX_OUTPUT = 20_000
#: So many questions are answered with nothing; a loop that asks on is then told that there is nobody.
MAX_INPUTS = 100
#: Cell magics whose body is Python, and those whose body a browser would show.
PYTHON = {"time", "timeit", "capture", "prun"}
SHOWN = {"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"}
#: Line magics followed by Python that a notebook runs in its own namespace.
LINES = {"time", "prun"}
#: Line magics that start other programs.
PROGRAMS = {"system", "sx", "sc", "pip", "conda", "mamba", "micromamba", "uv", "run", "bash", "sh"}
#: The bits of a code object's flags that say what it imported `from __future__`.
FUTURE = 0x1FE0000


class CappedOutput(io.StringIO):
    """Keeps the first characters that are written and drops the rest; `cut` says that there was a rest."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size
        self.cut = False

    def write(self, text: str) -> int:
        """Keep what still fits."""
        super().write(text[: self._left])
        self.cut = self.cut or len(text) > self._left
        self._left = max(0, self._left - len(text))
        return len(text)


class Shell:
    """What `get_ipython()` gives here: magics with Python in them run it, other programs are passed over with a word."""

    def __init__(self, notebook: "Notebook") -> None:
        self._notebook = notebook
        self.user_ns = notebook.names

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """`%%time` and its like run the body; `%%bash` and other languages do not run here."""
        with self._notebook.world.ours():
            if name in PYTHON:
                self._notebook.execute(body, f"{self._notebook.label}, below %%{name}")
                if name == "capture" and line.strip():
                    self._notebook.names[line.split()[0]] = Captured()
            elif name in ("writefile", "file"):
                with open(line.split()[-1], "a" if "-a" in line.split() else "w", encoding="utf-8") as file:
                    file.write(body)
            elif name not in SHOWN:
                self._pass_over(f"%%{name}")

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> Any:
        """`%time x = f()` runs what follows; `%matplotlib inline` and its like do nothing."""
        with self._notebook.world.ours():
            if name in LINES:
                return self._notebook.execute(line.strip(), f"{self._notebook.label}, behind %{name}")
            if name == "cd":
                os.chdir(line.strip() or ".")
            elif name in PROGRAMS:
                self._pass_over(f"%{name}")
        return None

    magic = run_line_magic

    def system(self, command: str) -> None:
        """`!command`."""
        with self._notebook.world.ours():
            self._pass_over(f"!{command.strip()[:40]}")

    def getoutput(self, command: str, *_: Any, **__: Any) -> list[str]:
        """`lines = !command`."""
        self.system(command)
        return []

    def _pass_over(self, what: str) -> None:
        self._notebook.say(f"`{what}` is not run when a notebook is graded; the rest of the cell is")

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


class Captured:
    """What `%%capture out` leaves under the name `out`: nothing was shown, so there is nothing in it."""

    stdout = stderr = ""
    outputs = ()

    def __call__(self) -> None:
        """Show it."""

    show = __call__


class Notebook:
    """One namespace in which cells run in order; an error in one does not stop the next.

    `world` stands around a learner's code while it runs.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.module = types.ModuleType("__main__")
        self.names = vars(self.module)
        self.bound: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.label = ""
        self._said: list[str] = []
        self._inputs = 0
        self._loop = asyncio.new_event_loop()
        self._flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        shell = Shell(self)
        self.names |= {
            "get_ipython": lambda: shell,
            "display": lambda *things, **options: None,
            "input": self._input,
        }
        sys.modules["__main__"] = self.module

    def run(
        self, label: str, source: str, binds: list[str], given: Sequence[str] = (), output_chars: int = MAX_OUTPUT
    ) -> dict[str, Any]:
        """Run one cell; its error in a sentence (or nothing), what was passed over, the start of what it printed.

        `binds` names what the cell is there to define: those definitions stay the answer even if a later cell uses
        the same name for something else. An untouched stub binds nothing: of what it was handed out with, under the names
        in `given`, nothing is an answer.
        """
        before = {name: self.names.get(name) for name in (*binds, *given)}
        output = CappedOutput(output_chars)
        self.label, self._said, self._inputs = label, [], 0
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(CappedOutput(0)):
            raised = self._loop.run_until_complete(self._run(source, label))
        now = {name: self.names.get(name) for name in before}
        fresh = {name: thing for name, thing in now.items() if thing is not None and thing is not before[name]}
        self.bound |= {name: fresh[name] for name in binds if name in fresh}
        self.given |= {name: fresh[name] for name in given if fresh.get(name, ...) is not ...}
        error = describe_error(raised) if raised else ""
        return {"error": error, "said": "; ".join(self._said), "output": output.getvalue(), "cut": output.cut}

    async def _run(self, source: str, label: str) -> BaseException | None:
        """Run a cell where a loop is running, as in a notebook: it may await, and start tasks that outlive it."""
        try:
            code = self.compile(source, label)
            with self.world.theirs():
                result = eval(code, self.names)
                if code.co_flags & CO_COROUTINE:
                    await result
        except BaseException as raised:  # SystemExit and KeyboardInterrupt too: the next cell still runs
            return raised
        return None

    def execute(self, source: str, filename: str) -> Any:
        """Run source that stands inside a cell; the value, if it is an expression."""
        try:
            code = compile(source, filename, "eval", flags=self._flags, dont_inherit=True)
        except SyntaxError:
            code = self.compile(source, filename)
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        with self.world.theirs():
            return eval(code, self.names)

    def compile(self, source: str, filename: str) -> types.CodeType:
        """Source as code; it may hold IPython's magics, or await outside of functions."""
        try:
            tree: ast.Module | str = parse(source, filename)
        except SyntaxError:
            from IPython.core.inputtransformer2 import TransformerManager

            tree = source = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        code: types.CodeType = compile(tree, filename, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= code.co_flags & FUTURE  # `from __future__ import ...` holds for all later cells
        return code

    def say(self, sentence: str) -> None:
        """Tell the learner something about the cell that is running, once."""
        if sentence not in self._said:
            self._said.append(sentence)

    def _input(self, prompt: object = "") -> str:
        """Nobody is there to answer."""
        with self.world.ours():
            self.say("`input()` gets an empty answer when a notebook is graded")
            self._inputs += 1
            if self._inputs > MAX_INPUTS:
                raise EOFError("input() is asked again and again, and nobody is there to answer")
        return ""

    def close(self) -> None:
        """Give back the loop; a worker ends without."""
        self._loop.close()

    def __getitem__(self, name: str) -> Any:
        thing = self.bound.get(name, self.names.get(name))
        return AS_GIVEN if name in self.given and thing is self.given[name] else thing

    def __contains__(self, name: object) -> bool:
        return name in self.bound or name in self.names
