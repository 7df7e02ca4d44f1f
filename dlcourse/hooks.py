"""Hooks: look inside a pass, and put your own function in the library's place.

    with swap(linear_backward=mine):         the library now trains with your function
        fit(...)

    with capture(net) as record:             every intermediate of the last pass
        net.backward(loss.backward())
    record["Linear2"].dy

Both end with their block, even where it ends in an error.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from typing import Any

import numpy as np

from dlcourse import functional as F
from dlcourse.functional.arrays import Array
from dlcourse.layers import Layer


@contextmanager
def swap(**functions: Callable[..., Any]) -> Iterator[None]:
    """Within a with block, layers and losses call these functions in place of those in dlcourse.functional.

    A function has the library's signature: op(x, ...) -> (y, cache), op_backward(dy, cache) -> gradients. A backward that is
    swapped alone gets the library's cache, as the docstring of its forward describes it. A name that F does not have is a
    ValueError that lists the nearest.

    >>> from dlcourse.layers import ReLU
    >>> def noisy_relu(z):
    ...     print("mine")
    ...     return np.maximum(z, 0), (z,)
    >>> with swap(relu=noisy_relu):
    ...     y = ReLU()(np.array([-1.0, 2.0]))
    mine
    """
    backwards = [name for name in F.__all__ if name.endswith("_backward")]
    pairs = [name.removesuffix("_backward") for name in backwards] + backwards
    for name, function in functions.items():
        if name not in pairs:
            near = ", ".join(get_close_matches(name, pairs)) or "one of " + ", ".join(sorted(pairs))
            raise ValueError(f"swap got {name}, which dlcourse.functional does not have: did you mean {near}?")
        if not callable(function):
            raise TypeError(f"swap got {name}={function!r}: expected a function")
    before = {name: getattr(F, name) for name in functions}
    for name, function in functions.items():
        setattr(F, name, function if name.endswith("_backward") else _pair(name, function))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(F, name, function)


def _pair(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        # A bare array of two rows would unpack without complaint.
        if not (isinstance(result, tuple) and len(result) == 2):
            raise TypeError(f"your {name} returned {_kind(result)}: expected a pair, return y, cache")
        return result

    return checked


def _kind(result: Any) -> str:
    if isinstance(result, np.ndarray):
        return f"an array of shape {result.shape}"
    return f"a tuple of {len(result)}" if isinstance(result, tuple) else repr(result)


@dataclass
class LayerRecord:
    """What went through one layer in the last pass: forward input -> output, backward dy -> dx.

    >>> LayerRecord("ReLU1", input=np.zeros((5, 2)), output=np.zeros((5, 2)))
    LayerRecord(ReLU1: input (5, 2), output (5, 2))
    """

    name: str
    input: Array | None = None
    output: Array | None = None
    dy: Array | None = None
    dx: Array | None = None

    def __repr__(self) -> str:
        arrays = {"input": self.input, "output": self.output, "dy": self.dy, "dx": self.dx}
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array is not None)
        return f"LayerRecord({self.name}: {shapes or 'nothing yet'})"


class Record:
    """One LayerRecord per layer, in the order of the network: record[0], record[-1] or record["Linear1"].

    Names count each kind of layer from 1: Linear1, ReLU1, Linear2. An unknown name is a KeyError that lists them.

    >>> record = Record([LayerRecord("Linear1"), LayerRecord("ReLU1")])
    >>> record["ReLU1"] is record[1]
    True
    """

    def __init__(self, layers: list[LayerRecord]) -> None:
        self.layers = layers

    def __getitem__(self, key: int | str) -> LayerRecord:
        if isinstance(key, int):
            return self.layers[key]
        for layer in self.layers:
            if layer.name == key:
                return layer
        raise KeyError(f"no layer {key!r}: expected one of {', '.join(layer.name for layer in self.layers)}")

    def __iter__(self) -> Iterator[LayerRecord]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        return "Record(" + "".join(f"\n  {layer!r}" for layer in self.layers) + "\n)"


@contextmanager
def capture(net: Layer) -> Iterator[Record]:
    """Within a with block, keep a copy of every layer's input, output, dy and dx; a later pass writes over an earlier one.

    Layers inside layers are counted through, so a nested network reads like a flat one.

    >>> from dlcourse.layers import Linear, ReLU, Sequential
    >>> net = Sequential(Linear(2, 3, rng=np.random.default_rng(0)), ReLU())
    >>> with capture(net) as record:
    ...     y = net(np.ones((5, 2)))
    ...     dx = net.backward(np.ones((5, 3)))
    >>> record["Linear1"]
    LayerRecord(Linear1: input (5, 2), output (5, 3), dy (5, 3), dx (5, 2))
    """
    layers = leaves(net)
    kinds = [type(layer).__name__ for layer in layers]
    record = Record([LayerRecord(f"{kind}{kinds[: i + 1].count(kind)}") for i, kind in enumerate(kinds)])
    before = [{name: own for name, own in vars(layer).items() if name in ("forward", "backward")} for layer in layers]
    for layer, row in zip(layers, record, strict=True):
        _watch(layer, row)
    try:
        yield record
    finally:
        for layer, own in zip(layers, before, strict=True):
            del vars(layer)["forward"], vars(layer)["backward"]
            vars(layer).update(own)


def leaves(layer: Layer) -> list[Layer]:
    """The layers that do the work, in order: what is left when every Sequential and Residual is opened.

    >>> from dlcourse.layers import ReLU, Sequential, Tanh
    >>> leaves(Sequential(ReLU(), Sequential(Tanh(), ReLU())))
    [ReLU(), Tanh(), ReLU()]
    """
    return list(layer.named_leaves().values())


def _watch(layer: Layer, row: LayerRecord) -> None:
    forward, backward = layer.forward, layer.backward

    def watched_forward(x: Array) -> Array:
        y = forward(x)
        row.input, row.output = np.array(x), np.array(y)
        return y

    def watched_backward(dy: Array) -> Array:
        dx = backward(dy)
        row.dy, row.dx = np.array(dy), None if dx is None else np.array(dx)
        return dx

    vars(layer).update({"forward": watched_forward, "backward": watched_backward})
