"""The evening that the README shows, command by command: it works, prints what is shown, and is quick enough."""

import csv
from pathlib import Path

import pytest
from walk import BLOCK, README, SECONDS, Step, masked, section, shown, steps_in, walk

TEXT = README.read_text(encoding="utf-8")
STEPS = [step for block in BLOCK.findall(section(TEXT)) for step in steps_in(block)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("evening")


@pytest.fixture(scope="module")
def evening(folder):
    """All commands, run in their order."""
    return list(walk(TEXT, folder))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.command.splitlines()[0] for step in STEPS])
def test_a_command_prints_what_the_readme_shows(evening, number):
    done = evening[number]
    assert done.code <= 1, done.stderr
    assert masked(done.step.output) == masked(STEPS[number].output), "python tests/evening/write_walk.py writes it anew"


def test_a_class_of_300_is_graded_in_under_two_minutes(evening, capsys):
    (done, *_) = (one for one in evening if one.step.command.startswith("dlcourse grade"))
    with capsys.disabled():
        level = next(line for line in done.stderr.splitlines() if line.startswith("Isolation"))
        print(f"\n300 submissions of a real exercise: {done.seconds:.1f} s ({level})")
    assert "Isolation: kernel" in done.stderr or "Isolation: full" in done.stderr
    assert done.seconds < SECONDS


def test_grading_finds_in_everybodys_work_what_the_class_says_of_itself(evening, folder):
    found = {row["student_id"]: row for row in rows(folder / "first-grades.csv")}
    wrong = [
        (made, found[made["student_id"]]["status"], found[made["student_id"]]["raw_score"])
        for made in rows(folder / "class" / "what-is-in-it.csv")
        if found[made["student_id"]]["status"] != made["status"]
        or not float(made["lowest"]) - 0.02
        <= float(found[made["student_id"]]["raw_score"])
        <= float(made["highest"]) + 0.02
    ]
    assert wrong == []


def test_a_command_and_its_output_are_read_and_written_alike():
    steps = [Step("cat > a <<'END'\none\n\ntwo\nEND", ""), Step("cat a", "one\n\ntwo\n")]
    assert steps_in(shown(steps)) == steps
