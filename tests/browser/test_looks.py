"""Every lesson, run, on a wide page and a narrow one, in the dark and at 200 %: nothing cut, tiny, raw or out of place."""

import pytest
from sheets import pictures, stretch, write_sheet

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
    for (const element of panel.querySelectorAll("img, table, mjx-container, .dlcourse-explorer, .widget-slider, .widget-dropdown, button"))
        if (seen(element) && element.getBoundingClientRect().right > edge && !scrolls(element)) say("out of the page", element);
    for (const label of panel.querySelectorAll(".dlcourse-explorer :is(.widget-label, .widget-label-basic, .widget-readout, button)"))
        if (seen(label) && label.scrollWidth > label.clientWidth + 1) say("a label is cut", label);
    for (const error of panel.querySelectorAll("mjx-merror, .jp-RenderedMarkdown .MathJax_Error")) say("a formula failed", error);
    const walk = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode.nodeValue.trim(), element = walk.currentNode.parentElement;
        if (!text || !seen(element) || element.closest("mjx-container, .jp-InputPrompt, .jp-OutputPrompt, .jp-Toolbar, .cm-editor, code, pre, style, script")) continue;
        if (parseFloat(getComputedStyle(element).fontSize) < tiny) say("tiny text", element);
        if (element.closest(".jp-RenderedMarkdown") && /\\$[^$]+\\$|\\\\(frac|sum|begin|sigma|partial|cdot)/.test(text)) say("raw LaTeX", element);
        if (element.closest(".jp-RenderedMarkdown") && /`[^`]+`|\\*\\*\\w/.test(text)) say("raw Markdown", element);
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
    stretch(page, width)
    faults = page.evaluate(FAULTS, TINY)
    write_sheet(pictures(page), f"{lesson.name} {look}")
    page.set_viewport_size({"width": width, "height": height})
    assert faults == []
