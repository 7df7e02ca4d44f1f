"""Regularizers: a price on large weights, paid on top of the loss.

    cost = loss + penalty          value = loss.forward(z, y) + regularizer.penalty(weights)
    g <- g + d penalty / dw        net.backward(loss.backward()); regularizer.add_gradient(weights); optimizer.step()

The convention here: the price is lam |w| and lam w^2 as written, so L2's gradient is 2 lam w. PyTorch's weight_decay adds
weight_decay w: L2(lam) equals weight_decay = 2 lam, in SGD and wherever weight decay goes through the gradient.

Biases are usually left out: `weights = [p for p in net.parameters() if p.value.ndim > 1]`.
"""

from collections.abc import Iterable
from math import inf

import numpy as np

from dlcourse.parameter import Parameter


class ElasticNet:
    """penalty = l1 sum |w| + l2 sum w^2   (Zou and Hastie, 2005)

    Frozen parameters (requires_grad=False) count in the penalty, but neither their gradient nor their value is touched.

    >>> p = Parameter([3.0, -4.0, 0.0])
    >>> regularizer = ElasticNet(l1=0.5, l2=0.1)
    >>> regularizer.penalty([p])
    6.0
    >>> regularizer.add_gradient([p])
    >>> p.grad
    array([ 1.1, -1.3,  0. ])
    """

    def __init__(self, l1: float, l2: float) -> None:
        self.l1, self.l2 = l1, l2
        for name, strength in (("l1", l1), ("l2", l2)):
            if not 0 <= strength < inf:
                raise ValueError(f"{type(self).__name__} got {name}={strength}: expected a number of at least 0")

    def penalty(self, parameters: Iterable[Parameter]) -> float:
        """What to add to the loss."""
        return float(sum(self.l1 * abs(p.value).sum() + self.l2 * (p.value**2).sum() for p in parameters))

    def add_gradient(self, parameters: Iterable[Parameter]) -> None:
        """To be called between backward and step: g <- g + l1 sign(w) + 2 l2 w, with sign(0) = 0 at the kink of |w|."""
        for p in parameters:
            if p.requires_grad:
                p.grad += self.l1 * np.sign(p.value) + 2 * self.l2 * p.value

    def proximal(self, parameters: Iterable[Parameter], lr: float) -> None:
        """In place of add_gradient, after the optimizer's step: exact zeros, where subgradients only hover around 0.

            w <- sign(w) max(|w| - lr l1, 0) / (1 + 2 lr l2)

        It minimises (v - w)^2 / 2 + lr penalty(v) over v. (ISTA: Daubechies et al., 2004; Parikh and Boyd, 2014.) lr is the rate
        of that step, by plain SGD.
        """
        if not 0 <= lr < inf:
            raise ValueError(f"{type(self).__name__}.proximal got lr={lr}: expected a number of at least 0")
        for p in parameters:
            if p.requires_grad:
                p.value = np.sign(p.value) * np.maximum(abs(p.value) - lr * self.l1, 0) / (1 + 2 * lr * self.l2)

    def __repr__(self) -> str:
        return f"ElasticNet(l1={self.l1:g}, l2={self.l2:g})"


class L1(ElasticNet):
    """penalty = lam sum |w|: pulls every weight towards 0 with the same force, so small ones end there (Tibshirani, 1996).

    >>> p = Parameter([3.0, -4.0, 0.05])
    >>> L1(0.5).penalty([p])
    3.525
    >>> L1(0.5).proximal([p], lr=0.2)
    >>> p.value
    array([ 2.9, -3.9,  0. ])
    """

    def __init__(self, lam: float) -> None:
        super().__init__(l1=lam, l2=0.0)

    def __repr__(self) -> str:
        return f"L1({self.l1:g})"


class L2(ElasticNet):
    """penalty = lam sum w^2: pulls large weights hardest, so none becomes 0 and none stays large (Hoerl and Kennard, 1970).

    >>> p = Parameter([3.0, -4.0])
    >>> L2(0.1).penalty([p])
    2.5
    >>> L2(0.1).add_gradient([p])
    >>> p.grad
    array([ 0.6, -0.8])
    """

    def __init__(self, lam: float) -> None:
        super().__init__(l1=0.0, l2=lam)

    def __repr__(self) -> str:
        return f"L2({self.l2:g})"
