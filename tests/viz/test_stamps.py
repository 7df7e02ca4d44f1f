"""Stamps save time and change nothing that can be seen."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dlcourse.viz.stamps import Stamps


@pytest.fixture
def figure():
    return Figure(figsize=(3, 2), dpi=100)


def pixels(canvas):
    return np.asarray(canvas.buffer_rgba()).astype(int)[..., :3]


def painted(figure, *texts):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # animated artists are left out
    stamps = Stamps(canvas)
    for text in texts:
        stamps.paint(text)
    return canvas, stamps


@pytest.mark.parametrize("box", [None, {"boxstyle": "round", "facecolor": "white", "edgecolor": "green"}])
@pytest.mark.parametrize(("x", "rotation"), [(0.3, 0), (0.9, 0), (0.5, 90), (-0.1, 30)])
def test_a_stamped_text_looks_like_a_painted_one(figure, box, x, rotation):
    text = figure.text(x, 0.5, "gradient 0.25", color="red", rotation=rotation, bbox=box, animated=True)
    canvas, _ = painted(figure, text)
    stamped = pixels(canvas)
    canvas.draw()
    figure.draw_artist(text)
    assert np.abs(stamped - pixels(canvas)).max() <= 2


def test_a_changed_text_is_painted_anew(figure):
    text = figure.text(0.3, 0.5, "0.25", animated=True)
    canvas, stamps = painted(figure, text)
    before = pixels(canvas)
    text.set_text("0.75")
    canvas.draw()
    stamps.paint(text)
    assert (pixels(canvas) != before).any()


def test_a_hidden_text_leaves_no_mark(figure):
    text = figure.text(0.3, 0.5, "0.25", animated=True, visible=False)
    assert (pixels(painted(figure, text)[0]) == 255).all()
