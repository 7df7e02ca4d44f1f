"""What every layer is: a thin object that keeps what the pure functions in F need, parameters and the cache of the last pass.

    y = layer.forward(x)        computes, and remembers the cache
    dx = layer.backward(dy)     uses the cache, adds to the gradients of its parameters, and returns the gradient of its input

dx means dL/dx and has the shape of x. Functions are looked up in F at every call, so hooks.swap can put a learner's in place.
"""

import copy
import zipfile
from collections.abc import Mapping
from os import PathLike
from typing import ClassVar, Self

import numpy as np

from dlcourse.functional.arrays import Array, ArrayLike, Cache, as_float
from dlcourse.layers.summary import Row, Summary
from dlcourse.parameter import Parameter


class Layer:
    """What every layer can do; a new one defines forward and backward, and may hold Parameters and other layers.

    Arrays that belong to a layer's state but are not learned, such as running statistics, are named in its `buffers`.

    >>> class Double(Layer):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, dy):
    ...         return 2 * dy
    >>> Double()(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    buffers: ClassVar[tuple[str, ...]] = ()
    training: bool = True
    needs_input_grad: bool = True
    _cache: Cache | None = None

    def forward(self, x: Array) -> Array:
        """From x to y."""
        raise NotImplementedError(f"{type(self).__name__} needs a forward(self, x) method")

    def backward(self, dy: Array) -> Array:
        """From dL/dy to dL/dx."""
        raise NotImplementedError(f"{type(self).__name__} needs a backward(self, dy) method")

    def __call__(self, x: Array) -> Array:
        """The same as forward(x)."""
        return self.forward(x)

    @property
    def cache(self) -> Cache:
        """What forward left for backward."""
        if self._cache is None:
            raise RuntimeError(f"{self!r} has nothing to go back through: call forward before backward")
        return self._cache

    @cache.setter
    def cache(self, cache: Cache) -> None:
        self._cache = cache

    # --- What is inside ---

    def named_children(self) -> dict[str, "Layer"]:
        """The layers inside this one."""
        return {name: item for name, item in vars(self).items() if isinstance(item, Layer)}

    def named_leaves(self) -> dict[str, "Layer"]:
        """The layers that do the work, in order: this one, or what is left when every Sequential and Residual is opened."""
        return {"": self}

    def named_parameters(self) -> dict[str, Parameter]:
        """All parameters by their names in PyTorch, such as 0.weight, in the order of the layers."""
        named = {name: item for name, item in vars(self).items() if isinstance(item, Parameter)}
        for place, child in self.named_children().items():
            named |= {f"{place}.{name}": p for name, p in child.named_parameters().items()}
        return named

    def parameters(self) -> list[Parameter]:
        """All parameters, in the order of the layers: what an optimizer wants."""
        return list(self.named_parameters().values())

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or thaw (True) every parameter inside: an optimizer leaves frozen ones alone."""
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    # --- Training or evaluation ---

    def train(self, mode: bool = True) -> Self:
        """Switch to training, here and in every layer inside."""
        self.training = mode
        for child in self.named_children().values():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation, here and in every layer inside."""
        return self.train(False)

    # --- Keeping what was learned ---

    def named_state(self) -> dict[str, Array]:
        """The arrays, not copies of them, that make this layer what it is: values of parameters, and buffers."""
        state = {name: item.value for name, item in vars(self).items() if isinstance(item, Parameter)}
        state |= {name: getattr(self, name) for name in self.buffers}
        for place, child in self.named_children().items():
            state |= {f"{place}.{name}": array for name, array in child.named_state().items()}
        return state

    def state_dict(self) -> dict[str, Array]:
        """A copy of all that was learned, by names as in PyTorch: 0.weight, 1.running_mean and so on."""
        return {name: array.copy() for name, array in self.named_state().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike], strict: bool = True) -> None:
        """Copy a state into place, all of it or, where something does not fit, nothing (ValueError that names what).

        strict=False passes over names that are on one side only; shapes have to fit all the same.
        """
        mine, name = self.named_state(), type(self).__name__
        problems = [f"no {key}" for key in mine if key not in state] + [
            f"an unknown {key}" for key in state if key not in mine
        ]
        if problems and strict:
            raise ValueError(
                f"{name} got a state with {', '.join(problems)}: expected {', '.join(mine) or 'no names at all'}"
            )
        new = {key: as_float(state[key], f"{name}, {key},") for key in mine if key in state}
        for key, array in new.items():
            if array.shape != mine[key].shape:
                raise ValueError(f"{name} got {key} of shape {array.shape}: expected {mine[key].shape}")
        for key, array in new.items():
            mine[key][...] = array

    def save(self, path: str | PathLike[str]) -> None:
        """Write state_dict() to a NumPy .npz file at this very path."""
        with open(path, "wb") as file:
            np.savez(file, **self.named_state())  # type: ignore[arg-type]

    def load(self, path: str | PathLike[str]) -> None:
        """Read what save wrote into place. Nothing in the file is ever executed: numbers are all it may hold."""
        with open(path, "rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError(f"{path} is not an .npz file: expected one that save wrote")
        with np.load(path, allow_pickle=False) as arrays:
            self.load_state_dict(dict(arrays))

    # --- Words ---

    def summary(self, input_shape: int | tuple[int, ...]) -> Summary:
        """A table of layers, output shapes and numbers of parameters, for one example of this shape, such as 64 or (1, 28, 28)."""
        shape = input_shape if isinstance(input_shape, tuple) else (input_shape,)
        twin, rows = copy.deepcopy(self).eval(), []

        def watch(name: str, leaf: Layer) -> None:
            forward = leaf.forward

            def watched(x: Array) -> Array:
                y = forward(x)
                counts = [(p.value.size, p.requires_grad) for p in leaf.parameters()]
                rows.append(
                    Row(name, repr(leaf), y.shape[1:], sum(n for n, _ in counts), sum(n for n, g in counts if g))
                )
                return y

            vars(leaf)["forward"] = watched

        for name, leaf in twin.named_leaves().items():
            watch(name, leaf)
        dtype = next((p.value.dtype for p in self.parameters()), np.float64)
        twin.forward(np.zeros((1, *shape), dtype=dtype))
        return Summary(rows)

    def describe(self) -> str:
        """What stands between the brackets of repr."""
        return ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.describe()})"


def expect_shape(layer: Layer, x: ArrayLike, *axes: int | str) -> Array:
    """The array x if its shape is this, where a letter stands for any length; else an error that names the layer.

    >>> expect_shape(Layer(), [[1.0, 2.0]], "N", 2)
    array([[1., 2.]])
    """
    x = as_float(x, layer)
    if x.shape[1:] == axes[1:]:  # (N, D), the usual case, at no cost
        return x
    lengths = [n if isinstance(axis, str) else axis for n, axis in zip(x.shape, axes, strict=False)]
    if x.ndim != len(axes) or x.shape != tuple(lengths):
        raise ValueError(f"{layer!r} got x of shape {x.shape}: expected ({', '.join(map(str, axes))})")
    return x


def whole(layer: Layer, **sizes: int) -> None:
    """Refuse sizes that are not whole numbers of at least 1.

    >>> whole(Layer(), in_features=4, out_features=3)
    """
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"{type(layer).__name__} got {name}={size!r}: expected a whole number of at least 1")
