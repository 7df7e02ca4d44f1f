"""Due dates and what lateness costs: read from a file, fair across zones and summer time, and never against an extension."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcourse.classroom.gradebook.due import DueDate, DueDates, read_due
from dlcourse.classroom.gradebook.lateness import HandedIn, days_late, lateness
from dlcourse.grading.exercise import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 2, 23, 59, tzinfo=BERLIN)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FILE = """
timezone = "Europe/Berlin"
late_days = 4

[05_activations]
due = 2026-11-02T23:59:00
grace = 15
penalty_per_day = 0.1
latest = 2026-11-09T23:59:00

[05_activations.extensions]
student-007 = 2026-11-05T23:59:00
"student.008" = "2026-11-05 23:59"

[06_unstable_gradients]
due = 2026-11-09T17:59:00-05:00

[extra_late_days]
student-007 = 2
"""


def read(tmp_path, text):
    (tmp_path / "due.toml").write_text(text, encoding="utf-8")
    return read_due(tmp_path / "due.toml")


@pytest.fixture
def course(tmp_path):
    return read(tmp_path, FILE)


def test_a_due_date_is_by_the_clock_of_the_course(course):
    assert course.assignments["05_activations"].of("student-001") == DUE


def test_a_due_date_with_a_zone_of_its_own_keeps_it(course):
    assert course.assignments["06_unstable_gradients"].due == datetime(2026, 11, 9, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize("student", ["student-007", "student.008"])
def test_an_extension_is_a_due_date_of_ones_own(course, student):
    assert course.assignments["05_activations"].of(student) == datetime(2026, 11, 5, 23, 59, tzinfo=BERLIN)


def test_free_days_are_those_of_the_course_and_ones_own(course):
    assert (course.free_days("student-001"), course.free_days("student-007")) == (4, 6)


def test_a_typing_error_in_a_students_id_can_be_found(course):
    assert course.unknown_students({"student-007"}) == ["student.008"]


HEAD = 'timezone = "Europe/Berlin"\n'
WRONG = {
    "no TOML": ("due = = 3", "not written as TOML.*line 1"),
    "no zone": (
        "\n[05]\ndue = 2026-11-02T23:59:00",
        'line 3: 05.due has no time zone: write timezone = "Europe/Berlin"',
    ),
    "no such zone": ('timezone = "Mars/Base"', "line 1: timezone 'Mars/Base' is no time zone"),
    "a zone that is a number": ("timezone = 3", "line 1: timezone '3' is no time zone"),
    "no due date": (HEAD + "[05]\ngrace = 3", "line 2: 05 has no due date"),
    "a date alone": (HEAD + "[05]\ndue = 2026-11-02", "line 3: 05.due is 2026-11-02: write a date and a time"),
    "a text that is no date": (HEAD + '[05]\ndue = "soon"', "line 3: 05.due 'soon' is no date"),
    "a key nobody knows": (HEAD + "[05]\ndue = 2026-11-02T23:59:00\n\npenalty = 1", "line 5: 05.penalty is none of"),
    "a value that is no table": (HEAD + "lat_days = 3", "line 2: lat_days is neither one of"),
    "half a day": (HEAD + "late_days = 1.5", "line 2: late_days is 1.5: write a whole number"),
    "less than no days": (HEAD + "late_days = -1", "line 2: late_days is -1: write a whole number"),
    "a penalty in percent": (
        HEAD + "[05]\ndue = 2026-11-02T23:59:00\npenalty_per_day = 10",
        "line 4: .* between 0 and 1",
    ),
    "a grace that is a text": (HEAD + '[05]\ndue = 2026-11-02T23:59:00\ngrace = "15"', "line 4: 05.grace is 15"),
    "closed before it is due": (
        HEAD + "[05]\ndue = 2026-11-02T23:59:00\nlatest = 2026-11-01T23:59:00",
        "line 4: 05.latest is before the due date",
    ),
    "an extension that takes time away": (
        HEAD + "[05]\ndue = 2026-11-02T23:59:00\n[05.extensions]\nada = 2026-11-01T23:59:00",
        "line 5: 05.extensions.ada is before the due date",
    ),
    "extensions that are no table": (
        HEAD + "[05]\ndue = 2026-11-02T23:59:00\nextensions = 3",
        r"line 4: 05.extensions is no table: write \[05.extensions\]",
    ),
    "free days of one, half": (HEAD + "[extra_late_days]\nada = 0.5", "line 3: extra_late_days.ada is 0.5"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
def test_an_entry_that_cannot_be_is_one_sentence_with_its_line(tmp_path, text, says):
    with pytest.raises(UsageError, match=says):
        read(tmp_path, text)


def test_a_file_of_due_dates_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_due(tmp_path / "due.toml")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(["[a]", "[a.extensions]", "[extra_late_days]", "due", "latest", "x", "timezone", "late_days"]),
        max_size=5,
    ),
    st.sampled_from(["1", '"x"', "2026-11-02T23:59:00", "[1]", "{}", "0001-01-01T00:00:00", "true", "nan"]),
)
def test_no_file_upsets_the_reader_of_due_dates(tmp_path_factory, keys, value):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text("\n".join(key if key.startswith("[") else f"{key} = {value}" for key in keys))
    try:
        read_due(path)
    except UsageError as error:
        assert str(error)


GRACE = timedelta(minutes=15)
COURSE = DueDates(
    {
        "05": DueDate(DUE, GRACE, 0.1, latest=DUE + 7 * DAY, extensions={"student-007": DUE + 3 * DAY}),
        "06": DueDate(DUE + 7 * DAY, GRACE, 0.5),
    },
    late_days=2,
)
LATE = {
    "in time": (timedelta(0), 0),
    "within the grace": (GRACE, 0),
    "a second after the grace": (GRACE + timedelta(seconds=1), 1),
    "a day, grace included": (DAY + GRACE, 1),
    "a second more than a day": (DAY + GRACE + timedelta(seconds=1), 2),
    "early": (-5 * DAY, 0),
    "a hundred days": (100 * DAY, 100),
}


@pytest.mark.parametrize(("late", "days"), LATE.values(), ids=LATE)
def test_a_day_that_has_begun_is_a_day(late, days):
    assert days_late(DUE, GRACE, DUE + late) == days


CLOCKS = {
    "in autumn a day has 25 hours": (datetime(2026, 10, 24, 23, 59, tzinfo=BERLIN), 25 * HOUR, 1),
    "a minute more are two": (datetime(2026, 10, 24, 23, 59, tzinfo=BERLIN), 25 * HOUR + timedelta(minutes=1), 2),
    "in spring a day has 23 hours": (datetime(2026, 3, 28, 23, 59, tzinfo=BERLIN), 23 * HOUR + timedelta(minutes=1), 2),
    "the hour that comes twice": (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), timedelta(minutes=45), 1),
}


@pytest.mark.parametrize(("due", "after", "days"), CLOCKS.values(), ids=CLOCKS)
def test_a_day_later_is_the_same_time_of_day_when_clocks_change(due, after, days):
    submitted = (due.astimezone(UTC) + after).astimezone(BERLIN)
    assert days_late(due, timedelta(), submitted) == days


def late_by(days, assignment="05", student="student-001", course=COURSE, worth=20.0):
    due = course.assignments[assignment].due
    return lateness(course, student, {assignment: HandedIn(due + days * DAY, worth)})[assignment]


def test_free_days_cost_nothing_and_the_others_a_part_of_the_maximum():
    late = late_by(5)
    assert (late.due, late.days, late.free_days, late.penalty) == (DUE, 5, 2, 6.0)


def test_free_days_go_to_the_assignment_that_was_due_first():
    both = {"06": HandedIn(DUE + 9 * DAY, 10.0), "05": HandedIn(DUE + DAY, 10.0)}
    found = lateness(COURSE, "student-001", both)
    assert [(found[name].free_days, found[name].penalty) for name in ("05", "06")] == [(1, 0.0), (1, 5.0)]


def test_an_extension_is_counted_from():
    assert late_by(4, student="student-007").days == 1


def test_what_comes_after_the_latest_loses_everything_and_no_free_day():
    late = late_by(8)
    assert (late.penalty, late.free_days, "nothing counted" in late.note) == (20.0, 0, True)


def test_a_penalty_is_never_more_than_the_maximum():
    assert late_by(40, "06").penalty == 20.0


def test_where_a_day_costs_nothing_no_free_day_is_spent():
    free = DueDates({"05": DueDate(DUE)}, late_days=2)
    assert (late_by(3, course=free).days, late_by(3, course=free).free_days) == (3, 0)


def test_an_unknown_time_is_said_and_counts_as_in_time():
    late = lateness(COURSE, "student-001", {"05": HandedIn(None, 20.0)})["05"]
    assert (late.days, late.penalty, "nobody knows" in late.note) == (0, 0.0, True)


def test_an_assignment_without_a_due_date_is_never_late():
    assert lateness(COURSE, "student-001", {"07": HandedIn(DUE, 20.0)})["07"].due is None


MINUTES = st.integers(-3 * 1440, 12 * 1440).map(lambda minutes: timedelta(minutes=minutes))
DUES = st.builds(
    lambda day, grace, penalty, latest: DueDate(
        datetime(2026, 10, day, 23, 59, tzinfo=BERLIN),
        timedelta(minutes=grace),
        penalty,
        latest and datetime(2026, 10, day, 23, 59, tzinfo=BERLIN) + latest * DAY,
    ),
    st.integers(18, 30),
    st.sampled_from([0, 15, 60]),
    st.sampled_from([0.0, 0.1, 0.25, 1.0]),
    st.sampled_from([None, 0, 2, 7]),
)
COURSES = st.builds(
    lambda dues, days: DueDates({f"{i:02}": due for i, due in enumerate(dues)}, days),
    st.lists(DUES, min_size=1, max_size=4),
    st.integers(0, 5),
)
fair = settings(derandomize=True, deadline=None, max_examples=150)


def hand_ins(course, delays):
    pairs = zip(course.assignments.items(), delays, strict=False)
    return {name: HandedIn((due.due.astimezone(UTC) + delay), 20.0) for (name, due), delay in pairs}


def cost(course, work):
    return sum(late.penalty for late in lateness(course, "student-001", work).values())


@fair
@given(COURSES, st.lists(MINUTES, min_size=4, max_size=4), st.integers(0, 3), MINUTES)
def test_an_extension_never_costs_points(course, delays, which, more):
    work = hand_ins(course, delays)
    name = sorted(work)[which % len(work)]
    extended = replace(course.assignments[name], extensions={"student-001": course.assignments[name].due + more})
    kinder = replace(course, assignments={**course.assignments, name: extended})
    assert cost(kinder, work) <= cost(course, work) + 1e-9


@fair
@given(COURSES, st.lists(MINUTES, min_size=4, max_size=4), st.integers(0, 3), MINUTES)
def test_handing_in_later_never_gains_points_on_that_assignment(course, delays, which, later):
    work = hand_ins(course, delays)
    name = sorted(work)[which % len(work)]
    assume(later > timedelta(0))
    delayed = {**work, name: replace(work[name], submitted=work[name].submitted + later)}
    before, after = (lateness(course, "student-001", one)[name].penalty for one in (work, delayed))
    assert after >= before


@fair
@given(COURSES, st.lists(MINUTES, min_size=4, max_size=4), st.integers(0, 3))
def test_free_days_never_exceed_what_a_student_has_nor_the_days_that_were_late(course, delays, extra):
    generous = replace(course, extra_late_days={"student-001": extra})
    found = lateness(generous, "student-001", hand_ins(course, delays)).values()
    assert sum(late.free_days for late in found) <= course.late_days + extra
    assert all(0 <= late.free_days <= late.days for late in found)


@fair
@given(COURSES, st.lists(MINUTES, min_size=4, max_size=4), st.integers(-14, 14))
def test_the_zone_in_which_a_time_is_written_makes_no_difference(course, delays, hours):
    work = hand_ins(course, delays)
    elsewhere = {
        name: replace(one, submitted=one.submitted.astimezone(timezone(hours * HOUR))) for name, one in work.items()
    }
    local = {name: replace(one, submitted=one.submitted.astimezone(BERLIN)) for name, one in work.items()}
    costs = [lateness(course, "student-001", one) for one in (work, elsewhere, local)]
    assert costs[0] == costs[1] == costs[2]
