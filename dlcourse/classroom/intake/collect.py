"""Collecting: everything that was handed in, in whatever form, as one list of submissions, in the same order every time."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from dlcourse.classroom.intake.archives import BadArchive, Refused, unpack
from dlcourse.classroom.intake.attempts import numbered
from dlcourse.classroom.intake.entries import Entry, look_at, walk
from dlcourse.classroom.intake.forms import Place, grouped, nfc, places_in
from dlcourse.classroom.intake.members import archive_stem
from dlcourse.classroom.intake.opened import opened
from dlcourse.classroom.intake.register import Who, folded
from dlcourse.classroom.intake.students import Students
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.intake.times import Times
from dlcourse.classroom.intake.works import SURE, Work, works_in
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

#: The assignment of work that is of no exercise, as far as anybody can tell, in a collection of several.
UNKNOWN = "unknown"
EXPECTED = (
    "expected STUDENT/ASSIGNMENT/NOTEBOOK.ipynb, STUDENT.ipynb with --exercise, or a download of Canvas or Moodle"
)


@dataclass(frozen=True)
class Collected:
    """All submissions in order; `strangers` handed in and are not on the roster; `refused` members were not unpacked."""

    submissions: tuple[Submission, ...]
    strangers: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()


def collect(
    paths: Sequence[Path],
    *,
    into: Path,
    exercise: str | None = None,
    roster: Mapping[str, Person] | None = None,
    times: Times | None = None,
    student: str | None = None,
    known: Collection[str] = (),
    zone: tzinfo | None = None,
) -> Collected:
    """Collect folders, archives and single notebooks; what archives hold is unpacked into `into`, and no other file made.

    `exercise` narrows a tree and names everything else; `known` exercises are told by their released file names, too.
    `student` says whose a single hand-in is. Dates without a zone are by the clock of `zone` (None: of this machine).
    UsageError where a path holds no submissions, or nothing says of which exercise.
    """
    gathered = Gathered(Who(nfc(student)) if student else None)
    for path in dict.fromkeys(paths):
        gathered.add(path, into, known, zone)
    places = [place for place in gathered.places if exercise is None or place.assignment in ("", exercise)]
    works = [work for place in places for work in works_in(place, exercise, known)]
    if not works:
        names, wanted = ", ".join(map(str, paths)), f" of {exercise}" if exercise else ""
        raise UsageError(f"{names} holds no submissions{wanted}: {EXPECTED}")
    students = Students(roster)
    submissions = numbered(with_assignments(works), students, students.told(times or {}))
    absent = missing(submissions, roster or {}, exercise)
    found = sorted([*submissions, *absent], key=lambda one: (one.student, one.assignment, one.attempt))
    notes = [
        *gathered.notes,
        *students.notes,
        *by_their_own_word(works),
        *late_by_canvas(works, students),
        *about(found),
    ]
    return Collected(
        tuple(found), tuple(sorted(students.strangers)), tuple(gathered.refused), tuple(dict.fromkeys(notes))
    )


class Gathered:
    """What all paths together hold; `owner` is whose it is where that was said."""

    def __init__(self, owner: Who | None) -> None:
        self._owner = owner
        self.places: list[Place] = []
        self.refused: list[Refused] = []
        self.notes: list[str] = []

    def add(self, path: Path, into: Path, known: Collection[str], zone: tzinfo | None) -> None:
        """Look at one path: a folder, an archive or a notebook."""
        entries, refused = entries_of(path, into, zone)
        self.refused.extend(refused)
        places, loose = places_in(entries, str(path), known, zone)
        if loose:
            self.notes.append(f"{path}: not anybody's work: {', '.join(entry.shown for entry in loose)}")
        if self._owner:
            places = [replace(place, who=self._owner) for place in only(places, self._owner)]
        elif path.is_file():
            places = [named_by_archive(path, place) if place.who.id in known else place for place in places]
        for place in places:
            inside, kept_out = opened(place, into, zone)
            self.places.extend(inside)
            self.refused.extend(kept_out)


def entries_of(path: Path, into: Path, zone: tzinfo | None) -> tuple[Sequence[Entry], Sequence[Refused]]:
    """What lies at a path."""
    if path.is_dir():
        return list(walk(path)), ()
    if not path.exists():
        raise UsageError(f"{path} does not exist: give a folder, an archive or a notebook that was handed in")
    if archive_stem(path.name):
        try:
            unpacked = unpack(path, into, zone=zone)
        except BadArchive as error:
            raise UsageError(f"{path} cannot be opened: {error}") from None
        return unpacked.entries, unpacked.refused
    if path.suffix.lower() != ".ipynb":
        raise UsageError(f"{path} is a file, but neither a notebook nor a zip or tar archive")
    return list(look_at(path.resolve(), (path.name,))), ()


def named_by_archive(path: Path, place: Place) -> Place:
    """A single hand-in whose file is named as the exercise: an archive around it says whose it is, else nobody does."""
    if not (student := archive_stem(path.name)):
        raise UsageError(f"{path.name} is named as the exercise is: say whose it is with --student ID")
    return replace(place, who=Who(nfc(student)))


def only(places: Sequence[Place], owner: Who) -> Sequence[Place]:
    """The places, which must be one student's."""
    if len({place.who for place in places}) > 1:
        raise UsageError(f"--student {owner.id} says whose a single hand-in is, and here are those of several students")
    return places


def with_assignments(works: Sequence[Work]) -> list[Work]:
    """The works, each with its exercise; what does not say so itself is of the one that all others are of."""
    seen = {work.assignment for work in works} - {""}
    if not seen:
        raise UsageError(
            "no notebook says which exercise it is of, nor is one named so: say which exercise they are with --exercise NAME"
        )
    if len(seen) == 1:
        return [replace(work, assignment=work.assignment or min(seen)) for work in works]
    return [work if work.assignment else of_unknown(work) for work in works]


def of_unknown(work: Work) -> Work:
    """A work of an exercise that nobody can tell."""
    problem = (
        work.problem or "neither the notebook nor its name says which exercise it is of: grade it with --exercise NAME"
    )
    return replace(work, assignment=UNKNOWN, path=None, status=work.status or "malformed", problem=problem)


def missing(found: Sequence[Submission], roster: Mapping[str, Person], exercise: str | None) -> list[Submission]:
    """Everybody on the roster who did not hand in what others did."""
    assignments = {exercise} if exercise else {submission.assignment for submission in found} - {UNKNOWN}
    there = {(submission.student, submission.assignment) for submission in found}
    return [
        Submission(student, assignment, None, "missing", "on the roster, and nothing was handed in")
        for student in roster
        for assignment in assignments
        if (student, assignment) not in there
    ]


def by_their_own_word(works: Iterable[Work]) -> list[str]:
    """Where nothing but the notebooks says what they are of, and they disagree, a person should know."""
    counts = Counter(work.assignment for work in works if work.assignment and not work.place.assignment)
    if len(counts) < 2:
        return []
    told = ", ".join(f"{count} of {assignment}" for assignment, count in sorted(counts.items()))
    return [f"the notebooks say that they are of several exercises ({told}); --exercise NAME takes all for one"]


def late_by_canvas(works: Iterable[Work], students: Students) -> list[str]:
    """Canvas says who is late, and not by how much: a note where no better source does."""
    late = sorted({students.id_of(work.place.who) for work in works if work.place.late and work.time_from not in SURE})
    return [f"Canvas marks as late: {', '.join(late)} (by how much says a --times FILE)"] if late else []


def about(found: Sequence[Submission]) -> list[str]:
    """What an instructor should know of the list."""
    notes = []
    for group in grouped({submission.student for submission in found}, folded):
        if len(group) > 1:
            notes.append(f"{' and '.join(sorted(group))} differ in capitals only: two students, or one?")
    unsure = sum(submission.path is not None and submission.time_from not in SURE for submission in found)
    if unsure:
        notes.append(
            f"times of submission of {unsure} are dates of files, perhaps of their download: where lateness counts, give --times FILE"
        )
    return sorted(notes)
