"""Open JupyterLab on a course folder, with this very Python, and end it cleanly."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dlcourse.course import PACKAGE, CourseError, find_course

SECONDS_TO_END = 10
SETTINGS = {
    # A classroom is often offline, and nobody in it is helped by a question about news.
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    # A lesson that was saved shows its explorer when it is opened again, also while no kernel knows of it.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}


def lab(folder: str | Path | None = None, *, browser: bool = True, port: int | None = None) -> int:
    """Run JupyterLab on `folder` until it ends or Ctrl-C is pressed; return its exit code.

    Without a folder it opens the course folder that the present one lies in. Where there is no display it opens no
    browser: JupyterLab then prints its address, with the token.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside, it takes its server along
    with serving(lab_command(folder, browser=browser and can_open_browser(), port=port), os.environ) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            return 0


@contextmanager
def serving(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server with the course's settings beneath the learner's own, and end it with the block."""
    with tempfile.TemporaryDirectory() as config:
        overrides = Path(config, "labconfig", "default_setting_overrides.json")
        overrides.parent.mkdir()
        overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
        paths = os.pathsep.join(filter(None, [environment.get("JUPYTER_CONFIG_PATH"), config]))
        server = subprocess.Popen(command, env={**environment, "JUPYTER_CONFIG_PATH": paths})
        try:
            yield server
        finally:
            end(server)


def lab_command(folder: str | Path | None = None, *, browser: bool = True, port: int | None = None) -> list[str]:
    """Return the command that starts JupyterLab on `folder`; raise CourseError when it cannot work."""
    place = Path(folder).expanduser() if folder is not None else default_folder(Path.cwd())
    if not place.is_dir():
        raise CourseError(f"There is no folder {place}: make it with `dlcourse start {place}`.")
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed: install it with `pip install jupyterlab`.")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={place.resolve()}"]
    # Ctrl-C has been meant when it is pressed; and the log of a server tells a learner nothing.
    command += ["--ServerApp.answer_yes=True", "--Application.log_level=ERROR"]
    if (place / "lessons").is_dir():  # open there, and keep the exercises that lessons link to within reach
        command.append("--LabApp.default_url=/lab/tree/lessons")
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def default_folder(place: Path) -> Path:
    """Return the course folder that `place` lies in; authors get their source checkout."""
    checkout = PACKAGE.parent
    if course := find_course(place):
        return course
    if any((checkout / "lessons").glob("*.ipynb")):
        return checkout
    raise CourseError(f"{place} is not a course folder: make one with `dlcourse start my-course`.")


def can_open_browser() -> bool:
    """Tell whether there is a browser, and a screen that it could open on."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def end(server: subprocess.Popen[bytes]) -> None:
    """Let the server shut its kernels down, and insist when it does not."""
    if os.name == "posix":  # elsewhere to terminate is to kill; there the console has passed Ctrl-C on already
        server.terminate()
    try:
        server.wait(SECONDS_TO_END)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        server.kill()
        server.wait()
