"""What a row of the gradebook says, apart from records and changes by hand, which have files of their own."""

import getpass
from dataclasses import dataclass
from datetime import datetime

from dlcourse.classroom.gradebook.standing import ByHand
from dlcourse.classroom.record import Record


@dataclass(frozen=True)
class By:
    """Who does something, with what command, and why."""

    who: str = ""
    command: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Who: by their login name where nothing else was said."""
        return self.who or login_name()


@dataclass(frozen=True)
class Known:
    """The last result of an attempt in short: enough to tell whether it must be graded again."""

    status: str
    score: float
    max_score: float
    seconds: float
    submitted: str
    isolation: str
    fingerprint: str


@dataclass(frozen=True)
class Entry:
    """A result as it was entered: when, and by whom, why and with what command the grader was run."""

    record: Record
    when: datetime
    who: str
    why: str
    command: str = ""


@dataclass(frozen=True)
class Entered:
    """A change by hand as it was entered: set, or taken back; `old` is what counted before, where anything did."""

    change: ByHand
    taken_back: bool
    old: float | None


def login_name() -> str:
    """Who is at the keyboard."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in some containers
        return "unknown"
