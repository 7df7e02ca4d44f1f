"""The practice class: the same from the same seed, plausible, and graded as it says of itself."""

import csv
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dlcourse.checks.limits import Limits
from dlcourse.checks.question import read_questions
from dlcourse.classroom.gradebook.due import read_due
from dlcourse.classroom.intake.collect import collect
from dlcourse.classroom.intake.roster import read_roster
from dlcourse.classroom.intake.times import read_times
from dlcourse.classroom.practice.answers import Answers, Way
from dlcourse.classroom.practice.demo_class import demo_class, write_class
from dlcourse.classroom.practice.forms import FORMS
from dlcourse.classroom.practice.handed_in import Work
from dlcourse.classroom.practice.malice import MALICE
from dlcourse.classroom.practice.mess import MESS
from dlcourse.classroom.practice.odds import Odds
from dlcourse.classroom.practice.wording import other_names, own_words
from dlcourse.cli import app
from dlcourse.grading.exercise import UsageError, load_full
from dlcourse.grading.mark import mark
from dlcourse.grading.master import annotate
from dlcourse.grading.probe import choose
from dlcourse.grading.seeds import seed_of
from dlcourse.grading.submission import Malformed, parse_notebook

ROOT = Path(__file__).parents[2]
NAME, OTHER, PROSE = "90_small", "91_other", "92_prose"
#: Short enough for a test, long enough for an honest cell on a busy machine.
LIMITS = Limits(cell_seconds=1.0)

CHECKS = '''
"""Three questions to make a class with: the second leans on the first, the last is marked by a person."""

import numpy as np

from dlcourse.checks import expect, question

FACTOR = 3.0
INPUTS = np.array([1.0, -2.0, 3.0])

q1 = question("q1", "Twice", functions=["twice", "half"])


@q1.check("twice", points=2, seconds=0.5, each=[("small", 1.0), ("large", 1e3)])
def doubled(student, solution, case):
    expect(student.twice(INPUTS * case[1])).close_to(solution.twice(INPUTS * case[1]))


@q1.check("half", seconds=0.5)
def halved(student, solution):
    expect(student.half(INPUTS)).close_to(solution.half(INPUTS))


@q1.mistake("That is the square.", of="twice")
def square(x):
    return x * x


@q1.mistake("That is too much.", of="twice")
def thrice(x):
    return FACTOR * x


@q1.mistake("One is as wrong as the other.", of=("twice", "half"))
def exchanged():
    return (lambda x: x / 2), (lambda x: 2 * x)


@q1.alternative(of="twice")
def added(x):
    return x + x


q2 = question("q2", "Four times", functions=["four_times"], values=["eight"])


@q2.check("four times", seconds=0.5)
def quadrupled(student, solution):
    expect(student.four_times(INPUTS)).close_to(solution.four_times(INPUTS))


@q2.check("eight")
def is_eight(student, solution):
    expect(student.eight).close_to(solution.eight)


@q2.mistake("Once is not enough.", of="four_times")
def only_twice(x):
    return 2 * x


@q2.mistake("You counted from 1.", of="eight")
def seven():
    return 7


q3 = question("q3", "Why?", manual=2)
'''

CELLS = [
    ("code", "import numpy as np\nfrom dlcourse.checks import exercise\ncheck = exercise('90_small')", {}),
    ("markdown", "## q1 · Twice (3 points)", {}),
    ("code", "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n\n\ndef half(x):\n    ### BEGIN SOLUTION\n    return x / 2 + 0 * np.abs(x)\n    ### END SOLUTION", {"question": "q1"}),
    ("code", 'check("q1")', {}),
    ("markdown", "## q2 · Four times (2 points)", {}),
    ("code", "def four_times(x):\n    ### BEGIN SOLUTION\n    return twice(twice(x))\n    ### END SOLUTION\n\n\n### BEGIN SOLUTION\neight = 8\n### END SOLUTION", {"question": "q2"}),
    ("code", 'check("q2")', {}),
    ("markdown", "## q3 · Why? (2 points)", {}),
    ("markdown", "### BEGIN SOLUTION\nBecause doubling twice is multiplying by four.\n### END SOLUTION", {"question": "q3"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def solutions(tmp_path_factory):
    """A folder of solutions: two small exercises, alike but for their names, and one that asks for prose alone."""
    folder = tmp_path_factory.mktemp("solutions")
    (folder / "checks").mkdir()
    prose = (CHECKS.replace(CHECKS[CHECKS.index("q1 =") : CHECKS.index("q3 =")], ""), CELLS[-2:])
    for name, (checks, sources) in {NAME: (CHECKS, CELLS), OTHER: (CHECKS, CELLS), PROSE: prose}.items():
        (folder / "checks" / f"{name}.py").write_text(checks)
        cells = [
            {"cell_type": kind, "id": f"cell-{i}", "metadata": dict(metadata), "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for i, (kind, source, metadata) in enumerate(sources)
        ]
        master = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        annotate(master, name, read_questions(folder / "checks" / f"{name}.py"))
        (folder / f"{name}.ipynb").write_text(json.dumps(master))
    return folder


@pytest.fixture(scope="module")
def answers(solutions):
    return Answers(solutions, NAME)


@pytest.fixture(scope="module")
def exercise(solutions):
    return load_full(solutions, NAME)


@pytest.fixture(scope="module")
def level():
    return choose(None, trusted=True)


def graded(data, exercise, level):
    """The outcome and the score of a file."""
    try:
        marked = mark(parse_notebook(data), exercise, seed=seed_of(exercise.name), limits=LIMITS, level=level)
    except Malformed:
        return "malformed", 0.0
    return marked.status, sum(question.score for question in marked.questions)


def all_right(answers):
    """The work of a student who answers as the solution does."""
    right = {id: ways[0] for id, ways in answers.ways.items()}
    return Work(answers, right, {id: way.cells for id, way in right.items()})


def as_promised(found, status, score):
    low, high = score
    return found[0] == status and low - 1e-9 <= found[1] <= high + 1e-9


def table(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode())))


# --- what grading must find --------------------------------------------------------------------------------------------


def test_a_whole_class_is_graded_as_it_says_of_itself(solutions, exercise, level):
    _, works = demo_class(solutions, [NAME], 25)
    found = {work.student: graded(work.files[-1], exercise, level) for work in works if work.files}
    wrong = [(w.what, w.status, w.score, found[w.student]) for w in works if w.files]
    assert [one for one in wrong if not as_promised(one[3], one[1], one[2])] == []


@pytest.mark.parametrize("accident", [*MESS, *MALICE], ids=lambda accident: accident.name)
def test_every_accident_and_every_attack_comes_out_as_promised(accident, answers, exercise, level):
    work = all_right(answers)
    work.meets(accident, "q1")
    data = accident.spoil(work.file) if accident.spoil else work.file
    assert as_promised(graded(data, exercise, level), work.status, work.score)


@pytest.mark.parametrize(
    "accident", [one for one in [*MESS, *MALICE] if one.answer == "less"], ids=lambda one: one.name
)
def test_an_attack_is_never_promised_full_points(accident, answers):
    work = all_right(answers)
    full = work.score[1]
    work.meets(accident, "q1")
    assert work.score[1] < full


def test_what_stands_in_the_table_is_what_was_made(solutions):
    files, works = demo_class(solutions, [NAME], 40)
    rows = table(files, "what-is-in-it.csv")
    assert [(row["student_id"], row["kind"], row["status"]) for row in rows] == [
        (w.student, w.kind, w.status) for w in works
    ]


def test_prose_waits_for_a_person_unless_nobody_wrote_any(solutions, level):
    _, works = demo_class(solutions, [PROSE], 20)
    exercise = load_full(solutions, PROSE)
    marked = [
        mark(parse_notebook(w.files[-1]), exercise, seed=0, level=level).questions[0].status for w in works if w.files
    ]
    assert set(marked) == {"awaits mark", "not attempted"}


# --- the ways to answer ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real():
    return Answers(ROOT / "solutions", "05_activations")


def all_ways(answers):
    return [(question, way) for question in answers.questions for way in answers.ways[question.id]]


def test_a_mistake_stands_in_the_place_of_the_function_that_it_is_about(answers):
    (way,) = (way for way in answers.ways["q1"] if way.name == "thrice")
    expected = (
        "FACTOR = 3.0\n\n\ndef twice(x):\n    return FACTOR * x\n\n\ndef half(x):\n    return x / 2 + 0 * np.abs(x)"
    )
    assert way.cells == (expected,)


def test_a_mistake_about_two_functions_comes_below_them(answers):
    (way,) = (way for way in answers.ways["q1"] if way.name == "exchanged")
    assert way.cells[0].endswith("twice, half = exchanged()")


def test_a_mistake_about_a_value_gives_it_another(answers):
    (way,) = (way for way in answers.ways["q2"] if way.name == "seven")
    assert way.cells[0].endswith("def seven():\n    return 7\n\n\neight = seven()")


def test_a_question_that_leans_on_another_is_known(answers):
    assert answers.leaning == {"q1": {"q2"}, "q2": set(), "q3": set()}


def test_every_mistake_and_alternative_of_a_real_exercise_comes_out_as_what_it_is_called(real):
    assert [(q.id, way.name) for q, way in all_ways(real) if not real.is_sound(q, way)] == []


def test_a_right_answer_in_other_words_is_right(real):
    rng, wrong = np.random.default_rng(0), []
    for question, way in all_ways(real):
        if way.kind in ("right", "alternative"):
            cells = tuple(other_names(own_words(cell, rng), rng) for cell in way.cells)
            result = real.result(question, Way("reworded", way.name, cells))
            wrong += [cells] if result.score != result.max_score else []
    assert wrong == []


def test_other_words_are_other_words(real):
    cell = real.ways["q1"][0].cells[0]
    assert len({own_words(cell, np.random.default_rng(seed)) for seed in range(20)}) > 10


# --- a believable class ------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(solutions):
    assert demo_class(solutions, [NAME], 40, seed=7)[0] == demo_class(solutions, [NAME], 40, seed=7)[0]


def test_another_seed_gives_another_class(solutions):
    assert demo_class(solutions, [NAME], 40, seed=7)[0] != demo_class(solutions, [NAME], 40, seed=8)[0]


@pytest.fixture(scope="module")
def large(solutions):
    return demo_class(solutions, [NAME], 400)


def test_a_large_class_has_students_of_every_kind(large):
    kinds = Counter(work.kind for work in large[1])
    assert kinds == {"ordinary": 312, "messy": 48, "malicious": 16, "nothing": 12, "copy": 12}


def test_some_are_late_some_have_more_time_and_some_come_again(large):
    times = [work.timing for work in large[1]]
    assert 10 < sum(one.days_late > 0 for one in times) < 80
    assert 3 < sum(one.extended for one in times) < 30
    assert 15 < sum(len(one.attempts) > 1 for one in times) < 100


def test_who_had_more_time_is_not_late(large):
    assert [work.student for work in large[1] if work.timing.extended and work.timing.days_late] == []


def ordinary_scores(large):
    return np.array([work.score[0] for work in large[1] if work.kind == "ordinary"])


def test_the_points_of_a_class_are_spread_out(large):
    scores = ordinary_scores(large)
    assert 2.5 < scores.mean() < 4.5
    assert scores.std() > 0.8


def test_a_later_question_is_harder(large):
    untouched = [Counter(part.split()[0] for part in w.what.split("; ") if "untouched" in part) for w in large[1]]
    total = sum(untouched, Counter())
    assert total["q1"] < total["q2"] < total["q3"]


def share_right(answers, ability):
    odds, rng = Odds(answers, np.random.default_rng(0)), np.random.default_rng(1)
    ways = [odds.way(answers.questions[0], ability, rng).kind for _ in range(200)]
    return sum(kind in ("right", "alternative") for kind in ways) / 200


def test_good_students_are_right_more_often(answers):
    assert share_right(answers, -3.0) < 0.3 < 0.7 < share_right(answers, 0.0) < 0.98 < share_right(answers, 2.5)


def test_some_mistakes_are_much_more_common_than_others(large):
    found = Counter(
        part for work in large[1] for part in work.what.split("; ") if part.startswith("q1 ") and "right" not in part
    )
    found.pop("q1 untouched", None)
    assert max(found.values()) > 1.3 * min(found.values())


def test_a_copy_is_its_friends_work_under_other_names(large):
    works = {work.student: work for work in large[1]}
    copies = [work for work in large[1] if work.kind == "copy"]
    friends = [works[work.what.split("; ")[0].removeprefix("copied from ")] for work in copies]
    assert [work.score for work in copies] == [friend.score for friend in friends]


def test_one_exercise_more_changes_nothing_in_the_others(solutions):
    alone, _ = demo_class(solutions, [NAME], 20)
    both, _ = demo_class(solutions, [NAME, OTHER], 20)
    assert {name: both[name] for name in alone if NAME in name} == {name: alone[name] for name in alone if NAME in name}


# --- its form ----------------------------------------------------------------------------------------------------------


def names(files, ending):
    return sorted(name for name in files if name.endswith(ending))


def test_nbgraders_tree_has_a_time_beside_every_notebook(large):
    notebooks, times = names(large[0], ".ipynb"), names(large[0], "timestamp.txt")
    assert [path.rpartition("/")[0] for path in notebooks] == [path.rpartition("/")[0] for path in times]


def test_each_of_several_attempts_has_a_folder(large):
    attempts = [name for name in large[0] if "/attempt-2/" in name and name.endswith(".ipynb")]
    assert len(attempts) == sum(len(work.files) > 1 for work in large[1])


@pytest.mark.parametrize("like", FORMS)
def test_the_roster_names_everybody(solutions, like):
    files, _ = demo_class(solutions, [NAME], 20, like=like)
    assert [f"student-{i:03}" for i in range(1, 21) if f"student-{i:03}".encode() not in files["roster.csv"]] == []


@pytest.mark.parametrize(("like", "expected"), [
    ("canvas", "002student_4002_"), ("moodle", "Student 002_70002_assignsubmission_file_/90_small.ipynb"),
])  # fmt: skip
def test_an_archive_names_its_members_as_the_platform_does(solutions, like, expected):
    files, _ = demo_class(solutions, [NAME], 20, like=like)
    with zipfile.ZipFile(io.BytesIO(files[f"{NAME}/submissions.zip"])) as archive:
        assert [name for name in archive.namelist() if name.startswith(expected)]


def test_canvas_marks_who_is_late(solutions):
    files, works = demo_class(solutions, [NAME], 100, like="canvas")
    with zipfile.ZipFile(io.BytesIO(files[f"{NAME}/submissions.zip"])) as archive:
        late = {name.split("_")[0] for name in archive.namelist() if "_LATE_" in name}
    assert late == {f"{work.student[8:]}student" for work in works if work.timing.days_late}


def test_flat_notebooks_are_named_by_student(solutions):
    files, works = demo_class(solutions, [NAME], 20, like="flat")
    assert names(files, ".ipynb") == sorted(f"{NAME}/{work.student}.ipynb" for work in works if work.files)


@pytest.mark.parametrize("like", FORMS)
def test_intake_finds_everybodys_attempts_in_every_form(solutions, tmp_path, like):
    files, works = demo_class(solutions, [NAME], 60, like=like)
    write_class(tmp_path, files.items())
    place = {"nbgrader": "submitted", "flat": NAME}.get(like, f"{NAME}/submissions.zip")
    roster = read_roster(tmp_path / "roster.csv")
    found = collect([tmp_path / place], into=tmp_path / "in", exercise=NAME, roster=roster, times=None)
    last_only = like in ("flat", "moodle")
    expected = Counter({w.student: min(len(w.files), 1) if last_only else len(w.files) for w in works if w.files})
    assert Counter(one.student for one in found.submissions if one.status != "missing") == expected
    assert {one.student for one in found.submissions if one.status == "missing"} == {
        work.student for work in works if not work.files
    }


@pytest.mark.parametrize("like", [form for form in FORMS if form != "nbgrader"])
def test_a_file_of_times_says_when_each_came(solutions, tmp_path, like):
    files, works = demo_class(solutions, [NAME], 30, like=like)
    write_class(tmp_path, files.items())
    times = read_times(tmp_path / "times.csv")
    assert {student: when[-1] for (student, _), when in times.items()} == {
        work.student: work.timing.attempts[-1] for work in works if work.files
    }


def test_the_file_of_due_dates_makes_late_who_was_made_late(large, tmp_path):
    (tmp_path / "due.toml").write_bytes(large[0]["due.toml"])
    due = read_due(tmp_path / "due.toml").assignments[NAME]
    late = {w.student for w in large[1] if w.files and w.timing.attempts[-1] > due.of(w.student)}
    assert late == {work.student for work in large[1] if work.files and work.timing.days_late}


# --- the command -------------------------------------------------------------------------------------------------------


def call(*arguments):
    return CliRunner().invoke(app, ["demo-class", *map(str, arguments)])


def test_the_command_writes_the_class_and_says_what_it_is(solutions, tmp_path):
    done = call("--students", 30, "--out", tmp_path / "class", "--exercise", NAME, "--solutions", solutions)
    assert (done.exit_code, done.output.split(":")[0]) == (0, f"30 pieces of work at {NAME}")
    assert (tmp_path / "class" / "due.toml").read_text().startswith('timezone = "UTC"')


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "work.ipynb").write_text("mine")
    with pytest.raises(UsageError, match="give --out the name of a new folder"):
        write_class(tmp_path / "class", [("roster.csv", b"")])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--like", "paper"], "no class comes like 'paper': say one of nbgrader, canvas"), (["--exercise", "77"], "no exercise called '77'")],
)  # fmt: skip
def test_a_wrong_call_says_what_to_say(solutions, tmp_path, arguments, says):
    done = call("--out", tmp_path / "class", "--exercise", NAME, "--solutions", solutions, *arguments)
    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)
