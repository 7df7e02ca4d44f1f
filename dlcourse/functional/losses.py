"""Losses: one number that says how wrong a batch of outputs is, and which way each output should move.

Each loss is a pair:

    loss, cache = f(z, y)        a float
    dz = f_backward(cache)       how the loss changes with each output; here backward begins, so there is no dy

The two classification losses take logits z (before the sigmoid or the softmax): together with it the gradient is h - y, and
nothing overflows.
"""

# NumPy types arithmetic with a plain number as Any.
# mypy: no-warn-return-any

import numpy as np

from dlcourse.functional.activations import sigmoid
from dlcourse.functional.arrays import Array, ArrayLike, DTypeLike, as_float, shaped_like


def mse_loss(y: ArrayLike, target: ArrayLike) -> tuple[float, tuple[Array]]:
    """Mean squared error over all entries.   loss = mean (y - target)^2   cache (y - target,)

    y and target of one shape, else a ValueError.

    >>> mse_loss([[1.0], [4.0]], [[1.0], [2.0]])[0]
    2.0
    """
    y = as_float(y)
    error = y - shaped_like(y, target, "mse_loss")
    return float(np.mean(error * error)), (error,)


def mse_loss_backward(cache: tuple[Array]) -> Array:
    """Where to push: dy = 2 (y - target) / size

    >>> mse_loss_backward((np.array([[0.0], [2.0]]),))
    array([[0.],
           [2.]])
    """
    (error,) = cache
    return 2 * error / error.size


def half_squared_error(y: ArrayLike, target: ArrayLike) -> tuple[float, tuple[Array]]:
    """Half the squared distance, averaged over the batch.   loss = 1/(2N) sum (y - target)^2   cache (y - target,)

    y (N, ...) and target of one shape, else a ValueError. The half cancels the 2 of the derivative.

    >>> half_squared_error([[1.0, 2.0], [4.0, 0.0]], [[1.0, 0.0], [2.0, 0.0]])[0]
    2.0
    """
    y = as_float(y)
    error = y - shaped_like(y, target, "half_squared_error")
    return float(np.sum(error * error) / (2 * len(error))), (error,)


def half_squared_error_backward(cache: tuple[Array]) -> Array:
    """Where to push: dy = (y - target) / N

    >>> half_squared_error_backward((np.array([[0.0, 2.0], [2.0, 0.0]]),))
    array([[0., 1.],
           [1., 0.]])
    """
    (error,) = cache
    return error / len(error)


def binary_cross_entropy_with_logits(z: ArrayLike, y: ArrayLike) -> tuple[float, tuple[Array, Array]]:
    """Surprise at yes-or-no answers.   loss = mean -(y log h + (1 - y) log(1 - h)),  h = sigmoid(z)   cache (h, y)

    Written as max(z, 0) - y z + log(1 + e^-|z|), which is the same and never overflows. z and y of one shape, y between 0
    and 1, else a ValueError.

    >>> loss, _ = binary_cross_entropy_with_logits([[-1000.0], [0.0]], [[0], [1]])
    >>> round(loss, 4)
    0.3466
    """
    z = as_float(z)
    y = shaped_like(z, y, "binary_cross_entropy_with_logits")
    if not np.all((y >= 0) & (y <= 1)):
        raise ValueError(
            f"binary_cross_entropy_with_logits got targets from {y.min():g} to {y.max():g}: expected 0 to 1"
        )
    loss = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    h, _ = sigmoid(z)
    return float(np.mean(loss)), (h, y)


def binary_cross_entropy_with_logits_backward(cache: tuple[Array, Array]) -> Array:
    """Where to push: dz = (h - y) / size

    >>> binary_cross_entropy_with_logits_backward((np.array([[0.5], [0.5]]), np.array([[0.0], [1.0]])))
    array([[ 0.25],
           [-0.25]])
    """
    h, y = cache
    return (h - y) / h.size


def cross_entropy(z: ArrayLike, y: ArrayLike) -> tuple[float, tuple[Array, Array]]:
    """Surprise at one answer of K.   loss = -1/N sum_n sum_k y_nk log h_nk,  h = softmax(z)   cache (h, y)

    z (N, K) logits; y (N,) integer labels, or (N, K) rows of probabilities such as one-hot. Anything else is an error that
    says what is wrong with it.

    >>> loss, _ = cross_entropy([[2.0, 1.0, 0.1]], [0])
    >>> round(loss, 4)
    0.417
    """
    z = as_float(z)
    if z.ndim != 2:
        raise ValueError(f"cross_entropy got z of shape {z.shape}: expected (N, K), one row of K scores per example")
    y = _probabilities(z, np.asarray(y))
    log_h = z - z.max(axis=1, keepdims=True)
    log_h -= np.log(np.exp(log_h).sum(axis=1, keepdims=True))
    return float(-np.sum(y * log_h) / len(z)), (np.exp(log_h), y)


def cross_entropy_backward(cache: tuple[Array, Array]) -> Array:
    """Where to push: dz = (h - y) / N

    >>> cross_entropy_backward((np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])))
    array([[-0.5,  0.5]])
    """
    h, y = cache
    return (h - y) / len(h)


def one_hot(labels: ArrayLike, classes: int, dtype: DTypeLike = np.float64) -> Array:
    """A 1 in the column of each label, 0 elsewhere.   labels (N,) from 0 to classes - 1 -> (N, classes)

    >>> one_hot([0, 2], classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "biu":
        raise TypeError(f"got labels of dtype {labels.dtype}: expected integers, such as y.astype(int)")
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise ValueError(f"got label {outside[0]} for {classes} classes: expected 0 to {classes - 1}")
    return (labels[..., np.newaxis] == np.arange(classes)).astype(dtype)


def _probabilities(z: Array, y: Array) -> Array:
    if y.shape == z.shape[:1]:
        return one_hot(y, z.shape[1], z.dtype)
    if y.shape != z.shape:
        raise ValueError(
            f"cross_entropy got y of shape {y.shape} for z of shape {z.shape}: "
            f"expected ({z.shape[0]},) integer labels, or {z.shape} one-hot rows"
        )
    total = y.sum(axis=1)
    if np.any(np.abs(total - 1) > 1e-3):
        raise ValueError(f"cross_entropy got a row of y that sums to {total[np.abs(total - 1).argmax()]:g}: expected 1")
    return y.astype(z.dtype, copy=False)
