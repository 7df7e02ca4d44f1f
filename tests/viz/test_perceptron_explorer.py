"""The perceptron explorer: right answers, learning steps by the rule, a goal that is reached with its two buttons."""

from itertools import product

import numpy as np
import pytest

from dlcourse import data
from dlcourse.viz import PerceptronExplorer, gate_gallery, neuron_sketch, planes
from dlcourse.viz.perceptron import GATES, REACH, Place, learning_step, part_of_window

SOLVED = {"AND": (1, 1, -1.5), "OR": (1, 1, -0.5), "NAND": (-1, -1, 1.5)}


@pytest.fixture
def explorer():
    return PerceptronExplorer()


def press(explorer, button, times=1):
    for _ in range(times):
        explorer.buttons[button].click()


def setting(explorer):
    return tuple(explorer.control[name].value for name in ("w1", "w2", "b"))


def set_to(explorer, gate, w1, w2, b):
    explorer.control["gate"].value = gate
    for name, value in (("w1", w1), ("w2", w2), ("b", b)):
        explorer.control[name].value = value


@pytest.mark.parametrize("gate", GATES)
def test_every_end_of_every_slider_is_drawn_and_described(explorer, gate):
    explorer.control["gate"].value = gate
    for w1, w2, b in product((-REACH, 0, REACH), repeat=3):
        set_to(explorer, gate, w1, w2, b)
        rows, wanted = data.gate(gate)
        right = ((rows @ [w1, w2] + b >= 0) == wanted).sum()
        assert f"{right} of 4 rows right" in explorer.readout.value
        assert "failed" not in explorer.status.value


@pytest.mark.parametrize("gate", SOLVED)
def test_the_truth_table_says_right_four_times_for_a_gate_that_works(explorer, gate):
    set_to(explorer, gate, *SOLVED[gate])
    assert [mark.get_text() for mark in explorer.marks] == ["right"] * 4
    assert not explorer.pointer.get_visible()


def test_wrong_rows_are_ringed():
    explorer = PerceptronExplorer(gate="XOR", w1=1, w2=1, b=-0.5)
    assert np.column_stack(explorer.rings.get_data()).tolist() == [[1, 1]]


def test_a_sum_of_exactly_zero_gives_the_answer_one():
    explorer = PerceptronExplorer(gate="OR", w1=1, w2=1, b=-1)
    assert explorer.cells[1].get_text().split()[2:4] == ["0", "1"]
    assert "4 of 4" in explorer.readout.value


def test_the_drawn_line_is_where_the_sum_is_zero(explorer):
    set_to(explorer, "AND", 2, 1, -1.5)
    ends = np.column_stack(explorer.line.get_data())
    assert len(ends) == 2
    assert ends @ [2, 1] - 1.5 == pytest.approx([0, 0], abs=1e-12)


def test_the_arrow_points_along_the_weights_to_the_side_of_one(explorer):
    set_to(explorer, "AND", 1, 1, -1.5)
    direction = np.array(explorer.arrow.xy) - explorer.arrow.get_position()
    assert direction / np.linalg.norm(direction) == pytest.approx(np.array([1, 1]) / np.sqrt(2))


@pytest.mark.parametrize("b", [-1, 0, 1])
def test_without_weights_there_is_no_line_and_no_arrow(explorer, b):
    set_to(explorer, "AND", 0, 0, b)
    assert len(explorer.line.get_xdata()) == 0
    assert not explorer.arrow.get_visible()
    assert "There is no line" in explorer.readout.value


@pytest.mark.parametrize("b", [-3, 3])
def test_a_line_outside_the_window_leaves_it_all_to_one_answer(explorer, b):
    set_to(explorer, "AND", 0.5, 0.5, b)
    assert len(explorer.line.get_xdata()) == 0
    assert len(part_of_window(np.array([0.5, 0.5]), b)) == (4 if b > 0 else 0)


def test_a_learning_step_adds_the_row_whose_answer_was_too_low():
    assert learning_step(Place("OR", 0.5, -1.0, -0.5, row=0)) == Place("OR", 0.5, 0.0, 0.5, row=2)


def test_a_learning_step_passes_over_right_rows_and_goes_round():
    assert learning_step(Place("AND", 1.0, 1.0, 0.0, row=3)) == Place("AND", 1.0, 1.0, -1.0, row=1)


def test_a_solved_gate_has_nothing_to_learn_from(explorer):
    set_to(explorer, "OR", *SOLVED["OR"])
    before = setting(explorer)
    press(explorer, "one learning step")
    assert setting(explorer) == before
    assert learning_step(Place("OR", *SOLVED["OR"], row=0)) is None


@pytest.mark.parametrize(("gate", "steps"), [("AND", 11), ("OR", 5), ("NAND", 10)])
def test_learning_steps_from_zero_settle_after_the_rules_number_of_mistakes(explorer, gate, steps):
    explorer.control["gate"].value = gate
    press(explorer, "back to zero")
    press(explorer, "one learning step", 30)
    assert f"Learning steps: {steps}." in explorer.readout.value
    assert "4 of 4" in explorer.readout.value


def test_the_course_of_mistakes_has_a_point_per_step(explorer):
    explorer.control["gate"].value = "XOR"
    press(explorer, "back to zero")
    press(explorer, "one learning step", 25)
    assert len(explorer.errors.get_xdata()) == 26
    assert explorer.course.get_xlim()[1] > 25


def test_moving_a_control_by_hand_forgets_the_steps(explorer):
    press(explorer, "one learning step", 2)
    assert "Learning steps: 2." in explorer.readout.value
    explorer.control["b"].value = explorer.control["b"].value - 0.5
    assert "Learning steps: 0." in explorer.readout.value


def test_learning_beyond_a_sliders_end_moves_the_end(explorer):
    set_to(explorer, "OR", REACH, -REACH, -REACH)
    press(explorer, "one learning step", 2)  # the second learns from (1, 1)
    assert explorer.control["w1"].value == REACH + 1
    assert explorer.control["w1"].max == REACH + 1


def test_one_step_paints_one_picture(explorer):
    pictures = []
    explorer.picture.observe(pictures.append, names="value")
    explorer.control["gate"].value = "XOR"
    press(explorer, "one learning step")
    assert len(pictures) == 2  # one for the gate, one for the step, though two sliders and the bias may move


def test_the_goal_is_reached_by_its_own_instructions(explorer):
    assert "Part 1 of 2" in explorer.status.value
    explorer.control["gate"].value = "AND"
    press(explorer, "back to zero")
    press(explorer, "one learning step", 11)
    assert "Part 2 of 2" in explorer.status.value
    explorer.control["gate"].value = "XOR"
    press(explorer, "back to zero")
    press(explorer, "one learning step", 7)
    assert not explorer.finished
    press(explorer, "one learning step")
    assert "Goal reached" in explorer.status.value
    assert "After step 4 the neuron stood exactly here." in explorer.readout.value


def test_xor_alone_does_not_reach_the_goal(explorer):
    explorer.control["gate"].value = "XOR"
    press(explorer, "back to zero")
    press(explorer, "one learning step", 12)
    assert not explorer.finished


@pytest.mark.parametrize("start", list(product((-REACH, 0.5, REACH), repeat=3)))
def test_xor_comes_back_from_wherever_a_learner_starts(start):
    place, seen = Place("XOR", *start, row=0), set()
    while place not in seen and len(seen) < 100:
        seen.add(place)
        place = learning_step(place)
    assert place in seen


def test_no_setting_of_the_sliders_solves_xor():
    w = np.arange(-REACH, REACH + 0.5, 0.5)
    rows, wanted = data.gate("XOR")
    settings = np.stack(np.meshgrid(w, w, w), axis=-1).reshape(-1, 3)
    right = ((settings[:, :2] @ rows.T + settings[:, 2:] >= 0) == wanted).sum(axis=1)
    assert right.max() == 3


def test_the_gallery_answers_every_row_as_wanted():
    for ax in gate_gallery().axes:
        assert [line.get_label() for line in ax.lines[:2]] == ["wanted 0", "wanted 1"]
    assert [ax.get_title() for ax in gate_gallery().axes] == ["AND", "OR", "NAND", "XOR, two layers"]


def test_a_plane_can_name_its_axes():
    X, y = data.gate("AND")
    assert planes({"hidden": (lambda P: P[:, 0] > 0.5, X, y, "h")}).axes[0].get_ylabel() == "h2"


def test_the_sketch_names_its_inputs_in_words():
    assert "x1, x2, x3" in neuron_sketch(3).words()
