"""Open JupyterLab on a course folder, with this very Python, and end it cleanly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dlcourse.course import find_place, last_saved
from dlcourse.doctor import refuse_what_fails
from dlcourse.doctor.finding import Visit
from dlcourse.doctor.outside import can_open_browser

SECONDS_TO_END = 10
SETTINGS = {
    # A classroom is often offline, and nobody in it is helped by a question about news.
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    # A lesson that was saved shows its explorer when it is opened again, also while no kernel knows of it.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}


def lab(
    folder: str | Path | None = None, *, browser: bool = True, port: int | None = None, anyway: bool = False
) -> int:
    """Run JupyterLab on `folder` until it ends or Ctrl-C is pressed; return its exit code.

    Without a folder it opens the course folder that the present one lies in. Where there is no display it opens no
    browser: JupyterLab then prints its address, with the token. What would leave the learner with an empty page raises
    CourseError before anything starts, unless it is to start `anyway`.
    """
    place = find_place(folder)
    if not anyway:
        refuse_what_fails(Visit(place, port))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside, it takes its server along
    with serving(lab_command(place, browser=browser and can_open_browser(), port=port), os.environ) as server:
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
    """Return the command that starts JupyterLab on `folder`; raise CourseError when there is no such folder."""
    place = find_place(folder)
    # -P: a learner's own random.py in the present folder is nothing that JupyterLab should import.
    command = [sys.executable, "-P", "-m", "jupyterlab", f"--ServerApp.root_dir={place}"]
    # Ctrl-C has been meant when it is pressed; and the log of a server tells a learner nothing.
    command += ["--ServerApp.answer_yes=True", "--Application.log_level=ERROR"]
    if page := first_page(place):
        command.append(f"--LabApp.default_url=/lab/tree/{page}")
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def first_page(place: Path) -> str | None:
    """Where a learner goes on: the notebook saved last, else the page to start from, else the lessons, if there are any.

    JupyterLab keeps its file browser on that folder's root: the exercises that lessons link to stay within reach.
    """
    pages = (last_saved(place), "lessons/00_start_here.ipynb", "lessons")
    return next((page for page in pages if page and (place / page).exists()), None)


def end(server: subprocess.Popen[bytes]) -> None:
    """Let the server shut its kernels down, and insist when it does not."""
    if os.name == "posix":  # elsewhere to terminate is to kill; there the console has passed Ctrl-C on already
        server.terminate()
    try:
        server.wait(SECONDS_TO_END)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        server.kill()
        server.wait()
