"""An exercise as the course gives it out, wherever this installation holds a copy that the learner does not work in."""

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from dlcourse.course import CourseError, find_checkout, find_material
from dlcourse.grading.master import student_notebook
from dlcourse.solo.cells import Document, is_answer, question_of, source_of

TITLE = re.compile(r"^#+ (?P<id>q\w+)\b[ ·]*(?P<title>.*?) *(?:\([\d.]+ points?\))? *$", re.MULTILINE)


@dataclass(frozen=True)
class Given:
    """The cells of an exercise as they are given out."""

    name: str
    cells: tuple[Document, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions, in order."""
        return tuple(dict.fromkeys(question_of(cell) for cell in self.cells if is_answer(cell)))

    def of_question(self, question: str) -> list[int]:
        """The places of a question's answer cells and of its check."""
        return [i for i, cell in enumerate(self.cells) if question_of(cell) == question]

    def prose(self, question: str) -> list[str]:
        """The text cells from a question's heading to the next one's."""
        found, current = [], ""
        for cell in self.cells:
            if cell["cell_type"] == "markdown":
                headings = TITLE.findall(source_of(cell))
                current = headings[-1][0] if headings else current
                found += [source_of(cell)] * (current == question)
        return found

    def title(self, question: str) -> str:
        """What a question's heading calls it."""
        headings = (found for text in self.prose(question) for found in TITLE.finditer(text))
        return next((found["title"] for found in headings if found["id"] == question), "")


@dataclass(frozen=True)
class Installation:
    """What there is to go by: the course's material, and a folder of solutions where this is a checkout."""

    material: Path | None = None
    solutions: Path | None = None

    def given(self, name: str, *, apart_from: Path | None = None) -> Given | None:
        """The exercise as it is given out, but not from the very file that the learner works in; None if it is not held."""
        released = self.material / "exercises" / f"{name}.ipynb" if self.material else None
        if released and released.is_file() and not (apart_from and same_file(released, apart_from)):
            return Given(name, tuple(json.loads(released.read_bytes())["cells"]))
        if master := self.master(name):
            return Given(name, tuple(student_notebook(json.loads(master.read_bytes()))["cells"]))
        return None

    def master(self, name: str) -> Path | None:
        """The master notebook, if the solution of this exercise is held."""
        path = self.solutions / f"{name}.ipynb" if self.solutions else None
        return path if path and path.is_file() else None


def find_installation() -> Installation:
    """What this installation holds; solutions are looked for where `dlcourse grade` looks for them."""
    material = None
    with contextlib.suppress(CourseError):
        material = find_material()
    checkout = find_checkout(Path.cwd())
    return Installation(material, checkout / "solutions" if checkout else None)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file."""
    return other.exists() and one.samefile(other)
