"""Imports run one way, from the lessons down to the maths, and `import dlcourse` stays light."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dlcourse

PACKAGE = Path(dlcourse.__file__).parent
BOTTOM = {"functional"}
#: What each module may import of dlcourse, apart from itself.
ALLOWED = {
    "functional": BOTTOM,
    "parameter": BOTTOM,
    "init": BOTTOM,
    "files": set(),
    "metrics": BOTTOM,
    "data": BOTTOM | {"files"},
    "gradcheck": BOTTOM,
    "layers": BOTTOM | {"parameter", "init"},
    "autodiff": BOTTOM,
    "losses": BOTTOM,
    "optim": BOTTOM | {"parameter"},
    "hooks": BOTTOM | {"layers"},
    "schedules": set(),
    "regularizers": BOTTOM | {"parameter"},
    "sparsity": BOTTOM | {"parameter", "layers", "losses"},
    "lr_finder": BOTTOM | {"parameter", "data", "layers", "losses", "optim"},
    "train": BOTTOM | {"data", "files", "layers", "losses", "optim", "hooks", "schedules", "regularizers"},
    "estimator": BOTTOM | {"data", "layers", "losses", "optim", "schedules", "train", "init"},
    "tuning": BOTTOM | {"layers"},
    "__init__": {"gradcheck"},
    "solo": {"__version__", "checks", "grading", "course", "files"},
    "course": {"__version__", "files"},
    "doctor": {"__version__", "course"},
    "lab": {"course", "doctor"},
}
#: What may be imported inside functions only, and where.
LAZY = {
    "data": {"sklearn"},
    "train": {"tqdm"},
    "doctor": {"jupyter_core", "jupyter_client", "jupyter_server"},
}
#: What may be imported at the top, because nobody imports this module who does not want it.
WANTED = {"estimator": {"sklearn"}, "tuning": {"optuna", "sklearn"}, "solo": {"rich"}, "doctor": {"packaging"}}


def sources(module: str) -> list[Path]:
    folder = PACKAGE / module
    return sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{module}.py"]


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "the library imports by full names"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def parts(module: str) -> tuple[set[str], set[str]]:
    """(modules of dlcourse, top-level packages of others) that a module imports, anywhere in its code."""
    names = set().union(*(imported(ast.parse(path.read_text())) for path in sources(module)))
    ours = {name.split(".")[1] for name in names if name.startswith("dlcourse.")}
    others = {name.split(".")[0] for name in names} - {"dlcourse"} - set(sys.stdlib_module_names)
    return ours - {module}, others


@pytest.mark.parametrize("module", list(ALLOWED))
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    assert parts(module)[0] <= ALLOWED[module]


@pytest.mark.parametrize("module", list(ALLOWED))
def test_a_module_imports_numpy_and_nothing_else_from_outside(module: str) -> None:
    assert parts(module)[1] <= {"numpy"} | LAZY.get(module, set()) | WANTED.get(module, set())


@pytest.mark.parametrize("module", list(LAZY))
def test_heavy_packages_are_imported_inside_functions(module: str) -> None:
    trees = [ast.parse(path.read_text()) for path in sources(module)]
    at_the_top = {name.split(".")[0] for tree in trees for node in tree.body for name in imported_here(node)}
    assert not at_the_top & LAZY[module]


def imported_here(node: ast.stmt) -> set[str]:
    return imported(node) if isinstance(node, ast.Import | ast.ImportFrom) else set()


def run(code: str) -> str:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.strip()


def test_importing_the_library_and_training_with_it_loads_nothing_heavy() -> None:
    heavy = ["matplotlib", "sklearn", "scipy", "tqdm", "ipywidgets", "IPython", "pandas"]
    code = f"""
import sys
import dlcourse as dl
loaded = [name for name in {heavy} if name in sys.modules]
import numpy as np
rng = np.random.default_rng(0)
X, y = dl.data.moons(20, rng=rng)
net = dl.Sequential(dl.Linear(2, 2, rng=rng))
dl.fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters()), X, y, epochs=1, rng=rng, progress=False)
print(loaded + [name for name in {heavy} if name in sys.modules])
"""
    assert run(code) == "[]"


def test_gradcheck_stays_the_function_whatever_is_imported_first() -> None:
    assert (
        run("from dlcourse.gradcheck import numerical_gradient; import dlcourse as dl; print(callable(dl.gradcheck))")
        == "True"
    )


@pytest.mark.parametrize("name", dlcourse.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(dlcourse, name) is not None


def test_names_that_a_learner_types() -> None:
    learner = """Linear ReLU Sequential Adam SGD CrossEntropyLoss MSELoss BCEWithLogitsLoss fit predict accuracy data F swap capture
                 gradcheck numerical_gradient Parameter init LeakyReLU PReLU ELU SiLU Softplus Softmax Maxout History"""
    assert set(learner.split()) <= set(dir(dlcourse))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'dlcourse' has no attribute 'Lineal'"):
        dlcourse.Lineal


def test_every_layer_loss_and_optimizer_is_within_reach() -> None:
    from dlcourse import layers, losses, optim

    public = {
        name
        for module in (layers, losses, optim)
        for name, item in vars(module).items()
        if isinstance(item, type) and f"{item.__module__}.".startswith(f"{module.__name__}.")
    }
    assert public - set(dir(dlcourse)) == {"Group"}
