"""Everybody in the class is read from whatever table an instructor has, and each is known by one id."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.classroom.intake.register import Register, Who
from dlcourse.classroom.intake.roster import read_roster
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

ADA = Person("student-001", "Zimmer", "Ada Lou", "ada@x.edu")


def read(tmp_path, data):
    (tmp_path / "roster.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_roster(tmp_path / "roster.csv")


def who(person):
    return person.id, person.last_name, person.first_name, person.email


OWN = {
    "commas": "student_id,last_name,first_name,email\nstudent-001,Zimmer,Ada Lou,ada@x.edu\n",
    "semicolons, as spreadsheets in Europe": "Student ID;Surname;Given name;E-Mail\nstudent-001;Zimmer;Ada Lou;ada@x.edu\n",
    "tabs": "login\tname\tmail\nstudent-001\tZimmer, Ada Lou\tada@x.edu\n",
    "bars, a full name": "username|Full Name|Email Address\nstudent-001|Ada Lou Zimmer|ada@x.edu\n",
    "nbgrader's students": "id,first_name,last_name,email\nstudent-001,Ada Lou,Zimmer,ada@x.edu\n",
    "quotes and empty lines": '\n"ID","Name","Email"\n\n" student-001 ","Ada Lou Zimmer","ada@x.edu"\n,,\n',
    "Windows' line ends": "id,first_name,last_name,email\r\nstudent-001,Ada Lou,Zimmer,ada@x.edu\r\n",
}


@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
def test_a_table_of_ones_own_is_read_by_its_columns(tmp_path, text):
    assert [who(person) for person in read(tmp_path, text).values()] == [who(ADA)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_the_usual_encodings(tmp_path, encoding):
    people = read(tmp_path, "id,name\nstudent-001,Zoë Müller\n".encode(encoding))
    assert people["student-001"].last_name == "Müller"


def test_nbgraders_number_of_the_platform_finds_the_student(tmp_path):
    people = read(tmp_path, "id,first_name,last_name,email,lms_user_id\nstudent-001,Ada,Zimmer,,4711\n")
    assert Register(people).find(Who("x_4711", "4711", "x")) == [people["student-001"]]


CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Exercise 5 (101),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,29.00,(read only)
"Zimmer, Ada Lou",4711,9000001,azimmer,CS-01,,
"Müller, Zoë",4712,9000002,zmueller@x.edu,CS-01,12,
"Student, Test",99,,bbbc6740f0b946af,CS-01,,
"""


def test_canvas_gradebook_gives_logins_and_every_number(tmp_path):
    people = read(tmp_path, CANVAS)
    assert people == {
        "azimmer": Person("azimmer", "Zimmer", "Ada Lou", "", ("4711", "9000001", "azimmer")),
        "zmueller@x.edu": Person(
            "zmueller@x.edu", "Müller", "Zoë", "zmueller@x.edu", ("4712", "9000002", "zmueller@x.edu")
        ),
    }


def test_canvas_gradebook_without_logins_gives_canvas_numbers(tmp_path):
    people = read(
        tmp_path, "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\nAda Zimmer,4711,,,CS-01\n"
    )
    assert people == {"4711": Person("4711", "Zimmer", "Ada", "", ("4711",))}


MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission)
Participant 4711,Ada Lou Zimmer,ada@x.edu,Submitted,,29,-
Participant 4712,Zoë Müller,,No submission,,29,-
"""


def test_moodles_worksheet_gives_participants(tmp_path):
    people = read(tmp_path, MOODLE)
    assert people == {
        "ada@x.edu": Person("ada@x.edu", "Zimmer", "Ada Lou", "ada@x.edu", ("Participant 4711", "ada@x.edu")),
        "Participant 4712": Person("Participant 4712", "Müller", "Zoë", "", ("Participant 4712",)),
    }


def test_moodles_worksheet_in_another_language_gives_the_number_of_its_files(tmp_path):
    people = read(tmp_path, "Identifier,Full name\nTeilnehmer/in4711,Ada Zimmer\n")
    assert people["Teilnehmer/in4711"].others == ("Teilnehmer/in4711", "Participant 4711")


WRONG = {
    "no id": ("name,email\nAda,a@x.edu\n", "no column for the student's id"),
    "an id twice": ("id,name\na,Ada\n\nb,Bo\na,Ada\n", "rows 2 and 5 have the same id, 'a'"),
    "an empty id": ("id,name\na,Ada\n,Bo\n", "row 3: there is no 'id' for Bo"),
    "nothing": ("", "is empty"),
    "a header alone": ("id,name\n", "names no students"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x81\x00", "no table|no column"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
def test_a_roster_that_cannot_be_used_is_one_sentence(tmp_path, text, says):
    with pytest.raises(UsageError, match=says):
        read(tmp_path, text)


def test_a_roster_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "roster.csv")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.sampled_from([b"", b"id,name\n", b"\xff\xfe", b"Student,ID,Section\n", b"Identifier,Full name\n"]),
    st.binary(max_size=80),
)
def test_no_file_upsets_the_reader_of_rosters(tmp_path_factory, head, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(head + data)
    try:
        assert all(person.id == name for name, person in read_roster(path).items())
    except UsageError as error:
        assert str(error)


IDS = st.text("abcABC012äöé", min_size=1, max_size=4)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.dictionaries(IDS, st.tuples(IDS, IDS), min_size=1, max_size=6))
def test_everybody_is_found_by_their_own_id_whatever_others_are_called(people):
    roster = {name: Person(name, last, first) for name, (last, first) in people.items()}
    assert all(Register(roster).find(Who(name)) == [person] for name, person in roster.items())
