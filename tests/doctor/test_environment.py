"""Which Python, which environment, which terminal."""

import os
import sys

import pytest

from dlcourse.doctor import environment
from dlcourse.doctor.finding import Visit


def test_the_python_that_runs_the_tests_is_new_enough():
    assert sys.executable in environment.python(Visit()).found


def test_a_python_that_is_too_old_is_named_with_what_is_needed(wrong, installed):
    installed("dlcourse", "9.0", "Requires-Python: >=3.99")
    assert "dlcourse needs Python >=3.99, and" in wrong(environment.python)


def test_without_an_active_environment_nothing_is_wrong(wrong, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert wrong(environment.activated) == ""


def test_another_environment_that_is_active_is_named(wrong, monkeypatch, tmp_path):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert f"has the environment {tmp_path} active, but dlcourse runs in {sys.prefix}" in wrong(environment.activated)


def test_the_remedy_activates_the_right_environment(monkeypatch, bare_python):
    (bare_python.parent / "activate").touch()
    assert environment.activation(bare_python.parents[1]) == f"source {bare_python.parent}/activate"


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """typed("#!/bin/sh") is a program of these words that the terminal finds under the name dlcourse."""

    def write(words):
        (tmp_path / "dlcourse").write_text(words)
        (tmp_path / "dlcourse").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path / "dlcourse"

    return write


@pytest.mark.skipif(sys.platform == "win32", reason="programs have other names there")
def test_another_dlcourse_that_typing_would_start_is_named(wrong, typed):
    other = typed("#!/another/bin/python3\nimport dlcourse")
    assert f"`dlcourse`, typed into this terminal, is {other}" in wrong(environment.activated)


@pytest.mark.parametrize("words", [f"#!{sys.executable}\n", "#!/usr/bin/env bash\nexec pyenv", "\x7fELF"])
def test_a_dlcourse_that_leads_here_or_chooses_itself_is_left_alone(words, wrong, typed):
    typed(words)
    assert wrong(environment.activated) == ""


TOLD = """
    from dlcourse.doctor import environment, told
    from dlcourse.doctor.finding import Visit
    told.tell([("terminal", environment.terminal(Visit()))])
"""
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no such locale")
def test_a_terminal_without_signs_is_told_so_without_signs(elsewhere):
    said = elsewhere(sys.executable, TOLD, **ASCII)
    assert said.isascii()
    assert "wrong terminal: This terminal takes" in said


def test_a_terminal_that_takes_everything_is_fine(elsewhere):
    assert elsewhere(sys.executable, TOLD, PYTHONIOENCODING="utf-8").startswith("✓ ok    terminal: utf-8")


def test_the_remedy_of_a_terminal_mends_it(elsewhere):
    mended = ASCII | {"PYTHONUTF8": "1"}
    assert "wrong" not in elsewhere(sys.executable, TOLD, **mended)


def test_a_path_with_letters_the_terminal_lacks_is_still_told(elsewhere):
    code = """
    from dlcourse.doctor import told
    told.say("✓ ok    course: my/zoë")
    """
    assert elsewhere(sys.executable, code, PYTHONIOENCODING="ascii") == "ok    course: my/zo\\xeb" + os.linesep
