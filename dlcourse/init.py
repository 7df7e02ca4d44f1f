"""Initialisation: the random numbers a network starts from.

Weights must differ, or all units of a layer stay twins; and their variance must suit the layer's width, or signals die out or
explode on their way through a deep network. fan_in is the number of inputs of a unit, fan_out of its outputs.

Every function maps a shape to an array, `kaiming_normal((64, 32), rng=rng)`, and serves as `Linear(64, 32, init=kaiming_normal, rng=rng)`.
Numbers are drawn in float64 and then rounded, so a float32 network starts where its float64 twin does.
"""

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
    if len(shape) < 2:
        raise ValueError(f"a weight of shape {shape} has no fan-in: expected (in, out)")
    if len(shape) == 2:
        return shape
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


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


def kaiming_uniform(shape: Shape, a: float = 0.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """U(-r, r) with r = sqrt(6 / ((1 + a^2) fan_in)), also He; a is the slope left of 0 (He et al., 2015).

    >>> bool(abs(kaiming_uniform((6, 3), rng=np.random.default_rng(0))).max() <= 1.0)
    True
    """
    r = sqrt(6 / ((1 + a**2) * fans(shape)[0]))
    return uniform(shape, -r, r, rng=rng, dtype=dtype)


def kaiming_normal(shape: Shape, a: float = 0.0, *, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """N(0, std^2) with std = sqrt(2 / ((1 + a^2) fan_in)), also He; a is the slope left of 0 (He et al., 2015).

    >>> round(float(kaiming_normal((200, 100), rng=np.random.default_rng(0)).std()), 2)
    0.1
    """
    return normal(shape, 0.0, sqrt(2 / ((1 + a**2) * fans(shape)[0])), rng=rng, dtype=dtype)


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
