"""RMSProp: AdaGrad that forgets. A running mean of squares in place of their sum keeps the rates from dying."""

from collections.abc import Iterable
from math import inf

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.optim.base import Optimizer
from dlcourse.parameter import Parameter


class RMSprop(Optimizer):
    """Each entry's gradient is divided by the root of the running mean of its squares.

        g <- g + weight_decay w
        v <- alpha v + (1 - alpha) g^2
        s = sqrt(v) + eps                          centered: s = sqrt(v - m^2) + eps, m <- alpha m + (1 - alpha) g
        w <- w - lr g / s                          momentum: b <- momentum b + g / s, w <- w - lr b

    (Tieleman and Hinton, 2012, Lecture 6.5; centered: Graves, 2013; as in PyTorch.) v starts at 0, uncorrected: the first step
    is lr / sqrt(1 - alpha), ten times lr. Where rounding makes v - m^2 negative, it counts as 0 (PyTorch: nan).

    >>> p = Parameter([0.0, 0.0])
    >>> p.grad = [0.01, -100.0]
    >>> RMSprop([p], lr=0.1).step()
    >>> p.value.round(3)
    array([-1.,  1.])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize)
        self.alpha, self.eps, self.momentum, self.centered = alpha, eps, momentum, centered
        self.require("alpha", 0 <= alpha < 1, "a number from 0 up to, not including, 1")
        self.require("eps", 0 < eps < inf, "a number above 0, since a gradient of 0 would make it 0 / 0")
        self.require("momentum", 0 <= momentum < inf, "a number of at least 0")

    def remembers(self) -> dict[str, float]:
        """The mean of squares; with centered the mean; with momentum the velocity."""
        wanted = {"square": True, "mean": self.centered, "velocity": self.momentum > 0}
        return {name: 0.0 for name, needed in wanted.items() if needed}

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """One step."""
        v = memory["square"]
        v *= self.alpha
        v += (1 - self.alpha) * g**2
        variance = v
        if self.centered:
            m = memory["mean"]
            m *= self.alpha
            m += (1 - self.alpha) * g
            variance = np.maximum(v - m**2, 0)
        step = g / (np.sqrt(variance) + self.eps)
        if self.momentum:
            b = memory["velocity"]
            b *= self.momentum
            b += step
            step = b
        w -= self.lr * step
