"""Optimizers: from gradients to new parameters.

Backward says which way is up; an optimizer decides how far to go down. It sees a network as two vectors of equal length,
w (all values) and g (all gradients), and changes w in place.
"""

from collections.abc import Iterable
from math import sqrt

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.parameter import Parameter, flatten


class Group:
    """Parameters that began training together: one vector, one count of steps, and what is remembered about each entry.

    >>> group = Group([Parameter([1.0, 2.0]), Parameter([3.0])])
    >>> group.vector("velocity", like=np.zeros(3))
    array([0., 0., 0.])
    """

    def __init__(self, parameters: list[Parameter]) -> None:
        self.parameters = parameters
        self.steps = 0
        self.memory: dict[str, Array] = {}

    def vector(self, name: str, like: Array) -> Array:
        """The vector remembered under this name; zeros when first asked for."""
        if name not in self.memory:
            self.memory[name] = np.zeros_like(like)
        return self.memory[name]

    def drop_frozen(self) -> None:
        """Forget parameters that no longer require a gradient, and their share of every vector."""
        kept = np.concatenate([np.full(p.value.size, p.requires_grad) for p in self.parameters])
        self.memory = {name: vector[kept] for name, vector in self.memory.items()}
        self.parameters = [p for p in self.parameters if p.requires_grad]


class Optimizer:
    """The part that all optimizers share; a new one defines update(w, g, group), which changes w in place.

    A parameter with requires_grad=False is no longer moved and its memory is dropped; set it to True again and it starts afresh.

    >>> class SignSGD(Optimizer):
    ...     def update(self, w, g, group):
    ...         w -= self.lr * np.sign(g)
    >>> p = Parameter([1.0, 2.0])
    >>> p.grad = [5.0, -5.0]
    >>> SignSGD([p], lr=0.1).step()
    >>> p.value
    array([0.9, 2.1])
    """

    def __init__(self, parameters: Iterable[Parameter], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        name = type(self).__name__
        if not self.parameters:
            raise ValueError(f"{name} got no parameters: pass net.parameters() of a network that has some")
        for p in self.parameters:
            if not isinstance(p, Parameter):
                raise TypeError(f"{name} got {p!r} where a Parameter was expected: pass net.parameters()")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{name} got the same Parameter twice: pass each one once")
        self.require("lr", lr >= 0, "a number of at least 0")
        flatten(self.parameters)
        self.trainable = [p for p in self.parameters if p.requires_grad]
        self.groups = [Group(self.trainable)] if self.trainable else []

    def require(self, setting: str, holds: bool, expected: str) -> None:
        """Refuse a setting that makes no sense."""
        if not holds:
            raise ValueError(f"{type(self).__name__} got {setting}={getattr(self, setting)}: expected {expected}")

    def zero_grad(self) -> None:
        """Forget the gradients of the last step: backward adds to what it finds."""
        for p in self.parameters:
            p.zero_grad()

    def step(self) -> None:
        """Change the parameters once, by their gradients."""
        self.regroup()
        for group in self.groups:
            group.steps += 1
            w, g = flatten(group.parameters)
            self.update(w, g, group)

    def regroup(self) -> None:
        """Follow requires_grad: frozen parameters leave their group, thawed ones form a new one."""
        trainable = [p for p in self.parameters if p.requires_grad]
        if trainable == self.trainable:
            return
        joined = [p for p in trainable if p not in self.trainable]
        for group in self.groups:
            group.drop_frozen()
        self.groups = [group for group in [*self.groups, Group(joined)] if group.parameters]
        self.trainable = trainable

    def update(self, w: Array, g: Array, group: Group) -> None:
        """One step: change w in place, leave g as it is."""
        raise NotImplementedError(f"{type(self).__name__} needs an update(self, w, g, group) method")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr:g})"


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
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum, self.dampening, self.nesterov, self.weight_decay = momentum, dampening, nesterov, weight_decay
        self.require("momentum", momentum >= 0, "a number of at least 0")
        self.require("weight_decay", weight_decay >= 0, "a number of at least 0")
        self.require(
            "nesterov", not nesterov or (momentum > 0 and dampening == 0), "momentum > 0 and dampening = 0 with it"
        )

    def update(self, w: Array, g: Array, group: Group) -> None:
        """One step."""
        mu = self.momentum
        if self.weight_decay:
            g = g + self.weight_decay * w
        if mu:
            v = group.vector("velocity", like=w)
            v *= mu
            v += g if group.steps == 1 else (1 - self.dampening) * g
            g = g + mu * v if self.nesterov else v
        w -= self.lr * g


class Adam(Optimizer):
    """Each entry gets its own step size, from the running means of its gradient and of its square.

        g <- g + weight_decay w
        m <- beta1 m + (1 - beta1) g               m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2             v_hat = v / (1 - beta2^t)
        w <- w - lr m_hat / (sqrt(v_hat) + eps)

    (Kingma and Ba, 2015, Algorithm 1.) m and v start at 0; dividing by 1 - beta^t makes up for it.

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
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.require("betas", all(0 <= beta < 1 for beta in betas), "two numbers from 0 up to, not including, 1")
        self.require("eps", eps >= 0, "a number of at least 0")
        self.require("weight_decay", weight_decay >= 0, "a number of at least 0")

    def update(self, w: Array, g: Array, group: Group) -> None:
        """One step, in place throughout: fresh arrays of a network's size would cost more than the arithmetic.

        `a` is the scratch paper, `b` a second sheet that only weight decay needs.
        """
        (beta1, beta2), t = self.betas, group.steps
        m, v, a = (group.vector(name, like=w) for name in ("m", "v", "scratch"))
        if self.weight_decay:
            b = group.vector("decayed", like=w)
            np.multiply(w, self.weight_decay, out=b)
            b += g
            g = b

        # m <- beta1 m + (1 - beta1) g
        m *= beta1
        np.multiply(g, 1 - beta1, out=a)
        m += a

        # v <- beta2 v + (1 - beta2) g^2
        v *= beta2
        np.multiply(g, g, out=a)
        a *= 1 - beta2
        v += a

        # a = sqrt(v_hat) + eps
        np.sqrt(v, out=a)
        a /= sqrt(1 - beta2**t)
        a += self.eps

        # w <- w - lr m_hat / a
        np.divide(m, a, out=a)
        a *= self.lr / (1 - beta1**t)
        w -= a
