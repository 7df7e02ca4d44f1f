from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.gradcheck import numerical_gradient
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import MSELoss
from dlcourse.optim import SGD
from dlcourse.parameter import Parameter
from dlcourse.regularizers import L1, L2, ElasticNet

weights = arrays(float, array_shapes(max_dims=2, max_side=4), elements=st.floats(-100, 100))
strengths = st.floats(0, 10)
ALL = [L1(0.3), L2(0.7), ElasticNet(0.3, 0.7)]
each = pytest.mark.parametrize("regularizer", ALL, ids=repr)


@given(weights, strengths)
def test_l1_is_lambda_times_the_sum_of_sizes(w: np.ndarray, lam: float) -> None:
    assert_allclose(L1(lam).penalty([Parameter(w)]), lam * sum(abs(x) for x in w.flat), rtol=1e-12, atol=1e-300)


@given(weights, strengths)
def test_l2_is_lambda_times_the_sum_of_squares(w: np.ndarray, lam: float) -> None:
    assert_allclose(L2(lam).penalty([Parameter(w)]), lam * sum(x * x for x in w.flat), rtol=1e-12, atol=1e-300)


@given(weights, strengths, strengths)
def test_an_elastic_net_is_both_together(w: np.ndarray, l1: float, l2: float) -> None:
    ps = [Parameter(w)]
    assert_allclose(ElasticNet(l1, l2).penalty(ps), L1(l1).penalty(ps) + L2(l2).penalty(ps), rtol=1e-12)


@each
def test_the_gradient_is_that_of_the_penalty(regularizer: ElasticNet) -> None:
    w = np.random.default_rng(0).normal(size=(3, 4)) + 0.1  # away from the kink at 0
    p = Parameter(w)
    regularizer.add_gradient([p])
    assert_allclose(p.grad, numerical_gradient(lambda v: regularizer.penalty([Parameter(v)]), w), rtol=1e-6)


@each
def test_the_gradient_is_added_to_what_is_there(regularizer: ElasticNet) -> None:
    p, q = Parameter([2.0, -1.0]), Parameter([2.0, -1.0])
    q.grad = [5.0, 6.0]
    regularizer.add_gradient([p])
    regularizer.add_gradient([q])
    assert_allclose(q.grad, p.grad + [5, 6])


@each
def test_at_the_kink_there_is_no_pull(regularizer: ElasticNet) -> None:
    p = Parameter([0.0])
    regularizer.add_gradient([p])
    assert_array_equal(p.grad, [0])


@each
def test_all_parameters_count(regularizer: ElasticNet) -> None:
    a, b = Parameter([1.0, 2.0]), Parameter([[3.0]])
    assert_allclose(regularizer.penalty([a, b]), regularizer.penalty([a]) + regularizer.penalty([b]))


@each
def test_float32_stays_float32(regularizer: ElasticNet) -> None:
    p = Parameter(np.ones(2, dtype=np.float32))
    regularizer.add_gradient([p])
    regularizer.proximal([p], lr=0.1)
    assert p.value.dtype == p.grad.dtype == np.float32


@each
def test_a_frozen_parameter_is_not_touched(regularizer: ElasticNet) -> None:
    p = Parameter([1.0, -2.0], requires_grad=False)
    regularizer.add_gradient([p])
    regularizer.proximal([p], lr=0.1)
    assert_array_equal([*p.value, *p.grad], [1, -2, 0, 0])


def test_l2_of_lambda_is_weight_decay_of_twice_lambda() -> None:
    by_penalty, by_decay = Parameter([1.0, -2.0]), Parameter([1.0, -2.0])
    first, second = SGD([by_penalty], lr=0.1, momentum=0.9), SGD([by_decay], lr=0.1, momentum=0.9, weight_decay=0.6)
    for _ in range(5):
        by_penalty.grad = by_decay.grad = np.array([0.3, 0.4])
        L2(0.3).add_gradient([by_penalty])
        first.step()
        second.step()
    assert_allclose(by_penalty.value, by_decay.value, rtol=1e-12)


# --- The proximal step -----------------------------------------------------------------------------------------------


@given(st.floats(-5, 5), strengths, strengths, st.floats(1e-3, 1))
def test_the_proximal_step_minimises_distance_and_penalty(w: float, l1: float, l2: float, lr: float) -> None:
    p, regularizer = Parameter([w]), ElasticNet(l1, l2)
    regularizer.proximal([p], lr)

    def cost(v: float) -> float:
        return (v - w) ** 2 / 2 + lr * regularizer.penalty([Parameter([v])])

    best = float(p.value[0])
    others = [*np.linspace(-5, 5, 41), best + 1e-3, best - 1e-3, 0.0, w]
    assert cost(best) <= min(map(cost, others)) + 1e-12


@given(weights, st.floats(0.01, 10), st.floats(1e-3, 1))
def test_weights_closer_to_zero_than_the_step_become_exactly_zero(w: np.ndarray, lam: float, lr: float) -> None:
    p = Parameter(w)
    L1(lam).proximal([p], lr)
    assert_array_equal(p.value == 0, abs(w) <= lr * lam)


def lasso(proximal: bool) -> np.ndarray:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 6))
    y = X @ np.array([[2.0], [-3.0], [0.0], [0.0], [0.0], [0.0]]) + 0.1 * rng.normal(size=(100, 1))
    net, loss, price = Sequential(Linear(6, 1, bias=False, rng=rng)), MSELoss(), L1(0.3)
    optimizer = SGD(net.parameters(), lr=0.1)
    for _ in range(200):
        loss.forward(net(X), y)
        optimizer.zero_grad()
        net.backward(loss.backward())
        if not proximal:
            price.add_gradient(net.parameters())
        optimizer.step()
        if proximal:
            price.proximal(net.parameters(), optimizer.lr)
    return net[0].weight.value[:, 0]


def test_proximal_steps_find_exact_zeros() -> None:
    assert_array_equal(lasso(proximal=True) == 0, [False, False, True, True, True, True])


def test_subgradients_hover_around_zero() -> None:
    w = lasso(proximal=False)
    assert (w != 0).all()
    assert abs(w[2:]).max() < 0.1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: L1(-0.1), "L1 got l1=-0.1: expected a number of at least 0"),
        (lambda: L2(-0.1), "L2 got l2=-0.1: expected a number of at least 0"),
        (lambda: ElasticNet(0.1, np.nan), "ElasticNet got l2=nan: expected a number of at least 0"),
        (lambda: ElasticNet(np.inf, 0.1), "ElasticNet got l1=inf: expected a number of at least 0"),
        (lambda: L1(0.1).proximal([], lr=-1), "L1.proximal got lr=-1: expected a number of at least 0"),
    ],
)
def test_a_strength_that_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("regularizer", "text"),
    [(L1(0.5), "L1(0.5)"), (L2(0.25), "L2(0.25)"), (ElasticNet(0.5, 0.25), "ElasticNet(l1=0.5, l2=0.25)")],
    ids=str,
)
def test_repr_shows_the_strengths(regularizer: ElasticNet, text: str) -> None:
    assert repr(regularizer) == text
