"""The palette must work on white paper, in grey, and for colour-blind readers; pictures bring their white paper with them."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text

from dlcourse import viz
from dlcourse.viz.backprop import chain, network
from dlcourse.viz.explorer import Explorer
from dlcourse.viz.palette import BLUE, COLOURS, GREEN, GRID, GUIDE, INK, LINES, MARKERS, SHADE, STYLE, VERMILLION, WORDS

# Linear RGB as seen without the cones for long, middle or short waves: Machado, Oliveira and Fernandes (2009), table 1.
VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])
#: Large patches side by side are told apart from a difference of 1 on; thin lines and small marks need some six times
#: that (Szafir, 2018). What is left to doubt is settled by line styles and markers.
APART = 7
#: The page around an explorer in JupyterLab's themes; its status line has a coloured edge.
PAGES = {"light": "#FFFFFF", "dark": "#111111"}
EXPLORERS = [item for item in vars(viz).values() if isinstance(item, type) and issubclass(item, Explorer)]


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """As WCAG 2 defines it."""
    low, high = sorted(RGB_TO_XYZ[1] @ linear(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIELAB of linear RGB."""
    x = RGB_TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one, other):
    """The difference of two colours in CIELAB: CIE 142 (2001), in the notation of Sharma, Wu and Dalal (2005)."""
    (L1, a1, b1), (L2, a2, b2) = one, other
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    C1, C2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = np.arctan2(b1, stretch * a1), np.arctan2(b2, stretch * a2)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi  # the short way round
    L, C, h = (L1 + L2) / 2, (C1 + C2) / 2, np.degrees(h1 + turn / 2) % 360
    T = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.20 * cos(4 * h - 63)
    lightness = (L2 - L1) / (1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2))
    chroma = (C2 - C1) / (1 + 0.045 * C)
    hue = 2 * np.sqrt(C1 * C2) * np.sin(turn / 2) / (1 + 0.015 * C * T)
    bend = np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))) * -2 * np.sqrt(C**7 / (C**7 + 25.0**7))
    return float(np.sqrt(lightness**2 + chroma**2 + hue**2 + bend * chroma * hue))


def cos(degrees):
    return np.cos(np.radians(degrees))


def words_of(figure):
    """Each visible text of a figure with its colour and what it stands on."""
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            box = text.get_bbox_patch()
            yield text.get_text(), to_hex(text.get_color()), to_hex(box.get_facecolor()) if box else "#ffffff"


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_published_examples(one, other, difference):
    assert ciede2000(one, other) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), list(combinations(COLOURS, 2)))
def test_two_colours_can_be_told_apart(vision, one, other):
    assert ciede2000(*(lab(VISION[vision] @ linear(colour)) for colour in (one, other))) >= APART


@pytest.mark.parametrize("cues", [LINES, MARKERS])
def test_every_colour_has_a_second_cue_of_its_own(cues):
    assert len(set(cues)) == len(COLOURS)


@pytest.mark.parametrize("colour", [*COLOURS, GUIDE])
def test_marks_stand_out_from_white_paper(colour):
    assert contrast(colour, "white") >= 3


@pytest.mark.parametrize("colour", [BLUE, VERMILLION, GREEN, INK, GUIDE])  # the others are not drawn on shaded areas
def test_marks_stand_out_from_shaded_areas(colour):
    assert contrast(colour, SHADE) >= 3


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", [BLUE, GREEN, VERMILLION])
def test_the_edge_of_the_status_line_stands_out_from_the_page(colour, page):
    assert contrast(colour, PAGES[page]) >= 3


def test_pictures_bring_white_paper_into_a_dark_page():
    assert STYLE["figure.facecolor"] == "white"


@pytest.mark.parametrize("colour", COLOURS)
def test_words_in_a_colour_can_be_read(colour):
    assert contrast(WORDS[colour], "white") >= 4.5


@pytest.mark.parametrize("paper", ["white", SHADE, GRID])
def test_plain_words_can_be_read_everywhere(paper):
    assert contrast(INK, paper) >= 4.5


@pytest.mark.parametrize("colour", COLOURS)
def test_words_keep_the_hue_of_their_colour(colour):
    _, *hue = lab(linear(colour))
    _, *of_words = lab(linear(WORDS[colour]))
    angle = np.degrees(np.arctan2(hue[1], hue[0]) - np.arctan2(of_words[1], of_words[0]))
    assert abs((angle + 180) % 360 - 180) < 15 or colour == INK


def test_every_word_in_a_drawing_can_be_read():
    drawings = [chain({"w": 3.0, "s": 6.0, "J": 18.0}, [2.0, 6.0]), network(), viz.neuron_sketch(), viz.gallery()]
    faint = [word for drawing in drawings for word, colour, paper in words_of(drawing) if contrast(colour, paper) < 4.5]
    assert faint == []


@pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda explorer: explorer.__name__)
def test_every_word_in_an_explorer_can_be_read(explorer):
    papers = {
        "#ffffff": [*map(to_hex, WORDS.values())]
    }  # white words stand on a dark patch, which is not part of the text
    faint = [
        word
        for word, colour, paper in words_of(explorer().figure)
        if min(contrast(colour, under) for under in papers.get(colour, [paper])) < 4.5
    ]
    assert faint == []
