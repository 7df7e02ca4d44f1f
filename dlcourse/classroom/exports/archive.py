"""The archive that an instructor uploads to Gradescope: one exercise with all its checks, and dlcourse to grade it with."""

import importlib.metadata
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from dlcourse.classroom.exports.container import Settings
from dlcourse.classroom.exports.gradescope import VISIBILITIES
from dlcourse.course import PACKAGE
from dlcourse.grading.exercise import UsageError, load_full

FILES = Path(__file__).parent / "files"
PROGRAMS = ("setup.sh", "run_autograder")
#: A server for notebooks, which grading has no use for, and which is most of what would be installed.
NOT_NEEDED = ("jupyterlab",)
#: The same archive from the same files, whenever it is made.
NO_DATE = (1980, 1, 1, 0, 0, 0)


def archive(solutions: Path, name: str, private: Path | None, hidden: str) -> bytes:
    """The archive as a zip file; `UsageError` where the exercise or the private checks cannot be used."""
    if hidden not in VISIBILITIES:
        raise UsageError(f"students cannot see hidden checks {hidden!r}: say one of {', '.join(VISIBILITIES)}")
    load_full(solutions, name, private)
    files = dict(contents(solutions, name, private, hidden))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path in PROGRAMS else 0o644) << 16
            file.writestr(entry, content)
    return data.getvalue()


def contents(solutions: Path, name: str, private: Path | None, hidden: str) -> Iterator[tuple[str, bytes]]:
    """What goes into it, by its path there. Of the solutions: this exercise's master and checks, and nothing else."""
    for program in PROGRAMS:
        yield program, (FILES / program).read_bytes()
    yield "requirements.txt", "".join(f"{line}\n" for line in requirements()).encode()
    yield "constraints.txt", constraints(solutions.parent)
    yield f"exercise/{name}.ipynb", (solutions / f"{name}.ipynb").read_bytes()
    yield f"exercise/checks/{name}.py", (solutions / "checks" / f"{name}.py").read_bytes()
    own = private / f"{name}.py" if private else None
    if own and own.is_file():
        yield f"private/{name}.py", own.read_bytes()
    yield "settings.json", json.dumps(asdict(Settings(name, hidden, bool(own and own.is_file())))).encode()
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] != "material":
            yield f"dlcourse/{inside.as_posix()}", path.read_bytes()


def requirements() -> list[str]:
    """What dlcourse needs for grading, as pip reads it; in a checkout, as it says now and not when it was installed."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        needed = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    else:
        needed = [line for line in importlib.metadata.requires("dlcourse") or [] if "extra ==" not in line]
    return [line for line in needed if re.split(r"[^\w.-]", line)[0] not in NOT_NEEDED]


def constraints(checkout: Path) -> bytes:
    """The versions that the tests passed with, where there is a list of them."""
    path = checkout / "constraints.txt"
    return (
        path.read_bytes() if path.is_file() else b"# No list of versions was at hand: pip takes the newest that fit.\n"
    )
