"""Course material of two releases, small enough to see through."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def notebook():
    """notebook("a = 1", "b = 2") is the text of a notebook with these code cells, not run."""
    return text_of


def text_of(*sources, **extra):
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": source, "outputs": [], "execution_count": None, "metadata": {}}
        for n, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": extra, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def material(tmp_path) -> Path:
    """What an installed package carries, with everything that must not reach a learner lying around in it."""
    root = tmp_path / "material"
    files = {
        "lessons/01_a.ipynb": text_of("a = 1"),
        "lessons/source/01_a.py": "# %%\na = 1",
        "lessons/.ipynb_checkpoints/01_a-checkpoint.ipynb": text_of("old"),
        "exercises/01_a.ipynb": text_of("def f(): ..."),
        "exercises/01_a.before-reset.ipynb": text_of("an author's own answer"),
        "exercises/checks/01_a.py": "checks = 1",
        "exercises/checks/data/01_a.json": "{}",
        "exercises/checks/__pycache__/01_a.cpython-311.pyc": "cache",
        "solutions/01_a.ipynb": text_of("def f(): return 1"),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
