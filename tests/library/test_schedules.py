from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlcourse.optim import SGD
from dlcourse.parameter import Parameter
from dlcourse.schedules import (
    BatchSizeSchedule,
    CosineAnnealingLR,
    CyclicLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    Schedule,
    SequentialLR,
    StepLR,
)

PURE: list[Schedule] = [
    StepLR(0.1, step_size=3),
    MultiStepLR(0.1, milestones=[2, 5]),
    ExponentialLR(0.1, gamma=0.9),
    CosineAnnealingLR(0.1, T_max=10),
    LinearLR(0.1),
    SequentialLR([LinearLR(0.1), ExponentialLR(0.1, 0.9)], milestones=[5]),
    CyclicLR(0.01, 0.1, step_size_up=4),
    OneCycleLR(0.1, total_steps=20),
]
each = pytest.mark.parametrize("schedule", PURE, ids=lambda s: type(s).__name__)


def optimizer() -> SGD:
    return SGD([Parameter([1.0])], lr=7.0)


# --- The interface ---------------------------------------------------------------------------------------------------


@each
def test_calling_a_schedule_is_asking_for_its_rate(schedule: Schedule) -> None:
    assert [schedule(t) for t in range(30)] == [schedule.lr(t) for t in range(30)]


@each
def test_a_rate_depends_on_the_time_alone(schedule: Schedule) -> None:
    forwards = [schedule(t) for t in range(30)]
    assert [schedule(t) for t in reversed(range(30))] == forwards[::-1]


@each
def test_a_rate_is_a_plain_number_and_never_negative(schedule: Schedule) -> None:
    rates = [schedule(t) for t in range(200)]
    assert all(type(rate) is float and rate >= 0 for rate in rates)


@each
def test_step_sets_the_optimizers_rate_for_that_time(schedule: Schedule) -> None:
    machine = optimizer()
    schedule.step(machine, 4, None)
    assert machine.lr == schedule(4)


@each
def test_step_leaves_a_plain_number_even_for_a_numpy_time(schedule: Schedule) -> None:
    machine = optimizer()
    schedule.step(machine, np.int64(4), 0.5)  # type: ignore[arg-type]
    assert type(machine.lr) is float


def test_a_schedule_of_ones_own_must_say_its_rate() -> None:
    class Empty(Schedule):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty needs an lr\(self, t\) method"):
        Empty()(0)


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (StepLR(0.1, 30), "StepLR(initial_lr=0.1, step_size=30, gamma=0.1)"),
        (CosineAnnealingLR(0.1, 50), "CosineAnnealingLR(initial_lr=0.1, T_max=50, eta_min=0.0)"),
        (BatchSizeSchedule(32, 10), "BatchSizeSchedule(initial_size=32, step_size=10, factor=2.0, max_size=None)"),
    ],
    ids=str,
)
def test_repr_is_what_one_would_type(schedule: Any, text: str) -> None:
    assert repr(schedule) == text


def test_repr_of_a_plateau_shows_settings_only() -> None:
    assert "best" not in repr(ReduceLROnPlateau(0.1))


# --- Shapes of the curves --------------------------------------------------------------------------------------------

rates, lengths = st.floats(1e-6, 10.0), st.integers(1, 100)


@given(rates, rates, lengths)
def test_the_cosine_goes_from_its_start_to_its_floor(start: float, floor: float, length: int) -> None:
    schedule = CosineAnnealingLR(start, length, floor)
    assert_allclose([schedule(0), schedule(length)], [start, floor], rtol=1e-12, atol=1e-15)


@given(rates, lengths, st.floats(0.01, 0.99), st.integers(0, 300))
def test_steps_never_rise(start: float, length: int, gamma: float, t: int) -> None:
    schedule = StepLR(start, length, gamma)
    assert schedule(t + 1) <= schedule(t)


@given(rates, lengths, st.integers(0, 300))
def test_steps_of_one_epoch_are_the_exponential(start: float, length: int, t: int) -> None:
    assert StepLR(start, 1, 0.9)(t) == ExponentialLR(start, 0.9)(t)


@given(rates, rates, lengths, lengths, st.sampled_from(["triangular", "triangular2", "exp_range"]), st.integers(0, 500))
def test_a_cycle_stays_between_its_ends(low: float, high: float, up: int, down: int, mode: Any, t: int) -> None:
    low, high = sorted((low, high))
    rate = CyclicLR(low, high, up, down, mode, gamma=0.99)(t)
    assert low * (1 - 1e-12) <= rate <= high * (1 + 1e-12)


@given(rates, lengths, lengths, st.integers(0, 5))
def test_a_triangle_repeats_itself(high: float, up: int, down: int, cycles: int) -> None:
    schedule = CyclicLR(0.0, high, up, down)
    assert schedule(3) == schedule(3 + cycles * (up + down))


@given(rates, st.integers(2, 300), st.floats(0, 0.99), st.sampled_from(["cos", "linear"]))
def test_one_cycle_ends_far_below_its_start_and_stays_there(high: float, total: int, share: float, way: Any) -> None:
    schedule = OneCycleLR(high, total, share, way, div_factor=25, final_div_factor=100)
    assert_allclose([schedule(total - 1), schedule(total), schedule(total + 50)], high / 2500, rtol=1e-9)


@given(rates, st.integers(1, 300), st.floats(0, 0.99), st.sampled_from(["cos", "linear"]), st.integers(0, 400))
def test_one_cycle_never_rises_above_its_top(high: float, total: int, share: float, way: Any, t: int) -> None:
    assert OneCycleLR(high, total, share, way)(t) <= high * (1 + 1e-12)


def test_one_cycle_whose_rise_has_a_single_step_starts_at_the_top() -> None:
    assert OneCycleLR(1.0, total_steps=10, pct_start=0.1)(0) == 1.0


def test_a_warm_up_stays_at_its_end() -> None:
    schedule = LinearLR(0.1, 0.5, total_iters=4)
    assert [schedule(4), schedule(1000)] == [0.1, 0.1]


def test_each_of_several_schedules_counts_from_its_own_start() -> None:
    row = SequentialLR([LinearLR(0.1, 0.1, total_iters=5), StepLR(0.1, 10), StepLR(1.0, 10)], milestones=[5, 30])
    assert_allclose([row(0), row(5), row(14), row(15), row(30)], [0.01, 0.1, 0.1, 0.01, 1.0])


# --- Plateau ---------------------------------------------------------------------------------------------------------


def rates_after(schedule: ReduceLROnPlateau, metrics: list[float]) -> list[float]:
    machine, seen = optimizer(), []
    for t, metric in enumerate(metrics):
        schedule.step(machine, t, metric)
        seen.append(machine.lr)
    return seen


def test_before_the_first_epoch_there_is_no_metric_and_the_rate_is_the_initial_one() -> None:
    machine = optimizer()
    ReduceLROnPlateau(0.5).step(machine, 0, None)
    assert machine.lr == 0.5


def test_the_rate_falls_when_patience_is_exceeded_not_when_it_is_reached() -> None:
    assert rates_after(ReduceLROnPlateau(1.0, factor=0.5, patience=2), [5, 5, 5, 5, 5]) == [1, 1, 1, 0.5, 0.5]


def test_progress_starts_the_count_anew() -> None:
    assert rates_after(ReduceLROnPlateau(1.0, factor=0.5, patience=1), [5, 5, 4, 4, 3, 3]) == [1] * 6


def test_progress_below_the_threshold_does_not_count() -> None:
    schedule = ReduceLROnPlateau(1.0, factor=0.5, patience=0, threshold=0.1)
    assert rates_after(schedule, [10.0, 9.5, 8.0]) == [1, 0.5, 0.5]


def test_an_accuracy_is_watched_with_mode_max() -> None:
    assert rates_after(ReduceLROnPlateau(1.0, "max", factor=0.5, patience=0), [0.5, 0.6, 0.6]) == [1, 1, 0.5]


def test_nan_is_no_progress() -> None:
    assert rates_after(ReduceLROnPlateau(1.0, factor=0.5, patience=0), [np.nan, 1.0]) == [0.5, 0.5]


def test_the_rate_never_falls_below_its_floor() -> None:
    assert rates_after(ReduceLROnPlateau(1.0, factor=0.5, patience=0, min_lr=0.3), [1.0] * 6)[-1] == 0.3


def test_epochs_of_cooldown_are_not_counted() -> None:
    schedule = ReduceLROnPlateau(1.0, factor=0.5, patience=0, cooldown=2)
    assert rates_after(schedule, [1.0] * 6) == [1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_a_plateau_resumed_from_its_state_goes_on_where_it_was() -> None:
    metrics = list(np.random.default_rng(0).normal(1, 0.2, 40))
    whole = ReduceLROnPlateau(1.0, factor=0.9, patience=1, cooldown=1)
    expected = rates_after(whole, metrics)
    first, second = (ReduceLROnPlateau(1.0, factor=0.9, patience=1, cooldown=1) for _ in range(2))
    rates_after(first, metrics[:17])
    second.load_state_dict({name: np.asarray(value) for name, value in first.state_dict().items()})
    assert rates_after(second, metrics[17:]) == expected[17:]


# --- Batch size ------------------------------------------------------------------------------------------------------


def test_the_batch_grows_when_a_step_schedule_would_cut_the_rate() -> None:
    rate, size = StepLR(1.0, step_size=5, gamma=0.5), BatchSizeSchedule(8, step_size=5, factor=2)
    assert [rate(t) * size(t) for t in range(20)] == [8.0] * 20


def test_a_batch_size_is_a_whole_number() -> None:
    assert [BatchSizeSchedule(10, 1, factor=1.5)(t) for t in range(4)] == [10, 15, 22, 34]


def test_the_batch_grows_no_further_than_its_largest_size() -> None:
    assert BatchSizeSchedule(32, 1, max_size=100).size(50) == 100


# --- Errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StepLR(-0.1, 3), "StepLR got initial_lr=-0.1: expected a number of at least 0"),
        (lambda: StepLR(np.nan, 3), "StepLR got initial_lr=nan"),
        (lambda: StepLR(0.1, 0), "StepLR got step_size=0: expected a whole number of at least 1"),
        (lambda: StepLR(0.1, 2.5), "StepLR got step_size=2.5: expected a whole number of at least 1"),
        (lambda: StepLR(0.1, 3, gamma=0), "StepLR got gamma=0: expected a number above 0"),
        (lambda: MultiStepLR(0.1, [5, 2]), r"MultiStepLR got milestones=\[5, 2\]: expected epochs in rising order"),
        (lambda: ExponentialLR(0.1, -1), "ExponentialLR got gamma=-1: expected a number above 0"),
        (lambda: CosineAnnealingLR(0.1, 0), "CosineAnnealingLR got T_max=0: expected a whole number of at least 1"),
        (lambda: CosineAnnealingLR(0.1, 5, -1), "CosineAnnealingLR got eta_min=-1: expected a number of at least 0"),
        (lambda: LinearLR(0.1, 0), "LinearLR got start_factor=0: expected a number above 0 and up to 1"),
        (lambda: LinearLR(0.1, 0.5, 2), "LinearLR got end_factor=2: expected a number from 0 to 1"),
        (lambda: LinearLR(0.1, total_iters=0), "LinearLR got total_iters=0"),
        (lambda: SequentialLR([StepLR(1, 1)], [3]), r"SequentialLR got milestones=\[3\]: expected 0 epochs in rising"),
        (lambda: CyclicLR(-1, 1), "CyclicLR got base_lr=-1"),
        (lambda: CyclicLR(0.1, 1, 0), "CyclicLR got step_size_up=0"),
        (lambda: CyclicLR(0.1, 1, 5, 0), "CyclicLR got step_size_down=0"),
        (
            lambda: CyclicLR(0.1, 1, mode="square"),
            "CyclicLR got mode=square: expected 'triangular' or 'triangular2' or 'exp_range'",
        ),
        (lambda: OneCycleLR(1.0, 0), "OneCycleLR got total_steps=0"),
        (
            lambda: OneCycleLR(1.0, 5, 1.0),
            "OneCycleLR got pct_start=1.0: expected a number from 0 up to, not including, 1",
        ),
        (
            lambda: OneCycleLR(1.0, 5, anneal_strategy="sin"),
            "OneCycleLR got anneal_strategy=sin: expected 'cos' or 'linear'",
        ),
        (lambda: OneCycleLR(1.0, 5, div_factor=0), "OneCycleLR got div_factor=0: expected a number above 0"),
        (lambda: ReduceLROnPlateau(0.1, "best"), "ReduceLROnPlateau got mode=best: expected 'min' or 'max'"),
        (lambda: ReduceLROnPlateau(0.1, threshold_mode="x"), "got threshold_mode=x: expected 'rel' or 'abs'"),
        (
            lambda: ReduceLROnPlateau(0.1, factor=1.0),
            "ReduceLROnPlateau got factor=1.0: expected a number between 0 and 1",
        ),
        (lambda: ReduceLROnPlateau(0.1, patience=-1), "ReduceLROnPlateau got patience=-1"),
        (lambda: ReduceLROnPlateau(0.1, cooldown=-1), "ReduceLROnPlateau got cooldown=-1"),
        (lambda: BatchSizeSchedule(0, 5), "BatchSizeSchedule got initial_size=0: expected at least 1"),
        (lambda: BatchSizeSchedule(32, 0), "BatchSizeSchedule got step_size=0: expected at least 1"),
        (lambda: BatchSizeSchedule(32, 5, 0.5), "BatchSizeSchedule got factor=0.5: expected at least 1"),
        (
            lambda: BatchSizeSchedule(32, 5, max_size=16),
            "BatchSizeSchedule got max_size=16: expected at least initial_size=32",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
