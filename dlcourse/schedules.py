"""Schedules: the learning rate as a function of time. Large steps to get near, small ones to settle.

A schedule holds all that it needs, the starting rate included, and maps t = 0, 1, 2, ... (epochs or steps, as you count) to a rate:

    schedule(t), schedule.lr(t)             -> the rate for epoch (or step) t; a pure function of t
    schedule.step(optimizer, t, metric)     sets optimizer.lr for epoch (or step) t; call it before that epoch
                                            metric: what was measured after the epoch before it; None where nothing was

Only ReduceLROnPlateau watches the metric: its step() calls update(metric), and its lr is the rate it has come to. All rates equal
those of PyTorch's schedulers of the same names; momentum is left alone (PyTorch's cycle_momentum=False).

Beside them BatchSizeSchedule: growing the batch does what shrinking the rate does. A rate to start from: lr_finder.range_test.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, inf, pi
from typing import Any, Literal, Protocol


class HasRate(Protocol):
    """What step() sets the rate of: an optimizer."""

    lr: float


class Schedule:
    """What all schedules share; a new one defines lr(t).

    >>> class HalfLater(Schedule):
    ...     def lr(self, t):
    ...         return 0.1 if t < 10 else 0.05
    >>> HalfLater()(3), HalfLater()(30)
    (0.1, 0.05)
    """

    def lr(self, t: int) -> float:
        """The rate for epoch (or step) t = 0, 1, 2, ..."""
        raise NotImplementedError(f"{type(self).__name__} needs an lr(self, t) method")

    def __call__(self, t: int) -> float:
        """The same as lr(t)."""
        return self.lr(t)

    def step(self, optimizer: HasRate, t: int, metric: float | None = None) -> None:
        """Set the optimizer's rate for epoch (or step) t."""
        optimizer.lr = float(self.lr(t))

    def require(self, setting: str, holds: bool, expected: str) -> None:
        """Refuse a setting that makes no sense."""
        if not holds:
            raise ValueError(f"{type(self).__name__} got {setting}={getattr(self, setting)}: expected {expected}")

    def require_rates(self, *settings: str) -> None:
        """Refuse rates that are negative or not finite."""
        for setting in settings:
            self.require(setting, 0 <= getattr(self, setting) < inf, "a number of at least 0")

    def require_counts(self, *settings: str) -> None:
        """Refuse lengths of time that are not at least 1."""
        for setting in settings:
            count = getattr(self, setting)
            self.require(setting, count >= 1 and count % 1 == 0, "a whole number of at least 1")

    def require_factors(self, *settings: str) -> None:
        """Refuse factors that are not positive."""
        for setting in settings:
            self.require(setting, 0 < getattr(self, setting) < inf, "a number above 0")


@dataclass(frozen=True)
class StepLR(Schedule):
    """Times gamma after every step_size epochs: lr = initial_lr gamma^floor(t / step_size)

    >>> schedule = StepLR(0.5, step_size=10)
    >>> schedule(0), schedule(9), schedule(10)
    (0.5, 0.5, 0.05)
    """

    initial_lr: float
    step_size: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        self.require_rates("initial_lr")
        self.require_counts("step_size")
        self.require_factors("gamma")

    def lr(self, t: int) -> float:
        """A staircase."""
        return self.initial_lr * self.gamma ** (t // self.step_size)


@dataclass(frozen=True)
class MultiStepLR(Schedule):
    """Times gamma at each milestone: lr = initial_lr gamma^(number of milestones <= t)

    >>> schedule = MultiStepLR(0.5, milestones=(30, 80))
    >>> schedule(29), schedule(30), round(schedule(80), 4)
    (0.5, 0.05, 0.005)
    """

    initial_lr: float
    milestones: Sequence[int]
    gamma: float = 0.1

    def __post_init__(self) -> None:
        self.require_rates("initial_lr")
        self.require("milestones", list(self.milestones) == sorted(self.milestones), "epochs in rising order")
        self.require_factors("gamma")

    def lr(self, t: int) -> float:
        """A staircase of uneven steps."""
        return self.initial_lr * self.gamma ** bisect_right(self.milestones, t)


@dataclass(frozen=True)
class ExponentialLR(Schedule):
    """Times gamma after every epoch: lr = initial_lr gamma^t

    >>> schedule = ExponentialLR(0.5, gamma=0.5)
    >>> schedule(0), schedule(1), schedule(2)
    (0.5, 0.25, 0.125)
    """

    initial_lr: float
    gamma: float

    def __post_init__(self) -> None:
        self.require_rates("initial_lr")
        self.require_factors("gamma")

    def lr(self, t: int) -> float:
        """A straight line on a log axis."""
        return self.initial_lr * self.gamma**t


@dataclass(frozen=True)
class CosineAnnealingLR(Schedule):
    """Half a cosine wave down in T_max epochs: lr = eta_min + (initial_lr - eta_min) (1 + cos(pi t / T_max)) / 2

    (Loshchilov and Hutter, 2017.) After T_max it comes up again, as PyTorch's does.

    >>> schedule = CosineAnnealingLR(0.5, T_max=10)
    >>> schedule(0), round(schedule(5), 4), schedule(10)
    (0.5, 0.25, 0.0)
    """

    initial_lr: float
    T_max: int
    eta_min: float = 0.0

    def __post_init__(self) -> None:
        self.require_rates("initial_lr", "eta_min")
        self.require_counts("T_max")

    def lr(self, t: int) -> float:
        """Slow at both ends, fast in between."""
        return self.eta_min + (self.initial_lr - self.eta_min) * (1 + cos(pi * t / self.T_max)) / 2


@dataclass(frozen=True)
class LinearLR(Schedule):
    """Warm-up: in a straight line from start_factor initial_lr to end_factor initial_lr in total_iters steps; then it stays.

    (Goyal et al., 2017.) Follow it with another schedule by SequentialLR.

    >>> schedule = LinearLR(0.5, start_factor=0.2, total_iters=4)
    >>> [round(schedule(t), 4) for t in range(6)]
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.5]
    """

    initial_lr: float
    start_factor: float = 1 / 3
    end_factor: float = 1.0
    total_iters: int = 5

    def __post_init__(self) -> None:
        self.require_rates("initial_lr")
        self.require("start_factor", 0 < self.start_factor <= 1, "a number above 0 and up to 1")
        self.require("end_factor", 0 <= self.end_factor <= 1, "a number from 0 to 1")
        self.require_counts("total_iters")

    def lr(self, t: int) -> float:
        """A ramp."""
        done = min(t / self.total_iters, 1)
        return self.initial_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


@dataclass(frozen=True)
class SequentialLR(Schedule):
    """One schedule after the other: the next begins, at its own t = 0, at each milestone.

    >>> schedule = SequentialLR([LinearLR(0.5, 0.2, total_iters=2), CosineAnnealingLR(0.5, T_max=10)], milestones=[2])
    >>> [round(schedule(t), 4) for t in (0, 1, 2, 7, 12)]
    [0.1, 0.3, 0.5, 0.25, 0.0]
    """

    schedules: Sequence[Schedule]
    milestones: Sequence[int]

    def __post_init__(self) -> None:
        n, rising = len(self.schedules), sorted(set(self.milestones))
        fits = list(self.milestones) == rising and len(rising) == n - 1
        self.require("milestones", fits, f"{n - 1} epochs in rising order, one less than there are schedules")

    def lr(self, t: int) -> float:
        """The rate of the schedule whose turn it is."""
        turn = bisect_right(self.milestones, t)
        return self.schedules[turn].lr(t - (self.milestones[turn - 1] if turn else 0))


@dataclass(frozen=True)
class CyclicLR(Schedule):
    """Up from base_lr to max_lr in step_size_up steps and down again in step_size_down (as many, if not given), over and over.

    mode: "triangular" keeps the height, "triangular2" halves it after each cycle, "exp_range" multiplies it by gamma^t.
    (Smith, 2017.)

    >>> schedule = CyclicLR(0.0, 0.8, step_size_up=4, mode="triangular2")
    >>> [round(schedule(t), 4) for t in (0, 2, 4, 6, 8, 12)]
    [0.0, 0.4, 0.8, 0.4, 0.0, 0.4]
    """

    base_lr: float
    max_lr: float
    step_size_up: int = 2000
    step_size_down: int | None = None
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular"
    gamma: float = 1.0

    def __post_init__(self) -> None:
        self.require_rates("base_lr", "max_lr")
        self.require_counts("step_size_up", *(["step_size_down"] if self.step_size_down is not None else []))
        self.require("mode", self.mode in HEIGHTS, " or ".join(map(repr, HEIGHTS)))
        self.require_factors("gamma")

    def lr(self, t: int) -> float:
        """A saw."""
        up = self.step_size_up
        down = up if self.step_size_down is None else self.step_size_down
        cycle, place = divmod(t, up + down)
        share = place / up if place <= up else (up + down - place) / down
        return self.base_lr + (self.max_lr - self.base_lr) * share * HEIGHTS[self.mode](self.gamma, cycle, t)


HEIGHTS: dict[str, Callable[[float, int, int], float]] = {
    "triangular": lambda gamma, cycle, t: 1.0,
    "triangular2": lambda gamma, cycle, t: 0.5**cycle,
    "exp_range": lambda gamma, cycle, t: gamma**t,
}


@dataclass(frozen=True)
class OneCycleLR(Schedule):
    """Once up to max_lr and then down, far below the start, in total_steps steps.

        initial_lr = max_lr / div_factor  --(pct_start of the steps)-->  max_lr  --(the rest)-->  initial_lr / final_div_factor

    anneal_strategy: the way between is half a cosine wave ("cos") or a straight line ("linear"). (Smith and Topin, 2019; as in
    PyTorch with three_phase=False.) The lowest rate is reached at t = total_steps - 1, and kept (PyTorch: an error).

    >>> schedule = OneCycleLR(1.0, total_steps=10, pct_start=0.5, div_factor=10, final_div_factor=100, anneal_strategy="linear")
    >>> [round(schedule(t), 4) for t in (0, 2, 4, 9)]
    [0.1, 0.55, 1.0, 0.001]
    """

    max_lr: float
    total_steps: int
    pct_start: float = 0.3
    anneal_strategy: Literal["cos", "linear"] = "cos"
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def __post_init__(self) -> None:
        self.require_rates("max_lr")
        self.require_counts("total_steps")
        self.require("pct_start", 0 <= self.pct_start < 1, "a number from 0 up to, not including, 1")
        self.require("anneal_strategy", self.anneal_strategy in WAYS, " or ".join(map(repr, WAYS)))
        self.require_factors("div_factor", "final_div_factor")

    def lr(self, t: int) -> float:
        """A hill with a long tail."""
        way, start = WAYS[self.anneal_strategy], self.max_lr / self.div_factor
        end, top = self.total_steps - 1, self.pct_start * self.total_steps - 1
        if t <= top:
            return way(start, self.max_lr, t / top if top else 1.0)
        return way(self.max_lr, start / self.final_div_factor, min((t - top) / (end - top), 1.0))


WAYS: dict[str, Callable[[float, float, float], float]] = {
    "cos": lambda start, end, share: end + (start - end) * (1 + cos(pi * share)) / 2,
    "linear": lambda start, end, share: start + (end - start) * share,
}


@dataclass
class ReduceLROnPlateau(Schedule):
    """Times factor when the metric has not got better for more than patience epochs; never below min_lr.

    Better means by a share of `threshold` ("rel") or by an amount of `threshold` ("abs"); mode "min" for a loss, "max" for an
    accuracy. After a cut, `cooldown` epochs are not counted. A cut of less than eps is not made.

    >>> schedule = ReduceLROnPlateau(0.5, patience=1)
    >>> for loss in (1.0, 0.9, 0.9, 0.9):
    ...     schedule.update(loss)
    ...     print(schedule.rate)
    0.5
    0.5
    0.5
    0.05
    """

    initial_lr: float
    mode: Literal["min", "max"] = "min"
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    threshold_mode: Literal["rel", "abs"] = "rel"
    cooldown: int = 0
    min_lr: float = 0.0
    eps: float = 1e-8
    rate: float = field(init=False, repr=False)
    best: float = field(init=False, repr=False)
    bad_epochs: int = field(default=0, init=False, repr=False)
    rest: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        self.require_rates("initial_lr", "threshold", "min_lr", "eps")
        self.require("mode", self.mode in ("min", "max"), "'min' or 'max'")
        self.require("threshold_mode", self.threshold_mode in ("rel", "abs"), "'rel' or 'abs'")
        self.require("factor", 0 < self.factor < 1, "a number between 0 and 1")
        self.require("patience", self.patience >= 0, "a whole number of at least 0")
        self.require("cooldown", self.cooldown >= 0, "a whole number of at least 0")
        self.rate, self.best = self.initial_lr, inf if self.mode == "min" else -inf

    def lr(self, t: int) -> float:
        """The rate that the metrics seen so far have led to, whatever t."""
        return self.rate

    def step(self, optimizer: HasRate, t: int, metric: float | None = None) -> None:
        """Take in the last epoch's metric, where there is one, and set the rate."""
        if metric is not None:
            self.update(metric)
        optimizer.lr = self.rate

    def update(self, metric: float) -> None:
        """Count one epoch; cut the rate when there have been too many without progress."""
        if self.better(metric):
            self.best, self.bad_epochs = metric, 0
        else:
            self.bad_epochs += 1
        if self.rest > 0:
            self.rest, self.bad_epochs = self.rest - 1, 0
        if self.bad_epochs > self.patience:
            cut = max(self.rate * self.factor, self.min_lr)
            self.rate = cut if self.rate - cut > self.eps else self.rate
            self.rest, self.bad_epochs = self.cooldown, 0

    def better(self, metric: float) -> bool:
        """Whether this is progress worth the name."""
        sign = 1 if self.mode == "max" else -1
        bar = (
            self.best * (1 + sign * self.threshold)
            if self.threshold_mode == "rel"
            else self.best + sign * self.threshold
        )
        return metric > bar if self.mode == "max" else metric < bar

    def state_dict(self) -> dict[str, Any]:
        """What has been learned from the metrics, so that training can be resumed."""
        return {name: getattr(self, name) for name in ("rate", "best", "bad_epochs", "rest")}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.rate, self.best = float(state["rate"]), float(state["best"])
        self.bad_epochs, self.rest = int(state["bad_epochs"]), int(state["rest"])


@dataclass(frozen=True)
class BatchSizeSchedule:
    """Grow the batch instead of cutting the rate: size = initial_size factor^floor(t / step_size), up to max_size.

    A step's noise goes with lr / batch size, so ten times the batch does what a tenth of the rate does (Smith et al., 2018).

    >>> schedule = BatchSizeSchedule(32, step_size=10, factor=4, max_size=256)
    >>> schedule(0), schedule(10), schedule(20)
    (32, 128, 256)
    """

    initial_size: int
    step_size: int
    factor: float = 2.0
    max_size: int | None = None

    def __post_init__(self) -> None:
        for setting in ("initial_size", "step_size", "factor"):
            if not 1 <= getattr(self, setting) < inf:
                raise ValueError(f"BatchSizeSchedule got {setting}={getattr(self, setting)}: expected at least 1")
        if self.max_size is not None and self.max_size < self.initial_size:
            raise ValueError(
                f"BatchSizeSchedule got max_size={self.max_size}: expected at least initial_size={self.initial_size}"
            )

    def size(self, t: int) -> int:
        """The batch size for epoch t."""
        size = round(self.initial_size * self.factor ** (t // self.step_size))
        return size if self.max_size is None else min(size, self.max_size)

    def __call__(self, t: int) -> int:
        """The same as size(t)."""
        return self.size(t)
