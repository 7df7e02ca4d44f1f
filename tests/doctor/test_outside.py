"""Ports and browsers."""

import json
import os
import socket
import sys

import pytest

from dlcourse.doctor import outside
from dlcourse.doctor.finding import Visit


@pytest.fixture
def taken():
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_wished_port_that_is_free_is_fine(wrong):
    assert wrong(outside.port, Visit(port=0)) == ""


def test_a_wished_port_that_is_taken_is_named(wrong, taken):
    assert wrong(outside.port, Visit(port=taken)) == f"Port {taken} is taken by another program."


def test_a_jupyterlab_of_ones_own_that_still_runs_is_named_with_its_folder(wrong, taken, home):
    server = {"pid": os.getpid(), "port": taken, "root_dir": "/my/course", "url": "http://localhost/"}
    (home / "runtime").mkdir()
    (home / "runtime" / f"jpserver-{os.getpid()}.json").write_text(json.dumps(server))
    assert wrong(outside.port, Visit(port=taken)) == f"Port {taken} is taken by a JupyterLab of yours, on /my/course."


def test_the_usual_port_may_be_taken_for_another_one_will_do(wrong, taken, monkeypatch):
    monkeypatch.setattr(outside, "USUAL", taken)
    assert wrong(outside.port) == ""
    assert outside.port(Visit()).found.startswith(f"{taken} is taken; JupyterLab will use ")


def test_a_port_for_root_alone_is_named(as_nobody):
    said = as_nobody("print(outside.port(Visit(port=1)))")
    if "faults=()" in said:
        pytest.skip("this system gives every port to every user")
    assert "Port 1 may not be used by you." in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_without_a_screen_no_browser_is_missed(wrong):
    assert wrong(outside.browser) == ""
    assert "prints an address" in outside.browser(Visit()).found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a browser of their own")
def test_a_screen_without_a_browser_is_named(elsewhere):
    code = """
    from dlcourse.doctor import outside
    from dlcourse.doctor.finding import Visit
    print(outside.browser(Visit()).faults)
    """
    assert "No browser is found" in elsewhere(sys.executable, code, DISPLAY=":0", PATH="/nowhere")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a browser of their own")
def test_a_browser_on_the_path_is_found(elsewhere, tmp_path):
    browser = tmp_path / "firefox"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    code = "from dlcourse.doctor import outside; print(outside.can_open_browser())"
    assert elsewhere(sys.executable, code, DISPLAY=":0", PATH=str(tmp_path)) == "True\n"
