"""The workflow for repositories of student work: what it may do, and what its steps really do."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from dlcourse import __version__
from dlcourse.classroom.exports.workflow import workflow
from dlcourse.cli import app

ROOT = Path(__file__).parents[2]
EXERCISE = "01_perceptron"
SCHEMAS = Path(__file__).parent / "schemas"
# As text: to YAML 1.1 the key `on` is true.
WORKFLOW = yaml.load(workflow(EXERCISE), yaml.BaseLoader)
STEPS = WORKFLOW["jobs"]["check"]["steps"]
#: What stands in for programs of the runner: pip writes down what it is asked for, dlcourse is this checkout's.
PYTHON = f'#!/bin/sh\nif [ "$2" = pip ]; then echo "$@" >> "$PIP_WAS_ASKED"; else exec "{sys.executable}" "$@"; fi\n'
DLCOURSE = f'#!/bin/sh\nexec "{sys.executable}" -m dlcourse.cli "$@"\n'


def test_the_workflow_is_what_github_reads():
    schema = json.loads((SCHEMAS / "github-workflow.schema.json").read_text())
    jsonschema.validate(WORKFLOW, schema, jsonschema.Draft202012Validator)


def test_it_may_read_the_repository_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert STEPS[0]["with"] == {"persist-credentials": "false"}


def test_nothing_that_others_write_is_put_into_a_command():
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")]


class Runner:
    """A repository of a student's on a runner of GitHub's: the steps with commands, one after the other."""

    def __init__(self, folder, notebook):
        self.folder = folder
        (folder / "repository" / "exercises").mkdir(parents=True)
        (folder / "repository" / "exercises" / f"{EXERCISE}.ipynb").write_bytes(notebook.read_bytes())
        (folder / "bin").mkdir()
        for name, text in (("python", PYTHON), ("dlcourse", DLCOURSE)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(stat.S_IRWXU)
        self.codes, failed = [], False
        for step in STEPS:
            if "run" in step and (not failed or step.get("if") == "always()"):
                self.codes.append(self.run(step["run"]))
                failed = failed or self.codes[-1] != 0

    def run(self, command):
        files = {"GITHUB_STEP_SUMMARY": self.folder / "summary.md", "PIP_WAS_ASKED": self.folder / "pip.txt"}
        own = {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "GITHUB_SHA": "abc"}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command]
        environment = os.environ | own | {name: str(path) for name, path in files.items()}
        return subprocess.run(shell, cwd=self.folder / "repository", env=environment, timeout=120).returncode

    @property
    def summary(self):
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    @property
    def result(self):
        return json.loads((self.folder / "repository" / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    return Runner(tmp_path_factory.mktemp("solved"), ROOT / "solutions" / f"{EXERCISE}.ipynb")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    return Runner(tmp_path_factory.mktemp("untouched"), ROOT / "exercises" / f"{EXERCISE}.ipynb")


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    path = tmp_path_factory.mktemp("broken") / "broken.ipynb"
    path.write_text("{")
    return Runner(path.parent, path)


def test_it_installs_this_version(solved):
    assert f"dlcourse=={__version__}" in (solved.folder / "pip.txt").read_text()


def test_a_solved_exercise_is_green_and_an_untouched_one_is_not(solved, untouched):
    assert (solved.codes, untouched.codes) == ([0, 0, 0], [0, 1, 0])


def test_the_page_of_the_run_shows_what_the_checks_said(untouched):
    assert (f"## {EXERCISE}" in untouched.summary, "not attempted" in untouched.summary) == (True, True)


@pytest.mark.parametrize("name", ["solved", "untouched"])
def test_the_result_is_what_classroom_50_reads(request, name):
    schema = json.loads((SCHEMAS / "classroom50-result.schema.json").read_text())
    jsonschema.validate(request.getfixturevalue(name).result, schema, jsonschema.Draft202012Validator)


def test_the_result_counts_public_checks_alone(solved, untouched):
    assert solved.result["score"] == solved.result["max-score"] == untouched.result["max-score"] == 2100
    assert untouched.result["score"] == 0


def test_a_file_that_is_no_notebook_is_red_and_the_page_says_why(broken):
    assert (broken.codes, "JSON cannot be read" in broken.summary) == ([0, 2, 0], True)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_where_github_looks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["workflow", "1"]).exit_code == 0
    assert (tmp_path / ".github" / "workflows" / "dlcourse.yml").read_text() == workflow(EXERCISE)


def test_a_workflow_that_somebody_has_changed_is_not_overwritten(tmp_path):
    path = tmp_path / "dlcourse.yml"
    path.write_text("name: mine\n")
    done = CliRunner().invoke(app, ["workflow", EXERCISE, "--out", str(path)])
    assert ("says something else" in str(done.exception), path.read_text()) == (True, "name: mine\n")


def test_an_unknown_exercise_is_named():
    assert "no exercise begins with '77'" in str(CliRunner().invoke(app, ["workflow", "77"]).exception)
