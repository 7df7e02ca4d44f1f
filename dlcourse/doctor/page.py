"""What the browser gets: JupyterLab's own pages, and in them the half of the widgets that is shown.

A widget lives twice, as a Python object in the kernel and as a piece of JavaScript on the page. The second half is installed
where JupyterLab looks for extensions, and the first folder in which it finds a name wins: an old copy in the home folder
hides the right one, and an extension can be switched off.
"""

import importlib.util
import json
import os
import site
import sys
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

from dlcourse.doctor.finding import Fault, Finding, Visit, command, pip_install

#: The extensions that explorers need, and the packages that bring them.
EXTENSIONS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}


def pages(visit: Visit) -> Finding:
    """Are JupyterLab's pages where the server looks for them?"""
    wished = os.environ.get("JUPYTERLAB_DIR")
    places = [Path(wished)] if wished else usual_places()
    if found := next((place for place in places if (place / "static" / "index.html").is_file()), None):
        return Finding(str(found))
    wrong = f"JupyterLab's pages are not in {places[0]}: the browser would stay empty."
    mend = pip_install("--force-reinstall", "--no-deps", "jupyterlab")
    if wished:
        mend = "set JUPYTERLAB_DIR=" if os.name == "nt" else "unset JUPYTERLAB_DIR"
    return Finding("no pages", (Fault(wrong, mend),))


def usual_places() -> list[Path]:
    """Beside this Python, beside the package where that lies elsewhere, and where a package of one's own goes."""
    spec = importlib.util.find_spec("jupyterlab")
    prefixes = [sys.prefix, site.getuserbase(), "/usr/local"]
    if spec and spec.origin:
        prefixes.append(str(Path(spec.origin).parents[4]))
    return [Path(prefix, "share", "jupyter", "lab") for prefix in prefixes]


def widgets(visit: Visit) -> Finding:
    """Does JupyterLab load the halves of the widgets that fit what is installed?"""
    found, faults = [], []
    for name, package in EXTENSIONS.items():
        place, installed = loaded(name), version_in(package_json(package, name))
        mend = pip_install("--force-reinstall", "--no-deps", package)
        has = version_in(place)
        found.append(f"{name} {has or 'missing'}")
        if place is None:
            faults.append(Fault(f"JupyterLab has no extension {name}: explorers would be lines of text.", mend))
        elif installed and has != installed:
            wrong = f"JupyterLab loads {name} {has} from {place.parent}, but {installed} is installed: explorers may stay empty."
            faults.append(Fault(wrong, f"delete the folder {place.parent}"))
        elif level := switched_off(name):
            wrong = f"JupyterLab's extension {name} is switched off: explorers would be lines of text."
            turn_on = (sys.executable, "-m", "jupyterlab.labextensions", "enable", f"--level={level}", name)
            faults.append(Fault(wrong, command(*turn_on)))
    return Finding(", ".join(found), tuple(faults))


def loaded(name: str) -> Path | None:
    """The package.json of the extension that JupyterLab loads under a name."""
    from jupyter_core.paths import jupyter_path

    places = (Path(folder, name, "package.json") for folder in jupyter_path("labextensions"))
    return next((place for place in places if place.is_file()), None)


def package_json(package: str, name: str) -> Path | None:
    """The package.json that was installed with a package."""
    try:
        parts = files(package) or []
    except PackageNotFoundError:
        return None
    ours = (part for part in parts if part.as_posix().endswith(f"share/jupyter/labextensions/{name}/package.json"))
    return next((Path(str(part.locate())) for part in ours), None)


def version_in(place: Path | None) -> str | None:
    """The version that a package.json names."""
    content = read(place) if place else {}
    return str(content["version"]) if "version" in content else None


def switched_off(name: str) -> str | None:
    """The level on which an extension, or a plugin of it, is switched off: user, sys_prefix or system."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_config_path

    levels = {jupyter_config_dir(): "user", str(Path(sys.prefix, "etc", "jupyter")): "sys_prefix"}
    for folder in jupyter_config_path():  # what stands first decides
        disabled = read(Path(folder, "labconfig", "page_config.json")).get("disabledExtensions", {})
        said = [off for key, off in dict(disabled).items() if key.partition(":")[0] == name]
        if said:
            return levels.get(folder, "system") if any(said) else None
    return None


def read(place: Path) -> dict[str, Any]:
    """A file of settings; nothing of one that is missing or damaged."""
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
