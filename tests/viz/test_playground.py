"""The playground: a training behind every setting, the same start again, and spirals that can be learned."""

from itertools import pairwise, product

import numpy as np
import pytest

from dlcourse.viz import PlaygroundExplorer, playground
from dlcourse.viz.playground import (
    EVERY,
    OPTIMIZERS,
    POINTS,
    REACH,
    SETS,
    SHAPES,
    STEPS,
    Setting,
    connections,
    crosswise,
    mosaic,
    places,
    points,
    training,
)

SOLVED = {"data": "spirals", "hidden": "8", "activation": "ReLU", "start": "He", "optimizer": "Adam", "rate": 0.03}


FIRST = {name: control.value for name, control in PlaygroundExplorer().control.items()}


@pytest.fixture(scope="module")
def only():
    return PlaygroundExplorer()


@pytest.fixture
def explorer(only):
    """One explorer for all tests, as it was at first: to make one takes longer than to move it."""
    with only.together():
        only.seed = 1
        move(only, **FIRST)
    return only


def move(explorer, **values):
    with explorer.together():
        for name, value in values.items():
            explorer.control[name].value = value


@pytest.mark.parametrize("name", SETS)
def test_nearly_all_points_of_a_set_lie_in_the_plane(name):
    X, y = points(name, 1)
    assert (np.abs(X) <= REACH).all(axis=1).mean() > 0.9
    assert len(X) == POINTS
    assert 0.35 < y.mean() < 0.65


def test_crosswise_labels_are_those_of_xor():
    X, y = crosswise(100, 0.0, rng=np.random.default_rng(0))
    assert (y == ((X[:, 0] > 0) != (X[:, 1] > 0))).all()


@pytest.mark.parametrize(("hidden", "optimizer"), [*product(("4", "8 + 8"), OPTIMIZERS)])
def test_every_shape_learns_moons_better_than_a_guess_with_every_optimizer(hidden, optimizer):
    rate = {"SGD": 0.3, "momentum 0.9": 0.1}.get(optimizer, 0.01)
    run = training(Setting("moons", hidden, "tanh", "Xavier", optimizer, rate, 0.0, 1))
    assert run.losses[-1, 0] < 0.4


def test_the_step_moves_along_one_training(explorer):
    explorer.control["step"].value = 500
    run = explorer.numbers.run
    explorer.control["step"].value = 100
    assert explorer.numbers.run is run
    assert explorer.numbers.losses.tolist() == run.losses[100 // EVERY].tolist()


def test_the_loss_curve_ends_at_the_step(explorer):
    explorer.control["step"].value = 300
    assert explorer.train_loss.get_xdata()[-1] == explorer.test_loss.get_xdata()[-1] == 300


def test_the_same_start_again_gives_the_same_picture(explorer):
    first = explorer.picture.value
    explorer.control["step"].value = STEPS
    explorer.buttons["step 0, same start"].click()
    assert explorer.picture.value == first


def test_another_start_begins_with_other_weights_and_the_same_points(explorer):
    before = explorer.numbers
    explorer.buttons["another start"].click()
    assert "start number 2" in explorer.readout.value
    assert (explorer.numbers.weights[0] != before.weights[0]).all()
    assert (explorer.numbers.run.train[0] == before.run.train[0]).all()


def test_the_first_start_comes_back(explorer):
    first = explorer.picture.value
    explorer.buttons["another start"].click()
    explorer.buttons["another start"].click()
    explorer.buttons["first start"].click()
    assert explorer.picture.value == first


def test_the_status_says_that_a_new_setting_is_being_trained(explorer):
    said = []
    explorer.status.observe(lambda change: said.append(change["new"]), names="value")
    explorer.control["rate"].value = 0.3
    assert "Training." in said[0]
    assert "Goal:" in said[-1]


def test_moving_the_step_says_nothing_of_training(explorer):
    said = []
    explorer.status.observe(said.append, names="value")
    explorer.control["step"].value = 500
    assert said == []


def test_the_goal_is_reached_on_spirals_by_settings_and_steps(explorer):
    move(explorer, **SOLVED)
    assert not explorer.finished
    explorer.control["step"].value = STEPS
    assert "Goal reached" in explorer.status.value


def test_an_easy_set_does_not_reach_the_goal(explorer):
    move(explorer, **SOLVED | {"data": "xor", "step": STEPS})
    assert explorer.numbers.losses[1] < 0.2
    assert not explorer.finished


def test_the_first_settings_do_not_learn_the_spirals(explorer):
    move(explorer, data="spirals", step=STEPS)
    assert explorer.numbers.run.losses[:, 1].min() > 0.2


@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
def test_from_zero_weights_nothing_but_the_last_bias_moves(activation):
    run = training(Setting("spirals", "8", activation, "zero", "SGD", 0.3, 0.0, 1))
    assert (run.values[-1, :-1] == 0).all()


def test_dropout_is_on_in_training_and_off_in_what_is_shown(explorer):
    without = training(Setting("moons", "8", "tanh", "Xavier", "SGD", 0.1, 0.0, 1))
    explorer.control["hidden"].value, explorer.control["dropout"].value = "8", 0.5
    assert explorer.numbers.run.losses[0].tolist() == without.losses[0].tolist()  # the same start
    assert explorer.numbers.run.losses[-1].tolist() != without.losses[-1].tolist()
    assert (explorer.compute(explorer.state).probability == explorer.numbers.probability).all()


def test_a_training_that_runs_away_is_told_and_drawn(monkeypatch):
    monkeypatch.setattr(playground, "RATES", (0.1, 1000.0))
    shown = PlaygroundExplorer(rate=1000.0, activation="ReLU", step=STEPS)
    assert "grow beyond all bounds" in shown.readout.value
    assert np.isfinite(shown.numbers.run.losses).all()
    shown.control["step"].value = 0
    assert "beyond" not in shown.readout.value


@pytest.mark.parametrize("hidden", SHAPES)
def test_every_unit_has_its_map_and_every_weight_its_edge(explorer, hidden):
    move(explorer, hidden=hidden)
    sizes = [2, *SHAPES[hidden], 1]
    assert [tiles.shape[1] for tiles in explorer.numbers.tiles] == sizes
    drawn = sum(len(collection.get_segments()) for collection in explorer.edges)
    assert drawn == sum(before * after for before, after in pairwise(sizes))


def test_no_two_maps_overlap():
    for shape in SHAPES.values():
        columns = [np.ones((196, n)) for n in (2, *shape, 1)]
        assert (mosaic(columns)[..., 3] > 0).sum() == 196 * sum(column.shape[1] for column in columns)


def test_edges_run_in_the_order_of_the_weights():
    inputs, hidden = places((2, 3, 1))[:2]
    edge = connections((2, 3, 1))[1 * 3 + 2]  # weight[1, 2]: the second input to the third unit
    assert edge[0, 1] - inputs[1, 1] == edge[1, 1] - hidden[2, 1]
    assert edge[0, 0] > inputs[1, 0]
    assert edge[1, 0] == hidden[2, 0]


def test_the_border_is_where_the_probability_is_a_half(explorer):
    explorer.control["step"].value = STEPS
    (segment, *_) = explorer.border.get_segments()
    grid = np.linspace(-REACH, REACH, len(explorer.numbers.probability))
    column, row = (np.clip(np.searchsorted(grid, segment[:, k]), 1, len(grid) - 1) for k in (0, 1))
    assert np.abs(explorer.numbers.probability[row, column] - 0.5).max() < 0.35
