"""Places where nothing can be written, and disks without room."""

import os
import shlex
import subprocess

import pytest

from dlcourse.doctor import places
from dlcourse.doctor.finding import Visit

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are another matter there")

ASK = """
    visit = Visit(pathlib.Path(os.environ["COURSE"]))
    for fault in places.writing(visit).faults:
        print(fault.wrong, "MEND", fault.mend)
"""


def test_an_installation_in_order_may_write_everywhere(wrong, visit):
    assert wrong(places.writing, visit) == ""


def test_nothing_stays_behind(visit, home):
    places.writing(visit)
    assert sorted(path.name for top in (visit.folder, home) for path in top.rglob("*")) == ["exercises", "lessons"]


@pytest.fixture
def open_path(tmp_path):
    """The way to the temporary folder, open to every user for the length of a test."""
    closed = [place for place in (tmp_path, *tmp_path.parents) if not place.stat().st_mode & 0o001]
    modes = {place: place.stat().st_mode for place in closed}
    for place in closed:
        place.chmod(0o755)
    yield
    for place, mode in modes.items():
        place.chmod(mode)


@pytest.mark.usefixtures("open_path")
def test_a_course_folder_of_another_user_is_named(visit, home, as_nobody):
    home.chmod(0o777)
    for place in (visit.folder, *visit.folder.rglob("*")):
        place.chmod(0o755)
    said = as_nobody(ASK, COURSE=str(visit.folder))
    assert f"You may not write in {visit.folder / 'lessons'}, where lessons belong. MEND make a course folder" in said


@pytest.mark.usefixtures("open_path")
def test_a_course_folder_within_a_closed_one_is_named(visit, home, as_nobody):
    home.chmod(0o777)
    visit.folder.chmod(0o700)
    assert f"You may not write in {visit.folder}" in as_nobody(ASK, COURSE=str(visit.folder))


@pytest.mark.usefixtures("open_path")
def test_a_folder_that_root_made_in_ones_home_is_given_back(visit, home, as_nobody):
    for place in (visit.folder, *visit.folder.rglob("*")):
        place.chmod(0o777)
    (home / "runtime").mkdir()
    said = as_nobody(ASK, COURSE=str(visit.folder))
    assert f"MEND sudo chown -R 65534 {home / 'runtime'}" in said


@pytest.mark.usefixtures("open_path")
def test_the_remedy_for_ones_own_closed_folder_opens_it(visit, home, as_nobody):
    for place in (visit.folder, *visit.folder.rglob("*")):
        os.chown(place, 65534, 65534)
    home.chmod(0o777)
    (visit.folder / "lessons").chmod(0o500)
    (said,) = as_nobody(ASK, COURSE=str(visit.folder)).splitlines()
    subprocess.run(shlex.split(said.partition(" MEND ")[2]), check=True)
    assert as_nobody(ASK, COURSE=str(visit.folder)) == ""


def test_a_full_disk_is_named(wrong, disk):
    place = disk("size=64k")
    (place / "lessons").mkdir()
    (place / "lessons" / "large").write_bytes(b"\0" * 61440)
    assert f"The disk is full: no room for lessons in {place / 'lessons'}." in wrong(places.writing, Visit(place))


def test_a_disk_that_is_nearly_full_is_named(wrong, disk):
    place = disk("size=8m")
    assert "The disk is nearly full: 8 MB are free" in wrong(places.writing, Visit(place))


def test_a_disk_that_can_be_read_only_is_named(wrong, disk):
    place = disk("size=1m")
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    assert f"{place} can be read only: no place for lessons." in wrong(places.writing, Visit(place))


def test_a_file_in_the_way_is_named(wrong, visit, home):
    (home / "runtime").touch()
    assert f"Nothing can be written in {home / 'runtime'}, where files of running" in wrong(places.writing, visit)
