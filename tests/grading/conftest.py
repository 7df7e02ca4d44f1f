from pathlib import Path

import pytest
from classroom import EXERCISE, ROOT, everyone, hand_in, rows

from dlcourse.checks.limits import Limits
from dlcourse.classroom.grade import grade_folder
from dlcourse.grading.exercise import GradedExercise, load_full
from dlcourse.grading.probe import choose

#: Short enough for a test, long enough for an honest cell on a busy machine.
LIMITS = Limits(cell_seconds=5.0)


@pytest.fixture(scope="session")
def exercise() -> GradedExercise:
    return load_full(ROOT / "solutions", EXERCISE)


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory, exercise: GradedExercise) -> Path:
    """The folder of results of the whole class, graded in one call."""
    folder = tmp_path_factory.mktemp("class")
    for student in everyone(frozenset(question.id for question in exercise.questions)):
        hand_in(student, folder / "submitted")
    grade_folder(
        folder / "submitted", folder / "results", ROOT / "solutions", limits=LIMITS, level=choose(trusted=True)
    )
    return folder


@pytest.fixture(scope="session")
def grades(graded_class: Path) -> dict[str, dict[str, str]]:
    return {row["student_id"]: row for row in rows(graded_class / "results" / "grades.csv")}


@pytest.fixture(scope="session")
def by_question(graded_class: Path) -> list[dict[str, str]]:
    return rows(graded_class / "results" / "questions.csv")
