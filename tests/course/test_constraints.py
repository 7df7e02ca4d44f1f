"""Every pinned version can be installed on every Python that the course promises to run on."""

from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PINS = [Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
PYTHONS = ["3.11.0", "3.12.0", "3.13.0", "3.14.0"]


def applies(pin: Requirement, python: str) -> bool:
    minor = ".".join(python.split(".")[:2])
    return pin.marker is None or pin.marker.evaluate({"python_full_version": python, "python_version": minor})


@pytest.mark.parametrize("python", PYTHONS)
def test_no_pin_asks_for_a_newer_python(python):
    refused = []
    for pin in PINS:
        try:
            found = metadata(pin.name)
        except PackageNotFoundError:
            continue
        installed = found["Version"] in pin.specifier
        if installed and applies(pin, python) and python not in SpecifierSet(found.get("Requires-Python", "")):
            refused.append(str(pin))
    assert refused == []


def test_no_package_is_pinned_twice_for_the_same_python():
    for python in PYTHONS:
        names = [pin.name for pin in PINS if applies(pin, python)]
        assert len(names) == len(set(names))


def test_no_pin_records_where_it_was_downloaded():
    assert [str(pin) for pin in PINS if pin.url] == []
