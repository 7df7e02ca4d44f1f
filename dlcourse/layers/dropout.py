"""Dropout as a layer: noise in training, silence in evaluation."""

from typing import cast

import numpy as np

from dlcourse import functional as F
from dlcourse.functional.arrays import Array, as_float, as_generator
from dlcourse.functional.dropout import drop_probability
from dlcourse.layers.base import Layer


class Dropout(Layer):
    """Each entry is dropped with probability p in training, anew in every pass and for every example (Srivastava et al., 2014).

        mode="inverted"     training y = x keep / (1 - p)     evaluation y = x
        mode="classic"      training y = x keep               evaluation y = (1 - p) x

    p at the input 0.1 to 0.2, at hidden layers 0.3 to 0.5 is common; outside [0, 1) it is a ValueError.

    >>> layer = Dropout(0.5, rng=np.random.default_rng(0))
    >>> layer(np.ones((1, 6))), layer.eval()(np.ones((1, 3)))
    (array([[2., 0., 0., 0., 2., 2.]]), array([[1., 1., 1.]]))
    """

    ops = {"inverted": "dropout", "classic": "classic_dropout"}  # noqa: RUF012

    def __init__(self, p: float = 0.5, mode: str = "inverted", *, rng: np.random.Generator) -> None:
        if mode not in self.ops:
            raise ValueError(f"Dropout got mode={mode!r}: expected one of {', '.join(map(repr, self.ops))}")
        self.p, self.mode, self.rng = drop_probability(p, "Dropout"), mode, as_generator(rng)

    def forward(self, x: Array) -> Array:
        """Drop, or let through."""
        y, self.cache = getattr(F, self.ops[self.mode])(as_float(x, self), self.p, self.training, rng=self.rng)
        return cast(Array, y)

    def backward(self, dy: Array) -> Array:
        """What forward dropped learns nothing."""
        return cast(Array, getattr(F, f"{self.ops[self.mode]}_backward")(dy, self.cache))

    def describe(self) -> str:
        """The probability to drop, and the mode."""
        return f"p={self.p:g}" + ("" if self.mode == "inverted" else f", mode={self.mode!r}")
