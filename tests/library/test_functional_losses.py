from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful, central_difference, off_kinks

from dlcourse import functional as F

N, K = 4, 3
LABELS = np.array([0, 2, 1, 2])
SOFT = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])
TARGETS = {
    "mse_loss": np.arange(12.0).reshape(N, K),
    "half_squared_error": np.arange(12.0).reshape(N, K),
    "binary_cross_entropy_with_logits": SOFT,
    "cross_entropy": LABELS,
}
every_loss = pytest.mark.parametrize(("name", "y"), list(TARGETS.items()), ids=list(TARGETS))
outputs = arrays(np.float64, (N, K), elements=off_kinks)


def pair(name: str) -> tuple[Callable, Callable]:
    return getattr(F, name), getattr(F, f"{name}_backward")


@every_loss
@careful
@given(z=outputs)
def test_backward_is_the_derivative_of_forward(name: str, y: np.ndarray, z: np.ndarray) -> None:
    forward, backward = pair(name)
    expected = central_difference(lambda z: forward(z, y)[0], z)
    assert_allclose(backward(forward(z, y)[1]), expected, rtol=1e-5, atol=1e-7)


@careful
@given(z=outputs)
def test_cross_entropy_backward_is_the_derivative_for_rows_of_probabilities_too(z: np.ndarray) -> None:
    expected = central_difference(lambda z: F.cross_entropy(z, SOFT)[0], z)
    assert_allclose(F.cross_entropy_backward(F.cross_entropy(z, SOFT)[1]), expected, rtol=1e-5, atol=1e-7)


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@careful
@given(z=arrays(np.float32, (N, K), elements=st.floats(-1000, 1000, width=32)))
def test_nothing_overflows_between_minus_and_plus_1000(name: str, y: np.ndarray, dtype: type, z: np.ndarray) -> None:
    forward, backward = pair(name)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, cache = forward(z.astype(dtype), y)
        dz = backward(cache)
    assert np.isfinite(loss)
    assert np.isfinite(dz).all()


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_has_the_dtype_of_the_outputs_and_the_loss_is_a_float(
    name: str, y: np.ndarray, dtype: type
) -> None:
    forward, backward = pair(name)
    loss, cache = forward(np.ones((N, K), dtype=dtype), y)
    assert (type(loss), backward(cache).dtype) == (float, dtype)


@every_loss
@careful
@given(z=outputs)
def test_neither_input_is_changed_and_backward_can_be_called_twice(name: str, y: np.ndarray, z: np.ndarray) -> None:
    forward, backward = pair(name)
    z_before, y_before = z.copy(), y.copy()
    _, cache = forward(z, y)
    assert_array_equal(backward(cache), backward(cache))
    assert_array_equal(z, z_before)
    assert_array_equal(y, y_before)


def test_mse_is_the_mean_over_all_entries() -> None:
    assert F.mse_loss([[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [3.0, 2.0]])[0] == (1 + 4) / 4


def test_half_squared_error_sums_over_outputs_and_averages_over_the_batch() -> None:
    assert F.half_squared_error([[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [3.0, 2.0]])[0] == (1 + 4) / (2 * 2)


def test_the_delta_of_half_squared_error_is_the_error_over_n() -> None:
    _, cache = F.half_squared_error([[3.0], [5.0]], [[1.0], [1.0]])
    assert_array_equal(F.half_squared_error_backward(cache), [[1], [2]])


def test_binary_cross_entropy_is_minus_the_log_of_the_probability_of_the_answer() -> None:
    loss, _ = F.binary_cross_entropy_with_logits([np.log(3), np.log(3)], [1, 0])
    assert_allclose(loss, -(np.log(0.75) + np.log(0.25)) / 2)


def test_binary_cross_entropy_keeps_a_tiny_loss() -> None:
    assert_allclose(F.binary_cross_entropy_with_logits([50.0], [1])[0], np.exp(-50), rtol=1e-12)


def test_binary_cross_entropy_of_a_sure_and_wrong_answer_is_its_logit() -> None:
    assert F.binary_cross_entropy_with_logits([-1000.0, 1000.0], [1, 0])[0] == 1000


def test_the_delta_of_binary_cross_entropy_is_h_minus_y_over_the_size() -> None:
    z, y = np.array([[0.3, -2.0]]), np.array([[1, 0]])
    _, cache = F.binary_cross_entropy_with_logits(z, y)
    assert_allclose(F.binary_cross_entropy_with_logits_backward(cache), (F.sigmoid(z)[0] - y) / 2)


def test_cross_entropy_is_minus_the_log_of_the_probability_of_the_answer() -> None:
    loss, _ = F.cross_entropy([[2.0, 1.0, 0.1], [2.0, 1.0, 0.1]], [0, 2])
    assert_allclose(loss, -(np.log(0.65900114) + np.log(0.09856589)) / 2, rtol=1e-7)


def test_cross_entropy_of_a_network_that_knows_nothing_is_log_k() -> None:
    assert_allclose(F.cross_entropy(np.zeros((5, 10)), np.arange(5))[0], np.log(10))


def test_labels_and_their_one_hot_rows_give_one_loss() -> None:
    z = np.random.default_rng(0).normal(size=(N, K))
    assert F.cross_entropy(z, LABELS)[0] == F.cross_entropy(z, F.one_hot(LABELS, K))[0]


def test_the_delta_of_cross_entropy_is_h_minus_y_over_n() -> None:
    z = np.random.default_rng(0).normal(size=(N, K))
    _, cache = F.cross_entropy(z, LABELS)
    assert_allclose(F.cross_entropy_backward(cache), (F.softmax(z)[0] - F.one_hot(LABELS, K)) / N)


def test_one_hot_puts_one_in_the_column_of_the_label() -> None:
    assert_array_equal(F.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])


@pytest.mark.parametrize("name", ["mse_loss", "half_squared_error", "binary_cross_entropy_with_logits"])
def test_a_column_against_a_row_is_refused_because_it_would_broadcast(name: str) -> None:
    with pytest.raises(
        ValueError, match=rf"{name} got a target of shape \(4,\): expected \(4, 1\), the shape of the output"
    ):
        getattr(F, name)(np.zeros((4, 1)), np.zeros(4))


@pytest.mark.parametrize("y", [[[-1.0], [1.0]], [[0.0], [2.0]], [[0.0], [np.nan]]], ids=str)
def test_binary_targets_outside_0_to_1_are_refused(y: list[list[float]]) -> None:
    with pytest.raises(
        ValueError, match=r"binary_cross_entropy_with_logits got targets from .* to .*: expected 0 to 1"
    ):
        F.binary_cross_entropy_with_logits(np.zeros((2, 1)), y)


@pytest.mark.parametrize(("labels", "wrong"), [([0, 3], 3), ([-1, 0], -1)])
def test_a_label_without_a_class_is_refused(labels: list[int], wrong: int) -> None:
    with pytest.raises(ValueError, match=f"got label {wrong} for 3 classes: expected 0 to 2"):
        F.cross_entropy(np.zeros((2, 3)), labels)


def test_labels_that_are_not_integers_are_refused() -> None:
    with pytest.raises(TypeError, match=r"got labels of dtype float64: expected integers, such as y.astype\(int\)"):
        F.cross_entropy(np.zeros((2, 3)), [0.0, 1.0])


@pytest.mark.parametrize(
    "y", [np.zeros(3, int), np.zeros((2, 1), int), np.zeros((2, 4))], ids=["length", "column", "classes"]
)
def test_targets_that_do_not_fit_the_scores_are_refused(y: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected \(2,\) integer labels, or \(2, 3\) one-hot rows"):
        F.cross_entropy(np.zeros((2, 3)), y)


def test_rows_that_are_no_probabilities_are_refused() -> None:
    with pytest.raises(ValueError, match="cross_entropy got a row of y that sums to 2: expected 1"):
        F.cross_entropy(np.zeros((2, 3)), [[1, 0, 0], [1, 1, 0]])


def test_scores_without_rows_are_refused() -> None:
    with pytest.raises(ValueError, match=r"cross_entropy got z of shape \(3,\): expected \(N, K\)"):
        F.cross_entropy(np.zeros(3), [0])
