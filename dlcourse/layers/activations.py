"""Activations as layers: each looks its function up in F; only PReLU has something to learn."""

from typing import ClassVar, cast

import numpy as np

from dlcourse import functional as F
from dlcourse import init as initializers
from dlcourse.functional.arrays import Array, DTypeLike, as_float
from dlcourse.functional.gelu import gates
from dlcourse.layers.base import Layer, whole
from dlcourse.parameter import Parameter


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
        y, self.cache = getattr(F, self.op)(as_float(x, self), *(getattr(self, name) for name in self.settings))
        return cast(Array, y)

    def backward(self, dy: Array) -> Array:
        """The chain rule through that function."""
        return cast(Array, getattr(F, f"{self.op}_backward")(dy, self.cache))

    def describe(self) -> str:
        """The settings."""
        return ", ".join(f"{name}={readable(getattr(self, name))}" for name in self.settings)


def readable(setting: float | str) -> str:
    """A setting as repr shows it.

    >>> readable(1.0), readable("none")
    ('1', "'none'")
    """
    return repr(setting) if isinstance(setting, str) else f"{setting:g}"


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


class SELU(Activation):
    """y = 1.0507 (x if x > 0 else 1.6733 (e^x - 1)), which keeps mean 0 and variance 1   (Klambauer et al., 2017)

    >>> SELU()(np.array([-1000.0, 1.0])).round(3)
    array([-1.758,  1.051])
    """

    op = "selu"


class GELU(Activation):
    """y = x Phi(x), Phi the share of a standard normal below x; approximate="tanh" is quicker   (Hendrycks and Gimpel, 2016)

    >>> GELU()(np.array([-1.0, 1.0])).round(3)
    array([-0.159,  0.841])
    """

    op = "gelu"
    settings = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        gates(approximate)  # a misspelt word is refused here already
        self.approximate = approximate


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
        whole(self, num_parameters=num_parameters)
        self.num_parameters = num_parameters
        self.weight = Parameter(initializers.constant((num_parameters,), init, dtype=dtype))

    def forward(self, x: Array) -> Array:
        """Bend at 0, with the slope learned so far."""
        y, self.cache = F.prelu(as_float(x, self), self.weight.value)
        return y

    def backward(self, dy: Array) -> Array:
        """The chain rule for x; adds da to the slope's gradient."""
        dx, da = F.prelu_backward(dy, self.cache)
        self.weight.grad += da
        return dx

    def describe(self) -> str:
        """How many slopes."""
        return f"num_parameters={self.num_parameters}"
