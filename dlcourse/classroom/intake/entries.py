"""What lies in a folder or came out of an archive: a list of entries, each with its place among the others."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LINK = "a link stands in the place of the work: hand in the file itself"
TOO_DEEP = "it lies more than twelve folders deep"
MAX_DEPTH = 12


@dataclass(frozen=True)
class Entry:
    """A file: the names on the way to it, and where it can be read, or the problem for which it cannot.

    `called` is the name that its author gave it, where a learning platform has put more in front; `when` is the date that
    it carries. A folder that holds nothing is an entry, too.
    """

    parts: tuple[str, ...]
    path: Path | None
    problem: str = ""
    is_folder: bool = False
    from_archive: bool = False
    called: str = ""
    when: datetime | None = None

    @property
    def name(self) -> str:
        """The author's name for the file."""
        return self.called or self.parts[-1]

    @property
    def suffix(self) -> str:
        """The ending of the name, in small letters.

        >>> Entry(("ada", "Work.IPYNB"), None).suffix
        '.ipynb'
        """
        return Path(self.name).suffix.lower()

    @property
    def shown(self) -> str:
        """The entry in a message."""
        return "/".join(self.parts)


def is_hidden(name: str) -> bool:
    """Whether a name is none of the author's: a checkpoint, a cache, what a system leaves beside files."""
    return name.startswith((".", "__")) or name in ("Thumbs.db", "desktop.ini")


def walk(folder: Path, parts: tuple[str, ...] = ()) -> Iterator[Entry]:
    """All files in a folder, sorted; links are named and never followed."""
    for path in sorted(folder.iterdir()):
        if not is_hidden(path.name):
            yield from look_at(path, (*parts, path.name))


def look_at(path: Path, parts: tuple[str, ...]) -> Iterator[Entry]:
    """The entries at one path."""
    try:
        mode, changed = path.lstat().st_mode, path.lstat().st_mtime
        if stat.S_ISLNK(mode):
            yield Entry(parts, None, LINK)
        elif stat.S_ISREG(mode):
            yield Entry(parts, path, when=datetime.fromtimestamp(int(changed), UTC))
        elif not stat.S_ISDIR(mode):
            yield Entry(parts, None, "it is neither a file nor a folder")
        elif len(parts) > MAX_DEPTH:
            yield Entry(parts, None, TOO_DEEP)
        else:
            yield from list(walk(path, parts)) or [Entry(parts, None, is_folder=True)]
    except OSError as error:
        yield Entry(parts, None, f"it cannot be read ({error.strerror})")
