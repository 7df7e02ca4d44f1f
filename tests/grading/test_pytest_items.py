"""`pytest solutions/checks/NN_name.py --submission FILE` runs an exercise's checks as tests, and says what learners read."""

import json
import shutil

import pytest
from classroom import ROOT

from dlcourse.grading import pytest_items
from dlcourse.grading.isolation.levels import PROCESS

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.xdist_group("pytester")

CHECKS = """
import numpy as np

from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])


@q1.check("by hand", each=["small", "large"])
def by_hand(student, case):
    x = np.ones(3) if case == "small" else np.full(3, 1e6)
    expect(student.twice(x)).close_to(2 * x)


@q1.check("drawn", hidden=True)
def drawn(student, solution, rng):
    x = rng.normal(size=3)
    expect(student.twice(x)).close_to(solution.twice(x))


@q1.mistake("That is the square.")
def square(x):
    return x * x
"""


def notebook(*cells):
    return json.dumps(
        {"cells": [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells], "metadata": {}}
    )


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs pytest on the checks; the exercise's own notebook is right."""
    monkeypatch.setattr(pytest_items, "choose", lambda **options: PROCESS)  # finding the strongest level takes seconds
    (pytester.path / "solutions" / "checks").mkdir(parents=True)
    (pytester.path / "solutions" / "checks" / "90_twice.py").write_text(CHECKS)
    (pytester.path / "solutions" / "90_twice.ipynb").write_text(notebook("def twice(x): return 2 * x"))
    shutil.copy(ROOT / "solutions" / "conftest.py", pytester.path / "solutions")

    def run(*cells, options=()):
        if cells:
            (pytester.path / "mine.ipynb").write_text(notebook(*cells))
            options = (*options, "--submission", "mine.ipynb")
        return pytester.runpytest("-p", "no:cacheprovider", "solutions/checks/90_twice.py", *options)

    return run


def test_without_a_submission_the_solution_is_judged(run):
    run().assert_outcomes(passed=3)


def test_each_run_of_a_check_is_a_test_named_by_question_and_check(run):
    run(options=["-v"]).stdout.fnmatch_lines(
        ["*::q1 Twice: by hand: small PASSED*", "*::q1 Twice: by hand: large PASSED*", "*::q1 Twice: drawn PASSED*"]
    )


def test_tests_can_be_chosen_by_their_names(run):
    run(options=["-k", "large"]).assert_outcomes(passed=1, deselected=2)


def test_a_test_that_fails_shows_what_the_learner_reads_and_no_traceback(run):
    result = run("import numpy", "def twice(x): return x * x")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        ["*✗ by hand: small: not yet*", "*entry [[]0[]] is 1, expected 2*", "*Likely mistake: That is the square.*"]
    )
    result.stdout.no_fnmatch_line("*Error*")
    result.stdout.no_fnmatch_line("*dlcourse/grading*")


def test_a_hidden_check_that_fails_shows_no_numbers_here_either(run):
    run("def twice(x): return x").stdout.fnmatch_lines(["*drawn: not yet*", "*its inputs are not shown*"])


def test_a_cell_that_stopped_is_named(run):
    run("1 / 0", "twice = None").stdout.fnmatch_lines(["*cell 1: ZeroDivisionError*"])


def test_a_file_that_is_no_notebook_fails_with_the_reason(run, pytester):
    (pytester.path / "other.txt").write_text("twice")
    result = run(options=["--submission", "other.txt"])
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*other.txt: the file is not a notebook*"])


def test_checks_without_a_notebook_are_refused_with_the_reason(run, pytester):
    (pytester.path / "solutions" / "90_twice.ipynb").unlink()
    run().stdout.fnmatch_lines(["*90_twice.ipynb is missing there*"])


def test_other_files_in_a_folder_of_that_name_are_left_to_pytest(pytester):
    folder = pytester.mkdir("checks")
    shutil.copy(ROOT / "solutions" / "conftest.py", folder)
    (folder / "test_own.py").write_text("from dlcourse.checks import question\n\ndef test_one(): assert question")
    (folder / "helpers.py").write_text("def test_two(): pass")
    pytester.runpytest("checks/test_own.py", "checks/helpers.py").assert_outcomes(passed=2)
