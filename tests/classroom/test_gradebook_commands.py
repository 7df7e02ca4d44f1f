"""`dlcourse override`, `mark` and `history`, and how an evening's grading is told, as a person meets them."""

import io
import re

import pytest
from classroom import rows
from kept import gradebook, result
from rich.console import Console
from typer.testing import CliRunner

from dlcourse.classroom.grade import Outcome
from dlcourse.classroom.gradebook.difference import Change
from dlcourse.classroom.gradebook.rows import Known
from dlcourse.cli import app
from dlcourse.cli.evening import Meter, show_outcome
from dlcourse.cli.shared import Stop
from dlcourse.grading.exercise import UsageError


def dlcourse(*arguments, typed=""):
    """What a command prints; its refusal is raised."""
    done = CliRunner().invoke(app, [*map(str, arguments)], input=typed)
    if done.exception:
        raise done.exception
    return done.output


@pytest.fixture
def results(tmp_path):
    """A folder of results of a class that handed in texts, too."""
    texts = {"ada": "It saturates.", "bob": "Because.", "cem": "\x1b[2JNo idea"}
    with gradebook(tmp_path, *(result(name, text=text) for name, text in texts.items())):
        pass
    return tmp_path


def grade_of(results, student="ada"):
    return next(row for row in rows(results / "grades.csv") if row["student_id"] == student)


# --- override


def test_an_override_says_what_counts_now_and_stands_in_the_tables(results):
    said = dlcourse("override", results, "ada", "05", "q2", "--score", "3.5", "--why", "misprint")
    assert said == "ada, 05_activations, q2 3.5 of 4, together 7.5 of 11 points\n"
    assert (grade_of(results)["score"], grade_of(results)["by_hand"]) == ("7.5", "q2")


def test_an_override_is_signed(results):
    dlcourse("override", results, "ada", "05", "q2", "--score", "3", "--why", "misprint", "--as", "ann")
    with gradebook(results) as book:
        assert (book.history()[-1].who, book.history()[-1].why) == ("ann", "misprint")


def test_an_override_can_be_taken_back(results):
    dlcourse("override", results, "ada", "05", "--score", "9", "--why", "misprint")
    dlcourse("override", results, "ada", "05", "--withdraw", "--why", "my mistake")
    assert (grade_of(results)["score"], grade_of(results)["by_hand"]) == ("6", "")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--score", "3"], "say --why"),
        (["--score", "3", "--why", " "], "say --why"),
        (["--why", "x"], "say --score and the score that is to count, or --withdraw"),
        (["--score", "3", "--withdraw", "--why", "x"], "say --score and the score that is to count, or --withdraw"),
    ],
)
def test_an_override_without_score_or_reason_is_refused(results, options, says):
    with pytest.raises(Stop, match=says):
        dlcourse("override", results, "ada", "05", "q1", *options)


# --- mark


def test_what_awaits_a_mark_is_listed_with_its_text_and_no_names(results):
    said = dlcourse("mark", results)
    assert "It saturates." in said
    assert "3 answers await a mark" in said
    assert not re.search("ada|bob|cem", said)


def test_names_are_shown_where_they_are_asked_for(results):
    assert "ada" in dlcourse("mark", results, "05", "--names")


def test_an_answer_cannot_steer_the_terminal(results):
    said = dlcourse("mark", results)
    assert ("\x1b[2J" in said, "\\x1b[2JNo idea" in said) == (False, True)


def test_one_answer_can_be_marked(results):
    said = dlcourse("mark", results, "ada", "05", "q3", "--score", "2", "--comment", "say why")
    assert said == "ada, 05_activations, q3 2 of 3, together 8 of 11 points\n"


def test_a_class_is_marked_one_answer_after_the_other(results):
    said = dlcourse("mark", results, "05", "q3", typed="3\ngood\n\n1\n\n")
    assert ("2 marked and kept, 1 left" in said, re.search("ada|bob|cem", said)) == (True, None)
    with gradebook(results) as book:
        assert len(book.awaiting()) == 1


def test_marking_can_be_stopped_and_taken_up_again(results):
    dlcourse("mark", results, "05", "q3", typed="3\n\nq\n")
    said = dlcourse("mark", results, "05", "q3", typed="1\n\n2\n\n")
    assert ("1 of 2" in said, "2 marked and kept, 0 left" in said) == (True, True)


def test_a_score_that_cannot_be_given_is_asked_for_again(results):
    said = dlcourse("mark", results, "05", "q3", typed="many\n4\n2,5\n\nq\n")
    assert ("'many' is no number" in said, "4 is not between 0 and 3" in said) == (True, True)
    with gradebook(results) as book:
        assert [one.questions[2].score for one in book.standings()].count(2.5) == 1


def test_the_end_of_the_input_is_a_stop(results):
    assert "1 marked and kept, 2 left" in dlcourse("mark", results, "05", "q3", typed="3\n\n")


def sheet(results, text):
    path = results / "marks.csv"
    path.write_text(text, encoding="utf-8-sig")
    return "mark", results, "05", "q3", "--csv", path


def test_marks_come_from_a_sheet(results):
    said = dlcourse(*sheet(results, 'student,score,comment\nada,2.5,"good, but short"\nbob,,\ncem,0,\n'))
    assert (said, grade_of(results)["score"]) == ("2 answers marked\n", "8.5")
    with gradebook(results) as book:
        assert [one.student for one in book.awaiting()] == ["bob"]


def test_a_sheet_that_is_read_twice_is_one_mark_in_the_history(results):
    for _ in range(2):
        dlcourse(*sheet(results, "student;score\nada;2,5\n"))
    with gradebook(results) as book:
        assert [event.what for event in book.history("ada")] == ["graded", "mark"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("student,score\nada,1\nadda,2\n", "line 3 of the sheet: no student 'adda' here: nearest to it are ada"),
        ("student,score\nada,1\nbob,4\n", "line 3 of the sheet: 4 is not between 0 and 3"),
        ("student,score\nada,1\nada,2\n", "line 3 of the sheet: ada has a line above"),
        ("student,score\nada,good\n", "line 2: 'good' is no score"),
        ("name,points\nada,1\n", "has no column score and no column student"),
    ],
)
def test_a_sheet_with_a_wrong_line_marks_nothing(results, text, says):
    with pytest.raises(UsageError, match=says):
        dlcourse(*sheet(results, text))
    with gradebook(results) as book:
        assert len(book.awaiting()) == 3


def test_a_score_for_nobody_is_refused(results):
    with pytest.raises(Stop, match="say whose answer it is"):
        dlcourse("mark", results, "05", "q3", "--score", "3")


# --- history


def test_the_history_is_a_line_for_each_change(results):
    dlcourse("override", results, "ada", "05", "q2", "--score", "3", "--why", "misprint", "--as", "ann")
    first, last = dlcourse("history", results, "ada").splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d  teacher  graded    ada 05_activations     – → 6  because; graded", first
    )
    assert last.split("  ", 1)[1].split() == [
        "ann",
        "override",
        "ada",
        "05_activations",
        "q2",
        "2",
        "→",
        "3",
        "misprint",
    ]


def test_a_history_in_which_nothing_happened_is_empty(tmp_path):
    with gradebook(tmp_path):
        pass
    assert dlcourse("history", tmp_path).strip() == ""


# --- the evening


def told(outcome, tmp_path):
    console = Console(file=io.StringIO(), width=100)
    show_outcome(outcome, tmp_path, console)
    return console.file.getvalue()


def known(status, score=1.0):
    return Known(status, score, 2.0, 0.5, "", "full", "1")


RESULTS = {("ada", "x", 1): known("graded"), ("bob", "x", 1): known("graded", 2.0), ("cem", "x", 1): known("timeout")}


def test_the_summary_counts_by_outcome(tmp_path):
    said = told(Outcome(RESULTS, frozenset({("ada", "x", 1)}), [], True), tmp_path)
    assert "3 submissions: 2 graded, 1 timeout; median score 50 %" in said
    assert re.search(r"graded +2 +1 +75 % +0.5 s", said)


@pytest.mark.parametrize(
    ("new", "is_again", "says"),
    [
        (frozenset(), True, "all of it was graded before"),
        (frozenset(RESULTS), True, "every score that was known is as it was"),
    ],
)
def test_nothing_changed_is_said(tmp_path, new, is_again, says):
    assert says in told(Outcome(RESULTS, new, [], is_again), tmp_path)


def test_a_first_run_has_nothing_that_could_have_changed(tmp_path):
    assert "changed" not in told(Outcome(RESULTS, frozenset(RESULTS), [], False), tmp_path)


def test_of_many_changes_the_first_twenty_are_shown(tmp_path):
    changes = [Change(f"student-{i:03}", "x", "q1", 1.0, 0.5, "the override 2 counts") for i in range(25)]
    said = told(Outcome(RESULTS, frozenset(RESULTS), changes, True), tmp_path)
    assert (said.count("student-"), "the override 2 counts" in said) == (20, True)
    assert f"and 5 more: {tmp_path / 'changes.csv'}" in " ".join(said.split())


def test_where_nobody_watches_progress_is_ten_lines():
    console = Console(file=io.StringIO(), width=100)
    with Meter(console) as meter:
        for done in range(1, 301):
            meter(result(), done, 300)
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 10
    assert re.fullmatch(r"300 of 300: [\d.]+ a second, 0 s left; 300 graded", lines[-1])


def test_a_terminal_shows_rate_time_left_and_outcomes():
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    with Meter(console) as meter:
        meter(result(), 1, 2)
        meter(result(status="timeout"), 2, 2)
    assert re.search(r"2/2.*a second, 0 s left; 1 graded, 1 timeout", console.file.getvalue())
