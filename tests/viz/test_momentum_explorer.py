"""The momentum explorer: each convention as its library writes it, one path at converted rates, and a goal that hands reach."""

from itertools import product

import numpy as np
import pytest

import dlcourse as dl
from dlcourse.viz import MomentumExplorer, momentum
from dlcourse.viz.momentum import (
    AVERAGE,
    BUFFER,
    CONVENTIONS,
    DAMPENED,
    SIZES,
    STEPS,
    VELOCITY,
    WHOLE,
    converted,
    gradients,
    petals,
    walk,
)

THERE = {"momentum": 0.8, "rate": 0.225, "convention": AVERAGE, "convert": False}


def one_path(*args, **options):
    rate, *rest = args
    return walk(gradients(WHOLE, 0), np.array([rate]), *rest, **options)[:, 0]


@pytest.fixture
def explorer():
    return MomentumExplorer()


def test_the_batches_of_an_epoch_add_up_to_the_whole_gradient():
    batches, sizes = gradients(32, 0)[:5], np.array([32, 32, 32, 32, 22])
    H = sum(size * H for size, (H, _) in zip(sizes, batches, strict=True)) / WHOLE
    np.testing.assert_allclose(H, gradients(WHOLE, 0)[0][0])


def test_the_gradient_is_zero_at_the_best_weights():
    H, c = gradients(WHOLE, 0)[0]
    np.testing.assert_allclose(H @ petals().best, c)


@pytest.mark.parametrize(
    ("convention", "settings"),
    [(BUFFER, {}), (BUFFER, {"nesterov": True}), (DAMPENED, {"dampening": 0.9})],
)
def test_pytorch_s_conventions_are_the_library_s(convention, settings):
    p, path = dl.Parameter(np.zeros(2)), [np.zeros(2)]
    optimizer = dl.SGD([p], lr=0.02, momentum=0.9, **settings)
    for H, c in gradients(8, 0):
        p.grad = H @ p.value - c
        optimizer.step()
        path.append(p.value.copy())
    nesterov = "nesterov" in settings
    shown = walk(gradients(8, 0), np.array([0.02]), 0.9, convention=convention, nesterov=nesterov)[:, 0]
    np.testing.assert_allclose(shown, path)


@pytest.mark.parametrize(("convention", "batch_size"), [*product((AVERAGE, BUFFER), SIZES)])
def test_at_the_converted_rate_the_path_is_the_velocity_s(convention, batch_size):
    rate, batches = np.array([0.02]), gradients(batch_size, 0)
    other = walk(batches, converted(rate, 0.9, convention), 0.9, convention=convention)
    np.testing.assert_allclose(other, walk(batches, rate, 0.9), rtol=1e-9, atol=1e-12)


def test_the_average_with_nesterov_is_the_velocity_with_nesterov():
    other = one_path(0.2, 0.9, convention=AVERAGE, nesterov=True)
    np.testing.assert_allclose(other, one_path(0.02, 0.9, nesterov=True), rtol=1e-9, atol=1e-12)


def test_pytorch_shows_the_look_ahead_points_of_nesterov():
    w = one_path(0.02, 0.9, nesterov=True)
    steps = np.diff(w, axis=0, prepend=w[:1])
    np.testing.assert_allclose(one_path(0.02, 0.9, convention=BUFFER, nesterov=True), w + 0.9 * steps)


def test_dampening_is_not_quite_the_average():
    dampened = one_path(0.2, 0.9, convention=DAMPENED)
    average = one_path(0.2, 0.9, convention=AVERAGE)
    np.testing.assert_allclose(dampened[1], 10 * average[1])


def test_without_momentum_all_conventions_are_descent():
    paths = [one_path(0.03, convention=convention) for convention in CONVENTIONS]
    for path in paths[1:]:
        np.testing.assert_allclose(path, paths[0])


def test_switching_the_convention_keeps_the_picture_of_the_path(explorer):
    explorer.control["momentum"].value = 0.8
    before = explorer.numbers.path
    explorer.control["convention"].value = AVERAGE
    np.testing.assert_allclose(explorer.numbers.path, before, rtol=1e-9, atol=1e-12)
    assert "rate 0.15 (converted from 0.03)" in explorer.readout.value


def test_without_conversion_the_average_creeps():
    assert "is left from step 39 on" in MomentumExplorer(momentum=0.8, rate=0.045).words
    unconverted = MomentumExplorer(momentum=0.8, rate=0.045, convention=AVERAGE, convert=False)
    assert "After 80 steps 23 % of the distance is left" in unconverted.words


def test_the_goal_is_reached_by_moves_on_the_sliders(explorer):
    explorer.control["momentum"].value = 0.8
    explorer.control["rate"].value = 0.045
    assert "from step 39 on" in explorer.readout.value
    assert not explorer.finished
    explorer.control["convention"].value = AVERAGE
    assert not explorer.finished  # the rate was converted for the learner
    explorer.control["convert"].value = False
    assert not explorer.finished
    explorer.control["rate"].value = 0.225
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(
    "setting",
    [{"batch_size": 32}, {"convert": True}, {"convention": VELOCITY}, {"rate": 0.1}, {"rate": 0.9}, {"momentum": 0.5}],
)
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not MomentumExplorer(**THERE | setting).finished


def test_no_rate_reaches_the_goal_without_momentum():
    assert not any(
        MomentumExplorer(**THERE | {"momentum": 0, "rate": rate}).finished for rate in np.arange(1, 24) * 0.005
    )


def test_plain_descent_at_its_best_rate_needs_the_steps_that_the_goal_names():
    H, c = gradients(WHOLE, 0)[0]
    rate = 2 / petals().curvatures.sum()
    left = momentum.distances(walk(((H, c),) * 400, np.array([rate])))[:, 0]
    assert momentum.arrival(left) == 243


@pytest.mark.parametrize("size", SIZES)
def test_the_path_beside_it_runs_at_a_rate_that_beats_its_neighbours(size):
    best = momentum.tuned(size)
    seeds = momentum.TUNING_SEEDS
    near, at, far = np.mean(
        [momentum.distances(walk(gradients(size, s), best * np.array([0.7, 1, 1.4]))[-1]) for s in seeds], axis=0
    )
    assert at < min(near, far)


def test_rates_are_tuned_on_other_batches_than_the_picture_s():
    assert momentum.SEED not in momentum.TUNING_SEEDS


def test_a_path_that_is_thrown_out_is_told_as_such():
    assert "more than 1e+06 times as much of the distance is left" in MomentumExplorer(rate=1).words


def test_dampening_with_nesterov_is_refused_in_words():
    assert (
        "PyTorch refuses dampening with Nesterov"
        in MomentumExplorer(convention=DAMPENED, nesterov=True, momentum=0.9).words
    )


def test_a_path_has_a_place_for_the_start_and_each_step(explorer):
    assert explorer.numbers.path.shape == (STEPS + 1, 2)
    np.testing.assert_array_equal(explorer.numbers.path[0], 0)


def test_the_five_paths_tell_what_is_left():
    labels = [ax.get_xlabel() for ax in momentum.five_paths().axes]
    assert len(labels) == 5
    assert all("left" in label for label in labels)
