"""The activation explorer: right slopes, honest zeros, a goal that can be reached."""

import numpy as np
import pytest

from dlcourse.viz import ActivationExplorer, gallery
from dlcourse.viz.activations import ACTIVATIONS, DOMAIN, SHELF, broken


@pytest.fixture
def explorer():
    return ActivationExplorer()


def parameter_of(name):
    return ACTIVATIONS[name].knob.start


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_the_derivative_of_the_value(name):
    z, h = np.linspace(-5.95, 5.95, 60), 1e-6  # away from kinks
    values, slopes = ACTIVATIONS[name].curve(z, parameter_of(name))
    above, below = (ACTIVATIONS[name].curve(z + step, parameter_of(name))[0] for step in (h, -h))
    np.testing.assert_allclose(slopes, (above - below) / (2 * h), atol=1e-6)
    assert values.shape == slopes.shape == z.shape


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_has_room_in_its_axes(name):
    entry = ACTIVATIONS[name]
    for curve, (low, high) in zip(entry.curve(DOMAIN, parameter_of(name)), (entry.values, entry.slopes), strict=True):
        assert low < curve.min()
        assert curve.max() < high


def test_the_goal_is_the_depth_where_sigmoid_falls_below_a_millionth(explorer):
    explorer.control["activation"].value = "Sigmoid"
    explorer.control["z"].value = 0
    explorer.control["depth"].value = 10
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize("setting", [{"depth": 9}, {"depth": 11}, {"z": 0.05}, {"activation": "Tanh"}])
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not ActivationExplorer(**{"activation": "Sigmoid", "z": 0, "depth": 10} | setting).finished


def test_a_product_of_exactly_zero_is_called_that_and_drawn_on_its_shelf():
    explorer = ActivationExplorer(activation="ReLU", z=-1, depth=3)
    assert "exactly 0" in explorer.readout.value
    assert list(explorer.product.get_ydata()) == [SHELF] * 3


def test_a_tiny_product_is_not_called_zero_and_not_drawn_on_the_shelf():
    explorer = ActivationExplorer(activation="SiLU (Swish)", parameter=5, z=-6, depth=30)
    assert "depth 30: about 1e-3" in explorer.readout.value  # below the smallest float64
    assert np.isnan(explorer.product.get_ydata()[-1])


def test_a_growing_product_is_drawn_as_growing():
    explorer = ActivationExplorer(activation="PReLU", parameter=1.5, z=-2, depth=30)
    assert explorer.product.get_ydata()[-1] == pytest.approx(1.5**30)


def test_the_tangent_touches_the_curve_with_its_slope(explorer):
    x, y = explorer.tangent.get_data()
    assert np.diff(y) / np.diff(x) == pytest.approx(1 - np.tanh(1.5) ** 2)
    assert np.mean(y) == pytest.approx(np.tanh(1.5))


def test_saturation_is_shaded_where_the_slope_is_small():
    flat = ActivationExplorer(activation="Sigmoid").shades[0].get_xy()
    shaded = flat[flat[:, 1] == 1, 0]
    assert np.abs(shaded).min() == pytest.approx(2.9, abs=0.05)  # sigmoid' = 0.05 there


def test_the_parameter_slider_is_off_without_a_parameter(explorer):
    assert explorer.control["parameter"].disabled
    explorer.control["activation"].value = "ELU"
    assert not explorer.control["parameter"].disabled


def test_the_parameter_slider_takes_each_activations_name_range_and_start(explorer):
    slider = explorer.control["parameter"]
    for name, entry in ACTIVATIONS.items():
        explorer.control["activation"].value = name
        assert (slider.description, slider.value, slider.min, slider.max) == entry.knob


def test_the_parameter_moves_the_curve(explorer):
    explorer.control["activation"].value = "ELU"
    before = explorer.value.get_ydata().copy()
    explorer.control["parameter"].value = 2
    assert not np.array_equal(explorer.value.get_ydata(), before)


def test_a_jump_is_drawn_as_a_gap():
    assert np.isnan(broken(np.array([0.0, 0.0, 1.0, 1.0]))[2])


@pytest.mark.parametrize("name", ["Sigmoid", "Tanh", "Softplus", "SiLU (Swish)", "Softmax (z, 0)"])
def test_a_smooth_curve_has_no_gap_at_any_parameter(name):
    entry = ACTIVATIONS[name]
    for parameter in (entry.knob.low, entry.knob.start, entry.knob.high):
        for curve in entry.curve(DOMAIN, parameter):
            assert not np.isnan(broken(curve)).any()


def test_the_gallery_shows_every_activation():
    assert [ax.get_title() for ax in gallery().axes] == list(ACTIVATIONS)


def test_the_gallery_shows_the_activations_that_were_named():
    assert [ax.get_title() for ax in gallery("ReLU", "Tanh").axes] == ["ReLU", "Tanh"]
