"""Networks behave as scikit-learn expects of an estimator."""

import pickle
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from dlcourse import data
from dlcourse.estimator import NetworkClassifier, NetworkRegressor


@parametrize_with_checks([NetworkClassifier(epochs=60), NetworkRegressor(epochs=60)])
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    check(estimator)


# --- In company ------------------------------------------------------------------------------------------------------


def test_a_pipeline_with_a_network_classifies_wines() -> None:
    model = make_pipeline(StandardScaler(), NetworkClassifier(epochs=60, random_state=0))
    assert cross_val_score(model, *data.wine(), cv=3).mean() > 0.95


def test_a_grid_search_reaches_through_a_pipeline() -> None:
    X, y = data.moons(120, rng=np.random.default_rng(0))
    model = make_pipeline(StandardScaler(), NetworkClassifier(epochs=15, random_state=0))
    search = GridSearchCV(model, {"networkclassifier__lr": [1e-6, 1e-2]}, cv=2).fit(X, y)
    assert search.best_params_ == {"networkclassifier__lr": 1e-2}


def test_the_area_under_the_roc_curve_can_be_a_goal() -> None:
    X, y = data.moons(120, rng=np.random.default_rng(0))
    assert cross_val_score(NetworkClassifier(epochs=30, random_state=0), X, y, cv=2, scoring="roc_auc").mean() > 0.9


def test_a_pickled_network_predicts_the_same_and_can_be_trained_anew() -> None:
    X, y = data.moons(60, rng=np.random.default_rng(0))
    model = NetworkClassifier(epochs=5, random_state=0).fit(X, y)
    twin = pickle.loads(pickle.dumps(model))
    assert_array_equal(twin.predict_proba(X), model.predict_proba(X))
    assert_array_equal(twin.fit(X, y).predict_proba(X), model.predict_proba(X))


# --- On its own ------------------------------------------------------------------------------------------------------


def moons(dtype: type = np.float64) -> Any:
    return data.moons(120, rng=np.random.default_rng(0), dtype=dtype)


def test_the_same_random_state_makes_the_same_network() -> None:
    X, y = moons()
    one, other = (NetworkClassifier(epochs=3, noise=0.1, dropout=0.2, random_state=7).fit(X, y) for _ in range(2))
    assert_array_equal(one.predict_proba(X), other.predict_proba(X))


def test_another_random_state_makes_another_network() -> None:
    X, y = moons()
    one, other = (NetworkClassifier(epochs=3, random_state=seed).fit(X, y) for seed in range(2))
    assert not np.array_equal(one.predict_proba(X), other.predict_proba(X))


def test_probabilities_stand_in_the_order_of_the_classes() -> None:
    X, y = moons()
    model = NetworkClassifier(random_state=0).fit(X, np.array(["no", "yes"])[y])
    assert_array_equal(model.classes_, ["no", "yes"])
    assert_array_equal(model.predict(X) == "yes", model.predict_proba(X)[:, 1] > 0.5)
    assert_allclose(model.predict_proba(X).sum(axis=1), 1)


@pytest.mark.parametrize("setting", ["relu", "leaky_relu", "elu", "silu", "tanh", "sigmoid"])
def test_every_activation_learns(setting: str) -> None:
    X, y = moons()
    assert NetworkClassifier(activation=setting, lr=0.03, random_state=0).fit(X, y).score(X, y) > 0.84


@pytest.mark.parametrize("setting", ["adam", "adamw", "rmsprop", "sgd"])
def test_every_optimizer_learns(setting: str) -> None:
    X, y = moons()
    model = NetworkClassifier(optimizer=setting, lr=0.1 if setting == "sgd" else 0.01, random_state=0)
    assert model.fit(X, y).score(X, y) > 0.85


def test_the_rate_follows_a_cosine_or_stays() -> None:
    X, y = moons()
    rates = [NetworkClassifier(schedule=s, lr=0.1, epochs=2).fit(X, y).history_.lr for s in ("cosine", "constant")]
    assert_allclose(rates, [[0.1, 0.05], [0.1, 0.1]])


def test_patience_stops_early_and_goes_back_to_the_best_weights() -> None:
    X, y = moons()
    model = NetworkClassifier(lr=0.1, schedule="constant", patience=3, epochs=500, random_state=0).fit(X, y)
    history = model.history_
    assert len(history.val_loss) == int(np.argmin(history.val_loss)) + 4 < 500


def test_float32_examples_make_a_float32_network() -> None:
    X, y = moons(np.float32)
    assert NetworkClassifier(epochs=2).fit(X, y).predict_proba(X).dtype == np.float32


def test_a_regressor_answers_in_the_unit_of_the_targets() -> None:
    X, y = data.polynomial(200, rng=np.random.default_rng(0))
    small, large = (NetworkRegressor(random_state=0).fit(X, unit * y[:, 0]).predict(X) for unit in (1, 1e6))
    assert_allclose(1e6 * small, large, rtol=1e-6)


def test_a_regressor_keeps_the_shape_of_the_targets() -> None:
    X, y = data.diabetes()
    model = NetworkRegressor(epochs=1, random_state=0)
    shapes = [clone(model).fit(X, targets).predict(X).shape for targets in (y[:, 0], y, np.hstack([y, -y]))]
    assert shapes == [(442,), (442, 1), (442, 2)]


def test_scikit_learns_wrapper_for_targets_works_as_well() -> None:
    X, y = data.polynomial(100, noise=0.05, rng=np.random.default_rng(0))
    model = TransformedTargetRegressor(NetworkRegressor(lr=0.01, random_state=0), transformer=StandardScaler())
    assert model.fit(X, y[:, 0]).score(X, y[:, 0]) > 0.7


@pytest.mark.parametrize("setting", ["activation", "optimizer", "schedule"])
def test_an_unknown_setting_is_refused_with_those_there_are(setting: str) -> None:
    X, y = moons()
    with pytest.raises(ValueError, match=f"NetworkClassifier got {setting}='magic': expected one of "):
        NetworkClassifier(**{setting: "magic"}).fit(X, y)


def test_one_class_only_is_refused() -> None:
    X, y = moons()
    with pytest.raises(ValueError, match=r"NetworkClassifier got one class only, \[0\]: expected two or more"):
        NetworkClassifier().fit(X, 0 * y)
