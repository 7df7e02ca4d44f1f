"""What runs in Gradescope's container for every submission: grade it, and write `results.json` when its code has ended.

    /autograder/source       what the instructor uploaded: the exercise with all its checks, `settings.json`
    /autograder/submission   what the student handed in
    /autograder/results      where Gradescope looks for `results.json`
    /autograder/venv         Python, its packages and dlcourse: what a submission may read

A submission runs at the strongest level of isolation that the container's kernel gives. Where it gives none, the container
is the wall around all of it; within, a submission is a user of its own, to whom the three folders are closed. The file of
results is written by this process, after the submission's last process was ended, in place of whatever stands there.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from dlcourse.classroom.exports.gradescope import results
from dlcourse.classroom.intake.submission import Submission
from dlcourse.classroom.job import Terms
from dlcourse.classroom.job import grade as grade_job
from dlcourse.files import write_whole
from dlcourse.grading.isolation.levels import Level
from dlcourse.grading.probe import choose


@dataclass(frozen=True)
class Settings:
    """What the archive was made for: the exercise, when students see hidden checks, whether there are private ones."""

    exercise: str
    hidden: str
    private: bool


def main() -> int:
    """Grade what stands under the folder that is named."""
    return grade(Path(sys.argv[1]), choose(trusted=True))


def grade(root: Path, level: Level) -> int:
    """Grade the submission, and write its results. Exit code 1, and no results, where the grader itself has failed.

    Gradescope then tells student and instructor that the autograder failed, which is better than a 0.
    """
    source = root / "source"
    settings = Settings(**json.loads((source / "settings.json").read_text(encoding="utf-8")))
    close_to_others(root)
    target = root / "results" / "results.json"
    target.unlink(missing_ok=True)
    handed_in = find(root / "submission", settings.exercise)
    private = source / "private" if settings.private else None
    record = grade_job(Terms(source / "exercise", private, level.name).job(handed_in))
    if not record.decided:
        print(record.message, file=sys.stderr)
        return 1
    write_whole(target, json.dumps(results(record, settings.hidden), indent=1, allow_nan=False))
    print(f"{settings.exercise}: {record.status}, {record.score:g} of {record.max_score:g}, isolation {level.name}")
    return 0


def close_to_others(root: Path) -> None:
    """Close what is not a submission's to every user but this one."""
    for name in ("source", "submission", "results", "submission_metadata.json"):
        if (path := root / name).exists():
            path.chmod(0o700 if path.is_dir() else 0o600)


def find(folder: Path, exercise: str) -> Submission:
    """The notebook to grade, wherever it lies in what was handed in; or the reason why there is none."""
    inside = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if path.is_file() and not path.is_symlink() and not of_a_program(path.relative_to(folder))
    ]
    chosen = [path for path in inside if path.stem == exercise] or inside
    if len(chosen) == 1:
        return Submission("submission", exercise, chosen[0])
    names = ", ".join(str(path.relative_to(folder)) for path in chosen)
    problem = f"there are several notebooks here ({names})" if chosen else "there is no notebook here"
    return Submission("submission", exercise, None, "malformed", f"{problem}: hand in one, {exercise}.ipynb")


def of_a_program(path: Path) -> bool:
    """Whether a path leads through a file or folder that a program made for itself, such as `.ipynb_checkpoints`."""
    return any(part.startswith((".", "__")) for part in path.parts)


if __name__ == "__main__":
    sys.exit(main())
