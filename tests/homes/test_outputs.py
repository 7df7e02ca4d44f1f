"""What every home of a notebook can show: JupyterLab, Notebook 7, VS Code, a page that nbconvert made, a code-hosting site.

VS Code cannot be run here. What it needs is held instead: outputs of kinds that each of them has a renderer for, beside each
widget a picture and words (VS Code falls back to them where no kernel runs), widgets from modules that every home brings along,
and JavaScript that fetches nothing.
"""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import anywidget
import nbformat
import pytest

from dlcourse import viz

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("lessons/*.ipynb"))
EXERCISES = sorted(ROOT.glob("exercises/*.ipynb"))
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
#: Modules of widgets that a home has itself, or takes from where the kernel's packages are installed.
MODULES = {"@jupyter-widgets/base", "@jupyter-widgets/controls", "anywidget"}
FETCHES = re.compile(r"https?://|\bimport\b|\brequire\b|\bfetch\b|XMLHttpRequest|importScripts")

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path):
    return json.loads(path.read_bytes())


def bundles(path):
    """Everything that the cells show, each by its kinds."""
    outputs = [output for cell in read(path)["cells"] for output in cell.get("outputs", [])]
    return [output["data"] for output in outputs if "data" in output]


def stored(path):
    """The widgets that are stored with a notebook, if any are."""
    return read(path)["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})


@pytest.mark.parametrize("path", [*LESSONS, *EXERCISES], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_is_a_notebook_by_the_book_and_asks_for_the_usual_kernel(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.metadata.kernelspec.name) == (4, "python3")


@each_lesson
def test_outputs_are_of_kinds_that_every_home_shows(path):
    assert {kind for data in bundles(path) for kind in data} <= {"text/plain", "image/png", VIEW}


@each_lesson
def test_beside_each_widget_stand_a_picture_and_words(path):
    widgets = [data for data in bundles(path) if VIEW in data]
    assert widgets
    assert [set(data) for data in widgets if not {"text/plain", "image/png"} <= set(data)] == []


@each_lesson
def test_widgets_come_from_modules_that_every_home_brings_along(path):
    assert {model["model_module"] for model in stored(path).values()} <= MODULES


@each_lesson
def test_no_widget_is_shown_that_is_not_stored(path):
    models = stored(path)
    assert [data for data in bundles(path) if models and VIEW in data and data[VIEW]["model_id"] not in models] == []


def scripts():
    for module in pkgutil.iter_modules(viz.__path__, f"{viz.__name__}."):
        importlib.import_module(module.name)
    return {
        kind.__name__: str(kind._esm)
        for kind in anywidget.AnyWidget.__subclasses__()
        if kind.__module__.startswith("dlcourse.")
    }


def test_our_widgets_are_all_looked_at():
    assert {"OwnKeys", "Pad"} <= set(scripts())


def test_no_widget_of_ours_fetches_anything():
    assert [name for name, script in scripts().items() if FETCHES.search(script)] == []
