"""Initialisation: the random numbers a network starts from.

Weights must differ, or all units of a layer stay twins; and their variance must suit the layer's width, or signals die out or
explode on their way through a deep network. fan_in is the number of inputs of a unit, fan_out of its outputs.

Every function maps a shape to an array, `kaiming_normal((64, 32), rng=rng)`, and serves as `Linear(64, 32, init=kaiming_normal, rng=rng)`.
Numbers are drawn in float64 and then rounded, so a float32 network starts where its float64 twin does.
"""

from collections.abc import Callable
from math import prod, sqrt
from typing import Protocol

import numpy as np

from dlcourse.functional.arrays import Array, DTypeLike, as_generator

Shape = tuple[int, ...]


class Initializer(Protocol):
    """What `init=` accepts: init(shape, rng=..., dtype=...) -> array of that shape."""

    def __call__(self, shape: Shape, /, *, rng: np.random.Generator, dtype: DTypeLike) -> Array: ...  # noqa: D102


def fans(shape: Shape) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (in, out), or of a convolution kernel (out, in, height, width).

    >>> fans((64, 32)), fans((8, 3, 5, 5))
    ((64, 32), (75, 200))
    """
    if len(shape) < 2 or 0 in shape:
        raise ValueError(f"a weight of shape {shape} has no fan-in: expected (in, out), or (out, in, height, width)")
    if len(shape) == 2:
        return shape
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


GAINS: dict[str, Callable[[float], float]] = {
    "linear": lambda a: 1.0,
    "sigmoid": lambda a: 1.0,
    "tanh": lambda a: 5 / 3,
    "relu": lambda a: sqrt(2),
    "leaky_relu": lambda a: sqrt(2 / (1 + a**2)),
    "selu": lambda a: 3 / 4,
}


def gain(nonlinearity: str, a: float = 0.01) -> float:
    """The factor that makes up for what an activation takes from a signal's deviation; a is the slope of leaky_relu.

    As PyTorch's calculate_gain. sqrt(2) is exact for ReLU, which halves the mean square (He et al., 2015); 5/3 for tanh and 3/4 for
    SELU are PyTorch's constants.

    >>> gain("relu") ** 2, gain("tanh"), gain("leaky_relu", a=1.0)
    (2.0000000000000004, 1.6666666666666667, 1.0)
    """
    if nonlinearity not in GAINS:
        raise ValueError(f"gain got nonlinearity={nonlinearity!r}: expected one of {', '.join(GAINS)}")
    return GAINS[nonlinearity](a)


def constant(
    shape: Shape, value: float = 1.0, *, rng: np.random.Generator | None = None, dtype: DTypeLike = np.float64
) -> Array:
    """The same number everywhere: then all units of a layer learn the same thing.

    >>> constant((2, 2), 0.5)
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    return np.full(shape, value, dtype)


def zeros(shape: Shape, *, rng: np.random.Generator | None = None, dtype: DTypeLike = np.float64) -> Array:
    """0 everywhere: right for biases, fatal for weights.

    >>> zeros((3,))
    array([0., 0., 0.])
    """
    return constant(shape, 0.0, dtype=dtype)


def normal(
    shape: Shape, mean: float = 0.0, std: float = 1.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """N(mean, std^2).

    >>> normal((2,), std=0.01, rng=np.random.default_rng(0)).round(4)
    array([ 0.0013, -0.0013])
    """
    return as_generator(rng).normal(mean, std, shape).astype(dtype)


def uniform(
    shape: Shape, low: float = 0.0, high: float = 1.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """U(low, high).

    >>> uniform((2,), -1, 1, rng=np.random.default_rng(0)).round(4)
    array([ 0.2739, -0.4604])
    """
    return as_generator(rng).uniform(low, high, shape).astype(dtype)


def xavier_uniform(
    shape: Shape, gain: float = 1.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """U(-r, r) with r = gain sqrt(6 / (fan_in + fan_out)), also Glorot (Glorot and Bengio, 2010).

    >>> bool(abs(xavier_uniform((3, 3), rng=np.random.default_rng(0))).max() <= 1.0)
    True
    """
    r = gain * sqrt(6 / sum(fans(shape)))
    return uniform(shape, -r, r, rng=rng, dtype=dtype)


def xavier_normal(shape: Shape, gain: float = 1.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """N(0, std^2) with std = gain sqrt(2 / (fan_in + fan_out)), also Glorot (Glorot and Bengio, 2010).

    >>> round(float(xavier_normal((100, 100), rng=np.random.default_rng(0)).std()), 2)
    0.1
    """
    return normal(shape, 0.0, gain * sqrt(2 / sum(fans(shape))), rng=rng, dtype=dtype)


def kaiming_uniform(
    shape: Shape,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> Array:
    """U(-r, r) with r = gain sqrt(3 / fan_in), also He (He et al., 2015): for ReLU, a = 0, r = sqrt(6 / fan_in).

    a is the slope left of 0. mode="fan_in" keeps the signal's variance on its way forward, "fan_out" the gradient's on its way back.

    >>> bool(abs(kaiming_uniform((6, 3), rng=np.random.default_rng(0))).max() <= 1.0)
    True
    """
    r = sqrt(3) * kaiming_std(shape, a, mode, nonlinearity)
    return uniform(shape, -r, r, rng=rng, dtype=dtype)


def kaiming_normal(
    shape: Shape,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> Array:
    """N(0, std^2) with std = gain / sqrt(fan_in), also He (He et al., 2015): for ReLU, a = 0, std = sqrt(2 / fan_in).

    a and mode as in kaiming_uniform.

    >>> round(float(kaiming_normal((200, 100), rng=np.random.default_rng(0)).std()), 2)
    0.1
    """
    return normal(shape, 0.0, kaiming_std(shape, a, mode, nonlinearity), rng=rng, dtype=dtype)


def kaiming_std(shape: Shape, a: float, mode: str, nonlinearity: str) -> float:
    """The deviation of both: gain / sqrt(fan).

    >>> kaiming_std((50, 100), a=0.0, mode="fan_in", nonlinearity="relu")
    0.2
    """
    by_mode = dict(zip(("fan_in", "fan_out"), fans(shape), strict=True))
    if mode not in by_mode:
        raise ValueError(f"got mode={mode!r}: expected 'fan_in' or 'fan_out'")
    return gain(nonlinearity, a) / sqrt(by_mode[mode])


def lecun_uniform(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """U(-r, r) with r = sqrt(3 / fan_in), so that the variance is 1 / fan_in (LeCun et al., 1998).

    >>> bool(abs(lecun_uniform((3, 3), rng=np.random.default_rng(0))).max() <= 1.0)
    True
    """
    r = sqrt(3 / fans(shape)[0])
    return uniform(shape, -r, r, rng=rng, dtype=dtype)


def lecun_normal(shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """N(0, std^2) with std = sqrt(1 / fan_in) (LeCun et al., 1998).

    >>> round(float(lecun_normal((100, 100), rng=np.random.default_rng(0)).std()), 2)
    0.1
    """
    return normal(shape, 0.0, sqrt(1 / fans(shape)[0]), rng=rng, dtype=dtype)


def orthogonal(shape: Shape, gain: float = 1.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """Gain times a random matrix with orthonormal rows or columns, whichever are fewer: Q of A = Q R, A of N(0, 1).

    A square one keeps the length of every x: ||x W|| = gain ||x|| (Saxe et al., 2014). The signs of R's diagonal are moved into Q,
    so that all orthogonal matrices are equally likely (Mezzadri, 2007). A kernel (out, in, height, width) counts as (out, the rest).

    >>> W = orthogonal((3, 2), rng=np.random.default_rng(0))
    >>> (W.T @ W).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    fans(shape)
    rows, columns = shape[0], prod(shape[1:])
    a = normal((rows, columns), rng=rng)
    q, r = np.linalg.qr(a if rows >= columns else a.T)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return (gain * (q if rows >= columns else q.T)).reshape(shape).astype(dtype)
