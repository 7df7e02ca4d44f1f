"""The history of a training: the curves from which nearly everything about it can be read."""

from dataclasses import dataclass, field

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


@dataclass
class History:
    """What fit saw, one number per epoch in each list.

    loss and accuracy are means over the epoch's batches, each measured just before the step that it caused; val_loss and
    val_accuracy are measured after the epoch. Accuracies are kept for integer labels only. lr is the rate of the epoch's last step.
    gradient_norm and update_ratio have one list per parameter, by its name, where fit was asked to record_gradients. steps counts
    the updates; seconds is the time that the last call of fit took.

    >>> History(loss=[2.3, 0.1], accuracy=[0.1, 0.98])
    History(epochs=2, loss 2.3 -> 0.1, accuracy 0.1 -> 0.98)
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    gradient_norm: dict[str, list[float]] = field(default_factory=dict)
    update_ratio: dict[str, list[float]] = field(default_factory=dict)
    steps: int = 0
    seconds: float = 0.0

    def add(self, row: dict[str, float], lr: float, steps: int) -> None:
        """One more epoch.

        >>> history = History()
        >>> history.add({"loss": 0.5}, lr=0.1, steps=7)
        >>> history.loss, history.lr, history.steps
        ([0.5], [0.1], 7)
        """
        for name, value in row.items():
            getattr(self, name).append(value)
        self.lr.append(lr)
        self.steps += steps

    def add_statistics(self, gradient_norm: dict[str, float], update_ratio: dict[str, float]) -> None:
        """One more epoch of what GradientStatistics saw.

        >>> history = History()
        >>> history.add_statistics({"0.weight": 0.5}, {"0.weight": 0.001})
        >>> history.update_ratio
        {'0.weight': [0.001]}
        """
        for lists, row in ((self.gradient_norm, gradient_norm), (self.update_ratio, update_ratio)):
            for name, value in row.items():
                lists.setdefault(name, []).append(value)

    def curves(self) -> dict[str, list[float]]:
        """The lists of losses and accuracies that hold something, by name.

        >>> History(loss=[2.3, 0.1]).curves()
        {'loss': [2.3, 0.1]}
        """
        lists = {name: getattr(self, name) for name in CURVES}
        return {name: values for name, values in lists.items() if values}

    def watched(self, what: str = "loss") -> float | None:
        """The last loss (or accuracy) on the validation set, or where there is none, in training; None before the first epoch.

        >>> History(loss=[2.3, 0.1], val_loss=[2.4, 0.3]).watched()
        0.3
        """
        values = getattr(self, f"val_{what}") or getattr(self, what)
        return values[-1] if values else None

    def __repr__(self) -> str:
        curves = [f", {name} {values[0]:.4g} -> {values[-1]:.4g}" for name, values in self.curves().items()]
        return f"History(epochs={len(self.loss)}{''.join(curves)})"
