"""What the pages hold, read as files: everything of the course, and nothing raw."""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
UNITS = [f"{kind}/{path.stem}" for kind in ("lessons", "exercises") for path in sorted((ROOT / kind).glob("*.ipynb"))]
LESSONS = [unit for unit in UNITS if unit.startswith("lessons/")]
FETCHED = [("script", "src"), ("img", "src"), ("link", "href")]
ELSEWHERE = re.compile(r"(?:https?:)?//")
RAW = re.compile(r"\$[^$\n]+\$|\\\(|\\frac|\\begin\{|application/vnd|could not be displayed|Traceback \(most recent")


def text_of(article):
    """What a reader reads, apart from formulas and code, which are allowed their own signs."""
    for part in article.select(".math, pre, code"):
        part.extract()
    return article.get_text()


def pictures_of(name):
    """The words that come with each stored picture of a notebook."""
    notebook = nbformat.read(ROOT / f"{name}.ipynb", 4)
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return [output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("name", UNITS)
def test_a_page_shows_every_cell_of_its_notebook(page_of, name):
    code = [cell.source for cell in nbformat.read(ROOT / f"{name}.ipynb", 4).cells if cell.cell_type == "code"]
    shown = [block.get_text().strip("\n") for block in page_of(name).select(".cell_input pre")]
    assert shown == [source.strip("\n") for source in code if source.strip()]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_every_stored_picture_with_its_words(page_of, name):
    assert [picture["alt"] for picture in page_of(name).select(".cell_output img")] == pictures_of(name)


@pytest.mark.parametrize("name", UNITS)
def test_nothing_raw_is_left_on_a_page(site, name):
    page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    assert RAW.findall(text_of(page.select_one("article"))) == []


@pytest.mark.parametrize("name", UNITS)
def test_no_page_shows_an_error(page_of, name):
    assert page_of(name).select(".traceback, .stderr, .system-message, .problematic") == []


@pytest.mark.parametrize("name", UNITS)
def test_a_page_says_how_to_open_it_in_jupyterlab(page_of, name):
    said = page_of(name).select_one("details#open").get_text()
    folder, file = f"{name}.ipynb".split("/")
    words = ("dlcourse start my-course", "dlcourse lab my-course", f"open {folder}, and there {file}")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("name", UNITS)
def test_no_page_offers_a_jupyterlite_that_is_not_there(page_of, name):
    assert page_of(name).select(".in-browser") == []


@pytest.fixture(scope="module")
def everywhere(site, page_of):
    """everywhere("img") is every such part of every page, each with the page's path."""
    paths = sorted(path.relative_to(site) for path in site.rglob("*.html") if "_static" not in path.parts)

    def parts(selector):
        found = [
            (str(path), part) for path in paths for part in page_of(path.with_suffix("").as_posix()).select(selector)
        ]
        assert found, f"no page has {selector}: this test would look at nothing"
        return found

    return parts


def test_every_picture_has_words(everywhere):
    assert [place for place, image in everywhere("img") if not image.get("alt", "").strip()] == []


def test_every_table_has_headers(everywhere):
    assert [place for place, table in everywhere("article table.table") if not table.select("thead th")] == []


@pytest.mark.parametrize(("tag", "attribute"), FETCHED)
def test_no_page_fetches_from_another_host(everywhere, tag, attribute):
    fetched = [(place, part[attribute]) for place, part in everywhere(f"{tag}[{attribute}]")]
    assert [(place, address) for place, address in fetched if ELSEWHERE.match(address)] == []


def test_no_style_fetches_from_another_host(site):
    fetches = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//")
    assert [path for path in site.rglob("*.css") if fetches.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", ["TEACHING", "README", "SECURITY", "CONTRIBUTING", "conventions"])
def test_the_guide_and_the_conventions_are_there(page_of, name):
    assert len(page_of(name).select_one("article").get_text()) > 2000


@pytest.mark.parametrize(
    "name", ["functional.sigmoid_backward", "layers.Linear", "optim.AdamW", "viz.BackpropExplorer"]
)
def test_the_library_is_documented_from_its_docstrings(page_of, name):
    module, item = name.split(".")
    assert len(page_of(f"library/{module}").select_one(f"[id$='.{item}']").find_parent("dl").get_text()) > 100
