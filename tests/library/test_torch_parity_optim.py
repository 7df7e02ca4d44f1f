"""Every optimizer, with every option, moves as PyTorch's does: 100 steps, float64.

Where we differ on purpose: eps must be above 0; centred RMSprop takes a variance that rounding made negative as 0 (PyTorch: nan);
clip_grad_norm_ divides by the norm itself, PyTorch by the norm + 1e-6.
"""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlcourse import optim
from dlcourse.parameter import Parameter

torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")

STEPS = 100
SHAPES = [(4, 5), (7,), ()]
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.9},
        {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True},
        {"weight_decay": 0.1},
        {"maximize": True},
    ],
    "Adagrad": [
        {},
        {"lr_decay": 0.1},
        {"initial_accumulator_value": 0.5},
        {"eps": 1e-3},
        {"weight_decay": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.1},
        {"maximize": True, "weight_decay": 0.1},
    ],
    "RMSprop": [
        {},
        {"alpha": 0.5},
        {"eps": 1e-2},
        {"momentum": 0.9},
        {"centered": True},
        {"centered": True, "momentum": 0.9, "weight_decay": 0.1},
        {"maximize": True, "weight_decay": 0.1},
    ],
    "Adadelta": [{}, {"rho": 0.5}, {"eps": 1e-3}, {"weight_decay": 0.1}, {"maximize": True, "weight_decay": 0.1}],
    "Adam": [
        {},
        {"betas": (0.5, 0.6)},
        {"betas": (0.0, 0.0)},
        {"eps": 1e-2},
        {"weight_decay": 0.1},
        {"amsgrad": True},
        {"amsgrad": True, "weight_decay": 0.1, "maximize": True},
        {"maximize": True},
    ],
    "AdamW": [
        {},
        {"betas": (0.5, 0.6), "eps": 1e-2},
        {"weight_decay": 0.0},
        {"weight_decay": 0.3},
        {"amsgrad": True, "weight_decay": 0.3},
        {"maximize": True, "weight_decay": 0.3},
    ],
}
CASES = [(name, settings) for name, cases in OPTIONS.items() for settings in cases]
#: The sizes of hyperparameters that are drawn at random; (low, high) on a log scale.
RANGES = {
    "SGD": {"lr": (1e-4, 1e-1), "momentum": (0.1, 0.95), "dampening": (0.01, 0.9), "weight_decay": (1e-4, 1.0)},
    "Adagrad": {
        "lr": (1e-3, 1.0),
        "lr_decay": (1e-3, 1.0),
        "weight_decay": (1e-4, 1.0),
        "initial_accumulator_value": (1e-3, 1.0),
        "eps": (1e-10, 1e-2),
    },
    "RMSprop": {
        "lr": (1e-4, 1e-1),
        "alpha": (0.1, 0.99),
        "eps": (1e-8, 1e-2),
        "weight_decay": (1e-4, 1.0),
        "momentum": (0.1, 0.95),
    },
    "Adadelta": {"lr": (1e-2, 10.0), "rho": (0.1, 0.99), "eps": (1e-8, 1e-2), "weight_decay": (1e-4, 1.0)},
    "Adam": {"lr": (1e-4, 1e-1), "eps": (1e-8, 1e-2), "weight_decay": (1e-4, 1.0)},
    "AdamW": {"lr": (1e-4, 1e-1), "eps": (1e-8, 1e-2), "weight_decay": (1e-4, 1.0)},
}


def plain(rng: np.random.Generator, step: int, shape: tuple[int, ...]) -> np.ndarray:
    return rng.normal(size=shape)


def extreme(rng: np.random.Generator, step: int, shape: tuple[int, ...]) -> np.ndarray:
    """Zeros, huge and tiny entries, and whole steps of zeros."""
    scale = rng.choice([0.0, 1e-150, 1e-12, 1e-3, 1.0, 1e5, 1e12], size=shape)
    return np.asarray(rng.normal(size=shape) * scale * (step % 7 != 3))


def compare(name: str, settings: dict[str, Any], gradient: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours = [Parameter(rng.normal(size=shape)) for shape in SHAPES]
    theirs = [torch.tensor(p.value.copy(), requires_grad=True) for p in ours]
    settings = {"lr": 0.05} | settings
    machine = getattr(optim, name)(ours, **settings)
    twin = getattr(torch.optim, name)(theirs, **settings)
    for step in range(STEPS):
        for p, q in zip(ours, theirs, strict=True):
            p.grad = gradient(rng, step, p.value.shape)
            q.grad = torch.tensor(p.grad.copy())
        machine.step()
        twin.step()
        for p, q in zip(ours, theirs, strict=True):
            w = q.detach().numpy()
            assert_allclose(p.value, w, rtol=1e-10, atol=1e-12, err_msg=f"{name} {settings}, step {step + 1}")


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_every_option_is_pytorchs(name: str, settings: dict[str, Any]) -> None:
    compare(name, settings, plain, seed=1)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_zero_huge_and_tiny_gradients_are_taken_as_pytorch_takes_them(name: str, settings: dict[str, Any]) -> None:
    compare(name, settings, extreme, seed=2)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", list(RANGES))
def test_random_hyperparameters_give_pytorchs_path(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    settings: dict[str, Any] = {
        key: float(np.exp(rng.uniform(*np.log(ends)))) for key, ends in RANGES[name].items() if rng.random() < 0.7
    }
    settings["maximize"] = bool(rng.random() < 0.5)
    if name.startswith("Adam"):
        settings |= {"betas": tuple(rng.uniform(0, 0.999, 2)), "amsgrad": bool(rng.random() < 0.5)}
    if name == "RMSprop":
        settings["centered"] = bool(rng.random() < 0.5)
    if name == "SGD" and "dampening" not in settings:
        settings["nesterov"] = "momentum" in settings
    compare(name, settings, plain, seed)


@pytest.mark.parametrize("name", list(OPTIONS))
def test_the_defaults_are_pytorchs(name: str) -> None:
    settings = {} if name != "SGD" else {"lr": 1e-3}
    theirs = getattr(torch.optim, name)([torch.zeros(1, requires_grad=True)], **settings).defaults
    ours = vars(getattr(optim, name)([Parameter([0.0])], **settings))
    assert {key: ours[key] for key in theirs.keys() & ours.keys()} == {
        key: theirs[key] for key in theirs.keys() & ours.keys()
    }


@pytest.mark.parametrize("limit", [0.1, 1.0, 1e3])
def test_clipping_by_value_is_pytorchs(limit: float) -> None:
    ours, theirs = with_gradients(3)
    optim.clip_grad_value_(ours, limit)
    torch.nn.utils.clip_grad_value_(theirs, limit)
    for p, q in zip(ours, theirs, strict=True):
        assert_allclose(p.grad, q.grad.numpy(), rtol=0)


@pytest.mark.parametrize("limit", [0.1, 1.0, 1e3])
def test_clipping_by_norm_is_pytorchs_but_for_the_millionth_that_pytorch_adds_to_the_norm(limit: float) -> None:
    ours, theirs = with_gradients(3)
    norm = optim.clip_grad_norm_(ours, limit)
    expected = torch.nn.utils.clip_grad_norm_(theirs, limit).item()
    assert_allclose(norm, expected, rtol=1e-12)
    factor = 1 + 1e-6 / norm if norm > limit else 1.0
    for p, q in zip(ours, theirs, strict=True):
        assert_allclose(p.grad, q.grad.numpy() * factor, rtol=1e-12)


def with_gradients(seed: int) -> tuple[list[Parameter], list[Any]]:
    rng = np.random.default_rng(seed)
    ours = [Parameter(np.zeros(shape)) for shape in SHAPES]
    theirs = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in SHAPES]
    for p, q in zip(ours, theirs, strict=True):
        p.grad = 3 * rng.normal(size=p.value.shape)
        q.grad = torch.tensor(p.grad.copy())
    return ours, theirs
