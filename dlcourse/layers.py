"""Layers: thin objects that keep what the pure functions in F need: parameters, and the cache from forward to backward.

    y = layer.forward(x)        computes, and remembers the cache
    dx = layer.backward(dy)     uses the cache, adds to the gradients of its parameters, and returns the gradient of its input

dx means dL/dx and has the shape of x. Functions are looked up in F at every call, so hooks.swap can put a learner's in place.
"""

from collections.abc import Iterator
from math import sqrt
from typing import ClassVar, Self, cast, overload

import numpy as np

from dlcourse import functional as F
from dlcourse import init as initializers
from dlcourse.functional.arrays import Array, ArrayLike, Cache, DTypeLike
from dlcourse.init import Initializer
from dlcourse.parameter import Parameter, flatten


class Layer:
    """What every layer can do; a new one defines forward and backward, and may hold Parameters and other layers.

    >>> class Double(Layer):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, dy):
    ...         return 2 * dy
    >>> Double()(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    training: bool = True
    needs_input_grad: bool = True
    _cache: Cache | None = None

    def forward(self, x: Array) -> Array:
        """From x to y."""
        raise NotImplementedError(f"{type(self).__name__} needs a forward(self, x) method")

    def backward(self, dy: Array) -> Array:
        """From dL/dy to dL/dx."""
        raise NotImplementedError(f"{type(self).__name__} needs a backward(self, dy) method")

    def __call__(self, x: Array) -> Array:
        """The same as forward(x)."""
        return self.forward(x)

    @property
    def cache(self) -> Cache:
        """What forward left for backward."""
        if self._cache is None:
            raise RuntimeError(f"{self!r} has nothing to go back through: call forward before backward")
        return self._cache

    @cache.setter
    def cache(self, cache: Cache) -> None:
        self._cache = cache

    def named_children(self) -> dict[str, "Layer"]:
        """The layers inside this one."""
        return {name: item for name, item in vars(self).items() if isinstance(item, Layer)}

    def named_parameters(self) -> dict[str, Parameter]:
        """All parameters by their names in PyTorch, such as 0.weight, in the order of the layers."""
        named = {name: item for name, item in vars(self).items() if isinstance(item, Parameter)}
        for place, child in self.named_children().items():
            named |= {f"{place}.{name}": p for name, p in child.named_parameters().items()}
        return named

    def parameters(self) -> list[Parameter]:
        """All parameters, in the order of the layers: what an optimizer wants."""
        return list(self.named_parameters().values())

    def train(self, mode: bool = True) -> Self:
        """Switch to training, here and in every layer inside."""
        self.training = mode
        for child in self.named_children().values():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation, here and in every layer inside."""
        return self.train(False)

    def describe(self) -> str:
        """What stands between the brackets of repr."""
        return ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.describe()})"


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
        self.in_features, self.out_features = in_features, out_features
        self.weight, b = weight_and_bias(in_features, out_features, init, rng, dtype)
        self.bias = b if bias else None

    def forward(self, x: Array) -> Array:
        """The weighted sums."""
        x = expect_features(self, x, self.in_features)
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
    in_features: int, out_features: int, init: Initializer | None, rng: np.random.Generator, dtype: DTypeLike
) -> tuple[Parameter, Parameter]:
    """What a linear layer starts from; see Linear.

    >>> W, b = weight_and_bias(4, 3, None, np.random.default_rng(0), np.float64)
    >>> W, bool(abs(b.value).max() <= 0.5)
    (Parameter(shape=(4, 3), dtype=float64), True)
    """
    shape = (in_features, out_features)
    if init is not None:
        return Parameter(init(shape, rng=rng, dtype=dtype)), Parameter(initializers.zeros(shape[1:], dtype=dtype))
    r = 1 / sqrt(in_features)
    weight = initializers.uniform(shape, -r, r, rng=rng, dtype=dtype)
    return Parameter(weight), Parameter(initializers.uniform(shape[1:], -r, r, rng=rng, dtype=dtype))


def expect_features(layer: Layer, x: ArrayLike, features: int) -> Array:
    """The array x of shape (N, features), or an error that names the layer.

    >>> expect_features(ReLU(), [[1.0, 2.0]], 2)
    array([[1., 2.]])
    """
    x = np.asarray(x)
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(f"{layer!r} got x of shape {x.shape}: expected (N, {features})")
    return x


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
        self.in_features, self.out_features, self.pieces = in_features, out_features, pieces
        self.weight, self.bias = weight_and_bias(in_features, out_features * pieces, init, rng, dtype)

    def forward(self, x: Array) -> Array:
        """Each unit answers with its largest piece."""
        x = expect_features(self, x, self.in_features)
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


class Activation(Layer):
    """A layer without parameters: y = F.<op>(x, *settings), dx = F.<op>_backward(dy).

    A subclass names its op, and the settings that its constructor takes.

    >>> LeakyReLU(0.1)(np.array([-1.0, 2.0]))
    array([-0.1,  2. ])
    """

    op: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ()

    def forward(self, x: Array) -> Array:
        """The function that this layer is named after."""
        y, self.cache = getattr(F, self.op)(x, *(getattr(self, name) for name in self.settings))
        return cast(Array, y)

    def backward(self, dy: Array) -> Array:
        """The chain rule through that function."""
        return cast(Array, getattr(F, f"{self.op}_backward")(dy, self.cache))

    def describe(self) -> str:
        """The settings."""
        return ", ".join(f"{name}={getattr(self, name):g}" for name in self.settings)


class Identity(Activation):
    """y = x

    >>> Identity()(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """

    op = "identity"


class UnitStep(Activation):
    """y = 1 if x >= 0 else 0; its gradient is 0 everywhere.

    >>> UnitStep()(np.array([-1.0, 0.0, 2.0]))
    array([0., 1., 1.])
    """

    op = "unit_step"


class Sign(Activation):
    """y = -1, 0 or 1, the sign of x; its gradient is 0 everywhere.

    >>> Sign()(np.array([-1.0, 0.0, 2.0]))
    array([-1.,  0.,  1.])
    """

    op = "sign"


class Staircase(Activation):
    """y = floor(x); its gradient is 0 everywhere.

    >>> Staircase()(np.array([-0.5, 0.5, 2.5]))
    array([-1.,  0.,  2.])
    """

    op = "staircase"


class Sigmoid(Activation):
    """y = 1 / (1 + e^-x)

    >>> Sigmoid()(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """

    op = "sigmoid"


class Tanh(Activation):
    """y = tanh(x)

    >>> Tanh()(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """

    op = "tanh"


class ReLU(Activation):
    """y = max(x, 0)   (Nair and Hinton, 2010)

    >>> ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    op = "relu"


class ReLU6(Activation):
    """y = min(max(x, 0), 6)   (Krizhevsky, 2010)

    >>> ReLU6()(np.array([-1.0, 2.0, 9.0]))
    array([0., 2., 6.])
    """

    op = "relu6"


class LeakyReLU(Activation):
    """y = x if x > 0 else negative_slope x   (Maas et al., 2013)

    >>> LeakyReLU()(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """

    op = "leaky_relu"
    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope


class ELU(Activation):
    """y = x if x > 0 else alpha (e^x - 1)   (Clevert et al., 2016)

    >>> ELU(alpha=2.0)(np.array([-1000.0, 2.0]))
    array([-2.,  2.])
    """

    op = "elu"
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha


class SiLU(Activation):
    """y = x sigmoid(beta x), also Swish   (Elfwing et al., 2018; with beta: Ramachandran et al., 2017)

    >>> SiLU()(np.array([0.0, 1000.0]))
    array([   0., 1000.])
    """

    op = "silu"
    settings = ("beta",)

    def __init__(self, beta: float = 1.0) -> None:
        self.beta = beta


class Softplus(Activation):
    """y = log(1 + e^x)   (Dugas et al., 2001)

    >>> Softplus()(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """

    op = "softplus"


class Softmax(Activation):
    """y_k = e^(x_k / T) / sum_j e^(x_j / T)   (Bridle, 1990). CrossEntropyLoss has it inside already: end such a network with Linear.

    >>> Softmax()(np.array([[2.0, 1.0, 0.1]])).round(3)
    array([[0.659, 0.242, 0.099]])
    """

    op = "softmax"
    settings = ("temperature",)

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = temperature


class PReLU(Layer):
    """y = x if x > 0 else a x, where the slope a is learned   (He et al., 2015)

    num_parameters is 1 for a shared slope, or the width of x for one per unit; weight (num_parameters,) holds a.

    >>> PReLU(init=0.1)(np.array([[-1.0, 2.0]]))
    array([[-0.1,  2. ]])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: DTypeLike = np.float64) -> None:
        self.num_parameters = num_parameters
        self.weight = Parameter(initializers.constant((num_parameters,), init, dtype=dtype))

    def forward(self, x: Array) -> Array:
        """Bend at 0, with the slope learned so far."""
        y, self.cache = F.prelu(x, self.weight.value)
        return y

    def backward(self, dy: Array) -> Array:
        """The chain rule for x; adds da to the slope's gradient."""
        dx, da = F.prelu_backward(dy, self.cache)
        self.weight.grad += da
        return dx

    def describe(self) -> str:
        """How many slopes."""
        return f"num_parameters={self.num_parameters}"


class Sequential(Layer):
    """Layers in a row: each one's output is the next one's input, and backward runs the same row from its end.

    All parameters move into one vector. One layer object cannot stand in two places, because it has one cache (ValueError).

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
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(
                    f"Sequential got {layer!r} in place {i}: expected layers, as in Sequential(Linear(...), ReLU())"
                )
            if any(layer is earlier for earlier in layers[:i]):
                raise ValueError(
                    f"Sequential got the same {layer!r} twice: make a second one, since each keeps its own cache"
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
        return "Sequential(" + "".join(f"\n  {row}" for row in rows) + ("\n)" if rows else ")")
