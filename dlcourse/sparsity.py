"""Sparsity: learn through few units at a time, then keep only those that were needed.

    with swap(linear_backward=meprop(k=8)):             train: only the k largest deltas of each example go back
        fit(net, ...)
    activity = backward_activity(net, loss, X, y, k=8)  measure: how often was each hidden unit among them?
    small = prune(net, activity, threshold=0.02)        simplify: the others go, and every matrix really shrinks

Minimal-effort backpropagation is meProp of Sun et al. (2017), the simplified model their meSimp (arXiv 1711.06528). The zeros that
top_k writes save no time in NumPy, whose products are dense; a matrix that has shrunk does.
"""

import copy
from collections.abc import Callable, Sequence
from typing import TypeGuard

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, as_float
from dlcourse.functional.linear import linear_backward
from dlcourse.layers import Activation, Dropout, Layer, Linear, PReLU, Residual, Sequential, Softmax
from dlcourse.losses import Loss
from dlcourse.parameter import Parameter

LinearBackward = Callable[..., tuple[Array | None, Array, Array]]


def top_k(delta: ArrayLike, k: int) -> Array:
    """In each row the k entries of largest size stay, all others become 0; of equals the leftmost.   delta (N, M) -> (N, M)

    (Sun et al., 2017.) k >= M keeps everything.

    >>> top_k([[0.1, -3.0, 2.0], [1.0, -1.0, 1.0]], k=2)
    array([[ 0., -3.,  2.],
           [ 1., -1.,  0.]])
    """
    delta = as_float(delta)
    if delta.ndim != 2:
        raise ValueError(f"top_k got delta of shape {delta.shape}: expected (N, M)")
    if k < 1:
        raise ValueError(f"top_k got k={k}: expected at least 1")
    if np.isnan(delta).any():
        raise ValueError("top_k got a delta that holds nan: which of its entries are the largest cannot be said")
    top = np.argsort(-abs(delta), axis=1, kind="stable")[:, :k]  # stable: equals stay in the order of their places
    kept = np.zeros_like(delta)
    np.put_along_axis(kept, top, np.take_along_axis(delta, top, axis=1), axis=1)
    return kept


def meprop(k: int) -> LinearBackward:
    """A linear_backward for swap, which goes back through the k largest entries of each row of dz alone.

        dz <- top_k(dz, k), then dx = dz W^T, dW = x^T dz, db = sum_n dz

    (Sun et al., 2017.) Layers of at most k units, as the last one usually is, learn in full.

    >>> x, W = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 3.0]])
    >>> dx, dW, db = meprop(k=1)(np.array([[1.0, 10.0]]), (x, W))
    >>> dW
    array([[ 0., 10.],
           [ 0., 20.]])
    """
    if k < 1:
        raise ValueError(f"meprop got k={k}: expected at least 1")

    def sparse_linear_backward(
        dz: Array, cache: tuple[Array, Array], need_dx: bool = True
    ) -> tuple[Array | None, Array, Array]:
        return linear_backward(top_k(dz, k), cache, need_dx)

    return sparse_linear_backward


def forward_activity(net: Sequential, X: ArrayLike) -> list[Array]:
    """Of the examples, the share on which each hidden unit's output is not 0.   one array (M,) for each Linear but the last

    A ReLU unit of share 0 is dead: without it the network's outputs on X are the same.

    >>> from dlcourse.layers import ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 3, rng=rng), ReLU(), Linear(3, 1, rng=rng))
    >>> net[0].bias.value = [-100.0, 0.0, 100.0]
    >>> forward_activity(net, rng.normal(size=(8, 2)))
    [array([0.   , 0.375, 1.   ])]
    """
    twin = copy.deepcopy(net).eval()
    hidden_linears(twin)
    x, shares = expect_numbers("forward_activity", X), []
    for layer in in_a_row(twin):
        if isinstance(layer, Linear):
            shares.append((x != 0).mean(axis=0))
        x = layer.forward(x)
    return shares[1:]  # the first is the activity of the inputs


def backward_activity(net: Sequential, loss: Loss, X: ArrayLike, y: ArrayLike, *, k: int) -> list[Array]:
    """Of the examples, the share on which each hidden unit's delta is one of its layer's k largest, and not 0.   arrays as above

    What meSimp counts: a unit that is seldom updated is seldom needed (Sun et al., arXiv 1711.06528).

    >>> from dlcourse.layers import ReLU
    >>> from dlcourse.losses import MSELoss
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 3, rng=rng), ReLU(), Linear(3, 1, rng=rng))
    >>> net[2].weight.value = [[0.1], [5.0], [0.1]]
    >>> backward_activity(net, MSELoss(), rng.normal(size=(8, 2)), np.zeros((8, 1)), k=1)
    [array([0.5, 0.5, 0. ])]
    """
    twin, loss = copy.deepcopy((net, loss))
    hidden, shares = hidden_linears(twin.eval()), []
    loss.forward(twin.forward(expect_numbers("backward_activity", X)), np.asarray(y))
    delta = loss.backward()
    for layer in reversed(in_a_row(twin)):
        if layer in hidden:
            delta = top_k(delta, k)
            shares.append((delta != 0).mean(axis=0))
        delta = layer.backward(delta)
    return shares[::-1]


def prune(net: Sequential, activity: Sequence[ArrayLike], threshold: float = 0.0) -> Sequential:
    """A new, smaller network without the hidden units whose activity is not above the threshold; net stays as it was.

    The units that stay compute what they did. activity is one array (M,) for each Linear but the last; a layer always keeps its
    most active unit. Between Linears only layers that treat each unit by itself can be pruned (others: TypeError).

    >>> from dlcourse.layers import ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 3, rng=rng), ReLU(), Linear(3, 1, rng=rng))
    >>> prune(net, [[0.0, 0.75, 1.0]])
    Sequential(
      (0): Linear(2, 2)
      (1): ReLU()
      (2): Linear(2, 1)
    )
    """
    hidden = hidden_linears(net)
    widths = [(layer.out_features,) for layer in hidden]
    if (shapes := [np.shape(shares) for shares in activity]) != widths:
        raise ValueError(f"prune got activity of shapes {shapes}: expected {widths}, one number for each hidden unit")
    keeps = [np.asarray(shares) > threshold for shares in activity]
    for keep, shares in zip(keeps, activity, strict=True):
        keep[np.argmax(shares)] = True
    kept_of = dict(zip(hidden, keeps, strict=True))

    small: list[Layer] = []
    kept: Array | None = None  # of the units that come in; None before the first Linear
    for layer in in_a_row(net):
        if isinstance(layer, Linear):
            rows = np.full(layer.in_features, True) if kept is None else kept
            kept = kept_of.get(layer, np.full(layer.out_features, True))
            small.append(part_of_linear(layer, rows, kept))
        elif isinstance(layer, PReLU) and layer.num_parameters > 1 and kept is not None:
            small.append(part_of_prelu(layer, kept))
        else:
            small.append(copy.deepcopy(layer))
    return Sequential(*small).train(net.training)


def part_of_linear(layer: Linear, rows: Array, columns: Array) -> Linear:
    """The same layer for some of its inputs and some of its outputs.   rows (in,), columns (out,): True for those to keep

    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> part_of_linear(layer, np.array([True, False, True]), np.array([True, False]))
    Linear(2, 1)
    """
    W = layer.weight.value[np.ix_(rows, columns)]
    small = Linear(len(W), W.shape[1], layer.bias is not None, rng=np.random.default_rng(0), dtype=W.dtype)
    small.weight = Parameter(W, layer.weight.requires_grad)
    if layer.bias is not None:
        small.bias = Parameter(layer.bias.value[columns], layer.bias.requires_grad)
    small.needs_input_grad = layer.needs_input_grad
    return small


def part_of_prelu(layer: PReLU, kept: Array) -> PReLU:
    """The same layer for some of its units.

    >>> part_of_prelu(PReLU(3), np.array([True, False, True]))
    PReLU(num_parameters=2)
    """
    small = PReLU(int(kept.sum()))
    small.weight = Parameter(layer.weight.value[kept], layer.weight.requires_grad)
    return small


def in_a_row(net: Sequential) -> list[Layer]:
    """The layers of a network, with every Sequential inside it opened; a Residual stays whole, since its input goes past it too.

    >>> from dlcourse.layers import ReLU
    >>> in_a_row(Sequential(ReLU(), Sequential(ReLU())))
    [ReLU(), ReLU()]
    """
    return [leaf for layer in net for leaf in (in_a_row(layer) if is_row(layer) else [layer])]


def is_row(layer: Layer) -> TypeGuard[Sequential]:
    """Whether this is layers in a row and nothing else.

    >>> is_row(Sequential()), is_row(Residual())
    (True, False)
    """
    return isinstance(layer, Sequential) and not isinstance(layer, Residual)


def hidden_linears(net: Sequential) -> list[Linear]:
    """Every Linear but the last, or an error where something between them mixes units.

    >>> from dlcourse.layers import ReLU
    >>> rng = np.random.default_rng(0)
    >>> hidden_linears(Sequential(Linear(2, 3, rng=rng), ReLU(), Linear(3, 1, rng=rng)))
    [Linear(2, 3)]
    """
    if not is_row(net):
        raise TypeError(f"got {net!r}: expected a Sequential of Linear and activation layers")
    row = in_a_row(net)
    places = [i for i, layer in enumerate(row) if isinstance(layer, Linear)]
    if not places:
        raise ValueError(f"got a network without a Linear: {net!r}")
    for layer in row[places[0] : places[-1]]:
        if not isinstance(layer, UNIT_BY_UNIT) or isinstance(layer, Softmax):
            raise TypeError(
                f"got {layer!r} between Linears: expected layers that treat each unit by itself, as ReLU() does"
            )
    return [layer for layer in row[: places[-1]] if isinstance(layer, Linear)]


UNIT_BY_UNIT = (Linear, Activation, PReLU, Dropout)


def expect_numbers(op: str, X: ArrayLike) -> Array:
    """X as an array of floats without nan or inf.

    >>> expect_numbers("prune", [[1, 2]])
    array([[1., 2.]])
    """
    X = as_float(X)
    if not np.isfinite(X).all():
        raise ValueError(f"{op} got an X that holds nan or inf: replace them or leave their rows out")
    return X
