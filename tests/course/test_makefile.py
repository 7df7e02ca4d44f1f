"""What `make lab` does before anything is there: no more than a learner needs. Nothing is run here."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


def would_do(target, venv):
    command = ["make", "--dry-run", target, f"VENV={venv}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_learner_gets_what_a_learner_needs(tmp_path):
    said = would_do("lab", tmp_path / "venv")
    assert "-e '.'" in said
    assert "[dev" not in said


def test_a_developer_gets_the_tools(tmp_path):
    assert "-e '.[dev,browser]'" in would_do("test", tmp_path / "venv")


def installed(folder, *stamps):
    (folder / "bin").mkdir(parents=True)
    for name in ("bin/pip", *stamps):
        (folder / name).touch()
    return folder


def test_a_second_call_installs_nothing(tmp_path):
    assert "pip" not in would_do("lab", installed(tmp_path / "venv", ".installed-for-learning"))


def test_who_has_been_a_learner_can_still_become_a_developer(tmp_path):
    assert "-e '.[dev,browser]'" in would_do("test", installed(tmp_path / "venv", ".installed-for-learning"))


def test_the_doctor_needs_no_installation(tmp_path):
    assert "pip" not in would_do("doctor", tmp_path / "venv")
