"""Whose answers are alike: a disguise does not hide a copy, and what everybody writes accuses nobody."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pretend_class import copied, disguised, pretend_class, with_answers

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.record import AnswerText
from dlcourse.classroom.report.fragments import fragments
from dlcourse.classroom.report.normalise import normalised
from dlcourse.classroom.report.similarity import similarity

ANSWER = """
def prelu(z, a):
    positive = z > 0
    y = np.where(positive, z, z * a)
    return y, (z, a)


def prelu_backward(dy, cache):
    z, a = cache
    slope_in_a = np.where(z > 0, 0, z)
    da = (dy * slope_in_a + 1).sum(axis=0)
    for i in range(3):
        da = da * i
    return dy * np.where(z > 0, 1, a), da
"""
#: What one may do to an answer so that it looks like another: by name, what is replaced by what.
DISGUISES = {
    "other names": [
        ("positive", "on"),
        ("slope_in_a", "tmp"),
        ("z", "inputs"),
        ("dy", "grad"),
        (" i ", " j "),
        ("* i", "* j"),
    ],
    "comments": [("positive = z > 0", "positive = z > 0  # where it is on")],
    "a docstring": [("def prelu(z, a):", 'def prelu(z, a):\n    """Mine."""')],
    "types": [("def prelu(z, a):", "def prelu(z: np.ndarray, a: float = ...) -> tuple:"), (": float = ...", ": float")],
    "a type for a variable": [("y = np.where(pos", "y: np.ndarray = np.where(pos")],
    "white space": [("return y, (z, a)", "return  y , ( z,a )"), ("\n\n\n", "\n"), ("y = np", "y  =  np")],
    "prints": [("    return y", '    print("y is", y)\n    return y')],
    "another name for the library": [("np.", "numpy.")],
    "names taken from the library": [
        ("\ndef prelu(z", "\nfrom numpy import where\ndef prelu(z"),
        ("np.where", "where"),
    ],
    "factors in another order": [("z * a", "a * z"), ("da * i", "i * da")],
    "terms in another order": [("dy * slope_in_a + 1", "1 + slope_in_a * dy")],
    "comparisons the other way round": [("z > 0", "0 < z")],
}


def under(disguise):
    answer = ANSWER
    for old, new in DISGUISES[disguise]:
        assert old in answer
        answer = answer.replace(old, new)
    return answer


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_changes_no_fragment(disguise):
    assert fragments(under(disguise)) == fragments(ANSWER)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_does_not_change_the_text_that_is_shown(disguise):
    assert normalised(under(disguise)) == normalised(ANSWER)


def test_what_a_variable_is_called_in_each_function_is_shown_alike():
    first, second = ANSWER.split("\n\n\n")
    assert normalised(f"{first}\n\n\n{second.replace('z', 'inputs')}") == normalised(ANSWER)


def test_functions_may_stand_in_any_order():
    first, second = ANSWER.split("\n\n\n")
    assert fragments(second + "\n\n\n" + first) == fragments(ANSWER)


def test_another_thought_has_other_fragments():
    assert fragments(ANSWER.replace("z > 0", "z >= 0")) != fragments(ANSWER)


def test_a_line_more_leaves_nearly_all_fragments_as_they_are():
    more = ANSWER.replace("    da = da * i", "    da = da * i\n        unused = 3 + i")
    assert len(fragments(ANSWER) - fragments(more)) <= 1


def test_a_copy_with_an_error_in_its_grammar_still_shares_most_with_its_source():
    broken = ANSWER.replace("da = da * i", "da = da * ) i")
    assert len(fragments(broken) & fragments(ANSWER)) > 0.6 * len(fragments(ANSWER))


#: Expressions over three variables.
EXPRESSIONS = st.recursive(
    st.sampled_from(["alpha", "beta", "gamma", "1", "0.5", "'alpha'", "elsewhere"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["+", "*", "-", "/", "@", ">", "<", "==", "&"]), part).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        part.map("np.exp({})".format),
        part.map("({}).sum(axis=0)".format),
        st.tuples(part, part).map("np.where({0[0]}, {0[1]}, alpha=1)".format),
    ),
    max_leaves=8,
)
PROGRAMS = st.lists(st.tuples(st.sampled_from(["alpha", "beta", "gamma"]), EXPRESSIONS), min_size=1, max_size=5).map(
    lambda lines: "def f(alpha, beta, gamma):\n" + "\n".join(f"    {name} = {value}" for name, value in lines)
)
OTHER_NAMES = st.permutations(["u", "exp", "sum", "gamma", "beta", "np_", "x1"]).map(lambda names: names[:3])


def renamed(program, names):
    """The program with the three names replaced all at once, and neither a keyword nor a string."""
    letters = dict(zip(["alpha", "beta", "gamma"], names, strict=True))
    kept = program.replace("alpha=1", "KEYWORD").replace("'alpha'", "STRING")
    for old in letters:
        kept = kept.replace(old, old.upper())
    for old, new in letters.items():
        kept = kept.replace(old.upper(), new)
    return kept.replace("KEYWORD", "alpha=1").replace("STRING", "'alpha'")


@settings(derandomize=True, deadline=None, max_examples=80)
@given(PROGRAMS, OTHER_NAMES)
def test_whatever_variables_are_called_the_fragments_are_the_same(program, names):
    assert fragments(renamed(program, names)) == fragments(program)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(PROGRAMS, OTHER_NAMES)
def test_whatever_variables_are_called_the_text_is_the_same(program, names):
    assert normalised(renamed(program, names)) == normalised(program)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_whatever_is_handed_in_has_a_text_that_can_be_compared(source):
    assert isinstance(normalised(source), str)


BEYOND = {
    "brackets": "(" * 9000 + "x" + ")" * 9000,
    "lists": "[" * 9000,
    "signs": "-" * 15_000 + "1",
    "a sum": "+".join("x" * 9000),
    "calls": "f(" * 80 + ")" * 80 + ".a" * 300,
    "a lambda in a lambda": "lambda:" * 2500 + "1",
    "a number too long to be written": "x = (y + 1) * z - 0x" + "f" * 15_000,
    "longer than anybody reads": "x = 1\n" * 100_000,
}


@pytest.mark.parametrize("what", BEYOND)
def test_an_answer_beyond_measure_can_be_compared_as_well(what):
    assert fragments(BEYOND[what])
    assert normalised(BEYOND[what])


# --- a class -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    return pretend_class(30, seed=3)


@pytest.fixture(scope="module")
def people(small):
    """Places of students who have answers."""
    return with_answers(small)


def groups(standings):
    return [group.students for group in similarity([standing.record for standing in standings]).groups]


def ids(standings, *places):
    return tuple(sorted(standings[place].record.student for place in places))


def test_a_disguised_copy_is_found_in_a_class(small, people):
    assert groups(copied(small, people[2], people[9])) == [ids(small, people[2], people[9])]


def test_a_copy_of_three_long_answers_is_found(small, people):
    found = groups(copied(small, people[9], people[18], "q1 q2 q3"))
    assert ids(small, people[9], people[18]) in found


def test_only_the_answers_that_are_alike_are_shown(small, people):
    (group,) = similarity([s.record for s in copied(small, people[2], people[9], "q1 q2 q3 q6")]).groups
    assert (
        {"q1", "q2", "q3", "q6"}
        <= {answer.question for answer in group.pairs[0].answers}
        != {f"q{i}" for i in range(1, 9)}
    )


def test_three_who_hand_in_the_same_are_one_group(small, people):
    three = copied(copied(small, people[2], people[9]), people[2], people[20])
    assert groups(three) == [ids(small, people[2], people[9], people[20])]


def test_twelve_who_hand_in_the_same_do_not_pass_for_what_everybody_writes(small, people):
    many = small
    for place in people[3:14]:
        many = copied(many, people[2], place)
    assert groups(many) == [ids(small, *people[2:14])]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nobody_is_listed_where_everybody_worked_alone(seed):
    assert groups(pretend_class(40, seed=seed)) == []


def only(standings, question, sources):
    """The class with these answers to one question, dealt out in turn."""
    return [
        replace(standing, record=replace(standing.record, answers=(AnswerText(question, sources[i % len(sources)]),)))
        for i, standing in enumerate(standings)
    ]


def test_equal_answers_to_a_question_of_one_line_are_not_listed(small):
    ways = [
        "def mean(z):\n    return np.mean(z)",
        "def mean(z):\n    return z.mean()",
        "def mean(z):\n    return sum(z) / len(z)",
    ]
    assert groups(only(small, "q5", ways)) == []


def test_two_who_alone_found_the_same_unusual_line_are_not_listed(small):
    usual = ["def mean(z):\n    return np.mean(z)"] * 10
    assert groups(only(small, "q5", [*usual, "def mean(z):\n    return np.add.reduce(z) / np.size(z)", *usual])) == []


def test_an_answer_that_was_left_as_it_was_given_is_not_compared(small):
    stub = "def f(z, a, b):\n    first = z * a + np.exp(b)\n    second = first * first - np.log(z + 3)\n    return second / ..."
    check = CheckResult("c", "c", 1.0, 0.0, "not attempted", "", False)
    left = (QuestionResult("q1", "Q", (check,)),)
    records = [replace(s.record, questions=left, answers=(AnswerText("q1", stub),)) for s in small]
    assert similarity(records).compared == 0


def test_a_class_in_which_nothing_can_be_unusual_has_no_pairs(small):
    assert groups(copied(small, 0, 1)[:5]) == []


def test_the_order_of_records_does_not_matter(small, people):
    records = [standing.record for standing in copied(small, people[2], people[9])]
    mixed = random.Random(1).sample(records, len(records))
    assert similarity(mixed) == similarity(records)


def test_several_cells_of_one_question_are_one_answer(small, people):
    records = [standing.record for standing in copied(small, people[2], people[9])]
    halves = [
        replace(r, answers=tuple(AnswerText(a.question, half) for a in r.answers for half in a.source.split("\n\n")))
        for r in records
    ]
    assert [group.students for group in similarity(halves).groups] == [ids(small, people[2], people[9])]


def test_a_copy_is_disguised_in_these_tests(small, people):
    source = small[people[2]].record.answers[0].source
    assert disguised(source) != source


def test_three_hundred_submissions_of_eight_questions_take_a_few_seconds():
    records = [standing.record for standing in pretend_class(300)]
    start = time.process_time()
    similarity(records)
    assert time.process_time() - start < 5
