"""May we write where the course and Jupyter keep their things, and is there room?"""

import errno
import os
import shutil
import tempfile
from pathlib import Path

from dlcourse.doctor.finding import Fault, Finding, Visit, command

BLOCK = b"\0" * 65536
LEAST = 100e6  # bytes: outputs of a whole course take about as much
FULL = {errno.ENOSPC, errno.EDQUOT}


def writing(visit: Visit) -> Finding:
    """Write a little in each place, and take it away again."""
    faults = [fault for what, path in needed(visit) if (fault := unwritable(what, path))]
    room = shutil.disk_usage(standing(visit.folder or Path.cwd())).free
    if room < LEAST and not faults:
        wrong = f"The disk is nearly full: {room / 1e6:.0f} MB are free, and a whole course may take {LEAST / 1e6:.0f}."
        faults.append(Fault(wrong, "delete what you no longer need"))
    return Finding(f"allowed; {room / 1e9:.1f} GB free" if not faults else f"{room / 1e9:.1f} GB free", tuple(faults))


def needed(visit: Visit) -> list[tuple[str, Path]]:
    """What is written, and where."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir

    jupyter = {
        "files of running kernels": jupyter_runtime_dir(),
        "Jupyter's data": jupyter_data_dir(),
        "Jupyter's settings": jupyter_config_dir(),
    }
    own = [(part, visit.folder / part) for part in ("lessons", "exercises") if visit.folder]
    return [*own, *((what, Path(path)) for what, path in jupyter.items())]


def unwritable(what: str, path: Path) -> Fault | None:
    """The fault of a place in which nothing can be written."""
    place = standing(path)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(BLOCK)
            file.flush()
    except OSError as error:
        if error.errno in FULL:
            return Fault(f"The disk is full: no room for {what} in {place}.", "delete what you no longer need")
        if error.errno == errno.EROFS:
            return Fault(f"{place} can be read only: no place for {what}.", "choose a folder on another disk")
        if error.errno in (errno.EACCES, errno.EPERM):
            return Fault(f"You may not write in {place}, where {what} belong.", permission(place))
        return Fault(
            f"Nothing can be written in {place}, where {what} belong ({error.strerror}).", "look at that folder"
        )
    return None


def standing(path: Path) -> Path:
    """The folder itself, or the first above it that there is: in that one, the missing one would be made."""
    return next((place for place in (path, *path.parents) if os.path.lexists(place)), Path.cwd())


def permission(place: Path) -> str:
    """The command that lets you write; a folder that root made in your home has to be given back first."""
    if os.name == "nt":
        return "choose a folder of your own, such as one in Documents"
    if place.stat().st_uid == os.geteuid():
        return command("chmod", "-R", "u+rwX", str(place))
    if place.is_relative_to(Path.home()):
        return f"sudo chown -R {os.geteuid()} {command(str(place))}"
    return "make a course folder of your own: dlcourse start ~/my-course"
