"""A submission as intake finds it, before anybody has looked into it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Submission:
    """One attempt of a student's at one assignment: the file to grade, or the outcome and the reason why there is none.

    `submitted` is when it was handed in (with a time zone), `time_from` where that is known from.
    """

    student: str
    assignment: str
    path: Path | None
    status: str = ""
    problem: str = ""
    attempt: int = 1
    submitted: datetime | None = None
    time_from: str = ""
