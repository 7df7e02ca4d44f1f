"""Pictures for lessons have titles, labels, a legend and words, and are the same bytes every time."""

from base64 import b64decode

import numpy as np
import pytest

from dlcourse.viz import gallery, plots

X, y = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([0, 1, 0])


def right_half(points):
    return points[:, 0] > 0.5


def bowl(w):
    return float(w @ w)


PICTURES = {
    "lines": lambda: plots.lines(
        range(20), {"a": np.arange(20), "b": np.ones(20)}, title="Two", xlabel="step", ylabel="loss", reference={"c": 3}
    ),
    "curves_grid": lambda: plots.curves_grid([0, 1], {"f": {"value": [0, 1]}}, xlabel="z", ylabel="f"),
    "decision_regions": lambda: plots.decision_regions({"one": right_half, "two": right_half}, X, y),
    "paths": lambda: plots.paths({name: (bowl, {"descent": [[1, 2], [0, 0]]}) for name in ("one", "two")}, goal=(0, 0)),
    "gallery": gallery,
}


@pytest.fixture(params=PICTURES)
def make(request):
    return PICTURES[request.param]


def test_every_panel_has_a_title_and_labels(make):
    words = make().words()
    assert " against " in words
    assert "( against" not in words
    assert all(ax.get_title() for ax in make().axes)


def test_curves_are_named_in_a_legend(make):
    picture = make()
    legends = [*picture.legends, *(ax.get_legend() for ax in picture.axes)]
    assert any(legend is not None and legend.get_texts() for legend in legends)


def test_the_same_numbers_give_the_same_bytes(make):
    assert make().png() == make().png()


def test_a_notebook_gets_png_and_words_without_pyplot(make):
    data, metadata = make()._repr_mimebundle_()
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"]


def test_a_picture_fits_a_notebook_page(make):
    _, metadata = make()._repr_mimebundle_()
    assert 600 <= metadata["image/png"]["width"] <= 950


def test_curves_differ_in_more_than_colour():
    one, other = PICTURES["lines"]().axes[0].get_lines()[:2]
    assert one.get_linestyle() != other.get_linestyle()
    assert one.get_marker() != other.get_marker()


@pytest.mark.parametrize(("curve", "beside"), [(np.ones(99), False), (np.resize([0.0, 1.0], 99), True)])
def test_names_stand_beside_curves_that_leave_no_room_among_them(curve, beside):
    picture = plots.lines(np.arange(99), {"flat or up and down": curve}, title="One", xlabel="step", ylabel="loss")
    assert bool(picture.legends) is beside


def test_coinciding_curves_show_both_their_markers():
    one, other = PICTURES["lines"]().axes[0].get_lines()[:2]
    assert one.get_markevery() != other.get_markevery()


def test_more_curves_than_colours_are_refused():
    curves = {str(k): [k, k] for k in range(7)}
    with pytest.raises(ValueError, match="lines got 7 curves: at most 6"):
        plots.lines([0, 1], curves, title="Many", xlabel="x", ylabel="y")


def test_a_network_may_answer_with_scores_or_with_labels():
    def scores(points):
        return np.column_stack([points[:, 0] <= 0.5, points[:, 0] > 0.5]).astype(float)

    one, other = (plots.decision_regions({"half": f}, X, y).png() for f in (right_half, scores))
    assert one == other


def test_whole_steps_have_whole_tick_labels():
    ax = PICTURES["lines"]().axes[0]
    assert all(tick == round(tick) for tick in ax.get_xticks())
