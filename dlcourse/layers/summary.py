"""A table of what a network consists of: text in a terminal, a real table in a notebook."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Row:
    """One layer: its place, what it is, the shape of its output for one example, and its parameters.

    >>> Row("0", "Linear(64, 32)", (32,), parameters=2080, trainable=2080).cells
    ('0', 'Linear(64, 32)', '(N, 32)', '2,080')
    """

    name: str
    layer: str
    output: tuple[int, ...]
    parameters: int
    trainable: int

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row as text; N stands for the number of examples."""
        frozen = " (frozen)" if self.trainable < self.parameters else ""
        shape = f"({', '.join(['N', *map(str, self.output)])})"
        return self.name, self.layer, shape, f"{self.parameters:,}{frozen}"


@dataclass(frozen=True)
class Summary:
    """The table, and its totals.

    >>> Summary([Row("0", "Linear(64, 32)", (32,), 2080, 2080), Row("1", "ReLU()", (32,), 0, 0)])
      layer           output   parameters
    0 Linear(64, 32)  (N, 32)       2,080
    1 ReLU()          (N, 32)           0
    2,080 parameters, 2,080 of them trainable
    """

    rows: list[Row]

    @property
    def parameters(self) -> int:
        """How many numbers the network has."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """How many of them an optimizer moves."""
        return sum(row.trainable for row in self.rows)

    @property
    def totals(self) -> str:
        """Both numbers in words."""
        return f"{self.parameters:,} parameters, {self.trainable:,} of them trainable"

    def __repr__(self) -> str:
        table = [TITLES, *(row.cells for row in self.rows)]
        a, b, c, d = (max(map(len, column)) for column in zip(*table, strict=True))
        lines = [f"{n:{a}} {layer:{b}}  {shape:{c}}  {count:>{d}}" for n, layer, shape, count in table]
        return "\n".join([*lines, self.totals])

    def _repr_html_(self) -> str:
        head, body = html_row("th", TITLES), "".join(html_row("td", row.cells) for row in self.rows)
        return f"<table><caption>{self.totals}</caption><thead>{head}</thead><tbody>{body}</tbody></table>"


TITLES, SIDES = ("", "layer", "output", "parameters"), ("left", "left", "left", "right")


def html_row(tag: str, cells: tuple[str, ...]) -> str:
    """One row of a table in a notebook; numbers stand at the right.

    >>> html_row("td", ("0", "ReLU()", "(N, 2)", "0"))[:60]
    '<tr><td style="text-align: left">0</td><td style="text-align'
    """
    row = (f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>' for side, cell in zip(SIDES, cells, strict=True))
    return f"<tr>{''.join(row)}</tr>"
