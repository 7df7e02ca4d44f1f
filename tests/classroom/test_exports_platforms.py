"""Canvas's gradebook and Moodle's worksheet, filled in: the right cell of the right student, and nothing else touched."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_standings import missing, override, standing

from dlcourse.classroom.exports.canvas import canvas
from dlcourse.classroom.exports.moodle import moodle
from dlcourse.classroom.exports.sheet import read_sheet
from dlcourse.classroom.exports.who import match
from dlcourse.classroom.gradebook.standing import Lateness
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,05_activations (77),Essay (78),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,7.00,10.00,(read only)
"Ñandú, Zoë",901,s0001,zoe,Monday,,8.00,80.00
"=cmd, Ada",902,s0002,ada@example.org,"Monday and Tuesday",2.00,EX,
"Excused, Eve",903,s0003,eve,Monday,EX,,
"Student, Test",999,,abcdef,Monday,,,
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 11","Zoë Ñandú",one@example.org,"Submitted for grading - ",,7.00,Yes,"Tuesday, 3 March 2026, 11:00 AM",-,
"Participant 12","Ada =cmd",two@example.org,"No submission - ",,7.00,Yes,-,-,"See me."
"Participant 13","Eve Excused",three@example.org,"Submitted for grading - ",,5.00,No,-,-,
"""
ZOE = Person("student-001", "Ñandú", "Zoë", "one@example.org", ("s0001",))
ADA = Person("student-002", email="ADA@example.org", others=("Participant 12",))
EVE = Person("student-003", others=("eve", "13"))
CLASS = [standing(ZOE), standing(ADA), standing(EVE)]


@pytest.fixture
def sheet(tmp_path):
    """A file of this text, read."""

    def read(text):
        (tmp_path / "download.csv").write_bytes(text.encode())
        return read_sheet(tmp_path / "download.csv")

    return read


def cells(text, delimiter=","):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def changed(before, after, delimiter=","):
    """Where two tables differ: by the first cell of a row and the number of a column, what stands there now."""
    old, new = cells(before, delimiter), cells(after, delimiter)
    assert [len(row) for row in old] == [len(row) for row in new]
    pairs = zip(old, new, strict=True)
    return {(a[0], i): b[i] for a, b in pairs for i in range(len(a)) if a[i] != b[i]}


# --- Canvas, filled in ------------------------------------------------------------------------------------------------


def test_canvas_gets_each_score_in_its_cell_and_nothing_else_changes(sheet):
    made = canvas(CLASS, sheet(CANVAS))
    assert changed(CANVAS, made.text) == {("Ñandú, Zoë", 5): "5.5", ("=cmd, Ada", 5): "5.5"}


@pytest.mark.parametrize("person", [Person("ZOE"), Person("x", email="zoe"), Person("x", others=("901",)), ZOE])
def test_a_student_is_known_to_canvas_by_any_identifier_in_capitals_or_not(sheet, person):
    assert list(changed(CANVAS, canvas([standing(person)], sheet(CANVAS)).text)) == [("Ñandú, Zoë", 5)]


def test_an_excuse_in_canvas_stays_and_is_named(sheet):
    assert "student-003: 05_activations (77) says EX in Canvas, and stays so" in canvas(CLASS, sheet(CANVAS)).notes


def test_who_handed_in_nothing_keeps_the_cell_that_is_there(sheet):
    assert changed(CANVAS, canvas([standing(ZOE), missing(ADA)], sheet(CANVAS)).text) == {("Ñandú, Zoë", 5): "5.5"}


def test_who_is_in_one_of_the_two_only_is_named(sheet):
    notes = " ".join(canvas([*CLASS, standing("student-004")], sheet(CANVAS)).notes)
    assert re.search(r"no row in it.*: student-004\b", notes)
    assert re.search(r"nobody's whom we know.*: Student, Test\b", notes)


def test_a_row_that_could_be_two_students_stays_as_it_was_and_all_are_named(sheet):
    two = [standing("zoe"), standing(Person("student-009", others=("901",)))]
    made = canvas(two, sheet(CANVAS))
    assert changed(CANVAS, made.text) == {}
    assert any("not clear" in note and "Ñandú, Zoë" in note for note in made.notes)
    assert any("student-009; zoe" in note for note in made.notes)


def test_canvas_columns_are_named_in_the_platforms_words(sheet):
    own = CANVAS.replace("05_activations (77)", "Week 5 (77)")
    made = canvas(CLASS, sheet(own), "week 5")
    assert changed(own, made.text)["Ñandú, Zoë", 5] == "5.5"


def test_several_assignments_are_filled_in_at_once_and_one_without_a_column_is_named(sheet):
    several = [standing(ZOE), standing(ZOE, assignment="Essay"), standing(ZOE, assignment="07_other")]
    made = canvas(several, sheet(CANVAS))
    assert changed(CANVAS, made.text) == {("Ñandú, Zoë", 5): "5.5", ("Ñandú, Zoë", 6): "5.5"}
    assert any("no column for 07_other" in note for note in made.notes)


def test_other_points_in_canvas_than_ours_are_noticed(sheet):
    assert any("Canvas counts out of 30 points, we out of 7" in n for n in canvas(CLASS, sheet(CANVAS.replace("7.00", "30,00"))).notes)  # fmt: skip


def test_a_file_with_semicolons_a_mark_and_windows_lines_keeps_them(sheet):
    theirs = "\ufeff" + CANVAS.replace(",", ";").replace('"Ñandú; Zoë"', '"Ñandú, Zoë"').replace("\n", "\r\n")
    made = canvas([standing(ZOE)], sheet(theirs)).text
    assert (made[0], made.count("\r\n"), made.count("\n")) == ("\ufeff", 7, 7)
    assert changed(theirs, made, ";") == {("Ñandú, Zoë", 5): "5.5"}


def test_an_empty_line_is_no_row(sheet):
    made = canvas([standing(ZOE)], sheet(CANVAS.replace("    Points", "\n    Points"))).text
    assert changed(CANVAS, made) == {("Ñandú, Zoë", 5): "5.5"}


def test_names_and_ids_of_canvas_go_back_as_they_came_formulas_included(sheet):
    odd = CANVAS.replace("s0002", "=2+3").replace("ada@example.org", "-ada")
    assert '"=cmd, Ada",902,=2+3,-ada,' in canvas([standing(ZOE)], sheet(odd)).text


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("a,b\n1,2\n", "", "is no gradebook of Canvas"),
        ("", "", "is empty"),
        (CANVAS.replace("05_activations", "Week 5"), "", "no column called '05_activations'"),
        (CANVAS.replace("Essay (78)", "05_Activations (79)"), "", "has 2 columns called"),
        (CANVAS, "Current Score", "works out itself"),
        (CANVAS, "Section", "no column called 'Section'"),
    ],
)
def test_a_gradebook_that_cannot_be_filled_in_is_refused_with_the_reason(sheet, text, column, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        canvas(CLASS, sheet(text), column)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "download.csv").write_bytes(b"Student,\xff")
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_sheet(tmp_path / "download.csv")


# --- Canvas, from the roster ------------------------------------------------------------------------------------------


def canvas_accepts(header):
    """Canvas's own rule for a header, in our words: the identifying columns by place, the last of them `Section`."""
    count = 3
    if "SIS Login ID" in header[2]:
        count += 1
    elif "SIS User ID" in header[2] and "SIS Login ID" in header[3]:
        count += 2
    return "Student" in header[0] and "ID" in header[1] and "Section" in header[count - 1]


def test_a_gradebook_from_the_roster_has_canvas_header_and_points():
    header, points, row, *_ = cells(canvas(CLASS).text)
    assert canvas_accepts(header)
    assert (points, row) == (
        ["    Points Possible", "", "", "", "", "7"],
        ["Ñandú, Zoë", "", "", "student-001", "", "5.5"],
    )


def test_an_id_that_would_be_a_formula_is_made_harmless_and_said_to_be_lost_on_canvas():
    made = canvas([standing("=1+1")])
    assert ("'=1+1" in made.text, any("=1+1" in note for note in made.notes)) == (True, True)


# --- Moodle -----------------------------------------------------------------------------------------------------------


def test_moodle_gets_grades_and_the_points_of_each_question(sheet):
    made = moodle(CLASS[:1], sheet(MOODLE))
    assert changed(MOODLE, made.text) == {
        ("Participant 11", 4): "5.5",
        ("Participant 11", 9): "q1: 1.5 of 3; q2: 4 of 4",
    }


def test_feedback_that_somebody_wrote_stays(sheet):
    assert list(changed(MOODLE, moodle([CLASS[1]], sheet(MOODLE)).text)) == [("Participant 12", 4)]


@pytest.mark.parametrize("other", ["13", "Participant 13", "three@example.org"])
def test_a_student_is_known_to_moodle_by_number_or_address(sheet, other):
    made = moodle([standing(Person("x", others=(other,)))], sheet(MOODLE))
    assert changed(MOODLE, made.text)["Participant 13", 4] == "5.5"


def test_what_moodle_will_pass_over_is_said(sheet):
    notes = " ".join(moodle(CLASS, sheet(MOODLE)).notes)
    assert "student-003: Moodle has locked this grade" in notes
    assert "5.5 is more than Moodle's maximum of 5" in notes


def test_what_being_late_cost_stands_in_the_feedback(sheet):
    made = moodle([standing(ZOE, lateness=Lateness(days=1, penalty=2.0))], sheet(MOODLE))
    assert "late: 2 taken off" in made.text


def test_a_total_that_a_person_set_is_moodles_grade(sheet):
    made = moodle([standing(ZOE, by_hand=override(7))], sheet(MOODLE))
    assert changed(MOODLE, made.text)["Participant 11", 4] == "7"


@pytest.mark.parametrize(
    ("standings", "text", "says"),
    [
        (CLASS, MOODLE.replace("Identifier", "Kennung"), "no column 'Identifier'"),
        (CLASS, MOODLE.replace("Last modified (grade)", "x"), "no column 'Last modified (grade)'"),
        ([*CLASS, standing(ZOE, assignment="06_other")], MOODLE, "say which with --assignment NAME (05_activations, 06_other)"),
    ],
)  # fmt: skip
def test_a_worksheet_that_moodle_would_refuse_is_refused(sheet, standings, text, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        moodle(standings, sheet(text))


# --- who is who -------------------------------------------------------------------------------------------------------

NAMES = st.lists(st.sampled_from("abcdefg"), max_size=3)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5))
def test_a_match_is_the_only_one_possible_for_both(others, rows):
    people = [Person(f"student-{i}", others=tuple(names)) for i, names in enumerate(others)]
    found = match(people, dict(enumerate(rows)))
    for row, student in found.students.items():
        fitting = [p.id for p in people if set(p.others) & set(rows[row])]
        theirs = [i for i, names in enumerate(rows) if set(people[int(student[-1])].others) & set(names)]
        assert (fitting, theirs) == ([student], [row])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5))
def test_everybody_and_every_row_is_accounted_for(others, rows):
    people = [Person(f"student-{i}", others=tuple(names)) for i, names in enumerate(others)]
    found = match(people, dict(enumerate(rows)))
    assert sorted([*found.students.values(), *found.without_row]) == sorted(person.id for person in people)
    assert sorted([*found.students, *found.nobodys, *found.unclear]) == list(range(len(rows)))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.lists(st.text("aÄ,;\"' \t=0", max_size=5), min_size=4, max_size=4), min_size=1, max_size=5))
def test_a_sheet_that_is_read_and_written_holds_what_it_held(tmp_path_factory, table):
    path = tmp_path_factory.mktemp("sheet") / "download.csv"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["Student", "ID", "SIS Login ID", "Section"], *table])
    path.write_bytes(text.getvalue().encode())
    assert cells(read_sheet(path).to_text())[1:] == table
