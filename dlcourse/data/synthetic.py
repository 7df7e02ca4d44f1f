"""Points made to be seen: two features, few of them, and a shape that says at once what a network must learn."""

from collections.abc import Sequence

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, DTypeLike, as_float, as_generator

#: The answers of each gate to (0, 0), (0, 1), (1, 0), (1, 1).
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}


def gate(name: str, *, dtype: DTypeLike = np.float64) -> tuple[Array, Array]:
    """The truth table of a logic gate, AND, OR, NAND or XOR: four examples, all there are.   -> X (4, 2), y (4,)

    A straight line parts the first three, and none parts XOR (Minsky and Papert, 1969).

    >>> X, y = gate("XOR")
    >>> for (a, b), answer in zip(X, y):
    ...     print(a, b, "->", answer)
    0.0 0.0 -> 0
    0.0 1.0 -> 1
    1.0 0.0 -> 1
    1.0 1.0 -> 0
    """
    if name not in GATES:
        raise ValueError(f"gate got {name!r}: expected one of {', '.join(GATES)}")
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=dtype), np.array(GATES[name])


def blobs(
    n: int, classes: int = 2, noise: float = 0.3, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> tuple[Array, Array]:
    """One round cloud per class, their centres evenly spaced on a circle of radius 1.   -> X (n, 2), y (n,)

    Two clouds lie left and right of each other, and a straight line parts them as well as anything can.

    >>> X, y = blobs(4, noise=0.0, rng=np.random.default_rng(0))
    >>> X.round(6) + 0.0, y
    (array([[ 1.,  0.],
           [-1.,  0.],
           [ 1.,  0.],
           [-1.,  0.]]), array([0, 1, 0, 1]))
    """
    y = np.arange(n) % classes
    angle = 2 * np.pi * y / classes
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1) + as_generator(rng).normal(0, noise, (n, 2))
    return X.astype(dtype), y


def moons(
    n: int, noise: float = 0.1, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> tuple[Array, Array]:
    """Two half circles, one hooked into the other: no straight line parts them.   -> X (n, 2), y (n,)

    >>> X, y = moons(4, rng=np.random.default_rng(0))
    >>> X.shape, y
    ((4, 2), array([0, 1, 0, 1]))
    """
    y = np.arange(n) % 2
    angle = as_generator(rng).uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, np.newaxis] == 0, upper, lower) + rng.normal(0, noise, (n, 2))
    return X.astype(dtype), y


def rings(
    n: int, noise: float = 0.1, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> tuple[Array, Array]:
    """A small circle (radius 0.5, label 0) within a large one (radius 1, label 1).   -> X (n, 2), y (n,)

    >>> X, y = rings(4, noise=0.0, rng=np.random.default_rng(0))
    >>> np.hypot(X[:, 0], X[:, 1]).round(6), y
    (array([0.5, 1. , 0.5, 1. ]), array([0, 1, 0, 1]))
    """
    y = np.arange(n) % 2
    angle = as_generator(rng).uniform(0, 2 * np.pi, n)
    radius = np.where(y == 0, 0.5, 1.0)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + rng.normal(0, noise, (n, 2))
    return X.astype(dtype), y


def spirals(
    n: int, classes: int = 2, noise: float = 0.05, *, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> tuple[Array, Array]:
    """One arm per class, each making a full turn from radius 0.2 to 2: hard for few units.   -> X (n, 2), y (n,)

    >>> X, y = spirals(6, classes=3, rng=np.random.default_rng(0))
    >>> X.shape, y
    ((6, 2), array([0, 1, 2, 0, 1, 2]))
    """
    y = np.arange(n) % classes
    along = as_generator(rng).uniform(0, 1, n)
    angle = 2 * np.pi * (along + y / classes)
    radius = 0.2 + 1.8 * along
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + rng.normal(0, noise, (n, 2))
    return X.astype(dtype), y


def polynomial(
    n: int,
    coefficients: Sequence[float] = (0.0, -1.5, 0.0, 2.5),
    noise: float = 0.2,
    *,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> tuple[Array, Array]:
    """Points around a curve: y = c_0 + c_1 x + c_2 x^2 + ... + noise, x from -1 to 1.   -> X (n, 1), y (n, 1)

    What is to be learned is known here, so that bias, variance and noise can be told apart.

    >>> X, y = polynomial(3, (1.0, 0.0, 2.0), noise=0.0, rng=np.random.default_rng(0))
    >>> np.allclose(y, 1 + 2 * X**2), X.shape, y.shape
    (True, (3, 1), (3, 1))
    """
    X = as_generator(rng).uniform(-1, 1, (n, 1))
    y = np.polynomial.polynomial.polyval(X, np.asarray(coefficients)) + rng.normal(0, noise, (n, 1))
    return X.astype(dtype), y.astype(dtype)


def powers(X: ArrayLike, degree: int) -> Array:
    """x, x^2, ..., x^degree side by side: a Linear layer on them is a polynomial.   X (n, 1) -> (n, degree)

    >>> powers([[2.0], [3.0]], 3)
    array([[ 2.,  4.,  8.],
           [ 3.,  9., 27.]])
    """
    X = as_float(X)
    if X.ndim != 2 or X.shape[1] != 1:
        raise ValueError(f"powers got X of shape {X.shape}: expected (n, 1)")
    if degree < 1:
        raise ValueError(f"powers got degree={degree}: expected at least 1")
    return X ** np.arange(1, degree + 1)
