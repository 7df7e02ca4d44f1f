"""Layers for images (N, C, H, W): kernels that slide, pooling, and the flattening before the first Linear."""

from typing import cast

import numpy as np

from dlcourse import functional as F
from dlcourse.functional.arrays import Array, DTypeLike, as_float
from dlcourse.functional.convolution import Size, pair, pool_window
from dlcourse.init import Initializer
from dlcourse.layers.base import Layer, expect_shape, whole
from dlcourse.layers.linear import weight_and_bias


class Conv2d(Layer):
    """The same small kernel at every place: z = W * x + b   (LeCun et al., 1989)

    x (N, in_channels, H, W) -> z (N, out_channels, H', W') with H' = (H + 2 padding - kernel_size) // stride + 1. weight
    (out, in, kh, kw) and bias (out,) start as PyTorch's do, U(-r, r) with r = 1 / sqrt(in kh kw); with init given, it draws the
    weight and the bias starts at 0.

    >>> layer = Conv2d(1, 8, kernel_size=3, padding=1, rng=np.random.default_rng(0))
    >>> layer(np.ones((2, 1, 28, 28))).shape, layer.weight.value.shape
    ((2, 8, 28, 28), (8, 1, 3, 3))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        bias: bool = True,
        init: Initializer | None = None,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        whole(self, in_channels=in_channels, out_channels=out_channels)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = pair("Conv2d", "kernel_size", kernel_size)
        self.stride = pair("Conv2d", "stride", stride)
        self.padding = pair("Conv2d", "padding", padding, least=0)
        shape = (out_channels, in_channels, *self.kernel_size)
        self.weight, b = weight_and_bias(shape, out_channels, init, rng, dtype)
        self.bias = b if bias else None

    def forward(self, x: Array) -> Array:
        """Slide the kernels."""
        x = expect_shape(self, x, "N", self.in_channels, "H", "W")
        b = np.zeros_like(self.weight.value[:, 0, 0, 0]) if self.bias is None else self.bias.value
        z, self.cache = F.conv2d(x, self.weight.value, b, self.stride, self.padding)
        return z

    def backward(self, dy: Array) -> Array:
        """Adds dW and db to the gradients; dx for the layer before, or None where needs_input_grad is False."""
        dx, dW, db = F.conv2d_backward(dy, self.cache, self.needs_input_grad)
        self.weight.grad += dW
        if self.bias is not None:
            self.bias.grad += db
        return cast(Array, dx)

    def describe(self) -> str:
        """Channels, kernel, and what is not as usual."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        padding = f", padding={self.padding}" if any(self.padding) else ""
        return text + padding + (", bias=False" if self.bias is None else "")


class MaxPool2d(Layer):
    """The largest of each patch.   x (N, C, H, W) -> y (N, C, H', W'); the stride is the kernel's size unless given

    >>> MaxPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        self.kernel_size, self.stride, self.padding = pool_window("MaxPool2d", kernel_size, stride, padding)

    def forward(self, x: Array) -> Array:
        """Keep the largest."""
        x = expect_shape(self, x, "N", "C", "H", "W")
        y, self.cache = F.max_pool2d(x, self.kernel_size, self.stride, self.padding)
        return y

    def backward(self, dy: Array) -> Array:
        """Only the largest learn."""
        return F.max_pool2d_backward(dy, self.cache)

    def describe(self) -> str:
        """Kernel, stride and padding."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}" + (
            f", padding={self.padding}" if any(self.padding) else ""
        )


class Flatten(Layer):
    """One row per example: what stands between images and Linear.   x (N, ...) -> y (N, D)

    >>> Flatten()(np.ones((5, 3, 8, 8))).shape
    (5, 192)
    """

    def forward(self, x: Array) -> Array:
        """Into a row."""
        y, self.cache = F.flatten(as_float(x, self))
        return y

    def backward(self, dy: Array) -> Array:
        """Back into the shape of x."""
        return F.flatten_backward(dy, self.cache)
