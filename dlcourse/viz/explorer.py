"""An explorer: a few controls, a picture that follows them, and a goal that can be reached.

    state --compute--> numbers --draw--> picture

`compute` is pure, so a test can sweep it without a browser. `draw` moves artists that `setup` made once. Artists made with
`animated=True` are painted on every move; everything else (axes, ticks, titles) is kept as a finished background and
painted again only when it changes, which makes a move about four times as fast.
"""

import io
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from threading import RLock
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from dlcourse.viz.keyboard import OwnKeys
from dlcourse.viz.palette import BLUE, GREEN, STYLE, VERMILLION
from dlcourse.viz.stamps import Stamps

WIDTH = 900  # pixels on the page; a narrower page shrinks the picture
DPI = 100
#: A live picture is JPEG at full colour resolution: made in a fifth of PNG's time, and no difference that an eye could see.
LIVE: Any = {"format": "jpeg", "quality": 95, "subsampling": 0}

#: A pad to draw on and, beside it or on a narrow page below it, the controls.
BESIDE = {"flex_flow": "row wrap", "grid_gap": "8px 24px", "align_items": "flex-start"}


class Explorer:
    """Base class: name the texts, then write `controls`, `compute`, `setup`, `draw`, `describe` and `reached`.

    >>> class Square(Explorer):
    ...     title, goal, success = "Square", "Find x with x squared = 9.", "3 times 3 is 9."
    ...     def controls(self): return {"x": widgets.IntSlider(description="x", value=1, max=5)}
    ...     @staticmethod
    ...     def compute(state): return SimpleNamespace(y=state.x**2)
    ...     def setup(self, figure): self.bar = figure.subplots().bar([0], [1], animated=True)[0]
    ...     def draw(self, numbers): self.bar.set_height(numbers.y)
    ...     def describe(self, state, numbers): return f"{state.x} squared is {numbers.y}."
    ...     def reached(self, state, numbers): return numbers.y == 9
    >>> explorer = Square()
    >>> explorer.control["x"].value = 3
    >>> explorer.finished, explorer.readout.value
    (True, '3 squared is 9.')
    """

    title: str
    goal: str  # what to do, in a sentence
    success: str  # what was learned, shown when the goal is reached
    height = 340  # pixels
    held = False  # whether several controls are being moved together

    def controls(self) -> dict[str, Any]:
        """Widgets by name; the names become the attributes of the state."""
        raise NotImplementedError

    def actions(self) -> dict[str, Callable[[], None]]:
        """Buttons by name, and what each of them does to the controls. Most explorers have none."""
        return {}

    def adapt(self, state: SimpleNamespace) -> None:
        """Adjust the controls that depend on other controls. Nothing to do for most explorers."""

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Everything the picture shows, from the state alone."""
        raise NotImplementedError

    def setup(self, figure: Figure) -> None:
        """Make the axes and, with `animated=True`, the artists that will move."""
        raise NotImplementedError

    def draw(self, numbers: SimpleNamespace) -> None:
        """Move the artists."""
        raise NotImplementedError

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """What the picture shows now, in words: for the line below it, for screen readers and for pages without pictures."""
        raise NotImplementedError

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Has the learner reached the goal?"""
        raise NotImplementedError

    def __init__(self, **start: Any) -> None:
        self.control = self.controls()
        if unknown := start.keys() - self.control:
            raise TypeError(f"{type(self).__name__} has no control {unknown.pop()!r}: it has {', '.join(self.control)}")
        for name in self.control:
            if name in start:
                self.control[name].value = start[name]
            self.adapt(self.state)
        with rc_context(STYLE):
            self.figure = Figure(figsize=(WIDTH / 100, self.height / 100), dpi=DPI, layout="constrained")
            self.canvas: Any = FigureCanvasAgg(self.figure)
            self.setup(self.figure)
        self.lock = RLock()  # a kernel may run two controls' callbacks in two threads; a callback may move a control
        self.shown: SimpleNamespace | None = None
        self.words = ""
        self.finished = False
        self.widget = self.page()
        self.update()
        for control in self.control.values():
            control.observe(self.update, names="value")

    @property
    def state(self) -> SimpleNamespace:
        """The controls' values. Rounded, because a slider's 0 can arrive as 4e-16, on the wrong side of a kink."""
        values = {name: control.value for name, control in self.control.items()}
        return SimpleNamespace(**{name: round(v, 9) if isinstance(v, float) else v for name, v in values.items()})

    def update(self, change: Any = None) -> None:
        """Follow the controls. An error is shown in the widget: raised in a callback it would be lost."""
        with self.lock:
            if self.held:
                return
            try:
                self.adapt(self.state)
                self.show(self.state)
            except Exception as error:
                self.fail(error)

    def fail(self, error: Exception) -> None:
        """Show an error, and forget what is on the page."""
        self.shown = None
        self.tell("This setting failed.", f"{type(error).__name__}: {error}. Move a control to go on.", VERMILLION)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several controls that are moved within the block make one move, and one picture at its end."""
        with self.lock:
            self.held = True
            try:
                yield
            finally:
                self.held = False
            self.update()

    def press(self, action: Callable[[], None], button: Any = None) -> None:
        """What a button does is one move. Its error is shown as well."""
        try:
            with self.together():
                action()
        except Exception as error:
            self.fail(error)

    def show(self, state: SimpleNamespace) -> None:
        """Compute and draw a state, unless it is the one on the page already."""
        if state == self.shown:
            return
        self.numbers = self.compute(state)
        self.draw(self.numbers)
        self.picture.value = self.render()
        self.words = self.describe(state, self.numbers)
        self.readout.value = escape(self.words, quote=False)
        self.finished = self.reached(state, self.numbers)
        self.tell(*(("Goal reached.", self.success, GREEN) if self.finished else ("Goal:", self.goal, BLUE)))
        self.shown = state

    def tell(self, heading: str, text: str, colour: str) -> None:
        """Fill the status line, which a screen reader reads out when it changes."""
        self.status.value = (
            f'<div role="status" style="border-left: 5px solid {colour}; padding-left: 10px; line-height: 1.5">'
            f"<b>{escape(heading)}</b> {escape(text, quote=False)}</div>"
        )

    def render(self) -> bytes:
        """The picture as PNG: moving artists over a background that is drawn again only when it changed."""
        if self.figure.stale:  # animated artists do not make a figure stale
            with rc_context(STYLE):
                self.canvas.draw()
            self.figure.set_layout_engine("none")  # place the axes once, or they would jump about
            self.background = self.canvas.copy_from_bbox(self.figure.bbox)
            self.moving: list[Artist] = sorted(
                self.figure.findobj(lambda artist: bool(artist.get_animated())), key=Artist.get_zorder
            )
            self.stamps = Stamps(self.canvas)
        self.canvas.restore_region(self.background)
        for artist in self.moving:
            if type(artist) is Text:  # an Annotation's arrow moves without a word
                self.stamps.paint(artist)
            else:
                self.figure.draw_artist(artist)
        return self.encoded(**LIVE)

    def encoded(self, **how: Any) -> bytes:
        """What stands on the canvas, as the bytes of a file."""
        file = io.BytesIO()
        Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB").save(file, **how)
        return file.getvalue()

    def page(self) -> Any:
        """Goal, controls, picture and readout, from top to bottom; what is drawn on stands left of the other controls."""
        self.status, self.readout = widgets.HTML(), widgets.HTML()
        self.picture = widgets.Image(
            format=LIVE["format"], layout={"width": f"{WIDTH}px", "max_width": "100%", "height": "auto"}
        )
        boxes = [control for control in self.control.values() if hasattr(control, "style")]
        for control in boxes:
            control.style.description_width = "125px"
            control.layout.width = "auto"
            if isinstance(control, widgets.Checkbox):
                control.indent = False  # its label needs the room on a narrow page
        grid = widgets.GridBox(
            boxes,
            layout={"grid_template_columns": "repeat(auto-fit, minmax(min(380px, 100%), 1fr))", "grid_gap": "2px 32px"},
        )
        whole = {"width": "auto", "flex": "0 0 auto"}  # where the page is narrow they stand below each other, uncut
        self.buttons = {name: widgets.Button(description=name, layout=whole) for name in self.actions()}
        for name, action in self.actions().items():
            self.buttons[name].on_click(partial(self.press, action))
        wrap = {"flex_flow": "row wrap"}
        panel = [grid, widgets.HBox(list(self.buttons.values()), layout=wrap)] if self.buttons else [grid]
        if pads := [control for control in self.control.values() if control not in boxes]:
            panel = [widgets.HBox([*pads, widgets.VBox(panel, layout={"flex": "1 1 400px"})], layout=BESIDE)]
        frame = {"width": f"{WIDTH + 26}px", "max_width": "100%", "padding": "12px", "border": "1px solid #bbb"}
        heading = widgets.HTML(f"<b style='font-size:1.15em'>{escape(self.title)}</b>")
        page = widgets.VBox([heading, self.status, *panel, self.picture, self.readout, OwnKeys()], layout=frame)
        page.add_class("dlcourse-explorer")
        return page

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live widget, and for readers without a kernel its picture and its words."""
        words = f"{self.title}. {self.words}"
        data = {
            "text/plain": words,
            "image/png": b64encode(self.encoded(format="png")).decode(),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget.model_id,
            },
        }
        return data, {"image/png": {"alt": words, "width": WIDTH}}
