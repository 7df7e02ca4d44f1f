from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import data

MAKERS = [data.moons, data.rings, data.spirals, data.blobs]
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


def test_blobs_sit_evenly_on_a_circle() -> None:
    X, y = data.blobs(60, classes=3, noise=0.0, rng=rng())
    assert_allclose(X[y == 1], np.tile([[-0.5, np.sqrt(0.75)]], (20, 1)))


@pytest.mark.parametrize(
    ("name", "logic"),
    [
        ("AND", lambda a, b: a and b),
        ("OR", lambda a, b: a or b),
        ("NAND", lambda a, b: not (a and b)),
        ("XOR", lambda a, b: a != b),
    ],
)
def test_a_gate_is_its_truth_table(name: str, logic: Callable) -> None:
    X, y = data.gate(name)
    assert_array_equal(X, [[0, 0], [0, 1], [1, 0], [1, 1]])
    assert_array_equal(y, [logic(a == 1, b == 1) for a, b in X])


def test_an_unknown_gate_is_refused() -> None:
    with pytest.raises(ValueError, match="gate got 'and': expected one of AND, OR, NAND, XOR"):
        data.gate("and")


def test_a_polynomial_without_noise_is_the_polynomial() -> None:
    X, y = data.polynomial(50, (1.0, -2.0, 3.0), noise=0.0, rng=rng())
    assert_allclose(y, 1 - 2 * X + 3 * X**2)


def test_the_noise_of_a_polynomial_has_its_deviation() -> None:
    _, y = data.polynomial(5000, (0.0,), noise=0.3, rng=rng())
    assert_allclose(y.std(), 0.3, rtol=0.03)


def test_a_polynomial_comes_in_float32_too() -> None:
    X, y = data.polynomial(5, rng=rng(), dtype=np.float32)
    assert (X.dtype, y.dtype) == (np.float32, np.float32)


def test_a_linear_map_of_powers_is_a_polynomial() -> None:
    x = np.linspace(-1, 1, 9)[:, None]
    assert_allclose(data.powers(x, 3) @ [2.0, 0.0, -1.0], (2 * x - x**3).ravel())


@pytest.mark.parametrize(
    ("X", "degree", "message"),
    [
        ([1.0, 2.0], 2, r"powers got X of shape \(2,\): expected \(n, 1\)"),
        ([[1.0]], 0, "powers got degree=0: expected at least 1"),
    ],
)
def test_powers_refuses_what_it_cannot_raise(X: list, degree: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        data.powers(X, degree)


# --- Augmentation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise_has_its_deviation_and_keeps_the_dtype(dtype: type) -> None:
    noisy = data.add_noise(np.zeros((100, 50), dtype), 0.3, rng=rng())
    assert noisy.dtype == dtype
    assert_allclose(noisy.std(), 0.3, rtol=0.03)


def test_noise_leaves_the_original_alone() -> None:
    X = np.zeros((2, 2))
    data.add_noise(X, 1.0, rng=rng())
    assert not X.any()


@careful
@given(seed=st.integers(0, 50), pixels=st.integers(0, 2))
def test_a_shifted_picture_is_the_same_picture_somewhere_else(seed: int, pixels: int) -> None:
    X = np.zeros((4, 7, 7))
    X[:, 2:5, 2:5] = rng(seed).uniform(1, 2, (4, 3, 3))  # two pixels of margin: nothing falls off
    moved = data.shift_images(X.reshape(4, 49), pixels, rng=rng(seed)).reshape(4, 7, 7)
    offsets = range(-pixels, pixels + 1)
    for before, after in zip(X, moved, strict=True):
        assert any(np.array_equal(np.roll(before, (i, j), (0, 1)), after) for i in offsets for j in offsets)


def test_pictures_are_shifted_one_by_one_in_every_direction() -> None:
    X = np.zeros((900, 9))
    X[:, 4] = 1
    assert_allclose(data.shift_images(X, rng=rng()).mean(axis=0), np.full(9, 1 / 9), atol=0.04)


def test_what_leaves_the_frame_is_gone() -> None:
    X = np.ones((50, 9), dtype=np.float32)
    moved = data.shift_images(X, 2, rng=rng())
    assert moved.dtype == np.float32
    assert moved.sum(axis=1).min() == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: data.add_noise(np.zeros(2), -1, rng=rng()),
            "add_noise got noise=-1: expected a deviation of at least 0",
        ),
        (
            lambda: data.shift_images(np.zeros((2, 8)), rng=rng()),
            r"shift_images got X of shape \(2, 8\): expected \(N, side\^2\)",
        ),
        (lambda: data.shift_images(np.zeros(9), rng=rng()), r"shift_images got X of shape \(9,\)"),
        (lambda: data.shift_images(np.zeros((2, 9)), 3, rng=rng()), "shift_images got pixels=3: expected from 0 to 2"),
    ],
)
def test_augmenting_refuses_what_it_cannot_do(call: Callable, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# --- Real data -------------------------------------------------------------------------------------------------------


def test_digits_are_pictures_between_paper_and_ink() -> None:
    X, y = data.digits(dtype=np.float32)
    assert (X.shape, X.dtype, X.min(), X.max()) == ((1797, 64), np.float32, 0, 1)
    assert_array_equal(np.unique(y), np.arange(10))


def test_the_two_parts_of_digits_are_the_whole_and_share_nothing() -> None:
    whole, y = data.digits()
    train, y_train = data.digits("train")
    held_back, y_held_back = data.digits("held_back")
    parts = np.concatenate([np.column_stack([train, y_train]), np.column_stack([held_back, y_held_back])])
    assert sorted(parts.tolist()) == sorted(np.column_stack([whole, y]).tolist())


def test_what_is_held_back_never_changes() -> None:
    X, y = data.digits("held_back")
    assert (X.shape, y[:10].tolist(), float(X.sum())) == ((359, 64), [5, 9, 0, 8, 8, 3, 9, 5, 9, 8], 7036.0625)


def test_every_digit_is_held_back_by_its_share() -> None:
    y, y_held_back = data.digits()[1], data.digits("held_back")[1]
    assert np.abs(np.bincount(y_held_back) - np.bincount(y) / 5).max() < 1


def test_an_unknown_part_of_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="digits got part='test': expected 'train', 'held_back' or None for all"):
        data.digits("test")


@pytest.mark.parametrize(
    ("load", "n", "features", "classes"),
    [(data.iris, 150, 4, 3), (data.wine, 178, 13, 3), (data.breast_cancer, 569, 30, 2)],
    ids=["iris", "wine", "breast_cancer"],
)
def test_a_real_set_has_its_examples_features_and_classes(load: Callable, n: int, features: int, classes: int) -> None:
    X, y = load(dtype=np.float32)
    assert (X.shape, X.dtype, y.shape) == ((n, features), np.float32, (n,))
    assert_array_equal(np.unique(y), np.arange(classes))


def test_diabetes_predicts_one_number() -> None:
    X, y = data.diabetes(dtype=np.float32)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((442, 10), np.float32, (442, 1), np.float32)


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


@careful
@given(
    labels=st.lists(st.integers(0, 3), min_size=10, max_size=60),
    shares=st.sampled_from([(0.2, 0.2), (0.25, 0.25), (0.1, 0.3), (0.5, 0.25)]),
    seed=st.integers(0, 9),
)
def test_three_parts_share_no_example_and_miss_none(labels: list[int], shares: tuple[float, float], seed: int) -> None:
    X, y = np.arange(len(labels)), np.array(labels)
    X_train, X_val, X_test, *targets = data.train_val_test_split(X, y, *shares, rng=rng(seed))
    assert_array_equal(np.sort(np.concatenate([X_train, X_val, X_test])), X)
    for part, target in zip([X_train, X_val, X_test], targets, strict=True):
        assert_array_equal(y[part], target)


@pytest.mark.parametrize(("val_size", "test_size"), [(0.2, 0.2), (0.25, 0.25), (0.1, 0.3)])
def test_three_parts_have_their_sizes_and_the_classes_their_shares(val_size: float, test_size: float) -> None:
    y = np.repeat([0, 1], [300, 100])
    _, _, _, y_train, y_val, y_test = data.train_val_test_split(y, y, val_size, test_size, rng=rng())
    sizes = np.array([1 - val_size - test_size, val_size, test_size])
    assert_allclose([np.bincount(part) for part in (y_train, y_val, y_test)], np.outer(sizes, [300, 100]), atol=1)


@pytest.mark.parametrize(("val_size", "test_size"), [(0.5, 0.5), (0, 0.2), (0.2, 0), (0.9, 0.9)])
def test_three_parts_must_leave_something_to_train_on(val_size: float, test_size: float) -> None:
    with pytest.raises(ValueError, match=f"train_val_test_split got val_size={val_size} and test_size={test_size}"):
        data.train_val_test_split(np.zeros(9), np.zeros(9), val_size, test_size, rng=rng())


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


def test_a_standardiser_learns_nothing_from_what_it_is_later_shown() -> None:
    train, test = rng().normal(5, 3, (50, 4)), rng(1).normal(-2, 1, (20, 4))
    scale = data.Standardiser(train)
    scale(test)
    assert_array_equal(scale(train), data.standardise(train))
    assert_array_equal(scale(test[:1]), scale(test)[:1])


@careful
@given(seed=st.integers(0, 50))
def test_undo_undoes(seed: int) -> None:
    X = rng(seed).normal(5, 3, (6, 2))
    scale = data.Standardiser(X)
    assert_allclose(scale.undo(scale(X)), X)


def test_rounding_is_not_mistaken_for_a_feature() -> None:
    X = np.full((3, 1), 0.1)
    assert X.std() > 0  # by rounding alone
    assert_array_equal(data.standardise(X), np.zeros((3, 1)))


def test_a_standardiser_refuses_a_set_of_other_features() -> None:
    with pytest.raises(ValueError, match=r"Standardiser\(4 features\) got X of shape \(2, 3\): expected \(N, 4\)"):
        data.Standardiser(np.eye(4))(np.zeros((2, 3)))


def test_a_standardiser_needs_examples() -> None:
    with pytest.raises(ValueError, match=r"Standardiser got no examples: X_train has shape \(0, 3\)"):
        data.Standardiser(np.zeros((0, 3)))
