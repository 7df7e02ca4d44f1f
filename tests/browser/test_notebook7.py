"""A lesson in the classic notebook, Notebook 7, as its users open it: its cells run, and its explorer follows the keyboard."""

import importlib.util

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        importlib.util.find_spec("notebook") is None,
        reason="Notebook 7 is not installed: make test-browser installs it",
    ),
]
LESSON = "05_activations"
#: The circle beside the kernel's name. Before there is a kernel, it stands there idle as well.
IDLE = ".jp-Toolbar:has([aria-label='Python 3 (ipykernel)']) .jp-Notebook-ExecutionIndicator[data-status='idle']"
# What Notebook 7 itself complains about, word for word, and why that is no fault of the lesson.
ALLOWED = {
    "page: Cannot read properties of undefined (reading 'schema')": "7.6: its list of shortcuts, on any notebook's page"
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory, serve):
    """Notebook 7 in place of JupyterLab."""
    with serve(tmp_path_factory.mktemp("classic"), "notebook") as server:
        yield server._replace(view="notebooks", idle=IDLE)


def test_this_is_notebook_7(opened):
    assert opened.page.locator("body").get_attribute("data-notebook") == "notebooks"


def test_an_unrun_lesson_shows_a_still_picture_of_the_explorer(opened):
    opened.take_picture("notebook7_unrun")
    expect(opened.status).to_have_count(0)
    assert opened.picture.evaluate("picture => picture.complete && picture.naturalWidth") > 0


def test_running_all_cells_leaves_no_error(lesson):
    lesson.take_picture("notebook7_run")
    expect(lesson.page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)


def test_an_arrow_key_on_a_slider_changes_the_picture(lesson):
    before = lesson.picture.get_attribute("src")
    lesson.slider(lesson.moves).focus()
    lesson.press("ArrowRight")
    expect(lesson.picture).not_to_have_attribute("src", before)


# These two stand last: what the move above provokes counts as well.


def test_neither_page_nor_console_complains(lesson):
    assert [text for text in lesson.complaints if text not in ALLOWED] == []


def test_the_page_asks_no_other_server(lesson):
    assert lesson.asked_elsewhere == []
