import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_cases import rng, seeds
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import functional as F
from dlcourse.layers import BatchNorm1d, BatchNorm2d, LayerNorm, Linear, Sequential

# --- Batch normalisation ---------------------------------------------------------------------------------------------


@careful
@given(seed=seeds, shift=st.integers(-100, 100), scale=st.sampled_from([0.1, 1, 100]))
def test_every_unit_leaves_with_mean_0_and_variance_1(seed: int, shift: int, scale: float) -> None:
    x = shift + scale * rng(seed).normal(size=(20, 3))
    y, _ = F.batch_norm(x, np.ones(3), np.zeros(3), eps=1e-10)
    assert_allclose(y.mean(axis=0), np.zeros(3), atol=1e-10)
    assert_allclose(y.var(axis=0), np.ones(3), rtol=1e-6)


def test_channels_of_images_are_normalised_over_examples_and_places() -> None:
    y, _ = F.batch_norm(rng().normal(3, 5, (4, 2, 6, 7)), np.ones(2), np.zeros(2))
    assert_allclose(y.mean(axis=(0, 2, 3)), np.zeros(2), atol=1e-12)
    assert_allclose(y.var(axis=(0, 2, 3)), np.ones(2), rtol=1e-5)


def test_gamma_and_beta_set_the_scale_and_the_mean() -> None:
    y, _ = F.batch_norm(rng().normal(size=(50, 2)), gamma=[2.0, 0.5], beta=[1.0, -1.0], eps=1e-12)
    assert_allclose(y.mean(axis=0), [1, -1])
    assert_allclose(y.std(axis=0), [2, 0.5])


def test_a_constant_unit_becomes_its_beta() -> None:
    assert_array_equal(F.batch_norm([[7.0], [7.0]], [3.0], [0.5])[0], [[0.5], [0.5]])


def test_in_training_a_common_shift_of_the_inputs_changes_nothing_and_so_has_no_gradient() -> None:
    _, cache = F.batch_norm(rng().normal(size=(6, 3)), np.ones(3), np.zeros(3))
    dx, _, _ = F.batch_norm_backward(rng(1).normal(size=(6, 3)), cache)
    assert_allclose(dx.sum(axis=0), np.zeros(3), atol=1e-12)


def test_running_statistics_take_the_batch_s_mean_and_its_unbiased_variance() -> None:
    x = rng().normal(2, 3, (10, 4))
    mean, var = F.running_statistics(x, np.zeros(4), np.ones(4), momentum=0.1)
    assert_allclose(mean, 0.1 * x.mean(axis=0))
    assert_allclose(var, 0.9 + 0.1 * x.var(axis=0, ddof=1))


def test_the_batch_itself_is_normalised_with_the_biased_variance() -> None:
    y, _ = F.batch_norm([[0.0], [2.0]], [1.0], [0.0], eps=1e-12)
    assert_allclose(y, [[-1], [1]])


@pytest.mark.parametrize(
    ("layer", "x"),
    [(BatchNorm1d(3), np.ones((1, 3))), (BatchNorm2d(3), np.ones((1, 3, 1, 1)))],
    ids=["1d", "2d"],
)
def test_a_batch_of_one_is_refused_in_training(layer: BatchNorm1d, x: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected more than one value per channel in training"):
        layer(x)
    assert_array_equal(layer.running_mean, np.zeros(3))
    assert layer.num_batches_tracked == 0


def test_a_batch_of_one_is_fine_in_evaluation() -> None:
    assert_allclose(BatchNorm1d(2).eval()(np.array([[1.0, -1.0]])), [[1, -1]], rtol=1e-5)


def test_one_image_is_a_batch_of_many_places() -> None:
    assert_allclose(BatchNorm2d(2)(rng().normal(size=(1, 2, 4, 4))).mean(axis=(0, 2, 3)), [0, 0], atol=1e-12)


def test_in_evaluation_examples_do_not_see_one_another() -> None:
    layer, x = BatchNorm1d(3), rng().normal(size=(8, 3))
    layer(x)
    together = layer.eval()(x)
    assert_allclose(np.concatenate([layer(row[np.newaxis]) for row in x]), together)


def test_evaluation_keeps_the_running_statistics_as_they_are() -> None:
    layer = BatchNorm1d(3)
    layer(rng().normal(size=(8, 3)))
    before = layer.state_dict()
    layer.eval()(rng(1).normal(size=(8, 3)))
    for name, array in layer.state_dict().items():
        assert_array_equal(array, before[name])


def test_after_many_batches_evaluation_is_near_to_training() -> None:
    layer, g = BatchNorm1d(2), rng()
    for _ in range(200):
        layer(g.normal([5, -3], [2, 0.5], (64, 2)))
    x = g.normal([5, -3], [2, 0.5], (2000, 2))
    assert_allclose(layer.eval()(x), layer.train()(x), atol=0.3)


def test_momentum_none_keeps_the_plain_average() -> None:
    layer, batches = BatchNorm1d(2, momentum=None), rng().normal(size=(5, 8, 2))
    for x in batches:
        layer(x)
    assert_allclose(layer.running_mean, batches.mean(axis=(0, 1)))
    assert_allclose(layer.running_var, batches.var(axis=1, ddof=1).mean(axis=0))


def test_running_statistics_of_a_float32_layer_stay_float32() -> None:
    layer = BatchNorm1d(2, dtype=np.float32)
    layer(np.ones((3, 2)))
    assert {layer.running_mean.dtype, layer.running_var.dtype} == {np.dtype(np.float32)}


def test_at_inference_batch_norm_folds_into_the_linear_layer_before_it() -> None:
    g = rng()
    net = Sequential(Linear(3, 4, rng=g), BatchNorm1d(4))
    for _ in range(5):
        net(g.normal(2, 3, (16, 3)))
    dense, norm = net
    scale = norm.weight.value / np.sqrt(norm.running_var + norm.eps)
    folded = Linear(3, 4, rng=g)
    folded.weight.value = dense.weight.value * scale
    folded.bias.value = (dense.bias.value - norm.running_mean) * scale + norm.bias.value
    x = g.normal(size=(5, 3))
    assert_allclose(folded(x), net.eval()(x))


@pytest.mark.parametrize("shape", [(5, 4), (3,), (5, 3, 2)], ids=str)
def test_batch_norm_1d_names_the_shape_it_got(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^BatchNorm1d\(3, .*\) got x of shape .*: expected \(N, 3\)$"):
        BatchNorm1d(3)(np.zeros(shape))


@pytest.mark.parametrize("shape", [(5, 3), (5, 4, 2, 2)], ids=str)
def test_batch_norm_2d_names_the_shape_it_got(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^BatchNorm2d\(3, .*\) got x of shape .*: expected \(N, 3, H, W\)$"):
        BatchNorm2d(3)(np.zeros(shape))


@pytest.mark.parametrize("momentum", [-0.1, 1.1, np.nan])
def test_a_momentum_that_is_no_share_is_refused(momentum: float) -> None:
    with pytest.raises(
        ValueError, match=rf"BatchNorm1d got momentum={momentum:g}: expected a number from 0 to 1, or None"
    ):
        BatchNorm1d(3, momentum=momentum)


@pytest.mark.parametrize("make", [BatchNorm1d, BatchNorm2d, LayerNorm])
@pytest.mark.parametrize("eps", [0.0, -1.0, np.nan])
def test_an_eps_that_cannot_keep_from_division_by_zero_is_refused(make: type, eps: float) -> None:
    with pytest.raises(ValueError, match=rf"{make.__name__} got eps={eps:g}: expected a number above 0"):
        make(3, eps=eps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros(3), [1.0], [0.0]), r"batch_norm got x of shape \(3,\): expected \(N, D\) or \(N, D, H, W\)"),
        (
            (np.zeros((2, 3)), [1.0], [0.0] * 3),
            r"batch_norm got gamma of shape \(1,\) for x of shape \(2, 3\): expected \(3,\)",
        ),
        ((np.zeros((2, 3)), [1.0] * 3, [[0.0] * 3]), r"batch_norm got beta of shape \(1, 3\) for x"),
        ((np.zeros((2, 3)), [1.0] * 3, [0.0] * 3, [0.0], [1.0]), r"batch_norm got var of shape \(1,\) for x"),
    ],
    ids=["x", "gamma", "beta", "var"],
)
def test_batch_norm_names_what_does_not_fit(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        F.batch_norm(*arguments)


# --- Layer normalisation ---------------------------------------------------------------------------------------------


@careful
@given(seed=seeds)
def test_every_example_leaves_with_mean_0_and_variance_1(seed: int) -> None:
    y = LayerNorm(20, eps=1e-10)(rng(seed).normal(7, 3, (4, 20)))
    assert_allclose(y.mean(axis=1), np.zeros(4), atol=1e-10)
    assert_allclose(y.var(axis=1), np.ones(4), rtol=1e-6)


def test_layer_norm_does_not_see_the_batch_or_the_mode() -> None:
    layer, x = LayerNorm(5), rng().normal(size=(4, 5))
    together = layer(x)
    assert_allclose(layer.eval()(x[:1]), together[:1])


def test_layer_norm_of_two_axes_is_that_of_the_flat_example() -> None:
    x = rng().normal(size=(4, 3, 5))
    assert_allclose(LayerNorm((3, 5))(x).reshape(4, 15), LayerNorm(15)(x.reshape(4, 15)))


@pytest.mark.parametrize("shape", [(5,), (4, 3), (5, 3)], ids=str)
def test_layer_norm_names_the_shape_it_got(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^LayerNorm\(\(5,\), .*\) got x of shape .*: expected \(N, ..., 5\)$"):
        LayerNorm(5)(np.zeros(shape))


def test_layer_norm_of_the_op_names_what_does_not_fit() -> None:
    with pytest.raises(
        ValueError, match=r"layer_norm got beta of shape \(2,\) for x of shape \(4, 3\): expected the last axes"
    ):
        F.layer_norm(np.zeros((4, 3)), np.ones(3), np.zeros(2))


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (BatchNorm1d(3), "BatchNorm1d(3, eps=1e-05, momentum=0.1)"),
        (BatchNorm2d(3, momentum=None), "BatchNorm2d(3, eps=1e-05, momentum=None)"),
        (LayerNorm(3), "LayerNorm((3,), eps=1e-05)"),
    ],
    ids=["BatchNorm1d", "BatchNorm2d", "LayerNorm"],
)
def test_repr_shows_the_settings(layer: object, text: str) -> None:
    assert repr(layer) == text
