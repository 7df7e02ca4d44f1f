"""One training, three libraries: stored curves of the capstone's network in PyTorch and scikit-learn, for those who have no PyTorch."""

import json
from importlib.resources import files

import numpy as np

from dlcourse.functional.arrays import Array


def framework_curves() -> dict[str, Array]:
    """The loss of every batch in lesson 14's comparison, by library and version.   -> name -> (102,)

    tests/benchmarks/capstone_curves.py writes them: the same network from the same weights, plain SGD on the same batches.

    >>> {name.split()[0]: curve.shape for name, curve in framework_curves().items()}
    {'PyTorch': (102,), 'scikit-learn': (102,)}
    """
    stored = files("dlcourse.data").joinpath("framework_curves.json").read_text(encoding="utf-8")
    return {name: np.array(curve) for name, curve in json.loads(stored).items()}
