"""Gradient descent: every entry moves against its gradient, all at one rate. Momentum lets steps in one direction add up."""

from collections.abc import Iterable
from math import inf

from dlcourse.functional.arrays import Array
from dlcourse.optim.base import Optimizer
from dlcourse.parameter import Parameter


class SGD(Optimizer):
    """Gradient descent, with momentum if asked.

        g <- g + weight_decay w
        v <- momentum v + (1 - dampening) g        the first step takes v = g
        w <- w - lr v                              nesterov: w <- w - lr (g + momentum v)

    As in PyTorch (momentum: Polyak, 1964; Nesterov form: Sutskever et al., 2013). nesterov needs momentum > 0 and dampening = 0.

    >>> p = Parameter([1.0])
    >>> optimizer = SGD([p], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     p.grad = [1.0]
    ...     optimizer.step()
    >>> p.value
    array([0.71])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize)
        self.momentum, self.dampening, self.nesterov = momentum, dampening, nesterov
        self.require("momentum", 0 <= momentum < inf, "a number of at least 0")
        self.require("dampening", abs(dampening) < inf, "a number")
        self.require(
            "nesterov", not nesterov or (momentum > 0 and dampening == 0), "momentum > 0 and dampening = 0 with it"
        )

    def remembers(self) -> dict[str, float]:
        """The velocity."""
        return {"velocity": 0.0} if self.momentum else {}

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """One step."""
        if self.momentum:
            v = memory["velocity"]
            v *= self.momentum
            v += g if t == 1 else (1 - self.dampening) * g
            g = g + self.momentum * v if self.nesterov else v
        w -= self.lr * g
