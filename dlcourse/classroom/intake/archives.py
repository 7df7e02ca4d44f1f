"""Unpacking archives of strangers: each member is written under a safe name, or refused by name, and the others go on."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from dlcourse.classroom.intake.entries import Entry, is_hidden
from dlcourse.classroom.intake.members import Member, members_of
from dlcourse.classroom.intake.safe_names import Refusal, safe_part, safe_parts, same_place
from dlcourse.classroom.text import as_text
from dlcourse.files import write_whole

MAX_MEMBER = 64 * 2**20
#: From here on it is looked at how much a member grows: a notebook shrinks to a tenth, a bomb to a thousandth.
RATIO_FROM, MAX_RATIO = 4 * 2**20, 200
CHUNK = 2**16


class BadArchive(Exception):
    """An archive that cannot be opened; the message says why."""


@dataclass(frozen=True)
class Refused:
    """A member that was not unpacked, with the reason."""

    archive: str
    member: str
    reason: str


@dataclass(frozen=True)
class Room:
    """What an archive may fill: so many members, so many bytes, counted while they are read."""

    members: int
    total: int


CLASS = Room(members=50_000, total=8 * 2**30)
STUDENT = Room(members=2_000, total=256 * 2**20)


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive: entries, among them those that were refused and have a place, and what was refused."""

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]


def unpack(archive: Path, into: Path, room: Room = CLASS, zone: tzinfo | None = None) -> Unpacked:
    """Unpack an archive into a folder of its own below `into`, named by its content: the same again changes nothing.

    Raises `BadArchive` where nothing at all can be read.
    """
    unpacking = Unpacking(archive.name, target_of(archive, into), room)
    members = members_of(archive, zone, room.members, room.total)
    try:
        unpacking.take(guarded(members))
    except BadArchive as error:
        if not unpacking.entries:
            raise
        unpacking.refuse("all that follows", str(error))
    finally:
        members.close()  # type: ignore[attr-defined]
    full = {entry.parts[:i] for entry in unpacking.entries for i in range(1, len(entry.parts))}
    entries = [entry for entry in unpacking.entries if not (entry.is_folder and entry.parts in full)]
    return Unpacked(tuple(sorted(entries, key=lambda entry: entry.parts)), tuple(unpacking.refused))


def target_of(archive: Path, into: Path) -> Path:
    """The folder for an archive's members."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return into / f"{safe_part(archive.name)[:60]}-{digest[:12]}"


def guarded(members: Iterator[Member]) -> Iterator[Member]:
    """The members; whatever a damaged archive makes of the standard library's readers becomes `BadArchive`."""
    while True:
        try:
            member = next(members)
        except StopIteration:
            return
        except Refusal as error:
            raise BadArchive(str(error)) from None
        except Exception as error:
            raise BadArchive(f"it is damaged or no zip or tar archive ({as_text(str(error))[:100]})") from None
        yield member


class Unpacking:
    """One archive on its way to a folder: what has been unpacked so far, and what room is left."""

    def __init__(self, archive: str, target: Path, room: Room) -> None:
        self._archive, self._target, self._room = archive, target, room
        self._read = 0
        self._files: set[tuple[str, ...]] = set()
        self._folders: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.entries: list[Entry] = []
        self.refused: list[Refused] = []

    def take(self, members: Iterator[Member]) -> None:
        """Unpack the members."""
        for number, member in enumerate(members):
            if number >= self._room.members:
                raise BadArchive(f"it holds more than {self._room.members:,} members")
            parts: tuple[str, ...] = ()
            try:
                parts = safe_parts(member.name)
                if any(map(is_hidden, parts)):
                    continue
                self._unpack(member, parts)
            except Refusal as error:
                self.refuse(member.name, str(error))
                if parts:
                    self.entries.append(Entry(parts, None, f"refused from {self._archive}: {error}"))

    def refuse(self, member: str, reason: str) -> None:
        """Note down what is not unpacked."""
        readable = as_text(member)
        self.refused.append(
            Refused(self._archive, readable if len(readable) <= 120 else f"{readable[:117]}...", reason)
        )

    def _unpack(self, member: Member, parts: tuple[str, ...]) -> None:
        if member.problem:
            raise Refusal(member.problem)
        self._claim(parts, is_folder=member.is_folder)
        if member.is_folder:
            self.entries.append(Entry(parts, None, is_folder=True))
            return
        path, data = self._target.joinpath(*parts), self._content(member)
        write_whole(path, data)
        os.utime(path, (seconds := member.when.timestamp() if member.when else 0, seconds))
        self.entries.append(Entry(parts, path, from_archive=True, when=member.when))

    def _claim(self, parts: tuple[str, ...], *, is_folder: bool) -> None:
        """Take a name that no other member has, not even in other letters: on some systems the two would be one."""
        folders = [parts[:i] for i in range(1, len(parts) + is_folder)]
        if same_place(parts) in self._files or (not is_folder and same_place(parts) in self._folders):
            raise Refusal("another member has this name, perhaps in other capitals")
        for folder in folders:
            if same_place(folder) in self._files:
                raise Refusal("the folder that it lies in is a file as well")
            if self._folders.setdefault(same_place(folder), folder) != folder:
                raise Refusal("the folder that it lies in has the name of another one, in other capitals")
        if not is_folder:
            self._files.add(same_place(parts))

    def _content(self, member: Member) -> bytes:
        """What a member holds: counted while it is read, since a header may promise anything."""
        data = bytearray()
        for chunk in chunks(member):
            data += chunk
            self._read += len(chunk)
            grown = member.packed is not None and len(data) > max(RATIO_FROM, MAX_RATIO * member.packed)
            if grown or len(data) > MAX_MEMBER:
                raise Refusal(f"it unpacks to more than {len(data) / 2**20:.0f} MB")
            if self._read > self._room.total:
                raise Refusal(f"the archive unpacks to more than {self._room.total / 2**20:.0f} MB")
        return bytes(data)


def chunks(member: Member) -> Iterator[bytes]:
    """The bytes of a member, piece by piece; damage becomes `Refusal`."""
    try:
        with member.open() as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(f"it is damaged ({as_text(str(error))[:100]})") from None
