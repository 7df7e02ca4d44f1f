"""JupyterLab on a learner's fresh course folder, driven in Chromium; nothing outside temporary folders is read or written."""

import os
import secrets
import shutil
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from pages import LESSONS, Lab, Lesson
from playwright.sync_api import sync_playwright

from dlcourse.course import start
from dlcourse.lab import lab_command, serving

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
PERSONAL = ("JUPYTER", "IPYTHON", "XDG_", "MPL")
BARE = """\
import ipywidgets as widgets
from dlcourse.viz import ActivationExplorer
explorer = ActivationExplorer()
ready = [explorer.picture.value, ActivationExplorer(z=1).picture.value]
slider, picture = widgets.IntSlider(description="bare"), widgets.Image(value=ready[0], format="jpeg")
slider.observe(lambda change: setattr(picture, "value", ready[change["new"] % 2]), names="value")
widgets.VBox([widgets.HTML("<div role='status'>bare</div>"), slider, picture])
"""
MEASURED = pytest.StashKey[list[str]]()


def pytest_configure(config):
    config.stash[MEASURED] = []


def pytest_terminal_summary(terminalreporter, config):
    if lines := config.stash[MEASURED]:
        terminalreporter.section("measured in the browser")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def measured(request):
    """measured("line") prints a line below the results, also when all tests pass."""
    return request.config.stash[MEASURED].append


@contextmanager
def served(folder, application="jupyterlab"):
    """A course in `folder`, and a server that shows it to a learner whose home is empty."""
    start(folder / "course", ROOT)
    (folder / "home").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(PERSONAL)}
    environment |= {"HOME": str(folder / "home"), "JUPYTER_TOKEN": token, "OPENBLAS_NUM_THREADS": "1"}
    command = [*lab_command(folder / "course", browser=False, port=port), "--LabApp.expose_app_in_browser=True"]
    command = [application if word == "jupyterlab" else word for word in command]
    with serving(command, environment) as server:
        address = f"http://127.0.0.1:{port}"
        until_it_answers(f"{address}/api?token={token}", server)
        yield Lab(address, token, folder / "course")


@pytest.fixture(scope="session")
def serve():
    """serve(folder, "notebook") is a server of another application, for the length of a block."""
    return served


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    with served(tmp_path_factory.mktemp("learner")) as server:
        yield server


def until_it_answers(address, server):
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(address, timeout=10).close()
        except urllib.error.URLError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def chromium():
    paths = [path for name in BROWSERS if (path := shutil.which(name))]
    if not paths:
        pytest.fail(f"no browser found: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=paths[0], args=[*QUIET, *OFFLINE])
        yield browser
        browser.close()


def pytest_generate_tests(metafunc):
    """A module that is about no one lesson is about all of them. A lesson is opened once, for all tests about it."""
    if "opened" in metafunc.fixturenames and not hasattr(metafunc.module, "opened"):
        own = getattr(metafunc.module, "LESSON", None)
        metafunc.parametrize("opened", [own] if own else LESSONS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def opened(request, chromium, lab):
    """The lesson as it opens, with nothing run."""
    name = request.param
    lab.end_kernels()
    lesson = ROOT / "lessons" / f"{name.partition(' ')[0]}.ipynb"  # as it is given out, whatever was saved since
    shutil.copyfile(lesson, lab.course / "lessons" / f"{name.replace(' ', '_')}.ipynb")
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    yield Lesson(page, lab, name, *LESSONS[name])
    page.close()


@pytest.fixture(scope="module")
def alone(chromium, lab):
    """alone(name, code, explorer, moves) is a notebook of one cell, run."""
    pages = []

    def show(name, code, explorer, moves):
        file = lab.course / "lessons" / f"{name}.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=kernel), file)
        pages.append(chromium.new_page(viewport={"width": 1400, "height": 1000}, has_touch=True))
        lesson = Lesson(pages[-1], lab, name, explorer, moves)
        lesson.run_all()
        return lesson

    yield show
    for page in pages:
        page.close()


@pytest.fixture
def bare(alone):
    """The least that an explorer can do: a slider whose callback hands over a picture that is ready."""
    bare = alone("bare", BARE, "IntSlider", "bare")
    yield bare
    bare.page.close()


@pytest.fixture(scope="session")
def lesson(opened):
    """The lesson after Run All Cells."""
    opened.run_all()
    opened.take_picture(f"{opened.name}_run")
    return opened
