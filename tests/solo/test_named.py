"""What a learner types is understood where it can mean one thing only."""

import pytest

from dlcourse.grading.exercise import UsageError
from dlcourse.solo.named import find_exercise, find_folder, matching, which_question

NAMES = ["01_perceptron", "05_activations", "10_convolution", "11_recurrence"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("05_activations", "05_activations"),
        ("05", "05_activations"),
        ("5", "05_activations"),
        ("1", "01_perceptron"),
        ("10", "10_convolution"),
        ("05_act", "05_activations"),
    ],
)
def test_as_little_as_is_unambiguous_will_do(typed, name):
    assert matching(typed, NAMES) == name


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1_", "no exercise begins with '1_'"),
        ("q3", "the exercise comes first, then the question: 05 q3"),
        ("", "no exercise begins with ''"),
        ("²", "there are 01_perceptron, 05_activations"),
        ("12", "no exercise begins with '12'"),
    ],
)
def test_what_fits_nothing_is_told_what_there_is(typed, says):
    with pytest.raises(UsageError) as error:
        matching(typed, NAMES)
    assert says in str(error.value)


def test_what_fits_several_is_told_which():
    with pytest.raises(UsageError, match="'11' could be 11_a or 11_b: type a little more"):
        matching("11", ["11_a", "11_b"])


@pytest.mark.parametrize("typed", ["q3", "Q3", "3"])
def test_a_question_goes_by_its_number_as_well(typed):
    assert which_question(typed, "05", ["q1", "q2", "q3"]) == "q3"


def test_an_unknown_question_is_told_which_there_are():
    with pytest.raises(UsageError, match="05_activations has no question 'q9': it has q1, q2"):
        which_question("q9", "05_activations", ["q1", "q2"])


def test_a_course_is_found_from_anywhere_inside(school, monkeypatch):
    monkeypatch.chdir(school.folder / "lessons")
    assert (find_folder(None), find_exercise("1").notebook) == (school.folder, school.first.path)


def test_a_path_names_the_exercise_that_its_notebook_says_it_is(school, monkeypatch):
    monkeypatch.chdir(school.folder)
    copy = school.first.path.with_name("a copy of mine.ipynb")
    copy.write_bytes(school.first.path.read_bytes())
    named = find_exercise("exercises/a copy of mine.ipynb")
    assert (named.name, named.folder) == ("01_first", school.folder)


def test_an_unreadable_notebook_goes_by_its_name(school):
    school.first.path.write_bytes(b"{")
    assert find_exercise(str(school.first.path)).name == "01_first"


@pytest.mark.parametrize(
    ("folder", "says"), [("nowhere", "there is no folder"), ("bare", "is not a course folder: make one with")]
)
def test_a_folder_that_is_no_course_is_named(tmp_path, folder, says):
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match=says):
        find_folder(tmp_path / folder)
