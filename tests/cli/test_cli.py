"""The command line as a person meets it: the installed program, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from classroom import EXERCISE, ROOT, master, stub

from dlcourse.classroom.practice.notebooks import answer_cells

DLCOURSE = [sys.executable, "-m", "dlcourse.cli"]


def dlcourse(*arguments, cwd=ROOT):
    return subprocess.run([*DLCOURSE, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=120)


@pytest.fixture
def course_folder(tmp_path):
    folder = tmp_path / "my-course"
    assert dlcourse("start", folder).returncode == 0
    return folder


def write(path: Path, notebook) -> Path:
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_help_lists_every_command():
    text = dlcourse("--help").stdout
    commands = ("start", "lab", "check", "progress", "reset", "reveal", "collect", "grade", "release", "verify")
    assert [name for name in commands if name not in text] == []


def test_start_gives_a_folder_in_which_an_exercise_can_be_checked(course_folder):
    done = dlcourse("check", f"exercises/{EXERCISE}.ipynb", cwd=course_folder)
    assert (done.returncode, "not attempted" in done.stdout) == (1, True)


def test_check_praises_the_solution_and_counts_hidden_checks(course_folder):
    path = write(course_folder / "exercises" / "mine.ipynb", master())
    done = dlcourse("check", path)
    assert (done.returncode, "hidden check" in done.stdout, "✗" in done.stdout) == (0, True, False)


def test_check_names_the_mistake(course_folder):
    notebook = master()
    (cell,) = answer_cells(notebook, "q1")
    cell["source"] = "".join(cell["source"]) + "\nright = silu\ndef silu(z, beta=1.0):\n    return right(z, 1.0)"
    path = write(course_folder / "exercises" / f"{EXERCISE}.ipynb", notebook)
    assert "Likely mistake:" in dlcourse("check", path).stdout


def test_check_shows_the_error_of_a_cell(course_folder):
    notebook = stub()
    notebook["cells"][0]["source"] = notebook["cells"][2]["source"] = "import numpy as np"
    notebook["cells"].append(
        {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None, "source": "1 / 0"}
    )
    path = write(course_folder / "exercises" / f"{EXERCISE}.ipynb", notebook)
    assert "ZeroDivisionError" in dlcourse("check", path).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "nothing.ipynb"], "nothing.ipynb: the file cannot be read"),
        (["grade", "nowhere", "--out", "x"], "nowhere does not exist"),
        (["grade", "pyproject.toml", "--out", "x"], "is a file, but neither a notebook"),
        (["grade", "tests", "--out", "x", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["verify", "77_nothing"], "no exercise called '77_nothing'"),
        (["verify", EXERCISE, "--private", "nowhere"], "nowhere is no folder"),
        (["nonsense"], "No such command 'nonsense'"),
        (["lab", "nowhere"], "nowhere"),
        (["progress", "nowhere"], "there is no folder nowhere: make it with `dlcourse start nowhere`"),
        (["reset", "q3", "05"], "no exercise begins with 'q3': there are 01_perceptron"),
        (["reset", "nothing.ipynb"], "nothing.ipynb is not there: give the path of a notebook"),
        (["reveal", "05", "q99"], f"{EXERCISE} has no question 'q99': it has q1, q2"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(arguments, says):
    done = dlcourse(*arguments)
    assert (done.returncode, says in " ".join(done.stderr.split()), "Traceback" in done.stderr) == (2, True, False)


def test_grading_a_folder_of_an_unknown_exercise_names_those_there_are(tmp_path):
    (tmp_path / "submitted" / "ada" / "99_unknown").mkdir(parents=True)
    done = dlcourse("grade", tmp_path / "submitted", "--out", tmp_path / "out")
    assert (done.returncode, "no exercise called '99_unknown'" in done.stderr, EXERCISE in done.stderr) == (
        2,
        True,
        True,
    )


def test_a_misspelt_assignment_of_one_student_does_not_stop_the_others(tmp_path):
    for student, assignment in (("ada", EXERCISE), ("bob", "05_activatons")):
        (tmp_path / "in" / student / assignment).mkdir(parents=True)
        write(tmp_path / "in" / student / assignment / "work.ipynb", stub())
    done = dlcourse("grade", tmp_path / "in", "--out", tmp_path / "out")
    assert (done.returncode, "1 graded, 1 malformed" in done.stdout) == (0, True)


def test_results_never_overwrite_the_submissions(tmp_path):
    write(tmp_path / "ada.ipynb", stub())
    done = dlcourse("grade", tmp_path, "--exercise", EXERCISE, "--out", tmp_path)
    assert (done.returncode, "among the submissions" in done.stderr) == (2, True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = dlcourse("start", locked / "course")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
