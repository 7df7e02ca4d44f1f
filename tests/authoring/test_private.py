"""Private checks lie over a public exercise; hidden inputs are drawn for a class, or for each student."""

import hashlib
import shutil
import unicodedata
from dataclasses import asdict

import pytest
from classroom import records as found_in

from dlcourse.authoring.release import released
from dlcourse.authoring.verify import verify
from dlcourse.classroom.grade import grade_folder
from dlcourse.grading.exercise import UsageError, load_full
from dlcourse.grading.seeds import seed_of

NAME = "90_twice"
BEGIN = """
import numpy as np

from dlcourse.checks import expect, question

q1 = question("q1", "Twice", functions=["twice"])
"""
CHECK = """

@q1.check("random numbers", hidden=True)
def large_numbers(student, solution, rng):
    x = 100 + rng.uniform(size=5)
    expect(student.twice(x)).close_to(solution.twice(x))
"""
MISTAKE = """

@q1.mistake("You cap what you double.")
def capped(x):
    return np.minimum(2 * x, 100)
"""


@pytest.fixture
def private(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / f"{NAME}.py").write_text(BEGIN + CHECK + MISTAKE)
    return folder


def question(course, private):
    return load_full(course.root / "solutions", NAME, private).questions[0]


def test_a_private_check_takes_the_place_of_its_namesake(course, private):
    assert [check.function.__name__ for check in question(course, private).checks] == ["three", "large_numbers"]


def test_a_private_check_is_added_when_points_still_agree(course, private):
    shared = CHECK.replace("hidden=True", "hidden=True, points=0.5")
    (private / f"{NAME}.py").write_text(BEGIN + shared + shared.replace("random numbers", "more numbers"))
    assert [check.name for check in question(course, private).checks] == [
        "three numbers",
        "random numbers",
        "more numbers",
    ]


def test_private_mistakes_alternatives_and_equivalents_are_added(course, private):
    more = '\n\n@q1.alternative\ndef taken_away(x):\n    return x - -x\n\n\nq1.equivalent("a -> b", because="Yes.")\n'
    (private / f"{NAME}.py").write_text(BEGIN + MISTAKE + more)
    found = question(course, private)
    assert [mistake.name for mistake in found.mistakes] == ["square", "half", "unsigned", "capped"]
    assert [alternative.name for alternative in found.alternatives] == ["shifted", "added", "taken_away"]
    assert found.equivalents == {"a -> b": "Yes."}


def test_without_a_file_of_its_own_an_exercise_is_as_public(course, private, tmp_path):
    shutil.copy(course.checks, course.checks.with_name("91_other.py"))
    (private / f"{NAME}.py").rename(private / "91_other.py")
    exercise = load_full(course.root / "solutions", NAME, private)
    assert (exercise.private, len(exercise.questions[0].mistakes)) == ("", 3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('question("q1"', 'question("q7"', "has no question 'q7', it has q1"),
        ('functions=["twice"]', 'functions=["thrice"]', "q1 asks for twice, not for 'thrice'"),
        ('"random numbers", hidden=True', '"my numbers", hidden=True', "q1 is worth 4 points, but students read 3"),
        ("hidden=True", "hidden=True, points=2", "q1 is worth 4 points, but students read 3"),
        (", rng)", ")", "would show its inputs"),
        ("import numpy as np", "import nummpy as np", "cannot be read as checks: ModuleNotFoundError"),
        ("def large_numbers", "deff large_numbers", "cannot be read as checks: SyntaxError"),
        ("import numpy as np", "raise SystemExit(3)", "cannot be read as checks: SystemExit: 3"),
    ],
)
def test_private_checks_that_do_not_fit_are_refused_in_a_sentence(course, private, old, new, says):
    text = (private / f"{NAME}.py").read_text()
    text = text.replace(", hidden=True", "").replace("rng.uniform(size=5)", "np.ones(5)") if old == ", rng)" else text
    assert old in text
    (private / f"{NAME}.py").write_text(text.replace(old, new))
    with pytest.raises(UsageError, match=rf"{NAME}\.py") as caught:
        question(course, private)
    assert says in str(caught.value)


def test_a_private_file_of_no_exercise_is_refused(course, private):
    (private / "90_twize.py").write_text(BEGIN)
    with pytest.raises(UsageError, match="no exercise is called '90_twize'"):
        question(course, private)


@pytest.mark.parametrize(("name", "says"), [("nowhere", "is no folder"), ("solutions", "holds no checks")])
def test_a_private_folder_without_checks_is_refused(course, name, says):
    with pytest.raises(UsageError, match=says):
        question(course, course.root / name)


def test_verify_proves_private_checks_with_the_rest(course, private):
    (row,) = (proof := verify(course.root, NAME, private=private)).rows
    assert (proof.all_faults, row.mistakes) == ([], 4)


def test_verify_finds_a_private_check_that_the_solution_fails(course, private):
    (private / f"{NAME}.py").write_text(BEGIN + CHECK.replace("close_to(solution", "close_to(1 + solution"))
    assert "the solution misses 'random numbers'" in "\n".join(verify(course.root, NAME, private=private).all_faults)


def test_verify_finds_a_private_mistake_in_what_students_get(course, private):
    course.spoil_cell(1, "Give twice", "Not `np.minimum(2 * x, 100)`: give twice")
    assert "a piece of 'capped' stands in" in "\n".join(verify(course.root, NAME, private=private).all_faults)


@pytest.fixture
def submitted(course, tmp_path):
    """Two students who hand in the solution."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    for student in ("ada", "ben"):
        shutil.copy(course.master, folder / f"{student}.ipynb")
    return folder


def grade(course, submitted, out, **options):
    grade_folder(submitted, out, course.root / "solutions", exercise=NAME, jobs=1, **options)
    return found_in(out)


def test_a_grade_can_be_traced_to_the_private_checks_that_gave_it(course, private, submitted, tmp_path):
    digest = hashlib.sha256((private / f"{NAME}.py").read_bytes()).hexdigest()
    records = grade(course, submitted, tmp_path / "out", private=private)
    assert {record.private for record in records} == {f"{NAME}.py sha256:{digest}"}
    assert {(record.status, record.score) for record in records} == {("graded", 3.0)}


def test_private_checks_decide_grades(course, private, submitted, tmp_path):
    text = (submitted / "ada.ipynb").read_text()
    (submitted / "ada.ipynb").write_text(text.replace("= x + x", "= np.minimum(x + x, 100)"))
    plain = grade(course, submitted, tmp_path / "plain")
    strict = grade(course, submitted, tmp_path / "strict", private=private)
    assert [[record.score for record in records] for records in (plain, strict)] == [[3.0, 3.0], [2.0, 3.0]]


def test_private_checks_that_do_not_fit_stop_the_grading_before_it_begins(course, private, submitted, tmp_path):
    (private / f"{NAME}.py").write_text("q1 = 1")
    with pytest.raises(UsageError, match="defines no question"):
        grade(course, submitted, tmp_path / "out", private=private)
    assert not (tmp_path / "out").exists()


def test_all_students_get_the_same_hidden_inputs(course, submitted, tmp_path):
    assert [record.seed for record in grade(course, submitted, tmp_path / "out")] == [seed_of(NAME)] * 2


def test_with_variants_each_student_gets_hidden_inputs_of_their_own(course, submitted, tmp_path):
    records = grade(course, submitted, tmp_path / "out", variants=True)
    assert [record.seed for record in records] == [seed_of(NAME, "ada"), seed_of(NAME, "ben")]


def test_a_variant_is_the_same_in_another_folder_and_another_run(course, submitted, tmp_path):
    elsewhere = tmp_path / "late submissions"
    shutil.copytree(submitted, elsewhere)
    (elsewhere / "ada.ipynb").unlink()
    first = grade(course, submitted, tmp_path / "out", variants=True)[1]
    second = grade(course, elsewhere, tmp_path / "again", variants=True)[0]
    assert {**asdict(first), "seconds": 0} == {**asdict(second), "seconds": 0}


def test_seeds_are_the_same_on_every_machine():
    assert (seed_of("05_activations"), seed_of("05_activations", "ada")) == (2415235303, 992924574)


def test_a_students_name_is_the_same_however_a_file_system_writes_its_accents():
    name = "Zoë Ñandú"
    assert seed_of(NAME, unicodedata.normalize("NFD", name)) == seed_of(NAME, unicodedata.normalize("NFC", name))


def test_an_exercise_and_a_student_are_kept_apart_in_a_seed():
    assert len({seed_of("ab", "c"), seed_of("a", "bc"), seed_of("abc"), seed_of("abc", "")}) == 4


def test_equivalent_changes_are_not_released(course):
    course.checks.write_text(course.checks.read_text() + '\n\nq1.equivalent("a -> b", because="It is so.")\n')
    assert not any("It is so." in text for text in released(course.root, NAME).values())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ('q1.equivalent(because="Why?")', "name the change"),
        ('q1.equivalent("a -> b", because=" ")', "say why"),
        ('q1.equivalent("a -> b", "a -> b", because="Twice.")', "twice"),
    ],
)
def test_an_equivalence_without_change_or_reason_is_refused(course, call, says):
    course.checks.write_text(f"{course.checks.read_text()}\n\n{call}\n")
    with pytest.raises(ValueError, match=says):
        load_full(course.root / "solutions", NAME)
