"""Dropout: switch units off at random in training, so that none can rely on a few others. p is the probability to drop.

    inverted:  training y = x keep / (1 - p)     evaluation y = x               what everybody uses today
    classic:   training y = x keep               evaluation y = x (1 - p)       what the paper describes

Either way the mean over many masks is what evaluation computes. Every entry has its own coin, so every example its own mask.
"""

from __future__ import annotations  # so that numpy.random, slow to load, waits until it is needed

# NumPy types arithmetic with a plain number as Any.
# mypy: no-warn-return-any
import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float, as_generator


def dropout(
    x: ArrayLike, p: float = 0.5, training: bool = True, *, rng: np.random.Generator
) -> tuple[Array, tuple[Array | float]]:
    """Inverted dropout: y = x keep / (1 - p), keep = 0 with probability p, else 1; evaluation: y = x.   cache (scale,)

    x of any shape -> the same shape; scale is what x was multiplied by. A p outside [0, 1) is a ValueError. (Srivastava et al.,
    2014, who write p for the probability to keep.)

    >>> dropout(np.ones(6), p=0.5, rng=np.random.default_rng(0))[0]
    array([2., 0., 0., 0., 2., 2.])
    >>> dropout(np.ones(2), p=0.5, training=False, rng=np.random.default_rng(0))[0]
    array([1., 1.])
    """
    x, p = as_float(x), drop_probability(p, "dropout")
    scale = kept(x, p, rng) / (1 - p) if training else 1.0
    return x * scale, (scale,)


def dropout_backward(dy: Array, cache: tuple[Array | float]) -> Array:
    """Chain rule: dx = dy scale: what forward dropped learns nothing, and what it kept is scaled as it was.

    >>> dropout_backward(np.ones(3), (np.array([2.0, 0.0, 2.0]),))
    array([2., 0., 2.])
    """
    (scale,) = cache
    return dy * scale


def classic_dropout(
    x: ArrayLike, p: float = 0.5, training: bool = True, *, rng: np.random.Generator
) -> tuple[Array, tuple[Array | float]]:
    """Dropout as first published: y = x keep; evaluation: y = (1 - p) x.   cache (scale,)   (Srivastava et al., 2014)

    >>> classic_dropout(np.ones(6), p=0.5, rng=np.random.default_rng(0))[0]
    array([1., 0., 0., 0., 1., 1.])
    >>> classic_dropout(np.ones(2), p=0.2, training=False, rng=np.random.default_rng(0))[0]
    array([0.8, 0.8])
    """
    x, p = as_float(x), drop_probability(p, "classic_dropout")
    scale = kept(x, p, rng) if training else 1 - p
    return x * scale, (scale,)


def classic_dropout_backward(dy: Array, cache: tuple[Array | float]) -> Array:
    """Chain rule: dx = dy scale, as for inverted dropout.

    >>> classic_dropout_backward(np.ones(3), (np.array([1.0, 0.0, 1.0]),))
    array([1., 0., 1.])
    """
    (scale,) = cache
    return dy * scale


def kept(x: Array, p: float, rng: np.random.Generator) -> Array:
    """1 for what stays, 0 with probability p.   -> the shape and dtype of x

    Drawn in float64 whatever x is, so a float32 network drops what its float64 twin does.

    >>> kept(np.ones(6), 0.5, np.random.default_rng(0))
    array([1., 0., 0., 0., 1., 1.])
    """
    return (as_generator(rng).random(x.shape) >= p).astype(x.dtype)


def drop_probability(p: float, who: str) -> float:
    """The probability p itself, or an error that names who got it: with p = 1 nothing would be left to scale up.

    >>> drop_probability(0.5, "dropout")
    0.5
    """
    if not 0 <= p < 1:
        raise ValueError(f"{who} got p={p:g}: expected the probability to drop, from 0 up to, not including, 1")
    return float(p)
