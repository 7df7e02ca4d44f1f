"""A workflow for GitHub Actions: the public checks of an exercise, in every student's repository, on every push."""

from pathlib import Path

from dlcourse import __version__

TEMPLATE = Path(__file__).parent / "files" / "workflow.yml"


def workflow(exercise: str) -> str:
    """The workflow file of an exercise, with this version of dlcourse."""
    return TEMPLATE.read_text(encoding="utf-8").replace("EXERCISE", exercise).replace("VERSION", __version__)
