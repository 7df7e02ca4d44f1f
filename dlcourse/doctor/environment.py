"""Which Python this is, whether the terminal's environment is the same, and whether the terminal can show our signs."""

import os
import shutil
import sys
from importlib.metadata import metadata
from pathlib import Path

from packaging.specifiers import SpecifierSet

from dlcourse.doctor.finding import Fault, Finding, Visit, command

SIGNS = "✓✗→σ"


def python(visit: Visit) -> Finding:
    """Is this Python new enough? One that is much too old does not come this far: see __main__.py."""
    version = ".".join(map(str, sys.version_info[:3]))
    needed = SpecifierSet(metadata("dlcourse")["Requires-Python"] or "")
    if needed.contains(version):
        return Finding(f"{version} ({sys.executable})")
    wrong = f"dlcourse needs Python {needed}, and {sys.executable} is {version}."
    return Finding(version, (Fault(wrong, "install a newer Python, and with it the course in a new environment"),))


def activated(visit: Visit) -> Finding:
    """Does what is typed into this terminal reach the environment that dlcourse runs in?"""
    here, active = Path(sys.prefix), os.environ.get("VIRTUAL_ENV")
    faults = []
    if active and Path(active).resolve() != here.resolve():
        wrong = f"This terminal has the environment {active} active, but dlcourse runs in {here}: `pip install` would miss it."
        faults.append(Fault(wrong, activation(here)))
    typed = shutil.which("dlcourse")
    other = interpreter(Path(typed)) if typed else None
    if other and not faults and other.parent.resolve() != Path(sys.executable).parent.resolve():
        wrong = (
            f"`dlcourse`, typed into this terminal, is {typed}: that is another installation than this one in {here}."
        )
        faults.append(Fault(wrong, activation(here)))
    return Finding(str(here), tuple(faults))


def interpreter(script: Path) -> Path | None:
    """The Python that a script names in its first line. What chooses one itself, as pyenv's scripts do, names none."""
    with script.open("rb") as file:
        mark, _, named = file.readline().decode("utf-8", "replace").strip().partition("#!")
    return Path(named) if not mark and Path(named).name.startswith("python") else None


def activation(environment: Path) -> str:
    """The command that makes an environment the terminal's own."""
    if os.name == "nt":
        return str(environment / "Scripts" / "activate")
    if (environment / "bin" / "activate").is_file():
        return command("source", str(environment / "bin" / "activate"))
    return f'export PATH={command(str(environment / "bin"))}:"$PATH"'


def terminal(visit: Visit) -> Finding:
    """Can what dlcourse says be printed here?"""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        SIGNS.encode(encoding)
    except UnicodeEncodeError:
        wrong = (
            f"This terminal takes {encoding}, which has no sign such as a tick: other commands may end with an error."
        )
        mend = "setx PYTHONUTF8 1" if os.name == "nt" else "export PYTHONUTF8=1"
        return Finding(encoding, (Fault(wrong, mend),))
    return Finding(encoding)
