"""Activation functions: the bend between two linear layers.

Without one, a stack of linear layers collapses into a single linear layer. Each function is a pair:

    y, cache = f(z)                  the value; cache is the tuple of what backward will need
    dz = f_backward(dy, cache)       the chain rule: dz = dy * f'(z)

All act on every entry alone, except maxout and softmax, which look along the last axis. At a kink, f' is what PyTorch takes.
Nothing overflows, in float32 or float64, because no function ever raises e to a positive power.
"""

# NumPy types arithmetic with a plain number as Any.
# mypy: no-warn-return-any

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float

# --- Linear and step functions ---------------------------------------------------------------------------------------


def identity(z: ArrayLike) -> tuple[Array, tuple[()]]:
    """No bend at all: the output of a regression.   y = z   cache ()

    >>> identity([-1.0, 2.0])[0]
    array([-1.,  2.])
    """
    return as_float(z).copy(), ()


def identity_backward(dy: Array, cache: tuple[()]) -> Array:
    """Chain rule: dz = dy

    >>> identity_backward(np.array([3.0]), ())
    array([3.])
    """
    return dy * 1.0


def unit_step(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """Fire or stay silent.   y = 1 if z >= 0 else 0   cache (z,)   (McCulloch and Pitts, 1943; Rosenblatt, 1958)

    >>> unit_step([-0.5, 0.0, 0.5])[0]
    array([0., 1., 1.])
    """
    z = as_float(z)
    return np.heaviside(z, 1), (z,)


def unit_step_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = 0: flat on both sides of the step, so gradient descent never learns which way to go.

    >>> unit_step_backward(np.ones(2), (np.array([-0.5, 0.5]),))
    array([0., 0.])
    """
    (z,) = cache
    return np.zeros_like(z)


def sign(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """For or against.   y = -1, 0, 1 for z < 0, z = 0, z > 0   cache (z,)

    >>> sign([-0.5, 0.0, 0.5])[0]
    array([-1.,  0.,  1.])
    """
    z = as_float(z)
    return np.sign(z), (z,)


def sign_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = 0, as for every step function.

    >>> sign_backward(np.ones(2), (np.array([-0.5, 0.5]),))
    array([0., 0.])
    """
    (z,) = cache
    return np.zeros_like(z)


def staircase(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """A step at every whole number.   y = floor(z)   cache (z,)

    >>> staircase([-0.5, 0.5, 1.5])[0]
    array([-1.,  0.,  1.])
    """
    z = as_float(z)
    return np.floor(z), (z,)


def staircase_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = 0: a staircase climbs, but no single stair slopes.

    >>> staircase_backward(np.ones(2), (np.array([-0.5, 0.5]),))
    array([0., 0.])
    """
    (z,) = cache
    return np.zeros_like(z)


# --- Piecewise linear functions --------------------------------------------------------------------------------------


def relu(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """Rectified linear unit.   y = max(z, 0)   cache (z,)   (Nair and Hinton, 2010)

    >>> relu([-2.0, 0.0, 3.0])[0]
    array([0., 0., 3.])
    """
    z = as_float(z)
    return np.maximum(z, 0), (z,)


def relu_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = dy where z > 0, else 0; at z = 0 it is 0.

    >>> relu_backward(np.ones(3), (np.array([-2.0, 0.0, 3.0]),))
    array([0., 0., 1.])
    """
    (z,) = cache
    return dy * (z > 0)


def leaky_relu(z: ArrayLike, negative_slope: float = 0.01) -> tuple[Array, tuple[Array, float]]:
    """A ReLU that cannot die.   y = z if z > 0 else negative_slope z   cache (z, slope)   (Maas et al., 2013)

    >>> leaky_relu([-2.0, 0.0, 3.0], negative_slope=0.1)[0]
    array([-0.2,  0. ,  3. ])
    """
    z = as_float(z)
    slope = z.dtype.type(negative_slope)
    return np.maximum(z, 0) + slope * np.minimum(z, 0), (z, slope)


def leaky_relu_backward(dy: Array, cache: tuple[Array, float]) -> Array:
    """Chain rule: dz = dy where z > 0, else negative_slope dy; at z = 0 it is negative_slope dy.

    >>> leaky_relu_backward(np.ones(3), (np.array([-2.0, 0.0, 3.0]), 0.1))
    array([0.1, 0.1, 1. ])
    """
    z, slope = cache
    return dy * ((z > 0) + slope * (z <= 0))


def prelu(z: ArrayLike, a: ArrayLike) -> tuple[Array, tuple[Array, Array]]:
    """A leaky ReLU that learns its slope.   y = z if z > 0 else a z   cache (z, a)   (He et al., 2015)

    z (..., M); a () or (1,) for one slope, (M,) for a slope per unit. Any other a is a ValueError.

    >>> prelu([[-2.0, -2.0], [3.0, 3.0]], a=[0.1, 0.5])[0]
    array([[-0.2, -1. ],
           [ 3. ,  3. ]])
    """
    z = as_float(z)
    a = np.asarray(a, dtype=z.dtype)
    if a.shape not in ((), (1,), z.shape[-1:]):
        raise ValueError(
            f"prelu got a of shape {a.shape} for z of shape {z.shape}: expected (), (1,) or {z.shape[-1:]}"
        )
    return np.maximum(z, 0) + a * np.minimum(z, 0), (z, a)


def prelu_backward(dy: Array, cache: tuple[Array, Array]) -> tuple[Array, Array]:
    """Chain rule: dz = dy where z > 0, else a dy;   da = sum of dy z over all z <= 0 that share the slope.   -> dz, da

    >>> dz, da = prelu_backward(np.ones((2, 2)), (np.array([[-2.0, -4.0], [3.0, -1.0]]), np.array([0.1, 0.5])))
    >>> da
    array([-2., -5.])
    """
    z, a = cache
    da = dy * np.minimum(z, 0)
    shared = tuple(range(da.ndim - 1)) if a.size > 1 else None
    return dy * ((z > 0) + a * (z <= 0)), da.sum(axis=shared).reshape(a.shape)


def relu6(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """A ReLU with a ceiling: the activation is clipped, not the gradient.   y = min(max(z, 0), 6)   cache (z,)

    (Krizhevsky, 2010)

    >>> relu6([-2.0, 3.0, 9.0])[0]
    array([0., 3., 6.])
    """
    z = as_float(z)
    return np.minimum(np.maximum(z, 0), 6), (z,)


def relu6_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = dy where 0 < z < 6, else 0; at z = 0 and z = 6 it is 0.

    >>> relu6_backward(np.ones(3), (np.array([-2.0, 3.0, 9.0]),))
    array([0., 1., 0.])
    """
    (z,) = cache
    return dy * ((z > 0) & (z < 6))


def maxout(z: ArrayLike) -> tuple[Array, tuple[Array, int]]:
    """The largest of k pieces, so that a unit learns its own bend.   y = max_j z_j   (Goodfellow et al., 2013)

    z (N, M, k) -> y (N, M); cache (winner, k), where winner (N, M) is the index of the largest piece, the first in a tie.

    >>> maxout([[[1.0, 5.0], [4.0, 4.0]]])[0]
    array([[5., 4.]])
    """
    z = as_float(z)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"maxout got z of shape {z.shape}: expected (N, M, k) with k >= 1 pieces")
    winner = z.argmax(axis=-1)
    return z.max(axis=-1), (winner, z.shape[-1])


def maxout_backward(dy: Array, cache: tuple[Array, int]) -> Array:
    """Chain rule: dz_j = dy for the winning piece, 0 for the others.   dy (N, M) -> dz (N, M, k)

    >>> maxout_backward(np.array([[7.0, 9.0]]), (np.array([[1, 0]]), 2))
    array([[[0., 7.],
            [9., 0.]]])
    """
    winner, k = cache
    return dy[..., np.newaxis] * (winner[..., np.newaxis] == np.arange(k))


# --- Smooth functions ------------------------------------------------------------------------------------------------


def sigmoid(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """Squash to (0, 1).   y = 1 / (1 + e^-z) = e^z / (1 + e^z)   cache (y,)

    The first form overflows at z << 0, the second at z >> 0. e^min(z, 0) / (1 + e^-|z|) is the one that does not, on either side.

    >>> sigmoid([-1000.0, 0.0, 1000.0])[0]
    array([0. , 0.5, 1. ])
    """
    z = as_float(z)
    y = np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))
    return y, (y,)


def sigmoid_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = dy y (1 - y), where y is the output; never more than dy / 4.

    >>> sigmoid_backward(np.ones(1), (np.array([0.5]),))
    array([0.25])
    """
    (y,) = cache
    return dy * y * (1 - y)


def tanh(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """Squash to (-1, 1), centred at zero.   y = (e^z - e^-z) / (e^z + e^-z)   cache (y,)

    >>> tanh([-1000.0, 0.0, 1000.0])[0]
    array([-1.,  0.,  1.])
    """
    y = np.tanh(as_float(z))
    return y, (y,)


def tanh_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = dy (1 - y^2), where y is the output.

    >>> tanh_backward(np.ones(2), (np.array([0.0, 0.5]),))
    array([1.  , 0.75])
    """
    (y,) = cache
    return dy * (1 - y * y)


def elu(z: ArrayLike, alpha: float = 1.0) -> tuple[Array, tuple[Array, float]]:
    """Exponential linear unit.   y = z if z > 0 else alpha (e^z - 1)   cache (z, alpha)   (Clevert et al., 2016)

    >>> elu([-1000.0, 0.0, 3.0])[0]
    array([-1.,  0.,  3.])
    """
    z, alpha = as_float(z), float(alpha)
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0)), (z, alpha)


def elu_backward(dy: Array, cache: tuple[Array, float]) -> Array:
    """Chain rule: dz = dy where z > 0, else alpha e^z dy; at z = 0 it is alpha dy.

    >>> elu_backward(np.ones(3), (np.array([-1000.0, 0.0, 3.0]), 0.5))
    array([0. , 0.5, 1. ])
    """
    z, alpha = cache
    return dy * ((z > 0) + alpha * np.exp(np.minimum(z, 0)) * (z <= 0))


#: The two constants for which units of mean 0 and variance 1 stay so from layer to layer, under LeCun's initialisation.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def selu(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """An ELU that normalises itself.   y = scale (z if z > 0 else alpha (e^z - 1))   cache (z,)   (Klambauer et al., 2017)

    scale = 1.0507..., alpha = 1.6733...: the values that keep mean 0 and variance 1 through many layers.

    >>> selu([-1000.0, 0.0, 1.0])[0].round(3)
    array([-1.758,  0.   ,  1.051])
    """
    y, (z, _) = elu(z, SELU_ALPHA)
    return SELU_SCALE * y, (z,)


def selu_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = scale dy where z > 0, else scale alpha e^z dy; at z = 0 it is scale alpha dy.

    >>> selu_backward(np.ones(2), (np.array([-1000.0, 3.0]),)).round(3)
    array([0.   , 1.051])
    """
    (z,) = cache
    return SELU_SCALE * elu_backward(dy, (z, SELU_ALPHA))


def silu(z: ArrayLike, beta: float = 1.0) -> tuple[Array, tuple[Array, Array, float]]:
    """The input times its own gate, also Swish.   y = z sigmoid(beta z)   cache (z, gate, beta)

    (Elfwing et al., 2018; with beta: Ramachandran et al., 2017)

    >>> silu([-1.0, 0.0, 1.0])[0].round(3)
    array([-0.269,  0.   ,  0.731])
    """
    z, beta = as_float(z), float(beta)
    gate, _ = sigmoid(beta * z)
    return z * gate, (z, gate, beta)


def silu_backward(dy: Array, cache: tuple[Array, Array, float]) -> Array:
    """Chain rule: dz = dy (gate + beta z gate (1 - gate)), where gate = sigmoid(beta z).

    >>> silu_backward(np.ones(1), (np.array([0.0]), np.array([0.5]), 1.0))
    array([0.5])
    """
    z, gate, beta = cache
    return dy * (gate + beta * z * gate * (1 - gate))


def softplus(z: ArrayLike) -> tuple[Array, tuple[Array]]:
    """A smooth ReLU.   y = log(1 + e^z) = max(z, 0) + log(1 + e^-|z|)   cache (z,)   (Dugas et al., 2001)

    >>> softplus([-1000.0, 1000.0])[0]
    array([   0., 1000.])
    """
    z = as_float(z)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))), (z,)


def softplus_backward(dy: Array, cache: tuple[Array]) -> Array:
    """Chain rule: dz = dy sigmoid(z)

    >>> softplus_backward(np.ones(3), (np.array([-1000.0, 0.0, 1000.0]),))
    array([0. , 0.5, 1. ])
    """
    (z,) = cache
    gate, _ = sigmoid(z)
    return dy * gate


def softmax(z: ArrayLike, temperature: float = 1.0) -> tuple[Array, tuple[Array, float]]:
    """Scores to probabilities along the last axis.   y_k = e^(z_k / T) / sum_j e^(z_j / T)   cache (y, T)

    Subtracting the largest score first changes nothing in the ratio and keeps every exponent at or below 0. A temperature T
    above 1 flattens y, one below 1 sharpens it; T <= 0 is a ValueError. (Bridle, 1990; temperature: Hinton et al., 2015)

    >>> softmax([2.0, 1.0, 0.1])[0].round(3)
    array([0.659, 0.242, 0.099])
    """
    z, temperature = as_float(z), float(temperature)
    if not temperature > 0:
        raise ValueError(f"softmax got temperature={temperature:g}: expected a number above 0")
    e = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
    y = e / e.sum(axis=-1, keepdims=True)
    return y, (y, temperature)


def softmax_backward(dy: Array, cache: tuple[Array, float]) -> Array:
    """Chain rule: dz_k = y_k (dy_k - sum_j dy_j y_j) / T: dy times the Jacobian, without ever building it.

    >>> softmax_backward(np.array([1.0, 0.0]), (np.array([0.5, 0.5]), 1.0))
    array([ 0.25, -0.25])
    """
    y, temperature = cache
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True)) / temperature
