"""Data: points that are easy to see, digits that are real, and the ways to cut a set up.

X (n, features) floats, y (n,) integer labels from 0. Whatever is random takes a Generator: the same rng gives the same data.
"""

from collections.abc import Iterator
from typing import overload

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, DTypeLike, as_float, as_generator


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


def digits(*, dtype: DTypeLike = np.float64) -> tuple[Array, Array]:
    """1797 handwritten digits of 8 x 8 pixels, bundled with scikit-learn (UCI: Alpaydin and Kaynak, 1998).

    -> X (1797, 64) from 0 (paper) to 1 (ink), y (1797,) from 0 to 9

    >>> X, y = digits()
    >>> X.shape, float(X.max()), y[:5]
    ((1797, 64), 1.0, array([0, 1, 2, 3, 4]))
    """
    from sklearn.datasets import load_digits  # takes a second to import: only those who want digits wait

    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(dtype), y


def train_test_split(
    X: Array, y: Array, test_size: float = 0.25, *, rng: np.random.Generator, stratify: bool = True
) -> tuple[Array, Array, Array, Array]:
    """Set a share of the examples aside for the test.   -> X_train, X_test, y_train, y_test, each in random order

    With stratify every class gives its share, to within one example; targets that are not integer labels are split as one class.

    >>> X, y = np.arange(8.0).reshape(8, 1), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, rng=np.random.default_rng(0))
    >>> np.bincount(y_train), np.bincount(y_test)
    (array([3, 3]), array([1, 1]))
    """
    X, y = same_length("train_test_split", X, y)
    if not 0 < test_size < 1:
        raise ValueError(f"train_test_split got test_size={test_size}: expected a share between 0 and 1")
    order = as_generator(rng).permutation(len(y))
    has_classes = stratify and y.size == len(y) and y.dtype.kind in "biu"
    by_class = np.argsort(y[order].reshape(-1), kind="stable") if has_classes else np.arange(len(y))
    # Walk through the classes one after another and set an example aside whenever test_size of one more is due.
    due = np.floor(test_size * np.arange(len(y) + 1) + 0.5)
    in_test = np.zeros(len(y), dtype=bool)
    in_test[by_class] = np.diff(due) > 0
    train, test = order[~in_test], order[in_test]
    return X[train], X[test], y[train], y[test]


def batches(
    X: Array, y: Array, batch_size: int, *, rng: np.random.Generator | None = None, shuffle: bool = True
) -> Iterator[tuple[Array, Array]]:
    """Every example once, batch_size at a time; the last batch may be shorter.   yields X (B, ...), y (B, ...)

    >>> for X, y in batches(np.zeros((5, 2)), np.arange(5), 2, shuffle=False):
    ...     print(X.shape, y)
    (2, 2) [0 1]
    (2, 2) [2 3]
    (1, 2) [4]
    """
    X, y = same_length("batches", X, y)
    if batch_size < 1:
        raise ValueError(f"batches got batch_size={batch_size}: expected at least 1")
    if shuffle and rng is None:
        raise ValueError("batches got no rng to shuffle with: pass rng=np.random.default_rng(0), or shuffle=False")
    order = np.arange(len(X)) if rng is None or not shuffle else as_generator(rng).permutation(len(X))
    starts = range(0, len(X), batch_size)
    return ((X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts)


@overload
def standardise(X_train: Array) -> Array: ...
@overload
def standardise(X_train: Array, *others: Array) -> tuple[Array, ...]: ...
def standardise(X_train: Array, *others: Array) -> Array | tuple[Array, ...]:
    """Every feature to mean 0 and deviation 1, by the training set's mean and deviation alone.   x = (x - mean) / std

    Further sets are moved by the same numbers: a test set must not say where its own middle is. Constant features become 0.

    >>> X_train, X_test = standardise(np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[5.0, 5.0]]))
    >>> X_train
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> X_test
    array([[3., 0.]])
    """
    X_train = as_float(X_train)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std > 0, std, 1)
    moved = tuple((as_float(X) - mean) / std for X in (X_train, *others))
    return moved if others else moved[0]


def same_length(op: str, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """X and y as arrays, or an error where they do not pair up.

    >>> same_length("fit", [[1.0]], [1])
    (array([[1.]]), array([1]))
    """
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"{op} got {len(X)} examples and {len(y)} targets: expected as many of each")
    return X, y
