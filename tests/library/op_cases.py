"""The activations as a table of cases, and the two tools that every test of a derivative needs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dlcourse import functional as F

#: Reproducible and quick: the same examples on every run, on any machine.
careful = settings(derandomize=True, deadline=None, max_examples=25, database=None)


class Op(NamedTuple):
    name: str
    settings: tuple[Any, ...] = ()

    def forward(self, z: Any) -> Any:
        return getattr(F, self.name)(z, *self.settings)

    def backward(self, dy: Any, cache: Any) -> Any:
        return getattr(F, f"{self.name}_backward")(dy, cache)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.settings))})"


#: Elementwise, differentiable but for the kinks, which lie on whole numbers.
ELEMENTWISE = [
    Op("identity"),
    Op("relu"),
    Op("leaky_relu"),
    Op("leaky_relu", (0.1,)),
    Op("leaky_relu", (1.5,)),
    Op("relu6"),
    Op("sigmoid"),
    Op("tanh"),
    Op("elu"),
    Op("elu", (0.3,)),
    Op("selu"),
    Op("gelu"),
    Op("gelu", ("tanh",)),
    Op("silu"),
    Op("silu", (2.5,)),
    Op("silu", (0.0,)),
    Op("softplus"),
]
STEPS = [Op("unit_step"), Op("sign"), Op("staircase")]
SOFTMAX = [Op("softmax"), Op("softmax", (0.25,)), Op("softmax", (4.0,))]
SINGLE_INPUT = [*ELEMENTWISE, *STEPS, *SOFTMAX]

#: -6.005 to 6.005 in hundredths, never nearer than 0.005 to a whole number, where the kinks are.
off_kinks = st.integers(-601, 600).map(lambda i: (i + 0.5) / 100)
weights = st.integers(-30, 30).map(lambda i: i / 10)


def matrices(elements: st.SearchStrategy[float], **kwargs: Any) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4), elements=elements, **kwargs)


def central_difference(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Written again here, so that the library's own gradient checker does not vouch for itself."""
    slope = np.empty_like(x)
    for i in range(x.size):
        shift = np.zeros(x.size)
        shift[i] = h
        shift = shift.reshape(x.shape)
        slope.flat[i] = (f(x + shift) - f(x - shift)) / (2 * h)
    return slope
