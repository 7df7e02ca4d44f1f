"""More examples from the ones there are: what may change about a picture while its label stays.

    fit(..., augment=lambda X: add_noise(X, 0.2, rng=rng))

Every batch is then seen a little otherwise each time, and what is left to learn by heart is what stays.
"""

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float, as_generator


def add_noise(X: ArrayLike, noise: float, *, rng: np.random.Generator) -> Array:
    """Normal noise of deviation `noise` on every feature.   X (N, ...) -> the same shape and dtype

    With a linear model and squared error, on average the same as an L2 penalty (Bishop, 1995).

    >>> add_noise(np.zeros((5, 2)), 0.1, rng=np.random.default_rng(0)).shape
    (5, 2)
    """
    X = as_float(X)
    if noise < 0:
        raise ValueError(f"add_noise got noise={noise}: expected a deviation of at least 0")
    # A float32 draw costs half: noise is most of the work of a small network's step.
    dtype = np.float32 if X.dtype == np.float32 else np.float64
    noisy: Array = X + (as_generator(rng).standard_normal(X.shape, dtype=dtype) * X.dtype.type(noise)).astype(X.dtype)
    return noisy


def shift_images(X: ArrayLike, pixels: int = 1, *, rng: np.random.Generator) -> Array:
    """Each square picture moved by up to `pixels` down or up, and right or left; what comes in is 0.   X (N, side^2) -> the same shape

    >>> X = np.zeros((1, 9))
    >>> X[0, 4] = 1  # the middle of 3 x 3
    >>> shift_images(X, rng=np.random.default_rng(0)).reshape(3, 3)
    array([[0., 1., 0.],
           [0., 0., 0.],
           [0., 0., 0.]])
    """
    X = as_float(X)
    side = round(np.sqrt(X.shape[-1])) if X.ndim == 2 else 0
    if X.ndim != 2 or side**2 != X.shape[1]:
        raise ValueError(
            f"shift_images got X of shape {X.shape}: expected (N, side^2), such as (N, 64) for 8 x 8 pixels"
        )
    if not 0 <= pixels < side:
        raise ValueError(
            f"shift_images got pixels={pixels}: expected from 0 to {side - 1} for pictures of {side} x {side}"
        )
    # A window of the picture's size, somewhere in the picture with a frame of zeros around it.
    framed = np.pad(X.reshape(-1, side, side), ((0, 0), (pixels, pixels), (pixels, pixels)))
    top, left = as_generator(rng).integers(0, 2 * pixels + 1, (2, len(X), 1, 1))
    rows, columns = top + np.arange(side)[:, np.newaxis], left + np.arange(side)
    moved: Array = framed[np.arange(len(X))[:, np.newaxis, np.newaxis], rows, columns].reshape(X.shape)
    return moved
