"""GELU: let the input through as far as it is larger than most.   y = z Phi(z), Phi the share of a standard normal below z.

Phi needs erf, which NumPy lacks; the standard library has it for one number at a time, which here fills a table.
"""

# NumPy types arithmetic with a plain number as Any.
# mypy: no-warn-return-any

import math
from collections.abc import Callable
from functools import cache as once

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float

STEP, END = 1 / 256, 6.0  # beyond 6, erf is 1 to the last digit of float64


def erf(x: ArrayLike) -> Array:
    """Error function: y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, as precise as the dtype of x.

    Taylor's series from the nearest point c of a table: with d = x - c and slope = 2 / sqrt(pi) e^(-c^2),
    erf(c + d) = erf(c) + slope (d - c d^2 + (4c^2 - 2) d^3 / 6 - (8c^3 - 12c) d^4 / 24 + (16c^4 - 48c^2 + 12) d^5 / 120 - ...);
    the numerators are Hermite's polynomials, and as |d| <= 1/512, five terms leave less than 1e-17.

    >>> erf([-10.0, 0.0, 0.5]).round(6)
    array([-1.    ,  0.    ,  0.5205])
    """
    x = as_float(x)
    values, slopes = table()
    # fmin takes the number where the other is nan: a nan then has a place in the table, and goes its way in d.
    place = np.rint(np.fmin(np.abs(x), END) / STEP).astype(np.intp)
    c = (place * STEP).astype(x.dtype)
    d = np.minimum(np.abs(x), END) - c
    cc = c * c
    series = 1 + d * (-c + d * ((2 * cc - 1) / 3 + d * (c * (3 - 2 * cc) / 6 + d * (cc * (4 * cc - 12) + 3) / 30)))
    return np.copysign(values[place].astype(x.dtype) + slopes[place].astype(x.dtype) * d * series, x)


@once
def table() -> tuple[Array, Array]:
    """The function erf and its slope at 0, STEP, 2 STEP ... END.

    >>> [column[0].round(4).item() for column in table()]
    [0.0, 1.1284]
    """
    c = np.arange(0, END + STEP, STEP)
    return np.array([math.erf(point) for point in c]), 2 / math.sqrt(math.pi) * np.exp(-c * c)


def gelu(z: ArrayLike, approximate: str = "none") -> tuple[Array, tuple[Array, Array, str]]:
    """Gaussian error linear unit.   y = z Phi(z) = z (1 + erf(z / sqrt 2)) / 2   cache (z, Phi(z), approximate)

    With approximate="tanh", y = z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2.   (Hendrycks and Gimpel, 2016)

    >>> gelu([-1000.0, -1.0, 0.0, 1.0])[0].round(3)
    array([-0.   , -0.159,  0.   ,  0.841])
    """
    z = as_float(z)
    share, _ = gates(approximate)
    passed = share(z)
    return z * passed, (z, passed, approximate)


def gelu_backward(dy: Array, cache: tuple[Array, Array, str]) -> Array:
    """Chain rule: dz = dy (Phi(z) + z Phi'(z)), Phi'(z) = e^(-z^2 / 2) / sqrt(2 pi), or the derivative of what stands for Phi.

    >>> gelu_backward(np.ones(2), (np.array([0.0, 1000.0]), np.array([0.5, 1.0]), "none"))
    array([0.5, 1. ])
    """
    z, passed, approximate = cache
    _, slope = gates(approximate)
    return dy * (passed + z * slope(z))


def normal_share(z: Array) -> Array:
    """The share of a standard normal below z: Phi(z) = (1 + erf(z / sqrt 2)) / 2

    >>> normal_share(np.array([0.0, 10.0]))
    array([0.5, 1. ])
    """
    return (1 + erf(z / math.sqrt(2))) / 2


def normal_density(z: Array) -> Array:
    """The bell itself: Phi'(z) = e^(-z^2 / 2) / sqrt(2 pi); beyond 40 it is 0 in any dtype, and squaring could overflow.

    >>> normal_density(np.array([0.0, 1000.0])).round(4)
    array([0.3989, 0.    ])
    """
    near = np.minimum(np.abs(z), 40)
    return np.exp(-near * near / 2) / math.sqrt(2 * math.pi)


def tanh_share(z: Array) -> Array:
    """What tanh makes of Phi: (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2; beyond 30 it is 0 or 1 long since.

    >>> tanh_share(np.array([0.0, 10.0]))
    array([0.5, 1. ])
    """
    near = np.clip(z, -30, 30)
    return (1 + np.tanh(near * (ROOT + ROOT * CUBIC * near * near))) / 2


def tanh_density(z: Array) -> Array:
    """The derivative of tanh_share: 2 share (1 - share) sqrt(2 / pi) (1 + 3 0.044715 z^2)

    >>> tanh_density(np.array([0.0, 1000.0])).round(4)
    array([0.3989, 0.    ])
    """
    near, share = np.clip(z, -30, 30), tanh_share(z)
    return 2 * share * (1 - share) * (ROOT + 3 * ROOT * CUBIC * near * near)


ROOT, CUBIC = math.sqrt(2 / math.pi), 0.044715
GATES = {"none": (normal_share, normal_density), "tanh": (tanh_share, tanh_density)}


def gates(approximate: str) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Phi and its derivative, exact or approximate.

    >>> gates("none")[0] is normal_share
    True
    """
    if approximate not in GATES:
        raise ValueError(f"gelu got approximate={approximate!r}: expected one of {', '.join(map(repr, GATES))}")
    return GATES[approximate]
