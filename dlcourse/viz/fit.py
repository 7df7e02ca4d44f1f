"""Fit and forget: a polynomial that is too simple or too wild, what restrains it, and what its error is made of.

    cost = mean (h(x) - y)^2 + lambda sum w^2          h(x) = sum_k w_k features_k(x)

Descent from w = 0 on this cost needs no loop: along each eigenvector of its Hessian, t steps leave (1 - rate e)^t of the error.
So any number of steps, for 200 training sets and 20 degrees, is a few matrix products.
"""

from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.polynomial.legendre import legvander

from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GREEN, INK, LINES, SKY, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]
Places = npt.NDArray[np.intp]

SETS, POINTS, MOST = 200, 30, 20  # training sets, points in each, the highest degree
PLACES = np.linspace(-1, 1, POINTS)  # where every training set is measured
BETWEEN = PLACES[:-1] + 1 / (POINTS - 1)  # where every validation set is: half-way between those
GRID = np.linspace(-1, 1, 101)  # where a fit is compared with the truth
LOOKS = np.unique(np.geomspace(1, 1e7, 36).round().astype(int))  # the steps after which early stopping looks
ASKED = 8  # so many of the validation points are asked at a look, others every time
NEVER = 0  # the patience of those who do not stop early
STRENGTHS = (0.0, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.1, 1.0)
PATIENCES = (1, 2, 3, 5, 8, 12, NEVER)
DEGREES = range(1, MOST + 1)
SHOWN_SETS = 20
NOISE = 0.3  # of the goal
BARS, TALLEST, EDGE = 0.75, 0.6, 2.5  # the width of bars, the heights of the axes


def truth(x: npt.ArrayLike) -> Array:
    """The function to be learned, which no polynomial is: f(x) = sin 3x + cos(5x) / 2.

    >>> truth(0.0)
    array(0.5)
    """
    x = np.asarray(x, dtype=float)
    return np.asarray(np.sin(3 * x) + np.cos(5 * x) / 2)


def features(x: Array, degree: int) -> Array:
    """Legendre polynomials P_0 to P_degree, P_k divided by k + 1: the steeper, the smaller, so the later learned.   (N,) -> (N, degree + 1)

    >>> features(np.array([1.0]), 3)
    array([[1.        , 0.5       , 0.33333333, 0.25      ]])
    """
    return np.asarray(legvander(x, degree) / np.arange(1, degree + 2))


class Luck(NamedTuple):
    """What chance has decided: the noise of each set, before it is made as large as sigma, and who is asked at each look."""

    train: Array  # (SETS, 30)
    val: Array  # (SETS, 29)
    asked: Places  # (looks, ASKED)


@cache
def luck() -> Luck:
    """Drawn once."""
    rng = np.random.default_rng(4)
    train, val = rng.normal(size=(SETS, POINTS)), rng.normal(size=(SETS, POINTS - 1))
    return Luck(train, val, np.array([rng.permutation(POINTS - 1)[:ASKED] for _ in LOOKS]))


@cache
def targets(noise: float) -> tuple[Array, Array]:
    """What is measured, in columns: y = f(x) + noise of every training and every validation set.   -> (30, SETS), (29, SETS)"""
    return truth(PLACES)[:, None] + noise * luck().train.T, truth(BETWEEN)[:, None] + noise * luck().val.T


class Modes(NamedTuple):
    """Descent along eigenvectors: for targets y its fit after LOOKS[k] steps is (filters[k] * (y take)) at train, val or grid."""

    take: Array  # (degree + 1, 30)
    filters: Array  # (looks, degree + 1)
    train: Array  # (30, degree + 1): the eigenvectors, at the places of training
    val: Array  # (29, degree + 1)
    grid: Array  # (101, degree + 1)

    def weights(self, y: Array) -> Array:
        """What every eigenvector counts for, at every look.   y (30, S) -> (looks, degree + 1, S)"""
        return np.asarray(self.filters[:, :, None] * (self.take @ y))


@cache
def modes(degree: int, lam: float) -> Modes:
    """For the cost with this lambda, which leaves the constant free, and the rate 1 / its largest curvature.

    >>> modes(3, 0.0).filters.shape == (len(LOOKS), 4)
    True
    """
    A = features(PLACES, degree)
    e, U = np.linalg.eigh(2 / POINTS * A.T @ A + 2 * lam * np.diag(np.arange(degree + 1) > 0))
    learned = 1 - (1 - e / e[-1]) ** LOOKS[:, None]
    return Modes(2 / POINTS * (A @ U).T, learned / e, *(features(x, degree) @ U for x in (PLACES, BETWEEN, GRID)))


def seen(m: Modes, y: Array, y_val: Array) -> Array:
    """The validation errors that early stopping sees: at each look those of the points that are asked.   -> (looks, S)"""
    asked = luck().asked
    return np.asarray(np.mean((m.val[asked] @ m.weights(y) - y_val[asked]) ** 2, axis=1))


def kept(values: Array, patience: int) -> tuple[Places, Places]:
    """The look whose weights early stopping keeps, and the one after which it stops; of equals the first is kept.

    values (looks, S) -> (S,), (S,)

    >>> kept(np.array([[3.0], [2.0], [2.0], [4.0], [1.0]]), patience=2)
    (array([1]), array([3]))
    """
    last = np.full(values.shape[1], len(values) - 1)
    if patience == NEVER:
        return last, last
    best, stop, lowest = np.zeros_like(last), last.copy(), values[0]
    running = np.ones(len(last), dtype=bool)
    for k, value in enumerate(values[1:], start=1):
        better = running & (value < lowest)
        best, lowest = np.where(better, k, best), np.where(better, value, lowest)
        ends = running & (k - best >= patience)
        stop = np.where(ends, k, stop)
        running &= ~ends
    return best, stop


@cache
def decompositions(noise: float, lam: float, patience: int) -> Array:
    """bias^2 and variance (ddof 0) over all training sets, for every degree.   -> (20, 2)

    >>> decompositions(0.3, 0.0, NEVER)[[2, 5]].round(2)
    array([[0.09, 0.01],
           [0.  , 0.02]])
    """
    y, y_val = targets(noise)
    all_modes = [modes(degree, lam) for degree in DEGREES]
    if patience == NEVER:
        looks = np.full((MOST, SETS), len(LOOKS) - 1)
    else:
        values = np.hstack([seen(m, y, y_val) for m in all_modes])  # (looks, 20 SETS)
        looks = kept(values, patience)[0].reshape(MOST, SETS)
    rows = []
    for m, look in zip(all_modes, looks, strict=True):
        h = m.grid @ (m.filters[look].T * (m.take @ y))  # (101, SETS)
        rows.append((np.mean((h.mean(axis=1) - truth(GRID)) ** 2), h.var(axis=1).mean()))
    return np.array(rows)


class Run(NamedTuple):
    """One training: its errors at every look, what early stopping saw of them, what it kept, and the fit."""

    train: Array  # (looks,)
    val: Array  # (looks,)
    seen: Array  # (looks,)
    best: int
    stop: int
    fit: Array  # (101,)

    @property
    def error(self) -> float:
        """The validation error of what was kept, all points asked."""
        return float(self.val[self.best])


@cache
def run(degree: int, noise: float, lam: float, patience: int, number: int) -> Run:
    """Train on one of the sets, counted from 1.

    >>> run(6, 0.3, 0.0, NEVER, 1).error < run(20, 0.3, 0.0, NEVER, 1).error
    True
    """
    (y, y_val), m = (part[:, number - 1 : number] for part in targets(noise)), modes(degree, lam)
    w = m.weights(y)
    train, val = (np.mean((at @ w - measured) ** 2, axis=1)[:, 0] for at, measured in ((m.train, y), (m.val, y_val)))
    values = seen(m, y, y_val)
    (best,), (stop,) = kept(values, patience)
    return Run(train, val, values[:, 0], int(best), int(stop), m.grid @ w[best, :, 0])


@cache
def lowest(noise: float, number: int) -> float:
    """The lowest validation error that a degree reaches without restraint."""
    return min(run(degree, noise, 0.0, NEVER, number).error for degree in DEGREES)


class FitExplorer(Explorer):
    """Degree, noise, lambda and patience: the fit of one training set, its errors while it trains, bias and variance of 200.

    >>> explorer = FitExplorer(degree=3)
    >>> print(explorer.readout.value.split(". ")[-1])
    On average over 200 training sets, bias^2 0.093 + variance 0.012 + noise 0.090 = 0.195.
    """

    title = "Fit explorer"
    goal = (
        f"Leave the noise at {NOISE:g} and the training set at 1. First find the degree with the lowest validation error. Then "
        f"take degree {MOST}, and restrain it, by lambda or by patience, until its validation error is lower than that."
    )
    success = (
        "A model that is far too big, restrained, did as well here as the best small one. And restraint is easier to turn up "
        "and down than a size."
    )
    height = 350

    def controls(self) -> dict[str, Any]:
        """Degree, lambda, patience, noise, and which training set is shown."""
        options: Any = {"options": [(f"{lam:g}", lam) for lam in STRENGTHS], "value": 0.0}
        patiences: Any = {"options": [(str(p) if p else "never", p) for p in PATIENCES], "value": NEVER}
        return {
            "degree": widgets.IntSlider(value=1, min=1, max=MOST, description="degree"),
            "lam": widgets.SelectionSlider(**options, description="lambda"),
            "patience": widgets.SelectionSlider(**patiences, description="patience"),
            "noise": widgets.FloatSlider(
                value=NOISE, min=0.1, max=0.6, step=0.1, readout_format=".1f", description="noise sigma"
            ),
            "number": widgets.IntSlider(value=1, min=1, max=SHOWN_SETS, description="training set"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """One training, and the parts of the error for every degree."""
        shown = run(state.degree, state.noise, state.lam, state.patience, state.number)
        parts = decompositions(state.noise, state.lam, state.patience)
        y, y_val = (part[:, state.number - 1] for part in targets(state.noise))
        return SimpleNamespace(
            degree=state.degree, run=shown, y=y, y_val=y_val, noise=state.noise**2, parts=parts,
            stops=state.patience != NEVER,
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: points and fit, errors against steps, and a stack of bars per degree."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        self.left.set(title="one training set", xlabel="x", ylabel="y", xlim=(-1.05, 1.05), ylim=(-EDGE, EDGE))
        self.left.plot(GRID, truth(GRID), color=INK, linestyle=LINES[1], linewidth=1.5, label="truth f")
        self.middle.set(title="its errors in training", xlabel="steps", ylabel="mean squared error", xscale="log")
        self.middle.set(yscale="log", xlim=(0.7, 1.5e7), ylim=(0.004, 12), xticks=10.0 ** np.arange(0, 8))
        self.middle.set_xticks([1, 100, 1e4, 1e6], ["1", "100", "10⁴", "10⁶"])
        self.middle.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
        self.middle.minorticks_off()
        self.right.set(title=f"error over {SETS} sets", xlabel="degree", xlim=(0.3, MOST + 0.7), ylim=(0, TALLEST))
        self.right.set(xticks=(1, 5, 10, 15, 20), ylabel="mean squared error")

        moving: Any = {"animated": True}
        (self.points,) = self.left.plot(PLACES, PLACES, "o", color=BLUE, markersize=5, label="training", **moving)
        (self.others,) = self.left.plot(
            BETWEEN, BETWEEN, "s", color=GREEN, markerfacecolor="white", markersize=4, label="validation", **moving
        )
        (self.curve,) = self.left.plot(GRID, GRID, color=VERMILLION, label="fit h", **moving)
        (self.training,) = self.middle.plot(LOOKS, LOOKS, color=BLUE, label="training", **moving)
        (self.validation,) = self.middle.plot(
            LOOKS, LOOKS, color=GREEN, linestyle=LINES[1], label="validation", **moving
        )
        (self.sight,) = self.middle.plot(
            [], [], ".", color=GREEN, markersize=6, label=f"seen ({ASKED} points)", **moving
        )
        (self.here,) = self.middle.plot([], [], "*", color=VERMILLION, markersize=15, label="kept", **moving)
        empty = np.zeros((MOST, 4, 2))
        self.stack = [
            PolyCollection(list(empty), facecolors=colour, edgecolors="white", linewidths=0.4, label=label, **moving)
            for colour, label in ((SKY, "bias²"), (VERMILLION, "variance"), ("#C8C8C8", "noise"))
        ]
        self.frame = PolyCollection(list(empty[:1]), facecolors="none", edgecolors=INK, linewidths=1.8, **moving)
        for bars in (*self.stack, self.frame):
            self.right.add_collection(bars, autolim=False)
        self.left.legend(loc="upper left", fontsize=8.5, ncols=2, columnspacing=1, handlelength=1.5)
        self.middle.legend(loc="lower left", fontsize=8.5)
        self.right.legend(handles=self.stack, loc="upper center", fontsize=9)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n, r = numbers, numbers.run
        self.points.set_ydata(n.y)
        self.others.set_ydata(n.y_val)
        self.curve.set_ydata(r.fit)
        self.training.set_ydata(r.train)
        self.validation.set_ydata(r.val)
        looked = slice(r.stop + 1 if n.stops else 0)
        self.sight.set_data(LOOKS[looked], r.seen[looked])
        self.here.set_data(LOOKS[[r.best]], r.val[[r.best]])
        heights = np.cumsum(
            np.column_stack([np.full(MOST, n.noise), n.parts]), axis=1
        )  # noise, then bias^2, then variance
        floors = np.column_stack([np.zeros(MOST), heights[:, :-1]])
        for bars, k in zip(self.stack, (1, 2, 0), strict=True):
            bars.set_verts(boxes(np.array(DEGREES), floors[:, k], heights[:, k]))
        self.frame.set_verts(boxes(np.array([n.degree]), np.zeros(1), heights[n.degree - 1 : n.degree, -1]))

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n, r = numbers, numbers.run
        how = (
            f"stops after {LOOKS[r.stop]:,} steps and goes back to step {LOOKS[r.best]:,}" if n.stops else "never stops"
        )
        bias2, variance = (
            round(part, 3) for part in n.parts[n.degree - 1].tolist()
        )  # rounded first, so that they add up
        return (
            f"Degree {n.degree}, lambda {state.lam:g}, noise {state.noise:g}. Training set {state.number} {how}: training error "
            f"{r.train[r.best]:.3f}, validation error {r.error:.3f}. On average over {SETS} training sets, bias^2 {bias2:.3f} + "
            f"variance {variance:.3f} + noise {n.noise:.3f} = {bias2 + variance + n.noise:.3f}."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """The highest degree, restrained, below every degree that is not."""
        asked = state.degree == MOST and state.noise == NOISE and state.number == 1
        return bool(asked and numbers.run.error < lowest(NOISE, 1))


def boxes(x: npt.ArrayLike, low: Array, high: Array) -> Any:
    """The corners of bars around x.   (N,) three times -> (N, 4, 2)

    >>> boxes(np.array([1.0]), np.array([0.0]), np.array([2.0])).tolist()
    [[[0.625, 0.0], [1.375, 0.0], [1.375, 2.0], [0.625, 2.0]]]
    """
    left, right = np.asarray(x) - BARS / 2, np.asarray(x) + BARS / 2
    return np.stack([np.stack([left, right, right, left], -1), np.stack([low, low, high, high], -1)], axis=-1)


@rc_context(STYLE)
def many_fits(degrees: tuple[int, ...] = (1, 3, 6, 20), shown: int = 20) -> Picture:
    """The same degree fitted to training set after training set: thin lines, their mean and the truth.

    >>> [ax.get_title() for ax in many_fits((1, 3)).axes]
    ['degree 1', 'degree 3']
    """
    picture, axes = panels(1, len(degrees), width=9, height=3.3, sharex=True, sharey=True, squeeze=False)
    y, _ = targets(NOISE)
    for ax, degree in zip(axes.flat, degrees, strict=True):
        h = legvander(GRID, degree) @ np.linalg.lstsq(legvander(PLACES, degree), y, rcond=None)[0]  # (101, SETS)
        ax.plot(GRID, h[:, :shown], color=SKY, linewidth=0.7, alpha=0.7)
        ax.plot([], [], color=SKY, linewidth=0.7, label=f"fits to {shown} training sets")
        ax.plot(GRID, h.mean(axis=1), color=VERMILLION, label=f"mean of {SETS} fits")
        ax.plot(GRID, truth(GRID), color=INK, linestyle=LINES[1], linewidth=1.5, label="truth f")
        ax.set(title=f"degree {degree}", xlabel="x", ylim=(-EDGE, EDGE), xticks=(-1, 0, 1))
    axes[0, 0].set_ylabel("y")
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return picture
