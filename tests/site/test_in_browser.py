"""The site as it is read: from a folder, in Chromium, with no network at all."""

from pathlib import Path
from typing import NamedTuple

import pytest

from dlcourse.authoring.site.npm import AXE, unpacked

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [
    f"{kind}/{path.stem}" for kind in ("lessons", "exercises") for path in sorted((ROOT / kind).glob("*.ipynb"))
]
OTHERS = [
    "index",
    "lessons/index",
    "conventions",
    "library/index",
    "library/functional",
    "library/optim",
    "library/viz",
]
OTHERS += ["instructor", "TEACHING", "README", "SECURITY", "search", "genindex"]
#: Read in the dark as well: one of each kind.
IN_THE_DARK = ["index", "lessons/05_activations", "exercises/05_activations", "library/optim", "SECURITY", "search"]
LOOKS = [(name, "light") for name in [*NOTEBOOKS, *OTHERS]] + [(name, "dark") for name in IN_THE_DARK]
#: As wide as a telephone: nothing may make the whole page scroll sideways.
NARROW = {"width": 390, "height": 800}
WIDE = {"width": 1280, "height": 900}

SET = "() => [...document.querySelectorAll('.math')].every(formula => formula.querySelector('mjx-container svg'))"
FAILED_FORMULAS = "document.querySelectorAll('[data-mml-node=merror], mjx-merror').length"
UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true; })"
AUDIT = "() => axe.run(document, {preload: false, resultTypes: ['violations']})"


class Seen(NamedTuple):
    """What one look at a page found."""

    asked: list[str]  # addresses outside of the site's folder
    complaints: list[str]  # requests that failed, errors in the page and its console
    failed_formulas: int
    barriers: list[str]  # what axe-core calls serious or critical
    too_wide: int  # pixels that the page is wider than a telephone


@pytest.fixture(scope="session")
def axe():
    return (unpacked(AXE, ROOT / ".cache" / "npm") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def open_page(site, chromium):
    """open_page("lessons/05_activations") is that page in a browser without a network, and a list of what goes wrong in it."""
    contexts = {
        look: chromium.new_context(viewport=WIDE, color_scheme=look, offline=True) for look in ("light", "dark")
    }

    def open_it(name, look="light", query=""):
        page, asked, complaints = contexts[look].new_page(), [], []
        page.on("request", lambda r: None if r.url.startswith((site.as_uri(), "data:")) else asked.append(r.url))
        page.on("requestfailed", lambda r: complaints.append(f"failed: {r.url}"))
        page.on("pageerror", lambda error: complaints.append(f"page: {error}"))
        page.on("console", lambda said: complaints.append(f"console: {said.text}") if said.type == "error" else None)
        page.goto(f"{site.as_uri()}/{name}.html{query}")
        page.wait_for_function(SET)
        return page, asked, complaints

    yield open_it
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def seen(open_page, axe):
    """seen(name, look) is what is found on a page: looked at once, whatever number of tests ask."""
    looks = {}

    def look_at(name, look):
        if (name, look) not in looks:
            page, asked, complaints = open_page(name, look)
            page.evaluate(axe)
            page.evaluate(UNFOLD)
            found = page.evaluate(AUDIT)["violations"]
            page.set_viewport_size(NARROW)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            barriers = [
                f"{one['id']}: {node['html'][:200]}"
                for one in found
                if one["impact"] in ("serious", "critical")
                for node in one["nodes"]
            ]
            looks[name, look] = Seen(asked, complaints, page.evaluate(FAILED_FORMULAS), barriers, wide)
            page.close()
        return looks[name, look]

    return look_at


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_a_page_asks_no_other_host(seen, name, look):
    assert seen(name, look).asked == []


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_nothing_fails_on_a_page(seen, name, look):
    assert seen(name, look).complaints == []


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_every_formula_is_set(seen, name, look):
    assert seen(name, look).failed_formulas == 0


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_axe_finds_no_serious_barrier(seen, name, look):
    assert seen(name, look).barriers == []


@pytest.mark.parametrize("name", [*NOTEBOOKS, *OTHERS])
def test_a_page_fits_a_telephone(seen, name):
    assert seen(name, "light").too_wide <= 0


@pytest.mark.parametrize(
    ("word", "page_found"), [("dropout", "12_dropout_sparsity"), ("sigmoid", "02_logistic_regression")]
)
def test_the_search_finds_a_word(open_page, word, page_found):
    page, asked, complaints = open_page("search", query=f"?q={word}")
    page.locator(f"#search-results a[href*='{page_found}']").first.wait_for()
    assert (asked, complaints) == ([], [])
    page.close()


def test_a_formula_is_mathml_for_a_screen_reader(open_page):
    page, _, _ = open_page("lessons/05_activations")
    formulas, spoken = (
        page.locator("mjx-container").count(),
        page.locator("mjx-container mjx-assistive-mml math").count(),
    )
    assert formulas == spoken > 10
    page.close()


def test_what_scrolls_can_be_reached_by_the_keyboard(open_page):
    page, _, _ = open_page("lessons/05_activations")
    page.set_viewport_size(NARROW)
    page.reload()
    page.wait_for_function(SET)
    out_of_reach = page.evaluate(
        """() => [...document.querySelectorAll("article pre")]
            .filter(box => box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0).map(box => box.textContent)"""
    )
    assert out_of_reach == []
    page.close()
