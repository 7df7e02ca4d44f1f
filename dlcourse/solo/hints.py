"""The hints of a question, as they fold out in its notebook: a direction, a step, almost code."""

import re
from dataclasses import dataclass

from dlcourse.solo.given import Given

HINT = re.compile(
    r"<details>\s*<summary>\s*(?P<label>Hint \d+.*?)\s*</summary>(?P<text>.*?)</details>", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True)
class Hint:
    """What it says on the fold, and below it, in Markdown."""

    label: str
    text: str


def hints(given: Given, question: str) -> list[Hint]:
    """The hints of a question, in order."""
    return [
        Hint(found["label"], found["text"].strip()) for text in given.prose(question) for found in HINT.finditer(text)
    ]
