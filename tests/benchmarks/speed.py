"""How fast is a training step? dlcourse against PyTorch, scikit-learn, naive NumPy, and the matrix products alone.

    python tests/benchmarks/speed.py [--quick] [--torch-python PATH] [--plot PICTURE.png]

Every contender runs in a process of its own, on one thread. They take turns, round by round, so that whatever else the machine
does hits all of them alike: trust the ratios, not the microseconds. A ratio is the median over rounds of dlcourse's time divided
by the contender's in the same round; below 1, dlcourse is faster. A target that is missed is marked, and nothing else happens:
this is a measurement, not a test.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

HERE = Path(__file__).parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")}

LABELS = {
    "dlcourse": "dlcourse",
    "dlcourse-fit": "dlcourse, a step within fit",
    "torch": "PyTorch eager",
    "torch-fused": "PyTorch eager, Adam(fused=True)",
    "scikit-learn": "scikit-learn MLPClassifier.partial_fit",
    "products": "the matrix products alone",
    "naive": "naive NumPy layers",
}
#: workload: dlcourse's time divided by a contender's should be at most this; None: shown without a target
TARGETS: dict[str, dict[str, float | None]] = {
    "64-128-128-10/32": {
        "torch": 0.30,
        "torch-fused": 0.45,
        "scikit-learn": 0.15,
        "products": None,
        "naive": None,
        "dlcourse-fit": None,
    },
    "784-512-512-10/128": {
        "torch": 0.95,
        "torch-fused": 1.10,
        "scikit-learn": 0.60,
        "products": None,
        "naive": None,
        "dlcourse-fit": None,
    },
    "784-512-512-10/1024": {
        "torch": 0.95,
        "torch-fused": 1.05,
        "scikit-learn": 0.85,
        "products": 1.15,
        "naive": None,
        "dlcourse-fit": None,
    },
    "conv2d": {"torch": 3.0},
}
TITLES = {"conv2d": "conv2d, 32 x 1 x 28 x 28, 8 kernels 3 x 3, forward and backward"}
IMPORT_TARGET = 1.3


class Contender:
    """A process that makes steps when told to."""

    def __init__(self, python: str, name: str, workload: str, seconds: float) -> None:
        self.name = name
        self.times: list[float] = []
        self.process = subprocess.Popen(
            [python, str(HERE / "contenders.py"), name, workload, str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ONE_THREAD,
        )

    def ask(self, line: str = "") -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if line:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def start(self) -> str:
        """Nothing, or why it cannot run."""
        answer = self.ask()
        return "" if answer == "ready" else answer or "it stopped: see the error above"

    def stop(self) -> None:
        self.process.communicate()


def compare(workload: str, pythons: dict[str, str], rounds: int, seconds: float) -> list[list[str]]:
    """The rows of one workload."""
    names = ["dlcourse", *TARGETS[workload]]
    # One after the other: two that warm up at once would disturb each other, and miscount their steps.
    contenders, absent = [], {}
    for name in names:
        contender = Contender(pythons[name], name, workload, seconds)
        if reason := contender.start():
            absent[name] = reason
            contender.stop()
        else:
            contenders.append(contender)
    for i in range(rounds):
        for contender in contenders[i % len(contenders) :] + contenders[: i % len(contenders)]:
            contender.times.append(float(contender.ask("go\n")))
    for contender in contenders:
        contender.stop()
    times = {contender.name: contender.times for contender in contenders}
    return [row(name, times, TARGETS[workload].get(name), absent.get(name)) for name in names]


def row(name: str, times: dict[str, list[float]], target: float | None, absent: str | None) -> list[str]:
    label = LABELS[name]
    if absent:
        return [label, "", "", "", "", absent]
    time = f"{1e6 * median(times[name]):,.0f} us"
    if name == "dlcourse" or "dlcourse" not in times:
        return [label, time, "", "", "", ""]
    ratios = [a / b for a, b in zip(times["dlcourse"], times[name], strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return [label, time, f"{median(ratios):.2f}", f"{low:.2f}-{high:.2f}", *verdict(median(ratios), target)]


def verdict(ratio: float, target: float | None) -> list[str]:
    return ["", ""] if target is None else [f"<= {target:.2f}", "" if ratio <= target else "MISSED"]


def import_time(module: str) -> float:
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | ONE_THREAD
    )
    return float(done.stdout)


def compare_imports(rounds: int) -> list[list[str]]:
    for module in ("numpy", "dlcourse"):  # the first time compiles
        import_time(module)
    pairs = [(import_time("dlcourse"), import_time("numpy")) for _ in range(rounds)]
    ours, theirs = zip(*pairs, strict=True)
    ratios = [a / b for a, b in pairs]
    low, _, high = quantiles(ratios, n=4)
    return [
        ["import dlcourse", f"{1e6 * median(ours):,.0f} us", "", "", "", ""],
        [
            "import numpy",
            f"{1e6 * median(theirs):,.0f} us",
            f"{median(ratios):.2f}",
            f"{low:.2f}-{high:.2f}",
            *verdict(median(ratios), IMPORT_TARGET),
        ],
    ]


def show(title: str, rows: list[list[str]]) -> None:
    widths = (40, 11, 6, 11, 8)
    print(f"\n{title}")
    for label, *cells in rows:
        aligned = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=False))
        print(f"  {label:<{widths[0]}}{aligned}  {cells[-1]}".rstrip(), flush=True)


def main() -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--torch-python", default=sys.executable, metavar="PATH", help="a Python that has PyTorch")
    parser.add_argument("--plot", metavar="PATH", help="draw cost against width, depth and batch size into this PNG")
    arguments = parser.parse_args()
    rounds, seconds = (7, 0.04) if arguments.quick else (25, 0.1)

    pythons = {name: arguments.torch_python if name.startswith("torch") else sys.executable for name in LABELS}
    print(
        f"Time of one step, and dlcourse's time divided by it: median and quartiles of {rounds} rounds; float32, one thread"
    )
    show("", [["", "time", "ratio", "quartiles", "target", ""]])
    for workload in TARGETS:
        title = TITLES.get(workload) or "network {}, batch of {}: forward, backward, Adam".format(*workload.split("/"))
        show(title, compare(workload, pythons, rounds, seconds))
    show("import, in a fresh interpreter", compare_imports(rounds))
    print(flush=True)
    scaling = [
        str(HERE / "scaling.py"),
        *([arguments.plot] if arguments.plot else []),
        *(["--quick"] if arguments.quick else []),
    ]
    subprocess.run([sys.executable, *scaling], check=True, env=os.environ | ONE_THREAD)


if __name__ == "__main__":
    main()
