"""`dlcourse collect`: an instructor looks at what came in before anything is graded."""

import json

from classroom import ROOT
from typer.testing import CliRunner

from dlcourse.cli import app


def collect(monkeypatch, *arguments):
    monkeypatch.chdir(ROOT)
    return CliRunner().invoke(app, ["collect", *map(str, arguments)])


def class_of(folder, *students):
    (folder / "in").mkdir()
    for student in students:
        (folder / "in" / f"{student}.ipynb").write_text(
            json.dumps({"cells": [], "metadata": {"dlcourse": {"exercise": "05_activations"}}})
        )
    (folder / "times.csv").write_text(
        "student,assignment,time\n" + "".join(f"{one},05_activations,2026-03-01 12:00\n" for one in students)
    )
    (folder / "roster.csv").write_text("id\n" + "".join(f"{one}\n" for one in students))
    return [folder / "in", "--into", folder / "out", "--times", folder / "times.csv", "--roster", folder / "roster.csv"]


def test_where_nothing_is_in_doubt_it_says_one_line(tmp_path, monkeypatch):
    done = collect(monkeypatch, *class_of(tmp_path, "student-001", "student-002"))
    assert (done.exit_code, done.stdout) == (0, "2 notebooks of 2 students\n")


def test_what_is_in_doubt_is_listed_and_the_exit_code_says_so(tmp_path, monkeypatch):
    arguments = class_of(tmp_path, "student-001", "student-002")
    (tmp_path / "in" / "student-002.ipynb").unlink()
    done = collect(monkeypatch, *arguments)
    assert (done.exit_code, "missing: student-002, 05_activations" in done.stdout) == (1, True)
