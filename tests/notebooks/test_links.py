"""Every link in a notebook leads somewhere: to a file that a learner has, from the folder where the notebook lies."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*.ipynb")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_link_leads_to_a_file(notebook):
    text = "\n".join(cell.source for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "markdown")
    links = LINK.findall(text)
    assert links
    assert [link for link in links if not (notebook.parent / link).is_file()] == []


def test_the_road_leads_through_every_lesson():
    road = (ROOT / "lessons" / "source" / "00_start_here.py").read_text(encoding="utf-8")
    lessons = [path.name for path in NOTEBOOKS if path.parent.name == "lessons" and not path.name.startswith("00")]
    assert [lesson for lesson in lessons if f"]({lesson})" not in road] == []
