"""The initialisation explorer: a rule that is right, networks measured honestly, and a gain that can be found."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from dlcourse.viz import InitializationExplorer, initialization
from dlcourse.viz.initialization import BENDS, BINS, DEEPEST, SCHEMES, SEED, WIDTHS, columns, histogram, signals, theory

GOAL = {"scheme": "LeCun normal", "activation": "ReLU", "width": 256, "depth": 20, "gain": 1.41}


@pytest.fixture
def explorer():
    return InitializationExplorer()


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_corner_of_every_control_has_finite_numbers(scheme, activation):
    for gain, depth, width in product((0.5, 2.0), (2, DEEPEST), (WIDTHS[0], WIDTHS[-1])):
        state = SimpleNamespace(scheme=scheme, activation=activation, gain=gain, width=width, depth=depth)
        n = InitializationExplorer.compute(state)
        assert np.isfinite([*n.forward, *n.backward, *n.rule, *n.rule_back]).all()
        assert n.shares.sum() == pytest.approx(depth)


def test_the_gain_is_found_by_turning_it(explorer):
    for name in ("activation", "width", "depth"):
        explorer.control[name].value = GOAL[name]
    assert "Goal:" in explorer.status.value
    gain = explorer.control["gain"]
    while not explorer.finished and gain.value < gain.max:
        gain.value += gain.step
    assert "Goal reached" in explorer.status.value
    assert gain.value == pytest.approx(np.sqrt(2), rel=0.04)


@pytest.mark.parametrize("gain", [1.37, 1.41, 1.42, 1.45])
def test_near_the_root_of_two_the_deviation_is_kept(gain):
    assert InitializationExplorer(**GOAL | {"gain": gain}).finished


@pytest.mark.parametrize("gain", [1.0, 1.3, 1.55, 2.0])
def test_farther_from_it_the_deviation_is_lost_or_grows(gain):
    assert not InitializationExplorer(**GOAL | {"gain": gain}).finished


@pytest.mark.parametrize(
    "setting", [{"scheme": "He normal", "gain": 1}, {"depth": 2}, {"width": 128}, {"activation": "Identity", "gain": 1}]
)
def test_the_goal_is_for_the_network_that_it_names(setting):
    assert not InitializationExplorer(**GOAL | setting).finished


def test_the_rule_is_exact_for_relu():
    forward, backward = theory("relu", 1.3**2, 20)
    np.testing.assert_allclose(10 ** (forward - forward[0]), (1.3 / np.sqrt(2)) ** np.arange(20))
    np.testing.assert_allclose(10 ** (backward - backward[-1]), (1.3 / np.sqrt(2)) ** np.arange(20)[::-1])


def test_tanh_at_five_thirds_settles_forward_and_drifts_backward():
    forward, backward = theory("tanh", (5 / 3) ** 2, 30)
    assert forward[9] == pytest.approx(forward[29], abs=1e-3)
    assert backward[0] - backward[29] > 1  # a decade and more


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_at_width_256_the_network_follows_the_rule(scheme, activation):
    n = InitializationExplorer(scheme=scheme, activation=activation, width=256, depth=20).numbers
    # One network: chance is worth a factor of 1.6, and more where the gradient grows by ten decades through few units.
    np.testing.assert_allclose(n.forward, n.rule, rtol=0.06, atol=np.log10(1.6))
    np.testing.assert_allclose(n.backward, n.rule_back, rtol=0.06, atol=np.log10(1.6))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_scheme_has_the_variance_that_the_rule_is_given(scheme):
    weights = initialization.drawn(scheme, 256)
    assert weights.shape == (DEEPEST, 256, 256)
    assert weights.var() == pytest.approx(SCHEMES[scheme].variance(256), rel=0.01)


def test_what_is_far_too_large_or_small_for_a_float32_is_measured():
    grown = InitializationExplorer(scheme="N(0, 1)", activation="ReLU", gain=2, width=256, depth=30).numbers
    np.testing.assert_allclose(grown.forward[-1], grown.rule[-1], rtol=0.02)
    assert grown.forward[-1] > 38
    lost = InitializationExplorer(scheme="N(0, 0.01²)", activation="Sigmoid", gain=0.5, width=32, depth=30).numbers
    np.testing.assert_allclose(lost.backward[0], lost.rule_back[0], rtol=0.02)
    assert lost.backward[0] < -38


def test_the_network_is_the_one_that_the_words_describe():
    rng = np.random.default_rng(SEED)
    weights = [rng.normal(0, np.sqrt(1 / 32), (32, 32)) for _ in range(3)]
    z = initialization.ends(32)[0].astype(float)
    sizes = []
    for W in weights:
        z = (np.tanh(z) if sizes else z) @ W
        sizes.append(np.sqrt(np.mean(z**2)))
    n = InitializationExplorer(activation="Tanh", width=32, depth=3).numbers
    np.testing.assert_allclose(10**n.forward, np.array(sizes) / sizes[0], rtol=1e-4)


def test_half_of_the_outputs_of_relu_are_flat_and_deep_units_die():
    n = InitializationExplorer(**GOAL).numbers
    np.testing.assert_allclose(n.saturated, 0.5, atol=0.07)
    assert n.dead[0] < 0.01
    assert n.dead[-1] > 0.2


def test_a_linear_network_has_nothing_flat():
    n = InitializationExplorer(activation="Identity").numbers
    assert not n.saturated.any()
    assert not n.dead.any()


def test_the_columns_hold_all_outputs_and_end_at_the_depth(explorer):
    ink = explorer.numbers.shares
    np.testing.assert_allclose(ink.sum(axis=0), [1.0] * 10 + [0.0] * (DEEPEST - 10))


def test_small_numbers_fall_into_the_middle_bin():
    assert histogram(np.array([1e-9, -1e-9]), BENDS["Tanh"])[BINS // 2] == 1


def test_scaled_outputs_are_binned_at_their_true_size():
    y = np.random.default_rng(0).normal(size=1000)
    np.testing.assert_array_equal(histogram(y, BENDS["Identity"], 0.3), histogram(y * 10**0.3, BENDS["Identity"]))


def test_a_new_activation_brings_its_own_range_of_outputs(explorer):
    explorer.control["activation"].value = "Sigmoid"
    assert explorer.left.get_ylim() == (BENDS["Sigmoid"].low, BENDS["Sigmoid"].high)


def test_the_picture_is_told_in_words():
    words = InitializationExplorer(**GOAL).readout.value
    assert words.startswith("LeCun normal times gain 1.41, ReLU, 20 layers of 256 units. Forward, from layer 1 to 20:")
    assert "All deviations stay within a factor of 2" in words
    assert "Not all" in InitializationExplorer().readout.value


def test_four_starts_have_a_panel_each_with_a_column_per_layer():
    picture = initialization.four_starts(depth=3, width=16)
    assert [ax.images[0].get_array().shape for ax in picture.axes] == [(BINS, 3)] * 4
    assert "output of tanh against layer" in picture.words()


def test_columns_of_several_layers_share_their_range():
    picture = columns({"one": [[0.0, 1.0]], "other": [[0.5], [0.5]]}, low=0, high=1, ylabel="output y")
    assert [ax.get_title() for ax in picture.axes] == ["one", "other"]


def test_signals_show_rule_and_network_both_ways():
    picture = signals({"ReLU": {"He": ([1, 1], [1, 2], [1, 1], [2, 1])}}, limits=(0.1, 10))
    assert [ax.get_title() for ax in picture.axes] == ["ReLU: forward", "ReLU: backward"]
    assert [list(line.get_ydata()) for line in picture.axes[1].lines] == [[1, 1], [2, 1]]


def test_each_unit_has_its_picture():
    weights = np.arange(8.0).reshape(4, 2)
    picture = initialization.unit_pictures({"all": weights, "none": np.zeros((4, 2))}, side=2)
    assert [ax.get_title() for ax in picture.axes] == ["all: unit 1", "all: unit 2", "none: unit 1", "none: unit 2"]
    np.testing.assert_array_equal(picture.axes[1].images[0].get_array(), [[1, 3], [5, 7]])
