"""Hyperparameters by five ways of searching, at equal budget, and the learning rate over time beside its range test."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GREEN, GUIDE, INK, LINES, SHADE, SKY, STYLE, VERMILLION
from dlcourse.viz.plots import Picture, panels
from dlcourse.viz.search_runs import (
    BUDGET,
    GUESSING,
    LANDSCAPE,
    METHODS,
    PEAKS,
    RUNS,
    SCHEDULES,
    SEEDS,
    STEPS,
    runs,
    schedule,
)

Array = npt.NDArray[np.floating[Any]]

NAMES = {
    "grid": "grid",
    "random": "random",
    "tpe": "Bayesian: TPE",
    "gp": "Bayesian: Gaussian process (GP)",
    "genetic": "genetic",
}
SHORT = {"tpe": "TPE", "gp": "GP"}  # where there is little room
RATE_TICKS = ([1e-3, 1e-2, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
UNIT_TICKS = ([2, 4, 8, 16, 32, 64], ["2", "4", "8", "16", "32", "64"])
LEVELS = [0.2, 0.35, 0.5, 0.8, 1.2, 1.7, 2.25]
SHADES = ["#8FC1E8", "#ABD0ED", "#C4DEF2", "#D9E9F6", "#E9F2FA", "#F5F9FD"]  # the lower the loss, the darker
EDGES = (7e-4, 14.0), (1.5, 85.0)  # of the plane
BELOW = 0.18  # the goal's loss after a schedule; no constant rate gets there
ROOM = 60  # steps' width beside the schedule, for the range test


def best_so_far(method: str) -> Array:
    """The best loss after each trial.   -> (RUNS, BUDGET)

    >>> print(best_so_far("grid")[:, -1].mean().round(2))
    0.46
    """
    return np.minimum.accumulate(runs().trials[method][..., 2], axis=1)


def overtaken(method: str) -> int | None:
    """After how many trials a method's mean is below what the grid has reached with all of them; None if never.

    >>> overtaken("random"), overtaken("grid")
    (13, None)
    """
    below = best_so_far(method).mean(axis=0) < best_so_far("grid")[:, -1].mean()
    return int(below.argmax()) + 1 if below.any() else None


class SearchExplorer(Explorer):
    """Trials in the plane of two hyperparameters, the best loss so far per method, and a schedule beside the range test.

    >>> explorer = SearchExplorer(method="random", trials=13)
    >>> print(explorer.readout.value.split(". ")[0])
    Random search 1 after 13 of 36 trials: best loss 0.36 at rate 1.4 with 29 units
    """

    title = "Search explorer"
    goal = (
        "Choose random search, and find the smallest number of trials after which its mean over 20 searches lies below what "
        f"the grid reaches with all {BUDGET}. Then find a schedule and a peak rate whose mean loss ends below {BELOW}."
    )
    success = (
        "Random search needed about a third of the grid's trials, because each of them tries a new rate. And a rate that comes "
        "down again may rise to a peak at which a constant rate does badly."
    )
    height = 350

    def controls(self) -> dict[str, Any]:
        """What searches, which of its runs, how far; which schedule, up to which rate."""
        rates = [(f"{peak:.2f}", float(peak)) for peak in PEAKS]
        return {
            "trials": widgets.IntSlider(value=4, min=1, max=BUDGET, description="trials so far"),
            "method": widgets.Dropdown(options=[(NAMES[m], m) for m in METHODS], value="grid", description="method"),
            "run": widgets.IntSlider(value=1, min=1, max=RUNS, description="search number"),
            "schedule": widgets.Dropdown(options=list(SCHEDULES), value="constant", description="schedule"),
            "peak": widgets.SelectionSlider(options=rates, value=rates[4][1], description="peak rate"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """The trials so far and the best of them; the method's mean; the rates of the schedule and where they led."""
        trials = runs().trials[state.method][state.run - 1, : state.trials]
        means, row = best_so_far(state.method), int(np.abs(PEAKS - state.peak).argmin())
        losses = runs().schedules[state.schedule][row]
        plan = schedule(state.schedule, float(PEAKS[row]))
        return SimpleNamespace(
            trials=trials, best=trials[trials[:, 2].argmin()], own=means[state.run - 1, : state.trials], n=state.trials,
            mean=means.mean(axis=0), spread=float(means[:, state.trials - 1].std(ddof=1)), method=state.method,
            distinct=tuple(len(np.unique(trials[:, k])) for k in (0, 1)),
            rates=np.array([plan(step) for step in range(STEPS)]), peak=float(PEAKS[row]),
            loss=float(losses.mean()), loss_spread=float(losses.std(ddof=1)),
        )  # fmt: skip

    def setup(self, figure: Figure) -> None:
        """Three axes: the plane, the best loss so far, the rate over time with the range test at its side."""
        self.left, self.middle, self.right = figure.subplots(1, 3)
        plane(self.left)
        self.left.set(title="trials so far")
        self.middle.set(
            title=f"best so far, mean of {RUNS}", xlabel="trials", ylabel="validation loss",
            xlim=(0, BUDGET + 1), ylim=(0, 2.45), xticks=range(0, BUDGET + 1, 6),
        )  # fmt: skip
        for k, method in enumerate(METHODS):
            self.middle.plot(
                range(1, BUDGET + 1), best_so_far(method).mean(axis=0), color=COLOURS[k], linestyle=LINES[k],
                linewidth=1.3, label=SHORT.get(method, method),
            )  # fmt: skip
        range_test_at_the_side(self.right)

        marks: Any = {"linestyle": "none", "animated": True}
        (self.rug,) = self.left.plot([], [], "|", color=INK, markersize=9, **marks)
        (self.side,) = self.left.plot([], [], "_", color=INK, markersize=9, **marks)
        (self.dots,) = self.left.plot([], [], "o", color=INK, markersize=4, **marks)
        (self.lost,) = self.left.plot([], [], "x", color=INK, markersize=5, markeredgewidth=1.2, **marks)
        (self.star,) = self.left.plot([], [], "*", color=VERMILLION, markersize=15, markeredgecolor="white", **marks)
        (self.mean,) = self.middle.plot([], [], linewidth=3.4, animated=True)
        (self.own,) = self.middle.plot(
            [], [], color=GUIDE, linewidth=1.2, drawstyle="steps-post", label="this search", animated=True
        )
        (self.now,) = self.middle.plot([], [], "o", color=VERMILLION, animated=True)
        self.middle.legend(fontsize=9, loc="upper right", borderaxespad=0.1)
        (self.rates,) = self.right.plot([], [], color=VERMILLION, animated=True)
        self.outcome = self.right.text(
            0.03, 0.97, "", transform=self.right.transAxes, va="top", animated=True, fontsize=10
        )

    def draw(self, numbers: SimpleNamespace) -> None:
        """Axes stay as they are."""
        n = numbers
        rate, hidden, loss = n.trials.T
        lost = loss > 0.99 * GUESSING
        self.rug.set_data(rate, np.full(len(rate), EDGES[1][0]))
        self.side.set_data(np.full(len(rate), EDGES[0][0]), hidden)
        self.dots.set_data(rate[~lost], hidden[~lost])
        self.lost.set_data(rate[lost], hidden[lost])
        self.star.set_data([n.best[0]], [n.best[1]])
        k = METHODS.index(n.method)
        self.mean.set(color=COLOURS[k], linestyle=LINES[k])
        self.mean.set_data(range(1, n.n + 1), n.mean[: n.n])
        self.own.set_data(range(1, n.n + 1), n.own)
        self.now.set_data([n.n], [n.mean[n.n - 1]])
        self.rates.set_data(range(STEPS), np.maximum(n.rates, EDGES[0][0]))
        self.outcome.set_text(f"loss at the end {n.loss:.3f}")

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        name = NAMES[state.method]
        ratio = n.peak / runs().suggestion
        return (
            f"{name[0].upper()}{name[1:]} search {state.run} after {n.n} of {BUDGET} trials: best loss {n.best[2]:.2f} at rate "
            f"{n.best[0]:.2g} with {n.best[1]:.0f} units. It has tried {count(n.distinct[0], 'rate')} and "
            f"{count(n.distinct[1], 'width')}. Mean of {RUNS} searches: {n.mean[n.n - 1]:.3f}, standard deviation "
            f"{n.spread:.3f}; the whole grid: {best_so_far('grid')[:, -1].mean():.3f}. Schedule {state.schedule}, peak "
            f"{n.peak:.2f} ({ratio:.1f} times what the range test suggests): the loss ends at {n.loss:.3f}, standard "
            f"deviation {n.loss_spread:.3f} over {SEEDS} trainings."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """The trials that random search needs, to one, and a schedule that beats every constant rate."""
        return bool(
            state.method == "random" and state.trials == overtaken("random") and numbers.loss < BELOW
        )  # fmt: skip


def count(number: int, what: str) -> str:
    """How many of something.

    >>> count(1, "rate"), count(7, "rate")
    ('1 rate', '7 different rates')
    """
    return f"1 {what}" if number == 1 else f"{number} different {what}s"


def plane(ax: Axes) -> None:
    """The plane of learning rate and hidden units, shaded by the loss: the darker, the lower."""
    ax.contourf(LANDSCAPE["lr"], LANDSCAPE["hidden"], runs().landscape, levels=LEVELS, colors=SHADES)
    ax.set(xscale="log", yscale="log", xlim=EDGES[0], ylim=EDGES[1], xlabel="learning rate", ylabel="hidden units")
    ax.set_xticks(*RATE_TICKS)
    ax.set_yticks(*UNIT_TICKS)
    ax.minorticks_off()
    ax.grid(False)


def range_test_at_the_side(ax: Axes) -> None:
    """Rate over steps on a log axis, and to the right of it the range test's loss at each rate."""
    kept, end = runs(), STEPS + ROOM
    low, high = kept.losses.min(), kept.losses.max()
    across = STEPS + 8 + (ROOM - 12) * (kept.losses - low) / (high - low)
    ax.set(title="rate over time", xlabel="step", ylabel="learning rate", yscale="log", xlim=(-3, end), ylim=EDGES[0])
    ax.set_xticks([0, STEPS // 4, STEPS // 2, 3 * STEPS // 4, STEPS])
    ax.set_yticks(*RATE_TICKS)
    ax.minorticks_off()
    ax.axvspan(STEPS + 2, end, color=SHADE, linewidth=0)
    ax.fill_betweenx(kept.rates, STEPS + 8, across, color=SKY, alpha=0.5, linewidth=0)
    ax.plot(across, kept.rates, color=BLUE, linewidth=1.4)
    ax.axhline(kept.suggestion, color=GUIDE, linestyle="--", linewidth=1.5)
    ax.text(STEPS + 12, 0.0012, "range test:\nits loss", va="bottom", fontsize=9)
    ax.text(2, kept.suggestion, "steepest", va="center", fontsize=9, backgroundcolor="#FFFFFFC0")


@rc_context(STYLE)
def four_searches() -> Picture:
    """The same budget, spent by four methods: the trials of the first search of each, and the best of them.

    >>> [ax.get_title() for ax in four_searches().axes]
    ['grid: 0.45', 'random: 0.29', 'GP: 0.23', 'genetic: 0.23']
    """
    methods = ("grid", "random", "gp", "genetic")
    picture, axes = panels(1, len(methods), width=9, height=3.3, sharex=True, sharey=True)
    for ax, method in zip(axes, methods, strict=True):
        trials = runs().trials[method][0]
        plane(ax)
        best = trials[trials[:, 2].argmin()]
        ax.plot(trials[:, 0], trials[:, 1], "o", color=INK, markersize=3)
        ax.plot(*best[:2], "*", color=VERMILLION, markersize=14, markeredgecolor="white")
        ax.set_title(f"{SHORT.get(method, method)}: {best[2]:.2f}", fontsize=11)
        ax.set_ylabel("")
        ax.set_xticks([1e-3, 0.1, 10], ["0.001", "0.1", "10"])
    axes[0].set_ylabel("hidden units")
    return picture


@rc_context(STYLE)
def projections(plans: Mapping[str, npt.ArrayLike], x: Any, loss: Any) -> Picture:
    """Points in a square of two hyperparameters, and above it what they find out about the one that matters.

    plans: title -> (n, 2) places from 0 to 1;   loss (m,) over x (m,), places of the learning rate

    >>> projections({"two": [[0.2, 0.5], [0.8, 0.5]]}, [0, 1], [1, 0]).axes[0].get_title()
    'two'
    """
    picture, axes = panels(
        2, len(plans), width=7.6, height=5, sharex=True, sharey="row", squeeze=False, height_ratios=[1, 1.6]
    )
    for (top, bottom), (title, points) in zip(axes.T, plans.items(), strict=True):
        points = np.asarray(points)
        seen = np.unique(points[:, 0])
        top.plot(x, loss, color=BLUE)
        top.plot(seen, np.interp(seen, x, loss), "o", color=VERMILLION, markersize=5)
        top.set_title(title)
        for place in seen:
            bottom.axvline(place, color=GUIDE, linewidth=0.8)
        bottom.plot(*points.T, "o", color=VERMILLION, markersize=5)
        bottom.set(xlabel="learning rate: place on its ruler", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        bottom.grid(False)
    axes[0, 0].set_ylabel("loss")
    axes[1, 0].set_ylabel("hidden units: place")
    return picture


@rc_context(STYLE)
def guesses(x: Any, loss: Any, tried: Any, mean: Any, sd: Any, improvement: Any) -> Picture:
    """A Gaussian process through some trials, and below it where the next one promises most.

    x, loss, mean, sd, improvement (m,): the true loss, the guess, its doubt, what is expected of a trial;   tried (n,) of x

    >>> ones = np.ones(3)
    >>> [ax.get_ylabel() for ax in guesses(np.arange(3.0), ones, [1.0], ones, ones, ones).axes]
    ['loss', 'EI']
    """
    picture, (top, bottom) = panels(2, 1, height=4.6, sharex=True, height_ratios=[3, 1])
    top.fill_between(x, mean - 2 * sd, mean + 2 * sd, color=SHADE, label="guess ± 2 standard deviations")
    top.plot(x, loss, color=BLUE, label="true loss, unknown to the search")
    top.plot(x, mean, color=VERMILLION, linestyle=LINES[1], label="guess")
    top.plot(tried, np.interp(tried, x, loss), "o", color=INK, label="trials so far")
    bottom.plot(x, improvement, color=GREEN)
    bottom.axvline(x[improvement.argmax()], color=GUIDE, linestyle="--", linewidth=1.5)
    top.set(title="Where to look next", ylabel="loss")
    top.legend(fontsize=9, loc="lower left")
    bottom.set(xlabel="learning rate: place on its ruler", ylabel="EI")
    return picture
