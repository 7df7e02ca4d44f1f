import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlcourse.parameter import Parameter, flatten


def three() -> list[Parameter]:
    return [Parameter(np.full(shape, i, dtype=float)) for i, shape in enumerate([(2, 3), (3,), ()], start=1)]


def test_the_gradient_starts_at_zero_with_the_shape_and_dtype_of_the_value() -> None:
    p = Parameter(np.ones((2, 3), dtype=np.float32))
    assert_array_equal(p.grad, np.zeros((2, 3)))
    assert p.grad.dtype == np.float32


def test_whole_numbers_become_float64() -> None:
    assert Parameter([1, 2]).value.dtype == np.float64


def test_a_parameter_keeps_its_own_copy() -> None:
    source = np.ones(2)
    Parameter(source).value[0] = 5
    assert_array_equal(source, [1, 1])


def test_assigning_a_value_copies_into_the_same_buffer() -> None:
    p = Parameter([1.0, 2.0])
    window = p.value
    p.value = np.array([3.0, 4.0])
    assert_array_equal(window, [3, 4])
    assert p.value is window


def test_assigning_a_gradient_copies_into_the_same_buffer() -> None:
    p = Parameter([1.0, 2.0])
    window = p.grad
    p.grad = [3.0, 4.0]
    assert_array_equal(window, [3, 4])


def test_gradients_add_up_until_they_are_cleared() -> None:
    p = Parameter([1.0, 2.0])
    p.grad += [1.0, 1.0]
    p.grad += [1.0, 2.0]
    assert_array_equal(p.grad, [2, 3])
    p.zero_grad()
    assert_array_equal(p.grad, [0, 0])


@pytest.mark.parametrize("attribute", ["value", "grad"])
@pytest.mark.parametrize("shape", [(3, 2), (3,), (1, 3), ()], ids=str)
def test_another_shape_is_refused_even_where_it_would_broadcast(attribute: str, shape: tuple[int, ...]) -> None:
    p = Parameter(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"Parameter of shape \(2, 3\) got an array of shape .*: expected \(2, 3\)"):
        setattr(p, attribute, np.zeros(shape))


def test_repr_says_shape_dtype_and_whether_it_is_frozen() -> None:
    assert repr(Parameter(np.ones((2, 3), dtype=np.float32), requires_grad=False)) == (
        "Parameter(shape=(2, 3), dtype=float32, requires_grad=False)"
    )


def test_flatten_lays_all_values_end_to_end() -> None:
    values, grads = flatten(three())
    assert_array_equal(values, [1] * 6 + [2] * 3 + [3])
    assert_array_equal(grads, np.zeros(10))


def test_after_flatten_parameters_are_windows_onto_the_vectors() -> None:
    parameters = three()
    values, grads = flatten(parameters)
    values *= 10
    parameters[1].grad += 7
    assert_array_equal(parameters[0].value, np.full((2, 3), 10))
    assert_array_equal(grads, [0] * 6 + [7] * 3 + [0])


def test_flatten_keeps_gradients_that_are_there_already() -> None:
    parameters = three()
    parameters[2].grad = 5.0
    assert flatten(parameters)[1][-1] == 5


def test_flatten_again_moves_nothing() -> None:
    parameters = three()
    first, _ = flatten(parameters)
    window = parameters[0].value
    again, _ = flatten(parameters)
    assert np.shares_memory(first, again)
    assert parameters[0].value is window


def test_flatten_of_neighbours_is_a_part_of_the_same_vector() -> None:
    parameters = three()
    values, grads = flatten(parameters)
    part_of_values, part_of_grads = flatten(parameters[1:])
    part_of_values += 1
    part_of_grads += 2
    assert_array_equal(values, [1] * 6 + [3] * 3 + [4])
    assert_array_equal(grads, [0] * 6 + [2] * 4)


@pytest.mark.parametrize("order", [[0, 2], [1, 0], [2, 1, 0]], ids=str)
def test_flatten_of_others_lays_them_out_anew(order: list[int]) -> None:
    parameters = three()
    flatten(parameters)
    chosen = [parameters[i] for i in order]
    values, _ = flatten(chosen)
    values += 1
    assert_array_equal(values, np.concatenate([p.value.ravel() for p in chosen]))


def test_flatten_of_parts_of_two_networks_joins_them_in_a_new_vector() -> None:
    ours, theirs = three(), three()
    flatten(ours)
    flatten(theirs)
    theirs[1].value += 5
    mixed = [ours[0], theirs[1]]
    values, _ = flatten(mixed)
    assert_array_equal(values, [1] * 6 + [7] * 3)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))], ids=["deepcopy", "pickle"])
def test_a_copied_network_has_parameters_of_its_own(clone: object) -> None:
    originals = three()
    flatten(originals)
    copies = clone(originals)  # type: ignore[operator]
    values, _ = flatten(copies)
    values += 1
    assert_array_equal(copies[0].value, np.full((2, 3), 2))
    assert_array_equal(originals[0].value, np.full((2, 3), 1))


def test_two_dtypes_are_refused() -> None:
    with pytest.raises(
        TypeError, match="got parameters of float32 and float64: make all layers of a network with one dtype"
    ):
        flatten([Parameter(np.ones(2, dtype=np.float32)), Parameter(np.ones(2))])


def test_no_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="flatten got no parameters"):
        flatten([])
