import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_cases import rng, sequences
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import functional as F
from dlcourse.layers import RNN, Linear, Tanh


@careful
@given(data=st.data())
def test_recurrence_is_what_one_step_after_another_computes(data: st.DataObject) -> None:
    (x, W_ih, W_hh, b, h), _ = sequences("tanh")(data)
    states, _ = F.rnn(x, W_ih, W_hh, b, h)
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_ih + h @ W_hh + b)
        assert_allclose(states[:, t], h)


def test_without_a_first_state_it_is_zero() -> None:
    (x, W_ih, W_hh, b) = (rng(i).normal(size=s) for i, s in enumerate([(2, 4, 3), (3, 5), (5, 5), (5,)]))
    assert_array_equal(F.rnn(x, W_ih, W_hh, b)[0], F.rnn(x, W_ih, W_hh, b, np.zeros((2, 5)))[0])


def test_one_moment_is_a_linear_layer_and_a_tanh() -> None:
    layer, x = RNN(3, 4, rng=rng()), rng(1).normal(size=(5, 1, 3))
    dense = Linear(3, 4, rng=rng())
    dense.weight.value, dense.bias.value = layer.weight_ih_l0.value, layer.bias_ih_l0.value + layer.bias_hh_l0.value
    assert_allclose(layer(x)[:, 0], Tanh()(dense(x[:, 0])))


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_the_gradient_of_a_linear_recurrence_shrinks_or_grows_by_the_same_factor_at_every_step(factor: float) -> None:
    h, cache = F.rnn(np.zeros((1, 10, 1)), [[1.0]], [[factor]], [0.0], nonlinearity="identity")
    dh = np.zeros_like(h)
    dh[:, -1] = 1.0
    dx = F.rnn_backward(dh, cache)[0]
    assert_allclose(dx.ravel(), factor ** np.arange(9, -1, -1))


def test_what_happens_later_does_not_change_what_was_before() -> None:
    layer, x = RNN(2, 3, rng=rng()), rng(1).normal(size=(4, 6, 2))
    early = layer(x)[:, :3]
    x[:, 3:] += 1
    assert_array_equal(layer(x)[:, :3], early)


def test_a_long_sequence_of_large_inputs_stays_finite() -> None:
    layer = RNN(2, 3, rng=rng())
    dx = layer.backward(layer(np.full((1, 500, 2), 1000.0)))
    assert np.isfinite(dx).all()


def test_both_biases_get_the_same_gradient() -> None:
    layer = RNN(2, 3, rng=rng())
    layer.backward(layer(np.ones((4, 5, 2))))
    assert_array_equal(layer.bias_ih_l0.grad, layer.bias_hh_l0.grad)
    assert layer.bias_ih_l0.grad.any()


def test_parameters_have_their_pytorch_names() -> None:
    assert list(RNN(2, 3, rng=rng()).named_parameters()) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]


def test_recurrence_skips_dx_where_nobody_needs_it() -> None:
    layer = RNN(2, 3, rng=rng())
    layer.needs_input_grad = False
    assert layer.backward(layer(np.ones((4, 5, 2)))) is None


@pytest.mark.parametrize("shape", [(4, 2), (4, 5, 3)], ids=str)
def test_recurrence_names_the_shape_it_got(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^RNN\(2, 3, .*\) got x of shape .*: expected \(N, T, 2\)$"):
        RNN(2, 3, rng=rng())(np.zeros(shape))


def test_the_op_names_the_shape_it_got() -> None:
    with pytest.raises(ValueError, match=r"rnn got x of shape \(4, 2\): expected \(N, T, D\)"):
        F.rnn(np.zeros((4, 2)), np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(3))


def test_a_first_state_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rnn got h0 of shape \(3,\): expected \(4, 3\)"):
        F.rnn(np.zeros((4, 5, 2)), np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(3), np.zeros(3))


def test_a_nonlinearity_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^RNN got nonlinearity='gelu': expected one of tanh, relu, identity$"):
        RNN(2, 3, "gelu", rng=rng())


def test_sizes_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="RNN got hidden_size=0: expected a whole number of at least 1"):
        RNN(2, 0, rng=rng())


def test_repr_shows_the_settings() -> None:
    assert repr(RNN(2, 3, "relu", rng=rng())) == "RNN(2, 3, nonlinearity='relu')"
