"""A check reads as plain Python, whatever a learner's code gives it, and comes to the same verdict in both places."""

import builtins
import itertools

import numpy as np
import pytest
from places import PLACES, asks, graded, names_of, recorded, result_of

from dlcourse.checks import callbacks, expect, proxy
from dlcourse.checks.oracle import LiveOracle
from dlcourse.checks.run import run_question
from dlcourse.checks.student import LocalBackend

pytestmark = pytest.mark.xdist_group("proxy")

ADAM = """
class Momentum:
    def __init__(self, lr=0.1, decay=0.5):
        self.lr, self.decay, self.v, self.steps = lr, decay, None, 0
    def step(self, grad):
        self.v = grad if self.v is None else self.decay * self.v + grad
        self.steps += 1
        return -self.lr * self.v
    def history(self): return {"steps": self.steps, "v": (self.v, [None, "s"])}
    def __len__(self): return self.steps
    def __getitem__(self, i): return (10 * i if isinstance(i, int) else "part")
    def __call__(self, x): return self.lr * x
    def __iter__(self): return iter([1.0, 2.0])
    def __enter__(self): self.lr = 0.0; return self
    def __exit__(self, *error): self.lr = 1.0
    @property
    def broken(self): return 1 / 0
    def eager(self, grad): grad += 1.0
    def large(self, x): return np.exp(x)
    def todo(self): raise NotImplementedError
"""


@pytest.fixture(params=PLACES)
def place(request):
    return request.param


def used(place, use, source=ADAM, **options):
    """The result of one check that uses an object of the learner's."""

    @asks("Momentum", **options)
    def asked(student):
        use(student.Momentum(lr=0.5))

    return result_of(place, asked, source).checks[0]


def must_equal(expected):
    return lambda answer: expect(answer).equal(expected)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda opt: opt.lr, 0.5),
        (lambda opt: (opt.step(np.ones(2)), opt.step(np.ones(2)))[1], np.array([-0.75, -0.75])),
        (lambda opt: (opt.step(1.0), len(opt))[1], 1),
        (lambda opt: opt[3], 30),
        (lambda opt: opt[1:2], "part"),
        (lambda opt: opt(4.0), 2.0),
        (list, [1.0, 2.0]),
        (lambda opt: (opt.step(1.0), opt.history())[1], {"steps": 1, "v": (1.0, [None, "s"])}),
        (lambda opt: hasattr(opt, "lr"), True),
        (lambda opt: hasattr(opt, "velocity"), False),
        (lambda opt: getattr(opt, "velocity", 7), 7),
        (bool, False),
        (lambda opt: opt.step.__class__ is proxy.Operand, True),
    ],
)
def test_an_object_is_used_as_in_plain_python(place, use, expected):
    result = used(place, lambda opt: expect(use(opt)).equal(expected))
    assert (result.message, result.status) == ("", "passed")


def test_an_attribute_that_a_check_sets_is_set_on_the_learners_side(place):
    def use(opt):
        opt.lr = 2.0
        expect(opt.step(1.0)).equal(-2.0)

    assert used(place, use).status == "passed"


def test_a_with_block_enters_and_leaves(place):
    def use(opt):
        with opt as entered:
            expect(entered.lr).equal(0.0)
        expect(opt.lr).equal(1.0)

    assert used(place, use).status == "passed"


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda opt: opt.broken, "`Momentum(...).broken`: ZeroDivisionError: division by zero"),
        (lambda opt: opt.velocity, "`Momentum(...).velocity`: AttributeError"),
        (lambda opt: opt.step(), "`Momentum(...).step(...)`: TypeError"),
        (lambda opt: opt.eager(np.ones(2)), "`Momentum(...).eager(...)`: it changes its input grad in place"),
        (lambda opt: expect(opt.step(1.0)).equal(3.0), "`Momentum(...).step(...)`: the answer is -0.5, expected 3"),
        (lambda opt: opt.missing_method(1), "`Momentum(...).missing_method`: AttributeError"),
    ],
)
def test_what_goes_wrong_in_an_object_is_told_by_the_way_the_check_took(place, use, says):
    result = used(place, use)
    assert (result.status, result.message.startswith(says)) == ("failed", True), result.message


def test_a_method_that_is_not_written_yet_is_not_attempted(place):
    assert used(place, lambda opt: opt.todo()).status == "not attempted"


def test_overflow_in_a_method_counts_where_the_check_says_so(place):
    assert used(place, lambda opt: opt.large(1e4), no_overflow=True).status == "failed"
    assert used(place, lambda opt: opt.large(1e4)).status == "passed"


def test_a_method_that_hangs_is_stopped_and_named():
    source = ADAM.replace("return -self.lr * self.v", "\n        while True: pass")
    result = used("grading", lambda opt: opt.step(1.0), source, seconds=0.3)
    assert (result.status, "`Momentum(...).step` took longer than 0.3 seconds" in result.message) == ("timeout", True)


ALWAYS_EQUAL = """
class Yes:
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __array__(self, *args, **kwargs): return np.zeros(3)
    def __float__(self): return 0.0
    def __len__(self): return 3
    def __getattr__(self, name):
        if name.startswith('__'): raise AttributeError(name)
        return self
    def __call__(self, *args, **kwargs): return self
def f(x): return Yes()
class Momentum(Yes):
    def __init__(self, *args, **kwargs): pass
"""


@pytest.mark.parametrize(
    "judge",
    [
        must_equal(np.zeros(3)),
        lambda answer: expect(answer == 0.0).true("no"),
        lambda answer: expect(abs(answer - 0.0) < 1e-9).true("no"),
        lambda answer: expect(answer).parts(3),
        lambda answer: expect(np.allclose(answer, 0.0)).true("no"),
        lambda answer: expect(answer < 1.0).true("no"),
        lambda answer: expect(float(answer)).equal(0.0),
    ],
)
@pytest.mark.parametrize("ask", [lambda s: s.f(1.0), lambda s: s.Momentum(), lambda s: s.Momentum().step(1.0)])
def test_an_object_that_claims_to_equal_everything_gains_nothing(place, judge, ask):
    asked = asks("f", "Momentum")(lambda student: judge(ask(student)))
    assert result_of(place, asked, ALWAYS_EQUAL).score == 0


VALUE = """
class Value:
    def __init__(self, data): self.data = data
    def __add__(self, other): return Value(self.data + getattr(other, "data", other))
    def __mul__(self, other): return Value(self.data * getattr(other, "data", other))
    __rmul__ = __mul__
    def __neg__(self): return Value(-self.data)
    def relu(self): return Value(max(0.0, self.data))
"""


def test_arithmetic_works_on_objects_of_a_class_that_the_question_asks_for(place):
    @asks("Value")
    def asked(student):
        a, b = student.Value(2.0), student.Value(3.0)
        expect((2.0 * a.relu() * b + -b).data).equal(9.0)

    assert result_of(place, asked, VALUE).status == "passed"


# --- generators ---------------------------------------------------------------------------------------------------------


def iterated(place, use, source, **options):
    return result_of(place, asks("batches", **options)(lambda student: use(student.batches())), source).checks[0]


ENDLESS = "def batches():\n    i = 0\n    while True:\n        yield np.full(2, i)\n        i += 1"


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda items: [a.sum() for a in itertools.islice(items, 3)], [0, 2, 4]),
        (lambda items: [n for n, _ in zip("ab", items, strict=False)], ["a", "b"]),
        (lambda items: next(items).shape, (2,)),
        (lambda items: (next(items), next(items))[1], np.array([1, 1])),
    ],
)
def test_a_generator_without_end_is_pulled_as_far_as_a_check_wants(place, use, expected):
    result = iterated(place, lambda items: expect(use(items)).equal(expected), ENDLESS)
    assert (result.message, result.status) == ("", "passed")


def test_a_generator_that_ends_ends(place):
    source = "def batches():\n    yield 1\n    yield 2"
    assert iterated(place, lambda items: expect([*items, *items]).equal([1, 2]), source).status == "passed"


def test_a_generator_without_end_does_not_fill_a_list(place, monkeypatch):
    monkeypatch.setattr(proxy, "MAX_ITEMS", 5)
    assert "it gives more than 5 items" in iterated(place, list, ENDLESS).message


def test_an_error_in_the_middle_of_a_generator_is_told(place):
    source = "def batches():\n    yield 1\n    yield 1 / 0"
    assert iterated(place, list, source).message.startswith("`next(batches(...))`: ZeroDivisionError")


def test_a_length_that_cannot_be_is_not_believed(place):
    source = "class Long:\n    def __len__(self): return 10**15\ndef batches(): return Long()"
    assert "its length is 1000000000000000" in iterated(place, len, source).message


def test_each_pull_is_timed():
    source = "def batches():\n    yield 1\n    while True: pass"
    result = iterated("grading", list, source, seconds=0.3)
    assert (result.status, "`next(batches(...))` took longer" in result.message) == ("timeout", True)


# --- callbacks ----------------------------------------------------------------------------------------------------------

SLOPE = "def slope(f, x, h=1e-6): return (f(x + h) - f(x - h)) / (2 * h)"


def called_back(place, use, source=SLOPE, **options):
    return result_of(place, asks("slope", **options)(lambda student: use(student)), source).checks[0]


def test_a_function_that_a_check_passes_is_called(place):
    def use(student):
        seen = []
        expect(student.slope(lambda x: seen.append(x) or x**2, np.array([1.0, 2.0]))).close_to(np.array([2.0, 4.0]))
        expect([type(x) for x in seen] == [np.ndarray] * 2).true("no plain data")

    assert called_back(place, use).message == ""


def test_an_error_in_a_function_of_the_checks_reaches_the_learners_code(place):
    def fail(x):
        raise KeyError("no such layer")

    source = "def slope(f, x):\n    try: f(x)\n    except KeyError as error: return str(error)"
    result = called_back(place, lambda student: expect(student.slope(fail, 1.0)).equal("'no such layer'"), source)
    assert result.message == ""


def test_an_error_of_a_kind_that_the_learner_cannot_have_arrives_with_its_name(place):
    def fail(x):
        raise np.linalg.LinAlgError("singular")

    assert "RuntimeError: LinAlgError: singular" in called_back(place, lambda s: s.slope(fail, 1.0)).message


def test_a_function_is_not_called_without_end(place, monkeypatch):
    monkeypatch.setattr(callbacks, "MAX_CALLBACKS", 10)
    source = "def slope(f, x):\n    while True: f(x)"
    assert "a function was called more than 10 times" in called_back(place, lambda s: s.slope(abs, 1.0), source).message


def test_a_function_counts_its_calls_anew_in_each_call(place, monkeypatch):
    monkeypatch.setattr(callbacks, "MAX_CALLBACKS", 2)
    assert called_back(place, lambda s: [s.slope(abs, 1.0) for _ in range(3)]).status == "passed"


def test_time_in_a_function_of_the_checks_counts():
    source = "def slope(f, x):\n    while True: f(x)"
    assert called_back("grading", lambda s: s.slope(abs, 1.0), source, seconds=0.3).status == "timeout"


def test_an_object_keeps_a_function_that_it_was_given(place):
    source = "class Momentum:\n    def __init__(self, lr): self.lr = lr\n    def step(self, t): return self.lr(t)"

    @asks("Momentum")
    def asked(student):
        opt = student.Momentum(lambda t: 1.0 / t)
        expect([opt.step(1), opt.step(4)]).equal([1.0, 0.25])

    assert result_of(place, asked, source).checks[0].message == ""


def test_a_function_that_was_kept_is_not_called_when_its_check_is_over(place):
    source = "kept = []\ndef slope(f, x):\n    kept.append(f)\n    return kept[0](x)"
    asked = asks("slope")(lambda student: student.slope(abs, 1.0))
    asked.check("another")(lambda student: student.slope(abs, 1.0))
    first, second = result_of(place, asked, source).checks
    assert (first.status, "belongs to a check that is over" in second.message) == ("passed", True)


def test_a_function_is_given_objects_as_handles_and_may_hand_them_back(place):
    source = "def slope(f, x):\n    thing = object()\n    return f(thing) is thing"
    assert called_back(place, lambda s: expect(s.slope(lambda t: t, 1.0)).equal(True), source).message == ""


def test_what_a_function_of_the_checks_finds_wrong_ends_the_check_even_if_it_is_caught(place):
    def strict(x):
        expect(x).equal(1.0, because="call it where you stand")

    source = "def slope(f, x):\n    try: f(x + 1)\n    except BaseException: pass\n    return 0.0"
    result = called_back(place, lambda student: student.slope(strict, 1.0), source)
    assert "call it where you stand" in result.message


def test_what_a_function_of_the_checks_expects_is_not_told_to_the_code_it_judges(place):
    def strict(x):
        expect(x).equal(0.5)

    source = "told = []\ndef slope(f, x):\n    try: f(x)\n    except AssertionError as error: told.append(str(error))"
    asked = asks("slope", "told")(lambda student: student.slope(strict, 1.0))
    asked.check("another")(lambda student: expect(student.told.pop()).equal("the check has seen enough"))
    assert result_of(place, asked, source).checks[1].message == ""


@pytest.mark.parametrize("kind", ["ValueError", "KeyError", "IndexError", "TypeError", "ZeroDivisionError"])
def test_a_check_may_expect_an_error(place, kind):
    def use(student):
        with pytest.raises(getattr(builtins, kind), match="too small"):
            student.slope(abs, 1.0)

    assert called_back(place, use, f"def slope(f, x): raise {kind}('too small')").status == "passed"


def test_a_learners_own_function_may_be_passed_to_another(place):
    source = SLOPE + "\ndef square(x): return x * x"
    asked = asks("slope", "square")(lambda student: expect(student.slope(student.square, 3.0)).close_to(6.0, rtol=1e-6))
    assert result_of(place, asked, source).checks[0].message == ""


def test_a_random_generator_draws_the_same_for_answer_and_solution(place):
    source = "def slope(rng): return rng.normal(size=3)"

    @asks("slope", hidden=True)
    def asked(student, solution, rng):
        expect(student.slope(rng)).equal(solution.slope(rng))
        expect(student.slope(rng=rng)).equal(rng.normal(size=3))

    assert result_of(place, asked, source, solution=source).status == "passed"


def test_the_solution_may_be_passed_on_in_a_hidden_check(place):
    @asks("slope", hidden=True)
    def asked(student, solution):
        expect(student.slope(solution.loss, 3.0)).close_to(solution.slope(solution.loss, 3.0))

    assert result_of(place, asked, SLOPE, solution=f"def loss(x): return x**2\n{SLOPE}").status == "passed"


# --- recordings, mistakes, forgeries ------------------------------------------------------------------------------------


def with_mistake():
    @asks("Momentum")
    def asked(student, solution):
        ours, theirs = student.Momentum(lr=0.5), solution.Momentum(lr=0.5)
        for grad in (1.0, -2.0):
            expect(ours.step(grad)).close_to(theirs.step(grad))
        expect(ours.lr).equal(theirs.lr)
        for ours_item, theirs_item in zip(ours, theirs, strict=True):
            expect(ours_item).equal(theirs_item)

    @asked.mistake("The velocity is forgotten.")
    class Forgetful:
        def __init__(self, lr=0.1):
            self.lr = lr

        def step(self, grad):
            return -self.lr * grad

        def __iter__(self):
            return iter([1.0, 2.0])

    return asked


FORGETFUL = """
class Momentum:
    def __init__(self, lr=0.1): self.lr = lr
    def step(self, grad): return -self.lr * grad
    def __iter__(self): return iter([1.0, 2.0])
"""


def test_a_known_mistake_in_a_class_is_told(place):
    assert result_of(place, with_mistake(), FORGETFUL, solution=ADAM).mistake == "Forgetful"


def test_a_right_class_is_right(place):
    assert result_of(place, with_mistake(), ADAM, solution=ADAM).status == "passed"


@pytest.mark.parametrize(("source", "mistake"), [(ADAM, ""), (FORGETFUL, "Forgetful")])
def test_an_object_of_the_solution_is_replayed_from_what_was_recorded(source, mistake):
    asked = with_mistake()
    result = run_question(asked, LocalBackend(names_of(source)), recorded(asked, ADAM))
    assert (result.mistake, result.status == "passed") == (mistake, not mistake)


@pytest.mark.parametrize("passed", [lambda solution: solution.loss, lambda solution: lambda x: solution.loss(x) + 1.0])
def test_a_public_check_that_passes_the_solution_on_is_refused_at_release(passed):
    asked = asks("slope")(lambda student, solution: student.slope(passed(solution), 3.0))
    with pytest.raises(ValueError, match="write a plain function in the file of checks"):
        recorded(asked, f"def loss(x): return x**2\n{SLOPE}")


def test_an_object_of_the_solution_never_reaches_the_learners_code(place):
    asked = asks("f")(lambda student, solution: student.f(solution.make()))
    with pytest.raises(RuntimeError, match="only plain data travels"):
        result_of(place, asked, "def f(x): return x", solution="def make(): return object()")


def test_a_function_of_a_check_that_asks_the_learners_code_is_the_authors_error(place):
    asked = asks("slope")(lambda student: student.slope(lambda x: student.slope(abs, x), 1.0))
    with pytest.raises(RuntimeError, match="let it compute on its arguments alone"):
        result_of(place, asked, SLOPE)


FORGED = """
import json, os, struct
def forge(message):
    header = json.dumps({"$": "dict", "items": list(message.items())}).encode()
    for fd in range(3, 40):
        try: os.write(fd, struct.pack(">II", len(header), 0) + header)
        except OSError: pass
"""


@pytest.mark.parametrize(
    "message",
    [
        "{'value': 42, 'error': '', 'message': ''}",
        "{'value': 42, 'error': '', 'message': '', 'token': ''}",
        "{'callback': 0, 'args': [], 'kwargs': []}",
    ],
)
def test_bytes_that_a_learners_code_writes_are_not_taken_for_an_answer(message):
    source = f"{FORGED}\ndef f(x):\n    forge({message})\n    return 1"
    asked = asks("f")(lambda student: expect(student.f(1.0)).equal(42))
    (result,) = graded([source], [asked]).questions
    assert (result.status, result.checks[0].message) == ("error", "`f` did not answer as a function does")


def test_bytes_that_are_no_message_end_the_call():
    source = "import os\ndef f(x):\n    for fd in range(3, 40):\n        try: os.write(fd, b'x' * 64)\n        except OSError: pass"
    (result,) = graded([source], [asks("f")(lambda student: student.f(1.0))]).questions
    assert result.checks[0].message == "`f` did not answer as a function does"


def test_an_error_whose_own_text_fails_is_an_error_like_any_other(place):
    source = "class E(Exception):\n    def __str__(self): raise ValueError\ndef f(x): raise E"
    assert result_of(place, asks("f")(lambda student: student.f(1.0)), source).checks[0].status == "failed"


def test_a_right_answer_through_the_live_oracle_is_right_in_both_places():
    solution = "def f(x): return np.sin(x)"
    asked = asks("f", hidden=True)(
        lambda student, solution, rng: expect(student.f(rng.normal(size=3))).close_to(np.zeros(3))
    )
    oracle = LiveOracle(names_of(solution))
    local = run_question(asked, LocalBackend(names_of(solution)), oracle, 3)
    assert graded(["import numpy as np", solution], [asked], oracle, 3).questions[0] == local
