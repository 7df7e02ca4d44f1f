"""The prose of the notebooks, as it is rendered: links lead to files that a learner has, numbers and names arrive as written."""

import re
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*.ipynb")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
SUMMARY = re.compile(r"<summary>.*?</summary>")
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")


def prose(notebook):
    return [cell.source for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "markdown"]


@each_notebook
def test_every_link_leads_to_a_file(notebook):
    links = LINK.findall("\n".join(prose(notebook)))
    assert links
    assert [link for link in links if not (notebook.parent / link).is_file()] == []


@each_notebook
def test_a_numbered_list_shows_the_numbers_that_were_written(notebook):
    """Markdown counts on by itself, from the first number, and takes "4. and 5." for an item that begins with "and"."""
    odd = []
    for text in prose(notebook):
        counted = []
        for token in MarkdownIt().parse(text):
            if token.type == "ordered_list_open":
                counted.append(int(token.attrs.get("start", 1)))
            elif token.type == "ordered_list_close":
                counted.pop()
            elif token.type == "list_item_open" and token.info:
                line = text.splitlines()[token.map[0]].strip()
                if int(token.info) != counted[-1] or re.match(r"\d+\. (and|to) \d", line):
                    odd.append(line)
                counted[-1] += 1
    assert odd == []


@each_notebook
def test_nothing_that_unfolds_is_headed_by_raw_markdown(notebook):
    summaries = SUMMARY.findall("\n".join(prose(notebook)))
    assert summaries or notebook.name.startswith("00")
    assert [summary for summary in summaries if "`" in summary or "**" in summary] == []


def test_the_road_leads_through_every_lesson():
    road = (ROOT / "lessons" / "source" / "00_start_here.py").read_text(encoding="utf-8")
    lessons = [path.name for path in NOTEBOOKS if path.parent.name == "lessons" and not path.name.startswith("00")]
    assert [lesson for lesson in lessons if f"]({lesson})" not in road] == []
