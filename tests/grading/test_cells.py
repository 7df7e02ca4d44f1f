import sys
import warnings

import pytest

from dlcourse.checks.calls import Open
from dlcourse.grading.cells import MAX_INPUTS, MAX_OUTPUT, Notebook


@pytest.fixture
def notebook(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(tmp_path)
    notebook = Notebook(Open())
    yield notebook
    notebook.close()


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
        ("while True: input()", "EOFError: input() is asked again and again"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_cell_that_stops_says_why_and_the_next_one_runs(notebook, source, says):
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


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("!pip install torch", "`!pip install torch` is not run when a notebook is graded; the rest of the cell is"),
        ("files = !ls\nassert files == []", "`!ls` is not run"),
        ("%pip install torch", "`%pip` is not run"),
        ("%%bash\nls", "`%%bash` is not run"),
        ("name = input('Name? ')\nassert name == ''", "`input()` gets an empty answer"),
        ("for _ in range(3): get_ipython().system('ls')", "`!ls` is not run"),
    ],
)
def test_what_cannot_work_is_passed_over_with_one_sentence(notebook, source, says):
    result = notebook.run("cell 1", source, [])
    assert (result["error"], result["said"].startswith(says), result["said"].count("`") % 4) == ("", True, 2)


def test_a_cell_that_needs_nobody_says_nothing(notebook):
    assert notebook.run("cell 1", "%matplotlib inline\nprint(1)", [])["said"] == ""


@pytest.mark.parametrize(
    "source",
    [
        "%%time\ny = 2",
        "%time y = 2",
        "%%capture out\ny = 2",
        "%%prun\ny = 2",
        "%%timeit -n 3\ny = 2",
        "y = %time 1 + 1",
    ],
)
def test_what_stands_under_a_magic_is_defined(notebook, source):
    notebook.run("cell 1", source, [])
    assert notebook["y"] == 2


def test_an_error_under_a_magic_names_its_line(notebook):
    assert (
        "in line 2 of f: `return 1 / 0`"
        in notebook.run("cell 1", "%%time\ndef f():\n    return 1 / 0\nf()", [])["error"]
    )


def test_captured_output_is_there_to_be_asked_for(notebook):
    assert notebook.run("cell 1", "%%capture out\nprint(1)", [])["error"] == ""
    assert notebook.run("cell 2", "out.show()\nassert out.stdout == ''", [])["error"] == ""


def test_a_file_that_a_cell_writes_is_there(notebook):
    notebook.run("cell 1", "%%writefile helper.py\nx = 5", [])
    assert (
        notebook.run("cell 2", "import pathlib; assert pathlib.Path('helper.py').read_text() == 'x = 5\\n'", [])[
            "error"
        ]
        == ""
    )


@pytest.mark.parametrize(
    "cells",
    [
        ["import asyncio\nasync def f(): return 5", "y = await f()"],
        ["import asyncio\ntask = asyncio.create_task(asyncio.sleep(0, 5))", "y = await task"],
        ["import asyncio\nqueue = asyncio.Queue()\nawait queue.put(5)", "y = await queue.get()"],
        ["async def f():\n    yield 5", "async for y in f(): pass"],
    ],
)
def test_cells_share_one_loop_to_await_in(notebook, cells):
    assert [notebook.run("cell", cell, [])["error"] for cell in cells] == ["", ""]
    assert notebook["y"] == 5


@pytest.mark.parametrize("source", ["next(iter([]))", "raise StopIteration", "raise GeneratorExit", "raise SystemExit"])
def test_no_exception_of_a_cell_gets_further_than_its_cell(notebook, source):
    assert notebook.run("cell 1", source, [])["error"].split(",")[0] in ("StopIteration", "GeneratorExit", "SystemExit")


def test_what_is_imported_from_the_future_holds_for_later_cells(notebook):
    notebook.run("cell 1", "from __future__ import annotations", [])
    assert notebook.run("cell 2", "def f(x: NotYetDefined): pass", [])["error"] == ""


def test_many_questions_are_answered_before_nobody_is_there(notebook):
    assert notebook.run("cell 1", f"for _ in range({MAX_INPUTS}): input()", [])["error"] == ""


@pytest.mark.parametrize(
    "source",
    [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>a</b>'))",
        "import ipywidgets\nslider = ipywidgets.IntSlider()\ndisplay(slider)\nassert slider.value == 0",
        "from ipywidgets import interact\n@interact(x=(0, 5))\ndef show(x=2): print(x)",
        "from tqdm.auto import tqdm\nassert list(tqdm(range(3))) == [0, 1, 2]",
    ],
)
def test_plots_and_widgets_do_no_harm(notebook, source, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert notebook.run("cell 1", source, [])["error"] == ""
