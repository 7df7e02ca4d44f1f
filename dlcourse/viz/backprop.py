"""Forward and back through a network: every s, x and delta, every weight and its gradient.

BackpropExplorer    a 2-5-2 network that fills only with right values, which the learner types
network()           the same network, filled
chain()             one path: values forward, slopes along it, gradients back
"""

import ast
import math
import operator
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from dlcourse import functional as F
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, GUIDE, INK, STYLE, VERMILLION, WORDS
from dlcourse.viz.plots import Picture, drawing

Array = npt.NDArray[np.floating[Any]]

W1 = np.array([[0.8, -0.5, 0.3, -1.1, 0.6], [-0.4, 0.9, 1.2, -0.6, 0.5]])
B1 = np.array([0.1, -0.2, 0.3, 0.2, -0.1])
W2 = np.array([[0.9, -0.3], [-0.6, 0.5], [0.7, -0.2], [0.4, 0.4], [-0.2, 0.8]])
B2 = np.array([0.1, -0.1])
EXAMPLES = {
    "A: x = (1.5, -1), class 1": ((1.5, -1.0), 1),
    "B: x = (-0.5, 1), class 0": ((-0.5, 1.0), 0),
    "C: x = (1, 0.5), class 0": ((1.0, 0.5), 0),
}
TOLERANCE = 0.006  # two decimals, rounded or cut off
STAGES = ("s1", "x1", "s2", "h", "delta2", "dW2", "delta1", "dW1")  # in the order of the passes


def passes(x: Sequence[float], label: int) -> SimpleNamespace:
    """Both passes for one example, with the library's own functions.   x (2,), label 0 or 1

    >>> bool(abs(passes((1.5, -1.0), 1).delta2.sum()) < 1e-12)
    True
    """
    x0 = np.array([x])
    s1, keep1 = F.linear(x0, W1, B1)
    x1, keep_tanh = F.tanh(s1)
    s2, keep2 = F.linear(x1, W2, B2)
    loss, keep_loss = F.cross_entropy(s2, [label])
    delta2 = F.cross_entropy_backward(keep_loss)
    dx1, dW2, _ = F.linear_backward(delta2, keep2)
    assert dx1 is not None
    delta1 = F.tanh_backward(dx1, keep_tanh)
    _, dW1, _ = F.linear_backward(delta1, keep1)
    h, y = keep_loss
    rows = {"x": x0, "y": y, "s1": s1, "x1": x1, "s2": s2, "h": h, "delta2": delta2, "delta1": delta1}
    return SimpleNamespace(**{name: row[0] for name, row in rows.items()}, dW1=dW1, dW2=dW2, loss=loss)


class Step(NamedTuple):
    """One value to type: its name, the rule for it, the rule with numbers, the value, and wrong values with their hints."""

    name: str
    rule: str
    worked: str
    value: float
    slips: tuple[tuple[float, str], ...]


def steps(n: SimpleNamespace, k: int) -> list[Step]:
    """The eight values on the way from the inputs through hidden unit k to output 0, and back.

    >>> [step.name for step in steps(passes((1.5, -1.0), 1), 0)][:2]
    ['s of hidden 0', 'x of hidden 0']
    """
    s, x, (v0, v1) = n.s1[k], n.x1[k], W2[k]
    slope, (d0, d1) = 1 - x**2, n.delta2
    arriving = v0 * d0 + v1 * d1
    e = np.exp(n.s2)
    return [
        Step(
            f"s of hidden {k}",
            "each input times the weight of its edge, added up, plus the unit's b",
            f"{products(n.x, W1[:, k])} + {number(B1[k])}",
            s,
            ((s - B1[k], "The bias b is missing."), (x, "That is x already. First the sum s, without tanh.")),
        ),
        Step(
            f"x of hidden {k}",
            "x = tanh(s)",
            f"tanh({number(s)})",
            x,
            (
                (slope, "That is the slope 1 - x^2. It is wanted on the way back; here the value is."),
                (1 / (1 + np.exp(-s)), "That is the sigmoid of s. This layer bends with tanh."),
            ),
        ),
        Step(
            "s of output 0",
            "the x of all five hidden units, each times the weight of its edge, added up, plus b",
            f"{products(n.x1, W2[:, 0])} + {number(B2[0])}",
            n.s2[0],
            (
                (n.s2[0] - B2[0], "The bias b is missing."),
                (n.s1 @ W2[:, 0] + B2[0], "You used the s of the hidden units. What leaves a unit is its x."),
                (x * v0 + B2[0], "That is one path. All five hidden units feed this output."),
            ),
        ),
        Step(
            "h of output 0",
            "softmax: e^s of this output, divided by the sum of e^s over both outputs",
            f"exp({number(n.s2[0])}) / (exp({number(n.s2[0])}) + exp({number(n.s2[1])}))",
            n.h[0],
            (
                (e[0], "That is e^s. Divide it by the sum of e^s over both outputs."),
                (n.h[1], "That is the h of the other output."),
                (np.tanh(n.s2[0]), "That is tanh(s). The output layer uses softmax."),
                (1 / (1 + np.exp(-n.s2[0])), "That is the sigmoid of one s. Softmax looks at both."),
            ),
        ),
        Step(
            "delta of output 0",
            "h - y, for softmax with cross-entropy",
            f"{number(n.h[0])} - {number(n.y[0])}",
            d0,
            (
                (-d0, "The sign is turned round: h - y, not y - h."),
                (n.h[0], "That is h. Subtract y."),
                (d0 * n.h[0] * (1 - n.h[0]), "No further slope: softmax's derivative is in h - y already."),
            ),
        ),
        Step(
            f"dW of the edge from hidden {k} to output 0",
            "the x where the edge begins, times the delta where it ends",
            f"{number(x)} * {number(d0)}",
            x * d0,
            (
                (x * d1, "That is the gradient of the edge to output 1."),
                (s * d0, "You used s. What travels along the edge is x."),
                (v0 * d0, "You used the weight. The slope of s with respect to w is the x that w multiplies."),
            ),
        ),
        Step(
            f"delta of hidden {k}",
            "for both edges that leave the unit, weight times delta where the edge ends; their sum times 1 - x^2",
            f"(1 - {number(x)}**2) * ({products((v0, v1), n.delta2)})",
            slope * arriving,
            (
                (arriving, "The unit's own slope 1 - x^2 is missing."),
                (slope * v0 * d0, "That is one path. Two edges leave this unit: add up both."),
                ((1 - x) * arriving, "The slope of tanh is 1 - x^2: the square is missing."),
                ((1 - s**2) * arriving, "The slope is 1 - x^2 with x = tanh(s), not with s."),
            ),
        ),
        Step(
            f"dW of the edge from input 0 to hidden {k}",
            "the x where the edge begins, times the delta where it ends",
            f"{number(n.x[0])} * {number(n.delta1[k])}",
            n.dW1[0, k],
            (
                (n.dW1[1, k], "That is the gradient of the edge from input 1."),
                (W1[0, k] * n.delta1[k], "You used the weight. It is the x at the edge's beginning that counts."),
                (n.x[0] * d0, "That is the output's delta. Take the delta where this edge ends."),
            ),
        ),
    ]


def number(value: float) -> str:
    """A number as the picture shows it: up to three decimals, in brackets where a minus would meet a sign before it.

    >>> number(0.8), number(-0.12345)
    ('0.8', '(-0.123)')
    """
    text = short(value)
    return f"({text})" if text.startswith("-") else text


def short(value: float, digits: int = 3) -> str:
    """Up to three decimals, and no minus before a zero.

    >>> short(1.5), short(-0.00001)
    ('1.5', '0')
    """
    return f"{round(float(value), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")


def products(left: Sequence[float] | Array, right: Sequence[float] | Array) -> str:
    """A sum of products, as one types it."""
    return " + ".join(f"{number(a)}*{number(b)}" for a, b in zip(left, right, strict=True))


OPERATIONS: dict[type[ast.AST], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS = {"tanh": math.tanh, "exp": math.exp, "log": math.log}


def value_of(text: str) -> float:
    """A number or a calculation that somebody typed. Anything else is a ValueError.

    >>> value_of("0.5*0.8 + 0.1"), value_of("tanh(0)"), value_of("(1 - 0.6^2) * -0.4")
    (0.5, 0.0, -0.256)
    """

    def walk(node: ast.AST) -> float:
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return float(value)
            case ast.UnaryOp(op=op, operand=operand):
                return float(OPERATIONS[type(op)](walk(operand)))
            case ast.BinOp(left=left, op=op, right=right):
                return float(OPERATIONS[type(op)](walk(left), walk(right)))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
                return FUNCTIONS[name](walk(argument))
        raise ValueError(text)

    try:
        value = walk(ast.parse(text.strip().replace("^", "**").replace("\N{MINUS SIGN}", "-"), mode="eval").body)
    except (SyntaxError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError, MemoryError):
        raise ValueError(text) from None
    if not math.isfinite(value):
        raise ValueError(text)
    return value


# --- the picture -------------------------------------------------------------------------------------------------------

HALF = 52  # half a node's width, in pixels, as all lengths here
COLUMNS = (64, 405, 746)
HIDDEN = tuple(405.0 - 88 * j for j in range(5))  # heights of the hidden nodes, from the top
ENDS = (HIDDEN[2] + 154, HIDDEN[2] - 154)  # so far apart that the labels of neighbouring edges alternate
MATRICES, SIGNALS = {"W1": W1, "W2": W2}, {"W1": "s1", "W2": "s2"}
NEAR = 0.7  # labels stand on their edges, nearer to the hidden layer
SIGNS = {"x": "x", "s1": "s", "x1": "x", "s2": "s", "h": "h"} | dict.fromkeys(
    ("delta1", "delta2"), "\N{GREEK SMALL LETTER DELTA}"
)
LINE = 15.5  # between two lines of a node's text


def line_of(name: str, i: int, j: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both ends of the edge of the weight name[i, j]."""
    column, heights = ("W1", "W2").index(name), (ENDS, HIDDEN, ENDS)
    start, end = COLUMNS[column] + HALF + 4, COLUMNS[column + 1] - HALF - 4
    return (start, heights[column][i]), (end, heights[column + 1][j])


class Graph:
    """The 2-5-2 network on an Axes: what is filled so far, and what is asked for."""

    def __init__(self, ax: Axes, animated: bool = False) -> None:
        self.ax, self.animated = ax, animated
        ax.set(title="2-5-2 network: tanh, then softmax", xlim=(0, 900), ylim=(0, 462), xticks=[], yticks=[])
        ax.set_xlabel("forward, left to right: s, then x          backward, right to left: delta, then dW")
        ax.spines[:].set_visible(False)
        (self.asked,) = ax.plot([], [], color=INK, linewidth=2.5, animated=animated, zorder=4)
        self.places = [("W1", *i) for i in np.ndindex(*W1.shape)] + [("W2", *i) for i in np.ndindex(*W2.shape)]
        self.lines = LineCollection([line_of(*place) for place in self.places], animated=animated, zorder=2)
        ax.add_collection(self.lines)
        self.gradients = [self.labels(*place) for place in self.places]
        self.nodes = {
            "input": [self.node(COLUMNS[0], y, f"input {i}", ("x",)) for i, y in enumerate(ENDS)],
            "hidden": [
                self.node(COLUMNS[1], y, f"hidden {j}  b {B1[j]:g}", ("s1", "x1", "delta1"))
                for j, y in enumerate(HIDDEN)
            ],
            "output": [
                self.node(COLUMNS[2], y, f"output {k}  b {B2[k]:g}", ("s2", "h", "delta2")) for k, y in enumerate(ENDS)
            ],
        }
        self.targets = [self.text(COLUMNS[2] + HALF + 8, y, INK, ha="left") for y in ENDS]
        self.loss = self.text(COLUMNS[2] + HALF + 8, HIDDEN[2], INK, ha="left")

    def text(self, x: float, y: float, colour: str, **options: Any) -> Any:
        """An empty text that will change."""
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9.5, "zorder": 5} | options
        return self.ax.text(x, y, "", color=colour, animated=self.animated, **style)

    def node(self, x: float, y: float, name: str, rows: tuple[str, ...]) -> tuple[dict[str, Any], Any]:
        """A box with its name and one line of text a row; the texts by row, and a frame to put around the box."""
        height = LINE * (len(rows) + 1) + 6
        corner = (x - HALF, y - height / 2)
        box = FancyBboxPatch(corner, 2 * HALF, height, "round,pad=0,rounding_size=6", fc="white", ec=GUIDE, lw=1.2)
        self.ax.add_patch(box)
        lines = [y + height / 2 - 3 - LINE * (i + 0.5) for i in range(len(rows) + 1)]
        self.ax.text(x, lines[0], name, ha="center", va="center", fontsize=8.5, color="#595959")
        colours = [WORDS[VERMILLION] if "delta" in row else BLUE for row in rows]
        texts = [self.text(x, h, colour) for h, colour in zip(lines[1:], colours, strict=True)]
        left, right, low, high = x - HALF - 3, x + HALF + 3, y - height / 2 - 3, y + height / 2 + 3
        frame = ([left, right, right, left, left], [low, low, high, high, low])
        return dict(zip(rows, texts, strict=True)), frame

    def labels(self, name: str, i: int, j: int) -> Any:
        """The weight on its edge, and room below for the gradient."""
        (x0, y0), (x1, y1) = line_of(name, i, j)
        t = NEAR if name == "W1" else 1 - NEAR
        x, y = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        style: Any = {"fontsize": 9, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.6}}
        self.text(x, y, INK, va="bottom", **style).set_text(f"w {MATRICES[name][i, j]:g}")
        return self.text(x, y, WORDS[VERMILLION], va="top", **style)

    def draw(self, n: SimpleNamespace, filled: int, k: int) -> None:
        """Show the first `filled` stages; mark what the next one needs along the path through hidden unit k."""
        done, asked = STAGES[:filled], (*STAGES, "")[filled]
        styles = []
        for (name, i, j), text in zip(self.places, self.gradients, strict=True):
            signal, gradient = SIGNALS[name], f"d{name}"
            wanted = (name, i, j) in needed(asked, k)
            colour, pattern, width = edge_style(wanted, signal in done, gradient in done)
            on_path = (name, i, j) in needed("path", k)
            styles.append((colour, pattern, width + on_path))
            known = f"dW {short(getattr(n, gradient)[i, j])}" if gradient in done else ""
            text.set_text("dW ?" if wanted and asked == gradient else known)
            text.set_visible(bool(text.get_text()))
        colours, patterns, widths = zip(*styles, strict=True)
        self.lines.set(color=colours, linestyle=patterns, linewidth=widths)
        self.asked.set_data([], [])
        for kind, nodes in self.nodes.items():
            for i, (rows, frame) in enumerate(nodes):
                for row, text in rows.items():
                    known = f"{SIGNS[row]} {short(getattr(n, row)[i])}" if row == "x" or row in done else ""
                    here = row == asked and (kind, i) in (("hidden", k), ("output", 0))
                    text.set_text(f"{SIGNS[row]} ?" if here else known)
                    if here:
                        self.asked.set_data(*frame)
        for text, y in zip(self.targets, n.y, strict=True):
            text.set_text(f"y = {y:g}")
        self.loss.set_text(f"J = {short(n.loss)}" if "h" in done else "")


def needed(asked: str, k: int) -> set[tuple[str, int, int]]:
    """The edges that the value asked for is made of; for "path", those from input 0 by hidden k to output 0."""
    return {
        "s1": {("W1", i, k) for i in range(2)},
        "s2": {("W2", j, 0) for j in range(5)},
        "dW2": {("W2", k, 0)},
        "delta1": {("W2", k, 0), ("W2", k, 1)},
        "dW1": {("W1", 0, k)},
        "path": {("W1", 0, k), ("W2", k, 0)},
    }.get(asked, set())


def edge_style(wanted: bool, forward: bool, backward: bool) -> tuple[str, str, float]:
    """Dotted grey: nothing yet; thin blue: passed forward; thick orange: its gradient is known; dashed: needed now."""
    if wanted:
        return INK, "--", 2.0
    if backward:
        return VERMILLION, "-", 2.0
    return (BLUE, "-", 1.1) if forward else (GUIDE, ":", 1.1)


class BackpropExplorer(Explorer):
    """A network that fills step by step, with values that the learner works out and types.

    >>> explorer = BackpropExplorer()
    >>> explorer.control["answer"].value = "1.5*0.8 + -1*-0.4 + 0.1"
    >>> explorer.state.filled, explorer.state.answer
    (1, '')
    >>> explorer.control["answer"].value = "0.130"
    >>> explorer.hint
    '0.13 is not it. That is the slope 1 - x^2. It is wanted on the way back; here the value is.'
    """

    title = "Backprop graph explorer"
    goal = "Follow one path there and back: type its eight values."
    success = (
        "Eight of eight values. On the way back every delta was used again: for the gradients of all edges that end in "
        "its unit, and for the deltas one layer before."
    )
    height = 540

    def controls(self) -> dict[str, Any]:
        """The example, the path, how many of its values are filled, and the next one."""
        self.reach: dict[tuple[str, int], int] = {}  # how many values of each path were right
        self.path, self.filled, self.answer, self.misses, self.hint = ("", -1), 0, "", 0, ""
        text = {"placeholder": "a number or a calculation, then Enter", "continuous_update": False}
        return {
            "example": widgets.Dropdown(options=list(EXAMPLES), description="example"),
            "unit": widgets.IntSlider(value=0, min=0, max=4, description="path by hidden"),
            "filled": widgets.IntSlider(value=0, min=0, max=len(STAGES), description="step back, forward"),
            "answer": widgets.Text(description="next value", **text),
        }

    def adapt(self, state: SimpleNamespace) -> None:
        """Judge a new answer; step back and forward as far as right answers reach."""
        path = (state.example, state.unit)
        reach, answer = self.reach.get(path, 0), state.answer.strip()
        filled = min(state.filled, reach)
        if path != self.path:  # another path goes on where it was left
            filled, answer, self.misses, self.hint = reach, "", 0, ""
        elif state.filled != self.filled:
            answer, self.misses, self.hint = "", 0, "" if state.filled <= reach else "Type this value first."
        elif answer and answer != self.answer:
            filled, answer = self.judge(state, filled, answer)
        self.path, self.filled, self.answer = path, filled, answer
        if filled < len(STAGES):
            name = steps(self.compute(state), state.unit)[filled].name
            self.goal = f"{self.hint} Value {filled + 1} of {len(STAGES)}: type {name}, to two decimals.".strip()
        slider, box = self.control["filled"], self.control["answer"]
        if (slider.value, box.value.strip()) != (filled, answer):
            self.shown = None  # the words may change where the numbers do not
            with slider.hold_trait_notifications(), box.hold_trait_notifications():  # one picture, not two
                slider.value, box.value = filled, answer

    def judge(self, state: SimpleNamespace, filled: int, answer: str) -> tuple[int, str]:
        """How many values are filled after this answer, and what stays in the box."""
        if filled == len(STAGES):
            self.hint = "All eight are filled."
            return filled, ""
        step = steps(self.compute(state), state.unit)[filled]
        try:
            value = value_of(answer)
        except ValueError:
            self.hint = f"{answer} is no number and no calculation. Type 0.35, or 0.5*0.8 + 0.1, or tanh(0.4)."
            return filled, answer
        if abs(value - step.value) <= TOLERANCE:
            self.reach[state.example, state.unit] = max(self.reach.get((state.example, state.unit), 0), filled + 1)
            self.misses, self.hint = 0, f"Right, {step.name} is {short(step.value)}."
            return filled + 1, ""
        self.misses += 1
        slips = (hint for wrong, hint in step.slips if abs(value - wrong) <= TOLERANCE)
        self.hint = f"{short(value)} is not it. {next(slips, f'The rule: {step.rule}.')}"
        if self.misses > 1:
            self.hint += f" With numbers: {step.worked}."
        return filled, answer

    @staticmethod
    def compute(state: SimpleNamespace) -> SimpleNamespace:
        """Both passes, whole."""
        numbers = passes(*EXAMPLES[state.example])
        numbers.filled, numbers.unit = state.filled, state.unit
        return numbers

    def setup(self, figure: Figure) -> None:
        """One graph."""
        self.graph = Graph(figure.subplots(), animated=True)

    def draw(self, numbers: SimpleNamespace) -> None:
        """Fill it as far as it was solved."""
        self.graph.draw(numbers, numbers.filled, numbers.unit)

    def describe(self, state: SimpleNamespace, numbers: SimpleNamespace) -> str:
        """Every number that stands in the picture and belongs to the path."""
        k, done = state.unit, STAGES[: state.filled]
        names = {"s1": "s of the hidden units", "x1": "their x", "s2": "s of the outputs", "h": "h"}
        names |= {"delta2": "delta of the outputs", "delta1": "delta of the hidden units"}
        values = [f"{names[stage]} {listed(getattr(numbers, stage))}" for stage in done if stage in names]
        gradients = {
            "dW2": f"dW from hidden {k} {listed(numbers.dW2[k])}",
            "dW1": f"dW into it {listed(numbers.dW1[:, k])}",
        }
        values += [gradients[stage] for stage in done if stage in gradients]
        return (
            f"{state.example}. {state.filled} of {len(STAGES)} values filled on the path by hidden {k}. "
            f"Into hidden {k}: w {listed(W1[:, k])}, b {B1[k]:g}. From it: w {listed(W2[k])}. "
            f"Into output 0: w {listed(W2[:, 0])}, b {B2[0]:g}." + (f" Known: {'; '.join(values)}." if values else "")
        )

    def reached(self, state: SimpleNamespace, numbers: SimpleNamespace) -> bool:
        """One path is filled, there and back."""
        return bool(state.filled == len(STAGES))


def listed(values: Array) -> str:
    """Numbers with commas between them."""
    return ", ".join(short(value) for value in values)


@rc_context(STYLE)
def network(example: str = "A") -> Picture:
    """The explorer's network with everything filled, for the example A, B or C.

    >>> network().axes[0].get_title()
    '2-5-2 network: tanh, then softmax'
    """
    name = next(name for name in EXAMPLES if name.startswith(example))
    n = passes(*EXAMPLES[name])
    caption = f"the 2-5-2 network with example {name}. Hidden x {listed(n.x1)}; h {listed(n.h)}; loss {short(n.loss)}; "
    caption += f"delta of the outputs {listed(n.delta2)}, of the hidden units {listed(n.delta1)}."
    picture, ax = drawing(5.4, caption)
    Graph(ax).draw(n, len(STAGES), 0)
    return picture


@rc_context(STYLE)
def chain(values: Mapping[str, float], slopes: Sequence[float]) -> Picture:
    """One path: values going forward, the slope of each step, and the gradients that their products give, going back.

    values: name -> number, from the first to the last;   slopes: one for each step between them

    >>> chain({"w": 3.0, "s": 6.0, "J": 18.0}, [2.0, 6.0]).words()
    'Figure: values w 3, s 6, J 18; slopes 2, 6; gradients going back 12, 6, 1.'
    """
    gradients = np.append(np.cumprod(slopes[::-1])[::-1], 1.0)
    path = ", ".join(f"{name.strip('$')} {short(value)}" for name, value in values.items())
    texts = [", ".join(short(value, 4) for value in numbers) for numbers in (slopes, gradients)]
    picture, ax = drawing(2.7, f"values {path}; slopes {texts[0]}; gradients going back {texts[1]}.")
    ax.set(title="Forward: values. Backward: slopes, multiplied", xlim=(-0.5, len(values) - 0.5), ylim=(0, 3))
    ax.set(xticks=[], yticks=[])
    ax.set_xlabel("blue, above: value          black: slope of the step          orange, below: slope of J for it")
    ax.spines[:].set_visible(False)
    for i, (name, value) in enumerate(values.items()):
        circle: Any = {"boxstyle": "circle,pad=0.45", "facecolor": "white", "edgecolor": GUIDE}
        ax.text(i, 1.5, name, ha="center", va="center", bbox=circle)
        ax.text(i, 2.45, short(value), ha="center", va="center", color=BLUE, weight="bold")
        ax.text(i, 0.5, short(gradients[i], 4), ha="center", va="center", color=WORDS[VERMILLION], weight="bold")
    for i, slope in enumerate(slopes):
        ax.annotate("", (i + 0.72, 1.62), (i + 0.28, 1.62), arrowprops={"arrowstyle": "->", "color": BLUE})
        ax.annotate("", (i + 0.28, 1.38), (i + 0.72, 1.38), arrowprops={"arrowstyle": "->", "color": VERMILLION})
        ax.text(i + 0.5, 1.8, short(slope, 4), ha="center", va="bottom", color=INK, fontsize=10)
    return picture
