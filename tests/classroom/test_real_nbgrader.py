"""A real nbgrader, in an environment of its own, grades a released notebook as the public checks do.

`make test-nbgrader`. It is not part of `make test`: installing nbgrader takes a minute or two once, and it runs notebooks
one after the other.
"""

import csv
import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from beside_nbgrader import Absent, environment

from dlcourse.classroom.exports.nbgrader import COLUMNS
from dlcourse.grading.exercise import load_public
from dlcourse.grading.mark import mark
from dlcourse.grading.submission import read_notebook

ROOT = Path(__file__).parents[2]
EXERCISE = "01_perceptron"
RELEASED = ROOT / "exercises" / f"{EXERCISE}.ipynb"
#: The instructor's settings: what release has written holds no solutions that nbgrader would have to take out.
SETTINGS = "c = get_config()\nc.ClearSolutions.enabled = False\n"
#: nbgrader's Python has no dlcourse; the kernel's has.
KERNEL = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3",
    "language": "python",
}


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def perfect(released, master):
    """The released notebook with the solution's answers."""
    for theirs, answer in zip(released["cells"], master["cells"], strict=True):
        theirs["source"] = answer["source"]


def half_done(released, master):
    for id in ("q1", "q2", "q3"):
        cell_of(released, id)["source"] = cell_of(master, id)["source"]


def complaining(released, master):
    """Right answers, from cells and functions that write to stderr."""
    perfect(released, master)
    cell = cell_of(released, "q1")
    loud = "import sys\nprint('careful', file=sys.stderr)\n"
    cell["source"] = loud + "".join(cell["source"]).replace(
        "    return ", "    print('!', file=sys.stderr)\n    return "
    )


def boastful(released, master):
    """Nothing answered, and every check replaced by what it would like to hear."""
    for cell in released["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = str(cell["metadata"]["nbgrader"]["points"])


STUDENTS = {
    "perfect": perfect,
    "untouched": lambda released, master: None,
    "half-done": half_done,
    "complaining": complaining,
    "boastful": boastful,
}


class Course:
    """A folder of nbgrader's, from source to grades."""

    def __init__(self, folder, programs):
        self.folder = folder
        self.nbgrader = programs / "nbgrader"
        own = {f"{name}_DIR": str(folder / "home") for name in ("JUPYTER_CONFIG", "JUPYTER_DATA", "JUPYTER_RUNTIME")}
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.environment = (
            os.environ | own | {"PATH": path, "JUPYTER_PATH": str(folder), "IPYTHONDIR": own["JUPYTER_DATA_DIR"]}
        )
        self.environment["MPLBACKEND"] = "Agg"

    def run(self, *arguments):
        command = [self.nbgrader, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, path, content):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return place


@pytest.fixture(scope="module")
def programs():
    try:
        return environment()
    except Absent as reason:
        pytest.skip(f"nbgrader cannot be installed here: {reason}")


@pytest.fixture(scope="module")
def course(programs, tmp_path_factory):
    """A class, graded by nbgrader: source, release, what was handed in, grades."""
    course = Course(tmp_path_factory.mktemp("nbgrader"), programs)
    released, master = json.loads(RELEASED.read_text()), json.loads((ROOT / "solutions" / RELEASED.name).read_text())
    course.write("kernels/python3/kernel.json", KERNEL)
    course.write("nbgrader_config.py", SETTINGS)
    course.write(f"source/{EXERCISE}/{RELEASED.name}", released)
    for checks in (ROOT / "exercises" / "checks").glob(f"{EXERCISE}.*"):
        course.write(f"source/{EXERCISE}/checks/{checks.name}", checks.read_text(encoding="utf-8"))
    course.run("generate_assignment", EXERCISE)
    for student, change in STUDENTS.items():
        theirs = deepcopy(released)
        change(theirs, master)
        course.write(f"submitted/{student}/{EXERCISE}/{RELEASED.name}", theirs)
    course.run("autograde", EXERCISE)
    course.run("export")
    return course


@pytest.fixture(scope="module")
def grades(course):
    with (course.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def by_public_checks(notebook):
    """Points by dlcourse's own public checks, and the most there are."""
    results = mark(read_notebook(notebook), load_public(RELEASED, EXERCISE), seed=0).questions
    return sum(result.score for result in results), sum(result.max_score for result in results)


@pytest.mark.parametrize("student", ["perfect", "untouched", "half-done", "complaining"])
def test_nbgrader_gives_the_points_of_the_public_checks(course, grades, student):
    handed_in = course.folder / "submitted" / student / EXERCISE / RELEASED.name
    theirs = float(grades[student]["score"]), float(grades[student]["max_score"])
    assert theirs == pytest.approx(by_public_checks(handed_in))


def test_half_done_is_neither_nothing_nor_all(grades):
    assert 0 < float(grades["half-done"]["score"]) < float(grades["perfect"]["score"])


def test_a_check_cell_that_was_changed_is_put_back(grades):
    assert float(grades["boastful"]["score"]) == 0


def test_our_table_has_nbgraders_columns(course):
    assert (course.folder / "grades.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("student", "says"), [("perfect", "Success!"), ("half-done", "VALIDATION FAILED ON 4 CELL(S)")]
)
def test_nbgrader_validates_what_students_hand_in_as_the_public_checks_do(course, student, says):
    assert says in course.run("validate", f"submitted/{student}/{EXERCISE}/{RELEASED.name}")


def test_the_page_for_the_student_names_what_is_not_right_yet(course):
    course.run("generate_feedback", EXERCISE, "--student", "half-done")
    (page,) = (course.folder / "feedback" / "half-done").rglob("*.html")
    assert "not attempted" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_nbgrader_accepts_the_metadata_of_every_notebook(programs, folder):
    read = "import sys; from nbgrader.nbgraderformat import read\nfor path in sys.argv[1:]: read(open(path, encoding='utf-8'), as_version=4)"
    notebooks = sorted((ROOT / folder).glob("*.ipynb"))
    assert len(notebooks) == 14
    done = subprocess.run([programs / "python", "-c", read, *notebooks], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
