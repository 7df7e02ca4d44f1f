"""`reset` puts back what was given, keeps aside what was there, and touches no cell of the learner's."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcourse.authoring.release import release
from dlcourse.grading.exercise import UsageError
from dlcourse.solo.given import Given, Installation
from dlcourse.solo.reset import reset

STUB = "def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def without_marks(cells):
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)


def without_marks_and_ids(cells):
    without_marks(cells)
    for cell in cells:
        cell.pop("id")


def test_a_questions_cells_are_as_they_were_given_and_no_others_change(school):
    given = school.first.sources
    school.first.solve()
    reset(school.first.path, school.given(), "q2")
    assert school.first.source("q1") == "def twice(x):\n    return 2 * x"
    given[3] = school.first.source("q1")
    assert school.first.sources == given


def test_what_was_there_is_kept_beside_it_to_the_last_byte(school):
    school.first.solve()
    before = school.first.path.read_bytes()
    kept = reset(school.first.path, school.given(), "q1").kept
    assert (kept.name, kept.read_bytes()) == ("01_first.before-reset.ipynb", before)


def test_an_earlier_version_kept_is_not_overwritten(school):
    versions = []
    for answer in ("x = 1", "x = 2", "x = 3"):
        school.first.answer(q1=answer)
        versions.append(school.first.path.read_bytes())
        reset(school.first.path, school.given(), "q1")
    kept = [school.first.path.with_name(f"01_first.before-reset{n}.ipynb").read_bytes() for n in ("", "2", "3")]
    assert kept == versions


def test_cells_that_the_learner_added_stay(school):
    mine = school.first.own("a = 'note to myself'")
    school.first.solve()
    school.first.change(lambda cells: cells.insert(4, mine))
    reset(school.first.path, school.given())
    assert school.first.cells[4] == mine


def test_without_a_question_the_whole_notebook_is_as_given(school):
    given = school.first.path.read_bytes()
    school.first.solve()
    school.first.change(lambda cells: cells[0].update(source="my own heading"))
    reset(school.first.path, school.given())
    assert json.loads(school.first.path.read_bytes()) == json.loads(given)


@pytest.mark.parametrize("question", ["q1", "q2", None])
def test_an_untouched_notebook_stays_as_it_is_and_no_copy_is_made(school, question):
    before = school.first.path.read_bytes()
    assert reset(school.first.path, school.given(), question).kept is None
    assert school.first.path.read_bytes() == before
    assert list(school.first.path.parent.glob("*before-reset*")) == []


def test_the_verdict_on_the_old_answer_goes_with_it(school):
    school.first.solve()
    said = [{"output_type": "stream", "name": "stdout", "text": "q1: 2 of 2 points"}]
    school.first.change(lambda cells: cells[4].update(outputs=copy.deepcopy(said)))
    reset(school.first.path, school.given(), "q1")
    assert school.first.cells[4]["outputs"] == []


def test_a_deleted_answer_cell_is_back_in_its_place_and_that_is_said(school):
    school.first.change(lambda cells: cells.pop(3) and None)
    done = reset(school.first.path, school.given(), "q1")
    assert (school.first.sources[3], done.notes) == (
        STUB,
        ("Gone and brought back: the answer to q1, as cell 4.",),
    )


@pytest.mark.parametrize("lose", [without_marks, without_marks_and_ids])
def test_a_notebook_that_has_lost_its_marks_can_be_reset_question_by_question(school, lose):
    given = school.first.sources
    school.first.solve()
    school.first.change(lose)
    for question in ("q2", "q1"):
        reset(school.first.path, school.given(), question)
    assert school.first.sources == given


def test_an_answer_found_by_its_name_is_said_and_gets_its_mark_back(school):
    school.first.solve()
    school.first.change(without_marks_and_ids)
    done = reset(school.first.path, school.given(), "q1")
    assert "cell 4 defines `twice`, so it was taken for the answer to q1" in done.notes[0]
    assert school.first.source("q1") == STUB


def test_a_copy_of_an_answer_cell_is_left_and_named(school):
    school.first.solve()
    school.first.change(lambda cells: cells.append(cells[3] | {"id": "copy"}))
    done = reset(school.first.path, school.given(), "q1")
    assert school.first.sources[-1] == "def twice(x):\n    return 2 * x"
    assert done.notes == ("Cell 13 is yours and defines `twice` as well: it was left as it is.",)


def test_what_a_merged_cell_held_of_another_question_is_named(school):
    def merge(cells):
        cells[3]["source"] = "def twice(x): return 2 * x\ndef half(x): return x / 2"
        del cells[7]

    school.first.change(merge)
    done = reset(school.first.path, school.given(), "q1")
    assert done.notes == ("Cell 4 held `half` of q2 as well: find it in the kept version.",)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"cells": [1]}', b'{"worksheets": [{"cells": []}]}', b"\xff\xfe{"]
)
def test_an_unreadable_notebook_is_refused_and_stays_as_it_is(school, data):
    school.first.path.write_bytes(data)
    with pytest.raises(UsageError, match=r"01_first\.ipynb"):
        reset(school.first.path, school.given())
    assert [path.read_bytes() for path in school.first.path.parent.glob("01_first*")] == [data]


def test_a_notebook_of_another_exercise_is_refused(school):
    with pytest.raises(UsageError, match="is a notebook of exercise 02_second, not of 01_first"):
        reset(school.second.path, school.given("01_first"))


def test_text_that_is_no_character_survives(school):
    school.first.solve()
    school.first.path.write_bytes(school.first.path.read_bytes().replace(b"# An exercise", b"half: \\ud83d"))
    reset(school.first.path, school.given(), "q1")
    assert school.first.sources[0] == "half: \ud83d"


def test_in_a_checkout_the_solutions_give_the_stub_when_the_exercise_itself_was_worked_in(school):
    worked_in = school.root / "exercises" / "01_first.ipynb"
    given = worked_in.read_bytes()
    worked_in.write_bytes(given.replace(b"# YOUR CODE HERE", b"return 3 * x"))
    reset(worked_in, school.installation.given("01_first", apart_from=worked_in))
    assert json.loads(worked_in.read_bytes()) == json.loads(given)


def test_what_is_kept_in_a_checkout_outlives_the_next_release(school):
    worked_in = school.root / "exercises" / "01_first.ipynb"
    worked_in.write_bytes(worked_in.read_bytes().replace(b"# YOUR CODE HERE", b"return 3 * x"))
    kept = reset(worked_in, school.installation.given("01_first", apart_from=worked_in)).kept
    release(school.root)
    assert kept.is_file()


def test_no_other_copy_is_no_copy(school):
    only = Installation(school.root)
    assert only.given("01_first", apart_from=school.root / "exercises" / "01_first.ipynb") is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_done_to_a_notebook_a_reset_brings_all_given_cells_and_loses_none_of_the_learners(school, data):
    given: Given = school.given()
    cells = [copy.deepcopy(cell) for cell in given.cells if data.draw(st.booleans(), "kept")]
    for cell in cells:
        if data.draw(st.booleans(), "edited"):
            cell["source"] = data.draw(st.sampled_from(["def twice(x): return 7", "word = 3", "", "text"]))
        if data.draw(st.booleans(), "mark lost"):
            cell["metadata"] = {}
        if data.draw(st.booleans(), "id lost"):
            cell.pop("id", None)
    added = [school.first.own(f"mine = {n}") | {"id": f"own{n}"} for n in range(data.draw(st.integers(0, 3)))]
    cells = data.draw(st.permutations(cells + copy.deepcopy(added)))
    school.first.change(lambda _: cells)
    before = school.first.path.read_bytes()
    done = reset(school.first.path, given)
    now = school.first.cells
    assert all(cell in now for cell in added)
    assert {"".join(cell["source"]) for cell in given.cells} <= set(school.first.sources)
    assert done.kept is None or done.kept.read_bytes() == before
