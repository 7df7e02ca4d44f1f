"""A student's own archive: what somebody zipped before handing it in is looked into, one archive deep."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from dlcourse.classroom.intake.archives import STUDENT, BadArchive, Refused, unpack
from dlcourse.classroom.intake.entries import Entry
from dlcourse.classroom.intake.forms import Place
from dlcourse.classroom.intake.members import archive_stem
from dlcourse.classroom.intake.names import unmarked

NESTED = "an archive within the archive that was handed in is not opened: {}"


def opened(place: Place, into: Path, zone: tzinfo | None) -> tuple[list[Place], list[Refused]]:
    """The place with its archives unpacked, each of them a place, where it holds no notebook as it is."""
    archives = [entry for entry in place.files if archive_stem(entry.name)]
    if not archives or any(entry.suffix == ".ipynb" for entry in place.files):
        return [place], []
    rest = tuple(entry for entry in place.files if entry not in archives)
    places: list[Place] = []
    refused: list[Refused] = []
    for archive in archives:
        inside, kept_out = look_into(archive, into, zone)
        _, (uploads, downloads) = unmarked(archive_stem(archive.name), place.platform)
        order = place.order or 1_000 * uploads + downloads
        places.append(replace(place, files=(*inside, *rest), order=order, shown=archive.shown))
        refused += kept_out
    return places, refused


def look_into(archive: Entry, into: Path, zone: tzinfo | None) -> tuple[list[Entry], tuple[Refused, ...]]:
    """What an archive holds. It was handed in on its own date, whatever the dates inside say."""
    if not archive.path:
        return [archive], ()
    try:
        unpacked = unpack(archive.path, into, STUDENT, zone)
    except BadArchive as error:
        return [replace(archive, path=None, problem=f"{archive.name} cannot be opened: {error}")], ()
    return list(of_archive(archive, unpacked.entries)), unpacked.refused


def of_archive(archive: Entry, entries: Iterable[Entry]) -> Iterable[Entry]:
    """The files of an archive, in the place of the archive."""
    for entry in entries:
        if entry.is_folder:
            continue
        is_nested = bool(archive_stem(entry.name))
        yield replace(
            entry,
            parts=(*archive.parts, *entry.parts),
            path=None if is_nested else entry.path,
            problem=NESTED.format(entry.name) if is_nested else entry.problem,
            from_archive=archive.from_archive,
            when=archive.when,
        )
