"""The evening that the README shows, command by command: it works, prints what is shown, and is quick enough."""

import csv
import shutil
from pathlib import Path

import pytest
from walk import BLOCK, README, SECONDS, Done, Step, masked, section, shown, steps_in, walk

TEXT = README.read_text(encoding="utf-8")
STEPS = [step for block in BLOCK.findall(section(TEXT)) for step in steps_in(block)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("evening")


@pytest.fixture(scope="module")
def evening(folder):
    """All commands, run in their order; what the first grading found is kept, before anything is changed by hand."""
    done = []
    for one in walk(TEXT, folder):
        done.append(one)
        if is_grading(one) and sum(map(is_grading, done)) == 1:
            shutil.copy(folder / "results" / "grades.csv", folder / "first-grades.csv")
    return done


def is_grading(done: Done) -> bool:
    return done.step.command.startswith("dlcourse grade")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.command.splitlines()[0] for step in STEPS])
def test_a_command_prints_what_the_readme_shows(evening, number):
    done = evening[number]
    assert done.code <= 1, done.stderr
    assert masked(done.step.output) == masked(STEPS[number].output), "python tests/evening/write_walk.py writes it anew"


def test_a_class_of_300_is_graded_in_under_two_minutes(evening, capsys):
    done = next(filter(is_grading, evening))
    with capsys.disabled():
        level = next(line for line in done.stderr.splitlines() if line.startswith("Isolation"))
        print(f"\n300 submissions of a real exercise: {done.seconds:.1f} s ({level})")
    assert level in ("Isolation: kernel", "Isolation: full")
    assert done.seconds < SECONDS


def test_grading_finds_in_everybodys_work_what_the_class_says_of_itself(evening, folder):
    found = {row["student_id"]: row for row in rows(folder / "first-grades.csv")}
    made = {row["student_id"]: row for row in rows(folder / "class" / "what-is-in-it.csv")}
    assert [(made[id], found[id]) for id in made if not is_as_made(found[id], made[id])] == []


def is_as_made(found: dict[str, str], made: dict[str, str]) -> bool:
    """Whether outcome, lateness and score are as promised; the table shows two decimals."""
    known = (found["status"], found["late_days"] or "0") == (made["status"], made["days_late"])
    return known and float(made["lowest"]) - 0.01 <= float(found["raw_score"]) <= float(made["highest"]) + 0.01


def test_a_command_and_its_output_are_read_and_written_alike():
    steps = [Step("cat > a <<'END'\none\n\ntwo\nEND", ""), Step("cat a", "one\n\ntwo\n")]
    assert steps_in(shown(steps)) == steps
