"""Files that hide a module."""

import subprocess

import pytest

from dlcourse.doctor import names


@pytest.mark.parametrize("name", ["numpy", "random", "matplotlib", "dlcourse", "PIL", "zmq"])
def test_a_file_named_like_a_module_that_is_needed_is_found(name, wrong, visit):
    path = visit.folder / "lessons" / f"{name}.py"
    path.touch()
    assert f"{path} has the name of a module that the course needs" in wrong(names.names, visit)


@pytest.mark.parametrize("name", ["helpers", "my_numpy", "test", "pytest"])
def test_a_file_of_any_other_name_is_left_alone(name, wrong, visit):
    (visit.folder / "lessons" / f"{name}.py").touch()
    assert wrong(names.names, visit) == ""


def test_a_folder_that_can_be_imported_is_found(wrong, visit):
    package = visit.folder / "exercises" / "numpy"
    package.mkdir()
    (package / "__init__.py").touch()
    assert str(package) in wrong(names.names, visit)


def test_a_folder_of_pictures_called_random_is_left_alone(wrong, visit):
    (visit.folder / "lessons" / "random").mkdir()
    assert wrong(names.names, visit) == ""


def test_the_remedy_mends_it(wrong, visit):
    (visit.folder / "lessons" / "numpy.py").touch()
    (fault,) = names.names(visit).faults
    subprocess.run(fault.mend, shell=True, check=True)
    assert wrong(names.names, visit) == ""


def test_pythonpath_that_brings_another_numpy_is_named(wrong, monkeypatch, tmp_path):
    (tmp_path / "numpy.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert f"PYTHONPATH puts {tmp_path / 'numpy.py'} in front of the numpy" in wrong(names.names)


def test_pythonpath_with_tools_of_ones_own_is_left_alone(wrong, monkeypatch, tmp_path):
    (tmp_path / "my_tools.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert wrong(names.names) == ""


def test_a_folder_in_pythonpath_that_is_gone_is_left_alone(wrong, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "gone"))
    assert wrong(names.names) == ""
