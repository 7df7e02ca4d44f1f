from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_cases import kernels, pools, rng
from numpy.testing import assert_allclose, assert_array_equal
from op_cases import careful

from dlcourse import functional as F
from dlcourse import init
from dlcourse.layers import Conv2d, Flatten, Linear, MaxPool2d


def windows(
    x: np.ndarray, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int], fill: float
) -> Any:
    """Each place of the output and the patch below it, by plain loops."""
    (kh, kw), (sh, sw), (ph, pw) = kernel, stride, padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    rows, columns = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    for i, j in np.ndindex(rows, columns):
        yield i, j, x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]


@careful
@given(data=st.data())
def test_convolution_is_what_plain_loops_compute(data: st.DataObject) -> None:
    (x, W, b), settings = kernels(data)
    z, _ = F.conv2d(x, W, b, **settings)
    for i, j, patch in windows(x, W.shape[2:], settings["stride"], settings["padding"], fill=0.0):
        assert_allclose(z[:, :, i, j], np.tensordot(patch, W, axes=((1, 2, 3), (1, 2, 3))) + b, atol=1e-12)


@careful
@given(data=st.data())
def test_pooling_is_what_plain_loops_compute(data: st.DataObject) -> None:
    (x,), settings = pools(data)
    y, _ = F.max_pool2d(x, **settings)
    for i, j, patch in windows(x, settings["kernel_size"], settings["stride"], settings["padding"], fill=-np.inf):
        assert_array_equal(y[:, :, i, j], patch.max(axis=(2, 3)))


def test_a_kernel_of_one_by_one_is_a_linear_layer_at_every_place() -> None:
    x, W, b = rng().normal(size=(2, 3, 4, 5)), rng(1).normal(size=(6, 3, 1, 1)), rng(2).normal(size=6)
    z, _ = F.conv2d(x, W, b)
    everywhere, _ = F.linear(x.transpose(0, 2, 3, 1).reshape(-1, 3), W[:, :, 0, 0].T, b)
    assert_allclose(z, everywhere.reshape(2, 4, 5, 6).transpose(0, 3, 1, 2))


def test_a_kernel_as_large_as_the_image_is_a_linear_layer_on_all_pixels() -> None:
    x, W, b = rng().normal(size=(2, 3, 4, 5)), rng(1).normal(size=(6, 3, 4, 5)), rng(2).normal(size=6)
    assert_allclose(F.conv2d(x, W, b)[0].reshape(2, 6), F.linear(x.reshape(2, -1), W.reshape(6, -1).T, b)[0])


def test_a_shifted_image_gives_a_shifted_answer() -> None:
    layer, x = Conv2d(1, 2, 3, rng=rng()), rng(1).normal(size=(1, 1, 8, 8))
    assert_allclose(layer(np.roll(x, 1, axis=3))[..., 1:], layer(x)[..., :-1])


def test_padding_of_one_keeps_the_size_under_a_kernel_of_three() -> None:
    assert Conv2d(1, 8, 3, padding=1, rng=rng())(np.ones((2, 1, 28, 28))).shape == (2, 8, 28, 28)


def test_convolution_skips_dx_where_nobody_needs_it() -> None:
    layer = Conv2d(1, 2, 3, rng=rng())
    layer.needs_input_grad = False
    assert layer.backward(layer(np.ones((2, 1, 5, 5)))) is None


def test_the_first_of_tied_pixels_takes_the_gradient() -> None:
    y, cache = F.max_pool2d(np.ones((1, 1, 2, 2)), 2)
    assert_array_equal(F.max_pool2d_backward(5 * y, cache), [[[[5, 0], [0, 0]]]])


def test_where_patches_overlap_gradients_add_up() -> None:
    x = np.array([[[[0.0, 9.0, 0.0]]]])
    y, cache = F.max_pool2d(x, (1, 2), stride=1)
    assert_array_equal(F.max_pool2d_backward(np.ones_like(y), cache), [[[[0, 2, 0]]]])


def test_padding_never_wins_a_pool() -> None:
    assert_array_equal(MaxPool2d(2, padding=1)(np.full((1, 1, 2, 2), -1000.0)), np.full((1, 1, 2, 2), -1000.0))


def test_flatten_puts_each_example_into_a_row_and_back() -> None:
    layer, x = Flatten(), rng().normal(size=(2, 3, 4, 5))
    y = layer(x)
    assert_array_equal(y, x.reshape(2, 60))
    assert_array_equal(layer.backward(y), x)


def test_flatten_of_an_empty_batch_is_an_empty_matrix() -> None:
    assert Flatten()(np.zeros((0, 3, 4))).shape == (0, 12)


def test_a_given_init_draws_the_kernels_and_leaves_the_bias_at_zero() -> None:
    layer = Conv2d(3, 4, 5, init=init.kaiming_normal, rng=rng())
    assert_array_equal(layer.weight.value, init.kaiming_normal((4, 3, 5, 5), rng=rng()))
    assert_array_equal(layer.bias.value, np.zeros(4))


def test_a_convolution_starts_within_one_over_the_root_of_its_fan_in() -> None:
    layer = Conv2d(4, 100, 5, rng=rng())
    assert_allclose([abs(p.value).max() for p in layer.parameters()], [0.1, 0.1], rtol=0.05)


@pytest.mark.parametrize("shape", [(2, 1, 9, 9), (3, 9, 9), (3, 9)], ids=str)
def test_convolution_names_the_shape_it_got(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^Conv2d\(3, 4, .*\) got x of shape .*: expected \(N, 3, H, W\)$"):
        Conv2d(3, 4, 3, rng=rng())(np.zeros(shape))


def test_pooling_names_the_shape_it_got() -> None:
    with pytest.raises(ValueError, match=r"^MaxPool2d\(.*\) got x of shape \(2, 9\): expected \(N, C, H, W\)$"):
        MaxPool2d(3)(np.zeros((2, 9)))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: Conv2d(1, 1, 5, rng=rng())(x),
        lambda x: MaxPool2d(5)(x),
    ],
    ids=["Conv2d", "MaxPool2d"],
)
def test_a_kernel_that_does_not_fit_into_the_image_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match=r"got images of 4 x 6, padding included: expected at least 5 x 5"):
        call(np.zeros((1, 1, 4, 6)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(0, 1, 3, rng=rng()), "Conv2d got in_channels=0: expected a whole number of at least 1"),
        (lambda: Conv2d(1, 2.5, 3, rng=rng()), "Conv2d got out_channels=2.5: expected a whole number of at least 1"),
        (
            lambda: Conv2d(1, 1, 0, rng=rng()),
            "Conv2d got kernel_size=0: expected a whole number of at least 1, or a pair",
        ),
        (lambda: Conv2d(1, 1, (3, 3, 3), rng=rng()), r"Conv2d got kernel_size=\(3, 3, 3\): expected"),
        (lambda: Conv2d(1, 1, 3, stride=0, rng=rng()), "Conv2d got stride=0: expected a whole number of at least 1"),
        (
            lambda: Conv2d(1, 1, 3, padding=-1, rng=rng()),
            "Conv2d got padding=-1: expected a whole number of at least 0",
        ),
        (lambda: MaxPool2d(1.5), "MaxPool2d got kernel_size=1.5: expected a whole number of at least 1"),
        (lambda: MaxPool2d(2, stride=(1, 0)), r"MaxPool2d got stride=\(1, 0\): expected a whole number of at least 1"),
        (
            lambda: MaxPool2d(2, padding=2),
            r"MaxPool2d got padding=\(2, 2\): expected at most half of kernel_size=\(2, 2\)",
        ),
    ],
)
def test_sizes_that_make_no_sense_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: F.conv2d(np.zeros((1, 2, 4, 4)), np.zeros((1, 3, 2, 2)), [0.0]),
            r"conv2d got x of shape \(1, 2, 4, 4\) for W",
        ),
        (lambda: F.max_pool2d(np.zeros((4, 4)), 2), r"max_pool2d got x of shape \(4, 4\): expected \(N, C, H, W\)"),
        (lambda: F.flatten(3.0), r"flatten got x of shape \(\): expected \(N, ...\)"),
    ],
    ids=["conv2d", "max_pool2d", "flatten"],
)
def test_ops_name_the_shape_they_got(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2d(1, 8, 3, rng=rng()), "Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1))"),
        (
            Conv2d(1, 8, (3, 5), 2, 1, bias=False, rng=rng()),
            "Conv2d(1, 8, kernel_size=(3, 5), stride=(2, 2), padding=(1, 1), bias=False)",
        ),
        (MaxPool2d(2), "MaxPool2d(kernel_size=(2, 2), stride=(2, 2))"),
        (MaxPool2d(3, 2, 1), "MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))"),
        (Flatten(), "Flatten()"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_repr_shows_the_settings(layer: object, text: str) -> None:
    assert repr(layer) == text


def test_a_linear_layer_of_no_features_is_refused_too() -> None:
    with pytest.raises(ValueError, match="Linear got in_features=0: expected a whole number of at least 1"):
        Linear(0, 3, rng=rng())
