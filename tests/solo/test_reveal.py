"""`reveal` tells a little more with each call, and the solution last."""

import pytest

from dlcourse.solo.given import Installation
from dlcourse.solo.hints import hints
from dlcourse.solo.reveal import reveal


@pytest.fixture
def ask(school):
    def ask(question="q1", master=True, **options):
        found = school.installation.master("01_first") if master else None
        return reveal(school.folder, school.given(), question, found, **options)

    return ask


def labels(told):
    return [hint.label for hint in told.hints]


def test_the_hints_come_one_a_call_and_then_the_solution(ask):
    told = [ask() for _ in range(4)]
    assert [labels(each) for each in told] == [
        ["Hint 1: direction"],
        ["Hint 2: the next step"],
        ["Hint 3: almost code"],
        [],
    ]
    assert [each.solution is None for each in told] == [True, True, True, False]


def test_each_call_says_what_the_next_one_brings(ask):
    told = [ask().next for _ in range(4)]
    assert told == ["Hint 2: the next step", "Hint 3: almost code", "the solution", ""]


def test_a_hint_is_the_text_below_its_fold(ask):
    assert ask("q2").hints[0].text == "half, direction."


def test_questions_are_revealed_apart(ask):
    ask("q1")
    assert labels(ask("q2")) == ["Hint 1: direction"]


def test_a_call_after_the_solution_shows_it_again(ask):
    told = [ask() for _ in range(5)]
    assert told[4] == told[3]


def test_from_the_start_again(ask):
    ask(all=True)
    assert labels(ask(from_start=True)) == ["Hint 1: direction"]
    assert labels(ask()) == ["Hint 2: the next step"]


def test_all_at_once(ask):
    told = ask(all=True)
    assert (len(told.hints), told.solution.code) == (3, ("def twice(x):\n    return 2 * x",))


def test_a_solution_in_several_cells_is_shown_whole(ask):
    assert ask("q2", all=True).solution.code == ("def half(x):\n    return x / 2", "word = 'yes'")


def test_other_right_answers_are_shown_as_their_author_wrote_them(ask):
    (other,) = ask(all=True).solution.also_right
    assert (other.name, other.code) == ("by a sum", "def by_a_sum(x):\n    return x + x")


def test_known_mistakes_say_what_they_are_about(ask):
    assert ask("q2", all=True).solution.often_wrong == (
        "`half`: The quarter is half of the half.",
        "`word`: No, the other one.",
    )


def test_without_solutions_the_hints_come_all_the_same(ask):
    told = [ask(master=False) for _ in range(4)]
    assert [labels(each) for each in told[:3]] == [
        ["Hint 1: direction"],
        ["Hint 2: the next step"],
        ["Hint 3: almost code"],
    ]
    assert (told[2].next, told[3].withheld, told[3].solution) == ("where the solution is", True, None)


def test_an_installation_from_a_wheel_holds_no_solution(school):
    assert Installation(school.root).master("01_first") is None


@pytest.mark.parametrize(
    "memory", [b"", b"[]", b'{"01_first": 3}', b'{"01_first": {"q1": "two"}}', b'{"01_first": {"q1": -5}}', b"\xff"]
)
def test_a_corrupt_memory_begins_with_the_first_hint(school, ask, memory):
    (school.folder / ".dlcourse" / "revealed.json").write_bytes(memory)
    assert [labels(ask()), labels(ask())] == [["Hint 1: direction"], ["Hint 2: the next step"]]


def test_a_number_beyond_the_last_piece_shows_the_last(school, ask):
    (school.folder / ".dlcourse" / "revealed.json").write_text('{"01_first": {"q1": 99}}')
    assert ask().solution is not None


def test_hints_of_the_next_question_do_not_belong_to_this_one(school):
    assert [hint.text for hint in hints(school.given(), "q1")] == [
        "twice, direction.",
        "twice, the next step.",
        "twice, almost code.",
    ]
