"""Every lesson in a real JupyterLab: what it shows before it is run, and how its explorer answers the keyboard."""

import json
from statistics import median, quantiles

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MOVES, ROUNDS = 40, 3
#: Milliseconds from a key to the painted picture: the middle one and the slowest of twenty.
AIM = (80, 100)
#: What the middle one takes on a quiet machine of two cores when a callback only hands over a picture that is ready. While
#: that takes longer, the machine is busy with something else, and the aim is as much longer.
QUIET = 35
# What JupyterLab itself may complain about, word for word, and why that is no fault of the lesson.
ALLOWED: dict[str, str] = {}

WATCH = """picture => {
    const watching = "moves" in window;
    window.moves = [];
    if (watching) return;
    document.addEventListener("keydown", event => { window.pressed = event.timeStamp; }, true);
    picture.addEventListener("load", () => {
        const began = window.pressed;
        requestAnimationFrame(() => window.moves.push(performance.now() - began));
    });
}"""


def test_an_unrun_lesson_shows_a_still_picture_of_the_explorer(opened):
    opened.take_picture(f"{opened.name}_unrun")
    expect(opened.status).to_have_count(0)
    assert opened.picture.evaluate("picture => picture.complete && picture.naturalWidth") > 0


def test_running_all_cells_leaves_no_error_output(lesson):
    with lesson.page.expect_response(
        lambda answer: answer.request.method == "PUT" and answer.url.count("/api/contents/")
    ):
        lesson.page.keyboard.press("Control+s")
    cells = [cell for cell in json.loads(lesson.file.read_text())["cells"] if cell["cell_type"] == "code"]
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


class Round:
    """Times of an explorer, and beside each the time of the bare slider on the same machine in the same second."""

    def __init__(self, times, bare_times):
        self.half, self.most = median(times), quantiles(times, n=20)[-1]
        self.bare = median(bare_times)
        self.slowness = max(1, self.bare / QUIET)
        self.fast_enough = self.half <= AIM[0] * self.slowness and self.most <= AIM[1] * self.slowness

    def __str__(self):
        half, most = (aim * self.slowness for aim in AIM)
        return (
            f"key to painted picture, {MOVES} moves: median {self.half:.0f} ms (limit {half:.0f}), p95 {self.most:.0f} ms "
            f"(limit {most:.0f}); a picture that is ready: median {self.bare:.0f} ms"
        )


def move_and_measure(*lessons):
    """Move each once, in turn, so that what slows one down slows the others as well."""
    for lesson in lessons:
        lesson.picture.evaluate(WATCH)
        lesson.slider(lesson.moves).focus()
    for move in range(MOVES):
        for lesson in lessons:
            lesson.press("ArrowLeft" if move % 2 else "ArrowRight")
            lesson.page.wait_for_function("done => window.moves.length > done", arg=move)
    return [lesson.page.evaluate("window.moves") for lesson in lessons]


# These two stand last: what the moves above provoke counts as well.


def test_neither_page_nor_console_complains(lesson):
    assert [text for text in lesson.complaints if text not in ALLOWED] == []


def test_the_lesson_asks_no_other_server(lesson):
    assert lesson.asked_elsewhere == []
