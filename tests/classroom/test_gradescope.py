"""Gradescope's results.json, and which notebook is taken; test_gradescope_archive.py runs the whole archive."""

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_standings import NOTE, check, question, record

from dlcourse.classroom.exports.archive import archive, requirements
from dlcourse.classroom.exports.container import find, grade
from dlcourse.classroom.exports.gradescope import VISIBILITIES, results
from dlcourse.grading.exercise import UsageError
from dlcourse.grading.isolation.levels import PROCESS

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gradescope-results.schema.json").read_text())
SOLUTIONS = Path(__file__).parents[2] / "solutions"
EXERCISE = "01_perceptron"
SECRET = "the-hidden-case-is-7"
WRONG = question(
    "q1",
    check(1, 1, title="values: 1"),
    check(1, 0, title="values: 2", message="`f(2)` is 4, expected 2", mistake="square", hint="That is the square."),
    check(1, 0, name="later", title=f"later: {SECRET}", hidden=True, hint=SECRET, message="a hidden check"),
)
CASES = {
    "graded": record("student-001"),
    "wrong": record("student-001", (WRONG,)),
    "timeout": record("student-001", status="timeout", notes=(NOTE,)),
    "crashed": record("student-001", status="crashed"),
    "malformed": record("student-001", (), status="malformed", message="the file is empty"),
}


def by_name(case):
    return {test["name"]: test for test in results(CASES[case])["tests"]}


@pytest.mark.parametrize("case", CASES)
def test_results_are_what_gradescopes_schema_says(case):
    jsonschema.validate(results(CASES[case]), SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("case", CASES)
def test_the_tests_add_up_to_the_score(case):
    made = results(CASES[case])
    assert sum(test["score"] for test in made["tests"]) == made["score"] == CASES[case].score


def test_all_cases_of_a_check_are_one_test():
    test = by_name("wrong")["q1 Title of q1: values"]
    assert (test["score"], test["max_score"], test["status"], test["number"]) == (1, 2, "failed", "1.1")


def test_the_student_reads_what_is_wrong_and_the_likely_mistake():
    output = by_name("wrong")["q1 Title of q1: values"]["output"]
    assert ("`f(2)` is 4, expected 2" in output, "Likely mistake: That is the square." in output) == (True, True)


def test_of_a_hidden_check_nothing_but_its_name_is_told():
    assert SECRET not in json.dumps(results(CASES["wrong"]))
    assert by_name("wrong")["q1 Title of q1: later"]["output"] == "a hidden check"


@pytest.mark.parametrize("when", VISIBILITIES)
def test_hidden_checks_are_seen_when_the_instructor_says(when):
    seen = [test["visibility"] for test in results(CASES["wrong"], when)["tests"]]
    assert seen == ["visible", when]


def test_what_befell_a_cell_or_the_file_is_said_at_the_top():
    assert results(CASES["timeout"])["output"] == "Cell 3: ZeroDivisionError: division by zero"
    assert results(CASES["malformed"])["output"] == "the file is empty"


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_whatever_a_submission_says_is_shown_as_plain_text(said):
    made = results(record("student-001", (question("q1", check(1, 0, message=said)),), message=said))
    formats = [made["output_format"], *(test["output_format"] for test in made["tests"])]
    assert set(formats) == {"text"}
    json.dumps(made).encode()


# --- which notebook ---------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_in(tmp_path):
    def write(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text("{}")
        return find(tmp_path, "01_perceptron")

    return write


@pytest.mark.parametrize(
    "paths",
    [
        ["01_perceptron.ipynb"],
        ["mine.ipynb"],
        ["repo/exercises/01_perceptron.ipynb", "repo/exercises/02_other.ipynb"],
        ["01_perceptron.ipynb", ".ipynb_checkpoints/01_perceptron.ipynb", "__MACOSX/01_perceptron.ipynb"],
    ],
)
def test_the_notebook_is_found_wherever_it_lies(handed_in, tmp_path, paths):
    assert handed_in(*paths).path == tmp_path / paths[0]


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (["notes.txt"], "there is no notebook here: hand in one, 01_perceptron.ipynb"),
        (["a.ipynb", "b.ipynb"], "several notebooks here (a.ipynb, b.ipynb)"),
        (["x/01_perceptron.ipynb", "y/01_perceptron.ipynb"], "several notebooks here (x/01_perceptron.ipynb, y/"),
    ],
)
def test_what_cannot_be_graded_says_why(handed_in, paths, says):
    found = handed_in(*paths)
    assert (found.path, found.status, says in found.problem) == (None, "malformed", True)


def test_a_link_to_the_solution_is_not_taken(tmp_path):
    (tmp_path / "source.ipynb").write_text("{}")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "01_perceptron.ipynb").symlink_to(tmp_path / "source.ipynb")
    assert find(folder, "01_perceptron").path is None


# --- the archive ------------------------------------------------------------------------------------------------------

PRIVATE = """
from dlcourse.checks import expect, question

q1 = question("q1", "Steps", functions=["unit_step", "sign"])

@q1.check("other arrays", hidden=True)
def own(student, solution): expect(student.sign(3.0)).close_to(1.0)
"""


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    (folder / f"{EXERCISE}.py").write_text(PRIVATE)
    return folder


def inside(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def data():
    return archive(SOLUTIONS, EXERCISE, None, "hidden")


def test_of_the_solutions_the_archive_holds_this_exercise_alone(data):
    names = [name for name in inside(data) if not name.startswith("dlcourse/")]
    assert [name for name in names if name.endswith((".ipynb", ".py"))] == [f"exercise/{EXERCISE}.ipynb", f"exercise/checks/{EXERCISE}.py"]  # fmt: skip
    assert not [name for name in inside(data) if name.endswith(".ipynb") and not name.startswith("exercise/")]


def test_what_gradescope_looks_for_lies_at_the_top_and_can_be_run(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {file.getinfo(name).external_attr >> 16 for name in ("setup.sh", "run_autograder")} == {0o755}


def test_the_same_files_make_the_same_archive(data):
    assert archive(SOLUTIONS, EXERCISE, None, "hidden") == data


def test_private_checks_go_along(private):
    files = inside(archive(SOLUTIONS, EXERCISE, private, "hidden"))
    assert (files[f"private/{EXERCISE}.py"].decode(), json.loads(files["settings.json"])["private"]) == (PRIVATE, True)


def test_packages_are_pinned_and_come_from_nowhere_in_particular(data):
    files = inside(data)
    assert b"numpy==" in files["constraints.txt"]
    assert not any(
        b"://" in files[name] for name in ("setup.sh", "run_autograder", "requirements.txt", "constraints.txt")
    )


def test_what_keeps_submissions_in_is_installed_and_no_server_is():
    names = " ".join(requirements())
    assert ("landlockpy" in names, "pyseccomp" in names, "jupyterlab" in names) == (True, True, False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("99_none", "hidden"), "no exercise called '99_none'"),
        ((EXERCISE, "never"), "say one of visible, after_due_date"),
    ],
)
def test_an_archive_that_cannot_be_made_says_why(arguments, says):
    name, hidden = arguments
    with pytest.raises(UsageError, match=says):
        archive(SOLUTIONS, name, None, hidden)


# --- grading in the container, at the lowest level --------------------------------------------------------------------

CHECKS = """
from dlcourse.checks import expect, question
q1 = question("q1", "Twice", functions=["twice"])
@q1.check("three")
def three(student, solution): expect(student.twice(3)).equal(solution.twice(3))
"""


def notebook(source):
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "q1"}}, "source": source}
    return json.dumps({"cells": [cell], "metadata": {}})


@pytest.fixture
def root(tmp_path):
    """`/autograder` with an exercise of one line."""
    for folder in ("source/exercise/checks", "submission", "results"):
        (tmp_path / folder).mkdir(parents=True)
    settings = {"exercise": "tiny", "hidden": "after_published", "private": False}
    (tmp_path / "source" / "settings.json").write_text(json.dumps(settings))
    (tmp_path / "source" / "exercise" / "checks" / "tiny.py").write_text(CHECKS)
    (tmp_path / "source" / "exercise" / "tiny.ipynb").write_text(notebook("def twice(x): return 2 * x"))
    return tmp_path


def test_results_that_a_submission_writes_itself_are_replaced_whatever_the_isolation(root):
    forged = f"import os; os.system('chmod 777 {root}/results; echo 1000 > {root}/results/results.json')\n"
    (root / "submission" / "tiny.ipynb").write_text(notebook(forged + "def twice(x): return x"))
    assert grade(root, PROCESS) == 0
    assert json.loads((root / "results" / "results.json").read_text())["score"] == 0


def test_where_the_grader_itself_fails_there_are_no_results_and_no_old_ones(root):
    (root / "source" / "exercise" / "checks" / "tiny.py").write_text("1 / 0")
    (root / "submission" / "tiny.ipynb").write_text(notebook("def twice(x): return x"))
    (root / "results" / "results.json").write_text("{}")
    assert (grade(root, PROCESS), (root / "results" / "results.json").exists()) == (1, False)


def test_what_is_not_the_submissions_is_closed_to_other_users(root):
    (root / "submission" / "tiny.ipynb").write_text(notebook(""))
    grade(root, PROCESS)
    assert {(root / name).stat().st_mode & 0o077 for name in ("source", "submission", "results")} == {0}
