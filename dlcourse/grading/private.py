"""Private checks: what an instructor adds to a public exercise, since what is public is not hidden.

`DIR/NN_name.py` is an ordinary file of checks. Its questions have the ids of the public exercise; what they hold is added
to those, and of two checks (or mistakes, or alternatives) with one name the private one counts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlcourse.checks.question import Question, read_questions


class PrivateError(ValueError):
    """Private checks that cannot be used; the message names file, question and remedy."""


@dataclass(frozen=True)
class PrivateChecks:
    """The file of private checks of one exercise."""

    path: Path

    @property
    def trace(self) -> str:
        """Its name and the hash of its content: by this a grade can be traced to the checks that gave it."""
        return f"{self.path.name} sha256:{hashlib.sha256(self.path.read_bytes()).hexdigest()}"

    def added_to(self, public: Sequence[Question], promised: Mapping[str, float]) -> list[Question]:
        """The public questions with what the file adds; `PrivateError` where the two do not go together.

        `promised` holds the points that the notebook's headings name.
        """
        added = {question.id: question for question in self.questions()}
        for question in added.values():
            self.require_fit(question, {other.id: other for other in public})
        merged = [
            question.with_private(added[question.id]) if question.id in added else question for question in public
        ]
        for old, new in zip(public, merged, strict=True):
            if new.points not in (old.points, promised.get(new.id)):
                raise PrivateError(
                    f"{self.path}: with it {new.id} is worth {new.points:g} points, but students read {old.points:g}: give a "
                    "check the name of one that it replaces, or share the points out among them"
                )
        return merged

    def questions(self) -> list[Question]:
        """What the file defines."""
        try:
            return read_questions(self.path)
        except (Exception, SystemExit) as error:  # it is Python: anything can happen in it
            raise PrivateError(f"{self.path} cannot be read as checks: {type(error).__name__}: {error}") from None

    def require_fit(self, question: Question, public: Mapping[str, Question]) -> None:
        """Refuse a question of the file that the exercise does not have, or that asks for something else, or shows itself."""
        if question.id not in public:
            raise PrivateError(
                f"{self.path}: the exercise has no question {question.id!r}, it has {', '.join(public)}: rename it, or take it out"
            )
        names = public[question.id].names
        if strange := sorted(set(question.names) - set(names)):
            raise PrivateError(
                f"{self.path}: {question.id} asks for {', '.join(names)}, not for {strange[0]!r}: name it so"
            )
        if shown := [check.name for check in question.checks if not check.hidden]:
            raise PrivateError(
                f"{self.path}: the check {shown[0]!r} of {question.id} would show its inputs to students: say hidden=True"
            )


def private_checks(folder: Path, name: str, known: Sequence[str]) -> PrivateChecks | None:
    """The private checks of one exercise, None where the folder has none; `known` are the names of all exercises."""
    if not folder.is_dir():
        raise PrivateError(f"{folder} is no folder: --private names the one that holds NN_name.py with your own checks")
    files = {path.stem: path for path in sorted(folder.glob("*.py"))}
    if not files:
        raise PrivateError(f"{folder} holds no checks: put them there as {name}.py, or leave --private out")
    if strange := [path for stem, path in files.items() if stem not in known]:
        raise PrivateError(
            f"{strange[0]}: no exercise is called {strange[0].stem!r} (there are: {', '.join(known)}): rename the file, or move it away"
        )
    return PrivateChecks(files[name]) if name in files else None
