"""Every layer that has no kink where the examples lie, and every op of several inputs, as tables of cases."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from dlcourse import functional as F
from dlcourse.layers import (
    ELU,
    GELU,
    RNN,
    SELU,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Identity,
    Layer,
    LayerNorm,
    LeakyReLU,
    Linear,
    Maxout,
    MaxPool2d,
    PReLU,
    ReLU,
    ReLU6,
    Residual,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)

Generator = np.random.Generator
sides = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


def rng(seed: int = 0) -> Generator:
    return np.random.default_rng(seed)


def spread(shape: tuple[int, ...], g: Generator) -> np.ndarray:
    """Distinct numbers, no two nearer than 0.01, and none nearer than 0.005 to 0: no kink and no tie within a small step."""
    n = int(np.prod(shape))
    return (g.permutation(n).reshape(shape) - n // 2 + 0.5) * max(0.01, 4 / max(n, 1))


class Inputs(NamedTuple):
    """What an op is called with: arrays that it has gradients for, and settings that it has none for."""

    arrays: tuple[np.ndarray, ...]
    settings: dict[str, Any] = {}  # noqa: RUF012


class MultiOp(NamedTuple):
    name: str
    inputs: Callable[[st.DataObject], Inputs]

    def forward(self, *arrays: Any, **settings: Any) -> Any:
        return getattr(F, self.name)(*arrays, **settings)

    def backward(self, dy: Any, cache: Any) -> tuple[Any, ...]:
        gradients = getattr(F, f"{self.name}_backward")(dy, cache)
        return gradients if isinstance(gradients, tuple) else (gradients,)

    def __str__(self) -> str:
        return f"{self.name} {self.inputs.__name__}"


def a_batch(data: st.DataObject) -> Inputs:
    g, n, d = rng(data.draw(seeds)), data.draw(st.integers(2, 5)), data.draw(sides)
    return Inputs((spread((n, d), g), g.normal(size=d), g.normal(size=d)), {"eps": 1e-3})


def images(data: st.DataObject) -> Inputs:
    g, n, d, h, w = rng(data.draw(seeds)), *(data.draw(sides) for _ in range(4))
    return Inputs((spread((n, d, h + 1, w), g), g.normal(size=d), g.normal(size=d)), {"eps": 1e-3})


def in_evaluation(data: st.DataObject) -> Inputs:
    (x, gamma, beta), g = images(data).arrays, rng(data.draw(seeds))
    return Inputs((x, gamma, beta), {"mean": g.normal(size=x.shape[1]), "var": g.uniform(0.1, 2, x.shape[1])})


def units(data: st.DataObject) -> Inputs:
    g, n, d = rng(data.draw(seeds)), data.draw(sides), data.draw(st.integers(2, 5))
    return Inputs((spread((n, d), g), g.normal(size=d), g.normal(size=d)), {"eps": 1e-3})


def two_axes(data: st.DataObject) -> Inputs:
    g, n, t, d = rng(data.draw(seeds)), data.draw(sides), data.draw(sides), data.draw(st.integers(2, 4))
    return Inputs((spread((n, 2, t, d), g), g.normal(size=(t, d)), g.normal(size=(t, d))), {"eps": 1e-3})


def kernels(data: st.DataObject) -> Inputs:
    g, (n, c, o) = rng(data.draw(seeds)), (data.draw(st.integers(1, 3)) for _ in range(3))
    kernel, stride, padding = (data.draw(st.tuples(*2 * [st.integers(low, 3)])) for low in (1, 1, 0))
    height, width = (k + data.draw(st.integers(0, 3)) for k in kernel)
    arrays = g.normal(size=(n, c, height, width)), g.normal(size=(o, c, *kernel)), g.normal(size=o)
    return Inputs(arrays, {"stride": stride, "padding": padding})


def pools(data: st.DataObject) -> Inputs:
    g, n, c = rng(data.draw(seeds)), data.draw(sides), data.draw(st.integers(1, 2))
    kernel, stride = (data.draw(st.tuples(*2 * [st.integers(1, 3)])) for _ in range(2))
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    height, width = (k + data.draw(st.integers(0, 3)) for k in kernel)
    return Inputs((spread((n, c, height, width), g),), {"kernel_size": kernel, "stride": stride, "padding": padding})


def any_shape(data: st.DataObject) -> Inputs:
    shape = data.draw(st.lists(sides, min_size=1, max_size=4))
    return Inputs((rng(data.draw(seeds)).normal(size=shape),))


def sequences(nonlinearity: str) -> Callable[[st.DataObject], Inputs]:
    def draw(data: st.DataObject) -> Inputs:
        g, (n, t, d, h) = rng(data.draw(seeds)), (data.draw(sides) for _ in range(4))
        shapes = (n, t, d), (d, h), (h, h), (h,), (n, h)
        return Inputs(tuple(g.normal(0, 0.7, shape) for shape in shapes), {"nonlinearity": nonlinearity})

    draw.__name__ = f"sequences {nonlinearity}"
    return draw


def linear(data: st.DataObject) -> Inputs:
    g, (n, d, m) = rng(data.draw(seeds)), (data.draw(sides) for _ in range(3))
    return Inputs((g.normal(size=(n, d)), g.normal(size=(d, m)), g.normal(size=m)))


OPS = [
    MultiOp("linear", linear),
    MultiOp("batch_norm", a_batch),
    MultiOp("batch_norm", images),
    MultiOp("batch_norm", in_evaluation),
    MultiOp("layer_norm", units),
    MultiOp("layer_norm", two_axes),
    MultiOp("conv2d", kernels),
    MultiOp("max_pool2d", pools),
    MultiOp("flatten", any_shape),
    MultiOp("rnn", sequences("tanh")),
    MultiOp("rnn", sequences("identity")),
    MultiOp("rnn", sequences("relu")),
]


class Case(NamedTuple):
    make: Callable[[Any], Layer]
    shape: tuple[int, ...]


#: make(dtype) -> a new layer, and the shape of an input for it.
LAYERS = {
    "Linear": Case(lambda t: Linear(3, 4, rng=rng(), dtype=t), (5, 3)),
    "Maxout": Case(lambda t: Maxout(3, 4, pieces=3, rng=rng(), dtype=t), (5, 3)),
    "PReLU": Case(lambda t: PReLU(3, dtype=t), (5, 3)),
    "BatchNorm1d": Case(lambda t: BatchNorm1d(3, dtype=t), (5, 3)),
    "BatchNorm2d": Case(lambda t: BatchNorm2d(2, dtype=t), (3, 2, 3, 2)),
    "LayerNorm": Case(lambda t: LayerNorm(3, dtype=t), (5, 3)),
    "LayerNorm of two axes": Case(lambda t: LayerNorm((2, 3), dtype=t), (4, 2, 3)),
    "Dropout": Case(lambda t: Dropout(0.4, rng=rng()), (5, 3)),
    "Dropout classic": Case(lambda t: Dropout(0.4, "classic", rng=rng()), (5, 3)),
    "Conv2d": Case(lambda t: Conv2d(2, 3, 2, padding=1, rng=rng(), dtype=t), (2, 2, 3, 4)),
    "Conv2d without bias": Case(lambda t: Conv2d(2, 3, 2, stride=2, bias=False, rng=rng(), dtype=t), (2, 2, 4, 4)),
    "MaxPool2d": Case(lambda t: MaxPool2d(2), (2, 2, 4, 4)),
    "Flatten": Case(lambda t: Flatten(), (2, 3, 2)),
    "RNN": Case(lambda t: RNN(3, 4, rng=rng(), dtype=t), (2, 5, 3)),
    "RNN relu": Case(lambda t: RNN(3, 4, "relu", rng=rng(), dtype=t), (2, 5, 3)),
    "RNN identity": Case(lambda t: RNN(3, 4, "identity", rng=rng(), dtype=t), (2, 5, 3)),
    "Residual": Case(lambda t: Residual(Linear(3, 3, rng=rng(), dtype=t), Tanh()), (5, 3)),
    "Residual in Residual": Case(
        lambda t: Residual(BatchNorm1d(3, dtype=t), Residual(Linear(3, 3, rng=rng(), dtype=t), GELU())), (5, 3)
    ),
    "Sequential": Case(
        lambda t: Sequential(
            Conv2d(1, 2, 3, rng=rng(), dtype=t),
            BatchNorm2d(2, dtype=t),
            SiLU(),
            MaxPool2d(2),
            Residual(Conv2d(2, 2, 3, padding=1, rng=rng(1), dtype=t), GELU("tanh")),
            Flatten(),
            LayerNorm(8, dtype=t),
            Dropout(0.5, rng=rng()),
            Linear(8, 2, rng=rng(), dtype=t),
        ),
        (2, 1, 6, 6),
    ),
    **{
        type(layer).__name__ + name: Case(lambda t, layer=layer: type(layer)(**vars(layer)), (5, 3))
        for name, layer in [
            *(("", layer()) for layer in (ELU, GELU, Identity, LeakyReLU, ReLU, ReLU6, SELU, Sigmoid, SiLU, Softmax)),
            ("", Softplus()),
            ("", Tanh()),
            (" tanh", GELU("tanh")),
        ]
    },
}
