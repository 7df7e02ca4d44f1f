"""How Sphinx makes the site. The folder is a whole project once `project.py` has put the course's pages beside this file."""

from typing import Any

from dlcourse.authoring.site.docstrings import restructured

project = "dlcourse"
author = "The dlcourse authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]

nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}  # what makes widgets live comes from another host, on every page
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
default_role = "code"
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "dlcourse"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_sidebars: dict[str, list[str]] = {"index": [], "conventions": []}
html_theme_options = {
    "logo": {"text": "dlcourse"},
    "navbar_align": "left",
    "search_bar_text": "Search the course",
    "show_toc_level": 2,
    "navbar_persistent": ["search-button"],  # the other one has a text that differs from its name for screen readers
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}

# All that MathJax needs lies beside it, so no other host is asked. Speech of its own would need a worker, which a page from a
# folder may not start; screen readers get each formula as MathML.
mathjax_path = "mathjax/tex-svg.js"
mathjax4_config = {
    "loader": {"paths": {"mathjax-newcm": "[mathjax]/letters"}},
    "output": {"displayOverflow": "linebreak"},
    "options": {
        "enableMenu": False,
        "menuOptions": {"settings": {"enrich": False, "speech": False, "braille": False, "assistiveMml": True}},
    },
}


def convert_docstring(app: Any, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Read a docstring as the plain text that it is."""
    lines[:] = restructured(lines)


def name_rows(app: Any, doctree: Any) -> None:
    """Where a table's corner is empty, the first column names the rows: a screen reader then says which row it reads."""
    from docutils import nodes

    for table in doctree.findall(nodes.table):
        first = [row[0].astext() for row in table.findall(nodes.row)]
        if not first[0] and all(first[1:]):
            next(table.findall(nodes.colspec))["stub"] = 1


def setup(app: Any) -> None:
    """Hang in what is ours."""
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("doctree-read", name_rows)
