"""Automatic differentiation: what a framework does for you.

Every operation on a Tensor computes its value and writes one line on a tape: from which Tensors it came, and how a gradient of the
result goes back to each of them. backward reads the tape from its end, so each Tensor's gradient is complete before it is passed
on. The layers of this course do the same by hand; here no layer is needed, only arithmetic.

>>> x, w = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])
>>> loss = ((x @ w - 10.0) ** 2).mean()
>>> loss.backward()
>>> loss.value.item(), w.grad.ravel()
(1.0, array([2., 4.]))
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float

Pullback = Callable[[Array], Array]


class Tensor:
    """An array that remembers where it came from.   value, grad of one shape; backward() adds to every grad on the way.

    parents are pairs (tensor, pullback): pullback maps dL/dself to this operation's part of dL/dtensor. Shapes broadcast as NumPy's do.

    >>> a, b = Tensor(2.0), Tensor(3.0)
    >>> y = a * b + a
    >>> y.backward()
    >>> y, a.grad.item(), b.grad.item()
    (Tensor(8.), 4.0, 2.0)
    """

    __array_ufunc__ = None  # so that `array * tensor` asks the tensor how

    def __init__(self, value: ArrayLike, parents: tuple[tuple[Tensor, Pullback], ...] = ()) -> None:
        self.value = as_float(value)
        self.grad = np.zeros_like(self.value)
        self.parents = parents

    def backward(self) -> None:
        """From this single number back to all that it was made of."""
        if self.value.size != 1:
            raise ValueError(f"backward got a Tensor of shape {self.value.shape}: expected one number, such as a mean")
        flowing = {self: np.ones_like(self.value)}
        for tensor in reversed(tape(self)):
            gradient = flowing.pop(tensor)
            tensor.grad += gradient
            for parent, pullback in tensor.parents:
                part = unbroadcast(pullback(gradient), parent.value.shape)
                flowing[parent] = flowing[parent] + part if parent in flowing else part

    def __add__(self, other: Operand) -> Tensor:
        other = self.meet(other)
        return Tensor(self.value + other.value, ((self, lambda g: g), (other, lambda g: g)))

    def __mul__(self, other: Operand) -> Tensor:
        other = self.meet(other)
        return Tensor(self.value * other.value, ((self, lambda g: g * other.value), (other, lambda g: g * self.value)))

    def __matmul__(self, other: Operand) -> Tensor:
        a, b = self, self.meet(other)
        if a.value.ndim != 2 or b.value.ndim != 2:
            raise ValueError(f"@ got shapes {a.value.shape} and {b.value.shape}: expected two matrices")
        return Tensor(a.value @ b.value, ((a, lambda g: g @ b.value.T), (b, lambda g: a.value.T @ g)))

    def __pow__(self, k: float) -> Tensor:
        return Tensor(self.value**k, ((self, lambda g: g * k * self.value ** (k - 1)),))

    def sum(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Added up over one axis, or all: every summand gets the gradient of the sum."""

        def pullback(g: Array) -> Array:
            g = g if keepdims or axis is None else np.expand_dims(g, axis)
            return np.broadcast_to(g, self.value.shape)

        return Tensor(self.value.sum(axis=axis, keepdims=keepdims), ((self, pullback),))

    def mean(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The sum over the count."""
        total = self.sum(axis, keepdims)
        return total * (total.value.size / self.value.size)

    def exp(self) -> Tensor:
        """The power e^x, its own derivative."""
        y = np.exp(self.value)
        return Tensor(y, ((self, lambda g: g * y),))

    def log(self) -> Tensor:
        """Natural logarithm of numbers above 0; derivative 1 / x."""
        if not (self.value > 0).all():
            raise ValueError(f"log got {self.value.min():g}: expected numbers above 0")
        return Tensor(np.log(self.value), ((self, lambda g: g / self.value),))

    def tanh(self) -> Tensor:
        """The curve of tanh; derivative 1 - tanh^2 x."""
        y = np.tanh(self.value)
        return Tensor(y, ((self, lambda g: g * (1 - y * y)),))

    def relu(self) -> Tensor:
        """The larger of x and 0; derivative 1 where x > 0, else 0."""
        return Tensor(np.maximum(self.value, 0), ((self, lambda g: g * (self.value > 0)),))

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __sub__(self, other: Operand) -> Tensor:
        return self + -self.meet(other)

    def __rsub__(self, other: Operand) -> Tensor:
        return self.meet(other) - self

    def __truediv__(self, other: Operand) -> Tensor:
        return self * self.meet(other) ** -1.0

    def __rtruediv__(self, other: Operand) -> Tensor:
        return self.meet(other) / self

    def __rmatmul__(self, other: Operand) -> Tensor:
        return self.meet(other) @ self

    __radd__, __rmul__ = __add__, __mul__

    def meet(self, other: Operand) -> Tensor:
        """What stands on the other side of an operation, as a Tensor; a plain number takes this one's dtype."""
        if isinstance(other, Tensor):
            return other
        return Tensor(np.asarray(other, dtype=self.value.dtype) if isinstance(other, int | float) else other)

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.value, separator=', ', prefix='Tensor(')})"


Operand = Tensor | ArrayLike


def tape(end: Tensor) -> list[Tensor]:
    """All that end was made of, each Tensor after its parents. A loop, since recursion would not survive a long recurrence.

    >>> a = Tensor(1.0)
    >>> b = a + a
    >>> tape(b * a)[:2] == [a, b]
    True
    """
    order: list[Tensor] = []
    seen: set[Tensor] = set()
    waiting = [(end, False)]
    while waiting:
        tensor, parents_done = waiting.pop()
        if parents_done:
            order.append(tensor)
        elif tensor not in seen:
            seen.add(tensor)
            waiting.append((tensor, True))
            waiting += [(parent, False) for parent, _ in tensor.parents]
    return order


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Back to the shape before broadcasting: a number that was used many times gets the sum of what comes back.

    >>> unbroadcast(np.ones((5, 3)), (3,)), unbroadcast(np.ones((5, 3)), (5, 1)).shape
    (array([5., 5., 5.]), (5, 1))
    """
    extra = gradient.ndim - len(shape)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1)
    summed: Array = gradient.sum(axis=(*range(extra), *stretched), keepdims=True)
    return summed.reshape(shape)
