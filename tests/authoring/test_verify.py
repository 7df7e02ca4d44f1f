"""verify finds each way in which an exercise can be unsound."""

import re
import zlib

import pytest

from dlcourse.authoring import verify as module
from dlcourse.authoring.verify import Proof, verify
from dlcourse.cli.author import print_proof
from dlcourse.grading.seeds import seed_of

NAME = "90_twice"


def faults(course):
    return "\n".join(verify(course.root, NAME).all_faults)


def test_a_sound_exercise_has_no_fault(course):
    assert faults(course) == ""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("return x * x * np.ones_like(x)", "return x + x", "let the mistake 'square' pass"),
        ("INPUTS = np.array([1.0, -2.0, 3.0])", "INPUTS = np.array([2.0, 2.0, 2.0])", "no public check shows the mistake"),
        ("return x / 2.0 + np.zeros_like(x)", "return x * x", "is taken for 'square'"),
        ("return np.add(x, x) + np.zeros_like(x)", "return 2.1 * x", "the alternative 'added' misses"),
        ('@q1.mistake("That is the half.")', "", "lists 2 known mistakes"),
        ("x = rng.normal(size=5) + SECRET", "x = rng.normal(size=5); assert rng.random() < 0.5", "the solution misses"),
        ("points=2", "points=5", "its heading says 3"),
    ],
)  # fmt: skip
def test_a_spoiled_check_is_found(course, old, new, says):
    course.spoil_checks(old, new)
    assert says in faults(course)


@pytest.mark.parametrize(
    ("cell", "old", "new", "says"),
    [
        (1, "(3 points)", "(4 points)", "its heading says 4"),
        (1, "Give twice", "Try `doubled_entries = x + x`: give twice", "a piece of the solution stands in 90_twice.ipynb"),
        (0, "import numpy as np", "import numpy as np\ndoubled_entries = 0\nif doubled_entries: doubled_entries = x + x", "a piece of the solution"),
        (4, "print(", "q = lambda x: 0\ndef f(x):\n    return x * x * np.ones_like(x)\nprint(", "a piece of 'square'"),
    ],
)  # fmt: skip
def test_a_spoiled_notebook_is_found(course, cell, old, new, says):
    course.spoil_cell(cell, old, new)
    assert says in faults(course)


def test_checks_that_take_too_long_are_found(course, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.0)
    assert "use smaller inputs" in faults(course)


def test_an_untouched_exercise_that_earns_points_is_found(course):
    course.spoil_cell(
        2,
        "    ### END SOLUTION",
        "    ### END SOLUTION\n    ### BEGIN STUDENT\n    # return 2 * x\n    ### END STUDENT",
    )
    assert "the untouched exercise earns points in 'three numbers'" in faults(course)


def test_a_cell_of_the_solution_that_fails_in_the_grader_is_found(course):
    course.spoil_cell(0, "import numpy as np", "import numpy as np\nif __name__ == '__main__': 1 / 0")
    assert "fails in the grader" in faults(course)


def rows(course, **options):
    return verify(course.root, NAME, **options).rows


def test_mutants_are_counted(course):
    (row,) = rows(course)
    assert (row.rejected, row.equivalent) == (row.mutants, 0)
    assert row.mutants > 5


def test_mutants_can_be_left_out_for_a_quick_look(course):
    course.spoil_cell(2, "x + x", "x + x + 0")
    assert verify(course.root, NAME, mutants=False).all_faults == []


SPARE = ["x + x + 0 -> x + x - 0", "x + x + 0 -> x + x"]


def with_equivalents(course, *sentences):
    course.checks.write_text(
        course.checks.read_text() + "".join(f"\n\nq1.equivalent({s!r}, because='Of course.')" for s in sentences)
    )
    course.write_master()


def test_a_mutant_that_the_checks_accept_is_found_with_the_line_to_write(course):
    course.spoil_cell(2, "x + x", "x + x + 0")
    assert f'none: q1.equivalent("twice: {SPARE[0]}", because=...)' in faults(course)


def test_mutants_listed_as_equivalent_are_no_fault(course):
    course.spoil_cell(2, "x + x", "x + x + 0")
    with_equivalents(course, *(f"twice: {change}" for change in SPARE))
    (row,) = rows(course)
    assert (row.faults, row.equivalent, row.rejected) == ([], 2, row.mutants - 2)


@pytest.mark.parametrize("change", ["twice: x + x -> x * x", "twice: x -> y", "x + x -> x - x"])
def test_an_equivalence_that_no_accepted_mutant_bears_is_taken_out(course, change):
    with_equivalents(course, change)
    assert (
        faults(course)
        == f"q1: it lists `{change}` as equivalent, but no mutant that the checks accept is called so: take the line out"
    )


def test_a_mutant_that_only_luck_rejects_is_found_even_when_it_is_listed(course):
    course.spoil_checks("INPUTS = np.array([1.0, -2.0, 3.0])", "INPUTS = np.array([2.0, 2.0, 2.0])")
    course.spoil_checks("x = rng.normal(size=5) + SECRET", "x = np.full(3, rng.integers(2, 4)) * 1.0")
    with_equivalents(course, "twice: x + x -> x * x")
    assert "not with all, the checks accept the mutant `twice: x + x -> x * x`" in faults(course)


def test_a_mistake_that_only_luck_rejects_is_found(course):
    course.spoil_checks("INPUTS = np.array([1.0, -2.0, 3.0])", "INPUTS = np.array([2.0, 2.0, 2.0])")
    course.spoil_checks("x = rng.normal(size=5) + SECRET", "x = np.full(3, rng.integers(2, 4)) * 1.0")
    assert re.search(r"the checks let the mistake 'square' pass with \d of 10 seeds", faults(course))


def test_the_solution_is_tried_with_the_seed_of_the_class(course):
    unlucky = seed_of(NAME)
    draw = f"x = rng.normal(size=5) + SECRET; other = np.random.default_rng([{unlucky}, {zlib.crc32(b'q1/random numbers/0')}])"
    course.spoil_checks("x = rng.normal(size=5) + SECRET", f"{draw}; assert x[0] != other.normal(size=5)[0] + SECRET")
    assert f"with seed {unlucky} the solution misses 'random numbers'" in faults(course)


def test_every_fault_says_what_to_do(course):
    course.spoil_checks("return x / 2.0 + np.zeros_like(x)", "return x * x")
    course.spoil_checks("points=2", "points=5")
    course.spoil_cell(0, "import numpy as np", "import numpy as np\nif __name__ == '__main__': 1 / 0")
    found = verify(course.root, NAME).all_faults
    assert len(found) == 3
    assert [fault for fault in found if not re.search(r"\b(add|change|mend|make|take|use)\b", fault)] == []


def test_faults_are_printed_as_they_are_brackets_and_all(capsys):
    print_proof(Proof(NAME, [], ["twice: z[bold] -> z[/red]"]))
    assert "mend twice: z[bold] -> z[/red]" in capsys.readouterr().out


def test_the_table_has_a_row_a_question(course, capsys):
    print_proof(verify(course.root, NAME, mutants=False))
    assert re.search(r"^q1 Twice +3 +2 +3 +0 +3/3 +2/2 +not tried +\d+ *$", capsys.readouterr().out, re.MULTILINE)
