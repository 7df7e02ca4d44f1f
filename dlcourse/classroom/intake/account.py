"""A short account of what was collected, for a person to read before anything is graded."""

from collections.abc import Sequence

from dlcourse.classroom.intake.collect import Collected

FEW = 3


def account(collected: Collected) -> str:
    """One line of numbers: `284 notebooks of 282 students, 2 attempts beyond the first, 18 missing, ...`."""
    handed_in = [submission for submission in collected.submissions if submission.status != "missing"]
    notebooks = [submission for submission in handed_in if submission.path]
    counts = (
        (sum(submission.attempt > 1 for submission in handed_in), "{} attempt{s} beyond the first"),
        (sum(submission.status == "malformed" for submission in handed_in), "{} not readable"),
        (len(collected.submissions) - len(handed_in), "{} missing"),
    )
    students = {submission.student for submission in notebooks}
    parts = [f"{counted(len(notebooks), 'notebook')} of {counted(len(students), 'student')}"]
    parts += [text.format(count, s="" if count == 1 else "s") for count, text in counts if count]
    if collected.refused:
        refused = [one.member for one in collected.refused]
        parts.append(f"{counted(len(refused), 'archive member')} refused: {few(refused)}")
    if collected.strangers:
        parts.append(f"{len(collected.strangers)} not on the roster: {few(collected.strangers)}")
    return ", ".join(parts)


def counted(count: int, what: str) -> str:
    """A number of things.

    >>> counted(1, "notebook"), counted(2, "notebook")
    ('1 notebook', '2 notebooks')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def few(names: Sequence[str]) -> str:
    """The first few names, and how many more there are.

    >>> few(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def doubts(collected: Collected) -> list[str]:
    """What a person should look at, a line each: what cannot be read, who is missing, who is not on the roster, what was refused."""
    unreadable = [one for one in collected.submissions if one.status == "malformed"]
    missing = [one for one in collected.submissions if one.status == "missing"]
    return [
        *(f"not readable: {one.student}, {one.assignment}: {one.problem}" for one in unreadable),
        *(f"missing: {one.student}, {one.assignment}" for one in missing),
        *(f"not on the roster: {student}" for student in collected.strangers),
        *(f"refused: {one.member} in {one.archive}: {one.reason}" for one in collected.refused),
        *(f"note: {note}" for note in collected.notes),
    ]
