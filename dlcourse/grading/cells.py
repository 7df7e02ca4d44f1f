"""Running the cells of a notebook without a kernel: IPython's syntax, one namespace, nothing that needs a screen."""

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import sys
import types
from typing import Any

from dlcourse.checks.calls import describe_error

MAX_OUTPUT = 20_000


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
    """What `get_ipython()` gives here: cell magics run their body, everything else does nothing."""

    def __init__(self, notebook: "Notebook") -> None:
        self._notebook = notebook

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """`%%time` and its like run the body; `%%bash`, `%%html` and other languages do not run here."""
        if name in {"time", "timeit", "capture", "prun"}:
            self._notebook.execute(body, "a cell under a magic")

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


class Notebook:
    """One namespace in which cells run in order; an error in one does not stop the next."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.names = vars(self.module)
        shell = Shell(self)
        self.names |= {"get_ipython": lambda: shell, "display": lambda *things, **options: None}
        sys.modules["__main__"] = self.module
        self.bound: dict[str, Any] = {}

    def run(self, label: str, source: str, binds: list[str], output_chars: int = MAX_OUTPUT) -> dict[str, Any]:
        """Run one cell; its error in a sentence (or nothing), the start of what it printed, and whether there was more.

        `binds` names what the cell is there to define: those definitions stay the answer even if a later cell uses
        the same name for something else. An untouched stub binds nothing.
        """
        before = {name: self.names.get(name) for name in binds}
        output, error = CappedOutput(output_chars), ""
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(CappedOutput(0)):
            try:
                self.execute(source, label)
            except BaseException as raised:  # SystemExit and KeyboardInterrupt too: the next cell still runs
                error = describe_error(raised)
        now = {name: self.names.get(name) for name in binds}
        self.bound |= {name: thing for name, thing in now.items() if thing is not None and thing is not before[name]}
        return {"error": error, "output": output.getvalue(), "cut": output.cut}

    def execute(self, source: str, filename: str) -> None:
        """Compile and run source that may hold IPython's magics or a top-level await."""
        try:
            tree = ast.parse(source, filename)
        except SyntaxError:
            from IPython.core.inputtransformer2 import TransformerManager

            source = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
            tree = None
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        code = compile(tree or source, filename, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        result = eval(code, self.names)
        if inspect.iscoroutine(result):
            asyncio.run(result)

    def __getitem__(self, name: str) -> Any:
        return self.bound.get(name, self.names.get(name))

    def __contains__(self, name: object) -> bool:
        return name in self.bound or name in self.names
