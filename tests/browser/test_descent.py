"""Lesson 03 in a real JupyterLab: four rates named and the far valley reached, by keyboard alone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LESSON = "03_gradient_descent"
NAMES = {"0.45": "oscillating", "0.02": "slow", "0.55": "diverging", "0.20": "good"}


def test_a_new_surface_changes_the_picture_and_the_words(lesson):
    before = lesson.picture.get_attribute("src")
    lesson.select("surface", "Long valley")
    expect(lesson.picture).not_to_have_attribute("src", before)
    expect(lesson.explorer).to_contain_text("Long valley, curvature 4")


def test_the_goal_is_reached_by_keyboard_alone(lesson):
    for rate, name in NAMES.items():
        lesson.select(f"rate {rate} is", name)
    expect(lesson.explorer).to_contain_text("Rates named right: 4 of 4")
    lesson.select("surface", "Two valleys")
    lesson.slider("start w1").focus()
    lesson.press("ArrowLeft", round((lesson.number("start w1") + 2) / 0.1))
    expect(lesson.status).to_contain_text("Goal:")
    lesson.slider("learning rate").focus()
    lesson.press("ArrowRight", round((0.3 - lesson.number("learning rate")) / 0.01))
    expect(lesson.status).to_contain_text("Goal reached.")
    lesson.take_picture("03_gradient_descent_goal")
