"""Finding the submissions in a folder: `STUDENT/ASSIGNMENT/*.ipynb`, or flat `STUDENT.ipynb`."""

from pathlib import Path

from dlcourse.classroom.intake.submission import Submission
from dlcourse.grading.exercise import UsageError


def find_submissions(folder: Path, exercise: str | None) -> list[Submission]:
    """All submissions in a folder, in order of student and assignment; `exercise` narrows a tree, and names flat files."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UsageError(
            f"{folder} {what}: give the folder that holds STUDENT/ASSIGNMENT/NOTEBOOK.ipynb or STUDENT.ipynb"
        )
    entries = visible(folder)
    flat = [path for path in entries if path.suffix == ".ipynb" and path.is_file()]
    tree = [
        linked(student.name, assignment) or submission_in(assignment, student.name)
        for student in entries
        if student.is_dir() and not student.is_symlink()
        for assignment in visible(student)
        if assignment.is_dir() and exercise in (None, assignment.name)
    ]
    assignments = {exercise} if exercise else {submission.assignment for submission in tree}
    tree += [
        refused_link(student.name, str(assignment))
        for student in entries
        if student.is_dir() and student.is_symlink()
        for assignment in sorted(filter(None, assignments))
    ]
    if flat and tree:
        raise UsageError(
            f"{folder} holds both notebooks and folders with notebooks: grade the two apart, or move one of them out"
        )
    if flat and not exercise:
        raise UsageError(f"{folder} holds notebooks named by student: say which exercise they are with --exercise NAME")
    alone = [
        refused_link(path.stem, str(exercise)) if path.is_symlink() else Submission(path.stem, str(exercise), path)
        for path in flat
    ]
    found = sorted(tree, key=lambda submission: (submission.student, submission.assignment)) or alone
    if not found:
        wanted = f" of {exercise}" if exercise else ""
        raise UsageError(
            f"{folder} holds no submissions{wanted}: expected STUDENT/ASSIGNMENT/NOTEBOOK.ipynb, or STUDENT.ipynb with --exercise"
        )
    return found


def visible(folder: Path) -> list[Path]:
    """What a folder holds, sorted, without hidden entries."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def linked(student: str, path: Path) -> Submission | None:
    """The refusal of a folder or a file that is a link, or nothing where it is none."""
    return refused_link(student, path.name) if path.is_symlink() else None


def refused_link(student: str, assignment: str) -> Submission:
    """A link in the place of someone's work: it could lead out of the folder, to another student's."""
    problem = "a link stands in the place of the work: hand in the file itself"
    return Submission(student, assignment, None, "malformed", problem)


def submission_in(folder: Path, student: str) -> Submission:
    """The notebook to grade in one student's folder of one assignment."""
    assignment = folder.name
    notebooks = [path for path in visible(folder) if path.suffix == ".ipynb" and path.is_file()]
    named = [path for path in notebooks if path.stem == assignment]
    if any(path.is_symlink() for path in named or notebooks):
        return refused_link(student, assignment)
    if not notebooks:
        return Submission(student, assignment, None, "missing", "the folder holds no notebook")
    if not named and len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks)
        return Submission(
            student,
            assignment,
            None,
            "malformed",
            f"the folder holds several notebooks ({names}) and none is called {assignment}.ipynb",
        )
    return Submission(student, assignment, (named or notebooks)[0])
