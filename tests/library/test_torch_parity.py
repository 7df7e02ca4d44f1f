"""The same names, the same numbers as PyTorch, values and gradients, in float64."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlcourse import functional as F
from dlcourse.layers import Linear, PReLU, Sequential, Tanh
from dlcourse.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from dlcourse.optim import SGD, Adam

torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")

# Kinks included: -0.5, 0 and 6 are where conventions differ.
Z = np.concatenate([np.linspace(-7, 7, 29), [0.0, 6.0, -1000.0, 1000.0, -30.0, 30.0, 1e-8]])
DY = np.random.default_rng(0).normal(size=Z.shape)
nn = torch.nn.functional

ACTIVATIONS: dict[str, tuple[Callable, tuple[Any, ...], Callable]] = {
    "relu": (F.relu, (), nn.relu),
    "leaky_relu": (F.leaky_relu, (), nn.leaky_relu),
    "leaky_relu 0.2": (F.leaky_relu, (0.2,), lambda z: nn.leaky_relu(z, 0.2)),
    "relu6": (F.relu6, (), nn.relu6),
    "sigmoid": (F.sigmoid, (), torch.sigmoid),
    "tanh": (F.tanh, (), torch.tanh),
    "elu": (F.elu, (), nn.elu),
    "elu 0.3": (F.elu, (0.3,), lambda z: nn.elu(z, 0.3)),
    "silu": (F.silu, (), nn.silu),
    "silu 2": (F.silu, (2.0,), lambda z: z * torch.sigmoid(2.0 * z)),
    "softplus": (F.softplus, (), lambda z: torch.logaddexp(z, torch.zeros_like(z))),
    "softmax": (F.softmax, (), lambda z: torch.softmax(z, -1)),
    "softmax T": (F.softmax, (3.0,), lambda z: torch.softmax(z / 3.0, -1)),
    "sign": (F.sign, (), torch.sign),
    "staircase": (F.staircase, (), torch.floor),
    "unit_step": (F.unit_step, (), lambda z: torch.heaviside(z.detach(), torch.ones((), dtype=z.dtype)) + 0 * z),
}


def tensor(a: np.ndarray, grad: bool = True) -> Any:
    return torch.tensor(a, requires_grad=grad)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_an_activation_and_its_gradient_are_pytorchs(name: str) -> None:
    ours, settings, theirs = ACTIVATIONS[name]
    y, cache = ours(Z, *settings)
    z = tensor(Z)
    out = theirs(z)
    out.backward(torch.tensor(DY))
    assert_allclose(y, out.detach().numpy(), rtol=1e-12, atol=1e-15)
    assert_allclose(getattr(F, f"{ours.__name__}_backward")(DY, cache), z.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "elu", "silu", "softmax"])
def test_float32_agrees_too(name: str) -> None:
    ours, settings, theirs = ACTIVATIONS[name]
    y, _ = ours(Z.astype(np.float32), *settings)
    assert_allclose(y, theirs(torch.tensor(Z.astype(np.float32))).numpy(), rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("width", [1, 3])
def test_prelu_and_both_gradients_are_pytorchs(width: int) -> None:
    rng = np.random.default_rng(1)
    Z, DY, a = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=width)
    Z[0, 0] = 0.0
    y, cache = F.prelu(Z, a)
    dz, da = F.prelu_backward(DY, cache)
    z, slope = tensor(Z), tensor(a)
    out = nn.prelu(z, slope)
    out.backward(torch.tensor(DY))
    for ours, theirs in ((y, out.detach()), (dz, z.grad), (da, slope.grad)):
        assert_allclose(ours, theirs.numpy(), rtol=1e-12)


def test_maxout_without_ties_is_pytorchs_max() -> None:
    rng = np.random.default_rng(1)
    Z, DY = rng.normal(size=(5, 3, 4)), rng.normal(size=(5, 3))
    y, cache = F.maxout(Z)
    z = tensor(Z)
    out = z.max(dim=-1).values
    out.backward(torch.tensor(DY))
    assert_allclose(y, out.detach().numpy())
    assert_allclose(F.maxout_backward(DY, cache), z.grad.numpy())


def test_linear_is_pytorchs_with_the_weight_transposed() -> None:
    rng = np.random.default_rng(1)
    x, W, b, dz = (rng.normal(size=shape) for shape in ((5, 3), (3, 2), (2,), (5, 2)))
    z, cache = F.linear(x, W, b)
    dx, dW, db = F.linear_backward(dz, cache)
    tx, tW, tb = tensor(x), tensor(W.T.copy()), tensor(b)
    out = nn.linear(tx, tW, tb)
    out.backward(torch.tensor(dz))
    for ours, theirs in ((z, out.detach()), (dx, tx.grad), (dW, tW.grad.T), (db, tb.grad)):
        assert_allclose(ours, theirs.numpy(), rtol=1e-12)


SOFT = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0, 0.5, 0.5], [0.1, 0.1, 0.8]])
LOSSES = {
    "MSELoss": (MSELoss(), torch.nn.MSELoss(), SOFT),
    "BCEWithLogitsLoss": (BCEWithLogitsLoss(), torch.nn.BCEWithLogitsLoss(), SOFT),
    "CrossEntropyLoss of labels": (CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), np.array([0, 2, 1, 2])),
    "CrossEntropyLoss of rows": (CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), SOFT),
}


@pytest.mark.parametrize("scale", [1, 300])
@pytest.mark.parametrize("name", list(LOSSES))
def test_a_loss_and_its_gradient_are_pytorchs(name: str, scale: float) -> None:
    ours, theirs, y = LOSSES[name]
    z = scale * np.random.default_rng(1).normal(size=(4, 3))
    value = ours.forward(z, y)
    tz = tensor(z)
    expected = theirs(tz, torch.tensor(y))
    expected.backward()
    assert_allclose(value, expected.item(), rtol=1e-12)
    assert_allclose(ours.backward(), tz.grad.numpy(), rtol=1e-10, atol=1e-15)


OPTIMIZERS = [
    (SGD, "SGD", {"lr": 0.1}),
    (SGD, "SGD", {"lr": 0.1, "weight_decay": 0.1}),
    (SGD, "SGD", {"lr": 0.1, "momentum": 0.9}),
    (SGD, "SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.9}),
    (SGD, "SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    (SGD, "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (SGD, "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (Adam, "Adam", {}),
    (Adam, "Adam", {"lr": 0.1}),
    (Adam, "Adam", {"lr": 0.1, "betas": (0.5, 0.6), "eps": 1e-3}),
    (Adam, "Adam", {"lr": 0.1, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(
    ("ours", "theirs", "settings"), OPTIMIZERS, ids=[f"{name} {settings}" for _, name, settings in OPTIMIZERS]
)
def test_twenty_steps_on_a_network_are_pytorchs(ours: type, theirs: str, settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(16, 3)), rng.integers(0, 2, 16)
    net = Sequential(Linear(3, 4, rng=rng), Tanh(), Linear(4, 4, rng=rng), PReLU(), Linear(4, 2, rng=rng))
    twin = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4), torch.nn.PReLU(), torch.nn.Linear(4, 2)
    ).double()
    with torch.no_grad():
        for p, q in zip(net.parameters(), twin.parameters(), strict=True):
            q.copy_(torch.tensor(p.value.T.copy()))
    loss, optimizer = CrossEntropyLoss(), ours(net.parameters(), **settings)
    twin_loss, twin_optimizer = (
        torch.nn.CrossEntropyLoss(),
        getattr(torch.optim, theirs)(twin.parameters(), **{"lr": 1e-3} | settings),
    )
    for _ in range(20):
        loss.forward(net.forward(X), y)
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
        twin_optimizer.zero_grad()
        twin_loss(twin(torch.tensor(X)), torch.tensor(y)).backward()
        twin_optimizer.step()
    for p, q in zip(net.parameters(), twin.parameters(), strict=True):
        assert_allclose(p.value, q.detach().numpy().T, rtol=1e-9, atol=1e-12)


def test_linear_starts_in_pytorchs_range() -> None:
    ours = Linear(50, 400, rng=np.random.default_rng(0))
    torch.manual_seed(0)
    theirs = torch.nn.Linear(50, 400)
    for a, b in ((ours.weight, theirs.weight), (ours.bias, theirs.bias)):
        assert_allclose([abs(a.value).max(), a.value.std()], [b.abs().max().item(), b.std().item()], rtol=0.06)
