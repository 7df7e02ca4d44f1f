"""Every schedule gives PyTorch's rates, for 200 steps.

Where we differ on purpose: momentum is never cycled (PyTorch's cycle_momentum=False), and OneCycleLR keeps its last rate once
total_steps are over (PyTorch raises).
"""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlcourse import schedules
from dlcourse.schedules import CosineAnnealingLR, ExponentialLR, LinearLR, SequentialLR, StepLR

torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")

STEPS, LR = 200, 0.3
CASES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 30}),
    ("StepLR", {"step_size": 1, "gamma": 0.97}),
    ("StepLR", {"step_size": 7, "gamma": 1.1}),
    ("MultiStepLR", {"milestones": [30, 80]}),
    ("MultiStepLR", {"milestones": [1, 1, 150], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.95}),
    ("ExponentialLR", {"gamma": 1.0}),
    ("CosineAnnealingLR", {"T_max": 199}),
    ("CosineAnnealingLR", {"T_max": 50, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1000}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "total_iters": 100}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 150}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 20}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 20, "step_size_down": 7}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 20, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 5, "step_size_down": 8, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 20, "mode": "exp_range", "gamma": 0.99}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 201}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 300, "pct_start": 0.45}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 201, "pct_start": 0.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 201, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 250, "div_factor": 5.0, "final_div_factor": 10.0}),
]


def torch_optimizer() -> Any:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)


def rates_of(optimizer: Any, scheduler: Any) -> list[float]:
    rates = []
    for _ in range(STEPS):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_two_hundred_rates_are_pytorchs(name: str, settings: dict[str, Any]) -> None:
    cycle = {"cycle_momentum": False} if name in ("CyclicLR", "OneCycleLR") else {}
    start = {} if name in ("CyclicLR", "OneCycleLR") else {"initial_lr": LR}
    optimizer = torch_optimizer()
    expected = rates_of(optimizer, getattr(torch.optim.lr_scheduler, name)(optimizer, **settings, **cycle))
    ours = getattr(schedules, name)(**start, **settings)
    # PyTorch finds a rate from the one before it, so its rounding adds up where a cosine passes through 0.
    assert_allclose([ours(t) for t in range(STEPS)], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.filterwarnings("ignore::UserWarning")  # some versions of PyTorch warn about their own way of restarting
@pytest.mark.parametrize(
    ("ours", "theirs", "milestones"),
    [
        (
            [LinearLR(LR, 0.1, total_iters=20), CosineAnnealingLR(LR, T_max=180)],
            [("LinearLR", {"start_factor": 0.1, "total_iters": 20}), ("CosineAnnealingLR", {"T_max": 180})],
            [20],
        ),
        (
            [LinearLR(LR, 0.5), ExponentialLR(LR, 0.9), StepLR(LR, 10)],
            [("LinearLR", {"start_factor": 0.5}), ("ExponentialLR", {"gamma": 0.9}), ("StepLR", {"step_size": 10})],
            [20, 100],
        ),
    ],
    ids=["warm-up, cosine", "three"],
)
def test_schedules_in_a_row_are_pytorchs(
    ours: list[Any], theirs: list[tuple[str, dict[str, Any]]], milestones: list[int]
) -> None:
    lib, optimizer = torch.optim.lr_scheduler, torch_optimizer()
    twin = lib.SequentialLR(optimizer, [getattr(lib, name)(optimizer, **s) for name, s in theirs], milestones)
    expected, row = rates_of(optimizer, twin), SequentialLR(ours, milestones)
    assert_allclose([row(t) for t in range(STEPS)], expected, rtol=1e-10, atol=1e-13)


METRICS = {
    "falling": lambda rng: np.linspace(5, 1, STEPS),
    "noisy": lambda rng: rng.normal(1, 0.3, STEPS),
    "stuck": lambda rng: np.ones(STEPS),
    "below 0": lambda rng: -np.linspace(0, 1, STEPS) + 0.1 * rng.normal(size=STEPS),
    "with nan": lambda rng: np.where(rng.random(STEPS) < 0.2, np.nan, rng.normal(1, 0.3, STEPS)),
}


@pytest.mark.parametrize("metrics", list(METRICS))
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 0},
        {"patience": 3, "factor": 0.5, "cooldown": 4},
        {"mode": "max", "patience": 2},
        {"mode": "max", "patience": 2, "threshold": 0.1, "threshold_mode": "abs"},
        {"patience": 1, "threshold": 0.05, "threshold_mode": "abs", "min_lr": 1e-3},
        {"patience": 1, "factor": 0.9, "min_lr": 0.1},
        {"patience": 0, "factor": 0.5, "eps": 1e-2},
    ],
    ids=str,
)
def test_the_plateau_is_found_where_pytorch_finds_it(settings: dict[str, Any], metrics: str) -> None:
    optimizer = torch_optimizer()
    twin = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
    ours = schedules.ReduceLROnPlateau(LR, **settings)
    for t, metric in enumerate(METRICS[metrics](np.random.default_rng(0))):
        twin.step(metric)
        ours.update(metric)
        assert_allclose(ours(t), optimizer.param_groups[0]["lr"], rtol=1e-10)
