"""The proof: start a kernel as JupyterLab does, import dlcourse in it, make an explorer."""

import tempfile
import time
from pathlib import Path
from typing import IO, Any

from dlcourse.course import PACKAGE
from dlcourse.doctor import spec
from dlcourse.doctor.finding import Fault, Finding, Visit, pip_install

SECONDS = 60  # for the start, and for the cell: a slow disk reads Matplotlib for a while
CELL = """
from pathlib import Path
import dlcourse
from dlcourse.viz import ActivationExplorer
ActivationExplorer()
print(Path(dlcourse.__file__).resolve().parent, end="")
"""
AGAIN = "mend what is named above; if nothing is, install the course again, in a new environment"
PATIENCE = "try once more with other programs closed; a firewall or a virus scanner can hold a kernel up, too"


def kernel(visit: Visit) -> Finding:
    """Run a cell where the lessons lie, and say what happened."""
    from jupyter_client.kernelspec import NoSuchKernel

    began = time.monotonic()
    with tempfile.TemporaryFile() as heard:
        try:
            answer, printed = run(place(visit), heard)
        except NoSuchKernel:
            return failed(f"there is no kernel {spec.NAME}")
        except TimeoutError:
            return failed(f"it took longer than {SECONDS} seconds to make an explorer", PATIENCE)
        except OSError as error:
            return failed(f"it could not be started ({error.strerror or error})")
        except RuntimeError as error:
            if time.monotonic() - began > SECONDS:
                return failed(f"it did not answer within {SECONDS} seconds", PATIENCE)
            return failed(f"it ended at once: {last_line(heard) or error}")
    if answer["status"] != "ok":
        return failed(f"an explorer ends with {answer['ename']}: {answer['evalue']}", AGAIN)
    if Path(printed) != PACKAGE:
        return failed(f"it loads another dlcourse, from {printed} instead of {PACKAGE}", AGAIN)
    return Finding(f"made in a notebook's kernel in {time.monotonic() - began:.1f} s")


def run(folder: Path, heard: IO[bytes]) -> tuple[dict[str, Any], str]:
    """What a kernel of its own answers to the cell, and what it prints. What it says on its way down goes to `heard`."""
    from jupyter_client.manager import run_kernel

    printed = []

    def listen(message: dict[str, Any]) -> None:
        printed.append(message["content"].get("text", "") if message["msg_type"] == "stream" else "")

    options = {"kernel_name": spec.NAME, "startup_timeout": SECONDS, "cwd": str(folder), "stderr": heard}
    with run_kernel(**options) as client:
        reply = client.execute_interactive(CELL, timeout=SECONDS, output_hook=listen)  # type: ignore[attr-defined]
    return reply["content"], "".join(printed)


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
