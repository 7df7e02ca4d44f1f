"""How long does a submission take to grade? The trivial exercise at each level of isolation, nbgrader beside it, a real one, a class.

    python tests/benchmarks/grading.py [--quick] [--level kernel] [--students 1000] [--without-nbgrader]

A submission's time is all that it costs: reading, a worker, cells, checks, the record, and its share of tables and feedback. One
process grades one after the other; the first submissions, which warm it up, are not counted. nbgrader grades the same answers to
the same exercise, in its own format and in an environment of its own. An aim that is missed is marked, and nothing else happens:
this is a measurement, not a test.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import psutil
from beside_nbgrader import VERSION, Absent, seconds_each
from trivial_exercise import NAME, ours, write_class, write_solutions

from dlcourse.classroom import grade, job
from dlcourse.grading import sandbox
from dlcourse.grading.isolation.levels import LEVELS, PROCESS
from dlcourse.grading.probe import probe

ROOT = Path(__file__).parents[2]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")}
REAL = "05_activations"
WARM_UP = 4
#: Seconds a submission, at most; nbgrader's time divided by ours, at least; how far the last tenth may differ from the first.
AIMS = {"trivial": 0.10, "real": 0.50, "nbgrader": 10.0, "flat": 0.20}


# --- the process that grades ------------------------------------------------------------------------------------------


@dataclass
class Clock:
    """Where the time of a run goes: seconds by stage, without those that a stage within it took."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    within: list[float] = field(default_factory=lambda: [0.0])

    def watch(self, owner: Any, name: str, stage: Callable[..., str]) -> None:
        """Measure every call of `owner.name`."""
        function = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            self.within.append(0.0)
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.perf_counter() - start
                self.seconds[stage(*args)] += took - self.within.pop()
                self.within[-1] += took

        setattr(owner, name, timed)


STAGES: list[tuple[Any, str, Callable[..., str]]] = [
    (job, "read_file", lambda *_: "reading the notebook"),
    (job, "parse_notebook", lambda *_: "reading the notebook"),
    (sandbox, "launch", lambda *_: "starting a worker, enclosed"),
    (
        sandbox.Worker,
        "ask",
        lambda worker, request, *_: "running cells" if request["do"] == "cell" else "calling functions",
    ),
    (sandbox.Worker, "close", lambda *_: "ending the worker"),
    (job, "mark", lambda *_: "checks and known mistakes"),
    (grade, "save", lambda *_: "writing the record"),
    (grade, "publish", lambda *_: "tables and feedback"),
]


def grade_here(submissions: Path, out: Path, solutions: Path, level: str) -> None:
    """Grade a class in this process; for each submission a line with the time that it was done, then the stages."""
    clock = Clock()
    for owner, name, stage in STAGES:
        clock.watch(owner, name, stage)
    print(time.perf_counter(), flush=True)

    def on_done(record: Any, done: int, total: int) -> None:
        if record.status != "graded":
            raise SystemExit(f"{record.student} was not graded ({record.status}: {record.message or record.notes})")
        print(time.perf_counter(), flush=True)

    grade.grade_folder(submissions, out, solutions, level=LEVELS[level], jobs=1, on_done=on_done)
    print(time.perf_counter(), flush=True)
    print(json.dumps(clock.seconds), flush=True)


# --- the process that watches -----------------------------------------------------------------------------------------


@dataclass
class Run:
    """What was seen of a class being graded: when each submission was done, memory at that time, and the stages."""

    moments: list[float]
    memory: list[float]
    stages: dict[str, float]

    @property
    def seconds(self) -> list[float]:
        """Of each submission after the first ones, with its share of what is done for all."""
        *moments, end = self.moments
        share = (end - moments[-1]) / (len(moments) - 1)
        return [b - a + share for a, b in zip(moments[WARM_UP:-1], moments[WARM_UP + 1 :], strict=True)]


def graded(submissions: Path, solutions: Path, level: str) -> Run:
    """A class, graded by a process of its own that is watched."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, __file__, "--grade", str(submissions), out, str(solutions), level]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD) as process:
            assert process.stdout is not None
            lines, memory, watched = [], [], psutil.Process(process.pid)
            for line in process.stdout:
                lines.append(line)
                memory.append(megabytes(watched))
    if process.returncode != 0:
        raise SystemExit(f"the grader ended with code {process.returncode}: see above")
    return Run([float(line) for line in lines[:-1]], memory[:-2], json.loads(lines[-1]))


def megabytes(process: psutil.Process) -> float:
    """What a process and its children hold, pages that they share counted once."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss if psutil.LINUX else one.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return total / 2**20


@dataclass(frozen=True)
class Bench:
    """Folders to work in, and how much to measure."""

    folder: Path
    students: int
    nbgraders: int
    crowd: int

    def trivial(self, students: int, level: str) -> Run:
        submissions, solutions = self.folder / f"trivial-{students}", self.folder / "solutions"
        if not submissions.exists():
            write_solutions(solutions)
            write_class(submissions, students + WARM_UP, ours)
        return graded(submissions, solutions, level)

    def real(self, level: str) -> Run:
        submissions = self.folder / "real"
        for i in range(self.students // 2 + WARM_UP):
            place = submissions / f"student-{i:04}" / REAL
            place.mkdir(parents=True)
            shutil.copy(ROOT / "solutions" / f"{REAL}.ipynb", place)
        return graded(submissions, ROOT / "solutions", level)


# --- the tables -------------------------------------------------------------------------------------------------------

Row = list[str]


def show(title: str, rows: Iterator[Row]) -> None:
    """A table, row by row as they are measured."""
    print(f"\n{title}", flush=True)
    for label, *cells in rows:
        aligned = "  ".join(cell.rjust(width) for cell, width in zip(cells, (10, 15, 9), strict=False))
        print(f"  {label:<46}{aligned}  {cells[-1] if len(cells) > 3 else ''}".rstrip(), flush=True)


def missing(level: str) -> str:
    """Why a level cannot be had here. `process` promises nothing, so it can always be had."""
    return "" if level == PROCESS.name else probe(LEVELS[level])


def timed(label: str, seconds: list[float], aim: float | None = None) -> Row:
    low, _, high = quantiles(seconds, n=4)
    middle = median(seconds)
    verdict = ["", ""] if aim is None else [f"<= {aim:.2f}", "" if middle <= aim else "MISSED"]
    return [label, f"{middle:.3f} s", f"{low:.3f}-{high:.3f}", *verdict]


def submissions_rows(bench: Bench, wanted: str, nbgrader: bool) -> Iterator[Row]:
    """One submission of the trivial exercise at every level, nbgrader's, and one of a real exercise."""
    yield ["", "median", "quartiles", "aim", ""]
    runs = {}
    for level in LEVELS:
        if reason := missing(level):
            yield [f"{NAME}, level {level}", "", "", "", reason[:100]]
            continue
        runs[level] = bench.trivial(bench.students, level)
        yield timed(f"{NAME}, level {level}", runs[level].seconds, AIMS["trivial"] if level == wanted else None)
    level = wanted if wanted in runs else "process"
    yield timed(f"{REAL}, level {level}", bench.real(level).seconds, AIMS["real"])
    try:
        theirs = seconds_each(bench.folder / "course", bench.nbgraders) if nbgrader else None
    except Absent as reason:
        yield [f"nbgrader {VERSION}", "", "", "", f"not here: {reason}"]
        return
    if theirs:
        yield timed(f"{NAME}, nbgrader {VERSION}", theirs)
        ratio = median(theirs) / median(runs[level].seconds)
        verdict = "" if ratio >= AIMS["nbgrader"] else "MISSED"
        yield [f"  its time divided by ours, level {level}", f"{ratio:.1f}", "", f">= {AIMS['nbgrader']:.0f}", verdict]


def stages_rows(run: Run) -> Iterator[Row]:
    """Where the time of a submission went."""
    yield ["", "ms", "share", "", ""]
    count, whole = len(run.moments) - 2, run.moments[-1] - run.moments[0]
    rest = whole - sum(run.stages.values())
    for stage, seconds in sorted({**run.stages, "everything else": rest}.items(), key=lambda item: -item[1]):
        yield [stage, f"{1e3 * seconds / count:.2f}", f"{100 * seconds / whole:.0f} %", "", ""]


def crowd_rows(run: Run) -> Iterator[Row]:
    """Whether the last tenth of a large class costs what the first one did."""
    yield ["", "first tenth", "last tenth", "aim", ""]
    seconds, memory = run.seconds, run.memory[WARM_UP:]
    for label, values, unit in (("memory of the grader and its children", memory, "MB"), ("time", seconds, "s")):
        tenth = max(1, len(values) // 10)
        first, last = (mean(part) for part in (values[:tenth], values[-tenth:]))
        change = last / first - 1
        verdict = f"{change:+.0%}{'' if abs(change) <= AIMS['flat'] else '  MISSED'}"
        digits = 0 if unit == "MB" else 4
        yield [label, f"{first:.{digits}f} {unit}", f"{last:.{digits}f} {unit}", f"+-{AIMS['flat']:.0%}", verdict]


def main() -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer submissions")
    parser.add_argument("--level", default="kernel", choices=LEVELS, help="the level that the aims are for")
    parser.add_argument("--students", type=int, help="the size of the large class")
    parser.add_argument("--without-nbgrader", action="store_true", help="measure ours alone")
    parser.add_argument("--grade", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.grade:
        submissions, out, solutions, level = arguments.grade
        grade_here(Path(submissions), Path(out), Path(solutions), level)
        return
    small, nbgraders, crowd = (8, 5, 100) if arguments.quick else (40, 20, 1000)
    with tempfile.TemporaryDirectory(prefix="dlcourse-bench-") as folder:
        bench = Bench(Path(folder), small, nbgraders, arguments.students or crowd)
        title = f"Time of one submission, in one process: median and quartiles of {small}"
        show(title, submissions_rows(bench, arguments.level, not arguments.without_nbgrader))
        level = "process" if missing(arguments.level) else arguments.level
        run = bench.trivial(bench.crowd, level)
        show(f"A class of {bench.crowd} at level {level}: is it as quick and as small at its end?", crowd_rows(run))
        show(f"Where the time of a submission goes, {NAME}, level {level}", stages_rows(run))


if __name__ == "__main__":
    main()
