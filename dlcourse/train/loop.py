"""The loop that all of deep learning shares.

    for every epoch, for every batch:
        z = net.forward(X)                 forward
        loss.forward(z, y)                 how wrong?
        net.backward(loss.backward())      backward
        optimizer.step()                   update

fit runs it, keeps the history, shows how far it is, and stops with a clear word when a run is lost.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from os import PathLike
from typing import Any, Literal, TypeAlias

import numpy as np

from dlcourse.data import batches
from dlcourse.functional.arrays import Array, ArrayLike
from dlcourse.hooks import capture
from dlcourse.layers import Layer
from dlcourse.losses import Loss
from dlcourse.optim import Optimizer
from dlcourse.regularizers import ElasticNet
from dlcourse.schedules import ReduceLROnPlateau, Schedule
from dlcourse.train.checkpoint import Checkpoint
from dlcourse.train.history import History
from dlcourse.train.progress import Progress, progress_bar
from dlcourse.train.scoring import Batch, evaluate, ready, scores
from dlcourse.train.statistics import GradientStatistics

StepHook: TypeAlias = Callable[[Layer], object]


def fit(
    net: Layer,
    loss: Loss,
    optimizer: Optimizer,
    X: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: int | Callable[[int], int] = 32,
    rng: np.random.Generator,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    augment: Callable[[Array, np.random.Generator], Array] | None = None,
    schedule: Schedule | None = None,
    schedule_by: Literal["epoch", "step"] = "epoch",
    regularizer: ElasticNet | None = None,
    before_step: Iterable[StepHook] = (),
    after_step: Iterable[StepHook] = (),
    callbacks: Iterable[Callable[[int, Any, History], bool | None]] = (),
    record_gradients: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    progress: Progress = True,
) -> History:
    """Train net on X, y in place: every epoch shuffles the examples and takes one step per batch.   -> History

    Interrupting the cell ends it and returns the history so far. A loss that is not finite is a FloatingPointError that says at which
    step and layer it began.

        batch_size        a number, or a function of the epoch, such as BatchSizeSchedule(32, step_size=10)
        validation        (X_val, y_val), looked at after every epoch, never learned from
        augment           augment(X, rng) -> X, drawn anew for every batch
        schedule          sets the rate before every epoch, or with schedule_by="step" before every step; one that watches a metric
                          gets the last validation loss (training loss without validation), or accuracy where its mode is "max"
        regularizer       L1, L2 or ElasticNet; biases are left out, and the history's losses are without it
        before_step       hook(net), called between backward and update, such as lambda net: clip_grad_norm_(net.parameters(), 1.0)
        after_step        hook(net), called after each update
        callbacks         callback(epoch, net, history), called after each epoch, from 0 on; one that returns True ends the training
        record_gradients  the history's gradient_norm and update_ratio
        checkpoint        a path: written after every epoch; where it is there already, the training goes on from it, to the very
                          numbers of one that never stopped
        progress          a bar; "auto" shows it in a terminal or a notebook only

    >>> from dlcourse import data
    >>> from dlcourse.layers import Linear, ReLU, Sequential
    >>> from dlcourse.losses import CrossEntropyLoss
    >>> from dlcourse.optim import Adam
    >>> from dlcourse.train import accuracy
    >>> rng = np.random.default_rng(0)
    >>> X, y = data.moons(200, rng=rng)
    >>> net = Sequential(Linear(2, 16, rng=rng), ReLU(), Linear(16, 2, rng=rng))
    >>> optimizer = Adam(net.parameters(), lr=0.03)
    >>> history = fit(net, CrossEntropyLoss(), optimizer, X, y, epochs=40, rng=rng, progress=False)
    >>> len(history.loss), accuracy(net, X, y) > 0.95
    (40, True)
    """
    X, y = expect_fitting(net, loss, optimizer, X, y)
    if not isinstance(epochs, int | np.integer) or epochs < 0:
        raise ValueError(f"fit got epochs={epochs!r}: expected a whole number of at least 0")
    if validation is not None:
        validation = ready("fit (validation)", net, *validation)
    if schedule_by not in ("epoch", "step") or (schedule_by == "step" and isinstance(schedule, ReduceLROnPlateau)):
        raise ValueError(
            f"fit got schedule_by={schedule_by!r} for {schedule!r}: expected 'epoch', or 'step' for a pure schedule"
        )
    callbacks, after_step = tuple(callbacks), tuple(after_step)
    statistics = GradientStatistics() if record_gradients else None
    file = Checkpoint(checkpoint, net, optimizer, (schedule, *callbacks), rng=rng) if checkpoint is not None else None
    history, stopped = file.load() if file else (History(), False)

    # What happens between backward and update, in this order.
    hooks: list[StepHook] = list(before_step)
    if regularizer is not None:
        weights, penalise = [p for p in net.parameters() if p.value.ndim > 1], regularizer.add_gradient
        hooks.insert(0, lambda net: penalise(weights))
    if statistics is not None:
        hooks.append(statistics)
    if schedule is not None and schedule_by == "step":
        ticks, set_rate = count(history.steps), schedule.step
        hooks.append(lambda net: set_rate(optimizer, next(ticks)))

    with watching(net, history, progress_bar(progress, epochs, done=len(history.loss))) as bar:
        for epoch in range(len(history.loss), len(history.loss) if stopped else epochs):
            if schedule is not None and schedule_by == "epoch":
                what = "accuracy" if getattr(schedule, "mode", "min") == "max" else "loss"
                schedule.step(optimizer, epoch, history.watched(what))
            size = batch_size(epoch) if callable(batch_size) else batch_size
            loader = batches(X, y, size, rng=rng)
            if augment is not None:
                loader = augmented(loader, augment, rng)
            # An overflow on the way to a lost run is not worth a warning each: train_epoch says it once, and clearly.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                row = train_epoch(net, loss, optimizer, loader, history.steps, hooks, after_step)
                if validation is not None:
                    row |= {f"val_{name}": value for name, value in evaluate(net, loss, *validation).items()}
            history.add(row, lr=optimizer.lr, steps=-(-len(X) // size))
            if statistics is not None:
                history.add_statistics(*statistics.means(net))
            if bar is not None:
                bar.set_postfix(row, refresh=False)
                bar.update()
            # A list, so that every callback is called, whatever the one before it said.
            stopped = True in [callback(epoch, net, history) for callback in callbacks]
            if file is not None:
                file.save(history, stopped)
            if stopped:
                break
    for callback in callbacks:
        getattr(callback, "finish", lambda net: None)(net)
    return history


def train_epoch(
    net: Layer,
    loss: Loss,
    optimizer: Optimizer,
    loader: Iterable[Batch],
    steps: int = 0,
    before_step: Iterable[StepHook] = (),
    after_step: Iterable[StepHook] = (),
) -> dict[str, float]:
    """One step per batch; the mean loss, and accuracy for integer labels, as they were met. steps: how many went before

    >>> from dlcourse.layers import Linear
    >>> from dlcourse.losses import MSELoss
    >>> from dlcourse.optim import SGD
    >>> net = Linear(1, 1, rng=np.random.default_rng(0))
    >>> optimizer = SGD(net.parameters(), lr=0.1)
    >>> loader = [(np.array([[1.0]]), np.array([[2.0]]))] * 2
    >>> [round(value, 3) for value in train_epoch(net, MSELoss(), optimizer, loader).values()]
    [3.251]
    """
    net.train()
    rows, sizes = [], []
    for step, (X, y) in enumerate(loader, start=steps + 1):
        z = net.forward(X)
        value = loss.forward(z, y)
        if not np.isfinite(value):
            raise FloatingPointError(f"the loss became {value} at step {step}: {blame(net, X)} (lr={optimizer.lr:g})")
        optimizer.zero_grad()
        net.backward(loss.backward())
        for hook in before_step:
            hook(net)
        optimizer.step()
        for hook in after_step:
            hook(net)
        rows.append(scores(net, z, y, value))
        sizes.append(len(z))
    return {name: float(np.average([row[name] for row in rows], weights=sizes)) for name in rows[0]}


def expect_fitting(net: Layer, loss: Loss, optimizer: Optimizer, X: ArrayLike, y: ArrayLike) -> Batch:
    """X and y as arrays, or an error about whatever does not fit together.

    >>> expect_fitting(Layer, Loss(), None, [[1.0]], [0])
    Traceback (most recent call last):
    TypeError: fit got the class Layer: expected an object, such as Layer(...)
    """
    for part in (net, loss, optimizer):
        if isinstance(part, type):
            raise TypeError(f"fit got the class {part.__name__}: expected an object, such as {part.__name__}(...)")
    X, y = ready("fit", net, X, y)
    if not set(net.parameters()) & set(optimizer.parameters):
        raise ValueError("fit got an optimizer of another network: make it anew, with this net.parameters()")
    return X, y


def augmented(
    loader: Iterable[Batch], augment: Callable[[Array, np.random.Generator], Array], rng: np.random.Generator
) -> Iterator[Batch]:
    """The batches, each changed as augment does, in the shape and dtype that it had.

    >>> loader = [(np.zeros((1, 2)), np.array([0]))]
    >>> list(augmented(loader, lambda X, rng: X + 1, np.random.default_rng(0)))
    [(array([[1., 1.]]), array([0]))]
    """
    for X, y in loader:
        changed = np.asarray(augment(X, rng), dtype=X.dtype)
        if changed.shape != X.shape:
            raise ValueError(
                f"augment returned an array of shape {changed.shape}: expected {X.shape}, the shape it got"
            )
        yield changed, y


@contextmanager
def watching(net: Layer, history: History, bar: Any) -> Iterator[Any]:
    """What must be put right at the end, however it comes. An interrupt is a wish to see how far it went, and no error.

    >>> history = History()
    >>> with watching(Layer(), history, bar=None):
    ...     raise KeyboardInterrupt
    >>> history.seconds > 0
    True
    """
    started, needed, net.needs_input_grad = time.perf_counter(), net.needs_input_grad, False
    try:
        yield bar
    except KeyboardInterrupt:
        pass
    finally:
        net.needs_input_grad = needed
        history.seconds = time.perf_counter() - started
        if bar is not None:
            bar.close()


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
    for row, (name, layer) in zip(record, net.named_leaves().items(), strict=True):
        if row.output is not None and not np.isfinite(row.output).all():
            return f"layer {name or 0}, {layer!r}, is the first whose output is not finite; try a smaller lr"
    return "every layer's output is finite, so the loss itself overflowed; try a smaller lr, or standardise the data"
