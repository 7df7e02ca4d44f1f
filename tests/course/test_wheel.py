"""What `pip install dlcourse` brings: the course, and none of its solutions. Slow: it builds the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    """A folder that holds the wheel's content and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def in_checkout(pattern):
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.is_file()}
    return {name for name in files if "__pycache__" not in name and ".ipynb_checkpoints" not in name}


@pytest.mark.parametrize("pattern", ["lessons/*.ipynb", "exercises/*.ipynb", "exercises/checks/**/*"])
def test_the_course_is_inside(wheel, pattern):
    expected = {f"dlcourse/material/{name}" for name in in_checkout(pattern)}
    assert expected
    assert expected <= set(wheel.namelist())


def test_no_solution_is_inside(wheel):
    assert [name for name in wheel.namelist() if "solutions" in name] == []


def test_nothing_but_the_package_is_installed(wheel):
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"dlcourse"}


def test_start_works_from_the_wheel_alone(unpacked, tmp_path):
    program = "import dlcourse.course as c; print(c.PACKAGE); print(c.start('mine').added)"
    started = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines()[0] == str(unpacked / "dlcourse")
    lessons = {path.relative_to(tmp_path / "mine").as_posix() for path in tmp_path.glob("mine/lessons/*")}
    assert lessons == in_checkout("lessons/*.ipynb")
