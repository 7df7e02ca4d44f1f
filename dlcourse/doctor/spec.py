"""Where the notebooks' kernel lies. Another environment may have put its own `python3` in front, the commonest trap of all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from dlcourse.doctor.finding import Fault, Finding, Visit, command, pip_install

NAME = "python3"  # the kernel that every notebook of the course asks for
OURS = {"python", f"python{sys.version_info[0]}", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
ASK = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('dlcourse', 'ipykernel'))))"


class Kernel(NamedTuple):
    """What is noted about a kernel: the Python that it runs, and the folder where that is written."""

    python: str
    folder: str


def kernelspec(visit: Visit) -> Finding:
    """Would JupyterLab start a Python that has the course?"""
    kernel = noted()
    if kernel is None:
        wrong = f"JupyterLab knows no kernel {NAME}: ipykernel is not installed for {sys.executable}."
        return Finding("none", (Fault(wrong, pip_install("ipykernel")),))
    if is_this(kernel.python):
        return Finding(f"{NAME} is this Python")
    if not Path(kernel.python).name.startswith(
        "python"
    ):  # a program that starts a Python: the kernel's own check tells
        return Finding(f"{NAME} is started by {kernel.python}")
    if fault := unfit(kernel):
        return Finding(kernel.python, (fault,))
    return Finding(f"{NAME} is another Python with dlcourse: {kernel.python}")


def noted() -> Kernel | None:
    """The kernel that JupyterLab would start."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(NAME)
    except NoSuchKernel:
        return None
    return Kernel(sys.executable if spec.argv[0] in OURS else spec.argv[0], spec.resource_dir)


def is_this(python: str) -> bool:
    """Is it a Python of this very environment? Where a link leads to says nothing: environments share what they link to."""
    return Path(os.path.abspath(python)).parent == Path(os.path.abspath(sys.executable)).parent


def unfit(kernel: Kernel) -> Fault | None:
    """The fault of a kernel that is another Python, if it is none that the course runs in."""
    wrong = f"The kernel {NAME} in {kernel.folder} starts {kernel.python}, "
    if shutil.which(kernel.python) is None:
        return Fault(f"{wrong}which is not there.", remove())
    if subprocess.run([kernel.python, "-c", ASK], capture_output=True, timeout=20, check=False).returncode:
        return Fault(f"{wrong}a Python that has no dlcourse.", remove())
    return None


def remove() -> str:
    """The command that forgets the foremost kernel of that name; the one of this Python then comes into its own."""
    return command(sys.executable, "-m", "jupyter_client.kernelspecapp", "remove", "-f", NAME)
