"""Every public name of the library explains itself, with an example (`--doctest-modules` runs them all)."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import dlcourse

#: Apart from the library: they have tests of their own.
OTHERS = {"authoring", "checks", "cli", "course", "doctor", "grading", "lab", "viz"}


def modules() -> list[str]:
    found = [
        f"dlcourse.{module.name}" for module in pkgutil.iter_modules(dlcourse.__path__) if module.name not in OTHERS
    ]
    inside = [f"{name}.{module.name}" for name in found for module in pkgutil.iter_modules(folder(name))]
    return ["dlcourse", *found, *inside]


def folder(name: str) -> list[str]:
    return list(getattr(importlib.import_module(name), "__path__", []))


MODULES = modules()


def load(name: str) -> ModuleType:
    return importlib.import_module(name)


def exported() -> set[str]:
    """Names that a package hands out; what else its files hold is for the package's own use."""
    return {name for package in MODULES for name in getattr(load(package), "__all__", [])}


def public(module: ModuleType) -> dict[str, object]:
    inside = module.__name__.count(".") > 1 and not module.__name__.startswith("dlcourse.functional")
    return {
        name: item
        for name, item in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(item) or inspect.isclass(item))
        and item.__module__ == module.__name__
        and not getattr(item, "_is_protocol", False)
        and (not inside or name in exported())
    }


@pytest.mark.parametrize("name", MODULES)
def test_a_module_opens_with_its_concept(name: str) -> None:
    assert load(name).__doc__


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module in MODULES for name in public(load(module))],
    ids=lambda x: x.removeprefix("dlcourse."),
)
def test_a_public_name_has_an_example(module: str, name: str) -> None:
    assert ">>>" in (inspect.getdoc(public(load(module))[name]) or "")
