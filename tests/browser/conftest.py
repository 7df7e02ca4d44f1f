"""JupyterLab on a learner's fresh course folder, driven in Chromium; nothing outside temporary folders is read or written."""

import base64
import json
import os
import re
import secrets
import shutil
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from playwright.sync_api import Page, sync_playwright

from dlcourse.course import start
from dlcourse.lab import lab_command, serving

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".browser-output"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
PERSONAL = ("JUPYTER", "IPYTHON", "XDG_", "MPL")
RAN_OR_FAILED = """() => {
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(prompt => prompt.textContent);
    const failed = document.querySelector("[data-mime-type='application/vnd.jupyter.error']");
    return failed || prompts.every(text => /^\\[\\d+\\]:$/.test(text));
}"""
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


class Lab(NamedTuple):
    """A running JupyterLab: its address and token, the course it shows; where it shows a notebook, and that its kernel is there."""

    address: str
    token: str
    course: Path
    view: str = "lab/workspaces/{workspace}/tree"
    idle: str = "#jp-main-statusbar:has-text('Idle')"

    def page(self, path: str) -> str:
        """The address of a notebook, in a workspace of its own: in a shared one, those opened before come back."""
        view = self.view.format(workspace=secrets.token_hex(4))
        return f"{self.address}/{view}/{path}?token={self.token}"

    def end_kernels(self) -> None:
        """End what earlier pages left running: a learner has one lesson open."""
        with urllib.request.urlopen(f"{self.address}/api/kernels?token={self.token}", timeout=30) as answer:
            kernels = json.load(answer)
        for kernel in kernels:
            address = f"{self.address}/api/kernels/{kernel['id']}?token={self.token}"
            urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=30).close()


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
    command = lab_command(folder / "course", browser=False, port=port)
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


class Lesson:
    """A lesson's page as a learner with a keyboard meets it, and everything the page complains about."""

    def __init__(self, page: Page, lab: Lab, name: str, explorer: str, moves: str):
        notebook = f"lessons/{name.replace(' ', '_')}.ipynb"
        self.page, self.file, self.idle = page, lab.course / notebook, lab.idle
        self.name, self.moves = name, moves
        self.complaints: list[str] = []
        self.asked_elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))
        page.on("console", self.hear)
        ours = (lab.address, lab.address.replace("http", "ws"), "blob:", "data:")
        page.on("request", lambda r: None if r.url.startswith(ours) else self.asked_elsewhere.append(r.url))
        page.goto(lab.page(notebook))
        self.explorer = page.locator(".jp-CodeCell", has_text=f"{explorer}(").first
        self.explorer.scroll_into_view_if_needed(timeout=60_000)
        self.picture = self.explorer.locator(".jp-OutputArea img").first
        self.status = self.explorer.get_by_role("status")

    def hear(self, message):
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def run_all(self):
        """Clear all outputs, so that nothing old is taken for new, and run all cells until each has its number."""
        self.page.locator(self.idle).wait_for(timeout=60_000)
        self.choose("Edit", "Clear Outputs of All Cells")
        self.choose("Run", "Run All Cells")
        self.page.wait_for_function(RAN_OR_FAILED, timeout=120_000)
        self.explorer.scroll_into_view_if_needed()
        self.status.wait_for()

    def choose(self, menu, item):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def row(self, label):
        """The slider with its label and its readout."""
        return self.explorer.locator(".widget-slider").filter(has_text=re.compile(f"^{re.escape(label)}"))

    def slider(self, label):
        return self.row(label).get_by_role("slider")

    def number(self, label):
        return float(self.row(label).locator(".widget-readout").inner_text())

    def select(self, label, option):
        """Choose from a menu as the keyboard does: open it, type, confirm. JupyterLab takes arrow keys from a closed one."""
        self.explorer.get_by_label(label, exact=True).focus()
        self.press("Space")
        self.page.keyboard.type(option)
        self.press("Enter")

    def picture_bytes(self):
        """The picture on the page, as the file that it came as."""
        read = "async picture => btoa(String.fromCharCode(...new Uint8Array(await (await fetch(picture.src)).arrayBuffer())))"
        return base64.b64decode(self.picture.evaluate(read))

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def take_picture(self, name):
        PICTURES.mkdir(exist_ok=True)
        self.picture.scroll_into_view_if_needed()
        self.page.screenshot(path=PICTURES / f"{name}.png")


#: Each lesson with its explorer, and the slider that a learner moves first. A second word tells two explorers of one lesson apart.
LESSONS = {
    "00_start_here": ("ActivationExplorer", "pre-activation z"),
    "01_perceptron": ("PerceptronExplorer", "bias b"),
    "02_logistic_regression": ("ThresholdExplorer", "threshold t"),
    "03_gradient_descent": ("DescentExplorer", "learning rate"),
    "04_backpropagation": ("BackpropExplorer", "path by hidden"),
    "05_activations": ("ActivationExplorer", "pre-activation z"),
    "06_unstable_gradients": ("GradientFlowExplorer", "weight scale"),
    "07_initialization": ("InitializationExplorer", "gain"),
    "08_minibatch_momentum": ("MomentumExplorer", "momentum"),
    "09_adaptive_optimizers": ("RaceExplorer", "turn (degrees)"),
    "10_batch_normalization": ("BatchNormExplorer", "point e"),
    "11_overfitting": ("FitExplorer", "degree"),
    "12_dropout_sparsity": ("DropoutExplorer", "p hidden"),
    "13_hyperparameters": ("SearchExplorer", "trials so far"),
    "14_capstone": ("DigitPadExplorer", "shift right (cells)"),
    "14_capstone playground": ("PlaygroundExplorer", "step"),
}


def pytest_generate_tests(metafunc):
    """A module that is about no one lesson is about all of them, one after the other."""
    if "opened" in metafunc.fixturenames:
        own = getattr(metafunc.module, "LESSON", None)
        metafunc.parametrize("opened", [own] if own else LESSONS, indirect=True, scope="module")


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def lesson(opened):
    """The lesson after Run All Cells."""
    opened.run_all()
    opened.take_picture(f"{opened.name}_run")
    return opened
