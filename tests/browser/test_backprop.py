"""Lesson 04 in a real JupyterLab: values typed into the explorer reach it, and only it, by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dlcourse.viz.backprop import EXAMPLES, passes, steps

pytestmark = pytest.mark.browser

PATH = steps(passes(*EXAMPLES["A: x = (1.5, -1), class 1"]), 0)


@pytest.fixture(scope="module")
def explorer(chromium, lab):
    """The explorer of lesson 04, its import and its own cell run."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(lab.page("lessons/04_backpropagation.ipynb"))
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=60_000)
    for text in ("from dlcourse.viz import", "BackpropExplorer()"):
        cell = page.locator(".jp-CodeCell", has_text=text).last
        cell.scroll_into_view_if_needed(timeout=60_000)
        cell.locator(".jp-InputArea-editor").click()
        page.keyboard.press("Control+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    cell.get_by_role("status").wait_for()
    yield cell
    page.close()


def answer(explorer, text):
    box = explorer.get_by_role("textbox", name="next value")
    box.fill("")
    box.press_sequentially(text)
    box.press("Enter")
    return box


def test_a_wrong_value_gets_a_hint_and_stays_in_the_box(explorer):
    box = answer(explorer, "1.6")
    expect(explorer.get_by_role("status")).to_contain_text("The bias b is missing")
    expect(box).to_have_value("1.6")


def test_letters_typed_into_the_box_reach_the_box_and_not_the_notebook(explorer):
    """In command mode `dd` deletes a cell, and `a` adds one."""
    cells = explorer.page.locator(".jp-Cell").count()
    answer(explorer, "ddaab")
    expect(explorer.get_by_role("status")).to_contain_text("ddaab is no number")
    assert explorer.page.locator(".jp-Cell").count() == cells


def test_a_right_value_clears_the_box_and_changes_the_picture(explorer):
    picture = explorer.locator(".jp-OutputArea img").first
    before = picture.get_attribute("src")
    box = answer(explorer, PATH[0].worked)
    expect(explorer.get_by_role("status")).to_contain_text("Value 2 of 8")
    expect(box).to_have_value("")
    expect(picture).not_to_have_attribute("src", before)


def test_arrow_keys_step_back_and_forward_no_further_than_what_is_known(explorer):
    steps_taken = explorer.locator(".widget-slider").filter(has_text="step back, forward")
    steps_taken.get_by_role("slider").focus()
    explorer.page.keyboard.press("ArrowLeft")
    expect(explorer.get_by_role("status")).to_contain_text("Value 1 of 8")
    explorer.page.keyboard.press("ArrowRight")
    expect(explorer.get_by_role("status")).to_contain_text("Value 2 of 8")
    explorer.page.keyboard.press("ArrowRight")
    expect(explorer.get_by_role("status")).to_contain_text("Type this value first")
    expect(steps_taken.locator(".widget-readout")).to_have_text("1")


def test_the_goal_is_reached_by_typing(explorer):
    for number, step in enumerate(PATH[1:], start=2):
        expect(explorer.get_by_role("status")).to_contain_text(f"Value {number} of 8")
        answer(explorer, step.worked)
    expect(explorer.get_by_role("status")).to_contain_text("Goal reached.")
    explorer.screenshot(path=Path(__file__).parents[2] / ".browser-output" / "04_backpropagation_goal.png")
