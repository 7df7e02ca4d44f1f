"""Steps that see a batch and remember: descent on lesson 03's petals with any batch size, momentum and convention of it."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse import data
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.outside import OUTSIDE, drawable, on_axis
from dlcourse.viz.palette import BLUE, GREEN, GUIDE, INK, LINES, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

STEPS = 80
ARRIVED, SOON = 0.01, 50  # at most this share of the distance left, after at most so many steps
WHOLE = 150  # all flowers: batch gradient descent
SIZES = (1, 8, 32, WHOLE)
SEED, TUNING_SEEDS = 0, (1, 2, 3, 4, 5)  # the batches of the pictures; those that rates are tuned on
RATES = np.geomspace(1e-3, 0.2, 70)  # tried when plain descent is tuned
VISIBLE = 0.003  # an error that the picture can show
FLOOR, CEILING = 1e-5, 10.0  # of the distance axis, as shares of the distance at the start
VELOCITY, AVERAGE, BUFFER, DAMPENED = "velocity", "average", "PyTorch", "PyTorch, dampening = momentum"


class Valley(NamedTuple):
    """Mean squared error of h = w1 length + w2: what it is computed from, and its shape around the best weights."""

    A: Array  # (150, 2): petal length in cm, and 1
    y: Array  # (150,): petal width in cm
    best: Array  # (2,)
    axes: Array  # (2, 2): eigenvectors of the Hessian as columns, the flat one first
    curvatures: Array  # (2,): its eigenvalues, the flat one first

    def loss(self, w: Array) -> Array:
        """How far the loss lies above the lowest.   w (..., 2) -> (...)"""
        return ((w - self.best) @ self.axes) ** 2 @ self.curvatures / 2


@cache
def petals() -> Valley:
    """The valley of lesson 03, section 6.

    >>> petals().curvatures.round(2)
    array([ 0.34, 36.09])
    """
    flowers, _ = data.iris()
    A, y = np.column_stack([flowers[:, 2], np.ones(WHOLE)]), flowers[:, 3]
    curvatures, axes = np.linalg.eigh(2 / WHOLE * A.T @ A)
    axes = axes * np.sign(axes[0])  # both point to larger w1
    return Valley(A, y, np.linalg.lstsq(A, y, rcond=None)[0], axes, curvatures)


@cache
def gradients(batch_size: int, seed: int) -> tuple[tuple[Array, Array], ...]:
    """For each step the H (2, 2) and c (2,) of its batch, whose gradient is H w - c; every epoch shuffles anew.

    >>> len(gradients(32, 0)), gradients(150, 0)[0][0].round(1).tolist()
    (80, [[34.4, 7.5], [7.5, 2.0]])
    """
    valley, rng = petals(), np.random.default_rng(seed)
    steps: list[tuple[Array, Array]] = []
    while len(steps) < STEPS:
        for A, y in data.batches(valley.A, valley.y, batch_size, rng=rng):
            steps.append((2 / len(y) * A.T @ A, 2 / len(y) * A.T @ y))
    return tuple(steps[:STEPS])


class Convention(NamedTuple):
    """A way to write momentum: m <- mu m + share g, then w <- w + move m, where PyTorch takes the first g undamped.

    With Nesterov the gradient is taken at w + mu move m; PyTorch keeps that place in the stead of w.
    """

    share: Callable[[float], float]  # mu -> what g is multiplied by; the velocity has its rate in here
    undamped_start: bool = False
    keeps_look_ahead: bool = False


CONVENTIONS = {
    VELOCITY: Convention(lambda mu: 1.0),
    AVERAGE: Convention(lambda mu: 1 - mu),
    BUFFER: Convention(lambda mu: 1.0, undamped_start=True, keeps_look_ahead=True),
    DAMPENED: Convention(lambda mu: 1 - mu, undamped_start=True, keeps_look_ahead=True),
}


def converted(rate: float, mu: float, convention: str) -> float:
    """The rate that gives a convention the path that the velocity takes at `rate`.

    >>> round(converted(0.02, 0.95, "average"), 9), converted(0.02, 0.95, "PyTorch")
    (0.4, 0.02)
    """
    return rate / CONVENTIONS[convention].share(mu)


def walk(
    batches: tuple[tuple[Array, Array], ...],
    rates: Array,
    mu: float = 0.0,
    *,
    convention: str = VELOCITY,
    nesterov: bool = False,
) -> Array:
    """One path per rate from (0, 0).   rates (R,) -> (steps + 1, R, 2); what overflows becomes nan

    PyTorch refuses dampening with Nesterov; then there is none.

    >>> walk(gradients(150, 0), np.array([0.01]))[1].round(3)
    array([[0.116, 0.024]])
    """
    rule = CONVENTIONS[BUFFER if nesterov and convention == DAMPENED else convention]
    lr, w, m = rates[:, np.newaxis], np.zeros((len(rates), 2)), np.zeros((len(rates), 2))
    before, after = (-lr, 1.0) if convention == VELOCITY else (1.0, -lr)  # where the rate comes in
    path = [w]
    with np.errstate(over="ignore", invalid="ignore"):
        for t, (H, c) in enumerate(batches):
            look_ahead = nesterov and not rule.keeps_look_ahead
            g = (w + mu * after * m if look_ahead else w) @ H - c
            share = 1.0 if rule.undamped_start and t == 0 else rule.share(mu)
            m = mu * m + before * share * g
            w = w + after * (g + mu * m if nesterov and rule.keeps_look_ahead else m)
            path.append(w)
    return np.array(path)


def distances(path: Array) -> Array:
    """What is left of the distance to the best weights, as a share of the distance at the start.   (..., 2) -> (...)"""
    best = petals().best
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.linalg.norm(path - best, axis=-1) / np.linalg.norm(best))


def arrival(left: Array) -> int | None:
    """The first step from which on at most ARRIVED is left; None if there is none.

    >>> arrival(np.array([1, 0.005, 0.02, 0.009, 0.001])), arrival(np.array([1.0, 0.5]))
    (3, None)
    """
    there = left <= ARRIVED
    return int(len(left) - np.argmin(there[::-1])) if there[-1] and not there.all() else None


def crossings(errors: Array) -> int:
    """How often a path runs past the middle; what stays within VISIBLE of it does not count.

    >>> crossings(np.array([-1.0, -0.2, 0.1, 0.2, 0.001, -0.001]))
    1
    """
    signs = np.sign(errors[np.abs(errors) > VISIBLE])
    return int(np.sum(signs[1:] != signs[:-1]))


@cache
def tuned(batch_size: int, mu: float = 0.0, nesterov: bool = False) -> float:
    """Of RATES the one that ends nearest, on average over batches that no picture shows.

    >>> round(tuned(150), 3)
    0.054
    """
    options: Any = {"mu": mu, "nesterov": nesterov}
    ends = [distances(walk(gradients(batch_size, seed), RATES, **options)[-1]) for seed in TUNING_SEEDS]
    return float(RATES[np.nanargmin(np.mean(ends, axis=0))])


class MomentumExplorer(Explorer):
    """Batch size, rate, momentum and its convention: the path, the error along each eigenvector, the distance left.

    >>> explorer = MomentumExplorer(rate=0.045, momentum=0.8)
    >>> print(explorer.readout.value.split(". ")[1])
    At most 1 % of the distance is left from step 39 on
    """

    title = "Momentum explorer"
    goal = (
        f"With all {WHOLE} flowers in each step, leave at most 1 % of the distance from step {SOON} on. (Plain descent at its "
        "best rate needs 243 steps.) Then choose the average, switch the conversion off, and bring that path back."
    )
    success = (
        "Past steps that add up cross the flat valley in a fifth of the time. And the average needs the velocity's rate "
        "divided by 1 - momentum: the same path, another number."
    )
    height = 350

    def controls(self) -> dict[str, Any]:
        """Batch size, momentum, rate, Nesterov, convention, and whether the rate is converted to it."""
        names = {1: "1 (SGD)", WHOLE: f"{WHOLE} (batch GD)"}
        return {
            "momentum": widgets.FloatSlider(value=0, min=0, max=0.99, step=0.01, description="momentum"),
            "rate": widgets.FloatSlider(
                value=0.03, min=0.005, max=1, step=0.005, readout_format=".3f", description="learning rate"
            ),
            "batch_size": widgets.Dropdown(
                options=[(names.get(size, str(size)), size) for size in SIZES], value=WHOLE, description="batch size"
            ),
            "nesterov": widgets.Checkbox(value=False, description="Nesterov"),
            "convention": widgets.Dropdown(options=list(CONVENTIONS), value=VELOCITY, description="convention"),
            "convert": widgets.Checkbox(value=True, description="convert the rate to the convention"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The path, its errors along the valley's axes, what is left of the distance; the same of tuned plain descent."""
        undamped = state.nesterov and state.convention == DAMPENED
        convention = BUFFER if undamped else state.convention
        rate = converted(state.rate, state.momentum, convention) if state.convert else state.rate
        batches, best_rate = gradients(state.batch_size, SEED), tuned(state.batch_size)
        path = walk(batches, np.array([rate]), state.momentum, convention=convention, nesterov=state.nesterov)[:, 0]
        plain = walk(batches, np.array([best_rate]))[:, 0]
        valley, left = petals(), distances(path)
        with np.errstate(over="ignore", invalid="ignore"):
            errors = (path - valley.best) @ valley.axes
        return SimpleNamespace(
            path=path, errors=errors, left=left, plain_left=distances(plain), arrival=arrival(left),
            rate=rate, best_rate=best_rate, undamped=undamped,
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: contours with the paths, signed errors, distance left on a log axis."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        contours(self.left)
        self.left.set(title="path between contours")
        for ax in (self.middle, self.right):
            ax.set(xlabel="step", xlim=(-3, STEPS + 3), xticks=range(0, STEPS + 1, 20))
        self.middle.set(title="error along each axis", ylabel="error", ylim=(-0.65, 0.65))
        self.middle.axhline(0, color=GUIDE, linewidth=1)
        self.right.set(title="distance left", ylabel="share of the start", yscale="log", ylim=(FLOOR / 2, CEILING))
        self.right.set_yticks(
            [FLOOR, 1e-4, 1e-3, 0.01, 0.1, 1, 10], ["0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %", "1000 %"]
        )
        self.right.minorticks_off()
        self.right.axhline(ARRIVED, color=GUIDE, linestyle="--", linewidth=1.5)

        chosen: Any = {"color": VERMILLION, "animated": True}
        (self.track,) = self.left.plot([], [], ".-", linewidth=1.2, markersize=6, **chosen)
        (self.end,) = self.left.plot([], [], "o", **chosen)
        (self.flat,) = self.middle.plot([], [], "-", label="flat axis", **chosen)
        (self.steep,) = self.middle.plot(
            [], [], linestyle=LINES[1], linewidth=1.2, color=GREEN, label="steep axis", animated=True
        )
        (self.plain,) = self.right.plot(
            [], [], linestyle=LINES[1], color=BLUE, label="no momentum, best rate", animated=True
        )
        (self.falling,) = self.right.plot([], [], "-", label="your path", **chosen)
        self.middle.legend(loc="lower right", fontsize=9)
        self.right.legend(loc="lower left", fontsize=9)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n, steps = numbers, np.arange(STEPS + 1)
        path = drawable(n.path)
        self.track.set_data(*path.T)
        self.end.set_data(*path[-1:].T)
        for line, errors in zip((self.flat, self.steep), drawable(n.errors).T, strict=True):
            line.set_data(steps, errors)
        for line, left in ((self.plain, n.plain_left), (self.falling, n.left)):
            line.set_data(steps, on_axis(left, FLOOR))

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        kind = "Nesterov" if state.nesterov and state.momentum else "momentum"
        how = f"{kind} {state.momentum:g}, written as {state.convention}," if state.momentum else "no momentum,"
        from_slider = "" if np.isclose(n.rate, state.rate) else f" (converted from {state.rate:g})"
        if n.arrival is None:
            end = f"After {STEPS} steps {share(n.left[-1])} of the distance is left"
        else:
            end = f"At most 1 % of the distance is left from step {n.arrival} on"
        flat, steep = (crossings(drawable(errors)) for errors in n.errors.T)
        refused = " PyTorch refuses dampening with Nesterov, so this path is undamped." if n.undamped else ""
        examples = "1 example" if state.batch_size == 1 else f"{state.batch_size} examples"
        return (
            f"{examples} a step, {how} rate {n.rate:.3g}{from_slider}. {end}. It runs past the middle {times(flat)} on the "
            f"flat axis, {times(steep)} on the steep one. No momentum at its best rate, {n.best_rate:.3f}: "
            f"{share(n.plain_left[-1])} left.{refused}"
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """There soon enough, by the average, with a rate that the learner converted."""
        by_hand = state.convention == AVERAGE and not state.convert
        soon = numbers.arrival is not None and numbers.arrival <= SOON
        return bool(state.batch_size == WHOLE and by_hand and soon)


def share(left: float) -> str:
    """A share of the distance in few characters.

    >>> share(0.0123), share(2e-7), share(40.0), share(float("nan"))
    ('1.2 %', 'less than 0.001 %', '40 times as much', 'more than 1e+06 times as much')
    """
    if left <= 1:
        return f"{100 * left:.2g} %" if left >= FLOOR else "less than 0.001 %"
    return f"{left:.3g} times as much" if left < OUTSIDE else f"more than {OUTSIDE:.0e} times as much"


def times(count: int) -> str:
    """How often, in words.

    >>> times(0), times(1), times(7)
    ('never', 'once', '7 times')
    """
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def contours(ax: Axes) -> None:
    """The petals' loss around the best weights, which a star marks; the start is a square."""
    valley = petals()
    w1, w2 = np.linspace(-0.1, 0.9, 101), np.linspace(-0.6, 0.25, 101)
    heights = valley.loss(np.stack(np.meshgrid(w1, w2), axis=-1))
    ax.contour(w1, w2, heights, levels=np.geomspace(1e-4, 1, 9) * heights.max(), colors=GUIDE, linewidths=0.9)
    ax.plot(0, 0, "s", color=INK, markerfacecolor="white")
    ax.plot(*valley.best, "*", color=INK, markersize=14)
    limits = {"xlim": (w1[0], w1[-1]), "ylim": (w2[0], w2[-1])}
    ax.set(xlabel="weight w1", ylabel="weight w2", **limits)
    ax.grid(False)


@rc_context(STYLE)
def five_paths(steps: int = 50) -> Picture:
    """The petals' valley five times: what a step sees (all, some, one), what it remembers; each path at its own tuned rate.

    >>> [ax.get_title() for ax in five_paths(5).axes][-2:]
    ['momentum 0.8', 'Nesterov 0.8']
    """
    methods: dict[str, tuple[int, float, bool]] = {
        "all 150 a step": (WHOLE, 0.0, False),
        "32 a step": (32, 0.0, False),
        "1 a step": (1, 0.0, False),
        "momentum 0.8": (WHOLE, 0.8, False),
        "Nesterov 0.8": (WHOLE, 0.8, True),
    }
    picture, axes = panels(1, len(methods), width=9, height=3.6, sharex=True, sharey=True)
    for ax, (title, (size, mu, nesterov)) in zip(axes, methods.items(), strict=True):
        contours(ax)
        rate = np.array([tuned(size, mu, nesterov)])
        path = walk(gradients(size, SEED)[:steps], rate, mu, nesterov=nesterov)[:, 0]
        ax.plot(*path.T, ".-", color=VERMILLION if mu else BLUE, linewidth=0.9, markersize=4)
        ax.set_title(title, fontsize=11)
        ax.set_xlabel(f"w1  ({share(distances(path)[-1])} left)")
        ax.set_ylabel("")
    axes[0].set_ylabel("weight w2")
    return picture
