"""AdaGrad: an entry whose gradients have been large takes small steps, one whose gradients were small takes large ones."""

from collections.abc import Iterable
from math import inf

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.optim.base import Optimizer
from dlcourse.parameter import Parameter


class Adagrad(Optimizer):
    """Each entry gets its own rate, which only ever shrinks: by the root of the sum of all its squared gradients.

        g <- g + weight_decay w
        G <- G + g^2                               starts at initial_accumulator_value
        w <- w - lr_t g / (sqrt(G) + eps)          lr_t = lr / (1 + (t - 1) lr_decay)

    (Duchi et al., 2011; as in PyTorch.) The present g is in G already: the first step is lr, whatever the size of g.

    >>> p = Parameter([0.0, 0.0])
    >>> optimizer = Adagrad([p], lr=0.1)
    >>> for _ in range(4):
    ...     p.grad = [0.01, -100.0]
    ...     optimizer.step()
    >>> p.value.round(3)                           # -+0.1 (1 + 1/sqrt 2 + 1/sqrt 3 + 1/sqrt 4)
    array([-0.278,  0.278])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize)
        self.lr_decay, self.initial_accumulator_value, self.eps = lr_decay, initial_accumulator_value, eps
        self.require("lr_decay", 0 <= lr_decay < inf, "a number of at least 0")
        self.require("initial_accumulator_value", 0 <= initial_accumulator_value < inf, "a number of at least 0")
        self.require("eps", 0 < eps < inf, "a number above 0, since a gradient of 0 would make it 0 / 0")

    def remembers(self) -> dict[str, float]:
        """The sum of squares."""
        return {"sum": self.initial_accumulator_value}

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """One step."""
        G = memory["sum"]
        G += g**2
        w -= self.lr / (1 + (t - 1) * self.lr_decay) * g / (np.sqrt(G) + self.eps)
