from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_cases import rng, seeds
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful, central_difference

from dlcourse.autodiff import Tensor
from dlcourse.layers import Linear, ReLU, Sequential, Tanh
from dlcourse.losses import CrossEntropyLoss, MSELoss

UNARY: dict[str, Callable[[Tensor], Tensor]] = {
    "neg": lambda a: -a,
    "square": lambda a: a**2,
    "cube": lambda a: a**3.0,
    "reciprocal": lambda a: 1 / a,
    "minus from": lambda a: 1 - a,
    "half": lambda a: a / 2,
    "exp": lambda a: a.exp(),
    "log": lambda a: (a * a).log(),
    "tanh": lambda a: a.tanh(),
    "relu": lambda a: a.relu(),
    "sum": lambda a: a.sum(),
    "sum of columns": lambda a: a.sum(axis=0),
    "sum of rows kept": lambda a: a.sum(axis=1, keepdims=True),
    "sum of the last axis": lambda a: a.sum(axis=-1),
    "mean": lambda a: a.mean(),
    "mean of columns": lambda a: a.mean(axis=0),
    "itself": lambda a: a * a + a,
    "softmax": lambda a: a.exp() / a.exp().sum(axis=1, keepdims=True),
}
BINARY: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
SHAPES = [
    ((2, 3), (2, 3)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (2, 3)),
    ((2, 1), (1, 3)),
    ((), (2, 3)),
    ((4, 2, 1), (3,)),
]


def away_from_zero(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """No kink of relu, no pole of 1 / a and no log of 0 within a small step."""
    g = rng(seed)
    return g.choice([-1.0, 1.0], shape) * g.uniform(0.2, 2, shape)


def weighed(y: Tensor) -> Tensor:
    return (y * rng(1).normal(size=y.value.shape)).sum()


@pytest.mark.parametrize("name", list(UNARY))
@careful
@given(seed=seeds, n=st.integers(1, 3), d=st.integers(1, 3))
def test_the_gradient_of_an_operation_is_its_derivative(name: str, seed: int, n: int, d: int) -> None:
    x = away_from_zero((n, d), seed)
    a = Tensor(x)
    weighed(UNARY[name](a)).backward()
    expected = central_difference(lambda x: weighed(UNARY[name](Tensor(x))).value.item(), x)
    assert_allclose(a.grad, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", list(BINARY))
@careful
@given(seed=seeds)
def test_both_gradients_of_a_broadcast_operation_are_its_derivatives(
    name: str, shapes: tuple[tuple[int, ...], tuple[int, ...]], seed: int
) -> None:
    x, y = away_from_zero(shapes[0], seed), away_from_zero(shapes[1], seed + 1)
    a, b = Tensor(x), Tensor(y)
    weighed(BINARY[name](a, b)).backward()
    for_x = central_difference(lambda x: weighed(BINARY[name](Tensor(x), Tensor(y))).value.item(), x)
    for_y = central_difference(lambda y: weighed(BINARY[name](Tensor(x), Tensor(y))).value.item(), y)
    assert_allclose(a.grad, for_x, rtol=1e-5, atol=1e-7)
    assert_allclose(b.grad, for_y, rtol=1e-5, atol=1e-7)


@careful
@given(seed=seeds)
def test_both_gradients_of_a_matrix_product_are_its_derivatives(seed: int) -> None:
    g = rng(seed)
    x, y = g.normal(size=(3, 2)), g.normal(size=(2, 4))
    a, b = Tensor(x), Tensor(y)
    weighed(a @ b).backward()
    assert_allclose(
        a.grad, central_difference(lambda x: weighed(Tensor(x) @ Tensor(y)).value.item(), x), rtol=1e-5, atol=1e-7
    )
    assert_allclose(
        b.grad, central_difference(lambda y: weighed(Tensor(x) @ Tensor(y)).value.item(), y), rtol=1e-5, atol=1e-7
    )


def small_net() -> Sequential:
    g = rng()
    return Sequential(Linear(3, 5, rng=g), Tanh(), Linear(5, 4, rng=g), ReLU(), Linear(4, 3, rng=g))


def on_tape(net: Sequential, X: np.ndarray) -> tuple[Tensor, list[Tensor]]:
    W1, b1, W2, b2, W3, b3 = parameters = [Tensor(p.value.copy()) for p in net.parameters()]
    return ((X @ W1 + b1).tanh() @ W2 + b2).relu() @ W3 + b3, parameters


def test_the_tape_finds_the_gradients_that_the_layers_find_by_hand() -> None:
    net, loss, X, y = small_net(), MSELoss(), rng(1).normal(size=(6, 3)), rng(2).normal(size=(6, 3))
    value = loss.forward(net(X), y)
    net.backward(loss.backward())
    out, parameters = on_tape(net, X)
    mse = ((out - y) ** 2).mean()
    mse.backward()
    assert_allclose(mse.value, value, rtol=1e-14)
    for p, tensor in zip(net.parameters(), parameters, strict=True):
        assert_allclose(tensor.grad, p.grad, rtol=1e-12, atol=1e-15)


def test_cross_entropy_written_out_on_the_tape_has_the_same_gradients() -> None:
    net, loss, X, y = small_net(), CrossEntropyLoss(), rng(1).normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2])
    value = loss.forward(net(X), y)
    net.backward(loss.backward())
    z, parameters = on_tape(net, X)
    log_h = z - z.exp().sum(axis=1, keepdims=True).log()
    tape_loss = -(log_h * np.eye(3)[y]).sum() / 6
    tape_loss.backward()
    assert_allclose(tape_loss.value, value, rtol=1e-13)
    for p, tensor in zip(net.parameters(), parameters, strict=True):
        assert_allclose(tensor.grad, p.grad, rtol=1e-11, atol=1e-14)


def test_all_paths_to_a_tensor_add_up() -> None:
    a = Tensor(3.0)
    b = a * 2
    (b * a + b + a).backward()
    assert a.grad == 4 * 3 + 3


def test_intermediate_results_have_gradients_too() -> None:
    a = Tensor(3.0)
    b = a * a
    (b * 5).backward()
    assert b.grad == 5


def test_gradients_of_two_backwards_add_up() -> None:
    a = Tensor(2.0)
    y = (a * a) * a
    y.backward()
    y.backward()
    assert a.grad == 2 * 3 * 2**2


def test_an_array_on_the_left_does_not_take_the_tensor_apart() -> None:
    a = Tensor([1.0, 2.0])
    for y in (
        np.ones(2) + a,
        np.ones(2) * a,
        np.ones(2) - a,
        np.ones(2) / a,
        np.ones((1, 2)) @ Tensor(np.ones((2, 1))),
    ):
        assert isinstance(y, Tensor)


def test_a_long_chain_does_not_run_out_of_stack() -> None:
    a = y = Tensor(1.0)
    for _ in range(5000):
        y = y * 1.0
    y.backward()
    assert a.grad == 1


@pytest.mark.parametrize("name", list(UNARY))
def test_float32_stays_float32(name: str) -> None:
    a = Tensor(np.full((2, 3), 0.5, dtype=np.float32))
    y = UNARY[name](a)
    y.sum().backward()
    assert {y.value.dtype, a.grad.dtype} == {np.dtype(np.float32)}


def test_no_input_is_changed() -> None:
    x = np.ones((2, 3))
    a = Tensor(x)
    ((a + a) * a).sum().backward()
    assert_array_equal(x, np.ones((2, 3)))


def test_backward_from_more_than_one_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"backward got a Tensor of shape \(2,\): expected one number, such as a mean"):
        Tensor([1.0, 2.0]).backward()


def test_the_log_of_what_has_none_is_refused() -> None:
    with pytest.raises(ValueError, match="log got -2: expected numbers above 0"):
        Tensor([1.0, -2.0]).log()


def test_a_product_of_vectors_is_refused_with_their_shapes() -> None:
    with pytest.raises(ValueError, match=r"@ got shapes \(2,\) and \(2, 1\): expected two matrices"):
        Tensor([1.0, 2.0]) @ np.ones((2, 1))


def test_text_is_refused() -> None:
    with pytest.raises(TypeError, match="expected numbers"):
        Tensor("a")


def test_repr_shows_the_numbers() -> None:
    assert repr(Tensor([[1.0, 2.0], [3.0, 4.0]])) == "Tensor([[1., 2.],\n        [3., 4.]])"
