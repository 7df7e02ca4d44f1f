"""A digit that is drawn, and what a network makes of it: the 8 x 8 numbers it sees, its probabilities, its hidden units."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from math import ceil
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcourse import data
from dlcourse import functional as F
from dlcourse.functional.arrays import Array
from dlcourse.hooks import capture, leaves
from dlcourse.layers import Activation, Layer, Linear, Maxout, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import Adam
from dlcourse.train import fit, outputs
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.handwriting import HANDS, drawing
from dlcourse.viz.pad import CELLS, Pad, Stroke, counted, inked, placed
from dlcourse.viz.palette import BLUE, GUIDE, INK, VERMILLION

PEN = 4.5  # cells: a drawing then holds about as much ink as the data set's bitmaps, 310 cells
SURE = 0.5  # of a 3 at least, or the goal is about another digit
GAP = 6  # cells between the two pictures on the left
MOST_UNITS, MOST_LAYERS = 128, 3  # of the hidden units, that there is room for


@cache
def standard_net() -> Sequential:
    """A network of 64, 64, 32 and 10 units, trained for 25 epochs on digits("train") with noise on every picture.

    >>> X, y = data.digits("held_back")
    >>> bool((outputs(standard_net(), X).argmax(axis=1) == y).mean() > 0.97)
    True
    """
    rng = np.random.default_rng(0)
    net = Sequential(Linear(64, 64, rng=rng), ReLU(), Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    fit(
        net, CrossEntropyLoss(), Adam(net.parameters(), lr=3e-3), *data.digits("train"), epochs=25, rng=rng,
        augment=lambda X, rng: data.add_noise(X, 0.15, rng=rng), progress=False,
    )  # fmt: skip
    return net


class Reader:
    """A network, and how its inputs were scaled: x = (counts / 16 - mean) / scale.

    >>> probabilities, hidden = Reader().read(np.zeros((8, 8)))
    >>> probabilities.shape, [units.shape for units in hidden]
    ((10,), [(64,), (32,)])
    """

    def __init__(self, net: Layer | None = None, mean: Any = None, scale: Any = None) -> None:
        self.net = deepcopy(standard_net() if net is None else net)  # it stays as it is now, whoever trains on
        self.mean, self.scale = per_pixel("mean", mean, 0.0), per_pixel("scale", scale, 1.0)
        kinds = leaves(self.net)[:-1]
        shown = [k for k, leaf in enumerate(kinds) if isinstance(leaf, Activation | Maxout)]
        self.shown = (shown or list(range(len(kinds))))[-MOST_LAYERS:]

    def probabilities(self, counts: Array) -> Array:
        """What the network makes of counts.   (N, 8, 8) -> (N, 10)"""
        z = outputs(self.net, (counts.reshape(-1, 64) / 16 - self.mean) / self.scale)
        if z.shape != (len(counts), 10):
            raise ValueError(
                f"DigitPadExplorer got a net that makes {z.shape} of ({len(counts)}, 64): expected (N, 10) logits"
            )
        return F.softmax(z.astype(np.float64))[0]

    def read(self, counts: Array) -> tuple[Array, list[Array]]:
        """Ten probabilities, and the outputs of the hidden layers.   counts (8, 8) -> (10,), one (units,) per layer"""
        with capture(self.net) as record:
            (probabilities,) = self.probabilities(counts[np.newaxis])
        return probabilities, [np.ravel(record[k].output) for k in self.shown]  # type: ignore[arg-type]


class Task(NamedTuple):
    """A stored digit that the network is sure of, a mark that changes its mind, and how many cells that costs."""

    digit: int
    hand: str
    sure: float
    mark: Stroke
    cells: int


def task(reader: Reader) -> Task:
    """The stored 3 that the network is surest of, or another digit if it reads no 3 as one; and a mark that deceives it.

    Tried are dots and short strokes, upright and level, within the digit's frame; if all of them fail, the best is kept.

    >>> found = task(Reader())
    >>> found.digit, found.hand, found.cells
    (3, 'slanted', 29)
    """
    names = [(digit, hand) for digit in range(10) for hand in HANDS]
    counts = np.array([counted(stored_bitmap(*name)) for name in names])
    own = reader.probabilities(counts)[np.arange(len(names)), [digit for digit, _ in names]]
    threes = [k for k, (digit, _) in enumerate(names) if digit == 3 and own[k] >= SURE]
    best = max(threes or range(len(names)), key=lambda k: own[k])
    digit, hand = names[best]
    strokes, stored = drawing(digit, hand), stored_bitmap(digit, hand)
    low, high = np.min(np.concatenate(strokes), axis=0), np.max(np.concatenate(strokes), axis=0)
    grid = np.mgrid[np.ceil(low[0]) : high[0] : 2, np.ceil(low[1]) : high[1] : 2].reshape(2, -1).T
    marks = [
        ((x, y), (x + level * length, y + (1 - level) * length))
        for x, y in grid.tolist() for level in (0, 1) for length in (0, 3, 9)
        if max(x + level * length - high[0], y + (1 - level) * length - high[1]) <= 0
    ]  # fmt: skip
    bitmaps = np.array([stored | inked(placed([*strokes, mark], PEN)[-1:], PEN) for mark in marks])
    left = reader.probabilities(np.array([counted(bitmap) for bitmap in bitmaps]))
    deceived, changed = left.argmax(axis=1) != digit, (bitmaps != stored).sum(axis=(1, 2))
    k = int(np.where(deceived, changed, CELLS**2).argmin()) if deceived.any() else int(left[:, digit].argmin())
    return Task(digit, hand, float(own[best]), marks[k], int(changed[k]))


def per_pixel(name: str, values: Any, otherwise: float) -> Array:
    """One number for every pixel, from one, 64 or none.

    >>> per_pixel("mean", [1.0, 2.0], 0.0)
    Traceback (most recent call last):
    ValueError: DigitPadExplorer got a mean of shape (2,): expected one number, or 64
    """
    array = np.asarray(otherwise if values is None else values, dtype=float)
    if array.size not in (1, 64):
        raise ValueError(f"DigitPadExplorer got a {name} of shape {array.shape}: expected one number, or 64")
    return np.broadcast_to(array.reshape(-1), 64)


class DigitPadExplorer(Explorer):
    """A pad to draw on, the 8 x 8 counts that the network sees, its ten probabilities and its hidden units.

    net: any network from (N, 64) to (N, 10) logits, trained on data.digits() or, where mean and scale are given, on
    (digits - mean) / scale; without one a small network is trained, which takes half a second, once.

    >>> explorer = DigitPadExplorer(digit=3)
    >>> print(explorer.readout.value.split(". ")[0])
    The net reads 3 (99 %), then 9 (1 %)
    """

    title = "Digit pad"
    goal = (  # for any net, the digit that it is surest of, and half as many cells again as a mark that is known to do
        "Choose the {0.hand} {0.digit}: the net is {1:.3g} % sure of it. Draw on it until the net reads another digit, "
        "with at most {2} of the 1024 cells changed."
    )
    success = (
        "A few cells were enough, and most people still see the same digit. A high probability says that a drawing "
        "lies where the training data had one answer, not that the network knows what a digit is."
    )
    height = 300

    chosen: tuple[int, str] | None = None  # the stored digit that was put on the pad last

    def __init__(self, net: Layer | None = None, *, mean: Any = None, scale: Any = None, **start: Any) -> None:
        self.reader = Reader(net, mean, scale)
        self.task = task(self.reader)
        self.few = 10 * ceil(max(1.5 * self.task.cells, 20) / 10)
        self.goal = self.goal.format(self.task, 100 * self.task.sure, self.few)
        super().__init__(**start)

    def controls(self) -> dict[str, Any]:
        """A stored digit, its hand, the pen, a shift, and the pad."""
        return {
            "digit": widgets.Dropdown(
                options=[(str(digit), digit) for digit in range(10)], value=8, description="stored digit"
            ),
            "hand": widgets.Dropdown(options=HANDS, value=HANDS[0], description="hand"),
            "pen": widgets.FloatSlider(
                value=PEN, min=1, max=8, step=0.5, readout_format=".1f", description="pen (cells wide)"
            ),
            "shift": widgets.IntSlider(value=0, min=-8, max=8, description="shift right (cells)"),
            "strokes": Pad(pen=PEN),
        }

    def actions(self) -> dict[str, Callable[[], None]]:
        """Clear, take back, begin again."""
        pad = self.control["strokes"]
        return {
            "clear the pad": lambda: setattr(pad, "value", ()),
            "take back a stroke": lambda: setattr(pad, "value", pad.value[:-1]),
            "stored digit again": lambda: setattr(self, "chosen", None),
        }

    def adapt(self, state: SimpleNamespace) -> None:
        """Put a stored digit on the pad when it is chosen, and give the pad the pen."""
        pad = self.control["strokes"]
        pad.pen = state.pen
        if (choice := (state.digit, state.hand)) != self.chosen:
            self.chosen = choice
            pad.value = drawing(*choice)

    @property
    def state(self) -> SimpleNamespace:
        """The controls' values, and who reads."""
        state = super().state
        state.reader = self.reader
        return state

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The bitmap, its counts, what the network makes of them, and of the stored digit."""
        bitmap = np.roll(inked(placed(state.strokes, state.pen), state.pen), state.shift, axis=1)
        if state.shift:  # what is moved off one side does not come back on the other
            bitmap[:, slice(0, state.shift) if state.shift > 0 else slice(state.shift, None)] = False
        counts, stored = counted(bitmap), stored_bitmap(state.digit, state.hand)
        probabilities, hidden = state.reader.read(counts)
        before, _ = state.reader.read(counted(stored))
        first, second = np.argsort(-probabilities, kind="stable")[:2]
        return SimpleNamespace(
            bitmap=bitmap, counts=counts, probabilities=probabilities, hidden=hidden, before=before,
            first=int(first), second=int(second), changed=int((bitmap != stored).sum()),
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the two pictures of the drawing, bars of the probabilities, bars of the hidden units."""
        self.left, self.middle, self.right = figure.subplots(1, 3, width_ratios=[2.0, 1, 1.25])
        wide = 2 * CELLS + GAP
        self.left.set(title="drawing and input of the net")
        self.left.axis("off")
        style: Any = {"cmap": "Greys", "vmin": 0, "interpolation": "nearest", "animated": True}
        self.cells = self.left.imshow(np.zeros((CELLS, CELLS)), vmax=1, extent=(0, CELLS, CELLS, 0), **style)
        self.blocks = self.left.imshow(np.zeros((8, 8)), vmax=16, extent=(CELLS + GAP, wide, CELLS, 0), **style)
        self.left.set(xlim=(-0.5, wide + 0.5), ylim=(CELLS + 0.5, -0.5), aspect="equal", anchor="N")
        for edge, words in ((0, "fitted to\n32 x 32 cells"), (CELLS + GAP, "ink in 4 x 4 cells,\nfrom 0 to 16")):
            self.left.add_patch(Rectangle((edge, 0), CELLS, CELLS, fill=False, edgecolor=GUIDE, linewidth=1))
            self.left.text(edge + CELLS / 2, CELLS + 1.5, words, ha="center", va="top")
        self.middle.set(title="probabilities", xlabel="outlined: stored digit", xlim=(0, 1.02), ylim=(9.6, -0.6))
        self.middle.set(xticks=(0, 0.5, 1), yticks=range(10), ylabel="digit")
        self.middle.grid(False, axis="y")
        self.outlines = bars(self.middle, facecolor="none", edgecolor=GUIDE, linewidth=1.2)
        self.others = bars(self.middle, facecolor=BLUE)
        self.winner = bars(self.middle, facecolor=VERMILLION, edgecolor=INK, linewidth=1.2)
        hidden = self.reader.read(np.zeros((8, 8)))[1]
        widest = max((min(len(units), MOST_UNITS) for units in hidden), default=1)
        self.right.set(title="hidden units", xlabel="unit", xlim=(-1, widest), ylim=(len(hidden) - 0.45, -1))
        self.right.set_yticks(range(len(hidden)), [f"layer {k}" for k in range(1, len(hidden) + 1)])
        self.right.grid(False)
        self.right.hlines(range(len(hidden)), -1, widest, color=GUIDE, linewidth=1)
        self.units = bars(self.right, facecolor=BLUE)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Each hidden layer on its own scale; where some units are below 0, all layers keep to half the room."""
        n = numbers
        self.cells.set_data(n.bitmap)
        self.blocks.set_data(n.counts)
        rows = np.arange(10)
        self.outlines.set_verts(across(rows, n.before))
        self.others.set_verts(across(rows[rows != n.first], n.probabilities[rows != n.first]))
        self.winner.set_verts(across(rows[[n.first]], n.probabilities[[n.first]]))
        room = 0.45 if any(units.min() < 0 for units in n.hidden) else 0.9
        heights = [room * units[:MOST_UNITS] / max(1e-12, np.abs(units).max()) for units in n.hidden]
        self.units.set_verts([bar for k, layer in enumerate(heights) for bar in up(k, layer)])

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        if state.strokes:
            what = (
                f"Fitted to the square and centred, as the data set's digits are, the drawing inks {n.bitmap.sum()} of "
                f"{CELLS * CELLS} cells, {n.changed} other than in the stored {state.digit}, {state.hand}."
            )
        else:
            what = "The pad is empty, and yet the ten probabilities sum to 1."
        active = ", ".join(f"{int((units > 0).sum())} of {len(units)}" for units in n.hidden)
        hidden = f" Hidden units above 0, layer by layer: {active}." if n.hidden else ""
        shares = [f"{digit} ({100 * n.probabilities[digit]:.0f} %)" for digit in (n.first, n.second)]
        return f"The net reads {shares[0]}, then {shares[1]}. {what}{hidden}"

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Another digit than the one that the net was sure of, by few cells."""
        asked = (state.digit, state.hand) == (self.task.digit, self.task.hand)
        return bool(asked and numbers.first != state.digit and 0 < numbers.changed <= self.few)


@cache
def stored_bitmap(digit: int, hand: str) -> npt.NDArray[np.bool_]:
    """The cells of a stored digit, drawn with the usual pen.

    >>> int(stored_bitmap(3, "upright").sum())
    306
    """
    return inked(placed(drawing(digit, hand), PEN), PEN)


def bars(ax: Axes, **style: Any) -> PolyCollection:
    """Bars that will move, as one artist."""
    collection = PolyCollection([], animated=True, **style)
    ax.add_collection(collection, autolim=False)
    return collection


def across(rows: npt.ArrayLike, lengths: npt.ArrayLike) -> Any:
    """Bars from 0 to the right.   -> (N, 4, 2)

    >>> across([2], [0.5]).tolist()
    [[[0.0, 1.65], [0.5, 1.65], [0.5, 2.35], [0.0, 2.35]]]
    """
    y, x = np.asarray(rows, dtype=float), np.asarray(lengths, dtype=float)
    zero, low, high = np.zeros_like(x), y - 0.35, y + 0.35
    return np.stack([np.stack(corner, axis=-1) for corner in ((zero, low), (x, low), (x, high), (zero, high))], axis=1)


def up(row: int, heights: Array) -> Any:
    """Bars upwards from the line of a layer, downwards where a height is below 0.   (units,) -> (units, 4, 2)

    >>> up(1, np.array([0.9]))[0, 2].round(1).tolist()
    [0.4, 0.1]
    """
    x, line = np.arange(len(heights), dtype=float), np.full(len(heights), float(row))
    corners = ((x - 0.4, line), (x + 0.4, line), (x + 0.4, line - heights), (x - 0.4, line - heights))
    return np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
