"""Hidden checks stay hidden: nothing that a student gets holds an input or an expected value, whatever their code tries."""

import json
import tempfile
from pathlib import Path

import pytest
from classroom import records

from dlcourse.checks.limits import Limits
from dlcourse.classroom.grade import grade_folder
from dlcourse.grading.isolation.levels import PROCESS

pytestmark = pytest.mark.xdist_group("secrets")

INPUT, EXPECTED = "31337", "62674"
CHECKS = f"""
from dlcourse.checks import Partial, Wrong, expect, question

q1 = question("q1", "Twice", functions=["twice"], forbid=["dlcourse.functional.sigmoid"])


@q1.check("hidden", hidden=True, seconds=0.5)
def hidden(student, solution):
    expect(student.twice({INPUT})).close_to(solution.twice({INPUT}), because="twice {INPUT} is {EXPECTED}")


@q1.check("hidden cases", hidden=True, seconds=0.5, each=[{INPUT}, ("a name", {INPUT})])
def hidden_cases(student, solution, case):
    got, x = student.twice({INPUT}), case if isinstance(case, int) else case[1]
    if got == x:
        raise Partial(0.5, f"you gave {{x}}, expected {EXPECTED}")
    if got is None:
        raise Wrong(f"for {{x}} it must be {EXPECTED}")
    assert got == 2 * x, f"{{x}} gives {EXPECTED}"


@q1.check("with a function", hidden=True, seconds=0.5)
def with_function(student):
    def strict(x):
        expect(x).equal({EXPECTED}, because="it is {EXPECTED}")

    student.twice(strict)


@q1.check("public", seconds=0.5)
def public(student):
    expect(student.twice(1)).equal(2)


@q1.mistake("That is the square.")
def square(x):
    return x * x
"""
#: How code may try to tell what it was asked; each line is the body of `twice(x)`.
TRIES = {
    "returns it": "return x",
    "returns it as text": "return str(x) + ' or ' + str(2 * x)",
    "returns nothing": "return None",
    "returns an object named by it": "return type(f'T{x}', (), {})()",
    "raises it": "raise ValueError(x)",
    "raises an error named by it": "raise type(f'E{x}', (Exception,), {})(x)",
    "raises that it is not written yet": "raise NotImplementedError(x)",
    "has a gap": "y = ...\n    raise TypeError(x)",
    "says that it leans on something": "from dlcourse.checks.forbid import Forbidden\n    raise Forbidden(str(x))",
    "leans on something": "return F.sigmoid(x)",
    "prints it": "print(x)\n    warnings.warn(str(x))\n    return x",
    "hangs": "while True: pass",
    "ends": "os._exit(x % 256)",
    "remembers it": "seen.append(x)\n    raise ValueError(seen)",
    "calls what it was given": "try: x(1)\n    except Exception as error: seen.append(str(error))\n    raise ValueError(seen)",
    "writes it down and ends": "os.umask(0)\n    if x != 1:\n        with open(SHARED, 'a') as file: file.write(str(x))\n        os._exit(0)",
}
BEFORE = """
import os, warnings
import dlcourse.functional as F
seen = []
if os.path.exists(SHARED):
    with open(SHARED) as file: told = file.read()
    print(told)
    raise ValueError(told)
"""


def notebook(*cells):
    cells = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    return json.dumps({"cells": cells, "metadata": {}})


@pytest.fixture(scope="module")
def shared():
    """A folder that everyone may write to: whoever is enclosed cannot reach it, at this level a submission can."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield folder


@pytest.fixture(scope="module")
def published(tmp_path_factory, shared):
    """By the name of each try: all that grading it has written."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "solutions" / "checks").mkdir(parents=True)
    (folder / "solutions" / "checks" / "90.py").write_text(CHECKS)
    (folder / "solutions" / "90.ipynb").write_text(
        notebook("def twice(x): return 2 * x if isinstance(x, int) else x(1)")
    )
    for i, body in enumerate(TRIES.values()):
        path = folder / "submitted" / f"student{i:02}" / "90" / "90.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(f"SHARED = {f'{shared}/{i}'!r}\n{BEFORE}", f"def twice(x):\n    {body}"))
    grade_folder(
        folder / "submitted",
        folder / "out",
        folder / "solutions",
        jobs=1,
        limits=Limits(cell_seconds=5.0),
        level=PROCESS,
    )
    pages, tables = (
        [path.read_text(encoding="utf-8") for path in sorted((folder / "out").rglob(f"*.{kind}"))]
        for kind in ("html", "csv")
    )
    kept = {record.student: record.to_json() for record in records(folder / "out")}
    return {
        name: [kept[f"student{i:02}"], *(page for page in pages if f"student{i:02}" in page), *tables]
        for i, name in enumerate(TRIES)
    }


@pytest.mark.parametrize("attempt", TRIES)
def test_nothing_that_is_written_holds_a_hidden_input_or_value(attempt, published):
    assert len(published[attempt]) >= 4
    assert not [text for text in published[attempt] if INPUT in text or EXPECTED in text]


def test_what_a_public_check_found_is_still_told(published):
    assert any("it" in text and "ValueError: [1]" in text for text in published["remembers it"])
