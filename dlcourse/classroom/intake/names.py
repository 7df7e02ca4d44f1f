"""What file names say about who handed something in: the naming of Canvas, Moodle and nbgrader, and marks of attempts.

>>> canvas("zimmerada_LATE_4711_90125_05_activations-1.ipynb").original
'05_activations-1.ipynb'
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dlcourse.classroom.intake.register import Who
from dlcourse.classroom.intake.times import time_in_name

#: Canvas: the sortable name run together, LATE, the user's number, the file's number, the name that the file had; what
#: was typed in instead of handed in as a file has no number.
FILE = r"(?:\d+_(?P<original>.+)|(?P<typed>(?:text|link)\.html))"
CANVAS = re.compile(rf"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<number>\d+)_{FILE}", re.DOTALL)
CANVAS_ANONYMOUS = re.compile(rf"(?:(?P<late>LATE)_)?(?P<name>anon_[A-Za-z0-9]+)_{FILE}", re.DOTALL)
#: Moodle: the full name, the participant's number, the kind of hand-in; a folder, or in front of the file's own name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<original>.*))?", re.DOTALL)
#: Marks that tell one upload from the next: of browsers `work (1).ipynb`, of Canvas `work-1.ipynb`.
OF_BROWSER = re.compile(r"(?P<base>.+?) ?\((?P<number>\d{1,3})\)", re.DOTALL)
OF_CANVAS = re.compile(r"(?P<base>.+)-(?P<number>\d{1,3})", re.DOTALL)
ATTEMPT = re.compile(r"attempt[-_ ]?(?P<number>\d{1,4})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What a platform's name for a file says."""

    who: Who
    original: str = ""
    late: bool = False
    platform: str = ""


def canvas(name: str) -> Named | None:
    """The parts of a name in Canvas's download of submissions; nothing where it is none."""
    found = CANVAS_ANONYMOUS.fullmatch(name) or CANVAS.fullmatch(name)
    if not found:
        return None
    parts = found.groupdict()
    number = parts.get("number") or ""
    who = Who("_".join(filter(None, (parts["name"], number))), number, parts["name"])
    return Named(who, parts["original"] or parts["typed"], bool(parts["late"]), "Canvas")


def moodle(name: str) -> Named | None:
    """The parts of a name in Moodle's download of submissions; nothing where it is none.

    >>> moodle("Ada Zimmer_4711_assignsubmission_file_").who.number
    'Participant 4711'
    """
    found = MOODLE.fullmatch(name)
    if not found:
        return None
    who = Who(f"{found['name']}_{found['number']}", f"Participant {found['number']}", found["name"])
    return Named(who, found["original"] or "", platform="Moodle")


def inbound(name: str, zone: tzinfo | None) -> tuple[str, str, datetime] | None:
    """Student, assignment and time in a folder's name of nbgrader's exchange: `STUDENT+ASSIGNMENT+TIME+RANDOM`."""
    parts = name.split("+")
    when = time_in_name(parts[2], zone) if len(parts) in (3, 4) else None
    return (parts[0], parts[1], when) if when else None


def unmarked(stem: str, platform: str = "") -> tuple[str, tuple[int, int]]:
    """The name of a file without its marks, and the marks as something to order by.

    >>> unmarked("work (2)"), unmarked("work-1", "Canvas"), unmarked("work-1")
    (('work', (0, 2)), ('work', (1, 0)), ('work-1', (0, 0)))
    """
    uploads = downloads = 0
    if platform == "Canvas" and (found := OF_CANVAS.fullmatch(stem)):
        stem, uploads = found["base"], int(found["number"])
    if found := OF_BROWSER.fullmatch(stem):
        stem, downloads = found["base"], int(found["number"])
    return stem, (uploads, downloads)


def attempt(folder: str) -> int | None:
    """The number of an attempt in a folder's name, if there is one."""
    found = ATTEMPT.search(folder)
    return int(found["number"]) if found else None
