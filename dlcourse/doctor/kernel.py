"""The proof: start a kernel as a notebook does, import dlcourse in it, make an explorer."""

import tempfile
import time
from pathlib import Path
from typing import IO, Any

from dlcourse.course import PACKAGE
from dlcourse.doctor import spec
from dlcourse.doctor.finding import Fault, Finding, Visit, pip_install

SECONDS = 60  # for the start, and for each cell: a slow disk reads Matplotlib for a while
AGAIN = "mend what is named above; if nothing is, install the course again, in a new environment"
PATIENCE = "try once more with other programs closed; a firewall or a virus scanner can hold a kernel up, too"
CELLS = (
    "import dlcourse\nfrom pathlib import Path\nprint(Path(dlcourse.__file__).resolve().parent)",
    "from dlcourse.viz import ActivationExplorer\nActivationExplorer()",
)


def kernel(visit: Visit) -> Finding:
    """Run two cells where the lessons lie, and say what happened."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    began = time.monotonic()
    with tempfile.TemporaryFile() as heard:
        try:
            cells = run(place(visit), heard)
        except NoSuchKernel:
            return failed(f"there is no kernel {spec.NAME}")
        except OSError as error:
            return failed(f"it could not be started ({error.strerror or error})")
        except (RuntimeError, DeadKernelError) as error:
            return failed(f"it ended before it answered: {last_line(heard) or error}")
        except CellTimeoutError:
            return failed(f"it did not answer within {SECONDS} seconds", PATIENCE)
        except CellExecutionError as error:
            return failed(f"the first explorer ends with {error.ename}: {error.evalue}", AGAIN)
    used = Path(cells[0].outputs[0]["text"].strip())
    if used != PACKAGE:
        return failed(f"it loads another dlcourse, from {used} instead of {PACKAGE}", AGAIN)
    return Finding(f"started, imported dlcourse, made an explorer in {time.monotonic() - began:.1f} s")


def run(folder: Path, heard: IO[bytes]) -> Any:
    """The cells after they ran in a kernel of their own. What the kernel says on its way down goes to `heard`."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    notebook: Any = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        kernel_name=spec.NAME,
        timeout=SECONDS,
        startup_timeout=SECONDS,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(stderr=heard)
    return notebook.cells


def place(visit: Visit) -> Path:
    """Where a lesson's kernel runs: beside the lesson."""
    lessons = visit.folder / "lessons" if visit.folder else Path.cwd()
    return lessons if lessons.is_dir() else Path.cwd()


def failed(what: str, mend: str | None = None) -> Finding:
    """The fault. If it is another Python that was started, that is what to mend; else the kernel, if nothing better is known."""
    kernel = spec.noted()
    if kernel is not None and not spec.is_this(kernel.python):
        mend = spec.remove()
    mend = mend or pip_install("--upgrade", "--force-reinstall", "ipykernel")
    return Finding("failed", (Fault(f"A notebook's kernel does not work: {what}.", mend),))


def last_line(heard: IO[bytes]) -> str:
    """The last thing that a kernel said; of a traceback that is the error."""
    heard.seek(0)
    lines = heard.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
