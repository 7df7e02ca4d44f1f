"""One palette for every picture: six colours that stay apart for colour-blind readers, never used without a second cue.

The hues follow Okabe and Ito (2008); three are darkened so that a thin line stands out from white paper at 3:1 or better.
Line styles and markers run along with the colours, so that a picture still reads when printed in grey.
"""

from typing import Any

BLUE = "#0069A8"
VERMILLION = "#D55E00"
GREEN = "#009970"
PURPLE = "#C468A0"
SKY = "#4696D2"
INK = "#222222"

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, SKY, INK)
LINES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 0.6)))
MARKERS = ("o", "s", "^", "D", "v", "P")

#: The same hues for words and numbers, dark enough to read on white paper (4.5:1), or white upon them.
WORDS = {BLUE: BLUE, VERMILLION: "#B04E00", GREEN: "#007A5A", PURPLE: "#A0447C", SKY: "#2B73AB", INK: INK}

GUIDE = "#8A8A8A"  # lines that help the eye: thresholds, zero lines
GRID = "#E4E4E4"
SHADE = "#F0F0F0"  # areas behind the marks

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.edgecolor": GUIDE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "figure.facecolor": "white",
}
