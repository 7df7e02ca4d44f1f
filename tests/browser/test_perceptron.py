"""Lesson 01 in a real JupyterLab: the explorer's buttons answer the keyboard, and lead to its goal."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LESSON = "01_perceptron"


def press_button(lesson, name, times=1):
    lesson.explorer.get_by_role("button", name=name, exact=True).focus()
    lesson.press("Space", times)


def test_a_learning_step_by_keyboard_moves_the_sliders(lesson):
    lesson.select("gate", "AND")
    press_button(lesson, "back to zero")
    press_button(lesson, "one learning step")
    expect(lesson.explorer).to_contain_text("AND with w1 = 0, w2 = 0, b = -1: 3 of 4 rows right")
    expect(lesson.row("bias b").locator(".widget-readout")).to_have_text("\N{MINUS SIGN}1.00")


def test_the_goal_is_reached_by_keyboard_alone(lesson):
    lesson.select("gate", "AND")
    press_button(lesson, "back to zero")
    press_button(lesson, "one learning step", 11)
    expect(lesson.status).to_contain_text("Part 2 of 2")
    lesson.select("gate", "XOR")
    press_button(lesson, "back to zero")
    press_button(lesson, "one learning step", 8)
    expect(lesson.status).to_contain_text("Goal reached.")
    lesson.take_picture("01_perceptron_goal")


def test_keys_on_a_button_reach_the_button_and_not_the_notebook(lesson):
    """In command mode `dd` deletes a cell."""
    cells = lesson.page.locator(".jp-Cell").count()
    lesson.explorer.get_by_role("button", name="one learning step", exact=True).focus()
    lesson.press("d", 2)
    expect(lesson.explorer).to_be_visible()
    assert lesson.page.locator(".jp-Cell").count() == cells
