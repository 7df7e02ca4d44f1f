import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import (
    ELEMENTWISE,
    SINGLE_INPUT,
    SOFTMAX,
    STEPS,
    Op,
    careful,
    central_difference,
    matrices,
    off_kinks,
    weights,
)

from dlcourse import functional as F

every_op = pytest.mark.parametrize("op", SINGLE_INPUT, ids=str)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def weigh(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape)


# --- Derivatives, away from kinks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", [*ELEMENTWISE, *SOFTMAX], ids=str)
@careful
@given(z=matrices(off_kinks))
def test_backward_is_the_derivative_of_forward(op: Op, z: np.ndarray) -> None:
    y, cache = op.forward(z)
    dy = weigh(y.shape)
    expected = central_difference(lambda z: np.sum(dy * op.forward(z)[0]), z)
    assert_allclose(op.backward(dy, cache), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("op", STEPS, ids=str)
@careful
@given(z=matrices(off_kinks))
def test_a_step_function_has_no_slope_to_follow(op: Op, z: np.ndarray) -> None:
    y, cache = op.forward(z)
    assert_array_equal(op.backward(weigh(y.shape), cache), np.zeros(z.shape))


@careful
@given(z=matrices(off_kinks), slope=weights)
def test_prelu_backward_is_the_derivative_for_z(z: np.ndarray, slope: float) -> None:
    y, cache = F.prelu(z, slope)
    dy = weigh(y.shape)
    dz, _ = F.prelu_backward(dy, cache)
    assert_allclose(dz, central_difference(lambda z: np.sum(dy * F.prelu(z, slope)[0]), z), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("per_unit", [(), (1,), (3,)], ids=str)
@careful
@given(z=arrays(np.float64, (4, 3), elements=off_kinks), data=st.data())
def test_prelu_backward_is_the_derivative_for_the_slope(
    per_unit: tuple[int, ...], z: np.ndarray, data: st.DataObject
) -> None:
    a = data.draw(arrays(np.float64, per_unit, elements=weights))
    y, cache = F.prelu(z, a)
    dy = weigh(y.shape)
    _, da = F.prelu_backward(dy, cache)
    assert_allclose(da, central_difference(lambda a: np.sum(dy * F.prelu(z, a)[0]), a), rtol=1e-5, atol=1e-7)


@careful
@given(z=arrays(np.float64, (3, 2, 3), elements=off_kinks, unique=True))
def test_maxout_backward_is_the_derivative_where_no_pieces_tie(z: np.ndarray) -> None:
    y, cache = F.maxout(z)
    dy = weigh(y.shape)
    expected = central_difference(lambda z: np.sum(dy * F.maxout(z)[0]), z)
    assert_allclose(F.maxout_backward(dy, cache), expected, rtol=1e-5, atol=1e-7)


# --- Stability, dtypes, manners --------------------------------------------------------------------------------------


@every_op
@both_dtypes
@careful
@given(z=arrays(np.float32, (3, 4), elements=st.floats(-1000, 1000, width=32)))
def test_nothing_overflows_between_minus_and_plus_1000(op: Op, dtype: type, z: np.ndarray) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, cache = op.forward(z.astype(dtype))
        dz = op.backward(np.ones_like(y), cache)
    assert np.isfinite(y).all()
    assert np.isfinite(dz).all()


@every_op
@both_dtypes
def test_both_ends_and_the_middle_are_finite(op: Op, dtype: type) -> None:
    z = np.array([[-1000, -88.8, -1e-30, 0, 1e-30, 88.8, 1000]], dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, cache = op.forward(z)
        dz = op.backward(np.ones_like(y), cache)
    assert np.isfinite(np.stack([y, dz])).all()


@every_op
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_output_and_gradient_have_the_dtype_of_the_input(op: Op, dtype: type) -> None:
    z = np.array([[-2.5, 0.0, 1.5]], dtype=dtype)
    y, cache = op.forward(z)
    assert (y.dtype, op.backward(np.ones_like(y), cache).dtype) == (dtype, dtype)


@every_op
def test_whole_numbers_are_computed_as_float64(op: Op) -> None:
    y, cache = op.forward(np.array([[-2, 0, 1]]))
    assert (y.dtype, op.backward(np.ones_like(y), cache).dtype) == (np.float64, np.float64)


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "silu", "softmax"])
def test_a_float64_setting_does_not_widen_float32(name: str) -> None:
    op = Op(name, (np.float64(0.3),))
    y, cache = op.forward(np.array([[-2.5, 1.5]], dtype=np.float32))
    assert (y.dtype, op.backward(np.ones_like(y), cache).dtype) == (np.float32, np.float32)


def test_a_float64_slope_does_not_widen_prelu() -> None:
    y, cache = F.prelu(np.array([[-2.5, 1.5]], dtype=np.float32), np.array([0.3]))
    dz, da = F.prelu_backward(np.ones_like(y), cache)
    assert {y.dtype, dz.dtype, da.dtype} == {np.dtype(np.float32)}


def test_maxout_keeps_float32() -> None:
    y, cache = F.maxout(np.ones((2, 3, 2), dtype=np.float32))
    assert (y.dtype, F.maxout_backward(y, cache).dtype) == (np.float32, np.float32)


@every_op
@careful
@given(z=matrices(off_kinks))
def test_neither_input_is_changed_nor_shared(op: Op, z: np.ndarray) -> None:
    before, dy = z.copy(), weigh(z.shape)
    y, cache = op.forward(z)
    dz = op.backward(dy, cache)
    assert_array_equal(z, before)
    assert_array_equal(dy, weigh(z.shape))
    assert not np.shares_memory(y, z)
    assert not np.shares_memory(dz, dy)


@every_op
def test_backward_can_be_called_twice(op: Op) -> None:
    y, cache = op.forward(np.array([[-2.5, 0.0, 1.5]]))
    dy = weigh(y.shape)
    assert_array_equal(op.backward(dy, cache), op.backward(dy, cache))


@every_op
def test_a_nan_is_passed_on_without_a_warning(op: Op) -> None:
    assert np.isnan(op.forward(np.array([[np.nan, 1.0]]))[0][0, 0])


@pytest.mark.parametrize("op", [*ELEMENTWISE, *STEPS], ids=str)
def test_a_plain_number_will_do(op: Op) -> None:
    y, cache = op.forward(0.5)
    assert_allclose(
        [y, op.backward(1.0, cache)], [op.forward([0.5])[0][0], op.backward(np.ones(1), op.forward([0.5])[1])[0]]
    )


@pytest.mark.parametrize(
    "z", [np.array([1 + 2j]), np.array(["a"]), np.array([None])], ids=["complex", "text", "object"]
)
def test_what_is_not_a_number_is_refused(z: np.ndarray) -> None:
    with pytest.raises(TypeError, match=r"expected numbers, such as np.array\(x, dtype=float\)"):
        F.relu(z)


# --- Values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "z", "y"),
    [
        (Op("unit_step"), [-0.1, 0, 0.1], [0, 1, 1]),
        (Op("sign"), [-0.1, 0, 0.1], [-1, 0, 1]),
        (Op("staircase"), [-0.1, 0, 0.9, 2.5], [-1, 0, 0, 2]),
        (Op("relu"), [-3, 0, 2], [0, 0, 2]),
        (Op("leaky_relu"), [-3, 0, 2], [-0.03, 0, 2]),
        (Op("leaky_relu", (1.5,)), [-2, 2], [-3, 2]),
        (Op("relu6"), [-3, 2, 6, 7], [0, 2, 6, 6]),
        (Op("sigmoid"), [0, np.log(3), -np.log(3)], [0.5, 0.75, 0.25]),
        (Op("tanh"), [0, np.log(2)], [0, 0.6]),
        (Op("elu"), [-np.log(2), 0, 2], [-0.5, 0, 2]),
        (Op("elu", (3.0,)), [-np.log(2), 2], [-1.5, 2]),
        (Op("silu"), [0, np.log(3)], [0, 0.75 * np.log(3)]),
        (Op("silu", (2.0,)), [np.log(3) / 2], [0.75 * np.log(3) / 2]),
        (Op("silu", (0.0,)), [-2, 4], [-1, 2]),
        (Op("softplus"), [0, np.log(3)], [np.log(2), np.log(4)]),
        (Op("softmax"), [2, 1, 0.1], [0.65900114, 0.24243297, 0.09856589]),
        (Op("softmax", (2.0,)), [2 * np.log(3), 0], [0.75, 0.25]),
    ],
    ids=str,
)
def test_value_worked_out_by_hand(op: Op, z: list[float], y: list[float]) -> None:
    assert_allclose(op.forward(z)[0], y, rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize(
    ("op", "kink", "slope"),
    [
        (Op("relu"), 0, 0),
        (Op("leaky_relu", (0.1,)), 0, 0.1),
        (Op("elu", (0.3,)), 0, 0.3),
        (Op("relu6"), 0, 0),
        (Op("relu6"), 6, 0),
        (Op("unit_step"), 0, 0),
        (Op("sign"), 0, 0),
        (Op("staircase"), 1, 0),
    ],
    ids=str,
)
def test_slope_at_a_kink_is_pytorchs(op: Op, kink: float, slope: float) -> None:
    _, cache = op.forward(np.array([float(kink)]))
    assert_array_equal(op.backward(np.ones(1), cache), [slope])


def test_prelu_takes_its_slope_at_zero_and_learns_nothing_there() -> None:
    _, cache = F.prelu(np.zeros((1, 1)), 0.3)
    dz, da = F.prelu_backward(np.ones((1, 1)), cache)
    assert (dz.item(), da.item()) == (0.3, 0)


def test_the_first_of_tied_pieces_takes_the_gradient() -> None:
    _, cache = F.maxout(np.array([[[1.0, 4.0, 4.0]]]))
    assert_array_equal(F.maxout_backward(np.array([[5.0]]), cache), [[[0, 5, 0]]])


@careful
@given(z=arrays(np.float64, 5, elements=st.floats(-700, 700)))
def test_sigmoid_keeps_its_relative_precision_far_to_the_left(z: np.ndarray) -> None:
    z = -np.abs(z)
    assert_allclose(F.sigmoid(z)[0], np.exp(z) / (1 + np.exp(z)), rtol=1e-14)


@careful
@given(z=arrays(np.float64, 5, elements=st.floats(-1000, 1000)))
def test_sigmoid_of_minus_z_is_one_minus_sigmoid(z: np.ndarray) -> None:
    assert_allclose(F.sigmoid(-z)[0], 1 - F.sigmoid(z)[0], atol=1e-15)


@careful
@given(z=arrays(np.float64, 5, elements=st.floats(-1000, 1000)))
def test_the_derivative_of_softplus_is_sigmoid(z: np.ndarray) -> None:
    _, cache = F.softplus(z)
    assert_allclose(F.softplus_backward(np.ones(5), cache), F.sigmoid(z)[0], rtol=1e-15)


@careful
@given(z=arrays(np.float64, 5, elements=st.floats(-1000, 1000)))
def test_the_derivative_of_sigmoid_is_never_above_a_quarter(z: np.ndarray) -> None:
    _, cache = F.sigmoid(z)
    dz = F.sigmoid_backward(np.ones(5), cache)
    assert ((dz >= 0) & (dz <= 0.25)).all()


def test_the_derivative_of_silu_vanishes_at_minus_1_278() -> None:
    _, cache = F.silu([-1.2784645])
    assert_allclose(F.silu_backward(np.ones(1), cache), [0], atol=1e-7)


@careful
@given(z=arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.floats(-1000, 1000)))
def test_softmax_sums_to_one_along_the_last_axis(z: np.ndarray) -> None:
    assert_allclose(F.softmax(z)[0].sum(axis=-1), np.ones(z.shape[:-1]), rtol=1e-12)


@careful
@given(z=arrays(np.float64, 4, elements=off_kinks), shift=st.integers(-900, 900))
def test_softmax_does_not_notice_a_common_shift(z: np.ndarray, shift: int) -> None:
    assert_allclose(F.softmax(z + shift)[0], F.softmax(z)[0], rtol=1e-10)


def test_a_cold_softmax_picks_the_largest() -> None:
    assert_allclose(F.softmax([1.0, 3.0, 2.0], 0.001)[0], [0, 1, 0])


def test_a_hot_softmax_is_undecided() -> None:
    assert_allclose(F.softmax([1.0, 3.0, 2.0], 1e6)[0], [1 / 3] * 3, atol=1e-5)


@pytest.mark.parametrize("temperature", [0, -1, np.nan])
def test_softmax_refuses_a_temperature_that_is_not_positive(temperature: float) -> None:
    with pytest.raises(ValueError, match=rf"softmax got temperature={temperature}: expected a number above 0"):
        F.softmax([1.0, 2.0], temperature)


@pytest.mark.parametrize("shape", [(2,), (4,), (5, 3), (1, 3)])
def test_prelu_refuses_a_slope_of_the_wrong_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"prelu got a of shape .* for z of shape \(5, 3\): expected \(\), \(1,\) or \(3,\)"
    ):
        F.prelu(np.zeros((5, 3)), np.zeros(shape))


@pytest.mark.parametrize("shape", [(), (2, 0)])
def test_maxout_refuses_z_without_pieces(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"maxout got z of shape .*: expected \(N, M, k\) with k >= 1 pieces"):
        F.maxout(np.zeros(shape))
