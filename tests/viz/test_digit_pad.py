"""The digit pad: strokes in, the data set's 8 x 8 out, any network's answer to them, and a goal that every network leaves open."""

import numpy as np
import pytest
import traitlets

import dlcourse as dl
from dlcourse import data
from dlcourse.viz import DigitPadExplorer
from dlcourse.viz.digit_pad import Reader, standard_net, stored_bitmap, task
from dlcourse.viz.handwriting import HANDS, TABLE, drawing
from dlcourse.viz.pad import CELLS, Pad, counted, inked, placed, smoothed

BAR = (((16, 2), (16, 30)),)


@pytest.fixture(scope="module")
def only():
    return DigitPadExplorer()


@pytest.fixture
def explorer(only):
    """One explorer for all tests, as it was at first: to make one takes longer than to move it."""
    with only.together():
        for name, value in {"digit": 8, "hand": "upright", "pen": 4.5, "shift": 0}.items():
            only.control[name].value = value
        only.chosen = None
    return only


@pytest.fixture(scope="module")
def read():
    """(3 hands, 10 digits): what the standard network reads."""
    counts = np.array([[counted(stored_bitmap(digit, hand)) for digit in range(10)] for hand in HANDS])
    return Reader().probabilities(counts.reshape(-1, 8, 8)).argmax(axis=1).reshape(len(HANDS), 10)


def another_net(*layers, seed=0):
    return dl.Sequential(*(layer(np.random.default_rng(seed)) for layer in layers))


# Strokes on the pad


def test_points_off_the_pad_are_refused_by_name():
    with pytest.raises(traitlets.TraitError, match=r"got a point \(33, 4\): expected two numbers from 0 to 32"):
        Pad(value=[[(33, 4)]])


@pytest.mark.parametrize("point", [(1,), (1, 2, 3), "ab", (float("nan"), 1), (None, 1)])
def test_what_is_no_point_is_refused(point):
    with pytest.raises(traitlets.TraitError):
        Pad(value=[[point]])


def test_a_stroke_without_a_point_is_left_out():
    assert Pad(value=[[], [(1, 2)]]).value == (((1, 2),),)


# From strokes to the data set's numbers


def test_a_drawing_fills_the_height_of_the_square():
    bitmap = inked(placed([((3, 20), (4, 26), (6, 30))], pen=4), pen=4)
    assert bitmap[0].any()
    assert bitmap[-1].any()


def test_a_drawing_stands_in_the_middle_wherever_it_was_drawn():
    left, right = (inked(placed([((x, 2), (x + 8, 30))], pen=4), pen=4) for x in (1, 20))
    assert (left == right).all()
    columns = np.flatnonzero(left.any(axis=0))
    assert columns[0] == CELLS - 1 - columns[-1]


def test_half_the_size_gives_the_same_bitmap():
    strokes = drawing(5, "upright")
    half = [tuple((x / 2, y / 2) for x, y in stroke) for stroke in strokes]
    assert (inked(placed(half, 4), 4) == inked(placed(strokes, 4), 4)).all()


def test_a_dot_stays_a_dot():
    assert inked(placed([((3, 3),)], pen=4), pen=4).sum() == 12


def test_no_strokes_hold_no_ink():
    assert not inked(placed([], pen=4), pen=4).any()


def test_counts_are_of_blocks_of_four_by_four():
    bitmap = np.zeros((CELLS, CELLS), dtype=bool)
    bitmap[4:8, 8:10] = True
    counts = counted(bitmap)
    assert counts[1, 2] == counts.sum() == 8


def test_a_corner_that_stands_twice_stays_sharp():
    curve = smoothed([(0, 0), (4, 0), (4, 0), (4, 4)])
    assert (curve == (4, 0)).all(axis=1).any()


def test_stored_digits_hold_as_much_ink_as_the_data_sets():
    stored = np.mean([stored_bitmap(digit, hand).sum() for digit in range(10) for hand in HANDS])
    assert stored == pytest.approx(16 * data.digits()[0].sum(axis=1).mean(), rel=0.1)


def test_there_are_thirty_different_drawings():
    assert len({polyline for row in TABLE for polyline in row}) == 30


# The standard network


def test_the_standard_network_reads_at_least_27_of_the_30_stored_drawings(read):
    assert (read == np.arange(10)).sum() >= 27


@pytest.mark.parametrize(("hand", "right"), [("upright", 10), ("slanted", 10), ("loose", 8)])
def test_the_standard_network_reads_each_hand(read, hand, right):
    assert (read[HANDS.index(hand)] == np.arange(10)).sum() >= right - 1


def test_the_standard_network_is_trained_once():
    assert standard_net() is standard_net()


# The explorer


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("digit", range(10))
def test_choosing_a_stored_digit_puts_it_on_the_pad_unchanged(explorer, digit, hand):
    explorer.control["digit"].value, explorer.control["hand"].value = digit, hand
    assert explorer.control["strokes"].value == drawing(digit, hand)
    assert f"cells, 0 other than in the stored {digit}, {hand}" in explorer.readout.value


def test_the_winner_and_the_others_are_ten_bars(explorer):
    assert len(explorer.winner.get_paths()) + len(explorer.others.get_paths()) == 10


def test_the_picture_shows_what_the_network_gets(explorer):
    explorer.control["strokes"].value = BAR
    assert (explorer.blocks.get_array() == counted(inked(placed(BAR, 4.5), 4.5))).all()


def test_strokes_can_be_given_at_the_start():
    assert "The net reads 1" in DigitPadExplorer(strokes=[[(8, 10), (18, 2)], [(18, 2), (18, 30)]]).readout.value


def test_an_empty_pad_is_said_to_be_empty(explorer):
    explorer.buttons["clear the pad"].click()
    assert explorer.control["strokes"].value == ()
    assert "The pad is empty" in explorer.readout.value


def test_a_stroke_can_be_taken_back(explorer):
    explorer.control["strokes"].value += BAR
    explorer.buttons["take back a stroke"].click()
    assert explorer.control["strokes"].value == drawing(8, "upright")


def test_taking_back_from_an_empty_pad_leaves_it_empty(explorer):
    explorer.buttons["clear the pad"].click()
    explorer.buttons["take back a stroke"].click()
    assert "The pad is empty" in explorer.readout.value


def test_the_stored_digit_comes_back(explorer):
    explorer.buttons["clear the pad"].click()
    explorer.buttons["stored digit again"].click()
    assert explorer.control["strokes"].value == drawing(8, "upright")


def test_a_button_makes_one_picture(explorer):
    pictures = []
    explorer.picture.observe(pictures.append, names="value")
    explorer.buttons["clear the pad"].click()
    assert len(pictures) == 1


def test_what_a_page_sends_back_unchanged_makes_no_picture(explorer):
    pictures, pad = [], explorer.control["strokes"]
    explorer.picture.observe(pictures.append, names="value")
    pad.set_state({"value": [[list(point) for point in stroke] for stroke in pad.value]})
    assert pictures == []


def test_the_pad_draws_with_the_chosen_pen(explorer):
    explorer.control["pen"].value = 2
    assert explorer.control["strokes"].pen == 2


def test_what_is_shifted_out_on_the_right_does_not_come_in_on_the_left(explorer):
    explorer.control["strokes"].value = (((2, 2), (30, 2)), ((2, 30), (30, 30)))
    explorer.control["shift"].value = 8
    assert not explorer.numbers.bitmap[:, :8].any()
    explorer.control["shift"].value = -8
    assert not explorer.numbers.bitmap[:, -8:].any()


def test_a_shift_by_one_block_moves_the_counts_by_one(explorer):
    explorer.control["digit"].value = 1
    before = explorer.numbers.counts
    explorer.control["shift"].value = 4
    assert (explorer.numbers.counts[:, 1:] == before[:, :-1]).all()


def test_the_goal_names_the_digit_and_what_it_may_cost(explorer):
    assert "Choose the slanted 3: the net is 99.9 % sure of it." in explorer.status.value
    assert "at most 50 of the 1024 cells" in explorer.status.value


def to_the_goals_digit(explorer):
    explorer.control["digit"].value, explorer.control["hand"].value = explorer.task.digit, explorer.task.hand


def test_the_goal_is_reached_by_a_short_mark(explorer):
    to_the_goals_digit(explorer)
    assert not explorer.finished
    explorer.control["strokes"].value += (explorer.task.mark,)
    assert "Goal reached" in explorer.status.value


def test_the_goal_is_not_reached_by_drawing_another_digit(explorer):
    to_the_goals_digit(explorer)
    explorer.control["strokes"].value = drawing(8, "slanted")
    assert "The net reads 8" in explorer.readout.value
    assert not explorer.finished


def test_the_goal_is_not_reached_by_a_shift_alone(explorer):
    to_the_goals_digit(explorer)
    for shift in range(-8, 9):
        explorer.control["shift"].value = shift
        assert not explorer.finished


# Any other network


@pytest.fixture(scope="module")
def trained():
    """A network that knows standardised digits, with dropout and batch normalisation, in float32."""
    rng = np.random.default_rng(3)
    X, y = data.digits("train", dtype=np.float32)
    mean, scale = X.mean(axis=0), X.std(axis=0) + 0.1
    net = dl.Sequential(
        dl.Linear(64, 40, rng=rng, dtype=np.float32), dl.BatchNorm1d(40, dtype=np.float32), dl.Tanh(),
        dl.Dropout(0.2, rng=rng), dl.Linear(40, 10, rng=rng, dtype=np.float32),
    )  # fmt: skip
    optimizer = dl.Adam(net.parameters(), lr=0.01)
    dl.fit(net, dl.CrossEntropyLoss(), optimizer, (X - mean) / scale, y, epochs=6, rng=rng, progress=False)
    return net, mean, scale


def test_a_net_on_standardised_digits_reads_by_its_own_mean_and_scale(trained):
    net, mean, scale = trained
    X, y = data.digits("held_back")
    reader = Reader(net, mean, scale)
    assert (reader.probabilities(16 * X.reshape(-1, 8, 8)).argmax(axis=1) == y).mean() > 0.93


def test_a_goal_can_be_reached_with_another_net(trained):
    net, mean, scale = trained
    explorer = DigitPadExplorer(net, mean=mean, scale=scale)
    to_the_goals_digit(explorer)
    explorer.control["strokes"].value += (explorer.task.mark,)
    assert explorer.finished


def test_the_same_drawing_gets_the_same_answer_with_dropout(trained):
    explorer = DigitPadExplorer(*trained[:1], mean=trained[1], scale=trained[2])
    first = explorer.numbers.probabilities
    assert (explorer.compute(explorer.state).probabilities == first).all()


def test_the_explorer_leaves_a_net_in_training_as_it_was(trained):
    trained[0].train()
    DigitPadExplorer(trained[0])
    assert trained[0].training


@pytest.mark.parametrize(
    ("layers", "hidden"),
    [
        ([lambda rng: dl.Linear(64, 10, rng=rng)], []),
        ([lambda rng: dl.Linear(64, 7, rng=rng), lambda rng: dl.Linear(7, 10, rng=rng)], [7]),
        ([lambda rng: dl.Maxout(64, 5, rng=rng), lambda rng: dl.Linear(5, 10, rng=rng)], [5]),
        ([lambda rng: dl.Linear(64, 300, rng=rng), lambda rng: dl.Tanh(), lambda rng: dl.Linear(300, 10, rng=rng)], [300]),
    ],
)  # fmt: skip
def test_hidden_layers_of_any_net_are_found(layers, hidden):
    explorer = DigitPadExplorer(another_net(*layers))
    assert [len(units) for units in explorer.numbers.hidden] == hidden
    assert ("Hidden units" in explorer.readout.value) == bool(hidden)


def test_a_net_that_does_not_make_ten_logits_is_refused():
    with pytest.raises(ValueError, match=r"a net that makes \(30, 3\) of \(30, 64\): expected \(N, 10\) logits"):
        DigitPadExplorer(another_net(lambda rng: dl.Linear(64, 3, rng=rng)))


def test_a_digit_that_is_not_known_well_is_not_asked_for():
    flat = another_net(lambda rng: dl.Linear(64, 10, rng=rng))
    flat[0].weight.value, flat[0].bias.value = np.zeros((64, 10)), np.eye(10)[7] * 9
    assert task(Reader(flat)).digit == 7
