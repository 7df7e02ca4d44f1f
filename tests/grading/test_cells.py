import io
import sys

import pytest

from dlcourse.grading.cells import MAX_OUTPUT, Notebook


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return Notebook()


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!ls\nx = 1",
        "files = !ls\nx = 1",
        "%%time\nx = 1",
        "import asyncio\nx = await asyncio.sleep(0, 1)",
        "display('a')\nx = 1",
        "print?\nx = 1",
        "get_ipython().run_line_magic('load_ext', 'autoreload')\nx = 1",
    ],
)
def test_what_a_notebook_may_hold_runs(notebook, source):
    assert notebook.run("cell 1", source, [])["error"] == ""
    assert notebook["x"] == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero, in line 1 of <module>: `1 / 0`"),
        ("def f(:\n  pass", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("input()", "EOFError"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_cell_that_stops_says_why_and_the_next_one_runs(notebook, source, says, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert says in notebook.run("cell 1", source, [])["error"]
    assert notebook.run("cell 2", "x = 1", [])["error"] == ""


def test_long_output_is_cut(notebook):
    assert len(notebook.run("cell 1", "print('x' * 10**7)", [])["output"]) == MAX_OUTPUT


def test_an_answer_stays_when_a_later_cell_reuses_its_name(notebook):
    notebook.run("cell 1", "def f(): return 'answer'", ["f"])
    notebook.run("cell 2", "f = 3", [])
    assert notebook["f"]() == "answer"


def test_of_two_answers_the_later_one_counts(notebook):
    for word in ("first", "second"):
        notebook.run("cell 1", f"def f(): return {word!r}", ["f"])
    assert notebook["f"]() == "second"
