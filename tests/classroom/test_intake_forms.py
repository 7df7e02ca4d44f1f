"""Whatever form a class hands in, every piece of work is found, its student and its exercise, or the reason why not."""

import json
import os
import shutil
import tarfile
import unicodedata
import zipfile

import pytest

from dlcourse.classroom.intake.account import account, doubts
from dlcourse.classroom.intake.collect import collect
from dlcourse.classroom.person import Person
from dlcourse.grading.exercise import UsageError

EXERCISE = "05_activations"


def notebook(exercise=EXERCISE, text=""):
    return json.dumps({"cells": [], "metadata": {"dlcourse": {"exercise": exercise}}, "text": text})


def lay_out(folder, files):
    """A folder that holds files by their names; a list names notebooks of the exercise."""
    for name, text in files.items() if isinstance(files, dict) else ((name, notebook(text=name)) for name in files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def found_in(tmp_path, files, **options):
    folder = lay_out(tmp_path / "in", files)
    options = {"into": tmp_path / "out", "known": [EXERCISE], **options}
    return collect(options.pop("paths", [folder]), **options)


def told(collected):
    return [(one.student, one.assignment, one.attempt, one.status) for one in collected.submissions]


FORMS = {
    "nbgrader's tree": ["student-001/05_activations/05_activations.ipynb", "student-002/05_activations/work.ipynb"],
    "a tree in a folder": [
        "submitted/student-001/05_activations/a.ipynb",
        "submitted/student-002/05_activations/a.ipynb",
    ],
    "a tree with a folder in each": ["student-001/05_activations/x/a.ipynb", "student-002/05_activations/x/a.ipynb"],
    "nbgrader's exchange": [
        "student-001+05_activations+2026-03-01 12:00:00 UTC+a1/05_activations.ipynb",
        "student-002+05_activations+2026-03-01 12:00:00 UTC+b2/05_activations.ipynb",
    ],
    "a folder each": ["student-001/05_activations.ipynb", "student-002/work.ipynb"],
    "flat": ["student-001.ipynb", "student-002.ipynb"],
    "flat in a folder": ["hand-ins/student-001.ipynb", "hand-ins/student-002.ipynb"],
    "flat, endings in capitals": ["student-001.IPYNB", "student-002.ipynb"],
}


@pytest.mark.parametrize("files", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("packed", ["folder", "zip", "tar", "gztar"])
def test_every_form_gives_students_and_exercise(tmp_path, files, packed):
    path = lay_out(tmp_path / "in", files)
    if packed != "folder":
        path = shutil.make_archive(str(tmp_path / "class"), packed, path)
    collected = found_in(tmp_path, [], paths=[tmp_path / path])
    assert told(collected) == [(f"student-00{i}", EXERCISE, 1, "") for i in (1, 2)]


PLATFORMS = {
    "Canvas": ("zimmerada_4711_90125_05_activations.ipynb", "zimmerada_4711"),
    "Canvas, late": ("zimmerada_LATE_4711_90125_05_activations.ipynb", "zimmerada_4711"),
    "Canvas, handed in again": ("zimmerada_4711_90125_05_activations-3.ipynb", "zimmerada_4711"),
    "Canvas, anonymous": ("anon_aB3xZ_90125_05_activations.ipynb", "anon_aB3xZ"),
    "Canvas, a name with accents": ("müller-langzoë_4711_90125_x.ipynb", "müller-langzoë_4711"),
    "Moodle": ("Ada Zimmer_4711_assignsubmission_file_/05_activations.ipynb", "Ada Zimmer_4711"),
    "Moodle since 4.0": ("Ada Zimmer_4711_assignsubmission_file/05_activations.ipynb", "Ada Zimmer_4711"),
    "Moodle, a folder within": ("Ada Zimmer_4711_assignsubmission_file_/a/05_activations.ipynb", "Ada Zimmer_4711"),
    "Moodle, flat": ("Ada Zimmer_4711_assignsubmission_file_05_activations.ipynb", "Ada Zimmer_4711"),
    "Moodle, blind": ("Participant_4711_assignsubmission_file_/05_activations.ipynb", "Participant_4711"),
}


@pytest.mark.parametrize(("name", "student"), PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("around", ["", "submissions/"])
def test_a_download_of_a_platform_is_known_by_its_names(tmp_path, name, student, around):
    assert told(found_in(tmp_path, [around + name])) == [(student, EXERCISE, 1, "")]


ROSTER = {
    "student-001": Person("student-001", "Zimmer", "Ada", "ada@x.edu", ("4711", "Participant 99", "ada@x.edu")),
    "student-002": Person("student-002", "Müller-Lang", "Zoë"),
}
CALLED = {
    "by id": "student-001.ipynb",
    "by id in capitals": "Student-001.ipynb",
    "by mail": "ada@x.edu.ipynb",
    "by name": "Ada Zimmer.ipynb",
    "by name, the last one first": "Zimmer, Ada.ipynb",
    "by Canvas's number": "marriedname_4711_1_x.ipynb",
    "by Canvas's name": "zimmerada_1_1_x.ipynb",
    "by Moodle's number": "Married Name_99_assignsubmission_file_x.ipynb",
    "by Moodle's name": "Ada Zimmer_1_assignsubmission_file_x.ipynb",
}


@pytest.mark.parametrize("name", CALLED.values(), ids=CALLED)
def test_the_roster_knows_a_student(tmp_path, name):
    collected = found_in(tmp_path, [name], roster=ROSTER)
    assert told(collected) == [("student-001", EXERCISE, 1, ""), ("student-002", EXERCISE, 1, "missing")]


def test_accents_in_either_spelling_are_one_name(tmp_path):
    name = unicodedata.normalize("NFD", "müller-langzoë_1_1_x.ipynb")
    assert told(found_in(tmp_path, [name], roster=ROSTER))[1] == ("student-002", EXERCISE, 1, "")


def test_a_number_of_canvas_is_not_taken_for_an_id(tmp_path):
    collected = found_in(tmp_path, ["somebodyelse_77_1_x.ipynb"], roster={"77": Person("77", "Zimmer", "Ada")})
    assert collected.strangers == ("somebodyelse_77",)


def test_who_is_not_on_the_roster_is_graded_and_named(tmp_path):
    collected = found_in(tmp_path, ["student-001.ipynb", "guest.ipynb"], roster=ROSTER)
    assert (collected.strangers, told(collected)[0]) == (("guest",), ("guest", EXERCISE, 1, ""))


def test_a_name_of_two_students_is_given_to_neither(tmp_path):
    twins = {name: Person(name, "Zimmer", "Ada") for name in ("student-001", "student-002")}
    collected = found_in(tmp_path, ["zimmerada_1_1_x.ipynb"], roster=twins)
    assert collected.strangers == ("zimmerada_1",)
    assert any("zimmerada_1 may be student-001 or student-002" in note for note in collected.notes)


FLAT, TREE, FOLDERS = "student-001.ipynb", "student-001/05_activations/a.ipynb", "Bo_2_assignsubmission_file_/a.ipynb"
NOT_NOTEBOOKS = {
    "flat": (FLAT, "student-002.pdf", "student-002", "student-002.pdf"),
    "tree": (TREE, "student-002/05_activations/report.pdf", "student-002", "report.pdf"),
    "Canvas": (FLAT, "zimmerada_LATE_1_2_report.docx", "zimmerada_1", "report.docx"),
    "Canvas's text": (FLAT, "zimmerada_1_text.html", "zimmerada_1", "text.html"),
    "Moodle": (FOLDERS, "Ada_1_assignsubmission_file_/code.py", "Ada_1", "code.py"),
    "Moodle's text": (FOLDERS, "Ada_1_assignsubmission_onlinetext_/onlinetext.html", "Ada_1", "onlinetext.html"),
}


@pytest.mark.parametrize(("beside", "name", "student", "named"), NOT_NOTEBOOKS.values(), ids=NOT_NOTEBOOKS)
def test_what_is_no_notebook_is_named(tmp_path, beside, name, student, named):
    (bad,) = (one for one in found_in(tmp_path, [name, beside]).submissions if one.status == "malformed")
    assert (bad.student, bad.problem) == (student, f"no notebook was handed in, but {named}")


def test_an_online_text_beside_a_notebook_does_no_harm(tmp_path):
    files = ["Ada_1_assignsubmission_file_/a.ipynb", "Ada_1_assignsubmission_onlinetext_/onlinetext.html"]
    assert told(found_in(tmp_path, files)) == [("Ada_1", EXERCISE, 1, "")]


def test_a_table_beside_notebooks_is_nobodys_work_and_said_so(tmp_path):
    collected = found_in(tmp_path, ["student-001.ipynb", "roster.csv"])
    assert [one.student for one in collected.submissions] == ["student-001"]
    assert any("roster.csv" in note for note in collected.notes)


def zipped(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("name", ["student-001.zip", "student-001/05_activations/work.zip"])
def test_a_students_own_zip_is_opened(tmp_path, name):
    zipped(tmp_path / "in" / name, {"work/05_activations.ipynb": notebook(), "__MACOSX/._05_activations.ipynb": "x"})
    assert told(found_in(tmp_path, [])) == [("student-001", EXERCISE, 1, "")]


def test_a_students_zip_within_a_download_is_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"05_activations.ipynb": notebook()}).read_bytes()
    path = zipped(tmp_path / "submissions.zip", {"zimmerada_1_2_work.zip": inner})
    assert told(found_in(tmp_path, [], paths=[path])) == [("zimmerada_1", EXERCISE, 1, "")]


def test_a_zip_in_a_zip_in_a_zip_is_named_and_not_opened(tmp_path):
    inner = zipped(tmp_path / "a.zip", {"05_activations.ipynb": notebook()}).read_bytes()
    middle = zipped(tmp_path / "b.zip", {"deep.zip": inner}).read_bytes()
    path = zipped(tmp_path / "submissions.zip", {"zimmerada_1_2_b.zip": middle})
    (found,) = found_in(tmp_path, [], paths=[path], exercise=EXERCISE).submissions
    assert (found.status, "deep.zip" in found.problem) == ("malformed", True)


def test_a_broken_zip_is_its_students_affair(tmp_path):
    lay_out(tmp_path / "in", {"student-001.ipynb": notebook(), "student-002.zip": "no zip"})
    assert [one[0::3] for one in told(found_in(tmp_path, []))] == [("student-001", ""), ("student-002", "malformed")]


def test_a_member_that_is_refused_leaves_its_student_malformed_not_missing(tmp_path):
    path = zipped(tmp_path / "class.zip", {"student-001.ipynb": notebook()})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("student-002.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "student-001.ipynb")
        archive.writestr("../../etc/passwd", "x")
    collected = found_in(
        tmp_path, [], paths=[path], roster={name: Person(name) for name in ("student-001", "student-002")}
    )
    assert [one[0::3] for one in told(collected)] == [("student-001", ""), ("student-002", "malformed")]
    assert account(collected).endswith("2 archive members refused: student-002.ipynb, ../../etc/passwd")


def test_a_single_notebook_is_named_by_its_student(tmp_path):
    folder = lay_out(tmp_path / "in", ["student-001.ipynb", "student-002.ipynb"])
    assert told(found_in(tmp_path, [], paths=[folder / "student-002.ipynb"])) == [("student-002", EXERCISE, 1, "")]


def test_a_single_notebook_can_be_given_its_student(tmp_path):
    folder = lay_out(tmp_path / "in", ["05_activations.ipynb"])
    found = found_in(tmp_path, [], paths=[folder / "05_activations.ipynb"], student="student-001")
    assert told(found) == [("student-001", EXERCISE, 1, "")]


def test_a_single_notebook_named_as_its_exercise_asks_whose_it_is(tmp_path):
    folder = lay_out(tmp_path / "in", ["05_activations.ipynb"])
    with pytest.raises(UsageError, match="--student ID"):
        found_in(tmp_path, [], paths=[folder / "05_activations.ipynb"])


def test_a_students_archive_is_named_by_the_student(tmp_path):
    path = zipped(tmp_path / "student-001.zip", {"05_activations.ipynb": notebook()})
    assert told(found_in(tmp_path, [], paths=[path])) == [("student-001", EXERCISE, 1, "")]


def test_several_paths_are_one_class(tmp_path):
    one, two = lay_out(tmp_path / "a", ["student-001.ipynb"]), lay_out(tmp_path / "b", ["student-002.ipynb"])
    assert [one[0] for one in told(found_in(tmp_path, [], paths=[two, one]))] == ["student-001", "student-002"]


def test_a_folder_may_hold_several_exercises_that_say_which_they_are(tmp_path):
    files = {"a_1_1_x.ipynb": notebook("01_perceptron"), "b_2_2_x.ipynb": notebook()}
    collected = found_in(tmp_path, files, known=["01_perceptron", EXERCISE])
    assert [one[1] for one in told(collected)] == ["01_perceptron", EXERCISE]


def test_a_released_file_name_says_the_exercise_where_the_notebook_does_not(tmp_path):
    assert told(found_in(tmp_path, {"a_1_1_05_activations-2.ipynb": "{}"})) == [("a_1", EXERCISE, 1, "")]


def test_what_says_no_exercise_is_of_the_one_that_all_others_are_of(tmp_path):
    files = {"a_1_1_x.ipynb": notebook(), "b_2_2_x.ipynb": "cut short"}
    assert told(found_in(tmp_path, files))[1] == ("b_2", EXERCISE, 1, "")


def test_notebooks_that_disagree_on_the_exercise_are_said(tmp_path):
    notes = found_in(tmp_path, {"a_1_1_x.ipynb": notebook("01"), "b_2_2_x.ipynb": notebook()}, known=[]).notes
    assert any("1 of 01, 1 of 05_activations" in note for note in notes)


@pytest.mark.parametrize("known", [[EXERCISE], []])
@pytest.mark.parametrize("exercise", ["../../results", "/etc", "a/b", "", ".", "x" * 150])
def test_a_notebook_cannot_make_up_an_exercise_that_leads_elsewhere(tmp_path, exercise, known):
    files = {"a_1_1_x.ipynb": notebook(), "b_2_2_x.ipynb": notebook(exercise)}
    assert told(found_in(tmp_path, files, known=known))[1] == ("b_2", EXERCISE, 1, "")


def test_what_says_no_exercise_among_several_is_malformed(tmp_path):
    files = {"a_1_1_x.ipynb": notebook(), "b_2_2_x.ipynb": notebook("01_perceptron"), "c_3_3_x.ipynb": "{}"}
    assert told(found_in(tmp_path, files, known=["01_perceptron", EXERCISE]))[2] == ("c_3", "unknown", 1, "malformed")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell capitals from small letters in file names")
def test_two_students_who_differ_in_capitals_are_said(tmp_path):
    notes = found_in(tmp_path, ["ada.ipynb", "Ada.ipynb"]).notes
    assert any("Ada and ada differ in capitals only" in note for note in notes)


def test_canvas_saying_late_is_kept_as_a_note(tmp_path):
    notes = found_in(tmp_path, ["zimmerada_LATE_4711_1_x.ipynb", "langbo_4712_2_x.ipynb"]).notes
    assert [note for note in notes if note.startswith("Canvas marks as late: zimmerada_4711 (")]


def test_collecting_twice_gives_the_same_and_changes_nothing(tmp_path):
    folder = lay_out(tmp_path / "in", FORMS["nbgrader's tree"])
    zipped(folder / "student-003" / EXERCISE / "a.zip", {"a.ipynb": notebook()})
    path = shutil.make_archive(str(tmp_path / "class"), "zip", folder)

    def everything():
        collected = found_in(tmp_path, [], paths=[tmp_path / path])
        files = sorted(one for one in (tmp_path / "out").rglob("*") if one.is_file())
        return collected, [(one, one.read_bytes(), one.stat().st_mtime) for one in files]

    assert everything() == everything()


def test_a_folder_without_archives_makes_no_file(tmp_path):
    found_in(tmp_path, FORMS["flat"])
    assert not (tmp_path / "out").exists()


def test_the_account_counts_what_an_instructor_asks_about(tmp_path):
    files = ["student-001.ipynb", "student-001 (1).ipynb", "guest.pdf", "other.ipynb"]
    collected = found_in(tmp_path, files, roster=ROSTER)
    assert account(collected) == (
        "3 notebooks of 2 students, 1 attempt beyond the first, 1 not readable, 1 missing, "
        "2 not on the roster: guest, other"
    )


def test_doubts_name_everything_that_needs_a_look(tmp_path):
    files = ["student-001.pdf", "other.ipynb"]
    lines = doubts(found_in(tmp_path, files, roster=ROSTER, exercise=EXERCISE))
    starts = ["not readable: student-001", "missing: student-002", "not on the roster: other"]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=False)] == [True] * 3


REFUSED = {
    "a file that is neither": ("report.pdf", "neither a notebook nor"),
    "a broken archive": ("class.zip", "cannot be opened"),
    "nothing there": ("nowhere", "does not exist"),
}


@pytest.mark.parametrize(("name", "says"), REFUSED.values(), ids=REFUSED)
def test_a_path_that_cannot_be_collected_is_one_sentence(tmp_path, name, says):
    lay_out(tmp_path / "in", {"report.pdf": "x", "class.zip": "x"})
    with pytest.raises(UsageError, match=says):
        found_in(tmp_path, [], paths=[tmp_path / "in" / name])


def test_a_student_named_for_a_whole_class_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="--student student-009"):
        found_in(tmp_path, FORMS["flat"], student="student-009")


def test_a_tar_keeps_the_dates_of_its_members(tmp_path):
    folder = lay_out(tmp_path / "in", ["student-001.ipynb"])
    os.utime(folder / "student-001.ipynb", (1_700_000_000, 1_700_000_000))
    with tarfile.open(tmp_path / "class.tgz", "w:gz") as archive:
        archive.add(folder, ".")
    (found,) = found_in(tmp_path, [], paths=[tmp_path / "class.tgz"]).submissions
    assert (found.submitted.timestamp(), found.time_from) == (1_700_000_000, "archive")
