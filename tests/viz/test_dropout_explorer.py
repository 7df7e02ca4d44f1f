"""The dropout explorer: the library's own dropout, one mask a slider step, a goal that hands reach, a table that holds."""

import numpy as np
import pytest

import dlcourse as dl
from dlcourse.viz import DropoutExplorer, dropout
from dlcourse.viz.dropout import (
    ACTIVATIONS,
    CLASSIC,
    ENOUGH,
    EVALUATION,
    INVERTED,
    MASKS,
    NEAR,
    SEED,
    TRAINED,
    UNSCALED,
    VALIDATED,
    few_digits,
    measure,
    passes,
    small,
)

THERE = {"convention": INVERTED, "p_hidden": 0.5, "mask": 2000}


@pytest.fixture
def explorer():
    return DropoutExplorer()


@pytest.mark.parametrize("convention", [INVERTED, CLASSIC])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_both_modes_are_the_library_s(convention, activation):
    op, net = getattr(dl.F, {INVERTED: "dropout", CLASSIC: "classic_dropout"}[convention]), small()
    rng = np.random.default_rng(SEED)
    rng.uniform(size=6), rng.normal(size=(6, 8)), rng.normal(size=8)  # x and the weights come first

    def output(x, training):
        hidden = ACTIVATIONS[activation](op(x, 0.2, training, rng=rng)[0] @ net.W + net.b)
        return op(hidden, 0.5, training, rng=rng)[0] @ net.w_out

    z, evaluation = passes(0.2, 0.5, convention, activation)
    np.testing.assert_allclose(z, output(np.tile(net.x, (MASKS, 1)), training=True))
    np.testing.assert_allclose(evaluation, output(net.x, training=False))


def test_a_linear_network_agrees_in_mean_and_a_relu_network_behind_dropped_inputs_does_not():
    apart = {}
    for activation in ACTIVATIONS:
        z, evaluation = passes(0.3, 0.5, INVERTED, activation)
        apart[activation] = abs(z.mean() - evaluation) / (z.std() / np.sqrt(MASKS))  # in standard errors
    relu, linear = (apart[name] for name in ACTIVATIONS)
    assert linear < 3
    assert relu > 10


def test_one_step_of_the_slider_draws_the_next_mask(explorer):
    before = explorer.numbers
    explorer.control["mask"].value += 1
    after = explorer.numbers
    assert any((a != b).any() for a, b in zip(before.keeps, after.keeps, strict=True)) or before.z != after.z
    np.testing.assert_allclose(after.mean, (20 * before.mean + after.z) / 21)


def test_edges_of_dropped_units_are_not_drawn():
    explorer = DropoutExplorer(p_input=0.3, p_hidden=0.5, mask=7)
    keep_x, keep_h = explorer.numbers.keeps
    drawn = np.array(explorer.sketch.edges.get_linewidth()) > 0
    assert drawn.sum() == keep_x.sum() * keep_h.sum() + keep_h.sum()
    assert len(explorer.sketch.dropped.get_xdata()) == (~keep_x).sum() + (~keep_h).sum() > 0


def test_evaluation_drops_nothing_and_shows_its_own_scale():
    explorer = DropoutExplorer(mode=EVALUATION, convention=CLASSIC, p_hidden=0.4, p_input=0.2)
    assert all(keep.all() for keep in explorer.numbers.keeps)
    assert [note.get_text() for note in explorer.notes[:2]] == ["times 0.8", "times 0.6"]
    assert "Evaluation: 6 of 6 inputs and 8 of 8 hidden units stay" in explorer.readout.value


def test_without_dropout_every_mask_gives_what_evaluation_gives():
    explorer = DropoutExplorer(p_hidden=0, p_input=0, mask=500)
    assert explorer.numbers.mean == pytest.approx(explorer.numbers.evaluation)
    assert not explorer.finished


def test_the_goal_is_reached_by_choosing_a_convention_and_drawing_masks(explorer):
    explorer.control["mask"].value = ENOUGH
    assert not explorer.finished
    explorer.control["convention"].value = INVERTED
    assert "Goal reached" in explorer.status.value
    explorer.control["convention"].value = CLASSIC
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize("convention", [INVERTED, CLASSIC])
@pytest.mark.parametrize("p", [0.3, 0.4, 0.5, 0.6, 0.7])
@pytest.mark.parametrize("mask", [ENOUGH, 2000, MASKS])
def test_the_goal_does_not_hang_on_one_setting(convention, p, mask):
    assert DropoutExplorer(convention=convention, p_hidden=p, mask=mask).finished


@pytest.mark.parametrize("setting", [{"convention": UNSCALED}, {"mask": ENOUGH - 1}, {"p_hidden": 0.2}])
def test_next_to_the_goal_it_is_not_reached(setting):
    assert not DropoutExplorer(**THERE | setting).finished


def test_without_scaling_no_number_of_masks_and_no_serious_p_reaches_it():
    for p in np.arange(3, 10) / 10:
        z, evaluation = passes(p, p, UNSCALED, "ReLU")
        assert abs(z.mean() - evaluation) / evaluation > 5 * NEAR


def test_a_fifth_of_the_training_labels_is_wrong_and_no_validation_label_is():
    X, y = dl.data.digits()
    truth = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
    X_train, y_train, X_val, y_val = few_digits(3)
    assert sum(truth[row.tobytes()] != label for row, label in zip(X_train, y_train, strict=True)) == 40
    assert all(truth[row.tobytes()] == label for row, label in zip(X_val, y_val, strict=True))
    assert not {row.tobytes() for row in X_train} & {row.tobytes() for row in X_val}


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 5)])
def test_the_table_of_accuracies_is_what_training_gives(row, column):
    trained, validated = measure(row / 10, column / 10)
    assert 1000 * trained == pytest.approx(TRAINED[row][column], abs=15)  # another processor, another last bit
    assert 1000 * validated == pytest.approx(VALIDATED[row][column], abs=15)


def test_the_gap_stands_where_the_slider_is():
    explorer = DropoutExplorer(p_hidden=0.8, p_input=0.2)
    assert list(explorer.gap.get_xdata()) == [0.8, 0.8]
    assert list(explorer.gap.get_ydata()) == [VALIDATED[2][8] / 1000, TRAINED[2][8] / 1000]
    assert f"training {TRAINED[2][8] / 1000:.1%}" in explorer.readout.value


def test_the_destination_picture_ends_with_the_whole_network():
    assert [ax.get_title() for ax in dropout.thinned().axes] == ["mask 1", "mask 2", "mask 3", "evaluation"]
