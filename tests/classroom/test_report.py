"""The class report is one page that stands alone, says the same to everyone, and takes no word of a stranger's for code."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pretend_class import copied, pretend_class, with_answers
from reading import Read

import dlcourse.classroom
from dlcourse.checks.run import CheckResult, QuestionResult
from dlcourse.classroom.gradebook.standing import ByHand, QuestionStanding
from dlcourse.classroom.person import Person
from dlcourse.classroom.record import AnswerText
from dlcourse.classroom.report.class_page import class_report
from dlcourse.classroom.report.feedback import feedback, index, listed_as
from dlcourse.classroom.report.normalise import normalised
from dlcourse.grading.mark import CellNote

TEMPLATES = Path(dlcourse.classroom.__file__).parent / "templates"


@pytest.fixture(scope="module")
def standings():
    own = pretend_class(30, seed=3)
    people = with_answers(own)
    return [*copied(own, people[2], people[9]), *pretend_class(30, seed=4, assignment="07_initialization")]


@pytest.fixture(scope="module")
def page(standings):
    return class_report(standings)


@pytest.fixture(scope="module")
def read(page):
    return Read(page)


def test_the_page_asks_for_nothing_but_itself(page):
    assert re.findall(r"https?:|//[a-z]|src=|url\(|@import|<script|<link", page) == []


def test_links_lead_to_places_on_the_page(read):
    ids = {value for name, value in read.attributes if name == "id"}
    assert {value for name, value in read.attributes if name == "href"} <= {f"#{id}" for id in ids}


def test_no_id_stands_twice(read):
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_every_assignment_has_a_part(read):
    assert all(name in read.text for name in ("05_activations", "07_initialization"))


def test_the_same_class_gives_the_same_bytes_in_another_process(page):
    """Sets are ordered otherwise there."""
    make = (
        "from test_report import *\n"
        "own = pretend_class(30, seed=3); people = with_answers(own)\n"
        "both = [*copied(own, people[2], people[9]), *pretend_class(30, seed=4, assignment='07_initialization')]\n"
        "sys.stdout.buffer.write(class_report(both).encode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", make],
        env={**os.environ, "PYTHONHASHSEED": "1234", "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == page.encode()


def test_every_picture_says_in_words_what_it_shows(page):
    pictures = re.findall(r"<svg class=\"columns\".*?</title>", page, re.DOTALL)
    assert [bool(re.search(r'role="img".*<title .*90 and 100 %', picture, re.DOTALL)) for picture in pictures] == [
        True,
        True,
    ]


def test_every_column_stands_in_a_table_as_well(page):
    columns = re.findall(r'<text x="[\d.]+%" y="[\d.]+" text-anchor="middle">(\d+)</text>', page)
    rows = re.findall(r'%</td><td class="number">(\d+)</td>', page)
    assert len(columns) == 20
    assert columns == rows


def test_the_page_says_that_likeness_is_no_verdict(read):
    assert "Not a verdict." in read.text


def test_a_copy_is_shown_as_it_was_written(standings, read):
    place = with_answers(standings[:30])[9]
    answer = standings[place].record.answers[0].source
    assert answer in read.text


def test_a_copy_is_shown_as_it_was_compared(standings, read):
    place = with_answers(standings[:30])[9]
    assert normalised(standings[place].record.answers[0].source) in read.text


def test_a_class_of_nobody_has_a_report():
    assert "0 students" in Read(class_report([])).text


def test_a_class_in_which_nothing_was_read_has_a_report(standings):
    none = [
        replace(s, questions=(), record=replace(s.record, status="malformed", questions=(), answers=()))
        for s in standings[:12]
    ]
    assert "Nobody has points yet." in Read(class_report(none)).text


# --- without names -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def anonymous(standings):
    named = [
        replace(
            s, person=replace(s.person, first_name="Xaver", last_name=f"Quux{i % 30}", email=f"x{i % 30}@example.org")
        )
        for i, s in enumerate(standings)
    ]
    first, *others = named
    message = f"{first.person.id}/x.ipynb of {first.person.email} is a link"
    broken = replace(first, record=replace(first.record, status="malformed", message=message))
    return class_report([broken, *others], anonymous=True)


def test_a_page_without_names_has_no_name_on_it(anonymous):
    assert re.findall(r"student-\d+|Xaver|Quux\d+|@example", anonymous) == []


def test_a_page_without_names_has_numbers(anonymous):
    assert len(set(re.findall(r"student \d+", anonymous))) > 20


def test_a_page_without_names_shows_nobodys_code(anonymous):
    assert "<pre>" not in anonymous


# --- strangers' text -----------------------------------------------------------------------------------------------------

EVIL = "<script>evil()</script><img src=x onerror=evil()>\"'{{ 7 * 191 }}"


def in_person(s):
    return replace(s, person=Person(f"{s.person.id}{EVIL}", EVIL, EVIL, EVIL, (EVIL,)))


def in_assignment(s):
    return replace(s, assignment=EVIL, record=replace(s.record, assignment=EVIL))


def in_record(**changes):
    return lambda s: replace(s, record=replace(s.record, **changes))


def in_checks(**changes):
    """Every check of the record with these fields."""

    def change(s):
        wrong = CheckResult(
            **{
                **dict.fromkeys(("name", "title"), "c"),
                "points": 1.0,
                "score": 0.0,
                "status": "failed",
                "message": "no",
                "hidden": False,
                "mistake": "slip",
                "hint": "hint",
                **changes,
            }
        )
        results = tuple(QuestionResult(q.id, q.title, (wrong,)) for q in s.record.questions)
        return replace(s, record=replace(s.record, questions=results))

    return change


def in_questions(s):
    results = tuple(QuestionResult(EVIL, EVIL, q.checks) for q in s.record.questions)
    own = tuple(QuestionStanding(EVIL, EVIL, 1.0, 2.0, EVIL, EVIL) for _ in s.questions)
    return replace(s, questions=own, record=replace(s.record, questions=results))


def by_hand(s):
    return replace(
        s, by_hand=ByHand("override", EVIL, EVIL, EVIL, 1.0, EVIL, EVIL, s.record.submitted or s.lateness.due)
    )


def in_answers(s):
    """Two students with the same unusual answers, one of which is no Python."""
    lines = "\n".join(f"x{i} = '{i}' + str({i} * x{i})  # {EVIL}" for i in range(20))
    answers = (AnswerText("q1", lines), AnswerText("q2", f"{EVIL}\n{lines}"))
    return in_record(answers=answers)(s) if s.person.id in ("student-001", "student-002") else s


PLACES = {
    "a student's names": in_person,
    "an assignment's name": in_assignment,
    "an outcome's reason": in_record(status="malformed", message=EVIL),
    "a note on a cell": in_record(status="crashed", notes=(CellNote(1, EVIL),)),
    "a level": in_record(isolation=EVIL),
    "an answer": in_answers,
    "what a check says": in_checks(message=EVIL),
    "a check's title": in_checks(title=EVIL),
    "a check's status": in_checks(status=EVIL),
    "a hint": in_checks(hint=EVIL),
    "a mistake's name": in_checks(mistake=EVIL, hint=""),
    "a question": in_questions,
    "a change by hand": by_hand,
}


@pytest.mark.parametrize("place", PLACES)
def test_no_word_of_a_strangers_becomes_part_of_a_page(place):
    changed = [PLACES[place](standing) for standing in pretend_class(12, seed=5)]
    marked = [standing for standing in changed if standing.questions or standing.by_hand]
    pages = [class_report(changed), class_report(changed, anonymous=True), index([listed_as("a.html", changed)])]
    pages += [feedback(standing.person, [standing], named=True) for standing in marked]
    found = [Read(page) for page in pages]
    assert {"script", "img"} & {tag for read in found for tag in read.elements} == set()
    assert [name for read in found for name, _ in read.attributes if name.startswith("on")] == []
    assert "evil()" in "".join(read.text for read in found)


# --- light and dark ------------------------------------------------------------------------------------------------------


def luminance(colour):
    whole = colour.lstrip("#")
    whole = "".join(2 * c for c in whole) if len(whole) == 3 else whole
    parts = [int(whole[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


SCHEMES = [
    dict(re.findall(r"--(\w+): (#\w+)", scheme))
    for scheme in re.findall(r":root \{([^}]*)\}", (TEMPLATES / "page.html").read_text(encoding="utf-8"))
]
ON = {"text": (("ink", "quiet", "good", "part", "bad", "mark"), ("page", "card"), 4.5), "code": (("ink", "quiet"), ("code", "tint"), 4.5), "marks": (("mark", "other"), ("page", "card", "track"), 3.0)}  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("kind", ON)
def test_what_is_written_or_drawn_stands_out_from_its_ground(scheme, kind):
    above, below, least = ON[kind]
    assert [(a, b) for a in above for b in below if contrast(scheme[a], scheme[b]) < least] == []
