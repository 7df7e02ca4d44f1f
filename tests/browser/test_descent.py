"""Lesson 03 in a real JupyterLab: four rates named and the far valley reached, by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def explorer(chromium, lab):
    """The explorer of lesson 03, its import and its own cell run."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab.address}/lab/tree/lessons/03_gradient_descent.ipynb?token={lab.token}")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=60_000)
    for text in ("from dlcourse.viz import", "DescentExplorer()"):
        cell = page.locator(".jp-CodeCell", has_text=text).last
        cell.scroll_into_view_if_needed(timeout=60_000)
        cell.locator(".jp-InputArea-editor").click()
        page.keyboard.press("Control+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    cell.get_by_role("status").wait_for()
    yield cell
    page.close()


def select(explorer, label, option):
    explorer.get_by_label(label, exact=True).focus()
    explorer.page.keyboard.press("Space")
    explorer.page.keyboard.type(option)
    explorer.page.keyboard.press("Enter")
    expect(explorer.get_by_label(label, exact=True)).to_have_value(option)


def press(explorer, label, key, times):
    row = explorer.locator(".widget-slider").filter(has_text=re.compile(f"^{re.escape(label)}"))
    row.get_by_role("slider").focus()
    for _ in range(times):
        explorer.page.keyboard.press(key)


def test_a_new_surface_changes_the_picture_and_the_words(explorer):
    picture = explorer.locator(".jp-OutputArea img").first
    before = picture.get_attribute("src")
    select(explorer, "surface", "Long valley")
    expect(picture).not_to_have_attribute("src", before)
    expect(explorer).to_contain_text("Long valley, curvature 4")


def test_the_goal_is_reached_by_keyboard_alone(explorer):
    names = {"0.45": "oscillating", "0.02": "slow", "0.55": "diverging", "0.20": "good"}
    for rate, name in names.items():
        select(explorer, f"rate {rate} is", name)
    expect(explorer).to_contain_text("Rates named right: 4 of 4")
    select(explorer, "surface", "Two valleys")
    press(explorer, "start w1", "ArrowLeft", 35)  # from 1.5 to -2
    expect(explorer.get_by_role("status")).to_contain_text("Goal:")
    press(explorer, "learning rate", "ArrowRight", 25)  # from 0.05 to 0.3
    expect(explorer.get_by_role("status")).to_contain_text("Goal reached.")
    explorer.get_by_role("status").scroll_into_view_if_needed()
    explorer.page.screenshot(path=Path(__file__).parents[2] / ".browser-output" / "03_descent_goal.png")
