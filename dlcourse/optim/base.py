"""What all optimizers share.

An optimizer sees a network as two vectors of equal length, w (all values) and g (all gradients), and changes w in place. Every
rule in this package treats each entry of w for itself, so step() hands the vectors over in blocks that fit into the processor's
cache: there the rule can be written as in its paper, since a fresh array of a block's size costs next to nothing, while one of
a network's size costs more than the arithmetic.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import inf, isfinite
from typing import Any, TypeAlias

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.parameter import Parameter, flatten

BLOCK = 2**15  # entries; measured from 2^12 to 2^16, in float32 and float64
FLUSH_EVERY = 64  # steps
State: TypeAlias = dict[str, Any]


def blocks(size: int) -> Iterator[slice]:
    """A vector of this size in parts of BLOCK entries, the last one shorter.

    >>> list(blocks(40_000))
    [slice(0, 32768, None), slice(32768, 40000, None)]
    """
    return (slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK))


def flush_subnormals(memory: Mapping[str, Array]) -> None:
    """Numbers next to nothing become 0, in place.

    Entries whose gradients have stopped, as a dead ReLU's do, fade in memory until the processor takes many times longer over
    them than over other numbers. What is set to 0 here is far below any eps.

    >>> memory = {"m": np.array([1.0, 1e-305])}
    >>> flush_subnormals(memory)
    >>> memory["m"]
    array([1., 0.])
    """
    for vector in memory.values():
        vector[np.abs(vector) < 1e8 * np.finfo(vector.dtype).tiny] = 0


class Group:
    """Parameters that began training together: their count of steps, and what is remembered about each of their entries.

    >>> group = Group([Parameter([1.0, 2.0]), Parameter([3.0])])
    >>> group.recall({"velocity": 0.0})
    {'velocity': array([0., 0., 0.])}
    """

    def __init__(self, parameters: list[Parameter], steps: int = 0) -> None:
        self.parameters = parameters
        self.steps = steps
        self.memory: dict[str, Array] = {}

    def recall(self, starts: Mapping[str, float]) -> dict[str, Array]:
        """One vector for each name; filled with its starting number when first asked for."""
        size, dtype = sum(p.value.size for p in self.parameters), self.parameters[0].value.dtype
        for name, start in starts.items():
            if name not in self.memory:
                self.memory[name] = np.full(size, start, dtype)
        return {name: self.memory[name] for name in starts}

    def drop_frozen(self) -> None:
        """Forget parameters that no longer require a gradient, and their share of every vector."""
        kept = np.concatenate([np.full(p.value.size, p.requires_grad) for p in self.parameters])
        self.memory = {name: vector[kept] for name, vector in self.memory.items()}
        self.parameters = [p for p in self.parameters if p.requires_grad]

    def shares(self) -> dict[Parameter, dict[str, Array]]:
        """What is remembered about each parameter, in its shape."""
        ends = np.cumsum([p.value.size for p in self.parameters])
        return {
            p: {name: vector[end - p.value.size : end].reshape(p.value.shape) for name, vector in self.memory.items()}
            for p, end in zip(self.parameters, ends, strict=True)
        }


class Optimizer:
    """The part that all optimizers share; a new one defines update(w, g, t, memory), which changes w in place.

    maximize=True climbs instead: g <- -g. weight_decay adds the gradient of (weight_decay / 2) ||w||^2: g <- g + weight_decay w.

    A parameter with requires_grad=False is no longer moved and its memory is dropped; set it to True again and it starts afresh.
    Settings that make no sense are a ValueError; a gradient that holds nan or inf is a FloatingPointError, and moves nothing.

    >>> class SignSGD(Optimizer):
    ...     def update(self, w, g, t, memory):
    ...         w -= self.lr * np.sign(g)
    >>> p = Parameter([1.0, 2.0])
    >>> p.grad = [5.0, -5.0]
    >>> SignSGD([p], lr=0.1).step()
    >>> p.value
    array([0.9, 2.1])
    """

    def __init__(
        self, parameters: Iterable[Parameter], lr: float, weight_decay: float = 0.0, maximize: bool = False
    ) -> None:
        self.parameters: list[Parameter] = []
        self.lr, self.weight_decay, self.maximize = lr, weight_decay, maximize
        self.require("lr", 0 <= lr < inf, "a number of at least 0")
        self.require("weight_decay", 0 <= weight_decay < inf, "a number of at least 0")
        self.trainable: list[Parameter] = []
        self.groups: list[Group] = []
        self.add_parameters(parameters)

    def require(self, setting: str, holds: bool, expected: str) -> None:
        """Refuse a setting that makes no sense."""
        if not holds:
            raise ValueError(f"{type(self).__name__} got {setting}={getattr(self, setting)}: expected {expected}")

    def add_parameters(self, parameters: Iterable[Parameter]) -> None:
        """Train these too, from the next step on: for a network that grows. The others keep their memory.

        >>> optimizer = Optimizer([Parameter([1.0])], lr=0.1)
        >>> optimizer.add_parameters([Parameter([2.0])])
        >>> [len(group.parameters) for group in optimizer.groups]
        [1, 1]
        """
        name, new = type(self).__name__, list(parameters)
        if not new:
            raise ValueError(f"{name} got no parameters: pass net.parameters() of a network that has some")
        for p in new:
            if not isinstance(p, Parameter):
                raise TypeError(f"{name} got {p!r} where a Parameter was expected: pass net.parameters()")
        joined = self.parameters + new
        if len(set(joined)) < len(joined):
            raise ValueError(f"{name} got the same Parameter twice: pass each one once")
        flatten(new)
        self.parameters = joined
        self.regroup()

    def zero_grad(self) -> None:
        """Forget the gradients of the last step: backward adds to what it finds."""
        self.regroup()
        for group in self.groups:
            flatten(group.parameters)[1].fill(0)
        for p in self.parameters:
            if not p.requires_grad:
                p.zero_grad()

    def step(self) -> None:
        """Change the parameters once, by their gradients."""
        self.regroup()
        with np.errstate(over="ignore"):  # the square of a huge gradient is inf: then its entry hardly moves
            self.expect_finite_gradients()
            for group in self.groups:
                group.steps += 1
                w, g = flatten(group.parameters)
                memory = group.recall(self.remembers())
                if group.steps % FLUSH_EVERY == 0:
                    flush_subnormals(memory)
                for block in blocks(w.size):
                    part = {name: vector[block] for name, vector in memory.items()}
                    gradient = -g[block] if self.maximize else g[block]
                    self.update(w[block], self.decay(w[block], gradient), group.steps, part)

    def decay(self, w: Array, g: Array) -> Array:
        """The gradient with the penalty's: g + weight_decay w, a fresh array."""
        return g + self.weight_decay * w if self.weight_decay else g

    def remembers(self) -> dict[str, float]:
        """The names of what is remembered about each entry, and the number that each starts from."""
        return {}

    def update(self, w: Array, g: Array, t: int, memory: dict[str, Array]) -> None:
        """Step t = 1, 2, ... for the entries w: change w and what is remembered in place, leave g as it is."""
        raise NotImplementedError(f"{type(self).__name__} needs an update(self, w, g, t, memory) method")

    def regroup(self) -> None:
        """Follow requires_grad: frozen parameters leave their group, new and thawed ones form another."""
        trainable = [p for p in self.parameters if p.requires_grad]
        if trainable == self.trainable:
            return
        known = set(self.trainable)
        joined = [p for p in trainable if p not in known]
        for group in self.groups:
            group.drop_frozen()
        self.groups = [group for group in [*self.groups, Group(joined)] if group.parameters]
        self.trainable = trainable

    def expect_finite_gradients(self) -> None:
        """Stop before a gradient that holds nan or inf spoils the parameters and all that is remembered."""
        gradients = [flatten(group.parameters)[1] for group in self.groups]
        if all(isfinite(np.dot(g, g)) for g in gradients):  # cheap, and nan and inf always show in it
            return
        for i, p in enumerate(self.parameters):
            if p.requires_grad and not np.isfinite(p.grad).all():
                raise FloatingPointError(
                    f"{type(self).__name__} got a gradient with nan or inf, of parameter {i}, shape {p.value.shape}: "
                    "no parameter was moved; try a smaller lr, or clip the gradients"
                )

    def state_dict(self) -> State:
        """What a later optimizer needs to go on exactly here: the rate, and by the place of each parameter what is remembered.

        Copies, as plain arrays and numbers, so np.savez can keep them. What the constructor was given, but for lr, is not included.

        >>> p = Parameter([1.0])
        >>> Optimizer([p], lr=0.1).state_dict()
        {'lr': 0.1, '0.steps': 0}
        """
        state: State = {"lr": self.lr}
        places = {p: i for i, p in enumerate(self.parameters)}
        for group in self.groups:
            for p, share in group.shares().items():
                state[f"{places[p]}.steps"] = group.steps
                state |= {f"{places[p]}.{name}": values.copy() for name, values in share.items()}
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where the optimizer that gave this state stopped; its parameters must have had the same shapes, in the same order.

        >>> a, b = (Optimizer([Parameter([1.0])], lr=lr) for lr in (0.1, 0.2))
        >>> a.load_state_dict(b.state_dict())
        >>> a
        Optimizer(lr=0.2)
        """
        self.expect_state(state)
        self.trainable = [p for p in self.parameters if p.requires_grad]
        peers: dict[int, dict[int, Parameter]] = {}  # steps -> place -> parameter
        for i, p in enumerate(self.parameters):
            if p.requires_grad:
                peers.setdefault(int(state.get(f"{i}.steps", 0)), {})[i] = p
        self.groups = [Group(list(members.values()), steps) for steps, members in peers.items()]
        for group, places in zip(self.groups, peers.values(), strict=True):
            for name, vector in group.recall(self.remembers() if group.steps else {}).items():
                vector[:] = np.concatenate([np.ravel(state[f"{i}.{name}"]) for i in places])
        self.lr = float(state["lr"])

    def expect_state(self, state: Mapping[str, Any]) -> None:
        """Refuse the state of another kind of optimizer, or of another network, before anything is changed."""
        name = type(self).__name__
        expected = {"lr": ()}
        for i, p in enumerate(self.parameters):
            if f"{i}.steps" in state:
                expected[f"{i}.steps"] = ()
                if state[f"{i}.steps"] > 0:
                    expected |= {f"{i}.{memory}": p.value.shape for memory in self.remembers()}
        if odd := sorted(set(state) ^ set(expected)):
            raise ValueError(
                f"{name} got a state with {'another' if odd[0] in state else 'no'} {odd[0]!r}: "
                f"expected one of {name}, with the same settings, for {len(self.parameters)} parameters"
            )
        for key, shape in expected.items():
            if np.shape(state[key]) != shape:
                raise ValueError(
                    f"{name} got a state whose {key!r} has shape {np.shape(state[key])}: expected {shape}, "
                    "the shape of the parameter"
                )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr:g})"
