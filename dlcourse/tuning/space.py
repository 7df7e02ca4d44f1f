"""A search space: for every hyperparameter, the values that it may take.

    space = {"lr": log_uniform(1e-4, 1), "hidden": integer(4, 64), "activation": choice("relu", "tanh")}

Every dimension is a ruler from 0 to 1: at(u) reads off what stands at u, place(code) finds it again. A random search is then
nothing but random u, and the middle of a logarithmic ruler is the geometric mean. A number's code is the number itself, an
option's code its index, so that options may be of any kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, log, prod
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np

Params: TypeAlias = dict[str, Any]
Codes: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Number:
    """Numbers from low to high, evenly, or evenly in their logarithms; whole numbers only, if asked.

    >>> rate = Number(1e-4, 1.0, log=True)
    >>> round(rate.at(0.5), 6), rate.place(0.01), [round(lr, 4) for lr in rate.spread(3)]
    (0.01, 0.5, [0.0001, 0.01, 1.0])
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def at(self, u: float) -> float:
        """The number at u; a whole number owns the stretch of the ruler that rounds to it, so that both ends get their share."""
        return self._between(*self._ends, u)

    def place(self, code: float) -> float:
        """Where on the ruler a number stands."""
        low, high, x = (log(x) if self.log else x for x in (*self._ends, code))
        return (x - low) / (high - low)

    def spread(self, count: int) -> list[float]:
        """So many numbers, low and high among them; fewer where whole numbers coincide."""
        return sorted({self._between(self.low, self.high, u) for u in np.linspace(0, 1, count).tolist()})

    def features(self, code: float) -> list[float]:
        """What a model sees of it: its place."""
        return [self.place(code)]

    def decode(self, code: float) -> float:
        """The number itself."""
        return code

    @property
    def fewest(self) -> int:
        """A grid needs both ends."""
        return 2

    @property
    def most(self) -> float:
        """How many there are."""
        return self.high - self.low + 1 if self.whole else inf

    @property
    def _ends(self) -> tuple[float, float]:
        return (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)

    def _between(self, low: float, high: float, u: float) -> float:
        x = low * (high / low) ** u if self.log else low + u * (high - low)
        return min(max(round(x) if self.whole else x, self.low), self.high)

    def __repr__(self) -> str:
        kind = "integer" if self.whole else "log_uniform" if self.log else "uniform"
        return f"{kind}({self.low:g}, {self.high:g}{', log=True' if self.whole and self.log else ''})"


@dataclass(frozen=True)
class Choice:
    """One of several options, which have no order.

    >>> activation = Choice(("relu", "tanh"))
    >>> activation.at(0.7), activation.decode(1)
    (1, 'tanh')
    """

    options: tuple[Any, ...]

    def at(self, u: float) -> int:
        """Equal shares of the ruler for all."""
        return min(int(u * len(self.options)), len(self.options) - 1)

    def place(self, code: float) -> float:
        """The middle of an option's share."""
        return (code + 0.5) / len(self.options)

    def spread(self, count: int) -> list[float]:
        """All of them, however many are asked for."""
        return list(range(len(self.options)))

    def features(self, code: float) -> list[float]:
        """What a model sees of it: one-hot, since one option is not larger than another."""
        return [float(i == code) for i in range(len(self.options))]

    def decode(self, code: float) -> Any:
        """The option itself."""
        return self.options[int(code)]

    @property
    def fewest(self) -> int:
        """A grid needs every option."""
        return len(self.options)

    @property
    def most(self) -> float:
        """How many there are."""
        return len(self.options)

    def __repr__(self) -> str:
        return f"choice({', '.join(map(repr, self.options))})"


Dimension: TypeAlias = Number | Choice
Space: TypeAlias = Mapping[str, Dimension]


def uniform(low: float, high: float) -> Number:
    """A number between low and high, all equally likely.

    >>> uniform(0, 0.5)
    uniform(0, 0.5)
    """
    return _number("uniform", float(low), float(high))


def log_uniform(low: float, high: float) -> Number:
    """A number between low > 0 and high, all orders of magnitude equally likely: e^u with u ~ U(log low, log high).

    Learning rates want this: of rates drawn evenly between 0.0001 and 1, nine in ten would lie above 0.1.

    >>> log_uniform(1e-4, 1)
    log_uniform(0.0001, 1)
    """
    return _number("log_uniform", float(low), float(high), log=True)


def integer(low: int, high: int, log: bool = False) -> Number:
    """A whole number from low to high, both included; with log=True all orders of magnitude are equally likely.

    >>> integer(8, 256, log=True).spread(6)
    [8, 16, 32, 64, 128, 256]
    """
    if not (isinstance(low, Integral) and isinstance(high, Integral)):
        raise TypeError(f"integer({low}, {high}): expected whole numbers, or use uniform({low}, {high})")
    return _number("integer", int(low), int(high), log, whole=True)


def choice(*options: Any) -> Choice:
    """One of two or more options of any kind, all equally likely.

    >>> choice("relu", "tanh")
    choice('relu', 'tanh')
    """
    if len(options) < 2:
        got = ", ".join(map(repr, options))
        raise ValueError(f"choice({got}): expected two options or more, as in choice('relu', 'tanh')")
    return Choice(options)


def _number(kind: str, low: float, high: float, log: bool = False, whole: bool = False) -> Number:
    if not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(f"{kind}({low}, {high}): expected two finite numbers, the lower one first")
    if log and low <= 0:
        raise ValueError(f"{kind}({low}, {high}): expected low > 0, since {low} has no logarithm")
    return Number(low, high, log, whole)


def random_point(space: Space, rng: np.random.Generator) -> Codes:
    """One random code for each name.

    >>> random_point({"layers": integer(1, 3), "activation": choice("relu", "tanh")}, np.random.default_rng(0))
    {'layers': 2, 'activation': 0}
    """
    return point_at(space, rng.random(len(space)).tolist())


def point_at(space: Space, places: list[float]) -> Codes:
    """The codes at these places of the rulers.

    >>> point_at({"lr": uniform(0, 2), "activation": choice("relu", "tanh")}, [0.5, 1.0])
    {'lr': 1.0, 'activation': 1}
    """
    return {name: dimension.at(u) for (name, dimension), u in zip(space.items(), places, strict=True)}


def decode(space: Space, codes: Codes) -> Params:
    """The values that these codes stand for, in the order of the space.

    >>> decode({"lr": uniform(0, 2), "activation": choice("relu", "tanh")}, {"lr": 1.0, "activation": 1})
    {'lr': 1.0, 'activation': 'tanh'}
    """
    return {name: dimension.decode(codes[name]) for name, dimension in space.items()}


def grid(space: Space, budget: int) -> list[Codes]:
    """Every combination of evenly spread values, corners included: as many values of each as the budget allows.

    A grid pays for every dimension by multiplication: with two values each, ten dimensions take 1,024 trials. A budget that
    does not reach all corners is a ValueError.

    >>> [tuple(point.values()) for point in grid({"lr": log_uniform(0.01, 1), "layers": integer(1, 2)}, budget=7)]
    [(0.01, 1), (0.01, 2), (0.1, 1), (0.1, 2), (1.0, 1), (1.0, 2)]
    """
    counts = {name: dimension.fewest for name, dimension in space.items()}
    if (corners := prod(counts.values())) > budget:
        raise ValueError(
            f"grid search got budget={budget}: expected at least {corners}, one trial for each corner, or method='random'"
        )
    while growing := [name for name in counts if counts[name] < space[name].most]:
        fewest = min(growing, key=counts.__getitem__)
        if prod(counts.values()) // counts[fewest] * (counts[fewest] + 1) > budget:
            break
        counts[fewest] += 1
    points: list[Codes] = [{}]
    for name, dimension in space.items():
        points = [point | {name: code} for point in points for code in dimension.spread(counts[name])]
    return points
