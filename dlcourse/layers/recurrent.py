"""A layer with a memory: plain recurrence over sequences (N, T, D)."""

from math import sqrt
from typing import cast

import numpy as np

from dlcourse import functional as F
from dlcourse import init as initializers
from dlcourse.functional.arrays import Array, DTypeLike
from dlcourse.functional.recurrent import bend
from dlcourse.layers.base import Layer, expect_shape, whole
from dlcourse.parameter import Parameter


class RNN(Layer):
    """One step per moment: h_t = g(x_t W_ih + b_ih + h_(t-1) W_hh + b_hh), h_0 = 0   (Elman, 1990)

    x (N, T, input_size) -> h (N, T, hidden_size), all moments; g is tanh, relu or identity. As in PyTorch (batch_first=True) there
    are two biases, though one would do, and all start in U(-r, r), r = 1 / sqrt(hidden_size). weight_ih_l0 (in, hidden),
    weight_hh_l0 (hidden, hidden).

    >>> RNN(3, 5, rng=np.random.default_rng(0))(np.ones((2, 7, 3))).shape
    (2, 7, 5)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        nonlinearity: str = "tanh",
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        whole(self, input_size=input_size, hidden_size=hidden_size)
        bend("RNN", nonlinearity)
        self.input_size, self.hidden_size, self.nonlinearity = input_size, hidden_size, nonlinearity
        r = 1 / sqrt(hidden_size)
        self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0 = (
            Parameter(initializers.uniform(shape, -r, r, rng=rng, dtype=dtype))
            for shape in ((input_size, hidden_size), (hidden_size, hidden_size), (hidden_size,), (hidden_size,))
        )

    def forward(self, x: Array) -> Array:
        """Through time."""
        x = expect_shape(self, x, "N", "T", self.input_size)
        b = self.bias_ih_l0.value + self.bias_hh_l0.value
        h, self.cache = F.rnn(x, self.weight_ih_l0.value, self.weight_hh_l0.value, b, nonlinearity=self.nonlinearity)
        return h

    def backward(self, dy: Array) -> Array:
        """Back through time."""
        dx, dW_ih, dW_hh, db, _ = F.rnn_backward(dy, self.cache, self.needs_input_grad)
        self.weight_ih_l0.grad += dW_ih
        self.weight_hh_l0.grad += dW_hh
        self.bias_ih_l0.grad += db
        self.bias_hh_l0.grad += db
        return cast(Array, dx)

    def describe(self) -> str:
        """Sizes and nonlinearity."""
        return f"{self.input_size}, {self.hidden_size}, nonlinearity={self.nonlinearity!r}"
