"""Losses as objects: forward says how wrong the outputs are, backward where to push them.

    value = loss.forward(z, y)       a float
    dz = loss.backward()             dL/dz for the same z

The maths stands in functional/losses.py; these keep the cache in between.
"""

from typing import ClassVar, cast

from dlcourse import functional as F
from dlcourse.functional.arrays import Array, ArrayLike, Cache


class Loss:
    """What every loss can do; a subclass names its op in F.

    >>> import numpy as np
    >>> loss = MSELoss()
    >>> loss(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (4.0, array([[4.]]))
    """

    op: ClassVar[str]
    _cache: Cache | None = None

    def forward(self, z: ArrayLike, y: ArrayLike) -> float:
        """How wrong outputs z are, given targets y."""
        loss, self._cache = getattr(F, self.op)(z, y)
        return cast(float, loss)

    def backward(self) -> Array:
        """How the loss changes with each output of the last forward."""
        if self._cache is None:
            raise RuntimeError(f"{self!r} has nothing to go back through: call forward before backward")
        return cast(Array, getattr(F, f"{self.op}_backward")(self._cache))

    def __call__(self, z: ArrayLike, y: ArrayLike) -> float:
        """The same as forward(z, y)."""
        return self.forward(z, y)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class MSELoss(Loss):
    """loss = mean (z - y)^2 over all entries, for regression.   z, y (N, M)

    >>> MSELoss()([[1.0], [4.0]], [[1.0], [2.0]])
    2.0
    """

    op = "mse_loss"


class BCEWithLogitsLoss(Loss):
    """loss = mean -(y log h + (1 - y) log(1 - h)), h = sigmoid(z), for yes or no.   z, y (N, M), y between 0 and 1

    >>> round(BCEWithLogitsLoss()([[0.0]], [[1]]), 4)
    0.6931
    """

    op = "binary_cross_entropy_with_logits"


class CrossEntropyLoss(Loss):
    """loss = -1/N sum_n log h_n[y_n], h = softmax(z), for one class of K.   z (N, K), y (N,) integers or (N, K) one-hot

    >>> round(CrossEntropyLoss()([[2.0, 1.0, 0.1]], [0]), 4)
    0.417
    """

    op = "cross_entropy"
