"""Every op and layer beyond the first slice gives PyTorch's numbers, forward and backward, in float64."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlcourse import functional as F
from dlcourse.layers import (
    GELU,
    RNN,
    SELU,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    LayerNorm,
    Linear,
    Maxout,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Tanh,
)

torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")
nn = torch.nn


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def normal(*shape: int, seed: int = 1) -> np.ndarray:
    return rng(seed).normal(size=shape)


def turned(twin: Any, name: str, array: np.ndarray) -> np.ndarray:
    """A weight that multiplies is stored (in, out) here and (out, in) there; everything else is stored alike."""
    owner = twin.get_submodule(name.rpartition(".")[0])
    return array.T.copy() if array.ndim == 2 and not isinstance(owner, nn.LayerNorm) else array


def give(net: Layer, twin: Any) -> None:
    """The twin gets the network's numbers, by name."""
    twin.load_state_dict({name: torch.tensor(turned(twin, name, a)) for name, a in net.state_dict().items()})


def same(ours: Any, theirs: Any, atol: float = 1e-13) -> None:
    assert_allclose(ours, theirs.detach().numpy() if hasattr(theirs, "detach") else theirs, rtol=1e-10, atol=atol)


def check(net: Layer, twin: Any, x: np.ndarray, out: Any = lambda y: y) -> None:
    """Output, gradient of the input and of every parameter."""
    give(net, twin)
    y, tx = net(x), torch.tensor(x, requires_grad=True)
    ty = out(twin(tx))
    same(y, ty)
    dy = normal(*y.shape, seed=2)
    dx = net.backward(dy)
    ty.backward(torch.tensor(dy))
    same(dx, tx.grad)
    gradients = dict(twin.named_parameters())
    assert list(net.named_parameters()) == list(gradients)
    for name, p in net.named_parameters().items():
        same(p.grad, turned(twin, name, gradients[name].grad.numpy()))


Z = np.concatenate([np.linspace(-7, 7, 29), [0.0, -1000.0, 1000.0, -30.0, 30.0, 1e-8]])
ACTIVATIONS = {
    "SELU": (SELU(), nn.SELU()),
    "GELU": (GELU(), nn.GELU()),
    "GELU tanh": (GELU("tanh"), nn.GELU(approximate="tanh")),
}


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_an_activation_and_its_gradient_are_pytorchs(name: str) -> None:
    ours, theirs = ACTIVATIONS[name]
    check(ours, theirs.double(), Z)


def test_erf_is_pytorchs() -> None:
    same(F.erf(Z), torch.erf(torch.tensor(Z)), atol=0)


LAYERS = {
    "Linear": (lambda: Linear(3, 4, rng=rng()), lambda: nn.Linear(3, 4), (5, 3)),
    "BatchNorm1d": (lambda: BatchNorm1d(3), lambda: nn.BatchNorm1d(3), (5, 3)),
    "BatchNorm1d of two": (lambda: BatchNorm1d(3), lambda: nn.BatchNorm1d(3), (2, 3)),
    "BatchNorm2d": (lambda: BatchNorm2d(3), lambda: nn.BatchNorm2d(3), (4, 3, 5, 6)),
    "BatchNorm2d of one image": (lambda: BatchNorm2d(3), lambda: nn.BatchNorm2d(3), (1, 3, 5, 6)),
    "LayerNorm": (lambda: LayerNorm(3), lambda: nn.LayerNorm(3), (5, 3)),
    "LayerNorm of two axes": (lambda: LayerNorm((4, 3)), lambda: nn.LayerNorm((4, 3)), (5, 4, 3)),
    "LayerNorm of sequences": (lambda: LayerNorm(3), lambda: nn.LayerNorm(3), (5, 4, 3)),
    "Conv2d": (lambda: Conv2d(2, 4, 3, rng=rng()), lambda: nn.Conv2d(2, 4, 3), (3, 2, 7, 8)),
    "Conv2d padded": (
        lambda: Conv2d(2, 4, 3, padding=1, rng=rng()),
        lambda: nn.Conv2d(2, 4, 3, padding=1),
        (3, 2, 7, 8),
    ),
    "Conv2d strided": (
        lambda: Conv2d(2, 4, 3, stride=2, rng=rng()),
        lambda: nn.Conv2d(2, 4, 3, stride=2),
        (3, 2, 8, 8),
    ),
    "Conv2d of pairs": (
        lambda: Conv2d(2, 4, (3, 2), stride=(2, 3), padding=(2, 1), rng=rng()),
        lambda: nn.Conv2d(2, 4, (3, 2), stride=(2, 3), padding=(2, 1)),
        (3, 2, 7, 8),
    ),
    "Conv2d without bias": (
        lambda: Conv2d(2, 4, 3, bias=False, rng=rng()),
        lambda: nn.Conv2d(2, 4, 3, bias=False),
        (3, 2, 7, 8),
    ),
    "MaxPool2d": (lambda: MaxPool2d(2), lambda: nn.MaxPool2d(2), (3, 2, 7, 8)),
    "MaxPool2d overlapping": (lambda: MaxPool2d(3, stride=1), lambda: nn.MaxPool2d(3, stride=1), (3, 2, 7, 8)),
    "MaxPool2d padded": (lambda: MaxPool2d(3, 2, 1), lambda: nn.MaxPool2d(3, 2, 1), (3, 2, 7, 8)),
    "MaxPool2d of pairs": (
        lambda: MaxPool2d((3, 2), (2, 1), (1, 0)),
        lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0)),
        (3, 2, 7, 8),
    ),
    "Flatten": (lambda: Flatten(), lambda: nn.Flatten(), (3, 2, 4, 5)),
    "Dropout of nothing": (lambda: Dropout(0.0, rng=rng()), lambda: nn.Dropout(0.0), (5, 3)),
}


@pytest.mark.parametrize("name", list(LAYERS))
def test_a_layer_and_all_its_gradients_are_pytorchs(name: str) -> None:
    ours, theirs, shape = LAYERS[name]
    check(ours(), theirs().double(), normal(*shape))


@pytest.mark.parametrize("name", list(LAYERS))
def test_a_layer_in_evaluation_is_pytorchs(name: str) -> None:
    ours, theirs, shape = LAYERS[name]
    net, twin = ours(), theirs().double()
    net(normal(*shape, seed=5))
    check(net.eval(), twin.eval(), normal(*shape))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_recurrent_layer_and_all_its_gradients_are_pytorchs(nonlinearity: str) -> None:
    twin = nn.RNN(3, 5, nonlinearity=nonlinearity, batch_first=True).double()
    check(RNN(3, 5, nonlinearity, rng=rng()), twin, normal(4, 6, 3), out=lambda y: y[0])


def test_recurrence_from_a_given_first_state_is_pytorchs() -> None:
    twin = nn.RNN(3, 5, batch_first=True).double()
    x, h0, dh = normal(4, 6, 3), normal(4, 5, seed=3), normal(4, 6, 5, seed=4)
    W_ih, W_hh, b_ih, b_hh = (turned(twin, "", p.detach().numpy()) for p in twin.parameters())
    h, cache = F.rnn(x, W_ih, W_hh, b_ih + b_hh, h0)
    th0 = torch.tensor(h0[np.newaxis], requires_grad=True)
    th, _ = twin(torch.tensor(x), th0)
    th.backward(torch.tensor(dh))
    same(h, th)
    same(F.rnn_backward(dh, cache)[4], th0.grad[0])


def test_a_tied_pool_gives_its_gradient_where_pytorch_does() -> None:
    check(MaxPool2d(3, 2, 1), nn.MaxPool2d(3, 2, 1), np.floor(2 * normal(3, 2, 7, 8)))


def test_maxout_of_any_number_of_pieces_is_pytorchs_max_over_a_linear() -> None:
    class Pieces(nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x).reshape(len(x), 4, 3).max(dim=2).values

    check(Maxout(5, 4, pieces=3, rng=rng()), Pieces(5, 12).double(), normal(6, 5))


@pytest.mark.parametrize(
    ("ours", "theirs", "shape"),
    [(BatchNorm1d, "BatchNorm1d", (8, 3)), (BatchNorm2d, "BatchNorm2d", (4, 3, 2, 5))],
    ids=["BatchNorm1d", "BatchNorm2d"],
)
@pytest.mark.parametrize("momentum", [0.1, 0.9, None])
def test_running_statistics_over_twenty_batches_are_pytorchs(
    ours: type, theirs: str, shape: tuple[int, ...], momentum: float | None
) -> None:
    net, twin, g = ours(3, momentum=momentum), getattr(nn, theirs)(3, momentum=momentum).double(), rng()
    for _ in range(20):
        x = g.normal(3.0, 5.0, shape)
        same(net(x), twin(torch.tensor(x)))
    for name, buffer in twin.named_buffers():
        same(net.state_dict()[name], buffer, atol=0)


def test_dropout_keeps_the_share_and_the_scale_that_pytorchs_does() -> None:
    x = np.ones((200, 500))
    ours = Dropout(0.3, rng=rng())(x)
    torch.manual_seed(0)
    theirs = nn.Dropout(0.3)(torch.tensor(x)).numpy()
    assert set(np.unique(ours)) == set(np.unique(theirs))
    assert_allclose((ours == 0).mean(), (theirs == 0).mean(), atol=0.01)


class Around(nn.Sequential):
    def forward(self, x: Any) -> Any:
        return x + super().forward(x)


def test_an_image_network_with_every_kind_of_layer_is_pytorchs() -> None:
    g = rng()
    net = Sequential(
        Conv2d(1, 4, 3, padding=1, rng=g),
        BatchNorm2d(4),
        ReLU(),
        MaxPool2d(2),
        Residual(Conv2d(4, 4, 3, padding=1, rng=g), GELU()),
        Flatten(),
        Dropout(0.0, rng=g),
        Linear(64, 10, rng=g),
        LayerNorm(10),
        Tanh(),
        Linear(10, 3, rng=g),
    )
    twin = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        Around(nn.Conv2d(4, 4, 3, padding=1), nn.GELU()),
        nn.Flatten(),
        nn.Dropout(0.0),
        nn.Linear(64, 10),
        nn.LayerNorm(10),
        nn.Tanh(),
        nn.Linear(10, 3),
    ).double()
    assert list(net.state_dict()) == list(twin.state_dict())
    check(net, twin, normal(6, 1, 8, 8))


@pytest.mark.parametrize("name", ["BatchNorm2d", "LayerNorm", "Conv2d padded", "RNN"])
def test_float32_agrees_too(name: str) -> None:
    net, twin, shape = {
        "BatchNorm2d": (BatchNorm2d(3, dtype=np.float32), nn.BatchNorm2d(3), (4, 3, 5, 6)),
        "LayerNorm": (LayerNorm(3, dtype=np.float32), nn.LayerNorm(3), (5, 3)),
        "Conv2d padded": (
            Conv2d(2, 4, 3, padding=1, rng=rng(), dtype=np.float32),
            nn.Conv2d(2, 4, 3, padding=1),
            (3, 2, 7, 8),
        ),
        "RNN": (RNN(3, 5, rng=rng(), dtype=np.float32), nn.RNN(3, 5, batch_first=True), (4, 6, 3)),
    }[name]
    give(net, twin)
    x = normal(*shape).astype(np.float32)
    y = twin(torch.tensor(x))
    assert_allclose(net(x), (y[0] if name == "RNN" else y).detach().numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Conv2d(6, 400, 3, rng=rng()), lambda: nn.Conv2d(6, 400, 3)), (RNN(50, 400, rng=rng()), lambda: nn.RNN(50, 400))],
    ids=["Conv2d", "RNN"],
)
def test_a_layer_starts_in_pytorchs_range(ours: Layer, theirs: Any) -> None:
    torch.manual_seed(0)
    for name, p in theirs().named_parameters():
        mine = ours.named_parameters()[name].value
        assert_allclose([abs(mine).max(), mine.std()], [p.abs().max().item(), p.std().item()], rtol=0.1)
