"""The linear map, where a network keeps what it has learned: every output is a weighted sum of all inputs, plus a bias."""

from dlcourse.functional.arrays import Array, ArrayLike, as_float


def linear(x: ArrayLike, W: ArrayLike, b: ArrayLike) -> tuple[Array, tuple[Array, Array]]:
    """Weighted sums, plus bias: z = x W + b.   x (N, D), W (D, M), b (M,) -> z (N, M)   cache (x, W)

    >>> linear([[1.0, 2.0]], W=[[1.0, 0.0, 2.0], [0.0, 1.0, 2.0]], b=[0.5, 0.5, 0.5])[0]
    array([[1.5, 2.5, 6.5]])
    """
    x, W = as_float(x), as_float(W)
    z = x @ W
    z += b
    return z, (x, W)


def linear_backward(dz: Array, cache: tuple[Array, Array], need_dx: bool = True) -> tuple[Array | None, Array, Array]:
    """Back through the sums: dx = dz W^T, dW = x^T dz, db = sum_n dz.   dz (N, M) -> dx (N, D), dW (D, M), db (M,)

    The first layer of a network has nobody to hand dx to: need_dx=False saves the product and returns None in its place.

    >>> import numpy as np
    >>> x, W = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 3.0]])
    >>> dx, dW, db = linear_backward(np.array([[1.0, 10.0]]), (x, W))
    >>> dW
    array([[ 1., 10.],
           [ 2., 20.]])
    """
    x, W = cache
    return (dz @ W.T if need_dx else None), x.T @ dz, dz.sum(axis=0)
