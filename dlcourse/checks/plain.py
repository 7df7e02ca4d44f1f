"""Plain data: what may travel between a learner's code and a check.

A check sees numbers, strings, containers and base NumPy arrays, never the learner's own objects, so an answer that
claims to equal everything, or an array subclass with a will of its own, is judged by its numbers. Whatever else travels
goes as a stand-in: an object of the learner's as `Opaque`, a function of the check's as `Callback`, a random generator of
the check's as `Dice`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ARRAY_KINDS = "biufcU"
#: How an array's type is written down; NumPy reads much more, and warns of some of it.
DTYPE = re.compile(r"[<>|][biufcU]\d{1,8}")
MAX_DIMENSIONS = 32
MAX_LENGTH = 2**32
MAX_DEPTH = 16
MAX_ITEMS = 100_000
MAX_COLLISIONS = 100

#: Stores an array's entries in a message or a file; gives what stands for them there.
PutArray = Callable[[np.ndarray[Any, Any]], dict[str, Any]]
#: Finds an array's entries again.
GetArray = Callable[[dict[str, Any], np.dtype[Any], tuple[int, ...]], np.ndarray[Any, Any]]


class NotPlain(TypeError):
    """A value that no check can read: too deep, too large, or of a kind that is not data."""


@dataclass(frozen=True)
class Opaque:
    """An object of the learner's that a check cannot read: its type's name, and the number under which it is kept."""

    opaque_type: str
    opaque_handle: int


@dataclass(frozen=True)
class Callback:
    """A function of the check's that a learner's code may call: its name, and the number under which it is kept."""

    name: str
    handle: int


@dataclass(frozen=True)
class Dice:
    """A random generator of the check's, as it stands: whoever gets it draws the same numbers."""

    kind: str
    state: dict[str, Any]

    @classmethod
    def of(cls, rng: np.random.Generator) -> "Dice":
        """The state that a generator is in."""
        return cls(type(rng.bit_generator).__name__, dict(rng.bit_generator.state))

    def generator(self) -> np.random.Generator:
        """A generator in that state."""
        bits: Any = BIT_GENERATORS[self.kind]()
        bits.state = self.state
        return np.random.Generator(bits)


BIT_GENERATORS = {
    kind.__name__: kind
    for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)
}


def plain(value: Any, stand_in: Callable[[Any], Any], depth: int = 0) -> Any:
    """A copy of `value` as built-ins and base arrays; `stand_in(object)` is what goes in place of anything else.

    >>> plain({"z": np.float64(2.0)}, stand_in=lambda thing: None)
    {'z': 2.0}
    >>> plain((1, object()), stand_in=lambda thing: Opaque(type(thing).__name__, 7))
    (1, Opaque(opaque_type='object', opaque_handle=7))
    """
    if depth > MAX_DEPTH:
        raise NotPlain(f"the answer is nested more than {MAX_DEPTH} levels deep")
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    kinds: tuple[type[Any], ...] = (int, float, complex, str)
    for kind in kinds:
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)
    if isinstance(value, np.generic):  # a float32 stays one: it cannot be asked for sixteen digits
        return plain(np.asarray(value) if value.dtype.kind in "fc" else value.item(), stand_in, depth + 1)
    if isinstance(value, np.ndarray):
        base = np.array(value, subok=False, order="C")
        if base.dtype == np.longdouble:
            base = base.astype(np.float64)
        if base.dtype.kind not in ARRAY_KINDS:
            raise NotPlain(f"the answer is an array of dtype {base.dtype}; an array of numbers is expected")
        return base
    if isinstance(value, slice):
        return slice(*(plain(part, stand_in, depth + 1) for part in (value.start, value.stop, value.step)))
    if isinstance(value, tuple | list | set | frozenset | dict):
        if len(value) > MAX_ITEMS:
            raise NotPlain(f"the answer holds {len(value)} items; at most {MAX_ITEMS} can be checked")
        if isinstance(value, dict):
            return {plain(k, stand_in, depth + 1): plain(v, stand_in, depth + 1) for k, v in value.items()}
        items = [plain(item, stand_in, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else set(items) if isinstance(value, set | frozenset) else items
    return stand_in(value)


def encode(value: Any, put_array: PutArray) -> Any:
    """Plain data as JSON's own types; what JSON lacks becomes an object that names its kind under "$"."""
    if isinstance(value, np.ndarray):
        return {"$": "array", "dtype": value.dtype.str, "shape": list(value.shape), **put_array(value)}
    if isinstance(value, Opaque):
        return {"$": "opaque", "type": value.opaque_type, "handle": value.opaque_handle}
    if isinstance(value, Callback):
        return {"$": "callback", "name": value.name, "handle": value.handle}
    if isinstance(value, Dice):
        return {"$": "dice", "kind": value.kind, "state": encode(value.state, put_array)}
    if isinstance(value, slice):
        return {"$": "slice", "items": [encode(part, put_array) for part in (value.start, value.stop, value.step)]}
    if isinstance(value, complex):
        return {"$": "complex", "parts": [value.real, value.imag]}
    if isinstance(value, dict):
        return {"$": "dict", "items": [[encode(k, put_array), encode(v, put_array)] for k, v in value.items()]}
    if isinstance(value, tuple | set):
        items = sorted(value, key=repr) if isinstance(value, set) else value
        return {"$": type(value).__name__, "items": [encode(item, put_array) for item in items]}
    if isinstance(value, list):
        return [encode(item, put_array) for item in value]
    return value


def decode(data: Any, get_array: GetArray, depth: int = 0) -> Any:
    """The value that `encode` wrote; `NotPlain` for anything that it cannot have written.

    >>> decode(encode((1, {"a": 2.5}), lambda a: {}), lambda d, t, s: np.empty(s, t))
    (1, {'a': 2.5})
    """
    if depth > MAX_DEPTH:
        raise NotPlain(f"the data is nested more than {MAX_DEPTH} levels deep")
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [decode(item, get_array, depth + 1) for item in data]
    try:
        match data["$"]:
            case "array":
                shape = tuple(data["shape"][: MAX_DIMENSIONS + 1])
                fits = all(type(n) is int and 0 <= n <= MAX_LENGTH for n in shape) and len(shape) <= MAX_DIMENSIONS
                if not fits or not DTYPE.fullmatch(data["dtype"]):
                    raise NotPlain(
                        f"an array of dtype {str(data['dtype'])[:20]!r} and shape {str(shape)[:80]} is not data"
                    )
                return get_array(data, np.dtype(data["dtype"]), shape)
            case "opaque":
                return Opaque(str(data["type"])[:80], int(data["handle"]))
            case "callback":
                return Callback(str(data["name"])[:80], int(data["handle"]))
            case "dice":
                state = decode(data["state"], get_array, depth + 1)
                if not isinstance(state, dict):
                    raise NotPlain("the state of a random generator is a dictionary")
                return Dice(str(data["kind"])[:80], state)
            case "slice":
                return slice(*(decode(part, get_array, depth + 1) for part in data["items"]))
            case "complex":
                return complex(*map(float, data["parts"]))
            case "dict":
                keys = spread([decode(k, get_array, depth + 1) for k, _ in data["items"]])
                return dict(zip(keys, (decode(v, get_array, depth + 1) for _, v in data["items"]), strict=True))
            case "tuple":
                return tuple(decode(item, get_array, depth + 1) for item in data["items"])
            case "set":
                return set(spread([decode(item, get_array, depth + 1) for item in data["items"]]))
            case kind:
                raise NotPlain(f"no kind of data is called {str(kind)[:40]!r}")
    except NotPlain:
        raise
    except Exception as error:  # the data may be anything at all: whatever goes wrong, it is not ours
        raise NotPlain(f"unreadable data ({type(error).__name__})") from None


def spread(keys: list[Any]) -> list[Any]:
    """Keys for a dictionary or a set; `NotPlain` where they were made to collide, and each look-up would go through all.

    >>> spread([n * (2**61 - 1) for n in range(1000)])
    Traceback (most recent call last):
        ...
    dlcourse.checks.plain.NotPlain: 999 of 1000 keys have the hash of another
    """
    if (collisions := len(keys) - len(set(map(hash, keys)))) > MAX_COLLISIONS:
        raise NotPlain(f"{collisions} of {len(keys)} keys have the hash of another")
    return keys


def squeezed(source: str) -> str:
    r"""Code without its white space: two cells that differ in nothing else are the same cell.

    >>> squeezed("x = 1 \n")
    'x=1'
    """
    return "".join(source.split())


def array_to_list(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """An array's entries as a JSON list, in full precision: for files that people may read."""
    return {"entries": array.ravel().tolist()}


def array_from_list(data: dict[str, Any], dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The inverse of `array_to_list`."""
    return np.array(data["entries"], dtype=dtype).reshape(shape)
