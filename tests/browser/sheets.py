"""A whole page as one picture that a person can look through."""

import io
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).resolve().parents[2] / ".browser-output"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"
STRIP = 3600  # pixels of a page that stand below each other on a sheet
TALLEST = 16_000  # pixels that Chromium paints at once


def stretch(page, width):
    """Make the window as tall as the notebook in it, as far as Chromium paints."""
    height = page.locator(PANEL).evaluate("panel => panel.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height + 200, TALLEST)})


def pictures(page):
    """The page from top to bottom, in as few pictures as Chromium can paint it."""
    panel = page.locator(PANEL)
    panel.evaluate("panel => panel.scrollTo(0, 0)")
    yield panel.screenshot()
    while panel.evaluate("panel => [panel.scrollBy(0, panel.clientHeight), panel.scrollTop][1]") > 0:
        yield panel.screenshot()
        if panel.evaluate("panel => panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 1"):
            return


def write_sheet(found, name):
    """The tall pictures of a page, in strips beside each other, half as large."""
    wholes = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in found]
    strips = [
        whole.crop((0, top, whole.width, min(top + STRIP, whole.height)))
        for whole in wholes
        for top in range(0, whole.height, STRIP)
    ]
    sheet = Image.new("RGB", (wholes[0].width * len(strips), STRIP), "white")
    for i, strip in enumerate(strips):
        sheet.paste(strip, (i * wholes[0].width, 0))
    PICTURES.mkdir(exist_ok=True)
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(PICTURES / f"{name.replace(' ', '_')}_sheet.png")
