"""verify finds each way in which an exercise can be unsound. The real exercises' proofs are tests too."""

from pathlib import Path

import pytest

from dlcourse.authoring import verify as module
from dlcourse.authoring.verify import verify
from dlcourse.grading.exercise import exercise_names

NAME = "90_twice"
ROOT = Path(__file__).parents[2]


def faults(course):
    return "\n".join(verify(course.root, NAME).all_faults)


def test_a_sound_exercise_has_no_fault(course):
    assert faults(course) == ""


@pytest.mark.parametrize("name", exercise_names(ROOT / "solutions"))
def test_every_exercise_of_the_course_is_sound(name):
    assert verify(ROOT, name).all_faults == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("return x * x * np.ones_like(x)", "return x + x", "let the mistake 'square' pass"),
        ("INPUTS = np.array([1.0, -2.0, 3.0])", "INPUTS = np.array([2.0, 2.0, 2.0])", "no public check shows the mistake"),
        ("return x / 2.0 + np.zeros_like(x)", "return x * x", "is taken for 'square'"),
        ("return np.add(x, x) + np.zeros_like(x)", "return 2.1 * x", "the alternative 'added' misses"),
        ('@q1.mistake("That is the half.")', "", "lists 2 known mistakes"),
        ("x = rng.normal(size=5) + SECRET", "x = rng.normal(size=5); assert rng.random() < 0.5", "the solution misses"),
        ("points=2", "points=5", "its heading says 3"),
    ],
)  # fmt: skip
def test_a_spoiled_check_is_found(course, old, new, says):
    course.spoil_checks(old, new)
    assert says in faults(course)


@pytest.mark.parametrize(
    ("cell", "old", "new", "says"),
    [
        (1, "(3 points)", "(4 points)", "its heading says 4"),
        (1, "Give twice", "Try `doubled_entries = x + x`: give twice", "a line of the solution stands in exercises/"),
        (0, "import numpy as np", "import numpy as np\ndoubled_entries = 0\nif doubled_entries: doubled_entries = x + x", "a line of the solution"),
        (4, "print(", "q = lambda x: 0\ndef f(x):\n    return x * x * np.ones_like(x)\nprint(", "a line of 'square'"),
    ],
)  # fmt: skip
def test_a_spoiled_notebook_is_found(course, cell, old, new, says):
    course.spoil_cell(cell, old, new)
    assert says in faults(course)


def test_checks_that_take_too_long_are_found(course, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.0)
    assert "use smaller inputs" in faults(course)


def test_an_untouched_exercise_that_earns_points_is_found(course):
    course.spoil_cell(
        2,
        "    ### END SOLUTION",
        "    ### END SOLUTION\n    ### BEGIN STUDENT\n    # return 2 * x\n    ### END STUDENT",
    )
    assert "the untouched exercise earns points in 'three numbers'" in faults(course)


def test_a_cell_of_the_solution_that_fails_in_the_grader_is_found(course):
    course.spoil_cell(0, "import numpy as np", "import numpy as np\nif __name__ == '__main__': 1 / 0")
    assert "fails in the grader" in faults(course)
