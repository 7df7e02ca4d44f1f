import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_an_answer_over_the_limit_is_refused_by_the_sender(monkeypatch):
    monkeypatch.setattr(protocol, "MAX_ARRAYS", 100)
    with pytest.raises(BadMessage, match="too large"):
        send(io.BytesIO(), {"a": np.zeros(100)})
