"""Layers made of layers: in a row, or in a row with a way around it."""

from collections.abc import Iterator
from typing import overload

from dlcourse.functional.arrays import Array, as_float
from dlcourse.layers.base import Layer
from dlcourse.parameter import flatten


class Sequential(Layer):
    """Layers in a row: each one's output is the next one's input, and backward runs the same row from its end.

    All parameters move into one vector. One layer object cannot stand in two places, because it has one cache (ValueError).

    >>> import numpy as np
    >>> from dlcourse.layers import Linear, ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 8, rng=rng), ReLU(), Linear(8, 3, rng=rng))
    >>> net
    Sequential(
      (0): Linear(2, 8)
      (1): ReLU()
      (2): Linear(8, 3)
    )
    >>> net(np.ones((5, 2))).shape, net.backward(np.ones((5, 3))).shape, len(net), net[1]
    ((5, 3), (5, 2), 3, ReLU())
    """

    def __init__(self, *layers: Layer) -> None:
        name = type(self).__name__
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(
                    f"{name} got {layer!r} in place {i}: expected layers, as in {name}(Linear(...), ReLU())"
                )
            if any(layer is earlier for earlier in layers[:i]):
                raise ValueError(
                    f"{name} got the same {layer!r} twice: make a second one, since each keeps its own cache"
                )
        self.layers = layers
        if parameters := self.parameters():
            flatten(parameters)

    def forward(self, x: Array) -> Array:
        """Through all layers, first to last."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """Through all layers, last to first."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def named_children(self) -> dict[str, Layer]:
        """The layers, named 0, 1, 2 and so on."""
        return {str(i): layer for i, layer in enumerate(self.layers)}

    def named_leaves(self) -> dict[str, Layer]:
        """The layers that do the work: 0, 1, 2.0, 2.1 and so on."""
        leaves: dict[str, Layer] = {}
        for place, child in self.named_children().items():
            leaves |= {f"{place}.{name}".rstrip("."): leaf for name, leaf in child.named_leaves().items()}
        return leaves

    @property
    def needs_input_grad(self) -> bool:
        """Whether backward returns dx; False saves the first layer a matrix product."""
        return all(layer.needs_input_grad for layer in self.layers[:1])

    @needs_input_grad.setter
    def needs_input_grad(self, needed: bool) -> None:
        for layer in self.layers[:1]:
            layer.needs_input_grad = needed

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Layer: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequential": ...
    def __getitem__(self, index: int | slice) -> "Layer | Sequential":
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __repr__(self) -> str:
        rows = [f"({i}): {layer!r}".replace("\n", "\n  ") for i, layer in enumerate(self.layers)]
        return f"{type(self).__name__}(" + "".join(f"\n  {row}" for row in rows) + ("\n)" if rows else ")")


class Residual(Sequential):
    """Layers with a way around them: y = x + f(x), so dx = dy + f'(x)^T dy   (He et al., 2016)

    What comes back has a path on which nothing is multiplied, however deep f is. f must keep the shape of x (ValueError).

    >>> import numpy as np
    >>> from dlcourse.layers import Linear, Tanh
    >>> block = Residual(Linear(3, 3, rng=np.random.default_rng(0)), Tanh())
    >>> block[0].weight.value, block[0].bias.value = np.zeros((3, 3)), np.zeros(3)
    >>> block(np.array([[1.0, 2.0, 3.0]]))
    array([[1., 2., 3.]])
    """

    def forward(self, x: Array) -> Array:
        """Through the layers, and around them."""
        x = as_float(x, "Residual")
        y = super().forward(x)
        if y.shape != x.shape:
            raise ValueError(
                f"Residual got x of shape {x.shape} and its layers made {y.shape} of it: expected the same shape"
            )
        return x + y

    def backward(self, dy: Array) -> Array:
        """Back through the layers, and around them."""
        dx = super().backward(dy)
        return dx if dx is None else dy + dx
