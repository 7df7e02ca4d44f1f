"""What batch normalisation does to five points, and to a network's learning rate."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from dlcourse import data, init
from dlcourse import functional as F
from dlcourse.layers import BatchNorm1d, Layer, Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import SGD
from dlcourse.train import History, fit
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GUIDE, INK, LINES, MARKERS, SHADE, STYLE, VERMILLION, WORDS
from dlcourse.viz.plots import Picture, drawing, panels

Array = npt.NDArray[np.floating[Any]]

NAMES = "abcde"
REST, START = (-1.75, -0.25, 1.25, 2.75), 0.5  # points a to d, and where e starts: mean 0.5, deviation 1.5
EPS = 1e-5
TRAINING, EVALUATION = "training: this batch", "evaluation: kept statistics"
BOTTOM, TOP = -5.0, 9.0  # of the points' axis
MOVED_TO, NEAR = 5.5, 0.1  # where the goal wants e, and how near each output must come to its input

RATES: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
SEEDS, EPOCHS, ROWS = (0, 1, 2), 6, 1344  # 21 batches of 64, none of them short
LEARNED = 0.25  # a last loss below this counts as trained
WITHOUT, WITH = "without", "with batch normalisation"
FLOOR, LOST = 0.02, 5.0  # of the loss axis; a run that ended in nan or far above chance is drawn at the top


def network(rng: np.random.Generator, normalise: bool) -> Sequential:
    """64 inputs, four hidden layers of 32 ReLU units, 10 outputs; weights as He et al. (2015) advise.

    >>> [type(layer).__name__ for layer in network(np.random.default_rng(0), True)][:4]
    ['Linear', 'BatchNorm1d', 'ReLU', 'Linear']
    """
    layers: list[Layer] = []
    for inputs in (64, 32, 32, 32):
        layers.append(Linear(inputs, 32, init=init.kaiming_normal, rng=rng))
        layers += [BatchNorm1d(32), ReLU()] if normalise else [ReLU()]
    return Sequential(*layers, Linear(32, 10, rng=rng))


@cache
def losses(rate: float, normalise: bool) -> Array:
    """Training loss per epoch on digits, the median of three runs; inf once a run is lost.   -> (EPOCHS,)

    >>> float(losses(0.05, False)[-1]) < float(losses(0.05, False)[0])
    True
    """
    X, y = data.digits()
    X, _, y, _ = data.train_test_split(X, y, rng=np.random.default_rng(0))
    X, y = data.standardise(X)[:ROWS], y[:ROWS]
    runs = np.full((len(SEEDS), EPOCHS), np.inf)
    for run, seed in zip(runs, SEEDS, strict=True):
        rng = np.random.default_rng(seed)
        net = network(rng, normalise)
        with suppress(FloatingPointError):  # the loss became nan
            fit(
                net, CrossEntropyLoss(), SGD(net.parameters(), lr=rate), X, y, epochs=EPOCHS, batch_size=64, rng=rng,
                progress=False, callbacks=[noting(run)],
            )  # fmt: skip
    return np.asarray(np.median(runs, axis=0))


def noting(run: Array) -> Callable[[int, Any, History], None]:
    """A callback that writes each epoch's loss into its place."""

    def note(epoch: int, net: Any, history: History) -> None:
        run[epoch] = history.loss[-1]

    return note


@cache
def highest(normalise: bool) -> float:
    """The largest rate that still trains.

    >>> highest(False)
    0.4
    """
    return max(rate for rate in RATES if losses(rate, normalise)[-1] < LEARNED)


class BatchNormExplorer(Explorer):
    """Five points on their way through a batch-norm layer, and a network with and without it at rising learning rates.

    >>> explorer = BatchNormExplorer(e=5.5)
    >>> print(explorer.readout.value.split(". ")[1])
    Mean 1.5, standard deviation 2.5
    """

    title = "Batch-norm explorer"
    goal = (
        f"Put point e at {MOVED_TO:g} and hand the layer its input back: in training, choose gamma and beta so that every "
        f"output comes within {NEAR:g} of its input. Then find the largest learning rate at which the network with batch "
        f"normalisation ends below a loss of {LEARNED:g}."
    )
    success = (
        "With gamma = standard deviation and beta = mean the layer undoes its own normalisation, so it can say all that it "
        "could say before. And the network trains at 3.2 with batch normalisation, at 0.4 at most without."
    )
    height = 380

    def controls(self) -> dict[str, Any]:
        """One point, all points, gamma, beta, the mode, and the learning rate of the network."""
        return {
            "e": widgets.FloatSlider(value=START, min=-4, max=8, step=0.5, description="point e"),
            "times": widgets.FloatSlider(value=1, min=0, max=2, step=0.1, description="all points times"),
            "gamma": widgets.FloatSlider(value=1, min=-3, max=3, step=0.1, description="gamma"),
            "beta": widgets.FloatSlider(value=0, min=-3, max=3, step=0.1, description="beta"),
            "mode": widgets.Dropdown(options=[TRAINING, EVALUATION], value=TRAINING, description="mode"),
            "rate": widgets.SelectionSlider(
                options=[(f"{rate:g}", rate) for rate in RATES], value=RATES[0], description="learning rate"
            ),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Where each point stands before, between and after; what the layer took for mean and deviation; the losses."""
        first = np.array([*REST, START])
        x = state.times * np.array([*REST, state.e])
        training = state.mode == TRAINING
        # After many batches like the first one the running statistics stand at its mean and its unbiased variance.
        mean, var = (x.mean(), x.var()) if training else (first.mean(), first.var(ddof=1))
        given = {} if training else {"mean": [mean], "var": [var]}
        y, (x_hat, *_) = F.batch_norm(x[:, np.newaxis], [state.gamma], [state.beta], eps=EPS, **given)
        return SimpleNamespace(
            x=x, x_hat=x_hat[:, 0], y=y[:, 0], mean=float(mean), std=float(np.sqrt(var + EPS)),
            farthest=float(np.abs(y[:, 0] - x).max()), rate=state.rate, gamma=state.gamma, beta=state.beta,
            without=losses(state.rate, False), normalised=losses(state.rate, True),
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the points' lines, the losses at the chosen rate, the last loss at every rate."""
        self.left, self.middle, self.right = figure.subplots(1, 3, width_ratios=(1.25, 1, 1))
        self.left.set(title="five points", xlim=(-0.3, 2.3), ylim=(BOTTOM, TOP), xlabel="grey: mean \u00b1 deviation")
        self.left.set_xticks([0, 1, 2], ["x", "x_hat", "y"])
        self.left.set_yticks(range(-4, 9, 2))
        self.left.grid(visible=False, axis="x")
        self.bars = LineCollection([], colors=GUIDE, linewidths=9, alpha=0.45, capstyle="butt", animated=True)
        self.lines = LineCollection([], colors=BLUE, linewidths=1.6, animated=True)
        for collection in (self.bars, self.lines):
            self.left.add_collection(collection, autolim=False)
        (self.dots,) = self.left.plot([], [], "o", color=BLUE, animated=True)
        (self.track,) = self.left.plot([], [], "-s", color=VERMILLION, animated=True)
        self.label = self.left.text(
            -0.08, 0, "e", ha="right", va="center", color=WORDS[VERMILLION], weight="bold", animated=True, clip_on=True
        )

        self.middle.set(
            title="loss at this rate", xlabel="epoch", xlim=(0.8, EPOCHS + 0.2), xticks=range(1, EPOCHS + 1)
        )
        self.right.set(title="last loss", xlabel="learning rate", xscale="log", xlim=(0.04, 8))
        self.right.set_xticks([0.05, 0.2, 0.8, 3.2], ["0.05", "0.2", "0.8", "3.2"])
        for ax in (self.middle, self.right):
            loss_axis(ax)
        self.right.axhline(LEARNED, color=GUIDE, linestyle=":", linewidth=1.5)
        self.curves = []
        for k, normalise in enumerate((False, True)):
            style: Any = {"color": COLOURS[k], "linestyle": LINES[k], "marker": MARKERS[k], "markersize": 5}
            self.right.plot(RATES, on_axis([losses(rate, normalise)[-1] for rate in RATES]), **style)
            self.curves += self.middle.plot([], [], **style, label="with" if normalise else WITHOUT, animated=True)
        (self.here,) = self.right.plot([], [], color=INK, linewidth=1.2, animated=True)
        self.middle.legend(handles=self.curves, loc="lower left", fontsize=9)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n = numbers
        heights = np.stack([n.x, n.x_hat, n.y])  # (3, 5)
        columns = np.arange(3)
        self.lines.set_segments([np.column_stack([columns, one]) for one in heights.T[:-1]])
        self.dots.set_data(np.repeat(columns, 4), heights[:, :-1].ravel())
        self.track.set_data(columns, heights[:, -1])
        self.label.set_y(n.x[-1])
        spans = [(n.mean - n.std, n.mean + n.std), (-1, 1), (n.beta - n.gamma, n.beta + n.gamma)]
        self.bars.set_segments([[(k, low), (k, high)] for k, (low, high) in enumerate(spans)])
        for curve, values in zip(self.curves, (n.without, n.normalised), strict=True):
            curve.set_data(range(1, EPOCHS + 1), on_axis(values))
        self.here.set_data([n.rate, n.rate], [FLOOR, 2 * LOST])

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        whose = "This batch's" if state.mode == TRAINING else "The kept"
        ends = [ending(values[-1]) for values in (n.without, n.normalised)]
        return (
            f"Points {NAMES[0]} to {NAMES[-1]}: {listed(n.x)}. {'Mean' if state.mode == TRAINING else 'Kept mean'} {n.mean:.3g}, "
            f"standard deviation {n.std:.3g}. {whose} statistics give {listed(n.x_hat)}; gamma {n.gamma:g} and beta {n.beta:g} "
            f"make {listed(n.y)} of it. The output farthest from its input is {n.farthest:.2g} away. Learning rate "
            f"{n.rate:g}: the network ends {ends[0]} without and {ends[1]} with batch normalisation."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """The input handed back, with e where it should be, and the rate found."""
        placed = state.mode == TRAINING and state.e == MOVED_TO and state.times == 1
        return bool(placed and numbers.farthest <= NEAR and state.rate == highest(True))


def loss_axis(ax: Axes) -> None:
    """A log axis for losses, with a place at the top for what is lost."""
    ax.set(yscale="log", ylim=(FLOOR, 1.4 * LOST), ylabel="training loss")
    ax.set_yticks([0.03, 0.1, 0.3, 1, LOST], ["0.03", "0.1", "0.3", "1", "lost"])
    ax.minorticks_off()


def on_axis(values: npt.ArrayLike) -> Array:
    """Losses as the axis can hold them.

    >>> on_axis([0.3, np.inf])
    array([0.3, 5. ])
    """
    return np.asarray(np.clip(values, FLOOR, LOST))


def ending(loss: float) -> str:
    """A last loss in words.

    >>> ending(0.0321), ending(np.inf), ending(2.31)
    ('at 0.032', 'lost', 'at 2.3')
    """
    return f"at {loss:.2g}" if loss < LOST else "lost"


def listed(values: npt.ArrayLike) -> str:
    """Numbers in a row, with two decimals at most.

    >>> listed([1.0, -0.333, -0.001])
    '1, -0.33, 0'
    """
    return ", ".join(f"{round(float(value), 2) + 0.0:g}" for value in np.ravel(values))


@rc_context(STYLE)
def rising_rates() -> Picture:
    """The explorer's network at every rate, with and without batch normalisation: training loss per epoch.

    >>> [ax.get_title() for ax in rising_rates().axes][:2]
    ['rate 0.05', 'rate 0.1']
    """
    picture, axes = panels(2, 4, width=9, height=4.6, sharex=True, sharey=True)
    for ax, rate in zip(axes.flat, RATES, strict=True):
        for k, (label, normalise) in enumerate(((WITHOUT, False), (WITH, True))):
            style: Any = {"color": COLOURS[k], "linestyle": LINES[k], "marker": MARKERS[k], "markersize": 4}
            ax.plot(range(1, EPOCHS + 1), on_axis(losses(rate, normalise)), label=label, **style)
        loss_axis(ax)
        ax.set(title=f"rate {rate:g}", xticks=(1, EPOCHS), ylabel="")
    picture.supxlabel("epoch")
    picture.supylabel("training loss")
    picture.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return picture


PLACES = {"x": (0, 1), "c": (2.2, 1), "x_hat": (4.4, 1), "y": (6.6, 1), "mean": (1.1, 0), "s": (3.3, 0)}
#: Where a forward arrow leads, and what it does.
STEPS = {
    ("x", "c"): "subtract mean", ("x", "mean"): "average", ("mean", "c"): "", ("c", "s"): "deviation", ("s", "x_hat"): "",
    ("c", "x_hat"): "divide by s", ("x_hat", "y"): "\u00d7 gamma, + beta",
}  # fmt: skip


@rc_context(STYLE)
def three_ways() -> Picture:
    """How an input reaches the output: directly, by the mean, and by the deviation.

    >>> three_ways().words()[:40]
    'Figure: x reaches y directly, by the mea'
    """
    picture, ax = drawing(2.6, "x reaches y directly, by the mean, and by the deviation s.")
    ax.set(title="One input, three ways to the output", xlim=(-0.6, 7.2), ylim=(-0.55, 1.6), xticks=[], yticks=[])
    ax.set_xlabel("blue: one number per example          orange, dashed frame: one number for the whole batch")
    ax.spines[:].set_visible(False)
    for (start, end), what in STEPS.items():
        shared = {start, end} & {"mean", "s"}
        arrow: Any = {
            "arrowstyle": "->",
            "color": VERMILLION if shared else BLUE,
            "shrinkA": 20,
            "shrinkB": 24,
            "lw": 1.6,
        }
        ax.annotate("", PLACES[end], PLACES[start], arrowprops=arrow)
        across, up = np.mean([PLACES[start], PLACES[end]], axis=0)
        side: Any = {"ha": "right", "va": "center"} if shared else {"ha": "center", "va": "bottom"}
        ax.text(across - 0.15 * bool(shared), up + (0 if shared else 0.12), what, fontsize=10, **side)
    for name, place in PLACES.items():
        shared_frame = name in ("mean", "s")
        frame: Any = {
            "boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": VERMILLION if shared_frame else BLUE,
            "linestyle": "--" if shared_frame else "-",
        }  # fmt: skip
        ax.text(*place, name, ha="center", va="center", bbox=frame)
    return picture


@rc_context(STYLE)
def shared_statistics() -> Picture:
    """Which numbers share one mean and one variance: three grids, one group shaded in each.

    >>> [ax.get_title() for ax in shared_statistics().axes]
    ['BatchNorm1d', 'BatchNorm2d', 'LayerNorm']
    """
    picture, axes = panels(1, 3, width=9, height=3.1)
    grids: Mapping[str, tuple[int, tuple[slice, slice], str, str]] = {
        "BatchNorm1d": (1, (slice(None), slice(2, 3)), "units", "one unit, all examples"),
        "BatchNorm2d": (3, (slice(None), slice(6, 9)), "channels, each with 3 \u00d7 3 places", "one channel, all examples and places"),
        "LayerNorm": (1, (slice(1, 2), slice(None)), "units", "one example, all units"),
    }  # fmt: skip
    for ax, (title, (places, group, across, who)) in zip(axes, grids.items(), strict=True):
        rows, columns = 4 * places, (4 if places > 1 else 6) * places
        shade = np.zeros((rows, columns))
        shade[group] = 1
        cells(ax, shade, places)
        ax.set(title=title, xlabel=f"{across}\n{who}", xticks=[], yticks=[])
    axes[0].set_ylabel("examples")
    return picture


def cells(ax: Axes, shade: Array, places: int) -> None:
    """A grid of numbers, one group of them shaded; thick lines around what belongs to one example and channel."""
    rows, columns = shade.shape
    ax.pcolormesh(shade, cmap=ListedColormap([SHADE, VERMILLION]), edgecolors="white", linewidth=1)
    ax.hlines(np.arange(0, rows + 1, places), 0, columns, color=INK, linewidth=1.2)
    ax.vlines(np.arange(0, columns + 1, places), 0, rows, color=INK, linewidth=1.2)
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
