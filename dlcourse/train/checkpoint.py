"""Checkpoints: stop today, go on tomorrow, and arrive at the very numbers of a training that never stopped.

For that it takes more than the weights: what the optimizer remembers, where the random numbers stand, what the schedule and the
callbacks have seen, and the history. All of it goes into one .npz file of arrays and one text of JSON; nothing in it is ever executed.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from dlcourse.files import write_whole
from dlcourse.layers import Layer
from dlcourse.optim import Optimizer
from dlcourse.train.history import History

ABOUT = "about"  # the name of the JSON text among the arrays


class Checkpoint:
    """The file of one training, and all that has to be in it.

    Of others (schedules, callbacks) those are kept that have a state_dict. The generators are rng and those that layers hold. A file of
    another network or optimizer is a ValueError.

    >>> from tempfile import TemporaryDirectory
    >>> from dlcourse.layers import Linear
    >>> from dlcourse.optim import SGD
    >>> rng = np.random.default_rng(0)
    >>> net = Linear(1, 1, rng=rng)
    >>> with TemporaryDirectory() as folder:
    ...     checkpoint = Checkpoint(f"{folder}/run.npz", net, SGD(net.parameters(), lr=0.1), rng=rng)
    ...     checkpoint.load()
    ...     checkpoint.save(History(loss=[0.5]), stopped=False)
    ...     checkpoint.load()
    (History(epochs=0), False)
    (History(epochs=1, loss 0.5 -> 0.5), False)
    """

    def __init__(
        self,
        path: str | PathLike[str],
        net: Layer,
        optimizer: Optimizer,
        others: Iterable[Any] = (),
        *,
        rng: np.random.Generator,
    ) -> None:
        self.path = Path(path)
        keepers = {f"other{i}": other for i, other in enumerate(others) if hasattr(other, "state_dict")}
        self.parts: dict[str, Any] = {"net": net, "optimizer": optimizer, **keepers}
        self.generators = {"rng": rng} | {f"net.{name}": g for name, g in named_generators(net).items()}

    def save(self, history: History, stopped: bool) -> None:
        """Write everything, in one step: whoever pulls the plug keeps the file of the epoch before."""
        states = {name: generator.bit_generator.state for name, generator in self.generators.items()}
        about = {"history": asdict(history), "stopped": stopped, "generators": states}
        arrays = {ABOUT: np.array(json.dumps(about, default=lambda array: array.tolist()))}
        for place, part in self.parts.items():
            arrays |= {f"{place}/{name}": np.asarray(value) for name, value in part.state_dict().items()}
        if odd := [name for name, array in arrays.items() if array.dtype.hasobject]:
            raise TypeError(
                f"a checkpoint got {odd[0]} that is neither numbers nor text: expected a state_dict() of those"
            )
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]
        write_whole(self.path, file.getvalue())

    def load(self) -> tuple[History, bool]:
        """Put everything back. -> (history, whether a callback had ended the training); where there is no file yet: (History(), False)"""
        if not self.path.exists():
            return History(), False
        about, states = read(self.path)
        known, kept = set(self.generators), set(about["generators"])
        if states.keys() != self.parts.keys() or known != kept:
            raise ValueError(
                f"{self.path} is a checkpoint of another training: expected the same network, optimizer, schedule and "
                "callbacks as when it began; to begin anew, delete the file"
            )
        for place, part in self.parts.items():
            part.load_state_dict(states[place])
        for name, generator in self.generators.items():
            generator.bit_generator.state = about["generators"][name]
        return History(**about["history"]), about["stopped"]


def read(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """A checkpoint's JSON, and its arrays by place; numbers are plain numbers again.

    >>> read(Path("notes.txt"))
    Traceback (most recent call last):
    ValueError: notes.txt is not a checkpoint of fit: expected a file that fit(..., checkpoint=path) wrote
    """
    if zipfile.is_zipfile(path):
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        if ABOUT in arrays:
            about = json.loads(str(arrays.pop(ABOUT)))
            states: dict[str, dict[str, Any]] = {"net": {}, "optimizer": {}}
            for key, array in arrays.items():
                place, name = key.split("/", 1)
                states.setdefault(place, {})[name] = array if array.ndim else array.item()
            return about, states
    raise ValueError(f"{path} is not a checkpoint of fit: expected a file that fit(..., checkpoint=path) wrote")


def named_generators(layer: Layer) -> Mapping[str, np.random.Generator]:
    """The generators that layers draw from, by their places: resumed dropout must drop what it would have dropped.

    >>> from dlcourse.layers import Dropout, ReLU, Sequential
    >>> list(named_generators(Sequential(ReLU(), Dropout(0.5, rng=np.random.default_rng(0)))))
    ['1.rng']
    """
    found = {name: item for name, item in vars(layer).items() if isinstance(item, np.random.Generator)}
    for place, child in layer.named_children().items():
        found |= {f"{place}.{name}": generator for name, generator in named_generators(child).items()}
    return found
