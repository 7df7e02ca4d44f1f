"""The gradebook keeps everything, says what counts, and knows who changed what."""

import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept import ASSIGNMENT, ME, gradebook, keep, result, unreadable

from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

SCORES = st.floats(0, 4, allow_nan=False).map(lambda score: round(score, 3))


@pytest.fixture
def book(tmp_path):
    with gradebook(tmp_path) as book:
        yield book


def standing(book, student="ada"):
    (found,) = book.each_standing([student])
    return found


def counts(book, student="ada"):
    """The scores that count, by question."""
    return {question.id: question.score for question in standing(book, student).questions}


# --- what is kept


@pytest.mark.parametrize("table", ["runs", "ends", "results", "by_hand", "rosters", "settings"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = ''", "DELETE FROM {}", "REPLACE INTO {} (id) VALUES (1)"])
def test_nothing_in_it_can_be_changed_or_deleted(book, table, change):
    keep(book, result())
    book.override("ada", ASSIGNMENT, "q2", 3, ME)
    book.enrol({"ada": Person("ada")}, ME)
    book.set(ASSIGNMENT, "attempts", "best", ME)
    with pytest.raises(sqlite3.DatabaseError, match="only grows"):
        book._db.execute(change.format(table))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SCORES, st.text(st.characters(exclude_categories=()), min_size=1, max_size=20))
def test_an_override_comes_back_as_it_was_set_whatever_the_reason(tmp_path_factory, score, why):
    with gradebook(tmp_path_factory.mktemp("book"), result()) as book:
        book.override("ada", ASSIGNMENT, "q1", score, By("me", why=why))
        hand = standing(book).questions[0].by_hand
    assert (hand.score, hand.why) == (score, why.encode(errors="backslashreplace").decode())


def test_a_name_that_is_not_text_can_be_overridden_as_it_is_spelt_out(tmp_path):
    with gradebook(tmp_path, result("m\udcfcller")) as book:
        book.override("m\\udcfcller", ASSIGNMENT, "q1", 1, ME)
        assert counts(book, "m\\udcfcller")["q1"] == 1


def made(path, sql):
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "holds no gradebook.db: name a folder of results"),
        ("", "holds no gradebook.db: name a folder of results"),
        ("CREATE TABLE a (b)", "is a database, but no gradebook"),
        (b"student,score\n" * 100, "cannot be opened as a gradebook"),
    ],
    ids=["nothing", "an empty file", "another database", "another file"],
)
def test_what_is_no_gradebook_is_refused_in_a_sentence(tmp_path, content, says):
    path = tmp_path / FILE
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        made(path, content)
    with pytest.raises(UsageError, match=says):
        Gradebook(path)


def test_a_gradebook_of_a_later_version_is_refused_and_not_touched(tmp_path):
    with gradebook(tmp_path, result()):
        pass
    made(tmp_path / FILE, "PRAGMA user_version = 99")
    with pytest.raises(UsageError, match=r"later dlcourse \(its tables have version 99"):
        Gradebook(tmp_path / FILE, create=True)


# --- what counts


def test_without_anything_by_hand_what_grading_found_counts(book):
    keep(book, result(q1=4, q2=1.5))
    assert (standing(book).score, standing(book).max_score, counts(book)) == (5.5, 8.0, {"q1": 4.0, "q2": 1.5})


def test_the_newest_result_counts(book):
    keep(book, result(q2=1))
    keep(book, result(q2=3))
    assert counts(book)["q2"] == 3


def test_who_is_on_the_roster_and_handed_in_nothing_is_missing_with_what_there_was_to_earn(book):
    keep(book, result())
    book.enrol({"ada": Person("ada"), "bob": Person("bob", "Brown", "Bob")}, ME)
    found = standing(book, "bob")
    assert (found.record.status, found.attempts, found.score, found.max_score) == ("missing", 0, 0.0, 8.0)
    assert found.person.name == "Bob Brown"


def test_nobody_misses_an_assignment_that_does_not_exist(book):
    keep(book, result(), unreadable("bob", assignment="05_activatons", max_score=0.0))
    book.enrol({"ada": Person("ada"), "bob": Person("bob")}, ME)
    assert [(one.person.id, one.assignment) for one in book.standings()] == [
        ("ada", ASSIGNMENT),
        ("bob", ASSIGNMENT),
        ("bob", "05_activatons"),
    ]


def test_the_last_roster_counts(book):
    keep(book, result())
    for names in ("ada", "bob"), ("ada", "cem"):
        book.enrol({name: Person(name, others=(f"{name}@x",)) for name in names}, ME)
    assert [one.person for one in book.standings()] == [
        Person("ada", others=("ada@x",)),
        Person("cem", others=("cem@x",)),
    ]


ATTEMPTS = [result(q1=4, q2=4, attempt=1), result(q1=0, q2=4, attempt=2)]


@pytest.mark.parametrize(("policy", "score"), [("last", 4.0), ("best", 8.0)])
def test_of_several_attempts_the_last_or_the_best_counts(book, policy, score):
    keep(book, *ATTEMPTS)
    book.set(ASSIGNMENT, "attempts", policy, ME)
    assert (standing(book).score, standing(book).attempts) == (score, 2)


DUE = """
late_days = {free}
[05_activations]
due = 2026-03-02T12:00:00Z
penalty_per_day = 0.25
"""


def at(day):
    return datetime(2026, 3, day, 11, tzinfo=UTC)


def test_days_after_the_due_date_cost_points_and_free_days_do_not(book):
    keep(book, result(q1=4, q2=4, submitted=at(5)))
    book.set_due(DUE.format(free=2), ME)
    found = standing(book)
    assert (found.lateness.days, found.lateness.free_days, found.raw_score, found.score) == (3, 2, 8.0, 6.0)


def test_the_best_attempt_is_the_one_that_is_worth_most_after_its_days_are_paid(book):
    keep(book, result(q1=4, q2=2, attempt=1, submitted=at(2)), result(q1=4, q2=3, attempt=2, submitted=at(4)))
    book.set(ASSIGNMENT, "attempts", "best", ME)
    book.set_due(DUE.format(free=0), ME)
    assert (standing(book).record.attempt, standing(book).score) == (1, 6.0)


def test_due_dates_that_cannot_be_read_leave_those_that_hold(book):
    keep(book, result(submitted=at(5)))
    book.set_due(DUE.format(free=0), ME)
    with pytest.raises(UsageError, match="not written as TOML"):
        book.set_due("due: tomorrow", ME)
    assert standing(book).lateness.days == 3


# --- overrides


def test_an_override_of_a_question_counts_and_survives_a_regrade(book):
    keep(book, result(q2=1))
    book.override("ada", ASSIGNMENT, "q2", 3.5, ME)
    keep(book, result(q2=2))
    assert (counts(book)["q2"], standing(book).score) == (3.5, 7.5)


def test_an_override_of_the_total_is_final(book):
    keep(book, result(submitted=at(9)))
    book.set_due(DUE.format(free=0), ME)
    book.override("ada", ASSIGNMENT, "", 7, ME)
    assert standing(book).score == 7.0


def test_a_question_of_what_could_not_be_read_can_be_given_points(book):
    keep(book, result("bob"), unreadable("ada"))
    book.override("ada", ASSIGNMENT, "q2", 3, ME)
    assert (counts(book), standing(book).score) == ({"q2": 3.0}, 3.0)


def test_who_is_missing_can_be_given_points(book):
    keep(book, result("bob"))
    book.enrol({"ada": Person("ada")}, ME)
    book.override("ada", ASSIGNMENT, "", 5, ME)
    assert standing(book).score == 5.0


def test_an_override_that_is_taken_back_counts_no_longer(book):
    keep(book, result(q2=1))
    book.override("ada", ASSIGNMENT, "q2", 3, ME)
    book.withdraw("ada", ASSIGNMENT, "q2", ME)
    assert counts(book)["q2"] == 1


def test_what_was_never_set_cannot_be_taken_back(book):
    keep(book, result())
    with pytest.raises(UsageError, match="ada has no override in q2 of 05_activations"):
        book.withdraw("ada", ASSIGNMENT, "q2", ME)


@pytest.mark.parametrize(
    ("named", "score", "says"),
    [
        (("adda", ASSIGNMENT, "q1"), 1, "no student 'adda' here: nearest to it are ada"),
        (("ada", "06", "q1"), 1, "no assignment '06' here: there are 05_activations"),
        (("ada", "05", "q9"), 1, "no question 'q9' here: nearest to it are q"),
        (("ada", "05", "q1"), 4.5, "4.5 is not between 0 and 4, what q1 is worth: say --beyond"),
        (("ada", "05", "q1"), -1, "-1 is not between 0 and 4"),
        (("ada", "05", ""), 9, "9 is not between 0 and 8, what 05_activations is worth"),
        (("ada", "05", "q1"), float("nan"), "nan is not between 0 and 4"),
    ],
)
def test_an_override_that_cannot_be_meant_is_refused_in_a_sentence(book, named, score, says):
    keep(book, result(), result("bob"))
    with pytest.raises(UsageError, match=says):
        book.override(*named, score, ME)


def test_a_score_beyond_the_maximum_can_be_meant(book):
    keep(book, result())
    book.override("ada", ASSIGNMENT, "q1", 5, ME, beyond=True)
    assert counts(book)["q1"] == 5


def test_infinity_is_no_score_even_beyond(book):
    keep(book, result())
    with pytest.raises(UsageError, match="inf is no score"):
        book.override("ada", ASSIGNMENT, "q1", float("inf"), ME, beyond=True)


def test_a_student_can_be_named_by_another_identifier_of_the_roster(book):
    keep(book, result())
    book.enrol({"ada": Person("ada", email="ada@school", others=("4711",))}, ME)
    for typed in ("4711", "ada@school"):
        assert book.override(typed, "05", "1", 3, ME).student == "ada"


# --- marks


def test_an_answer_awaits_its_mark_and_counts_nothing_until_then(book):
    keep(book, result(text="Because it saturates."))
    (found,) = book.awaiting()
    assert (found.question, found.answer, found.max_score, counts(book)["q3"]) == (
        "q3",
        "Because it saturates.",
        3.0,
        0.0,
    )


def test_a_mark_counts_and_nothing_is_awaited_any_longer(book):
    keep(book, result(text="Because it saturates."))
    book.mark("ada", ASSIGNMENT, "q3", 2.5, ME)
    assert (counts(book)["q3"], standing(book).questions[2].status, book.awaiting()) == (2.5, "marked", [])


def test_a_mark_survives_a_regrade_of_the_same_answer(book):
    keep(book, result(text="Because it saturates."))
    book.mark("ada", ASSIGNMENT, "q3", 2.5, ME)
    keep(book, result(q1=0, text="Because it saturates.\n"))
    assert counts(book)["q3"] == 2.5


def test_another_answer_awaits_a_mark_of_its_own_and_shows_the_earlier_one(book):
    keep(book, result(text="Because it saturates."))
    book.mark("ada", ASSIGNMENT, "q3", 1, ME)
    keep(book, result(text="Because its slope vanishes.", attempt=2))
    (found,) = book.awaiting()
    assert (found.answer, found.earlier.score, counts(book)["q3"]) == ("Because its slope vanishes.", 1.0, 0.0)


def test_of_two_attempts_the_one_that_could_be_better_is_read_before_the_best_is_known(book):
    keep(book, result(q1=4, text="one"))
    book.mark("ada", ASSIGNMENT, "q3", 2, ME)
    book.set(ASSIGNMENT, "attempts", "best", ME)
    keep(book, result(q1=3.5, text="two", attempt=2))
    assert [one.answer for one in book.awaiting()] == ["two"]
    book.mark("ada", ASSIGNMENT, "q3", 0, ME)
    assert (standing(book).record.attempt, counts(book)["q3"], book.awaiting()) == (1, 2.0, [])


def test_equal_answers_are_marked_one_after_the_other_and_not_in_order_of_names(book):
    keep(book, *(result(name, text=text) for name, text in [("ada", "b"), ("bob", "a"), ("cem", "b"), ("dan", "a")]))
    assert [one.student for one in book.awaiting()] == ["bob", "dan", "ada", "cem"]


def test_a_mark_that_is_taken_back_is_awaited_again(book):
    keep(book, result(text="x"))
    book.mark("ada", ASSIGNMENT, "q3", 1, ME)
    book.withdraw("ada", ASSIGNMENT, "q3", ME, "mark")
    assert [one.student for one in book.awaiting()] == ["ada"]


def test_only_what_a_person_marks_can_be_marked(book):
    keep(book, result(text="x"))
    with pytest.raises(UsageError, match="q1 of 05_activations is not marked by a person here"):
        book.mark("ada", ASSIGNMENT, "q1", 1, ME)


def test_an_override_goes_before_a_mark(book):
    keep(book, result(text="x"))
    book.override("ada", ASSIGNMENT, "q3", 3, ME)
    book.mark("ada", ASSIGNMENT, "q3", 1, ME)
    assert counts(book)["q3"] == 3


# --- history


def told(event):
    return event.who, event.what, event.question, event.old, event.new


def test_the_history_says_who_changed_what_from_what_to_what(book):
    keep(book, result(q2=1, text="x"), by=By("night"))
    book.override("ada", ASSIGNMENT, "q2", 3, By("ann", why="misprint"))
    book.mark("ada", ASSIGNMENT, "q3", 2, By("ben"))
    keep(book, result(q2=1.5, text="x"), by=By("night", why="check mended"))
    book.withdraw("ada", ASSIGNMENT, "q2", By("ann"))
    assert [told(event) for event in book.history("ada", ASSIGNMENT)] == [
        ("night", "graded", "", None, 5.0),
        ("ann", "override", "q2", 1.0, 3.0),
        ("ben", "mark", "q3", None, 2.0),
        ("night", "regraded", "q2", 1.0, 1.5),
        ("ann", "override taken back", "q2", 3.0, None),
    ]


def test_the_history_says_why(book):
    keep(book, result(fingerprint="a b c"))
    keep(book, result(q2=4, fingerprint="a x c"), by=By("me", why="typing error in a check"))
    assert book.history()[-1].why == "typing error in a check; the exercise or its checks"


def test_where_nobody_gave_a_reason_the_command_stands_for_it(book):
    keep(book, result())
    keep(book, result(q2=4), by=By("me", "dlcourse grade submitted --regrade"))
    assert book.history()[-1].why == "dlcourse grade submitted --regrade"


def test_who_does_it_is_known_by_their_login_name_where_nothing_else_is_said(book, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    keep(book, result(), by=By())
    assert book.history()[-1].who == "ann"


def test_a_regrade_that_finds_the_same_is_no_event(book):
    keep(book, result())
    keep(book, result(seconds=9.0))
    assert len(book.history()) == 1


def test_the_history_of_one_student_says_nothing_of_others(book):
    keep(book, result(), result("bob"))
    book.override("bob", ASSIGNMENT, "q1", 0, ME)
    assert {event.student for event in book.history("ada")} == {"ada"}


# --- the difference to the last run


def test_after_the_first_run_there_is_no_difference(book):
    keep(book, result())
    assert book.difference() == []


def test_the_difference_names_questions_old_and_new_the_largest_first(book):
    keep(book, result(), result("bob", q2=3))
    keep(book, result(q1=3.5), result("bob", q2=0))
    assert [(one.student, one.question, one.old, one.new) for one in book.difference()] == [
        ("bob", "q2", 3.0, 0.0),
        ("ada", "q1", 4.0, 3.5),
    ]


def test_the_difference_says_when_an_override_stands_over_it(book):
    keep(book, result(q2=1))
    book.override("ada", ASSIGNMENT, "q2", 3, ME)
    keep(book, result(q2=2))
    assert [one.note for one in book.difference()] == ["the override 3 counts"]


def test_another_outcome_is_a_difference_even_at_equal_points(book):
    keep(book, result())
    keep(book, result(status="timeout"))
    assert [(one.question, one.note) for one in book.difference()] == [("", "graded → timeout")]


def test_what_could_not_be_read_before_differs_as_a_whole(book):
    keep(book, unreadable())
    keep(book, result(q1=4, q2=2))
    assert [(one.question, one.old, one.new) for one in book.difference()] == [("", 0.0, 6.0)]


def test_a_run_that_was_stopped_belongs_to_the_difference_of_the_next(book):
    keep(book, result(q2=1), result("bob", q2=1))
    book.add(book.begin(ME), result(q2=2))  # killed before its end
    keep(book, result("bob", q2=2))
    assert [one.student for one in book.difference()] == ["ada", "bob"]
