"""Bayesian search with a Gaussian process: a smooth guess through the trials so far, and how unsure it is where none was made.

    mean(x), sd(x)          the guess and its doubt, from the trials so far
    EI(x)                   by how much x is expected to beat the best so far
    next trial              where EI is largest: where the guess is good, or the doubt is great

Each trial costs a training, so it pays to think for some milliseconds before the next.
"""

import warnings
from math import erf, pi, sqrt

import numpy as np

from dlcourse.functional.arrays import Array
from dlcourse.tuning.space import Codes, Space, point_at


def posterior(X: Array, y: Array, X_new: Array, seed: int = 0) -> tuple[Array, Array]:
    """Mean and standard deviation of y at X_new, after seeing y at X.   X (n, d), y (n,), X_new (m, d) -> (m,), (m,)

    The kernel is Matern 5/2 with a length scale per column, plus noise, fitted to the data by maximum likelihood (Rasmussen
    and Williams, 2006).

    >>> mean, sd = posterior(np.array([[0.0], [1.0]]), np.array([3.0, 5.0]), np.array([[0.0], [0.5]]))
    >>> mean.round(1), bool(sd[0] < sd[1])
    (array([3., 4.]), True)
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern, WhiteKernel

    kernel = Matern(np.full(X.shape[1], 0.5), (0.05, 20.0), nu=2.5) + WhiteKernel(1e-4, (1e-8, 1.0))
    model = GaussianProcessRegressor(kernel, normalize_y=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length scale at its bound: this column does not matter
        mean, sd = model.fit(X, y).predict(X_new, return_std=True)
    return mean, sd


def expected_improvement(mean: Array, sd: Array, best: float) -> Array:
    """By how much a draw y ~ N(mean, sd^2) is expected to undercut the best: E[max(best - y, 0)].

        z = (best - mean) / sd
        EI = (best - mean) Phi(z) + sd phi(z)        Phi, phi: the normal distribution and its density

    (Mockus, 1978; Jones et al., 1998.)

    >>> expected_improvement(np.array([1.0, 2.0, 2.0]), np.array([1.0, 1.0, 3.0]), best=1.0).round(3)
    array([0.399, 0.083, 0.763])
    """
    sd = np.maximum(sd, 1e-12)
    z = (best - mean) / sd
    Phi = np.array([(1 + erf(x / sqrt(2))) / 2 for x in z.tolist()])
    phi = np.exp(-z * z / 2) / sqrt(2 * pi)
    improvement: Array = (best - mean) * Phi + sd * phi
    return improvement


def most_promising(space: Space, points: list[Codes], values: list[float], rng: np.random.Generator) -> Codes:
    """Where to look next, after these points gave these values (lower is better): the largest EI among 1,000 candidates.

    Half of them lie anywhere, half around the best point so far. Values far above the median count as merely bad: one diverged
    run would otherwise flatten everything else.

    >>> from dlcourse.tuning.space import uniform
    >>> space = {"x": uniform(-1, 1)}
    >>> tried = [{"x": x} for x in (-1.0, -0.4, 0.2, 1.0)]
    >>> round(most_promising(space, tried, [point["x"] ** 2 for point in tried], np.random.default_rng(0))["x"], 1)
    0.1
    """
    best, middle = min(values), float(np.median(values))
    y = np.minimum(values, middle + (middle - best))
    center = [dimension.place(points[values.index(best)][name]) for name, dimension in space.items()]
    anywhere = rng.random((500, len(space)))
    nearby = np.clip(center + 0.1 * rng.normal(size=anywhere.shape), 0, 1)
    candidates = [point_at(space, us) for us in np.concatenate([anywhere, nearby]).tolist()]
    mean, sd = posterior(_features(space, points), y, _features(space, candidates), seed=int(rng.integers(2**31)))
    return candidates[int(expected_improvement(mean, sd, best).argmax())]


def _features(space: Space, points: list[Codes]) -> Array:
    return np.array([[x for name, dim in space.items() for x in dim.features(point[name])] for point in points])
