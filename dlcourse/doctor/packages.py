"""Are the packages there that the course needs, in the versions that it needs?"""

import sys
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from dlcourse.doctor.finding import Fault, Finding, Visit, pip_install

#: Whose needs count: ours, and those of the widgets, whose Python half must fit the half that JupyterLab shows.
OWNERS = ("dlcourse", "ipywidgets")


def packages(visit: Visit) -> Finding:
    """Hold what is installed against what the installed packages say that they need."""
    looked_at = [(owner, need) for owner in OWNERS for need in needs(owner)]
    faults = [fault for owner, need in looked_at if (fault := unmet(owner, need))]
    return Finding(f"{len(looked_at) - len(faults)} of {len(looked_at)} as needed", tuple(faults))


def needs(owner: str) -> list[Requirement]:
    """What a package needs on this system; nothing if it is not there itself."""
    try:
        stated = [Requirement(text) for text in requires(owner) or []]
    except PackageNotFoundError:
        return []
    return [need for need in stated if need.marker is None or need.marker.evaluate({"extra": ""})]


def unmet(owner: str, need: Requirement) -> Fault | None:
    """The fault, if a need is not met."""
    mend = pip_install("--upgrade", f"{need.name}{need.specifier}")
    try:
        has = version(need.name)
    except PackageNotFoundError:
        return Fault(f"{need.name} is not installed for {sys.executable}.", mend)
    if need.specifier.contains(has, prereleases=True):
        return None
    return Fault(f"{need.name} {has} does not fit: {owner} needs {need.name} {need.specifier}.", mend)
