"""The site, built once, and Chromium without a network to read it with. Slow: `make test-site` runs these alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a site that was built from this checkout, without JupyterLite."""
    out = tmp_path_factory.mktemp("site") / "out"
    command = [sys.executable, "-m", "dlcourse.authoring.site", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def page_of(site):
    """page_of("lessons/05_activations") is that page, parsed."""
    parsed = {}

    def read(name):
        if name not in parsed:
            parsed[name] = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        return parsed[name]

    return read


@pytest.fixture(scope="session")
def chromium():
    paths = [path for name in BROWSERS if (path := shutil.which(name))]
    if not paths:
        pytest.fail(f"no browser found: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=paths[0], args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
