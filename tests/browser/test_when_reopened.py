"""A lesson that was run, saved and closed, opened again when its kernel is gone."""

import pytest
from pages import Lesson
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_saved_lesson_shows_its_explorer_when_it_is_opened_again(lesson, lab, chromium):
    """Without a kernel the sliders are dead, but the last picture and its words stand there, and nothing complains."""
    lesson.save()
    lab.end_kernels()
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    again = Lesson(page, lab, lesson.name, lesson.kind, lesson.moves)
    expect(again.status).to_be_visible(timeout=30_000)
    assert again.picture.evaluate("picture => picture.complete && picture.naturalWidth") > 0
    again.take_picture(f"{lesson.name}_reopened")
    assert again.complaints == []
    page.close()
