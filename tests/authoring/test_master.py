import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.checks.question import read_questions
from dlcourse.grading.master import MasterError, annotate, given_of, strip, student_notebook

SECTION = "### BEGIN SOLUTION\nsecret\n### END SOLUTION"


def test_a_solution_becomes_a_stub_at_its_own_indentation():
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"
    assert strip(source) == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def test_each_of_several_gaps_becomes_a_stub():
    assert strip(f"{SECTION}\ngiven = 1\n{SECTION}").count("raise NotImplementedError()") == 2


def test_code_given_to_be_mended_stands_in_place_of_the_solution():
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n" \
        "    ### BEGIN STUDENT\n    # if x:\n    #     return -x\n    ### END STUDENT"  # fmt: skip
    assert strip(source) == "def f(x):\n    if x:\n        return -x"


@settings(derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(["a = 1", "    b = 2", "", SECTION]), max_size=8))
def test_no_line_of_any_solution_is_left(parts):
    assert "secret" not in strip("\n".join(parts))


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nsecret",
        "### END SOLUTION",
        "### BEGIN STUDENT\n# x\n### END STUDENT",
        f"{SECTION}\n### BEGIN STUDENT\n# x",
    ],
)
def test_a_region_left_open_is_refused(source):
    with pytest.raises(MasterError):
        strip(source)


def test_answer_and_check_cells_carry_nbgraders_metadata(course):
    cells = json.loads(course.master.read_text())["cells"]
    answer, check = cells[2]["metadata"]["nbgrader"], cells[3]["metadata"]["nbgrader"]
    base = {"schema_version": 3, "task": False}
    assert answer == base | {"grade_id": "q1", "solution": True, "grade": False, "locked": False}
    assert check == base | {"grade_id": "q1-check", "solution": False, "grade": True, "locked": True, "points": 2}


def test_a_check_cell_is_worth_its_public_checks_for_nbgrader_runs_no_others(course):
    (question,) = read_questions(course.checks)
    assert (question.points, question.public_points) == (3, 2)


def test_students_get_no_outputs(course):
    master = json.loads(course.master.read_text())
    master["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "secret"}]
    assert "secret" not in json.dumps(student_notebook(master))


def test_making_the_student_notebook_leaves_the_master_as_it_is(course):
    master = json.loads(course.master.read_text())
    before = copy.deepcopy(master)
    student_notebook(master)
    assert master == before


def test_given_code_is_found(course):
    source = f"{SECTION}\n### BEGIN STUDENT\n# x = 1\n### END STUDENT"
    assert given_of({"cells": [{"source": source}]}) == ["x = 1\n"]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ({"source": SECTION, "metadata": {}}, "go together"),
        ({"source": "x = 1", "metadata": {"question": "q1"}}, "go together"),
        ({"source": SECTION, "metadata": {"question": "q7"}}, "no checks for 'q7'"),
        ({"source": "x = 1", "metadata": {}}, "q1 needs an answer cell"),
    ],
)
def test_a_master_that_cannot_be_released_is_refused(course, cell, says):
    with pytest.raises(MasterError, match=says):
        annotate({"cells": [cell], "metadata": {}}, "name", read_questions(course.checks))
