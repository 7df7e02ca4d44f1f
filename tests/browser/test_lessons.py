"""Every lesson in a real JupyterLab: what it shows before it is run, and how its explorer answers the keyboard."""

import pytest
from playwright.sync_api import expect
from promptness import ROUNDS, Round, move_and_measure

pytestmark = pytest.mark.browser


def test_an_unrun_lesson_shows_a_still_picture_of_the_explorer(opened):
    opened.take_picture(f"{opened.name}_unrun")
    expect(opened.status).to_have_count(0)
    assert opened.picture.evaluate("picture => picture.complete && picture.naturalWidth") > 0


def test_running_all_cells_leaves_no_error_output(lesson):
    cells = lesson.save()
    assert [cell["source"] for cell in cells if cell["execution_count"] is None] == []
    assert [o for cell in cells for o in cell["outputs"] if o["output_type"] == "error"] == []


def test_an_arrow_key_on_a_slider_changes_the_picture(lesson):
    before = lesson.picture.get_attribute("src")
    lesson.slider(lesson.moves).focus()
    lesson.press("ArrowRight")
    expect(lesson.picture).not_to_have_attribute("src", before)


def test_the_live_picture_points_a_screen_reader_to_its_words(lesson):
    expect(lesson.picture).to_have_attribute("alt", "Picture of the explorer: the line below says what it shows.")


def test_the_picture_follows_a_key_at_once(lesson, bare, measured):
    rounds = []
    while len(rounds) < ROUNDS and not (rounds and rounds[-1].fast_enough):
        rounds.append(Round(*move_and_measure(lesson, bare)))
    best = min(rounds, key=lambda r: r.half / r.slowness)
    measured(f"{lesson.name}: {best} (best of {len(rounds)} rounds)")
    assert best.fast_enough
