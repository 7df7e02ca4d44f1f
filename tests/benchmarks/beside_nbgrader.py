"""nbgrader on the same exercise and the same class, in an environment of its own: how long it takes a submission."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from trivial_exercise import ANSWERS, NAME, theirs, write, write_class

VERSION = "0.9.6"
FOLDER = Path(__file__).parents[2] / ".benchmarks" / "nbgrader-venv"
SECONDS = 600


class Absent(Exception):
    """nbgrader cannot be run here; the message says why."""


def environment() -> Path:
    """Where nbgrader's programs are: installed once, kept for the next time."""
    place = FOLDER / ("Scripts" if os.name == "nt" else "bin")
    python = place / "python"
    have = "import importlib.metadata as m, sys; sys.exit(m.version('nbgrader') != sys.argv[1])"
    if python.exists() and subprocess.run([python, "-c", have, VERSION], capture_output=True).returncode == 0:
        return place
    print(
        f"  installing nbgrader {VERSION} into {FOLDER.parent.name}/{FOLDER.name} (once; a minute or two)", flush=True
    )
    run([sys.executable, "-m", "venv", FOLDER])
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"nbgrader=={VERSION}", "ipykernel"])
    return place


def run(command: list[str | Path], **options: object) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **options)  # type: ignore[call-overload]
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(f"{Path(command[0]).name}: {error}") from None
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise Absent(f"{' '.join(map(str, command[1:4]))} failed: {said[-1][:100] if said else done.returncode}")


def seconds_each(course: Path, students: int) -> list[float]:
    """How long nbgrader takes for each submission but the first: autograded, and a page of feedback.

    One run of each command for the whole class, so that its start counts for nobody; read off the files' times.
    """
    place = environment()
    solution = ANSWERS["right"].replace("    return", "    ### BEGIN SOLUTION\n    return") + "\n    ### END SOLUTION"
    write(course / "source" / NAME / f"{NAME}.ipynb", theirs(solution))
    write(course / "nbgrader_config.py", "c = get_config()\n")
    write_class(course / "submitted", students, theirs)
    folders = {f"{name}_DIR": str(course / "home") for name in ("JUPYTER_CONFIG", "JUPYTER_DATA", "JUPYTER_RUNTIME")}
    own = {"PATH": f"{place}{os.pathsep}{os.environ['PATH']}", "IPYTHONDIR": str(course / "home"), **folders}
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        run([place / "nbgrader", command, NAME], cwd=course, env=os.environ | own)
    autograded, pages = (steps(course / kind, students) for kind in ("autograded", "feedback"))
    return [a + b for a, b in zip(autograded, pages, strict=True)]


def steps(folder: Path, students: int) -> list[float]:
    """Seconds from one student's file to the next one's."""
    written = sorted(path.stat().st_mtime for path in folder.glob(f"*/{NAME}/{NAME}.*"))
    if len(written) != students:
        raise Absent(f"it wrote {len(written)} of {students} files to {folder.name}/")
    return [b - a for a, b in pairwise(written)]
