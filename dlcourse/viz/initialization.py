"""Where weights start, and what that does to a deep network: its outputs layer by layer, its signals going forward and back."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import log10, sqrt
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dlcourse import functional as F
from dlcourse import init
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GUIDE, LINES, MARKERS, SHADE, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

DEEPEST = 30
WIDTHS = (32, 64, 128, 256)
EXAMPLES = 32
BINS = 41  # odd: in a range around 0, tiny numbers fall into the middle bin
FLAT = 0.05  # a slope smaller than this passes next to nothing back
FACTOR = 2.0  # how far a deviation may drift and still count as kept
GOAL_WIDTH, GOAL_DEPTH = 256, 20
SEED = 7
#: Equally likely values of a standard normal variable: a mean over them is a mean over the bell curve.
BELL = np.array([NormalDist().inv_cdf((i + 0.5) / 500) for i in range(500)])
BELL /= BELL.std()  # the ends of the curve, which 500 values lack
TINY = 1e-30
INKS = LinearSegmentedColormap.from_list("white to blue", ["white", "#7FB4D6", BLUE, "#00314F"])


class Scheme(NamedTuple):
    """A way to draw a square weight (n, n), and the variance that its entries have."""

    draw: init.Initializer
    variance: Callable[[int], float]


def sd_of(std: float) -> init.Initializer:
    """N(0, std^2), as an initializer."""
    return lambda shape, *, rng, dtype: init.normal(shape, std=std, rng=rng, dtype=dtype)


def plain_uniform(shape: init.Shape, *, rng: np.random.Generator, dtype: Any) -> Any:
    """U(-r, r) with r = 1 / sqrt(fan_in), what a Linear layer starts from when nothing else is said."""
    r = 1 / sqrt(init.fans(shape)[0])
    return init.uniform(shape, -r, r, rng=rng, dtype=dtype)


SCHEMES = {
    "N(0, 0.01²)": Scheme(sd_of(0.01), lambda n: 0.01**2),
    "N(0, 1)": Scheme(sd_of(1.0), lambda n: 1.0),
    "U(±1/√fan_in)": Scheme(plain_uniform, lambda n: 1 / (3 * n)),
    "LeCun normal": Scheme(init.lecun_normal, lambda n: 1 / n),
    "Xavier uniform": Scheme(init.xavier_uniform, lambda n: 1 / n),
    "He normal": Scheme(init.kaiming_normal, lambda n: 2 / n),
    "Orthogonal": Scheme(init.orthogonal, lambda n: 1 / n),
}


class Bend(NamedTuple):
    """An activation in the menu: its op in F, the range of outputs shown, and whether f(c z) = c f(z) for every c > 0."""

    op: str
    low: float
    high: float
    scales: bool


BENDS = {
    "ReLU": Bend("relu", 0.0, 4.0, True),
    "Tanh": Bend("tanh", -1.05, 1.05, False),
    "Sigmoid": Bend("sigmoid", -0.02, 1.02, False),
    "Identity": Bend("identity", -4.0, 4.0, True),
}


def value_and_slope(op: str, z: Array) -> tuple[Array, Array]:
    """f(z) and f'(z): with dy = 1 the backward pass gives the slope itself.

    >>> value_and_slope("relu", np.array([-1.0, 2.0]))
    (array([0., 2.]), array([0., 1.]))
    """
    y, cache = getattr(F, op)(z)
    return y, getattr(F, f"{op}_backward")(np.ones_like(z), cache)


def theory(op: str, spread: float, depth: int) -> tuple[Array, Array]:
    """Deviations that the variance rule predicts, forward (of z) and backward (of dz), for each layer, in decades.

    spread is fan_in Var(w), equal in all layers and to fan_out Var(w); the inputs have mean square 1, and so has what arrives behind
    the last layer.

    >>> forward, backward = theory("relu", 2.0, 20)
    >>> bool(abs(forward - forward[0]).max() < 0.01 and abs(backward - backward[-1]).max() < 0.01)
    True
    """
    forward, slopes, square = [], [], 1.0
    for _ in range(depth):
        variance = spread * square
        y, slope = value_and_slope(op, sqrt(variance) * BELL)
        forward.append(log10(variance) / 2)
        square = float(np.mean(y * y))
        slopes.append(float(np.mean(slope * slope)))
    factors = [slopes[-1], *(spread * s for s in slopes[-2::-1])]
    backward = np.cumsum(np.log10(np.maximum(factors, TINY)))[::-1] / 2
    return np.array(forward), backward


@lru_cache(maxsize=6)
def drawn(scheme: str, width: int) -> npt.NDArray[np.float32]:
    """Weights of the deepest network.   -> (DEEPEST, width, width)"""
    rng = np.random.default_rng(SEED)
    weights = [SCHEMES[scheme].draw((width, width), rng=rng, dtype=np.float32) for _ in range(DEEPEST)]
    return np.array(weights, dtype=np.float32)


@lru_cache(maxsize=len(WIDTHS))
def ends(width: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """What enters the first layer, and the gradient that arrives behind the last: standard normal, (EXAMPLES, width)."""
    x, dy = np.random.default_rng(SEED + 1).normal(size=(2, EXAMPLES, width)).astype(np.float32)
    return x, dy


def deviation(a: Array) -> float:
    """The root of the mean square, never 0.

    >>> deviation(np.array([3.0, -3.0]))
    3.0
    """
    return max(sqrt(float(np.mean(np.square(a, dtype=np.float64)))), TINY)


def measured(scheme: str, bend: Bend, gain: float, width: int, depth: int) -> SimpleNamespace:
    """One network: deviations per layer in decades, outputs as shares of bins, saturated outputs, dead units.

    Gradients are scaled to deviation 1 after each layer, and so are outputs where the activation only passes a factor on: what is
    too large or too small for a float32 is then still measured.
    """
    weights, (x, dy) = drawn(scheme, width), ends(width)
    forward, backward = np.zeros(depth), np.zeros(depth)
    shares, saturated, dead = np.zeros((BINS, DEEPEST)), np.zeros(depth), np.zeros(depth)
    slopes, decades = [], 0.0
    for layer in range(depth):
        z = x @ weights[layer]
        z *= np.float32(gain)
        size = deviation(z)
        forward[layer] = decades + log10(size)
        y, slope = value_and_slope(bend.op, z)
        shares[:, layer] = histogram(y, bend, decades)
        flat = np.abs(slope) < FLAT
        saturated[layer], dead[layer] = flat.mean(), flat.all(axis=0).mean()
        slopes.append(slope)
        x = y / np.float32(size) if bend.scales else y
        decades += log10(size) if bend.scales else 0.0
    dz, decades = dy * slopes[-1], 0.0
    for layer in range(depth - 1, -1, -1):
        size = deviation(dz)
        decades += log10(size)
        backward[layer] = decades
        if layer:
            dz = (dz / np.float32(size)) @ (weights[layer] * np.float32(gain)).T * slopes[layer - 1]
    return SimpleNamespace(forward=forward, backward=backward, shares=shares, saturated=saturated, dead=dead)


def histogram(y: Array, bend: Bend, decades: float = 0.0) -> Array:
    """Shares of the outputs in BINS bins of the shown range; y stands for y times 10**decades, what lies outside for the ends.

    >>> histogram(np.array([0.0, 9.0]), BENDS["ReLU"])[[0, -1]]
    array([0.5, 0.5])
    """
    scale = BINS / (bend.high - bend.low) * 10.0 ** min(max(decades, -20.0), 20.0)
    bins = np.clip(y.ravel() * scale - bend.low * BINS / (bend.high - bend.low), 0, BINS - 1).astype(np.intp)
    return np.asarray(np.bincount(bins, minlength=BINS) / bins.size)


class InitializationExplorer(Explorer):
    """Outputs of every layer, their deviation forward and the gradient's backward beside the variance rule, and dead units.

    >>> explorer = InitializationExplorer(scheme="He normal", activation="ReLU", width=64, depth=3)
    >>> print(explorer.readout.value.split(". ")[0])
    He normal times gain 1, ReLU, 3 layers of 64 units
    """

    title = "Initialisation explorer"
    goal = (
        f"LeCun normal draws weights of sd 1/√fan_in, and the gain multiplies them. With ReLU, width {GOAL_WIDTH} and "
        f"{GOAL_DEPTH} layers, find a gain that keeps all dots within the grey band: a factor of 2, forward and backward."
    )
    success = (
        "ReLU halves the mean square in every layer, so the variance must be doubled and the deviation multiplied by √2 = 1.414. "
        "1.3 loses about four fifths over twenty layers, 1.55 grows to more than five times."
    )
    height = 360

    bend: Bend | None = None  # the one that the left axes are set up for

    def controls(self) -> dict[str, Any]:
        """Scheme, activation, gain, width, depth."""
        return {
            "scheme": widgets.Dropdown(options=list(SCHEMES), value="LeCun normal", description="scheme"),
            "activation": widgets.Dropdown(options=list(BENDS), value="Tanh", description="activation"),
            "gain": widgets.FloatSlider(value=1, min=0.5, max=2, step=0.01, description="gain"),
            "width": widgets.SelectionSlider(
                options=[(str(n), n) for n in WIDTHS], value=128, description="width (units)"
            ),
            "depth": widgets.IntSlider(value=10, min=2, max=DEEPEST, description="depth (layers)"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """One network measured, and what the variance rule says; both relative to where the signal starts."""
        bend = BENDS[state.activation]
        numbers = measured(state.scheme, bend, state.gain, state.width, state.depth)
        spread = state.width * SCHEMES[state.scheme].variance(state.width) * state.gain**2
        rule, rule_back = theory(bend.op, spread, state.depth)
        numbers.bend, numbers.depth = bend, state.depth
        numbers.forward -= numbers.forward[0]
        numbers.backward -= numbers.backward[-1]
        numbers.rule, numbers.rule_back = rule - rule[0], rule_back - rule_back[-1]
        drift = np.abs([*numbers.forward, *numbers.backward]).max()
        numbers.kept = bool(drift <= log10(FACTOR))
        return numbers

    def setup(self, figure: Figure) -> None:
        """Three axes over the layers: outputs as columns of ink, deviations on a log scale, silent outputs and units."""
        self.left, self.middle, self.right = figure.subplots(1, 3, width_ratios=[1, 1.25, 0.9])
        for ax in (self.left, self.middle, self.right):
            ax.set(xlabel="layer", xlim=(0.5, DEEPEST + 0.5), xticks=(1, 10, 20, 30))
        self.left.set(title="outputs (darker: more)", ylabel="output y")
        self.left.grid(False)
        self.middle.set(title="deviation per layer", yscale="log", ylim=(1e-5, 1e5), ylabel="sd / sd at the start")
        self.middle.set_yticks([1e-4, 1e-2, 1, 1e2, 1e4], ["1e-4", "0.01", "1", "100", "1e4"])
        self.middle.minorticks_off()
        self.middle.axhspan(1 / FACTOR, FACTOR, color=SHADE)
        self.right.set(title="dead or saturated", ylim=(-0.03, 1.03), ylabel=f"share with |f '| < {FLAT}")
        self.ink = self.left.imshow(
            np.zeros((BINS, DEEPEST)), cmap=INKS, vmin=0, vmax=0.6, aspect="auto", origin="lower",
            interpolation="nearest", animated=True,
        )  # fmt: skip
        dots: dict[str, Any] = {"linestyle": "none", "markersize": 6, "markerfacecolor": "white", "animated": True}
        line: dict[str, Any] = {"animated": True, "linewidth": 1.6}
        (self.forward,) = self.middle.plot([], [], "o", color=BLUE, label="z, measured", **dots)
        (self.backward,) = self.middle.plot([], [], "s", color=VERMILLION, label="dz, measured", **dots)
        (self.rule,) = self.middle.plot([], [], "-", color=BLUE, label="z, rule", **line)
        (self.rule_back,) = self.middle.plot([], [], "--", color=VERMILLION, label="dz, rule", **line)
        (self.saturated,) = self.right.plot([], [], ":", color=GUIDE, label="outputs", animated=True)
        (self.dead,) = self.right.plot([], [], "o-", color=BLUE, markersize=4, label="dead: on every example", **line)
        figure.legend(
            handles=[self.rule, self.forward, self.rule_back, self.backward, self.saturated, self.dead],
            loc="outside lower center", ncols=6, columnspacing=1.2, handlelength=1.8,
        )  # fmt: skip

    def draw(self, numbers: SimpleNamespace) -> None:
        """Only a new activation changes the axes."""
        n = numbers
        if n.bend is not self.bend:
            self.bend = n.bend
            self.left.set_ylim(n.bend.low, n.bend.high)
            self.ink.set_extent((0.5, DEEPEST + 0.5, n.bend.low, n.bend.high))
        self.ink.set_data(np.sqrt(n.shares))
        layers = np.arange(1, n.depth + 1)
        artists = (self.rule, self.forward, self.rule_back, self.backward)
        for artist, decades in zip(artists, (n.rule, n.forward, n.rule_back, n.backward), strict=True):
            artist.set_data(layers, 10.0**decades)
        self.saturated.set_data(layers, n.saturated)
        self.dead.set_data(layers, n.dead)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        return (
            f"{state.scheme} times gain {state.gain:g}, {state.activation}, {state.depth} layers of {state.width} units. "
            f"Forward, from layer 1 to {state.depth}: deviation times {amount(n.forward[-1])} (rule: {amount(n.rule[-1])}). "
            f"Backward, from layer {state.depth} to 1: times {amount(n.backward[0])} (rule: {amount(n.rule_back[0])}). "
            f"In the last layer {n.saturated[-1]:.0%} of the outputs have a slope near 0, and {n.dead[-1]:.0%} of the units "
            f"on all {EXAMPLES} examples. "
            f"{'All' if n.kept else 'Not all'} deviations stay within a factor of 2."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """The right gain found, not read off from a scheme that contains it."""
        asked = (state.scheme, state.activation, state.width, state.depth)
        return bool(asked == ("LeCun normal", "ReLU", GOAL_WIDTH, GOAL_DEPTH) and numbers.kept)


def amount(decades: float) -> str:
    """10**decades in few characters.

    >>> amount(0.0), amount(-1.5), amount(8.0)
    ('1', '0.032', '1e+08')
    """
    return f"{10.0**decades:.2g}"


@rc_context(STYLE)
def columns(grid: Mapping[str, Sequence[npt.ArrayLike]], *, low: float, high: float, ylabel: str) -> Picture:
    """A panel per title: for each layer a column of ink, darker where more of its numbers lie.   title -> one array per layer

    >>> columns({"one layer": [[0.5, 0.5]]}, low=0, high=1, ylabel="output y").axes[0].get_title()
    'one layer'
    """
    picture, axes = panels(1, len(grid), width=9, height=3.0, sharey=True, squeeze=False)
    bend = Bend("", low, high, False)
    for ax, (title, layers) in zip(axes.flat, grid.items(), strict=True):
        ink = np.sqrt([histogram(np.asarray(layer, dtype=float), bend) for layer in layers]).T
        extent = (0.5, len(layers) + 0.5, low, high)
        ax.imshow(
            ink, cmap=INKS, vmin=0, vmax=0.6, aspect="auto", origin="lower", extent=extent, interpolation="nearest"
        )
        ax.set(title=title, xlabel="layer")
        ax.grid(False)
    axes[0, 0].set_ylabel(ylabel)
    return picture


def four_starts(depth: int = 20, width: int = 128) -> Picture:
    """The outputs of tanh layers that start in four ways.

    >>> [ax.get_title() for ax in four_starts(2, 8).axes]
    ['N(0, 0.01²)', 'U(±1/√fan_in)', 'Xavier uniform', 'N(0, 1)']
    """
    grid: dict[str, list[Array]] = {}
    for name in ("N(0, 0.01²)", "U(±1/√fan_in)", "Xavier uniform", "N(0, 1)"):
        rng = np.random.default_rng(SEED)
        x, grid[name] = rng.normal(size=(EXAMPLES, width)), []
        for _ in range(depth):
            x = np.tanh(x @ SCHEMES[name].draw((width, width), rng=rng, dtype=np.float64))
            grid[name].append(x)
    return columns(grid, low=-1.05, high=1.05, ylabel="output of tanh")


@rc_context(STYLE)
def signals(grid: Mapping[str, Mapping[str, Sequence[npt.ArrayLike]]], *, limits: tuple[float, float]) -> Picture:
    """Deviations per layer, forward above and backward below, a column per activation: a line for the rule, marks for the network.

    grid: activation -> scheme -> (forward by rule, forward measured, backward by rule, backward measured)

    >>> one = {"tanh": {"He": ([1, 1], [1.1, 0.9], [1, 1], [1, 1])}}
    >>> [ax.get_title() for ax in signals(one, limits=(0.1, 10)).axes]
    ['tanh: forward', 'tanh: backward']
    """
    picture, axes = panels(2, len(grid), width=9, height=6.2, sharex=True, sharey=True, squeeze=False)
    keys = {}
    for column, (activation, schemes) in zip(axes.T, grid.items(), strict=True):
        for k, (name, (rule, network, rule_back, network_back)) in enumerate(schemes.items()):
            style: Any = {"color": COLOURS[k], "markersize": 5}
            for ax, line, marks in zip(column, (rule, rule_back), (network, network_back), strict=True):
                layers = np.arange(1, len(np.asarray(line)) + 1)
                ax.plot(layers, line, linestyle=LINES[k], linewidth=1.6, **style)
                ax.plot(layers, marks, linestyle="none", marker=MARKERS[k], markevery=(k % 3, 3), **style)
            style |= {"linestyle": LINES[k], "marker": MARKERS[k], "linewidth": 1.6}
            keys[name] = Line2D([], [], label=name, **style)
        column[0].set(title=f"{activation}: forward", yscale="log", ylim=limits)
        column[1].set(title=f"{activation}: backward")
    picture.supxlabel("layer")
    picture.supylabel("sd of z (above) and of dz (below)")
    title = "lines: rule, marks: network"
    picture.legend(handles=list(keys.values()), title=title, loc="outside upper center", ncols=len(keys))
    return picture


@rc_context(STYLE)
def unit_pictures(rows: Mapping[str, npt.ArrayLike], *, side: int) -> Picture:
    """What each hidden unit looks for: its incoming weights as a small picture, one row per title.

    rows: title -> weight (side * side, units); each row on its own scale, dark below 0 and light above.

    >>> unit_pictures({"two units": np.eye(4)[:, :2]}, side=2).axes[0].get_title()
    'two units: unit 1'
    """
    first = next(iter(rows.values()))
    units = np.asarray(first).shape[1]
    picture, axes = panels(len(rows), units, width=9, height=1.45 * len(rows) + 0.2, squeeze=False)
    for line, (title, weight) in zip(axes, rows.items(), strict=True):
        weight = np.asarray(weight, dtype=float)
        most = np.abs(weight).max() or 1.0
        for k, ax in enumerate(line):
            ax.imshow(weight[:, k].reshape(side, side), cmap="cividis", vmin=-most, vmax=most)
            ax.set(xticks=[], yticks=[])
            ax.set_title(f"{title}: unit {k + 1}", fontsize=9)
            ax.grid(False)
    picture.supxlabel("pixel column", fontsize=9)
    picture.supylabel("pixel row", fontsize=9)
    return picture
