"""How a gradient fares on its way to the first layer: what arrives there, and what every layer's weights get of it."""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.figure import Figure

from dlcourse import functional as F
from dlcourse.viz import plots
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GREEN, GUIDE, LINES, STYLE
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

WIDTH, CLASSES, EXAMPLES = 64, 10, 64  # 64 pixels in, as many units in every hidden layer
DEEPEST, GOAL_DEPTH = 40, 30
DECADE = 10.0  # the largest norm may be this many times the smallest
FLOOR, CEILING = 1e-12, 1e12  # of the axes
STRAIGHT = 0.5  # degrees: turned by less, a gradient points where it did
ACTIVATIONS = ("Sigmoid", "Tanh", "ReLU", "Identity")
WHOLE, SINGLY = "global norm to 1", "each entry to 0.001"
CLIPS = ("not at all", WHOLE, SINGLY)
MAX_NORM, MAX_VALUE = 1.0, 0.001


class Given(NamedTuple):
    """Digits X with one-hot labels y, and weights of variance 1/fan_in: `weights` serves for every depth, from its beginning."""

    X: Array
    y: Array
    weights: tuple[Array, ...]
    output: Array


@cache
def given() -> Given:
    """The same every time."""
    from dlcourse import data  # brings scikit-learn along

    X, y = data.digits()
    rng = np.random.default_rng(0)
    weights = tuple(rng.normal(0, WIDTH**-0.5, (WIDTH, WIDTH)) for _ in range(DEEPEST - 1))
    return Given(X[:EXAMPLES], F.one_hot(y[:EXAMPLES], CLASSES), weights, rng.normal(0, WIDTH**-0.5, (WIDTH, CLASSES)))


class Flow(NamedTuple):
    """One pass there and back, first layer to last: every weight's gradient dW, and the norm of every delta dL/dz."""

    gradients: list[Array]
    deltas: Array


@lru_cache(maxsize=16)  # going to and fro between settings, or clipping, costs no second pass
def flow(activation: str, scale: float, depth: int, residual: bool = False, normalise: bool = False) -> Flow:
    """The gradients of an untrained digit reader with `depth` weight matrices of standard deviation scale / sqrt(fan_in).

    z_1 = x W_1,   z_l = g(z_(l-1)) W_l;   residual: + z_(l-1) between hidden layers;   normalise: each unit, before g

    >>> flow("Tanh", 1.0, depth=3).deltas.shape
    (3,)
    """
    X, y, weights, output = given()
    op, op_backward = getattr(F, activation.lower()), getattr(F, f"{activation.lower()}_backward")
    matrices = [scale * W for W in (*weights[: depth - 1], output)]
    ones, zeros = np.ones(WIDTH), np.zeros(WIDTH)
    z, inputs, kept = X @ matrices[0], [X], []
    for place, W in enumerate(matrices[1:], start=2):
        normal, keep_norm = F.batch_norm(z, ones, zeros) if normalise else (z, None)
        x, keep = op(normal)
        inputs.append(x)
        kept.append((keep_norm, keep))
        z = x @ W + z if residual and place < depth else x @ W
    delta = F.cross_entropy_backward(F.cross_entropy(z, y)[1])
    deltas, gradients = [np.linalg.norm(delta)], [inputs[-1].T @ delta]
    for place in range(depth, 1, -1):
        keep_norm, keep = kept[place - 2]
        back = op_backward(delta @ matrices[place - 1].T, keep)
        if keep_norm is not None:
            back = F.batch_norm_backward(back, keep_norm)[0]
        delta = back + delta if residual and place < depth else back
        deltas.append(np.linalg.norm(delta))
        gradients.append(inputs[place - 2].T @ delta)
    return Flow(gradients[::-1], np.array(deltas[::-1]))


def clipped(gradients: list[Array], clip: str) -> list[Array]:
    """The gradients as the optimizer gets them.

    >>> [g.round(3).tolist() for g in clipped([np.array([3.0]), np.array([4.0])], WHOLE)]
    [[0.6], [0.8]]
    """
    if clip == SINGLY:
        return [np.clip(g, -MAX_VALUE, MAX_VALUE) for g in gradients]
    norm = float(np.linalg.norm(norms(gradients)))
    factor = min(1.0, MAX_NORM / norm) if clip == WHOLE else 1.0
    return [factor * g for g in gradients]


def norms(gradients: list[Array]) -> Array:
    """The length of each.

    >>> norms([np.array([3.0, 4.0]), np.array([[2.0]])])
    array([5., 2.])
    """
    return np.array([np.linalg.norm(g) for g in gradients])


def turned(before: list[Array], after: list[Array]) -> float:
    """The angle in degrees between two lists of gradients, each taken as one long vector.

    >>> turned([np.array([1.0]), np.array([0.0])], [np.array([2.0]), np.array([2.0])])
    45.0
    """
    along = sum(float(np.vdot(a, b)) for a, b in zip(before, after, strict=True))
    cosine = along / float(np.linalg.norm(norms(before)) * np.linalg.norm(norms(after)))
    return round(float(np.degrees(np.arccos(min(cosine, 1.0)))), 4)


class GradientFlowExplorer(Explorer):
    """The norm of what arrives at each layer, and of each layer's weight gradient, before and after clipping.

    >>> explorer = GradientFlowExplorer(activation="Sigmoid", depth=30)
    >>> explorer.control["residual"].value = True
    >>> explorer.finished
    True
    """

    title = "Gradient flow explorer"
    goal = (
        f"At depth {GOAL_DEPTH}, keep all norms in both pictures within one decade (largest at most ten times smallest), "
        "and leave the direction of the gradient as it is. There is more than one way."
    )
    success = (
        "All layers now learn at about one pace. Other ways lead here as well: a weight scale that fits the activation, "
        "a residual path, normalisation. Find a second one."
    )

    def controls(self) -> dict[str, Any]:
        """Activation, weight scale, depth, residual paths, normalisation, clipping."""
        return {
            "activation": widgets.Dropdown(options=list(ACTIVATIONS), value="Sigmoid", description="activation"),
            "scale": widgets.FloatSlider(value=1, min=0.1, max=4, step=0.05, description="weight scale"),
            "depth": widgets.IntSlider(value=10, min=2, max=DEEPEST, description="depth (layers)"),
            "residual": widgets.Checkbox(value=False, description="residual paths"),
            "normalise": widgets.Checkbox(value=False, description="normalise before the activation"),
            "clip": widgets.Dropdown(options=list(CLIPS), value=CLIPS[0], description="clip the gradient"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Deltas as parts of the last layer's, norms of dW before and after clipping, how far they spread, the angle."""
        gradients, deltas = flow(state.activation, state.scale, state.depth, state.residual, state.normalise)
        before = norms(gradients)
        after, angle = before, 0.0
        if state.clip != CLIPS[0]:
            cut = clipped(gradients, state.clip)
            after, angle = norms(cut), turned(gradients, cut)
        return SimpleNamespace(
            depth=state.depth, arriving=deltas / deltas[-1], before=before, after=after, angle=angle,
            spreads=(deltas.max() / deltas.min(), after.max() / after.min()),
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Two axes on one log scale, each with a band one decade high that hangs from the largest norm."""
        self.left, self.right = figure.subplots(1, 2)
        self.left.set(title="what arrives: norm of delta", ylabel="last layer = 1")
        self.right.set(title="what the weights get: norm of dW")
        labels = {FLOOR: "\u2264 1e-12", 1e-6: "1e-6", 1: "1", 1e6: "1e6", CEILING: "\u2265 1e12"}
        for ax in (self.left, self.right):
            ax.set(xlabel="layer (1 is the first)", xlim=(0, DEEPEST + 1), xticks=(1, 10, 20, 30, 40))
            ax.set(yscale="log", ylim=(FLOOR / 5, CEILING * 5))
            ax.set_yticks(list(labels), list(labels.values()), minor=False)
            ax.minorticks_off()
        axes, corner = (self.left, self.right), np.ones((4, 2))
        self.bands = [ax.fill(*corner.T, color=GREEN, alpha=0.25, linewidth=0, animated=True)[0] for ax in axes]
        (self.raw,) = self.right.plot([], [], "--", color=GUIDE, linewidth=1.5, animated=True)
        self.curves = [ax.plot([], [], "o-", color=BLUE, markersize=4, animated=True)[0] for ax in axes]
        place: Any = {"va": "top", "animated": True, "backgroundcolor": "#FFFFFFC0"}
        self.notes = [ax.text(0.03, 0.96, "", transform=ax.transAxes, **place) for ax in axes]

    def draw(self, numbers: SimpleNamespace) -> None:
        """The axes never change."""
        n = numbers
        layers = np.arange(1, n.depth + 1)
        for band, curve, heights in zip(self.bands, self.curves, (n.arriving, n.after), strict=True):
            curve.set_data(layers, on_axis(heights))
            top = on_axis(heights.max())
            band.set_xy([(0, top), (DEEPEST + 1, top), (DEEPEST + 1, top / DECADE), (0, top / DECADE)])
        self.raw.set_data(layers, on_axis(n.before))
        angle = f"\nclipped (dashed: before): turned by {n.angle:.0f}\u00b0" if n.after is not n.before else ""
        texts = (f"spread {amount(n.spreads[0])}", f"spread {amount(n.spreads[1])}{angle}")
        for note, text in zip(self.notes, texts, strict=True):
            note.set_text(text)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        built = ["residual paths"] * state.residual + ["normalisation"] * state.normalise
        change = "as much" if n.arriving[0] == 1 else f"{n.arriving[0]:.2g} times as much"
        per_layer = n.arriving[0] ** (1 / (state.depth - 1))
        clip = ""
        if state.clip != CLIPS[0]:
            total = np.linalg.norm(n.after) / np.linalg.norm(n.before)
            clip = f" Clipping {state.clip} leaves {total:.2g} of the gradient's length and turns it by {n.angle:.0f} degrees."
        return (
            f"{state.activation}, weight scale {state.scale:g}, {state.depth} layers, {' and '.join(built) or 'plain'}: "
            f"delta arrives at layer 1 {change} as it left layer {state.depth}, a factor of {per_layer:.3g} a layer. "
            f"Largest by smallest norm: delta {amount(n.spreads[0])}, dW {amount(n.spreads[1])}.{clip}"
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Deep enough, even enough, and pointing where it did."""
        return bool(state.depth == GOAL_DEPTH and max(numbers.spreads) <= DECADE and numbers.angle < STRAIGHT)


def on_axis(heights: Any) -> Any:
    """Heights on the log axes: what lies outside stands at the edge."""
    return np.clip(heights, FLOOR, CEILING)


def amount(spread: float) -> str:
    """A spread in few characters.

    >>> amount(3.14159), amount(2.7e17)
    ('3.1', '3e+17')
    """
    return f"{spread:.1f}" if spread < 1000 else f"{spread:.0e}"


def fates() -> Picture:
    """The three things that can happen to a gradient on its way through thirty layers.

    >>> fates().axes[0].get_title()
    'Three fates of a gradient'
    """
    settings = {
        "ReLU, weights too large": ("ReLU", 2.5),
        "ReLU, weights that fit": ("ReLU", 1.35),
        "sigmoid": ("Sigmoid", 1.0),
    }
    curves = {}
    for label, (activation, scale) in settings.items():
        deltas = flow(activation, scale, GOAL_DEPTH).deltas
        curves[label] = deltas / deltas[-1]
    return plots.lines(
        np.arange(1, GOAL_DEPTH + 1), curves, title="Three fates of a gradient",
        xlabel="layer (the gradient travels from right to left)", ylabel="norm of delta, last layer = 1", yscale="log",
    )  # fmt: skip


@rc_context(STYLE)
def powers(grid: Mapping[str, Mapping[str, npt.ArrayLike]], *, xlabel: str, ylabel: str) -> Picture:
    """Factors over the steps back in time on a common log scale, a panel per title, each with its own curves; one legend.

    >>> powers({"linear": {"radius 0.9": [1, 0.9]}}, xlabel="steps back", ylabel="norm").axes[0].get_title()
    'linear'
    """
    picture, axes = panels(1, len(grid), width=9, height=4, sharex=True, sharey=True, squeeze=False)
    for ax, (title, curves) in zip(axes.flat, grid.items(), strict=True):
        steps = max(len(np.asarray(y)) for y in curves.values())
        plots.draw_lines(ax, np.arange(steps), curves)
        ax.axhline(1, color=GUIDE, linestyle=(0, (2, 2)), linewidth=1.5)
        ax.set(title=title, xlabel=xlabel, yscale="log")
    axes[0, 0].set_ylabel(ylabel)
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return picture


@rc_context(STYLE)
def arrows(gradient: npt.ArrayLike, vectors: Mapping[str, npt.ArrayLike], *, limit: float) -> Picture:
    """A gradient of two entries and what clipping makes of it, with the square and the circle that clipping keeps to.

    gradient (2,);   vectors: label -> (2,)

    >>> arrows([4.0, 1.0], {"by value": [2.0, 1.0]}, limit=2.0).axes[0].get_title()
    'Two ways to clip'
    """
    picture, ax = panels(width=6.4, height=3.6)
    turn = np.linspace(0, 2 * np.pi, 181)
    ax.plot(limit * np.cos(turn), limit * np.sin(turn), color=GUIDE, linewidth=1.2)
    ax.plot(limit * np.array([1, 1, -1, -1, 1]), limit * np.array([-1, 1, 1, -1, -1]), color=GUIDE, linewidth=1.2)
    for k, (label, v) in enumerate({"gradient": gradient, **vectors}.items()):
        x, y = np.asarray(v, dtype=float)
        head: Any = {
            "arrowstyle": "-|>",
            "color": COLOURS[k],
            "linewidth": 2.2,
            "linestyle": LINES[k],
            "shrinkA": 0,
            "shrinkB": 0,
        }
        ax.annotate("", (x, y), (0, 0), arrowprops=head)
        ax.plot([], [], color=COLOURS[k], linestyle=LINES[k], label=label)
    ends = np.array([gradient, *vectors.values()], dtype=float)
    far = 1.1 * max(limit, float(np.abs(ends).max()))
    ax.set(title="Two ways to clip", xlabel="first entry", ylabel="second entry", aspect="equal")
    ax.set(xlim=(-0.35 * far, far), ylim=(-0.3 * far, 0.55 * far))
    ax.legend(loc="upper left")
    return picture
