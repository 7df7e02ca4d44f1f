"""What grading leaves behind holds whatever a submission says, for every student who is named."""

import csv
import io
import os
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.book import FILE, Gradebook
from dlcourse.classroom.gradebook.rows import By
from dlcourse.classroom.record import Record
from dlcourse.classroom.results import publish, table, table_cell
from dlcourse.classroom.text import as_text, file_name
from dlcourse.grading.mark import CellNote

#: Any characters, halves of characters among them.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)


def record(student="ada", message="", note="", said=""):
    checks = tuple(CheckResult(f"c{i}", f"c{i}", 1.0, 0.0, "failed", said, False) for i in range(2))
    questions = (QuestionResult("q1", "Twice", checks),)
    return Record(student, "tiny", "graded", questions, (CellNote(1, note),), message, 2.0, "process", 1, 0.1)


def written(folder, *records):
    """What is written of these results, in a gradebook of their own."""
    with Gradebook(folder / FILE, create=True) as book:
        run = book.begin(By("me"))
        for record in records:
            book.add(run, record)
        publish(book, folder)
        return book.standings()


def page_of(folder, student):
    return (folder / "feedback" / f"{file_name(student)}.html").read_text(encoding="utf-8")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_a_record_comes_back_from_the_disk_as_it_was(tmp_path_factory, message, note, said):
    folder = tmp_path_factory.mktemp("results")
    (found,) = written(folder, record(message=message, note=note, said=said))
    assert found.record == record(message=message, note=note, said=said)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_a_submission_says_its_page_is_written(tmp_path_factory, message, note, said):
    folder = tmp_path_factory.mktemp("results")
    written(folder, record(message=message, note=note, said=said))
    assert "2 points" in page_of(folder, "ada")


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.lists(ANYTHING, min_size=2, max_size=2), max_size=3))
def test_a_table_has_a_row_for_a_row_and_none_that_a_name_has_forged(rows):
    assert [len(row) for row in csv.reader(io.StringIO(table(["a", "b"], rows), newline=""))] == [2] * (len(rows) + 1)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text("abä,;\"'\\ \u2028林", max_size=20))
def test_a_name_stands_in_a_table_as_it_is(name):
    _, (read,) = csv.reader(io.StringIO(table(["a"], [[f"x{name}"]]), newline=""))
    assert read == f"x{name}"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-x", "@x"])
def test_no_cell_of_a_table_is_a_formula(cell):
    assert table_cell(cell) == f"'{cell}"


def test_a_score_below_zero_is_a_number_in_the_table(tmp_path):
    written(tmp_path, record())
    with Gradebook(tmp_path / FILE) as book:
        book.override("ada", "tiny", "", -1, By("me"), beyond=True)
        publish(book, tmp_path)
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines())
    assert (row["score"], row["raw_score"], row["by_hand"]) == ("-1", "-1", "total")


NAMES = ["Zoë Ñandú 林", "m\udcfcller", "m\udcfdller", "林" * 60, "x" * 255, "林" * 59 + "x"]


def test_every_name_that_a_disk_can_hold_has_a_page_of_its_own(tmp_path):
    written(tmp_path, *map(record, NAMES))
    assert all(as_text(name) in page_of(tmp_path, name) for name in NAMES)
    assert len({file_name(name) for name in NAMES}) == len(NAMES)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are not text")
def test_a_name_that_is_not_text_stands_in_the_table_spelt_out(tmp_path):
    written(tmp_path, record(os.fsdecode(b"m\xfcller")))
    assert "m\\udcfcller" in (tmp_path / "grades.csv").read_text(encoding="utf-8")


def test_a_page_takes_no_time_worth_mentioning(tmp_path):
    written(tmp_path, *(record(f"student-{i}") for i in range(100)))
    with Gradebook(tmp_path / FILE) as book:
        start = time.process_time()
        publish(book, tmp_path)
        assert time.process_time() - start < 0.2  # reading the template for each took 0.7
