"""Every attack and accident, at every level of isolation that this machine has: what comes of it, and what it harmed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from attacks import ATTACKS, PRYING, WALLED, Attack
from tiny import SECRET, TINY, notebook

from dlcourse.grading.isolation.landlock import supported_abi
from dlcourse.grading.isolation.levels import KERNEL, LATEST, LEVELS, Level
from dlcourse.grading.mark import Marked, mark
from dlcourse.grading.probe import CANARY, Canaries, canaries, probe, run
from dlcourse.grading.sandbox import Worker

#: What older kernels have of Landlock: nothing about truncating (before 3), TCP (4), devices (5), signals (6).
OLDER = [replace(KERNEL, landlock=abi) for abi in range(1, min(supported_abi(LATEST), 6))]
LEVELS_HERE = [*LEVELS.values(), *OLDER]


def called(level: Level) -> str:
    return level.name if level.landlock == LATEST else f"{level.name} with Landlock {level.landlock}"


def cases(attacks: list[Attack]) -> list[object]:
    """Each attack at each of its levels; with an older Landlock, those that the system call filter has to stop."""
    return [
        pytest.param(level, attack, id=f"{called(level)}: {attack.name}")
        for level in LEVELS_HERE
        for attack in attacks
        if level.name in attack.levels and (level not in OLDER or attack.levels == WALLED)
    ]


@lru_cache
def trouble(level: Level) -> str:
    return probe(level) if level.name != "process" else ""


@pytest.fixture
def place() -> Iterator[Canaries]:
    with canaries() as place:
        yield place


def told(place: Canaries) -> str:
    """A cell that tells the attacker where the canaries are."""
    ports = f"TCP, UDP = {place.tcp.getsockname()[1]}, {place.udp.getsockname()[1]}"
    return f"FILE, FOLDER = {str(place.file)!r}, {str(place.file.parent)!r}\n{ports}\nVICTIM = {place.victim.pid}"


def carry_out(attack: Attack, level: Level, place: Canaries) -> Marked:
    parts = {"q1": attack.code} if attack.answer else {"between": attack.code}
    return mark(notebook(before=told(place), **parts), TINY, seed=0, level=level)


def messages(marked: Marked) -> str:
    checks = [check for question in marked.questions for check in question.checks]
    return "\n".join([note.message for note in marked.notes] + [check.message for check in checks])


def state(place: Canaries) -> object:
    folder = place.file.parent
    return sorted((p.name, p.stat().st_mode, p.stat().st_mtime_ns, p.read_bytes()) for p in folder.iterdir())


@pytest.mark.parametrize(("level", "attack"), cases(ATTACKS))
def test_an_attack_ends_as_it_should_and_harms_nothing(level: Level, attack: Attack, place: Canaries):
    if reason := trouble(level):
        pytest.skip(reason)
    before, already = state(place), orphans()
    marked = carry_out(attack, level, place)
    found = {
        "score": sum(question.score for question in marked.questions),
        "status": marked.status if attack.status != "?" else "?",
        "note": attack.note if attack.note in messages(marked) else messages(marked),
        "harmed": place.harmed(),
        "changed": state(place) != before,
        "left behind": orphans() - already,
    }
    assert found == {
        "score": attack.score, "status": attack.status, "note": attack.note, "harmed": [], "changed": False, "left behind": set(),
    }  # fmt: skip


@pytest.mark.parametrize(("level", "attack"), cases(PRYING))
def test_prying_finds_nothing(level: Level, attack: Attack, place: Canaries, monkeypatch: pytest.MonkeyPatch):
    if reason := trouble(level):
        pytest.skip(reason)
    monkeypatch.setenv("SECRET_OF_THE_GRADER", SECRET)
    worker = Worker(TINY.limits, level)
    try:
        seen = run(worker, f"{told(place)}\n{attack.code}")["output"]
    finally:
        worker.close()
    assert not any(word in seen for word in (CANARY, SECRET, "found"))


def orphans() -> set[str]:
    """Workers, and children of workers, whose parent is gone."""
    left = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"dlcourse.grading.template" not in (folder / "cmdline").read_bytes():
                continue
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            program = Path(f"/proc/{parent}/comm").read_text().strip()
        except OSError:  # it has ended meanwhile
            continue
        if not program.startswith(("python", "bwrap", "pytest", "pt_main")):
            left.add(folder.name)
    return left
