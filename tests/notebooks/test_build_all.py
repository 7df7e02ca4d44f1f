"""The command that builds a course, and the one that checks that nobody forgot to."""

import json

import pytest

from dlcourse.authoring import notebooks


@pytest.fixture
def two(course, monkeypatch):
    """A lesson and a master solution of one name, and a second lesson; the working folder is the course's."""
    course(**{"01_a": "# %%\nprint('a')", "02_b": "# %%\nprint('b')"})
    root = course("solutions", **{"01_a": "# %%\nprint('solved')"})
    monkeypatch.chdir(root)
    return root


def test_all_lessons_and_masters_are_built(two):
    assert notebooks.main([]) == 0
    assert sorted(str(path.relative_to(two)) for path in two.rglob("*.ipynb")) == [
        "lessons/01_a.ipynb",
        "lessons/02_b.ipynb",
        "solutions/01_a.ipynb",
    ]


def test_a_name_builds_the_lesson_and_its_master_only(two, capsys):
    assert notebooks.main(["01_a"]) == 0
    lines = sorted(capsys.readouterr().out.splitlines())
    assert [line.split()[:2] for line in lines] == [["lessons/01_a.ipynb", "built"], ["solutions/01_a.ipynb", "built"]]


def test_an_unknown_name_is_answered_with_the_known_ones(two, capsys):
    assert notebooks.main(["03_c"]) == 1
    assert capsys.readouterr().err == "no source is called 03_c: there are 01_a, 02_b\n"


def test_a_failing_source_does_not_keep_the_others_from_being_built(two, course, capsys):
    course(**{"01_a": "# %%\n1 / 0"})
    assert notebooks.main([]) == 1
    assert (two / "lessons" / "02_b.ipynb").exists()
    assert "lessons/source/01_a.py: cell 1 of 1: ZeroDivisionError" in capsys.readouterr().err


def test_check_is_content_with_what_a_build_wrote(two):
    notebooks.main([])
    assert notebooks.main(["--check"]) == 0


def test_check_names_the_first_cell_that_differs_and_writes_nothing(two, capsys):
    notebooks.main(["02_b"])
    target = two / "lessons" / "02_b.ipynb"
    stale = target.read_text().replace("b\\n", "B\\n")
    target.write_text(stale)
    assert notebooks.main(["--check", "02_b"]) == 1
    assert capsys.readouterr().err == "lessons/02_b.ipynb: cell 1 differs first, in outputs\n"
    assert target.read_text() == stale


def test_check_names_a_notebook_that_was_never_built(two, capsys):
    assert notebooks.main(["--check", "02_b"]) == 1
    assert capsys.readouterr().err == "lessons/02_b.ipynb: is not there; run make notebooks\n"


def test_check_names_a_notebook_that_lost_its_source(two, capsys):
    notebooks.main([])
    (two / "lessons" / "source" / "02_b.py").unlink()
    assert notebooks.main(["--check"]) == 1
    assert capsys.readouterr().err.startswith("lessons/02_b.ipynb: has no source")


def notebook(*sources, **metadata):
    return json.dumps({"cells": [{"source": source} for source in sources], "metadata": metadata})


@pytest.mark.parametrize(
    ("committed", "line"),
    [
        (notebook("a", "b"), []),
        (notebook("a", "B"), ["cell 2 differs first, in source"]),
        (notebook("a"), ["1 cells are committed, 2 are built"]),
        (notebook("a", "b", kernelspec=1), ["all cells agree, but metadata differs"]),
        (notebook("a", "b") + " ", ["all cells agree, but spacing or order of keys differs"]),
        ("not JSON", ["what is committed is not a notebook"]),
    ],
)
def test_a_difference_is_said_in_one_line(committed, line):
    assert notebooks.differences(committed, notebook("a", "b")) == line
