"""What every explorer does: follow its controls, name its goal, survive errors, and stay readable without a kernel."""

import io
import math
import re
from base64 import b64decode
from contextlib import nullcontext
from itertools import combinations, product
from threading import Thread
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from dlcourse import viz
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.pad import Pad

#: So many pictures of one explorer take a few seconds.
MOST = 250
#: Explorers that train a network for each setting, and the number of settings that these are tried in.
TRAINING, MIXED = (viz.PlaygroundExplorer,), 24
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
EXPLORERS = [item for item in vars(viz).values() if isinstance(item, type) and issubclass(item, Explorer)]


class Root(Explorer):
    """x in, its square root out; negative numbers fail."""

    title, goal, success = "Root", "Find the number whose root is 3.", "The root of 9 is 3."

    def controls(self):
        return {"x": widgets.FloatSlider(description="x", value=4, min=-10, max=10, step=0.1)}

    @staticmethod
    def compute(state):
        if state.x < 0:
            raise ValueError(f"no real root of {state.x} <b>")
        return SimpleNamespace(y=state.x**0.5)

    def actions(self):
        x = self.control["x"]

        def there_and_back():
            for value in (1, 9, 4):
                x.value = value

        return {"nine": lambda: setattr(x, "value", 9), "there and back": there_and_back, "broken": lambda: 1 / 0}

    def setup(self, figure):
        self.axes = figure.subplots()
        self.axes.set(title="root", xlabel="x", ylabel="y", ylim=(0, 5))
        self.bar = self.axes.bar([0], [0], animated=True)[0]

    def draw(self, numbers):
        self.bar.set_height(numbers.y)

    def describe(self, state, numbers):
        return f"The root of {state.x:g} is {numbers.y:.2f}."

    def reached(self, state, numbers):
        return numbers.y == 3


@pytest.fixture
def root():
    return Root()


def test_the_picture_follows_a_control(root):
    before = root.picture.value
    root.control["x"].value = 9
    assert bytes(root.picture.value).startswith(JPEG)
    assert root.picture.value != before


def test_going_back_gives_the_first_picture_again(root):
    before = root.picture.value
    root.control["x"].value = 9
    root.control["x"].value = 4
    assert root.picture.value == before


def test_a_changed_title_appears_in_the_next_picture(root):
    before = root.render()
    root.axes.set_title("another title")
    assert root.render() != before


def test_moving_an_artist_leaves_the_background_alone(root):
    background = root.background
    root.control["x"].value = 9
    assert root.background is background


def test_the_readout_says_what_is_shown(root):
    assert root.readout.value == "The root of 4 is 2.00."


def test_the_status_line_says_what_to_do(root):
    assert "Goal:</b> Find the number" in root.status.value


def test_the_status_line_says_when_the_goal_is_reached(root):
    root.control["x"].value = 9
    assert "Goal reached.</b> The root of 9 is 3." in root.status.value


def test_leaving_the_goal_asks_for_it_again(root):
    root.control["x"].value = 9
    root.control["x"].value = 4
    assert not root.finished


def test_an_error_in_a_callback_is_shown_in_the_widget(root):
    root.control["x"].value = -1
    assert "This setting failed.</b> ValueError: no real root of -1.0" in root.status.value


def test_an_error_message_cannot_inject_html(root):
    root.control["x"].value = -1
    assert "&lt;b&gt;" in root.status.value


def test_an_error_is_gone_once_a_good_setting_is_back(root):
    root.control["x"].value = -1
    root.control["x"].value = 4
    assert "Goal:" in root.status.value


def test_two_threads_moving_two_controls_leave_the_last_state_on_the_page():
    explorer = viz.ActivationExplorer()
    moves = [("z", range(-5, 6)), ("depth", range(1, 12))]
    threads = [
        Thread(target=lambda n=n, vs=vs: [setattr(explorer.control[n], "value", v) for v in vs]) for n, vs in moves
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert explorer.picture.value == viz.ActivationExplorer(z=5, depth=11).picture.value


def test_a_first_setting_that_fails_is_shown_too():
    assert "ValueError" in Root(x=-1).status.value


def test_a_slider_that_misses_zero_by_rounding_counts_as_zero(root):
    root.control["x"].value = 4e-16
    assert root.state.x == 0


def test_a_button_moves_the_controls(root):
    root.buttons["nine"].click()
    assert "Goal reached." in root.status.value


def test_what_a_button_does_is_one_move(root):
    words = []
    root.readout.observe(words.append, names="value")
    root.buttons["there and back"].click()
    assert words == []


def test_controls_moved_together_make_one_picture(root):
    pictures = []
    root.picture.observe(pictures.append, names="value")
    with root.together():
        for value in (1, 2, 3):
            root.control["x"].value = value
    assert len(pictures) == 1
    assert root.readout.value == "The root of 3 is 1.73."


def test_a_button_that_fails_says_so_and_the_next_move_works(root):
    root.buttons["broken"].click()
    assert "ZeroDivisionError: division by zero" in root.status.value
    root.control["x"].value = 9
    assert root.finished


def test_an_explorer_without_buttons_has_no_empty_row():
    page = viz.ActivationExplorer().widget
    assert not any(type(part) is widgets.HBox for part in page.children)


def test_a_pad_stands_beside_the_other_controls():
    explorer = viz.DigitPadExplorer()
    (row,) = (part for part in explorer.widget.children if type(part) is widgets.HBox)
    assert row.children[0] is explorer.control["strokes"]


def test_start_values_are_set_by_name():
    assert Root(x=9).finished


def test_an_unknown_start_value_names_the_controls():
    with pytest.raises(TypeError, match=r"Root has no control 'y': it has x"):
        Root(y=1)


def test_without_a_kernel_the_picture_and_the_words_remain(root):
    data, metadata = root._repr_mimebundle_()
    assert b64decode(data["image/png"]) == root.encoded(format="png")
    assert data["text/plain"] == "Root. The root of 4 is 2.00." == metadata["image/png"]["alt"]


def test_with_a_kernel_the_live_widget_is_shown(root):
    data, _ = root._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == root.widget.model_id


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_two_explorers_show_the_same_first_picture_and_words(explorer):
    (one, _), (other, _) = explorer()._repr_mimebundle_(), explorer()._repr_mimebundle_()
    for kind in ("text/plain", "image/png"):
        assert one[kind] == other[kind]


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_a_live_picture_looks_like_the_still_one(explorer):
    shown = explorer()
    live = np.asarray(Image.open(io.BytesIO(shown.picture.value))).astype(int)
    assert np.abs(live - np.asarray(Image.open(io.BytesIO(shown.encoded(format="png"))))).mean() < 0.5  # of 255


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_every_control_has_a_description(explorer):
    assert all(control.description for control in explorer().control.values())


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_the_goal_is_not_reached_before_anything_was_done(explorer):
    assert not explorer().finished


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_every_axes_has_a_title_and_a_label(explorer):
    axes = explorer().figure.axes
    assert len(axes) <= 3
    assert all(ax.get_title() and (ax.get_xlabel() or not ax.axison) for ax in axes)  # a table has no axes to label


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_no_output_widget_hides_inside(explorer):
    def inside(widget):
        return [widget, *(w for child in getattr(widget, "children", ()) for w in inside(child))]

    assert not any(isinstance(widget, widgets.Output) for widget in inside(explorer().widget))


def extremes(control):
    """Every choice of a menu; the two ends of a slider; a box to type in with nothing, a number and nonsense."""
    if isinstance(control, widgets.Text):
        return ["", "1", "1 +"]
    if isinstance(control, Pad):
        return [[], [[(0, 0)]], [[(0, 0), (32, 32)], [(32, 0), (0, 32)]]]
    if hasattr(control, "options"):
        return [value if isinstance(value, str) else value[1] for value in control.options]
    return ["min", "max"] if hasattr(control, "max") else [False, True]


def corners(ends):
    """All ends of all controls together; where these are too many, all ends of every two, the others left where they are."""
    if math.prod(map(len, ends.values())) <= MOST:
        return [dict(zip(ends, corner, strict=True)) for corner in product(*ends.values())]
    return [
        dict(zip(pair, corner, strict=True))
        for pair in combinations(ends, 2)
        for corner in product(*map(ends.get, pair))
    ]


def mixtures(ends):
    """MIXED settings at random, in which all ends of a control come up equally often."""
    rng = np.random.default_rng(0)
    mixed = {name: [values[k % len(values)] for k in rng.permutation(MIXED)] for name, values in ends.items()}
    return [{name: values[k] for name, values in mixed.items()} for k in range(MIXED)]


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_controls_at_their_extremes_give_a_picture_and_no_error(explorer):
    shown = explorer()
    trains = explorer in TRAINING
    for corner in (mixtures if trains else corners)({name: extremes(item) for name, item in shown.control.items()}):
        with shown.together() if trains else nullcontext():
            for name, end in corner.items():
                control = shown.control[name]
                control.value = getattr(control, end) if end in ("min", "max") else end
        assert "failed" not in shown.status.value, corner
        assert not re.search(r"\b(nan|inf)\b", shown.readout.value), corner
    assert bytes(shown.picture.value).startswith(JPEG)
