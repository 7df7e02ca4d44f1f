"""What a lesson's page has complained of, and whom it has asked, after all that the tests before did to it."""

import pytest

pytestmark = pytest.mark.browser

# What JupyterLab itself may complain about, word for word, and why that is no fault of the lesson.
ALLOWED: dict[str, str] = {}


def test_neither_page_nor_console_complains(lesson):
    assert [text for text in lesson.complaints if text not in ALLOWED] == []


def test_the_lesson_asks_no_other_server(lesson):
    assert lesson.asked_elsewhere == []
