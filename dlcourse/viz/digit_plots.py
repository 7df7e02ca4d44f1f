"""Pictures about pictures: digits in rows, a network's hidden layers as clouds of digits, and which digit is taken for which."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap

from dlcourse import data
from dlcourse.hooks import capture
from dlcourse.layers import Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import Adam
from dlcourse.train import fit
from dlcourse.viz.palette import BLUE, COLOURS, INK, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[Any]

SIDE = 8
GAP = 0.35  # between two pictures, in widths of a picture
ROOM = 0.5  # above a picture, for what is written there
#: From what pulls down, over paper, to ink and what pulls up.
SIGNED = LinearSegmentedColormap.from_list("signed", [VERMILLION, "white", BLUE])


@rc_context(STYLE)
def pictures(X: Array, captions: Sequence[str], *, title: str, columns: int = 10, signed: bool = False) -> Picture:
    """Rows of 8 x 8 pictures, each with a caption above.   X (N, 64), captions (N,)

    Ink is dark on white, each picture on one scale from 0 to 1; with signed=True each has its own scale around 0, blue above it
    and orange, with a dot, below.

    >>> pictures(np.zeros((2, 64)), ["3", "8"], title="Two digits").words()
    'Figure: Two digits, with the captions 3, 8'
    """
    rows = -(-len(X) // columns)
    picture, ax = panels(width=0.85 * columns + 0.2, height=(1 + ROOM) * 0.63 * rows + 0.55)
    for n, (x, caption) in enumerate(zip(X, captions, strict=True)):
        left, top = (n % columns) * (1 + GAP), (n // columns) * (1 + ROOM) + ROOM
        most = np.abs(x).max() or 1.0
        scale: Any = (
            {"cmap": SIGNED, "vmin": -most, "vmax": most} if signed else {"cmap": "Greys", "vmin": 0, "vmax": 1}
        )
        ax.imshow(x.reshape(SIDE, SIDE), extent=(left, left + 1, top + 1, top), **scale)
        if signed:
            rows_below, columns_below = np.nonzero(x.reshape(SIDE, SIDE) < -most / 3)
            ax.plot(
                left + (columns_below + 0.5) / SIDE, top + (rows_below + 0.5) / SIDE, ".", color=INK, markersize=1.6
            )
        frame = [[left, left + 1, left + 1, left, left], [top, top, top + 1, top + 1, top]]
        ax.plot(*frame, color=INK, linewidth=0.6)
        ax.text(left + 0.5, top - 0.08, caption, ha="center", va="bottom", fontsize=9)
    ax.set(
        title=title, xlim=(-0.1, columns * (1 + GAP) - GAP + 0.1), ylim=(rows * (1 + ROOM) + 0.05, 0), aspect="equal"
    )
    ax.axis("off")
    picture.told = f"Figure: {title}, with the captions {', '.join(captions)}"
    return picture


@rc_context(STYLE)
def clouds(layers: Mapping[str, Array], y: Array) -> Picture:
    """One panel per title with a point for each example, drawn as the digit that it is.   title -> points (N, 2);   y (N,)

    >>> clouds({"input": np.eye(2)}, np.array([3, 8])).axes[0].get_title()
    'input'
    """
    picture, axes = panels(1, len(layers), width=9.2, height=8.4 / len(layers) + 0.5, squeeze=False)
    for ax, (title, points) in zip(axes.flat, layers.items(), strict=True):
        for digit in np.unique(y):
            style: Any = {"color": COLOURS[digit % len(COLOURS)], "markersize": 7, "markeredgewidth": 0.2}
            ax.plot(*points[y == digit].T, linestyle="", marker=f"${digit}$", **style)
        ax.set(title=title, xlabel="first component", xticks=[], yticks=[], box_aspect=1)
    axes[0, 0].set_ylabel("second component")
    return picture


@rc_context(STYLE)
def confusion(counts: Array) -> Picture:
    """How often each digit (row) was called each digit (column); the mistakes are shaded, the hits are not.   counts (K, K)

    >>> confusion(np.array([[9, 1], [0, 8]])).axes[0].get_xlabel()
    'called'
    """
    picture, ax = panels(width=5.4, height=4.6)
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    ax.imshow(mistakes, cmap="Oranges", vmin=0, vmax=2 * max(1, mistakes.max()))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            weight = "normal" if row == column else "bold"
            ax.text(column, row, str(count), ha="center", va="center", fontsize=10, fontweight=weight)
    ticks = np.arange(len(counts))
    ax.set(title="Which digit is taken for which", xlabel="called", ylabel="is", xticks=ticks, yticks=ticks)
    ax.grid(False)
    return picture


def principal_plane(H: Array) -> Array:
    """The rows of H on the two axes along which they vary most.   H (N, D) -> (N, 2)

    The right singular vectors of the centred rows are those axes. Their signs are free: the larger end is made positive.

    >>> principal_plane(np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 1.0]])).round(1).tolist()
    [[-2.0, -0.3], [2.0, -0.3], [0.0, 0.7]]
    """
    centred = H - H.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    points = centred @ axes.T
    plane: Array = points * np.where(points.max(axis=0) < -points.min(axis=0), -1, 1)
    return plane


@cache
def uncrumpled() -> Picture:
    """Four digits that a small network has not seen, at its input and in its hidden layers: the capstone's destination.

    >>> uncrumpled().axes[0].get_title()
    'input: 64 pixels'
    """
    X, y = data.digits("train")
    X_new, y_new = data.digits("held_back")
    rng = np.random.default_rng(0)
    net = Sequential(Linear(64, 64, rng=rng), ReLU(), Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    fit(net, CrossEntropyLoss(), Adam(net.parameters(), lr=0.005), X, y, epochs=15, rng=rng, progress=False)
    four = np.isin(y_new, (1, 4, 5, 9))
    X_new, y_new = X_new[four], y_new[four]
    with capture(net) as record:
        net(X_new)
    layers: dict[str, Any] = {
        "input: 64 pixels": X_new,
        "hidden 1: 64 units": record[1].output,
        "hidden 2: 32 units": record[3].output,
    }
    return clouds({title: principal_plane(H) for title, H in layers.items()}, y_new)
