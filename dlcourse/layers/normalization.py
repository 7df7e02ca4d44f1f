"""Normalisation as layers: gamma is called weight and beta bias, as in PyTorch."""

from typing import ClassVar

import numpy as np

from dlcourse import functional as F
from dlcourse import init as initializers
from dlcourse.functional.arrays import Array, DTypeLike, as_float
from dlcourse.functional.normalization import positive
from dlcourse.layers.base import Layer, expect_shape, whole
from dlcourse.parameter import Parameter


class BatchNorm1d(Layer):
    """Each unit to mean 0 and variance 1 over the batch: y = weight x_hat + bias   (Ioffe and Szegedy, 2015)

    x (N, num_features) -> y. Training uses the batch's own statistics and keeps running ones, running <- (1 - momentum) running +
    momentum batch, which evaluation uses; momentum=None keeps their plain average instead. A batch of one is a ValueError in
    training. weight starts at 1, bias at 0.

    >>> layer = BatchNorm1d(2)
    >>> layer(np.array([[1.0, 5.0], [3.0, 9.0]])).round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> layer.running_mean
    array([0.2, 0.7])
    """

    buffers = ("running_mean", "running_var", "num_batches_tracked")
    image: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, *, dtype: DTypeLike = np.float64
    ) -> None:
        whole(self, num_features=num_features)
        if momentum is not None and not 0 <= momentum <= 1:
            raise ValueError(f"{type(self).__name__} got momentum={momentum:g}: expected a number from 0 to 1, or None")
        self.num_features, self.momentum, self.eps = num_features, momentum, positive(type(self).__name__, eps)
        self.weight = Parameter(initializers.constant((num_features,), 1.0, dtype=dtype))
        self.bias = Parameter(initializers.zeros((num_features,), dtype=dtype))
        self.running_mean = initializers.zeros((num_features,), dtype=dtype)
        self.running_var = initializers.constant((num_features,), 1.0, dtype=dtype)
        self.num_batches_tracked = np.array(0)

    def forward(self, x: Array) -> Array:
        """Normalise by the batch in training, by the running statistics in evaluation."""
        x = expect_shape(self, x, "N", self.num_features, *self.image)
        mean, var = (None, None) if self.training else (self.running_mean, self.running_var)
        y, self.cache = F.batch_norm(x, self.weight.value, self.bias.value, mean, var, self.eps)
        if self.training:
            self.keep_statistics(x)
        return y

    def keep_statistics(self, x: Array) -> None:
        """Move the running statistics towards this batch's."""
        self.num_batches_tracked += 1
        momentum = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
        mean, var = F.running_statistics(x, self.running_mean, self.running_var, momentum)
        self.running_mean[...], self.running_var[...] = mean, var

    def backward(self, dy: Array) -> Array:
        """Back through scale, variance and mean."""
        dx, dgamma, dbeta = F.batch_norm_backward(dy, self.cache)
        self.weight.grad += dgamma
        self.bias.grad += dbeta
        return dx

    def describe(self) -> str:
        """The features, and what is not as usual."""
        return f"{self.num_features}, eps={self.eps:g}, momentum={self.momentum}"


class BatchNorm2d(BatchNorm1d):
    """Each channel to mean 0 and variance 1 over the batch and all places of the image, with one weight and bias per channel.

    x (N, num_features, H, W) -> y; else as BatchNorm1d.

    >>> BatchNorm2d(3)(np.ones((2, 3, 8, 8))).shape
    (2, 3, 8, 8)
    """

    image = ("H", "W")


class LayerNorm(Layer):
    """Each example to mean 0 and variance 1 over its own units: y = weight x_hat + bias   (Ba, Kiros and Hinton, 2016)

    x (N, ..., normalized_shape) -> y; normalized_shape is the last length, or the last lengths, of x. The batch plays no part, so
    training and evaluation are the same, and a batch of one will do.

    >>> LayerNorm(2)(np.array([[1.0, 3.0], [10.0, 30.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(
        self, normalized_shape: int | tuple[int, ...], eps: float = 1e-5, *, dtype: DTypeLike = np.float64
    ) -> None:
        self.normalized_shape = normalized_shape if isinstance(normalized_shape, tuple) else (normalized_shape,)
        for size in self.normalized_shape:
            whole(self, normalized_shape=size)
        self.eps = positive("LayerNorm", eps)
        self.weight = Parameter(initializers.constant(self.normalized_shape, 1.0, dtype=dtype))
        self.bias = Parameter(initializers.zeros(self.normalized_shape, dtype=dtype))

    def forward(self, x: Array) -> Array:
        """Normalise each example."""
        x = as_float(x, self)
        if x.shape[1:][-len(self.normalized_shape) :] != self.normalized_shape:
            raise ValueError(
                f"{self!r} got x of shape {x.shape}: expected (N, ..., {', '.join(map(str, self.normalized_shape))})"
            )
        y, self.cache = F.layer_norm(x, self.weight.value, self.bias.value, self.eps)
        return y

    def backward(self, dy: Array) -> Array:
        """Back through scale, variance and mean."""
        dx, dgamma, dbeta = F.layer_norm_backward(dy, self.cache)
        self.weight.grad += dgamma
        self.bias.grad += dbeta
        return dx

    def describe(self) -> str:
        """What is normalised."""
        return f"{self.normalized_shape}, eps={self.eps:g}"
