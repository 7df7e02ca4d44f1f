"""Where descent goes: its path on a curve or between contours, the loss of each step, and the largest rate that is stable."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse.viz.explorer import Explorer
from dlcourse.viz.outside import OUTSIDE, amount, drawable, on_axis
from dlcourse.viz.palette import BLUE, GUIDE, INK, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

EDGE = 3.3  # the weights shown go from -EDGE to EDGE
LINE = np.linspace(-EDGE, EDGE, 265)
RATES = np.linspace(0.01, 0.6, 60)  # the learning rates of the slider
FLOOR, CEILING = 1e-6, 1e4  # of the loss axes
MOST_STEPS = 60
NEAR = 1e-3  # this much above the lowest loss counts as there
WRONG_SIDE = -2.0  # the goal's start on the two valleys


class Surface(NamedTuple):
    """A loss of one or two weights w (..., D): its value (...), its slope (..., D), and the curvature of each valley."""

    loss: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    valleys: Mapping[str, float] = {"valley": 4.0}  # name -> the largest curvature at its lowest point
    top: float = 20.0  # of the vertical axis, for a curve
    weights: int = 1


def two_valleys(w: Array) -> Array:
    """The lower of two parabolas: a narrow one whose floor is 0.5 high, and a wide one that reaches 0.

    >>> two_valleys(np.array([-1.5, 1.5]))
    array([0.5, 0. ])
    """
    return np.asarray(np.minimum(4 * (w + 1.5) ** 2 + 0.5, (w - 1.5) ** 2))


def two_valleys_slope(w: Array) -> Array:
    """The slope of the parabola that is the lower one at w.

    >>> two_valleys_slope(np.array([-2.0, 2.0]))
    array([-4.,  1.])
    """
    return np.where(4 * (w + 1.5) ** 2 + 0.5 < (w - 1.5) ** 2, 8 * (w + 1.5), 2 * (w - 1.5))


def bowl(*curvatures: float) -> Surface:
    """L = sum of curvature / 2 times w squared, one term per weight.

    >>> bowl(4.0).slope(np.array([3.0]))
    array([12.])
    """
    c = np.array(curvatures)
    return Surface(lambda w: (w**2 @ c) / 2, lambda w: c * w, {"valley": max(curvatures)}, weights=len(curvatures))


SURFACES = {
    "Parabola": bowl(4.0),
    "Two valleys": Surface(
        lambda w: two_valleys(w[..., 0]), two_valleys_slope, {"narrow valley": 8.0, "wide valley": 2.0}, top=7
    ),
    "Plateau": Surface(lambda w: 2 * (1 - np.exp(-(w[..., 0] ** 2))), lambda w: 4 * w * np.exp(-(w**2)), top=2.6),
    "Round bowl": bowl(4.0, 4.0),
    "Long valley": bowl(4.0, 0.2),
    "Saddle": Surface(
        lambda w: 2 * w[..., 0] ** 2 + (w[..., 1] ** 2 - 1) ** 2 / 2,
        lambda w: np.stack([4 * w[..., 0], 2 * w[..., 1] * (w[..., 1] ** 2 - 1)], axis=-1),
        {"both valleys": 4.0},
        weights=2,
    ),
}
UNNAMED = "?"
REGIMES = ("slow", "good", "oscillating", "diverging")
ASKED = {"first": 0.45, "second": 0.02, "third": 0.55, "fourth": 0.2}  # the rates to name, on the parabola


def regime(factor: float) -> str:
    """What repeated multiplication of the error by `factor` looks like; good is a hundredth of the error after ten steps.

    >>> [regime(factor) for factor in (0.9, 0.5, -0.5, -1.5)]
    ['slow', 'good', 'oscillating', 'diverging']
    """
    if abs(factor) >= 1:
        return "diverging"
    if factor < 0:
        return "oscillating"
    return "good" if factor**10 <= 0.01 else "slow"


def walk(surface: Surface, start: npt.ArrayLike, rates: Array, steps: int) -> Array:
    """One path per rate.   start (D,), rates (R,) -> (steps + 1, R, D); what overflows becomes nan

    >>> walk(SURFACES["Parabola"], [3.0], np.array([0.125]), 2).ravel()
    array([3.  , 1.5 , 0.75])
    """
    w = np.tile(np.asarray(start, dtype=float), (len(rates), 1))
    path = [w]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            w = w - rates[:, np.newaxis] * surface.slope(w)
            path.append(w)
    return np.array(path)


class DescentExplorer(Explorer):
    """A loss of one or two weights, the path that descent takes on it, the loss per step, and the loss at every other rate.

    >>> explorer = DescentExplorer(start=3, rate=0.25, steps=1)
    >>> print(explorer.readout.value.split(". ")[0])
    Parabola, curvature 4, so the limit is 2/4 = 0.5
    """

    title = "Descent explorer"
    goal = (
        "On the parabola, find out what each of the four rates below does, and name it in its menu. "
        f"Then choose Two valleys, start at w1 = {WRONG_SIDE:g}, and reach the global minimum."
    )
    success = (
        "Below 2/curvature each step shrinks the error, above it each step grows it. And what threw you out of the narrow "
        "valley was a rate above its limit of 0.25: good luck here, no method."
    )
    height = 350

    surface = ""  # the one that the left axes are set up for
    backdrop: tuple[Artist, ...] = ()

    def controls(self) -> dict[str, Any]:
        """Surface, rate, start, steps, and a menu for each rate to be named."""
        start = {"min": -3, "max": 3, "step": 0.1}
        return {
            "surface": widgets.Dropdown(options=list(SURFACES), value="Parabola", description="surface"),
            "rate": widgets.FloatSlider(value=0.05, min=0.01, max=0.6, step=0.01, description="learning rate"),
            "start": widgets.FloatSlider(value=1.5, **start, description="start w1"),
            "start2": widgets.FloatSlider(value=2, **start, description="start w2"),
            "steps": widgets.IntSlider(value=20, min=1, max=MOST_STEPS, description="steps"),
            **{
                name: widgets.Dropdown(options=[UNNAMED, *REGIMES], value=UNNAMED, description=f"rate {rate:.2f} is")
                for name, rate in ASKED.items()
            },
        }

    def adapt(self, state: SimpleNamespace) -> None:
        """Switch the second weight off where there is only one."""
        slider = self.control["start2"]
        slider.disabled = SURFACES[state.surface].weights == 1
        slider.readout = not slider.disabled

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The path, its losses, the loss that every rate arrives at, and how many rates are named right."""
        surface = SURFACES[state.surface]
        start = [float(state.start), float(state.start2)][: surface.weights]
        paths = walk(surface, start, np.append(RATES, state.rate), state.steps)
        with np.errstate(over="ignore", invalid="ignore"):
            losses = surface.loss(paths)
        curvature = SURFACES["Parabola"].valleys["valley"]
        named = [getattr(state, name) == regime(1 - rate * curvature) for name, rate in ASKED.items()]
        return SimpleNamespace(
            surface=surface, name=state.surface, rate=state.rate, steps=state.steps,
            path=paths[:, -1], losses=losses[:, -1], arrived=losses[-1, :-1], named=sum(named),
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the surface with the path, the loss per step, and the last loss against the rate."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        self.left.set(title="surface and path", xlim=(-EDGE, EDGE), xticks=range(-3, 4))
        self.middle.set(title="loss per step", xlabel="step", xlim=(-2, MOST_STEPS + 2), xticks=range(0, 61, 20))
        self.right.set(title="loss at the end", xlabel="learning rate", xlim=(0, 0.61))
        for ax in (self.middle, self.right):
            ax.set(yscale="log", ylim=(FLOOR / 3, CEILING), ylabel="loss above the lowest")
            ax.set_yticks([FLOOR, 1e-4, 1e-2, 1, 1e2, CEILING], ["\u2264 1e-6", "1e-4", "0.01", "1", "100", "1e4"])
            ax.minorticks_off()
        marked = {"color": VERMILLION, "animated": True}
        (self.track,) = self.left.plot([], [], ".-", linewidth=1.4, markersize=8, **marked)
        (self.falling,) = self.middle.plot([], [], ".-", linewidth=1.4, markersize=8, **marked)
        (self.sweep,) = self.right.plot(RATES, RATES, color=BLUE, animated=True)
        self.ends = [ax.plot([], [], "o", **marked)[0] for ax in (self.left, self.right)]
        (self.begin,) = self.left.plot([], [], "s", markerfacecolor="white", **marked)
        axes = (self.left, self.middle, self.right)
        self.notes = [
            ax.text(0.04, 0.96, "", transform=ax.transAxes, va="top", animated=True, backgroundcolor="#FFFFFFC0")
            for ax in axes
        ]

    def scenery(self, name: str, surface: Surface) -> None:
        """The curve or the contours of a surface, and the limits of its valleys."""
        for artist in self.backdrop:
            artist.remove()
        curve = surface.weights == 1
        self.left.set(xlabel="weight w1", ylabel="loss" if curve else "weight w2")
        self.left.set_ylim((-0.05 * surface.top, surface.top) if curve else (-EDGE, EDGE))
        if curve:
            made: list[Artist] = [*self.left.plot(LINE, surface.loss(LINE[:, np.newaxis]), color=BLUE)]
        else:
            w = np.stack(np.meshgrid(LINE[::4], LINE[::4]), axis=-1)
            lines = self.left.contour(LINE[::4], LINE[::4], np.sqrt(surface.loss(w)), levels=10, colors=BLUE)
            lines.set_linewidth(0.8)
            made = [lines]
        for valley, curvature in surface.valleys.items():
            limit = 2 / curvature
            if limit < RATES[-1]:
                label = f"{limit:g} = 2/{curvature:g}" + (f", {valley}" if len(surface.valleys) > 1 else "")
                made.append(self.right.axvline(limit, color=GUIDE, linestyle="--", linewidth=1.5))
                made.append(self.right.text(limit + 0.016, 3e-6, label, rotation=90, color=INK, fontsize=10))
        self.surface, self.backdrop = name, tuple(made)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Only a new surface changes the axes."""
        n = numbers
        if self.surface != n.name:
            self.scenery(n.name, n.surface)
        across = drawable(n.path[:, 0])
        up = drawable(n.losses if n.surface.weights == 1 else n.path[:, 1])
        losses = on_axis(n.losses, FLOOR)
        self.track.set_data(across, up)
        self.begin.set_data(across[:1], up[:1])
        self.falling.set_data(range(n.steps + 1), losses)
        self.sweep.set_ydata(on_axis(n.arrived, FLOOR))
        self.ends[0].set_data(across[-1:], up[-1:])
        self.ends[1].set_data([n.rate], losses[-1:])
        texts = (f"at the end {position(n.path[-1])}", f"at the end {amount(n.losses[-1])}", f"rate {n.rate:g}")
        for note, text in zip(self.notes, texts, strict=True):
            note.set_text(text)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        limits = " and ".join(
            f"{'' if len(n.surface.valleys) == 1 else f'{valley} '}curvature {c:g}, so the limit is 2/{c:g} = {2 / c:g}"
            for valley, c in n.surface.valleys.items()
        )
        first = ", ".join(position(w) for w in n.path[: min(4, n.steps)])
        return (
            f"{state.surface}, {limits}. Learning rate {state.rate:g}: the path begins {first}; after {state.steps} steps "
            f"it is at {position(n.path[-1])}, where the loss is {amount(n.losses[-1])} above the lowest. "
            f"Rates named right: {n.named} of {len(ASKED)}."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """All rates named, and from the wrong side into the right valley."""
        crossed = state.surface == "Two valleys" and state.start == WRONG_SIDE and numbers.losses[-1] < NEAR
        return bool(numbers.named == len(ASKED) and crossed)


def position(w: Array) -> str:
    """A point in few characters.

    >>> position(np.array([0.25])), position(np.array([1.0, -2e9]))
    ('0.25', '(1, far outside)')
    """
    parts = [f"{part:.3g}" if abs(part) < OUTSIDE else "far outside" for part in w]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


@rc_context(STYLE)
def walks(loss: Callable[[Any], Any], paths: Mapping[str, npt.ArrayLike], *, xlabel: str, ylabel: str) -> Picture:
    """One weight on its curve: a panel per title, each with the path that descent took.   paths: title -> (steps + 1,)

    >>> walks(lambda w: w**2, {"two steps": [1.0, 0.5, 0.25]}, xlabel="w", ylabel="loss").axes[0].get_title()
    'two steps'
    """
    picture, axes = panels(1, len(paths), width=9, height=3.2, sharex=True, sharey=True, squeeze=False)
    together = np.concatenate([np.ravel(path) for path in paths.values()])
    margin = 0.15 * np.ptp(together)
    w = np.linspace(together.min() - margin, together.max() + margin, 200)
    for ax, (title, path) in zip(axes.flat, paths.items(), strict=True):
        draw_walk(ax, loss, w, np.asarray(path))
        ax.set(title=title, xlabel=xlabel)
    axes[0, 0].set_ylabel(ylabel)
    return picture


def draw_walk(ax: Axes, loss: Callable[[Any], Any], w: Array, path: Array) -> None:
    """The curve over w, and the path on it: a square where it begins, a dot per step."""
    ax.plot(w, [loss(here) for here in w], color=BLUE)
    heights = [loss(here) for here in path]
    ax.plot(path, heights, ".-", color=VERMILLION, linewidth=1.4, markersize=8)
    ax.plot(path[:1], heights[:1], "s", color=VERMILLION, markerfacecolor="white")


@rc_context(STYLE)
def valleys(grid: Mapping[str, tuple[Callable[[Any], Any], npt.ArrayLike, npt.ArrayLike]]) -> Picture:
    """Two weights between contours of the loss, a panel per title, centred on the best weights, which a star marks.

    grid: title -> (loss of one weight vector (2,), path (steps + 1, 2), best weights (2,))

    >>> valleys({"bowl": (lambda w: w @ w, [[1.0, 1.0], [0.1, 0.1]], [0.0, 0.0])}).axes[0].get_title()
    'bowl'
    """
    picture, axes = panels(1, len(grid), width=4.5 * len(grid), height=4.4, squeeze=False)
    for ax, (title, (loss, path, goal)) in zip(axes.flat, grid.items(), strict=True):
        path, goal = np.asarray(path), np.asarray(goal)
        reach = 1.2 * np.abs(path - goal).max()
        w1, w2 = (np.linspace(middle - reach, middle + reach, 101) for middle in goal)
        w = np.stack(np.meshgrid(w1, w2), axis=-1)  # (101, 101, 2)
        above = np.apply_along_axis(loss, -1, w) - loss(goal)
        ax.contour(w1, w2, above, levels=np.geomspace(1e-3, 1, 8) * above.max(), colors=GUIDE, linewidths=0.9)
        ax.plot(*path.T, ".-", color=VERMILLION, linewidth=1.4, markersize=5, label="descent")
        ax.plot(*path[0], "s", color=VERMILLION, markerfacecolor="white", label="start")
        ax.plot(*goal, "*", color=INK, markersize=14, label="best weights")
        ax.set(title=title, xlabel="weight w1", ylabel="weight w2", aspect="equal")
        ax.grid(False)
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return picture


def four_rates() -> Picture:
    """The four things that a learning rate can do, on a parabola of curvature 1.

    >>> [ax.get_title() for ax in four_rates().axes]
    ['rate 0.1: slow', 'rate 0.7: good', 'rate 1.8: oscillating', 'rate 2.1: diverging']
    """
    surface = bowl(1.0)
    paths = {
        f"rate {rate}: {regime(1 - rate)}": walk(surface, [1.0], np.array([rate]), 8).ravel()
        for rate in (0.1, 0.7, 1.8, 2.1)
    }
    return walks(lambda w: w**2 / 2, paths, xlabel="weight w", ylabel="loss")
