"""What the library computes with: arrays of floats.

Float in, the same float out: float32 stays float32, float64 stays float64. Integers and booleans are computed as float64.
"""

from __future__ import annotations  # so that numpy.random, slow to load, waits until it is needed

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["Array", "ArrayLike", "Cache", "DTypeLike", "as_float", "as_generator", "shaped_like"]

Array: TypeAlias = NDArray[Any]
Cache: TypeAlias = tuple[Any, ...]


def as_float(x: ArrayLike, who: object = "the library") -> Array:
    """The array itself where it is an array of floats, else a copy as float64; what is no number is a TypeError that names who.

    >>> as_float([1, 2]).dtype, as_float(np.float32([1, 2])).dtype
    (dtype('float64'), dtype('float32'))
    """
    x = np.asarray(x)
    if x.dtype.kind == "f":
        return x
    if x.dtype.kind not in "biu":
        raise TypeError(f"{who} got an array of dtype {x.dtype}: expected numbers, such as np.array(x, dtype=float)")
    return x.astype(np.float64)


def shaped_like(y: Array, target: ArrayLike, op: str) -> Array:
    """Target in y's dtype; an error where the shapes differ, because (N, 1) - (N,) would silently become (N, N).

    >>> shaped_like(np.zeros((2, 1)), [[0], [1]], "mse_loss")
    array([[0.],
           [1.]])
    """
    target = np.asarray(target)
    if target.shape != y.shape:
        raise ValueError(f"{op} got a target of shape {target.shape}: expected {y.shape}, the shape of the output")
    return target.astype(y.dtype, copy=False)


def as_generator(rng: np.random.Generator) -> np.random.Generator:
    """The Generator itself, or an error that shows how to make one: the library never draws from a global seed.

    >>> rng = np.random.default_rng(0)
    >>> as_generator(rng) is rng
    True
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"got rng={rng!r}: expected a np.random.Generator, such as np.random.default_rng(0)")
    return rng
