"""How the cost of a training step grows with width, depth and batch size, as a table and, with a path given, as a picture.

    python scaling.py [PICTURE.png] [--quick]

In the upper half of each range, where arithmetic outweighs Python, the cost should grow like width^2, depth^1 and batch^1.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

import dlcourse as dl

#: name: what varies, (width, depth, batch) at each value, and the exponent that the arithmetic has
RANGES = {
    "width": ([32, 64, 128, 256, 512, 1024, 2048], lambda width: (width, 2, 128), 2),
    "depth": ([1, 2, 4, 8, 16, 32], lambda depth: (256, depth, 128), 1),
    "batch": ([1, 4, 16, 64, 256, 1024, 4096], lambda batch: (256, 2, batch), 1),
}


def make_steps(width: int, depth: int, batch: int) -> Callable[[int], float]:
    """A function that makes so many steps and says how long one took."""
    rng = np.random.default_rng(0)
    layers = [layer for _ in range(depth) for layer in (dl.Linear(width, width, rng=rng, dtype=np.float32), dl.ReLU())]
    net, loss = dl.Sequential(*layers, dl.Linear(width, 10, rng=rng, dtype=np.float32)), dl.CrossEntropyLoss()
    net.needs_input_grad = False
    optimizer = dl.Adam(net.parameters(), lr=1e-9)  # too small to learn: see contenders.py
    X, y = rng.random((batch, width), dtype=np.float32), rng.integers(10, size=batch)

    def steps(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            loss.forward(net.forward(X), y)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
        return (time.perf_counter() - start) / count

    return steps


def measure(settings: list[tuple[int, int, int]], rounds: int) -> list[float]:
    """Seconds per step of each: the fastest of several rounds of about 20 ms, in which they take turns."""
    runs = [make_steps(*setting) for setting in settings]
    counts = [max(1, round(0.02 / min(steps(2), steps(2)))) for steps in runs]
    return np.min([[steps(n) for steps, n in zip(runs, counts, strict=True)] for _ in range(rounds)], axis=0).tolist()


def power_law(xs: list[int], seconds: list[float]) -> tuple[float, float]:
    """Exponent and factor of factor x^exponent: a straight line through the upper half of a log-log plot."""
    upper = len(xs) // 2
    exponent, intercept = np.polyfit(np.log(xs[upper:]), np.log(seconds[upper:]), 1)
    return float(exponent), float(np.exp(intercept))


def draw(costs: dict[str, tuple[list[int], list[float]]], path: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), layout="constrained")
    for axes, (name, (xs, seconds)) in zip(figure.subplots(1, len(costs)), costs.items(), strict=True):
        exponent, factor = power_law(xs, seconds)
        upper = np.array(xs[len(xs) // 2 :])
        axes.loglog(xs, np.multiply(1e3, seconds), "o", label="measured")
        axes.loglog(upper, 1e3 * factor * upper**exponent, "--", label=f"{name}^{exponent:.2f}")
        axes.set(xlabel=name, ylabel="milliseconds per step", title=f"Cost against {name}")
        axes.legend()
    figure.savefig(path, dpi=120)


def main(arguments: list[str]) -> None:
    rounds = 5 if "--quick" in arguments else 15
    costs = {}
    print("Cost of a step of dlcourse, microseconds; the exponent is fitted to the upper half")
    for name, (xs, sizes, arithmetic) in RANGES.items():
        costs[name] = xs, measure([sizes(x) for x in xs], rounds)
        cells = "  ".join(f"{x}: {1e6 * s:,.0f}" for x, s in zip(*costs[name], strict=True))
        print(f"  {name:<6} exponent {power_law(*costs[name])[0]:.2f} (arithmetic: {arithmetic})   {cells}", flush=True)
    for path in [argument for argument in arguments if not argument.startswith("--")]:
        draw(costs, path)
        print(f"  drawn in {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
