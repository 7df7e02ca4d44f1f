"""Gradescope's `results.json`: one submission's record, as Gradescope shows it to the student.

Each check is a test of its own. A hidden check shows its name and nothing else of itself, and that only when the instructor
lets it: until then Gradescope shows no total either. Everything is plain text to Gradescope, since some of it comes from
what a student's code has said.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from dlcourse import __version__
from dlcourse.checks.report import for_reading, text_lines
from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.record import Record
from dlcourse.classroom.text import as_text

#: When students see a test: at once, after the due date, when grades are published, never.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
AFTER_PUBLISHED = "after_published"


def results(record: Record, hidden: str = AFTER_PUBLISHED) -> dict[str, Any]:
    """The record as Gradescope reads it; `hidden` is when students see the hidden checks' results."""
    tests = [
        test
        for number, question in enumerate(record.questions, 1)
        for test in tests_of(number, question, visibility=hidden)
    ]
    notes = [f"Cell {note.cell}: {note.message}" for note in record.notes]
    return {
        "score": record.score,
        "execution_time": round(record.seconds, 2),
        "output": as_text("\n".join(filter(None, [record.message, *notes]))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "dlcourse": __version__,
            "exercise": record.assignment,
            "status": record.status,
            "isolation": record.isolation,
            "private": record.private,
        },
    }


def tests_of(number: int, question: QuestionResult, *, visibility: str) -> Iterator[dict[str, Any]]:
    """A test for each check of a question, all its cases together."""
    for i, (name, runs) in enumerate(groupby(question.checks, key=lambda check: check.name), 1):
        checks = tuple(runs)
        whole = QuestionResult(question.id, name, checks)
        passed = whole.status == "passed"
        is_hidden = any(check.hidden for check in checks)
        yield {
            "score": whole.score,
            "max_score": whole.max_score,
            "status": "passed" if passed else "failed",
            "name": as_text(f"{question.id} {question.title}: {name}"),
            "name_format": "text",
            "number": f"{number}.{i}",
            "output": "" if passed else as_text(told_hidden(checks) if is_hidden else told(checks)),
            "output_format": "text",
            "tags": [question.id],
            "visibility": visibility if is_hidden else "visible",
        }


def told(checks: Sequence[CheckResult]) -> str:
    """What a student reads of a check: which cases went wrong, how, and which mistake it looks like."""
    return "\n".join(line for check in for_reading(checks) for line in text_lines(check))


def told_hidden(checks: Sequence[CheckResult]) -> str:
    """What a student reads of a hidden check: no case, no number, no hint."""
    return "\n".join(dict.fromkeys(check.message for check in checks if check.message))
