"""AdaDelta: gradients are measured by their own recent size, and steps by the recent size of steps, so no rate must be chosen."""

from collections.abc import Iterable
from math import inf

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.optim.base import Optimizer
from dlcourse.parameter import Parameter


class Adadelta(Optimizer):
    """Each entry's step has the size of its recent steps, and the units of w.

        g <- g + weight_decay w
        v <- rho v + (1 - rho) g^2
        d = g sqrt(u + eps) / sqrt(v + eps)        eps inside the roots: it is what gets the first step going
        u <- rho u + (1 - rho) d^2
        w <- w - lr d                              lr = 1 is the paper's rule

    (Zeiler, 2012; as in PyTorch.)

    >>> p = Parameter([0.0, 0.0])
    >>> p.grad = [1.0, -100.0]
    >>> Adadelta([p]).step()
    >>> p.value.round(5)
    array([-0.00316,  0.00316])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize)
        self.rho, self.eps = rho, eps
        self.require("rho", 0 <= rho <= 1, "a number from 0 to 1")
        self.require("eps", 0 < eps < inf, "a number above 0, or no step would ever be taken")

    def remembers(self) -> dict[str, float]:
        """The means of squared gradients and of squared steps."""
        return {"square": 0.0, "step": 0.0}

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """One step."""
        v, u = memory["square"], memory["step"]
        v *= self.rho
        v += (1 - self.rho) * g**2
        d = np.sqrt(u + self.eps) / np.sqrt(v + self.eps) * g
        u *= self.rho
        u += (1 - self.rho) * d**2
        w -= self.lr * d
