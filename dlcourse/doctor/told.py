"""What was found, told in a list that is short, fits a narrow window, and needs no more signs than the terminal has."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from dlcourse.course import CourseError, find_place
from dlcourse.doctor import examine
from dlcourse.doctor.finding import Finding, Visit

WIDEST = 100
INDENT = " " * 8


def doctor(folder: str | Path | None = None, port: int | None = None) -> int:
    """Examine, tell, and return the exit code.

    Without a folder it is the course folder that the present one lies in, if it lies in one. A folder that is named and is
    not there raises CourseError.
    """
    try:
        course = find_place(folder)
    except CourseError:
        if folder is not None:
            raise
        course = None
    return tell(examine(Visit(course, port)))


def tell(examined: Iterable[tuple[str, Finding]]) -> int:
    """Print each finding as it comes, and return the exit code: 0 if all is well.

    >>> from dlcourse.doctor.finding import Fault
    >>> lid = Fault("The lid is open.", "close lid")
    >>> tell([("colour", Finding("red")), ("lid", Finding("open", (lid,)))])
    ✓ ok    colour: red
    ✗ wrong lid: The lid is open.
            To mend it:
            close lid
    <BLANKLINE>
    1 thing is wrong. Mend it, and ask again: dlcourse doctor
    1
    """
    wrong = 0
    for name, finding in examined:
        if not finding.faults:
            say(paragraph(f"✓ ok    {name}: {finding.found}"))
        for fault in finding.faults:
            wrong += 1
            say(paragraph(f"✗ wrong {name}: {fault.wrong}"))
            say(f"{INDENT}To mend it:\n{INDENT}{fault.mend}")  # in one line, however long: it may be copied
    say(f"\n{summary(wrong)}")
    return 1 if wrong else 0


def summary(wrong: int) -> str:
    """The last line."""
    if not wrong:
        return "All is well."
    things = "1 thing is wrong. Mend it" if wrong == 1 else f"{wrong} things are wrong. Mend the first"
    return f"{things}, and ask again: dlcourse doctor"


def paragraph(text: str) -> str:
    """Wrapped to the window; a path is never cut."""
    width = min(WIDEST, shutil.get_terminal_size().columns)
    return fill(text, width, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False)


def say(text: str) -> None:
    """Print it; a sign that the terminal does not have is left out, and the word beside it says the same."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("✓ ", "").replace("✗ ", "").encode(encoding, "backslashreplace").decode(encoding)
    print(text, flush=True)
