"""What a decision threshold does: who is found, who is missed, who is alarmed for nothing; and the two curves it runs along."""

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcourse import data, metrics
from dlcourse import functional as F
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GUIDE, INK, LINES, MARKERS, SHADE, STYLE, VERMILLION, WORDS
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[Any]

WEIGHTS, BIAS = np.array([0.9, 0.2]), -17.0  # of mean radius and mean texture
LEAST_RECALL = 0.95
SETTINGS = np.arange(101) / 100  # of the threshold's slider
BINS = np.linspace(0, 1, 21)
ROUNDING = {"not at all": 0.0, "to 0.1": 0.1, "to 0.25": 0.25}


@cache
def tumours() -> tuple[Array, Array]:
    """Scores and labels of every second breast tumour: h = sigmoid(0.9 radius + 0.2 texture - 17), 1 for malignant.

    The weights were fitted to the other half, and rounded. Features and halves were picked for a clear example, after a look
    at both: what is measured here illustrates, and estimates nothing.

    >>> h, y = tumours()
    >>> h.shape, int(y.sum())
    ((285,), 102)
    """
    X, benign = data.breast_cancer()
    return F.sigmoid(X[::2, :2] @ WEIGHTS + BIAS)[0], 1 - benign[::2]


class ThresholdExplorer(Explorer):
    """Histograms of both classes, the confusion matrix, ROC and precision-recall curve, and the threshold's place on them.

    >>> explorer = ThresholdExplorer(threshold=0.5)
    >>> print(explorer.readout.value.split(". ")[0])
    Threshold 0.5: of 102 malignant tumours 91 are found and 11 missed; of 183 benign ones 10 are called by mistake
    """

    title = "Threshold explorer"
    goal = (
        "With scores not rounded, move the threshold until recall is at least 0.95 (the dashed lines) "
        "at the best precision that is left."
    )
    success = (
        "Five malignant tumours of 102 are still missed, and nearly three times as many benign ones are called as at 0.5. "
        "Which threshold is best depends on what each mistake costs."
    )
    height = 430

    def controls(self) -> dict[str, Any]:
        """Threshold, how often each benign tumour counts, rounding of the scores."""
        return {
            "threshold": widgets.FloatSlider(value=0.5, min=0, max=1, step=0.01, description="threshold t"),
            "copies": widgets.IntSlider(value=1, min=1, max=20, description="benign, times"),
            "rounding": widgets.Dropdown(options=list(ROUNDING), value="not at all", description="scores rounded"),
        }

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Counts and shares at the threshold, and both curves over all thresholds."""
        h, y = tumours()
        if step := ROUNDING[state.rounding]:
            h = np.round(np.round(h / step) * step, 9)  # 0.3, not 0.30000000000000004: it will be compared with t
        weight = np.where(y == 1, 1.0, state.copies)
        called = (h >= state.threshold).astype(int)
        matrix = metrics.confusion_matrix(y, called, labels=[0, 1], sample_weight=weight).astype(int)
        shares = {
            name: float(np.asarray(getattr(metrics, name)(y, called, sample_weight=weight)))
            for name in ("recall", "precision", "specificity", "f1_score")
        }
        fpr, tpr, _ = metrics.roc_curve(y, h, sample_weight=weight)
        p, r, _ = metrics.precision_recall_curve(y, h, sample_weight=weight)
        return SimpleNamespace(
            threshold=state.threshold,
            matrix=matrix,
            **shares,
            fpr=fpr,
            tpr=tpr,
            p=p,
            r=r,
            area=metrics.auc(fpr, tpr),
            share=float(weight[y == 1].sum() / weight.sum()),
            bars=[np.histogram(h[y == k], BINS)[0] / np.sum(y == k) for k in (0, 1)],
        )

    def setup(self, figure: Figure) -> None:
        """On the left histograms over the matrix, then the two curves in their unit squares."""
        grid = figure.add_gridspec(2, 3, height_ratios=(1.12, 1), width_ratios=(1, 1.05, 1.05))
        self.scores = figure.add_subplot(grid[0, 0])
        self.roc, self.pr = figure.add_subplot(grid[:, 1]), figure.add_subplot(grid[:, 2])
        self.setup_scores()
        self.setup_table(figure)
        self.setup_curves()

    def setup_scores(self) -> None:
        """Benign upwards, malignant downwards; what lies right of the threshold is called malignant."""
        ax = self.scores
        ax.set(
            title="share of each class", xlabel="score h   (grey: called malignant)", xlim=(0, 1), ylim=(-0.72, 0.72)
        )
        ax.set_yticks((-0.5, 0, 0.5), ("0.5", "0", "0.5"))
        middle, width = (BINS[1:] + BINS[:-1]) / 2, np.diff(BINS)
        self.called = ax.axvspan(0.5, 1, color=SHADE, zorder=0.5, animated=True)
        self.bars = [
            ax.bar(
                middle, middle, width, color=COLOURS[k], hatch=hatch, edgecolor="white", linewidth=0.5, animated=True
            )
            for k, hatch in ((0, ""), (1, "////"))
        ]
        ax.axhline(0, color=INK, linewidth=1)
        self.line = ax.axvline(0.5, color=INK, linewidth=2, animated=True)
        for height, label, colour in ((0.75, "benign", BLUE), (0.25, "malignant", VERMILLION)):
            place: Any = {"ha": "center", "va": "center", "rotation": 90, "transform": ax.transAxes}
            ax.text(-0.24, height, label, color=WORDS[colour], weight="bold", **place)

    def setup_table(self, figure: Figure) -> None:
        """True classes in rows, calls in columns, as `dlcourse.metrics.confusion_matrix` returns them."""
        left, top, width, height = 0.148, 0.325, 0.084, 0.113  # in shares of the figure; the grid leaves room for it
        figure.text(left + width, top + 0.025, "confusion matrix", ha="center", weight="bold", fontsize=12)
        self.counts = {}
        for row, column in np.ndindex(2, 2):
            corner, right = (left + column * width, top - (row + 1) * height), row == column
            style: Any = {
                "facecolor": WORDS[COLOURS[row]] if right else "white",
                "edgecolor": COLOURS[row],
                "linewidth": 2,
            }
            size = (0.95 * width, 0.93 * height)
            figure.add_artist(Rectangle(corner, *size, transform=figure.transFigure, **style))
            place: Any = {"ha": "center", "va": "center", "weight": "bold", "animated": True}
            self.counts[row, column] = figure.text(
                corner[0] + size[0] / 2, corner[1] + size[1] / 2, "", color="white" if right else INK, **place
            )
        for k, name in enumerate(("benign", "malignant")):
            figure.text(left - 0.008, top - (k + 0.52) * height, name, ha="right", va="center", fontsize=10)
            words: Any = {"ha": "center", "va": "top", "fontsize": 10, "linespacing": 0.95}
            figure.text(left + (k + 0.48) * width, top - 2.05 * height, f"called\n{name}", **words)

    def setup_curves(self) -> None:
        """ROC and precision-recall; dashed where recall is what the goal asks, dotted what chance would give."""
        self.roc.set(title="ROC curve", xlabel="1 - specificity (false alarms)", ylabel="recall")
        self.pr.set(title="precision-recall curve", xlabel="recall", ylabel="precision")
        for ax in (self.roc, self.pr):
            ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), box_aspect=1)
            ax.set_xticks((0, 0.5, 1))
            ax.set_yticks((0, 0.5, 1))
        self.roc.axhline(LEAST_RECALL, color=GUIDE, linestyle="--", linewidth=1.5)
        self.pr.axvline(LEAST_RECALL, color=GUIDE, linestyle="--", linewidth=1.5)
        self.roc.plot([0, 1], [0, 1], ":", color=GUIDE, linewidth=1.5)
        self.chance = self.pr.axhline(0.5, color=GUIDE, linestyle=":", linewidth=1.5, animated=True)
        (self.roc_line,) = self.roc.plot([], [], color=BLUE, animated=True)
        (self.pr_line,) = self.pr.plot([], [], color=BLUE, drawstyle="steps-post", animated=True)
        self.dots = [ax.plot([], [], "o", color=VERMILLION, animated=True)[0] for ax in (self.roc, self.pr)]
        self.notes = [
            ax.text(x, 0.04, "", transform=ax.transAxes, ha=ha, va="bottom", animated=True, linespacing=1.4)
            for ax, x, ha in ((self.roc, 0.96, "right"), (self.pr, 0.04, "left"))
        ]

    def draw(self, numbers: SimpleNamespace) -> None:
        """The axes never change, so the background is drawn once."""
        n = numbers
        self.called.set_x(n.threshold)
        self.called.set_width(1 - n.threshold)
        self.line.set_xdata([n.threshold, n.threshold])
        for bars, heights, sign in zip(self.bars, n.bars, (1, -1), strict=True):
            for bar, height in zip(bars, heights, strict=True):
                bar.set_height(sign * height)
        for place, count in self.counts.items():
            count.set_text(f"{n.matrix[place]}")
        self.roc_line.set_data(n.fpr, n.tpr)
        self.pr_line.set_data(n.r, n.p)
        self.chance.set_ydata([n.share, n.share])
        self.dots[0].set_data([1 - n.specificity], [n.recall])
        self.dots[1].set_data([n.recall], [n.precision])
        self.notes[0].set_text(f"recall {n.recall:.3f}\nspecificity {n.specificity:.3f}\narea {n.area:.3f}")
        self.notes[1].set_text(f"precision {n.precision:.3f}\nF1 {n.f1_score:.3f}\nmalignant {n.share:.1%}")

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        (tn, fp), (fn, tp) = n.matrix.tolist()
        times = "" if state.copies == 1 else f" (each counted {state.copies} times)"
        rounded = "" if state.rounding == "not at all" else f", scores rounded {state.rounding}"
        nobody = " (nobody is called: 0 of 0 counts as 0)" if tp + fp == 0 else ""
        return (
            f"Threshold {state.threshold:g}{rounded}: of {tp + fn} malignant tumours {tp} are found and {fn} missed; "
            f"of {tn + fp} benign ones{times} {fp} are called by mistake. Recall {n.recall:.3f}, "
            f"precision {n.precision:.3f}{nobody}, specificity {n.specificity:.3f}, F1 {n.f1_score:.3f}. "
            f"{n.share:.1%} are malignant. Area under the ROC curve {n.area:.3f}."
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """Recall is high enough, and no other setting with such a recall is more precise."""
        if state.rounding != "not at all" or numbers.recall < LEAST_RECALL:
            return False
        return bool(numbers.precision >= best_precision(state.copies))


@cache
def best_precision(copies: int) -> float:
    """The best precision of all settings of the slider whose recall is high enough."""
    h, y = tumours()
    called = h >= SETTINGS[:, np.newaxis]  # (settings, tumours)
    tp, fp = (called & (y == 1)).sum(axis=1), copies * (called & (y == 0)).sum(axis=1)
    enough = tp >= LEAST_RECALL * np.sum(y == 1)
    return float((tp[enough] / (tp[enough] + fp[enough])).max())


@rc_context(STYLE)
def probability_map(
    predict: Callable[[Array], npt.ArrayLike],
    X: Array,
    y: Array,
    *,
    classes: tuple[str, str],
    title: str,
    xlabel: str,
    ylabel: str,
) -> Picture:
    """The probability of class 1 over the plane, with the examples on top: the line of a perceptron, grown soft.

    predict: points (N, 2) -> probabilities (N,);   X (N, 2), y (N,) of 0 and 1

    >>> half = lambda points: 1 / (1 + np.exp(-points[:, 0]))
    >>> options = dict(classes=("no", "yes"), title="Half", xlabel="x1", ylabel="x2")
    >>> probability_map(half, np.eye(2), np.array([0, 1]), **options).axes[0].get_title()
    'Half'
    """
    picture, ax = panels(height=4.2)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.04 * (high - low)
    across, up = np.meshgrid(*(np.linspace(a, b, 120) for a, b in zip(low - margin, high + margin, strict=True)))
    h = np.asarray(predict(np.column_stack([across.ravel(), up.ravel()]))).reshape(across.shape)
    ax.contourf(across, up, h, levels=np.linspace(0, 1, 11), colors=_shades(10), alpha=0.6)
    for levels, style in (([0.5], "-"), ([0.05, 0.95], "--")):
        ax.contour(across, up, h, levels=levels, colors=INK, linewidths=1.5, linestyles=style)
        ax.plot([], [], style, color=INK, linewidth=1.5, label="h = " + " and ".join(map(str, levels)))
    for k, name in enumerate(classes):
        ax.plot(*X[y == k].T, MARKERS[k], color=COLOURS[k], markersize=4, markeredgecolor="white", label=name)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(False)
    ax.legend(loc="upper right", markerscale=1.5, frameon=True)
    return picture


@rc_context(STYLE)
def roc_picture(curves: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]], *, title: str) -> Picture:
    """ROC curves in one unit square, told apart by colour, line style and marker; dotted is chance.

    curves: label -> false positive rate (T,), true positive rate (T,)

    >>> roc_picture({"perfect": ([0, 0, 1], [0, 1, 1])}, title="ROC").axes[0].get_ylabel()
    'recall (true positive rate)'
    """
    picture, ax = panels(width=5.6, height=4.4)
    for k, (label, (fpr, tpr)) in enumerate(curves.items()):
        ax.plot(fpr, tpr, color=COLOURS[k], linestyle=LINES[k], marker=MARKERS[k], markersize=10 - 2 * k, label=label)
    ax.plot([0, 1], [0, 1], color=GUIDE, linestyle=(0, (2, 2)), linewidth=1.5, label="chance")
    ax.set(title=title, xlabel="1 - specificity (false positive rate)", ylabel="recall (true positive rate)")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), box_aspect=1)
    ax.legend(loc="lower right")
    return picture


def _shades(count: int) -> list[tuple[float, ...]]:
    """From the colour of class 0 over white to that of class 1."""
    colours = LinearSegmentedColormap.from_list("h", [BLUE, "white", VERMILLION])
    return [colours(x) for x in np.linspace(0, 1, count)]
