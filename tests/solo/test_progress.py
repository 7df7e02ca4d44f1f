"""`progress` counts what is right, says what comes next, and runs nothing twice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.grading.exercise import UsageError
from dlcourse.solo.progress import Progress, next_step, recalled

BROKEN = [b"", b"{", b'{"cells": [', b"[]", b"\xff\xfe", bytes(range(256))]


def summary(rows):
    return [(row.right, row.score, row.points, row.state) for row in rows]


def test_a_new_folder_is_not_begun_and_nothing_in_it_is_run(school):
    assert (summary(school.progress()), school.ran) == ([(0, 0, 4, "not begun")] * 2, [])


def test_a_right_question_counts_with_its_public_points(school):
    school.first.answer(q1="def twice(x):\n    return x + x")
    assert summary(school.progress())[0] == (1, 2, 4, "begun")


def test_an_exercise_is_done_when_all_its_questions_are_right(school):
    school.second.solve()
    assert summary(school.progress())[1] == (2, 4, 4, "done")


def test_a_cell_of_ones_own_alone_does_not_begin_an_exercise(school):
    school.first.change(lambda cells: cells.append(school.first.own("1 + 1")))
    assert (summary(school.progress())[0], school.ran) == ((0, 0, 4, "not begun"), ["01_first"])


def test_next_is_the_first_question_after_the_lesson(school):
    step = next_step(school.progress())
    assert (step.question, step.notebook, step.lesson) == (
        "q1",
        school.first.path,
        school.folder / "lessons" / "01_first.ipynb",
    )


def test_what_is_begun_comes_before_what_is_not(school):
    school.second.answer(q1="def twice(x):\n    return 2 * x")
    step = next_step(school.progress())
    assert (step.question, step.notebook, step.lesson) == ("q2", school.second.path, None)


def test_nothing_comes_next_when_all_is_right(school):
    school.first.solve()
    school.second.solve()
    assert next_step(school.progress()) is None


def test_a_second_look_runs_nothing_and_says_the_same(school):
    school.first.solve()
    before = school.progress()
    assert (school.progress(), school.ran) == (before, [])


def test_running_a_notebook_changes_nothing_of_what_is_known(school):
    school.first.solve()
    school.progress()
    school.first.change(lambda cells: cells[1].update(execution_count=3, outputs=[]))
    school.progress()
    assert school.ran == []


def test_a_changed_answer_is_run_again(school):
    school.first.solve()
    school.progress()
    school.first.answer(q1="def twice(x):\n    return x")
    assert (summary(school.progress())[0], school.ran) == ((1, 2, 4, "begun"), ["01_first"])


def test_changed_checks_are_run_again(school):
    school.first.solve()
    school.progress()
    checks = school.folder / "exercises" / "checks" / "01_first.py"
    checks.write_text(checks.read_text() + "\n# a newer version\n")
    school.progress()
    assert school.ran == ["01_first"]


def test_again_checks_what_has_not_changed(school):
    school.first.solve()
    school.progress()
    school.progress(again=True)
    assert school.ran == ["01_first"]


@pytest.mark.parametrize(
    "memory", [b"", b"{", b"[]", b"\xff", b'{"01_first": 3}', b'{"01_first": {"digest": null}}', b"[" * 10_000]
)
def test_a_corrupt_memory_is_made_anew(school, memory):
    school.first.solve()
    before = school.progress()
    school.memory.write_bytes(memory)
    assert school.progress() == before
    assert json.loads(school.memory.read_bytes())["01_first"]["questions"][0]["status"] == "passed"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["digest", "ended", "questions", "id", "score"]), inner)
        ),
    )
)
def test_whatever_is_remembered_of_other_content_is_not_believed(entry):
    assert recalled(entry, "the digest of what is there now") is None


@given(st.lists(st.dictionaries(st.sampled_from(["id", "status", "score", "points"]), st.none() | st.text(max_size=3))))
def test_a_memory_of_the_right_content_and_another_form_is_not_believed(questions):
    questions.append({"id": "q1", "status": "passed", "score": "many", "points": 2})
    assert recalled({"digest": "d", "ended": "graded", "questions": questions}, "d") is None


def test_where_nothing_can_be_remembered_the_answer_is_the_same(school):
    before = school.progress()
    school.memory.unlink()
    school.memory.mkdir()
    assert school.progress() == before


@pytest.mark.parametrize("data", BROKEN)
def test_work_that_cannot_be_read_gets_a_sentence_and_costs_no_other_row(school, data):
    school.first.path.write_bytes(data)
    school.second.solve()
    broken, other = school.progress()
    assert ("the file" in broken.words, other.state) == (True, "done")
    assert school.first.path.read_bytes() == data


def test_a_notebook_of_another_exercise_is_named(school):
    school.first.path.write_bytes(school.second.path.read_bytes())
    assert school.progress()[0].words == "this is a notebook of exercise 02_second, not of 01_first"


def test_a_notebook_that_is_gone_is_named_with_the_way_back(school):
    school.first.path.unlink()
    assert "not there: `dlcourse start" in school.progress()[0].words


def test_checks_that_cannot_be_read_cost_no_other_row(school):
    (school.folder / "exercises" / "checks" / "01_first.py").write_text("def (")
    broken, other = school.progress()
    assert ("SyntaxError" in broken.words, other.words) == (True, "not begun")


def test_what_never_ends_is_stopped_and_said(school):
    school.first.answer(
        q1="def twice(x):\n    while True: pass", q2="def half(x):\n    return x / 2", q2_2="word = 'yes'"
    )
    row, _ = school.progress()
    assert (row.right, row.words) == (1, "begun; some of it ran too long and was stopped")


def test_a_folder_without_exercises_is_told_how_to_get_them(school, tmp_path):
    with pytest.raises(UsageError, match="holds no exercises: bring them with `dlcourse start"):
        Progress(tmp_path / "lessons", school.installation).rows()
