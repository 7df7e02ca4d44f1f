import contextlib
import io
import json
import struct
import time
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.checks.plain import MAX_DEPTH, plain
from dlcourse.grading import protocol
from dlcourse.grading.protocol import BadMessage, receive, send


def through(message):
    pipe = io.BytesIO()
    send(pipe, message)
    pipe.seek(0)
    return receive(pipe)


def test_arrays_arrive_as_they_were_sent():
    sent = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": [np.float32([1.5]), (np.array(True), "x")],
        "c": np.zeros((0, 3), np.int64),
    }
    assert repr(through(sent)) == repr(sent)


def test_an_array_that_arrives_is_the_readers_own():
    assert through({"a": np.ones(3)})["a"].flags.writeable


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(data):
    with contextlib.suppress(BadMessage, EOFError):
        receive(io.BytesIO(data))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.data())
def test_a_message_with_flipped_bytes_is_read_or_refused(data):
    pipe = io.BytesIO()
    send(pipe, {"value": (np.arange(4.0), {"k": 1.5}), "error": ""})
    raw = bytearray(pipe.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadMessage, EOFError):
        receive(io.BytesIO(bytes(raw)))


@pytest.mark.parametrize(
    "header",
    [
        b'{"$":"dict","items":[["v",{"$":"array","dtype":"|O","shape":[1],"bytes":8}]]}',
        b'{"$":"dict","items":[["v",{"$":"array","dtype":"<f8","shape":[-1],"bytes":8}]]}',
        b'{"$":"dict","items":[["v",{"$":"array","dtype":"<f8","shape":[99999999999],"bytes":8}]]}',
        b'{"$":"dict","items":[["v",{"$":"array","dtype":"<f8","shape":[1],"bytes":-8}]]}',
        b"[1, 2]",
        b"[" * 5000,
        b"nonsense",
    ],
)
def test_a_forged_header_is_refused(header):
    with pytest.raises(BadMessage):
        receive(io.BytesIO(struct.pack(">II", len(header), 8) + header + b"\0" * 8))


def test_an_announced_length_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(BadMessage, match="size limit"):
        receive(io.BytesIO(struct.pack(">II", 2**32 - 1, 0)))


def test_an_answer_over_the_limit_is_refused_by_the_sender():
    with pytest.raises(BadMessage, match="too large"):
        send(io.BytesIO(), {"a": np.zeros(100)}, 799)


def test_an_answer_over_the_limit_is_refused_by_the_receiver():
    stream = io.BytesIO()
    send(stream, {"a": np.zeros(100)}, 800)
    stream.seek(0)
    with pytest.raises(BadMessage, match="size limit"):
        receive(stream, 799)


def message(header, arrays=b""):
    """The bytes of a message that `send` would not write."""
    return io.BytesIO(struct.pack(">II", len(header), len(arrays)) + header + arrays)


def value(data, arrays=b""):
    """The bytes of a message whose value is this JSON."""
    return message(b'{"$":"dict","items":[["v",' + json.dumps(data).encode() + b"]]}", arrays)


def array(**changes):
    return {"$": "array", "dtype": "<f8", "shape": [1], "bytes": 8} | changes


DTYPES = [
    *(
        "|O",
        "V8",
        "S5",
        "a5",
        "m8",
        "M8[s]",
        "f8,i4",
        "(2,3)f8",
        "(99999,99999)f8",
        "f8f8",
        "float",
        "c",
        "p",
        "\ud800",
    ),
    *(
        "",
        "\0",
        "<U999999999",
        "<U0",
        "<f-8",
        "<f8 ",
        None,
        5,
        True,
        [["a", "<f8"]],
        {"names": ["a"], "formats": ["<f8"]},
    ),
]
SHAPES = [
    *(
        [10**18],
        [10**10] * 3,
        [0, 10**30],
        [2**63],
        [10**4000],
        [-1],
        [1.0],
        ["1"],
        [True],
        [None],
        [[1]],
        "1",
        {"1": 1},
    ),
    *([1] * 33, None, 1, [float("inf")]),
]


@pytest.mark.parametrize("dtype", DTYPES, ids=repr)
def test_only_types_that_an_array_of_data_has_are_read_and_none_warns(dtype):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(BadMessage):
            receive(value(array(dtype=dtype), b"\0" * 8))
    assert not warned


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: repr(shape)[:20])
def test_only_shapes_that_an_array_has_are_read(shape):
    with pytest.raises(BadMessage):
        receive(value(array(shape=shape), b"\0" * 8))


@pytest.mark.parametrize("size", [0, 7, 9, 16, -8, 10**18, 10**400, 8.5, "8", None])
def test_an_array_has_the_bytes_that_its_shape_asks_for(size):
    with pytest.raises(BadMessage):
        receive(value(array(bytes=size), b"\0" * 16))


def test_an_array_of_truth_values_holds_nothing_else():
    assert receive(value(array(dtype="|b1", bytes=1), b"\7"))["v"].view(np.uint8) == [1]


def test_an_array_of_text_holds_nothing_else():
    with pytest.raises(BadMessage, match="no text"):
        receive(value(array(dtype="<U1", bytes=4), b"\xff" * 4))


@pytest.mark.parametrize("dtype", ["<U3", ">U3"])
def test_text_arrives_in_either_order_of_bytes(dtype):
    assert through({"a": np.array(["z\u00e9\U0001f600"], dtype)})["a"] == ["z\u00e9\U0001f600"]


COLLIDING = [n * (2**61 - 1) for n in range(20_000)]
PAIRS = [[key, 0] for key in COLLIDING]


@pytest.mark.parametrize(
    "data",
    [
        {"$": "set", "items": COLLIDING},
        {"$": "dict", "items": PAIRS},
        {"$": "dice", "kind": "PCG64", "state": PAIRS},
        {"$": "dice", "kind": "PCG64", "state": {"$": "dict", "items": PAIRS}},
    ],
    ids=["set", "dict", "dice", "dice of a dict"],
)
def test_keys_that_were_made_to_collide_are_refused_at_once(data):
    start = time.perf_counter()
    with pytest.raises(BadMessage):
        receive(value(data))
    assert time.perf_counter() - start < 2  # a dictionary of them takes ten


def test_a_product_of_a_million_long_numbers_is_not_worked_out():
    start = time.perf_counter()
    with pytest.raises(BadMessage):
        receive(value(array(shape=[10**300] * 40_000)))
    assert time.perf_counter() - start < 2


def test_a_header_that_would_grow_in_memory_is_refused_before_it_does():
    sent = message(b'{"$":"dict","items":[["v",[' + b"[]," * 4_000_000 + b"[]]]]}")
    tracemalloc.start()
    try:
        with pytest.raises(BadMessage, match="too many values"):
            receive(sent)
        assert tracemalloc.get_traced_memory()[1] < 40e6  # the header has 12 MB; the lists would take 300, twice
    finally:
        tracemalloc.stop()


def test_a_promise_of_much_allocates_nothing_until_it_is_kept():
    tracemalloc.start()
    try:
        with pytest.raises(EOFError):
            receive(io.BytesIO(struct.pack(">II", protocol.MAX_HEADER, protocol.MAX_ARRAYS) + b"{}"))
        assert tracemalloc.get_traced_memory()[1] < 3e6
    finally:
        tracemalloc.stop()


def test_an_answer_of_too_many_values_is_refused_by_the_sender(monkeypatch):
    monkeypatch.setattr(protocol, "MAX_VALUES", 100)
    with pytest.raises(BadMessage, match="more than 100 values"):
        send(io.BytesIO(), {"a": list(range(101))})


def test_a_number_that_python_does_not_write_out_is_refused_by_the_sender():
    with pytest.raises(BadMessage, match="cannot be sent"):
        send(io.BytesIO(), {"a": 10**5000})


def test_an_answer_as_deep_as_answers_may_be_arrives():
    deep = 1.0
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert through({"value": plain(deep, lambda thing: 0)})["value"] == deep


def test_an_answer_deeper_than_answers_may_be_is_refused():
    with pytest.raises(BadMessage, match="levels deep"):
        receive(message(b'{"$":"dict","items":[["v",' + b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2) + b"]]}"))
