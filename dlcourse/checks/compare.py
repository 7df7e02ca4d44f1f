"""Close enough, defined once: where an answer departs from what was expected, said as a sentence."""

from typing import Any

import numpy as np

from dlcourse.checks.plain import Opaque

#: rtol and atol by the answer's float size in bytes: an answer in float32 cannot be asked for sixteen digits.
TOLERANCES = {2: (1e-2, 1e-3), 4: (1e-4, 1e-6), 8: (1e-7, 1e-9)}
#: Bytes of the floats that an array of this kind is made of, as a part of its entries' size.
PARTS = {"f": 1, "c": 2}


def difference(got: Any, expected: Any, rtol: float | None = None, atol: float | None = None) -> str | None:
    """Where `got` departs from `expected`, as a sentence; None where it does not.

    Shapes must be equal (nothing broadcasts). An entry is right when |got - expected| <= atol + rtol |expected|,
    with 1e-7 and 1e-9 for float64 answers, 1e-4 and 1e-6 for float32, and 1e-2 and 1e-3 for float16 where float16 is
    expected; NaN is right only where NaN is expected.

    >>> difference(np.array([1.0, 2.5]), np.array([1.0, 2.0]))
    'entry [1] is 2.5, expected 2 (off by 0.5)'
    >>> difference(np.ones((2, 1)), np.ones(2))
    'the shape is (2, 1), expected (2,)'
    >>> print(difference(1.0, 1.0 + 1e-12))
    None
    """
    got, expected = _bare(got), _bare(expected)
    if isinstance(expected, Opaque):
        return None if isinstance(got, Opaque) else f"the answer is {_kind(got)}, expected {_kind(expected)}"
    if isinstance(expected, tuple | list):
        return _items(got, expected, rtol, atol)
    if isinstance(expected, dict):
        return _dictionary(got, expected, rtol, atol)
    if isinstance(expected, set) and isinstance(got, set):
        return _members(got, expected)
    if isinstance(expected, bool | str | set) or expected is None:
        if type(got) is type(expected) and got == expected:
            return None
        return f"the answer is {show(got)}, expected {_kind(expected) if _kind(got) != _kind(expected) else show(expected)}"
    return _numbers(got, expected, rtol, atol)


def same(one: Any, other: Any) -> bool:
    """Whether two answers are the same answer, of the same form: how a known mistake is recognised."""
    return _kind(one) == _kind(other) and difference(one, other) is None


def show(value: Any) -> str:
    """A value in a few words, for a sentence.

    >>> show(np.zeros((30, 4))), show(0.25), show((1, 2))
    ('an array of shape (30, 4)', '0.25', 'a tuple of 2')
    """
    if isinstance(value, np.ndarray):
        if value.size > 8:
            return f"an array of shape {value.shape}"
        return " ".join(np.array2string(value, precision=6, separator=", ").split())
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple | list | dict):
        return f"{_kind(value)} of {len(value)}"
    if isinstance(value, set):
        return "{" + ", ".join(sorted(map(repr, value))[:20]) + "}"
    if isinstance(value, bool | int | str) or value is None:
        text = repr(value)
        return text if len(text) <= 80 else text[:77] + "..."
    return _kind(value)


def _bare(value: Any) -> Any:
    """A NumPy scalar as a plain number, or, where its precision counts, as an array of no dimensions."""
    if not isinstance(value, np.generic) or isinstance(value, float):
        return value
    return np.asarray(value) if value.dtype.kind in "fc" else value.item()


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return "an array"
    names = {bool: "True or False", int: "a number", float: "a number", complex: "a complex number", str: "a string",
             tuple: "a tuple", list: "a list", dict: "a dictionary", set: "a set", type(None): "None"}  # fmt: skip
    if isinstance(value, Opaque):
        return f"an object of type {value.opaque_type}"
    return names.get(type(value), f"an object of type {type(value).__name__}")


def _members(got: set[Any], expected: set[Any]) -> str | None:
    """Says what is wrong with a set without giving the right one away."""
    if strange := sorted(map(repr, got - expected)):
        return f"{strange[0]} does not belong to it"
    missing = len(expected - got)
    return f"all that stands there belongs to it, but {missing} more should" if missing else None


def _items(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    if not isinstance(got, tuple | list):
        return f"the answer is {_kind(got)}, expected {len(expected)} values"
    if len(got) != len(expected):
        return f"the answer has {len(got)} values, expected {len(expected)}"
    for i, (g, e) in enumerate(zip(got, expected, strict=True)):
        if wrong := difference(g, e, rtol, atol):
            return f"value {i + 1} of {len(expected)}: {wrong}"
    return None


def _dictionary(got: Any, expected: dict[Any, Any], rtol: float | None, atol: float | None) -> str | None:
    if not isinstance(got, dict):
        return f"the answer is {_kind(got)}, expected a dictionary"
    if got.keys() != expected.keys():
        return f"the keys are {sorted(map(str, got))}, expected {sorted(map(str, expected))}"
    for key in expected:
        if wrong := difference(got[key], expected[key], rtol, atol):
            return f"under {key!r}: {wrong}"
    return None


def _numbers(got: Any, expected: Any, rtol: float | None, atol: float | None) -> str | None:
    if isinstance(got, bool) or (
        isinstance(got, np.ndarray) and got.dtype.kind == "b" and np.asarray(expected).dtype.kind != "b"
    ):
        return "the answer is made of True and False, expected numbers (`.astype(float)` turns one into the other)"
    if not isinstance(got, np.ndarray | int | float | complex):
        return f"the answer is {_kind(got)}, expected {_kind(expected)}"
    g, e = np.asarray(got), np.asarray(expected)
    if g.shape != e.shape:
        wanted = f"expected {e.shape}" if e.shape else "expected a single number"
        return f"the shape is {g.shape}, {wanted}" if g.shape else f"the answer is one number, expected shape {e.shape}"
    if g.dtype.kind not in "biufc":
        return f"the answer is an array of {g.dtype.name}, expected numbers"
    r, a = TOLERANCES[_float_size(g, e)]
    with np.errstate(all="ignore"):
        g, e = (x.astype(complex if "c" in (g.dtype.kind, e.dtype.kind) else float) for x in (g, e))
        right = np.isclose(g, e, rtol=r if rtol is None else rtol, atol=a if atol is None else atol, equal_nan=True)
        off = np.abs(g - e)
    if right.all():
        return None
    first = tuple(int(i) for i in np.argwhere(~right)[0]) if right.ndim else ()
    where = f"entry [{', '.join(map(str, first))}] is" if right.ndim else "the answer is"
    far = f" (off by {off[first]:.3g})" if np.isfinite(off[first]) else ""
    got_text, expected_text = _apart(g[first], e[first])
    text = f"{where} {got_text}, expected {expected_text}{far}"
    wrong = int((~right).sum())
    return text if wrong == 1 else f"{text}; {wrong} of {right.size} entries are wrong"


def _float_size(g: np.ndarray[Any, Any], e: np.ndarray[Any, Any]) -> int:
    """The bytes of the coarser float of the two; rounding to half precision earns no one more room."""
    sizes = [array.dtype.itemsize // PARTS[array.dtype.kind] if array.dtype.kind in PARTS else 8 for array in (g, e)]
    return min(8, max(min(sizes), 4 if sizes[1] > 2 else 2))


def _apart(one: Any, other: Any) -> tuple[str, str]:
    """Two numbers with as many digits as tell them apart, six at least."""
    pairs = ((f"{one:.{digits}g}", f"{other:.{digits}g}") for digits in (6, 9, 12, 15, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (f"{one:.6g}", f"{other:.6g}"))
