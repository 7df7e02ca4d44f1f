"""JupyterLab's pages, and the widgets' half in them."""

import json
import shutil
import subprocess

import pytest

from dlcourse.doctor import page
from dlcourse.doctor.finding import Visit

MANAGER = "@jupyter-widgets/jupyterlab-manager"
ASK = """
    from dlcourse.doctor import page
    from dlcourse.doctor.finding import Visit
    print([fault.wrong for fault in page.{check}(Visit()).faults])
"""


def test_an_installation_in_order_has_its_pages_and_widgets(wrong):
    assert wrong(page.pages) + wrong(page.widgets) == ""


def test_a_variable_that_leads_away_from_the_pages_is_named(wrong, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTERLAB_DIR", str(tmp_path))
    assert f"pages are not in {tmp_path}: the browser would stay empty" in wrong(page.pages)


def test_pages_that_are_nowhere_are_missed(wrong, monkeypatch):
    monkeypatch.setattr(page, "usual_places", lambda: [page.Path("/nowhere")])
    assert page.pages(Visit()).faults[0].mend.endswith("--force-reinstall --no-deps jupyterlab")


def test_an_environment_without_the_widgets_half_is_named(linked_python, elsewhere):
    assert f"JupyterLab has no extension {MANAGER}" in elsewhere(linked_python, ASK.format(check="widgets"))


@pytest.fixture
def older(tmp_path, monkeypatch):
    """An older copy of the widgets' half, in a folder where JupyterLab looks first."""
    folder = tmp_path / "old" / "labextensions" / MANAGER
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": MANAGER, "version": "3.1.1"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "old"))
    return folder


def test_an_older_copy_that_hides_the_right_one_is_named(wrong, older):
    assert f"JupyterLab loads {MANAGER} 3.1.1 from {older}, but" in wrong(page.widgets)


def test_without_the_older_copy_all_is_well(wrong, older):
    assert str(older) in page.widgets(Visit()).faults[0].mend
    shutil.rmtree(older)
    assert wrong(page.widgets) == ""


@pytest.fixture
def switched_off(home):
    """An extension that the learner has switched off."""
    settings = home / "config" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"disabledExtensions": {MANAGER: True}}))
    return settings


def test_widgets_that_are_switched_off_are_named(wrong, switched_off):
    assert f"extension {MANAGER} is switched off" in wrong(page.widgets)


def test_the_remedy_switches_them_on(wrong, switched_off):
    subprocess.run(page.widgets(Visit()).faults[0].mend, shell=True, check=True, capture_output=True)
    assert wrong(page.widgets) == ""


def test_another_extension_that_is_switched_off_is_left_alone(wrong, switched_off):
    switched_off.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/news": True}}))
    assert wrong(page.widgets) == ""


def test_damaged_settings_are_no_reason_to_stop(wrong, switched_off):
    switched_off.write_text("{")
    assert wrong(page.widgets) == ""
