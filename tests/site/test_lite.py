"""JupyterLite beside the site: the learner's files and our wheel, never a solution, and JupyterLab that opens in Chromium.

Running a cell is not tried here: Pyodide, and NumPy compiled for it, come from Pyodide's host.
"""

import functools
import json
import os
import subprocess
import sys
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JUPYTER = Path(os.environ.get("DLCOURSE_LITE", ROOT / ".venv-lite"), "bin", "jupyter")
PYODIDE = "https://cdn.jsdelivr.net/pyodide/"


@pytest.fixture(scope="session")
def lite(tmp_path_factory):
    """JupyterLite, and a site that was built beside it."""
    if not JUPYTER.is_file():
        pytest.fail(f"{JUPYTER} is not there: `make test-site` makes the environment that builds JupyterLite")
    out = tmp_path_factory.mktemp("served") / "site"
    for command in (
        ["dlcourse.authoring.site.lite", "--jupyter", str(JUPYTER), "--out", str(out / "lite")],
        ["dlcourse.authoring.site", "--out", str(out)],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    return out / "lite"


@pytest.fixture(scope="module")
def served(lite):
    """The address at which site and JupyterLite are served."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=lite.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def opened(chromium, served):
    """opened(path) is that page of the server, what it asks of other hosts, and what it complains about beyond their silence."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    asked, complaints = [], []

    def allow(route):
        if route.request.url.startswith(served):
            return route.continue_()
        asked.append(route.request.url)
        route.abort()

    def open_it(path):
        page = context.new_page()
        page.route("**/*", allow)
        page.on("pageerror", lambda error: PYODIDE in str(error) or complaints.append(str(error)))
        page.goto(f"{served}/{path}")
        return page, asked, complaints

    yield open_it
    context.close()


def in_checkout(pattern):
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.is_file()}
    return {name for name in files if "__pycache__" not in name and ".ipynb_checkpoints" not in name}


@pytest.mark.parametrize("pattern", ["lessons/*.ipynb", "exercises/*.ipynb", "exercises/checks/*"])
def test_the_learners_files_are_there(lite, pattern):
    wanted = in_checkout(pattern)
    assert wanted
    assert [name for name in wanted if not (lite / "files" / name).is_file()] == []


def test_no_file_of_solutions_is_there(lite):
    assert [str(path) for path in lite.rglob("*") if "solution" in path.name.lower()] == []


def test_each_notebook_is_the_learners_with_one_cell_before_it(lite):
    for name in in_checkout("exercises/*.ipynb") | in_checkout("lessons/*.ipynb"):
        ours = json.loads((ROOT / name).read_text(encoding="utf-8"))["cells"]
        there = json.loads((lite / "files" / name).read_text(encoding="utf-8"))["cells"]
        assert "%pip install -q dlcourse" in "".join(there[0]["source"])
        assert ["".join(cell["source"]) for cell in there[1:]] == ["".join(cell["source"]) for cell in ours]


def test_our_wheel_is_there_pure_and_without_solutions(lite):
    (wheel,) = (lite / "pypi").glob("*.whl")
    assert wheel.name.startswith("dlcourse-")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert [name for name in zipfile.ZipFile(wheel).namelist() if "solutions" in name] == []
    assert "dlcourse" in json.loads((lite / "pypi" / "all.json").read_text(encoding="utf-8"))


def test_a_page_links_to_its_notebook_and_the_link_opens_it(opened):
    page, asked, complaints = opened("exercises/05_activations.html")
    page.locator("details#open > summary").click()
    page.locator("a.in-browser").click()
    page.locator(".jp-Notebook h1", has_text="Exercise 05: Activation functions").wait_for()
    listed = page.locator(".jp-DirListing-itemText")
    listed.filter(has_text="05_activations.ipynb").wait_for()
    assert "solution" not in " ".join(listed.all_inner_texts()).lower()
    assert complaints == []
    assert [address for address in asked if not address.startswith(PYODIDE)] == []


def test_the_file_browser_shows_the_course_and_no_solutions(opened):
    page, _, _ = opened("lite/lab/index.html")
    listed = page.locator(".jp-DirListing-itemText")
    listed.filter(has_text="lessons").wait_for()
    assert set(listed.all_inner_texts()) == {"START_HERE.md", "exercises", "lessons"}
