"""Pictures for lessons: each function takes numbers and returns a finished `Picture`, the last line of a cell shows it."""

import io
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from dlcourse.viz.palette import COLOURS, GUIDE, INK, LINES, MARKERS, STYLE

DPI = 120
MARKS = 6  # markers along a curve: enough to tell it from its neighbours, few enough to see the curve


class Picture(Figure):
    """A figure that a notebook shows as PNG without pyplot, and describes in words by the titles of its axes.

    `told` is for a picture that its axes do not describe, and stands in their place.
    """

    told = ""

    def words(self) -> str:
        """The titles, axis labels and curves, for readers who cannot see the picture.

        >>> lines([1, 2], {"tanh": [3, 4]}, title="Loss", xlabel="epoch", ylabel="loss").words()
        'Figure: Loss (loss against epoch: tanh)'
        """
        if self.told:
            return one_line(self.told)
        panels = [(ax.get_title(), self.contents(ax)) for ax in self.axes]
        groups = ((contents, [title for title, _ in group]) for contents, group in groupby(panels, key=lambda p: p[1]))
        parts = [(", ".join(filter(None, titles)), contents) for contents, titles in groups]
        told = (f"{titles} ({contents})" if titles and contents else titles or contents for titles, contents in parts)
        return one_line("Figure: " + "; ".join(filter(None, told)))

    def contents(self, ax: Axes) -> str:
        """What one panel shows: its axes, or those it shares, and its curves."""
        x = ax.get_xlabel() or self.get_supxlabel()
        y = ax.get_ylabel() or self.get_supylabel() or self.axes[0].get_ylabel()
        curves = ", ".join(str(label) for label in ax.get_legend_handles_labels()[1])
        return ": ".join(filter(None, [" against ".join(filter(None, [y, x])), curves]))

    def png(self) -> bytes:
        """The picture as PNG, the same bytes every time."""
        file = io.BytesIO()
        with rc_context(STYLE):
            self.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        width, _ = self.get_size_inches() * 100
        data = {"text/plain": self.words(), "image/png": b64encode(self.png()).decode()}
        return data, {"image/png": {"alt": self.words(), "width": int(width)}}


def one_line(text: str) -> str:
    r"""A text as screen readers and tables want it: a title may have several lines.

    >>> one_line("BatchNorm1d (examples against units\none unit)")
    'BatchNorm1d (examples against units one unit)'
    """
    return " ".join(text.split())


def panels(
    rows: int = 1, columns: int = 1, *, width: float = 7.6, height: float = 3.8, **options: Any
) -> tuple[Picture, Any]:
    """An empty picture and its axes, in the style of the course; `options` go to `Figure.subplots`.

    >>> picture, axes = panels(1, 2)
    >>> axes.shape
    (2,)
    """
    with rc_context(STYLE):
        picture = Picture(figsize=(width, height), layout=ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08))
        FigureCanvasAgg(picture)
        return picture, picture.subplots(rows, columns, **options)


def drawing(height: float, caption: str) -> tuple[Picture, Axes]:
    """An empty drawing, nine inches wide, and its axes. The caption tells it: a graph has no curves to name.

    >>> drawing(2.0, "nothing")[0].words()
    'Figure: nothing'
    """
    picture = Picture(figsize=(9, height), layout="constrained")
    picture.told = f"Figure: {caption}"
    FigureCanvasAgg(picture)
    return picture, picture.subplots()


def draw_lines(ax: Axes, x: npt.ArrayLike, curves: Mapping[str, npt.ArrayLike]) -> None:
    """One curve per label, told apart by colour, line style and marker."""
    if len(curves) > len(COLOURS):
        raise ValueError(f"lines got {len(curves)} curves: at most {len(COLOURS)} can be told apart in one picture")
    for k, (label, y) in enumerate(curves.items()):
        every = max(1, len(np.asarray(y)) // MARKS)
        marks = (k % every, every)  # staggered, so that curves that coincide still show both markers
        ax.plot(x, y, color=COLOURS[k], linestyle=LINES[k], marker=MARKERS[k], markevery=marks, label=label)
    if np.issubdtype(np.asarray(x).dtype, np.integer):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))


@rc_context(STYLE)
def lines(
    x: npt.ArrayLike,
    curves: Mapping[str, npt.ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    reference: Mapping[str, float] | None = None,
    **options: Any,
) -> Picture:
    """Curves over a common x. `reference` draws labelled horizontal guides; `options` go to `Axes.set` (yscale="log").

    The names of the curves stand among them where there is room, and otherwise beside them.

    >>> lines([0, 1], {"a": [1, 2], "b": [2, 1]}, title="Two curves", xlabel="step", ylabel="value").axes[0].get_title()
    'Two curves'
    """
    picture, ax = panels()
    draw_lines(ax, x, curves)
    for label, height in (reference or {}).items():
        ax.axhline(height, color=GUIDE, linestyle=(0, (2, 2)), linewidth=1.5, label=label)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, **options)
    names = ax.legend()
    picture.draw_without_rendering()
    room = names.get_window_extent()
    if any(line.get_path().transformed(line.get_transform()).intersects_bbox(room, filled=False) for line in ax.lines):
        names.remove()
        picture.legend(loc="outside right center")
    return picture


@rc_context(STYLE)
def curves_grid(
    x: npt.ArrayLike,
    grid: Mapping[str, Mapping[str, npt.ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    columns: int = 5,
    **options: Any,
) -> Picture:
    """Small panels that share their axes, one per title, each with its own curves; one legend for all.

    >>> curves_grid([0, 1], {"line": {"f": [0, 1]}, "flat": {"f": [1, 1]}}, xlabel="z", ylabel="f").axes[1].get_title()
    'flat'
    """
    rows = -(-len(grid) // columns)
    picture, axes = panels(rows, columns, width=9, height=1.9 * rows + 0.6, sharex=True, sharey=True, squeeze=False)
    for ax, (title, curves) in zip(axes.flat, grid.items(), strict=False):
        ax.axhline(0, color=GUIDE, linewidth=1)
        for k, (label, y) in enumerate(curves.items()):
            ax.plot(x, y, color=COLOURS[k], linestyle=LINES[k], label=label)
        ax.set(title=title, **options)
    for ax in axes.flat[len(grid) :]:
        ax.remove()
    picture.supxlabel(xlabel)
    picture.supylabel(ylabel)
    picture.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(COLOURS))
    return picture


@rc_context(STYLE)
def decision_regions(classifiers: Mapping[str, Callable[[Any], npt.ArrayLike]], X: Any, y: Any) -> Picture:
    """Which class each classifier gives to every point of the plane, with the data on top.

    classifiers: title -> network or function from points (N, 2) to scores (N, classes) or labels (N,);   X (N, 2), y (N,)

    >>> X, y = np.eye(2), np.array([0, 1])
    >>> decision_regions({"right half": lambda points: points[:, 0] > 0}, X, y).axes[0].get_title()
    'right half'
    """
    picture, axes = panels(1, len(classifiers), width=9, height=3.2, sharex=True, sharey=True, squeeze=False)
    low, high = X.min(axis=0) - 0.3, X.max(axis=0) + 0.3
    across, up = np.meshgrid(np.linspace(low[0], high[0], 150), np.linspace(low[1], high[1], 150))
    points = np.column_stack([across.ravel(), up.ravel()])
    for ax, (title, classify) in zip(axes.flat, classifiers.items(), strict=True):
        answer = np.asarray(classify(points))
        regions = (answer.argmax(axis=1) if answer.ndim == 2 else answer).reshape(across.shape)
        for k in np.unique(y):
            ax.contourf(across, up, regions == k, levels=[0.5, 1.5], colors=[COLOURS[k]], alpha=0.22)
            ax.plot(*X[y == k].T, MARKERS[k], color=COLOURS[k], markersize=3, label=f"class {k}")
        ax.set(title=title, xlabel="x1", box_aspect=1)
        ax.grid(False)
    axes[0, 0].set_ylabel("x2")
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6, markerscale=2)
    return picture


@rc_context(STYLE)
def paths(
    grid: Mapping[str, tuple[Callable[[Any], float], Mapping[str, npt.ArrayLike]]], *, goal: tuple[float, float]
) -> Picture:
    """Descent paths over the contours of a loss of two weights, one panel per title, all on one scale.

    grid: title -> (loss of one weight vector (2,), label -> path (steps, 2)); the goal is marked by a star.

    >>> bowl = lambda w: float(w @ w)
    >>> paths({"bowl": (bowl, {"descent": [[1, 1], [0, 0]]})}, goal=(0, 0)).axes[0].get_xlabel()
    'w1'
    """
    picture, axes = panels(1, len(grid), width=4.5 * len(grid), height=4.6, sharex=True, sharey=True, squeeze=False)
    points = np.vstack([np.asarray(path) for _, tracks in grid.values() for path in tracks.values()] + [goal])
    margin = 0.1 * np.ptp(points, axis=0).max()
    w = np.stack(
        np.meshgrid(*(np.linspace(p.min() - margin, p.max() + margin, 50) for p in points.T)), axis=-1
    )  # (50, 50, 2)
    for ax, (title, (loss, tracks)) in zip(axes.flat, grid.items(), strict=True):
        ax.contour(
            w[..., 0], w[..., 1], np.sqrt(np.apply_along_axis(loss, -1, w)), levels=9, colors=GUIDE, linewidths=0.7
        )
        for k, (label, path) in enumerate(tracks.items()):
            style: Any = {"color": COLOURS[k], "linestyle": LINES[k], "marker": MARKERS[k]}
            ax.plot(*np.asarray(path).T, **style, linewidth=1.4, markersize=3, label=label)
        ax.plot(*goal, "*", color=INK, markersize=15, label="best weights")
        ax.set(title=title, xlabel="w1", aspect="equal")
        ax.grid(False)
    axes[0, 0].set_ylabel("w2")
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return picture
