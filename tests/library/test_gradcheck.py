from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import functional as F
from dlcourse.functional.arrays import Array
from dlcourse.gradcheck import gradcheck, gradcheck_network, numerical_gradient
from dlcourse.hooks import swap
from dlcourse.layers import Linear, Maxout, PReLU, Sequential, Tanh
from dlcourse.losses import CrossEntropyLoss


def normal(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


def wrong_linear_backward(dz: Array, cache: Any, need_dx: bool = True) -> Any:
    """Divides dW by the batch size, though the loss has done so already."""
    x, W = cache
    return dz @ W.T, x.T @ dz / len(x), dz.sum(axis=0)


def test_numerical_gradient_of_a_quadratic_form() -> None:
    A, x = normal(3, 3), normal(3, seed=1)
    assert_allclose(numerical_gradient(lambda x: x @ A @ x, x), (A + A.T) @ x, rtol=1e-8)


def test_numerical_gradient_has_the_shape_of_x_and_leaves_it_alone() -> None:
    x = np.arange(6.0).reshape(2, 3)
    gradient = numerical_gradient(lambda x: float(np.sum(x**2)), x)
    assert_allclose(gradient, 2 * x, atol=1e-8)
    assert_array_equal(x, np.arange(6.0).reshape(2, 3))


def test_numerical_gradient_takes_a_plain_number() -> None:
    assert_allclose(numerical_gradient(lambda x: float(x**3), 2.0), 12.0)


@pytest.mark.parametrize(
    ("op", "inputs"),
    [
        ("linear", (normal(4, 3), normal(3, 2), normal(2))),
        ("prelu", (normal(4, 3), normal(3))),
        ("maxout", (normal(4, 3, 2),)),
        ("leaky_relu", (normal(4, 3), 0.1)),
        ("softmax", (normal(4, 3),)),
        ("sigmoid", (normal(4, 3).astype(np.float32),)),
        ("mse_loss", (normal(4, 3), normal(4, 3, seed=1))),
        ("cross_entropy", (normal(4, 3), [0, 2, 1, 1])),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_the_librarys_own_pairs_pass(op: str, inputs: tuple[Any, ...]) -> None:
    assert gradcheck(getattr(F, op), getattr(F, f"{op}_backward"), *inputs)


def test_a_wrong_backward_fails_and_the_worst_entry_is_named() -> None:
    check = gradcheck(F.linear, wrong_linear_backward, normal(4, 3), normal(3, 2), normal(2))
    assert not check
    assert check.name == "dW"
    assert f"gradients differ: worst at dW[{check.index[0]}, {check.index[1]}], backward " in repr(check)
    assert repr(check).endswith(f"off by {check.error:.1e}")


def test_the_planted_error_is_found_at_its_place_with_its_size() -> None:
    def planted(dy: Array, cache: Any) -> Array:
        dz = F.tanh_backward(dy, cache)
        dz[2, 1] += 0.25
        return dz

    check = gradcheck(F.tanh, planted, normal(4, 3))
    assert (check.name, check.index) == ("dz", (2, 1))
    assert_allclose(check.error, 0.25)


def test_a_nan_is_the_worst_of_all() -> None:
    def planted(dy: Array, cache: Any) -> Array:
        dz = F.tanh_backward(dy, cache) + 1.0
        dz[2, 1] = np.nan
        return dz

    assert gradcheck(F.tanh, planted, normal(4, 3)).index == (2, 1)


def test_a_gradient_left_out_is_not_checked() -> None:
    check = gradcheck(
        F.linear, lambda dz, cache: F.linear_backward(dz, cache, need_dx=False), normal(4, 3), normal(3, 2), normal(2)
    )
    assert check
    assert check.name in ("dW", "db")


def test_a_gradient_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"dz has shape \(3,\): expected \(4, 3\), the shape of its input"):
        gradcheck(F.tanh, lambda dy, cache: dy.sum(axis=0), normal(4, 3))


def test_no_gradient_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no gradient to check"):
        gradcheck(F.tanh, lambda dy, cache: None, normal(4, 3))


def test_more_gradients_than_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="backward returned 2 gradients for 1 inputs: expected at most one each"):
        gradcheck(F.tanh, lambda dy, cache: (dy, dy), normal(4, 3))


def test_empty_inputs_leave_nothing_to_check() -> None:
    with pytest.raises(ValueError, match="there is no gradient to check: backward returned none, or only empty ones"):
        gradcheck(F.tanh, F.tanh_backward, np.zeros((0, 3)))


def test_the_verdict_on_agreement_says_so() -> None:
    assert repr(gradcheck(F.tanh, F.tanh_backward, normal(2, 2))).startswith("gradients agree: worst at dz[")


def network() -> Sequential:
    g = np.random.default_rng(0)
    return Sequential(Linear(3, 4, rng=g), Tanh(), Maxout(4, 3, rng=g), PReLU(), Linear(3, 2, rng=g))


def test_a_whole_network_passes() -> None:
    assert gradcheck_network(network(), CrossEntropyLoss(), normal(5, 3), np.array([0, 1, 1, 0, 1]))


def test_a_network_with_a_wrong_layer_fails_and_the_parameter_is_named() -> None:
    with swap(linear_backward=wrong_linear_backward):
        check = gradcheck_network(network(), CrossEntropyLoss(), normal(5, 3), np.array([0, 1, 1, 0, 1]))
    assert not check
    assert check.name in {"0.weight", "2.weight", "4.weight"}


def test_a_float32_network_is_refused() -> None:
    net = Sequential(Linear(3, 2, rng=np.random.default_rng(0), dtype=np.float32))
    with pytest.raises(TypeError, match="gradcheck got a network that is not float64: a step of h would drown"):
        gradcheck_network(net, CrossEntropyLoss(), normal(5, 3), np.array([0, 1, 1, 0, 1]))


def test_checking_a_network_leaves_values_and_gradients_as_they_were() -> None:
    net = network()
    for p in net.parameters():
        p.grad += 3
    values = [p.value.copy() for p in net.parameters()]
    gradcheck_network(net, CrossEntropyLoss(), normal(5, 3), np.array([0, 1, 1, 0, 1]))
    for p, value in zip(net.parameters(), values, strict=True):
        assert_array_equal(p.value, value)
        assert_array_equal(p.grad, np.full(p.grad.shape, 3))
