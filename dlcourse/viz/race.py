"""Optimizers race: one path each over a loss of two weights, each at its own tuned rate, and the squares that it has gathered."""

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from dlcourse.viz.explorer import Explorer
from dlcourse.viz.outside import amount, drawable, on_axis
from dlcourse.viz.palette import BLUE, GREEN, GUIDE, INK, LINES, MARKERS, PURPLE, SKY, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]
Memory = dict[str, Any]

EDGE = 3.3  # the weights shown go from -EDGE to EDGE
FLOOR = 1e-6  # of the loss axis
STEPS = 200
ARRIVED = 0.01  # at most this much above the lowest loss, from some step on
TURNS = np.arange(46.0)  # degrees by which the ravine can be turned, one path for each
STEEP, FLAT = 10.0, 0.1  # the ravine's curvatures
RATES = np.array([float(f"{digit}e{power}") for power in range(-4, 3) for digit in (1, 2, 5)])  # tried in tuning
NEARBY = 8  # starts that the rates are tuned on, none of them the one of the picture
FACTORS = {"1/10": 0.1, "1/5": 0.2, "1/2": 0.5, "1": 1.0, "2": 2.0, "5": 5.0, "10": 10.0}
LOW, HIGH = 1e-7, 1e7  # of the axis of squares


class Surface(NamedTuple):
    """A loss of two weights w (..., A, 2), A of its kind side by side: its value (..., A), its slope, what to show of it."""

    loss: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    starts: Array  # (A, 2)
    lowest: Array  # (minima, 2)
    box: tuple[float, float, float, float] = (-EDGE, EDGE, -EDGE, EDGE)  # w1 from, to, w2 from, to


def ravine(turns: Array) -> Surface:
    """Curvature 10 across and 0.1 along, turned by each of these angles, the start with it.   turns (A,) in degrees

    >>> ravine(np.array([0.0])).slope(np.array([[1.0, 1.0]]))
    array([[ 0.1, 10. ]])
    """
    cos, sin = np.cos(np.deg2rad(turns)), np.sin(np.deg2rad(turns))
    along, across = np.stack([cos, sin], axis=-1), np.stack([-sin, cos], axis=-1)  # (A, 2)

    def slope(w: Array) -> Array:
        parts = (np.sum(w * axis, axis=-1, keepdims=True) * axis for axis in (along, across))
        return np.asarray(FLAT * next(parts) + STEEP * next(parts))

    return Surface(
        lambda w: np.sum(w * slope(w), axis=-1) / 2, slope, -2.6 * along + 1.3 * across, np.zeros((1, 2))
    )  # fmt: skip


def beale_parts(w: Array) -> tuple[Array, Array, Array]:
    """The three errors whose squares Beale's loss adds up.   w (..., 2) -> (...) each"""
    x, y = w[..., 0], w[..., 1]
    return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3


def beale_slope(w: Array) -> Array:
    """The slope of Beale's loss; its lowest point is (3, 0.5).

    >>> beale_slope(np.array([0.0, 0.0]))
    array([-12.75,   0.  ])
    """
    (a, b, c), x, y = beale_parts(w), w[..., 0], w[..., 1]
    by_x = a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)
    by_y = a * x + b * 2 * x * y + c * 3 * x * y**2
    return 2 * np.stack([by_x, by_y], axis=-1)


def rosenbrock_slope(w: Array) -> Array:
    """The slope of Rosenbrock's loss, a bent valley whose lowest point is (1, 1).

    >>> rosenbrock_slope(np.array([0.0, 1.0]))
    array([ -2., 200.])
    """
    x, y = w[..., 0], w[..., 1]
    return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)


RAVINE = "Ravine"
SURFACES = {
    RAVINE: ravine(TURNS),
    "Saddle": Surface(  # of lesson 03
        lambda w: 2 * w[..., 0] ** 2 + (w[..., 1] ** 2 - 1) ** 2 / 2,
        lambda w: np.stack([4 * w[..., 0], 2 * w[..., 1] * (w[..., 1] ** 2 - 1)], axis=-1),
        np.array([[1.5, 0.001]]),
        np.array([[0.0, 1.0], [0.0, -1.0]]),
    ),
    "Beale": Surface(
        lambda w: np.asarray(sum(part**2 for part in beale_parts(w))),
        beale_slope,
        np.array([[1.0, 1.5]]),
        np.array([[3.0, 0.5]]),
        (-0.5, 4.5, -2.5, 2.5),
    ),
    "Rosenbrock": Surface(
        lambda w: (1 - w[..., 0]) ** 2 + 100 * (w[..., 1] - w[..., 0] ** 2) ** 2,
        rosenbrock_slope,
        np.array([[-1.2, 1.0]]),
        np.array([[1.0, 1.0]]),
        (-2.0, 2.0, -1.0, 3.0),
    ),
    "Plateau": Surface(  # of lesson 03, with a second, flatter weight
        lambda w: 2 * (1 - np.exp(-(w[..., 0] ** 2) - w[..., 1] ** 2 / 5)),
        lambda w: w * np.array([4.0, 0.8]) * np.exp(-(w[..., 0] ** 2) - w[..., 1] ** 2 / 5)[..., np.newaxis],
        np.array([[2.0, 2.5]]),
        np.zeros((1, 2)),
    ),
}


def sgd(g: Array, t: int, memory: Memory) -> Array:
    """The gradient itself."""
    return g


def momentum(g: Array, t: int, memory: Memory) -> Array:
    """PyTorch's buffer."""
    memory["m"] = 0.9 * memory["m"] + g
    return np.asarray(memory["m"])


def adagrad(g: Array, t: int, memory: Memory) -> Array:
    """The sum of all squares."""
    memory["squares"] = memory["squares"] + g**2
    return np.asarray(g / (np.sqrt(memory["squares"]) + 1e-10))


def rmsprop(g: Array, t: int, memory: Memory) -> Array:
    """Their running mean."""
    memory["squares"] = 0.99 * memory["squares"] + 0.01 * g**2
    return np.asarray(g / (np.sqrt(memory["squares"]) + 1e-8))


def adadelta(g: Array, t: int, memory: Memory) -> Array:
    """Their running mean, and that of the squared steps."""
    memory["squares"] = 0.9 * memory["squares"] + 0.1 * g**2
    step = np.sqrt(memory["m"] + 1e-6) / np.sqrt(memory["squares"] + 1e-6) * g
    memory["m"] = 0.9 * memory["m"] + 0.1 * step**2
    return np.asarray(step)


def adam(g: Array, t: int, memory: Memory, corrected: bool = True) -> Array:
    """Two running means, corrected for their start at 0."""
    memory["m"] = 0.9 * memory["m"] + 0.1 * g
    memory["squares"] = 0.999 * memory["squares"] + 0.001 * g**2
    first, second = (1 - 0.9**t, 1 - 0.999**t) if corrected else (1.0, 1.0)
    return np.asarray(memory["m"] / first / (np.sqrt(memory["squares"] / second) + 1e-8))


def uncorrected_adam(g: Array, t: int, memory: Memory) -> Array:
    """The same without the correction."""
    return adam(g, t, memory, corrected=False)


class Racer(NamedTuple):
    """An optimizer: how its rule makes a step from g (..., 2), to be multiplied by the rate, and how it is drawn."""

    rule: Callable[[Array, int, Memory], Array]
    colour: str
    line: Any
    marker: str
    adaptive: bool = True


RACERS = {
    "SGD": Racer(sgd, VERMILLION, LINES[0], MARKERS[1], adaptive=False),
    "momentum": Racer(momentum, GREEN, LINES[2], MARKERS[2], adaptive=False),
    "AdaGrad": Racer(adagrad, BLUE, LINES[1], MARKERS[0]),
    "RMSProp": Racer(rmsprop, SKY, LINES[4], MARKERS[4]),
    "AdaDelta": Racer(adadelta, PURPLE, LINES[3], MARKERS[3]),
    "Adam": Racer(adam, INK, LINES[0], MARKERS[5]),
}
ADAPTIVE = [name for name, racer in RACERS.items() if racer.adaptive]


def walk(
    rule: Callable[[Array, int, Memory], Array],
    slope: Callable[[Array], Array],
    starts: Array,
    rates: Array | float,
    steps: int,
) -> tuple[Array, Array]:
    """Paths from starts (..., 2), with the squares gathered on the way.   -> (steps + 1, ..., 2) twice; overflow becomes nan

    `rates` is a number, or an array that fits to the starts.

    >>> path, squares = walk(adagrad, lambda w: w, np.array([[2.0, -1.0]]), 0.5, 1)
    >>> path[1].round(3), squares[1]
    (array([[ 1.5, -0.5]]), array([[4., 1.]]))
    """
    w = np.broadcast_to(starts, np.broadcast_shapes(np.shape(starts), np.shape(rates)))
    memory: Memory = {"m": 0.0, "squares": np.zeros_like(w)}
    path, squares = [w], [memory["squares"]]
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, steps + 1):
            w = w - rates * rule(slope(w), t, memory)
            path.append(w)
            squares.append(memory["squares"])
    return np.array(path), np.array(squares)


def arrivals(losses: Array) -> npt.NDArray[np.intp]:
    """The first step from which on the loss stays at most ARRIVED; the number of losses where it never does.   (T, ...) -> (...)

    >>> arrivals(np.array([[9.0, 9.0], [0.005, 9.0], [0.02, 9.0], [0.001, 9.0]]))
    array([3, 4])
    """
    above = ~(losses <= ARRIVED)  # nan counts as above
    return np.where(above.any(axis=0), len(losses) - np.argmax(above[::-1], axis=0), 0)


@cache
def tuned(surface: str, racer: str) -> float:
    """Of RATES the one that arrives soonest, on average over starts nearby and a few turns, with no path outside the picture.

    Where none arrives, or two tie, the mean of the last losses' logarithms decides.

    >>> tuned("Ravine", "AdaGrad")
    2.0
    """
    chosen = ravine(TURNS[::15]) if surface == RAVINE else SURFACES[surface]
    rng = np.random.default_rng(0)
    starts = chosen.starts * rng.uniform(0.85, 1.15, (NEARBY, 1, 2))
    rates = RATES.reshape(-1, 1, 1, 1)
    path, _ = walk(RACERS[racer].rule, chosen.slope, starts, rates, STEPS)  # (steps + 1, rates, starts, turns, 2)
    with np.errstate(over="ignore", invalid="ignore"):
        losses = chosen.loss(path)
    low, high = np.array(chosen.box).reshape(2, 2).T
    inside = np.all((path > low) & (path < high), axis=(0, -1))
    soon = np.where(inside, arrivals(losses), 2 * STEPS).mean(axis=(1, 2))
    ends = np.log(np.where(inside, losses[-1], HIGH) + 1e-12).mean(axis=(1, 2))
    return float(RATES[np.lexsort((ends, soon))[0]])


class Run(NamedTuple):
    """Paths on all of a surface's turns: places (steps + 1, A, 2), losses (steps + 1, A), squares (steps + 1, A, 2)."""

    rate: float
    path: Array
    losses: Array
    squares: Array
    arrivals: npt.NDArray[np.intp]


@cache
def run(surface: str, racer: str, factor: float = 1.0, corrected: bool = True) -> Run:
    """A racer's paths at its tuned rate times a factor.

    >>> [int(run("Ravine", "AdaGrad").arrivals[turn]) for turn in (0, 45)]
    [4, 133]
    """
    rule = uncorrected_adam if racer == "Adam" and not corrected else RACERS[racer].rule
    chosen, rate = SURFACES[surface], float(f"{factor * tuned(surface, racer):.3g}")
    path, squares = walk(rule, chosen.slope, chosen.starts, rate, STEPS)
    with np.errstate(over="ignore", invalid="ignore"):
        losses = chosen.loss(path)
    return Run(rate, path, losses, squares, arrivals(losses))


class RaceExplorer(Explorer):
    """Six optimizers on one surface, each at its own tuned rate: paths, losses, and the squares gathered for each weight.

    >>> explorer = RaceExplorer(steps=4)
    >>> print(explorer.readout.value.split(". ")[1])
    Arrival: SGD step 176, momentum 64, AdaGrad 4, RMSProp 5, AdaDelta 92, Adam 59
    """

    title = "Optimizer race"
    goal = (
        "With all optimizers at their tuned rates, find the smallest turn of the ravine at which AdaGrad arrives later than "
        "momentum."
    )
    success = (
        "AdaGrad scales each weight by itself, so it straightens a ravine that lies along the axes and no other. Plain SGD and "
        "momentum do not notice the turn at all."
    )
    height = 360

    def controls(self) -> dict[str, Any]:
        """Surface, its turn, the number of steps, an optimizer to follow with its rate, Adam's correction."""
        return {
            "surface": widgets.Dropdown(options=list(SURFACES), value=RAVINE, description="surface"),
            "turn": widgets.IntSlider(value=0, min=0, max=int(TURNS[-1]), description="turn (degrees)"),
            "steps": widgets.IntSlider(value=20, min=1, max=STEPS, description="steps"),
            "follow": widgets.Dropdown(options=list(RACERS), value="Adam", description="follow"),
            "factor": widgets.SelectionSlider(
                options=list(FACTORS.items()), value=1.0, description="its rate, tuned \u00d7"
            ),
            "correction": widgets.Checkbox(value=True, description="Adam's bias correction"),
        }

    def adapt(self, state: SimpleNamespace) -> None:
        """Only the ravine can be turned."""
        slider = self.control["turn"]
        slider.disabled = state.surface != RAVINE
        slider.readout = not slider.disabled

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Each racer's run; at the turn of the ravine where there is one."""
        turn = state.turn if state.surface == RAVINE else 0
        runs = {
            name: run(state.surface, name, state.factor if name == state.follow else 1.0, state.correction)
            for name in RACERS
        }
        arrived = {name: int(one.arrivals[turn]) for name, one in runs.items()}
        return SimpleNamespace(
            runs=runs, turn=turn, surface=state.surface, follow=state.follow, steps=state.steps, arrived=arrived
        )

    def setup(self, figure: Figure) -> None:
        """Three axes: contours with the paths, losses on a log axis, bars of squares on a log axis."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        self.left.set(title="paths", xlabel="weight w1", ylabel="weight w2")
        self.left.grid(False)
        self.middle.set(title="loss above the lowest", xlabel="step", xlim=(-5, STEPS + 5), xticks=range(0, 201, 50))
        self.middle.set(yscale="log", ylim=(3e-7, 1e3))
        self.middle.set_yticks([1e-6, 1e-4, 1e-2, 1, 100], ["\u2264 1e-6", "1e-4", "0.01", "1", "100"])
        self.middle.axhline(ARRIVED, color=GUIDE, linestyle="--", linewidth=1.5)
        self.right.set(title="accumulated squares", xlabel="white bar w1, full bar w2", xlim=(-0.6, 3.6))
        self.right.set(yscale="log", ylim=(LOW, HIGH))
        self.right.set_xticks(range(len(ADAPTIVE)), ["AdaGrad", "\nRMSProp", "AdaDelta", "\nAdam"], fontsize=9)
        self.right.set_yticks([1e-6, 1e-3, 1, 1e3, 1e6], ["\u2264 1e-6", "0.001", "1", "1000", "1e6"])
        for ax in (self.middle, self.right):
            ax.minorticks_off()
        self.valley = LineCollection([], colors=GUIDE, linewidths=0.8, animated=True)
        self.left.add_collection(self.valley, autolim=False)
        (self.stars,) = self.left.plot([], [], "*", color=INK, markersize=14, animated=True)
        (self.begin,) = self.left.plot([], [], "s", color=INK, markerfacecolor="white", animated=True)
        self.tracks, self.falling, self.heads = {}, {}, {}
        for name, racer in RACERS.items():
            style: Any = {"color": racer.colour, "linestyle": racer.line, "linewidth": 1.3, "animated": True}
            (self.tracks[name],) = self.left.plot([], [], label=name, **style)
            (self.falling[name],) = self.middle.plot([], [], **style)
            self.heads[name] = [
                ax.plot([], [], racer.marker, color=racer.colour, animated=True)[0] for ax in (self.left, self.middle)
            ]
        colours = [RACERS[name].colour for name in ADAPTIVE for _ in range(2)]
        insides = [colour if k % 2 else "white" for k, colour in enumerate(colours)]
        self.bars = PolyCollection([], facecolors=insides, edgecolors=colours, linewidths=2, animated=True)
        self.right.add_collection(self.bars, autolim=False)
        handles = [
            self.left.plot([], [], color=r.colour, linestyle=r.line, marker=r.marker, markersize=6)[0]
            for r in RACERS.values()
        ]
        figure.legend(handles, list(RACERS), loc="outside lower center", ncols=len(RACERS))

    def draw(self, numbers: SimpleNamespace) -> None:
        """Only a new surface changes the axes."""
        n, chosen = numbers, SURFACES[numbers.surface]
        left, right, bottom, top = chosen.box
        if (*self.left.get_xlim(), *self.left.get_ylim()) != chosen.box:
            self.left.set(xlim=(left, right), ylim=(bottom, top))
        self.valley.set_segments(turned(outline(n.surface), n.turn))
        self.stars.set_data(*chosen.lowest.T)
        self.begin.set_data(*chosen.starts[n.turn : n.turn + 1].T)
        steps = np.arange(n.steps + 1)
        for name, one in n.runs.items():
            path, losses = drawable(one.path[: n.steps + 1, n.turn]), on_axis(one.losses[: n.steps + 1, n.turn], FLOOR)
            width = 2.6 if name == n.follow else 1.3
            for line, x, y in ((self.tracks[name], *path.T), (self.falling[name], steps, losses)):
                line.set_data(x, y)
                line.set_linewidth(width)
            for head, x, y in zip(
                self.heads[name], (path[-1:, 0], steps[-1:]), (path[-1:, 1], losses[-1:]), strict=True
            ):
                head.set_data(x, y)
        squares = np.array([n.runs[name].squares[n.steps, n.turn] for name in ADAPTIVE])  # (4, 2)
        self.bars.set_verts(
            [bar(k + side, top) for k, tops in enumerate(squares) for side, top in zip((-0.2, 0.2), tops, strict=True)]
        )

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        one = n.runs[n.follow]
        where = f"{n.surface}, turned by {n.turn} degrees" if n.surface == RAVINE else n.surface
        times = {name: str(step) if step <= STEPS else "not by 200" for name, step in n.arrived.items()}
        first, *rest = times.items()
        arrival = ", ".join([f"{first[0]} {'step ' if first[1].isdigit() else ''}{first[1]}", *map(" ".join, rest)])
        last = np.abs(np.diff(one.path[n.steps - 1 : n.steps + 1, n.turn], axis=0)[0] / one.rate)
        squares = ""
        if RACERS[n.follow].adaptive:
            squares = " and gathered squares of " + " and ".join(f"{s:.3g}" for s in one.squares[n.steps, n.turn])
        bare = "" if state.correction else ", Adam without bias correction"
        moved = " and ".join(f"{step:.3g}" if step < 1e6 else "more than a million" for step in last)
        return (
            f"{where}, {n.steps} steps{bare}. Arrival: {arrival}. {n.follow} at rate {one.rate:g}: loss "
            f"{amount(one.losses[n.steps, n.turn])}; its last step moved w1 and w2 by {moved} times the rate{squares}."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """At the first turn where AdaGrad is the later one, nobody's rate changed."""
        ada, mom = (numbers.runs[name].arrivals for name in ("AdaGrad", "momentum"))
        first = int(np.argmax(ada > mom)) if state.surface == RAVINE else -1
        return bool(state.turn == first and state.factor == 1)


def bar(middle: float, top: float) -> list[tuple[float, float]]:
    """The corners of a bar; one too low or too high to be drawn ends at the edge of the axis."""
    height = min(max(float(top) if np.isfinite(top) else HIGH, LOW), HIGH)
    left, right = middle - 0.17, middle + 0.17
    return [(left, LOW), (left, height), (right, height), (right, LOW)]


@cache
def outline(surface: str) -> list[Array]:
    """Contours of the loss at nine heights that grow by a factor, as lines (points, 2); the ravine lies along the axes.

    >>> outline("Ravine")[0].shape[1]
    2
    """
    chosen = SURFACES[surface]
    left, right, bottom, top = chosen.box
    wide = 1.5 if surface == RAVINE else 1.0  # room for the corners that a turn brings in
    w1, w2 = np.linspace(wide * left, wide * right, 201), np.linspace(wide * bottom, wide * top, 201)
    heights = chosen.loss(np.stack(np.meshgrid(w1, w2), axis=-1)[:, :, np.newaxis])[..., 0]
    scale = chosen.loss(np.array([[[left, bottom]], [[right, top]]])).max()
    drawn = Figure().subplots().contour(w1, w2, heights, np.geomspace(1e-3, 1.0, 9) * scale)
    return [line for level in drawn.allsegs for line in level]


def turned(lines: list[Array], turn: float) -> list[Array]:
    """Lines (points, 2), turned about (0, 0) by an angle in degrees.

    >>> turned([np.array([[1.0, 0.0]])], 90)[0].round(9).tolist()
    [[0.0, 1.0]]
    """
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    return [line @ np.array([[cos, sin], [-sin, cos]]) for line in lines]


@rc_context(STYLE)
def two_ravines(steps: int = 20) -> Picture:
    """The ravine along the axes and turned by 45 degrees, with all racers' paths.

    >>> [ax.get_title() for ax in two_ravines(3).axes]
    ['a ravine along the axes', 'the same ravine, turned']
    """
    picture, axes = panels(1, 2, width=9, height=5.3)
    for ax, (title, turn) in zip(
        axes, {"a ravine along the axes": 0, "the same ravine, turned": 45}.items(), strict=True
    ):
        ax.add_collection(LineCollection(turned(outline(RAVINE), turn), colors=GUIDE, linewidths=0.8), autolim=False)
        ax.plot(*SURFACES[RAVINE].starts[turn], "s", color=INK, markerfacecolor="white", zorder=3)
        ax.plot(0, 0, "*", color=INK, markersize=14)
        for name, racer in RACERS.items():
            style: Any = {"color": racer.colour, "linestyle": racer.line, "marker": racer.marker}
            path = run(RAVINE, name).path[: steps + 1, turn]
            ax.plot(*path.T, **style, linewidth=1.4, markersize=4, label=name)
        ax.set(title=title, xlabel="weight w1", aspect="equal", xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE))
        ax.grid(False)
    axes[0].set_ylabel("weight w2")
    picture.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(RACERS))
    return picture


def look(name: str) -> tuple[str, Any, str]:
    """Colour, line and marker of a racer; "Adam, uncorrected" is Adam with another line."""
    racer, _, variant = name.partition(", ")
    return RACERS[racer].colour, LINES[5] if variant else RACERS[racer].line, RACERS[racer].marker


@rc_context(STYLE)
def step_lengths(curves: Mapping[str, npt.ArrayLike]) -> Picture:
    """The length of each step, in rates, on a log axis, each curve in its racer's colour.   curves: racer -> one per step

    >>> step_lengths({"AdaGrad": [1.0, 0.7], "Adam, uncorrected": [3.2, 4.2]}).axes[0].get_yscale()
    'log'
    """
    picture, ax = panels(width=8.4)
    for k, (name, lengths) in enumerate(curves.items()):
        colour, line, marker = look(name)
        t, every = np.arange(1, len(np.asarray(lengths)) + 1), max(1, len(np.asarray(lengths)) // 6)
        ax.plot(t, lengths, color=colour, linestyle=line, marker=marker, markevery=(k % every, every), label=name)
    ax.set(title="One constant gradient: how long is each step?", xlabel="step t", ylabel="length, in rates")
    ax.set(yscale="log")
    picture.legend(loc="outside right center")
    return picture


@rc_context(STYLE)
def finish(results: Mapping[str, Mapping[str, npt.ArrayLike]], *, xlabel: str) -> Picture:
    """The end of a race, a panel per title: every run as a mark, the mean as a stroke, a row per racer; the axis is logarithmic.

    results: title -> racer -> one number per run

    >>> finish({"digits": {"SGD": [0.1, 0.2], "Adam": [0.1, 0.3]}}, xlabel="loss").axes[0].get_title()
    'digits'
    """
    names = list(next(iter(results.values())))
    picture, axes = panels(
        1, len(results), width=9, height=0.42 * len(names) + 1.2, sharex=True, sharey=True, squeeze=False
    )
    for ax, (title, racers) in zip(axes.flat, results.items(), strict=True):
        for row, (name, runs) in enumerate(racers.items()):
            colour, _, marker = look(name)
            values = np.asarray(runs)
            ax.plot(values, np.full(len(values), row), marker, color=colour, markerfacecolor="none", markersize=6)
            ax.plot([values.mean()] * 2, [row - 0.35, row + 0.35], color=INK, linewidth=2)
        ax.set(title=title, xlabel=xlabel, xscale="log", ylim=(len(names) - 0.4, -0.6))
    low, high = axes[0, 0].get_xlim()
    ticks = [tick for power in range(-9, 9) for tick in (10.0**power, 3 * 10.0**power) if low <= tick <= high]
    for ax in axes.flat:
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].set_ylabel("optimizer")
    return picture
