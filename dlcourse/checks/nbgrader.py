"""Inside nbgrader a check's result is a number: its autograder reads a cell's points off the text of its output.

To nbgrader, a cell that raises nothing has earned all its points, unless the text of what it shows is a number; and one
line on stderr makes it 0. So while nbgrader runs a notebook, what a check gives back is shown as its points, and what a
learner's function writes to stderr is dropped. To everyone else nothing changes, and the page that nbgrader makes for the
student shows the whole report, as a notebook does.
"""

import contextlib
import io
import os
from contextlib import AbstractContextManager, nullcontext

from dlcourse.checks.report import Report

#: What nbgrader sets while it runs a notebook: `autograde` or `validate`.
EXECUTION = "NBGRADER_EXECUTION"


class Points(Report):
    """A report whose text is its number of points.

    >>> Points([], {})
    0
    """

    def __repr__(self) -> str:
        return repr(round(self.score, 9))


def is_running() -> bool:
    """Whether nbgrader is what runs this notebook."""
    return EXECUTION in os.environ


def quiet() -> AbstractContextManager[object]:
    """Entered while checks run: stderr costs no points."""
    return contextlib.redirect_stderr(io.StringIO()) if is_running() else nullcontext()


def kind_of_report() -> type[Report]:
    """What the results of checks are put into here."""
    return Points if is_running() else Report
