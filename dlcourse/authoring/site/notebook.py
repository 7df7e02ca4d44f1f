"""A notebook as a page: its stored outputs, pictures with words for who cannot see them, and how to open it.

An explorer is a widget and a still picture of it. A page has no kernel to answer the widget, so the picture stays.
"""

from collections.abc import Iterable
from typing import Any

Notebook = dict[str, Any]  # a notebook's JSON
Cell = dict[str, Any]

WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURE = "image/png"
#: Stands below each explorer: the text around it asks to move what stands still here.
STILL = """\
<div class="still">

Here the explorer stands still. To move it, <a href="#open">open the lesson in JupyterLab</a>.

</div>"""


def page(notebook: Notebook, opening: str) -> Notebook:
    """The notebook to show, with how to open it below its title."""
    title, *others = notebook["cells"]
    cells = [title, markdown("open", opening), *(part for cell in others for part in parts(cell))]
    language = {"name": "python", "pygments_lexer": "python3"}
    return notebook | {"cells": cells, "metadata": {"language_info": language}}


def section(notebook: Notebook, title: str, first: str, last: str) -> Notebook:
    """A page of its own for the cells from the one that begins with `first` to the one that begins with `last`."""
    begins = ["".join(cell["source"]) for cell in notebook["cells"]]
    start, end = (next(k for k, text in enumerate(begins) if text.startswith(mark)) for mark in (first, last))
    return notebook | {"cells": [markdown("title", title), *notebook["cells"][start : end + 1]]}


def parts(cell: Cell) -> Iterable[Cell]:
    """A cell as the page shows it, and what follows it."""
    outputs = cell.get("outputs", [])
    if not outputs:
        return [cell]
    shown = cell | {"outputs": [still(output) for output in outputs]}
    for output in outputs:
        if told := output.get("metadata", {}).get(PICTURE):
            image = {"alt": told["alt"], "width": f"{told['width']}px"}
            shown["metadata"] = cell["metadata"] | {"mystnb": {"image": image}}
    return [shown, markdown(f"{cell['id']}-still", STILL)] if shown["outputs"] != outputs else [shown]


def still(output: dict[str, Any]) -> dict[str, Any]:
    """An output without its widget."""
    if WIDGET not in output.get("data", {}):
        return output
    return output | {"data": {kind: data for kind, data in output["data"].items() if kind != WIDGET}}


def markdown(name: str, text: str) -> Cell:
    """A cell of text."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}
