"""A network that learns to part two kinds of points: every choice that this course has taught, and what comes of it.

After TensorFlow Playground (Smilkov and others, 2017), with initialisation, optimizer, dropout and the same start again.
"""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from dlcourse import data
from dlcourse import functional as F
from dlcourse.functional.arrays import Array
from dlcourse.hooks import capture
from dlcourse.init import kaiming_normal, normal, xavier_uniform, zeros
from dlcourse.layers import Activation, Dropout, Layer, Linear, ReLU, Sequential, Sigmoid, Tanh
from dlcourse.losses import BCEWithLogitsLoss
from dlcourse.optim import SGD, Adam, Optimizer, RMSprop
from dlcourse.parameter import flatten
from dlcourse.train import evaluate, outputs
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GUIDE, INK, LINES, VERMILLION

STEPS, EVERY, BATCH = 1000, 25, 32
POINTS = 128  # to learn from, and as many to test on
REACH = 1.5  # of the plane to either side; every set is scaled to fit
GRID, TILE = 96, 14  # points across the plane, and across a unit's small map
GOAL_LOSS = 0.1
HUGE = 1e6  # a parameter larger than this has been lost
PITCH = TILE + 4
TALL, WIDE = 8 * PITCH, 13 * PITCH
FLOOR, CEILING = 0.003, 3.0  # of the loss axis


def crosswise(n: int, noise: float, *, rng: np.random.Generator) -> tuple[Array, Array]:
    """Four clouds, label 1 where one coordinate is positive and the other negative: XOR's pattern.   -> X (n, 2), y (n,)"""
    X = rng.uniform(0.1, 1, (n, 2)) * rng.choice([-1, 1], (n, 2))
    return X + rng.normal(0, noise, (n, 2)), (X[:, 0] * X[:, 1] < 0).astype(int)


class Points(NamedTuple):
    """A set: how it is made, its noise when little and when much, and how it is moved and scaled into the plane."""

    make: Callable[..., tuple[Array, Array]]
    little: float
    much: float
    middle: tuple[float, float]
    scale: float


KINDS = {
    "moons": Points(data.moons, 0.1, 0.3, (0.5, 0.25), 0.85),
    "rings": Points(data.rings, 0.05, 0.2, (0.0, 0.0), 1.2),
    "spirals": Points(data.spirals, 0.05, 0.2, (0.0, 0.0), 0.65),
    "xor": Points(crosswise, 0.05, 0.25, (0.0, 0.0), 1.2),
}
SETS = [f"{kind}{noise}" for kind in KINDS for noise in ("", ", noisy")]
SHAPES = {" + ".join(map(str, shape)): shape for shape in ((1,), (2,), (3,), (4,), (8,), (4, 4), (8, 8), (8, 8, 8))}
ACTIVATIONS: dict[str, Callable[[], Activation]] = {"tanh": Tanh, "ReLU": ReLU, "sigmoid": Sigmoid}
STARTS: dict[str, Any] = {
    "Xavier": xavier_uniform,
    "He": kaiming_normal,
    "N(0, 0.01²)": lambda shape, **options: normal(shape, std=0.01, **options),
    "zero": zeros,
}
OPTIMIZERS: dict[str, Callable[[Any, float], Optimizer]] = {
    "SGD": lambda parameters, lr: SGD(parameters, lr=lr),
    "momentum 0.9": lambda parameters, lr: SGD(parameters, lr=lr, momentum=0.9),
    "RMSprop": lambda parameters, lr: RMSprop(parameters, lr=lr),
    "Adam": lambda parameters, lr: Adam(parameters, lr=lr),
}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SHADES = np.array(  # of blue and, lighter, of cream; as bytes, because a picture of bytes is drawn in half the time
    LinearSegmentedColormap.from_list("blue to cream", ["#2F7DB3", "#A9C7DB", "#FFF1E3"])(np.arange(256), bytes=True)
)
PLANE = np.linspace(-REACH, REACH, GRID)
FINE, COARSE = (
    np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2) for ticks in (PLANE, np.linspace(-REACH, REACH, TILE))
)


class Setting(NamedTuple):
    """All that a training depends on."""

    data: str
    hidden: str
    activation: str
    start: str
    optimizer: str
    rate: float
    dropout: float
    seed: int


class Run(NamedTuple):
    """A training: the points, and every EVERY steps the network's parameters and losses, with dropout switched off."""

    train: tuple[Array, Array]
    test: tuple[Array, Array]
    values: Array  # (checkpoints, parameters)
    losses: Array  # (checkpoints, 2): training, test
    accuracies: Array  # (checkpoints, 2)
    lost: int | None  # the step at which numbers grew beyond all bounds; later checkpoints repeat the one before


def points(name: str, seed: int) -> tuple[Array, Array]:
    """POINTS points of a set, scaled to the plane.

    >>> X, y = points("rings", 0)
    >>> X.shape, np.bincount(y).tolist()
    ((128, 2), [64, 64])
    """
    kind, _, noisy = name.partition(", ")
    made = KINDS[kind]
    X, y = made.make(POINTS, noise=made.much if noisy else made.little, rng=np.random.default_rng(seed))
    return (X - made.middle) * made.scale, y


def network(setting: Setting, rng: np.random.Generator) -> Sequential:
    """Two inputs, the hidden layers with activation and dropout, one logit."""
    layers: list[Layer] = []
    sizes = (2, *SHAPES[setting.hidden])
    init = STARTS[setting.start]
    for fan_in, fan_out in pairwise(sizes):
        layers += [Linear(fan_in, fan_out, init=init, rng=rng), ACTIVATIONS[setting.activation]()]
        if setting.dropout:
            layers.append(Dropout(setting.dropout, rng=rng))
    return Sequential(*layers, Linear(sizes[-1], 1, init=init, rng=rng))


@lru_cache(maxsize=256)
def training(setting: Setting) -> Run:
    """Train for STEPS steps on batches of BATCH points.

    >>> run = training(Setting("xor", "8", "tanh", "Xavier", "Adam", 0.03, 0.0, seed=1))
    >>> run.values.shape, run.losses[0].round(1).tolist(), bool(run.losses[-1].max() < 0.2)
    ((41, 33), [0.7, 0.7], True)
    """
    rng = np.random.default_rng(setting.seed)
    net, loss = network(setting, rng), BCEWithLogitsLoss()
    train, test = ((X, y.reshape(-1, 1)) for X, y in (points(setting.data, seed) for seed in (1, 2)))
    optimizer = OPTIMIZERS[setting.optimizer](net.parameters(), setting.rate)
    values, _ = flatten(net.parameters())
    net.needs_input_grad = False
    kept, measured = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for step, (X, y) in enumerate(forever(*train, rng)):
            lost = not np.abs(values).max() < HUGE
            if step % EVERY == 0 and not lost:
                kept.append(values.copy())
                measured.append([list(evaluate(net, loss, *part).values()) for part in (train, test)])
                net.train()
            if lost or step == STEPS:
                break
            loss.forward(net.forward(X), y)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
    missing = STEPS // EVERY + 1 - len(kept)
    kept, measured = kept + kept[-1:] * missing, measured + measured[-1:] * missing
    numbers = np.array(measured)  # (checkpoints, training or test, loss or accuracy)
    return Run(train, test, np.array(kept), numbers[..., 0], numbers[..., 1], step if lost else None)


def forever(X: Array, y: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Batches of one epoch after the other."""
    while True:
        yield from data.batches(X, y, BATCH, rng=rng)


def units(net: Sequential, X: Array) -> list[Array]:
    """What every column of the drawing answers: inputs, hidden layers, probability of class 1.   -> one (N, units) per column"""
    with capture(net) as record:
        z = outputs(net, X)
    hidden = [row.output for row, layer in zip(record, net, strict=True) if isinstance(layer, Activation)]
    return [X, *hidden, F.sigmoid(z)[0]]  # type: ignore[list-item]


class PlaygroundExplorer(Explorer):
    """What a small network answers in the plane, how its units do it, and its losses, for every choice and at every step.

    A setting is trained once, for all steps; the step is then chosen among checkpoints.

    >>> explorer = PlaygroundExplorer(step=500)
    >>> print(explorer.readout.value.split(". ")[1])
    Step 500: loss 0.15 on the training points, 0.31 on the test points; 94 % and 87 % of them right.
    """

    title = "Playground"
    goal = f"On the spirals without much noise, bring the test loss below {GOAL_LOSS} within {STEPS} steps."
    success = (
        "Units, activation, start, optimizer and rate that suit each other. Take one back at a time: which of them can you do "
        "without? See how the first layer cuts the plane by lines, and what follows puts the pieces together."
    )
    height = 350

    seed = 1  # of the start and of the order of the batches; the points stay the same
    trained: Setting | None = None  # the setting that was shown last

    def controls(self) -> dict[str, Any]:
        """Seven choices, and the step."""
        return {
            "data": widgets.Dropdown(options=SETS, value="moons", description="data"),
            "hidden": widgets.Dropdown(options=list(SHAPES), value="4 + 4", description="hidden units"),
            "activation": widgets.Dropdown(options=list(ACTIVATIONS), value="tanh", description="activation"),
            "start": widgets.Dropdown(options=list(STARTS), value="Xavier", description="initialisation"),
            "optimizer": widgets.Dropdown(options=list(OPTIMIZERS), value="SGD", description="optimizer"),
            "rate": widgets.SelectionSlider(
                options=[(f"{rate:g}", rate) for rate in RATES], value=0.1, description="learning rate"
            ),
            "dropout": widgets.FloatSlider(
                value=0, min=0, max=0.6, step=0.1, readout_format=".1f", description="dropout p"
            ),
            "step": widgets.IntSlider(value=0, min=0, max=STEPS, step=EVERY, description="step"),
        }

    def actions(self) -> dict[str, Callable[[], None]]:
        """Back to where this training began, or another beginning."""
        return {
            "step 0, same start": lambda: setattr(self.control["step"], "value", 0),
            "another start": lambda: setattr(self, "seed", self.seed + 1),
            "first start": lambda: setattr(self, "seed", 1),
        }

    @property
    def state(self) -> SimpleNamespace:
        """The controls' values, and the number of the start."""
        state = super().state
        state.seed = self.seed
        return state

    def show(self, state: SimpleNamespace) -> None:
        """Say that it takes a moment where a setting is new."""
        if (setting := setting_of(state)) != self.trained:
            self.tell("Training.", f"{STEPS} steps with this setting.", BLUE)
            self.trained = setting
        super().show(state)

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The network at its checkpoint: its answers in the plane, its units' answers, its weights, the losses up to there."""
        setting, at = setting_of(state), state.step // EVERY
        run, net = training(setting), network(setting, np.random.default_rng(0))
        flatten(net.parameters())[0][:] = run.values[at]
        with np.errstate(over="ignore"):
            probability = F.sigmoid(outputs(net, FINE))[0].reshape(GRID, GRID)
            tiles = units(net, COARSE)
        weights = [layer.weight.value for layer in net if isinstance(layer, Linear)]
        return SimpleNamespace(
            run=run, at=at, probability=probability, tiles=tiles, weights=weights,
            losses=run.losses[at], accuracies=run.accuracies[at], lost=run.lost is not None and state.step >= run.lost,
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the plane, the network with its weights and its units' maps, the losses."""
        self.left, self.middle, self.right = figure.subplots(1, 3, width_ratios=[1, 1.45, 0.9])
        extent = (-REACH, REACH, -REACH, REACH)
        self.left.set(title="what it answers", xlabel="x1", ylabel="x2", xlim=extent[:2], ylim=extent[2:])
        self.left.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1), box_aspect=1)
        picture: Any = {"origin": "lower", "interpolation": "nearest", "animated": True}
        self.surface = self.left.imshow(shaded(np.zeros((GRID, GRID))), extent=extent, **picture)
        self.border = LineCollection([], colors=INK, linewidths=2, animated=True)
        self.left.add_collection(self.border, autolim=False)
        marks: Any = {"linestyle": "none", "markeredgewidth": 0.8, "animated": True}
        looks = (
            {"marker": "o", "color": BLUE, "markeredgecolor": "white", "markersize": 5.5, "label": "class 0"},
            {"marker": "s", "color": VERMILLION, "markeredgecolor": INK, "markersize": 5, "label": "class 1"},
        )
        self.points = [self.left.plot([], [], **look, **marks)[0] for look in looks]

        self.middle.set(title="units and weights")
        self.middle.axis("off")
        for name, (x, y) in zip(("x1", "x2"), places((2, 1))[0], strict=True):
            self.middle.text(x - 2, y + TILE / 2, name, ha="right", va="center")
        edges: Any = {"animated": True}
        self.edges = (
            LineCollection([], colors=VERMILLION, label="weight > 0", **edges),
            LineCollection([], colors=BLUE, linestyles="--", label="weight < 0", **edges),
        )
        for collection in self.edges:
            self.middle.add_collection(collection, autolim=False)
        self.maps = self.middle.imshow(
            np.zeros((TALL, WIDE, 4), np.uint8), extent=(0, WIDE, 0, TALL), aspect="auto", **picture
        )
        self.middle.set_xlim(-PITCH, WIDE)

        self.right.set(title="loss", xlabel="step", yscale="log", xlim=(-30, STEPS + 30), ylim=(0.8 * FLOOR, CEILING))
        self.right.set(xticks=(0, 500, 1000))
        self.right.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
        self.right.minorticks_off()
        self.right.axhline(GOAL_LOSS, color=GUIDE, linestyle=LINES[3], linewidth=1.5)
        end: Any = {"marker": "o", "markevery": [-1], "animated": True}
        (self.train_loss,) = self.right.plot([], [], color=BLUE, label="training", **end)
        (self.test_loss,) = self.right.plot(
            [], [], color=VERMILLION, linestyle=LINES[1], label="test", **(end | {"marker": "s", "fillstyle": "none"})
        )
        figure.legend(
            handles=[*self.points, *self.edges, self.train_loss, self.test_loss], loc="outside lower center", ncols=6
        )

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n = numbers
        self.surface.set_data(shaded(n.probability))
        border: Any = contour_generator(PLANE, PLANE, n.probability).lines(0.5)
        self.border.set_segments(border)
        X, y = n.run.train
        for k, marks in enumerate(self.points):
            marks.set_data(*X[y[:, 0] == k].T)
        counts = tuple(tiles.shape[1] for tiles in n.tiles)
        self.maps.set_data(mosaic(n.tiles))
        most = max(1e-12, *(np.abs(W).max() for W in n.weights))
        lines, sizes = connections(counts), np.concatenate([W.ravel() for W in n.weights]) / most
        for collection, part in zip(self.edges, (sizes > 0, sizes < 0), strict=True):
            collection.set_segments(lines[part])
            collection.set_linewidth(3 * np.abs(sizes[part]))
        steps = np.arange(n.at + 1) * EVERY
        for line, losses in zip((self.train_loss, self.test_loss), n.run.losses[: n.at + 1].T, strict=True):
            line.set_data(steps, np.clip(losses, FLOOR, CEILING))

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        (train, test), (right, right_test) = n.losses, n.accuracies
        dropout = f", dropout {state.dropout:g}" if state.dropout else ""
        lost = f" From step {n.run.lost} on its numbers grow beyond all bounds: try a smaller rate." if n.lost else ""
        return (
            f"{state.data}; {state.hidden} hidden units, {state.activation}, {state.start}, {state.optimizer} at {state.rate:g}"
            f"{dropout}, start number {state.seed}. Step {state.step}: loss {train:.2g} on the training points, {test:.2g} on "
            f"the test points; {100 * right:.0f} % and {100 * right_test:.0f} % of them right.{lost}"
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """The spirals learned well enough, measured on points that were not learned from."""
        return bool(state.data == "spirals" and numbers.losses[1] < GOAL_LOSS)


def setting_of(state: SimpleNamespace) -> Setting:
    """All but the step."""
    return Setting(*(getattr(state, name) for name in Setting._fields))


@cache
def places(counts: tuple[int, ...]) -> list[Array]:
    """The lower left corners of the units' tiles, one column per layer, each column in the middle of the height.

    >>> [len(column) for column in places((2, 4, 1))], places((2, 4, 1))[0][0].tolist()
    ([2, 4, 1], [0, 74])
    """
    across = np.linspace(0, WIDE - TILE, len(counts)).round().astype(int)
    return [
        np.array([(x, (TALL - TILE) // 2 + round((n - 1) / 2 * PITCH) - PITCH * k) for k in range(n)])
        for x, n in zip(across, counts, strict=True)
    ]


@cache
def connections(counts: tuple[int, ...]) -> Array:
    """From the right edge of every tile to the left edge of every tile of the next column.   -> (edges, 2, 2), ordered as weights"""
    columns, half = places(counts), TILE / 2
    return np.array(
        [
            [one + (TILE, half), other + (0, half)]
            for before, after in pairwise(columns)
            for one in before
            for other in after
        ]
    )


def mosaic(columns: list[Array]) -> Any:
    """The maps of all units in one picture, with nothing between them.

    Each goes from the unit's lowest answer, dark, to its highest, light, and the output's from probability 0 to 1.
    """
    picture = np.zeros((TALL, WIDE, 4), np.uint8)
    for answers, corners in zip(columns, places(tuple(tiles.shape[1] for tiles in columns)), strict=True):
        low, high = (0.0, 1.0) if answers is columns[-1] else (answers.min(axis=0), answers.max(axis=0))
        differs = np.subtract(high, low) > 1e-9  # a unit that answers the same everywhere is neither dark nor light
        shares = np.where(differs, (answers - low) / np.where(differs, np.subtract(high, low), 1.0), 0.5)
        for colours, (x, y) in zip(shaded(shares.T), corners, strict=True):
            picture[y : y + TILE, x : x + TILE] = colours.reshape(TILE, TILE, 4)
    return picture


def shaded(shares: Array) -> Any:
    """Colours from 0, dark, to 1, light.   (...) -> (..., 4)

    >>> shaded(np.array([0.0, 1.0])).tolist()
    [[47, 125, 179, 255], [255, 241, 227, 255]]
    """
    return SHADES[(shares * 255).astype(np.uint8)]
