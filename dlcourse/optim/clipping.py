"""Clipping: a gradient that is too long is shortened before the step, so that one bad batch cannot throw a network out.

    net.backward(loss.backward())
    clip_grad_norm_(net.parameters(), max_norm=1.0)
    optimizer.step()

Both leave frozen parameters (requires_grad=False) out, and refuse gradients that hold nan or inf (FloatingPointError).
"""

from collections.abc import Iterable
from math import sqrt

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.parameter import Parameter


def clip_grad_value_(parameters: Iterable[Parameter], clip_value: float) -> None:
    """Each entry on its own: g <- min(max(g, -clip_value), clip_value).   Changes the direction of the step.

    As in PyTorch.

    >>> p = Parameter([0.0, 0.0])
    >>> p.grad = [0.3, -40.0]
    >>> clip_grad_value_([p], 0.5)
    >>> p.grad
    array([ 0.3, -0.5])
    """
    for g in finite_gradients("clip_grad_value_", parameters, "clip_value", clip_value):
        np.clip(g, -clip_value, clip_value, out=g)


def clip_grad_norm_(parameters: Iterable[Parameter], max_norm: float) -> float:
    """All gradients as one vector: g <- g max_norm / ||g|| where ||g|| > max_norm.   -> ||g|| as it was

    Keeps the direction of the step (Pascanu et al., 2013). As in PyTorch, which divides by ||g|| + 1e-6 instead.

    >>> p, q = Parameter([0.0]), Parameter([0.0])
    >>> p.grad, q.grad = [3.0], [-4.0]
    >>> clip_grad_norm_([p, q], max_norm=1.0)
    5.0
    >>> p.grad, q.grad
    (array([0.6]), array([-0.8]))
    """
    gradients = finite_gradients("clip_grad_norm_", parameters, "max_norm", max_norm)
    largest = max((float(abs(g).max(initial=0)) for g in gradients), default=0.0)
    if largest == 0:
        return 0.0
    # Squares of g / largest cannot overflow, however large the gradients have become.
    norm = largest * sqrt(sum(float(np.sum((g / largest) ** 2)) for g in gradients))
    if norm > max_norm:
        for g in gradients:
            g *= max_norm / norm
    return norm


def finite_gradients(op: str, parameters: Iterable[Parameter], setting: str, limit: float) -> list[Array]:
    """The gradients to clip, or an error about them or the limit.

    >>> finite_gradients("clip_grad_norm_", [Parameter([1.0])], "max_norm", 1.0)
    [array([0.])]
    """
    if not limit > 0:
        raise ValueError(f"{op} got {setting}={limit}: expected a number above 0")
    gradients = [p.grad for p in parameters if p.requires_grad]
    for g in gradients:
        if not np.isfinite(g).all():
            raise FloatingPointError(f"{op} got a gradient of shape {g.shape} with nan or inf: try a smaller lr")
    return gradients
