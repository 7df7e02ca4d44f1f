"""A parameter is an array that is learned, next to the gradient that says how.

All parameters of a network lie end to end in one long vector, and so do their gradients; weight and bias are windows onto it.
An optimizer then takes one step on one vector, however many layers there are.
"""

from collections.abc import Sequence

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float


class Parameter:
    """A learned array with its gradient.   value, grad of one shape; grad starts at 0 and backward adds to it.

    `parameter.value = a` copies a into place and refuses another shape (ValueError). With requires_grad=False an optimizer
    leaves the parameter alone.

    >>> p = Parameter([[1.0, 2.0]])
    >>> p.value = [[3.0, 4.0]]
    >>> p.grad += 0.5
    >>> p
    Parameter(shape=(1, 2), dtype=float64)
    >>> p.value - 2 * p.grad
    array([[2., 3.]])
    """

    def __init__(self, value: ArrayLike, requires_grad: bool = True) -> None:
        self._value: Array = np.array(as_float(value))
        self._grad: Array = np.zeros_like(self._value)
        self._start = 0
        self.requires_grad = requires_grad

    @property
    def value(self) -> Array:
        """The learned numbers; assigning copies into place."""
        return self._value

    @value.setter
    def value(self, new: ArrayLike) -> None:
        self._copy_into(self._value, new)

    @property
    def grad(self) -> Array:
        """dL/dvalue, added up since the last zero_grad()."""
        return self._grad

    @grad.setter
    def grad(self, new: ArrayLike) -> None:
        self._copy_into(self._grad, new)

    def zero_grad(self) -> None:
        """Forget the gradient: set it to 0."""
        self._grad.fill(0)

    def _copy_into(self, place: Array, new: ArrayLike) -> None:
        if new is place:  # p.grad += g has added in place already
            return
        new = np.asarray(new)
        if new.shape != place.shape:
            raise ValueError(
                f"Parameter of shape {place.shape} got an array of shape {new.shape}: expected {place.shape}"
            )
        place[...] = new

    def __repr__(self) -> str:
        frozen = "" if self.requires_grad else ", requires_grad=False"
        return f"Parameter(shape={self._value.shape}, dtype={self._value.dtype}{frozen})"


def flatten(parameters: Sequence[Parameter]) -> tuple[Array, Array]:
    """All values, and all grads, end to end in one vector each; every parameter becomes a window onto them.

    Costs nothing where they lie end to end already. Parameters of more than one dtype are a TypeError.

    >>> W, b = Parameter([[1.0, 2.0], [3.0, 4.0]]), Parameter([5.0, 6.0])
    >>> values, grads = flatten([W, b])
    >>> values *= 10
    >>> W.value
    array([[10., 20.],
           [30., 40.]])
    """
    if not parameters:
        raise ValueError("flatten got no parameters: expected at least one")
    values, grads = parameters[0]._value.base, parameters[0]._grad.base
    start = stop = parameters[0]._start
    if values is None or grads is None:  # never laid out, or copied since: then an array owns its numbers
        return _lay_out(parameters)
    for p in parameters:
        if p._value.base is not values or p._start != stop:
            return _lay_out(parameters)
        stop += p._value.size
    return values[start:stop], grads[start:stop]


def _lay_out(parameters: Sequence[Parameter]) -> tuple[Array, Array]:
    dtypes = sorted({str(p._value.dtype) for p in parameters})
    if len(dtypes) > 1:
        raise TypeError(f"got parameters of {' and '.join(dtypes)}: make all layers of a network with one dtype")
    values = np.concatenate([p._value.ravel() for p in parameters])
    grads = np.concatenate([p._grad.ravel() for p in parameters])
    start = 0
    for p in parameters:
        stop, shape = start + p._value.size, p._value.shape
        p._value, p._grad, p._start = values[start:stop].reshape(shape), grads[start:stop].reshape(shape), start
        start = stop
    return values, grads
