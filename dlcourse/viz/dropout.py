"""What dropping units does: thinned networks, the mean over many of them beside one evaluation, the gap after training."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from dlcourse import data
from dlcourse.layers import Dropout, Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import Adam
from dlcourse.train import accuracy, fit
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GREEN, GUIDE, INK, LINES, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

INPUTS, HIDDEN, MASKS, SEED = 6, 8, 4000, 160
ENOUGH, NEAR, SERIOUS = (
    1000,
    0.03,
    0.3,
)  # the goal: so many masks at least, so near at most, p of the hidden layer at least
BINS = np.linspace(-5, 15, 61)  # of the histogram; the outermost hold what lies beyond as well
TRAINING, EVALUATION = "training", "evaluation"
UNSCALED, INVERTED, CLASSIC = "no scaling", "inverted", "classic"
#: What outputs are multiplied by: those that training keeps, and all of them in evaluation.
SCALES: dict[str, Callable[[float], tuple[float, float]]] = {
    UNSCALED: lambda p: (1.0, 1.0),
    INVERTED: lambda p: (1 / (1 - p), 1.0),
    CLASSIC: lambda p: (1.0, 1 - p),
}
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "linear (none)": lambda z: z,
}

#: Accuracies of networks trained with dropout, in thousandths, means over SEEDS: a row for each p of the input layer (0, 0.1 ...),
#: a column for each p of the hidden layer. `table` trains all of them anew, in half a minute.
SEEDS = range(5)
TRAINED = (
    (1000, 999, 995, 990, 969, 949, 922, 880, 828, 750),
    (963, 959, 956, 937, 924, 901, 872, 838, 812, 714),
    (941, 932, 917, 907, 886, 858, 830, 817, 786, 699),
    (912, 895, 883, 871, 845, 833, 812, 795, 775, 612),
    (870, 867, 842, 832, 813, 796, 802, 772, 752, 574),
    (826, 821, 818, 807, 788, 781, 780, 755, 712, 483),
)
VALIDATED = (
    (760, 777, 781, 797, 818, 833, 841, 851, 856, 798),
    (817, 830, 841, 846, 854, 862, 865, 871, 870, 746),
    (834, 848, 848, 858, 868, 865, 879, 880, 860, 731),
    (848, 853, 860, 868, 871, 874, 875, 864, 850, 613),
    (849, 846, 848, 868, 867, 855, 868, 845, 820, 580),
    (837, 842, 857, 856, 846, 846, 848, 820, 762, 480),
)


class Small(NamedTuple):
    """A network of 6 inputs, 8 hidden units and one output, an example, and a coin for each unit under each mask."""

    x: Array  # (6,)
    W: Array  # (6, 8)
    b: Array  # (8,)
    w_out: Array  # (8,)
    coins: tuple[Array, Array]  # (4000, 6) and (4000, 8), from 0 to 1: a unit stays where its coin is at least p


@cache
def small() -> Small:
    """The network of the picture, untrained.

    >>> small().W.shape, small().coins[1].shape
    ((6, 8), (4000, 8))
    """
    rng = np.random.default_rng(SEED)
    x, W = rng.uniform(0.4, 1.2, INPUTS), rng.normal(0, 0.8, (INPUTS, HIDDEN))
    return Small(
        x, W, np.full(HIDDEN, 0.1), rng.normal(0.5, 0.6, HIDDEN),
        (rng.random((MASKS, INPUTS)), rng.random((MASKS, HIDDEN))),
    )  # fmt: skip


@cache
def passes(p_input: float, p_hidden: float, convention: str, activation: str) -> tuple[Array, float]:
    """The output's pre-activation z, in training under each mask (4000,), and in evaluation.

    >>> z, evaluation = passes(0.0, 0.0, "inverted", "ReLU")
    >>> bool(np.allclose(z, evaluation))
    True
    """
    net, f, scales = small(), ACTIVATIONS[activation], SCALES[convention]
    (kept_x, all_x), (kept_h, all_h) = scales(p_input), scales(p_hidden)
    keep_x, keep_h = net.coins[0] >= p_input, net.coins[1] >= p_hidden
    thinned = f(net.x * keep_x * kept_x @ net.W + net.b) * keep_h * kept_h
    return thinned @ net.w_out, float(f(net.x * all_x @ net.W + net.b) * all_h @ net.w_out)


def few_digits(seed: int) -> tuple[Array, Array, Array, Array]:
    """200 digits to train on, one label in five of them wrong, and 800 to validate with.   -> X_train, y_train, X_val, y_val

    >>> X_train, y_train, X_val, y_val = few_digits(0)
    >>> X_train.shape, X_val.shape
    ((200, 64), (800, 64))
    """
    rng = np.random.default_rng(seed)
    X, y = data.digits()
    order = rng.permutation(len(y))
    train, val = order[:200], order[200:1000]
    y_train = y[train]
    y_train[:40] = (y_train[:40] + rng.integers(1, 10, 40)) % 10
    return X[train], y_train, X[val], y[val]


def measure(p_input: float, p_hidden: float) -> tuple[float, float]:
    """Train a network of 128 hidden units once per seed.   -> mean accuracy on what it was trained on, and in validation"""
    scores = []
    for seed in SEEDS:
        X_train, y_train, X_val, y_val = few_digits(seed)
        rng = np.random.default_rng(seed)
        net = Sequential(
            Dropout(p_input, rng=rng), Linear(64, 128, rng=rng), ReLU(), Dropout(p_hidden, rng=rng), Linear(128, 10, rng=rng)
        )  # fmt: skip
        optimizer = Adam(net.parameters(), lr=0.02)
        fit(net, CrossEntropyLoss(), optimizer, X_train, y_train, epochs=60, batch_size=100, rng=rng, progress=False)
        scores.append((accuracy(net, X_train, y_train), accuracy(net, X_val, y_val)))
    trained, validated = np.mean(scores, axis=0)
    return float(trained), float(validated)


def table() -> tuple[list[list[int]], list[list[int]]]:
    """TRAINED and VALIDATED, measured anew."""
    rows = [[measure(i / 10, j / 10) for j in range(10)] for i in range(6)]
    trained, validated = ([[round(1000 * cell[k]) for cell in row] for row in rows] for k in (0, 1))
    return trained, validated


class DropoutExplorer(Explorer):
    """A small network under one mask, its output's pre-activation under many, and what dropout does to a trained one.

    >>> explorer = DropoutExplorer(convention="inverted", p_hidden=0.5, mask=4000)
    >>> explorer.finished
    True
    """

    title = "Dropout explorer"
    goal = (
        f"With p of the hidden layer at {SERIOUS:g} or more and {ENOUGH} masks or more, bring the mean over the masks and "
        f"evaluation within {NEAR:.0%} of each other. Nothing but the scaling of outputs has to change."
    )
    success = (
        "In the mean, training and evaluation agree, because the scaling makes up for what is missing. Now the other convention: "
        "does the difference in percent change?"
    )
    height = 350

    def controls(self) -> dict[str, Any]:
        """The p of both layers, which mask, the convention, training or evaluation, and the hidden activation."""
        return {
            "p_hidden": widgets.FloatSlider(value=0.5, min=0, max=0.9, step=0.1, readout_format=".1f", description="p hidden"),
            "p_input": widgets.FloatSlider(value=0, min=0, max=0.5, step=0.1, readout_format=".1f", description="p input"),
            "mask": widgets.IntSlider(value=20, min=1, max=MASKS, description="mask (resample)"),
            "convention": widgets.Dropdown(options=list(SCALES), value=UNSCALED, description="convention"),
            "mode": widgets.Dropdown(options=[TRAINING, EVALUATION], value=TRAINING, description="network shown in"),
            "activation": widgets.Dropdown(options=list(ACTIVATIONS), value="ReLU", description="hidden activation"),
        }  # fmt: skip

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The mask that is shown, z under it, the histogram and the mean of z so far, z in evaluation, and trained accuracies."""
        s, net = state, small()
        z, evaluation = passes(s.p_input, s.p_hidden, s.convention, s.activation)
        so_far = z[: s.mask]
        counts, _ = np.histogram(np.clip(so_far, BINS[0], BINS[-1]), BINS)
        training = s.mode == TRAINING
        keeps = [
            coins[s.mask - 1] >= (p if training else 0)
            for coins, p in zip(net.coins, (s.p_input, s.p_hidden), strict=True)
        ]
        scales = [SCALES[s.convention](p)[0 if training else 1] for p in (s.p_input, s.p_hidden)]
        row, column = round(10 * s.p_input), round(10 * s.p_hidden)
        mean = float(so_far.mean())
        return SimpleNamespace(
            keeps=keeps, scales=scales, z=float(so_far[-1]) if training else evaluation, heights=counts / counts.max(),
            mean=mean, evaluation=evaluation, apart=abs(mean - evaluation) / abs(evaluation),
            trained=np.array(TRAINED[row]) / 1000, validated=np.array(VALIDATED[row]) / 1000, column=column,
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the network, the histogram with both means, accuracies against p."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        self.left.set(title="the network", xlim=(-0.35, 2.45), ylim=(-0.35, 1.2))
        self.sketch = Sketch(self.left, animated=True)
        for x, word in ((0, "inputs"), (1, "hidden"), (2, "output")):
            self.left.text(x, 1.1, word, ha="center")
        self.notes = [self.left.text(x, -0.2, "", ha="center", animated=True) for x in (0, 1, 2)]

        self.middle.set(title="z of the output", xlabel="pre-activation z", ylabel="how often (most = 1)")
        self.middle.set(xlim=(BINS[0], BINS[-1]), ylim=(0, 1.5), yticks=(0, 0.5, 1))
        self.bars = self.middle.stairs(np.zeros(len(BINS) - 1), BINS, fill=True, color=GUIDE, alpha=0.6, animated=True)
        style: Any = {"transform": self.middle.get_xaxis_transform(), "animated": True}
        (self.whole,) = self.middle.plot([0, 0], [0, 0.7], color=VERMILLION, label="evaluation", **style)
        (self.average,) = self.middle.plot(
            [0, 0], [0, 0.7], color=BLUE, linestyle=LINES[1], label="mean over masks", **style
        )
        (self.now,) = self.middle.plot(
            [], [], "o", color=INK, markersize=6, label="network shown", clip_on=False, animated=True
        )
        self.middle.legend(loc="upper right", fontsize=9)
        self.gap_note = self.middle.text(0.04, 0.72, "", transform=self.middle.transAxes, animated=True)

        p = np.arange(10) / 10
        self.right.axhline(0.8, color=GUIDE, linestyle=LINES[3], linewidth=1.5, label="share of right labels")
        self.right.set(title="after training on digits", xlabel="p hidden", ylabel="accuracy")
        self.right.set(xlim=(-0.04, 0.94), ylim=(0.45, 1.03))
        (self.trained,) = self.right.plot(
            p, p, color=BLUE, linestyle=LINES[1], marker="s", markersize=4, label="training", animated=True
        )
        (self.validated,) = self.right.plot(
            p, p, color=GREEN, marker="o", markersize=4, label="validation", animated=True
        )
        (self.gap,) = self.right.plot([], [], color=VERMILLION, linewidth=3, label="gap", animated=True)
        self.right.legend(loc="lower left", fontsize=9)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n = numbers
        self.sketch.show(*n.keeps)
        texts = [f"times {scale:.3g}" for scale in n.scales] + [f"z = {n.z:.2f}"]
        for note, text in zip(self.notes, texts, strict=True):
            note.set_text(text)
        self.bars.set_data(n.heights)
        for line, z in ((self.whole, n.evaluation), (self.average, n.mean)):
            line.set_xdata([z, z])
        self.now.set_data([np.clip(n.z, BINS[0], BINS[-1])], [0.0])
        self.gap_note.set_text(f"{percent(n.apart)} apart")
        self.trained.set_ydata(n.trained)
        self.validated.set_ydata(n.validated)
        at = n.column / 10
        self.gap.set_data([at, at], [n.validated[n.column], n.trained[n.column]])

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        kept_x, kept_h = (f"{int(keep.sum())} of {keep.size}" for keep in n.keeps)
        times = f"inputs times {n.scales[0]:.3g}, hidden outputs times {n.scales[1]:.3g}"
        what = f"Training, mask {state.mask}" if state.mode == TRAINING else "Evaluation"
        trained, validated = n.trained[n.column], n.validated[n.column]
        return (
            f"{what}: {kept_x} inputs and {kept_h} hidden units stay, {times}, z = {n.z:.2f}. "
            f"Mean of z over {state.mask} masks: {n.mean:.3f}; evaluation: {n.evaluation:.3f}; {percent(n.apart)} apart. "
            f"Trained with these p on 200 digits, a fifth of them with wrong labels: training {trained:.1%}, validation "
            f"{validated:.1%}, gap {100 * (trained - validated):.1f} points."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Near each other, under enough masks, with enough dropped to matter."""
        return bool(state.p_hidden >= SERIOUS and state.mask >= ENOUGH and numbers.apart <= NEAR)


def percent(share: float) -> str:
    """A share in few characters.

    >>> percent(0.0123), percent(0.0003)
    ('1.2 %', 'less than 0.1 %')
    """
    return f"{100 * share:.1f} %" if share >= 0.0005 else "less than 0.1 %"


class Sketch:
    """The small network on some axes: dots for units that stay, crosses for dropped ones, edges where both ends stay."""

    def __init__(self, ax: Axes, *, animated: bool = False) -> None:
        columns = [
            np.column_stack([np.full(n, k), (np.arange(n) + 0.5) / n]) for k, n in enumerate((INPUTS, HIDDEN, 1))
        ]
        inputs, hidden, output = columns
        ends = [np.array([a, b]) for a in inputs for b in hidden] + [np.array([b, output[0]]) for b in hidden]
        self.weights = np.concatenate([small().W.ravel(), small().w_out])  # in the order of the edges
        positive = self.weights > 0
        self.edges = LineCollection(
            ends, colors=np.where(positive, BLUE, VERMILLION).tolist(),
            linestyles=["-" if sign else (0, (4, 2)) for sign in positive], animated=animated,
        )  # fmt: skip
        ax.add_collection(self.edges)
        (self.kept,) = ax.plot([], [], "o", color=INK, animated=animated)
        (self.dropped,) = ax.plot([], [], "x", color=GUIDE, markersize=9, markeredgewidth=2, animated=animated)
        self.spots = np.vstack(columns)
        ax.axis("off")

    def show(self, keep_x: Array, keep_h: Array) -> None:
        """Which inputs (6,) and hidden units (8,) stay."""
        there = np.concatenate([np.outer(keep_x, keep_h).ravel(), keep_h])
        self.edges.set_linewidth(there * (0.4 + 1.4 * np.abs(self.weights)))
        stays = np.concatenate([keep_x, keep_h, [True]])
        self.kept.set_data(*self.spots[stays].T)
        self.dropped.set_data(*self.spots[~stays].T)


@rc_context(STYLE)
def thinned(masks: int = 3) -> Picture:
    """The same network under the first masks, with p 0.2 at the inputs and 0.5 at the hidden layer, and in evaluation.

    >>> [ax.get_title() for ax in thinned(1).axes]
    ['mask 1', 'evaluation']
    """
    picture, axes = panels(1, masks + 1, width=9, height=2.9)
    z, evaluation = passes(0.2, 0.5, INVERTED, "ReLU")
    for k, ax in enumerate(axes):
        trains = k < masks
        keeps = (coins[k] >= (p if trains else 0) for coins, p in zip(small().coins, (0.2, 0.5), strict=True))
        Sketch(ax).show(*keeps)
        ax.set(title=f"mask {k + 1}" if trains else "evaluation", xlim=(-0.2, 2.2), ylim=(-0.2, 1.05))
        ax.set(xlabel="layers", ylabel="units that stay")
        ax.text(1, -0.12, f"z = {z[k] if trains else evaluation:.2f}", ha="center")
    return picture
