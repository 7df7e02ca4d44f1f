"""A cell that no Python can read costs its own answer and no other: it is named in the feedback, and the rest is marked."""

import pytest
from tiny import TINY, notebook

from dlcourse.grading.mark import mark

ODD = {
    "a NUL": "x = '\0'",
    "half a character": "x = '\ud800'",
    "half a character in an error": "raise ValueError('\\ud800')",
    "a NUL in an error": "raise ValueError('a\\0b')",
    "a form feed": "x = 1\f\nif: pass",
    "brackets without end": "x = " + "(" * 5000,
    "a number without end": "x = " + "9" * 5000,
    "minus without end": "x = " + "-" * 200_000 + "1",
}


@pytest.mark.parametrize("cell", ODD.values(), ids=ODD)
def test_an_odd_cell_is_named_and_loses_no_point_of_the_others(cell):
    marked = mark(notebook(before=cell), TINY, seed=0)
    assert ([note.cell for note in marked.notes], [q.score for q in marked.questions]) == ([1], [2.0, 1.0])


@pytest.mark.parametrize("cell", ["x = '\u2028\x85'", "\r\n\r\nx = 1\r\n"], ids=ascii)
def test_odd_white_space_is_no_error(cell):
    assert mark(notebook(before=cell), TINY, seed=0).notes == ()


def test_an_answer_with_a_number_too_long_to_write_out_is_wrong_and_nothing_else():
    marked = mark(notebook(q1="def twice(z): return 10**5000"), TINY, seed=0)
    assert (marked.status, [q.score for q in marked.questions]) == ("graded", [0.0, 1.0])


def test_an_answer_of_keys_that_collide_does_not_hold_up_the_grader():
    marked = mark(notebook(q1="def twice(z): return {n * (2**61 - 1) for n in range(4000)}"), TINY, seed=0)
    assert [q.score for q in marked.questions] == [0.0, 1.0]
