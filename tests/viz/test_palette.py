"""The palette must work on white paper, in grey, and for colour-blind readers."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dlcourse.viz.palette import COLOURS, GUIDE, LINES, MARKERS

# Linear RGB as seen without red or without green cones (Vienot, Brettel, Mollon 1999).
VISION = {
    "full": np.eye(3),
    "protanopia": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour):
    return 1.05 / (RGB_TO_XYZ[1] @ linear(colour) + 0.05)


def lab(rgb):
    x = RGB_TO_XYZ @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [*COLOURS, GUIDE])
def test_marks_stand_out_from_white_paper(colour):
    assert contrast_on_white(colour) >= 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), list(combinations(COLOURS, 2)))
def test_two_colours_can_be_told_apart(vision, one, other):
    seen = [lab(VISION[vision] @ linear(colour)) for colour in (one, other)]
    assert np.linalg.norm(seen[0] - seen[1]) >= 15


@pytest.mark.parametrize("cues", [LINES, MARKERS])
def test_every_colour_has_a_second_cue_of_its_own(cues):
    assert len(set(cues)) == len(COLOURS)
