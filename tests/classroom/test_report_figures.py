"""The figures of the class report are those that one would work out by hand."""

import random
from datetime import UTC, datetime
from statistics import correlation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.report.difficulty import difficulty
from dlcourse.classroom.report.misconceptions import misconceptions
from dlcourse.classroom.report.scores import counts, scores
from dlcourse.classroom.report.trouble import failed, reason, slowest
from dlcourse.grading.mark import CellNote

BY_HAND = ByHand("override", "s", "a", "", 3.0, "why", "who", datetime(2026, 1, 1, tzinfo=UTC))


def standing(number=1, points=(), status="graded", checks=(), waits=(), **changes):
    """A student with these points, out of four in each question; `checks` are the checks of the first."""
    person = Person(f"s{number:02}")
    questions = tuple(
        QuestionStanding(f"q{i}", f"Question {i}", float(score), 4.0, "partial", awaits_mark=i in waits)
        for i, score in enumerate(points, 1)
    )
    results = tuple(QuestionResult(q.id, q.title, tuple(checks) if q.id == "q1" else ()) for q in questions)
    kept = {name: changes.pop(name) for name in ("message", "notes", "seconds") if name in changes}
    record = Record(
        person.id,
        "a",
        status,
        results,
        kept.get("notes", ()),
        kept.get("message", ""),
        12.0,
        "kernel",
        1,
        kept.get("seconds", 1.0),
    )
    return Standing(person, "a", record, 1, questions, changes.pop("lateness", Lateness()), 12.0, **changes)


def check(mistake="", message="", hidden=False, status="failed", hint=""):
    return CheckResult("values", "values", 1.0, 0.0, status, message, hidden, mistake, hint)


# --- points --------------------------------------------------------------------------------------------------------------


def test_quartiles_and_mean_are_those_of_the_points():
    found = scores([standing(i, [p]) for i, p in enumerate([0, 1, 2, 3, 4])])
    assert (found.least, found.low, found.median, found.high, found.most, found.mean) == (0, 1, 2, 3, 4, 2)


def test_every_submission_with_points_stands_in_one_column():
    found = scores([standing(i, [4, 4, p]) for i, p in enumerate([0, 1, 2, 3, 4])])
    assert found.bins == (0, 0, 0, 0, 0, 0, 1, 1, 1, 2)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 4), min_size=1, max_size=30))
def test_columns_add_up_whatever_the_points_are(points):
    found = scores([standing(i, [p]) for i, p in enumerate(points)])
    assert sum(found.bins) == found.count == len(points)


def test_one_submission_alone_has_a_median():
    assert scores([standing(1, [3])]).median == 3


def test_who_handed_in_nothing_does_not_lower_the_mean():
    assert scores([standing(1, [4]), standing(2, status="missing"), standing(3, status="malformed")]).mean == 4


def test_a_total_set_by_hand_counts_even_where_nothing_could_be_read():
    assert scores([standing(1, status="malformed", by_hand=BY_HAND)]).mean == 3


def test_points_taken_off_for_being_late_are_taken_off():
    assert scores([standing(1, [4], lateness=Lateness(None, 2, 0, 1.5))]).mean == 2.5


def test_a_class_without_points_has_no_spread():
    assert scores([standing(1, status="missing")]) is None


SAID = {
    "handed in": standing(1, [1]),
    "graded": standing(1, [1]),
    "timeout": standing(1, [1], "timeout"),
    "crashed": standing(1, [1], "crashed"),
    "malformed": standing(1, status="malformed"),
    "missing": standing(1, status="missing"),
    "late": standing(1, [1], lateness=Lateness(None, 1)),
    "awaiting a mark": standing(1, [1], waits=[1]),
    "changed by hand": standing(1, [1], by_hand=BY_HAND),
}


@pytest.mark.parametrize("what", SAID)
def test_a_submission_is_counted_as_what_it_is(what):
    other = standing(2, [4], "graded") if what not in ("handed in", "graded") else standing(2, status="missing")
    assert counts([SAID[what], other])[what] == 1


# --- questions -----------------------------------------------------------------------------------------------------------


def drawn(n=20, seed=1):
    """Points of a class in three questions."""
    rng = random.Random(seed)
    return [[rng.randrange(5) for _ in range(3)] for _ in range(n)]


def test_difficulty_is_the_mean_share_of_the_points():
    (found,) = difficulty([standing(1, [1]), standing(2, [4])])
    assert found.share == 0.625


def test_the_hardest_question_comes_first():
    assert [q.id for q in difficulty([standing(1, [3, 1, 2]), standing(2, [4, 0, 2])])] == ["q2", "q3", "q1"]


def test_a_question_is_correlated_with_all_others_and_not_with_itself():
    points = drawn()
    (found,) = [q for q in difficulty([standing(i, p) for i, p in enumerate(points)]) if q.id == "q2"]
    assert found.rest == pytest.approx(correlation([p[1] for p in points], [p[0] + p[2] for p in points]))


def test_a_question_that_only_the_others_fail_stands_below_nothing():
    points = [[4, 4, 0] if i % 2 else [0, 0, 4] for i in range(12)]
    (found,) = [q for q in difficulty([standing(i, p) for i, p in enumerate(points)]) if q.id == "q3"]
    assert found.rest == pytest.approx(-1)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (drawn(9), "too few submissions"),
        ([[4, p[0]] for p in drawn()], "all have the same points"),
        ([[1]] * 12, "all have the same points"),
    ],
)
def test_where_there_is_no_correlation_the_reason_is_given(points, why):
    found = difficulty([standing(i, p) for i, p in enumerate(points)])[-1]
    assert (found.rest, found.why) == (None, why)


def test_an_answer_that_awaits_its_mark_does_not_make_a_question_hard():
    (found,) = difficulty([standing(1, [4]), standing(2, [0], waits=[1])])
    assert found.share == 1


def test_a_sum_that_awaits_a_mark_is_not_correlated_with():
    waiting = [standing(i, p, waits=[1]) for i, p in enumerate(drawn(8))]
    found = difficulty([*waiting, *(standing(50 + i, p) for i, p in enumerate(drawn(8, 2)))])
    assert {q.why for q in found} == {"too few submissions"}


# --- mistakes ------------------------------------------------------------------------------------------------------------


def test_a_mistake_counts_once_a_student_however_many_checks_see_it():
    (found,) = misconceptions(
        [standing(1, [0], checks=[check("slip"), check("slip")]), standing(2, [0], checks=[check("slip")])]
    )
    assert [person.id for person in found.people] == ["s01", "s02"]


def test_the_commonest_mistake_comes_first():
    found = misconceptions(
        [standing(1, [0], checks=[check("rare")]), *(standing(i, [0], checks=[check("usual")]) for i in (2, 3))]
    )
    assert [mistake.name for mistake in found] == ["usual", "rare"]


def test_the_example_of_a_mistake_is_what_a_public_check_said():
    (found,) = misconceptions(
        [standing(1, [0], checks=[check("slip", "hidden: 42", True), check("slip", "entry [0] is 1")])]
    )
    assert found.example == "entry [0] is 1"


# --- what to look at -----------------------------------------------------------------------------------------------------

REASONS = {
    "what grading says": (standing(1, status="malformed", message="the file is empty"), "the file is empty"),
    "the cell that was left out": (
        standing(1, [0], "timeout", notes=(CellNote(2, "ValueError: x"), CellNote(5, "ran long; it was left out"))),
        "cell 5 ran long; it was left out",
    ),
    "the check that was stopped": (
        standing(1, [0], "timeout", checks=[check(), check(status="timeout", message="too long")]),
        "q1, values: too long",
    ),
    "nothing": (standing(1, [0], "crashed"), "no reason was given"),
}


@pytest.mark.parametrize("case", REASONS)
def test_a_bad_end_has_the_reason_that_is_known(case):
    given, expected = REASONS[case]
    assert reason(given.record) == expected


def test_submissions_that_ended_badly_for_one_reason_stand_together():
    bad = [standing(i, status="malformed", message=f"reason {i % 2}") for i in range(1, 4)]
    assert {key: len(people) for key, people in failed(bad).items()} == {
        ("malformed", "reason 1"): 2,
        ("malformed", "reason 0"): 1,
    }


def test_the_slowest_comes_first():
    assert [s.person.id for s in slowest([standing(i, [1], seconds=float(i)) for i in (1, 3, 2)])] == [
        "s03",
        "s02",
        "s01",
    ]
