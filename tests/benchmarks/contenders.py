"""One contender of speed.py, in a process of its own, on one thread.

    python contenders.py CONTENDER WORKLOAD SECONDS        as in: python contenders.py dlcourse 64-128-128-10/32 0.1

It builds its network, takes some steps to warm up, and says `ready`. For each line on stdin it then works for about SECONDS and
answers with the seconds that one step took on average. A step is forward, backward and Adam on one batch, in float32; for the
workload conv2d it is forward and backward alone.

All contenders see one batch again and again, at a rate too small to learn it: one that has memorised its batch computes with zeros
and subnormal numbers, on which processors are many times slower, and what is measured would depend on how long it is.
"""

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

Step = Callable[[], object]
LR = 1e-9


def batch(sizes: list[int], n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((n, sizes[0]), dtype=np.float32), rng.integers(sizes[-1], size=n)


def weights(sizes: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [(rng.uniform(-1, 1, size=(a, b)) / sqrt(a)).astype(np.float32) for a, b in pairwise(sizes)]


# --- dlcourse --------------------------------------------------------------------------------------------------------


def our_network(sizes: list[int]) -> Any:
    import dlcourse as dl

    rng, layers = np.random.default_rng(1), []
    for a, b in pairwise(sizes):
        layers += [dl.Linear(a, b, rng=rng, dtype=np.float32), dl.ReLU()]
    return dl.Sequential(*layers[:-1])


def ours(sizes: list[int], n: int) -> Step:
    import dlcourse as dl

    net, loss, (X, y) = our_network(sizes), dl.CrossEntropyLoss(), batch(sizes, n)
    optimizer = dl.Adam(net.parameters(), lr=LR)
    net.needs_input_grad = False  # as fit sets it

    def step() -> None:
        loss.forward(net.forward(X), y)
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()

    return step


def our_fit(sizes: list[int], n: int) -> Step:
    """What fit adds to a step: shuffling, batches, history. One call is one epoch of one step per batch."""
    import dlcourse as dl

    net, loss, (X, y) = our_network(sizes), dl.CrossEntropyLoss(), batch(sizes, 8 * n)
    optimizer, rng = dl.Adam(net.parameters(), lr=LR), np.random.default_rng(0)
    return lambda: dl.fit(net, loss, optimizer, X, y, epochs=1, batch_size=n, rng=rng, progress=False)


def our_conv() -> Step:
    from dlcourse.layers import Conv2d

    rng = np.random.default_rng(0)
    x = rng.random((32, 1, 28, 28), dtype=np.float32)
    layer = Conv2d(1, 8, 3, rng=rng, dtype=np.float32)
    dz = np.ones_like(layer.forward(x))
    layer.needs_input_grad = False

    def step() -> None:
        layer.forward(x)
        layer.backward(dz)

    return step


# --- The others ------------------------------------------------------------------------------------------------------


def torch_step(sizes: list[int], n: int, fused: bool) -> Step:
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    layers: list[Any] = []
    for a, b in pairwise(sizes):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    net, loss = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    X, y = map(torch.from_numpy, batch(sizes, n))
    optimizer = torch.optim.Adam(net.parameters(), lr=LR, **({"fused": True} if fused else {}))

    def step() -> None:
        optimizer.zero_grad()
        loss(net(X), y).backward()
        optimizer.step()

    return step


def torch_conv() -> Step:
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    x, layer = torch.rand(32, 1, 28, 28), torch.nn.Conv2d(1, 8, 3)
    dz = torch.ones_like(layer(x))

    def step() -> None:
        layer.zero_grad()
        layer(x).backward(dz)

    return step


def scikit_learn(sizes: list[int], n: int) -> Step:
    from sklearn.neural_network import MLPClassifier

    X, y = batch(sizes, n)
    net = MLPClassifier(sizes[1:-1], batch_size=n, alpha=0.0, learning_rate_init=LR, random_state=0)
    net.partial_fit(X, y, classes=np.arange(sizes[-1]))
    return lambda: net.partial_fit(X, y)


def products(sizes: list[int], n: int) -> Step:
    """The limit: x W and x^T dz for every layer, dz W^T for all but the first, and nothing else."""
    Ws = weights(sizes)
    xs = [np.ones((n, size), np.float32) for size in sizes]

    def step() -> None:
        for x, W in zip(xs[:-1], Ws, strict=True):
            x @ W
        for i, W in enumerate(Ws):
            xs[i].T @ xs[i + 1]
            if i > 0:
                xs[i + 1] @ W.T

    return step


def naive(sizes: list[int], n: int) -> Step:
    """Layers as one writes them the first time: a fresh array for everything, dx for every layer, Adam from the book."""
    Ws, (X, y) = weights(sizes), batch(sizes, n)
    bs = [np.zeros(W.shape[1], np.float32) for W in Ws]
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in [*Ws, *bs]]
    t = 0

    def step() -> None:
        nonlocal t
        t += 1
        xs, zs, x = [X], [], X
        for i, (W, b) in enumerate(zip(Ws, bs, strict=True)):
            zs.append(x @ W + b)
            x = np.where(zs[-1] > 0, zs[-1], 0) if i < len(Ws) - 1 else zs[-1]
            xs.append(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        h = e / e.sum(axis=1, keepdims=True)
        -np.log(h[np.arange(n), y]).mean()
        d = h.copy()
        d[np.arange(n), y] -= 1
        d /= n
        dWs, dbs = [], []
        for i in reversed(range(len(Ws))):
            if i < len(Ws) - 1:
                d[zs[i] <= 0] = 0
            dWs.insert(0, xs[i].T @ d)
            dbs.insert(0, d.sum(axis=0))
            d = d @ Ws[i].T
        for p, g, mv in zip([*Ws, *bs], [*dWs, *dbs], moments, strict=True):
            mv[0] = 0.9 * mv[0] + 0.1 * g
            mv[1] = 0.999 * mv[1] + 0.001 * g**2
            m_hat, v_hat = mv[0] / (1 - 0.9**t), mv[1] / (1 - 0.999**t)
            p -= LR * m_hat / (np.sqrt(v_hat) + 1e-8)

    return step


#: name: how to build a step, and how many steps one call makes
NETWORKS: dict[str, tuple[Callable[[list[int], int], Step], int]] = {
    "dlcourse": (ours, 1),
    "dlcourse-fit": (our_fit, 8),
    "torch": (lambda sizes, n: torch_step(sizes, n, fused=False), 1),
    "torch-fused": (lambda sizes, n: torch_step(sizes, n, fused=True), 1),
    "scikit-learn": (scikit_learn, 1),
    "products": (products, 1),
    "naive": (naive, 1),
}
CONVOLUTIONS = {"dlcourse": our_conv, "torch": torch_conv}


def build(contender: str, workload: str) -> tuple[Step, int]:
    if workload == "conv2d":
        return CONVOLUTIONS[contender](), 1
    sizes, n = workload.split("/")
    make, steps = NETWORKS[contender]
    return make([int(size) for size in sizes.split("-")], int(n)), steps


def seconds_per_step(step: Step, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - start) / repeats


def main(contender: str, workload: str, seconds: str) -> None:
    try:
        step, steps = build(contender, workload)
    except ImportError as error:
        print(f"not here: {error}")
        return
    seconds_per_step(step, 5)
    repeats = max(1, round(float(seconds) / seconds_per_step(step, 5)))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(seconds_per_step(step, repeats) / steps, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
