import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse.checks.compare import difference, same, show
from dlcourse.checks.plain import Opaque

FLOATS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


@settings(derandomize=True, deadline=None)
@given(FLOATS)
def test_an_array_is_close_to_itself(a):
    assert difference(a, a.copy()) is None


@settings(derandomize=True, deadline=None)
@given(FLOATS, st.data())
def test_one_wrong_entry_is_found_and_named(a, data):
    where = tuple(data.draw(st.integers(0, n - 1)) for n in a.shape)
    wrong = a.copy()
    wrong[where] += 1.0 + abs(wrong[where])
    assert f"entry [{', '.join(map(str, where))}]" in difference(wrong, a)


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (np.ones((2, 1)), np.ones(2), "the shape is (2, 1), expected (2,)"),
        (np.ones(1), 1.0, "the shape is (1,), expected a single number"),
        (1.0, np.ones(3), "the answer is one number, expected shape (3,)"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "entry [1] is nan, expected 2"),
        (np.array([True, False]), np.array([1.0, 0.0]), "made of True and False"),
        (True, 1.0, "made of True and False"),
        (None, np.ones(2), "the answer is None, expected an array"),
        ("0.5", 0.5, "the answer is a string, expected a number"),
        ([1.0, 2.0], np.ones(2), "the answer is a list, expected an array"),
        (Opaque("Yes", 0), np.ones(2), "the answer is an object of type Yes, expected an array"),
        ((1.0,), (1.0, 2.0), "the answer has 1 values, expected 2"),
        ({"a": 1}, {"b": 1}, "the keys are ['a'], expected ['b']"),
        ({"relu"}, {"relu", "elu"}, "all that stands there belongs to it, but 1 more should"),
        ({"relu", "tanh"}, {"relu", "elu"}, "'tanh' does not belong to it"),
        (["relu"], {"relu"}, "the answer is a list of 1, expected a set"),
        (np.array(["a", "b"]), np.ones(2), "expected numbers"),
        (2, False, "the answer is 2, expected True or False"),
    ],
)
def test_a_wrong_answer_is_described(got, expected, says):
    assert says in difference(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (np.array(1.0), 1.0),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([np.nan]), np.array([np.nan])),
        (np.array([np.inf]), np.array([np.inf])),
        (np.float32([0.1]).astype(np.float32), np.array([0.1])),
        ([1.0, 2.0], (1.0, 2.0)),
        ({"a": np.ones(2)}, {"a": np.ones(2)}),
        (Opaque("function", 3), Opaque("function", 8)),
    ],
)
def test_a_right_answer_in_another_form_is_right(got, expected):
    assert difference(got, expected) is None


def test_a_float64_answer_is_held_to_seven_digits():
    assert difference(1.0 + 1e-6, 1.0) == "the answer is 1.000001, expected 1 (off by 1e-06)"


def test_the_count_of_wrong_entries_is_told():
    assert "3 of 4 entries are wrong" in difference(np.array([0.0, 1, 1, 1]), np.zeros(4))


def test_answers_of_different_form_are_not_the_same_mistake():
    assert not same(1.0, np.array(1.0))


def test_a_long_string_is_cut():
    assert len(show("x" * 500)) <= 80


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.float32(0.1), 0.1),
        (np.array([0.1], np.float32), np.array([0.1])),
        (np.array([0.1 + 0.2j], np.complex64), np.array([0.1 + 0.2j])),
        (np.array([0.1], np.float16), np.array([0.1001], np.float16)),
        (np.int64(3), 3),
        (3, np.int64(3)),
        (np.bool_(True), True),
    ],
)
def test_no_more_digits_are_asked_for_than_an_answer_can_have(got, expected):
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array([0.1], np.float16), np.array([0.1])),
        (np.array([0.1001], np.float32), np.array([0.1])),
        (np.array([0.1 + 0.2001j], np.complex64), np.array([0.1 + 0.2j])),
    ],
)
def test_no_fewer_digits_are_asked_for_than_an_answer_can_have(got, expected):
    assert "off by" in difference(got, expected)


@settings(derandomize=True, deadline=None)
@given(FLOATS, st.floats(1e-5, 1e3))
def test_a_wrong_entry_is_shown_beside_what_was_expected_and_how_far_it_is(a, off):
    wrong = a + off * (1 + np.abs(a))
    text = difference(wrong, a)
    got, expected = text.split(" is ")[1].split(" (off")[0].split(", expected ")
    assert (got != expected, "(off by " in text) == (True, True)
