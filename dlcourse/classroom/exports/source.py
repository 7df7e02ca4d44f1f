"""Where an export's standings come from: a folder of results."""

from collections.abc import Sequence
from pathlib import Path

from dlcourse.classroom.gradebook.standing import Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.results import load_all
from dlcourse.grading.exercise import UsageError


def standings_in(results: Path) -> Sequence[Standing]:
    """What counts, by student and assignment, as a folder of results has it."""
    standings = list(map(standing_of, load_all(results)))
    if not standings:
        raise UsageError(
            f"{results} holds no results: name the folder that `dlcourse grade ... --out FOLDER` has written"
        )
    return standings


def standing_of(record: Record) -> Standing:
    """A record as it counts where nobody has changed anything."""
    questions = tuple(
        QuestionStanding(q.id, q.title, q.score, q.max_score, q.status, q.mistake) for q in record.questions
    )
    return Standing(Person(record.student), record.assignment, record, 1, questions, Lateness(), record.max_score)
