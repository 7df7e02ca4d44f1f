"""One small exercise, run as a notebook runs it: what each kind of answer earns, and what its author is told."""

import copy
import json

import numpy as np
import pytest

from dlcourse.checks import Partial, expect, question
from dlcourse.checks.calls import Open, answer_to
from dlcourse.checks.objects import Objects
from dlcourse.checks.operations import Request
from dlcourse.checks.oracle import LiveOracle, RecordedOracle, record
from dlcourse.checks.report import Report
from dlcourse.checks.run import BrokenExercise, run_question
from dlcourse.checks.student import LocalBackend


def sigmoid(z):
    y = 0.5 * (1 + np.tanh(z / 2))
    return y, y


def sigmoid_backward(dy, y):
    return dy * y * (1 - y)


SOLUTION = {"sigmoid": sigmoid, "sigmoid_backward": sigmoid_backward, "largest_slope": 0.25}


def make_question():
    q = question("q1", "Sigmoid", functions=["sigmoid", "sigmoid_backward"], values=["largest_slope"])

    @q.check("values")
    def values(student, solution):
        z = np.linspace(-4, 4, 9)
        y, _ = expect(student.sigmoid(z)).parts(2)
        expect(y).close_to(solution.sigmoid(z)[0])

    @q.check("slope", each=["left", "right"], points=2)
    def slope(student, solution, case):
        z = np.array([-1.0 if case == "left" else 2.0])
        _, cache = expect(student.sigmoid(z)).parts(2)
        wanted = solution.sigmoid_backward(np.ones(1), solution.sigmoid(z)[1])
        expect(student.sigmoid_backward(np.ones(1), cache)).close_to(wanted)

    @q.check("the largest slope")
    def largest(student, solution):
        if abs(student.largest_slope - 0.5) < 1e-9:
            raise Partial(0.5, "that is sigma(0), close but not its slope")
        expect(student.largest_slope).close_to(solution.largest_slope)

    @q.check("no overflow", hidden=True, no_overflow=True)
    def stable(student, solution, rng):
        z = rng.uniform(500, 1000, 20) * rng.choice([-1.0, 1.0], 20)
        expect(student.sigmoid(z)[0]).close_to(solution.sigmoid(z)[0])

    @q.mistake("That is the derivative.", of="sigmoid")
    def derivative(z):
        y = 1 / (1 + np.exp(-z))
        return y * (1 - y), y

    @q.mistake("You forgot the factor 1 - y.", of="sigmoid_backward")
    def one_factor(dy, y):
        return dy * y

    @q.mistake("One is the largest value, not the largest slope.", of="largest_slope")
    def largest_value():
        return 1.0

    return q


QUESTION = make_question()
LIVE = LiveOracle(SOLUTION)


def run(oracle=LIVE, seed=0, **changes):
    names = {name: thing for name, thing in {**SOLUTION, **changes}.items() if thing is not None}
    return run_question(QUESTION, LocalBackend(names), oracle, seed)


def public():
    shown = copy.copy(QUESTION)
    shown.checks = [check for check in QUESTION.checks if not check.hidden]
    return shown, RecordedOracle(json.loads(json.dumps(record([QUESTION], SOLUTION))))


def check(result, name):
    return next(check for check in result.checks if check.name == name)


def overflowing(z):
    y = 1 / (1 + np.exp(-z))
    return y, y


def test_the_solution_earns_everything():
    result = run()
    assert (result.score, result.max_score, result.status) == (5, 5, "passed")


def test_nothing_defined_is_not_attempted():
    assert run(sigmoid=None, sigmoid_backward=None, largest_slope=None).status == "not attempted"


def test_a_stub_is_not_attempted():
    def stub(*args):
        raise NotImplementedError

    assert run(sigmoid=stub, sigmoid_backward=stub, largest_slope=...).status == "not attempted"


def test_cases_share_the_points():
    def right_half(dy, y):
        return np.where(y > 0.5, dy * y * (1 - y), dy)

    assert run(sigmoid_backward=right_half).score == 4


def test_a_part_of_the_points_can_be_earned():
    assert check(run(largest_slope=0.5), "the largest slope").score == 0.5


def test_overflow_counts_only_where_the_check_says_so():
    result = run(sigmoid=overflowing)
    assert [c.name for c in result.checks if c.status != "passed"] == ["no overflow"]


def test_a_hidden_check_shows_no_numbers():
    assert check(run(sigmoid=overflowing), "no overflow").message == "a hidden check: its inputs are not shown"


def test_a_function_that_writes_into_its_input_is_caught():
    def eager(z):
        z *= 0.5
        y = 0.5 * (1 + np.tanh(z))
        return y, y

    assert "changes its input z in place" in check(run(sigmoid=eager), "values").message


@pytest.mark.parametrize(
    ("given", "find"),
    [
        ([np.ones(3)], lambda gradients: gradients[0]),
        (("W", np.ones(3)), lambda pair: pair[1]),
        ({"W": np.ones(3)}, lambda weights: weights["W"]),
        ([{"W": [np.ones(3)]}], lambda layers: layers[0]["W"][0]),
    ],
    ids=["list", "tuple", "dict", "one in the other"],
)
def test_an_array_inside_an_input_may_not_be_written_into_either(given, find):
    def clip(gradients):
        find(gradients)[:] = 0.0

    answer = answer_to(Request("call", "clip", "`clip(...)`", (given,)), lambda: clip, Objects(), Open())
    assert "changes its input gradients in place" in answer.message


def test_an_error_in_the_answer_names_its_line():
    def broken(z):
        return undefined_thing, z  # noqa: F821

    assert "NameError" in check(run(sigmoid=broken), "values").message


@pytest.mark.parametrize(
    "wrong", [lambda z: z, lambda z: (z,), lambda z: None, lambda z: (object(), z), lambda z: "abc"]
)
def test_an_answer_of_any_other_form_fails_and_does_not_raise(wrong):
    assert check(run(sigmoid=wrong), "values").status == "failed"


MISTAKES = {
    "derivative": {"sigmoid": QUESTION.mistakes[0].function},
    "one_factor": {"sigmoid_backward": QUESTION.mistakes[1].function},
    "largest_value": {"largest_slope": 1.0},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_known_mistake_is_named_where_the_solution_is_at_hand(name):
    assert run(**MISTAKES[name]).mistake == name


@pytest.mark.parametrize("name", MISTAKES)
def test_a_known_mistake_is_named_from_recorded_numbers_alone(name):
    shown, oracle = public()
    assert run_question(shown, LocalBackend({**SOLUTION, **MISTAKES[name]}), oracle).mistake == name


def test_two_mistakes_at_once_are_both_told():
    result = run(**MISTAKES["one_factor"], **MISTAKES["largest_value"])
    assert {c.mistake for c in result.checks} >= {"one_factor", "largest_value"}


def test_an_unknown_mistake_gets_no_hint():
    assert run(largest_slope=7.0).mistake == ""


def test_hidden_inputs_depend_on_the_seed_alone():
    seen = []

    def spy(z):
        if z.size == 20:
            seen.append(z.copy())
        return sigmoid(z)

    for seed in (1, 1, 2):
        run(seed=seed, sigmoid=spy)
    assert (np.array_equal(seen[0], seen[1]), np.array_equal(seen[0], seen[2])) == (True, False)


def test_a_recording_that_does_not_fit_blames_the_exercise_not_the_answer():
    shown, oracle = public()
    oracle._data["q1"]["cases"]["values/0"]["solution"] = []
    with pytest.raises(BrokenExercise, match="dlcourse release"):
        run_question(shown, LocalBackend(SOLUTION), oracle)


def test_a_hint_is_told_once_in_a_report():
    assert repr(Report([run(**MISTAKES["one_factor"])], {})).count("You forgot the factor") == 1


def test_a_report_in_html_escapes_what_a_learner_returned():
    html = Report([run(sigmoid=lambda z: "<script>")], {})._repr_html_()
    assert "<script>" not in html


def test_a_report_says_how_many_checks_are_still_to_come():
    assert "2 hidden checks (3 points) run when it is graded" in repr(Report([run()], {"q1": [("a", 1), ("b", 2)]}))


@pytest.mark.parametrize(
    ("options", "function", "says"),
    [
        ({}, lambda student, solution, rng: None, "public and asks for rng"),
        ({}, lambda student, answer: None, "unknown argument"),
        ({"each": [1, 2]}, lambda student: None, "go together"),
        ({"points": 0}, lambda student: None, "points must be positive"),
    ],
)
def test_a_check_that_cannot_work_is_refused_when_it_is_written(options, function, says):
    with pytest.raises(ValueError, match=says):
        question("q", "Title", functions=["f"]).check("name", **options)(function)


def test_a_hidden_check_names_its_cases_by_number_or_by_what_its_author_calls_them():
    q = question("q", "Title", functions=["f"])
    q.check("hidden", hidden=True, each=[31337.0, ("large", 31337.0)])(lambda student, case: None)
    q.check("public", each=[31337.0, ("large", 31337.0)])(lambda student, case: None)
    titles = [c.title for c in run_question(q, LocalBackend({}), LIVE).checks]
    assert titles == ["hidden: case 1", "hidden: large", "public: 31337.0", "public: large"]


def test_public_checks_run_before_hidden_ones_and_are_told_in_their_order():
    order = []
    q = question("q", "Title", functions=["f"])
    q.check("first", hidden=True)(lambda student: order.append("first"))
    q.check("second")(lambda student: order.append("second"))
    result = run_question(q, LocalBackend({}), LIVE)
    assert (order, [c.name for c in result.checks]) == (["second", "first"], ["first", "second"])


def test_a_check_may_compute_with_what_it_got_before_it_judges():
    q = question("q", "Title", functions=["f"])
    q.check("place of the largest")(lambda student: expect(student.f().argmax()).equal(2))
    assert run_question(q, LocalBackend({"f": lambda: np.array([0.0, 1.0, 5.0])}), LIVE).score == 1
