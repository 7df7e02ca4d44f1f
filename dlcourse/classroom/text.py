"""Strangers' text, such as a name on disk or an error's message: as something that files and databases can hold."""

import hashlib


def as_text(string: str) -> str:
    r"""A string as text that can be written: halves of characters, as in an error's message or a name on disk, spelt out.

    >>> as_text("M\udcfcller")
    'M\\udcfcller'
    """
    return string.encode(errors="backslashreplace").decode()


def file_name(student: str) -> str:
    """A file's name for a student: the id itself, or its beginning and a hash where a file system could not hold it."""
    readable = as_text(student)
    if readable == student and len(student.encode()) <= 180:
        return student
    return f"{readable[:40]}-{hashlib.sha256(readable.encode()).hexdigest()[:12]}"
