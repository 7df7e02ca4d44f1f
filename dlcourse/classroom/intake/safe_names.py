r"""Names of an archive's members, made safe: no way out of the target folder, and nothing that a file system cannot hold.

>>> safe_parts("submitted\\ada\\05_activations.ipynb")
('submitted', 'ada', '05_activations.ipynb')
>>> safe_parts("../../etc/passwd")
Traceback (most recent call last):
dlcourse.classroom.intake.safe_names.Refusal: its name leads out of the folder
"""

import re
import unicodedata

from dlcourse.classroom.intake.entries import MAX_DEPTH, TOO_DEEP
from dlcourse.classroom.text import file_name

#: What Windows has no room for in a name; control characters, and halves of characters, everywhere.
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f\ud800-\udfff]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Refusal(Exception):
    """A member of an archive that is not unpacked; the message says why."""


def safe_parts(name: str) -> tuple[str, ...]:
    """The names on the way to a member, each safe to use on any system, or `Refusal`."""
    path = name.replace("\\", "/")
    if path.startswith("/"):
        raise Refusal("its name is an absolute path")
    if re.match(r"[A-Za-z]:", path):
        raise Refusal("its name begins with a drive letter")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if any(not part.strip(" .") for part in parts):  # Windows takes `.. ` for `..`
        raise Refusal("its name leads out of the folder")
    if not parts:
        raise Refusal("it has no name")
    if len(parts) > MAX_DEPTH:
        raise Refusal(TOO_DEEP)
    return tuple(map(safe_part, parts))


def safe_part(part: str) -> str:
    """One name; characters that some system forbids become `_`, and one that is too long keeps its beginning and its ending.

    >>> safe_part("2026-03-01 12:00"), safe_part("aux.ipynb")
    ('2026-03-01 12_00', '_aux.ipynb')
    """
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", part)).rstrip(" .")
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, _, ending = name.rpartition(".")
    return f"{file_name(stem)}.{ending}" if stem and ending.isascii() and len(ending) <= 12 else file_name(name)


def same_place(parts: tuple[str, ...]) -> tuple[str, ...]:
    """What two members have in common that would meet on a system which does not tell capitals from small letters."""
    return tuple(unicodedata.normalize("NFC", part.casefold()) for part in parts)
