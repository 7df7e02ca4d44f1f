"""`dlcourse doctor` as a person meets it, and its back door for a Python that cannot import the course."""

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dlcourse.doctor
from dlcourse.cli import app
from dlcourse.course import MANIFEST, CourseError, start
from dlcourse.doctor import Check, examine, folder, refuse_what_fails, told
from dlcourse.doctor.__main__ import OLDEST
from dlcourse.doctor.finding import Fault, Finding, Visit

ROOT = Path(__file__).parents[2]
DOCTOR = ROOT / "dlcourse" / "doctor"
OLD_PYTHONS = [  # those that pyenv has put here; where it has not, pytest says that there was nothing to try
    python
    for python in sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    if tuple(map(int, python.parts[-3].split(".")[:2])) < OLDEST
]


def type_in(*command, **environment):
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=os.environ | environment, timeout=120, cwd=ROOT
    )


@pytest.fixture
def quicker(monkeypatch):
    """All checks but the one that starts a kernel."""
    monkeypatch.setattr(dlcourse.doctor, "CHECKS", dlcourse.doctor.CHECKS[:-1])
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.mark.usefixtures("quicker")
def test_all_is_well_on_a_fresh_course_folder(course):
    done = CliRunner().invoke(app, ["doctor", str(course)])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stdout


@pytest.mark.usefixtures("quicker")
def test_the_list_has_a_line_for_each_check(course):
    said = CliRunner().invoke(app, ["doctor", str(course)]).stdout
    assert [check.name for check in dlcourse.doctor.CHECKS if f" {check.name}: " not in said] == []


@pytest.mark.usefixtures("quicker")
def test_a_port_can_be_asked_about(course):
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        done = CliRunner().invoke(app, ["doctor", str(course), "--port", str(other.getsockname()[1])])
    assert (done.exit_code, "✗ wrong port: Port " in done.stdout) == (1, True)


def test_something_wrong_gives_exit_code_1_and_a_command(monkeypatch, capsys):
    lid = Fault("The lid is open.", "close lid")
    monkeypatch.setattr(dlcourse.doctor, "CHECKS", [Check("lid", lambda visit: Finding("open", (lid,)))])
    assert told.tell(examine(Visit())) == 1
    assert "✗ wrong lid: The lid is open.\n        To mend it:\n        close lid\n" in capsys.readouterr().out


def test_a_narrow_terminal_gets_short_lines(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    told.tell([("lid", Finding("", (Fault("The lid is open, and what is inside may fall out of it.", "close it"),)))])
    assert max(map(len, capsys.readouterr().out.splitlines()[:-1])) <= 40


def test_a_command_is_never_broken_into_two_lines(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    mend = "python -m pip install --upgrade 'a-rather-long-name>=1.2.3'"
    told.tell([("lid", Finding("", (Fault("It is old.", mend),)))])
    assert mend in capsys.readouterr().out


def test_a_check_that_fails_does_not_keep_the_others_from_being_made(monkeypatch, capsys):
    def broken(visit):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(
        dlcourse.doctor, "CHECKS", [Check("one", broken), Check("two", lambda visit: Finding("all right"))]
    )
    told.tell(examine(Visit()))
    said = capsys.readouterr().out
    assert "could not be looked at (RuntimeError: no such thing)" in said
    assert "two: all right" in said


def test_what_is_slow_or_does_no_harm_does_not_keep_jupyterlab_from_starting(monkeypatch):
    fault = Finding("", (Fault("It is old.", "renew it"),))
    monkeypatch.setattr(dlcourse.doctor, "CHECKS", [Check("age", lambda visit: fault)])
    refuse_what_fails(Visit())


def test_lab_says_in_a_sentence_what_would_leave_an_empty_page(course, tmp_path):
    done = type_in(sys.executable, "-m", "dlcourse.cli", "lab", course, JUPYTERLAB_DIR=str(tmp_path))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.startswith("dlcourse: JupyterLab's pages are not in")


def test_the_first_fault_says_how_to_go_on_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTERLAB_DIR", str(tmp_path))
    with pytest.raises(CourseError, match="`dlcourse lab --anyway` starts all the same"):
        refuse_what_fails(Visit())


def test_a_folder_that_is_not_there_is_an_error_of_the_call(tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        told.doctor(tmp_path / "gone")


# --- the course folder ------------------------------------------------------------------------------------------------


def test_a_course_folder_as_new_as_the_course_is_fine(wrong, course):
    assert wrong(folder.folder, Visit(course)) == ""


@pytest.fixture
def older(course, tmp_path):
    """A course folder that an earlier version of the course made: a lesson of it has changed since."""
    shutil.copytree(course, tmp_path / "older")
    manifest = tmp_path / "older" / MANIFEST
    content = json.loads(manifest.read_bytes())
    content["files"]["lessons/01_perceptron.ipynb"] = {"content": "before", "bytes": "before"}
    manifest.write_text(json.dumps(content))
    return tmp_path / "older"


def test_a_course_folder_from_before_is_named(wrong, older):
    assert "1 file changed, such as lessons/01_perceptron.ipynb" in wrong(folder.folder, Visit(older))


def test_start_mends_a_course_folder_from_before(wrong, older):
    assert folder.folder(Visit(older)).faults[0].mend == f"dlcourse start {older}"
    start(older, ROOT)
    assert wrong(folder.folder, Visit(older)) == ""


def test_a_checkout_is_the_course_itself(wrong):
    assert wrong(folder.folder, Visit(ROOT)) == ""


def test_without_a_course_folder_it_says_how_to_make_one():
    assert "dlcourse start my-course" in folder.folder(Visit()).found


# --- the back door ----------------------------------------------------------------------------------------------------


def test_the_back_door_is_written_as_the_oldest_python_reads_it():
    tree = ast.parse((DOCTOR / "__main__.py").read_text(encoding="utf-8"), feature_version=(3, 4))
    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr) for node in ast.walk(tree))


def test_the_oldest_python_is_the_one_that_pip_is_told():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert needed == f">={OLDEST[0]}.{OLDEST[1]}"


@pytest.mark.parametrize("python", OLD_PYTHONS)
def test_a_python_that_is_too_old_is_told_so(python):
    done = type_in(python, DOCTOR)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"wrong Python: dlcourse needs 3.11 or newer, and {python} is" in done.stdout


def test_a_python_without_numpy_is_told_so(bare_python):
    done = type_in(bare_python, DOCTOR)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"wrong packages: {bare_python} cannot load what dlcourse needs: No module named 'numpy'" in done.stdout


def test_a_variable_that_brings_a_broken_numpy_is_named(tmp_path):
    (tmp_path / "numpy.py").write_text("array = list")
    done = type_in(sys.executable, DOCTOR, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (1, "")
    assert f"try without PYTHONPATH, which is {tmp_path}" in done.stdout


def test_the_front_door_names_the_back_door_when_it_cannot_open(bare_python):
    done = type_in(bare_python, "-m", "dlcourse.cli", "doctor")
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        f"ImportError: dlcourse cannot load NumPy: `{bare_python} {ROOT}/dlcourse/doctor` says what is wrong and how to mend it"
    )


def test_the_back_door_leads_to_the_whole_list(course):
    done = type_in(sys.executable, DOCTOR, course, PATH="/nowhere")
    assert (done.returncode, "ok    explorer: made in" in done.stdout) == (0, True), done.stdout
