"""Notebooks as a learner with a keyboard meets them in a browser."""

import base64
import json
import re
import secrets
import urllib.request
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page
from sheets import PICTURES

RAN_OR_FAILED = """() => {
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(prompt => prompt.textContent);
    const failed = document.querySelector("[data-mime-type='application/vnd.jupyter.error']");
    return failed || prompts.every(text => /^\\[\\d+\\]:$/.test(text));
}"""


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


class Notebook:
    """A notebook's page as a learner with a keyboard meets it, and everything the page complains about."""

    def __init__(self, page: Page, lab: Lab, notebook: str):
        self.page, self.file = page, lab.course / notebook
        self.complaints: list[str] = []
        self.asked_elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))
        page.on("console", self.hear)
        ours = (lab.address, lab.address.replace("http", "ws"), "blob:", "data:")
        page.on("request", lambda r: None if r.url.startswith(ours) else self.asked_elsewhere.append(r.url))
        page.goto(lab.page(notebook))
        page.locator(lab.idle).wait_for(timeout=60_000)

    def hear(self, message):
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def run_all(self):
        """Clear all outputs, so that nothing old is taken for new, and run all cells until each has its number."""
        self.choose("Edit", "Clear Outputs of All Cells")
        self.choose("Run", "Run All Cells")
        self.page.wait_for_function(RAN_OR_FAILED, timeout=120_000)

    def choose(self, menu, item):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def command(self, name, **arguments):
        """Let JupyterLab carry out one of its commands."""
        self.page.evaluate("([name, how]) => window.jupyterapp.commands.execute(name, how)", [name, arguments])

    def save(self):
        """Save the notebook, and give its code cells as they stand in the file."""
        with self.page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url):
            self.command("docmanager:save")
        return [cell for cell in json.loads(self.file.read_text())["cells"] if cell["cell_type"] == "code"]


class Lesson(Notebook):
    """A lesson's page, and its explorer."""

    def __init__(self, page: Page, lab: Lab, name: str, explorer: str, moves: str):
        super().__init__(page, lab, f"lessons/{name.replace(' ', '_')}.ipynb")
        self.name, self.kind, self.moves = name, explorer, moves
        self.explorer = page.locator(".jp-CodeCell", has_text=f"{explorer}(").first
        self.explorer.scroll_into_view_if_needed(timeout=60_000)
        self.picture = self.explorer.locator(".jp-OutputArea img").first
        self.status = self.explorer.get_by_role("status")

    def run_all(self):
        """Run all cells, and bring the explorer into view."""
        super().run_all()
        self.explorer.scroll_into_view_if_needed()
        self.status.wait_for()

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
