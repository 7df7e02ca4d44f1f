"""What an activation does to a signal and to its gradient: value, slope, and the product of slopes over depth."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlcourse import functional as F
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GUIDE, SHADE, VERMILLION
from dlcourse.viz.plots import Picture, curves_grid

Array = npt.NDArray[np.floating[Any]]

DOMAIN = np.linspace(-6, 6, 481)  # holds 0, 6 and every whole number: kinks fall on points
LAYERS = np.arange(1, 31)
JUMP = 0.08  # a larger step between two points of the domain is a jump; the steepest smooth curve here moves 0.07
FLAT = 0.05  # a slope smaller than this counts as saturated
THRESHOLD = 1e-6
FLOOR, SHELF, BOTTOM, TOP = 1e-25, 1e-27, 1e-29, 1e7  # of the log axis; the shelf below the floor holds exact zeros


class Knob(NamedTuple):
    """The parameter of an activation and the range of its slider."""

    label: str
    start: float
    low: float
    high: float


NO_KNOB = Knob("no parameter", 0, 0, 1)


class Entry(NamedTuple):
    """An activation in the menu: (z, parameter) -> (f, f'), its parameter, the vertical ranges of f and f'."""

    curve: Callable[[Array, float], tuple[Array, Array]]
    knob: Knob = NO_KNOB
    values: tuple[float, float] = (-2.0, 6.5)
    slopes: tuple[float, float] = (-0.25, 1.35)


def elementwise(name: str, keyword: str | None = None) -> Callable[[Array, float], tuple[Array, Array]]:
    """The pair `name`, `name_backward` as a curve. With dy = 1 the backward pass returns the slope itself."""

    def curve(z: Array, parameter: float) -> tuple[Array, Array]:
        y, cache = getattr(F, name)(z, **({keyword: parameter} if keyword else {}))
        return y, getattr(F, f"{name}_backward")(np.ones_like(y), cache)

    return curve


def prelu(z: Array, slope: float) -> tuple[Array, Array]:
    """PReLU's backward also returns the gradient of its slope, which this picture does not show."""
    y, cache = F.prelu(z, np.array(slope))
    return y, F.prelu_backward(np.ones_like(y), cache)[0]


def maxout(z: Array, slope: float) -> tuple[Array, Array]:
    """The larger of two lines, z and slope * z."""
    lines = np.stack([z, slope * z], axis=-1)[:, np.newaxis]  # (N, 1 unit, 2 pieces)
    y, cache = F.maxout(lines)
    dlines = F.maxout_backward(np.ones_like(y), cache)
    return y[:, 0], dlines[:, 0] @ np.array([1.0, slope])


def softmax(z: Array, temperature: float) -> tuple[Array, Array]:
    """The probability of the first of two classes whose logits are z and 0."""
    y, cache = F.softmax(np.stack([z, np.zeros_like(z)], axis=-1), temperature)
    dlogits = F.softmax_backward(np.broadcast_to([1.0, 0.0], y.shape), cache)
    return y[:, 0], dlogits[:, 0]


UNIT, BOTH, WIDE = (-0.25, 1.35), (-1.4, 1.4), (-6.5, 6.5)  # vertical ranges of f
ACTIVATIONS = {  # by family: linear, step, piecewise linear, smooth
    "Identity": Entry(elementwise("identity"), values=WIDE),
    "Unit step": Entry(elementwise("unit_step"), values=UNIT),
    "Sign": Entry(elementwise("sign"), values=BOTH),
    "Staircase": Entry(elementwise("staircase"), values=WIDE),
    "ReLU": Entry(elementwise("relu")),
    "Leaky ReLU": Entry(elementwise("leaky_relu", "negative_slope"), Knob("negative slope", 0.01, 0, 0.5)),
    "PReLU": Entry(prelu, Knob("slope a", 0.25, -0.5, 1.5), WIDE, (-0.75, 1.75)),
    "ReLU6": Entry(elementwise("relu6")),
    "Maxout (z, a z)": Entry(maxout, Knob("slope a", -0.5, -1, 1.5), slopes=(-1.25, 1.75)),
    "Sigmoid": Entry(elementwise("sigmoid"), values=UNIT),
    "Tanh": Entry(elementwise("tanh"), values=BOTH),
    "Softmax (z, 0)": Entry(softmax, Knob("temperature", 1, 0.25, 5), UNIT),
    "Softplus": Entry(elementwise("softplus")),
    "ELU": Entry(elementwise("elu", "alpha"), Knob("alpha", 1, 0.1, 2), slopes=(-0.25, 2.25)),
    "SiLU (Swish)": Entry(elementwise("silu", "beta"), Knob("beta", 1, 0, 5)),
}


class ActivationExplorer(Explorer):
    """f and f' with a movable tangent, saturation shaded, and the product of f' over 1 to 30 layers.

    >>> explorer = ActivationExplorer(activation="Sigmoid", z=0, depth=10)
    >>> print(explorer.readout.value)
    Sigmoid at z = 0: f = 0.5, f' = 0.25. Product of |f'| at depth 10: 9.54e-07.
    """

    title = "Activation explorer"
    goal = (
        "Choose Sigmoid, put z where its slope is largest, then find the smallest depth "
        "at which the product of slopes falls below 1e-6 (the dashed line)."
    )
    success = (
        "Even where sigmoid is steepest, ten layers leave less than a millionth of the gradient: 0.25^10 = 9.5e-7."
    )

    knob: Knob | None = None  # the one that the parameter slider is set up for

    def controls(self) -> dict[str, Any]:
        """Activation, z, its parameter, depth."""
        return {
            "activation": widgets.Dropdown(options=list(ACTIVATIONS), value="Tanh", description="activation"),
            "z": widgets.FloatSlider(value=1.5, min=-6, max=6, step=0.05, description="pre-activation z"),
            "parameter": widgets.FloatSlider(step=0.01, description="no parameter"),
            "depth": widgets.IntSlider(value=5, min=1, max=30, description="depth (layers)"),
        }

    def adapt(self, state: SimpleNamespace) -> None:
        """Label the parameter's slider and give it its range; switch it off where there is none."""
        knob, slider = ACTIVATIONS[state.activation].knob, self.control["parameter"]
        if knob is not self.knob:
            self.knob, slider.disabled, slider.readout = knob, knob is NO_KNOB, knob is not NO_KNOB
            with slider.hold_trait_notifications():  # the new range may not overlap the old one
                slider.description, slider.value, slider.min, slider.max = knob

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Curves of f and f', the point at z, and |f'(z)|^l for l = 1 to 30 layers, kept as decades."""
        entry = ACTIVATIONS[state.activation]
        f, df = entry.curve(DOMAIN, state.parameter)
        (y,), (slope,) = entry.curve(np.array([float(state.z)]), state.parameter)
        with np.errstate(divide="ignore"):
            decades = LAYERS * np.log10(np.abs(slope))  # of the product; minus infinity where it is exactly 0
        return SimpleNamespace(
            f=f, df=df, z=float(state.z), y=y, slope=slope, decades=decades, depth=state.depth, entry=entry
        )

    def setup(self, figure: Figure) -> None:
        """Three axes: f with its tangent, f', and the product on a log scale with a shelf for exact zeros."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        for ax, title in ((self.left, "value f(z)"), (self.middle, "slope f '(z)")):
            ax.set(title=title, xlabel=f"z   (grey: |f '| < {FLAT})", xlim=(-6, 6), xticks=range(-6, 7, 3))
            ax.locator_params(axis="y", nbins=5)
            ax.axhline(0, color=GUIDE, linewidth=1)
        ax = self.right
        ax.set(title="product of |f '(z)|", xlabel="layers", xlim=(0, 31), xticks=(1, 10, 20, 30))
        ax.set(yscale="log", ylim=(BOTTOM, TOP))
        labels = {SHELF: "exactly 0", 1e-24: "1e-24", 1e-18: "1e-18", 1e-12: "1e-12", 1e-6: "1e-6", 1: "1", 1e6: "1e6"}
        ax.set_yticks(list(labels), list(labels.values()), minor=False)
        ax.minorticks_off()
        ax.axhspan(BOTTOM, FLOOR, color=SHADE)
        ax.axhline(THRESHOLD, color=GUIDE, linestyle="--", linewidth=1.5)

        self.shades = [
            ax.fill(DOMAIN, DOMAIN, color="black", alpha=0.09, transform=ax.get_xaxis_transform(), animated=True)[0]
            for ax in (self.left, self.middle)
        ]
        self.value, self.slope = (
            ax.plot(DOMAIN, DOMAIN, color=BLUE, animated=True)[0] for ax in (self.left, self.middle)
        )
        (self.tangent,) = self.left.plot([], [], "--", color=VERMILLION, animated=True)
        (self.to_come,) = self.right.plot([], [], ".", color=GUIDE, markersize=4, animated=True)
        (self.product,) = self.right.plot([], [], ".-", color=BLUE, animated=True)
        axes = (self.left, self.middle, self.right)
        self.dots = [ax.plot([], [], "o", color=VERMILLION, animated=True)[0] for ax in axes]
        self.notes = [ax.text(0.04, 0.93, "", transform=ax.transAxes, va="top", animated=True) for ax in axes]

    def draw(self, numbers: SimpleNamespace) -> None:
        """Only a new activation changes the axes."""
        n = numbers
        if (self.left.get_ylim(), self.middle.get_ylim()) != (n.entry.values, n.entry.slopes):
            self.left.set_ylim(n.entry.values)
            self.middle.set_ylim(n.entry.slopes)
        flat = np.abs(n.df) < FLAT  # as a curve from 0 to 1, whose area is grey
        flat[[0, -1]] = False
        for shade in self.shades:
            shade.set_xy(np.column_stack([DOMAIN, flat]))
        self.value.set_ydata(broken(n.f))
        self.slope.set_ydata(broken(n.df))
        run = np.array([-1.5, 1.5])
        self.tangent.set_data(n.z + run, n.y + n.slope * run)

        heights = on_axis(n.decades)
        self.to_come.set_data(LAYERS, heights)
        self.product.set_data(LAYERS[: n.depth], heights[: n.depth])
        points = ((n.z, n.y), (n.z, n.slope), (n.depth, heights[n.depth - 1]))
        texts = (f"f = {n.y:.4g}", f"f ' = {n.slope:.4g}", f"depth {n.depth}: {amount(n.decades[n.depth - 1])}")
        for dot, note, point, text in zip(self.dots, self.notes, points, texts, strict=True):
            dot.set_data([point[0]], [point[1]])
            note.set_text(text)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        knob = numbers.entry.knob
        setting = "" if knob is NO_KNOB else f" with {knob.label} {state.parameter:g}"
        product = amount(numbers.decades[numbers.depth - 1])
        return (
            f"{state.activation}{setting} at z = {state.z:g}: f = {numbers.y:.4g}, f' = {numbers.slope:.4g}. "
            f"Product of |f'| at depth {state.depth}: {product}."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Sigmoid at its best, at the first depth below the threshold."""
        first = int(np.argmax(numbers.decades < np.log10(THRESHOLD))) + 1
        return bool(state.activation == "Sigmoid" and state.z == 0 and state.depth == first)


def broken(y: Array) -> Array:
    """The curve with a gap at each jump, so that no vertical stroke suggests values that do not exist."""
    jumps = np.abs(np.diff(y, prepend=y[0])) > JUMP
    return np.where(jumps, np.nan, y)


def on_axis(decades: Array) -> Array:
    """Heights on the log axis: exact zeros on their shelf, values between 0 and the floor nowhere."""
    product = 10.0**decades
    return np.where(np.isneginf(decades), SHELF, np.where(product < FLOOR, np.nan, product))


def amount(decades: float) -> str:
    """10**decades in words: also where it underflows, and honest about zero."""
    if np.isneginf(decades):
        return "exactly 0"
    return f"{10**decades:.3g}" if decades > -300 else f"about 1e{decades:.0f}"


def gallery(*names: str) -> Picture:
    """Value and slope of activations, by their names in the explorer's menu; all of them if none is named.

    >>> gallery("ReLU", "Tanh").axes[1].get_title()
    'Tanh'
    """
    chosen = {name: ACTIVATIONS[name] for name in names or ACTIVATIONS}
    pairs = {name: entry.curve(DOMAIN, entry.knob.start) for name, entry in chosen.items()}
    curves = {name: {"value f(z)": broken(f), "slope f'(z)": broken(df)} for name, (f, df) in pairs.items()}
    return curves_grid(
        DOMAIN, curves, xlabel="pre-activation z", ylabel="f and f'", xlim=(-4, 4), ylim=(-1.6, 2.4), xticks=(-3, 0, 3)
    )
