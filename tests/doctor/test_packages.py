"""Missing and old packages, and more than one dlcourse."""

import importlib.util
import shlex
import sys

from dlcourse import __version__
from dlcourse.doctor import copies, packages
from dlcourse.doctor.finding import Visit, pip_install


def test_an_installation_in_order_has_all_it_needs(wrong):
    assert wrong(packages.packages) == ""


def test_old_ipywidgets_are_named_with_what_is_needed(wrong, installed):
    installed("ipywidgets", "7.8.1")
    assert wrong(packages.packages).startswith("ipywidgets 7.8.1 does not fit: dlcourse needs ipywidgets >=8.")


def test_the_remedy_is_a_command_for_this_very_python(installed):
    installed("ipywidgets", "7.8.1")
    (fault,) = packages.packages(Visit()).faults
    python, *call, wanted = shlex.split(fault.mend)
    assert (python, call) == (sys.executable, ["-m", "pip", "install", "--upgrade"])
    assert wanted.startswith("ipywidgets>=")


def test_a_missing_package_is_named(wrong, installed):
    installed("dlcourse", "9.0", "Requires-Dist: no-such-package>=1")
    assert wrong(packages.packages) == f"no-such-package is not installed for {sys.executable}."


def test_widgets_whose_other_half_is_too_old_are_named(wrong, installed):
    installed("jupyterlab_widgets", "1.1.0")
    assert "jupyterlab_widgets 1.1.0 does not fit: ipywidgets needs" in wrong(packages.packages)


def test_what_another_system_needs_is_not_missed(wrong, installed):
    installed("dlcourse", "9.0", "Requires-Dist: no-such-package; sys_platform == 'plan9'")
    assert wrong(packages.packages) == ""


def test_extras_are_not_missed(wrong, installed):
    installed("dlcourse", "9.0", "Requires-Dist: no-such-package; extra == 'dev'")
    assert wrong(packages.packages) == ""


def test_where_there_is_no_pip_the_remedy_is_uv(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert shlex.split(pip_install("x")) == ["uv", "pip", "install", "--python", sys.executable, "x"]


def test_a_second_dlcourse_is_named(wrong, monkeypatch, tmp_path):
    (tmp_path / "dlcourse").mkdir()
    (tmp_path / "dlcourse" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert f"2 copies of dlcourse: {copies.PACKAGE} is in use, and hides {tmp_path / 'dlcourse'}" in wrong(
        copies.copies
    )


def test_a_dlcourse_from_pythonpath_is_mended_by_unsetting_it(monkeypatch, tmp_path):
    (tmp_path / "dlcourse").mkdir()
    (tmp_path / "dlcourse" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setenv("PYTHONPATH", str(copies.PACKAGE.parent))
    assert copies.copies(Visit()).faults[0].mend == "unset PYTHONPATH"


def test_code_that_is_newer_than_what_was_installed_is_named(wrong, monkeypatch, installed, tmp_path):
    installed("dlcourse", "0.0.1")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), str(copies.PACKAGE.parent)])
    assert f"The code is version {__version__}, but 0.0.1 was installed" in wrong(copies.copies)
