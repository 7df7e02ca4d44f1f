"""Training: the loop that all of deep learning shares.

    for every epoch, for every batch:
        z = net.forward(X)                 forward
        loss.forward(z, y)                 how wrong?
        net.backward(loss.backward())      backward
        optimizer.step()                   update

fit runs it, keeps the history, shows how far it is, and stops with a clear word when a run is lost.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import numpy as np

from dlcourse.data import batches, same_length
from dlcourse.functional.arrays import Array, ArrayLike, as_float
from dlcourse.hooks import capture, leaves
from dlcourse.layers import Layer, Sigmoid
from dlcourse.losses import Loss
from dlcourse.optim import Optimizer


@dataclass
class History:
    """What fit saw, one number per epoch in each list.

    loss and accuracy are means over the epoch's batches, each measured just before the step that it caused; val_loss and
    val_accuracy are measured after the epoch. Accuracies are kept for integer labels only. seconds is the time of the whole fit.

    >>> History(loss=[2.3, 0.1], accuracy=[0.1, 0.98])
    History(epochs=2, loss 2.3 -> 0.1, accuracy 0.1 -> 0.98)
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def curves(self) -> dict[str, list[float]]:
        """The lists that hold something, by name.

        >>> History(loss=[2.3, 0.1]).curves()
        {'loss': [2.3, 0.1]}
        """
        lists = {name: getattr(self, name) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
        return {name: values for name, values in lists.items() if values}

    def __repr__(self) -> str:
        curves = [f", {name} {values[0]:.4g} -> {values[-1]:.4g}" for name, values in self.curves().items()]
        return f"History(epochs={len(self.loss)}{''.join(curves)})"


Callback = Callable[[int, Any, History], bool | None]
Batch = tuple[Array, Array]


def fit(
    net: Layer,
    loss: Loss,
    optimizer: Optimizer,
    X: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: int = 32,
    rng: np.random.Generator,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool | Literal["auto"] = True,
) -> History:
    """Train net on X, y in place: every epoch shuffles the examples and takes one step per batch.   -> History

    After each epoch every callback(epoch, net, history) is called, epoch counting from 0; one that returns True ends the
    training. Interrupting the cell ends it too and returns the history so far. A loss that is not finite is a FloatingPointError
    that says at which step and layer it began. progress="auto" shows the bar in a terminal or a notebook only.

    >>> from dlcourse import data
    >>> from dlcourse.layers import Linear, ReLU, Sequential
    >>> from dlcourse.losses import CrossEntropyLoss
    >>> from dlcourse.optim import Adam
    >>> rng = np.random.default_rng(0)
    >>> X, y = data.moons(200, rng=rng)
    >>> net = Sequential(Linear(2, 16, rng=rng), ReLU(), Linear(16, 2, rng=rng))
    >>> optimizer = Adam(net.parameters(), lr=0.03)
    >>> history = fit(net, CrossEntropyLoss(), optimizer, X, y, epochs=40, rng=rng, progress=False)
    >>> len(history.loss), accuracy(net, X, y) > 0.95
    (40, True)
    """
    for part in (net, loss, optimizer):
        if isinstance(part, type):
            raise TypeError(f"fit got the class {part.__name__}: expected an object, such as {part.__name__}(...)")
    X, y = ready("fit", net, X, y)
    if not set(net.parameters()) & set(optimizer.parameters):
        raise ValueError("fit got an optimizer of another network: make it anew, with this net.parameters()")
    if validation is not None:
        validation = ready("fit (validation)", net, *validation)
    callbacks, steps, history, started = tuple(callbacks), count(1), History(), time.perf_counter()
    bar = progress_bar(epochs) if wanted(progress) else None
    needed, net.needs_input_grad = net.needs_input_grad, False
    try:
        for epoch in range(epochs):
            # An overflow on the way to a lost run is not worth a warning each: train_epoch says it once, and clearly.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                row = train_epoch(net, loss, optimizer, batches(X, y, batch_size, rng=rng), steps)
                if validation is not None:
                    row |= {f"val_{name}": value for name, value in evaluate(net, loss, *validation).items()}
            for name, value in row.items():
                getattr(history, name).append(value)
            if bar is not None:
                bar.set_postfix(row, refresh=False)
                bar.update()
            # A list, so that every callback is called, whatever the one before it said.
            if True in [callback(epoch, net, history) for callback in callbacks]:
                break
    except KeyboardInterrupt:
        pass  # the learner stopped it, and wants to see how far it came
    finally:
        net.needs_input_grad = needed
        history.seconds = time.perf_counter() - started
        if bar is not None:
            bar.close()
    return history


def train_epoch(
    net: Layer, loss: Loss, optimizer: Optimizer, loader: Iterable[Batch], steps: Iterator[int]
) -> dict[str, float]:
    """One step per batch; the mean loss, and accuracy for integer labels, as they were met.

    >>> from dlcourse.layers import Linear
    >>> from dlcourse.losses import MSELoss
    >>> from dlcourse.optim import SGD
    >>> net = Linear(1, 1, rng=np.random.default_rng(0))
    >>> optimizer = SGD(net.parameters(), lr=0.1)
    >>> loader = [(np.array([[1.0]]), np.array([[2.0]]))] * 2
    >>> [round(value, 3) for value in train_epoch(net, MSELoss(), optimizer, loader, count(1)).values()]
    [3.251]
    """
    net.train()
    rows, sizes = [], []
    for (X, y), step in zip(loader, steps, strict=False):
        z = net.forward(X)
        value = loss.forward(z, y)
        if not np.isfinite(value):
            raise FloatingPointError(f"the loss became {value} at step {step}: {blame(net, X)} (lr={optimizer.lr:g})")
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
        rows.append(scores(net, z, y, value))
        sizes.append(len(z))
    return {name: float(np.average([row[name] for row in rows], weights=sizes)) for name in rows[0]}


def evaluate(net: Layer, loss: Loss, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
    """Loss, and accuracy for integer labels, without learning from it.

    >>> from dlcourse.layers import Identity
    >>> from dlcourse.losses import MSELoss
    >>> evaluate(Identity(), MSELoss(), [[1.0], [2.0]], [[1.0], [4.0]])
    {'loss': 2.0}
    """
    X, y = ready("evaluate", net, X, y)
    with evaluating(net):
        z = net.forward(X)
    return scores(net, z, y, loss.forward(z, y))


def predict(net: Layer, X: ArrayLike) -> Array:
    """The label of each example: the largest of K outputs, or, of a single output, 1 where yes is likelier than no.   -> (N,)

    A single output is a logit, likely above 0, unless the network ends with Sigmoid: then it is a probability, likely above 0.5.

    >>> from dlcourse.layers import Identity
    >>> predict(Identity(), [[0.1, 0.9], [0.8, 0.2]]), predict(Identity(), [[-3.0], [3.0]])
    (array([1, 0]), array([0, 1]))
    """
    with evaluating(net):
        z = net.forward(as_dtype_of(net, X))
    return labels_of(net, z)


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
    boundary = 0.5 if isinstance(leaves(net)[-1], Sigmoid) else 0.0
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
    if bad := X.size - np.count_nonzero(np.isfinite(X)):
        raise ValueError(f"{op} got {bad} entries of X that are nan or inf: replace them or leave their rows out")
    return X, y


def blame(net: Layer, X: Array) -> str:
    """Say which layer is the first whose output on X is not finite.

    >>> from dlcourse.layers import Linear, ReLU, Sequential
    >>> net = Sequential(ReLU(), Linear(1, 1, rng=np.random.default_rng(0)))
    >>> net[1].weight.value = [[np.nan]]
    >>> blame(net, np.array([[1.0]]))
    'layer 1, Linear(1, 1), is the first whose output is not finite; try a smaller lr'
    """
    with capture(net) as record:
        net.forward(X)
    for i, (layer, row) in enumerate(zip(leaves(net), record, strict=True)):
        if row.output is not None and not np.isfinite(row.output).all():
            return f"layer {i}, {layer!r}, is the first whose output is not finite; try a smaller lr"
    return "every layer's output is finite, so the loss itself overflowed; try a smaller lr, or standardise the data"


def wanted(progress: bool | Literal["auto"]) -> bool:
    """Whether to show a bar; "auto" asks if anybody watches.

    >>> wanted(True), wanted(False)
    (True, False)
    """
    return (sys.stderr.isatty() or "ipykernel" in sys.modules) if progress == "auto" else progress


def progress_bar(epochs: int) -> Any:
    """A tqdm bar; without tqdm's watching thread, since a browser's Python has no threads.

    >>> progress_bar(3).total
    3
    """
    from tqdm.auto import tqdm

    return type("EpochBar", (tqdm,), {"monitor_interval": 0})(total=epochs, unit="epoch")
