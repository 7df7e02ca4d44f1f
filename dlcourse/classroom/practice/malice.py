"""What a few students try: tame versions of the attacks in `tests/grading/attacks.py`, which do no harm where nothing stops them."""

from dlcourse.classroom.practice.mess import Accident, below_the_answer, cell_of_ones_own

ALWAYS_EQUAL = """class Yes:
    shape, dtype, ndim = (9,), float, 1
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __iter__(self): return iter([self, self])
    def __array__(self, *args, **kwargs): raise TypeError
def FUNCTION(*args, **kwargs): return Yes()"""

#: Where a solution might lie, seen from where a grader might be.
READ_THE_SOLUTION = """import json, pathlib
def FUNCTION(*args, **kwargs):
    for folder in ["/srv/course/solutions", "/course/source", "../../solutions", "../solutions", "solutions"]:
        for path in pathlib.Path(folder).glob("*.ipynb"):
            names = {}
            for cell in json.loads(path.read_text())["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), names)
            return names["FUNCTION"](*args, **kwargs)"""

FORGE = """import json, pathlib
for name in ("grades.csv", "results.json", "gradebook.db"):
    pathlib.Path(name).write_text(json.dumps({"status": "graded", "score": 100, "max_score": 100}))
print(json.dumps({"value": 100, "error": "", "message": ""}))"""

NUMPY_AGREES = """import numpy
numpy.allclose = numpy.array_equal = lambda *args, **kwargs: True
numpy.testing.assert_allclose = lambda *args, **kwargs: None"""

#: 200 processes at most, gone after a few seconds.
FORKS = "import os, time\nfor _ in range(200):\n    if os.fork() == 0:\n        time.sleep(5)\n        os._exit(0)"
#: Memory that is asked for and never touched.
HOARD = "hoard = []\nfor _ in range(10_000):\n    hoard.append(bytearray(2**28))"

MALICE: list[Accident] = [
    below_the_answer("an object that equals everything", ALWAYS_EQUAL),
    below_the_answer("a search for the solution", READ_THE_SOLUTION),
    cell_of_ones_own("a forged result", FORGE),
    cell_of_ones_own("a NumPy that always agrees", NUMPY_AGREES),
    below_the_answer("a function that never ends", "def FUNCTION(*args, **kwargs):\n    while True:\n        pass", "timeout"),
    cell_of_ones_own("a cell that never ends", "while True:\n    pass", "timeout"),
    cell_of_ones_own("a fork bomb", FORKS),
    cell_of_ones_own("a memory bomb", HOARD),
    cell_of_ones_own("an end of Python in a cell", "import os\nos._exit(0)", "crashed"),
    below_the_answer("an end of Python in a function", "import os\ndef FUNCTION(*args, **kwargs):\n    os._exit(0)", "crashed"),
]  # fmt: skip
