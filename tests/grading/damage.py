"""Inputs that were valid once: notebooks and messages, damaged in the ways that a disk, a program or a stranger may find.

Raw random bytes prove little: nearly all of them end at the first brace. So every input here starts as something valid and
is changed a few times, as a tree (values exchanged, lost, doubled, moved elsewhere) and then as bytes (cut, spliced, flipped).
All choices come from the generator that is handed in, so whoever has its seed has the input.
"""

import copy
import io
import json
import struct
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from dlcourse.checks.plain import Opaque
from dlcourse.grading.protocol import send

Tree = Any

#: Stand for text that `json.dumps` would not write.
RAW = {
    '"@long@"': "9" * 5000,
    '"@infinite@"': "1e999999",
    '"@deep@"': "[" * 400 + "]" * 400,
    '"@deeper@"': '{"a":' * 3000 + "1" + "}" * 3000,
    '"@bottomless@"': "[" * 3000,
    '"@twice@"': '{"$":"dict","$":"array","$":"set","items":[],"items":[1]}',
}
NUMBERS = [0, 1, -1, 2, 8, 3.5, -0.0, 1e308, 2**31, 2**32, 2**53 + 1, 2**63, 10**18, 10**30, -(10**18), 10**400]
NOT_FINITE = [float("nan"), float("inf"), -float("inf")]
WORDS = ["", "q1", "q1-2", "-1" * 50, "demo", "code", "x = 1", "check('q1')", "\0", "\u2028", "\ud800", "\udfff\ud800"]
TYPES = [
    "<f8",
    ">f8",
    "|O",
    "V8",
    "S5",
    "a5",
    "<U3",
    "<U999999999",
    "|b1",
    "<c16",
    "<f16",
    "M8[s]",
    "f8,i4",
    "(2,3)f8",
    "g",
]
KINDS = ["array", "opaque", "complex", "dict", "tuple", "set", "callback", "dice", "slice", "no-such-kind"]
KEYS = [
    "$",
    "items",
    "dtype",
    "shape",
    "bytes",
    "handle",
    "parts",
    "type",
    "name",
    "kind",
    "state",
    "cells",
    "cell_type",
]
KEYS += [
    "source",
    "input",
    "metadata",
    "tags",
    "nbgrader",
    "grade_id",
    "dlcourse",
    "exercise",
    "worksheets",
    "nbformat",
]
ATOMS = [
    None,
    True,
    False,
    *NUMBERS,
    *NOT_FINITE,
    *WORDS,
    *TYPES,
    *KINDS,
    *KEYS,
    [],
    {},
    "x" * 5000,
    *(m[1:-1] for m in RAW),
]


def atom(rng: Random) -> Tree:
    return copy.deepcopy(rng.choice(ATOMS))


def grown(rng: Random, depth: int = 3) -> Tree:
    """A tree of JSON's types, with keys that mean something to one of the readers."""
    form = rng.randrange(5 if depth else 1)
    if form < 2:
        return atom(rng)
    if form == 2:
        return [grown(rng, depth - 1) for _ in range(rng.randrange(4))]
    if form == 3:
        return {"$": rng.choice(KINDS), "items": [grown(rng, depth - 1) for _ in range(rng.randrange(3))]}
    return {rng.choice(KEYS): grown(rng, depth - 1) for _ in range(rng.randrange(5))}


# --- valid to begin with ---------------------------------------------------------------------------------------------


def notebook(rng: Random) -> Tree:
    """A notebook of nbformat 4, or of 3."""
    old = rng.random() < 0.2
    lines = [
        "import numpy as np\n",
        "def f(x):\n",
        "    return 2 * x\n",
        "check('q1')",
        "%matplotlib inline\n",
        "é\U0001f600",
    ]
    cells = []
    for i in range(rng.randrange(1, 6)):
        source = rng.sample(lines, rng.randrange(len(lines)))
        metadata: Tree = {"nbgrader": {"grade_id": f"q{i}", "solution": True, "schema_version": 3}, "tags": ["demo"]}
        cell = {"cell_type": rng.choice(["code", "code", "markdown"]), "metadata": metadata, "outputs": []}
        cells.append({**cell, "input" if old else "source": rng.choice([source, "".join(source)])})
    about = {"dlcourse": {"exercise": "05_activations"}, "kernelspec": {"name": "python3"}}
    pages = {"worksheets": [{"cells": cells, "metadata": {}}]} if old else {"cells": cells}
    return {**pages, "metadata": about, "nbformat": 3 if old else 4, "nbformat_minor": 5}


def answer(rng: Random, depth: int = 3) -> Any:
    """Plain data, as a learner's function may give it."""
    leaves: list[Callable[[], Any]] = [
        lambda: np.arange(rng.randrange(7), dtype=rng.choice(["f8", "f4", "i8", "u1", "c16", ">f8"])),
        lambda: np.ones((rng.randrange(3), rng.randrange(3)), rng.choice(["?", "f8"])),
        lambda: np.array(["relu", "élu"]),
        lambda: rng.choice([0, 1.5, float("nan"), -3, 10**30, True, None, "tanh", 2 + 1j, Opaque("cache", 3)]),
    ]
    branches: list[Callable[[], Any]] = [
        lambda: [answer(rng, depth - 1) for _ in range(rng.randrange(4))],
        lambda: tuple(answer(rng, depth - 1) for _ in range(rng.randrange(4))),
        lambda: {rng.choice(["W", "b", 3, (1, 2)]): answer(rng, depth - 1) for _ in range(rng.randrange(4))},
        lambda: {rng.choice([1, 2, "relu", (0, 1)]) for _ in range(rng.randrange(4))},
    ]
    return rng.choice(leaves + branches if depth else leaves)()


def message(rng: Random) -> tuple[Tree, bytes]:
    """Header and arrays of a message that `send` wrote."""
    pipe = io.BytesIO()
    send(pipe, {"value": answer(rng), "error": "", "message": "é"})
    size, _ = struct.unpack(">II", pipe.getvalue()[:8])
    return json.loads(pipe.getvalue()[8 : 8 + size]), pipe.getvalue()[8 + size :]


# --- damage ----------------------------------------------------------------------------------------------------------


def places(tree: Tree) -> list[tuple[Any, Any]]:
    """Every place in a tree: what holds it, and under which key."""
    found, left = [], [tree]
    while left:
        holder = left.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else []
        found += [(holder, key) for key in keys]
        left += [holder[key] for key in keys]
    return found


def damaged(rng: Random, tree: Tree) -> Tree:
    """A tree, changed in one place."""
    spots = places(tree)
    if not spots:
        return grown(rng)
    holder, key = rng.choice(spots)
    value = holder[key]
    match rng.randrange(10):
        case 0 | 1 | 2:
            holder[key] = atom(rng)
        case 3:
            holder[key] = grown(rng)
        case 4:
            del holder[key]
        case 5:
            holder[key] = rng.choice(
                [[value], {"$": rng.choice(KINDS), "items": [value]}, [value, copy.deepcopy(value)]]
            )
        case 6:
            other, where = rng.choice(spots)
            holder[key] = copy.deepcopy(other[where])
        case 7 if isinstance(value, dict | list):
            holder[key] = list(value.values()) if isinstance(value, dict) else {str(i): v for i, v in enumerate(value)}
        case 8 if isinstance(holder, dict):
            holder[rng.choice(KEYS)] = holder.pop(key)
        case 9 if isinstance(value, str | int | float):
            holder[key] = str(value) if not isinstance(value, str) else len(value)
        case _:
            if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(value))
    return tree


def written(rng: Random, tree: Tree) -> bytes:
    """A tree as JSON, with what only text can hold."""
    text = json.dumps(tree, ensure_ascii=rng.random() < 0.7)
    for mark, raw in RAW.items():
        text = text.replace(mark, raw)
    return text.encode("utf-8", "surrogatepass")


def shaken(rng: Random, data: bytes) -> bytes:
    """Bytes, changed in one place."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    match rng.randrange(6):
        case 0:
            return data[:a]
        case 1:
            return data[:a] + data[b:]
        case 2:
            return data[:b] + data[a:b] + data[b:]
        case 3:
            return data[:a] + rng.randbytes(rng.randrange(1, 5)) + data[a:]
        case 4:
            return (
                data[:a]
                + rng.choice([b"[", b"{", b'"', b"]", b",", b"\\", b"\0", b"-", b"1e9", b"\xff\xfe"])
                + data[a:]
            )
        case _:
            return data[:a] + bytes(byte ^ (1 << rng.randrange(8)) for byte in data[a : a + 3]) + data[a + 3 :]


def few(rng: Random, change: Callable[[Random, Any], Any], thing: Any, most: int) -> Any:
    """A thing after a few changes, or none."""
    for _ in range(rng.randrange(most + 1)):
        thing = change(rng, thing)
    return thing


def damaged_notebook(rng: Random) -> bytes:
    """The bytes of a notebook that has suffered."""
    form = rng.random()
    tree = grown(rng, 4) if form < 0.1 else few(rng, damaged, notebook(rng), 4)
    data = written(rng, tree)
    if form > 0.97:
        data = data.decode("utf-8", "replace").encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32"]))
    return few(rng, shaken, data, 3) if rng.random() < 0.4 else data


def damaged_message(rng: Random) -> bytes:
    """The bytes of a message that has suffered, or was forged."""
    tree, arrays = message(rng)
    tree = grown(rng, 4) if rng.random() < 0.1 else few(rng, damaged, tree, 4)
    header = written(rng, tree)
    if rng.random() < 0.3:
        header = few(rng, shaken, header, 2)
    if rng.random() < 0.5:
        arrays = few(rng, shaken, arrays, 2)
    lengths = [len(header), len(arrays)]
    if rng.random() < 0.1:
        lengths[rng.randrange(2)] = rng.choice([0, 1, 7, 2**20, 2**24, 2**28, 2**31, 2**32 - 1])
    data = struct.pack(">II", *lengths) + header + arrays
    return shaken(rng, data) if rng.random() < 0.1 else data
