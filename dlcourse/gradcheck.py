"""Gradient checking: is backward the derivative of forward?

A derivative is a limit, so a small step should nearly show it: (f(x + h) - f(x - h)) / 2h. That takes two forward passes per entry,
far too slow for training, and good enough to catch a wrong backward. Stay away from kinks: there both sides differ.
"""

from __future__ import annotations  # so that numpy.random, slow to load, waits until it is needed

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

    @property
    def relative_error(self) -> float:
        """How far it is off, compared with the larger of the two; 0 where both are 0."""
        return self.error / (max(abs(self.backward), abs(self.numerical)) or 1.0)

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
    *inputs: Any,
    h: float = 1e-5,
    atol: float = 1e-7,
    rtol: float = 1e-5,
) -> GradientCheck:
    """Compare op_backward with central differences of op, for every input that it returns a gradient for.

    Works on pairs op(*inputs) -> (y, cache), op_backward(dy, cache), and on losses, whose backward takes the cache alone. Floats
    are computed in float64; labels, words and whole numbers stay as they are. An entry passes if
    |backward - numerical| <= atol + rtol |numerical|. A gradient of the wrong shape is a ValueError.

    >>> def square(x):
    ...     return x**2, (x,)
    >>> def square_backward(dy, cache):
    ...     return dy * cache[0]                       # forgot the 2
    >>> gradcheck(square, square_backward, [1.0])
    gradients differ: worst at dx[0], backward 1, central difference 2, off by 1.0e+00
    """
    arrays = [as_input(x) for x in inputs]
    y, cache = op(*arrays)
    required = [p for p in inspect.signature(op_backward).parameters.values() if p.default is p.empty]
    is_loss = len(required) == 1
    dy = np.ones(()) if is_loss else weights_like(y)
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


def as_input(x: Any) -> Any:
    """A float or an array of floats as float64, a list as an array, anything else as it is.

    >>> as_input(np.float32([1.0])).dtype, as_input([0, 2]), as_input(3), as_input("tanh")
    (dtype('float64'), array([0, 2]), 3, 'tanh')
    """
    if np.asarray(x).dtype.kind == "f":
        return np.array(x, dtype=np.float64)
    return np.asarray(x) if isinstance(x, list) else x


def gradcheck_layer(
    layer: Any, x: ArrayLike, *, h: float = 1e-5, atol: float = 1e-7, rtol: float = 1e-5
) -> GradientCheck:
    """Compare layer.backward with central differences, for the input and every parameter of a float64 layer or network.

    >>> from dlcourse.layers import BatchNorm1d, Linear, Sequential, Tanh
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 3, rng=rng), BatchNorm1d(3), Tanh())
    >>> bool(gradcheck_layer(net, rng.normal(size=(4, 2))))
    True
    """
    x = np.array(x, dtype=np.float64)
    with at_rest(layer) as forward:
        dy = weights_like(forward(x))
        dx = layer.backward(dy)
        gradients = {name: p.grad.copy() for name, p in layer.named_parameters().items()}

        def objective(x: Array) -> float:
            return float(np.sum(dy * forward(x)))

        pairs = {} if dx is None else {"dx": (np.asarray(dx), numerical_gradient(objective, x, h))}
        return verdict(pairs | parameter_pairs(layer, gradients, lambda: objective(x), h), atol, rtol)


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
    with at_rest(net) as forward:
        loss.forward(forward(X), y)
        net.backward(loss.backward())
        gradients = {name: p.grad.copy() for name, p in net.named_parameters().items()}
        return verdict(parameter_pairs(net, gradients, lambda: float(loss.forward(forward(X), y)), h), atol, rtol)


@contextmanager
def at_rest(net: Any) -> Iterator[Callable[[Array], Array]]:
    """A forward that gives the same answer every time, with gradients at 0; afterwards net is as it was before.

    Dropout throws the same coins again, or the two sides of a difference would belong to two functions.

    >>> from dlcourse.layers import Dropout
    >>> with at_rest(Dropout(0.5, rng=np.random.default_rng(0))) as forward:
    ...     bool(np.all(forward(np.ones(9)) == forward(np.ones(9))))
    True
    """
    parameters = net.parameters()
    if any(p.value.dtype != np.float64 for p in parameters):
        raise TypeError("gradcheck got a network that is not float64: a step of h would drown in its rounding")
    state, gradients = net.state_dict(), [p.grad.copy() for p in parameters]
    coins = [(rng, rng.bit_generator.state) for rng in generators(net)]

    def rewind() -> None:
        for rng, start in coins:
            rng.bit_generator.state = start

    def forward(x: Array) -> Array:
        rewind()
        y: Array = net.forward(x)
        return y

    for p in parameters:
        p.zero_grad()
    try:
        yield forward
    finally:
        rewind()
        net.load_state_dict(state)
        for p, gradient in zip(parameters, gradients, strict=True):
            p.grad = gradient


def generators(layer: Any) -> list[np.random.Generator]:
    """Every source of chance in a layer and the layers inside.

    >>> from dlcourse.layers import Dropout, Sequential
    >>> rng = np.random.default_rng(0)
    >>> generators(Sequential(Dropout(0.5, rng=rng))) == [rng]
    True
    """
    own = [item for item in vars(layer).values() if isinstance(item, np.random.Generator)]
    return own + [rng for child in layer.named_children().values() for rng in generators(child)]


def parameter_pairs(
    net: Any, gradients: dict[str, Array], objective: Callable[[], float], h: float
) -> dict[str, tuple[Array, Array]]:
    """The gradient of every parameter beside its central difference, by name.

    >>> from dlcourse.layers import PReLU
    >>> slope = PReLU()
    >>> pairs = parameter_pairs(slope, {"weight": np.array([1.0])}, lambda: slope.weight.value.item() ** 2, h=1e-5)
    >>> pairs["weight"][1].round(6)
    array([0.5])
    """

    def at(p: Any) -> Callable[[Array], float]:
        def moved(value: Array) -> float:
            kept = p.value.copy()
            p.value = value
            try:
                return objective()
            finally:
                p.value = kept

        return moved

    return {
        name: (gradients[name], numerical_gradient(at(p), p.value, h)) for name, p in net.named_parameters().items()
    }


def weights_like(y: Array) -> Array:
    """A weight of its own for every output: with equal weights an error in one could cancel an error in another.

    >>> weights_like(np.zeros(2)).round(2)
    array([1.  , 0.54])
    """
    return np.asarray(np.cos(np.arange(np.size(y))).reshape(np.shape(y)))


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
