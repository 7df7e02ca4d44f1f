"""Every initializer draws from PyTorch's distribution: the same bounds, the same moments, the same gains.

A dense weight is (in, out) here and (out, in) there; a convolution kernel is (out, in, height, width) in both.
"""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlcourse import init

torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")

DENSE, KERNEL = (400, 250), (64, 24, 7, 9)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("uniform", {}),
    ("normal", {}),
    ("xavier_uniform", {}),
    ("xavier_uniform", {"gain": 5 / 3}),
    ("xavier_normal", {}),
    ("xavier_normal", {"gain": 0.5}),
    *(
        (name, settings)
        for name in ("kaiming_uniform", "kaiming_normal")
        for settings in (
            {},
            {"a": 0.5},
            {"mode": "fan_out"},
            {"nonlinearity": "relu"},
            {"nonlinearity": "tanh", "mode": "fan_out"},
            {"nonlinearity": "selu"},
        )
    ),
]


@pytest.mark.parametrize("shape", [DENSE, KERNEL], ids=["dense", "kernel"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_bounds_and_moments_are_pytorchs(name: str, settings: dict[str, Any], shape: tuple[int, ...]) -> None:
    ours = getattr(init, name)(shape, **settings, rng=np.random.default_rng(0))
    twin = torch.empty(shape[::-1] if len(shape) == 2 else shape, dtype=torch.float64)
    getattr(torch.nn.init, f"{name}_")(twin, **settings, generator=torch.Generator().manual_seed(0))
    theirs = twin.numpy()
    spread = theirs.std()
    assert_allclose(ours.std(), spread, rtol=0.01)
    assert abs(ours.mean() - theirs.mean()) < 0.02 * spread
    assert_allclose(((ours - ours.mean()) ** 4).mean(), ((theirs - theirs.mean()) ** 4).mean(), rtol=0.05)
    if "uniform" in name:
        assert_allclose([ours.min(), ours.max()], [theirs.min(), theirs.max()], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains_are_pytorchs(name: str) -> None:
    assert init.gain(name) == torch.nn.init.calculate_gain(name)


@pytest.mark.parametrize("a", [0.0, 0.1, 1.0, 3.0])
def test_the_gain_of_a_slope_is_pytorchs(a: float) -> None:
    assert init.gain("leaky_relu", a) == torch.nn.init.calculate_gain("leaky_relu", a)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (6, 2, 3, 3), (40, 2, 3, 3)], ids=str)
def test_the_same_draws_become_pytorchs_orthogonal_matrix(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = init.orthogonal(shape, 2.0, rng=np.random.default_rng(0))
    draws = np.random.default_rng(0).normal(size=(shape[0], int(np.prod(shape[1:]))))
    monkeypatch.setattr(torch.Tensor, "normal_", lambda tensor, *args, **kwargs: tensor.copy_(torch.tensor(draws)))
    theirs = torch.nn.init.orthogonal_(torch.empty(shape, dtype=torch.float64), 2.0)
    assert_allclose(ours, theirs.numpy(), rtol=1e-10, atol=1e-12)
