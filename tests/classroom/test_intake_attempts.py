"""Several hand-ins of one student are attempts in their order, and each has the time that the surest source knows."""

import json
import os
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.classroom.intake.collect import collect
from dlcourse.classroom.intake.times import parse_time, read_times, time_in_name
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

EXERCISE = "05_activations"
PLACE = f"student-001/{EXERCISE}"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def write(path, text="", exercise=EXERCISE):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [], "metadata": {"dlcourse": {"exercise": exercise}}, "text": text}))


def attempts(tmp_path, names, **options):
    for name in names:
        write(tmp_path / "in" / name, text=name)
    found = collect([tmp_path / "in"], into=tmp_path / "out", known=[EXERCISE], **options).submissions
    return [one.path and one.path.relative_to(tmp_path / "in").as_posix() for one in found], found


IN_ORDER = {
    "Canvas's marks": ["a_1_9_w.ipynb", "a_1_8_w-1.ipynb", "a_1_7_w-2.ipynb", "a_1_6_w-10.ipynb"],
    "browsers' marks": [f"{PLACE}/w.ipynb", f"{PLACE}/w (1).ipynb", f"{PLACE}/w (2).ipynb"],
    "browsers' marks, flat": ["student-001.ipynb", "student-001 (2).ipynb"],
    "folders of attempts": [f"{PLACE}/attempt-{i}/w.ipynb" for i in (1, 2, 10)],
    "folders, the first without a number": [f"{PLACE}/w.ipynb", f"{PLACE}/attempt-2/w.ipynb"],
    "folders with times": [f"{PLACE}/2026-03-01T12-00-00/w.ipynb", f"{PLACE}/2026-03-01 23_00/w.ipynb"],
    "nbgrader's exchange": [f"a+{EXERCISE}+2026-03-0{i} 12:00:00 UTC+{r}/w.ipynb" for i, r in ((1, "z"), (2, "b"))],
}


@pytest.mark.parametrize("names", IN_ORDER.values(), ids=IN_ORDER)
def test_attempts_are_numbered_in_their_order(tmp_path, names):
    paths, found = attempts(tmp_path, reversed(names))
    assert (paths, [one.attempt for one in found]) == (names, [*range(1, len(names) + 1)])


NO_ORDER = {
    "two names in a folder": ([f"{PLACE}/a.ipynb", f"{PLACE}/b.ipynb"], ["a.ipynb", "b.ipynb"]),
    "two names in a download": (["a_1_2_x.ipynb", "a_1_3_y.ipynb"], ["x.ipynb", "y.ipynb"]),
    "one name twice": (["a_1_2_x.ipynb", "a_1_3_x.ipynb"], ["x.ipynb, x.ipynb"]),
    "marks of two names": ([f"{PLACE}/a.ipynb", f"{PLACE}/b (1).ipynb"], ["a.ipynb", "b (1).ipynb"]),
}


@pytest.mark.parametrize(("names", "named"), NO_ORDER.values(), ids=NO_ORDER)
def test_hand_ins_without_an_order_are_malformed_and_named(tmp_path, names, named):
    _, (found,) = attempts(tmp_path, names)
    assert (found.status, [name for name in named if name not in found.problem]) == ("malformed", [])


def test_a_jupyter_copy_beside_the_released_name_is_no_attempt(tmp_path):
    paths, _ = attempts(tmp_path, [f"{PLACE}/{EXERCISE}.ipynb", f"{PLACE}/{EXERCISE}-Copy1.ipynb"])
    assert paths == [f"{PLACE}/{EXERCISE}.ipynb"]


def test_of_several_names_the_only_notebook_of_the_exercise_counts(tmp_path):
    write(tmp_path / "in" / PLACE / "scratch.ipynb", exercise="")
    paths, _ = attempts(tmp_path, [f"{PLACE}/final.ipynb"])
    assert paths == [f"{PLACE}/final.ipynb"]


def test_the_same_file_in_two_downloads_is_one_attempt(tmp_path):
    for folder in ("monday", "friday"):
        write(tmp_path / folder / "a_1_2_x.ipynb")
    found = collect([tmp_path / "monday", tmp_path / "friday"], into=tmp_path / "out").submissions
    assert len(found) == 1


def test_downloads_of_two_days_give_the_attempts_of_both(tmp_path):
    write(tmp_path / "monday" / "a_1_2_x.ipynb", "first")
    write(tmp_path / "friday" / "a_1_3_x-1.ipynb", "second")
    found = collect([tmp_path / "friday", tmp_path / "monday"], into=tmp_path / "out").submissions
    assert [one.path.parent.name for one in found] == ["monday", "friday"]


def test_what_is_no_notebook_yields_to_the_one_that_is_and_is_named(tmp_path):
    write(tmp_path / "a" / "student-001.ipynb")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "student-001.pdf").write_text("x")
    found = collect([tmp_path / "a", tmp_path / "b"], into=tmp_path / "out")
    assert [one.status for one in found.submissions] == [""]
    assert any("student-001.pdf" in note for note in found.notes)


def test_archives_of_two_uploads_are_two_attempts(tmp_path):
    for name in ("a_1_2_work.zip", "a_1_3_work-1.zip"):
        (tmp_path / "in").mkdir(exist_ok=True)
        with zipfile.ZipFile(tmp_path / "in" / name, "w") as archive:
            archive.writestr("x.ipynb", json.dumps({"cells": [], "name": name}))
    found = collect([tmp_path / "in"], into=tmp_path / "out", exercise=EXERCISE).submissions
    assert [json.loads(one.path.read_text())["name"] for one in found] == ["a_1_2_work.zip", "a_1_3_work-1.zip"]


def times_of(tmp_path, *, stamp=None, table=None, folder="", names=("w.ipynb",), **options):
    for i, name in enumerate(names):
        write(tmp_path / "in" / PLACE / folder / name, text=name)
        os.utime(tmp_path / "in" / PLACE / folder / name, (NOON.timestamp() + i,) * 2)
    if stamp is not None:
        (tmp_path / "in" / PLACE / folder / "timestamp.txt").write_text(stamp)
    if table is not None:
        (tmp_path / "times.csv").write_text(f"student,assignment,time\n{table}")
        options["times"] = read_times(tmp_path / "times.csv", UTC)
    found = collect([tmp_path / "in"], into=tmp_path / "out", **options).submissions
    return [(one.submitted, one.time_from) for one in found]


HOUR = timedelta(hours=1)
SOURCES = {
    "the file's date": ({}, (NOON, "file")),
    "a folder's name": ({"folder": "2026-03-01T13-00-00Z"}, (NOON + HOUR, "folder name")),
    "timestamp.txt": (
        {"folder": "2026-03-01T13-00-00Z", "stamp": "2026-03-01 14:00:00.0 UTC\n"},
        (NOON + 2 * HOUR, "timestamp.txt"),
    ),
    "a times file": (
        {"stamp": "2026-03-01 14:00:00 UTC", "table": f"student-001,{EXERCISE},2026-03-01 15:00"},
        (NOON + 3 * HOUR, "times file"),
    ),
    "the file's, where timestamp.txt is none": ({"stamp": "soon"}, (NOON, "file; timestamp.txt cannot be read")),
}


@pytest.mark.parametrize(("files", "expected"), SOURCES.values(), ids=SOURCES)
def test_the_surest_source_of_a_time_counts_and_is_named(tmp_path, files, expected):
    assert times_of(tmp_path, **files) == [expected]


def test_a_zip_without_a_date_gives_no_time(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("student-001.ipynb"), "{}")
    (found,) = collect([tmp_path / "class.zip"], into=tmp_path / "out", exercise=EXERCISE).submissions
    assert (found.submitted, found.time_from) == (None, "")


def test_a_zips_date_is_by_the_clock_that_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("student-001.ipynb", (2026, 3, 1, 14, 0, 0)), "{}")
    options = {"exercise": EXERCISE, "zone": timezone(2 * HOUR)}
    (found,) = collect([tmp_path / "class.zip"], into=tmp_path / "out", **options).submissions
    assert found.submitted == NOON


def test_a_times_file_with_a_row_for_each_attempt_times_each(tmp_path):
    rows = f"student-001,{EXERCISE},2026-03-02 10:00\nstudent-001,{EXERCISE},2026-03-01 10:00"
    found = times_of(tmp_path, table=rows, names=("w.ipynb", "w (1).ipynb"))
    assert [when.day for when, _ in found] == [1, 2]


def test_one_time_for_two_attempts_is_that_of_the_last(tmp_path):
    found = times_of(tmp_path, table=f"student-001,{EXERCISE},2026-03-09 10:00", names=("w.ipynb", "w (1).ipynb"))
    assert [source for _, source in found] == ["file", "times file"]


def test_a_times_file_may_name_students_as_their_platform_does(tmp_path):
    roster = {"student-001": Person("student-001", others=("4711",))}
    assert times_of(tmp_path, table=f"4711,{EXERCISE},2026-03-09 10:00", roster=roster)[0][1] == "times file"


def test_a_row_of_times_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"times\.csv, row 2: 'soon' is no date"):
        times_of(tmp_path, table=f"student-001,{EXERCISE},soon")


WRITTEN = {
    "2015-02-02 15:58:23.948203 America/Los_Angeles": "2015-02-02T23:58:23.948203",
    "2015-02-02 15:58:23.948203 PST": "2015-02-02T23:58:23.948203",
    "2015-07-02 15:58:23 CEST": "2015-07-02T13:58:23",
    "2015-02-02 15:58:23.948203 UTC": "2015-02-02T15:58:23.948203",
    "2017-01-30 15:30:10 UCT": "2017-01-30T15:30:10",
    "2015-02-02 15:58:23 +0100": "2015-02-02T14:58:23",
    "2015-02-02T15:58:23+01:00": "2015-02-02T14:58:23",
    "2015-02-02T15:58:23Z": "2015-02-02T15:58:23",
    "2015-02-02 15:58\n": "2015-02-02T15:58:00",
}


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items())
def test_a_time_is_read_as_nbgrader_and_people_write_it(text, expected):
    assert parse_time(text).astimezone(UTC).replace(tzinfo=None) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "soon", "2015-02-02", "15:58", "2015-02-30 10:00", "2015-02-02 15:58 Mars/Base"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        parse_time(text)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.one_of(st.text(max_size=40), st.text("0123456789-: TZ.+ABC/", max_size=40)))
def test_no_text_upsets_the_reader_of_times(text):
    time_in_name(text, UTC)
    try:
        assert parse_time(text).utcoffset() is not None
    except ValueError as error:
        assert str(error)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_comes_back_as_it_was_written(moment, minutes):
    written = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(written.isoformat(sep=" ")) == written
