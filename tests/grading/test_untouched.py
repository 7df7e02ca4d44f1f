"""A question that hands out code to be repaired: as long as that stands there to the letter, nobody has answered."""

from dataclasses import replace

import pytest
from tiny import RIGHT, TINY, notebook

from dlcourse.checks.plain import squeezed
from dlcourse.grading.mark import mark

BROKEN = "def twice(z):\n    return z * z\n"
REPAIR = replace(TINY, stubs=frozenset({squeezed(BROKEN)}))


def result(**cells):
    return mark(notebook(**cells), REPAIR, seed=0).questions[0]


def test_it_is_not_attempted_and_no_mistake_is_made_of_it():
    question = result(q1=BROKEN)
    said = {check.message for check in question.checks if not check.hidden}
    assert (question.status, said) == ("not attempted", {"`twice` is still as it was given out"})


@pytest.mark.parametrize("change", ["# looked at it\n", "x = 1\n"])
def test_whoever_changed_it_at_all_is_judged(change):
    assert result(q1=change + BROKEN).status == "failed"


def test_white_space_alone_is_no_change():
    assert result(q1=f"\n{BROKEN}\n\n").status == "not attempted"


def test_an_answer_in_a_cell_of_its_own_counts():
    assert result(q1=BROKEN, between=RIGHT["q1"]).status == "passed"


def test_an_answer_stays_when_the_exercise_is_pasted_behind_it():
    assert result(between=BROKEN).status == "passed"


def test_the_other_questions_may_use_what_was_given():
    uses = "import numpy as np\ndef thrice(z): return 3 * z + 0 * twice(z)"
    assert [q.status for q in mark(notebook(q1=BROKEN, q2=uses), REPAIR, seed=0).questions] == [
        "not attempted",
        "passed",
    ]
