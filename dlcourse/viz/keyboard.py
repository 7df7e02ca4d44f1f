"""What only the page itself can do for an explorer: keep its keys to it, and tell a screen reader where its words are.

JupyterLab reads keys everywhere on the page: in a closed menu the arrow keys would leave the cell, and `dd` would delete
it. It leaves alone an element marked `data-lm-suppress-shortcuts`; ipywidgets cannot set that mark, nor a picture's `alt`.
"""

import anywidget


class OwnKeys(anywidget.AnyWidget):
    """Shows nothing; marks each control of the `dlcourse-explorer` that it stands in, when it gets the focus, and its picture.

    >>> "lmSuppressShortcuts" in OwnKeys()._esm
    True
    """

    _esm = """
    function render({ el }) {
      const listen = () => {
        const explorer = el.closest(".dlcourse-explorer");
        if (!explorer) return requestAnimationFrame(listen);  // not on the page yet
        explorer.addEventListener("focusin", event => { event.target.dataset.lmSuppressShortcuts = "true"; });
        for (const picture of explorer.querySelectorAll("img")) picture.alt = "The picture, described in words below it";
      };
      el.style.display = "none";
      listen();
    }
    export default { render };
    """
