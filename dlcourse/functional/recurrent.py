"""Recurrence: the same step again and again, each with the next input and what is remembered of all before it.

    h_t = g(x_t W_ih + h_(t-1) W_hh + b)

Unrolled in time it is a deep network whose layers share one W_hh. So backward goes through time, and a gradient that travels T
steps is multiplied by W_hh^T and g' T times: that is why it vanishes or explodes. (Elman, 1990; Werbos, 1990)
"""

from typing import Any

import numpy as np

from dlcourse.functional.activations import identity, identity_backward, relu, relu_backward, tanh, tanh_backward
from dlcourse.functional.arrays import Array, ArrayLike, Cache, as_float

NONLINEARITIES = {
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
    "identity": (identity, identity_backward),
}


def rnn(
    x: ArrayLike,
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b: ArrayLike,
    h0: ArrayLike | None = None,
    nonlinearity: str = "tanh",
) -> tuple[Array, Cache]:
    """One step per moment of each sequence: h_t = g(x_t W_ih + h_(t-1) W_hh + b), g = tanh, relu or identity

    x (N, T, D), W_ih (D, H), W_hh (H, H), b (H,), h0 (N, H) or zeros -> h (N, T, H), all moments;
    cache (x, [h_0 ... h_T], the cache of g per moment, W_ih, W_hh, nonlinearity).

    >>> rnn([[[1.0], [0.0], [0.0]]], W_ih=[[1.0]], W_hh=[[0.5]], b=[0.0], nonlinearity="identity")[0].ravel()
    array([1.  , 0.5 , 0.25])
    """
    x, W_ih, W_hh, b = as_float(x), as_float(W_ih), as_float(W_hh), as_float(b)
    if x.ndim != 3:
        raise ValueError(f"rnn got x of shape {x.shape}: expected (N, T, D)")
    g, _ = bend("rnn", nonlinearity)
    z = x @ W_ih + b
    N, T, H = z.shape
    h = [np.zeros((N, H), dtype=z.dtype) if h0 is None else as_float(h0)]
    if h[0].shape != (N, H):
        raise ValueError(f"rnn got h0 of shape {h[0].shape}: expected {(N, H)}")
    caches = []
    for t in range(T):
        h_t, cache = g(z[:, t] + h[-1] @ W_hh)
        h.append(h_t)
        caches.append(cache)
    return np.stack(h, axis=1)[:, 1:], (x, h, caches, W_ih, W_hh, nonlinearity)


def rnn_backward(dh: Array, cache: Cache, need_dx: bool = True) -> tuple[Array | None, Array, Array, Array, Array]:
    """Back through time: dz_t = g'(z_t) (dh_t + dz_(t+1) W_hh^T), from the last moment to the first.

    dW_ih = sum_t x_t^T dz_t,   dW_hh = sum_t h_(t-1)^T dz_t,   db = sum_t dz_t,   dx_t = dz_t W_ih^T,   dh0 = dz_1 W_hh^T
    dh (N, T, H) -> dx, dW_ih, dW_hh, db, dh0

    >>> h, cache = rnn([[[1.0], [0.0], [0.0]]], W_ih=[[1.0]], W_hh=[[0.5]], b=[0.0], nonlinearity="identity")
    >>> dx, dW_ih, dW_hh, db, dh0 = rnn_backward(np.array([[[0.0], [0.0], [1.0]]]), cache)
    >>> dx.ravel()
    array([0.25, 0.5 , 1.  ])
    """
    x, h, caches, W_ih, W_hh, nonlinearity = cache
    _, g_backward = bend("rnn", nonlinearity)
    dz, later = np.empty_like(dh), np.zeros_like(h[0])
    for t in reversed(range(len(caches))):
        dz[:, t] = g_backward(dh[:, t] + later, caches[t])
        later = dz[:, t] @ W_hh.T
    before = np.stack(h, axis=1)[:, :-1]
    dW_ih, dW_hh = (a.reshape(-1, a.shape[2]).T @ dz.reshape(-1, dz.shape[2]) for a in (x, before))
    return (dz @ W_ih.T if need_dx else None), dW_ih, dW_hh, dz.sum(axis=(0, 1)), later


def bend(who: str, nonlinearity: str) -> tuple[Any, Any]:
    """The pair g, g_backward of this name, or an error that lists the names.

    >>> bend("rnn", "tanh")[0] is tanh
    True
    """
    if nonlinearity not in NONLINEARITIES:
        raise ValueError(f"{who} got nonlinearity={nonlinearity!r}: expected one of {', '.join(NONLINEARITIES)}")
    return NONLINEARITIES[nonlinearity]
