"""What lies far outside a picture: a path that diverges must neither stretch the axes nor print thirty digits."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

OUTSIDE = 1e6  # what is larger is not drawn


def drawable(values: Array) -> Array:
    """Values on a scale that a picture can hold: what is far outside becomes a gap.

    >>> drawable(np.array([2.0, -1e9, np.nan]))
    array([ 2., nan, nan])
    """
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) < OUTSIDE, values, np.nan)


def on_axis(losses: Array, floor: float) -> Array:
    """Heights on a log axis: at least its floor, and nothing far above its ceiling.

    >>> on_axis(np.array([0.5, 0.0, 1e9]), 1e-6)
    array([5.e-01, 1.e-06,    nan])
    """
    return np.maximum(drawable(losses), floor)


def amount(loss: float) -> str:
    """A loss in few characters; beyond the picture no digits are worth reading.

    >>> amount(0.125), amount(float("nan"))
    ('0.125', 'more than 1e+06')
    """
    return f"{loss:.3g}" if loss < OUTSIDE else f"more than {OUTSIDE:.0e}"
