"""Gradient checking: is backward the derivative of forward?

A derivative is a limit, so a small step should nearly show it: (f(x + h) - f(x - h)) / 2h. That takes two forward passes per entry,
far too slow for training, and good enough to catch a wrong backward. Stay away from kinks: there both sides differ.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike


def numerical_gradient(f: Callable[[Array], float], x: ArrayLike, h: float = 1e-5) -> Array:
    """The slope by central differences: df/dx_i = (f(x + h e_i) - f(x - h e_i)) / 2h for every entry i.

    x of any shape -> the same shape; off by O(h^2).

    >>> numerical_gradient(lambda x: float(np.sum(x**2)), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        below = f(x)
        x[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


@dataclass(frozen=True)
class GradientCheck:
    """The verdict: true if every entry agrees; names the worst entry and by how much it is off.

    >>> check = GradientCheck(passed=False, name="dW", index=(0, 1), backward=2.0, numerical=1.0)
    >>> bool(check), check.error
    (False, 1.0)
    """

    passed: bool
    name: str
    index: tuple[int, ...]
    backward: float
    numerical: float

    @property
    def error(self) -> float:
        """How far the worst entry is off."""
        return abs(self.backward - self.numerical)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        entry = f"{self.name}[{', '.join(map(str, self.index))}]" if self.index else self.name
        return (
            f"gradients {'agree' if self.passed else 'differ'}: worst at {entry}, backward {self.backward:.6g}, "
            f"central difference {self.numerical:.6g}, off by {self.error:.1e}"
        )


def gradcheck(
    op: Callable[..., Any],
    op_backward: Callable[..., Any],
    *inputs: ArrayLike,
    h: float = 1e-5,
    atol: float = 1e-7,
    rtol: float = 1e-5,
) -> GradientCheck:
    """Compare op_backward with central differences of op, for every input that it returns a gradient for.

    Works on pairs op(*inputs) -> (y, cache), op_backward(dy, cache), and on losses, whose backward takes the cache alone. An entry
    passes if |backward - numerical| <= atol + rtol |numerical|. A gradient of the wrong shape is a ValueError.

    >>> def square(x):
    ...     return x**2, (x,)
    >>> def square_backward(dy, cache):
    ...     return dy * cache[0]                       # forgot the 2
    >>> gradcheck(square, square_backward, [1.0])
    gradients differ: worst at dx[0], backward 1, central difference 2, off by 1.0e+00
    """
    arrays = [np.array(x, dtype=np.float64) if np.asarray(x).dtype.kind == "f" else np.asarray(x) for x in inputs]
    y, cache = op(*arrays)
    required = [p for p in inspect.signature(op_backward).parameters.values() if p.default is p.empty]
    is_loss = len(required) == 1
    # Every output gets a weight of its own: with equal weights an error in one could cancel an error in another.
    dy = np.ones(()) if is_loss else np.cos(np.arange(np.size(y))).reshape(np.shape(y))
    gradients = op_backward(cache) if is_loss else op_backward(dy, cache)
    gradients = gradients if isinstance(gradients, tuple | list) else (gradients,)
    if len(gradients) > len(arrays):
        raise ValueError(
            f"backward returned {len(gradients)} gradients for {len(arrays)} inputs: expected at most one each"
        )
    names = [f"d{name}" for name in inspect.signature(op).parameters]

    def objective(i: int) -> Callable[[Array], float]:
        return lambda x: float(np.sum(dy * op(*arrays[:i], x, *arrays[i + 1 :])[0]))

    pairs = {
        names[i]: (np.asarray(gradient), numerical_gradient(objective(i), arrays[i], h))
        for i, gradient in enumerate(gradients)
        if gradient is not None
    }
    return verdict(pairs, atol, rtol)


def gradcheck_network(
    net: Any, loss: Any, X: Array, y: Array, *, h: float = 1e-5, atol: float = 1e-7, rtol: float = 1e-5
) -> GradientCheck:
    """Compare net.backward(loss.backward()) with central differences for every parameter of a float64 network.

    >>> from dlcourse.layers import Linear, Sequential, Tanh
    >>> from dlcourse.losses import MSELoss
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 3, rng=rng), Tanh(), Linear(3, 1, rng=rng))
    >>> bool(gradcheck_network(net, MSELoss(), rng.normal(size=(4, 2)), rng.normal(size=(4, 1))))
    True
    """
    parameters = net.named_parameters()
    if any(p.value.dtype != np.float64 for p in parameters.values()):
        raise TypeError("gradcheck_network got a network that is not float64: a step of h would drown in rounding")
    before = {name: p.grad.copy() for name, p in parameters.items()}
    for p in parameters.values():
        p.zero_grad()
    loss.forward(net.forward(X), y)
    net.backward(loss.backward())
    gradients = {name: p.grad.copy() for name, p in parameters.items()}
    for name, p in parameters.items():
        p.grad = before[name]

    def objective(p: Any) -> Callable[[Array], float]:
        def at(value: Array) -> float:
            kept = p.value.copy()
            p.value = value
            try:
                return float(loss.forward(net.forward(X), y))
            finally:
                p.value = kept

        return at

    pairs = {name: (gradients[name], numerical_gradient(objective(p), p.value, h)) for name, p in parameters.items()}
    return verdict(pairs, atol, rtol)


def verdict(pairs: dict[str, tuple[Array, Array]], atol: float, rtol: float) -> GradientCheck:
    """Find the entry that misses its tolerance by most, among named pairs (backward, numerical).

    >>> verdict({"dx": (np.array([1.0, 2.0]), np.array([1.0, 2.5]))}, atol=1e-7, rtol=1e-5)
    gradients differ: worst at dx[1], backward 2, central difference 2.5, off by 5.0e-01
    """
    worst, excess = None, -np.inf
    for name, (backward, numerical) in pairs.items():
        if backward.shape != numerical.shape:
            raise ValueError(f"{name} has shape {backward.shape}: expected {numerical.shape}, the shape of its input")
        if not backward.size:
            continue
        over = np.nan_to_num(np.abs(backward - numerical) - (atol + rtol * np.abs(numerical)), nan=np.inf)
        index = tuple(int(i) for i in np.unravel_index(over.argmax(), over.shape))
        if over[index] > excess or worst is None:
            excess = over[index]
            worst = GradientCheck(bool(excess <= 0), name, index, float(backward[index]), float(numerical[index]))
    if worst is None:
        raise ValueError("there is no gradient to check: backward returned none, or only empty ones")
    return worst
