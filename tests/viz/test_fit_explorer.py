"""The fit explorer: descent as real steps make it, early stopping as the library does it, and a goal that hands reach."""

import numpy as np
import pytest

import dlcourse as dl
from dlcourse.viz import FitExplorer, fit
from dlcourse.viz.fit import DEGREES, GRID, LOOKS, MOST, NEVER, PATIENCES, PLACES, SETS, STRENGTHS, features, targets


@pytest.fixture
def explorer():
    return FitExplorer()


@pytest.mark.parametrize("lam", [0.0, 0.01])
def test_the_fit_after_many_steps_is_the_one_that_a_loop_of_steps_makes(lam):
    (y, _), A, w = targets(0.3), features(PLACES, 5), np.zeros((6, SETS))
    free = np.arange(6)[:, np.newaxis] > 0  # the constant pays no price
    rate = 1 / np.linalg.eigvalsh(2 / 30 * A.T @ A + 2 * lam * np.diag(free.ravel()))[-1]
    m, look = fit.modes(5, lam), 7
    for _ in range(LOOKS[look]):
        w = w - rate * (2 / 30 * A.T @ (A @ w - y) + 2 * lam * free * w)
    np.testing.assert_allclose(m.grid @ m.weights(y)[look], features(GRID, 5) @ w, rtol=1e-9, atol=1e-12)


def test_many_steps_end_at_least_squares():
    (y, _), m = targets(0.3), fit.modes(6, 0.0)
    w = np.linalg.lstsq(features(PLACES, 6), y, rcond=None)[0]
    np.testing.assert_allclose(m.grid @ m.weights(y)[-1], features(GRID, 6) @ w)


@pytest.mark.parametrize("patience", PATIENCES[:-1])
def test_early_stopping_keeps_what_the_library_keeps(patience):
    (y, y_val), m = targets(0.6), fit.modes(20, 0.0)
    values = fit.seen(m, y, y_val)[:, :10]
    best, stop = fit.kept(values, patience)
    for column, kept_here, stopped in zip(values.T, best, stop, strict=True):
        callback, history = dl.EarlyStopping(patience, restore_best=False), dl.History()
        for look, value in enumerate(column):
            history.val_loss.append(value)
            if callback(look, dl.Identity(), history):
                break
        assert (callback.best_epoch, look) == (kept_here, stopped)


def test_without_early_stopping_the_last_look_counts():
    best, stop = fit.kept(np.array([[1.0], [2.0], [3.0]]), NEVER)
    assert (best, stop) == (2, 2)


def test_bias_variance_and_noise_add_up_to_the_error_on_fresh_targets():
    (y, _), m = targets(0.3), fit.modes(6, 0.0)
    h = m.grid @ m.weights(y)[-1]
    fresh = fit.truth(GRID)[:, np.newaxis] + 0.3 * np.random.default_rng(0).normal(size=h.shape)
    assert fit.decompositions(0.3, 0.0, NEVER)[5].sum() + 0.09 == pytest.approx(np.mean((h - fresh) ** 2), rel=0.02)


@pytest.mark.parametrize(("noise", "bottom"), [(0.1, 6), (0.3, 6), (0.6, 4)])
def test_the_u_has_its_bottom_where_the_lesson_says(noise, bottom):
    assert DEGREES[fit.decompositions(noise, 0.0, NEVER).sum(axis=1).argmin()] == bottom


def test_restraint_lowers_the_variance_and_raises_the_bias():
    free, restrained = fit.decompositions(0.3, 0.0, NEVER)[MOST - 1], fit.decompositions(0.3, 0.01, NEVER)[MOST - 1]
    assert restrained[0] > free[0]
    assert restrained[1] < free[1] / 10


def test_too_little_patience_leaves_bias_and_too_much_leaves_variance():
    impatient, patient = fit.decompositions(0.3, 0.0, 1)[MOST - 1], fit.decompositions(0.3, 0.0, 12)[MOST - 1]
    assert impatient[0] > 10 * patient[0]
    assert impatient[1] < patient[1] < fit.decompositions(0.3, 0.0, NEVER)[MOST - 1, 1] / 10


@pytest.mark.parametrize("restraint", [{"lam": 3e-4}, {"patience": 5}])
def test_the_goal_is_reached_by_moves_on_the_sliders(explorer, restraint):
    for degree in (3, 6, MOST):
        explorer.control["degree"].value = degree
        assert not explorer.finished
    for name, value in restraint.items():
        explorer.control[name].value = value
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize("elsewhere", [{"degree": 19}, {"noise": 0.1}, {"number": 2}, {"lam": 0.0}, {"lam": 0.01}])
def test_next_to_the_goal_it_is_not_reached(elsewhere):
    assert not FitExplorer(**{"degree": MOST, "lam": 3e-4} | elsewhere).finished


def test_the_goal_is_the_lowest_error_of_all_unrestrained_degrees():
    assert fit.lowest(0.3, 1) == min(fit.run(degree, 0.3, 0.0, NEVER, 1).error for degree in DEGREES)


def test_the_words_tell_what_early_stopping_did():
    words = FitExplorer(degree=MOST, patience=5).words
    assert "stops after 15,849 steps and goes back to step 1,585" in words


def test_the_words_tell_what_the_error_is_made_of():
    assert "bias^2 0.093 + variance 0.012 + noise 0.090 = 0.195" in FitExplorer(degree=3).words


def test_what_was_seen_is_drawn_up_to_the_stop_only(explorer):
    assert len(explorer.sight.get_xdata()) == 0
    explorer.control["patience"].value = 1
    assert len(explorer.sight.get_xdata()) == explorer.numbers.run.stop + 1


def test_the_bars_of_a_degree_stand_on_one_another(explorer):
    bias2, variance, noise = (bars.get_paths()[5].vertices[:, 1] for bars in explorer.stack)
    assert noise.min() == 0
    assert noise.max() == bias2.min()
    assert bias2.max() == variance.min()
    assert variance.max() == pytest.approx(sum(explorer.numbers.parts[5]) + 0.09)


@pytest.mark.parametrize("lam", STRENGTHS)
def test_the_training_error_of_an_unrestrained_descent_only_falls(lam):
    train = fit.run(MOST, 0.3, lam, NEVER, 1).train
    assert lam > 0 or np.all(np.diff(train) <= 1e-12)


def test_the_picture_of_many_fits_has_a_panel_per_degree():
    assert [ax.get_title() for ax in fit.many_fits().axes] == ["degree 1", "degree 3", "degree 6", "degree 20"]
