"""How well networks of this library do on real data, beside scikit-learn's own of the same size at the same budget.

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/end_to_end.py            ten splits of each set, half a minute on one core

Each split sets a quarter aside for the test, stratified by class. "same" has scikit-learn's settings (He's initialisation apart): Adam
at a constant rate, no noise, no dropout. "ours" adds what the course teaches: a cosine schedule, and noise or dropout. All settings were
chosen on splits of the seeds 100 to 109, which are not judged here.
"""

import sys
import time
import warnings
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from dlcourse import data
from dlcourse.estimator import NetworkClassifier, NetworkRegressor


class Case(NamedTuple):
    """A data set, the budget that all three contenders get, and what ours adds."""

    load: Any
    hidden: tuple[int, ...]
    epochs: int
    lr: float
    extras: dict[str, Any]
    standardise: bool = True

    @property
    def name(self) -> str:
        return self.load.__name__

    @property
    def regression(self) -> bool:
        return self.load is data.diabetes


CASES = [
    Case(data.digits, (128, 64), 60, 3e-3, {"noise": 0.2}, standardise=False),
    Case(data.breast_cancer, (32,), 60, 1e-3, {"noise": 0.3}),
    Case(data.wine, (32,), 60, 3e-3, {"noise": 0.6}),
    Case(data.diabetes, (32,), 60, 3e-3, {"dropout": 0.3}),
]


def models(case: Case, seed: int) -> dict[str, Any]:
    budget = {"hidden_layer_sizes": case.hidden, "batch_size": 32, "random_state": seed}
    scikit_learns, ours = (MLPRegressor, NetworkRegressor) if case.regression else (MLPClassifier, NetworkClassifier)
    return {
        "scikit-learn": scikit_learns(
            **budget, max_iter=case.epochs, learning_rate_init=case.lr, tol=0.0, n_iter_no_change=case.epochs
        ),
        "same": ours(**budget, epochs=case.epochs, lr=case.lr, schedule="constant"),
        "ours": ours(**budget, epochs=case.epochs, lr=case.lr, **case.extras),
    }


def trial(case: Case, seed: int) -> dict[str, tuple[float, float]]:
    """(test score, seconds of training) of each contender on one split: accuracy, or R^2 for the regression."""
    X, y = case.load(dtype=np.float32)
    X, X_test, y, y_test = data.train_test_split(X, y.ravel(), rng=np.random.default_rng(seed))
    if case.standardise:
        X, X_test = data.standardise(X, X_test)
    if case.regression:  # scikit-learn's network does not standardise its targets; ours does
        mean, std = y.mean(), y.std()
        y, y_test = (y - mean) / std, (y_test - mean) / std
    results = {}
    for name, model in models(case, seed).items():
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the budget is the budget
            model.fit(X, y)
        results[name] = model.score(X_test, y_test), time.perf_counter() - started
    return results


def main(splits: int = 10, first_seed: int = 0) -> None:
    print(
        f"{splits} stratified splits, a quarter for the test; mean +- standard deviation, lowest; seconds per training"
    )
    for case in CASES:
        trials = [trial(case, seed) for seed in range(first_seed, first_seed + splits)]
        print(
            f"\n{case.name}: {case.hidden}, {case.epochs} epochs, {'R^2' if case.regression else 'test accuracy in %'}"
        )
        unit = 1 if case.regression else 100
        for name in trials[0]:
            scores, seconds = unit * np.array([row[name] for row in trials]).T * [[1], [1 / unit]]
            print(
                f"  {name:14}{scores.mean():7.2f} +- {scores.std():.2f}  lowest {scores.min():6.2f}  {seconds.mean():5.2f} s"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
