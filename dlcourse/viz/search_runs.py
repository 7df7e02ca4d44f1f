"""The runs that the search explorer shows: searches, a range test and schedules on a real network, made once and kept in a file.

    python -m dlcourse.viz.search_runs        makes them anew, in a few minutes

A move of the explorer trains nothing: it looks up what these trainings gave. On another
processor a last bit may lead a Gaussian process to other trials.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dlcourse import data
from dlcourse.layers import Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.lr_finder import range_test, smooth
from dlcourse.optim import SGD
from dlcourse.schedules import CosineAnnealingLR, CyclicLR, ExponentialLR, LinearLR, Schedule, SequentialLR, StepLR
from dlcourse.train import fit
from dlcourse.tuning import integer, log_uniform, search

Array = npt.NDArray[np.floating[Any]]

FILE = Path(__file__).with_suffix(".json")
METHODS = ("grid", "random", "tpe", "gp", "genetic")
SPACE = {"lr": log_uniform(1e-3, 10), "hidden": integer(2, 64, log=True)}
BUDGET, RUNS = 36, 20
LANDSCAPE = {"lr": np.geomspace(1e-3, 10, 25), "hidden": np.array([2, 3, 4, 6, 8, 12, 16, 24, 32, 45, 64])}
GUESSING = float(np.log(10))  # the loss of ten equal probabilities; what exploded counts as no better
STEPS = 136  # two epochs of the rates' network
PEAKS = np.geomspace(0.05, 3.2, 13)
SEEDS = 5  # trainings behind each mean
HIDDEN = 32  # units of the network that the rates are tried on
DIGITS = 3  # that are kept of each number


class Digits(NamedTuple):
    """Digits, standardised by the training set's statistics: 1078 to learn from, 360 to choose by."""

    X_train: Array
    y_train: Array
    X_val: Array
    y_val: Array


@cache
def digits() -> Digits:
    """The lesson's split; its test set stays out of here.

    >>> digits().X_train.shape, digits().X_val.shape
    ((1078, 64), (360, 64))
    """
    X, y = data.digits()
    X_train, X_val, _, y_train, y_val, _ = data.train_val_test_split(X, y, rng=np.random.default_rng(0))
    X_train, X_val = data.standardise(X_train, X_val)
    return Digits(X_train, y_train, X_val, y_val)


def trained(lr: float, hidden: int, seed: int, *, examples: int, batch_size: int, epochs: int, **options: Any) -> float:
    """The validation loss after training, at most that of guessing."""
    rng, loss, d = np.random.default_rng(seed), CrossEntropyLoss(), digits()
    net = network(hidden, rng)
    X, y = d.X_train[:examples], d.y_train[:examples]
    optimizer = SGD(net.parameters(), lr=lr)
    try:
        fit(net, loss, optimizer, X, y, epochs=epochs, batch_size=batch_size, rng=rng, progress=False, **options)
    except FloatingPointError:
        return GUESSING
    return min(loss(net(d.X_val), d.y_val), GUESSING)


def network(hidden: int, rng: np.random.Generator) -> Sequential:
    """64 pixels, one hidden layer of ReLUs, ten classes."""
    return Sequential(Linear(64, hidden, rng=rng), ReLU(), Linear(hidden, 10, rng=rng))


def objective(lr: float, hidden: int, seed: int) -> float:
    """What the searches minimise: three epochs of 300 digits.

    >>> round(objective(0.5, 32, seed=0), 2)
    0.31
    """
    return trained(lr, hidden, seed, examples=300, batch_size=32, epochs=3)


def schedule(name: str, peak: float) -> Schedule:
    """A schedule over STEPS steps whose highest rate is `peak`.

    >>> [round(schedule(name, 0.8)(STEPS // 2), 2) for name in SCHEDULES]
    [0.8, 0.07, 0.18, 0.4, 0.55, 0.08]
    """
    quarter, fifth = STEPS // 4, STEPS // 5
    down = CosineAnnealingLR(peak, T_max=STEPS - fifth)
    made: dict[str, Schedule] = {
        "constant": StepLR(peak, STEPS),
        "step": StepLR(peak, quarter, gamma=0.3),
        "exponential": ExponentialLR(peak, gamma=0.05 ** (1 / STEPS)),
        "cosine": CosineAnnealingLR(peak, T_max=STEPS),
        "warm-up, then cosine": SequentialLR([LinearLR(peak, 0.1, total_iters=fifth), down], [fifth]),
        "cyclic": CyclicLR(peak / 10, peak, step_size_up=quarter),
    }
    return made[name]


SCHEDULES = ("constant", "step", "exponential", "cosine", "warm-up, then cosine", "cyclic")


def after_schedule(name: str, peak: float, seed: int) -> float:
    """The validation loss after two epochs of all training digits under a schedule."""
    return trained(
        peak, HIDDEN, seed, examples=1078, batch_size=16, epochs=2, schedule=schedule(name, peak), schedule_by="step"
    )


class Runs(NamedTuple):
    """What is kept."""

    trials: dict[str, Array]  # method -> (runs, trials, 3): rate, hidden units, loss
    landscape: Array  # (hidden, rates): the loss, a mean over seeds
    schedules: dict[str, Array]  # schedule -> (peaks, seeds): the loss
    rates: Array  # of the range test
    losses: Array  # its losses, smoothed
    suggestion: float  # the rate of its steepest fall


def searched(method: str, seed: int) -> list[list[float]]:
    """The trials of one search; its seed also decides where the networks start."""
    result = search(
        lambda lr, hidden: objective(lr, hidden, seed), SPACE, method, BUDGET, rng=np.random.default_rng(seed)
    )
    return [[trial.params["lr"], trial.params["hidden"], trial.value] for trial in result.trials]


def make() -> dict[str, Any]:
    """All runs, as they are written down."""
    rng, d = np.random.default_rng(0), digits()
    test = range_test(
        network(HIDDEN, rng), CrossEntropyLoss(), d.X_train, d.y_train, low=1e-3, high=10, batch_size=16, rng=rng
    )
    landscape = [
        [np.mean([objective(lr, int(hidden), seed) for seed in range(SEEDS)]) for lr in LANDSCAPE["lr"]]
        for hidden in LANDSCAPE["hidden"]
    ]
    schedules = {
        name: [[after_schedule(name, peak, seed) for seed in range(SEEDS)] for peak in PEAKS] for name in SCHEDULES
    }
    return {
        "trials": {method: [searched(method, seed) for seed in range(RUNS)] for method in METHODS},
        "landscape": landscape,
        "schedules": schedules,
        "rates": test.rates,
        "losses": smooth(test.losses, 11),
        "suggestion": test.suggestion,
    }


def brief(value: Any) -> Any:
    """Numbers to a few digits, whatever they stand in.

    >>> brief({"loss": np.array([0.123456, 2.0])})
    {'loss': [0.123, 2.0]}
    """
    if isinstance(value, dict):
        return {name: brief(part) for name, part in value.items()}
    if isinstance(value, Iterable):
        return [brief(part) for part in value]
    return float(f"{value:.{DIGITS}g}")


@cache
def runs() -> Runs:
    """The runs, from the file.

    >>> runs().trials["random"].shape
    (20, 36, 3)
    """
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    tables = {name: {key: np.array(rows) for key, rows in kept[name].items()} for name in ("trials", "schedules")}
    return Runs(
        tables["trials"],
        np.array(kept["landscape"]),
        tables["schedules"],
        np.array(kept["rates"]),
        np.array(kept["losses"]),
        kept["suggestion"],
    )


def written(kept: dict[str, Any]) -> str:
    """The file's text, a search or a table a line."""
    text = json.dumps(brief(kept), separators=(",", ":"))
    return text.replace("]],", "]],\n").replace("]]},", "]]},\n") + "\n"


if __name__ == "__main__":
    FILE.write_text(written(make()), encoding="utf-8")
