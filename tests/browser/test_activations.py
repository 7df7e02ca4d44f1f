"""Lesson 05 in a real JupyterLab: its explorer under bursts of keys from two controls, its menu."""

import pytest
from playwright.sync_api import expect

from dlcourse.viz.activations import ActivationExplorer

pytestmark = pytest.mark.browser

LESSON = "05_activations"
Z, DEPTH = "pre-activation z", "depth (layers)"


def test_after_a_burst_of_keys_the_picture_is_what_the_controls_say(lesson):
    """Keys arrive while earlier ones are drawn; JupyterLab runs a menu's first callback and a slider's in two threads."""
    lesson.select("activation", "Sigmoid")
    lesson.slider(Z).focus()
    lesson.press("ArrowLeft", 10)
    lesson.slider(DEPTH).focus()
    lesson.press("ArrowRight", 10)
    expected = ActivationExplorer()
    for name, value in {"activation": "Sigmoid", "z": lesson.number(Z), "depth": int(lesson.number(DEPTH))}.items():
        expected.control[name].value = value
    expect(lesson.explorer).to_contain_text(expected.words)
    assert lesson.picture_bytes() == expected.picture.value


def test_keys_in_a_closed_menu_reach_the_menu_and_not_the_notebook(lesson):
    """In command mode `dd` deletes a cell, and an arrow key leaves it."""
    cells = lesson.page.locator(".jp-Cell").count()
    menu = lesson.explorer.get_by_label("activation", exact=True)
    lesson.select("activation", "Sigmoid")
    menu.focus()
    lesson.press("ArrowDown")
    expect(menu).to_have_value("Tanh")
    lesson.press("d", 2)
    expect(lesson.explorer).to_be_visible()
    assert lesson.page.locator(".jp-Cell").count() == cells
