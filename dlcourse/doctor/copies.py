"""Is there one dlcourse, and is it the one that was installed?"""

import os
import sys
from importlib.metadata import distributions
from pathlib import Path

from dlcourse import __version__
from dlcourse.course import PACKAGE
from dlcourse.doctor.finding import Fault, Finding, Visit, command, pip_install


def copies(visit: Visit) -> Finding:
    """Look along Python's path for folders called dlcourse, and for what pip has noted about them."""
    here = PACKAGE
    others = [place for place in packages_on_path() if place != here]
    noted = {found.version for found in distributions(name="dlcourse")}
    faults = []
    if others:
        wrong = f"There are {len(others) + 1} copies of dlcourse: {here} is in use, and hides {others[0]}."
        faults.append(Fault(wrong, remedy(here)))
    if noted and __version__ not in noted:
        wrong = f"The code is version {__version__}, but {noted.pop()} was installed: what it needs may have changed."
        source = ["-e", str(here.parent)] if (here.parent / "pyproject.toml").is_file() else ["--upgrade", "dlcourse"]
        faults.append(Fault(wrong, pip_install(*source)))
    return Finding(f"{__version__} in {here}", tuple(faults))


def packages_on_path() -> list[Path]:
    """Every folder on Python's path that `import dlcourse` could take, the first one first."""
    places = (Path(entry or os.curdir, "dlcourse").resolve() for entry in sys.path)
    return list(dict.fromkeys(place for place in places if (place / "__init__.py").is_file()))


def remedy(here: Path) -> str:
    """How the copy that stands in front is taken out of the way."""
    on_python_path = [Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    if here.parent in on_python_path:
        return "set PYTHONPATH=" if os.name == "nt" else "unset PYTHONPATH"
    return command(sys.executable, "-m", "pip", "uninstall", "dlcourse") + " (and install the one that you want again)"
