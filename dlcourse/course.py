"""A folder of one's own: give a learner the course's files, and never take away what the learner did with them.

A second `start` brings what is new in the course. The manifest remembers what each file was when it was given: a file
that is still the same is replaced; a file that the learner changed is kept, and what would have replaced it is put
beside it as `NAME.new.ipynb`. To run a notebook is not to change it: only the cells' types and sources are compared.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from dlcourse import __version__
from dlcourse.files import write_whole

Given = dict[str, dict[str, str]]  # path -> the digests of what was given there: of its content, and of its bytes

PACKAGE = Path(__file__).resolve().parent
MANIFEST = Path(".dlcourse", "manifest.json")
KEPT = ".before-reset"  # in the names of what `reset` keeps of a learner's work, which belongs to that learner alone
SHIPPED = ("lessons/*.ipynb", "exercises/*.ipynb", "exercises/checks/**/*")
START_HERE = """\
# Start here

- `lessons/` holds the lessons. Begin with `lessons/00_start_here.ipynb`: it tries your installation and shows the road.
- `exercises/` holds the tasks, one notebook a lesson. A cell such as `check("q1")` tells you at once how you did.

In a terminal, in this folder:

- `dlcourse lab` opens JupyterLab.
- `dlcourse check exercises/NN_name.ipynb` checks a notebook.
- `dlcourse progress` says what is done and what comes next.
- `dlcourse reveal 05 q3` gives a hint on question 3 of exercise 05; the next call gives a stronger one.
- `dlcourse reset 05 q3` lets you begin that question afresh, `dlcourse reset 05` the exercise; what you had is kept.
- `dlcourse doctor` says what is wrong with your installation, and how to mend it.
- `dlcourse start .` brings what is new in the course. A file that you have changed is never overwritten.

To begin a lesson afresh, delete or rename it and run `dlcourse start .` again.
"""


class CourseError(Exception):
    """A folder that cannot be a course, or a course that cannot be opened: one sentence for the learner."""


@dataclass
class StartReport:
    """What `start` did, as paths relative to the folder; `beside` maps a learner's own file to its new version."""

    folder: Path
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in a few lines."""
        counts = {"new": self.added, "updated": self.updated, "kept as yours": [*self.kept, *self.beside]}
        said = [f"{len(files)} {what}" for what, files in counts.items() if files]
        lines = [f"{self.folder}: {', '.join(said) or 'nothing to do, everything is up to date'}"]
        lines += [f"  {yours} is yours; the course's new version is {new}" for yours, new in self.beside.items()]
        return "\n".join(lines)


def start(folder: str | Path, material: Path | None = None) -> StartReport:
    """Put the course into `folder`, or bring a course folder up to date, without overwriting a learner's work.

    `material` is the folder that holds lessons/ and exercises/; by default what came with the installed package.
    Raises CourseError when the folder cannot be used.
    """
    source = material or find_material()
    target = Path(folder).expanduser()
    shipped = _shipped(source)
    report = StartReport(target)
    try:
        _refuse_unusable(target, source)
        given = _read_manifest(target)
        for name, data in shipped.items():
            _give(name, data, given, report)
        manifest = {"dlcourse": __version__, "files": given}
        write_whole(target / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n")
    except OSError as error:
        raise CourseError(f"Cannot write in {target} ({error.strerror}): choose a folder of your own.") from error
    return report


def find_material() -> Path:
    """Return the folder with lessons/ and exercises/: inside an installed package, or around a source checkout's."""
    for place in (PACKAGE / "material", PACKAGE.parent):
        if any((place / "lessons").glob("*.ipynb")):
            return place
    raise CourseError("This installation of dlcourse holds no lessons: install it again with `pip install dlcourse`.")


def find_course(place: Path) -> Path | None:
    """Return the course folder that `place` is, or lies in."""
    return next((folder for folder in (place, *place.parents) if (folder / MANIFEST).is_file()), None)


def find_place(folder: str | Path | None = None) -> Path:
    """Return the folder to open, whole; raise CourseError when there is none."""
    place = Path(folder).expanduser() if folder is not None else default_folder(Path.cwd())
    if not place.is_dir():
        raise CourseError(f"There is no folder {place}: make it with `dlcourse start {place}`.")
    return place.resolve()


def default_folder(place: Path) -> Path:
    """Return the course folder that `place` lies in; authors get their source checkout."""
    checkout = PACKAGE.parent
    if course := find_course(place):
        return course
    if any((checkout / "lessons").glob("*.ipynb")):
        return checkout
    raise CourseError(f"{place} is not a course folder: make one with `dlcourse start my-course`.")


def outdated(folder: Path) -> list[str]:
    """Return the files of a course folder that a new `start` would look at again: what the course gives has changed."""
    if not (folder / MANIFEST).is_file():  # a checkout, which is the course itself
        return []
    given = _read_manifest(folder)
    return [name for name, data in _shipped(find_material()).items() if given.get(name) != _entry(name, data)]


def last_saved(folder: Path) -> str | None:
    """Return the notebook that the learner saved last; None while all are as they were given."""
    saved = [
        folder / name
        for name, was in _read_manifest(folder).items()
        if name.endswith(".ipynb")
        and (folder / name).is_file()
        and _digest((folder / name).read_bytes()) != was["bytes"]
    ]
    newest = max(saved, key=lambda path: path.stat().st_mtime, default=None)
    return newest.relative_to(folder).as_posix() if newest else None


def find_checkout(place: Path) -> Path | None:
    """Return the checkout with solutions that `place` is or lies in, else the one this installation is linked to."""
    folders = (place, *place.parents, PACKAGE.parent)
    return next((folder for folder in folders if (folder / "solutions" / "checks").is_dir()), None)


def _refuse_unusable(target: Path, source: Path) -> None:
    if blocking := next((path for path in (target, *target.parents) if path.exists() and not path.is_dir()), None):
        raise CourseError(f"{blocking} is a file: give the name of a folder, such as my-course.")
    real, own = target.resolve(), source.resolve()
    if real == own or any(real.is_relative_to(place) for place in (PACKAGE, own / "lessons", own / "exercises")):
        raise CourseError(f"{target} belongs to dlcourse itself: give a folder of your own, such as my-course.")


def _shipped(source: Path) -> dict[str, bytes]:
    """Everything a learner gets, by its path in the course folder; not what authors edit, nor what Python caches."""
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for pattern in SHIPPED
        for path in sorted(source.glob(pattern))
        if path.is_file()
        and KEPT not in path.name
        and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(source).parts)
    }
    return {"START_HERE.md": START_HERE.encode()} | files


def _read_manifest(target: Path) -> Given:
    """What was given, by path. Of an unreadable manifest nothing is known, and so nothing will be overwritten."""
    try:
        files = json.loads((target / MANIFEST).read_bytes())["files"]
        return {name: {"content": entry["content"], "bytes": entry["bytes"]} for name, entry in files.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _give(name: str, data: bytes, given: Given, report: StartReport) -> None:
    """Bring one file up to date, and note in `given` what the learner has been given."""
    path = report.folder / name
    before, now = given.get(name), _entry(name, data)
    has = _entry(name, path.read_bytes())["content"] if path.exists() else None
    given[name] = now
    if has is None:
        write_whole(path, data)
        report.added.append(name)
    elif before == now:
        (report.unchanged if has == now["content"] else report.kept).append(name)
    elif before is not None and has == before["content"]:
        write_whole(path, data)
        report.updated.append(name)
    elif has == now["content"]:  # an interrupted `start` wrote it, or the learner took the new version by hand
        report.unchanged.append(name)
    else:
        report.beside[name] = _put_beside(name, data, given, report.folder)


def _put_beside(name: str, data: bytes, given: Given, folder: Path) -> str:
    """Write `data` beside the learner's own file, under the first name that holds no work of the learner's."""
    now = _entry(name, data)
    stem, dot, suffix = name.rpartition(".")
    for number in count(1):
        candidate = f"{stem}.new{number if number > 1 else ''}{dot}{suffix}"
        path = folder / candidate
        has = _entry(candidate, path.read_bytes())["content"] if path.exists() else None
        if has is None or has == now["content"] or has == given.get(candidate, now)["content"]:
            break
    write_whole(path, data)
    given[candidate] = now
    return candidate


def _entry(name: str, data: bytes) -> dict[str, str]:
    return {"content": _content(name, data), "bytes": _digest(data)}


def _content(name: str, data: bytes) -> str:
    """Digest what a person writes: of a notebook the types and sources of its cells, of any other file all of it.

    Empty cells do not count: JupyterLab adds one when the last cell is run.
    """
    if name.endswith(".ipynb"):
        try:
            cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(data)["cells"]]
        except (ValueError, KeyError, TypeError):
            pass  # a learner's broken notebook is still a learner's: compare its bytes
        else:
            data = json.dumps([cell for cell in cells if cell[1].strip()]).encode()
    return _digest(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
