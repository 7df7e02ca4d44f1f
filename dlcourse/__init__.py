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
try:
    from dlcourse.gradcheck import gradcheck
except (ImportError, AttributeError) as error:  # NumPy is missing or broken, or another file bears its name
    import sys

    doctor = f"{sys.executable} {__path__[0]}/doctor"
    raise ImportError(f"dlcourse cannot load NumPy: `{doctor}` says what is wrong and how to mend it") from error

__version__ = "0.1.0"

_MODULES = [
    "autodiff",
    "data",
    "estimator",
    "functional",
    "hooks",
    "init",
    "layers",
    "losses",
    "metrics",
    "optim",
    "parameter",
    "regularizers",
    "schedules",
    "sparsity",
    "train",
    "tuning",
]
_HOMES = {
    "layers": """Layer Linear Maxout Conv2d MaxPool2d Flatten RNN BatchNorm1d BatchNorm2d LayerNorm Dropout Sequential
                 Residual Activation Identity UnitStep Sign Staircase Sigmoid Tanh ReLU ReLU6 LeakyReLU PReLU ELU SELU GELU
                 SiLU Softplus Softmax""",
    "losses": "Loss MSELoss BCEWithLogitsLoss CrossEntropyLoss",
    "optim": "Optimizer SGD Adagrad RMSprop Adadelta Adam AdamW clip_grad_norm_ clip_grad_value_",
    "schedules": """Schedule StepLR MultiStepLR ExponentialLR CosineAnnealingLR LinearLR SequentialLR CyclicLR OneCycleLR
                    ReduceLROnPlateau BatchSizeSchedule""",
    "regularizers": "L1 L2 ElasticNet",
    "sparsity": "top_k meprop forward_activity backward_activity prune",
    "parameter": "Parameter",
    "train": "History fit evaluate predict accuracy outputs EarlyStopping Callback Checkpoint GradientStatistics",
    "estimator": "NetworkClassifier NetworkRegressor",
    "lr_finder": "range_test",
    "tuning": "search grow",
    "hooks": "capture swap",
    "autodiff": "Tensor",
    "gradcheck": "gradcheck_layer gradcheck_network numerical_gradient",
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
