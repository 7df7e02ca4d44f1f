"""A learner alone, in a folder of their own: what `progress`, `reset` and `reveal` say in a terminal."""

import json
import os
import subprocess
import sys

import pytest
from classroom import EXERCISE, ROOT, master, stub

from dlcourse.classroom.practice.notebooks import answer_cells
from dlcourse.course import start

NOTEBOOK = f"exercises/{EXERCISE}.ipynb"


@pytest.fixture
def dlcourse(tmp_path):
    """Run a command in a new course folder; its output, and what it says where something is wrong."""
    folder = tmp_path / "my-course"
    start(folder, ROOT)

    def run(*arguments):
        command = [sys.executable, "-m", "dlcourse.cli", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=folder, timeout=120, env=os.environ | {"COLUMNS": "100"}
        )
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    run.folder = folder
    return run


def write(folder, notebook):
    (folder / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")


def test_progress_shows_a_row_an_exercise_and_what_comes_next(dlcourse):
    write(dlcourse.folder, master())
    said = dlcourse("progress")
    (row,) = [line.split() for line in said.splitlines() if line.startswith(EXERCISE)]
    assert (row[1], row[-1]) == ("7/7", "done")
    assert "Next: lessons/01_perceptron.ipynb, then q1 in exercises/01_perceptron.ipynb" in said


def test_progress_of_another_folder_names_what_lies_there(dlcourse, tmp_path):
    said = subprocess.run(
        [sys.executable, "-m", "dlcourse.cli", "progress", "my-course"], capture_output=True, text=True, cwd=tmp_path
    ).stdout
    assert f"then q1 in {os.path.join('my-course', 'exercises', '01_perceptron.ipynb')}" in said


def test_reset_says_where_the_old_version_is(dlcourse):
    notebook = stub()
    (cell,) = answer_cells(notebook, "q3")
    cell["source"] = "def prelu(z, a): return z"
    write(dlcourse.folder, notebook)
    said = dlcourse("reset", "05", "q3")
    assert f"What you had is in exercises/{EXERCISE}.before-reset.ipynb." in said
    assert json.loads((dlcourse.folder / NOTEBOOK).read_bytes())["cells"] == stub()["cells"]


def test_reset_of_what_was_never_touched_says_so(dlcourse):
    assert dlcourse("reset", NOTEBOOK) == f"{NOTEBOOK} is as it was given: nothing to put back.\n"


def test_reset_of_a_broken_notebook_says_what_to_do(dlcourse):
    (dlcourse.folder / NOTEBOOK).write_text("{")
    assert "nothing was changed. To begin anew, rename it and run `dlcourse start`" in dlcourse("reset", "05")


def test_reveal_goes_on_from_call_to_call(dlcourse):
    said = [dlcourse("reveal", "05", "q1") for _ in range(2)]
    assert ["Hint 1: direction" in said[0], "Hint 2: the next step" in said[1]] == [True, True]
    assert "The same call once more shows hint 3." in said[1]


def test_reveal_shows_code_that_can_be_copied(dlcourse):
    said = dlcourse("reveal", "05", "q5", "--all")
    code = said.split("Solution\n")[1].split("Also right")[0]
    names = {}
    exec("import numpy as np\n" + code, names)
    assert callable(names["dead_fraction"])
