"""Two numbers per parameter and epoch that tell a healthy training from a sick one.

gradient_norm    ||g||                 0 in the first layers: it vanishes; growing from epoch to epoch: it explodes
update_ratio     ||w' - w|| / ||w||    about 0.001 is a common rule of thumb; far more is restless, far less stands still
"""

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.layers import Layer


class GradientStatistics:
    """Sees the network just before every step, and tells the means of an epoch when asked.

    >>> from dlcourse.layers import Linear
    >>> layer, watch = Linear(1, 1, bias=False, rng=np.random.default_rng(0)), GradientStatistics()
    >>> layer.weight.value, layer.weight.grad = [[2.0]], [[0.5]]
    >>> watch(layer)
    >>> layer.weight.value = [[1.5]]
    >>> watch.means(layer)
    ({'weight': 0.5}, {'weight': 0.25})
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin an epoch."""
        self.gradients: list[Array] = []
        self.weights: list[Array] = []
        self.updates: list[Array] = []
        self.before: list[Array] = []

    def __call__(self, net: Layer) -> None:
        """Measure the gradients, and what the step before this one has done."""
        self.compare(net)
        parameters = net.parameters()
        self.gradients.append(norms([p.grad for p in parameters]))
        self.weights.append(norms([p.value for p in parameters]))
        self.before = [p.value.copy() for p in parameters]

    def compare(self, net: Layer) -> None:
        """How far the last step went."""
        if self.before:
            after = [p.value for p in net.parameters()]
            self.updates.append(norms([new - old for new, old in zip(after, self.before, strict=True)]))

    def means(self, net: Layer) -> tuple[dict[str, float], dict[str, float]]:
        """(gradient norms, update ratios) by the parameters' names; the ratio is of the means, so that a bias may start at 0."""
        self.compare(net)
        gradient, weight, update = (np.mean(rows, axis=0) for rows in (self.gradients, self.weights, self.updates))
        ratio = np.divide(update, weight, out=np.zeros_like(update), where=weight > 0)
        self.forget()
        names = list(net.named_parameters())
        return dict(zip(names, gradient.tolist(), strict=True)), dict(zip(names, ratio.tolist(), strict=True))


def norms(arrays: list[Array]) -> Array:
    """The Euclidean length of each.

    >>> norms([np.array([3.0, 4.0]), np.array([[2.0]])])
    array([5., 2.])
    """
    return np.array([np.linalg.norm(a.astype(np.float64)) for a in arrays])
