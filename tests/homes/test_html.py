"""Lessons as pages that nbconvert makes: on paper, in a mail, offline."""

import re
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("lessons/*.ipynb"))
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def still():
    """`jupyter nbconvert --to html --ClearMetadataPreprocessor.enabled=True`, on the way to which code is left out: it takes long."""
    config = Config()
    config.ClearMetadataPreprocessor.enabled = True
    return HTMLExporter(config=config, template_name="basic", exclude_input=True)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_still_page_has_every_picture_explorers_included(path, still):
    page, _ = still.from_filename(path)
    pictures = path.read_text(encoding="utf-8").count('"image/png": "iVBOR')
    assert pictures > 0
    assert (len(re.findall(r'<img [^>]*src="data:image/png', page)), VIEW in page) == (pictures, False)


def test_a_page_with_widgets_misses_none_of_them():
    page, _ = HTMLExporter().from_filename(ROOT / "lessons" / "05_activations.ipynb")
    shown = re.findall(r'"model_id": "(\w+)"', page)
    assert shown
    assert [model for model in shown if not re.search(rf'"{model}": {{', page)] == []
