"""Exercise 05 in a real JupyterLab: a learner runs what they were given, checks a question, and is told the mistake."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def exercise(chromium, lab):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(lab.page("exercises/05_activations.ipynb"))
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=60_000)
    yield page
    page.close()


def run(page, text):
    """Run the first code cell that holds this text, and give it when it has its number."""
    cell = page.locator(".jp-CodeCell", has_text=text).first
    cell.scroll_into_view_if_needed(timeout=60_000)
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    return cell


def test_a_check_names_the_mistake_in_the_code_that_was_given(exercise):
    for text in ("from dlcourse.checks import exercise", "from dlcourse import functional as F", "def softplus(z):"):
        run(exercise, text)
    output = run(exercise, 'check("q6")').locator(".jp-OutputArea")
    output.scroll_into_view_if_needed()
    exercise.screenshot(path=Path(__file__).parents[2] / ".browser-output" / "05_exercise.png")
    expect(output).to_contain_text("Likely mistake:")


def test_a_question_not_begun_is_not_held_against_anyone(exercise):
    run(exercise, "def maxout(z):")
    expect(run(exercise, 'check("q4")')).to_contain_text("not attempted: write your answer in place of")
