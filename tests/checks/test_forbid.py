"""Write it yourself, in a notebook: what is forbidden is out of reach while a check calls, and nothing is left of it."""

import numpy as np
import pytest
from leaning import FORBIDDEN, HONEST, WAYS
from places import asks, names_of, recorded

from dlcourse.checks import expect
from dlcourse.checks.forbid import Blocked, Forbidden, find, resolve
from dlcourse.checks.limits import Limits
from dlcourse.checks.oracle import LiveOracle
from dlcourse.checks.run import run_question
from dlcourse.checks.student import LocalBackend
from dlcourse.grading.sandbox import Worker

pytestmark = pytest.mark.xdist_group("forbid in a notebook")

#: A notebook is played in a process of its own: some of these answers turn it inside out.
CHECK = f"""
import numpy
from dlcourse.checks import expect, question
from dlcourse.checks.oracle import LiveOracle
from dlcourse.checks.run import run_question
from dlcourse.checks.student import LocalBackend
Z = numpy.array([-1.0, 0.5, 2.0])
def judge(student): expect(student.answer(Z)).close_to(1 / (1 + numpy.exp(-Z)))
for forbid in ({FORBIDDEN}, ()):
    q = question("q1", "Title", functions=["answer"], forbid=forbid)
    q.check("the check")(judge)
    print(run_question(q, LocalBackend(globals()), LiveOracle({{}})).checks[0].message)
"""


@pytest.fixture
def play():
    worker = Worker(Limits())

    def run(*cells):
        replies = [
            worker.ask({"do": "cell", "label": f"cell {i}", "source": source, "binds": []}, 20)
            for i, source in enumerate((*cells, CHECK), 1)
        ]
        assert [reply["error"] for reply in replies] == [""] * len(replies)
        return replies[-1]["output"].splitlines()

    yield run
    worker.close()


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_leans_on_what_is_forbidden_is_told_and_works_again_afterwards(way, play):
    cells, name = WAYS[way]
    assert play(*cells) == [f"`answer` calls {name}: this question asks you to write it yourself", ""]


@pytest.mark.parametrize("way", HONEST)
def test_an_answer_that_does_not_lean_on_it_is_right(way, play):
    assert play(*HONEST[way]) == ["", ""]


def blocked(*names):
    return Blocked(names)


def test_everything_is_put_back_even_if_the_code_raises():
    import scipy.special

    before = scipy.special.expit, resolve("dlcourse.functional.sigmoid").__code__
    with pytest.raises(KeyError), blocked(*FORBIDDEN).theirs():
        raise KeyError
    assert (scipy.special.expit, resolve("dlcourse.functional.sigmoid").__code__) == before


def test_what_an_answer_keeps_of_it_works_when_the_check_is_over():
    import scipy.special

    with blocked("scipy.special.expit").theirs():
        kept = [scipy.special.expit, scipy.special.expit.__call__]
    assert [f(0.0) for f in kept] == [0.5, 0.5]


def test_it_is_free_for_a_function_of_the_checks_in_the_middle_of_a_call():
    import scipy.special

    world = blocked("scipy.special.expit")
    with world.theirs():
        with world.ours():
            assert scipy.special.expit(0.0) == 0.5
        with pytest.raises(Forbidden, match=r"scipy\.special\.expit"):
            scipy.special.expit(0.0)


def test_the_solution_and_the_check_may_call_it():
    @asks("answer", forbid=["dlcourse.functional.sigmoid"])
    def asked(student, solution):
        from dlcourse.functional import sigmoid

        expect(student.answer(np.ones(2))).close_to(solution.answer(np.ones(2)))
        expect(student.answer(np.ones(2))).close_to(sigmoid(np.ones(2))[0])

    oracle = LiveOracle(names_of("import dlcourse.functional as F\ndef answer(z): return F.sigmoid(z)[0]"))
    assert run_question(asked, LocalBackend(names_of(HONEST["its own"][1])), oracle).status == "passed"


def test_a_function_that_shares_its_decorator_with_a_forbidden_one_is_free():
    from contextlib import closing

    world = blocked("contextlib.suppress", "contextlib.contextmanager")
    with world.theirs():
        assert closing(open).thing is open


def test_of_a_class_all_own_functions_are_blocked():
    from dlcourse.optim import SGD, Adam

    with blocked("dlcourse.optim.Adam").theirs():
        with pytest.raises(Forbidden, match=r"dlcourse\.optim\.Adam"):
            Adam([], lr=0.1)
        assert SGD.__init__.__code__.co_filename != "<forbidden>"


def test_a_name_whose_package_is_not_installed_is_left_out():
    assert find(["no_such_package.f"]) == ()


def test_a_solution_that_leans_on_what_its_question_forbids_is_not_released():
    @asks("answer", forbid=["dlcourse.functional.sigmoid"])
    def asked(student, solution):
        expect(student.answer(np.ones(2))).close_to(solution.answer(np.ones(2)))

    with pytest.raises(ValueError, match=r"the solution itself fails it .*calls dlcourse\.functional\.sigmoid"):
        recorded(asked, "import dlcourse.functional as F\ndef answer(z): return F.sigmoid(z)[0]")
