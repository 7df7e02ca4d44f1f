"""Questions that a person marks: what grading can say of them is whether there is anything to read."""

from collections.abc import Collection

from dlcourse.checks.plain import squeezed
from dlcourse.checks.question import Question
from dlcourse.checks.run import QuestionResult, by_a_person
from dlcourse.grading.master import STUBS
from dlcourse.grading.submission import Cell, SubmittedNotebook


def looked_at(question: Question, notebook: SubmittedNotebook, stubs: Collection[str]) -> QuestionResult:
    """`not attempted` where the answer cell is empty or as it was given out (`stubs`); otherwise it awaits a mark.

    So does an answer whose cell is not found: it may stand elsewhere, and a person must look before it is worth nothing.
    """
    cells = notebook.answer_cells(question.id)
    if not cells:
        return by_a_person(
            question, message="its cell is gone from the notebook: look whether the answer stands elsewhere"
        )
    if any(is_written(cell, stubs) for cell in cells):
        return by_a_person(question)
    stub = STUBS["markdown" if cells[0] in notebook.texts else "code"].splitlines()[-1]
    return by_a_person(question, "not attempted", f"write your answer in place of `{stub}`")


def is_written(cell: Cell, stubs: Collection[str]) -> bool:
    """Whether a cell holds more than it was given out with."""
    return squeezed(cell.source) not in {"", *stubs}
