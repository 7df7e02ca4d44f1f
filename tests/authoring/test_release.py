import ast
import json

import pytest

from dlcourse.authoring.release import public_checks, release, rounded
from dlcourse.grading.exercise import UsageError

NAME = "90_twice"
FILES = [f"exercises/{NAME}.ipynb", f"exercises/checks/{NAME}.json", f"exercises/checks/{NAME}.py"]


def everything_released(root):
    return "\n".join((root / path).read_text() for path in FILES)


def test_release_writes_notebook_checks_and_numbers(course):
    assert sorted(release(course.root)) == FILES


def test_releasing_again_changes_nothing(course):
    release(course.root)
    assert release(course.root) == []


def test_check_writes_nothing_and_names_what_differs(course):
    release(course.root)
    (course.root / FILES[0]).write_text("edited by hand")
    assert release(course.root, check=True) == [FILES[0]]
    assert (course.root / FILES[0]).read_text() == "edited by hand"


def test_an_exercise_that_has_no_master_any_more_is_removed(course):
    release(course.root)
    stray = course.root / "exercises" / "89_gone.ipynb"
    stray.write_text("{}")
    release(course.root)
    assert not stray.exists()


@pytest.mark.parametrize(
    "secret", ["doubled_entries", "SECRET", "random_numbers", "np.abs", "left_shift", "def square"]
)
def test_what_is_withheld_is_nowhere(course, secret):
    release(course.root)
    assert secret not in everything_released(course.root)


@pytest.mark.parametrize(
    "kept", ["INPUTS = np.array", "def three", "That is the square.", "# YOUR CODE HERE", "random numbers"]
)
def test_what_a_learner_needs_is_there(course, kept):
    release(course.root)
    assert kept in everything_released(course.root)


def test_public_checks_are_python(course):
    ast.parse(public_checks(course.checks.read_text(), NAME))


def test_recorded_numbers_do_not_hang_on_the_last_bit():
    assert rounded({"a": [0.1 + 0.2, 1]}) == rounded({"a": [0.3, 1]})


def test_a_solution_that_fails_its_own_check_is_not_released(course):
    course.spoil_cell(2, "x + x", "x + 1 if x.size == 3 else x + x")
    course.spoil_checks("close_to(solution.twice(INPUTS))", "close_to(2 * INPUTS)")
    with pytest.raises(ValueError, match="the solution itself fails"):
        release(course.root)


def test_checks_that_release_cannot_read_are_refused(course):
    with pytest.raises(UsageError, match="no checks"):
        release(course.root / "solutions")


def test_the_released_notebook_names_its_exercise(course):
    release(course.root)
    assert json.loads((course.root / FILES[0]).read_text())["metadata"]["dlcourse"] == {"exercise": NAME}
