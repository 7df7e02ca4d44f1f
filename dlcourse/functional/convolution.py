"""Convolution: one small kernel slides over the image and looks for the same pattern everywhere.

A place of the output is a weighted sum of the patch below it. So lay every patch out as a column, and convolution is a matrix
product; backward, each entry of a patch adds to the pixel that it was copied from. Pooling keeps the largest of each patch.

Images are (N, C, H, W): examples, channels, height, width. Kernels are (out, in, kh, kw). As everywhere in deep learning the
kernel is not flipped, which mathematicians call a cross-correlation.
"""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcourse.functional.arrays import Array, ArrayLike, Cache, as_float

Size = int | tuple[int, int]


def conv2d(x: ArrayLike, W: ArrayLike, b: ArrayLike, stride: Size = 1, padding: Size = 0) -> tuple[Array, Cache]:
    """Slide kernels over images: z[n, o, i, j] = sum_c,u,v W[o, c, u, v] x[n, c, i s + u - p, j s + v - p] + b[o]

    x (N, C, H, W), W (O, C, kh, kw), b (O,), stride s, padding p of zeros -> z (N, O, H', W'), H' = (H + 2p - kh) // s + 1;
    cache (columns, W, the shape of x, stride, padding) with columns (N, C kh kw, H' W'). (LeCun et al., 1989)

    >>> image = np.array([[[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]])
    >>> conv2d(image, W=[[[[-1.0, 1.0]]]], b=[0.0])[0]
    array([[[[0., 1.],
             [0., 1.],
             [0., 1.]]]])
    """
    x, W, b = as_float(x), as_float(W), as_float(b)
    if W.ndim != 4 or x.ndim != 4 or x.shape[1] != W.shape[1]:
        raise ValueError(
            f"conv2d got x of shape {x.shape} for W of shape {W.shape}: expected (N, C, H, W), (O, C, kh, kw)"
        )
    stride, padding = pair("conv2d", "stride", stride), pair("conv2d", "padding", padding, least=0)
    windows = patches(x, W.shape[2:], stride, padding)
    height, width = windows.shape[-2:]
    columns = windows.reshape(len(x), W[0].size, height * width)
    z = W.reshape(len(W), -1) @ columns
    z += b[:, np.newaxis]
    return z.reshape(len(x), len(W), height, width), (columns, W, x.shape, stride, padding)


def conv2d_backward(dz: Array, cache: Cache, need_dx: bool = True) -> tuple[Array | None, Array, Array]:
    """Back through the products: dW = sum_n dz columns^T, db = sum dz, dcolumns = W^T dz added up into dx.   -> dx, dW, db

    >>> z, cache = conv2d(np.ones((1, 1, 3, 3)), W=[[[[1.0, 2.0]]]], b=[0.0])
    >>> dx, dW, db = conv2d_backward(np.ones((1, 1, 3, 2)), cache)
    >>> dx[0, 0, 0], dW[0, 0, 0], db
    (array([1., 3., 2.]), array([6., 6.]), array([6.]))
    """
    columns, W, shape, stride, padding = cache
    d = dz.reshape(*dz.shape[:2], -1)
    dW = (d @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(W.shape)
    dx = None
    if need_dx:
        dcolumns = W.reshape(len(W), -1).T @ d
        dx = add_patches(dcolumns.reshape(len(dz), *W.shape[1:], *dz.shape[2:]), shape, stride, padding)
    return dx, dW, d.sum(axis=(0, 2))


def max_pool2d(x: ArrayLike, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> tuple[Array, Cache]:
    """Keep the largest of each patch: y[n, c, i, j] = max_u,v x[n, c, i s + u - p, j s + v - p]

    x (N, C, H, W) -> y (N, C, H', W'); the stride is the kernel's size unless given; padding is with -inf, at most half the
    kernel. cache (winner, the shape of x, kernel_size, stride, padding): which entry of its patch won, the first in a tie.

    >>> max_pool2d([[[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 6.0]]]], kernel_size=2)[0]
    array([[[[4., 6.]]]])
    """
    x = as_float(x)
    if x.ndim != 4:
        raise ValueError(f"max_pool2d got x of shape {x.shape}: expected (N, C, H, W)")
    kernel, stride, padding = pool_window("max_pool2d", kernel_size, stride, padding)
    windows = patches(x, kernel, stride, padding, fill=-np.inf)
    windows = windows.reshape(*x.shape[:2], -1, *windows.shape[-2:])
    return windows.max(axis=2), (windows.argmax(axis=2), x.shape, kernel, stride, padding)


def max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    """Chain rule: dx = dy at the winner of each patch, added up where patches overlap; 0 elsewhere.   -> dx (N, C, H, W)

    >>> y, cache = max_pool2d([[[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 6.0]]]], kernel_size=2)
    >>> max_pool2d_backward(np.array([[[[7.0, 9.0]]]]), cache)
    array([[[[0., 0., 0., 0.],
             [0., 7., 0., 9.]]]])
    """
    winner, shape, kernel, stride, padding = cache
    won = winner[:, :, np.newaxis] == np.arange(kernel[0] * kernel[1])[:, np.newaxis, np.newaxis]
    d = dy[:, :, np.newaxis] * won
    return add_patches(d.reshape(*dy.shape[:2], *kernel, *dy.shape[2:]), shape, stride, padding)


def flatten(x: ArrayLike) -> tuple[Array, tuple[tuple[int, ...]]]:
    """One row per example, as Linear wants it.   x (N, ...) -> y (N, D)   cache (the shape of x,)

    >>> flatten(np.ones((5, 3, 8, 8)))[0].shape
    (5, 192)
    """
    x = as_float(x)
    if x.ndim == 0:
        raise ValueError(f"flatten got x of shape {x.shape}: expected (N, ...)")
    return x.reshape(len(x), prod(x.shape[1:])).copy(), (x.shape,)


def flatten_backward(dy: Array, cache: tuple[tuple[int, ...]]) -> Array:
    """Chain rule: dx = dy, in the shape of x.

    >>> flatten_backward(np.ones((5, 192)), ((5, 3, 8, 8),)).shape
    (5, 3, 8, 8)
    """
    (shape,) = cache
    return dy.reshape(shape).copy()


# --- Patches, there and back -----------------------------------------------------------------------------------------


def patches(
    x: Array, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int], fill: float = 0.0
) -> Array:
    """Every patch that the kernel meets, as a view.   x (N, C, H, W) -> (N, C, kh, kw, H', W')

    >>> patches(np.arange(9.0).reshape(1, 1, 3, 3), (2, 2), (1, 1), (0, 0))[0, 0, :, :, 1, 1]
    array([[4., 5.],
           [7., 8.]])
    """
    (high, wide), (down, right), (ph, pw) = kernel, stride, padding
    if ph or pw:
        x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    if x.shape[2] < high or x.shape[3] < wide:
        raise ValueError(
            f"got images of {x.shape[2]} x {x.shape[3]}, padding included: expected at least {high} x {wide}, the kernel's size"
        )
    windows = sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::down, ::right]
    return windows.transpose(0, 1, 4, 5, 2, 3)


def add_patches(d: Array, shape: tuple[int, ...], stride: tuple[int, int], padding: tuple[int, int]) -> Array:
    """The way back: every entry of every patch adds to the pixel it came from.   d (N, C, kh, kw, H', W') -> (N, C, H, W)

    >>> add_patches(np.ones((1, 1, 2, 2, 2, 2)), (1, 1, 3, 3), (1, 1), (0, 0))[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    (N, C, H, W), (down, right), (ph, pw) = shape, stride, padding
    high, wide, places_down, places_right = d.shape[2:]
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=d.dtype)
    for u, v in np.ndindex(high, wide):
        dx[:, :, u : u + down * places_down : down, v : v + right * places_right : right] += d[:, :, u, v]
    return dx[:, :, ph : ph + H, pw : pw + W]


def pair(who: str, name: str, value: Size, least: int = 1) -> tuple[int, int]:
    """One whole number for both directions, or (down, right).

    >>> pair("conv2d", "stride", 2), pair("conv2d", "stride", (2, 1))
    ((2, 2), (2, 1))
    """
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2 or not all(isinstance(n, int | np.integer) and n >= least for n in both):
        raise ValueError(f"{who} got {name}={value!r}: expected a whole number of at least {least}, or a pair of them")
    return both


def pool_window(
    who: str, kernel_size: Size, stride: Size | None, padding: Size
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Kernel, stride and padding of a pool as pairs; padding beyond half the kernel would leave patches of nothing else.

    >>> pool_window("max_pool2d", 2, stride=None, padding=0)
    ((2, 2), (2, 2), (0, 0))
    """
    kernel, pad = pair(who, "kernel_size", kernel_size), pair(who, "padding", padding, least=0)
    if any(2 * p > k for p, k in zip(pad, kernel, strict=True)):
        raise ValueError(f"{who} got padding={pad}: expected at most half of kernel_size={kernel}")
    return kernel, kernel if stride is None else pair(who, "stride", stride), pad
