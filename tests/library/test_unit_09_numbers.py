"""The ten steps that exercise 09 calls PyTorch's are the library's, and, where PyTorch is installed, PyTorch's."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from dlcourse import optim
from dlcourse.parameter import Parameter

CHECKS = runpy.run_path(str(Path(__file__).resolve().parents[2] / "solutions/checks/09_adaptive_optimizers.py"))
#: Step -> the class, ours and PyTorch's alike, and what it needs besides the settings.
CLASSES = {
    "adagrad_step": ("Adagrad", {}),
    "rmsprop_step": ("RMSprop", {}),
    "adadelta_step": ("Adadelta", {}),
    "adam_step": ("Adam", {}),
    "amsgrad_step": ("Adam", {"amsgrad": True}),
    "adamw_step": ("AdamW", {}),
}
CASES = [
    *[("adagrad_step", *case) for case in CHECKS["ADAGRAD"].values()],
    *CHECKS["AVERAGING"].values(),
    *CHECKS["ADAM"].values(),
    *[("adamw_step", *case) for case in CHECKS["ADAMW"].values()],
]


@pytest.mark.parametrize(("step", "settings", "places"), CASES)
def test_the_librarys_ten_steps_are_the_numbers_of_the_checks(step, settings, places):
    name, extra = CLASSES[step]
    p, path = Parameter(CHECKS["START"]), []
    optimizer = getattr(optim, name)([p], **settings, **extra)
    for _ in range(10):
        p.grad = CHECKS["slope_at"](p.value)
        optimizer.step()
        path.append(p.value.copy())
    np.testing.assert_allclose(path, places, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("step", "settings", "places"), CASES)
def test_pytorchs_ten_steps_are_the_numbers_of_the_checks(step, settings, places):
    torch = pytest.importorskip("torch", reason="PyTorch is an optional extra: pip install 'dlcourse[torch]'")
    name, extra = CLASSES[step]
    p, path = torch.nn.Parameter(torch.tensor(CHECKS["START"])), []
    optimizer = getattr(torch.optim, name)([p], **settings, **extra)
    for _ in range(10):
        p.grad = torch.tensor(CHECKS["slope_at"](p.detach().numpy()))
        optimizer.step()
        path.append(p.detach().numpy().copy())
    np.testing.assert_allclose(path, places, rtol=0, atol=1e-10)
