"""Adam: the running mean of the gradient says where to, the running mean of its square how far. AdamW decays weights apart."""

from collections.abc import Iterable
from math import inf, sqrt

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.optim.base import Optimizer
from dlcourse.parameter import Parameter


class Adam(Optimizer):
    """Each entry gets its own step size, from the running means of its gradient and of its square.

        g <- g + weight_decay w
        m <- beta1 m + (1 - beta1) g               m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2             v_hat = v / (1 - beta2^t)
        w <- w - lr m_hat / (sqrt(v_hat) + eps)

    (Kingma and Ba, 2015, Algorithm 1.) m and v start at 0; dividing by 1 - beta^t makes up for it. With amsgrad=True the largest
    v so far stands in the place of v, so that no entry's step can grow again (Reddi et al., 2018; as in PyTorch).

    >>> p = Parameter([1.0, 1.0])
    >>> p.grad = [0.001, -1000.0]
    >>> Adam([p], lr=0.1).step()
    >>> p.value.round(3)
    array([0.9, 1.1])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize)
        self.betas, self.eps, self.amsgrad = betas, eps, amsgrad
        two = np.shape(betas) == (2,) and all(0 <= beta < 1 for beta in betas)
        self.require("betas", two, "two numbers from 0 up to, not including, 1")
        self.require("eps", 0 < eps < inf, "a number above 0, since a gradient of 0 would make it 0 / 0")

    def remembers(self) -> dict[str, float]:
        """Both means; with amsgrad the largest v."""
        return {"m": 0.0, "v": 0.0} | ({"v_max": 0.0} if self.amsgrad else {})

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """One step, without m_hat and v_hat as arrays: with c = sqrt(1 - beta2^t), sqrt(v_hat) + eps = (sqrt(v) + c eps) / c."""
        (beta1, beta2), m, v = self.betas, memory["m"], memory["v"]
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g**2
        if self.amsgrad:
            v = np.maximum(memory["v_max"], v, out=memory["v_max"])
        c = sqrt(1 - beta2**t)
        step = np.sqrt(v)
        step += c * self.eps
        np.divide(m, step, out=step)
        step *= self.lr * c / (1 - beta1**t)
        w -= step


class AdamW(Adam):
    """Adam with decoupled weight decay: the weights shrink by themselves, at the same pace for every entry.

        w <- w - lr weight_decay w
        then Adam's step, with g as it came

    (Loshchilov and Hutter, 2019.) In Adam, weight decay passes through m and v, so entries of large gradients hardly decay.

    >>> for optimizer in (Adam, AdamW):
    ...     p = Parameter([1.0, 1.0])
    ...     p.grad = [0.001, -1000.0]
    ...     optimizer([p], lr=0.1, weight_decay=0.5).step()
    ...     print(p.value.round(3))
    [0.9 1.1]
    [0.85 1.05]
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def decay(self, w: Array, g: Array) -> Array:
        """Shrinks w itself; g stays as it came."""
        w *= 1 - self.lr * self.weight_decay
        return g
