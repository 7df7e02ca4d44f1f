"""The readers of what strangers wrote, on 100,000 damaged inputs: each is read or refused, soon, in little memory, in silence.

A plain seeded generator makes most of them: Hypothesis takes five times as long for each. It drives the
same generators for the rest, where it can look for the smallest input that fails. DLCOURSE_FUZZ says how many in all.
"""

import contextlib
import io
import os
import time
import tracemalloc
import warnings
from collections import Counter
from random import Random

import pytest
from damage import damaged_message, damaged_notebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcourse.grading.protocol import BadMessage, receive, send
from dlcourse.grading.submission import Malformed, SubmittedNotebook, parse_notebook

INPUTS = int(os.environ.get("DLCOURSE_FUZZ", "10000"))
SHARDS = 8
#: What any one input may take: an honest one takes less than a thousandth of it.
SECONDS, BYTES = 5.0, 8 * 2**20
LONGEST_SENTENCE = 400
FUZZ = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=INPUTS // 20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read_notebook(data):
    """How a notebook was taken: `read` or `refused`."""
    try:
        notebook = parse_notebook(data)
    except Malformed as error:
        assert 0 < len(str(error)) < LONGEST_SENTENCE
        return "refused"
    assert isinstance(notebook, SubmittedNotebook)
    for cell in notebook.cells:
        assert isinstance(cell.question, str)
        assert isinstance(cell.is_run, bool)
    return "read"


def read_message(data):
    """How a message was taken: `read` or `refused`. What was read is plain data: it can be shown, and sent on as it is."""
    try:
        message = receive(io.BytesIO(data))
    except (BadMessage, EOFError) as error:
        assert len(str(error)) < LONGEST_SENTENCE
        return "refused"
    assert isinstance(message, dict)
    assert repr(message)
    sent = bytes_of(message)
    assert bytes_of(receive(io.BytesIO(sent))) == sent
    return "read"


def bytes_of(message):
    pipe = io.BytesIO()
    send(pipe, message)
    return pipe.getvalue()


READERS = {"notebook": (damaged_notebook, read_notebook), "message": (damaged_message, read_message)}


@contextlib.contextmanager
def in_silence():
    """No warning is given within: a reader that turns it into a refusal would hide it from the other tests."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        yield
    assert not [str(warning.message) for warning in given]


@contextlib.contextmanager
def in_little_memory():
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", READERS)
def test_damaged_input_is_read_or_refused(kind, shard):
    make, read = READERS[kind]
    taken = Counter()
    for i in range(INPUTS * 9 // 10 // len(READERS) // SHARDS):
        seed = f"{kind} {shard} {i}"
        data, start = make(Random(seed)), time.perf_counter()
        try:
            with in_silence():
                taken[read(data)] += 1
            assert time.perf_counter() - start < SECONDS
        except Exception as error:
            pytest.fail(f"{kind}, seed {seed!r}: {type(error).__name__}: {error}\n{data[:500]!r}")
    assert min(taken["read"], taken["refused"]) > 0.1 * taken.total(), f"the damage is too small or too large: {taken}"


@pytest.mark.parametrize("kind", READERS)
def test_damaged_input_is_read_in_little_memory(kind):
    make, read = READERS[kind]
    inputs = [make(Random(f"{kind} {i}")) for i in range(200)]
    with in_little_memory():
        for data in inputs:
            read(data)


@FUZZ
@given(st.randoms(use_true_random=False))
def test_the_smallest_notebook_that_breaks_the_reader_is_not_found(rng):
    with in_silence():
        read_notebook(damaged_notebook(rng))


@FUZZ
@given(st.randoms(use_true_random=False))
def test_the_smallest_message_that_breaks_the_reader_is_not_found(rng):
    with in_silence():
        read_message(damaged_message(rng))
