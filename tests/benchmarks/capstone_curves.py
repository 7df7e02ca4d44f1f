"""One training in three libraries: what lesson 14 lays beside ours, written anew with PyTorch installed.

    python tests/benchmarks/capstone_curves.py

The same network 64-64-32-10 from the same weights, plain SGD at the same rate, the same batches in the same order. Writes
dlcourse/data/framework_curves.json, the loss of every batch before its step.
"""

import json
import warnings
from pathlib import Path

import numpy as np

import dlcourse as dl

TARGET = Path(__file__).resolve().parents[2] / "dlcourse" / "data" / "framework_curves.json"
LR, BATCH_SIZE, EPOCHS = 0.5, 64, 6


def start():
    """The training digits of lesson 14, and its network before training."""
    X, y = dl.data.digits()
    X_train, _, _, y_train, _, _ = dl.data.train_val_test_split(X, y, rng=np.random.default_rng(0))
    rng = np.random.default_rng(1)
    net = dl.Sequential(
        dl.Linear(64, 64, rng=rng), dl.ReLU(), dl.Linear(64, 32, rng=rng), dl.ReLU(), dl.Linear(32, 10, rng=rng)
    )
    return X_train, y_train, net


def batches(X, y):
    """The batches of all epochs, drawn from one generator."""
    rng = np.random.default_rng(2)
    return [batch for _ in range(EPOCHS) for batch in dl.data.batches(X, y, BATCH_SIZE, rng=rng)]


def ours():
    """The loss of each batch, by dlcourse."""
    X, y, net = start()
    loss, optimizer, curve = dl.CrossEntropyLoss(), dl.SGD(net.parameters(), lr=LR), []
    for X_batch, y_batch in batches(X, y):
        curve.append(float(loss(net(X_batch), y_batch)))
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
    return curve


def by_torch():
    """The same by PyTorch, in float64; its weights are (out, in)."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    X, y, net = start()
    theirs = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).double()
    with torch.no_grad():
        for i in (0, 2, 4):
            theirs[i].weight.copy_(torch.from_numpy(net[i].weight.value.T.copy()))
            theirs[i].bias.copy_(torch.from_numpy(net[i].bias.value.copy()))
    loss, optimizer, curve = nn.CrossEntropyLoss(), torch.optim.SGD(theirs.parameters(), lr=LR), []
    for X_batch, y_batch in batches(X, y):
        value = loss(theirs(torch.from_numpy(X_batch)), torch.from_numpy(y_batch))
        curve.append(value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return f"PyTorch {torch.__version__.partition('+')[0]}", curve


def by_scikit_learn():
    """The same by MLPClassifier: one call of partial_fit is one step, as long as the batch is no larger than batch_size."""
    import sklearn
    from sklearn.neural_network import MLPClassifier

    X, y, net = start()
    theirs = MLPClassifier(
        (64, 32),
        solver="sgd",
        alpha=0,
        batch_size=BATCH_SIZE,
        learning_rate_init=LR,
        momentum=0,
        nesterovs_momentum=False,
    )
    curve = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a last batch of fewer rows than batch_size is clipped, and that is meant
        theirs.partial_fit(X[:1], y[:1], classes=np.arange(10))  # a first call makes the arrays that we overwrite
        for i, (W, b) in enumerate(zip(theirs.coefs_, theirs.intercepts_, strict=True)):
            W[:], b[:] = net[2 * i].weight.value, net[2 * i].bias.value
        for X_batch, y_batch in batches(X, y):
            theirs.partial_fit(X_batch, y_batch)
            curve.append(float(theirs.loss_))
    return f"scikit-learn {sklearn.__version__}", curve


def main():
    """Write the curves, and say how far they are from ours."""
    mine = ours()
    stored = dict([by_torch(), by_scikit_learn()])
    for name, curve in stored.items():
        print(
            f"{name}: {curve[0]:.4f} -> {curve[-1]:.4f}, at most {np.abs(np.subtract(curve, mine)).max():.1e} from ours"
        )
    TARGET.write_text(json.dumps(stored, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
