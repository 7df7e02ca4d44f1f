"""The kernel: where it is noted, and whether it really starts."""

import json
import subprocess
import sys

import pytest

from dlcourse.doctor import kernel, spec
from dlcourse.doctor.finding import Visit


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """noted("python", "-c", "...") puts a kernel `python3` of these words in front of all others."""

    def note(*argv):
        folder = tmp_path / "front" / "kernels" / "python3"
        folder.mkdir(parents=True)
        words = {"argv": list(map(str, argv)), "display_name": "Python 3", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(words))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "front"))
        return folder

    return note


LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")


def test_an_installation_in_order_starts_this_python():
    assert spec.kernelspec(Visit()).found == "python3 is this Python"


def test_a_kernel_whose_python_was_deleted_is_named(wrong, noted):
    folder = noted("/gone/bin/python", *LAUNCH)
    assert wrong(spec.kernelspec) == f"The kernel python3 in {folder} starts /gone/bin/python, which is not there."


def test_a_kernel_of_another_environment_is_named(wrong, noted, bare_python):
    noted(bare_python, *LAUNCH)
    assert wrong(spec.kernelspec).endswith(f"starts {bare_python}, a Python that has no dlcourse.")


def test_another_environment_that_has_the_course_will_do(wrong, noted, linked_python):
    noted(linked_python, *LAUNCH)
    assert wrong(spec.kernelspec) == ""


def test_a_program_that_starts_a_python_is_not_judged_by_its_name(wrong, noted):
    noted("/usr/bin/env", "python", *LAUNCH)
    assert wrong(spec.kernelspec) == ""


def test_the_remedy_brings_back_the_kernel_of_this_python(noted, bare_python):
    noted(bare_python, *LAUNCH)
    subprocess.run(spec.kernelspec(Visit()).faults[0].mend, shell=True, check=True, capture_output=True)
    assert spec.kernelspec(Visit()).found == "python3 is this Python"


def test_where_there_is_no_ipykernel_it_is_to_be_installed(linked_python, elsewhere):
    code = """
    import sys
    sys.modules["ipykernel"] = None
    from dlcourse.doctor import spec
    from dlcourse.doctor.finding import Visit
    print(spec.kernelspec(Visit()).faults)
    """
    said = elsewhere(linked_python, code)
    assert "JupyterLab knows no kernel python3" in said
    assert "pip install ipykernel" in said


def test_a_kernel_starts_and_makes_an_explorer(visit):
    finding = kernel.kernel(visit)
    assert finding.faults == ()
    assert finding.found.startswith("made in a notebook's kernel in ")


def test_a_kernel_that_ends_at_once_is_told_with_its_last_words(wrong, noted, visit):
    noted(sys.executable, "-c", "raise SystemExit('No module named ipykernel_launcher')")
    assert "it ended at once: No module named ipykernel_launcher" in wrong(kernel.kernel, visit)


def test_a_kernel_that_cannot_be_started_is_told_with_the_way_back(noted, visit):
    noted("/gone/bin/python", *LAUNCH)
    (fault,) = kernel.kernel(visit).faults
    assert "it could not be started (No such file or directory)" in fault.wrong
    assert fault.mend == spec.remove()


@pytest.mark.skipif(sys.platform == "win32", reason="no program there waits for a signal")
def test_a_kernel_that_never_answers_is_given_up(wrong, noted, visit, monkeypatch):
    monkeypatch.setattr(kernel, "SECONDS", 1)
    noted(sys.executable, "-c", "import signal; signal.pause()")
    assert "it did not answer within 1 seconds" in wrong(kernel.kernel, visit)


def test_what_hides_numpy_beside_the_lessons_is_met(wrong, visit):
    (visit.folder / "lessons" / "numpy.py").write_text("array = list")
    assert "an explorer ends with ImportError: dlcourse cannot load NumPy" in wrong(kernel.kernel, visit)


def test_another_dlcourse_in_the_kernel_is_named(wrong, visit):
    package = visit.folder / "lessons" / "dlcourse"
    (package / "viz").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "viz" / "__init__.py").write_text("ActivationExplorer = str")
    assert f"it loads another dlcourse, from {package} instead of {kernel.PACKAGE}" in wrong(kernel.kernel, visit)
