"""Every lesson, run, on a wide page and a narrow one, in the dark and at 200 %: nothing cut, tiny, raw or out of place."""

import io

import pytest
from conftest import PICTURES
from PIL import Image

pytestmark = pytest.mark.browser

#: Width and height of the window in CSS pixels, and the theme. A window at 200 % has half as many of them.
LOOKS = {
    "wide": (1400, 1000, "JupyterLab Light"),
    "narrow": (800, 1000, "JupyterLab Light"),
    "dark": (1400, 1000, "JupyterLab Dark"),
    "at 200 percent": (700, 500, "JupyterLab Light"),
}
#: CSS pixels below which text is hard to read.
TINY = 11
STRIP = 3600  # pixels of a page that stand below each other on a sheet
TALLEST = 16_000  # pixels that Chromium paints at once

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"
FAULTS = """tiny => {
    const faults = [], seen = element => element.getClientRects().length > 0;
    const say = (what, element) => faults.push(`${what}: ${(element.innerText || element.outerHTML).trim().slice(0, 80)}`);
    const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer");
    if (panel.scrollWidth > panel.clientWidth + 1) faults.push(`the page is ${panel.scrollWidth - panel.clientWidth} pixels too wide`);
    const edge = panel.getBoundingClientRect().left + panel.clientWidth + 1;
    const scrolls = element => {
        for (let e = element; e !== panel; e = e.parentElement) if (["auto", "scroll"].includes(getComputedStyle(e).overflowX)) return true;
        return false;
    };
    for (const element of panel.querySelectorAll("img, table, .dlcourse-explorer, .widget-slider, .widget-dropdown, button"))
        if (seen(element) && element.getBoundingClientRect().right > edge && !scrolls(element)) say("out of the page", element);
    for (const label of panel.querySelectorAll(".dlcourse-explorer .widget-label, .dlcourse-explorer button"))
        if (seen(label) && label.scrollWidth > label.clientWidth + 1) say("a label is cut", label);
    for (const error of panel.querySelectorAll("mjx-merror, .jp-RenderedMarkdown .MathJax_Error")) say("a formula failed", error);
    const walk = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode.nodeValue.trim(), element = walk.currentNode.parentElement;
        if (!text || !seen(element) || element.closest("mjx-container, .jp-InputPrompt, .jp-OutputPrompt, .jp-Toolbar, .cm-editor, code, pre, style, script")) continue;
        if (parseFloat(getComputedStyle(element).fontSize) < tiny) say("tiny text", element);
        if (element.closest(".jp-RenderedMarkdown") && /\\$[^$]+\\$|\\\\(frac|sum|begin|sigma|partial|cdot)/.test(text)) say("raw LaTeX", element);
    }
    for (const picture of panel.querySelectorAll(".dlcourse-explorer img"))
        if (!picture.alt) say("a picture without words", picture);
    return faults;
}"""


@pytest.fixture(params=LOOKS)
def look(request, lesson):
    """The lesson's page so, and afterwards as it was."""
    page, (width, height, theme) = lesson.page, LOOKS[request.param]
    page.set_viewport_size({"width": width, "height": height})
    dress(page, theme)
    yield request.param
    page.set_viewport_size({"width": 1400, "height": 1000})
    dress(page, "JupyterLab Light")


def dress(page, theme):
    """Change JupyterLab's theme, and wait until the page wears it."""
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)


def test_nothing_is_cut_or_tiny_or_raw_or_out_of_place(lesson, look):
    page, (width, height, _) = lesson.page, LOOKS[look]
    height_of_all = page.locator(PANEL).evaluate("panel => panel.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height_of_all + 200, TALLEST)})
    lesson.picture.scroll_into_view_if_needed()
    page.locator(PANEL).evaluate("panel => panel.scrollTo(0, 0)")
    write_sheet(page.locator(PANEL).screenshot(), f"{lesson.name} {look}")
    faults = page.evaluate(FAULTS, TINY)
    page.set_viewport_size({"width": width, "height": height})
    assert faults == []


def write_sheet(picture, name):
    """The tall picture of a page, in strips beside each other, half as large."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    strips = [
        whole.crop((0, top, whole.width, min(top + STRIP, whole.height))) for top in range(0, whole.height, STRIP)
    ]
    sheet = Image.new("RGB", (whole.width * len(strips), min(STRIP, whole.height)), "white")
    for i, strip in enumerate(strips):
        sheet.paste(strip, (i * whole.width, 0))
    PICTURES.mkdir(exist_ok=True)
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(PICTURES / f"{name.replace(' ', '_')}_sheet.png")
