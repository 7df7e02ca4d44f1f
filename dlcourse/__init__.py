"""dlcourse: training neural networks, from one neuron to a network that generalises, in NumPy that reads like its formulas.

>>> import dlcourse as dl
>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> net = dl.Sequential(dl.Linear(2, 8, rng=rng), dl.ReLU(), dl.Linear(8, 2, rng=rng))
>>> net(np.ones((5, 2))).shape
(5, 2)

Names load when they are first used, so `import dlcourse` alone costs little more than `import numpy`.
"""

from importlib import import_module
from typing import Any

# The function has the name of its module. Imported here once, `dlcourse.gradcheck` stays the function for good.
from dlcourse.gradcheck import gradcheck

__version__ = "0.1.0"

_MODULES = ("data", "functional", "hooks", "init", "layers", "losses", "optim", "parameter", "train")
_HOMES = {
    "layers": """Layer Linear Maxout Sequential PReLU Activation Identity UnitStep Sign Staircase Sigmoid Tanh ReLU ReLU6
                 LeakyReLU ELU SiLU Softplus Softmax""",
    "losses": "Loss MSELoss BCEWithLogitsLoss CrossEntropyLoss",
    "optim": "Optimizer SGD Adam",
    "parameter": "Parameter",
    "train": "History fit evaluate predict accuracy",
    "hooks": "capture swap",
    "gradcheck": "gradcheck_network numerical_gradient",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = ["F", "gradcheck", *_MODULES, *_HOME_OF]


def __getattr__(name: str) -> Any:
    if name == "F":
        return import_module("dlcourse.functional")
    if name in _MODULES:
        return import_module(f"dlcourse.{name}")
    if name in _HOME_OF:
        return getattr(import_module(f"dlcourse.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module 'dlcourse' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
