"""`dlcourse report`, as an instructor meets it."""

import pytest
from kept import gradebook, result
from reading import Read
from typer.testing import CliRunner

from dlcourse.cli import app
from dlcourse.grading.exercise import UsageError


def dlcourse(*arguments):
    """What a command prints; its refusal is raised."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if done.exception:
        raise done.exception
    return done.output


@pytest.fixture
def results(tmp_path):
    """A folder of results of a class with two assignments."""
    with gradebook(tmp_path, result("ada"), result("bob", q1=0.0), result("ada", assignment="06_init")):
        pass
    return tmp_path


def read(path):
    return Read(path.read_text(encoding="utf-8")).text


def test_the_report_stands_beside_the_tables(results):
    assert "report.html" in dlcourse("report", results)
    assert "2 students, 2 assignments" in read(results / "report.html")


def test_an_assignment_may_be_asked_for_by_the_beginning_of_its_name(results):
    dlcourse("report", results, "--assignment", "06")
    assert "05_activations" not in read(results / "report.html")


def test_a_report_without_names_does_not_take_the_place_of_the_other(results):
    dlcourse("report", results)
    dlcourse("report", results, "--anonymous")
    assert [("ada" in read(results / name)) for name in ("report.html", "report-anonymous.html")] == [True, False]


@pytest.mark.parametrize("out", ["page.html", "", "new/page.html"])
def test_the_page_is_written_where_it_is_asked_for(results, tmp_path, out):
    told = dlcourse("report", results, "--out", tmp_path / out)
    assert "2 students" in read(tmp_path / (out or "report.html"))
    assert out in told


def test_a_student_whose_name_is_not_text_has_a_report(tmp_path):
    with gradebook(tmp_path, result("m\udcfcller")):
        pass
    dlcourse("report", tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8")


REFUSED = {
    "a folder without results": (["nowhere"], "nowhere"),
    "an assignment that nobody has": (["--assignment", "77"], "no assignment '77' here"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_reported_is_refused_in_a_sentence(results, what):
    arguments, says = REFUSED[what]
    arguments = [results / arguments[0]] if len(arguments) == 1 else [results, *arguments]
    with pytest.raises(UsageError, match=says):
        dlcourse("report", *arguments)
