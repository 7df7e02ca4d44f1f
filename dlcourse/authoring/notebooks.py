"""Text in, executed notebook out: one source gives one file, byte for byte, on every run.

Authors edit `lessons/source/NN_name.py` (py:percent); readers open `lessons/NN_name.ipynb`, with every output in it.
A build parses the text, runs it top to bottom in a fresh kernel of this very Python, and then removes what differs
between two runs: random cell ids, random widget ids, times, versions. What cannot be removed (a memory address, a path
of this machine) stops the build, so that a notebook that is committed can always be rebuilt and compared.

    python -m dlcourse.authoring.notebooks                     build every lesson and every master solution
    python -m dlcourse.authoring.notebooks 05_activations      build these only
    python -m dlcourse.authoring.notebooks --check             build in memory, compare with what is committed
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from dlcourse.authoring.processor import PROCESSOR
from dlcourse.checks.question import read_questions
from dlcourse.files import write_whole
from dlcourse.grading.master import MasterError, annotate

Notebook = Any  # nbformat's tree of dictionaries with attributes

FOLDERS = ("lessons", "solutions")
AT_A_TIME = 2
SECONDS_PER_CELL = 300
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# jupytext's own bookkeeping, and what becomes the cell's id: neither belongs into a cell's metadata.
NOT_KEPT = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "id")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")

PLACES = (Path(__file__).parents[2], Path.home(), Path(sys.prefix))
HERE = "|".join(re.escape(str(place)) for place in PLACES if place != Path(place.anchor))
DIFFERS_BY_RUN = (
    (re.compile(r"\bat 0x[0-9a-fA-F]{6,}"), "a memory address", "print a value instead of an object's default repr"),
    (re.compile(r"\bipykernel_\d+"), "a warning that names this kernel's process", "remove what causes the warning"),
    (re.compile(r"\[\d\d:\d\d<"), "the clock of a progress bar", "switch the bar off where TQDM_DISABLE is set"),
    (re.compile(rf"(?<![\w.])({HERE})[/\\]"), "a path of this machine", "print a path relative to the course"),
)


class BuildError(Exception):
    """A source that cannot become a notebook; the message names file, cell and cause."""


class ThisPython(KernelSpecManager):
    """The one kernel there is runs `sys.executable`, whatever kernels are registered on the machine."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Answer every name with this interpreter's own kernel."""
        return KernelSpec(**get_kernel_dict())


def build(source: Path, target: Path) -> None:
    """Execute the py:percent file `source` in the folder of `target` and write the notebook there.

    Raises BuildError, with the file, the cell and its first lines, when a cell fails or prints what differs by run.
    """
    write_whole(target, asyncio.run(render(source, target.parent)))


def build_all(root: Path, names: Sequence[str] = (), check: bool = False) -> list[str]:
    """Build (or, with `check`, compare) the notebooks under `root`; return the problems, none if all is well.

    `names` are stems such as `05_activations`: both the lesson and the master solution of that name are built. No name
    means all of them.
    """
    sources = [path for folder in FOLDERS for path in sorted((root / folder / "source").glob("*.py"))]
    known = sorted({path.stem for path in sources})
    if unknown := [name for name in names if name not in known]:
        return [f"no source is called {', '.join(unknown)}: there are {', '.join(known) or 'none at all'}"]
    chosen = [path for path in sources if not names or path.stem in names]
    problems = asyncio.run(_build_each(root, chosen, check))
    if check and not names:
        problems += [
            f"{orphan.relative_to(root)}: has no source; remove it or add source/{orphan.stem}.py"
            for folder in FOLDERS
            for orphan in sorted((root / folder).glob("*.ipynb"))
            if orphan.stem not in known
        ]
    return problems


async def _build_each(root: Path, sources: Sequence[Path], check: bool) -> list[str]:
    places = asyncio.Semaphore(AT_A_TIME)

    async def one(source: Path) -> list[str]:
        target = source.parent.parent / f"{source.stem}.ipynb"
        shown = target.relative_to(root)
        async with places:
            began = time.perf_counter()
            try:
                text = await render(source, target.parent)
            except BuildError as error:
                return [str(error)]
            seconds = time.perf_counter() - began
        if not check:
            write_whole(target, text)
            problems = []
        elif target.exists():
            problems = [f"{shown}: {line}" for line in differences(target.read_text(encoding="utf-8"), text)]
        else:
            problems = [f"{shown}: is not there; run make notebooks"]
        verdict = "differs" if problems else "same" if check else "built"
        print(f"{shown}  {verdict}  {seconds:.1f} s", flush=True)
        return problems

    return [problem for problems in await asyncio.gather(*map(one, sources)) for problem in problems]


async def render(source: Path, folder: Path) -> str:
    """Parse and execute `source` with `folder` as its working folder; return the notebook's text."""
    notebook = parse(source)
    await _execute(notebook, source, folder)
    for index, cell in enumerate(notebook.cells):
        if trouble := _what_differs_by_run(cell.get("outputs", [])):
            raise BuildError(_message(source, notebook, index, trouble))
    widgets = notebook.metadata.pop("widgets", None)
    models = widgets[WIDGET_STATE]["state"] if widgets else {}
    if trouble := _what_differs_by_run([model["state"] for model in models.values()]):
        raise BuildError(f"{source}: in a widget, {trouble}")
    exercise = {key: notebook.metadata[key] for key in ("dlcourse",) if key in notebook.metadata}
    notebook.metadata = METADATA | exercise | ({"widgets": widgets} if widgets else {})
    return _as_text(notebook, list(models))


def parse(source: Path) -> Notebook:
    """Read py:percent text into a notebook whose cells have their final ids and metadata."""
    try:
        notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    except Exception as error:  # jupytext raises whatever its YAML, JSON and notebook parsers raise
        raise BuildError(f"{source}: cannot be read as py:percent text: {error}") from error
    checks = source.parent.parent / "checks" / source.name
    if checks.is_file():  # a master notebook: its answers and checks are marked before it is run
        try:
            annotate(notebook, source.stem, read_questions(checks))
        except MasterError as error:
            raise BuildError(f"{source}: {error}") from error
    taken: set[str] = set()
    for number, cell in enumerate(notebook.cells, start=1):
        wanted = cell.metadata.get("id") or cell.metadata.get("nbgrader", {}).get("grade_id")
        if wanted is not None and not CELL_ID.fullmatch(str(wanted)):
            raise BuildError(f"{source}: cell {number} has the id {wanted!r}: use letters, digits, _ and -")
        if wanted in taken:
            raise BuildError(f"{source}: cell {number} has the id {wanted!r} of an earlier cell: choose another")
        if cell.cell_type == "code" and cell.source.rstrip().endswith(";"):
            # nbval runs cells without history, and without history IPython does not see the semicolon.
            raise BuildError(f"{source}: cell {number} ends with ';', which nbval ignores: assign to _, or plt.show()")
        cell.id = wanted or _id_of(cell, taken)
        taken.add(cell.id)
        for key in NOT_KEPT:
            cell.metadata.pop(key, None)
    return notebook


def _id_of(cell: Notebook, taken: set[str]) -> str:
    """Name a cell by its content: inserting one cell leaves the ids of all others, and equal cells are counted."""
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
    number, name = 1, digest
    while name in taken:
        number += 1
        name = f"{digest}-{number}"
    return name


async def _execute(notebook: Notebook, source: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as empty:
        # By files where there are such sockets: a port that is free now may be taken when the kernel wants it.
        by_file = {"transport": "ipc", "connection_file": f"{empty}/kernel.json"} if os.name == "posix" else {}
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisPython(), **by_file)
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS_PER_CELL,
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
        )
        await client.async_start_new_kernel(cwd=str(folder), env=os.environ | _environment(empty))
        try:
            await client.async_start_new_kernel_client()
            for index, cell in enumerate(notebook.cells):
                try:
                    await client.async_execute_cell(cell, index)
                except CellExecutionError as error:
                    raise BuildError(_message(source, notebook, index, f"{error.ename}: {error.evalue}")) from error
                except (CellTimeoutError, DeadKernelError) as error:
                    raise BuildError(_message(source, notebook, index, str(error).splitlines()[0])) from error
            client.set_widgets_metadata()
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            await manager.shutdown_kernel(now=True)


def _environment(empty: str) -> dict[str, str]:
    """Settle what would make two builds differ: processor, threads, progress bars, personal settings of IPython, matplotlib."""
    return PROCESSOR | {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TQDM_DISABLE": "1",
        "IPYTHONDIR": empty,
        "MATPLOTLIBRC": str(Path(matplotlib.get_data_path(), "matplotlibrc")),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _message(source: Path, notebook: Notebook, index: int, trouble: str) -> str:
    lines = notebook.cells[index].source.splitlines()
    shown = [*lines[:4], "..."] if len(lines) > 4 else lines
    where = f"{source}: cell {index + 1} of {len(notebook.cells)}"
    return "\n".join([f"{where}: {trouble}", *(f"    | {line}" for line in shown)])


def _texts(value: Any) -> Iterator[str]:
    """Every string that a reader reads; pictures and other base64 data may spell anything."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith("image/"):
                yield from _texts(item)


def _what_differs_by_run(value: Any) -> str | None:
    for text in _texts(value):
        for pattern, what, remedy in DIFFERS_BY_RUN:
            if found := pattern.search(text):
                return f"the output holds {what} ({found[0]}), which differs between runs or machines: {remedy}"
    return None


def _as_text(notebook: Notebook, widget_ids: Sequence[str]) -> str:
    """Number the widgets' models 1, 2, 3... in the order of their creation, everywhere, and write with sorted keys."""
    numbered = {old: f"{number:032x}" for number, old in enumerate(widget_ids, start=1)}
    text = re.sub(r"[0-9a-f]{32}", lambda found: numbered.get(found[0], found[0]), json.dumps(notebook))
    return str(jupytext.writes(jupytext.reads(text, fmt="ipynb"), fmt="ipynb")).rstrip("\n") + "\n"


def differences(committed: str, built: str) -> list[str]:
    """Say where two notebooks' texts part: in which cell first, or in what else; nothing when they are equal."""
    if committed == built:
        return []
    try:
        old, new = json.loads(committed), json.loads(built)
        pairs = list(zip(old["cells"], new["cells"], strict=False))
    except (ValueError, KeyError, TypeError):
        return ["what is committed is not a notebook"]
    for number, (before, after) in enumerate(pairs, start=1):
        if before != after:
            parts = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
            return [f"cell {number} differs first, in {', '.join(parts)}"]
    if len(old["cells"]) != len(new["cells"]):
        return [f"{len(old['cells'])} cells are committed, {len(new['cells'])} are built"]
    parts = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
    return [f"all cells agree, but {', '.join(parts) or 'spacing or order of keys'} differs"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check the notebooks of the course in the present folder; return 0, or 1 after naming each problem."""
    parser = argparse.ArgumentParser(prog="python -m dlcourse.authoring.notebooks", description="Build the notebooks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="stems such as 05_activations; all when none is given")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with what is committed")
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds lessons/ and solutions/")
    chosen = parser.parse_args(arguments)
    problems = build_all(chosen.root, chosen.names, chosen.check)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
