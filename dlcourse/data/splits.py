"""Cutting a set up: into parts that must not know of each other, and into the batches of an epoch."""

from collections.abc import Iterator
from typing import overload

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float, as_generator


def train_test_split(
    X: ArrayLike, y: ArrayLike, test_size: float = 0.25, *, rng: np.random.Generator, stratify: bool = True
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


def train_val_test_split(
    X: ArrayLike,
    y: ArrayLike,
    val_size: float = 0.2,
    test_size: float = 0.2,
    *,
    rng: np.random.Generator,
    stratify: bool = True,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Three parts: to learn from, to choose by, and to judge by, once.   -> X_train, X_val, X_test, y_train, y_val, y_test

    Both sizes are shares of the whole: 0.2 and 0.2 leave 60 % for training. Every example is in one part only.

    >>> X, y = np.arange(20.0).reshape(20, 1), np.arange(20) % 2
    >>> parts = train_val_test_split(X, y, rng=np.random.default_rng(0))
    >>> [len(part) for part in parts], [np.bincount(part).tolist() for part in parts[3:]]
    ([12, 4, 4, 12, 4, 4], [[6, 6], [2, 2], [2, 2]])
    """
    if not (val_size > 0 and test_size > 0 and val_size + test_size < 1):
        raise ValueError(
            f"train_val_test_split got val_size={val_size} and test_size={test_size}: expected two shares that leave "
            "something to train on"
        )
    X, X_test, y, y_test = train_test_split(X, y, test_size, rng=rng, stratify=stratify)
    X_train, X_val, y_train, y_val = train_test_split(X, y, val_size / (1 - test_size), rng=rng, stratify=stratify)
    return X_train, X_val, X_test, y_train, y_val, y_test


def batches(
    X: ArrayLike, y: ArrayLike, batch_size: int, *, rng: np.random.Generator | None = None, shuffle: bool = True
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


class Standardiser:
    """Every feature to mean 0 and deviation 1, by the mean and deviation of the set it was made from.   x = (x - mean) / std

    Make it from the training set alone: a test set must not say where its own middle is. Constant features become 0.

    >>> scale = Standardiser([[1.0, 5.0], [3.0, 5.0]])
    >>> scale([[5.0, 5.0]])
    array([[3., 0.]])
    >>> scale.undo([[3.0, 0.0]])
    array([[5., 5.]])
    """

    def __init__(self, X_train: ArrayLike) -> None:
        X_train = as_float(X_train)
        if len(X_train) == 0:
            raise ValueError(f"Standardiser got no examples: X_train has shape {X_train.shape}")
        self.mean, std = X_train.mean(axis=0), X_train.std(axis=0)
        # The deviation of many times 0.1 is not quite 0: rounding must not be blown up to look like a feature.
        rounding = 10 * np.finfo(X_train.dtype).eps * np.abs(X_train).max(axis=0)
        self.std = np.where(std > rounding, std, 1)
        self.mean = np.where(std > rounding, self.mean, X_train[0])

    def __call__(self, X: ArrayLike) -> Array:
        """X in the training set's units."""
        moved: Array = (self._expect(X) - self.mean) / self.std
        return moved

    def undo(self, X: ArrayLike) -> Array:
        """Back to the units that X had."""
        back: Array = self._expect(X) * self.std + self.mean
        return back

    def _expect(self, X: ArrayLike) -> Array:
        X = as_float(X)
        if X.shape[1:] != self.mean.shape:
            expected = ", ".join(["N", *map(str, self.mean.shape)])
            raise ValueError(f"{self!r} got X of shape {X.shape}: expected ({expected})")
        return X

    def __repr__(self) -> str:
        return f"Standardiser({self.mean.size} features)"


@overload
def standardise(X_train: ArrayLike) -> Array: ...
@overload
def standardise(X_train: ArrayLike, *others: ArrayLike) -> tuple[Array, ...]: ...
def standardise(X_train: ArrayLike, *others: ArrayLike) -> Array | tuple[Array, ...]:
    """Every feature to mean 0 and deviation 1, by the training set's mean and deviation alone; further sets by the same numbers.

    >>> X_train, X_test = standardise(np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[5.0, 5.0]]))
    >>> X_train
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> X_test
    array([[3., 0.]])
    """
    scale = Standardiser(X_train)
    return tuple(scale(X) for X in (X_train, *others)) if others else scale(X_train)


def same_length(op: str, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """X and y as arrays, or an error where they do not pair up.

    >>> same_length("fit", [[1.0]], [1])
    (array([[1.]]), array([1]))
    """
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"{op} got {len(X)} examples and {len(y)} targets: expected as many of each")
    return X, y
