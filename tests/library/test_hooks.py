import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlcourse import functional as F
from dlcourse.functional.arrays import Array
from dlcourse.hooks import capture, leaves, swap
from dlcourse.layers import Identity, Linear, PReLU, ReLU, Sequential, Tanh
from dlcourse.losses import MSELoss


def zero(z: Array) -> tuple[Array, tuple[Array]]:
    return np.zeros_like(z), (z,)


def network() -> Sequential:
    rng = np.random.default_rng(0)
    return Sequential(Linear(3, 4, rng=rng), ReLU(), Sequential(Linear(4, 4, rng=rng), Tanh()), Linear(4, 2, rng=rng))


# --- swap ------------------------------------------------------------------------------------------------------------


def test_within_the_block_layers_call_the_learners_function() -> None:
    with swap(relu=zero):
        assert_array_equal(ReLU()(np.ones(3)), np.zeros(3))


def test_within_the_block_losses_call_the_learners_function() -> None:
    with swap(mse_loss=lambda y, target: (42.0, (y,))):
        assert MSELoss().forward([1.0], [1.0]) == 42


def test_a_backward_can_be_swapped_alone_and_gets_the_librarys_cache() -> None:
    layer, caches = ReLU(), []

    def mine(dy: Array, cache: Any) -> Array:
        caches.append(cache)
        return dy * 7

    z = np.ones(3)
    with swap(relu_backward=mine):
        layer.forward(z)
        assert_array_equal(layer.backward(z), [7, 7, 7])
    assert_array_equal(caches[0][0], z)


def test_several_functions_can_be_swapped_at_once() -> None:
    with swap(relu=zero, tanh=zero):
        assert_array_equal(Sequential(ReLU(), Tanh())(np.ones(3)), np.zeros(3))


def test_after_the_block_the_librarys_function_is_back() -> None:
    before = F.relu
    with swap(relu=zero):
        pass
    assert F.relu is before


def test_after_an_error_the_librarys_function_is_back() -> None:
    before = F.relu
    with pytest.raises(ZeroDivisionError), swap(relu=zero):
        raise ZeroDivisionError
    assert F.relu is before


def test_blocks_can_be_nested() -> None:
    before = F.relu
    with swap(relu=zero):
        with swap(relu=lambda z: (z + 1, (z,))):
            assert_array_equal(ReLU()(np.ones(1)), [2])
        assert_array_equal(ReLU()(np.ones(1)), [0])
    assert F.relu is before


def test_a_misspelt_name_is_refused_and_the_nearest_are_listed() -> None:
    with pytest.raises(
        ValueError, match=r"swap got linear_bakward, which .* does not have: did you mean linear_backward"
    ) as error:
        swap(linear_bakward=zero).__enter__()
    assert "linear" in str(error.value)


def test_a_name_like_no_other_is_refused_with_the_whole_list() -> None:
    with pytest.raises(ValueError, match=r"did you mean one of .*relu, relu6, .*tanh_backward"):
        swap(qqq=zero).__enter__()


def test_helpers_are_not_for_swapping() -> None:
    with pytest.raises(ValueError, match="swap got one_hot"):
        swap(one_hot=zero).__enter__()


def test_nothing_is_swapped_where_one_name_is_wrong() -> None:
    before = F.relu
    with pytest.raises(ValueError, match="tanhh"):
        swap(relu=zero, tanhh=zero).__enter__()
    assert F.relu is before


def test_what_is_not_a_function_is_refused() -> None:
    with pytest.raises(TypeError, match=r"swap got relu=3: expected a function"):
        swap(relu=3).__enter__()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("returned", "named"),
    [
        (np.ones((2, 3)), "an array of shape (2, 3)"),
        (None, "None"),
        ((1, 2, 3), "a tuple of 3"),
    ],
    ids=["array", "nothing", "three"],
)
def test_a_function_that_forgets_its_cache_is_told_so(returned: Any, named: str) -> None:
    expected = re.escape(f"your relu returned {named}: expected a pair, return y, cache")
    with swap(relu=lambda z: returned), pytest.raises(TypeError, match=expected):
        ReLU().forward(np.ones((2, 3)))


# --- capture ---------------------------------------------------------------------------------------------------------


def test_capture_keeps_what_went_in_and_out_of_every_layer() -> None:
    net, x = network(), np.random.default_rng(1).normal(size=(5, 3))
    with capture(net) as record:
        y = net(x)
        dx = net.backward(np.ones((5, 2)))
    assert_array_equal(record[0].input, x)
    assert_array_equal(record[-1].output, y)
    assert_array_equal(record[-1].dy, np.ones((5, 2)))
    assert_array_equal(record[0].dx, dx)


def test_what_leaves_one_layer_enters_the_next_and_back() -> None:
    net = network()
    with capture(net) as record:
        net.backward(net(np.ones((5, 3))))
    rows = list(record)
    for here, there in pairwise(rows):
        assert_array_equal(here.output, there.input)
        assert_array_equal(here.dy, there.dx)


def test_layers_are_found_by_index_and_by_name_through_nested_networks() -> None:
    with capture(network()) as record:
        pass
    assert [row.name for row in record] == ["Linear1", "ReLU1", "Linear2", "Tanh1", "Linear3"]
    assert record["Linear2"] is record[2]
    assert len(record) == 5


def test_an_unknown_name_is_a_key_error_that_lists_the_names() -> None:
    with capture(Sequential(ReLU(), Tanh())) as record:
        pass
    with pytest.raises(KeyError, match="no layer 'Linear1': expected one of ReLU1, Tanh1"):
        record["Linear1"]


def test_a_later_pass_writes_over_an_earlier_one() -> None:
    net = network()
    with capture(net) as record:
        net(np.ones((5, 3)))
        net(np.zeros((2, 3)))
    assert_array_equal(record[0].input, np.zeros((2, 3)))


def test_captured_arrays_are_copies() -> None:
    x = np.ones((1, 2))
    net = Sequential(Identity())
    with capture(net) as record:
        y = net(x)
    x += 1
    y += 1
    assert_array_equal(record[0].input, [[1, 1]])
    assert_array_equal(record[0].output, [[1, 1]])


def test_nothing_is_recorded_after_the_block() -> None:
    net = network()
    with capture(net) as record:
        pass
    net(np.ones((5, 3)))
    assert record[0].input is None
    assert "forward" not in vars(net[0])


def test_layers_are_released_after_an_error() -> None:
    net = network()
    with pytest.raises(ZeroDivisionError), capture(net):
        raise ZeroDivisionError
    assert not {"forward", "backward"} & set(vars(net[0]))


def test_captures_can_be_nested() -> None:
    net = network()
    with capture(net) as outer:
        with capture(net) as inner:
            net(np.ones((5, 3)))
        net(np.zeros((5, 3)))
    assert_array_equal(inner[0].input, np.ones((5, 3)))
    assert_array_equal(outer[0].input, np.zeros((5, 3)))
    assert "forward" not in vars(net[0])


def test_a_skipped_dx_is_recorded_as_none() -> None:
    net = network()
    net.needs_input_grad = False
    with capture(net) as record:
        net.backward(net(np.ones((5, 3))))
    assert record[0].dx is None
    assert record[0].dy is not None


def test_a_single_layer_can_be_captured() -> None:
    layer = PReLU()
    with capture(layer) as record:
        layer(np.ones((1, 2)))
    assert record["PReLU1"].output is not None


def test_repr_of_a_record_lists_shapes() -> None:
    net = Sequential(ReLU(), Tanh())
    with capture(net) as record:
        net[0](np.ones((5, 3)))
    assert (
        repr(record)
        == "Record(\n  LayerRecord(ReLU1: input (5, 3), output (5, 3))\n  LayerRecord(Tanh1: nothing yet)\n)"
    )


def test_leaves_are_the_layers_inside_every_sequential() -> None:
    net = network()
    assert leaves(net) == [net[0], net[1], net[2][0], net[2][1], net[3]]
