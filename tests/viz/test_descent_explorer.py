"""The descent explorer: right slopes, honest limits, four rates to name, and a valley that can be reached."""

from itertools import product

import numpy as np
import pytest

from dlcourse.gradcheck import numerical_gradient
from dlcourse.viz import DescentExplorer, descent
from dlcourse.viz.descent import ASKED, CEILING, EDGE, FLOOR, RATES, REGIMES, SURFACES, regime, walk

NAMED = {"first": "oscillating", "second": "slow", "third": "diverging", "fourth": "good"}
ACROSS = {"surface": "Two valleys", "start": -2, "rate": 0.3, "steps": 30}


@pytest.fixture
def explorer():
    return DescentExplorer()


@pytest.mark.parametrize("name", SURFACES)
def test_the_slope_is_the_derivative_of_the_loss(name):
    surface = SURFACES[name]
    for w in np.random.default_rng(0).uniform(-EDGE, EDGE, (20, surface.weights)):
        np.testing.assert_allclose(surface.slope(w), numerical_gradient(surface.loss, w), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", SURFACES)
def test_the_lowest_loss_is_zero(name):
    grid = np.stack(np.meshgrid(*[np.linspace(-3, 3, 121)] * SURFACES[name].weights), axis=-1)
    assert SURFACES[name].loss(grid).min() == pytest.approx(0)


@pytest.mark.parametrize(
    ("name", "valley", "floor"),
    [
        ("Parabola", "valley", [0]),
        ("Two valleys", "narrow valley", [-1.5]),
        ("Two valleys", "wide valley", [1.5]),
        ("Plateau", "valley", [0]),
        ("Round bowl", "valley", [0, 0]),
        ("Long valley", "valley", [0, 0]),
        ("Saddle", "both valleys", [0, 1]),
    ],
)
def test_a_valley_has_the_curvature_that_is_marked(name, valley, floor):
    slope, h = SURFACES[name].slope, 1e-6
    steps = h * np.eye(len(floor))
    hessian = [(slope(np.array(floor) + step) - slope(np.array(floor) - step)) / (2 * h) for step in steps]
    assert np.linalg.eigvalsh(hessian).max() == pytest.approx(SURFACES[name].valleys[valley])


def test_every_corner_of_every_control_draws(explorer):
    sliders = [explorer.control[name] for name in ("rate", "start", "start2", "steps")]
    for name in SURFACES:
        explorer.control["surface"].value = name
        for corner in product(*[(slider.min, slider.max) for slider in sliders]):
            for slider, value in zip(sliders, corner, strict=True):
                slider.value = value
            assert "Goal" in explorer.status.value
            assert explorer.readout.value.startswith(name)


def test_every_name_of_every_menu_is_accepted(explorer):
    for name, menu in product(("?", *REGIMES), ASKED):
        explorer.control[menu].value = name
        assert "Goal" in explorer.status.value


def test_naming_the_four_rates_and_crossing_over_reaches_the_goal(explorer):
    for name, value in {**NAMED, **ACROSS}.items():
        explorer.control[name].value = value
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(
    "setting",
    [
        {"first": "good"},
        {"second": "?"},
        {"start": -1.9},
        {"start": 2},
        {"rate": 0.25},
        {"steps": 3},
        {"surface": "Parabola"},
    ],
)
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not DescentExplorer(**NAMED | ACROSS | setting).finished


def test_from_the_narrow_valley_no_rate_below_its_limit_reaches_the_goal():
    limit = 2 / SURFACES["Two valleys"].valleys["narrow valley"]
    rates = RATES[limit > RATES + 1e-9]
    assert not any(DescentExplorer(**NAMED | ACROSS | {"rate": rate, "steps": 60}).finished for rate in rates)


def test_the_readout_counts_the_rates_that_are_named_right(explorer):
    explorer.control["first"].value = "oscillating"
    explorer.control["second"].value = "good"
    assert "named right: 1 of 4" in explorer.readout.value


def test_the_four_rates_have_four_regimes():
    assert {regime(1 - 4 * rate) for rate in ASKED.values()} == set(REGIMES)
    assert {name: regime(1 - 4 * rate) for name, rate in ASKED.items()} == NAMED


def test_each_asked_rate_can_be_set_on_the_slider(explorer):
    for rate in ASKED.values():
        explorer.control["rate"].value = rate
        assert explorer.state.rate == rate


def test_the_path_on_a_parabola_shrinks_by_one_factor():
    path = walk(SURFACES["Parabola"], [2.0], np.array([0.1]), 5).ravel()
    np.testing.assert_allclose(path, 2 * 0.6 ** np.arange(6))


def test_beside_the_limit_the_loss_falls_below_it_and_grows_above_it():
    before, after = SURFACES["Long valley"].loss(walk(SURFACES["Long valley"], [1.0, 0.0], np.array([0.49, 0.51]), 9))[
        [0, -1]
    ]
    assert after[0] < before[0]
    assert after[1] > before[1]


def test_the_limit_is_marked_where_it_is(explorer):
    explorer.control["surface"].value = "Two valleys"
    lines = [artist.get_xdata()[0] for artist in explorer.backdrop if hasattr(artist, "get_xdata")]
    assert 0.25 in lines
    assert "2/8 = 0.25" in explorer.readout.value


def test_a_new_surface_takes_the_old_one_away(explorer):
    for name in (*SURFACES, *SURFACES):
        explorer.control["surface"].value = name
    assert len(explorer.left.collections) + len(explorer.left.lines) == 4  # contours, path, start, end
    assert len(explorer.right.lines) == 3  # one limit, all rates, the present one


def test_the_second_start_is_off_where_there_is_one_weight(explorer):
    assert explorer.control["start2"].disabled
    explorer.control["surface"].value = "Saddle"
    assert not explorer.control["start2"].disabled


def test_on_the_ridge_of_the_saddle_descent_stays_on_it():
    explorer = DescentExplorer(surface="Saddle", start=1, start2=0, rate=0.1, steps=60)
    assert explorer.numbers.losses[-1] == pytest.approx(0.5)


def test_a_path_that_leaves_every_number_behind_is_told_as_such():
    explorer = DescentExplorer(surface="Saddle", start=3, start2=3, rate=0.6, steps=60)
    assert "far outside" in explorer.readout.value
    assert "more than 1e+06 above the lowest" in explorer.readout.value


def test_the_readout_names_the_first_places_of_the_path_in_words(explorer):
    explorer.control["rate"].value = 0.25
    explorer.control["start"].value = 3
    assert "the path begins 3, 0, 0, 0" in explorer.readout.value


def test_losses_stay_on_their_axis():
    heights = descent.on_axis(np.array([0.0, 1.0, 1e300, np.nan]), FLOOR)
    assert heights[0] == FLOOR
    assert heights[1] < CEILING
    assert np.isnan(heights[2:]).all()


def test_each_walk_has_its_panel_with_curve_path_and_start():
    picture = descent.walks(lambda w: w**2, {"left": [-1.0, -0.5], "right": [1.0, 0.5]}, xlabel="w", ylabel="loss")
    assert [ax.get_title() for ax in picture.axes] == ["left", "right"]
    assert [len(ax.lines) for ax in picture.axes] == [3, 3]
    assert "loss against w" in picture.words()


def test_each_valley_has_its_panel_centred_on_the_best_weights():
    bowl = (lambda w: (w - 1) @ (w - 1), [[0.0, 0.0], [0.5, 0.5]], [1.0, 1.0])
    picture = descent.valleys({"one": bowl, "two": bowl})
    assert [ax.get_title() for ax in picture.axes] == ["one", "two"]
    assert np.mean(picture.axes[0].get_xlim()) == pytest.approx(1)
    assert "weight w2 against weight w1: descent, start, best weights" in picture.words()


def test_the_four_rates_show_the_four_regimes():
    assert [ax.get_title().split(": ")[1] for ax in descent.four_rates().axes] == list(REGIMES)
