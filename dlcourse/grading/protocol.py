"""Messages between the grader and a worker: a JSON header and the arrays' bytes behind it. Data only, never pickle.

What comes from a worker was written by a stranger: lengths, types and shapes are checked before anything is believed.
"""

import json
import math
import struct
import sys
from typing import IO, Any

import numpy as np

from dlcourse.checks.plain import NotPlain, decode, encode

MAX_HEADER = 16 * 2**20
MAX_ARRAYS = 256 * 2**20
#: Brackets, braces and commas of a header, each of which may stand for a value: a list of three bytes takes sixty in memory.
MAX_VALUES = 2_000_000
LENGTHS = struct.Struct(">II")


class BadMessage(Exception):
    """Bytes that are not a message, or one over its limits."""


def send(stream: IO[bytes], message: dict[str, Any], most: int = MAX_ARRAYS) -> None:
    """Write one message: plain data under string keys, its arrays of `most` bytes together."""
    blobs: list[bytes] = []

    def put(array: np.ndarray[Any, Any]) -> dict[str, Any]:
        blobs.append(array.tobytes())
        return {"bytes": len(blobs[-1])}

    try:
        header = json.dumps(encode(message, put)).encode("ascii")
    except ValueError as error:  # Python writes no whole number of more than 4300 digits
        raise BadMessage(f"the answer cannot be sent ({error})") from None
    size = sum(map(len, blobs))
    if len(header) > MAX_HEADER or size > most:
        raise BadMessage(
            f"the answer is too large: {(len(header) + size) / 2**20:.0f} MB, at most {most / 2**20:.0f} MB"
        )
    if values_in(header) > MAX_VALUES:
        raise BadMessage(f"the answer is too large: it holds more than {MAX_VALUES:,} values outside of arrays")
    stream.write(LENGTHS.pack(len(header), size) + header)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes], most: int = MAX_ARRAYS) -> dict[str, Any]:
    """Read one message; EOFError where the other side is gone, `BadMessage` where it does not keep to the protocol."""
    header_size, arrays_size = LENGTHS.unpack(exactly(stream, LENGTHS.size))
    if header_size > MAX_HEADER or arrays_size > most:
        raise BadMessage("a message over its size limit")
    header, arrays = exactly(stream, header_size), memoryview(exactly(stream, arrays_size))
    if values_in(header) > MAX_VALUES:
        raise BadMessage("a message of too many values")
    start = 0

    def get(data: dict[str, Any], dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        nonlocal start
        size = math.prod(shape) * dtype.itemsize
        if data["bytes"] != size or start + size > len(arrays):
            raise NotPlain("an array of another size than its shape has")
        piece = arrays[start : start + size]
        start += size
        return well_formed(np.frombuffer(piece, dtype=dtype).reshape(shape))

    try:  # the message itself is no level of the answer in it
        message = decode(json.loads(header.decode("ascii")), get, depth=-1)
    except (ValueError, RecursionError, NotPlain) as error:
        raise BadMessage(f"a message that cannot be read ({error})") from None
    if not isinstance(message, dict):
        raise BadMessage("a message that is not a dictionary")
    return message


def values_in(header: bytes | bytearray) -> int:
    """At most so many values stand in a header."""
    return sum(map(header.count, (b"[", b"{", b",")))


def well_formed(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A copy that holds what its type can hold: bytes from a stranger need be neither truth values nor characters."""
    if array.dtype.kind == "b":
        return array.view(np.uint8).astype(np.bool_)
    if array.dtype.kind == "U" and array.size:
        points = np.frombuffer(array.tobytes(), np.dtype("u4").newbyteorder(array.dtype.byteorder))
        if points.max() > sys.maxunicode:
            raise NotPlain("an array of text that is no text")
    return array.copy()


def exactly(stream: IO[bytes], size: int) -> bytearray:
    """`size` bytes, however many reads they take."""
    pieces = bytearray()
    while len(pieces) < size:
        piece = stream.read(min(size - len(pieces), 2**20))
        if not piece:
            raise EOFError("the other side closed the pipe")
        pieces += piece
    return pieces
