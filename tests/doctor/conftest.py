"""A healthy installation with an empty home, and the means to break it: other environments, older packages, ordinary users."""

import os
import subprocess
import sys
import textwrap
import venv
from pathlib import Path

import pytest

from dlcourse.course import start
from dlcourse.doctor.finding import Visit

ROOT = Path(__file__).parents[2]
HABITS = ("JUPYTER_PATH", "JUPYTERLAB_DIR", "VIRTUAL_ENV", "PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")
NOBODY = 65534


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home in which Jupyter has left nothing yet."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in HABITS:
        monkeypatch.delenv(name, raising=False)
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(folder / name.lower()))
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """installed("ipywidgets", "7.8", "Requires-Dist: x") puts pip's note of a package in front of all others."""

    def note(package, version, *lines):
        folder = tmp_path / "site" / f"{package}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text("\n".join([f"Name: {package}", f"Version: {version}", *lines, ""]))
        monkeypatch.syspath_prepend(tmp_path / "site")

    return note


def environment(folder, *path):
    """A virtual environment without pip, with other folders on its Python's path; the Python is returned."""
    venv.create(folder, symlinks=os.name == "posix")
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "elsewhere.pth").write_text("\n".join(map(str, path)))
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory):
    """The Python of another environment, in which nothing is installed."""
    return environment(tmp_path_factory.mktemp("bare") / "venv")


@pytest.fixture(scope="session")
def linked_python(tmp_path_factory):
    """The Python of another environment that sees all our modules, and has none of the files that belong beside them."""
    return environment(tmp_path_factory.mktemp("linked") / "venv", ROOT, *filter(None, sys.path))


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A learner's course folder."""
    folder = tmp_path_factory.mktemp("learner") / "course"
    start(folder, ROOT)
    return folder


@pytest.fixture
def visit(tmp_path):
    """A learner who came with a course folder in which nothing lies yet."""
    for part in ("lessons", "exercises"):
        (tmp_path / "course" / part).mkdir(parents=True)
    return Visit(tmp_path / "course")


@pytest.fixture
def wrong():
    """wrong(check, visit) is all that a check finds wrong, in one text."""
    return lambda check, visit=None: " ".join(fault.wrong for fault in check(visit or Visit()).faults)


@pytest.fixture
def elsewhere():
    """elsewhere(python, code, NAME="value") is what a program prints that another Python runs."""

    def run(python, code, **environment):
        done = subprocess.run(
            [python, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def as_nobody(elsewhere):
    """as_nobody(code, NAME="value") is what a program prints that root runs as a user who owns nothing.

    All that it will need is imported while it is still root: the way to Python may be closed to others.
    """
    if os.geteuid():
        pytest.skip("only root can become another user")
    ready = f"""
import errno, os, pathlib
from dlcourse.doctor import outside, places
from dlcourse.doctor.finding import Visit
for check in (places.writing, outside.port):
    check(Visit(pathlib.Path("."), 0))
os.setegid({NOBODY})
os.seteuid({NOBODY})
"""
    return lambda code, **environment: elsewhere(sys.executable, ready + textwrap.dedent(code), **environment)


@pytest.fixture
def disk(tmp_path):
    """disk("size=64k") is an empty disk of its own, in memory."""
    mounted = []

    def mount(options):
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", place], check=True)
