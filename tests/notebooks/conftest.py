"""A small course under a temporary folder, and one lesson in it that uses everything a lesson may use."""

import json
from pathlib import Path

import pytest

from dlcourse.authoring import notebooks

LESSON = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # A lesson

# %%
import base64
import io
import sys
from pathlib import Path

import ipywidgets
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tqdm import tqdm

# %% tags=["demo"]
print("one")
print("aside", file=sys.stderr)
print("two")

# %% nbgrader={"grade_id": "q1", "solution": true, "grade": false, "locked": false, "schema_version": 3}
for step in tqdm(range(3)):
    pass

# %% id="a-picture"
plt.plot([0, 1], [0, 1])
plt.show()

# %%
figure = Figure(figsize=(3, 2))
figure.add_subplot().plot([0, 1])
picture = io.BytesIO()
FigureCanvasAgg(figure).print_png(picture)
slider = ipywidgets.IntSlider(description="depth")
image = ipywidgets.Image(value=picture.getvalue(), width=300)
link = ipywidgets.jslink((slider, "value"), (ipywidgets.IntText(), "value"))


class Explorer:
    def __repr__(self):
        return "Explorer(depth=0)"

    def _repr_mimebundle_(self, **kwargs):
        bundle = ipywidgets.VBox([slider, image])._repr_mimebundle_(**kwargs)
        return bundle | {"text/plain": repr(self), "image/png": base64.b64encode(image.value).decode()}


Explorer()

# %%
1 / 8

# %%
1 / 8

# %%
print(Path.cwd().name)
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> tuple[dict, str, str]:
    """The lesson built twice by two processes' worth of fresh kernels: the notebook, and both texts."""
    texts = []
    for _ in range(2):
        root = tmp_path_factory.mktemp("course")
        source = root / "lessons" / "source" / "01_lesson.py"
        source.parent.mkdir(parents=True)
        source.write_text(LESSON)
        target = root / "lessons" / "01_lesson.ipynb"
        notebooks.build(source, target)
        texts.append(target.read_text())
    return json.loads(texts[0]), texts[0], texts[1]


@pytest.fixture
def course(tmp_path):
    """Write sources into a course folder of the test's own: course(**{"01_a": "# %%\\n1 + 1"}) -> its root."""

    def make(folder: str = "lessons", **sources: str) -> Path:
        place = tmp_path / folder / "source"
        place.mkdir(parents=True, exist_ok=True)
        for name, text in sources.items():
            (place / f"{name}.py").write_text(text)
        return tmp_path

    return make
