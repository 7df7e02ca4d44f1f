import copy
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import central_difference

from dlcourse import functional as F
from dlcourse import init
from dlcourse.layers import (
    ELU,
    GELU,
    SELU,
    Activation,
    Identity,
    Layer,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    ReLU6,
    Sequential,
    Sigmoid,
    Sign,
    SiLU,
    Softmax,
    Softplus,
    Staircase,
    Tanh,
    UnitStep,
)

ACTIVATIONS = {
    "Identity()": (Identity(), F.identity, ()),
    "UnitStep()": (UnitStep(), F.unit_step, ()),
    "Sign()": (Sign(), F.sign, ()),
    "Staircase()": (Staircase(), F.staircase, ()),
    "Sigmoid()": (Sigmoid(), F.sigmoid, ()),
    "Tanh()": (Tanh(), F.tanh, ()),
    "ReLU()": (ReLU(), F.relu, ()),
    "ReLU6()": (ReLU6(), F.relu6, ()),
    "LeakyReLU(negative_slope=0.01)": (LeakyReLU(), F.leaky_relu, (0.01,)),
    "LeakyReLU(negative_slope=0.2)": (LeakyReLU(0.2), F.leaky_relu, (0.2,)),
    "ELU(alpha=1)": (ELU(), F.elu, (1.0,)),
    "ELU(alpha=0.5)": (ELU(0.5), F.elu, (0.5,)),
    "SELU()": (SELU(), F.selu, ()),
    "GELU(approximate='none')": (GELU(), F.gelu, ("none",)),
    "GELU(approximate='tanh')": (GELU("tanh"), F.gelu, ("tanh",)),
    "SiLU(beta=1)": (SiLU(), F.silu, (1.0,)),
    "SiLU(beta=2)": (SiLU(2.0), F.silu, (2.0,)),
    "Softplus()": (Softplus(), F.softplus, ()),
    "Softmax(temperature=1)": (Softmax(), F.softmax, (1.0,)),
    "Softmax(temperature=3)": (Softmax(3.0), F.softmax, (3.0,)),
}
every_activation = pytest.mark.parametrize("text", list(ACTIVATIONS))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def small_net(dtype: type = np.float64) -> Sequential:
    g = rng()
    return Sequential(
        Linear(3, 4, rng=g, dtype=dtype),
        PReLU(4, dtype=dtype),
        Maxout(4, 2, pieces=3, rng=g, dtype=dtype),
        Tanh(),
        Linear(2, 2, bias=False, rng=g, dtype=dtype),
        Softmax(),
    )


# --- Activations -----------------------------------------------------------------------------------------------------


@every_activation
def test_an_activation_layer_computes_its_function(text: str) -> None:
    layer, function, settings = ACTIVATIONS[text]
    z = rng().normal(0, 3, (4, 3))
    assert_array_equal(layer(z), function(z, *settings)[0])


@every_activation
def test_an_activation_layer_goes_back_through_its_function(text: str) -> None:
    layer, function, settings = ACTIVATIONS[text]
    z, dy = rng().normal(0, 3, (4, 3)), rng(1).normal(size=(4, 3))
    layer.forward(z)
    backward = getattr(F, f"{function.__name__}_backward")
    assert_array_equal(layer.backward(dy), backward(dy, function(z, *settings)[1]))


@every_activation
def test_repr_of_an_activation_shows_its_settings(text: str) -> None:
    assert repr(ACTIVATIONS[text][0]) == text


@every_activation
def test_an_activation_has_nothing_to_learn(text: str) -> None:
    assert ACTIVATIONS[text][0].parameters() == []


def test_every_activation_is_tested_here() -> None:
    tested = {type(layer) for layer, _, _ in ACTIVATIONS.values()}
    assert tested == set(Activation.__subclasses__())


# --- Linear, PReLU, Maxout -------------------------------------------------------------------------------------------


def test_linear_computes_x_w_plus_b() -> None:
    layer = Linear(3, 2, rng=rng())
    x = rng(1).normal(size=(5, 3))
    assert_allclose(layer(x), x @ layer.weight.value + layer.bias.value)


def test_linear_without_bias_is_a_product_alone() -> None:
    layer = Linear(3, 2, bias=False, rng=rng())
    x = rng(1).normal(size=(5, 3))
    assert_array_equal(layer(x), x @ layer.weight.value)
    assert layer.parameters() == [layer.weight]


def test_linear_starts_within_one_over_root_fan_in_as_pytorchs_does() -> None:
    layer = Linear(100, 200, rng=rng())
    assert_allclose([abs(p.value).max() for p in layer.parameters()], [0.1, 0.1], rtol=0.02)


def test_a_given_init_draws_the_weight_and_leaves_the_bias_at_zero() -> None:
    layer = Linear(3, 2, init=init.kaiming_normal, rng=rng())
    assert_array_equal(layer.weight.value, init.kaiming_normal((3, 2), rng=rng()))
    assert_array_equal(layer.bias.value, np.zeros(2))


def test_an_init_with_settings_is_given_by_partial() -> None:
    assert_array_equal(Linear(3, 2, init=partial(init.constant, value=7.0), rng=rng()).weight.value, np.full((3, 2), 7))


def test_the_same_seed_makes_the_same_layer() -> None:
    assert_array_equal(Linear(3, 2, rng=rng()).weight.value, Linear(3, 2, rng=rng()).weight.value)


@pytest.mark.parametrize("make", [Linear, Maxout, lambda n, m, rng: PReLU(m)], ids=["Linear", "Maxout", "PReLU"])
def test_backward_adds_to_the_gradients(make: Callable[..., Layer]) -> None:
    once, twice = make(3, 3, rng=rng()), make(3, 3, rng=rng())
    for layer in (once, twice, twice):
        layer.forward(rng(1).normal(size=(5, 3)))
        layer.backward(np.ones((5, 3)))
    for p, q in zip(once.parameters(), twice.parameters(), strict=True):
        assert_allclose(q.grad, 2 * p.grad)


def test_linear_leaves_dx_out_where_nobody_needs_it() -> None:
    layer = Linear(3, 2, rng=rng())
    layer.needs_input_grad = False
    layer.forward(np.ones((5, 3)))
    assert layer.backward(np.ones((5, 2))) is None


def test_linear_names_the_shape_it_got_and_the_one_it_expected() -> None:
    with pytest.raises(ValueError, match=r"^Linear\(4, 3\) got x of shape \(32, 5\): expected \(N, 4\)$"):
        Linear(4, 3, rng=rng()).forward(np.zeros((32, 5)))


def test_linear_refuses_an_example_without_a_batch() -> None:
    with pytest.raises(ValueError, match=r"^Linear\(4, 3\) got x of shape \(4,\): expected \(N, 4\)$"):
        Linear(4, 3, rng=rng()).forward(np.zeros(4))


def test_maxout_names_the_shape_it_got_and_the_one_it_expected() -> None:
    with pytest.raises(ValueError, match=r"^Maxout\(4, 3, pieces=2\) got x of shape \(32, 5\): expected \(N, 4\)$"):
        Maxout(4, 3, rng=rng()).forward(np.zeros((32, 5)))


def test_a_bare_seed_is_refused() -> None:
    with pytest.raises(TypeError, match=r"got rng=0: expected a np.random.Generator"):
        Linear(4, 3, rng=0)  # type: ignore[arg-type]


def test_maxout_takes_the_largest_of_its_linear_pieces() -> None:
    layer = Maxout(3, 2, pieces=4, rng=rng())
    x = rng(1).normal(size=(5, 3))
    z = x @ layer.weight.value + layer.bias.value
    assert_array_equal(layer(x), z.reshape(5, 2, 4).max(axis=2))


def test_maxout_has_a_weight_and_a_bias_per_piece() -> None:
    assert [p.value.shape for p in Maxout(3, 2, pieces=4, rng=rng()).parameters()] == [(3, 8), (8,)]


def test_maxout_of_two_pieces_can_be_a_relu() -> None:
    layer = Maxout(1, 1, rng=rng())
    layer.weight.value, layer.bias.value = [[1.0, 0.0]], [0.0, 0.0]
    x = np.array([[-2.0], [3.0]])
    assert_array_equal(layer(x), ReLU()(x))


def test_prelu_starts_at_a_quarter() -> None:
    assert_array_equal(PReLU()(np.array([[-4.0, 4.0]])), [[-1, 4]])


def test_prelu_has_one_slope_for_all_or_one_per_unit() -> None:
    assert [PReLU(n).weight.value.shape for n in (1, 3)] == [(1,), (3,)]


def test_prelu_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"prelu got a of shape \(3,\) for z of shape \(2, 4\)"):
        PReLU(3).forward(np.zeros((2, 4)))


# --- Sequential ------------------------------------------------------------------------------------------------------


def test_sequential_runs_its_layers_in_order() -> None:
    net = small_net()
    x = expected = rng(1).normal(size=(5, 3))
    for layer in copy.deepcopy(net):
        expected = layer(expected)
    assert_array_equal(net(x), expected)


def objective(net: Sequential, x: np.ndarray, dy: np.ndarray) -> float:
    return float(np.sum(dy * net.forward(x)))


def test_backward_of_a_network_is_its_derivative_for_x() -> None:
    net, x, dy = small_net(), rng(1).normal(size=(5, 3)), rng(2).normal(size=(5, 2))
    net.forward(x)
    assert_allclose(net.backward(dy), central_difference(lambda x: objective(net, x, dy), x), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("i", range(6))
def test_backward_of_a_network_is_its_derivative_for_every_parameter(i: int) -> None:
    net, x, dy = small_net(), rng(1).normal(size=(5, 3)), rng(2).normal(size=(5, 2))
    net.forward(x)
    net.backward(dy)
    p = net.parameters()[i]
    before = p.value.copy()

    def at(value: np.ndarray) -> float:
        p.value = value
        return objective(net, x, dy)

    assert_allclose(p.grad, central_difference(at, before), rtol=1e-5, atol=1e-8)


def test_a_float32_network_computes_in_float32_throughout() -> None:
    net, x = small_net(np.float32), np.ones((5, 3), dtype=np.float32)
    y = net(x)
    dx = net.backward(y)
    assert {a.dtype for p in net.parameters() for a in (p.value, p.grad)} | {y.dtype, dx.dtype} == {
        np.dtype(np.float32)
    }


def test_all_parameters_lie_in_one_vector() -> None:
    parameters = small_net().parameters()
    assert len({id(p.value.base) for p in parameters}) == 1
    assert len({id(p.grad.base) for p in parameters}) == 1


def test_layers_of_two_dtypes_are_refused() -> None:
    with pytest.raises(
        TypeError, match="got parameters of float32 and float64: make all layers of a network with one dtype"
    ):
        Sequential(Linear(2, 2, rng=rng(), dtype=np.float32), PReLU())


def test_the_input_is_never_changed() -> None:
    net, x = small_net(), np.ones((5, 3))
    net.backward(net(x))
    assert_array_equal(x, np.ones((5, 3)))


def test_a_network_can_skip_dx_of_its_first_layer() -> None:
    net = Sequential(Sequential(Linear(3, 2, rng=rng()), ReLU()), Linear(2, 2, rng=rng()))
    net.needs_input_grad = False
    assert net.backward(net(np.ones((5, 3)))) is None
    assert not net.needs_input_grad


def test_sequential_is_a_sequence_of_layers() -> None:
    first, second = ReLU(), Tanh()
    net = Sequential(first, second)
    assert len(net) == 2
    assert list(net) == [first, second]
    assert net[-1] is second


def test_a_slice_of_a_network_is_a_network_that_shares_its_layers() -> None:
    net = small_net()
    window = net[0].weight.value
    head = net[:2]
    assert isinstance(head, Sequential)
    assert list(head) == [net[0], net[1]]
    assert net[0].weight.value is window


def test_an_empty_network_is_the_identity() -> None:
    assert_array_equal(Sequential()(np.ones((2, 3))), np.ones((2, 3)))


def test_repr_of_a_network_numbers_its_layers() -> None:
    net = Sequential(Linear(2, 3, bias=False, rng=rng()), Sequential(ReLU(), PReLU(3)))
    assert repr(net) == (
        "Sequential(\n  (0): Linear(2, 3, bias=False)\n  (1): Sequential(\n    (0): ReLU()\n    (1): PReLU(num_parameters=3)\n  )\n)"
    )


def test_one_layer_cannot_stand_in_two_places() -> None:
    relu = ReLU()
    with pytest.raises(ValueError, match=r"Sequential got the same ReLU\(\) twice: make a second one"):
        Sequential(relu, Tanh(), relu)


@pytest.mark.parametrize("wrong", [ReLU, [ReLU()], np.tanh], ids=["class", "list", "function"])
def test_what_is_not_a_layer_is_refused(wrong: object) -> None:
    with pytest.raises(
        TypeError, match=r"Sequential got .* in place 1: expected layers, as in Sequential\(Linear\(...\), ReLU\(\)\)"
    ):
        Sequential(ReLU(), wrong)  # type: ignore[arg-type]


# --- What all layers share -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer",
    [ReLU(), PReLU(), Linear(2, 3, rng=rng()), Maxout(2, 3, rng=rng()), Sequential(Tanh())],
    ids=lambda x: type(x).__name__,
)
def test_backward_before_forward_says_so(layer: Layer) -> None:
    with pytest.raises(RuntimeError, match="has nothing to go back through: call forward before backward"):
        copy.deepcopy(layer).backward(np.ones((1, 3)))


def test_train_and_eval_reach_every_layer_inside() -> None:
    inner = ReLU()
    net = Sequential(Sequential(inner), Tanh())
    assert net.eval() is net
    assert not inner.training
    assert net.train() is net
    assert inner.training


def test_parameters_have_their_pytorch_names() -> None:
    net = Sequential(Linear(2, 3, rng=rng()), ReLU(), Sequential(PReLU(3)))
    assert list(net.named_parameters()) == ["0.weight", "0.bias", "2.0.weight"]


def test_a_layer_of_ones_own_finds_its_parameters_and_those_of_the_layers_inside() -> None:
    class Gate(Layer):
        def __init__(self) -> None:
            self.slope = PReLU()
            self.dense = Linear(2, 2, rng=rng())

    gate = Gate()
    assert gate.parameters() == [gate.slope.weight, gate.dense.weight, gate.dense.bias]


def test_a_layer_of_ones_own_has_a_readable_repr() -> None:
    class Empty(Layer):
        pass

    assert repr(Sequential(Empty())) == "Sequential(\n  (0): Empty()\n)"


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_a_layer_of_ones_own_must_say_what_it_computes(method: str) -> None:
    class Empty(Layer):
        pass

    with pytest.raises(NotImplementedError, match=rf"Empty needs a {method}\(self, .*\) method"):
        getattr(Empty(), method)(np.ones(1))


def test_a_copied_network_is_independent() -> None:
    net = small_net()
    twin = copy.deepcopy(net)
    twin[0].weight.value += 1
    assert_allclose(twin[0].weight.value - net[0].weight.value, np.ones((3, 4)))
