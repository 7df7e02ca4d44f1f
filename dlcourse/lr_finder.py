"""The learning-rate range test: let the rate grow from far too small to far too large in one short run, and watch the loss.

First nothing happens, then the loss falls, then it explodes. A good rate lies where it falls fastest (Smith, 2017).
"""

import copy
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from dlcourse.data import batches
from dlcourse.functional.arrays import Array, ArrayLike
from dlcourse.layers import Layer
from dlcourse.losses import Loss
from dlcourse.optim import SGD, Optimizer
from dlcourse.parameter import Parameter

EXPLODED = 4.0  # times the lowest loss: then larger rates need not be tried


class RangeTest(NamedTuple):
    """What a range test saw: the rate and the loss of each step, and the rate that it suggests.

    >>> rates, losses, suggestion = RangeTest(np.array([0.1, 1.0]), np.array([2.0, 1.0]), 0.1)
    """

    rates: Array
    losses: Array
    suggestion: float


def range_test(
    net: Layer,
    loss: Loss,
    X: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    optimizer: Callable[[list[Parameter], float], Optimizer] = SGD,
) -> RangeTest:
    """One step at each of `steps` rates, from low to high by equal factors: rate_i = low (high / low)^(i / (steps - 1))

    Ends early when the loss explodes. A copy of the network takes the steps: net stays as it was. optimizer is a class, or any
    function from (parameters, lr) to an optimizer. A loss that never falls is a ValueError.

    >>> from dlcourse import data
    >>> from dlcourse.layers import Linear, ReLU, Sequential
    >>> from dlcourse.losses import CrossEntropyLoss
    >>> rng = np.random.default_rng(0)
    >>> X, y = data.moons(200, rng=rng)
    >>> net = Sequential(Linear(2, 32, rng=rng), ReLU(), Linear(32, 2, rng=rng))
    >>> rates, losses, suggestion = range_test(net, CrossEntropyLoss(), X, y, low=1e-4, high=100, rng=rng)
    >>> bool(0.05 < suggestion < 5)
    True
    """
    if not 0 < low < high < np.inf:
        raise ValueError(f"range_test got low={low}, high={high}: expected 0 < low < high")
    if steps < 3:
        raise ValueError(f"range_test got steps={steps}: expected at least 3")
    net, loss = copy.deepcopy((net, loss))
    net.train()
    machine = optimizer(net.parameters(), low)
    losses: list[float] = []
    rates = np.geomspace(low, high, steps)
    # Going too far is the point of the test, so an overflow is no news.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for rate, (xs, ys) in zip(rates, islice(endless_batches(X, y, batch_size, rng), steps), strict=True):
            value = loss.forward(net.forward(xs), ys)
            if not np.isfinite(value) or value > EXPLODED * min(losses, default=value):
                break
            losses.append(value)
            machine.zero_grad()
            net.backward(loss.backward())
            machine.lr = float(rate)
            machine.step()
    if not losses:
        raise ValueError(
            f"range_test got a loss of {value} before the first step: look for nan or huge numbers in X and y"
        )
    tried, seen = rates[: len(losses)], np.array(losses)
    return RangeTest(tried, seen, steepest(tried, seen, window=steps // 10 | 1))  # a tenth of the steps, made odd


def steepest(rates: ArrayLike, losses: ArrayLike, window: int = 11) -> float:
    """The rate at which the smoothed loss falls fastest over log(rate), on the way to its lowest: argmin d smooth(loss) / d log(rate)

    losses[i] was measured just before the step at rates[i]. A loss that never falls is a ValueError.

    >>> steepest([0.001, 0.01, 0.1, 1.0, 10.0, 100.0], [1.0, 1.0, 0.9, 0.2, 9.0, 3.0], window=1)
    0.1
    """
    rates, losses = np.asarray(rates, dtype=float), np.asarray(losses, dtype=float)
    if rates.shape != losses.shape or rates.ndim != 1 or not rates.size:
        raise ValueError(f"steepest got rates {rates.shape} and losses {losses.shape}: expected (S,) each")
    curve = smooth(losses, window)
    lowest = int(curve.argmin())
    if lowest == 0:
        raise ValueError(f"the loss never fell between lr={rates[0]:g} and lr={rates[-1]:g}: start from a smaller low")
    # What falls after the lowest loss is a run that was thrown out and is coming back.
    return float(rates[np.gradient(curve, np.log(rates))[: lowest + 1].argmin()])


def smooth(values: ArrayLike, window: int = 5) -> Array:
    """The mean over a window that is centred at each value, and cut off at both ends.   window: an odd number

    >>> smooth([0.0, 3.0, 0.0, 0.0], window=3)
    array([1.5, 1. , 1. , 0. ])
    """
    if window < 1 or window % 2 == 0:
        raise ValueError(f"smooth got window={window}: expected an odd number, so that it has a middle")
    values = np.asarray(values, dtype=float)
    half = window // 2
    return np.array([values[max(i - half, 0) : i + half + 1].mean() for i in range(len(values))])


def endless_batches(
    X: ArrayLike, y: ArrayLike, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Epoch after epoch of shuffled batches.

    >>> loader = endless_batches(np.zeros((3, 2)), np.arange(3), 2, np.random.default_rng(0))
    >>> [len(X) for X, y in islice(loader, 5)]
    [2, 1, 2, 1, 2]
    """
    while True:
        yield from batches(X, y, batch_size, rng=rng)
