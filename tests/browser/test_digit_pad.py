"""The pad of unit 14 in a real JupyterLab: strokes by mouse, by touch and by keyboard, and no key lost to the notebook."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELL = "from dlcourse.viz import DigitPadExplorer\nDigitPadExplorer()"
SIZE, CELLS = 288, 32  # pixels, cells


@pytest.fixture(scope="module")
def explorer(alone):
    """The explorer, with no lesson around it."""
    explorer = alone("pad", CELL, "DigitPadExplorer", "shift right (cells)")
    explorer.take_picture("digit_pad_run")
    return explorer


@pytest.fixture
def pad(explorer):
    """The pad, empty and with the focus."""
    pad = explorer.explorer.get_by_role("application")
    pad.scroll_into_view_if_needed()
    pad.focus()
    explorer.press("Delete")
    expect(explorer.explorer).to_contain_text("The pad is empty")
    return pad


def on_page(pad, x, y):
    """Where a place on the pad, in cells, lies on the page."""
    box = pad.bounding_box()
    return box["x"] + 1 + x / CELLS * SIZE, box["y"] + 1 + y / CELLS * SIZE


def drag(page, pad, *points):
    page.mouse.move(*on_page(pad, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*on_page(pad, *point), steps=8)
    page.mouse.up()


def test_a_digit_drawn_with_the_mouse_is_read(explorer, pad):
    drag(explorer.page, pad, (8, 4), (24, 4), (14, 29))
    drag(explorer.page, pad, (11, 17), (23, 17))
    expect(explorer.explorer).to_contain_text("The net reads 7")
    explorer.take_picture("digit_pad_mouse")


def test_moving_the_mouse_without_a_button_draws_nothing(explorer, pad):
    explorer.page.mouse.move(*on_page(pad, 4, 4))
    explorer.page.mouse.move(*on_page(pad, 28, 28), steps=5)
    expect(explorer.explorer).to_contain_text("The pad is empty")


def test_a_tap_of_a_finger_makes_a_dot(explorer, pad):
    explorer.page.touchscreen.tap(*on_page(pad, 16, 16))
    expect(explorer.explorer).to_contain_text("inks 16 of 1024 cells")


def test_a_digit_drawn_with_the_arrow_keys_is_read(explorer, pad):
    explorer.press("Shift+ArrowUp")
    explorer.press("Space")
    explorer.press("ArrowDown", 24)
    explorer.press("Space")
    explorer.press("ArrowUp", 3)  # the pen is up
    expect(explorer.explorer).to_contain_text("The net reads 1")
    explorer.press("Backspace")
    expect(explorer.explorer).to_contain_text("The pad is empty")


def test_keys_on_the_pad_reach_the_pad_and_not_the_notebook(explorer, pad):
    """In command mode `dd` deletes a cell, Space scrolls, and an arrow key leaves the cell."""
    cells = explorer.page.locator(".jp-Cell").count()
    explorer.press("d", 2)
    explorer.press("ArrowDown", 2)
    expect(pad).to_be_focused()
    assert explorer.page.locator(".jp-Cell").count() == cells


def test_the_goal_is_reached_by_keyboard_alone(explorer, pad):
    explorer.select("stored digit", "3")
    explorer.select("hand", "slanted")
    expect(explorer.explorer).to_contain_text("cells, 0 other than in the stored 3, slanted")
    expect(explorer.status).to_contain_text("Goal:")
    pad.focus()
    explorer.press("Shift+ArrowLeft", 8)  # to a corner, from wherever it was
    explorer.press("Shift+ArrowUp", 8)
    explorer.press("ArrowRight", 9)
    explorer.press("ArrowDown", 11)
    explorer.press("Space")
    explorer.press("ArrowDown", 3)
    expect(explorer.status).to_contain_text("Goal reached.")
    explorer.take_picture("digit_pad_goal")


def test_the_page_does_not_complain(explorer):
    assert explorer.complaints == []
    assert explorer.asked_elsewhere == []
