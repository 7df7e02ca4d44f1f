"""`lab` opens JupyterLab where the learner's work is, and ends it when it is told to."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser

import pytest

from dlcourse import course as course_module
from dlcourse import lab as lab_module
from dlcourse.course import CourseError, default_folder, start
from dlcourse.doctor.outside import can_open_browser
from dlcourse.lab import end, lab, lab_command


def test_the_command_runs_this_python_on_the_folder(tmp_path):
    command = lab_command(tmp_path)
    assert (command[0], command[2:4]) == (sys.executable, ["-m", "jupyterlab"])
    assert f"--ServerApp.root_dir={tmp_path}" in command


def test_without_a_folder_it_opens_the_course_around_the_present_one(tmp_path, material):
    start(tmp_path / "mine", material)
    assert default_folder(tmp_path / "mine" / "exercises") == tmp_path / "mine"


def test_an_author_gets_the_lessons_of_the_checkout(tmp_path, material, monkeypatch):
    monkeypatch.setattr(course_module, "PACKAGE", material / "dlcourse")
    assert default_folder(tmp_path) == material


def test_outside_a_course_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setattr(course_module, "PACKAGE", tmp_path / "dlcourse")
    with pytest.raises(CourseError, match="is not a course folder: make one with `dlcourse start my-course`"):
        default_folder(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"There is no folder .*nowhere: make it with `dlcourse start"):
        lab_command(tmp_path / "nowhere")


def test_a_fault_ends_it_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match=r"the browser would stay empty\. To mend it: unset JUPYTERLAB_DIR"):
        lab(tmp_path, browser=False)


def test_it_starts_all_the_same_when_told_to(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(lab_module, "lab_command", lambda *_, **__: [sys.executable, "-c", "raise SystemExit(3)"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert lab(tmp_path, browser=False, anyway=True) == 3


def opened_first(folder):
    return next((option for option in lab_command(folder) if "default_url" in option), "").partition("/lab/tree/")[2]


def test_a_newcomer_begins_on_the_page_to_start_from(tmp_path, material):
    (material / "lessons" / "00_start_here.ipynb").write_text((material / "lessons" / "01_a.ipynb").read_text())
    start(tmp_path / "mine", material)
    assert opened_first(tmp_path / "mine") == "lessons/00_start_here.ipynb"


def test_one_who_comes_back_goes_on_with_the_notebook_saved_last(tmp_path, material, notebook):
    start(tmp_path / "mine", material)
    for minutes, name in ((5, "exercises/01_a.ipynb"), (9, "lessons/01_a.ipynb")):
        (tmp_path / "mine" / name).write_text(notebook("mine = 1"))
        os.utime(tmp_path / "mine" / name, (60 * minutes, 60 * minutes))
    assert opened_first(tmp_path / "mine") == "lessons/01_a.ipynb"


def test_where_there_is_no_page_to_start_from_the_lessons_are_listed(tmp_path, material):
    start(tmp_path / "mine", material)
    assert opened_first(tmp_path / "mine") == "lessons"


@pytest.mark.parametrize(
    ("wish", "option"), [({"browser": False}, "--no-browser"), ({"port": 9999}, "--ServerApp.port=9999")]
)
def test_a_wish_becomes_an_option(tmp_path, wish, option):
    assert option in lab_command(tmp_path, **wish)
    assert option not in lab_command(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no root")
@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_needs_leave_to_run(tmp_path, monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in lab_command(tmp_path)) is allowed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_without_a_display_no_browser_can_open(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not can_open_browser()


def test_without_a_browser_none_can_open(monkeypatch):
    def none_found():
        raise webbrowser.Error

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "get", none_found)
    assert not can_open_browser()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by Ctrl-C in the console there")
def test_a_server_that_does_not_listen_is_ended(monkeypatch):
    monkeypatch.setattr(lab_module, "SECONDS_TO_END", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    server = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    with server.stdout:
        server.stdout.readline()
        end(server)
    assert server.returncode == -signal.SIGKILL


def read(address):
    """Fetch a page; JupyterLab prints its address a moment before it listens there."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a process")
@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_jupyterlab_says_its_address_serves_the_lessons_and_ends_when_told(tmp_path, material, word):
    start(tmp_path / "mine", material)
    (tmp_path / "random.py").write_text(
        "raise SystemExit('this is a learner's own file')"
    )  # where `dlcourse lab` is typed
    places = {name: str(tmp_path / "home") for name in ("HOME", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
    program = (  # a terminal's Ctrl-C is heard even where whoever runs the tests has turned a deaf ear to it
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from dlcourse.lab import lab; sys.exit(lab(sys.argv[1], browser=False, port=int(sys.argv[2])))"
    )
    with socket.socket() as free:  # a port of its own: another server may be looking for one at the same moment
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-P", "-c", program, str(tmp_path / "mine"), str(port)],
        cwd=tmp_path,
        env=os.environ | places,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        address = next(
            found
            for line in running.stderr
            if (found := re.search(r"http://127\S+?:\d+/(lab/tree/lessons\?token=\w+)", line))
        )
        contents = address[0].replace("/lab/tree/lessons?", "/api/contents/lessons?")
        try:
            assert b"01_a.ipynb" in read(contents)
        except urllib.error.URLError:
            os.killpg(running.pid, signal.SIGKILL)
            pytest.fail(f"{address[0]} did not answer; the server said: {running.stderr.read()}")
        running.send_signal(word)
        assert running.wait(30) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        running.stderr.close()
