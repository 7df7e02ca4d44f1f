"""Layers: thin objects that keep what the pure functions in F need: parameters, and the cache from forward to backward.

One file a kind; all names are here, as in `from dlcourse.layers import Linear`.
"""

from dlcourse.layers.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    Sign,
    SiLU,
    Softmax,
    Softplus,
    Staircase,
    Tanh,
    UnitStep,
)
from dlcourse.layers.base import Layer
from dlcourse.layers.containers import Residual, Sequential
from dlcourse.layers.convolution import Conv2d, Flatten, MaxPool2d
from dlcourse.layers.dropout import Dropout
from dlcourse.layers.linear import Linear, Maxout
from dlcourse.layers.normalization import BatchNorm1d, BatchNorm2d, LayerNorm
from dlcourse.layers.recurrent import RNN

__all__ = [
    "ELU",
    "GELU",
    "RNN",
    "SELU",
    "Activation",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "Maxout",
    "PReLU",
    "ReLU",
    "ReLU6",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Sign",
    "Softmax",
    "Softplus",
    "Staircase",
    "Tanh",
    "UnitStep",
]
