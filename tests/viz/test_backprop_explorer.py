"""The backprop explorer: right numbers, judged fairly, a path that can be walked there and back by typing."""

import numpy as np
import pytest

from dlcourse.gradcheck import numerical_gradient
from dlcourse.viz import BackpropExplorer, backprop
from dlcourse.viz.backprop import EXAMPLES, STAGES, TOLERANCE, chain, network, passes, short, steps, value_of

PATHS = [(example, unit) for example in EXAMPLES for unit in range(5)]


@pytest.fixture
def explorer():
    return BackpropExplorer()


def ask(explorer):
    """What the explorer wants to be typed now."""
    return steps(explorer.numbers, explorer.state.unit)[explorer.state.filled]


def answer(explorer, text):
    explorer.control["answer"].value = text


def solve(explorer, count=8):
    for _ in range(explorer.state.filled, count):
        answer(explorer, f"{ask(explorer).value:.2f}")


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("name", ["W1", "W2"])
def test_the_gradients_are_those_of_the_loss(example, name, monkeypatch):
    weights, setting = getattr(backprop, name), EXAMPLES[example]

    def loss(W):
        monkeypatch.setattr(backprop, name, W)
        return passes(*setting).loss

    expected = numerical_gradient(loss, weights)
    monkeypatch.setattr(backprop, name, weights)
    np.testing.assert_allclose(getattr(passes(*setting), f"d{name}"), expected, atol=1e-8)


@pytest.mark.parametrize(("example", "unit"), PATHS)
def test_every_path_is_walked_with_two_decimals(example, unit):
    explorer = BackpropExplorer(example=example, unit=unit)
    solve(explorer)
    assert "Goal reached" in explorer.status.value


@pytest.mark.parametrize(("example", "unit"), PATHS)
def test_the_calculation_in_the_hint_can_be_typed_as_it_stands(example, unit):
    for step in steps(passes(*EXAMPLES[example]), unit):
        assert value_of(step.worked) == pytest.approx(step.value, abs=TOLERANCE)


@pytest.mark.parametrize(("example", "unit"), PATHS)
def test_a_value_with_three_decimals_as_shown_is_right(example, unit):
    for step in steps(passes(*EXAMPLES[example]), unit):
        assert float(short(step.value)) == pytest.approx(step.value, abs=TOLERANCE)


def test_a_wrong_value_fills_nothing_and_is_answered_by_a_hint(explorer):
    before = explorer.picture.value
    answer(explorer, "9")
    assert explorer.state.filled == 0
    assert explorer.picture.value == before
    assert "9 is not it. The rule: each input" in explorer.status.value


def test_a_slip_is_named(explorer):
    answer(explorer, "1.6")
    assert "The bias b is missing" in explorer.status.value


def test_after_a_second_wrong_value_the_hint_has_numbers(explorer):
    answer(explorer, "9")
    answer(explorer, "8")
    assert "1.5*0.8 + (-1)*(-0.4) + 0.1" in explorer.status.value


def test_nonsense_is_told_apart_from_a_wrong_value(explorer):
    answer(explorer, "0,5")
    assert "0,5 is no number" in explorer.status.value


def test_what_was_typed_cannot_inject_html(explorer):
    answer(explorer, "<b>")
    assert "&lt;b&gt;" in explorer.status.value


def test_a_right_value_fills_its_whole_stage_and_clears_the_box(explorer):
    answer(explorer, "1.7")
    assert explorer.state.answer == ""
    assert "s of the hidden units 1.7, -1.85, -0.45, -0.85, 0.3" in explorer.readout.value
    assert "Value 2 of 8: type x of hidden 0" in explorer.status.value


def test_the_same_value_twice_in_a_row_counts_twice():
    explorer = BackpropExplorer(example=next(e for e in EXAMPLES if e.startswith("A")), unit=3)
    solve(explorer, 6)
    answer(explorer, "0")  # delta of hidden 3
    answer(explorer, "0")  # and the gradient that it gives
    assert explorer.finished


def test_no_step_leads_past_what_was_solved(explorer):
    explorer.control["filled"].value = 5
    assert explorer.state.filled == 0
    assert "Type this value first. Value 1 of 8" in explorer.status.value


def test_steps_go_back_and_forward_over_what_was_solved(explorer):
    solve(explorer, 4)
    shown = explorer.picture.value
    explorer.control["filled"].value = 1
    assert "Value 2 of 8" in explorer.status.value
    explorer.control["filled"].value = 4
    assert explorer.picture.value == shown


def test_another_path_is_gone_on_with_where_it_was_left(explorer):
    solve(explorer, 3)
    explorer.control["unit"].value = 4
    assert explorer.state.filled == 0
    explorer.control["unit"].value = 0
    assert explorer.state.filled == 3


def test_a_value_typed_for_one_path_is_not_judged_for_another(explorer):
    answer(explorer, "9")
    explorer.control["unit"].value = 1
    assert explorer.state.answer == ""
    assert "is not it" not in explorer.status.value


def test_seven_of_eight_values_are_not_the_goal(explorer):
    solve(explorer, 7)
    assert not explorer.finished


def test_an_answer_after_the_last_changes_nothing(explorer):
    solve(explorer)
    answer(explorer, "3")
    assert explorer.finished


@pytest.mark.parametrize("filled", range(len(STAGES)))
def test_the_picture_marks_what_is_asked(explorer, filled):
    solve(explorer, filled)
    nodes = [text.get_text() for part in explorer.graph.nodes.values() for rows, _ in part for text in rows.values()]
    edges = [text.get_text() for text in explorer.graph.gradients]
    assert [text for text in nodes + edges if text.endswith("?")] == [
        {"s1": "s ?", "x1": "x ?", "s2": "s ?", "h": "h ?", "delta2": "δ ?", "delta1": "δ ?"}.get(
            STAGES[filled], "dW ?"
        )
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.35", 0.35), (" -1 ", -1), ("\N{MINUS SIGN}1.5", -1.5), ("2*3 + 1", 7), ("(1 - 0.5^2)*2", 1.5), ("exp(0)/2", 0.5)],
)  # fmt: skip
def test_numbers_and_calculations_are_read(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "0,35", "x", "tanh", "tanh(1, 2)", "open('x')", "__import__('os')", "1/0", "9**9**9**9", "True", "(" * 500,
     "1 if 1 else 2", "exp(1000)", "(-8)**0.5", "[1]"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        value_of(text)


def test_the_filled_network_leaves_nothing_to_ask():
    texts = [text.get_text() for text in network("B").axes[0].texts]
    assert sum(text.startswith("dW") for text in texts) == 20
    assert not any("?" in text for text in texts)


def test_the_chain_multiplies_slopes_from_the_end():
    texts = [text.get_text() for text in chain({"a": 1, "b": 2, "c": 3}, [2, 0.5]).axes[0].texts]
    assert {"1", "0.5"} <= set(texts)  # dJ/da = 2 * 0.5, dJ/db = 0.5
