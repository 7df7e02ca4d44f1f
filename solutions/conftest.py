"""`pytest solutions/checks/NN_name.py --submission FILE`: an exercise's checks as ordinary tests.

pytest finds this file when it is asked for one below it. The work is done in `dlcourse.grading.pytest_items`, for files that
define questions and no others. A folder of exercises of your own needs a copy of it.
"""

import re
from pathlib import Path
from typing import Any

QUESTION = re.compile(r"^\w+ = question\(", re.MULTILINE)


def pytest_addoption(parser: Any) -> None:
    """Add `--submission`."""
    parser.getgroup("dlcourse").addoption(
        "--submission",
        metavar="FILE",
        help="the notebook to judge by a file of checks (the exercise's own if left out)",
    )


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Any:
    """Take over files of checks; None leaves a file to pytest."""
    if module_path.parent.name != "checks" or module_path.name.startswith("test_"):
        return None
    if not QUESTION.search(module_path.read_text(encoding="utf-8")):
        return None
    from dlcourse.grading.pytest_items import ChecksFile

    return ChecksFile.from_parent(parent, path=module_path)
