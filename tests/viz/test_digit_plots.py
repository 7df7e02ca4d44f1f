"""Pictures of digits: what is drawn, in which order, and what is said to those who do not see it."""

import numpy as np
import pytest

from dlcourse.viz import digit_plots


def shown(picture):
    """The 8 x 8 arrays of a picture, and the texts."""
    (ax,) = picture.axes
    return [np.asarray(image.get_array()) for image in ax.images], [text.get_text() for text in ax.texts]


def test_each_row_becomes_a_picture_with_its_caption():
    X = np.random.default_rng(0).uniform(0, 1, (12, 64))
    captions = [f"number {n}" for n in range(12)]
    images, texts = shown(digit_plots.pictures(X, captions, title="Twelve"))
    np.testing.assert_array_equal(images, X.reshape(12, 8, 8))
    assert texts == captions


def test_ink_is_on_one_scale_and_signed_pictures_are_each_on_their_own():
    X = np.stack([np.full(64, 0.5), np.full(64, -2.0)])
    inked = digit_plots.pictures(X, ["a", "b"], title="ink").axes[0].images
    signed = digit_plots.pictures(X, ["a", "b"], title="signed", signed=True).axes[0].images
    assert [image.get_clim() for image in inked] == [(0, 1), (0, 1)]
    assert [image.get_clim() for image in signed] == [(-0.5, 0.5), (-2, 2)]


def test_a_picture_without_anything_is_drawn_without_a_warning():
    assert digit_plots.pictures(np.zeros((1, 64)), [""], title="empty", signed=True).png().startswith(b"\x89PNG")


def test_pictures_say_their_captions_in_words():
    words = digit_plots.pictures(np.zeros((2, 64)), ["4 → 6", "9 → 8"], title="Mistakes").words()
    assert words == "Figure: Mistakes, with the captions 4 → 6, 9 → 8"


def test_clouds_draw_every_example_once_as_its_digit():
    y = np.array([1, 9, 1, 4])
    picture = digit_plots.clouds({"input": np.eye(4)[:, :2], "hidden": np.eye(4)[:, 2:]}, y)
    for ax in picture.axes:
        assert [line.get_marker() for line in ax.lines] == ["$1$", "$4$", "$9$"]
        assert sum(len(line.get_xdata()) for line in ax.lines) == 4
    assert "hidden" in picture.words()


def test_the_confusion_matrix_shades_mistakes_and_writes_every_count():
    counts = np.array([[30, 2, 0], [0, 31, 0], [1, 0, 29]])
    (ax,) = digit_plots.confusion(counts).axes
    np.testing.assert_array_equal(np.asarray(ax.images[0].get_array()), [[0, 2, 0], [0, 0, 0], [1, 0, 0]])
    assert sorted(text.get_text() for text in ax.texts) == ["1", "2", "29", "30", "31"]


def test_a_classifier_without_a_mistake_has_a_matrix_too():
    assert digit_plots.confusion(np.diag([3, 4])).axes[0].images[0].get_clim()[1] > 0


@pytest.mark.parametrize("seed", range(3))
def test_the_principal_plane_keeps_as_much_variance_as_any_two_directions(seed):
    rng = np.random.default_rng(seed)
    H = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6)
    kept = digit_plots.principal_plane(H).var(axis=0)
    largest = np.linalg.eigvalsh(np.cov(H.T, bias=True))[::-1][:2]
    np.testing.assert_allclose(kept, largest)


def test_the_sign_of_the_plane_does_not_depend_on_the_signs_of_the_decomposition():
    H = np.random.default_rng(0).normal(size=(20, 5))
    turned = digit_plots.principal_plane(-H)
    for column in (*digit_plots.principal_plane(H).T, *turned.T):
        assert column.max() >= -column.min()


def test_groups_that_are_mixed_at_the_input_lie_apart_after_the_hidden_layers():
    picture = digit_plots.uncrumpled()
    overlap = []
    for ax in picture.axes:
        groups = [np.column_stack(line.get_data()) for line in ax.lines]
        means = np.stack([group.mean(axis=0) for group in groups])
        away = [((group[:, np.newaxis] - means) ** 2).sum(axis=2).argmin(axis=1) != k for k, group in enumerate(groups)]
        overlap.append(np.concatenate(away).mean())
    assert overlap[0] > 0.2
    assert overlap[2] < 0.1
