from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import data

MAKERS = [data.moons, data.rings, data.spirals]
every_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda f: f.__name__)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# --- Points ----------------------------------------------------------------------------------------------------------


@every_maker
def test_points_lie_in_the_plane_and_have_whole_labels(make: Callable) -> None:
    X, y = make(101, rng=rng())
    assert (X.shape, X.dtype, y.shape, y.dtype.kind) == ((101, 2), np.float64, (101,), "i")


@every_maker
def test_classes_are_of_equal_size_to_within_one(make: Callable) -> None:
    assert sorted(np.bincount(make(101, rng=rng())[1])) == [50, 51]


@every_maker
def test_the_same_seed_makes_the_same_points(make: Callable) -> None:
    assert_array_equal(make(20, rng=rng())[0], make(20, rng=rng())[0])


@every_maker
def test_another_seed_makes_other_points(make: Callable) -> None:
    assert not np.array_equal(make(20, rng=rng())[0], make(20, rng=rng(1))[0])


@every_maker
def test_float32_points_are_the_float64_points_rounded(make: Callable) -> None:
    assert_array_equal(make(20, rng=rng(), dtype=np.float32)[0], make(20, rng=rng())[0].astype(np.float32))


@every_maker
def test_noise_moves_points_by_its_deviation(make: Callable) -> None:
    moved = make(5000, noise=0.3, rng=rng())[0] - make(5000, noise=0.0, rng=rng())[0]
    assert_allclose(moved.std(), 0.3, rtol=0.03)


@every_maker
def test_a_bare_seed_is_refused(make: Callable) -> None:
    with pytest.raises(TypeError, match=r"got rng=0: expected a np\.random\.Generator"):
        make(20, rng=0)


def test_moons_lie_on_two_half_circles() -> None:
    X, y = data.moons(200, noise=0.0, rng=rng())
    centres = np.where(y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    assert_allclose(np.hypot(*(X - centres).T), np.ones(200))


def test_rings_have_two_radii() -> None:
    X, y = data.rings(200, noise=0.0, rng=rng())
    assert_allclose(np.hypot(*X.T), np.where(y == 0, 0.5, 1.0))


def test_an_arm_of_a_spiral_turns_as_it_grows() -> None:
    X, y = data.spirals(300, classes=3, noise=0.0, rng=rng())
    along = (np.hypot(*X.T) - 0.2) / 1.8
    angle = 2 * np.pi * (along + y / 3)
    assert_allclose(np.arctan2(X[:, 1], X[:, 0]), np.angle(np.exp(1j * angle)), atol=1e-12)


def test_spirals_have_as_many_arms_as_asked_for() -> None:
    assert_array_equal(np.bincount(data.spirals(50, classes=5, rng=rng())[1]), [10] * 5)


def test_digits_are_pictures_between_paper_and_ink() -> None:
    X, y = data.digits(dtype=np.float32)
    assert (X.shape, X.dtype, X.min(), X.max()) == ((1797, 64), np.float32, 0, 1)
    assert_array_equal(np.unique(y), np.arange(10))


# --- Splits ----------------------------------------------------------------------------------------------------------


@careful
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=60),
    share=st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.5, 0.7]),
    seed=st.integers(0, 9),
)
def test_a_split_keeps_every_example_once_and_beside_its_target(labels: list[int], share: float, seed: int) -> None:
    X, y = np.arange(len(labels)), np.array(labels)
    X_train, X_test, y_train, y_test = data.train_test_split(X, y, share, rng=rng(seed))
    assert_array_equal(np.sort(np.concatenate([X_train, X_test])), X)
    assert_array_equal(y[X_train], y_train)
    assert_array_equal(y[X_test], y_test)


@careful
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=60),
    share=st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.5, 0.7]),
    seed=st.integers(0, 9),
)
def test_every_class_gives_its_share_to_within_one_and_the_total_is_exact(
    labels: list[int], share: float, seed: int
) -> None:
    y = np.array(labels)
    _, _, _, y_test = data.train_test_split(y, y, share, rng=rng(seed))
    for k in range(4):
        assert abs(np.sum(y_test == k) - share * np.sum(y == k)) < 1 + 1e-9
    assert len(y_test) == np.floor(share * len(y) + 0.5)


def test_a_plain_split_does_not_look_at_the_labels() -> None:
    y = np.arange(40) % 2
    one = data.train_test_split(np.arange(40), y, rng=rng(), stratify=False)[1]
    other = data.train_test_split(np.arange(40), 1 - y**0, rng=rng(), stratify=False)[1]
    assert_array_equal(one, other)


def test_a_plain_split_is_not_stratified() -> None:
    y = np.arange(40) % 2
    shares = {data.train_test_split(y, y, rng=rng(seed), stratify=False)[3].sum() for seed in range(20)}
    assert len(shares) > 1


def test_both_parts_come_in_random_order() -> None:
    y = np.repeat([0, 1], 50)
    _, _, y_train, y_test = data.train_test_split(y, y, rng=rng())
    assert (np.diff(y_train) < 0).any()
    assert (np.diff(y_test) < 0).any()


def test_real_valued_targets_are_split_too() -> None:
    X, y = np.arange(8.0), np.linspace(0, 1, 8)
    assert [len(part) for part in data.train_test_split(X, y, rng=rng())] == [6, 2, 6, 2]


def test_a_column_of_labels_is_stratified_too() -> None:
    y = (np.arange(40) % 2)[:, None]
    assert {data.train_test_split(y, y, rng=rng(seed))[3].sum() for seed in range(10)} == {5}


def test_the_same_seed_makes_the_same_split() -> None:
    X, y = data.moons(50, rng=rng())
    for a, b in zip(data.train_test_split(X, y, rng=rng()), data.train_test_split(X, y, rng=rng()), strict=True):
        assert_array_equal(a, b)


@pytest.mark.parametrize("share", [0, 1, -0.5, 10])
def test_a_test_size_that_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=f"train_test_split got test_size={share}: expected a share between 0 and 1"):
        data.train_test_split(np.zeros(4), np.zeros(4), share, rng=rng())


# --- Batches ---------------------------------------------------------------------------------------------------------


@careful
@given(n=st.integers(1, 30), size=st.integers(1, 35), seed=st.integers(0, 9))
def test_batches_hold_every_example_once_beside_its_target(n: int, size: int, seed: int) -> None:
    parts = list(data.batches(np.arange(n), np.arange(n) * 10, size, rng=rng(seed)))
    assert_array_equal(np.sort(np.concatenate([X for X, _ in parts])), np.arange(n))
    assert all((y == X * 10).all() for X, y in parts)


@careful
@given(n=st.integers(1, 30), size=st.integers(1, 35))
def test_only_the_last_batch_may_be_shorter(n: int, size: int) -> None:
    sizes = [len(X) for X, _ in data.batches(np.zeros(n), np.zeros(n), size, rng=rng())]
    assert all(s == size for s in sizes[:-1])
    assert 1 <= sizes[-1] <= size


def test_batches_are_shuffled_by_the_rng() -> None:
    (X, _), (again, _) = (next(data.batches(np.arange(50), np.arange(50), 50, rng=rng())) for _ in range(2))
    assert_array_equal(X, again)
    assert not np.array_equal(X, np.arange(50))


def test_unshuffled_batches_keep_the_order_and_need_no_rng() -> None:
    parts = [X.tolist() for X, _ in data.batches(np.arange(5), np.arange(5), 2, shuffle=False)]
    assert parts == [[0, 1], [2, 3], [4]]


def test_batches_are_copies() -> None:
    X = np.zeros(4)
    next(data.batches(X, X, 4, shuffle=False))[0][0] = 7
    assert X[0] == 0


def test_shuffling_without_an_rng_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"batches got no rng to shuffle with: pass rng=np.random.default_rng\(0\), or shuffle=False"
    ):
        data.batches(np.zeros(4), np.zeros(4), 2)


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"batches got batch_size={size}: expected at least 1"):
        data.batches(np.zeros(4), np.zeros(4), size, rng=rng())


def test_examples_without_targets_are_refused() -> None:
    with pytest.raises(ValueError, match="batches got 4 examples and 3 targets: expected as many of each"):
        data.batches(np.zeros(4), np.zeros(3), 2, rng=rng())


# --- Standardising ---------------------------------------------------------------------------------------------------


def test_standardised_features_have_mean_0_and_deviation_1() -> None:
    X = data.standardise(rng().normal(5, 3, (50, 4)))
    assert_allclose(X.mean(axis=0), np.zeros(4), atol=1e-12)
    assert_allclose(X.std(axis=0), np.ones(4))


def test_further_sets_are_moved_by_the_training_sets_numbers() -> None:
    train, test = rng().normal(5, 3, (50, 4)), rng(1).normal(-2, 1, (20, 4))
    assert_allclose(data.standardise(train, test)[1], (test - train.mean(axis=0)) / train.std(axis=0))


def test_a_constant_feature_becomes_zero() -> None:
    assert_array_equal(data.standardise(np.full((3, 1), 7.0)), np.zeros((3, 1)))


def test_standardise_changes_no_input_and_keeps_float32() -> None:
    X = np.array([[1.0], [3.0]], dtype=np.float32)
    assert data.standardise(X).dtype == np.float32
    assert_array_equal(X, [[1], [3]])
