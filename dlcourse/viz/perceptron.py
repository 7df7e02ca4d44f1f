"""One neuron with a step: its line through the plane, its truth table, and how its mistakes change as it learns."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dlcourse import data
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GREEN, GUIDE, INK, STYLE, VERMILLION, WORDS
from dlcourse.viz.plots import Picture, panels

Array = npt.NDArray[np.floating[Any]]

GATES = ("AND", "OR", "NAND", "XOR")
LOW, HIGH = -0.5, 1.5  # of the window on the plane, in both directions
WINDOW = np.array([[LOW, LOW], [HIGH, LOW], [HIGH, HIGH], [LOW, HIGH]])  # its corners, round about
#: The areas of the answers 0 and 1: the tints of plots.decision_regions, and stripes where the answer is 1.
TINTS: Any = [[0.78 + 0.22 * part for part in to_rgb(colour)] for colour in (BLUE, VERMILLION)]
AREA_0, AREA_1 = (to_hex(tint) for tint in TINTS)
STRIPED: Any = {"facecolor": AREA_1, "edgecolor": "white", "hatch": "///", "linewidth": 0}
AREAS = (Patch(color=AREA_0, label="answer 0"), Patch(**STRIPED, label="answer 1"))
REACH = 3.0  # of a slider to either side; learning may go further and takes the slider's end along
STEPS = 20  # learning steps that the right panel has room for, before it grows


class Place(NamedTuple):
    """Where learning stands: the gate, the weights, and the row of the truth table that is looked at next."""

    gate: str
    w1: float
    w2: float
    b: float
    row: int


class PerceptronExplorer(Explorer):
    """The plane cut by one neuron, its truth table, and its mistakes, step by learning step.

    >>> explorer = PerceptronExplorer(gate="AND", w1=1, w2=1, b=-1.5)
    >>> print(explorer.readout.value)
    AND with w1 = 1, w2 = 1, b = -1.5: 4 of 4 rows right. The line is 1 x1 + 1 x2 - 1.5 = 0. Learning steps: 0.
    """

    title = "Perceptron explorer"
    goals = (
        "Part 1 of 2: choose AND and get 4 of 4 rows right, with the sliders or with learning steps.",
        "Part 2 of 2: choose XOR, press 'back to zero', then press 'one learning step' until the neuron is "
        "exactly where it was before.",
    )
    goal = goals[0]
    success = (
        "AND is learned. On XOR the neuron came back to weights that it had before, at the same row: from here it "
        "repeats the same mistakes for ever."
    )

    walked: tuple[Place, ...] = ()  # where the learning steps led, from the last place that was set by hand
    learned_and = False

    def controls(self) -> dict[str, Any]:
        """Gate, two weights, bias."""
        sliders = {
            name: widgets.FloatSlider(value=start, min=-REACH, max=REACH, step=0.5, description=label)
            for name, start, label in (("w1", 1, "weight w1"), ("w2", -1, "weight w2"), ("b", 0.5, "bias b"))
        }
        return {"gate": widgets.Dropdown(options=GATES, value="OR", description="gate"), **sliders}

    def actions(self) -> dict[str, Callable[[], None]]:
        """Two buttons below the sliders."""
        return {"one learning step": self.learn, "back to zero": self.restart}

    @property
    def state(self) -> SimpleNamespace:
        """The controls' values, and the learning steps that led there: none if a control was moved by hand."""
        state = super().state
        here = (state.gate, state.w1, state.w2, state.b)
        came_by_learning = self.walked and self.walked[-1][:4] == here
        state.trail = self.walked if came_by_learning else (Place(*here, row=0),)
        return state

    def learn(self) -> None:
        """Move to where one learning step leads; stay, if there is no mistake to learn from."""
        trail = self.state.trail
        if (place := learning_step(trail[-1])) is not None:
            self.walked = (*trail, place)
            self.go_to(place)

    def restart(self) -> None:
        """Set all weights to 0 and forget the steps."""
        self.walked = ()
        self.go_to(Place(self.control["gate"].value, 0.0, 0.0, 0.0, row=0))

    def go_to(self, place: Place) -> None:
        """Move the three sliders, past their ends if it must be."""
        for name in ("w1", "w2", "b"):
            slider, value = self.control[name], getattr(place, name)
            slider.min, slider.max = min(slider.min, value), max(slider.max, value)
            slider.value = value

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Sums, answers and mistakes of the four rows; the mistakes after each step; whether a place came back."""
        here, w = state.trail[-1], np.array([state.w1, state.w2])
        rows, wanted = data.gate(state.gate)
        z = rows @ w + state.b
        answers = (z >= 0).astype(int)
        return SimpleNamespace(
            rows=rows,
            wanted=wanted,
            z=z,
            answers=answers,
            wrong=answers != wanted,
            ones=part_of_window(w, state.b),
            w=w,
            b=state.b,
            errors=[int(mistakes_at(place).sum()) for place in state.trail],
            next_row=next_mistake(here),
            before=state.trail.index(here),  # the step at which the neuron stood here first
            steps=len(state.trail) - 1,
        )

    def setup(self, figure: Figure) -> None:
        """Three axes: the plane, the truth table, wrong answers over the learning steps."""
        self.plane, table, self.course = figure.subplots(1, 3, width_ratios=(1, 1.05, 1))
        draw_window(self.plane)
        self.plane.set(title="the plane")
        (self.ones,) = self.plane.fill([], [], **STRIPED, animated=True)
        (self.line,) = self.plane.plot([], [], color=INK, animated=True)
        arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        self.arrow = self.plane.annotate("", (0, 0), (0, 0), arrowprops=arrow, animated=True)
        self.letter = self.plane.text(0, 0, "w", fontweight="bold", ha="center", va="center", animated=True)
        self.points = [
            self.plane.plot([], [], marker, color=colour, markersize=10, label=f"wanted {k}", animated=True)[0]
            for k, (marker, colour) in enumerate((("o", BLUE), ("s", VERMILLION)))
        ]
        (self.rings,) = self.plane.plot(
            [], [], "o", color=INK, fillstyle="none", markersize=19, markeredgewidth=2, label="wrong", animated=True
        )
        handles = [*self.points, self.rings, *AREAS]
        figure.legend(handles=handles, loc="outside lower left", ncols=5, markerscale=0.7)

        table.set(title="truth table", xlim=(0, 1), ylim=(0, 1))
        table.axis("off")
        style: Any = {"family": "DejaVu Sans Mono", "fontsize": 11, "va": "center"}
        table.text(0.07, 0.88, "x1 x2     z   h  y", fontweight="bold", **style)
        table.axhline(0.8, color=GUIDE, linewidth=1)
        table.text(0.07, 0.03, "h answer, y wanted, > next to learn from", fontsize=9)
        heights = (0.7, 0.54, 0.38, 0.22)
        self.cells = [table.text(0.07, height, "", animated=True, **style) for height in heights]
        self.marks = [table.text(0.78, height, "", animated=True, **style) for height in heights]
        self.pointer = table.text(-0.02, 0, ">", color=INK, fontweight="bold", animated=True, **style)
        self.heights = heights

        self.course.set(title="wrong answers", xlabel="learning steps", ylim=(-0.3, 4.3))
        self.course.set(xlim=(-0.7, STEPS + 0.7), yticks=range(5))
        (self.errors,) = self.course.plot([], [], ".-", color=BLUE, animated=True)
        (self.now,) = self.course.plot([], [], "o", color=VERMILLION, animated=True)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Only more steps than fit change the axes."""
        n = numbers
        room = STEPS * max(1, -(-n.steps // STEPS))
        if self.course.get_xlim()[1] != room + 0.7:
            self.course.set_xlim(-0.7, room + 0.7)
        self.ones.set_xy(n.ones if len(n.ones) else [[LOW, LOW]])
        self.draw_line(n)
        for k, points in enumerate(self.points):
            points.set_data(*n.rows[n.wanted == k].T)
        self.rings.set_data(*n.rows[n.wrong].T)
        for i, (cell, mark) in enumerate(zip(self.cells, self.marks, strict=True)):
            (x1, x2), z = n.rows[i], n.z[i]
            cell.set_text(f"{x1:2.0f} {x2:2.0f} {z:5g}  {n.answers[i]:2} {n.wanted[i]:2}")
            mark.set_text("wrong" if n.wrong[i] else "right")
            mark.set_color(WORDS[VERMILLION if n.wrong[i] else GREEN])
        self.pointer.set_visible(n.next_row is not None)
        self.pointer.set_y(self.heights[n.next_row or 0])
        self.errors.set_data(range(n.steps + 1), n.errors)
        self.now.set_data([n.steps], [n.errors[-1]])

    def draw_line(self, n: SimpleNamespace) -> None:
        """The line z = 0 where it crosses the window, and w, which stands on it upright and points to the side of 1."""
        ends = n.ones[np.abs(n.ones @ n.w + n.b) < 1e-9] if n.w.any() else n.ones[:0]
        self.line.set_data(*ends.T)
        for artist in (self.arrow, self.letter):
            artist.set_visible(len(ends) > 1)
        if len(ends) > 1:
            foot, direction = ends.mean(axis=0), n.w / np.linalg.norm(n.w)
            self.arrow.set_position(foot)
            self.arrow.xy = tuple(foot + 0.32 * direction)
            self.letter.set_position(foot + 0.44 * direction)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """The readout below the picture."""
        n = numbers
        rows = ", ".join(f"({x1:g}, {x2:g})" for x1, x2 in n.rows[n.wrong])
        sentences = [
            f"{state.gate} with w1 = {state.w1:g}, w2 = {state.w2:g}, b = {state.b:g}: "
            f"{4 - n.wrong.sum()} of 4 rows right" + (f", wrong at {rows}." if rows else "."),
            f"The line is {state.w1:g} x1 {signed(state.w2)} x2 {signed(state.b)} = 0."
            if n.w.any()
            else f"There is no line: both weights are 0, and every row gets the answer {n.answers[0]}.",
            f"Learning steps: {n.steps}.",
        ]
        if n.next_row is not None:
            x1, x2 = n.rows[n.next_row]
            sentences.append(f"The next step learns from ({x1:g}, {x2:g}).")
        if n.before < n.steps:
            sentences.append(f"After step {n.before} the neuron stood exactly here.")
        return " ".join(sentences)

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """AND right at some time, and XOR come back to a place of before; the goal line names the part that is left."""
        self.learned_and |= state.gate == "AND" and not numbers.wrong.any()
        self.goal = self.goals[self.learned_and]
        return bool(self.learned_and and state.gate == "XOR" and numbers.before < numbers.steps)


def mistakes_at(place: Place) -> npt.NDArray[np.bool_]:
    """Which rows of the truth table the neuron gets wrong."""
    rows, wanted = data.gate(place.gate)
    return np.asarray((rows @ np.array([place.w1, place.w2]) + place.b >= 0) != wanted)


def next_mistake(place: Place) -> int | None:
    """The first wrong row, from the row that is looked at next and round about; None if all are right."""
    wrong = mistakes_at(place)
    return next((row for row in ((place.row + k) % 4 for k in range(4)) if wrong[row]), None)


def learning_step(place: Place) -> Place | None:
    """The perceptron rule at the next wrong row: w <- w + (y - h) x, b <- b + (y - h). None if no row is wrong.

    >>> learning_step(Place("AND", 0.0, 0.0, 0.0, row=0))
    Place(gate='AND', w1=0.0, w2=0.0, b=-1.0, row=1)
    """
    if (row := next_mistake(place)) is None:
        return None
    rows, wanted = data.gate(place.gate)
    error = 2.0 * wanted[row] - 1.0  # y - h of a wrong answer: 1 where 1 was wanted, -1 where 0 was
    w1, w2 = (float(w + error * x) for w, x in zip(place[1:3], rows[row], strict=True))
    return Place(place.gate, w1, w2, float(place.b + error), (row + 1) % 4)


def part_of_window(w: Array, b: float) -> Array:
    """The corners of the part of the window where w x + b >= 0; on the line itself w x + b is 0 up to rounding.

    >>> part_of_window(np.array([1.0, 0.0]), -0.5)
    array([[ 0.5, -0.5],
           [ 1.5, -0.5],
           [ 1.5,  1.5],
           [ 0.5,  1.5]])
    """
    corners = []
    for one, other in zip(WINDOW, np.roll(WINDOW, -1, axis=0), strict=True):
        z, z_other = one @ w + b, other @ w + b
        if z >= 0:
            corners.append(one)
        if z * z_other < 0:
            corners.append(one + z / (z - z_other) * (other - one))
    return np.array(corners).reshape(-1, 2)


def signed(number: float) -> str:
    """A number as it stands in a sum: + 1, - 0.5."""
    return f"{'-' if number < 0 else '+'} {abs(number):g}"


def draw_window(ax: Axes, letter: str = "x") -> None:
    """An empty plane of two inputs: blue, the colour of the answer 0, until something is drawn on it."""
    ax.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH), xticks=(0, 1), yticks=(0, 1), box_aspect=1)
    ax.set(xlabel=f"{letter}1", ylabel=f"{letter}2")
    ax.axvspan(LOW, HIGH, color=AREA_0, linewidth=0)
    ax.grid(False)


@rc_context(STYLE)
def planes(grid: Mapping[str, tuple[Any, ...]]) -> Picture:
    """What classifiers of two inputs answer in every point of the plane, and the points that they should get right.

    grid: title -> (classifier from points (N, 2) to answers 0 or 1 (N,), X (N, 2), y (N,)), and as a fourth entry, if
    the axes are not to be called x1 and x2, another letter.

    >>> X, y = data.gate("AND")
    >>> planes({"AND": (lambda X: X.sum(axis=1) >= 1.5, X, y)}).axes[0].get_title()
    'AND'
    """
    picture, axes = panels(1, len(grid), width=9, height=3.1 if len(grid) > 3 else 3.7, squeeze=False)
    ticks = np.linspace(LOW, HIGH, 301)
    across, up = np.meshgrid(ticks, ticks)
    for ax, (title, (classify, X, y, *letter)) in zip(axes.flat, grid.items(), strict=True):
        answers = np.asarray(classify(np.column_stack([across.ravel(), up.ravel()]))).reshape(across.shape)
        draw_window(ax, *letter)
        area = ax.contourf(across, up, answers, levels=[0.5, 1.5], colors=[AREA_1], hatches=["///"])
        area.set_edgecolor("white")
        ax.contour(across, up, answers, levels=[0.5], colors=[INK], linewidths=1.4)
        for k, (marker, colour) in enumerate((("o", BLUE), ("s", VERMILLION))):
            ax.plot(*X[y == k].T, marker, color=colour, markersize=9, label=f"wanted {k}")
        ax.set(title=title)
    handles, _ = axes[0, 0].get_legend_handles_labels()
    picture.legend(handles=[*handles, *AREAS], loc="outside lower center", ncols=4)
    return picture


def gate_gallery() -> Picture:
    """Four gates as areas of the plane: AND, OR and NAND by one neuron each, XOR by all three in two layers.

    >>> [ax.get_title() for ax in gate_gallery().axes]
    ['AND', 'OR', 'NAND', 'XOR, two layers']
    """

    def neuron(w: float, b: float) -> Callable[[Array], Array]:
        return lambda X: np.asarray(X.sum(axis=1) * w + b >= 0, dtype=float)

    gates = {"AND": neuron(1, -1.5), "OR": neuron(1, -0.5), "NAND": neuron(-1, 1.5)}
    grid = {name: (gate, *data.gate(name)) for name, gate in gates.items()}
    both = (lambda X: gates["AND"](np.column_stack([gates["OR"](X), gates["NAND"](X)])), *data.gate("XOR"))
    return planes({**grid, "XOR, two layers": both})


@rc_context(STYLE)
def neuron_sketch(inputs: int = 2) -> Picture:
    """A neuron as boxes and arrows: inputs times weights, plus bias, make z; the activation makes h of it.

    >>> neuron_sketch().words()
    'Figure: A neuron (output h against inputs x1, x2 with weights w1, w2 and bias b)'
    """
    picture, ax = panels(width=7.6, height=2.6)
    numbers = range(1, inputs + 1)
    sources, weights = (", ".join(f"{letter}{i}" for i in numbers) for letter in "xw")
    ax.set(title="A neuron", xlabel=f"inputs {sources} with weights {weights} and bias b", ylabel="output h")
    ax.axis("off")
    ax.set(xlim=(0.2, 9.8), ylim=(0, 4))
    box: Any = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": BLUE, "linewidth": 1.8}
    plain: Any = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    arrow: Any = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.4}
    centred: Any = {"ha": "center", "va": "center"}
    for k, name in enumerate([*numbers, "b"]):
        y = 3.5 - 3 * k / inputs
        ax.annotate("", (3.5, 2), (0.6, y), arrowprops=arrow | {"shrinkA": 14, "shrinkB": 4})
        ax.text(0.6, y, "1" if name == "b" else f"x{name}", bbox=box, **centred)
        weight = "b" if name == "b" else f"w{name}"
        ax.text(2.1, y + (2 - y) / 2, weight, color=WORDS[VERMILLION], fontweight="bold", bbox=plain, **centred)
    for start, end, label in ((4.95, 6.35, "z"), (7.75, 9.2, "")):
        ax.annotate("", (end, 2), (start, 2), arrowprops=arrow)
        ax.text((start + end) / 2, 2.4, label, fontweight="bold", **centred)
    ax.text(4.2, 2, "weighted\nsum", bbox=box, **centred)
    ax.text(4.2, 0.6, " + ".join(f"x{i} w{i}" for i in numbers) + " + b", **centred)
    ax.text(7.05, 2, "activation", bbox=box, **centred)
    ax.text(9.4, 2, "h", fontweight="bold", **centred)
    return picture
