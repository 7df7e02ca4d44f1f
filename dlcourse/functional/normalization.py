"""Normalisation: give every unit mean 0 and variance 1, then let it learn the mean beta and the scale gamma that suit it.

    x_hat = (x - mean) / sqrt(var + eps)          y = gamma x_hat + beta

Batch normalisation takes mean and variance of each unit over the batch: in training the examples see one another, and evaluation
needs statistics that were kept. Layer normalisation takes them over the units of each example: batch and mode make no difference.
"""

# NumPy types arithmetic with a plain number as Any.
# mypy: no-warn-return-any

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, Cache, as_float


def batch_norm(
    x: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    mean: ArrayLike | None = None,
    var: ArrayLike | None = None,
    eps: float = 1e-5,
) -> tuple[Array, Cache]:
    """Normalise each channel: y = gamma (x - mean) / sqrt(var + eps) + beta   (Ioffe and Szegedy, 2015)

    x (N, D) or (N, D, H, W) -> y of that shape; gamma, beta, mean, var (D,); cache (x_hat, std, gamma, axes).
    Training leaves mean and var out: then they are this batch's own, over axes, with 1/m for the variance. Evaluation passes the
    running ones. A channel with a single value to take a mean over is a ValueError.

    >>> batch_norm([[1.0, 5.0], [3.0, 5.0]], gamma=[1.0, 1.0], beta=[0.0, 7.0])[0].round(3)
    array([[-1.,  7.],
           [ 1.,  7.]])
    >>> batch_norm([[1.0], [3.0]], [1.0], [0.0], mean=[1.0], var=[4.0])[0].round(3)
    array([[0.],
           [1.]])
    """
    x = as_float(x)
    gamma, beta = (per_channel(name, a, x) for name, a in (("gamma", gamma), ("beta", beta)))
    if mean is None or var is None:
        if x.size <= x.shape[1]:
            raise ValueError(
                f"batch_norm got x of shape {x.shape}: expected more than one value per channel in training, "
                "because a single value is its own mean; use another batch size, or eval()"
            )
        axes = batch_axes(x)
        x_hat, std = normalize(x, axes, eps)
    else:
        axes = ()
        std = np.sqrt(per_channel("var", var, x) + positive("batch_norm", eps))
        x_hat = (x - per_channel("mean", mean, x)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma, axes)


def batch_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Back through the scale, and in training through mean and variance too:   -> dx, dgamma (D,), dbeta (D,)

    dgamma = sum dy x_hat,   dbeta = sum dy,   dx_hat = gamma dy
    dx = (dx_hat - mean dx_hat - x_hat mean(dx_hat x_hat)) / std;   in evaluation, with mean and std given, dx = dx_hat / std

    >>> y, cache = batch_norm([[1.0], [3.0], [8.0]], gamma=[2.0], beta=[0.0])
    >>> dx, dgamma, dbeta = batch_norm_backward(np.array([[1.0], [1.0], [1.0]]), cache)
    >>> bool(np.abs(dx).max() < 1e-15), dbeta
    (True, array([3.]))
    """
    x_hat, std, gamma, axes = cache
    dx_hat = gamma * dy
    dx = normalize_backward(dx_hat, x_hat, std, axes) if axes else dx_hat / std
    return dx, (dy * x_hat).sum(axis=batch_axes(dy)), dy.sum(axis=batch_axes(dy))


def running_statistics(
    x: ArrayLike, running_mean: ArrayLike, running_var: ArrayLike, momentum: float = 0.1
) -> tuple[Array, Array]:
    """What evaluation will use: running <- (1 - momentum) running + momentum batch   -> running_mean, running_var (D,)

    The batch's variance enters with 1/(m - 1), unbiased, although the batch itself is normalised with 1/m. (Ioffe and Szegedy,
    2015, Algorithm 2; this momentum weighs the new value, unlike an optimizer's.)

    >>> running_statistics([[0.0], [2.0]], running_mean=[0.0], running_var=[1.0])
    (array([0.1]), array([1.1]))
    """
    x, running_mean, running_var = as_float(x), as_float(running_mean), as_float(running_var)
    mean, var = x.mean(axis=batch_axes(x)), x.var(axis=batch_axes(x), ddof=1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var


def layer_norm(x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5) -> tuple[Array, Cache]:
    """Normalise each example alone: y = gamma (x - mean) / sqrt(var + eps) + beta   (Ba, Kiros and Hinton, 2016)

    x (N, ..., D) -> y of that shape; gamma and beta have the shape of what is normalised, (D,) or the last axes of x, else a
    ValueError; cache (x_hat, std, gamma).

    >>> layer_norm([[1.0, 3.0], [10.0, 30.0]], gamma=[1.0, 1.0], beta=[0.0, 0.0])[0].round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    x = as_float(x)
    gamma, beta = np.asarray(gamma, dtype=x.dtype), np.asarray(beta, dtype=x.dtype)
    for name, a in (("gamma", gamma), ("beta", beta)):
        if a.ndim == 0 or a.shape != x.shape[-a.ndim :]:
            raise ValueError(
                f"layer_norm got {name} of shape {a.shape} for x of shape {x.shape}: expected the last axes of x"
            )
    x_hat, std = normalize(x, last_axes(gamma), eps)
    return gamma * x_hat + beta, (x_hat, std, gamma)


def layer_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Back through scale, mean and variance, as batch_norm_backward in training, over other axes.   -> dx, dgamma, dbeta

    >>> y, cache = layer_norm([[1.0, 3.0]], gamma=[1.0, 1.0], beta=[0.0, 0.0])
    >>> layer_norm_backward(np.array([[1.0, 0.0]]), cache)[2]
    array([1., 0.])
    """
    x_hat, std, gamma = cache
    dx = normalize_backward(gamma * dy, x_hat, std, last_axes(gamma))
    examples = tuple(range(dy.ndim - gamma.ndim))
    return dx, (dy * x_hat).sum(axis=examples), dy.sum(axis=examples)


# --- What the two share ----------------------------------------------------------------------------------------------


def normalize(x: Array, axes: tuple[int, ...], eps: float) -> tuple[Array, Array]:
    """To mean 0 and variance 1 over the axes: x_hat = (x - mean) / std, std = sqrt(var + eps)   -> x_hat, std

    >>> normalize(np.array([1.0, 3.0]), (0,), eps=1e-12)
    (array([-1.,  1.]), array([1.]))
    """
    centred = x - x.mean(axis=axes, keepdims=True)
    std = np.sqrt((centred * centred).mean(axis=axes, keepdims=True) + positive("normalize", eps))
    return centred / std, std


def normalize_backward(dx_hat: Array, x_hat: Array, std: Array, axes: tuple[int, ...]) -> Array:
    """Chain rule: dx = (dx_hat - mean dx_hat - x_hat mean(dx_hat x_hat)) / std

    Moving all entries together, or apart in proportion, changes nothing in x_hat: those two parts of dx_hat are taken out.

    >>> normalize_backward(np.array([1.0, 0.0, 0.0]), np.array([-1.2247, 0.0, 1.2247]), np.array([1.0]), (0,)).round(3)
    array([ 0.167, -0.333,  0.167])
    """
    shift, stretch = (a.mean(axis=axes, keepdims=True) for a in (dx_hat, dx_hat * x_hat))
    return (dx_hat - shift - x_hat * stretch) / std


def batch_axes(x: Array) -> tuple[int, ...]:
    """All axes but that of the channels, which is axis 1.

    >>> batch_axes(np.zeros((5, 3))), batch_axes(np.zeros((5, 3, 8, 8)))
    ((0,), (0, 2, 3))
    """
    return (0, *range(2, x.ndim))


def last_axes(gamma: Array) -> tuple[int, ...]:
    """As many axes as gamma has, counted from the end.

    >>> last_axes(np.ones(3)), last_axes(np.ones((8, 8)))
    ((-1,), (-2, -1))
    """
    return tuple(range(-gamma.ndim, 0))


def per_channel(name: str, a: ArrayLike, x: Array) -> Array:
    """One number per channel, in the dtype of x and shaped so that it meets axis 1 of x.   (D,) -> (D,) or (D, 1, 1)

    >>> per_channel("gamma", [1.0, 2.0], np.zeros((5, 2, 8, 8))).shape
    (2, 1, 1)
    """
    a = np.asarray(a, dtype=x.dtype)
    if x.ndim < 2:
        raise ValueError(f"batch_norm got x of shape {x.shape}: expected (N, D) or (N, D, H, W)")
    if a.shape != x.shape[1:2]:
        raise ValueError(f"batch_norm got {name} of shape {a.shape} for x of shape {x.shape}: expected {x.shape[1:2]}")
    return a.reshape(-1, *(1,) * (x.ndim - 2))


def positive(who: str, eps: float) -> float:
    """The number eps itself, or an error: it keeps a constant unit from being divided by 0.

    >>> positive("batch_norm", 1e-5)
    1e-05
    """
    if not eps > 0:
        raise ValueError(
            f"{who} got eps={eps:g}: expected a number above 0, to keep a constant unit from division by 0"
        )
    return eps
