"""Callbacks: what happens after each epoch.

A callback is called as callback(epoch, net, history), epoch counting from 0, and may return True to end the training. A function
will do. One that has something to keep or to tidy up is a Callback, with the methods below.
"""

from collections.abc import Mapping
from math import inf
from typing import Any

from dlcourse.functional.arrays import Array
from dlcourse.layers import Layer
from dlcourse.train.history import CURVES, History


class Callback:
    """What fit asks of a callback that is more than a function; a new one defines __call__, and of the rest what it needs.

    >>> class Shout(Callback):
    ...     def __call__(self, epoch, net, history):
    ...         print("epoch", epoch, "is over")
    >>> Shout()(0, None, History())
    epoch 0 is over
    """

    def __call__(self, epoch: int, net: Layer, history: History) -> bool | None:
        """After an epoch; True ends the training."""
        raise NotImplementedError(f"{type(self).__name__} needs a __call__(self, epoch, net, history) method")

    def finish(self, net: Layer) -> None:
        """When the training has ended, for whatever reason but an error."""

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has to keep: arrays, and numbers."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""


class EarlyStopping(Callback):
    """Stop when the validation loss has not got better for `patience` epochs, and go back to the best weights.

        better:  value < best - min_delta            for an accuracy: value > best + min_delta
        stop:    epoch - best_epoch >= patience

    A value that only equals the best is not better, so of equals the first is kept (Prechelt, 1998). best and best_epoch tell
    afterwards which one it was. restore_best puts its weights, and running statistics, back when the training ends, also when it ran
    out of epochs or was interrupted.

    >>> stop = EarlyStopping(patience=2, restore_best=False)
    >>> for epoch, loss in enumerate([0.9, 0.5, 0.6, 0.5]):
    ...     print(stop(epoch, Layer(), History(val_loss=[loss])))
    False
    False
    False
    True
    >>> stop
    EarlyStopping(patience=2, best val_loss 0.5 after epoch 1)
    """

    def __init__(
        self, patience: int = 10, min_delta: float = 0.0, restore_best: bool = True, monitor: str = "val_loss"
    ) -> None:
        if patience < 1:
            raise ValueError(f"EarlyStopping got patience={patience}: expected a whole number of at least 1")
        if not 0 <= min_delta < inf:
            raise ValueError(f"EarlyStopping got min_delta={min_delta}: expected a number of at least 0")
        if monitor not in CURVES:
            raise ValueError(f"EarlyStopping got monitor={monitor!r}: expected one of {', '.join(CURVES)}")
        self.patience, self.min_delta, self.restore_best, self.monitor = patience, min_delta, restore_best, monitor
        self.forget()

    def forget(self) -> None:
        """Be as new."""
        self.best, self.best_epoch = -inf if self.monitor.endswith("accuracy") else inf, -1
        self.weights: dict[str, Array] = {}

    def __call__(self, epoch: int, net: Layer, history: History) -> bool:
        """Compare; True when patience is at its end."""
        if epoch == 0:
            self.forget()
        values = getattr(history, self.monitor)
        if not values:
            raise ValueError(
                f"EarlyStopping watches {self.monitor}, and fit has none: pass validation=(X_val, y_val), "
                "or choose what to watch, as in EarlyStopping(monitor='loss')"
            )
        if self.better(values[-1]):
            self.best, self.best_epoch = values[-1], epoch
            if self.restore_best:
                self.weights = net.state_dict()
        return epoch - self.best_epoch >= self.patience

    def better(self, value: float) -> bool:
        """Whether this is progress worth the name."""
        if self.monitor.endswith("accuracy"):
            return value > self.best + self.min_delta
        return value < self.best - self.min_delta

    def finish(self, net: Layer) -> None:
        """Back to the best weights."""
        if self.weights:
            net.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """The best so far, and its weights."""
        weights = {f"weights.{name}": array for name, array in self.weights.items()}
        return {"best": self.best, "best_epoch": self.best_epoch, **weights}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
        prefix = "weights."
        self.weights = {name.removeprefix(prefix): a for name, a in state.items() if name.startswith(prefix)}

    def __repr__(self) -> str:
        found = f", best {self.monitor} {self.best:.4g} after epoch {self.best_epoch}" if self.best_epoch >= 0 else ""
        return f"EarlyStopping(patience={self.patience}{found})"
