"""The archive for Gradescope, unpacked, set up and run as Gradescope does it, in a place that looks like its container.

`make test-gradescope`. It is not part of `make test`: it makes a virtual environment and starts the grader six times.
`/autograder` is a temporary folder: bound there by bubblewrap where that works, else named by AUTOGRADER_ROOT. pip gets no
network: it finds what these tests run with, and would stop at anything that is missing.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest

from dlcourse.classroom.exports.archive import archive
from dlcourse.grading.master import student_notebook

ROOT = Path(__file__).parents[2]
EXERCISE = "01_perceptron"
MASTER = json.loads((ROOT / "solutions" / f"{EXERCISE}.ipynb").read_text(encoding="utf-8"))
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gradescope-results.schema.json").read_text())
#: Tries to give itself points, to read what it may not, and to stay after the end; what worked is told in an error.
MALICIOUS = """
import glob, json, os, time
worked, root = [], {root!r}
def attempt(name, deed):
    try: deed()
    except BaseException: return
    worked.append(name)
def forge(path="results/results.json"):
    open(f"{{root}}/{{path}}", "w").write(json.dumps({{"score": 1000}}))
def stay():
    if os.fork() == 0:
        while True:
            attempt("forges", forge)
            time.sleep(0.01)
attempt("reads the solution", lambda: open(f"{{root}}/source/exercise/{exercise}.ipynb").read())
attempt("reads the checks", lambda: open(f"{{root}}/source/exercise/checks/{exercise}.py").read())
attempt("writes results", forge)
attempt("removes results", lambda: os.rename(f"{{root}}/results", f"{{root}}/mine"))
attempt("changes the grader", lambda: open(glob.glob(f"{{root}}/venv/lib/*/*/dlcourse/__init__.py")[0], "a"))
attempt("leaves a process behind", stay)
raise RuntimeError(f"worked: {{worked}}")
"""


class Gradescope:
    """A mock of its container: what it lays out where, what it calls, and how."""

    def __init__(self, folder):
        self.folder = folder
        everything = [f"/{name}" for name in os.listdir("/") if name != "autograder"]
        binds = [word for path in everything for word in ("--dev-bind", path, path)]
        self.enter = ["bwrap", *binds, "--bind", str(folder), "/autograder", "--chdir", "/autograder", "--"]
        bound = shutil.which("bwrap") and subprocess.run([*self.enter, "true"], capture_output=True).returncode == 0
        self.root = "/autograder" if bound else str(folder)
        if not bound:
            self.enter = []
        path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.environment = {"PATH": path, "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", "OPENBLAS_NUM_THREADS": "1"}
        if not bound:
            self.environment["AUTOGRADER_ROOT"] = self.root

    def run(self, *command):
        return subprocess.run(
            [*self.enter, *map(str, command)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def build(self, data):
        """Unpack, and run setup.sh once, in a Python that has our packages already."""
        for name in ("source", "submission", "results"):
            (self.folder / name).mkdir()
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            file.extractall(self.folder / "source")
        for program in ("setup.sh", "run_autograder"):
            (self.folder / "source" / program).chmod(0o755)
        shutil.copy(self.folder / "source" / "run_autograder", self.folder)
        made = self.run(Path(sys.base_prefix) / "bin" / "python3", "-m", "venv", "--without-pip", f"{self.root}/venv")
        assert made.returncode == 0, made.stderr
        (packages,) = (self.folder / "venv" / "lib").glob("*/site-packages")
        ours = [path for path in sys.path if path.endswith("site-packages")]
        (packages / "ours.pth").write_text("\n".join(ours))
        return self.run(f"{self.root}/source/setup.sh")

    def submit(self, notebook, name=f"{EXERCISE}.ipynb"):
        """Hand in, and give back what run_autograder leaves."""
        for folder in ("submission", "results"):
            shutil.rmtree(self.folder / folder)
            (self.folder / folder).mkdir()
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        (self.folder / "submission" / name).write_text(text, encoding="utf-8")
        done = self.run(f"{self.root}/run_autograder")
        target = self.folder / "results" / "results.json"
        return done, json.loads(target.read_text()) if target.exists() else None


@pytest.fixture(scope="module")
def data():
    return archive(ROOT / "solutions", EXERCISE, None, "after_published")


@pytest.fixture(scope="module")
def gradescope(data, tmp_path_factory):
    """The mock with the archive built into it."""
    mock = Gradescope(tmp_path_factory.mktemp("autograder"))
    built = mock.build(data)
    assert built.returncode == 0, built.stdout + built.stderr
    return mock


def with_cell(code):
    notebook = deepcopy(MASTER)
    cell = {"cell_type": "code", "id": "own", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    notebook["cells"].insert(3, cell)
    return notebook


def wrong():
    notebook = deepcopy(MASTER)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "q1":
            cell["source"] = "".join(cell["source"]) + "\ndef sign(z): return z"
    return notebook


SUBMISSIONS = {
    "perfect": MASTER,
    "untouched": student_notebook(MASTER),
    "wrong": wrong(),
    "broken": '{"cells": [',
}


@pytest.fixture(scope="module")
def graded(gradescope):
    """What Gradescope finds for each submission, and for one that is up to no good."""
    evil = with_cell(MALICIOUS.format(root=gradescope.root, exercise=EXERCISE))
    return {name: gradescope.submit(notebook) for name, notebook in (SUBMISSIONS | {"malicious": evil}).items()}


@pytest.mark.parametrize("name", [*SUBMISSIONS, "malicious"])
def test_every_submission_gets_results_that_gradescope_reads(graded, name):
    done, results = graded[name]
    assert done.returncode == 0, done.stderr
    jsonschema.validate(results, SCHEMA, jsonschema.Draft202012Validator)


def test_the_solution_gets_all_points(graded):
    assert graded["perfect"][1]["score"] == sum(test["max_score"] for test in graded["perfect"][1]["tests"]) > 20


def test_an_untouched_notebook_gets_none(graded):
    assert graded["untouched"][1]["score"] == 0


def test_a_wrong_answer_loses_its_points_alone_and_reads_why(graded):
    failed = [test for test in graded["wrong"][1]["tests"] if test["status"] == "failed"]
    assert {test["number"].split(".")[0] for test in failed} == {"1"}
    assert "expected" in failed[0]["output"]


def test_a_file_that_is_no_notebook_is_told_so(graded):
    results = graded["broken"][1]
    assert (results["score"], "JSON cannot be read" in results["output"]) == (0, True)


def test_who_forges_results_and_looks_for_the_solution_gets_what_was_earned(graded):
    results = graded["malicious"][1]
    assert "worked: []" in results["output"]
    assert results["score"] == graded["perfect"][1]["score"]


def test_the_level_of_isolation_is_told_to_the_instructor_alone(graded):
    done, results = graded["perfect"]
    assert (results["extra_data"]["isolation"] in done.stdout, results["stdout_visibility"]) == (True, "hidden")
