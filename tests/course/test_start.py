"""`start` gives a learner the course and never takes their work away."""

import json
import os
import sys

import pytest

from dlcourse import course
from dlcourse.course import CourseError, start

LESSON = "lessons/01_a.ipynb"
COURSE = [
    "START_HERE.md",
    "exercises/01_a.ipynb",
    "exercises/checks/01_a.py",
    "exercises/checks/data/01_a.json",
    LESSON,
]


@pytest.fixture
def mine(tmp_path, material):
    """A learner's course folder, started once."""
    start(tmp_path / "mine", material)
    return tmp_path / "mine"


def visible_files(folder):
    return sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and ".dlcourse" not in p.parts
    )


def test_a_new_folder_gets_notebooks_checks_and_a_page_to_start_from(mine):
    assert visible_files(mine) == COURSE


def test_the_report_lists_what_was_added(tmp_path, material):
    report = start(tmp_path / "mine", material)
    assert sorted(report.added) == COURSE
    assert str(report) == f"{tmp_path / 'mine'}: 5 new"


def test_starting_again_changes_nothing(mine, material):
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    assert str(start(mine, material)) == f"{mine}: nothing to do, everything is up to date"
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before


def test_an_untouched_file_is_updated(mine, material, notebook):
    (material / LESSON).write_text(notebook("a = 2"))
    assert start(mine, material).updated == [LESSON]
    assert (mine / LESSON).read_text() == notebook("a = 2")


def test_a_new_lesson_is_added(mine, material, notebook):
    (material / "lessons" / "02_b.ipynb").write_text(notebook("b = 1"))
    assert start(mine, material).added == ["lessons/02_b.ipynb"]


def test_an_edited_file_is_kept(mine, material, notebook):
    (mine / LESSON).write_text(notebook("a = 1", "mine = 1"))
    assert start(mine, material).kept == [LESSON]
    assert (mine / LESSON).read_text() == notebook("a = 1", "mine = 1")


def test_the_new_version_of_an_edited_file_lies_beside_it(mine, material, notebook):
    (mine / LESSON).write_text(notebook("a = 1", "mine = 1"))
    (material / LESSON).write_text(notebook("a = 2"))
    report = start(mine, material)
    assert report.beside == {LESSON: "lessons/01_a.new.ipynb"}
    assert (mine / LESSON).read_text() == notebook("a = 1", "mine = 1")
    assert (mine / "lessons" / "01_a.new.ipynb").read_text() == notebook("a = 2")
    assert f"{LESSON} is yours; the course's new version is lessons/01_a.new.ipynb" in str(report)


def test_a_new_version_is_offered_once(mine, material, notebook):
    (mine / LESSON).write_text(notebook("mine"))
    (material / LESSON).write_text(notebook("a = 2"))
    start(mine, material)
    (mine / "lessons" / "01_a.new.ipynb").unlink()
    assert start(mine, material).beside == {}


def test_a_later_version_replaces_an_untouched_new_one(mine, material, notebook):
    (mine / LESSON).write_text(notebook("mine"))
    for version in ("a = 2", "a = 3"):
        (material / LESSON).write_text(notebook(version))
        start(mine, material)
    assert visible_files(mine / "lessons") == ["01_a.ipynb", "01_a.new.ipynb"]
    assert (mine / "lessons" / "01_a.new.ipynb").read_text() == notebook("a = 3")


def test_a_new_version_that_the_learner_worked_in_is_kept_too(mine, material, notebook):
    (mine / LESSON).write_text(notebook("mine"))
    (material / LESSON).write_text(notebook("a = 2"))
    start(mine, material)
    (mine / "lessons" / "01_a.new.ipynb").write_text(notebook("a = 2", "mine as well"))
    (material / LESSON).write_text(notebook("a = 3"))
    assert start(mine, material).beside == {LESSON: "lessons/01_a.new2.ipynb"}
    assert (mine / "lessons" / "01_a.new.ipynb").read_text() == notebook("a = 2", "mine as well")


def test_running_a_notebook_is_not_an_edit(mine, material, notebook):
    run = json.loads(notebook("a = 1", "", kernelspec={"name": "python3"}))
    run["cells"][0] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}], "execution_count": 1}
    run["cells"][0]["metadata"] = {"collapsed": False}
    (mine / LESSON).write_text(json.dumps(run))
    (material / LESSON).write_text(notebook("a = 2"))
    assert start(mine, material).updated == [LESSON]


def test_a_release_that_changes_only_outputs_or_metadata_arrives(mine, material, notebook):
    (material / LESSON).write_text(notebook("a = 1", points=3))
    assert start(mine, material).updated == [LESSON]


def test_a_deleted_file_comes_back(mine, material):
    (mine / LESSON).unlink()
    assert start(mine, material).added == [LESSON]


def test_a_file_that_the_course_dropped_stays(mine, material):
    (material / LESSON).unlink()
    start(mine, material)
    assert (mine / LESSON).exists()


def test_a_broken_notebook_of_the_learners_is_kept(mine, material, notebook):
    (mine / LESSON).write_text("{half a notebo")
    (material / LESSON).write_text(notebook("a = 2"))
    start(mine, material)
    assert (mine / LESSON).read_text() == "{half a notebo"


@pytest.mark.parametrize("manifest", ["", "[]", '{"files": {"lessons/01_a.ipynb": 3}}', '{"files": 1}'])
def test_a_broken_manifest_loses_no_work(mine, material, manifest, notebook):
    (mine / ".dlcourse" / "manifest.json").write_text(manifest)
    (mine / LESSON).write_text(notebook("mine"))
    assert start(mine, material).beside == {LESSON: "lessons/01_a.new.ipynb"}
    assert (mine / LESSON).read_text() == notebook("mine")


def test_a_start_that_broke_off_is_finished_by_the_next(mine, material, monkeypatch, notebook):
    (material / LESSON).write_text(notebook("a = 2"))
    (material / "exercises" / "01_a.ipynb").write_text(notebook("def f(x): ..."))
    replace, calls = os.replace, []

    def full_disk_at_the_second(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full_disk_at_the_second)
    with pytest.raises(CourseError, match=r"Cannot write in .*mine \(No space left on device\)"):
        start(mine, material)
    monkeypatch.undo()
    report = start(mine, material)
    assert (report.beside, len(report.updated)) == ({}, 1)
    assert visible_files(mine) == COURSE


def test_a_folder_with_other_files_only_gains_files(tmp_path, material, notebook):
    folder = tmp_path / "mine"
    (folder / "lessons").mkdir(parents=True)
    (folder / "thesis.txt").write_text("chapter 1")
    (folder / LESSON).write_text(notebook("of another course"))
    start(folder, material)
    assert (folder / "thesis.txt").read_text() == "chapter 1"
    assert (folder / LESSON).read_text() == notebook("of another course")


def test_a_tilde_means_home(tmp_path, material, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    start("~/mine", material)
    assert (tmp_path / "mine" / LESSON).exists()


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_is_not_a_folder(tmp_path, material, below):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(CourseError, match=r"notes\.txt is a file: give the name of a folder"):
        start(f"{tmp_path}/notes.txt{below}", material)


@pytest.mark.parametrize("inside", ["", "lessons", "exercises/mine"])
def test_the_courses_own_material_is_no_learners_folder(material, inside):
    with pytest.raises(CourseError, match="belongs to dlcourse itself"):
        start(material / inside, material)


def test_the_installed_package_is_no_learners_folder(material):
    with pytest.raises(CourseError, match="belongs to dlcourse itself"):
        start(course.PACKAGE / "mine", material)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is read-only to this user")
def test_a_folder_that_cannot_be_written_is_named(tmp_path, material):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(CourseError, match=r"Cannot write in .*locked"):
        start(tmp_path / "locked" / "mine", material)


def test_an_installation_without_lessons_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "PACKAGE", tmp_path / "dlcourse")
    with pytest.raises(CourseError, match="holds no lessons"):
        start(tmp_path / "mine")


def test_a_source_checkout_ships_its_own_lessons(tmp_path, material, monkeypatch):
    monkeypatch.setattr(course, "PACKAGE", material / "dlcourse")
    start(tmp_path / "mine")
    assert visible_files(tmp_path / "mine") == COURSE


def test_the_course_is_found_from_within(mine):
    assert course.find_course(mine / "exercises" / "checks") == mine


def test_elsewhere_no_course_is_found(tmp_path):
    assert course.find_course(tmp_path) is None
