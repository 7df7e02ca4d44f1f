"""The gradient flow explorer: right gradients, honest clipping, a goal with more than one way to it."""

from itertools import product

import numpy as np
import pytest

import dlcourse as dl
from dlcourse.viz import GradientFlowExplorer, gradient_flow
from dlcourse.viz.gradient_flow import ACTIVATIONS, CEILING, CLIPS, FLOOR, SINGLY, WHOLE, flow, given, norms

WAYS = [
    {"activation": "ReLU", "scale": 1.4},
    {"activation": "Tanh", "scale": 1},
    {"activation": "Sigmoid", "residual": True},
    {"activation": "Sigmoid", "normalise": True},
]


@pytest.fixture
def explorer():
    return GradientFlowExplorer()


def by_the_library(activation, scale, depth, residual, normalise):
    """The same network of the library's layers, and the gradients of its weights."""
    rng, kinds = np.random.default_rng(0), {"Sigmoid": dl.Sigmoid, "Tanh": dl.Tanh, "ReLU": dl.ReLU}
    net = [dl.Linear(64, 64, bias=False, rng=rng)]
    for outputs in [64] * (depth - 2) + [10]:
        block = [dl.BatchNorm1d(64)] * normalise
        block += [kinds[activation](), dl.Linear(64, outputs, bias=False, rng=rng)]
        net += [dl.Residual(*block)] if residual and outputs == 64 else block
    net, loss = dl.Sequential(*net), dl.CrossEntropyLoss()
    weights = [p for p in net.parameters() if p.value.ndim == 2]
    for p, W in zip(weights, (*given().weights[: depth - 1], given().output), strict=True):
        p.value = scale * W
    with dl.capture(net) as record:
        loss.forward(net(given().X), given().y)
        net.backward(loss.backward())
    return [p.grad for p in weights], [np.linalg.norm(r.dy) for r in record if r.name.startswith("Linear")]


@pytest.mark.parametrize(("residual", "normalise"), list(product([False, True], repeat=2)))
@pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "ReLU"])
def test_the_gradients_are_those_of_the_librarys_layers(activation, residual, normalise):
    gradients, deltas = flow(activation, 1.3, 6, residual, normalise)
    expected, norms_of_delta = by_the_library(activation, 1.3, 6, residual, normalise)
    for got, right in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(deltas, norms_of_delta, rtol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_corner_of_the_sliders_draws(explorer, activation):
    explorer.control["activation"].value = activation
    sliders = [explorer.control[name] for name in ("scale", "depth")]
    for corner in product(*[(slider.min, slider.max) for slider in sliders]):
        for slider, value in zip(sliders, corner, strict=True):
            slider.value = value
        for clip in CLIPS:
            explorer.control["clip"].value = clip
            assert "Goal" in explorer.status.value
            assert explorer.readout.value.startswith(activation)
            for curve in explorer.curves:
                assert len(curve.get_xdata()) == explorer.state.depth
                assert np.all((curve.get_ydata() >= FLOOR) & (curve.get_ydata() <= CEILING))


@pytest.mark.parametrize("way", WAYS)
def test_each_of_several_ways_reaches_the_goal(explorer, way):
    for name, value in {"depth": 30, **way}.items():
        explorer.control[name].value = value
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(
    "setting",
    [
        {"depth": 29},
        {"depth": 31},
        {"scale": 1},
        {"scale": 1.6},
        {"activation": "Sigmoid"},
        {"activation": "Identity"},
        {"residual": True},
        {"normalise": True},
        {"clip": SINGLY},
    ],
)
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not GradientFlowExplorer(**{"activation": "ReLU", "scale": 1.4, "depth": 30} | setting).finished


def test_no_weight_scale_on_the_slider_saves_a_plain_sigmoid():
    for scale in np.arange(1, 41) / 10:
        deltas = flow("Sigmoid", scale, 30).deltas
        assert deltas.max() > 10 * deltas.min()


@pytest.mark.parametrize("clip", CLIPS)
def test_clipping_leaves_what_arrives_as_it_is(explorer, clip):
    before = explorer.curves[0].get_ydata().copy()
    explorer.control["clip"].value = clip
    np.testing.assert_array_equal(explorer.curves[0].get_ydata(), before)


def test_clipping_by_norm_shortens_and_turns_nothing():
    numbers = GradientFlowExplorer(activation="ReLU", scale=3, depth=30, clip=WHOLE).numbers
    assert np.linalg.norm(numbers.after) == pytest.approx(1)
    assert numbers.angle == 0
    assert numbers.spreads[1] == pytest.approx(numbers.before.max() / numbers.before.min())


def test_clipping_by_norm_never_lengthens():
    numbers = GradientFlowExplorer(activation="ReLU", scale=0.5, depth=30, clip=WHOLE).numbers
    np.testing.assert_array_equal(numbers.after, numbers.before)


def test_clipping_by_value_evens_the_norms_and_turns_the_gradient():
    explorer = GradientFlowExplorer(activation="Tanh", scale=2.5, depth=30, clip=SINGLY)
    n = explorer.numbers
    assert n.after.max() / n.after.min() < 0.1 * n.before.max() / n.before.min()
    assert n.angle > 20
    assert f"turns it by {n.angle:.0f} degrees" in explorer.readout.value


def test_the_angle_is_that_of_all_gradients_together():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 12))
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    parts = [[v[:5], v[5:].reshape(7, 1)] for v in (a, b)]
    assert gradient_flow.turned(*parts) == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-3)


def test_before_clipping_is_shown_only_where_something_is_clipped(explorer):
    assert "clipped" not in explorer.notes[1].get_text()
    explorer.control["clip"].value = WHOLE
    assert "dashed: before" in explorer.notes[1].get_text()


def test_the_readout_tells_the_factor_of_a_layer(explorer):
    ratio = explorer.numbers.arriving[0]
    assert f"a factor of {ratio ** (1 / 9):.3g} a layer" in explorer.readout.value
    assert "10 layers, plain" in explorer.readout.value


def test_the_readout_names_what_was_built_in():
    readout = GradientFlowExplorer(residual=True, normalise=True).readout.value
    assert "residual paths and normalisation" in readout


def test_a_move_of_the_clip_computes_no_second_pass(explorer):
    before = flow.cache_info().misses
    explorer.control["clip"].value = WHOLE
    assert flow.cache_info().misses == before


def test_the_three_fates_climb_stay_and_fall():
    ends = [line.get_ydata()[0] for line in gradient_flow.fates().axes[0].lines]
    assert ends[0] > 1e6
    assert 0.1 < ends[1] < 10
    assert ends[2] < 1e-15


def test_powers_has_a_panel_a_title_and_one_legend():
    picture = gradient_flow.powers({"a": {"x": [1, 2]}, "b": {"x": [1, 0.5]}}, xlabel="steps", ylabel="norm")
    assert [ax.get_title() for ax in picture.axes] == ["a", "b"]
    assert len(picture.legends) == 1
    assert "norm against steps: x" in picture.words()


def test_arrows_end_where_the_vectors_do():
    picture = gradient_flow.arrows([3.0, 1.5], {"by value": [1.0, 1.0]}, limit=1.0)
    assert [a.xy for a in picture.axes[0].texts] == [(3.0, 1.5), (1.0, 1.0)]
    assert "gradient, by value" in picture.words()


def test_norms_are_lengths():
    np.testing.assert_array_equal(norms([np.array([[3.0], [4.0]]), np.zeros(2)]), [5, 0])
