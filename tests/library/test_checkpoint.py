"""A training that is stopped and resumed arrives at the very numbers of one that never stopped."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlcourse import data
from dlcourse.functional.arrays import Array
from dlcourse.layers import BatchNorm1d, Dropout, Identity, Layer, Linear, ReLU, Sequential
from dlcourse.losses import CrossEntropyLoss
from dlcourse.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop
from dlcourse.schedules import CosineAnnealingLR, ReduceLROnPlateau
from dlcourse.train import Checkpoint, EarlyStopping, History, fit

X, Y = data.moons(120, rng=np.random.default_rng(0))
OPTIMIZERS: dict[str, Any] = {
    "sgd": lambda ps: SGD(ps, lr=0.05),
    "momentum": lambda ps: SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    "adagrad": lambda ps: Adagrad(ps, lr=0.05),
    "rmsprop": lambda ps: RMSprop(ps, lr=0.01),
    "adadelta": Adadelta,
    "adam": lambda ps: Adam(ps, lr=0.03),
    "adamw": lambda ps: AdamW(ps, lr=0.03),
}


class Run:
    """Everything that one training needs, made anew from the same seeds: what a learner gets who restarts the kernel."""

    def __init__(self, make: Any = OPTIMIZERS["adam"], bits: Any = np.random.PCG64, dtype: type = np.float64) -> None:
        g = np.random.default_rng(2)
        self.rng = np.random.Generator(bits(1))
        self.net = Sequential(
            Linear(2, 8, rng=g, dtype=dtype),
            BatchNorm1d(8, dtype=dtype),
            ReLU(),
            Dropout(0.2, rng=np.random.default_rng(3)),
            Linear(8, 2, rng=g, dtype=dtype),
        )
        self.optimizer: Optimizer = make(self.net.parameters())

    def fit(self, epochs: int, path: Path | None, **settings: Any) -> History:
        settings = {"batch_size": 50, "validation": (X, Y), "progress": False} | settings
        return fit(
            self.net,
            CrossEntropyLoss(),
            self.optimizer,
            X,
            Y,
            epochs=epochs,
            rng=self.rng,
            checkpoint=path,
            **settings,
        )


def assert_same(one: Run, other: Run) -> None:
    for name, value in one.net.state_dict().items():
        assert_array_equal(value, other.net.state_dict()[name], err_msg=name)
    for name, value in one.optimizer.state_dict().items():
        assert_array_equal(value, other.optimizer.state_dict()[name], err_msg=name)
    assert one.rng.random() == other.rng.random()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "moons.npz"


# --- To the bit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_resumed_training_is_the_training_that_never_stopped(name: str, path: Path) -> None:
    whole, first, second = (Run(OPTIMIZERS[name]) for _ in range(3))
    history = whole.fit(6, None)
    first.fit(3, path)
    resumed = second.fit(6, path)
    assert resumed.curves() == history.curves()
    assert_same(second, whole)


def test_float32_is_resumed_to_the_bit_as_well(path: Path) -> None:
    whole, first, second = (Run(dtype=np.float32) for _ in range(3))
    whole.fit(4, None)
    first.fit(2, path)
    second.fit(4, path)
    assert second.net[0].weight.value.dtype == np.float32
    assert_same(second, whole)


@pytest.mark.parametrize(
    "bits", [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]
)
def test_every_kind_of_generator_goes_on_where_it_stood(bits: Any, path: Path) -> None:
    whole, first, second = (Run(bits=bits) for _ in range(3))
    whole.fit(4, None)
    first.fit(2, path)
    second.fit(4, path)
    assert_same(second, whole)


@pytest.mark.parametrize(
    "settings",
    [
        lambda: {"schedule": CosineAnnealingLR(0.03, T_max=18), "schedule_by": "step"},
        lambda: {"schedule": ReduceLROnPlateau(0.1, patience=1, threshold=0.5)},
        lambda: {"augment": lambda X, rng: data.add_noise(X, 0.1, rng=rng)},
        lambda: {"callbacks": [EarlyStopping(patience=3)]},
        lambda: {"record_gradients": True},
    ],
    ids=["schedule by step", "plateau", "augment", "early stopping", "gradients"],
)
def test_whatever_goes_with_it_is_resumed_too(settings: Any, path: Path) -> None:
    whole, first, second = Run(), Run(), Run()
    history = whole.fit(9, None, **settings())
    first.fit(4, path, **settings())
    resumed = second.fit(9, path, **settings())
    assert resumed.curves() | {"lr": resumed.lr} == history.curves() | {"lr": history.lr}
    assert (resumed.gradient_norm, resumed.update_ratio, resumed.steps) == (
        history.gradient_norm,
        history.update_ratio,
        history.steps,
    )
    assert_same(second, whole)


def test_a_training_that_was_interrupted_goes_on_after_its_last_whole_epoch(path: Path) -> None:
    whole, second = Run(), Run()
    history = whole.fit(5, None)

    class Interrupt(Identity):
        left = 10

        def forward(self, x: Array) -> Array:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().forward(x)

    first = Run()
    first.net = Sequential(*first.net, Interrupt())
    assert len(first.fit(5, path).loss) == 2
    assert second.fit(5, path).curves() == history.curves()
    assert_same(second, whole)


def test_a_checkpoint_changes_no_number_of_the_training(path: Path) -> None:
    assert Run().fit(3, path).curves() == Run().fit(3, None).curves()


# --- Finished ones ---------------------------------------------------------------------------------------------------


def test_a_finished_training_comes_back_without_another_epoch(path: Path) -> None:
    first, second = Run(), Run()
    history = first.fit(3, path)
    assert second.fit(3, path).curves() == history.curves()
    assert_same(second, first)


def test_a_training_that_was_stopped_early_stays_stopped_at_its_best_weights(path: Path) -> None:
    def stopping() -> dict[str, Any]:
        return {"callbacks": [EarlyStopping(patience=2, min_delta=0.3)]}

    first, second = Run(), Run()
    history = first.fit(50, path, **stopping())
    again = second.fit(50, path, **stopping())
    assert len(history.loss) < 50
    assert again.curves() == history.curves()
    for name, value in first.net.state_dict().items():
        assert_array_equal(second.net.state_dict()[name], value)


# --- The file --------------------------------------------------------------------------------------------------------


def test_the_file_is_written_after_every_epoch_and_nothing_beside_it(path: Path) -> None:
    seen = []

    def look(epoch: int, net: Layer, history: History) -> None:
        seen.append(sorted(os.listdir(path.parent)) if path.parent.exists() else None)

    Run().fit(3, path, callbacks=[look])
    assert seen == [None, ["moons.npz"], ["moons.npz"]]


def test_a_save_that_fails_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Run().fit(2, path)
    before = path.read_bytes()

    def full_disk(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        Run().fit(3, path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["moons.npz"]


def test_nothing_in_the_file_needs_pickle(path: Path) -> None:
    Run().fit(1, path, callbacks=[EarlyStopping()])
    with np.load(path, allow_pickle=False) as file:
        assert all(not array.dtype.hasobject for array in file.values())


def test_what_only_pickle_could_keep_is_refused_before_it_is_written(path: Path) -> None:
    class Odd(EarlyStopping):
        def state_dict(self) -> dict[str, Any]:
            return {"friend": object()}

    with pytest.raises(TypeError, match="a checkpoint got other1/friend that is neither numbers nor text"):
        Run().fit(1, path, callbacks=[Odd()])
    assert not path.exists()


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("my notes")
    with pytest.raises(ValueError, match=r"moons.npz is not a checkpoint of fit: expected a file that fit\("):
        Run().fit(1, path)


def test_saved_weights_are_no_checkpoint(path: Path) -> None:
    path.parent.mkdir()
    Run().net.save(path)
    with pytest.raises(ValueError, match=r"moons.npz is not a checkpoint of fit"):
        Run().fit(1, path)


def test_a_file_with_a_pickle_inside_is_refused_unopened(path: Path) -> None:
    path.parent.mkdir()
    with path.open("wb") as file:
        np.savez(file, about=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="Object arrays cannot be loaded when allow_pickle=False"):
        Run().fit(1, path)


def test_the_checkpoint_of_another_network_is_refused(path: Path) -> None:
    Run().fit(1, path)
    other = Run()
    other.net = Sequential(Linear(2, 2, rng=np.random.default_rng(0)), Dropout(0.1, rng=other.rng))
    other.optimizer = Adam(other.net.parameters())
    with pytest.raises(ValueError, match="is a checkpoint of another training: expected the same network"):
        other.fit(2, path)


def test_the_checkpoint_of_another_width_is_refused(path: Path) -> None:
    Run().fit(1, path)
    other, g = Run(), np.random.default_rng(0)
    other.net = Sequential(Linear(2, 9, rng=g), BatchNorm1d(9), ReLU(), Dropout(0.2, rng=g), Linear(9, 2, rng=g))
    other.optimizer = Adam(other.net.parameters())
    with pytest.raises(ValueError, match=r"Sequential got 0.weight of shape \(2, 8\): expected \(2, 9\)"):
        other.fit(2, path)


def test_the_checkpoint_of_another_optimizer_is_refused(path: Path) -> None:
    Run().fit(1, path)
    with pytest.raises(ValueError, match="SGD got a state with another"):
        Run(OPTIMIZERS["sgd"]).fit(2, path)


def test_the_checkpoint_of_other_callbacks_is_refused(path: Path) -> None:
    Run().fit(1, path)
    with pytest.raises(ValueError, match=r"is a checkpoint of another training: .* to begin anew, delete the file"):
        Run().fit(2, path, callbacks=[EarlyStopping()])


def test_a_checkpoint_can_be_used_without_fit(path: Path) -> None:
    run = Run()
    checkpoint = Checkpoint(path, run.net, run.optimizer, rng=run.rng)
    checkpoint.save(History(loss=[0.25]), stopped=True)
    assert checkpoint.load() == (History(loss=[0.25]), True)
