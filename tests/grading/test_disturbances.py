"""Whatever else a notebook does to its Python, right answers stay right, and the rest of the cells run."""

import pytest
from tiny import TINY, notebook

from dlcourse.grading.mark import mark

pytestmark = pytest.mark.xdist_group("disturbances")

#: Each changes something that our side of a worker uses as well.
DISTURBANCES = {
    "writes to stderr": "import sys\nprint('careful', file=sys.stderr)",
    "warns": "import warnings\nwarnings.warn('careful')",
    "makes warnings errors": "import warnings\nwarnings.simplefilter('error')",
    "prints with other options": "import numpy as np\nnp.set_printoptions(precision=1, threshold=2)",
    "makes NumPy raise": "import numpy as np\nnp.seterr(all='raise')",
    "seeds": "import random, numpy as np\nnp.random.seed(0)\nrandom.seed(0)",
    "goes elsewhere": "import os\nos.chdir('/')",
    "empties the path": "import sys\nsys.path.clear()",
    "puts itself first on the path": "import sys\nsys.path.insert(0, '')\nopen('json.py', 'w').write('1 / 0')",
    "computes with three digits": "import decimal\ndecimal.getcontext().prec = 3",
    "allows little recursion": "import sys\nsys.setrecursionlimit(120)",
    "patches numpy": "import numpy as np\nnp.array = np.asarray = np.errstate = np.frombuffer = np.isclose = np.ndarray = None",
    "deletes from numpy": "import numpy as np\ndel np.errstate, np.frombuffer",
    "patches the built-in functions": "import builtins\nbuiltins.len = builtins.str = builtins.vars = builtins.dict = lambda *a: 0",
    "patches isinstance": "import builtins\nbuiltins.isinstance = lambda *a: True",
    "patches print and open": "import builtins\nbuiltins.print = builtins.open = None",
    "patches time": "import time\ntime.monotonic = time.perf_counter = time.time = lambda: 0.0",
    "patches unittest": "import unittest\nunittest.TestCase.assertEqual = lambda *a: True",
    "patches json": "import json\njson.dumps = json.loads = lambda *a, **k: 'nothing'",
    "patches struct and io": "import struct, io\nstruct.Struct = io.StringIO = None",
    "patches our own modules": "import dlcourse.checks.calls as c, dlcourse.grading.protocol as p\nc.plain = p.send = p.encode = None",
    "closes standard output": "import sys\nsys.stdout = sys.stderr = None",
    "traces": "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
    "forgets its modules": "import sys\nfor name in ('json', 'numpy', 'dlcourse.grading.protocol'): sys.modules.pop(name)",
    "leaves a thread": "import threading, time\nthreading.Thread(target=lambda: [time.sleep(0.001) for _ in range(10**6)], daemon=True).start()",
    "is a loop of its own": "import asyncio\nasyncio.set_event_loop(asyncio.new_event_loop())",
    "switches the collector off": "import gc\ngc.disable()\ngc.freeze()",
}  # fmt: skip


@pytest.mark.parametrize("what", DISTURBANCES)
def test_right_answers_stay_right_in_a_notebook_that(what):
    marked = mark(notebook(between=DISTURBANCES[what]), TINY, seed=0)
    assert [(q.score, q.status) for q in marked.questions] == [(2.0, "passed"), (1.0, "passed")]
    assert (marked.status, [note for note in marked.notes if "printed" not in note.message]) == ("graded", [])


def test_a_learners_own_code_goes_on_seeing_what_they_have_changed():
    between = "import builtins\nbuiltins.seven, builtins.len = 7, lambda x: 3"
    q2 = "def thrice(z): return len(z) * z + (seven - 7)"
    assert mark(notebook(between=between, q2=q2), TINY, seed=0).questions[1].score == 1.0


def test_what_an_answer_changes_while_it_is_called_is_there_in_its_next_call():
    q2 = "import numpy as np\nnp.calls = 0\ndef thrice(z):\n    np.calls += 1\n    return (3 if np.calls == 1 else 0) * z"
    assert mark(notebook(q2=q2), TINY, seed=0).questions[1].score == 1.0


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("!ls", "`!ls` is not run when a notebook is graded; the rest of the cell is"),
        ("%%bash\nls", "`%%bash` is not run when a notebook is graded; the rest of the cell is"),
        ("x = input('?')", "`input()` gets an empty answer when a notebook is graded"),
        ("!ls\n1 / 0", "ZeroDivisionError: division by zero, in line 2 of <module>: `1 / 0`; `!ls` is not run when"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_what_cannot_work_is_a_note_on_its_cell_and_stops_nothing(cell, says):
    marked = mark(notebook(before=cell), TINY, seed=0)
    assert (marked.status, [q.status for q in marked.questions]) == ("graded", ["passed", "passed"])
    (note,) = marked.notes
    assert (note.cell, note.message[: len(says)]) == (1, says)
