"""Nothing that students must not get stands on the site: no telling line of a solution, a hidden check or a known mistake."""

import ast
import json
from html import unescape
from pathlib import Path

import pytest

from dlcourse.authoring.leaks import Pieces, comparable, withheld
from dlcourse.authoring.release import role

ROOT = Path(__file__).resolve().parents[2]
NAMES = [path.stem for path in sorted((ROOT / "solutions").glob("*.ipynb"))]
READ = (".html", ".js", ".txt", ".json", ".md", ".ipynb", ".py", ".inv")
#: What everybody has been given, and what a line may therefore be repeated from.
GIVEN = ("lessons/*.ipynb", "exercises/*.ipynb", "exercises/checks/*", "dlcourse/**/*.py", "*.md")


def hidden(checks):
    """The telling pieces of hidden checks."""
    pieces = Pieces()
    for node in ast.parse(checks).body:
        if isinstance(node, ast.FunctionDef) and role(node) == "hidden":
            pieces.add(ast.Module(node.body, []))
    return pieces


def strings(data):
    """The text of a notebook's cells, or a file as it is."""
    return "\n".join("".join(cell["source"]) for cell in json.loads(data)["cells"])


@pytest.fixture(scope="module")
def published(site):
    """All that the site says, as one text without white space; of a page both its source and its words."""
    texts = []
    for path in sorted(path for path in site.rglob("*") if path.suffix in READ and "mathjax" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            from bs4 import BeautifulSoup

            text += "\n" + unescape(BeautifulSoup(text, "html.parser").get_text())
        texts.append(text)
    return comparable("\n".join(texts))


@pytest.fixture(scope="module")
def given():
    texts = [
        strings(path.read_text(encoding="utf-8")) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
        for pattern in GIVEN
        for path in sorted(ROOT.glob(pattern))
        if path.is_file() and path.suffix in (".ipynb", ".py", ".json", ".md")
    ]
    return comparable("\n".join(texts))


def kept_back(name):
    """What students must not read of an exercise: as a comparable text, and a line that shows it."""
    master = json.loads((ROOT / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8"))
    checks = (ROOT / "solutions" / "checks" / f"{name}.py").read_text(encoding="utf-8")
    pieces = [*(pieces for _, pieces in withheld(master, [checks])), hidden(checks)]
    return {text: shown for one in pieces for text, shown in one.texts.items()}


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_solution_a_mistake_or_a_hidden_check_is_published(published, given, name):
    telling = {text: shown for text, shown in kept_back(name).items() if text not in given}
    assert len(telling) > 50, "the search looks for too little to mean anything"
    assert [shown for text, shown in telling.items() if text in published] == []


def test_the_search_would_find_a_line(published):
    assert comparable("dz = dy * slope  # 5. the chain rule") not in published
    assert comparable("gate, _ = F.sigmoid(...)  # of what?") in published


def test_no_file_of_solutions_lies_in_the_site(site):
    assert [path for path in site.rglob("*") if "solution" in path.name] == []
