"""Keys pressed in an explorer belong to its controls.

JupyterLab reads keys everywhere on the page: in a closed menu the arrow keys would leave the cell, and `dd` would delete
it. It leaves alone an element marked `data-lm-suppress-shortcuts`; ipywidgets cannot set that mark. Nor can it give a
picture words for a screen reader: they point to the line of words that each explorer has.
"""

import anywidget


class OwnKeys(anywidget.AnyWidget):
    """Shows nothing; marks each control of the `dlcourse-explorer` that it stands in, when it gets the focus, and its picture.

    >>> "lmSuppressShortcuts" in OwnKeys()._esm
    True
    """

    _esm = """
    const words = "Picture of the explorer: the line below says what it shows.";
    function render({ el }) {
      const listen = () => {
        const explorer = el.closest(".dlcourse-explorer");
        if (!explorer) return requestAnimationFrame(listen);  // not on the page yet
        for (const picture of explorer.querySelectorAll("img")) picture.alt = words;
        explorer.addEventListener("focusin", event => { event.target.dataset.lmSuppressShortcuts = "true"; });
      };
      el.style.display = "none";
      listen();
    }
    export default { render };
    """
