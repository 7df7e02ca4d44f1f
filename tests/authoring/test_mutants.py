import time

import pytest

from dlcourse.authoring import mutants as module
from dlcourse.authoring.mutants import Hanging, accepting_seeds, deadline, mutants_of, names_around
from dlcourse.grading.exercise import load_full, master_names
from dlcourse.grading.submission import read_notebook

NAME = "90_twice"
ANSWER = 2
VALUE = """
from dlcourse.checks import expect, question
q1 = question("q1", "Twice", values=["twice"])
@q1.check("the set", points=3)
def the_set(student, solution):
    expect(student.twice).equal(solution.twice)
"""


def mutants(course):
    (question,) = load_full(course.root / "solutions", NAME).questions
    return mutants_of(read_notebook(course.master), question)


def sentences(course):
    return [mutant.sentence for mutant in mutants(course)]


def tried(course, seeds=range(3)):
    """By sentence, the seeds with which a mutant is accepted."""
    exercise = load_full(course.root / "solutions", NAME)
    (question,) = exercise.questions
    around = names_around(read_notebook(course.master), question, master_names(course.master))
    return {m.sentence: accepting_seeds(m, question, around, exercise.oracle, seeds) for m in mutants(course)}


def write_answer(course, *lines, before=("def twice(x):",)):
    body = "\n".join([*before, "    ### BEGIN SOLUTION", *(f"    {line}" for line in lines), "    ### END SOLUTION"])
    course.cells[ANSWER] = ("code", body, {"question": "q1"})
    course.write_master()


def test_a_mutant_names_its_function_and_the_change(course):
    assert "twice: x + x -> x * x" in sentences(course)


def test_a_mutant_says_where_it_stands(course):
    assert {mutant.place for mutant in mutants(course)} == {"cell 3, line 3", "cell 3, line 4"}


def test_only_the_solution_is_changed(course):
    write_answer(course, "return x + x", before=("GIVEN = 1 + 2", "def twice(x, way='+'):", "    given = x - 1"))
    assert [sentence for sentence in sentences(course) if "1" in sentence] == []


def test_defaults_of_the_solutions_own_functions_are_changed(course):
    write_answer(course, "def times(x, factor=2):", "    return factor * x", "return times(x)")
    assert any("factor=2" in sentence and "factor=1" in sentence for sentence in sentences(course))


def test_a_change_that_python_compiles_to_the_same_code_is_no_mutant(course):
    write_answer(course, "return (2 + 2) * x")
    assert [sentence for sentence in sentences(course) if sentence in ("twice: 2 + 2 -> 2 * 2", "twice: 2 + 2 -> 2 - 2")] == [
        "twice: 2 + 2 -> 2 - 2"
    ]  # fmt: skip


def test_documentation_is_not_changed(course):
    write_answer(course, '"""Twice."""', "return x + x")
    assert [sentence for sentence in sentences(course) if "Twice" in sentence] == []


def test_two_changes_alike_show_more_of_what_stands_around_them(course):
    write_answer(course, "a = abs(x + 1)", "b = -(x + 1)", "return a + b")
    wide = [sentence for sentence in sentences(course) if "x - 1" in sentence]
    assert wide == ["twice: abs(x + 1) -> abs(x - 1)", "twice: -(x + 1) -> -(x - 1)"]


def test_each_mutant_has_a_sentence_of_its_own(course):
    write_answer(course, "a = (x > 0).any(axis=0) & (x < 0).any(axis=0)", "return x + x + 0 * a")
    found = sentences(course)
    assert len(set(found)) == len(found)


def test_a_mutant_that_the_checks_cannot_tell_from_the_solution_is_accepted(course):
    write_answer(course, "return x + x + 0")
    assert tried(course)["twice: x + x + 0 -> x + x - 0"] == [0, 1, 2]


def test_a_mutant_that_differs_is_rejected(course):
    assert tried(course)["twice: x + x -> x * x"] == []


def test_a_mutant_that_raises_is_rejected(course):
    assert tried(course)["twice: doubled_entries = x + x -> pass"] == []


def test_a_mutant_that_ends_python_is_rejected(course):
    write_answer(course, "if x is None:", "    exit()", "return x + x")
    assert tried(course)["twice: if x is None: -> if not x is None:"] == []


def test_an_answer_that_is_left_out_is_not_found_among_the_masters_names(course):
    course.cells[ANSWER] = ("code", "### BEGIN SOLUTION\ntwice = lambda x: x + x\n### END SOLUTION", {"question": "q1"})
    course.write_master()
    assert tried(course)["twice = lambda x: x + x -> pass"] == []


def test_the_value_of_a_question_about_a_value_is_changed(course):
    course.checks.write_text(VALUE)
    course.cells[ANSWER] = ("code", "### BEGIN SOLUTION\ntwice = {'a', 'b'}\n### END SOLUTION", {"question": "q1"})
    course.write_master()
    assert {"{'a', 'b'} -> {'a'}", "{'a', 'b'} -> {'b'}", "twice = {'a', 'b'} -> pass"} <= {
        s for s, seeds in tried(course).items() if not seeds
    }


def test_the_seeds_that_accept_a_mutant_by_luck_are_named(course):
    course.spoil_checks("INPUTS = np.array([1.0, -2.0, 3.0])", "INPUTS = np.array([2.0, 2.0, 2.0])")
    course.spoil_checks("x = rng.normal(size=5) + SECRET", "x = np.full(3, rng.integers(2, 4)) * 1.0")
    accepted = tried(course, range(20))["twice: x + x -> x * x"]
    assert 0 < len(accepted) < 20


def forever():
    while True:
        pass


def stubborn():
    try:
        forever()
    except BaseException:
        forever()


@pytest.mark.skipif(not hasattr(module.signal, "setitimer"), reason="this system has no timer that counts CPU time")
class TestDeadline:
    def test_code_that_never_ends_is_stopped(self):
        with pytest.raises(Hanging), deadline(0.02):
            forever()

    def test_code_that_catches_everything_is_stopped(self):
        with pytest.raises(Hanging), deadline(0.02):
            stubborn()

    def test_code_that_ends_is_left_alone_afterwards(self):
        with deadline(0.02):
            value = sum(range(10))
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        assert value == 45

    def test_a_mutant_that_hangs_is_rejected(self, course, monkeypatch):
        monkeypatch.setattr(module, "PATIENCE", 0.05)
        write_answer(course, "times = 0", "while times < 1:", "    times += 1", "return x + x")
        verdicts = tried(course)
        assert verdicts["twice: times += 1 -> pass"] == verdicts["twice: times += 1 -> times -= 1"] == []
