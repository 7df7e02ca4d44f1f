"""A browser's Python (Pyodide) has no processes: what a learner imports must do without the modules that need them.

Other packages are not ours to choose: Matplotlib and SciPy import `subprocess` as they load (and Pyodide brings a
`subprocess` that can be imported). So NumPy and our own code alone run with these modules gone for everybody, and what stands
on other packages runs with them gone for `dlcourse` only.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = ["subprocess", "resource", "fcntl", "multiprocessing", "_posixsubprocess", "termios", "pty"]
GONE = f"""
import sys
for name in {MISSING}:
    sys.modules[name] = None
"""
GONE_FOR_US = f"""
import builtins
find = builtins.__import__
def ours(name, globals=None, *rest, **more):
    if name.partition(".")[0] in {MISSING} and (globals or {{}}).get("__name__", "").startswith("dlcourse"):
        raise ModuleNotFoundError(f"a browser's Python has no {{name}}")
    return find(name, globals, *rest, **more)
builtins.__import__ = ours
"""
TRAINS = """
import dlcourse as dl, numpy as np
rng = np.random.default_rng(0)
X, y = dl.data.moons(20, rng=rng)
net = dl.Sequential(dl.Linear(2, 4, rng=rng), dl.Tanh(), dl.Linear(4, 2, rng=rng))
dl.fit(net, dl.CrossEntropyLoss(), dl.Adam(net.parameters()), X, y, epochs=2, rng=rng, progress=False)
print(0 < dl.accuracy(net, X, y) <= 1)
"""
LIBRARY = """
import dlcourse as dl
others = {"estimator", "range_test", "search", "grow", "tuning", "NetworkClassifier", "NetworkRegressor"}
print(all(getattr(dl, name) is not None for name in dl.__all__ if name not in others))
"""
ANSWERS = """
import numpy as np
from dlcourse import functional as F
from dlcourse.checks import exercise
def silu(z, beta=1.0):
    gate, _ = F.sigmoid(beta * z)
    return z * gate, (z, gate, beta)
def silu_backward(dy, cache):
    return dy * cache[1]
report = exercise("05_activations")("q1")
print(0 < report.score < report.max_score, "Likely mistake" in repr(report) or "expected" in repr(report))
"""
EXPLORERS = """
from dlcourse import viz
from dlcourse.viz.explorer import Explorer
made = [item() for item in vars(viz).values() if isinstance(item, type) and issubclass(item, Explorer)]
print(len(made), all(explorer.picture.value and explorer.shown is not None for explorer in made))
"""
STANDS_ON_OTHERS = "import dlcourse as dl; print(all(getattr(dl, name) is not None for name in dl.__all__))"


def said(program):
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT / "exercises", env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_blocks_do_block():
    for block in (GONE, GONE_FOR_US):
        with pytest.raises(AssertionError, match="subprocess"):
            said(block + "import dlcourse.lab")


@pytest.mark.parametrize(
    ("program", "answer"),
    [(LIBRARY, "True"), (TRAINS, "True"), (ANSWERS, "True True")],
    ids=["import", "train", "check"],
)
def test_numpy_and_the_library_need_no_processes(program, answer):
    assert said(GONE + program) == answer


def test_what_stands_on_other_packages_asks_for_no_processes_itself():
    assert said(GONE_FOR_US + STANDS_ON_OTHERS) == "True"


def test_every_explorer_is_made_without_processes():
    assert said(GONE_FOR_US + EXPLORERS) == "15 True"
