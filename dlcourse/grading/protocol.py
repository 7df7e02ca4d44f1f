"""Messages between the grader and a worker: a JSON header and the arrays' bytes behind it. Data only, never pickle.

What comes from a worker was written by a stranger: lengths, types and shapes are checked before anything is believed.
"""

import json
import struct
from typing import IO, Any

import numpy as np

from dlcourse.checks.plain import NotPlain, decode, encode

MAX_HEADER = 16 * 2**20
MAX_ARRAYS = 256 * 2**20
LENGTHS = struct.Struct(">II")


class BadMessage(Exception):
    """Bytes that are not a message, or one over its limits."""


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message: plain data under string keys."""
    blobs: list[bytes] = []

    def put(array: np.ndarray[Any, Any]) -> dict[str, Any]:
        blobs.append(array.tobytes())
        return {"bytes": len(blobs[-1])}

    header = json.dumps(encode(message, put)).encode()
    size = sum(map(len, blobs))
    if len(header) > MAX_HEADER or size > MAX_ARRAYS:
        raise BadMessage(
            f"the answer is too large: {(len(header) + size) / 2**20:.0f} MB, at most {MAX_ARRAYS / 2**20:.0f} MB"
        )
    stream.write(LENGTHS.pack(len(header), size) + header)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any]:
    """Read one message; EOFError where the other side is gone, `BadMessage` where it does not keep to the protocol."""
    header_size, arrays_size = LENGTHS.unpack(exactly(stream, LENGTHS.size))
    if header_size > MAX_HEADER or arrays_size > MAX_ARRAYS:
        raise BadMessage("a message over its size limit")
    header, arrays = exactly(stream, header_size), memoryview(exactly(stream, arrays_size))
    start = 0

    def get(data: dict[str, Any], dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        nonlocal start
        size = int(data["bytes"])
        piece = arrays[start : start + size]
        start += size
        return np.frombuffer(piece, dtype=dtype).reshape(shape).copy()

    try:
        message = decode(json.loads(header), get)
    except (ValueError, RecursionError, NotPlain) as error:
        raise BadMessage(f"a message that cannot be read ({error})") from None
    if not isinstance(message, dict):
        raise BadMessage("a message that is not a dictionary")
    return message


def exactly(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, however many reads they take."""
    pieces = bytearray()
    while len(pieces) < size:
        piece = stream.read(min(size - len(pieces), 2**20))
        if not piece:
            raise EOFError("the other side closed the pipe")
        pieces += piece
    return bytes(pieces)
