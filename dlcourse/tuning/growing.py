"""Progressive growing: find the depth by growing it.

    net = Sequential(Linear(2, 16), ReLU(), Linear(16, 2))        train it: the first layer learns features
    net = grow(net, Linear(16, 16), ReLU())                       one layer deeper, before the output; what was there is frozen
                                                                  train again: only the new layer and the output learn

Each stage trains few weights on features that are good already, and one stops when another layer no longer helps. (Greedy
layer-wise training with labels: Bengio et al., 2007.)
"""

from itertools import pairwise
from typing import Any

from dlcourse.layers import Layer, Sequential


def grow(net: Sequential, *layers: Layer, frozen: bool = True) -> Sequential:
    """A deeper network of the same layer objects: `layers` stand before the output layer, all earlier ones are frozen.

    The output is the last layer with parameters, with whatever follows it (a Sigmoid, say); it goes on learning, so the new
    layers must hand it as many features as it got before, else a ValueError. With frozen=False all layers go on learning.
    Make a new optimizer, or tell the old one of the new layers with add_parameters; net.requires_grad_() thaws what was frozen.

    >>> import numpy as np
    >>> from dlcourse.layers import Linear, ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Linear(2, 8, rng=rng), ReLU(), Linear(8, 3, rng=rng))
    >>> net = grow(net, Linear(8, 8, rng=rng), ReLU())
    >>> net
    Sequential(
      (0): Linear(2, 8)
      (1): ReLU()
      (2): Linear(8, 8)
      (3): ReLU()
      (4): Linear(8, 3)
    )
    >>> [p.requires_grad for p in net.parameters()]
    [False, False, True, True, True, True]
    """
    whole = tuple(net)
    learned = [i for i, layer in enumerate(whole) if layer.parameters()]
    if not layers:
        raise ValueError("grow got no layers: name what to add, as in grow(net, Linear(16, 16, rng=rng), ReLU())")
    if len(learned) < 2:
        raise ValueError(
            f"grow got a network with {len(learned)} layers that learn: expected a hidden one and an output"
        )
    older, output = whole[: learned[-1]], whole[learned[-1] :]
    _expect_fitting(older, layers, output)
    if frozen:
        for layer in older:
            layer.requires_grad_(False)
    return Sequential(*older, *layers, *output)


def _expect_fitting(*parts: tuple[Layer, ...]) -> None:
    chain: list[Any] = [layer for part in parts for layer in part if hasattr(layer, "in_features")]
    for before, after in pairwise(chain):
        if before.out_features != after.in_features:
            raise ValueError(
                f"grow would put {before!r} before {after!r}: expected as many features out as the next takes in"
            )
