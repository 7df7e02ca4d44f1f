import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse.checks.compare import same
from dlcourse.checks.plain import NotPlain, Opaque, array_from_list, array_to_list, decode, encode, plain

ATOMS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8)
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_]), hnp.array_shapes(min_dims=0, max_side=3)
)
VALUES = st.recursive(
    ATOMS | ARRAYS.filter(lambda a: not np.isnan(a.astype(float)).any()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$", "items", "dtype", "shape", "entries", "handle", "parts", "type"]), inner, max_size=5
        )
        | st.builds(
            lambda kind, rest: {"$": kind, "items": rest},
            st.sampled_from(["array", "dict", "set", "tuple", "complex", "opaque"]),
            inner,
        )
    ),
    max_leaves=12,
)


def keep(thing):
    return Opaque(type(thing).__name__, 0)


@settings(derandomize=True, deadline=None)
@given(VALUES)
def test_values_survive_the_way_through_json(value):
    data = json.loads(json.dumps(encode(plain(value, keep), array_to_list)))
    assert repr(decode(data, array_from_list)) == repr(plain(value, keep))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(JSON)
def test_any_json_is_decoded_or_refused(data):
    try:
        decode(data, array_from_list)
    except NotPlain as error:
        assert str(error)


class Liar(np.ndarray):
    def __eq__(self, other):
        return True

    __hash__ = None


def test_an_array_subclass_becomes_a_base_array():
    assert type(plain(np.ones(2).view(Liar), keep)) is np.ndarray


def test_a_float_subclass_becomes_a_float():
    assert type(plain(type("Mine", (float,), {})(2.0), keep)) is float


def test_an_object_is_kept_and_named():
    kept = []
    assert plain((1, object()), lambda thing: kept.append(thing) or keep(thing)) == (1, Opaque("object", 0))


def test_an_array_of_objects_is_refused():
    with pytest.raises(NotPlain, match="dtype object"):
        plain(np.array([None]), keep)


def test_bottomless_nesting_is_refused():
    loop: list = []
    loop.append(loop)
    with pytest.raises(NotPlain, match="levels deep"):
        plain(loop, keep)


def test_a_set_keeps_its_members():
    assert same(decode(encode({"relu", "elu"}, array_to_list), array_from_list), {"elu", "relu"})
