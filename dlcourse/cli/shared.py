"""What commands share: how one that cannot go on says so, and where the course lies."""

import re
from pathlib import Path
from typing import Annotated

import typer

from dlcourse.classroom.text import as_text

#: The option of every command that writes into a gradebook.
AS_NAME = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who does this, for the history (your login name).")
]


#: What a terminal would obey and not show; line ends and tabs are harmless.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    r"""What a student wrote, for a terminal: characters that would steer it, and halves of characters, spelt out.

    >>> harmless("plain \x1b[2J")
    'plain \\x1b[2J'
    """
    return CONTROL.sub(lambda found: repr(found[0])[1:-1], as_text(text))


class Stop(Exception):
    """The end of a command that cannot go on; the message is for the person who called."""


def find_root() -> Path:
    """The checkout of the course: this folder, one above it, or the one that this installation is linked to."""
    from dlcourse.course import find_checkout

    if root := find_checkout(Path.cwd()):
        return root
    raise Stop(
        f"{Path.cwd()} is not in a checkout of the course (no solutions/checks here or above): go there, or say --solutions DIR"
    )
