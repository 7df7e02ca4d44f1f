"""A source that cannot be built is answered by file, cell and cause."""

import pytest

from dlcourse.authoring import notebooks

FAILS = {
    "ZeroDivisionError: division by zero": "1 / 0",
    "SyntaxError": "1 +",
    "a memory address (at 0x": "object()",
    "a warning that names this kernel's process": "import warnings\nwarnings.warn('look out')",
    "the clock of a progress bar": "from tqdm.auto import tqdm\nfor step in tqdm(range(3)):\n    pass",
    "a path of this machine": "import dlcourse\nprint(dlcourse.__file__)",
    "Kernel died": "import os\nos._exit(0)",
}


def error_of(root, name):
    with pytest.raises(notebooks.BuildError) as error:
        notebooks.build(root / "lessons" / "source" / f"{name}.py", root / "lessons" / f"{name}.ipynb")
    return str(error.value)


@pytest.mark.parametrize(("cause", "code"), FAILS.items(), ids=list(FAILS))
def test_the_message_names_file_cell_and_cause(course, cause, code):
    message = error_of(course(bad=f"# %%\nx = 1\n\n# %%\n{code}\n\n# %%\nlater = 2"), "bad")
    assert "bad.py: cell 2 of 3: " in message
    assert cause in message


def test_the_message_shows_the_first_lines_of_the_cell(course):
    message = error_of(course(bad="# %%\na = 1\nb = 2\nc = 3\nd = 4\ne = 5\n1 / 0"), "bad")
    assert message.splitlines()[1:] == ["    | a = 1", "    | b = 2", "    | c = 3", "    | d = 4", "    | ..."]


def test_a_cell_that_never_ends_is_stopped(course, monkeypatch):
    monkeypatch.setattr(notebooks, "SECONDS_PER_CELL", 1)
    message = error_of(course(bad="# %%\nimport threading\nthreading.Event().wait()"), "bad")
    assert "cell 1 of 1: A cell timed out" in message


def test_an_address_inside_a_widget_is_refused(course):
    message = error_of(course(bad="# %%\nimport ipywidgets\nipywidgets.HTML(repr(object()))"), "bad")
    assert "a memory address" in message


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("# %% id='two words'\n1", "has the id 'two words'"),
        ('# %% id="a"\n1\n# %% id="a"\n2', "cell 2 has the id 'a' of an earlier cell"),
        ("# %%\nplt.plot([1]);", "cell 1 ends with ';'"),
        ("# ---\n# jupyter:\n#   kernelspec: {name: python3}\n# ---\n# %%\n1", "cannot be read as py:percent text"),
    ],
)
def test_what_is_wrong_in_the_text_is_said_before_anything_runs(course, text, cause):
    with pytest.raises(notebooks.BuildError, match=cause.replace("(", r"\(")):
        notebooks.parse(course(bad=text) / "lessons" / "source" / "bad.py")
