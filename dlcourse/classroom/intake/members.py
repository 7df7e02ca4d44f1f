"""The members of a zip or a tar archive, as Python's `zipfile` and `tarfile` read them; nothing is unpacked here."""

import gzip
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, cast

from dlcourse.classroom.intake.safe_names import Refusal
from dlcourse.classroom.intake.times import in_zone

ARCHIVES = re.compile(r".+\.(zip|tar|tar\.gz|tgz)", re.IGNORECASE)
#: The entries of a zip's table of contents begin so; counted before `zipfile` makes an object of each.
ZIP_ENTRY = b"PK\x01\x02"
ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
GZIP = b"\x1f\x8b"


def archive_stem(name: str) -> str:
    """The name of an archive without its ending, or nothing where it is none.

    >>> archive_stem("work-1.tar.gz"), archive_stem("work.ipynb")
    ('work-1', '')
    """
    found = ARCHIVES.fullmatch(name)
    return name[: found.start(1) - 1] if found else ""


@dataclass(frozen=True)
class Member:
    """A member: its name, the problem for which it is refused, its date, its packed size where it has one of its own."""

    name: str
    open: Callable[[], IO[bytes]]
    is_folder: bool = False
    problem: str = ""
    when: datetime | None = None
    packed: int | None = None


def members_of(archive: Path, zone: tzinfo | None, most: int, total: int) -> Iterator[Member]:
    """The members of an archive, in its order; `most` of them and `total` bytes of a tar are looked at before `Refusal`.

    A damaged archive may raise anything.
    """
    with archive.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == b"PK":
        yield from zip_members(archive, zone, most)
    else:
        yield from tar_members(archive, total, packed=magic[:2] == GZIP)


def zip_members(archive: Path, zone: tzinfo | None, most: int) -> Iterator[Member]:
    """The members of a zip. Its dates have no time zone: they are taken to be in `zone`, unless UTC stands beside."""
    with archive.open("rb") as file:
        if sum(chunk.count(ZIP_ENTRY) for chunk in iter(lambda: file.read(2**20), b"")) > most:
            raise Refusal(f"it holds more than {most:,} members")
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            yield Member(
                zip_name(info),
                lambda info=info: opened.open(info),  # type: ignore[misc]
                info.is_dir(),
                zip_problem(info),
                zip_date(info, zone),
                info.compress_size,
            )


def zip_name(info: zipfile.ZipInfo) -> str:
    """The name as its author saw it: many programs write UTF-8 and forget to say so."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def zip_problem(info: zipfile.ZipInfo) -> str:
    """Why a member of a zip is refused, if it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    cases = (
        (bool(info.flag_bits & 0x1), "it is encrypted"),
        (kind == stat.S_IFLNK, "it is a link"),
        (kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK), "it is a device"),
        ("\0" in info.orig_filename, "its name holds a zero byte"),
        (info.compress_type not in ZIP_METHODS, "it is packed by another method than zip's usual one"),
    )
    return next((problem for holds, problem in cases if holds), "")


def zip_date(info: zipfile.ZipInfo, zone: tzinfo | None) -> datetime | None:
    """The date of a member: in UTC where the extended timestamp is there (field 0x5455), else by the clock of its packer."""
    extra = info.extra
    while len(extra) >= 4:
        field, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if field == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return tar_date(int.from_bytes(extra[5:9], "little", signed=True))
        extra = extra[4 + size :]
    try:
        return in_zone(datetime(*info.date_time), zone) if info.date_time > (1980, 1, 2) else None
    except (ValueError, OverflowError):
        return None


def tar_members(archive: Path, total: int, *, packed: bool) -> Iterator[Member]:
    """The members of a tar, read from front to back; the standard library's `data` filter has its say on each."""
    with (
        cast(IO[bytes], gzip.GzipFile(archive)) if packed else archive.open("rb") as source,
        tarfile.open(fileobj=cast(IO[bytes], Counted(source, total)), mode="r|", encoding="utf-8") as opened,
    ):
        for info in opened:
            yield Member(
                tar_name(info),
                lambda info=info: cast(IO[bytes], opened.extractfile(info)),  # type: ignore[misc]
                info.isdir(),
                tar_problem(info, archive.parent),
                tar_date(info.mtime),
            )


def tar_name(info: tarfile.TarInfo) -> str:
    """The name of a member; bytes that are not UTF-8 are from a system of the time before it, in Western Europe mostly."""
    raw = info.name.encode("utf-8", "surrogateescape")
    return raw.decode("latin-1") if any("\udc80" <= letter <= "\udcff" for letter in info.name) else info.name


def tar_problem(info: tarfile.TarInfo, folder: Path) -> str:
    """Why a member of a tar is refused, if it is."""
    cases = ((info.issym() or info.islnk(), "it is a link"), (not (info.isreg() or info.isdir()), "it is a device"))
    if found := next((problem for holds, problem in cases if holds), ""):
        return found
    try:
        tarfile.data_filter(info, str(folder))
    except tarfile.FilterError:
        return "its name leads out of the folder"
    return ""


def tar_date(seconds: float) -> datetime | None:
    """A date in seconds since 1970, where it is one at all."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


class Counted:
    """A stream that ends with `Refusal` when more comes out of it than is allowed, whatever its headers promise."""

    def __init__(self, stream: IO[bytes], allowed: int) -> None:
        self._stream, self._left = stream, allowed

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise Refusal("it unpacks to more than is allowed")
        return data
