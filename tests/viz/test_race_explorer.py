"""The explorer of racing optimizers: the library's rules, right slopes, fair rates, and a turn that can be found."""

from itertools import product

import numpy as np
import pytest

from dlcourse import optim
from dlcourse.gradcheck import numerical_gradient
from dlcourse.parameter import Parameter
from dlcourse.viz import RaceExplorer, race
from dlcourse.viz.race import ADAPTIVE, FACTORS, HIGH, LOW, RACERS, RATES, RAVINE, STEPS, SURFACES, TURNS

FIRST = 22  # degrees: here AdaGrad is the later one for the first time
LIBRARY = {
    "SGD": (optim.SGD, {}),
    "momentum": (optim.SGD, {"momentum": 0.9}),
    "AdaGrad": (optim.Adagrad, {}),
    "RMSProp": (optim.RMSprop, {}),
    "AdaDelta": (optim.Adadelta, {}),
    "Adam": (optim.Adam, {}),
}


@pytest.fixture
def explorer():
    return RaceExplorer()


def with_library(name, surface, turn, rate, steps):
    chosen, (kind, settings) = SURFACES[surface], LIBRARY[name]
    p = Parameter(chosen.starts[turn])
    optimizer, path = kind([p], lr=rate, **settings), [p.value.copy()]
    for _ in range(steps):
        p.grad = chosen.slope(np.broadcast_to(p.value, chosen.starts.shape))[turn]
        optimizer.step()
        path.append(p.value.copy())
    return np.array(path)


@pytest.mark.parametrize("name", RACERS)
@pytest.mark.parametrize(("surface", "turn"), [(RAVINE, 30), ("Beale", 0)])
def test_each_racer_walks_as_the_library_does(name, surface, turn):
    one = race.run(surface, name)
    np.testing.assert_allclose(
        one.path[:60, turn], with_library(name, surface, turn, one.rate, 59), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("name", SURFACES)
def test_the_slope_is_the_derivative_of_the_loss(name):
    surface = SURFACES[name]
    w = surface.starts + np.random.default_rng(0).uniform(-0.5, 0.5, surface.starts.shape)
    measured = numerical_gradient(lambda w: float(surface.loss(w).sum()), w)
    np.testing.assert_allclose(surface.slope(w), measured, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_the_lowest_points_are_lowest_and_in_the_picture(name):
    surface = SURFACES[name]
    left, right, bottom, top = surface.box
    for point in surface.lowest:
        assert surface.loss(np.broadcast_to(point, surface.starts.shape)) == pytest.approx(0, abs=1e-12)
        assert left < point[0] < right
        assert bottom < point[1] < top


def test_a_turned_ravine_has_turned_contours_and_start():
    (line, *_), (turned, *_) = race.outline(RAVINE), race.turned(race.outline(RAVINE), 30)
    lying, slanted = race.ravine(TURNS[:1]), race.ravine(TURNS[30:31])
    np.testing.assert_allclose(lying.loss(line[:, np.newaxis]), slanted.loss(turned[:, np.newaxis]), rtol=1e-9)
    np.testing.assert_allclose(lying.loss(lying.starts), slanted.loss(slanted.starts))


@pytest.mark.parametrize(("surface", "name"), list(product(SURFACES, RACERS)))
def test_every_tuned_rate_lies_within_those_that_were_tried(surface, name):
    assert RATES[0] < race.tuned(surface, name) < RATES[-1]


@pytest.mark.parametrize("name", ["SGD", "momentum"])
def test_a_turn_changes_nothing_for_those_who_follow_the_vector(name):
    assert len(set(race.run(RAVINE, name).arrivals)) == 1


@pytest.mark.parametrize("name", ["AdaGrad", "RMSProp"])
def test_a_turn_slows_down_those_who_scale_each_weight(name):
    arrivals = race.run(RAVINE, name).arrivals
    assert arrivals[45] > 20 * arrivals[0]


def test_an_arrival_counts_only_if_the_loss_stays_low():
    assert race.arrivals(np.array([9.0, 0.001, 0.5, 0.001])) == 3
    assert race.arrivals(np.array([9.0, np.nan])) == 2


def test_the_goal_is_reached_with_the_slider_of_the_turn(explorer):
    for turn in range(FIRST):
        explorer.control["turn"].value = turn
        assert "Goal:" in explorer.status.value
    explorer.control["turn"].value = FIRST
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize("setting", [{"turn": FIRST + 1}, {"surface": "Beale"}, {"factor": 0.5}])
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not RaceExplorer(**{"turn": FIRST} | setting).finished


def test_what_is_read_at_the_goal_says_who_arrives_when():
    assert "momentum 64, AdaGrad 68" in RaceExplorer(turn=FIRST).readout.value


def test_only_the_ravine_can_be_turned(explorer):
    explorer.control["turn"].value = 30
    explorer.control["surface"].value = "Saddle"
    assert explorer.control["turn"].disabled
    assert "turned" not in explorer.readout.value


def test_every_racer_at_the_least_and_the_largest_rate_draws_on_every_surface(explorer):
    explorer.control["steps"].value = STEPS
    for surface, follow, factor in product(SURFACES, RACERS, (min(FACTORS.values()), max(FACTORS.values()))):
        for name, value in {"surface": surface, "follow": follow, "factor": factor}.items():
            explorer.control[name].value = value
        assert "Goal" in explorer.status.value


def test_without_correction_adams_first_step_is_too_long():
    assert "moved w1 and w2 by 3.16 and 3.16 times the rate" in RaceExplorer(steps=1, correction=False).readout.value
    assert "moved w1 and w2 by 1 and 1 times the rate" in RaceExplorer(steps=1).readout.value


def test_the_rate_of_the_one_that_is_followed_is_changed_and_no_other(explorer):
    before = dict(explorer.numbers.runs)
    explorer.control["follow"].value = "SGD"
    explorer.control["factor"].value = 0.5
    changed = {name for name, one in explorer.numbers.runs.items() if one is not before[name]}
    assert changed == {"SGD"}
    assert "SGD at rate 0.05" in explorer.readout.value


def test_there_is_a_bar_for_each_weight_of_each_adaptive_optimizer(explorer):
    tops = [path.vertices[:, 1].max() for path in explorer.bars.get_paths()]
    squares = [explorer.numbers.runs[name].squares[20, 0] for name in ADAPTIVE]
    np.testing.assert_allclose(tops, np.ravel(squares))


def test_a_bar_that_overflows_ends_at_the_edge():
    assert race.bar(0.0, np.nan)[1][1] == HIGH
    assert race.bar(0.0, 0.0)[1][1] == LOW


def test_the_followed_path_is_the_thickest(explorer):
    explorer.control["follow"].value = "AdaGrad"
    widths = {name: line.get_linewidth() for name, line in explorer.tracks.items()}
    assert max(widths, key=widths.get) == "AdaGrad"


def test_the_end_of_a_race_has_a_row_for_each_racer():
    picture = race.finish({"one": {"SGD": [0.1, 0.2], "Adam": [0.02, 3.0]}}, xlabel="loss")
    assert [label.get_text() for label in picture.axes[0].get_yticklabels()] == ["SGD", "Adam"]
    assert [label.get_text() for label in picture.axes[0].get_xticklabels()] == ["0.03", "0.1", "0.3", "1", "3"]


def test_step_lengths_keep_the_colours_of_the_racers():
    picture = race.step_lengths({"RMSProp": [1.0, 2.0], "Adam, uncorrected": [3.0, 4.0]})
    assert [line.get_color() for line in picture.axes[0].lines] == [RACERS["RMSProp"].colour, RACERS["Adam"].colour]
