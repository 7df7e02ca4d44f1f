"""Every public name of the library explains itself, with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from dlcourse import functional

MODULES = [
    "dlcourse",
    "dlcourse.functional",
    *(f"dlcourse.functional.{found.name}" for found in pkgutil.iter_modules(functional.__path__)),
    *(
        f"dlcourse.{name}"
        for name in ("parameter", "init", "layers", "losses", "optim", "data", "train", "gradcheck", "hooks")
    ),
]


def load(name: str) -> ModuleType:
    return importlib.import_module(name)


def public(module: ModuleType) -> dict[str, object]:
    return {
        name: item
        for name, item in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(item) or inspect.isclass(item))
        and item.__module__ == module.__name__
        and not getattr(item, "_is_protocol", False)
    }


@pytest.mark.parametrize("name", MODULES)
def test_examples_do_what_they_say(name: str) -> None:
    assert doctest.testmod(load(name)).failed == 0


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
