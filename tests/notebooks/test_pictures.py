"""Every stored picture has words for who cannot see it, and a caption for everybody.

nbconvert, the site and code-hosting pages show the words as the picture's alt text. JupyterLab 4.6 does not read them: there
an explorer has its line of words, and a figure the caption in the cell below.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*.ipynb")])
CAPTION = re.compile(r"^\*Figure", re.MULTILINE)
GAP = re.compile(r"\(\)|against \)|\( against|: *[;)]|\n")


def pictures(path):
    """Each output with a picture, and the cell that follows."""
    cells = nbformat.read(path, 4).cells
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        for output in cell.get("outputs", []):
            if any(kind.startswith("image/") for kind in output.get("data", {})):
                yield output, following


def test_lessons_have_pictures():
    assert sum(1 for path in NOTEBOOKS for _ in pictures(path)) >= 90


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_picture_has_words(path):
    words = [output.metadata.get("image/png", {}).get("alt", "") for output, _ in pictures(path)]
    assert [text for text in words if len(text) < 20 or GAP.search(text)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_reader_without_pictures_gets_the_same_words(path):
    shown = [(output.metadata["image/png"]["alt"], output.data["text/plain"]) for output, _ in pictures(path)]
    assert [pair for pair in shown if pair[0] != pair[1]] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_caption_follows_every_picture(path):
    following = [(cell.source if cell else "nothing") for _, cell in pictures(path)]
    assert [text[:60] for text in following if not CAPTION.search(text)] == []
