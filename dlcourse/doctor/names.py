"""Files that are named like a module: Python takes `random.py` beside a notebook for the `random` that NumPy asks for."""

import os
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

from dlcourse.course import PACKAGE
from dlcourse.doctor.finding import Fault, Finding, Visit, command

HARMLESS = {"test"}  # Python's own tests, which nobody imports


def names(visit: Visit) -> Finding:
    """Look where notebooks run, and in PYTHONPATH: both come before Python's own modules."""
    run_in = [place for part in ("lessons", "exercises") if visit.folder and (place := visit.folder / part).is_dir()]
    python_path = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    faults = [renamed(path) for place in run_in for path in shadows(place)]
    for place in python_path:
        if hiding := shadows(place):
            wrong = f"PYTHONPATH puts {hiding[0]} in front of the {hiding[0].stem} that the course needs."
            faults.append(Fault(wrong, "set PYTHONPATH=" if os.name == "nt" else "unset PYTHONPATH"))
    return Finding("a module is hidden" if faults else "nothing hides a module", tuple(faults))


def shadows(place: Path) -> list[Path]:
    """What in a folder would be imported in place of a module that the course needs."""
    try:
        entries = sorted(place.iterdir())
    except OSError:
        return []
    modules = [path for path in entries if path.suffix == ".py" or (path / "__init__.py").is_file()]
    return [path for path in modules if is_needed(path.stem) and path.resolve() != PACKAGE]


def is_needed(name: str) -> bool:
    """Is this a module of Python's own, or one that comes with the course?"""
    if name in sys.stdlib_module_names:
        return name not in HARMLESS
    return name == "dlcourse" or not installed_as(name).isdisjoint(needed_packages())


def installed_as(module: str) -> set[str]:
    """The packages that bring a module."""
    return {normal(package) for package in packages_distributions().get(module, [])}


@cache
def needed_packages() -> set[str]:
    """dlcourse, and all that it needs directly or by way of others."""
    known, new = set[str](), {"dlcourse"}
    while new:
        known |= new
        new = {need for owner in new for need in needs_of(owner)} - known
    return known


def needs_of(package: str) -> set[str]:
    """What a package needs, whatever the system; nothing if it is not installed."""
    try:
        stated = requires(package) or []
    except ModuleNotFoundError:
        return set()
    return {normal(need.name) for text in stated if "extra" not in str((need := Requirement(text)).marker)}


def normal(package: str) -> str:
    """A package's name as it is compared."""
    return package.lower().replace("_", "-")


def renamed(path: Path) -> Fault:
    """The fault of a learner's own file, which a new name mends."""
    move = "ren" if os.name == "nt" else "mv"
    other = path.with_name(f"my_{path.name}")
    wrong = f"{path} has the name of a module that the course needs: notebooks beside it load it instead."
    return Fault(wrong, command(move, str(path), other.name if os.name == "nt" else str(other)))
