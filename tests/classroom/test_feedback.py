"""What a student reads on their page: what counts, why, and nothing that is hidden."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pretend_class import DUE, HIDDEN_SAYS, pretend_class
from reading import Read

from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.standing import ByHand, Lateness, QuestionStanding, Standing
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import Record
from dlcourse.classroom.report.feedback import feedback, index, listed_as

ADA = Person("student-001")
WHEN = datetime(2026, 3, 9, 8, 5, tzinfo=UTC)


def standing(**changes):
    """Three points of four in one question."""
    failed = CheckResult(
        "values", "values of y", 1.0, 0.0, "failed", "`f(1)`: 2, expected 3", False, "slip", "Add one."
    )
    hidden = CheckResult("more", "more values", 1.0, 0.0, "failed", HIDDEN_SAYS, True)
    results = (QuestionResult("q1", "Plus one", (failed, hidden)),)
    record = Record("student-001", "05_activations", "graded", results, (), "", 4.0, "kernel", 7, 0.1)
    record = replace(
        record,
        **{
            name: changes.pop(name)
            for name in list(changes)
            if hasattr(record, name) and name not in ("questions", "max_score")
        },
    )
    question = QuestionStanding("q1", "Plus one", 3.0, 4.0, "partial", "slip")
    question = replace(question, **changes.pop("question", {}))
    return Standing(
        ADA,
        "05_activations",
        record,
        changes.pop("attempts", 1),
        (question,),
        changes.pop("lateness", Lateness()),
        4.0,
        **changes,
    )


def hand(kind="override", score=2.0, why="The question was misprinted."):
    return ByHand(kind, "student-001", "05_activations", "q1", score, why, "the-instructor", WHEN)


def told(own=None, **options):
    """The text of a page, each run of white space as one blank."""
    return re.sub(r"\s+", " ", Read(feedback(ADA, [own or standing()], **options)).text)


LATE = Lateness(DUE, 3, 1, 0.5)
SAYS = {
    "the total": (standing(), "3 of 4 points"),
    "what a public check found": (standing(), "f(1): 2, expected 3"),
    "the likely mistake": (standing(), "Likely mistake: Add one."),
    "a hidden check by name": (standing(), "more values: not yet"),
    "the total after what is taken off": (standing(lateness=LATE), "2.5 of 4 points"),
    "what was taken off": (standing(lateness=LATE), "3 points earned, 0.5 points taken off for being late"),
    "the due date": (standing(lateness=LATE), "Due 6 March 2026, 22:00 (UTC)."),
    "when it was handed in": (standing(submitted=WHEN), "Handed in 9 March 2026, 08:05 (UTC)."),
    "days late and free ones": (standing(lateness=LATE), "3 days late, 1 of them free: 0.5 points taken off."),
    "a day late that costs nothing": (standing(lateness=Lateness(DUE, 1, 1)), "1 day late, 1 of it free: no points taken off."),
    "which attempt counts": (standing(attempts=3, attempt=2), "Attempt 2 of 3 counts."),
    "why a question was set by hand": (standing(question={"by_hand": hand()}), "Set by hand: The question was misprinted."),
    "why a total was set by hand": (standing(by_hand=hand()), "Set by hand: The question was misprinted."),
    "that a total set by hand is final": (
        standing(by_hand=hand(), lateness=LATE),
        "nothing is taken off a total that was set by hand",
    ),
    "the comment to a mark": (standing(question={"by_hand": hand("mark")}), "Marked: The question was misprinted."),
    "that an answer awaits its mark": (standing(question={"awaits_mark": True}), "Not yet marked, and not yet counted: q1"),
    "no points for what awaits its mark": (standing(question={"awaits_mark": True}), "– / 4"),
    "why nothing could be read": (standing(status="malformed", message="the file is empty"), "could not be read: the file is empty."),
}  # fmt: skip


@pytest.mark.parametrize("what", SAYS)
def test_the_page_tells(what):
    own, text = SAYS[what]
    assert text in told(own)


SILENT = {
    "who set a score": (standing(question={"by_hand": hand()}), "the-instructor"),
    "attempts where there was one": (standing(), "ttempt"),
    "lateness where there is none": (standing(lateness=Lateness(DUE)), "late"),
}


@pytest.mark.parametrize("what", SILENT)
def test_the_page_does_not_tell(what):
    own, text = SILENT[what]
    assert text not in told(own)


def test_a_question_that_a_person_marks_is_not_called_failed():
    waits = CheckResult("marked by a person", "marked by a person", 4.0, 0.0, "awaits mark", "", False)
    own = standing(question={"by_hand": hand("mark")})
    own = replace(own, record=replace(own.record, questions=(QuestionResult("q1", "Why?", (waits,)),)))
    assert "awaits mark" not in told(own)


def test_the_page_tells_who_set_a_score_where_the_instructor_wants_it():
    assert "Set by hand by the-instructor: The question" in told(standing(by_hand=hand()), named=True)


def test_hidden_checks_of_a_class_say_one_sentence_at_most():
    pages = [feedback(s.person, [s]) for s in pretend_class(30)]
    hidden = [item for page in pages for item in re.findall(r"<li.*?</li>", page, re.DOTALL) if "other inputs" in item]
    details = {text for item in hidden for text in re.findall(r'<div class="detail quiet">(.*?)</div>', item)}
    assert details == {HIDDEN_SAYS}


def test_a_student_without_a_name_is_called_by_the_id():
    assert "Feedback for student-001" in told()


def test_several_assignments_are_listed_with_their_points():
    page = feedback(ADA, [standing(), replace(standing(), assignment="07_initialization")])
    assert re.findall(r'<a href="(#part\d)">', page) == ["#part1", "#part2"]


def test_a_page_of_feedback_asks_for_nothing_but_itself():
    assert re.findall(r"https?:|src=|url\(|@import|<script|<link", feedback(ADA, [standing()])) == []


def test_points_beyond_the_full_do_not_burst_the_bar():
    assert re.findall(r'class="mark" width="([\d.]+)%"', feedback(ADA, [standing(by_hand=hand(score=9.0))])) == [
        "100.0"
    ]


def test_the_index_links_to_a_page_whatever_its_name():
    assert 'href="feedback/50%25%20%23%3F.html"' in index([listed_as("feedback/50% #?.html", [standing()])])


def test_the_index_marks_what_is_not_final():
    assert "3*" in Read(index([listed_as("a.html", [standing(question={"awaits_mark": True})])])).text


def test_the_index_says_who_has_no_points_and_why():
    none = replace(standing(status="missing"), questions=())
    assert "missing" in Read(index([listed_as("a.html", [none])])).text
