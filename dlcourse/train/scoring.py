"""Asking a network without teaching it: evaluate, predict, accuracy. All in evaluation mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np

from dlcourse.data import same_length
from dlcourse.functional.arrays import Array, ArrayLike, as_float
from dlcourse.layers import Layer, Sigmoid
from dlcourse.losses import Loss

Batch: TypeAlias = tuple[Array, Array]
CHUNK = 4096  # examples at a time: every layer remembers its input, and a whole training set of those may not fit


def evaluate(net: Layer, loss: Loss, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
    """Loss, and accuracy for integer labels, without learning from it.

    >>> from dlcourse.layers import Identity
    >>> from dlcourse.losses import MSELoss
    >>> evaluate(Identity(), MSELoss(), [[1.0], [2.0]], [[1.0], [4.0]])
    {'loss': 2.0}
    """
    X, y = ready("evaluate", net, X, y)
    z = outputs(net, X)
    return scores(net, z, y, loss.forward(z, y))


def outputs(net: Layer, X: ArrayLike) -> Array:
    """What the network answers in evaluation mode.   X (N, ...) -> z (N, ...)

    >>> from dlcourse.layers import ReLU
    >>> outputs(ReLU(), [[-1.0], [2.0]])
    array([[0.],
           [2.]])
    """
    X = as_dtype_of(net, X)
    with evaluating(net):
        if len(X) <= CHUNK:
            return net.forward(X)
        return np.concatenate([net.forward(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)])


def predict(net: Layer, X: ArrayLike) -> Array:
    """The label of each example: the largest of K outputs, or, of a single output, 1 where yes is likelier than no.   -> (N,)

    A single output is a logit, likely above 0, unless the network ends with Sigmoid: then it is a probability, likely above 0.5.

    >>> from dlcourse.layers import Identity
    >>> predict(Identity(), [[0.1, 0.9], [0.8, 0.2]]), predict(Identity(), [[-3.0], [3.0]])
    (array([1, 0]), array([0, 1]))
    """
    return labels_of(net, outputs(net, X))


def accuracy(net: Layer, X: ArrayLike, y: ArrayLike) -> float:
    """The share of examples whose predicted label is y.

    >>> from dlcourse.layers import Identity
    >>> accuracy(Identity(), [[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    X, y = same_length("accuracy", X, y)
    if y.size != len(y):
        raise ValueError(f"accuracy got y of shape {y.shape}: expected ({len(y)},) integer labels")
    return float(np.mean(predict(net, X) == y.reshape(-1)))


def labels_of(net: Layer, z: Array) -> Array:
    """The labels that the outputs z of this network stand for; see predict.

    >>> from dlcourse.layers import Sigmoid
    >>> labels_of(Sigmoid(), np.array([[0.4], [0.6]]))
    array([0, 1])
    """
    if z.ndim == 2 and z.shape[1] > 1:
        best: Array = z.argmax(axis=1)
        return best
    boundary = 0.5 if isinstance(list(net.named_leaves().values())[-1], Sigmoid) else 0.0
    return (z.reshape(len(z)) > boundary).astype(np.int64)


def scores(net: Layer, z: Array, y: Array, value: float) -> dict[str, float]:
    """The loss and, where y holds one integer label per example, the accuracy.

    >>> from dlcourse.layers import Identity
    >>> scores(Identity(), np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]), value=0.7)
    {'loss': 0.7, 'accuracy': 0.5}
    """
    if y.dtype.kind not in "biu" or y.size != len(z):
        return {"loss": value}
    return {"loss": value, "accuracy": float(np.mean(labels_of(net, z) == y.reshape(-1)))}


@contextmanager
def evaluating(net: Layer) -> Iterator[None]:
    """Evaluation mode for the length of a with block.

    >>> from dlcourse.layers import ReLU
    >>> net = ReLU()
    >>> with evaluating(net):
    ...     print(net.training)
    False
    >>> net.training
    True
    """
    mode = net.training
    net.eval()
    try:
        yield
    finally:
        net.train(mode)


def as_dtype_of(net: Layer, X: ArrayLike) -> Array:
    """X in the dtype of the network's parameters, so that a float32 network computes in float32 throughout.

    >>> from dlcourse.layers import PReLU
    >>> as_dtype_of(PReLU(dtype=np.float32), [1.0, 2.0]).dtype
    dtype('float32')
    """
    X, parameters = as_float(X), net.parameters()
    return np.asarray(X, dtype=parameters[0].value.dtype) if parameters else X


def ready(op: str, net: Layer, X: ArrayLike, y: ArrayLike) -> Batch:
    """X and y as arrays that this network can take, or an error that says what is wrong with them.

    >>> from dlcourse.layers import Identity
    >>> ready("fit", Identity(), [[1], [2]], [0, 1])
    (array([[1.],
           [2.]]), array([0, 1]))
    """
    X, y = same_length(op, as_dtype_of(net, X), y)
    if len(X) == 0:
        raise ValueError(f"{op} got no examples: X has shape {X.shape}")
    for name, array in (("X", X), ("y", y)):
        if array.dtype.kind == "f" and (bad := array.size - np.count_nonzero(np.isfinite(array))):
            raise ValueError(
                f"{op} got {bad} entries of {name} that are nan or inf: replace them or leave their rows out"
            )
    return X, y
