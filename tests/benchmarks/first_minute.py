"""How long from `git clone` to the first picture that a slider moves, and how much must a learner know on the way?

    python tests/benchmarks/first_minute.py [--revision HEAD ...] [--rounds 3]

Each round is a new learner: an empty home, an empty cache of pip's, a fresh clone, `make lab`, Chromium on the address that it
prints, the page to start from, all cells run, one arrow key on a slider. A stage ends when what it is for is there to be seen.
What pip has to fetch comes from wherever this machine gets its packages: a slow line makes the stage `install` longer.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: What a machine that nothing has been set up on does not have, or what would keep a learner's Python from its usual ways.
PERSONAL = ("JUPYTER", "IPYTHON", "XDG_", "MPL", "VIRTUAL_ENV", "PYTHON", "DISPLAY", "WAYLAND", "MAKE")
PIP_SETTINGS = (".config/pip/pip.conf", ".pip/pip.conf")
ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost)\S+token=\w+")
FIRST_PAGE, EXPLORER, SLIDER = "00_start_here.ipynb", "ActivationExplorer(", "pre-activation z"
INSTALLING = ("Looking in", "Obtaining", "Using Python", "Resolved")  # what pip and uv say first
PATIENCE = 600_000  # milliseconds


class Clock:
    """Seconds of each stage, and what the learner had to do in it."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.done: list[str] = []
        self.since = time.monotonic()

    def end(self, stage: str) -> None:
        """The stage is over, and with it the next begins."""
        now = time.monotonic()
        self.stages[stage], self.since = now - self.since, now

    def learner(self, does: str) -> None:
        """Note what a learner has to type, click or know."""
        self.done.append(does)


def play(revision: str, browser: Any) -> Clock:
    """One learner's first minute."""
    with tempfile.TemporaryDirectory(prefix="first-minute-") as folder:
        home, clone = Path(folder, "home"), Path(folder, "dlcourse")
        home.mkdir()
        environment = of_a_newcomer(home)
        clock = Clock()
        clock.learner("type `git clone ADDRESS`")
        run = {"check": True, "env": environment, "capture_output": True}
        subprocess.run(["git", "clone", "--quiet", f"file://{common_repository()}", clone], **run)
        subprocess.run(["git", "checkout", "--quiet", "--detach", revision], cwd=clone, **run)
        clock.end("clone")
        clock.learner("type `cd dlcourse`")
        clock.learner("type `make lab`")
        with make_lab(clone, environment) as lines:
            address = install_and_start(lines, clock)
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            try:
                look(page, address, clock)
            finally:
                page.close()
    return clock


def common_repository() -> str:
    """The repository that this checkout belongs to, where all revisions are."""
    command = ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def of_a_newcomer(home: Path) -> dict[str, str]:
    """An environment without habits; only where pip gets its packages from is this machine's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PERSONAL)}
    settings = next((path for name in PIP_SETTINGS if (path := Path.home() / name).is_file()), None)
    own = {"PIP_CONFIG_FILE": str(settings)} if settings else {}
    caches = {"PIP_CACHE_DIR": str(home / "pip"), "UV_CACHE_DIR": str(home / "uv"), "PYTHONUNBUFFERED": "1"}
    return {**environment, **own, **caches, "HOME": str(home)}


@contextmanager
def make_lab(clone: Path, environment: dict[str, str]) -> Iterator[Iterator[str]]:
    """`make lab` with the Python that this one was made from; its lines as they come."""
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    making = subprocess.Popen(
        ["make", "lab", f"PYTHON={python}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert making.stdout is not None
    try:
        yield iter(making.stdout)
    finally:
        os.killpg(making.pid, signal.SIGTERM)  # Ctrl-C would not be heard by what a shell has put in the background
        making.communicate()


def install_and_start(lines: Iterator[str], clock: Clock) -> str:
    """Follow what `make lab` prints until the server's address stands there."""
    heard = []
    for line in lines:
        heard.append(line)
        if "venv" not in clock.stages and line.startswith(INSTALLING):
            clock.end("venv")
        if line.startswith("==> Starting"):
            clock.end("install")
        if found := ADDRESS.search(line):
            clock.end("server up")
            return found[0]
    raise SystemExit("make lab ended before it printed an address:\n" + "".join(heard[-20:]))


def look(page: Page, address: str, clock: Clock) -> None:
    """Open the page, run it, move its slider; learn on the way how much of that the learner had to know."""
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(address)
    notebook, listed = page.locator(".jp-NotebookPanel"), page.locator(".jp-DirListing-item", has_text=FIRST_PAGE)
    listed.or_(notebook).first.wait_for()
    if "ipynb" not in address:
        clock.learner(f"find {FIRST_PAGE} in the list and double-click it")
        listed.dblclick()
    page.locator(".jp-Cell").first.wait_for()
    clock.end("page ready")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle")
    clock.end("kernel")
    clock.learner("know that a notebook must be run: menu Run, Run All Cells")
    for item in ("Run", "Run All Cells"):
        page.get_by_role("menuitem", name=item, exact=True).click()
    clock.learner("scroll to the slider")
    cell = page.locator(".jp-CodeCell", has_text=EXPLORER).first
    cell.scroll_into_view_if_needed()
    cell.get_by_role("status").wait_for()
    clock.end("first picture")
    picture = cell.locator(".jp-OutputArea img").first
    before = picture.get_attribute("src") or ""
    clock.learner("click the slider and press an arrow key, or drag it")
    cell.locator(".widget-slider", has_text=SLIDER).get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)
    clock.end("first move")


def table(rounds: dict[str, list[Clock]]) -> str:
    """Medians and all rounds of each stage, one revision beside the other."""
    names = list(rounds)
    lines = [f"{'median seconds':16}" + "".join(f"{name[:24]:>26}" for name in names)]
    stages = [*rounds[names[0]][0].stages, "all"]
    for stage in stages:
        cells = []
        for name in names:
            seconds = [c.stages[stage] if stage != "all" else sum(c.stages.values()) for c in rounds[name]]
            cells.append(f"{median(seconds):.1f} ({', '.join(f'{s:.1f}' for s in seconds)})")
        lines.append(f"{stage:16}" + "".join(f"{cell:>26}" for cell in cells))
    for name in names:
        done = rounds[name][0].done
        lines += ["", f"{name}: {len(done)} things to do or know"]
        lines += [f"  {number}. {does}" for number, does in enumerate(done, 1)]
    return "\n".join(lines)


def main() -> None:
    """Play the rounds of all revisions in turn, so that a busy hour slows each of them down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revision", nargs="+", default=["HEAD"], help="commits that the learner gets, to compare")
    parser.add_argument("--rounds", type=int, default=3)
    wish = parser.parse_args()
    path = next(path for name in BROWSERS if (path := shutil.which(name)))
    rounds: dict[str, list[Clock]] = {revision: [] for revision in wish.revision}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(wish.rounds):
            for revision, clocks in rounds.items():
                clocks.append(play(commit(revision), browser))
                print(f"{revision}: {sum(clocks[-1].stages.values()):.1f} s", file=sys.stderr, flush=True)
        browser.close()
    print(table(rounds))


def commit(revision: str) -> str:
    """The commit that a name of a revision stands for."""
    command = ["git", "rev-parse", revision]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
