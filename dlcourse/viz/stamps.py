"""A stamp: the pixels of a text as last painted, set down again for as long as the text has not changed.

Most words and numbers in an explorer stay the same when a control moves. Painting one takes as long as painting a curve;
setting down its pixels takes a twentieth of that.
"""

from typing import Any

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox

MARGIN = 3  # pixels around a text's box: its outline, and what reaches past it when edges are smoothed


class Stamps:
    """Paints texts on a canvas. Make new ones when what the texts stand on (axes, limits, layout) has moved.

    >>> from matplotlib.figure import Figure
    >>> from matplotlib.backends.backend_agg import FigureCanvasAgg
    >>> figure = Figure(figsize=(1, 1), dpi=100)
    >>> word, canvas = figure.text(0.2, 0.4, "word"), FigureCanvasAgg(figure)
    >>> stamps = Stamps(canvas)
    >>> stamps.paint(word)
    >>> int(np.asarray(canvas.buffer_rgba())[..., 3].max()), len(stamps.kept)
    (255, 1)
    """

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.kept: dict[Text, tuple[int, int, Any]] = {}  # left, bottom, pixels from the bottom row to the top one
        self.desk = type(canvas.get_renderer())(*canvas.get_width_height(physical=True), canvas.figure.dpi)

    def paint(self, text: Text) -> None:
        """Paint what is to be seen of a text, from its stamp while that holds."""
        if not text.get_visible() or not text.get_text():
            return
        if text.stale or text not in self.kept:  # matplotlib marks an artist as stale when any of its properties is set
            self.kept[text] = self.make(text)
        renderer = self.canvas.get_renderer()
        renderer.draw_image(renderer.new_gc(), *self.kept[text])

    def make(self, text: Text) -> tuple[int, int, Any]:
        """Paint a text alone, and cut it out."""
        self.desk.clear()
        text.draw(self.desk)
        pixels = np.asarray(self.desk.buffer_rgba())[::-1]
        boxes = [text.get_window_extent(self.desk)]
        if frame := text.get_bbox_patch():
            boxes.append(frame.get_window_extent(self.desk))
        box = Bbox.union(boxes).padded(MARGIN)
        left, bottom = max(0, int(box.x0)), max(0, int(box.y0))
        return left, bottom, pixels[bottom : int(box.y1) + 1, left : int(box.x1) + 1].copy()
