"""Layers that learn weighted sums: Linear, and Maxout, which learns several per unit and answers with the largest."""

from math import sqrt
from typing import cast

import numpy as np

from dlcourse import functional as F
from dlcourse import init as initializers
from dlcourse.functional.arrays import Array, DTypeLike
from dlcourse.init import Initializer, Shape, fans
from dlcourse.layers.base import Layer, expect_shape, whole
from dlcourse.parameter import Parameter


class Linear(Layer):
    """Weighted sums, plus bias: z = x W + b.   x (N, in_features) -> z (N, out_features); weight (in, out), bias (out,)

    Both start as PyTorch's do, U(-r, r) with r = 1 / sqrt(in_features). With init given, it draws the weight and the bias starts
    at 0. An x of another shape is a ValueError.

    >>> layer = Linear(4, 3, rng=np.random.default_rng(0))
    >>> layer(np.ones((2, 4))).shape, layer.weight.value.shape
    ((2, 3), (4, 3))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        init: Initializer | None = None,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        whole(self, in_features=in_features, out_features=out_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight, b = weight_and_bias((in_features, out_features), out_features, init, rng, dtype)
        self.bias = b if bias else None

    def forward(self, x: Array) -> Array:
        """The weighted sums."""
        x = expect_shape(self, x, "N", self.in_features)
        z, self.cache = F.linear(x, self.weight.value, 0.0 if self.bias is None else self.bias.value)
        return z

    def backward(self, dy: Array) -> Array:
        """Adds dW and db to the gradients; dx for the layer before, or None where needs_input_grad is False."""
        dx, dW, db = F.linear_backward(dy, self.cache, self.needs_input_grad)
        self.weight.grad += dW
        if self.bias is not None:
            self.bias.grad += db
        return cast(Array, dx)

    def describe(self) -> str:
        """In and out features."""
        return f"{self.in_features}, {self.out_features}" + (", bias=False" if self.bias is None else "")


def weight_and_bias(
    shape: Shape, outputs: int, init: Initializer | None, rng: np.random.Generator, dtype: DTypeLike
) -> tuple[Parameter, Parameter]:
    """What weighted sums start from, a weight of this shape and one bias per output; see Linear.

    >>> W, b = weight_and_bias((4, 3), 3, None, np.random.default_rng(0), np.float64)
    >>> W, bool(abs(b.value).max() <= 0.5)
    (Parameter(shape=(4, 3), dtype=float64), True)
    """
    if init is not None:
        return Parameter(init(shape, rng=rng, dtype=dtype)), Parameter(initializers.zeros((outputs,), dtype=dtype))
    r = 1 / sqrt(fans(shape)[0])
    weight = initializers.uniform(shape, -r, r, rng=rng, dtype=dtype)
    return Parameter(weight), Parameter(initializers.uniform((outputs,), -r, r, rng=rng, dtype=dtype))


class Maxout(Layer):
    """The largest of k linear pieces: y = max_j (x W_j + b_j).   x (N, in_features) -> y (N, out_features)

    (Goodfellow et al., 2013.) The pieces of a unit stand side by side: weight (in, out k), bias (out k,). They start as Linear's do.

    >>> Maxout(4, 3, pieces=2, rng=np.random.default_rng(0))(np.ones((5, 4))).shape
    (5, 3)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int = 2,
        init: Initializer | None = None,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        whole(self, in_features=in_features, out_features=out_features, pieces=pieces)
        self.in_features, self.out_features, self.pieces = in_features, out_features, pieces
        shape = (in_features, out_features * pieces)
        self.weight, self.bias = weight_and_bias(shape, out_features * pieces, init, rng, dtype)

    def forward(self, x: Array) -> Array:
        """Each unit answers with its largest piece."""
        x = expect_shape(self, x, "N", self.in_features)
        z, linear = F.linear(x, self.weight.value, self.bias.value)
        y, winner = F.maxout(z.reshape(len(z), self.out_features, self.pieces))
        self.cache = linear, winner
        return y

    def backward(self, dy: Array) -> Array:
        """Only the winning pieces learn."""
        linear, winner = self.cache
        dz = F.maxout_backward(dy, winner)
        dx, dW, db = F.linear_backward(dz.reshape(len(dz), -1), linear, self.needs_input_grad)
        self.weight.grad += dW
        self.bias.grad += db
        return cast(Array, dx)

    def describe(self) -> str:
        """In and out features, and pieces."""
        return f"{self.in_features}, {self.out_features}, pieces={self.pieces}"
